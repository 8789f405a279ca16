"""Derivatives with respect to several variables, along directions, and of programs with loops."""
