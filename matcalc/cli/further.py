"""The commands about directions, jvp, vjp and hvp, and derivatives by several variables."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from matcalc.answers import directional as along
from matcalc.answers.directional import Directional
from matcalc.answers.gradients import Gradients, gradients, parameters
from matcalc.answers.hessian import Hessian, hessian
from matcalc.cli.kinds import inferred_kinds, kind_of
from matcalc.core.errors import ArgumentError
from matcalc.core.program import Program
from matcalc.results import Expression


def directional(options: Namespace, program: Program) -> tuple[Directional, dict[str, Any]]:
    """The answer, and what was asked for in the names of the JSON output."""
    expression = Expression(program)
    asked: dict[str, Any] = {"operation": options.command}
    if options.command == "jvp":
        moves = [_mapping(given) for given in options.direction]
        return along.jvp(expression, moves, verify=options.verify), {**asked, "directions": moves}
    wrt, _ = expression.wanted(options.wrt, 1)
    asked["wrt"] = wrt
    if options.command == "vjp":
        found = along.vjp(expression, wrt, cotangent=options.cotangent, verify=options.verify)
        return found, {**asked, "cotangent": options.cotangent}
    found = along.hvp(expression, wrt, direction=options.direction, verify=options.verify)
    return found, {**asked, "direction": options.direction}


def several(options: Namespace, expression: Expression) -> tuple[Gradients, dict[str, Any]]:
    """The derivatives by several variables, and what was asked for in the names of the JSON
    output.
    """
    data = [name.strip() for given in options.data for name in given.split(",") if name.strip()]
    names = options.several
    if not names or (names == ["all"] and "all" not in expression.variables):
        names = parameters(expression, data)
    elif data:
        raise ArgumentError(
            "--data goes with --wrt all", hint=f"leave it out, or derive by all: --data {data[0]}"
        )
    if options.order != 1:
        raise ArgumentError(
            f"the derivatives by several variables are first derivatives, not of order "
            f"{options.order}",
            hint=f"derive by one of them: --wrt {names[0]} --order {options.order}",
        )
    found = gradients(
        expression,
        names,
        layout=options.layout,
        structure=options.structure,
        verify=options.verify,
    )
    asked = {"wrt": names, "layout": options.layout, "structure": options.structure}
    return found, asked


def blocks(options: Namespace, program: Program) -> Hessian:
    """The second derivatives by each pair of variables."""
    expression = Expression(program)
    names = options.several or [expression.wanted(None, 1)[0]]
    if names == ["all"] and "all" not in expression.variables:
        names = parameters(expression)
    return hessian(expression, names, verify=options.verify)


def kinds_line(found: Gradients) -> str:
    """What was inferred, and the kind of each result."""
    kinds = ", ".join(f"d{name}: {kind_of(each)}" for name, each in found.items())
    readings = "".join(
        f"; d{name} is shown as {each.reading}" for name, each in found.items() if each.reading
    )
    return f"{inferred_kinds(found.variables)}results: {kinds}{readings}"


def _mapping(text: str) -> dict[str, str]:
    """``x=u,y=v`` as a mapping."""
    moves: dict[str, str] = {}
    for part in text.split(","):
        name, equals, direction = (piece.strip() for piece in part.partition("="))
        if not (name and equals and direction):
            raise ArgumentError(
                f"{part.strip() or text!r} is not a variable with its direction",
                hint="write --direction x=v, or --direction x=u,y=v",
            )
        if name in moves:
            raise ArgumentError(
                f"{name} has two directions, {moves[name]} and {direction}",
                hint=f"for a second derivative repeat the option: --direction {name}={moves[name]} "
                f"--direction {name}={direction}",
            )
        moves[name] = direction
    return moves
