"""Wrong claims, each with what is said of it: the mistake by its kind, and words that have to be in
the diagnosis.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sweeps import slow, thinned

from matcalc.claims.judge.claims import Claim
from matcalc.claims.judge.report import UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge

LEAST_SQUARES = "norm2(A*x - b)^2"
B = {"b": "vector(m)", "A": "matrix(m, n)"}
S = {"S": "symmetric(n)"}
AB = {"a": "vector(n)", "b": "vector(n)"}


def row(name, expr, wrt, claim, kinds, words="", variables=None, **options):
    return pytest.param(Claim(expr, wrt, claim, variables or {}, **options), kinds, words, id=name)


SLIPS = [
    row("transpose", "tr(A*X*X)", "X", "A*X + X*A", {"transpose"}, "numerator layout"),
    row("transpose-of-another-shape", "A*x", "x", "A'", {"transpose"}, "denominator layout"),
    row("sign", "a'*inv(X)*b", "X", "inv(X)'*a*b'*inv(X)'", {"sign"}, "wrong sign", AB),
    row("factor-2", LEAST_SQUARES, "x", "A'*(A*x - b)", {"factor"}, "the factor 2 is missing", B),
    row("factor-half", "x'*x/2", "x", "2*x", {"factor"}, "2 times the derivative"),
    row("rounded", "x'*x/3", "x", "0.667*x", {"rounded"}, "0.667 should be 2/3"),
    row("cut-off", "sum(x.^3)/9", "x", "0.33*x.^2", {"rounded"}, "0.33 should be 1/3"),
    row("another-number", "x'*x", "x", "2.01*x", {"factor"}, "2.01 should be 2"),
    row("another-step", "sum(relu(x))", "x", "sign(x)", {"function"}, "sign(x) should be step(x)"),
    row(
        "factor-1/m",
        f"{LEAST_SQUARES}/m",
        "x",
        "2*A'*(A*x - b)",
        {"factor"},
        "the factor 1/m is missing",
        B,
    ),
    row(
        "factor-n",
        "n*sum(x)",
        "x",
        "ones",
        {"factor"},
        "the factor n is missing",
        {"x": "vector(n)"},
    ),
    row(
        "scalar-factor",
        "exp(x'*x)",
        "x",
        "2*x",
        {"chain-factor"},
        "the factor exp(x'*x) is missing",
    ),
    row(
        "missing-term",
        "tr(X'*A*X*B)",
        "X",
        "A*X*B",
        {"missing-term"},
        "the term A'*X*B' is missing",
    ),
    row(
        "missing-constant",
        "k'*log(r) - sum(r)",
        "r",
        "k./r",
        {"missing-term"},
        "is missing",
        {"k": "vector(n)", "r": "vector(n)"},
    ),
    row(
        "extra-term",
        "x'*A*x",
        "x",
        "(A + A')*x + x",
        {"extra-term"},
        "the term x should not be there",
    ),
    row("sign-of-a-term", "x'*x + a'*x", "x", "2*x - a", {"sign"}, "", {"a": "vector(n)"}),
    row(
        "sign-in-brackets",
        "(norm2(x) - 50)^2",
        "x",
        "2*(-norm2(x) - 50)*x/norm2(x)",
        {"sign"},
        "the sign of norm2(x) is wrong",
    ),
    row(
        "sign-of-a-number",
        "sum((x - 3).^3)",
        "x",
        "3*(x + 3).^2",
        {"sign"},
        "the sign of 3 in x + 3 is wrong",
    ),
    row(
        "sign-in-a-function",
        "sum(exp(-2*x))",
        "x",
        "-2*exp(2*x)",
        {"sign"},
        "the sign of 2*x is wrong",
    ),
    row(
        "chain-rule",
        LEAST_SQUARES,
        "x",
        "2*(A*x - b)",
        {"chain-factor"},
        "the factor A' is missing",
        B,
    ),
    row(
        "chain-rule-entrywise",
        "sum(exp(x.*x))",
        "x",
        "exp(x.*x)",
        {"chain-factor", "factor"},
        "is missing",
    ),
    row(
        "diagonal-alone",
        "softmax(x)",
        "x",
        "softmax(x).*(1 - softmax(x))",
        {"diag-missing"},
        "the derivative's diagonal:",
    ),
    row(
        "diagonal-as-matrix",
        "softmax(x)",
        "x",
        "diag(softmax(x).*(1 - softmax(x)))",
        {"diag-missing"},
        "as a matrix",
    ),
    row(
        "factor-and-sign",
        "x'*x",
        "x",
        "-x",
        {"factor", "sign"},
        "the factor 2 is missing; and it has the wrong sign",
    ),
    row(
        "n-for-1/n",
        "sum(x)/n",
        "x",
        "n*ones",
        {"factor"},
        "the factor 1/n^2 is missing",
        {"x": "vector(n)"},
    ),
    row(
        "sign-or-variable",
        "norm2(x - y)^2",
        "x",
        "2*(y - x)",
        {"sign"},
        "as the derivative with respect to y has",
    ),
    row(
        "function-with-an-axis",
        "sum(logsumexp(X, 2))",
        "X",
        "2*softmax(X, 2)",
        {"factor"},
        "it is 2 times the derivative",
    ),
    row(
        "neighbour",
        "sum(log(cosh(x)))",
        "x",
        "sigmoid(x)",
        {"function"},
        "sigmoid(x) should be tanh(x)",
    ),
    row(
        "transposed-whole",
        "tr(A*X) + tr(X*B*X)",
        "X",
        "-(B*X + X*B)",
        {"sign", "transpose", "missing-term"},
        "it is transposed",
    ),
    row(
        "transposed-and-term",
        "logdet(X) - tr(A*X)",
        "X",
        "inv(X)",
        {"inverse-transposed", "missing-term"},
        "the term -A' is missing",
    ),
    row(
        "where-a-step-is-zero",
        "relu(tr(A*X))",
        "X",
        "A*step(tr(A*X))",
        {"transpose"},
        "the transpose",
    ),
    row("symmetric", "x'*A*x", "x", "2*A*x", {"needs-symmetric"}, "only if A is symmetric"),
    row(
        "orthogonal",
        "tr(inv(X)*A)",
        "X",
        "-X*A'*X",
        {"needs-orthogonal"},
        "only if X is orthogonal",
    ),
    row("commuting", "tr(X^3*A)", "X", "(3*X^2*A)'", {"needs-commuting"}, "commute"),
    row("square", "tr(A*X*B)", "X", "B*A", {"transpose"}, "transpose"),
    row("structure-free", "tr(A*S)", "S", "A'", {"structure"}, "free entries", S),
    row(
        "structure-twice",
        "tr(A*S)",
        "S",
        "A + A' - diag(diag(A))",
        {"structure"},
        "G + G' - diag(diag(G))",
        S,
    ),
    row("structure-sum", "tr(A*S)", "S", "A + A'", {"factor", "structure"}, "", S),
    row("order", "tr(A*X*B)", "X", "B'*A'", {"order"}, "B'*A' should be A'*B'"),
    row("inner-transpose", "tr(A*X*B)", "X", "A'*B", {"factor-transposed"}, "B should be B'"),
    row(
        "inverse-transposed",
        "tr(inv(X)*A)",
        "X",
        "-inv(X)'*A'*inv(X)",
        {"inverse-transposed"},
        "inv(X)",
    ),
    row(
        "inverse-side",
        "tr(A*inv(X)*B)",
        "X",
        "-inv(X)'*inv(X)'*A'*B'",
        {"inverse-side", "order"},
        "",
    ),
    row(
        "elementwise-exp",
        "tr(expm(X))",
        "X",
        "exp(X)'",
        {"elementwise"},
        "exp(X) should be expm(X)",
    ),
    row(
        "number-beside-a-matrix",
        "c*x'*x + norm2(A*x - y)^2",
        "x",
        "2*(A'*A + c)*x - 2*A'*y",
        {"elementwise"},
        "A'*A + c should be A'*A + c*eye",
    ),
    row(
        "one-beside-a-matrix",
        "logdet(eye + X*X')",
        "X",
        "2*inv(1 + X*X')*X",
        {"elementwise"},
        "1 + X*X' should be eye + X*X'",
    ),
    row(
        "elementwise-cos",
        "tr(sinm(X))",
        "X",
        "cos(X)'",
        {"elementwise"},
        "cos(X) should be cosm(X)",
    ),
    row(
        "elementwise-product",
        "tr(A*X*X)",
        "X",
        "(A.*X + X*A)'",
        {"elementwise"},
        "A.*X should be A*X",
    ),
    row("det-logdet", "det(X)", "X", "inv(X)'", {"logarithm"}, "derivative of logdet(X)"),
    row("log-det", "logdet(X)", "X", "det(X)*inv(X)'", {"logarithm"}, "derivative of det(X)"),
    row(
        "norm-squared",
        "norm2(A*x - b)",
        "x",
        "2*A'*(A*x - b)",
        {"norm-squared"},
        "norm2(A*x - b)^2",
        B,
    ),
    row("kronecker", "A*X*B", "X", "kron(A, B')", {"kronecker-order", "vec-order"}, "vec"),
    row("kronecker-transposed", "A*X*B", "X", "kron(B, A')", {"transpose"}, "transpose of J"),
    row(
        "variable",
        "x'*A*y",
        "x",
        "A'*x",
        {"variable"},
        "with respect to y",
        {"x": "vector(n)", "y": "vector(n)"},
    ),
    row("axis", "sum(A*x)", "x", "A*ones", {"axis"}, "", {"A": "matrix(n, n)"}),
    row(
        "broadcast",
        "sum(x)",
        "x",
        "1",
        {"broadcast"},
        "every entry of the derivative is the scalar",
    ),
    row("diag", "sum(exp(x).*y)", "x", "diag(exp(x).*y)", {"diag-missing"}, "diag"),
    row("function", "sum(sin(x))", "x", "sin(x)", {"function"}, "sin(x) should be cos(x)"),
    row(
        "sign-and-transpose",
        "tr(inv(X)*A)",
        "X",
        "inv(X)*A*inv(X)",
        {"sign", "transpose"},
        "; and ",
    ),
    row("factor-and-term", "x'*x + sum(exp(x))", "x", "x", {"factor", "missing-term"}, "; and "),
    row("factor-and-order", "tr(A*X*B)", "X", "2*B'*A'", {"factor", "order"}, "; and "),
    row("second-order", "x'*A*x", "x", "2*A", {"needs-symmetric"}, "A is symmetric", order=2),
    row("numerator-layout", "tr(A*X)", "X", "A'", {"transpose"}, "transpose", layout="numerator"),
]


@pytest.mark.parametrize(("claim", "kinds", "words"), thinned(SLIPS, 2))
def test_slip_is_named_and_mended(claim, kinds, words):
    report = judge(claim)
    assert report.verdict == WRONG
    assert report.kinds, str(report)
    assert set(report.kinds) <= kinds, str(report)
    assert words in str(report.diagnosis)
    assert report.counterexample is not None
    assert report.correct
    for right in dict.fromkeys((report.correct, report.diagnosis.mended)):
        assert judge(replace(claim, claim=right), seed=1).ok


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(Claim("x'*A*x", "x", "A*x + A'*x"), id="another-form"),
        pytest.param(Claim("x'*A*x", "x", "x'*(A + A')"), id="row"),
        pytest.param(Claim("tr(A)^2", "A", "2*tr(A)*eye"), id="open-size"),
        pytest.param(Claim("A*X*B", "X", "kron(B', A)"), id="kronecker"),
        pytest.param(
            Claim("A*X*B", "X", "kron(B, A')", layout="denominator"), id="kronecker-denominator"
        ),
        pytest.param(Claim("tr(A*X)", "X", "A", layout="numerator"), id="numerator-layout"),
        pytest.param(Claim("tr(A*S)", "S", "(A + A')/2", S), id="structured"),
        pytest.param(Claim("tr(A*S)", "S", "A'", S, structure="free"), id="free"),
        pytest.param(Claim("norm1(x)", "x", "sign(x)"), id="kink"),
        pytest.param(Claim("log(det(X))", "X", "inv(X')"), id="domain"),
        pytest.param(Claim("sum(erf(x))", "x", "2/sqrt(pi)*exp(-x.^2)"), id="differences"),
        pytest.param(Claim("a*b", "a", "b"), id="scalars"),
        pytest.param(
            Claim(
                "x'*y",
                "A",
                "zeros(2, 2)",
                {"A": "matrix(2, 2)", "x": "vector(n)", "y": "vector(n)"},
            ),
            id="zero",
        ),
    ],
)
def test_right_claims_agree(claim):
    assert judge(claim).ok


def test_a_row_for_a_column_is_told():
    assert "the claim is a row where the mixed layout has a column" in str(
        judge(Claim("x'*A*x", "x", "x'*(A + A')"))
    )


def test_a_claim_outside_of_its_domain_is_undecided():
    report = judge(Claim("sum(x)", "x", "sqrt(x)./sqrt(x)"))
    assert (report.verdict, report.exit_code) == (UNDECIDED, 2)
    assert "the claim has no value" in report.reason


def test_what_no_slip_explains_is_told_as_a_difference():
    report = judge(Claim("x'*A*x", "x", "A*sin(x) + x.^3"))
    assert report.diagnosis is None
    assert "true - claim = " in str(report)


def test_a_symmetric_matrix_beside_a_local_slip_is_a_remark():
    assert "; as it stands, it is right only if D is symmetric" in str(
        judge(
            Claim(
                "b'*X'*D*X*c",
                "X",
                "D*X*b*c' + D*X*c*b'",
                {"b": "vector(n)", "c": "vector(n)", "D": "matrix(m, m)"},
            )
        )
    )


@pytest.mark.slow
def test_deep_claims_do_not_meet_the_recursion_limit():
    deep = "x" + " + x" * 3000
    assert judge(Claim("x'*x", "x", deep)).verdict == WRONG


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "order", "said"),
    [
        ("tr(X)", "X", "1", 1, "the identity is missing: the scalar belongs on the derivative's"),
        ("c*tr(X)", "X", "c", 1, "the identity is missing: the scalar belongs on the derivative's"),
        ("x'*x", "x", "2", 2, "the identity is missing: the scalar belongs on the derivative's"),
        slow("norm2(X)^2/2", "X", "1", 2, "the identity is missing: the scalar belongs on the"),
        ("c*sum(x)", "x", "c", 1, "every entry of the derivative is the scalar"),
        ("cumsum(x)'*y", "x", "cumsum(y)", 1, "cumsum(y) should be revcumsum(y)"),
        ("det(A*X*B)", "X", "det(A*X*B)*inv(X)", 1, "it is the transpose"),
        ("logdet(X'*X)", "X", "2*inv(X)", 1, "it is the transpose"),
        ("X[i, j]^2", "X", "2*X[i, j]", 1, "it is only entry [i, j] of the derivative"),
        ("x[2]^3", "x", "3*x[2]^2", 1, "it is only entry 2 of the derivative"),
        ("sum[i < j](x[i]*x[j])", "x", "sum(x)", 1, "the term -x is missing"),
        ("sum(x)^2 - x'*x", "x", "2*sum(x)", 1, "the term -2*x is missing"),
        ("a*sum(x) + b*(x'*x)", "x", "a", 1, "the term 2*b*x is missing"),
        ("logsumexp(A*x + y)", "x", "softmax(A*x + y)", 1, "the factor A' is missing"),
        ("norm2(A*x - y)^2", "x", "2*(A*x - y)", 1, "the factor A' is missing"),
        ("norm2(A*x - y)^2", "x", "-2*(A*x - y)", 1, "it is the derivative with respect to y"),
        ("norm2(x - y)^2", "x", "-2*(x - y)", 1, "it has the wrong sign, as the derivative with"),
        ("sin(a)*cos(a)", "a", "-sin(a)*cos(a)", 1, "it is the product of the derivatives of"),
        ("sin(a)/a", "a", "cos(a)", 1, "it is only the derivative of sin(a)"),
        ("sin(a)/exp(a)", "a", "cos(a)/exp(a)", 1, "the term -sin(a)/exp(a) is missing"),
        ("sin(a)/exp(a^2)", "a", "cos(a)/(2*a*exp(a^2))", 1, "it is the quotient of the"),
        ("x'*A*x/(x'*x)", "x", "(A + A')*x", 1, "it is only the derivative of x'*A*x"),
        ("a*exp(a)", "a", "a*exp(a)", 1, "the term exp(a) is missing"),
        ("(a - b)/(a + b)", "a", "1/(a + b)", 1, "the term of the quotient rule that"),
        ("sum(sin(A*x))", "x", "A*cos(A'*x)", 1, "A should be A' everywhere"),
        ("norm2(X*w - y)^2", "w", "2*X*(X'*w - y)", 1, "X should be X' everywhere"),
    ],
)
def test_words_for_slips(expr: str, wrt: str, claim: str, order: int, said: str) -> None:
    report = judge(Claim(expr, wrt, claim, order=order))
    assert report.verdict == WRONG
    assert str(report.diagnosis).startswith((said, f"it is right up to a broadcast: {said}"))
    mended = report.diagnosis.mended if report.diagnosis is not None else ""
    assert judge(Claim(expr, wrt, mended, order=order)).ok


def test_a_factor_that_is_most_of_the_derivative_explains_nothing() -> None:
    """Beside another mistake: any claim is the derivative, less and times something."""
    report = judge(Claim("sigmoid(A*sigmoid(B*x))", "x", "A*B"))
    assert (report.verdict, report.diagnosis) == (WRONG, None)
    report = judge(Claim("sum(norm2(X, 2))", "X", "X/norm2(X)"))  # three mistakes would explain it
    assert (report.verdict, report.diagnosis) == (WRONG, None)
