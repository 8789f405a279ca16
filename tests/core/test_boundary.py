"""What users see of the package: short tracebacks, public names, readable values, types."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

PACKAGE = Path(matcalc.__file__).parent


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: matcalc.parse("x*(y"), id="parse"),
        pytest.param(lambda: matcalc.parse_latex(r"\frac{x"), id="latex"),
        pytest.param(lambda: matcalc.diff("A*x + y*B", "x"), id="diff"),
        pytest.param(lambda: matcalc.diff("x'*x", "z"), id="name"),
        pytest.param(lambda: matcalc.parse("x'*x").diff("x", order=9), id="method"),
        pytest.param(lambda: matcalc.simplify("x + y'"), id="simplify"),
        pytest.param(lambda: matcalc.equal("x", "x'"), id="equal"),
        pytest.param(lambda: matcalc.diff("x'*x", "x").check(rng=-1), id="check"),
        pytest.param(lambda: matcalc.diff("x'*x", "x").source("fortran"), id="source"),
        pytest.param(lambda: matcalc.load_identities("no-such-file.toml"), id="file"),
        pytest.param(lambda: matcalc.from_sympy(3), id="sympy"),
        pytest.param(lambda: matcalc.testing.check_gradient("x'*(x", "x", wrt="x"), id="testing"),
    ],
)
def test_a_traceback_shows_one_frame_of_ours(call: Callable[[], object]) -> None:
    with pytest.raises(MatcalcError) as caught:
        call()
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert len([frame for frame in frames if PACKAGE in Path(frame.filename).parents]) == 1
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_check_that_fails_shows_one_frame_of_ours() -> None:
    with pytest.raises(matcalc.testing.GradientMismatch) as caught:
        matcalc.testing.assert_gradient("x'*x", "x", wrt="x")
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert len([frame for frame in frames if PACKAGE in Path(frame.filename).parents]) == 1


def test_only_public_names_are_listed() -> None:
    assert dir(matcalc) == sorted(matcalc.__all__)
    assert dir(matcalc.testing) == sorted(matcalc.testing.__all__)
    assert all(getattr(matcalc, name) is not None for name in matcalc.__all__)


def test_testing_is_reachable() -> None:
    """In a process of its own, where nothing has imported the submodule."""
    code = "import matcalc; matcalc.testing.assert_gradient(\"x'*x\", '2*x', wrt='x')"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(
            lambda: matcalc.parse("x'*A*x", {"A": "symmetric(n)"}).variables["A"],
            "<matcalc.Variable A: symmetric(n)>",
            id="variable",
        ),
        pytest.param(
            lambda: matcalc.equal("tr(A*B)", "tr(B*A)"),
            "<matcalc.Equality equal: tr(A*B) = tr(B*A)>",
            id="equality",
        ),
        pytest.param(
            lambda: matcalc.testing.check_gradient("x'*x", "x", wrt="x"),
            "<matcalc.Report wrong: d (x'*x) / d x is not x>",
            id="report",
        ),
    ],
)
def test_values_have_a_readable_repr(value: Callable[[], object], wanted: str) -> None:
    assert repr(value()) == wanted


def test_the_report_of_a_check_is_readable() -> None:
    assert repr(matcalc.diff("x'*x", "x").check()).startswith("<matcalc.Comparison check passed: ")


@pytest.mark.slow
def test_mypy_sees_the_types_of_a_users_file(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is a tool of developers: pip install '.[dev]'")
    script = tmp_path / "script.py"
    script.write_text(
        'import matcalc\nreveal_type(matcalc.diff("x\'*x", '
        "'x'))\nreveal_type(matcalc.equal('a', 'a'))\nmatcalc.diff(1, 'x')\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--follow-imports=silent",
        f"--cache-dir={tmp_path}",
        str(script),
    ]
    found = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MYPYPATH": str(PACKAGE.parent)},
        cwd=tmp_path,
    )
    assert 'note: Revealed type is "matcalc.results.Derivative"' in found.stdout
    assert 'note: Revealed type is "matcalc.claims.judge.equal.Equality"' in found.stdout
    assert 'No overload variant of "diff" matches argument types "int", "str"' in found.stdout
    assert "Found 1 error" in found.stdout


def test_errors_have_their_former_names_for_one_release() -> None:
    from matcalc.core import errors

    for former, name in errors._FORMER.items():
        with pytest.warns(DeprecationWarning, match=f"{former} is now called {name}"):
            assert getattr(errors, former) is getattr(errors, name)
    with pytest.raises(AttributeError):
        _ = errors.NoSuchProblem
