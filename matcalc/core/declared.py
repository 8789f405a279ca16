"""Functions that are only declared, and their derivatives."""

from __future__ import annotations

from typing import NamedTuple

HIGHEST_ORDER = 9


class FunctionRef(NamedTuple):
    """A function that is only declared, or its derivative of an order.

    ``ranks`` are how many axes its argument and its value have: none of a function that acts entry
    by entry, (1, 0), (1, 1) or (2, 0). The axes of a derivative are those of the value, then those
    of the argument for each order. The second derivative of a vector takes weights w as a second
    argument, and is the matrix of second derivatives of w'*f(u); from the third order on, that of a
    scalar function of a vector takes directions behind the first argument, with which it is
    contracted: d3_f(u, v) is the derivative of hess_f(u) in the direction v.
    """

    name: str
    ranks: tuple[int, ...] = ()
    order: int = 0

    def __str__(self) -> str:
        """f, f', f'' of a function that acts entry by entry; grad_f, hess_f, jac_f, d3_f of one
        that does not.
        """
        if self.entrywise or self.order == 0:
            return self.name + "'" * self.order
        first = "jac" if self.of_vectors else "grad"
        kind = {1: first, 2: "hess"}.get(self.order, f"d{self.order}")
        return f"{kind}_{self.name}"

    @property
    def entrywise(self) -> bool:
        """Whether it acts on each entry of an array."""
        return not self.ranks

    @property
    def of_vectors(self) -> bool:
        """Whether it maps vectors to vectors."""
        return self.ranks == (1, 1)

    @property
    def scalar_of_vector(self) -> bool:
        """Whether it maps vectors to scalars."""
        return self.ranks == (1, 0)

    @property
    def derivative(self) -> FunctionRef | None:
        """The derivative of the next order; None beyond the highest."""
        return self._replace(order=self.order + 1) if self.order < HIGHEST_ORDER else None
