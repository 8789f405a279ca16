"""The entries of an array case by case: ``2*X[p,i] if i = j = q``, for deltas that are 1 or 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from matcalc.core.dims import ZERO, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.indexed import AffineIndex, Condition, Form, Index
from matcalc.core.tree import Expr, is_number, number, split_signed_terms
from matcalc.core.walk import fold, postorder

MOST_DELTAS = 8  # different ones in the entries that are written by cases
MOST_CASES = 16
_BY_INDEX = "--notation index writes them with delta[i,j]"
_ONE = Fraction(1)
_Powers = dict[int, tuple[Expr, Fraction]]  # by the identity of the base


@dataclass(frozen=True, slots=True)
class Case:
    """A value, as the body of the array, and the conditions under which the entries have it."""

    conditions: tuple[Condition, ...]
    value: Expr


def cases_of(array: Expr) -> list[Case]:
    """The cases of an array that is defined by its entries, the most special ones first; where the
    last one is zero, it has no conditions, and is what is left.

    UnsupportedError where there are too many deltas or cases.
    """
    array = with_body(array, _with_deltas_outside(array))
    form: Form = array.value
    deltas = _deltas(array)
    if len(deltas) > MOST_DELTAS:
        raise UnsupportedError(
            f"the entries have {len(deltas)} deltas, and more than {MOST_DELTAS} make too many "
            "cases",
            hint=_BY_INDEX,
        )
    found = list(_branches(array, deltas))
    zero = [case for case in found if is_number(case.value, 0)]
    rest = [case for case in found if not is_number(case.value, 0)]
    if len(rest) > MOST_CASES:
        raise UnsupportedError(
            f"the entries have {len(rest)} cases, and more than {MOST_CASES} are not listed",
            hint=_BY_INDEX,
        )
    if not rest:
        return [Case((), number(0))]
    if zero:
        rest.append(Case((), number(0)))
    assert form.indices
    return rest


def nest_cases(array: Expr, cases: Sequence[Case]) -> Expr:
    """The array again, with ``where`` for its cases."""
    form: Form = array.value
    body = cases[-1].value
    for case in reversed(cases[:-1]):
        held = [Expr(c.op, _sides(c), ()) for c in case.conditions]
        product = held[0]
        for each in held[1:]:
            product = Expr("*", (product, each))
        body = Expr("where", (product, case.value, body))
    return Expr("indexed", array.args, array.shape, value=Form(form.indices, body))


def with_body(array: Expr, body: Expr) -> Expr:
    """The array with other entries."""
    return Expr("indexed", array.args, array.shape, value=Form(array.value.indices, body))


def _sides(condition: Condition) -> tuple[Expr, Expr]:
    left, right = ends(condition)
    return _end_tree(left), _end_tree(right)


def _end_tree(end: Index | int) -> Expr:
    return number(end) if isinstance(end, int) else Expr("index", value=end)


def ends(condition: Condition) -> tuple[Index | int, Index | int]:
    """Both sides of a condition on two indices, or on an index and a number."""
    terms, offset = condition.place
    (first, _), *more = terms
    if more:
        return first, more[0][0]
    return first, -int(offset.integer or 0)


def _deltas(array: Expr) -> list[Condition]:
    """The conditions of the deltas outside sums, each once."""
    found: dict[tuple[object, ...], Condition] = {}
    for part in _outside(array.value.body):
        held = _delta(array, part)
        if held is not None:
            found.setdefault(_key(held), held)
    return list(found.values())


def _with_deltas_outside(array: Expr) -> Expr:
    """The entries with the deltas in sums as factors of these, where they do not depend on what is
    summed over: ``sum[p](delta[j,l]*X[i,p]*A[p,k])`` is ``delta[j,l]*sum[p](X[i,p]*A[p,k])``.
    """

    def rule(part: Expr, args: list[Expr]) -> Expr:
        made = part.with_args(args)
        if part.op != "reduce" or part.value.name != "sum" or part.value.conditions:
            return made
        terms = [(sign, *_part(array, term, part)) for sign, term in split_signed_terms(args[0])]
        if not any(outside for _, outside, _ in terms) or not all(rest for *_, rest in terms):
            return made
        total: Expr | None = None
        for sign, outside, rest in terms:
            inner = Expr("reduce", (_product_of(rest),), (), value=part.value)
            whole = _product_of([*outside, inner])
            if total is None:
                total = Expr("neg", (whole,)) if sign < 0 else whole
            else:
                total = Expr("-" if sign < 0 else "+", (total, whole))
        return total or made

    body: Expr = array.value.body
    return body.fold(rule)


def _part(array: Expr, term: Expr, reduction: Expr) -> tuple[list[Expr], list[Expr]]:
    """The factors of a term that are deltas of indices that are not summed over, and the rest."""
    outside, rest, stack = [], [], [term]
    while stack:
        part = stack.pop()
        held = _delta(array, part)
        if part.op == "*":
            stack += reversed(part.args)
        elif held is not None and not set(ends(held)) & set(reduction.value.indices):
            outside.append(part)
        else:
            rest.append(part)
    return outside, rest


def _product_of(factors: Sequence[Expr]) -> Expr:
    product = factors[0]
    for factor in factors[1:]:
        product = Expr("*", (product, factor))
    return product


def _outside(body: Expr) -> list[Expr]:
    return postorder(body, lambda part: () if part.op == "reduce" else part.args)


def _delta(array: Expr, part: Expr) -> Condition | None:
    """The condition that a delta of two indices, or of an index and a number, is."""
    if part.op != "at" or None in part.value:
        return None
    base = part.args[0]
    whole = array.args[base.value] if base.op == "slot" else base
    if whole.op != "eye":
        return None
    left, right = part.value
    if left.plain is None:
        left, right = right, left
    if left.plain is None:
        return None
    if right.plain is None:
        if right.terms or right.offset.integer is None:
            return None
        return Condition("==", AffineIndex(((left.plain, 1),), ZERO.plus(right.offset, -1)))
    if left.plain is right.plain:
        return None
    indices = array.value.indices
    first, second = sorted((left.plain, right.plain), key=lambda index: _rank(indices, index))
    return Condition("==", AffineIndex(((first, 1), (second, -1)), ZERO))


def _rank(indices: Sequence[Index], index: Index) -> int:
    return next((k for k, each in enumerate(indices) if each is index), len(indices))


def _key(condition: Condition) -> tuple[object, ...]:
    return ends(condition)


class _Classes:
    """Which indices and numbers are equal where some conditions hold."""

    def __init__(self, indices: Sequence[Index]) -> None:
        self.indices = indices
        self.parents: dict[Index | int, Index | int] = {}

    def find(self, end: Index | int) -> Index | int:
        """The end that stands for all that equal this one: a number, or the first index."""
        while end in self.parents:
            end = self.parents[end]
        return end

    def join(self, condition: Condition) -> bool:
        """Makes both sides equal; whether they can be."""
        one, other = (self.find(end) for end in ends(condition))
        if one is other or one == other:
            return True
        if isinstance(one, int) and isinstance(other, int):
            return False
        if not isinstance(other, int) and (
            isinstance(one, int) or _rank(self.indices, one) < _rank(self.indices, other)
        ):
            one, other = other, one
        self.parents[one] = other
        return True

    def same(self, condition: Condition) -> bool:
        """Whether both sides are equal."""
        one, other = (self.find(end) for end in ends(condition))
        return one is other or one == other


def _branches(array: Expr, deltas: Sequence[Condition]) -> Iterator[Case]:
    """The value for each way in which the deltas can be 1 and 0 together."""
    tidy = _Tidy(array)
    for choice in range(2 ** len(deltas)):
        held = [not choice >> (len(deltas) - 1 - k) & 1 for k in range(len(deltas))]
        classes = _Classes(array.value.indices)
        if not all(classes.join(d) for d, true in zip(deltas, held, strict=True) if true):
            continue
        if any(classes.same(d) for d, true in zip(deltas, held, strict=True) if not true):
            continue
        values = {_key(d): true for d, true in zip(deltas, held, strict=True)}
        conditions = tuple(
            [d if true else Condition("!=", d.place) for d, true in zip(deltas, held, strict=True)]
        )
        yield Case(conditions, tidy.value(values, classes))


class _Tidy:
    """Entries with numbers for their deltas, like terms collected."""

    def __init__(self, array: Expr) -> None:
        self.array = array
        self.known: dict[object, Expr] = {}
        self.keys: dict[int, int] = {}

    def value(self, values: dict[tuple[object, ...], bool], classes: _Classes) -> Expr:
        """The entries where the deltas have these values."""

        def rule(part: Expr, args: list[Expr]) -> Expr:
            held = _delta(self.array, part)
            if held is not None and _key(held) in values:
                return number(int(values[_key(held)]))
            return self._make(part, tuple(args), classes)

        return fold(
            self.array.value.body,
            lambda part: () if part.op == "reduce" else part.args,
            rule,
        )

    def _make(self, part: Expr, args: tuple[Expr, ...], classes: _Classes) -> Expr:
        if part.op == "reduce":
            return part
        if part.op == "*":
            return self._product(args)
        if part.op == "/":
            return self._quotient(*args)
        if part.op in ("+", "-", "neg"):
            return self._sum(part.op, args)
        value = part.value
        if part.op == "at":
            value = tuple([_move(place, classes) for place in part.value])
        return self._share(part.op, args, part.shape, value, part.row)

    def _share(
        self, op: str, args: tuple[Expr, ...], shape: Shape, value: object, row: bool = False
    ) -> Expr:
        """The one node for equal parts."""
        key = (op, tuple([id(arg) for arg in args]), value, row)
        if key not in self.known:
            self.known[key] = Expr(op, args, shape, value=value, row=row)
        return self.known[key]

    def _product(self, args: tuple[Expr, ...]) -> Expr:
        return self._write(*self._powers([(arg, 1) for arg in args]))

    def _quotient(self, above: Expr, below: Expr) -> Expr:
        if below.op == "number" and below.value and above.op in ("+", "-"):
            return self._sum("+", (above,), 1 / below.value)
        return self._write(*self._powers([(above, 1), (below, -1)]))

    def _powers(self, parts: Sequence[tuple[Expr, int]]) -> tuple[Fraction, _Powers]:
        """The number in a product, and what else is in it, each once with its exponent; what is
        divided by has a negative exponent, and what cancels is left out.
        """
        coefficient = _ONE
        powers: _Powers = {}
        stack = [*reversed(parts)]
        while stack:
            part, side = stack.pop()
            if part.op == "neg":
                coefficient = -coefficient
                stack.append((part.args[0], side))
            elif part.op in ("*", "/") and not any(arg.shape for arg in part.args):
                left, right = part.args
                stack += [(right, -side if part.op == "/" else side), (left, side)]
            elif part.op == "number" and (part.value or side > 0):
                coefficient *= part.value**side
            else:
                base, exponent = _power(part)
                before = powers.get(id(base), (base, Fraction(0)))[1]
                powers[id(base)] = base, before + side * exponent
        return coefficient, {key: each for key, each in powers.items() if each[1]}

    def _write(self, coefficient: Fraction, powers: _Powers) -> Expr:
        """A product from its number and the rest."""
        if not coefficient:
            return self._number(0)
        size, divisor = abs(coefficient).as_integer_ratio()
        above = [self._raise(base, exponent) for base, exponent in powers.values() if exponent > 0]
        below = [self._raise(base, -exponent) for base, exponent in powers.values() if exponent < 0]
        if size != 1 or not above:
            above.insert(0, self._number(size))
        if divisor != 1:
            below.insert(0, self._number(divisor))
        whole = reduce(self._times, above)
        if below:
            whole = self._share("/", (whole, reduce(self._times, below)), (), None)
        return self._share("neg", (whole,), (), None) if coefficient < 0 else whole

    def _times(self, left: Expr, right: Expr) -> Expr:
        return self._share("*", (left, right), (), None)

    def _number(self, value: int | Fraction) -> Expr:
        return self._share("number", (), (), Fraction(value))

    def _raise(self, base: Expr, exponent: Fraction) -> Expr:
        if exponent == 1:
            return base
        return self._share("^", (base, self._number(exponent)), (), None)

    def _sum(self, op: str, args: tuple[Expr, ...], scale: Fraction = _ONE) -> Expr:
        """Terms with their numbers, equal ones as one; a multiple of all."""
        signs = (-1,) if op == "neg" else (1, -1 if op == "-" else 1)
        terms: dict[int, tuple[Expr, Fraction]] = {}
        for sign, arg in zip(signs, args, strict=False):
            for factor, term in self._terms(arg):
                before = terms.get(id(term), (term, Fraction(0)))[1]
                terms[id(term)] = term, before + sign * factor
        total: Expr | None = None
        for term, factor in terms.values():
            if factor:
                total = self._add(total, term, factor * scale)
        return self._number(0) if total is None else total

    def _terms(self, tree: Expr) -> list[tuple[Fraction, Expr]]:
        """The terms of a sum, and the number that each is multiplied by."""
        found: list[tuple[Fraction, Expr]] = []
        stack = [(_ONE, tree)]
        while stack:
            factor, part = stack.pop()
            if part.op in ("+", "-"):
                stack.append((-factor if part.op == "-" else factor, part.args[1]))
                stack.append((factor, part.args[0]))
                continue
            coefficient, powers = self._powers([(part, 1)])
            rest = self._write(_ONE, powers)
            if rest.op in ("+", "-"):
                stack.append((factor * coefficient, rest))
            else:
                found.append((factor * coefficient, rest))
        return found

    def _add(self, total: Expr | None, term: Expr, factor: Fraction) -> Expr:
        value = self._write(abs(factor), self._powers([(term, 1)])[1])
        if total is None:
            return self._share("neg", (value,), (), None) if factor < 0 else value
        return self._share("-" if factor < 0 else "+", (total, value), (), None)


def _power(tree: Expr) -> tuple[Expr, Fraction]:
    """The base and the exponent, a number."""
    if tree.op == "^" and tree.args[1].op == "number":
        return tree.args[0], tree.args[1].value
    return tree, _ONE


def _move(place: AffineIndex | None, classes: _Classes) -> AffineIndex | None:
    """The place where each index is the one that stands for all that equal it."""
    if place is None or place.plain is None:
        return place
    end = classes.find(place.plain)
    if isinstance(end, int):
        return place
    return AffineIndex(((end, 1),), ZERO)
