"""Python source of a function that goes through a program with loops forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matcalc.core.dims import Dim
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.loops import Assignment, ForLoop, Item, assignments, base
from matcalc.core.members import family_of, places_of
from matcalc.core.tree import Expr
from matcalc.write.printers.code_levels import TERM, bracket
from matcalc.write.printers.numpy_code import Source

_INDENT = "    "


class LoopSource:
    """The source; ``counted`` says of each name in the ranges from which family it follows, and how
    much longer than the family it is; ``starts`` are the first places of families.
    """

    def __init__(
        self,
        items: Sequence[Item],
        variables: Mapping[str, Variable],
        inputs: Sequence[str],
        counts: Sequence[str],
        counted: Mapping[str, tuple[str, int]],
        starts: Mapping[str, int],
        results: Mapping[str, str],
        value: str,
        prepare: Callable[[Expr], Expr],
    ) -> None:
        self.items = items
        self.variables = variables
        self.inputs = inputs
        self.counts = counts
        self.counted = counted
        self.starts = starts
        self.results = results
        self.value = value
        self.prepare = prepare
        self.runtime: set[str] = set()
        self.indices = _indices(items)
        self.shaped = self._sizes_of_axes()
        # of the names in the ranges those that are arguments
        self.given = [n for n in counts if n not in counted and n not in self.shaped]
        self.names = {base(name) for name in variables} | {*inputs, *counts, *results.values()}

    def text(self, title: str) -> str:
        """The whole source."""
        body = self._lines(self.items, 1)
        made = dict.fromkeys(
            base(each.name) for each in assignments(self.items) if family_of(each.name)
        )
        head = ["import numpy as np"]
        if self.runtime:
            head.append(f"from matcalc.runtime import {', '.join(sorted(self.runtime))}")
        start = [f'"""{title}', "", "Returns the value, and a mapping from the variables to the"]
        start += ["derivatives, a list for each family.", '"""']
        for name in self.inputs:
            if name in self.starts:
                each = f"np.asarray(each, float) for each in {name}"
                start.append(f"{name} = dict(enumerate([{each}], {self.starts[name]}))")
            else:
                start.append(f"{name} = np.asarray({name}, float)")
        for name, (family, more) in self.counted.items():
            start.append(f"{name} = len({family})" + (f" + {more}" if more else ""))
        start += [f"{name} = {array}.shape[{axis}]" for name, (array, axis) in self.shaped.items()]
        start += [f"{name} = {{}}" for name in made]
        found = [
            f'"{name}": [{code}[k] for k in sorted({code})]'
            if name in self.starts
            else f'"{name}": np.array({code})'
            for name, code in self.results.items()
        ]
        end = [f"return float({self.value}), {{{', '.join(found)}}}"]
        signature = f"def f(*, {', '.join([*self.inputs, *self.given])}):"
        inside = [*(_INDENT + line if line else "" for line in start), *body]
        return "\n".join([*head, "", "", signature, *inside, *(_INDENT + line for line in end), ""])

    def _sizes_of_axes(self) -> dict[str, tuple[str, int]]:
        """The names in the ranges that are the size of an axis of an array that is given."""
        return {
            size: (name, axis)
            for name in self.inputs
            if name in self.variables and name not in self.starts
            for axis, each in enumerate(self.variables[name].shape)
            if (size := each.plain or "") in self.counts and size not in self.counted
        }

    def _lines(self, items: Sequence[Item], depth: int) -> list[str]:
        found: list[str] = []
        space = _INDENT * depth
        for item in items:
            if isinstance(item, Assignment):
                found += [space + line for line in self._assignment(item)]
                continue
            found.append(f"{space}for {item.index} in {_range(item)}:")
            found += self._lines(item.items, depth + 1)
        return found

    def _assignment(self, item: Assignment) -> list[str]:
        target = _code(item.name)
        if item.expr.op == "fill":
            like = next((name for name, made in self.results.items() if made == item.name), None)
            if like is not None:
                return [f"{target} = np.zeros_like({like})"]
        used = {
            str(node.value): self.variables[str(node.value)]
            for node in item.expr.parts
            if node.op == "variable"
        }
        piece = _ProgramSource(self.prepare(item.expr), used, "f", "")
        if piece.own or piece.declared or any(node.op == "choice" for node in piece.order):
            piece.order = []  # the sizes decide
        piece.taken |= self.names
        piece.locals = {name: _code(name) for name in used}
        lines = self._sizes(piece, item)
        emitter = piece._emitter({}, 0)
        statements, value = emitter.statements()
        self.runtime |= set(piece.runtime)
        if item.adds:
            value = f"{target} + {bracket(emitter.codes[id(emitter.root)], TERM)}"
        return [*lines, *statements, f"{target} = {value}"]

    def _sizes(self, piece: Source, item: Assignment) -> list[str]:
        """What binds the sizes in an expression."""
        found = []
        for size, local in piece.sizes.items():
            if size in self.counts or size in self.indices:
                continue
            place = next(
                (
                    (array, axis)
                    for name, variable in self.variables.items()
                    for axis, each in enumerate(variable.shape)
                    if each.plain == size and (array := self._given(name))
                ),
                None,
            )
            if place is None:
                raise UnsupportedError(f"no array of the program has the size {size}")
            found.append(f"{local} = {place[0]}.shape[{place[1]}]")
        return found

    def _given(self, name: str) -> str | None:
        """An array that is given and has the axes of a variable: of a family the first member."""
        family = base(name)
        if family not in self.inputs:
            return None
        return f"{family}[{self.starts[family]}]" if family in self.starts else name


class _ProgramSource(Source):
    """An expression of a program, whose arguments are what they are."""

    places = False


def _indices(items: Sequence[Item]) -> set[str]:
    """The indices of all loops."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, ForLoop):
            found |= {item.index} | _indices(item.items)
    return found


def _code(name: str) -> str:
    family = family_of(name)
    if family is None:
        return name
    return f"{family}[{', '.join(_number(place) for place in places_of(name))}]"


def _number(place: Dim) -> str:
    return str(place)


def _range(loop: ForLoop) -> str:
    last = loop.last.plus(Dim(loop.step, ()))
    if loop.step == 1:
        return f"range({_number(loop.first)}, {_number(last)})"
    return f"range({_number(loop.first)}, {_number(last)}, -1)"
