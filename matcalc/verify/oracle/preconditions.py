"""Why a point is unfit for judging: outside a domain, near a kink, near a singular matrix, at a
fractional matrix power.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcalc.core.errors import DomainError
from matcalc.core.kinds import WIDEST, Variable, name_banded_kind
from matcalc.core.operations import COMPARISONS, frechet, picking_function
from matcalc.core.tree import Expr, operation, variable_names
from matcalc.core.user_functions import inline, user_function
from matcalc.core.walk import postorder
from matcalc.runtime import norm2, std
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, Values, evaluate, look_inside
from matcalc.verify.oracle.spectra import DISTANCES

KINK = 1e-3  # closest that the argument of abs, relu, max, ... may come to its kink
# largest norm of a matrix of which an exponential is taken: rounding errors grow with the
# exponential
_EXPONENT = 40.0
_EXPONENTIALS = frozenset(
    name
    for each in ("expm", "sinm", "cosm", "tanm", "sinhm", "coshm", "tanhm")
    for name in (each, frechet(each))
)
_CONDITION = (
    1e5  # largest condition number of a matrix that is inverted or whose determinant is taken
)
_NOTHING = 1e-14  # a relative singular value that is rounding


def find_violation(
    expr: Expr,
    values: Values,
    sizes: Sizes,
    *,
    still: bool = False,
    kink: float = KINK,
    moving: str = "",
) -> str | None:
    """What is wrong with this point, or None if every part of the expression is finite and smooth
    there.

    A branch of ``where`` need not be finite: what is taken of it is. ``still`` says that nothing
    moves: then a matrix with a pseudoinverse may lack ranks, if it is clear which. ``kink`` is how
    close the argument of a function may come to its kink. What does not move, because nothing does
    or because it does not depend on the one variable that is ``moving``, may be on a kink: sqrt(y)
    of a one-hot y has a value.
    """
    results: dict[int, Array] = {}
    root = inline(expr)
    strict = {
        id(node)
        for node in postorder(root, lambda node: node.args[:1] if node.op == "where" else node.args)
    }
    squared = _squared_norms(root)
    for node in root.parts:
        args = [results[id(arg)] for arg in node.args]
        outside = _outside(node, args)
        if outside is not None:
            return outside
        try:
            with np.errstate(all="ignore"):
                if node.op == "indexed":
                    inside, result = look_inside(node, args, values, sizes)
                else:
                    inside, result = [], evaluate(node, args, values=values, sizes=sizes)
        except DomainError as problem:
            return problem.message
        # in a branch of where that is not taken the matrix may have entries that are not numbers
        if (
            _inverts(node, args)
            and np.all(np.isfinite(args[0]))
            and np.linalg.cond(np.atleast_2d(args[0])) > _CONDITION
            and not (still and node.op == "pinv" and _has_clear_rank(args[0]))
        ):
            return f"{node.op} of an almost singular matrix"
        if (
            node.op in _EXPONENTIALS
            and np.linalg.norm(args[0], 1 if args[0].ndim == 2 else None) > _EXPONENT
        ):
            return f"{node.op} of a large matrix"
        if id(node) in strict and not np.all(np.isfinite(result)):
            return f"{operation(node)} is not finite"
        if node.op in _DISTANCES and id(node) not in squared:
            distance = _DISTANCES[node.op](*args)
            stays = distance == 0 and (still or (moving and moving not in variable_names(node)))
            if distance < kink and not stays:
                return f"{node.op} is near a kink"
        for part, found in inside:
            name = picking_function(part)  # of the others values are enough
            if name and _DISTANCES[name](*found) < kink:
                return f"{name} is near a kink"
        results[id(node)] = result
    return None


def _squared_norms(root: Expr) -> set[int]:
    """The norms that are in even powers alone, which have no kink: norm2(x)^2 is x'*x."""
    even: set[int] = set()
    others = {id(root)}
    for node in root.parts:
        power = node.args[1].value if node.op == "^" and node.args[1].op == "number" else 0
        (even if power > 0 and power % 2 == 0 else others).update(map(id, node.args))
    norms = {id(node) for node in root.parts if node.op == "norm2"}
    return norms & (even - others)


def _outside(node: Expr, args: list[Array]) -> str | None:
    """Where an argument of a user's function is not of the kind that was stated."""
    own = user_function(node)
    for parameter, arg in (
        zip(own.parameters, args, strict=True) if own is not None and own.domain else ()
    ):
        for stated in own.domain if own is not None else ():
            if stated.name == parameter.name and not is_of_kind(stated, arg):
                return f"{operation(node)} of an argument that is not {stated.kind}"
    return None


def is_of_kind(stated: Variable, arg: Array) -> bool:
    """Whether an array is a value of the kind of a variable; a kind that is missing has no narrower
    entries than its shape says.
    """
    if stated.kind == "positive":
        return bool(np.all(arg > 0))
    return stated.kind not in _OF_KIND or _OF_KIND[stated.kind](arg)


def _same(a: Array, b: Array) -> bool:
    return bool(np.allclose(a, b, rtol=1e-9, atol=1e-9))


def _is_banded(width: int) -> Callable[[Array], bool]:
    return lambda a: _same(a, np.tril(np.triu(a, -width), width))


_OF_KIND: dict[str, Callable[[Array], bool]] = {
    "symmetric": lambda a: _same(a, a.T),
    "psd": lambda a: _same(a, a.T) and float(np.min(np.linalg.eigvalsh(a))) > 0,
    "diagonal": lambda a: _same(a, np.diag(np.diag(a))),
    "orthogonal": lambda a: _same(a.T @ a, np.eye(len(a))),
    "orthonormal": lambda a: _same(a.T @ a, np.eye(a.shape[1])),
    "simplex": lambda a: bool(np.all(a >= 0)) and _same(np.sum(a), np.ones(())),
    "sphere": lambda a: _same(np.sum(a * a), np.ones(())),
    "onehot": lambda a: bool(np.all((a == 0) | (a == 1)) and np.all(np.sum(a, -1) == 1)),
    "skew": lambda a: _same(a, -a.T),
    "triangular": lambda a: _same(a, np.tril(a)),
    "upper": lambda a: _same(a, np.triu(a)),
    **{name_banded_kind(width): _is_banded(width) for width in range(1, WIDEST + 1)},
    "toeplitz": lambda a: _same(a[1:, 1:], a[:-1, :-1]),
    "circulant": lambda a: _same(a, np.roll(a, (1, 1), (0, 1))),
    "hankel": lambda a: _same(a[1:, :-1], a[:-1, 1:]),
    "invertible": lambda a: float(np.linalg.cond(a)) < _CONDITION,
}


def _inverts(node: Expr, args: list[Array]) -> bool:
    if node.op in ("^", "frechet_power"):
        return args[0].ndim == 2 and bool(args[1] < 0)
    return node.op in ("inv", "det", "logdet", "pinv", "adj", "cof")


def _has_clear_rank(a: Array) -> bool:
    """Whether each singular value is far from zero, or zero but for rounding, as one of
    lambda_max(S)*eye - S is.
    """
    values = np.linalg.svd(np.atleast_2d(a), compute_uv=False)
    largest = values.max(initial=0.0)
    return bool(np.all((values <= _NOTHING * largest) | (values >= largest / _CONDITION)))


def _off_zero(x: Array) -> float:
    """The smallest nonzero entry: an exact zero is structural (off a diagonal) and the conventions
    at 0 hold for it.
    """
    sizes = np.abs(x[x != 0])
    return float(np.min(sizes, initial=np.inf))


def _gap(a: Array, b: Array) -> float:
    return _off_zero(a - b)


def _edges(x: Array, d: Array) -> float:
    """How far the entries are from both of -d and d, for a positive d."""
    return _off_zero(np.abs(x) - d) if np.all(d > 0) else 0.0


def _principal(x: Array) -> float:
    """How far the eigenvalues are from the negative real axis, where logarithms jump and roots have
    kinks.
    """
    values = np.linalg.eigvals(np.atleast_2d(x))
    return float(np.min(np.where(values.real > 0, np.abs(values), np.abs(values.imag))))


def _off_poles(cosine: Callable[[Array], Array]) -> Callable[..., float]:
    """How far the tangent is from a pole: the least cosine, circular or hyperbolic, of an
    eigenvalue, a tenth of which counts.
    """

    def distance(x: Array, *directions: Array) -> float:
        values = np.abs(cosine(np.linalg.eigvals(np.atleast_2d(x)).astype(complex)))
        return float(np.min(values)) / 10

    return distance


def _matrix_base(x: Array, exponent: Array, *directions: Array) -> float:
    """The same of a matrix; of a scalar ``_base``."""
    if x.ndim < 2:
        return _base(x, exponent)
    return np.inf if exponent == np.round(exponent) else _principal(x)


def _base(x: Array, exponent: Array) -> float:
    """The smallest absolute base of a fractional power: at 0 its slope is vertical, or its value no
    function of the exponent.
    """
    bases, exponents = np.broadcast_arrays(x, exponent)
    return float(np.min(np.abs(bases[exponents != np.round(exponents)]), initial=np.inf))


def _ahead(x: Array, axis: Array | None) -> float:
    """How far the largest entry (of each column, of each row) is ahead of the second."""
    slices = x.reshape(1, -1) if axis is None else x.T if axis == 1 else x
    ordered = np.sort(slices, axis=1)
    return float(np.min(ordered[:, -1] - ordered[:, -2])) if slices.shape[1] > 1 else float("inf")


def _lead(x: Array) -> float:
    """How far the largest absolute entry is ahead of the second, and of 0."""
    ordered = np.sort(np.append(np.abs(x).ravel(), 0.0))
    return float(ordered[-1] - ordered[-2])


_DISTANCES: dict[str, Callable[..., float]] = {
    **dict.fromkeys(("abs", "sign", "step", "relu", "norm1"), lambda x, axis=None: _off_zero(x)),
    "softsign": _off_zero,  # its second derivative jumps
    **dict.fromkeys(("leakyrelu", "elu"), lambda x, a: _off_zero(x)),
    **dict.fromkeys(("sqrt", "cbrt"), lambda x: float(np.min(np.abs(x)))),
    **dict.fromkeys(
        ("asin", "acos", "acosh", "erfinv"), lambda x: float(np.min(np.abs(np.abs(x) - 1)))
    ),
    **dict.fromkeys(("^", "frechet_power"), _matrix_base),
    ".^": _base,
    **dict.fromkeys(("tanm", "frechet_tanm"), _off_poles(np.cos)),
    **dict.fromkeys(("tanhm", "frechet_tanhm"), _off_poles(np.cosh)),
    **dict.fromkeys(
        ("logm", "sqrtm", "frechet_logm", "frechet_sqrtm"), lambda x, *directions: _principal(x)
    ),
    **dict.fromkeys(("max", "min", *COMPARISONS), _gap),
    "amax": lambda x, axis=None: _ahead(x, axis),
    "amin": lambda x, axis=None: _ahead(-x, axis),
    "huber": _edges,
    "hypot": lambda x, y: float(np.min(np.hypot(x, y))),
    "atan2": lambda y, x: float(np.min(np.where(np.real(x) > 0, np.hypot(x, y), np.abs(y)))),
    # 0*log(0) is 0 by convention, but its slopes are not there
    "xlogy": lambda x, y: float(np.min(np.abs(y))),
    "entropy": lambda x: float(np.min(np.abs(x))),
    "kl": lambda p, q: float(np.min(np.abs(np.append(p, q)))),
    "norm2": lambda x, axis=None: float(np.min(norm2(x, axis))),
    "normp": lambda x, p: float(np.min(np.abs(x))),
    "std": lambda x, axis=None: float(np.min(std(x, axis))),
    "norminf": _lead,
    **DISTANCES,
}
