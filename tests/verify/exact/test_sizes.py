"""What holds at some sizes only is not proved: sizes that coincide with numbers or with others, and
determinants that are zero but for small matrices.
"""

import pytest

import matcalc
from matcalc.claims.equality import decide
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge as judge_claim
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge, least_sizes

KINDS = {
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "w": "vector(k)",
    "a": "scalar",
    "Y": "matrix(m, m)",
    "K": "skew(n)",
    "V": "invertible(n)",
}


def statement_of(text, wrt):
    return matcalc.diff(text, wrt, variables=KINDS, verify=False)._statement


@pytest.mark.parametrize(
    ("text", "wrt", "wrong"),
    [
        ("sum(ones(n))*sum(x)", "x", "{}*ones(n)"),
        ("tr(eye(n))*sum(x)", "x", "{}*ones(n)"),
        ("sum(x + a*ones(n))", "a", "{}"),
        ("a*tr(V*inv(V))", "a", "{}"),
        ("a*tr(K^2)/tr(K^2)*sum(ones(n))", "a", "{}"),
        ("a*sum(ones(n, m))*sum(x)*sum(z)", "a", "{}*sum(x)*sum(z)"),
        ("a*sum(ones(n, m))*sum(ones(k))*sum(x)*sum(z)*sum(w)", "a", "{}*sum(x)*sum(z)*sum(w)"),
        ("a*(sum(ones(n)) + sum(ones(m)))*sum(x)*sum(z)", "a", "{}*sum(x)*sum(z)"),
        ("a*(sum(ones(n)) - sum(ones(m)))*sum(x)*sum(z)", "a", "({})*sum(x)*sum(z)"),
    ],
)
def test_a_number_in_place_of_a_size(text, wrt, wrong):
    statement = statement_of(text, wrt)
    for number in (-3, 1, 2, 3, 5, 6, 7, 10, 24, 30):
        claim = read(wrong.format(number), KINDS).expr
        assert judge(statement, claim).outcome == "wrong", number


@pytest.mark.parametrize(
    ("text", "wrt", "wrong"),
    [
        (  # the theorem of Cayley and Hamilton for 2 x 2 matrices
            "x'*x*tr(Y^3)",
            "Y",
            "x'*x*3*(tr(Y)*Y - (tr(Y)^2 - tr(Y^2))/2*eye)'",
        ),
        ("a*sum(ones(n))*sum(x)*sum(z)", "a", "(sum(ones(m)) + 1)*sum(x)*sum(z)"),
        ("a*sum(ones(n))*sum(x)*sum(z)", "a", "(5 - sum(ones(m)))*sum(x)*sum(z)"),
        ("a*sum(ones(n))*sum(x)*sum(z)", "a", "6/sum(ones(m))*sum(x)*sum(z)"),
    ],
)
def test_sizes_that_coincide(text, wrt, wrong):
    assert judge(statement_of(text, wrt), read(wrong, KINDS).expr).outcome == "wrong"


@pytest.mark.parametrize(
    ("text", "wrt", "claim", "least"),
    [
        ("det(x*y')", "x", "zeros(n)", {"n": 2}),
        ("det(x*x' + y*y')", "x", "zeros(n)", {"n": 3}),
        ("tr(adj(x*y'))", "x", "zeros(n)", {"n": 3}),
        ("det(z*z')*sum(x)", "x", "zeros(n)", {"m": 2}),
        ("logdet(V)", "V", "inv(V)'", {}),
        ("x'*x", "x", "2*x", {}),
    ],
)
def test_claims_that_are_wrong_for_small_sizes(text, wrt, claim, least):
    statement, tree = statement_of(text, wrt), read(claim, KINDS).expr
    assert judge(statement, tree).outcome == "exact"
    assert least_sizes(statement, tree) == least
    kinds = {name: kind for name, kind in KINDS.items() if name in text}
    report = judge_claim(Claim(text, wrt, claim, kinds))
    said = [note for note in report.notes if "it holds for" in note]
    assert said == [
        f"note: it holds for {name} >= {size}; for {name} = {size - 1} it is not the derivative"
        for name, size in least.items()
    ]


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [("det(x*y')", "0", ", for n >= 2"), ("det(V*V')", "det(V)^2", ""), ("x'*y", "y'*x", "")],
)
def test_equations_that_are_wrong_for_small_sizes(left, right, said):
    decision = decide(read(left, KINDS), read(right, KINDS))
    assert decision.verdict == "equal"
    assert ("for n" in decision.how) == bool(said)
    assert decision.how.endswith(said)
