"""The typed tree: what an expression means, with the shape of every part.

Parsing and inference produce it, recovery produces it again from a network, and every printer, the code
generator and the numeric oracle read it. Nodes are immutable and may be shared; ``walk.fold`` visits each once.

====================  =========================  =============================================================
op                    value                      meaning
====================  =========================  =============================================================
``number``            ``Fraction``               an exact rational
``constant``          ``"pi"``                   a named number
``variable``          the name                   a variable, looked up among the declared ones
``dimension``         ``Dim``                    the size of a dimension, as a scalar
``eye``               --                         the identity matrix of ``shape``
``fill``              --                         ``shape`` filled with the scalar ``args[0]`` (vector(1), zeros)
``+ -``               --                         sum, difference; a scalar operand is broadcast
``neg``               --                         the negative
``*``                 --                         product: scalar * any, A*B, A*x, x'*A, x'*y (scalar), x*y' (outer)
``/``                 --                         division by a scalar
``.* ./ .^``          --                         entry by entry; a scalar operand is broadcast
``^``                 --                         power of a scalar, or a square matrix to an integer power
``< <= > >= == !=``   --                         1 where it holds, else 0; entry by entry
``'``                 --                         transpose (of a vector: column to row and back)
``einsum``            (labels of args, output)   sum over the labels that are not in the output (ints, hyper-indices)
``fuse``              --                         shape (m*n, m, n): 1 where k = i + j*m, the index that ``vec`` makes of i and j
any function's name   --                         see ``operations.py``
====================  =========================  =============================================================

Shapes: ``()`` scalar, ``(n,)`` vector, ``(m, n)`` matrix; only ``einsum`` and sums or multiples of it have more axes.
A row vector is a vector with ``row=True``; the flag matters for ``*``, ``'`` and nothing else.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import Span


class Expr:
    """A node of the typed tree; compared by identity, so that shared parts stay shared."""

    __slots__ = ("args", "op", "row", "shape", "span", "value")

    def __init__(
        self,
        op: str,
        args: tuple[Expr, ...] = (),
        shape: Shape = (),
        *,
        value: Any = None,
        row: bool = False,
        span: Span | None = None,
    ) -> None:
        self.op = op
        self.args = args
        self.shape = shape
        self.value = value
        self.row = row
        self.span = span

    @property
    def rank(self) -> int:
        """How many axes the value has."""
        return len(self.shape)

    def __repr__(self) -> str:
        inside = [repr(self.value)] if self.value is not None else []
        inside += [repr(arg) for arg in self.args]
        return f"{self.op}({', '.join(inside)})"


def number(value: int | Fraction) -> Expr:
    """An exact rational."""
    return Expr("number", value=Fraction(value))


def variable(name: str, shape: Shape, *, row: bool = False) -> Expr:
    """A variable of the given shape."""
    return Expr("variable", (), shape, value=name, row=row)


def dimension(size: Dim) -> Expr:
    """The size of a dimension as a scalar: a number where it is one."""
    if size.integer is not None:
        return number(size.integer)
    return Expr("dimension", value=size)


def eye(size: Dim) -> Expr:
    """The identity matrix."""
    return Expr("eye", (), (size, size))


def fill(value: Expr, shape: Shape, *, row: bool = False) -> Expr:
    """A vector or matrix with the same scalar everywhere."""
    return Expr("fill", (value,), shape, row=row)


def is_number(expr: Expr, value: int | None = None) -> bool:
    """Whether this is a number literal (the given one)."""
    return expr.op == "number" and (value is None or expr.value == value)
