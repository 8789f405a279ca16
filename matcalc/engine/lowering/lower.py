"""Lowering: a typed tree becomes a network node.

The pass follows the rank that values *have*: a rule written for scalars (``(1 - Y^2)*dX``) is used
on vectors and matrices by binding its names to nodes of that rank; products of scalars then act
entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, has_more_columns
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import ALONG, COMPARISONS, OF_TALL, OPERATIONS, QUOTIENTS
from matcalc.core.program import Program
from matcalc.core.slices import join_all_slices
from matcalc.core.tree import Expr, operation
from matcalc.engine.ir.nodes import Labels, Node, Rational, magnitude
from matcalc.engine.ir.nodes import is_number as is_rational
from matcalc.engine.ir.property_flags import DIAGONAL, LOWER, SKEW, UPPER
from matcalc.engine.lowering import index_rules
from matcalc.engine.lowering.base import Definition, TreeLowering
from matcalc.engine.lowering.blocks import block_places
from matcalc.engine.lowering.terms import Combination, ContractionBuilder, Lowered, Open

_EXPANDED_POWER = 8  # integer matrix powers up to this one become chains of products


class Lowering(TreeLowering):
    """Lowers trees into one builder, one rule for each operation."""

    def lower_all(
        self,
        roots: Sequence[Expr],
        names: Mapping[str, Node],
        sizes: Mapping[str, Dim] | None = None,
    ) -> list[Node]:
        """The nodes of several trees, what they share being lowered once."""
        self.sizes = sizes or {}
        roots = [join_all_slices(root) for root in roots]
        order = roots[0].parts if len(roots) == 1 else Expr("several", tuple(roots)).parts[:-1]
        uses: dict[int, int] = {}
        for expr in order:
            for arg in expr.args:
                uses[id(arg)] = uses.get(id(arg), 0) + 1
        values: dict[int, Lowered] = {}
        for expr in order:
            below = expr.args
            args = [values[id(arg)] for arg in below] if below else []
            value = self._step(expr, args, names)
            values[id(expr)] = self.sums.close(value) if uses.get(id(expr), 0) > 1 else value
        return [self.sums.close(values[id(root)]) for root in roots]

    def _step(self, expr: Expr, args: list[Lowered], names: Mapping[str, Node]) -> Lowered:
        if expr.op == "variable":
            return names[expr.value]
        if expr.op in COMPARISONS or expr.op == "where":
            # few expressions have conditions
            from matcalc.engine.lowering import conditions  # noqa: PLC0415

            return conditions.RULES[expr.op](self.sums, args)
        if expr.op == "indexed":
            # few expressions have bound indices
            from matcalc.engine.lowering.indexed import lower_indexed  # noqa: PLC0415

            return lower_indexed(self, expr, args)
        simple = _RULES.get(expr.op)
        if simple is not None:
            return simple(self, expr, args)
        # operators and functions entry by entry do without
        # operators do without
        from matcalc.engine.lowering.multilinear import RULES as BY_SHAPES  # noqa: PLC0415

        shaped = BY_SHAPES.get(expr.op)
        if shaped is not None:
            return shaped(self.sums, expr, args, self.size)
        nodes = [self.sums.close(arg) for arg in args]
        if expr.op == "schatten" and has_more_columns(nodes[0].axes):
            nodes[0] = self.builder.transpose(
                nodes[0]
            )  # the same norm, and it is defined by functions of tall matrices
        if isinstance(expr.value, FunctionRef):
            # few programs declare functions
            from matcalc.engine.lowering.generic import generic  # noqa: PLC0415

            return generic(
                self.sums, expr.value, nodes, tuple([self.size(size) for size in expr.shape])
            )
        name = operation(expr)
        if len(nodes) == 2 and expr.op in ALONG:
            return self._along(expr, *nodes)
        definition = self._definition(name, name, nodes[0])
        if definition is not None:
            names = dict(zip(definition.parameters, nodes, strict=True))
            return self.fresh().lower(definition.body, names, definition.sizes(nodes))
        if expr.op.startswith("frechet_") and expr.value:
            return self.builder.call(
                expr.op[8:], nodes, tuple([self.size(size) for size in expr.shape]), expr.value
            )
        special = index_rules.RULES.get(expr.op)
        if special is not None:
            return special(self.sums, nodes)
        if self.builder.acts_entrywise(name):
            return self.builder.elementwise(name, nodes)
        _require_tall(name, nodes[0])
        by_blocks = (
            self._blockwise(name, nodes[0]) if self.builder.selecting and len(nodes) == 1 else None
        )
        if by_blocks is not None:
            return by_blocks
        return self.builder.call(name, nodes, tuple([self.size(size) for size in expr.shape]))

    def _definition(self, name: str, entry: str, arg: Node) -> Definition | None:
        """What a function is defined by, if that has a value: a quotient has none by the zeros of a
        diagonal or a triangle.
        """
        zeros = DIAGONAL | LOWER | UPPER | SKEW
        if name in QUOTIENTS and self.builder.properties.infer(arg) & zeros:
            return None
        return self.definitions(entry)

    def _blockwise(self, name: str, node: Node) -> Node | None:
        """The function of a matrix that is block-diagonal."""
        # needed only where there are blocks
        from matcalc.engine.lowering.blockwise import blockwise  # noqa: PLC0415

        return blockwise(self.builder, name, node)

    def _along(self, expr: Expr, matrix: Node, axis: Node) -> Lowered:
        """A function along the last axis: of each row of a matrix; along another axis it is that of
        the permuted array, permuted back.
        """
        name = expr.op
        # rules are of each row of a matrix: along the last axis
        number = int(axis.coefficient)  # type: ignore[attr-defined]
        place = number - 1 + matrix.rank - expr.args[0].rank
        others = [k for k in range(matrix.rank) if k != place]
        last = matrix.rank - 1
        rows = self.builder.permute(matrix, (*others, place)) if place < last else matrix
        definition = self._definition(name, f"{name}-rows", rows)
        if definition is not None:
            names = dict(zip(definition.parameters, [rows], strict=True))
            value = self.fresh().lower(definition.body, names, definition.sizes([rows]))
        else:
            keeps = OPERATIONS[name].signature == "vector->vector"
            value = self.builder.call(
                name, [rows, self.builder.number(2)], rows.axes if keeps else rows.axes[:-1]
            )
        if place == last or value.rank < matrix.rank:
            return value  # a symmetric matrix is its own transpose; its softmax is not
        return self.builder.permute(value, (*range(place), last, *range(place, last)))

    def power(self, base: Node, exponent: Node) -> Node:
        """base ** exponent, entry by entry; rational exponents are part of the product, others a
        function.
        """
        if is_rational(exponent):
            return self.builder.power(base, exponent.coefficient)  # type: ignore[attr-defined]
        return self.builder.elementwise("pow", [base, exponent])

    def matrix_power(self, base: Node, exponent: Node) -> Node:
        """base^k of a square matrix."""
        if not is_rational(exponent):
            return self.builder.call("power", [base, exponent], base.axes)
        k: Rational = exponent.coefficient  # type: ignore[attr-defined]
        if k.denominator != 1 or magnitude(k) > _EXPANDED_POWER:
            return self.builder.call("power", [base, exponent], base.axes)
        if k < 0:
            base = self.builder.call("inv", [base], base.axes)
        sums, result = self.sums, self.sums.open(self.builder.eye(base.axes[0]))
        for _ in range(abs(int(k))):
            result = multiply(sums, result, base)
        return sums.close(result)


def multiply(sums: ContractionBuilder, left: Lowered, right: Lowered) -> Open:
    """The matrix product over the last label of the left and the first of the right."""
    a, b = sums.open(left), sums.open(right)
    return sums.join(
        a,
        b,
        [(a.outputs[-1], b.outputs[0])],
        a.outputs[:-1] + b.outputs[1:],
        a.axes[:-1] + b.axes[1:],
    )


def _times(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    first, second = expr.args
    if not first.shape or not second.shape:
        return low.sums.entrywise(*args)
    if first.rank == 1 and second.rank == 1 and not first.row:
        a, b = low.sums.open(args[0]), low.sums.open(args[1])
        return low.sums.join(a, b, [], a.outputs + b.outputs, a.axes + b.axes)
    return multiply(low.sums, *args)


def _reciprocal(low: Lowering, value: Lowered) -> Node:
    node = low.sums.close(value)
    if is_rational(node) and node.coefficient == 0:  # type: ignore[attr-defined]
        raise UnsupportedError("division by zero")
    return low.builder.power(node, -1)


def _divide(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    return low.sums.entrywise(args[0], _reciprocal(low, args[1]))


def _power(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    base, exponent = (low.sums.close(arg) for arg in args)
    return low.matrix_power(base, exponent) if expr.args[0].rank == 2 else low.power(base, exponent)


def _negate(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    return Combination([(-c, node) for c, node in low.sums.terms(args[0])], args[0].axes)


def _transpose(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    value = low.sums.open(args[0])
    return Open(value.coefficient, value.factors, value.outputs[::-1], value.axes[::-1])


def _fill(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    return low.sums.entrywise(
        args[0], low.builder.ones(tuple([low.size(size) for size in expr.shape]))
    )


def _number(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    value: Fraction = expr.value
    return low.builder.number(value)


def _slice(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    """X[start + i] = sum_k S[k,i] X[k]."""
    a, build = low.sums.open(args[0]), low.builder
    factors, outputs, axes = list(a.factors), [], []
    for label, size, place in zip(a.outputs, a.axes, expr.value, strict=True):
        if place is None:
            outputs.append(label)
            axes.append(size)
        elif place[1] is None:
            factors.append((build.unit(size, low.size(place[0])), (label,), 1))
        else:
            (own,) = low.sums.labels(1)
            part = low.size(place[1])
            factors.append((build.select(size, low.size(place[0]), part), (label, own), 1))
            outputs.append(own)
            axes.append(part)
    return Open(a.coefficient, factors, tuple(outputs), tuple(axes))


def _blocks(low: Lowering, expr: Expr, args: list[Lowered]) -> Lowered:
    """The sum of the blocks, each at its place."""
    shape = tuple([low.size(size) for size in expr.shape])
    terms: list[tuple[Rational, Node]] = []
    for links, value in zip(block_places(low.builder, low.size, expr), args, strict=True):
        a = low.sums.open(value)
        factors, inner = list(a.factors), list(a.outputs)
        outputs: Labels = ()
        for leaf, thin in links:
            (label,) = low.sums.labels(1)
            outputs += (label,)
            factors.append((leaf, (label,) if thin else (label, inner.pop(0)), 1))
        terms.append((1, low.builder.product(a.coefficient, factors, outputs, shape)))
    return low.builder.sum(terms, shape)


_RULES: dict[str, Callable[[Lowering, Expr, list[Lowered]], Lowered]] = {
    "number": _number,
    "constant": lambda low, expr, args: low.builder.leaf("constant", (), expr.value),
    "dimension": lambda low, expr, args: low.builder.size(low.size(expr.value)),
    "eye": lambda low, expr, args: low.builder.eye(low.size(expr.shape[0])),
    "fill": _fill,
    "+": lambda low, expr, args: low.sums.add(args[0], args[1], 1),
    "-": lambda low, expr, args: low.sums.add(args[0], args[1], -1),
    "neg": _negate,
    "*": _times,
    ".*": lambda low, expr, args: low.sums.entrywise(args[0], args[1]),
    "/": _divide,
    "./": _divide,
    ".^": lambda low, expr, args: low.power(low.sums.close(args[0]), low.sums.close(args[1])),
    "^": _power,
    "'": _transpose,
    "slice": _slice,
    "blocks": _blocks,
    "unit": lambda low, expr, args: low.builder.unit(low.size(expr.shape[0]), low.size(expr.value)),
    "sqrt": lambda low, expr, args: low.builder.power(low.sums.close(args[0]), Fraction(1, 2)),
}


def lower_program(lowering: Lowering, program: Program, names: Mapping[str, Node]) -> Node:
    """The node of a program's value; errors show the place in its text."""
    try:
        return lowering.lower(program.expr, names)
    except UnsupportedError as problem:
        problem.with_source(program.source)
        raise


def _require_tall(name: str, argument: Node) -> None:
    """UnsupportedError where a matrix is known to have fewer rows than columns."""
    if name in OF_TALL and has_more_columns(argument.axes):
        rows, columns = argument.axes
        raise UnsupportedError(
            f"the singular vectors of a {rows} x {columns} matrix are needed, which has "
            f"fewer rows than columns",
            hint="take its transpose as the variable: with at least as many rows as columns",
        )
