"""Tokens, and which of them begin and end an operand."""

from __future__ import annotations

Token = tuple[str, int, int, str]  # terminal, start, end, text

ENDS = frozenset(
    {"NAME", "NUMBER", "RPAR", "RSQUARE", "RNORM", "RBAR", "TRANSPOSE", "SUPERSCRIPT", "QUALIFIED"}
)
FACTORS = frozenset(
    {"NAME", "QUALIFIED", "LPAR", "LNORM", "LBAR", "ROOT", "TOTAL", "BINDER"}
)  # what a factor other than a number starts with
