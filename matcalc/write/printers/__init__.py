"""Typed trees to text, LaTeX and code."""
