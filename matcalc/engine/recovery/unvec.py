"""Kronecker products times a vector by its matrix: B'*Y*t for kron(t, B)'*y with Y = reshape(y, n,
m), where y already stands as a matrix.

By itself ``kron(eye, x')*y`` is shorter. Beside reshape(y, n, m) the product of matrices says more:
``2*Y'*Y*t`` is the gradient of norm2(Y*t)^2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.likeness import chain, symmetric_names
from matcalc.core.tree import Expr
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory

Turn = Callable[[Expr], Expr]


def unvec_products(
    factory: ExpressionFactory, tree: Expr, variables: Mapping[str, Variable]
) -> Expr:
    """The tree of a factory with Kronecker products of matrices that are reshaped written out."""
    ops = tree.operations
    if "reshape" not in ops or ops.isdisjoint(_RULES):
        return tree

    symmetric = symmetric_names(variables)

    def turn(matrix: Expr) -> Expr:
        """The transpose, of a product that of each factor."""
        scalars, links = chain(matrix)
        if scalars or any(link.rank != 2 for link in links):
            return factory.transpose(matrix)
        same = [link.op == "variable" and link.value in symmetric for link in links]
        turned = [
            link if own else factory.transpose(link) for link, own in zip(links, same, strict=True)
        ]
        return reduce(factory.times, reversed(turned))

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        return _write_out(factory, made, turn) if made.op == "*" and made.rank == 1 else made

    return fold(tree, lambda node: node.args, rule)


def _write_out(factory: ExpressionFactory, node: Expr, turn: Turn) -> Expr:
    """The product of matrices and a vector with its last matrix taken apart."""
    scalars, links = chain(node)
    if len(links) < 2 or links[-1].rank != 1 or links[-1].row:
        return node
    product, flipped = links[-2], links[-2].op == "'"
    product = product.args[0] if flipped else product
    if product.op not in _RULES or "reshape" not in product.operations:
        return node
    found = _RULES[product.op](factory, product, links[-1], turn if flipped else None)
    if found is None:
        return node
    return _multiply(factory, scalars, [*links[:-2], *found])


def _kron(
    factory: ExpressionFactory, product: Expr, vector: Expr, turn: Turn | None
) -> Sequence[Expr] | None:
    """kron(t, B)'*vec(Y) = B'*Y*t, and kron(B, t)'*vec(Y) = B'*Y'*t."""
    slow, fast = product.args
    if [slow.rank, fast.rank].count(1) != 1:
        return None
    if slow.rank == 1:
        matrix = fast if turn is None else turn(fast)
        ends = slow
    else:
        matrix = slow if turn is None else turn(slow)
        ends = fast
    # a column stands in a product that is turned, a row in one that is not
    if ends.row != (turn is None):
        return None
    ends = factory.transpose(ends) if ends.row else ends
    inner, outer = matrix.shape[1], ends.shape[0]
    if slow.rank == 1:
        return [matrix, _unvec(factory, vector, inner, outer), ends]
    return [matrix, factory.transpose(_unvec(factory, vector, outer, inner)), ends]


def _khatrirao(
    factory: ExpressionFactory, product: Expr, vector: Expr, turn: Turn | None
) -> Sequence[Expr] | None:
    """khatrirao(A, B)'*vec(Y) = diag(B'*Y*A)."""
    slow, fast = product.args
    if turn is None:
        return None
    matrix = _unvec(factory, vector, fast.shape[0], slow.shape[0])
    links = [link for link in (turn(fast), matrix, slow) if link.op != "eye"]
    content = reduce(factory.times, links)
    return [factory.call("diag", (content,), content.shape[:1])]


_RULES = {"kron": _kron, "khatrirao": _khatrirao}


def _unvec(factory: ExpressionFactory, vector: Expr, rows: Dim, columns: Dim) -> Expr:
    """The matrix of which this is the vec."""
    content = vector.args[0] if vector.op == "vec" else vector
    if content.shape == (rows, columns):
        return content
    sizes = [factory.dimension(size) for size in (rows, columns)]
    return factory.call("reshape", (content, *sizes), (rows, columns))


def _multiply(factory: ExpressionFactory, scalars: Sequence[Expr], links: Sequence[Expr]) -> Expr:
    """The product from left to right, scalars in front."""
    total = reduce(factory.times, links)
    return reduce(lambda whole, scalar: factory.times(scalar, whole), reversed(scalars), total)
