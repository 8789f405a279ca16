"""Diagonals of products that share a factor, as one: diag(M*A) + diag(B*M') is diag(M*(A + B'))."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from matcalc.core.likeness import Likeness, chain
from matcalc.core.tree import Expr, add_signed, split_signed_terms, transpose
from matcalc.write.printers.naming import own_tokens

_LONGEST = 8  # terms of a sum that is looked at


class _Diagonal(NamedTuple):
    """The scalars and the matrices of the term ``scalars*diag(M*N)``."""

    scalars: list[Expr]
    links: list[Expr]


def is_diagonal(node: Expr) -> bool:
    """Whether this is the diagonal of a product of matrices."""
    return node.op == "diag" and node.args[0].op == "*" and node.args[0].rank == 2


def join_diagonals(tree: Expr, likeness: Likeness) -> Expr:
    """The tree with such diagonals as one wherever that is shorter."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = node.with_args(args)
        return _join(made, likeness) if made.op in ("+", "-") and made.rank == 1 else made

    return tree.fold(rule)


def _join(node: Expr, likeness: Likeness) -> Expr:
    terms = split_signed_terms(node, most=_LONGEST)
    found = [(k, sign, _open(term)) for k, (sign, term) in enumerate(terms)]
    for one, sign, first in found:
        for other, own, second in found[one + 1 :]:
            if first is None or second is None:
                continue
            scalars = [[likeness.of(each) for each in part.scalars] for part in (first, second)]
            whole = None
            if scalars[0] == scalars[1]:
                whole = _whole(first, second, sign * own, likeness)
            if whole is None or _size(whole) + 1 > _size(terms[one][1]) + _size(terms[other][1]):
                continue
            rest = [each for k, each in enumerate(terms) if k not in (one, other)]
            return add_signed([(sign, whole), *rest], node.shape, row=node.row)
    return node


def _open(term: Expr) -> _Diagonal | None:
    scalars, links = chain(term)
    if len(links) != 1 or not is_diagonal(links[0]):
        return None
    inner, matrices = chain(links[0].args[0])
    return (
        None if any(each.rank != 2 for each in matrices) else _Diagonal(scalars + inner, matrices)
    )


def _whole(first: _Diagonal, second: _Diagonal, sign: int, likeness: Likeness) -> Expr | None:
    """The diagonal of the sum of two products that begin or end with the same."""
    for others in (second.links, [transpose(each) for each in reversed(second.links)]):
        for front in (True, False):
            mine, theirs = (links if front else links[::-1] for links in (first.links, others))
            shared = 0
            for a, b in zip(mine[:-1], theirs[:-1], strict=False):
                if likeness.of(a) != likeness.of(b):
                    break
                shared += 1
            if shared:
                ends = [part[shared:] if front else part[shared:][::-1] for part in (mine, theirs)]
                common = mine[:shared] if front else mine[:shared][::-1]
                one, other = (reduce(_times, end) for end in ends)
                total = Expr("+" if sign > 0 else "-", (one, other), one.shape)
                links = [*common, total] if front else [total, *common]
                product = _turned_or_not(links, likeness)
                diagonal = Expr("diag", (product,), product.shape[:1])
                return reduce(
                    lambda whole, scalar: Expr("*", (scalar, whole), whole.shape),
                    reversed(first.scalars),
                    diagonal,
                )
    return None


def _turned_or_not(links: Sequence[Expr], likeness: Likeness) -> Expr:
    """The product or its transpose, whichever is shorter: the diagonal is the same."""
    turned = [
        each if likeness.of(each) == likeness.of(each, turned=True) else transpose(each)
        for each in reversed(links)
    ]
    return min([reduce(_times, each) for each in (links, turned)], key=_size)


def _times(left: Expr, right: Expr) -> Expr:
    return Expr("*", (left, right), (left.shape[0], right.shape[1]))


def _size(tree: Expr) -> int:
    """The tokens of a tree that is written out."""
    return tree.fold(lambda node, sizes: own_tokens(node) + sum(sizes))
