"""The commands beyond one derivative with respect to one variable: what they are called, and their
options.
"""

from __future__ import annotations

from argparse import ArgumentParser

from matcalc.core.options import MANIFOLDS, NOTATIONS

FURTHER = {
    "jvp": (
        "the derivative along a direction",
        "The derivative along directions, without the Jacobian. Variables that are given together, "
        "as in\n--direction x=u,y=v, move together; a second --direction differentiates "
        "once more. See "
        "docs/several.md.",
    ),
    "vjp": (
        "the derivative of the product with a cotangent",
        "The gradient of the inner product with a cotangent, without the Jacobian. See "
        "docs/several.md.",
    ),
    "hessian": (
        "second derivatives with respect to several variables",
        "The second derivatives of a scalar with respect to each pair of variables, as a block\n"
        "matrix. See "
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
    "linearize": (
        "the nearest affine function at a point",
        "The Taylor polynomial of order 1; see docs/taylor.md.",
    ),
    "stationary": (
        "the stationary point in closed form",
        "The point where the gradient of a scalar is zero, proved by substitution, with what it is "
        "and under\nwhich condition; see docs/stationary.md.",
    ),
    "convex": (
        "whether a scalar is convex",
        "Whether a scalar is convex, concave or neither, with a certificate or a counterexample; "
        "see\ndocs/stationary.md.",
    ),
    "implicit": (
        "the derivative of what an equation determines",
        "The derivative of x with respect to t where EXPR, the left side of G(x, t) = 0, stays\n"
        "zero; see docs/stationary.md.",
    ),
    "newton": (
        "the step of Newton's method",
        "The step -inv(H)*g for a scalar that is minimised; see docs/stationary.md.",
    ),
    "gauss-newton": (
        "the step of the Gauss-Newton method",
        "The step -inv(J'*J)*J'*r for residuals r, or for the sum of their squares; see "
        "docs/stationary.md.",
    ),
}
# commands with --wrt; what is said about those that take several variables
BY_VARIABLES = {
    "vjp": "",
    "hessian": "; several as in --wrt x,y, or all",
    "hvp": "",
    "taylor": "; several as in --wrt x,y",
    "linearize": "; several as in --wrt x,y",
    "stationary": "; several together as in --wrt x,y",
    "convex": "; several together as in --wrt x,y",
    "implicit": "",
    "newton": "; several together as in --wrt x,y",
    "gauss-newton": "; several together as in --wrt x,y",
}
# commands whose answers are written in a notation where that is asked
IN_NOTATION = ("jvp", "vjp", "hvp", "hessian", "taylor", "linearize", "implicit")
REPORTED = ("stationary", "convex", "implicit", "newton", "gauss-newton")  # with reasons
# commands whose answers are not a single formula, and what they are printed as besides text and
# LaTeX
WITHOUT_CODE: dict[str, tuple[str, ...]] = {**dict.fromkeys(REPORTED, ()), "hessian": ("json",)}


def add_diff_options(diff: ArgumentParser) -> None:
    """What ``matcalc diff`` can do besides plain derivatives."""
    diff.add_argument(
        "--direction",
        metavar="VAR=NAME",
        action="append",
        default=[],
        help="the derivative along a direction, as in x=v; with --wrt x --order 2, the Hessian "
        "times v",
    )
    diff.add_argument(
        "--cotangent",
        metavar="NAME",
        help="the derivative of the product with a cotangent, as matcalc vjp",
    )
    _add_notation(diff)
    diff.add_argument(
        "--manifold",
        metavar="NAME",
        default="",
        help=f"the gradient on a manifold: {', '.join(MANIFOLDS)}; with --order 2 the Hessian; one "
        "for each of several variables, as in stiefel,euclidean",
    )
    diff.add_argument(
        "--metric", metavar="M", default="", help="the gradient in the inner product of M"
    )
    diff.add_argument(
        "--from-definition",
        action="store_true",
        help="show the derivative as the limit of the difference quotient; see docs/steps.md",
    )
    _add_symmetric_check(diff)


def _add_notation(command: ArgumentParser) -> None:
    command.add_argument(
        "--notation",
        choices=NOTATIONS,
        default="matrix",
        help="how the derivative is written (default: matrix); see docs/notations.md",
    )
    command.add_argument(
        "--row-major",
        action="store_true",
        help="with --notation kronecker: stack the entries of matrices row by row",
    )


def add_further_options(command: ArgumentParser, name: str) -> None:
    """The options that this command alone has, or few have."""
    if name in IN_NOTATION:
        _add_notation(command)
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
    if name == "stationary":
        command.add_argument(
            "--subject-to",
            metavar="EQUATION",
            action="append",
            default=[],
            help='an equation that holds, as in "A*x = b"; repeatable',
        )
    if name == "implicit":
        command.add_argument(
            "--of",
            metavar="NAME",
            required=True,
            help="the variable that the equation determines; several as in --of x,y",
        )
        command.add_argument(
            "--and",
            dest="also",
            metavar="EQUATION",
            action="append",
            default=[],
            help="one more equation, for one more variable in --of; repeatable",
        )
        command.add_argument(
            "--objective",
            metavar="EXPR",
            default="",
            help="a scalar in that variable, whose gradient is wanted: one adjoint solve",
        )
    if name in ("taylor", "linearize"):
        command.add_argument(
            "--at",
            metavar="POINT",
            action="append",
            default=[],
            help="a new name, a number or an expression; of several variables one for each",
        )
    if name == "linearize":
        command.set_defaults(order=1)
    if name == "taylor":
        command.add_argument(
            "--order", metavar="K", type=int, default=2, help="the order (default: 2)"
        )
        command.add_argument(
            "--series",
            action="store_true",
            help="the whole series, with its general term, of an elementary function",
        )


def _add_symmetric_check(command: ArgumentParser) -> None:
    command.add_argument(
        "--symmetric-check",
        action="store_true",
        help="prove that the second derivatives do not depend on which variable comes first",
    )
