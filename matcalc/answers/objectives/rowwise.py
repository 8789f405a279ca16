"""Objectives that are sums over the rows of data, proved to be that.

With the data in two parts, ``X = [X_1; X_2]``, such an objective is the sum of those of the parts;
so it is one of a part per block, however many there are. Terms without data are counted once. What
is a mean over the rows is a sum once it is multiplied by their number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from matcalc.answers.common.names import require_scalar
from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import ArgumentError, MatcalcError, UnsupportedError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.program import Program
from matcalc.core.tree import Expr, split_signed_terms, variable_names
from matcalc.read.frontend import read_pair
from matcalc.results import Expression

_TERMS = 1000


class Split(NamedTuple):
    """The part that is a sum (or a mean) over rows, and the part that has no data."""

    data: Expression
    rest: Expression | None
    mean: bool


def rows_of(variables: Mapping[str, Variable], names: Collection[str]) -> str:
    """The size that is the number of rows of these variables."""
    found = {variables[name].shape[0].plain if variables[name].shape else None for name in names}
    rows = next(iter(found))
    if len(found) > 1 or rows is None:
        raise ArgumentError(
            "the first axes of the data have to be one size, that of the rows: "
            + ", ".join(f"{name} is {variables[name]}" for name in sorted(names))
        )
    for name, each in variables.items():
        inner = [place for place, dim in enumerate(each.shape) if rows in dim.letters]
        if inner not in ([], [0]) or (inner and each.shape[0].plain != rows):
            raise ArgumentError(
                f"{name} is {each}, and rows of data must be its first axis",
                hint=f"the size {rows} is that of the blocks",
            )
    return rows


def split(expression: Expression, rows: str) -> Split:
    """The proof that the terms with data are a sum over the rows; UnsupportedError where there is
    none, with what was tried.
    """
    program = expression._program
    require_scalar(expression._tree, "sums over blocks of rows are")
    data: list[tuple[int, Expr]] = []
    rest: list[tuple[int, Expr]] = []
    for sign, term in split_signed_terms(expression._tree, most=_TERMS):
        (data if _has_rows(term, program.variables, rows) else rest).append((sign, term))
    if not data:
        raise ArgumentError(f"no term of the expression has data with the rows {rows}")
    whole = _part(program, data)
    for mean in (False, True):
        if _adds_up(whole, rows, mean):
            other = _part(program, rest) if rest else None
            return Split(Expression(whole), Expression(other) if other else None, mean)
    raise UnsupportedError(
        f"the objective is not proved to be a sum over {rows} rows: "
        f"{Expression(whole).text()} of two blocks is not the sum, nor the mean, of those of each",
        hint='without backend="dask" it is computed from the whole data',
    )


def _has_rows(tree: Expr, variables: Mapping[str, Variable], rows: str) -> bool:
    for node in tree.parts:
        dims = list(node.shape)
        if node.op == "variable":
            dims += variables[str(node.value)].shape
        if node.op == "dimension":
            dims.append(node.value)
        if any(rows in dim.letters for dim in dims):
            return True
    return False


def _part(program: Program, terms: list[tuple[int, Expr]]) -> Program:
    """The sum of some terms, with the variables that it has."""
    (sign, total), *others = terms
    if sign < 0:
        total = Expr("neg", (total,), ())
    for sign, term in others:
        total = Expr("+" if sign > 0 else "-", (total, term), ())
    used = variable_names(total)
    variables = {name: each for name, each in program.variables.items() if name in used}
    return program._replace(expr=total, variables=variables, definitions={}, undetermined=())


def _adds_up(program: Program, rows: str, mean: bool) -> bool:
    """Whether the expression of two blocks is the sum of those of each."""
    text = Expression(program).text()
    if " where " in text:
        return False
    variables = program.variables
    taken = {*variables, *size_names(variables.values()), *re.findall(r"\w+", text)}
    mark = "_"
    while any(f"{name}{mark}{k}" in taken for name in (*variables, rows) for k in "12"):
        mark += "_"
    blocks = [
        name for name, each in variables.items() if each.shape and each.shape[0].plain == rows
    ]
    kinds: dict[str, str] = {}
    parts = []
    for k in "12":
        own = {name: f"{name}{mark}{k}" for name in (*blocks, rows)}
        parts.append(_rename(text, own))
        kinds |= {
            own.get(name, name): _rename(str(each), {rows: own[rows]})
            for name, each in variables.items()
        }
    one, two = (f"{rows}{mark}{k}" for k in "12")
    left = _rename(text, {rows: f"({one} + {two})"})
    if mean:
        left = f"({one} + {two})*({left})"
        parts = [f"{size}*({part})" for size, part in zip((one, two), parts, strict=True)]
    stacked = ", ".join(f"{name} = [{name}{mark}1; {name}{mark}2]" for name in blocks)
    try:
        pair = read_pair(
            f"{left} where {stacked}",
            " + ".join(f"({each})" for each in parts),
            kinds,
            language=program.language,
        )
        decision = decide(*pair)
    except MatcalcError:
        return False
    return decision.verdict == EQUAL and decision.is_proved


def _rename(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"[^\W\d]\w*", lambda found: names.get(found[0], found[0]), text)
