"""Functions that users bring: what every stage has to know of them, in one place.

A call of one is an ``apply`` node of the typed tree, whose value is the ``UserFunction`` itself: no
stage looks it up by its name. In the network of a derivation, which has one language, it has its
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from matcalc.core.dims import Dim, Shape
from matcalc.core.indexed import Form
from matcalc.core.kinds import Variable
from matcalc.core.operations import ENTRYWISE, OPERATIONS
from matcalc.core.tree import APPLY, Expr, fill


class UserFunction:
    """A function that a user brought.

    It is computed by ``body``, a typed tree in the parameters, or else by ``function``, which
    generated code imports from ``origin`` (module, name) if that is known. ``latex`` is a template
    with ``{x}`` for the parameter x. Of scalars that give a scalar it acts entry by entry.
    ``domain`` are the parameters with kinds that are not shapes, as ``positive``. Two that are made
    apart are two, whatever they say.
    """

    __slots__ = ("body", "domain", "function", "latex", "name", "origin", "parameters", "shape")

    def __init__(
        self,
        name: str,
        parameters: tuple[Variable, ...],
        shape: Shape,
        body: Expr | None = None,
        function: Callable[..., Any] | None = None,
        origin: tuple[str, str] | None = None,
        latex: str = "",
        domain: tuple[Variable, ...] = (),
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.shape = shape
        self.body = body
        self.function = function
        self.origin = origin
        self.latex = latex
        self.domain = domain

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    @property
    def entrywise(self) -> bool:
        """Whether it acts on each entry of an array."""
        return not self.shape and not any(parameter.shape for parameter in self.parameters)

    @property
    def head(self) -> str | None:
        r"""``\operatorname{mish}`` where LaTeX has that before the arguments in brackets; None
        where the template is another.
        """
        if not self.latex:
            return rf"\operatorname{{{self.name.replace('_', chr(92) + '_')}}}"
        places = r"\s*,\s*".join(
            rf"\{{{re.escape(parameter.name)}\}}" for parameter in self.parameters
        )
        found = re.fullmatch(rf"(.*\S)\s*\(\s*{places}\s*\)", self.latex)
        alone = found is not None and not any(
            f"{{{parameter.name}}}" in found[1] for parameter in self.parameters
        )
        return found[1] if found is not None and alone else None


def user_function(node: Expr) -> UserFunction | None:
    """The function of a user's that a node calls."""
    value = node.value if node.op == APPLY else None
    return value if isinstance(value, UserFunction) else None


def calls_function(node: Expr) -> bool:
    """Whether a node is a call of a function of the language, or of a user's."""
    return node.op in OPERATIONS or user_function(node) is not None


def acts_entrywise(node: Expr) -> bool:
    """Whether a node is a function that acts on each entry of its arguments."""
    if node.op == APPLY:
        entrywise: bool = node.value.entrywise
        return entrywise
    return node.op in ENTRYWISE


def inline(root: Expr) -> Expr:
    """The tree with the bodies of user functions in place of their calls: what proves, evaluates or
    compiles reads no rules.
    """
    if root.operations.isdisjoint((APPLY, "indexed")):
        return root
    made: dict[int, Expr] = {}
    for node in root.parts:
        args = tuple([made[id(arg)] for arg in node.args])
        own = user_function(node)
        if own is not None and own.body is not None:
            made[id(node)] = (
                _entrywise(own.body, own, node, args)
                if own.entrywise
                else _whole(own.body, own, args)
            )
        elif node.op == "indexed" and (body := inline(node.value.body)) is not node.value.body:
            form = Form(node.value.indices, body, node.value.room)
            made[id(node)] = Expr(
                node.op, args, node.shape, value=form, row=node.row, span=node.span
            )
        else:
            made[id(node)] = node.with_args(args)
    return made[id(root)]


def _entry_by_entry(op: str, args: tuple[Expr, ...]) -> str:
    """The operator between scalars, where they have become arrays."""
    first, *others = (arg.rank > 0 for arg in args)
    dotted = {"*": first and all(others), "/": all(others), "^": first or any(others)}.get(
        op, False
    )
    return f".{op}" if dotted else op


def _entrywise(body: Expr, own: UserFunction, call: Expr, args: tuple[Expr, ...]) -> Expr:
    """The body, which speaks of scalars, for arrays: every operator acts entry by entry."""
    made: dict[int, Expr] = {}
    given = {parameter.name: arg for parameter, arg in zip(own.parameters, args, strict=True)}
    for node in body.parts:
        if node.op == "variable":
            made[id(node)] = given[node.value]
            continue
        inner = tuple([made[id(arg)] for arg in node.args])
        wide = max(inner, key=lambda arg: arg.rank, default=None)
        shape, row = (wide.shape, wide.row) if wide is not None else ((), False)
        op = _entry_by_entry(node.op, inner) if shape else node.op
        made[id(node)] = Expr(op, inner, shape, value=node.value, row=row, span=call.span)
    result = made[id(body)]
    return result if result.shape == call.shape else fill(result, call.shape, row=call.row)


def _whole(body: Expr, own: UserFunction, args: tuple[Expr, ...]) -> Expr:
    """The body with arguments for parameters, and their sizes for the names of dimensions."""
    sizes = sizes_of(own.parameters, [arg.shape for arg in args])
    columns = [Expr("'", (arg,), arg.shape) if arg.row else arg for arg in args]
    given = {parameter.name: arg for parameter, arg in zip(own.parameters, columns, strict=True)}
    made: dict[int, Expr] = {}
    for node in body.parts:
        if node.op == "variable":
            made[id(node)] = given[node.value]
            continue
        inner = tuple([made[id(arg)] for arg in node.args])
        shape = tuple([size.put(sizes.get) for size in node.shape])
        value = _place(node.value, sizes)
        made[id(node)] = Expr(node.op, inner, shape, value=value, row=node.row, span=node.span)
    return made[id(body)]


def _place(value: Any, sizes: dict[str, Dim]) -> Any:
    """What a node says besides its arguments, a dimension or several (the places of a slice), in
    other sizes.
    """
    if isinstance(value, Dim):
        return value.put(sizes.get)
    plain = type(value) is tuple
    return tuple([_place(each, sizes) for each in value]) if plain else value


def sizes_of(parameters: tuple[Variable, ...], shapes: list[Shape]) -> dict[str, Dim]:
    """What the names of dimensions in the parameters are for arguments of these shapes."""
    pairs = [
        pair
        for each, shape in zip(parameters, shapes, strict=True)
        for pair in zip(each.shape, shape, strict=True)
    ]
    return {size.plain: axis for size, axis in pairs if size.plain}
