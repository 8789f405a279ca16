"""The local derivatives of functions, from the differentials that identities/ states."""

from __future__ import annotations

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import ONE, has_more_columns
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import ALONG, NUMBERED, OF_TALL, OPERATIONS, SYLVESTER
from matcalc.core.tree import number
from matcalc.engine.calculus import resolvents
from matcalc.engine.calculus.derivative import derivative
from matcalc.engine.calculus.orders import ORDERED
from matcalc.engine.calculus.partials import LocalDerivative
from matcalc.engine.catalogue.compiled import Rule, catalogue_of
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Node, Product
from matcalc.engine.lowering.lower import Lowering


class LocalDerivatives:
    """Derivatives of calls with respect to their arguments, computed once per call and argument."""

    def __init__(self, builder: Builder, lowering: Lowering) -> None:
        self.builder = builder
        self.lowering = lowering
        self._known: dict[tuple[Node, int], LocalDerivative] = {}

    def __call__(self, node: Call, index: int) -> LocalDerivative:
        """The local derivative with respect to argument ``index``."""
        key = (node, index)
        if key not in self._known:
            self._known[key] = self._differentiate(node, index)
        return self._known[key]

    def _differentiate(self, node: Call, index: int) -> LocalDerivative:
        if node.slots:
            self._refuse_constant(index)
            return LocalDerivative(
                self.builder.call(
                    node.name, node.args, node.axes + node.args[0].axes, node.slots + 1
                ),
                entrywise=False,
            )
        if isinstance(node.name, FunctionRef):
            return self._generic(node, index, node.name)
        if node.name == SYLVESTER:
            return LocalDerivative(
                resolvents.differentiate_solution(self.builder, node, index), entrywise=False
            )
        if node.name in ORDERED:
            return LocalDerivative(ORDERED[node.name](self.builder, *node.args), entrywise=True)
        if node.name in OPERATIONS and OPERATIONS[node.name].apart and ONE in node.args[0].axes:
            self._refuse_line(node.name)
        rule = catalogue_of(self.builder).differential(node.name, _variant(node))
        if rule is None:
            known = catalogue_of(self.builder).definition(node.name)
            hint = "its definition divides by entries, some of which are zero everywhere"
            raise UnsupportedError(
                f"the derivative of {node.name} is not known", hint=hint if known else None
            )
        if node.name in NUMBERED and len(node.args) == 2:
            which = node.args[1]
            assert isinstance(which, Product), "the reader accepts only numbers"
            rule = rule.of_number(number(which.coefficient))
        if self.builder.acts_entrywise(node.name):
            return self._entrywise(node, index, rule)
        return self._whole(node, index, rule)

    def _generic(self, node: Call, index: int, function: FunctionRef) -> LocalDerivative:
        """The next derivative of a function that is only declared, by an argument of it."""
        name = function.derivative(index)
        if name is None:
            raise UnsupportedError("derivatives of declared functions are known up to the ninth")
        if function.entrywise:
            return LocalDerivative(self.builder.elementwise(name, node.args), entrywise=True)
        axes = node.args[index].axes
        if not name.by:
            return LocalDerivative(
                self.builder.call(name, node.args, node.axes + axes), entrywise=False
            )
        # the axes of later arguments, by which it was derived before, follow the new ones
        later = sum(node.args[place].rank for place in name.by if place > index)
        start = node.rank - later
        call = self.builder.call(name, node.args, (*node.axes[:start], *axes, *node.axes[start:]))
        new = range(start, start + len(axes))
        order = (*range(start), *range(start + len(axes), call.rank), *new)
        return LocalDerivative(self.builder.permute(call, order), entrywise=False)

    @staticmethod
    def _refuse_constant(index: int) -> None:
        if index > 0:
            raise UnsupportedError(
                "the derivative of frechet_power with respect to its exponent is not known",
                hint="that of X^p with respect to p is logm(X)*X^p",
            )

    @staticmethod
    def _refuse_line(name: str) -> None:
        """The rules for singular vectors set one singular value apart from others, and here is one
        alone.
        """
        raise UnsupportedError(
            f"no derivative of {name}: a matrix with one column or one row has one singular value",
            hint="for B with one column write norm2(B) for the norm, B/norm2(B) for the "
            "singular vector",
        )

    def _entrywise(self, node: Call, index: int, rule: Rule) -> LocalDerivative:
        """The factor of dx in a differential written for scalars."""
        names: dict[str, Node] = {"Y": node}
        for position, (name, arg) in enumerate(zip(rule.parameters, node.args, strict=True)):
            names[name] = arg
            names["d" + name] = self.builder.number(int(position == index))
        local = self.lowering.lower(rule.body, names, rule.sizes(node.args))
        if local.rank < node.rank:
            local = self.builder.times(local, self.builder.ones(node.axes))
        return LocalDerivative(local, entrywise=True)

    def _whole(self, node: Call, index: int, rule: Rule) -> LocalDerivative:
        """The kernel of a differential that is linear in dX: its derivative by dX."""
        if self._is_turned(node, rule):
            return self._across(node, rule)
        names: dict[str, Node] = {"Y": node}
        for position, (name, arg) in enumerate(
            zip(rule.parameters, node.args, strict=node.name not in ALONG | NUMBERED)
        ):
            names[name] = arg
            hole = self.builder.leaf("hole", arg.axes)
            names["d" + name] = hole if position == index else self.builder.zero(arg.axes)
        hole = self.builder.leaf("hole", node.args[index].axes)
        body = self.lowering.lower(rule.body, names, rule.sizes(node.args))
        return LocalDerivative(derivative(self.builder, body, hole, self), entrywise=False)

    def _is_turned(self, node: Call, rule: Rule) -> bool:
        """Whether a differential is stated by singular vectors, which wide matrices do not have,
        and the function is the transpose of that of the transpose.
        """
        return (
            len(node.args) == 1
            and node.rank == node.args[0].rank == 2
            and has_more_columns(node.args[0].axes)
            and self.builder.traits.transposition.get(node.name) == "equivariant"
            and not rule.body.operations.isdisjoint(OF_TALL)
        )

    def _across(self, node: Call, rule: Rule) -> LocalDerivative:
        """f(X) = f(X')', so df(X) is the transpose of df(X') along dX'."""
        transpose = self.builder.transpose
        hole = self.builder.leaf("hole", node.args[0].axes)
        (name,), arg = rule.parameters, transpose(node.args[0])
        names = {"Y": transpose(node), name: arg, "d" + name: transpose(hole)}
        body = transpose(self.lowering.lower(rule.body, names, rule.sizes([arg])))
        return LocalDerivative(derivative(self.builder, body, hole, self), entrywise=False)


def _variant(node: Call) -> str:
    """What the entry of a differential is called after the function's name, where the argument has
    one of its own.
    """
    if node.name in ALONG and len(node.args) == 2:
        return "-rows"
    return "-matrix" if node.args[0].rank >= 2 else ""
