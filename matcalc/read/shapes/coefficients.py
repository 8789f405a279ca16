"""Letters that stand where numbers stand: the n of ``n*log(det(S))``, the N and D of
``N*D/2*log(2*pi)``, the n and p of ``(n - p - 1)/2*log(det(S))``.
"""

from __future__ import annotations

from matcalc.core.letters import INDICES, PARAMETERS, SIZES, are_numbers_in_exponent
from matcalc.core.tree import Expr
from matcalc.core.walk import operands, postorder
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.evidence import evidence

_COUNTS = INDICES | SIZES  # whatever they are by convention
_NUMBERS = frozenset("hrst")  # letters that are numbers about as often as vectors
_SUMS = frozenset({"+", "-", "neg"})
_OF_NUMBERS = frozenset({"*", "/", *_SUMS})  # what a coefficient is made with
_IN_COUNTS = _OF_NUMBERS | {"variable", "number"}
_IN_COEFFICIENTS = _IN_COUNTS | {"dimension"}


def is_undeclared(context: Context, name: str) -> bool:
    """Whether only its use says what a letter is."""
    return name in context.seen and name not in context.declared


def leaders(context: Context, expr: Expr) -> list[str]:
    """The letters of what comes before a number that may be numbers, unless they are used as what
    they are by convention.
    """
    if expr.op != "variable":
        return coefficient(context, expr)
    name = str(expr.value)
    if not is_undeclared(context, name):
        return []
    if _strip_number(name) not in _COUNTS | _NUMBERS and len(_strip_number(name)) == 1:
        return [name] * _is_numbered(context, name)
    survey(context)
    return [] if name in (context.vectors or ()) else [name]


def counts(context: Context, name: str) -> bool:
    """Whether a letter that comes before a number is hardly anything else than one."""
    return _strip_number(name) in _COUNTS or _is_numbered(context, name)


def is_count(context: Context, expr: Expr) -> bool:
    """Whether an expression such as 2*n has no letters but undeclared ones that count."""
    parts = postorder(expr, operands)
    names = [str(part.value) for part in parts if part.op == "variable"]
    return all(part.op in _IN_COUNTS for part in parts) and all(
        is_undeclared(context, name) and _strip_number(name) in _COUNTS for name in names
    )


def coefficient(context: Context, expr: Expr) -> list[str]:
    """The letters of a sum or a product such as n - p - 1 that are not numbers by convention.

    None where one of them is used as what it is, or where none counts and no number is among the
    terms. Beside a letter of numbers, as in nu + p, the others may not be unknowns.
    """
    if expr.op not in _OF_NUMBERS:
        return []
    parts = postorder(expr, operands)
    if any(part.op not in _IN_COEFFICIENTS for part in parts):
        return []
    variables = [part for part in parts if part.op == "variable"]
    names = list(dict.fromkeys(str(part.value) for part in variables if part.shape))
    survey(context)
    used = context.vectors or ()
    if not names or any(name in used or not is_undeclared(context, name) for name in names):
        return []
    plain = [_strip_number(name) for name in names]
    beside = [arg.op for part in parts if part.op in _SUMS for arg in part.args if not arg.shape]
    sure = "number" in beside or not _COUNTS.isdisjoint(plain)
    return names if sure or ("variable" in beside and PARAMETERS.issuperset(plain)) else []


def find_number_exponents(context: Context, exponent: Expr) -> list[str]:
    """The letters of the exponent of a number that are numbers as well."""
    parts = list(postorder(exponent, operands))
    names = [str(part.value) for part in parts if part.op == "variable"]
    kinds = {part.op for part in parts if part.op != "variable"}
    count = any(counts(context, name) for name in names)
    return names if are_numbers_in_exponent(kinds, names, count) else []


def survey(context: Context) -> None:
    """Finds once which letters are used as vectors or matrices, and in which sums terms stand."""
    if context.vectors is not None:
        return
    context.vectors = set()
    before: set[int] = set()  # what stands where numbers stand says nothing of its letters
    for oddity in context.oddities.values():
        whole = {"leading": oddity.scalar, "added": oddity.other}.get(oddity.kind)
        if whole is not None and whole.op in _OF_NUMBERS:
            before.update(map(id, postorder(whole, operands)))
    for part in reversed(context.made):  # sums before their terms
        if part.op in _SUMS:
            whole = context.sums.get(id(part), part)
            context.sums.update((id(arg), whole) for arg in part.args)
        if id(part) in before:
            continue
        if part.op == "'" or (part.op in ("+", "-") and all(arg.shape for arg in part.args)):
            found = part.args
        elif part.op == "*" and part.args[0].rank:
            found = part.args[1:]
        else:
            continue
        context.vectors.update(arg.value for arg in found if arg.op == "variable")


def _strip_number(name: str) -> str:
    """The k of k1 and k_1: a letter that counts does so with a number, too."""
    return name.rstrip("0123456789").rstrip("_") or name


def _is_numbered(context: Context, name: str) -> bool:
    """Whether a letter is a vector by convention alone, and stands where numbers stand."""
    if context.evidence is None:
        context.evidence = evidence(context)
    return name in context.evidence.numbered - context.evidence.firm
