"""The command ``matcalc``: the answer alone on standard output, everything said about it on
standard error.

Exit codes: 0 done, 1 the check failed or the claim is wrong, 2 bad input or undecided, 3 a bug in
matcalc; 130 and 141 after an interrupt and a closed pipe.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from matcalc.cli.arguments import command_names, parse_arguments
from matcalc.cli.calculus import REPORTED
from matcalc.cli.exits import CHECK_FAILED, DONE, catch
from matcalc.cli.kinds import describe_inferred_kinds, shapes_line
from matcalc.cli.output import answer as _answer
from matcalc.cli.output import say as _say
from matcalc.cli.output import say_unverified
from matcalc.cli.reading import read_expression, read_left_side
from matcalc.cli.refusals import is_latex
from matcalc.conjugates.choice import compare_texts, has_complex
from matcalc.core.errors import (
    ArgumentError,
    ParseError,
    SymbolicLoopError,
    VerificationWarning,
)
from matcalc.core.extras import extra
from matcalc.core.members import families
from matcalc.core.notes import at_command_line
from matcalc.core.options import BACKENDS

if TYPE_CHECKING:
    from matcalc.answers.derivatives.directional import Directional
    from matcalc.answers.derivatives.gradients import Gradients
    from matcalc.answers.derivatives.hessian import Hessian
    from matcalc.answers.expansions.taylor import TaylorPolynomial
    from matcalc.results import Derivative, Expression, Formula
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    return catch(lambda: _run(sys.argv[1:] if argv is None else argv))


def _run(argv: Sequence[str]) -> int:
    options = parse_arguments(argv)
    if options.version:
        from matcalc.version import find_version  # noqa: PLC0415 - reading metadata is slow

        _answer(f"matcalc {find_version()}")
        return DONE
    if options.command is None:
        from matcalc.cli.console import run_console  # noqa: PLC0415 - the commands do without

        return run_console(main)
    return _with_identities(options) if options.identities else _command(options)


def _with_identities(options: Namespace) -> int:
    """The command, with files of identities loaded as long as it runs."""
    from contextlib import ExitStack  # noqa: PLC0415 - most commands bring no identities

    from matcalc.extend.user_defined.load import load_identities  # noqa: PLC0415 - it loads NumPy

    with ExitStack() as stack:
        for file in options.identities:
            for note in stack.enter_context(load_identities(file)).notes:
                _say(note)
        return _command(options)


def _command(options: Namespace) -> int:
    if options.command == "identities":
        return _identities(options.word)
    if options.command == "functions":
        return _functions(options.word)
    if options.command == "hessian":
        return _hessian(options)
    if options.command in REPORTED or getattr(options, "series", False):
        return _report(options)
    if options.command in ("jvp", "vjp", "hvp", "taylor", "linearize"):
        return _directional(
            options, _standard_input() if options.expression == "-" else options.expression
        )
    if options.command == "graph":
        return _graph(options)
    if options.command == "backprop":
        text = options.expression
        return _backprop(_standard_input() if text == "-" else text, options)
    if options.command == "web":
        return _web(options)
    if options.command in ("completion", "manual"):
        return _print(options)
    if options.command in ("mcp", "lsp"):
        return _serve(options.command)
    return {"diff": _diff, "check": _check, "simplify": _simplify, "equal": _equal}[
        options.command
    ](options)


def _backprop(text: str, options: Namespace) -> int:
    """The equations forwards and backwards."""
    from matcalc.cli.backprop import derive, format_answer  # noqa: PLC0415 - few programs have loops

    found = derive(text, options)
    _say(f"{describe_inferred_kinds(found.variables)}verified: {found.verification}")
    _answer(format_answer(found, text, options.format))
    return DONE


def _check(options: Namespace) -> int:
    if _is_complex(options.expression or "", options):
        # few variables are complex
        from matcalc.cli.complex_variables import check as check_complex  # noqa: PLC0415

        text, code = check_complex(options)
        _answer(text)
        return code
    from matcalc.cli.check import check  # noqa: PLC0415 - it loads NumPy, and diff does without

    text, code = check(options)
    _answer(text)
    return code


def _graph(options: Namespace) -> int:
    from matcalc.cli.graph import graph_text, source_text  # noqa: PLC0415 - few look at graphs

    text = _standard_input() if options.expression == "-" else source_text(options.expression)
    if _is_complex(text, options):
        # few variables are complex
        from matcalc.cli.complex_variables import draw  # noqa: PLC0415

        _answer(draw(text, options))
        return DONE
    _answer(graph_text(text, lambda: read_expression(text, options), options))
    return DONE


def _simplify(options: Namespace) -> int:
    from matcalc.results import Expression  # noqa: PLC0415 - --help does not wait for the engine

    text = _standard_input() if options.expression == "-" else options.expression
    if _is_complex(text, options):
        # few variables are complex
        from matcalc.cli.complex_variables import simplify  # noqa: PLC0415

        _answer(simplify(text, options, _say))
        return DONE
    expression = Expression(read_expression(text, options)).simplify(
        expand_inverse=options.expand_inverse
    )
    _say(shapes_line(expression))
    for note in expression.notes:
        _say(at_command_line(note))
    _answer(_format(expression, options.format, options.cse))
    return DONE


def _equal(options: Namespace) -> int:
    verdict = compare_texts(
        options.left,
        options.right,
        options.var,
        latex=is_latex(options),
        einstein=options.einstein,
        seed=options.rng,
        typed=options.typed,
    )
    for note in verdict.notes:
        _say(at_command_line(note))
    _answer(str(verdict))
    return verdict.exit_code


def _diff(options: Namespace) -> int:
    if options.file is not None:
        from matcalc.cli.many import each_of_file  # noqa: PLC0415 - most derive one expression

        return each_of_file(options, _derive, command_names())
    return _derive(options, _standard_input() if options.expression == "-" else options.expression)


def _derive(options: Namespace, text: str) -> int:
    """The derivative of one expression."""
    if _is_complex(text, options):
        return _complex(text, options)
    if options.from_definition:
        return _report(options)
    along = options.direction or options.cotangent is not None
    if (options.notation != "matrix" or options.row_major) and not along:
        return _in_notation(text, options)
    if options.manifold or options.metric:
        return _riemannian(text, options)
    if along:
        return _directional(options, text)
    from matcalc.results import Expression  # noqa: PLC0415 - --help does not wait for the engine

    try:
        expression = Expression(read_expression(text, options))
    except SymbolicLoopError:
        from matcalc.cli.refusals import refuse_beside_loop  # noqa: PLC0415 - few have loops

        refuse_beside_loop(options)
        return _backprop(text, options)
    if len(options.several) > 1 or options.data or _means_several(options.several, expression):
        if options.steps or options.format == "markdown":
            raise ArgumentError(
                "steps are shown for one variable", hint="name one of the variables with --wrt"
            )
        return _several(expression, text, options)
    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        derivative = expression.diff(
            options.wrt,
            order=options.order,
            layout=options.layout,
            structure=options.structure,
            verify=options.verify,
        )
    _say(shapes_line(derivative, derivative.reading))
    for note in derivative.notes:
        _say(at_command_line(note))
    if derivative.unverified:
        _say(f"not verified: {derivative.unverified}")
    report: Comparison | None = None
    if options.steps or options.format == "markdown":
        # few answers are explained
        from matcalc.cli.steps import steps_text  # noqa: PLC0415

        _answer(steps_text(derivative, text, options))
        report = derivative.check(options.rng) if options.check else None
    elif options.format == "json":
        # a plain answer does not need it
        from matcalc.cli.json_form import json_report  # noqa: PLC0415

        report = derivative.check(options.rng) if options.check else None
        _answer(
            json_report(
                derivative,
                text,
                report,
                str(derivative.verification) if options.verify else None,
                options.cse,
            )
        )
    else:
        _answer(_format(derivative, options.format, options.cse))
        report = derivative.check(options.rng) if options.check else None
    how = derivative.verification if options.verify and not derivative.unverified else None
    return max(_conclude(report, how), _symmetry(derivative, options))


def _in_notation(text: str, options: Namespace) -> int:
    """The derivative in another notation than that of matrices."""
    from matcalc.cli.notations import print_derivative  # noqa: PLC0415 - few ask for it

    derivative = print_derivative(text, lambda: read_expression(text, options), options)
    report = derivative.check(options.rng) if options.check else None
    how = derivative.verification if options.verify and not derivative.unverified else None
    return max(_conclude(report, how), _symmetry(derivative, options))


def _is_complex(text: str, options: Namespace) -> bool:
    return has_complex(options.var, text)


def _complex(text: str, options: Namespace) -> int:
    """The derivatives by a complex variable and by its conjugate."""
    # few variables are complex
    from matcalc.cli.complex_variables import derive  # noqa: PLC0415

    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said
        return derive(text, options, _say, _answer)


def _riemannian(text: str, options: Namespace) -> int:
    """The gradient on a manifold or in a metric."""
    from matcalc.cli.manifolds import format_answer, gradient  # noqa: PLC0415 - few ask for it

    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        found = gradient(options, lambda: read_expression(text, options))
        verdict = found.verification if options.verify else None
    _say(f"{describe_inferred_kinds(found.variables)}result: {found.reading}")
    for note in found.notes:
        _say(at_command_line(note))
    say_unverified(verdict)
    _answer(format_answer(found, text, options, verdict))
    if options.check and verdict is not None:
        sys.stdout.flush()
        _say(f"verified: {verdict}")
    return DONE


def _means_several(names: list[str], expression: Expression) -> bool:
    """Whether a name means several variables: ``all``, where none has that name, or a family."""
    if names == ["all"]:
        return "all" not in expression.variables
    return len(names) == 1 and names[0] in families(expression.variables)


def _directional(options: Namespace, text: str) -> int:
    # diff does without
    from matcalc.cli.further import (  # noqa: PLC0415
        along_of_diff,
        directional,
        remainder_line,
    )
    from matcalc.cli.notations import print_in_notation  # noqa: PLC0415 - the same

    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        ask = along_of_diff if options.command == "diff" else directional
        formula, asked = ask(options, read_expression(text, options))
        if print_in_notation(formula, text, asked, options):
            return _checked(formula, options)
    _say(shapes_line(formula, getattr(formula, "reading", "")))
    code = _print_answer(formula, text, asked, options)
    left = remainder_line(formula, options.rng) if options.check else ""
    if left:
        _say(left)
    return code


def _report(options: Namespace) -> int:
    """An answer that comes with its reasons."""
    from matcalc.answers.common.equations import left_side  # noqa: PLC0415 - the same
    from matcalc.cli.reports import report, with_sizes  # noqa: PLC0415 - diff does without

    text = _standard_input() if options.expression == "-" else options.expression
    if options.command == "stationary" and _is_complex(text, options):
        # few variables are complex
        from matcalc.cli.complex_variables import make_stationary  # noqa: PLC0415

        _answer(make_stationary(text, options, _say))
        return DONE
    if options.command == "implicit":
        text = left_side(text, latex=is_latex(options))
        program = with_sizes(options, read_left_side(text, options))
    else:
        program = read_expression(text, options)
    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # the answer is proved by itself
        answer = report(options, program)
    if describe_inferred_kinds(program.variables):
        _say(describe_inferred_kinds(program.variables).removesuffix("; "))
    for note in program.notes:
        _say(at_command_line(note))
    _answer(answer)
    return DONE


def _several(expression: Expression, text: str, options: Namespace) -> int:
    """The derivatives with respect to several variables."""
    from matcalc.cli.further import kinds_line, several  # noqa: PLC0415 - few ask for them

    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        found, asked = several(options, expression)
    _say(kinds_line(found))
    return _print_answer(found, text, asked, options)


def _hessian(options: Namespace) -> int:
    from matcalc.cli.further import blocks, blocks_line, format_blocks  # noqa: PLC0415 - few use it
    from matcalc.cli.notations import print_in_notation  # noqa: PLC0415 - the same

    text = _standard_input() if options.expression == "-" else options.expression
    if _is_complex(text, options):
        return _complex(text, options)
    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        found = blocks(options, read_expression(text, options))
        asked = {"operation": "hessian", "wrt": list(found.wrt)}
        if print_in_notation(found, text, asked, options):
            return max(_checked(found, options), _symmetry(found, options))
    _say(blocks_line(found))
    for note in found.notes:
        _say(at_command_line(note))
    shown, report, verdict = format_blocks(options, text, found)
    say_unverified(verdict)
    _answer(shown)
    return max(_conclude(report, verdict), _symmetry(found, options))


def _symmetry(found: Derivative | Hessian, options: Namespace) -> int:
    """Says whether the second derivatives are symmetric, where that is asked."""
    if not options.symmetric_check:
        return DONE
    from matcalc.answers.derivatives.symmetry import symmetry  # noqa: PLC0415 - few ask for it

    sys.stdout.flush()
    verdict = symmetry(found, options.rng)
    _say(str(verdict))
    return DONE if verdict else CHECK_FAILED


def _print_answer(
    found: Directional | Gradients | TaylorPolynomial,
    text: str,
    asked: Mapping[str, Any],
    options: Namespace,
) -> int:
    """Prints an answer, and what is said about it."""
    for note in found.notes:
        _say(at_command_line(note))
    verdict = found.verification if options.verify else None
    say_unverified(verdict)
    if options.format == "json":
        from matcalc.cli.json_form import json_answer  # noqa: PLC0415 - a plain answer does without

        report = found.check(options.rng) if options.check else None
        how = None if verdict is None else str(verdict)
        _answer(json_answer(found, text, asked, report, how, options.cse))
    else:
        _answer(_format(found, options.format, options.cse))
        report = found.check(options.rng) if options.check else None
    return _conclude(report, verdict)


def _checked(found: Directional | TaylorPolynomial | Hessian, options: Namespace) -> int:
    """Checks an answer that is printed, where that is asked."""
    report = found.check(options.rng) if options.check else None
    return _conclude(report, found.verification if options.verify else None)


def _conclude(report: Comparison | None, verdict: Verification | None) -> int:
    """Says what a check found, after the answer."""
    if report is None:
        return DONE
    sys.stdout.flush()
    if verdict is not None and verdict.kind != "none":
        _say(f"verified: {verdict}")
    _say(str(report))
    return DONE if report.ok else CHECK_FAILED


def _format(formula: Formula | Gradients, form: str, cse: bool) -> str:
    if form == "latex":
        return formula.latex(cse=cse)
    if form in BACKENDS:
        return formula.source(form).rstrip("\n")
    return formula.text(cse=cse)


def _identities(word: str) -> int:
    # other commands do not need it
    from matcalc.cli.identities import listing  # noqa: PLC0415

    _answer(listing(word))
    return DONE


def _functions(word: str) -> int:
    from matcalc.cli.function_reference import list_functions, suggest_name  # noqa: PLC0415 - for this command alone

    found = list_functions(word)
    if not found:
        raise ArgumentError(
            f"no function is called {word}",
            hint=suggest_name(word) or "matcalc functions lists them all",
        )
    _answer(found)
    return DONE


def _web(options: Namespace) -> int:
    """Serves the page until it is interrupted."""
    import webbrowser  # noqa: PLC0415 - for this command alone
    from threading import Thread  # noqa: PLC0415 - as above

    from matcalc.web.server import ADDRESS, make_server, warm_up  # noqa: PLC0415 - as above

    with make_server(options.port) as server:
        address = f"http://{ADDRESS}:{server.server_port}/"
        _answer(address)
        sys.stdout.flush()
        _say("Ctrl-C ends it")
        if not options.no_browser:
            webbrowser.open(address)
        Thread(target=warm_up, daemon=True).start()
        server.serve_forever()
    return DONE


def _serve(command: str) -> int:
    """Answers assistants or editors until standard input ends."""
    from importlib import import_module  # noqa: PLC0415 - for these commands alone

    module = {"mcp": "matcalc.tools.assistant", "lsp": "matcalc.tools.editor"}[command]
    with extra(command, f"matcalc {command}"):
        server = import_module(module)
    server.serve()
    return DONE


def _print(options: Namespace) -> int:
    """What sets other programs up."""
    if options.command == "manual":
        from matcalc.cli.manual import manual  # noqa: PLC0415 - for this command alone

        _answer(manual().rstrip("\n"))
    else:
        from matcalc.cli.completion import script  # noqa: PLC0415 - as above

        _answer(script(options.shell).rstrip("\n"))
    return DONE


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as problem:
        raise ParseError(f"standard input is not {problem.encoding} text") from None
