"""Magics for IPython: ``%load_ext matcalc``, then ``%matcalc diff x'*A*x wrt x``, or a cell that
begins with ``%%matcalc``.

What is typed is what the prompt of ``matcalc`` takes; declarations and definitions stay. Formulas
are shown as formulas, and the last is the value of the magic: ``d = %matcalc diff r'*r wrt x``.
"""

from __future__ import annotations

from argparse import Namespace
from typing import Any
from warnings import catch_warnings, simplefilter

from matcalc.cli.arguments import command_names, parse_arguments
from matcalc.cli.command import main
from matcalc.cli.console import Console, say_entered
from matcalc.cli.lines import OWN, arguments, begins_with
from matcalc.cli.reading import read_expression
from matcalc.core.errors import ArgumentError, MatcalcError, NotationWarning
from matcalc.results import Expression, Formula
from matcalc.tools.session import entries

_PLAIN = ("format", "cse", "steps", "check")  # options with which text is printed


class Notebook(Console):
    """A session whose expressions and derivatives are objects."""

    def __init__(self) -> None:
        super().__init__(main)
        self._commands = command_names()

    def results(self, text: str) -> list[Formula]:
        """Runs entries, and returns the formulas that they end in, in order; MatcalcError where one
        is wrong.
        """
        found = [self._result(entry.text) for entry in entries(text)]
        return [each for each in found if each is not None]

    def _result(self, text: str) -> Formula | None:
        command = begins_with(text, self._commands)
        if self.session.is_complex(text):
            pass  # what is said about complex variables is text
        elif command in ("diff", "simplify"):
            options = parse_arguments(arguments(text, self.session))
            if not _prints(options):
                return _formula(options)
        elif not command and not begins_with(text, OWN):
            entered = self.session.enter(text)
            say_entered(entered)
            return Expression(self.session.read(entered.value)) if entered.value else None
        self.do(text)
        return None


def _prints(options: Namespace) -> bool:
    """Whether a text is asked for, or something else that is not a formula."""
    asked = vars(options)
    plain = asked["format"] != "text" or any(asked.get(name) for name in _PLAIN[1:])
    return bool(plain or asked.get("file") or asked.get("data") or options.identities)


def _formula(options: Namespace) -> Formula:
    expression = Expression(read_expression(options.expression, options))
    if options.command == "simplify":
        return expression.simplify(expand_inverse=options.expand_inverse)
    several = options.several
    if len(several) > 1 or several == ["all"]:
        raise ArgumentError(
            "a notebook differentiates with respect to one variable at a time",
            hint=f"matcalc.diff(expression, {several!r}) in Python differentiates with respect to "
            "several",
        )
    return expression.diff(
        options.wrt,
        order=options.order,
        layout=options.layout,
        structure=options.structure,
        verify=options.verify,
    )


def load_ipython_extension(shell: Any) -> None:
    """Registers the magics; IPython calls it for ``%load_ext matcalc``."""
    # only those who have IPython come here
    from IPython.core.error import UsageError  # noqa: PLC0415
    from IPython.display import display  # noqa: PLC0415

    notebook = Notebook()

    def matcalc(line: str, cell: str | None = None) -> Formula | None:
        """Runs an entry, or those of a cell: declarations, definitions, expressions, commands."""
        try:
            with catch_warnings():
                simplefilter("ignore", NotationWarning)  # the notes are under the formula
                found = notebook.results(line if cell is None else f"{line}\n{cell}")
        except MatcalcError as problem:
            raise UsageError(str(problem)) from None
        for each in found[:-1]:
            display(each)
        return found[-1] if found else None

    shell.register_magic_function(matcalc, magic_kind="line_cell", magic_name="matcalc")
