"""``matcalc graph``: the computational graph of an expression in one of its forms."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from matcalc.core.errors import ParseError
from matcalc.graph.picture import ComputationalGraph

if TYPE_CHECKING:
    from matcalc.core.program import Program

_LONGEST = 255  # characters of a file's name


def source_text(given: str) -> str:
    """The expression, or what stands in the file of that name."""
    if len(given) > _LONGEST or "\n" in given or "\0" in given:
        return given
    file = Path(given)
    if not file.suffix or not file.is_file():
        return given
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ParseError(f"cannot read {given}: {problem}") from None


def graph_text(program: Program, options: Namespace) -> str:
    """The graph in the format that was asked for."""
    values = None
    if options.at is not None:
        from matcalc.graph.values import read_values  # noqa: PLC0415 - it loads NumPy

        values = read_values(options.at)
    graph = ComputationalGraph(program, options.wrt, values)
    forms = {"svg": graph.svg, "dot": graph.dot, "mermaid": graph.mermaid}
    return forms[options.format]() if options.format in forms else str(graph)
