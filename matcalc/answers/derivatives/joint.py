"""Value, gradients, Hessian and products with the Hessian in one function, which computes shared
parts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from matcalc.answers.common.names import require_different, require_scalar, with_directions
from matcalc.answers.derivatives.directional import Directional
from matcalc.answers.derivatives.gradients import gradients, parameters
from matcalc.answers.derivatives.hessian import hessian
from matcalc.core.boundary import public
from matcalc.core.directions import Step
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import size_names
from matcalc.core.options import require_code
from matcalc.core.program import require_variable
from matcalc.core.tree import Expr
from matcalc.results import Expression
from matcalc.verify.readback.values import confirm

VALUE = ""
_ORDERS = (0, 1, 2)
_PRODUCT = "H*v, "  # no variable is called so


class JointValues(NamedTuple):
    """What a joint function returns; what was not asked for is None or empty."""

    value: Any
    gradients: dict[str, Any]
    hessian: dict[tuple[str, str], Any]
    product: dict[str, Any]


class Joint:
    """A function of all variables, by position or by keyword, that returns ``JointValues``.

    ``source`` is its code, ``arguments`` are the names of its arguments in order.
    """

    def __init__(
        self,
        expression: Expression,
        wrt: Sequence[str],
        *,
        value: bool,
        order: int,
        hvp: bool,
        backend: str,
        verify: bool,
    ) -> None:
        self.expression = expression
        self.wrt = tuple(wrt)
        self.backend = backend
        self._program = program = expression._program
        self.directions: dict[str, str] = {}
        trees = {VALUE: expression._tree} if value else {}
        if order >= 1:
            found = gradients(expression, wrt, verify=verify)
            trees |= {name: each._tree for name, each in found.items()}
        if order == 2:
            blocks = hessian(expression, wrt, verify=verify)
            trees |= {f"{one}, {other}": each._tree for (one, other), each in blocks.items()}
        if hvp:
            self.directions = _directions(expression, wrt)
            self._program = with_directions(program, self.directions)
            for name in wrt:
                steps: list[Step] = [name, self.directions]
                product = Directional(expression, "hvp", self._program, steps, verify=verify)
                trees[_PRODUCT + name] = product._tree
        self._trees = trees
        self._verify = verify
        self._kinds: tuple[list[tuple[str, Any]], ...] = ()

    @cached_property
    def source(self) -> str:
        """The code of the function ``f``, which takes the arguments by keyword and returns the
        value, if it was asked for, and a mapping.
        """
        return self._write_code("inline")

    def _write_code(self, runtime: str) -> str:
        # a plain answer does not need it
        from matcalc.stable import stable  # noqa: PLC0415
        from matcalc.write.printers.backends import source_kind  # noqa: PLC0415

        variables, spoken = self._program.variables, self._program.language
        root = Expr("several", tuple(self._trees.values()), value=tuple(self._trees))
        tree = stable(root, variables, spoken)
        source = source_kind(self.backend, runtime)(tree, variables, "f", self._title())
        text = source.text()
        if self._verify:
            from matcalc.verify.readback.code import several_say  # noqa: PLC0415 - it loads NumPy

            if self.backend != "numpy":  # what is run is the same program for NumPy
                source = source_kind("numpy", runtime)(tree, variables, "f", "")
            ran = text if self.backend == "numpy" else source.text()
            confirm(several_say(ran, source, self._trees, variables), "code", spoken)
        self._taken = tuple(source.arguments())
        return text

    def _title(self) -> str:
        return f"{self.expression}, with its derivatives with respect to {', '.join(self.wrt)}"

    @cached_property
    def _function(self) -> Callable[..., Any]:
        from matcalc.write.printers.backends import function_of  # noqa: PLC0415 - as above

        users = self._program.language.functions.values()
        brought = {each.name: each.function for each in users if each.function is not None}
        return function_of(self.backend, self._write_code("called"), brought=brought)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments, in the order in which they are given by position."""
        _ = self._function
        return self._taken

    @public
    def __call__(self, *positional: Any, **named: Any) -> JointValues:
        """Value, gradients, Hessian and products at a point."""
        function = self._function
        if positional:
            if len(positional) > len(self._taken):
                count, taken = len(positional), len(self._taken)
                raise ArgumentError(
                    f"{count} arguments were given, but the function takes {taken}",
                    hint=f"the arguments are {', '.join(self._taken)}",
                )
            given = dict(zip(self._taken, positional, strict=False))
            twice = [name for name in given if name in named]
            if twice:
                raise ArgumentError(f"argument {twice[0]} is given by position and by name")
            named |= given
        found = function(**named)
        return self.sort_values(found if VALUE in self._trees else (None, found))

    def sort_values(self, found: tuple[Any, Mapping[str, Any]]) -> JointValues:
        """What the code returns, value and derivatives, by its kind."""
        value, derivatives = found
        self._kinds = self._kinds or _kinds(derivatives)  # the same in every call
        first, second, product = (
            {name: derivatives[key] for key, name in kind} for kind in self._kinds
        )
        return JointValues(value, first, second, product)

    def __repr__(self) -> str:
        return f"<matcalc.Joint of {self.expression} by {', '.join(self.wrt)}>"

    @public
    def autograd(self) -> Callable[..., Any]:
        """The value as a function of PyTorch tensors whose backward pass is our gradients: a
        ``torch.autograd.Function``, which differentiates once.
        """
        complete = VALUE in self._trees and {*self.wrt} <= {*self._trees}
        if self.backend != "torch" or not complete or self.expression._tree.rank:
            raise ArgumentError(
                "autograd() is for a scalar with its value and gradients, in PyTorch",
                hint='compile(..., value=True, order=1, backend="torch")',
            )
        # PyTorch is optional
        from matcalc.answers.derivatives.torch_function import differentiable  # noqa: PLC0415

        return differentiable(self, self.arguments, self.wrt)


def _kinds(keys: Iterable[str]) -> tuple[list[tuple[str, Any]], ...]:
    """The keys of gradients, of blocks of the Hessian and of products, and what they are called."""
    found: tuple[list[tuple[str, Any]], ...] = ([], [], [])
    for key in keys:
        if key.startswith(_PRODUCT):
            found[2].append((key, key.removeprefix(_PRODUCT)))
        elif ", " in key:
            found[1].append((key, _pair(key)))
        else:
            found[0].append((key, key))
    return found


def _pair(key: str) -> tuple[str, str]:
    one, _, other = key.partition(", ")
    return one, other


def _directions(expression: Expression, wrt: Sequence[str]) -> dict[str, str]:
    """A new name for the direction of each variable: v of a single one, v_x of several."""
    taken = {*expression.variables, *size_names(expression.variables.values())}
    found = {}
    for name in wrt:
        direction = "v" if len(wrt) == 1 else f"v_{name}"
        while direction in taken:
            direction += "_"
        taken.add(direction)
        found[name] = direction
    return found


def joint(
    expression: Expression,
    wrt: Sequence[str] | None,
    *,
    value: bool = True,
    order: int = 1,
    hvp: bool = False,
    backend: str = "numpy",
    verify: bool = True,
) -> Joint:
    """The function; ArgumentError where what is asked for is nothing."""
    if isinstance(wrt, str):
        wrt = [wrt]
    names = require_different(parameters(expression) if wrt is None else wrt)
    for name in names:
        require_variable(expression._program, name)
    require_code(backend, "inline", "f")
    if isinstance(order, bool) or order not in _ORDERS:
        raise ArgumentError(f"order must be 0, 1 or 2, not {order!r}")
    if not (value or order or hvp):
        raise ArgumentError("nothing is requested", hint="value=True, order=1 or hvp=True")
    if order == 2 or hvp:
        require_scalar(expression._tree, "the Hessian is")
    return Joint(
        expression, names, value=value, order=order, hvp=hvp, backend=backend, verify=verify
    )
