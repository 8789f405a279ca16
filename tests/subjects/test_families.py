"""Families and loops with numbers as bounds: what they are written out to, and what they refuse."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from published import MODELS

import matcalc
from matcalc.core.errors import MatcalcError, UnknownNameError
from matcalc.read.frontend import read
from matcalc.verify.readback.forms import Forms

NETWORK = "f[0] = x; for k = 1:3; f[k] = tanh(W[k]*f[k-1] + b[k]); end; norm2(y - f[3])^2"
LAYERS = {"W[k]": "matrix(h[k], h[k-1])", "b[k]": "vector(h[k])"}
SAME = [  # a program, what it is written out, declarations of the two
    (
        "f[0] = x; for k = 1:2; f[k] = A*f[k-1]; end; f[2]",
        "f1 = A*x; A*f1",
        {"x": "vector(n)", "A": "matrix(n, n)"},
    ),
    (
        "g[3] = x; for k = 3:-1:2; g[k-1] = k*A*g[k]; end; g[1]",
        "2*A*(3*A*x)",
        {"x": "vector(n)", "A": "matrix(n, n)"},
    ),
    (
        "s = 0; for i = 1:3; s += i*x[i]; end; s",
        "0 + 1*x[1] + 2*x[2] + 3*x[3]",
        {"x": "vector(3)"},
    ),
    (
        "for k = 1:2; u = A*x; v[k] = u + k*x; end; v[1] + v[2]",
        "(A*x + 1*x) + (A*x + 2*x)",
        {"x": "vector(n)", "A": "matrix(n, n)"},
    ),
    (
        "u[1] = x; u[2] = y; sum[k=1:2](a[k]*norm2(u[k])^2)",
        "p*norm2(x)^2 + q*norm2(y)^2",
        {"x": "vector(n)", "y": "vector(m)", "p": "scalar", "q": "scalar"},
    ),
    (
        "for i = 1:2\n  for j = 1:2\n    c[i,j] = i*x + j*y\n  end\nend\nc[1,2] + c[2,1]",
        "(1*x + 2*y) + (2*x + 1*y)",
        {"x": "vector(n)", "y": "vector(n)"},
    ),
    (
        "u[1] = x; prod[k=1:1](norm2(u[k])^2)*mean[k=1:1](k*sum(u[k]))",
        "norm2(x)^2*((1*sum(x))/1)",
        {"x": "vector(n)"},
    ),
]
REFUSED = [  # a program, its error, its hint
    ("f[0] = x; for k = 1:2; f[k] = f[k-2]; end; sum(f[2])", "f[-1] is not defined", "f[0]"),
    ("for k = 1:2; f[k] = x; end; sum(f)", "f is a family", None),
    ("for k = 1:2; u = x; end; sum(u)", "u has a value for each index", "u[k] ="),
    ("for k = 1:2; u = x; v[k] = u[1]; end; v[2]", "may be one of them", "u[k]"),
    ("s = x; for k = 1:2; s = A*s; end; s", "s has a value for each index", "s[k-1]"),
    ("for k = 3:1; f[k] = x; end; sum(x)", "this range is empty", "3:-1:1"),
    ("for k = 1:0:3; f[k] = x; end; sum(x)", "the step of a loop cannot be 0", None),
    ("for k = 1:K; f[k] = x; end; sum(f[K])", "ends at a name, K", "backprop"),
    ("for k = 1:2; s += k; end; s", "s has no value to add to", "s = 0"),
    ("s = 0; s += 1; t = s; s += 1; s", "s is used before everything has been added", "s[k-1]"),
    ("f[0] = x; f[0] = y; f[0]", "f[0] is defined twice", None),
    ("x: vector(n); x[0] = y; x[0]", "x is declared as vector(n), and a family here", None),
    ("W[k]: matrix(n, n); W[1,2]*x", "W is declared with 1 index, not 2", "W[k][i]"),
    ("W[k]: matrix(n, n); W[1:2]", "W is a family", "W[k][...]"),
    ("for k = 1:2; x: vector(n); end; x", "a declaration precedes the loop", None),
    ("u[1] = x; sum[k](norm2(u[k]))", "the range of k is needed", "k=1:3"),
    ("u[1] = x; max[k=1:1](norm2(u[k]))", "max over members of families", None),
    ("u[1] = x; r[k=1:1] = 2*u[k]; sum(r)", "not made of members", "for k = 1:K; r[k] = ...; end"),
    ("for k = 1:99999; f[k] = x; end; x", "are not unrolled", None),
    ("for k = 1:2; f[k] = x", "the text ends", None),
]


@pytest.mark.parametrize(("text", "plain", "kinds"), SAME)
def test_a_loop_is_what_it_is_written_out(text, plain, kinds):
    one = read(text, kinds | ({"a[k]": "scalar"} if "a[k]" in text else {}))
    other = read(plain, kinds)
    forms = Forms()
    renamed = {"a[1]": "p", "a[2]": "q"}
    names = {old: forms.of("name", new) for old, new in renamed.items()}
    meant = forms.parts(one.expr, {}, names)[id(one.expr)]
    assert meant == forms.tree(other.expr, sized=True)


def test_entries_of_members_have_brackets_of_their_own():
    text = "u[1] = x; u[2] = y; sum[i](sum[k=1:2](u[k][i]^k))"
    assert matcalc.equal(text, "sum(x) + norm2(y)^2", variables={"x": "vector(n)"})


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_what_is_refused(text, message, hint):
    with pytest.raises(MatcalcError) as problem:
        read(text)
    assert message in problem.value.message
    assert hint is None or hint in (problem.value.hint or "")
    assert problem.value.span is not None or "family here" in message


def test_members_have_names_that_are_read_again():
    g = matcalc.diff(NETWORK, ["W", "b"], variables=LAYERS)
    assert list(g) == ["W[1]", "W[2]", "W[3]", "b[1]", "b[2]", "b[3]"]
    text = str(g)
    assert "dW[2] = t2*f[1]'" in text
    assert "f[3] = tanh(W[3]*f[2] + b[3])" in text
    assert r"W_{2} f_{1}" in g.latex()
    assert g.verification.kind == "exact"
    one = str(g["W[3]"])
    assert str(matcalc.parse(one, dict(g.variables))) == one


def test_code_takes_and_returns_lists():
    g = matcalc.diff(NETWORK, ["W", "b", "x"], variables=LAYERS)
    rng = np.random.default_rng(0)
    sizes = [2, 3, 4, 2]
    weights = [rng.normal(size=(m, n)) for n, m in pairwise(sizes)]
    bias = [rng.normal(size=m) for m in sizes[1:]]
    x, y = rng.normal(size=2), rng.normal(size=2)
    value, slopes = g.to_callable(value=True)(W=weights, b=bias, x=x, y=y)

    def loss(W):
        f = x
        for k in range(3):
            f = np.tanh(W[k] @ f + bias[k])
        return np.sum((y - f) ** 2)

    assert value == pytest.approx(loss(weights))
    assert [each.shape for each in slopes["W"]] == [(3, 2), (4, 3), (2, 4)]
    moved = [each.astype(complex) for each in weights]
    moved[1][2, 1] += 1e-30j
    assert slopes["W"][1][2, 1] == pytest.approx(loss(moved).imag / 1e-30)
    with pytest.raises(MatcalcError, match="argument W must be a list of 3, not one of 2"):
        g.to_callable()(W=weights[:2], b=bias, x=x, y=y)


def test_the_derivative_by_a_family_is_one_array():
    text = "sum[k=1:2](a[k]*norm2(x[k])^2)"
    d = matcalc.diff(text, "x", variables={"x[k]": "vector(n)", "a": "vector(2)"})
    f = pickle.loads(pickle.dumps(d.to_callable()))
    assert f(a=[1, 2], x=[[1, 2], [3, 4]]).tolist() == [[2, 4], [12, 16]]


def test_members_with_two_places_are_lists_in_a_list():
    text = "sum[i=1:2](sum[j=1:2](i*j*sum(h[i,j])))"
    g = matcalc.diff(text, ["h"], variables={"h[i,j]": "vector(n)"})
    assert list(g) == ["h[1,1]", "h[1,2]", "h[2,1]", "h[2,2]"]
    found = g.to_callable()(h=np.ones((2, 2, 3)))["h"]
    assert np.array(found).tolist() == [[[1] * 3, [2] * 3], [[2] * 3, [4] * 3]]
    g = matcalc.diff("sum(h[1,2]) + sum(h[2,1]) + sum(h[2,2])", "h", variables=dict(g.variables))
    assert g.to_callable()(h=np.ones((2, 2, 3))).shape == (2, 2, 3)


@pytest.mark.parametrize("count", [12, 48])
def test_a_long_network_is_printed_with_linear_length(count):
    text = NETWORK.replace("1:3", f"1:{count}").replace("f[3]", f"f[{count}]")
    g = matcalc.diff(text, ["W", "b"], variables=LAYERS)
    lines = str(g)
    assert len(lines) < 110 * count
    assert lines.count("tanh") == count


@pytest.mark.parametrize("case", MODELS.cases(lambda case: case["id"].startswith("lp-")))
def test_shared_loops(case):
    d = matcalc.diff(case["expr"], case["wrt"], variables=case["vars"])
    assert d.verification.kind == "exact"
    true = MODELS.truth()[f"{case['id']}/truth"]
    np.testing.assert_allclose(d.to_callable()(**MODELS.given(case)), true, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("count", [3, 6])
def test_a_family_is_no_single_variable(count):
    program = f"f[0] = x; for k = 1:{count}; f[k] = tanh(U[k]*f[k-1]); end; sum(f[{count}])"
    expression = matcalc.parse(program, {"U[k]": "matrix(n, n)"})
    with pytest.raises(UnknownNameError, match="U is a family of variables here") as raised:
        expression.diff("U")
    members, _, command = raised.value.hint.partition("; ")
    named = members.removeprefix("name a member: ").split(", ")
    assert named == (["U[1]", "U[2]", "U[3]"] if count == 3 else ["U[1]", "U[2]", "...", "U[6]"])
    found = matcalc.diff(expression, "U")  # what the hint names
    assert 'matcalc.diff(..., "U")' in command
    assert list(found) == [f"U[{k}]" for k in range(1, count + 1)]
    assert str(expression.diff(named[-1])).startswith("(1 - ")


def test_members_of_large_families_are_not_all_listed():
    program = "f[0] = x; for k = 1:9; f[k] = tanh(U[k]*f[k-1]); end; sum(f[9])"
    with pytest.raises(UnknownNameError) as raised:
        matcalc.parse(program, {"U[k]": "matrix(n, n)"}).diff("q")
    assert raised.value.hint == "its variables are x, U[1], U[2], ..., U[9]"
