"""Answers beyond one derivative with respect to one variable: several variables, directions,
polynomials.
"""
