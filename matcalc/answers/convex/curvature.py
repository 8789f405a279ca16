"""What numbers say of convexity: points at which an expression is curved, and chords that lie above
it or below.

Nothing of the engine is used. Second derivatives are those of the numeric judge, confirmed by
second differences; a chord counts only where the expression has a value all along, and no divisor
passes zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement
from typing import TYPE_CHECKING, Any

from matcalc.core.declared import FunctionRef
from matcalc.core.directions import direction_of
from matcalc.core.errors import MatcalcError
from matcalc.core.indexed import parts
from matcalc.core.kinds import FREE, ROWS
from matcalc.core.operations import OPERATIONS
from matcalc.core.program import Program
from matcalc.core.tree import APPLY, Expr
from matcalc.core.user_functions import inline
from matcalc.core.walk import postorder

if TYPE_CHECKING:
    import numpy as np

    Values = dict[str, np.ndarray[Any, Any]]

_POINTS, _DIRECTIONS, _CHORDS = 24, 60, 60
_CLEAR = 1e-6  # a relative curvature that is no rounding
_STEP = 1e-3
_AGREE = 1e-3  # two second differences of a smooth function
_MOST_TOGETHER = 24  # entries of several variables of which all second differences are taken
_PLACES = 9  # along a chord
_SCALES = (1.0, 0.3, 3.0, 0.1, 10.0)  # points of cones are also sought nearer and farther
_CONES = FREE | {row.name for row in ROWS if row.linear or row.strict}
_SPACES = FREE | {row.name for row in ROWS if row.linear and row.tangent == row.name}
# functions with poles that are not seen along a chord
_WITH_POLES = frozenset(name for name, row in OPERATIONS.items() if row.breaks)
# above these numbers, or at regular matrices, functions have values
_STARTS = {name: row.starts for name, row in OPERATIONS.items() if row.starts is not None}
_REGULAR = frozenset(name for name, row in OPERATIONS.items() if row.regular)
_GUARDED = frozenset(("/", "./", *_STARTS, *_REGULAR))
_REFINEMENTS = 6
_NEAR = 1e-3  # a divisor that comes so near to zero may pass it


@dataclass(frozen=True, slots=True)
class Curved:
    """A point and a direction along which an expression is curved, and how much."""

    values: Values
    direction: Values
    curvature: float

    def describe(self, wrt: str) -> str:
        """``at x = [1, 2] along [0, 1] of x the second derivative is -3``."""
        along = f" along {_list(self.direction, 'd')}"
        if len(self.direction) == 1:
            (step,) = self.direction.values()
            along = f" along {_format_array(step)} of {wrt}" if step.ndim else ""
        return f"at {_list(self.values)}{along} the second derivative is {self.curvature:.3g}"


@dataclass(frozen=True, slots=True)
class Chord:
    """Two points between which the expression lies below its chord (``curvature`` positive), or
    above it; ``gap`` is by how much, in the middle.
    """

    values: Values  # of what does not move
    start: Values
    end: Values
    gap: float
    middle: float
    size: float  # of the largest of the three values

    @property
    def curvature(self) -> float:
        """Above zero where the chord is above the expression."""
        return self.gap

    def describe(self, wrt: str) -> str:
        """``between x = 0 and x = 2 the chord is 0.5 above the value in the middle, 1``."""
        del wrt
        given = f"for {_list(self.values)}, " if self.values else ""
        side = "above" if self.gap > 0 else "below"
        return (
            f"{given}between {_list(self.start)} and {_list(self.end)} the chord is "
            f"{abs(self.gap):.3g} {side} the value in the middle, {self.middle:.3g}"
        )


def _format_array(array: np.ndarray[Any, Any]) -> str:
    import numpy as np  # noqa: PLC0415 - slow to load

    return np.array2string(np.asarray(array), precision=3, separator=", ").replace("\n", "")


def _list(values: Values, before: str = "") -> str:
    return ", ".join(f"{before}{name} = {_format_array(value)}" for name, value in values.items())


class Numbers:
    """An expression at random points, as a function of some variables together."""

    def __init__(self, program: Program, wrt: Sequence[str], seed: int) -> None:
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.sample import find_sizes  # noqa: PLC0415 - it loads NumPy

        self.program = program
        self.tree = inline(program.expr)
        self.wrt = tuple(wrt)
        self.rng = np.random.default_rng(seed)
        self.seen = 0
        around = self.wrt[0]
        self.sizes: dict[str, int] = {}
        self.first: Values = {}
        try:
            self.sizes, self.first = find_sizes([self.tree], program.variables, self.rng, around)
        except MatcalcError:
            return
        self.seen = 1

    @property
    def has_points(self) -> bool:
        """Whether a point was found."""
        return self.seen > 0

    def _point(self, count: int) -> Values:
        """Another point, of another size now and then."""
        from matcalc.verify.oracle.preconditions import find_violation  # noqa: PLC0415 - as below
        from matcalc.verify.oracle.sample import find_point  # noqa: PLC0415 - it loads NumPy

        variables = self.program.variables
        found, _ = find_point([self.tree], variables, self.rng, self.sizes, self.wrt[0])
        if found is None:
            return self.first
        scale = _SCALES[count % len(_SCALES)]
        moved = {
            name: value * scale if name in self.wrt and variables[name].kind in _CONES else value
            for name, value in found.items()
        }
        inside = find_violation(self.tree, moved, self.sizes) is None
        return moved if inside else found

    def _value(self, values: Values) -> float:
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy

        with np.errstate(all="ignore"):
            return float(interpret(self.tree, values, self.sizes))

    def curvatures(self) -> tuple[Curved | Chord | None, Curved | Chord | None]:
        """Where the expression is curved upwards, and where downwards."""
        found: dict[bool, Curved | Chord] = {}
        alone = len(self.wrt) == 1
        search: Iterator[Curved | Chord] = (
            self._curved_points() if alone else chain(self._curved_together(), self._along_lines())
        )
        for each in search:
            found.setdefault(each.curvature > 0, each)
            if len(found) == 2:
                break
        else:
            for chord in self.chords():
                if abs(chord.gap) > _CLEAR * (1 + abs(chord.middle)):
                    found.setdefault(chord.gap > 0, chord)
                if len(found) == 2:
                    break
        return found.get(True), found.get(False)

    def _curved_points(self) -> Iterator[Curved]:
        """Points with directions of clear curvature: the eigenvectors of the second derivatives."""
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.numeric import numeric_derivative  # noqa: PLC0415 - as above
        from matcalc.verify.oracle.sample import draw  # noqa: PLC0415 - as above

        (wrt,) = self.wrt
        variables, values = self.program.variables, self.first
        step = direction_of(variables[wrt], wrt)
        free = step.kind in ("scalar", "vector", "matrix", "tensor")
        for count in range(_POINTS):
            hessian, _ = numeric_derivative(self.tree, variables, wrt, 2, values, self.sizes)
            size = int(np.prod(values[wrt].shape, dtype=int))
            matrix = np.asarray(hessian).reshape(size, size)
            self.seen += 1
            if np.all(np.isfinite(matrix)):
                scale = max(1.0, float(np.max(np.abs(matrix), initial=0.0)))
                if free:
                    _, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
                    candidates = [column.reshape(values[wrt].shape) for column in vectors.T]
                else:
                    candidates = [
                        draw(step, self.rng, self.sizes, "normal") for _ in range(_DIRECTIONS)
                    ]
                for direction in candidates:
                    flat = direction.ravel()
                    curvature = float(flat @ matrix @ flat)
                    if abs(curvature) <= _CLEAR * scale * float(flat @ flat):
                        continue
                    bend = self._bend(values, self._value(values), {wrt: direction})
                    if np.isfinite(bend) and abs(bend - curvature) <= 0.1 * abs(curvature):
                        yield Curved(dict(values), {wrt: direction}, curvature)
            values = self._point(count)

    def _curved_together(self) -> Iterator[Curved]:
        """The same in several variables together, by second differences along the eigenvectors of
        these.
        """
        import numpy as np  # noqa: PLC0415 - slow to load

        variables, values = self.program.variables, self.first
        count = sum(int(np.prod(values[name].shape, dtype=int)) for name in self.wrt)
        steps = [direction_of(variables[name], name) for name in self.wrt]
        if count > _MOST_TOGETHER or any(step.kind not in FREE for step in steps):
            return
        units = np.eye(count)
        for k in range(_POINTS):
            self.seen += 1
            middle = self._value(values)
            matrix = np.zeros((count, count))
            for i, j in combinations_with_replacement(range(count), 2):
                corners = [self._split(step) for step in _corners(units[i], units[j])]
                both = [self._bend(values, middle, step) for step in corners]
                matrix[i, j] = matrix[j, i] = both[0] if i == j else (both[0] - both[1]) / 4
            if np.all(np.isfinite(matrix)):
                scale = max(1.0, float(np.max(np.abs(matrix), initial=0.0)))
                for column in np.linalg.eigh(matrix)[1].T:
                    step = self._split(column)
                    sizes = (_STEP, _STEP / 2)
                    bends = [self._bend(values, middle, step, size) for size in sizes]
                    clear = all(abs(bend) > _CLEAR * scale for bend in bends)
                    if clear and abs(bends[0] - bends[1]) <= _AGREE * abs(bends[1]):
                        ends = [_move(values, step, t) for t in (-_STEP, _STEP)]
                        if self._stays_inside(ends[0], ends[1]):
                            yield Curved(dict(values), step, bends[1])
            values = self._point(k)

    def _split(self, vector: np.ndarray[Any, Any]) -> Values:
        """The entries of all variables one after another, as those of each."""
        found, place = {}, 0
        for name in self.wrt:
            shape = self.first[name].shape
            size = self.first[name].size
            found[name] = vector[place : place + size].reshape(shape)
            place += size
        return found

    def _bend(self, values: Values, middle: float, direction: Values, size: float = _STEP) -> float:
        """The second difference along a direction, at a point where the value is ``middle``."""
        one, other = (self._value(_move(values, direction, t)) for t in (-size, size))
        return (one - 2 * middle + other) / size**2

    def _along_lines(self) -> Iterator[Chord]:
        """Short chords in all of the variables together."""
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.sample import draw  # noqa: PLC0415 - as above

        values = self.first
        for count in range(_POINTS):
            self.seen += 1
            for _ in range(_DIRECTIONS // 4):
                direction = {
                    name: draw(
                        direction_of(self.program.variables[name], name),
                        self.rng,
                        self.sizes,
                        "normal",
                    )
                    for name in self.wrt
                }
                sizes = [np.max(np.abs(values[name]), initial=0.0) for name in self.wrt]
                step = 0.03 * max(0.1, float(min(sizes)))
                chord = self._chord(*(_move(values, direction, t) for t in (-step, step)))
                if chord is not None and abs(chord.gap) > _CLEAR * (1 + abs(chord.middle)):
                    yield chord
            values = self._point(count)

    def chords(self) -> Iterator[Chord]:
        """Chords between random points, near ones and far ones, inside the domain."""
        if not self.has_points or not _shows_its_poles(self.tree):
            return
        values = self.first
        for count in range(_CHORDS):
            other = self._point(count)
            end = {**values, **{name: other[name] for name in self.wrt}}
            if count % 3 == 1:  # through zero and beyond
                flipped = {name: -values[name] for name in self.wrt}
                end = {**values, **flipped} if self._is_free() else end
            elif count % 3 == 2:
                near = {name: 0.8 * values[name] + 0.2 * other[name] for name in self.wrt}
                end = {**values, **near}
            chord = self._chord(values, end)
            if chord is not None:
                yield chord
            values = other

    def _is_free(self) -> bool:
        return all(self.program.variables[name].kind in _SPACES for name in self.wrt)

    def _chord(self, start: Values, end: Values) -> Chord | None:
        """The chord between two points; None where it may leave the domain."""
        if not self._stays_inside(start, end):
            return None
        middle = {**start, **{name: (start[name] + end[name]) / 2 for name in self.wrt}}
        ends, value = [self._value(start), self._value(end)], self._value(middle)
        gap = sum(ends) / 2 - value
        size = max(abs(value), *map(abs, ends))
        if not abs(gap) > 1e-12 * (1 + size):
            gap = 0.0
        rest = {name: each for name, each in start.items() if name not in self.wrt}
        return Chord(
            rest,
            {name: start[name] for name in self.wrt},
            {name: end[name] for name in self.wrt},
            gap,
            value,
            size,
        )

    def _stays_inside(self, start: Values, end: Values) -> bool:
        """Whether the value is finite all along, and no divisor or determinant passes zero or comes
        near; where one is least, it is looked at more closely.
        """
        import numpy as np  # noqa: PLC0415 - slow to load

        places = np.linspace(0.0, 1.0, _PLACES)
        largest: np.ndarray[Any, Any] | None = None
        for _ in range(_REFINEMENTS):
            rows, kinds = [], []
            for t in places:
                at = {**start, **{n: (1 - t) * start[n] + t * end[n] for n in self.wrt}}
                found = self._guards(at)
                if found is None:
                    return False
                rows.append(found[0])
                kinds = found[1]
            whole, poles = np.array(rows), np.array(kinds, bool)
            if not whole.size:
                return True
            sizes = np.abs(whole)
            top = sizes.max(axis=0)
            largest = np.maximum(top, 1e-300 if largest is None else largest)
            crossed = np.sign(whole) != np.sign(whole[0])
            if np.any((crossed | (sizes <= _NEAR * largest))[:, poles]):
                return False
            low = int(np.argmin(np.min(sizes / largest, axis=1)))
            around = places[max(low - 1, 0)], places[min(low + 1, _PLACES - 1)]
            places = np.linspace(*around, _PLACES)
        return True

    def _guards(self, values: Values) -> tuple[np.ndarray[Any, Any], list[bool]] | None:
        """What may not pass zero at a point, and what may not come near; None where there is no
        value.
        """
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.interpret import evaluate  # noqa: PLC0415 - it loads NumPy

        results: dict[int, np.ndarray[Any, Any]] = {}
        found: list[np.ndarray[Any, Any]] = []
        poles: list[bool] = []
        try:
            with np.errstate(all="ignore"):
                for node in self.tree.parts:
                    args = [results[id(arg)] for arg in node.args]
                    results[id(node)] = evaluate(node, args, values=values, sizes=self.sizes)
                    guard = _guard(node, args)
                    if guard is not None:
                        found.append(np.asarray(guard, float).ravel())
                        poles += [not _is_root(node)] * found[-1].size
        except (MatcalcError, np.linalg.LinAlgError):
            return None
        if not np.all(np.isfinite(results[id(self.tree)])):
            return None
        return (np.concatenate(found) if found else np.zeros(0)), poles


def _move(values: Values, direction: Values, t: float) -> Values:
    """The point t steps along a direction."""
    return {**values, **{name: values[name] + t * step for name, step in direction.items()}}


def _corners(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """The directions along which second differences say what two entries, perhaps the same, have
    as their second derivative.
    """
    return [one] if (one == other).all() else [one + other, one - other]


def _is_root(node: Expr) -> bool:
    """Whether there is a value at zero, and none beyond."""
    return node.op == "sqrt" or (
        node.op in ("^", ".^") and node.args[1].op == "number" and (node.args[1].value > 0)
    )


def _shows_its_poles(tree: Expr) -> bool:
    """Whether what may not pass zero is seen: it is not inside sums over indices."""
    outside = tree.parts
    forms = [node.value for node in outside if node.op == "indexed"]
    inside = {node.op for form in forms for node in postorder(form.body, parts)}
    ops = {node.op for node in outside}
    return ops.isdisjoint(_WITH_POLES) and inside.isdisjoint(_WITH_POLES | _GUARDED)


def _guard(node: Expr, args: Sequence[np.ndarray[Any, Any]]) -> Any:
    """What may not pass zero where a node has values all along."""
    import numpy as np  # noqa: PLC0415 - slow to load

    if node.op in ("/", "./"):
        return args[1]
    if node.op in ("^", ".^") and args[0].ndim < 2:
        partial = np.any(args[1] < 0) or np.any(args[1] != np.round(args[1]))
        return args[0] if partial else None
    if node.op in _STARTS:
        return np.maximum(args[0] - _STARTS[node.op], 0.0)  # below, gammaln has values and poles
    if node.op in _REGULAR or (node.op == "^" and args[0].ndim == 2):
        square = args[0].ndim == 2 and args[0].shape[0] == args[0].shape[1]
        return np.linalg.det(args[0]) if square else None
    return None


def find_declared_function(program: Program) -> str:
    """The name of a function that is only declared, if one is called; else nothing."""

    for node in program.expr.parts:
        if node.op == APPLY and isinstance(node.value, FunctionRef):
            return node.value.name
    return ""
