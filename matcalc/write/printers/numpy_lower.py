"""Typed tree to array program: the best way NumPy has to compute each part.

The tree is first made unique (equal subtrees become one node), so that whatever occurs twice is
computed once; products of parts that are used once are kept open (``Product``) until something
needs their value, and only then multiplied out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from fractions import Fraction

from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import APPLY, Expr, intern_trees, is_number
from matcalc.core.user_functions import inline
from matcalc.core.walk import operands, postorder
from matcalc.write.printers.numpy_blocks import RULES as BLOCKS
from matcalc.write.printers.numpy_chains import Chains
from matcalc.write.printers.numpy_finish import finish
from matcalc.write.printers.numpy_forms import one_form
from matcalc.write.printers.numpy_functions import (
    CALLS,
    FORMS,
    CodeValue,
    lower_squared_norm,
    power,
    root,
)
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode
from matcalc.write.printers.numpy_norms import norms
from matcalc.write.printers.numpy_pieces import fill_pieces
from matcalc.write.printers.numpy_products import (
    COLUMN,
    DIAGONAL,
    MATRIX,
    ROW,
    CodeFactor,
    CodeProduct,
    count_shared_ends,
)
from matcalc.write.printers.numpy_spectral import THIN, thin

# a shared product of at most so many matrices is multiplied out again where a vector makes that
# cheap
_COPIED = 4
_SOLVES = 2  # systems with one matrix; for more of them the inverse is computed once
_ROUNDS = 3  # which inverses are wanted depends on which are computed; settled after a round or two


def lower(expr: Expr, names: Mapping[str, CodeNode], builder: CodeBuilder) -> CodeNode:
    """The array program of an expression; ``names`` gives the node of each variable."""
    (whole,) = intern_trees([inline(expr)])
    (root,) = intern_trees([thin(whole)])
    inverted: frozenset[CodeNode] = frozenset()
    kept: frozenset[CodeNode] = frozenset()
    for _ in range(_ROUNDS):
        result = _Lowering(root, names, builder, inverted, kept).result()
        wanted = inverted | _wanted_inverses(result)
        made = _made_matrices(result)
        if wanted == inverted and made == kept:
            break
        inverted, kept = wanted, made
    result = one_form(builder, result)
    if builder.changes:
        result = fill_pieces(builder, result)
    return finish(builder, result)


def _made_matrices(root: CodeNode) -> frozenset[CodeNode]:
    """The matrices that a program computes in any case, and does not only view differently."""
    made: dict[CodeNode, frozenset[CodeNode]] = {}  # what each choice makes on either side

    def nodes(start: CodeNode) -> frozenset[CodeNode]:
        order = postorder(start, lambda each: () if each.op == "choice" else each.args)
        own = [node for node in order if node.rank == 2 and node.op in ("infix", "call", "filled")]
        return frozenset(own).union(*(made.get(node, ()) for node in order))

    for node in postorder(root, operands):
        if node.op == "choice":
            one, other = map(nodes, node.args)
            made[node] = one & other
    return nodes(root)


def _wanted_inverses(root: CodeNode) -> frozenset[CodeNode]:
    """Matrices whose inverse is needed anyway, or that take part in many systems."""
    solves: Counter[CodeNode] = Counter()
    for node in postorder(root, operands):
        if node.calls("np.linalg.inv"):
            solves[node.args[0]] += _SOLVES + 1
        elif node.calls("psd_inverse"):
            solves[node.args[0].args[0]] += _SOLVES + 1
        elif node.calls("np.linalg.solve"):
            matrix = node.args[0]
            solves[matrix.args[0] if matrix.op == "suffix" and matrix.attr == ".T" else matrix] += 1
    return frozenset(matrix for matrix, count in solves.items() if count > _SOLVES)


class _Lowering:
    """One pass over the unique tree."""

    def __init__(
        self,
        root: Expr,
        names: Mapping[str, CodeNode],
        builder: CodeBuilder,
        inverted: frozenset[CodeNode],
        kept: frozenset[CodeNode],
    ) -> None:
        self.root = root
        self.names = names
        self.build = builder
        self.chains = Chains(builder, kept)
        self.inverted = inverted
        self.values: dict[int, CodeValue] = {}
        self.order = root.parts
        self.uses = Counter(id(arg) for node in self.order for arg in node.args)

    def result(self) -> CodeNode:
        """The value of the root."""
        for node in self.order:
            self.values[id(node)] = _RULES.get(node.op, _Lowering.function)(self, node)
        return self.node(self.root)

    def node(self, expr: Expr) -> CodeNode:
        """The value as an array."""
        value = self.values[id(expr)]
        return self.chains.array(value) if isinstance(value, CodeProduct) else value

    def open(self, expr: Expr, *, beside_vector: bool = False) -> CodeProduct:
        """The value as a product to build on; one that others use too is taken as a finished array,
        unless it is trivial.
        """
        value = self.values[id(expr)]
        if isinstance(value, CodeProduct):
            if self.uses[id(expr)] == 1:
                return value
            length = len(value.factors)
            if (length <= 1 and not value.scaled) or (
                beside_vector and expr.rank == 2 and length <= _COPIED
            ):
                return value.copy()
            value = self.chains.array(value)
        if self.uses[id(expr)] > 1:
            self.chains.shared.add(value)
        return self._leaf(expr, value)

    def _ones(self, expr: Expr) -> CodeProduct | None:
        """A matrix whose entries are all the same as a dyad, so that what is beside it is summed
        and not multiplied; None for any other.
        """
        if expr.op != "fill" or expr.rank != 2:
            return None
        rows, columns = [self.build.fill("np.ones", (axis,)) for axis in expr.shape]
        result = CodeProduct(
            expr.shape, factors=deque([CodeFactor(COLUMN, rows), CodeFactor(ROW, columns)])
        )
        result.scale(self.open(expr.args[0]))
        return result

    def _leaf(self, expr: Expr, node: CodeNode) -> CodeProduct:
        product = CodeProduct(expr.shape)
        if node.op == "number":
            product.number = node.attr
        elif expr.rank == 0:
            product.top.append(node)
        else:
            kind = MATRIX if expr.rank != 1 else ROW if expr.row else COLUMN
            product.factors.append(CodeFactor(kind, node))
        return product

    def scale(self, scalar: Expr, rest: Expr) -> CodeProduct:
        """A scalar times anything."""
        result, coefficient = self.open(rest), self.open(scalar)
        result.number *= coefficient.number
        result.top = coefficient.top + result.top
        result.bottom += coefficient.bottom
        return result

    def product(self, expr: Expr) -> CodeValue:
        left, right = expr.args
        if left.rank == 0 or right.rank == 0:
            return self.scale(left, right) if left.rank == 0 else self.scale(right, left)
        a = self._ones(left) or self.open(left, beside_vector=right.rank == 1)
        b = self._ones(right) or self.open(right, beside_vector=left.rank == 1)
        number, top, bottom = a.number * b.number, a.top + b.top, a.bottom + b.bottom
        if len(a.factors) >= len(b.factors):
            a.factors.extend(b.factors)
            factors = a.factors
        else:
            b.factors.extendleft(reversed(a.factors))
            factors = b.factors
        result = CodeProduct(expr.shape, number, top, bottom, factors)
        if expr.rank == 0:
            result.top += self.chains.core(list(factors), ())[0]
            result.factors.clear()
        return result

    def transpose(self, expr: Expr) -> CodeValue:
        return self.open(expr.args[0]).transpose()

    def negative(self, expr: Expr) -> CodeValue:
        result = self.open(expr.args[0])
        result.number = -result.number
        return result

    def quotient(self, expr: Expr) -> CodeValue:
        numerator, divisor = expr.args
        if divisor.rank > 0:
            return self.build.infix(
                "/", self.beside(numerator, divisor), self.node(divisor), expr.shape
            )
        result = self.open(numerator)
        for below in norms(self.build, self.node(divisor)):
            if below.op == "number" and below.attr != 0:
                result.number /= below.attr
            else:
                result.bottom.append(below)
        return result

    def entrywise_product(self, expr: Expr) -> CodeValue:
        left, right = expr.args
        if left.rank == 0 or right.rank == 0:
            return self.product(expr)
        if left.op == "fill":
            return self.scale(left.args[0], right)
        if right.op == "fill":
            return self.scale(right.args[0], left)
        return self.build.times(self.node(left), self.node(right))

    def beside(self, expr: Expr, other: Expr) -> CodeNode:
        """An operand of a broadcasting operator: a filled array need not be one where the other
        operand has the shape.
        """
        return self.node(
            expr.args[0]
            if expr.op == "fill" and other.op != "fill" and other.rank == expr.rank
            else expr
        )

    def sum(self, expr: Expr) -> CodeValue:
        left, right = expr.args
        factored = self._factor(expr) or self._added_diagonals(expr)
        if factored is not None:
            return factored
        operator, other = expr.op, self.values[id(right)]
        if (
            isinstance(other, CodeProduct)
            and other.number < 0
            and self.uses[id(right)] == 1
            and right.op != "number"
        ):
            other.number = -other.number
            operator = "-" if operator == "+" else "+"
        return self.build.infix(
            operator, self.beside(left, right), self.beside(right, left), expr.shape
        )

    def _added_diagonals(self, expr: Expr) -> CodeProduct | None:
        """diag(u) + diag(v) as diag(u + v), where one may be a multiple of the identity.

        A number is added to all entries.
        """
        if any(arg.rank != 2 for arg in expr.args):
            return None
        given = [self.values[id(arg)] for arg in expr.args]
        counts = [
            len(value.factors)
            if isinstance(value, CodeProduct)
            and all(factor.kind == DIAGONAL for factor in value.factors)
            and (self.uses[id(arg)] == 1 or not value.scaled)
            else -1
            for arg, value in zip(expr.args, given, strict=True)
        ]
        if min(counts) < 0 or max(counts) != 1:
            return None
        sides = []
        for arg in expr.args:
            value = self.open(arg)
            entries = deque([CodeFactor(COLUMN, factor.node) for factor in value.factors])
            shape = expr.shape[:1] if entries else ()
            sides.append(CodeProduct(shape, value.number, value.top, value.bottom, entries))
        operator = expr.op
        if sides[1].number < 0:
            sides[1].number = -sides[1].number
            operator = "-" if operator == "+" else "+"
        one, other = [self.chains.array(side) for side in sides]
        node = self.build.infix(operator, one, other, expr.shape[:1])
        return CodeProduct(expr.shape, factors=deque([CodeFactor(DIAGONAL, node)]))

    def _factor(self, expr: Expr) -> CodeProduct | None:
        """P*A*Q + P*B*Q as P*(A + B)*Q, which is a product less."""
        values = [self.values[id(arg)] for arg in expr.args]
        if expr.rank != 2 or any(self.uses[id(arg)] > 1 for arg in expr.args):
            return None
        one, other = values
        if not isinstance(one, CodeProduct) or not isinstance(other, CodeProduct) or not one.number:
            return None
        first, last = count_shared_ends(one, other)
        both = list(one.factors)
        ends = [*both[:first], *both[len(both) - last :]]
        if all(factor.kind == DIAGONAL for factor in ends):
            return None
        if len(ends) == min(len(one.factors), len(other.factors)) == 1:
            return None  # P + P*A*Q takes no more products, and in a better order
        sign = 1 if expr.op == "+" else -1
        result = CodeProduct(expr.shape, one.number)
        inner: list[CodeNode] = []
        for value, number in ((one, Fraction(1)), (other, sign * other.number / one.number)):
            middle = list(value.factors)[first : len(value.factors) - last]
            shape = (
                both[first - 1].ends[1] if first else expr.shape[0],
                both[len(both) - last].ends[0] if last else expr.shape[1],
            )
            part = CodeProduct(shape, abs(number), value.top, value.bottom, deque(middle))
            inner.append(self.chains.array(part))
            operator = "+" if number > 0 else "-"
        total = self.build.infix(operator, inner[0], inner[1], shape)
        result.factors.extend([*both[:first], CodeFactor(MATRIX, total), *both[len(both) - last :]])
        return result

    def indicator(self, expr: Expr) -> CodeValue:
        """A comparison as a number, 1 or 0."""
        left, right = expr.args
        holds = self.build.infix(
            expr.op, self.beside(left, right), self.beside(right, left), expr.shape
        )
        return self.build.call("np.where", holds, shape=expr.shape, after=("1.0", "0.0"))

    def fill(self, expr: Expr) -> CodeValue:
        value = self.node(expr.args[0])
        if value.op == "number" and value.attr in (0, 1):
            return self.build.fill("np.ones" if value.attr == 1 else "np.zeros", expr.shape)
        return self.build.fill("np.full", expr.shape, value)

    def power(self, expr: Expr) -> CodeValue:
        base, exponent = expr.args
        if base.op == "norm2" and is_number(exponent, 2) and self.uses[id(base)] == 1:
            return lower_squared_norm(self, base)
        return power(
            self.build, self.beside(base, exponent), self.beside(exponent, base), expr.shape
        )

    def any_power(self, expr: Expr) -> CodeValue:
        """Of a scalar; of a matrix a short chain, or a call for high, negative and symbolic
        exponents.
        """
        base, exponent = expr.args
        if expr.rank == 0:
            return self.power(expr)
        if exponent.op == "number" and exponent.value in range(_COPIED):
            factor = CodeFactor(MATRIX, self.node(base))
            return CodeProduct(expr.shape, factors=deque([factor] * int(exponent.value)))
        return self.build.call(
            "matrix_power", self.node(base), self.node(exponent), shape=expr.shape
        )

    def einsum(self, expr: Expr) -> CodeValue:
        """Scalars leave as a coefficient, and ones on indices that others have too."""
        inputs, output = expr.value
        operands = list(zip(expr.args, inputs, strict=True))
        result = CodeProduct(expr.shape)
        kept: list[tuple[CodeNode, tuple[int, ...]]] = []
        for place, (arg, labels) in enumerate(operands):
            others = [each for _, each in [*operands[place + 1 :], *kept]]
            covered = set(labels).issubset(label for each in others for label in each)
            constant = arg.args[0] if arg.op == "fill" and covered else arg
            if constant is arg and labels:
                kept.append((self.node(arg), labels))
            else:
                result.scale(self.open(constant))
        if kept:
            nodes, inputs = zip(*kept, strict=True)
            value = (
                nodes[0]
                if inputs == (output,)
                else self.build.node("einsum", (inputs, output), nodes, expr.shape)
            )
            result.factors.extend(self._leaf(expr, value).factors)
            result.top += [value] if expr.rank == 0 else []
        return result

    def lower_form(self, expr: Expr) -> CodeValue:
        """A form with bound indices."""
        # few expressions have any
        from matcalc.write.printers.numpy_indexed import lower_indexed  # noqa: PLC0415

        return lower_indexed(self, expr)

    def function(self, expr: Expr) -> CodeValue:
        """A function of the catalogue."""
        rule = FORMS.get(expr.op)
        if rule is not None:
            return rule(self, expr)
        args = [self.node(arg) for arg in expr.args]
        if expr.op == APPLY:
            return self.build.node("apply", expr.value, tuple(args), expr.shape)
        if expr.op == "sqrt":
            return root(self.build, args[0], expr.shape)
        return self.build.call(CALLS[expr.op], *args, shape=expr.shape)


_RULES: dict[str, Callable[[_Lowering, Expr], CodeValue]] = {
    "several": lambda low, expr: low.build.node(
        "several", expr.value, tuple([low.node(arg) for arg in expr.args]), ()
    ),
    "number": lambda low, expr: low.build.number(expr.value),
    "constant": lambda low, expr: low.build.node("text", f"np.{expr.value}", (), ()),
    "dimension": lambda low, expr: low.build.size(expr.value),
    "variable": lambda low, expr: low.names[expr.value],
    "eye": lambda low, expr: CodeProduct(expr.shape),
    "fill": _Lowering.fill,
    **dict.fromkeys(COMPARISONS, _Lowering.indicator),
    "+": _Lowering.sum,
    "-": _Lowering.sum,
    "neg": _Lowering.negative,
    "*": _Lowering.product,
    "/": _Lowering.quotient,
    ".*": _Lowering.entrywise_product,
    "./": _Lowering.quotient,
    ".^": _Lowering.power,
    "^": _Lowering.any_power,
    "'": _Lowering.transpose,
    "indexed": _Lowering.lower_form,
    **BLOCKS,
    **dict.fromkeys(
        THIN.values(),
        lambda low, expr: low.build.call(expr.op, low.node(expr.args[0]), shape=expr.shape),
    ),
    "epsilon": lambda low, expr: low.build.call("signs", shape=expr.shape),
    # F[k, i, j] = 1 where k = i + j*m: the columns of the identity, read as m x n matrices column
    # by column
    "fuse": lambda low, expr: low.build.node(
        "reshaped", None, (low.build.fill("np.eye", expr.shape[:1] * 2),), expr.shape
    ),
}
