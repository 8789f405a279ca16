r"""Sums over sets, \sum_{(i,j) \in \Omega}, \sum_{j \in N(i)}, and over what satisfies a condition,
\sum_{j : t_j \geq t_i}: sums over all places, of terms with weights that are one or zero.

A set is an array of zeros and ones: a matrix of which the entry i, j is 1 where (i, j) is in the
set, or where j is in the set N(i); a vector of which the entry i is 1 where i is in it.
"""

from __future__ import annotations

import re
from collections.abc import Container

from matcalc.core.errors import ParseError
from matcalc.core.kinds import Variable
from matcalc.core.walk import operands, postorder
from matcalc.read.syntax.declare import declare
from matcalc.read.tex.diagnose import OF_SETS
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import chooses
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.subscripts import names as names_in
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.vocabulary import GREEK, INDICES

IN = "in"  # the kind of what says that something is in a set
_KINDS = {1: "vector", 2: "matrix"}
_BELOW = r"(?:\\sum(?![A-Za-z])|∑)\s*(?:\\limits\s*)?_\s*\{(?:[^{}]|\{[^{}]*\})*"
_IN = re.compile(r"\s*(?:\\right\s*)?(?:\\in(?![A-Za-z])|∈)")
_BELOW_SUM = re.compile(rf"{_BELOW}$")
_LETTER = r"\\math[a-z]+\s*\{?\s*([A-Z])\s*\}?|\\([A-Za-z]+)(?![A-Za-z])|([A-Za-z])"
_MEMBER = re.compile(
    rf"(\([^()]*\)|[^(){{}},:]+?)\s*(?:\\in(?![A-Za-z])|∈)\s*(?:{_LETTER})"
    r"(\s*_\s*(?:[a-z]|\{[^{}]*\})|\s*\([^()]*\))?"
)


def is_below_sum(text: str, position: int) -> bool:
    """Whether this place is below the sign of a sum."""
    return _BELOW_SUM.search(text, 0, position) is not None


def is_element(text: str, bracket: Phrase) -> bool:
    r"""Whether these round brackets are what is said to be in a set: (i, j) \in \Omega."""
    return bracket.text == "(" and _IN.match(text, bracket.end) is not None


def sets_of(text: str, declared: Container[str]) -> dict[str, Variable]:
    r"""The sets below sums that are not declared: the matrix \Omega of (i,j) \in \Omega, the vector
    S of i \in S.
    """
    found = {}
    for match in _MEMBER.finditer(text):
        element, styled, command, plain, given = match.groups()
        name = styled or plain or (command if command.lower() in GREEK else "")
        known = len(given.split(",")) if given else 0
        kind = _KINDS.get(len(element.split(",")) + known)
        if name and kind and name not in declared and is_below_sum(text, match.start()):
            found[name] = f"{name}: {kind}"
    return declare([*found.values()]) if found else {}


def member(element: Phrase, into: Phrase, scope: Scope) -> tuple[tuple[Phrase, ...], Phrase]:
    r"""The indices of (i, j) \in \Omega, and the entry of the set that is 1 there."""
    indices = element.args if element.kind == "bracket" else (element,)
    base, known = _set_of(into)
    if base.text.startswith(r"\mathbb"):
        message = f"{scope.quote(base)} is a set of numbers, and a sum over it has no end"
        hint = r"write a range, as in \sum_{i=1}^{n}"
        raise ParseError(message, source=scope.source, span=base.span, hint=hint)
    places = (*known, *indices)
    letters = all(each.kind == "symbol" for each in (base, *places))
    variable = scope.declared.get(scope.name(base)) if letters else None
    if variable is None or len(places) != len(variable.ranks or variable.shape):
        shown = f"{scope.quote(element)} \\in {scope.quote(into)}"
        raise ParseError(
            f"{shown} below a sum is not supported",
            source=scope.source,
            span=into.span,
            hint=OF_SETS,
        )
    if variable.name not in scope.sets:
        scope.sets.add(variable.name)
        where = ", ".join(each.text for each in places)
        scope.note(
            f"note: {scope.quote(base)} is read as a {_KINDS[len(places)]} of zeros and ones, "
            f"whose entry {where} is 1 where {scope.quote(element)} is in {scope.quote(into)}"
        )
    return indices, Phrase("indexed", into.start, into.end, args=(base,), parts=places)


def count(content: Phrase, scope: Scope) -> Phrase | None:
    r"""The number of elements of a set, for |\Omega| and |N(i)|; None for what is not a set."""
    base, places = _set_of(content)
    if base.kind != "symbol" or not all(each.kind == "symbol" for each in places):
        return None
    if scope.name(base) not in sets_of(scope.source, ()):
        return None
    start, end = content.start, content.end
    every = (*places, *(Phrase("all", start, end) for _ in places[:1]))
    part = Phrase("entries", start, end, args=(base,), parts=every) if places else base
    return Phrase("call", start, end, args=(part,), text="sum", mark=content.span)


def up_to(element: Phrase, into: Phrase, scope: Scope) -> Phrase | None:
    r"""i <= n for i \in [n]; None for other sets."""
    bracketed = into.kind == "symbol" and scope.source.startswith("[", into.start)
    if not bracketed or element.kind != "symbol":
        return None
    return Phrase("<=", element.start, into.end, args=(element, into))


def _set_of(into: Phrase) -> tuple[Phrase, tuple[Phrase, ...]]:
    """The letter of a set, and the indices on which it depends: N(i), N_i, R(t_i)."""
    base = into
    places: tuple[Phrase, ...] = ()
    if into.kind == "indexed":
        base, places = into.args[0], into.parts
    elif into.kind == "application" and into.bounds:
        base, places = into.bounds[0], into.parts
    elif into.kind == "*" and into.args[1].bracketed:  # a letter that is known, and its argument
        base, places = into.args[0], into.args[1:]
    known = [part for each in places for part in (each.parts or (each,))]
    return base, tuple(known)


def label(sides: list[Phrase], signs: list[Phrase], scope: Scope) -> tuple[Phrase, Phrase] | None:
    r"""The index of j \neq y_i, and 1 - y_{i,j}, where y_i is declared to be a place; None for
    other conditions.
    """
    if len(signs) != 1 or signs[0].kind not in ("!=", "==", "="):
        return None
    index, chosen = sides if sides[1].kind == "indexed" else sides[::-1]
    if chosen.kind != "indexed" or not chooses(scope, chosen) or index.kind != "symbol":
        return None
    start, end = sides[0].start, sides[1].end
    parts = (*chosen.parts, index)
    entry = Phrase("indexed", chosen.start, chosen.end, args=chosen.args, parts=parts)
    if signs[0].kind != "!=":
        return index, entry
    one = Phrase("number", start, end, text="1")
    return index, Phrase("-", start, end, args=(one, entry), mark=signs[0].span)


def weigh(body: Phrase, weights: tuple[Phrase, ...], below: Phrase, scope: Scope) -> Phrase:
    """What is summed, times the weights; refused where the elements of a set are not indices."""
    parts = list(postorder(body, operands))
    inside = {name for part in parts for name in names_in(part, scope.source)}
    plain = {symbol(part, scope.source).name for part in parts if part.kind == "symbol"}
    for index in below.parts:
        name = symbol(index, scope.source).name if index.kind == "symbol" else ""
        if name not in inside or (name in plain and name not in INDICES):
            shown = scope.quote(index)
            hint = r"sums run over indices: write i \in S below the sum, and x_i for the elements"
            raise scope.refusal(f"{shown} is not an index of this sum", index.span, hint)
    for weight in weights:
        args = (weight, body)
        body = Phrase("*", body.start, body.end, args=args, mark=weight.span)
    return body
