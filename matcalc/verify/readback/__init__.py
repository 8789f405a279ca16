"""Reads again what is printed, before anybody sees it, and compares it with what was meant."""
