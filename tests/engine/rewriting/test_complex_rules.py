"""Every rewrite that is used on complex values holds at complex points."""

import numpy as np
import pytest

from matcalc.core.language import BUILT_IN
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.catalogue.sides import parse
from matcalc.engine.rewriting.pattern import pattern
from matcalc.verify.oracle.interpret import interpret

KNOWN = catalogue(BUILT_IN)
FREE = {"scalar", "vector", "matrix"}  # no complex variable is of another kind
ANALYTIC = [each.name for each in LIBRARY.rewrites if pattern(KNOWN, each.name).analytic]


def difference(name, rng):
    """The largest relative difference of the sides at a point, None where they have no value."""
    entry, rule = LIBRARY.get(name), KNOWN.rewrite(name)
    variables = parse(entry, entry.expr, BUILT_IN).variables
    if not {each.kind for each in variables.values()} <= FREE:
        return None
    sizes = {letter: 2 + place for place, letter in enumerate("nmkp")}
    values = {}
    for each in variables.values():
        shape = tuple(size.size(sizes) for size in each.shape)
        values[each.name] = 2 * (rng.normal(size=shape) + 1j * rng.normal(size=shape))
    try:
        left, right = (interpret(side, values, sizes) for side in (rule.left, rule.right))
    except (TypeError, ValueError, np.linalg.LinAlgError):
        return None  # a power that has to be a whole number
    if not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        return None
    scale = max(1.0, float(np.max(np.abs(left), initial=0)))
    return float(np.max(np.abs(left - right), initial=0)) / scale


@pytest.mark.parametrize("name", ANALYTIC)
def test_holds_at_complex_points(name):
    rng = np.random.default_rng(3)
    found = [difference(name, rng) for _ in range(8)]
    assert max((each for each in found if each is not None), default=0) < 1e-6


@pytest.mark.parametrize("name", ["log-exp", "log1p-expm1"])
def test_what_holds_of_real_numbers_alone_is_told(name):
    assert name not in ANALYTIC
    rng = np.random.default_rng(3)
    assert max(difference(name, rng) for _ in range(8)) > 0.1


def test_most_are_tried():
    rng = np.random.default_rng(3)
    assert sum(difference(name, rng) is not None for name in ANALYTIC) > len(ANALYTIC) / 2
