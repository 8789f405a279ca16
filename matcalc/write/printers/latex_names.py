"""LaTeX of names, numbers and sizes: the leaves of a formula."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from matcalc.core.decimals import places, shorter_as_decimal
from matcalc.core.dims import Dim, Shape
from matcalc.core.members import family_of, places_of

_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
    "omicron pi rho sigma tau upsilon phi chi psi omega"
)
_VARIANTS = {
    "ς": "varsigma",
    "ϕ": "varphi",
    "ϵ": "varepsilon",
    "ϑ": "vartheta",
    "ϱ": "varrho",
    "ϖ": "varpi",
    "µ": "mu",
}
# letters that LaTeX has no command for because they look like Latin ones
_LATIN = (
    "omicron:o Alpha:A Beta:B Epsilon:E Zeta:Z Eta:H Iota:I Kappa:K Mu:M Nu:N "
    "Omicron:O Rho:P Tau:T Chi:X"
)


def _symbols() -> dict[str, str]:
    """The Greek letters as characters, each with its name."""
    lower = _LETTERS.split()
    upper = [letter.capitalize() for letter in lower]
    return (
        dict(zip("αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", lower + upper, strict=True))
        | _VARIANTS
    )


_SYMBOLS = _symbols()
_LOOKALIKES = dict(pair.split(":") for pair in _LATIN.split())
_COMMANDS = {name: f"\\{name}" for name in _SYMBOLS.values() if name not in _LOOKALIKES}

_NAME = re.compile(r"([^\W\d_]+)_*(.*)", re.DOTALL)
_LARGEST_DENOMINATOR = 999  # beyond it a decimal, where there is a finite one


def name(text: str, *, bold: bool = False) -> str:
    r"""A variable's name: ``alpha`` is \\alpha, ``W1`` and ``x_i`` carry subscripts, ``loss`` is
    one word in italics; a member W[k-1] of a family has its place as a subscript.
    """
    family = family_of(text)
    if family is not None:
        places = [size(place).replace(" ", "") for place in places_of(text)]
        stem, _, rest = name(family, bold=bold).partition("_{")
        return f"{stem}_{{{','.join([*([rest[:-1]] if rest else []), *places])}}}"
    found = _NAME.fullmatch(text)
    if found is None:
        return _word(text, bold)
    stem, rest = found.groups()
    pieces = [piece for piece in rest.split("_") if piece]
    subscript = ",".join(piece if piece.isdigit() else _word(piece, bold=False) for piece in pieces)
    return _word(stem, bold) + (f"_{{{subscript}}}" if subscript else "")


def _word(text: str, bold: bool) -> str:
    letter = _SYMBOLS.get(text, text)
    if letter in _COMMANDS:
        return f"\\boldsymbol{{{_COMMANDS[letter]}}}" if bold else _COMMANDS[letter]
    letter = _LOOKALIKES.get(letter, letter).replace("_", r"\_")
    if bold:
        return f"\\mathbf{{{letter}}}"
    return letter if len(letter) == 1 else f"\\mathit{{{letter}}}"


def number(value: Fraction) -> str:
    r"""An exact number: an integer, a fraction of small numbers, else a decimal (with a power of
    ten where that is shorter).
    """
    if value < 0:
        return "-" + number(-value)
    if value.denominator == 1:
        digits = str(value.numerator)
        zeros = len(digits) - len(digits.rstrip("0"))
        return _scientific(digits.rstrip("0"), len(digits) - 1) if zeros > 6 else digits
    exponent = places(value)
    if exponent is None or (
        value.denominator <= _LARGEST_DENOMINATOR and not shorter_as_decimal(value)
    ):
        return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    digits = str(value.numerator * 10**exponent // value.denominator)
    if exponent - len(digits) >= 3:
        return _scientific(digits, len(digits) - 1 - exponent)
    digits = digits.rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}"


def _scientific(digits: str, exponent: int) -> str:
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    power = f"10^{{{exponent}}}"
    return power if mantissa == "1" else f"{mantissa} \\cdot {power}"


def size(dim: Dim) -> str:
    """A dimension: ``2mn``."""
    if not dim.rest:
        return _monomial(dim.scale, dim.names)
    scale, shared, inner = dim.parts()
    text = " + ".join(_monomial(c, names) for c, names in inner).replace("+ -", "- ")
    if scale == 1 and not shared:
        return text
    front = _monomial(scale.numerator, shared) if scale.numerator != 1 or shared else ""
    whole = f"({text}) {front}".rstrip()  # n (m + 1) might be a function of m + 1
    return whole if scale.denominator == 1 else f"{whole} / {scale.denominator}"


def _monomial(scale: int | Fraction, factors: Sequence[str]) -> str:
    powers = Counter(factors)
    letters = [f"{name(each)}^{{{k}}}" if k > 1 else name(each) for each, k in powers.items()]
    if letters and scale in (1, -1):
        return ("-" if scale == -1 else "") + " ".join(letters)
    return " ".join([str(scale), *letters])


def sizes(shape: Shape) -> str:
    r"""The shape as a subscript: m \\times n."""
    parts = [size(dim) for dim in shape]
    return r" \times ".join(
        f"({part})" if len(parts) > 1 and dim.rest else part
        for part, dim in zip(parts, shape, strict=True)
    )


_INDEX_LETTERS = "ijklpqrstuvwabcdefgh"


def index(number: int) -> str:
    """The letter of the number-th index; numbered ones when the letters have run out."""
    turn, place = divmod(number, len(_INDEX_LETTERS))
    return _INDEX_LETTERS[place] + (f"_{{{turn}}}" if turn else "")
