r"""Derivatives by a complex variable z and by conj(z), in the notations.

With D and C for both, the differential is D*dz + C*conj(dz): linear over the real numbers in the
displacement dz. Its adjoint is that for the real part of the inner product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from matcalc.claims.equality import DIFFERENT, EQUAL, UNDECIDED, Decision
from matcalc.conjugates.analytic import analytic
from matcalc.conjugates.equality import same_value
from matcalc.conjugates.reading import ComplexProgram, conjugate, with_conjugates
from matcalc.conjugates.sides import WirtingerSide
from matcalc.conjugates.tex import ComplexLatex
from matcalc.conjugates.unit import without_powers
from matcalc.core.directions import Step, free_variable
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr, add_terms, multiply, number, pair, variable
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import differentiate, simplify_tree
from matcalc.notations.answer import Written, is_laid_out, require_stacked
from matcalc.notations.cases import Case, with_body
from matcalc.notations.lines import LineNames, NotationLine, Writer, array_of, in_language
from matcalc.notations.read import column, contract, read_line
from matcalc.notations.tex import CaseLine, line_latex
from matcalc.verify.readback.values import confirm
from matcalc.write.printers.latex_names import name as letter

_ARRAYS = ("matrix", "kronecker", "index", "cases")


class WirtingerInNotation(Written):
    """The derivatives by a complex variable and by its conjugate in one of the notations."""

    def __init__(
        self,
        found: ComplexProgram,
        wrt: str,
        sides: Sequence[Sequence[WirtingerSide]],
        heads: Mapping[str, str],
        notation: str,
        *,
        row_major: bool = False,
        verify: bool = True,
    ) -> None:
        """``sides`` are the derivatives of each order, ``heads`` what the last ones are called in
        text, and in LaTeX.
        """
        require_stacked(notation, row_major=row_major)
        self.notation, self.row_major = notation, row_major
        self._sides_of, self._heads = sides, heads
        self.wrt = wrt
        self._program = found.program._replace(definitions={}, asked=None)
        self._tilted = wrt not in found.conjugated  # Hermitian: the conjugate is the transpose
        names = LineNames(DerivativeStatement(self._program, wrt, len(sides)))
        (self._step,) = names.directions(1)
        self._sign = names.differential()
        self._cotangent = names.cotangent()
        self._found = self._with_steps(found)
        if notation in _ARRAYS:
            lines = self._arrays()
        else:
            lines = self._maps() if notation == "operator" else [self._differential()]
        self._write(lines, verify=verify)

    def _with_steps(self, found: ComplexProgram) -> ComplexProgram:
        """The program with a displacement and a cotangent."""
        program = found.program
        fresh = [
            free_variable(self._step, program.variables[self.wrt]),
            free_variable(self._cotangent, program.expr),
        ]
        known = [each._replace(complex=True) for each in fresh]
        known += [each._replace(name=conjugate(each.name)) for each in known]
        tilted = {self._step: "hermitian"} if self._tilted else {}
        return replace(
            found,
            program=program.declare(*known)._replace(asked=None),
            names=(*found.names, self._step, self._cotangent),
            self_adjoint={**found.self_adjoint, **tilted},
        )

    # -- arrays

    def _arrays(self) -> list[NotationLine]:
        lines = []
        for side, (label, tex) in zip(self._sides_of[-1], self._heads.items(), strict=True):
            if self.notation == "matrix":
                kind = "jacobian" if side.is_matrix else "array"
                line = NotationLine(kind, (), side.statement.program, side.shown)
            else:
                writer = Writer(side.statement, side.tree, row_major=self.row_major)
                (line,) = writer.lines(self.notation)
                line = replace(line, tree=self._clean(line.program, line.tree))
            lines.append(replace(line, label=label, label_tex=tex, meant=side.tree))
        return lines

    def _clean(self, program: Program, tree: Expr) -> Expr:
        """A tree of the engine without norms of complex values and powers of the unit."""
        return without_powers(program, analytic(tree, self._found.moving))

    # -- maps

    def _ways(self) -> list[tuple[str, str]]:
        """What moves, and the displacement of each."""
        own = (self.wrt, self._step)
        return [own] if self._tilted else [own, (conjugate(self.wrt), conjugate(self._step))]

    def _along(self, expr: Expr, times: int) -> Expr:
        """The differential of an order: a term for each choice of what moves."""
        program = self._found.program._replace(expr=expr, definitions={})
        terms = []
        for steps, count in self._choices(times):
            tree = derive_steps(program, steps, "free")[-1]
            if count > 1:
                tree = simplify_tree(program, multiply(number(count), tree))
            terms.append(self._clean(program, tree))
        return in_language(program, add_terms(terms, expr.shape, row=expr.row))

    def _choices(self, times: int) -> list[tuple[list[Step], int]]:
        """The steps of each term, and how often it is in the differential."""
        ways: list[Step] = [{name: step} for name, step in self._ways()]
        if times == 1:
            return [([way], 1) for way in ways]
        return [
            ([one, other], 1 if one is other else 2)
            for k, one in enumerate(ways)
            for other in ways[k:]
        ]

    def _differential(self) -> NotationLine:
        tree = self._along(self._program.expr, len(self._sides_of))
        names = (self._sign, *[step for _, step in self._ways()])
        meant = self._contracted(self._sides_of[-1], len(self._sides_of))
        return NotationLine("differential", names, self._found.program, tree, meant=meant)

    def _maps(self) -> list[NotationLine]:
        """The map of a displacement and its adjoint; of order 2 that of each first derivative."""
        program = self._found.program
        if len(self._sides_of) == 1:
            tree = self._along(self._program.expr, 1)
            meant = self._contracted(self._sides_of[0], 1)
            line = NotationLine("map", (self._step,), program, tree, meant=meant)
            return [line] if self._tilted else [line, self._adjoint()]
        lines = []
        for side in self._sides_of[0]:
            (by,) = side.by
            parts = [each for each in self._sides_of[-1] if each.by[0] == by]
            tree = self._along(side.tree, 1)
            meant = self._contracted(parts, 1)
            label = f"d/d{by}"
            tex = rf"\mathrm{{d}} \frac{{\partial}}{{\partial {self._letter(by)}}}"
            lines.append(NotationLine("map", (self._step,), program, tree, label, tex, meant))
        return lines

    def _letter(self, by: str) -> str:
        return letter(by) if by == self.wrt else rf"\bar{{{letter(self.wrt)}}}"

    def _contracted(self, sides: Iterable[WirtingerSide], times: int) -> Expr:
        """What the arrays of the derivatives say of displacements."""
        steps = dict(
            zip((self.wrt, f"conj({self.wrt})"), [s for _, s in self._ways()], strict=False)
        )
        rank = len(self._program.variables[self.wrt].shape)
        terms = []
        for side in sides:
            shape = side.tree.shape
            first = len(shape) - times * rank
            taken = [
                (steps[by], range(first + k * rank, first + (k + 1) * rank))
                for k, by in enumerate(side.by[-times:])
            ]
            terms.append(contract(side.tree, shape, taken))
        return add_terms(terms, terms[0].shape)

    def _adjoint(self) -> NotationLine:
        """V -> D^H*V + C'*conj(V), the gradient of the real part of the product with V."""
        program, value = self._found.program, self._program.expr
        paired = program._replace(expr=self._paired(value), definitions={})
        tree = differentiate(DerivativeStatement(paired, conjugate(self.wrt), 1, "free"))
        tree = in_language(program, self._clean(program, tree))
        return NotationLine("adjoint", (self._cotangent,), program, tree, meant=tree)

    def _paired(self, value: Expr, name: str = "") -> Expr:
        """Twice the real part of the product of a value with a cotangent."""
        name = name or self._cotangent
        value = column(value)
        one = pair(variable(conjugate(name), value.shape), value)
        return Expr("+", (one, self._found.conjugate_of(one)))

    # -- text and LaTeX

    @property
    def variables(self) -> Mapping[str, object]:
        """Each variable with its kind, that of a displacement and of a cotangent too."""
        added = {self._step, self._cotangent} - {name for x in self._lines for name in x.names}
        return {name: kind for name, kind in self._found.kinds.items() if name not in added}

    @property
    def _conjugated(self) -> tuple[str, ...]:
        """The names whose conjugates are variables, the longest first."""
        return tuple(sorted(self._found.conjugated, key=len, reverse=True))

    def _text(self, line: NotationLine) -> str:
        return with_conjugates(super()._text(line), self._conjugated)

    def _by_cases(self, line: NotationLine, cases: Sequence[Case]) -> str:
        return with_conjugates(super()._by_cases(line, cases), self._conjugated)

    def _latex(self, line: NotationLine, cases: Sequence[Case], *, bold: bool) -> str:
        letters = ComplexLatex(self._found)
        z = letter(self.wrt)
        letters.mark(self._step, rf"\,\mathrm{{d}}{z}")
        if not self._tilted:
            letters.mark(conjugate(self._step), rf"\,\mathrm{{d}}\bar{{{z}}}")
        renamed = {one: rename(other) for one, other in letters.names.items()}
        tree = replace_variables(line.tree, renamed)
        known: dict[str, Variable] = letters.variables
        names = tuple([letters.names.get(each, each) for each in line.names])
        program = line.program._replace(variables=known)
        shown = replace(line, names=names, program=program, tree=tree)
        rows = [
            CaseLine(replace_variables(with_body(line.tree, case.value), renamed), case.conditions)
            for case in cases
        ]
        return letters.finish(line_latex(shown, rows, bold=bold, verify=self._verify))

    # -- proofs

    def prove(self, text: str, line: NotationLine) -> Decision:
        """How it was proved that a text says what the derivatives say."""
        program = line.program
        try:
            read = read_line(self._inside(text), line, line.tree.shape)
        except MatcalcError:
            confirm(False, "text", program.language)
            raise
        says, meant = self._sides(line, read)
        alike = says.shape == meant.shape and is_laid_out(read, line)
        confirm(alike, "text", program.language)
        decision = self._decide(says, meant)
        confirm(decision.verdict != DIFFERENT, "text", program.language)
        return decision

    def _sides(self, line: NotationLine, read: Expr) -> tuple[Expr, Expr]:
        if line.kind in ("array", "jacobian"):
            for side, label in zip(self._sides_of[-1], self._heads, strict=True):
                if label == line.label:
                    array = array_of(line, read, side.statement, row_major=self.row_major)
                    return array, side.tree
        return super()._sides(line, read)

    def _together(self) -> list[Decision]:
        """That the real parts of the products of map and adjoint are equal."""
        if not any(line.kind == "adjoint" for line in self._lines):
            return []
        line = self._lines[1]
        adjoint = read_line(self._inside(self._texts[1]), line, line.tree.shape)
        meant = self._paired(self._contracted(self._sides_of[0], 1))
        decision = self._decide(self._paired(adjoint, self._step), meant)
        confirm(decision.verdict != DIFFERENT, "adjoint", line.program.language)
        return [decision]

    def _decide(self, says: Expr, meant: Expr) -> Decision:
        same, how = same_value(self._found, says, meant)
        verdict = UNDECIDED if same is None else EQUAL if same else DIFFERENT
        return Decision(verdict, how)

    def _inside(self, text: str) -> str:
        """The text with the variables that stand for conjugates."""
        for name in self._conjugated:
            text = re.sub(rf"\bctranspose\({name}\)", f"{conjugate(name)}'", text)
            text = re.sub(rf"\bconj\({name}\)", conjugate(name), text)
        return text

    @property
    def reading(self) -> str:
        """How to read the lines."""
        z = self.wrt
        conj = f"conj({z})"
        if self.notation == "differential":
            whole = "the differential" if len(self._sides_of) == 1 else "the second differential"
            return whole + ("" if self._tilted else f", where conj({self._step}) is d {conj}")
        if self.notation == "operator":
            if len(self._sides_of) > 1:
                return "how each first derivative moves along a displacement"
            back = "" if self._tilted else ", and its adjoint for the real part of the product"
            return f"the map, linear over the real numbers{back}"
        rank = self._sides_of[-1][0].tree.rank
        if self.notation in ("index", "cases"):
            return f"the entries, axes of the expression before those of {z}" if rank else ""
        if self.notation == "matrix":
            return ""
        across = "'" if self.row_major and len(self._program.variables[z].shape) > 1 else ""
        turned = "'" if self.row_major and self._program.expr.rank > 1 else ""
        what = f"vec(F{turned})" if len(self._sides_of) == 1 else "vec(D)"
        more = "" if self._tilted else f" + K*d vec({conj}{across})"
        each = "J" if self._tilted else "J and K"
        return f"{each} of d {what} = J*d vec({z}{across}){more}"
