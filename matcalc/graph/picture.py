"""What users hold of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.language import BaseLanguage
from matcalc.core.loops import LoopProgram
from matcalc.core.program import Program
from matcalc.graph import network_forms
from matcalc.graph.build import AskedVariables, ComputationGraph, build
from matcalc.graph.draw import as_svg
from matcalc.graph.forms import as_dot, as_mermaid, as_picture, as_text
from matcalc.graph.loops import build_loops
from matcalc.graph.network import networks

if TYPE_CHECKING:
    from matcalc.graph.modes import Modes


class ComputationalGraph:
    """The computational graph of a program; ``str`` is its text.

    With ``at``, values of all inputs by name, nodes have their values and adjoints.
    """

    def __init__(
        self, program: Program, wrt: AskedVariables = None, at: Mapping[str, Any] | None = None
    ) -> None:
        self.graph: ComputationGraph = build(program, wrt)
        self._asked = program, wrt
        if at is not None:
            from matcalc.graph.values import evaluate  # noqa: PLC0415 - it loads NumPy

            evaluate(self.graph, at)

    def __str__(self) -> str:
        return as_text(self.graph)

    def __repr__(self) -> str:
        return f"<matcalc.ComputationalGraph of {len(self.graph.nodes)} nodes>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

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

    def _repr_svg_(self) -> str | None:
        return _svg_or_none(self.dot())

    @public
    def modes(self, sizes: Mapping[str, int] = MappingProxyType({}), mode: str = "auto") -> Modes:
        """The derivatives as a program in forward or reverse mode, with the operations that both
        take at these sizes. ``auto`` shows the cheaper one, and needs them; ArgumentError where one
        is missing.
        """
        from matcalc.graph.modes import Modes  # noqa: PLC0415 - few ask for a mode

        program, wrt = self._asked
        return Modes(program, wrt, sizes, mode)

    @public
    def network(self) -> TensorNetwork:
        """The expression and its derivatives as tensor networks."""
        return TensorNetwork(*self._asked)


class LoopGraph(ComputationalGraph):
    """The computational graph of a program with loops that end at names: one step of each loop."""

    def __init__(self, program: LoopProgram, wrt: AskedVariables, language: BaseLanguage) -> None:
        self.graph = build_loops(program, wrt, language)

    @public
    def modes(self, sizes: Mapping[str, int] = MappingProxyType({}), mode: str = "auto") -> Modes:
        """Raises UnsupportedError."""
        raise UnsupportedError(
            "the operations of a loop that ends at a name are not counted",
            hint="matcalc backprop (matcalc.backprop in Python) writes reverse mode as a loop; "
            "with a number in the range, the operations are counted",
        )

    @public
    def network(self) -> TensorNetwork:
        """Raises UnsupportedError."""
        raise UnsupportedError(
            "a loop that ends at a name is not a tensor network",
            hint="write a number in its range, or draw the body of the loop",
        )


class TensorNetwork:
    """An expression and its derivatives with respect to ``wrt``, or to all its variables, as tensor
    networks; ``str`` is their text, in Einstein's notation.

    Raises UnknownNameError for an unknown variable, UnsupportedError where a derivative is not
    known, or where there are too many tensors to be drawn.
    """

    def __init__(self, program: Program, wrt: AskedVariables = None) -> None:
        self.networks = networks(program, wrt)

    def __str__(self) -> str:
        return network_forms.as_text(self.networks)

    def __repr__(self) -> str:
        return f"<matcalc.TensorNetwork of {len(self.networks)} networks>"

    def _repr_markdown_(self) -> str:
        return f"```text\n{self}\n```"

    @public
    def dot(self) -> str:
        """The networks in the language of Graphviz."""
        return network_forms.as_dot(self.networks)

    @public
    def picture(self) -> list[dict[str, Any]]:
        """What a drawing shows, for a program that lays it out: of each network its ``terms``, and
        of these ``nodes`` and ``edges``.
        """
        return network_forms.as_picture(self.networks)

    @public
    def svg(self) -> str:
        """The picture; UnsupportedError where Graphviz is not installed."""
        return as_svg(self.dot())

    def _repr_svg_(self) -> str | None:
        return _svg_or_none(self.dot())


def _svg_or_none(dot: str) -> str | None:
    """The picture for a notebook, which shows the text where Graphviz is not installed."""
    try:
        return as_svg(dot)
    except UnsupportedError:
        return None
