"""Objectives in the form that optimisers take."""
