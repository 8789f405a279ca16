"""Options that do not go together."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from matcalc.core.errors import ArgumentError

TO_READ = ("text", "latex", "json")
_BESIDE_NOTATION = {  # why, where it has a reason of its own
    "--manifold": "it is the derivative that is written, and a gradient on a manifold is the "
    "vector that stands for it in an inner product",
    "--metric": "it is the derivative that is written, and a gradient in a metric is the vector "
    "that stands for it in an inner product",
}


def refuse_given(given: Mapping[str, bool], message: str) -> None:
    """ArgumentError for the first option that is given; the message has a place for its name."""
    for option, is_given in given.items():
        if is_given:
            raise ArgumentError(message.format(option), hint=f"leave {option} out")


def is_latex(options: Namespace) -> bool:
    """Whether expressions are in LaTeX; ArgumentError for what is said about LaTeX alone."""
    if options.einstein and not options.latex:
        raise ArgumentError("--einstein is for formulas in LaTeX", hint="add --latex")
    return bool(options.latex)


def unusual(options: Namespace) -> dict[str, bool]:
    """Whether the derivative is not one of first order in the usual conventions, by option."""
    return {
        "--order": options.order != 1,
        "--layout": options.layout != "mixed",
        "--structure": options.structure != "declared",
        "--notation": options.notation != "matrix",
    }


def refuse_beside_loop(options: Namespace) -> None:
    """ArgumentError for what cannot be combined with a loop that ends at a name."""
    given = {
        **unusual(options),
        "--steps": options.steps,
        "--format markdown": options.format == "markdown",
        "--cse": options.cse,
        "--symmetric-check": options.symmetric_check,
    }
    refuse_given(given, "{} cannot be combined with a loop that ends at a name")


def require_plain(options: Namespace, name: str = "--notation", *, steps: bool = False) -> None:
    """ArgumentError for what cannot be combined with a notation, or with another option like it;
    ``steps`` where --steps can.
    """
    given = {
        "--steps": not steps and (options.steps or options.format == "markdown"),
        "--direction": bool(options.direction),
        "--cotangent": options.cotangent is not None,
        "--data": bool(options.data),
        "--cse": options.cse,
    }
    if name == "--notation":
        given |= {"--manifold": bool(options.manifold), "--metric": bool(options.metric)}
        for option, reason in _BESIDE_NOTATION.items():
            refuse_given({option: given[option]}, f"{{}} cannot be combined with {name}: {reason}")
    refuse_given(given, f"{{}} cannot be combined with {name}")
    if len(options.several) > 1:
        raise ArgumentError(
            f"{name} requires one variable of differentiation",
            hint=f"differentiate with respect to one of them: --wrt {options.several[0]}",
        )
    if name == "--notation" and options.format not in TO_READ:
        raise ArgumentError(
            f"a notation is printed as text, latex or json, not as {options.format}",
            hint="leave --notation out: code is that of the array",
        )
