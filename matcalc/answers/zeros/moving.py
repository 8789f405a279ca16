"""The direction in which a variable has to move for the left side of an equation to change as it
should.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.solving import (
    inverse_of_derivative,
    inverse_of_map,
    matrix_of_map,
    product_of,
    products_of,
    scale_tree,
)
from matcalc.answers.zeros.within import is_within
from matcalc.core.directions import free_variable
from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.matrix_functions import frechet
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.operations import INVERSES
from matcalc.core.program import Program
from matcalc.core.projections import project_on_kind
from matcalc.core.tree import (
    Expr,
    flat_factors,
    multiply,
    number,
    split_scaled_terms,
    transpose,
    variable,
    variable_names,
)
from matcalc.engine.definite import Definiteness
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import derive, simplify, simplify_tree
from matcalc.results import Formula
from matcalc.write.printers.text import text

_STEP, _DIAGONAL, _TURN = "?e", "?d", "?w"  # no names in the language


class Undone(NamedTuple):
    """A function of a matrix, what the equation says that it is, and what its argument is then."""

    whole: Expr
    value: Expr
    argument: Expr


class SolvedDirection(NamedTuple):
    """A direction, and the function that was undone for it."""

    tree: Expr
    undone: Undone | None = None

    def by_equation(self, tree: Expr) -> Expr:
        """A tree with what the equation says in place of the function."""
        if self.undone is None:
            return tree
        whole, value = self.undone[:2]
        said = text(whole)

        def rule(node: Expr, args: list[Expr]) -> Expr:
            is_whole = node.op == whole.op and text(node) == said
            return value if is_whole else node.with_args(args)

        return tree.fold(rule)

    @property
    def where(self) -> str:
        """What has to be so for the direction to be right; mostly nothing."""
        if self.undone is None or self.undone.value is self.undone.whole:
            return ""
        return f"{text(self.undone.whole.args[0])} = {text(self.undone.argument)}"


def solve_direction(
    program: Program,
    slope: Expr,
    value: Expr,
    unknown: Variable,
    moves: Mapping[str, str] = MappingProxyType({}),
) -> SolvedDirection | None:
    """The direction of the unknown along which the derivative of the program is ``value``;
    ``slope`` is its derivative by the unknown. None where it cannot be written. ``moves`` are
    variables with the directions in which they move within their kinds.

    Raises UnsupportedError where the direction that there is leads out of the kind of the unknown.
    """
    outside, step = None, unknown._replace(name=_STEP)
    for found in _directions(program, slope, value, unknown):
        if _stays_within(program, step, found, moves):
            return found
        outside = outside or found
    if outside is None:
        return None
    name, kind = unknown.name, unknown.kind
    moved = Formula(program, outside.tree, verify=False)
    raise UnsupportedError(
        f"d{name} = {moved} is not known to be {kind}, as {name} is: the equation may have "
        f"more entries than {name}",
        hint=f"declare the kinds of the other variables, {_wanted(outside, kind)}; or "
        f"{name}: matrix({', '.join(map(str, unknown.shape))})",
    )


def _wanted(found: SolvedDirection, kind: str) -> str:
    """What the kinds of the other variables have to say."""
    if found.undone is not None and kind == "skew":
        whole, value = found.undone[:2]
        if whole.op == "expm" and value.op == "variable":
            return f"as in {value.value}: orthogonal({value.shape[0]})"
    return f"so that both sides are {kind}"


def _stays_within(
    program: Program, step: Variable, found: SolvedDirection, moves: Mapping[str, str]
) -> bool:
    """Whether a direction is of the kind of the unknown, where the equation holds."""
    if is_within(program, step, found.tree):
        return True
    if found.undone is None:
        return False
    said = found.by_equation(found.tree)
    if is_within(program, step, said):
        return True
    whole, value = found.undone[:2]
    name = str(value.value) if value.op == "variable" else ""
    if name not in moves or program.variables[name].kind != "orthogonal":
        return False
    # Q moves by Q*W with a skew matrix W
    turn = variable(_TURN, whole.shape)
    turning = program.declare(Variable(_TURN, "skew", whole.shape[:1]))
    return is_within(turning, step, put(said, {name: whole, moves[name]: multiply(whole, turn)}))


def _directions(
    program: Program, slope: Expr, value: Expr, unknown: Variable
) -> Iterator[SolvedDirection]:
    """Candidates, the shortest first."""
    found = inverse_of_map(program, slope, value, unknown)
    if found is not None:
        yield SolvedDirection(found)
    if len(unknown.shape) < 2:
        return
    if unknown.kind == "diagonal":
        yield from _along_diagonal(program, value, unknown)
    if kind_spec(unknown.kind).linear:
        yield from _among_all(program, value, unknown)
    yield from _undo_cholesky(program, value, unknown)
    yield from _undo_function(program, value, unknown)


def _among_all(program: Program, value: Expr, unknown: Variable) -> Iterator[SolvedDirection]:
    """The direction that there is among all matrices, and that in the triangle."""
    free = free_variable(unknown.name, unknown)
    bare = program.declare(free)
    try:
        slope = derive(program, unknown.name, structure="free")
    except UnsupportedError:  # a function of symmetric matrices
        return
    found = inverse_of_map(bare, slope, value, free)
    if found is not None:
        yield SolvedDirection(found)
    yield from _within_triangle(program, slope, value, unknown)


def _along_diagonal(program: Program, value: Expr, unknown: Variable) -> Iterator[SolvedDirection]:
    """The direction of a diagonal matrix, as that of the vector on its diagonal."""
    inner = variable(_DIAGONAL, unknown.shape[:1])
    known = Variable(_DIAGONAL, "vector", inner.shape)
    whole = put(program.expr, {unknown.name: Expr("diag", (inner,), unknown.shape)})
    kind = Variable(_STEP, "diagonal", unknown.dims)
    moving = program.declare(known)
    if not is_within(program, kind, value) or not is_within(moving, kind, whole):
        return
    entries = moving._replace(expr=Expr("diag", (whole,), inner.shape), definitions={})
    with suppress(UnsupportedError):
        slope = derive(entries, _DIAGONAL)
        found = inverse_of_derivative(entries, slope, Expr("diag", (value,), inner.shape), known)
        if found is not None:
            there = Expr("diag", (variable(unknown.name, unknown.shape),), inner.shape)
            moved = Expr("diag", (put(found, {_DIAGONAL: there}),), unknown.shape)
            yield SolvedDirection(simplify_tree(program, moved))


def _within_triangle(
    program: Program, slope: Expr, value: Expr, unknown: Variable
) -> Iterator[SolvedDirection]:
    """The direction E of a triangular matrix where the derivative is T + T' for T = A*E*B.

    With a matrix G such that inv(G)*A and B*inv(G)' are triangular as E is, so is their product
    with E between them, and inv(G)*value*inv(G)' says it: the diagonal counts twice.
    """
    free = free_variable(_STEP, unknown)
    matrix = matrix_of_map(program, slope, free) if kind_spec(unknown.kind).banded else None
    half = _half_of_symmetric(matrix) if matrix is not None else None
    products = products_of(program, half, free) if half is not None else None
    product = product_of(products) if products else None
    if product is None:
        return
    if not is_within(program, Variable(_STEP, "symmetric", unknown.dims), value):
        moved = simplify_tree(program, value)
        said = Formula(program, moved, verify=False)
        raise UnsupportedError(
            f"the equation is one of symmetric matrices, and {said} is not known to be symmetric",
            hint="declare what is on the other side as symmetric(n) or psd(n)",
        )
    bound = unknown._replace(name=_STEP)
    left, right = product.left, product.right
    value = Expr("/", (value, product.scale), value.shape)
    for side in _sides(program, left, transpose(right)):
        before = simplify_tree(program, multiply(_inverse(side), left))
        behind = multiply(right, transpose(_inverse(side)))
        behind = simplify_tree(program, behind)
        if not is_within(program, bound, before) or not is_within(program, bound, behind):
            continue
        across = multiply(multiply(_inverse(side), value), transpose(_inverse(side)))
        inner = multiply(_inverse(before), _half(unknown.kind, across))
        found = multiply(inner, _inverse(behind))
        whole = program._replace(expr=found, definitions={})
        yield SolvedDirection(simplify(whole, as_typed=False))


def _sides(program: Program, left: Expr, right: Expr) -> Iterator[Expr]:
    """Candidates for G: both sides of E, what they begin with, and that with half of a positive
    definite matrix S after it, which is C*C' for C = chol(S).
    """
    yield right
    yield left
    known = Definiteness(program)
    for factors in (flat_factors(right), flat_factors(left)):
        for end, last in enumerate(factors):
            before = factors[:end]
            if before:
                yield reduce(multiply, before)
            if known.is_definite(last):
                yield reduce(multiply, [*before, Expr("chol", (last,), last.shape)])


def _half_of_symmetric(matrix: Expr) -> Expr | None:
    """c*M where the matrix of a map is ``c*(eye + commutation(n, n))*M``, else None."""
    terms = split_scaled_terms(matrix)
    scale, whole = terms[0]
    if len(terms) > 1 or whole.op != "*" or whole.args[0].op != "+":
        return None
    both, half = whole.args
    is_both = {each.op for each in both.args} == {"eye", "commutation"}
    return scale_tree(scale, half) if is_both else None


def _half(kind: str, tree: Expr) -> Expr:
    """The triangle T for which T + T' is a symmetric matrix."""
    diagonal = project_on_kind("diagonal", tree)
    whole = project_on_kind(kind, tree)
    return Expr("-", (whole, Expr("/", (diagonal, number(2)), tree.shape)), tree.shape)


def _undo_function(program: Program, value: Expr, unknown: Variable) -> Iterator[SolvedDirection]:
    """The direction where the derivative is that of a matrix function with an inverse, by the
    derivative of the inverse: of ``expm``, by that of ``logm``.
    """
    step = free_variable(_STEP, unknown)
    program = program.declare(step)
    try:
        (along,) = derive_steps(program, [{unknown.name: _STEP}])
    except UnsupportedError:
        return
    program = program._replace(definitions={})
    terms = split_scaled_terms(along)
    if len(terms) != 1:
        return
    ((scale, term),) = terms
    for name, inverse in INVERSES.items():
        if term.op != frechet(name) or len(term.args) != 2:
            continue
        point, moved = term.args
        there = Expr(name, (point,), point.shape)
        value = Expr("/", (value, scale), value.shape)
        back = Expr(frechet(inverse), (there, value), value.shape)
        inner: Expr | None = back
        if moved.op != "variable":
            slope = derive(program._replace(expr=moved), _STEP)
            inner = inverse_of_map(program, slope, back, step)
        if inner is not None:
            said = _other_side(program, there, unknown)
            undone = Undone(there, said, Expr(inverse, (said,), said.shape))
            yield SolvedDirection(simplify(program._replace(expr=inner)), undone)


def _undo_cholesky(program: Program, value: Expr, unknown: Variable) -> Iterator[SolvedDirection]:
    """The direction where the equation says what c*C is, for the factor C = chol(E): along a
    triangular dC the matrix E = C*C' moves by dC*C' + C*dC'.
    """
    bare = program._replace(definitions={})
    moving = [
        (scale, term)
        for scale, term in split_scaled_terms(simplify(bare))
        if unknown.name in variable_names(scale) | variable_names(term)
    ]
    if len(moving) != 1:
        return
    ((scale, factor),) = moving
    lower = Variable(_STEP, "triangular", unknown.dims)
    if (
        factor.op != "chol"
        or unknown.name in variable_names(scale)
        or not is_within(program, lower, value)
    ):
        return
    half = multiply(Expr("/", (value, scale), value.shape), transpose(factor))
    change = Expr("+", (half, transpose(half)), half.shape)
    (point,) = factor.args
    slope = derive(bare._replace(expr=point), unknown.name)
    moved = inverse_of_map(program, slope, change, unknown)
    if moved is not None:
        said = _other_side(program, factor, unknown)
        undone = Undone(factor, said, multiply(said, transpose(said)))
        yield SolvedDirection(simplify(bare._replace(expr=moved), as_typed=False), undone)


def _other_side(program: Program, whole: Expr, unknown: Variable) -> Expr:
    """What an equation such as ``expm(X) - A`` says that a function is; else the function."""
    tree = simplify(program)
    if tree.op == "-":
        for one, other in (tree.args, tree.args[::-1]):
            if text(one) == text(whole) and unknown.name not in variable_names(other):
                return other
    return whole


def _inverse(tree: Expr) -> Expr:
    return Expr("inv", (tree,), tree.shape)
