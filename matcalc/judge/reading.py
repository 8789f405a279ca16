r"""Formulas of claims: texts of the language or, between dollar signs as in ``$x^\top x$``, LaTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from matcalc.core.dims import Shape, dim
from matcalc.core.errors import ArgumentProblem, ShapeProblem
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.frontend import read
from matcalc.judge.question import Claim
from matcalc.results import Expression

Declarations = Mapping[str, str | Variable]
# $...$, $$...$$, \(...\) and \[...\]: nothing of these can stand in a text of the language
_LATEX = re.compile(r"\s*(\$.*\$|\\\(.*\\\)|\\\[.*\\\])\s*", re.DOTALL)


def is_latex(formula: str) -> bool:
    """Whether a formula is written in LaTeX."""
    return _LATEX.fullmatch(formula) is not None


def read_formula(formula: str, declarations: Declarations) -> Program:
    """The typed program of a formula in either language; of LaTeX its ``source`` is the text that means the same."""
    if not is_latex(formula):
        return read(formula, declarations)
    from matcalc.tex.read import read_latex  # noqa: PLC0415 - most claims are not in LaTeX

    program = read_latex(formula, declarations)
    return replace(program, source=str(Expression(program)))


def read_objective(claim: Claim) -> tuple[Program, Claim]:
    """The objective, and the claim about its text: with the variable that a formula in LaTeX names, if it does."""
    program = read_formula(claim.expr, claim.variables)
    if not is_latex(claim.expr):
        return program, claim
    wrt, order = Expression(program).wanted(claim.wrt or None, claim.order)
    return program, replace(claim, expr=program.source, wrt=wrt, order=order, variables=program.variables)


def read_stated(claim: Claim, known: Mapping[str, Variable]) -> tuple[Program, str]:
    """The claimed formula over the variables of the objective, and why it does not fit unless all sizes are equal."""
    try:
        stated, misfit = read_formula(claim.claim, known), ""
    except ShapeProblem as problem:
        try:
            stated, misfit = read_formula(claim.claim, squared(known)), problem.message
        except ShapeProblem:
            raise problem from None
    if stated.asked is not None:
        raise ArgumentProblem(
            "the claim is itself a derivative that is to be found", hint="the sign for it belongs before the objective"
        )
    return stated, misfit


def squared(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """The same variables with one name for all named dimensions."""
    return {name: Variable(name, v.kind, squared_shape(v.dims)) for name, v in variables.items()}


def squared_shape(shape: Shape) -> Shape:
    """The same with one name for all."""
    return tuple(size.put(lambda _: dim("n")) for size in shape)
