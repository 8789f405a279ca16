r"""Functions and entries that a statement of its own writes out, and that others use with other
arguments or at other places: ``h_\theta(x) = \theta^\top x \\ \sum_i (h_\theta(x_i) - y_i)^2``,
``p_i = \sigma(w^\top x_i) \\ \sum_i (p_i - y_i)^2``.

Each use is replaced by what it stands for, in brackets. What comes out is read in place of the
text, so errors show what was put in.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.errors import MatcalcError
from matcalc.read.syntax.table import load
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.defined import LETTER, join_lines, pieces_of, spelling
from matcalc.read.tex.delimiters import (
    CLOSING,
    OPENING,
    end_of_bracket,
    end_of_script,
    in_script,
    kind_at,
)
from matcalc.read.tex.lexer import tokens
from matcalc.read.tex.scope import Scope

_LONGEST = 8_000  # characters of a text that has been written out
_DEEPEST = 20  # definitions, each put in by itself
_SIZE = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*$")
_SYMBOL = re.compile(r"\\[A-Za-z]+(\{[^{}]*\})?|[A-Za-z0-9]")
_SYMBOL_WITH_SCRIPTS = re.compile(rf"({_SYMBOL.pattern})([_^](\w|\{{[^{{}}]*\}}))*")
_NAME = re.compile(r"\\[A-Za-z]+|[A-Za-z]")  # \xi has no i in it
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")
_RAISED = ["SUP", "LBRACE", "LPAR"]  # of x^{(i)}
_Values = Mapping[str, str]


class _Definition(NamedTuple):
    """A line that defines a function of ``parameters``, or entries at them; ``body`` is its right
    side. The parameters are distinct letters.
    """

    head: list[str]  # the letter with the subscript of its name, as spelt
    opening: str  # LPAR of a function; SUB and SUP of entries
    parameters: list[str]
    body: list[Token]


class _Use(NamedTuple):
    """Where [start, end) of the text uses a definition, and with which arguments; they are not
    yet compared with its parameters.
    """

    start: int  # in the text
    end: int
    arguments: list[str]
    spelt: list[str]  # the same as tokens, without commas
    moved: bool = False  # whether its gradient is taken, which is that at the argument


def write_out(text: str, scope: Scope, *, entries: bool = False) -> str | None:
    """The text with the functions that it defines put in where they are called with other
    arguments, or, with ``entries``, with what it defines at an index put in as well. None if there
    is nothing to put in.
    """
    whole = None
    for _ in range(_DEEPEST):
        step = _put_one_in(text, scope, entries=entries)
        if step is None or len(step[0]) > _LONGEST:
            break
        text = whole = step[0]
    return whole


def with_definitions(formula: str, text: str, scope: Scope, known: Container[str]) -> str:
    """A formula with those definitions of another text before it that are put in, and that it
    uses: the names that are ``known`` have a value.
    """
    result = formula
    added: set[str] = set()
    for _ in range(_DEEPEST):
        step = _put_one_in(text, scope, entries=True)
        if step is None:
            break
        text, definition, statement = step
        piece = _tokens(formula, scope)
        put_in = definition.head[0] not in known and statement not in added
        if put_in and piece and _uses(piece, definition, formula):
            result = rf"{statement} \\ {result}"
            added.add(statement)
    return result


def _tokens(text: str, scope: Scope) -> list[Token]:
    try:
        found = tokens(text, load("latex"), scope.words, scope.user_words)
        return join_lines(found, text)[:-1]
    except MatcalcError:
        return []  # the reader says what is wrong


def _put_one_in(text: str, scope: Scope, *, entries: bool) -> tuple[str, _Definition, str] | None:
    """The text without one of its definitions, which is put in wherever it is used. Of uses in
    others, f(f(x)), the inner ones come first, and the definition stays.
    """
    pieces = pieces_of(_tokens(text, scope), text)
    for number, piece in enumerate(pieces if len(pieces) > 1 else ()):
        definition = _defined(piece, text, entries=entries)
        if definition is None or "".join(definition.head) in scope.declared:
            continue
        uses = [_uses(each, definition, text) for each in pieces]
        if None in uses or _uses(definition.body, definition, text) != []:
            continue
        found = [each or [] for each in uses]
        if any(_is_captured(k, each, pieces, text) for k, each in enumerate(found)):
            continue
        inner = [_innermost(each) for each in found]
        # not by its own left side: a last line that nobody uses is the value
        called = [use.spelt for k, each in enumerate(found) if k != number for use in each]
        as_defined = "".join(definition.parameters)
        other = definition.opening != "LPAR" or any("".join(each) != as_defined for each in called)
        if not called or not other:
            continue
        statement = text[piece[0][1] : piece[-1][2]]
        nested = inner != found
        made = [
            statement * nested if k == number else _replace(each, inner[k], definition, text, scope)
            for k, each in enumerate(pieces)
        ]
        if None not in made:
            return r" \\ ".join(filter(None, made)), definition, statement
    return None


def _is_captured(
    place: int, uses: list[_Use], pieces: Sequence[Sequence[Token]], text: str
) -> bool:
    """Whether the letter at which a gradient is taken is in another statement, such as that
    of the function: its derivative by that letter is then more than the gradient there.
    """
    for use in uses:
        if use.moved:
            size = len(use.spelt)
            others = (_plain(each, text) for k, each in enumerate(pieces) if k != place)
            if any(use.spelt == each[k : k + size] for each in others for k in range(len(each))):
                return True
    return False


def _innermost(uses: list[_Use]) -> list[_Use]:
    """The uses in which there are no others."""
    return [
        use
        for use in uses
        if not any(use.start < other.start and other.end <= use.end for other in uses)
    ]


def _defined(piece: Sequence[Token], text: str, *, entries: bool) -> _Definition | None:
    """What a statement defines: a function of letters, or an entry at an index."""
    end = next((k for k, each in enumerate(piece) if each[0] == "EQUALS"), 0)
    head, body = list(piece[:end]), list(piece[end + 1 :])
    if not head or not body or head[0][0] not in LETTER:
        return None
    kinds = [each[0] for each in head]
    start = end_of_script(head, 1) if kinds[1:2] == ["SUB"] else 1
    if kinds[start : start + 1] == ["LPAR"] and end_of_bracket(head, start) == end:
        opening, inner = "LPAR", head[start + 1 : -1]
    elif entries and start == end > 1:
        opening, inner, start = "SUB", in_script(head, 1), 1
    elif entries and kinds[1:4] == _RAISED and kinds[-2:] == ["RPAR", "RBRACE"]:
        opening, inner, start = "SUP", head[4:-2], 1
    else:
        return None
    letters = [each for each in inner if each[0] not in ("COMMA", "PRIME")]
    parameters = [_primed(inner, k, text) for k, each in enumerate(inner) if each in letters]
    index = [each[0] == "LETTERS" and each[3].islower() for each in letters]
    right = all(each[0] in LETTER for each in letters) and (opening == "LPAR" or all(index))
    if not parameters or not right or len({*parameters}) < len(parameters):
        return None
    return _Definition(_plain(head[:start], text), opening, parameters, body)


def _uses(piece: list[Token], definition: _Definition, text: str) -> list[_Use] | None:
    """Where a statement uses it; None if its letter is there in another way as well."""
    found: list[_Use] = []
    for k, token in enumerate(piece):
        if spelling(token, text) != definition.head[0]:
            continue
        start = k + 1
        below = end_of_script(piece, start) if kind_at(piece, start) == "SUB" else start
        if definition.opening != "SUB" and _plain(piece[k:below], text) != definition.head:
            continue  # another name, h_\phi
        start = start if definition.opening == "SUB" else below
        use = _use(piece, k, start, definition.opening, text)
        if use is None or len(use.arguments) != len(definition.parameters):
            return None
        if not all(use.arguments):  # f()
            return None
        sign = _nabla_before(piece, k, text)
        if sign and "".join(use.spelt) != "".join(definition.parameters):
            if len(use.arguments) > 1 or not _SYMBOL_WITH_SCRIPTS.fullmatch(use.arguments[0]):
                return None  # the gradient of f, at another place
            use = use._replace(moved=True)
        found.append(use)
    return found


def _nabla_before(piece: Sequence[Token], place: int, text: str) -> bool:
    r"""Whether \nabla or \nabla^2 comes before a token, without a letter below."""
    before = [spelling(each, text) for each in piece[max(place - 4, 0) : place]]
    signs: tuple[list[str], ...] = (["^", "2"], ["^", "{", "2", "}"], [])
    return any(
        before[-len(script) :] == script or not script
        for script in signs
        if piece[place - len(script) - 1 : place - len(script)]
        and piece[place - len(script) - 1][0] == "NABLA"
    )


def _use(piece: list[Token], letter: int, start: int, opening: str, text: str) -> _Use | None:
    """The use of a letter that is followed by its arguments."""
    if opening == "LPAR":
        if kind_at(piece, start) != "LPAR":
            return None
        end = end_of_bracket(piece, start)
        found = _arguments(piece[start:end], text)
        inner = [each for each in piece[start + 1 : end - 1] if each[0] != "COMMA"]
        return _Use(piece[letter][1], piece[end - 1][2], found, _plain(inner, text))
    if kind_at(piece, start) != opening:
        return None
    end = end_of_script(piece, start)
    inner = in_script(piece, start)
    if opening == "SUP":
        if [each[0] for each in inner[:1] + inner[-1:]] != ["LPAR", "RPAR"]:
            return None
        inner = inner[1:-1]
    places = [each for each in inner if each[0] != "COMMA"]
    if any(each[0] not in ("LETTERS", "NUMBER") for each in places):
        return None  # y_{i+1}
    found = [each[3] for each in places]
    return _Use(piece[letter][1], piece[end - 1][2], found, found)


def _arguments(bracket: list[Token], text: str) -> list[str]:
    """The texts between the commas of a bracket."""
    found, depth, begin = [], 0, bracket[0][2]
    for kind, start, end, _ in bracket[1:]:
        if not depth and (kind == "COMMA" or kind in CLOSING):
            found.append(_SIZE.sub("", text[begin:start]).strip())
            begin = end
        depth += (kind in OPENING) - (kind in CLOSING)
    return found


def _replace(
    piece: list[Token], uses: list[_Use], definition: _Definition, text: str, scope: Scope
) -> str | None:
    """A statement with the body for each use; None where that would say something else. Messages
    quote the use that was typed.
    """
    result, done = "", piece[0][1]
    for use in uses:
        values = dict(zip(definition.parameters, use.arguments, strict=True))
        body = _with_values(definition, values, text)
        if body is None:
            return None
        put_in = f"{{({body})}}"
        scope.typed[put_in] = text[use.start : use.end]
        below = f"_{{{use.arguments[0]}}} " if use.moved else ""
        scope.typed[f"{below}{put_in}"] = text[use.start : use.end]
        result += text[done : use.start] + below + put_in
        done = use.end
    return result + text[done : piece[-1][2]]


def _with_values(definition: _Definition, values: _Values, text: str) -> str | None:
    """The body with arguments for the parameters."""
    body = definition.body
    if _captures(body, values, text):
        return None
    result, done = "", body[0][1]
    for k, token in enumerate(body):
        name, last = _parameter(body, k, values, text)
        if not name:
            continue
        value, behind = values[name], kind_at(body, last + 1)
        before = result + text[done : token[1]]
        if definition.opening == "LPAR":
            below = body[last + 2] if behind == "SUB" else token
            if behind == "SUB" and not (below[0] == "LETTERS" and below[3].islower()):
                return None  # x_0 beside the argument x
            scripted = behind in ("SUP", "SUB", "PRIME")
            value = f"({value})" if scripted and not _SYMBOL.fullmatch(value) else value
        alone = (_SYMBOL_WITH_SCRIPTS if definition.opening == "LPAR" else _SYMBOL).fullmatch(value)
        merges = (before.rstrip()[-1:].isalnum() and value[:1].isdigit()) or (
            value[-1:].isdigit() and text[body[last][2] :].lstrip()[:1].isdigit()
        )
        value = value if alone and not merges else f"{{{value}}}"
        result = before + " " * bool(_COMMAND_AT_END.search(before)) + value
        done = body[last][2]
    return result + text[done : body[-1][2]]


def _parameter(body: Sequence[Token], place: int, values: _Values, text: str) -> tuple[str, int]:
    """The parameter that a letter of the body is, with its primes if it has such, and the number
    of its last token; "" if it is none.
    """
    bare, primed = spelling(body[place], text), _primed(body, place, text)
    for name in (primed, bare):
        if body[place][0] in LETTER and name in values:
            return name, place + len(name) - len(bare)
    return "", place


def _captures(body: list[Token], values: _Values, text: str) -> bool:
    """Whether a sum of the body runs over a parameter, or over a letter of an argument."""
    inside = {*values, *_NAME.findall(" ".join(values.values()))}
    for k, token in enumerate(body):
        if token[0] == "SUM":
            below = body[k + 2 : end_of_script(body, k + 1)]
            if any(spelling(each, text) in inside for each in below if each[0] in LETTER):
                return True
    return False


def _primed(piece: Sequence[Token], place: int, text: str) -> str:
    """A letter with the primes after it: the x' of k(x, x')."""
    end = place + 1
    while kind_at(piece, end) == "PRIME":
        end += 1
    return spelling(piece[place], text) + "'" * (end - place - 1)


def _plain(piece: Sequence[Token], text: str) -> list[str]:
    """How tokens are spelt, without the braces around a script."""
    return [spelling(each, text) for each in piece if each[0] not in ("LBRACE", "RBRACE")]
