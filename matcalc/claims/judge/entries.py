"""A single entry that is claimed in place of a derivative, as 1 - softmax(x)[k] is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from matcalc.claims.judge.question import Question, Sample
from matcalc.core.dims import ONE, Dim
from matcalc.runtime.elementwise import Array


def named_entries(question: Question) -> Iterator[tuple[Dim, Callable[[Sample], Array]]]:
    """The places of single entries in the objective, as k in log(softmax(x)[k]), and the entry of
    the derivative there, which is claimed in place of the whole.
    """
    if question.program is None or question.rank or question.order != 1:
        return
    if len(question.variables[question.wrt].shape) != 1:
        return
    starts = [
        node.value[0][0]
        for node in question.program.expr.parts
        if node.op == "slice" and not node.shape and len(node.value) == 1
    ]
    for start in dict.fromkeys(starts):

        def entry(sample: Sample, start: Dim = start) -> Array:
            place = start.size(sample.point.sizes)
            inside = 0 <= place < sample.truth.shape[0]
            return np.asarray(sample.truth[place] if inside else np.nan)

        yield start.plus(ONE), entry
