"""The commands about directions, jvp, vjp and hvp, and derivatives with respect to several
variables.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from matcalc.answers.derivatives import directional as along
from matcalc.answers.derivatives.directional import Directional
from matcalc.answers.derivatives.gradients import Gradients, gradients, parameters
from matcalc.answers.derivatives.hessian import Hessian, hessian
from matcalc.answers.expansions.taylor import TaylorPolynomial, taylor
from matcalc.cli.kinds import describe_inferred_kinds, kind_of, shapes_line
from matcalc.cli.refusals import refuse_given, unusual
from matcalc.core.errors import ArgumentError
from matcalc.core.program import Program
from matcalc.core.split import split_outside_brackets
from matcalc.results import Expression

if TYPE_CHECKING:
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification


def directional(
    options: Namespace, program: Program
) -> tuple[Directional | TaylorPolynomial, dict[str, Any]]:
    """The answer, and what was asked for in the names of the JSON output."""
    expression = Expression(program)
    asked: dict[str, Any] = {"operation": options.command}
    if options.command == "jvp":
        moves = [_mapping(given) for given in options.direction]
        return along.jvp(expression, moves, verify=options.verify), {**asked, "directions": moves}
    if options.command in ("taylor", "linearize"):
        return _polynomial(options, expression)
    wrt, _ = expression.find_wrt(options.wrt, 1)
    asked["wrt"] = wrt
    if options.command == "vjp":
        found = along.vjp(expression, wrt, cotangent=options.cotangent, verify=options.verify)
        return found, {**asked, "cotangent": options.cotangent}
    found = along.hvp(expression, wrt, direction=options.direction, verify=options.verify)
    return found, {**asked, "direction": options.direction}


def _polynomial(
    options: Namespace, expression: Expression
) -> tuple[TaylorPolynomial, dict[str, Any]]:
    names = options.several or [expression.find_wrt(None, 1)[0]]
    at = options.at
    if len(at) == 1:
        at = at[0] if len(names) == 1 or "=" in at[0] else split_outside_brackets(at[0], ",")
    found = taylor(expression, names, at or None, options.order, verify=options.verify)
    return found, {
        "operation": options.command,
        "wrt": names,
        "at": found.at,
        "order": options.order,
    }


def remainder_line(found: Directional | TaylorPolynomial, seed: int) -> str:
    """How fast falls what a polynomial leaves; empty of other answers."""
    if not isinstance(found, TaylorPolynomial):
        return ""
    return f"remainder: it decreases like the power {found.remainder(seed):.0f} of the displacement"


def along_of_diff(options: Namespace, program: Program) -> tuple[Directional, dict[str, Any]]:
    """What ``matcalc diff`` with a direction or a cotangent means: jvp, vjp or hvp."""
    expression = Expression(program)
    if options.cotangent is not None and options.direction:
        raise ArgumentError("give a direction or a cotangent, not both", hint="leave one out")
    _refuse_conventions(options)
    names = options.several
    if options.cotangent is not None:
        if options.order != 1:
            raise ArgumentError("a cotangent requires a first derivative", hint="leave out --order")
        wrt, _ = expression.find_wrt(one_of(names), 1)
        found = along.vjp(expression, wrt, cotangent=options.cotangent, verify=options.verify)
        return found, {"operation": "vjp", "wrt": wrt, "cotangent": options.cotangent}
    bare = [given for given in options.direction if "=" not in given]
    if bare:
        if len(options.direction) > 1:
            raise ArgumentError(
                "several directions need their variables",
                hint=f"write --direction x={bare[0]}, one for each derivative",
            )
        wrt, _ = expression.find_wrt(one_of(names), 1)
        if options.order == 2:
            found = along.hvp(expression, wrt, direction=bare[0], verify=options.verify)
            return found, {"operation": "hvp", "wrt": wrt, "direction": bare[0]}
        moves = [{wrt: bare[0]}] * options.order
    else:
        moves = [_mapping(given) for given in options.direction]
        moved = {name for each in moves for name in each}
        if names and set(names) != moved:
            raise ArgumentError(
                "--direction says what to differentiate with respect to, "
                f"{', '.join(sorted(moved))}, and --wrt {', '.join(names)}",
                hint="leave out --wrt",
            )
        if options.order > 1 and len(moves) not in (1, options.order):
            raise ArgumentError(
                f"there are {len(moves)} directions for a derivative of order {options.order}",
                hint="one for each derivative, or one for all",
            )
        moves = moves * options.order if len(moves) == 1 else moves
    found = along.jvp(expression, moves, verify=options.verify)
    return found, {"operation": "jvp", "directions": moves}


def _refuse_conventions(options: Namespace) -> None:
    """ArgumentError for what a derivative along directions does not have."""
    for name, usual in (("layout", "mixed"), ("structure", "declared")):
        if getattr(options, name) != usual:
            raise ArgumentError(
                f"a direction or a cotangent requires the usual {name}",
                hint=f"leave out --{name}",
            )
    if options.steps or options.format == "markdown" or options.symmetric_check or options.data:
        option = (
            "--steps"
            if options.steps or options.format == "markdown"
            else ("--data" if options.data else "--symmetric-check")
        )
        raise ArgumentError(
            f"{option} cannot be combined with a direction or a cotangent",
            hint=f"leave out {option}",
        )


def require_first(options: Namespace) -> None:
    """ArgumentError for what cannot be combined with the limit of a difference quotient."""
    given = {
        **unusual(options),
        "--manifold": bool(options.manifold),
        "--metric": bool(options.metric),
        "--steps": options.steps,
        "--format": options.format != "text",
        "--direction": bool(options.direction),
        "--cotangent": options.cotangent is not None,
    }
    refuse_given(given, "--from-definition cannot be combined with {}")


def one_of(names: list[str]) -> str | None:
    """The variable, if one is named; ArgumentError for several."""
    if len(names) > 1:
        raise ArgumentError(
            f"a direction or a cotangent takes one variable, not {', '.join(names)}",
            hint=f"--wrt {names[0]}",
        )
    return names[0] if names else None


def several(options: Namespace, expression: Expression) -> tuple[Gradients, dict[str, Any]]:
    """The derivatives with respect to several variables, and what was asked for in the names of the
    JSON output.
    """
    expression.require_value()
    data = [name.strip() for given in options.data for name in given.split(",") if name.strip()]
    names = options.several
    if not names or (names == ["all"] and "all" not in expression.variables):
        names = parameters(expression, data)
    elif any("\\" in name for name in names):
        names = [expression.find_wrt(name, 1)[0] for name in names]
    elif data:
        raise ArgumentError(
            "--data requires --wrt all",
            hint=f"leave it out, or differentiate with respect to all: --data {data[0]}",
        )
    if options.order != 1:
        raise ArgumentError(
            "the derivatives with respect to several variables are first derivatives, not of order "
            f"{options.order}",
            hint=f"matcalc hessian EXPR --wrt {','.join(names)} gives all second derivatives"
            if options.order == 2
            else "differentiate with respect to one of them: "
            f"--wrt {names[0]} --order {options.order}",
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
    names = options.several or [expression.find_wrt(None, 1)[0]]
    expression.require_value(unless=(", ".join(names), 2))  # \nabla_x^2 f asks for the Hessian
    if names == ["all"] and "all" not in expression.variables:
        names = parameters(expression)
    return hessian(expression, names, verify=options.verify)


def format_blocks(
    options: Namespace, text: str, found: Hessian
) -> tuple[str, Comparison | None, Verification | None]:
    """The blocks in the format that was asked for, what a check found, and how they were
    verified.
    """
    report = found.check(options.rng) if options.check else None
    verdict = found.verification if options.verify else None
    if options.format == "json":
        from matcalc.cli.json_form import json_hessian  # noqa: PLC0415 - text does without

        how = None if verdict is None else str(verdict)
        return json_hessian(found, text, report, how, options.cse), report, verdict
    shown = found.latex if options.format == "latex" else found.text
    return shown(cse=options.cse), report, verdict


def blocks_line(found: Hessian, written: str | None = None) -> str:
    """What was inferred, the kind of the one block or how many there are, and how a matrix that
    stands for an array of more axes is read, or what is ``written`` in a notation.
    """
    blocks = list(found.values())
    if len(blocks) == 1:
        return shapes_line(blocks[0], blocks[0].reading if written is None else written)
    if written is not None:
        as_written = f", shown as {written}" if written else ""
        return (
            f"{describe_inferred_kinds(found.variables)}results: {len(blocks)} blocks{as_written}"
        )
    names = [f"H_{one}_{other}" for one, other in found]
    shown = [
        f"{n} is shown as {b.reading}" for n, b in zip(names, blocks, strict=True) if b.reading
    ]
    more = ", the others likewise" if len(shown) > 1 else ""
    reading = f"; {shown[0]}{more}" if shown else ""
    return f"{describe_inferred_kinds(found.variables)}results: {len(blocks)} blocks{reading}"


def kinds_line(found: Gradients) -> str:
    """What was inferred, and the kind of each result."""
    kinds = ", ".join(f"d{name}: {kind_of(each)}" for name, each in found.items())
    readings = "".join(
        f"; d{name} is shown as {each.reading}" for name, each in found.items() if each.reading
    )
    return f"{describe_inferred_kinds(found.variables)}results: {kinds}{readings}"


def _mapping(text: str) -> dict[str, str]:
    """``x=u,y=v`` as a mapping."""
    moves: dict[str, str] = {}
    for part in text.split(","):
        name, equals, direction = (piece.strip() for piece in part.partition("="))
        if not (name and equals and direction):
            raise ArgumentError(
                f"{part.strip() or text!r} is not a variable with its direction",
                hint="write VARIABLE=NAME: --direction x=v, or --direction x=u,y=v",
            )
        if name in moves:
            raise ArgumentError(
                f"{name} has two directions, {moves[name]} and {direction}",
                hint=f"for a second derivative repeat the option: --direction {name}={moves[name]} "
                f"--direction {name}={direction}",
            )
        moves[name] = direction
    return moves
