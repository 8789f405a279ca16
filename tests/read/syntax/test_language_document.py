"""docs/language.md: its functions are those of the language, its expressions are well typed, its
error is the real one.
"""

import re
from pathlib import Path

import pytest

from matcalc.core.errors import ShapeError
from matcalc.core.kinds import WORDS
from matcalc.core.operations import ALIASES, CONSTANT_SHAPES, OPERATIONS
from matcalc.read.frontend import read

TEXT = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")


def words() -> set[str]:
    return set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", TEXT))))


def test_every_function_kind_and_constant_is_there() -> None:
    arcs = {alias for alias in ALIASES if alias.startswith("arc")}  # written as "arcsin ..."
    assert set(OPERATIONS) | (set(ALIASES) - arcs) | set(WORDS) | set(CONSTANT_SHAPES) <= words()


NAMES = "|".join([*OPERATIONS, *ALIASES, "eye", "ones", "zeros"])
NUMBERED = {
    "normp(a, p)",
    "norm(x, p)",
    "polygamma(k, x)",
    "besselj(k, x)",
    "mvlgamma(a, p)",
    "eigval(A, k)",
    "eigright(A, k)",
    "eigleft(A, k)",
}  # k and p stand for numbers
CALLS = sorted(set(re.findall(rf"`((?:{NAMES})\([^`.]*\))`", TEXT)) - NUMBERED)


@pytest.mark.parametrize("call", CALLS)
def test_calls_are_well_typed(call: str) -> None:
    assert (
        read(call, ["s: scalar", "a: vector(n)", "b: vector(n)", "T: tensor(n, m, k)"]).source
        == call
    )


def test_the_programs() -> None:
    assert read("r = A*x - b; r'*r/2").expr.op == "/"
    assert str(read("x'*A*x").variables["A"]) == "matrix(n, n)"
    assert read("A: symmetric(n); tr(A)/n").expr.args[1].op == "dimension"


def test_the_error() -> None:
    shown = re.findall(r"^    (error: .*\n(?:    .*\n?)+)", TEXT, re.M)[0]
    with pytest.raises(ShapeError) as caught:
        read("A*x", ["A: matrix(m, n)", "x: vector(m)"])
    assert str(caught.value).splitlines() == [
        line.removeprefix("    ") for line in shown.splitlines()
    ]
