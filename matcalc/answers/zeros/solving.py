"""Equations that are affine in a variable, solved in closed form."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import NamedTuple

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.singular import is_everywhere_zero, is_singular, kernel
from matcalc.core.dims import Shape
from matcalc.core.kinds import Variable, free_kind, kind_spec
from matcalc.core.operations import ENTRYWISE, INVERSES, OPERATIONS
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    eye,
    fill,
    is_number,
    is_zero,
    number,
    split_scaled_terms,
    variable,
    variable_names,
    zeros,
)
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import differentiate, matricize, simplify, simplify_tree
from matcalc.verify.verification import verify
from matcalc.write.printers.text import text

_COMMUTATION = "commutation"  # K with K*vec(X) = vec(X')


class Requirement(NamedTuple):
    """What has to be positive for a point to be real; nonnegative where it is not strict."""

    tree: Expr
    strict: bool = True


class Zero(NamedTuple):
    """A value at which something is zero, a direction along which it stays zero from there, and
    what the value requires to be real.
    """

    point: Expr
    along: Expr | None = None
    requires: tuple[Requirement, ...] = ()


def undo(program: Program, name: str, value: Expr) -> Zero | None:
    """Where a function of entries takes a value, by the function that undoes it: only a value
    within its range is taken. None where the value is known to be beyond that.
    """
    least, most = OPERATIONS[name].values or (-inf, inf)
    inside = []
    if least > -inf:
        inside.append(_less(value, _constant(least, value.shape)) if least else value)
    if most < inf:
        inside.append(_less(_constant(most, value.shape), value))
    known, left = Definiteness(program), []
    for tree in inside:
        short = simplify_tree(program, tree)
        if known.is_nonnegative(negate(program, short)):
            return None
        if not known.is_positive(short):
            left.append(Requirement(short))
    point = simplify_tree(program, _inverse_at(name, value))
    return Zero(point, requires=tuple(left))


def _inverse_at(name: str, value: Expr) -> Expr:
    """The function that undoes one at a value; of fractions as the logarithm of an integer,
    where it is one.
    """
    name = INVERSES[name]
    if not is_number(value):
        return Expr(name, (value,), value.shape)
    fraction = value.value
    if name == "logit":
        name, fraction = "log", fraction / (1 - fraction)
    if name == "log" and fraction.numerator == 1:
        return Expr("neg", (Expr("log", (number(1 / fraction),)),))
    return Expr(name, (number(fraction),))


def _less(one: Expr, other: Expr) -> Expr:
    return Expr("-", (one, other), one.shape)


def _constant(value: float, shape: Shape) -> Expr:
    one = number(Fraction(value))
    return fill(one, shape) if shape else one


def affine_zero(program: Program, wrt: str, *, by_vec: bool = False) -> Zero | None:
    """The value of a variable at which an expression of its shape is zero; None where the
    expression is not affine in it, or its linear part is no A*X*B; a sum of these is inverted only
    ``by_vec``.

    The linear part is inverted: the point exists where it is invertible. Where it is singular
    whatever the variables are, the shortest of the candidates is taken, with the pseudoinverse;
    whether there is a zero at all is left to who proves it.
    """
    slope = _slope(program, wrt)
    if slope is None:
        return None
    bare, linear = slope
    known = program.variables[wrt]
    zero = zeros(known.shape)
    rest = simplify_tree(bare, put(bare.expr, {wrt: zero}))
    value = Expr("neg", (rest,), rest.shape)
    if len(known.shape) == 1 and is_singular(bare, linear):
        return Zero(_some_solution(bare, linear, rest, known), kernel(bare, linear, known))
    inverse = inverse_of_map if by_vec else inverse_of_derivative
    found = inverse(bare, linear, value, known)
    return None if found is None else Zero(found)


def _some_solution(program: Program, linear: Expr, rest: Expr, known: Variable) -> Expr:
    """A vector x with linear*x + rest = 0 for a singular matrix: zero or a variable where that is
    one, else the shortest of those that leave least.
    """
    if is_zero(rest):
        return rest
    for name, other in program.variables.items():
        if name != known.name and other.shape == known.shape and other.kind != "function":
            leaf = variable(name, other.shape)
            moved = Expr("*", (linear, leaf), known.shape)
            if is_everywhere_zero(program, Expr("+", (moved, rest), known.shape)):
                return leaf
    inverse = Expr("pinv", (linear,), linear.shape)
    value = Expr("neg", (rest,), rest.shape)
    whole = Expr("*", (inverse, value), value.shape)
    return simplify_tree(program, whole)


def inverse_of_derivative(
    program: Program, linear: Expr, value: Expr, known: Variable
) -> Expr | None:
    """The direction of a variable along which the linear map has a value, with an inverse or, of
    A*X + X*B, with ``sylvester``; None where the map of a matrix is neither this nor a single
    product A*X*B.
    """
    shape = known.shape
    if not shape:
        whole = Expr("/", (value, linear), value.shape)
        return simplify_tree(program, whole)
    if len(shape) == 1:
        terms = split_scaled_terms(linear)
        if all(each.op == "diag" and each.args[0].rank == 1 for _, each in terms):
            below = _total([scale_tree(c, each.args[0]) for c, each in terms])
            whole = Expr("./", (value, below), value.shape)
            if value.rank == 2:  # a Jacobian, each row divided
                weights = Expr("./", (number(1), below), below.shape)
                whole = Expr("*", (Expr("diag", (weights,), shape * 2), value), value.shape)
            return simplify_tree(program, whole)
        inverse = Expr("inv", (linear,), linear.shape)
        whole = Expr("*", (inverse, value), value.shape)
        return simplify_tree(program, whole)
    products = products_of(program, linear, known)
    if products is None:
        return _entrywise_inverse(program, linear, value, known)
    parts = product_of(products)
    if parts is None:
        sides = _sides_of(products)
        if sides is None:
            return None
        left, right, scale = sides
        if not is_number(scale, 1):
            value = Expr("/", (value, scale), shape)
        solution = Expr("sylvester", (left, right, value), shape)
        return simplify_tree(program, solution)
    scale, left, right = parts
    inverse = Expr("inv", (left,), left.shape)
    whole = Expr("*", (inverse, value), shape)
    whole = Expr("*", (whole, Expr("inv", (right,), right.shape)), shape)
    return simplify_tree(program, Expr("/", (whole, scale), shape))


def inverse_of_map(program: Program, linear: Expr, value: Expr, known: Variable) -> Expr | None:
    """The same, of any sum of products A*X*B: as a last resort by ``vec``."""
    found = inverse_of_derivative(program, linear, value, known)
    if found is None and len(known.shape) > 1:
        return _inverse_by_vec(program, linear, value, known)
    return found


def _inverse_by_vec(program: Program, linear: Expr, value: Expr, known: Variable) -> Expr | None:
    """The same where the map has a matrix, such as a sum of Kronecker products: the direction is a
    vector that is reshaped.
    """
    products = products_of(program, linear, known)
    rows, columns = known.shape
    size = rows.times(columns)
    if products is not None:
        terms = [
            scale_tree(each.scale, Expr("kron", (_across(each.right), each.left), (size, size)))
            for each in products
        ]
        matrix = simplify_tree(program, _total(terms))
    else:
        found = matrix_of_map(program, linear, known)
        if found is None or kind_spec(known.kind).linear or is_singular(program, found):
            return None
        matrix = found
    if matrix.op == "inv":  # what it undoes may be shorter
        return _along_matrix(program, matrix.args[0], value, known)
    short = simplify_tree(program, value)
    negative = (short.op == "neg") != (matrix.op == "neg")
    short, matrix = (each.args[0] if each.op == "neg" else each for each in (short, matrix))
    if negative and matrix.op == "-":
        matrix, negative = Expr("-", matrix.args[::-1], matrix.shape), False
    vector = Expr("vec", (short,), (size,))
    found = Expr("*", (Expr("inv", (matrix,), matrix.shape), vector), (size,))
    solution = _reshaped(found, known.shape)
    return Expr("neg", (solution,), solution.shape) if negative else solution


def _along_matrix(program: Program, matrix: Expr, value: Expr, known: Variable) -> Expr:
    """The value of the map with a matrix."""
    size = matrix.shape[:1]
    moved = Expr("*", (matrix, Expr("vec", (value,), size)), size)
    return simplify_tree(program, _reshaped(moved, known.shape))


def _reshaped(vector: Expr, shape: Shape) -> Expr:
    sizes = [Expr("dimension", value=each) for each in shape]
    return Expr("reshape", (vector, *sizes), shape)


def _entrywise_inverse(program: Program, linear: Expr, value: Expr, known: Variable) -> Expr | None:
    """The same of a map that multiplies each entry of a matrix by a number; None of others."""
    matrix = matrix_of_map(program, linear, known)
    if matrix is None or kind_spec(known.kind).linear:
        return None
    terms = []
    for scale, part in split_scaled_terms(matrix):
        if part.op == "eye":
            factor: Expr | None = fill(number(1), known.shape)
        else:
            factor = _unstacked(part.args[0], known.shape) if part.op == "diag" else None
        if factor is None:
            return None
        terms.append(scale_tree(scale, factor))
    whole = Expr("./", (value, _total(terms)), known.shape)
    return simplify_tree(program, whole)


def _unstacked(tree: Expr, shape: Shape) -> Expr | None:
    """The matrix of which an expression entry by entry is ``vec``; None of others."""
    if tree.op == "vec" and tree.args[0].shape == shape:
        return tree.args[0]
    if not tree.shape:
        return tree
    if tree.op == "fill":
        return fill(tree.args[0], shape)
    whole = tree.op in ("+", "-", "neg", ".*", "./", ".^") or tree.op in ENTRYWISE
    scaled = tree.op in ("*", "/") and not all(each.shape for each in tree.args)
    args = [_unstacked(each, shape) for each in tree.args] if whole or scaled else [None]
    if any(each is None for each in args):
        return None
    return Expr(
        tree.op, tuple([each for each in args if each is not None]), shape, value=tree.value
    )


def _across(tree: Expr) -> Expr:
    return tree if tree.op == "eye" else Expr("'", (tree,), tree.shape[::-1])


def products_of(program: Program, linear: Expr, known: Variable) -> list[_Product] | None:
    """The terms c*A*X*B of a map of matrices, as an array of four axes or a matrix, that is a sum
    of c*kron(B', A); None where it is none.
    """
    matrix = matrix_of_map(program, linear, known)
    if matrix is None:
        return None
    terms = [_term_of(c, part, known.shape) for c, part in _terms(matrix, known.kind)]
    products = [term for term in terms if term is not None]
    return _merge(program, products) if products and len(products) == len(terms) else None


def matrix_of_map(program: Program, linear: Expr, known: Variable) -> Expr | None:
    """The matrix of a map of matrices, column by column; None where it has no matrix notation."""
    if not linear.is_tensor:
        return linear
    return matricize(linear, program.variables, len(known.shape), language=program.language)


def _merge(program: Program, products: list[_Product]) -> list[_Product]:
    """The terms, those of one map as one."""
    found: dict[tuple[str, str], _Product] = {}
    for each in products:
        key = text(each.left), text(each.right)
        before = found.get(key)
        scale = each.scale if before is None else _total([before.scale, each.scale])
        scale = simplify_tree(program, scale)
        found[key] = each._replace(scale=scale)
    return list(found.values())


def _slope(program: Program, wrt: str) -> tuple[Program, Expr] | None:
    """The expression, short, with the variable as a free one, and its derivative, if that is
    constant.
    """
    known = program.variables[wrt]
    tree = simplify(program._replace(definitions={}))
    free = Variable(wrt, free_kind(len(known.shape)), known.shape, known.declared)
    bare = program.declare(free)._replace(expr=tree, definitions={})
    statement = DerivativeStatement(bare, wrt)
    linear = differentiate(statement)
    if wrt in variable_names(linear) or verify(statement, linear).kind == "none":
        return None
    return bare, linear


class _Product(NamedTuple):
    """The map scale*left*X*right."""

    scale: Expr
    left: Expr
    right: Expr


class _Sides(NamedTuple):
    """The map scale*(left*X + X*right)."""

    left: Expr
    right: Expr
    scale: Expr


def product_of(products: list[_Product]) -> _Product | None:
    """c, A and B of a map c*A*X*B that is a sum of such terms, if these have one of the sides in
    common, as in A'*A*X + c*X.
    """
    if len(products) == 1:
        return products[0]
    for place in (1, 2):
        if len({text(term[place]) for term in products}) == 1:
            other = 3 - place
            total = _total([scale_tree(term.scale, term[other]) for term in products])
            common = products[0][place]
            sides = (common, total) if place == 1 else (total, common)
            return _Product(number(1), *sides)
    return None


def _sides_of(products: list[_Product]) -> _Sides | None:
    """A, B and c of a map c*(A*X + X*B), if each term is on one side alone."""
    if any(each.left.op != "eye" for each in products if each.right.op != "eye"):
        return None
    scale = products[0].scale
    if len({text(each.scale) for each in products}) > 1:
        scale = number(1)
        products = [
            _Product(scale, scale_tree(each.scale, each.left), each.right)
            if each.right.op == "eye"
            else _Product(scale, each.left, scale_tree(each.scale, each.right))
            for each in products
        ]
    left = [each.left for each in products if each.right.op == "eye"]
    right = [each.right for each in products if each.right.op != "eye"]
    return _Sides(_total(left), _total(right), scale) if left and right else None


def _total(terms: list[Expr]) -> Expr:
    """The sum of terms of one shape."""
    total = terms[0]
    for term in terms[1:]:
        total = Expr("+", (total, term), total.shape)
    return total


def scale_tree(scale: Expr, tree: Expr) -> Expr:
    """A multiple of a tree."""
    return Expr("*", (scale, tree), tree.shape)


def _terms(linear: Expr, kind: str) -> list[tuple[Expr, Expr]]:
    """The same, of a map of matrices of a kind: the transpose of a symmetric matrix is itself, that
    of a skew one its negative, so commutation matrices are numbers.
    """
    terms = split_scaled_terms(linear)
    sign = kind_spec(kind).reflection
    if not sign:
        return terms
    found: list[tuple[Expr, Expr]] = []
    for scale, tree in terms:
        if tree.op == _COMMUTATION:
            found.append((_with_sign(sign, scale), eye(tree.shape[0])))
            continue
        inner = _join(tree, sign) if tree.op == "*" and tree.rank == 2 else None
        more = [(scale, tree)] if inner is None else inner
        found += more if inner is None else [(Expr("*", (scale, c)), each) for c, each in more]
    return found


def _join(product: Expr, sign: int) -> list[tuple[Expr, Expr]] | None:
    """The terms of a product of which one factor is made of commutation matrices."""
    found = []
    for c, left in split_scaled_terms(product.args[0]):
        for d, right in split_scaled_terms(product.args[1]):
            scale = Expr("*", (c, d))
            if left.op == "eye" or right.op == "eye":
                one = right if left.op == "eye" else left
            elif right.op == _COMMUTATION:
                one, scale = left, _with_sign(sign, scale)
            elif left.op == _COMMUTATION and right.op == "kron":
                one, scale = Expr("kron", right.args[::-1], right.shape), _with_sign(sign, scale)
            else:
                return None
            if one.op == _COMMUTATION:
                one, scale = eye(one.shape[0]), _with_sign(sign, scale)
            found.append((scale, one))
    return found


def _with_sign(sign: int, scale: Expr) -> Expr:
    return scale if sign > 0 else Expr("neg", (scale,))


def _term_of(scale: Expr, linear: Expr, shape: Shape) -> _Product | None:
    """One term, c*kron(B', A) or c*eye."""
    if linear.op == "eye":
        return _Product(scale, eye(shape[0]), eye(shape[1]))
    if linear.op != "kron":
        return None
    right, left = linear.args
    if left.shape != (shape[0],) * 2 or right.shape != (shape[1],) * 2:
        return None
    return _Product(scale, left, _across(right))


def kernel_equation(program: Program, wrt: str) -> str | None:
    """The text of an equation that is affine in a matrix but no single product, else None."""
    if len(program.variables[wrt].shape) != 2:
        return None
    slope = _slope(program, wrt)
    return None if slope is None or is_zero(slope[1]) else text(slope[0].expr)
