"""The derivatives of an expression by a complex variable and by its conjugate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from matcalc.claims.equality import DIFFERENT, EQUAL, decide_by_value
from matcalc.conjugates.reading import NORMS, UNIT, conjugate, read_complex
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.errors import UnknownNameError, UnsupportedError
from matcalc.core.kinds import MOST_RESULT_AXES, Variable
from matcalc.core.operations import ANALYTIC, SIZES
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, is_number, number, transposed, variable
from matcalc.core.walk import fold
from matcalc.engine.pipeline import differentiate, prepare_to_print, tensorize
from matcalc.verify.exact.judge import judge
from matcalc.verify.readback.latex import latex_says
from matcalc.verify.readback.values import confirm
from matcalc.verify.steps import weakest
from matcalc.verify.verification import Verification, warn_unverified
from matcalc.write.notation import format_text, value_name
from matcalc.write.printers.differentials import Marks
from matcalc.write.printers.latex import latex
from matcalc.write.printers.latex_names import name as letter

# operators of the typed tree that are analytic in their arguments
_OPERATORS = frozenset(
    (
        *("number", "constant", "variable", "dimension", "eye", "fill", "unit", "fuse"),
        *("+", "-", "neg", "*", "/", ".*", "./", ".^", "^", "'", "einsum", "indexed"),
        *("blocks", "slice", *(name for name, place in SIZES.items() if place == 0)),
    )
)


@dataclass(frozen=True, slots=True)
class _Side:
    """A derivative: by which variable, as the array and as it is shown."""

    statement: DerivativeStatement
    tree: Expr
    shown: Expr


class Wirtinger:
    """``d/dz`` and ``d/dconj(z)`` of an expression in complex variables.

    ``str`` gives both lines. Each is proved as an ordinary derivative by one of two independent
    variables, read back, and compared with differences by the real and the imaginary part.
    """

    def __init__(
        self,
        text: str,
        wrt: str = "",
        variables: Mapping[str, str | Variable] | Iterable[str] = (),
        *,
        verify: bool = True,
    ) -> None:
        self._declarations = variables
        self._source = text
        self._verify = verify
        found = read_complex(text, variables)
        self._program, self._names = found.program, found.names
        self.notes = found.notes
        self.wrt = wrt or self._only()
        if self.wrt not in self._names:
            raise UnknownNameError(
                f"{self.wrt} is no complex variable here",
                hint=f"the complex variables are {', '.join(self._names) or 'none'}",
            )
        self._sides = [self._side(name) for name in (self.wrt, conjugate(self.wrt))]
        if verify:
            warn_unverified(self.verification)

    def _only(self) -> str:
        if len(self._names) != 1:
            raise UnknownNameError(
                "wrt is missing: the complex variable to differentiate with respect to",
                hint=f"the complex variables are {', '.join(self._names) or 'none'}",
            )
        return self._names[0]

    def _side(self, name: str) -> _Side:
        program = self._program
        statement = DerivativeStatement(program, name, 1, "free")
        if len(statement.mixed_shape) > MOST_RESULT_AXES:
            raise UnsupportedError("this derivative has too many axes")
        moving = {*self._names, *map(conjugate, self._names), UNIT}
        tree = _analytic(differentiate(statement), moving)
        printed = prepare_to_print(
            tree, program.variables, statement.columns, language=program.language
        )
        return _Side(statement, tree, printed)

    @property
    def variables(self) -> dict[str, str]:
        """Each variable with its kind."""
        hidden = {*map(conjugate, self._names), UNIT}
        return {
            name: f"complex {each}" if name in self._names else str(each)
            for name, each in self._program.variables.items()
            if name not in hidden
        }

    @property
    def by_variable(self) -> str:
        """The derivative by z."""
        return self._texts[0]

    @property
    def by_conjugate(self) -> str:
        """The derivative by conj(z)."""
        return self._texts[1]

    @property
    def reading(self) -> str:
        """How to read the lines."""
        side = self._sides[0]
        return side.statement.reading if self._is_matrix(side) else ""

    @staticmethod
    def _is_matrix(side: _Side) -> bool:
        return side.shown.rank < side.tree.rank

    @cached_property
    def _texts(self) -> list[str]:
        return [
            self._outside(format_text(side.shown, self._program.variables, verify=self._verify))
            for side in self._sides
        ]

    def _outside(self, text: str) -> str:
        """The text with conj(z) for the variable that stands for it."""
        for name in self._names:
            text = re.sub(rf"\b{conjugate(name)}'", f"ctranspose({name})", text)
            text = re.sub(rf"\b{conjugate(name)}\b", f"conj({name})", text)
        return text

    @public
    def text(self) -> str:
        """Both lines in the language."""
        heads = (f"d/d{self.wrt}", f"d/dconj({self.wrt})")
        width = max(map(len, heads))
        return "\n".join(
            f"{head:<{width}} = {text}" for head, text in zip(heads, self._texts, strict=True)
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.Wirtinger {self._source}: {self.text()}>"

    @public
    def latex(self) -> str:
        r"""Both lines in LaTeX: ``\bar{z}``, and ``z^{\mathsf{H}}`` for its transpose."""
        marks, program = Marks(), self._program
        for name in self._names:
            marks.mark(conjugate(name), rf"\bar{{{letter(name)}}}")
        if UNIT in program.variables:
            marks.mark(UNIT, r"\mathrm{i}")
        variables = {
            marks.names.get(name, name): replace(each, name=marks.names.get(name, name))
            for name, each in program.variables.items()
        }
        above = rf"\partial {letter(value_name(program.variables))}"
        lines = []
        for head, side in zip(
            (letter(self.wrt), rf"\bar{{{letter(self.wrt)}}}"), self._sides, strict=True
        ):
            tree = replace_variables(side.shown, {a: _named(b) for a, b in marks.names.items()})
            formula = latex(tree, named={}, declared=variables)
            if self._verify:
                confirm(latex_says(formula, tree, variables), "LaTeX", program.language)
            shown_formula = marks.unmarked(formula)
            for name in self._names:
                across = rf"\bar{{{letter(name)}}}^{{\top}}"
                shown_formula = shown_formula.replace(across, rf"{letter(name)}^{{\mathsf{{H}}}}")
            lines.append(rf"\frac{{{above}}}{{\partial {head}}} &= {shown_formula}")
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    # -- proofs

    @cached_property
    @public
    def verification(self) -> Verification:
        """The weakest of the proofs; VerificationError where a line is wrong."""
        # it loads NumPy
        from matcalc.conjugates.check import TOLERANCE, cut, has_branches, largest_error  # noqa: PLC0415

        program, names = self._program, tuple(dict.fromkeys(self._names))
        branched = cut(program, names)
        if branched:
            raise UnsupportedError(
                f"{branched} is taken of negative numbers alone, where it is not analytic: "
                f"they are its branch cut",
                source=program.source,
                hint="turn the argument, as imagunit*sqrt(w) for sqrt(-w)",
            )
        trees = [side.tree for side in self._sides]
        error = largest_error(program, self.wrt, trees, names)
        if error is not None and error > TOLERANCE and has_branches((program.expr, *trees), names):
            raise UnsupportedError(
                "the formula that was found holds on one branch of its roots and logarithms alone",
                source=program.source,
                hint="differentiate an expression without them, as abs(z)^2 for abs(z)",
            )
        confirm(error is None or error <= TOLERANCE, "derivative", program.language)
        found = []
        for side, text in zip(self._sides, self._texts, strict=True):
            verdict = judge(side.statement, side.tree)
            confirm(verdict.outcome != "wrong", "derivative", program.language)
            if verdict.outcome == "exact":
                found.append(Verification("exact"))
            elif error is not None:  # real points say nothing of branches of complex functions
                found.append(Verification("numeric", error, "differences at complex points"))
            self._read_back(side, text)
        if error is None:
            found.append(Verification("none", how="no complex point was found"))
        return weakest(found)

    def _read_back(self, side: _Side, text: str) -> None:
        """Whether the text says the derivative."""
        program = self._program
        known = {name: kind for name, kind in self.variables.items() if kind != "function"}
        again = read_complex(text, known).program
        tree = again.expr
        if self._is_matrix(side):
            tree = tensorize(tree, side.tree.shape, side.statement.columns)
        meant = replace(program, expr=side.tree)
        if tree.shape != side.tree.shape:
            confirm(False, "text", program.language)
        decision = decide_by_value(replace(program, expr=tree), meant)
        confirm(decision.verdict != DIFFERENT, "text", program.language)
        if decision.verdict != EQUAL:
            # it loads NumPy
            from matcalc.conjugates.check import same_values  # noqa: PLC0415

            same = same_values(program, tree, side.tree, self._names)
            confirm(same is not False, "text", program.language)
            if same is None:
                warn_unverified(Verification("none", how=decision.how))

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of it."""
        return {
            "wrt": self.wrt,
            "variables": self.variables,
            "by_variable": self.by_variable,
            "by_conjugate": self.by_conjugate,
            "reading": self.reading,
            "text": self.text(),
            "latex": self.latex(),
            "notes": list(self.notes),
        }


def _named(name: str) -> Callable[[Expr], Expr]:
    return lambda node: variable(name, node.shape, row=node.row)


def _analytic(tree: Expr, moving: set[str]) -> Expr:
    """The tree without real norms: those of the engine are ``sqrt(sum(x.^2))`` and stand for
    that. UnsupportedError where something is left that is not analytic.
    """

    def rule(node: Expr, parts: list[tuple[Expr, bool]]) -> tuple[Expr, bool]:
        args = tuple([part[0] for part in parts])
        moves = any(part[1] for part in parts) or (node.op == "variable" and node.value in moving)
        if moves and node.op == "^" and args[0].op in NORMS:
            power = args[1]
            if is_number(power) and power.value.denominator == 1 and power.value % 2 == 0:
                square = _square(args[0])
                half = int(power.value) // 2
                made = square if half == 1 else Expr("^", (square, number(half)), node.shape)
                return made, True
        return node.with_args(args), moves

    result, _ = fold(tree, lambda node: node.args, rule)

    def check(node: Expr, parts: list[bool]) -> bool:
        moves = any(parts) or (node.op == "variable" and node.value in moving)
        if moves and node.op not in _OPERATORS and node.op not in ANALYTIC:
            raise UnsupportedError(
                f"the derivative has {node.op} of complex values, and no form without it is known"
            )
        return moves

    fold(result, lambda node: node.args, check)
    return result


def _square(norm: Expr) -> Expr:
    """norm2(a)^2 or abs(a)^2 of the engine as a'*a."""
    (inside,) = norm.args
    if norm.op == "abs":
        return Expr("^", (inside, number(2)), inside.shape)
    if not inside.shape:
        return Expr("^", (inside, number(2)))
    across = transposed(inside)
    if inside.rank == 1:
        return Expr("*", (inside, across) if inside.row else (across, inside))
    return Expr("tr", (Expr("*", (across, inside), (inside.shape[1],) * 2),))


@public
def wirtinger(
    expr: str,
    wrt: str = "",
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    verify: bool = True,
) -> Wirtinger:
    """The derivatives by a complex variable ``z: complex vector(n)`` and by ``conj(z)``, verified;
    see docs/complex.md.
    """
    found = Wirtinger(expr, wrt, variables, verify=verify)
    warn_of_notes(found.notes)
    return found
