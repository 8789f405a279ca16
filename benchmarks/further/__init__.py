"""Objectives of many fields: no peers, one size each.

They were chosen after the code was written, to see what it does with what it was not made for.
"""

from __future__ import annotations

from further import learning, likelihoods, networks, optimisation, physics, statistics
from further.listed import FURTHER

__all__ = [
    "FURTHER",
    "learning",
    "likelihoods",
    "networks",
    "optimisation",
    "physics",
    "statistics",
]
