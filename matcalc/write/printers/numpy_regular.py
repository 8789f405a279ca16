"""A function that inverts a matrix where this is well conditioned, and otherwise computes the same
polynomial without an inverse: second derivatives of determinants.
"""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.write.printers.numpy_code import Quick, Source

_INDENT = "    "


class Inverting(Quick):
    """Code that raises LinAlgError where an inverse would cost digits, with the other way for
    these.
    """

    wary = True

    def __init__(self, tree: Expr, general: Source) -> None:
        super().__init__(tree, general.variables, general.name, general.title, general.check)
        self.general = general

    def text(self, side: int | None = None) -> str:
        """The whole source: both ways, and the function that chooses."""
        texts = (super().text(side), self.general.text(side))
        names = (f"{self.name}_regular", f"{self.name}_general")
        ways = [
            text.replace(f"def {self.name}(", f"def {name}(", 1)
            for text, name in zip(texts, names, strict=True)
        ]
        given, _ = self._bindings()
        named = ", ".join(f"{each}={each}" for each in self._parameters(given))
        passed = named if self.plain else "**arguments"
        body = [
            *self._docstring(given),
            "try:",
            f"{_INDENT}return {names[0]}({passed})",
            "except np.linalg.LinAlgError:",
            f"{_INDENT}return {names[1]}({passed})",
        ]
        chooses = [self._signature(given), *(_INDENT + line if line else "" for line in body), ""]
        return "\n\n".join([*ways, "\n".join(chooses)])

    def sides(self) -> list[str]:
        """Each way alone."""
        return [super().text(), *super().sides(), self.general.text(), *self.general.sides()]


def takes_inverses_up(computed: Expr, shown: Expr) -> bool:
    """Whether a tree has singular values in the place of the inverses of what is shown."""
    inside = ["svdvals" in tree.operations for tree in (computed, shown)]
    return inside == [True, False]
