"""Whether an entry of identities/ is true, by numbers that owe nothing to the engine."""

import re

import numpy as np

from matcalc.core.kinds import Variable
from matcalc.core.operations import OF_SYMMETRIC
from matcalc.core.subspaces import frame_of
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import agree
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.numeric import numeric_derivative, project_on_frame
from matcalc.verify.oracle.sample import find_sizes, matrix_exponents

_TOKEN = re.compile(r"\d+\.\d+(?:[eE][-+]?\d+)?|\d+|[^\W\d]\w*|\.\*|\./|\.\^|[-+*/^']")


def tokens(text):
    """The length of a formula: names, numbers and operators count one each, brackets and commas
    nothing.
    """
    return len(_TOKEN.findall(text))


def kinds(entry):
    """The declarations for the sweep: those of ``given``, narrowed by ``domain``; integers the
    sampler finds by their place.
    """
    narrowed = {name: kind for name, kind in (entry.domain or {}).items() if kind != "integer"}
    return {**entry.given, **narrowed}


def points(program, seed=5, count=4):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield rng, *find_sizes([program.expr], program.variables, rng)


def relative_error(found, expected):
    assert found.shape == expected.shape
    assert np.all(np.isfinite(expected))
    return float(
        np.max(np.abs(found - expected), initial=0.0)
        / max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    )


def moving(entry, program):
    """The variables whose differentials a ``diff`` states; integer exponents stay where they
    are.
    """
    names = [entry.wrt] if entry.wrt else list(entry.given)
    return [name for name in names if name not in matrix_exponents([program.expr])]


def stated_differentials(entry):
    """At random points and in random directions, one variable moving at a time: where, along what,
    what ``right`` is.
    """
    program = read(entry.expr, kinds(entry))
    plain = ("scalar", "vector", "matrix")
    extra = {"Y": Variable("Y", plain[program.expr.rank], program.expr.shape)}
    for name in entry.given:
        shape = program.variables[name].shape
        extra["d" + name] = Variable("d" + name, plain[len(shape)], shape)
    right = read(entry.right, {**kinds(entry), **extra})
    for rng, sizes, values in points(program):
        for name in moving(entry, program):
            directions = {"d" + other: np.zeros(np.shape(values[other])) for other in entry.given}
            direction = rng.standard_normal(np.shape(values[name]))
            if program.expr.op in OF_SYMMETRIC:
                direction = direction + direction.T
            directions["d" + name] = direction
            known = {**values, **directions, "Y": interpret(program.expr, values, sizes)}
            yield name, sizes, values, direction, interpret(right.expr, known, sizes)


def differential_error(entry, derivative=None):
    """The largest error of ``d expr = right`` against numeric derivatives, or against
    ``derivative(name)`` as a typed tree.
    """
    program = read(entry.expr, kinds(entry))
    errors = []
    for name, sizes, values, direction, stated in stated_differentials(entry):
        if derivative is None:
            jacobian, _ = numeric_derivative(
                program.expr, program.variables, name, 1, values, sizes
            )
        else:
            jacobian = interpret(derivative(name), values, sizes)
        errors.append(
            relative_error(stated, np.asarray(np.tensordot(jacobian, direction, direction.ndim)))
        )
    return max(errors)


def equality_report(entry):
    """The oracle's verdict on ``expr = right``."""
    return agree(read(entry.expr, kinds(entry)), read(entry.right, kinds(entry)))


def published_error(entry):
    """The largest error of a published derivative, which stands in matcalc's own layout or is the J
    of ``vec``. A false one is so at almost every point, so two are as good as more.
    """
    program = read(entry.expr, kinds(entry))
    right = read(entry.right, kinds(entry))
    kind = frame_of(program.variables[entry.wrt].kind, entry.structure)
    errors = []
    for _, sizes, values in points(program, count=2):
        expected, _ = numeric_derivative(
            program.expr, program.variables, entry.wrt, entry.order, values, sizes
        )
        expected = project_on_frame(expected, kind, program.expr.rank, entry.order)
        if expected.ndim > len(right.expr.shape) == 2:
            columns = program.variables[entry.wrt].shape
            expected = expected.reshape(
                (-1, int(np.prod([size.size(sizes) for size in columns]))), order="F"
            )
        open_sizes = {
            axis.names[0]: size
            for axis, size in zip(right.expr.shape, expected.shape, strict=True)
            if axis.names
        }
        errors.append(relative_error(interpret(right.expr, values, open_sizes | sizes), expected))
    return max(errors)
