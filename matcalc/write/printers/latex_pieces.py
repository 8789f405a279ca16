"""Fragments of LaTeX that know how tightly they bind, so that brackets stand where they are needed
and nowhere else.

====================  ========================================================================
level                 what it is
====================  ========================================================================
``SUM``               a + b, a - b
``SIGNED``            -a, and a sum over indices: nothing may come before it in a product
``CIRCLED``           a ⊙ b, a ⊘ b, a ⊗ b: weaker than juxtaposition; only equal ones chain
``PRODUCT``           a b
``POWER``             a^b, a fraction, a root: fits into a product, not under another power
``ATOM``              a name, a bracket, a function with its brackets
====================  ========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SUM, SIGNED, CIRCLED, PRODUCT, POWER, ATOM = range(6)


@dataclass(frozen=True, slots=True)
class LatexPiece:
    """A fragment: its text, its level, and what the node around it may want to know.

    ``tall``: higher than a line, so that its brackets must grow. ``circle``: the operator of a
    ``CIRCLED`` one. ``inner`` and ``mark``: this is inner^mark, where mark is a transpose or an
    inverse, to be fused with another. ``chain``: a product in which vectors or matrices take part
    (if scalar, an inner product).
    """

    text: str
    level: int = ATOM
    tall: bool = False
    circle: str = ""
    inner: LatexPiece | None = None
    mark: str = ""
    chain: bool = False


def bracket(piece: LatexPiece, level: int) -> str:
    """The text, in brackets if it binds less tightly than the level."""
    return piece.text if piece.level >= level else parenthesize(piece)


def parenthesize(piece: LatexPiece) -> str:
    r"""(a), with brackets that grow around what is tall."""
    return f"\\left({piece.text}\\right)" if piece.tall else f"({piece.text})"


def call(function: str, *arguments: LatexPiece) -> LatexPiece:
    """f(a, b)."""
    tall = any(argument.tall for argument in arguments)
    inside = LatexPiece(", ".join(argument.text for argument in arguments), SUM, tall)
    return LatexPiece(function + parenthesize(inside), ATOM, tall)


def delimit(left: str, argument: LatexPiece, right: str) -> LatexPiece:
    r"""The argument between delimiters such as \\lVert and \\rVert."""
    if argument.tall:
        return LatexPiece(f"\\left{left} {argument.text} \\right{right}", ATOM, tall=True)
    return LatexPiece(f"{left} {argument.text} {right}", ATOM)


def negative(piece: LatexPiece) -> LatexPiece:
    """-a; -(-a) keeps both signs, the inner one in brackets."""
    level = CIRCLED if piece.text.startswith("-") else SIGNED
    return LatexPiece("-" + bracket(piece, level), SIGNED, piece.tall)


def with_sign(piece: LatexPiece) -> bool:
    """Whether a sign leads the fragment and belongs to all of it."""
    return piece.level == SIGNED and piece.text.startswith("-")


def add(left: LatexPiece, right: LatexPiece) -> LatexPiece:
    """a + b; of a b that begins with a sign only the sign is written: a - c, a - c + d."""
    tall = left.tall or right.tall
    if right.text.startswith("-"):
        return LatexPiece(f"{left.text} - {right.text[1:]}", SUM, tall)
    return LatexPiece(f"{left.text} + {right.text}", SUM, tall)


def subtract(left: LatexPiece, right: LatexPiece) -> LatexPiece:
    """a - b; a sum or a signed b in brackets."""
    level = SIGNED if not with_sign(right) else CIRCLED
    return LatexPiece(f"{left.text} - {bracket(right, level)}", SUM, left.tall or right.tall)


SIGNS = {"<=": r"\leq", ">=": r"\geq", "==": "=", "!=": r"\neq"}


def compare(sign: str, left: LatexPiece, right: LatexPiece) -> LatexPiece:
    """[a > b], Iverson's bracket: 1 where it holds, else 0."""
    inside = f"{left.text} {SIGNS.get(sign, sign)} {right.text}"
    tall = left.tall or right.tall
    return LatexPiece(f"\\left[{inside}\\right]" if tall else f"[{inside}]", ATOM, tall)


def multiply(left: LatexPiece, right: LatexPiece) -> LatexPiece:
    r"""a b by juxtaposition; \\cdot where a number follows, for digits would run together.

    A sign at the front belongs to the whole product: (-a) b = -(a b). A sum over indices may stand
    at the end.
    """
    before = left.text if with_sign(left) else bracket(left, PRODUCT)
    scope = right.level == SIGNED and not with_sign(right)
    after = right.text if scope else bracket(right, PRODUCT)
    numeral = after[0].isdigit() or (after.startswith("\\frac{") and before[-1].isdigit())
    level = SIGNED if scope or before.startswith("-") else PRODUCT
    return LatexPiece(
        f"{before} \\cdot {after}" if numeral else f"{before} {after}",
        level,
        left.tall or right.tall,
    )


def with_operator(left: LatexPiece, operator: str, right: LatexPiece) -> LatexPiece:
    r"""a ∘ b. ⊙ and ⊗ are associative and chain without brackets; ⊙ may also stand to the left of
    ⊘.
    """
    chains = {r"\odot": (r"\odot",), r"\otimes": (r"\otimes",), r"\oslash": (r"\odot",)}[operator]
    before = left.text if left.circle in chains else bracket(left, PRODUCT)
    after = (
        right.text if right.circle == operator and operator in chains else bracket(right, PRODUCT)
    )
    return LatexPiece(
        f"{before} {operator} {after}", CIRCLED, left.tall or right.tall, circle=operator
    )


def power(base: LatexPiece, exponent: str, *, mark: str = "") -> LatexPiece:
    """a^b; a transpose or inverse (``mark``) remembers its base, to be fused with the other."""
    return LatexPiece(
        f"{bracket(base, ATOM)}^{{{exponent}}}",
        POWER,
        base.tall,
        inner=base if mark else None,
        mark=mark,
    )


def transpose(piece: LatexPiece) -> LatexPiece:
    """A'; fused with an inverse to A^-T."""
    if piece.inner is not None and piece.mark == "inverse":
        return power(piece.inner, r"-\top")
    return power(piece, r"\top", mark="transpose")


def invert(piece: LatexPiece) -> LatexPiece:
    """inv(A); of a transpose A^-T."""
    if piece.inner is not None and piece.mark == "transpose":
        return power(piece.inner, r"-\top")
    return power(piece, "-1", mark="inverse")


def fraction(numerator: LatexPiece, denominator: LatexPiece) -> LatexPiece:
    """a/b as one fraction; a leading sign comes before it."""
    if with_sign(numerator):
        return LatexPiece(
            f"-\\frac{{{numerator.text[1:]}}}{{{denominator.text}}}", SIGNED, tall=True
        )
    return LatexPiece(f"\\frac{{{numerator.text}}}{{{denominator.text}}}", POWER, tall=True)


def align(lines: Iterable[str]) -> str:
    """Lines that are aligned at their &."""
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
