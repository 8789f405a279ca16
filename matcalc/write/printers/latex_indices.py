"""Index notation: sums over entries for contractions that are no product of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from matcalc.core.tree import Expr
from matcalc.write.printers import latex_names as names
from matcalc.write.printers.latex_pieces import ATOM, SIGNED, Piece, bracket, multiply


def add_indices(piece: Piece, rank: int) -> Piece:
    """The entry of a value with that many axes, at the free indices i, j, k, ..."""
    return _entry(piece, [names.index(axis) for axis in range(rank)])


def free(rank: int) -> str:
    """The free indices of an array: ``_{i j k}``."""
    return f"_{{{' '.join(names.index(axis) for axis in range(rank))}}}"


def entries(tree: Expr) -> tuple[set[int], set[int]]:
    """The ids of the terms of an array with three axes or more that are written entry by entry, at
    the free indices, and of what adds and multiplies them: all of it where one term is a
    contraction.
    """
    terms: dict[int, Expr] = {}
    above: set[int] = set()
    stack = [tree] if tree.rank > 2 else []
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


def einsum(expr: Expr, args: Sequence[Piece], *, free: bool = False) -> Piece:
    r"""sum_k A_ik B_kj. Among others it stands in brackets with its indices, [\\sum_k ...]_ij,
    unless its indices are ``free`` ones of the whole. No sum is over a letter that its factors use
    as a variable or a size.
    """
    inputs, output = expr.value
    letters = {label: names.index(axis) for axis, label in enumerate(output)}
    taken = _letters(expr)
    unused = (letter for letter in map(names.index, count(len(output))) if letter not in taken)
    for labels in inputs:
        for label in labels:
            if label not in letters:
                letters[label] = next(unused)
    summed = [letter for label, letter in letters.items() if label not in output]
    factors = [
        _factor(node, piece, [letters[k] for k in labels])
        for node, piece, labels in zip(expr.args, args, inputs, strict=True)
    ]
    kept = [factor for factor in factors if factor.text != "1"] or [Piece("1")]
    product = kept[0]
    for factor in kept[1:]:
        product = multiply(product, factor)
    if summed:
        text = f"\\sum_{{{', '.join(summed)}}} {bracket(product, SIGNED)}"
        product = Piece(text, SIGNED, tall=True)
    if expr.rank and not free:
        return _entry(
            Piece(product.text, SIGNED, product.tall), [letters[label] for label in output], "[]"
        )
    return product


def _letters(expr: Expr) -> set[str]:
    """The names of variables, and those in sizes that are written down."""
    found: set[str] = set()
    for node in expr.parts:
        if node.op == "variable":
            found.add(node.value)
        elif node.op == "dimension":
            found.update(*(name for _, name in node.value.terms))
    return found


def _factor(node: Expr, piece: Piece, letters: list[str]) -> Piece:
    """The entry of a factor: delta_ij of the identity, A_ji of A', the constant of a filled one."""
    if node.op == "eye":
        return Piece(f"\\delta_{{{' '.join(letters)}}}")
    if node.op == "epsilon":
        return Piece(f"\\varepsilon_{{{' '.join(letters)}}}")
    if node.op == "fuse":
        return fuse(node, letters)
    if piece.inner is not None and piece.mark == "fill":
        return piece.inner
    if not letters:
        return piece
    if piece.inner is not None and piece.mark == "transpose":
        return _entry(piece.inner, letters[::-1])
    return _entry(piece, letters)


def _entry(piece: Piece, letters: list[str], brackets: str = "()") -> Piece:
    """A_ij; anything but a plain symbol in brackets."""
    plain = (
        brackets == "()" and piece.level == ATOM and not any(mark in piece.text for mark in "_^(")
    )
    left, right = ("\\left", "\\right") if piece.tall else ("", "")
    text = piece.text if plain else f"{left}{brackets[0]}{piece.text}{right}{brackets[1]}"
    return Piece(f"{text}_{{{' '.join(letters)}}}", ATOM, piece.tall)


def fuse(node: Expr, letters: list[str]) -> Piece:
    """F[k,i,j] = 1 where k runs through the m x n pairs (i, j) column by column, counted from 1."""
    k, i, j = letters
    return Piece(f"\\delta_{{{k}, {i} + ({j} - 1) {names.size(node.shape[1])}}}")
