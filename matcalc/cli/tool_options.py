"""The options of what is around the mathematics: files, and the commands for shells."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from matcalc.core.errors import ArgumentError

SHELLS = ("bash", "zsh", "fish")


def add_file_option(diff: argparse.ArgumentParser) -> None:
    """The expression, or a file of many."""
    diff.add_argument(
        "expression",
        metavar="EXPR",
        nargs="?",
        help="the expression, or - to read it from standard input",
    )
    diff.add_argument(
        "--file",
        metavar="FILE",
        help="differentiate each expression of a file, one per line; see docs/terminal.md",
    )


def add_plot_option(check: argparse.ArgumentParser) -> None:
    """The picture of a check."""
    check.add_argument(
        "--plot",
        metavar="FILE",
        help="draw the error of the claim against the step size, as .svg, .png or .pdf",
    )


class _FormerName(argparse.Action):
    """An option that is kept under its former name for one release."""

    def __call__(
        self, parser: object, options: argparse.Namespace, value: object, option: str | None = None
    ) -> None:
        """Takes the value, and says what the option is called now."""
        setattr(options, self.dest, value)
        print(f"warning: {option} is now called --{self.dest}", file=sys.stderr)


def add_rng(parser: argparse.ArgumentParser, help_text: str) -> None:
    """The seed of random points, also under its former name."""
    parser.add_argument("--rng", metavar="N", type=natural, default=0, help=help_text)
    parser.add_argument(
        "--seed", metavar="N", dest="rng", type=natural, action=_FormerName, help=argparse.SUPPRESS
    )


def natural(text: str) -> int:
    """A seed, or a port."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a nonnegative integer")
    return int(text)


class _Once(argparse.Action):
    """An option whose value would be lost where it occurs twice."""

    def __call__(
        self, parser: object, options: argparse.Namespace, value: object, option: str | None = None
    ) -> None:
        """Takes the value, or refuses another."""
        if getattr(options, self.dest) not in (None, value):
            raise ArgumentError(
                f"{option} is given twice",
                hint="one claim is judged at a time; those of a file are judged together",
            )
        setattr(options, self.dest, value)


def add_claim_option(check: argparse.ArgumentParser) -> None:
    """What is claimed."""
    check.add_argument("--claim", "-c", metavar="TEXT", action=_Once, help="the claimed derivative")


def require_expression(options: argparse.Namespace) -> None:
    """There is one expression, or a file of them; ArgumentError otherwise."""
    if options.file is None and options.expression is None:
        raise ArgumentError(
            "the following arguments are required: EXPR",
            hint="matcalc diff --help lists what is possible",
        )
    if options.file is not None and options.expression is not None:
        raise ArgumentError(
            f"the expressions are in {options.file}, and {options.expression} is another",
            hint=f"--wrt {options.expression} if that is the variable to differentiate with "
            "respect to; or leave out --file",
        )


def add_tools(
    commands: argparse._SubParsersAction[Any],
    add_command: Callable[..., argparse.ArgumentParser],
) -> None:
    """The commands that set other programs up."""
    completion = add_command(
        commands,
        "completion",
        "print the completion of commands and options for a shell",
        "Print a script that completes commands and options in a shell; see docs/terminal.md.",
    )
    completion.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")
    manual = add_command(
        commands,
        "manual",
        "print the manual page",
        "Print the manual page of all commands, in the format of man.",
    )
    mcp = add_command(
        commands,
        "mcp",
        "answer assistants, over the Model Context Protocol",
        "Answer assistants over the Model Context Protocol, on standard input and output;\n"
        "see docs/assistants.md. It needs the extra mcp.",
    )
    lsp = add_command(
        commands,
        "lsp",
        "answer editors, over the Language Server Protocol",
        "Answer editors over the Language Server Protocol, on standard input and output;\n"
        "see docs/editor.md. It needs the extra lsp.",
    )
    for command in (completion, manual, mcp, lsp):
        command.set_defaults(identities=[])
