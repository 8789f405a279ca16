r"""LaTeX of a typed tree, as a paper would print it (amsmath is enough to compile it).

Conventions: functions of scalars stand for the function of every entry (\\exp(X) is entry by entry,
e^{X} the matrix exponential); element-wise powers are x^{\\odot 2}; values with more than two axes,
and contractions that are not products of matrices, are sums over indices whose free indices i, j,
k, l ... are the axes in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from matcalc.core.dims import ONE
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import APPLY, Expr, is_number
from matcalc.core.user_functions import user_function
from matcalc.write.printers import latex_names as names
from matcalc.write.printers.latex_functions import FUNCTIONS, LETTERS, elementwise_power
from matcalc.write.printers.latex_indices import (
    add_indices,
    einsum,
    entries,
    free,
    free_letters,
    fuse,
    letters_of_contractions,
)
from matcalc.write.printers.latex_pieces import (
    ATOM,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    LatexPiece,
    add,
    align,
    bracket,
    call,
    compare,
    fraction,
    multiply,
    negative,
    parenthesize,
    power,
    subtract,
    transpose,
    with_operator,
)
from matcalc.write.printers.naming import choose_names
from matcalc.write.printers.program import array_names
from matcalc.write.printers.user_functions import format_declared, latex_form

MOST_ROWS = 2  # axes of a matrix


def latex(
    expr: Expr,
    *,
    bold: bool = False,
    named: Mapping[int, str] | None = None,
    headed: bool = False,
    declared: Iterable[str] = (),
) -> str:
    """The formula; with ``bold`` vectors and matrices are set in bold. No letter that is
    ``declared`` stands for a function.

    Parts with names (``named``, else as ``choose_names`` says) are set in lines before it: M = ...,
    N = ..., the formula last. What is written entry by entry begins with a name and its indices if
    it is ``headed``: they say in which order the axes stand.
    """
    order = expr.parts
    named = (
        choose_names(expr, {node.value.replace("_", "") for node in order if node.op == "variable"})
        if named is None
        else named
    )
    defined, whole = latex_parts(expr, named, bold=bold, declared=declared)
    places = head_places(expr, order) if headed else ""
    taken = _taken_letters(order, named, declared)
    taken |= {left.partition("_")[0] for left, _ in defined}  # an array by its entries among these
    head = f"{_letter(taken)}{places} " if places else ""
    if not defined:
        return f"{head}= {whole}" if head else whole
    last = f"{head}&= {whole}" if head else f"&{whole}"
    return align([*(f"{left} &= {right}" for left, right in defined), last])


def latex_parts(
    expr: Expr, named: Mapping[int, str], *, bold: bool, declared: Iterable[str]
) -> tuple[list[tuple[str, str]], str]:
    """Both sides of the definition of each part that has a name, and the formula without a head."""
    taken = _taken_letters(expr.parts, named, declared)
    pieces, by_entry, defined = _define_parts(expr.parts, entries(expr), taken, bold, named)
    return defined, by_entry.get(id(expr), pieces[id(expr)]).text


def head_places(expr: Expr, order: Sequence[Expr]) -> str:
    """The free indices that a formula says the entries of an array at, ``_{i j k}``; "" where it
    says the array. ``order`` are all nodes that are set.
    """
    if expr.rank > MOST_ROWS and any(id(expr) in ids for ids in entries(expr)):
        return free(free_letters(order, expr.rank))
    return _axes(expr)


def with_head(formula: str, expr: Expr, declared: Iterable[str]) -> str:
    """A formula that was written without its head, with one, if the expression has any."""
    places = head_places(expr, expr.parts)
    if not places:
        return formula
    head = f"{_letter({names.name(each) for each in declared})}{places} "
    if not formula.startswith("\\begin{aligned}"):
        return f"{head}= {formula}"
    before, _, last = formula.rpartition("\n&")
    return f"{before}\n{head}&= {last}"


def head_letter(expr: Expr, declared: Iterable[str]) -> str:
    """The letter that an array by its entries is called."""
    return _letter(_taken_letters(expr.parts, {}, declared))


def _letter(taken: Collection[str]) -> str:
    return next(letter for letter in array_names() if letter not in taken)


def _taken_letters(
    order: Sequence[Expr], named: Mapping[int, str], declared: Iterable[str]
) -> set[str]:
    """The letters that are names, as they are set."""
    variables = (node.value for node in order if node.op == "variable")
    return {names.name(each) for each in (*variables, *named.values(), *declared)}


def several_latex(
    trees: Mapping[str, Expr],
    *,
    bold: bool,
    named: Mapping[int, str],
    declared: Iterable[str],
) -> str:
    """Several formulas, each in a line with its head, after the parts that have names."""
    order = Expr("several", tuple(trees.values())).parts[:-1]
    taken = _taken_letters(order, named, declared)
    known = [entries(tree) for tree in trees.values()]
    above = set().union(*(each[1] for each in known))
    terms = set().union(*(each[0] for each in known))
    pieces, by_entry, defined = _define_parts(order, (terms, above), taken, bold, named)
    lines = [f"{left} &= {right}" for left, right in defined]
    lines += [
        f"{head}{head_places(tree, order)} &= {by_entry.get(id(tree), pieces[id(tree)]).text}"
        for head, tree in trees.items()
    ]
    return align(lines)


# letters for arrays by their entries whose names have subscripts; D is that of the whole
_CAPITALS = "GHFKLMNPQRSUVWYZ"


def _define_parts(
    order: Sequence[Expr],
    by_entries: tuple[Collection[int], Collection[int]],
    taken: Collection[str],
    bold: bool,
    named: Mapping[int, str],
) -> tuple[dict[int, LatexPiece], dict[int, LatexPiece], list[tuple[str, str]]]:
    """The pieces of all nodes, those with indices, and the definitions of those with names."""
    terms, above = by_entries
    pieces: dict[int, LatexPiece] = {}
    by_entry: dict[int, LatexPiece] = {}
    defined: list[tuple[str, str]] = []
    heads = {id(node): free_letters(order, node.rank) for node in order if id(node) in terms}
    inside, at_heads = letters_of_contractions(order, named, heads, above, taken)
    for node in order:
        args = [pieces[id(arg)] for arg in node.args]
        written_out = not set(taken).isdisjoint(LETTERS.get(node.op, ()))
        piece = (
            call(rf"\operatorname{{{node.op.replace('_', '')}}}", *args)
            if written_out
            else einsum(node, args, inside[id(node)], taken=taken)
            if node.op == "einsum"
            else _write_form(bold, node, args, taken)
            if node.op == "indexed"
            else _piece(bold, node, args)
        )
        if id(node) in above:
            by_entry[id(node)] = _piece(
                bold, node, [by_entry.get(id(arg), pieces[id(arg)]) for arg in node.args]
            )
        if id(node) in named:
            name = names.name(named[id(node)], bold=bold and node.rank > 0)
            if "_" in name and _axes(node):  # a letter has one subscript alone
                unused = [letter for letter in _CAPITALS if letter not in taken]
                name = names.name(unused[0], bold=bold) if unused else name
                taken = {*taken, *unused[:1]}
            defined.append((f"{name}{_axes(node)}", piece.text))
            piece = LatexPiece(name)
        elif node.op == "indexed" and node.value.indices:
            by_entry[id(node)] = piece
            piece = _write_bracketed(node, piece)
        pieces[id(node)] = piece
        if id(node) in terms:
            by_entry[id(node)] = (
                einsum(node, args, at_heads[id(node)], free=True, taken=taken)
                if node.op == "einsum"
                else add_indices(piece, heads[id(node)])
            )
    return pieces, by_entry, defined


def _write_bracketed(expr: Expr, piece: LatexPiece) -> LatexPiece:
    """An array inside a formula, with the indices that run there: [x_i y_j]_{i j}."""
    left, right = (r"\left", r"\right") if piece.tall else ("", "")
    return LatexPiece(f"{left}[{piece.text}{right}]{_axes(expr)}", ATOM, piece.tall)


def _axes(expr: Expr) -> str:
    """The indices after the name of an array that is defined by its entries."""
    if expr.op != "indexed" or not expr.value.indices:
        return ""
    # few expressions have bound indices
    from matcalc.write.printers.latex_indexed import subscript  # noqa: PLC0415

    return subscript(expr)


def _piece(bold: bool, expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    if expr.op == "variable":
        letter = LatexPiece(names.name(expr.value, bold=bold and expr.rank > 0))
        return transpose(letter) if expr.row else letter
    if expr.op == "eye":
        symbol = r"\mathbf{I}" if bold else "I"
        return LatexPiece(f"{symbol}_{{{names.size(expr.shape[0])}}}")
    if expr.op == "unit":
        return _unit(bold, expr)
    if expr.op == APPLY:
        own = user_function(expr)
        if own is not None:
            return latex_form(own, args)
        return format_declared(expr.value, args, names.name(expr.value.name))
    rule = _RULES.get(expr.op)
    return rule(expr, args) if rule else FUNCTIONS[expr.op](expr, args)


def _write_form(
    bold: bool, expr: Expr, args: list[LatexPiece], taken: Collection[str]
) -> LatexPiece:
    # few expressions have bound indices
    from matcalc.write.printers.latex_indexed import format_indexed  # noqa: PLC0415

    return format_indexed(expr, args, partial(_piece, bold), taken)


def _number(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    text = names.number(expr.value)
    if text.startswith("-"):
        return LatexPiece(text, SIGNED, tall="\\frac" in text)
    if text.startswith("\\frac"):
        return LatexPiece(text, POWER, tall=True)
    return LatexPiece(text, PRODUCT if "cdot" in text else POWER if "^" in text else ATOM)


def _dimension(expr: Expr) -> LatexPiece:
    text = names.size(expr.value)
    number, shared, _ = expr.value.parts()
    if expr.value.rest and number == 1 and not shared:
        return LatexPiece(text, SUM)
    return LatexPiece(text, ATOM if len(text) == 1 else PRODUCT)


def _fill(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """c 1_n; zeros are a bold 0."""
    (value,) = expr.args
    digit = "0" if is_number(value, 0) else "1"
    constant = LatexPiece(f"\\mathbf{{{digit}}}_{{{names.sizes(expr.shape)}}}")
    constant = transpose(constant) if expr.row else constant
    piece = constant if is_number(value, 0) or is_number(value, 1) else multiply(args[0], constant)
    return replace(piece, inner=args[0], mark="fill")


def _product(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """Juxtaposition is associative while every part is read as a matrix; a scalar x'*y within a
    longer product is bracketed.
    """
    left, right = (
        _close(node, piece, other)
        for node, piece, other in zip(expr.args, args, expr.args[::-1], strict=True)
    )
    piece = multiply(left, right)
    chain = any(node.rank > 0 for node in expr.args) or args[0].chain or args[1].chain
    return replace(piece, chain=chain)


def _close(node: Expr, piece: LatexPiece, other: Expr) -> LatexPiece:
    if piece.chain and node.rank == 0 and other.rank > 0:
        return LatexPiece(parenthesize(piece), ATOM, piece.tall)
    return piece


def _negative(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    return replace(negative(args[0]), chain=args[0].chain)


def _quotient(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """A fraction; a sum of vectors or matrices over a number reads better after a coefficient: 1/2
    (A + B).
    """
    numerator, denominator = args
    if expr.rank > 0 and numerator.level == SUM and expr.args[1].op == "number":
        return multiply(fraction(LatexPiece("1"), denominator), numerator)
    return fraction(numerator, denominator)


def _entrywise_product(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    if any(node.rank == 0 for node in expr.args):
        return _product(expr, args)
    return with_operator(args[0], r"\odot", args[1])


def _entrywise_quotient(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    if expr.args[1].rank == 0:
        return _quotient(expr, args)
    first = below = expr.args[1]
    while first.op in ("*", ".*"):
        first = first.args[0]
    right = args[1]
    if first is not below and first.rank < 2:  # x ⊘ 2 y may be (x ⊘ 2) y
        right = LatexPiece(bracket(right, POWER), POWER, right.tall)
    return with_operator(args[0], r"\oslash", right)


def _entrywise_power(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    if expr.rank == 0:
        return _power(expr, args)
    return elementwise_power(args[0], _exponent(expr.args[1], args[1]))


def _power(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    exponent = expr.args[1]
    if expr.rank == 0 and is_number(exponent) and exponent.value == Fraction(1, 2):
        return FUNCTIONS["sqrt"](expr, args[:1])
    return power(args[0], _exponent(exponent, args[1]))


def _exponent(expr: Expr, piece: LatexPiece) -> str:
    """The text of an exponent; fractions go on one line there."""
    if expr.op == "number" and expr.value.denominator != 1 and "frac" in piece.text:
        return f"{expr.value.numerator}/{expr.value.denominator}"
    return piece.text


def _blocks(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    columns = expr.value[1]
    lines = [
        " & ".join(piece.text for piece in args[start : start + columns])
        for start in range(0, len(args), columns)
    ]
    inside = r" \\ ".join(lines)
    return LatexPiece(rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}", ATOM, tall=True)


def _slice(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """[X]_{1:k, j}: the places counted from 1."""
    places = []
    for place in expr.value:
        if place is None:
            places.append(":")
            continue
        first, last = names.size(place[0].plus(ONE)), names.size(place[0].plus(place[1] or ONE))
        places.append(first if place[1] is None else f"{first}:{last}")
    return _entries(args[0], ",".join(places))


def _entries(piece: LatexPiece, places: str) -> LatexPiece:
    left, right = (r"\left", r"\right") if piece.tall else ("", "")
    return LatexPiece(f"{left}[{piece.text}{right}]_{{{places}}}", POWER, piece.tall)


def _unit(bold: bool, expr: Expr) -> LatexPiece:
    """A column of the identity."""
    symbol = r"\mathbf{I}" if bold else "I"
    return _entries(
        LatexPiece(f"{symbol}_{{{names.size(expr.shape[0])}}}"),
        f":,{names.size(expr.value.plus(ONE))}",
    )


_Rule = Callable[[Expr, list[LatexPiece]], LatexPiece]


def _binary(combine: Callable[[LatexPiece, LatexPiece], LatexPiece]) -> _Rule:
    return lambda expr, args: combine(args[0], args[1])


_RULES: dict[str, _Rule] = {
    "number": _number,
    "constant": lambda expr, args: LatexPiece(f"\\{expr.value}"),
    "dimension": lambda expr, args: _dimension(expr),
    "fill": _fill,
    **{sign: _binary(partial(compare, sign)) for sign in COMPARISONS},
    "+": _binary(add),
    "-": _binary(subtract),
    "neg": _negative,
    "*": _product,
    "/": _quotient,
    ".*": _entrywise_product,
    "./": _entrywise_quotient,
    ".^": _entrywise_power,
    "^": _power,
    "'": lambda expr, args: transpose(args[0]),
    "blocks": _blocks,
    "slice": _slice,
    "epsilon": lambda expr, args: LatexPiece(r"\varepsilon"),
    "fuse": lambda expr, args: fuse(expr, [names.index(axis) for axis in range(3)]),
}
