"""Index notation: sums over entries for contractions that are not products of matrices."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count, islice

from matcalc.core.dims import names_in
from matcalc.core.tree import Expr
from matcalc.write.printers import latex_names as names
from matcalc.write.printers.latex_pieces import ATOM, SIGNED, LatexPiece, bracket, multiply
from matcalc.write.printers.text_indexed import index_names


def add_indices(piece: LatexPiece, letters: Sequence[str]) -> LatexPiece:
    """The entry of a value at these indices."""
    return _entry(piece, list(letters))


def free_letters(order: Iterable[Expr], rank: int) -> list[str]:
    """The free indices i, j, k, ... of an array, none of them a size that a number in the formula
    is.
    """
    sizes = {name for node in order if node.op == "dimension" for name in node.value.letters}
    return list(islice((each for each in map(names.index, count()) if each not in sizes), rank))


def free(letters: Sequence[str]) -> str:
    """The indices after the name of an array: ``_{i j k}``."""
    return f"_{{{' '.join(letters)}}}"


def entries(tree: Expr) -> tuple[set[int], set[int]]:
    """The ids of the terms of an array with three axes or more that are written entry by entry, at
    the free indices, and of what adds and multiplies them: all of it where one term is a
    contraction.
    """
    terms: dict[int, Expr] = {}
    above: set[int] = set()
    stack = [tree] if tree.is_tensor else []
    while stack:
        expr = stack.pop()
        if expr.op in ("+", "-", "neg", "/") or (expr.op == "*" and not expr.args[0].rank):
            above.add(id(expr))
            stack += [arg for arg in expr.args if arg.rank and id(arg) not in above]
        else:
            terms[id(expr)] = expr
    if any(expr.op == "einsum" for expr in terms.values()):
        return set(terms), above
    return set(), set()


DELTA = r"\delta"  # Kronecker's
Letters = Mapping[str, str]  # label of a contraction -> the letter that is printed


def letters_of_contractions(
    order: Sequence[Expr],
    named: Container[int],
    heads: Mapping[int, Sequence[str]],
    above: Container[int],
    taken: Iterable[str],
) -> tuple[dict[int, Letters], dict[int, Letters]]:
    """The letters of each contraction in a formula, none of them one that runs where it stands, or
    a name that is ``taken``; and those at its head. They differ where it is inside another
    head as well.

    ``order`` has operands before what they are operands of. ``named`` are those that are defined in
    a line of their own, ``heads`` those at free indices, with these, and ``above`` what adds and
    multiplies these.
    """
    found: dict[int, Letters] = {}
    at_heads: dict[int, Letters] = {}
    running: dict[int, set[str]] = {}
    for expr in reversed(order):
        around = set() if id(expr) in named else running.get(id(expr), set())
        own: set[str] = set()
        if expr.op == "einsum":
            at, used = heads.get(id(expr), ()), {*around, *taken}
            at_heads[id(expr)] = _letters(expr, used, at)
            found[id(expr)] = _letters(expr, used, () if around.intersection(at) else at)
            own = {*found[id(expr)].values(), *at_heads[id(expr)].values(), *at}
        elif expr.op == "indexed":
            own = {names.name(name) for name in index_names(expr).values()}
        elif id(expr) in above:
            own = {letter for letters in heads.values() for letter in letters}
        for arg in expr.args:
            running.setdefault(id(arg), set()).update(around, own)
    return found, at_heads


def _letters(expr: Expr, around: Container[str] = (), free: Sequence[str] = ()) -> Letters:
    """The letters of its indices: the ``free`` ones for its axes, and others that are neither
    variables nor sizes of its factors.
    """
    inputs, output = expr.value
    taken = _spoken_names(expr)
    letters = dict(zip(output, free, strict=False))
    for label in (*output, *(label for labels in inputs for label in labels)):
        if label not in letters:
            used = {*letters.values(), *free}
            letters[label] = next(
                letter
                for letter in map(names.index, count())
                if letter not in taken and letter not in around and letter not in used
            )
    return letters


def einsum(
    expr: Expr,
    args: Sequence[LatexPiece],
    letters: Letters | None = None,
    *,
    free: bool = False,
    taken: Container[str] = (),
) -> LatexPiece:
    r"""sum_k A_ik B_kj. Among others it is in brackets with its indices, [\\sum_k ...]_ij,
    unless its indices are ``free`` ones of the whole. Letters that are ``taken`` stand for nothing
    else.
    """
    inputs, output = expr.value
    letters = _letters(expr) if letters is None else letters
    summed = [letter for label, letter in letters.items() if label not in output]
    sized = {k for node, at in zip(expr.args, inputs, strict=True) if node.op != "fill" for k in at}
    factors = [
        _factor(node, piece, [letters[k] for k in labels], taken)
        if free or sized.issuperset(labels)
        else _entry(piece, [letters[k] for k in labels])  # nothing else says how long its axes are
        for node, piece, labels in zip(expr.args, args, inputs, strict=True)
    ]
    kept = [factor for factor in factors if factor.text != "1"] or [LatexPiece("1")]
    product = kept[0]
    for factor in kept[1:]:
        product = multiply(product, factor)
    if summed:
        text = f"\\sum_{{{', '.join(summed)}}} {bracket(product, SIGNED)}"
        product = LatexPiece(text, SIGNED, tall=True)
    if expr.rank and not free:
        return _entry(
            LatexPiece(product.text, SIGNED, product.tall),
            [letters[label] for label in output],
            "[]",
        )
    return product


def _spoken_names(expr: Expr) -> set[str]:
    """The names of variables, and those in sizes that are written down."""
    found: set[str] = set()
    for node in expr.parts:
        if node.op == "variable":
            found.add(node.value)
        elif node.op == "dimension":
            found.update(node.value.letters)
        elif node.op == "fill":
            found.update(names_in(node.shape))
    return found


def _factor(node: Expr, piece: LatexPiece, letters: list[str], taken: Container[str]) -> LatexPiece:
    """The entry of a factor: delta_ij of the identity, A_ji of A', the constant of a filled one."""
    if node.op == "eye" and DELTA not in taken:
        return LatexPiece(f"\\delta_{{{' '.join(letters)}}}")
    if node.op == "epsilon":
        return LatexPiece(f"\\varepsilon_{{{' '.join(letters)}}}")
    if node.op == "fuse":
        return fuse(node, letters)
    if piece.inner is not None and piece.mark == "fill":
        return piece.inner
    if not letters:
        return piece
    if piece.inner is not None and piece.mark == "transpose":
        return _entry(piece.inner, letters[::-1])
    return _entry(piece, letters)


def _entry(piece: LatexPiece, letters: list[str], brackets: str = "()") -> LatexPiece:
    """A_ij; anything but a plain symbol in brackets."""
    plain = brackets == "()" and is_letter(piece)
    left, right = ("\\left", "\\right") if piece.tall else ("", "")
    text = piece.text if plain else f"{left}{brackets[0]}{piece.text}{right}{brackets[1]}"
    return LatexPiece(f"{text}_{{{' '.join(letters)}}}", ATOM, piece.tall)


def is_letter(piece: LatexPiece) -> bool:
    """Whether a subscript can follow it without brackets."""
    return piece.level == ATOM and not any(
        mark in piece.text for mark in ("_", "^", "(", r"\begin")
    )


def fuse(node: Expr, letters: Sequence[str]) -> LatexPiece:
    """F[k,i,j] = 1 where k runs through the m x n pairs (i, j) column by column, counted from 1."""
    k, i, j = letters
    i = f"({i})" if "+" in i or "-" in i else i
    rows = names.size(node.shape[1])
    rows = f"({rows})" if node.shape[1].rest else rows
    return LatexPiece(f"\\delta_{{{k}, {i} + ({j} - 1) {rows}}}")
