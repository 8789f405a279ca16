"""Wirtinger derivatives in each notation: what is printed, that it is proved, and that a spoilt
line is refused.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import VerificationError
from matcalc.core.options import NOTATIONS
from matcalc.core.tree import Expr, number

PINNED = ("index", "kronecker", "operator", "differential")
Z = {"z": "complex vector(n)"}
# what is asked, then its lines in each of the notations that are PINNED
ROWS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"expr": "z^H*A*z", "wrt": "z", "variables": Z},
        [
            "d/dz[i] = ctranspose(z)*A[:,i]\nd/dconj(z)[i] = A[i,:]*z",
            "d/dz = ctranspose(z)*A\nd/dconj(z) = (A*z)'",
            "dz -> ctranspose(z)*A*dz + ctranspose(dz)*A*z\nv -> (v*A' + conj(v)*A)*z",
            "df = ctranspose(z)*A*dz + ctranspose(dz)*A*z",
        ],
    ),
    (
        {"expr": "A*z + conj(z)", "wrt": "z", "variables": {**Z, "A": "complex matrix(n, n)"}},
        [
            "d/dz[i,j] = A[i,j]\nd/dconj(z)[i=1:n, j] = delta[i,j]",
            "d/dz = A\nd/dconj(z) = eye(n)",
            "dz -> A*dz + conj(dz)\nv -> ctranspose(A)*v + conj(v)",
            "dF = A*dz + conj(dz)",
        ],
    ),
    (
        {"expr": "A*conj(Z)*B", "wrt": "Z", "variables": {"Z": "complex matrix(m, n)"}},
        [
            "d/dZ[i=1:p, j=1:q, k=1:m, l=1:n] = 0\nd/dconj(Z)[i,j,k,l] = A[i,k]*B[l,j]",
            "d/dZ = zeros(p*q, m*n)\nd/dconj(Z) = kron(B', A)",
            "dZ -> A*conj(dZ)*B\nV -> A'*conj(V)*B'",
            "dF = A*conj(dZ)*B",
        ],
    ),
    (
        {"expr": "logdet(R)", "wrt": "R", "variables": {"R": "complex psd(n)"}},
        [
            "d/dR[i,j] = inv(R)[j,i]",
            "d/dR = vec(inv(R)')'",
            "dR -> tr(dR*inv(R))",
            "df = tr(dR*inv(R))",
        ],
    ),
    (
        {"expr": "abs(a)^4", "wrt": "a", "variables": {"a": "complex scalar"}},
        [
            "d/da = 2*a*conj(a)^2\nd/dconj(a) = 2*conj(a)*a^2",
            "d/da = 2*a*conj(a)^2\nd/dconj(a) = 2*conj(a)*a^2",
            "da -> 2*a*da*conj(a)^2 + 2*conj(a)*conj(da)*a^2\nv -> 2*conj(a)*a^2*(v + conj(v))",
            "df = 2*a*da*conj(a)^2 + 2*conj(a)*conj(da)*a^2",
        ],
    ),
    (
        {
            "expr": "imag(b^H*z)",
            "wrt": "z",
            "variables": {**Z, "b": "complex vector(n)"},
        },
        [
            "d/dz[i] = -imagunit*conj(b)[i]/2\nd/dconj(z)[i] = imagunit*b[i]/2",
            "d/dz = -imagunit*ctranspose(b)/2\nd/dconj(z) = imagunit*b'/2",
            "dz -> -imagunit*ctranspose(b)*dz/2 + imagunit*b'*conj(dz)/2\n"
            "v -> imagunit*(v + conj(v))*b/2",
            "df = -imagunit*ctranspose(b)*dz/2 + imagunit*b'*conj(dz)/2",
        ],
    ),
    (
        {
            "expr": "norm2(A*z - b)^2",
            "wrt": "z",
            "order": 2,
            "variables": {**Z, "A": "complex matrix(m, n)", "b": "complex vector(m)"},
        },
        [
            "d2/dz dz[i=1:n, j=1:n] = 0\nd2/dz dconj(z)[i,j] = conj(A)[:,j]'*A[:,i]\n"
            "d2/dconj(z) dz[i,j] = conj(A)[:,i]'*A[:,j]\nd2/dconj(z) dconj(z)[i=1:n, j=1:n] = 0",
            "d2/dz dz = zeros(n, n)\nd2/dz dconj(z) = A'*conj(A)\n"
            "d2/dconj(z) dz = ctranspose(A)*A\nd2/dconj(z) dconj(z) = zeros(n, n)",
            "d/dz: dz -> A'*conj(A)*conj(dz)\nd/dconj(z): dz -> ctranspose(A)*A*dz",
            "d2f = 2*ctranspose(dz)*ctranspose(A)*A*dz",
        ],
    ),
]


@pytest.mark.parametrize(("asked", "lines"), ROWS, ids=[row[0]["expr"] for row in ROWS])
def test_what_is_printed(asked: dict[str, Any], lines: list[str]) -> None:
    found = matcalc.wirtinger(**asked)
    pinned = dict(zip(PINNED, lines, strict=True))
    for notation in NOTATIONS:
        written = found.in_notation(notation)
        assert written.verification.startswith(("exact", "values")), notation
        assert written.latex()
        if notation in pinned:
            assert written.text() == pinned[notation]


def test_latex() -> None:
    found = matcalc.wirtinger("z^H*A*z", "z", Z)
    assert found.in_notation("differential").latex() == (
        r"\mathrm{d}f = z^{\mathsf{H}} A \,\mathrm{d}z + \,\mathrm{d}z^{\mathsf{H}} A z"
    )
    square = matcalc.wirtinger("z^H*z", "z", Z).in_notation("differential")
    assert square.latex().startswith(r"\mathrm{d}f = \mathrm{d}z^{\top} \bar{z} + ")
    said = [line["latex"] for line in found.in_notation("index").lines]
    assert said[0] == r"\left(\frac{\partial f}{\partial z}\right)_{i} = z^{\mathsf{H}} A_{:, i}"


def test_the_lines_are_language() -> None:
    """What is printed by entries and as a differential can be typed again."""
    same = "D[i] = sum[j](conj(A)[j,i]*z[j])", "A^H*z"
    kinds = {"A": "complex matrix(m, n)", "z": "complex vector(m)"}
    assert matcalc.equal(*same, variables=kinds)
    found = matcalc.wirtinger("sum[i,j](conj(z[i])*A[i,j]*z[j])", "z", Z)
    assert found.text() == matcalc.wirtinger("z^H*A*z", "z", Z).text()


@pytest.mark.parametrize("text", ["max[i](z[i])", "logsumexp[i](z[i])"])
def test_what_is_no_sum_over_indices(text: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match="has no meaning here for complex values"):
        matcalc.wirtinger(text, "z", Z)


SPOILT = [
    ("differential", ["df = ctranspose(z)*A*dz - ctranspose(dz)*A*z"]),
    ("differential", ["df = ctranspose(z)*A*dz + dz'*A*z"]),
    ("index", ["d/dz[i] = ctranspose(z)*A[i,:]'", "d/dconj(z)[i] = A[i,:]*z"]),
    ("kronecker", ["d/dz = ctranspose(z)*A", "d/dconj(z) = A*z"]),
]


@pytest.mark.parametrize(("notation", "lines"), SPOILT)
def test_a_spoilt_line_is_refused(notation: str, lines: list[str]) -> None:
    written = matcalc.wirtinger("z^H*A*z", "z", Z).in_notation(notation)
    del written.verification
    written._texts = lines
    with pytest.raises(VerificationError, match="text"):
        _ = written.verification


def test_an_adjoint_is_one_of_the_map() -> None:
    kinds = {**Z, "A": "complex matrix(n, n)"}
    written = matcalc.wirtinger("A*z + conj(z)", "z", kinds).in_notation("operator")
    del written.verification
    line = written._lines[1]
    assert line.meant is not None
    twice = Expr("*", (number(2), line.meant), line.meant.shape)
    written._lines[1] = replace(line, tree=twice, meant=twice)
    written._texts[1] = "v -> 2*(ctranspose(A)*v + conj(v))"
    with pytest.raises(VerificationError, match="adjoint"):
        _ = written.verification


COMMANDS = [
    ('diff "z^H*A*z" --wrt z --notation index', "d/dz[i] = ctranspose(z)*A[:,i]"),
    ('diff "z^H A z" --latex --wrt z --notation kronecker', "d/dz = ctranspose(z)*A"),
    ('hessian "z^H*A*z" --wrt z --notation differential', "d2f = 2*ctranspose(dz)*A*dz"),
]


@pytest.mark.parametrize(("command", "first"), COMMANDS)
def test_the_commands(command: str, first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(command), "--var", "z: complex vector(n)"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == first


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["z^H*A*z", "--wrt", "z", "--notation", "differential", "--format", "json"]
    assert main(["diff", *asked, "--var", "z: complex vector(n)"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["variables"] == {
        "z": "complex vector(n)",
        "dz": "complex vector(n)",
        "A": "matrix(n, n)",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--notation", "index", "--steps"], "--steps cannot be combined with --notation"),
        (["--notation", "index", "--format", "numpy"], "text, latex or json"),
        (["--notation", "index", "--row-major"], "row by row in kronecker"),
    ],
)
def test_what_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["diff", "z^H*A*z", "--wrt", "z", "--var", "z: complex vector(n)"]
    assert main([*given, *options]) == 2
    assert message in capsys.readouterr().err
