"""Whether an entry of identities/ is true, by numbers that owe nothing to the engine."""

import numpy as np

from matcalc.core.kinds import Variable
from matcalc.frontend import read
from matcalc.oracle.compare import agree
from matcalc.oracle.interpret import interpret
from matcalc.oracle.numeric import numeric_derivative
from matcalc.oracle.sample import find_sizes, integer_exponents


def kinds(entry):
    """The declarations for the sweep: those of ``given``, narrowed by ``domain``; integers the sampler finds by their place."""
    narrowed = {name: kind for name, kind in (entry.domain or {}).items() if kind != "integer"}
    return {**entry.given, **narrowed}


def points(program, seed=5, count=4):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield rng, *find_sizes([program.expr], program.variables, rng)


def relative_error(found, expected):
    assert found.shape == expected.shape
    assert np.all(np.isfinite(expected))
    return float(np.max(np.abs(found - expected), initial=0.0) / max(1.0, float(np.max(np.abs(expected), initial=0.0))))


def differential_error(entry):
    """The largest error of ``d expr = right`` over random points and directions, one parameter moving at a time."""
    program = read(entry.expr, kinds(entry))
    plain = ("scalar", "vector", "matrix")
    extra = {"Y": Variable("Y", plain[program.expr.rank], program.expr.shape)}
    for name in entry.given:
        shape = program.variables[name].shape
        extra["d" + name] = Variable("d" + name, plain[len(shape)], shape)
    right = read(entry.right, {**kinds(entry), **extra})
    errors = []
    for rng, sizes, values in points(program):
        for name in entry.given:
            if name in integer_exponents([program.expr]):
                continue
            directions = {"d" + other: np.zeros(np.shape(values[other])) for other in entry.given}
            direction = directions["d" + name] = rng.standard_normal(np.shape(values[name]))
            jacobian, _ = numeric_derivative(program.expr, program.variables, name, 1, values, sizes)
            expected = np.tensordot(jacobian, direction, direction.ndim)
            known = {**values, **directions, "Y": interpret(program.expr, values, sizes)}
            errors.append(relative_error(interpret(right.expr, known, sizes), np.asarray(expected)))
    return max(errors)


def equality_report(entry):
    """The oracle's verdict on ``expr = right``."""
    return agree(read(entry.expr, kinds(entry)), read(entry.right, kinds(entry)))


def published_error(entry):
    """The largest error of a published derivative, which stands in matcalc's own layout."""
    program = read(entry.expr, kinds(entry))
    right = read(entry.right, kinds(entry))
    errors = []
    for _, sizes, values in points(program):
        expected, _ = numeric_derivative(program.expr, program.variables, entry.wrt, entry.order, values, sizes)
        open_sizes = {axis.names[0]: size for axis, size in zip(right.expr.shape, expected.shape, strict=True) if axis.names}
        errors.append(relative_error(interpret(right.expr, values, open_sizes | sizes), expected))
    return max(errors)
