"""Help, completion and manual, all from the parser: examples run, scripts complete, nothing is
left out.
"""

from __future__ import annotations

import io
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from matcalc.cli import main
from matcalc.cli.arguments import command_names, whole_parser
from matcalc.cli.completion import script
from matcalc.cli.examples import EXAMPLES, examples_of
from matcalc.cli.manual import manual
from matcalc.cli.order import COMMANDS_OF_EXPRESSIONS, OPTIONS_WITH_VALUE
from matcalc.cli.tree import commands

pytestmark = pytest.mark.slow  # CI runs it, once

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINES = [line.strip() for line in EXAMPLES.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples run: with the files that they name, and servers that end at once."""
    (tmp_path / "losses.matcalc").write_text("A: symmetric(n)\nx'*A*x  # a form\nlogsumexp(x)\n")
    (tmp_path / "claims.toml").write_text('[[claim]]\nexpr = "x\'*x"\nclaim = "2*x"\n')
    shutil.copy(DOCS / "examples" / "mine.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", lambda _: None)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    servers = SimpleNamespace(serve=lambda: print("served"))
    for name in ("assistant", "editor"):  # tests of their own talk to them
        monkeypatch.setitem(sys.modules, f"matcalc.tools.{name}", servers)
    return tmp_path


@pytest.mark.parametrize("line", LINES)
def test_examples_run(
    line: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(line)
    if words[0] == "echo":
        monkeypatch.setattr(sys, "stdin", io.StringIO(words[1]))
        words = words[words.index("|") + 1 :]
    if "--plot" in words:
        pytest.importorskip("matplotlib", reason="matplotlib is not installed: the extra plot")
    words = [word for word in words if word != "8000"] + (["0"] if "8000" in words else [])
    ends = [words.index(sign) for sign in (">", "|") if sign in words]
    assert main(words[1 : min(ends, default=len(words))]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", command_names())
def test_each_command_has_examples_of_its_own(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    lines = [line for line in examples_of(name).splitlines() if f"matcalc {name}" in line]
    assert lines
    assert all(line in shown for line in lines)


def test_options_with_a_value_are_those_of_the_parsers() -> None:
    """What tells options from expressions knows them all."""
    _, parsers = whole_parser()
    taken = {
        name
        for command in COMMANDS_OF_EXPRESSIONS
        for action in parsers[command]._actions
        if action.nargs != 0
        for name in action.option_strings
    }
    assert taken <= set(OPTIONS_WITH_VALUE)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_know_every_option(shell: str) -> None:
    text = script(shell)
    for command in commands():
        assert command.name in text
        for option in command.options:
            assert all(name.strip("-") in text for name in option.names)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed, which would read the script")
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes() -> None:
    asked = {
        "matcalc di": "diff",
        "matcalc diff --fo": "--format",
        "matcalc diff x --format js": "json",
        "matcalc diff x --format = mar": "markdown",
        "matcalc completion f": "fish",
        "matcalc --vers": "--version",
    }
    ask = (
        "COMP_WORDS=({0}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _matcalc; echo ${{COMPREPLY[*]}}"
    )
    text = "\n".join([script("bash"), *[ask.format(line) for line in asked]])
    done = subprocess.run(["bash"], input=text, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(asked.values())


def test_the_manual_has_everything() -> None:
    text = manual()
    for command in commands()[1:]:
        assert rf".SS {command.name}".replace("-", r"\-") + "\n" in text
        for option in command.options:
            assert all(rf"\fB{name}\fR".replace("-", r"\-") in text for name in option.names)
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed, which would set the page")
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8"], input=text, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "inv(X)" in done.stdout


@pytest.mark.parametrize(
    ("text", "code", "out", "said"),
    [
        pytest.param(
            "r = 2*x\nr'*r\nsum(exp(x))\n", 0, "8*x\nexp(x)\n", "f:3: sum(exp(x))", id="all"
        ),
        pytest.param("x'*x\nx*)\ny'*y\n", 2, "2*x\n2*y\n", "f:2: error: ", id="one-is-wrong"),
        pytest.param("diff x'*x\n", 2, "", "matcalc < f runs the commands", id="a-command"),
        pytest.param("# nothing\n", 2, "", "there is no expression in f", id="none"),
    ],
)
def test_files_of_expressions(
    text: str,
    code: int,
    out: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").write_text(text)
    assert main(["diff", "--file", "f"]) == code
    found = capsys.readouterr()
    assert found.out == out
    assert said in found.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["diff", "--file", "f", "x"], "the expressions are in f, and x is another"),
        (["diff", "--file", "no such file"], "cannot read no such file: No such file or directory"),
    ],
)
def test_files_that_cannot_be(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("command", "module"), [("mcp", "assistant"), ("lsp", "editor")])
def test_a_missing_extra_is_named(
    command: str,
    module: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for library in ("mcp", "mcp.server", "lsprotocol", "pygls"):
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, f"matcalc.tools.{module}", raising=False)
    assert main([command]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: matcalc {command} needs ")
    assert said.endswith(f"hint: pip install 'matcalc-symbolic[{command}]'\n")
