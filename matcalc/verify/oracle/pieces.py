"""The pieces of an expression: on which side of each kink, condition and branch it is at a point,
entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from matcalc.core.choices import representatives
from matcalc.core.indexed import HOLDS, Form, condition_of, free_indices
from matcalc.core.operations import COMPARISONS, ENTRYWISE
from matcalc.core.tree import Expr, is_number
from matcalc.core.user_functions import inline
from matcalc.core.walk import postorder
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, Values, evaluate, extent, look_inside

SIDE, EQUAL, PLACE, JOINT = "side", "equal", "place", "joint"
_OF_ZERO = frozenset(
    ("abs", "sign", "step", "relu", "leakyrelu", "elu", "norm1", "norminf", "normp")
)
_OF_TWO = frozenset(("max", "min", "<", "<=", ">", ">="))
CONDITIONS = frozenset((*COMPARISONS, "step"))
PRODUCTS = ("*", ".*")
_COMPOSING = (*PRODUCTS, "-", "+", "neg", "fill", "max", "min")
_BY_ENTRIES = ENTRYWISE | {"+", "-", "neg", ".*", "./", ".^", "<", "<=", ">", ">=", "==", "!="}
# of larger arrays it does not matter which entry is the largest, only that it is not always the
# same
MOST_PLACES = 12
_ROWS = 30  # how many rows a part of a form has, about: they are evaluated one by one


class Switch(NamedTuple):
    """What decides between branches: the sign of ``left - sign*right``, whether it is 0, the place
    of the largest entry, or whether all of ``factors`` hold at once.

    Each of them may hold at some point, and all of them at none that was drawn: so a condition that
    is made of several is a switch itself.
    """

    node: Expr
    kind: str
    left: Expr
    right: Expr | None = None
    sign: int = 1
    factors: tuple[Expr, ...] = ()

    @property
    def ends(self) -> list[Expr]:
        """What is compared: one expression where the other is 0."""
        return [self.left] if self.right is None else [self.left, self.right]

    def describe(self, side: int, text: Callable[[Expr], str]) -> str:
        """The condition that holds on a side, in the language."""
        left = text(_whole(self.left))
        if self.kind == JOINT and len(self.factors) > 1:
            return " and ".join(_describe(factor, text) for factor in self.factors)
        if self.kind == JOINT:
            return f"{left} {'!=' if side > 0 else '=='} 0"
        if self.kind == PLACE:
            return (
                f"entry {side + 1} of {left} is the "
                f"{'largest' if self.node.op != 'amin' else 'smallest'}"
            )
        right = "0" if self.right is None else text(_whole(self.right))
        right = right if self.sign > 0 else f"-({right})"
        return f"{left} {'==' if side == 0 else '>' if side > 0 else '<'} {right}"


def _whole(part: Expr) -> Expr:
    """A part of a form as an expression of its own, which has a text."""
    if part.operations.isdisjoint(("at", "index", "reduce")):
        return part
    return Expr("indexed", (), part.shape, value=Form(free_indices(part)[id(part)], part))


def _describe(factor: Expr, text: Callable[[Expr], str]) -> str:
    """What a factor of a product says where it is not 0."""
    found = vanishing_part(factor)
    node, holds = found or (factor, True)
    if found is None or node.op in COMPARISONS:
        return f"{'' if holds else 'not '}{text(_whole(node))}"
    inner = next((arg for arg in node.args if not is_number(arg, 0)), node)
    return f"{text(_whole(inner))} {'<=' if not holds else '<' if node.op == 'min' else '>'} 0"


class Guard(NamedTuple):
    """A branch of ``where`` that a switch is in: the condition and whether it is the first."""

    condition: Expr
    first: bool


class Inside(NamedTuple):
    """Where a switch is in a form with bound indices: the ``indexed`` node, and the part of its
    body.
    """

    form: Expr
    part: Expr


class Found(NamedTuple):
    """A switch, the branches that all ways to it lead through, and the form that it is in."""

    switch: Switch
    guards: tuple[Guard, ...]
    inside: Inside | None = None


def _find(tree: Expr, outside: tuple[Guard, ...] = ()) -> Iterator[Found]:
    """The switches of a tree, and of the forms in it."""
    guards: dict[int, tuple[Guard, ...]] = {id(tree): outside}
    inner: set[int] = set()  # products that are factors of a longer one
    for node in reversed(tree.parts):
        above = guards[id(node)]
        for place, arg in enumerate(node.args):
            inside = (
                (*above, Guard(node.args[0], place == 1)) if node.op == "where" and place else above
            )
            known = guards.get(id(arg))
            guards[id(arg)] = (
                inside if known is None else tuple([guard for guard in known if guard in inside])
            )
        for switch in _of(node):
            yield Found(switch, above)
        if node.op in PRODUCTS:
            inner.update(id(arg) for arg in node.args if arg.op in PRODUCTS)
        for switch in _joint(node) if id(node) not in inner else ():
            yield Found(switch, above)
        if node.op == "indexed":
            yield from _within(node, above)


def _within(form: Expr, outside: tuple[Guard, ...]) -> Iterator[Found]:
    """The switches of a form, in terms of what its slots stand for; no comparisons of indices."""
    parts: dict[int, Expr] = {}

    def rule(part: Expr, args: list[Expr]) -> Expr:
        made = form.args[part.value] if part.op == "slot" else part.with_args(args)
        parts.setdefault(id(made), part)
        return made

    body = form.value.body.fold(rule)
    first = representatives(form.value)
    for found in _find(body, outside):
        part = parts.get(id(found.switch.node))  # none of what the slots stand for
        if part is None or first[id(part)] is not part or condition_of(part) is not None:
            continue
        held = found.switch.kind == JOINT and condition_of(found.switch.left) is not None
        if not held:
            yield Found(found.switch, found.guards, Inside(form, part))


def _joint(node: Expr) -> Iterator[Switch]:
    """A product of what is 0 on one side each, and a condition of ``where`` that is made of several
    otherwise.
    """
    conditions = [part for part in together(node) if vanishing_part(part)]
    if node.op in PRODUCTS and len(conditions) > 1:
        yield Switch(node, JOINT, node, factors=tuple(conditions))
    elif node.op == "where" and _compares(node.args[0]):
        condition = node.args[0]
        if not all(_is_condition(part) for part in together(condition)):
            yield Switch(node, JOINT, condition, factors=(condition,))


def together(condition: Expr) -> list[Expr]:
    """The factors of a product, all of which hold where it does."""
    found, todo = [], [condition]
    while todo:
        node = todo.pop()
        if node.op in PRODUCTS:
            todo += reversed(node.args)
        else:
            found.append(node)
    return found


def vanishing_part(node: Expr) -> tuple[Expr, bool] | None:
    """The condition, relu or maximum that is 0 on one side, and whether it is not 0 where that
    holds, as it is not of ``1 - step(x)``; None of anything else.
    """
    while node.op in ("neg", "fill") or (node.op in ("^", ".^") and node.args[1].op == "number"):
        node = node.args[0]
    if node.op == "-" and is_number(node.args[0], 1):
        return (node.args[1], False) if node.args[1].op in CONDITIONS else None
    of_zero = node.op in ("max", "min") and any(is_number(arg, 0) for arg in node.args)
    return (node, True) if node.op in CONDITIONS or node.op == "relu" or of_zero else None


def _is_condition(node: Expr) -> bool:
    """Whether this is 1 where something holds and 0 elsewhere, also as a multiple or as
    ``1 - step(x)``.
    """
    while node.op in ("neg", "fill"):
        node = node.args[0]
    if node.op == "-" and is_number(node.args[0], 1):
        node = node.args[1]
    return node.op in CONDITIONS


def _of(node: Expr) -> Iterator[Switch]:
    args = node.args
    if node.op in ("max", "min") and all(map(_is_condition, args)):
        return  # that one of them holds, or both do
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
    if node.op in ("amax", "amin", "norminf") or (
        node.op == "reduce" and node.value.name in ("max", "min")
    ):
        yield Switch(node, PLACE, args[0])


def _compares(condition: Expr) -> bool:
    """Whether a condition is made of comparisons, of which each is a switch itself."""
    inner = postorder(condition, lambda node: node.args if node.op in _COMPOSING else ())
    return any(node.op in CONDITIONS for node in inner)


def jumps_at_zero(switch: Switch) -> bool:
    """Whether the value where what decides is exactly 0 is one of its own, as of ``x == 1`` and
    ``sign(x)``.
    """
    return switch.kind == EQUAL or (
        switch.kind == SIDE and (switch.node.op in CONDITIONS or switch.node.op == "sign")
    )


def on_kink(roots: Sequence[Expr], values: Values, sizes: Sizes) -> bool:
    """Whether an entry that counts is exactly between two sides."""
    return _on_border(roots, values, sizes, lambda switch: switch.kind == SIDE)


def on_jump(roots: Sequence[Expr], values: Values, sizes: Sizes) -> bool:
    """Whether an entry that counts is where a value of its own may stand, as that of x == 1."""
    return _on_border(roots, values, sizes, jumps_at_zero)


def _on_border(
    roots: Sequence[Expr], values: Values, sizes: Sizes, asked: Callable[[Switch], bool]
) -> bool:
    pieces = Pieces(roots)
    places = [place for place, switch in enumerate(pieces.switches) if asked(switch)]
    sight = pieces.sight(values, sizes) if places else None
    return sight is not None and any(
        bool(np.any((sight.gaps[place] == 0) & sight.counting[place])) for place in places
    )


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
        if switch.kind == JOINT:
            sides = [(1, gap != 0), (-1, gap == 0)]
            return [(side, bool(np.all(there))) for side, there in sides if np.any(there & counts)]
        sides = [(1, gap > 0), (-1, gap < 0), (0, gap == 0)]
        return [(side, bool(np.all(there))) for side, there in sides if np.any(there & counts)]


class Pieces:
    """The trees, evaluated with an eye on their switches."""

    def __init__(self, roots: Sequence[Expr]) -> None:
        self.roots = [inline(root) for root in roots]
        found = [each for root in self.roots for each in _find(root)]
        self.guards = {each.switch: each.guards for each in found}
        self.switches = list(self.guards)
        self.inside = {each.switch: each.inside for each in found if each.inside is not None}
        self._forms = {id(inside.form) for inside in self.inside.values()}
        self.orders = [root.parts for root in self.roots]
        self._deciding, self._alone = self._find_deciding()
        self.size = sum(len(order) for order in self.orders)
        bodies = {id(each.form): each.form.value.body for each in self.inside.values()}
        self.size += _ROWS * sum(len(body.parts) for body in bodies.values())

    def _find_deciding(self) -> tuple[set[int], dict[int, list[Expr]]]:
        """The parts whose values matter: those that switches and branches depend on. And of each
        form whose own value does not the parts of its body that do.
        """
        roots: list[Expr] = []
        for switch in self.switches:
            roots += [switch.left, *switch.node.args[1:], *switch.factors]
            roots += [] if switch.right is None else [switch.right]
        for order in self.orders:
            roots += [node.args[0] for node in order if node.op == "where"]
        deciding = {id(part) for part in Expr("several", tuple(roots)).parts}
        alone: dict[int, list[Expr]] = {}
        for each in self.inside.values():
            if id(each.form) not in deciding:
                alone.setdefault(id(each.form), []).append(each.part)
        forms = tuple([each.form for each in self.inside.values()])
        return deciding | {id(part) for part in Expr("several", forms).parts}, alone

    def sight(self, values: Values, sizes: Sizes) -> Sight:
        """What is seen at a point; EvaluationError where what decides has no value."""
        known: dict[int, Array] = {}
        counting: dict[int, Array] = {}
        rows: dict[int, list[list[Array]]] = {}
        with np.errstate(all="ignore"):
            for order in self.orders:
                for node in order:
                    if id(node) not in self._deciding:
                        known[id(node)] = np.broadcast_to(0.0, extent(node.shape, sizes))
                        continue
                    args = [known[id(arg)] for arg in node.args]
                    if id(node) in self._forms:
                        parts = self._alone.get(id(node), ())
                        looked, value = look_inside(node, args, values, sizes, parts)
                        for part, found in looked:
                            rows.setdefault(id(part), []).append(found)
                        known[id(node)] = np.real(value)
                    else:
                        known[id(node)] = np.real(evaluate(node, args, values=values, sizes=sizes))
                counting[id(order[-1])] = np.full(known[id(order[-1])].shape, fill_value=True)
                for node in reversed(order):
                    _hand_down(node, known, counting)
            gaps, counts = [], []
            for switch in self.switches:
                inside = self.inside.get(switch)
                if inside is None:
                    gaps.append(self._gap(switch, known))
                    counts.append(_fit(counting[id(switch.node)], gaps[-1].shape))
                else:
                    gaps.append(_row_gaps(switch, rows.get(id(inside.part), [])))
                    counts.append(self._counting_rows(switch, gaps[-1], rows))
                    if not np.any(counting[id(inside.form)]):
                        counts[-1] = np.zeros_like(counts[-1])
        return Sight(gaps, counts)

    def _counting_rows(
        self, switch: Switch, gap: Array, rows: Mapping[int, list[list[Array]]]
    ) -> Array:
        """Which rows count: those whose branches of ``where`` are taken."""
        counts = np.full(gap.shape, fill_value=True)
        for guard in self.guards[switch]:
            for other, inside in self.inside.items():
                if other.node is guard.condition and other.kind in (SIDE, EQUAL):
                    deciding = _row_gaps(other, rows.get(id(inside.part), []))
                    if deciding.shape == gap.shape:
                        counts &= _where_true(other, deciding) == guard.first
        return counts

    def _gap(self, switch: Switch, known: Mapping[int, Array]) -> Array:
        if switch.kind == JOINT:
            return _product([known[id(factor)] for factor in switch.factors])
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


def _row_gaps(switch: Switch, rows: Sequence[Sequence[Array]]) -> Array:
    """What decides, for each row of a part of a form, all rows in one array."""
    found: list[Array] = []
    for args in rows:
        if switch.kind == JOINT:
            deciding = args if len(switch.factors) > 1 else args[:1]
            found.append(np.asarray(np.prod(np.broadcast_arrays(*deciding), axis=0, dtype=float)))
        elif switch.kind == PLACE:
            whole = np.abs(args[0]) if switch.node.op == "norminf" else np.real(args[0])
            least = switch.node.op == "amin" or (
                switch.node.op == "reduce" and switch.node.value.name == "min"
            )
            place = np.argmin(whole) if least else np.argmax(whole)
            found.append(np.minimum(place, MOST_PLACES - 1))
        elif switch.right is None:
            found.append(np.real(args[0]))
        else:
            found.append(np.real(args[0] - switch.sign * args[1]))
    return np.concatenate([np.ravel(each) for each in found]) if found else np.zeros(0)


def _where_true(switch: Switch, gap: Array) -> Array:
    """Where a comparison holds."""
    op = switch.node.op
    if op in HOLDS:
        return np.asarray(HOLDS[op](gap, 0))
    return gap > 0 if op == "step" else gap != 0


def _product(factors: Sequence[Array]) -> Array:
    """All at once, entry by entry; of different shapes what holds somewhere."""
    shapes = {factor.shape for factor in factors} - {()}
    if len(shapes) > 1:
        return np.asarray(float(all(np.any(factor != 0) for factor in factors)))
    return np.asarray(np.prod(np.broadcast_arrays(*factors), axis=0, dtype=float))


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


def _fit(counts: Array, shape: tuple[int, ...]) -> Array:
    return counts if counts.shape == shape else np.full(shape, fill_value=bool(np.any(counts)))
