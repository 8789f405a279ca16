"""Functions and methods as NumPy and its like write them: ``np.linalg.inv(A)``, ``X.sum()``.

A name is read where it means the same there and here, with these many arguments; all others are
refused with what to write. Operators between arrays mean other things there, so that a text with
such names may have them only beside scalars.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.functions.spec import ELEMENTWISE
from matcalc.core.operations import DIRECTED, OF_ENTRIES, OPERATIONS, OVER_INDICES
from matcalc.core.walk import postorder
from matcalc.read.syntax import foreign
from matcalc.read.syntax.nodes import Statement, SyntaxNode, children, flat

_PACKAGES = frozenset(
    {"linalg", "special", "nn", "functional", "math", "numpy", "scipy"}
)  # parts of np, scipy, torch, jax ...
_CVXPY = ("cp", "cvxpy")  # of which some functions are others here
_OF_CVXPY = {
    "logistic": "write log(1 + exp(x))",
    "norm": "write norm2(x) of a vector, specnorm(X) of a matrix",
}
_SAME_IN_CVXPY = {  # by the number of arguments
    1: frozenset(
        ["sum", "trace", "exp", "log", "sqrt", "abs", "square", "max", "min", "diag", "cumsum"]
    ),
    2: frozenset(["multiply", "matmul", "maximum", "minimum", "kron", "norm"]),
}
# of one number: what these names say is the same everywhere
_OF_NUMBERS = [
    name
    for row in OPERATIONS.values()
    if row.signature == ELEMENTWISE and row.arity == (1, 1)
    for name in (row.name, *row.aliases)
]
# of two
_OF_PAIRS = [
    name
    for row in OPERATIONS.values()
    if row.signature == ELEMENTWISE and row.arity == (2, 2) and not row.parameter
    for name in (row.name, *row.aliases)
]
_SAME = (
    "sum mean prod trace diag det logdet inv pinv norm expm logm sqrtm amax amin max min cumsum "
    "tril triu logsumexp softmax vec eye ones zeros var std"
)
_PAIRS = "kron outer cross norm tril triu"
_OVER_LESS = ("var", "std")  # that some divide by n - 1
_NAMES = {  # name there -> name here, for one argument and for two
    1: {name: name for name in (*_OF_NUMBERS, *_SAME.split())}
    | {
        "inverse": "inv",
        "expit": "sigmoid",
        "psi": "digamma",
        "eigvalsh": "eigvals",
        "absolute": "abs",
        "identity": "eye",
    }
    | {f"reduce_{name}": OF_ENTRIES.get(name, name) for name in OVER_INDICES},
    2: {name: name for name in (*_OF_PAIRS, *_PAIRS.split())}
    | {"vdot": "dot", "maximum": "max", "minimum": "min"},
}
_OPERATORS = {  # name there -> operator here, between two arguments
    **dict.fromkeys(("dot", "matmul", "mm", "mv"), "*"),
    **dict.fromkeys(("multiply", "mul"), ".*"),
    **dict.fromkeys(("divide", "div", "true_divide"), "./"),
    **dict.fromkeys(("power", "pow"), ".^"),
    "solve": "\\",
    "matrix_power": "^",
    "add": "+",
    "subtract": "-",
}
_BY_AXIS = {**OF_ENTRIES, "norm": "norm2", "log_softmax": "logsoftmax"}  # there -> here
_DIRECTED = DIRECTED | _BY_AXIS.keys()  # a second argument counts axes
_FUNCTIONAL = frozenset(
    ["softmax", "log_softmax", "relu", "sigmoid", "tanh", "softplus", "softsign", "gelu", "silu"]
)
_INSTEAD = {
    "inner": "write x'*y for vectors, A*B' for matrices",
    "slogdet": "write logdet(A) for log(abs(det(A)))",
    "diagonal": "write diag(A)",
    "tensordot": "write dot(A, B) for the sum of the products of all entries, A*B for the product",
    "concatenate": "write [A, B] beside each other, [A; B] above each other",
    "column_stack": "write [a, b]",
    **dict.fromkeys(
        ("array", "asarray", "matrix", "tensor", "Matrix"),
        "write [1; 2] for a vector, [1, 2; 3, 4] for a matrix",
    ),
    "block_diag": "write blkdiag(A, B)",
    "lstsq": "write pinv(A)*b",
    "reciprocal": "write 1./x",
    "cross_entropy": "write logsumexp(z) - z[k] for the class k, -dot(y, logsoftmax(z)) for "
    "probabilities y",
    "binary_cross_entropy": "write -mean(y.*log(p) + (1 - y).*log(1 - p))",
    "binary_cross_entropy_with_logits": "write mean(softplus(z) - y.*z)",
    **dict.fromkeys(("transpose", "permute", "swapaxes", "swapdims"), "write X'"),
    **dict.fromkeys(
        ("unsqueeze", "squeeze", "expand", "expand_dims", "newaxis"),
        "leave it out: vectors have one axis, and x' is a row",
    ),
    **dict.fromkeys(
        ("detach", "clone", "copy", "numpy", "item", "float", "double"), "leave it out"
    ),
    **dict.fromkeys(
        ("flatten", "ravel", "reshape", "view"),
        "write vec(X') for the entries row by row, as NumPy has them, vec(X) for column by column",
    ),
}
_UNPREFIXED = "docs/language.md lists the functions; they are written without a prefix, as exp(x)"


def read_dotted_call(
    name: str, arguments: Sequence[SyntaxNode], start: int, end: int, mark: Span
) -> SyntaxNode:
    """The call of a function with a dotted name, ``np.linalg.inv(A)``, or of a method, ``.inv`` of
    its first argument.
    """
    *packages, last = name.removeprefix(".").split(".")
    method, count = name.startswith("."), len(arguments)
    if method and last in _FUNCTIONAL and count > 1 and _is_torch(*arguments[:2]):
        return read_dotted_call(f"torch.nn.functional.{last}", arguments[1:], start, end, mark)
    if method and arguments[0].kind == "name" and arguments[0].value in _CVXPY:
        if last not in _SAME_IN_CVXPY.get(count - 1, ()):
            raise UnknownCall(f"{arguments[0].value}.{last}", mark, arguments[1:])
        return read_dotted_call(f"np.{last}", arguments[1:], start, end, mark)
    args = tuple(arguments)
    known = method or not set(packages[1:]) - _PACKAGES
    if not known:
        raise UnknownCall(name, mark)
    if last in _OVER_LESS and (method or packages[0] in ("torch", "jax", "Statistics")):
        raise UnknownNameError(
            f"{last} of some libraries divides by n - 1",
            span=mark,
            hint=advise_on_divisor(last, "..."),
        )
    if last in ("transpose", "t") and count == 1:
        return SyntaxNode("'", args, start, end, mark=mark)
    if last == "square" and count == 1:
        two = SyntaxNode("number", (), start, end, value=Fraction(2))
        return SyntaxNode(".^", (args[0], two), start, end, mark=mark)
    if last in _OPERATORS and count == 2:
        return SyntaxNode(_OPERATORS[last], args, start, end, mark=mark)
    if last == "einsum" and count > 1 and arguments[0].kind == "text":
        return SyntaxNode("call", args, start, end, mark=mark, value="einsum")
    if last == "where" and count == 3 and not method:
        return SyntaxNode("call", args, start, end, mark=mark, value="where")
    here = _NAMES.get(count, {}).get(last)
    if here is None:
        raise (
            UnknownCall(name, mark, args)
            if last not in _DIRECTED or count != 2
            else CountedAxis(last, args, mark)
        )
    return SyntaxNode("call", args, start, end, mark=mark, value=here)


def advise_on_divisor(name: str, array: str) -> str:
    """What to write for a variance or a standard deviation over n - 1."""
    factor = "sqrt(n/(n - 1))" if name == "std" else "n/(n - 1)"
    return f"write {name}({array}): matcalc divides by n; times {factor} for the one over n - 1"


def is_functional(name: str, base: str) -> bool:
    """Whether ``F`` before a name is torch.nn.functional, of which the function is one."""
    return base == "F" and name in _FUNCTIONAL


def _is_torch(base: SyntaxNode, argument: SyntaxNode) -> bool:
    """Whether ``F`` is torch.nn.functional, as in ``F.softmax(z)``, and no matrix with an axis."""
    return base.kind == "name" and base.value == "F" and argument.kind != "number"


def constant(name: str, start: int, end: int) -> SyntaxNode:
    """``np.pi``, ``np.inf``, ``np.e``."""
    last = name.rpartition(".")[2]
    if last == "e":
        one = SyntaxNode("number", (), start, end, value=Fraction(1))
        return SyntaxNode("call", (one,), start, end, mark=Span(start, end), value="exp")
    if last not in ("pi", "inf"):
        raise UnknownCall(name, Span(start, end))
    return SyntaxNode("name", (), start, end, value=last)


def mark_operators(statements: Sequence[Statement], text: str) -> None:
    """Says of the operators ``* / **`` that they are Python's, which go entry by entry between
    arrays.
    """
    for statement in flat(statements):
        for node in postorder(statement.body, children):
            if (
                node.kind in ("*", "/", "^")
                and node.mark
                and text[node.mark.start : node.mark.end] in ("*", "/", "**")
            ):
                node.value = "python"


class UnknownCall(UnknownNameError):
    """A call, or a name, that is not known here; the hint is for its arguments once these are."""

    def __init__(self, name: str, mark: Span, args: Sequence[SyntaxNode] = ()) -> None:
        package, _, self.last = name.rpartition(".")
        self.arguments = [arg.span for arg in args]
        own = _OF_CVXPY.get(self.last) if package in _CVXPY else None
        self.own = own or _INSTEAD.get(self.last)
        what = name if package else f"the method {self.last}"
        super().__init__(f"{what} is not known", span=mark)
        self.advise("")

    def advise(self, text: str) -> None:
        """Takes the hint from the text."""
        texts = [text[span.start : span.end] for span in self.arguments]
        if texts[:1] == ["F"] and self.last not in _DIRECTED:  # torch.nn.functional
            texts = texts[1:]
        general = foreign.find_advice(self.last, texts) if all(texts) else None
        self.hint = self.own or general or foreign.find_general_advice(self.last) or _UNPREFIXED


class CountedAxis(UnknownNameError):
    """A second argument that counts the axes from 0."""

    def __init__(self, name: str, args: Sequence[SyntaxNode], mark: Span) -> None:
        super().__init__(f"the axis in {name} is counted from 0 in Python", span=mark)
        array, axis = args
        self.name, self.array, self.axis = name, array.span, None
        if axis.kind == "number" and isinstance(axis.value, Fraction):
            self.axis = int(axis.value)

    def advise(self, text: str) -> None:
        """Takes the hint from the text."""
        self.hint = along(self.name, self.axis, text[self.array.start : self.array.end])


def along(name: str, axis: int | None, array: str = "X") -> str:
    """What to write for a function of an array along an axis that is counted from 0, the last one
    is -1.
    """
    name = name.removeprefix("reduce_")
    here = _BY_AXIS.get(name, name)
    if here not in DIRECTED:
        return (
            "the arguments have no names here; a second one is the number of a direction, "
            "counted from 1"
        )
    if axis in (0, 1):
        return f"write {here}({array}, {axis + 1}): directions are counted from 1 here"
    if axis == -1:
        return f"write {here}({array}) for a vector, {here}({array}, 2) for each row of a matrix"
    return (
        f"write {here}({array}, 1) for each column (axis 0), {here}({array}, 2) for each row "
        f"(axis 1)"
    )
