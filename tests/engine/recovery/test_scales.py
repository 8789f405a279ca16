"""Sums with decimals and fractions are written as they were typed."""

import pytest

import matcalc

CASES = [
    ("sqrt(x'*x + 1e-8)", "x", "x/sqrt(x'*x + 1e-8)"),
    ("inv(A + 0.01*eye)", "A", "-kron(inv(A + 0.01*eye)', inv(A + 0.01*eye))"),
    ("inv(A + eye/2)", "A", "-kron(inv(A + eye/2)', inv(A + eye/2))"),
    ("logdet(A'*A + 0.1*eye(n))", "A", "2*A*inv(A'*A + 0.1*eye)"),
    ("1/(0.5 + a)", "a", "-1/(a + 0.5)^2"),
    ("log(1/2 + a)", "a", "1/(1/2 + a)"),
    ("sum(log(1e-3 + x.^2))", "x", "2*(x./(x.^2 + 0.001))"),
    ("sum(exp(0.3*x + 0.1))", "x", "0.3*exp(0.3*x + 0.1)"),
    ("logdet(0.9*S + 0.1*eye(n))", "S", "0.9*inv(0.9*S + 0.1*eye)"),
    ("norm2(A*x - 0.5*y)", "x", "A'*(A*x - 0.5*y)/norm2(A*x - 0.5*y)"),
    ("sum(abs(0.1*x - 0.3))", "x", "0.1*sign(0.1*x - 0.3)"),
    ("a^2/(0.3*a + 0.2)^1.5", "a", "a*(2 - 0.45*a/(0.3*a + 0.2))/(0.3*a + 0.2)^1.5"),
    (
        "exp(-0.5*x'*inv(S + 1e-3*eye)*x)",
        "x",
        "-exp(-x'*inv(S + 0.001*eye)*x/2)*inv(S + 0.001*eye)*x",
    ),
    # a number in front of all is no reason for fractions, and a sum alone is written short
    ("log(0.5*(1 + a))", "a", "1/(1 + a)"),
    ("log(x'*x/2 + 1/2)", "x", "2*x/(1 + x'*x)"),
    ("norm2(A*x - 0.5*y)^2", "x", "A'*(2*A*x - y)"),
    ("sum((x - 0.5).^2)", "x", "2*x - 1"),
    ("inv(2*A + eye/2)*x", "x", "2*inv(4*A + eye)"),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), CASES, ids=[case[0] for case in CASES])
def test_typed(text: str, wrt: str, expected: str) -> None:
    kinds = {"x": "vector(n)", "y": "vector(m)", "S": "psd(n)", "a": "scalar"}
    variables = {name: kind for name, kind in kinds.items() if name in text}
    assert str(matcalc.diff(text, wrt, variables=variables)) == expected


def test_several_variables() -> None:
    found = matcalc.diff("norm2(A*x)^2/(0.5*norm2(x)^2 + 0.25)", ["A", "x"])
    assert "0.5*x'*x + 0.25" in str(found["A"])
    assert "0.5*x'*x + 0.25" in str(found["x"])


def test_a_sum_that_is_doubled_again_and_again() -> None:
    doubled = "; ".join(f"a{k} = a{k - 1} + a{k - 1}" for k in range(1, 41))
    found = matcalc.diff(f"a0 = sin(x) + 0.5*x; {doubled}; a40", "x", variables={"x": "scalar"})
    assert str(found) == f"{2**39}*(1 + 2*cos(x))"
