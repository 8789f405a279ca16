"""What notebooks show of an answer that has a form in LaTeX."""

from __future__ import annotations

from typing import Any


class Typeset:
    """An answer with a method ``latex``, which a notebook sets as a displayed formula."""

    latex: Any

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"
