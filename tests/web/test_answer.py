"""What the page asks and what it is told."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from matcalc import results
from matcalc.api import diff
from matcalc.conjugates import answer as wirtinger
from matcalc.core.kinds import ROWS
from matcalc.web import answer as module
from matcalc.web.answer import LONGEST, answer
from matcalc.web.server import ADDRESS, PAGE, make_server, warm_up
from matcalc.web.warm import DERIVATIVES, OTHERS, REFUSED


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ({"expression": "x'*A*x", "wrt": "x", "variables": {"A": "symmetric(n)"}}, "2*A*x"),
        ({"expression": "tr(A*X)"}, "A'"),
        ({"expression": r"\nabla_X \log\det X", "latex": True}, "inv(X)'"),
        ({"expression": "logsumexp(x)", "order": 2}, "diag(softmax(x)) - softmax(x)*softmax(x)'"),
        ({"op": "simplify", "expression": "x - x + y"}, "y"),
    ],
)
def test_forms(question: dict[str, Any], text: str) -> None:
    said = answer(question)
    assert (said["ok"], said["text"]) == (True, text)
    assert said["latex"] and said["code"].startswith("import numpy")
    assert set(said["variables"]) and json.dumps(said)


def test_forms_are_written_for_one_who_looks_at_them() -> None:
    asked = {"expression": "x'*x", "wrt": "x"}
    keys = {forms: set(answer({**asked, "forms": list(forms)})) for forms in [(), ("latex",)]}
    assert keys["latex",] - keys[()] == {"latex", "expression"}
    assert set(answer(asked)) - keys["latex",] == {"code"}
    assert answer({**asked, "forms": ["pdf"]})["error"]["message"].endswith("latex and code")


def test_a_derivative_says_how_it_was_verified() -> None:
    said = answer({"expression": "x'*x", "wrt": "x"})
    assert said["verification"] == {
        "kind": "exact",
        "text": "exact (error probability < 2^-50)",
    }
    assert said["wrt"] == "x"


@pytest.mark.parametrize(
    ("claim", "verdict", "mended"),
    [("2*A*x", "wrong", "(A + A')*x"), ("(A + A')*x", "proved", "")],
)
def test_claims(claim: str, verdict: str, mended: str) -> None:
    said = answer({"op": "check", "expression": "x'*A*x", "wrt": "x", "claim": claim})
    assert (said["verdict"], said["mended"]) == (verdict, mended)


TWO_LAYERS = {
    "expression": "norm2(W*tanh(V*x) - y)^2",
    "wrt": "V",
    "variables": {"y": "vector(m)"},
}


def test_code_of_another_backend() -> None:
    said = answer({**TWO_LAYERS, "backend": "torch"})
    assert said["code"].startswith("import torch")
    assert said["backends"][0] == "numpy"
    said = answer({**TWO_LAYERS, "backend": "cobol"})
    assert "backend must be 'numpy' or" in said["error"]["message"]


def test_the_picture_of_a_graph() -> None:
    said = answer({**TWO_LAYERS, "op": "graph"})
    nodes, edges = said["picture"]["nodes"], said["picture"]["edges"]
    assert [node["role"] for node in nodes] == [*["input"] * 4, *["operation"] * 5, "output"]
    assert nodes[5]["lines"] == ["x6 = tanh(x5)", "vector(n)", "forward 6, reverse 5"]
    derived = [edge["full"] for edge in edges if not edge["dashed"]]
    assert "d x6 / d x5 = diag(1 - x6.^2)" in derived
    assert {edge["dashed"] for edge in edges if edge["from"] == 3} == {True}
    assert said["dot"].startswith("digraph") and said["mermaid"].startswith("flowchart")
    assert answer({"op": "graph", "expression": r"\nabla_x x^\top x", "latex": True})["wrt"] == "x"


def test_equations() -> None:
    said = answer({"op": "equal", "expression": "tr(A*B)", "other": "tr(B*A)"})
    assert said["verdict"] == "equal"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"expression": "x*y"}, "cannot multiply vector(n) by vector(m)"),
        ({"expression": ""}, "there is no expression"),
        ({"op": "integrate", "expression": "x"}, "op must be one of"),
        ({"expression": "x" * (LONGEST + 1)}, "must be a string of at most"),
        ({"expression": 3}, "must be a string"),
        ({"expression": "x", "variables": "x"}, "variables must be an object"),
        ({"expression": "x'*x", "order": "two"}, "order must be"),
        ({"expression": "x'*x", "layout": "upside down"}, "layout must be"),
    ],
)
def test_errors_are_answers(question: dict[str, Any], message: str) -> None:
    said = answer(question)
    assert not said["ok"]
    assert message in said["error"]["message"]


def test_the_place_of_an_error() -> None:
    error = answer({"expression": "x*y"})["error"]
    assert (error["span"], error["source"]) == ([1, 2], "x*y")


@pytest.fixture
def without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the page: what imports NumPy fails, and what is loaded already counts as missing."""
    for name in list(sys.modules):
        if name.startswith(("matcalc.claims.judge", "matcalc.verify.oracle", "matcalc.runtime")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "matcalc.verify.readback.code", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    for each in (module, wirtinger):
        monkeypatch.setattr(each, "find_spec", lambda _: None)


@pytest.mark.usefixtures("without_numpy")
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("2*A*x", "wrong"), ("A*x + A'*x", "proved"), ("x'*x*ones", "wrong")],
)
def test_claims_without_numpy(claim: str, verdict: str) -> None:
    said = answer({"op": "check", "expression": "x'*A*x", "wrt": "x", "claim": claim})
    assert said["verdict"] == verdict


@pytest.mark.usefixtures("without_numpy")
@pytest.mark.parametrize(
    ("asked", "diagnosis"),
    [
        ({"claim": "2*A*x"}, "it is right only if A is symmetric"),
        ({"claim": "-(A + A')*x"}, "it has the wrong sign"),
        ({"claim": "(A + A')*x/2"}, "the factor 2 is missing"),
        ({"claim": "-2*(A + A')*x"}, "it is 2 times the derivative, and it has the wrong sign"),
        ({"claim": "x"}, ""),
        ({"expression": "mean(x.^2)", "claim": "2*x"}, "the factor 1/n is missing"),
        ({"expression": "A*x", "claim": "A'"}, "it is the transpose"),
        (
            {"expression": r"x^\top A x", "claim": r"2 A^\top x", "latex": True},
            "it is right only if A is symmetric",
        ),
    ],
)
def test_diagnosis_without_numpy(asked: dict[str, Any], diagnosis: str) -> None:
    said = answer({"op": "check", "expression": "x'*A*x", "wrt": "x", **asked})
    assert (said["verdict"], said["diagnosis"]) == ("wrong", diagnosis)
    assert said["correct"] in said["report"]
    assert diagnosis in said["report"]


def test_the_page_offers_every_kind() -> None:
    script = (Path(__file__).parents[2] / "web" / "src" / "main.js").read_text(encoding="utf-8")
    offered = script.partition("const KINDS = [")[2].partition("]")[0]
    assert {each.strip(' \n"') for each in offered.split(",")} - {""} == {row.word for row in ROWS}


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        pytest.param({"expression": "tr(A*X)", "claim": "A"}, "proved", id="numerator"),
        pytest.param({"expression": "tr(A*X)", "claim": "A'"}, "wrong", id="mixed"),
        pytest.param({"expression": "tr(expm(X))", "claim": "expm(X)"}, "undecided", id="numbers"),
        pytest.param(
            {
                "expression": "sum(T.^2)",
                "claim": "2*T",
                "wrt": "T",
                "variables": {"T": "tensor(n, m, k)"},
            },
            "proved",
            id="tensor",
        ),
    ],
)
@pytest.mark.usefixtures("without_numpy")
def test_claims_without_numpy_are_judged_as_others(asked: dict[str, Any], verdict: str) -> None:
    said = answer({"op": "check", "wrt": "X", "layout": "numerator", **asked})
    assert said["verdict"] == verdict


def test_notes_are_in_the_answer_alone(recwarn: pytest.WarningsRecorder) -> None:
    said = answer({"expression": "norm2(A*x - b)^2", "wrt": "x"})
    assert "b is read as vector" in said["notes"][0]
    assert not recwarn.list


@pytest.mark.usefixtures("without_numpy")
def test_derivatives_without_numpy() -> None:
    said = answer({"expression": "norm2(A*x)^2", "wrt": "x"})
    assert (said["text"], said["verification"]["kind"]) == ("2*A'*A*x", "exact")
    assert said["code"].startswith("import numpy")
    said = answer({"expression": "tr(expm(X*A))", "wrt": "X"})
    assert said["verification"]["kind"] == "none"
    assert "needs numbers" in said["verification"]["text"]
    loop = "f[0] = x; for k = 1:K; f[k] = {}(A*f[k-1]); end; sum(f[K])"
    said = answer({"expression": loop.format("tanh"), "wrt": "A"})
    assert said["verification"]["kind"] == "exact" and said["code"].startswith("import numpy")
    said = answer({"expression": loop.format("gammaln"), "wrt": "A"})
    assert said["verification"]["kind"] == "exact" and "dA += u[k]*f[k-1]'" in said["text"]
    assert "wherever the expression has a value" in said["verification"]["text"]
    said = answer({"expression": loop.replace("{}(A", "(expm(A)"), "wrt": "A"})
    assert said["verification"]["kind"] == "none" and "dA += " in said["text"]


@pytest.mark.usefixtures("without_numpy")
def test_a_derivative_that_cannot_be_verified_is_derived_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    derive = results.derive_one
    monkeypatch.setattr(results, "derive_one", lambda each: asked.append(1) or derive(each))
    assert answer({"expression": "tr(expm(X))", "wrt": "X"})["ok"]
    assert len(asked) == 1


@pytest.mark.usefixtures("without_numpy")
def test_steps_and_graphs_without_numpy() -> None:
    said = answer({**TWO_LAYERS, "op": "steps"})
    assert said["ok"] and said["proved"], said.get("error")
    lines = said["typeset"]["chains"][0]["lines"]
    assert len(lines) == len(said["lines"][0]["lines"])
    assert (lines[2]["left"], lines[2]["reasons"][0]["source"]) == (r"\mathrm{d}u", 1)
    assert lines[-1]["words"] == "with all names written out:"
    assert said["typeset"]["sources"][0]["identity"] == "d-tanh"
    assert answer({**TWO_LAYERS, "op": "graph"})["ok"]


COMPLEX = {"expression": "z^H*A*z", "wrt": "z", "variables": {"z": "complex vector(n)"}}


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"op": "diff"}, {"text": "d/dz       = A'*conj(z)\nd/dconj(z) = A*z", "wrt": "z"}),
        ({"op": "diff", "wrt": None, "order": 2}, {"wrt": "z"}),
        ({"op": "check", "claim": "A*z"}, {"verdict": "proved"}),
        ({"op": "check", "claim": "2*A*z"}, {"verdict": "wrong"}),
        ({"op": "steps", "detail": 1}, {"proved": True}),
        ({"op": "simplify", "expression": "z^H*z"}, {"latex": r"\lVert z \rVert_2^{2}"}),
        ({"op": "graph", "wrt": None}, {"wrt": None}),
        (
            {"op": "diff", "expression": r"\bar z^\top z", "latex": True},
            {
                "notes": [
                    "the expression is real: its gradient, the direction of steepest ascent, is "
                    "2*d/dconj(z)"
                ]
            },
        ),
    ],
)
def test_complex_variables(asked: dict[str, Any], fields: dict[str, Any]) -> None:
    said = answer({**COMPLEX, **asked})
    assert {name: said[name] for name in ("ok", *fields)} == {"ok": True, **fields}
    assert said["variables"]["z"] == "complex vector(n)"


def test_steps_of_a_conjugate_are_typeset() -> None:
    said = answer({**COMPLEX, "op": "steps"})["typeset"]
    formulas = [line["formula"] for chain in said["chains"] for line in chain["lines"]]
    assert formulas[0] == r"z^{\mathsf{H}} A z" and r"A^{\top} \bar{z}" in formulas
    assert not any("?" in formula or "conj" in formula for formula in formulas)
    assert "z and conj(z) are independent here" in said["chains"][0]["closing"]


@pytest.mark.usefixtures("without_numpy")
def test_complex_variables_without_numpy() -> None:
    said = answer(COMPLEX)
    assert said["text"].endswith("d/dconj(z) = A*z") and said["code"].startswith("import numpy")
    assert said["verification"]["kind"] == "exact"
    assert answer({**COMPLEX, "op": "steps"})["ok"]
    assert answer({**COMPLEX, "op": "check", "claim": "A*z"})["verdict"] == "proved"
    assert answer({**COMPLEX, "op": "equal", "other": "conj(z)'*A*z"})["verdict"] == "equal"
    shorter = {**COMPLEX, "op": "simplify", "expression": "sqrt(z^H*z) + z^H*z"}
    assert answer(shorter)["text"] == "norm2(z)*(1 + norm2(z))"
    assert answer({**COMPLEX, "op": "graph"})["ok"]
    assert answer({**COMPLEX, "layout": "numerator"})["error"]["hint"] == "choose the mixed one"
    assert answer({**COMPLEX, "structure": "free"})["error"]["hint"] == "choose the declared one"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with make_server() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(
    port: int, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, bytes]:
    connection = HTTPConnection(ADDRESS, port, timeout=30)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    said = response.status, response.read()
    connection.close()
    return said


@pytest.mark.parametrize("path", ["/", "/app.js", "/app.css"])
def test_the_page_is_served(port: int, path: str) -> None:
    status, body = ask(port, "GET", path)
    assert status == 200
    assert body == (PAGE / (path[1:] or "index.html")).read_bytes()


def test_questions_are_answered(port: int) -> None:
    assert json.loads(ask(port, "GET", "/engine")[1]) == {"engine": "native"}
    question = json.dumps({"expression": "x'*x", "wrt": "x"})
    status, body = ask(port, "POST", "/answer", question)
    assert (status, json.loads(body)["text"]) == (200, "2*x")


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        pytest.param("GET", "/../answer.py", None, {}, 404, id="outside"),
        pytest.param("GET", "/%2e%2e/answer.py", None, {}, 404, id="outside-encoded"),
        pytest.param("GET", "/", None, {"Host": "example.org"}, 403, id="another-name"),
        pytest.param(
            "POST", "/answer", "{}", {"Origin": "http://example.org"}, 403, id="another-page"
        ),
        pytest.param("POST", "/answer", "[" * 100_000, {}, 400, id="deep"),
        pytest.param("POST", "/answer", "[]", {}, 400, id="list"),
        pytest.param("POST", "/other", "{}", {}, 400, id="elsewhere"),
    ],
)
def test_what_is_refused(
    port: int, method: str, path: str, body: str | None, headers: dict[str, str], status: int
) -> None:
    assert ask(port, method, path, body, **headers)[0] == status


def test_an_engine_that_warms_up_answers_all_but_what_is_to_be_refused() -> None:
    warm_up()
    for question in (*DERIVATIVES, *OTHERS, *REFUSED):
        assert answer(question)["ok"] is (question not in REFUSED), question


def test_warming_up_warns_of_nothing() -> None:
    """It runs in a thread, where no filter for warnings can be set."""
    for question in DERIVATIVES:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            diff(question["expression"], question["wrt"], variables=question.get("variables", {}))


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (
            {
                "expression": "z^H*A*z",
                "wrt": "z",
                "variables": {"z": "complex vector(n)", "A": "matrix(n, n)"},
            },
            "for NumPy, not jax",
        ),
        (
            {"expression": "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; sum(f[K])"},
            "for NumPy, not jax",
        ),
    ],
)
def test_a_form_that_an_answer_lacks_says_why(question: dict[str, Any], why: str) -> None:
    said = answer({**question, "backend": "jax"})
    assert (said["ok"], said["code"]) == (True, "")
    assert why in said["lacking"]["code"]
    said = answer(question)
    assert "lacking" not in said
    assert said["code"].startswith("import numpy")


@pytest.mark.usefixtures("without_numpy")
@pytest.mark.parametrize(
    ("text", "variables", "short", "kind"),
    [
        ("lambda_max(A) + lambda_max(A)", {"A": "symmetric(n)"}, "2*lambda_max(A)", "none"),
        ("lambda_max(A)", {"A": "symmetric(n)"}, "lambda_max(A)", None),
        ("sqrt(a*conj(a))", {"a": "complex"}, "abs(a)", None),
    ],
)
def test_shorter_forms_without_numpy(text, variables, short, kind) -> None:
    said = answer({"op": "simplify", "expression": text, "variables": variables})
    assert said["text"] == short and said["latex"]
    assert said.get("verification", {}).get("kind") == kind


@pytest.mark.usefixtures("without_numpy")
def test_without_numpy_a_proof_stands_wherever_there_is_a_value() -> None:
    asked = {"expression": "log(det(eye(n) + 2*T/d))", "wrt": "T", "variables": {"d": "scalar"}}
    verification = answer({**asked, "op": "diff"})["verification"]
    assert verification["kind"] == "exact"
    assert "wherever the expression has a value" in verification["text"]


@pytest.mark.usefixtures("without_numpy")
def test_what_needs_numbers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def needs_numbers(question: object) -> dict[str, Any]:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setitem(module._OPERATIONS, "diff", needs_numbers)
    error = answer({"op": "diff", "expression": "x'*x"})["error"]
    assert error["message"] == "this answer needs numpy, which the engine in the page lacks"
