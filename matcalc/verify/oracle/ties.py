"""Largest and smallest entries that are in two places at once, at a point and all around it:
there a maximum is not a function with the derivative that the rule for it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import ZERO, Variable
from matcalc.core.operations import COMPARISONS, FLAT, OF_ENTRIES, PICKING, picking_function
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, moving_parts
from matcalc.core.user_functions import inline
from matcalc.core.walk import postorder
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, Values, evaluate, extent, look_inside
from matcalc.verify.oracle.sample import STYLES, draw, sizes_for

_SIZES, _TURNS = 2, 2  # choices of sizes that are looked at, and points of each style for each
_STEP = 0.01  # of the way to another point of the same kind
# relative: entries that differ by less are tied; those that move by more do so
_TIED, _MOVED = 1e-9, 1e-5
_MOST_ENTRIES = 200_000
_NAMES = {whole: name for name, whole in OF_ENTRIES.items()}  # in messages: max for amax
_FREE = ("vector", "matrix", "tensor", "scalar", "positive")  # their entries are all different

Lines = dict[int, tuple[Expr, list[Array]]]


def find_tie(statement: DerivativeStatement) -> str | None:
    """Which maximum or minimum moves with the variable while it is in two places, there and at all
    points nearby; None where no such point was found, and of a value.

    Two entries that agree at a random point agree around it; it is asked of a second one beside it
    all the same. Entries that do not move may be equal: relu has many zeros.
    """
    expr, variables, wrt = statement.program.expr, statement.program.variables, statement.wrt
    if not statement.order or wrt not in variables:
        return None
    root = inline(expr)
    order = root.parts
    suspects = [node for node in _suspects(root, wrt) if not _differs(node, variables)]
    if not suspects:
        return None
    apart, found = 0, None
    rng = np.random.default_rng(0)
    for sizes in islice(sizes_for([expr], variables), _SIZES):
        if sum(float(np.prod(extent(node.shape, sizes))) for node in order) > _MOST_ENTRIES:
            continue
        for style in (*STYLES,) * _TURNS:
            pair = _pair(variables, wrt, sizes, rng, style)
            try:
                here, there = (_lines(root, suspects, values, sizes) for values in pair)
            except (EvaluationError, np.linalg.LinAlgError):
                continue
            if here is None or there is None:
                continue
            where = _common(here, there)
            apart += where is None
            found = found or where
    if found is None:
        return None
    name = _NAMES.get(found, found)
    how = "smallest" if PICKING[found] == "smallest" else "largest"
    all_over = "every point" if not apart else "some points, and all around them"
    return f"no derivative of {name}: the {how} entry occurs in two positions at {all_over}"


def _suspects(root: Expr, wrt: str) -> Iterator[Expr]:
    """The parts that take a maximum or minimum of what moves with the variable, and that have a
    derivative.
    """
    order = postorder(root, _differentiated_args)
    moving = moving_parts(order, wrt)
    for node in order:
        if id(node) in moving:
            inside = node.value.body.parts if node.op == "indexed" else (node,)
            if any(map(picking_function, inside)):
                yield node


def _differentiated_args(node: Expr) -> tuple[Expr, ...]:
    if node.op in FLAT or node.op in COMPARISONS:
        return ()  # no derivative: what it is taken of is no matter
    return node.args[1:] if node.op == "where" else node.args


def _differs(node: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether it is taken of a variable whose entries have nothing to do with each other."""
    inner = node.args[0]
    while inner.op in ("vec", "abs", "neg"):
        inner = inner.args[0]
    if node.op == "indexed" or inner.op != "variable" or inner.value not in variables:
        return False
    return variables[inner.value].kind in _FREE


def _pair(
    variables: Mapping[str, Variable],
    wrt: str,
    sizes: Sizes,
    rng: np.random.Generator,
    style: str,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """A random point, and one beside it of which the variable is of the same kind."""
    drawn = {name: each for name, each in variables.items() if each.kind != "function"}
    here = {name: draw(each, rng, sizes, style) for name, each in drawn.items()}
    if variables[wrt].kind == ZERO:  # how far all goes along a direction
        return here, {**here, wrt: np.full(here[wrt].shape, _STEP)}
    other = draw(variables[wrt], rng, sizes, style)
    return here, {**here, wrt: np.asarray((1 - _STEP) * here[wrt] + _STEP * other)}


def _lines(root: Expr, suspects: list[Expr], values: Values, sizes: Sizes) -> Lines | None:
    """What each largest entry is taken of, the entries of each in a row; None outside the
    domain.
    """
    known: dict[int, Array] = {}
    wanted = {id(node) for node in suspects}
    found: Lines = {}
    with np.errstate(all="ignore"):
        for node in root.parts:
            args = [known[id(arg)] for arg in node.args]
            if id(node) not in wanted or node.op != "indexed":
                known[id(node)] = evaluate(node, args, values=values, sizes=sizes)
                if id(node) in wanted:
                    found[id(node)] = (node, [_with_sign(picking_function(node), args)])
                continue
            seen, known[id(node)] = look_inside(node, args, values, sizes)
            for part in filter(picking_function, node.value.body.parts):
                taken = [
                    _with_sign(picking_function(part), inside)
                    for each, inside in seen
                    if each is part
                ]
                found[id(part)] = (part, taken)
    return found if np.all(np.isfinite(known[id(root)])) else None


def _with_sign(name: str, args: list[Array]) -> Array:
    """The arguments of a maximum or minimum as rows, in each of which it is the largest entry."""
    x = {"amin": -args[0], "norminf": np.abs(args[0])}.get(name, args[0])
    if len(args) < 2:
        return np.asarray(x.reshape(1, -1))
    return np.asarray(np.moveaxis(x, int(args[1]) - 1, -1).reshape(-1, x.shape[int(args[1]) - 1]))


def _common(here: Lines, there: Lines) -> str | None:
    """The function that is in the same two places at both points, with other values."""
    for key, (node, arrays) in here.items():
        others = there.get(key, (node, []))[1]
        for one, two in zip(arrays, others, strict=False):
            if one.shape != two.shape or not one.size:
                continue
            scale = np.max(np.abs(one), axis=1)
            ahead, again = np.max(one, axis=1), np.max(two, axis=1)
            near = (one >= (ahead - _TIED * scale)[:, None]) & (
                two >= (again - _TIED * scale)[:, None]
            )
            if np.any((near.sum(axis=1) > 1) & (np.abs(ahead - again) > _MOVED * scale)):
                return picking_function(node)
    return None
