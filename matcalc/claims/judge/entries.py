"""A single entry that is claimed in place of a derivative, as 1 - softmax(x)[k] is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from matcalc.claims.judge.question import Question, Sample
from matcalc.core.dims import ONE, Dim
from matcalc.runtime.elementwise import Array


def list_entry_claims(question: Question) -> Iterator[tuple[str, Callable[[Sample], Array]]]:
    """The places of single entries in the objective, as k in log(softmax(x)[k]), and the entry of
    the derivative there, which is claimed in place of the whole.
    """
    if question.program is None or question.rank or question.order != 1:
        return
    axes = len(question.variables[question.wrt].shape)
    found = [
        tuple([start for start, *_ in node.value])
        for node in question.program.expr.parts
        if node.op == "slice" and not node.shape and len(node.value) == axes
    ]
    for starts in dict.fromkeys(found):

        def entry(sample: Sample, starts: tuple[Dim, ...] = starts) -> Array:
            place = tuple([start.size(sample.point.sizes) for start in starts])
            limits = zip(place, sample.truth.shape, strict=True)
            inside = all(0 <= each < size for each, size in limits)
            return np.asarray(sample.truth[place] if inside else np.nan)

        yield ", ".join([str(start.plus(ONE)) for start in starts]), entry
