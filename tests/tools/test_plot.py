"""The picture of a gradient check: slopes, noise, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.convergence import convergence
from matcalc.cli import main
from matcalc.core.errors import UnsupportedError


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "variables"),
    [
        pytest.param("logsumexp(A*x)", "x", "A'*softmax(A*x)", {}, id="vector"),
        pytest.param("log(det(S))", "S", "inv(S)", {"S": "psd(n)"}, id="structured"),
        pytest.param("tanh(W*x)", "W", "kron(x', diag(1 - tanh(W*x).^2))", {}, id="three-axes"),
        pytest.param("inv(X)", "X", "-kron(inv(X)', inv(X))", {}, id="four-axes"),
        pytest.param("exp(a)", "a", "exp(a)", {}, id="scalars"),
    ],
)
def test_a_right_claim_has_slope_two(
    expr: str, wrt: str, claim: str, variables: dict[str, str]
) -> None:
    found = convergence(Claim(expr, wrt, claim, variables))
    assert found.slope == pytest.approx(2, abs=0.1)
    assert found.level < 1e-8
    assert "square" in found.says


@pytest.mark.parametrize(
    ("expr", "claim"), [("logsumexp(A*x)", "A'*softmax(x)"), ("sum(sin(x))", "1.001*cos(x)")]
)
def test_a_wrong_claim_is_flat(expr: str, claim: str) -> None:
    found = convergence(Claim(expr, "x", claim))
    assert found.slope == pytest.approx(0, abs=0.1)
    assert "the claim is wrong by" in found.says


@pytest.mark.parametrize("layout", ["mixed", "numerator", "denominator"])
def test_layouts(layout: str) -> None:
    claim = {"mixed": "diag(cos(A*x))*A", "denominator": "A'*diag(cos(A*x))"}
    stated = claim.get(layout, claim["mixed"])
    assert convergence(Claim("sin(A*x)", "x", stated, layout=layout)).slope == pytest.approx(
        2, abs=0.1
    )


def test_a_polynomial_has_noise_alone() -> None:
    assert convergence(Claim("x'*A*x", "x", "(A + A')*x")).slope is None


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(UnsupportedError, match="the claim has shape"):
        convergence(Claim("x'*A*x", "x", "x'*x"))
    with pytest.raises(UnsupportedError, match="first derivative"):
        convergence(Claim("x'*A*x", "x", "A + A'", order=2))


def test_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: the extra plot")
    file = tmp_path / "errors.svg"
    argv = ["check", "sum(exp(x))", "--wrt", "x", "--claim", "exp(x)", "--plot", str(file)]
    assert main(argv) == 0
    text = file.read_text(encoding="utf-8")
    assert "<svg" in text
    assert all(f"<!-- {each}" in text for each in ("step", "relative error", "noise floor"))
    assert main([*argv[:-1], str(tmp_path / "errors.doc")]) == 2
    assert "a picture is written as .svg" in capsys.readouterr().err
