"""Expressions that the literature differentiates, and the same for SymPy where SymPy has the
notion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """An expression, what to differentiate by, and how SymPy would be told the same (None: SymPy
    has no such notion).
    """

    name: str
    text: str
    wrt: str
    sympy: Callable[[Sympy], Any] | None = None
    variables: dict[str, str] = field(default_factory=dict)


class Sympy:
    """The symbols of one SymPy session: x, y, ... are columns, capitals are square matrices unless
    said otherwise.
    """

    def __init__(self) -> None:
        import sympy

        self.sp = sympy
        m, n, k = sympy.symbols("m n k", integer=True, positive=True)
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


CASES = [
    Case("linear form", "w'*x", "x", lambda s: s.w.T * s.x),
    Case("quadratic form", "x'*A*x", "x", lambda s: s.x.T * s.A * s.x),
    Case("bilinear in X", "y'*X*w", "X", lambda s: s.y.T * s.X * s.w),
    Case("least squares", "norm2(R*x - b)^2", "x",
         lambda s: (s.R * s.x - s.b).T * (s.R * s.x - s.b), {"b": "vector(m)"}),
    Case("weighted least squares", "(b - R*x)'*W*(b - R*x)", "x",
         lambda s: (s.b - s.R * s.x).T * s.W * (s.b - s.R * s.x), {"b": "vector(m)"}),
    Case("ridge", "norm2(R*x - b)^2 + t*x'*x", "x",
         lambda s: (s.R * s.x - s.b).T * (s.R * s.x - s.b) + s.t * s.x.T * s.x,
         {"b": "vector(m)", "t": "scalar"}),
    Case("two factors", "(A*x + y)'*(B*x + w)", "x",
         lambda s: (s.A * s.x + s.y).T * (s.B * s.x + s.w)),
    Case("trace, linear", "tr(A*X*B)", "X", lambda s: s.sp.Trace(s.A * s.X * s.B)),
    Case("trace, quadratic", "tr(A*X'*B*X*C)", "X",
         lambda s: s.sp.Trace(s.A * s.X.T * s.B * s.X * s.C)),
    Case("trace of a power", "tr(X^3)", "X", lambda s: s.sp.Trace(s.X * s.X * s.X)),
    Case("trace of an inverse", "tr(A*inv(X)*B)", "X", lambda s: s.sp.Trace(s.A * s.X.I * s.B)),
    Case("form with an inverse", "y'*inv(X)*w", "X", lambda s: s.y.T * s.X.I * s.w),
    Case("determinant", "det(X)", "X", lambda s: s.sp.Determinant(s.X)),
    Case("log determinant", "log(det(X))", "X", lambda s: s.sp.log(s.sp.Determinant(s.X))),
    Case("Frobenius norm", "norm2(T - U*V')^2", "U", lambda s: s.norm2squared(s.T - s.U * s.V.T)),
    Case("linear map", "A*x", "x", lambda s: s.A * s.x),
    Case("matrix product", "A*X*B", "X", lambda s: s.A * s.X * s.B),
    Case("sine of every entry", "sin(A*x)", "x", lambda s: s.each(s.sp.sin, s.A * s.x)),
    Case("layer", "y'*tanh(A*x + w)", "x", lambda s: s.y.T * s.each(s.sp.tanh, s.A * s.x + s.w)),
    Case("Hadamard product", "(A*x).*(B*x)", "x",
         lambda s: s.sp.HadamardProduct(s.A * s.x, s.B * s.x)),
    Case("norm", "norm2(A*x - w)", "x"),
    Case("logistic regression", "sum(log(exp(-y.*(X*w)) + vector(1)))", "w"),
    Case("log-sum-exp", "logsumexp(x)", "x"),
    Case("softmax", "softmax(x)", "x"),
    Case("Gaussian, covariance", "0.5*(x-m)'*inv(S)*(x-m) + 0.5*logdet(S)", "S"),
    Case("matrix exponential", "tr(A*expm(X))", "X"),
]  # fmt: skip
