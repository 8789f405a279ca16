"""Which parts of an expression get a name, so that each step of its derivation is short.

A part is named where a function that is not linear is applied to something that itself takes more
than a step to differentiate: the layers of a network, the inside of a logarithm or a root, both
sides of a quotient, what occurs twice and is long. What the user named keeps its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from matcalc.core.loops import base
from matcalc.core.members import in_family
from matcalc.core.operations import COMPARISONS, OPERATIONS
from matcalc.core.tree import Expr, moving_parts
from matcalc.explain.differential import is_multilinear
from matcalc.explain.instances import Trees
from matcalc.explain.norms import moving_args

BRIEF, USUAL, FULL = DETAILS = (1, 2, 3)
_SHORT = 6  # tokens of an expression that is differentiated at one go,
_LONG = 25  # and that is at the lowest level of detail
_AFFINE = {BRIEF: 9, USUAL: 5, FULL: 1}  # tokens of what is linear and needs no name
_REPEATED = 6  # tokens of what is worth a name where it occurs twice
_LETTERS = (("a", "b", "c", "e", "g"), ("u", "v", "z", "h", "r"), ("M", "N", "K", "G", "H"))
_FEW = 3  # names of one rank that are letters
_LINEAR = ("+", "-", "neg", "'", "fill", "blocks", "slice")


@dataclass(frozen=True, slots=True)
class NamedPart:
    """A name and what it stands for, in terms of the names before it."""

    name: str
    tree: Expr


class Names:
    """Fresh names, which begin as those of scalars, vectors and matrices do."""

    def __init__(self, taken: Container[str]) -> None:
        self._taken = taken
        self._given: set[str] = set()

    def free(self, name: str) -> bool:
        """Whether neither the name nor that of its differential is in use."""
        return not any(
            each in self._taken or each in self._given or each in OPERATIONS
            for each in (name, f"d{name}")
        )

    def take(self, name: str) -> str:
        """The name, or the first of name1, name2 ... that is free; of a member w[2] it is w1[2]."""
        found, count = name, 0
        stem = base(name)
        while not self.free(found):
            count += 1
            found = in_family(name, f"{stem}{count}")
        self._given.update((found, f"d{found}"))
        return found

    def first(self, candidates: Sequence[str]) -> str:
        """The first of these that is free, or the first one numbered."""
        return self.take(next((name for name in candidates if self.free(name)), candidates[0]))

    def of_rank(self, rank: int, many: bool) -> str:
        """A name for a value of so many axes; numbered ones where there are many."""
        if not many:
            letter = next((each for each in _LETTERS[rank] if self.free(each)), None)
            if letter is not None:
                return self.take(letter)
        count = 1
        while not self.free(f"{_LETTERS[rank][0]}{count}"):
            count += 1
        return self.take(f"{_LETTERS[rank][0]}{count}")


def partition(
    trees: Trees, root: Expr, wrt: str, names: Names, detail: int, given: Mapping[int, str]
) -> tuple[list[NamedPart], Expr]:
    """The parts in the order in which they are made, and the expression in terms of them.

    ``given`` are the names that the user gave, by the ids of the parts.
    """
    order = root.parts
    chosen = _Choice(trees, root, wrt, detail).ids() | {
        id(expr) for expr in order if id(expr) in given and expr.args and expr is not root
    }
    active = moving_parts(order, wrt)
    kept = [expr for expr in order if id(expr) in chosen and id(expr) in active]
    ranks = Counter(expr.rank for expr in kept)
    parts: list[NamedPart] = []
    made: dict[int, Expr] = {}
    for expr in order:
        args = tuple([made[id(arg)] for arg in expr.args])
        fresh = trees.factory.make(expr.op, args, expr.shape, expr.value, expr.row)
        if id(expr) in chosen and id(expr) in active:
            upright = trees.factory.transpose(fresh) if fresh.row else fresh
            name = (
                names.take(given[id(expr)])
                if id(expr) in given
                else names.of_rank(expr.rank, ranks[expr.rank] > _FEW)
            )
            parts.append(NamedPart(name, upright))
            letter = trees.variable(name, upright)
            fresh = trees.factory.transpose(letter) if fresh.row else letter
        made[id(expr)] = fresh
    return parts, made[id(root)]


class _Choice:
    """Chooses the parts of one expression."""

    def __init__(self, trees: Trees, root: Expr, wrt: str, detail: int) -> None:
        self.size = trees.factory.size
        self.root = root
        self.order = root.parts
        self.active = moving_parts(self.order, wrt)
        self.least = _LONG if detail == BRIEF else _SHORT
        self.affine_size = _AFFINE[detail]
        self.affine: set[int] = set()
        for expr in self.order:
            if self._affine(expr):
                self.affine.add(id(expr))

    def ids(self) -> set[int]:
        """The ids of the parts that get a name."""
        if self.size(self.root) <= self.least:
            return set()
        found: set[int] = set()
        for expr in self.order:
            if id(expr) in self.active and self.nonlinear(expr):
                for arg in moving_args(expr):
                    if id(arg) in self.active:
                        found |= self._below(arg)
        uses = Counter(id(arg) for expr in self.order for arg in expr.args)
        for expr in self.order:
            if uses[id(expr)] > 1 and id(expr) in self.active and self.size(expr) >= _REPEATED:
                found.add(id(expr))
        return found

    def nonlinear(self, expr: Expr) -> bool:
        """Whether the value is not a multiple of what moves in it."""
        op = expr.op
        if op in ("/", "./"):
            return id(expr.args[1]) in self.active
        if op in ("^", ".^", "sqrt"):
            return True
        if op in _LINEAR or op in ("*", ".*", "variable") or op in COMPARISONS:
            return False
        return not is_multilinear(op)

    def _affine(self, expr: Expr) -> bool:
        """Whether what moves in a part moves it in proportion."""
        moving = [arg for arg in expr.args if id(arg) in self.active]
        if any(id(arg) not in self.affine for arg in moving):
            return False
        if expr.op in _LINEAR or not moving:
            return True
        return len(moving) == 1 and not self.nonlinear(expr)

    def _below(self, arg: Expr) -> set[int]:
        """What gets a name in the argument of a function that is not linear."""
        if arg.op == "variable":
            return set()
        if id(arg) in self.affine:
            return {id(arg)} if self.size(arg) > self.affine_size else set()
        if not arg.shape:
            return {id(arg)}
        calls, hidden = self._calls(arg)
        left = self.size(arg) - hidden
        return calls | ({id(arg)} if not calls or left > 2 * self.affine_size else set())

    def _calls(self, arg: Expr) -> tuple[set[int], int]:
        """The outermost functions in an argument that are not linear, and the tokens that names
        for them save.
        """
        found: set[int] = set()
        hidden = 0
        todo = [arg]
        while todo:
            expr = todo.pop()
            if id(expr) not in self.active or id(expr) in found:
                continue
            if self.nonlinear(expr) and expr.shape:
                found.add(id(expr))
                hidden += self.size(expr) - 1
            else:
                todo += expr.args
        return found, hidden
