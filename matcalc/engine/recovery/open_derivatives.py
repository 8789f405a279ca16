"""Derivatives of functions with axes left open, as entries of their values in directions.

The derivative of ``expm`` is an array F[i,j,k,l] that is no value of the language. Its entries are:
F[i,j,k,l] is the entry i, j of ``frechet_expm(X, E)`` where E has a one at k, l and zeros
elsewhere, which is ``delta[:,k]*delta[l,:]``. Where such axes are summed with what is on them,
that is the direction. The projectors on Toeplitz matrices and their like are written so, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeGuard

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim
from matcalc.core.indexed import AffineIndex, Index
from matcalc.core.operations import PROJECTORS, SYLVESTER, frechet
from matcalc.core.tree import APPLY, Expr
from matcalc.engine.ir.nodes import Call, Factor, Labels, Leaf, Node, Product, Rational
from matcalc.engine.recovery.factory import ExpressionFactory

Places = tuple[AffineIndex, ...]


class ContractedDirection(NamedTuple):
    """The arrays that are multiplied to a direction, each with its places, and the indices that
    the direction is taken over.
    """

    parts: tuple[tuple[Node, Places], ...]
    holes: tuple[Index, ...]


class Directed(NamedTuple):
    """A derivative, with those of its directions that are known."""

    call: Call
    directions: tuple[ContractedDirection | None, ...]


_NEAREST = frozenset(PROJECTORS.values())
Whole = tuple["Node | Directed", Places, Rational]  # a factor of a term


def is_open(node: object) -> TypeGuard[Call]:
    """Whether this is a derivative with axes that are no value of the language."""
    return isinstance(node, Call) and (
        bool(node.slots) or _takes_matrices(node) or (_is_declared(node) and node.is_tensor)
    )


def _takes_matrices(node: Call) -> bool:
    """Whether this is linear in a matrix, which is its last argument."""
    return node.name == SYLVESTER or node.name in _NEAREST


def _is_declared(node: Call) -> bool:
    """Whether this is of a declared function of one vector, which takes weights or directions."""
    return isinstance(node.name, FunctionRef) and node.name.of_a_vector


def _is_weighted(node: Call) -> bool:
    """Whether the first axis is that of the values of a vector of functions."""
    return isinstance(node.name, FunctionRef) and node.name.of_vectors


def without_directions(node: Call) -> Directed:
    """The derivative with all directions left open."""
    return Directed(node, (None,) * len(_groups(node)))


def _groups(node: Call) -> list[tuple[int, ...]]:
    """The axes of each direction; of a vector of functions first those of the weights."""
    if node.slots or _takes_matrices(node):
        return [(k, k + 1) for k in range(2, node.rank, 2)]
    if _is_weighted(node):
        return [(0,), *[(k,) for k in range(3, node.rank)]]
    return [(k,) for k in range(2, node.rank)]


def _value_axes(node: Call) -> tuple[int, int]:
    """The axes of the value."""
    return (1, 2) if _is_weighted(node) else (0, 1)


def place_directions(
    factors: Sequence[Factor], labels: Mapping[int, AffineIndex], bound: tuple[Index, ...]
) -> tuple[list[Whole], tuple[Index, ...]]:
    """The factors of a term at their places, derivatives with the directions that are beside
    them; and the indices that are still summed.
    """
    found: dict[int, tuple[Directed, Places]] = {}
    used: set[int] = set()
    gone: set[Index] = set()

    def places(own: Labels) -> Places:
        return tuple([labels[label] for label in own])

    for place, (node, own, exponent) in enumerate(factors):
        if not is_open(node) or exponent != 1 or place in used:
            continue
        assert isinstance(node, Call)
        directions: list[ContractedDirection | None] = []
        around: Places = ()
        for axes in _groups(node):
            ends = [own[axis] for axis in axes]
            holes = tuple([index for end in ends if (index := labels[end].plain) in bound])
            beside = _beside(factors, place, ends) if len(holes) == len(ends) else None
            if beside is None or not used.isdisjoint(beside) or not found.keys().isdisjoint(beside):
                directions.append(None)
                continue
            used.update(beside)
            gone.update(holes)
            parts = tuple([(factors[k][0], places(factors[k][1])) for k in beside])
            around += tuple([each for _, at in parts for each in at])
            directions.append(ContractedDirection(parts, holes))
        if around:
            found[place] = (Directed(node, tuple(directions)), places(own) + around)
    wholes: list[Whole] = [
        (*found[place], 1) if place in found else (node, places(own), exponent)
        for place, (node, own, exponent) in enumerate(factors)
        if place not in used
    ]
    return wholes, tuple([index for index in bound if index not in gone])


def _beside(factors: Sequence[Factor], place: int, ends: Sequence[int]) -> list[int] | None:
    """The factors that make the direction: one array on all of these labels, or one on each."""
    if factors[place][1].count(ends[0]) > 1 or len(set(ends)) < len(ends):
        return None
    touching = [
        [k for k, (_, labels, _) in enumerate(factors) if end in labels and k != place]
        for end in ends
    ]
    if any(len(each) != 1 for each in touching):
        return None
    found = sorted({k for each in touching for k in each})
    for k in found:
        node, labels, exponent = factors[k]
        met = sum(label in ends for label in labels)
        if exponent != 1 or met * len(found) != len(ends) or not _has_name(node):
            return None
    return found


def _has_name(node: Node) -> bool:
    """Whether the entries of an array can be taken along an axis as they stand."""
    if isinstance(node, Leaf):
        return node.kind in ("variable", "epsilon")
    return not node.is_tensor and not is_open(node) and not isinstance(node, Product)


def _fused(factors: Sequence[Factor], label: int, other: Factor) -> Factor | None:
    """The fused index that is all that is on a label besides the other factor."""
    beside = [each for each in factors if label in each[1] and each is not other]
    if len(beside) != 1 or beside[0][0].kind != "fuse" or beside[0][2] != 1:
        return None
    return beside[0] if beside[0][1].index(label) == 0 else None


class DirectionWriter:
    """Writes derivatives in directions."""

    factory: ExpressionFactory

    @cached_property
    def _opened(self) -> dict[Node, Call]:
        """Projectors with a pair of axes in the place of each fused one."""
        return {}

    def _open_projectors(
        self, factors: Sequence[Factor], outputs: Mapping[int, AffineIndex]
    ) -> list[Factor]:
        """The factors with each projector between two fused indices as one with four axes: those
        of its value, then those of the matrix that it takes, which are summed where one pair is.
        """
        found = list(factors)
        for projector in factors:
            node, labels, exponent = projector
            if not isinstance(node, Call) or node.name not in PROJECTORS or exponent != 1:
                continue
            ends = [_fused(found, label, projector) for label in labels]
            if None in ends or not outputs.keys().isdisjoint(labels) or len(set(labels)) < 2:
                continue
            pairs = [end for end in ends if end is not None]
            pairs.sort(key=lambda end: outputs.keys().isdisjoint(end[1]))
            (fuse, value, _), (_, taken, _) = pairs
            size = fuse.axes[1]
            opened = self._opened.setdefault(
                node, Call(node.id, (size,) * 4, PROJECTORS[str(node.name)], (), 0)
            )
            found = [each for each in found if each is not projector and each not in pairs]
            found.append((opened, (*value[1:], *taken[1:]), 1))
        return found

    def _slot(self, tree: Expr) -> Expr:
        raise NotImplementedError

    def _argument(self, node: Node) -> Expr:
        raise NotImplementedError

    def _plain(self, node: Node) -> Expr:
        raise NotImplementedError

    def _in_directions(self, what: Directed, places: Places) -> Expr:
        """The entry of the value in the directions."""
        at = tuple([places[axis] for axis in _value_axes(what.call)])
        return Expr("at", (self._value(what, places),), (), value=at)

    def _line(self, what: Directed, places: Places, hole: Index) -> Expr | None:
        """The entries along an index as a vector; None where it is not on one axis of the
        value alone.
        """
        axes = _value_axes(what.call)
        touching = [k for k, place in enumerate(places) if hole in dict(place.terms)]
        if len(touching) != 1 or touching[0] not in axes or places[touching[0]].plain is not hole:
            return None
        at = tuple([None if axis in touching else places[axis] for axis in axes])
        row = at[0] is not None
        return Expr("at", (self._value(what, places),), (hole.size,), value=at, row=row)

    def _whole(
        self, what: Directed, places: Places, holes: tuple[Index, ...]
    ) -> tuple[Expr, Index] | None:
        """The value over two indices that are on its axes and nowhere else, and the first one."""
        axes = _value_axes(what.call)
        first, second = (places[axis].plain for axis in axes)
        others = {i for k, place in enumerate(places) if k not in axes for i, _ in place.terms}
        if first is None or second is None or first is second or not others.isdisjoint(holes):
            return None
        if first not in holes or second not in holes:
            return None
        return self._value(what, places), first

    def _value(self, what: Directed, places: Places) -> Expr:
        node = what.call
        args = [self._slot(self._argument(arg)) for arg in node.args]
        for axes, known in zip(_groups(node), what.directions, strict=True):
            sizes = [node.axes[axis] for axis in axes]
            at = tuple([places[axis] for axis in axes])
            args.append(self._unit(at, sizes) if known is None else self._recall(known, sizes))
        shape = tuple([node.axes[axis] for axis in _value_axes(node)])
        if isinstance(node.name, FunctionRef):
            return Expr(APPLY, tuple(args), shape, value=node.name)
        name = str(node.name) if _takes_matrices(node) else frechet(node.name)
        return Expr(name, tuple(args), shape)

    def _unit(self, at: Places, sizes: Sequence[Dim]) -> Expr:
        """One at a place, and zeros elsewhere."""
        column, *row = [
            Expr(
                "at",
                (self._slot(self.factory.eye(size)),),
                (size,),
                value=(place, None) if k else (None, place),
                row=k > 0,
            )
            for k, (place, size) in enumerate(zip(at, sizes, strict=True))
        ]
        return Expr("*", (column, *row), tuple(sizes)) if row else column

    def _recall(self, direction: ContractedDirection, sizes: Sequence[Dim]) -> Expr:
        if len(direction.parts) == 1:
            return self._along(*direction.parts[0], direction.holes, sizes)
        columns = []
        for hole, size in zip(direction.holes, sizes, strict=True):
            part = next(each for each in direction.parts if any(p.plain is hole for p in each[1]))
            columns.append(self._along(*part, (hole,), (size,)))
        left, right = columns
        across = right.args[0] if right.op == "'" else Expr("'", (right,), right.shape, row=True)
        return Expr("*", (left, across), left.shape + right.shape)

    def _along(
        self, node: Node, places: Places, holes: Sequence[Index], sizes: Sequence[Dim]
    ) -> Expr:
        """The entries along indices as a column or a matrix."""
        tree = self._plain(node) if node.is_tensor else self._argument(node)
        order = [hole for place in places if (hole := place.plain) in holes]
        array = self._slot(tree)
        row = len(holes) == 1 and node.rank > 1 and places[0].plain not in holes
        shape = tuple([sizes[holes.index(hole)] for hole in order])
        if node.rank > len(holes):
            at = tuple([None if place.plain in holes else place for place in places])
            array = Expr("at", (array,), shape, value=at, row=row)
        if row or order != list(holes):
            return Expr("'", (array,), shape[::-1])
        return array
