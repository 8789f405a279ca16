r"""Scripts and letters that are spelt as something else is: the word of x^{opt}, the 1 of W^1, the
kg of 2 \mathrm{kg}, the projection P_\Omega(X).
"""

from __future__ import annotations

import re

from matcalc.core.errors import Span
from matcalc.read.syntax.names import GREEK, default_kind
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import Symbol, letters, symbol
from matcalc.read.tex.vocabulary import WORDS

POSTFIX_T = frozenset(  # the transpose, unless T is a number
    {"T", r"\mathsf{T}", r"\mathsf T", r"\mathrm{T}", r"\mathrm T", r"\text{T}", r"\mathit{T}"}
    | {r"\mathbf{T}", r"\mathbf T", r"\textsf{T}"}
)
EULER = ("e", r"\mathrm{e}", r"\mathrm e")
# words that nobody means as exponents
_SCRIPTS = frozenset(
    [
        "opt",
        "true",
        "pred",
        "new",
        "old",
        "ref",
        "obs",
        "train",
        "test",
        "max",
        "min",
        "in",
        "out",
        "est",
        "sim",
        "exp",
        "gt",
        "pos",
        "neg",
        "prior",
        "post",
        "src",
        "tgt",
        "init",
        "final",
        "next",
        "prev",
        "reg",
        "data",
        "model",
        "eq",
        "des",
        "act",
        "meas",
        "top",
        "bot",
        "lin",
        "ext",
        "int",
        "tot",
        "avg",
    ]
)
_UNITS = frozenset(
    [
        "kg",
        "mg",
        "km",
        "cm",
        "mm",
        "nm",
        "ms",
        "Hz",
        "kHz",
        "MHz",
        "GHz",
        "kPa",
        "Pa",
        "rad",
        "deg",
        "mol",
        "dB",
        "eV",
        "keV",
        "MeV",
        "kJ",
        "kW",
        "kN",
        "mV",
        "mA",
    ]
)
_LONE_UNITS = frozenset("msgNKJWVAC")  # which follow a number and a space
_AFTER_NUMBER = re.compile(r"[0-9]\s*(\\[,;:! ]|~)?\s*$")
_PROJECTIONS = frozenset({"P", "Pi"})
PROJECTED = re.compile(r"(\\mathcal\s*\{\s*P\s*\}|P|\\mathbb\s*\{\s*P\s*\})\s*_")  # P_\Omega(X)
_SHRINKING = frozenset({"S", "T", "H", "D"})  # with a Greek letter below
_OPERATORS = frozenset("FGHJLRUVQT") | {"Pi", "Psi", "Omega"}  # letters of functions, as a rule
_CAPITALS = frozenset(each.capitalize() for each in GREEK)


def bare_norm(base: Phrase) -> Phrase:
    r"""The norm of {\|X\|}_F, without the braces that editors put around it."""
    if base.kind == "bracket" and base.text == "{" and len(base.args) == 1:
        inside = base.args[0]
        if inside.kind in ("norm", "bars") and not inside.parts:
            return inside
    return base


def refuse_script(base: Phrase, script: Phrase, where: Span, scope: Scope) -> None:
    r"""Refuses x^{opt}, x^{\mathrm{true}}, W^1 and A^0, which are names with an index."""
    if scope.printed is not None or script.bracketed or base.kind not in ("symbol", "indexed"):
        return
    text = scope.quote(script).strip()
    text = text[1:-1].strip() if text.startswith("{") else text
    shown = scope.quote(base)
    stem = symbol(base, scope.source).stem if base.kind == "symbol" else ""
    if script.kind == "number" and text in ("0", "1") and not scope.knows(base):
        raise scope.refusal(
            f"{shown}^{text} may be a power, or one of several {shown}",
            where,
            f"write {_indexed(shown, text)} for a name with an index; leave the power out if "
            f"it is one",
        )
    if text in ("tr", r"\mathrm{tr}", r"\text{tr}", r"\operatorname{tr}"):
        raise scope.refusal("tr is not a superscript", where, rf"write {shown}^\top")
    word = script.kind == "symbol" and symbol(script, scope.source).stem
    styled = word and len(word) > 1 and re.match(r"\\([a-z]+)", text)
    named = bool(styled and styled[1] in WORDS and not scope.knows(script))
    if (named or text in _SCRIPTS) and stem != "e":
        text = word or text
        name = _indexed(shown, rf"\mathrm{{{text}}}")
        raise scope.refusal(
            f"the superscript {text} may be a word or a power",
            where,
            f"write {name} for a name; declare {text}: scalar for a power",
        )


def _indexed(shown: str, below: str) -> str:
    """The letter with a subscript more."""
    letter, _, own = shown.partition("_")
    own = own.strip("{}")
    return f"{letter}_{{{own},{below}}}" if own else f"{letter}_{{{below}}}"


def refuse_unit(letter: Phrase, found: Symbol, scope: Scope) -> None:
    r"""Refuses 0.5 \mathrm{kg}, where kg is not a variable."""
    if not letter.text.startswith((r"\mathrm", r"\text", r"\operatorname", r"\mbox")):
        return
    before = _AFTER_NUMBER.search(scope.source, 0, letter.start)
    lone = found.stem in _LONE_UNITS and before is not None and before[1] is not None
    if found.pieces or not (lone or (found.stem in _UNITS and before)):
        return
    raise scope.refusal(
        f"{found.stem} may be a unit or a variable",
        letter.span,
        f"leave units out; declare {found.stem}: {default_kind(found.stem)} if it is a variable",
    )


def is_projection(item: Phrase, scope: Scope) -> bool:
    r"""Whether this is the P_\Omega of P_\Omega(X - M) or the S_\lambda of S_\lambda(x - y)."""
    if item.kind != "indexed" or len(item.parts) != 1 or item.args[0].kind != "symbol":
        return False
    leaves = letters(item.parts[0]) or []
    if len(leaves) != 1 or leaves[0].kind != "symbol":
        return False
    below = symbol(leaves[0], scope.source).stem
    stem = symbol(item.args[0], scope.source).stem
    if stem in _PROJECTIONS:
        return below[:1].isupper() or below in GREEK
    return stem in _SHRINKING and below in GREEK and below not in _CAPITALS


def note_product(item: Phrase, args: tuple[Phrase, ...], shown: str, scope: Scope) -> None:
    r"""Says of L(y - X w) that it is read as a product, where L may be a function."""
    found = symbol(item, scope.source)
    if found.bold or found.style or found.stem not in _OPERATORS or len(args) != 1:
        return
    if args[0].kind in ("+", "-"):
        scope.note(
            f"note: {shown} before brackets is read as a factor; write out what it is of its "
            f"argument if it is a function"
        )
