"""Several answers of one expression, written with the parts that they share named once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import find_defined_names
from matcalc.verify.readback.text import several_say
from matcalc.verify.readback.values import confirm, refuse_homonyms
from matcalc.write.notation import name_parts
from matcalc.write.printers.program import array_head, several_text
from matcalc.write.printers.sizes import size_choices, write_known_sizes


class Together(NamedTuple):
    """The trees of the answers as they are shown; ``names`` are those of their parts, by ids, and
    ``verify`` says whether what is written is read back.
    """

    program: Program
    trees: tuple[Expr, ...]
    names: dict[int, str]
    verify: bool

    def text(self, labels: Sequence[str]) -> list[str]:
        """A line for each answer, and a line with the parts that are named in them."""
        heads = ["" if id(tree) in self.names else array_head(tree) for tree in self.trees]
        language = self.program.language
        sized: set[int] = set()
        for place in range(3):
            lines, definitions = several_text(self.trees, self.names, sized)
            said = self.verify and several_say(
                {k: (line, heads[k], self.trees[k]) for k, line in enumerate(lines)},
                definitions,
                self.program.variables,
                language,
            )
            if not said or all(said.values()):
                break
            if place == 2:
                refuse_homonyms(self.trees, self.program.variables)
            confirm(place < 2, "text", language)
            for k, same in said.items():
                choices = size_choices(self.trees[k])
                sized |= set() if same else choices[min(place + 1, len(choices) - 1)]
        text = [
            f"{label}{head} = {line}"
            for label, head, line in zip(labels, heads, lines, strict=True)
        ]
        return [*text, f"where {', '.join(definitions)}"] if definitions else text

    def latex(self, labels: Sequence[str], *, bold: bool = False) -> str:
        """The answers in LaTeX, a line each, after the parts that are named in them."""
        from matcalc.write.printers import latex  # noqa: PLC0415 - a plain answer does not need it

        declared, language = self.program.variables, self.program.language
        if self.verify:
            from matcalc.verify.readback.latex import latex_says  # noqa: PLC0415 - as above

            for tree in self.trees:
                formula = latex.latex(tree, bold=bold, named=self.names, declared=declared)
                confirm(latex_says(formula, tree, declared, language), "LaTeX", language)
        heads = dict(zip(labels, self.trees, strict=True))
        return latex.several_latex(heads, bold=bold, named=self.names, declared=declared)


def put_together(
    program: Program, trees: Sequence[Expr], *, cse: bool = False, verify: bool = True
) -> Together:
    """The answers with names for what they share; those that are equal share no more than that."""
    different = {id(tree): tree for tree in trees}
    root = write_known_sizes(Expr("several", tuple(different.values())), program.variables)
    root, names = name_parts(root, program.variables, cse, find_defined_names(program))
    shown = dict(zip(different, root.args, strict=True))
    return Together(program, tuple([shown[id(tree)] for tree in trees]), names, verify)
