r"""Stationary points of real functions of a complex variable, by the Wirtinger gradient.

A real f is stationary where its derivative by conj(z) is zero. With a complex equation h = 0 the
Lagrangian is f + 2*Re(l^H*h), with a real one f + l'*h (Brandwood, A complex gradient operator and
its application in adaptive array theory, 1983). The equation is solved for z as one that is affine
in z, and the conjugate of what is found put in where the conjugate of z stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from matcalc.answers.common.equations import as_zero, split_sides
from matcalc.answers.common.names import free_name
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.stationary import NamedProblem, equations_of
from matcalc.answers.zeros.roots import find_roots
from matcalc.answers.zeros.solving import affine_zero
from matcalc.conjugates.analytic import analytic
from matcalc.conjugates.answer import Wirtinger
from matcalc.conjugates.curvature import Curvature
from matcalc.conjugates.equality import same_value
from matcalc.conjugates.expression import ComplexExpression
from matcalc.conjugates.reading import (
    ComplexProgram,
    conjugate,
    read_complex,
    read_complex_latex,
)
from matcalc.conjugates.unit import without_powers
from matcalc.core.boundary import public
from matcalc.core.directions import free_variable
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.notes import label_lines
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    is_number,
    is_zero,
    number,
    pair,
    transpose,
    variable,
    variable_names,
    zeros,
)
from matcalc.core.typeset import Typeset
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive, differentiate, simplify_tree
from matcalc.notations.read import column
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_pieces import align


class WeightedEquation(NamedTuple):
    """An equation, with what is zero in it and its multiplier, which is real where both sides
    are.
    """

    source: str
    zero: Expr
    multiplier: str
    is_real: bool


class ComplexPoint(Typeset):
    """Where the Wirtinger gradient of a real function is zero: ``str`` is the point, ``condition``
    what it is and when, ``multipliers`` those of the equations, ``proof`` how it was proved.
    ``other`` is a second point that goes with it.
    """

    def __init__(
        self,
        wrt: str,
        gradient: tuple[str, str],
        point: ComplexExpression,
        other: ComplexExpression | None,
        multipliers: Mapping[str, ComplexExpression],
        condition: str,
        proof: str,
    ) -> None:
        self.wrt = wrt
        self.gradient = gradient
        self.point, self.other = point, other
        self.multipliers = dict(multipliers)
        self.condition, self.proof = condition, proof

    def __str__(self) -> str:
        return str(self.point)

    def __repr__(self) -> str:
        return f"<matcalc.ComplexPoint {self.wrt} = {self}>"

    @public
    def report(self) -> str:
        """The point with the condition and the proof, a line each."""
        rows = [("and", f"{self.wrt} = {self.other}")] if self.other is not None else []
        rows += [self.gradient]
        rows += [("multiplier", f"{name} = {each}") for name, each in self.multipliers.items()]
        rows += [("it is", self.condition), ("proved", self.proof)]
        return "\n".join([f"{self.wrt} = {self}", *label_lines(rows)])

    @public
    def latex(self) -> str:
        """The point, or both, in LaTeX."""
        if self.other is None:
            return f"{letter(self.wrt)} = {self.point.latex()}"
        return align([f"{letter(self.wrt)} &= {x.latex()}" for x in (self.point, self.other)])


class _Lagrangian:
    """The gradient of a function and its equations, and the program with all multipliers."""

    def __init__(
        self, found: ComplexProgram, wrt: str, sources: Sequence[str], trees: Sequence[Expr]
    ) -> None:
        self.wrt = wrt
        self.objective = found.program.expr
        self.equations: list[WeightedEquation] = []
        for source, tree in zip(sources, trees, strict=True):
            found = self._read(found, source, tree)
        self.found = found
        self.free = wrt in found.conjugated
        self.gradient = self._gradient()

    def _read(self, found: ComplexProgram, source: str, tree: Expr) -> ComplexProgram:
        """Takes on an equation, and gives the program with its multiplier."""
        names = {self.wrt, conjugate(self.wrt)}
        if variable_names(tree).isdisjoint(names):
            raise ArgumentError(
                f"{source} does not constrain {self.wrt}", hint=f"it has no {self.wrt}"
            )
        if tree.rank > 1:
            raise UnsupportedError(
                f"{source} is an equation of matrices",
                hint="only equations of scalars and vectors are solved",
            )
        tree = _squared(column(tree), Definiteness(found.program))
        is_real = same_value(found, found.conjugate_of(tree), tree)[0] is True
        name = free_name(found.program, "l", "k", "u")
        self.equations.append(WeightedEquation(source, tree, name, is_real))
        here = free_variable(name, tree)
        if is_real:
            return replace(found, program=found.program.declare(here))
        here = here._replace(complex=True)
        known = found.program.declare(here, here._replace(name=conjugate(name)))
        return replace(found, program=known, names=(*found.names, name))

    def _gradient(self) -> Expr:
        terms = self.objective
        for each in self.equations:
            one = pair(variable(each.multiplier, each.zero.shape), each.zero)
            if not each.is_real:
                one = pair(variable(conjugate(each.multiplier), each.zero.shape), each.zero)
                one = Expr("+", (one, self.found.conjugate_of(one)))
            terms = Expr("+", (terms, one))
        return self.derive(terms)

    def derive(self, tree: Expr) -> Expr:
        """The derivative by the conjugate, or the transpose of that by a Hermitian matrix."""
        program = self.found.program._replace(expr=tree, definitions={}, asked=None)
        name = conjugate(self.wrt) if self.free else self.wrt
        slope = self.clean(differentiate(DerivativeStatement(program, name, 1, "free")))
        return slope if self.free else transpose(slope)

    def clean(self, tree: Expr) -> Expr:
        """A tree of the engine without norms of complex values and powers of the unit."""
        return without_powers(self.found.program, analytic(tree, self.found.moving))

    def simplify(self, tree: Expr) -> Expr:
        """The same value, short."""
        return self.clean(simplify_tree(self.found.program, tree))

    def put(self, tree: Expr, values: Mapping[str, Expr]) -> Expr:
        """The tree with values of variables, and their conjugates for the conjugates."""
        both = dict(values)
        for name, value in values.items():
            if name in self.found.conjugated:
                both[conjugate(name)] = self.found.conjugate_of(value)
        return put(tree, both)

    # -- solving

    def solve(self, equation: Expr, name: str) -> Expr | None:
        """The value of a variable where an equation of its shape holds; None where it is not
        affine in the variable and its conjugate.
        """
        value = self._affine(equation, name)
        other = conjugate(name)
        if value is None or other not in variable_names(value):
            return value
        # z = P(conj(z)), so z = P(conj(P)(z)), which is affine in z alone
        barred = put(self.found.conjugate_of(value), {})
        whole = put(value, {other: barred})
        z = variable(name, self.found.program.variables[name].shape)
        return self._affine(Expr("-", (z, whole), z.shape), name)

    def _affine(self, equation: Expr, name: str) -> Expr | None:
        with suppress(UnsupportedError):
            zero = affine_zero(self.found.program._replace(expr=equation, definitions={}), name)
            if zero is not None and zero.along is None:
                return self.clean(zero.point)
        return None

    def candidates(self) -> Iterator[list[tuple[Expr, dict[str, Expr]]]]:
        """Points with their multipliers, those that belong together."""
        program = self.found.program
        known = program.variables[self.wrt]
        for equation in equations_of(program, self.gradient, known):
            start = self.solve(equation, self.wrt)
            if start is not None:
                yield from self._with_multipliers(start)

    def _with_multipliers(self, start: Expr) -> Iterator[list[tuple[Expr, dict[str, Expr]]]]:
        found: list[tuple[Expr, dict[str, Expr]]] = [(start, {})]
        for each in self.equations:
            further = []
            for point, values in found:
                left = self.simplify(self.put(self.put(each.zero, {self.wrt: point}), values))
                for value in self._multipliers(left, each):
                    moved = {each.multiplier: value}
                    after = {name: self.put(old, moved) for name, old in values.items()}
                    further.append((self.put(point, moved), {**after, **moved}))
            found = further
        if found:
            yield found

    def _multipliers(self, left: Expr, equation: WeightedEquation) -> list[Expr]:
        """The multipliers with which an equation holds."""
        name = equation.multiplier
        value = self.solve(left, name)
        if value is not None:
            return [value]
        if left.shape or not equation.is_real:
            return []
        return self._square_roots(left, name) or self._roots(left, name)

    def _roots(self, left: Expr, name: str) -> list[Expr]:
        """The roots of a polynomial, or of a quotient of some, in a real number."""
        program = self.found.program._replace(definitions={})
        with suppress(UnsupportedError):
            return [self.clean(root.point) for root in find_roots(program, left, name) or ()]
        return []

    def _square_roots(self, left: Expr, name: str) -> list[Expr]:
        """The two values where an equation is affine in the square of the inverse."""
        program = self.found.program._replace(definitions={})
        factor = variable(name, ())
        whole = self.simplify(Expr("*", (Expr("^", (factor, number(2))), left)))
        with suppress(UnsupportedError):
            slope = derive(program._replace(expr=whole), name)
            twice = self.clean(derive(program._replace(expr=slope), name))
            zero = {name: number(0)}
            if name in variable_names(twice) or is_zero(twice):
                return []
            if is_zero(self.simplify(put(slope, zero))):
                rest = Expr("*", (number(-2), put(whole, zero)))
                root = Expr("sqrt", (self.simplify(Expr("/", (rest, twice))),))
                return [root, Expr("neg", (root,))]
        return []

    # -- proofs

    def proof_at(self, point: Expr, values: Mapping[str, Expr]) -> str:
        """How it is proved that the gradient is zero at a point, and that the equations hold; empty
        where it is not.
        """
        said = ""
        for tree in (*[each.zero for each in self.equations], self.gradient):
            there = self.put(self.put(tree, values), {self.wrt: point})
            try:
                same, how = same_value(self.found, there, zeros(there.shape, row=there.row))
            except UnsupportedError:
                return ""
            if same is not True:
                return ""
            said = how if not said or not how.startswith("exact") else said
        return said

    def show(self, tree: Expr) -> ComplexExpression:
        """A value over the variables, in few signs."""
        program = self.found.program._replace(expr=self.simplify(tree), definitions={}, asked=None)
        return ComplexExpression(replace(self.found, program=program, asked=()))

    def without(self, tree: Expr) -> ComplexExpression:
        """A value without the multipliers, which are not variables of it."""
        gone = [each.multiplier for each in self.equations]
        barred = [conjugate(each) for each in gone]
        shown = self.show(tree)
        program = shown._found.program.without(*[*gone, *barred])
        names = tuple([name for name in self.found.names if name not in gone])
        return ComplexExpression(replace(shown._found, program=program, names=names))


class ComplexProblem:
    """A function of complex variables, with equations that hold: ``solve`` finds the point where it
    is stationary.
    """

    def __init__(
        self,
        text: str,
        wrt: str | Sequence[str] = "",
        variables: Mapping[str, str | Variable] | Iterable[str] = (),
        *,
        subject_to: Sequence[str] = (),
        latex: bool = False,
    ) -> None:
        names = [wrt] if isinstance(wrt, str) else list(wrt)
        if len(names) > 1:
            raise UnsupportedError(
                f"{', '.join(names)}: functions are made stationary in one complex variable",
                hint=f"name one of them: --wrt {names[0]}",
            )
        self._sources = list(subject_to)
        equations = [as_zero(each) for each in subject_to]
        self._found, self._trees = _read_all(text, equations, variables, latex=latex)
        known = _declared(self._found.kinds)
        self._derived = Wirtinger(text, names[0] if names else "", known, latex=latex)
        self.notes = self._found.notes

    @property
    def inferred(self) -> dict[str, str]:
        """The variables that were not declared, each with its kind."""
        return self._found.inferred

    def solve(self) -> ComplexPoint | NamedProblem:
        """The point, or the eigenproblem that leads to it.

        Raises UnsupportedError where no closed form is found, and where the function is not real.
        """
        derived = self._derived
        if not derived.is_real:
            raise UnsupportedError(
                "the function is not real, so it has no stationary points",
                source=self._found.program.source,
                hint="take its modulus or its real part",
            )
        problem = _Lagrangian(self._found, derived.wrt, self._sources, self._trees)
        named = _eigenproblem(problem)
        if named is not None:
            return named
        for candidates in problem.candidates():
            point = _prove(problem, candidates)
            if point is not None:
                return point
        what = "the gradient of the Lagrangian"
        if not self._sources:
            what = str(problem.without(problem.gradient))
        raise UnsupportedError(
            f"no closed form was found for {derived.wrt} where {what} is zero",
            hint="there is one where the gradient is affine in the variable; matcalc diff shows it",
        )


def _prove(
    problem: _Lagrangian, candidates: Sequence[tuple[Expr, dict[str, Expr]]]
) -> ComplexPoint | None:
    """The first point, where it is proved; a second one goes with it."""
    proofs = [problem.proof_at(*each) for each in candidates[:2]]
    if not proofs or not proofs[0]:
        return None
    (point, values), how = candidates[0], proofs[0]
    both = len(proofs) > 1 and bool(proofs[1])
    slopes = [problem.put(problem.gradient, each) for _, each in candidates[: 1 + both]]
    curvature = Curvature(problem.found, problem.wrt, problem.objective, problem.derive)
    if both and curvature.extreme(slopes[0]) == "maximum" != curvature.extreme(slopes[1]):
        return _prove(problem, candidates[1::-1])  # the minimum first
    short = problem.simplify(point)
    condition = curvature.condition(short, [each.zero for each in problem.equations], slopes)
    whose = "the gradient there is zero"
    if problem.equations:
        hold = "equations hold" if len(problem.equations) > 1 else "equation holds"
        whose = f"the {hold} there, and the gradient of the Lagrangian is zero"
    by = f"d/dconj({problem.wrt})" if problem.free else f"d/d{problem.wrt}, transposed"
    return ComplexPoint(
        problem.wrt,
        ("gradient", f"{by} = {problem.without(problem.derive(problem.objective))}"),
        problem.without(point),
        problem.without(candidates[1][0]) if both else None,
        {name: problem.without(value) for name, value in values.items()},
        condition,
        f"{whose}, {how}",
    )


def _read_all(
    text: str,
    others: Sequence[str],
    variables: Mapping[str, str | Variable] | Iterable[str],
    *,
    latex: bool,
) -> tuple[ComplexProgram, list[Expr]]:
    """The function, and what is zero in each equation, over the same variables."""
    read = read_complex_latex if latex else read_complex
    texts = ["({}) - ({})".format(*split_sides(each)) for each in others]
    found = read(text, variables)
    for each in texts:
        beside = read(each, _declared(found.kinds))
        found = read(text, _declared({**beside.kinds, **found.kinds}))
    programs = [read(each, _declared(found.kinds)) for each in texts]
    known = {name: kind for one in programs for name, kind in one.program.variables.items()}
    program = found.program._replace(variables={**known, **found.program.variables})
    return replace(found, program=program), [_value(one) for one in programs]


def _squared(zero: Expr, known: Definiteness) -> Expr:
    """Of ``norm2(z) - r`` with a positive r the difference of the squares, which has no root."""
    if zero.op != "-" or zero.args[0].op != "sqrt" or not known.is_positive(zero.args[1]):
        return zero
    return Expr("-", (zero.args[0].args[0], Expr("^", (zero.args[1], number(2)))))


def _value(found: ComplexProgram) -> Expr:
    """What is zero; of a difference from zero the other side."""
    tree = found.program.expr
    return tree.args[0] if tree.op == "-" and is_zero(tree.args[1]) else tree


def _declared(kinds: Mapping[str, str]) -> dict[str, str]:
    return {name: kind for name, kind in kinds.items() if kind != "function"}


def _eigenproblem(problem: _Lagrangian) -> NamedProblem | None:
    """The generalized eigenproblem of a quotient of Hermitian forms, or of one form on the set
    where another has a value.
    """
    found, wrt, whole = problem.found, problem.wrt, problem.objective
    if len(found.program.variables[wrt].shape) != 1 or not problem.free:
        return None
    level: Expr = number(1)
    if whole.op == "/" and not problem.equations:
        sides = list(whole.args)
        value = whole
    elif len(problem.equations) == 1 and problem.equations[0].is_real:
        zero = problem.equations[0].zero
        rest = problem.put(zero, {wrt: zeros(found.program.variables[wrt].shape)})
        level = problem.simplify(Expr("neg", (rest,)))
        sides = [whole, Expr("+", (zero, level))]
        value = whole
    else:
        return None
    forms = [_form(problem, side) for side in sides]
    if None in forms or is_zero(forms[1]):  # type: ignore[arg-type]
        return None
    left, right = (each for each in forms if each is not None)
    name = free_name(found.program, "λ", "l")
    x = variable(wrt, found.program.variables[wrt].shape)
    one = Expr("*", (left, x), x.shape)
    other = x if right.op == "eye" else Expr("*", (right, x), x.shape)
    factor = variable(name, ())
    kind = "an eigenproblem" if right.op == "eye" else "a generalized eigenproblem"
    if not problem.equations:
        # the gradient of p/q is zero exactly where grad p = (p/q)*grad q
        product = Expr("*", (whole.args[1], problem.gradient), x.shape)
        meant = Expr("-", (one, Expr("*", (value, other), x.shape)), x.shape)
        how = f"the gradient times {problem.show(whole.args[1])} is the difference"
        said = f"{kind}; {name} = {problem.show(value)} is the eigenvalue"
    else:
        multiplier = problem.equations[0].multiplier
        product = put(problem.gradient, {multiplier: Expr("neg", (factor,))})
        meant = Expr("-", (one, Expr("*", (factor, other), x.shape)), x.shape)
        how = "the gradient of the Lagrangian is the difference"
        times = name if is_number(level, 1) else f"{name}*{problem.show(level)}"
        said = (
            f"{kind}; under {problem.equations[0].source} the value there is {times}, least at "
            f"the least eigenvalue {name} and largest at the largest"
        )
    moving = replace(found, program=found.program.declare(Variable(name, "scalar")))
    same, proof = same_value(moving, product, meant)
    if same is not True:
        return None
    equation = f"{problem.show(one)} = {name}*{problem.show(other)}"
    return NamedProblem(said, equation, f"{how}, {proof}")


def _form(problem: _Lagrangian, part: Expr) -> Expr | None:
    """The Hermitian A of a form z^H*A*z; None where the part is none."""
    wrt = problem.wrt
    slope = problem.derive(part)
    program = problem.found.program._replace(expr=slope, definitions={}, asked=None)
    matrix = problem.clean(differentiate(DerivativeStatement(program, wrt, 1, "free")))
    moving = {wrt, conjugate(wrt)}
    if not moving.isdisjoint(variable_names(matrix)):
        return None
    shape = problem.found.program.variables[wrt].shape
    z = variable(wrt, shape)
    whole = Expr("*", (transpose(variable(conjugate(wrt), shape)), Expr("*", (matrix, z), shape)))
    same, _ = same_value(problem.found, part, whole)
    return problem.simplify(matrix) if same is True else None
