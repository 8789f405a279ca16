"""Functions that are only declared, and their derivatives."""

from __future__ import annotations

from typing import NamedTuple

HIGHEST_ORDER = 9
# of one argument: entry by entry, of a vector or a matrix with scalar values, of vectors
_CLASSIC = frozenset({(), (1, 0), (1, 1), (2, 0)})


class FunctionRef(NamedTuple):
    """A function that is only declared, or its derivative of an order.

    ``ranks`` are how many axes its arguments and its value have: none of a function of one scalar
    that acts entry by entry. The axes of a derivative are those of the value, then those of the
    argument for each order. The second derivative of a vector takes weights w as a second
    argument, and is the matrix of second derivatives of w'*f(u); from the third order on, those of
    a vector take directions at the end, with which they are contracted: d3_f(u, v) is the
    derivative of hess_f(u) in the direction v, and d3_f(u, w, v) that of hess_f(u, w). ``along``
    says that the second derivative of a vector takes directions and no weights: d2_f(u, v) is the
    derivative of jac_f(u) in the direction v, and d2_f(u, v, v) that of f twice.

    ``value`` is the kind of its values if these are symmetric or positive definite matrices. Then
    its arguments are scalars, and its derivatives are symmetric matrices as well.

    Of a function of several arguments ``by`` are those that it is derived by, counted from 0 and
    sorted; one of scalars alone acts entry by entry.
    """

    name: str
    ranks: tuple[int, ...] = ()
    order: int = 0
    by: tuple[int, ...] = ()
    along: bool = False
    value: str = ""

    def __str__(self) -> str:
        """f, f', f'' of a function of one scalar; grad_f, hess_f, jac_f, d3_f of another argument;
        d1_f, d12_f of several arguments.
        """
        if self.order == 0 or self.primed:
            return self.name + "'" * self.order
        if self.arity > 1:
            return f"d{''.join([str(place + 1) for place in self.by])}_{self.name}"
        names = {1: "jac" if self.ranks[-1] else "grad"}
        if not self.along:
            names[2] = "hess"
        kind = names.get(self.order, f"d{self.order}")
        return f"{kind}_{self.name}"

    @property
    def arity(self) -> int:
        """How many arguments the function takes, besides weights and directions."""
        return max(1, len(self.ranks) - 1)

    @property
    def primed(self) -> bool:
        """Whether its derivatives are written with quotes, being of one scalar."""
        return self.arity == 1 and not any(self.ranks[:-1])

    @property
    def entrywise(self) -> bool:
        """Whether it acts on each entry of an array."""
        return not any(self.ranks)

    @property
    def classic(self) -> bool:
        """Whether derivatives of a high order take weights or directions, or act entry by entry."""
        return self.ranks in _CLASSIC

    @property
    def of_vectors(self) -> bool:
        """Whether it maps vectors to vectors."""
        return self.ranks == (1, 1)

    @property
    def weighted(self) -> bool:
        """Whether it takes weights, with which the values of a vector of functions are summed."""
        return self.of_vectors and self.order > 1 and not self.along

    @property
    def of_a_vector(self) -> bool:
        """Whether it takes one vector, and its value is a scalar or a vector."""
        return self.ranks in ((1, 0), (1, 1))

    @property
    def scalar_of_vector(self) -> bool:
        """Whether it maps vectors to scalars."""
        return self.ranks == (1, 0)

    @property
    def symmetric(self) -> bool:
        """Whether its value is a symmetric matrix: declared so, or second derivatives of a number
        by a vector.
        """
        if self.value:
            return True
        if self.ranks[-1:] != (0,) or self.order != 2:
            return False
        return self.scalar_of_vector or (
            len(self.by) == 2 and self.by[0] == self.by[1] and self.ranks[self.by[0]] == 1
        )

    def derivative(self, place: int = 0) -> FunctionRef | None:
        """The derivative by an argument; None beyond the highest order."""
        if self.order == HIGHEST_ORDER:
            return None
        by = self.by if self.arity == 1 else tuple(sorted((*self.by, place)))
        return self._replace(order=self.order + 1, by=by)
