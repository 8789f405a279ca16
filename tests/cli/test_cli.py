"""The command: what goes to which stream, exit codes, formats, and that it starts lean."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import pytest

from matcalc.cli import main
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read

HINT = "matcalc diff --help lists what is possible"


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def process(*argv: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matcalc", *argv],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("argv", "answer"),
    [
        pytest.param(["x'*A*x", "--wrt", "x"], "(A + A')*x", id="plain"),
        pytest.param(["x'*A*x", "--wrt=x"], "(A + A')*x", id="equals-sign"),
        pytest.param(["x'*A*x", "x"], "(A + A')*x", id="variable-without-an-option"),
        pytest.param(["x'*A*x", "-v", "A: symmetric(n)", "x"], "2*A*x", id="variable-last"),
        pytest.param(["x'*A*x", "x", "--wrt", "x"], "(A + A')*x", id="variable-in-two-ways"),
        pytest.param(["sum(exp(x))"], "exp(x)", id="the-only-variable"),
        pytest.param(["sum(exp(x))", "--order", "2"], "diag(exp(x))", id="the-only-variable-twice"),
        pytest.param(["r = 2*x; r'*r"], "8*x", id="the-only-variable-behind-a-definition"),
        pytest.param(["--wrt", "x", "x'*A*x"], "(A + A')*x", id="expression-last"),
        pytest.param(["x'*A*x", "-w", "x", "--var", "A: symmetric(n)"], "2*A*x", id="declared"),
        pytest.param(
            ["x'*A*x", "-w", "x", "-v", "A: symmetric(n)", "-v", "x: vector(n)"],
            "2*A*x",
            id="declared-twice",
        ),
        pytest.param(["-x'*x", "--wrt", "x"], "-2*x", id="leading-minus"),
        pytest.param(["-w'*w", "-w", "w"], "-2*w", id="leading-minus-like-an-option"),
        pytest.param(["-v'*v", "-w", "v"], "-2*v", id="leading-minus-like-var"),
        pytest.param(["--x'*x", "--wrt", "x"], "2*x", id="two-leading-minuses"),
        pytest.param(["-w", "x", "--", "-x'*x"], "-2*x", id="after-two-dashes"),
        pytest.param(["-1", "-w", "x", "-v", "x: scalar"], "0", id="number"),
        pytest.param(["x'*A*x", "-w", "x", "--order", "2"], "A + A'", id="second-order"),
        pytest.param(["A*x", "-w", "x", "--layout", "denominator"], "A'", id="denominator-layout"),
        pytest.param(["A*x", "-w", "x", "--layout", "numerator"], "A", id="numerator-layout"),
        pytest.param(
            ["tr(A*S)", "-w", "S", "-v", "S: symmetric(n)"], "(A + A')/2", id="structured"
        ),
        pytest.param(
            ["tr(A*S)", "-w", "S", "-v", "S: symmetric(n)", "--structure", "free"],
            "A'",
            id="structure-ignored",
        ),
        pytest.param(["x'*A*x", "-w", "x", "--format", "latex"], "(A + A^{\\top}) x", id="latex"),
    ],
)
def test_answer_alone_on_standard_output(
    capsys: pytest.CaptureFixture[str], argv: list[str], answer: str
) -> None:
    code, out, _ = run(capsys, "diff", *argv)
    assert (code, out) == (0, answer + "\n")


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        pytest.param(
            ["A*x", "-w", "x"],
            "with A: matrix(n, m), x: vector(m); result: matrix(n, m)",
            id="matrix",
        ),
        pytest.param(["x'*x", "-w", "x"], "with x: vector(n); result: vector(n)", id="vector"),
        pytest.param(
            ["x'*x", "-w", "x", "-v", "x: vector(3)"], "result: vector(3)", id="all-declared"
        ),
        pytest.param(
            ["x'*x", "-w", "x", "--layout", "numerator"],
            "with x: vector(n); result: row vector(n)",
            id="row",
        ),
        pytest.param(["a^2", "-w", "a"], "with a: scalar; result: scalar", id="scalar"),
        pytest.param(
            ["X*y", "-w", "X"],
            "with X: matrix(n, m), y: vector(m); result: array(n, n, m), shown as J of d "
            "vec(F) = J*d vec(X)",
            id="kronecker",
        ),
        pytest.param(
            ["X*y", "-w", "X", "--layout", "denominator"],
            "with X: matrix(n, m), y: vector(m); result: array(n, m, n), shown as J' of d "
            "vec(F) = J*d vec(X)",
            id="kronecker-transposed",
        ),
        pytest.param(
            ["norm2(X)^2", "-w", "X", "--order", "2"],
            "with X: matrix(n, m); result: array(n, m, n, m), shown as J of d vec(D) = J*d "
            "vec(X), D the first derivative",
            id="kronecker-hessian",
        ),
        pytest.param(
            ["expm(X)", "-w", "X"], "with X: matrix(n, n); result: array(n, n, n, n)", id="indices"
        ),
        pytest.param(
            ["y'*A*x", "-w", "x", "-v", "A: matrix(3, k)"],
            "with y: vector(3), x: vector(k); result: vector(k)",
            id="some-declared",
        ),
    ],
)
def test_inferred_shapes_on_standard_error(
    capsys: pytest.CaptureFixture[str], argv: list[str], line: str
) -> None:
    code, _, err = run(capsys, "diff", *argv)
    assert (code, err) == (0, line + "\n")


def test_notes_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "diff", "norm2(A*x - b)^2", "-w", "x")
    (note,) = read("norm2(A*x - b)^2").notes
    assert err.splitlines()[1:] == [note.replace("declare", "add --var")]
    assert "note" not in out


def test_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("A: symmetric(n)\ny = A*x\nx'*y\n"))
    assert run(capsys, "diff", "-", "--wrt", "x")[:2] == (0, "2*A*x\n")


@pytest.mark.parametrize(
    ("text", "declarations", "wrt"),
    [
        pytest.param("foo(x)", [], "x", id="unknown-function"),
        pytest.param("x*y", [], "x", id="two-columns"),
        pytest.param("(x", [], "x", id="bracket"),
        pytest.param("", [], "x", id="empty"),
        pytest.param("x\0", [], "x", id="nul"),
        pytest.param("x'*x", ["x: blob(n)"], "x", id="kind"),
        pytest.param("A*x", ["A: matrix(2, 3)", "x: vector(4)"], "x", id="clash"),
    ],
)
def test_bad_expression_prints_the_error(
    capsys: pytest.CaptureFixture[str], text: str, declarations: list[str], wrt: str
) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text, declarations)
    options = [word for line in declarations for word in ("--var", line)]
    assert run(capsys, "diff", text, "--wrt", wrt, *options) == (2, "", f"{caught.value}\n")


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        pytest.param(
            ["diff", "A*x"],
            "error: wrt is missing: the variable to differentiate with respect to\n"
            "hint: --wrt x, in Python and in files wrt='x'; its variables are A, x",
            id="no-wrt",
        ),
        pytest.param(
            ["diff", "2"],
            "error: there is no variable to differentiate with respect to",
            id="no-variable",
        ),
        pytest.param(
            ["check", "A*x", "-w", "x", "-w", "A", "-c", "A"],
            "error: there are 2 variables to differentiate with respect to: x, A\n"
            "hint: differentiate with respect to one at a time: --wrt x, then --wrt A",
            id="two-variables",
        ),
        pytest.param(
            ["check", "A*x", "x", "-w", "A", "-c", "A"],
            "error: there are 2 variables to differentiate with respect to: A, x\n"
            "hint: differentiate with respect to one at a time: --wrt A, then --wrt x",
            id="two-variables-in-two-ways",
        ),
        pytest.param(
            ["implicit", "x^2 = a*b", "--of", "x", "--wrt", "a,b"],
            "error: there are 2 variables to differentiate with respect to: a, b\n"
            "hint: differentiate with respect to one at a time: --wrt a, then --wrt b",
            id="two-variables-with-a-comma",
        ),
        pytest.param(
            ["check", "x'*A*x", "2*A*x", "--wrt", "x"],
            "error: there are 2 variables to differentiate with respect to: x, 2*A*x\n"
            'hint: 2*A*x is not a name; what is claimed is written --claim "2*A*x"',
            id="claim-for-a-variable",
        ),
        pytest.param(
            ["check", "x'*A*x = 2*A*x", "--wrt", "x"],
            'error: what is claimed? --claim is missing\nhint: write "x\'*A*x" --claim "2*A*x"',
            id="equation-for-a-claim",
        ),
        pytest.param(
            ["diff", "A*x", "x", "A"],
            "error: unrecognized arguments: A\n"
            "hint: several variables are separated by commas: --wrt NAME,A",
            id="three-words",
        ),
        pytest.param(
            ["diff", "x'*A*x", "--wrt", "x", "--mode", "reverse"],
            "error: diff has no option --mode\nhint: --mode is an option of graph",
            id="option-of-another-command",
        ),
        pytest.param(
            ["diff", "x'*A*x", "--wrt", "x", "--manifolds", "sphere"],
            "error: diff has no option --manifolds\nhint: did you mean --manifold?",
            id="misspelt-option",
        ),
        pytest.param(
            ["simplify", "x'*x", "--frobnicate"],
            "error: simplify has no option --frobnicate\n"
            "hint: matcalc simplify --help lists its options",
            id="unknown-option",
        ),
        pytest.param(
            ["diff", "-w", "x"],
            f"error: the following arguments are required: EXPR\nhint: {HINT}",
            id="no-expression",
        ),
        pytest.param(
            ["diff", "x", "-w"],
            f"error: argument --wrt/-w: expected one argument\nhint: {HINT}",
            id="no-value",
        ),
        pytest.param(
            ["diff", "x", "-w", "x", "--rng", "-1", "--check"],
            f"error: argument --rng: -1 is not a nonnegative integer\nhint: {HINT}",
            id="rng",
        ),
        pytest.param(
            ["diff", "x'*x", "-w", "y"],
            "error: y is not a variable of this expression\n  y\n  ^\nhint: its variables are x",
            id="wrt",
        ),
        pytest.param(
            ["identities", "zzz"],
            "error: no identity mentions zzz\nhint: matcalc identities lists them all",
            id="word",
        ),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], argv: list[str], error: str) -> None:
    assert run(capsys, *argv) == (2, "", f"{error}\n")


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["diff", "x", "-w", "x", "--order", "30"], id="order"),
        pytest.param(["diff", "x", "-w", "x", "--order", "one"], id="order-text"),
        pytest.param(["diff", "x", "-w", "x", "--layout", "sideways"], id="layout"),
        pytest.param(["diff", "x", "-w", "x", "--format", "word"], id="format"),
        pytest.param(["diff", "x", "y", "-w", "x"], id="two-expressions"),
        pytest.param(["diff", "x", "-w", "x", "--chek"], id="unknown-option"),
        pytest.param(["diff", "x", "-w", "x", "--check=yes"], id="value-for-a-flag"),
        pytest.param(["integrate", "x"], id="unknown-command"),
    ],
)
def test_other_bad_arguments_exit_with_2(
    capsys: pytest.CaptureFixture[str], argv: list[str]
) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")


def test_check_passes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "diff", "logsumexp(A*x)", "-w", "x", "--check", "--rng", "7")
    assert code == 0
    assert len(out.splitlines()) == 1
    assert err.splitlines()[-1].startswith("check passed: ")
    assert "rng 7" in err


def test_check_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = read("(A - A')*x", ["A: matrix(n, n)"]).expr
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: wrong)
    code, out, err = run(capsys, "diff", "x'*A*x", "-w", "x", "--check", "--no-verify")
    assert (code, out) == (1, "(A - A')*x\n")
    assert err.splitlines()[-1].startswith("check failed: ")
    assert "verified" not in err


def test_a_wrong_answer_is_not_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = read("(A - A')*x", ["A: matrix(n, n)"]).expr
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: wrong)
    code, out, err = run(capsys, "diff", "x'*A*x", "-w", "x")
    assert (code, out) == (3, "")
    assert err.startswith("error: this is a bug in matcalc")
    assert "please report it" in err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("x'*A*x", r"verified: exact \(error probability < 2\^-50\)", id="exact"),
        pytest.param(
            "tr(expm(x*x'))",
            r"verified: numeric \(max relative error \de[-+]\d\d, complex step\)",
            id="numeric",
        ),
    ],
)
def test_check_says_how_it_was_verified(
    capsys: pytest.CaptureFixture[str], text: str, line: str
) -> None:
    code, _, err = run(capsys, "diff", text, "-w", "x", "--check")
    assert code == 0
    assert re.fullmatch(line, err.splitlines()[-2])


def test_numpy_format_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "diff", "x'*A*x", "-w", "x", "--format", "numpy")
    namespace: dict[str, object] = {}
    exec(out, namespace)
    assert code == 0
    assert namespace["f"](A=[[1, 2], [0, 1]], x=[1, 1]).tolist() == [4, 4]  # type: ignore[operator]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(
        capsys, "diff", "x'*A*x - a", "-w", "x", "-v", "A: matrix(3, 3)", "--format", "json"
    )
    found = json.loads(out)
    assert code == 0
    assert found.pop("numpy").startswith("import numpy as np")
    assert found.pop("version")
    assert found == {
        "expression": "x'*A*x - a",
        "wrt": "x",
        "order": 1,
        "layout": "mixed",
        "structure": "declared",
        "variables": {
            "x": {"kind": "vector", "dims": [3], "declared": False},
            "A": {"kind": "matrix", "dims": [3, 3], "declared": True},
            "a": {"kind": "scalar", "dims": [], "declared": False},
        },
        "shape": [3],
        "text": "(A + A')*x",
        "latex": "(A + A^{\\top}) x",
        "notes": [],
        "verification": "exact (error probability < 2^-50)",
        "check": None,
    }


def test_json_with_check(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys, "diff", "x'*A*x", "-w", "x", "--format", "json", "--check", "--rng", "3"
    )
    check = json.loads(out)["check"]
    assert code == 0
    assert (check["ok"], check["rng"], check["problem"]) == (True, 3, None)
    assert check["max_error"] <= check["tolerance"]
    assert "check passed" in err


def test_json_of_a_failed_check_has_no_infinities(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = read("x/0", ["x: vector(n)"]).expr
    monkeypatch.setattr("matcalc.results.derive_one", lambda *args, **options: wrong)
    code, out, _ = run(
        capsys, "diff", "x'*x", "-w", "x", "--format", "json", "--check", "--no-verify"
    )
    assert code == 1
    assert json.loads(out)["verification"] is None
    assert json.loads(out)["check"]["max_error"] is None


def test_identities(capsys: pytest.CaptureFixture[str]) -> None:
    code, everything, _ = run(capsys, "identities")
    assert code == 0
    assert "d-inv (5.102)\n    d inv(X) = -Y*dX*Y\n" in everything
    _, some, _ = run(capsys, "identities", "PiNv")
    assert "d-pinv" in some
    assert "d-tanh" not in some


def test_help_has_examples_that_work(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "diff", "--help")
    assert code == 0
    assert 'matcalc diff "x\'*A*x" --wrt x\n' in out
    assert "exit codes:" in out
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "commands:\n  COMMAND\n" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import matcalc

    assert run(capsys, "--version") == (0, f"matcalc {matcalc.__version__}\n", "")


def test_bug_is_reported_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr("matcalc.results.derive_one", broken)
    code, out, err = run(capsys, "diff", "x'*x", "-w", "x")
    assert (code, out) == (3, "")
    assert err.startswith("error: this is a bug in matcalc: KeyError: 'gone' at ")
    assert "please report it" in err
    assert "Traceback" not in err


def test_interrupt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("matcalc.results.derive_one", interrupted)
    assert run(capsys, "diff", "x'*x", "-w", "x") == (130, "", "")


def test_a_plain_answer_loads_no_more_than_it_needs() -> None:
    """Neither a library, nor metadata, nor the reader of LaTeX, nor the judge of claims."""
    script = (
        "import sys; from matcalc.cli import main; code = main(['diff', \"x'*A*x\", "
        "'--wrt', 'x'])\n"
        "print(code, [name for name in ('numpy', 'sympy', 'mpmath', 'lark', 'inspect', "
        "'importlib.metadata', "
        "'matcalc.read.tex', 'matcalc.claims.judge') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "(A + A')*x\n0 []\n"


def test_process_exit_codes() -> None:
    good, bad = process("diff", "x'*x", "-w", "x"), process("diff", "x'*", "-w", "x")
    assert (good.returncode, good.stdout) == (0, "2*x\n")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("error: ")
    assert "Traceback" not in bad.stderr


def test_closed_pipe_is_silent() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "matcalc", "identities"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_letters_that_the_output_lacks() -> None:
    done = process("diff", "α^2", "-w", "α", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout) == (2, "")
    assert "hint: set PYTHONIOENCODING=utf-8" in done.stderr


def test_standard_input_that_is_no_text() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "matcalc", "diff", "-", "-w", "x"]
    done = subprocess.run(
        command, input=b"\xff\xfe", capture_output=True, check=False, env=environment
    )
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "error: standard input is not utf-8 text"
