r"""The subscripts of norms: which norm \|X\|_{op} and \|x\|_{\ell_1} are, and what to write for
those that are not read.
"""

from __future__ import annotations

import re

_STYLED = re.compile(r"\\(?:mathrm|text|operatorname|mathsf|textrm|rm|mathit)\s*\{?\s*(\w+)\s*\}?")
_NAMED = {
    **dict.fromkeys(("op", "spec", "sp", "spectral"), "2"),
    **dict.fromkeys(("HS", "fro", "Fro", "FRO", "frob", "Frob"), "F"),
    **dict.fromkeys(("nuc", "tr", "nuclear", "S_1", "S_{1}"), "*"),
}
_LITTLE_L = re.compile(r"\\ell_?\{?\s*(1|2|\\infty)\s*\}?")
_BIG_L = re.compile(r"L[_^]\{?\s*(1|2|\\infty)\s*\}?")


def plain_index(index: str) -> str:
    r"""The subscript in figures: 2 of \mathrm{op}, F of HS, * of nuc, 1 of \ell_1."""
    styled = _STYLED.fullmatch(index)
    plain = styled[1] if styled else index
    little = _LITTLE_L.fullmatch(plain)
    return little[1] if little else _NAMED.get(plain, index)


def is_weight(index: str) -> bool:
    r"""Whether a subscript can be the matrix of a weighted norm; L^2 is none."""
    return _BIG_L.fullmatch(index) is None


def advise(index: str, x: str) -> str:
    """What to write for a norm of a matrix that has no or another subscript."""
    each = rf"\operatorname{{norm1}}({x}, 1)"
    match index.replace(" ", ""):
        case "1":
            return (
                rf"write \max({each}) for the largest sum of a column, \lVert {x} \rVert_{{1,1}} "
                rf"for the sum of all absolute values"
            )
        case r"\infty" | "∞":
            return (
                rf"write \max(\operatorname{{norm1}}({x}, 2)) for the largest sum of a row, "
                rf"\max(\operatorname{{abs}}({x})) for the largest entry"
            )
        case "1,2":
            return (
                rf"write \lVert {x} \rVert_{{2,1}} for the sum of the norms of the columns, "
                rf"\lVert ({x})^\top \rVert_{{2,1}} for that of the rows, "
                rf"\operatorname{{norm2}}({each}) for the square root of the squared sums"
            )
    return (
        r"write \lVert X \rVert_F for the square root of the sum of squares, _2 for the spectral "
        r"and _* for the nuclear norm"
    )


def advise_vector(index: str, x: str) -> str:
    """The same for a norm of a vector."""
    big = _BIG_L.fullmatch(index)
    if big:
        return rf"write \lVert {x} \rVert_{{{big[1]}}} for the norm of a vector"
    return r"vectors have the norms 1, 2 and \infty"
