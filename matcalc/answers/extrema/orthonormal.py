"""Stationary points on the matrices with orthonormal columns: Procrustes' problem, and
eigenproblems.

With X'*X = eye a function is stationary where its free gradient is X*L for a symmetric L (Absil,
Mahony & Sepulchre, Optimization Algorithms on Matrix Manifolds, 2008, 4.8.1).
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from matcalc.answers.common.names import free_name, require_scalar
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.stationary import NamedProblem
from matcalc.answers.zeros.solving import products_of, scale_tree
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.notes import label_lines
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import (
    Expr,
    add_terms,
    eye,
    flat_factors,
    is_zero,
    multiply,
    number,
    split_scaled_terms,
    transpose,
    variable,
    variable_names,
    zeros,
)
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive, simplify, simplify_tree
from matcalc.results import Expression, Formula
from matcalc.write.printers.text import text

KINDS = ("orthogonal", "orthonormal")
_SUMS = ("+", "-", "neg", "/")  # which a product is taken over
_MOST_TERMS = 64


class ProcrustesPoint(Formula):
    """The least and the largest point of a function that is linear on the orthonormal matrices:
    ``str`` is the first, ``other`` the second.
    """

    def __init__(
        self, program: Program, wrt: str, points: list[Expr], linear: Formula, proof: str
    ) -> None:
        super().__init__(program._replace(definitions={}), points[0])
        self.wrt = wrt
        self.other = Formula(program._replace(expr=points[1], definitions={}), points[1])
        inner = free_name(program, "M", *"CBKN")
        self.condition = (
            "the minimum on the set, and the other one the maximum: the function is a constant "
            f"less tr({inner}'*{wrt}), {inner} = {linear}, which is largest at polar({inner}) "
            f"(Schonemann 1966), and only there if {inner} has full rank"
        )
        self.proof = proof

    def _title(self) -> str:
        return f"{self.wrt} = {self}: {self.condition}"

    @public
    def report(self) -> str:
        """The points with the condition and the proof, a line each."""
        other = f"{self.wrt} = {self.other}"
        rows = [("and", other), ("it is", self.condition), ("proved", self.proof)]
        return "\n".join([f"{self.wrt} = {self}", *label_lines(rows)])


def on_orthonormal(expression: Expression, wrt: str) -> ProcrustesPoint | NamedProblem:
    """Where a scalar is stationary on the matrices with orthonormal columns that ``wrt`` is one of.

    Its gradient has to be affine: of a linear function the points are polar factors, of a quadratic
    form they lead to an eigenproblem. Raises UnsupportedError where it is neither.
    """
    program = expression._program
    known = require_variable(program, wrt)
    require_scalar(program.expr, "stationary points are")
    free = Variable(wrt, "matrix", known.shape, known.declared)
    plain = program._replace(definitions={})
    bare = plain.declare(free)._replace(expr=simplify(plain))
    gradient = derive(bare, wrt)
    rest, dropped = _without_multiplier(program, wrt, gradient)
    slope = derive(bare._replace(expr=rest), wrt)
    refused = UnsupportedError(
        f"no closed form was found for {wrt} where {expression} is stationary among {known}",
        hint="matcalc diff --manifold stiefel has the gradient within them, which is zero there",
    )
    if wrt in variable_names(slope):
        raise refused
    constant = simplify(bare._replace(expr=put(rest, {wrt: zeros(known.shape)})))
    terms = [] if is_zero(slope) else _terms(bare, slope, free)
    if terms is None:
        raise refused
    square = known.shape[0] == known.shape[1]
    definite = Definiteness(bare)
    moving = [
        (scale, left, right)
        for scale, left, right in terms
        if not _stays(definite, left, right, square=square)
    ]
    if not is_zero(constant) and not moving and not dropped:
        found = _procrustes(program, wrt, gradient, constant)
        if found is not None:
            return found
    elif is_zero(constant) and len(moving) == 1:
        named = _eigenproblem(bare, wrt, definite, moving[0], dropped=dropped)
        how = None if named is None else _difference(program, wrt, gradient, moving[0])
        if named is not None and how is not None:
            return replace(named, proof=f"{named.proof}, {how}")
    raise refused


def _without_multiplier(program: Program, wrt: str, gradient: Expr) -> tuple[Expr, bool]:
    """The gradient on the set without terms X*L with a symmetric L that depends on X, which say
    nothing there; and whether there were any.
    """
    definite = Definiteness(program._replace(definitions={}))
    left = []
    dropped = False
    for scale, factors in _multiply_out(simplify_tree(program, gradient)):
        first, *others = factors
        if first.op == "variable" and first.value == wrt and len(others) > 1:
            inner = reduce(multiply, others)
            if wrt in variable_names(inner) and inner.rank == 2 and definite.is_symmetric(inner):
                dropped = True
                continue
        left.append(scale_tree(scale, reduce(multiply, factors)))
    if not dropped:
        return gradient, False
    total = add_terms(left, gradient.shape)
    return simplify_tree(program, total), True


def _multiply_out(tree: Expr) -> list[tuple[Expr, list[Expr]]]:
    """The terms of a sum of products of matrices, each with its number and its factors."""
    found: list[tuple[Expr, list[Expr]]] = []
    stack: list[tuple[Expr, list[Expr]]] = [(number(1), [tree])]
    while stack and len(found) + len(stack) < _MOST_TERMS:
        scale, factors = stack.pop()
        flat = [each for part in factors for each in flat_factors(part) if each.op != "eye"]
        for each in flat:
            scale = scale if each.shape else Expr("*", (scale, each))
        flat = [each for each in flat if each.shape]
        place = next((k for k, each in enumerate(flat) if each.op in _SUMS), None)
        if place is None:
            found.append((scale, flat or [eye(tree.shape[0])]))
            continue
        for c, part in split_scaled_terms(flat[place]):
            stack.append((Expr("*", (scale, c)), [*flat[:place], part, *flat[place + 1 :]]))
    return [(number(1), [tree])] if stack else found


def _terms(program: Program, slope: Expr, free: Variable) -> list[tuple[Expr, Expr, Expr]] | None:
    """The terms c*A*X*B of the linear part of the gradient."""
    found = products_of(program, slope, free)
    if found is None:
        return None
    short = [[simplify(program._replace(expr=part)) for part in each] for each in found]
    return [(scale, left, right) for scale, left, right in short]


def _stays(definite: Definiteness, left: Expr, right: Expr, *, square: bool) -> bool:
    """Whether a term of the gradient is X*L with a symmetric L: X*B, or A*X of a square X, of which
    tr(X'*A*X) = tr(A) is constant.
    """
    if left.op == "eye":
        return right.op == "eye" or definite.is_symmetric(right)
    return square and right.op == "eye" and definite.is_symmetric(left)


def _procrustes(
    program: Program, wrt: str, gradient: Expr, constant: Expr
) -> ProcrustesPoint | None:
    """polar(-C) and polar(C) for the gradient X*L + C, both proved by substitution."""
    base = program._replace(definitions={}, asked=None)  # with wrt, which says n >= p
    inner = simplify(base._replace(expr=Expr("neg", (constant,), constant.shape)))
    first = simplify(base._replace(expr=Expr("polar", (inner,), constant.shape)))
    points = [first, simplify(base._replace(expr=Expr("neg", (first,), constant.shape)))]
    held: list[tuple[Expr, Expr]] = []
    for point in points:
        there = put(gradient, {wrt: point})
        across = transpose(point)
        product = Expr("*", (across, there), (constant.shape[1],) * 2)
        held.append((Expr("*", (across, point), product.shape), eye(product.shape[0])))
        held.append((product, transpose(product)))
    proof = prove_all(base, held)
    if proof is None:
        return None
    how = f"{wrt}'*{wrt} = eye and {wrt}'*G = G'*{wrt} there, for the free gradient G, {proof}"
    base = base.without(wrt)
    linear = Formula(base._replace(expr=inner), inner)
    return ProcrustesPoint(base._replace(expr=points[0]), wrt, points, linear, how)


def _difference(
    program: Program, wrt: str, gradient: Expr, term: tuple[Expr, Expr, Expr]
) -> str | None:
    """How it is proved that the gradient less a term c*A*X*B is X*L with a symmetric L on the set;
    None where it is not.
    """
    scale, left, right = term
    x = variable(wrt, gradient.shape)
    moved = Expr("*", (Expr("*", (left, x), x.shape), right), x.shape)
    rest = Expr("-", (gradient, scale_tree(scale, moved)), x.shape)
    inner = Expr("*", (transpose(x), rest), (x.shape[1],) * 2)
    symmetric = inner, transpose(inner)
    return prove_all(program, [(rest, Expr("*", (x, inner), x.shape)), symmetric])


def _eigenproblem(
    program: Program,
    wrt: str,
    definite: Definiteness,
    term: tuple[Expr, Expr, Expr],
    *,
    dropped: bool,
) -> NamedProblem | None:
    """A*X = X*L of tr(X'*A*X), and of tr(X'*A*X*N) with a diagonal N."""
    scale, left, right = term
    if not definite.is_symmetric(left):
        return None
    one = simplify(program._replace(expr=Expr("*", (scale, left), left.shape)))
    half = simplify(program._replace(expr=Expr("/", (one, number(2)), left.shape)))
    x = variable(wrt, program.variables[wrt].shape)
    product = text(Expr("*", (left if dropped else half, x), x.shape))
    level = free_name(program, "Λ", "L")
    equation = f"{product} = {wrt}*{level}"
    how = f"there the free gradient is twice it, up to {wrt}*L with a symmetric L"
    if right.op == "eye" and dropped:
        how = f"there the free gradient is a multiple of it, up to {wrt}*L with a symmetric L"
        name = "an eigenproblem: the columns span an invariant subspace; compare the values"
        return NamedProblem(name, equation, how)
    if dropped:
        return None
    if right.op == "eye":
        return NamedProblem(
            "an eigenproblem: the columns span an invariant subspace; "
            f"the value there is tr({level}), up to a constant, least for the least eigenvalues "
            "and largest for the largest (Fan 1949)",
            equation,
            how,
        )
    weight = Formula(program._replace(expr=right), right)
    if right.op != "variable" or program.variables[right.value].kind != "diagonal":
        return None
    return NamedProblem(
        f"an eigenproblem with a diagonal {level}: the columns are eigenvectors, where the entries "
        f"of {weight} are different and not 0 (Brockett 1991)",
        equation,
        f"there the free gradient is twice it times {weight}, up to {wrt}*L with a symmetric L",
    )
