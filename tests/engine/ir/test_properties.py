"""What is proved of a node is true at random points, what ought to be proved is, and nothing is
said of what only looks alike.
"""

from __future__ import annotations

import numpy as np
import pytest
from networks import Bench

from matcalc.core.kinds import Variable
from matcalc.engine.ir import property_flags as f
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import draw

NAMES = {
    "symmetric": f.SYMMETRIC,
    "skew": f.SKEW,
    "semidefinite": f.SEMIDEFINITE,
    "definite": f.DEFINITE,
    "diagonal": f.DIAGONAL,
    "orthogonal": f.ORTHOGONAL,
    "lower": f.LOWER,
    "upper": f.UPPER,
    "invertible": f.INVERTIBLE,
    "nonnegative": f.NONNEGATIVE,
    "positive": f.POSITIVE,
}
MORE = {
    "R": "orthogonal(n)",
    "T": "symmetric(n)",
    "E": "diagonal(n)",
    "O": "psd(n)",
    "L": "skew(n)",
    "G": "triangular(n)",
    "H": "triangular(n)",
}


def _is(wanted: str, value: np.ndarray) -> bool:
    """Whether an array has a property, up to rounding."""
    n, close = len(value) if value.ndim else 1, np.allclose  # entries are of order one
    checks = {
        "symmetric": lambda: close(value, value.T),
        "skew": lambda: close(value, -value.T),
        "semidefinite": lambda: close(value, value.T) and np.min(np.linalg.eigvalsh(value)) > -1e-9,
        "definite": lambda: close(value, value.T) and np.min(np.linalg.eigvalsh(value)) > 0,
        "diagonal": lambda: close(value, np.diag(np.diag(value))),
        "orthogonal": lambda: close(value.T @ value, np.eye(n)),
        "lower": lambda: close(value, np.tril(value)),
        "upper": lambda: close(value, np.triu(value)),
        "invertible": lambda: abs(np.linalg.det(value)) > 1e-12,
        "nonnegative": lambda: np.min(value) >= -1e-12,
        "positive": lambda: np.min(value) > 0,
    }
    return bool(checks[wanted]())


def proved(source: str) -> set[str]:
    bench = Bench(MORE)
    bits = bench.builder.properties.infer(bench.node(source))
    return {name for name, bit in NAMES.items() if bits & bit}


PROVED = [
    ("X'*X", "semidefinite"),
    ("A*A'", "semidefinite"),
    ("V'*V", "definite"),
    ("V'*P*V", "definite"),
    ("A*P*A'", ""),
    ("C*diag(exp(z))*A", ""),
    ("A'*diag(exp(z))*A", "semidefinite"),
    ("X'*S*X", "symmetric"),
    ("X'*W*X", "skew"),
    ("W'*W", "semidefinite"),
    ("W*P*W'", "semidefinite"),
    ("W*P*W", "symmetric"),
    ("inv(A'*A)", "definite"),
    ("inv(eye + X'*X)", "definite"),
    ("eye + X'*X", "definite"),
    ("P + O", "definite"),
    ("P + A'*A", "definite"),
    ("2*P + p*O", "definite"),
    ("P - O", "symmetric"),
    ("-P", "symmetric invertible"),
    ("eye + W", "invertible"),
    ("inv(S)", "symmetric invertible"),
    ("inv(W)", "skew invertible"),
    ("inv(D)", "diagonal invertible"),
    ("inv(Q)", "orthogonal"),
    ("Q*R", "orthogonal"),
    ("-Q*R'", "orthogonal"),
    ("2*Q", "invertible"),
    ("a*Q", ""),
    ("Q + R", ""),
    ("Q*D*Q'", "symmetric"),
    ("Q*P*Q'", "definite"),
    ("D*E", "diagonal"),
    ("D + 2*E", "diagonal"),
    ("D + eye", "diagonal"),
    ("D.*X", "diagonal"),
    ("diag(x)", "diagonal"),
    ("diag(X*x)", "diagonal"),
    ("diag(exp(x))", "definite"),
    ("diag(x.^2)", "semidefinite"),
    ("diag(diag(P))", "definite"),
    ("sin(D)", "diagonal"),
    ("cos(D)", "symmetric"),
    ("P.*O", "definite"),
    ("P.*P", "definite"),
    ("(X*y)*(X*y)'", "semidefinite"),
    ("eye + (X*y)*(X*y)'", "definite"),
    ("(W*y)*(W*y)'", "semidefinite"),
    ("(W*y)*y'*W", "symmetric"),
    ("(X*y)*y'", ""),
    ("-x*x'", "symmetric"),
    ("(W*W*y)*y'*W*W", "semidefinite"),
    ("Q.*R", ""),
    ("kron(P, O)", "definite"),
    ("kron(Q, R)", "orthogonal"),
    ("kron(D, E)", "diagonal"),
    ("kron(S, T)", "symmetric"),
    ("kron(W, L)", "symmetric"),
    ("kron(W, S)", "skew"),
    ("kron(diag(Q*x), eye(n))", "diagonal"),
    ("kron(diag(diag(X'*Q*X)), eye(n))", "diagonal"),
    ("expm(S)", "definite"),
    ("expm(W)", "orthogonal"),
    ("expm(D)", "diagonal definite"),
    ("expm(X)", "invertible"),
    ("exp(W)", "positive"),
    ("pinv(X'*X)", "semidefinite"),
    ("pinv(Q)", "orthogonal"),
    ("adj(P)", "definite"),
    ("Q*diag(x)*Q", ""),
    ("X*Y", ""),
    ("V*Q*inv(P)", "invertible"),
    ("x*x'", "semidefinite"),
    ("eye - x*x'", "symmetric"),
    ("a^2*P", "semidefinite"),
    ("P/p", "definite"),
    ("diag(diag(Q))", "diagonal"),
    ("G*H", "lower"),
    ("G'*H'", "upper"),
    ("G*H'", ""),
    ("G*D*inv(H)", "lower"),
    ("G + D", "lower"),
    ("G.*X", "lower"),
    ("G*G'", "semidefinite"),
    ("expm(G)", "lower invertible"),
    ("kron(G, H)", "lower"),
    ("x'*x", "nonnegative"),
    ("x'*P*x", "nonnegative"),
    ("x'*X'*P*X*x", "nonnegative"),
    ("x'*inv(A'*A)*x", "nonnegative"),
    ("1 + x'*P*x", "positive"),
    ("x'*P*y", ""),
    ("x'*S*x", ""),
    ("x'*Q*x", ""),
    ("tr(P)", "positive"),
    ("tr(X'*X)", "nonnegative"),
    ("tr(P*O)", "positive"),
    ("tr(P*X*O*X')", "nonnegative"),
    ("tr(P*S)", ""),
    ("tr(P*O*inv(P)*diag(exp(x)))", ""),
    ("sum(P)", "positive"),
    ("sum(Q)", ""),
    ("det(P)", "positive"),
    ("det(X'*X)", "nonnegative"),
    ("det(expm(X))", ""),
    ("det(S)", ""),
    ("norm2(x)", "nonnegative"),
    ("diag(P)", "positive"),
    ("diag(A*O*A')", ""),
    ("diag(A'*A)", "nonnegative"),
    ("diag(X*P*X')", "nonnegative"),
    ("diag(X*S*X')", ""),
    ("diag((L'*L).*(X*S))", ""),  # two loops at one place
    ("x.^2", "nonnegative"),
    ("abs(x)", "nonnegative"),
    ("sqrt(x)", "nonnegative"),
    ("x.^-2", "positive"),
]


@pytest.mark.parametrize(("source", "wanted"), [pytest.param(*row, id=row[0]) for row in PROVED])
def test_proved(source: str, wanted: str) -> None:
    """All that is wanted is proved, and all that is proved is true."""
    found = proved(source)
    assert set(wanted.split()) <= found
    assert (
        wanted
        or not found - {"nonnegative"}
        or source.startswith(("A", "C", "tr", "diag", "det", "sum", "norm"))
    ), found
    program = read(source, {**Bench().declarations, **MORE})
    sizes = {"n": 4, "m": 5}
    rng = np.random.default_rng(1)
    for turn in range(4):
        style = "positive" if "sqrt" in source or turn % 2 else "normal"
        values = {
            name: draw(variable, rng, sizes, style) for name, variable in program.variables.items()
        }
        value = interpret(program.expr, values, sizes)
        assert all(_is(each, value) for each in found), found


def test_kinds_of_a_free_variable_are_not_used() -> None:
    """While an expression is differentiated by P, the entries of P vary on their own."""
    bench = Bench()
    free = bench.builder.leaf(
        "variable", Variable("P", "psd", ()).dims or bench.node("P").axes, "P"
    )
    assert bench.builder.properties.infer(free) == 0
