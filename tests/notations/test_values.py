"""Answers that are values along directions, blocks or polynomials, in each notation: what is
printed, that it is proved, and that a spoilt line is refused.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import VerificationError
from matcalc.core.options import NOTATIONS
from matcalc.core.tree import Expr, number

PINNED = ("matrix", "index", "kronecker", "operator", "differential")
b, S = {"b": "vector(n)"}, {"S": "symmetric(n)"}


def jvp(text: str, *moves: dict[str, str], **variables: str) -> Any:
    return matcalc.jvp(text, list(moves), variables=variables)


# what is asked, then its lines in each of the notations that are PINNED
ROWS: list[tuple[Callable[[], Any], list[str]]] = [
    (
        lambda: jvp("inv(X)", {"X": "E"}),
        [
            "-inv(X)*E*inv(X)",
            "D[i,j] = -inv(X)[i,:]*E*inv(X)[:,j]",
            "-kron(inv(X)', inv(X))*vec(E)",
            "E -> -inv(X)*E*inv(X)\nV -> -inv(X)'*V*inv(X)'",
            "dF = -inv(X)*E*inv(X)",
        ],
    ),
    (
        lambda: jvp("A*x", {"x": "u", "A": "E"}),  # both move: an adjoint for each
        [
            "A*u + E*x",
            "D[i] = sum[j](u[j]*A[i,j] + x[j]*E[i,j])",
            "A*u + kron(x', eye)*vec(E)",
            "(u, E) -> A*u + E*x\nv -> A'*v\nv -> v*x'",
            "dF = A*u + E*x",
        ],
    ),
    (
        lambda: jvp("inv(X)", {"X": "U"}, {"X": "V"}),
        [
            "inv(X)*(U*inv(X)*V + V*inv(X)*U)*inv(X)",
            "D[i,j] = sum[k, l](inv(X)[i,l]*inv(X)[k,j]*sum[p, q](U[l,p]*V[q,k]*inv(X)[p,q] "
            "+ U[p,k]*V[l,q]*inv(X)[q,p]))",
            "(kron(N', M) + kron(M', N))*vec(V) where M = inv(X), N = M*U*M",
            "(U, V) -> inv(X)*(U*inv(X)*V + V*inv(X)*U)*inv(X)",
            "d2F = inv(X)*(U*inv(X)*V + V*inv(X)*U)*inv(X)",
        ],
    ),
    (
        lambda: jvp("inv(X)", {"X": "U"}, {"X": "U"}),  # the same direction twice
        [
            "2*(inv(X)*U)^2*inv(X)",
            "D[i,j] = 2*sum[k, l, p, q](U[k,q]*U[l,p]*inv(X)[i,k]*inv(X)[p,j]*inv(X)[q,l])",
            "(kron(N', M) + kron(M', N))*vec(U) where M = inv(X), N = M*U*M",
            "U -> 2*(inv(X)*U)^2*inv(X)",
            "d2F = 2*(inv(X)*U)^2*inv(X)",
        ],
    ),
    (
        lambda: jvp("t^2*X", {"t": "s"}, t="scalar"),
        [
            "2*s*t*X",
            "D[i,j] = 2*t*s*X[i,j]",
            "2*s*t*vec(X)",
            "s -> 2*s*t*X\nV -> 2*t*tr(V*X')",
            "dF = 2*s*t*X",
        ],
    ),
    (
        lambda: jvp("S*A", {"S": "E"}, **S),  # the direction is symmetric, the adjoint projects
        [
            "E*A",
            "D[i,j] = E[i,:]*A[:,j]",
            "kron(A', eye)*vec(E)",  # E is symmetric, and nothing has to be projected
            "E -> E*A\nV -> (A*V' + V*A')/2",
            "dF = E*A",
        ],
    ),
    (
        lambda: matcalc.vjp("A*X*B", "X", cotangent="U"),
        [
            "A'*U*B'",
            "D[i,j] = A[:,i]'*U*B[j,:]'",
            "kron(B, A')*vec(U)",
            "U -> A'*U*B'\ndX -> A*dX*B",
            "df = tr(A*dX*B*U')",
        ],
    ),
    (
        lambda: matcalc.hvp("logsumexp(x)", "x"),
        [
            "softmax(x).*(v - softmax(x)'*v)",
            "D[i] = softmax(x)[i]*(v[i] - softmax(x)'*v)",
            "(diag(softmax(x)) - softmax(x)*softmax(x)')*v",
            "v -> softmax(x).*(v - softmax(x)'*v)",
            "dg = softmax(x).*(v - softmax(x)'*v)",
        ],
    ),
    (
        lambda: matcalc.hessian("y'*A*x + x'*x", ["x", "y"]),
        [
            "H_x_x = 2*eye(m)\nH_x_y = A'\nH_y_x = A\nH_y_y = zeros(n, n)",
            "H_x_x[i=1:m, j] = 2*delta[i,j]\nH_x_y[i,j] = A[j,i]\nH_y_x[i,j] = A[i,j]\n"
            "H_y_y[i=1:n, j=1:n] = 0",
            "H_x_x = 2*eye(m)\nH_x_y = A'\nH_y_x = A\nH_y_y = zeros(n, n)",
            "H_x_x: dx -> 2*dx\nH_x_y: dy -> A'*dy\nH_y_x: dx -> A*dx\nH_y_y: dy -> zeros(n)",
            "d2f = 2*(dx'*dx + dy'*A*dx)",
        ],
    ),
    (
        lambda: matcalc.hessian("y'*A*x", ["x", "y"])["x", "y"],
        ["A'", "D[i,j] = A[j,i]", "A'", "dy -> A'*dy\nv -> A*v", "dF = A'*dy"],
    ),
    (
        lambda: matcalc.taylor("inv(X)", "X", at="A", order=2),
        [
            "inv(A) - inv(A)*(X - A)*inv(A) + (inv(A)*(X - A))^2*inv(A)",
            "D[i,j] = inv(A)[i,j] + sum[k, l, p, q](inv(A)[i,p]*inv(A)[k,j]*inv(A)[l,q]"
            "*(X[p,l] - A[p,l])*(X[q,k] - A[q,k])) - sum[k, l](inv(A)[i,l]*inv(A)[k,j]"
            "*(X[l,k] - A[l,k]))",
            "vec(inv(A)) - kron(inv(A)', inv(A))*vec(dX) + (kron(N', M) + kron(M', N))*vec(dX)/2 "
            "where M = inv(A), N = M*dX*M",
            "dX -> inv(A) - inv(A)*dX*inv(A) + (inv(A)*dX)^2*inv(A)",
            "F = inv(A)\ndF = -inv(A)*dX*inv(A)\nd2F = 2*(inv(A)*dX)^2*inv(A)",
        ],
    ),
    (
        lambda: matcalc.taylor("sin(x)", "x", at="0", order=3, variables={"x": "scalar"}),
        [
            "x - x^3/6",
            "x*(1 - x^2/6)",
            "dx - dx^3/6",
            "dx -> dx - dx^3/6",
            "f = 0\ndf = dx\nd2f = 0\nd3f = -dx^3",
        ],
    ),
    (
        lambda: matcalc.taylor("x'*A*y", ["x", "y"]),
        [
            "x'*A*y + (x'*A*dy + dx'*A*y) + dx'*A*dy",
            "(dx + x)'*A*(dy + y)",
            "x'*A*y + (A*y)'*dx + x'*A*dy + (A*dy)'*dx/2 + dx'*A*dy/2",
            "(dx, dy) -> x'*A*y + (x'*A*dy + dx'*A*y) + dx'*A*dy",
            "f = x'*A*y\ndf = x'*A*dy + dx'*A*y\nd2f = 2*dx'*A*dy",
        ],
    ),
    (
        lambda: matcalc.implicit("A*x = b", "x", "b", variables=b),
        [
            "dx/db = inv(A)",
            "dx/db[i,j] = inv(A)[i,j]",
            "dx/db = inv(A)",
            "db -> inv(A)*db\nv -> inv(A)'*v",
            "dx = inv(A)*db",
        ],
    ),
    (
        lambda: matcalc.implicit("A*x = b", "x", "A", variables=b),
        [
            "dx = -inv(A)*dA*x",
            "dx/dA[i,j,k] = -x[k]*inv(A)[i,j]",
            "dx/dA = -kron(x', inv(A))",
            "dA -> -inv(A)*dA*x\nv -> -inv(A)'*v*x'",
            "dx = -inv(A)*dA*x",
        ],
    ),
    (
        lambda: matcalc.implicit("A*x = b", "x", "A", objective="c'*x", variables=b),
        [
            "dg/dA = -l*x'",
            "dg/dA[i,j] = -x[j]*l[i]",
            "dg/dA = (-kron(x, l))'",
            "dA -> -l'*dA*x\nv -> -v*l*x'",
            "dg = -l'*dA*x",
        ],
    ),
    (
        lambda: matcalc.implicit(["A*x + B*y = h", "C*x = y"], ["x", "y"], "B"),
        [
            "dx/dB = -kron(y', inv(A + B*C))\ndy/dB = -kron(y', C*inv(A + B*C))",
            "dx/dB[i,j,k] = -y[k]*inv(A + B*C)[i,j]\n"
            "dy/dB[i,j,k] = -y[k]*(C[i,:]*inv(A + B*C)[:,j])",
            "dx/dB = -kron(y', inv(A + B*C))\ndy/dB = -kron(y', C*inv(A + B*C))",
            "dx/dB: dB -> -inv(A + B*C)*dB*y\ndx/dB: v -> -inv(A + B*C)'*v*y'\n"
            "dy/dB: dB -> -C*inv(A + B*C)*dB*y\ndy/dB: v -> -inv(A + B*C)'*C'*v*y'",
            "dx = -inv(A + B*C)*dB*y\ndy = -C*inv(A + B*C)*dB*y",
        ],
    ),
]


@pytest.mark.parametrize(("ask", "lines"), ROWS, ids=map(str, range(len(ROWS))))
def test_what_is_printed(ask: Callable[[], Any], lines: list[str]) -> None:
    found = ask()
    pinned = dict(zip(PINNED, lines, strict=True))
    for notation in NOTATIONS:
        written = found.in_notation(notation)
        assert written.verification.startswith("exact"), notation
        assert written.latex()
        if notation in pinned:
            assert written.text() == pinned[notation]


def test_by_cases() -> None:
    found = matcalc.hessian("sum(x.^3) + x'*x*t", ["x", "t"], variables={"t": "scalar"})
    assert found.in_notation("cases").text().splitlines() == [
        "H_x_x[i,j] = 2*(3*x[i] + t)  if i = j",
        "             0               otherwise",
        "H_x_t[i] = 2*x[i]",
        "H_t_x[i] = 2*x[i]",
        "H_t_t = 0",
    ]


def test_row_by_row() -> None:
    found = jvp("A*X*B", {"X": "E"}).in_notation("kronecker", row_major=True)
    assert str(found) == "kron(A, B')*vec(E')"
    solved = matcalc.implicit("A*X = B", "X", "A").in_notation("kronecker", row_major=True)
    assert str(solved) == "dX/dA = -kron(inv(A), X')"
    assert solved.reading == "J of d vec(X') = J*d vec(A')"


READINGS = [
    (lambda: jvp("A*x", {"x": "u"}), "differential", "the differential, where dx = u"),
    (lambda: jvp("A*x", {"x": "dx"}), "differential", "the differential"),
    (
        lambda: jvp("inv(X)", {"X": "U"}, {"X": "V"}),
        "differential",
        "the second differential, where dX = U, then dX = V",
    ),
    (lambda: jvp("inv(X)", {"X": "U"}, {"X": "U"}), "operator", "the map, of degree 2 in U"),
    (
        lambda: jvp("inv(X)", {"X": "U"}, {"X": "V"}),
        "operator",
        "the map, linear in each of U, V",
    ),
    (
        lambda: matcalc.vjp("A*x", "x"),
        "differential",
        "the differential of sum(u.*(A*x))",
    ),
    (
        lambda: matcalc.hvp("logsumexp(x)", "x"),
        "differential",
        "the differential of the derivative by x, where dx = v",
    ),
    (
        lambda: matcalc.taylor("inv(X)", "X", at="A"),
        "differential",
        "the differentials; the polynomial is F + dF + d2F/2, where dX = X - A",
    ),
    (
        lambda: matcalc.hessian("y'*A*x", ["x", "y"])["x", "y"],
        "index",
        "the entries, axes of x before those of y",
    ),
]


@pytest.mark.parametrize(("ask", "notation", "reading"), READINGS)
def test_how_it_is_read(ask: Callable[[], Any], notation: str, reading: str) -> None:
    assert ask().in_notation(notation).reading == reading


# a direction, or a cotangent, that stands in the expression as well: the value is not linear in it
OCCURRING = [
    (lambda: jvp("x.*v", {"x": "v"}), "dx -> dx.*v\nu -> u.*v", "diag(v)*v"),
    (
        lambda: jvp("(v'*x)*x", {"x": "v"}, {"x": "u"}),
        "(v_1, u) -> (u*v_1' + v_1*u')*v",
        "((v'*v)*eye + v*v')*u",
    ),
    (lambda: matcalc.vjp("u.*x.^2", "x"), "u_1 -> 2*(u.*u_1.*x)\ndx -> 2*(dx.*u.*x)", None),
    (
        lambda: matcalc.hvp("(v'*x)*(x'*x)", "x"),
        "dx -> 2*((dx*x' + x*dx')*v + (dx'*x)*v)",
        None,
    ),
]


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
@pytest.mark.parametrize(("ask", "operator", "kronecker"), OCCURRING)
def test_directions_that_occur(
    ask: Callable[[], Any], operator: str, kronecker: str | None
) -> None:
    found = ask()
    assert str(found.in_notation("operator")) == operator
    stacked = found.in_notation("kronecker")
    assert stacked.verification.startswith("exact")
    assert kronecker is None or str(stacked) == kronecker


def test_the_letter_of_an_array_is_free() -> None:
    found = matcalc.diff("X.*D", "X").in_notation("cases")
    assert str(found).startswith("G[i,j,k,l] = D[i,j]  if i = k, j = l")
    assert found.latex().startswith(r"G_{i j k l} = \begin{cases} D_{i j}")


SPOILT = [
    (lambda: jvp("A*X*B", {"X": "E"}), "index", ["D[i,j] = A[i,:]*E*B[:,j]*2"]),
    (lambda: jvp("A*X*B", {"X": "E"}), "kronecker", ["kron(B', A)*vec(E)/2"]),
    (lambda: jvp("A*X*B", {"X": "E"}), "operator", ["E -> A*E*B", "V -> 2*A'*V*B'"]),
    (lambda: matcalc.vjp("A*X*B", "X"), "differential", ["df = tr(A*dX*B*u)"]),
    (lambda: matcalc.implicit("A*x = b", "x", "A", variables=b), "index", ["dx/dA[i,j,k] = x[k]"]),
    (
        lambda: matcalc.implicit("A*x = b", "x", "A", variables=b),
        "kronecker",
        ["dx/dA = kron(x', inv(A))"],
    ),
    (
        lambda: matcalc.taylor("inv(X)", "X", at="A", order=1),
        "differential",
        ["F = inv(A)", "dF = inv(A)*dX*inv(A)"],
    ),
]


@pytest.mark.parametrize(("ask", "notation", "lines"), SPOILT)
def test_a_spoilt_line_is_refused(ask: Callable[[], Any], notation: str, lines: list[str]) -> None:
    written = ask().in_notation(notation)
    del written.verification
    written._texts = [*lines, *written._texts[len(lines) :]]
    with pytest.raises(VerificationError):
        _ = written.verification


def test_an_adjoint_is_one_of_the_map() -> None:
    """It is not enough that the line says what was found for it."""
    written = jvp("A*X*B", {"X": "E"}).in_notation("operator")
    del written.verification
    line = written._lines[1]
    twice = Expr("*", (number(2), line.meant), line.meant.shape)
    written._lines[1] = replace(line, tree=twice, meant=twice)
    written._texts[1] = "V -> 2*A'*V*B'"
    with pytest.raises(VerificationError, match="adjoint"):
        _ = written.verification


COMMANDS = [
    ('jvp "inv(X)" --direction X=E --notation index', "D[i,j] = -inv(X)[i,:]*E*inv(X)[:,j]"),
    ('diff "inv(X)" --direction X=E --notation kronecker', "-kron(inv(X)', inv(X))*vec(E)"),
    ('diff "A*x" --wrt x --cotangent u --notation operator', "u -> A'*u"),
    ('hvp "x\'*A*x" --wrt x --notation differential', "dg = (A + A')*v"),
    ('hessian "y\'*A*x" --wrt x,y --notation operator', "H_x_x: dx -> zeros(m)"),
    ('taylor "inv(X)" --at A --notation operator --order 1', "dX -> inv(A) - inv(A)*dX*inv(A)"),
    ('linearize "x^2" --at 1 --notation differential --var "x: scalar"', "f = 1"),
    (
        'implicit "A*x = b" --of x --wrt A --notation kronecker --var "b: vector(n)"',
        "dx/dA = -kron(x', inv(A))",
    ),
    ('jvp "X^{-1}" --latex --direction X=E --notation operator', "E -> -inv(X)*E*inv(X)"),
    (
        'implicit "A x = b" --latex --of x --wrt b --notation differential --var "b: vector(n)"',
        "dx = inv(A)*db",
    ),
    (
        'diff "sum(U.*kron(A, B))" --wrt A --notation index',
        "D[i,j] = sum[k, l](B[k,l]*reshape(U, p, n, q, m)[k,i,l,j])",
    ),
    (
        'diff "tr(kron(A, B)*C)" --wrt B --notation index',
        "D[i,j] = sum[k, l](A[k,l]*reshape(C', p, n, q, m)[i,k,j,l])",
    ),
    (
        'vjp "kron(A, B)" --wrt B --cotangent U --notation index --format latex',
        r"D_{i j} = \sum_{k, l} A_{k l} (\operatorname{reshape}(U, p, n, q, m))_{i k j l}",
    ),
    (
        'diff "vec(khatrirao(A, B)*C)" --wrt A --notation index --format latex',
        r"D_{i j k} = \sum_{s = 1}^{n p} \sum_{l, r} B_{l k} C_{k r} "
        r"\delta_{i, s + (r - 1) n p} \delta_{s, l + (j - 1) p}",
    ),
]


@pytest.mark.parametrize(("command", "first"), COMMANDS)
def test_the_commands(command: str, first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out.splitlines()[0] == first


def test_a_direction_that_begins_with_d() -> None:
    """Only dX is set as the differential of X."""
    said = jvp("inv(X)", {"X": "d"}).in_notation("operator").lines[0]["latex"]
    assert said == r"d \mapsto -X^{-1} d X^{-1}"


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["hessian", "y'*A*x", "--wrt", "x,y", "--notation", "operator", "--format", "json"]
    assert main(asked) == 0
    found = json.loads(capsys.readouterr().out)
    assert [line["text"] for line in found["lines"]][1] == "H_x_y: dy -> A'*dy"
    assert found["verification"].startswith("exact")


REFUSED = [
    ('jvp "A*x" --direction x=v --notation index --format numpy', "text, latex or json"),
    ('jvp "A*x" --direction x=v --notation index --cse', "--cse cannot be combined"),
    ('jvp "A*x" --direction x=v --notation index --row-major', "row by row in kronecker"),
    ('jvp "expm(X)" --direction X=E --notation kronecker', "not a product of Kronecker products"),
    ('taylor "exp(x)" --at 0 --series --notation index', "has no other notation"),
    ('newton "x - log(x)" --notation index', "newton has no option --notation"),
]


@pytest.mark.parametrize(("command", "message"), REFUSED)
def test_what_is_refused(command: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)) == 2
    assert message in capsys.readouterr().err
