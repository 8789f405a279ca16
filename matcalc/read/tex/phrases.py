r"""The phrase tree: a formula as it is set, before any letter has a shape.

Each kind, what its ``args`` are (after "of"), and its meaning:

``number``         ``text`` is the number
``symbol``         a letter, with its style: ``text`` is its LaTeX
``indexed``        of what carries the subscript; ``parts`` are the subscripts, no values
``entries``        of the array; ``parts`` are the places: a size, ``all`` or ``range``
``blocks``         of the blocks, row by row; ``text`` says how many there are in each row
``constant``       a bold 1 or 0; ``parts`` are its sizes, if it has any
``call``           of the arguments; ``text`` is a function of the expression language
``norm``           of the argument; ``parts`` is its subscript, if it has one
``bars``           of the argument: absolute value or determinant
``root``           of the argument: square root
``exponential``    of the exponent: e to a power
``power``          of base and exponent: a^b
``entrywise``      of base and exponent: every entry to a power
``transpose``      of the operand; also ``inverse-transpose`` and ``pinv``
``inner``          of two: <a, b>
``+ - * . x / o``  of two: sum, difference, juxtaposition, \cdot, \times, quotient, ...
``neg``            of the operand
``bigsum``         of the summand; ``parts`` are the indices, ``limit`` the upper one, ``text`` is
                   sum, prod, max or min, ``bounds`` are other conditions, as comparisons
``positive``       of the operand: (x)_+
``frobenius``      of two: A : B
``application``    f(x) where f may be a function or a factor; ``bounds`` is the f
``gradient``       of the operand, if it follows; ``parts`` is the variable, ``order`` how often

Of these, ``function``, ``mark``, ``bracket``, ``hole``, ``differential``, ``script`` and ``norm``
without its subscript are what the parser passes from rule to rule, and do not leave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from matcalc.core.errors import Span


class Phrase:
    """A node; ``start`` and ``end`` enclose its text, brackets included."""

    __slots__ = (
        "args",
        "bounds",
        "bracketed",
        "end",
        "kind",
        "limit",
        "mark",
        "order",
        "parts",
        "start",
        "text",
    )

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        *,
        args: tuple[Phrase, ...] = (),
        text: str = "",
        parts: tuple[Phrase, ...] = (),
        mark: Span | None = None,
        order: int = 1,
        limit: Phrase | None = None,
        bounds: tuple[Phrase, ...] = (),
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.args = args
        self.text = text
        self.parts = parts
        self.mark = mark
        self.order = order
        self.limit = limit
        self.bounds = bounds
        self.bracketed = False  # whether brackets around it have been taken off

    @property
    def span(self) -> Span:
        """The phrase's own text."""
        return Span(self.start, self.end)

    def with_args(self, args: tuple[Phrase, ...]) -> Phrase:
        """A copy with other operands."""
        made = copy(self)
        made.args = args
        return made


def terms(phrase: Phrase) -> Iterator[Phrase]:
    """What a sum or a difference is made of."""
    stack = [phrase]
    while stack:
        part = stack.pop()
        if part.kind in ("+", "-", "neg"):
            stack += part.args
        else:
            yield part


class EquationPhrase:
    """A statement: a value, with what stood on the left of an equals sign before it."""

    __slots__ = ("left", "value")

    def __init__(self, value: Phrase, left: Phrase | None = None) -> None:
        self.value = value
        self.left = left
