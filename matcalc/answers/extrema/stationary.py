"""Stationary points in closed form, proved by substitution, and what kind of point they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain

from matcalc.answers.common.names import free_name, number_hint, require_scalar
from matcalc.answers.convex.convexity import verdict_on
from matcalc.answers.convex.domains import bounds_of_domain
from matcalc.answers.convex.nowhere import require_values
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.extremes import EXTREMES, is_beyond, kind_of
from matcalc.answers.extrema.kinks import minimum_on_kinks
from matcalc.answers.extrema.several_points import StationaryPoints, find_all_points, prove_zero
from matcalc.answers.zeros.logarithms import without_logarithms
from matcalc.answers.zeros.quadratic_matrix import quadratic_zeros
from matcalc.answers.zeros.roots import factors, find_roots, is_periodic
from matcalc.answers.zeros.solving import Zero, affine_zero, kernel_equation, undo
from matcalc.answers.zeros.within import is_within, zeros_within
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.directions import free_variable
from matcalc.core.errors import DomainError, UnsupportedError
from matcalc.core.kinds import CURVED, FREE, Variable, free_kind, kind_spec
from matcalc.core.notes import label_lines
from matcalc.core.operations import ENTRYWISE, INVERSES, SMOOTH
from matcalc.core.program import Program, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    fill,
    is_number,
    is_zero,
    number,
    scalar_factors,
    split_signed_terms,
    variable,
    variable_names,
    zeros,
)
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive, differentiate, simplify_tree
from matcalc.results import Derivative, Expression, Formula
from matcalc.verify.verification import warn_unverified
from matcalc.write.printers.text import text

_MARK = "?u"  # no name in the language
_SOFTMAX = "softmax"
# what the logarithm makes of products and quotients of entries
_BY_ENTRIES = {"*": "+", ".*": "+", "/": "-", "./": "-"}


class StationaryPoint(Formula):
    """The zero of a gradient: ``str`` is the point, ``condition`` what it is under which condition,
    ``proof`` how it was proved.
    """

    def __init__(
        self,
        gradient: Derivative,
        point: Expr,
        program: Program,
        condition: str,
        proof: str,
        *,
        on_kinks: bool = False,
    ) -> None:
        super().__init__(program._replace(definitions={}), point)
        self.gradient = gradient
        self.condition = condition
        self.proof = proof if on_kinks else f"the gradient there is zero, {proof}"

    def _title(self) -> str:
        return f"{self.gradient.wrt} where {self.gradient} is zero: {self.condition}\n\n{self}"

    @public
    def report(self) -> str:
        """The point with the condition and the proof, a line each."""
        rows = [
            ("gradient", str(self.gradient)),
            ("it is", self.condition),
            ("proved", self.proof),
        ]
        return "\n".join([f"{self.gradient.wrt} = {self}", *label_lines(rows)])


@dataclass(frozen=True, slots=True)
class NamedProblem:
    """An equation for the stationary points that has a name and no closed form."""

    name: str
    equation: str
    proof: str

    def __str__(self) -> str:
        return f"{self.equation}, {self.name}"

    def report(self) -> str:
        """The equation with the proof."""
        return "\n".join([str(self), *label_lines([("proved", self.proof)])])


def stationary(
    expression: Expression, wrt: str
) -> StationaryPoint | StationaryPoints | NamedProblem:
    """The point where the gradient of a scalar by ``wrt`` is zero.

    It is solved where the gradient, or a product of it with the variable, is affine in the
    variable. A quotient of quadratic forms is named as the eigenproblem that it is. Raises
    UnsupportedError where no closed form is found.
    """
    program = expression._program
    known = require_variable(program, wrt)
    require_scalar(program.expr, "stationary points are", number_hint(program, wrt))
    require_values(program)
    if known.kind in CURVED:
        raise UnsupportedError(
            f"{wrt} is {known}, and within these the gradient need not be zero",
            hint=f"declare {wrt}: {free_variable('', known)} to ask about all of them",
        )
    statement = DerivativeStatement(program, wrt)
    gradient = Derivative(expression, statement, differentiate(statement))
    warn_unverified(gradient.verification)
    if wrt not in variable_names(gradient._tree):
        raise UnsupportedError(
            f"the gradient {gradient} does not depend on {wrt}",
            hint=f"there is a stationary point only where it is zero, and then each {wrt} is one",
        )
    named = _eigenproblem(program, wrt)
    if named is not None:
        return named
    several = find_all_points(expression, gradient, wrt)
    if several is not None and len(several.points) > 1:
        return several
    beyond = None
    found = [zeros_of(program, gradient._tree, wrt)]
    if several is None:  # else all are known
        found.append(_where_terms_agree(program, gradient._tree, known))
    for zero in chain.from_iterable(found):
        with suppress(UnsupportedError):
            point = zero.point
            if is_beyond(program, {wrt: point}):
                beyond = point
                continue
            proof = prove_zero(program, wrt, gradient._tree, point)
            if proof is not None and is_within(program, known, point):
                condition = str(kind_of(expression, wrt, zero))
                left = program.without(wrt)._replace(expr=point, asked=None)
                return StationaryPoint(gradient, point, left, condition, proof)
    bent = minimum_on_kinks(expression, gradient._tree, known)
    if bent is not None:
        left = program.without(wrt)._replace(expr=bent.point, asked=None)
        return StationaryPoint(
            gradient, bent.point, left, bent.condition, bent.proof, on_kinks=True
        )
    sum_of = kernel_equation(program._replace(expr=gradient._tree), wrt)
    if sum_of is not None:
        how = "the gradient is written so, exactly"
        name = "a linear matrix equation"
        if known.kind in FREE or kind_spec(known.kind).reflection:
            name += " (Sylvester)"
        return NamedProblem(name, f"{sum_of} = 0", how)
    if several is not None:
        return several
    if beyond is not None:
        raise UnsupportedError(
            f"{gradient} is zero at {text(beyond)}, where {text(program.expr)} has no value",
            hint="no other point was found",
        )
    if not known.shape and is_periodic(program, gradient._tree, wrt):
        raise UnsupportedError(
            f"a factor of {gradient} is periodic, so it has no zero or infinitely many",
            hint="matcalc newton approaches one of them",
        )
    raise UnsupportedError(
        f"no closed form was found for {wrt} where {gradient} is zero",
        hint="matcalc convex says whether there is one minimum, matcalc newton how to approach it",
    )


def form_matrix(program: Program, wrt: str, part: Expr) -> Expr | None:
    """The symmetric A of a quadratic form x'*A*x; None where the part is none."""
    shape = program.variables[wrt].shape
    form = program._replace(expr=part)
    slope = derive(form, wrt)
    bend = derive(program._replace(expr=slope), wrt)
    zero = {wrt: zeros(shape)}
    rest = simplify_tree(program, put(slope, zero))
    none = simplify_tree(program, put(part, zero))
    if wrt in variable_names(bend) or not is_zero(rest) or not is_zero(none):
        return None
    half = Expr("/", (bend, number(2)), bend.shape)
    return simplify_tree(program, half)


def equations_of(program: Program, gradient: Expr, known: Variable) -> Iterator[Expr]:
    """The gradient, and products of it with the variable, which have the same zeros where that is
    invertible.
    """
    yield gradient
    x = variable(known.name, known.shape)
    shape = known.shape
    if len(shape) < 2:
        op = ".*" if shape else "*"
        for factor in (x, Expr(op, (x, x), shape), Expr(op, (x, Expr(op, (x, x), shape)), shape)):
            yield Expr(op, (factor, gradient), shape)
        yield from _clear_denominators(program, gradient, known)
        return
    if len(shape) == 2 and shape[0] == shape[1]:
        left = Expr("*", (x, gradient), shape)
        yield left
        yield Expr("*", (gradient, x), shape)
        yield Expr("*", (left, x), shape)
        across = Expr("'", (x,), shape)
        yield Expr("*", (Expr("*", (across, gradient), shape), across), shape)
        plain = _untransposed(gradient, known)
        if plain is not gradient:
            yield Expr("*", (Expr("*", (x, plain), shape), x), shape)


def _untransposed(gradient: Expr, known: Variable) -> Expr:
    """The gradient, or what it is the transpose of, which has the same zeros."""
    if gradient.op == "'" and gradient.shape == known.shape:
        return gradient.args[0]
    return gradient


def _clear_denominators(program: Program, gradient: Expr, known: Variable) -> Iterator[Expr]:
    """The gradient times its denominators, without factors that are numbers, and solved for the
    logarithm or the exponential of the variable: the zeros of these are zeros of it.
    """
    signs = Definiteness(program)
    bare = _without_numbers(gradient, signs)
    if bare is not gradient:
        yield bare
    shape, op = known.shape, ".*" if known.shape else "*"
    below = [
        part.args[1]
        for part in gradient.parts
        if part.op in ("/", "./") and part.shape == shape and part.args[1].shape == shape
    ]
    whole = gradient
    for divisor in dict.fromkeys(each for each in below if known.name in variable_names(each)):
        whole = Expr(op, (divisor, whole), shape)
    if whole is not gradient:
        yield whole
    if not shape:  # one factor may be zero, and the others are positive
        rest = [each for each in scalar_factors(gradient) if not signs.is_positive(each)]
        if len(rest) == 1 and rest[0] is not gradient:
            yield rest[0]
    elif gradient.op == op and any(each.op == "exp" for each in gradient.args):
        (array,) = [each for each in gradient.args if each.op != "exp"][:1] or [gradient]
        if array.shape == shape:
            yield array


def _without_numbers(array: Expr, known: Definiteness) -> Expr:
    """An array without what divides the whole of it, and without positive numbers in front."""
    if not array.shape:
        return array
    if array.op == "neg" or (array.op == "/" and not array.args[1].shape):
        return _without_numbers(array.args[0], known)
    if array.op != "*":
        return array
    left, right = array.args
    if not left.shape:
        is_factor = is_number(left) or known.is_positive(left)
        return _without_numbers(right, known) if is_factor else array
    rest = _without_numbers(left, known)
    return array if rest is left else Expr("*", (rest, right), array.shape, row=array.row)


def zeros_of(program: Program, gradient: Expr, wrt: str) -> Iterator[Zero]:
    """Candidates for zeros of the gradient."""
    known = program.variables[wrt]
    for equation in equations_of(program, gradient, known):
        with suppress(UnsupportedError):
            zero = affine_zero(program._replace(expr=equation), wrt)
            if zero is not None:
                yield zero
    for zero in zeros_by_functions(program, gradient, known):
        if _has_value(program, zero.point):
            yield zero
    yield from positive_roots(program, gradient, known)
    plain = without_logarithms(program, gradient, wrt)
    if plain is not None:
        with suppress(UnsupportedError):
            zero = affine_zero(program._replace(expr=plain), wrt)
            if zero is not None and zero.along is None:
                yield zero
    yield from zeros_within(program, wrt)
    yield from quadratic_zeros(program, gradient, known)
    yield from _zeros_on_kinks(program, gradient, known)


def _zeros_on_kinks(program: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Where what jumps or bends in a gradient is zero inside, as x is 1 for ``sign(x - 1)``. A zero
    by convention says something of convex and of concave functions alone.
    """
    inside = [
        arg
        for part in gradient.parts
        if part.op in ENTRYWISE and part.op not in SMOOTH
        for arg in part.args
        if arg.shape == known.shape and known.name in variable_names(arg)
    ]
    if not inside or verdict_on(Expression(program), known.name).verdict not in EXTREMES:
        return
    for arg in inside:
        with suppress(UnsupportedError):
            zero = affine_zero(program._replace(expr=arg), known.name)
            if zero is not None and zero.along is None:
                yield zero


def _where_terms_agree(program: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Where the quotient of the two terms of a factor of a gradient with respect to a number is
    what makes them cancel, as of ``a*x^(a - 1)*(1 - x)^b - b*x^a*(1 - x)^(b - 1)``.
    """
    for factor in () if known.shape else factors(gradient, known.name):
        terms = split_signed_terms(factor)
        if len(terms) != 2 or not all(known.name in variable_names(term) for _, term in terms):
            continue
        (sign, one), (other_sign, other) = terms
        with suppress(UnsupportedError):
            quotient = simplify_tree(program, Expr("/", (one, other)))
            whole = Expr("+" if sign == other_sign else "-", (quotient, number(1)))
            yield from find_roots(program, whole, known.name) or ()


def zeros_by_functions(program: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Where an expression is zero that is affine in a function of the variable, such as its
    exponential or its logarithm.
    """
    gradient = _untransposed(gradient, known)
    names = gradient.operations
    marking = program.declare(Variable(_MARK, free_kind(len(known.shape)), known.shape))
    for name in sorted(INVERSES.keys() & names):
        marked = gradient.fold(partial(_mark, name, known.name))
        if known.name in variable_names(marked) or _MARK not in variable_names(marked):
            continue
        with suppress(UnsupportedError):
            zero = affine_zero(marking._replace(expr=marked), _MARK)
            if zero is not None and zero.along is None:
                there = undo(program, name, zero.point)
                if there is not None:
                    yield there
    yield from _shares(marking, gradient, known)


def _shares(marking: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Where an expression is zero that is affine in the softmax of the variable: at the logarithm
    of its value there, and at what differs from that by a number.
    """
    marked = gradient.fold(partial(_mark, _SOFTMAX, known.name))
    if known.name in variable_names(marked) or _MARK not in variable_names(marked):
        return
    with suppress(UnsupportedError):
        zero = affine_zero(marking._replace(expr=marked), _MARK)
        if zero is not None and zero.along is None:
            shape = known.shape
            yield Zero(_log(zero.point), along=fill(number(1), shape))


def positive_roots(program: Program, gradient: Expr, known: Variable) -> Iterator[Zero]:
    """Where an equation is zero that is affine in a power of a positive variable, as
    ``n/s - a/s^3`` is when multiplied by s^3.
    """
    if len(known.shape) > 1 or not _is_positive(program, known):
        return
    marking = program.declare(Variable(_MARK, free_kind(len(known.shape)), known.shape))
    for equation in equations_of(program, gradient, known):
        with suppress(UnsupportedError):
            short = simplify_tree(program, equation)
            found = [_power_of(node, known.name) for node in short.parts]
            powers = {text(power): power for power in found if power is not None}
            if len(powers) != 1:
                continue
            (power,) = powers.values()
            marked = short.fold(partial(_with_power_marked, known.name))
            if known.name in variable_names(marked) or is_zero(power):
                continue
            zero = affine_zero(marking._replace(expr=marked), _MARK)
            if zero is not None and zero.along is None:
                yield Zero(simplify_tree(program, _root(zero.point, power)))


def _is_positive(program: Program, known: Variable) -> bool:
    """Whether a variable is positive by its kind, or wherever the function has a value."""
    bounds = bounds_of_domain(program.expr, {known.name})
    return known.kind == "positive" or any(_is_variable(bound, known.name) for _, bound in bounds)


def _root(value: Expr, power: Expr) -> Expr:
    """The positive number of which a power has a value; where that is none, so says its kind."""
    if is_number(power, 2):
        return Expr("sqrt", (value,), value.shape)
    exponent = Expr("/", (number(1), power))
    if power.op == "number":
        exponent = Expr("number", value=1 / power.value)
        if is_number(value) and value.value > 0 and exponent.value.denominator == 1:
            return number(value.value ** int(exponent.value))
    return Expr(".^" if value.shape else "^", (value, exponent), value.shape)


def _power_of(node: Expr, name: str) -> Expr | None:
    """The exponent of a power of the variable; None of what is none."""
    if not node.args or not _is_variable(node.args[0], name):
        return None
    if node.op == "sqrt":
        return number(Fraction(1, 2))
    is_power = node.op in ("^", ".^") and not node.args[1].shape
    return node.args[1] if is_power and name not in variable_names(node.args[1]) else None


def _with_power_marked(name: str, node: Expr, args: list[Expr]) -> Expr:
    if _power_of(node, name) is not None:
        return variable(_MARK, node.shape, row=node.row)
    return node.with_args(args)


def _has_value(program: Program, point: Expr) -> bool:
    """Whether the point exists somewhere, which log(-b) of a positive b does not."""
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.sample import find_sizes  # noqa: PLC0415 - it loads NumPy

    try:
        find_sizes([point], program.variables, np.random.default_rng(0))
    except DomainError:
        return False
    return True


def _mark(name: str, wrt: str, node: Expr, args: list[Expr]) -> Expr:
    """A function of the variable itself as a variable of its own; the logarithm of a multiple of it
    is one of it and one of the rest.
    """
    if node.op == name:
        inside = args[0]
        if _is_variable(inside, wrt):
            return variable(_MARK, node.shape, row=node.row)
        if name == "log" and inside.op in _BY_ENTRIES:
            for place in (0, 1) if _BY_ENTRIES[inside.op] == "+" else (0,):
                one, other = inside.args[place], inside.args[1 - place]
                of_arrays = inside.op == "*" and one.shape and other.shape
                if of_arrays or not _is_variable(one, wrt) or wrt in variable_names(other):
                    continue
                mark = variable(_MARK, one.shape, row=one.row)
                parts = tuple([_as_wide(part, node) for part in (mark, _log(other))])
                return Expr(_BY_ENTRIES[inside.op], parts, node.shape, row=node.row)
    return node.with_args(args)


def _log(tree: Expr) -> Expr:
    return Expr("log", (tree,), tree.shape, row=tree.row)


def _as_wide(part: Expr, node: Expr) -> Expr:
    """A number for each entry of a node."""
    return part if part.shape or not node.shape else fill(part, node.shape, row=node.row)


def _is_variable(node: Expr, name: str) -> bool:
    return node.op == "variable" and node.value == name


def _eigenproblem(program: Program, wrt: str) -> NamedProblem | None:
    """The generalized eigenproblem that a quotient of quadratic forms leads to.

    The gradient of p/q is zero exactly where grad p = (p/q)*grad q.
    """
    whole = program.expr
    if whole.op != "/" or len(program.variables[wrt].shape) != 1:
        return None
    sides = []
    for part in whole.args:
        matrix = form_matrix(program, wrt, part)
        if matrix is None:
            return None
        sides.append(matrix)
    value = free_name(program, "λ", "l")
    left, right = sides
    x = variable(wrt, program.variables[wrt].shape)
    one = text(Expr("*", (left, x), x.shape))
    scale = variable(value, ())
    other = x if right.op == "eye" else Expr("*", (right, x), x.shape)
    two = text(Expr("*", (scale, other), x.shape))
    name = "an eigenproblem" if right.op == "eye" else "a generalized eigenproblem"
    said = f"{value} = {text(whole)} is the eigenvalue"
    gradient = derive(program, wrt)
    product = Expr("*", (whole.args[1], gradient), x.shape)
    sides = [Expr("*", (side, x), x.shape) for side in (left, right)]
    rest = Expr("-", (sides[0], Expr("*", (whole, sides[1]), x.shape)), x.shape)
    twice = Expr("*", (number(2), rest), x.shape)
    proof = prove_all(program, [(product, twice)])
    if proof is None:
        return None
    how = f"the gradient times {text(whole.args[1])} is twice the difference, {proof}"
    return NamedProblem(f"{name}; {said}", f"{one} = {two}", how)
