"""Random points: inputs of each declared kind, well conditioned, inside the domain of an
expression.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import numpy as np

from matcalc.core.dims import fit, names_in
from matcalc.core.errors import DomainError
from matcalc.core.far import far_places
from matcalc.core.kinds import WIDEST, ZERO, Variable, name_banded_kind, size_names
from matcalc.core.operations import OF_TALL, PROJECTORS
from matcalc.core.subspaces import independent
from matcalc.core.tree import Expr, positive_sizes
from matcalc.core.user_functions import inline
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, extent
from matcalc.verify.oracle.preconditions import find_violation
from matcalc.verify.oracle.zeros import no_point

_ATTEMPTS = 200  # points tried for one choice of sizes
_SIZE_CHOICES = (
    6  # ways tried of giving sizes to dimensions: X'*X is only invertible if X has enough rows
)
_NUDGE = 1e-9
_WHOLE = 4  # one attempt in so many takes integers for exponents of matrices
_POOL = (3, 4, 2, 5, 6, 7, 8, 9, 10, 11)


def _near_diagonal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A positive matrix close to the diagonal, which has a logarithm; of other shapes positive
    entries.
    """
    entries = rng.uniform(0.4, 2.0, shape)
    if len(shape) != 2:
        return entries
    return np.asarray(np.where(np.eye(*shape) > 0, entries + 1, rng.uniform(0.05, 0.5, shape)))


Entries = Callable[[np.random.Generator, tuple[int, ...]], Array]
STYLES: dict[str, Entries] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "positive": lambda rng, shape: rng.uniform(0.4, 2.0, shape),
    "unit": lambda rng, shape: rng.uniform(0.1, 0.9, shape),
    "above": lambda rng, shape: rng.uniform(1.1, 3.0, shape),
    "negative": lambda rng, shape: -rng.uniform(0.4, 2.0, shape),
    "dominant": _near_diagonal,
}


def sizes_for(
    exprs: Sequence[Expr], variables: Mapping[str, Variable], beside: Sequence[Expr] = ()
) -> Iterator[dict[str, int]]:
    """Ways to give each named dimension a size of its own, different from the sizes written as
    numbers, and so large that no part of these and of the expressions ``beside`` is empty.
    """
    reaches = [far_places(inline(expr)) for expr in (*exprs, *beside)]
    reach = max([each for each, _ in reaches], default=0)
    far = set(names_in([size for _, sizes in reaches for size in sizes]))
    dims = [size for variable in variables.values() for size in (*variable.dims, *variable.room)]
    wide = [
        (each.dims[0].plain, each.dims[1].plain)
        for each in variables.values()
        if each.kind == "orthonormal"
    ]
    for expr in exprs:
        for node in inline(expr).parts:
            dims += positive_sizes(node)
            if node.op in OF_TALL:
                wide.append((node.args[0].shape[0].plain, node.args[0].shape[1].plain))
    names = list(names_in(dims))
    pool = [size for size in _POOL if size not in {size.integer for size in dims}]
    for shift in itertools.islice(itertools.permutations(range(min(len(names), 3))), _SIZE_CHOICES):
        order = [names[k] for k in shift] + names[len(shift) :]
        chosen = {name: pool[k % len(pool)] for k, name in enumerate(order)}
        for rows, columns in wide:
            if rows in chosen and columns in chosen and chosen[rows] < chosen[columns]:
                chosen[rows], chosen[columns] = chosen[columns], chosen[rows]
        sizes = fit({name: _beyond(chosen[name], reach, name in far) for name in names}, dims)
        if sizes is not None:
            yield sizes
    skew = set(size_names([each for each in variables.values() if each.kind == "skew"]))
    if skew:  # of an odd size they are singular
        pool.sort(key=lambda size: size % 2)
        order = [*skew.intersection(names), *(name for name in names if name not in skew)]
        order.sort(key=lambda name: (name not in skew, name))
        even = reach + reach % 2
        sizes = fit(
            {name: _beyond(pool[k % len(pool)], even, name in far) for k, name in enumerate(order)},
            dims,
        )
        if sizes is not None:
            yield sizes


def _beyond(size: int, reach: int, far: bool) -> int:
    """The size, beyond the places that are spoken of."""
    return size + reach if far and size <= reach else size


def matrix_exponents(exprs: Sequence[Expr]) -> set[str]:
    """The scalar variables in exponents of matrices: for some matrices only integers make sense."""
    exponents = [
        node.args[1]
        for expr in exprs
        for node in inline(expr).parts
        if node.op == "frechet_power" or (node.op == "^" and node.args[0].rank == 2)
    ]
    nodes = (node for exponent in exponents for node in exponent.parts)
    return {node.value for node in nodes if node.op == "variable"}


def sample(
    variables: Mapping[str, Variable],
    rng: np.random.Generator,
    sizes: Sizes,
    positive: bool | Collection[str] = False,
) -> dict[str, Array]:
    """A point: every variable drawn as its kind demands; ``positive`` says which of them get
    positive entries.
    """
    chosen = set(variables) if positive is True else set(positive or ())
    drawn = {name: variable for name, variable in variables.items() if variable.kind != "function"}
    return {
        name: draw(variable, rng, sizes, "positive" if name in chosen else "normal")
        for name, variable in drawn.items()
    }


def draw(variable: Variable, rng: np.random.Generator, sizes: Sizes, style: str) -> Array:
    """A random value of one variable, its entries distributed as the style says so far as the kind
    permits.
    """
    shape = extent(variable.shape, sizes)
    if variable.kind == ZERO:
        return np.zeros(shape)
    if (variable.kind == "positive" and style == "normal") or (
        variable.kind in ("positive", "psd") and style == "negative"
    ):
        style = "positive"
    entries = STYLES[style]
    if variable.kind in _VECTORS:
        lines = [_VECTORS[variable.kind](rng, shape[-1]) for _ in range(math.prod(shape[:-1]))]
        return np.reshape(lines, shape)
    if variable.kind == "orthonormal":
        return _rotation(rng, shape[0])[:, : shape[1]]
    if variable.kind in _MATRICES:
        return _MATRICES[variable.kind](rng, shape[0], entries)
    return np.asarray(entries(rng, shape))


def matrix_of_entries(kind: str, entries: Sequence[float] | Array, n: int) -> Array:
    """The n x n matrix of a linear kind with these independent entries."""
    X = np.zeros((n, n))
    for entry, places in zip(entries, independent(kind, n), strict=True):
        for i, j, sign in places:
            X[i, j] = sign * entry
    return X


def _shares(x: Array) -> Array:
    return np.asarray(x / np.sum(x))


def _rotation(rng: np.random.Generator, n: int) -> Array:
    """A random orthogonal matrix, uniformly: the signs make the QR decomposition unique."""
    Q, R = np.linalg.qr(rng.standard_normal((n, n)))
    return np.asarray(Q * np.sign(np.diag(R)))


def _symmetric(rng: np.random.Generator, n: int, entries: Entries) -> Array:
    A = entries(rng, (n, n))
    return np.asarray((A + A.T) / 2)


def _skew(rng: np.random.Generator, n: int, entries: Entries) -> Array:
    A = np.triu(entries(rng, (n, n)), 1)
    return np.asarray(A - A.T)


def _psd(rng: np.random.Generator, n: int, entries: Entries) -> Array:
    """Q*diag(w)*Q' with eigenvalues in [0.5, 2]; for entries of one sign a symmetric matrix with a
    dominant diagonal.
    """
    if entries is STYLES["normal"]:
        Q = _rotation(rng, n)
        A = (Q * rng.uniform(0.5, 2.0, n)) @ Q.T
        return np.asarray((A + A.T) / 2)
    return _dominant(_symmetric(rng, n, entries))


def _triangular(rng: np.random.Generator, n: int, entries: Entries) -> Array:
    """Lower triangular, and well conditioned: the entries below the diagonal are small beside those
    on it.
    """
    A = entries(rng, (n, n))
    if entries is STYLES["normal"]:
        np.fill_diagonal(A, rng.choice((-1.0, 1.0), n) * rng.uniform(0.5, 2.0, n))
    return np.tril(_dominant(A))


def _banded(width: int) -> Callable[[np.random.Generator, int, Entries], Array]:
    """As well conditioned as a triangular one."""

    def rule(rng: np.random.Generator, n: int, entries: Entries) -> Array:
        A = entries(rng, (n, n))
        if entries is STYLES["normal"]:
            np.fill_diagonal(A, rng.choice((-1.0, 1.0), n) * rng.uniform(0.5, 2.0, n))
        return np.tril(np.triu(_dominant(A), -width), width)

    return rule


def _repeating(kind: str) -> Callable[[np.random.Generator, int, Entries], Array]:
    """A matrix with few independent entries; like others, well conditioned where its diagonal, or
    antidiagonal, can dominate.
    """

    def rule(rng: np.random.Generator, n: int, entries: Entries) -> Array:
        independent_entries = entries(rng, (len(independent(kind, n)),))
        found = matrix_of_entries(kind, independent_entries, n)
        place = (n - 1, 0) if kind == "hankel" else (0, 0)
        largest = found == found[place]
        bound = 0.5 * abs(found[place]) / (n * np.max(np.abs(found)))
        return np.where(largest, found, found * bound)

    return rule


def _invertible(rng: np.random.Generator, n: int, entries: Entries) -> Array:
    """Singular values in [0.5, 2]; for entries of one sign a dominant diagonal."""
    if entries is STYLES["normal"]:
        return np.asarray((_rotation(rng, n) * rng.uniform(0.5, 2.0, n)) @ _rotation(rng, n).T)
    return _dominant(entries(rng, (n, n)))


def _dominant(A: Array) -> Array:
    """The off-diagonal entries shrunk to less than half the diagonal in sum, so that the condition
    number is bounded.
    """
    n = len(A)
    small = A * (0.5 * np.min(np.abs(np.diag(A))) / (n * np.max(np.abs(A))))
    return np.where(np.eye(n) > 0, A, small)


def _unit(x: Array) -> Array:
    return np.asarray(x / np.linalg.norm(x))


def _onehot(rng: np.random.Generator, n: int) -> Array:
    return np.asarray(np.eye(n)[rng.integers(n)])


_VECTORS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "simplex": lambda rng, n: _shares(rng.uniform(0.4, 2.0, n)),
    "sphere": lambda rng, n: _unit(rng.standard_normal(n)),
    "onehot": _onehot,
}
_MATRICES: dict[str, Callable[[np.random.Generator, int, Entries], Array]] = {
    "symmetric": _symmetric,
    "psd": _psd,
    "diagonal": lambda rng, n, entries: np.diag(entries(rng, (n,))),
    "orthogonal": lambda rng, n, entries: _rotation(rng, n),
    "skew": _skew,
    "triangular": _triangular,
    "upper": lambda rng, n, entries: _triangular(rng, n, entries).T,
    **{name_banded_kind(width): _banded(width) for width in range(1, WIDEST + 1)},
    **{kind: _repeating(kind) for kind in PROJECTORS.values()},
    "invertible": _invertible,
}


def _styles(names: Sequence[str], rng: np.random.Generator) -> Iterator[dict[str, str]]:
    """Which style each variable gets in the successive attempts: all alike first, then mixed."""
    for style, count in (
        ("normal", 12),
        ("positive", 6),
        ("unit", 6),
        ("above", 6),
        ("negative", 6),
        ("dominant", 6),
    ):
        yield from (dict.fromkeys(names, style) for _ in range(count))
    while True:
        yield {name: str(rng.choice(list(STYLES))) for name in names}


def find_point(
    exprs: Sequence[Expr],
    variables: Mapping[str, Variable],
    rng: np.random.Generator,
    sizes: Sizes,
    around: str | None = None,
    attempts: int = _ATTEMPTS,
    *,
    still: bool = False,
    moving: str = "",
) -> tuple[dict[str, Array] | None, str]:
    """A point of these sizes at which all expressions are smooth; if there is none, why the last
    attempt failed.

    With ``around`` they are smooth also a little beside it, where every entry of that variable has
    moved on its own: abs(W) of a skew W has zeros on the diagonal, where the convention gives a
    value but differences do not. ``still`` says that values alone are asked; ``moving`` is what
    derivatives are taken by.
    """
    exponents = matrix_exponents(exprs)
    reason = ""
    for attempt, styles in enumerate(itertools.islice(_styles(list(variables), rng), attempts)):
        values = {
            name: _exponent(rng, attempt)
            if name in exponents
            else draw(variable, rng, sizes, styles[name])
            for name, variable in variables.items()
            if variable.kind != "function"
        }
        places = [values] if around is None else [values, nudge(values, around)]
        found = next(
            (
                text
                for expr in exprs
                for place in places
                if (text := find_violation(expr, place, sizes, still=still, moving=moving))
                is not None
            ),
            None,
        )
        if found is None:
            return values, ""
        reason = found
    return None, reason


def _exponent(rng: np.random.Generator, attempt: int) -> Array:
    """An exponent of a matrix: any number, and now and then an integer, which all matrices can be
    raised to.
    """
    return np.asarray(
        float(rng.integers(2, 5)) if attempt % _WHOLE == _WHOLE - 1 else rng.uniform(0.3, 3.7)
    )


def nudge(values: dict[str, Array], name: str) -> dict[str, Array]:
    """The point with every entry of one variable moved by its own tiny amount."""
    x = values[name]
    return {**values, name: x + _NUDGE * np.linspace(1.0, 2.0, x.size).reshape(x.shape)}


def find_sizes(
    exprs: Sequence[Expr],
    variables: Mapping[str, Variable],
    rng: np.random.Generator,
    around: str | None = None,
    *,
    still: bool = False,
    moving: str = "",
) -> tuple[dict[str, int], dict[str, Array]]:
    """Sizes of the dimensions with a point at which all expressions are smooth; DomainError if
    none is found.
    """
    reason = ""
    for sizes in sizes_for(exprs, variables):
        values, reason = find_point(
            exprs, variables, rng, sizes, around, still=still, moving=moving
        )
        if values is not None:
            return sizes, values
    message, hint = no_point(reason, exprs, variables)
    raise DomainError(message, hint=hint)
