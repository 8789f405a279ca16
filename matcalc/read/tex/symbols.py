r"""Letters with their styles, accents and subscripts, and the names that they are in the expression
language.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.members import family_of, places_of
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.vocabulary import ACCENTS, ALPHABETS, BOLD, CHARACTERS, WORDS

_COMMAND = re.compile(r"\\([A-Za-z]+\*?)\s*")
_NAME = re.compile(r"([^\W\d_]+)_*(.*)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][A-Za-z]*[0-9]*")
_PIECES = re.compile(r"[0-9]+|[^\W\d_]+")


Key = tuple[str, tuple[str, ...]]  # what a declared name is found by


class Symbol(NamedTuple):
    r"""A letter: \hat{\mathbf{x}}_1 has the stem x, the pieces ("hat", "1") and is bold; ``style``
    tells alphabets apart, and ``arrow`` is for \vec{F}.
    """

    stem: str
    pieces: tuple[str, ...] = ()
    bold: bool = False
    style: str = ""
    arrow: bool = False

    @property
    def key(self) -> Key:
        """What a declared name is found by."""
        return self.stem, self.pieces

    @property
    def name(self) -> str:
        """The name that it gets where nothing was declared."""
        return "_".join((self.stem, *self.pieces))


def key_of_name(name: str) -> Key:
    """The key of a name of the expression language: ``W1`` and ``W_1`` are both a W with the
    subscript 1, and so is the member ``W[1]`` of a family.
    """
    family = family_of(name)
    if family is not None:
        stem, pieces = key_of_name(family)
        return stem, (*pieces, *[str(place).replace(" ", "") for place in places_of(name)])
    found = _NAME.fullmatch(name)
    if found is None:
        return name, ()
    stem, rest = found.groups()
    pieces = tuple(
        CHARACTERS.get(piece, piece)
        for part in rest.split("_")
        for piece in ([part] if part else [])
    )
    return CHARACTERS.get(stem, stem), pieces


def symbol(phrase: Phrase, source: str) -> Symbol:
    """The letter that a phrase of the kind ``symbol`` or ``indexed`` is."""
    pieces: tuple[str, ...] = ()
    while phrase.kind == "indexed":
        pieces = (
            tuple(piece for part in phrase.parts for piece in subscript_pieces(part, source))
            + pieces
        )
        phrase = phrase.args[0]
    plain = apply_style(phrase.text, phrase.span, source)
    return plain._replace(pieces=plain.pieces + pieces)


def apply_style(text: str, span: Span, source: str) -> Symbol:
    r"""A letter as it is set: ``x``, ``\alpha``, ``\mathbf{x}``, ``\hat{\mathbf x}``."""
    bold, style, arrow, accents = False, "", False, []
    while True:
        found = _COMMAND.match(text)
        word = found.group(1) if found else ""
        if found is None or word not in BOLD | WORDS | ALPHABETS | ACCENTS.keys():
            break
        bold = bold or word in BOLD
        arrow = arrow or word == "vec"
        style = word if word in ALPHABETS else style
        if word in ACCENTS:
            accents.append(ACCENTS[word])
        text = text[found.end() :].strip()
        if text.startswith("{") and text.endswith("}"):
            text = text[1:-1].strip()
    stem = text[1:].removeprefix("var") if text.startswith("\\") else CHARACTERS.get(text, text)
    if not _WORD.fullmatch(stem):
        hint = r"\mathbf{A}\mathbf{x} is the product of two letters; \mathit{loss} is one name"
        if re.search(r"[A-Za-z]{2}\s|\s[A-Za-z]{2}|\.", _COMMAND.sub("\\\\", text)):
            hint = "words between formulas are not supported: enter only the objective"
        if accents:
            hint = r"an accent stands over one letter, as in \hat{x}_i^2"
        if "bar" in accents:
            hint = f"{hint}; the conjugate of a formula is ({text})^*, with complex variables"
        raise UnknownNameError(
            f"{text or 'this'} is not a letter or a word", source=source, span=span, hint=hint
        )
    return Symbol(stem, tuple(reversed(accents)), bold, style, arrow)


def subscript_pieces(part: Phrase, source: str) -> list[str]:
    """The pieces of a name that a subscript adds: ``12``, ``i``, ``ij``, ``train``."""
    flat = letters(part)
    if flat is None and (shifted := read_shifted_index(part)) is not None:
        return [shifted]
    if flat is None:
        message = "a subscript is a number, letters or a word"
        raise UnknownNameError(
            message,
            source=source,
            span=part.span,
            hint="it names a variable; an entry is written [x]_{i-j+1}",
        )
    pieces = [
        _PIECES.findall(leaf.text) if leaf.kind == "number" else [_text(leaf, source)]
        for leaf in flat
    ]
    if len(pieces) > 1 and ["star"] in pieces:  # A_{*j}
        raise UnknownNameError(
            "a star in a subscript may mean all positions, or an optimum",
            source=source,
            span=part.span,
            hint=r"write A_{i,:} for a row, A_{:,j} for a column, x_{\mathrm{opt}} for an optimum",
        )
    return ["".join(piece for found in pieces for piece in found)]


def _text(leaf: Phrase, source: str) -> str:
    if leaf.kind == "function":
        return leaf.text
    found = symbol(leaf, source)
    return "".join((found.stem, *found.pieces))


def read_shifted_index(part: Phrase) -> str | None:
    """``k-1`` of the phrase that says it; None for anything else."""
    if part.kind not in ("+", "-") or len(part.args) != 2:
        return None
    leaves = [each.text for each in part.args if each.kind in ("symbol", "number")]
    return part.kind.join(leaves) if len(leaves) == 2 else None


def letters(part: Phrase) -> list[Phrase] | None:
    """The letters and numbers of a subscript one after the other, or None if it is something
    else.
    """
    found: list[Phrase] = []
    stack = [part]
    while stack:
        phrase = stack.pop()
        if phrase.kind == "*":
            stack.extend(reversed(phrase.args))
        elif phrase.kind in ("symbol", "indexed", "function") or (
            phrase.kind == "number" and phrase.text.isdecimal()
        ):
            found.append(phrase)
        else:
            return None
    return found
