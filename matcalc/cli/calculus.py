"""The commands beyond one derivative by one variable: what they are called, and their options."""

from __future__ import annotations

from argparse import ArgumentParser

FURTHER = {
    "jvp": (
        "derive along a direction",
        "The derivative along directions, without the Jacobian. Variables that are given together, "
        "as in\n--direction x=u,y=v, move together; a second --direction derives once more. See "
        "docs/several.md.",
    ),
    "vjp": (
        "derive the product with a cotangent",
        "The gradient of the inner product with a cotangent, without the Jacobian. See "
        "docs/several.md.",
    ),
    "hessian": (
        "second derivatives by several variables",
        "The second derivatives of a scalar by each pair of variables, as a block matrix. See "
        "docs/several.md.",
    ),
    "hvp": (
        "multiply a direction by the Hessian",
        "The product of the Hessian and a direction, without the Hessian. See docs/several.md.",
    ),
    "taylor": (
        "the Taylor polynomial at a point",
        "The Taylor polynomial in a variable, or in several that move together; see "
        "docs/taylor.md.\nWithout --at the point is the variable itself, and the polynomial is one "
        "in the displacement.",
    ),
}
# commands that derive by variables; of those by several what is said of them
BY_VARIABLES = {
    "vjp": "",
    "hessian": "; several as in --wrt x,y, or all",
    "hvp": "",
    "taylor": "; several as in --wrt x,y",
}
WITHOUT_CODE = ("hessian",)  # commands whose answers are no single formula


def add_diff_options(diff: ArgumentParser) -> None:
    """What ``matcalc diff`` can do besides plain derivatives."""
    diff.add_argument(
        "--direction",
        metavar="VAR=NAME",
        action="append",
        default=[],
        help="derive along a direction, as in x=v; with --wrt x --order 2, v is multiplied by the "
        "Hessian",
    )
    diff.add_argument(
        "--cotangent", metavar="NAME", help="derive the product with a cotangent, as matcalc vjp"
    )
    _add_symmetric_check(diff)


def add_further_options(command: ArgumentParser, name: str) -> None:
    """The options that this command alone has."""
    if name == "jvp":
        command.add_argument(
            "--direction",
            metavar="VAR=NAME",
            action="append",
            default=[],
            help="a variable and the name of its direction, as in x=v; repeatable",
        )
    if name == "hvp":
        command.add_argument(
            "--direction", metavar="NAME", default="v", help="the direction (default: v)"
        )
    if name == "vjp":
        command.add_argument(
            "--cotangent", metavar="NAME", default="u", help="the cotangent (default: u)"
        )
    if name == "hessian":
        _add_symmetric_check(command)
    if name == "taylor":
        command.add_argument(
            "--at",
            metavar="POINT",
            action="append",
            default=[],
            help="a new name, a number or an expression; of several variables one for each",
        )
        command.add_argument(
            "--order", metavar="K", type=int, default=2, help="the order (default: 2)"
        )


def _add_symmetric_check(command: ArgumentParser) -> None:
    command.add_argument(
        "--symmetric-check",
        action="store_true",
        help="prove that the second derivatives do not depend on which variable comes first",
    )
