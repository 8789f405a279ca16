"""Stationary points, under equations too, and what kind of points they are."""
