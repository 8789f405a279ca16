"""Numbers: what has no variables in it is computed, exactly, as ``det([1, 2; 3, 4])`` is -2.

Of a function that has no exact value there, such as ``exp(2)``, nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import factorial, prod

from matcalc.core.choices import FormEvaluator, Rules
from matcalc.core.indexed import Form
from matcalc.core.operations import ENTRYWISE, OF_ENTRIES, OPERATIONS, VANISHING
from matcalc.core.tree import Expr, is_number, number
from matcalc.engine.ir.nodes import exact_root

Grid = tuple[tuple[Fraction, ...], ...]  # rows; of a vector each with one entry, of a scalar one
_Rule = Callable[[Expr, list[Grid]], Grid | None]

_MOST_ENTRIES = 400  # of a matrix that is computed
_LARGEST = 1 << 256  # numerators and denominators
_HIGHEST = 64  # exponents
_MOST_CHOICES = 4096  # of bound indices
_ONE, _ZERO = Fraction(1), Fraction(0)


def compute(tree: Expr) -> Expr:
    """The tree with everything in it that has an exact value as numbers."""
    values: dict[int, Grid | None] = {}
    written: set[int] = set()  # what is made of matrices of numbers

    def rule(node: Expr, args: list[Expr]) -> Expr:
        value = _value(node, [values[id(arg)] for arg in args])
        numbers = node.op in ("blocks", "indexed") or not written.isdisjoint(map(id, args))
        if value is not None and node.op not in _AS_THEY_ARE and (numbers or not node.shape):
            made = _tree(value, node)
        else:
            made = node.with_args(args)
        values[id(made)] = value
        written.update([id(made)] if numbers else [])
        kept.append(made)
        return made

    kept: list[Expr] = []  # so that ids stay what they are
    return tree.fold(rule)


def _tree(value: Grid, node: Expr) -> Expr:
    if not node.shape:
        return number(value[0][0])
    grid = tuple(zip(*value, strict=True)) if node.row else value
    cells = tuple([number(entry) for row in grid for entry in row])
    return Expr("blocks", cells, node.shape, value=(len(grid), len(grid[0])), row=node.row)


def is_numeric(tree: Expr) -> bool:
    """Whether this is a number, or a vector or matrix of numbers."""
    return is_number(tree) or (tree.op == "blocks" and all(map(is_number, tree.args)))


def _value(node: Expr, args: Sequence[Grid | None]) -> Grid | None:
    """The value of a node from those of its arguments; a row is the column of its entries."""
    if node.op == "number":
        return ((node.value,),)
    rule = _RULES.get(node.op)
    if rule is None or any(arg is None for arg in args) or node.is_tensor:
        return None
    sizes = [size.integer for size in node.shape]
    if any(size is None for size in sizes):
        return None
    value = rule(node, [arg for arg in args if arg is not None])
    if value is None or sum(map(len, value)) > _MOST_ENTRIES:
        return None
    entries = [entry for row in value for entry in row]
    largest = max(max(abs(entry.numerator), entry.denominator) for entry in entries)
    return value if largest < _LARGEST else None


def _column(entries: Sequence[Fraction]) -> Grid:
    return tuple([(entry,) for entry in entries])


def _turn(value: Grid) -> Grid:
    return tuple(zip(*value, strict=True))


def _each(operation: Callable[..., Fraction | None]) -> Callable[[Expr, list[Grid]], Grid | None]:
    """Entry by entry; a scalar goes with every entry."""

    def rule(node: Expr, args: list[Grid]) -> Grid | None:
        wide = max(args, key=lambda arg: (len(arg), len(arg[0])))
        spread = [
            arg
            if len(arg) == len(wide) and len(arg[0]) == len(wide[0])
            else tuple([tuple([arg[0][0]] * len(wide[0]))] * len(wide))
            for arg in args
        ]
        rows = []
        for row in zip(*spread, strict=True):
            entries = [operation(*each) for each in zip(*row, strict=True)]
            if any(entry is None for entry in entries):
                return None
            rows.append(tuple([entry for entry in entries if entry is not None]))
        return tuple(rows)

    return rule


def _quotient(a: Fraction, b: Fraction) -> Fraction | None:
    return a / b if b else None


def _raise(a: Fraction, b: Fraction) -> Fraction | None:
    if abs(b) > _HIGHEST or (not a and b <= 0):
        return None
    if b.denominator == 1:
        return a**b.numerator
    root = exact_root(a, b.denominator) if a > 0 else None
    return None if root is None else root**b.numerator


def _root(a: Fraction) -> Fraction | None:
    return _ZERO if not a else exact_root(a, 2)


def _at(points: dict[int, int]) -> Callable[[Fraction], Fraction | None]:
    """A function that has an exact value at a few integers only."""

    def value(a: Fraction) -> Fraction | None:
        return Fraction(points[int(a)]) if a.denominator == 1 and int(a) in points else None

    return value


def _times(node: Expr, args: list[Grid]) -> Grid | None:
    left, right = node.args
    a, b = args
    if not left.shape or not right.shape:
        return _each(lambda x, y: x * y)(node, args)
    a = _turn(a) if left.row else a
    b = _turn(b) if right.row else b
    product = _product(a, b)
    return _turn(product) if node.row and node.rank == 1 else product


def _product(a: Grid, b: Grid) -> Grid:
    columns = _turn(b)
    return tuple(
        [
            tuple([sum((x * y for x, y in zip(row, c, strict=True)), _ZERO) for c in columns])
            for row in a
        ]
    )


def _power(node: Expr, args: list[Grid]) -> Grid | None:
    base, ((exponent,),) = args
    if node.rank != 2:
        return _each(_raise)(node, args)
    if exponent.denominator != 1 or abs(exponent) > _HIGHEST:
        return None
    if exponent < 0:
        found = _eliminate(base)[1]
        if found is None:
            return None
        base = found
    result: Grid = tuple(
        [tuple([Fraction(int(i == j)) for j in range(len(base))]) for i in range(len(base))]
    )
    for _ in range(abs(int(exponent))):
        result = _product(result, base)
    return result


def _eliminate(matrix: Grid) -> tuple[Fraction, Grid | None]:
    """The determinant and the inverse, by elimination."""
    size = len(matrix)
    rows = [[*row, *[Fraction(int(i == j)) for j in range(size)]] for i, row in enumerate(matrix)]
    determinant = _ONE
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return _ZERO, None
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            determinant = -determinant
        head = rows[k][k]
        determinant *= head
        rows[k] = [entry / head for entry in rows[k]]
        for i in range(size):
            factor = rows[i][k]
            if i != k and factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return determinant, tuple([tuple(row[size:]) for row in rows])


def _transpose(node: Expr, args: list[Grid]) -> Grid | None:
    return _turn(args[0]) if node.rank == 2 else args[0]


def _trace(node: Expr, args: list[Grid]) -> Grid | None:
    return ((sum((row[k] for k, row in enumerate(args[0])), _ZERO),),)


def _blocks(node: Expr, args: list[Grid]) -> Grid | None:
    rows, columns = node.value
    if any(arg.shape for arg in node.args):
        return None
    if node.rank == 1:
        return _column([arg[0][0] for arg in args])
    return tuple(
        [tuple([args[r * columns + c][0][0] for c in range(columns)]) for r in range(rows)]
    )


def _fill(node: Expr, args: list[Grid]) -> Grid | None:
    rows, *columns = [size.integer or 0 for size in node.shape]
    width = columns[0] if columns else 1
    if rows * width > _MOST_ENTRIES:
        return None
    return tuple([tuple([args[0][0][0]] * width)] * rows)


def _identity(node: Expr, args: list[Grid]) -> Grid | None:
    size = node.shape[0].integer or 0
    if size * size > _MOST_ENTRIES:
        return None
    return tuple([tuple([Fraction(int(i == j)) for j in range(size)]) for i in range(size)])


def _determinant(node: Expr, args: list[Grid]) -> Grid | None:
    return None if node.args[0].rank != 2 else ((_eliminate(args[0])[0],),)


def _inverse(node: Expr, args: list[Grid]) -> Grid | None:
    return None if node.args[0].rank != 2 else _eliminate(args[0])[1]


class _Unknown(Exception):
    """A part of a form has no exact value."""


def _evaluate_form(node: Expr, args: list[Grid]) -> Grid | None:
    """A form with bound indices, evaluated for each choice of the indices."""
    form: Form = node.value
    if node.rank > 1:
        return None
    counts = [index.size.integer for index in form.all_indices()]
    if any(count is None for count in counts) or prod(c for c in counts if c) > _MOST_CHOICES:
        return None

    def step(part: Expr, inside: list[Grid]) -> Grid:
        found = _value(part, inside)
        if found is None:
            raise _Unknown
        return found

    rules = Rules(step, lambda value: ((Fraction(value),),), _take, _reduce, lambda entry: False)
    try:
        column, rows = FormEvaluator(form, args, {}, rules).values()
        return tuple([column[row][0] for row in rows])
    except (_Unknown, KeyError, IndexError):
        return None


def _take(array: Grid, places: list[int | None]) -> Grid:
    if any(place is not None and place < 0 for place in places):
        raise _Unknown
    rows = array if places[0] is None else (array[places[0]],)
    if len(places) == 1:
        return rows
    last = places[1]
    taken = rows if last is None else tuple([(row[last],) for row in rows])
    return _turn(taken) if places[0] is not None and last is None else taken


def _reduce(part: Expr, found: list[Grid]) -> Grid:
    name = part.value.name
    take = _TAKEN.get(OF_ENTRIES.get(name, name))
    if part.shape or take is None:
        raise _Unknown
    try:
        value = take([each[0][0] for each in found])
    except (ValueError, ZeroDivisionError):  # the largest entry or the mean of none
        value = None
    if value is None:
        raise _Unknown
    return ((value,),)


def _over(take: Callable[[list[Fraction]], Fraction | None]) -> _Rule:
    """A function of all entries, or of those of each column or row."""

    def rule(node: Expr, args: list[Grid]) -> Grid | None:
        if len(args) == 1:
            lines: Grid = (tuple([entry for row in args[0] for entry in row]),)
        elif node.args[0].rank == 2:
            lines = args[0] if args[1] == ((Fraction(2),),) else _turn(args[0])
        else:
            return None
        found = [take(list(line)) for line in lines]
        known = [value for value in found if value is not None]
        return _column(known) if len(known) == len(found) else None

    return rule


def _length(entries: list[Fraction]) -> Fraction | None:
    return _root(sum([entry * entry for entry in entries], _ZERO))


def _kronecker(node: Expr, args: list[Grid]) -> Grid | None:
    a, b = (_turn(x) if arg.row else x for x, arg in zip(args, node.args, strict=True))
    found = tuple([tuple([x * y for x in upper for y in lower]) for upper in a for lower in b])
    return _turn(found) if node.row else found


def _diagonal(node: Expr, args: list[Grid]) -> Grid | None:
    entries = args[0]
    if node.args[0].rank == 2:
        return _column([row[k] for k, row in enumerate(entries)])
    size = len(entries)
    return tuple([tuple([entries[i][0] * (i == j) for j in range(size)]) for i in range(size)])


def _dot(node: Expr, args: list[Grid]) -> Grid | None:
    (a,), (b,) = _turn(args[0]), _turn(args[1])
    return ((sum((x * y for x, y in zip(a, b, strict=True)), _ZERO),),)


def _gamma(a: Fraction) -> Fraction | None:
    whole = a.denominator == 1 and 0 < a <= _HIGHEST
    return Fraction(factorial(int(a) - 1)) if whole else None


_TAKEN: dict[str, Callable[[list[Fraction]], Fraction | None]] = {
    "sum": lambda entries: sum(entries, _ZERO),
    "prod": lambda entries: prod(entries, start=_ONE),
    "mean": lambda entries: sum(entries, _ZERO) / len(entries),
    "amax": max,
    "amin": min,
    "norm1": lambda entries: sum(map(abs, entries), _ZERO),
    "norm2": _length,
    "norminf": lambda entries: max(map(abs, entries)),
}
_OF_ONE = [name for name in OPERATIONS if name in ENTRYWISE and OPERATIONS[name].arity == (1, 1)]
_AS_THEY_ARE = ("number", "blocks", "eye", "fill")
_RULES: dict[str, _Rule] = {
    "+": _each(lambda a, b: a + b),
    "-": _each(lambda a, b: a - b),
    "neg": _each(lambda a: -a),
    ".*": _each(lambda a, b: a * b),
    "/": _each(_quotient),
    "./": _each(_quotient),
    "*": _times,
    "^": _power,
    ".^": _each(_raise),
    **{name: _each(_at({0: 0})) for name in _OF_ONE if name in VANISHING},
    "sqrt": _each(_root),
    "abs": _each(abs),
    "sign": _each(lambda a: Fraction((a > 0) - (a < 0))),
    "relu": _each(lambda a: max(a, _ZERO)),
    "exp": _each(_at({0: 1})),
    "log": _each(_at({1: 0})),
    "cos": _each(_at({0: 1})),
    "cosh": _each(_at({0: 1})),
    "'": _transpose,
    "tr": _trace,
    **{name: _over(take) for name, take in _TAKEN.items()},
    "det": _determinant,
    "inv": _inverse,
    "blocks": _blocks,
    "fill": _fill,
    "eye": _identity,
    "max": _each(max),
    "min": _each(min),
    "kron": _kronecker,
    "diag": _diagonal,
    "dot": _dot,
    "gamma": _each(_gamma),
    "gammaln": _each(_at({1: 0, 2: 0})),
    "indexed": _evaluate_form,
}
