"""Backpropagation through loops: what is printed, what it computes, what is refused."""

import inspect
import json

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc import cli
from matcalc.core.errors import (
    ArgumentError,
    MatcalcError,
    UnsupportedError,
    VerificationError,
)
from matcalc.core.language import default_language
from matcalc.read.looped import read_looped
from matcalc.write.printers.numpy_loops import LoopSource

PROGRAMS = {  # a program, its declarations, what it is derived by, and what the answer has in it
    "network": (
        "f[0] = x; for k = 1:K; f[k] = tanh(W[k]*f[k-1] + b[k]); end; norm2(y - f[K])^2",
        {"W[k]": "matrix(h[k], h[k-1])", "b[k]": "vector(h[k])"},
        ["W", "b", "x", "y"],
        ["df[K] = 2*(f[K] - y)", "dW[k] = u[k]*f[k-1]'", "df[k-1] = W[k]'*u[k]", "dx = df[0]"],
    ),
    "recurrent": (
        "f[0] = h; for t = 1:T; f[t] = tanh(W*f[t-1] + U*x[t]); end; v'*f[T]",
        {"h": "vector(n)", "U": "matrix(n, p)", "x[t]": "vector(p)"},
        ["W", "U", "h"],
        ["dW += u[t]*f[t-1]'", "dU += u[t]*x[t]'", "df[T] = v"],
    ),
    "gated": (
        "f[0] = h; for t = 1:T; z = sigmoid(A*x[t] + B*f[t-1]); "
        "f[t] = z.*f[t-1] + (1 - z).*tanh(C*x[t]); end; sum(f[T])",
        {"h": "vector(n)", "A": "matrix(n, p)", "B": "matrix(n, n)", "x[t]": "vector(p)"},
        ["A", "B", "C"],
        ["dA +=", "dB +=", "dC +=", "z[t]"],
    ),
    "the index as a number": (
        "f[0] = h; for t = 1:T; f[t] = tanh(f[t-1] + c^t*x[t]^t/(t + 1)); end; f[T]^2",
        {"h": "scalar", "c": "scalar", "x[t]": "scalar"},
        ["x", "c", "h"],
        ["c^t", "x[t]^(t - 1)", "/(1 + t)"],
    ),
    "losses": (
        "h[0] = s; loss = 0; for t = 1:T; h[t] = tanh(W*h[t-1]); "
        "loss += norm2(y[t] - h[t])^2; end; loss",
        {"s": "vector(n)", "y[t]": "vector(n)"},
        ["W", "s", "y"],
        ["dh[T] = zeros(n)", "dh[t] +="],
    ),
    "sum-over-members": (
        "f[0] = x; for k = 1:K; f[k] = tanh(W[k]*f[k-1]); end; "
        "norm2(y - f[K])^2 + c*sum[k=1:K](norm2(W[k])^2)",
        {"W[k]": "matrix(h[k], h[k-1])", "c": "scalar"},
        ["W"],
        ["s += norm2(W[k])^2", "dW[k] = 2*ds*W[k]", "dW[k] += u[k]*f[k-1]'"],
    ),
    "mean-of-members": (
        "mean[k=1:K](x'*A[k]*x)",
        {"A[k]": "matrix(n, n)", "x": "vector(n)"},
        ["A", "x"],
        ["value = s/K", "ds = 1/K", "dA[k] = ds*x*x'"],
    ),
    "mixture": (  # derivatives of an exponential are multiples of it
        "sum[k=1:K](w[k]*exp(-1/2*(x - m[k])'*P[k]*(x - m[k])))^2",
        {"w": "vector(K)", "P[k]": "matrix(n, n)", "m[k]": "vector(n)", "x": "vector(n)"},
        ["m", "P"],
        [
            "r[k] = w[k]*exp(-1/2*(x - m[k])'*P[k]*(x - m[k]))",
            "s += r[k]",
            "dm[k] = dr[k]*r[k]*(P[k] + P[k]')*u[k]/2",
            "dP[k] = -dr[k]*r[k]*u[k]*u[k]'/2",
        ],
    ),
    "scalar-product-with-a-name": (
        "s = 0; for k = 1:K; p[k] = a[k]*exp(-b[k]*x); s += 2*p[k]; end; s^2",
        {"a[k]": "scalar", "b[k]": "scalar", "x": "scalar"},
        ["b"],
        ["ds = 2*s", "dp[k] = 2*ds", "db[k] = -dp[k]*x*p[k]"],
    ),
    "product-of-members": (
        "prod[k=1:K](b[k]*x)",
        {"b[k]": "scalar", "x": "scalar"},
        ["b", "x"],
        ["s[K]", "ds[k-1] ="],
    ),
    "hidden-markov": (  # with one step nothing but the text says how long the ones are
        "a[1] = p; for t = 2:T; a[t] = (A'*a[t-1]).*b[t]; end; sum(a[T])^2",
        {"A": "matrix(n, n)", "b[t]": "vector(n)", "p": "vector(n)"},
        ["A", "p"],
        ["da[T] = 2*sum(a[T])*ones(n)"],
    ),
    "function-of-a-sum": (  # what is added has another name than the sum
        "s = 0; for k = 1:K; s += exp(a[k]*x); end; log(s)",
        {"a[k]": "scalar", "x": "scalar"},
        ["x"],
        ["dx += a[k]*ds*exp(a[k]*x)"],
    ),
    "two-steps": (
        "f[0] = x; f[1] = y; for k = 2:K; f[k] = A*f[k-1] + B*f[k-2]; end; u'*f[K]",
        {"x": "vector(n)", "y": "vector(n)", "u": "vector(n)"},
        ["A", "B", "x", "y"],
        ["df[k-1] += A'*df[k]", "df[k-2] = B'*df[k]"],
    ),
    "ends": (
        "f[0] = x; for k = 1:K; f[k] = A*f[k-1]; end; norm2(f[K] - f[0])^2",
        {"x": "vector(n)"},
        ["A", "x"],
        ["for k = 1:K-1", "df[k] = zeros(n)", "df[k-1] += A'*df[k]"],
    ),
    "tied": (
        "f[0] = x; for k = 1:K; f[k] = tanh(W[k]*f[k-1]); end; g[K] = f[K]; "
        "for k = K:-1:1; g[k-1] = tanh(W[k]'*g[k]); end; norm2(g[0] - x)^2",
        {"W[k]": "matrix(h[k], h[k-1])", "x": "vector(h[0])"},
        ["W"],
        ["for k = 1:K", "df[K] = dg[K]", "dW[k] +="],
    ),
    "undeclared": (
        "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1] + p[k]); end; norm2(f[K])^2",
        {"x": "vector"},
        ["A", "p"],
        ["dA = zeros(n, n)", "dp[k] = u[k]"],
    ),
    "three": (
        "f[0] = x; for k = 1:3; f[k] = tanh(A*f[k-1]); end; norm2(f[3])^2",
        {"x": "vector(n)"},
        ["A"],
        ["for k = 3:-1:1"],
    ),
    "two-families": (
        "sum[i=1:K](log(sum[j=1:K](exp(x[i]'*A*z[j]))))",
        {"x[k]": "vector(n)", "z[k]": "vector(p)", "A": "matrix(n, p)"},
        ["A", "z"],
        ["r[i] = 0", "r[i] += exp(x[i]'*A*z[j])", "dr[i] = 1/r[i]"],
    ),
    "pairs": (
        "sum[i=1:K, j=1:K, i<j](norm2(x[i] - x[j])^4)",
        {"x[k]": "vector(n)"},
        ["x"],
        ["for j = i+1:K", "for j = K:-1:i+1"],
    ),
    "sum-of-a-product": (
        "sum[i=1:K](x[i]'*A*sum[j=1:K](z[j])) + sum[i=1:K](prod[j=1:K](x[i]'*A*z[j]))",
        {"x[k]": "vector(n)", "z[k]": "vector(p)", "A": "matrix(n, p)"},
        ["A"],
        ["r += z[j]", "t[i,j] = t[i,j-1]*(x[i]'*A*z[j])"],
    ),
    "grid": (
        "for l = 1:L; for t = 1:T; h[l,t] = tanh(A[l]*h[l,t-1] + B[l]*h[l-1,t]); end; end; "
        "sum(h[L,T])",
        {"h[l,t]": "vector(n)", "A[l]": "matrix(n, n)", "B[l]": "matrix(n, n)"},
        None,
        None,
    ),
}
REFUSED = [
    (
        "s = 0; for t = 1:T; s = 0; s += (a[t]'*x)^2; end; s + x'*x",
        {"a[t]": "vector(n)", "x": "vector(n)"},
        "s is defined before the loop, and again in it",
    ),
    ("f[0] = x; for k = 1:K; f[k] = A*f[k-1]; end; f[K]", {"x": "vector(n)"}, "a scalar"),
    ("f[0] = x'; for k = 1:K; f[k] = f[k-1]*A; end; sum(f[K])", {"x": "vector(n)"}, "is a row"),
    ("f[0] = x; for k = 1:K; f[k] = W[k]*f[k-1]; end; sum(f[K])", {"x": "vector(n)"}, "sizes of"),
    (
        "sum[i](c[i]*sum[j=1:L](z[j][i]))",
        {"c": "vector(n)", "z[k]": "vector(n)"},
        "this sum over members depends on i",
    ),
    (
        "sum[i=1:K](sum[i=1:L](x[i]'*z[i]))",
        {"x[k]": "vector(n)", "z[k]": "vector(n)"},
        "i runs in a sum and in a loop around it",
    ),
    (
        "mean[i=1:K, j=1:K](x[i]'*x[j])",
        {"x[k]": "vector(n)"},
        "a mean over several members",
    ),
    (
        "sum[i=1:K, j=1:K, i + j < 3](x[i]'*x[j])",
        {"x[k]": "vector(n)"},
        "only one of",
    ),
    ("f[0] = x; for k = 1:2:K; f[k] = x; end; sum(f[1])", {"x": "vector(n)"}, "steps of 1 or -1"),
]


@pytest.mark.parametrize(
    "key", thinned([key for key, each in PROGRAMS.items() if each[2] is not None], 3)
)
def test_the_recursion_is_proved_and_computes_the_gradient(key):
    text, kinds, wrt, parts = PROGRAMS[key]
    b = matcalc.backprop(text, wrt, variables=kinds)
    assert b.verification.kind == "exact"
    for part in parts:
        assert part in str(b)
    assert r"\text{for }" in b.latex()
    count = dict.fromkeys(read_looped(text, kinds, default_language()).counts, "3")
    written = text
    for name, value in count.items():
        written = written.replace(f":{name};", f":{value};").replace(f"= {name}:", f"= {value}:")
        written = written.replace(f"[{name}]", f"[{value}]").replace(f":{name}]", f":{value}]")
        written = written.replace(f":{name},", f":{value},")
    whole = matcalc.diff(written, wrt, variables=kinds)
    rng = np.random.default_rng(0)
    sizes = {"n": 3, "p": 2, "h[0]": 2, "h[1]": 3, "h[2]": 4, "h[3]": 2}
    arrays = {
        name: rng.normal(size=[sizes.get(str(d), 3) for d in variable.shape])
        for name, variable in whole.variables.items()
    }
    given = {}
    for name, array in arrays.items():
        family = name.partition("[")[0]
        given[family] = [*given.get(family, []), array] if "[" in name else array
    function = b.to_callable()
    taken = inspect.signature(function).parameters
    value, slopes = function(**given, **{name: 3 for name in count if name in taken})
    expected, others = whole.to_callable(value=True)(**given)
    assert value == pytest.approx(expected)
    assert slopes.keys() == others.keys()
    for name, slope in slopes.items():
        pairs = (
            zip(slope, others[name], strict=True)
            if name in given and isinstance(given[name], list)
            else [(slope, others[name])]
        )
        for one, other in pairs:
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("text", "kinds", "message"), REFUSED)
def test_what_is_refused(text, kinds, message):
    with pytest.raises(MatcalcError) as problem:
        matcalc.backprop(text, variables=kinds)
    assert message in problem.value.message


def test_a_sum_times_a_number_has_no_adjoint():
    kinds = {"a[t]": "vector(n)", "x": "vector(n)", "q": "vector(n)"}
    text = "s = norm2(x)^2; for t = 1:T; s += (a[t]'*x)^2; end; x'*q - s/2"
    found = matcalc.backprop(text, ["x"], variables=kinds)
    assert found.backward == ("dx = q\nfor t = T:-1:1\n  dx -= (a[t]'*x)*a[t]\nend\ndx -= x")
    assert found.verification.kind == "exact"


def test_a_wrong_name_is_refused():
    text, kinds, *_ = PROGRAMS["network"]
    with pytest.raises(MatcalcError, match="Q is not a variable of this program"):
        matcalc.backprop(text, ["Q"], variables=kinds)


def test_diff_of_a_program_with_a_loop_is_its_backpropagation():
    text, kinds, *_ = PROGRAMS["recurrent"]
    one = matcalc.diff(text, ["W"], variables=kinds)
    assert str(one) == str(matcalc.backprop(text, "W", variables=kinds))


def test_a_wrong_recursion_is_found(monkeypatch):
    from matcalc.answers.derivatives.backprop import Backprop

    text, kinds, wrt, _ = PROGRAMS["network"]
    right = Backprop.backward.fget
    monkeypatch.setattr(
        Backprop, "backward", property(lambda self: right(self).replace("1 - f", "2 - f"))
    )
    with pytest.raises(MatcalcError, match="wrong"):
        matcalc.backprop(text, wrt, variables=kinds)


def test_families_may_be_declared_in_the_program():
    found = matcalc.backprop(
        "W[k]: matrix(h[k], h[k-1]); y: vector(h[K]); f[0] = x; "
        "for k = 1:K; f[k] = tanh(W[k]*f[k-1]); end; norm2(y - f[K])^2",
        "W",
    )
    assert found.verification.kind == "exact"
    assert "dW[k] = u[k]*f[k-1]'" in found.backward


def test_latex_is_read_back_with_entries_as_members():
    text = "f[1] = p*b[1]; for t = 2:T; f[t] = tanh(f[t-1])*b[t]; end; f[T]"
    found = matcalc.backprop(text, ["b"], variables={"p": "scalar", "b": "vector(T)"}).latex()
    assert r"f_{t} = \tanh(f_{t-1}) b_{t}" in found


def test_wrong_code_is_not_given(monkeypatch):
    right = LoopSource.text
    monkeypatch.setattr(LoopSource, "text", lambda *given: right(*given).replace("1 - f", "2 - f"))
    found = matcalc.backprop(
        "f[0] = h; for t = 1:T; f[t] = tanh(f[t-1] + x[t]); end; f[T]^2",
        variables={"h": "scalar", "x[t]": "scalar"},
    )
    with pytest.raises(VerificationError, match="the code of this result"):
        found.source()


@pytest.mark.parametrize(
    ("option", "value"), [("order", 2), ("layout", "numerator"), ("structure", "independent")]
)
def test_what_a_recursion_has_not_is_refused(option, value, capsys):
    text = "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; sum(f[K])"
    with pytest.raises(MatcalcError, match="is not unrolled"):
        matcalc.diff(text, "A", **{option: value})
    assert cli.main(["diff", text, "--wrt", "A", f"--{option}", str(value)]) == 2
    assert f"--{option} cannot be combined with a loop" in capsys.readouterr().err


def test_a_recursion_has_no_steps(capsys):
    text = "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; sum(f[K])"
    assert cli.main(["diff", text, "--wrt", "A", "--steps"]) == 2
    assert "--steps cannot be combined with a loop" in capsys.readouterr().err


LOOP = "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; sum(f[K])"


@pytest.mark.parametrize("form", ["jax", "torch", "matlab", "c", "markdown"])
def test_a_recursion_is_not_printed_in_another_format_than_asked(form, capsys):
    assert cli.main(["diff", LOOP, "--wrt", "A", "--format", form]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert "a loop that ends at a name" in shown.err
    with pytest.raises(UnsupportedError if form != "markdown" else ArgumentError):
        matcalc.diff(LOOP, "A").source(form)


def test_a_recursion_as_json(capsys):
    for command in ("diff", "backprop"):
        assert cli.main([command, LOOP, "--wrt", "A", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["adjoints"] == {"A": "dA"}
        assert found["text"] == f"{found['forward']}\n{found['backward']}"
        assert found["numpy"].startswith("import numpy")
        assert found["verification"].startswith("exact")
