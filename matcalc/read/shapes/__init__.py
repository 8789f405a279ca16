"""Syntax tree to typed tree: names get a meaning, every part a shape, dimensions by unification."""
