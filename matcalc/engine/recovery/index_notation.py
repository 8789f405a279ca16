"""Networks in index notation: ``G[i,k] = sum[j!=i](q[j]*(X[i,k] - X[j,k]))``.

Everything can be written so. A node of the network is a scalar at every choice of its axes: a leaf
is an entry, a summed label a bound index, a mask a condition, a range a shift. What several terms
share is written once, before the sum that it does not depend on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import inf

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim
from matcalc.core.indexed import AffineIndex, Form, Index, Reduction
from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import APPLY, Expr, number
from matcalc.engine.ir.nodes import (
    Call,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
    magnitude,
    quotient,
)
from matcalc.engine.ir.wide import fails_at_places, needs_indices
from matcalc.engine.recovery.index_cases import CaseWriter, Pair
from matcalc.engine.recovery.index_places import always, at_index, bind, free_name
from matcalc.engine.recovery.index_starts import settle_starts
from matcalc.engine.recovery.index_terms import (
    EntryKey,
    Group,
    IndexTerm,
    add_up,
    alike,
    chain,
    common_of,
    comparison,
    condition,
    contracts,
    count_alone,
    count_below,
    differences,
    find_common_number,
    gather,
    group_by_factors,
    over_axis,
    plain_sum,
    raise_to,
    rank_of,
    shelter,
    size_of,
    sums_over,
    touches,
    within,
)
from matcalc.engine.recovery.masks import counts_places
from matcalc.engine.recovery.open_derivatives import (
    Directed,
    DirectionWriter,
    Places,
    is_open,
    place_directions,
    without_directions,
)
from matcalc.engine.recovery.recover import Recovery
from matcalc.write.printers.text import has_indices


class TooLong(Exception):
    """More entries are written than were asked for."""


class IndexWriter(DirectionWriter, CaseWriter):
    """Writes the nodes of one network; ``names`` are preferred names of indices with the size that
    each runs over, ``taken`` are not to be used. ``most`` is how many entries may be written, some
    of which are dropped again.
    """

    def __init__(
        self,
        recovery: Recovery,
        names: Sequence[tuple[str, Dim]],
        taken: Iterable[str],
        most: float = inf,
    ) -> None:
        self._left = most
        self.recovery = recovery
        self.factory = recovery.factory
        self._names = names
        self._taken = set(taken)
        self._indices: dict[tuple[str, Dim], Index] = {}
        self._slots: list[Expr] = []
        self._settled: set[Node] = set()  # arguments of functions that have a form of their own

    def array(self, node: Node, pairs: Sequence[Pair] = ()) -> Expr:
        """The node as an array that is defined by its entries; ``pairs`` are the axes on which
        some of its terms have no value everywhere. Raises TooLong.
        """
        outer, self._slots = self._slots, []
        axes: tuple[Index, ...] = ()
        for size in node.axes:
            axes = (*axes, self._pick(size, axes))
        places = tuple([at_index(axis) for axis in axes])
        body = self._cases(node, pairs, places, axes) if pairs else self._entry(node, places, axes)
        form, args = Form(axes, settle_starts(self.factory, body)), tuple(self._slots)
        self._slots = outer
        return self.factory.make("indexed", args, node.axes, form)

    def _pick(self, size: Dim, scope: Sequence[Index]) -> Index:
        """An index that is not in use: the first of the input that runs over as much, or a
        letter.
        """
        taken = self._taken.union([index.name for index in scope])
        name = free_name(size, self._names, taken)
        return self._indices.setdefault((name, size), Index(name, size))

    def _slot(self, tree: Expr) -> Expr:
        if tree.op == "number":
            return tree
        if tree not in self._slots:
            self._slots.append(tree)
        place = next(k for k, each in enumerate(self._slots) if each is tree)
        return Expr("slot", (), tree.shape, value=place, row=tree.row)

    def _at(self, tree: Expr, places: Places) -> Expr:
        slot = self._slot(tree)
        return Expr("at", (slot,), (), value=places) if places else slot

    def _entry(self, node: Node, places: Places, scope: tuple[Index, ...]) -> Expr:
        """The scalar at a place."""
        if isinstance(node, Leaf):
            self._left -= 1
            if self._left < 0:
                raise TooLong
            return self._leaf(node, places)
        if isinstance(node, Call):
            if is_open(node):
                return self._in_directions(without_directions(node), places)
            return self._call(node, places, scope)
        if not node.axes and not needs_indices(node):
            tree = self.recovery.recover(node)
            if not has_indices(tree) and not counts_places(tree):
                return self._slot(tree)
        return self._total(self._terms(node, places, scope), scope)

    def _leaf(self, node: Leaf, places: Places) -> Expr:
        if node.kind == "ones":
            return number(1)
        if node.kind in ("lower", "apart", "place"):
            return comparison(node, places)
        if node.kind == "select":
            whole, inner = places
            shifted = AffineIndex(inner.terms, inner.offset.plus(node.start))
            return self._at(self.factory.eye(node.axes[0]), (whole, shifted))
        if node.kind == "unit":
            fixed = AffineIndex((), node.start.plus(Dim(1, ())))
            return self._at(self.factory.eye(node.axes[0]), (places[0], fixed))
        return self._at(
            self._plain(node) if node.is_tensor else self.recovery.recover(node), places
        )

    def _plain(self, node: Node) -> Expr:
        assert isinstance(node, Leaf)
        return self.factory.make(node.kind, (), node.axes, node.name or None)

    def _call(
        self, node: Call, places: Places, scope: tuple[Index, ...], *, whole: bool = False
    ) -> Expr:
        if self._acts_entrywise(node) and not node.slots:
            entry = self._whole_entry if whole or node.name == "equal" else self._entry
            args = tuple([entry(arg, places if arg.axes else (), scope) for arg in node.args])
            function = self.recovery.function(node.name)
            if function is not None:
                return Expr(APPLY, args, (), value=function)
            return Expr({"pow": "^", "equal": "=="}.get(str(node.name), str(node.name)), args, ())
        if node.is_tensor and isinstance(node.name, FunctionRef):
            args = tuple([self._argument(arg) for arg in node.args])
            return self._at(self.factory.make(APPLY, args, node.axes, node.name), places)
        over = over_axis(node, places, scope, self._pick, self._entry)
        return over or self._at(self._close(node), places)

    def _whole_entry(self, node: Node, places: Places, scope: tuple[Index, ...]) -> Expr:
        """The entry of an array that is compared: computed alone, it may be rounded otherwise."""
        if isinstance(node, Call) and self._acts_entrywise(node) and not node.slots:
            return self._call(node, places, scope, whole=True)
        if contracts(node) and not needs_indices(node):
            tree = self.recovery.recover(node)
            if not has_indices(tree):
                return self._at(tree, places)
        return self._entry(node, places, scope)

    def _acts_entrywise(self, node: Call) -> bool:
        function = self.recovery.function(node.name)
        return node.name in ENTRYWISE if function is None else function.entrywise

    def _close(self, node: Node) -> Expr:
        """A function of arrays; those that have no matrix notation are defined by their entries."""
        for arg in [each for each in node.children if each.axes]:
            self._argument(arg)
        return self.recovery.recover(node)

    def _argument(self, node: Node) -> Expr:
        """The tree of what a function is taken of."""
        if node not in self._settled:
            self._settled.add(node)
            if needs_indices(node) or has_indices(self.recovery.recover(node)):
                whole = isinstance(node, Call) and not self._acts_entrywise(node)
                self.recovery.know(node, self._close(node) if whole else self.array(node))
        return self.recovery.recover(node)

    # -- products

    def _terms(self, node: Node, places: Places, scope: tuple[Index, ...]) -> list[IndexTerm]:
        multiple, terms = as_sum(node)
        return [self._term(multiple * c, term, places, scope) for c, term in terms]

    def _term(
        self,
        coefficient: Rational,
        node: Node,
        places: Places,
        scope: tuple[Index, ...],
        without: Collection[int] = (),
    ) -> IndexTerm:
        own, everything = as_product(node)
        labels = dict(enumerate(places))
        kept = [factor for k, factor in enumerate(everything) if k not in without]
        factors = self._open_projectors(kept, labels)
        bound, masks = bind(factors, labels, lambda size, inner: self._pick(size, (*scope, *inner)))
        outer: dict[EntryKey, Rational] = {}
        inner: list[tuple[set[Index], EntryKey, Rational]] = []
        wholes, bound = place_directions(factors, labels, bound)
        for factor, at, exponent in wholes:
            touched = {index for place in at for index, _ in place.terms} & set(bound)
            key: EntryKey = (factor, at)
            if isinstance(factor, Leaf) and factor.kind == "ones":
                continue
            if isinstance(factor, Leaf) and factor.kind in ("lower", "apart", "place"):
                held = condition(factor, at)
                inside = {index for index, _ in held.place.terms} & set(bound)
                if always(held):
                    continue
                if inside:
                    masks.append((inside, held))
                else:
                    outer[key] = outer.get(key, 0) + exponent
            elif (
                isinstance(factor, Leaf)
                and factor.kind == "select"
                and at[0] == AffineIndex(at[1].terms, at[1].offset.plus(factor.start))
            ):
                continue  # what its index was put in for
            elif touched or (isinstance(factor, Node) and fails_at_places(factor, exponent)):
                inner.append((touched, key, exponent))
            else:
                outer[key] = outer.get(key, 0) + exponent
        inner = [(touched or shelter(key, masks), key, e) for touched, key, e in inner]
        for key, exponent in [each[1:] for each in inner if not each[0]]:
            outer[key] = outer.get(key, 0) + exponent
        bound, inner, masks = count_alone(bound, inner, masks)
        for group in group_by_factors(bound, [t for t, *_ in inner] + [t for t, _ in masks]):
            summed = tuple([index for index in bound if index in group])
            product = tuple([(key, e) for touched, key, e in inner if touched & group])
            conditions = tuple([each for touched, each in masks if touched & group])
            key = (Group(summed, conditions, (IndexTerm(1, product),)), ())
            outer[key] = outer.get(key, 0) + 1
        return IndexTerm(coefficient * own, tuple(outer.items()))

    # -- sums of terms

    def _total(self, terms: Sequence[IndexTerm], scope: tuple[Index, ...]) -> Expr:
        """The sum of terms, with what they share before it, and sums over the same indices as
        one.
        """
        terms = differences(gather(terms))
        if not terms:
            return number(0)
        if len(terms) == 1:
            return self._product(terms[0], scope)
        common = common_of(terms)
        shared = find_common_number(terms)
        left = [t.without(common) for t in terms]
        left = [replace(t, coefficient=quotient(t.coefficient, shared)) for t in left]
        opened = [part for term in left for part in self._open(term, scope)]
        more = len(opened) > len(left)
        inside = self._total(opened, scope) if more else add_up(self._parts(left, scope))
        if common or shared != 1:
            return self._multiply(IndexTerm(shared, tuple(common.items())), scope, [inside])
        return inside

    def _parts(self, terms: Sequence[IndexTerm], scope: tuple[Index, ...]) -> list[Expr]:
        """The terms of a sum, those together that share factors."""
        parts: list[Expr] = []
        while members := alike(terms, alone=not parts):
            parts.append(self._total(members, scope))
            terms = [term for term in terms if term not in members]
        return [*parts, *(self._product(term, scope) for term in terms)]

    def _open(self, term: IndexTerm, scope: tuple[Index, ...]) -> list[IndexTerm]:
        """The terms of a term that is a sum."""
        (what, places), exponent = term.factors[0] if len(term.factors) == 1 else ((None, ()), 0)
        if not isinstance(what, Sum) or exponent != 1:
            return [term]
        inside = self._terms(what, places, scope)
        return [replace(each, coefficient=term.coefficient * each.coefficient) for each in inside]

    def _product(self, term: IndexTerm, scope: tuple[Index, ...]) -> Expr:
        return self._multiply(term, scope, [])

    def _multiply(self, term: IndexTerm, scope: tuple[Index, ...], last: list[Expr]) -> Expr:
        """A number, what is above, one division, and the sign in front."""
        above: list[Expr] = []
        below: list[Expr] = []
        for key, exponent in sorted(term.factors, key=lambda factor: rank_of(factor[0])):
            value = self._power(key, exponent if exponent > 0 else -exponent, scope)
            (above if exponent > 0 else below).append(value)
        above += last
        size = Fraction(magnitude(term.coefficient))
        if size.numerator != 1 or not above:
            above.insert(0, number(size.numerator))
        if size.denominator != 1:
            below.insert(0, number(size.denominator))
        result = chain(above)
        if below:
            result = Expr("/", (result, chain(below)), ())
        return Expr("neg", (result,), ()) if term.coefficient < 0 else result

    def _power(self, key: EntryKey, exponent: Rational, scope: tuple[Index, ...]) -> Expr:
        what, places = key
        if isinstance(what, Group):
            return raise_to(self._reduce(what, scope), exponent)
        if isinstance(what, Directed):
            return raise_to(self._in_directions(what, places), exponent)
        assert isinstance(what, Node)
        if isinstance(what, Product):
            norm = self._norm_of(self._term(1, what, places, scope), scope)
            if norm is not None:
                return raise_to(norm, 2 * exponent)
        return raise_to(self._entry(what, places, scope), exponent)

    def _reduce(self, group: Group, scope: tuple[Index, ...]) -> Expr:
        """sum[j](...), a norm, or a product of a row and a column."""
        inside = (*scope, *group.indices)
        if not group.indices:
            return self._total(group.terms, scope)
        single = self._as_vectors(group, inside) or count_below(group)
        if single is not None:
            return single
        body = self._total(group.terms, inside)
        value = Reduction("sum", group.indices, group.conditions)
        return Expr("reduce", (body,), (), value=value)

    def _norm_of(self, term: IndexTerm, scope: tuple[Index, ...]) -> Expr | None:
        """norm2(v) for the sum of the squares of the entries of v, and nothing else."""
        if term.coefficient != 1 or len(term.factors) != 1:
            return None
        ((group, _), exponent) = term.factors[0]
        if exponent != 1 or not isinstance(group, Group) or not plain_sum(group):
            return None
        if len(group.terms[0].factors) != 1:
            return None
        ((key, power),) = group.terms[0].factors
        if power != 2 or not isinstance(key[0], Node):
            return None
        vector = self._vector(key[0], key[1], group.indices[0], (*scope, *group.indices))
        return None if vector is None else Expr("norm2", (vector,), ())

    def _as_vectors(self, group: Group, scope: tuple[Index, ...]) -> Expr | None:
        if len(group.terms) > 1:
            terms = [within(term) for term in differences(group.terms)]
            group = replace(group, terms=tuple(terms))
        if not plain_sum(group):
            return self._between(group, scope)
        norm = self._norm_of(IndexTerm(1, (((group, ()), 1),)), scope)
        if norm is not None:
            return raise_to(norm, 2)
        factors = group.terms[0].factors
        if len(factors) != 2 or any(e != 1 or sums_over(k[0]) for k, e in factors):
            return None
        (first, _), (second, _) = factors
        one, other = (
            self._vector(node, places, group.indices[0], scope) for node, places in (first, second)
        )
        if one is None or other is None or size_of(one) + size_of(other) > 3:
            return None
        if not one.row and other.row:
            one, other = other, one
        left = one if one.row else Expr("'", (one,), one.shape, row=True)
        right = Expr("'", (other,), other.shape) if other.row else other
        return Expr("*", (left, right), ())

    def _between(self, group: Group, scope: tuple[Index, ...]) -> Expr | None:
        """sum[p,q](A[i,p]*M[p,q]*B[q,j]) as A[i,:]*M*B[:,j], of a matrix M that has a name."""
        if len(group.indices) != 2 or group.conditions or len(group.terms) != 1:
            return None
        (term,) = group.terms
        touched = [[index for index in group.indices if touches(k, index)] for k, _ in term.factors]
        if term.coefficient != 1 or sorted(map(len, touched)) != [1, 1, 2]:
            return None
        if any(e != 1 or isinstance(key[0], Group) for key, e in term.factors):
            return None
        middle = next(k for k, each in enumerate(touched) if len(each) == 2)
        matrix = self._matrix(*term.factors[middle][0], group.indices)
        if matrix is None or touched.count([group.indices[0]]) != 1:
            return None
        tree, first = matrix
        ends = []
        for index in (first, next(each for each in group.indices if each is not first)):
            (what, places), _ = term.factors[touched.index([index])]
            assert not isinstance(what, Group)
            vector = self._vector(what, places, index, scope)
            if vector is None:
                return None
            ends.append(vector)
        left, right = ends
        left = left if left.row else Expr("'", (left,), left.shape, row=True)
        right = Expr("'", (right,), right.shape) if right.row else right
        product = Expr("*", (left, tree), tree.shape[1:], row=True)
        return Expr("*", (product, right), ())

    def _matrix(
        self, what: Node | Directed | Group, places: Places, holes: tuple[Index, ...]
    ) -> tuple[Expr, Index] | None:
        """A matrix with a name over two indices, and the one that is its row."""
        if is_open(what):
            what = without_directions(what)
        if isinstance(what, Directed):
            return self._whole(what, places, holes)
        if not isinstance(what, Leaf) or what.kind != "variable" or what.rank != 2:
            return None
        first, second = places[0].plain, places[1].plain
        if first is None or first is second or first not in holes or second not in holes:
            return None
        return self._slot(self.recovery.recover(what)), first

    def _vector(
        self, node: Node | Directed | Group, places: Places, hole: Index, scope: tuple[Index, ...]
    ) -> Expr | None:
        """The entries along an index as a vector; None where that is not one axis of one array."""
        if isinstance(node, Group):
            return self._combination(node.terms, hole, scope)
        if is_open(node):
            node = without_directions(node)
        if isinstance(node, Directed):
            return self._line(node, places, hole)
        if isinstance(node, Sum | Product):
            return self._combination(self._terms(node, places, scope), hole, scope)
        touching = [k for k, place in enumerate(places) if hole in dict(place.terms)]
        if len(touching) != 1 or places[touching[0]].plain is not hole:
            return None
        if node.axes[touching[0]] != hole.size:
            return None
        if isinstance(node, Leaf) and node.kind == "variable":
            tree = self.recovery.recover(node)
        elif isinstance(node, Call) and not self._acts_entrywise(node) and not node.is_tensor:
            tree = self._close(node)
        else:
            return None
        if node.rank == 1:
            return self._slot(tree)
        open_places = tuple([None if k in touching else p for k, p in enumerate(places)])
        row = touching[0] > 0
        return Expr("at", (self._slot(tree),), (hole.size,), value=open_places, row=row)

    def _combination(
        self, terms: Sequence[IndexTerm], hole: Index, scope: tuple[Index, ...]
    ) -> Expr | None:
        """A sum of multiples of vectors."""
        parts: list[tuple[IndexTerm, Expr]] = []
        for term in terms:
            inside = [f for f in term.factors if touches(f[0], hole)]
            if len(inside) != 1 or inside[0][1] != 1 or isinstance(inside[0][0][0], Group):
                return None
            (inner, at), _ = inside[0]
            assert not isinstance(inner, Group)
            vector = self._vector(inner, at, hole, scope)
            if vector is None:
                return None
            outer = tuple([f for f in term.factors if not touches(f[0], hole)])
            parts.append((IndexTerm(term.coefficient, outer), vector))
        row = any(vector.row for _, vector in parts)
        total: Expr | None = None
        for scale, vector in sorted(parts, key=lambda part: part[0].coefficient < 0):
            turned = vector
            if vector.row != row:
                turned = Expr("'", (vector,), vector.shape, row=row)
            size = IndexTerm(magnitude(scale.coefficient), scale.factors)
            if size.coefficient != 1 or size.factors:
                turned = Expr("*", (self._product(size, scope), turned), turned.shape, row=row)
            if total is None:
                total = turned
                if scale.coefficient < 0:
                    total = Expr("neg", (turned,), turned.shape, row=row)
            else:
                sign = "-" if scale.coefficient < 0 else "+"
                total = Expr(sign, (total, turned), turned.shape, row=row)
        return total
