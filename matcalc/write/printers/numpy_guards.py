"""Determinants times inverses, and products over their factors: NumPy code that still has these
refuses a point where they have no value.

Most derivatives of this kind are written without division (``engine/rewriting/poles.py``). What is
left is a polynomial all the same, so there it would be wrong in silence.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.walk import fold, operands, postorder
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode


def guard(
    build: CodeBuilder, root: CodeNode, arguments: Sequence[CodeNode], wary: bool = False
) -> CodeNode:
    """The program with calls that refuse such points; the same program where there are none. With
    ``wary`` it refuses all that are not well conditioned.
    """
    order = postorder(root, operands)
    calls = {node.attr[0] for node in order if node.op == "call"}
    if calls & {"np.linalg.det", "cof"}:
        root = _with_regular(build, root, order, ("wary=True",) if wary else ())
    if "np.prod" not in calls:
        return root
    if root.op != "several":
        return _without_nan(build, root, arguments)
    results = tuple([_without_nan(build, each, arguments) for each in root.args])
    return build.node(root.op, root.attr, results, root.shape)


def _with_regular(
    build: CodeBuilder, root: CodeNode, order: Sequence[CodeNode], more: tuple[str, ...]
) -> CodeNode:
    """Determinants of what is inverted as ``regular_det``."""
    inverses = {id(node.args[0]): node for node in order if node.calls("np.linalg.inv")}
    solved = {id(_upright(node.args[0])) for node in order if node.calls("np.linalg.solve")}
    for node in order:
        if node.calls("psd_inverse") and build.is_tried(node.args[0].args[0]):
            inverses[id(node.args[0].args[0])] = node
        elif node.calls("psd_solve") and build.is_tried(node.args[0].args[0]):
            solved.add(id(node.args[0].args[0]))
    inverted = solved.union(inverses)
    holding = set(inverted)  # what is inverted, and all that is made of it
    for node in order:
        if any(id(arg) in holding for arg in node.args):
            holding.add(id(node))

    def rule(node: CodeNode, args: list[CodeNode]) -> CodeNode:
        if not node.calls("np.linalg.det") and not node.calls("cof"):
            return build.with_args(node, args)
        (matrix,) = args
        known = [build.inverse(matrix)] if id(node.args[0]) in inverses else []
        if node.calls("cof") and id(node.args[0]) in inverted:
            # other inverses are left, so what minors say of this one is of no use
            inverse = build.inverse(matrix)
            det = build.call("regular_det", matrix, inverse, after=more)
            return build.infix("*", det, build.transpose(inverse), node.shape)
        if known or id(node.args[0]) in holding:
            return build.call("regular_det", matrix, *known, after=more)
        return build.with_args(node, args)

    return fold(root, operands, rule)


def _upright(matrix: CodeNode) -> CodeNode:
    return matrix.args[0] if matrix.op == "suffix" and matrix.attr == ".T" else matrix


def _without_nan(build: CodeBuilder, root: CodeNode, arguments: Sequence[CodeNode]) -> CodeNode:
    order = postorder(root, operands)
    inside = {id(node.args[0]) for node in order if node.calls("np.prod")}
    for node in reversed(order):
        if id(node) in inside:
            inside.update(map(id, node.args))
    factors = {
        id(part) for part in order if id(part) in inside and (part.args or part.op == "name")
    }
    if not any(id(each) in factors for node in order for each in _divisors(node)):
        return root
    return build.call("without_nan", root, *arguments, shape=root.shape)


def _divisors(node: CodeNode) -> list[CodeNode]:
    """What a node divides by, without its powers."""
    if node.op != "infix":
        return []
    left, right = node.args
    if node.attr == "/":
        return [right, right.args[0]] if right.op == "infix" and right.attr == "**" else [right]
    negative = right.op == "number" and right.attr < 0
    return [left] if node.attr == "**" and negative else []
