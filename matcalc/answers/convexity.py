"""Whether an expression is convex: a certificate, a counterexample, or neither of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from matcalc.answers.composition import Composition
from matcalc.answers.names import occurring
from matcalc.core.boundary import public
from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError, MatcalcError, UnsupportedError
from matcalc.core.operations import SMOOTH
from matcalc.core.program import Program
from matcalc.core.rng import seed_of
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.engine.definite import Definiteness, is_zero, negated
from matcalc.engine.pipeline import differentiate, matricize, require_variable
from matcalc.results import Expression, Formula
from matcalc.verify.verification import verify

if TYPE_CHECKING:
    import numpy as np

CONVEX, CONCAVE, AFFINE, NEITHER, UNKNOWN = "convex", "concave", "affine", "neither", "unknown"
_NOT_CONVEX_SETS = ("orthogonal", "orthonormal", "onehot")
# operations with second derivatives wherever they have a value; others the Hessian may not see
_SMOOTH = frozenset(
    (
        *("number", "variable", "constant", "dimension", "eye", "unit", "fill", "slice", "blocks"),
        *("+", "-", "neg", "*", ".*", "/", "./", "^", ".^", "'"),
        *SMOOTH,
    )
)
_POINTS, _DIRECTIONS = 24, 60
_CLEAR = 1e-6  # a relative curvature that is no rounding
_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Curved:
    """A point and a direction along which an expression is curved, and how much."""

    values: dict[str, np.ndarray[Any, Any]]
    direction: np.ndarray[Any, Any]
    curvature: float

    def said(self, wrt: str) -> str:
        """``x = [1, 2], along v = [0, 1]: v'*H*v = -3``."""
        import numpy as np  # noqa: PLC0415 - slow to load

        def shown(array: np.ndarray[Any, Any]) -> str:
            return np.array2string(np.asarray(array), precision=3, separator=", ").replace("\n", "")

        point = ", ".join(f"{name} = {shown(value)}" for name, value in self.values.items())
        return (
            f"at {point} along {shown(self.direction)} of {wrt} the second derivative is "
            f"{self.curvature:.3g}"
        )


@dataclass(frozen=True)
class Convexity:
    """The verdict with its reasons.

    ``hessian`` is the proof where the Hessian is one, with the semidefinite ``terms`` whose sum it
    is; ``rules`` are those of the composition otherwise; ``up`` and ``down`` are points at which
    the expression is curved upwards and downwards.
    """

    verdict: str
    wrt: str
    why: str
    hessian: Formula | None = None
    terms: tuple[Formula, ...] = ()
    rules: tuple[str, ...] = ()
    up: Curved | None = None
    down: Curved | None = None

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.why}"]
        if self.hessian is not None:
            lines.append(f"  Hessian     {self.hessian}")
        if len(self.terms) > 1:
            lines += [f"  term        {term}" for term in self.terms]
        lines += [f"  rule        {rule}" for rule in self.rules]
        if self.up is not None:
            lines.append(f"  upwards     {self.up.said(self.wrt)}")
        if self.down is not None:
            lines.append(f"  downwards   {self.down.said(self.wrt)}")
        return "\n".join(lines)

    @public
    def latex(self) -> str:
        """The verdict, and the Hessian where it is the certificate, as a displayed equation."""
        said = rf"\text{{{self.verdict}: {self.why}}}"
        if self.hessian is None:
            return said
        return rf"{said} \qquad \nabla^2 = {self.hessian.latex()}"


def convexity(expression: Expression, wrt: str, rng: Any = 0) -> Convexity:
    """Whether a scalar is convex in a variable, for all values of the others.

    A certificate is the Hessian, proved to be semidefinite, or the rules of composition. A
    counterexample is a point with a direction, found and confirmed by numbers.
    """
    program = expression._program
    variable = require_variable(program, wrt)
    if program.expr.rank:
        raise ArgumentError("convexity is that of a scalar, and this expression is none")
    if variable.kind in _NOT_CONVEX_SETS:
        raise ArgumentError(
            f"{wrt} is {variable}, and these are no convex set",
            hint=f"declare {wrt} without its kind to ask about all of them",
        )
    found = _by_hessian(program, wrt)
    if found is None:
        verdict, rules = Composition(program, wrt).verdict()
        if verdict in (CONVEX, CONCAVE, AFFINE):
            return Convexity(verdict, wrt, "by the rules of composition", rules=rules)
        found = _by_numbers(program, wrt, seed_of(rng, None))
    return found


def _by_hessian(program: Program, wrt: str) -> Convexity | None:
    """The verdict where the Hessian is a certificate."""
    if _has_kinks(program.expr, wrt):
        return None
    statement = DerivativeStatement(program, wrt, 2)
    try:
        tree = differentiate(statement)
        sure = verify(statement, tree).kind != "none"
    except UnsupportedError:
        return None
    if not sure:
        return None
    columns = statement.columns
    hessian = Formula(replace(program, expr=tree), tree, columns)
    if is_zero(tree):
        why = "the Hessian is zero, on every convex set inside of the domain"
        return Convexity(AFFINE, wrt, why, hessian)
    shown = matricize(tree, program.variables, columns, language=program.language) or tree
    if shown.rank not in (0, 2):
        return None
    known = Definiteness(program)
    try:
        for verdict, sign, whole in (
            (CONVEX, "positive", shown),
            (CONCAVE, "negative", negated(program, shown)),
        ):
            terms = known.terms(whole)
            if terms is None:
                continue
            kind = "semidefinite" if shown.rank else ""
            definite = known.is_definite(whole)
            kind = kind.replace("semi", "") if definite else kind
            strict = " strictly" if definite else ""
            said = f"{sign} {kind}".strip()
            if not shown.rank:
                below = "above" if verdict == CONVEX else "below"
                said = f"{below} zero" if definite else f"nowhere {_OTHER[below]} zero"
            why = f"the Hessian is {said}, on every convex set inside of the domain"
            parts = tuple([Formula(replace(program, expr=term), term) for term in terms])
            return Convexity(f"{strict.strip()} {verdict}".strip(), wrt, why, hessian, parts)
    except UnsupportedError:
        return None
    return None


_OTHER = {"above": "below", "below": "above"}


def _has_kinks(tree: Expr, wrt: str) -> bool:
    """Whether a function of the variable may have no second derivative somewhere."""
    order = tree.parts
    smooth: set[int] = set()  # norms that are raised to an even power
    for node in order:
        if node.op in ("^", ".^") and node.args[1].op == "number":
            exponent = node.args[1].value
            if exponent > 0 and exponent % 2 == 0:
                smooth.add(id(node.args[0]))
            elif exponent.denominator != 1 and wrt in occurring(node.args[0]):
                return True
    for node in order:
        fine = node.op in _SMOOTH or (node.op == "norm2" and id(node) in smooth)
        if not fine and any(wrt in occurring(arg) for arg in node.args):
            return True
    return False


def _by_numbers(program: Program, wrt: str, seed: int) -> Convexity:
    """What random points say: a counterexample, or that none was found."""
    up, down, seen = _curvatures(program, wrt, seed)
    if up is not None and down is not None:
        why = "it is curved upwards at one point and downwards at another"
        return Convexity(NEITHER, wrt, why, up=up, down=down)
    if not seen:
        return Convexity(UNKNOWN, wrt, "no point inside of the domain was found")
    if up is None and down is None:
        why = f"no certificate was found, and no curvature at {seen} random points"
        return Convexity(UNKNOWN, wrt, why)
    other, verdict = (CONCAVE, CONVEX) if down is None else (CONVEX, CONCAVE)
    why = (
        f"it is not {other}; no certificate says that it is {verdict}, and nothing at {seen} "
        "random points speaks against it"
    )
    return Convexity(UNKNOWN, wrt, why, up=up, down=down)


def _curvatures(program: Program, wrt: str, seed: int) -> tuple[Curved | None, Curved | None, int]:
    """A point with a direction of curvature upwards, one downwards, and how many points there were.

    The second derivatives are those of the judge that knows no engine, and second differences
    confirm them.
    """
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy
    from matcalc.verify.oracle.numeric import numeric_derivative  # noqa: PLC0415 - as above
    from matcalc.verify.oracle.sample import draw, find_point, find_sizes  # noqa: PLC0415 - as above

    rng = np.random.default_rng(seed)
    variables = program.variables
    try:
        sizes, values = find_sizes([program.expr], variables, rng, wrt)
    except MatcalcError:
        return None, None, 0
    variable = variables[wrt]
    found: dict[bool, Curved] = {}
    seen = 0
    for _ in range(_POINTS):
        hessian, _ = numeric_derivative(program.expr, variables, wrt, 2, values, sizes)
        size = int(np.prod(values[wrt].shape, dtype=int))
        matrix = np.asarray(hessian).reshape(size, size)
        seen += 1
        if not np.all(np.isfinite(matrix)):
            continue
        scale = max(1.0, float(np.max(np.abs(matrix), initial=0.0)))
        _, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
        candidates = [column.reshape(values[wrt].shape) for column in vectors.T]
        step = direction_of(variable, wrt)
        if step.kind not in ("scalar", "vector", "matrix", "tensor"):
            candidates = [draw(step, rng, sizes, "normal") for _ in range(_DIRECTIONS)]
        for direction in candidates:
            flat = direction.ravel()
            curvature = float(flat @ matrix @ flat)
            if abs(curvature) <= _CLEAR * scale * float(flat @ flat) or (curvature > 0) in found:
                continue
            ends = [
                interpret(program.expr, {**values, wrt: values[wrt] + t * direction}, sizes)
                for t in (-_STEP, 0.0, _STEP)
            ]
            bend = float(ends[0] - 2 * ends[1] + ends[2]) / _STEP**2
            if np.isfinite(bend) and abs(bend - curvature) <= 0.1 * abs(curvature):
                found[curvature > 0] = Curved(dict(values), direction, curvature)
        if len(found) == 2:
            break
        point, _ = find_point([program.expr], variables, rng, sizes, wrt)
        values = point or values
    return found.get(True), found.get(False), seen
