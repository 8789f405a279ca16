"""A derivation in LaTeX: an ``align*`` for each derivative, which amsmath is enough to compile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr
from matcalc.engine.catalogue.compiled import Catalogue, catalogue
from matcalc.engine.catalogue.sides import sides
from matcalc.engine.pipeline import find_defined_names
from matcalc.explain.citations import EXPLAINED, WRITTEN_OUT, choose_value_form, entry, formula
from matcalc.explain.derivation import (
    ANSWER,
    CLOSED,
    LET,
    VALUE,
    VECTORISED,
    Line,
    LineChain,
    Reason,
)
from matcalc.explain.forms import (
    Sources,
    closing_lines,
    introduction,
    left_side,
    variables_in,
    words,
)
from matcalc.verify.readback.latex import latex_says
from matcalc.verify.readback.values import confirm
from matcalc.write.notation import name_arrays
from matcalc.write.printers.differentials import Marks
from matcalc.write.printers.latex import head_letter, head_places, latex, latex_parts
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.program import array_head

_SPECIAL = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
)


class _StepWriter:
    """Sets formulas in which differentials and adjoints have names of their own, and so have the
    variables of ``spelling``: what is written for them in LaTeX.
    """

    def __init__(self, chain: LineChain, bold: bool, spelling: Mapping[str, str]) -> None:
        self.chain = chain
        self.bold = bold
        self.spelling = spelling
        self.marks = Marks()
        for name, shown in spelling.items():
            self.marks.mark(name, shown)
        for name, step in chain.differentials.items():
            self.marks.mark(step, rf"\,\mathrm{{d}}{self.name(name)}")
        for name in chain.adjoints:
            self.marks.mark(name, rf"\bar{{{self.name(chain.adjoints[name])}}}")

    def name(self, name: str) -> str:
        """A name as it is set."""
        if name in self.chain.adjoints:
            return rf"\bar{{{self.name(self.chain.adjoints[name])}}}"
        if name in self.spelling:
            return self.spelling[name]
        variable = self.chain.variables.get(name)
        return letter(name, bold=self.bold and variable is not None and bool(variable.shape))

    def equation(self, line: Line) -> tuple[str, str, str]:
        """A letter for an array by its entries, the places ``_{i k}`` of these, or nothing; and the
        formula. VerificationError where it does not read as it was meant.
        """
        key = self.bold, tuple(self.spelling.items()), id(line)
        if key not in self.chain.formulas:
            self.chain.formulas[key] = self._written(line)
        return self.chain.formulas[key]

    def _written(self, line: Line) -> tuple[str, str, str]:
        tree, names = line.tree, self.marks.names
        marked = rename_variables(tree, names)
        known = variables_in(self.chain, line)
        variables = {
            names.get(name, name): each._replace(name=names.get(name, name))
            for name, each in known.items()
        }
        chain, bold = self.chain, self.bold
        arrays = name_arrays(marked, variables, find_defined_names(chain.program))
        language = chain.program.language
        read = latex(marked, bold=bold, named=arrays, declared=variables)
        confirm(latex_says(read, marked, variables, language), "LaTeX", language)
        defined, shown = latex_parts(marked, arrays, bold=bold, declared=variables)
        if defined:
            behind = ", \\ ".join(f"{left} = {right}" for left, right in defined)
            shown = rf"{shown} \quad\text{{where}}\quad {behind}"
        shown = self.marks.unmark(shown)
        if not array_head(tree):
            return "", "", shown
        return head_letter(marked, variables), head_places(marked, marked.parts), shown


def rename_variables(tree: Expr, names: Mapping[str, str]) -> Expr:
    """The tree with other names of variables."""

    def rule(expr: Expr, args: list[Expr]) -> Expr:
        value = names.get(expr.value, expr.value) if expr.op == "variable" else expr.value
        return Expr(expr.op, tuple(args), expr.shape, value=value, row=expr.row)

    return tree.fold(rule)


def as_latex(
    chains: Iterable[LineChain],
    *,
    bold: bool = False,
    spelling: Mapping[str, str] = MappingProxyType({}),
    spell: Callable[[str], str] = str,
) -> str:
    """One ``align*`` for each derivative, and the sources after them. Variables of ``spelling``
    are written so in formulas, as ``spell`` writes them in words.
    """
    sources = Sources()
    blocks = [_block(_StepWriter(chain, bold, spelling), sources, spell) for chain in chains]
    cited = [
        f"\\noindent {{[{number}]}} {escape(reason.source)}" for number, reason in sources.entries()
    ]
    return "\n\n".join([*blocks, "\n\n".join(cited)] if cited else blocks)


def _block(writer: _StepWriter, sources: Sources, spell: Callable[[str], str]) -> str:
    chain = writer.chain
    known = catalogue(chain.program.language)
    rows = []
    for line in chain.lines:
        why = ",\\ ".join(
            rf"{said}\ \text{{[{number}]}}" if number else said
            for said, number in _reasons(line, sources, known, spell)
        )
        side, shown = _equation(writer, line)
        rows.append(f"{_left_side(writer, line, side)} {shown}{_behind(why)}")
    said = "\n".join(escape(spell(each)) for each in closing_lines(chain))
    body = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n{said}"


def typeset(
    chains: Iterable[LineChain],
    *,
    spelling: Mapping[str, str] = MappingProxyType({}),
    spell: Callable[[str], str] = str,
) -> dict[str, Any]:
    """The lines in LaTeX one by one, for a page that sets each formula alone, and the sources.
    ``spelling`` and ``spell`` are those of ``as_latex``.
    """
    sources = Sources()
    shown = []
    for chain in chains:
        writer = _StepWriter(chain, bold=False, spelling=spelling)
        known = catalogue(chain.program.language)
        lines = [
            {
                "words": spell(introduction(chain, line)),
                "left": "" if introduction(chain, line) else side,
                "formula": formula,
                "reasons": [
                    {"latex": said, "source": number}
                    for said, number in _reasons(line, sources, known, spell)
                ],
            }
            for line in chain.lines
            for side, formula in [_equation(writer, line)]
        ]
        shown.append({"lines": lines, "closing": [spell(said) for said in closing_lines(chain)]})
    cited = [
        {"number": number, "identity": reason.name, "source": reason.source}
        for number, reason in sources.entries()
    ]
    return {"chains": shown, "sources": cited}


def _reasons(
    line: Line, sources: Sources, known: Catalogue, spell: Callable[[str], str] = str
) -> list[tuple[str, int]]:
    """The reasons of a line in LaTeX, with the numbers of their sources; 0 where there is none."""
    why = words(line)
    return [
        (_reason(said, known, spell), number)
        for said, (_, number) in zip(why, sources.cite(why), strict=True)
    ]


def _behind(why: str) -> str:
    return f" && {why}" if why else ""


def _equation(writer: _StepWriter, line: Line) -> tuple[str, str]:
    """Both sides; ``df_i`` where the right side is an array that is given by its entries."""
    side, (letter, places, shown) = _side(writer, line), writer.equation(line)
    if side or not places:
        return f"{side}{places}", shown
    return "", f"{letter}{places} = {shown}"


def _left_side(writer: _StepWriter, line: Line, side: str) -> str:
    chain = writer.chain
    if line.kind == ANSWER:
        own, wrt = writer.name(chain.name), writer.name(chain.wrt)
        said = f"so the derivative of ${own}$ with respect to ${wrt}$ is"
        return rf"\intertext{{{said}}}" + "\n&"
    if line.kind == CLOSED:
        return rf"\intertext{{{introduction(chain, line)}}}" + "\n&"
    return f"{side} &=".lstrip()


def _side(writer: _StepWriter, line: Line) -> str:
    """What comes before the equals sign; empty where that is the line above."""
    if not left_side(writer.chain, line):
        return ""
    own = writer.name(line.name or writer.chain.name)
    if line.kind == VECTORISED:
        return rf"\operatorname{{vec}}(\mathrm{{d}}{own})"
    return own if line.kind in (VALUE, LET) else rf"\mathrm{{d}}{own}"


def _reason(reason: Reason, known: Catalogue, spell: Callable[[str], str]) -> str:
    """Words as text, an identity as a formula."""
    if not reason.name or "=" not in reason.text:
        return rf"\text{{{escape(spell(reason.text))}}}"
    found = entry(reason.name, known)
    if reason.text != formula(found):
        return rf"\text{{{escape(reason.text)}}}"
    left, right = sides(found, known.language)
    marks = Marks()
    for name in found.given:
        marks.mark(f"d{name}", rf"\mathrm{{d}}{letter(name)}")
    written = right.expr
    shown = choose_value_form(found)
    if shown == WRITTEN_OUT:
        written = replace_variables(written, {"Y": lambda _: left.expr})
    right_text = marks.unmark(latex(rename_variables(written, marks.names), named={}))
    left_text = latex(left.expr, named={})
    if shown == EXPLAINED:
        right_text += rf"\ \text{{for}}\ Y = {left_text}"
    if found.form == "diff":
        inner = rf"\left({left_text}\right)" if left.expr.args else left_text
        left_text = rf"\mathrm{{d}}{inner}"
    return f"{left_text} = {right_text}"


def escape(text: str) -> str:
    """Words in LaTeX, formulas in them as they are typed."""
    return text.translate(_SPECIAL)
