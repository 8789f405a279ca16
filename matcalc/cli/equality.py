"""``matcalc equal``."""

from __future__ import annotations

from argparse import Namespace

from matcalc.claims.judge.equal import Equality, judge_equation
from matcalc.cli.refusals import is_latex, refuse_given
from matcalc.core.kinds import declares_complex
from matcalc.core.program import Program
from matcalc.engine.inner import expand
from matcalc.read.frontend import read_pair


def decide(options: Namespace) -> Equality:
    """The verdict on the two expressions."""
    if declares_complex((options.left, options.right, *options.var)):
        # few variables are complex
        from matcalc.conjugates.equality import equal  # noqa: PLC0415

        refuse_given({"--einstein": options.einstein}, "{} does not go with a complex variable")
        return equal(options.left, options.right, options.var, latex=options.latex)
    left = options.typed or options.left
    return judge_equation(*_read(options), left, options.right, options.rng)


def _read(options: Namespace) -> tuple[Program, Program]:
    if is_latex(options):
        # most expressions are not in LaTeX
        from matcalc.read.tex.read import read_latex_pair  # noqa: PLC0415

        sides = (options.left, options.right)
        return read_latex_pair(*sides, options.var, einstein=options.einstein)
    return read_pair(options.left, options.right, options.var, expand=expand)
