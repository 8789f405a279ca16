"""Derivatives by the independent entries of a structured matrix, and by its vech."""

import json
import re

import numpy as np
import pytest
from proving import verdict
from sweeps import slow

import matcalc
from matcalc import diff, jvp
from matcalc.claims.judge.claims import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.cli import main
from matcalc.core.dims import dim
from matcalc.core.errors import (
    ArgumentError,
    UnknownNameError,
    UnsupportedError,
    VerificationError,
)
from matcalc.core.kinds import FREE, ROWS, Variable, kind_spec
from matcalc.core.subspaces import SPACES, WITH_COORDINATES, coordinates, independent
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.read.syntax.declare import declare
from matcalc.verify.oracle.preconditions import is_of_kind
from matcalc.verify.oracle.sample import draw

A = {"A": "matrix(n, n)"}
S, K, L, D = (
    {"X": kind, **A} for kind in ("symmetric(n)", "skew(n)", "triangular(n)", "diagonal(n)")
)
W = {"X": "banded(n, 2)", **A}
U, T = {"X": "upper(n)", **A}, {"X": "tridiagonal(n)", **A}
B = {"X": "tridiagonal(n)", "a": "vector(n)", "b": "vector(n)"}
Z, C, H = ({"X": kind, **A} for kind in ("toeplitz(n)", "circulant(n)", "hankel(n)"))

ANSWERS = [
    ("tr(A*X)", S, "independent", 1, "A + A' - diag(diag(A))"),
    ("tr(A*X)", S, "vech", 1, "vech(A + A' - diag(diag(A)))"),
    ("logdet(X)", {"X": "psd(n)"}, "independent", 1, "2*inv(X) - diag(diag(inv(X)))"),
    ("logdet(X)", {"X": "psd(n)"}, "vech", 1, "vech(2*inv(X) - diag(diag(inv(X))))"),
    ("a'*X*a", {"X": "symmetric(n)", "a": "vector(n)"}, "independent", 1, "2*a*a' - diag(a.^2)"),
    ("tr(A*X)", K, "independent", 1, "A' - A"),
    ("tr(A*X)", K, "vech", 1, "vech(A' - A)"),
    ("tr(A*X)", L, "independent", 1, "tril(A')"),
    ("tr(A*X)", L, "vech", 1, "vech(A')"),
    ("tr(A*X)", D, "independent", 1, "diag(diag(A))"),
    ("tr(A*X)", D, "vech", 1, "diag(A)"),
    ("X*b", {"X": "symmetric(n)", "b": "vector(n)"}, "vech", 1, "kron(b', eye)*duplication(n)"),
    ("A*X*B", {"X": "symmetric(n)"}, "vech", 1, "kron(B', A)*duplication(n)"),
    ("A*X*B", {"X": "skew(n)"}, "independent", 1, "kron(B', A)*(eye - commutation(n, n))"),
    (
        "logdet(X)",
        {"X": "psd(n)"},
        "vech",
        2,
        "-duplication(n)'*kron(inv(X), inv(X))*duplication(n)",
    ),
    ("sum(X.^2)", S, "vech", 2, "2*duplication(n)'*duplication(n)"),
    ("tr(A*X)", U, "declared", 1, "triu(A')"),
    ("tr(A*X)", U, "vech", 1, "vech(A)"),
    ("logdet(X)", U, "declared", 1, "diag(1./diag(X))"),
    ("tr(A*X)", T, "declared", 1, "triu(tril(A', 1), -1)"),
    ("a'*X*b", B, "declared", 1, "triu(tril(a*b', 1), -1)"),
    ("b'*X'*a", B, "declared", 1, "triu(tril(a*b', 1), -1)"),
    ("tr(A*X)", W, "declared", 1, "triu(tril(A', 2), -2)"),
    ("tr(A*X)", W, "independent", 1, "triu(tril(A', 2), -2)"),
    ("logdet(X)", {"X": "banded(n, 3)"}, "declared", 1, "triu(tril(inv(X)', 3), -3)"),
    ("tr(A*X)", {"X": "banded(n, 1)", **A}, "declared", 1, "triu(tril(A', 1), -1)"),
    ("tr(A*X)", {"X": "banded(n, 0)", **A}, "declared", 1, "diag(diag(A))"),
    ("tr(A*X)", Z, "declared", 1, "toeplitz(A')"),
    ("tr(A*X)", C, "declared", 1, "circulant(A')"),
    ("tr(A*X)", H, "declared", 1, "hankel(A)"),
    ("tr(A*X)", C, "independent", 1, "n*circulant(A')"),
    ("tr(A*X) + tr(X'*X)", Z, "declared", 1, "2*X + toeplitz(A')"),
    ("logdet(X)", C, "declared", 1, "inv(X)'"),
    ("logdet(X)", Z, "free", 1, "inv(X)'"),
    ("tr(X'*X)", H, "declared", 2, "2*hankel_projector(n)"),
    ("A*X*B", Z, "declared", 1, "kron(B', A)*toeplitz_projector(n)"),
    ("toeplitz(X) + toeplitz(A)", Z, "free", 1, "toeplitz_projector(n)"),
    ("A*X*B", U, "vech", 1, "commutation(m, n)*kron(A, B')*elimination(n)'"),
    # of what has no structure nothing depends
    ("A*x", {"x": "vector(n)"}, "independent", 1, "A"),
]


@pytest.mark.parametrize(("expr", "variables", "structure", "order", "expected"), ANSWERS)
def test_answers(expr, variables, structure, order, expected):
    wrt = "X" if "X" in variables else "x"
    found = diff(expr, wrt, variables=variables, structure=structure, order=order)
    assert str(found) == expected
    assert found.verification.kind == "exact"


WRONG = [  # what a corrupted rule would answer
    ("tr(A*X)", S, "independent", 1, "A + A'"),
    ("tr(A*X)", S, "independent", 1, "A' + A' - diag(diag(A))"),  # not symmetric
    ("tr(A*X)", S, "vech", 1, "vech(A + A')"),
    ("tr(A*X)", S, "vech", 1, "vech((A + A')/2)"),
    ("tr(A*X)", K, "independent", 1, "A - A'"),
    ("tr(A*X)", K, "vech", 1, "vech(A')"),
    ("tr(A*X)", L, "vech", 1, "vech(A)"),
    ("tr(A*X)", U, "vech", 1, "vech(A')"),
    ("tr(A*X)", U, "declared", 1, "A'"),
    ("tr(A*X)", T, "declared", 1, "tril(A')"),
    ("tr(A*X)", W, "declared", 1, "triu(tril(A', 3), -3)"),
    ("tr(A*X)", W, "declared", 1, "triu(tril(A', 1), -1)"),
    ("tr(A*X)", W, "declared", 1, "A'"),
    ("tr(A*X)", D, "vech", 1, "2*diag(A)"),
    ("tr(A*X)", Z, "declared", 1, "toeplitz(A)"),
    ("tr(A*X)", Z, "declared", 1, "circulant(A')"),
    ("tr(A*X)", C, "declared", 1, "toeplitz(A')"),
    ("tr(A*X)", C, "independent", 1, "circulant(A')"),
    ("tr(A*X)", H, "declared", 1, "(A + A')/2"),
    ("sum(X.^2)", S, "vech", 2, "2*eye(n*(n + 1)/2)"),
]


@pytest.mark.parametrize(("expr", "variables", "structure", "order", "claim"), WRONG)
def test_wrong_answers_are_found_out(expr, variables, structure, order, claim):
    assert verdict(expr, variables, "X", claim, order, structure).outcome == "wrong"


def test_the_engine_does_not_read_the_table_of_the_judges(monkeypatch):
    """Without its entries a kind is still projected, and the judge says that this is wrong."""
    monkeypatch.delitem(SPACES, "tridiagonal")
    assert str(diff("tr(A*X)", "X", variables=T, verify=False)) == "triu(tril(A', 1), -1)"
    with pytest.raises(VerificationError, match="is wrong"):
        diff("tr(A*X)", "X", variables=T)


def _matrix(kind, p, n):
    X = np.zeros((n, n))
    for value, places in zip(p, independent(kind, n), strict=True):
        for i, j, sign in places:
            X[i, j] = sign * value
    return X


@pytest.mark.parametrize("kind", [row.name for row in ROWS if row.name not in FREE])
def test_judges_have_tables_of_their_own(kind):
    """They say the same of a kind as its row, by which the engine goes."""
    spec = kind_spec(kind)
    rng = np.random.default_rng(0)
    assert (kind in SPACES) == spec.linear
    shown = spec.shown[-1].replace("k)", f"{spec.width})")
    variable = declare({"X": shown})["X"]
    assert variable.kind == kind and str(variable) in (shown, kind)
    n = 5 if spec.width is None else spec.width + 3
    X = draw(variable, rng, {"n": n, "m": 5, "p": 3}, "normal")
    assert is_of_kind(variable, X) and (spec.least is None or np.min(X) >= spec.least)
    if kind not in ("positive", "invertible"):
        assert not is_of_kind(variable, rng.uniform(2.0, 3.0, X.shape))
    if spec.linear:
        name = spec.tangent if spec.width is None else spec.word
        assert f"along-{name}" in {each.name for each in LIBRARY.all()}
        mask = np.ones((n, n)) if spec.below is None else np.triu(np.ones((n, n)), -spec.below)
        mask = mask if spec.above is None else np.tril(mask, spec.above)
        Y = _matrix(kind, rng.uniform(1.0, 2.0, len(independent(kind, n))), n)
        assert not spec.symmetry or np.array_equal(Y.T, spec.symmetry * Y)
        assert spec.nearest or np.array_equal(
            Y != 0, mask * (1 - np.eye(n) * (spec.symmetry < 0)) > 0
        )


@pytest.mark.parametrize("kind", [k for k in SPACES if kind_spec(k).made_of[0] in ("", "n")])
def test_differences_by_the_independent_entries(kind):
    """Of a cubic, whose extrapolated differences are exact."""
    n, step = 3, 0.5
    variables = {"X": str(Variable("X", kind, (dim("n"),))), **A}
    rng = np.random.default_rng(0)
    places = independent(kind, n)
    p, given = rng.standard_normal(len(places)), rng.standard_normal((n, n))

    def value(p):
        X = _matrix(kind, p, n)
        return np.trace(given @ X @ X) + np.sum(given * X**3)

    def slope(k):
        def ratio(h):
            return (value(p + h * unit) - value(p - h * unit)) / (2 * h)

        unit = np.eye(len(p))[k]
        return (4 * ratio(step / 2) - ratio(step)) / 3

    X = _matrix(kind, p, n)
    expected = _matrix(kind, [slope(k) for k in range(len(p))], n)
    for structure in ("independent", "vech") if kind in WITH_COORDINATES else ("independent",):
        found = diff("tr(A*X*X) + sum(A.*X.^3)", "X", variables=variables, structure=structure)
        wanted = expected
        if structure == "vech":
            wanted = np.array([expected[place] for place in coordinates(kind, n)])
        np.testing.assert_allclose(found.to_callable()(A=given, X=X), wanted, atol=1e-9)


def test_several_variables_of_which_one_has_coordinates():
    found = diff(
        "x'*X*x",
        ["X", "x"],
        variables={"X": "symmetric(n)", "x": "vector(n)"},
        structure="vech",
    )
    assert str(found["X"]) == "vech(2*x*x' - diag(x.^2))" and str(found["x"]) == "2*X*x"
    assert found.verification.kind == "exact"


REFUSED = [
    ("orthogonal(n)", "independent", "depend on each other nonlinearly"),
    ("matrix(n, n)", "vech", "all entries are independent"),
    ("tridiagonal(n)", "vech", "no such vector"),
    ("banded(n, 2)", "vech", "no such vector"),
    ("circulant(n)", "vech", "of no vector that has a name"),
    ("toeplitz(n)", "independent", "of no vector that has a name"),
]


@pytest.mark.parametrize(("kind", "structure", "said"), REFUSED)
def test_refused(kind, structure, said):
    for ask in (
        lambda: diff("tr(A*X)", "X", variables={"X": kind}, structure=structure),
        lambda: judge(Claim("tr(A*X)", "X", "A", {"X": kind}, structure=structure)),
    ):
        with pytest.raises(ArgumentError, match=said):
            ask()


@pytest.mark.parametrize("notation", ["operator", "differential"])
def test_maps_have_no_coordinates(notation):
    found = diff("A*X*B", "X", variables=S, structure="vech")
    with pytest.raises(UnsupportedError, match="depends on no coordinates"):
        found.in_notation(notation)


@pytest.mark.parametrize("notation", ["matrix", "kronecker", "index", "cases"])
def test_notations(notation):
    for structure in ("independent", "vech"):
        found = diff("X*b", "X", variables=S | {"b": "vector(n)"}, structure=structure)
        found = found.in_notation(notation)
        assert found.verification.startswith("exact")


def test_free_entries_are_named_where_entries_repeat():
    """Other claims are tried beside it, such as that of hankel(x'*x), a number."""
    found = judge(Claim("x'*X*x", "X", "x*x'", {"X": "hankel(n)", "x": "vector(n)"}))
    assert found.correct == "hankel(x*x')" and "free entries" in str(found.diagnosis)


DIAGNOSED = [
    (
        "declared",
        "A + A' - diag(diag(A))",
        r"with respect to the independent entries of X.*independent\)",
    ),
    ("declared", "vech(A + A' - diag(diag(A)))", r"with respect to vech\(X\) \(structure vech\)"),
    ("independent", "(A + A')/2", "within the symmetric matrices"),
    ("vech", "vech((A + A')/2)", "factor|half|twice|diag"),
]


@pytest.mark.parametrize(("structure", "claim", "said"), DIAGNOSED)
def test_another_structure_is_named(structure, claim, said):
    found = judge(Claim("tr(A*X)", "X", claim, S, structure=structure))
    assert not found.ok
    assert re.search(said, str(found.diagnosis))


@pytest.mark.parametrize(
    ("expr", "order", "claim"),
    [
        slow("logdet(X)", 2, "-kron(inv(X), inv(X))"),
        (
            "A*X*A",
            1,
            "kron(A', A)/2 + kron(A', A)*commutation(n, n)/2 + kron(A', A) - "
            "kron(A', A)*commutation(n, n)",
        ),
    ],
)
def test_a_claim_that_is_not_projected(expr, order, claim):
    variables = {"X": "psd(n)", **({"A": "matrix(n, n)"} if "A" in expr else {})}
    found = judge(Claim(expr, "X", claim, variables, order))
    assert "right along all directions within the psd matrices" in str(found.diagnosis)


MADE_OF = [
    ("banded(n, k)", "for another k", "tril(triu(X, -k), k)"),
    ("banded(n, 10)", "for another k", "tril(triu(X, -k), k)"),
    ("banded(n)", "for example X: banded(n, 2)", "tridiagonal(n)"),
    ("banded-2(n)", "the kinds are", "banded(n, k)"),
    ("unit(n)", "declare X: sphere(n)", "--manifold sphere"),
    ("stiefel(n, p)", "declare X: orthonormal(n, p)", "--manifold stiefel"),
]


@pytest.mark.parametrize(("kind", "said", "entry"), MADE_OF)
def test_what_a_matrix_is_made_of(kind, said, entry):
    with pytest.raises(UnknownNameError) as caught:
        diff("tr(A*X)", "X", variables={"X": kind})
    assert said in caught.value.hint and entry in caught.value.hint


@pytest.mark.parametrize(
    ("size", "entry", "claim"),
    [
        ("2*n - 1", "t[i-j+n]", "D[k=1:2*n-1] = sum[i,j](A[j,i]*(k == i-j+n))"),
        ("2*n - 1", "t[i+j-1]", "D[k=1:2*n-1] = sum[i,j](A[j,i]*(k == i+j-1))"),
        (
            "n",
            "[t[2:n]; t][i-j+n]",
            "D[k=1:n] = sum[i,j](A[j,i]*((k == i-j+1) + (k == i-j+n+1)))",
        ),
    ],
)
def test_made_of_a_vector(size, entry, claim):
    variables = {"t": f"vector({size})", **A}
    found = judge(Claim(f"X[i=1:n, j=1:n] = {entry}; tr(A*X)", "t", claim, variables))
    assert found.ok


PAIRED = [
    ("max(X)", "symmetric(n)", "vech(X)"),
    ("min(X + X')", "matrix(n, n)", "vech(X + X')"),
    ("min(X)", "psd(n)", "vech(X)"),
    ("norminf(vec(X))", "skew(n)", "vech(X)"),
    ("x'*x*max(abs(X))", "skew(n)", "vech(X)"),
    ("max(X)", "toeplitz(n)", "[X[:,1]; X[1,2:n]']"),
    ("max(X)", "circulant(n)", "X[:,1]"),
    ("max(X)", "hankel(n)", "[X[:,1]; X[n,2:n]']"),
]


@pytest.mark.parametrize(("expr", "kind", "hint"), PAIRED)
def test_an_entry_that_stands_in_two_places_is_no_largest_one(expr, kind, hint):
    variables = {"X": kind, "x": "vector(n)"}
    for ask in (
        lambda: diff(expr, "X", variables=variables),
        lambda: diff(expr, ["X", "x"], variables=variables),
        lambda: jvp(expr, {"X": "V"}, variables=variables),
    ):
        with pytest.raises(UnsupportedError, match=r"occurs? in (two|several) positions") as caught:
            ask()
        assert hint in caught.value.hint


SINGLE = [
    ("max(X)", "X", {"X": "diagonal(n)"}, "diag(diag(X == max(X)))"),
    ("max(X)", "X", {"X": "psd(n)"}, "X == max(X)"),
    ("x'*x*max(X)", "x", {"X": "symmetric(n)"}, "2*max(X)*x"),
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "expected"), SINGLE)
def test_a_largest_entry_that_stands_alone(expr, wrt, variables, expected):
    given = {**variables, "x": "vector(n)"}
    assert str(diff(expr, wrt, variables=given, verify=False)) == expected


def test_the_largest_number_of_a_symmetric_matrix():
    """Of one entry off the diagonal half of the derivative stands in each of its places."""
    found = diff("max(vech(X))", "X", variables={"X": "symmetric(3)"})
    X = np.array([[1.0, 4.0, 2.0], [4.0, 3.0, 0.0], [2.0, 0.0, -1.0]])
    np.testing.assert_array_equal(found.to_callable()(X=X), [[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]])


def test_json_has_the_kind_as_it_is_declared(capsys):
    assert (
        main(["diff", "tr(A*X)", "--wrt", "X", "--var", "X: banded(n, 2)", "--format", "json"]) == 0
    )
    kind = json.loads(capsys.readouterr().out)["variables"]["X"]
    assert kind == {"kind": "banded", "dims": ["n", 2], "declared": True}


@pytest.mark.parametrize(
    ("expression", "wrt", "size"),
    [("x'*cof(K)*x", "x", "n"), ("x'*cof(K)*x", "K", "3"), ("tr(adj(K))", "K", "n")],
)
def test_skew_matrices_of_odd_size_have_no_inverse(expression, wrt, size):
    """Of skewmat(w) the cofactors are w*w', so that x'*cof(K)*x is (w'*x)^2 and not 0."""
    kinds = {"K": f"skew({size})"}
    with pytest.raises(matcalc.MatcalcError, match="singular where its size is odd"):
        matcalc.diff(expression, wrt, variables=kinds)
    with pytest.raises(matcalc.MatcalcError, match="singular where its size is odd"):
        matcalc.simplify(expression, variables=kinds)
    even = matcalc.diff(expression, wrt, variables={"K": "skew(4)"})
    assert str(even).startswith("zeros")
    assert not matcalc.equal("x'*cof(K)*x", "0*x'*x", variables={"K": "skew(n)"})
