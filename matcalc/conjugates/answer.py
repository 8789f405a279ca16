"""The derivatives of an expression by a complex variable and by its conjugate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from matcalc.conjugates.analytic import analytic
from matcalc.conjugates.branches import has_branches
from matcalc.conjugates.equality import require_no_cut, same_value
from matcalc.conjugates.reading import (
    UNIT,
    conjugate,
    read_complex,
    read_complex_latex,
    with_conjugates,
)
from matcalc.conjugates.sides import WirtingerSide
from matcalc.conjugates.tex import ComplexLatex
from matcalc.conjugates.unit import without_powers
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.errors import ArgumentError, UnknownNameError, UnsupportedError
from matcalc.core.kinds import MOST_RESULT_AXES, Variable
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, number, tensorize, transpose
from matcalc.core.typeset import Typeset
from matcalc.engine.pipeline import differentiate, prepare_to_print, simplify
from matcalc.verify.exact.judge import judge
from matcalc.verify.readback.latex import latex_says
from matcalc.verify.readback.values import confirm
from matcalc.verify.steps import weakest
from matcalc.verify.verification import Verification, warn_unverified
from matcalc.write.notation import format_text, value_name
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_pieces import align

if TYPE_CHECKING:
    from matcalc.conjugates.claims import ComplexReport
    from matcalc.conjugates.notations import WirtingerInNotation
    from matcalc.conjugates.steps import ComplexDerivation


class Wirtinger(Typeset):
    """``d/dz`` and ``d/dconj(z)`` of an expression in complex variables; with ``order=2`` the four
    second derivatives. By a Hermitian matrix there is one derivative.

    ``str`` gives all lines. Each is proved as an ordinary derivative by one of two independent
    variables, read back, and compared with differences by the real and the imaginary part.
    """

    def __init__(
        self,
        text: str,
        wrt: str = "",
        variables: Mapping[str, str | Variable] | Iterable[str] = (),
        *,
        order: int = 1,
        verify: bool = True,
        latex: bool = False,
    ) -> None:
        self._verify = verify
        self._found = (read_complex_latex if latex else read_complex)(text, variables)
        self._program, self._names = self._found.program, self._found.conjugated
        self._source = self._outside(self._write(self._program.expr)) if latex else text
        self.notes = self._found.notes
        if self._found.asked:
            wrt, order = self._asked(wrt, order)
        # a nabla does not say which of the derivatives it is
        self._wanted = () if r"\nabla" in text else self._found.asked
        self.wrt = wrt or self._only()
        if self.wrt in self._program.variables and self.wrt not in self._found.names:
            raise UnknownNameError(
                f"{self.wrt} is real; an expression with complex variables is differentiated with "
                f"respect to these only: {', '.join(self._found.names) or 'none'}"
            )
        if self.wrt not in self._found.names:
            raise UnknownNameError(
                f"{self.wrt} is not a complex variable here",
                hint=f"the complex variables are {', '.join(self._found.names) or 'none'}",
            )
        if order not in (1, 2):
            raise UnsupportedError(
                f"derivatives of order {order} with respect to a complex variable",
                hint="there are derivatives of order 1 and 2",
            )
        self.order = order
        self._first = self._sides((), self._program)
        self._last = self._first
        if order > 1:
            self._last = [
                each
                for side in self._first
                for each in self._sides(side.by, self._program._replace(expr=side.tree))
            ]
        if verify:
            warn_unverified(self.verification)

    @property
    def is_verified(self) -> bool:
        """Whether it was to be verified."""
        return self._verify

    def _asked(self, wrt: str, order: int) -> tuple[str, int]:
        """The variable and the order that the formula itself asks for."""
        asked = self._found.asked
        found = asked[0].removeprefix("conj(").rstrip(")")
        if wrt not in ("", found) or order not in (1, len(asked)):
            raise ArgumentError(
                f"the formula asks for a derivative of order {len(asked)} with respect to "
                f"{asked[0]} already"
            )
        if asked[0] != found and found in self._found.self_adjoint:
            raise UnsupportedError(
                f"{found} is Hermitian, so it moves together with {asked[0]}",
                hint=f"there is one derivative, that with respect to {found}",
            )
        return found, len(asked)

    def _only(self) -> str:
        names = self._found.names
        if len(names) != 1:
            raise UnknownNameError(
                "wrt is missing: the complex variable to differentiate with respect to",
                hint=f"the complex variables are {', '.join(names) or 'none'}",
            )
        return names[0]

    def _sides(self, before: tuple[str, ...], program: Program) -> list[WirtingerSide]:
        """The derivatives of a program by the variable and by its conjugate, where that is a
        variable of its own.
        """
        free = self.wrt in self._names
        names = (self.wrt, conjugate(self.wrt)) if free else (self.wrt,)
        return [self._side(before, program, name) for name in names]

    def _side(self, before: tuple[str, ...], program: Program, name: str) -> WirtingerSide:
        statement = DerivativeStatement(program, name, 1, "free")
        if len(statement.mixed_shape) > MOST_RESULT_AXES:
            raise UnsupportedError("this derivative has too many axes")
        tree = analytic(differentiate(statement), self._found.moving)
        short = without_powers(program, tree)
        printed = prepare_to_print(
            short, program.variables, statement.columns, language=program.language
        )
        by = self.wrt if name == self.wrt else f"conj({self.wrt})"
        return WirtingerSide((*before, by), statement, tree, printed)

    @property
    def variables(self) -> dict[str, str]:
        """Each variable with its kind."""
        return self._found.kinds

    @property
    def inferred(self) -> dict[str, str]:
        """The variables that were not declared, each with its kind."""
        return self._found.inferred

    @property
    def lines(self) -> dict[tuple[str, ...], str]:
        """Each derivative, by what it is with respect to in turn: ``("z",)``, ``("conj(z)",)``,
        ``("conj(z)", "z")``.
        """
        return {side.by: text for side, text in zip(self._last, self._texts, strict=True)}

    @property
    def by_variable(self) -> str:
        """The derivative with respect to z."""
        return self._outside(self._write(self._first[0].shown))

    @property
    def by_conjugate(self) -> str | None:
        """The derivative by conj(z); None by a Hermitian matrix, of which it is a part."""
        return None if len(self._first) == 1 else self._outside(self._write(self._first[1].shown))

    @cached_property
    def is_real(self) -> bool:
        """Whether the expression is a real number: it is compared with its conjugate at complex
        points.
        """
        program = self._program
        if program.expr.shape:
            return False
        return self._compare(self._found.conjugate_of(program.expr), program.expr)[0] is True

    @property
    @public
    def gradient(self) -> str:
        """The direction of steepest ascent of a real function: ``2*d/dconj(z)``, and the transpose
        of the derivative by a Hermitian matrix. UnsupportedError where the function is not real.
        """
        if not self.is_real:
            raise UnsupportedError(
                "the expression is not real, so it has no direction of steepest ascent",
                source=self._program.source,
                hint="take its modulus or its real part",
            )
        return self._outside(self._write(self._gradient_tree()[1]))

    def _gradient_tree(self) -> tuple[str, Expr]:
        """What the gradient is, and its tree."""
        if len(self._first) == 1:
            across = self._program._replace(expr=transpose(self._first[0].shown))
            return f"the transpose of d/d{self.wrt}", simplify(across)
        expr = self._program.expr
        twice = self._program._replace(expr=Expr("*", (number(2), expr)))
        return f"2*d/dconj({self.wrt})", self._side((), twice, conjugate(self.wrt)).shown

    @property
    def convention(self) -> str:
        """What the gradient of a real function is; empty of others."""
        if not self.is_real:
            return ""
        what = "2*d/dconj({0})" if len(self._first) > 1 else "the transpose of d/d{0}, Hermitian"
        said = f"the expression is real: its gradient, the direction of steepest ascent, is {what}"
        return said.format(self.wrt)

    @property
    def reading(self) -> str:
        """How to read the lines."""
        side = self._last[0]
        if not side.is_matrix:
            return ""
        said = side.statement.reading
        return said if self.order == 1 else said.replace("vec(F)", "vec(D)") + ", D the first one"

    @cached_property
    def _texts(self) -> list[str]:
        return [self._outside(self._write(side.shown)) for side in self._last]

    def _write(self, tree: Expr) -> str:
        return format_text(tree, self._program.variables, verify=self._verify)

    def _outside(self, text: str) -> str:
        """The text with conj(z) for the variable that stands for it."""
        return with_conjugates(text, self._names)

    @public
    def text(self) -> str:
        """All lines in the language."""
        heads = self._heads()
        width = max(map(len, heads))
        return "\n".join(
            f"{head:<{width}} = {text}" for head, text in zip(heads, self._texts, strict=True)
        )

    def _heads(self) -> list[str]:
        """What the derivatives are called."""
        power = "" if self.order == 1 else str(self.order)
        return [f"d{power}/{' '.join(f'd{name}' for name in side.by)}" for side in self._last]

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.Wirtinger {self._source}: {self.text()}>"

    @public
    def latex(self) -> str:
        r"""All lines in LaTeX: ``\bar{z}``, and ``z^{\mathsf{H}}`` for its transpose."""
        letters, program = ComplexLatex(self._found), self._program
        lines = []
        for side, fraction in zip(self._last, self._fractions(), strict=True):
            formula, tree = letters.mark_formula(side.shown)
            if self._verify:
                confirm(latex_says(formula, tree, letters.variables), "LaTeX", program.language)
            lines.append(f"{fraction} &= {letters.finish(formula)}")
        return align(lines)

    def _fractions(self) -> list[str]:
        """What the derivatives are in LaTeX."""
        power = "" if self.order == 1 else f"^{self.order}"
        above = rf"\partial{power} {letter(value_name(self._program.variables))}"
        return [
            rf"\frac{{{above}}}{{"
            + r" \, ".join(rf"\partial {self._letter(name)}" for name in side.by)
            + "}"
            for side in self._last
        ]

    def _letter(self, by: str) -> str:
        return letter(by) if by == self.wrt else rf"\bar{{{letter(self.wrt)}}}"

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> WirtingerInNotation:
        """The derivatives in a notation: ``matrix``, ``kronecker``, ``index``, ``cases``,
        ``operator`` or ``differential``, proved equal to them; see docs/complex.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.conjugates.notations import WirtingerInNotation  # noqa: PLC0415

        heads = dict(zip(self._heads(), self._fractions(), strict=True))
        return WirtingerInNotation(
            self._found,
            self.wrt,
            (self._first, self._last)[: self.order],
            heads,
            notation,
            row_major=row_major,
            verify=self._verify,
        )

    @public
    def source(self, backend: str = "numpy", *, name: str = "f") -> str:
        """Python source of a function of all variables that returns a mapping from ``"z"`` and
        ``"conj(z)"`` (of second derivatives ``"conj(z), z"``) to arrays. UnsupportedError for
        other frameworks than NumPy, which have conventions of their own.
        """
        # a plain answer does not need it
        from matcalc.conjugates.code import source  # noqa: PLC0415

        trees = {", ".join(side.by): side.tree for side in self._last}
        return source(self._found, trees, backend, name, self.text(), verify=self._verify)

    @public
    def to_callable(self, backend: str = "numpy") -> Callable[..., Any]:
        """The function that ``source`` is the code of."""
        # as above
        from matcalc.write.printers.numpy_code import compile_numpy  # noqa: PLC0415

        return compile_numpy(self.source(backend), "f")

    @public
    def steps(self, *, detail: int = 2) -> ComplexDerivation:
        """How the derivatives are found, in differentials, each line proved; UnsupportedError where
        that cannot be shown.
        """
        # a plain answer does not need it
        from matcalc.conjugates.steps import derive_steps  # noqa: PLC0415

        if self.order > 1 or self._has_unit:
            what = "a second derivative" if self.order > 1 else f"an expression with {UNIT}"
            raise UnsupportedError(
                f"the steps of {what} in complex variables are not shown",
                hint="those of a first derivative without it are",
            )
        _ = self._verify and self.verification  # a formula that is wrong somewhere is refused
        statements = [side.statement for side in self._first]
        conjugated = {conjugate(name): name for name in self._names}
        return derive_steps(statements, detail, self.wrt, self._outside, conjugated)

    # -- claims

    @public
    def judge(self, claim: str, *, latex: bool = False) -> ComplexReport:
        """Whether a claim, an expression in the same variables, is one of the derivatives, and
        which.
        """
        # a plain answer does not need it
        from matcalc.conjugates.claims import Asked, judge  # noqa: PLC0415

        told = self.order == 1 and self.is_real
        gradient = (*self._gradient_tree(), self.gradient) if told else None
        heads = self._heads()
        trees = dict(zip(heads, [side.tree for side in self._last], strict=True))
        texts = dict(zip(heads, self._texts, strict=True))
        said = self._read_like(claim, latex=latex)
        sides = dict(zip([side.by for side in self._last], heads, strict=True))
        wanted = sides[self._wanted] if self._wanted else ""
        conjugates = {name: conjugate(name) for name in self._found.conjugated}
        asked = Asked(self._source, claim, said, trees, texts, gradient, wanted, conjugates)
        return judge(asked, self._compare)

    def _read_like(self, text: str, *, latex: bool = False) -> Expr:
        """Another expression in the same variables, which may use the definitions."""
        known = {name: kind for name, kind in self.variables.items() if kind != "function"}
        definitions = self._program.definitions
        found = (read_complex_latex if latex else read_complex)(text, known, definitions)
        for name in found.program.variables:
            if name not in self._program.variables and name != UNIT:
                raise UnknownNameError(
                    f"{name} is not a variable of the expression",
                    hint=f"its variables are {', '.join(known)}",
                )
        return found.program.expr

    def _compare(self, tree: Expr, meant: Expr) -> tuple[bool | None, str]:
        return same_value(self._found, tree, meant)

    # -- proofs

    @cached_property
    @public
    def verification(self) -> Verification:
        """The weakest of the proofs; VerificationError where a line is wrong."""
        require_no_cut(self._found, self._program.source)
        groups = [self._first]
        if self.order > 1:
            size = len(self._first)
            groups += [self._last[start : start + size] for start in range(0, size * size, size)]
        return weakest([each for sides in groups for each in self._proofs(sides)])

    def _proofs(self, sides: list[WirtingerSide]) -> list[Verification]:
        """How the derivatives of one program are proved. Without NumPy there are no differences; a
        proof in the field is enough then, where no function has branches.
        """
        program = sides[0].statement.program
        trees = [side.tree for side in sides]
        branched = has_branches((program.expr, *trees), self._found)
        verdicts = [judge(side.statement, side.tree) for side in sides]
        is_exact = not branched and all(verdict.outcome == "exact" for verdict in verdicts)
        error = None
        if not is_exact or find_spec("numpy") is not None:
            # it loads NumPy
            from matcalc.conjugates.check import TOLERANCE, largest_error  # noqa: PLC0415

            error = largest_error(replace(self._found, program=program), self.wrt, trees)
            if error is not None and error > TOLERANCE and branched:
                raise UnsupportedError(
                    "the formula that was found holds only on one branch of its roots and "
                    "logarithms",
                    source=program.source,
                    hint="differentiate an expression without them, as abs(z)^2 for abs(z)",
                )
            confirm(error is None or error <= TOLERANCE, "derivative", program.language)
        found = []
        for side, verdict in zip(sides, verdicts, strict=True):
            confirm(verdict.outcome != "wrong", "derivative", program.language)
            if verdict.outcome == "exact":
                found.append(Verification("exact"))
            elif error is not None:  # real points say nothing of branches of complex functions
                found.append(Verification("numeric", error, "differences at complex points"))
            if any(side is shown for shown in self._last):
                self._read_back(side, self._outside(self._write(side.shown)))
        if error is None and not is_exact:
            found.append(Verification("none", how="no complex point was found"))
        return found

    def _read_back(self, side: WirtingerSide, text: str) -> None:
        """Whether the text says the derivative."""
        spoken, tree = self._program.language, self._read_like(text)
        if side.is_matrix:
            tree = tensorize(tree, side.tree.shape, side.statement.columns)
        confirm(tree.shape == side.tree.shape, "text", spoken)
        same, how = self._compare(tree, side.tree)
        confirm(same is not False, "text", spoken)
        if same is None:
            warn_unverified(Verification("none", how=how))

    @property
    def _has_unit(self) -> bool:
        return UNIT in self._program.variables

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of it."""
        return {
            "wrt": self.wrt,
            "order": self.order,
            "variables": self.variables,
            "by_variable": self.by_variable,
            "by_conjugate": self.by_conjugate,
            "lines": {", ".join(by): text for by, text in self.lines.items()},
            "reading": self.reading,
            "gradient": self.gradient if self.is_real else None,
            "text": self.text(),
            "latex": self.latex(),
            "notes": list(self.notes),
        }


@public
def wirtinger(
    expr: str,
    wrt: str = "",
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    order: int = 1,
    verify: bool = True,
    latex: bool = False,
) -> Wirtinger:
    """The derivatives by a complex variable ``z: complex vector(n)`` and by ``conj(z)``, verified;
    with ``order=2`` the second ones; of a formula in LaTeX with ``latex``. See docs/complex.md.

    Shapes: as for ``diff``, for both variables.
    Arguments: ``expr`` is a text; ``wrt`` names the complex variable, and may be left out where
    there is one; ``variables`` declares the names; ``order``, ``latex`` are described above;
    ``verify=False`` leaves the proof for later.
    Raises: UnsupportedError for a function that is not analytic, UnknownNameError for a variable
    that does not occur.
    """
    found = Wirtinger(expr, wrt, variables, order=order, verify=verify, latex=latex)
    warn_of_notes(found.notes)
    return found
