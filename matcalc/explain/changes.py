"""What a line changes of the one before where no identity of the catalogue is between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matcalc.core.tree import Expr

_Signs = Counter[tuple[str, object]]
_ARITHMETIC = ("number", "neg", "*", ".*", "/", "./", "fill")
_QUOTIENTS = ("/", "./")
_MOST_FACTORS = 8


def same_but_arithmetic(left: Expr, right: Expr) -> bool:
    """Whether two equal lines differ in their numbers, signs, brackets and order alone."""
    return _signs(left) == _signs(right)


def describe_change(before: Expr, after: Expr, steps: Sequence[str]) -> str:
    """What was done to a line, in words; ``steps`` are the differentials in it."""
    there, here = _signs(before), _signs(after)
    if there == here:
        return "arithmetic"
    here.pop(("'", None), None)  # the transpose of a product is no more than a way to write it
    if here - there:
        added = here[("+", None)] > there[("+", None)]
        return "brackets are multiplied out" if added else "simplified"
    factored = [step for step in steps if there["variable", step] > here["variable", step]]
    if factored:
        return f"{' and '.join(factored)} {'are' if factored[1:] else 'is'} factored out"
    if not before.operations.isdisjoint(_QUOTIENTS):
        return "common factors cancel"
    return "common factors are taken out"


def _signs(tree: Expr) -> _Signs:
    """How often each name and each function is written: a square twice, sums and differences
    alike.
    """
    order = tree.parts
    times = {id(tree): 1}
    found: _Signs = Counter()
    for expr in reversed(order):
        count, power = times[id(expr)], _repeated(expr)
        for arg in expr.args:
            times[id(arg)] = times.get(id(arg), 0) + count * (power or 1)
        if expr.op not in _ARITHMETIC and not power:
            sign = ("+", None) if expr.op in ("+", "-") else (expr.op, expr.value)
            found[sign] += count
    return found


def _repeated(expr: Expr) -> int:
    """How many factors a power stands for; 0 where it is none, or none that is written so."""
    if expr.op not in ("^", ".^") or expr.args[1].op != "number":
        return 0
    exponent = expr.args[1].value
    return int(exponent) if exponent.denominator == 1 and 0 < exponent <= _MOST_FACTORS else 0
