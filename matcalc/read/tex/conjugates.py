r"""Conjugates in formulas: X^H, z^* and \dagger, by putting a bar on every complex letter."""

from __future__ import annotations

import re
from contextlib import suppress

from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.walk import fold, operands
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import OF_COMPLEX, Scope
from matcalc.read.tex.symbols import apply_style, key_of_name, symbol

_H = frozenset({"H", r"\mathsf{H}", r"\mathsf H", r"\mathrm{H}", r"\mathrm H", r"\text{H}"})
_BARRED = re.compile(r"\\(?:bar|overline)\s*(?:\{(.*)\}|(\S+))", re.DOTALL)


def read_superscript(base: Phrase, script: Phrase, where: Span, scope: Scope) -> Phrase | None:
    r"""X^H, z^* and X^\dagger where some letters are complex; None of other superscripts.

    ParseError for X^H where all letters are real. Where H is a number X^H is a power.
    """
    known = scope.declared.get("H")
    adjoint = script.kind == "symbol" and script.text in _H
    if adjoint and known is not None and not known.shape:
        return None
    if scope.complex is None:
        if adjoint and not scope.knows(script):
            raise scope.refusal(
                "the conjugate transpose, or a power H",
                where,
                r"everything is real here, where the conjugate transpose is the transpose: "
                r"write ^\top; or declare H",
            )
        return None
    adjoint = adjoint or (script.kind == "mark" and script.text == "DAGGER")
    if not adjoint and (script.kind, script.text) != ("sign", "*"):
        return None
    if base.kind == "bracket":
        scope.complex.starred.add(base.start)
    other = conjugate(base, scope)
    if not adjoint:
        return other
    return Phrase("transpose", base.start, where.end, args=(other,), mark=where)


def barred_formula(letter: Phrase, text: str, scope: Scope) -> Span | None:
    r"""Where the formula stands that has a bar over it, as in \overline{A z - c}; None of a letter,
    and where all letters are real.
    """
    found = _BARRED.fullmatch(text[letter.start : letter.end].strip())
    if scope.complex is None or found is None or found[1] is None:
        return None
    with suppress(UnknownNameError):
        apply_style(letter.text, letter.span, text)
        return None
    return Span(letter.start + found.start(1), letter.start + found.end(1))


def conjugate(phrase: Phrase, scope: Scope) -> Phrase:
    """The conjugate of a value: that of its letters, as functions have real coefficients.

    The imaginary unit changes its sign, and so does the imaginary part of a conjugate.
    """
    meant = scope.complex
    assert meant is not None
    bars = meant.bars
    barred = {bar: name for name, bar in bars.items()}

    def rule(part: Phrase, args: list[Phrase]) -> Phrase:
        made = part.with_args(tuple(args))
        if part.kind == "symbol":
            found = symbol(part, scope.source)
            inside = _BARRED.fullmatch(part.text.strip())
            if found.name in barred and inside is not None:
                made.text = (inside[1] or inside[2]).strip()
            elif found.name == meant.unit:
                return _negative(made)
            elif found.name in bars:
                made.text = rf"\bar{{{part.text}}}"
            elif found.key in scope.names and found.name not in scope.declared:
                made.text = rf"\bar{{{part.text}}}"
                _define(part, symbol(made, scope.source).name, scope)
        return _negative(made) if _is_imaginary_part(part) else made

    return fold(phrase, operands, rule)


def after_star(call: Phrase, bracket: Phrase, scope: Scope) -> Phrase:
    r"""\operatorname{Im}(z)^*, of which the star was read with the brackets: that is Im of the
    conjugate, which is its negative.
    """
    starred = scope.complex is not None and bracket.start in scope.complex.starred
    return _negative(call) if starred and _is_imaginary_part(call) else call


def _is_imaginary_part(phrase: Phrase) -> bool:
    return phrase.kind == "call" and phrase.text == OF_COMPLEX["Im"]


def _negative(phrase: Phrase) -> Phrase:
    return Phrase("neg", phrase.start, phrase.end, args=(phrase,), mark=phrase.span)


def _define(part: Phrase, bar: str, scope: Scope) -> None:
    """Lets the bar of a definition stand for its conjugate; UnknownNameError where that is the name
    of something else.
    """
    assert scope.complex is not None
    name = symbol(part, scope.source).name
    if key_of_name(bar) in scope.names and scope.complex.bars.get(name) != bar:
        raise scope.problem(f"{bar} is the conjugate of {name}", part.span, "rename it")
    scope.names.setdefault(key_of_name(bar), [bar])
    scope.complex.bars[name] = bar
