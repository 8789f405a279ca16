"""How every function of the language is computed with NumPy: by a call that its row names, or by a
rule.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from matcalc.core.dims import Shape
from matcalc.core.functions.spec import ANY_TO_SCALAR
from matcalc.core.operations import FRECHET, OPERATIONS, SYLVESTER
from matcalc.core.tree import Expr
from matcalc.write.printers.numpy_chains import Chains
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode
from matcalc.write.printers.numpy_products import (
    COLUMN,
    DIAGONAL,
    INVERSE,
    MATRIX,
    ROW,
    CodeFactor,
    CodeProduct,
)
from matcalc.write.printers.numpy_properties import nonnegative

CodeValue = CodeNode | CodeProduct


class CodeLowering(Protocol):
    """What the rules need of the pass that calls them."""

    build: CodeBuilder
    chains: Chains
    inverted: frozenset[CodeNode]

    def node(self, expr: Expr) -> CodeNode:
        """The value of a subtree as an array."""

    def open(self, expr: Expr) -> CodeProduct:
        """The value of a subtree as a product to build on."""

    def einsum(self, expr: Expr) -> CodeValue:
        """A contraction."""


# what is called, of NumPy or (without a dot) of matcalc.runtime; FORMS say how, if not plainly
CALLS = {name: spec.numpy for name, spec in OPERATIONS.items() if spec.numpy is not None}
# those of NumPy that take an axis, or else all entries
REDUCTIONS = {
    name: function
    for name, function in CALLS.items()
    if OPERATIONS[name].signature == ANY_TO_SCALAR and function.startswith("np.")
}


def power(build: CodeBuilder, base: CodeNode, exponent: CodeNode, shape: Shape) -> CodeNode:
    """Entry by entry; roots and reciprocals have quicker ways than a power."""
    value = exponent.attr if exponent.op == "number" else None
    if value is not None and value % 2 == 0 and base.calls("np.sqrt") and nonnegative(base.args[0]):
        inside = base.args[0]
        return inside if value == 2 else power(build, inside, build.number(value / 2), shape)
    if value == Fraction(1, 2):
        return root(build, base, shape)
    if value in (-1, Fraction(-1, 2)):
        below = base if value == -1 else root(build, base, shape)
        return build.infix("/", build.number(1), below, shape)
    return build.infix("**", base, exponent, shape)


def root(build: CodeBuilder, base: CodeNode, shape: Shape) -> CodeNode:
    """The square root; of a size a number of Python, which leaves single precision alone."""
    sized = base.op == "size" and all(number > 0 for number, _ in base.attr.terms)
    if sized or (base.op == "number" and base.attr >= 0):
        return build.node("infix", "**", (base, build.number(Fraction(1, 2))), ())
    return build.call("np.sqrt", base, shape=shape)


def lower_squared_norm(low: CodeLowering, norm: Expr) -> CodeNode:
    """The square of norm2(x) or norm2(X, axis): the sum of squares."""
    node = low.node(norm.args[0])
    if node.rank == 1:
        return low.build.dot(node, node)
    squares = power(low.build, node, low.build.number(2), node.shape)
    return low.build.call("np.sum", squares, shape=norm.shape, after=_axis(norm))


def _inverse(low: CodeLowering, expr: Expr) -> CodeValue:
    """Left open: beside something it becomes the solution of a system."""
    product = low.open(expr.args[0])
    if product.scaled or len(product.factors) > 1:
        node = low.chains.array(product)
        product = CodeProduct(expr.shape, factors=deque([CodeFactor(MATRIX, node)]))
    if not product.factors:
        return product
    factor = product.factors[0]
    if factor.kind == DIAGONAL:
        node = low.build.infix("/", low.build.number(1), factor.node, factor.node.shape)
        return CodeProduct(expr.shape, factors=deque([CodeFactor(DIAGONAL, node)]))
    if factor.kind == MATRIX and factor.node in low.inverted:
        inverse = low.build.inverse(factor.node)
        return CodeProduct(expr.shape, factors=deque([CodeFactor(MATRIX, inverse, factor.flipped)]))
    kind = INVERSE if factor.kind == MATRIX else MATRIX
    return CodeProduct(expr.shape, factors=deque([CodeFactor(kind, factor.node, factor.flipped)]))


def _trace(low: CodeLowering, expr: Expr) -> CodeValue:
    inside = low.open(expr.args[0])
    scalars = low.chains.trace(list(inside.factors), inside.shape)
    return CodeProduct((), inside.number, inside.top + scalars, list(inside.bottom))


def _sum(low: CodeLowering, expr: Expr) -> CodeValue:
    """1' F 1: row and column sums before products; or along an axis of a tensor."""
    if len(expr.args) == 2:
        return _reduction(low, expr)
    (arg,) = expr.args
    if arg.rank == 0:
        return low.node(arg)
    if arg.op == ".*" and arg.rank == 1 and all(each.rank == 1 for each in arg.args):
        return low.build.dot(*(low.node(each) for each in arg.args))
    inside = low.open(arg)
    result = CodeProduct((), inside.number, list(inside.top), list(inside.bottom))
    factors = list(inside.factors)
    if arg.rank == 2 and len(factors) != 1:
        ones = [low.build.fill("np.ones", (axis,)) for axis in arg.shape]
        factors = [CodeFactor(ROW, ones[0]), *factors, CodeFactor(COLUMN, ones[1])]
        result.top += low.chains.core(factors, ())[0]
    else:
        scalars, value = low.chains.core(factors, arg.shape)
        result.top += scalars
        if value is not None:
            result.top.append(low.build.total(value))
    return result


def _diag(low: CodeLowering, expr: Expr) -> CodeValue:
    (arg,) = expr.args
    if arg.rank == 1:
        return CodeProduct(expr.shape, factors=deque([CodeFactor(DIAGONAL, low.node(arg))]))
    inside = low.open(arg)
    scalars, vector = low.chains.diagonal(list(inside.factors), inside.shape)
    kind = ROW if expr.row else COLUMN
    return CodeProduct(
        expr.shape,
        inside.number,
        inside.top + scalars,
        list(inside.bottom),
        deque([CodeFactor(kind, vector)]),
    )


def _logdet(low: CodeLowering, expr: Expr) -> CodeValue:
    return low.build.logdet(low.node(expr.args[0]))


def _sign(low: CodeLowering, expr: Expr) -> CodeValue:
    """That of a determinant is known where the determinant itself overflows."""
    (arg,) = expr.args
    if arg.op == "det":
        return low.build.suffix(
            low.build.call("np.linalg.slogdet", low.node(arg.args[0])), "[0]", ()
        )
    return low.build.call("np.sign", low.node(arg), shape=expr.shape)


def _norm1(low: CodeLowering, expr: Expr) -> CodeValue:
    sizes = low.build.call("np.abs", low.node(expr.args[0]), shape=expr.args[0].shape)
    return low.build.call("np.sum", sizes, shape=expr.shape, after=_axis(expr))


def _axis(expr: Expr) -> tuple[str, ...]:
    """The argument of NumPy that says of each column or of each row."""
    return (f"axis={int(expr.args[1].value) - 1}",) if len(expr.args) == 2 else ()


def _norminf(low: CodeLowering, expr: Expr) -> CodeValue:
    (arg,) = expr.args
    return low.build.call("np.max", low.build.call("np.abs", low.node(arg), shape=arg.shape))


def _reduction(low: CodeLowering, expr: Expr) -> CodeValue:
    """Over all entries, or along an axis."""
    function = REDUCTIONS[expr.op]
    return low.build.call(function, low.node(expr.args[0]), shape=expr.shape, after=_axis(expr))


def _where(low: CodeLowering, expr: Expr) -> CodeValue:
    """A comparison is the condition itself, not the numbers 1 and 0."""
    condition, *branches = (low.node(arg) for arg in expr.args)
    if condition.calls("np.where") and condition.attr[2] == ("1.0", "0.0"):
        condition = condition.args[0]
    return low.build.call("np.where", condition, *branches, shape=expr.shape)


def _vec(low: CodeLowering, expr: Expr) -> CodeValue:
    node = low.node(expr.args[0])
    return node if node.rank < 2 else low.build.suffix(node, '.ravel("F")', expr.shape)


def _permute(low: CodeLowering, expr: Expr) -> CodeValue:
    axes = ", ".join(map(str, expr.value))
    return low.build.suffix(low.node(expr.args[0]), f".transpose({axes})", expr.shape)


def _kron(low: CodeLowering, expr: Expr) -> CodeValue:
    """A column beside a matrix or a row is one column, a row one row."""
    nodes = []
    for arg in expr.args:
        node = low.node(arg)
        if expr.rank == 2 and arg.row:
            node = low.build.along(node, 1)
        elif expr.rank == 2 and arg.rank == 1:
            node = low.build.along(node, 0)
        nodes.append(node)
    return low.build.call("np.kron", *nodes, shape=expr.shape)


def _dot(low: CodeLowering, expr: Expr) -> CodeValue:
    left, right = (low.node(arg) for arg in expr.args)
    if left.rank == 1:
        return low.build.dot(left, right)
    return low.build.call("np.sum", low.build.times(left, right))


def _outer(low: CodeLowering, expr: Expr) -> CodeValue:
    left, right = (low.node(arg) for arg in expr.args)
    return CodeProduct(
        expr.shape, factors=deque([CodeFactor(COLUMN, left), CodeFactor(ROW, right)])
    )


def _triangle(low: CodeLowering, expr: Expr) -> CodeValue:
    after = tuple(str(offset.value) for offset in expr.args[1:])
    return low.build.call(f"np.{expr.op}", low.node(expr.args[0]), shape=expr.shape, after=after)


def _cumulative(low: CodeLowering, expr: Expr) -> CodeValue:
    axis = expr.args[1].value if len(expr.args) == 2 else 1
    node, backwards = low.node(expr.args[0]), expr.op == "revcumsum"
    if backwards:
        return low.build.call(
            "revcumsum", node, shape=expr.shape, after=(str(axis),) if axis != 1 else ()
        )
    return low.build.call(
        "np.cumsum", node, shape=expr.shape, after=(f"axis={axis - 1}",) if expr.rank > 1 else ()
    )


def _frechet(low: CodeLowering, expr: Expr) -> CodeValue:
    after = (f"slots={expr.value}",) if expr.value else ()
    return low.build.call(
        expr.op, *(low.node(arg) for arg in expr.args), shape=expr.shape, after=after
    )


def _sylvester(low: CodeLowering, expr: Expr) -> CodeValue:
    """The solution, or the array that the right side is contracted with."""
    name = "sylvester_inverse" if expr.is_tensor else "sylvester"
    return low.build.call(name, *(low.node(arg) for arg in expr.args), shape=expr.shape)


FORMS: dict[str, Callable[[CodeLowering, Expr], CodeValue]] = {
    **dict.fromkeys(REDUCTIONS, _reduction),
    "inv": _inverse,
    "tr": _trace,
    "sum": _sum,
    "diag": _diag,
    "logdet": _logdet,
    "sign": _sign,
    "where": _where,
    "permute": _permute,
    "einsum": lambda low, expr: low.einsum(expr),
    "norm1": _norm1,
    "norminf": _norminf,
    "vec": _vec,
    "kron": _kron,
    "dot": _dot,
    "outer": _outer,
    "tril": _triangle,
    "triu": _triangle,
    "cumsum": _cumulative,
    "revcumsum": _cumulative,
    **dict.fromkeys(FRECHET, _frechet),
    SYLVESTER: _sylvester,
}
