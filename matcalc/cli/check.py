"""``matcalc check``: one claim from the command line, or the claims of a file."""

from __future__ import annotations

import re
from argparse import Namespace
from dataclasses import replace
from os.path import exists
from pathlib import Path

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.files import read_claims
from matcalc.claims.judge.forms import as_json, as_junit, as_text
from matcalc.claims.judge.marks import statements
from matcalc.claims.judge.report import UNDECIDED, Report
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.core.extras import extra
from matcalc.core.notes import at_command_line
from matcalc.core.split import declaration_lines

# the sign of a derivative
_DERIVING = re.compile(r"\\(nabla|partial|[dt]?frac\s*\{\s*(\\mathrm\s*\{?\s*)?d)|[∇∂]")
_DIFFERENTIAL = re.compile(r"\s*(?:d|\\mathrm\s*\{\s*d\s*\}|D)\s*(?:[\\(]|[A-Za-z]\b)")
_CLAIMING = re.compile(
    r"\s*(diff\s+|[d∂]/[d∂](?P<by>\w+)\s*)?(?P<left>.+?)(\s+wrt\s+(?P<wrt>\S+))?"
    r"\s*(=|\bclaim\b)\s*(?P<claim>.+?)\s*"
)
_EQUALS = re.compile(r"(?<![=<>!:])=(?!=)")
_DERIVATIVE = re.compile(
    r"\s*(?:[d∂]\s*\((?P<of>.+)\)\s*/\s*[d∂]\s*(?P<by>[^\W\d]\w*)"
    r"|(?:[d∂]\s*/\s*[d∂]\s*(?P<before>[^\W\d]\w*)|(?:∇|grad)_(?P<below>[^\W\d]\w*))"
    r"(?=[\s(])(?P<behind>.+))\s*",
    re.DOTALL,
)
_FORMS = {"text": as_text, "json": as_json, "junit": as_junit}


def check(options: Namespace) -> tuple[str, int]:
    """What to print, and the exit code: 1 if any claim is wrong, else 2 if any is undecided, else
    0.
    """
    found = _read_derivative(options)
    if found is not None:
        options = Namespace(**{**vars(options), **found})
    formula = options.claim is not None or options.latex
    reports = (
        [_judge(claim, options) for claim in _stated_claims(options)]
        if formula
        else _of_file(options)
    )
    if options.plot is not None:
        _draw(options, formula)
    codes = {report.exit_code for report in reports}
    return _FORMS[options.format](reports), 1 if 1 in codes else max(codes)


def _read_derivative(options: Namespace) -> dict[str, str] | None:
    """The claim of ``d(x'*x)/dx = 2*x``, which names its variable; None of anything else."""
    if options.claim is not None or options.latex or exists(options.expression):
        return None
    before, semicolon, last = options.expression.rpartition(";")
    sign = next((place for place in _outside(last) if _EQUALS.match(last, place)), None)
    found = _DERIVATIVE.fullmatch(last[:sign]) if sign is not None else None
    if sign is None or found is None:
        return None
    whole = (found["of"] or found["behind"]).strip()
    reach = {whole[place] for place in _outside(whole)}
    by = found["by"] or found["before"] or found["below"]
    if not reach or (found["behind"] and reach & {"+", "-"}):
        return None  # what the sign reaches is not clear
    if options.wrt not in (None, by):
        message = f"the claim is about the derivative with respect to {by}, and --wrt names"
        raise ArgumentError(f"{message} {options.wrt}", hint="leave out --wrt")
    return {
        "expression": f"{before}{semicolon}{' ' * bool(semicolon)}{whole}",
        "wrt": by,
        "claim": last[sign + 1 :].strip(),
        "typed": "",
    }


def _outside(text: str) -> list[int]:
    """The places outside brackets; of a text whose brackets do not match none."""
    depth, found = 0, []
    for place, char in enumerate(text):
        depth -= char in ")]}"
        if depth < 0:
            return []
        if depth == 0:
            found.append(place)
        depth += char in "([{"
    return [] if depth else found


def _draw(options: Namespace, formula: bool) -> None:
    """The picture of one claim."""
    from matcalc.claims.judge.convergence import convergence  # noqa: PLC0415 - few look at it

    claims = _stated_claims(options) if formula else []
    if len(claims) != 1:
        raise ArgumentError("--plot draws one claim", hint="add --claim")
    with extra("plot", "--plot"):
        # an extra
        from matcalc.tools.plot import save  # noqa: PLC0415

    save(convergence(claims[0], options.rng), options.plot)


def _judge(claim: Claim, options: Namespace) -> Report:
    """The report on a claim of the command line, whose notes speak of its options."""
    found = judge(claim, options.rng)
    notes = tuple([at_command_line(note) for note in found.notes])
    return replace(found, notes=notes, title=options.typed or found.title)


def _stated_claims(options: Namespace) -> list[Claim]:
    """The claim of the command line; those of an equation in LaTeX, if there is no other."""
    stated = [(options.expression, options.claim)]
    if options.latex:
        if options.claim is None:
            found = statements(options.expression)
            if options.wrt is None:
                _require_derivatives([left for left, *_ in found])
            stated = [(left, claim) for left, *claims in found for claim in claims]
        if not stated:
            hint = r"--claim, or an equation as in \nabla_x x^\top x = 2x"
            raise ArgumentError("what is claimed? --claim is missing", hint=hint)
        stated = [(f"${expression}$", f"${claim}$") for expression, claim in stated]
    # a declaration is judged where it is read; a mapping keeps them in order for the line that
    # reproduces the report
    lines = declaration_lines(options.var)
    declared = {line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in lines}
    asked = (declared, options.order, options.layout, options.structure)
    return [Claim(expression, options.wrt or "", claim, *asked) for expression, claim in stated]


def _require_derivatives(sides: list[str]) -> None:
    """Refuses x^\\top x = 2x, which says nothing of a derivative."""
    for side in sides:
        if not _DERIVING.search(side):
            hint = r"write \nabla_x before it, or add --wrt x"
            if _DIFFERENTIAL.match(side):
                hint = (
                    r"differentials are not supported: write \nabla_x before what is differentiated"
                )
            raise ArgumentError(
                f"{side.strip()} is not a derivative, and no variable is named",
                hint=f"{hint}; matcalc equal --latex compares two formulas",
            )


def _claim_hint(options: Namespace) -> str:
    """How a claim is written that is in the expression, after = or the word claim."""
    said = options.typed or options.expression
    before, semicolon, last = said.rpartition(";")
    found = None if re.search(r"\bwhere\b", last) else _CLAIMING.fullmatch(last)
    if found:
        wrt = found["wrt"] or found["by"]
        by = f" --wrt {wrt}" if wrt else ""
        return f'write "{before}{semicolon and "; "}{found["left"]}"{by} --claim "{found["claim"]}"'
    if Path(said).suffix[1:].isalpha():
        return "a file of claims takes no --wrt and no --var"
    return 'write what is claimed: --claim "..."'


def _of_file(options: Namespace) -> list[Report]:
    """Reports on the claims of a file; one that cannot be read is undecided, and the others are
    judged all the same.
    """
    equation = _CLAIMING.fullmatch(options.expression) and not exists(options.expression)
    if options.wrt is not None or options.var or equation:
        raise ArgumentError("what is claimed? --claim is missing", hint=_claim_hint(options))
    reports = []
    for claim in read_claims(options.expression):
        try:
            reports.append(judge(claim, options.rng))
        except MatcalcError as problem:
            reason = str(problem).removeprefix("error: ")
            reports.append(
                Report(
                    UNDECIDED,
                    claim.expr,
                    claim.wrt,
                    claim.claim,
                    claim.order,
                    reason=reason,
                    name=claim.name,
                )
            )
    return reports
