"""Rewrites of networks, by the identities of the catalogue."""
