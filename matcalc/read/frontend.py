"""The front end: text and declarations in, a typed program out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcalc.core.errors import (
    ParseError,
    ShapeError,
    Span,
    UnknownNameError,
)
from matcalc.core.inner import Expand, expand_inner
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.read.shapes.infer import infer, infer_pair
from matcalc.read.shapes.singles import note_names, with_numbers
from matcalc.read.syntax.declare import declare, from_statement, name_family
from matcalc.read.syntax.nodes import Binding, Statement, SyntaxNode, has_members
from matcalc.read.syntax.offers import keep_readable
from matcalc.read.syntax.parser import parse

_LONGEST_QUOTE = 80


def read(
    text: str,
    declarations: Mapping[str, str | Variable] | Iterable[str] = (),
    kinds: Mapping[str, str] | None = None,
    definitions: Mapping[str, Expr] | None = None,
    *,
    language: BaseLanguage | None = None,
    expand: Expand | None = None,
    counts: Mapping[str, int] | None = None,
) -> Program:
    """Parses and types a program; raises a ``MatcalcError`` that knows its place in the text.

    ``declarations`` is a mapping ``{"A": "symmetric(n)"}`` or lines ``"A: symmetric(n)"``; the text
    may hold more of them. ``kinds`` are those of names of which nothing else was declared: ``{"b":
    "vector"}``. ``definitions`` are those of another program over the declared variables, which the
    text may use, and make anew. ``language`` is the default language where it is not given.
    ``expand`` puts derivatives in place of ``grad(f, x)`` and its like, which are refused without
    it.
    ``counts`` are numbers in place of names: loops that end at one of these are written out.
    """
    spoken = language or default_language()
    known = _declared_kinds(declarations)

    def infer_types(more: Mapping[str, str]) -> Program:
        (statements,), variables = _statements([text], {**known, **more}, spoken, counts)
        _check_order(statements, text)
        return infer(
            statements, variables, text, kinds, definitions, language=spoken, patient=not more
        )

    try:
        program = with_numbers(infer_types({}), infer_types)
    except ShapeError as problem:
        # on errors only
        from matcalc.read.shapes.spelled import explain_indices  # noqa: PLC0415
        from matcalc.read.syntax.numbered import (  # noqa: PLC0415
            find_numbered_members,
            note_on_members,
        )

        (statements,), variables = statements_of([text], known, spoken)
        members = find_numbered_members(statements, variables)
        if not members:
            explain_indices(problem, text)
            raise
        kinds_of = dict.fromkeys(members, "matrix")
        program = with_numbers(
            infer_types(kinds_of), lambda more: infer_types({**kinds_of, **more})
        )
        program = program._replace(notes=(note_on_members(members), *program.notes))
    if program.notes:
        program = program._replace(notes=keep_readable(program.notes, len(text), infer_types))
    program = note_names(program)
    return expand_inner(program, expand) if program.unexpanded else program


def read_pair(
    left: str | Program,
    right: str | Program,
    declarations: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    language: BaseLanguage | None = None,
    expand: Expand | None = None,
) -> tuple[Program, Program]:
    """Two programs over the same variables whose values have one shape.

    A declaration of one holds in both; the right one may use the definitions of the left one, and
    make them anew. A side that is typed already stays as it is; its variables have to be declared.
    """
    spoken = language or default_language()
    given = _declared_kinds(declarations)
    one, other = _type_pair(left, right, given, spoken)
    if one.notes:
        size = len(one.source)
        notes = keep_readable(
            one.notes, size, lambda more: _type_pair(left, right, {**given, **more}, spoken)
        )
        one, other = one._replace(notes=notes), other._replace(notes=notes)
    if one.unexpanded:
        return expand_inner(one, expand), expand_inner(other, expand)
    return one, other


def _type_pair(
    left: str | Program,
    right: str | Program,
    declarations: Mapping[str, str | Variable],
    language: BaseLanguage,
) -> tuple[Program, Program]:
    first, second = (side if isinstance(side, str) else side.source for side in (left, right))
    text = f"{first}\n{second}"
    start = len(text) - len(second)
    known: dict[str, Expr] = {}
    texts = []
    for side, shown, place in ((left, first, 0), (right, second, start)):
        if isinstance(side, str):
            _check_order(_statements([shown], declarations, language)[0][0], shown)
            texts.append(
                " " * (place - 1) + "\n" * (place > 0) + shown
            )  # it stands where it is in the whole
    parsed, variables = _statements(texts, declarations, language)
    sides = []
    for side, shown, place in ((left, first, 0), (right, second, start)):
        if isinstance(side, str):
            sides.append(parsed.pop(0))
        else:
            name = f"({shown})"  # no name in the language
            known[name] = side.expr
            sides.append(
                [Statement("value", SyntaxNode("name", (), place, place + len(shown), value=name))]
            )
    program = infer_pair(sides[0], sides[1], variables, text, definitions=known, language=language)
    one, other = program.expr.args
    return program._replace(expr=one), program._replace(expr=other)


def _declared_kinds(
    declarations: Mapping[str, str | Variable] | Iterable[str],
) -> Mapping[str, str | Variable]:
    """The declarations by name."""
    if isinstance(declarations, Mapping):
        return declarations
    return {**declare([declarations] if isinstance(declarations, str) else declarations)}


def _statements(
    texts: list[str],
    declarations: Mapping[str, str | Variable],
    language: BaseLanguage,
    counts: Mapping[str, int] | None = None,
) -> tuple[list[list[Statement]], dict[str, Variable]]:
    """The definitions and values of each text, and everything that is declared; loops and families
    are written out.
    """
    rest, variables = statements_of(texts, declarations, language)
    if any(has_members(statements, variables) for statements in rest):
        # few programs have loops
        from matcalc.read.syntax.families import all_written_out  # noqa: PLC0415

        return all_written_out(rest, variables, texts, counts)
    return rest, variables


def statements_of(
    texts: list[str], declarations: Mapping[str, str | Variable], language: BaseLanguage
) -> tuple[list[list[Statement]], dict[str, Variable]]:
    """The definitions and values of each text as they are typed, and everything that is
    declared.
    """
    variables = declare(declarations)
    sizes = size_names(variables.values())
    power = _is_scalar(variables.get("T"))
    parsed = [parse(text, power_of_T=power, sizes=sizes) for text in texts]
    if any(
        statement.name == "T" and _is_power(statement)
        for statements in parsed
        for statement in statements
    ):
        parsed = [parse(text, power_of_T=True, sizes=sizes) for text in texts]
    rest: list[list[Statement]] = []
    for text, statements in zip(texts, parsed, strict=True):
        rest.append([])
        for statement in statements:
            if statement.role == "declaration":
                if name_family(statement, text) in variables:
                    raise UnknownNameError(
                        f"{statement.name} is declared twice", source=text, span=statement.name_span
                    )
                variables[statement.name] = from_statement(statement, text, language.functions)
            else:
                rest[-1].append(statement)
        if rest[-1] and _is_array(rest[-1][-1]):
            rest[-1][-1].role = "value"
    if any(variable.kind == "onehot" for variable in variables.values()):
        # few programs look up places
        from matcalc.read.syntax.gathered import read_lookups  # noqa: PLC0415

        for statements in rest:
            read_lookups(statements, variables)
    return rest, variables


def _is_array(statement: Statement) -> bool:
    """Whether the entries of an array are defined: as the last line that is the value."""
    return (
        statement.role == "definition"
        and isinstance(statement.body.value, Binding)
        and (statement.body.value.name == "array")
    )


def _is_scalar(variable: Variable | None) -> bool:
    """Whether this is a variable that can be an exponent."""
    return variable is not None and not variable.shape


def _is_power(statement: Statement) -> bool:
    """Whether a statement about T makes ``X^T`` a power."""
    return statement.role == "definition" or (
        statement.body.kind == "name" and statement.body.value in ("scalar", "positive")
    )


def _check_order(statements: list[Statement], text: str) -> None:
    """Definitions come first, and one value ends the program."""
    for statement in statements[:-1]:
        if statement.role == "value":
            hint = (
                "a line goes on inside brackets and after an operator; the answer is the "
                "last statement"
            )
            raise ParseError(
                "this value is not used", source=text, span=statement.body.span, hint=hint
            )
    if not statements or statements[-1].role != "value":
        end = len(text.rstrip("; \t\r\n"))
        hint = "end with the expression, as in  r = A*x; r'*r"
        if len(statements) == 1 and statements[0].role == "definition":
            body = statements[0].body
            shown = " ".join(text[body.start : body.end].split())
            if len(shown) <= _LONGEST_QUOTE:
                hint = f"write {shown}; a definition is used in what follows it"
        raise ParseError(
            "there is no expression after the definitions",
            source=text,
            span=Span(end, end),
            hint=hint,
        )
