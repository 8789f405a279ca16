"""How every function of the language is set in LaTeX: as its row says, or by a rule."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.operations import OPERATIONS, PRIMARY, frechet
from matcalc.core.tree import Expr
from matcalc.write.printers.latex_indices import add_indices, einsum, free_letters
from matcalc.write.printers.latex_pieces import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    LatexPiece,
    add,
    bracket,
    call,
    delimit,
    invert,
    multiply,
    power,
    transpose,
    with_operator,
)

Form = Callable[[Expr, list[LatexPiece]], LatexPiece]


def _command(command: str) -> Form:
    """f(a, b) with the given command for f, which may have a place for the first argument."""
    if "{0}" in command:
        return lambda expr, args: call(command.replace("{0}", args[0].text), *args[1:])
    return lambda expr, args: call(command, *args)


def elementwise_power(base: LatexPiece, exponent: str) -> LatexPiece:
    """Every entry to a power; the sign ⊙ keeps it apart from a power of a matrix."""
    piece = power(base, f"\\odot {exponent}")
    return LatexPiece(piece.text, POWER, piece.tall)


def _root(degree: int) -> Form:
    """A radical sign; of a matrix, where it would be the matrix root, an element-wise power."""
    radical = r"\sqrt" if degree == 2 else f"\\sqrt[{degree}]"

    def form(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
        if expr.rank >= 2:
            return elementwise_power(args[0], f"1/{degree}")
        return LatexPiece(f"{radical}{{{args[0].text}}}", POWER, tall=True)

    return form


def _absolute(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """|a| of a number; bars around a vector would be its norm, around a matrix the determinant."""
    return (
        delimit(r"\lvert", args[0], r"\rvert")
        if expr.rank == 0
        else call(r"\operatorname{abs}", args[0])
    )


def _norm(vector: str, matrix: str) -> Form:
    """Bars with the subscript that the norm has around a vector, or around a matrix."""

    def form(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
        if len(args) == 2:
            return call(f"\\operatorname{{{expr.op}}}", *args)
        wide = expr.args[0].rank >= 2
        # the 1-norm of a matrix is a different thing (the largest column sum); ours is that of its
        # entries
        inside = call(r"\mathrm{vec}", args[0]) if wide and not matrix else args[0]
        subscript = matrix if wide and matrix else vector
        norm = delimit(r"\lVert", inside, r"\rVert")
        return LatexPiece(
            f"{norm.text}_{{{subscript}}}" if len(subscript) > 1 else f"{norm.text}_{subscript}",
            ATOM,
            norm.tall,
        )

    return form


def _norm_of_power(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """The p-norm, with a p that fits into a subscript."""
    if expr.args[1].op not in ("number", "variable"):
        return call(r"\operatorname{normp}", *args)
    inside = call(r"\mathrm{vec}", args[0]) if expr.args[0].rank >= 2 else args[0]
    norm = delimit(r"\lVert", inside, r"\rVert")
    return LatexPiece(f"{norm.text}_{{{args[1].text}}}", ATOM, norm.tall)


def _logdet(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """log |det X|; needs brackets before an exponent and after nothing."""
    simple = expr.args[0].op == "variable" and not expr.args[0].row
    inside = LatexPiece(f"\\det {args[0].text}") if simple else call(r"\det", args[0])
    body = (
        delimit(r"\lvert", inside, r"\rvert")
        if inside.tall
        else LatexPiece(f"\\lvert{inside.text}\\rvert")
    )
    return LatexPiece(f"\\log{body.text}", POWER, body.tall)


def _exponential_of_matrix(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    return LatexPiece(f"e^{{{args[0].text}}}", POWER, args[0].tall)


def _frechet(function: str, point: int) -> Form:
    """L_f^(k)(X, E1, ..., Ek): the k-th derivative of f at X; directions left open (``value``) are
    indices.
    """

    def form(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
        name = function if point == 0 else f"(\\cdot)^{{{args[1].text}}}"
        directions = args[point + 1 :]
        order = len(directions) + (expr.value or 0)
        head = f"L_{{{name}}}" + (f"^{{({order})}}" if order > 1 else "")
        value = call(head, args[0], *directions)
        return add_indices(value, free_letters((), expr.rank)) if expr.value else value

    return form


def _log_multivariate_gamma(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    gamma = call(f"\\Gamma_{{{args[1].text}}}", args[0])
    return LatexPiece(f"\\log{gamma.text}", POWER, gamma.tall)


def _divergence(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """D_KL(p || q)."""
    inside = LatexPiece(
        f"{args[0].text} \\parallel {args[1].text}", SUM, args[0].tall or args[1].tall
    )
    return call(r"D_{\mathrm{KL}}", inside)


def _log_one_plus(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    return call(r"\log", add(LatexPiece("1"), args[0]))


def _exp_minus_one(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    exponential = call(r"\exp", args[0])
    return LatexPiece(f"{exponential.text} - 1", SUM, exponential.tall)


def _log_gamma(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    gamma = call(r"\Gamma", args[0])
    return LatexPiece(f"\\log\\lvert{gamma.text}\\rvert", POWER, gamma.tall)


def _kron(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    return with_operator(args[0], r"\otimes", args[1])


def _commutation(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """K_{m,n}; of numbers that would be an entry of K."""
    if any(arg.op == "number" or not arg.value.letters for arg in expr.args):
        return call(r"\operatorname{commutation}", *args)
    return LatexPiece(f"K_{{{args[0].text},{args[1].text}}}")


def _outer(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    """x y', whichever way the two vectors were laid."""
    left, right = args
    column = transpose(left) if expr.args[0].row else left
    row = right if expr.args[1].row else transpose(right)
    return multiply(column, row)


def _dot(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    inside = LatexPiece(
        f"{bracket(args[0], SUM)}, {bracket(args[1], SUM)}", PRODUCT, args[0].tall or args[1].tall
    )
    return delimit(r"\langle", inside, r"\rangle")


def _permute(expr: Expr, args: list[LatexPiece]) -> LatexPiece:
    axes = [LatexPiece(str(axis + 1)) for axis in expr.value]
    return call(r"\operatorname{permute}", args[0], *axes)


def _extreme(name: str) -> Form:
    """Over all entries as LaTeX has it; of each column or row by a name of its own."""
    return lambda expr, args: call(
        f"\\{name}" if len(args) == 1 else f"\\operatorname{{a{name}}}", *args
    )


# letters that stand for functions; where a variable has the same letter, the function is written
# out
LETTERS = {name: spec.letters for name, spec in OPERATIONS.items() if spec.letters}

_RULES: dict[str, Form] = {
    "log1p": _log_one_plus,
    "expm1": _exp_minus_one,
    "sqrt": _root(2),
    "cbrt": _root(3),
    "abs": _absolute,
    "gammaln": _log_gamma,
    "mvlgamma": _log_multivariate_gamma,
    "kl": _divergence,
    "logdet": _logdet,
    "inv": lambda expr, args: invert(args[0]),
    "pinv": lambda expr, args: power(args[0], "+"),
    "expm": _exponential_of_matrix,
    "sqrtm": lambda expr, args: power(args[0], "1/2"),
    **{frechet(name): _frechet(f"\\{scalar}", 0) for name, scalar in PRIMARY.items()},
    "frechet_sqrtm": _frechet(r"(\cdot)^{1/2}", 0),
    "frechet_power": _frechet("", 1),
    "amax": _extreme("max"),
    "amin": _extreme("min"),
    "normp": _norm_of_power,
    "kron": _kron,
    "commutation": _commutation,
    "dot": _dot,
    "outer": _outer,
    "permute": _permute,
    "einsum": einsum,
}
FUNCTIONS: dict[str, Form] = {
    **{
        name: _command(spec.latex or f"\\operatorname{{{name}}}")
        for name, spec in OPERATIONS.items()
        if spec.latex is not None
    },
    **{name: _norm(*spec.bars) for name, spec in OPERATIONS.items() if any(spec.bars)},
    **_RULES,
}
