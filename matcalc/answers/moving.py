"""The direction in which a variable has to move for the left side of an equation to change as it
should.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from matcalc.answers.solving import (
    inverse_of_map,
    inverse_of_slope,
    matrix_of_map,
    product_of,
    products_of,
    scale_tree,
)
from matcalc.answers.taylor import put
from matcalc.answers.within import is_within
from matcalc.core.directions import free_variable
from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.matrix_functions import frechet
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.operations import INVERSES
from matcalc.core.program import Program
from matcalc.core.projections import project_on_kind
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    multiply,
    number,
    scaled_terms,
    transpose,
    variable,
    variable_names,
)
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import differentiate, simplify
from matcalc.results import Formula
from matcalc.write.printers.text import text

_STEP, _DIAGONAL = "?e", "?d"  # no names in the language


class Undone(NamedTuple):
    """A function of a matrix that the equation says the value of, and the function that undoes
    it.
    """

    whole: Expr
    value: Expr
    inverse: str


class Direction(NamedTuple):
    """A direction, and the function that was undone for it."""

    tree: Expr
    undone: Undone | None = None

    def by_equation(self, tree: Expr) -> Expr:
        """A tree with what the equation says in place of the function."""
        if self.undone is None:
            return tree
        whole, value, _ = self.undone
        said = text(whole)

        def rule(node: Expr, args: list[Expr]) -> Expr:
            is_whole = node.op == whole.op and text(node) == said
            return value if is_whole else node.with_args(args)

        return tree.fold(rule)

    @property
    def where(self) -> str:
        """What has to be so for the direction to be right; mostly nothing."""
        if self.undone is None:
            return ""
        whole, value, inverse = self.undone
        return f"{text(whole.args[0])} = {inverse}({text(value)})"


def solve_direction(
    program: Program, slope: Expr, value: Expr, unknown: Variable
) -> Direction | None:
    """The direction of the unknown along which the derivative of the program is ``value``;
    ``slope`` is its derivative by the unknown. None where it cannot be written.

    Raises UnsupportedError where the direction that there is leads out of the kind of the unknown.
    """
    outside, step = None, replace(unknown, name=_STEP)
    for found in _directions(program, slope, value, unknown):
        if is_within(program, step, found.tree):
            return found
        outside = outside or found
    if outside is None:
        return None
    name, kind = unknown.name, unknown.kind
    moved = Formula(program, outside.tree, verify=False)
    raise UnsupportedError(
        f"d{name} = {moved} is not known to be {kind}, as {name} is: the equation may have "
        f"more entries than {name}",
        hint=f"declare the kinds of the other variables, so that both sides are {kind}; or "
        f"{name}: matrix({', '.join(map(str, unknown.shape))})",
    )


def _directions(
    program: Program, slope: Expr, value: Expr, unknown: Variable
) -> Iterator[Direction]:
    """Candidates, the shortest first."""
    found = inverse_of_map(program, slope, value, unknown)
    if found is not None:
        yield Direction(found)
    if len(unknown.shape) < 2:
        return
    if unknown.kind == "diagonal":
        yield from _along_diagonal(program, value, unknown)
    if kind_spec(unknown.kind).linear:
        yield from _among_all(program, value, unknown)
    yield from _undo_function(program, value, unknown)


def _among_all(program: Program, value: Expr, unknown: Variable) -> Iterator[Direction]:
    """The direction that there is among all matrices, and that in the triangle."""
    free = free_variable(unknown.name, unknown)
    bare = replace(program, variables={**program.variables, unknown.name: free})
    try:
        slope = differentiate(DerivativeStatement(program, unknown.name, 1, "free"))
    except UnsupportedError:  # a function of symmetric matrices
        return
    found = inverse_of_map(bare, slope, value, free)
    if found is not None:
        yield Direction(found)
    yield from _within_triangle(program, slope, value, unknown)


def _along_diagonal(program: Program, value: Expr, unknown: Variable) -> Iterator[Direction]:
    """The direction of a diagonal matrix, as that of the vector on its diagonal."""
    inner = variable(_DIAGONAL, unknown.shape[:1])
    known = Variable(_DIAGONAL, "vector", inner.shape)
    whole = put(program.expr, {unknown.name: Expr("diag", (inner,), unknown.shape)})
    variables = {**program.variables, _DIAGONAL: known}
    kind = Variable(_STEP, "diagonal", unknown.dims)
    moving = replace(program, variables=variables)
    if not is_within(program, kind, value) or not is_within(moving, kind, whole):
        return
    entries = replace(
        program, expr=Expr("diag", (whole,), inner.shape), variables=variables, definitions={}
    )
    with suppress(UnsupportedError):
        slope = differentiate(DerivativeStatement(entries, _DIAGONAL))
        found = inverse_of_slope(entries, slope, Expr("diag", (value,), inner.shape), known)
        if found is not None:
            there = Expr("diag", (variable(unknown.name, unknown.shape),), inner.shape)
            moved = Expr("diag", (put(found, {_DIAGONAL: there}),), unknown.shape)
            yield Direction(simplify(replace(program, expr=moved, definitions={})))


def _within_triangle(
    program: Program, slope: Expr, value: Expr, unknown: Variable
) -> Iterator[Direction]:
    """The direction E of a triangular matrix where the derivative is T + T' for T = A*E*B.

    With U = inv(B')*A triangular as E is, U*E + (U*E)' = inv(B')*value*inv(B) says the triangle of
    U*E: the diagonal counts twice. Else the same from the other side, with V = B*inv(A').
    """
    free = free_variable(_STEP, unknown)
    matrix = matrix_of_map(program, slope, free) if kind_spec(unknown.kind).banded else None
    half = _half_of_symmetric(matrix) if matrix is not None else None
    products = products_of(program, half, free) if half is not None else None
    product = product_of(products) if products else None
    if product is None:
        return
    if not is_within(program, Variable(_STEP, "symmetric", unknown.dims), value):
        moved = simplify(replace(program, expr=value, definitions={}))
        said = Formula(program, moved, verify=False)
        raise UnsupportedError(
            f"the equation is one of symmetric matrices, and {said} is not known to be symmetric",
            hint="declare what stands on the other side as symmetric(n) or psd(n)",
        )
    bound = replace(unknown, name=_STEP)
    left, right = product.left, product.right
    value = Expr("/", (value, product.scale), value.shape)
    for near, far, on_left in ((transpose(right), left, True), (left, transpose(right), False)):
        factor = simplify(replace(program, expr=multiply(_inverse(near), far), definitions={}))
        across = multiply(multiply(_inverse(near), value), transpose(_inverse(near)))
        inner = _half(unknown.kind, across)
        if on_left and is_within(program, bound, factor):
            found = multiply(_inverse(factor), inner)
        elif not on_left and is_within(program, bound, transpose(factor)):
            found = multiply(inner, transpose(_inverse(factor)))
        else:
            continue
        yield Direction(simplify(replace(program, expr=found, definitions={})))


def _half_of_symmetric(matrix: Expr) -> Expr | None:
    """c*M where the matrix of a map is ``c*(eye + commutation(n, n))*M``, else None."""
    terms = scaled_terms(matrix)
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


def _undo_function(program: Program, value: Expr, unknown: Variable) -> Iterator[Direction]:
    """The direction where the derivative is that of a matrix function with an inverse, by the
    derivative of the inverse: of ``expm``, by that of ``logm``.
    """
    step = free_variable(_STEP, unknown)
    program = replace(program, variables={**program.variables, _STEP: step})
    try:
        (along,) = derive_steps(program, [{unknown.name: _STEP}])
    except UnsupportedError:
        return
    program = replace(program, definitions={})
    terms = scaled_terms(along)
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
            slope = differentiate(DerivativeStatement(replace(program, expr=moved), _STEP))
            inner = inverse_of_map(program, slope, back, step)
        if inner is not None:
            found = simplify(replace(program, expr=inner))
            yield Direction(found, Undone(there, _other_side(program, there, unknown), inverse))


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
