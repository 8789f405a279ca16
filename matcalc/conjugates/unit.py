"""Powers of the imaginary unit, of which an answer has none but the first."""

from __future__ import annotations

from matcalc.conjugates.reading import UNIT
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_number, number
from matcalc.engine.pipeline import simplify_tree

_MOST_ROUNDS = 4  # of taking powers away and bringing what is left in order


def without_powers(program: Program, tree: Expr) -> Expr:
    """The tree with 1, i, -1 or -i for each whole power of i, and -i for 1/i."""
    for _ in range(_MOST_ROUNDS if UNIT in program.variables else 0):
        shorter = tree.fold(_without_power)
        if not any(_is_power(part) for part in tree.parts):
            break
        tree = simplify_tree(program, shorter)
    return tree


def _without_power(node: Expr, args: list[Expr]) -> Expr:
    if not _is_power(node):
        return node.with_args(args)
    if node.op == "/":
        return Expr("neg", (Expr("*", (args[0], args[1]), node.shape),), node.shape)
    power = int(args[1].value) % 4
    value = args[0] if power % 2 else number(1)
    return Expr("neg", (value,)) if power > 1 else value


def _is_power(node: Expr) -> bool:
    """Whether this is a whole power of the unit, or a quotient by it."""
    if node.op == "/":
        return _is_unit(node.args[1])
    if node.op not in ("^", ".^") or not _is_unit(node.args[0]):
        return False
    return is_number(node.args[1]) and node.args[1].value.denominator == 1


def _is_unit(node: Expr) -> bool:
    return node.op == "variable" and node.value == UNIT
