"""Whether the code of a program with loops computes what the program says: it is run at a small
random point, and compared with the program written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcalc.core.members import family_of, places_of
from matcalc.core.program import Program
from matcalc.core.tree import Expr

_NAME = "called"


class _LoopCode:
    """The function with its loops as one of the variables of the program that is written out."""

    name = _NAME

    def __init__(self, whole: Program, starts: Mapping[str, int]) -> None:
        self.whole = whole
        self.starts = starts

    def callables(self) -> dict[str, Any]:
        """No function is brought."""
        return {}

    def sides(self) -> Sequence[str]:
        """There is one way through the code."""
        return ()

    def arguments(self) -> Mapping[str, str | tuple[str, ...]]:
        """The variables, and the members of each family in order."""
        found: dict[str, list[str]] = {}
        for name in self.whole.variables:
            found.setdefault(family_of(name) or name, []).append(name)
        return {
            name: tuple(sorted(members, key=self._place)) if name in self.starts else name
            for name, members in found.items()
        }

    def _place(self, member: str) -> int:
        (place,) = places_of(member)
        return place.integer or 0

    def result(self, found: Mapping[str, Any], name: str) -> Any:
        """The derivative with respect to a variable or a member."""
        family = family_of(name)
        return (
            found[name]
            if family is None
            else found[family][self._place(name) - self.starts[family]]
        )


def loop_code_says(
    text: str,
    given: Mapping[str, int],
    whole: Program,
    starts: Mapping[str, int],
    trees: Mapping[str, Expr],
) -> bool:
    """Whether the code gives the value and the derivatives of the program that is written out for
    one range; ``given`` are the names in ranges that are arguments. Declared functions are not run.
    """
    # it loads NumPy
    from matcalc.verify.readback.code import several_say  # noqa: PLC0415
    from matcalc.write.printers.numpy_code import VALUE  # noqa: PLC0415 - as above

    if any(variable.kind == "function" for variable in whole.variables.values()):
        return True
    ranges = "".join(f"{name}={value}, " for name, value in given.items())
    text += f"\n\ndef {_NAME}(**arguments):\n    return f({ranges}**arguments)\n"
    return several_say(
        text, _LoopCode(whole, starts), {VALUE: whole.expr, **trees}, whole.variables
    )
