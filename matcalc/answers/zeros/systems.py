"""All solutions of equations in several numbers, in closed form: one number after the other is
eliminated, and each factor of an equation is a branch of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import permutations

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.roots import (
    clear_divisors,
    coefficients_of,
    divisors,
    factors,
    find_roots,
)
from matcalc.answers.zeros.singular import is_everywhere_zero
from matcalc.answers.zeros.solving import Requirement, undo
from matcalc.answers.zeros.surds import value_at
from matcalc.claims.equality import DIFFERENT, decide_trees
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.likeness import Likeness
from matcalc.core.operations import INVERSES
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    is_zero,
    number,
    split_signed_terms,
    variable,
    variable_names,
)
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import simplify_tree
from matcalc.write.printers.text import text

_MARK = "?u"  # no name in the language
_MOST_BRANCHES = 60
_NO_WAY = 9  # a cost above all others


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of numbers, in terms of those that may be anything; what is not zero there, and what
    is positive; and whether there are no others for any values of letters with which that holds.
    """

    values: Mapping[str, Expr] = field(default_factory=dict)
    apart: tuple[Expr, ...] = ()
    requires: tuple[Requirement, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Branch:
    """What is known so far, and the equations that are left."""

    known: Solution
    equations: tuple[Expr, ...]


def solve_system(
    program: Program, equations: Sequence[Expr], names: Sequence[str]
) -> list[Solution] | None:
    """All real solutions; None where some have no closed form that is found. The first of the names
    are eliminated first where that is as simple.
    """
    below = tuple(each for tree in equations for each in divisors(tree, set(names)))
    stack = [_Branch(Solution(apart=below), tuple(equations))]
    found: list[Solution] = []
    for _ in range(_MOST_BRANCHES):
        if not stack:
            return found
        branch = stack.pop()
        free = dict.fromkeys([n for n in names if n not in branch.known.values]).keys()
        left = _equations_left(program, branch, free)
        if left is None or any(is_everywhere_zero(program, each) for each in branch.known.apart):
            continue
        if any(is_below(program, name, tree) for name, tree in branch.known.values.items()):
            continue
        if any(not free & variable_names(tree) for tree in left):
            return None  # a condition on letters
        if not left:
            found.append(branch.known)
            continue
        further = _branches(program, replace(branch, equations=tuple(left)), free)
        if further is None:
            return None
        stack += reversed(further)
    return None


def _equations_left(program: Program, branch: _Branch, free: Set[str]) -> list[Expr] | None:
    """The equations that still say something; None where one of them cannot hold."""
    known, left = Definiteness(program), []
    for tree in branch.equations:
        short = clear_divisors(program, simplify_tree(program, tree), free)
        if is_everywhere_zero(program, short):
            continue
        if not free & variable_names(short):
            is_other = not variable_names(short) and _differs(program, short)
            if is_other or known.is_nonzero(short):
                return None
        left.append(short)
    return left


def _differs(program: Program, tree: Expr) -> bool:
    """Whether a number is known not to be zero."""
    return decide_trees(program, tree, number(0)).verdict == DIFFERENT


def _branches(program: Program, branch: _Branch, free: Set[str]) -> list[_Branch] | None:
    """The branches that the equation makes which is solved most simply; None where none is."""
    choices, order = [], list(free)
    for place, tree in enumerate(branch.equations):
        ways = [
            _simplest_way(program, each, free)
            for each in _zero_factors(program, branch, tree, free)
        ]
        cost = max([_NO_WAY if way is None else way.cost for way in ways], default=0)
        steps = [step for way in ways if way is not None for step in way.steps]
        solved = [order.index(name) for step in steps for name in step.values]
        first = min(solved, default=len(order))
        choices.append((cost, first, len(ways), len(text(tree)), place, ways))
    cost, *_, place, ways = min(choices, key=lambda each: each[:5])
    if cost == _NO_WAY:
        return _reduce(program, branch, free)
    rest = branch.equations[:place] + branch.equations[place + 1 :]
    known = _with_letters(branch.known, branch.equations[place], free)
    found: list[_Branch] = []
    for way in ways:
        for step in () if way is None else way.steps:
            apart = reversed(known.apart)  # the first ones are divided by the last ones
            if any(is_everywhere_zero(program, put(each, step.values)) for each in apart):
                continue
            if any(is_below(program, name, tree) for name, tree in step.values.items()):
                continue
            try:
                found.append(_take(program, known, step, rest))
            except UnsupportedError:  # what is divided by is zero, and was not seen to be
                return None
    return found


def _zero_factors(program: Program, branch: _Branch, tree: Expr, free: Set[str]) -> list[Expr]:
    """The factors of an equation with free numbers, without those that are never zero, such as
    ``x^(a - 1)`` of a positive x, also where x has a value already.
    """
    known, likeness = Definiteness(program), Likeness()
    values = branch.known.values.items()
    positive = {
        likeness.of(value) for name, value in values if program.variables[name].kind == "positive"
    }
    return [
        each
        for each in factors(tree, *sorted(free))
        if not known.is_nonzero(each)
        and not (each.op in ("^", ".^") and likeness.of(each.args[0]) in positive)
    ]


def _with_letters(known: Solution, tree: Expr, free: Set[str]) -> Solution:
    """What is known, and that no factor of an equation without the numbers is zero: where one is,
    the equation says nothing.
    """
    every = factors(tree, *sorted(variable_names(tree)))
    letters = [each for each in every if free.isdisjoint(variable_names(each))]
    return replace(known, apart=(*known.apart, *letters))


def is_below(program: Program, name: str, value: Expr) -> bool:
    """Whether a number is declared positive, and a value is known not to be."""
    if program.variables[name].kind != "positive":
        return False
    return Definiteness(program).is_nonnegative(negate(program, value))


def _reduce(program: Program, branch: _Branch, free: Set[str]) -> list[_Branch] | None:
    """The branches of an equation with several factors, each of which is an equation; else the
    branch with the remainder of one equation by another in its place.
    """
    trees = branch.equations
    for place, tree in enumerate(trees):
        parts = _zero_factors(program, branch, tree, free)
        if len(parts) > 1:
            rest = trees[:place] + trees[place + 1 :]
            known = _with_letters(branch.known, tree, free)
            return [_Branch(known, (part, *rest)) for part in parts]
    for one, other in permutations(range(len(trees)), 2):
        for name in sorted(free & variable_names(trees[one]) & variable_names(trees[other])):
            left = _remainder(program, trees[one], trees[other], name)
            if left is not None:
                return [replace(branch, equations=(*trees[:one], left, *trees[one + 1 :]))]
    return None


def _remainder(program: Program, tree: Expr, divisor: Expr, name: str) -> Expr | None:
    """The remainder of a polynomial in a variable by another one whose leading coefficient is a
    number: where the divisor is zero, the two have one value.
    """
    above = coefficients_of(program, tree, name)
    below = coefficients_of(program, divisor, name)
    if above is None or below is None or len(above) < len(below) or variable_names(below[-1]):
        return None
    while len(above) >= len(below):
        scale = Expr("/", (above[-1], below[-1]))
        start = len(above) - len(below)
        moved = [Expr("*", (scale, each)) for each in below]
        above = [
            each if k < start else simplify_tree(program, Expr("-", (each, moved[k - start])))
            for k, each in enumerate(above)
        ][:-1]
    whole: Expr = number(0)
    for power, each in enumerate(above):
        whole = Expr(
            "+", (whole, Expr("*", (each, Expr("^", (variable(name, ()), number(power))))))
        )
    return simplify_tree(program, whole)


@dataclass(frozen=True, slots=True)
class _Step:
    """The value of a number, with what is not zero for it; or equations that hold instead."""

    values: Mapping[str, Expr] = field(default_factory=dict)
    equations: tuple[Expr, ...] = ()
    apart: tuple[Expr, ...] = ()
    requires: tuple[Requirement, ...] = ()
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class _Way:
    """All ways in which a factor is zero, and how much it costs to go on from there."""

    cost: int
    steps: tuple[_Step, ...]


def _take(program: Program, known: Solution, step: _Step, rest: Sequence[Expr]) -> _Branch:
    def there(tree: Expr) -> Expr:
        return value_at(program, tree, step.values) if step.values else tree

    values = {name: there(tree) for name, tree in known.values.items()} | dict(step.values)
    apart = (*map(there, known.apart), *step.apart)
    requires = [each._replace(tree=there(each.tree)) for each in known.requires]
    is_complete = known.is_complete and step.is_complete
    solution = Solution(values, apart, (*requires, *step.requires), is_complete)
    return _Branch(solution, (*step.equations, *map(there, rest)))


def _simplest_way(program: Program, factor: Expr, free: Set[str]) -> _Way | None:
    """How a factor becomes zero: a number is a root, or is determined by the others."""
    names = [name for name in free if name in variable_names(factor)]
    if len(names) == 1:
        (name,) = names
        roots = find_roots(program, factor, name)
        if roots is None:
            return None
        apart = _divided_by(program, factor, name)
        return _Way(
            0,
            tuple(
                _Step({name: root.point}, (), apart or (), root.requires, apart is not None)
                for root in roots
            ),
        )
    known = Definiteness(program)
    ways = [_by_polynomial(program, known, factor, name, free) for name in names]
    ways += [_by_function(program, known, factor, name) for name in names]
    ways.append(_by_quotient(program, known, factor, free))
    return min([way for way in ways if way is not None], key=lambda way: way.cost, default=None)


def _divided_by(program: Program, factor: Expr, name: str) -> tuple[Expr, ...] | None:
    """The letters that the roots of a factor are divided by, which are the leading coefficient of a
    polynomial; None where that is not known.
    """
    if variable_names(factor) == {name}:
        return ()
    with suppress(UnsupportedError):
        coefficients = coefficients_of(program, factor, name)
        if coefficients is not None:
            return (coefficients[-1],) if variable_names(coefficients[-1]) else ()
    return None


def _by_function(program: Program, known: Definiteness, factor: Expr, name: str) -> _Way | None:
    """The value of a number of which one function occurs alone, that the factor is affine in."""

    def is_call(node: Expr) -> bool:
        inside = node.args[0] if len(node.args) == 1 else node
        return node.op in INVERSES and inside.op == "variable" and inside.value == name

    calls = {part.op for part in factor.parts if is_call(part)}
    if len(calls) != 1:
        return None
    (call,) = calls
    mark = variable(_MARK, ())
    marked = factor.fold(lambda node, args: mark if is_call(node) else node.with_args(args))
    marking = program.declare(Variable(_MARK, "scalar"))
    with suppress(UnsupportedError):
        coefficients = coefficients_of(marking, marked, _MARK)
        if coefficients is None or len(coefficients) != 2 or name in variable_names(marked):
            return None
        lowest, slope = coefficients
        if known.is_nonzero(slope):
            value = simplify_tree(program, Expr("/", (Expr("neg", (lowest,)), slope)))
            there = undo(program, call, value)
            steps = () if there is None else (_Step({name: there.point}, (), (), there.requires),)
            return _Way(0, steps)
    return None


def _by_quotient(
    program: Program, known: Definiteness, factor: Expr, free: Set[str]
) -> _Way | None:
    """The quotient of the two terms of a factor, one of which has no zeros, as an equation: powers
    with letters in their exponents may cancel in it.
    """
    terms = split_signed_terms(factor)
    if len(terms) != 2 or any(not free & variable_names(term) for _, term in terms):
        return None
    for (sign, above), (other, below) in (terms, terms[::-1]):
        if known.is_nonzero(below):
            quotient = simplify_tree(program, Expr("/", (above, below)))
            if len(quotient.parts) < len(factor.parts):
                rest = Expr("+" if sign == other else "-", (quotient, number(1)))
                return _Way(0, (_Step(equations=(rest,)),))
    return None


def _by_polynomial(
    program: Program, known: Definiteness, factor: Expr, name: str, free: Set[str]
) -> _Way | None:
    """The value of a number of which the factor is a multiple, or which it is affine in."""
    coefficients = None
    with suppress(UnsupportedError):
        coefficients = coefficients_of(program, factor, name)
    if coefficients is None or len(coefficients) < 2:
        return None
    lowest, slope = coefficients[:2]
    if is_zero(lowest):
        rest = simplify_tree(program, Expr("/", (factor, variable(name, ()))))
        steps = (_Step({name: number(0)}), _Step(equations=(rest,)))
        return _Way(2, steps)
    if len(coefficients) > 2:
        return None
    value = simplify_tree(program, Expr("/", (Expr("neg", (lowest,)), slope)))
    if known.is_nonzero(slope):
        return _Way(1, (_Step({name: value}),))
    if not free & variable_names(slope):
        return _Way(1, (_Step({name: value}, apart=(slope,)),))
    return _Way(3, (_Step({name: value}, apart=(slope,)), _Step(equations=(lowest, slope))))
