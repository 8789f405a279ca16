"""The language server, and what it knows of a text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matcalc.tools import document
from matcalc.tools.document import format_document, hover, problems
from matcalc.tools.layout import latex_laid_out, lay_out

FILE = """\
A:symmetric(n)
r=A*x-y   # the residual
f=r'*r
check f --wrt x --claim 2*r
diff f*( x ) wrt x
x*y
"""
TEX = r"""
% matcalc-claim: wrt = "x"
\begin{equation}
\nabla_x x^\top A   x=2A x
\end{equation}
% matcalc-claim: variables = {A = "symmetric(n)"}
$\nabla_x x^\top A x=2A   x$
"""


def place(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


@pytest.mark.parametrize(
    ("text", "part", "said"),
    [
        pytest.param("x*y", "*", "cannot multiply", id="shapes"),
        pytest.param("r = A*x\n\nr*r", "*r", "cannot multiply", id="after-a-definition"),
        pytest.param("# c\nfoo( x )", "foo", "unknown function", id="name"),
        pytest.param("r = A*x\ndiff r'*(y wrt x", "y", "is missing", id="in-a-command"),
        pytest.param("s = r'*r\nr = A*x", "r = A*x", "s means something else", id="changed"),
        pytest.param("diff x'*A*x wrt z", "diff x'*A*x wrt z", "not a variable", id="option"),
        pytest.param(
            "check x'*A*x --wrt x --claim 2*A*x",
            "check x'*A*x --wrt x --claim 2*A*x",
            "only if A is symmetric",
            id="claim",
        ),
    ],
)
def test_problems_stand_at_their_place(text: str, part: str, said: str) -> None:
    (found,) = problems(text, marked=False)
    assert said in found.message
    start, end = place(text, part)
    assert start <= found.start <= end


def test_a_file_without_problems() -> None:
    assert not problems("A: symmetric(n)\ndiff x'*A*x\nload other\n# c\n\nvars", marked=False)


def test_the_claims_of_a_paper() -> None:
    (found,) = problems(TEX, marked=True)
    assert (found.start, found.end) == place(TEX, "\n\\nabla_x x^\\top A   x=2A x\n")
    assert "it is right only if A is symmetric" in found.message
    assert "proved" in hover(TEX, TEX.index("2A   x"), marked=True)
    assert not hover(TEX, 0, marked=True)
    (bad,) = problems("% matcalc-claim: foo\n$x$", marked=True)
    assert "Expected '='" in bad.message


def test_a_claim_is_judged_once_between_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    judge = document.judge
    monkeypatch.setattr(document, "judge", lambda claim: judged.append(claim) or judge(claim))
    text = "% matcalc-claim:\n$\\nabla_z z^\\top z = 3z$\n"
    (one,) = problems(text, marked=True)
    (two,) = problems(f"More words.\n{text}", marked=True)
    assert (two.start - one.start, two.message) == (12, one.message)
    assert hover(text, text.index("3z"), marked=True)
    for number in (4, 5):
        line = f"check z'*z --wrt z --claim {number}*z"
        for edited in (line, f"{line}\nA: matrix(n, n)"):
            assert len(problems(edited, marked=False)) == 1
    assert len(judged) == 3


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("A:", ["A:symmetric(n)"]),
        ("x-y", ["x: vector(n)", "inferred", "derivative with respect to `x`", "```\nA\n```"]),
        ("f=", ["f=r'*r", "`scalar` of `A: symmetric(n)`"]),
    ],
)
def test_hover(word: str, said: list[str]) -> None:
    shown = hover(FILE, FILE.index(word), marked=False)
    assert all(each in shown for each in said), shown


def test_hover_over_a_function() -> None:
    assert "softmax" in hover("diff sum(softmax(x)) wrt x", 12, marked=False)


def test_layout_of_files() -> None:
    expected = FILE.replace("A:s", "A: s").replace("r=A*x-y", "r = A*x - y")
    expected = expected.replace("f=r'*r", "f = r'*r").replace("f*( x )", "f*(x)")
    assert format_document(FILE, marked=False) == expected
    assert format_document(expected, marked=False) == expected


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("r=A*x-b ; r'*r/2", "r = A*x - b; r'*r/2"),
        ("sum[i<j](x[i]*-x[j])", "sum[i<j](x[i]*-x[j])"),
        ("f:function(vector(n))->scalar", "f: function(vector(n)) -> scalar"),
        ("2x+norm( A , 'fro' ) where A=-B", "2x + norm(A, 'fro') where A = -B"),
        ("(0<x).*(x<=1)", "(0 < x).*(x <= 1)"),
        ("a+-b - -c", "a + -b - -c"),
        (
            "f[0]=x;for k = 1 : K-1;f[k]=tanh(B*f[k-1]);end;sum(f[K-1])",
            "f[0] = x; for k = 1:K - 1; f[k] = tanh(B*f[k-1]); end; sum(f[K-1])",
        ),
        ("for k=K:-1:1\n  x:vector", "for k = K:-1:1\n  x: vector"),
        ("x = (y\n  +z)", "x = (y\n  + z)"),
        ("[1 -2]", "[1 -2]"),
        ("x * (", "x*("),
        ("x^{ -1 }", "x^{-1}"),
    ],
)
def test_layout(text: str, made: str) -> None:
    assert lay_out(text) == made


@pytest.mark.parametrize(
    ("formula", "made"),
    [
        (r"\nabla_x x^\top A   x=2A x", r"\nabla_x x^\top A x = 2A x"),
        (r"f &=  x+ y\\", r"f &= x + y\\"),
        (r"x^{-1}", r"x^{-1}"),
        ("  a=b\n\t-c", "  a = b\n\t-c"),
    ],
)
def test_layout_of_latex(formula: str, made: str) -> None:
    assert latex_laid_out(formula) == made


def test_only_formulas_with_a_claim_are_laid_out() -> None:
    made = format_document(f"$a=b$\n{TEX}", marked=True)
    assert made == f"$a=b$\n{TEX}".replace("A   x=2A x", "A x = 2A x").replace(
        "A x=2A   x", "A x = 2A x"
    )


def message(content: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def answers(raw: bytes) -> list[dict[str, Any]]:
    found = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        found.append(json.loads(rest[:length]))
        raw = rest[length:]
    return found


def test_a_client_and_the_server(tmp_path: Path) -> None:
    pytest.importorskip("pygls", reason="pygls is not installed: the extra lsp")
    uri = (tmp_path / "α.matcalc").as_uri()
    document = {"uri": uri}
    text = "# 𝒜\nr=A*x-y\nx*y\n"
    opened = {**document, "languageId": "matcalc", "version": 1, "text": text}
    change = {
        "textDocument": {**document, "version": 2},
        "contentChanges": [{"text": text.replace("x*y", "x'*y")}],
    }
    position = {"line": 1, "character": 4}
    options = {"tabSize": 4, "insertSpaces": True}
    at = {"textDocument": document}
    start = {"processId": None, "rootUri": None, "capabilities": {}}
    talk = [
        {"id": 1, "method": "initialize", "params": start},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
        {"id": 2, "method": "textDocument/hover", "params": {**at, "position": position}},
        {"id": 3, "method": "textDocument/formatting", "params": {**at, "options": options}},
        {"method": "textDocument/didChange", "params": change},
        {"id": 4, "method": "shutdown"},
        {"method": "exit"},
    ]
    done = subprocess.run(
        [sys.executable, "-m", "matcalc", "lsp"],
        input=b"".join(message(each) for each in talk),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = answers(done.stdout)
    by_id = {each["id"]: each.get("result") for each in found if "id" in each}
    told = [
        each["params"] for each in found if each.get("method", "").endswith("publishDiagnostics")
    ]
    assert "hoverProvider" in by_id[1]["capabilities"]
    (problem,) = told[0]["diagnostics"]
    assert problem["range"]["start"] == {"line": 2, "character": 1}
    assert problem["severity"] == 1
    assert "cannot multiply" in problem["message"]
    assert told[-1]["diagnostics"] == []
    assert "A: matrix" in by_id[2]["contents"]["value"]
    assert by_id[3][0]["newText"] == "# 𝒜\nr = A*x - y\nx*y\n"
