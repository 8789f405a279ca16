"""What the words and signs of LaTeX mean: functions, styles, letters."""

from __future__ import annotations

from matcalc.core.operations import ALIASES, OPERATIONS
from matcalc.core.own import OWN

# functions with a name of their own in papers, besides those of the expression language
_OTHER_NAMES = {word: name for name, spec in OPERATIONS.items() for word in spec.tex_names}

BOLD = frozenset({"mathbf", "boldsymbol", "bm", "bold", "textbf", "vec"})
WORDS = frozenset({"mathit", "mathrm", "text", "textit", "textrm", "operatorname", "operatorname*", "mathtt", "mathsf", "textsf"})
ALPHABETS = frozenset({"mathcal", "mathscr", "mathfrak", "mathbb"})
ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "tilde": "tilde",
    "widetilde": "tilde",
    "bar": "bar",
    "overline": "bar",
    "dot": "dot",
    "ddot": "ddot",
    "check": "check",
}
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi"
GREEK = [*_GREEK.split(), "omega"]
CHARACTERS = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK, strict=True)) | {
    capital: GREEK["αβγδεζηθικλμνξοπρστυφχψω".index(capital.lower())].capitalize() for capital in "ΓΔΘΛΞΠΣΦΨΩ"
}
CHARACTERS["ς"] = "sigma"

_ADVICE = {
    "log": "ln",
    "in": "the range of an index is written i=1 and n",
    "prod": "write exp(sum of logarithms), or the determinant of a diagonal matrix",
    "int": "integrals are not read",
    "mathbb": "only \\mathbb{1} and \\mathbb{I} are read",
}


def function(word: str) -> str | None:
    """The function of the expression language that a word of LaTeX names."""
    for own in OWN.values():
        if own.head == rf"\operatorname{{{word}}}":
            return own.name
    word = _OTHER_NAMES.get(word, word)
    word = ALIASES.get(word, word)
    return word if word in OPERATIONS and OPERATIONS[word].in_formulas else None


def advice(command: str) -> str | None:
    """What to say of a command that is not known."""
    from difflib import get_close_matches  # noqa: PLC0415 - on the path of an error only

    if command in _ADVICE:
        return _ADVICE[command]
    known = [*OPERATIONS, *ALIASES, *_OTHER_NAMES]
    if command in known:
        return f"write \\operatorname{{{command}}}"
    letters = [*GREEK, "top", "frac", "sqrt", "odot", "oslash", "otimes", "cdot", "times", "lVert", "rVert", "lvert", "rvert"]
    letters += [*BOLD, *WORDS, "operatorname", "sum", "log", "exp", "det", "partial", "nabla", "infty", "left", "right"]
    close = get_close_matches(command, letters, n=1, cutoff=0.7)
    return f"did you mean \\{close[0]}?" if close else "docs/latex.md lists what is read"
