"""The derivatives of an expression by several variables, as one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from matcalc.answers.common.names import require_different, with_members
from matcalc.answers.common.parts import Parts
from matcalc.answers.common.several_code import source_of_several
from matcalc.answers.common.together import Together, put_together
from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.options import LAYOUTS, STRUCTURES, require_choice
from matcalc.core.program import require_variable
from matcalc.core.rng import seed_of
from matcalc.core.statement import DerivativeStatement
from matcalc.core.subspaces import require_coordinates
from matcalc.core.tree import Expr, intern_trees
from matcalc.engine.several import derive_several
from matcalc.read.pieces import part_of
from matcalc.results import Derivative, Expression
from matcalc.verify.steps import compare_several, verify_several, weakest, worst
from matcalc.verify.verification import warn_unverified
from matcalc.write.arrays import functions_of_arrays
from matcalc.write.notation import value_name
from matcalc.write.printers.numpy_code import VALUE

if TYPE_CHECKING:
    from matcalc.answers.derivatives.on_products import RiemannianGradients, RiemannianHessian
    from matcalc.core.kinds import Variable
    from matcalc.graph.picture import ComputationalGraph
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification


class Gradients(Parts[str, Derivative]):
    """A mapping from variables to derivatives, with the parts that these share.

    ``str`` gives a line for each, ``dW = ...``, and names what repeats in one ``where`` for all.
    """

    def __init__(
        self, expression: Expression, derivatives: Mapping[str, Derivative], *, verify: bool = True
    ) -> None:
        self.expression = expression
        self._parts = dict(derivatives)
        self._verify = verify
        self._verification: Verification | None = None
        self._text: str | None = None
        plain: set[int] = (
            set()
        )  # the derivatives share their parts, and each part is looked at once
        for derivative in self._parts.values():
            derivative._plain = plain
        shown = intern_trees([d._shown for d in self._parts.values()])
        shown = functions_of_arrays(shown)
        self._shown = dict(zip(self._parts, shown, strict=True))

    def __repr__(self) -> str:
        return f"<matcalc.Gradients by {', '.join(self)}>"

    def __str__(self) -> str:
        if self._text is None:
            self._text = self.text()
        return self._text

    @property
    def variables(self) -> dict[str, Variable]:
        """Every variable of the expression; ``str`` of it is the declaration."""
        return self.expression.variables

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self.expression.notes

    @public
    def text(self, *, cse: bool = False) -> str:
        """A line for each derivative, and a line with the parts that are named in them."""
        labels = [f"d{name}" for name in self._shown]
        return "\n".join(self._together(cse).text(labels))

    def _together(self, cse: bool) -> Together:
        program = self.expression._program._replace(variables=self.variables)
        trees = list(self._shown.values())
        return put_together(program, trees, cse=cse, verify=self._verify)

    @public
    def latex(self, *, bold: bool = False, cse: bool = False) -> str:
        """The derivatives in LaTeX, a line each, after the parts that are named in them."""
        from matcalc.write.printers.latex_names import (  # noqa: PLC0415 - text does without
            name as letter,
        )

        found = self._together(cse)
        declared = self.expression._program.variables
        given = self.expression._program.definitions
        above = rf"\partial {letter(value_name(declared, {*found.names.values(), *given}))}"
        bolds = {name: bold and bool(declared[name].shape) for name in self if name in declared}
        labels = [
            rf"\frac{{{above}}}{{\partial {letter(name, bold=bolds.get(name, False))}}}"
            for name in self
        ]
        return found.latex(labels, bold=bold)

    @public
    def source(
        self,
        backend: str = "numpy",
        *,
        name: str = "f",
        value: bool = False,
        runtime: str = "inline",
    ) -> str:
        """Python source of one function that computes all of them, and what they share once.

        It returns a mapping from names to arrays; with ``value`` the value of the expression stands
        before it. ``runtime`` as for one derivative.
        """
        trees = {VALUE: self.expression._tree} if value else {}
        trees |= {key: each._tree for key, each in self._parts.items()}
        program = self.expression._program._replace(variables=self.variables)
        return source_of_several(
            program, trees, self._title(), backend, name, runtime, verify=self._verify
        )

    def _title(self) -> str:
        return f"The derivatives of {self.expression}:\n\n{self}"

    @public
    def to_callable(self, backend: str = "numpy", *, value: bool = False) -> Callable[..., Any]:
        """A function of all the variables by keyword that returns a mapping from names to arrays;
        with ``value`` a pair of the value and the mapping.
        """
        # a plain answer does not need it
        from matcalc.write.printers.backends import function_of  # noqa: PLC0415

        users = self.expression._program.language.functions.values()
        brought = {each.name: each.function for each in users if each.function is not None}
        source = self.source(backend, value=value, runtime="matcalc")
        return function_of(backend, source, brought=brought)

    @public
    def riemannian(
        self, manifolds: str | Sequence[str], *, order: int = 1, verify: bool = True
    ) -> RiemannianGradients | RiemannianHessian:
        """The gradients on the product of a manifold for each variable, or of one for all; of order
        2 the Hessian along a direction for each. See docs/manifolds.md.
        """
        # few need it
        from matcalc.answers.derivatives.on_products import on_product  # noqa: PLC0415

        return on_product(self.expression, list(self), manifolds, order, verify=verify)

    @public
    def graph(self, *, at: Mapping[str, Any] | None = None) -> ComputationalGraph:
        """The computational graph of the expression, with derivatives for these variables; with
        values and adjoints where ``at`` has the values of all inputs. See docs/graph.md.
        """
        return self.expression.graph(list(self), at=at)

    @property
    @public
    def verification(self) -> Verification:
        """How the answer was verified; with ``verify=False`` that is done now. VerificationError if
        a derivative is wrong.
        """
        if self._verification is None:
            found = []
            whole, first = self._whole(), next(iter(self._parts.values()))
            if first.layout == "mixed" and whole:
                found.append(verify_several(self.expression._program, whole, first.structure))
            for name, each in self._parts.items():
                if name not in whole or first.layout != "mixed" or each._shown is not each._tree:
                    found.append(each.verification)
                else:
                    each._verification = found[0]
            self._verification = weakest(found)
        return self._verification

    @public
    def check(self, rng: Any = 0) -> Comparison:
        """The derivatives against numbers that are computed without the engine: the first report
        that failed, or the one with the largest error.
        """
        drawn = seed_of(rng, None)
        whole, first = self._whole(), next(iter(self._parts.values()))
        together = whole if first.layout == "mixed" else {}
        reports = [each.check(drawn) for name, each in self._parts.items() if name not in together]
        if together:
            program = self.expression._program
            reports.append(compare_several(program, together, first.structure, drawn))
        return worst(reports)

    def _whole(self) -> dict[str, Expr]:
        """The derivatives by variables; those by parts of them are others."""
        names = self.expression.variables
        return {name: each._tree for name, each in self._parts.items() if name in names}


class FamilyDerivative(Gradients):
    """The derivatives by the members of one family; the function that computes them returns one
    array with the index of the family first, or a list where the members differ in shape.
    """

    def __init__(
        self,
        family: str,
        expression: Expression,
        derivatives: Mapping[str, Derivative],
        *,
        verify: bool = True,
    ) -> None:
        super().__init__(expression, derivatives, verify=verify)
        self.family = family

    @public
    def to_callable(self, backend: str = "numpy", *, value: bool = False) -> Callable[..., Any]:
        """A NumPy function of all the variables by keyword; with ``value`` it returns a pair of the
        value and the derivative.
        """
        if backend != "numpy":
            raise UnsupportedError(f"families of arrays have code only for NumPy, not {backend}")
        # it loads NumPy
        from matcalc.write.printers.numpy_code import of_family  # noqa: PLC0415

        return of_family(super().to_callable(value=value), self.family)


def parameters(expression: Expression, data: Sequence[str] = ()) -> list[str]:
    """All variables of an expression that are not data, in the order in which they occur."""
    program = expression._program
    data = with_members(program, data)
    for name in data:
        require_variable(program, name)
    return [
        name
        for name, variable in program.variables.items()
        if variable.kind != "function" and name not in data
    ]


def gradients(
    expression: Expression,
    wrt: Sequence[str],
    *,
    layout: str = "mixed",
    structure: str = "declared",
    verify: bool = True,
    family: str | None = None,
) -> Gradients:
    """The derivatives with respect to several variables, derived together and verified; the name of
    a family means all of its members.
    """
    program = expression._program
    names = with_members(program, require_different(wrt))
    require_choice("layout", layout, LAYOUTS)
    require_choice("structure", structure, STRUCTURES)
    for name in names:
        if name in program.variables:
            require_coordinates(program.variables[name], structure, alone=len(names) == 1)
    # entries, slices and definitions are differentiated with respect to one by one
    parts = {
        name: expression.diff(name, layout=layout, structure=structure, verify=verify)
        for name in names
        if part_of(program, name, free=structure == "free") is not None
    }
    whole = [name for name in names if name not in parts]
    trees = derive_several(program, whole, structure=structure, layout=layout) if whole else {}
    derivatives = {
        name: Derivative(
            expression,
            DerivativeStatement(program, name, 1, structure, layout),
            tree,
            verify=verify,
        )
        for name, tree in trees.items()
    }
    made = Gradients if family is None else partial(FamilyDerivative, family)
    known = {**parts, **derivatives}
    found = made(expression, {name: known[name] for name in names}, verify=verify)
    if verify:
        warn_unverified(found.verification)
    return found
