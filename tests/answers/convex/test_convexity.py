"""Verdicts on convexity: functions of which the answer is known, with near misses."""

from fractions import Fraction

import numpy as np
import pytest

import matcalc
from matcalc.answers.convex.convexity import CONCAVE, CONVEX, NEITHER, UNKNOWN
from matcalc.answers.convex.curvature import Numbers
from matcalc.cli import main
from matcalc.core.errors import VerificationError
from matcalc.engine.polynomials import Ratio, sign_of

S, P = "scalar", "positive"
X, B = {"x": S}, {"b": "vector(m)"}
PX, PSD, SYM = {"x": "positive(n)"}, {"S": "psd(n)"}, {"S": "symmetric(n)"}
XY = {"x": S, "y": S}

# of these some are for the default run: each kind of certificate and of counterexample once
FEW = [
    ("var(x)", "x", {}, CONVEX),
    ("sqrt(1 + x'*x)", "x", {}, CONVEX),
    ("x^2 + sin(x)", "x", X, CONVEX),
    ("x^4 - 4*x^3 + 6*x^2", "x", X, CONVEX),
    ("1/sum(1./x)", "x", PX, CONCAVE),
    ("a'*inv(S)*a", "S", {**PSD, "a": "vector(n)"}, CONVEX),
    ("sum[i<j]((x[i] - x[j])^2)", "x", {}, CONVEX),
    ("x'*x/t", "x,t", {"t": P, "x": "vector(n)"}, CONVEX),
    ("norm1(x) + logsumexp(x) + sqrt(1 + x'*x)", "x", {}, CONVEX),
    ("x^2 - abs(x)", "x", X, NEITHER),
    ("x*y", "x,y", XY, NEITHER),
    ("F(x)", "x", {"F": "function(vector(n)) -> scalar"}, UNKNOWN),
]
MORE = [
    ("x^2", "x", X, CONVEX),
    ("x^4 + x^2", "x", X, CONVEX),
    ("x^4 - x^2", "x", X, NEITHER),
    ("x^6 - 3*x^4 + 3*x^2", "x", X, NEITHER),
    ("(x^2 - 1)^2", "x", X, NEITHER),
    ("abs(x^2 - 1)", "x", X, NEITHER),
    ("x^3", "x", {"x": P}, CONVEX),
    ("x^3", "x", X, NEITHER),
    ("1/x", "x", {"x": P}, CONVEX),
    ("x*log(x)", "x", {"x": P}, CONVEX),
    ("x^x", "x", {"x": P}, CONVEX),
    ("x*exp(x)", "x", X, NEITHER),
    ("x*exp(x)", "x", {"x": P}, CONVEX),
    ("exp(-x^2)", "x", X, NEITHER),
    ("log(1 + x^2)", "x", X, NEITHER),
    ("1/(1 + x^2)", "x", X, NEITHER),
    ("sqrt(1 + x^2)", "x", X, CONVEX),
    ("sqrt(1 - x^2)", "x", X, CONCAVE),
    ("sqrt(abs(x))", "x", X, NEITHER),
    ("x*abs(x)", "x", X, NEITHER),
    ("log(cosh(x))", "x", X, CONVEX),
    ("x^2 + 3*sin(x)", "x", X, NEITHER),
    ("exp(sin(x))", "x", X, NEITHER),
    ("log(sigmoid(x))", "x", X, CONCAVE),
    ("sigmoid(x)", "x", X, NEITHER),
    ("silu(x)", "x", X, NEITHER),
    ("gelu(x)", "x", X, NEITHER),
    ("softplus(x)", "x", X, CONVEX),
    ("tanh(x)", "x", {"x": P}, CONCAVE),
    ("huber(x, 1)", "x", X, CONVEX),
    ("elu(x, 1)", "x", X, CONVEX),
    ("leakyrelu(x, 0.1)", "x", X, CONVEX),
    ("leakyrelu(x, 2)", "x", X, CONCAVE),
    ("max(x, 0)^2", "x", X, CONVEX),
    ("min(x^2, 1)", "x", X, NEITHER),
    ("where(x > 0, 1, 0)", "x", X, NEITHER),
    ("x'*A*x", "x", {"A": "symmetric(n)"}, NEITHER),
    ("sqrt(x'*A*x)", "x", {"A": "psd(n)"}, CONVEX),
    ("norm2(A*x - b)", "x", B, CONVEX),
    ("norm2(x)^3", "x", {}, CONVEX),
    ("norm2(x)^2 - 2*norm2(x)", "x", {}, NEITHER),
    ("log(norm2(x))", "x", {}, NEITHER),
    ("norm2(x)*sum(x)", "x", {}, NEITHER),
    ("norm2(x)^2/(1 + norm2(x)^2)", "x", {}, NEITHER),
    ("norm1(x)^2", "x", {}, CONVEX),
    ("sqrt(norm1(x))", "x", {}, NEITHER),
    ("norm1(x) - norm2(x)", "x", {}, NEITHER),
    ("normp(x, 3/2)", "x", {}, CONVEX),
    ("logsumexp(A*x + b)", "x", B, CONVEX),
    ("logsumexp(x) - max(x)", "x", {}, NEITHER),
    ("softmax(x)[1]", "x", {}, NEITHER),
    ("std(x)", "x", {}, CONVEX),
    ("sum(huber(A*x - b, 2))", "x", B, CONVEX),
    ("sum(sqrt(1 + (A*x - b).^2))", "x", B, CONVEX),
    ("sqrt(1 + norm2(A*x)^2)", "x", {}, CONVEX),
    ("x'*x/t", "t", {"t": P, "x": "vector(n)"}, CONVEX),
    ("exp(x'*x)", "x", {}, CONVEX),
    ("entropy(x)", "x", PX, CONCAVE),
    ("kl(x, q)", "x", {"x": "simplex(n)", "q": "simplex(n)"}, CONVEX),
    ("kl(p, q)", "p,q", {"p": "simplex(n)", "q": "simplex(n)"}, CONVEX),
    ("sum(x.*log(x./y))", "x,y", dict.fromkeys("xy", "positive(n)"), CONVEX),
    ("prod(x)^(1/n)", "x", PX, CONCAVE),
    ("exp(mean(log(x)))", "x", PX, CONCAVE),
    ("prod(x)", "x", PX, NEITHER),
    ("max(x) - min(x)", "x", {}, CONVEX),
    ("max(x) + min(x)", "x", {}, NEITHER),
    ("n*x'*x - sum(x)^2", "x", {"x": "vector(n)"}, CONVEX),
    ("sum(x)^2 - x'*x", "x", {}, NEITHER),
    ("(a'*x)/(b'*x)", "x", {"a": "vector(n)", "b": "vector(n)"}, NEITHER),
    ("-sum(log(b - A*x))", "x", B, CONVEX),
    ("log(1 - x'*x)", "x", {}, CONCAVE),
    ("sum(max(1 - y.*(X*w), 0)) + c*w'*w", "w", {"y": "vector(m)", "c": P}, CONVEX),
    ("sum[i](max(1 - y[i]*X[i,:]*w, 0))", "w", {}, CONVEX),
    ("sum[i,j](W[i,j]*(x[i] - x[j])^2)", "x", {"W": "positive(n, n)"}, CONVEX),
    ("t*log(t/s)", "t,s", {"t": P, "s": P}, CONVEX),
    ("t*exp(y/t)", "t,y", {"t": P, "y": S}, CONVEX),
    ("sqrt(x*y)", "x,y", {"x": P, "y": P}, CONCAVE),
    ("x/y", "x,y", {"x": P, "y": P}, NEITHER),
    ("1/(x*y)", "x,y", {"x": P, "y": P}, CONVEX),
    ("x^2 + x*y + y^2", "x,y", XY, CONVEX),
    ("x^2 + 3*x*y + y^2", "x,y", XY, NEITHER),
    ("log(exp(x) + exp(y))", "x,y", XY, CONVEX),
    ("x'*inv(Y)*x", "x,Y", {"x": "vector(n)", "Y": "psd(n)"}, CONVEX),
    ("norm2(X - U*V)^2", "U,V", {"X": "matrix(m, n)", "U": "matrix(m, k)"}, NEITHER),
    ("logdet(S)", "S", PSD, CONCAVE),
    ("log(det(eye + S))", "S", PSD, CONCAVE),
    ("tr(inv(S))", "S", PSD, CONVEX),
    ("tr(inv(S)*A)", "S", {**PSD, "A": "symmetric(n)"}, NEITHER),
    ("logdet(S) + tr(inv(S)*A)", "S", {**PSD, "A": "psd(n)"}, NEITHER),
    ("det(S)^(1/n)", "S", PSD, CONCAVE),
    ("det(S)", "S", PSD, NEITHER),
    ("condnum(S)", "S", PSD, NEITHER),
    ("-log(lambda_min(S))", "S", PSD, CONVEX),
    ("lambda_max(S) - lambda_min(S)", "S", SYM, CONVEX),
    ("tr(expm(S))", "S", SYM, CONVEX),
    ("tr(S^3)", "S", PSD, CONVEX),
    ("tr(S^3)", "S", SYM, NEITHER),
    ("tr(S*S)", "S", SYM, CONVEX),
    ("tr(X*X)", "X", {"X": "matrix(n, n)"}, NEITHER),
    ("tr(X'*X) + tr(X*X)", "X", {}, CONVEX),
    ("tr(X'*X) - tr(X*X)", "X", {}, CONVEX),
    ("tr(X'*X) + 2*tr(X*X)", "X", {}, NEITHER),
    ("tr(sqrtm(S))", "S", PSD, CONCAVE),
    ("nucnorm(X)", "X", {"X": "matrix(m, n)"}, CONVEX),
    ("sum(svdvals(X))", "X", {"X": "matrix(m, n)"}, CONVEX),
    ("schatten(X, 3)", "X", {"X": "matrix(m, n)"}, CONVEX),
    ("tr(S*logm(S))", "S", PSD, CONVEX),
    ("tr(S^2*logm(S))", "S", PSD, NEITHER),
    ("gammaln(x)", "x", {"x": P}, CONVEX),
    ("gammaln(x)", "x", X, CONVEX),  # a chord may not pass a pole
    ("-log(abs(x))", "x", X, UNKNOWN),
    ("log(normcdf(x))", "x", X, CONCAVE),
    ("sum(log(normcdf(A*x)))", "x", {}, CONCAVE),
    ("logdet(X'*X)", "X", {"X": "matrix(m, n)"}, NEITHER),
    ("tr(inv(A'*diag(x)*A))", "x", PX, CONVEX),
]
CASES = [*FEW, *[pytest.param(*row, marks=pytest.mark.slow) for row in MORE]]


@pytest.mark.parametrize(("expr", "wrt", "variables", "verdict"), CASES)
def test_verdict(expr, wrt, variables, verdict):
    found = matcalc.convex(expr, wrt.split(","), variables=variables)
    assert found.verdict.removeprefix("strictly ") == verdict, found
    if verdict == NEITHER:
        assert found.up.curvature > 0 > found.down.curvature
    elif verdict != UNKNOWN:
        assert found.checked or "condnum" in expr or "softmax" in expr
    assert found.latex()
    assert str(found).startswith(found.verdict)


def test_a_wrong_certificate_is_seen(monkeypatch):
    monkeypatch.setattr("matcalc.engine.definite.Definiteness.is_nonnegative", lambda *_: True)
    with pytest.raises(VerificationError, match="a certificate that"):
        matcalc.convex("x^3", "x", variables=X)


def test_reasons_are_printed(capsys):
    assert main(["convex", "sqrt(1 + x'*x)"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("strictly convex: the Hessian is positive definite")
    assert "x'*x/(1 + x'*x) < 1" in printed
    assert main(["convex", "x'*x/t", "--wrt", "x,t", "-v", "t: positive"]) == 0
    assert capsys.readouterr().out.startswith("convex: the Hessian with respect to x, t is")


def test_no_chord_crosses_a_pole():
    """1/x^2 is convex on each side, and no chord from one to the other counts."""
    for expr in ("1/x^2", "1/(1 - cos(x))", "sqrt(x^2 - 1)"):
        program = matcalc.parse(expr, X)._program
        chords = list(Numbers(program, ["x"], 0).chords())
        assert chords
        assert all(chord.start["x"] * chord.end["x"] > 0 for chord in chords)


@pytest.mark.parametrize("roots", [(), (1,), (1, 1), (-1, -1, 2), (0, 3, 3), (-2, -2, -2)])
def test_signs_of_polynomials(roots):
    p = np.polynomial.polynomial.polyfromroots([*roots, 1j, -1j]).real
    exact = tuple(Fraction(round(c)) for c in p)
    for positive in (False, True):
        grid = np.linspace(0.01 if positive else -5, 5, 1001)
        values = np.polynomial.polynomial.polyval(grid, p)
        sign = sign_of(Ratio(exact, (exact[-1],)), positive=positive)
        touches = any(root > 0 or not positive for root in roots)
        side = "above" if values.max() > 0 else "below"
        if values.max() > 1e-9 and values.min() < -1e-9:
            assert sign is None
        elif touches:
            assert sign == ("not below" if side == "above" else "not above")
        else:
            assert sign == side


INSIDE = [  # what is known of a variable inside of the domain
    ("x*log(x) + (1 - x)*log(1 - x)", "x", X, CONVEX),
    ("sum(x.*log(x) + (1 - x).*log(1 - x))", "x", {"x": "vector(n)"}, CONVEX),
    ("(x + 1)*log(x + 1) + (2 - x)*log(2 - x)", "x", X, CONVEX),
    ("1/x - log(x) + x^3", "x", X, CONVEX),
    ("sqrt(x) - x^3", "x", X, CONCAVE),
    ("x*logit(x)", "x", X, CONVEX),
    ("x*atanh(x)", "x", X, CONVEX),
    ("asin(x)", "x", {"x": P}, CONVEX),
    # products and quotients of which one sign alone is possible
    ("x*log(x/(1 - x))", "x", X, CONVEX),
    ("sum(x.*log(x./(1 - x)))", "x", {"x": "vector(n)"}, CONVEX),
    ("log(1 - 2*x)*x", "x", X, CONCAVE),
    ("x*log(x/(3 - 2*x))", "x", X, CONVEX),
    ("x^3 - log(-x*(2 + x))", "x", X, NEITHER),
    ("x^3 - log(x*(y - x))", "x", {"x": S, "y": S}, NEITHER),  # both signs are possible
    # a product with a matrix of ones is a sum of entries, which may be negative
    ("sum(log(A*vector(1))) - sum(A.^3)", "A", {"A": "matrix(n, n)"}, NEITHER),
    # nothing is known where nothing has to be positive, or where a branch leaves it out
    ("1/x + 1/(1 - x)", "x", X, NEITHER),
    ("logit(x)", "x", X, NEITHER),
    ("where(x > 0, x*log(x), 0) + x^3", "x", X, NEITHER),
    # the size n is a whole number, so x may be below zero
    ("x^n + norm2(y)^2", "x", {"x": S, "y": "vector(n)"}, NEITHER),
    ("x^a", "x", {"x": S, "a": S}, NEITHER),
    ("asin(sin(x))", "x", X, UNKNOWN),  # its kinks are inside of the domain
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "verdict"), INSIDE)
def test_inside_of_the_domain(expr, wrt, variables, verdict):
    found = matcalc.convex(expr, wrt, variables=variables).verdict
    assert found.replace("strictly ", "") == verdict


HINTS = [
    ("c*norm2(A*x - y)^2", {}, {"c": "positive"}, "convex"),
    ("c*x'*S*x + d", {}, {"c": "positive", "S": "psd(n)"}, "strictly convex"),
    ("-c*x'*S*x", {"c": "positive"}, {"S": "psd(n)"}, "strictly concave"),
]


@pytest.mark.parametrize(("expr", "given", "kinds", "verdict"), HINTS)
def test_hints_say_what_to_declare(expr, given, kinds, verdict):
    found = matcalc.convex(expr, "x", variables={"x": "vector(n)", "y": "vector(m)", **given})
    said = ", ".join([f"{name}: {kind}" for name, kind in kinds.items()])
    assert str(found).endswith(f"hint        with {said} it is {verdict}")
    known = {"x": "vector(n)", "y": "vector(m)", **given, **kinds}
    assert matcalc.convex(expr, "x", variables=known).verdict == verdict


def test_no_hint_where_nothing_decides():
    assert not matcalc.convex("x^3 + c*x", "x", variables={"x": S}).hint
    assert not matcalc.convex("c*x^2", "x", variables={"x": S, "c": S}).hint
