"""Taylor polynomials in the notations: of entries, of displacements, and term by term."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import factorial
from typing import NamedTuple

from matcalc.answers.common.points import ExpansionPoint
from matcalc.core.directions import direction_of
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, add_terms, is_zero, multiply, number
from matcalc.engine.pipeline import by_entries, simplify_tree
from matcalc.notations.answer import WrittenByMethod, require_stacked
from matcalc.notations.lines import LineNames, NotationLine, in_language
from matcalc.notations.values import stack_term, vec_of
from matcalc.write.printers.text import text


class Expansion(NamedTuple):
    """A Taylor polynomial at points, as a tree over a program; ``move`` gives its terms, the
    derivatives and the whole in terms of displacements with other names. ``reading`` says how the
    tree is read.
    """

    program: Program
    tree: Expr
    points: Sequence[ExpansionPoint]
    move: Callable[[Mapping[str, str]], tuple[list[Expr], list[Expr], Expr]]
    reading: str
    verify: bool


class TaylorInNotation(WrittenByMethod):
    """A Taylor polynomial in one of the notations."""

    def __init__(self, found: Expansion, notation: str, *, row_major: bool = False) -> None:
        require_stacked(notation, row_major=row_major)
        self._found = found
        self.notation, self.row_major = notation, row_major
        program = found.program._replace(definitions={}, asked=None)
        self._names: dict[str, str] = {}  # of the displacements
        for point in found.points:
            if point.is_named:
                self._names[point.wrt] = str(point.moved.value)
                continue
            (name,) = LineNames(DerivativeStatement(program, point.wrt)).directions(1)
            program = program.declare(direction_of(program.variables[point.wrt], name))
            self._names[point.wrt] = name
        self._moving = program
        self._write(self._lines_in(notation), verify=found.verify)

    @property
    def _shown(self) -> tuple[str, ...]:
        """The displacements that the polynomial itself has."""
        return tuple([str(each.moved.value) for each in self._found.points if each.is_named])

    def _plain(self) -> list[NotationLine]:
        program, tree = self._found.program, self._found.tree
        return [NotationLine("array", self._shown, program, in_language(program, tree), meant=tree)]

    def _index(self) -> list[NotationLine]:
        program, tree = self._found.program, self._found.tree
        entries = by_entries(tree, program.variables, language=program.language)
        return [NotationLine("array", self._shown, program, entries, meant=tree)]

    def _operator(self) -> list[NotationLine]:
        terms, _, meant = self._found.move(self._names)
        program = self._moving
        tree = in_language(program, add_terms(terms, meant.shape, row=meant.row))
        return [NotationLine("map", tuple(self._names.values()), program, tree, meant=meant)]

    def _differential(self) -> list[NotationLine]:
        """The value at the point, and the differentials, of which each is divided by a factorial in
        the polynomial.
        """
        terms, values, _ = self._found.move(self._names)
        program = self._moving
        found = []
        for order, (term, meant) in enumerate(zip(terms, values, strict=True)):
            whole = term
            if order > 1:
                whole = simplify_tree(program, multiply(number(factorial(order)), term))
            tree = in_language(program, whole)
            names = (self._sign(order), *(self._names.values() if order else ()))
            kind = "differential" if order else "value"
            found.append(NotationLine(kind, names, program, tree, meant=meant))
        return found

    def _sign(self, order: int) -> str:
        """``F``, ``dF``, ``d2F`` and so on."""
        (wrt, *_) = self._names
        names = LineNames(DerivativeStatement(self._moving, wrt, max(order, 1)))
        sign = names.differential()
        return sign if order else names.free(sign[1:])

    def _stacked(self) -> list[NotationLine]:
        """The value at the point, and of each order a matrix times the vector of the displacement,
        of which it is homogeneous.
        """
        found, names = self._found, self._names
        program: Program = self._moving
        terms, _, meant = found.move(names)
        parts = [vec_of(terms[0], row_major=self.row_major)]
        shape = parts[0].shape
        for order, term in enumerate(terms[1:], start=1):
            if not any(program.variables[name].shape for name in names.values()):
                parts.append(vec_of(term, row_major=self.row_major))
                continue
            for name in names.values():
                part = stack_term(program, term, name, name, row_major=self.row_major)
                if order > 1 and not is_zero(part):
                    part = _divide(part, order)
                parts.append(part)
        tree = add_terms(parts, shape)
        meant = vec_of(meant, row_major=self.row_major)
        return [NotationLine("stacked", tuple(names.values()), program, tree, meant=meant)]

    @property
    def reading(self) -> str:
        """How to read the lines."""
        points = [
            f"{self._names[each.wrt]} = {text(each.moved)}"
            for each in self._found.points
            if not each.is_named
        ]
        where = f", where {', '.join(points)}" if points else ""
        rank = self._found.tree.rank
        if self.notation == "differential":
            signs = [line.names[0] for line in self._lines]
            whole = [f"{sign}/{factorial(k)}" if k > 1 else sign for k, sign in enumerate(signs)]
            return f"the differentials; the polynomial is {' + '.join(whole)}{where}"
        if self.notation == "operator":
            return f"the polynomial as a map of the displacement{where}"
        if self.notation == "kronecker":
            across = "'" if self.row_major and rank == 2 else ""
            return (f"vec(P{across}), P the polynomial" if rank > 1 else "the polynomial") + where
        if self.notation == "matrix" or not rank:
            return self._found.reading
        return "the entries"


def _divide(term: Expr, by: int) -> Expr:
    """The term divided by a number, with its sign in front."""
    if term.op == "neg":
        return Expr("neg", (_divide(term.args[0], by),), term.shape)
    return Expr("/", (term, number(by)), term.shape)
