"""Arrays with three to six axes: derivatives, how they are printed and proved, values against
NumPy, errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.core.errors import MatcalcError, ShapeError, UnknownNameError
from matcalc.read.frontend import read
from matcalc.testing import check_gradient, check_jacobian
from matcalc.verify.oracle.interpret import interpret

KINDS = {
    "T": "tensor(n, m, k)",
    "S": "tensor(n, m, k)",
    "R": "tensor(m, k, n)",
    "Q": "tensor(n, m, k, p)",
    "H": "tensor(2, n, 3, m, 2)",
    "Z": "tensor(2, n, 2, n, 2, 2)",
    "A": "matrix(k, p)",
    "B": "matrix(n*m*k, n*m*k)",
    "C": "matrix(m, k)",
    "M": "matrix(n, m)",
    "x": "vector(k)",
    "a": "scalar",
    "c": "positive",
}
SIZES = {"n": 3, "m": 4, "k": 2, "p": 5}


def declared(text: str, wrt: str = "") -> dict[str, str]:
    return {name: kind for name, kind in KINDS.items() if name in set(text + wrt)}


# expression, variable, what is printed
LINES = [
    ("sum(T.*S)", "T", "S"),
    ("sum(T)", "T", "ones(n, m, k)"),
    ("norm2(T)^2", "T", "2*T"),
    ("norm2(T - S)", "T", "(T - S)/norm2(T - S)"),
    ("sum((T - S).^2.*S)", "T", "2*(S.*(T - S))"),
    ("sum(exp(T))", "T", "exp(T)"),
    ("sum(log(T)./S)", "T", "1./(S.*T)"),
    ("sum(log(T)./S)", "S", "-log(T)./S.^2"),
    ("sum(tanh(a*T).*S)", "T", "a*(S.*(1 - tanh(a*T).^2))"),
    ("logsumexp(T)", "T", "exp(T - logsumexp(T))"),
    ("max(T)", "T", "T == max(T)"),
    ("mean(T.*S)", "T", "S/(k*m*n)"),
    ("std(T)", "T", "(T - mean(T))/(k*m*n*std(T))"),
    ("norm1(T)", "T", "sign(T)"),
    ("prod(T)", "T", "prod(T)./T"),
    ("dot(T, S)", "T", "S"),
    ("exp(a*T)", "a", "T.*exp(a*T)"),
    ("a*H + H.^2", "a", "H"),
    ("norm2(Z)^2", "Z", "2*Z"),
    ("sum(permute(T, 2, 3, 1).*R)", "T", "permute(R, 3, 1, 2)"),
    ("sum(permute(T, 2, 3, 1).*R)", "R", "permute(T, 2, 3, 1)"),
    ("sum(R.*exp(permute(T, 2, 3, 1)))", "T", "exp(T).*permute(R, 3, 1, 2)"),
    ("sum(vec(T).*vec(S))", "T", "S"),
    ("sum(logsumexp(T, 2))", "T", "softmax(T, 2)"),
    ("norm2(cumsum(T, 1) - S)^2/2", "T", "revcumsum(cumsum(T, 1) - S, 1)"),
    ("sum(exp(revcumsum(T, 2)))", "T", "cumsum(exp(revcumsum(T, 2)), 2)"),
    ("sum(cumsum(Q, 4).^2)", "Q", "2*revcumsum(cumsum(Q, 4), 4)"),
    ("sum(logsumexp(permute(T, 3, 1, 2), 1))", "T", "softmax(T, 3)"),
    ('einsum("ijk,k->ij", T, x)', "x", "T"),
    ("T[1, 2, :]'*x", "x", "T[1, 2, :]"),
    ("sum(T[1, :, :].*C)", "C", "T[1, :, :]"),
    ("sum(T[1, :, :].*C)", "T", 'einsum("i,jk->ijk", unit(1, n), C)'),
    ("norm2(T[:, 2, :]*x)^2", "x", "2*T[:, 2, :]'*T[:, 2, :]*x"),
    ("norm2(T[i, :, :]*x)^2", "x", "2*T[i, :, :]'*T[i, :, :]*x"),
    ("norm2(permute(T, 3, 1, 2)[1, :, :]*C)^2", "C", "2*T[:, :, 1]'*T[:, :, 1]*C"),
    ("sum(exp(T)[1, :, :].*C)", "C", "exp(T[1, :, :])"),
    ("norm2(T[1, 2:m, :]*x)^2", "x", "2*T[1, 2:m, :]'*T[1, 2:m, :]*x"),
    ("vec(T)'*B*vec(T)", "T", "reshape(B*vec(T), n, m, k) + reshape(B'*vec(T), n, m, k)"),
    ("vec(T)'*B*vec(T)", "B", "vec(T)*vec(T)'"),
    ("norm2(reshape(T, n*m, k)*A)^2", "T", '2*einsum("ijk,lk->ijl", T, A*A\')'),
    ('norm2(einsum("ijk,kl->ijl", T, A))^2', "T", '2*einsum("ijk,lk->ijl", T, A*A\')'),
    ('norm2(einsum("ijk,kl->ijl", T, A))^2', "A", '2*einsum("ijk,ijl,lm->km", T, T, A)'),
    ('sum(einsum("ijk,ijkl->l", T, Q))', "T", "sum(Q, 4)"),
    ('einsum("ij,ij->", M, sum(T, 3))', "M", "sum(T, 3)"),
]


@pytest.mark.parametrize(("expr", "wrt", "line"), LINES, ids=[line[0] for line in LINES])
def test_the_derivative_is_printed_proved_and_read_back(expr: str, wrt: str, line: str) -> None:
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt))
    assert str(derivative) == line
    assert str(derivative.verification).startswith("exact")
    assert derivative.latex()
    assert derivative.source()


# what has no short form: proved, read back and computed all the same
OTHERS = [
    ("T.^2", "T", 6),
    ("softmax(T, 3)", "T", 6),
    ("sum(softmax(T, 1).*S)", "T", 3),
    ("logsoftmax(T, 2)", "T", 6),
    ("sum(sum(T, 3).*M)", "T", 3),
    ("mean(T, 2)", "T", 5),
    ("sum(var(T, 3).*M)", "T", 3),
    ("sum(std(T, 1))", "T", 3),
    ("sum(norm2(T, 3))", "T", 3),
    ("sum(norm1(T, 2))", "T", 3),
    ("sum(prod(T, 1))", "T", 3),
    ("sum(amax(T, 3).*M)", "T", 3),
    ("amin(T, 3)", "T", 5),
    ("vec(T)", "T", 4),
    ("sum(reshape(T, n*m, k)*A)", "T", 3),
    ("permute(Q, 4, 1, 3, 2)", "Q", 8),
    ("sum(Q[1, :, :, :].*Q[2, :, :, :])", "Q", 4),
    ("norm2(T[2:n, 1, :])^2", "T", 3),
    ("sum(softmax(T, 3)[1, :, :].*C)", "T", 3),
    ("reshape(T, n*m, k)", "T", 5),
    ("sum(logsumexp(H, 4))", "H", 5),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "rank"), thinned([pytest.param(*row, id=row[0]) for row in OTHERS], 3)
)
def test_other_derivatives_are_right_in_every_form(expr: str, wrt: str, rank: int) -> None:
    derivative = matcalc.diff(expr, wrt, variables=declared(expr, wrt))
    assert len(derivative.shape) == rank
    assert "verified" not in str(derivative.verification)
    assert not str(derivative).startswith("D[")
    assert derivative.check().ok
    assert derivative.latex()
    assert derivative.source()


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    variables = read("0*a", KINDS).variables
    return {
        name: rng.uniform(0.5, 1.5, [size.size(SIZES) for size in variable.shape])
        for name, variable in variables.items()
    }


VALUES = [
    ("sum(T, 1)", lambda T, **_: T.sum(0)),
    ("mean(T, 3)", lambda T, **_: T.mean(2)),
    ("norm2(T, 2)", lambda T, **_: np.sqrt((T * T).sum(1))),
    ("var(T, 2)", lambda T, **_: T.var(1)),
    ("std(T)", lambda T, **_: T.std()),
    ("prod(T, 1)", lambda T, **_: T.prod(0)),
    ("amax(T, 3)", lambda T, **_: T.max(2)),
    ("logsumexp(T, 1)", lambda T, **_: np.log(np.exp(T).sum(0))),
    ("softmax(T, 2)", lambda T, **_: np.exp(T) / np.exp(T).sum(1, keepdims=True)),
    ("permute(T, 2, 3, 1)", lambda T, **_: np.transpose(T, (1, 2, 0))),
    ("vec(T)", lambda T, **_: T.ravel(order="F")),
    ("reshape(T, k, n*m)", lambda T, **_: T.reshape((2, 12), order="F")),
    ("reshape(S, k, m, n)", lambda S, **_: S.reshape((2, 4, 3), order="F")),
    ('einsum("ijk,kp->pij", T, A)', lambda T, A, **_: np.einsum("ijk,kp->pij", T, A)),
    ('einsum("aibiac->bc", Z)', lambda Z, **_: np.einsum("aibiac->bc", Z)),
    (
        'einsum(",ij,ijk,k->", a, M, T, x)',
        lambda a, M, T, x, **_: a * np.einsum("ij,ijk,k->", M, T, x),
    ),
    ("a + T.*S./exp(T).^2", lambda a, T, S, **_: a + T * S / np.exp(T) ** 2),
    ("where(T > S, T, 0*S)", lambda T, S, **_: np.where(T > S, T, 0)),
    ("max(T, S)", lambda T, S, **_: np.maximum(T, S)),
    ("ones(n, m, k) - T", lambda T, **_: 1 - T),
]


@pytest.mark.parametrize(("expr", "expected"), VALUES, ids=[value[0] for value in VALUES])
def test_values_are_those_of_numpy(expr: str, expected: object) -> None:
    """Of the judge, of generated code, and of the simplified expression."""
    points = arrays()
    used = declared(expr.replace("max", "").replace("exp", ""))
    program = read(expr, used)
    wanted = expected(**points)  # type: ignore[operator]
    np.testing.assert_allclose(interpret(program.expr, points, SIZES), wanted)
    needed = {name: points[name] for name in used}
    parsed = matcalc.parse(expr, used)
    sizes = {key: SIZES[key] for key in "nmkp" if f", {key}=" in str(parsed.to_callable)}
    np.testing.assert_allclose(parsed.to_callable()(**needed, **sizes), wanted)
    assert matcalc.equal(parsed, parsed.simplify())


def test_second_derivatives() -> None:
    def hessian(expr: str, wrt: str) -> str:
        return str(matcalc.diff(expr, wrt, order=2, variables=declared(expr)))

    assert hessian("sum(T.^3)", "T") == '6*einsum("ijk,il,jm,kn->ijklmn", T, eye, eye, eye)'
    assert hessian('norm2(einsum("ijk,k->ij", T, x))^2', "x") == '2*einsum("ijk,ijl->kl", T, T)'
    with pytest.raises(MatcalcError, match="9 axes; at most 8"):
        hessian("T.^2", "T")


JUDGED = [
    ("sum(permute(T, 2, 3, 1).*R)", "T", "permute(R, 3, 1, 2)", "proved"),
    (
        "sum(permute(T, 2, 3, 1).*R)",
        "T",
        "permute(R, 2, 3, 1)",
        "another order; permute(claim, 2, 3",
    ),
    ("norm2(T - S)^2", "T", "T - S", "the factor 2 is missing"),
    ('einsum("ijk,k->ij", T, x)', "x", "T", "proved"),
    ('einsum("ijk,k->ij", T, x)', "x", "reshape(T, n*m, k)", "proved"),
    ("norm2(T - S)^2", "T", lambda T, S: 2 * (T - S), "agreed"),
    ("norm2(T - S)^2", "T", lambda T, S: 2 * (T - S).sum(0), "has shape (4, 2)"),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "says"), JUDGED)
def test_claims_are_arrays_of_the_shape_of_the_tensor(
    expr: str, wrt: str, claim: object, says: str
) -> None:
    variables = dict.fromkeys("TR", "tensor(n, n, n)") if "R" in expr else declared(expr)
    check = check_gradient if "einsum" not in expr else check_jacobian
    assert says in str(check(expr, claim, wrt=wrt, variables=variables))  # type: ignore[arg-type]


def test_claims_of_functions_at_arrays_with_three_axes() -> None:
    points = {name: arrays()[name] for name in "TS"}
    report = check_gradient(
        lambda T, S: np.sum((T - S) ** 2), lambda T, S: 2 * (T - S), wrt="T", at=points
    )
    assert report.verdict == "agreed"


REFUSED = [
    ("A*T", 'einsum("ij,jkl->ikl", A, T)'),
    ("T'", "permute(T, 2, 1, 3)"),
    ("tr(T)", "T[1,:,:] is a matrix"),
    ("det(T)", "T[1,:,:] is a matrix"),
    ("inv(Q)", "Q[1,1,:,:] is a matrix"),
    ("T^2", "write T.^2"),
    ("a/T", "write a./T"),
    ("T\\x", "T[1,:,:] is a matrix"),
    ("[T, S]", "blocks are scalars, vectors and matrices"),
    ("T + M", "equally many axes"),
    ("T + R", "n from T"),
    ("softmax(T)", "softmax(T, 3) goes along the last axis"),
    ("sum(T, 4)", "1 to 3"),
    ("cumsum(T)", "cumsum(T, 1) sums along the first axis"),
    ("cumsum(T, 4)", "from 1 to 3"),
    ("permute(T, 1, 2)", "permute(T, 2, 1, 3) exchanges"),
    ("permute(T, 1, 2, 2)", "each of the axes 1, 2, 3"),
    ("norm(T, 1)", "norm1(T)"),
    ("|T|", "norm2(T)"),
    ("T[1, 2]", "write T[1, 2, :]"),
    ("reshape(T, n, m)", "keeps the number of entries"),
    ("einsum(M, T)", "in quotes"),
    ('einsum("ij,ijk", M, T)', 'write "ij,ijk->k"'),
    ('einsum("ij,ijk->kl", M, T)', "no array has the axis l"),
    ('einsum("ij,ijk->kk", M, T)', "twice after the arrow"),
    ('einsum("ij,jk->ik", M, T)', "names 2 axes, and this is tensor(n, m, k)"),
    ('einsum("ij,jik->k", M, T)', "n from"),
    ('einsum("ij->ji", M, T)', "names the axes of 1 arrays, and is given 2"),
    ('einsum("...j->j", T)', "no dots"),
    ('einsum("i1->i", M)', "not '1' here"),
]


@pytest.mark.parametrize(("expr", "says"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_has_no_meaning_is_refused(expr: str, says: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(expr, declared(expr))
    assert isinstance(caught.value, ShapeError)
    assert says in str(caught.value)
    assert caught.value.span is not None


UNDECLARED = ["A*T", "T*x", "T + A", "x'*T", "T - x", "T.*x", "A*T*A'", "T'"]


@pytest.mark.parametrize("expr", UNDECLARED)
def test_letters_beside_a_tensor_that_are_not_declared(expr: str) -> None:
    """They are read as scalars, which is said, or the text is refused."""
    try:
        program = read(expr, {"T": KINDS["T"]})
    except ShapeError:
        return
    others = [variable for name, variable in program.variables.items() if name != "T"]
    assert all(variable.kind == "scalar" for variable in others)
    assert program.notes


DECLARED = [
    ("tensor(n)", "declare T: vector(n)"),
    ("tensor(n, m)", "declare T: matrix(n, m)"),
    ("matrix(n, m, k)", "declare T: tensor(n, m, k)"),
    ("tensor", "three to six dimensions"),
    ("tensor(a, b, c, d, e, f, g)", "three to six dimensions, not 7"),
]


@pytest.mark.parametrize(("kind", "says"), DECLARED)
def test_declarations_with_other_numbers_of_axes(kind: str, says: str) -> None:
    with pytest.raises(UnknownNameError, match="dimension") as caught:
        read("sum(T)", {"T": kind})
    assert says in str(caught.value)


def test_arrays_go_in_and_out() -> None:
    points = arrays()
    gradient = matcalc.diff("norm2(T - S)^2", "T", variables=declared("TS"))
    found = gradient.to_callable()(T=points["T"], S=points["S"])
    np.testing.assert_allclose(found, 2 * (points["T"] - points["S"]))
    with pytest.raises(MatcalcError, match="T"):
        gradient.to_callable()(T=points["M"], S=points["S"])
    with pytest.raises(MatcalcError, match="no arrays with three axes"):
        gradient.to_sympy()
