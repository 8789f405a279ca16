"""Derivations that are shown: a derivative in differentials, line by line, each line proved."""
