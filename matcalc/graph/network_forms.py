"""Tensor networks as text, for Graphviz, and for a program that lays them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matcalc.graph.forms import quote
from matcalc.graph.network import Network, NetworkIndex, NetworkTerm

_COLUMN = 60  # where sizes begin, if the formulas are shorter
_KEY = "an index that does not appear on the left is summed over"


def as_text(networks: Sequence[Network]) -> str:
    """Each network as a formula with indices, and the sizes of these."""
    rows = [(str(network), _sizes(network)) for network in networks]
    column = max((len(formula) for formula, _ in rows if len(formula) <= _COLUMN), default=0)
    lines: list[str] = []
    parts = False
    for k, (network, (formula, sizes)) in enumerate(zip(networks, rows, strict=True)):
        if network.remark:
            lines += ["", f"{network.remark}:"]
        elif k and not parts:
            parts = True
            lines += ["", "where"]
        lines.append(f"{formula.ljust(column)}  {sizes}".rstrip())
    return "\n".join([*lines, "", _KEY])


def _sizes(network: Network) -> str:
    known = {index.name: index.size for term in network.terms for index in term.indices}
    by_size: dict[str, list[str]] = {}
    for name, size in known.items():
        by_size.setdefault(str(size), []).append(name)
    return "; ".join(f"{', '.join(names)}: {size}" for size, names in by_size.items())


def as_picture(networks: Iterable[Network]) -> list[dict[str, Any]]:
    """What a drawing shows: of each network its formula, and of each term its nodes and edges."""
    return [
        {
            "says": str(network),
            "remark": network.remark,
            "terms": [_term(term, network.axes) for term in network.terms],
        }
        for network in networks
    ]


def _term(term: NetworkTerm, axes: tuple[str, ...]) -> dict[str, Any]:
    """Tensors, points where more than two of them meet, and open ends; lines between them."""
    order = _chain(term, axes)
    nodes = [
        {
            "id": k,
            "lines": [_format_call(term.tensors[k].label, term.tensors[k].power)],
            "full": str(term.tensors[k]),
            "role": "tensor",
        }
        for k in order
    ]
    edges: list[dict[str, Any]] = []
    for index in term.indices:
        ends = [k for k in order for leg in term.tensors[k].legs if leg == index.name]
        full = f"index {index.name} of size {index.size}"
        points = _points(index, ends, full)
        nodes += points
        label = [f"{index.name}: {index.size}"]
        if not points:
            edges.append(_line(ends[0], ends[1], label, full))
            continue
        hub = points[-1]["id"]
        on_left = index.open and index.name == axes[0]  # the first axis
        for place, end in enumerate(ends):
            shown = label if place == 0 and not index.open else []
            start, stop = (end, hub) if place == 0 and not on_left else (hub, end)
            edges.append(_line(start, stop, shown, full))
        if len(points) == 2:
            leg = points[0]["id"]
            start, stop = (leg, hub) if on_left else (hub, leg)
            edges.append(_line(start, stop, [], full))
    said = f"-{term}" if term.coefficient < 0 else str(term)
    return {"says": said, "nodes": nodes, "edges": edges}


def _points(index: NetworkIndex, ends: Sequence[int], said: str) -> list[dict[str, Any]]:
    """The open end of an index, and the point where its lines meet, if there are such."""
    found: list[dict[str, Any]] = []
    if index.open:
        label = f"{index.name}: {index.size}"
        found.append({"id": f"open-{index.name}", "lines": [label], "full": said, "role": "leg"})
    if len(ends) > 2 or (len(ends) == 1) != index.open:
        found.append({"id": f"at-{index.name}", "lines": [], "full": said, "role": "index"})
    return found


def _line(start: object, end: object, lines: list[str], full: str) -> dict[str, Any]:
    return {"from": start, "to": end, "lines": lines, "full": full, "dashed": False, "plain": True}


def _format_call(label: str, power: object) -> str:
    return label if power == 1 else f"{label}^{power}"


def _chain(term: NetworkTerm, axes: tuple[str, ...]) -> list[int]:
    """The tensors in an order in which neighbours follow each other, from the first axis, or from
    one with few of them.
    """
    at: dict[str, list[int]] = {}
    for k, tensor in enumerate(term.tensors):
        for leg in tensor.legs:
            at.setdefault(leg, []).append(k)
    near = [
        dict.fromkeys(other for leg in tensor.legs for other in at[leg] if other != k)
        for k, tensor in enumerate(term.tensors)
    ]
    order: dict[int, None] = {}

    def place(k: int) -> tuple[bool, int, int]:
        return not set(axes[:1]).intersection(term.tensors[k].legs), len(near[k]), k

    for start in sorted(range(len(near)), key=place):
        waiting = [start]
        while waiting:
            k = waiting.pop()
            if k not in order:
                order[k] = None
                waiting += [other for other in near[k] if other not in order]
    return list(order)


def as_dot(networks: Sequence[Network]) -> str:
    """A graph for Graphviz, with a frame for each network and for each term."""
    lines = [
        "graph matcalc {",
        "  rankdir=LR; nodesep=0.3; ranksep=0.5; compound=true;",
        '  graph [fontname="Helvetica", fontsize=11, labeljust=l, color="#c9ced4"];',
        '  node [fontname="Helvetica", fontsize=11, style=filled, color="#555555"];',
        '  edge [fontname="Helvetica", fontsize=9, color="#777777", fontcolor="#1f4e79"];',
    ]
    for k, network in reversed(list(enumerate(as_picture(networks)))):  # it begins at the bottom
        title = ": ".join(part for part in (network["remark"], network["says"]) if part)
        lines.append(f'  subgraph cluster_{k} {{ label="{quote(title)}";')
        for place, term in enumerate(network["terms"]):
            lines += _frame(term, f"{k}_{place}", framed=len(network["terms"]) > 1)
        lines.append("  }")
    return "\n".join([*lines, "}"])


def _frame(term: dict[str, Any], name: str, *, framed: bool) -> list[str]:
    head = f'    subgraph cluster_{name} {{ label="{quote(term["says"])}"; style=dashed;'
    lines = [head] if framed else []
    for node in term["nodes"]:
        label = quote("".join(node["lines"]))
        shape = {
            "tensor": f'shape=box, style="rounded,filled", fillcolor="#e8f0fa", label="{label}"',
            "leg": f'shape=plaintext, style="", label="{label}"',
            "index": 'shape=point, width=0.08, label=""',
        }[node["role"]]
        lines.append(f'      "{name}:{node["id"]}" [{shape}, tooltip="{quote(node["full"])}"];')
    for edge in term["edges"]:
        ends = f'"{name}:{edge["from"]}" -- "{name}:{edge["to"]}"'
        label = quote("".join(edge["lines"]))
        lines.append(f'      {ends} [label="{label}", tooltip="{quote(edge["full"])}"];')
    return [*lines, "    }"] if framed else lines
