"""Solutions of Sylvester equations from the arrays that their right sides are contracted with."""

from __future__ import annotations

from matcalc.core.operations import SYLVESTER
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Node, Product, as_product
from matcalc.engine.recovery.chains import Chain, Link, flip, key
from matcalc.engine.recovery.graph import Graph


def is_transpose(left: Node, right: Node) -> bool:
    """Whether one matrix is seen to be the transpose of another."""
    if left is right:
        return left.parity > 0
    turned = {0: 1, 1: 0}
    (one, first), (other, second) = as_product(left), as_product(right)
    first = first if isinstance(left, Product) else ((left, (0, 1), 1),)
    second = second if isinstance(right, Product) else ((right, (0, 1), 1),)
    across = {(node, tuple([turned.get(k, k) for k in labels]), e) for node, labels, e in second}
    return left.transposed is right or (one == other and across == set(first))


def solve(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """R[i,j,k,l] with one pair of axes contracted, as an edge between the other pair.

    sum_kl R[i,j,k,l] C[k,l] solves A*X + X*B = C, and sum_ij V[i,j] R[i,j,k,l] the adjoint
    equation A'*Y + Y*B' = V. False where both pairs are open.
    """
    expr, (i, j, k, m) = hyper
    right = graph.matrix_between(k, m, hyper)
    left = None if right is not None else graph.matrix_between(i, j, hyper)
    given = left if right is None else right
    if given is None:
        return False
    adjoint = right is None
    for label in {i, j} if adjoint else {k, m}:
        graph.drop(label)
    graph.hyper.remove(hyper)
    row, column = (k, m) if adjoint else (i, j)
    graph.connect(row, column, _solution(graph, expr, given, adjoint=adjoint))
    return True


def _solution(graph: Graph, expr: Expr, given: Chain, *, adjoint: bool) -> Chain:
    """sylvester(A, B, C), or the transpose of sylvester(B', A', C'), whichever is shorter."""
    factory, writer = graph.factory, graph.writer
    left, right = expr.args
    turned = factory.transpose(left), factory.transpose(right)
    if adjoint:
        (left, right), turned = turned, (left, right)
    choices = []
    for flipped in (False, True):
        first, second = (turned[1], turned[0]) if flipped else (left, right)
        matrix = writer.matrix(flip(given) if flipped else given)
        shape = (first.shape[0], second.shape[0])
        if expr.value:  # B is A'
            symmetric = key(given) == key(flip(given))
            solved = factory.call("lyapunov", (first, matrix), shape)
            choices.append(Link(solved, flipped and not symmetric, symmetric))
        else:
            choices.append(Link(factory.call(SYLVESTER, (first, second, matrix), shape), flipped))
    return (min(choices, key=lambda link: factory.size(link.expr) + link.flipped),)
