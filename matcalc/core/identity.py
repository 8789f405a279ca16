"""An identity: an equation, a definition, a differential or a derivative, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Identity(NamedTuple):
    """An identity as written.

    ``form`` says which kind of statement ``right`` makes about ``expr``: ``diff`` its differential
    (linear in dX for every X of ``given``, or in that of ``wrt`` alone; Y is the value), ``to`` a
    rewrite, ``is`` a definition, ``derivative`` the published derivative with respect to ``wrt``,
    which with more than two axes is the matrix J of ``d vec(expr) = J*d vec(wrt)``; ``structure =
    "declared"`` says that it is the gradient within the matrices of the kind of ``wrt``. The kinds
    in ``given`` are conditions: a rewrite fires only where they are proved. ``domain`` narrows the
    kinds for the numeric sweep; ``range`` states that values are positive; ``phase = "final"``
    keeps a rewrite for the end, where it shortens what is printed but would hide cancellations from
    others; ``"short"`` one that is left out where inverses are to be expanded, ``"introducing"``
    one that is left out of derivatives, for it makes an inverse of what was none; ``"code"`` one
    for generated code alone, whose right side has a value wherever the left side has one, and can
    be computed where the left side overflows or cancels. ``code = true`` says this of rewrites that
    serve derivatives as well. ``real = true`` says that a rewrite holds for real numbers alone,
    though both sides have complex values: log(exp(x)) is x up to whole turns.
    """

    name: str
    expr: str
    form: str
    right: str
    given: Mapping[str, str]
    source: str
    number: str = ""
    wrt: str = ""
    order: int = 1
    structure: str = "free"
    domain: Mapping[str, str] | None = None
    range: str = ""
    phase: str = ""
    code: bool = False
    real: bool = False
    file: str = ""

    @property
    def formula(self) -> str:
        """The statement in one line."""
        if self.form == "diff":
            return f"d {_bracket(self.expr)} = {self.right}"
        if self.form == "derivative":
            times = "^2" if self.order == 2 else ""
            return f"d{times} {_bracket(self.expr)} / d {self.wrt}{times} = {self.right}"
        return f"{self.expr} = {self.right}"


def _bracket(text: str) -> str:
    """An expression after a ``d``: in brackets where an operator is not inside some."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign in "+-*/^":
            return f"({text})"
    return text
