"""Typed trees as jets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from math import prod
from types import ModuleType

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Shape
from matcalc.core.operations import COMPARISONS, PROJECTORS
from matcalc.core.tree import Expr, grid, is_number, operation
from matcalc.core.walk import fold, postorder
from matcalc.verify.exact.contraction import contract, frechet_power, fuse, whole_number
from matcalc.verify.exact.field import (
    Extent,
    Meter,
    P,
    Undecided,
    element,
    identity,
    permute,
    product,
    strides,
)
from matcalc.verify.exact.field_rules import (
    FUNCTIONS,
    FieldRule,
    above,
    along,
    at_most,
    divide,
    equal,
    fill,
    otherwise,
    outer,
    raise_power,
    spread,
    transpose,
)
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import (
    Jet,
    add,
    bilinear,
    constant,
    entrywise,
    hadamard,
    linear,
    power,
    scale,
)
from matcalc.verify.exact.series import integer_power

Order = Sequence[tuple[Expr, tuple[Expr, ...]]]
_POWERS = ("^", ".^")
_ROOTS = frozenset(("norm2", "sqrt"))  # of which even powers have none


class Evaluation:
    """Evaluates trees at one point, with ``count`` parts in every jet (2 to the number of
    directions).
    """

    def __init__(
        self,
        field: Generators,
        values: Mapping[str, Jet],
        sizes: Mapping[str, int],
        count: int,
        meter: Meter,
    ) -> None:
        self.field = field
        self.values = values
        self.sizes = dict(sizes)
        self.count = count
        self.meter = meter

    def run(self, tree: Expr) -> Jet:
        """The jet of a tree."""
        return self.follow(in_order(tree))

    def follow(self, order: Order) -> Jet:
        """The jet of the tree that has this order."""
        found: dict[int, Jet] = {}
        for node, below in order:
            if node.op == "variable":
                jet = self.values[node.value]
            else:
                jet = self._step(node, [found[id(arg)] for arg in below] if below else [])
            found[id(node)] = jet
        return jet

    def extent(self, shape: Shape) -> Extent:
        """The shape in numbers."""
        return tuple([size.size(self.sizes) for size in shape])

    def _pay(self, op: str, args: list[Jet]) -> None:
        """Counts the work of a function, where it is more than the entries of the result."""
        n = args[0].extent[0] if args[0].extent else 1
        order = self.count.bit_length() - 1
        if op in ("kron", "khatrirao", "outer", "diag"):
            self.meter.pay(len(args[0].value) * len(args[-1].value))
        elif op == "commutation":
            self.meter.pay((args[0].value[0] * args[1].value[0]) ** 2)
        elif op in PROJECTORS or op in ("elimination", "duplication"):
            self.meter.pay(args[0].value[0] ** 4)
        elif op in ("inv", "pinv"):
            self.meter.pay(n**3 * self.count)
        elif op in ("sylvester", "lyapunov"):
            self.meter.pay((n * args[-1].extent[-1]) ** 3 * self.count)
        elif op in ("det", "logdet"):
            self.meter.pay(n ** (3 + order))
        elif op in ("adj", "cof"):
            self.meter.pay(n ** (5 + order))

    def _even_power(self, node: Expr, args: list[Jet]) -> Jet:
        """norm2(x)^(2*k) = sum(x.*x)^k, also of each column or row; sqrt(x)^(2*k) = x^k."""
        squared = along(hadamard(args[0], args[0]), args) if node.args[0].op == "norm2" else args[0]
        return entrywise(squared, integer_power(int(node.args[1].value) // 2))

    def _step(self, node: Expr, args: list[Jet]) -> Jet:
        if node.op in _POWERS and _is_even_power(node):
            return self._even_power(node, args)
        leaf = _LEAVES.get(node.op)
        if leaf is not None:
            return leaf(self, node)
        operator = _OPERATORS.get(node.op)
        if operator is not None:
            result = operator(self, node, args)
        else:
            if isinstance(node.value, FunctionRef):
                # few programs declare functions
                from matcalc.verify.exact.generic import generic  # noqa: PLC0415

                return generic(node.value, args, self.extent(node.shape), self.meter)
            function = FUNCTIONS.get(node.op) or _less_common(node.op)
            if function is None:
                raise Undecided(operation(node))
            self._pay(node.op, args)
            result = function(self.field, args)
        self.meter.pay(len(result.value) * self.count)
        arithmetic = _ARITHMETIC.get(node.op)
        if arithmetic is not None:
            numbers = [arg.number for arg in args if arg.number is not None]
            if len(numbers) == len(args):
                result.number = arithmetic(*numbers)
        return result


def _less_common(name: str) -> FieldRule | None:
    """The rule of a function that most expressions do without."""
    from matcalc.verify.exact.composites import COMPOSITES  # noqa: PLC0415 - of few expressions

    return COMPOSITES.get(name) or _multilinear().FUNCTIONS.get(name)


def _multilinear() -> ModuleType:
    """The functions that few expressions have."""
    from matcalc.verify.exact import multilinear  # noqa: PLC0415 - few expressions have them

    return multilinear


def in_order(tree: Expr) -> Order:
    """The parts of a tree in the order in which they are evaluated, each with what it is evaluated
    from.
    """
    if _ROOTS.isdisjoint(tree.operations):
        return [(node, node.args) for node in tree.parts]
    return [(node, _children(node)) for node in postorder(tree, _children)]


def _children(node: Expr) -> tuple[Expr, ...]:
    """The arguments; of an even power of a root what is under the root, so that no root is
    taken.
    """
    return node.args[0].args if node.op in _POWERS and _is_even_power(node) else node.args


def _is_even_power(node: Expr) -> bool:
    """Whether a power is that of norm2(...) or sqrt(...) to an even one."""
    if node.args[0].op not in _ROOTS:
        return False
    exponent = node.args[1]
    return exponent.op == "number" and exponent.value % 2 == 0


def _variable(run: Evaluation, node: Expr) -> Jet:
    return run.values[node.value]


def _number(run: Evaluation, node: Expr) -> Jet:
    return constant((), [element(node.value)], run.count, node.value)


def _dimension(run: Evaluation, node: Expr) -> Jet:
    size = node.value.size(run.sizes)
    return constant((), [size], run.count, Fraction(size))


def _eye(run: Evaluation, node: Expr) -> Jet:
    extent = run.extent(node.shape)
    run.meter.pay(prod(extent))
    return constant(extent, identity(extent[0]), run.count)


def _unit(run: Evaluation, node: Expr) -> Jet:
    (size,), place = run.extent(node.shape), node.value.size(run.sizes)
    run.meter.pay(size)
    return constant((size,), [int(k == place) for k in range(size)], run.count)


def _slice(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """Entries by their places."""
    ranges = []
    for place, size in zip(node.value, args[0].extent, strict=True):
        first = 0 if place is None else place[0].size(run.sizes)
        count = size if place is None else 1 if place[1] is None else place[1].size(run.sizes)
        ranges.append(range(first, first + count))
    chosen = [0]
    for places, step in zip(ranges, strides(args[0].extent), strict=True):
        chosen = [place + k * step for place in chosen for k in places]
    return linear(args[0], lambda part: [part[k] for k in chosen], run.extent(node.shape))


def _permute(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """The axes in another order."""
    extent = args[0].extent
    return linear(args[0], lambda part: permute(part, extent, node.value), run.extent(node.shape))


def _blocks(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """Blocks put together: every entry of the whole comes from one entry of one block."""
    heights, widths = (run.extent(sizes) for sizes in grid(node))
    order: list[tuple[int, int]] = []  # of each entry, its block and its place there
    for r, height in enumerate(heights):
        for i in range(height):
            for c, width in enumerate(widths):
                order += [(r * len(widths) + c, i * width + j) for j in range(width)]
    run.meter.pay(len(order) * run.count)
    parts = []
    for place in range(run.count):
        given = [arg.parts[place] if place < len(arg.parts) else None for arg in args]
        moved = any(part is not None for part in given)
        parts.append(
            [0 if (part := given[block]) is None else part[k] for block, k in order]
            if moved
            else None
        )
    return Jet(run.extent(node.shape), parts)


def _constant(run: Evaluation, node: Expr) -> Jet:
    if node.value != "pi":
        raise Undecided(node.value)
    return constant((), [run.field.pi()], run.count)


def _fuse(run: Evaluation, node: Expr) -> Jet:
    extent = run.extent(node.shape)
    run.meter.pay(prod(extent))
    return constant(extent, fuse(*extent), run.count)


_LEAVES: dict[str, Callable[[Evaluation, Expr], Jet]] = {
    "variable": _variable,
    "number": _number,
    "dimension": _dimension,
    "eye": _eye,
    "constant": _constant,
    "fuse": _fuse,
    "epsilon": lambda run, node: constant((3, 3, 3), _multilinear().epsilon(), run.count),
    "unit": _unit,
}


def _times(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """Scalar * any; a column times a row is the outer product, all else sums over the adjacent
    axes.
    """
    a, b = args
    if not a.extent or not b.extent:
        if len(a.value) == 1 and not a.moves:
            return Jet(b.extent, scale(a.value[0], b).parts)
        return hadamard(*spread(a, b))
    if len(a.extent) == len(b.extent) == 1 and not node.args[0].row and node.args[1].row:
        run.meter.pay(len(a.value) * len(b.value) * run.count)
        return outer(a, b)
    inner = a.extent[-1]
    rows = a.extent[0] if len(a.extent) == 2 else 1
    columns = b.extent[1] if len(b.extent) == 2 else 1
    run.meter.pay(rows * inner * columns * run.count)
    rule = partial(product, rows=rows, inner=inner, columns=columns)
    return bilinear(a, b, rule, a.extent[:-1] + b.extent[1:])


def _fill(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    extent = run.extent(node.shape)
    run.meter.pay(prod(extent))
    return fill(args[0], extent)


def _power(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    if len(args[0].extent) == 2:
        exponent = whole_number(args[1])
        run.meter.pay(args[0].extent[0] ** 3 * run.count * abs(exponent).bit_length())
        return power(args[0], exponent)
    return raise_power(run.field, args[0], args[1])


def _kron(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """A row is a matrix of one row."""
    run._pay("kron", list(args))
    sides = [
        Jet((1, *arg.extent), arg.parts) if each.row else arg
        for arg, each in zip(args, node.args, strict=True)
    ]
    product = _multilinear().kron(run.field, sides)
    return Jet(run.extent(node.shape), product.parts)


def _frechet_power(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    return frechet_power(args, node.value or 0, run.meter)


def _where(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    """b + c*(a - b), with c 1 where the condition is not 0."""
    condition, first, second = args
    if not fold(node.args[0], _factors, _indicates):
        condition = otherwise(
            equal(run.field, condition, constant((), [0], run.count, Fraction(0)))
        )
    first, second = spread(first, second)
    chosen = hadamard(*spread(condition, add(first, second, -1)))
    return add(*spread(chosen, second))


def _evaluate_form(run: Evaluation, node: Expr, args: Sequence[Jet]) -> Jet:
    # few trees have bound indices
    from matcalc.core.choices import FormEvaluator  # noqa: PLC0415
    from matcalc.verify.exact.rows import Rows, select, split  # noqa: PLC0415

    rules = Rows(run, run._step, _children)
    column, rows = FormEvaluator(node.value, args, run.sizes, rules, _children).values()
    if not node.value.indices:
        return split(column, rows)[0]
    extent = run.extent(node.shape)
    if not rows:
        return constant(extent, [], run.count)
    return Jet(extent, select(column, rows).parts)


def _factors(node: Expr) -> tuple[Expr, ...]:
    return node.args if node.op in ("*", ".*", "-") else ()


def _indicates(node: Expr, inside: list[bool]) -> bool:
    """Whether the entries are 0 and 1: comparisons, their products, and one less such."""
    if node.op == "-":
        one = node.args[0].args[0] if node.args[0].op == "fill" else node.args[0]
        return is_number(one, 1) and inside[1]
    return node.op == "step" or node.op in COMPARISONS or (bool(inside) and all(inside))


_OPERATORS: dict[str, Callable[[Evaluation, Expr, Sequence[Jet]], Jet]] = {
    "+": lambda run, node, args: add(*spread(*args)),
    "-": lambda run, node, args: add(*spread(*args), -1),
    "neg": lambda run, node, args: scale(P - 1, args[0]),
    "*": _times,
    ".*": lambda run, node, args: hadamard(*spread(*args)),
    "/": lambda run, node, args: divide(run.field, *args),
    "./": lambda run, node, args: divide(run.field, *args),
    "^": _power,
    ".^": lambda run, node, args: raise_power(run.field, *args),
    "<": lambda run, node, args: above(run.field, args[1], args[0]),
    ">": lambda run, node, args: above(run.field, args[0], args[1]),
    "<=": lambda run, node, args: at_most(run.field, args[0], args[1]),
    ">=": lambda run, node, args: at_most(run.field, args[1], args[0]),
    "==": lambda run, node, args: equal(run.field, args[0], args[1]),
    "!=": lambda run, node, args: otherwise(equal(run.field, args[0], args[1])),
    "where": _where,
    "'": lambda run, node, args: transpose(args[0]),
    "fill": _fill,
    "slice": _slice,
    "permute": _permute,
    "blocks": _blocks,
    "einsum": lambda run, node, args: contract(args, node.value[0], node.value[1], run.meter),
    "kron": _kron,
    "frechet_power": _frechet_power,
    "indexed": _evaluate_form,
}


def _quotient(a: Fraction, b: Fraction) -> Fraction | None:
    return a / b if b else None


_ARITHMETIC: dict[str, Callable[..., Fraction | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "neg": lambda a: -a,
    "*": lambda a, b: a * b,
    "/": _quotient,
}
