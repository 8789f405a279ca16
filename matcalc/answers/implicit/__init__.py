"""Derivatives of what equations determine."""
