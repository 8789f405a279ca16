"""Programs with loops that are not written out: statements around typed trees.

In the body of a loop ``f[k]`` and ``f[k-1]`` are variables of these names (``core/members.py``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.members import family_of
from matcalc.core.tree import Expr


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name = expr``, or with ``adds`` ``name += expr``."""

    name: str
    expr: Expr
    adds: bool = False


@dataclass(frozen=True, slots=True)
class ForLoop:
    """``for index = first:step:last; ...; end``; the step is 1 or -1."""

    index: str
    first: Dim
    last: Dim
    step: int
    items: tuple[Assignment | ForLoop, ...]


Item = Assignment | ForLoop


@dataclass(frozen=True, slots=True)
class LoopProgram:
    """Statements and the value at the end; ``variables`` has every name in them.

    ``counts`` are the names in the ranges of loops, which are numbers in what is written out.
    ``declared`` are the declarations that came beside the ``source``, ``stated`` the variables and
    families that it declares itself.
    """

    items: tuple[Item, ...]
    value: Expr
    variables: Mapping[str, Variable]
    inputs: tuple[str, ...]  # variables and families that are not defined, in order
    counts: tuple[str, ...]
    source: str
    declared: Mapping[str, Variable] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()


def assignments(items: Sequence[Item]) -> Iterator[Assignment]:
    """All assignments, those in loops as well."""
    todo = list(reversed(items))
    while todo:
        item = todo.pop()
        if isinstance(item, ForLoop):
            todo += reversed(item.items)
        else:
            yield item


def indices(items: Sequence[Item]) -> list[str]:
    """The indices of all loops, in order."""
    found: dict[str, None] = {}
    todo = list(reversed(items))
    while todo:
        item = todo.pop()
        if isinstance(item, ForLoop):
            found.setdefault(item.index)
            todo += reversed(item.items)
    return list(found)


def count_shared(one: Sequence[ForLoop], other: Sequence[ForLoop]) -> int:
    """How many of the outermost loops around two statements are the same."""
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] is other[shared]:
        shared += 1
    return shared


def base(name: str) -> str:
    """The family of a member, or the name itself."""
    return family_of(name) or name


def names_in(expr: Expr) -> list[str]:
    """The variables in an expression, in order."""
    return list(dict.fromkeys(str(node.value) for node in expr.parts if node.op == "variable"))


def output_of(program: LoopProgram, taken: Collection[str]) -> Assignment:
    """The value of a program as a statement, with a name that is free."""
    names = chain(("value", "loss"), (f"value{k}" for k in count(1)))
    return Assignment(next(name for name in names if name not in taken), program.value)


def run(
    items: Sequence[Item], env: Mapping[str, int]
) -> Iterator[tuple[Assignment, dict[str, int]]]:
    """The assignments in the order in which they happen, each with the values of the indices."""
    for item in items:
        if isinstance(item, Assignment):
            yield item, dict(env)
            continue
        first, last = (int(end.size(dict(env))) for end in (item.first, item.last))
        for value in range(first, last + item.step, item.step):
            yield from run(item.items, {**env, item.index: value})
