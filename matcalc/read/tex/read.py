"""LaTeX and declarations in, a typed program out, or two for the sides of an equation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from matcalc.core.dims import Shape
from matcalc.core.errors import (
    MatcalcError,
    ParseError,
    ShapeError,
    Span,
    UnsupportedError,
)
from matcalc.core.inner import Expand, expand_inner
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.program import Program
from matcalc.core.split import split_declarations
from matcalc.core.tree import Expr
from matcalc.core.walk import operands, postorder
from matcalc.read.shapes.context import ODDITIES
from matcalc.read.shapes.infer import infer, infer_pair
from matcalc.read.shapes.singles import note_names, with_numbers, without_declarations
from matcalc.read.syntax.binders import bind
from matcalc.read.syntax.declare import declare
from matcalc.read.syntax.gathered import read_lookups
from matcalc.read.syntax.nodes import Statement, SyntaxNode
from matcalc.read.syntax.offers import keep_readable
from matcalc.read.tex.asked import name_of_variable, variable_of
from matcalc.read.tex.defined import UNUSED, note_unused
from matcalc.read.tex.densities import density_error
from matcalc.read.tex.doubts import refuse_doubts, refuse_lone
from matcalc.read.tex.hints import speak_latex
from matcalc.read.tex.inside import note_part
from matcalc.read.tex.manner import Manner
from matcalc.read.tex.members import write_out_members
from matcalc.read.tex.numbers import (
    as_numbers,
    by_number,
    entries_of_pi,
    may_be_ordinary,
    offer_numbers,
    read_numbered,
    read_ordinary,
)
from matcalc.read.tex.parser import parse
from matcalc.read.tex.resolve import Resolver
from matcalc.read.tex.samples import either, remember
from matcalc.read.tex.scope import Complex, Scope
from matcalc.read.tex.sets import sets_of
from matcalc.read.tex.squares import by_square
from matcalc.read.tex.statements import Named, read_named_values
from matcalc.read.tex.survey import survey
from matcalc.read.tex.values import BeyondProducts, Value
from matcalc.read.tex.written import write_out

_OF_LETTERS = frozenset({"transposed", "behind", "outer", "leading"})
_MOST_LEARNT = 60  # letters whose kind only their use says: each takes another pass
_FEW_NOTES = 4

Declarations = Mapping[str, str | Variable] | Iterable[str]
Typed = Callable[[Resolver, list[list[Statement]], frozenset[str]], Program]


def read_latex(
    text: str,
    declarations: Declarations = (),
    definitions: Mapping[str, Expr] | None = None,
    *,
    language: BaseLanguage | None = None,
    einstein: bool = False,
    printed: Shape | None = None,
    expand: Expand | None = None,
    asks: bool = True,
) -> Program:
    """Parses and types a formula; raises a ``MatcalcError`` that knows its place in the text.

    ``declarations`` and ``definitions`` are those of ``frontend.read``. A letter of which nothing
    was declared follows the same rule, except where the formula says otherwise: a bold letter is a
    vector or a matrix, and so is one that is added to such. With ``einstein`` there is a sum over
    an index that occurs twice in a product. ``printed`` are the axes of an answer of ours that is
    read again: then a letter with a subscript is an entry, \\delta is Kronecker's, and nothing is
    guessed. ``expand`` puts derivatives in place of the signs for them, as it does for
    ``frontend.read``. A sign before the whole formula ``asks`` for a derivative, or else it is a
    part of the formula.
    """
    spoken = language or default_language()
    declared = _declare(declarations)
    parts = {name: value for name, value in (definitions or {}).items() if name.isidentifier()}
    if printed is not None:
        return _type_in(Scope(text, dict(declared), spoken, printed=printed), parts)

    squared = by_square(text)
    if squared is not None:
        program = read_latex(
            squared[0],
            declared,
            definitions,
            language=language,
            einstein=einstein,
            expand=expand,
            asks=asks,
        )
        return program._replace(notes=(squared[1], *program.notes))
    scope = Scope(text, dict(declared), spoken)
    text = write_out(text, scope) or text
    program = _read_written(
        text, declared, parts, Manner(spoken, einstein, scope.typed, asks), scope
    )
    return expand_inner(program, expand) if program.unexpanded else program


def _read_written(
    text: str,
    declared: dict[str, Variable],
    parts: dict[str, Expr],
    manner: Manner,
    scope: Scope,
) -> Program:
    """The program of a formula, in which entries are to be written out if it is read in no other
    way.
    """
    try:
        program = _read(text, declared, parts, manner)
    except MatcalcError as problem:
        written = write_out(text, scope, entries=True)
        if written is None:
            raise
        try:
            return _read(written, declared, parts, manner)
        except MatcalcError as other:
            raise (problem if isinstance(problem, ShapeError) else other) from None
    if any(note.endswith(UNUSED) for note in program.notes):  # s_i = ... where s_j follows
        written = write_out(text, scope, entries=True)
        with suppress(MatcalcError):
            return _read(written or text, declared, parts, manner)
    return program


def _read(
    text: str, declared: dict[str, Variable], parts: dict[str, Expr], manner: Manner
) -> Program:
    """The program of a formula in which nothing is to be written out."""
    weights = entries_of_pi(text) if "pi" not in declared else {}
    if weights:
        program = _read(text, {**declared, **weights}, parts, manner)
        note = "note: pi is read as a vector, because its entries are summed"
        program = without_declarations(program, weights)
        return program._replace(notes=(note, *program.notes))

    declared = {**declared, **sets_of(text, declared)}

    def scope_with(more: Mapping[str, Variable]) -> Scope:
        return manner.scope(text, {**declared, **more})

    def type_numbers() -> tuple[Program, list[str]] | None:
        return as_numbers(scope_with, lambda scope: _type_in(scope, parts))

    def fits(more: Mapping[str, Variable]) -> bool:
        try:
            _type_in(scope_with(more), parts)
        except MatcalcError:
            return False
        return True

    may_be = may_be_ordinary(text)
    try:
        ordinary = read_ordinary(type_numbers()) if may_be else None
        program = ordinary or _type(text, declared, parts, manner)
    except ShapeError as problem:
        found = type_numbers()
        numbered = read_numbered(found)
        if numbered is None and may_be:
            numbered = by_number(
                scope_with({}), lambda more: _type(text, {**declared, **more}, parts, manner)
            )
        if numbered is None:
            if found is not None:
                offer_numbers(problem, found[1], fits)
            raise
        program = numbered
    if not program.notes:
        return note_names(program, latex=True)
    notes = keep_readable(
        program.notes,
        len(text) * _passes(program.notes),
        lambda more: _type(text, {**declared, **declare(more)}, parts, manner),
    )
    return note_names(program._replace(notes=notes), latex=True)


def read_complex_latex(
    text: str, declared: dict[str, Variable], meant: Complex, definitions: Mapping[str, Expr]
) -> Program:
    """The same of a formula in which all letters are declared that are complex."""
    scope = Scope(text, declared, default_language())
    scope.make_complex(meant)
    program = _type_in(scope, definitions)
    return expand_inner(program, None) if program.unexpanded else program


def _passes(notes: Sequence[str]) -> int:
    """About how much dearer letters that are learnt make it to read a text: each takes a pass."""
    return 1 + len(notes) // _FEW_NOTES


def _type(
    text: str,
    declared: dict[str, Variable],
    definitions: Mapping[str, Expr],
    manner: Manner,
    *,
    strict: bool = False,
) -> Program:
    scope = manner.scope(text, declared, strict=strict)
    program, notes = either(
        scope,
        lambda: _type_in(scope, definitions),
        lambda more: without_declarations(
            _type(text, {**declared, **more}, definitions, manner, strict=True), more
        ),
        lambda program: program.variables,
    )
    program = program._replace(notes=(*notes, *program.notes)) if notes else program
    return with_numbers(
        program, lambda more: _type(text, {**declared, **declare(more)}, definitions, manner)
    )


def _type_in(scope: Scope, definitions: Mapping[str, Expr]) -> Program:
    text = scope.source
    for name in definitions:
        scope.adopt(name)
    with _explain_errors(text):
        values = read_named_values(parse(text, scope), scope)
        wanted, asked = values[-1][1], None

        def infer_types(
            resolver: Resolver, sides: list[list[Statement]], counted: frozenset[str]
        ) -> Program:
            nonlocal asked
            if wanted.kind == "gradient" and scope.asks:
                named = [variable_of(resolver.letters, part) for part in wanted.parts]
                asked = "".join(named), wanted.order
            known = scope.declared
            if scope.complex is not None:
                sides[0], known = scope.complex.turned(sides[0], known)
            statements, known = write_out_members(sides[0], known, scope)
            with speak_latex():
                return infer(
                    statements,
                    known,
                    text,
                    resolver.letters.ranks.bound,
                    definitions,
                    counted,
                    scope.language,
                )

        program = _either_way(scope, [values], infer_types, definitions)
    return program._replace(notes=(*scope.notes, *program.notes), asked=asked)


def read_latex_pair(
    left: str,
    right: str,
    declarations: Declarations = (),
    *,
    language: BaseLanguage | None = None,
    einstein: bool = False,
    expand: Expand | None = None,
) -> tuple[Program, Program]:
    """Two formulas over the same letters whose values have one shape, as ``frontend.read_pair``
    reads two texts.
    """
    declared = _declare(declarations)
    declared |= sets_of(f"{left}\n{right}", declared)
    spoken = language or default_language()
    one, other = _type_pair(left, right, declared, spoken, einstein=einstein)
    if one.notes:
        notes = keep_readable(
            one.notes,
            (len(left) + len(right)) * _passes(one.notes),
            lambda more: _type_pair(
                left, right, {**declared, **declare(more)}, spoken, einstein=einstein
            ),
        )
        one, other = one._replace(notes=notes), other._replace(notes=notes)
    if one.unexpanded:
        return expand_inner(one, expand), expand_inner(other, expand)
    return one, other


def _type_pair(
    left: str,
    right: str,
    declared: dict[str, Variable],
    language: BaseLanguage,
    *,
    strict: bool = False,
    einstein: bool,
) -> tuple[Program, Program]:
    text = f"{left}\n{right}"
    scope = Scope(text, dict(declared), language, strict=strict, einstein=einstein, asks=False)
    (one, other), notes = either(
        scope,
        lambda: _type_pair_in(scope, left, right),
        lambda more: _type_pair(
            left, right, {**declared, **more}, language, strict=True, einstein=einstein
        ),
        lambda pair: {**pair[1].variables, **pair[0].variables},
    )
    if not notes:
        return one, other
    one, other = (each._replace(notes=(*notes, *each.notes)) for each in (one, other))
    return one, other


def _type_pair_in(scope: Scope, left: str, right: str) -> tuple[Program, Program]:
    text = scope.source
    with _explain_errors(text):
        # each is parsed by itself, and is at the same place as in the whole
        sides = [
            read_named_values(parse(side, scope), scope)
            for side in (left, f"{' ' * len(left)}\n{right}")
        ]

        def infer_types(
            resolver: Resolver, both: list[list[Statement]], counted: frozenset[str]
        ) -> Program:
            with speak_latex():
                return infer_pair(
                    both[0],
                    both[1],
                    scope.declared,
                    text,
                    resolver.letters.ranks.bound,
                    counted=counted,
                    language=scope.language,
                )

        program = _either_way(scope, sides, infer_types)
    first, second = program.expr.args
    program = program._replace(notes=(*scope.notes, *program.notes))
    return program._replace(expr=first), program._replace(expr=second)


def _declare(declarations: Declarations) -> dict[str, Variable]:
    """The declared variables, whose names may be written in LaTeX: \\Sigma: psd(n)."""
    if isinstance(declarations, Mapping):
        return declare({_plain(name): kind for name, kind in declarations.items()})
    lines = [declarations] if isinstance(declarations, str) else declarations
    parts = (each.partition(":") for line in lines for each in split_declarations(line))
    return declare([f"{_plain(name)}:{kind}" if sep else name for name, sep, kind in parts])


def _plain(name: str) -> str:
    return name_of_variable(name.strip(), {}) if any(sign in name for sign in r"\{^") else name


@contextmanager
def _explain_errors(text: str) -> Iterator[None]:
    """Errors get to know the text; that of a density says how it is written out."""
    try:
        yield
    except MatcalcError as problem:
        density = density_error(text) if isinstance(problem, ParseError) else None
        if density is not None:
            raise density from None
        problem.with_source(text)
        raise


def _either_way(
    scope: Scope,
    sides: list[list[Named]],
    typed: Typed,
    definitions: Mapping[str, Expr] | None = None,
) -> Program:
    """The typed program: with sums as products of whole arrays, or else as binders."""
    notes = dict(scope.notes)

    def read(*, binding: bool) -> Program:
        scope.notes = dict(notes)
        resolver = Resolver(scope)
        resolver.letters.binding = binding
        return _type_and_learn(resolver, sides, typed, definitions)

    try:
        return read(binding=scope.printed is not None)
    except BeyondProducts:
        return read(binding=True)
    except ShapeError as problem:
        if not _take_parts(sides):
            raise
        with suppress(MatcalcError):  # x_t up to T-1 is a part of x, not all of it
            return read(binding=True)
        raise problem from None


def _take_parts(sides: list[list[Named]]) -> bool:
    """Whether a sum ends at n-1, as no whole array does."""
    phrases = [phrase for values in sides for _, phrase in values]
    parts = (part for root in phrases for part in postorder(root, operands))
    sums = [part for part in parts if part.kind == "bigsum" and part.limit is not None]
    return any(part.limit.kind in ("+", "-") for part in sums if part.limit is not None)


def _type_and_learn(
    resolver: Resolver,
    sides: list[list[Named]],
    typed: Typed,
    definitions: Mapping[str, Expr] | None,
) -> Program:
    """The typed program; resolved again where the shapes tell that a letter is not what it was
    taken for.

    Beside the entries of sums there may be numbers, so that nothing follows from a sum of a number
    and a vector.
    """
    statements = _resolve(resolver, sides, definitions)
    counted = _OF_LETTERS if resolver.letters.indices_of_sums else ODDITIES
    program = typed(resolver, statements, counted)
    if not program.learnt:
        return program
    letters = resolver.letters
    entries = {
        letters.base_name(phrase.args[0])
        for phrase, _ in letters.subscripted
        if phrase.kind == "indexed" and phrase.args[0].kind == "symbol"
    }
    if any(kind == "scalar" and name in entries for name, kind in program.learnt.items()):
        return typed(resolver, statements, frozenset())  # what has entries is not a number
    resolver.letters.ranks.bound.update(program.learnt)
    again = typed(resolver, _resolve(resolver, sides, definitions), counted)
    return again._replace(
        notes=tuple(dict.fromkeys((*program.notes, *again.notes))), learnt=program.learnt
    )


def _resolve(
    resolver: Resolver, sides: list[list[Named]], definitions: Mapping[str, Expr] | None = None
) -> list[list[Statement]]:
    """The statements; again as long as a pass has learnt of a letter that it is a vector or a
    matrix.
    """
    given = {
        name: Value(SyntaxNode("name", (), 0, 0, value=name), e.rank, e.row)
        for name, e in (definitions or {}).items()
    }
    for name, phrase in (pair for values in sides for pair in values):
        resolver.followed |= survey(resolver.letters, phrase, name)
    doubtful = resolver.scope.printed is None
    for _, phrase in (pair for values in sides for pair in values if doubtful):
        refuse_doubts(resolver.letters, phrase)
    remember(resolver.letters, [phrase for values in sides for _, phrase in values])
    for _ in range(_MOST_LEARNT):
        letters = resolver.letters
        letters.start()
        letters.defined.update(given)
        result = []
        for values in sides:
            passed = _pass(resolver, values)
            if passed is None:
                break
            result.append(passed)
        else:
            refuse_lone(letters, letters.alone.values() if doubtful else ())
            letters.finish()
            for statements in result:
                read_lookups(statements, resolver.scope.declared)
            for statements, values in zip(result, sides, strict=True) if doubtful else ():
                note_unused(statements, values[-1][0], resolver.scope)
            if letters.binding:
                for statements in result:
                    sizes = size_names(resolver.scope.declared.values())
                    bind(statements, resolver.scope.source, sizes)
            return result
    raise UnsupportedError(
        f"more than {_MOST_LEARNT} letters whose kinds only their use can tell",
        hint="declare them",
    )


def _pass(resolver: Resolver, values: list[Named]) -> list[Statement] | None:
    """The statements, with the ranks that are known so far; the value comes last, after the
    definitions that check ranges. None where the rank of a letter was learnt.
    """
    result: list[Statement] = []
    letters = resolver.letters
    letters.checks.clear()
    for name, phrase in values[:-1]:
        assert name is not None  # _values has made sure
        value = resolver.value(phrase)
        if value is None:
            return None
        called = resolver.scope.name(name)
        letters.defined[called] = value
        bar = "" if resolver.scope.complex is None else resolver.scope.complex.bars.get(called)
        if bar:
            letters.defined[bar] = Value(
                SyntaxNode("name", (), 0, 0, value=bar), value.rank, value.row
            )
        result.append(Statement("definition", value.node, called, Span(name.start, name.end)))
    if resolver.scope.asks:
        resolver.wanted = values[-1][1]
    wanted = resolver.value(values[-1][1])
    if wanted is None:
        return None
    if resolver.scope.asks and values[-1][1].kind != "gradient":
        note_part(resolver, values[-1][1])
    return [*result, *letters.checks, Statement("value", wanted.node)]
