"""The general terms of elementary functions of an argument B + D, in which D is what moves.

Abramowitz & Stegun, Handbook of Mathematical Functions, 3.6, 4.1-4.6 and 7.1.5; of functions of
matrices Higham, Functions of Matrices (2008), 4.3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import OPERATIONS, PRIMARY
from matcalc.core.tree import Expr
from matcalc.write.printers.text import text

_ATOM = re.compile(r"[A-Za-z_]\w*(\([^()]*\))?|\d+")
_MONOMIAL = re.compile(r"([A-Za-z]\w*)\^(\d+)")
Template = Callable[["Core"], list["SeriesPart"]]


@dataclass(frozen=True, slots=True)
class SeriesPart:
    """A sum over k = first, first + 1, ...: ``term`` is its general term, ``step*k + shift`` the
    power of D in it.
    """

    term: str
    first: int = 0
    step: int = 1
    shift: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Core:
    """A function at B + D: the texts of B and of D without its sign, and what they are like."""

    at: str
    at_zero: bool
    at_one: bool
    moved: str
    negative: bool
    quotient: str  # D/B, without its sign
    falls: bool  # whether D/B has a minus in front
    dot: str  # "." for arrays entry by entry
    exponent: str = ""
    count: int | None = None  # the exponent, where it is a natural number

    def power(self, base: str, step: int = 1, shift: int = 0) -> str:
        """D or D/B to the power step*k + shift."""
        if (found := _MONOMIAL.fullmatch(base)) is not None:
            base, degree = found[1], int(found[2])
            step, shift = step * degree, shift * degree
        exponent = "k" if step == 1 else f"{step}*k"
        exponent = f"{exponent} + {shift}" if shift else exponent
        return f"{atom(base)}{self.dot}^{atom(exponent)}"

    def power_of_whole(self) -> str:
        """B to the exponent."""
        return f"{atom(self.at)}{self.dot}^{atom(self.exponent)}"


def format_tree(tree: Expr) -> str:
    """The text of a tree, of a number as a fraction."""
    return str(tree.value) if tree.op == "number" else text(tree)


def _fraction(given: str) -> str:
    """One over a number that is a fraction."""
    found = re.fullmatch(r"(\d+)/(\d+)", given)
    if found is None:
        return ""
    return found[2] if found[1] == "1" else f"({found[2]}/{found[1]})"


def atom(given: str) -> str:
    """A text that may be beside an operator."""
    return given if _ATOM.fullmatch(given) else f"({given})"


def _with_sign(sign: str, term: str) -> str:
    return f"{sign}*{term}" if sign else term


def _exp(core: Core) -> list[SeriesPart]:
    sign = "(-1)^k" if core.negative else ""
    term = _with_sign(sign, f"{core.power(core.moved)}/factorial(k)")
    return [SeriesPart(term if core.at_zero else f"exp({core.at}){core.dot}*{term}")]


def _circular(even: str, odd: str, alternating: bool) -> Template:
    """Of sin, cos, sinh and cosh: the even part has the one factor, the odd part the other."""

    def parts(core: Core) -> list[SeriesPart]:
        found = []
        for factor, shift in ((even, 0), (odd, 1)):
            bare = factor.lstrip("-")
            if core.at_zero and OPERATIONS[bare].vanishes:
                continue
            minus = factor.startswith("-") != (core.negative and shift == 1)
            sign = {
                (True, False): "(-1)^k",
                (True, True): "(-1)^(k + 1)",
                (False, True): "-1",
                (False, False): "",
            }[alternating, minus]
            exponent = "2*k + 1" if shift else "2*k"
            term = f"{core.power(core.moved, 2, shift)}/factorial({exponent})"
            if not core.at_zero:
                term = f"{bare}({core.at}){core.dot}*{term}"
            term = _with_sign(sign, term)
            term = term.replace("-1*", "-", 1) if sign == "-1" else term
            found.append(SeriesPart(term, 0, 2, shift))
        return found

    return parts


def _log(core: Core) -> list[SeriesPart]:
    sign = "(-1)^(k + 1)*" if not core.falls else "-"
    return [SeriesPart(f"{sign}{core.power(core.quotient)}/k", 1)]


def _reciprocal(core: Core) -> list[SeriesPart]:
    sign = "" if core.falls else "(-1)^k"
    term = _with_sign(sign, core.power(core.quotient))
    if (scale := _fraction(core.at)) and not core.at_one:
        return [SeriesPart(f"{scale}*{term}")]
    return [SeriesPart(term if core.at_one else f"{term}{core.dot}/{atom(core.at)}")]


def _power(core: Core) -> list[SeriesPart]:
    sign = "(-1)^k" if core.falls else ""
    term = core.power(core.quotient)
    if not core.at_one:
        term = f"{core.power_of_whole()}{core.dot}*{term}"
    return [SeriesPart(_with_sign(sign, f"binomial({core.exponent}, k)*{term}"), last=core.count)]


def _odd(term: str, alternating: bool) -> Template:
    """Odd functions at 0: ``term`` has D for the power."""

    def parts(core: Core) -> list[SeriesPart]:
        if not core.at_zero:
            raise UnsupportedError(
                "the general term of this function is known only at 0",
                hint="matcalc taylor without --series gives the terms one by one",
            )
        sign = "(-1)^k" if alternating else ""
        if core.negative:
            sign = "(-1)^(k + 1)" if alternating else "-1"
        filled = term.replace("D", core.power(core.moved, 2, 1))
        found = _with_sign(sign, filled)
        return [SeriesPart(found.replace("-1*", "-", 1) if sign == "-1" else found, 0, 2, 1)]

    return parts


EVERYWHERE, BELOW_ONE, OF_MOVED = (
    "everywhere",
    "where abs({quotient}) < 1",
    "where abs({moved}) < 1",
)
POWERS = {"sqrt": Fraction(1, 2)}
OF_ONE_MORE = {"log1p": "log"}  # of an argument with 1 added
# the general terms, and where they add up
ROWS: dict[str, tuple[Template, str]] = {
    "exp": (_exp, EVERYWHERE),
    **{
        name: (_circular(*row.cycle, row.periodic), EVERYWHERE)
        for name, row in OPERATIONS.items()
        if any(row.cycle)
    },
    "log": (_log, BELOW_ONE),
    "reciprocal": (_reciprocal, BELOW_ONE),
    "power": (_power, BELOW_ONE),
}
for _name, _row in OPERATIONS.items():
    if _row.series is not None:
        _term, _alternating, _everywhere = _row.series
        ROWS[_name] = _odd(_term, _alternating), EVERYWHERE if _everywhere else OF_MOVED


def _inverse(core: Core) -> list[SeriesPart]:
    term = f"{'' if core.falls else '(-1)^k*'}{core.power(core.quotient)}"
    return [SeriesPart(term if core.at_one else f"{term}*inv({core.at})")]


def _logdet(core: Core) -> list[SeriesPart]:
    sign = "-" if core.falls else "(-1)^(k + 1)*"
    return [SeriesPart(f"{sign}tr({core.power(core.quotient)})/k", 1)]


def _logm(core: Core) -> list[SeriesPart]:
    sign = "-" if core.negative else "(-1)^(k + 1)*"
    return [SeriesPart(f"{sign}{core.power(core.moved)}/k", 1)] if core.at_one else []


def _sqrtm(core: Core) -> list[SeriesPart]:
    sign = "(-1)^k*" if core.negative else ""
    return [SeriesPart(f"binomial(1/2, k)*{sign}{core.power(core.moved)}")] if core.at_one else []


def _entire(scalar: str) -> Template:
    return lambda core: ROWS[scalar][0](core) if core.at_zero else []


# functions of matrices whose series add up everywhere
ENTIRE = tuple(
    name for name, scalar in PRIMARY.items() if ROWS.get(scalar, (None, ""))[1] == EVERYWHERE
)
# the general terms of a function of a matrix B + D; none where they are not known at B
OF_MATRICES: dict[str, Template] = {
    **{name: _entire(PRIMARY[name]) for name in ENTIRE},
    "inv": _inverse,
    "logm": _logm,
    "sqrtm": _sqrtm,
    "logdet": _logdet,
}
