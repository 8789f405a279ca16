"""Answers beyond one derivative by one variable: several variables, directions, polynomials."""
