"""What the rules of lowering share: the builder, the definitions of functions, the sizes that stand
for names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, Self

from matcalc.core.dims import Dim
from matcalc.core.tree import Expr
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.lowering.terms import ContractionBuilder


class Definition(Protocol):
    """A function given by an expression in its parameters."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters' names."""

    @property
    def body(self) -> Expr:
        """The value."""

    def sizes(self, args: Sequence[Node]) -> Mapping[str, Dim]:
        """What the dimension names of the definition are for these arguments."""


Definitions = Callable[[str], Definition | None]


class TreeLowering:
    """Lowers trees into one builder; ``definitions`` gives parameters and body of functions defined
    by others. ``Lowering`` has the rules.
    """

    def __init__(self, builder: Builder, definitions: Definitions) -> None:
        self.builder = builder
        self.definitions = definitions
        self.sums = ContractionBuilder(builder)
        self.sizes: Mapping[str, Dim] = {}

    def fresh(self) -> Self:
        """Another one with the same builder, for a tree with sizes of its own."""
        return type(self)(self.builder, self.definitions)

    def size(self, size: Dim) -> Dim:
        """A dimension with the names that stand for others replaced."""
        return size.put(self.sizes.get) if self.sizes else size

    def lower(
        self, root: Expr, names: Mapping[str, Node], sizes: Mapping[str, Dim] | None = None
    ) -> Node:
        """The node of a typed tree whose variables stand for ``names``, and whose dimension names
        for ``sizes``.
        """
        return self.lower_all([root], names, sizes)[0]

    def lower_all(
        self,
        roots: Sequence[Expr],
        names: Mapping[str, Node],
        sizes: Mapping[str, Dim] | None = None,
    ) -> list[Node]:
        """The nodes of several trees, what they share being lowered once."""
        raise NotImplementedError
