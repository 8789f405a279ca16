r"""The lines of a notation in LaTeX: ``\mathrm{d}X \mapsto A \,\mathrm{d}X B``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcalc.core.indexed import Condition
from matcalc.core.kinds import Variable
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr
from matcalc.notations.conditions import format_conditions
from matcalc.notations.lines import NotationLine
from matcalc.verify.readback.latex import latex_says
from matcalc.verify.readback.values import confirm
from matcalc.write.printers.differentials import Marks
from matcalc.write.printers.latex import latex
from matcalc.write.printers.latex_indexed import subscript
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.sizes import write_known_sizes


@dataclass(frozen=True, slots=True)
class CaseLine:
    """The array where its entries have the value of one case, and when that is."""

    array: Expr
    conditions: tuple[Condition, ...]


def line_latex(line: NotationLine, cases: Sequence[CaseLine], *, bold: bool, verify: bool) -> str:
    """One line, read back where ``verify`` says so; an array by its ``cases``, if it has any."""
    if cases:
        formula = _by_cases(line.tree, cases, bold=bold)
        if verify:
            variables, language = line.program.variables, line.program.language
            right = latex_says(formula, line.tree, variables, language, headed=True)
            confirm(right, "LaTeX", language)
        return formula
    marks = Marks()
    if line.kind in ("map", "differential"):
        for name in line.names:
            if name in line.program.variables and name.startswith("d"):
                marks.mark(name, rf"\,\mathrm{{d}}{_letter(name[1:], line, name, bold=bold)}")
    formula = marks.unmark(_formula(line, marks, bold=bold, verify=verify))
    return _head(line, marks, bold=bold) + formula


def _letter(text: str, line: NotationLine, name: str, *, bold: bool) -> str:
    return letter(text, bold=bold and bool(line.program.variables[name].shape))


def _formula(line: NotationLine, marks: Marks, *, bold: bool, verify: bool) -> str:
    tree = write_known_sizes(line.tree, line.program.variables)
    tree = replace_variables(tree, {name: rename(other) for name, other in marks.names.items()})
    variables: Mapping[str, Variable] = {
        marks.names.get(name, name): each._replace(name=marks.names.get(name, name))
        for name, each in line.program.variables.items()
    }
    result = latex(tree, bold=bold, named={}, declared=variables)
    if verify:
        language = line.program.language
        confirm(latex_says(result, tree, variables, language), "LaTeX", language)
    return result


def _head(line: NotationLine, marks: Marks, *, bold: bool) -> str:
    if line.kind == "differential":
        order = line.names[0][1:-1] if line.names[0][1:-1].isdigit() else ""
        power = f"^{{{order}}} " if order else ""
        return rf"\mathrm{{d}}{power}{letter(line.names[0].removeprefix('d' + order))} = "
    if line.kind == "array":
        return f"D{subscript(line.tree)} = " if line.tree.shape else ""
    if line.kind == "jacobian":
        return ""
    names = [
        f"\\mathrm{{d}}{_letter(name[1:], line, name, bold=bold)}"
        if name in marks.names
        else _letter(name, line, name, bold=bold)
        for name in line.names
    ]
    whole = names[0] if len(names) == 1 else rf"\left({', '.join(names)}\right)"
    return rf"{whole} \mapsto "


def _by_cases(tree: Expr, cases: Sequence[CaseLine], *, bold: bool) -> str:
    values = [latex(case.array, bold=bold, named={}) for case in cases]
    head = f"D{subscript(tree)} = "
    if len(cases) == 1:
        return head + values[0]
    names = {index: letter(index.name) for index in tree.value.indices}
    rows = []
    for value, case in zip(values, cases, strict=True):
        held = format_conditions(case.conditions, r"\neq", ",\\; ", names)
        rows.append(f"{value} & " + (rf"\text{{if }} {held}" if held else r"\text{otherwise}"))
    return head + "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"
