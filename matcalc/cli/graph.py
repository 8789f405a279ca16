"""``matcalc graph``: the computational graph of an expression, or its tensor network, in one of
their forms.
"""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from matcalc.core.errors import ArgumentError, ParseError, SymbolicLoopError
from matcalc.graph.picture import ComputationalGraph, TensorNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcalc.core.program import Program

_LONGEST = 255  # characters of a file's name
_MOST_DIGITS = 12  # of a size
_NAME_OF_FILE = re.compile(r"[\w./-]+\.(txt|matcalc|tex|md)")


def source_text(given: str) -> str:
    """The expression, or what is in the file of that name."""
    if len(given) > _LONGEST or "\n" in given or "\0" in given:
        return given
    file = Path(given)
    if not file.suffix or not file.is_file():
        if _NAME_OF_FILE.fullmatch(given):
            raise ParseError(f"cannot read {given}: No such file or directory")
        return given
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ParseError(f"cannot read {given}: {problem}") from None


def graph_text(source: str, read: Callable[[], Program], options: Namespace) -> str:
    """The graph in the format that was asked for, of what was read or of a program with loops."""
    try:
        program = read()
    except SymbolicLoopError:
        return _loops_text(source, options)
    if options.mode or options.sizes:
        return _modes_text(program, options)
    if options.network:
        return _network_text(program, options)
    values = None
    if options.at is not None:
        from matcalc.graph.values import read_values  # noqa: PLC0415 - it loads NumPy

        values = read_values(options.at)
    return in_format(ComputationalGraph(program, options.wrt, values), options.format)


def _loops_text(source: str, options: Namespace) -> str:
    """The graph of one step of each loop; with values that of the program written out."""
    # few programs have loops
    from matcalc.answers.derivatives.backprop import graph_of_loops, write_out_loops  # noqa: PLC0415

    if options.at is not None:
        from matcalc.graph.values import read_values  # noqa: PLC0415 - it loads NumPy

        values = read_values(options.at)
        program = write_out_loops(source, options.var, values)
        return in_format(ComputationalGraph(program, options.wrt, values), options.format)
    graph = graph_of_loops(source, options.var, options.wrt)
    if options.mode or options.sizes:
        graph.modes()
    return in_format(graph.network() if options.network else graph, options.format)


def in_format(graph: ComputationalGraph | TensorNetwork, form: str) -> str:
    """The graph in one of its forms."""
    return str(graph) if form == "text" else str(getattr(graph, form)())


def _modes_text(program: Program, options: Namespace) -> str:
    from matcalc.graph.modes import Modes  # noqa: PLC0415 - few ask for a mode

    other = next(
        (name for name, given in (("--network", options.network), ("--at", options.at)) if given),
        None if options.format == "text" else "--format",
    )
    if other is not None:
        raise ArgumentError(f"--mode takes no {other}", hint=f"leave {other} away")
    return str(Modes(program, options.wrt, sizes_of(options.sizes or ""), options.mode or "auto"))


def sizes_of(given: str) -> dict[str, int]:
    """The sizes of ``n=100,m=20``."""
    found: dict[str, int] = {}
    for each in filter(None, given.replace(" ", "").split(",")):
        name, _, size = each.partition("=")
        known = name.isidentifier() and size.isdecimal() and len(size) <= _MOST_DIGITS
        if not known or not int(size):
            hint = f"write --sizes n=100,m=20; a size has at most {_MOST_DIGITS} digits"
            raise ArgumentError(f"{each} gives no size", hint=hint)
        found[name] = int(size)
    return found


def _network_text(program: Program, options: Namespace) -> str:
    if options.at is not None:
        raise ArgumentError("--network shows no values", hint="leave --at away")
    if options.format == "mermaid":
        raise ArgumentError(
            "tensor networks are not drawn by Mermaid", hint="--format svg, dot or text"
        )
    return in_format(TensorNetwork(program, options.wrt), options.format)
