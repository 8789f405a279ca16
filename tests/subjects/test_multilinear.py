"""Kronecker and Khatri-Rao products, commutations, reshaped arrays, cross products: values, closed
forms, derivatives.
"""

import re

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

V3 = dict.fromkeys(["x", "y", "a", "b", "w"], "vector(3)")
RNG = np.random.default_rng(7)

VALUES = [
    ("commutation", "commutation(2, 3)*vec(A)", {"A": "matrix(2, 3)"}, lambda A: A.ravel()),
    (
        "commutation-transposed",
        "commutation(2, 3)'*vec(A')",
        {"A": "matrix(2, 3)"},
        lambda A: A.ravel("F"),
    ),
    ("commutation-of-one", "commutation(1, 3)*x", {"x": "vector(3)"}, lambda x: x),
    (
        "reshape",
        "reshape(A, 3, 2)",
        {"A": "matrix(2, 3)"},
        lambda A: A.ravel("F").reshape(3, 2, order="F"),
    ),
    ("unvec", "unvec(x, 2, 3)", {"x": "vector(6)"}, lambda x: x.reshape(2, 3, order="F")),
    (
        "khatrirao",
        "khatrirao(A, A)",
        {"A": "matrix(2, 3)"},
        lambda A: np.array([np.kron(c, c) for c in A.T]).T,
    ),
    (
        "kron-of-row",
        "kron(x', A)",
        {"x": "vector(4)", "A": "matrix(2, 3)"},
        lambda x, A: np.kron(x[None], A),
    ),
    (
        "kron-with-row",
        "kron(A, x')",
        {"x": "vector(4)", "A": "matrix(2, 3)"},
        lambda x, A: np.kron(A, x[None]),
    ),
    ("kron-of-rows", "kron(x', x')", {"x": "vector(4)"}, lambda x: np.kron(x, x)),
    ("kron-of-column-and-row", "kron(x, y')", {"x": "vector(4)", "y": "vector(2)"}, np.outer),
    ("cross", "cross(x, y)", V3, np.cross),
    ("skewmat", "skewmat(x)*y", V3, np.cross),
    ("vee", "vee(skewmat(x))", V3, lambda x: x),
    ("vee-of-outer-product", "vee(y*x')", V3, lambda x, y: np.cross(x, y) / 2),
]


@pytest.mark.parametrize(
    ("text", "kinds", "wanted"), [pytest.param(*rest, id=name) for name, *rest in VALUES]
)
def test_value(text, kinds, wanted):
    used = {name: kind for name, kind in kinds.items() if name in re.findall(r"\w+", text)}
    program = read(text, used)
    values = {
        name: RNG.normal(size=[size.integer for size in program.variables[name].shape])
        for name in used
    }
    expected = wanted(*values.values())
    assert np.allclose(interpret(program.expr, values, {}), expected)
    assert np.allclose(matcalc.parse(text, variables=used).to_callable()(**values), expected)


# without sizes the factors of a product of kron fit together in several ways
FACTORS = {
    "A": "matrix(n, m)",
    "B": "matrix(p, q)",
    "C": "matrix(m, k)",
    "D": "matrix(q, r)",
}
SIMPLIFIED = [
    ("commutation-of-vec", "commutation(m, n)*vec(A)", {"A": "matrix(m, n)"}, "vec(A')"),
    ("commutations", "commutation(m, n)*commutation(n, m)", {}, "eye(m*n)"),
    (
        "reordered",
        "commutation(m, n)*kron(A, B)*commutation(p, q)",
        {"A": "matrix(n, p)", "B": "matrix(m, q)"},
        "kron(B, A)",
    ),
    ("mixed-product", "kron(A, B)*kron(C, D)", FACTORS, "kron(A*C, B*D)"),
    (
        "mixed-khatrirao",
        "kron(A, B)*khatrirao(C, D)",
        FACTORS | {"D": "matrix(q, r)", "C": "matrix(m, r)"},
        "khatrirao(A*C, B*D)",
    ),
    ("kron-sum", "kron(A, B) + kron(A, C)", {}, "kron(A, B + C)"),
    ("unvec-of-vec", "reshape(vec(A), m, n)", {"A": "matrix(m, n)"}, "A"),
    ("reshape-in-trace", "tr(reshape(A*x, n, n)*B)", {}, "vec(B')'*A*x"),
    ("cross-of-itself", "cross(x, x)", V3, "zeros(3)"),
    ("skew-symmetry", "cross(x, y) + cross(y, x)", V3, "zeros(3)"),
    ("linearity", "cross(a, x) + cross(x, b)", V3, "cross(x, b - a)"),
    ("skewmat-times", "skewmat(x)*y", V3, "cross(x, y)"),
    ("skewmat-transposed", "skewmat(x)'", V3, "-skewmat(x)"),
    ("triple-products", "a'*cross(b, w) - b'*cross(w, a)", V3, "0"),
    ("vee-of-skewmat", "vee(skewmat(x))", V3, "x"),
    ("square", "cross(x, y)'*cross(x, y)", V3, "norm2(cross(x, y))^2"),
]


@pytest.mark.parametrize(
    ("text", "kinds", "line"), [pytest.param(*rest, id=name) for name, *rest in SIMPLIFIED]
)
def test_simplified(text, kinds, line):
    assert str(matcalc.parse(text, variables=kinds).simplify()) == line


THREE = {**V3, "A": "matrix(3, 3)", "M": "matrix(3, 3)", "t": "scalar"}
DERIVATIVES = [
    ("cross-left", "cross(x, y)", "x", 1, "-skewmat(y)"),
    ("cross-right", "cross(x, y)", "y", 1, "skewmat(x)"),
    ("triple-product", "a'*cross(b, x)", "x", 1, "cross(a, b)"),
    ("torque", "norm2(a - cross(w, x))^2", "w", 1, "2*cross(a - cross(w, x), x)"),
    ("torque-curvature", "norm2(a - cross(w, x))^2", "w", 2, "-2*skewmat(x)^2"),
    ("area", "norm2(cross(x, y))", "x", 1, "cross(y, cross(x, y))/norm2(cross(x, y))"),
    ("area-squared", "norm2(cross(x, y))^2", "x", 1, "2*cross(y, cross(x, y))"),
    ("form", "cross(x, y)'*A*cross(x, y)", "x", 2, "-skewmat(y)*(A + A')*skewmat(y)"),
    ("of-a-product", "cross(M*x, y)", "M", 1, "-kron(x', skewmat(y))"),
    ("of-a-matrix", "tr(skewmat(x)*M)", "M", 1, "-skewmat(x)"),
    ("to-vee", "tr(skewmat(x)*M)", "x", 1, "-2*vee(M)"),
    ("skew-part", "norm2(vee(M))^2", "M", 1, "skewmat(vee(M))"),
    ("cayley", "logdet(eye(3) + skewmat(x))", "x", 1, "-2*vee(inv(eye + skewmat(x)))"),
    ("in-functions-of-matrices", "expm(skewmat(x))*y", "y", 1, "expm(skewmat(x))"),
    (
        "rotation",
        "expm(skewmat(w))*y",
        "w",
        1,
        "-expm(skewmat(w))*skewmat(y)*expm([-skewmat(w), eye; zeros])[1:3, 4:6]",
    ),
    (
        "rotation-turned-back",
        "expm(-skewmat(w))*y",
        "w",
        1,
        "skewmat(expm(skewmat(w))'*y)*expm([-skewmat(w), eye; zeros])[1:3, 4:6]",
    ),
    (
        "registration-of-points",
        "norm2(A*expm(skewmat(w))*x - y)^2",
        "w",
        1,
        "2*expm([-skewmat(w), eye; zeros])[1:3, 4:6]'"
        "*cross(x, expm(skewmat(w))'*A'*(A*expm(skewmat(w))*x - y))",
    ),
    (
        "trace-of-a-rotation",
        "tr(M*expm(skewmat(w)))",
        "w",
        1,
        "-2*expm([-skewmat(w), eye; zeros])[1:3, 4:6]'*vee(M*expm(skewmat(w)))",
    ),
    ("rotation-by-its-angle", "expm(t*skewmat(w))*x", "t", 1, "cross(w, expm(t*skewmat(w))*x)"),
    ("the-sign", "skewmat(x)", "x", 1, "D[i,j,k] = -epsilon[i,j,k]"),
    (
        "rodrigues-angle",
        "x + sin(t)*cross(w, x) + (1 - cos(t))*cross(w, cross(w, x))",
        "t",
        1,
        None,
    ),
    ("rodrigues-axis", "x + sin(t)*cross(w, x) + (1 - cos(t))*cross(w, cross(w, x))", "w", 1, None),
    ("hessian-of-skew-part", "norm2(vee(M))^2", "M", 2, "(eye - commutation(3, 3))/2"),
    ("vee-in-a-product", "norm2(M*vee(M))^2", "M", 1, None),
    ("two-signs", "tr(skewmat(x)*A*skewmat(x)*M)", "x", 2, None),
    ("two-sided", "skewmat(x)*A*skewmat(x)", "x", 1, None),
]


@pytest.mark.parametrize(
    ("text", "wrt", "order", "line"), [pytest.param(*rest, id=name) for name, *rest in DERIVATIVES]
)
def test_derivative(text, wrt, order, line):
    derivative = matcalc.diff(text, wrt, order=order, variables=THREE)
    assert derivative.verification.kind in ("exact", "numeric")
    assert derivative.check().ok
    assert line is None or str(derivative) == line
    assert order == 1 or "[" not in str(derivative)


def test_a_rotation_is_differentiated_at_zero() -> None:
    """Where the closed form of its Jacobian has 0/0."""
    kinds = dict.fromkeys("wy", "vector(3)")
    found = matcalc.diff("expm(skewmat(w))*y", "w", variables=kinds).to_callable()
    at = found(w=np.zeros(3), y=[1.0, 2.0, 3.0])
    assert np.allclose(at, [[0, 3, -2], [-3, 0, 1], [2, -1, 0]])


MATRICES = [
    ("X'*A*X", 1, {}),
    ("kron(X, X)", 1, {}),
    ("kron(X, A)*b", 1, {"b": "vector(n*q)", "A": "matrix(p, q)", "X": "matrix(m, n)"}),
    ("khatrirao(X, A)", 1, {}),
    ("khatrirao(X, X)*w", 1, {"w": "vector(n)", "X": "matrix(m, n)"}),
    ("reshape(X*A, m, n)*B", 1, {"X": "matrix(m, k)", "A": "matrix(k, n)"}),
    ("diag(X*A*X')", 1, {}),
    ("inv(A + X'*X)", 1, {"A": "psd(n)"}),
    ("X*inv(X'*X)*X'", 1, {}),
    ("pinv(X)", 1, {}),
    ("softmax(X, 2)", 1, {}),
    ("A*exp(B*X)", 1, {}),
    ("kron(A, X)*B", 1, {"A": "matrix(m, n)", "X": "matrix(p, q)", "B": "matrix(n*q, k)"}),
    ("kron((X*w)', diag(z))", 1, {"w": "vector(n)", "z": "vector(m)"}),
    ("khatrirao(diag(X*w), A)", 1, {"w": "vector(n)", "X": "matrix(m, n)", "A": "matrix(p, m)"}),
    ("diag(X)'*(A*(w.*(X*w)))", 2, {"w": "vector(n)", "A": "matrix(n, n)", "X": "matrix(n, n)"}),
    ("tr(X*A*X*B)", 2, {}),
    ("tr(X^3)", 2, {}),
    ("logdet(X*A*X')", 2, {"A": "psd(n)", "X": "matrix(m, n)"}),
    ("norm2(A*X - B)", 2, {}),
    ("logsumexp(X*w)", 2, {"w": "vector(n)"}),
    ("tr(inv(X)*A)", 2, {}),
]


@pytest.mark.parametrize(
    ("text", "order", "kinds"), thinned([pytest.param(*row, id=row[0]) for row in MATRICES], 3)
)
def test_matrix_of_a_derivative_reads_back(text, order, kinds):
    derivative = matcalc.diff(text, "X", order=order, variables=kinds)
    shown = str(derivative)
    assert "[" not in shown
    assert derivative.check().ok, shown
