"""Statements that stay: what an entry makes, what it changes, what a text needs."""

from __future__ import annotations

import pytest

from matcalc.core.errors import MatcalcError
from matcalc.tools.session import Session, SessionEntry, entries, goes_on


def session(*texts: str) -> Session:
    made = Session()
    for text in texts:
        made.enter(text)
    return made


@pytest.mark.parametrize(
    ("before", "text", "made", "changed", "value"),
    [
        pytest.param([], "A: symmetric(n)", {"A": "symmetric(n)"}, (), "", id="declaration"),
        pytest.param([], "r = A*x - y", {"r": "vector(n)"}, (), "", id="definition"),
        pytest.param([], "a = x'*x", {"a": "scalar"}, (), "", id="number"),
        pytest.param([], "z = x'", {"z": "row vector(n)"}, (), "", id="row"),
        pytest.param([], "r = 2*x; r'*r", {"r": "vector(n)"}, (), "r'*r", id="with-a-value"),
        pytest.param([], "r'*r where r = 2*x", {}, (), "r'*r where r = 2*x", id="its-own"),
        pytest.param([], "M[i,j] = x[i]*x[j]", {"M": "matrix(n, n)"}, (), "", id="array"),
        pytest.param(["r = x", "s = r'*r"], "r = 2*y", {"r": "vector(n)"}, ("s",), "", id="again"),
        pytest.param(["s = r'*r"], "r = 2*y", {"r": "vector(n)"}, ("s",), "", id="of-a-variable"),
        pytest.param(["s = r'*r"], "q = 2*y", {"q": "vector(n)"}, (), "", id="of-another"),
    ],
)
def test_entries_make_names(
    before: list[str], text: str, made: dict[str, str], changed: tuple[str, ...], value: str
) -> None:
    entered = session(*before).enter(text)
    assert (dict(entered.made), entered.changed, entered.value) == (made, changed, value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("r = r - y", id="by-itself"),
        pytest.param("y = r'*y", id="in-a-circle"),
        pytest.param("A: vector(n)", id="what-uses-it-does-not-fit"),
        pytest.param("z = 1; A*x + (", id="syntax"),
    ],
)
def test_what_is_wrong_changes_nothing(text: str) -> None:
    made = session("A: symmetric(n)", "r = A*x - y")
    before = dict(made.kept)
    with pytest.raises(MatcalcError):
        made.enter(text)
    assert made.kept == before


def test_a_text_gets_what_it_needs_in_order() -> None:
    made = session("s = r'*r", "B: matrix(m, k)", "A: symmetric(n)", "q = B*z", "r = A*x")
    assert made.program("s + 1") == "A: symmetric(n)\nr = A*x\ns = r'*r\ns + 1"
    assert made.program("r = 1; r") == "r = 1; r"
    made.forget(["A"])
    assert made.program("r") == "r = A*x\nr"
    made.forget([])
    assert made.program("r") == "r"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("x\ny", [SessionEntry("x", 0, 1), SessionEntry("y", 2, 2)], id="lines"),
        pytest.param("# c\n\n x # d\n", [SessionEntry("x", 6, 3)], id="comments"),
        pytest.param(
            "f(x,\n y)\nz",
            [SessionEntry("f(x,\n y)", 0, 1), SessionEntry("z", 9, 3)],
            id="brackets",
        ),
        pytest.param("x +\n y", [SessionEntry("x +\n y", 0, 1)], id="operator"),
        pytest.param(
            "(x\n\ny",
            [SessionEntry("(x", 0, 1), SessionEntry("y", 4, 3)],
            id="an-empty-line-ends-it",
        ),
        pytest.param("(x", [SessionEntry("(x", 0, 1)], id="the-end-ends-it"),
        pytest.param("x'\ny", [SessionEntry("x'", 0, 1), SessionEntry("y", 3, 2)], id="transpose"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_entries_of_a_text(text: str, found: list[SessionEntry]) -> None:
    assert list(entries(text)) == found


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("(", True),
        ("x *", True),
        ("r =", True),
        ("x'", False),
        ("x)", False),
        ("x # (", False),
        ("r = A*x", False),
        # a program with a loop ends with its value
        ("diff f[0] = x", True),
        ("f[0] = x; s = 0", True),
        ("f[0] = x\nfor k = 1:2", True),
        ("f[0] = x\nfor k = 1:2\nfor l = 1:2\nh[k,l] = x\nend", True),
        ("f[0] = x\nfor k = 1:2\nf[k] = W*f[k-1]\nend", True),
        ("f[0] = x\nfor k = 1:2\nf[k] = W*f[k-1]\nend\nsum(f[2]) wrt W", False),
        ("K[i,j] = x[i]*y[j]", False),
        ("sum(x[i]\nfor i in 1:3)", False),
        ("x[1] == 2", False),
    ],
)
def test_where_an_entry_goes_on(text: str, more: bool) -> None:
    assert goes_on(text) == more


def test_many_entries_are_parted_in_one_pass() -> None:
    assert sum(1 for _ in entries("x + (y)\n" * 50_000)) == 50_000


def test_programs_with_members_of_families_stay_whole() -> None:
    session = Session()
    session.enter("B: symmetric(n)")
    text = "h[0] = x; for k = 1:2; h[k] = B*h[k-1]; end; sum(h[2])"
    entered = session.enter(text)
    assert (entered.made, entered.value) == ({}, text)
    assert str(session.read(text).expr.shape) == "()"
    assert list(session.kept) == ["B"]
    with pytest.raises(MatcalcError, match="not unrolled"):
        session.read(text.replace("1:2", "1:K").replace("h[2]", "h[K]"))
