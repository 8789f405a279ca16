"""What a claim may be instead of the derivative: the truth transposed, by another variable, less a
term, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

import numpy as np

from matcalc.claims.judge.branches import KINKED
from matcalc.claims.judge.claims import Neighbours, evaluator
from matcalc.claims.judge.derivatives import (
    other_objectives,
    other_variables,
    outer_derivatives,
    split_derivatives,
)
from matcalc.claims.judge.entries import list_entry_claims
from matcalc.claims.judge.mutations import (
    JUMPING,
    LIKELY,
    POSSIBLE,
    mutations,
    quote,
)
from matcalc.claims.judge.question import Question, Sample
from matcalc.claims.judge.slopes import slopes
from matcalc.claims.judge.swaps import swaps
from matcalc.claims.judge.terms import coarse_terms, terms
from matcalc.claims.judge.variant import PLAIN, Variant
from matcalc.core.kinds import Variable
from matcalc.core.projections import by_independent_entries
from matcalc.core.subspaces import WITH_COORDINATES, coordinate_name, frame_of
from matcalc.core.tree import Expr
from matcalc.core.tree import variable as name_of
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.numeric import project_on_frame
from matcalc.write.printers.text import text

_MOST_IN_PAIRS = 6  # terms of a sum that may lack two
_OTHER_FORM = (
    0.1  # a mistake in the printed form is a bit less likely than one in the form that was claimed
)
_ALIKE = 1e-9  # entries that are equal, relative
_AGREES = 1e-6  # of a claim that is projected, relative
_MOST_PERMUTED = 4  # axes of an array of which every order is tried


def variants(question: Question) -> Iterator[Variant]:
    """All that is tried; some have no value in some samples, and a shape of their own in others."""
    yield from _layouts(question)
    yield from _conventions(question)
    yield from other_variables(question)
    yield from _broadcasts()
    for place, entry in list_entry_claims(question):
        shown = f"[{place}]" if "," in place else place
        yield Variant("entry", f"it is only entry {shown} of the derivative", entry, PLAIN)
    if question.answer is not None and not question.answer.is_tensor:
        yield from _missing_terms(question.answer, question)
        yield from _missing_pairs(question.answer, question)
        yield from _edits(question.answer, question)
    if question.program is not None:
        yield from other_objectives(question)
        yield from outer_derivatives(question)
        yield from split_derivatives(question)


def _layouts(question: Question) -> Iterator[Variant]:
    other = {
        "numerator": "denominator",
        "denominator": "numerator",
        "mixed": "numerator" if question.rank == 0 else "denominator",
    }
    total = question.rank + len(question.variables[question.wrt].shape) * question.order
    if total <= 2:
        hint = (
            f" (the derivative in {other[question.layout]} layout)"
            if question.layout == "mixed"
            else ""
        )
        yield Variant(
            "transpose",
            f"it is the transpose{hint}",
            lambda sample: sample.truth.T,
            PLAIN,
            _transpose,
        )
        return
    if not question.is_matricized(total):
        yield from _permutations(total)
        return
    whole = "it is the transpose of J in d vec(F) = J*d vec(X)"
    yield Variant("transpose", whole, lambda sample: sample.truth.T, PLAIN, _transpose)
    for rows, columns, where in (
        ("C", "C", "both sides"),
        ("C", "F", "the objective"),
        ("F", "C", "the variable"),
    ):
        yield Variant(
            "vec-order",
            f"it is J for a vec that stacks rows instead of columns, in {where}",
            lambda sample, rows=rows, columns=columns: _reorder(question, sample, rows, columns),  # type: ignore[misc]
            PLAIN,
        )


def _permutations(total: int) -> Iterator[Variant]:
    """The axes of an array in another order: in any, or with two exchanged where there are many."""
    axes = list(range(total))
    orders = list(permutations(axes))[1:] if total <= _MOST_PERMUTED else []
    for first, second in combinations(axes, 2) if not orders else ():
        exchanged = list(axes)
        exchanged[first], exchanged[second] = second, first
        orders.append(tuple(exchanged))
    for order in orders:
        back = ", ".join(str(order.index(axis) + 1) for axis in axes)
        yield Variant(
            "axes",
            f"its axes are in another order; permute(claim, {back}) is the derivative",
            lambda sample, order=order: np.transpose(sample.truth, order),  # type: ignore[misc]
            PLAIN,
            lambda claim, back=back: f"permute({claim}, {back})",  # type: ignore[misc]
        )


def _transpose(claim: str) -> str:
    return f"({claim})'"


def _reorder(question: Question, sample: Sample, rows: str, columns: str) -> Array:
    """The matrix J with its rows and columns in the order in which other kinds of vec put them."""
    derivative = question.derivative(sample.point, question.wrt, question.kind)[0]
    axes = derivative.ndim - question.columns(derivative.ndim)
    places = [
        np.arange(int(np.prod(shape))).reshape(shape, order="F").reshape(-1, order=order)  # type: ignore[call-overload]
        for shape, order in ((derivative.shape[:axes], rows), (derivative.shape[axes:], columns))
    ]
    return sample.truth[np.ix_(*places)]


def _conventions(question: Question) -> Iterator[Variant]:
    """The gradients that books give for structured variables."""
    variable = question.variables[question.wrt]
    if len(variable.shape) != 2 or variable.shape[0] != variable.shape[1]:
        return
    yield from _structures(question, variable)
    if question.rank or question.order > 1:
        if question.kind not in ("free", "matrix", "invertible"):
            yield Variant(
                "structure",
                f"it is the derivative with free entries, not within the {variable.kind} matrices",
                lambda sample: question.to_layout(
                    question.derivative(sample.point, question.wrt, "free")[0]
                ),
                PLAIN,
            )
        if variable.kind in WITH_COORDINATES and question.structure == "declared":
            yield Variant(
                "structure",
                f"it is right along all directions within the {variable.kind} matrices, but not "
                f"projected on them",
                lambda sample: _unproject(question, sample),
                PLAIN,
            )
        return

    def diagonal(G: Array) -> Array:
        return np.diag(np.diag(G))

    forms: list[tuple[str, Callable[[Array], Array]]] = [
        ("G, the gradient with free entries", lambda G: G),
        ("(G + G')/2, the gradient within the symmetric matrices", lambda G: (G + G.T) / 2),
        (
            "G + G' - diag(diag(G)), which counts an entry off the diagonal of a symmetric "
            "matrix twice",
            _count_twice,
        ),
        (
            "2*G - diag(diag(G)), which counts an entry off the diagonal of a symmetric "
            "matrix twice",
            lambda G: 2 * G - diagonal(G),
        ),
        ("G + G', twice the gradient within the symmetric matrices", lambda G: G + G.T),
        ("diag(diag(G)), the gradient within the diagonal matrices", diagonal),
        ("(G - G')/2, the gradient within the skew matrices", lambda G: (G - G.T) / 2),
        ("G - G', twice the gradient within the skew matrices", lambda G: G - G.T),
    ]
    declared = variable.kind not in ("matrix", "invertible")
    for what, form in forms:
        yield Variant(
            "structure",
            f"it is {what}, G being that with free entries"
            if not what.startswith("G,")
            else f"it is {what}",
            lambda sample, form=form: question.to_layout(
                form(question.derivative(sample.point, question.wrt, "free")[0])
            ),  # type: ignore[misc]
            PLAIN if declared else LIKELY,
        )


def _structures(question: Question, variable: Variable) -> Iterator[Variant]:
    """The derivative in another structure than the one that is asked for."""
    kind, name = variable.kind, variable.name
    if kind not in WITH_COORDINATES or question.program is None:
        return
    independent = text(by_independent_entries(kind, name_of("G", variable.shape)))
    said = {
        "declared": f"within the {kind} matrices (structure declared)",
        "independent": f"with respect to the independent entries of {name}, {independent} "
        f"where G has free entries (structure independent)",
        "vech": f"with respect to {coordinate_name(variable)} (structure vech)",
    }
    for structure, what in said.items():
        if structure != question.structure:
            frame = frame_of(kind, structure)
            yield Variant(
                "structure",
                f"it is the derivative {what}",
                lambda sample, frame=frame: question.to_layout(  # type: ignore[misc]
                    question.derivative(sample.point, question.wrt, frame)[0]
                ),
                PLAIN,
            )


def _unproject(question: Question, sample: Sample) -> Array:
    """The claim, if its projection is the derivative."""
    claimed, none = sample.claimed, np.asarray(np.nan)
    if claimed.shape != sample.truth.shape:
        return none
    array = question.derivative(sample.point, question.wrt, question.kind)[0]
    back = question.from_layout(claimed, array.shape)
    projected = project_on_frame(back, question.kind, question.rank, question.order)
    error = float(np.max(np.abs(question.to_layout(projected) - sample.truth), initial=0.0))
    return claimed if error <= _AGREES * sample.scale else none


def _count_twice(G: Array) -> Array:
    return np.asarray(G + G.T - np.diag(np.diag(G)))


def _broadcasts() -> Iterator[Variant]:
    """Sums of the truth over an axis, which a claim may have left out or done too much of; and
    single entries, broadcast.
    """

    def scalar(*axes: int) -> Callable[[Sample], Array]:
        def value(sample: Sample) -> Array:
            truth = sample.truth
            if truth.ndim not in axes:
                return np.asarray(np.nan)
            pattern = np.eye(*truth.shape) if axes == (2,) else np.ones_like(truth)
            rest = np.abs(truth - truth.flat[0] * pattern)
            return np.asarray(truth.flat[0] if np.max(rest) <= _ALIKE * sample.scale else np.nan)

        return value

    def along(axis: int) -> Callable[[Sample], Array]:
        def value(sample: Sample) -> Array:
            if sample.truth.ndim != 2:
                return np.asarray(np.nan)
            same = np.ptp(sample.truth, axis=axis) <= _ALIKE * sample.scale
            return sample.truth.take(0, axis=axis) if np.all(same) else np.asarray(np.nan)

        return value

    def diagonal(sample: Sample) -> Array:
        if sample.truth.ndim == 1:
            return np.diag(sample.truth)
        on_it = sample.truth.ndim == 2 and _is_diagonal(sample.truth)
        return np.diag(sample.truth) if on_it else np.asarray(np.nan)

    yield Variant(
        "broadcast",
        "it is right up to a broadcast: every entry of the derivative is the scalar",
        scalar(1, 2, 3, 4),
        PLAIN,
    )
    for axis, every in ((0, "row"), (1, "column")):
        said = f"it is right up to a broadcast: the vector is every {every} of the derivative"
        yield Variant("broadcast", said, along(axis), PLAIN)
    yield Variant(
        "diag-missing",
        "the identity is missing: the scalar belongs on the derivative's diagonal",
        scalar(2),
        PLAIN,
        lambda claim: f"{claim}*eye",
    )
    yield Variant(
        "diag-missing",
        "it has the right entries, but not on (or off) the diagonal: a diag is missing or extra",
        diagonal,
        PLAIN,
    )
    for alone in (True, False):
        yield Variant(
            "diag-missing",
            f"it is the derivative's diagonal{'' if alone else ' as a matrix'}: the entries "
            f"off the diagonal are missing",
            lambda sample, alone=alone: _diagonal(sample.truth, alone=alone),  # type: ignore[misc]
            PLAIN if alone else POSSIBLE,
        )
    yield Variant(
        "axis",
        "it is the sum of the derivative's entries",
        lambda sample: np.asarray(sample.truth.sum() if _is_spread(sample.truth) else np.nan),
        PLAIN,
    )
    for axis, what in ((0, "columns"), (1, "rows")):
        yield Variant(
            "axis",
            f"it is the derivative summed over its {what}",
            lambda sample, axis=axis: (
                sample.truth.sum(axis=axis) if sample.truth.ndim == 2 else np.asarray(np.nan)
            ),  # type: ignore[misc]
            PLAIN,
        )


def _diagonal(A: Array, *, alone: bool) -> Array:
    """The diagonal of a square matrix that is not diagonal."""
    if A.ndim != 2 or A.shape[0] != A.shape[1] or _is_diagonal(A):
        return np.asarray(np.nan)
    return np.diag(A) if alone else np.diag(np.diag(A))


def _is_spread(A: Array) -> bool:
    """Whether there is something to add up: more than one entry that is not 0."""
    return A.ndim > 0 and (A.size == 1 or int(np.count_nonzero(A)) > 1)


def _is_diagonal(A: Array) -> bool:
    return A.shape[0] == A.shape[1] and bool(np.all(np.diag(np.diag(A)) == A))


def _missing_terms(answer: Expr, question: Question) -> Iterator[Variant]:
    """The truth without one of its terms, or with it having another sign or a factor."""
    found = terms(answer)
    outside = len(coarse_terms(answer))
    for place, term in enumerate(found):
        value, written = evaluator(term), _as_added(term, question)
        shown = quote(term.args[0] if term.op == "fill" else term)
        for kind, said, times, back in (
            ("missing-term", f"the term {shown} is missing", -1.0, "+ "),
            ("sign", f"the term {shown} has the wrong sign", -2.0, "+ 2*"),
            ("factor", f"the term {shown} is counted twice", 1.0, "- "),
            ("factor", f"the term {shown} has half its coefficient", -0.5, "+ 1/2*"),
        ):
            yield Variant(
                kind,
                said,
                lambda sample, value=value, times=times: _as_claimed(  # type: ignore[misc]
                    sample, sample.truth + times * value(sample)
                ),
                PLAIN + 0.05
                if kind == "missing-term"
                else LIKELY + 0.05 * (kind == "sign" and place >= outside),
                lambda claim, written=written, back=back: f"{claim} {back}{written}",  # type: ignore[misc]
            )


def _as_claimed(sample: Sample, array: Array) -> Array:
    """An array whose entries are equal as the one number that was claimed: sum(x), beside which -x
    is missing.
    """
    if sample.claimed.ndim or not array.size or np.ptp(array) > _ALIKE * sample.scale:
        return array
    return np.asarray(array.flat[0])


def _missing_pairs(answer: Expr, question: Question) -> Iterator[Variant]:
    """The truth without two of its terms."""
    found = coarse_terms(answer)
    if not 2 < len(found) <= _MOST_IN_PAIRS:
        return
    for one, other in combinations(found, 2):
        values = evaluator(one), evaluator(other)
        both = f"{_as_added(one, question)} + {_as_added(other, question)}"
        yield Variant(
            "missing-term",
            f"the terms {quote(one)} and {quote(other)} are missing",
            lambda sample, values=values: sample.truth - values[0](sample) - values[1](sample),  # type: ignore[misc]
            POSSIBLE,
            lambda claim, both=both: f"{claim} + {both}",  # type: ignore[misc]
        )


def _as_added(term: Expr, question: Question) -> str:
    """A term as it is added to the claim, which may be a row where the derivative is a column."""
    tree = question.tree
    turned = tree is not None and tree.rank == term.rank == 1 and tree.row != term.row
    return f"({text(term)})" + ("'" if turned else "")


def _edits(answer: Expr, question: Question) -> Iterator[Variant]:
    """The true formula with one mistake."""
    variables = dict(question.variables)
    beside = [question.program.expr] if question.program is not None else []
    neighbours = Neighbours(answer)
    claim = question.tree.parts if question.tree is not None else ()
    jumps = any(node.op in JUMPING or node.op in KINKED for node in claim)
    mistakes = (*mutations(answer, variables), *swaps(answer, variables, beside), *slopes(answer))
    for mistake in mistakes:
        if mistake.kind == "term" or (mistake.hidden and not jumps):
            continue
        yield Variant(
            mistake.kind, mistake, neighbours.value(mistake.tree), mistake.cost + _OTHER_FORM
        )
