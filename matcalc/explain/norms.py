"""What has a differential of its own here, although the engine writes it by other functions: norms
and the square of one. ``d norm2(x)^2 = 2*x'*dx`` is what anybody writes.
"""

from __future__ import annotations

from matcalc.core.operations import ALONG
from matcalc.core.tree import Expr, is_number, operation
from matcalc.engine.catalogue.compiled import Rule, differential_rule
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.explain.citations import entry
from matcalc.explain.instances import Trees


def moving_args(expr: Expr) -> tuple[Expr, ...]:
    """What a node is differentiated by: its arguments; of a squared norm, those of the norm."""
    if expr.op in ("^", ".^") and is_number(expr.args[1], 2) and _is_norm(expr.args[0]):
        return expr.args[0].args
    return expr.args


def find_needed_parts(root: Expr) -> list[Expr]:
    """The parts whose differentials are asked for, each after those that it is made of."""
    needed = {id(root)}
    for expr in reversed(root.parts):
        if id(expr) in needed:
            needed |= {id(arg) for arg in moving_args(expr)}
    return [expr for expr in root.parts if id(expr) in needed]


def find_stated_rule(trees: Trees, expr: Expr) -> tuple[Rule, str] | None:
    """The differential of a norm, a squared norm or a square root, and the name of the entry."""
    args = moving_args(expr)
    if not args or args[0].is_tensor or (expr.op in ALONG and len(expr.args) > 1):
        return None
    function = operation(expr) if args is expr.args else f"squared-{expr.args[0].op}"
    variants = ("", "-vector", "-matrix")
    wanted = (f"differential-of-{function}{each}" for each in (variants[args[0].rank], ""))
    name = next((each for each in wanted if each in LIBRARY.pieces), "")
    return (differential_rule(trees.known, entry(name)), name) if name else None


def _is_norm(expr: Expr) -> bool:
    return expr.op == "norm2" and len(expr.args) == 1
