"""Sums and products with the brackets that bring out what repeats or has a name.

Of ``M - diag((M - N)*vector(1)) - N`` the difference is written once, and of ``W'*X'*u`` and
``X*W*a`` the H that was defined as ``X*W``. The value stays the same, as nothing but brackets and
the order of terms change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from matcalc.core.likeness import MOST, SUMS, Likeness, chain
from matcalc.core.tree import Expr, add_signed, split_signed_terms, transpose
from matcalc.core.tree import number as make_number
from matcalc.core.walk import fold

_LONGEST = 16  # links of a product
_LEAST = 2  # factors of a scalar that is looked for in products
_PRODUCTS = ("*", "/", "neg")

Signed = tuple[int, Expr]


def regroup_sums(tree: Expr, likeness: Likeness) -> Expr | None:
    """The tree with the terms of shorter sums together in longer ones; None where no sum is a part
    of another.
    """
    sums = _sums(tree, likeness)
    uses = Counter(term for _, counts in sums for term in counts)
    parts: dict[int, list[int]] = {}  # the sums by the rarest of their terms
    for k, (_, counts) in enumerate(sums):
        if counts:
            parts.setdefault(min(counts, key=uses.__getitem__), []).append(k)
    made: dict[int, list[Signed]] = {}
    for whole, counts in sums:
        for k in sorted(k for term in counts for k in parts.get(term, ())):
            part, own = sums[k]
            sign = _sign_within(own, counts) if part.shape == whole.shape else 0
            if sign and part.row == whole.row:
                rest = [each for each in _terms(whole) if likeness.of(each[1]) not in own]
                made[id(whole)] = [(sign, part), *rest]
                break

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if id(node) not in made:
            return node.with_args(args)
        signs = [sign for sign, _ in made[id(node)]]
        return add_signed(list(zip(signs, args, strict=True)), node.shape, row=node.row)

    if not made:
        return None
    return fold(
        tree,
        lambda node: [term for _, term in made[id(node)]] if id(node) in made else node.args,
        rule,
    )


def turn_sums(tree: Expr, likeness: Likeness) -> Expr | None:
    """The tree with A' + B' as the transpose of the A + B that stands elsewhere, if it does, and
    P*Q' as that of Q*P' in such sums.
    """
    sums = [node for node in tree.parts if node.op in ("+", "-") and node.rank == 2]
    if len(sums) < 2 or not any("'" in node.operations for node in sums):
        return None
    first: dict[int, Expr] = {}
    for node in sorted(sums, key=_transposes):
        first.setdefault(likeness.of(node), node)
    made: dict[int, Expr] = {}
    gone: set[int] = set()
    for node in sums:
        own, other = likeness.of(node), likeness.of(node, turned=True)
        straight = first.get(other)
        if straight is None or other == own or other in gone:
            continue
        if _transposes(straight) <= _transposes(first[own]):
            gone.add(own)
            made[id(node)] = straight
    if not made:
        return None
    return fold(
        tree,
        lambda node: (made[id(node)],) if id(node) in made else node.args,
        lambda node, args: transpose(args[0]) if id(node) in made else node.with_args(args),
    )


def _transposes(total: Expr) -> int:
    """How many matrices are transposed in a sum."""
    return sum(part.op == "'" and part.rank == 2 for part in total.parts)


def _sums(tree: Expr, likeness: Likeness) -> list[tuple[Expr, Counter[int]]]:
    """The sums that are not parts of sums, the longest parts first, with how often they have each
    term.
    """
    outer = {id(arg) for node in tree.parts if node.op not in SUMS for arg in node.args}
    found: dict[int, tuple[Expr, Counter[int]]] = {}
    for node in tree.parts:
        if node.op in ("+", "-") and (id(node) in outer or node is tree):
            counts: Counter[int] = Counter()
            for sign, term in _terms(node):
                counts[likeness.of(term)] += sign
            found.setdefault(likeness.of(node), (node, counts))
    return sorted(found.values(), key=lambda each: -len(each[1]))


def _sign_within(part: Counter[int], whole: Counter[int]) -> int:
    """1 where all terms of a sum are terms of a longer one, -1 where their negatives are, else
    0.
    """
    if len(part) >= len(whole):
        return 0
    for sign in (1, -1):
        if all(whole.get(term) == sign * times for term, times in part.items()):
            return sign
    return 0


def _terms(tree: Expr) -> list[Signed]:
    return split_signed_terms(tree, most=MOST)


def regroup_products(tree: Expr, named: Iterable[Expr], likeness: Likeness) -> Expr | None:
    """The tree with the products that have names together in longer ones; None where there are
    none.
    """
    known = [(each, chain(each)) for each in named if each.op == "*" and each.rank]
    plain = [(each, links) for each, (scalars, links) in known if not scalars]
    inner = {id(arg) for node in tree.parts if _is_product(node) for arg in node.args}
    outer = {id(arg) for node in tree.parts if not _is_product(node) for arg in node.args}
    # of two names that are alike, as A*X and A'*X of a symmetric A, the first stands for the other
    first = {id(each): number for number, (each, _) in reversed([*enumerate(plain)])}
    made: dict[int, tuple[list[Expr], list[Expr]]] = {}
    for node in tree.parts:
        if not _is_product(node) or (id(node) in inner and id(node) not in outer):
            continue
        scalars, links = chain(node)
        new = links
        for number, (each, own) in enumerate(plain) if len(links) <= _LONGEST else ():
            if len(own) < len(links) or number < first.get(id(node), len(plain)):
                new = _put_product(new, each, own, likeness)
        if new is not links:
            made[id(node)] = scalars, new

    def inside(node: Expr) -> Sequence[Expr]:
        return [*made[id(node)][0], *made[id(node)][1]] if id(node) in made else node.args

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if id(node) not in made:
            return node.with_args(args)
        count = len(made[id(node)][0])
        return _multiply(args[:count], args[count:])

    return fold(tree, inside, rule) if made else None


def _is_product(node: Expr) -> bool:
    return node.op == "*" and (node.rank > 0 or all(arg.rank for arg in node.args))


def _put_product(
    links: list[Expr], product: Expr, own: Sequence[Expr], likeness: Likeness
) -> list[Expr]:
    """The links with the product, or its transpose, in place of those that make it up."""
    straight = [likeness.of(link) for link in own]
    turned = [likeness.of(link, turned=link.rank == 2) for link in reversed(own)]
    count, place = len(own), 0
    while place + count <= len(links):
        inside = links[place : place + count]
        numbers = [likeness.of(link) for link in inside]
        ends = [(link.rank, link.row) for link in inside if link.rank == 1]
        if numbers == straight and ends == [(1, link.row) for link in own if link.rank == 1]:
            links = [*links[:place], product, *links[place + count :]]
        elif numbers == turned and ends == [(1, not link.row) for link in own if link.rank == 1]:
            links = [*links[:place], transpose(product), *links[place + count :]]
        place += 1
    return links


def _multiply(scalars: Sequence[Expr], links: Sequence[Expr]) -> Expr:
    """The product from left to right, scalars in front."""
    total = links[0]
    for link in links[1:]:
        left = total.shape[:-1] if total.rank == 2 or total.row else total.shape
        right = link.shape[1:] if link.rank == 2 or not link.row else link.shape
        row = not left and bool(right)
        total = Expr("*", (total, link), (*left, *right), row=row)
    for scalar in reversed(scalars):
        total = Expr("*", (scalar, total), total.shape, row=total.row)
    return total


class _Factors(NamedTuple):
    """A product: its number, its scalars with their exponents, and its arrays from left to
    right.
    """

    coefficient: Fraction
    scalars: tuple[tuple[Expr, Fraction], ...]
    links: tuple[Expr, ...]

    def counts(self, likeness: Likeness) -> Counter[int]:
        """The exponents of the scalars by their numbers."""
        found: Counter[int] = Counter()
        for scalar, exponent in self.scalars:
            found[likeness.of(scalar)] += exponent  # type: ignore[assignment]
        return found


def put_scalar(tree: Expr, value: Expr, name: Expr, likeness: Likeness) -> Expr:
    """The tree with a name for a scalar product whose factors stand in longer ones, as the p of
    ``a*w*x*exp(b)/sqrt(c)`` where p is ``w*exp(b)/sqrt(c)``.
    """
    own = _factors_of(value)
    wanted = own.counts(likeness)
    if len(wanted) < _LEAST or own.links:
        return tree
    whole = {id(arg) for node in tree.parts if node.op not in _PRODUCTS for arg in node.args}
    whole.add(id(tree))

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = node.with_args(args)
        if node.op not in _PRODUCTS or id(node) not in whole:
            return made
        found = _factors_of(made)
        counts = found.counts(likeness)
        if any(counts[key] != exponent for key, exponent in wanted.items()):
            return made
        left = [each for each in found.scalars if likeness.of(each[0]) not in wanted]
        coefficient = found.coefficient / own.coefficient
        return _write_product(_Factors(coefficient, (*left, (name, Fraction(1))), found.links))

    return tree.fold(rule)


def _factors_of(root: Expr) -> _Factors:
    coefficient = Fraction(1)
    scalars: list[tuple[Expr, Fraction]] = []
    links: list[Expr] = []
    todo: list[tuple[Expr, int]] = [(root, 1)]
    while todo:
        node, sign = todo.pop()
        if node.op == "number" and node.value:
            coefficient *= Fraction(node.value) ** sign
        elif node.op == "neg":
            coefficient = -coefficient
            todo.append((node.args[0], sign))
        elif node.op == "/":
            todo += [(node.args[1], -sign), (node.args[0], sign)]
        elif node.op == "*" and (node.rank or not node.args[0].rank):
            todo += [(arg, sign) for arg in reversed(node.args)]
        elif node.rank:
            links.append(node)
        elif node.op == "sqrt":
            scalars.append((node.args[0], Fraction(sign, 2)))
        elif node.op == "^" and node.args[1].op == "number":
            scalars.append((node.args[0], sign * Fraction(node.args[1].value)))
        else:
            scalars.append((node, Fraction(sign)))
    return _Factors(coefficient, tuple(scalars), tuple(links))


def _write_product(factors: _Factors) -> Expr:
    """A number, scalars, arrays, and one division at the end."""
    above: list[Expr] = []
    below: list[Expr] = []
    for base, exponent in factors.scalars:
        size = abs(exponent)
        whole = base
        if size != 1:
            power = (base, make_number(size))
            whole = Expr("sqrt", (base,)) if 2 * size == 1 else Expr("^", power)
        (above if exponent > 0 else below).append(whole)
    size = abs(factors.coefficient)
    above = [make_number(size.numerator)] * (size.numerator != 1) + above
    below = [make_number(size.denominator)] * (size.denominator != 1) + below
    total = _multiply(above, factors.links) if factors.links else _join(above or [make_number(1)])
    if below:
        total = Expr("/", (total, _join(below)), total.shape, row=total.row)
    if factors.coefficient < 0:
        total = Expr("neg", (total,), total.shape, row=total.row)
    return total


def _join(scalars: Sequence[Expr]) -> Expr:
    """The product of scalars."""
    return reduce(lambda left, right: Expr("*", (left, right)), scalars)
