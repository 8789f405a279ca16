"""The report: order of what is said, the smallest counterexample, the line that reproduces it, and
the machine-readable forms.
"""

from __future__ import annotations

import json
import shlex
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from matcalc.claims.judge.claims import Claim
from matcalc.claims.judge.forms import as_json, as_junit, as_text
from matcalc.claims.judge.verdict import judge
from matcalc.cli import main

WRONG = Claim("x'*A*x", "x", "2*A*x")
RIGHT = Claim("x'*x", "x", "2*x", name='a "right" <one>')


def test_what_is_said_in_which_order():
    lines = str(judge(WRONG)).splitlines()
    assert lines[0] == "wrong: d (x'*A*x) / d x is not 2*A*x"
    assert [line.split()[0] for line in lines[1:]] == [
        "diagnosis",
        "correct",
        "smallest",
        "checked",
        "reproduce",
    ]


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        pytest.param(
            Claim("x'*x", "x", "x"), "n=1, x=[1]: entry [0] is claimed 1, true 2", id="size-one"
        ),
        pytest.param(
            WRONG, "n=2, x=[0,1], A=[[0,0],[1,0]]: entry [0] is claimed 0, true 1", id="size-two"
        ),
        pytest.param(Claim("a^2", "a", "2"), "a=0: the value is claimed 2, true 0", id="scalar"),
        pytest.param(
            Claim("sum(x)", "x", "1"),
            "n=1, x=[0]: the value is claimed 1, true [1]",
            id="shapes-differ",
        ),
        pytest.param(
            Claim("logdet(P)", "P", "P", {"P": "psd(n)"}),
            "n=1, P=[[2]]: entry [0, 0] is claimed 2, true 0.5",
            id="psd",
        ),
    ],
)
def test_smallest_counterexample(claim, shown):
    assert f"smallest    {shown}" in str(judge(claim))


@pytest.mark.parametrize(
    "kind", ["symmetric", "psd", "diagonal", "orthogonal", "skew", "triangular"]
)
def test_counterexamples_are_of_the_declared_kind(kind):
    found = judge(
        Claim("tr(A*S*A*S)", "S", "S + A", {"S": f"{kind}(n)", "A": "matrix(n, n)"})
    ).counterexample
    S = found.point.values["S"]
    holds = {
        "symmetric": lambda: np.array_equal(S, S.T),
        "psd": lambda: np.min(np.linalg.eigvalsh(S)) > 0,
        "diagonal": lambda: np.array_equal(S, np.diag(np.diag(S))),
        "orthogonal": lambda: np.allclose(S @ S.T, np.eye(len(S))),
        "skew": lambda: np.array_equal(S, -S.T),
        "triangular": lambda: np.array_equal(S, np.tril(S)),
    }
    assert holds[kind]()


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(WRONG, id="plain"),
        pytest.param(Claim("norm2(A*x - b)^2", "x", "-A'*b", {"b": "vector(m)"}), id="declared"),
        pytest.param(Claim("x'*A*x", "x", "2*A", {}, 2), id="order"),
        pytest.param(
            Claim("tr(A*S)", "S", "2*A", {"S": "symmetric(n)"}, 1, "numerator", "free"),
            id="layout-and-structure",
        ),
        pytest.param(Claim("-x'*x", "x", "-x"), id="leading-minus"),
    ],
)
def test_the_last_line_reproduces_the_report(claim, capsys):
    report = judge(claim, seed=3)
    assert main(shlex.split(report.reproduce)[1:]) == report.exit_code == 1
    assert capsys.readouterr().out.rstrip("\n") == str(report)


def test_json():
    content = json.loads(as_json([judge(WRONG), judge(RIGHT), judge(Claim("sum(x)", "x", "1"))]))
    first, second, third = content["reports"]
    assert first["verdict"] == "wrong"
    assert first["diagnosis"]["causes"][0]["kind"] == "needs-symmetric"
    assert first["counterexample"]["true"] == 1
    assert (second["verdict"], second["diagnosis"], second["counterexample"]) == (
        "proved",
        None,
        None,
    )
    assert third["counterexample"]["true"] == [1]


def test_junit():
    suite = ET.fromstring(as_junit([judge(WRONG), judge(RIGHT)]))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    failed, passed = suite.findall("testcase")
    assert failed.find("failure").get("message") == "it is right only if A is symmetric"
    assert (passed.get("name"), len(passed)) == (RIGHT.name, 0)


def test_text_of_several_ends_with_a_count():
    assert as_text([judge(WRONG), judge(RIGHT)]).endswith(
        "\n\n1 proved, 0 agreed, 1 wrong, 0 undecided"
    )
