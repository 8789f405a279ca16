"""Sizes of arrays as the code of a function has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from matcalc.core.dims import Dim
from matcalc.write.printers.code_levels import ATOM, SUM, TERM, Code


def solve_size(
    name: str, places: Iterable[tuple[Dim, str]], sizes: Mapping[str, str], missing: Collection[str]
) -> tuple[str, str] | None:
    """A size from an axis that is a multiple of it, plus what is known: the code of the dividend
    and of the divisor, empty where that is 1; None where no axis tells. ``places`` are the axes,
    each with the code of its size.
    """
    for dim, code in places:
        others = [other for other in dim.letters if other != name]
        if dim.letters.count(name) != 1 or any(o in missing or o not in sizes for o in others):
            continue
        scale, names = next(term for term in dim.terms if name in term[1])
        rest = [size_code(Dim(-c, own), sizes)[0] for c, own in dim.terms if name not in own]
        left = " + ".join([code, *rest]).replace("+ -", "- ")
        factors = [str(scale)] * (scale != 1) + [sizes[other] for other in names if other != name]
        left = f"({left})" if rest and factors else left
        return left, " * ".join(factors)
    return None


def tuple_code(parts: Sequence[str]) -> str:
    """A tuple of texts."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def size_code(dim: Dim, sizes: Mapping[str, str]) -> Code:
    """The size of a dimension, given the variables that hold those of the names."""
    if not dim.rest:
        factors = factors_of(int(dim.scale), dim.names, sizes)
        return " * ".join(factors), ATOM if len(factors) == 1 else TERM
    number, shared, inner = dim.parts()
    text = " + ".join(" * ".join(factors_of(c, names, sizes)) for c, names in inner).replace(
        "+ -", "- "
    )
    if number == 1 and not shared:
        return text, SUM
    front = factors_of(number.numerator, shared, sizes) if number.numerator != 1 or shared else []
    divisor = f" // {number.denominator}" if number.denominator != 1 else ""
    return " * ".join([*front, f"({text})"]) + divisor, TERM


def factors_of(scale: int, names: Sequence[str], sizes: Mapping[str, str]) -> list[str]:
    """A monomial as factors, the sign with the first of them."""
    found = [sizes[name] for name in names]
    if abs(scale) != 1 or not found:
        return [str(scale), *found]
    return [f"-{found[0]}", *found[1:]] if scale < 0 else found
