"""The gradient of a scalar on a manifold or in another inner product, and its Hessian."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from typing import Any

from matcalc.claims.equality import DIFFERENT, decide_by_value
from matcalc.core.boundary import public
from matcalc.core.directions import Step, free_variable
from matcalc.core.errors import ArgumentError, MatcalcError, ShapeError, UnsupportedError
from matcalc.core.kinds import FREE, Variable, free_kind, size_names
from matcalc.core.options import closest
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    add_terms,
    flat_factors,
    split_scaled_terms,
    variable,
    variable_names,
    zeros,
)
from matcalc.core.typeset import Typeset
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import differentiate
from matcalc.manifolds.formulas import formula, shorten
from matcalc.manifolds.proof import Proof
from matcalc.manifolds.table import MANIFOLDS, Manifold
from matcalc.notations.lines import LineNames, NotationLine
from matcalc.notations.tex import line_latex
from matcalc.read.frontend import read
from matcalc.verify.steps import weakest
from matcalc.verify.verification import Verification, warn_unverified
from matcalc.with_code import WithCode
from matcalc.write.notation import format_text

_ORDERS = 2
_MOST_TERMS = 6  # of a gradient and a Hessian that are tried term by term
_SQUARE = ("matrix", "symmetric", "psd", "invertible")


class Riemannian(WithCode, Typeset):
    """The Riemannian gradient of a scalar, or of order 2 the Hessian as a map of tangents.

    ``str`` gives its text. With ``verify`` it is proved: by inner products with tangents, and along
    geodesics.
    """

    def __init__(
        self,
        statement: DerivativeStatement,
        manifold: str = "",
        metric: str = "",
        *,
        verify: bool = True,
    ) -> None:
        _require(statement, manifold, metric)
        self.manifold, self.metric = manifold, metric
        self.order, self.wrt = statement.order, statement.wrt
        self._verify = verify
        space = MANIFOLDS[manifold] if manifold else _inner_product(statement)
        self._space = space
        program = statement.program._replace(definitions={})
        known = program.variables[self.wrt]
        variable_here = point_on(manifold, known) if manifold else _free_point(known)
        program = program.declare(variable_here)
        more: dict[str, Expr] = {}
        if metric:
            program, more["M"] = _metric(program, metric, variable_here, statement.order)
        asked = statement._replace(program=program, order=1)
        names = LineNames(asked)
        (self.direction,) = names.directions(1)
        self._program = names.with_directions(program, [self.direction])
        self._proof = Proof(self._program, self.wrt, space, more)
        self._tree = self._derive(asked, space, more)
        if verify:
            warn_unverified(self.verification)

    def _derive(
        self, statement: DerivativeStatement, space: Manifold, more: dict[str, Expr]
    ) -> Expr:
        require_invariant(self._proof, statement)
        moves = {} if self.order == 1 else {self.wrt: self.direction}
        return derive_on(space, statement._replace(program=self._program), moves, more)

    @cached_property
    @public
    def verification(self) -> Verification:
        """How it was proved; VerificationError where it is wrong."""
        proof = self._proof
        if self.order == 1:
            proof.gradient(self._read)
        else:
            proof.hessian(self._read, self.direction)
        return weakest(proof.found)

    @cached_property
    def _read(self) -> Expr:
        """The tree that the text says."""
        text = self.text().removeprefix(self._line.head)
        return read(text, self._program.variables, language=self._program.language).expr

    @property
    def _line(self) -> NotationLine:
        if self.order == 1:
            return NotationLine("jacobian", (), self._program, self._tree)
        return NotationLine("map", (self.direction,), self._program, self._tree)

    @property
    def variables(self) -> dict[str, Variable]:
        """The variables of the text; the one derived by is of the kind of the manifold's points."""
        variables = dict(self._program.variables)
        if self.order == 1:
            del variables[self.direction]
        return variables

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self._program.notes

    @property
    def reading(self) -> str:
        """What it is, in words."""
        what = "gradient" if self.order == 1 else "Hessian"
        if self.manifold:
            return f"the {what} on {self._space.says.format(self.wrt)}"
        return f"the {what} in the inner product of {self.metric}"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.Riemannian {self.reading}: {self.text()}>"

    @public
    def text(self) -> str:
        """The formula in the language; of order 2 as ``dx -> ...``."""
        line = self._line
        return line.head + format_text(
            line.tree,
            line.program.variables,
            verify=self._verify,
            language=line.program.language,
        )

    @public
    def latex(self, *, bold: bool = False) -> str:
        """The formula in LaTeX."""
        return line_latex(self._line, (), bold=bold, verify=self._verify)

    def program(self) -> Program:
        """The typed program of the formula, of order 2 with the direction as a variable."""
        return self._program._replace(
            expr=self._tree,
            source=self.text(),
            asked=None,
            variables=self.variables,
        )

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of it."""
        return {
            "manifold": self.manifold or None,
            "metric": self.metric or None,
            "reading": self.reading,
            "source": self._space.source,
            "text": self.text(),
            "latex": self.latex(),
        }


def require_invariant(proof: Proof, statement: DerivativeStatement) -> None:
    """UnsupportedError where the expression is not a function on the manifold."""
    if not proof.is_invariant(differentiate(statement)):
        wrt = statement.wrt
        raise UnsupportedError(
            f"{statement.program.source or 'the expression'} is not a function of the span of "
            f"{wrt}: it changes where {wrt} is multiplied by an orthogonal matrix",
            hint="on stiefel it has a gradient",
        )


def derive_on(
    space: Manifold,
    statement: DerivativeStatement,
    moves: Mapping[str, str],
    more: Mapping[str, Expr],
) -> Expr:
    """The gradient on a manifold; with directions of its variable, and of others that move too,
    this part of the Hessian along them. ``more`` are trees of further letters.

    The Hessian of each manifold is that of its formula, where H is the derivative of G along the
    directions: with others it has the gradient of the mixed derivative besides.
    """
    program, wrt = statement.program, statement.wrt
    here = variable(wrt, statement.variable.shape)
    text = space.hessian if moves else space.gradient

    def trees_of(program: Program) -> dict[str, Expr]:
        trees = {**more, "X": here, "G": differentiate(statement._replace(program=program))}
        if moves:
            steps: list[Step] = [wrt, moves]
            trees |= {"V": variable(moves[wrt], here.shape), "H": derive_steps(program, steps)[-1]}
        return trees

    def shorten_along(trees: Mapping[str, Expr]) -> Expr:
        whole = shorten(program, formula(text, trees))
        return _along_tangents(program, space, here, moves, whole)

    trees = trees_of(program)
    found = [shorten_along(trees)]
    parts = [shorten_along(each) for each in _term_by_term(trees)]
    if parts:
        found.append(shorten(program, add_terms(parts, here.shape)))
    if space.kind == "sphere":  # what cancels at all points may go first
        anywhere = program.declare(free_variable(wrt, statement.variable))
        short = shorten(program, shorten(anywhere, formula(text, trees_of(anywhere))))
        found.append(_along_tangents(program, space, here, moves, short))
    return min(found, key=lambda tree: len(tree.parts))


def _term_by_term(trees: Mapping[str, Expr]) -> list[dict[str, Expr]]:
    """The trees with one term of G and H each, in which all formulas are linear together; none
    where that is no help.
    """
    zero = {name: zeros(trees[name].shape) for name in ("G", "H") if name in trees}
    terms = [
        (name, scale, part) for name in zero for scale, part in split_scaled_terms(trees[name])
    ]
    if not len(zero) < len(terms) <= _MOST_TERMS:
        return []
    return [
        {**trees, **zero, name: Expr("*", (scale, part), trees[name].shape)}
        for name, scale, part in terms
    ]


def _along_tangents(
    program: Program, space: Manifold, here: Expr, moves: Mapping[str, str], tree: Expr
) -> Expr:
    """The tree without the products that are zero because the direction is a tangent."""
    if not (moves and space.tangent):
        return tree
    direction = moves[str(here.value)]
    vanishing = formula(space.tangent, {"X": here, "Z": variable(direction, here.shape)})
    if vanishing.op != "*":
        return tree

    def rule(node: Expr, args: list[Expr]) -> Expr:
        factors = flat_factors(node) if node.op == "*" else []
        for one, other in pairwise(factors):
            across = one.args[0] if one.op == "'" else one
            if one.op == "'" and {across.value, other.value} == {here.value, direction}:
                return zeros(node.shape, row=node.row)
        return node.with_args(args)

    found = tree.fold(rule)
    return tree if found is tree else shorten(program, found)


def _require(statement: DerivativeStatement, manifold: str, metric: str) -> None:
    if bool(manifold) == bool(metric):
        raise ArgumentError(
            "a gradient is on a manifold or in a metric: give one of the two",
            hint=f"the manifolds are {', '.join(MANIFOLDS)}",
        )
    if manifold:
        require_known(manifold, MANIFOLDS)
    if statement.program.expr.shape:
        raise ArgumentError("a gradient on a manifold is that of a scalar")
    if statement.order > _ORDERS:
        raise ArgumentError(f"on a manifold the order must be 1 or 2, not {statement.order}")
    if statement.layout != "mixed" or statement.structure != "declared":
        raise ArgumentError(
            "a gradient on a manifold has the shape of its point",
            hint="leave layout and structure out",
        )


def require_known(manifold: str, known: Collection[str]) -> None:
    """ArgumentError where a name is that of none of the manifolds."""
    if manifold not in known:
        close = closest(manifold, known)
        raise ArgumentError(
            f"{manifold!r} is not a known manifold",
            hint=f"did you mean {close}?" if close else f"known are {', '.join(known)}",
        )


def _free_point(here: Variable) -> Variable:
    """The variable, where a metric is one of all its entries."""
    if here.kind not in FREE:
        raise ArgumentError(
            f"{here.name} is {here}, and a metric applies to all entries",
            hint="on the positive definite matrices there are the manifolds spd and spd-euclidean",
        )
    return here


def point_on(manifold: str, here: Variable) -> Variable:
    """The variable as one of the kind that the points of a manifold are of."""
    space = MANIFOLDS[manifold]
    if len(here.shape) != space.rank:
        wanted = "vectors" if space.rank == 1 else "matrices"
        raise ShapeError(
            f"the points of {manifold} are {wanted}, and {here.name} is {here}",
            hint=f"declare {here.name}: {'vector(n)' if space.rank == 1 else 'matrix(n, p)'}",
        )
    if space.kind == "psd":
        if here.kind not in _SQUARE or here.shape[0] != here.shape[1]:
            raise ShapeError(
                f"the points of {manifold} are positive definite, and {here.name} is {here}",
                hint=f"declare {here.name}: psd(n)",
            )
        return Variable(here.name, "psd", here.shape[:1], here.declared)
    allowed = ("matrix", "orthonormal", "orthogonal") if space.rank > 1 else ("vector", "sphere")
    if here.kind not in allowed:
        raise ShapeError(
            f"the points of {manifold} are not {here}",
            hint=f"declare {here.name}: {allowed[0]}({', '.join(map(str, here.shape))})",
        )
    return Variable(here.name, space.kind or here.kind, here.shape, here.declared)


def _inner_product(statement: DerivativeStatement) -> Manifold:
    """All arrays, with the inner product of a metric M: tr(U'*M*V)."""
    rank = len(statement.variable.shape)
    inner = ("M*U*V", "U'*M*V", "tr(U'*M*V)")[rank]
    return Manifold(
        says="all arrays",
        rank=rank,
        gradient="inv(M)*G" if rank else "G/M",
        hessian="inv(M)*H" if rank else "H/M",
        inner=inner,
        project="W",
        bend="0*W",
        source="Absil, Mahony & Sepulchre, Optimization Algorithms on Matrix Manifolds (2008), "
        "section 3.6",
    )


def _metric(program: Program, text: str, here: Variable, order: int) -> tuple[Program, Expr]:
    """The program with what a metric names, and its tree."""
    size = here.shape[:1]
    known = dict(program.variables)
    sizes = size_names(known.values())
    if text.isidentifier() and text not in known and text not in sizes:
        known[text] = Variable(text, "psd", size) if here.shape else Variable(text, "positive")
    found = _read_metric(text, known, here, program)
    wanted = size * 2
    if found.expr.shape != wanted:
        shown = ", ".join(map(str, wanted))
        raise ShapeError(
            f"the metric of {here.name}: {here} is "
            + (f"a matrix({shown})" if wanted else "a scalar")
            + f", and {text} is {_said_of(found.expr, text in sizes)}",
            hint=_metric_hint(found, text, here),
        )
    if order > 1 and here.name in variable_names(found.expr):
        raise UnsupportedError(
            f"the metric depends on {here.name}, so the Hessian needs its connection",
            hint="the manifolds spd and poincare have theirs",
        )
    program = program._replace(variables=found.variables)
    _require_symmetric(program, found.expr, text)
    return program, found.expr


def _read_metric(
    text: str, known: Mapping[str, Variable], here: Variable, program: Program
) -> Program:
    """The metric, of sizes with which it can come before a point, where there are such."""
    if here.shape:
        with suppress(MatcalcError):
            found = read(f"({text})*{here.name}", known, language=program.language)
            factor = found.expr.args[0] if found.expr.op == "*" else found.expr
            if factor.shape == here.shape[:1] * 2:
                return found._replace(expr=factor)
    return read(text, known, language=program.language)


def _said_of(tree: Expr, is_size: bool) -> str:
    """What a metric of another shape is."""
    if is_size:
        return "a size"
    return f"a matrix({', '.join(map(str, tree.shape))})" if tree.rank == 2 else "none"


def _metric_hint(found: Program, text: str, here: Variable) -> str | None:
    """What to write for a metric of another shape."""
    size = here.shape[:1]
    if not size:
        return None
    if len(found.expr.shape) == 2 and found.expr.shape[0] == found.expr.shape[1]:
        shape = (found.expr.shape[0], *here.shape[1:])  # a matrix, of another size
        return f"declare {here.name}: {Variable(here.name, free_kind(len(shape)), shape)}"
    constant = "variable" not in found.expr.operations
    if not found.expr.shape and constant:
        factor = text if text.isalnum() else f"({text})"
        return f"write {factor}*eye({size[0]}) for that multiple of the usual inner product"
    return f"declare the names in it, as in M: psd({size[0]})"


def _require_symmetric(program: Program, tree: Expr, text: str) -> None:
    if not tree.shape:
        return
    across = program._replace(expr=Expr("'", (tree,), tree.shape))
    if decide_by_value(program._replace(expr=tree), across).verdict == DIFFERENT:
        raise ArgumentError(
            f"{text} is not symmetric, so it does not define an inner product",
            hint=f"declare it: {text}: psd(n)" if text.isidentifier() else None,
        )
