"""The verdict on a differential: a tree that is linear in dX, for the differential of another."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.verify.exact.evaluate import Evaluation
from matcalc.verify.exact.field import VanishingDivisor
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import Jet
from matcalc.verify.exact.judge import Judge, Misshapen, Undefined, Verdict, decide
from matcalc.verify.exact.points import direction


def judge_differential(program: Program, tree: Expr, moving: Mapping[str, str]) -> Verdict:
    """Whether ``tree`` is the differential of the program, whose variables include those of both.

    ``moving`` says which variables move, and what the differential of each is called in ``tree``.
    """
    return decide(lambda: _Directional(program, tree, moving))


class _Directional(Judge):
    """Moves the variables along the values that their differentials have at the point."""

    def __init__(self, program: Program, tree: Expr, moving: Mapping[str, str]) -> None:
        first = next(iter(moving))
        super().__init__(DerivativeStatement(program, first, 1, "free"), tree)
        self.moving = dict(moving)

    def _compare(self, field: Generators) -> bool:
        values = self.setting.point(field, self.sizes, 2, self.meter, self.turn)
        along = dict(values)
        for name, step in self.moving.items():
            if name not in values:
                continue
            at = values[name]
            move = values[step].value if step in values else direction(self.stream, "", at.extent)
            along[name] = Jet(at.extent, [at.value, move])
        try:
            given = Evaluation(field, along, self.sizes, 2, self.meter).follow(self.given)
        except VanishingDivisor as problem:
            raise Undefined(str(problem)) from problem
        field.given = False
        plain = {name: Jet(jet.extent, [jet.value], jet.number) for name, jet in values.items()}
        stated = Evaluation(field, plain, self.sizes, 1, self.meter).follow(self.stated)
        if stated.extent != given.extent:
            raise Misshapen(f"its shape is {stated.extent}, and should be {given.extent}")
        expected = given.parts[1]
        self.nonzero = expected is not None and any(expected)
        return stated.value == ([0] * len(given.value) if expected is None else expected)
