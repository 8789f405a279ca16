"""Decides whether two expressions are equal wherever both have a value: by simplification, exactly,
else numerically.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matcalc.core.errors import EvaluationError, UnsupportedError, VerificationError
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_large, is_zero
from matcalc.engine.pipeline import simplify
from matcalc.verify.exact.judge import BITS, as_statement, least_sizes, same_value
from matcalc.write.printers.text import text

EQUAL, DIFFERENT, UNDECIDED = "equal", "different", "undecided"
SEEDS = 3
_APART = 1e-6  # a relative error that rounding does not explain


class Decision(NamedTuple):
    """``equal``, ``different`` or ``undecided``, and how that was found or why it was not.

    ``is_exact`` says whether it was found in the field, and not by numbers; ``is_proved`` whether
    it was found there, or by the engine, which simplified the difference.
    """

    verdict: str
    how: str
    is_exact: bool = False
    is_simplified: bool = False

    @property
    def is_proved(self) -> bool:
        """Whether more than numbers stand for it."""
        return self.is_exact or self.is_simplified


def decide(left: Program, right: Program, seed: int = 0) -> Decision:
    """The decision on two expressions over the same variables; those of other shapes differ."""
    if left.expr.rank != right.expr.rank:
        return Decision(DIFFERENT, "their shapes are different")
    rest = _difference(left, right)
    if rest is not None and is_zero(rest):
        return Decision(EQUAL, "the difference simplifies to zero", is_simplified=True)
    decision = decide_by_value(left, right, seed)
    if decision.verdict == EQUAL and decision.is_exact:
        least = least_sizes(*as_statement(left, right.expr))
        sizes = [f", for {name} >= {size}" for name, size in least.items()]
        return decision._replace(how=decision.how + "".join(sizes))
    if rest is None or decision.verdict == DIFFERENT or decision.is_exact:
        return decision
    from matcalc.verify.oracle.apart import is_apart_somewhere  # noqa: PLC0415 - it loads NumPy

    if not is_large(rest) and is_apart_somewhere(rest, left.variables, seed):
        return Decision(DIFFERENT, f"the difference simplifies to {text(rest)}")
    return _doubt(decision, left, right)


def _doubt(decision: Decision, left: Program, right: Program) -> Decision:
    """Numbers that are close but not equal leave it open whether values that agree are equal."""
    from matcalc.verify.oracle.close import close_numbers  # noqa: PLC0415 - it is seldom needed

    for value, near, name in close_numbers([left.expr], [right.expr]):
        if decision.verdict == EQUAL:
            other = name_multiple(text(near), name)
            return Decision(UNDECIDED, f"numbers do not tell {text(value)} from {other}")
    return decision


def name_multiple(factor: str, name: str) -> str:
    """A multiple of a number that has a name; without one the number itself."""
    return factor if not name else name if factor == "1" else f"{factor}*{name}"


def decide_by_value(left: Program, right: Program, seed: int = 0) -> Decision:
    """The same from values alone, without the engine: of random points of a prime field, else of
    some real ones.
    """
    decision = decide_exactly(left, right)
    return decide_numerically(left, right, seed) if decision.verdict == UNDECIDED else decision


def decide_trees(program: Program, left: Expr, right: Expr, seed: int = 0) -> Decision:
    """The same of two trees over the variables of a program."""
    bare = program._replace(definitions={})
    return decide_by_value(bare._replace(expr=left), bare._replace(expr=right), seed)


def prove_all(program: Program, pairs: Iterable[tuple[Expr, Expr]]) -> str | None:
    """How it is proved that the two of each pair are equal: the first of the weakest proofs. None
    where one pair is not proved to be; the others are not looked at then.
    """
    found: list[Decision] = []
    for left, right in pairs:
        decision = decide_trees(program, left, right)
        if decision.verdict != EQUAL:
            return None
        found.append(decision)
    return max(found, key=lambda each: not each.is_exact).how


def require_equal(program: Program, left: Expr, right: Expr, otherwise: str) -> str:
    """How two values of what the engine found are proved to be equal; VerificationError, which says
    what is wrong ``otherwise``, where they are not.
    """
    decision = decide_trees(program, left, right)
    if decision.verdict != EQUAL:
        raise VerificationError(
            f"{program.language.blame()}: {otherwise}: {decision.how}",
            hint="please report it with the expression and its declarations",
        )
    return decision.how


def decide_exactly(left: Program, right: Program) -> Decision:
    """The same from values at a random point of a prime field alone."""
    outcome = same_value(left, right)
    if outcome == "wrong":
        return Decision(DIFFERENT, "exact, at a random point of a prime field", is_exact=True)
    if outcome == "exact":
        return Decision(EQUAL, f"exact (error probability < 2^-{BITS})", is_exact=True)
    return Decision(UNDECIDED, "the field does not have these functions")


def _difference(left: Program, right: Program) -> Expr | None:
    """The difference as the engine simplifies it; it refuses some expressions that have values."""
    whole = left.expr
    difference = Expr("-", (whole, right.expr), whole.shape, row=whole.row)
    try:
        return simplify(left._replace(expr=difference))
    except UnsupportedError:
        return None


def decide_numerically(
    left: Program, right: Program, seed: int = 0, draws: int = SEEDS
) -> Decision:
    """The same from values at some random points of real numbers alone, drawn so many times."""
    from matcalc.verify.oracle.compare import agree  # noqa: PLC0415 - it loads NumPy

    if any(map(is_large, (left.expr, right.expr))):
        return Decision(UNDECIDED, "the values have too many entries")
    try:
        reports = [agree(left, right, seed + k) for k in range(draws)]
    except (EvaluationError, UnsupportedError) as problem:
        return Decision(UNDECIDED, problem.message)
    error = max(report.max_error for report in reports)
    points = sum(report.points for report in reports)
    unvisited = [piece for report in reports for piece in report.unvisited]
    if all(report.ok for report in reports) and unvisited:
        return Decision(
            UNDECIDED,
            f"no point was found where {unvisited[0].describe(text)}; both are equal at {points} "
            f"others",
        )
    if all(report.ok for report in reports):
        return Decision(
            EQUAL, f"numeric (max relative error {error:.0e} at {points} random points, rng {seed})"
        )
    if error > _APART:
        return Decision(
            DIFFERENT, f"numeric (relative error {error:.0e} at a random point, rng {seed})"
        )
    return Decision(UNDECIDED, f"the values differ by {error:.0e}, which may be rounding")
