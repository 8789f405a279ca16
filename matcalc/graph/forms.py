"""A graph as text, for Graphviz and for Mermaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcalc.core.loops import ForLoop, count_shared
from matcalc.graph.build import ComputationGraph, GraphEdge, GraphNode
from matcalc.write.printers.loops import heading

_LABEL = 34  # characters of a line in a picture
_KINDS = ("number", "vector", "matrix")


def kind(node: GraphNode) -> str:
    """What an array is: ``vector(n)``."""
    axes = ", ".join(map(str, node.shape))
    return f"{_KINDS[len(node.shape)]}({axes})" if axes else _KINDS[0]


def _write(value: object) -> str:
    from matcalc.graph.values import format_value  # noqa: PLC0415 - it loads NumPy

    return format_value(value)


def as_text(graph: ComputationGraph) -> str:
    """The nodes in forward order, then the edges in reverse order."""
    rows = [["forward", "", "parents", "kind", "reverse", "value", "adjoint"]]
    steps = {(edge.parent, edge.child): edge.step for edge in graph.edges if edge.step}
    for part, depth in _in_loops(graph):
        if isinstance(part, GraphNode):
            row = _row(part, steps)
        else:
            row = ["", heading(part) if part else "end", *[""] * 5]
        row[1] = "  " * depth + row[1]
        rows.append(row)
    lines = table(rows)
    derived = [edge for edge in graph.edges if edge.label is not None]
    if derived:
        rows = [["local derivatives", "", ""]]
        for edge in sorted(derived, key=lambda edge: (-edge.child, -edge.parent)):
            child, parent = graph.node(edge.child), graph.node(edge.parent)
            rows.append([f"d {child.name} / d {parent.name}", "=", edge.label or ""])
        lines += ["", *table(rows)]
        if any(edge.vectorised for edge in derived):
            lines.append("with more than two axes: the matrix J of d vec(child) = J*d vec(parent)")
    return "\n".join([*lines, *([graph.remark] if graph.remark else [])])


def _row(node: GraphNode, steps: Mapping[tuple[int, int], str]) -> list[str]:
    said = [(number, steps.get((number, node.number))) for number in node.parents]
    parents = ", ".join([f"{number} ({step})" if step else str(number) for number, step in said])
    return [
        str(node.number),
        node.formula,
        "input" if node.is_input else parents,
        node.kind or kind(node),
        str(node.reverse or ""),
        "" if node.value is None else _write(node.value),
        "" if node.adjoint is None else _write(node.adjoint),
    ]


def _in_loops(graph: ComputationGraph) -> Iterator[tuple[GraphNode | ForLoop | None, int]]:
    """The nodes in forward order, each loop before those that are in it, and None where one ends;
    with the number of loops around.
    """
    inside: tuple[ForLoop, ...] = ()
    for node in [*graph.nodes, None]:
        wanted = node.loops if node is not None else ()
        shared = count_shared(inside, wanted)
        yield from [(None, depth) for depth in range(len(inside) - 1, shared - 1, -1)]
        yield from [(wanted[depth], depth) for depth in range(shared, len(wanted))]
        inside = wanted
        if node is not None:
            yield node, len(inside)


def table(rows: list[list[str]]) -> list[str]:
    """Columns side by side, without those that are empty."""
    kept = [k for k in range(len(rows[0])) if any(row[k] for row in rows[1:])]
    widths = {k: max(len(row[k]) for row in rows) for k in kept}
    return ["  ".join(row[k].ljust(widths[k]) for k in kept).rstrip() for row in rows]


def break_label(label: str) -> list[str]:
    """A label in lines that are short enough for a picture, broken before operators."""
    lines, rest = [], label
    while len(rest) > _LABEL:
        place = max(rest.rfind(sign, 1, _LABEL) for sign in (" + ", " - ", "*"))
        place = max(place, rest.rfind(", ", 1, _LABEL) + 1)
        if place <= 0:
            place = _LABEL
        lines.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
        if len(lines) == 2:
            return [*lines, "..."]
    return [*lines, rest]


def _lines(node: GraphNode) -> list[str]:
    """What is in a node: its formula, what it is, its places in both orders, its values."""
    turns = f"forward {node.number}" + (f", reverse {node.reverse}" if node.reverse else "")
    lines = [*break_label(node.formula), node.kind or kind(node), turns]
    if node.value is not None:
        lines += break_label(f"value {_write(node.value)}")
    if node.adjoint is not None:
        lines += break_label(f"adjoint {_write(node.adjoint)}")
    return lines


def as_picture(graph: ComputationGraph) -> dict[str, Any]:
    """What a drawing shows, for a program that lays it out: boxes with lines of text, and arrows.

    ``full`` is what the lines were cut from. An arrow is ``dashed`` where nothing is
    differentiated. ``loops`` are frames around nodes, and ``inside`` is the frame of a node or of a
    frame.
    """
    frames: dict[int, str] = {}
    loops = []
    for node in graph.nodes:
        for depth, loop in enumerate(node.loops):
            if id(loop) not in frames:
                frames[id(loop)] = f"loop{len(frames) + 1}"
                frame = {"id": frames[id(loop)], "says": heading(loop)}
                loops.append({**frame, "inside": _frame(node.loops[:depth], frames)})
    nodes = [
        {
            "id": node.number,
            "lines": _lines(node),
            "full": node.formula,
            "role": _role(node, graph),
            "inside": _frame(node.loops, frames),
        }
        for node in graph.nodes
    ]
    edges = [
        {
            "from": edge.parent,
            "to": edge.child,
            "lines": _edge_lines(edge),
            "full": _derivative(edge, graph),
            "dashed": edge.label is None,
        }
        for edge in graph.edges
    ]
    return {"nodes": nodes, "edges": edges, "loops": loops}


def _frame(loops: tuple[ForLoop, ...], frames: Mapping[int, str]) -> str:
    return frames[id(loops[-1])] if loops else ""


def _edge_lines(edge: GraphEdge) -> list[str]:
    """What is at an arrow."""
    says = edge.label or edge.step
    return break_label(says) if says else []


def _role(node: GraphNode, graph: ComputationGraph) -> str:
    if node.tree is None:
        return "input"  # from outside, or from another step
    return "output" if node is graph.output else "operation"


def _derivative(edge: GraphEdge, graph: ComputationGraph) -> str:
    if edge.label is None:
        return ""
    return f"d {graph.node(edge.child).name} / d {graph.node(edge.parent).name} = {edge.label}"


def as_dot(graph: ComputationGraph) -> str:
    """A digraph for Graphviz, from the inputs at the top to the output at the bottom."""
    lines = [
        "digraph matcalc {",
        "  rankdir=TB; nodesep=0.5; ranksep=0.6;",
        '  node [fontname="Helvetica", fontsize=11, shape=box, style="rounded,filled", '
        'fillcolor="#ffffff", color="#555555"];',
        '  edge [fontname="Helvetica", fontsize=9, color="#777777", fontcolor="#1f4e79"];',
    ]
    frames = 0
    for part, _ in _in_loops(graph):
        if isinstance(part, GraphNode):
            lines.append(_dot_node(part, graph))
        elif part is None:
            lines.append("  }")
        else:
            frames += 1
            lines += [f"  subgraph cluster{frames} {{", f'  label="{quote(heading(part))}";']
            lines.append('  fontname="Helvetica"; fontsize=11; color="#999999"; labeljust=l;')
    lines += [f"  n{edge.parent} -> n{edge.child}{_attributes(edge)};" for edge in graph.edges]
    return "\n".join([*lines, "}"])


def _dot_node(node: GraphNode, graph: ComputationGraph) -> str:
    color = "#e8f0fa" if node.tree is None else "#fdf1dc" if node is graph.output else "#ffffff"
    label = r"\n".join(quote(line) for line in _lines(node))
    tip = quote(node.formula)
    return f'  n{node.number} [label="{label}", fillcolor="{color}", tooltip="{tip}"];'


def _attributes(edge: GraphEdge) -> str:
    label = r"\n".join(quote(line) for line in _edge_lines(edge))
    says = [f'label=" {label} "'] if label else []
    if edge.label is None:
        back = ["constraint=false"] if edge.parent >= edge.child else []
        return f" [{', '.join([*says, 'style=dashed', *back])}]"
    return f' [{says[0]}, tooltip="{quote(edge.label)}"]'


def quote(text: str) -> str:
    """Text between the quotation marks of Graphviz."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def as_mermaid(graph: ComputationGraph) -> str:
    """A flowchart for Mermaid, as Markdown of many sites draws it."""
    lines = ["flowchart TD"]
    frames = 0
    for part, _ in _in_loops(graph):
        if isinstance(part, GraphNode):
            label = "<br>".join(_entity(line) for line in _lines(part))
            left, right = ("([", "])") if part.tree is None else ("[", "]")
            lines.append(f'  n{part.number}{left}"{label}"{right}')
        elif part is None:
            lines.append("  end")
        else:
            frames += 1
            lines.append(f'  subgraph loop{frames}["{_entity(heading(part))}"]')
    for edge in graph.edges:
        label = "<br>".join(_entity(line) for line in _edge_lines(edge))
        arrow = "-.->" if edge.label is None else "-->"
        says = f'|"{label}"|' if label else ""
        lines.append(f"  n{edge.parent} {arrow}{says} n{edge.child}")
    return "\n".join(lines)


def _entity(text: str) -> str:
    """Text in which nothing means anything to Mermaid or to HTML."""
    table = {"&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "|": "#124;"}
    return "".join(table.get(sign, sign) for sign in text)
