"""The derivation of the derivatives by a complex variable and by its conjugate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcalc.core.statement import DerivativeStatement
from matcalc.explain.build import Derivation, derivation
from matcalc.explain.forms import as_fields, as_markdown, as_text
from matcalc.write.printers.latex_names import name as letter


@dataclass(frozen=True, repr=False)
class ComplexDerivation:
    """The derivation of each, one below the other, in which the variable and its conjugate are
    independent; ``str`` gives the lines as text.
    """

    whole: Derivation
    wrt: str
    spell: Callable[[str], str]
    conjugated: Mapping[str, str]  # the names of conjugates, and those of what they belong to

    def _lead(self, one: str, other: str) -> str:
        """The words before two derivatives."""
        if len(self.whole.chains) < 2:
            return ""
        return f"{one} and {other} are independent here\n\n"

    def __str__(self) -> str:
        lead = self._lead(self.wrt, f"conj({self.wrt})")
        return f"{lead}{as_text(self.whole.chains, self.spell)}"

    def markdown(self) -> str:
        """Tables of formulas and reasons, and the sources."""
        lead = self._lead(f"`{self.wrt}`", f"`conj({self.wrt})`")
        return f"{lead}{as_markdown(self.whole.chains, self.spell)}"

    def latex(self) -> str:
        r"""An ``align*`` for each derivative, and the sources; ``\bar{z}`` is the conjugate of z,
        and ``z^{\mathsf{H}}`` its transpose.
        """
        # text does not need it
        from matcalc.explain.latex_form import as_latex  # noqa: PLC0415

        lead = self._lead(f"${letter(self.wrt)}$", rf"$\bar{{{letter(self.wrt)}}}$")
        shown = as_latex(self.whole.chains, spelling=self._bars, spell=self.spell)
        return f"{lead}{self._across(shown)}"

    def typeset(self) -> dict[str, Any]:
        """The lines in LaTeX one by one, for a page that sets each alone, and the sources."""
        # text does not need it
        from matcalc.explain.latex_form import typeset  # noqa: PLC0415

        found = typeset(self.whole.chains, spelling=self._bars, spell=self.spell)
        for chain in found["chains"]:
            for line in chain["lines"]:
                line["formula"] = self._across(line["formula"])
        if len(found["chains"]) > 1:
            said = self._lead(self.wrt, f"conj({self.wrt})").strip()
            found["chains"][0]["closing"].append(said)
        return found

    @property
    def _bars(self) -> dict[str, str]:
        return {key: rf"\bar{{{letter(name)}}}" for key, name in self.conjugated.items()}

    def _across(self, shown: str) -> str:
        """Transposes of conjugates as people write them."""
        bars = self._bars
        for key, name in self.conjugated.items():
            across = rf"{letter(name)}^{{\mathsf{{H}}}}"
            shown = shown.replace(rf"{bars[key]}^{{\top}}", across)
        return shown

    def fields(self) -> list[dict[str, object]]:
        """All that is known of each line, as JSON has it."""
        return as_fields(self.whole.chains, self.spell)

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def __repr__(self) -> str:
        return repr(self.whole)

    @property
    def proved(self) -> bool:
        """Whether every line is proved."""
        return self.whole.proved


def derive_steps(
    statements: Sequence[DerivativeStatement],
    detail: int,
    wrt: str,
    spell: Callable[[str], str],
    conjugated: Mapping[str, str],
) -> ComplexDerivation:
    """The derivation of each derivative, each line proved; UnsupportedError where some step has no
    form that can be shown.
    """
    found = [derivation(statement, detail) for statement in statements]
    whole = Derivation(tuple([chain for each in found for chain in each.chains]))
    return ComplexDerivation(whole, wrt, spell, conjugated)
