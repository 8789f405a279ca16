"""Answers in the notations: derivatives along directions, blocks of Hessians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matcalc.answers.common.parts_in_notation import PartsInNotation
from matcalc.core.directions import Step, direction_of
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr, add_terms, pair, variable, variable_names
from matcalc.engine.directional import derive_steps
from matcalc.notations.answer import InNotation, Written, require_stacked
from matcalc.notations.lines import LineNames
from matcalc.notations.read import contract
from matcalc.notations.values import LinearValue, ValueInNotation
from matcalc.verify.readback.values import alike, confirm
from matcalc.write.printers.text import text


class Derived(NamedTuple):
    """What jvp, vjp or hvp answer, or a block of a Hessian: the derivatives of a program after each
    step. The program of vjp is the product of the ``expr`` with a cotangent.
    """

    operation: str
    program: Program
    steps: tuple[Step, ...]
    trees: Sequence[Expr]
    cotangent: str
    expr: Expr
    verify: bool

    @property
    def tree(self) -> Expr:
        """The answer."""
        return self.trees[-1]


def directional_in_notation(found: Derived, notation: str, *, row_major: bool = False) -> Written:
    """What jvp, vjp or hvp answer, or a block of a Hessian."""
    given: dict[str, Any] = {"row_major": row_major, "verify": found.verify}
    if found.operation == "hessian":
        return _block(found, notation, **given)
    shown: dict[str, str] = {}
    if notation in ("operator", "kronecker"):
        found, shown = _with_own_directions(found)
    if notation == "kronecker":
        given["shown_as"] = shown
    program = found.program._replace(asked=None)
    if found.operation == "vjp":
        return _vjp(found, notation, **given)
    names = [step for step in found.steps if isinstance(step, str)]
    moves = _moves_of(found)
    (wrt, *_) = moves[0]
    sign = LineNames(DerivativeStatement(program, wrt, len(moves))).differential()
    said = format_moves(moves)
    if names:
        gradient = program._replace(expr=found.trees[0])
        letter = LineNames(DerivativeStatement(gradient, wrt)).free("g" if _small(found) else "G")
        sign = f"d{letter}"
        said = said.replace("differential", f"differential of the derivative by {names[0]}", 1)
    symmetric = bool(names) and not found.expr.shape
    value = LinearValue(program, found.tree, moves, sign, said, symmetric=symmetric)
    return ValueInNotation(value, notation, derived=program, **given)


def _moves_of(found: Derived) -> tuple[Mapping[str, str], ...]:
    return tuple([step for step in found.steps if not isinstance(step, str)])


def _with_own_directions(found: Derived) -> tuple[Derived, dict[str, str]]:
    """The same along directions that the expression does not contain, and what these are called in
    it: in v the value of x*v along v is not linear.
    """
    ways = {way: name for step in _moves_of(found) for name, way in step.items()}
    ways = {found.cotangent: ""} if found.cotangent else ways
    program, fresh = found.program, {}
    for way, name in ways.items():
        if way not in variable_names(found.expr):
            continue
        names = LineNames(DerivativeStatement(program, way))
        fresh[way] = names.free(f"d{name}" if name and len(ways) == 1 else way)
        program = program.declare(program.variables[way]._replace(name=fresh[way]))
    if not fresh:
        return found, {}
    steps: list[Step] = [
        step if isinstance(step, str) else {x: fresh.get(way, way) for x, way in step.items()}
        for step in found.steps
    ]
    cotangent = fresh.get(found.cotangent, found.cotangent)
    if cotangent:
        paired = pair(variable(cotangent, found.expr.shape), found.expr)
        program = program._replace(expr=paired)
    trees = derive_steps(program, steps)
    back = {new: rename(old) for old, new in fresh.items()}
    same = alike(replace_variables(trees[-1], back), found.tree, program.variables)
    confirm(same, "map", program.language)
    own = found._replace(program=program, steps=tuple(steps), trees=trees, cotangent=cotangent)
    return own, {new: old for old, new in fresh.items()}


def format_moves(moves: Sequence[Mapping[str, str]]) -> str:
    """What a differential is, and which displacements are directions with other names."""
    order = len(moves)
    whole = {1: "the differential", 2: "the second differential"}.get(
        order, f"the differential of order {order}"
    )
    said = []
    for step in moves:
        named = [f"d{name} = {way}" for name, way in step.items() if way != f"d{name}"]
        said += [", ".join(named)] if named else []
    return f"{whole}, where {', then '.join(said)}" if said else whole


def _small(found: Derived) -> bool:
    return found.tree.rank < 2


def _vjp(found: Derived, notation: str, *, verify: bool, **given: Any) -> Written:
    """The product with a cotangent is the gradient of a scalar, and a map of the cotangent."""
    program = found.program._replace(asked=None)
    (wrt,) = found.steps
    assert isinstance(wrt, str)
    if notation == "differential":
        statement = DerivativeStatement(program, wrt)
        said = f"the differential of {text(program.expr)}"
        return InNotation(statement, found.tree, notation, said=said, verify=verify)
    names = LineNames(DerivativeStatement(program, wrt))
    back = direction_of(program.variables[wrt], names.directions(1)[0])
    value = LinearValue(program, found.tree, ({wrt: found.cotangent},), "", "", back=back)
    return ValueInNotation(value, notation, verify=verify, **given)


def _block(found: Derived, notation: str, **given: Any) -> InNotation:
    """A block of a Hessian is the derivative of a gradient."""
    first, second = found.steps
    assert isinstance(first, str) and isinstance(second, str)
    program = found.program
    if first == second:
        return InNotation(DerivativeStatement(program, first, 2), found.tree, notation, **given)
    gradient = program._replace(expr=found.trees[0], definitions={}, asked=None)
    statement = DerivativeStatement(gradient, second)
    written = InNotation(statement, found.tree, notation, **given)
    written._said = written.reading.replace("vec(F)", "vec(D)")
    if notation in ("index", "cases"):
        written._said = f"the entries, axes of {first} before those of {second}"
    return written


class HessianInNotation(PartsInNotation[tuple[str, str]]):
    """The blocks of a Hessian in a notation: a mapping from pairs of variables to the lines of
    each.
    """

    def __init__(
        self,
        blocks: Mapping[tuple[str, str], Derived],
        labels: Mapping[tuple[str, str], tuple[str, str]],
        notation: str,
        *,
        row_major: bool = False,
    ) -> None:
        """``labels`` are what the blocks are called in text and in LaTeX."""
        self.notation = notation
        maps = notation in ("operator", "differential")
        self._parts = {}
        for names, block in blocks.items():
            label, tex = labels[names]
            if len(blocks) == 1 and maps:
                label = tex = ""
            given = {"row_major": row_major, "verify": block.verify}
            self._parts[names] = _block(block, notation, label=label, label_tex=tex, **given)

    @property
    def reading(self) -> str:
        """How to read the lines."""
        if len(self) > 1 and self.notation == "operator":
            return "the linear map of each block; that of the block across is its adjoint"
        if len(self) > 1 and self.notation in ("index", "cases"):
            return "the entries, axes of the first variable before those of the second"
        return super().reading


def second_differential(
    program: Program, blocks: Mapping[tuple[str, str], Derived], *, row_major: bool = False
) -> ValueInNotation:
    """The second differential of a program with respect to all variables together, proved by the
    blocks of its Hessian.
    """
    require_stacked("differential", row_major=row_major)
    program = program._replace(asked=None)
    wrt = list(dict.fromkeys([one for one, _ in blocks]))
    moves: dict[str, str] = {}
    for name in wrt:
        names = LineNames(DerivativeStatement(program, name, 2))
        (moves[name],) = names.directions(1)
        program = names.with_directions(program, [moves[name]])
    sign = LineNames(DerivativeStatement(program, wrt[0], 2)).differential()
    steps: list[Step] = [moves, moves]
    tree = derive_steps(program, steps)[-1]
    terms = []
    for (one, other), block in blocks.items():
        rank = len(program.variables[one].shape)
        axes = range(rank), range(rank, block.tree.rank)
        taken = zip((moves[one], moves[other]), axes, strict=True)
        terms.append(contract(block.tree, block.tree.shape, taken))
    value = LinearValue(program, add_terms(terms, ()), (moves,) * 2, sign, format_moves([{}] * 2))
    verify = all(block.verify for block in blocks.values())
    return ValueInNotation(value, "differential", shown=tree, verify=verify)
