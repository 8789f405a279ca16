"""Recalled derivations: of layers that differ in names alone, one is derived.

What is asked of a program is *recalled* where the same was asked before of a program that is equal
up to the names of its variables and sizes. The names have to come in the same order, for that of
terms and factors follows it; so the answer is the one that would have been derived.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape, dim, names_in
from matcalc.core.program import Program
from matcalc.core.tree import Expr

Derive = Callable[[Program, Sequence[str]], Mapping[str, Expr]]


class _Asked(NamedTuple):
    """A question without its names, and these: of the variables and of the sizes."""

    key: Hashable
    names: list[str]
    sizes: list[str]


class Recalled:
    """A function from programs and variables to trees that remembers what it has found.

    ``_known`` maps a question without names to the first one of this form and its answer. Another
    question of the form gets that answer with its own names.
    """

    def __init__(self, derive: Derive) -> None:
        self.derive = derive
        self._known: dict[Hashable, tuple[_Asked, Mapping[str, Expr]]] = {}

    def __call__(self, program: Program, wrt: Sequence[str]) -> Mapping[str, Expr]:
        """What ``derive`` gives."""
        asked = _question(program, wrt)
        if asked is None:
            return self.derive(program, wrt)
        if asked.key in self._known:
            before, found = self._known[asked.key]
            return _rename(found, before, asked)
        found = self.derive(program, wrt)
        every = Expr("several", tuple(found.values())).parts
        if all(part.op == "variable" or _is_plain(part.value, sizes=True) for part in every):
            self._known[asked.key] = asked, found
        return found


def _question(program: Program, wrt: Sequence[str]) -> _Asked | None:
    """None where there is more in the program than operators, numbers and variables."""
    order = program.expr.parts
    variables = [node for node in order if node.op == "variable"]
    used = sorted({str(node.value) for node in variables} | set(wrt))
    dims = [size for node in order for size in node.shape]
    dims += [size for name in used for size in program.variables[name].dims]
    letters = sorted(names_in(dims))
    numbers = {name: k for k, name in enumerate(used)}
    places = {name: dim(f"{k:06d}") for k, name in enumerate(letters)}
    known: dict[tuple[Dim, ...], tuple[Dim, ...]] = {}

    def plain(shape: Shape) -> Shape:
        found = known.get(shape)
        if found is None:
            found = known[shape] = tuple([size.put(places.get) for size in shape])
        return found

    ids: dict[int, int] = {}
    parts: list[Hashable] = []
    for node in order:
        value = numbers[node.value] if node.op == "variable" else node.value
        if not _is_plain(value):
            return None
        ids[id(node)] = len(ids)
        args = tuple([ids[id(arg)] for arg in node.args])
        parts.append((node.op, value, plain(node.shape), node.row, args))
    kinds = [(program.variables[name].kind, plain(program.variables[name].dims)) for name in used]
    key = (tuple(parts), tuple(kinds), tuple([numbers[name] for name in wrt]))
    return _Asked(key, used, letters)


def _is_plain(value: object, *, sizes: bool = False) -> bool:
    """Whether there are no names in what a node says, or with ``sizes`` that of a size alone."""
    if isinstance(value, tuple):
        if type(value) is Dim:
            return sizes
        return type(value) is tuple and all(_is_plain(each) for each in value)
    return value is None or isinstance(value, (int, Fraction)) or value == "pi"


def _rename(found: Mapping[str, Expr], before: _Asked, asked: _Asked) -> dict[str, Expr]:
    names = dict(zip(before.names, asked.names, strict=True))
    sizes = {old: dim(new) for old, new in zip(before.sizes, asked.sizes, strict=True)}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        shape = tuple([size.put(sizes.get) for size in node.shape])
        value = names[node.value] if node.op == "variable" else node.value
        if isinstance(value, Dim):
            value = value.put(sizes.get)
        return Expr(node.op, tuple(args), shape, value=value, row=node.row)

    root = Expr("several", tuple(found.values())).fold(rule)
    return {names.get(name, name): tree for name, tree in zip(found, root.args, strict=True)}
