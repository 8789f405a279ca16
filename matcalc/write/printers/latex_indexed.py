r"""Forms with bound indices in LaTeX: ``\sum_{i < j} q_i q_j``."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from matcalc.core.dims import ONE, Dim
from matcalc.core.indexed import AffineIndex, Condition, Form, Index, Reduction, condition_of
from matcalc.core.operations import OVER_INDICES
from matcalc.core.tree import Expr
from matcalc.write.printers import latex_names as names
from matcalc.write.printers.latex_indices import DELTA, fuse, is_letter
from matcalc.write.printers.latex_pieces import (
    ATOM,
    POWER,
    SIGNED,
    SIGNS,
    LatexPiece,
    bracket,
    fraction,
    multiply,
    parenthesize,
)
from matcalc.write.printers.text_indexed import follows, format_place, index_names

_SYMBOLS = {"eye": DELTA, "epsilon": r"\varepsilon"}
Names = dict[Index, str]


def format_indexed(
    expr: Expr,
    args: Sequence[LatexPiece],
    plain: Callable[[Expr, list[LatexPiece]], LatexPiece],
    taken: Container[str] = (),
) -> LatexPiece:
    """The body; ``plain`` sets what has no indices itself. No letter that is ``taken`` stands for
    the identity.
    """
    form: Form = expr.value
    called: Names = {index: names.name(name) for index, name in index_names(expr).items()}
    cases: dict[int, list[str]] = {}  # the lines of each distinction of cases

    def rule(part: Expr, parts: list[LatexPiece]) -> LatexPiece:
        if part.op == "slot":
            slot: LatexPiece = args[part.value]
            return slot
        if part.op == "index":
            return LatexPiece(called[part.value])
        if part.op == "at":
            return _entries(expr, part, parts[0], called, taken)
        if part.op == "reduce":
            return _reduce(expr, part, parts[0], called)
        held = condition_of(part.args[0]) if part.op == "where" else None
        if held is not None:
            last = cases.get(id(part.args[2]), [rf"{parts[2].text} & \text{{otherwise}}"])
            lines = [f"{parts[1].text} & {_condition(held, (), called)}", *last]
            cases[id(part)] = lines
            inside = " \\\\ ".join(lines)
            return LatexPiece(rf"\begin{{cases}} {inside} \end{{cases}}", SIGNED, tall=True)
        return plain(part, parts)

    return form.body.fold(rule)


def subscript(expr: Expr) -> str:
    """The indices of an array: ``_{i k}``."""
    called = index_names(expr)
    return f"_{{{' '.join(names.name(called[index]) for index in expr.value.indices)}}}"


def _entries(
    expr: Expr, part: Expr, base: LatexPiece, called: Names, taken: Container[str]
) -> LatexPiece:
    array = part.args[0]
    plain = expr.args[array.value] if array.op == "slot" else array
    places = [":" if place is None else _place(place, called) for place in part.value]
    short = all(len(place) == 1 or place.startswith("\\") for place in places)
    inside = (" " if short and ":" not in places else ", ").join(places)
    if plain.op in _SYMBOLS and _SYMBOLS[plain.op] not in taken:
        return LatexPiece(f"{_SYMBOLS[plain.op]}_{{{inside}}}")
    if plain.op == "fuse":
        return fuse(plain, places)
    letter = is_letter(base)
    text = base.text if letter else parenthesize(base)
    return LatexPiece(f"{text}_{{{inside}}}", ATOM if letter else POWER, base.tall)


def _place(place: AffineIndex, called: Names) -> str:
    return format_place(place, called, names.size, " ")


def _reduce(expr: Expr, part: Expr, body: LatexPiece, called: Names) -> LatexPiece:
    name = part.value.name
    signs = _signs(expr, part, called)
    if name == "mean":
        return _mean(part.value, signs, body)
    inside = bracket(body, SIGNED) if name == "sum" else parenthesize(body)
    if inside.startswith("-"):
        inside = parenthesize(body)
    return LatexPiece(f"{signs} {inside}", SIGNED, tall=True)


def _signs(expr: Expr, part: Expr, called: Names) -> str:
    r"""The signs that it is taken under: \sum_{i < j}. An index whose range does not follow has one
    of its own, with limits.
    """
    reduction = part.value
    sign = OVER_INDICES["sum" if reduction.name == "mean" else reduction.name]
    conditioned = {i for each in reduction.conditions for i, _ in each.place.terms}
    signs, below = [], list[Index]()
    for index in reduction.indices:
        if not follows(index, part.args[0], expr.args):
            last = names.size(index.start.plus(index.size).plus(ONE, -1))
            signs.append((f"{called[index]} = {names.size(index.start)}", f"^{{{last}}}"))
        else:
            below.append(index)
    # beside an index that is named, a condition names none
    listed = [] if conditioned.issuperset(below) else [called[index] for index in below]
    conditions = [_condition(each, reduction.indices, called) for each in reduction.conditions]
    if len(signs) == len(reduction.indices) and conditions:
        under, above = signs.pop()
        signs.append((", ".join([under, *conditions]), above))
    elif len(signs) < len(reduction.indices):
        signs.append((", ".join([*listed, *conditions]), ""))
    return " ".join([f"{sign}_{{{under}}}{above}" for under, above in signs])


def _mean(reduction: Reduction, signs: str, body: LatexPiece) -> LatexPiece:
    total = LatexPiece(f"{signs} {parenthesize(body)}", SIGNED, tall=True)
    if reduction.conditions:
        return fraction(total, LatexPiece(f"{signs} 1", SIGNED, tall=True))
    size = Dim(1, ())
    for index in reduction.indices:
        size = size.times(index.size)
    return multiply(fraction(LatexPiece("1"), LatexPiece(names.size(size))), total)


def _condition(condition: Condition, own: Sequence[Index], called: Names) -> str:
    terms = condition.place.terms
    first = next((index for index, _ in terms if index in own), terms[0][0])
    left, op, right = condition.solve_for(first)
    return f"{_place(left, called)} {SIGNS.get(op, op)} {_place(right, called)}"
