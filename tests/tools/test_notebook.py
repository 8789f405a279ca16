"""Magics, what is displayed, and the notebooks of the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import matcalc

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "examples").glob("*.ipynb"))


@pytest.fixture(scope="module")
def shell() -> object:
    pytest.importorskip("IPython", reason="IPython is not installed: the extra notebook")
    from IPython.core.interactiveshell import InteractiveShell

    made = InteractiveShell(history_manager=None)
    made.run_line_magic("load_ext", "matcalc")
    return made


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("A: symmetric(n)\nr = A*x - y\ndiff r'*r wrt x", "2*A*(A*x - y)"),
        ("A: symmetric(n)\nr = A*x - y\nr'*r", "(A*x - y)'*(A*x - y)"),
        ("simplify inv(K*L)*K --var K: invertible(n)", "inv(L)"),
        (r"diff --latex z^\top B z --wrt z", "(B + B')*z"),
    ],
)
def test_the_value_of_a_cell_is_its_last_formula(shell: object, cell: str, shown: str) -> None:
    assert str(shell.run_cell_magic("matcalc", "", cell)) == shown  # type: ignore[attr-defined]


def test_the_line_magic_gives_an_object(shell: object) -> None:
    shell.run_cell("d = %matcalc diff w'*w wrt w")  # type: ignore[attr-defined]
    assert isinstance(shell.user_ns["d"], matcalc.Derivative)  # type: ignore[attr-defined]


def test_reports_are_printed(shell: object, capsys: pytest.CaptureFixture[str]) -> None:
    value = shell.run_line_magic("matcalc", "check w'*w --wrt w --claim 2*w")  # type: ignore[attr-defined]
    assert value is None
    assert capsys.readouterr().out.startswith("proved: d (w'*w) / d w = 2*w")


def test_an_error_is_one(shell: object, capsys: pytest.CaptureFixture[str]) -> None:
    done = shell.run_cell("%matcalc diff x*z wrt x")  # type: ignore[attr-defined]
    assert not done.success
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "wrt", "line"),
    [
        ("A*x", "x", "`matrix(n, m)` of `A: matrix(n, m)`, `x: vector(m)`"),
        ("x'*x", "x", "`vector(n)` of `x: vector(n)`"),
        (
            "X*y",
            "X",
            "`array(n, n, m)` of `X: matrix(n, m)`, `y: vector(m)`, shown as "
            "`J of d vec(F) = J*d vec(X)`",
        ),
    ],
)
def test_shapes_stand_under_the_formula(text: str, wrt: str, line: str) -> None:
    found = matcalc.diff(text, wrt)
    assert found._repr_markdown_() == f"$\\displaystyle {found.latex()}$\n\n{line}"


@pytest.mark.parametrize("notebook", [pytest.param(path, id=path.stem) for path in NOTEBOOKS])
def test_notebooks_run(notebook: Path) -> None:
    """Every cell; what comes out is what is stored, as text."""
    pytest.importorskip("IPython", reason="IPython is not installed: the extra notebook")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance(history_manager=None)
    try:
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            with capture_output() as found:
                done = shell.run_cell("".join(cell["source"]))
            assert done.success, found.stdout
            outputs = [output for output in cell["outputs"] if output.get("name") != "stderr"]
            printed = ["".join(output["text"]) for output in outputs if "text" in output]
            shown = ["".join(each["data"]["text/plain"]) for each in outputs if "data" in each]
            assert re.sub(r"Out\[\d+\]: .*\n", "", found.stdout) == "".join(printed)
            values = [done.result] if done.result is not None else []
            texts = [output.data["text/plain"] for output in found.outputs]
            assert texts + [repr(value) for value in values] == shown
    finally:
        InteractiveShell.clear_instance()


def test_there_are_three() -> None:
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (
            lambda: matcalc.diff("f[0] = x; for k = 1:K; f[k] = A*f[k-1]; end; sum(f[K])", "x"),
            r"\mathit{dx} = \mathit{df}_{0}",
        ),
        (
            lambda: matcalc.wirtinger("conj(z)*z", "z", {"z": "complex scalar"}),
            r"\frac{\partial f}{\partial \bar{z}} &= z",
        ),
        (lambda: matcalc.hessian("x'*A*y", ["x", "y"]), r"\partial x \, \partial y} &= A \\"),
        (lambda: matcalc.stationary("a^2 - a^4", "a"), r"a \in \left\{0"),
    ],
)
def test_answers_of_several_lines_are_typeset(make: Callable[[], Any], shown: str) -> None:
    found = make()._repr_latex_()
    assert found.startswith("$\\displaystyle ") and shown in found
