"""Whether expressions in complex variables are equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matcalc.claims.equality import DIFFERENT, EQUAL, UNDECIDED, decide_exactly, decide_numerically
from matcalc.claims.judge.equal import Equality
from matcalc.conjugates.analytic import find_other
from matcalc.conjugates.branches import cut_functions, has_branches
from matcalc.conjugates.reading import (
    UNIT,
    ComplexProgram,
    read_complex,
    read_complex_latex,
)
from matcalc.core.errors import ShapeError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.likeness import Likeness
from matcalc.core.tree import Expr


def same_value(found: ComplexProgram, tree: Expr, meant: Expr) -> tuple[bool | None, str]:
    """Whether two trees over the variables of a program have one value, None where it is not known;
    and how that is decided.
    """
    sides = found.program._replace(expr=tree), found.program._replace(expr=meant)
    decision = decide_exactly(*sides)
    # real points, where a variable and its conjugate are independent, say nothing of branches and
    # of real functions of real values, as abs(norm2(z)^2), and
    # the field does not know what the square of the imaginary unit is
    moving = found.moving
    branched = has_branches((tree, meant), found)
    branched = branched or any(find_other(each, moving) for each in (tree, meant))
    if branched or decision.verdict == UNDECIDED:
        likeness = Likeness()
        one, other = ((each.shape, each.row, likeness.of(each)) for each in (tree, meant))
        if one == other:
            return True, "both are the same formula"
    if not branched and decision.verdict == UNDECIDED:
        decision = decide_numerically(*sides)
    different = decision.verdict == DIFFERENT and UNIT not in found.program.variables
    different = different and not any(cut_functions((tree, meant), found))
    if not branched and (decision.verdict == EQUAL or different):
        return decision.verdict == EQUAL, decision.how
    # it loads NumPy
    from matcalc.conjugates.check import same_values  # noqa: PLC0415

    same = same_values(found, tree, meant)
    return same, decision.how if same is None else "values at complex points"


def require_no_cut(found: ComplexProgram, source: str) -> None:
    """UnsupportedError where a function is always taken on its branch cut."""
    if not has_branches((found.program.expr,), found):
        return
    # it loads NumPy
    from matcalc.conjugates.check import find_cut  # noqa: PLC0415

    branched = find_cut(found)
    if branched:
        raise UnsupportedError(
            f"{branched} is taken only of negative numbers, where it is not analytic: "
            f"they are its branch cut",
            source=source,
            hint="turn the argument, as imagunit*sqrt(w) for sqrt(-w)",
        )


def equal(
    left: str,
    right: str,
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    latex: bool = False,
) -> Equality:
    """The verdict on two texts in complex variables; a MatcalcError where they cannot be read or
    have different shapes.
    """
    read = read_complex_latex if latex else read_complex
    one = read(left, variables)
    other = read(right, _declared(one.kinds))
    one = read(left, _declared({**other.kinds, **one.kinds}))
    for side, source in ((one, left), (other, right)):
        require_no_cut(side, source)
    trees = one.program.expr, other.program.expr
    if trees[0].shape != trees[1].shape:
        shapes = [", ".join(map(str, tree.shape)) or "no axes" for tree in trees]
        raise ShapeError(
            f"the shapes are different: {shapes[0]} on the left, {shapes[1]} on the right"
        )
    shared = {**other.program.variables, **one.program.variables}
    both = replace(one, program=one.program._replace(variables=shared))
    same, how = same_value(both, *trees)
    verdict = UNDECIDED if same is None else EQUAL if same else DIFFERENT
    notes = tuple(dict.fromkeys((*one.notes, *other.notes)))
    return Equality(verdict, left, right, how, notes=notes)


def _declared(kinds: Mapping[str, str]) -> dict[str, str]:
    """The kinds without those of declared functions, which a program declares itself."""
    return {name: kind for name, kind in kinds.items() if kind != "function"}
