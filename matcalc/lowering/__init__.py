"""Typed tree to network."""
