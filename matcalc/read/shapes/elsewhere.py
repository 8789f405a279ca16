"""Functions of NumPy, MATLAB, Julia, R, SymPy, Mathematica and Maple that the language has not, and
what to write for their arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from matcalc.core.errors import UnknownNameError
from matcalc.core.operations import ALIASES, OPERATIONS
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.names import DERIVED
from matcalc.read.syntax.nodes import Node

_LONGEST = 60  # characters of the arguments that are written again
_WHOLE = re.compile(r"[\w.]+|[\w.]+\([^()]*\)")  # what stands before ' and .^ without brackets
_PLACE = re.compile(r"\((\d)\)|\{(\d)\}")
# name and number of arguments -> what to write, {0} for the first argument and (0) for it where an
# operator follows
_WRITTEN: Mapping[tuple[str, int], str] = {
    ("diff", 1): "write (0)[2:end] - (0)[1:end - 1] for the differences of neighbours",
    ("diff", 2): DERIVED,
    ("sinc", 1): "write sin(pi*(0))./(pi*(0)), or sin({0})./(0) for the one without pi",
    ("abs2", 1): "write (0).^2",
    ("opnorm", 1): "write specnorm({0})",
    ("diagm", 1): "write diag({0})",
    ("matrixinverse", 1): "write inv({0})",
    ("hadamardproduct", 2): "write (0).*(1)",
    ("factorial", 1): "write gamma({0} + 1)",
    **dict.fromkeys(
        [("nchoosek", 2), ("binomial", 2), ("binom", 2), ("choose", 2), ("comb", 2)],
        "write gamma({0} + 1)./(gamma({1} + 1).*gamma({0} - (1) + 1))",
    ),
    **dict.fromkeys(
        [(name, 3) for name in ("if", "ifelse", "cond", "piecewise", "iif")],
        "write where({0}, {1}, {2})",
    ),
    ("cond", 1): "write specnorm({0})*specnorm(inv({0})), for the 2-norm",
    ("adjoint", 1): "write (0)' for the transpose, adj({0}) for the adjugate",
    ("crossprod", 1): "write (0)'*(0)",
    ("crossprod", 2): "write (0)'*(1)",
    ("tcrossprod", 1): "write (0)*(0)'",
    ("tcrossprod", 2): "write (0)*(1)'",
    ("solve", 2): "write (0)\\(1)",
    ("total", 1): "write sum({0})",
    ("logsigmoid", 1): "write log(sigmoid({0}))",
    ("normalize", 1): "write (0)/norm2({0})",
    ("logaddexp", 2): "write log(exp({0}) + exp({1}))",
    # more arguments than the function has here
    ("kron", 3): "write kron(kron({0}, {1}), {2})",
    ("dot", 3): "write (0)'*(1)*(2)",
    ("cos", 2): "write dot({0}, {1})/(norm2({0})*norm2({1})) for the cosine of the angle",
    ("log", 2): "write log({0})/log({1}) for the logarithm to the base {1}",
}
_LINEAR = "it is linear: write F*x, with a matrix F of constants"
_CONSTANTS = "constants are variables: declare one, as in z: vector(n)"
_ANY_NUMBER = {
    **dict.fromkeys(
        ("median", "quantile", "percentile", "mode"),
        "of the entries in order, only the largest and the smallest are read: amax(x), amin(x)",
    ),
    **dict.fromkeys(
        ("lu", "qr"), "write qr_q(A) and qr_r(A) for the factors of A = Q*R, chol(A) for Cholesky's"
    ),
    "repmat": "write x*ones(n)' for the column x beside itself, ones(n)*x' for the row x'",
    **dict.fromkeys(("fft", "ifft", "dct", "circshift", "fliplr", "flipud", "rot90"), _LINEAR),
    **dict.fromkeys(("rand", "randn", "linspace", "arange"), _CONSTANTS),
    "conv": "write it out as a sum: sum[j=1:m](h[j]*x[k + m - j]) is entry k of it",
}


def instead(context: Context, node: Node, name: str) -> str | None:
    """What to write for a call of a function that the language has not, or not with so many
    arguments.
    """
    spelt = name.lower().replace("_", "")
    template = _WRITTEN.get((spelt, len(node.args)))
    if template is None:
        return None if spelt in OPERATIONS else _ANY_NUMBER.get(spelt)
    texts = [" ".join(context.source[arg.start : arg.end].split()) for arg in node.args]
    if sum(map(len, texts)) > _LONGEST:
        return None
    return _filled(template, texts)


def _filled(template: str, texts: Sequence[str]) -> str:
    # in one pass: an argument such as gamma(1) has the sign of a place in it
    def put(place: re.Match[str]) -> str:
        closed, plain = place.groups()
        text = texts[int(closed or plain)]
        inner = text[1:-1] if text.startswith("(") and text.find(")") == len(text) - 1 else text
        if plain:
            return inner
        return text if _WHOLE.fullmatch(text) else f"({inner})"

    return _PLACE.sub(put, template)


def refuse_square_call(context: Context, node: Node) -> None:
    """Refuses Mathematica's ``Det[A]``, which would be an entry of a matrix Det."""
    base = node.args[0]
    if base.kind != "name" or base.value in context.declared or base.value in context.definitions:
        return
    name = str(base.value)
    plain = {"inverse": "inv", "transpose": "transpose", "total": "sum"}.get(name.lower())
    plain = plain or ALIASES.get(name.lower(), name.lower())
    if name[1:].islower() and name[0].isupper() and (plain in OPERATIONS or plain == "transpose"):
        inside = context.source[base.end : node.end].strip()[1:-1].strip()
        raise UnknownNameError(
            f"{name}[{inside}] may be a function of {inside} or an entry of {name}",
            source=context.source,
            span=node.span,
            hint=f"write {plain}({inside}); declare {name} if it is a variable",
        )
