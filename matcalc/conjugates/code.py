"""Code for derivatives by complex variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from matcalc.conjugates.check import points
from matcalc.conjugates.reading import UNIT, ComplexProgram, conjugate
from matcalc.core.boundary import warn_caller
from matcalc.core.errors import EvaluationError, UnsupportedError, VerificationWarning
from matcalc.core.tree import Expr
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.readback.values import confirm
from matcalc.write.printers.numpy_code import compile_numpy
from matcalc.write.printers.standalone import Standalone

_INNER = "_derivatives"  # the function of the variables and their conjugates
_TOLERANCE = 1e-9
_TRIES = 8
# what other frameworks call the gradient of a real function
_CONVENTIONS = {
    "jax": "jax.grad gives 2*d/dz, the conjugate of the gradient here",
    "torch": "torch.autograd gives 2*d/dconj(z), the gradient here",
}


def source(
    found: ComplexProgram,
    trees: Mapping[str, Expr],
    backend: str,
    name: str,
    title: str,
    *,
    verify: bool,
) -> str:
    """The source of a function of the variables alone: it forms the conjugates."""
    if backend != "numpy":
        says = _CONVENTIONS.get(backend, "")
        raise UnsupportedError(
            f"code for derivatives with respect to complex variables is for NumPy, not {backend}",
            hint=f'source("numpy"), or --format numpy, computes it{f"; {says}" if says else ""}',
        )
    others = {conjugate(each): each for each in found.conjugated}
    program = found.program
    own = {key: each for key, each in program.variables.items() if key not in (*others, UNIT)}
    root = Expr("several", tuple(trees.values()), value=tuple(trees))
    inner = Standalone(root, {**own, **program.variables}, _INNER, "With the conjugates given.")
    wanted = [key for key in inner.arguments() if key not in (*others, UNIT)]
    got = "{0}" if inner.plain else 'arguments.get("{0}", np.nan)'  # the other one says what lacks
    given = {key: f"np.conj({got.format(each)})" for key, each in others.items()}
    given |= {UNIT: "1j"} if UNIT in program.variables else {}
    passed = [f"{key}={key}" for key in wanted] if inner.plain else ["**arguments"]
    taken = f"*, {', '.join(wanted)}" if inner.plain else "**arguments"
    quoted = title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\n    ")
    text = "\n".join(
        [
            inner.text().rstrip(),
            "",
            "",
            f"def {name}({taken}):",
            f'    """{quoted}',
            "",
            f"    Takes {', '.join(wanted)} by keyword. Returns a mapping.",
            '    """',
            f"    return {_INNER}(",
            *(f"        {each}," for each in passed),
            *(f"        {key}={code}," for key, code in given.items()),
            "    )",
            "",
        ]
    )
    if verify:
        verdict = _agrees(text, name, found, trees)
        if verdict is None:
            says = "not verified: the code was not run, for no point was found where it has a value"
            warn_caller(says, VerificationWarning)
        confirm(verdict is not False, "code", found.program.language)
    return text


def _agrees(text: str, name: str, found: ComplexProgram, trees: Mapping[str, Expr]) -> bool | None:
    """Whether the code computes the trees at a complex point: at an ill-conditioned one right code
    may fail, but not at all. None where no point is found at which they have values.
    """
    function = compile_numpy(text, name)
    hidden = {*map(conjugate, found.conjugated), UNIT}
    visited = False
    with np.errstate(all="ignore"):
        for values, sizes in points(found, _TRIES):
            expected = {key: interpret(tree, values, sizes) for key, tree in trees.items()}
            if not all(np.all(np.isfinite(each)) for each in expected.values()):
                continue
            visited = True
            own = {key: value for key, value in values.items() if key not in hidden}
            try:
                computed = function(**own)
            except (EvaluationError, ArithmeticError, ValueError, TypeError, IndexError):
                continue
            if all(_same(computed[key], each) for key, each in expected.items()):
                return True
    return False if visited else None


def _same(computed: Any, expected: Any) -> bool:
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    there = np.shape(computed) == np.shape(expected)
    return there and np.allclose(computed, expected, atol=_TOLERANCE * scale)
