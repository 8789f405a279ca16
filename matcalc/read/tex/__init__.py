"""Formulas as papers print them, in LaTeX, to the syntax tree that the expression language has."""
