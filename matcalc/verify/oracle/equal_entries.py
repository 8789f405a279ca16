"""A value of an expression at a point of the smallest sizes, whose variables have equal entries:
that takes neither NumPy nor much time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from matcalc.core.dims import Shape
from matcalc.core.indexed import HOLDS
from matcalc.core.kinds import FREE, WIDEST, Variable, name_banded_kind
from matcalc.core.operations import PRIMARY
from matcalc.core.scalars import SCALARS
from matcalc.core.tree import Expr

_TRIALS = 240
_USUAL = 6  # of these with numbers about 1
_SEVERAL = 3  # of bound indices
_SCALES = (1.0, 1.0, 0.3, 3.0, 30.0, 1e-3, 1e3, 1e6)
_GOLDEN = 0.6180339887498949
_NONE = math.nan


def has_value(root: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether there is one at a point of the smallest sizes whose variables have equal entries."""
    drawn = [variable for variable in variables.values() if variable.kind != "function"]
    parts = root.parts
    size = _SEVERAL if any(node.op == "indexed" for node in parts) else 1
    scales = [*_SCALES, *_numbers(root, variables)]
    for trial in range(_TRIALS):
        values = {
            variable.name: _draw(variable, trial, k, scales)
            for k, variable in enumerate(drawn, start=1)
        }
        point = _Point(values, variables, size)
        if not math.isnan(root.fold(point.value)):
            return True
        if point.unknown:
            return False
    return False


def _numbers(root: Expr, variables: Mapping[str, Variable]) -> list[float]:
    """The sizes of the numbers in the expression, 10^9 in log(x - 10^9)."""
    nowhere = _Point(dict.fromkeys(variables, _NONE), variables, 1)
    found: dict[float, None] = {}

    def value(node: Expr, args: list[float]) -> float:
        number = nowhere.value(node, args)
        if not math.isnan(number) and number:
            found[abs(number)] = None
        return number

    root.fold(value)
    return list(found)


def _draw(variable: Variable, trial: int, place: int, scales: Sequence[float]) -> float:
    """A number: about 1 first, positive or of any sign, then of any size."""
    share = (0.5 + trial * _GOLDEN + place * math.sqrt(2)) % 1
    turn = trial * (2 * place + 1)
    scale = 1.0 if trial < _USUAL else scales[turn // 3 % len(scales)]
    positive = trial % 3 == 0 or variable.kind in ("positive", "psd") or turn % 2 == 0
    return scale * (2 * share + 0.1) * (1 if positive else -1)


class _Point:
    """A value of each variable, whose entries are all equal; a size that is a name is ``size``."""

    def __init__(
        self, values: Mapping[str, float], variables: Mapping[str, Variable], size: int
    ) -> None:
        self.values = values
        self.variables = variables
        self.sizes: dict[str, int] = defaultdict(lambda: size)
        self.unknown = False  # whether a part has no such value that is known here

    def value(self, node: Expr, args: list[float]) -> float:
        """The value of each entry, or nan where there is none, or none that all entries share."""
        if node.op == "where":
            return _NONE if math.isnan(args[0]) else args[1] if args[0] else args[2]
        if any(math.isnan(arg) for arg in args) and node.op != "indexed":
            return _NONE
        try:
            value = self._find(node, args)
        except (ArithmeticError, ValueError):
            return _NONE
        return value if math.isfinite(value) else _NONE

    def count(self, node: Expr) -> int:
        """How many entries there are."""
        return self._count(node.shape)

    def single(self, node: Expr, args: list[float]) -> float:
        """The entry of a matrix of one."""
        if self.count(node.args[0]) == 1:
            return args[0]
        self.unknown = True
        return _NONE

    def sum(self, node: Expr, value: float) -> float:
        """The sum of the entries, or of those of each column or row, which are all alike."""
        return value * (self.count(node.args[0]) // max(1, self.count(node)))

    def draw(self, node: Expr) -> float:
        """The value of a variable: of some kinds only a matrix of one entry has equal ones."""
        variable = self.variables[node.value]
        if variable.kind == "simplex":
            return 1 / self._count(variable.shape)
        if variable.kind in _EQUAL or (variable.kind in _OF_ONE and self.count(node) == 1):
            return self.values[node.value]
        self.unknown = True
        return _NONE

    def evaluate_form(self, node: Expr, args: list[float]) -> float:
        """An array whose entries may differ has a value here, of which nothing more is known."""
        from matcalc.core.choices import FormEvaluator, Rules  # noqa: PLC0415 - few trees have bound indices

        rules = Rules(
            self.value, float, lambda entry, places: entry, _take, lambda entry: not entry
        )
        column, rows = FormEvaluator(node.value, args, self.sizes, rules).values()
        found = [column[row] for row in rows]
        alike = len(found) > 0 and min(found) == max(found)
        self.unknown = self.unknown or not alike
        return found[0] if alike else _NONE

    def _find(self, node: Expr, args: list[float]) -> float:
        if node.op in _RULES:
            return _RULES[node.op](self, node, args)
        function = SCALARS.get(PRIMARY.get(node.op, node.op))
        if function is None:
            self.unknown = True
            return _NONE
        return function(*([self.single(node, args)] if node.op in PRIMARY else args))

    def _count(self, shape: Shape) -> int:
        return math.prod([each.size(self.sizes) for each in shape])


def _take(part: Expr, found: list[float]) -> float:
    """What is taken over indices."""
    return _REDUCTIONS[part.value.name](found)


def _product(point: _Point, node: Expr, args: list[float]) -> float:
    """Of axes m, k and k, n there are m*n entries, each a sum of k products."""
    left, right = map(point.count, node.args)
    return args[0] * args[1] * math.isqrt(left * right // max(1, point.count(node)))


def _power(point: _Point, node: Expr, args: list[float]) -> float:
    base = point.single(node, args) if node.args[0].rank == 2 and node.op == "^" else args[0]
    return math.pow(base, args[1])


EntryRule = Callable[[_Point, Expr, list[float]], float]


def _truth(holds: Callable[[float, float], bool]) -> EntryRule:
    return lambda point, node, args: float(holds(*args))


_RULES: dict[str, EntryRule] = {
    "variable": lambda point, node, args: point.draw(node),
    "indexed": _Point.evaluate_form,
    "number": lambda point, node, args: float(node.value),
    "constant": lambda point, node, args: math.pi,
    "dimension": lambda point, node, args: float(node.value.size(point.sizes)),
    "*": _product,
    "dot": lambda point, node, args: args[0] * args[1] * point.count(node.args[0]),
    **dict.fromkeys(("^", ".^"), _power),
    "+": lambda point, node, args: args[0] + args[1],
    "-": lambda point, node, args: args[0] - args[1],
    "neg": lambda point, node, args: -args[0],
    ".*": lambda point, node, args: args[0] * args[1],
    **dict.fromkeys(("/", "./"), lambda point, node, args: args[0] / args[1]),
    **{sign: _truth(holds) for sign, holds in HOLDS.items()},
    "sum": lambda point, node, args: point.sum(node, args[0]),
    "norm1": lambda point, node, args: point.sum(node, abs(args[0])),
    "norm2": lambda point, node, args: math.sqrt(point.sum(node, args[0] ** 2)),
    **dict.fromkeys(
        ("fill", "'", "vec", "mean", "amax", "amin"), lambda point, node, args: args[0]
    ),
    **dict.fromkeys(
        ("tr", "det", "diag", "vech", "eigvals", "lambda_max", "lambda_min"), _Point.single
    ),
    "logdet": lambda point, node, args: math.log(abs(point.single(node, args))),
    **dict.fromkeys(("inv", "pinv"), lambda point, node, args: 1 / point.single(node, args)),
    "chol": lambda point, node, args: math.sqrt(point.single(node, args)),
    "logsumexp": lambda point, node, args: args[0] + math.log(point.sum(node, 1.0)),
    "softmax": lambda point, node, args: 1 / point.sum(node, 1.0),
    "entropy": lambda point, node, args: point.sum(node, -args[0] * math.log(args[0])),
    "kl": lambda point, node, args: point.sum(node, args[0] * math.log(args[0] / args[1])),
}
_REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "mean": lambda found: sum(found) / len(found),
    "prod": math.prod,
    "max": max,
    "min": min,
    "logsumexp": lambda found: math.log(sum(map(math.exp, found))),
}
_EQUAL = frozenset({*FREE, "positive", "symmetric", "simplex"})
_OF_ONE = frozenset({"psd", "diagonal", "invertible", "triangular", "upper"}) | {
    name_banded_kind(width) for width in range(1, WIDEST + 1)
}
