"""Backpropagation through loops that are not written out.

The statements are gone through from the last to the first. Of each the product of its derivative
with the adjoint of what it defines is added to the adjoints of what it uses; a loop is gone through
from its last value to its first. The body is derived once, by the engine as it is.

An adjoint is defined where all that it is a sum of comes together, and else added to. Which of the
two holds follows from the order of the statements for a few values of the names in the ranges
(``_Writes``); what is added to begins as zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matcalc.core.dims import Dim, dim
from matcalc.core.directions import free_variable
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.likeness import Likeness, symmetric_names
from matcalc.core.loops import (
    Assignment,
    ForLoop,
    Item,
    LoopProgram,
    assignments,
    base,
    names_in,
    run,
)
from matcalc.core.members import (
    at_values,
    family_of,
    in_family,
    member,
    move_member,
    move_size,
    places_of,
)
from matcalc.core.program import Program
from matcalc.core.tree import Expr, intern_trees, is_number, pair
from matcalc.engine.pipeline import simplify
from matcalc.engine.row_updates import place_lines
from matcalc.engine.several import derive_several
from matcalc.verify.readback.forms import Forms, SignedForm
from matcalc.write.complements import use_complements
from matcalc.write.printers.naming import choose_names
from matcalc.write.regrouping import put_scalar

_COUNTS = (2, 3, 4, 5)  # values of the names in ranges for which the order is looked at


class Backpropagation:
    """The program of the adjoints of a program, by inputs."""

    def __init__(self, program: LoopProgram, wrt: Sequence[str], language: BaseLanguage) -> None:
        self.program = program
        self.language = language
        self.wrt = tuple(wrt)
        self.variables: dict[str, Variable] = dict(program.variables)
        self.forward: list[Item] = []  # the program, with parts that the adjoints use again
        used = {base(name) for name in program.variables} | set(program.counts)
        used |= set(size_names(program.variables.values()))
        self._taken = used | {name.replace("_", "") for name in used}
        self._active = self._dependents()
        self._adjoints = {name: self._free(f"d{name}") for name in self._active}
        self._sum = self._summed_value()
        self._weights: dict[str, Expr] = {}  # sums whose adjoint is one number
        self._pending: dict[str, list[Expr]] = {}
        self._forms = Forms()
        self._made: set[str] = set()  # parts that are made of adjoints
        # forward values with names
        self._computed: dict[tuple[tuple[str, ...], SignedForm], str] = {}
        self.backward = self._all()

    def adjoint(self, name: str) -> str:
        """The name of the adjoint of a variable."""
        return in_family(name, self._adjoints[base(name)])

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def _dependents(self) -> dict[str, None]:
        """What is defined by one of the variables, directly or not."""
        active = dict.fromkeys(self.wrt)
        while True:
            before = len(active)
            for each in assignments(self.program.items):
                if any(base(name) in active for name in names_in(each.expr)):
                    active.setdefault(base(each.name))
            if len(active) == before:
                return active

    def _summed_value(self) -> str | None:
        """The name of the value, where that is a sum that nothing else uses: its adjoint is 1."""
        value = self.program.value
        items = list(assignments(self.program.items))
        if value.op != "variable" or not any(
            each.adds for each in items if each.name == value.value
        ):
            return None
        return (
            None if any(value.value in names_in(each.expr) for each in items) else str(value.value)
        )

    def _all(self) -> tuple[Item, ...]:
        found: list[Item] = []
        if self._sum is not None:
            found += self._reverse(self.program.items, ())
            return tuple(_Writes(self, found).settle())
        names = [name for name in names_in(self.program.value) if base(name) in self._active]
        self._derive(self.program.value, names, (), found)
        for name in [name for name in self._pending if self._is_weighted_sum(name)]:
            (self._weights[name],) = self._pending.pop(name)
        found += self._reverse(self.program.items, ())
        return tuple(_Writes(self, found).settle())

    def _is_weighted_sum(self, name: str) -> bool:
        """Whether this is a sum of the program that nothing but the value uses, times a number."""
        (first, *more) = self._pending[name]
        number = first.operations <= {"number", "neg", "/"}
        items = list(assignments(self.program.items))
        own = [each.adds for each in items if each.name == name]
        begins = own[:1] == [False] and all(own[1:]) and len(own) > 1
        outside = any(item in self.program.items for item in items if item.name == name)
        alone = not any(name in names_in(each.expr) for each in items)
        return number and not more and begins and outside and alone

    def _reverse(self, items: Sequence[Item], around: tuple[str, ...]) -> list[Item]:
        found: list[Item] = []
        for item in reversed(items):
            if isinstance(item, ForLoop):
                self._flush(found)
                self._computed.clear()  # loops may have the same index
                inside = self._reverse(item.items, (*around, item.index))
                self._computed.clear()
                if inside:
                    found.append(
                        ForLoop(item.index, item.last, item.first, -item.step, tuple(inside))
                    )
            elif base(item.name) in self._active:
                self._backwards(item, around, found)
        self._flush(found)
        return found

    def _backwards(self, item: Assignment, around: tuple[str, ...], found: list[Item]) -> None:
        """Hands the adjoint of what a statement defines on to what it uses."""
        names = [name for name in names_in(item.expr) if base(name) in self._active]
        weight = self._weights.get(item.name)
        if item.name == self._sum or weight is not None:
            term = item.expr
            if weight is not None and not is_number(weight, 1):
                term = Expr("*", (weight, term), ())
            self._derive(term, names, around, found)
            return
        adjoint = self.adjoint(item.name)
        value = self.variables[item.name]
        self.variables[adjoint] = free_variable(adjoint, value)
        if item.adds:
            self._flush(found)
        elif item.name in self._pending:
            self._emit(item.name, found)
        if not names:
            return
        tree = Expr("variable", (), value.shape, value=adjoint)
        if item.expr.op == "variable":
            self._pending.setdefault(str(item.expr.value), []).append(tree)
        else:
            self._derive(pair(tree, item.expr), names, around, found, item)

    def _derive(
        self,
        expr: Expr,
        names: Sequence[str],
        around: tuple[str, ...],
        found: list[Item],
        item: Assignment | None = None,
    ) -> None:
        """The derivatives of an expression by variables, with the parts that they share as
        definitions of their own.
        """
        if not names:
            return
        program = Program(expr, dict(self.variables), "", self.language)
        trees = list(derive_several(program, names).values())
        if item is not None and not item.adds:  # the name of a sum is not that of a term
            trees = self._with_value(trees, item)
        moving = {*around, *self.program.counts}
        trees = intern_trees([place_lines(tree, moving) for tree in trees])
        root = Expr("several", tuple(trees))
        named = choose_names(root, self._taken, cse=True)
        made: dict[int, Expr] = {}
        for part in root.parts:
            args = tuple([made[id(arg)] for arg in part.args])
            new = Expr(part.op, args, part.shape, value=part.value, row=part.row)
            if part.op == "'" and args[0].op == "'":
                new = args[0].args[0]
            name = self._computed.get(self._place(new, around)) if new.args else None
            if name is None and id(part) in named:
                name = self._part(named[id(part)], new, around, found)
            if name is not None:
                new = Expr("variable", (), new.shape, value=name)
                new = Expr("'", (new,), new.shape, row=True) if part.row else new
            made[id(part)] = new
        for name, tree in zip(names, root.args, strict=True):
            self._pending.setdefault(name, []).append(made[id(tree)])

    def _place(self, value: Expr, around: tuple[str, ...]) -> tuple[tuple[str, ...], SignedForm]:
        """Under which the name of a part is remembered."""
        return around, self._forms.tree(_column(value), sized=False)

    def _part(self, letter: str, value: Expr, around: tuple[str, ...], found: list[Item]) -> str:
        """A new name of a part, with its definition.

        It is remembered where the part is made of what is computed forwards. Adjoints are added to.
        """
        name = self._free(letter)
        name = member(name, [dim(index) for index in around]) if around else name
        column = _column(value)
        found.append(Assignment(name, column))
        self.variables[name] = free_variable(name, value)
        moving = {*self._adjoints.values()} | self._made
        if any(base(each) in moving for each in names_in(column)):
            self._made.add(base(name))
        else:
            self._computed[self._place(value, around)] = name
        return name

    def _with_value(self, trees: Sequence[Expr], item: Assignment) -> list[Expr]:
        """The trees with the name of what was computed forwards in the place of its value, and of
        its complement.
        """
        forms = Forms()
        value = simplify(Program(item.expr, dict(self.variables), "", self.language))
        known = {forms.tree(each, sized=False) for each in (value, item.expr)}
        root = Expr("several", tuple(trees))
        given = {True: item.name, False: None}
        root, _ = use_complements(root, lambda part: given[forms.tree(part, sized=False) in known])
        parts = forms.parts(root, {}, {}, sized=False)

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if node.args and parts[id(node)] in known:
                return Expr("variable", (), node.shape, value=item.name, row=node.row)
            return node.with_args(args)

        root = root.fold(rule)
        if not value.rank:
            name = Expr("variable", (), (), value=item.name)
            root = put_scalar(root, value, name, Likeness(symmetric_names(self.variables)))
        return list(root.args)

    def _flush(self, found: list[Item]) -> None:
        for name in list(self._pending):
            self._emit(name, found)

    def _emit(self, name: str, found: list[Item]) -> None:
        """The statement for an adjoint: the sum of all that has come together."""
        terms = self._pending.pop(name)
        total = terms[0]
        for term in terms[1:]:
            op, right = ("-", term.args[0]) if term.op == "neg" else ("+", term)
            total = Expr(op, (total, right), total.shape)
        adjoint = self.adjoint(name)
        self.variables[adjoint] = free_variable(adjoint, self.variables[name])
        found.append(Assignment(adjoint, total))


def _column(value: Expr) -> Expr:
    """A row as the column that it is the transpose of."""
    return Expr("'", (value,), value.shape) if value.row else value


class _Writes:
    """Where an adjoint is defined, where it is added to, and what begins as zero."""

    def __init__(self, backprop: Backpropagation, items: Sequence[Item]) -> None:
        self.backprop = backprop
        self.items = items
        self.counts = backprop.program.counts
        self.adjoints = set(backprop._adjoints.values())

    def settle(self) -> list[Item]:
        adds: set[int] = set()
        later: dict[str, list[tuple[int, set[str]]]] = {}  # cells that begin as zero
        for count in _COUNTS:
            env = dict.fromkeys(self.counts, count)
            firsts, zeros = self._look(env)
            adds |= {key for key, each in firsts.items() if each != {True}}
            for name in zeros:
                later.setdefault(base(name), [])
            self._note(later, zeros, count)
        # what is added to somewhere begins as zero wherever that is its first value
        for count in _COUNTS:
            env = dict.fromkeys(self.counts, count)
            self._note(later, self._first_added(env, adds), count)
        return [*self._zeros(later), *_mark(self.items, adds)]

    def _look(self, env: Mapping[str, int]) -> tuple[dict[int, set[bool]], set[str]]:
        """Which statements write first, and what is read before it is written."""
        written: set[str] = set()
        zeros: set[str] = set()
        firsts: dict[int, set[bool]] = {}
        for item, values in run(self.items, env):
            put = at_values(values)
            for name in names_in(item.expr):
                if base(name) in self.adjoints and move_member(name, put) not in written:
                    zeros.add(move_member(name, put))
                    written.add(move_member(name, put))
            cell = move_member(item.name, put)
            firsts.setdefault(id(item), set()).add(cell not in written)
            written.add(cell)
        for name in self._wanted_adjoints(env):
            if name not in written:
                zeros.add(name)
        return firsts, zeros

    def _wanted_adjoints(self, env: Mapping[str, int]) -> list[str]:
        """The adjoints of what is derived by, which have to be there in the end."""
        program, wrt = self.backprop.program, self.backprop.wrt
        used = [
            move_member(n, at_values(v))
            for item, v in run(program.items, env)
            for n in names_in(item.expr)
        ]
        used += [move_member(name, at_values(env)) for name in names_in(program.value)]
        return [self.backprop.adjoint(name) for name in dict.fromkeys(used) if base(name) in wrt]

    def _first_added(self, env: Mapping[str, int], adds: set[int]) -> set[str]:
        written: set[str] = set()
        found: set[str] = set()
        for item, values in run(self.items, env):
            cell = move_member(item.name, at_values(values))
            if id(item) in adds and cell not in written:
                found.add(cell)
            written.add(cell)
        return found

    @staticmethod
    def _note(later: dict[str, list[tuple[int, set[str]]]], cells: set[str], count: int) -> None:
        for name in sorted(cells):
            rows = later.setdefault(base(name), [])
            row = next((each for at, each in rows if at == count), None)
            if row is None:
                row = set()
                rows.append((count, row))
            row.add(name)

    def _zeros(self, later: Mapping[str, list[tuple[int, set[str]]]]) -> list[Item]:
        found: list[Item] = []
        for adjoint, rows in later.items():
            name = next(n for n, each in self.backprop._adjoints.items() if each == adjoint)
            if all(not family_of(cell) for _, cells in rows for cell in cells):
                found.append(Assignment(adjoint, self._zero(name, adjoint)))
                continue
            found.append(self._zero_members(name, adjoint, rows))
        return found

    def _zero_members(self, name: str, adjoint: str, rows: Sequence[tuple[int, set[str]]]) -> Item:
        """Zeros for the members of a family: one of them, or those in a range."""
        ranges = []
        for count, cells in rows:
            places = [places_of(cell) for cell in cells]
            if any(len(each) > 1 for each in places):
                raise UnsupportedError(
                    f"the adjoint of {name} begins as zero at several positions",
                    hint="write the loop inside as a family of one index",
                )
            at = sorted([each[0].integer or 0 for each in places])
            if at != list(range(at[0], at[-1] + 1)):
                raise UnsupportedError(
                    f"the adjoint of {name} begins as zero at positions with others between them"
                )
            ranges.append((count, at[0], at[-1]))
        low = self._affine([(count, first) for count, first, _ in ranges], name)
        high = self._affine([(count, last) for count, _, last in ranges], name)
        if low == high:
            cell = member(adjoint, [low])
            return Assignment(cell, self._zero(member(name, [low]), cell))
        index = next(letter for letter in "kijlpq" if letter not in self.backprop._taken)
        cell = member(adjoint, [dim(index)])
        item = Assignment(cell, self._zero(member(name, [dim(index)]), cell))
        return ForLoop(index, low, high, 1, (item,))

    def _affine(self, points: Sequence[tuple[int, int]], name: str) -> Dim:
        """The place as the name in the ranges says it."""
        if len({place for _, place in points}) == 1:
            return dim(points[0][1])
        if len({place - count for count, place in points}) == 1 and len(self.counts) == 1:
            return dim(self.counts[0]).plus(dim(points[0][1] - points[0][0]))
        raise UnsupportedError(
            f"where the adjoint of {name} begins as zero depends on more than one name",
            hint="give the loops ranges that end at the same name",
        )

    def _zero(self, name: str, adjoint: str) -> Expr:
        variables = self.backprop.variables
        known = variables.get(name)
        if known is None:
            like = next(n for n in variables if base(n) == base(name) and family_of(n))
            known = _move_variable(variables[like], like, name)
        shape = known.shape
        variables.setdefault(adjoint, free_variable(adjoint, known))
        zero = Expr("number", value=0)
        return Expr("fill", (zero,), shape) if shape else zero


def _move_variable(variable: Variable, old: str, new: str) -> Variable:
    """The variable ``f[k-1]`` as ``f[K]``."""
    (place,), (wanted,) = places_of(old), places_of(new)
    letters = place.letters
    if not letters:
        return variable._replace(name=new)
    start = place.plus(dim(letters[0]), -1)
    value = wanted.plus(start, -1)
    dims = [move_size(each, lambda n: value if n == letters[0] else None) for each in variable.dims]
    return variable._replace(name=new, dims=tuple(dims))


def _mark(items: Sequence[Item], adds: set[int]) -> list[Item]:
    """The statements with those that add."""
    found: list[Item] = []
    for item in items:
        if isinstance(item, ForLoop):
            found.append(replace(item, items=tuple(_mark(item.items, adds))))
        else:
            found.append(replace(item, adds=True) if id(item) in adds else item)
    return found
