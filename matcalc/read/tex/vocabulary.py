"""What the words and signs of LaTeX mean: functions, styles, letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcalc.core.operations import ALIASES, OF_ENTRIES, OPERATIONS, OVER_INDICES

# functions with a name of their own in papers, besides those of the expression language
_OTHER_NAMES = {word: name for name, spec in OPERATIONS.items() for word in spec.tex_names}

# words that are operators, not variables, wherever nothing of the kind was declared
OPERATORS = {
    **dict.fromkeys(("E", "Ex", "Exp", "Expectation"), "the expectation"),
    **dict.fromkeys(("P", "Pr", "Prob"), "the probability"),
    **dict.fromkeys(("V", "Var", "var"), "the variance"),
    **dict.fromkeys(("Cov", "cov"), "the covariance"),
    **dict.fromkeys(("Corr", "corr"), "the correlation"),
    **dict.fromkeys(("Re", "re"), "the real part"),
    **dict.fromkeys(("Im", "im"), "the imaginary part"),
    **dict.fromkeys(
        ("argmin", "argmax", *OF_ENTRIES, "sup", "inf", "lim"), "a minimum, maximum or limit"
    ),
    **dict.fromkeys(
        ("rank", "ker", "span", "dim", "range", "Null", "null", "col", "row"),
        "a property of a matrix or a space",
    ),
    **dict.fromkeys(("grad", "Grad", "div", "curl", "rot", "Hess", "Jac"), "a derivative"),
    **dict.fromkeys(("prox", "proj", "Proj", "conv", "dom", "supp", "sgn"), "an operator"),
    **dict.fromkeys(
        ("Cat", "Bern", "Beta", "Gam", "Dir", "Pois", "Uniform", "Normal"), "a distribution"
    ),
}
# words for derivatives that are functions of the language
DERIVATIVES = {"Grad": "grad", "Jac": "jacobian", "Hess": "hessian"}
_SAMPLES = "write it out, as a sum over samples for instance"
BOLD = frozenset({"mathbf", "boldsymbol", "bm", "bold", "textbf", "vec"})
WORDS = frozenset(
    {
        "mathit",
        "mathrm",
        "text",
        "mbox",
        "textup",
        "textit",
        "textrm",
        "operatorname",
        "operatorname*",
        "mathtt",
        "mathsf",
        "textsf",
    }
)
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
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
    "omicron pi rho sigma tau upsilon phi chi psi"
)
GREEK = [*_GREEK.split(), "omega"]
CHARACTERS = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", GREEK, strict=True)) | {
    capital: GREEK["αβγδεζηθικλμνξοπρστυφχψω".index(capital.lower())].capitalize()
    for capital in "ΓΔΘΛΞΠΣΦΨΩ"
}
CHARACTERS["ς"] = "sigma"
FRACTIONS = {"½": r"\frac12", "⅓": r"\frac13", "¼": r"\frac14", "⅔": r"\frac23", "¾": r"\frac34"}
INDICES = frozenset("ijklmnpqrst") | {"mu", "nu"}  # letters over which sums run

OPTIMA = (
    "what is best over a set is not supported: enter only the objective; matcalc stationary solves "
    "for the point where its derivative is zero"
)
_COMPLEX = "of variables that are declared as complex"
_ADVICE = {
    "log": "ln",
    "in": "a range is written \\sum_{i=1}^{n}; what a letter is, as in x \\in R^n, is declared: "
    "x: vector(n)",
    **dict.fromkeys(("over", "atop", "above"), "write \\frac{a}{b}"),
    "bigodot": "write \\odot",
    "bigotimes": "write \\otimes",
    **dict.fromkeys(("pmb", "symbf", "mathbbb"), "write \\mathbf{x} for a bold letter"),
    **dict.fromkeys(("mathbbm", "mathds"), "write \\mathbf{1}"),
    **dict.fromkeys(("overrightarrow", "overleftarrow", "underline"), "write \\vec{x}"),
    **dict.fromkeys(
        ("int", "iint", "oint"), "integrals are not supported: write out their value, or a sum"
    ),
    **dict.fromkeys(
        ("Pr", "E", "Var", "Cov", "EE", "PP", "Expect"),
        f"expectations and probabilities are not supported: {_SAMPLES}",
    ),
    **dict.fromkeys(("lim", "limsup", "liminf"), "limits are not supported"),
    **dict.fromkeys(
        ("arg", "argmin", "argmax", "sup", "inf"),
        OPTIMA,
    ),
    "Re": f"everything is real here; {_COMPLEX} write \\operatorname{{Re}}(z)",
    "Im": f"everything is real here; {_COMPLEX} write \\operatorname{{Im}}(z)",
    "conj": f"everything is real here; {_COMPLEX} write \\bar{{z}}",
    "overset": "write only what it encloses",
    **dict.fromkeys(
        ("mid", "vert", "sim", "propto"), "densities and distributions are written out here"
    ),
    **dict.fromkeys(
        ("approx", "simeq", "cong", "to", "mapsto", "implies", "Rightarrow", "iff", "forall"),
        "enter only the value",
    ),
    **dict.fromkeys(
        ("succ", "succeq", "prec", "preceq", "perp", "ll", "gg", "gets", "subseteq", "exists"),
        "enter only the value, without the relation",
    ),
    **dict.fromkeys(
        ("dots", "ldots", "cdots", "vdots", "ddots"),
        "dots are not supported: write a sum, or the whole vector",
    ),
    **dict.fromkeys(
        ("star", "ast"),
        "write \\odot for a product entry by entry; for an optimum write a word as the subscript, "
        "as in x_{\\mathrm{opt}}; for a transpose write ^\\top",
    ),
    **dict.fromkeys(("hbar", "hslash"), "write \\mathit{hbar}, and declare hbar: scalar"),
    "div": "write / or \\oslash",
    **dict.fromkeys(
        ("dag", "ddagger"), "write ^\\top for the transpose, A^+ for the pseudo-inverse"
    ),
    "lg": "write \\log_2 or \\log_{10}",
    **dict.fromkeys(
        ("bigcup", "cup", "cap", "subset", "setminus", "emptyset"), "sets are not supported"
    ),
    **dict.fromkeys(
        ("bigoplus", "oplus", "ominus"),
        "write \\operatorname{blkdiag}, or + with \\otimes for the Kronecker sum",
    ),
    **dict.fromkeys(("wedge", "vee"), "this product is not supported"),
    "bullet": "write \\langle A, B \\rangle for the sum of the products of the entries",
    "choose": "write \\binom{n}{k}",
    "substack": "write the conditions side by side: \\sum_{i=1, i \\neq k}^{n}",
    "backslash": "write A^{-1} b for the solution of a system",
    **dict.fromkeys(("inner", "ip", "innerprod", "iprod"), "write \\langle x, y \\rangle"),
    **dict.fromkeys(("T", "tp", "trans", "transp", "transpose", "tran"), "write ^\\top"),
    **dict.fromkeys(("pdv", "dv", "pd", "pderiv"), "write \\frac{\\partial}{\\partial x}"),
    **dict.fromkeys(("grad", "gradient"), "write \\nabla_x f"),
    **dict.fromkeys(("qty", "pqty", "paren"), "write \\left( \\right)"),
    **dict.fromkeys(("ones", "one", "bone", "vone"), "write \\mathbf{1}"),
    **dict.fromkeys(("eye", "Id", "ident"), "write I"),
    **dict.fromkeys(
        ("lfloor", "rfloor", "lceil", "rceil"),
        "rounding is not supported: its derivative is zero wherever there is one",
    ),
    **dict.fromkeys(("underset", "colorbox"), "write only what it encloses"),
    **dict.fromkeys(("cancel", "bcancel", "xcancel", "sout"), "leave out what is crossed out"),
}


_MACRO = re.compile("[bvm][A-Za-z]")  # \\bx, \\vx, \\mA: bold letters


def function(word: str, users: Mapping[str, str]) -> str | None:
    """The function of the expression language that a word of LaTeX names; ``users`` has the words
    for the functions of users.
    """
    if word in users:
        return users[word]
    word = _OTHER_NAMES.get(word, word)
    word = ALIASES.get(word, word)
    return word if word in OPERATIONS and OPERATIONS[word].in_formulas else None


def operator(text: str) -> str | None:
    r"""What the operator is that a text such as \mathbb{E}_x names."""
    words = [
        word
        for word in re.findall("[A-Za-z]+", text)
        if word not in BOLD | WORDS | ALPHABETS | ACCENTS.keys()
    ]
    return OPERATORS.get(words[0]) if words else None


def advice(command: str) -> str | None:
    """What to say of a command that is not known."""
    from difflib import get_close_matches  # noqa: PLC0415 - on the path of an error only

    if command in _ADVICE:
        return _ADVICE[command]
    if _MACRO.fullmatch(command):
        return f"a command of its author's own: write \\mathbf{{{command[1:]}}}"
    known = [*OPERATIONS, *ALIASES, *_OTHER_NAMES]
    if command in known:
        return f"write \\operatorname{{{command}}}"
    letters = [
        *GREEK,
        "top",
        "frac",
        "sqrt",
        "odot",
        "oslash",
        "otimes",
        "cdot",
        "times",
        "lVert",
        "rVert",
        "lvert",
        "rvert",
    ]
    letters += [*BOLD, *WORDS, "operatorname", "partial", "nabla", "infty", "left", "right"]
    functions = [row.latex or "" for row in OPERATIONS.values()] + [*OVER_INDICES.values()]
    letters += [command[1:] for command in functions if re.fullmatch(r"\\[A-Za-z]+", command)]
    close = get_close_matches(command, letters, n=1, cutoff=0.7)
    return f"did you mean \\{close[0]}?" if close else "docs/latex.md lists what is supported"
