"""``matcalc`` alone: what is typed, at a terminal and through a pipe."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matcalc.cli import main
from matcalc.cli.colours import colour
from matcalc.cli.lines import arguments
from matcalc.cli.prompt import Completer
from matcalc.core.errors import ArgumentError
from matcalc.tools.session import Session

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> object:
    """What lines of standard input lead to: the exit code and both streams."""

    def run(*lines: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        code = main([])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.mark.parametrize(
    ("lines", "out"),
    [
        pytest.param(["A: symmetric(n)", "diff x'*A*x wrt x"], "2*A*x", id="declaration"),
        pytest.param(["r = A*x - y", "diff r'*r wrt x"], "2*A'*(A*x - y)", id="definition"),
        pytest.param(["r = A*x", "diff r'*r --wrt x"], "2*A'*A*x", id="option"),
        pytest.param(["r = A*x", 'diff "r\'*r" -w x'], "2*A'*A*x", id="quoted"),
        pytest.param(["r = A*x", "diff r'*r + r = 2*x; r'*r wrt x"], "", id="two-programs"),
        pytest.param(["r = A*x", "diff r = 2*x; r'*r wrt x"], "8*x", id="own-definition"),
        pytest.param(["diff -x'*x"], "-2*x", id="minus"),
        pytest.param(['matcalc diff "x\'*x" --wrt x'], "2*x", id="as-in-a-shell"),
        pytest.param(["diff x'*x --order=2"], "2*eye(n)", id="order"),
        pytest.param([r"diff --latex x^\top A x --wrt x"], "(A + A')*x", id="latex"),
        pytest.param(["A: symmetric(n)", r"diff --latex x^\top A x --wrt x"], "2*A*x", id="both"),
        pytest.param(["x'*x"], "x'*x", id="expression"),
        pytest.param(["r = 2*x", "r'*r"], "(2*x)'*(2*x)", id="its-definition"),
        pytest.param(["simplify inv(K*L)*K --var K: invertible(n)"], "inv(L)", id="simplify"),
        pytest.param(["diff (x -", "  y)'*(x - y)", " wrt x"], None, id="cut-short"),
        pytest.param(["diff sum((x -", "  y).^2) wrt x"], "2*(x - y)", id="two-lines"),
        pytest.param(["A: symmetric(n)", "r = 2", "vars"], "A: symmetric(n)\nr = 2", id="vars"),
        pytest.param(["r = A*x", "forget r", "vars"], "", id="forget"),
        pytest.param(["load = 2*x", "load + 1"], "2*x + 1", id="not-a-command"),
        pytest.param(["# only a comment", ""], "", id="comment"),
        pytest.param(["x'*x", "exit", "y'*y"], "x'*x", id="exit"),
        pytest.param(["x'*x", "quit()", "y'*y"], "x'*x", id="quit-as-in-python"),
    ],
)
def test_standard_input(typed: object, lines: list[str], out: str | None) -> None:
    code, answer, said = typed(*lines)  # type: ignore[operator]
    if out:
        assert (code, answer.rstrip("\n")) == (0, out), said
    elif out is None:
        assert code == 2
    else:
        assert not answer


@pytest.mark.parametrize(
    ("lines", "code", "first"),
    [
        pytest.param(["check x'*A*x --wrt x --claim 2*A*x"], 1, "wrong: d (x'*A*x)", id="wrong"),
        pytest.param(
            ["r = A*x", "check r'*r --wrt x --claim 2*A'*r"],
            0,
            "proved: d (r'*r) / d x = 2*A'*r",
            id="right",
        ),
        pytest.param(["equal tr(A*B) = tr(B*A)"], 0, "equal: tr(A*B) = tr(B*A)", id="equal"),
        pytest.param(["equal A' = A"], 1, "different:", id="different"),
        pytest.param(["A: symmetric", "equal A' = A"], 0, "equal: A' = A", id="by-declaration"),
        pytest.param(
            ["r = 2*x", "equal r'*r = 4*norm2(x)^2"], 0, "equal: r'*r = 4*", id="by-definition"
        ),
        pytest.param(
            ["r = 2*x", 'equal "q = r; 2*q" "4*x"'], 0, "equal: q = r; 2*q = 4*x", id="as-typed"
        ),
        pytest.param(["functions softmax"], 0, "softmax(x)", id="no-expression"),
        pytest.param(["diff --help"], 0, "usage: matcalc diff", id="help"),
        pytest.param(["help diff"], 0, "usage: matcalc diff", id="help-of-a-command"),
    ],
)
def test_commands(typed: object, lines: list[str], code: int, first: str) -> None:
    found, out, said = typed(*lines)  # type: ignore[operator]
    assert found == code, said
    assert out.startswith(first)


def test_an_error_is_said_and_the_next_line_read(typed: object) -> None:
    code, out, said = typed("x*(", "", "r = A*x", "diff r'*r wrt x", "forget q", "equal a")  # type: ignore[operator]
    assert (code, out) == (2, "2*A'*A*x\n")
    assert "  x*(\n     ^\n" in said
    assert "error: q is not declared or defined here\nhint: these are: r\n" in said
    assert "which two expressions are compared?" in said


def test_what_changes_is_said(typed: object) -> None:
    _, _, said = typed("s = r'*r", "r = A*x")  # type: ignore[operator]
    assert said == "s: scalar\nr: vector(n)\nnote: s means something else now\n"


def test_the_files_of_the_documentation_run(typed: object) -> None:
    page = (EXAMPLES.parent / "terminal.md").read_text(encoding="utf-8")
    text = (EXAMPLES / "ridge.matcalc").read_text(encoding="utf-8")
    assert f"```text\n{text}```" in page
    code, out, _ = typed(text)  # type: ignore[operator]
    first, claim, *_, last = out.splitlines()
    assert code == 0
    assert claim.startswith("proved: ")
    assert (first, last) == ("2*(A'*(A*x - y) + c*x)", "2*(A'*A + c*eye)")


def test_files_are_loaded_and_a_circle_is_left_out(typed: object, tmp_path: Path) -> None:
    file = tmp_path / "a.matcalc"
    file.write_text(f"r = A*x  # it stays\nload {file}\n")
    code, out, said = typed(f"load {file}", "diff r'*r wrt x", f"load {tmp_path}/b")  # type: ignore[operator]
    assert (code, out) == (2, "2*A'*A*x\n")
    assert "loads itself" in said
    assert "No such file" in said


def test_the_first_of_the_hint_is_what_to_write(typed: object) -> None:
    code, _, said = typed("diff --order 2 x'*x")  # type: ignore[operator]
    assert code == 2
    assert "the expression is missing; it comes before the options" in said
    with pytest.raises(ArgumentError, match="no closing quotation"):
        arguments('diff "x', Session())


@pytest.mark.parametrize(
    ("line", "typed_word", "some"),
    [
        ("di", "di", "diff"),
        ("diff x'*sof", "sof", "softmax"),
        ("diff resi", "resi", "residual"),
        ("diff x --for", "--for", "--format"),
        ("diff x --format ", "", "markdown"),
        ("check x --claim lo", "lo", "logdet"),
        ("A: sym", "sym", "symmetric"),
        ("completion ", "", "bash"),
        ("exi", "exi", "exit"),
    ],
)
def test_completion(line: str, typed_word: str, some: str) -> None:
    session = Session()
    session.enter("residual = A*x - y")
    typed, found = Completer(session).candidates(line)
    assert typed == typed_word
    assert some in found


def test_colours_are_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, pipe = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    text = "error: no\n  x*(\n     ^\nhint: yes"
    assert colour(text, terminal).startswith("\x1b[1;31merror:\x1b[0m no\n  x*(\n     \x1b[1;31m^")
    assert colour(text, pipe) == text
    monkeypatch.setenv("NO_COLOR", "1")
    assert colour(text, terminal) == text


def test_the_prompt_of_a_terminal(tmp_path: Path) -> None:
    """Under a pseudo-terminal: banner, answer, colours, completion, and the history."""
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    ours, theirs = pty.openpty()
    # a session of its own, of which this is the terminal
    console = subprocess.Popen(
        [sys.executable, "-m", "matcalc"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""

    def until(wanted: bytes) -> None:
        nonlocal shown
        end = time.monotonic() + 60
        while wanted not in shown and time.monotonic() < end:
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 65536)
        assert wanted in shown, shown

    try:
        until(b"Ctrl-D ends")
        os.write(ours, b"r = A*x\r")
        until(b"vector(n)")
        os.write(ours, b"diff r'*r wrt x\r")
        until(b"2*A'*A*x")
        os.write(ours, b"x*y\r")
        until(b"\x1b[1;31merror:")
        os.write(ours, b"exit\r")
        assert console.wait(60) == 0
    finally:
        console.kill()
        os.close(ours)
    assert any(b"diff r" in file.read_bytes() for file in (tmp_path / "matcalc").iterdir())


@pytest.mark.parametrize(
    ("line", "said", "answer"),
    [
        ("x'*A*x wrt x", "there is no command here", "(A + A')*x"),
        ("gradient of x'*A*x wrt x", "gradient is not a command", "(A + A')*x"),
        ("steps x'*x wrt x", "steps is not a command", "f = x'*x"),
        ("steps x'*x --wrt x", "steps is not a command", "f = x'*x"),
    ],
)
def test_a_question_without_its_command_is_told_it(typed, line, said, answer):
    code, out, err = typed(line)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {said}\nhint: write diff ")
    assert typed(err.partition("hint: write ")[2].strip())[1].splitlines()[0] == answer


def test_a_name_may_be_called_wrt(typed):
    assert typed("wrt = 2", "wrt*x")[1] == "2*x\n"
    assert "an operator is missing" in typed("x y wrt x")[2]


def test_an_option_without_its_dashes(typed: object) -> None:
    code, out, said = typed("diff x'*A*x wrt x order 2")  # type: ignore[operator]
    assert (code, out) == (2, "")
    assert "hint: write wrt x --order 2\n" in said
    assert typed("diff x'*A*x wrt x --order 2")[:2] == (0, "A + A'\n")  # type: ignore[operator]


def test_a_program_may_have_a_loop_over_several_lines(typed) -> None:
    lines = ["backprop f[0] = x", "s = 0", "for k = 1:K", "  f[k] = tanh(W*f[k-1])"]
    lines += ["  s += sum(f[k])", "end", "s wrt W", "diff sum(x) wrt x"]
    code, out, _ = typed(*lines)
    assert code == 0
    assert "  dW += u[k]*f[k-1]'" in out
    assert out.endswith("ones(n)\n")


def test_complex_variables_stay_in_a_session(typed) -> None:
    lines = ["z: complex vector(n)", "w = 2*z", "w", "diff w^H*z wrt z", "simplify w^H*w"]
    code, out, err = typed(*lines, "vars", "u: complex unitary(n)")
    assert code == 2
    assert "w: vector(n)" in err and "complex unitary is not a kind" in err
    assert out.splitlines() == [
        "2*z",
        "d/dz       = 2*conj(z)",
        "d/dconj(z) = 2*z",
        "4*norm2(z)^2",
        "z: complex vector(n)",
        "w = 2*z",
    ]
