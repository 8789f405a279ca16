"""What is wrong with a wrong claim: the least far-fetched explanation of the numbers.

Every claim with one mistake mended is compared with every wrong answer that has one mistake, up to
a constant factor; so compositions of two mistakes, one of them in the text and one of the whole,
cost no more than single ones. Candidates that agree in one sample are tried in the others, the
cheapest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

import numpy as np

from matcalc.claims.equality import EQUAL, UNDECIDED, decide_exactly, decide_numerically
from matcalc.claims.judge.branches import is_piecewise, one_branch
from matcalc.claims.judge.conditions import ClaimCondition, conditions
from matcalc.claims.judge.factors import NONE, ConstantFactor, Factors
from matcalc.claims.judge.mend import Mended, as_it_is, format_claim, mend_claim, mendings
from matcalc.claims.judge.mutations import Mutation, quote
from matcalc.claims.judge.question import Question, Sample, closeness, tolerance
from matcalc.claims.judge.reading import equalize_sizes
from matcalc.claims.judge.variant import IDENTITY, PLAIN, Variant
from matcalc.claims.judge.variants import variants
from matcalc.core.errors import MatcalcError
from matcalc.core.substitution import replace_sizes
from matcalc.read.frontend import read
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.compare import largest_entry
from matcalc.verify.oracle.pieces import Pieces, jumps_at_zero, on_jump
from matcalc.write.printers.text import text

_WRONG_SIGN = "it has the wrong sign"
_DEAREST = 4.0  # two mistakes, a factor and a sign: what costs more explains nothing
_COMPOSED = 0.3  # what a composition costs beyond its parts: one mistake is likelier than two
_TELLING = (
    "needs-symmetric",
    "needs-commuting",
)  # conditions that are worth a word beside another explanation
_ABOUT_ORDER = (
    "transpose",
    "factor-transposed",
    "inverse-transposed",
    "order",
    "inverse-side",
    "structure",
)
_LONG = 12  # characters of a factor that may be most of a derivative
_SAME = 1e-7  # a relative error of what is the same but for the sizes
_MOST = 40  # candidates that are tried in all samples
_AT_EQUAL_SIZES = 3  # points that are looked at


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: its kind, and what it is in words."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The mistakes that together explain a claim, and a condition under which it is right as it
    stands.

    ``mended`` is the claim without them, in the language, and is the derivative: nothing is said
    that does not lead there. It is empty where claim or objective is a function, or where the
    derivative cannot be written.
    """

    causes: tuple[Mistake, ...]
    condition: str = ""
    mended: str = ""

    def __str__(self) -> str:
        said = "; and ".join(cause.text for cause in self.causes)
        return f"{said}; as it stands, {self.condition}" if self.condition else said

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the mistakes."""
        return tuple(cause.kind for cause in self.causes)


@dataclass(frozen=True, slots=True)
class _Match:
    """A mended claim, and a wrong answer with parallel values: together they explain a claim."""

    mended: Mended
    variant: Variant

    @property
    def is_exact(self) -> bool:
        """Whether what is said about both sides is decided beyond what the samples show."""
        said = self.mended.said, self.variant.said
        return all(isinstance(each, Mutation) for each in said) and self.mended.kind == "name"

    @property
    def cost(self) -> float:
        """Without that of a factor, which is not known before it is measured."""
        both = self.mended.cost > 0 and self.variant.cost > 0
        return self.mended.cost + self.variant.cost + (_COMPOSED if both else 0.0)


def diagnose(
    question: Question, samples: Sequence[Sample], rng: np.random.Generator, correct: str = ""
) -> Diagnosis | None:
    """The explanation of a wrong claim, or None; ``correct`` is the derivative as it is printed."""
    samples = [sample for sample in samples if np.all(np.isfinite(sample.claimed))]
    if not samples:
        return None
    # candidates are found in the first, so nothing may vanish there
    plain = [sample for sample in samples if largest_entry(sample.truth) > sample.noise]
    telling = [sample for sample in plain if sample.error > sample.method.tolerance]
    first = (*telling, *plain, samples[0])[0]
    samples = [first, *(sample for sample in samples if sample is not first)]
    factors = Factors(question, samples)
    mended = [as_it_is(question), *mendings(question)]
    wrong = [IDENTITY, *variants(question)]
    best = _best(_matches(mended, wrong, samples[0]), samples, factors, question, correct)
    alike = _find_equal_sizes(question, samples, rng)
    if alike is not None and (
        best is None or best[1].variant is not IDENTITY or best[0] > PLAIN + 1
    ):
        return Diagnosis((alike,), mended=correct)
    held = _find_condition(question, list(samples), rng) or one_branch(question, samples)
    if held is not None and alike is None and (best is None or held.cost < best[0]):
        return Diagnosis((Mistake(held.kind, held.text),), mended=correct)
    if best is None:
        return None
    _, match, factor, formula = best
    causes = [*_causes(match), *([Mistake(factor.kind, factor.text)] if factor.text else [])]
    other = _other_number(match, factor)
    if other is not None:
        causes = [other]
    elif factor.negative:
        causes.append(Mistake("sign", _WRONG_SIGN))
    if [cause.kind for cause in causes] == ["sign"]:
        causes = [Mistake("sign", causes[0].text + _of_another(wrong, samples))]
    also = (
        held is not None
        and held.kind in _TELLING
        and any(cause.kind in _ABOUT_ORDER for cause in causes)
    )
    return Diagnosis(tuple(causes), held.text if held is not None and also else "", formula)


def _find_equal_sizes(
    question: Question, samples: Sequence[Sample], rng: np.random.Generator
) -> Mistake | None:
    """What is said about a claim that is the derivative where sizes are equal: then nothing else
    that holds there explains it.
    """
    if question.misfit is not None:
        said = f"it is right only if all sizes are equal: {question.misfit.why}"
        right = all(sample.error < _SAME for sample in samples)
        return Mistake("needs-square", said) if right else None
    other = question.alike()
    if other is None or other.misfit is None:
        return None
    try:
        found = [other.sample(point) for point in islice(other.points(rng), _AT_EQUAL_SIZES)]
    except (MatcalcError, ValueError, np.linalg.LinAlgError):
        return None
    right = all(sample.error < _SAME for sample in found)
    return Mistake("needs-square", f"it is right only if {other.misfit.why}") if right else None


def _causes(match: _Match) -> list[Mistake]:
    """The mistakes in words. Two that put the same thing into both formulas are one: exp(x) stands
    where sigmoid(x) belongs, whatever was put there to find that.
    """
    mine, theirs = match.mended.said, match.variant.said
    if isinstance(mine, Mutation) and isinstance(theirs, Mutation):
        plain = not any((mine.gone, theirs.gone, mine.turned, theirs.turned))
        same = text(mine.part) == text(theirs.part)
        if plain and not same and text(mine.instead) == text(theirs.instead):
            said = f"{quote(mine.part)} should be {quote(theirs.part)}"
            return [Mistake(match.variant.kind, said)]
    return [Mistake(part.kind, part.text) for part in (match.variant, match.mended) if part.text]


def _other_number(match: _Match, factor: ConstantFactor) -> Mistake | None:
    """That a number should be another one, where it is left out and another is missing."""
    said = match.mended.said
    gone = said.gone if isinstance(said, Mutation) and match.variant is IDENTITY else None
    if gone is None or gone.op != "number" or not factor.is_number:
        return None
    return Mistake("factor", f"{quote(gone)} should be {factor.formula}")


def _of_another(wrong: Sequence[Variant], samples: Sequence[Sample]) -> str:
    """Minus the derivative is often that by another variable: of x - m that by m."""
    close = closeness(samples)
    for variant in wrong:
        values = (
            [_try_value(variant.value, sample) for sample in samples]
            if variant.kind == "variable"
            else []
        )
        if values and all(
            value is not None
            and value.shape == sample.claimed.shape
            and float(np.max(np.abs(value - sample.claimed), initial=0.0))
            <= tolerance(sample, close) * sample.scale
            for value, sample in zip(values, samples, strict=True)
        ):
            return f", as {variant.text.removeprefix('it is ')} has"
    return ""


def _values(
    parts: Sequence[Mended | Variant], sample: Sample
) -> dict[tuple[int, ...], tuple[list[int], Array]]:
    """Values in one sample by shape: which parts have them, and as unit vectors, so that factors do
    not matter.
    """
    groups: dict[tuple[int, ...], tuple[list[int], list[Array]]] = {}
    for index, part in enumerate(parts):
        value = _try_value(part.value, sample)
        size = float(np.linalg.norm(value)) if value is not None else 0.0
        if value is not None and np.isfinite(size) and size > 1e-12 * sample.scale:
            members, units = groups.setdefault(value.shape, ([], []))
            members.append(index)
            units.append(value.ravel() / size)
    return {shape: (members, np.stack(units)) for shape, (members, units) in groups.items()}


def _try_value(value: Callable[[Sample], Array], sample: Sample) -> Array | None:
    """A value; None where the edited formula does not fit together or has no value."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(value(sample))
    except (MatcalcError, ValueError, IndexError, np.linalg.LinAlgError):
        return None


def _matches(mended: Sequence[Mended], wrong: Sequence[Variant], sample: Sample) -> list[_Match]:
    """The pairs that are multiples of each other in one sample, the cheapest first."""
    left, right = _values(mended, sample), _values(wrong, sample)
    found = []
    telling = min(sample.truth.size, sample.claimed.size)
    for shape, (members, units) in left.items():
        if shape not in right:
            continue
        summed = prod(shape) < telling  # on both sides: then many things are the same
        others, directions = right[shape]
        cosines = np.abs(units @ directions.T)
        for i, j in np.argwhere(cosines > 1 - max(1e-13, sample.method.tolerance**2)):
            match = _Match(mended[members[i]], wrong[others[j]])
            two = match.mended.cost and match.variant.cost
            few = summed and not (prod(shape) > 1 and match.is_exact)
            if not (two and (few or match.mended.is_hidden)):
                found.append(match)
    return sorted(found, key=lambda match: match.cost)


def _best(
    matches: Sequence[_Match],
    samples: Sequence[Sample],
    factors: Factors,
    question: Question,
    correct: str,
) -> tuple[float, _Match, ConstantFactor, str] | None:
    best: tuple[float, _Match, ConstantFactor, str] | None = None
    tried = 0
    on_surfaces = _is_wrong_on_surfaces(samples, question)
    for match in matches:
        if tried >= _MOST or (best is not None and match.cost >= best[0]):
            break
        factor = _factor(match, samples, factors)
        if factor is None:
            continue
        tried += 1
        composed = _COMPOSED if factor.cost and match.cost else 0.0
        cost = match.cost + factor.cost + composed
        if (
            not 0 < cost <= _DEAREST
            or (best is not None and cost >= best[0])
            or not _fits(match, question)
            or _says_nothing(match, factor, question, correct)
        ):
            continue
        formula = mend_claim(question, match.mended, match.variant, factor, samples, correct)
        if formula is None or (on_surfaces and _jumps(formula, question)):
            continue
        if not _is_coincidence(match, factor, question):
            best = cost, match, factor, formula
    return best


def _says_nothing(match: _Match, factor: ConstantFactor, question: Question, correct: str) -> bool:
    """Whether three mistakes are told, or most of the derivative is a factor that is said to be
    missing, and something else is said to be wrong: that can be said of any claim, and of a number
    that two factors are missing.
    """
    mistakes = bool(match.mended.cost), bool(match.variant.cost), factor.formula not in ("", "-1")
    if all(mistakes) or (
        sum(mistakes) > 1 and question.tree is not None and question.tree.op == "number"
    ):
        return True
    said, answer = match.variant.said, question.answer
    gone = said.gone if isinstance(said, Mutation) and match.mended.cost else None
    if gone is not None and answer is not None and 2 * len(gone.parts) > len(answer.parts):
        return True
    size = len(factor.formula)
    return bool(match.cost) and size > _LONG and 2 * size > len(correct)


def _is_wrong_on_surfaces(samples: Sequence[Sample], question: Question) -> bool:
    """Whether a claim is wrong on a surface alone, as where x == 1."""
    tree = question.tree
    wrong = [each.point for each in samples if each.error > each.method.tolerance]
    return tree is not None and all(on_jump([tree], each.values, each.sizes) for each in wrong)


def _jumps(formula: str, question: Question) -> bool:
    """Whether a mended claim still has a value of its own on some surface, which no sample need lie
    on.
    """
    if question.program is None:
        return False
    made = read(formula, question.variables, language=question.language)
    kinks = {switch.describe(0, text) for switch in Pieces([question.program.expr]).switches}
    jumps = filter(jumps_at_zero, Pieces([made.expr]).switches)
    return any(switch.describe(0, text) not in kinks for switch in jumps)


def _is_coincidence(match: _Match, factor: ConstantFactor, question: Question) -> bool:
    """Whether two formulas, one made of the claim and one of the derivative, have the same values
    by chance, as where a function is saturated, or where no point is on a piece.
    """
    edited = match.variant.said
    if question.tree is None or isinstance(edited, str) or question.program is None:
        return False
    as_it_stands = match.mended.tree is None
    if as_it_stands and not (is_piecewise(question.tree) or is_piecewise(edited.tree)):
        return False
    formula = match.mended.formula
    if factor.formula:
        formula = f"{'-' if factor.formula == '-1' else factor.formula + '*'}({formula})"
    try:
        made = read(formula, question.variables, language=question.language)
        right = question.program._replace(expr=edited.tree, variables=dict(question.variables))
        decision = decide_exactly(made, right)
        if as_it_stands and decision.verdict == UNDECIDED:
            decision = decide_numerically(made, right, draws=1)
        return decision.verdict != EQUAL
    except MatcalcError:
        return not as_it_stands


def _factor(match: _Match, samples: Sequence[Sample], factors: Factors) -> ConstantFactor | None:
    """The factor between the two if it has a name, and they agree in all samples."""
    ratios: dict[int, float] = {}
    close = closeness(samples)
    for place, sample in enumerate(samples):
        left, right = (
            _try_value(match.mended.value, sample),
            _try_value(match.variant.value, sample),
        )
        if left is None or right is None or left.shape != right.shape:
            return None
        square = float(np.sum(left * left))
        largest, noise = largest_entry(right), sample.noise
        if max(largest_entry(left), largest) <= noise:
            continue  # as where a step is 0: any factor fits
        if not square > 0:
            return None
        ratio = float(np.sum(left * right)) / square
        if not largest_entry(ratio * left - right) <= tolerance(sample, close) * largest + noise:
            return None
        ratios[place] = ratio
    if all(abs(ratio - 1) < tolerance(samples[place], close) for place, ratio in ratios.items()):
        return NONE if ratios else None
    return factors.find(ratios)


def _fits(match: _Match, question: Question) -> bool:
    """Whether the formulas that are made of the claim and of the derivative are of the language:
    NumPy broadcasts more than the shape rules permit.
    """
    said, variables, misfit = match.variant.said, question.variables, question.misfit
    trees = [match.mended.tree, said.tree if isinstance(said, Mutation) else None]
    made = [tree for tree in trees if tree is not None]
    if misfit is not None and match.variant is not IDENTITY:
        variables = equalize_sizes(variables, misfit)
        made = [replace_sizes(tree, misfit.size) for tree in made]
    try:
        for tree in made:
            read(format_claim(tree), variables, language=question.language)
    except MatcalcError:
        return False
    return True


def _find_condition(
    question: Question, samples: list[Sample], rng: np.random.Generator
) -> ClaimCondition | None:
    """The mildest condition under which the claim is right."""
    held = [
        condition
        for condition, found in conditions(question, samples, rng)
        if all(sample.error <= 10 * sample.method.tolerance for sample in found)
        # 0 holds beside a step
        and any(largest_entry(sample.truth) > sample.noise for sample in found)
    ]
    return min(held, key=lambda condition: condition.cost, default=None)
