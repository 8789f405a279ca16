"""Values along directions in each notation: those of jvp, vjp and hvp, and of implicit derivatives.

A value that is linear in a direction E is a map of it, and a matrix times vec(E).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from matcalc.claims.equality import DIFFERENT, Decision, decide_trees
from matcalc.core.dims import Dim
from matcalc.core.directions import Step, free_variable
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr, add_terms, is_zero, pair, variable, zeros
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import by_entries, differentiate, simplify_tree
from matcalc.notations.answer import WrittenByMethod, require_stacked
from matcalc.notations.lines import (
    LineNames,
    NotationLine,
    Writer,
    in_language,
    reverse_axes,
)
from matcalc.notations.read import column, read_line
from matcalc.verify.readback.values import confirm

_MATRIX = 2  # axes
_NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LinearValue:
    """The value of ``tree``, over the variables of a program, after the ``steps`` along directions
    in which it is linear, in turn.

    ``sign`` is what it is called as a differential, ``dF``; ``said`` what the directions are then,
    ``where dX = E``. A map that is ``symmetric`` is its own adjoint; the adjoint of another is one
    of ``back``, or of a new variable.
    """

    program: Program
    tree: Expr
    steps: tuple[Mapping[str, str], ...]
    sign: str
    said: str
    symmetric: bool = False
    back: Variable | None = None

    @property
    def directions(self) -> tuple[str, ...]:
        """The names of all directions, each once."""
        return tuple(dict.fromkeys([name for step in self.steps for name in step.values()]))

    @property
    def is_linear(self) -> bool:
        """Whether the value is linear in all directions together."""
        return len(self.steps) == 1

    @property
    def repeats(self) -> bool:
        """Whether a direction of the last step is one of another step too."""
        before = {name for step in self.steps[:-1] for name in step.values()}
        return not before.isdisjoint(self.steps[-1].values())


class ValueInNotation(WrittenByMethod):
    """A value along directions in one of the notations."""

    def __init__(
        self,
        value: LinearValue,
        notation: str,
        *,
        shown: Expr | None = None,
        derived: Program | None = None,
        shown_as: Mapping[str, str] = _NO_NAMES,
        row_major: bool = False,
        verify: bool = True,
        label: str = "",
        label_tex: str = "",
    ) -> None:
        """``shown`` is another form of the value, which is proved. ``derived`` is what the steps
        are taken of; it is asked for where a direction repeats. ``shown_as`` are other names of
        directions, of which the vectors are taken.
        """
        require_stacked(notation, row_major=row_major)
        self._value = value
        self._shown = value.tree if shown is None else shown
        self._derived = derived
        self._shown_as = shown_as
        self.notation = notation
        self.row_major = row_major
        lines = self._lines_in(notation)
        lines = [replace(line, label=label, label_tex=label_tex) for line in lines]
        self._write(lines, verify=verify)

    def _line(self, kind: str, names: Sequence[str], tree: Expr) -> NotationLine:
        program = self._value.program
        tree = in_language(program, tree)
        return NotationLine(kind, tuple(names), program, tree, meant=self._value.tree)

    def _plain(self) -> list[NotationLine]:
        return [self._line("array", self._value.directions, self._value.tree)]

    def _index(self) -> list[NotationLine]:
        value = self._value
        tree = value.tree
        entries = by_entries(tree, value.program.variables, language=value.program.language)
        return [NotationLine("array", value.directions, value.program, entries, meant=tree)]

    def _operator(self) -> list[NotationLine]:
        value = self._value
        found = [self._line("map", value.directions, value.tree)]
        if value.is_linear and not value.symmetric:
            found += [
                adjoint_line(value.program, value.tree, name, value.back)
                for name in value.directions
            ]
        return found

    def _differential(self) -> list[NotationLine]:
        value = self._value
        return [self._line("differential", (value.sign, *value.directions), self._shown)]

    # -- as matrices times vectors

    def _stacked(self) -> list[NotationLine]:
        """``kron(B', A)*vec(E)``, a term for each direction of the last step."""
        value = self._value
        program, tree, steps = value.program, value.tree, value.steps
        last = dict(steps[-1])
        if value.repeats:  # in the last place under other names, so that it is linear in these
            program, last = _renamed(program, last)
            tree = derive_steps(self._of(program), [*steps[:-1], last])[-1]
        terms = []
        for name, new in zip(steps[-1].values(), last.values(), strict=True):
            terms.append(stack_term(program, tree, new, name, row_major=self.row_major))
        whole = add_terms(terms, terms[0].shape)
        meant = vec_of(value.tree, row_major=self.row_major)
        other = {new: rename(old) for new, old in self._shown_as.items()}
        whole, meant = (replace_variables(tree, other) for tree in (whole, meant))
        return [NotationLine("stacked", value.directions, value.program, whole, meant=meant)]

    def _together(self) -> list[Decision]:
        """That the products of the adjoints with their directions are together that of the
        cotangent with the value.
        """
        places = [k for k, line in enumerate(self._lines) if line.kind == "adjoint"]
        if not places:
            return []
        value, lines = self._value, [self._lines[k] for k in places]
        program = lines[0].program
        terms = []
        for k, name in zip(places, value.directions, strict=True):
            line = self._lines[k]
            says = column(read_line(self._texts[k], line, line.tree.shape))
            terms.append(pair(variable(name, says.shape), says))
        (cotangent,) = lines[0].names
        meant = pair(variable(cotangent, value.tree.shape), value.tree)
        decision = decide_trees(program, add_terms(terms, ()), meant)
        confirm(decision.verdict != DIFFERENT, "adjoint", program.language)
        return [decision]

    def _of(self, program: Program) -> Program:
        """What the steps are taken of, with the variables of another program."""
        assert self._derived is not None
        return self._derived._replace(variables=program.variables)

    @property
    def reading(self) -> str:
        """How to read the lines."""
        value = self._value
        if self.notation == "kronecker":
            across = "'" if self.row_major and value.tree.rank == _MATRIX else ""
            fastest = f", its {'last' if self.row_major else 'first'} axis fastest"
            rank = value.tree.rank
            more = fastest if rank > _MATRIX else ""
            return f"vec(D{across}), D the derivative{more}" if rank >= _MATRIX else ""
        if self.notation == "operator":
            return self._read_map()
        if self.notation == "differential":
            return value.said
        entries = self.notation in ("index", "cases") and value.tree.shape
        return "the entries" if entries else ""

    def _read_map(self) -> str:
        value = self._value
        if value.symmetric:
            return "the linear map, which is its own adjoint"
        if value.is_linear:
            count = len(value.directions)
            each = f", a line for each of {', '.join(value.directions)}" if count > 1 else ""
            return f"the linear map, and its adjoint{each}"
        if value.repeats:
            return f"the map, of degree {len(value.steps)} in {', '.join(value.directions)}"
        groups = [", ".join(dict.fromkeys(step.values())) for step in value.steps]
        if any(len(step) > 1 for step in value.steps):
            groups = [f"({group})" for group in groups]
        return f"the map, linear in each of {', '.join(groups)}"


def _renamed(program: Program, moves: Mapping[str, str]) -> tuple[Program, dict[str, str]]:
    """Other names for directions, and the program with these."""
    fresh = {name: f"~{name}" for name in moves.values()}  # no names in the language
    ways = [program.variables[old]._replace(name=new) for old, new in fresh.items()]
    return program.declare(*ways), {name: fresh[old] for name, old in moves.items()}


def stack_term(
    program: Program, tree: Expr, direction: str, shown: str, *, row_major: bool
) -> Expr:
    """The part of a value that is linear in a direction, as a matrix times the vector of it, which
    is ``shown`` under a name; UnsupportedError where there is no such matrix.
    """
    bare = program._replace(expr=tree, definitions={}, asked=None)
    line = None
    for structure in ("free", "declared"):  # a matrix within a kind is longer, and says the same
        statement = DerivativeStatement(bare, direction, structure=structure)
        try:
            writer = Writer(statement, differentiate(statement), row_major=row_major)
            (line,) = writer.lines("kronecker")
            break
        except UnsupportedError as problem:
            if structure == "declared":
                problem.hint = (
                    "--notation index and --notation operator write it, in Python "
                    "notation='index' and 'operator'"
                )
                raise
    assert line is not None
    step = vec_of(variable(shown, statement.variable.shape), row_major=row_major)
    matrix = line.tree
    if not step.shape:
        return simplify_tree(bare, Expr("*", (step, matrix), matrix.shape))
    shape = matrix.shape[:-1] if matrix.rank == _MATRIX else ()
    if is_zero(matrix):
        return zeros(shape)
    if matrix.op == "'" and matrix.args[0].op == "neg":
        across = Expr("'", matrix.args[0].args, matrix.shape, row=matrix.row)
        matrix = Expr("neg", (across,), matrix.shape, row=matrix.row)
    if matrix.op == "neg":
        return Expr("neg", (Expr("*", (matrix.args[0], step), shape),), shape)
    return Expr("*", (matrix, step), shape)


def vec_of(tree: Expr, *, row_major: bool) -> Expr:
    """All entries of an array as a vector, the first axis fastest, or else the last one."""
    if tree.row:
        tree = Expr("'", (tree,), tree.shape)
    if tree.rank < _MATRIX:
        return tree
    if row_major:
        tree = reverse_axes(tree, tree.rank)
    return Expr("vec", (tree,), (reduce(Dim.times, tree.shape),))


def adjoint_line(
    program: Program, tree: Expr, name: str, cotangent: Variable | None = None
) -> NotationLine:
    """The map from cotangents of a value that is linear in a direction to arrays of the shape of
    that.
    """
    bare = program._replace(expr=tree, definitions={}, asked=None)
    if cotangent is None:
        names = LineNames(DerivativeStatement(bare, name))
        cotangent = free_variable(names.cotangent(), tree)
    known = bare.declare(cotangent)
    paired = known._replace(expr=pair(variable(cotangent.name, tree.shape), tree))
    steps: list[Step] = [name]
    found = derive_steps(paired, steps)[-1]
    line = in_language(known, found)
    return NotationLine("adjoint", (cotangent.name,), known, line, meant=found)
