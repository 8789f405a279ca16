"""Exact judgement of derivatives: input and result as numbers of a prime field, without NumPy, a
rule or a network.
"""
