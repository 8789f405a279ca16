"""Programs with loops as text, LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.core.dims import ONE
from matcalc.core.loops import Assignment, ForLoop, Item
from matcalc.core.members import member
from matcalc.core.tree import Expr

_INDENT = "  "
_PRODUCTS = ("*", ".*", "/", "./")  # a minus before the first factor is one before the product


def lines(items: Sequence[Item], write: Callable[[Expr], str], depth: int = 0) -> list[str]:
    """The statements, a line each."""
    found: list[str] = []
    space = _INDENT * depth
    for item in items:
        if isinstance(item, Assignment):
            sign, expr = split_sign(item)
            found.append(f"{space}{item.name} {sign}= {write(expr)}")
            continue
        found.append(f"{space}{heading(item)}")
        found += [*lines(item.items, write, depth + 1), f"{space}end"]
    return found


def split_sign(item: Assignment) -> tuple[str, Expr]:
    """The sign before ``=`` of what is added to, or taken away from, and what is written after."""
    if not item.adds:
        return "", item.expr
    products = []
    node = item.expr
    while node.op in _PRODUCTS:
        products.append(node)
        node = node.args[0]
    if node.op != "neg":
        return "+", item.expr
    node = node.args[0]
    for product in reversed(products):
        node = product.with_args([node, *product.args[1:]])
    return "-", node


def heading(loop: ForLoop) -> str:
    """``for k = K:-1:1``."""
    return f"for {loop.index} = {bounds(loop)}"


def bounds(loop: ForLoop) -> str:
    """``K:-1:1``."""
    first, last = (str(end).replace(" ", "") for end in (loop.first, loop.last))
    return f"{first}:{last}" if loop.step == 1 else f"{first}:{loop.step}:{last}"


def latex_lines(
    items: Sequence[Item],
    write: Callable[[Expr], str],
    name: Callable[[str], str],
    depth: int = 0,
) -> list[str]:
    """The same in LaTeX; how far a line is set in says which loops it is in."""
    found: list[str] = []
    space = "&" + r"\quad " * depth
    for item in items:
        if isinstance(item, Assignment):
            sign, expr = split_sign(item)
            sign = rf"\mathrel{{{sign}}}" if sign else ""
            found.append(f"{space}{name(item.name)} {sign}= {write(expr)}")
            continue
        ends = ", ".join([name(item.index), *_range(item)])
        found.append(rf"{space}\text{{for }} {ends.replace(', ', ' = ', 1)} \text{{:}}")
        found += latex_lines(item.items, write, name, depth + 1)
    return found


def _range(loop: ForLoop) -> list[str]:
    first, last = (str(end) for end in (loop.first, loop.last))
    return [first, r"\dots", last]


def as_members(tree: Expr) -> Expr:
    """The tree with y_t for the entry of a vector at t, written as a member of a family is."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "slice" and not node.shape and args[0].op == "variable":
            places = [first.plus(ONE) for first, _ in node.value]
            return Expr("variable", value=member(args[0].value, places))
        return node.with_args(args)

    return tree.fold(rule)
