"""Forms with bound indices as array programs: every index is an axis, and what depends on several
is broadcast.

A part that depends on indices is an array with these as its first axes, in the order in which the
form has them, and its own axes after. What conditions leave out is computed and not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.indexed import AffineIndex, Condition, Index, condition_of
from matcalc.core.operations import ALONG, COMPARISONS, ENTRYWISE, OF_ENTRIES, OVER_INDICES
from matcalc.core.tree import APPLY, Expr, operation
from matcalc.core.user_functions import acts_entrywise
from matcalc.write.printers.numpy_broadcast import distances, map_differences
from matcalc.write.printers.numpy_functions import CALLS, REDUCTIONS, CodeLowering, power
from matcalc.write.printers.numpy_nodes import CodeNode, axis_argument

_LETTERS = "ijklmnopqrstuvwxyz"
_OWN = "abcdefgh"
_TAKEN = {name: REDUCTIONS.get(OF_ENTRIES.get(name, name), "") for name in OVER_INDICES}
_TAKEN["logsumexp"] = "np.logaddexp.reduce"
_LEFT_OUT = {"sum": "0.0", "prod": "1.0", "max": "-np.inf", "min": "np.inf", "logsumexp": "-np.inf"}


class CodeBatch(NamedTuple):
    """An array whose first axes are indices."""

    indices: tuple[Index, ...]
    node: CodeNode

    @property
    def own(self) -> Shape:
        """The axes of the value itself."""
        return self.node.shape[len(self.indices) :]


def lower_indexed(low: CodeLowering, expr: Expr) -> CodeNode:
    """The array of an ``indexed`` node."""
    return _IndexedBody(low, expr).result()


class _IndexedBody:
    def __init__(self, low: CodeLowering, expr: Expr) -> None:
        self.low = low
        self.build = low.build
        self.expr = expr
        self.args = [low.node(arg) for arg in expr.args]
        self.order = {index: k for k, index in enumerate(expr.value.all_indices())}

    def result(self) -> CodeNode:
        """The value, with the axes of the form."""
        form = self.expr.value
        values: dict[int, CodeBatch] = {}
        for part in form.body.parts:
            values[id(part)] = self._step(part, [values[id(arg)] for arg in part.args])
        body = values[id(form.body)]
        if not form.indices or body.indices == form.indices:
            return body.node
        present = [index for index in form.indices if index in body.indices]
        node = self._move(body, present).node
        return self._wide(CodeBatch(tuple(present), node), form.indices, filled=True)

    # -- axes

    def _sort(self, indices: Sequence[Index]) -> tuple[Index, ...]:
        return tuple(sorted(dict.fromkeys(indices), key=self.order.__getitem__))

    def _move(self, value: CodeBatch, indices: Sequence[Index]) -> CodeBatch:
        """The same with its indices in another order."""
        wanted = tuple(indices)
        if wanted == value.indices:
            return value
        shape = (*[index.size for index in wanted], *value.own)
        places = [value.indices.index(index) for index in wanted]
        places += range(len(wanted), value.node.rank)
        after = (f"({', '.join(map(str, places))})",)
        return CodeBatch(
            wanted, self.build.call("np.transpose", value.node, shape=shape, after=after)
        )

    def _wide(
        self, value: CodeBatch, indices: tuple[Index, ...], *, filled: bool = False
    ) -> CodeNode:
        """The array with an axis for each of the indices, of size 1 where it does not depend on
        one; with ``filled`` of full size.
        """
        if value.indices == indices:
            return value.node
        texts = [":" if index in value.indices else "None" for index in indices]
        while texts and texts[-1] == ":" and not value.own:
            texts.pop()
        shape = (*[i.size if i in value.indices else ONE for i in indices], *value.own)
        node = value.node
        if "None" in texts:
            node = self.build.suffix(node, f"[{', '.join(texts)}]", shape)
        if not filled:
            return node
        full = (*[index.size for index in indices], *value.own)
        ones = self.build.fill("np.ones", full)
        return self.build.infix("*", node, ones, full)

    def _align(self, args: Sequence[CodeBatch]) -> tuple[tuple[Index, ...], list[CodeNode], Shape]:
        """Arrays that broadcast against each other, and their common shape."""
        indices = self._sort([index for arg in args for index in arg.indices])
        own = max([arg.own for arg in args], key=len)
        nodes = []
        for arg in args:
            node = self._wide(arg, indices) if arg.node.rank else arg.node
            missing = len(own) - len(arg.own)
            if missing and arg.indices:
                text = ", ".join([*[":"] * len(indices), *["None"] * missing])
                node = self.build.suffix(node, f"[{text}]", (*node.shape, *[ONE] * missing))
            nodes.append(node)
        return indices, nodes, (*[index.size for index in indices], *own)

    def _einsum(
        self, args: Sequence[CodeBatch], own: Sequence[str], kept: str, shape: Shape
    ) -> CodeBatch:
        """The sum of products over the letters of own axes that are not kept."""
        indices = self._sort([index for arg in args for index in arg.indices])
        if len(indices) > len(_LETTERS):
            raise UnsupportedError("a product over so many indices", span=self.expr.span)
        letters = {index: _LETTERS[k] for k, index in enumerate(indices)}
        inputs = [
            "".join(letters[index] for index in arg.indices) + text
            for arg, text in zip(args, own, strict=True)
        ]
        output = "".join(letters[index] for index in indices) + kept
        full = (*[index.size for index in indices], *shape)
        return CodeBatch(
            indices, self._contraction([arg.node for arg in args], inputs, output, full)
        )

    def _contraction(
        self, nodes: Sequence[CodeNode], inputs: Sequence[str], output: str, shape: Shape
    ) -> CodeNode:
        """A sum of products, its axes being letters."""
        labels = tuple([tuple(map(ord, each)) for each in inputs])
        letters = (labels, tuple(map(ord, output)))
        made = self.build.node("einsum", letters, tuple(nodes), shape)
        return distances(self.build, made) or map_differences(self.build, made) or made

    # -- parts

    def _step(self, part: Expr, args: list[CodeBatch]) -> CodeBatch:
        op = part.op
        if op == "slot":
            return CodeBatch((), self.args[part.value])
        if op == "number":
            return CodeBatch((), self.build.number(part.value))
        if op == "constant":
            return CodeBatch((), self.build.node("text", f"np.{part.value}", (), ()))
        if op == "dimension":
            return CodeBatch((), self.build.size(part.value))
        if op == "index":
            return self._values_of(part.value)
        if op == "at":
            return self._at(part, args[0])
        if op == "reduce":
            return self._reduce(part, args[0])
        rule = _RULES.get(op)
        if rule is not None:
            return rule(self, part, args)
        if op == "where":
            return self._where(part, args)
        if op in COMPARISONS:
            holds, indices, shape = self._compare(part.op, args)
            return CodeBatch(
                indices, self.build.call("np.where", holds, shape=shape, after=("1.0", "0.0"))
            )
        if op in ENTRYWISE and op in CALLS:
            indices, nodes, shape = self._align(args)
            return CodeBatch(indices, self.build.call(CALLS[op], *nodes, shape=shape))
        if op in REDUCTIONS:
            return _behind(REDUCTIONS[op], self, part, args)
        if op in ALONG and op in CALLS and len(args[0].own) == len(args):
            return self._along(part, args[0])
        if op == APPLY and acts_entrywise(part):
            indices, nodes, shape = self._align(args)
            return CodeBatch(indices, self.build.node("apply", part.value, tuple(nodes), shape))
        message = f"code for {operation(part)} of what depends on an index is not supported"
        raise UnsupportedError(message, span=part.span)

    def _along(self, part: Expr, value: CodeBatch) -> CodeBatch:
        """A function of a vector, or along an axis of a matrix, for each choice of the indices."""
        own = int(part.args[1].value) - 1 if len(part.args) == 2 else 0
        axis, shape = len(value.indices) + own, value.node.shape
        if len(part.shape) < len(value.own):
            shape = (*shape[:axis], *shape[axis + 1 :])
        counted = self.build.number(axis + 1)
        return CodeBatch(
            value.indices, self.build.call(CALLS[part.op], value.node, counted, shape=shape)
        )

    def _where(self, part: Expr, args: list[CodeBatch]) -> CodeBatch:
        """What is not taken is computed all the same."""
        condition = part.args[0]
        held = condition_of(condition)
        if held is None:
            zero = CodeBatch((), self.build.number(0))
            mask, own, _ = self._compare("!=", [args[0], zero])
        else:
            mask, own, _ = self._mask(held)
        indices = self._sort([*own, *[index for arg in args[1:] for index in arg.indices]])
        shape = tuple([index.size for index in indices])
        nodes = [
            self._wide(arg, indices) if arg.node.rank else arg.node
            for arg in (CodeBatch(own, mask), *args[1:])
        ]
        return CodeBatch(indices, self.build.call("np.where", *nodes, shape=shape))

    def _values_of(self, index: Index) -> CodeBatch:
        """The values of an index."""
        first = self.build.size(index.start)
        behind = self.build.size(index.start.plus(index.size))
        node = self.build.call(
            "np.arange", first, behind, shape=(index.size,), after=("dtype=float",)
        )
        return CodeBatch((index,), node)

    def _compare(
        self, op: str, args: Sequence[CodeBatch]
    ) -> tuple[CodeNode, tuple[Index, ...], Shape]:
        indices, nodes, shape = self._align(args)
        return self.build.infix(op, nodes[0], nodes[1], shape), indices, shape

    def _at(self, part: Expr, value: CodeBatch) -> CodeBatch:
        """Entries: ranges are slices, and einsum brings the axes in order."""
        node = value.node
        front = len(value.indices)
        found: list[Index | None] = []
        places: list[tuple[Dim, Dim | None] | None] = [None] * front
        gathered: list[tuple[int, AffineIndex]] = []
        for place, size in zip(part.value, value.own, strict=True):
            if place is None:
                found.append(None)
                places.append(None)
            elif not place.terms:
                places.append((place.offset.plus(ONE, -1), None))
            elif len(place.terms) > 1 or place.terms[0][1] != 1:
                found.append(None)  # gathered below
                places.append(None)
                gathered.append((len(found) - 1, place))
            else:
                index = place.terms[0][0]
                first = index.start.plus(place.offset).plus(ONE, -1)
                whole = not first.scale and index.size == size
                places.append(None if whole else (first, index.size))
                found.append(index)
        if any(place is not None for place in places):
            kept = [
                size if place is None else place[1]
                for size, place in zip(node.shape, places, strict=True)
            ]
            shape = tuple([size for size in kept if size is not None])
            node = self.build.node("sliced", tuple(places), (node,), shape)
        apart = [axis for axis, _ in gathered]
        own = tuple(
            [
                size
                for axis, (size, index) in enumerate(zip(node.shape[front:], found, strict=True))
                if index is None and axis not in apart
            ]
        )
        axes = [*value.indices, *found]
        for axis, place in reversed(gathered):  # so that the axes before stay where they are
            node, several = self._gather(node, front + axis, place)
            axes[front + axis : front + axis + 1] = several
        named = [index for index in axes if index is not None]
        indices = self._sort(named)
        if axes == [*indices, *[None] * len(own)]:
            return CodeBatch(indices, node)
        letters = {index: _LETTERS[k] for k, index in enumerate(indices)}
        spare = iter(_OWN)
        inside = [letters[index] if index is not None else next(spare) for index in axes]
        kept_own = "".join(each for each in inside if each in _OWN)
        output = "".join([*(letters[index] for index in indices), kept_own])
        shape = (*[index.size for index in indices], *own)
        if len(set(axes)) == len(axes) == 2 and len(own) == 0:
            return CodeBatch(indices, self.build.transpose(node))
        return CodeBatch(indices, self._contraction([node], ["".join(inside)], output, shape))

    def _gather(
        self, node: CodeNode, axis: int, place: AffineIndex
    ) -> tuple[CodeNode, list[Index]]:
        """An axis of an array at places made of several indices, which become axes; those that
        conditions leave out may be outside it.
        """
        terms = [_scale(self, index, c) for index, c in place.terms]
        where = terms[0]
        for term in terms[1:]:
            where = _infix("+")(self, self.expr, [where, term])
        offset = CodeBatch((), self.build.size(place.offset.plus(ONE, -1)))
        where = _infix("+")(self, self.expr, [where, offset])
        whole = self.build.suffix(where.node, ".astype(int)", where.node.shape)
        shape = (*node.shape[:axis], *where.node.shape, *node.shape[axis + 1 :])
        after = (f"axis={axis}", 'mode="clip"')
        taken = self.build.call("np.take", node, whole, shape=shape, after=after)
        return taken, list(where.indices)

    def _reduce(self, part: Expr, value: CodeBatch) -> CodeBatch:
        reduction = part.value
        name = reduction.name
        used = [index for each in reduction.conditions for index, _ in each.place.terms]
        indices = self._sort([*value.indices, *reduction.indices, *used])
        node = value.node
        shape = (*[index.size for index in indices], *value.own)
        if node.rank and (reduction.conditions or indices != value.indices):
            node = self._wide(CodeBatch(value.indices, node), indices)
        for condition in reduction.conditions:
            holds, own, _ = self._mask(condition)
            mask = self._wide(CodeBatch(own, holds), indices)
            if value.own:
                text = ", ".join([*[":"] * len(indices), *["None"] * len(value.own)])
                mask = self.build.suffix(mask, f"[{text}]", (*mask.shape, *[ONE] * len(value.own)))
            left = _LEFT_OUT.get(name, "0.0")
            node = self.build.call("np.where", mask, node, shape=shape, after=(left,))
        axes = [k for k, index in enumerate(indices) if index in reduction.indices]
        if node.shape != shape and (not node.rank or any(node.shape[k] != shape[k] for k in axes)):
            # a value that does not depend on an index, once for each of its values
            node = self.build.infix("*", node, self.build.fill("np.ones", shape), shape)
        kept = tuple([index for index in indices if index not in reduction.indices])
        left_over = (*[index.size for index in kept], *value.own)
        total = self._take(name, node, axes, left_over)
        if name == "mean" and reduction.conditions:
            total = self._count_mean(part, value, node, axes, left_over)
        return CodeBatch(kept, total)

    def _take(self, name: str, node: CodeNode, axes: Sequence[int], shape: Shape) -> CodeNode:
        if name == "logsumexp" and len(axes) > 1:
            for axis in reversed(axes):
                inner = node.shape[:axis] + node.shape[axis + 1 :]
                node = self._take(name, node, [axis], inner)
            return node
        after = () if len(axes) == node.rank and name != "logsumexp" else (axis_argument(axes),)
        taken = self.build.call(_TAKEN[name], node, shape=shape, after=after)
        return distances(self.build, taken) or taken

    def _count_mean(
        self, part: Expr, value: CodeBatch, node: CodeNode, axes: Sequence[int], shape: Shape
    ) -> CodeNode:
        """The sum over the number of the choices that the conditions leave."""
        one = Expr("number", value=1)
        reduction = part.value._replace(name="sum")
        count = self._reduce(
            Expr("reduce", (one,), (), value=reduction), CodeBatch((), self.build.number(1))
        )
        total = self._take("sum", node, axes, shape)
        if not shape or not count.node.rank:
            return self.build.infix("/", total, count.node, shape)
        raise UnsupportedError("code for such a mean is not supported", span=part.span)

    def _mask(self, condition: Condition) -> tuple[CodeNode, tuple[Index, ...], Shape]:
        """Where a condition on indices holds."""
        sides: list[CodeBatch] = []
        for sign in (1, -1):
            terms = [(i, c * sign) for i, c in condition.place.terms if c * sign > 0]
            total: CodeBatch | None = None
            for index, c in terms:
                each = self._values_of(index)
                if c != 1:
                    node = self.build.infix("*", self.build.number(c), each.node, each.node.shape)
                    each = CodeBatch((index,), node)
                total = each if total is None else _infix("+")(self, self.expr, [total, each])
            sides.append(total or CodeBatch((), self.build.number(0)))
        if condition.place.offset.scale:
            offset = CodeBatch((), self.build.size(condition.place.offset))
            sides[0] = _infix("+")(self, self.expr, [sides[0], offset])
        return self._compare(condition.op, sides)


def _infix(operator: str) -> Callable[[_IndexedBody, Expr, list[CodeBatch]], CodeBatch]:
    def rule(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
        indices, nodes, shape = body._align(args)
        return CodeBatch(indices, body.build.infix(operator, nodes[0], nodes[1], shape))

    return rule


def _scale(body: _IndexedBody, index: Index, c: int) -> CodeBatch:
    """A multiple of the values of an index."""
    values = body._values_of(index)
    if c == 1:
        return values
    times = body.build.infix("*", body.build.number(c), values.node, values.node.shape)
    return CodeBatch((index,), times)


def _negative(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    return CodeBatch(args[0].indices, body.build.negative(args[0].node))


def _power(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    if part.op == "^" and args[0].own:
        raise UnsupportedError("the power of a matrix that depends on an index", span=part.span)
    indices, nodes, shape = body._align(args)
    return CodeBatch(indices, power(body.build, nodes[0], nodes[1], shape))


def _times(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    left, right = args
    if not left.own or not right.own:
        return _infix("*")(body, part, args)
    first = _OWN[: len(left.own)]
    if len(left.own) == len(right.own) == 1 and part.args[1].row and not part.args[0].row:
        return body._einsum(args, (first, "b"), "ab", (*left.own, *right.own))
    second = first[-1] + "cd"[: len(right.own) - 1]
    kept = first[:-1] + second[1:]
    if not left.indices and not right.indices:
        return CodeBatch(
            (), body.build.infix("@", left.node, right.node, left.own[:-1] + right.own[1:])
        )
    return body._einsum(args, (first, second), kept, left.own[:-1] + right.own[1:])


def _dot(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    letters = _OWN[: len(args[0].own)]
    return body._einsum(args, (letters, letters), "", ())


def _transpose(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    (value,) = args
    if len(value.own) < 2:
        return value
    if not value.indices:
        return CodeBatch((), body.build.transpose(value.node))
    shape = (*[index.size for index in value.indices], *value.own[::-1])
    return CodeBatch(
        value.indices, body.build.call("np.swapaxes", value.node, shape=shape, after=("-1", "-2"))
    )


def _diagonal(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    """The diagonal matrix of a vector for each index."""
    (value,) = args
    if len(value.own) != 1:
        raise UnsupportedError(
            f"code for {part.op} of a matrix that depends on an index", span=part.span
        )
    (size,) = value.own
    text = f"[{', '.join([*[':'] * value.node.rank, 'None'])}]"
    column = body.build.suffix(value.node, text, (*value.node.shape, ONE))
    eye = body.build.fill("np.eye", (size, size))
    shape = (*value.node.shape, size)
    return CodeBatch(value.indices, body.build.infix("*", column, eye, shape))


def _slice(body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    """Entries and parts of axes at places that are not indices."""
    (value,) = args
    places = (*[None] * len(value.indices), *part.value)
    kept = [
        size if place is None else place[1]
        for size, place in zip(value.node.shape, places, strict=True)
    ]
    shape = tuple([size for size in kept if size is not None])
    return CodeBatch(value.indices, body.build.node("sliced", places, (value.node,), shape))


def _behind(function: str, body: _IndexedBody, part: Expr, args: list[CodeBatch]) -> CodeBatch:
    """A function of all entries of the value itself."""
    value = args[0]
    shape = tuple([index.size for index in value.indices])
    axes = (-1, -2)[: len(value.own)]
    if len(args) == 2:
        raise UnsupportedError(f"code for {part.op} along an axis", span=part.span)
    after = (axis_argument(axes),) if axes else ()
    made = body.build.call(function, value.node, shape=shape, after=after)
    return CodeBatch(value.indices, distances(body.build, made) or made)


_RULES: dict[str, Callable[[_IndexedBody, Expr, list[CodeBatch]], CodeBatch]] = {
    "+": _infix("+"),
    "-": _infix("-"),
    "neg": _negative,
    "*": _times,
    ".*": _infix("*"),
    "/": _infix("/"),
    "./": _infix("/"),
    "^": _power,
    ".^": _power,
    "'": _transpose,
    "diag": _diagonal,
    "dot": _dot,
    "norm2": partial(_behind, "np.linalg.norm"),
    "slice": _slice,
}
