"""SymPy to typed tree.

Shapes are read off SymPy's: (n, 1) is a column, (1, n) a row, (1, 1) a scalar. Inside of an
element-wise function the body is converted with the matrix in place of its variable, its products
and powers entry by entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.dotproduct import DotProduct
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixElement

from matcalc.core.dims import ONE, Dim, Shape, combine_terms, dim
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.language import default_language
from matcalc.core.operations import ALIASES, CONSTANT_SHAPES, OPERATIONS
from matcalc.core.program import Program
from matcalc.core.tree import Expr, dimension, eye, fill, multiply, number, transpose, variable
from matcalc.core.walk import postorder
from matcalc.write.printers.text import text

_NAME = re.compile(r"[^\W\d]\w*")


def convert(expression: Any) -> Program:
    """The typed tree with its variables, all of them declared; its text is for messages alone."""
    root = sp.sympify(expression)
    if not isinstance(root, (sp.Expr, sp.MatrixExpr)):
        raise _refusal(root)
    shapes = [matrix.shape for matrix in root.atoms(sp.MatrixSymbol)]
    sizes = set().union(*[size.free_symbols for shape in shapes for size in shape])
    importer = _Importer(sizes)
    expr = importer.expr(root)
    nodes = expr.parts
    used = {node.op for node in nodes}
    for name in importer.variables:
        if (
            name in used
            or ALIASES.get(name) in used
            or (name in CONSTANT_SHAPES and "fill" in used)
        ):
            raise UnsupportedError(
                f"{name} is the name of a variable and of a function in this expression; "
                f"rename the variable"
            )
    sized = {id(node) for node in nodes if node.op in ("eye", "fill")}
    return Program(expr, importer.variables, text(expr, sized), default_language())


def _refusal(node: Any) -> UnsupportedError:
    return UnsupportedError(
        f"the language of matcalc cannot represent SymPy's {type(node).__name__}"
    )


def _dim(size: Any) -> Dim:
    """A polynomial of symbols."""
    symbols = sorted(size.free_symbols, key=str)
    poly = size.as_poly(*symbols, domain="QQ") if symbols else None
    terms = poly.terms() if poly is not None else [((), size)] if size.is_Rational else []
    powers = [
        (c, [_name(s) for s, e in zip(symbols, exponents, strict=True) for _ in range(e)])
        for exponents, c in terms
    ]
    found = combine_terms((Fraction(int(c.p), int(c.q)), tuple(names)) for c, names in powers)
    if not found.possible:
        raise UnsupportedError(
            f"a dimension must be a positive number, a name, or a sum or product of these, "
            f"not {size}"
        )
    return found


def _name(symbol: Any) -> str:
    if not _NAME.fullmatch(symbol.name):
        raise UnsupportedError(f"{symbol.name!r} cannot be the name of a variable")
    return str(symbol.name)


def _type(op: str, args: tuple[Expr, ...], node: Any) -> Expr:
    """An operator node with the shape that SymPy says."""
    shape, row = _shape(node)
    return Expr(op, args, shape, row=row)


def _shape(node: Any) -> tuple[Shape, bool]:
    """The axes, and whether it is a row."""
    if not isinstance(node, sp.MatrixExpr):
        return (), False
    rows, columns = map(_dim, node.shape)
    if rows == columns == ONE:
        return (), False
    if columns == ONE:
        return (rows,), False
    return ((columns,), True) if rows == ONE else ((rows, columns), False)


@dataclass
class _Importer:
    """Collects the variables while it converts; ``sizes`` are the symbols that are dimensions and
    need no declaration.
    """

    sizes: set[Any]
    variables: dict[str, Variable] = field(default_factory=dict)

    def expr(self, root: Any, inside: dict[Any, Expr] | None = None) -> Expr:
        """The typed tree; ``inside`` gives the variable of an element-wise function its matrix."""
        values: dict[int, Expr] = {}
        order = postorder(root, _children)
        for node in reversed(
            order
        ):  # from the top, so that the message names what contains the rest
            if not isinstance(node, _SYMBOLS):
                _rule(node)
        for node in order:
            args = [values[id(child)] for child in _children(node)]
            values[id(node)] = inside[node] if inside and node in inside else self._node(node, args)
        return values[id(root)]

    def _node(self, node: Any, args: list[Expr]) -> Expr:
        if node.is_Symbol:
            return self._symbol(node)
        if isinstance(node, sp.MatrixSymbol):
            return self._matrix(node)
        if isinstance(node, ElementwiseApplyFunction):
            (parameter,) = node.function.signature
            return self.expr(node.function.expr, {parameter: args[0]})
        return _rule(node)(node, args)

    def _declare(self, each: Variable) -> None:
        if self.variables.setdefault(each.name, each) != each:
            raise UnsupportedError(f"two symbols of different shapes are both called {each.name}")

    def _symbol(self, node: Any) -> Expr:
        name = _name(node)
        if node in self.sizes:
            return dimension(dim(name))
        self._declare(Variable(name, "positive" if node.is_positive else "scalar"))
        return variable(name, ())

    def _matrix(self, node: Any) -> Expr:
        """A row symbol is the transpose of a vector."""
        shape, row = _shape(node)
        name = _name(node)
        kind = ("scalar", "vector", "matrix")[len(shape)]
        self._declare(Variable(name, kind, shape))
        column = variable(name, shape)
        return Expr("'", (column,), shape, row=True) if row else column


def _children(node: Any) -> tuple[Any, ...]:
    """The operands; not the sizes, nor the names of symbols."""
    if isinstance(node, ElementwiseApplyFunction):
        return (node.expr,)
    if (
        isinstance(node, (sp.MatrixSymbol, sp.Identity, sp.OneMatrix, sp.ZeroMatrix))
        or node.is_Atom
    ):
        return ()
    if isinstance(node, MatrixElement):
        return tuple(node.args[:1])
    if isinstance(node, sp.Inverse):
        return (node.arg,)
    return tuple(node.args)


def _number(node: Any, args: list[Expr]) -> Expr:
    if node.is_Rational:
        return number(Fraction(int(node.p), int(node.q)))
    if node.is_Float and node.is_finite:
        return number(Fraction(repr(float(node))))
    if node is sp.pi:
        return Expr("constant", value="pi")
    if node is sp.E:
        return Expr("exp", (number(1),))
    raise UnsupportedError(f"the language of matcalc cannot represent the number {node}")


def _multiply(left: Expr, right: Expr, entrywise: bool) -> Expr:
    """left*right by what the two are."""
    if entrywise and left.shape and right.shape:
        return Expr(".*", (left, right), left.shape, row=left.row)
    return multiply(left, right)


def _divide(left: Expr, right: Expr) -> Expr:
    op = "/" if right.rank == 0 else "./"
    shaped = left if left.rank else right
    return Expr(op, (left, right), shaped.shape, row=shaped.row)


def _product(node: Any, args: list[Expr]) -> Expr:
    """Products; negative powers of scalars (and of entries) go below a bar, a factor -1 becomes a
    sign.
    """
    entrywise = not isinstance(node, sp.MatMul)
    above: list[Expr] = []
    below: list[Expr] = []
    negative = False
    for factor, arg in zip(_children(node), args, strict=True):
        if arg.op == "number" and arg.value < 0:
            negative, arg = not negative, number(-arg.value)
        if (
            arg.op in ("/", "./")
            and arg.args[0].op == "number"
            and arg.args[0].value == 1
            and factor.is_Pow
        ):
            below.append(arg.args[1])
        elif arg.op == "number" and arg.value.denominator != 1:
            above += [number(arg.value.numerator)] * (arg.value.numerator != 1)
            below.append(number(arg.value.denominator))
        elif arg.op != "number" or arg.value != 1:
            above.append(arg)
    result = above[0] if above else number(1)
    for factor in above[1:]:
        result = _multiply(result, factor, entrywise)
    for divisor in below:
        result = _divide(result, divisor)
    return Expr("neg", (result,), result.shape, row=result.row) if negative else result


def _sum(node: Any, args: list[Expr]) -> Expr:
    """a + b - c; broadcasts in the body of an element-wise function."""
    result = args[0]
    if result.op == "neg" and any(arg.op != "neg" for arg in args):
        place = next(place for place, arg in enumerate(args) if arg.op != "neg")
        result = args[place]
        args = [result, *args[:place], *args[place + 1 :]]
    for arg in args[1:]:
        negative = arg.op == "neg" or (arg.op == "number" and arg.value < 0)
        term = arg if not negative else number(-arg.value) if arg.op == "number" else arg.args[0]
        shaped = result if result.rank else term
        result = Expr("-" if negative else "+", (result, term), shaped.shape, row=shaped.row)
    return result


def _power(node: Any, args: list[Expr]) -> Expr:
    """A power of a scalar, or of every entry in the body of an element-wise function."""
    base, exponent = args
    if node.base is sp.E:
        return Expr("exp", (exponent,), exponent.shape, row=exponent.row)
    shaped = base if base.rank else exponent
    if exponent.op == "number" and exponent.value < 0:
        positive = number(-exponent.value)
        below = base if positive.value == 1 else _power_of(base, positive, shaped)
        return _divide(number(1), below)
    return _power_of(base, exponent, shaped)


def _power_of(base: Expr, exponent: Expr, shaped: Expr) -> Expr:
    if exponent.op == "number" and exponent.value == Fraction(1, 2):
        return Expr("sqrt", (base,), base.shape, row=base.row)
    return Expr(".^" if shaped.rank else "^", (base, exponent), shaped.shape, row=shaped.row)


def _hadamard_power(node: Any, args: list[Expr]) -> Expr:
    return _type(".^" if node.shape != (1, 1) else "^", tuple(args), node)


def _matrix_power(node: Any, args: list[Expr]) -> Expr:
    return _type("^", tuple(args), node)


def _inverse(node: Any, args: list[Expr]) -> Expr:
    return _type("inv", tuple(args), node) if args[0].rank else _divide(number(1), args[0])


def _whole(op: str) -> Callable[[Any, list[Expr]], Expr]:
    """tr, det: a 1 x 1 matrix is its own."""
    return lambda node, args: Expr(op, tuple(args)) if args[0].rank else args[0]


def _transpose(node: Any, args: list[Expr]) -> Expr:
    return transpose(args[0])


def _fill(value: int) -> Callable[[Any, list[Expr]], Expr]:
    def rule(node: Any, args: list[Expr]) -> Expr:
        shape, row = _shape(node)
        constant = fill(number(value), shape) if shape else number(value)
        return Expr("'", (constant,), shape, row=True) if row else constant

    return rule


def _diag_matrix(node: Any, args: list[Expr]) -> Expr:
    return Expr("diag", tuple(args), args[0].shape * 2) if args[0].rank else args[0]


def _diagonal_of(node: Any, args: list[Expr]) -> Expr:
    return Expr("diag", tuple(args), args[0].shape[:1]) if args[0].rank else args[0]


def _diagonal_matrix(node: Any, args: list[Expr]) -> Expr:
    vector = _diagonal_of(node, args)
    return _diag_matrix(node, [vector])


def _kron(node: Any, args: list[Expr]) -> Expr:
    """Rows by way of kron(a, b)' = kron(a', b'), for the language takes a vector as a column."""
    if any(arg.row for arg in args):
        if any(arg.rank == 1 and not arg.row for arg in args):
            raise UnsupportedError(
                "the language of matcalc cannot represent the Kronecker product of a column "
                "and a row"
            )
        return transpose(_kron(node, [transpose(arg) for arg in args]))
    result = args[0]
    for arg in args[1:]:
        if 0 in (result.rank, arg.rank):
            result = _multiply(result, arg, entrywise=False)
            continue
        axes = [(*each.shape, ONE)[:2] for each in (result, arg)]
        shape = tuple(left.times(right) for left, right in zip(*axes, strict=True))
        result = Expr(
            "kron", (result, arg), shape if max(result.rank, arg.rank) == 2 else shape[:1]
        )
    return result


def _dot(node: Any, args: list[Expr]) -> Expr:
    return Expr("dot", tuple(args))


def _element(node: Any, args: list[Expr]) -> Expr:
    if args[0].rank:
        raise UnsupportedError(f"the language of matcalc cannot represent the single entry {node}")
    return args[0]


def _with_order(node: Any, args: list[Expr]) -> Expr:
    """polygamma(k, x) and besselj(k, x), k = 0, 1, 2, ..."""
    (order, arg), op = args, type(node).__name__
    if order.op != "number" or order.value.denominator != 1 or order.value < 0:
        raise UnsupportedError(f"the language of matcalc has {op} of order 0, 1, 2, ... only")
    if op == "polygamma" and order.value == 0:
        op, args = "digamma", [arg]
    return Expr(op, tuple(args), arg.shape, row=arg.row)


def _extreme(op: str) -> Callable[[Any, list[Expr]], Expr]:
    def rule(node: Any, args: list[Expr]) -> Expr:
        result = args[0]
        for arg in args[1:]:
            shaped = result if result.rank else arg
            result = Expr(op, (result, arg), shaped.shape, row=shaped.row)
        return result

    return rule


def _step(node: Any, args: list[Expr]) -> Expr:
    return Expr("step", (args[0],), args[0].shape, row=args[0].row)


_RULES: dict[Any, Callable[[Any, list[Expr]], Expr]] = {
    sp.Number: _number,
    sp.NumberSymbol: _number,
    sp.Mul: _product,
    sp.MatMul: _product,
    HadamardProduct: _product,
    sp.Add: _sum,
    sp.MatAdd: _sum,
    sp.Inverse: _inverse,
    sp.MatPow: _matrix_power,
    sp.Pow: _power,
    HadamardPower: _hadamard_power,
    sp.Transpose: _transpose,
    sp.Trace: _whole("tr"),
    sp.Determinant: _whole("det"),
    sp.Identity: lambda node, args: eye(_dim(node.shape[0])) if node.shape != (1, 1) else number(1),
    sp.OneMatrix: _fill(1),
    sp.ZeroMatrix: _fill(0),
    DiagMatrix: _diag_matrix,
    DiagonalOf: _diagonal_of,
    DiagonalMatrix: _diagonal_matrix,
    sp.KroneckerProduct: _kron,
    DotProduct: _dot,
    MatrixElement: _element,
    sp.polygamma: _with_order,
    sp.besselj: _with_order,
    sp.Max: _extreme("max"),
    sp.Min: _extreme("min"),
    sp.Heaviside: _step,
}
_FUNCTIONS: dict[Any, str] = {
    getattr(sp, row.sympy): name
    for name, row in OPERATIONS.items()
    if row.sympy.isidentifier() and row.arity == (1, 1)
}
_SYMBOLS = (
    sp.Symbol,
    sp.MatrixSymbol,
    ElementwiseApplyFunction,
)  # converted with the help of what has been declared


def _function(node: Any, args: list[Expr]) -> Expr:
    """A function of one argument under our name."""
    return Expr(_FUNCTIONS[type(node)], tuple(args), args[0].shape, row=args[0].row)


def _rule(node: Any) -> Callable[[Any, list[Expr]], Expr]:
    """How to convert a node of this type."""
    if type(node) in _FUNCTIONS:
        return _function
    for kind, rule in _RULES.items():
        if isinstance(node, kind):
            return rule
    raise _refusal(node)
