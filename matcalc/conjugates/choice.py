"""Whether variables are complex or real is decided here, for all that is asked about texts.

What belongs to complex variables is loaded where there are some.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable, declares_complex

if TYPE_CHECKING:
    from matcalc.claims.judge.equal import Equality
    from matcalc.core.language import BaseLanguage

Declarations = Mapping[str, str | Variable] | Iterable[str]


def has_complex(declarations: Declarations, *texts: str) -> bool:
    """Whether a variable is declared to be complex, beside the texts or in one of them."""
    if isinstance(declarations, Mapping):
        declarations = [f"{name}: {kind}" for name, kind in declarations.items()]
    return declares_complex([*texts, *declarations])


def compare_texts(
    left: str,
    right: str,
    declarations: Declarations,
    *,
    latex: bool = False,
    einstein: bool = False,
    language: BaseLanguage | None = None,
    seed: int = 0,
    typed: str = "",
) -> Equality:
    """The verdict on two texts, of which the left one is shown as it was ``typed``; a MatcalcError
    where they cannot be read or have different shapes.
    """
    if has_complex(declarations, left, right):
        from matcalc.conjugates.equality import equal  # noqa: PLC0415 - few variables are complex

        if einstein:
            raise ArgumentError(
                "sums in Einstein's convention do not go with a complex variable",
                hint="write the sums out",
            )
        return equal(left, right, declarations, latex=latex)
    # --help does not wait for the engine
    from matcalc.claims.judge.equal import judge_equation  # noqa: PLC0415
    from matcalc.engine.inner import expand  # noqa: PLC0415

    if latex:
        # most expressions are not in LaTeX
        from matcalc.read.tex.read import read_latex_pair  # noqa: PLC0415

        sides = read_latex_pair(
            left, right, declarations, language=language, einstein=einstein, expand=expand
        )
    else:
        from matcalc.read.frontend import read_pair  # noqa: PLC0415 - as above

        sides = read_pair(left, right, declarations, language=language, expand=expand)
    return judge_equation(*sides, typed or left, right, seed)
