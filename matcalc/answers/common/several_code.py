"""Code of several formulas in one function."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.options import require_code
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.verify.readback.values import confirm


def source_of_several(
    program: Program,
    trees: Mapping[str, Expr],
    title: str,
    backend: str,
    name: str,
    runtime: str,
    *,
    verify: bool,
) -> str:
    """Source of one function that returns a mapping from names to the values of trees over the
    variables of a program, and computes what they share once.
    """
    require_code(backend, runtime, name)
    # a plain answer does not need it
    from matcalc.stable import stable  # noqa: PLC0415
    from matcalc.write.printers.backends import source_kind  # noqa: PLC0415

    variables, spoken = program.variables, program.language
    root = Expr("several", tuple(trees.values()), value=tuple(trees))
    tree = stable(root, variables, spoken)
    source = source_kind(backend, runtime)(tree, variables, name, title)
    text = source.text()
    if verify:
        # it loads NumPy
        from matcalc.verify.readback.code import several_say as code_says  # noqa: PLC0415

        if backend != "numpy":  # what is run is the same program for NumPy
            source = source_kind("numpy", runtime)(tree, variables, name, "")
        ran = text if backend == "numpy" else source.text()
        confirm(code_says(ran, source, trees, variables), "code", spoken)
    return text
