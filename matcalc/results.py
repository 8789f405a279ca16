"""What users hold in their hands: expressions and their derivatives, with every output on
demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, VerificationError
from matcalc.core.kinds import Variable
from matcalc.core.notes import escape_markdown, in_python
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program, find_part
from matcalc.core.rng import seed_of
from matcalc.core.statement import DerivativeStatement, make_statement
from matcalc.core.tree import Expr, intern_trees, tensorize, variable_names
from matcalc.engine.pipeline import (
    by_entries,
    find_defined_names,
    matricize,
    simplify,
)
from matcalc.engine.single import derive_one
from matcalc.read.frontend import read
from matcalc.read.pieces import part_of
from matcalc.verify.readback.values import confirm
from matcalc.verify.verification import Verification, compare, warn_unverified
from matcalc.verify.verification import verify as verified
from matcalc.with_code import WithCode
from matcalc.write.notation import format_text, name_parts
from matcalc.write.printers.kinds import describe_kind
from matcalc.write.printers.sizes import write_known_sizes
from matcalc.write.printers.text import has_indices

if TYPE_CHECKING:
    from matcalc.explain.build import Derivation
    from matcalc.graph.build import AskedVariables
    from matcalc.graph.picture import ComputationalGraph
    from matcalc.manifolds.answer import Riemannian
    from matcalc.notations.answer import InNotation
    from matcalc.verify.oracle.compare import Comparison, Truths

_LONGEST_REPR = 120  # characters of a formula
_ORDERS_IN_ONE = 2  # orders of derivatives that the judges take in one step


class Formula(WithCode):
    """A typed tree over the variables of a program; texts and code are made when they are asked
    for.
    """

    def __init__(
        self, program: Program, tree: Expr, trailing: int = 0, *, verify: bool = True
    ) -> None:
        self._program = program
        self._tree = tree
        self._trailing = trailing  # axes that are the columns of a Kronecker form
        self._verify = verify  # whether what is printed is read back
        self._text: str | None = None
        self._plain: set[int] | None = None  # parts that are known to have no indices

    def __str__(self) -> str:
        if self._text is None:
            self._text = self.text()
        return self._text

    @public
    def text(self, *, cse: bool = False) -> str:
        """The formula as ``str`` gives it, which names repeated parts of long ones (``... where M =
        inv(X'*C*X)``).

        With ``cse`` parts are named wherever that is shorter. What the expression defined keeps its
        name.
        """
        program = self._program
        return format_text(
            self._shown,
            program.variables,
            cse=cse,
            defined=find_defined_names(program),
            verify=self._verify,
            language=program.language,
        )

    @cached_property
    def _matrix(self) -> Expr | None:
        """The matrix that an array of three axes or more is shown as, if there is one."""
        return matricize(
            self._tree,
            self._program.variables,
            self._trailing,
            language=self._program.language,
        )

    @cached_property
    def _shown(self) -> Expr:
        """What is printed: the matrix, an array that is defined by its entries, or the tree."""
        program = self._program
        if self._matrix is not None:
            return self._matrix
        if not has_indices(self._tree, program.variables, self._plain):
            return self._tree
        return by_entries(self._tree, program.variables, language=program.language)

    def expand_shown(self) -> Expr:
        """The array that the text shows."""
        return self._unfold(self._shown)

    def _unfold(self, shown: Expr) -> Expr:
        """The array that what is shown stands for."""
        if self._matrix is None:
            return shown
        return tensorize(shown, self._tree.shape, self._trailing)

    def __repr__(self) -> str:
        shown = str(self)
        shown = shown if len(shown) <= _LONGEST_REPR else shown[: _LONGEST_REPR - 3] + "..."
        axes = (
            "scalar"
            if not self.shape
            else f"shape ({', '.join(map(str, self.shape))}{',' * (len(self.shape) == 1)})"
        )
        return f"<{self._label()}: {shown}; {axes}>"

    def _label(self) -> str:
        return f"matcalc.{type(self).__name__}"

    def program(self) -> Program:
        """The typed program of the formula as it is shown."""
        return self._program._replace(expr=self._shown, source=str(self), asked=None)

    @property
    def shape(self) -> tuple[int | str, ...]:
        """The axes: numbers where they are known, else names and products of names such as
        ``"m*n"``.
        """
        return tuple(str(dim) if dim.integer is None else dim.integer for dim in self._tree.shape)

    @property
    def row(self) -> bool:
        """Whether this is a row vector; its array has one axis, like that of a column."""
        return self._tree.row and self._tree.rank == 1

    @property
    def variables(self) -> dict[str, Variable]:
        """Every variable of the expression with its declared or inferred kind; ``str`` of it is the
        declaration.
        """
        return dict(self._program.variables)

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self._program.notes

    @public
    def latex(self, *, bold: bool = False, cse: bool = False) -> str:
        """The formula in LaTeX; with ``bold`` vectors and matrices are set in bold. ``cse`` as for
        ``text``.
        """
        from matcalc.write.printers.latex import latex  # noqa: PLC0415 - a plain answer does not need it

        program = self._program
        tree = write_known_sizes(self._shown, program.variables)
        tree, named = name_parts(tree, program.variables, cse, find_defined_names(program))
        formula = latex(tree, bold=bold, named=named, headed=True, declared=program.variables)
        if self._verify:
            from matcalc.verify.readback.latex import latex_says  # noqa: PLC0415 - as above

            right = latex_says(formula, tree, program.variables, program.language, headed=True)
            confirm(right, "LaTeX", program.language)
        return formula

    def _repr_latex_(self) -> str | None:
        return None if self.notes else self._display()

    def _repr_markdown_(self) -> str:
        """In a notebook: the formula, what it is, and a line under it for each note."""
        notes = [escape_markdown(in_python(note)) for note in self.notes]
        return "\n\n".join([self._display(), self.describe(), *notes])

    def describe(self) -> str:
        """In Markdown: what it and its variables are, and how to read what is shown."""
        return describe_kind(self.shape, self.row, self.variables, self.reading)

    @property
    def reading(self) -> str:
        """How to read what is shown, where that is not the value itself; else empty."""
        return ""

    def _display(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    @public
    def diff(
        self,
        wrt: str | None = None,
        *,
        order: int = 1,
        layout: str = "mixed",
        structure: str = "declared",
        verify: bool = True,
    ) -> Derivative:
        """The derivative of this array with respect to a variable, the same or another, verified.

        Its axes are those of this array, followed by those of the variable: ``d.diff("y")`` of a
        derivative with respect to x is the mixed derivative with respect to x and y.
        """
        return self.as_expression().diff(
            wrt, order=order, layout=layout, structure=structure, verify=verify
        )

    def as_expression(self) -> Expression:
        """The array with all its axes as an expression, also where it is shown as a matrix or in
        index notation.
        """
        return Expression(self._program._replace(expr=self._tree, source=str(self), asked=None))

    @public
    def to_sympy(self) -> Any:
        """The formula as a SymPy expression over MatrixSymbols; UnsupportedError where SymPy has no
        notion.
        """
        from matcalc.extend.bridges.sympy_bridge import to_sympy  # noqa: PLC0415 - SymPy is slow to load

        return to_sympy(self._tree, self._program.variables)


class Expression(Formula):
    """A parsed and typed expression."""

    def __init__(self, program: Program) -> None:
        super().__init__(program, program.expr)

    @public
    def diff(
        self,
        wrt: str | None = None,
        *,
        order: int = 1,
        layout: str = "mixed",
        structure: str = "declared",
        verify: bool = True,
    ) -> Derivative:
        """The derivative with respect to ``wrt``, ``order`` times, verified; see
        docs/conventions.md.

        ``wrt`` may be an entry or a slice, ``R[i,j]``, or the name of a definition. It may be left
        out where there is one variable, or where the formula begins with d/dx. With
        ``verify=False`` nothing is verified. What cannot be verified gives a VerificationWarning.
        """
        wrt, order = self.find_wrt(wrt, order)
        program = self._program
        part = part_of(program, wrt, free=structure == "free")
        program = part.perturb(program) if part else program
        statement = make_statement(program, wrt, order, structure, layout)
        if part:
            # most derivatives are by variables
            from matcalc.engine.parts import derive_part  # noqa: PLC0415

            tree = derive_part(self._program, part, statement)
        else:
            tree = derive_one(statement)
        derivative = Derivative(self, statement, tree, verify=verify)
        if verify:
            warn_unverified(derivative.verification)
        return derivative

    @public
    def simplify(self, *, expand_inverse: bool = False) -> Expression:
        """The same value in matrix notation that is as short as matcalc finds it, verified; see
        docs/simplify.md.

        With ``expand_inverse`` inverses of sums are expanded by the formulas of Woodbury and of
        Sherman and Morrison.
        """
        program, simplified = self.require_value(), self._shorten(expand_inverse)
        tree = simplified._tree
        typed, short = intern_trees([program.expr, tree])
        if typed is short:
            return simplified
        # derivatives do without
        from matcalc.claims.equality import DIFFERENT, decide_by_value  # noqa: PLC0415

        decision = decide_by_value(program, simplified._program)
        if decision.verdict == DIFFERENT:
            raise VerificationError(
                f"{program.language.blame()}: {self} was simplified to "
                f"{format_text(tree, self.variables, language=program.language)}: "
                f"{decision.how}",
                hint="please report it with the expression, its declarations and the output "
                "of matcalc --version",
            )
        return simplified

    def _shorten(self, expand_inverse: bool = False) -> Expression:
        """The same, not verified."""
        program = self.require_value()
        return Expression(program._replace(expr=simplify(program, expand_inverse=expand_inverse)))

    def _write_code(self, name: str, runtime: str, backend: str, check: bool) -> tuple[str, Any]:
        self.require_value()
        return super()._write_code(name, runtime, backend, check)

    def require_value(self, unless: tuple[str, int] | None = None) -> Program:
        """The program; an error where the text begins with a derivative sign, so that this is not
        its value, ``unless`` it asks for just this.
        """
        if self._program.asked not in (None, unless):
            by = f" by {self._program.asked[0]}" * bool(self._program.asked[0])
            raise ArgumentError(
                f"the formula asks for a derivative{by}, which is still to be worked out",
                hint="matcalc diff works it out, in Python .diff(); leave out the sign for the "
                "value of what it precedes",
            )
        return self._program

    def find_wrt(self, wrt: str | None, order: int) -> tuple[str, int]:
        """What to differentiate with respect to and how many times: as the caller says, or as the
        formula does; else the one variable there is.
        """
        asked = self._program.asked
        if isinstance(wrt, str) and set(wrt) & set("\\{}$"):
            # most names are not in LaTeX
            from matcalc.read.tex.asked import name_of_variable  # noqa: PLC0415

            wrt = name_of_variable(wrt, self.variables)
            if wrt not in self.variables:
                wrt = find_part(self._program, wrt) or wrt
        if asked is not None and not asked[0]:  # \nabla, which names none
            asked = self._only_variable() if wrt is None else wrt, asked[1]
        if asked is None:
            return self._only_variable() if wrt is None else wrt, order
        if wrt not in (None, asked[0]) or order not in (1, asked[1]):
            raise ArgumentError(
                f"the formula asks for the derivative of order {asked[1]} with respect to "
                f"{asked[0]}, not of order {order} with respect to {wrt}",
                hint="leave out the derivative operator before the formula, or wrt",
            )
        return asked

    def _only_variable(self) -> str:
        """The variable of an expression that has one."""
        there = variable_names(self._tree)
        names = [name for name in self.variables if name in there]
        if len(names) != 1:
            hint = None
            if names:  # rather a vector than the matrix before it
                name = min(names, key=lambda name: len(self.variables[name].shape) != 1)
                hint = (
                    f"--wrt {name}, in Python and in files wrt={name!r}; its variables are "
                    f"{', '.join(names)}"
                )
            message = (
                "wrt is missing: the variable to differentiate with respect to"
                if names
                else "there is no variable to differentiate with respect to"
            )
            raise ArgumentError(message, hint=hint)
        return names[0]

    @public
    def graph(
        self, wrt: AskedVariables = None, *, at: Mapping[str, Any] | None = None
    ) -> ComputationalGraph:
        """The computational graph with local derivatives for ``wrt``, a name or several, or all
        variables; with values where ``at`` has those of all inputs. See docs/graph.md."""
        from matcalc.graph.picture import ComputationalGraph  # noqa: PLC0415 - few look at graphs

        return ComputationalGraph(self._program, wrt, at)


class Derivative(Formula):
    """The derivative of an expression with respect to one of its variables."""

    def __init__(
        self,
        expression: Expression,
        statement: DerivativeStatement,
        tree: Expr,
        *,
        verify: bool = True,
    ) -> None:
        super().__init__(expression._program, tree, statement.columns, verify=verify)
        self.expression = expression
        self._statement = statement
        self._verification: Verification | None = None

    @property
    def wrt(self) -> str:
        """The variable that the derivative is with respect to."""
        return self._statement.wrt

    @property
    def order(self) -> int:
        """How many times the variable was derived by."""
        return self._statement.order

    @property
    def layout(self) -> str:
        """In which order the axes stand; see docs/conventions.md."""
        return self._statement.layout

    @property
    def structure(self) -> str:
        """Whether the declared kind is kept, ``declared``, or the entries are ``free``."""
        return self._statement.structure

    def _label(self) -> str:
        power = "" if self.order == 1 else f"^{self.order}"
        return f"matcalc.Derivative d{power}/d{self.wrt}{power}"

    @property
    def reading(self) -> str:
        """How to read a text that is a Kronecker form: the equation that its matrix J is in;
        else empty.
        """
        return "" if self._matrix is None else self._statement.reading

    def _title(self) -> str:
        times = {1: "", 2: " twice"}.get(self.order, f" {self.order} times")
        reading = f", shown as {self.reading}" if self.reading else ""
        return (
            f"The derivative of {self.expression} with respect to "
            f"{self.wrt}{times}{reading}:\n\n{self}"
        )

    @property
    def unverified(self) -> str:
        """Why the derivative could not be verified; empty where it was, or where nobody asked."""
        found = self._verification
        return found.how if found is not None and found.kind == "none" else ""

    @property
    @public
    def verification(self) -> Verification:
        """How it was verified, if need be now; VerificationError if it is wrong."""
        if self._verification is None:
            self._verification = self._find_verdict()
        return self._verification

    def _find_verdict(self) -> Verification:
        """Of the array, and of the matrix or the entries that it is shown as."""
        truths: Truths = {}
        found = self._judge(self._tree, truths)
        if self._shown is not self._tree:
            self._judge(self._unfold(self._shown), truths)
        return found

    def _judge(self, tree: Expr, truths: Truths) -> Verification:
        if not self._before:
            return verified(self._statement, tree, truths)
        from matcalc.verify.steps import verify_orders  # noqa: PLC0415 - for high orders alone

        return verify_orders(self._statement, [*self._before, tree])

    def _compare(self, tree: Expr, seed: int) -> Comparison:
        if not self._before:
            return compare(self._statement, tree, seed)
        from matcalc.verify.steps import compare_orders  # noqa: PLC0415 - as above

        return compare_orders(self._statement, [*self._before, tree], seed)

    @cached_property
    def _before(self) -> list[Expr]:
        """From the third order on the derivatives below, on which this one is proved."""
        if self.order <= _ORDERS_IN_ONE:
            return []
        from matcalc.engine.directional import derive_steps  # noqa: PLC0415 - as above

        return derive_steps(
            self._program, [self.wrt] * (self.order - 1), self.structure, last=False
        )

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> InNotation:
        """The derivative in a notation: ``matrix``, ``kronecker``, ``index``, ``cases``,
        ``operator`` or ``differential``, proved equal to it; see docs/notations.md.
        """
        from matcalc.notations.answer import InNotation  # noqa: PLC0415 - few ask for it

        require_choice("notation", notation, NOTATIONS)
        return InNotation(
            self._statement, self._tree, notation, row_major=row_major, verify=self._verify
        )

    @public
    def riemannian(
        self, manifold: str = "", *, metric: str = "", verify: bool = True
    ) -> Riemannian:
        """The gradient of a scalar on a manifold, or in a metric; of order 2 the Hessian along a
        tangent. Both are proved; see docs/manifolds.md.
        """
        from matcalc.manifolds.answer import Riemannian  # noqa: PLC0415 - few ask for it

        return Riemannian(self._statement, manifold, metric, verify=verify)

    @public
    def steps(self, *, detail: int = 2) -> Derivation:
        """How the derivative is found, in differentials, each line proved; see docs/steps.md.

        With ``detail`` 1 only the main lines, with 3 linear steps as well.
        """
        from matcalc.explain.build import derivation  # noqa: PLC0415 - a plain answer does not need it

        return derivation(self._statement, detail)

    @public
    def graph(self, *, at: Mapping[str, Any] | None = None) -> ComputationalGraph:
        """The computational graph of the expression, with derivatives for ``wrt``; with values and
        adjoints where ``at`` has the values of all inputs; see docs/graph.md.
        """
        return self.expression.graph(self.wrt, at=at)

    @public
    def check(self, rng: Any = 0, *, seed: int | None = None) -> Comparison:
        """The formula against derivatives computed numerically from the expression, without the
        engine.

        ``rng`` chooses the random points: a natural number, or what ``numpy.random.default_rng``
        makes (SPEC 7); ``seed`` is its former name.

        What is judged is the typed tree after every output, and then the printed text as it reads
        back.
        """
        drawn = seed_of(rng, seed)
        report = self._compare(self._tree, drawn)
        if report.ok:
            again = read(str(self), self._program.variables, language=self._program.language).expr
            report = self._compare(self._unfold(again), drawn)
        return report
