"""Terms of index notation: numbers times powers of entries, and sums over indices of such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.indexed import AffineIndex, Condition, Index, Reduction
from matcalc.core.operations import OF_ENTRIES, OVER_INDICES
from matcalc.core.tree import Expr, dimension, number, scalar_factors
from matcalc.core.walk import postorder
from matcalc.engine.ir.flatten import contract
from matcalc.engine.ir.masks import is_mask
from matcalc.engine.ir.nodes import (
    Call,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    content,
    quotient,
)
from matcalc.engine.recovery.open_derivatives import Directed, Places

# a node, a derivative in directions, or a sum, and where its entry is taken
EntryKey = tuple["Node | Directed | Group", Places]


@dataclass(frozen=True, slots=True)
class Group:
    """A sum over indices of terms."""

    indices: tuple[Index, ...]
    conditions: tuple[Condition, ...]
    terms: tuple[IndexTerm, ...]

    @property
    def signature(self) -> object:
        """What two sums have to share to be one."""
        return self.indices, self.conditions


@dataclass(frozen=True, slots=True)
class IndexTerm:
    """A number times powers of entries."""

    coefficient: Rational
    factors: tuple[tuple[EntryKey, Rational], ...]

    def without(self, common: dict[EntryKey, Rational]) -> IndexTerm:
        """The quotient by factors."""
        left = [(key, e - common.get(key, 0)) for key, e in self.factors]
        missing = [(key, -e) for key, e in common.items() if key not in dict(self.factors)]
        return IndexTerm(self.coefficient, tuple([(k, e) for k, e in (*left, *missing) if e]))


# the indices of a sum on which a factor depends, the factor, and its exponent
Touching = tuple[set[Index], EntryKey, Rational]


def count_below(group: Group) -> Expr | None:
    """How many indices there are in ``sum[l<=j](1)``, where l and j run over the same: j."""
    plain = len(group.indices) == len(group.conditions) == len(group.terms) == 1
    if not plain or group.terms[0].factors or group.terms[0].coefficient != 1:
        return None
    (index,), (held,) = group.indices, group.conditions
    if dict(held.place.terms).get(index) == -1:
        held = held.mirror()
    ((other, _),) = [each for each in held.place.terms if each[0] is not index] or [(index, 0)]
    same = (other.start, other.size) == (index.start, index.size) and index.start == ONE
    if other is index or not same or held.place != AffineIndex(((index, 1), (other, -1)), ZERO):
        return None
    upto = Expr("index", (), (), value=other)
    before = Expr("-", (upto, number(1)), ())
    whole = dimension(index.size)
    counts = {
        "<=": upto,
        "<": before,
        ">": Expr("-", (whole, upto), ()),
        ">=": Expr("-", (whole, before), ()),
    }
    return counts.get(held.op)


def comparison(mask: Leaf, places: Places) -> Expr:
    """A mask as a comparison of two values."""
    held = condition(mask, places)
    sides = []
    for sign in (1, -1):
        terms = [(i, c * sign) for i, c in held.place.terms if c * sign > 0]
        value: Expr | None = None
        for index, c in terms:
            one = Expr("index", (), (), value=index)
            one = one if c == 1 else Expr("*", (number(c), one), ())
            value = one if value is None else Expr("+", (value, one), ())
        sides.append(value or number(0))
    offset = held.place.offset
    size = offset.integer
    if size is None:
        sides[0] = Expr("+", (sides[0], dimension(offset)), ())
    elif size:
        sides[0] = Expr("+" if size > 0 else "-", (sides[0], number(abs(size))), ())
    return Expr(held.op, tuple(sides), ())


def condition(mask: Leaf, places: Places) -> Condition:
    """``lower``: b - a <= k; ``apart``: b - a != k; ``place``: k - (start + c*i + d*j) == 0."""
    if mask.kind == "place":
        return _equation(mask, places)
    (first, second), k = places, int(mask.name)
    terms: dict[Index, int] = {}
    for place, sign in ((second, 1), (first, -1)):
        for index, c in place.terms:
            terms[index] = terms.get(index, 0) + sign * c
    offset = second.offset.plus(first.offset, -1).plus(Dim(k, ()), -1)
    place = AffineIndex(tuple([(i, c) for i, c in terms.items() if c]), offset)
    if mask.kind == "apart":
        return Condition("!=", place)
    if offset == Dim(1, ()):
        return Condition("<", AffineIndex(place.terms, ZERO))
    return Condition("<=", place)


def _equation(leaf: Leaf, places: Places) -> Condition:
    coefficients = [int(c) for c in leaf.name.split(",")]
    whole, *inner = places
    terms = dict(whole.terms)
    offset = whole.offset.plus(leaf.start, -1).plus(Dim(sum(coefficients) - 1, ()))
    for place, c in zip(inner, coefficients, strict=True):
        for index, d in place.terms:
            terms[index] = terms.get(index, 0) - c * d
        offset = offset.plus(place.offset, -c)
    return Condition("==", AffineIndex(tuple([(i, c) for i, c in terms.items() if c]), offset))


def over_axis(
    node: Call,
    places: Places,
    scope: tuple[Index, ...],
    pick: Callable[[Dim, Sequence[Index]], Index],
    entry: Callable[[Node, Places, tuple[Index, ...]], Expr],
) -> Expr | None:
    """max[k](A[i,k] + B[j,k]), for the entry of a maximum, or another function, along the last axis
    of a sum, a function or a product with three axes or more; None for what has a name, or fewer
    axes.
    """
    names = {OF_ENTRIES.get(name, name): name for name in OVER_INDICES}
    name = names.get(str(node.name))
    if name is None or len(node.args) != 2 or not node.args[0].is_tensor:
        return None
    (array, _) = node.args
    if isinstance(array, Leaf):
        return None
    index = pick(array.axes[-1], scope)
    body = entry(array, (*places, AffineIndex(((index, 1),), ZERO)), (*scope, index))
    return Expr("reduce", (body,), (), value=Reduction(name, (index,)))


def group_by_factors(bound: Sequence[Index], touched: Sequence[set[Index]]) -> list[set[Index]]:
    """Indices that factors join."""
    groups = [{index} for index in bound]
    for each in filter(None, touched):
        joined = [group for group in groups if group & each]
        groups = [group for group in groups if not group & each]
        groups.append(set().union(*joined))
    order = {index: k for k, index in enumerate(bound)}
    return sorted(groups, key=lambda group: min(order[index] for index in group))


def shelter(key: EntryKey, masks: Sequence[tuple[set[Index], Condition]]) -> set[Index]:
    """The indices of the sum whose condition leaves out places of an entry that may have no value
    there, as 1/(i - 1) has none in ``sum[j<i](x[j]/(i - 1))``; none where there is no such sum.
    """
    own = {index for place in key[1] for index, _ in place.terms}
    held = [summed for summed, each in masks if not own.isdisjoint(dict(each.place.terms))]
    return held[0] if held else set()


def plain_sum(group: Group) -> bool:
    """Whether this is one term over one index, without a condition or a number in front."""
    plain = len(group.indices) == len(group.terms) == 1 and not group.conditions
    return plain and group.terms[0].coefficient == 1


def sums_over(what: Node | Directed | Group) -> bool:
    """Whether this is a sum over indices."""
    return isinstance(what, Group) and bool(what.indices)


def touches(key: EntryKey, index: Index) -> bool:
    """Whether an entry, or the sum that this is, depends on an index."""
    what, places = key
    if isinstance(what, Group):
        held = any(index in dict(each.place.terms) for each in what.conditions)
        inside = any(touches(inner, index) for term in what.terms for inner, _ in term.factors)
        return index not in what.indices and (held or inside)
    return any(index in dict(place.terms) for place in places)


def size_of(vector: Expr) -> int:
    """How many arrays a vector is made of."""
    return 1 if vector.op in ("slot", "at") else 2


def count_alone(
    bound: Sequence[Index],
    inner: Sequence[Touching],
    masks: Sequence[tuple[set[Index], Condition]],
) -> tuple[tuple[Index, ...], list[Touching], list[tuple[set[Index], Condition]]]:
    """Indices of a sum without those on which nothing but one condition depends, as the i of
    ``sum[i, t>=i](x[t])``: how many there are is a factor, t.
    """
    left, found, kept = list(bound), list(inner), list(masks)
    for index in bound:
        held = [each for each in kept if index in each[0]]
        if len(held) != 1 or len(held[0][0]) != 2 or any(index in each[0] for each in found):
            continue
        group = Group((index,), (held[0][1],), (IndexTerm(1, ()),))
        if count_below(group) is not None:
            left.remove(index)
            kept.remove(held[0])
            found.append((held[0][0] - {index}, (group, ()), 1))
    return tuple(left), found, kept


def gather(terms: Sequence[IndexTerm]) -> list[IndexTerm]:
    """Terms that are sums over the same indices as one sum."""
    found: dict[object, list[IndexTerm]] = {}
    for term in collect(terms):
        groups = [key[0] for key, e in term.factors if isinstance(key[0], Group) and e == 1]
        signature = groups[0].signature if len(groups) == 1 else (len(found), None)
        found.setdefault(signature, []).append(term)
    result = []
    for several in found.values():
        if len(several) == 1:
            result += several
            continue
        common = common_of(several)
        inside = []
        for term in several:
            rest = term.without(common)
            group = next(
                (k[0] for k, e in rest.factors if isinstance(k[0], Group) and e == 1), None
            )
            if group is None:
                break
            front = tuple([f for f in rest.factors if f[0][0] is not group])
            inside += [
                IndexTerm(rest.coefficient * each.coefficient, merge(front, each.factors))
                for each in group.terms
            ]
        else:
            assert group is not None
            shared = find_common_number(inside)
            inside = [IndexTerm(quotient(t.coefficient, shared), t.factors) for t in inside]
            whole = Group(group.indices, group.conditions, tuple(inside))
            result.append(IndexTerm(shared, (*common.items(), ((whole, ()), 1))))
            continue
        result += several
    return result


def collect(terms: Sequence[IndexTerm]) -> list[IndexTerm]:
    """Terms with the same factors as one."""
    found: dict[frozenset[tuple[EntryKey, Rational]], IndexTerm] = {}
    for term in terms:
        same = frozenset(term.factors)
        known = found.get(same)
        found[same] = (
            IndexTerm(term.coefficient + known.coefficient, known.factors) if known else term
        )
    kept: list[IndexTerm] = []
    for term in found.values():
        place = next((k for k, other in enumerate(kept) if _beside(other, term)), None)
        if place is None:
            kept += [term] if term.coefficient else []
        else:
            kept[place] = _both(kept[place], term)
    return kept


def _beside(one: IndexTerm, other: IndexTerm) -> bool:
    """Whether two terms differ by no more than sums over j < i in one and over j > i in the
    other.
    """
    if one.coefficient != other.coefficient or len(one.factors) != len(other.factors):
        return False
    left, right = (set(term.factors) for term in (one, other))
    first, second = left - right, right - left
    if len(first) != 1 or len(second) != 1:
        return False
    ((a, _), e), ((b, _), f) = (*first, *second)
    return (
        isinstance(a, Group)
        and isinstance(b, Group)
        and e == f == 1
        and (a.indices, a.terms) == (b.indices, b.terms)
        and _unequal(a, b) is not None
    )


def _unequal(a: Group, b: Group) -> Condition | None:
    """``!=`` for a condition < and a condition > on the same difference."""
    if len(a.conditions) != 1 or len(b.conditions) != 1:
        return None
    found = []
    for held in (a.conditions[0], b.conditions[0]):
        terms, offset = held.place
        if held.op not in ("<", ">") or not terms:
            return None
        least = min(terms, key=lambda term: term[0].name)
        op = held.op
        if least[1] < 0:
            terms, offset = tuple([(i, -c) for i, c in terms]), ZERO.plus(offset, -1)
            op = "<" if op == ">" else ">"
        found.append((op, frozenset(terms), offset))
    if found[0][0] == found[1][0] or found[0][1:] != found[1][1:]:
        return None
    return Condition("!=", a.conditions[0].place)


def _both(one: IndexTerm, other: IndexTerm) -> IndexTerm:
    """The sum of two terms that ``_beside`` has found."""
    ((group, places), _) = next(f for f in one.factors if f not in set(other.factors))
    ((beside, _), _) = next(f for f in other.factors if f not in set(one.factors))
    assert isinstance(group, Group) and isinstance(beside, Group)
    held = _unequal(group, beside)
    assert held is not None
    whole = Group(group.indices, (held,), group.terms)
    factors = [((whole, places), e) if key[0] is group else (key, e) for key, e in one.factors]
    return IndexTerm(one.coefficient, tuple(factors))


def differences(terms: Sequence[IndexTerm]) -> list[IndexTerm]:
    """Terms that differ in where one array is taken, and in the sign, as one: a*X[i,k] - a*X[j,k]
    is a*(X[i,k] - X[j,k]); those with the same difference as one, too.
    """
    left = list(terms)
    found: dict[EntryKey, list[IndexTerm]] = {}
    while left:
        term = left.pop(0)
        match = next(
            ((k, pair) for k, o in enumerate(left) if (pair := _find_moved(term, o))), None
        )
        if match is None:
            found.setdefault((Group((), (), (term,)), ()), []).append(term)
            continue
        place, (one, other) = match
        del left[place]
        sign = 1 if _order(one) <= _order(other) else -1
        inner = (IndexTerm(sign, ((one, 1),)), IndexTerm(-sign, ((other, 1),)))
        inner = inner if sign > 0 else inner[::-1]
        key: EntryKey = (Group((), (), inner), ())
        factors = tuple([(each, e) for each, e in term.factors if each != one])
        found.setdefault(key, []).append(IndexTerm(term.coefficient * sign, factors))
    result = []
    for key, several in found.items():
        if len(several) == 1 and len(key[0].terms) == 1:  # type: ignore[union-attr]
            result += several
        elif len(several) == 1:
            result.append(IndexTerm(several[0].coefficient, (*several[0].factors, (key, 1))))
        else:
            shared = find_common_number(several)
            rest = tuple([IndexTerm(quotient(t.coefficient, shared), t.factors) for t in several])
            result.append(IndexTerm(shared, (((Group((), (), rest), ()), 1), (key, 1))))
    return result


def within(term: IndexTerm) -> IndexTerm:
    """The term with its number inside the first difference among its factors, if it has one:
    -a*(X[i,k] - X[j,k]) is a*(X[j,k] - X[i,k]).
    """
    c = term.coefficient
    for k, (key, exponent) in enumerate(term.factors):
        what, places = key
        if isinstance(what, Group) and not what.indices and exponent == 1:
            terms = tuple([IndexTerm(each.coefficient * c, each.factors) for each in what.terms])
            inside: EntryKey = (replace(what, terms=terms[::-1] if c < 0 else terms), places)
            factors = (*term.factors[:k], (inside, exponent), *term.factors[k + 1 :])
            return IndexTerm(1, factors)
    return term


def _find_moved(one: IndexTerm, other: IndexTerm) -> tuple[EntryKey, EntryKey] | None:
    """The entries of one array in which two terms of opposite sign differ, and in nothing else."""
    if one.coefficient != -other.coefficient or len(one.factors) != len(other.factors):
        return None
    mine, theirs = (set(a.factors) - set(b.factors) for a, b in ((one, other), (other, one)))
    if len(mine) != 1 or len(theirs) != 1:
        return None
    ((a, e), (b, f)) = (*mine, *theirs)
    same = a[0] is b[0] and isinstance(a[0], Leaf) and e == f == 1
    return (a, b) if same and len(one.factors) > 1 else None


def _order(key: EntryKey) -> list[tuple[str, int]]:
    """Entries of one array, by the names of their indices."""
    return [(index.name, c) for place in key[1] for index, c in place.terms]


def find_common_number(terms: Sequence[IndexTerm]) -> Rational:
    """The number that all terms share, with the sign if all have a minus."""
    shared = content([term.coefficient for term in terms])
    return -shared if all(term.coefficient < 0 for term in terms) else shared


def common_of(terms: Sequence[IndexTerm]) -> dict[EntryKey, Rational]:
    """The factors that all terms have, to the power that all have."""
    found: dict[EntryKey, Rational] = {}
    each = [dict(term.factors) for term in terms]
    for key, _ in terms[0].factors:
        powers = [factors.get(key, Fraction(0)) for factors in each]
        if all(p > 0 for p in powers):
            found[key] = min(powers)
        elif all(p < 0 for p in powers):
            found[key] = max(powers)
    return found


def alike(terms: Sequence[IndexTerm], *, alone: bool) -> list[IndexTerm]:
    """The terms that have the most factors in common; none where no two do, nor, if they stand
    ``alone``, where all do. Terms with deltas are left, for they are mostly alike up to the order
    of their indices.
    """
    found: dict[object, list[IndexTerm]] = {}
    for term in terms:
        if any(isinstance(key[0], Leaf) and key[0].kind == "eye" for key, _ in term.factors):
            continue
        for key, exponent in term.factors:
            found.setdefault((key, exponent > 0), []).append(term)
    groups = [each for each in found.values() if 1 < len(each) < len(terms) + (not alone)]
    return max(groups, key=lambda each: (len(each) - 1) * len(common_of(each)), default=[])


def merge(
    first: tuple[tuple[EntryKey, Rational], ...], second: tuple[tuple[EntryKey, Rational], ...]
) -> tuple[tuple[EntryKey, Rational], ...]:
    """The product of two products."""
    found = dict(first)
    for key, exponent in second:
        found[key] = found.get(key, 0) + exponent
    return tuple([(key, e) for key, e in found.items() if e])


def rank_of(key: EntryKey) -> tuple[bool, bool, int]:
    """Scalars and the values of indices first, sums last."""
    what, places = key
    if isinstance(what, Group):
        counts = len(what.indices) == 1 and count_below(what) is not None
    else:
        counts = isinstance(what, Product) and all(is_mask(node) for node, _, _ in what.factors)
    if counts:
        return False, False, 0
    return isinstance(what, Group), isinstance(what, Sum | Product), len(places)


def chain(factors: Sequence[Expr]) -> Expr:
    """The product, from left to right: a*(b*c) is a*b*c."""
    plain = [each for factor in factors for each in scalar_factors(factor)]
    result = plain[0]
    for factor in plain[1:]:
        result = Expr("*", (result, factor), ())
    return result


def raise_to(base: Expr, exponent: Rational) -> Expr:
    """A power."""
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return Expr("sqrt", (base,), ())
    return Expr("^", (base, number(Fraction(exponent))), ())


def leading_number(part: Expr) -> Rational:
    """The number in front of a product, or 1."""
    while part.op in ("*", "/"):
        part = part.args[0]
    return part.value if part.op == "number" else 1


def without_sign(part: Expr) -> Expr:
    """The product with the number in front negated."""
    if part.op == "number":
        return number(-part.value)
    return Expr(part.op, (without_sign(part.args[0]), part.args[1]), ())


def add_up(parts: Sequence[Expr]) -> Expr:
    """The sum of parts, those with a plus before those with a minus."""
    parts = sorted(parts, key=_is_negative)
    total = parts[0]
    for part in parts[1:]:
        if part.op == "neg":
            total = Expr("-", (total, part.args[0]), ())
        elif part.op in ("*", "/") and leading_number(part) < 0:
            total = Expr("-", (total, without_sign(part)), ())
        elif part.op == "number" and part.value < 0:
            total = Expr("-", (total, number(-part.value)), ())
        else:
            total = Expr("+", (total, part), ())
    return total


def _is_negative(part: Expr) -> bool:
    """Whether a minus is in front."""
    if part.op == "number":
        return bool(part.value < 0)
    return part.op == "neg" or (part.op in ("*", "/") and leading_number(part) < 0)


def contracts(node: Node) -> bool:
    """Whether this is a vector or a matrix in which products are summed over a label, outside
    functions of arrays.
    """
    if not node.rank or node.is_tensor:
        return False
    inner = postorder(node, lambda each: each.children if isinstance(each, Sum | Product) else ())
    return any(isinstance(each, Product) and contract(each) for each in inner)
