"""``matcalc check``: one claim from the command line, or the claims of a file."""

from __future__ import annotations

import sys
from argparse import Namespace

from matcalc.core.errors import ArgumentProblem, MatcalcError
from matcalc.judge.files import read_claims
from matcalc.judge.forms import as_json, as_junit, as_text
from matcalc.judge.question import Claim
from matcalc.judge.report import UNDECIDED, Report
from matcalc.judge.verdict import judge
from matcalc.results import Expression
from matcalc.tex.read import read_latex

_FORMS = {"text": as_text, "json": as_json, "junit": as_junit}


def check(options: Namespace) -> tuple[str, int]:
    """What to print, and the exit code: 1 if any claim is wrong, else 2 if any is undecided, else 0."""
    reports = [judge(_single(options), options.rng)] if options.claim is not None else _of_file(options)
    codes = {report.exit_code for report in reports}
    return _FORMS[options.format](reports), 1 if 1 in codes else max(codes)


def _single(options: Namespace) -> Claim:
    if options.latex:
        return _in_latex(options)
    if options.wrt is None:
        raise ArgumentProblem("--claim needs --wrt: the derivative by which variable?")
    # a declaration is judged where it is read; a mapping keeps them in order for the line that reproduces the report
    declared = {line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in options.var}
    return Claim(options.expression, options.wrt, options.claim, declared, options.order, options.layout, options.structure)


def _in_latex(options: Namespace) -> Claim:
    """The claim with its formulas as texts; what the objective says of the letters holds in the claimed derivative, too."""
    objective = Expression(read_latex(options.expression, options.var))
    wrt, order = objective.wanted(options.wrt, options.order)
    claimed = Expression(read_latex(options.claim, objective.variables))
    for note in dict.fromkeys((*objective.notes, *claimed.notes)):
        print(note, file=sys.stderr)
    variables = {name: str(variable) for name, variable in {**claimed.variables, **objective.variables}.items()}
    return Claim(str(objective), wrt, str(claimed), variables, order, options.layout, options.structure)


def _of_file(options: Namespace) -> list[Report]:
    """Reports on the claims of a file; one that cannot be read is undecided, and the others are judged all the same."""
    if options.wrt is not None or options.var:
        raise ArgumentProblem("what is claimed? --claim is missing", hint="a file of claims takes no --wrt and no --var")
    reports = []
    for claim in read_claims(options.expression):
        try:
            reports.append(judge(claim, options.rng))
        except MatcalcError as problem:
            reason = str(problem).removeprefix("error: ")
            reports.append(Report(UNDECIDED, claim.expr, claim.wrt, claim.claim, claim.order, reason=reason, name=claim.name))
    return reports
