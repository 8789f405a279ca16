"""What an editor wants to know of a text: problems with their places, what is at a place, and
its layout. Nothing here depends on an editor.

A ``.matcalc`` file has the entries of a session. A document in LaTeX or Markdown has marked claims
(docs/check.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.files import find_claims
from matcalc.claims.judge.marks import formula_at, markers
from matcalc.claims.judge.report import Report
from matcalc.claims.judge.verdict import judge
from matcalc.cli.arguments import command_names, parse_arguments
from matcalc.cli.lines import OWN, arguments, begins_with, split_line
from matcalc.core.errors import MatcalcError, line_at
from matcalc.core.operations import SUBJECTS
from matcalc.read.tex.read import read_latex
from matcalc.results import Expression, Formula
from matcalc.tools.layout import latex_laid_out, lay_out
from matcalc.tools.session import Session, SessionEntry, entries, names_in

ERROR, WARNING, INFORMATION = "error", "warning", "information"
_LONGEST = 200_000  # characters of a document
_KEPT = 256  # claims whose reports are kept


class Diagnostic(NamedTuple):
    """Something to say of the characters [start, end)."""

    start: int
    end: int
    message: str
    severity: str


class _EntryInSession(NamedTuple):
    """An entry of a file, with the session before it."""

    entry: SessionEntry
    session: Session


def problems(text: str, *, marked: bool) -> list[Diagnostic]:
    """What is wrong in a text, in order; ``marked`` says that claims are marked in it."""
    if len(text) > _LONGEST:
        return [Diagnostic(0, 1, f"only {_LONGEST:,} characters are read", INFORMATION)]
    if marked:
        return [found for mark in _marked_claims(text) for found in _problems_in(*mark)]
    return [found for place in _places(text) for found in _enter(place, text)]


def _places(text: str) -> Iterator[_EntryInSession]:
    session = Session()
    for entry in entries(text):
        yield _EntryInSession(entry, session)


def _enter(place: _EntryInSession, text: str) -> Iterator[Diagnostic]:
    """Enters an entry, and says what is wrong with it."""
    entry, session = place
    try:
        if begins_with(entry.text, OWN):
            return
        if not begins_with(entry.text, command_names()):
            entered = session.enter(entry.text)
            if entered.changed:
                changed = ", ".join(entered.changed)
                yield _whole(entry, f"{changed} means something else now", WARNING)
            if entered.value:
                for note in session.look(entered.value).notes:
                    yield _whole(entry, note, INFORMATION)
            return
        yield from _command(entry, session)
    except MatcalcError as problem:
        yield _place(problem, entry, text)


def _command(entry: SessionEntry, session: Session) -> Iterator[Diagnostic]:
    command, _, expressions = split_line(entry.text)
    known: Mapping[str, object] = {}
    for expression in expressions if "--latex" not in entry.text else ():
        if command not in ("functions", "identities", "check"):
            known = session.look(expression).variables
    options = parse_arguments(arguments(entry.text, session))
    names = vars(options).get("several") or [vars(options).get("wrt")]
    for name in names if known else ():
        if isinstance(name, str) and name not in known and name != "all":
            yield _whole(entry, f"{name} is not a variable of this expression", ERROR)
    judged = command == "check" and not session.is_complex(" ".join(expressions))
    if judged and options.claim is not None:
        session.read(expressions[0])
        declared = {
            line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in options.var
        }
        asked = (options.order, options.layout, options.structure)
        stated = options.expression, options.wrt or "", options.claim
        report = _judge(stated, tuple(sorted(declared.items())), asked)
        yield from _problems_of(report, entry.start, entry.start + len(entry.text))


def _problems_of(report: Report, start: int, end: int) -> Iterator[Diagnostic]:
    if report.verdict == "wrong":
        yield Diagnostic(start, end, str(report), ERROR)
    elif report.verdict == "undecided":
        yield Diagnostic(start, end, str(report), WARNING)


def _whole(entry: SessionEntry, message: str, severity: str) -> Diagnostic:
    return Diagnostic(entry.start, entry.start + len(entry.text), message, severity)


def _place(problem: MatcalcError, entry: SessionEntry, text: str) -> Diagnostic:
    """An error at its place: the line that it quotes is looked for from its entry backwards."""
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    said = f"{problem.message}{hint}"
    source, span = problem.source, problem.span
    if source is None or span is None:
        return _whole(entry, said, ERROR)
    begin, line = line_at(source, span.start)
    found = text.rfind(line, 0, entry.start + len(entry.text)) if line.strip() else -1
    if found < 0:
        return _whole(entry, said, ERROR)
    start = found + span.start - begin
    return Diagnostic(start, max(start + 1, start + span.end - span.start), said, ERROR)


def _marked_claims(text: str) -> Iterator[tuple[int, int, str]]:
    """Each marker with what follows it to the next: where its formula stands, and that text."""
    found = markers(text)
    ends = [*[mark.start for mark in found[1:]], len(text)][: len(found)]
    for mark, end in zip(found, ends, strict=True):
        start, stop = formula_at(text, mark.end, end) or (mark.start, mark.end)
        yield start, stop, text[mark.start : end]


def _problems_in(start: int, end: int, segment: str) -> Iterator[Diagnostic]:
    try:
        for report in _reports(segment):
            yield from _problems_of(report, start, end)
    except MatcalcError as problem:
        yield Diagnostic(start, end, str(problem).removeprefix("error: "), ERROR)


@lru_cache(maxsize=_KEPT)
def _reports(segment: str) -> tuple[Report, ...]:
    """What is said about the claims of a text, without their names, which are their places. It is
    kept between edits, because most of them are elsewhere.
    """
    return tuple([replace(judge(claim), name="") for claim in find_claims(segment, "claim")])


@lru_cache(maxsize=_KEPT)
def _judge(
    stated: tuple[str, str, str],
    declared: tuple[tuple[str, str], ...],
    asked: tuple[int, str, str],
) -> Report:
    """What is said about a claim, kept between edits."""
    return judge(Claim(*stated, dict(declared), *asked))


def hover(text: str, place: int, *, marked: bool) -> str:
    """What is at a place, in Markdown; empty where there is nothing to say."""
    if len(text) > _LONGEST:
        return ""
    return _hover_claim(text, place) if marked else _hover(text, place)


def _hover_claim(text: str, place: int) -> str:
    for start, end, segment in _marked_claims(text):
        if not start <= place < end:
            continue
        try:
            reports = _reports(segment)
        except MatcalcError as problem:
            return _code(str(problem))
        known = {name: kind for report in reports for name, kind in report.variables.items()}
        kinds = ", ".join(f"`{name}: {kind}`" for name, kind in known.items())
        return "\n\n".join([*[_code(str(report)) for report in reports], kinds])
    return ""


def _hover(text: str, place: int) -> str:
    for entry, session in _places(text):
        inside = entry.start <= place < entry.start + len(entry.text)
        word = _word(entry.text, place - entry.start) if inside else ""
        command = begins_with(entry.text, command_names())
        if not command and not begins_with(entry.text, OWN):
            try:
                entered = session.enter(entry.text)
            except MatcalcError:
                if inside:
                    return _function(word)
                continue
            if inside:
                value = entered.value or [*entered.made, ""][0]
                return _about(word, value, session)
        elif inside:
            _, _, expressions = split_line(entry.text)
            return _about(word, expressions[0] if expressions else "", session)
    return ""


def _about(word: str, value: str, session: Session) -> str:
    """A name and the expression that it is in."""
    if word in session.kept:
        role, said = session.kept[word]
        if role == "declaration" or session.is_complex(word):
            return _code(said)
        shown = Expression(session.read(word))
        return f"{_code(said)}\n\n{_shape(shown)}"
    try:
        expression = Expression(session.read(value))
    except MatcalcError:
        return _function(word)
    if word not in expression.variables:
        return _function(word) or _shape(expression)
    kind = expression.variables[word]
    origin = "declared" if kind.declared else "inferred"
    lines = [_code(f"{word}: {kind}"), origin]
    if not kind.ranks:
        try:
            derivative = expression.diff(word)
        except MatcalcError as problem:
            return "\n\n".join([*lines, _code(str(problem))])
        said = f"derivative with respect to `{word}`:"
        lines += [said, _code(str(derivative)), _shape(derivative)]
    return "\n\n".join(lines)


def _shape(formula: Formula) -> str:
    return formula.describe()


def _function(word: str) -> str:
    for rows in SUBJECTS.values():
        for spec in rows:
            if word and word in (spec.name, *spec.aliases):
                return f"{_code(spec.call)}\n\n{spec.says}"
    return ""


def _word(text: str, place: int) -> str:
    start = 0
    for name in names_in(text):
        start = text.find(name)
        while start >= 0:
            if start <= place < start + len(name) and _is_whole(text, start, len(name)):
                return name
            start = text.find(name, start + 1)
    return ""


def _is_whole(text: str, start: int, length: int) -> bool:
    before, after = text[start - 1 : start], text[start + length : start + length + 1]
    return not any(char.isalnum() or char == "_" for char in (before, after))


def _code(text: str) -> str:
    return f"```\n{text}\n```"


def format_document(text: str, *, marked: bool) -> str:
    """The text with its blanks in order; what it says is the same."""
    if len(text) > _LONGEST:
        return text
    return _format_claims(text) if marked else _format_entries(text)


def _format_entries(text: str) -> str:
    pieces, last = [], 0
    for entry in entries(text):
        end = entry.start + len(entry.text)
        pieces += [text[last : entry.start], _format_entry(entry.text, text[entry.start : end])]
        last = end
    lines = "".join([*pieces, text[last:]]).split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n" if text.strip() else text


def _format_entry(bare: str, written: str) -> str:
    if bare != written:  # there are comments inside
        return written
    if not begins_with(bare, (*command_names(), *OWN)):
        return lay_out(bare)
    _, _, expressions = split_line(bare)
    if len(expressions) != 1 or bare.count(expressions[0]) != 1:
        return bare
    return bare.replace(expressions[0], lay_out(expressions[0]))


def _format_claims(text: str) -> str:
    pieces, last = [], 0
    for start, end, segment in _marked_claims(text):
        formula = text[start:end]
        made = latex_laid_out(formula)
        if formula in segment and _says_the_same(segment, segment.replace(formula, made, 1)):
            pieces += [text[last:start], made]
            last = end
    return "".join([*pieces, text[last:]])


def _says_the_same(segment: str, other: str) -> bool:
    """Whether the claims of two texts are read as the same."""
    try:
        pairs = list(zip(find_claims(segment, ""), find_claims(other, ""), strict=True))
        return all(
            _meaning(one, claim) == _meaning(two, claim)
            for claim, changed in pairs
            for one, two in ((claim.expr, changed.expr), (claim.claim, changed.claim))
        )
    except (MatcalcError, ValueError):
        return False


def _meaning(formula: str, claim: Claim) -> str:
    program = read_latex(formula, claim.variables, expand=lambda program: program)
    return f"{program.expr!r} {program.asked}"
