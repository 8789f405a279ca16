"""One form for parts of a program that differ by a sign or by a transpose alone.

``y - x`` beside ``x - y`` is its negative, and ``B @ A.T`` beside ``A @ B.T`` its transpose. Signs
and transposes move outwards, through sums, products entry by entry, functions of entries and
reductions, until something needs the array as it is. So such parts become the same node, which is
computed once.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim, Shape
from matcalc.core.functions.languages import ENTRY_CALLS
from matcalc.core.functions.spec import VECTOR_TO_VECTOR
from matcalc.core.operations import ALONG, LINEAR, OPERATIONS
from matcalc.core.walk import fold, operands, postorder
from matcalc.write.printers.numpy_apply import spread
from matcalc.write.printers.numpy_functions import CALLS, REDUCTIONS
from matcalc.write.printers.numpy_nodes import (
    ALONG_AXES,
    OUTER,
    CodeBuilder,
    CodeNode,
    is_column,
    is_ones,
)

# what generated code calls -> 1 for even functions of entries, -1 for odd ones
_PARITY = {row.numpy: row.parity for row in OPERATIONS.values() if row.parity}
_LINEAR = frozenset(("np.diagonal", *(CALLS[name] for name in LINEAR if name in CALLS)))
# reductions whose argument after the array is an axis, counted from 0 or from 1
_FROM_0 = frozenset(REDUCTIONS.values())
_FROM_1 = frozenset(CALLS[name] for name in ALONG if name in CALLS) - _FROM_0
# these have the shape of their argument
_KEEPING = frozenset(
    f for name, f in CALLS.items() if OPERATIONS[name].signature == VECTOR_TO_VECTOR
)
_OTHER_AXIS = {"axis=0": "axis=1", "axis=1": "axis=0"}
_SOLVING = frozenset(("np.linalg.solve", "psd_solve"))
_ENTRIES = frozenset("+-*/") | {"**"}
_NEW_AXES = re.compile(r"\[[:None, ]*\]")


def _is_sum(node: CodeNode) -> bool:
    return bool(node.op == "infix" and node.attr in ("+", "-"))


class _Form(NamedTuple):
    """A value: the node, or its transpose, or the negative of one of them."""

    node: CodeNode
    minus: bool = False
    turned: bool = False


class _Dyad(NamedTuple):
    """left*right', or its negative."""

    left: CodeNode
    right: CodeNode
    minus: bool


def one_form(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The same program with equal parts in one form."""
    forms = _Forms(build, root)
    return forms.array(fold(root, operands, forms.note))


class _Forms:
    """One pass, from the leaves."""

    def __init__(self, build: CodeBuilder, root: CodeNode) -> None:
        self.build = build
        order = postorder(root, operands)
        self.uses = Counter(id(arg) for node in order for arg in node.args)
        self.inner = {  # parts of sums, which are looked at as a whole
            id(arg)
            for node in order
            if _is_sum(node)
            for arg in node.args
            if self.uses[id(arg)] == 1 and _is_sum(arg) and arg.shape == node.shape
        }
        self.used: Counter[CodeNode] = Counter()  # how many use each new node
        # sums and products that are there: the operator and the operands -> the node
        self.seen: dict[tuple[str, CodeNode, CodeNode], CodeNode] = {}

    def array(self, form: _Form) -> CodeNode:
        """The value as a node."""
        node = self.build.transpose(form.node) if form.turned else form.node
        return self.build.negative(node) if form.minus else node

    def note(self, node: CodeNode, args: list[_Form]) -> _Form:
        """The form of a node, of whose users note is taken."""
        form = self.form(node, args)
        if _is_sum(node) and node.rank == 2 and id(node) not in self.inner and not form.turned:
            form = form._replace(node=self._join_dyads(form.node))
        self.used[form.node] += self.uses[id(node)]
        return form

    def form(self, node: CodeNode, args: list[_Form]) -> _Form:
        """The form of a node, given those of its operands."""
        if node.op == "neg":
            return args[0]._replace(minus=not args[0].minus)
        if node.op == "suffix" and node.attr == ".T":
            return self._turn(args[0])
        if node.op == "suffix" and _NEW_AXES.fullmatch(node.attr):
            return _Form(self._rebuilt(node, [args[0]._replace(minus=False)]), args[0].minus)
        if node.op == "infix" and node.attr == "@":
            return self._product(node, args)
        if node.op == "infix" and node.attr in _ENTRIES:
            return self._entries(node, args)
        if node.op == "call":
            found = self._call(node, args)
            if found is not None:
                return found
        return _Form(self._rebuilt(node, args))

    def _turn(self, form: _Form) -> _Form:
        straight = self.build.is_symmetric(form.node)
        return form if straight else form._replace(turned=not form.turned)

    def _rebuilt(self, node: CodeNode, args: list[_Form]) -> CodeNode:
        """The node with these operands."""
        return self._made(node, [self.array(arg) for arg in args])

    def _made(self, node: CodeNode, args: list[CodeNode]) -> CodeNode:
        if all(old is new for old, new in zip(node.args, args, strict=True)):
            return node
        if node.op == "infix" and node.attr == "*":
            return self._multiplied(args[0], args[1], node.shape)
        if node.op == "infix":
            return self.build.infix(node.attr, args[0], args[1], node.shape)
        return self.build.node(node.op, node.attr, tuple(args), node.shape)

    # -- operators

    def _product(self, node: CodeNode, args: list[_Form]) -> _Form:
        """The sign of both; a product of matrices may be the transpose of an earlier one."""
        build, minus = self.build, args[0].minus != args[1].minus
        left, right = [self.array(arg._replace(minus=False)) for arg in args]
        if left.rank == right.rank == 2:
            mirrored = self.seen.get(("@", build.transpose(right), build.transpose(left)))
            if mirrored is not None and (left, right) != (
                build.transpose(right),
                build.transpose(left),
            ):
                return self._turn(_Form(mirrored, minus))
        made = self._made(node, [left, right])
        self.seen.setdefault(("@", left, right), made)
        return _Form(made, minus)

    def _entries(self, node: CodeNode, args: list[_Form]) -> _Form:
        """An operator entry by entry; where all operands are transposes, on what they are of."""
        turned = self._are_turned(node, args)
        left, right = [
            self._other_way(arg, node.attr) if turned else self.array(arg._replace(minus=False))
            for arg in args
        ]
        shape = node.shape[::-1] if turned else node.shape
        minuses = [arg.minus for arg in args]
        if node.attr in ("+", "-"):
            made = self._sum(left, right, minuses, node.attr == "-", shape)
        elif node.attr == "**":
            made = self._power(left, right, minuses, shape)
        else:
            made = _Form(self._times(node.attr, left, right, shape), minuses[0] != minuses[1])
        return made._replace(turned=turned)

    def _are_turned(self, node: CodeNode, args: list[_Form]) -> bool:
        """Whether all operands are transposes, or are as quick to transpose, but one at least is a
        transpose.
        """
        if node.rank != 2 or not any(arg.turned for arg in args):
            return False
        return all(arg.turned or self._is_flexible(arg.node) for arg in args)

    def _is_flexible(self, node: CodeNode) -> bool:
        if node.rank < 2 or self.build.is_symmetric(node):
            return True
        if node.op == "suffix":
            return node.attr in ALONG_AXES
        equal = node.op == "filled" and node.attr in ("np.ones", "np.full", "np.zeros")
        return equal or (node.calls(OUTER) and any(map(is_ones, node.args)))

    def _other_way(self, form: _Form, operator: str) -> CodeNode:
        """The transpose of an operand, without its sign."""
        node, build = form.node, self.build
        if form.turned or not node.rank or build.is_symmetric(node):
            return node
        if node.rank == 1:  # along the rows
            return build.along(node, 0)
        if node.op == "suffix":
            (vector,) = node.args
            if not is_column(node):
                return build.along(vector, 0)
            return vector if operator == "*" else build.along(vector, 1)
        if node.op == "filled":
            return build.fill(node.attr, node.shape[::-1], *node.args)
        return build.outer(*node.args[::-1])

    def _sum(
        self, left: CodeNode, right: CodeNode, minuses: list[bool], less: bool, shape: Shape
    ) -> _Form:
        minus, other = minuses[0], minuses[1] != less
        mapped = self._sum_inside(left, right, minus, other)
        if mapped is not None:
            return mapped
        if minus == other:
            made = self.seen.get(("+", right, left)) or self.build.infix("+", left, right, shape)
            self.seen.setdefault(("+", left, right), made)
            return _Form(made, minus)
        if minus:  # -a + b
            left, right = right, left
        mirrored = self.seen.get(("-", right, left))
        if mirrored is not None and left is not right:
            return _Form(mirrored, minus=True)
        made = self.build.infix("-", left, right, shape)
        self.seen.setdefault(("-", left, right), made)
        return _Form(made)

    def _sum_inside(
        self, left: CodeNode, right: CodeNode, minus: bool, other: bool
    ) -> _Form | None:
        """A*u + A*v as A*(u + v), and a*C + b*C as (a + b)*C where C is larger; None where there is
        no such factor, or where somebody else needs the products.
        """
        if left is right or self.used[left] > 1 or self.used[right] > 1:
            return None
        if (left.op, left.attr) != (right.op, right.attr) or len(left.args) != len(right.args):
            return None
        for place, shared in enumerate(left.args if len(left.args) == 2 else ()):
            if shared is not right.args[place] or not self._is_factor(left, place):
                continue
            one, two = left.args[1 - place], right.args[1 - place]
            if one.shape != two.shape:
                continue
            inner = self._signed(one, two, minus, other)
            args = [inner.node, inner.node]
            args[place] = shared
            return inner._replace(node=self._made(left, args))
        return None

    def _is_factor(self, node: CodeNode, place: int) -> bool:
        """Whether an operand is a linear map, whose argument, the other one, is smaller."""
        shared, argument = node.args[place], node.args[1 - place]
        if node.op == "call":
            return place == 0 and node.attr[0] in _SOLVING
        if node.op != "infix":
            return False
        if node.attr == "@":
            return node.rank == argument.rank == 1
        less = argument.rank < shared.rank or ONE in argument.shape
        return bool(node.attr == "*" and less and shared.shape == node.shape)

    def _signed(self, one: CodeNode, two: CodeNode, minus: bool, other: bool) -> _Form:
        """The sum of two arrays with signs; of x[:, None] and y[:, None] it is (x + y)[:, None]."""
        if one.op == two.op == "suffix" and one.attr == two.attr:
            (x,), (y,) = one.args, two.args
            if x.shape == y.shape and one.shape == two.shape:
                inner = self._signed(x, y, minus, other)
                return inner._replace(node=self.build.suffix(inner.node, one.attr, one.shape))
        return self._sum(one, two, [minus, other], False, one.shape)

    def _join_dyads(self, total: CodeNode) -> CodeNode:
        """The dyads of a sum that share a vector as one; what is left of several as one product of
        matrices, where nobody reads the code.
        """
        terms = spread(total)
        alone = [term.calls(OUTER) and self.used[term] <= 1 for _, term in terms]
        if sum(alone) < 2 or any(term.shape != total.shape for _, term in terms):
            return total
        rest = [each for each, dyad in zip(terms, alone, strict=True) if not dyad]
        dyads: list[_Dyad] = []
        for (sign, term), dyad in zip(terms, alone, strict=True):
            if dyad:
                left, right = term.args
                self._put_dyad(dyads, _Dyad(left, right, sign < 0))
        several = [dyad for dyad in dyads if not is_ones(dyad.left) and not is_ones(dyad.right)]
        if self.build.quick and len(several) > 1:
            dyads = [dyad for dyad in dyads if dyad not in several]
            rest.append((1, self._product_of(several)))
        elif len(dyads) == sum(alone):
            return total
        rest += [(-1 if each.minus else 1, self.build.outer(*each[:2])) for each in dyads]
        (sign, made), *others = sorted(rest, key=lambda each: -each[0])
        made = made if sign > 0 else self.build.negative(made)
        for sign, term in others:
            made = self.build.infix("+" if sign > 0 else "-", made, term, total.shape)
        return made

    def _put_dyad(self, dyads: list[_Dyad], new: _Dyad) -> None:
        """Adds a dyad to those of a sum."""
        for place, old in enumerate(dyads):
            if old.left is new.left:
                inner = self._signed(old.right, new.right, old.minus, new.minus)
                dyads[place] = _Dyad(old.left, inner.node, inner.minus)
                return
            if old.right is new.right:
                inner = self._signed(old.left, new.left, old.minus, new.minus)
                dyads[place] = _Dyad(inner.node, old.right, inner.minus)
                return
        dyads.append(new)

    def _product_of(self, dyads: list[_Dyad]) -> CodeNode:
        """[u1, u2]*[w1, w2]', which writes each entry once."""
        build, count = self.build, Dim(len(dyads), ())
        lefts = [build.negative(dyad.left) if dyad.minus else dyad.left for dyad in dyads]
        sides = []
        for rows in (lefts, [dyad.right for dyad in dyads]):
            (size,) = rows[0].shape
            shape = (size.times(count),)
            flat = build.node("stacked", ("np.hstack", 1, len(rows)), tuple(rows), shape)
            sides.append(build.node("shaped", None, (flat,), (count, size)))
        left = build.transpose(sides[0])
        return build.infix("@", left, sides[1], (left.shape[0], sides[1].shape[1]))

    def _times(self, operator: str, left: CodeNode, right: CodeNode, shape: Shape) -> CodeNode:
        build = self.build
        if operator == "/":
            return build.infix("/", left, right, shape)
        mirrored = self.seen.get(("*", right, left))
        if mirrored is not None:
            return mirrored
        if (right.rank == 2 and left.rank == 1) or is_column(right):
            left, right = right, left  # columns come before a matrix, rows after it
        made = self._multiplied(left, right, shape)
        self.seen.setdefault(("*", left, right), made)
        return made

    def _multiplied(self, left: CodeNode, right: CodeNode, shape: Shape) -> CodeNode:
        """The product entry by entry; x/s for 1/s times x."""
        build = self.build
        for one, other in ((left, right), (right, left)):
            divides = one.calls("np.divide") or (one.op == "infix" and one.attr == "/")
            if divides and not one.rank and other.rank and one.args[0] is build.number(1):
                return build.infix("/", other, one.args[1], shape)
        made = build.times(left, right)
        return made if made.shape == shape else build.infix("*", left, right, shape)

    def _power(
        self, base: CodeNode, exponent: CodeNode, minuses: list[bool], shape: Shape
    ) -> _Form:
        whole = exponent.op == "number" and exponent.attr.denominator == 1
        if minuses[0] and not whole:
            base = self.build.negative(base)
        exponent = self.build.negative(exponent) if minuses[1] else exponent
        odd = bool(whole and exponent.attr % 2 == 1)
        return _Form(self.build.infix("**", base, exponent, shape), minuses[0] and odd)

    # -- calls

    def _call(self, node: CodeNode, args: list[_Form]) -> _Form | None:
        """A function of entries, a reduction or a dyad; None of other calls."""
        function, before, after = node.attr
        if function == OUTER:
            return self._outer(node, args)
        if function in _SOLVING and len(args) == 2:
            right = args[1]._replace(minus=False)
            return _Form(self._rebuilt(node, [args[0], right]), args[1].minus)
        if before or not args:
            return None
        form, *others = args
        parity = -1 if function in _LINEAR else _PARITY.get(function, 0) if not others else 0
        inner = form if parity == 0 else form._replace(minus=False)
        minus = form.minus and parity < 0
        if not form.turned:
            return _Form(self._rebuilt(node, [inner, *others]), minus) if parity else None
        core = self.array(inner._replace(turned=False))
        if function in ENTRY_CALLS and not others:
            made = self.build.call(function, core, shape=core.shape, after=after)
            return self._turn(_Form(made, minus))
        other = self._other_axis(function, others, after)
        if other is None:
            return _Form(self._rebuilt(node, [inner, *others]), minus) if parity else None
        axes, after = other
        shape = core.shape if function in _KEEPING else node.shape
        made = self.build.call(function, core, *axes, shape=shape, after=after)
        return self._turn(_Form(made, minus)) if function in _KEEPING else _Form(made, minus)

    def _other_axis(
        self, function: str, others: list[_Form], after: tuple[str, ...]
    ) -> tuple[list[CodeNode], tuple[str, ...]] | None:
        """What a reduction of a transpose is told of the axis of the matrix itself; None of what is
        no such reduction.
        """
        if function in _FROM_0 and not others and len(after) < 2:
            said = tuple([_OTHER_AXIS.get(each, "") for each in after])
            return ([], said) if all(said) else None
        known = all(each.node.op == "number" and each.node.attr in (1, 2) for each in others)
        if function in _FROM_1 and not after and len(others) < 2 and known:
            return [self.build.number(3 - each.node.attr) for each in others], ()
        return None

    def _outer(self, node: CodeNode, args: list[_Form]) -> _Form:
        minus = args[0].minus != args[1].minus
        left, right = [self.array(arg._replace(minus=False)) for arg in args]
        mirrored = self.seen.get((OUTER, right, left))
        if mirrored is not None and left is not right and not any(map(is_ones, node.args)):
            return self._turn(_Form(mirrored, minus))
        made = self._made(node, [left, right])
        if node.rank == 2:
            self.seen.setdefault((OUTER, left, right), made)
        return _Form(made, minus)
