"""functions_of_arrays(): an array that is defined by its entries as a function of another one.

Derivatives by several variables name the same distances each in its own way: one needs D, another
exp(-g*D) alone. Beside D[i,k] = norm2(X[i,:] - C[k,:])^2 the kernel is exp(-g*D).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcalc.core.indexed import Form, free_indices
from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import Expr, intern_trees

_OF_ARRAYS = {"*": ".*", "/": "./", "^": ".^"}  # of numbers, and entry by entry of arrays
_PLAIN = frozenset({"number", "constant", "dimension"})


def functions_of_arrays(trees: Sequence[Expr]) -> list[Expr]:
    """The same trees with arrays as functions of those that they are made of."""
    root = Expr("several", tuple(trees))
    arrays = [part for part in root.parts if part.op == "indexed" and part.value.indices]
    if len(arrays) < 2:  # one is made of no other
        return list(trees)
    known = {_key(array, array.value.body): array for array in arrays}
    made = {id(array): _write(array, known) for array in arrays}
    found = root.fold(lambda node, args: made.get(id(node)) or node.with_args(args))
    return intern_trees(found.args)


def _key(array: Expr, part: Expr) -> object:
    """What a part of the entries of an array says, whatever its indices are called."""
    return Form(array.value.indices, part).key(array.args)


def _write(array: Expr, known: Mapping[object, Expr]) -> Expr | None:
    """The array as a function of one of those that are known; None if it is none."""
    body = array.value.body
    free = free_indices(body)
    own = set(array.value.indices)
    inside: dict[int, Expr] = {}
    for part in body.parts:
        if part is not body and not part.shape and own == set(free[id(part)]):
            other = known.get(_key(array, part))
            if other is not None:
                inside[id(part)] = other
    if not inside:
        return None
    made: dict[int, Expr | None] = {}
    for part in body.parts:
        made[id(part)] = inside.get(id(part)) or _entrywise(
            part, [made[id(arg)] for arg in part.args], array
        )
    return made[id(body)]


def _entrywise(part: Expr, args: Sequence[Expr | None], array: Expr) -> Expr | None:
    """An operation of numbers as one of arrays, entry by entry; None where it is none."""
    if part.op == "slot":
        value = array.args[part.value]
        return value if not value.shape else None
    if part.op in _PLAIN:
        return part
    whole = [arg for arg in args if arg is not None]
    if part.shape or len(whole) < len(args) or not args:
        return None
    shape = next((arg.shape for arg in whole if arg.shape), ())
    op = part.op
    if op in _OF_ARRAYS:
        left, right = whole
        if right.shape and (left.shape or op != "*"):
            op = _OF_ARRAYS[op]
        elif left.shape and op == "*":
            whole = [right, left]
        elif left.shape and op == "^":
            op = ".^"
    elif op not in ("neg", "+", "-") and op not in ENTRYWISE:
        return None
    return Expr(op, tuple(whole), shape, value=part.value)
