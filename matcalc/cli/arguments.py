"""The arguments of the command ``matcalc``, and its help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from matcalc.cli.backprop import add_backprop
from matcalc.cli.calculus import (
    BY_VARIABLES,
    FURTHER,
    REPORTED,
    WITHOUT_CODE,
    add_diff_options,
    add_further_options,
)
from matcalc.cli.examples import all_examples, examples_of
from matcalc.cli.order import COMMANDS_OF_EXPRESSIONS, expressions_last
from matcalc.cli.shown import add_graph_options, add_steps_options
from matcalc.cli.spelling import refuse_unknown, sides_of, suggest_claim, suggest_value
from matcalc.cli.tool_options import (
    add_claim_option,
    add_file_option,
    add_plot_option,
    add_rng,
    add_tools,
    natural,
    require_expression,
)
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import FORMS
from matcalc.core.options import BACKENDS, LAYOUTS, STRUCTURES, require_order

# argparse looks for files with translations of its words, for each word of each command again
argparse._ = lambda word: word  # type: ignore[attr-defined]

FORMATS = ("text", "latex", *BACKENDS, "json")
FORMULAS = ("text", "latex", *BACKENDS)
REPORTS = ("text", "json", "junit")
_WIDTH = 120

_EXIT_CODES = """\
exit codes:
  0  done
  1  --check found the answer wrong, the claim that was judged is wrong, or the two expressions are
     different
  2  bad input: what is wrong with it is on standard error; or a claim or an equation that cannot
     be decided
  3  a bug in matcalc
"""
_KINDS = ",\n".join(", ".join(FORMS[k : k + 7]) for k in range(0, len(FORMS), 7))
_COMMA = re.compile(r",(?![^{]*\})(?![^[]*\])")
_NAMES = f"""\
Undeclared names are scalars if they begin with a-g, vectors if with h-z, matrices if with A-Z;
Greek names are scalars. Kinds for --var:
{_KINDS}, function.
"""
_STREAMS = """\
Only the answer goes to standard output; inferred shapes, notes and the verdict of --check to
standard error.
"""


class Help(argparse.RawDescriptionHelpFormatter):
    """Help of a fixed width: to ask the terminal for its own, argparse loads a slow library before
    every answer.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_WIDTH)


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are MatcalcErrors."""

    def error(self, message: str) -> NoReturn:
        """What argparse does with wrong arguments."""
        hint = suggest_value(message) or f"{self.prog} --help lists what is possible"
        raise ArgumentError(message, hint=hint)


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The options; raises ArgumentError, and SystemExit(0) after printing help."""
    parser = _parser(argv[0] if argv else "")
    options, left = parser.parse_known_args(
        expressions_last(argv) if argv and argv[0] in COMMANDS_OF_EXPRESSIONS else argv
    )
    if left:
        known = {name: part._option_string_actions for name, part in whole_parser()[1].items()}
        refuse_unknown(left, options.command or "matcalc", known)
    if options.command in ("diff", "check"):
        require_order(options.order)
    if options.command == "diff":
        require_expression(options)
    if options.command == "equal" and options.right is None:
        options.left, options.right = sides_of(options.left)
    if options.command == "graph":
        options.wrt = _names(options.wrt) or None
    elif options.command in ("diff", "check", *BY_VARIABLES):
        names = _names([*options.wrt, *([options.variable] if options.variable else [])])
        if options.command == "diff" or BY_VARIABLES.get(options.command):
            options.several = names
            names = names if len(names) == 1 else []
        options.wrt = _one_variable(names)
    return options


def _names(given: list[str]) -> list[str]:
    """The variables of ``--wrt x,y``, each once; commas in brackets part nothing."""
    return list(
        dict.fromkeys(name.strip() for text in given for name in _COMMA.split(text) if name.strip())
    )


def _one_variable(names: list[str]) -> str | None:
    """The variable to differentiate with respect to, of different ones; None where none was
    named.
    """
    if len(names) > 1:
        count, listed = len(names), ", ".join(names)
        raise ArgumentError(
            f"there are {count} variables to differentiate with respect to: {listed}",
            hint=suggest_claim(names)
            or "differentiate with respect to one at a time: "
            f"--wrt {names[0]}, then --wrt {names[1]}",
        )
    return names[0] if names else None


def _parser(command: str) -> Parser:
    parser = Parser(
        prog="matcalc",
        description="Derivatives of matrix expressions in closed form.",
        epilog=f"{all_examples()}\n{_EXIT_CODES}",
        formatter_class=Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_diff(commands)
    for name, texts in FURTHER.items():
        _add_further(commands, name, texts, used=command == name)
    _add_check(commands, used=command == "check")
    _add_simplify(commands, used=command == "simplify")
    _add_equal(commands, used=command == "equal")
    _add_graph(commands, used=command == "graph")
    identities = _add_command(
        commands,
        "identities",
        "list the identities that matcalc is built on",
        "List the catalogue, with sources.",
    )
    identities.add_argument(
        "word", metavar="WORD", nargs="?", default="", help="only those that contain this text"
    )
    _add_identities(identities)
    functions = _add_command(
        commands,
        "functions",
        "list the functions of the language",
        "List the functions, with what they are.",
    )
    functions.add_argument(
        "word", metavar="WORD", nargs="?", default="", help="only those that contain this text"
    )
    functions.set_defaults(identities=[])
    _add_web(commands, used=command == "web")
    declarations = _add_declarations if command == "backprop" else None
    add_backprop(commands, _add_command, declarations)
    add_tools(commands, _add_command)
    return parser


def whole_parser() -> tuple[Parser, dict[str, Parser]]:
    """The parser, and that of each command with all its options."""
    names = _subparsers(_parser(""))
    return _parser(""), {name: _subparsers(_parser(name))[name] for name in names}


def command_names() -> tuple[str, ...]:
    """The commands, in the order of the help."""
    return tuple(_subparsers(_parser("")))


def _subparsers(parser: Parser) -> dict[str, Parser]:
    (commands,) = [
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    ]
    return dict(commands.choices)


def _add_command(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    help_text: str,
    description: str,
) -> Parser:
    return commands.add_parser(
        name,
        help=help_text,
        description=description,
        epilog=f"{examples_of(name)}\n{_EXIT_CODES}",
        formatter_class=Help,
        allow_abbrev=False,
    )


def _add_web(commands: argparse._SubParsersAction[Parser], *, used: bool) -> None:
    """The command and, where it is used, its options."""
    web = _add_command(
        commands,
        "web",
        "open the page in a browser, on this machine only",
        "Serve the page on 127.0.0.1 and open it in a browser; Ctrl-C ends it.",
    )
    if not used:
        return
    web.add_argument(
        "--port", metavar="N", type=natural, default=0, help="the port (default: a free one)"
    )
    web.add_argument("--no-browser", action="store_true", help="only print the address")
    web.set_defaults(identities=[])


def _add_diff(commands: argparse._SubParsersAction[Parser]) -> None:
    diff = _add_command(
        commands,
        "diff",
        "differentiate an expression",
        f"Differentiate an expression with respect to one of its variables.\n\n{_NAMES}{_STREAMS}",
    )
    add_file_option(diff)
    _add_variable(diff, "; several as in --wrt W,b, or all")
    diff.add_argument(
        "--data",
        metavar="NAMES",
        action="append",
        default=[],
        help="the variables that --wrt all leaves out, as in X,y",
    )
    _add_latex(diff, "EXPR is LaTeX, which may name the variable")
    _add_declarations(diff)
    _add_conventions(diff, "gradient")
    add_diff_options(diff)
    diff.add_argument(
        "--format",
        choices=(*FORMATS, "markdown"),
        default="text",
        help="what to print (default: text); markdown is for --steps",
    )
    _add_names(diff)
    add_steps_options(diff)
    _add_verdict(diff)


def _add_verdict(command: Parser) -> None:
    command.add_argument(
        "--check",
        action="store_true",
        help="report how the answer was verified, and compare it with numerical derivatives",
    )
    command.add_argument(
        "--no-verify",
        dest="verify",
        action="store_false",
        help="print the answer without verifying it",
    )
    add_rng(command, "the seed of the random points of --check (default: 0)")


def _add_expression(command: Parser) -> None:
    command.add_argument(
        "expression", metavar="EXPR", help="the expression, or - to read it from standard input"
    )


def _add_latex(command: Parser, help_text: str, *, sums: bool = True) -> None:
    command.add_argument("--latex", action="store_true", help=f"{help_text}; see docs/latex.md")
    if sums:
        help_text = "with --latex: what occurs twice in a product is summed over"
        command.add_argument("--einstein", action="store_true", help=help_text)


def _add_conventions(command: Parser, found: str) -> None:
    """Which derivative is meant."""
    command.add_argument(
        "--order",
        metavar="N",
        type=int,
        default=1,
        help="how many times to differentiate (default: 1)",
    )
    command.add_argument(
        "--layout", choices=LAYOUTS, default="mixed", help="see docs/conventions.md"
    )
    command.add_argument(
        "--structure",
        choices=STRUCTURES,
        default="declared",
        help=f"the {found} within the declared set (default), with free entries, with "
        "respect to the independent entries, or to their vector vech",
    )


def _add_variable(command: Parser, several: str = "") -> None:
    help_text = (
        f"what to differentiate with respect to; not needed where there is only one "
        f"variable{several}"
    )
    command.add_argument(
        "variable", metavar="NAME", nargs="?", help=f"{help_text}; also --wrt NAME"
    )
    command.add_argument("--wrt", "-w", metavar="NAME", action="append", default=[], help=help_text)


def _add_further(
    commands: argparse._SubParsersAction[Parser], name: str, texts: tuple[str, str], *, used: bool
) -> None:
    """One of the commands of ``calculus.py`` and, where it is used, its options."""
    help_text, description = texts
    command = _add_command(commands, name, help_text, f"{description}\n\n{_NAMES}")
    if not used:
        return
    _add_expression(command)
    if name in BY_VARIABLES:
        _add_variable(command, BY_VARIABLES[name])
    add_further_options(command, name)
    _add_latex(command, "EXPR is a formula in LaTeX")
    _add_declarations(command)
    formats = (*FORMATS[:2], *WITHOUT_CODE[name]) if name in WITHOUT_CODE else FORMATS
    command.add_argument(
        "--format", choices=formats, default="text", help="what to print (default: text)"
    )
    if name in REPORTED:
        add_rng(command, "the seed of the random points (default: 0)")
        return
    _add_names(command)
    _add_verdict(command)


def _add_names(command: Parser) -> None:
    command.add_argument(
        "--cse",
        action="store_true",
        help="name repeated parts of short answers too, as in  A*M where M = inv(B*C)",
    )


def _add_check(commands: argparse._SubParsersAction[Parser], *, used: bool) -> None:
    """The command and, where it is used, its options: to add them all takes longer than to parse an
    expression.
    """
    check = _add_command(
        commands,
        "check",
        "judge a claimed derivative",
        "Judge a claimed derivative, and say what is wrong with it. FILE has "
        "claims in TOML, or is a Markdown or\n"
        f"LaTeX document in which they are marked; see docs/check.md.\n\n{_NAMES}",
    )
    if not used:
        return
    check.add_argument(
        "expression",
        metavar="EXPR|FILE",
        help="the expression, or without --claim a file of claims",
    )
    _add_variable(check)
    _add_latex(check, "EXPR and the claim are formulas in LaTeX", sums=False)
    add_claim_option(check)
    check.add_argument("--typed", default="", help=argparse.SUPPRESS)  # as of equal, below
    _add_declarations(check)
    _add_conventions(check, "derivative")
    check.add_argument(
        "--format", choices=REPORTS, default="text", help="the format of the report (default: text)"
    )
    add_plot_option(check)
    add_rng(check, "the seed of the random points (default: 0)")


def _add_simplify(commands: argparse._SubParsersAction[Parser], *, used: bool) -> None:
    """The command and, where it is used, its options."""
    simplify = _add_command(
        commands,
        "simplify",
        "write an expression shorter",
        "Write an expression as short as matcalc finds it; see docs/simplify.md.\n\n"
        f"{_NAMES}{_STREAMS}",
    )
    if not used:
        return
    _add_expression(simplify)
    _add_latex(simplify, "EXPR is a formula in LaTeX")
    _add_declarations(simplify)
    simplify.add_argument(
        "--expand-inverse",
        action="store_true",
        help="write inv(A + U*V) in terms of inv(A), and the determinant in terms of det(A)",
    )
    simplify.add_argument(
        "--format", choices=FORMULAS, default="text", help="what to print (default: text)"
    )
    _add_names(simplify)


def _add_equal(commands: argparse._SubParsersAction[Parser], *, used: bool) -> None:
    """The command and, where it is used, its options."""
    equal = _add_command(
        commands,
        "equal",
        "decide whether two expressions are equal",
        "Decide whether two expressions are equal wherever both have a value; "
        "see docs/simplify.md.\n"
        f"Exit code 0: equal, 1: different, 2: undecided.\n\n{_NAMES}",
    )
    if not used:
        return
    equal.add_argument("left", metavar="EXPR", help="an expression")
    more = "another; a name means the same in both"
    equal.add_argument("right", metavar="EXPR", nargs="?", help=more)
    equal.add_argument("--typed", default="", help=argparse.SUPPRESS)  # EXPR less the session's
    _add_latex(equal, "both are formulas in LaTeX")
    _add_declarations(equal)
    add_rng(equal, "the seed of the random points (default: 0)")


def _add_graph(commands: argparse._SubParsersAction[Parser], *, used: bool) -> None:
    """The command and, where it is used, its options."""
    graph = _add_command(
        commands,
        "graph",
        "draw the computational graph of an expression",
        f"Draw a computational graph; see docs/graph.md.\n\n{_NAMES}",
    )
    if used:
        add_graph_options(graph)
        _add_declarations(graph)


def _add_declarations(parser: Parser) -> None:
    parser.add_argument(
        "--var",
        "-v",
        metavar="DECL",
        action="append",
        default=[],
        help='declare variables, as in "A: symmetric(n)" or "m, x: scalar"; repeatable',
    )
    _add_identities(parser)


def _add_identities(parser: Parser) -> None:
    help_text = (
        "a TOML file of functions and identities of your own; repeatable; see "
        "docs/own-identities.md"
    )
    parser.add_argument("--identities", metavar="FILE", action="append", default=[], help=help_text)
