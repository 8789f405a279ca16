"""Forms: numbers for what an expression says, the same for a typed tree and for the text that says
it.

Two expressions with one form are equal by their structure. What notation leaves open is one: a
minus in front of a product is a minus in front of its first factor, 1/2 is a number, and a multiple
of a product is a longer product.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.indexed import Form, describe, number_indices
from matcalc.core.kinds import Variable
from matcalc.core.operations import ALIASES, COMPARISONS, OF_ENTRIES, OPERATIONS
from matcalc.core.tree import APPLY, Expr, operation
from matcalc.core.user_functions import user_function
from matcalc.core.walk import fold, postorder
from matcalc.read.syntax.nodes import Statement, SyntaxNode, children

SignedForm = tuple[int, int]  # the sign, and the place among the forms
_PRODUCTS = ("*", "/", ".*", "./")
_BINARY = frozenset({*_PRODUCTS, "+", "-", "^", ".^", *COMPARISONS})
_PLAIN = frozenset({*_BINARY, "number", "variable", "neg", "'", "several"})


class Forms:
    """All forms that have come up."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}
        self._made: list[tuple[Hashable, ...]] = []
        self._scalars: set[int] = set()  # products that are scalars: factors of what they multiply

    def of(self, *form: Hashable) -> SignedForm:
        """The form that is made of these."""
        place = self._places.get(form)
        if place is None:
            place = self._places[form] = len(self._made)
            self._made.append(form)
        return 1, place

    def tree(self, expr: Expr, *, sized: bool) -> SignedForm:
        """That of a typed tree; constants with their shapes if ``sized``, which no text says by
        itself.
        """

        def rule(node: Expr, args: list[SignedForm]) -> SignedForm:
            return self._form_of_typed(node, args, sized)

        return expr.fold(rule)

    def parts(
        self,
        expr: Expr,
        known: Mapping[int, SignedForm],
        names: Mapping[str, SignedForm],
        *,
        sized: bool = True,
    ) -> dict[int, SignedForm]:
        """Those of all parts of a typed tree, by their ids; ``known`` are those of some parts, and
        ``names`` those of some variables.
        """
        found: dict[int, SignedForm] = {}
        for node in postorder(expr, lambda node: () if id(node) in known else node.args):
            if id(node) in known:
                found[id(node)] = known[id(node)]
            elif node.op == "variable" and node.value in names:
                found[id(node)] = names[node.value]
            else:
                found[id(node)] = self._form_of_typed(
                    node, [found[id(arg)] for arg in node.args], sized
                )
        return found

    def program(self, statements: Sequence[Statement]) -> SignedForm:
        """That of the value of a program of definitions."""
        return self.definitions(statements)[statements[-1].name]

    def definitions(self, statements: Sequence[Statement]) -> dict[str, SignedForm]:
        """Those of all that a program defines; its value has the name of the last statement."""
        names: dict[str, SignedForm] = {}
        for statement in statements:
            names[statement.name] = fold(
                statement.body, children, lambda node, args: self._form_of_parsed(node, args, names)
            )
        return names

    def _number(self, value: Fraction) -> SignedForm:
        return -1 if value < 0 else 1, self.of("number", abs(value))[1]

    def _value(self, form: SignedForm) -> Fraction | None:
        kind, *rest = self._made[form[1]]
        if kind != "number":
            return None
        value = rest[0]
        assert isinstance(value, Fraction)
        return form[0] * value

    def _negate(self, form: SignedForm) -> SignedForm:
        return form if self._value(form) == 0 else (-form[0], form[1])

    def _binary(self, op: str, left: SignedForm, right: SignedForm) -> SignedForm:
        if op == "-":
            op, right = "+", self._negate(right)
        if op not in _PRODUCTS:
            return self.of(op, left, right)
        if op == "/":
            above, below = self._value(left), self._value(right)
            if above is not None and below:
                return self._number(above / below)
        return left[0] * right[0], self.of(op, left[1], right[1])[1]

    def _form_of_typed(self, expr: Expr, args: list[SignedForm], sized: bool) -> SignedForm:
        op = expr.op
        if op == "*" and not expr.args[0].shape and expr.args[1].op == "*" and expr.args[1].shape:
            return self._multiple(args[0], args[1])
        if op in _BINARY:
            form = self._binary(op, *args)
            if op == "*" and not expr.shape:
                self._scalars.add(form[1])
            return form
        if op == "neg":
            return self._negate(args[0])
        if op == "number":
            return self._number(expr.value)
        if op == "variable" or (op in ("constant", "dimension") and not sized):
            return self.of("name", str(expr.value))
        if op == "fill":
            size = (expr.shape, expr.row) if sized else ()
            value = self._value(args[0])
            if value == 0:
                return self.of("zeros", *size)
            ones = self.of("ones", *size)
            return ones if value == 1 else self._binary("*", args[0], ones)
        if op == "indexed":
            return self._form_of_indexed(expr.value, args, sized)
        if op == APPLY:
            return self.of(operation(expr), *args)
        if op in OPERATIONS or op == "'" or (op == "eye" and not sized):
            return self.of(op, *args)
        return self.of(op, expr.value, expr.shape, *args)

    def _form_of_indexed(self, value: Form, args: list[SignedForm], sized: bool) -> SignedForm:
        """That of an expression with bound indices, which are numbered: their names say nothing."""
        numbers = number_indices(value)

        def rule(node: Expr, inner: list[SignedForm]) -> SignedForm:
            if node.op == "slot":
                place: int = node.value
                return args[place]
            if node.op in ("index", "at", "reduce"):
                return self.of(node.op, describe(node, numbers), *inner)
            return self._form_of_typed(node, inner, sized)

        axes = tuple([(index.start, index.size) for index in value.indices])
        return self.of("indexed", axes, value.body.fold(rule))

    def _multiple(self, scalar: SignedForm, product: SignedForm) -> SignedForm:
        """s*(A*B) as it is read: (s*A)*B."""
        place, rights = product[1], []
        while self._made[place][0] == "*" and place not in self._scalars:
            _, left, right = self._made[place]
            assert isinstance(left, int)
            rights.append(right)
            place = left
        place = self.of("*", scalar[1], place)[1]
        for right in reversed(rights):
            place = self.of("*", place, right)[1]
        return scalar[0] * product[0], place

    def _form_of_parsed(
        self, node: SyntaxNode, args: list[SignedForm], names: Mapping[str, SignedForm]
    ) -> SignedForm:
        kind, value = node.kind, node.value
        if kind in _BINARY:
            return self._binary(kind, *args)
        if kind == "neg":
            return self._negate(args[0])
        if kind == "number":
            assert isinstance(value, Fraction)
            return self._number(value)
        if kind == "name":
            name = str(value)
            return names[name] if name in names else self.of("name", name)
        if kind == "call":
            name = str(value)
            name = OF_ENTRIES.get(name, name) if len(args) == 1 else ALIASES.get(name, name)
            return self.of(name, *args)
        return self.of(kind, *args)


def _meets(node: Expr) -> bool:
    """Whether rows and columns meet in a product or a sum as the language takes them."""
    if not all(arg.rank for arg in node.args):
        return True
    left, right = node.args
    if node.op == "*":
        return right.row if left.rank == 1 and not left.row else not right.row
    return left.rank == right.rank and left.row == right.row


def plain(expr: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether the syntax alone says what a text for this tree means: no constant in it takes its
    size from its place.

    A size that is a name and a named number are what they say where no variable has that name. No
    text says a tree in which rows meet columns as the language does not take them.
    """
    for node in expr.parts:
        op = node.op
        if op in _BINARY and not _meets(node):
            return False
        if op in _PLAIN or op in OPERATIONS or user_function(node) is not None:
            continue
        if op == "dimension":
            known = any(
                node.value == size for variable in variables.values() for size in variable.dims
            )
        else:
            known = op == "constant"
        if not known or str(node.value) in variables:
            return False
    return True
