"""The last pass over an array program: contractions are planned, linear combinations of arrays with
many axes lose their common factors and are computed by halves where they are symmetric, and
diagonals are added in place.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

from matcalc.core.dims import Shape
from matcalc.core.walk import fold, operands, postorder
from matcalc.write.printers.numpy_broadcast import distances, sum_of_parts, sums_of_triangle
from matcalc.write.printers.numpy_contract import Labels, contract
from matcalc.write.printers.numpy_directions import close_directions
from matcalc.write.printers.numpy_nodes import ALONG_AXES, OUTER, CodeBuilder, CodeNode, is_ones
from matcalc.write.printers.numpy_norms import rewrite_squared_norms, rewrite_weighted_sum
from matcalc.write.printers.numpy_terms import CodeTerm, Operands, join, value

_MANY = 3  # axes from which on a sum is looked at as a whole
_TERMS = 60  # of a sum; longer ones are taken as they come


def finish(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The same program, in the form in which it is written."""
    root = _Finish(build, root).result()
    return _clear_diagonals(build, root) if build.changes else root


def _clear_diagonals(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The program with zeros written on diagonals where it chose between these and an array."""

    def rule(node: CodeNode, args: list[CodeNode]) -> CodeNode:
        made = build.with_args(node, args)
        if made.calls("np.where") and made.attr[2] == ("0.0",) and _is_off_diagonal(made):
            return build.node("cleared", (0, 0), (made.args[1],), made.shape)
        return made

    return fold(root, operands, rule)


def _is_off_diagonal(node: CodeNode) -> bool:
    """Whether a choice takes a matrix where the row is not the column."""
    mask, matrix = node.args
    if (mask.op, mask.attr) != ("infix", "!=") or not mask.shape == matrix.shape == node.shape:
        return False
    one, other = mask.args
    return (
        one.op == other.op == "suffix"
        and {one.attr, other.attr} == {"[None]", ALONG_AXES[0]}
        and one.args[0] is other.args[0]
        and one.args[0].calls("np.arange")
    )


def _is_linear(node: CodeNode) -> bool:
    """Whether this is a contraction, a sum, a negative or a multiple of arrays with many axes."""
    if node.rank < _MANY:
        return False
    if node.op in ("einsum", "neg"):
        return True
    if node.op != "infix":
        return False
    left, right = node.args
    if node.attr in ("+", "-"):
        return left.shape == right.shape
    return bool((node.attr == "*" and not left.rank) or (node.attr == "/" and not right.rank))


def negate_scalar(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """The negative of an array times or over a scalar: the scalar is negated, not the array."""
    if node.op != "neg" or not node.rank or node.args[0].op != "infix":
        return None
    scaled = node.args[0]
    left, right = scaled.args
    if scaled.attr == "*" and not left.rank:
        return build.infix("*", build.negative(left), right, node.shape)
    if scaled.attr == "/" and not right.rank:
        return build.infix("/", left, build.negative(right), node.shape)
    return None


class _Finish:
    """One pass, from the leaves."""

    def __init__(self, build: CodeBuilder, root: CodeNode) -> None:
        self.build = build
        self.root = root
        order = postorder(root, operands)
        self.uses = uses = Counter(id(arg) for node in order for arg in node.args)
        self.inner = {  # seen from the sum that they are in
            id(arg)
            for node in order
            if _is_linear(node) and node.op != "einsum"
            for arg in node.args
            if uses[id(arg)] == 1 and _is_linear(arg)
        }
        self.done: set[CodeNode] = set()

    def result(self) -> CodeNode:
        """The new root."""
        return fold(self.root, operands, self._step)

    def _step(self, node: CodeNode, args: list[CodeNode]) -> CodeNode:
        made = close_directions(self.build, self.build.with_args(node, args))
        if id(node) in self.inner:
            return made
        if _is_linear(node):
            made = self._combination(made)
            self.done.add(made)
        elif node.op == "einsum":
            inputs, output = node.attr
            made = contract(self.build, made.args, inputs, output, node.shape)
        elif node.op == "infix" and node.attr in ("+", "-"):
            made = self._add(node.attr, made.args[0], made.args[1], node.shape)
            made = self.build.change(self._broadcast(made))
        elif node.args and self.uses[id(node.args[0])] == 1:
            rules = (
                negate_scalar,
                rewrite_squared_norms,
                distances,
                rewrite_weighted_sum,
                sum_of_parts,
                sums_of_triangle,
            )
            made = next((new for rule in rules if (new := rule(self.build, made))), made)
        return made

    def _broadcast(self, node: CodeNode) -> CodeNode:
        """In a sum of arrays a number for equal entries, a column v for v*1' and a row for 1*v':
        NumPy repeats them.
        """
        if node.op != "infix":
            return node
        for place in (1, 0):
            arg, other = node.args[place], node.args[1 - place]
            equal = arg.op == "filled" and arg.attr in ("np.full", "np.ones")
            if equal and arg.rank and other.shape == arg.shape and other.op != "filled":
                number = arg.args[0] if arg.args else self.build.number(1)
                pair = (other, number) if place else (number, other)
                return self.build.infix(node.attr, *pair, node.shape)
        if node.rank != 2:
            return node
        spread = [_spread_vector(each) for each in node.args]
        left, right = (axis for axis, _ in spread)
        if left == right or (left is None and node.args[0].shape != node.shape):
            return node
        if right is None and node.args[1].shape != node.shape:
            return node
        parts = [
            arg if axis is None else self.build.along(vector, axis)
            for arg, (axis, vector) in zip(node.args, spread, strict=True)
        ]
        return self.build.infix(node.attr, parts[0], parts[1], node.shape)

    def _combination(self, root: CodeNode) -> CodeNode:
        terms = self._terms(root)
        half = self._half(terms, root.shape) if len(terms) <= _TERMS else None
        if half is not None:
            axes, terms = half
        if len(terms) <= _TERMS:
            terms = self._factor(terms, root.shape)
        value = self._total(terms, root.shape)
        if half is None:
            return value
        turned = self.build.permute(value, tuple(axes))
        return self.build.infix("+", value, turned, root.shape)

    def _terms(self, root: CodeNode) -> list[CodeTerm]:
        """The linear combination as a list."""
        terms: list[CodeTerm] = []
        stack: list[tuple[Fraction, Operands, CodeNode]] = [(Fraction(1), (), root)]
        while stack:
            number, scalars, node = stack.pop()
            if node in self.done or not _is_linear(node):
                terms.append(CodeTerm(number, (*scalars, (node, tuple(range(node.rank))))))
            elif node.op == "einsum":
                terms.append(CodeTerm(number, (*scalars, *_relabel(node))))
            elif node.op == "neg":
                stack.append((-number, scalars, node.args[0]))
            elif node.attr in ("+", "-"):
                left, right = node.args
                other = number if node.attr == "+" else -number
                stack += [(other, scalars, right), (number, scalars, left)]
            else:
                array, scalar = node.args if node.attr == "/" else node.args[::-1]
                if scalar.op == "number" and (scalar.attr or node.attr == "*"):
                    factor = scalar.attr if node.attr == "*" else 1 / scalar.attr
                    stack.append((number * factor, scalars, array))
                else:
                    if node.attr == "/":
                        scalar = self.build.infix("/", self.build.number(1), scalar, ())
                    stack.append((number, (*scalars, (scalar, ())), array))
        return terms

    def _key(self, term: CodeTerm) -> tuple[Fraction, tuple[tuple[int, Labels], ...]]:
        """Equal for equal terms; the axes of a symmetric matrix have no order."""
        return term.number, tuple(
            sorted(
                (node.serial, tuple(sorted(x)) if self.build.is_symmetric(node) else x)
                for node, x in term.operands
            )
        )

    def _half(self, terms: list[CodeTerm], shape: Shape) -> tuple[list[int], list[CodeTerm]] | None:
        """Two axes whose exchange pairs the terms, and one of each pair."""
        if len(terms) < 2 or len(terms) % 2:
            return None
        keys = [self._key(term) for term in terms]
        splits = [term.split(len(shape)) for term in terms]
        split = next((each for each in splits if each), None)
        for one, other in combinations(range(len(shape)), 2):
            if shape[one] != shape[other]:
                continue
            axes = list(range(len(shape)))
            axes[one], axes[other] = other, one
            left = Counter(keys)
            chosen = []
            for term, key in zip(terms, keys, strict=True):
                partner = term.exchange(one, other)
                turned = self._key(partner)
                if turned == key:
                    break
                if left[key] and left[turned]:
                    left.subtract((key, turned))
                    # terms that fall into the same parts are added by one product
                    falls = term.falls(split) or not partner.falls(split)
                    chosen.append(term if falls else partner)
            else:
                if not any(left.values()):
                    return axes, chosen
        return None

    def _factor(self, terms: list[CodeTerm], shape: Shape) -> list[CodeTerm]:
        """A*B + A*C as A*(B + C), where B and C have fewer axes than the whole."""
        axes = frozenset(range(len(shape)))
        while True:
            groups: dict[tuple[CodeNode, Labels, frozenset[int]], list[CodeTerm]] = {}
            for term in terms:
                if term.labels != axes or len(term.operands) < 2:
                    continue
                for place, (node, labels) in enumerate(term.operands):
                    rest = CodeTerm(term.number, _others(term.operands, place)).labels
                    if labels and rest < axes:
                        groups.setdefault((node, labels, rest), []).append(term)
            best = max(
                groups.items(),
                key=lambda each: (len(each[1]), len(each[0][1]), -each[0][0].serial),
                default=None,
            )
            if best is None or len(best[1]) < 2:
                return terms
            (node, labels, rest), group = best
            terms = [term for term in terms if not any(term is each for each in group)]
            terms.append(self._merge(node, labels, tuple(sorted(rest)), group, shape))

    def _merge(
        self, node: CodeNode, labels: Labels, rest: Labels, group: list[CodeTerm], shape: Shape
    ) -> CodeTerm:
        inner = []
        for term in group:
            place = next(k for k, each in enumerate(term.operands) if each == (node, labels))
            names = {label: k for k, label in enumerate(rest)}
            others = [
                (other, tuple(names[x] for x in own))
                for other, own in _others(term.operands, place)
            ]
            inner.append(CodeTerm(term.number, tuple(others)))
        total = self._total(inner, tuple(shape[label] for label in rest))
        return CodeTerm(Fraction(1), ((node, labels), (total, rest)))

    def _total(self, terms: list[CodeTerm], shape: Shape) -> CodeNode:
        """The sum of the terms; what fills the whole array comes first, then what is added to its
        diagonals.
        """
        build, axes = self.build, range(len(shape))
        terms = join(build, terms, shape) if len(shape) >= _MANY else terms
        values = [value(build, abs(each.number), each.operands, axes, shape) for each in terms]
        order = sorted(
            range(len(terms)),
            key=lambda place: (
                _diagonal(build, values[place]) is not None,
                terms[place].number < 0,
            ),
        )
        first = terms[order[0]]
        total = value(build, first.number, first.operands, axes, shape)
        for place in order[1:]:
            sign = "+" if terms[place].number > 0 else "-"
            total = self._add(sign, total, values[place], shape)
        return total

    def _add(self, sign: str, left: CodeNode, right: CodeNode, shape: Shape) -> CodeNode:
        """A sum; what is diagonal is added to the rest in place."""
        build = self.build
        plain = build.infix(sign, left, right, shape)
        if left.shape != right.shape or left.rank < 2:
            return plain
        one, other = _diagonal(build, left), _diagonal(build, right)
        if one is None and other is None:
            return plain
        if one is not None and other is not None and one[0] == other[0]:
            if one[1].shape != other[1].shape:
                return plain
            value = build.infix(sign, one[1], other[1], one[1].shape)
            return build.node("scattered", one[0], (value,), shape)
        if other is not None:
            value = other[1] if sign == "+" else build.negative(other[1])
            base = left if one is None else build.node("scattered", one[0], (one[1],), shape)
            return build.node("scattered", other[0], (value, base), shape)
        assert one is not None
        base = right if sign == "+" else build.negative(right)
        return build.node("scattered", one[0], (one[1], base), shape)


def _spread_vector(node: CodeNode) -> tuple[int | None, CodeNode]:
    """The vector v, and the axis that it is on, of v*1' and 1*v'; else None."""
    if node.calls(OUTER) and node.rank == 2:
        one, other = node.args
        if is_ones(other):
            return 0, one
        if is_ones(one):
            return 1, other
    return None, node


def _relabel(node: CodeNode) -> Operands:
    """The operands of a contraction, its output having the labels 0, 1, 2, ..."""
    inputs, output = node.attr
    order = dict.fromkeys([*output, *(label for each in inputs for label in each)])
    names = {label: place for place, label in enumerate(order)}
    return tuple(
        (arg, tuple(names[label] for label in each))
        for arg, each in zip(node.args, inputs, strict=True)
    )


def _others(operands: Operands, place: int) -> Operands:
    return operands[:place] + operands[place + 1 :]


def _diagonal(build: CodeBuilder, node: CodeNode) -> tuple[Labels, CodeNode] | None:
    """Of an array that is 0 off a diagonal: which axes are equal on it, and what is there."""
    if node.op == "scattered" and len(node.args) == 1:
        return node.attr, node.args[0]
    if node.calls("np.diag"):
        return (0, 0), node.args[0]
    if (node.op, node.attr) == ("filled", "np.eye") and node.shape[0] == node.shape[1]:
        return (0, 0), build.number(1)
    inner = None
    if node.op == "neg":
        inner = _diagonal(build, node.args[0])
        return inner and (inner[0], build.negative(inner[1]))
    if node.op == "infix" and node.attr == "*" and not node.args[0].rank:
        inner = _diagonal(build, node.args[1])
        if inner and inner[1] is build.number(1):
            return inner[0], node.args[0]
        return inner and (inner[0], build.times(node.args[0], inner[1]))
    return None
