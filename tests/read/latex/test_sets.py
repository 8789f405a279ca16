"""Sums over sets and over what satisfies a condition; factorials and binomial coefficients."""

from __future__ import annotations

import warnings

import pytest

import matcalc
from matcalc.cli import main

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.core.errors.NotationWarning")

LABELS = {"y": "onehot(n, c)"}
MARGIN = r"\max(0, w_j^\top x_i - w_{y_i}^\top x_i + 1)"
# a formula, declarations, and the same in the language
ROWS = [
    (r"\sum_{i \in S} x_i^2", {}, "S: vector; sum(S.*x.^2)"),
    (r"\sum_{i \in \mathcal{S}} x_i^2", {}, "S: vector; sum(S.*x.^2)"),
    (r"\sum_{i ∈ S} x_i^2", {}, "S: vector; sum(S.*x.^2)"),
    (r"\sum_{i \in [n]} x_i^2", {}, "x'*x"),
    (r"\sum_{i, j \in S} x_i x_j", {}, "S: vector; (S'*x)^2"),
    (r"\sum_{i, j \in [n]} x_i x_j^2", {}, "sum(x)*(x'*x)"),
    (r"\sum_{i \in S, j} a_{ij} x_i", {}, "S: vector; (S.*x)'*a*vector(1)"),
    (
        r"\sum_{k=1}^K \sum_{i \in C_k} \|x_i - \mu_k\|^2",
        {},
        "sum[i,k](C[k,i]*norm2(X[i,:] - Mu[k,:])^2)",
    ),
    (
        r"\sum_{(i,j) \in \Omega} (R_{ij} - (UV^\top)_{ij})^2",
        {},
        "sum(Omega.*(R - U*V').^2)",
    ),
    (
        r"\frac{1}{|\Omega|} \sum_{(u,i) \in \Omega} (r_{ui} - p_u^\top q_i)^2",
        {},
        "sum(Omega.*(r - P*Q').^2)/sum(Omega)",
    ),
    (r"\sum_{(i,j) \in E} \|x_i - x_j\|^2", {}, "sum[i,j](E[i,j]*norm2(X[i,:] - X[j,:])^2)"),
    (r"\sum_i \sum_{j \in N(i)} (x_i - x_j)^2", {}, "sum[i,j](N[i,j]*(x[i] - x[j])^2)"),
    (r"\sum_i \sum_{j \in \mathcal{N}_i} (x_i - x_j)^2", {}, "sum[i,j](N[i,j]*(x[i] - x[j])^2)"),
    (
        r"\sum_i \frac{1}{|N(i)|} \sum_{j \in N(i)} (x_i - x_j)^2",
        {},
        "sum[i,j](N[i,j]*(x[i] - x[j])^2/sum(N[i,:]))",
    ),
    (
        r"\sum_{i : \delta_i = 1} \left(\theta_i - \log \sum_{j \in R(t_i)} e^{\theta_j}\right)",
        {},
        "sum[i]((delta[i] == 1)*(theta[i] - log(sum[j](R[i,j]*exp(theta[j])))))",
    ),
    (
        r"\sum_i \log \sum_{j : t_j \geq t_i} e^{\theta_j}",
        {},
        "sum[i](log(sum[j]((t[j] >= t[i])*exp(theta[j]))))",
    ),
    (r"\sum_{i : x_i > 0} x_i^2", {}, "sum((x > 0).*x.^2)"),
    (r"\sum_{i<j : y_i = y_j} (x_i - x_j)^2", {}, "sum[i<j]((y[i] == y[j])*(x[i] - x[j])^2)"),
    (r"\sum_{i,j : i \neq j} (x_i - x_j)^4", {}, "sum[i!=j]((x[i] - x[j])^4)"),
    (r"\sum_{i \in I, j \in J} a_{ij} x_i x_j", {"I": "vector"}, "(I.*x)'*a*(J.*x)"),
    (
        rf"\sum_i \sum_{{j \neq y_i}} {MARGIN}",
        LABELS,
        "sum[i,j]((1 - y[i,j])*max(0, X[i,:]*W[j,:]' - X[i,:]*W[y[i],:]' + 1))",
    ),
    (r"\sum_i (y_i \log \lambda_i - \log y_i!)", {}, "sum(y.*log(lambda) - gammaln(1 + y))"),
    (r"x^n/n!", {"x": "scalar"}, "x^n/gamma(n + 1)"),
    (r"3! x", {"x": "scalar"}, "6*x"),
    (
        r"\log \binom{n}{k} + k \log p",
        {"p": "scalar"},
        "gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k*log(p)",
    ),
]


@pytest.mark.parametrize(("formula", "kinds", "plain"), ROWS, ids=[row[0] for row in ROWS])
def test_is_the_same_in_the_language(formula: str, kinds: dict[str, str], plain: str) -> None:
    read = matcalc.parse_latex(formula, kinds)
    names = {name: str(variable) for name, variable in read.variables.items()}
    *own, body = plain.split("; ")
    given = {name: kind for name, kind in names.items() if name not in kinds} | kinds
    assert all(names[name].startswith(kind) for name, kind in (line.split(": ") for line in own))
    assert matcalc.equal(read, matcalc.parse(body, given))


@pytest.mark.parametrize(
    ("formula", "wrt", "kinds", "wanted"),
    [
        (r"\sum_{(u,i) \in \Omega} (r_{ui} - p_u^\top q_i)^2", "P", {}, "2*(Omega.*(P*Q' - r))*Q"),
        (
            r"\sum_{(i,j) \in E} \|x_i - x_j\|^2",
            "X",
            {},
            "2*(diag((E + E')*vector(1)) - E - E')*X",
        ),
        (
            rf"\sum_i \sum_{{j \neq y_i}} {MARGIN}",
            "W",
            LABELS,
            "(M - y'*diag(M'*vector(1)))*X "
            "where M = (1 - y').*step(1 + W*X' - vector(1)*diag(y*W*X')')",
        ),
        (r"\sum_{i \in S} x_i^2", "x", {}, "2*(S.*x)"),
    ],
)
def test_derivatives(formula: str, wrt: str, kinds: dict[str, str], wanted: str) -> None:
    assert str(matcalc.diff(formula, wrt, latex=True, variables=kinds)) == wanted


def test_a_note_says_what_a_set_is() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        matcalc.parse_latex(r"\sum_{(u,i) \in \Omega} a_{ui}")
    assert str(heard[0].message) == (
        r"\Omega is read as a matrix of zeros and ones, whose entry u, i is 1 where (u,i) is in "
        r"\Omega"
    )


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"\sum_{x \in D} x^2", "x is not an index of this sum"),
        (r"\sum_{k \in \{1, 2, 3\}} x_k", "the set \\{1, 2, 3\\} is not supported"),
        (r"\sum_{(i,j,k) \in D} x_i x_j x_k", "below a sum is not supported"),
        (r"\prod_{i \in S} x_i", "unknown command \\in"),
        (r"\max_{i \in S} x_i", "unknown command \\in"),
        (r"x \in S", "unknown command \\in"),
        (r"\sum_{i \in \mathbb{N}} x_i", "is a set of numbers"),
        (r"\sum_{i \leq n, j \leq m} a_{ij} x_i y_j", "not all with this limit"),
        (r"\sum_{i \in [n], j} a_{ij} x_i y_j", "not all with this limit"),
    ],
)
def test_other_sets_are_refused(formula: str, words: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.parse_latex(formula)
    assert words in caught.value.message


def test_claims_and_equations_may_use_the_set(capsys: pytest.CaptureFixture[str]) -> None:
    claim = r"-2(\Omega \odot (R - UV^\top))V"
    formula = r"\sum_{(i,j) \in \Omega} (R_{ij} - (UV^\top)_{ij})^2"
    assert main(["check", "--latex", formula, "--wrt", "U", "--claim", claim]) == 0
    assert capsys.readouterr().out.startswith("proved")
    assert matcalc.equal(r"\sum_{i \in S} x_i", r"x^\top S", latex=True)
