"""What is said where no point lies inside the domain: y.*log(y) of a one-hot y has no value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr, variable_names


def no_point(
    reason: str, trees: Iterable[Expr], variables: Mapping[str, Variable]
) -> tuple[str, str | None]:
    """The words, and a hint where they have none."""
    said = f"no point inside the domain was found: {reason}"
    onehot = {name for name, each in variables.items() if each.kind == "onehot"}
    for tree in trees if onehot else ():
        for node in tree.parts:
            found = sorted(onehot & variable_names(node)) if node.op == "log" else []
            if found:
                y = found[0]
                return f"{said}; xlogy({y}, p) is {y}.*log(p), and 0 where {y} is 0", None
    return said, "declare variables that must be positive as positive"
