"""matcalc: symbolic matrix calculus, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcalc import testing
    from matcalc.analysis import (
        convex,
        from_definition,
        gauss_newton,
        implicit,
        linearize,
        newton,
        stationary,
        symmetry,
        taylor,
    )
    from matcalc.answers.derivatives.backprop import Backprop, backprop
    from matcalc.answers.derivatives.directional import Directional
    from matcalc.answers.derivatives.gradients import Gradients
    from matcalc.answers.derivatives.hessian import Hessian
    from matcalc.answers.derivatives.joint import Joint
    from matcalc.answers.expansions.series import series
    from matcalc.answers.expansions.taylor import TaylorPolynomial
    from matcalc.answers.objectives.optimize import Problem, compile
    from matcalc.api import (
        Language,
        diff,
        equal,
        from_sympy,
        hessian,
        hvp,
        jvp,
        load_identities,
        parse,
        parse_latex,
        simplify,
        vjp,
    )
    from matcalc.claims.judge.equal import Equality
    from matcalc.conjugates.answer import wirtinger
    from matcalc.conjugates.expression import parse_complex
    from matcalc.core.errors import MatcalcError, NotationWarning, VerificationWarning
    from matcalc.results import Derivative, Expression

    __version__: str

__all__ = [
    "Backprop",
    "Derivative",
    "Directional",
    "Equality",
    "Expression",
    "Gradients",
    "Hessian",
    "Joint",
    "Language",
    "MatcalcError",
    "NotationWarning",
    "Problem",
    "TaylorPolynomial",
    "VerificationWarning",
    "__version__",
    "backprop",
    "compile",
    "convex",
    "diff",
    "equal",
    "from_definition",
    "from_sympy",
    "gauss_newton",
    "hessian",
    "hvp",
    "implicit",
    "jvp",
    "linearize",
    "load_identities",
    "newton",
    "parse",
    "parse_complex",
    "parse_latex",
    "series",
    "simplify",
    "stationary",
    "symmetry",
    "taylor",
    "testing",
    "vjp",
    "wirtinger",
]

# Loaded when first used: generated code imports matcalc.runtime, and does not want the engine that
# comes with these.
_HOMES = {
    "Backprop": "matcalc.answers.derivatives.backprop",
    "backprop": "matcalc.answers.derivatives.backprop",
    "Derivative": "matcalc.results",
    "Directional": "matcalc.answers.derivatives.directional",
    "Equality": "matcalc.claims.judge.equal",
    "Expression": "matcalc.results",
    "Gradients": "matcalc.answers.derivatives.gradients",
    "Hessian": "matcalc.answers.derivatives.hessian",
    "Joint": "matcalc.answers.derivatives.joint",
    "Language": "matcalc.api",
    "MatcalcError": "matcalc.core.errors",
    "NotationWarning": "matcalc.core.errors",
    "Problem": "matcalc.answers.objectives.optimize",
    "VerificationWarning": "matcalc.core.errors",
    "compile": "matcalc.answers.objectives.optimize",
    "convex": "matcalc.analysis",
    "diff": "matcalc.api",
    "load_ipython_extension": "matcalc.tools.notebook",  # for %load_ext matcalc
    "equal": "matcalc.api",
    "from_definition": "matcalc.analysis",
    "from_sympy": "matcalc.api",
    "gauss_newton": "matcalc.analysis",
    "hessian": "matcalc.api",
    "hvp": "matcalc.api",
    "implicit": "matcalc.analysis",
    "jvp": "matcalc.api",
    "linearize": "matcalc.analysis",
    "load_identities": "matcalc.api",
    "newton": "matcalc.analysis",
    "parse": "matcalc.api",
    "parse_complex": "matcalc.conjugates.expression",
    "parse_latex": "matcalc.api",
    "series": "matcalc.answers.expansions.series",
    "simplify": "matcalc.api",
    "stationary": "matcalc.analysis",
    "symmetry": "matcalc.analysis",
    "TaylorPolynomial": "matcalc.answers.expansions.taylor",
    "taylor": "matcalc.analysis",
    "vjp": "matcalc.api",
    "wirtinger": "matcalc.conjugates.answer",
}


_OTHER_WORDS = {  # and what is called by them here
    "check": "matcalc.testing.check_gradient",
    **dict.fromkeys(("derivative", "grad", "gradient", "jacobian"), "matcalc.diff"),
}


def _find(name: str) -> Any:
    if name not in __all__ and name not in _HOMES:
        meant = f"; write {_OTHER_WORDS[name]}" if name in _OTHER_WORDS else ""
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{meant}")
    if name == "__version__":
        from matcalc.version import find_version  # noqa: PLC0415 - reading metadata is slow

        return find_version()
    from importlib import import_module  # noqa: PLC0415 - the command does not need it

    if name not in _HOMES:
        return import_module(f"{__name__}.{name}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


if not TYPE_CHECKING:  # so that type checkers know the names above and no others
    __getattr__ = _find


def __dir__() -> list[str]:
    return sorted(__all__)
