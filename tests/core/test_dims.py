"""Dimensions as polynomials: canonical, printed short, solved where they are linear."""

from __future__ import annotations

import pytest

from matcalc import MatcalcError, diff, parse
from matcalc.core.dims import ONE, Dim, dim, fit
from matcalc.read.shapes.unify import Unifier
from matcalc.read.syntax.declare import declare

m, n, p = dim("m"), dim("n"), dim("p")


def size(text: str) -> Dim:
    return declare({"x": f"vector({text})"})["x"].dims[0]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("m + p", "m + p"),
        ("p + m", "m + p"),
        ("n^2", "n*n"),
        ("n*(n + 1)/2", "n*(n + 1)/2"),
        ("(n^2 + n)/2", "n*(n + 1)/2"),
        ("n - 1", "n - 1"),
        ("2*n - 2*m + 4", "2*(n + 2 - m)"),
        ("m*(n + p) - m*p", "m*n"),
        ("(m + 1)*(n + 1)", "m*n + m + n + 1"),
        ("3 - 1", "2"),
    ],
)
def test_canonical(text: str, printed: str) -> None:
    assert str(size(text)) == printed
    assert size(printed) == size(text)


@pytest.mark.parametrize(
    "text", ["n/2", "n - n", "1 - 2", "-n", "0", "n^0", "n^9", "(n + m)/2", "n/m", "1/2", "n - 1.5"]
)
def test_refused(text: str) -> None:
    with pytest.raises(MatcalcError):
        size(text)


@pytest.mark.parametrize(
    ("dividend", "divisor", "quotient"),
    [
        (m.times(n), n, m),
        (m.plus(n).times(p), p, m.plus(n)),
        (m.plus(n).times(p.plus(ONE)), m.plus(n), p.plus(ONE)),
        (m.plus(n), p, None),
        (n.times(n).plus(ONE, -1), n.plus(ONE), n.plus(ONE, -1)),
    ],
)
def test_division(dividend: Dim, divisor: Dim, quotient: Dim | None) -> None:
    assert dividend.over(divisor) == quotient


def test_sizes_that_differences_leave_positive() -> None:
    found = fit({"m": 4, "n": 2}, [n.plus(m, -1)])
    assert found is not None and found["n"] > found["m"]
    assert fit({"m": 4, "n": 2}, [n.plus(m, -1), m.plus(n, -1)]) is None


@pytest.mark.parametrize(
    ("text", "variables", "sizes"),
    [
        ("A*x", {"A": "matrix(k, m + p)"}, {"x": "vector(m + p)"}),
        ("x + y", {"x": "vector(n - 1)"}, {"y": "vector(n - 1)"}),
        ("vec(X)'*y", {"X": "matrix(m + 1, n)"}, {"y": "vector(n*(m + 1))"}),
        ("vec(X)'*y", {"y": "vector(m*n + n)", "z": "vector(n)", "X": "matrix(k, n)"}, None),
    ],
)
def test_inference(text: str, variables: dict[str, str], sizes: dict[str, str] | None) -> None:
    if sizes is None:
        with pytest.raises(MatcalcError, match="cannot multiply"):
            parse(text, variables)
    else:
        found = parse(text, variables).variables
        assert {name: str(found[name]) for name in sizes} == sizes


def test_unifier_solves_what_is_linear() -> None:
    unifier: Unifier[None] = Unifier()
    a, b, c = (unifier.fresh() for _ in range(3))
    assert unifier.equate(a.plus(b), c, None)  # c is a + b
    assert unifier.equate(c, m.plus(p), None)
    assert unifier.equate(a, m, None)
    assert unifier.finish() is None
    assert unifier.resolve(b) == p


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (lambda a, b: a.plus(b), lambda a, b: a),
        (lambda a, b: a.plus(a), lambda a, b: m.plus(p)),
        (lambda a, b: a.plus(m), lambda a, b: m),
    ],
    ids=["part-of-itself", "no-whole-number", "nothing-left"],
)
def test_unifier_refuses(left, right) -> None:  # type: ignore[no-untyped-def]
    unifier: Unifier[str] = Unifier()
    a, b = unifier.fresh(), unifier.fresh()
    assert not unifier.equate(left(a, b), right(a, b), "why") or unifier.finish() == "why"


@pytest.mark.parametrize(
    ("sides", "sizes"), [(("?0", "?1", "?2", "?3"), "pairs")], ids=["one-by-one"]
)
def test_sums_without_decision_are_matched_one_by_one(sides: tuple[str, ...], sizes: str) -> None:
    unifier: Unifier[str] = Unifier()
    a, b, c, d = (unifier.fresh() for _ in sides)
    assert unifier.equate(a.plus(b), c.plus(d), sizes)
    assert unifier.finish() is None
    assert (unifier.resolve(c), unifier.resolve(d)) == (a, b)


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "wanted"),
    [
        ("mean(x)", "x", {"x": "vector(m + p)"}, "ones(m + p)/(m + p)"),
        ("tr(A)/(m + p)", "A", {"A": "matrix(m + p, m + p)"}, "eye(m + p)/(m + p)"),
        ("(m + p)*tr(A)", "A", {"A": "matrix(m + p, m + p)"}, "(m + p)*eye(m + p)"),
        (
            "norm2(A*x - b)^2",
            "x",
            {"b": "vector(n*(n + 1)/2)", "x": "vector(n - 1)"},
            "2*A'*(A*x - b)",
        ),
    ],
)
def test_derivatives(text: str, wrt: str, variables: dict[str, str], wanted: str) -> None:
    result = diff(text, wrt, variables=variables)
    assert str(result) == wanted
    assert result.verification.kind == "exact"
    function = result.to_callable()
    assert function is not None
