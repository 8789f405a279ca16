"""Derivatives and equations that users claim."""
