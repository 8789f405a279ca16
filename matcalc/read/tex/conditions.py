r"""Conditions: \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}, \mathbb{1}_{x > 0}."""

from __future__ import annotations

from matcalc.core.errors import ParseError, Span
from matcalc.core.operations import MIRRORED, OPPOSITE
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol

Branch = tuple[Phrase, list[Phrase]]  # a value, and the comparisons that hold there


def comparisons(sides: list[Phrase], signs: list[Phrase]) -> list[Phrase]:
    """The comparisons of 0 < x < 1, which are 1 where they hold, else 0."""
    return [
        Phrase(
            "==" if sign.kind == "=" else sign.kind,
            left.start,
            right.end,
            args=(left, right),
            mark=sign.span,
        )
        for left, sign, right in zip(sides, signs, sides[1:], strict=False)
    ]


def cases(branches: list[Branch], span: Span, source: str) -> Phrase:
    """The value of the first branch of which the conditions hold, as calls of ``where``.

    The last one must be for all other cases: it says so, or is the opposite of the one before.
    """
    *before, (value, last) = branches
    if not before or any(not conditions for _, conditions in before):
        raise _problem("cases have conditions, and a last one without", span, source)
    if last and not (len(before) == 1 and _is_opposite(before[0][1], last, source)):
        raise _problem("these cases may leave something out", last[0].span, source)
    for each, (condition, *more) in reversed(before):
        for other in more:  # their product, so that what is left is in one place
            both = (condition, other)
            condition = Phrase(".*", span.start, span.end, args=both, mark=span)
        args = (condition, each, value)
        value = Phrase("call", span.start, span.end, args=args, text="where", mark=span)
    return value


def _problem(message: str, span: Span, source: str) -> ParseError:
    return ParseError(
        message,
        source=source,
        span=span,
        hint=r"write \text{otherwise} after the & of the last case",
    )


def _is_opposite(first: list[Phrase], second: list[Phrase], source: str) -> bool:
    if len(first) != 1 or len(second) != 1:
        return False
    sides = [
        ["".join(source[part.start : part.end].split()) for part in each.args]
        for each in (first[0], second[0])
    ]
    if sides[0] == sides[1]:
        return OPPOSITE.get(first[0].kind) == second[0].kind
    turned = MIRRORED.get(second[0].kind, second[0].kind)
    return sides[0] == sides[1][::-1] and OPPOSITE.get(first[0].kind) == turned


def indicator(base: Phrase, below: Phrase, end: int, scope: Scope) -> Phrase:
    r"""\mathbb{1}_{x > 0}: the condition itself, which is 1 or 0."""
    one = base.kind in ("constant", "number") and base.text == "1" and not base.parts
    letter = base.kind == "symbol" and symbol(base, scope.source).key == ("I", ())
    if len(below.parts) != 1 or not (one or (letter and not scope.knows(base))):
        raise scope.refusal(
            "a condition as a subscript",
            below.span,
            r"write \mathbb{1}_{x > 0} for 1 where it holds, and 0 otherwise",
        )
    (condition,) = below.parts
    return Phrase(
        condition.kind, base.start, end, args=condition.args, mark=condition.mark or below.span
    )
