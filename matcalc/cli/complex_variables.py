"""What the command line knows of complex variables: derivatives, shorter forms, graphs."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from matcalc.claims.judge.marks import statements
from matcalc.cli.exits import DONE
from matcalc.cli.graph import in_format
from matcalc.cli.refusals import is_latex, refuse_given, require_plain, unusual
from matcalc.conjugates.answer import Wirtinger
from matcalc.conjugates.expression import ComplexExpression, parse_expression
from matcalc.core.errors import ArgumentError
from matcalc.core.notes import at_command_line
from matcalc.core.options import BACKENDS
from matcalc.version import find_version

if TYPE_CHECKING:
    from matcalc.conjugates.stationary import ComplexProblem

_TOGETHER = "{} cannot be combined with a complex variable"


def derive(
    text: str, options: Namespace, say: Callable[[str], None], answer: Callable[[str], None]
) -> int:
    """The command: all derivatives, and what is said about them."""
    found = _derivatives(text, options)
    verdict = found.verification if options.verify else None
    shown = None
    if options.notation != "matrix" or options.row_major:
        # few ask for it
        from matcalc.cli.notations import format_written, is_asked  # noqa: PLC0415

        is_asked(options)
        refuse_given({"--steps": _with_steps(options)}, "{} cannot be combined with --notation")
        written = found.in_notation(options.notation, row_major=options.row_major)
        asked = {"wrt": found.wrt, "order": found.order}
        shown = format_written(written, text, asked, options)
    if found.inferred:
        say(f"with {', '.join(f'{name}: {kind}' for name, kind in found.inferred.items())}")
    if shown is not None:
        for reading in filter(None, [written.reading]):
            say(f"shown as {reading}")
    elif found.reading:
        say(f"each is shown as {found.reading}, for the conjugate as well")
    for note in found.notes:
        say(at_command_line(note))
    if found.order == 1 and found.convention:
        say(f"note: {found.convention}")
    if verdict is not None and verdict.kind == "none":
        say(f"not verified: {verdict.how}")
    answer(_format(found, text, options) if shown is None else shown)
    if options.check and verdict is not None:
        say(f"verified: {verdict}")
    return DONE


def check(options: Namespace) -> tuple[str, int]:
    """What ``matcalc check`` says of claims, and the exit code."""
    stated = [(options.expression, options.claim)]
    if options.latex and options.claim is None:
        found = statements(options.expression)
        stated = [(left, claim) for left, *claims in found for claim in claims]
    if not stated or stated[0][1] is None:
        raise ArgumentError(
            "what is claimed? --claim is missing",
            hint='matcalc check "z^H*z" --wrt z --claim z --var "z: complex vector(n)"',
        )
    given = {
        "--layout": options.layout != "mixed",
        "--structure": options.structure != "declared",
        "--plot": options.plot is not None,
    }
    refuse_given(given, _TOGETHER)
    if options.format not in ("text", "json"):
        raise ArgumentError("claims about complex variables are judged as text or json")
    asked = options.wrt or "", options.var
    reports = [
        Wirtinger(left, *asked, order=options.order, latex=options.latex).judge(
            claim, latex=options.latex
        )
        for left, claim in stated
    ]
    codes = {report.exit_code for report in reports}
    code = 1 if 1 in codes else max(codes)
    if options.format == "text":
        return "\n\n".join(map(str, reports)), code
    content = [report.to_json() for report in reports]
    shown = content[0] if len(content) == 1 else content
    return json.dumps(shown, indent=2, ensure_ascii=False), code


def simplify(text: str, options: Namespace, say: Callable[[str], None]) -> str:
    """The same value in fewer signs."""
    given = {
        "--expand-inverse": options.expand_inverse,
        "--cse": options.cse,
        "--einstein": options.einstein,
    }
    refuse_given(given, _TOGETHER)
    simple = parse_expression(text, options.var, latex=is_latex(options)).simplify()
    _say_of(simple, say)
    if options.format == "latex":
        return simple.latex()
    return simple.source(options.format).rstrip("\n") if options.format in BACKENDS else str(simple)


def make_stationary(text: str, options: Namespace, say: Callable[[str], None]) -> str:
    """The point where a real function is stationary, with its reasons."""
    from matcalc.answers.extrema.stationary import NamedProblem  # noqa: PLC0415 - for this alone
    from matcalc.conjugates.stationary import ComplexProblem  # noqa: PLC0415 - the same

    refuse_given({"--einstein": options.einstein}, _TOGETHER)
    problem = ComplexProblem(
        text,
        options.several,
        options.var,
        subject_to=options.subject_to,
        latex=is_latex(options),
    )
    _say_of(problem, say)
    found = problem.solve()
    if options.format == "latex" and not isinstance(found, NamedProblem):
        return found.latex()
    return found.report()


def show(text: str, say: Callable[[str], None]) -> str:
    """An expression as it was typed, or in fewer signs."""
    found = parse_expression(text)
    _say_of(found, say)
    return str(found)


def _say_of(found: ComplexExpression | ComplexProblem, say: Callable[[str], None]) -> None:
    """What was inferred, and notes."""
    if found.inferred:
        say(f"with {', '.join(f'{name}: {kind}' for name, kind in found.inferred.items())}")
    for note in found.notes:
        say(at_command_line(note))


def draw(text: str, options: Namespace) -> str:
    """The computational graph in a format."""
    given = {
        "--at": options.at is not None,
        "--network": options.network,
        "--mode": options.mode,
        "--sizes": options.sizes,
        "--einstein": options.einstein,
    }
    refuse_given({option: bool(each) for option, each in given.items()}, _TOGETHER)
    graph = parse_expression(text, options.var, latex=is_latex(options)).graph(options.wrt)
    return in_format(graph, options.format)


def _with_steps(options: Namespace) -> bool:
    asked = options.command != "hessian" and (options.steps or options.format == "markdown")
    return bool(asked)


def _derivatives(text: str, options: Namespace) -> Wirtinger:
    """The derivatives with respect to the variable and to its conjugate."""
    order = 2
    if options.command != "hessian":
        require_plain(options, "a complex variable", steps=True)
        given = {**unusual(options), "--manifold": options.manifold, "--metric": options.metric}
        del given["--order"], given["--notation"]
        refuse_given(
            {each: bool(is_given) for each, is_given in given.items()},
            _TOGETHER,
        )
        order = options.order
    given = {"--einstein": options.einstein, "--symmetric-check": options.symmetric_check}
    refuse_given(given, _TOGETHER)
    if len(options.several) > 1:
        raise ArgumentError(
            "the second derivatives are with respect to one complex variable and its conjugate",
            hint=f"name one of them: --wrt {options.several[0]}",
        )
    wrt = options.several[0] if options.several else ""
    return Wirtinger(
        text, wrt, options.var, order=order, verify=options.verify, latex=options.latex
    )


def _format(found: Wirtinger, text: str, options: Namespace) -> str:
    """The answer in a format."""
    if _with_steps(options):
        # a plain answer does not need it
        from matcalc.cli.steps import steps_text  # noqa: PLC0415

        return steps_text(found, text, options)
    if options.format == "latex":
        return found.latex()
    if options.format in BACKENDS:
        return found.source(options.format).rstrip("\n")
    if options.format == "json":
        content = {
            "version": find_version(),
            "expression": text,
            **found.to_json(),
            "verification": str(found.verification) if options.verify else None,
        }
        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.text()
