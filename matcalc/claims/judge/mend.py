"""The claim with its mistakes mended: a text of the language, and whether it is the derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from matcalc.claims.equality import EQUAL, decide_numerically
from matcalc.claims.judge.borders import borders
from matcalc.claims.judge.branches import has_branches, is_piecewise
from matcalc.claims.judge.claim import DISPROVED, OPEN, Claim
from matcalc.claims.judge.claims import (
    Neighbours,
    compares_sizes,
    evaluate_claim,
    evaluator,
    points_of_all_sizes,
    size_completer,
)
from matcalc.claims.judge.factors import ConstantFactor
from matcalc.claims.judge.mutations import FARFETCHED, LIKELY, Mutation, mutations
from matcalc.claims.judge.proof import proof
from matcalc.claims.judge.question import Point, Question, Sample, closeness, tolerance
from matcalc.claims.judge.reading import read_stated
from matcalc.claims.judge.rest import difference
from matcalc.claims.judge.slopes import slopes
from matcalc.claims.judge.swaps import swaps
from matcalc.claims.judge.terms import coarse_terms, drop_one, negate, terms
from matcalc.claims.judge.variant import PLAIN, Variant
from matcalc.core.dims import ZERO
from matcalc.core.errors import MatcalcError
from matcalc.core.indexed import Condition, Form, Reduction
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, is_zero, number
from matcalc.core.walk import fold
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.apart import is_apart
from matcalc.write.printers.text import text
from matcalc.write.printers.text_indexed import head

_SUMS = ("+", "-", "neg")
_ELSEWHERE = LIKELY + 0.05  # the sign of a term that is in brackets


@dataclass(frozen=True, slots=True)
class Mended:
    """The claim with a mistake mended: what was wrong, the value without it, how far-fetched it is.

    ``tree`` is there where a part of the claim was replaced, as ``said`` says then. A hundred are
    tried and one is said, so texts are made when they are asked for.
    """

    kind: str
    said: str | Mutation
    value: Callable[[Sample], Array]
    cost: float
    written: str = ""
    tree: Expr | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether the mistake is in a condition: beside another, almost any explains that."""
        return isinstance(self.said, Mutation) and self.said.hidden

    @property
    def text(self) -> str:
        """What was wrong."""
        return self.said if isinstance(self.said, str) else self.said.in_the_claim()

    @property
    def formula(self) -> str:
        """The text of the mended claim."""
        return self.written if self.tree is None else text(self.tree)


def as_it_is(question: Question) -> Mended:
    """The claim itself."""
    formula = text(question.tree) if question.tree is not None else ""
    return Mended("", "", lambda sample: sample.claimed, 0.0, formula)


def mendings(question: Question) -> Iterator[Mended]:
    """The claim with each mistake mended; then with each of its terms, then summed."""
    tree = question.tree
    if tree is None:
        return
    variables = dict(question.variables)
    beside = [question.program.expr] if question.program is not None else []
    neighbours = Neighbours(tree)
    found = [*beside, *([] if question.answer is None else [question.answer])]
    mistakes = (
        *mutations(tree, variables),
        *swaps(tree, variables, beside),
        *slopes(tree),
        *borders(tree, found),
    )
    for mistake in mistakes:
        kind = "extra-term" if mistake.kind == "term" else mistake.kind
        said: str | Mutation = mistake
        if mistake.whole and kind == "factor-transposed":
            kind, said = "transpose", "it is transposed"
        yield Mended(kind, said, neighbours.value(mistake.tree), mistake.cost, tree=mistake.tree)
    yield from _of_pairs(tree)
    yield from _of_terms(tree)
    yield from _sums_of_entries(tree)


def _of_pairs(tree: Expr) -> Iterator[Mended]:
    """The claim with a sum over other pairs: over j != i, j < i, j > i or all."""
    for node in tree.parts:
        if node.op != "indexed":
            continue
        form: Form = node.value
        for part in form.body.parts:
            for condition in part.value.conditions if part.op == "reduce" else ():
                if len(condition.place.terms) != 2 or condition.place.offset != ZERO:
                    continue
                for op in ("!=", "<", ">", ""):
                    if op != condition.op:
                        made = _over(part, condition, op)
                        body = put_in(form.body, {part: made})
                        value = Form(form.indices, body, form.room)
                        other = Expr("indexed", node.args, node.shape, value=value, row=node.row)
                        whole = put_in(tree, {node: other})
                        said = f"the sum over {_pair(condition, condition.op)} should be "
                        said += f"one over {_pair(condition, op)}" if op else "one over all"
                        yield Mended("range", said, evaluator(whole), LIKELY, tree=whole)


def _over(reduced: Expr, condition: Condition, op: str) -> Expr:
    """A sum with another condition, or with none."""
    value: Reduction = reduced.value
    others = [
        each if each is not condition else Condition(op, each.place)
        for each in value.conditions
        if each is not condition or op
    ]
    changed = value._replace(conditions=tuple(others))
    return Expr("reduce", reduced.args, reduced.shape, value=changed, row=reduced.row)


def _pair(condition: Condition, op: str) -> str:
    """``j > i``."""
    (one, c), (other, _) = condition.place.terms
    return f"{one.name} {op} {other.name}" if c > 0 else f"{other.name} {op} {one.name}"


def _of_terms(tree: Expr) -> Iterator[Mended]:
    """The claim without each of its terms, with another sign or number there, or elsewhere."""
    coarse = coarse_terms(tree)
    names = [text(term) for term in coarse]
    for part in terms(tree):
        shown = text(part)
        others = [term for term, name in zip(coarse, names, strict=True) if name != shown]
        inside = len(others) == len(coarse)  # of brackets: there a part has another sign instead
        whole = f"{text(tree)} - ({shown})" if inside else _join(others)
        sign = _ELSEWHERE if inside else PLAIN + 0.15
        for kind, said, times, cost in (
            ("extra-term", f"the term {shown} should not be there", 0.0, PLAIN + 0.1),
            ("sign", f"the term {shown} has the wrong sign", -1.0, sign),
            ("factor", f"the term {shown} should be doubled", 2.0, PLAIN + 0.15),
            ("factor", f"the term {shown} should be halved", 0.5, PLAIN + 0.15),
        ):
            formula = f"{whole} + {_times(times, shown)}" if times else whole
            if times == -1:
                formula = f"{whole} - ({shown})" if inside else _join([*others, negate(part)])
            yield Mended(kind, said, _with_term(part, times), cost, formula)
        for times, said in (
            (2.0, f"the factor 2 is missing everywhere but in {shown}"),
            (0.5, f"all terms but {shown} should be halved"),
        ):
            formula = (
                f"{_times(times, whole)} {_join([part]) if part.op == 'neg' else f'+ ({shown})'}"
            )
            yield Mended("factor", said, _with_others(part, times), LIKELY, formula)


def _join(parts: Sequence[Expr]) -> str:
    """The sum of some terms."""
    said = [
        f"- ({text(part.args[0])})" if part.op == "neg" else f"+ ({text(part)})" for part in parts
    ]
    return " ".join(said).removeprefix("+ ")


def _times(number: float, formula: str) -> str:
    said = {2.0: "2", 0.5: "1/2", -1.0: "(-1)"}[number]
    return f"{said}*({formula})"


def _with_term(term: Expr, times: float) -> Callable[[Sample], Array]:
    """The claim with a term so many times."""
    return lambda sample: sample.claimed + (times - 1) * evaluate_claim(term, sample.point)


def _with_others(term: Expr, times: float) -> Callable[[Sample], Array]:
    """The claim with all other terms so many times."""
    return lambda sample: times * sample.claimed - (times - 1) * evaluate_claim(term, sample.point)


def _sums_of_entries(tree: Expr) -> Iterator[Mended]:
    """A claim for each entry where the derivative is the sum of them."""
    shown = text(tree)
    if tree.rank:
        said = "the sum over its entries is missing"
        yield Mended(
            "axis", said, lambda sample: np.asarray(sample.claimed.sum()), PLAIN, f"sum({shown})"
        )
    for axis, what in ((0, "columns"), (1, "rows")) if tree.rank == 2 else ():
        yield Mended(
            "axis",
            f"the sum within its {what} is missing",
            lambda sample, axis=axis: sample.claimed.sum(axis=axis),  # type: ignore[misc]
            PLAIN,
            f"sum({shown}, {axis + 1})",
        )
    if tree.rank == 2 and tree.shape[0] == tree.shape[1]:
        said = "the trace of it is missing"
        yield Mended(
            "axis", said, lambda sample: np.trace(sample.claimed), FARFETCHED, f"tr({shown})"
        )


def mend_claim(
    question: Question,
    mended: Mended,
    variant: Variant,
    factor: ConstantFactor,
    samples: Sequence[Sample],
    correct: str,
) -> str | None:
    """The text that the mistakes, mended, make of the claim; None if it is not the derivative.

    Where one of them is that the claim is of something else altogether, this is the derivative as
    it is printed. It is empty where there is no text to be mended.
    """
    if question.program is None or question.tree is None:
        return ""
    if variant.undone is None:
        return (check_formula(question, correct, samples) or "") if correct else ""
    formula = mended.formula
    if factor.formula:
        formula = f"-({formula})" if factor.formula == "-1" else f"{factor.formula}*({formula})"
    undone = variant.undone(formula)
    if _is_array(question.tree):
        if undone != formula:
            return None  # entries are multiplied, not arrays: those have no text
        undone = _with_head(question.tree, formula)
    made = check_formula(question, undone, samples)
    if made is None and question.misfit is not None and variant.kind == "transpose":
        # (inv(X))' fits no more than inv(X) where X need not be square
        return (check_formula(question, correct, samples) or None) if correct else None
    return made


def format_claim(tree: Expr) -> str:
    """The text of a whole claim."""
    return _with_head(tree, text(tree))


def _with_head(tree: Expr, formula: str) -> str:
    """The formula of a claim, after its indices where it is that of the entries of an array."""
    return f"D{head(tree)} = {formula}" if _is_array(tree) else formula


def _is_array(tree: Expr) -> bool:
    """Whether this is defined by its entries, ``D[i,k] = ...``; its text has the entry alone."""
    return tree.op == "indexed" and bool(tree.shape) and bool(tree.value.indices)


def check_formula(question: Question, formula: str, samples: Sequence[Sample]) -> str | None:
    """A formula as it is printed if it is the derivative in some samples; else None."""
    program = question.program
    assert program is not None
    claim = Claim(
        question.title,
        question.wrt,
        formula,
        question.variables,
        question.order,
        question.layout,
        question.structure,
    )
    try:
        stated, misfit = read_stated(claim, program)
        if misfit or any(name not in program.variables for name in stated.variables):
            return None
        differs = _comparison(claim.about(program), stated, closeness(samples))
        if any(map(differs, samples)):
            return None
        if _is_another(question, claim, stated, samples, differs):
            return None
    except (MatcalcError, ValueError, IndexError, np.linalg.LinAlgError):
        return None
    return _with_head(stated.expr, text(_tidy(stated.expr)).removeprefix("--"))


def _comparison(
    statement: DerivativeStatement, stated: Program, close: float
) -> Callable[[Sample], bool]:
    """Whether a formula is not the derivative in a sample."""
    complete = size_completer(statement, stated)

    def differs(sample: Sample) -> bool:
        point = Point(complete(sample.point.sizes), sample.point.values)
        value = evaluate_claim(stated.expr, point)
        if value.shape != sample.truth.shape:
            return True
        error = float(np.max(np.abs(value - sample.truth), initial=0.0))
        return not error <= 10 * tolerance(sample, close) * sample.scale

    return differs


def _tidy(tree: Expr) -> Expr:
    """The formula without factors 1, and with one number in front of each term instead of two."""

    def without(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "'" and args[0].op == "'":
            return args[0].args[0]
        return drop_one(node, args)

    def merge(node: Expr, args: list[Expr]) -> Expr:
        return node.with_args(args) if node.op in _SUMS else _merge_numbers(node)

    def move_sign(node: Expr, args: list[Expr]) -> Expr:
        plain = _drop_sign(args[1]) if node.op in ("+", "-") else None
        if plain is None:
            return node.with_args(args)
        other = "-" if node.op == "+" else "+"
        return Expr(other, (args[0], plain), node.shape, row=node.row)

    plain = tree.fold(without)
    whole = fold(plain, lambda node: node.args if node.op in _SUMS else (), merge)
    return whole.fold(move_sign)


def _drop_sign(term: Expr) -> Expr | None:
    """A product without the sign in front of it; None where there is none."""
    path = [term]
    while path[-1].op in ("*", ".*", "/", "./"):
        path.append(path[-1].args[0])
    if path[-1].op != "neg":
        return None
    made = path.pop().args[0]
    for node in reversed(path):
        made = Expr(node.op, (made, node.args[1]), node.shape, value=node.value, row=node.row)
    return made


def _is_another(
    question: Question,
    claim: Claim,
    stated: Program,
    samples: Sequence[Sample],
    differs: Callable[[Sample], bool],
) -> bool:
    """Whether a formula that agrees with the derivative in the samples is another one all the
    same. They are of square matrices where the claim does not fit at other sizes.
    """
    if question.program is None or question.source is None:
        return False  # of a derivative at one point, as along a direction, nothing is proved here
    if compares_sizes(stated.expr):
        return True  # which holds at the sizes that were looked at, and may not at others
    statement = claim.about(question.program)
    proved = proof(statement, stated)
    if proved != OPEN:
        return proved == DISPROVED
    fitting = replace(question, tree=stated.expr, misfit=None)
    plain = replace(fitting, claimed=lambda point: evaluate_claim(stated.expr, point))
    everywhere = points_of_all_sizes(statement, stated.expr)
    if any(differs(plain.sample(point)) for point in everywhere):
        return True
    rest = difference(fitting)
    if rest is not None and (has_branches(question) or is_piecewise(stated.expr)):
        if is_zero(rest) or question.answer is None:
            return not is_zero(rest)
        # there may be a branch that no point is on
        answer = question.program._replace(expr=question.answer, definitions={})
        return decide_numerically(answer, stated, draws=1).verdict != EQUAL
    points = [sample.point for sample in samples]
    return rest is not None and any(
        is_apart(rest, question.variables, each.values, each.sizes) for each in points
    )


def _merge_numbers(tree: Expr) -> Expr:
    """The formula with one number in front instead of two."""
    inner, times, count = tree, Fraction(1), 0
    while (found := _without_number(inner)) is not None:
        value, inner = found
        times, count = times * value, count + 1
    if count < 2 or inner.op == "number":
        return tree
    made = (
        inner
        if abs(times) == 1
        else Expr("*", (number(abs(times)), inner), inner.shape, row=inner.row)
    )
    return made if times > 0 else Expr("neg", (made,), made.shape, row=made.row)


def _without_number(tree: Expr) -> tuple[Fraction, Expr] | None:
    """The number that comes first in a product, or the sign, and the rest; None where there is
    none.
    """
    constants = _constants(tree)
    path = [tree]
    while path[-1].op == "*" and id(path[-1].args[0]) not in constants:
        path.append(path[-1].args[0])
    first = path.pop()
    if first.op == "neg":
        value, rest = Fraction(-1), first.args[0]
    elif first.op == "/" and constants.get(id(first.args[1])):
        value, rest = 1 / constants[id(first.args[1])], first.args[0]
    elif first.op == "*" and first.args[1].shape == first.shape:
        value, rest = constants[id(first.args[0])], first.args[1]
    else:
        return None
    for node in reversed(path):
        rest = Expr("*", (rest, node.args[1]), node.shape, row=node.row)
    return value, rest


def _constants(tree: Expr) -> dict[int, Fraction]:
    """The parts that are numbers, by the identity of their nodes."""
    found: dict[int, Fraction] = {}
    for node in tree.parts:
        if node.op == "number":
            found[id(node)] = Fraction(node.value)
        elif node.op in ("neg", "*", "/") and all(id(arg) in found for arg in node.args):
            first, last = found[id(node.args[0])], found[id(node.args[-1])]
            if node.op == "neg":
                found[id(node)] = -first
            elif node.op == "*" or last:
                found[id(node)] = first * last if node.op == "*" else first / last
    return found
