"""Derivatives in other notations than that of the engine, proved equal to what they stand for."""
