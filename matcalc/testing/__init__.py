"""Checks of gradients for test suites: ``assert_gradient`` and its kin raise ``GradientMismatch``,
which carries a report.

The objective and the claim are formulas (texts in matcalc's language, or what ``matcalc.parse`` and
``matcalc.diff`` return) or functions of NumPy, PyTorch or JAX arrays. ``at`` gives a point,
``variables`` declares what is not clear from it, and ``rng`` is what ``numpy.random.default_rng``
takes (SPEC 7). docs/check.md has examples.
"""

from matcalc.testing.checks import (
    GradientMismatch,
    assert_gradient,
    assert_hessian,
    assert_jacobian,
    assert_jvp,
    assert_vjp,
    check_gradient,
    check_hessian,
    check_jacobian,
    check_jvp,
    check_vjp,
)

__all__ = [
    "GradientMismatch",
    "assert_gradient",
    "assert_hessian",
    "assert_jacobian",
    "assert_jvp",
    "assert_vjp",
    "check_gradient",
    "check_hessian",
    "check_jacobian",
    "check_jvp",
    "check_vjp",
]


def __dir__() -> list[str]:
    return sorted(__all__)
