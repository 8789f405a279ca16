"""Typed trees as NumPy arrays: vectors have one axis (rows too), scalars none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import DomainError, EvaluationError
from matcalc.core.operations import COMPARISONS, FRECHET
from matcalc.core.tree import APPLY, Expr, moving_parts, operation
from matcalc.core.user_functions import UserFunction, inline, user_function
from matcalc.core.walk import fold
from matcalc.runtime import matrix_power, power
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.evaluations import FUNCTIONS
from matcalc.verify.oracle.generic import generic

Values = Mapping[str, Any]
Sizes = Mapping[str, int]
_CONSTANTS = {"pi": math.pi}
_MOST_ENTRIES = 2**31  # of an array: NumPy refuses larger ones in many ways


def interpret(
    expr: Expr, values: Values, sizes: Sizes, known: Mapping[int, Array] | None = None
) -> Array:
    """The value of the expression; ``sizes`` gives each named dimension its size. Outside of a
    domain it is nan or infinite. ``known`` has the values of parts, from ``values_of_parts``.
    """
    with np.errstate(all="ignore"):
        rule = partial(evaluate, values=values, sizes=sizes)
        if not known:
            return inline(expr).fold(rule)
        return fold(
            inline(expr),
            lambda node: () if id(node) in known else node.args,
            lambda node, args: known[id(node)] if id(node) in known else rule(node, args),
        )


def values_of_parts(expr: Expr, values: Values, sizes: Sizes) -> dict[int, Array]:
    """The value of each part, by the identity of its node; the tree has to outlive them."""
    if inline(expr) is not expr:
        return {}  # the nodes that are evaluated are gone after it
    found: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for node in expr.parts:
            args = [found[id(arg)] for arg in node.args]
            found[id(node)] = evaluate(node, args, values=values, sizes=sizes)
    return found


def magnitude(expr: Expr, values: Values, sizes: Sizes) -> float:
    """The largest absolute entry that occurs anywhere in the evaluation: rounding errors are
    proportional to it.

    What is taken nowhere, a branch of ``where`` or a side of max, is left out, and so is what is
    only compared.
    """

    def rule(node: Expr, args: list[tuple[Array, float]]) -> tuple[Array, float]:
        value = evaluate(node, [arg for arg, _ in args], values=values, sizes=sizes)
        if node.op == "where":
            taken = args[0][0] != 0
            args = [*([args[1]] if np.any(taken) else []), *([] if np.all(taken) else [args[2]])]
        elif node.op in ("max", "min"):
            args = [arg for arg in args if np.any(value == arg[0])]
        elif node.op in ("step", "sign", *COMPARISONS):
            args = []
        return value, max(
            [float(np.max(np.abs(value), initial=0.0)), *(largest for _, largest in args)]
        )

    with np.errstate(all="ignore"):
        return inline(expr).fold(rule)[1]


def function_of(expr: Expr, name: str, values: Values, sizes: Sizes) -> Callable[[Array], Array]:
    """The expression as a function of the variable ``name``; the parts that do not contain it are
    evaluated once.
    """
    expr = inline(expr)
    order = expr.parts
    moving = moving_parts(order, name)
    known: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for node in order:
            if id(node) not in moving:
                known[id(node)] = evaluate(
                    node, [known[id(arg)] for arg in node.args], values=values, sizes=sizes
                )
    rest = [node for node in order if id(node) in moving]

    def value(x: Array) -> Array:
        results = dict(known)
        inputs = {**values, name: x}
        with np.errstate(all="ignore"):
            for node in rest:
                results[id(node)] = evaluate(
                    node, [results[id(arg)] for arg in node.args], values=inputs, sizes=sizes
                )
        return results[id(expr)]

    return value


def evaluate(node: Expr, args: list[Array], *, values: Values, sizes: Sizes) -> Array:
    """The value of one node from those of its arguments."""
    try:
        if node.op in _LEAVES:
            return _LEAVES[node.op](node, values, sizes)
        if node.op == "fill":
            return np.full(extent(node.shape, sizes), args[0][()])
        if node.op == "slice":
            return np.asarray(args[0][places(node, sizes)])
        if node.op in _OPERATORS:
            return np.asarray(_OPERATORS[node.op](node, args))
        if node.op == "indexed":
            return _evaluate_form(node, args, values, sizes)
        if node.op == APPLY:
            own = user_function(node)
            if own is not None:
                return _own(own, node, args, sizes)
            return generic(node.value, args, extent(node.shape, sizes))
        return np.asarray(FUNCTIONS[node.op](*args))
    except EvaluationError:
        raise
    except (ValueError, TypeError, MemoryError) as problem:
        kind = DomainError if _lies_with_the_point(problem, node, sizes) else EvaluationError
        large = isinstance(problem, MemoryError) or "Maximum allowed" in str(problem)
        said = "arrays of these sizes do not fit into memory" if large else problem
        raise kind(f"cannot evaluate {operation(node)}: {said}", span=node.span) from problem


def _evaluate_form(node: Expr, args: list[Array], values: Values, sizes: Sizes) -> Array:
    return _loop(node, args, values, sizes, None)


def look_inside(
    node: Expr, args: list[Array], values: Values, sizes: Sizes, parts: Sequence[Expr] = ()
) -> tuple[list[tuple[Expr, list[Array]]], Array]:
    """What the parts of an ``indexed`` node are taken of, in the order in which they are evaluated;
    of a reduction all values together. And the value. With ``parts`` these alone are evaluated, and
    what they are made of; the value is zero then.
    """
    seen: list[tuple[Expr, list[Array]]] = []

    def watch(part: Expr, inside: list[Array]) -> None:
        seen.append((part, inside))

    value = _loop(node, args, values, sizes, watch, parts)
    return seen, value


def _loop(
    node: Expr,
    args: list[Array],
    values: Values,
    sizes: Sizes,
    watch: Callable[[Expr, list[Array]], None] | None,
    parts: Sequence[Expr] = (),
) -> Array:
    # few trees have bound indices
    from matcalc.verify.oracle.indexed import evaluate_indexed  # noqa: PLC0415

    def step(part: Expr, inside: list[Array]) -> Array:
        if watch is not None:
            watch(part, inside)
        return evaluate(part, inside, values=values, sizes=sizes)

    return evaluate_indexed(
        node,
        args,
        dict(sizes),
        extent(node.shape, sizes),
        step,
        lambda part: extent(part.shape, sizes),
        watch,
        parts,
    )


def _lies_with_the_point(problem: Exception, node: Expr, sizes: Sizes) -> bool:
    """Whether other values or smaller sizes would do; else the tree is not what it says it is."""
    if isinstance(problem, MemoryError | np.linalg.LinAlgError):
        return True
    return any(math.prod(extent(each.shape, sizes)) > _MOST_ENTRIES for each in (node, *node.args))


# what a user's function may raise where it has no value, or is wrong
_RAISED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)


_PARTS: dict[str, Callable[[Array], Array]] = {
    **dict.fromkeys(("symmetric", "psd"), lambda a: np.asarray((a + a.T) / 2)),
    "skew": lambda a: np.asarray((a - a.T) / 2),
    "diagonal": lambda a: np.diag(np.diag(a)),
}


def _own(own: UserFunction, node: Expr, args: list[Array], sizes: Sizes) -> Array:
    """The value of a function that is called as its user wrote it: it has to be real, and of the
    shape that was announced.

    One of symmetric matrices may read one half of its argument only; derivatives ask for it beside
    these, where it is that of the symmetric part.
    """
    assert own.function is not None  # one with a body is inlined
    parts = {each.name: _PARTS[each.kind] for each in own.domain if each.kind in _PARTS}
    args = [
        parts[each.name](arg) if each.name in parts else arg
        for each, arg in zip(own.parameters, args, strict=True)
    ]
    try:
        value = np.asarray(own.function(*args))
    except _RAISED as problem:
        raise DomainError(
            f"{own.name} raised {type(problem).__name__}: {problem}", span=node.span
        ) from problem
    if value.dtype.kind not in "fiu":
        hint = "wrap it in a function that returns real numbers, and nan where it has no value"
        raise DomainError(
            f"{own.name} returned {value.dtype}, not real numbers", span=node.span, hint=hint
        )
    wanted = extent(node.shape, sizes)
    if value.shape != wanted:
        raise DomainError(
            f"{own.name} returned an array of shape {value.shape}, expected {wanted}",
            span=node.span,
        )
    return value.astype(float)


def extent(shape: Shape, sizes: Sizes) -> tuple[int, ...]:
    """The shape in numbers."""
    return tuple(_size(size, sizes) for size in shape)


def places(node: Expr, sizes: Sizes) -> tuple[int | slice, ...]:
    """The index of a slice; DomainError where the array has no such entries."""
    found: list[int | slice] = []
    for place, axis in zip(node.value, extent(node.args[0].shape, sizes), strict=True):
        if place is None:
            found.append(slice(None))
            continue
        first = _size(place[0], sizes)
        count = 1 if place[1] is None else _size(place[1], sizes)
        if first < 0 or count < 1 or first + count > axis:
            raise DomainError("these sizes leave no room for the entries", span=node.span)
        found.append(first if place[1] is None else slice(first, first + count))
    return tuple(found)


def _blocks(node: Expr, args: list[Array]) -> Array:
    """Blocks put together, each as a matrix."""
    rows, columns = node.value
    parts = [
        arg.reshape(1, -1) if part.row else arg.reshape(-1, 1) if arg.ndim < 2 else arg
        for arg, part in zip(args, node.args, strict=True)
    ]
    whole = np.block([parts[r * columns : (r + 1) * columns] for r in range(rows)])
    return whole if node.rank == 2 else whole.ravel()


def _size(size: Dim, sizes: Sizes) -> int:
    try:
        return size.size(dict(sizes))
    except KeyError as missing:
        raise EvaluationError(f"no size is known for the dimension {missing.args[0]}") from missing


def _number(node: Expr, values: Values, sizes: Sizes) -> Array:
    value: Fraction = node.value
    try:
        return np.asarray(float(value))
    except OverflowError:
        return np.asarray(math.inf if value > 0 else -math.inf)


def _variable(node: Expr, values: Values, sizes: Sizes) -> Array:
    if node.value not in values:
        raise EvaluationError(f"no value is given for {node.value}", span=node.span)
    value = np.asarray(values[node.value])
    wanted = extent(node.shape, sizes)
    if value.shape != wanted:
        raise EvaluationError(
            f"{node.value} has shape {value.shape}, expected {wanted}", span=node.span
        )
    return value if np.iscomplexobj(value) else value.astype(float)


def _fuse(size: int, fast: int, slow: int) -> Array:
    """F[k, i, j] = 1 where k = i + j*fast."""
    return np.eye(size).reshape(size, slow, fast).transpose(0, 2, 1)


def _unit(node: Expr, sizes: Sizes) -> Array:
    """A one at a place."""
    result = np.zeros(extent(node.shape, sizes))
    place = _size(node.value, sizes)
    if not 0 <= place < result.shape[0]:
        raise EvaluationError(f"there is no entry {place + 1} of {result.shape[0]}", span=node.span)
    result[place] = 1.0
    return result


_LEAVES: dict[str, Callable[[Expr, Values, Sizes], Array]] = {
    "number": _number,
    "variable": _variable,
    "constant": lambda node, values, sizes: np.asarray(_CONSTANTS[node.value]),
    "dimension": lambda node, values, sizes: np.asarray(float(_size(node.value, sizes))),
    "eye": lambda node, values, sizes: np.eye(_size(node.shape[0], sizes)),
    "unit": lambda node, values, sizes: _unit(node, sizes),
    "epsilon": lambda node, values, sizes: np.cross(np.eye(3)[:, None], np.eye(3)[None]).transpose(
        2, 0, 1
    ),
    "fuse": lambda node, values, sizes: _fuse(*(_size(axis, sizes) for axis in node.shape)),
}


def _product(node: Expr, args: list[Array]) -> Array:
    """Scalar * any; otherwise columns times row is the outer product, all else sums over the
    adjacent axes.
    """
    left, right = args
    if 0 in (left.ndim, right.ndim):
        return np.asarray(left * right)
    if left.ndim == right.ndim == 1 and not node.args[0].row and node.args[1].row:
        return np.asarray(np.multiply.outer(left, right))
    return np.asarray(left @ right)


def _power(node: Expr, args: list[Array]) -> Array:
    return matrix_power(*args) if args[0].ndim == 2 else power(*args)


def _frechet(node: Expr, args: list[Array]) -> Array:
    return FUNCTIONS[node.op](*args, slots=node.value or 0)


def _kron(node: Expr, args: list[Array]) -> Array:
    """A row is a matrix of one row."""
    if not any(arg.row for arg in node.args):
        return FUNCTIONS["kron"](*args)
    left, right = (
        arg[np.newaxis] if each.row else arg for arg, each in zip(args, node.args, strict=True)
    )
    product = FUNCTIONS["kron"](left, right)
    return product[0] if node.row else product


def _comparison(rule: Callable[[Array, Array], Any]) -> Callable[[Expr, list[Array]], Any]:
    """1 where it holds of the real parts, else 0."""
    return lambda node, args: np.asarray(rule(np.real(args[0]), np.real(args[1]))).astype(float)


_COMPARED: dict[str, Callable[[Array, Array], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}

_OPERATORS: dict[str, Callable[[Expr, list[Array]], Any]] = {
    "+": lambda node, args: args[0] + args[1],
    "-": lambda node, args: args[0] - args[1],
    "neg": lambda node, args: -args[0],
    "*": _product,
    "/": lambda node, args: args[0] / args[1],
    ".*": lambda node, args: args[0] * args[1],
    "./": lambda node, args: args[0] / args[1],
    ".^": lambda node, args: power(*args),
    **{op: _comparison(rule) for op, rule in _COMPARED.items()},
    "^": _power,
    "'": lambda node, args: args[0].T,
    "blocks": _blocks,
    "permute": lambda node, args: FUNCTIONS["permute"](args[0], node.value),
    "einsum": lambda node, args: FUNCTIONS["einsum"](args, *node.value),
    "kron": _kron,
    **dict.fromkeys(FRECHET, _frechet),
}
