"""A derivative in a notation: its lines as text and as LaTeX, read back and proved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from matcalc.claims.equality import DIFFERENT, EQUAL, Decision, decide_trees
from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.core.kinds import size_names
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.core.typeset import Typeset
from matcalc.notations.cases import Case, cases_of, nest_cases, with_body
from matcalc.notations.conditions import format_conditions
from matcalc.notations.lines import NotationLine, Writer, array_of
from matcalc.notations.read import column, contract_with, read_line
from matcalc.verify.readback.values import confirm
from matcalc.write.notation import format_text
from matcalc.write.printers.latex_pieces import align
from matcalc.write.printers.program import array_head, array_names, program_text

_MATRIX = 2  # axes
_ARRAY_NAME = re.compile(r"^\w+(?=\[)")
_READINGS = {
    "index": "the entries, axes of the expression before those of {x}",
    "cases": "the entries, axes of the expression before those of {x}",
    "operator": "the linear map, and its adjoint",
    "differential": "the differential",
}


class NotationText(Typeset):
    """What is written in a notation; ``str`` gives its text, one line for each statement."""

    notation: str

    @property
    def lines(self) -> list[dict[str, str]]:
        """Each line with its ``kind``, ``text`` and ``latex``."""
        raise NotImplementedError

    @property
    def reading(self) -> str:
        """How to read the lines."""
        raise NotImplementedError

    def text(self) -> str:
        """The lines in the language of expressions."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.{type(self).__name__} {self.notation}: {self.text()}>"

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of it."""
        return {
            "notation": self.notation,
            "lines": self.lines,
            "reading": self.reading,
            "text": self.text(),
            "latex": self.latex(),
        }


class Written(NotationText):
    """An answer in a notation.

    With ``verify`` each line is read back, and what it says is proved equal to what it is about.
    """

    row_major = False

    def _write(self, lines: Sequence[NotationLine], *, verify: bool) -> None:
        """Takes the lines on, those of entries by cases where the notation says so, and proves
        them.
        """
        self._verify = verify
        self._lines = list(lines)
        self._cases: list[list[Case]] = [[] for _ in lines]
        for place, line in enumerate(lines):
            if self.notation != "cases" or line.tree.op != "indexed" or not line.tree.shape:
                continue
            cases = cases_of(line.tree)
            if len(cases) > 1:  # else it is one line of entries
                self._cases[place] = cases
                self._lines[place] = replace(line, tree=nest_cases(line.tree, cases))
        if verify:
            _ = self.verification

    @property
    def lines(self) -> list[dict[str, str]]:
        """Each line with its ``kind``, ``text`` and ``latex``."""
        return [
            {"kind": line.kind, "text": text, "latex": latex}
            for line, text, latex in zip(
                self._lines, self._texts, self.formulas(bold=False), strict=True
            )
        ]

    @property
    def variables(self) -> Mapping[str, object]:
        """The variables of all lines with their kinds, directions and cotangents too."""
        return {name: each for line in self._lines for name, each in line.program.variables.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self._lines[0].program.notes

    @cached_property
    def _texts(self) -> list[str]:
        return [
            self._by_cases(line, cases) if cases else self._text(line)
            for line, cases in zip(self._lines, self._cases, strict=True)
        ]

    def _text(self, line: NotationLine) -> str:
        text = format_text(
            line.tree,
            line.program.variables,
            verify=self._verify,
            language=line.program.language,
        )
        if line.label and array_head(line.tree):
            return _ARRAY_NAME.sub(line.label, text)
        return line.head + text

    @public
    def text(self) -> str:
        """The lines in the language of expressions."""
        return "\n".join(self._texts)

    @public
    def latex(self, *, bold: bool = False) -> str:
        """The lines in LaTeX; with ``bold`` vectors and matrices are set in bold."""
        return align_lines(self.formulas(bold=bold))

    def formulas(self, *, bold: bool = False) -> list[str]:
        """Each line in LaTeX."""
        return [
            self._latex(line, cases, bold=bold)
            for line, cases in zip(self._lines, self._cases, strict=True)
        ]

    # -- proofs

    @cached_property
    @public
    def verification(self) -> str:
        """Each line as it is printed, read back and compared with what it is about; the least sure
        of the proofs. VerificationError where one says something else.
        """
        found = [
            self.prove(text, line) for text, line in zip(self._texts, self._lines, strict=True)
        ]
        found += self._together()
        unsure = [each for each in found if each.verdict != EQUAL]
        rough = [each for each in found if not each.is_exact]
        return (unsure or rough or found)[0].how

    def prove(self, text: str, line: NotationLine) -> Decision:
        """How it was proved that a text, in the place of a line, says what the line is about."""
        program = line.program
        try:
            read = read_line(text, line, line.tree.shape)
        except MatcalcError:
            confirm(False, "text", program.language)
            raise
        says, meant = self._sides(line, read)
        if says.shape != meant.shape or not is_laid_out(read, line):
            confirm(False, "text", program.language)
        decision = decide_trees(program, says, meant)
        confirm(decision.verdict != DIFFERENT, "text", program.language)
        return decision

    def _together(self) -> list[Decision]:
        """What is proved of all lines together."""
        return []

    def _sides(self, line: NotationLine, read: Expr) -> tuple[Expr, Expr]:
        """What a line says, and what is meant in its place."""
        assert line.meant is not None
        return column(read), column(line.meant)

    # -- cases

    def _by_cases(self, line: NotationLine, cases: Sequence[Case]) -> str:
        array = line.tree
        values = [program_text(with_body(array, case.value), {}) for case in cases]
        names = {index: index.name for index in array.value.indices}
        taken = {*line.program.variables, *size_names(line.program.variables.values())}
        name = line.label or next(each for each in array_names() if each not in taken)
        head = f"{name}[{','.join(names.values())}] = "
        width = max(map(len, values))
        held = [format_conditions(case.conditions, "!=", ", ", names) for case in cases]
        rows = [
            f"{value:<{width}}  {f'if {condition}' if condition else 'otherwise'}"
            for value, condition in zip(values, held, strict=True)
        ]
        return head + ("\n" + " " * len(head)).join(rows)

    def _latex(self, line: NotationLine, cases: Sequence[Case], *, bold: bool) -> str:
        from matcalc.notations.tex import CaseLine, line_latex  # noqa: PLC0415 - few ask for LaTeX

        shown = [CaseLine(with_body(line.tree, case.value), case.conditions) for case in cases]
        return line_latex(line, shown, bold=bold, verify=self._verify)


class WrittenByMethod(Written):
    """An answer whose lines are made by a method for each notation."""

    def _lines_in(self, notation: str) -> list[NotationLine]:
        methods = {
            "matrix": self._plain,
            "index": self._index,
            "cases": self._index,
            "kronecker": self._stacked,
            "operator": self._operator,
            "differential": self._differential,
        }
        return methods[notation]()

    def _plain(self) -> list[NotationLine]:
        """The value in matrix notation."""
        raise NotImplementedError

    def _index(self) -> list[NotationLine]:
        """The entries of the value."""
        raise NotImplementedError

    def _stacked(self) -> list[NotationLine]:
        """The value as matrices times vectors of the directions."""
        raise NotImplementedError

    def _operator(self) -> list[NotationLine]:
        """The value as a map of the directions."""
        raise NotImplementedError

    def _differential(self) -> list[NotationLine]:
        """The value as a differential."""
        raise NotImplementedError


def align_lines(formulas: Sequence[str]) -> str:
    """NotationText in LaTeX below each other, at their arrows or signs of equality."""
    if len(formulas) == 1:
        return formulas[0]
    sign = r" \mapsto " if any(r" \mapsto " in line for line in formulas) else " = "
    return align([line.replace(sign, f" &{sign.lstrip()}", 1) for line in formulas])


def is_laid_out(read: Expr, line: NotationLine) -> bool:
    """Whether a Jacobian with one axis is a row where it has to be one, and else a column."""
    return line.kind != "jacobian" or read.row == line.tree.row


def require_stacked(notation: str, *, row_major: bool) -> None:
    """ArgumentError where entries are to be stacked by rows, and the notation stacks none."""
    if row_major and notation != "kronecker":
        raise ArgumentError(
            f"the entries are stacked row by row in kronecker, not in {notation}",
            hint="leave out row_major (--row-major)",
        )


class InNotation(Written):
    """A derivative in one of the notations.

    One of several has a ``label``, in LaTeX ``label_tex``, and its adjoint is another one of them.
    What is not a plain derivative of an expression is ``said`` to be read otherwise.
    """

    def __init__(
        self,
        statement: DerivativeStatement,
        tree: Expr,
        notation: str,
        *,
        row_major: bool = False,
        verify: bool = True,
        label: str = "",
        label_tex: str = "",
        said: str = "",
    ) -> None:
        if statement.layout != "mixed":
            raise ArgumentError(
                f"notations require the mixed layout, not {statement.layout}",
                hint="leave the layout out",
            )
        require_stacked(notation, row_major=row_major)
        self._statement = statement
        self._tree = tree
        self.notation = notation
        self.row_major = row_major
        self._said = said
        lines = Writer(statement, tree, row_major=row_major).lines(notation)
        if label:
            lines = [
                replace(line, label=label, label_tex=label_tex)
                for line in lines
                if line.kind != "adjoint"
            ]
        self._write(lines, verify=verify)

    @property
    def reading(self) -> str:
        """How to read the lines."""
        if self._said:
            return self._said
        statement = self._statement
        if self.notation == "matrix" and self._lines[0].kind == "array":
            return ""
        expr = statement.program.expr
        second = statement.order > 1
        if self.notation == "operator" and len(self._lines) == 1:
            symmetric = second and not expr.shape and statement.order == len(self._lines) + 1
            return "the linear map, which is its own adjoint" if symmetric else "the linear map"
        if self._lines[0].kind == "jacobian":
            return self._read_jacobian()
        if self.notation == "differential" and second:
            times = "second " if statement.order == 2 else ""
            return f"the {times}differential" + ("" if times else f" of order {statement.order}")
        return _READINGS[self.notation].format(x=statement.wrt)

    def _read_jacobian(self) -> str:
        """The equation of the matrix, and how arrays of three axes or more are stacked."""
        statement = self._statement
        rank = statement.program.expr.rank + (statement.order - 1) * len(statement.variable.shape)
        said = statement.reading
        if self.row_major:  # where one of them is a matrix, of its transpose
            sides = said.split(" = ", 1)
            for k, axes in enumerate((rank, len(statement.variable.shape))):
                sides[k] = sides[k].replace(")", "')", 1) if axes == _MATRIX else sides[k]
            said = " = ".join(sides)
        if rank > _MATRIX:
            said += f", its {'last' if self.row_major else 'first'} axis fastest"
        return said

    def _sides(self, line: NotationLine, read: Expr) -> tuple[Expr, Expr]:
        """What a line says, and what the derivative says in its place."""
        statement, tree = self._statement, self._tree
        if line.kind in ("array", "jacobian"):
            array = array_of(line, read, statement, row_major=self.row_major)
            return array, tree
        names = line.names
        if line.kind == "differential":
            names = names[1:] * statement.order
        meant = contract_with(tree, statement, names, first=line.kind == "adjoint")
        return column(read), column(meant)
