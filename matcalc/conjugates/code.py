"""Code for derivatives by complex variables."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.conjugates.reading import UNIT, ComplexProgram, conjugate
from matcalc.core.boundary import warn_caller
from matcalc.core.errors import UnsupportedError, VerificationWarning
from matcalc.core.tree import Expr
from matcalc.verify.readback.values import confirm
from matcalc.write.printers.standalone import Standalone

_INNER = "_values"  # the function of the variables and their conjugates
# what other frameworks call the gradient of a real function
_CONVENTIONS = {
    "jax": "jax.grad gives 2*d/dz, the conjugate of the gradient here",
    "torch": "torch.autograd gives 2*d/dconj(z), the gradient here",
}


def source(
    found: ComplexProgram,
    value: Expr | Mapping[str, Expr],
    backend: str,
    name: str,
    title: str,
    *,
    verify: bool,
) -> str:
    """The source of a function of the variables alone, which forms the conjugates. It returns a
    value, or a mapping of several.
    """
    several = not isinstance(value, Expr)
    trees = {"": value} if isinstance(value, Expr) else value
    if backend != "numpy":
        says = _CONVENTIONS.get(backend, "") if several else ""
        raise UnsupportedError(
            f"code with complex variables is for NumPy, not {backend}",
            hint=f'source("numpy"), or --format numpy, computes it{f"; {says}" if says else ""}',
        )
    others = {conjugate(each): each for each in found.conjugated}
    program = found.program
    own = {key: each for key, each in program.variables.items() if key not in (*others, UNIT)}
    root = Expr("several", tuple(trees.values()), value=tuple(trees)) if several else trees[""]
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
            f"    Takes {', '.join(wanted)} by keyword.{' Returns a mapping.' * several}",
            '    """',
            f"    return {_INNER}(",
            *(f"        {each}," for each in passed),
            *(f"        {key}={code}," for key, code in given.items()),
            "    )",
            "",
        ]
    )
    if verify:
        # it loads NumPy
        from matcalc.conjugates.check import code_agrees  # noqa: PLC0415

        verdict = code_agrees(text, name, found, trees)
        if verdict is None:
            says = "not verified: the code was not run, for no point was found where it has a value"
            warn_caller(says, VerificationWarning)
        confirm(verdict is not False, "code", found.program.language)
    return text
