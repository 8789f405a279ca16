"""LaTeX and declarations in, a typed program out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matcalc.core.errors import MatcalcError, ShapeProblem, Span, SyntaxProblem, UnsupportedProblem
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.shapes.infer import infer
from matcalc.syntax.declare import declared
from matcalc.syntax.nodes import Statement
from matcalc.tex.parser import parse
from matcalc.tex.phrases import Equation, Phrase
from matcalc.tex.resolve import Resolver
from matcalc.tex.scope import Scope

_MOST_LEARNT = 60  # letters whose kind only their use says: each takes another pass


def read_latex(text: str, declarations: Mapping[str, str | Variable] | Iterable[str] = ()) -> Program:
    """Parses and types a formula; raises a ``MatcalcError`` that knows its place in the text.

    ``declarations`` are those of ``frontend.read``. A letter of which nothing was declared follows the same rule, except
    where the formula says otherwise: a bold letter is a vector or a matrix, and so is one that is added to such.
    """
    variables = declared([declarations] if isinstance(declarations, str) else declarations)
    scope = Scope(text, variables)
    try:
        equations = parse(text, scope)
        values = _values(equations, text)
        resolver = Resolver(scope)
        statements = _resolved(resolver, values)
        program = infer(statements, variables, text, resolver.letters.kinds)
    except MatcalcError as problem:
        problem.with_source(text)
        if isinstance(problem, ShapeProblem) and problem.hint and "'" in problem.hint:
            problem.hint = None  # it speaks of the other language
        raise
    wanted = values[-1][1]
    asked = (scope.name(wanted.parts[0]), wanted.order) if wanted.kind == "gradient" else None
    return replace(program, notes=(*scope.notes, *program.notes), asked=asked)


def _values(equations: list[Equation], text: str) -> list[tuple[Phrase | None, Phrase]]:
    """The statements with their names: definitions, and one value. What a value is called does not matter."""
    for equation in equations[:-1]:
        if equation.left is None:
            hint = r"a formula in several lines has definitions, as in r = A x - b \\ r^\top r"
            raise SyntaxProblem("this value is not used", source=text, span=equation.value.span, hint=hint)
    for equation in equations[:-1]:
        if equation.left is not None and equation.left.kind not in ("symbol", "indexed"):
            raise SyntaxProblem("a definition has a letter on its left", source=text, span=equation.left.span)
        if equation.value.kind == "gradient":
            raise SyntaxProblem("the derivative of a definition", source=text, span=equation.value.span)
    return [(equation.left, equation.value) for equation in equations]


def _resolved(resolver: Resolver, values: list[tuple[Phrase | None, Phrase]]) -> list[Statement]:
    """The statements; again as long as a pass has learnt of a letter that it is a vector or a matrix."""
    for _, phrase in values:
        resolver.survey(phrase)
    for _ in range(_MOST_LEARNT):
        letters = resolver.letters
        letters.changed = False
        letters.checks.clear()
        letters.defined.clear()
        try:
            result = _pass(resolver, values)
        except MatcalcError:
            if not letters.changed:
                raise
            continue
        if not letters.changed:
            return [*result[:-1], *letters.checks, result[-1]]
    raise UnsupportedProblem(f"more than {_MOST_LEARNT} letters of which only their use says what they are", hint="declare them")


def _pass(resolver: Resolver, values: list[tuple[Phrase | None, Phrase]]) -> list[Statement]:
    """The statements, with the kinds that are known so far."""
    result: list[Statement] = []
    for name, phrase in values[:-1]:
        assert name is not None  # _values has made sure
        value = resolver.value(phrase)
        called = resolver.scope.name(name)
        resolver.letters.defined[called] = value
        result.append(Statement("definition", value.node, called, Span(name.start, name.end)))
    result.append(Statement("value", resolver.value(values[-1][1]).node))
    return result
