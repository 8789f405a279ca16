"""Sizes as they are written in declarations and places: ``n``, ``2*n+1``, ``m*n``, ``h[k-1]``."""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.dims import ONE, ZERO, Dim, dim
from matcalc.core.errors import ParseError
from matcalc.core.members import member
from matcalc.core.walk import fold
from matcalc.read.syntax.nodes import SyntaxNode, children

_LARGEST_POWER = 8  # of a dimension
_LONGEST = 1_024  # names in one dimension


def size(node: SyntaxNode, source: str, *, positive: bool = True) -> Dim:
    """A dimension as it is written: a name, a positive integer, or products, powers, sums and
    differences of these; a name may be that of a member, ``h[k-1]``.

    Where it need not be ``positive`` it is a place.
    """

    def rule(part: SyntaxNode, args: list[Dim]) -> Dim:
        found: Dim | None = None
        if part.kind in ("name", "size"):
            return dim(str(part.value))
        if (
            part.kind == "number"
            and isinstance(part.value, Fraction)
            and part.value.denominator == 1
        ):
            found = dim(int(part.value))
        elif part.kind == "*":
            found = args[0].times(args[1])
        elif part.kind == "neg" and not positive:
            found = ZERO.plus(args[0], -1)
        elif part.kind == "entries" and args[0].plain:
            found = dim(member(args[0].plain, args[1:]))
        elif part.kind in ("+", "-"):
            found = args[0].plus(args[1], 1 if part.kind == "+" else -1)
        elif part.kind == "/" and args[1].integer:
            found = args[0].times(Dim(Fraction(1, args[1].integer), ()))
        elif (
            part.kind == "^"
            and args[1].integer is not None
            and 1 <= args[1].integer <= _LARGEST_POWER
        ):
            found = ONE
            for _ in range(args[1].integer):
                found = found.times(args[0])
        if found is None or len(found.letters) > _LONGEST:
            raise refuse(part)
        return found

    def refuse(part: SyntaxNode) -> ParseError:
        message = "a dimension is a name, a positive integer, or a sum or product of these"
        return ParseError(message, source=source, span=part.span)

    result = fold(node, children, rule)
    if positive and not result.possible:
        raise refuse(node)
    return result
