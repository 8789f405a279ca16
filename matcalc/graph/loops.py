"""The graph of a program with loops that are not written out: one step of each loop.

A value of another step, as f[k-1] in the step of f[k], is a node of its own. Its parents are the
assignments that computed it, and its edges say in which steps these are its value. They are found
by running through the assignments for a few values of the names in the ranges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from matcalc.core.dims import dim
from matcalc.core.language import BaseLanguage
from matcalc.core.loops import (
    Assignment,
    ForLoop,
    Item,
    LoopProgram,
    count_shared,
    names_in,
    output_of,
    run,
)
from matcalc.core.members import at_values, family_of, move_member, places_of
from matcalc.graph.build import (
    AskedVariables,
    ComputationGraph,
    GraphBuilder,
    GraphNode,
    select_names,
)

_COUNTS = (2, 3, 4, 5)  # values of the names in ranges

Around = tuple[ForLoop, ...]  # the loops around a statement
Values = Mapping[str, int]  # of the indices, and of the names in ranges
Occasions = list[tuple[Values, Values]]  # in which step something is read, and where it was written


def build_loops(
    program: LoopProgram, wrt: AskedVariables, language: BaseLanguage
) -> ComputationGraph:
    """The graph of one step of each loop, and of what is before, between and after them.

    ``wrt`` has variables and families. Raises UnknownNameError and UnsupportedError as ``build``.
    """
    return _Loops(program, language).graph(select_names(program.inputs, wrt or None))


def _around(items: Sequence[Item], outer: Around = ()) -> Iterator[tuple[Assignment, Around]]:
    """The assignments, each with the loops around it."""
    for item in items:
        if isinstance(item, ForLoop):
            yield from _around(item.items, (*outer, item))
        else:
            yield item, outer


class _Loops:
    def __init__(self, program: LoopProgram, language: BaseLanguage) -> None:
        self.program = program
        output = output_of(program, {*program.variables, *program.counts})
        self.items: tuple[Item, ...] = (*program.items, output)
        self.around = {id(item): outer for item, outer in _around(self.items)}
        self.read = self._find_sources()
        self.builder = GraphBuilder(program.variables, {}, language)
        self.made: dict[int, GraphNode] = {}  # by the assignment
        self.outside: dict[tuple[object, ...], GraphNode] = {}  # inputs, and values of other steps
        self.waiting: list[tuple[GraphNode, Around, Mapping[int, Occasions]]] = []

    def graph(self, wrt: tuple[str, ...]) -> ComputationGraph:
        """The graph, differentiated with respect to these."""
        self._enter(self.items, ())
        for node, around, sources in self.waiting:
            for key, occasions in sources.items():
                source = self.made[key].number
                node.parents = tuple(dict.fromkeys([*node.parents, source]))
                label = _step(around, self.around[key], occasions)
                self.builder.steps[source, node.number] = label
        return self.builder.graph(self.program.source, wrt)

    def _find_sources(self) -> dict[tuple[int, str], dict[int, Occasions]]:
        """Which assignments give the value of a name that is read in an assignment."""
        found: dict[tuple[int, str], dict[int, Occasions]] = {}
        for count in _COUNTS:
            written: dict[str, tuple[int, Values]] = {}
            for item, values in run(self.items, dict.fromkeys(self.program.counts, count)):
                put = at_values(values)
                for name in [*names_in(item.expr), *([item.name] if item.adds else [])]:
                    sources = found.setdefault((id(item), name), defaultdict(list))
                    if (cell := move_member(name, put)) in written:
                        source, where = written[cell]
                        sources[source].append((values, where))
                written[move_member(item.name, put)] = id(item), values
        return found

    def _enter(self, items: Sequence[Item], around: Around) -> None:
        """The nodes of statements: the inputs first, and values of other steps where they are
        read.
        """
        for item, inner in _around(items, around):
            for name in names_in(item.expr):
                if not self.read[id(item), name] and self._home(item, name, inner) == around:
                    self._give(item, name, around)
        for step in items:
            if isinstance(step, ForLoop):
                self._enter(step.items, (*around, step))
            else:
                for name in names_in(step.expr):
                    self._give(step, name, self._home(step, name, around))
                self._assign(step, around)

    def _home(self, item: Assignment, name: str, around: Around) -> Around:
        """The loops that the node of a name is in: of an input those of its indices."""
        if not self.read[id(item), name]:
            places = places_of(name) if family_of(name) else ()
            indices = {letter for place in places for letter in place.letters}
            while around and around[-1].index not in indices:
                around = around[:-1]
        return around

    def _give(self, item: Assignment, name: str, around: Around) -> None:
        """The node of a name, where no operation of the same step computes it."""
        sources = self.read[id(item), name]
        key = (name, *map(id, around), *sources)
        if key in self.outside or self._same_step(sources, around) is not None:
            return
        node = self.builder.give(name, "" if sources else str(self.program.variables[name]))
        node.loops = around
        self.outside[key] = node
        if sources:
            self.waiting.append((node, around, sources))

    def _same_step(self, sources: Mapping[int, Occasions], around: Around) -> int | None:
        """The assignment that computes a name in the step in which it is read."""
        if len(sources) != 1:
            return None
        ((key, occasions),) = sources.items()
        outer = self.around[key]
        same = outer == around[: len(outer)] and all(
            where.items() <= values.items() for values, where in occasions
        )
        return key if same else None

    def _assign(self, item: Assignment, around: Around) -> None:
        """The operations of a statement; to what it adds is a parent, too."""
        for name in names_in(item.expr):
            sources = self.read[id(item), name]
            key = self._same_step(sources, around)
            home = self._home(item, name, around)
            given = self.outside.get((name, *map(id, home), *sources))
            node = given if key is None else self.made[key]
            assert node is not None
            self.builder.numbers[name] = node.number
        first = len(self.builder.nodes)
        node = self.builder.add(item.expr, item.name)
        for each in self.builder.nodes[first:]:
            each.loops = around
        self.made[id(item)] = node
        if item.adds:
            node.adds = True
            self.waiting.append((node, around, self.read[id(item), item.name]))


def _step(reader: Around, writer: Around, occasions: Occasions) -> str:
    """In which steps something that is read was written there: ``k = 1``, ``next k``."""
    shared = count_shared(reader, writer)
    said = [_pace(loop, occasions) for loop in reader[:shared]]
    said += [_place(loop, [where for _, where in occasions]) for loop in writer[shared:]]
    said += [_place(loop, [values for values, _ in occasions]) for loop in reader[shared:]]
    for one in writer[shared:]:
        for other in reader[shared:]:
            if all(values[other.index] == where[one.index] for values, where in occasions):
                same = one.index == other.index
                said.append(f"same {one.index}" if same else f"{one.index} = {other.index}")
    return ", ".join(dict.fromkeys(filter(None, said)))


def _pace(loop: ForLoop, occasions: Occasions) -> str:
    """How many steps lie between writing and reading."""
    ahead = {loop.step * (values[loop.index] - where[loop.index]) for values, where in occasions}
    if ahead == {0}:
        return ""
    if len(ahead) > 1:
        return f"a later {loop.index}"
    (steps,) = ahead
    return f"next {loop.index}" if steps == 1 else f"{steps} steps of {loop.index} later"


def _place(loop: ForLoop, found: Sequence[Values]) -> str:
    """The step of a loop, where it is always as far from the first one or from the last one."""
    for end in (loop.first, loop.last):
        off = {values[loop.index] - int(end.size(dict(values))) for values in found}
        if len(off) == 1:
            return f"{loop.index} = {end.plus(dim(off.pop()))}"
    return ""
