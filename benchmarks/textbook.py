"""Expressions that the literature differentiates, and the same for SymPy and tensorgrad where they
have the notion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """An expression, what to differentiate by, and how SymPy and tensorgrad would be told the same
    (None: it has no such notion).
    """

    name: str
    text: str
    wrt: str
    sympy: Callable[[Sympy], Any] | None = None
    variables: dict[str, str] = field(default_factory=dict)
    tensorgrad: Callable[[Tensorgrad], Any] | None = None


class Sympy:
    """The symbols of one SymPy session: x, y, ... are columns, capitals are square matrices unless
    said otherwise.
    """

    def __init__(self) -> None:
        import sympy

        self.sp = sympy
        self.sizes = m, n, k = sympy.symbols("m n k", integer=True, positive=True)
        symbol = sympy.MatrixSymbol
        self.x, self.y, self.m, self.w, self.v = (
            symbol(name, n, 1) for name in ("x", "y", "m", "w", "v")
        )
        self.b, self.c, self.d = (symbol(name, m, 1) for name in ("b", "c", "d"))
        self.A, self.B, self.C, self.X, self.S = (symbol(name, n, n) for name in "ABCXS")
        self.R, self.D, self.W = symbol("R", m, n), symbol("D", m, n), symbol("W", m, m)
        self.U, self.V, self.T = symbol("U", m, k), symbol("V", n, k), symbol("T", m, n)
        self.t = sympy.Symbol("t", positive=True)

    def norm2squared(self, matrix: Any) -> Any:
        """The sum of squares."""
        return self.sp.Trace(matrix.T * matrix)

    def each(self, function: Any, matrix: Any) -> Any:
        """A scalar function of every entry."""
        return matrix.applyfunc(function)


# the sizes of each variable's axes
SIZES = dict.fromkeys("xymwv", "n") | dict.fromkeys("ABCXS", "nn")
SIZES |= {"b": "m", "R": "mn", "W": "mm", "U": "mk", "V": "nk", "T": "mn", "t": ""}


class Tensorgrad:
    """The variables of one tensorgrad session; ``t("A", "ij")`` is A with these names of its axes,
    and a name that occurs twice in a product is summed over.
    """

    def __init__(self) -> None:
        import sympy
        from tensorgrad import Variable, functions

        self.functions = functions
        self.sizes = dict(zip("mnk", sympy.symbols("m n k"), strict=True))
        self.variables = {
            name: Variable(name, **{f"a{k}": self.sizes[size] for k, size in enumerate(axes)})
            for name, axes in SIZES.items()
        }

    def __call__(self, name: str, axes: str = "") -> Any:
        return self.variables[name].rename(**{f"a{k}": axis for k, axis in enumerate(axes)})

    def map(self, matrix: str, vector: str) -> Any:
        """matrix*vector, with the axis i."""
        return self(matrix, "ij") @ self(vector, "j")

    def residual(self, matrix: str, vector: str, constant: str, axis: str = "i") -> Any:
        """matrix*vector - constant, with this axis."""
        return self(matrix, axis + "j") @ self(vector, "j") - self(constant, axis)

    def square(self, tensor: Any) -> Any:
        """The sum of squares."""
        return tensor @ tensor

    def log_det(self, name: str) -> Any:
        return self.functions.log(self.functions.det(self(name, "ij")))

    def inverse(self, name: str, axes: str) -> Any:
        """The inverse, which tensorgrad lets keep the axes of the matrix: it is transposed."""
        return self.functions.inverse(self(name, axes[::-1]))


CASES = [
    Case("linear form", "w'*x", "x", lambda s: s.w.T * s.x,
         tensorgrad=lambda t: t("w", "i") @ t("x", "i")),
    Case("quadratic form", "x'*A*x", "x", lambda s: s.x.T * s.A * s.x,
         tensorgrad=lambda t: t("x", "i") @ t("A", "ij") @ t("x", "j")),
    Case("bilinear in X", "y'*X*w", "X", lambda s: s.y.T * s.X * s.w,
         tensorgrad=lambda t: t("y", "i") @ t("X", "ij") @ t("w", "j")),
    Case("least squares", "norm2(R*x - b)^2", "x",
         lambda s: (s.R * s.x - s.b).T * (s.R * s.x - s.b), {"b": "vector(m)"},
         tensorgrad=lambda t: t.square(t.residual("R", "x", "b"))),
    Case("weighted least squares", "(b - R*x)'*W*(b - R*x)", "x",
         lambda s: (s.b - s.R * s.x).T * s.W * (s.b - s.R * s.x), {"b": "vector(m)"},
         tensorgrad=lambda t: t.residual("R", "x", "b") @ t("W", "ik")
         @ t.residual("R", "x", "b", "k")),
    Case("ridge", "norm2(R*x - b)^2 + t*x'*x", "x",
         lambda s: (s.R * s.x - s.b).T * (s.R * s.x - s.b) + s.t * s.x.T * s.x,
         {"b": "vector(m)", "t": "scalar"},
         tensorgrad=lambda t: t.square(t.residual("R", "x", "b")) + t("t") * t.square(t("x", "i"))),
    Case("two factors", "(A*x + y)'*(B*x + w)", "x",
         lambda s: (s.A * s.x + s.y).T * (s.B * s.x + s.w),
         tensorgrad=lambda t: (t.map("A", "x") + t("y", "i")) @ (t.map("B", "x") + t("w", "i"))),
    Case("trace, linear", "tr(A*X*B)", "X", lambda s: s.sp.Trace(s.A * s.X * s.B),
         tensorgrad=lambda t: t("A", "ij") @ t("X", "jk") @ t("B", "ki")),
    Case("trace, quadratic", "tr(A*X'*B*X*C)", "X",
         lambda s: s.sp.Trace(s.A * s.X.T * s.B * s.X * s.C),
         tensorgrad=lambda t: t("A", "ij") @ t("X", "kj") @ t("B", "kl")
         @ t("X", "lh") @ t("C", "hi")),
    Case("trace of a power", "tr(X^3)", "X", lambda s: s.sp.Trace(s.X * s.X * s.X),
         tensorgrad=lambda t: t("X", "ij") @ t("X", "jk") @ t("X", "ki")),
    Case("trace of an inverse", "tr(A*inv(X)*B)", "X", lambda s: s.sp.Trace(s.A * s.X.I * s.B),
         tensorgrad=lambda t: t("A", "ij") @ t.inverse("X", "jk") @ t("B", "ki")),
    Case("form with an inverse", "y'*inv(X)*w", "X", lambda s: s.y.T * s.X.I * s.w,
         tensorgrad=lambda t: t("y", "i") @ t.inverse("X", "ij") @ t("w", "j")),
    Case("determinant", "det(X)", "X", lambda s: s.sp.Determinant(s.X),
         tensorgrad=lambda t: t.functions.det(t("X", "ij"))),
    Case("log determinant", "log(det(X))", "X", lambda s: s.sp.log(s.sp.Determinant(s.X)),
         tensorgrad=lambda t: t.log_det("X")),
    Case("Frobenius norm", "norm2(T - U*V')^2", "U", lambda s: s.norm2squared(s.T - s.U * s.V.T),
         tensorgrad=lambda t: t.square(t("T", "ij") - t("U", "ih") @ t("V", "jh"))),
    Case("linear map", "A*x", "x", lambda s: s.A * s.x,
         tensorgrad=lambda t: t.map("A", "x")),
    Case("matrix product", "A*X*B", "X", lambda s: s.A * s.X * s.B,
         tensorgrad=lambda t: t("A", "ij") @ t("X", "jk") @ t("B", "kl")),
    Case("sine of every entry", "sin(A*x)", "x", lambda s: s.each(s.sp.sin, s.A * s.x)),
    Case("layer", "y'*tanh(A*x + w)", "x", lambda s: s.y.T * s.each(s.sp.tanh, s.A * s.x + s.w),
         tensorgrad=lambda t: t("y", "i") @ t.functions.tanh(t.map("A", "x") + t("w", "i"))),
    Case("Hadamard product", "(A*x).*(B*x)", "x",
         lambda s: s.sp.HadamardProduct(s.A * s.x, s.B * s.x),
         tensorgrad=lambda t: t.map("A", "x") * t.map("B", "x")),
    Case("norm", "norm2(A*x - w)", "x",
         tensorgrad=lambda t: t.functions.sqrt(t.square(t.residual("A", "x", "w")))),
    Case("logistic regression", "sum(log(exp(-y.*(X*w)) + vector(1)))", "w",
         tensorgrad=lambda t: t.functions.sum(
             t.functions.log(t.functions.exp(-t("y", "i") * t.map("X", "w")) + 1))),
    Case("log-sum-exp", "logsumexp(x)", "x",
         tensorgrad=lambda t: t.functions.log(t.functions.sum(t.functions.exp(t("x", "i"))))),
    Case("softmax", "softmax(x)", "x",
         tensorgrad=lambda t: t.functions.softmax(t("x", "i"), dim="i")),
    Case("Gaussian, covariance", "0.5*(x-m)'*inv(S)*(x-m) + 0.5*logdet(S)", "S",
         tensorgrad=lambda t: (t("x", "i") - t("m", "i")) @ t.inverse("S", "ij")
         @ (t("x", "j") - t("m", "j")) * 0.5 + t.log_det("S") * 0.5),
    Case("matrix exponential", "tr(A*expm(X))", "X"),
]  # fmt: skip
