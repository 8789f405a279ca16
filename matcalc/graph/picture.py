"""What users hold of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcalc.core.boundary import public
from matcalc.core.program import Program
from matcalc.graph.build import Graph, build
from matcalc.graph.draw import as_svg
from matcalc.graph.forms import as_dot, as_mermaid, as_picture, as_text


class ComputationalGraph:
    """The computational graph of a program; ``str`` is its text.

    With ``at``, values of all inputs by name, nodes have their values and adjoints.
    """

    def __init__(
        self, program: Program, wrt: str | None = None, at: Mapping[str, Any] | None = None
    ) -> None:
        self.graph: Graph = build(program, wrt)
        if at is not None:
            from matcalc.graph.values import evaluated  # noqa: PLC0415 - it loads NumPy

            evaluated(self.graph, at)

    def __str__(self) -> str:
        return as_text(self.graph)

    def __repr__(self) -> str:
        return f"<matcalc.ComputationalGraph of {len(self.graph.nodes)} nodes>"

    @public
    def dot(self) -> str:
        """The graph in the language of Graphviz."""
        return as_dot(self.graph)

    @public
    def mermaid(self) -> str:
        """The graph as a flowchart for Mermaid."""
        return as_mermaid(self.graph)

    @public
    def picture(self) -> dict[str, Any]:
        """What a drawing shows, for a program that lays it out: ``nodes`` and ``edges``."""
        return as_picture(self.graph)

    @public
    def svg(self) -> str:
        """The picture; UnsupportedError where Graphviz is not installed."""
        return as_svg(self.dot())
