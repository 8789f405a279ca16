"""``matcalc check``: exit codes, streams, files of claims."""

from __future__ import annotations

import json

import pytest

from matcalc.cli import main

TOML = """
[variables]
A = "matrix(m, n)"

[[claim]]
name = "least squares"
expr = "norm2(A*x - b)^2"
wrt = "x"
claim = "2*A'*(A*x - b)"
variables = { b = "vector(m)" }
"""
BAD = '[[claim]]\nexpr = "x\'*x"\nwrt = "x"\nclaim = "x"\n'
UNREADABLE = '[[claim]]\nexpr = "x\'*x"\nwrt = "x"\nclaim = "x + q"\n'


def run(capsys, *argv):
    code = main(["check", *argv])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("argv", "code", "start"),
    [
        pytest.param(["x'*x", "--wrt", "x", "--claim", "2*x"], 0, "proved:", id="proved"),
        pytest.param(
            ["sum(y.*log(y./p))", "-w", "p", "-c", "-y./p", "-v", "y: onehot(n)"],
            2,
            "undecided: d (sum(y.*log(y./p))) / d p = -y./p\n"
            "  reason      no point inside the domain was found: log is not finite; "
            "xlogy(y, p) is y.*log(p), and 0 where y is 0\n",
            id="logarithm-of-a-label",
        ),
        pytest.param(["d(x'*x)/dx = 2*x"], 0, "proved: d (x'*x) / d x = 2*x\n", id="fraction"),
        pytest.param(["∂(x'*A*x)/∂x = 2*A*x"], 1, "wrong: d (x'*A*x) / d x", id="partial"),
        pytest.param(["d/dx x'*x = 2*x"], 0, "proved: d (x'*x) / d x = 2*x\n", id="operator"),
        pytest.param(["∇_x (x'*x) = x"], 1, "wrong: d ((x'*x)) / d x is not x\n", id="nabla"),
        pytest.param(
            ["r = A*x; d(r'*r)/dx = 2*A'*r", "--wrt", "x"], 0, "proved:", id="with-a-definition"
        ),
        pytest.param(["d(sum((x >= 0).*x))/dx = (x >= 0)"], 0, "proved:", id="with-comparisons"),
        pytest.param(["x'*x", "-w", "x", "-c", "-2*x"], 1, "wrong:", id="wrong-with-leading-minus"),
        pytest.param(
            ["sum(x)", "-w", "x", "-c", "sqrt(x)./sqrt(x)"], 2, "undecided:", id="undecided"
        ),
        pytest.param(
            ["tr(A*S)", "-w", "S", "-v", "S: symmetric(n)", "-c", "A'", "--structure", "free"],
            0,
            "proved:",
            id="free",
        ),
        pytest.param(
            ["A*x", "-w", "x", "-c", "A'", "--layout", "denominator", "--rng", "7"],
            0,
            "proved:",
            id="layout",
        ),
        pytest.param(
            ["x'*A*x", "-w", "x", "-c", "A + A'", "--order", "2", "--rng", "7"],
            0,
            "proved:",
            id="order",
        ),
    ],
)
def test_verdicts(capsys, argv, code, start):
    found, out, err = run(capsys, *argv)
    assert (found, err) == (code, "")
    assert out.startswith(start)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        pytest.param(["x'*x", "-w", "x", "-c", "2*x +"], "error: ", id="claim-is-no-expression"),
        pytest.param(["x'*x", "-w", "x", "-c", "A*x*x"], "error: ", id="claim-does-not-fit"),
        pytest.param(
            ["x'*x", "-w", "x", "-c", "y"], "error: the claim contains y", id="unknown-name"
        ),
        pytest.param(
            ["x'*A*x", "-w", "x", "-c", "2Ax"],
            "error: the claim contains Ax, which is not a variable of the expression\n"
            "hint: Ax is one name, write A*x for a product; its variables are",
            id="product-as-one-name",
        ),
        pytest.param(
            ["x'*x", "-w", "z", "-c", "x"], "error: z is not a variable", id="unknown-variable"
        ),
        pytest.param(["x'*y", "-c", "x"], "error: wrt is missing", id="no-variable"),
        pytest.param(["x'*x", "-w", "x"], "error: what is claimed?", id="no-claim"),
        pytest.param(
            ["d(x'*A*x)/dx = 2*A*x", "-w", "A"],
            "error: the claim is about the derivative with respect to x, and --wrt names A",
            id="another-variable",
        ),
        pytest.param(["d(x)/dx + (y)/dx = 2"], "error: what is claimed?", id="two-derivatives"),
        pytest.param(["no such file"], "error: cannot read no such file", id="no-file"),
        pytest.param(
            ["x'*x", "-w", "x", "-c", "x", "-v", "x: hermitian(n)"],
            "error: hermitian(n) is not a kind",
            id="declaration",
        ),
        pytest.param(
            ["x'*x", "-w", "x", "-c", "x", "-v", "x"], "error: ", id="declaration-without-kind"
        ),
    ],
)
def test_bad_input(capsys, argv, message):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith(message)


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        pytest.param(TOML, 0, "", id="right"),
        pytest.param(TOML + BAD, 1, "1 proved, 0 agreed, 1 wrong, 0 undecided", id="wrong"),
        pytest.param(
            TOML + UNREADABLE, 2, "1 proved, 0 agreed, 0 wrong, 1 undecided", id="unreadable"
        ),
        pytest.param(
            BAD + UNREADABLE,
            1,
            "0 proved, 0 agreed, 1 wrong, 1 undecided",
            id="wrong-and-unreadable",
        ),
    ],
)
def test_toml(capsys, tmp_path, text, code, count):
    path = tmp_path / "paper.toml"
    path.write_text(text, encoding="utf-8")
    found, out, _ = run(capsys, str(path))
    assert found == code
    assert out.rstrip("\n").endswith(count)


MARKDOWN = """
# Notes
<!-- matcalc-claim: expr = "x'*x", wrt = "x",
     claim = "2*x" -->
```claims
[[claim]]
name = "in a block"
expr = "x'*x"
wrt = "x"
claim = "x"
```
"""
LATEX = r"""
\nabla f = 2 A x
% matcalc-claim: expr = "x'*A*x", wrt = "x", claim = "2*A*x", variables = { A = "symmetric(n)" }
"""


@pytest.mark.parametrize(
    ("name", "text", "verdicts"),
    [
        pytest.param("notes.md", MARKDOWN, ["proved", "wrong"], id="markdown"),
        pytest.param("paper.tex", LATEX, ["proved"], id="latex"),
    ],
)
def test_marked_claims(capsys, tmp_path, name, text, verdicts):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    _, out, _ = run(capsys, str(path), "--format", "json")
    assert [report["verdict"] for report in json.loads(out)["reports"]] == verdicts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "has no claims", id="empty"),
        pytest.param("[[claim]]\n", "expr is missing", id="no-expression"),
        pytest.param(BAD + "formula = 3\n", "unknown key formula", id="unknown-key"),
        pytest.param(
            BAD + "order = 21\n", "order must be an integer from 1 to 20, not 21", id="order"
        ),
        pytest.param(
            BAD + "order = true\n",
            "order must be an integer from 1 to 20, not True",
            id="order-is-no-truth-value",
        ),
        pytest.param(
            BAD + "layout = []\n", "layout must be mixed or numerator or denominator", id="layout"
        ),
        pytest.param(BAD + "variables = 3\n", "variables must be a table", id="variables"),
        pytest.param(BAD + "name = 3\n", "a name must be a string", id="name"),
        pytest.param("claim = 3\n", "claims are written [[claim]]", id="claim-is-no-table"),
        pytest.param("claim = [3]\n", "a claim must be a table", id="claim-is-a-number"),
        pytest.param("x = 1\n", "unknown key x", id="unknown-table"),
        pytest.param("= 1\n", "paper.toml: ", id="no-toml"),
    ],
)
def test_bad_files(capsys, tmp_path, text, message):
    path = tmp_path / "paper.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, str(path))
    assert (code, out) == (2, "")
    assert message in err


def test_latex_is_quoted_as_it_was_typed(capsys) -> None:
    # claims are read between dollars, which nobody typed
    assert main(["check", "--latex", r"\partial_\mu \log N(x|\mu,\Sigma) = 0"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "error: ) does not close the | in column 22"
    assert lines[1].strip() == r"\partial_\mu \log N(x|\mu,\Sigma)"
