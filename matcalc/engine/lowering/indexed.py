"""Forms with bound indices: an index is a label of the network, and nothing is written out.

A part of a form that depends on indices becomes a node whose first axes are those indices and whose
last axes are its own. A condition is a mask, a range or a shift a range of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.indexed import AffineIndex, Condition, Index
from matcalc.core.kinds import MOST_AXES
from matcalc.core.operations import ALONG, COMPARISONS, OF_ENTRIES, TOTALS
from matcalc.core.tree import Expr, operation
from matcalc.engine.ir.nodes import Factor, Labels, Node, Rational
from matcalc.engine.ir.nodes import is_number as is_rational
from matcalc.engine.lowering import conditions
from matcalc.engine.lowering.base import TreeLowering
from matcalc.engine.lowering.batches import Batch, exponential_share, slice_batch, softmax_of
from matcalc.engine.lowering.blocks import block_places
from matcalc.engine.lowering.terms import Lowered


def lower_indexed(low: TreeLowering, expr: Expr, args: list[Lowered]) -> Node:
    """The node of an ``indexed`` node of the tree."""
    low.builder.indexed = True
    form = expr.value
    body = Body(low, [low.sums.close(arg) for arg in args], expr)
    result = body.lower(form.body, {})
    return body.arrange(result, form.indices)


class Body:
    """Lowers the body of one form."""

    def __init__(self, low: TreeLowering, args: Sequence[Node], form: Expr) -> None:
        self.low = low
        self.build = low.builder
        self.args = args
        self.form = form

    def lower(self, root: Expr, names: Mapping[str, Batch]) -> Batch:
        """The value of a part; ``names`` are those of the parameters of a definition."""
        values: dict[int, Batch] = {}
        for part in root.parts:
            values[id(part)] = self._step(part, [values[id(arg)] for arg in part.args], names)
        return values[id(root)]

    # -- axes

    def size(self, index: Index) -> Dim:
        """How many values an index has."""
        return self.low.size(index.size)

    def product(
        self,
        coefficient: Rational,
        factors: Sequence[tuple[Node, Labels]],
        outputs: Labels,
        axes: Shape,
    ) -> Node:
        """The sum over the labels that are not outputs."""
        return self.build.product(
            coefficient, [(n, labels, 1) for n, labels in factors], outputs, axes
        )

    def arrange(self, value: Batch, indices: tuple[Index, ...]) -> Node:
        """The node with these indices as its first axes, in this order; one that is missing is an
        axis of equal entries.
        """
        if value.indices == indices:
            return value.node
        labels = {index: k for k, index in enumerate(indices)}
        own = tuple(range(len(indices), len(indices) + len(value.own)))
        axes = (*[self.size(index) for index in indices], *value.own)
        inner = tuple([labels[index] for index in value.indices])
        return self.product(1, [(value.node, inner + own)], tuple(range(len(axes))), axes)

    def align(self, args: Sequence[Batch]) -> tuple[tuple[Index, ...], Shape, list[Node]]:
        """Values for an operation entry by entry: all with the same axes, but numbers without."""
        indices = tuple(dict.fromkeys(index for arg in args for index in arg.indices))
        own = max([arg.own for arg in args], key=len)
        nodes = []
        for arg in args:
            if not arg.node.axes:
                nodes.append(arg.node)
                continue
            wide = self.arrange(arg, indices)
            if len(arg.own) < len(own):  # a scalar goes with every entry
                axes = (*wide.axes, *own)
                wide = self.product(
                    1, [(wide, tuple(range(wide.rank)))], tuple(range(len(axes))), axes
                )
            nodes.append(wide)
        return indices, own, nodes

    def _join(self, left: Batch, right: Batch, own: tuple[Labels, Labels, Labels]) -> Batch:
        """The product of two: labels from 100 on for own axes, of the left, of the right, and of
        what is left.
        """
        indices = tuple(dict.fromkeys((*left.indices, *right.indices)))
        places = {index: k for k, index in enumerate(indices)}
        first, second, kept = own
        sizes = dict(zip(first, left.own, strict=True)) | dict(zip(second, right.own, strict=True))
        axes = (*[self.size(index) for index in indices], *[sizes[label] for label in kept])
        factors = [
            (left.node, (*[places[index] for index in left.indices], *first)),
            (right.node, (*[places[index] for index in right.indices], *second)),
        ]
        outputs = (*range(len(indices)), *kept)
        return Batch(indices, self.product(1, factors, outputs, axes))

    # -- parts

    def _step(self, part: Expr, args: list[Batch], names: Mapping[str, Batch]) -> Batch:
        op = part.op
        if op == "slot":
            return Batch((), self.args[part.value])
        if op == "variable":
            return names[part.value]
        if op == "index":
            return self._index(part.value)
        if op == "at":
            return self._at(part, args[0])
        if op == "reduce":
            return self._reduce(part, args[0])
        if not any(arg.indices for arg in args):
            nodes = {f"?{k}": arg.node for k, arg in enumerate(args)}
            stubs = [
                Expr("variable", (), each.shape, value=f"?{k}", row=each.row)
                for k, each in enumerate(part.args)
            ]
            plain = Expr(op, tuple(stubs), part.shape, value=part.value, row=part.row)
            sizes = self.low.sizes
            return Batch((), self.low.fresh().lower(plain, nodes, sizes))
        rule = _RULES.get(op)
        if rule is not None:
            return rule(self, part, args)
        if op in COMPARISONS or op == "where":
            return self._condition(part, args)
        return self._function(part, args)

    def _index(self, index: Index) -> Batch:
        """The value of an index: its first value less one, and the number of its place."""
        size = self.size(index)
        counting = self.product(
            1, [(self.build.leaf("lower", (size, size), "0"), (0, 1))], (0,), (size,)
        )
        first = self.build.times(
            self.build.size(self.low.size(index.start.plus(ONE, -1))), self.build.ones((size,))
        )
        return Batch((index,), self.build.sum([(1, counting), (1, first)], (size,)))

    def _at(self, part: Expr, value: Batch) -> Batch:
        """Entries: the label of an axis is that of the index, or a range leads from one to the
        other.
        """
        found = [index for place in part.value if place for index, _ in place.terms]
        indices = tuple(dict.fromkeys([*value.indices, *found]))
        labels = {index: k for k, index in enumerate(indices)}
        fresh = len(indices)
        own: list[int] = []
        kept: list[int] = []
        axes: list[Dim] = [self.size(index) for index in indices]
        factors: list[tuple[Node, Labels]] = []
        for place, size in zip(part.value, value.own, strict=True):
            if place is None:
                own.append(fresh)
                kept.append(fresh)
                axes.append(size)
            else:
                link = self._link(part, place, size, fresh, labels)
                own.append(fresh if link else labels[place.plain or place.terms[0][0]])
                factors += link
            fresh += 1
        inner = (*[labels[index] for index in value.indices], *own)
        outputs = (*range(len(indices)), *kept)
        return Batch(
            indices, self.product(1, [(value.node, inner), *factors], outputs, tuple(axes))
        )

    def _link(
        self, part: Expr, place: AffineIndex, size: Dim, label: int, labels: Mapping[Index, int]
    ) -> list[tuple[Node, Labels]]:
        """What joins the label of an axis to that of its index; nothing where they are the same."""
        if not place.terms:
            return [(self.build.unit(size, self.low.size(place.offset.plus(ONE, -1))), (label,))]
        if len(place.terms) > 1 or place.terms[0][1] != 1:
            start = place.offset.plus(ONE, -1)
            for index, c in place.terms:
                start = start.plus(index.start, c)
            axes = (size, *[self.size(index) for index, _ in place.terms])
            name = ",".join(str(c) for _, c in place.terms)
            leaf = self.build.leaf("place", axes, name, start=self.low.size(start))
            return [(leaf, (label, *[labels[index] for index, _ in place.terms]))]
        index = place.terms[0][0]
        count = self.size(index)
        first = self.low.size(index.start.plus(place.offset).plus(ONE, -1))
        if not first.scale and count == size:
            return []
        return [(self.build.select(size, first, count), (label, labels[index]))]

    def refusal(self, part: Expr, what: str, hint: str | None = None) -> UnsupportedError:
        """The error for what has no network."""
        span = part.span or self.form.span
        return UnsupportedError(f"{what} is not supported", span=span, hint=hint)

    def _reduce(self, part: Expr, value: Batch) -> Batch:
        reduction = part.value
        if reduction.name in TOTALS:
            total = self._sum(value, reduction.indices, reduction.conditions)
            if reduction.name == "sum":
                return total
            one = Batch((), self.build.number(1))
            count = self._sum(one, reduction.indices, reduction.conditions)
            return _quotient(self, part, [total, count])
        if reduction.name == "logsumexp" and (
            reduction.conditions or not self._is_row(value, reduction.indices)
        ):
            terms = Batch(value.indices, self.build.elementwise("exp", [value.node]))
            total = self._sum(terms, reduction.indices, reduction.conditions)
            return Batch(total.indices, self.build.elementwise("log", [total.node]))
        if reduction.conditions:
            raise self.refusal(part, f"{reduction.name} under a condition")
        return self._row(part, value, reduction.indices)

    def _is_row(self, value: Batch, indices: tuple[Index, ...]) -> bool:
        return len(indices) == 1 and len({*value.indices} - {*indices}) < MOST_AXES

    def _refuse_row(self, part: Expr, inside: int, outside: int) -> UnsupportedError:
        name = part.value.name
        if inside == 1:
            return self.refusal(part, f"{name} for each choice of {outside} indices")
        hint = f"write one inside the other: {name}[i]({name}[j](...))"
        return self.refusal(part, f"{name} over {inside} indices", hint)

    def _row(self, part: Expr, value: Batch, indices: tuple[Index, ...]) -> Batch:
        """A function of all values at an index, for each choice of the others: along the last axis
        of an array.
        """
        name = OF_ENTRIES.get(part.value.name, part.value.name)
        others = tuple([index for index in value.indices if index not in indices])
        if not self._is_row(value, indices):
            raise self._refuse_row(part, len(indices), len(others))
        matrix = self.arrange(value, (*others, *indices))
        if not others:
            call = Expr(name, (Expr("variable", (), matrix.axes, value="?"),), ())
        else:
            last = Expr("number", value=matrix.rank)
            call = Expr(
                name, (Expr("variable", (), matrix.axes, value="?"), last), matrix.axes[:-1]
            )
        low = self.low.fresh()
        return Batch(others, low.lower(call, {"?": matrix}))

    def _sum(
        self, value: Batch, indices: tuple[Index, ...], conditions: tuple[Condition, ...]
    ) -> Batch:
        used = dict.fromkeys((*value.indices, *indices))
        used.update(dict.fromkeys(i for each in conditions for i, _ in each.place.terms))
        kept = tuple([index for index in used if index not in indices])
        order = (*kept, *[index for index in used if index in indices])
        labels = {index: k for k, index in enumerate(order)}
        own = tuple(range(len(order), len(order) + len(value.own)))
        factors: list[tuple[Node, Labels]] = [
            (value.node, (*[labels[index] for index in value.indices], *own))
        ]
        factors += [
            (self.build.leaf("ones", (self.size(index),)), (labels[index],)) for index in indices
        ]
        for condition in conditions:
            factors += self.mask(condition, labels)
        axes = (*[self.size(index) for index in kept], *value.own)
        outputs = (*range(len(kept)), *own)
        return Batch(kept, self.product(1, factors, outputs, axes))

    def mask(self, condition: Condition, labels: Mapping[Index, int]) -> list[tuple[Node, Labels]]:
        """1 where a condition holds on the difference of two indices, else 0."""
        terms = condition.place.terms
        if sorted(c for _, c in terms) != [-1, 1]:
            hint = None
            if len(terms) == 1:
                hint = f"write a range of {terms[0][0].name}, as in sum[{terms[0][0].name}=1:n]"
            raise self.refusal(
                self.form, "a condition that is not on the difference of two indices", hint
            )
        (i,) = [index for index, c in terms if c == 1]
        (j,) = [index for index, c in terms if c == -1]
        gap = self.low.size(condition.place.offset.plus(i.start).plus(j.start, -1)).integer
        if gap is None:
            raise self.refusal(self.form, "a condition on ranges that start apart by a name")
        a, b = (labels[i], self.size(i)), (labels[j], self.size(j))

        def triangle(p: tuple[int, Dim], q: tuple[int, Dim], k: int) -> tuple[Node, Labels]:
            """1 where q - p <= k, counted from 0."""
            return self.build.leaf("lower", (p[1], q[1]), str(k)), (p[0], q[0])

        # the condition is on i - j + gap
        if condition.op == "<":
            return [triangle(b, a, -gap - 1)]
        if condition.op == "<=":
            return [triangle(b, a, -gap)]
        if condition.op == ">":
            return [triangle(a, b, gap - 1)]
        if condition.op == ">=":
            return [triangle(a, b, gap)]
        if condition.op == "==":
            if not gap and a[1] == b[1]:
                return [(self.build.eye(a[1]), (a[0], b[0]))]
            return [triangle(b, a, -gap), triangle(a, b, gap)]
        return [(self.build.leaf("apart", (a[1], b[1]), str(gap)), (a[0], b[0]))]

    def _condition(self, part: Expr, args: list[Batch]) -> Batch:
        """A comparison, which is an indicator; that of two indices is a mask."""
        compared = [arg for arg in part.args if arg.op == "index"]
        if len(compared) == 2 and part.op != "where":
            i, j = (arg.value for arg in compared)
            if i is not j:
                condition = Condition(part.op, AffineIndex(((i, 1), (j, -1)), Dim(0, ())))
                axes = (self.size(i), self.size(j))
                factors = self.mask(condition, {i: 0, j: 1})
                return Batch((i, j), self.product(1, factors, (0, 1), axes))
        indices, _, nodes = self.align(args)
        return Batch(indices, self.low.sums.close(conditions.RULES[part.op](self.low.sums, nodes)))

    def _function(self, part: Expr, args: list[Batch]) -> Batch:
        op = operation(part)
        if op == "exp" and (shares := softmax_of(self, part.args[0])) is not None:
            return shares
        function = part.value if isinstance(part.value, FunctionRef) else op
        definition = self.low.definitions(op)
        entrywise = self.build.acts_entrywise(function)
        if entrywise and definition is None:
            indices, _, nodes = self.align(args)
            return Batch(indices, self.build.elementwise(function, nodes))
        if definition is not None and (entrywise or op in _DEFINED):
            holes = [self.build.leaf("hole", arg.own) for arg in args]
            low = self.low.fresh()
            low.sizes = definition.sizes(holes)
            inside = Body(low, (), self.form)
            return inside.lower(
                definition.body, dict(zip(definition.parameters, args, strict=True))
            )
        if op in ALONG and (len(args) == 2 or len(args[0].own) == 1):
            return self._along(part, op, args[0])
        names = " and ".join(dict.fromkeys(index.name for arg in args for index in arg.indices))
        hint = None
        if any(len(arg.own) == 2 for arg in args):
            hint = (
                "declare the slices as a family, A[k]: matrix(n, n), "
                f"and write {op}(A[k]) in sum[k=1:K](...)"
            )
        raise self.refusal(part, f"{op} of what depends on the index {names}", hint)

    def _along(self, part: Expr, op: str, value: Batch) -> Batch:
        """A function of the lines along an axis: those of all choices of the indices are lines of
        one array.
        """
        axis = len(value.indices) + (int(part.args[1].value) if len(part.args) == 2 else 1)
        axes = value.node.axes
        keeps = len(part.shape) == len(value.own)
        shape = axes if keeps else (*axes[: axis - 1], *axes[axis:])
        args = (Expr("variable", (), axes, value="?"), Expr("number", value=axis))
        return Batch(
            value.indices, self.low.fresh().lower(Expr(op, args, shape), {"?": value.node})
        )


_DEFINED = frozenset({"norm2", "std", "var"})  # defined by sums, whatever else there is


def _add(sign: int) -> Callable[[Body, Expr, list[Batch]], Batch]:
    def rule(body: Body, part: Expr, args: list[Batch]) -> Batch:
        indices, own, nodes = body.align(args)
        axes = (*[body.size(index) for index in indices], *own)
        first, second = (
            node if node.axes == axes else body.build.times(node, body.build.ones(axes))
            for node in nodes
        )
        return Batch(indices, body.build.sum([(1, first), (sign, second)], axes))

    return rule


def _negative(body: Body, part: Expr, args: list[Batch]) -> Batch:
    return Batch(args[0].indices, body.build.scale(-1, args[0].node))


def _entry_product(body: Body, part: Expr, args: list[Batch]) -> Batch:
    left, right = args
    wide = left if len(left.own) >= len(right.own) else right
    own = tuple(range(100, 100 + len(wide.own)))
    return body._join(left, right, (own if left.own else (), own if right.own else (), own))


def _times(body: Body, part: Expr, args: list[Batch]) -> Batch:
    left, right = args
    if not left.own or not right.own:
        return _entry_product(body, part, args)
    first = tuple(range(100, 100 + len(left.own)))
    if len(left.own) == len(right.own) == 1 and part.args[1].row and not part.args[0].row:
        return body._join(left, right, (first, (200,), (*first, 200)))
    second = (first[-1], *range(200, 199 + len(right.own)))
    return body._join(left, right, (first, second, first[:-1] + second[1:]))


def _quotient(body: Body, part: Expr, args: list[Batch]) -> Batch:
    above = part.args[0] if part.args else part
    factors = above.args if above.op == "*" else (above,)
    for place, factor in enumerate(factors):
        share = exponential_share(body, factor, part)
        if share is not None:
            rest = [body.lower(each, {}) for k, each in enumerate(factors) if k != place]
            return _entry_product(body, part, [*rest, share]) if rest else share
    below = Batch(args[1].indices, body.build.power(args[1].node, -1))
    return _entry_product(body, part, [args[0], below])


def _power(body: Body, part: Expr, args: list[Batch]) -> Batch:
    base, exponent = args
    if part.op == "^" and len(base.own) == 2:
        raise body.refusal(part, "the power of a matrix that depends on an index")
    if not exponent.indices and is_rational(exponent.node):
        return Batch(base.indices, body.build.power(base.node, exponent.node.coefficient))  # type: ignore[attr-defined]
    indices, _, nodes = body.align(args)
    return Batch(indices, body.build.elementwise("pow", nodes))


def _root(body: Body, part: Expr, args: list[Batch]) -> Batch:
    return Batch(args[0].indices, body.build.power(args[0].node, Fraction(1, 2)))


def _transpose(body: Body, part: Expr, args: list[Batch]) -> Batch:
    value = args[0]
    count = len(value.indices)
    order = (*range(count), *range(value.node.rank - 1, count - 1, -1))
    return Batch(value.indices, body.build.permute(value.node, order))


def _total(body: Body, part: Expr, args: list[Batch]) -> Batch:
    """sum and mean of all entries, of each column (1) or of each row (2)."""
    value = args[0]
    count = len(value.indices)
    own = list(range(count, value.node.rank))
    summed = own if len(args) == 1 else [own[int(part.args[1].value) - 1]]
    kept = (*range(count), *[label for label in own if label not in summed])
    axes = tuple([value.node.axes[label] for label in kept])
    total = body.product(1, [(value.node, tuple(range(value.node.rank)))], kept, axes)
    if part.op == "mean":
        factors: list[Factor] = [(total, tuple(range(total.rank)), 1)]
        factors += [(body.build.size(value.node.axes[label]), (), -1) for label in summed]
        total = body.build.product(1, factors, tuple(range(total.rank)), axes)
    return Batch(value.indices, total)


def _dot(body: Body, part: Expr, args: list[Batch]) -> Batch:
    own = tuple(range(100, 100 + len(args[0].own)))
    return body._join(args[0], args[1], (own, own, ()))


def _diagonal(body: Body, part: Expr, args: list[Batch]) -> Batch:
    """tr(A), diag(A), diag(x)."""
    value = args[0]
    count = len(value.indices)
    if len(value.own) == 1:
        outputs: Labels = (*range(count), count, count)
        axes = (*value.node.axes, value.node.axes[-1])
        return Batch(
            value.indices,
            body.product(1, [(value.node, tuple(range(count + 1)))], outputs, axes),
        )
    kept = count if part.op == "tr" else count + 1
    return Batch(
        value.indices,
        body.product(
            1,
            [(value.node, (*range(count), count, count))],
            tuple(range(kept)),
            value.node.axes[:kept],
        ),
    )


def _cumulative(body: Body, part: Expr, args: list[Batch]) -> Batch:
    """cumsum and revcumsum, along the first axis or the one that is given."""
    value, count = args[0], len(args[0].indices)
    axis = count + (int(part.args[1].value) - 1 if len(args) == 2 else 0)
    size, labels = value.node.axes[axis], tuple(range(value.node.rank))
    ends = (axis, 100) if part.op == "revcumsum" else (100, axis)
    factors = [(value.node, labels), (body.build.leaf("lower", (size, size), "0"), ends)]
    outputs = (*labels[:axis], 100, *labels[axis + 1 :])
    return Batch(value.indices, body.product(1, factors, outputs, value.node.axes))


def _blocks(body: Body, part: Expr, args: list[Batch]) -> Batch:
    """The sum of the blocks, each at its place, for each choice of the indices."""
    indices = tuple(dict.fromkeys(index for arg in args for index in arg.indices))
    count = len(indices)
    shape = tuple([body.low.size(size) for size in part.shape])
    axes = (*[body.size(index) for index in indices], *shape)
    outputs = (*range(count), *range(100, 100 + len(shape)))
    terms: list[tuple[Rational, Node]] = []
    for links, arg in zip(block_places(body.build, body.low.size, part), args, strict=True):
        own = list(range(200, 200 + len(arg.own)))
        factors: list[tuple[Node, Labels]] = [(body.arrange(arg, indices), (*range(count), *own))]
        for label, (leaf, thin) in enumerate(links, 100):
            factors.append((leaf, (label,) if thin else (label, own.pop(0))))
        terms.append((1, body.product(1, factors, outputs, axes)))
    return Batch(indices, body.build.sum(terms, axes))


_RULES: dict[str, Callable[[Body, Expr, list[Batch]], Batch]] = {
    "+": _add(1),
    "-": _add(-1),
    "neg": _negative,
    "*": _times,
    ".*": _entry_product,
    "/": _quotient,
    "./": _quotient,
    "^": _power,
    ".^": _power,
    "sqrt": _root,
    "'": _transpose,
    "sum": _total,
    "mean": _total,
    "dot": _dot,
    "blocks": _blocks,
    "slice": lambda body, part, args: slice_batch(body.build, body.low.size, part, args[0]),
    "cumsum": _cumulative,
    "revcumsum": _cumulative,
    "tr": _diagonal,
    "diag": _diagonal,
}
