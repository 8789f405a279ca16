"""Judges a claim by numbers and, where it can be, by a proof; where it is wrong, looks for the
diagnosis and a counterexample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from math import floor, log10
from typing import NamedTuple

import numpy as np

from matcalc.claims.judge.branches import has_branches
from matcalc.claims.judge.claim import DISPROVED, Claim
from matcalc.claims.judge.claim import PROVED as EXACT
from matcalc.claims.judge.claims import about
from matcalc.claims.judge.diagnosis import Diagnosis, Mistake, diagnose
from matcalc.claims.judge.general import is_wrong_there, name_sizes, say_sizes
from matcalc.claims.judge.parts import judge_part
from matcalc.claims.judge.precision import differences, single
from matcalc.claims.judge.question import OnBorder, Question, Sample
from matcalc.claims.judge.reading import is_part, read_objective
from matcalc.claims.judge.report import (
    AGREED,
    PROVED,
    UNDECIDED,
    WRONG,
    Checked,
    Report,
    WorstClaimedEntry,
    command,
)
from matcalc.claims.judge.rest import difference, find_confusion, is_different, why_untold
from matcalc.claims.judge.smallest import show_error
from matcalc.claims.judge.ties import OnKink, find_beyond
from matcalc.core.dims import Shape
from matcalc.core.errors import (
    EvaluationError,
    MatcalcError,
    UnsupportedError,
    VerificationError,
)
from matcalc.core.kinds import free_kind
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import matricize
from matcalc.verify.exact.judge import BITS
from matcalc.verify.oracle.compare import largest_place
from matcalc.verify.oracle.domain import no_value
from matcalc.verify.oracle.pieces import on_jump
from matcalc.write.notation import format_text
from matcalc.write.printers.text import has_indices, text

POINTS = 3
_REDRAWS = 4
_MOST_SIDES = 24  # points on other sides of kinks that a diagnosis looks at, and
_MOST_WRONG = 12  # such at which the claim is wrong
_MOST_NAMED = 3  # pieces without a point
_ROUNDING = 1e-6  # a relative error beyond this is none of rounding, whatever exact arithmetic says
_CANCELLED = 0.1  # a relative error that may be one of rounding, close to a kink
_EPSILON = 1e-16
_SAME = 1e-6  # by how much the largest of several errors may be larger than another
_SAID = {
    EXACT: f"exact (error probability < 2^-{BITS})",
    DISPROVED: "exact, at a random point of a prime field",
}
# of the largest intermediate value: smaller derivatives hide errors, and are looked at elsewhere
_VISIBLE = 1e-3


def judge(claim: Claim, seed: int = 0) -> Report:
    """The report on a claim; raises a MatcalcError where it cannot be read."""
    program, read = read_objective(claim)
    if is_part(program, read.wrt):
        return judge_part(program, read, seed)
    found = _judge_for_all_sizes(about(program, read), seed)
    wrt, given = program.variables[read.wrt], claim.variables
    undeclared = wrt.name not in given and len(wrt.shape) == 1
    if found.shapes and undeclared and _is_of_number(claim, wrt.name):
        note = f'it is right if {wrt.name} is a number: declare "{wrt.name}: scalar"'
        return replace(found, notes=(*found.notes, note))
    return found


def _judge_for_all_sizes(asked: Question, seed: int) -> Report:
    """The report on a claim about formulas; where its sizes are large numbers, that on the claim
    for all sizes, if there is a verdict on that which holds for these.
    """
    general = name_sizes(asked)
    if general is None:
        return report(asked, seed)
    try:
        found = report(about(*read_objective(general)), seed)
    except MatcalcError:  # a size in the text is none of the sizes with names
        return report(asked, seed)
    untold = found.verdict == UNDECIDED or (found.verdict == WRONG and not is_wrong_there(asked))
    if untold:
        return report(asked, seed)
    return replace(
        say_sizes(found),
        title=asked.title,
        claim=asked.stated,
        variables=dict(asked.variables),
        correct=correct_form(asked),
        reproduce=found.reproduce and _reproduce(asked, seed),
    )


def _is_of_number(claim: Claim, wrt: str) -> bool:
    """Whether a claim about a vector that nobody declared is right for a number."""
    declared = {**claim.variables, wrt: "scalar"}
    try:
        return judge(replace(claim, variables=declared)).verdict in (AGREED, PROVED)
    except MatcalcError:
        return False


class _Seen(NamedTuple):
    """What is known of a claim when its verdict is decided: the samples that say so, others on all
    sides of its kinks, and points on borders.
    """

    verdict: str
    reason: str
    samples: list[Sample]
    further: list[Sample]
    borders: list[OnBorder]


@np.errstate(all="ignore")  # functions and candidates are tried where they have no value, too
def report(asked: Question, seed: int | None, rng: np.random.Generator | None = None) -> Report:
    """The report on a question that was put already; ``rng`` draws in place of one made of the
    seed.
    """
    rng = np.random.default_rng(seed) if rng is None else rng
    blank = Report(
        UNDECIDED,
        title=asked.title,
        wrt=asked.wrt,
        claim=asked.stated,
        order=asked.order,
        variables=dict(asked.variables),
        name=asked.source.name if asked.source is not None else "",
        correct=correct_form(asked),
        notes=asked.notes,
    )
    tied = asked.tied()
    if tied and not asked.misfit:
        return replace(blank, reason=tied)
    try:
        samples = _worlds(asked, rng)
    except (EvaluationError, UnsupportedError) as problem:
        return _without_numbers(asked, problem.message, blank)
    proved = asked.proof()
    seen = _decide(asked, samples, rng, proved)
    checked, worst = _check(asked, seen.samples, seed, proved)
    blank = replace(blank, checked=checked)
    if seen.verdict == WRONG:
        return _wrong(asked, seen, rng, seed, replace(blank, worst=worst))
    on_kink = find_beyond(asked, seen.borders) if seen.verdict != UNDECIDED else None
    if on_kink is not None and on_kink.counterexample is not None:
        return _wrong_on_kink(asked, on_kink, seed, blank)
    notes = _notes(asked, on_kink, proved=seen.verdict == PROVED)
    return replace(blank, verdict=seen.verdict, reason=seen.reason, worst=worst, notes=notes)


def _decide(asked: Question, samples: list[Sample], rng: np.random.Generator, proved: str) -> _Seen:
    """The verdict: what is right at a few points is looked at on all sides of its kinks, and for
    what rounding may hide.
    """
    verdict, reason = _verdict(asked, samples, proved)
    further, borders = list[Sample](), list[OnBorder]()
    if verdict in (AGREED, PROVED):
        further, missing, borders = _survey(asked, samples, rng, proved=verdict == PROVED)
        verdict, reason = _verdict(asked, [*samples, *further], proved)
        telling = _wrong_samples(further)
        samples = (
            [*telling[:_MOST_WRONG], *samples[: max(1, POINTS - len(telling))]]
            if verdict == WRONG
            else [*samples, *(further if verdict == AGREED else ())]
        )
        if verdict != WRONG and missing:
            verdict, reason = UNDECIDED, _format_unvisited(missing)
    formula = asked.program is not None
    if verdict == AGREED and formula and all(sample.hidden for sample in samples):
        verdict = UNDECIDED
        reason = "rounding errors hide the derivative at all points that were tried"
    if verdict == AGREED and asked.tree is not None and not asked.rough:
        different = is_different(asked, samples)
        if different is None:
            verdict, reason = UNDECIDED, why_untold(asked, samples)
        verdict = WRONG if different else verdict
    return _Seen(verdict, reason, samples, further, borders)


def _wrong(
    asked: Question, seen: _Seen, rng: np.random.Generator, seed: int | None, blank: Report
) -> Report:
    """The report on a claim that is wrong: a diagnosis, and a counterexample."""
    samples, further = seen.samples, seen.further
    close = all(sample.error <= sample.method.tolerance for sample in samples)
    rounded = close and not asked.misfit
    if not rounded and not further and has_branches(asked):
        # what is said has to hold on all sides
        further, _, _ = _survey(asked, samples, rng, proved=False)
    told = [*samples, *further[:_MOST_SIDES]]
    error = max(sample.error for sample in samples)
    explained = None if rounded else _explain(asked, told, rng, blank.correct)
    if explained is None and asked.tree is not None and error < _ROUNDING:
        rounded = True
    diagnosis = _diagnose_rounding(asked, error) if rounded else explained
    misshapen = [each for each in samples if each.truth.shape != each.claimed.shape]
    rest = _rest(asked) if diagnosis is None and not misshapen else None
    return replace(
        blank,
        verdict=WRONG,
        diagnosis=_single_term(rest, asked) if rest is not None else diagnosis,
        difference=_text_of(rest, asked),
        shapes=_shapes(asked, (*misshapen, samples[0])[0]),
        counterexample=show_error(asked, samples),
        reproduce=_reproduce(asked, seed),
    )


def _notes(asked: Question, on_kink: OnKink | None, *, proved: bool) -> tuple[str, ...]:
    """What is said about a claim that is not wrong."""
    small = asked.exceptions() if proved else ()
    beyond = [on_kink.says] if on_kink is not None else []
    return (*asked.notes, *small, *_row_note(asked), *beyond)


def _wrong_on_kink(asked: Question, found: OnKink, seed: int | None, blank: Report) -> Report:
    """The report on a claim that is right everywhere but where the objective has a kink, and a
    derivative all the same.
    """
    assert blank.checked is not None
    return replace(
        blank,
        verdict=WRONG,
        diagnosis=Diagnosis((Mistake("kink", found.says),), mended=blank.correct),
        counterexample=found.counterexample,
        checked=replace(blank.checked, exact=""),
        reproduce=_reproduce(asked, seed),
    )


def _worlds(asked: Question, rng: np.random.Generator) -> list[Sample]:
    """A few samples; one in which the derivative almost vanishes is taken only if all do."""
    good: list[Sample] = []
    dull: list[Sample] = []
    for point in islice(asked.points(rng), POINTS + _REDRAWS):
        sample = asked.sample(point)
        seen = float(np.max(np.abs(sample.truth), initial=0.0)) >= _VISIBLE * asked.magnitude(point)
        (good if seen and np.all(np.isfinite(sample.truth)) else dull).append(sample)
        if len(good) == POINTS:
            break
    samples = (good + [sample for sample in dull if np.all(np.isfinite(sample.truth))])[:POINTS]
    if not samples:
        raise EvaluationError("the derivative is not finite at any of the points that were tried")
    return samples


def _survey(
    asked: Question, samples: Sequence[Sample], rng: np.random.Generator, *, proved: bool
) -> tuple[list[Sample], tuple[str, ...], list[OnBorder]]:
    """Samples on all sides of the kinks, the pieces that are in none, and points on borders; where
    the truth has no value nothing is seen.
    """
    points, missing, borders = asked.survey(samples[0].point, rng, proved)
    found = [asked.sample(point) for point in points]
    seen = [
        each for each in found if np.all(np.isfinite(each.truth)) and not _is_rounding(asked, each)
    ]
    return seen, missing, borders


def _is_rounding(asked: Question, sample: Sample) -> bool:
    """Whether a small error is one of rounding: close to a kink much may cancel, but not where the
    claim has a value that is there alone.
    """
    values, sizes = sample.point.values, sample.point.sizes
    return (
        sample.method.rounded == 0
        and sample.method.tolerance < sample.error < _CANCELLED
        and sample.error * sample.scale
        <= asked.rounding(sample.point, sample.truth, sample.claimed)
        and not (asked.tree is not None and on_jump([asked.tree], values, sizes))
    )


def _wrong_samples(samples: Sequence[Sample]) -> list[Sample]:
    """Those in which the claim is wrong."""
    return [sample for sample in samples if not sample.error <= sample.method.tolerance]


def _format_unvisited(missing: Sequence[str]) -> str:
    more = f", and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    return (
        f"no point was found where {' or '.join(missing[:_MOST_NAMED])}{more}; the claim "
        f"is right at the others"
    )


def _without_numbers(asked: Question, reason: str, blank: Report) -> Report:
    """The report where there is no point to compare numbers at: proved, or undecided."""
    nowhere = asked.program and no_value(asked.program.expr, asked.variables)
    if nowhere or asked.proof() != EXACT:
        return replace(blank, reason=nowhere or reason)
    checked = Checked("", 0, {}, None, 0.0, 0.0, _SAID[EXACT])
    return replace(blank, verdict=PROVED, checked=checked, notes=_notes(asked, None, proved=True))


def _verdict(asked: Question, samples: Sequence[Sample], proved: str) -> tuple[str, str]:
    """Wrong, if it is wrong anywhere; undecided, if it has no value in some samples and is right in
    the others.

    Of a claim that is proved an error as small as rounding makes it at some points means nothing;
    and a claim that is wrong in exact arithmetic is wrong, however small the error.
    """
    if asked.misfit:
        return WRONG, ""
    fits = [
        sample
        for sample in samples
        if sample.truth.shape != sample.claimed.shape or np.all(np.isfinite(sample.claimed))
    ]
    if any(
        not sample.error <= (_ROUNDING if proved == EXACT else sample.method.tolerance)
        for sample in fits
    ):
        return WRONG, ""
    if proved == DISPROVED:
        return WRONG, ""
    if len(fits) == len(samples):
        return PROVED if proved == EXACT else AGREED, ""
    if not fits:
        return UNDECIDED, "the claim has no value at any of the points that were tried"
    return (
        UNDECIDED,
        "the claim has no value at some points of the domain, and is right at the others",
    )


def _explain(
    asked: Question, samples: Sequence[Sample], rng: np.random.Generator, correct: str
) -> Diagnosis | None:
    """What is wrong; a function that shows single precision or small errors that no mistake
    explains is said to be rough.
    """
    if asked.tree is not None:
        return diagnose(asked, samples, rng, correct)
    cause = single(asked, samples)
    tiny = all(
        sample.error < _ROUNDING for sample in samples
    )  # too small for candidates to be told from the derivative
    if cause is None and not tiny:
        found = diagnose(asked, samples, rng, correct)
        if found is not None:
            return found
    cause = cause or differences(samples)
    return None if cause is None else Diagnosis((cause,))


def _diagnose_rounding(asked: Question, error: float) -> Diagnosis:
    """What is said about a claim that numbers cannot tell from the derivative."""
    near = find_confusion(asked)
    rest = _text_of(difference(asked), asked)
    said = f"it is right to {_digits(error)} digits only"
    said += f", because {near[0]} stands for {near[1]}" if near else " where it was compared"
    said += f": true - claim = {rest}" if rest else ""
    return Diagnosis((Mistake("rounded", said),), mended=correct_form(asked))


def _check(
    asked: Question, samples: Sequence[Sample], seed: int | None, proved: str
) -> tuple[Checked, WorstClaimedEntry | None]:
    # of errors that are the same but for rounding the largest is at another point on another
    # machine: the first is told
    error = max(sample.error for sample in samples)
    worst = next(
        sample
        for sample in samples
        if not sample.error * (1 + _SAME) + sample.method.tolerance < error
    )
    method, sizes = worst.method, asked.select_known_sizes(worst.point.sizes)
    checked = Checked(
        method.name, len(samples), sizes, seed, error, method.tolerance, _SAID.get(proved, "")
    )
    if worst.truth.shape != worst.claimed.shape or not worst.truth.size:
        return checked, None
    gaps = np.abs(worst.claimed - worst.truth)
    index = largest_place(np.where(np.isnan(gaps), np.inf, gaps))
    return checked, WorstClaimedEntry(index, float(worst.claimed[index]), float(worst.truth[index]))


def _digits(error: float) -> int:
    return floor(-log10(max(error, _EPSILON)))


def _row_note(asked: Question) -> tuple[str, ...]:
    """A row and a column are the same array; a claim that mixes them up is right, but is told
    so.
    """
    tree, answer = asked.tree, asked.answer
    if tree is None or answer is None or not tree.rank == answer.rank == 1:
        return ()
    if tree.row == answer.row:
        return ()
    is_, should = ("row", "column") if tree.row else ("column", "row")
    return (
        f"the claim is a {is_} where the {asked.layout} layout has a {should}; the "
        f"entries are the same",
    )


def correct_form(asked: Question) -> str:
    """The derivative as matcalc prints it; empty where it has no closed form for it."""
    if asked.answer is None:
        return ""
    columns = asked.columns(asked.answer.rank)
    matrix = matricize(asked.answer, asked.variables, columns, language=asked.language)
    return _text_of(matrix or asked.answer, asked)


def _text_of(tree: Expr | None, asked: Question) -> str:
    return "" if tree is None else format_text(tree, asked.variables, language=asked.language)


def _rest(asked: Question) -> Expr | None:
    """The true derivative less the claim; None where it has no text, because they have other
    sizes.
    """
    rest = difference(asked)
    try:
        _text_of(rest, asked)
    except VerificationError:
        return None
    return rest


def _single_term(rest: Expr, asked: Question) -> Diagnosis | None:
    """A difference that is one term, and no longer than the derivative itself, is a term that is
    missing or too much.
    """
    inner = rest.args[0] if rest.op == "neg" else rest
    if inner.op in ("+", "-") or has_indices(rest, asked.variables) or asked.answer is None:
        return None
    if len(text(rest)) > len(text(asked.answer)):
        return None
    too_much, term = rest.op == "neg", _text_of(inner, asked)
    kind, what = ("extra-term", "too much") if too_much else ("missing-term", "missing")
    return Diagnosis((Mistake(kind, f"the term {term} is {what}"),), mended=correct_form(asked))


def _shapes(asked: Question, sample: Sample) -> str:
    """Both shapes, where they differ."""
    if asked.misfit:
        return f"the claim does not fit together: {asked.misfit.why}"
    if sample.truth.shape == sample.claimed.shape:
        return ""
    if asked.tree is not None and asked.answer is not None and not asked.answer.is_tensor:
        return (
            f"the claim is {_format_shape(asked.tree.shape)}, the derivative "
            f"{_format_shape(asked.answer.shape)}"
        )
    return f"the claim has shape {sample.claimed.shape}, the derivative {sample.truth.shape}"


def _format_shape(shape: Shape) -> str:
    return f"{free_kind(len(shape))}({', '.join(map(str, shape))})" if shape else "scalar"


def _reproduce(asked: Question, seed: int | None) -> str:
    """The command that gives the report again, where the claim is text."""
    claim = asked.source
    if claim is None:
        return ""
    declared = [f"{v.name}: {v}" for v in asked.variables.values() if v.name in claim.variables]
    asked_for = (
        ("order", claim.order, 1),
        ("layout", claim.layout, "mixed"),
        ("structure", claim.structure, "declared"),
    )
    files = [each.file for each in asked.language.extensions]
    options = {name: value for name, value, usual in asked_for if value != usual}
    return command(
        claim.expr,
        claim.wrt,
        claim.claim,
        {"var": declared, **options, "rng": seed, "identities": files},
    )
