"""The verdict on a derivative: input and result agree at random points of the field, or they do
not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, log2, prod
from typing import NamedTuple

from matcalc.core.dims import dim, fit
from matcalc.core.kinds import Variable
from matcalc.core.operations import PICKING, picking_function
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.subspaces import SPACES, coordinates, independent, split_frame
from matcalc.core.tree import Expr
from matcalc.core.user_functions import inline
from matcalc.verify.exact.degree import error_bits
from matcalc.verify.exact.evaluate import Evaluation, in_order
from matcalc.verify.exact.every_size import for_every_size
from matcalc.verify.exact.field import (
    Entries,
    Extent,
    Meter,
    Never,
    Stream,
    Undecided,
    Unfit,
    VanishingDivisor,
    permute,
    product,
)
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import constant
from matcalc.verify.exact.points import EXPONENTS, PointSurvey, direction, repeat_entries

BITS = 50  # the error probability is below 2^-BITS
_CHOICES = 2  # of sizes
_DRAWS = 48  # points tried for one choice of sizes
_DRAWING = 500  # multiplications that take as long as a point
_ALIKE = 3  # what is zero at so many points is zero
_MOST_POINTS = 4
_LOOKS = 12  # points at which a cube root may show that it is none of a cube
_MOST_CHOICES = 8  # of roots and signs; each doubles the number of cases
_MOST_MEMBERS = 30  # settings of one-hot vectors

_PICKING = frozenset((*PICKING, "indexed"))
_SPARE = "?"  # no name in the language
_UNKNOWN = "values of which only some relations are known"


def _list(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name}={size}" for name, size in sizes.items())


class Undefined(VanishingDivisor):
    """The expression itself has no value at this point."""


class NoPoint(Undecided):
    """No point was found, with these sizes."""


class Misshapen(Exception):
    """The result has another shape: it is wrong, whatever is known of its values."""


class Nowhere(NoPoint):
    """The expression itself has no value anywhere."""


class Verdict(NamedTuple):
    """``exact``, ``wrong`` (certainly), ``undecided`` or, of an expression without a value,
    ``undefined``, with the reason. ``alone`` are the sizes, if it was decided at one choice of
    these and could not be at others.
    """

    outcome: str
    reason: str = ""
    alone: str = ""


def judge(statement: DerivativeStatement, tree: Expr, *, as_matrix: bool = False) -> Verdict:
    """Whether ``tree`` is the derivative.

    Agreement along a random direction is agreement in all; in a structured set the directions are
    in it, and so has the gradient to be. ``as_matrix`` says that the tree is the matrix J of
    d vec(F) = J*d vec(X).

    With large sizes it is tried first whether it holds for all.
    """
    for general in for_every_size(statement, tree):
        found = _judge(*general, as_matrix)
        if found.outcome == "exact" and not found.alone:
            return found
    return _judge(statement, tree, as_matrix)


def _judge(statement: DerivativeStatement, tree: Expr, as_matrix: bool) -> Verdict:
    return decide(lambda: Judge(statement, tree, as_matrix=as_matrix))


def decide(make: Callable[[], Judge]) -> Verdict:
    """The verdict of a judge, also where there is no point at which it could judge."""
    try:
        return make().verdict()
    except Nowhere as problem:
        return Verdict("undefined", str(problem))
    except Misshapen as problem:
        return Verdict("wrong", str(problem))
    except Undecided as problem:
        return Verdict("undecided", str(problem))


def least_sizes(
    statement: DerivativeStatement, tree: Expr, *, as_matrix: bool = False
) -> dict[str, int]:
    """The sizes from which on a derivative that was proved holds, where it is wrong below."""
    return Judge(statement, tree, as_matrix=as_matrix).least_sizes()


_SPARES = (Variable(_SPARE, "scalar"), Variable(_SPARE, "vector", (dim(_SPARE),)))


def as_statement(
    left: Program, right: Expr, spare: Variable = _SPARES[0]
) -> tuple[DerivativeStatement, Expr]:
    """That two expressions have one value, as a statement on derivatives of order zero by a
    variable that occurs in neither.
    """
    program = left._replace(variables={spare.name: spare, **left.variables})
    return DerivativeStatement(program, spare.name, 0, "free"), right


def same_value(left: Program, right: Program) -> str:
    """Whether two expressions over the same variables have one value: ``exact``, ``wrong`` or
    ``undecided``.

    The judge gives the first dimension the first of its sizes, so a spare vector is a way to other
    sizes for all the others: ones'*ones is 3 at some size only.
    """
    outcomes = [judge(*as_statement(left, right.expr, spare)).outcome for spare in _SPARES]
    return (
        "wrong"
        if "wrong" in outcomes
        else "exact"
        if outcomes == ["exact", "exact"]
        else "undecided"
    )


def orders(expr: Expr) -> bool:
    """Whether it may have the largest or smallest entry of more than a variable: the field has no
    order, so it is not seen here whether that is in two places.
    """
    tree = inline(expr)
    if tree.operations.isdisjoint(_PICKING):
        return False
    return any(
        any(map(picking_function, node.value.body.parts))
        if node.op == "indexed"
        else bool(picking_function(node)) and node.args[0].op != "variable"
        for node in tree.parts
    )


class Judge:
    """One derivative under judgement."""

    def __init__(
        self, statement: DerivativeStatement, tree: Expr, *, as_matrix: bool = False
    ) -> None:
        program, axes = statement.program, statement.axes
        columns = statement.columns if as_matrix else 0
        self.program = program._replace(expr=inline(program.expr))
        self.tree = inline(tree)
        self.given, self.stated = in_order(self.program.expr), in_order(self.tree)
        self.wrt = statement.wrt
        self.order = statement.order
        rows = len(axes) - columns
        self.rows = rows if columns else -1  # how many axes are the rows of J
        # vec stacks columns, and entries lie row by row: so the axes that are fused stand from the
        # last to the first
        self.axes = (*axes[:rows][::-1], *axes[rows:][::-1]) if columns else axes
        kind, self.structure = split_frame(statement.kind)
        self.kind = kind if kind in SPACES else ""
        self.stream = Stream(1)
        self.meter = Meter()
        self.setting = PointSurvey((self.program.expr, self.tree), program.variables, self.wrt)
        self.sizes: dict[str, int] = {}
        self.turn = 0
        self.found = self._place()  # where the last point was found
        self.nonzero = False
        self.cost = 0  # of the last comparison
        self.refused = False  # whether there was a point without a root that was asked for
        # for each choice of signs the roots that are not elements of the field of those before
        # them, as bits
        self.independent: dict[int | None, int] = {}

    def verdict(self) -> Verdict:
        """The verdict; raises Undecided where there is no point, or no function.

        At one choice of sizes no two names have the same. What holds there may still hold for one
        size alone: 3 in place of n, or 6 in place of m*n. So it is tried at a second choice, where
        every size, sum, product and difference of two is another. One point is enough there: its
        error is as unlikely as before. Further choices are for functions that are something else
        for other shapes, and for what is zero.
        """
        sensitive, reached = self.setting.sensitive, 0
        where: dict[str, int] = {}
        last = Undecided("no sizes that are small enough")
        for sizes in self.setting.sizes():
            self.sizes, self.independent = sizes, {}
            try:
                agreed, field = self._somewhere(0, None)
            except Undecided as problem:
                if reached and sensitive and not isinstance(problem, NoPoint):
                    raise
                last = problem
                continue
            nonzero = self.nonzero
            if (not reached or sensitive or not agreed) and not self._settle(agreed, field):
                return Verdict("wrong")
            reached += 1
            where = where or sizes
            if reached >= _CHOICES and nonzero:
                break
        if not reached:
            raise last
        for sizes in self.setting.odd_sizes():
            if self._fails(sizes):
                return Verdict("wrong", f"it is wrong where {_list(sizes)}")
        alone = _list(where) if reached == 1 else ""
        return Verdict("exact", alone=alone)

    def least_sizes(self) -> dict[str, int]:
        """The sizes from which on a proved derivative holds, where it is wrong below: {"n": 2}.

        Sums of products that are equal for large sizes are equal for small ones. Determinants and
        what is made of them are not: det(x*y') is 0 but for one entry.
        """
        usual: dict[str, int] = next(self.setting.sizes(), {})
        found: dict[str, int] = {}
        for name in usual if self.setting.square else ():
            for size in (2, 1):
                sizes = fit({**usual, name: size}, self.setting.dims)
                if sizes is not None and sizes[name] == size and self._fails(sizes):
                    found[name] = size + 1
                    break
        return found

    def _fails(self, sizes: dict[str, int]) -> bool:
        """Whether it is certainly wrong at these sizes."""
        self.sizes = sizes
        try:
            agreed, field = self._somewhere(0, None)
            return not (agreed or self._certainly_not(field))
        except (Undecided, Misshapen):
            return False

    def _settle(self, agreed: bool, field: Generators) -> bool:
        """Whether all choices of roots and signs agree, at as many points as it takes; Undecided if
        a relation may be missing.

        All choices are tried at each point: the root of a^2 is a for the one and -a for the other,
        and which is a for which depends on the point. The points without roots that were drawn
        before it are not tried again.

        Where no root is an element of the field of those before it, one choice will do: all are
        conjugate, so what holds for one holds for all. Of cube roots this has to be so.
        """
        if not agreed and not field.sign_count:
            return self._certainly_not(field)
        if agreed and field.cube_count and not self._agrees_until_conjugate(field, None):
            return self._certainly_not(field)
        # a sign that is opaque stands for both
        choices = field.root_count + (0 if agreed else field.sign_count)
        if choices > _MOST_CHOICES:
            raise Undecided(f"{choices} roots and signs")
        patterns: list[tuple[int, int | None]] = [
            (roots, signs)
            for roots in range(1 << field.root_count)
            for signs in (range(1 << field.sign_count) if not agreed else (None,))
        ]
        todo = patterns[1:] if agreed else patterns
        place: tuple[int, int] | None = self.found
        ways = 1 if agreed and self._conjugate(field, None) else len(patterns)
        bits = error_bits(
            (self.program.expr, self.tree), self.program.variables, self.sizes, self.order, field
        )
        self.meter.require(self.cost * (ways * self._points(field, bits) - 1))
        tried = 0
        while tried < self._points(field, bits):
            for roots, signs in todo:
                if roots and signs is None and self._conjugate(field, None):
                    break
                if place is not None:
                    self.stream.state, self.turn = place
                agreed, field = self._somewhere(roots, signs)
                place = place or self.found
                if field.root_count + (0 if signs is None else field.sign_count) > choices:
                    raise Undecided("choices that open only after others")
                if field.cube_count and signs is not None:
                    agreed = agreed and self._agrees_until_conjugate(field, signs)
                if not agreed:
                    return self._certainly_not(field)
            todo, place = patterns, None
            tried += 1
        return True

    def _agrees_until_conjugate(self, field: Generators, signs: int | None) -> bool:
        """Whether they agree at points enough to see that all choices of roots are conjugate;
        Undecided if that is not seen.
        """
        for _ in range(_LOOKS):
            if self._conjugate(field, signs):
                return True
            agreed, field = self._somewhere(0, signs)
            if not agreed:
                return False
        raise Undecided("a cube root of what may be a cube")

    def _conjugate(self, field: Generators, signs: int | None) -> bool:
        """Whether all choices of roots are known to be conjugate, with this choice of signs. What
        is known of one exponent, or one place of a one, says nothing of the next.
        """
        varied = self.setting.exponents or self.setting.members(self.sizes) > 1
        return not varied and self.independent.get(signs, 0) == (1 << field.all_roots) - 1

    def _place(self) -> tuple[int, int]:
        """What the next point depends on."""
        return self.stream.state, self.turn

    def _certainly_not(self, field: Generators) -> bool:
        """Disagreement of rational expressions is final."""
        if self.setting.loose:
            raise Undecided("an identity that holds only for one-hot rows")
        if field.opaque or field.rooted or field.sign_count:
            raise Undecided(_UNKNOWN)
        return False

    def _points(self, field: Generators, bits: float) -> int:
        """How many points the degree asks for; ``bits`` is what one is worth.

        Where one choice of roots stands for all, the points are those at which all roots are there:
        one in two for each square root, one in nine for each cube root.
        """
        conjugate = field.cube_count or self._conjugate(field, None)
        alone = field.root_count + field.cube_count * log2(9) if conjugate else 0
        each = bits - alone
        points = ceil(BITS / each) if each > 1 else _MOST_POINTS + 1
        if points > _MOST_POINTS:
            raise Undecided("a function of so high a degree")
        members = self.setting.members(self.sizes)
        if members > _MOST_MEMBERS:
            raise Undecided("so many one-hot vectors")
        return members * (max(points, EXPONENTS) if self.setting.exponents else points)

    def _somewhere(self, roots: int, signs: int | None) -> tuple[bool, Generators]:
        """The comparison at a random point."""
        zeros = 0
        for _ in range(_DRAWS):
            self.meter.pay(_DRAWING)
            field = Generators(self.stream, roots, signs)
            before, place = self.meter.left, self._place()
            try:
                agreed = self._compare(field)
                self.cost = before - self.meter.left
                self.turn += 1
                self.found = place
                return agreed, field
            except Unfit as problem:
                reason = str(problem)
                if field.refused >= 0:
                    self.refused = True
                    known = self.independent.get(signs, 0)
                    self.independent[signs] = known | 1 << field.refused
                zeros += isinstance(problem, VanishingDivisor)
                if isinstance(problem, Undefined) and zeros == _ALIKE:
                    raise Nowhere(reason) from problem
                if zeros == _ALIKE or isinstance(problem, Never):
                    break
        raise NoPoint(f"no point: {reason}")

    def _compare(self, field: Generators) -> bool:
        """Whether the derivative along random directions is what the result says."""
        count = 2**self.order
        values = self.setting.point(field, self.sizes, count, self.meter, self.turn)
        at = values[self.wrt]
        directions = [direction(self.stream, self.kind, at.extent) for _ in range(self.order)]
        moving = constant(at.extent, at.value, count)
        for turn, move in enumerate(directions):
            moving.parts[1 << turn] = move
        plain = {
            name: constant(jet.extent, jet.value, 1, jet.number) for name, jet in values.items()
        }
        try:
            if (
                self.refused and self.order > 1
            ):  # the value alone is faster, and says which points will do
                Evaluation(field, plain, self.sizes, 1, self.meter).follow(self.given)
            along = {**values, self.wrt: moving}
            given = Evaluation(field, along, self.sizes, count, self.meter).follow(self.given)
        except VanishingDivisor as problem:
            raise Undefined(str(problem)) from problem
        field.given = False
        stated = Evaluation(field, plain, self.sizes, 1, self.meter).follow(self.stated)
        moves = [self._tangent(move, at.extent) for move in directions]
        steps = (len(moves[0]),) if self.structure == "vech" and moves else at.extent
        shape = given.extent + steps * self.order
        extent = tuple([shape[axis] for axis in self.axes])
        fused = extent if self.rows < 0 else (prod(extent[: self.rows]), prod(extent[self.rows :]))
        if stated.extent != fused:
            raise Misshapen(f"its shape is {stated.extent}, and should be {fused}")
        entries = stated.value
        if self.axes != tuple(range(len(self.axes))):
            back = [self.axes.index(axis) for axis in range(len(self.axes))]
            entries = permute(entries, extent, back)
        inside = self.structure == "vech" or not self.kind
        if not inside and not self._inside(entries, len(given.value), at.extent[0]):
            return False
        for move in reversed(moves):
            entries = product(entries, move, len(entries) // len(move), len(move), 1)
        expected = given.parts[-1]
        self.nonzero = expected is not None and any(expected)
        return entries == ([0] * len(given.value) if expected is None else expected)

    def _tangent(self, move: Entries, extent: Extent) -> Entries:
        """What the derivative is multiplied by along a direction: the direction, or how far the
        independent entries move in it, each at its place or as coordinates.
        """
        if not self.structure or not self.kind:
            return move
        n = extent[0]
        if self.structure == "vech":
            return [move[i * n + j] for i, j in coordinates(self.kind, n)]
        found = [0] * len(move)
        for (i, j, _), *_ in independent(self.kind, n):
            found[i * n + j] = move[i * n + j]
        return found

    def _inside(self, entries: Entries, outer: int, n: int) -> bool:
        """Whether the result is in the structured set in each pair of axes of the variable."""
        size = n * n
        for turn in range(self.order):
            inner = size ** (self.order - 1 - turn)
            for block in range(outer * size**turn):
                for offset in range(inner):
                    start = block * size * inner + offset
                    matrix = entries[start : start + size * inner : inner][:size]
                    if matrix != repeat_entries(matrix, self.kind, n):
                        return False
        return True
