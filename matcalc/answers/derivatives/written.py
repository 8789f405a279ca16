"""Answers in the notations: derivatives along directions, blocks of Hessians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matcalc.answers.common.parts_in_notation import PartsInNotation
from matcalc.core.directions import Step, direction_of
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, add_terms
from matcalc.engine.directional import derive_steps
from matcalc.notations.answer import InNotation, Written, require_stacked
from matcalc.notations.lines import LineNames
from matcalc.notations.read import contract
from matcalc.notations.values import LinearValue, ValueInNotation
from matcalc.write.printers.text import text


class Derived(NamedTuple):
    """What jvp, vjp or hvp answer, or a block of a Hessian: the derivatives of a program after each
    step. ``scalar`` says that the expression is a number, which the program of vjp always is.
    """

    operation: str
    program: Program
    steps: tuple[Step, ...]
    trees: Sequence[Expr]
    cotangent: str
    scalar: bool
    verify: bool

    @property
    def tree(self) -> Expr:
        """The answer."""
        return self.trees[-1]


def directional_in_notation(found: Derived, notation: str, *, row_major: bool = False) -> Written:
    """What jvp, vjp or hvp answer, or a block of a Hessian."""
    program = found.program._replace(asked=None)
    given: dict[str, Any] = {"row_major": row_major, "verify": found.verify}
    if found.operation == "hessian":
        return _block(found, notation, **given)
    if found.operation == "vjp":
        return _vjp(found, notation, **given)
    names = [step for step in found.steps if isinstance(step, str)]
    moves = tuple([step for step in found.steps if not isinstance(step, str)])
    (wrt, *_) = moves[0]
    order = len(moves)
    sign = LineNames(DerivativeStatement(program, wrt, order)).differential()
    said = format_moves(moves)
    if names:
        gradient = program._replace(expr=found.trees[0])
        letter = LineNames(DerivativeStatement(gradient, wrt)).free("g" if _small(found) else "G")
        sign = f"d{letter}"
        said = said.replace("differential", f"differential of the derivative by {names[0]}", 1)
    value = LinearValue(
        program, found.tree, moves, sign, said, symmetric=bool(names) and found.scalar
    )
    return ValueInNotation(value, notation, derived=program, **given)


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


def _vjp(found: Derived, notation: str, *, row_major: bool, verify: bool) -> Written:
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
    return ValueInNotation(value, notation, row_major=row_major, verify=verify)


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
        for pair, block in blocks.items():
            label, tex = labels[pair]
            if len(blocks) == 1 and maps:
                label = tex = ""
            given = {"row_major": row_major, "verify": block.verify}
            self._parts[pair] = _block(block, notation, label=label, label_tex=tex, **given)

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
