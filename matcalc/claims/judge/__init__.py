"""Judges derivatives that somebody else claims: the verdict, what is wrong with a wrong one, and
the smallest counterexample.
"""
