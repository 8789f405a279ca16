"""Functions that users bring: what every stage has to know of them, in one place.

The tables of the built-in functions stand with the stages; of a function that is registered here
each stage asks this module. Nothing is registered unless ``load_identities`` was called.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matcalc.core.dims import Dim, Shape
from matcalc.core.functions.spec import ELEMENTWISE, FunctionSpec
from matcalc.core.functions.spec import OWN as OWN_SIGNATURE
from matcalc.core.indexed import Form
from matcalc.core.kinds import Variable
from matcalc.core.operations import ENTRYWISE, OPERATIONS
from matcalc.core.tree import Expr, fill
from matcalc.core.walk import postorder


@dataclass(frozen=True, slots=True)
class Own:
    """A function that a user brought.

    It is computed by ``body``, a typed tree in the parameters, or else by ``function``, which
    generated code imports from ``origin`` (module, name) if that is known. ``latex`` is a template
    with ``{x}`` for the parameter x. Of scalars that give a scalar it acts entry by entry.
    ``domain`` are the parameters with kinds that are no shapes, as ``positive``.
    """

    name: str
    parameters: tuple[Variable, ...]
    shape: Shape
    body: Expr | None = None
    function: Callable[..., Any] | None = None
    origin: tuple[str, str] | None = None
    latex: str = ""
    domain: tuple[Variable, ...] = ()

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


OWN: dict[str, Own] = {}
FILES: list[str] = []  # that were loaded, as they were named


def blame() -> str:
    """What is to blame for a wrong answer."""
    return (
        f"this is a bug in matcalc, or in {' or '.join(FILES)}"
        if FILES
        else "this is a bug in matcalc"
    )


def register(own: Own) -> None:
    """Makes the function a part of the language."""
    count = len(own.parameters)
    OPERATIONS[own.name] = FunctionSpec(
        name=own.name,
        signature=ELEMENTWISE if own.entrywise else OWN_SIGNATURE,
        arity=(count, count),
    )
    OWN[own.name] = own
    if own.entrywise:
        ENTRYWISE.add(own.name)


def unregister(name: str) -> None:
    """Takes it out again."""
    del OWN[name], OPERATIONS[name]
    ENTRYWISE.discard(name)


def inline(root: Expr) -> Expr:
    """The tree with the bodies of own functions in place of their calls: what proves, evaluates or
    compiles reads no rules.
    """
    if not OWN:
        return root
    made: dict[int, Expr] = {}
    for node in postorder(root, lambda node: node.args):
        args = tuple([made[id(arg)] for arg in node.args])
        own = OWN.get(node.op)
        if own is not None and own.body is not None:
            made[id(node)] = (
                _entrywise(own.body, own, node, args)
                if own.entrywise
                else _whole(own.body, own, args)
            )
        elif node.op == "indexed" or any(
            new is not old for new, old in zip(args, node.args, strict=True)
        ):
            value = node.value
            if node.op == "indexed":
                value = Form(value.indices, inline(value.body), value.room)
            made[id(node)] = Expr(
                node.op, args, node.shape, value=value, row=node.row, span=node.span
            )
        else:
            made[id(node)] = node
    return made[id(root)]


def _entry_by_entry(op: str, args: tuple[Expr, ...]) -> str:
    """The operator between scalars, where they have become arrays."""
    first, *others = (arg.rank > 0 for arg in args)
    dotted = {"*": first and all(others), "/": all(others), "^": first or any(others)}.get(
        op, False
    )
    return f".{op}" if dotted else op


def _entrywise(body: Expr, own: Own, call: Expr, args: tuple[Expr, ...]) -> Expr:
    """The body, which speaks of scalars, for arrays: every operator acts entry by entry."""
    made: dict[int, Expr] = {}
    given = {parameter.name: arg for parameter, arg in zip(own.parameters, args, strict=True)}
    for node in postorder(body, lambda node: node.args):
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


def _whole(body: Expr, own: Own, args: tuple[Expr, ...]) -> Expr:
    """The body with arguments for parameters, and their sizes for the names of dimensions."""
    sizes = sizes_of(own.parameters, [arg.shape for arg in args])
    columns = [Expr("'", (arg,), arg.shape) if arg.row else arg for arg in args]
    given = {parameter.name: arg for parameter, arg in zip(own.parameters, columns, strict=True)}
    made: dict[int, Expr] = {}
    for node in postorder(body, lambda node: node.args):
        if node.op == "variable":
            made[id(node)] = given[node.value]
            continue
        inner = tuple([made[id(arg)] for arg in node.args])
        shape = tuple([size.put(sizes.get) for size in node.shape])
        value = _placed(node.value, sizes)
        made[id(node)] = Expr(node.op, inner, shape, value=value, row=node.row, span=node.span)
    return made[id(body)]


def _placed(value: Any, sizes: dict[str, Dim]) -> Any:
    """What a node says besides its arguments, a dimension or several (the places of a slice), in
    other sizes.
    """
    if isinstance(value, Dim):
        return value.put(sizes.get)
    return tuple([_placed(each, sizes) for each in value]) if isinstance(value, tuple) else value


def sizes_of(parameters: tuple[Variable, ...], shapes: list[Shape]) -> dict[str, Dim]:
    """What the names of dimensions in the parameters are for arguments of these shapes."""
    pairs = [
        pair
        for each, shape in zip(parameters, shapes, strict=True)
        for pair in zip(each.shape, shape, strict=True)
    ]
    return {size.plain: axis for size, axis in pairs if size.plain}
