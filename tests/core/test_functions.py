"""The rows of the functions: what they state holds, and readers get to see it."""

from pathlib import Path

import numpy as np
import pytest

import matcalc
from matcalc import cli
from matcalc.cli.function_reference import document, list_functions
from matcalc.core.functions.spec import ELEMENTWISE
from matcalc.core.operations import ALIASES, ENTRIES, OPERATIONS, PARITY, REFLECTED
from matcalc.verify.oracle.evaluations import FUNCTIONS as ORACLE

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_fresh():
    page = ROOT / "docs" / "functions.md"
    assert page.read_text(encoding="utf-8") == document(), (
        "run python -m matcalc.cli.function_reference > docs/functions.md"
    )


def test_a_word_finds_functions(capsys):
    assert cli.main(["functions", "pseudo"]) == 0
    assert capsys.readouterr().out == "pinv(A)\n    pseudo-inverse\n"
    assert cli.main(["functions", "no such thing"]) == 2
    assert list_functions("").count("\n    ") > 100


def test_names_are_unique():
    assert not ALIASES.keys() & OPERATIONS.keys()
    names = [
        name for spec in OPERATIONS.values() for name in (spec.name, *spec.aliases, *spec.tex_names)
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "name", [name for name, spec in OPERATIONS.items() if spec.signature == ELEMENTWISE]
)
def test_what_vanishes_at_zero(name):
    spec = OPERATIONS[name]
    if spec.arity[0] == 1 and spec.arity[1] == 1:
        with np.errstate(all="ignore"):
            assert spec.vanishes == (ORACLE[name](np.array(0.0)) == 0)


SCALAR = [
    name
    for name, spec in OPERATIONS.items()
    if spec.of_scalar != "x" and spec.signature != "special" and spec.arity[0] == 1
]


@pytest.mark.parametrize("name", SCALAR)
def test_what_a_function_is_of_a_scalar(name):
    """By numbers: of the matrix or vector with that one entry."""
    value = np.array(0.7)
    found = matcalc.parse(f"{name}(s)", {"s": "scalar"}).to_callable()
    given = value.reshape(
        (1,) if OPERATIONS[name].signature.startswith(("vector", "any")) else (1, 1)
    )
    arguments = (
        {"s": value} if "s" in matcalc.parse(f"{name}(s)", {"s": "scalar"}).variables else {}
    )
    try:
        computed = found(**arguments)
    except TypeError:
        computed = found()
    assert np.ravel(ORACLE[name](given))[0] == pytest.approx(np.ravel(computed)[0])


@pytest.mark.parametrize("name", ENTRIES)
def test_which_entries_a_value_has(name):
    """The digits of its entries to base 3 say of which entries of the argument each is the sum."""
    sizes = {"reshape": (4, 2), "permute": (2, 2, 2)}
    size = (3,) if name in ("diag", "skewmat", "cumsum", "revcumsum") else sizes.get(name, (3, 3))
    given = 3.0 ** np.arange(np.prod(size)).reshape(size)
    more = {"reshape": ", 2, 4", "permute": ", 3, 1, 2"}.get(name, "")
    kind = {1: "vector", 2: "matrix", 3: "tensor"}[given.ndim] + f"({', '.join(map(str, size))})"
    value = np.ravel(matcalc.parse(f"{name}(X{more})", {"X": kind}).to_callable()(X=given))
    entries, how = {*given.ravel()}, ENTRIES[name]
    match how:
        case "moved" | "taken":
            assert {*value} <= entries
            assert how == "taken" or sorted(value) == sorted(entries)
        case "spread":
            assert {0.0} < {*value} <= entries | {0.0}
        case "signed":
            assert min(value) < 0
            assert max(abs(value)) <= max(entries)
        case "averaged":
            assert min(entries) <= min(value) <= max(value) <= max(entries)
        case "summed":
            assert all(set(np.base_repr(int(each), 3)) <= {"0", "1"} for each in value)
            assert max(value) > max(entries)
        case _:
            pytest.fail(f"{how} says nothing")


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_row_is_complete(name):
    spec = OPERATIONS[name]
    assert spec.says
    assert all(other in OPERATIONS for other in spec.neighbours)


@pytest.mark.parametrize(
    "name", [name for name, spec in OPERATIONS.items() if spec.signature == ELEMENTWISE]
)
def test_odd_and_even_functions(name):
    """The normal form moves signs by these facts, so they are compared with numbers."""
    points = np.array([0.3, 0.7])
    sign, mirrored, plain = 0, np.zeros(2), np.zeros(2)
    if OPERATIONS[name].arity == (1, 1):
        with np.errstate(all="ignore"):
            mirrored, plain = ORACLE[name](-points), ORACLE[name](points)
        sign = next((s for s in (1, -1) if np.allclose(mirrored, s * plain)), 0)
    assert PARITY.get(name, 0) == sign
    # of a step too, but for its value at 0
    assert (name in REFLECTED or name == "step") == np.allclose(mirrored, 1 - plain)
