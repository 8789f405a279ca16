"""Forward values of a graph, and adjoints backwards from a number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matcalc.core.errors import ArgumentError, EvaluationError
from matcalc.core.members import families
from matcalc.graph.build import ComputationGraph, GraphNode
from matcalc.runtime.arguments import check_shapes
from matcalc.verify.oracle.interpret import interpret

_SMALL = 6  # entries that are written out


def read_values(path: str) -> dict[str, Any]:
    """Arrays by name from a file of NumPy (.npz) or JSON."""
    file = Path(path)
    try:
        if file.suffix == ".npz":
            with np.load(file, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ArgumentError(f"cannot read values from {path}: {problem}") from None
    if not isinstance(found, dict):
        raise ArgumentError(
            f"{path} has no values by name", hint='write {"x": [1, 2], "A": [[1, 0], [0, 1]]}'
        )
    return found


def evaluate(graph: ComputationGraph, values: Mapping[str, Any]) -> ComputationGraph:
    """The graph with the values of its nodes, and with adjoints if the output is a number.

    Raises EvaluationError where an input is missing or has another shape.
    """
    inputs = [node for node in graph.nodes if node.tree is None]
    values = _with_members(values, [node.name for node in inputs])
    missing = [node.name for node in inputs if node.name not in values]
    if missing:
        raise EvaluationError(
            f"there is no value for {', '.join(missing)}",
            hint=f"the inputs are {', '.join(node.name for node in inputs)}",
        )
    if any(variable.kind == "function" for variable in graph.variables.values()):
        raise EvaluationError("functions that are only declared have no values")
    shapes = [
        (node.name, values[node.name], tuple([size.integer or str(size) for size in node.shape]))
        for node in inputs
    ]
    arrays = dict(zip([node.name for node in inputs], check_shapes(*shapes), strict=True))
    sizes = _sizes(inputs, arrays)
    known: dict[str, Any] = {}
    for node in graph.nodes:
        node.value = arrays[node.name] if node.tree is None else interpret(node.tree, known, sizes)
        known[node.name] = node.value
    if graph.output.shape:
        graph.remark = "adjoints are shown where the output is a number"
        return graph
    _reverse(graph, known, sizes)
    return graph


def _with_members(values: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """The values, with those of the members of families that are given as a list."""
    found = dict(values)
    for family, members in families(names).items():
        given = values.get(family)
        if given is None:
            continue
        if len(given) != len(members):
            raise EvaluationError(
                f"{len(given)} values are given for the family {family}, which has the "
                f"{len(members)} members {', '.join(members)}"
            )
        found = {**dict(zip(members, given, strict=True)), **found}
    return found


def _sizes(inputs: list[GraphNode], arrays: Mapping[str, Any]) -> dict[str, int]:
    """The size of each dimension that is an axis of an input."""
    return {
        size.plain: length
        for node in inputs
        for size, length in zip(node.shape, np.shape(arrays[node.name]), strict=True)
        if size.plain
    }


def _reverse(graph: ComputationGraph, known: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
    """xbar_j = sum over the children i of xbar_i times d x_i / d x_j."""
    for node in graph.nodes:
        if node.reverse:
            node.adjoint = np.zeros(np.shape(node.value))
    graph.output.adjoint = np.ones(())
    for edge in sorted(graph.edges, key=lambda edge: -edge.child):
        child, parent = graph.node(edge.child), graph.node(edge.parent)
        if not parent.reverse:
            continue
        if edge.derivative is None:
            graph.remark = f"no derivative of {child.name} with respect to {parent.name} is known"
            for node in graph.nodes:
                node.adjoint = None
            return
        local = interpret(edge.derivative, known, sizes)
        axes = len(child.shape)
        parent.adjoint = parent.adjoint + np.tensordot(child.adjoint, local, axes=axes)


def format_value(value: Any) -> str:
    """A number with four digits; an array with few entries, or its norm."""
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{float(array):.4g}"
    if array.size <= _SMALL:
        return _entries(array.tolist())
    return f"norm {float(np.linalg.norm(array)):.4g}"


def _entries(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_entries, value))}]"
    return f"{value:.4g}"
