"""Claims with large sizes that are numbers, judged with names in place of these. What holds for
every n holds for n = 1000, and a counterexample with a few entries can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from matcalc.claims.equality import DIFFERENT, decide_numerically
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.diagnosis import Diagnosis, Mistake
from matcalc.claims.judge.question import Question
from matcalc.claims.judge.report import WRONG, Report
from matcalc.core.dims import Dim, dim
from matcalc.core.far import far_places
from matcalc.core.kinds import size_names
from matcalc.core.tree import Expr
from matcalc.verify.exact.every_size import LARGEST, for_every_size

_SIZED = "size"  # what a name for a size begins with, before the size itself
_PARITY = frozenset(("skew",))  # kinds for which an odd size is another matter than an even one


def name_sizes(asked: Question) -> Claim | None:
    """The claim with a name for each large size; None where there is none, or where a number of the
    formulas may have to do with one.
    """
    program, tree, source = asked.program, asked.tree, asked.source
    if program is None or tree is None or source is None or asked.misfit:
        return None
    variables = program.variables.values()
    large = dict.fromkeys(
        size for each in variables for size in each.dims if (size.integer or 0) > LARGEST
    )
    names = {size: dim(f"{_SIZED}{size}") for size in large}
    known = {*program.variables, *size_names(variables)}
    if (
        not large
        or not known.isdisjoint(map(str, names.values()))
        or any(each.kind in _PARITY for each in variables)
        or any(_counts(each, large) for each in (program.expr, tree))
        or next(for_every_size(source.about(program), tree), None) is None
    ):
        return None
    named = {
        each.name: each._replace(dims=tuple([names.get(size, size) for size in each.dims]))
        for each in variables
    }
    return replace(source, variables=named)


def is_wrong_there(asked: Question) -> bool:
    """Whether the claim has another value than the derivative at the sizes that are declared: what
    is wrong for most n may be right for one, as det(-A) == det(A) is for every even one.
    """
    if asked.program is None or asked.tree is None or asked.answer is None:
        return False
    bare = asked.program._replace(variables=dict(asked.variables), definitions={})
    right, claimed = (bare._replace(expr=each) for each in (asked.answer, asked.tree))
    return decide_numerically(right, claimed, draws=1).verdict == DIFFERENT


def _counts(tree: Expr, large: dict[Dim, None]) -> bool:
    """Whether a formula speaks of places far from the first, or has a number that divides a size or
    is divided by one.
    """
    if far_places(tree)[0] > LARGEST:
        return True
    sizes = [near for size in large for near in ((size.integer or 0) - 1, size.integer or 0)]
    numbers = [
        abs(part)
        for node in tree.parts
        if node.op == "number"
        for part in (node.value.numerator, node.value.denominator)
    ]
    return any(part > LARGEST and not (part % n and n % part) for part in numbers for n in sizes)


def say_sizes(found: Report) -> Report:
    """The report with the sizes themselves in place of their names, and a note on which sizes the
    points had.
    """

    def say(text: str) -> str:
        return re.sub(rf"\b{_SIZED}(\d+)\b", r"\1", text)

    point = found.counterexample.point.sizes if found.counterexample is not None else {}
    small = [f"{size} in place of {say(name)}" for name, size in point.items() if say(name) != name]
    note = "note: it is judged for all sizes, not for the numbers that are declared"
    if small and found.verdict == WRONG:
        note += f"; the counterexample has {' and '.join(small)}"
    return replace(
        found,
        reason=say(found.reason),
        difference=say(found.difference),
        shapes=say(found.shapes),
        notes=(*map(say, found.notes), note),
        diagnosis=_say_diagnosis(found.diagnosis, say),
        checked=found.checked and replace(found.checked, sizes={}),
    )


def _say_diagnosis(found: Diagnosis | None, say: Callable[[str], str]) -> Diagnosis | None:
    return found and Diagnosis(
        tuple([Mistake(each.kind, say(each.text)) for each in found.causes]),
        say(found.condition),
        say(found.mended),
    )
