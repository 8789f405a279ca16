"""Differentiation of networks."""
