r"""The lines of a notation in LaTeX: ``\mathrm{d}X \mapsto A \,\mathrm{d}X B``."""

from __future__ import annotations

import re
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
from matcalc.write.printers.latex import head_letter, latex
from matcalc.write.printers.latex_indexed import subscript
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.program import array_head
from matcalc.write.printers.sizes import write_known_sizes

_DIFFERENTIAL = re.compile(r"d(?P<order>\d*)(?P<of>.+)")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """The array where its entries have the value of one case, and when that is."""

    array: Expr
    conditions: tuple[Condition, ...]


def line_latex(line: NotationLine, cases: Sequence[CaseLine], *, bold: bool, verify: bool) -> str:
    """One line, read back where ``verify`` says so; an array by its ``cases``, if it has any."""
    label = line.label_tex
    if cases:
        formula = _by_cases(line, cases, bold=bold)
        if verify:
            variables, language = line.program.variables, line.program.language
            right = latex_says(formula, line.tree, variables, language, headed=True)
            confirm(right, "LaTeX", language)
        return _labelled(formula, line) if label else formula
    marks = Marks()
    for name in line.names:
        if name in line.program.variables and _is_displacement(name, line):
            marks.mark(name, rf"\,\mathrm{{d}}{_letter(name[1:], line, name, bold=bold)}")
    formula = marks.unmark(_formula(line, marks, bold=bold, verify=verify))
    whole = _head(line, marks, bold=bold) + formula
    return _labelled(whole, line) if label else whole


def _is_displacement(name: str, line: NotationLine) -> bool:
    """Whether a name is that of a displacement, dX of a variable X, and numbered where need be."""
    known = {f"d{each}" for each in line.program.variables}
    return name in known or name.rpartition("_")[0] in known


def _labelled(formula: str, line: NotationLine) -> str:
    """The line with the name of what it is about, in the place of D in front of entries."""
    if line.kind in ("map", "adjoint", "differential"):
        return rf"{line.label_tex}:\ {formula}"
    if array_head(line.tree):
        head = head_letter(line.tree, line.program.variables)
        return rf"\left({line.label_tex}\right){formula.removeprefix(head)}"
    return f"{line.label_tex} = {formula}"


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
        found = _DIFFERENTIAL.fullmatch(line.names[0])
        assert found is not None
        power = f"^{{{found['order']}}} " if found["order"] else ""
        return rf"\mathrm{{d}}{power}{letter(found['of'])} = "
    if line.kind == "value":
        return f"{letter(line.names[0])} = "
    if line.kind == "array":
        return _array_letter(line) if array_head(line.tree) else ""
    if line.kind in ("jacobian", "stacked"):
        return ""
    names = [
        f"\\mathrm{{d}}{_letter(name[1:], line, name, bold=bold)}"
        if name in marks.names
        else _letter(name, line, name, bold=bold)
        for name in line.names
    ]
    whole = names[0] if len(names) == 1 else rf"\left({', '.join(names)}\right)"
    return rf"{whole} \mapsto "


def _array_letter(line: NotationLine) -> str:
    """``D_{i j} = ``, or another letter where D is a variable."""
    return f"{head_letter(line.tree, line.program.variables)}{subscript(line.tree)} = "


def _by_cases(line: NotationLine, cases: Sequence[CaseLine], *, bold: bool) -> str:
    tree = line.tree
    values = [latex(case.array, bold=bold, named={}) for case in cases]
    head = _array_letter(line)
    if len(cases) == 1:
        return head + values[0]
    names = {index: letter(index.name) for index in tree.value.indices}
    rows = []
    for value, case in zip(values, cases, strict=True):
        held = format_conditions(case.conditions, r"\neq", ",\\; ", names)
        rows.append(f"{value} & " + (rf"\text{{if }} {held}" if held else r"\text{otherwise}"))
    return head + "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"
