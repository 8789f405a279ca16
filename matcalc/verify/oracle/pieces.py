"""The pieces of an expression: on which side of each kink, condition and branch it is at a point,
entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import Expr
from matcalc.core.user_functions import inline
from matcalc.core.walk import postorder
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, Values, evaluate

SIDE, EQUAL, PLACE = "side", "equal", "place"
_OF_ZERO = frozenset(
    ("abs", "sign", "step", "relu", "leakyrelu", "elu", "norm1", "norminf", "normp")
)
_OF_TWO = frozenset(("max", "min", "<", "<=", ">", ">="))
_BY_ENTRIES = ENTRYWISE | {"+", "-", "neg", ".*", "./", ".^", "<", "<=", ">", ">=", "==", "!="}
# of larger arrays it does not matter which entry is the largest, only that it is not always the
# same
MOST_PLACES = 12


class Switch(NamedTuple):
    """What decides between branches: the sign of ``left - sign*right``, whether it is 0, or the
    place of the largest entry.
    """

    node: Expr
    kind: str
    left: Expr
    right: Expr | None = None
    sign: int = 1

    def said(self, side: int, text: Callable[[Expr], str]) -> str:
        """The condition that holds on a side, in the language."""
        left = text(self.left)
        if self.kind == PLACE:
            return (
                f"entry {side + 1} of {left} is the "
                f"{'largest' if self.node.op != 'amin' else 'smallest'}"
            )
        right = "0" if self.right is None else text(self.right)
        right = right if self.sign > 0 else f"-({right})"
        return f"{left} {'==' if self.kind == EQUAL else '>' if side > 0 else '<'} {right}"


class Guard(NamedTuple):
    """A branch of ``where`` that a switch stands in: the condition and whether it is the first."""

    condition: Expr
    first: bool


def switches(roots: Sequence[Expr]) -> dict[Switch, tuple[Guard, ...]]:
    """The switches of the trees, each with the branches that all ways to it lead through."""
    found: dict[Switch, tuple[Guard, ...]] = {}
    for root in roots:
        tree = inline(root)
        guards: dict[int, tuple[Guard, ...]] = {id(tree): ()}
        for node in reversed(tree.parts):
            above = guards[id(node)]
            for place, arg in enumerate(node.args):
                inside = (
                    (*above, Guard(node.args[0], place == 1))
                    if node.op == "where" and place
                    else above
                )
                known = guards.get(id(arg))
                guards[id(arg)] = (
                    inside
                    if known is None
                    else tuple([guard for guard in known if guard in inside])
                )
            for switch in _of(node):
                found[switch] = above
    return found


def _of(node: Expr) -> Iterator[Switch]:
    args = node.args
    if node.op in _OF_ZERO:
        yield Switch(node, SIDE, args[0])
    elif node.op in _OF_TWO:
        yield Switch(node, SIDE, args[0], args[1])
    elif node.op == "huber":
        yield Switch(node, SIDE, args[0], args[1])
        yield Switch(node, SIDE, args[0], args[1], -1)
    elif node.op in ("==", "!="):
        yield Switch(node, EQUAL, args[0], args[1])
    elif node.op == "where" and not _compares(args[0]):
        yield Switch(node, EQUAL, args[0])
    if node.op in ("amax", "amin", "norminf"):
        yield Switch(node, PLACE, args[0])


def _compares(condition: Expr) -> bool:
    """Whether a condition is made of comparisons, of which each is a switch itself."""
    inner = postorder(
        condition, lambda node: node.args if node.op in ("*", ".*", "-", "+", "fill") else ()
    )
    return any(node.op in ("<", "<=", ">", ">=", "==", "!=", "step") for node in inner)


def on_kink(roots: Sequence[Expr], values: Values, sizes: Sizes) -> bool:
    """Whether an entry that counts is exactly between two sides."""
    pieces = Pieces(roots)
    if not any(switch.kind == SIDE for switch in pieces.switches):
        return False
    sight = pieces.sight(values, sizes)
    places = [place for place, switch in enumerate(pieces.switches) if switch.kind == SIDE]
    return any(bool(np.any((sight.gaps[place] == 0) & sight.counting[place])) for place in places)


class Sight(NamedTuple):
    """What is seen at a point: of each switch the values that decide, and which entries count."""

    gaps: list[Array]
    counting: list[Array]

    def sides(self, switch: Switch, place: int) -> list[tuple[int, bool]]:
        """The sides on which an entry that counts is, each with whether all of them are."""
        gap, counts = self.gaps[place], self.counting[place]
        if switch.kind == PLACE:
            return [(int(k), True) for k in np.unique(gap)]
        if switch.kind == EQUAL:
            there = (gap == 0) & counts
            return [(0, bool(np.all(gap == 0)))] if np.any(there) else []
        found = []
        for side in (1, -1):
            there = gap * side > 0
            if np.any(there & counts):
                found.append((side, bool(np.all(there))))
        return found


class Pieces:
    """The trees, evaluated with an eye on their switches."""

    def __init__(self, roots: Sequence[Expr]) -> None:
        self.roots = [inline(root) for root in roots]
        self.guards = switches(self.roots)
        self.switches = list(self.guards)
        self.orders = [root.parts for root in self.roots]
        self.size = sum(len(order) for order in self.orders)

    def sight(self, values: Values, sizes: Sizes) -> Sight:
        """What is seen at a point; EvaluationError where something has no value."""
        known: dict[int, Array] = {}
        counting: dict[int, Array] = {}
        with np.errstate(all="ignore"):
            for order in self.orders:
                for node in order:
                    args = [known[id(arg)] for arg in node.args]
                    known[id(node)] = np.real(evaluate(node, args, values=values, sizes=sizes))
                counting[id(order[-1])] = np.full(known[id(order[-1])].shape, fill_value=True)
                for node in reversed(order):
                    _hand_down(node, known, counting)
        gaps = [self._gap(switch, known) for switch in self.switches]
        counts = [
            _fitted(counting[id(switch.node)], gap.shape)
            for switch, gap in zip(self.switches, gaps, strict=True)
        ]
        return Sight(gaps, counts)

    def _gap(self, switch: Switch, known: Mapping[int, Array]) -> Array:
        left = known[id(switch.left)]
        if switch.kind != PLACE:
            return (
                left
                if switch.right is None
                else np.asarray(left - switch.sign * known[id(switch.right)])
            )
        x: Array = {"amin": -left, "norminf": np.abs(left)}.get(switch.node.op, left)
        if len(switch.node.args) == 2 and x.ndim == 2:
            x = x.T if known[id(switch.node.args[1])] == 1 else x
            places = np.argmax(x, axis=1)
        else:
            places = np.atleast_1d(np.argmax(x))
        return np.asarray(np.minimum(places, MOST_PLACES - 1))


def _hand_down(node: Expr, known: Mapping[int, Array], counting: dict[int, Array]) -> None:
    """Which entries of the arguments count: those of a branch of ``where`` only where it is
    taken.
    """
    counts = counting[id(node)]
    for place, arg in enumerate(node.args):
        inside = counts
        if node.op == "where" and place:
            taken = known[id(node.args[0])] != 0
            inside = counts & (taken if place == 1 else ~taken)
        shape = known[id(arg)].shape
        inside = (
            inside
            if node.op in _BY_ENTRIES and inside.shape == shape
            else np.full(shape, bool(np.any(inside)))
        )
        before = counting.get(id(arg))
        counting[id(arg)] = inside if before is None else before | inside


def _fitted(counts: Array, shape: tuple[int, ...]) -> Array:
    return counts if counts.shape == shape else np.full(shape, fill_value=bool(np.any(counts)))
