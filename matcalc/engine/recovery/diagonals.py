"""Diagonal matrices: while the engine works, a variable D of that kind is delta_ij d_i, so that all
of them commute and multiply entry by entry; before an answer is written, every d_i becomes D again,
between two factors that meet there.

    d_i A_ij        D*A             d_i x_i^2, summed      x'*D*x           d_i / e_i on the
    diagonal   D*inv(E)
    A_ik d_k B_kj   A*D*B           d_i summed             tr(D)            d_i alone
    diag(D)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    is_ones,
    magnitude,
)
from matcalc.engine.ir.rebuild import rebuild

_POWERS = 4  # of a matrix that are written as products

Matrices = list[tuple[Node, int]]


class Restored(NamedTuple):
    """A node as it is written, and if it is a vector made of diagonals of matrices, the matrix with
    that diagonal.
    """

    node: Node
    matrix: Node | None


def diagonal_leaf(builder: Builder, axes: Shape, name: str) -> Node:
    """delta_ij d_i for the diagonal matrix of that name."""
    builder.diagonals = True
    d = builder.leaf("variable", axes[:1], name, "diagonal")
    return builder.product(1, [(builder.eye(axes[0]), (0, 1), 1), (d, (0,), 1)], (0, 1), axes)


def restore_diagonals(builder: Builder, root: Node) -> Node:
    """The node with diagonal matrices in place of their diagonals."""
    if not builder.diagonals:
        return root
    return fold(
        root, lambda node: node.children, lambda node, parts: _restore(builder, node, parts)
    ).node


def _restore(builder: Builder, node: Node, parts: list[Restored]) -> Restored:
    if isinstance(node, Leaf):
        if node.rank != 1 or node.structure != "diagonal":
            return Restored(node, None)
        whole = builder.leaf("variable", node.axes * 2, node.name, "symmetric")
        return Restored(builder.product(1, [(whole, (0, 0), 1)], (0,), node.axes), whole)
    if all(part.matrix is None for part in parts):
        return Restored(rebuild(builder, node, [part.node for part in parts]), None)
    if isinstance(node, Product):
        return Restored(_product(builder, node, parts), _matrix_product(builder, node, parts))
    matrix = _matrix_sum(builder, node, parts) if isinstance(node, Sum) else None
    if isinstance(node, Call) and node.name == "exp" and parts[0].matrix is not None:
        matrix = builder.call("expm", [parts[0].matrix], parts[0].matrix.axes)
    return Restored(rebuild(builder, node, [part.node for part in parts]), matrix)


def _matrix_sum(builder: Builder, node: Sum, parts: list[Restored]) -> Node | None:
    """The sum of the matrices; ones are the diagonal of the identity."""
    if node.rank != 1:
        return None
    terms: list[tuple[Rational, Node]] = []
    for (c, _), part in zip(node.terms, parts, strict=True):
        scalar = _multiple_of_ones(part.node)
        if part.matrix is not None:
            terms.append((c, part.matrix))
        elif scalar is not None:
            eye: Factor = (builder.eye(node.axes[0]), (0, 1), 1)
            terms.append((c, builder.product(1, [*scalar, eye], (0, 1), node.axes * 2)))
        else:
            return None
    return builder.sum(terms, node.axes * 2)


def _multiple_of_ones(node: Node) -> list[Factor] | None:
    """The scalar factors of s*ones."""
    _, factors = as_product(node)
    labelled = (
        [factor for factor, labels, _ in factors if labels] if isinstance(node, Product) else [node]
    )
    if not all(is_ones(factor) for factor in labelled):
        return None
    return [factor for factor in factors if not factor[1]]


def _matrix_product(builder: Builder, node: Product, parts: list[Restored]) -> Node | None:
    """The product of the matrices, where all vectors in it are diagonals of some."""
    if node.rank != 1:
        return None
    factors: list[Factor] = []
    links: Matrices = []
    for (_, labels, exponent), part in zip(node.factors, parts, strict=True):
        if not labels:
            factors.append((part.node, (), exponent))
        elif part.matrix is not None and labels == (0,) and _short(exponent):
            links.append((part.matrix, int(exponent)))
        else:
            return None
    chain, _ = _chain(builder, links, 0, 1, 2)
    return builder.product(node.coefficient, [*factors, *chain], (0, 1), node.axes * 2)


def _short(exponent: Rational) -> bool:
    return exponent.denominator == 1 and 0 < magnitude(exponent) <= _POWERS


def _chain(
    builder: Builder, links: Matrices, start: int, end: int, fresh: int
) -> tuple[list[Factor], int]:
    """The product of matrices and inverses from one label to another, and the next label that is
    free.
    """
    nodes: list[Node] = []
    # they commute: variables first, by name
    for matrix, exponent in sorted(
        links,
        key=lambda link: (not isinstance(link[0], Leaf), getattr(link[0], "name", ""), link[0].id),
    ):
        power = builder.call("inv", [matrix], matrix.axes) if exponent < 0 else matrix
        nodes += [power] * abs(exponent)
    factors: list[Factor] = []
    here = start
    for place, node in enumerate(nodes):
        there = end if place == len(nodes) - 1 else fresh
        fresh += there == fresh
        factors.append((node, (here, there), 1))
        here = there
    return factors, fresh


def _product(builder: Builder, node: Product, parts: list[Restored]) -> Node:
    """The product with a chain of matrices at each label that has diagonals as weights."""
    links: dict[int, Matrices] = {}
    factors: list[Factor] = []
    for (factor, labels, exponent), part in zip(node.factors, parts, strict=True):
        plain = (
            isinstance(factor, Call) and len(node.factors) == 1 and node.rank == 1
        )  # exp(diag(D)) by itself
        if part.matrix is not None and len(labels) == 1 and _short(exponent) and not plain:
            links.setdefault(labels[0], []).append((part.matrix, int(exponent)))
        else:
            factors.append((part.node, labels, exponent))
    fresh = 1 + max([node.rank, *links, *(label for _, labels, _ in factors for label in labels)])
    factors, apart, fresh = _unmerge(factors, links, fresh)
    for label, matrices in links.items():
        if label in apart:
            chain, fresh = _chain(builder, matrices, label, apart[label], fresh)
            factors += chain
            continue
        staying, moving = _sides(factors, label, node.rank)
        if moving:
            away, fresh = fresh, fresh + 1
            moved: list[Factor] = [
                (f, tuple([away if x == label else x for x in own]), e) for f, own, e in moving
            ]
            factors = [factor for factor in factors if label not in factor[1]] + staying + moved
        else:
            away = label
        chain, fresh = _chain(builder, matrices, label, away, fresh)
        factors += chain
    return builder.product(node.coefficient, factors, tuple(range(node.rank)), node.axes)


def _unmerge(
    factors: list[Factor], links: Mapping[int, Matrices], fresh: int
) -> tuple[list[Factor], dict[int, int], int]:
    """delta_kl F[k,i,j] as F[k,i,j] F[l,p,q], i and p or j and q joined by matrices: kron of
    diagonal matrices.
    """
    unit = next(
        (f for f in factors if isinstance(f[0], Leaf) and f[0].kind == "eye" and f[1] == (0, 1)),
        None,
    )
    fused = [f for f in factors if isinstance(f[0], Leaf) and f[0].kind == "fuse"]
    if (
        unit is None
        or len(fused) != 1
        or fused[0][1][0] not in (0, 1)
        or not links.keys() & set(fused[0][1][1:])
    ):
        return factors, {}, fresh
    node, (k, *inside), _ = fused[0]
    apart: dict[int, int] = {}
    for label in inside:
        if label in links and label not in apart:
            apart[label], fresh = fresh, fresh + 1
    other: Factor = (node, (1 - k, *(apart.get(label, label) for label in inside)), 1)
    return [*(f for f in factors if f != unit), other], apart, fresh


def _sides(factors: Sequence[Factor], label: int, rank: int) -> tuple[list[Factor], list[Factor]]:
    """Which of the factors at a label stay there, and which move to the other end of the matrices
    that are put in between.

    At an output all move. Else the first matrix stays, with what is parallel to it, or a vector;
    half of a square moves; and where there is nothing for both ends, nothing moves.
    """
    here = [factor for factor in factors if label in factor[1]]
    if label < rank:
        return [], here
    if len(here) == 1:
        factor, labels, exponent = here[0]
        half: Factor = (factor, labels, Fraction(exponent) / 2)
        return ([half], [half]) if exponent == 2 else (here, [])
    first = next((factor for factor in here if len(factor[1]) == 2), here[0]) if here else None
    staying = [factor for factor in here if first is not None and set(factor[1]) == set(first[1])]
    if first is not None and len(first[1]) == 1:
        staying = [first]
    moving = [factor for factor in here if factor not in staying]
    return (staying, moving) if moving else (here, [])
