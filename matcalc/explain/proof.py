"""Every line of a derivation proved: exactly in the field, else with numbers; wrong ones refused.

A line is judged by values alone. The judges see trees, not the rule that the line is said to follow
from, so a rule that was applied wrongly, or a line that was changed, is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from matcalc.claims.equality import (
    DIFFERENT,
    EQUAL,
    UNDECIDED,
    Decision,
    decide_exactly,
    decide_numerically,
)
from matcalc.core.errors import VerificationError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.explain import derivation as kinds
from matcalc.explain.derivation import Line, LineChain
from matcalc.explain.indexed import by_entries, is_given_by_entries
from matcalc.explain.instances import Trees
from matcalc.verify.exact.directional import judge_differential
from matcalc.verify.exact.judge import BITS
from matcalc.verify.verification import verify
from matcalc.write.printers.text import text

_EXACT = f"exact (error probability < 2^-{BITS})"
_STEP = Fraction(1, 1000)  # of the way along which the numeric judge moves a variable


def prove(chain: LineChain) -> None:
    """Judges every line, and says in it how; VerificationError for a line that is wrong."""
    _Proof(chain).run()


class _Proof:
    """What is known while the lines of one chain are read."""

    def __init__(self, chain: LineChain) -> None:
        self.chain = chain
        self.trees = Trees(chain.program.language)
        self.values: dict[str, Expr] = {}  # names that lines define
        self.steps: dict[str, Expr] = {}  # differentials of them, by their names
        self.current: Expr | None = None  # the line before
        self.owner = ""  # whose differential the line before is
        self.value: Expr | None = None

    def run(self) -> None:
        """All lines in their order."""
        for line in self.chain.lines:
            tree = self.trees.intern(line.tree)
            {
                kinds.VALUE: self._start,
                kinds.LET: self._define,
                kinds.DIFFERENTIAL: self._differential,
                kinds.EQUAL: self._equal,
                kinds.VECTORISED: self._prove_vectorised,
                kinds.ANSWER: self._answer,
                kinds.CLOSED: self._prove_closed,
            }[line.kind](line, tree)
            line.proved = line.proved or line.kind in (kinds.VALUE, kinds.LET)

    def _start(self, line: Line, tree: Expr) -> None:
        given = self.trees.intern(self.chain.program.expr)
        if tree is not given:
            self._judge(line, given, tree)
        self.current = self.value = tree

    def _define(self, line: Line, tree: Expr) -> None:
        self.values[line.name] = tree

    def _differential(self, line: Line, tree: Expr) -> None:
        """Of the value that is in the line before, or of a name."""
        whole = line.name == self.chain.name
        value = self.value if whole else self.values[line.name]
        assert value is not None
        names = self.chain.differentials
        found = False
        if not whole:
            moving = {name: names[name] for name in names if name != line.name}
            with_value = self.trees.intern(tree, {line.name: value})
            found = self._is_differential(line, value, with_value, moving)
        # or names as what they stand for, which may be in the value itself
        if not found and not self._is_differential(
            line, self._spell(value), self._spell(tree), {self.chain.wrt: self.chain.step}
        ):
            raise self._wrong(line)
        if not whole:
            self.steps[names[line.name]] = tree
        self.current, self.owner = tree, line.name

    def _is_differential(
        self, line: Line, value: Expr, tree: Expr, moving: Mapping[str, str]
    ) -> bool:
        """Whether the tree is not found to be another than the differential of the value."""
        program = self._program(value, text(value))
        verdict = judge_differential(program, tree, moving)
        if verdict.outcome == "exact":
            line.proof, line.proved = _EXACT, True
        elif verdict.outcome == "undecided":
            return self._numerically(line, program, tree, moving)
        return verdict.outcome != "wrong"

    def _numerically(
        self, line: Line, program: Program, tree: Expr, moving: Mapping[str, str]
    ) -> bool:
        """By moving every variable along its differential, as a number ``?t`` says how far."""
        factory = self.trees.factory
        way = self.trees.times(factory.number(_STEP), factory.make("variable", (), (), "?t"))
        moved = {}
        for name, step in moving.items():
            shape = self.chain.variables[name].shape
            here, there = (factory.make("variable", (), shape, each) for each in (name, step))
            moved[name] = factory.binary("+", here, self.trees.times(way, there))
        value = self.trees.intern(program.expr, moved)
        along = self.trees.times(factory.number(_STEP), self.trees.intern(tree, moved))
        moving_program = program.declare(Variable("?t", "scalar"))._replace(expr=value)
        try:
            found = verify(DerivativeStatement(moving_program, "?t", 1, "free"), along)
        except VerificationError:
            return False
        line.proof, line.proved = str(found), found.kind != "none"
        return True

    def _equal(self, line: Line, tree: Expr) -> None:
        assert self.current is not None
        before = self.current
        if line.inserted:
            put = {step: self.steps[step] for step in line.inserted}
            before = self.trees.intern(before, put)
        self._judge(line, before, tree)
        self.current = tree
        if self.owner in self.chain.differentials and self.owner != self.chain.name:
            self.steps[self.chain.differentials[self.owner]] = tree
        elif not self.owner:
            self.value = tree

    def _prove_vectorised(self, line: Line, tree: Expr) -> None:
        assert self.current is not None
        self._judge(line, self.trees.vectorise(self.current), tree)
        self.current = tree

    def _answer(self, line: Line, tree: Expr) -> None:
        assert self.current is not None
        shape = self.chain.variables[self.chain.wrt].shape
        step = self.trees.factory.make("variable", (), shape, self.chain.step)
        self._judge(line, self.current, apply_factor(self.trees, tree, step, self.current))
        self.current = tree

    def _prove_closed(self, line: Line, tree: Expr) -> None:
        assert self.current is not None
        self._judge(line, self.current, tree)
        self.current = tree

    def _judge(self, line: Line, left: Expr, right: Expr) -> None:
        """Equality as it stands, or with all names written out; numbers where the field cannot."""
        pairs = [(left, right)]
        if self.values:
            pairs.append((self._spell(left), self._spell(right)))
        for judge in (decide_exactly, decide_numerically):
            for one, other in pairs:
                decision = self._decide(one, other, judge)
                if decision.verdict == EQUAL:
                    break
            if decision.verdict != UNDECIDED:
                break
        if decision.verdict == DIFFERENT:
            raise self._wrong(line)
        line.proof, line.proved = decision.how, decision.verdict == EQUAL

    def _decide(
        self, left: Expr, right: Expr, judge: Callable[[Program, Program], Decision]
    ) -> Decision:
        if left is right:
            return Decision(EQUAL, "the same formula")
        if (left.shape, left.row) != (right.shape, right.row):
            return Decision(DIFFERENT, "of another shape")
        return judge(self._program(left), self._program(right))

    def _program(self, tree: Expr, source: str = "") -> Program:
        """A line as a program, with the names and the sizes of the whole."""
        variables = dict(self.chain.variables)
        return self.chain.program._replace(expr=tree, variables=variables, source=source)

    def _spell(self, tree: Expr) -> Expr:
        """The tree in the variables of the program and the differential of one of them."""
        names = dict(self.values)
        put: dict[str, Expr] = {}
        for name, value in names.items():
            put[name] = self.trees.intern(value, put)
        for step, formula in self.steps.items():
            put[step] = self.trees.intern(formula, put)
        return self.trees.intern(tree, put)

    def _wrong(self, line: Line) -> VerificationError:
        return VerificationError(
            f"{self.chain.program.language.blame()}: a line of the derivation does not follow "
            f"from the one before: {text(line.tree)}",
            hint="please report it with the expression, its declarations and the output of "
            "matcalc --version",
        )


def apply_factor(trees: Trees, factor: Expr, step: Expr, like: Expr) -> Expr:
    """The factor times the differential, as the line ``like`` has it: g'*dx, tr(G'*dX), the sum of
    D[i,k]*dX[i,k], J*dx, J*vec(dX).
    """
    factory = trees.factory
    if not like.shape and factor.shape:
        if is_given_by_entries(factor):
            return by_entries(trees, factor, step)
        product = factory.times(factory.transpose(factor), step)
        return product if factor.rank == 1 else factory.make("tr", (product,))
    upright = trees.vectorise(step) if step.rank == 2 else step
    product = trees.times(factor, upright)
    return factory.transpose(product) if product.row != like.row else product
