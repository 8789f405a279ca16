"""What people type without declaring anything, and what is meant: the reading, the letters of the
notes, a derivative.
"""

import re

import pytest
from printing import render

from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read, read_pair

# least squares, matrix cookbooks, likelihoods, losses, quadratic forms: as textbooks and questions
# write them
MEANT = [
    ("x'*Q*x + c'*x", "x", "x: vector(n), Q: matrix(n, n), c: vector(n)", "c", "(Q + Q')*x + c"),
    ("a'*X*b", "X", "a: vector(n), X: matrix(n, m), b: vector(m)", "a b", "a*b'"),
    ("A*x - b", "x", "A: matrix(n, m), x: vector(m), b: vector(n)", "b", "A"),
    ("norm2(A*x - b)^2", "x", "A: matrix(n, m), x: vector(m), b: vector(n)", "b", "2*A'*(A*x - b)"),
    (
        "(y - X*beta)'*(y - X*beta)",
        "beta",
        "y: vector(n), X: matrix(n, m), beta: vector(m)",
        "beta",
        "2*X'*(X*beta - y)",
    ),
    (
        "(Y - X*beta)'*(Y - X*beta)",
        "beta",
        "Y: vector(n), X: matrix(n, m), beta: vector(m)",
        "Y beta",
        "2*X'*(X*beta - Y)",
    ),
    ("expm(A*t)*x", "t", "A: matrix(n, n), t: scalar, x: vector(n)", "t", "A*expm(t*A)*x"),
    ("t*A", "t", "t: scalar, A: matrix(n, m)", "t", "A"),
    ("tr(y)", "y", "y: matrix(n, n)", "y", "eye(n)"),
    (
        "1/(1+exp(-theta'*x))",
        "theta",
        "theta: vector(n), x: vector(n)",
        "theta",
        "sigmoid(theta'*x)*sigmoid(-theta'*x)*x",
    ),
    (
        "norm(X*w-y)^2/(2*n)",
        "w",
        "X: matrix(m, p), w: vector(p), y: vector(m), n: scalar",
        "n",
        "X'*(X*w - y)/n",
    ),
    (
        "X'*(X*theta - y)/m + lambda/m*theta",  # a capital is hardly meant as a vector
        "theta",
        "X: matrix(n, p), theta: vector(p), y: vector(n), m: scalar, lambda: scalar",
        "theta m",
        "(X'*X + lambda*eye)/m",
    ),
    (
        "(A*b - y)/k",  # what counts is a number below
        "b",
        "A: matrix(n, m), b: vector(m), y: vector(n), k: scalar",
        "b k",
        "A/k",
    ),
    ("(y - w'*x)^2", "w", "y: scalar, w: vector(n), x: vector(n)", "y", "2*(w'*x - y)*x"),
    ("y + x'*x", "x", "y: scalar, x: vector(n)", "y", "2*x"),
    ("y - X*b", "b", "y: vector(n), X: matrix(n, m), b: vector(m)", "b", "-X"),
    (
        "X + c",
        "X",
        "X: matrix(n, m), c: scalar",
        "c",
        "D[i=1:n, j=1:m, k, l] = delta[i,k]*delta[j,l]",
    ),
    ("(A + 2*c)*x + c", "x", "A: matrix(n, m), c: scalar, x: vector(m)", "c", "2*c + A"),
    ("tr(a*b'*X)", "X", "a: vector(n), b: vector(m), X: matrix(m, n)", "a b", "b*a'"),
    ("b*c'", "b", "b: vector(n), c: vector(m)", "b c", "D[i=1:n, j, k] = c[j]*delta[i,k]"),
    ("a'*b", "a", "a: vector(n), b: vector(n)", "a b", "b"),
    (
        "(x - mu)'*inv(Sigma)*(x - mu)",
        "mu",
        "x: vector(n), mu: vector(n), Sigma: matrix(n, n)",
        "mu",
        "(inv(Sigma) + inv(Sigma)')*(mu - x)",
    ),
    (
        "N*log(sigma) + sum((x - mu).^2)/(2*sigma^2)",
        "mu",
        "N: scalar, sigma: scalar, x: vector(n), mu: vector(n)",
        "N mu",
        "(mu - x)/sigma^2",
    ),
    (
        "det(A - lambda*I)",
        "lambda",
        "A: matrix(n, n), lambda: scalar",
        "",
        "-det(A - lambda*eye)*tr(inv(A - lambda*eye))",
    ),
    (
        "det(A - I*lambda)",
        "lambda",
        "A: matrix(n, n), lambda: scalar",
        "",
        "-det(A - lambda*eye)*tr(inv(A - lambda*eye))",
    ),
    (
        "inv(A + I*lambda)",
        "lambda",
        "A: matrix(n, n), lambda: scalar",
        "",
        "-inv(A + lambda*eye)^2",
    ),
    (
        "(X*b + c)'*D*(X*b + c)",
        "X",
        "X: matrix(n, m), b: vector(m), c: vector(n), D: matrix(n, n)",
        "b c",
        "(D + D')*(X*b + c)*b'",
    ),
    (
        "a'*X^k*b",
        "X",
        "a: vector(n), X: matrix(n, n), k: scalar, b: vector(n)",
        "a k b",
        "frechet_power(X', k, a*b')",
    ),
    ("diag(a)*x", "x", "a: vector(n), x: vector(n)", "a", "diag(a)"),
    ("cross(a, b)", "a", "a: vector(3), b: vector(3)", "a b", "-skewmat(b)"),
    ("dot(a, x)", "x", "a: vector(n), x: vector(n)", "a", "a"),
    ("sum(a.*exp(x))", "x", "a: vector(n), x: vector(n)", "a", "a.*exp(x)"),
    ("c[1]*x", "x", "c: vector(n), x: vector(m)", "c", "c[1]*eye(m)"),
    ("x - mean(x)", "x", "x: vector(n)", "", "eye(n) - 1/n"),
    (
        "(x - mean(x))/std(x)",
        "x",
        "x: vector(n)",
        "",
        "(eye - ((x - mean(x))*(x - mean(x))'/std(x)^2 + 1)/n)/std(x)",
    ),
    (
        "log(1+exp(-y*(w'*x)))",
        "w",
        "y: scalar, w: vector(n), x: vector(n)",
        "y",
        "-y*sigmoid(-y*w'*x)*x",
    ),
    (
        "x'*A*x/(x'*x)",
        "x",
        "x: vector(n), A: matrix(n, n)",
        "",
        "((A + A')*x - 2*(x'*A*x)*x/(x'*x))/(x'*x)",
    ),
    (
        "lam*norm(w)^2 + norm(X*w - y)^2",
        "w",
        "lam: scalar, w: vector(n), X: matrix(m, n), y: vector(m)",
        "",
        "2*(X'*(X*w - y) + lam*w)",
    ),
    ("X'*beta", "beta", "X: matrix(n, m), beta: vector(n)", "beta", "X'"),
    ("beta", "beta", "beta: scalar", "", "1"),
    ("N*x", "x", "N: matrix(n, m), x: vector(m)", "", "N"),
    ("C*norm2(w)^2 + w'*w", "w", "C: scalar, w: vector(n)", "C", "2*(1 + C)*w"),
    ("x + A", "x", "x: vector(n), A: vector(n)", "A", "eye(n)"),
    ("a*x'*b", "x", "a: scalar, x: vector(n), b: vector(n)", "b", "a*b"),
    (
        "A*b*c",
        "A",
        "A: matrix(n, m), b: scalar, c: vector(m)",
        "c",
        "D[i=1:n, j, k] = b*c[k]*delta[i,j]",
    ),
    ("x'*A*b*x", "x", "x: vector(n), A: matrix(n, n), b: scalar", "", "b*(A + A')*x"),
    (
        "sigmoid(W*x + b)",
        "x",
        "W: matrix(n, m), x: vector(m), b: vector(n)",
        "b",
        "diag(sigmoid(W*x + b).*sigmoid(-(W*x + b)))*W",
    ),
    ("outer(a, b)", "a", "a: vector(n), b: vector(m)", "a b", "D[i=1:n, j, k] = b[j]*delta[i,k]"),
    ("kron(a, b)", "a", "a: vector(n), b: vector(m)", "a b", "kron(eye(n), b)"),
    (
        "trace(X'*A*X) + b'*X*c",
        "X",
        "X: matrix(n, m), A: matrix(n, n), b: vector(n), c: vector(m)",
        "b c",
        "(A + A')*X + b*c'",
    ),
    (
        "A + a*x'",
        "x",
        "A: matrix(n, m), a: vector(n), x: vector(m)",
        "a",
        "D[i, j=1:m, k] = a[i]*delta[j,k]",
    ),
    ("max(x - c, 0)", "x", "x: vector(n), c: vector(n)", "c", "diag(step(x - c))"),
    (
        "A*theta + B*phi",
        "theta",
        "A: matrix(n, m), theta: vector(m), B: matrix(n, p), phi: vector(p)",
        "theta phi",
        "A",
    ),
    ("s*I + A", "s", "s: scalar, A: matrix(n, n)", "s", "eye(n)"),
    ("y'*log(p)", "p", "y: vector(n), p: vector(n)", "", "y./p"),
    ("-sum(y.*log(p))", "p", "y: vector(n), p: vector(n)", "", "-y./p"),
    ("x'*a", "x", "x: vector(n), a: vector(n)", "a", "a"),
    ("det(x)", "x", "x: matrix(n, n)", "x", "det(x)*inv(x)'"),
    ("inv(a)", "a", "a: scalar", "a", "-1/a^2"),
    ("m*x'*x", "x", "m: scalar, x: vector(n)", "m", "2*m*x"),
    ("r*x'*x", "x", "r: vector(n), x: vector(m)", "r", "2*r*x'"),
    (
        "x'*A*x + b'*x + c",
        "x",
        "x: vector(n), A: matrix(n, n), b: vector(n), c: scalar",
        "b",
        "(A + A')*x + b",
    ),
    ("exp(-a'*x)", "x", "a: vector(n), x: vector(n)", "a", "-exp(-a'*x)*a"),
    (
        "log(1 + exp(-b*(a'*x)))",
        "x",
        "b: scalar, a: vector(n), x: vector(n)",
        "a",
        "-b*sigmoid(-b*a'*x)*a",
    ),
    (
        "norm(A*x - b)^2 + c*norm(x)^2",
        "x",
        "A: matrix(n, m), x: vector(m), b: vector(n), c: scalar",
        "b",
        "2*(A'*(A*x - b) + c*x)",
    ),
    ("(a'*x - b)^2", "x", "a: vector(n), x: vector(n), b: scalar", "a", "2*(a'*x - b)*a"),
    (
        "tr(X'*A*X*b*c')",
        "X",
        "X: matrix(n, m), A: matrix(n, n), b: vector(m), c: vector(m)",
        "b c",
        "A*X*b*c' + A'*X*c*b'",
    ),
    (
        "a'*inv(X)*b",
        "X",
        "a: vector(n), X: matrix(n, n), b: vector(n)",
        "a b",
        "-inv(X)'*a*b'*inv(X)'",
    ),
    (
        "a'*X'*C*X*b",
        "X",
        "a: vector(n), X: matrix(m, n), C: matrix(m, m), b: vector(n)",
        "a b",
        "C*X*b*a' + C'*X*a*b'",
    ),
    ("norm(x - a)", "x", "x: vector(n), a: vector(n)", "a", "(x - a)/norm2(x - a)"),
    (
        "log(det(A + b*c'))",
        "A",
        "A: matrix(n, n), b: vector(n), c: vector(n)",
        "b c",
        "inv(A + b*c')'",
    ),
    ("x'*diag(c)*x", "x", "x: vector(n), c: vector(n)", "c", "2*(c.*x)"),
    (
        "(A*x + b)'*C*(D*x + e)",
        "x",
        "A: matrix(n, m), x: vector(m), b: vector(n), C: matrix(n, p), D: matrix(p, m), "
        "e: vector(p)",
        "b e",
        "A'*C*(D*x + e) + D'*C'*(A*x + b)",
    ),
    (
        "sum(log(A*x + b))",
        "x",
        "A: matrix(n, m), x: vector(m), b: vector(n)",
        "b",
        "A'*(1./(A*x + b))",
    ),
    ("logsumexp(b)", "b", "b: vector(n)", "b", "softmax(b)"),
    ("softmax(b)", "b", "b: vector(n)", "b", "diag(softmax(b)) - softmax(b)*softmax(b)'"),
    (
        "theta'*X'*X*theta - 2*y'*X*theta",
        "theta",
        "theta: vector(n), X: matrix(m, n), y: vector(m)",
        "theta",
        "2*X'*(X*theta - y)",
    ),
    (
        "norm(y - X*beta)^2 + lambda*norm(beta)^2",
        "beta",
        "y: vector(n), X: matrix(n, m), beta: vector(m), lambda: scalar",
        "beta",
        "2*(X'*(X*beta - y) + lambda*beta)",
    ),
    (
        "mu'*inv(Sigma)*mu",
        "mu",
        "mu: vector(n), Sigma: matrix(n, n)",
        "mu",
        "(inv(Sigma) + inv(Sigma)')*mu",
    ),
    (
        "norm(W*x + B - y)^2",
        "B",
        "W: matrix(n, m), x: vector(m), B: vector(n), y: vector(n)",
        "B",
        "2*(B + W*x - y)",
    ),
    ("x'*theta", "theta", "x: vector(n), theta: vector(n)", "theta", "x"),
    ("beta[2]*x", "x", "beta: vector(n), x: vector(m)", "beta", "beta[2]*eye(m)"),
    ("tr(X^k)", "X", "X: matrix(n, n), k: scalar", "k", "k*(X^(k - 1))'"),
    (
        "sum((X*w - y).^2)/m",
        "w",
        "X: matrix(n, p), w: vector(p), y: vector(n), m: scalar",
        "m",
        "2*X'*(X*w - y)/m",
    ),
    (
        "1/(2*m)*norm(X*w - y)^2",
        "w",
        "m: scalar, X: matrix(n, p), w: vector(p), y: vector(n)",
        "m",
        "X'*(X*w - y)/m",
    ),
    ("rho*sum(x) + x'*x", "x", "rho: scalar, x: vector(n)", "", "2*x + rho"),
    (
        "lam*w'*w + norm(X*w - y)^2",
        "w",
        "lam: scalar, w: vector(n), X: matrix(m, n), y: vector(m)",
        "",
        "2*(X'*(X*w - y) + lam*w)",
    ),
    ("K*norm(x)^2 + sum(x)", "x", "K: scalar, x: vector(n)", "K", "1 + 2*K*x"),
    (
        "n*log(det(S)) + tr(inv(S)*C)",
        "S",
        "n: scalar, S: matrix(m, m), C: matrix(m, m)",
        "n",
        "(n*inv(S) - inv(S)*C*inv(S))'",
    ),
    (
        "norm(x)^k + x'*x",
        "x",
        "x: vector(n), k: scalar",
        "k",
        "(2 + k*norm2(x)^(k - 2))*x",
    ),
    ("a + B*x", "x", "a: vector(n), B: matrix(n, m), x: vector(m)", "a", "B"),
    ("a*x + b", "x", "a: scalar, x: vector(n), b: vector(n)", "b", "a*eye(n)"),
    ("(c*x + d)'*(c*x + d)", "x", "c: scalar, x: vector(n), d: vector(n)", "d", "2*c*(c*x + d)"),
    ("tr(a*x'*B)", "B", "a: vector(n), x: vector(m), B: matrix(m, n)", "a", "x*a'"),
    ("e'*A*e", "A", "e: vector(n), A: matrix(n, n)", "e", "e*e'"),
    (
        "(a - x)'*P*(a - x)",
        "x",
        "a: vector(n), x: vector(n), P: matrix(n, n)",
        "a",
        "(P + P')*(x - a)",
    ),
    (
        "norm(X - a*b')",
        "X",
        "X: matrix(n, m), a: vector(n), b: vector(m)",
        "a b",
        "(X - a*b')/norm2(X - a*b')",
    ),
    ("x - x'*x*y", "x", "x: vector(n), y: vector(n)", "", "eye - 2*y*x'"),
    # letters that differ by their number are alike, where that fits
    ("x1^2 + x1*x2", "x1", "x1: scalar, x2: scalar", "x1 x2", "2*x1 + x2"),
    (
        "x_1^2*x_2 + sin(x_3)",
        "x_2",
        "x_1: scalar, x_2: scalar, x_3: scalar",
        "x_1 x_2 x_3",
        "x_1^2",
    ),
    ("x1^2*sum(x2)", "x1", "x1: scalar, x2: vector(n)", "x1", "2*x1*sum(x2)"),
]


@pytest.mark.parametrize(
    ("text", "wrt", "reading", "noted", "derivative"), MEANT, ids=[row[0] for row in MEANT]
)
def test_meant(text: str, wrt: str, reading: str, noted: str, derivative: str) -> None:
    program = read(text)
    assert (
        ", ".join(f"{name}: {variable}" for name, variable in program.variables.items()) == reading
    )
    own = [note for note in program.notes if " is the Frobenius norm" not in note]
    assert [note.split()[1] for note in own] == noted.split()
    assert render(derive(program, wrt), program.variables) == derivative


# what has several readings is refused, and the hint has declarations that make one of it
REFUSED = [
    (
        "inv(s)",
        "inv(diag(s)) is that of the diagonal matrix of a vector; or declare s: scalar "
        "or s: matrix",
    ),
    ("x*A*x", "write x'*A; or declare x: scalar"),
    (
        "k*x",
        "write k'*x for the inner product, k*x' for the outer product, k.*x entry by "
        "entry; or declare k: scalar or x: scalar",
    ),
    ("1/x", "write 1./x to divide entry by entry; or declare x: scalar"),
    ("sum(1/x)", "write 1./x to divide entry by entry; or declare x: scalar"),
    ("x^2", "write x.^2 entry by entry, x'*x for the sum of the squares; or declare x: scalar"),
    (
        "(x - y)^2",
        "write (x - y).^2 entry by entry, (x - y)'*(x - y) for the sum of the squares; "
        "or declare x: scalar and y: scalar",
    ),
    (
        "x^2 + y^2",
        "write x.^2 entry by entry, x'*x for the sum of the squares; or declare x: "
        "scalar and y: scalar",
    ),
    (
        "1/N*sum(x)",
        "write 1./N to divide entry by entry, inv(N) for the inverse; or declare N: scalar",
    ),
    ("A*x'", "write A*x, or x'*A; or declare A: vector"),
    (
        "A*(x'*B)",
        "write A*(x'*B)' for a column, or x'*B*A for a row; or declare A: vector or B: vector",
    ),
    ("A - diag(A)", "write diag(diag(A)) for the diagonal matrix"),
    ("2*inv(A) - diag(inv(A))", "write diag(diag(inv(A))) for the diagonal matrix"),
    ("norm(A + diag(B))", "write diag(diag(B)) for the diagonal matrix"),
    ("x' + y", "write x + y for columns"),
    ("A*x - b'", "write A*x - b for columns"),
    ("a' + x", "write a + x for columns"),
    (
        "exp(-x^2/2)",
        "write x.^2 entry by entry, x'*x for the sum of the squares; or declare x: scalar",
    ),
    ("x/y", "write x./y to divide entry by entry; or declare y: scalar or x: scalar and y: scalar"),
]


@pytest.mark.parametrize(("text", "hint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(text: str, hint: str) -> None:
    with pytest.raises(ShapeError) as caught:
        read(text)
    assert caught.value.hint == hint
    offers = re.findall(r'"(\w+): (\w+)"', hint)
    if offers:
        first = (
            dict([offers[0]]) if " and " not in hint.partition("declare")[2] else dict(offers[:2])
        )
        assert read(text, first).variables


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "x'*Q*x + c'*x",
            'c is read as vector(n), because it is transposed; declare "c: scalar" otherwise',
        ),
        (
            "a'*X*b",
            'b is read as vector(m), because a\'*X precedes it; declare "b: scalar" otherwise',
        ),
        (
            "x - c/2",
            'c is read as vector(n), because it is subtracted from x; declare "c: scalar" '
            "otherwise",
        ),
        (
            "expm(A*t)*x",
            "t is read as scalar, because expm(A*t) has no meaning for a vector t",
        ),
        (
            "y + x'*x",
            "y is read as scalar, because x'*x, a scalar, is added to it; declare \"y: "
            'vector" otherwise',
        ),
        (
            "X + c",
            'c is read as scalar, and is added to every entry of X; declare "c: matrix(n, '
            'm)" otherwise',
        ),
        (
            "inv(a)*x",
            'a is read as scalar, and it occurs in inv(...); declare "a: matrix" otherwise',
        ),
        ("x'*Q*x + c*x", "x'*Q*x, a scalar, is added to every entry of c*x"),
    ],
)
def test_words(text: str, note: str) -> None:
    assert f"note: {note}" in read(text).notes


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("A*x - b", {"b": "scalar"}),
        ("c'*x", {"c": "scalar"}),
        ("A*b", {"b": "scalar"}),
        ("y + x'*x", {"y": "vector(n)"}),
        ("x - mean(x)", {}),
        ("X - mean(X)", {}),
        ("x - logsumexp(x)", {}),
        ("x'*A*x/(x'*x)", {}),
        ("2*x + 1", {}),
        ("a + b*c", {}),
    ],
)
def test_nothing_is_said_of_what_was_declared_or_is_usual(text: str, given: dict[str, str]) -> None:
    assert read(text, given).notes == ()


def test_a_declaration_is_not_read_otherwise() -> None:
    with pytest.raises(MatcalcError):
        read("t*A", {"t": "vector(n)"})


@pytest.mark.parametrize(
    ("text", "declarations", "reading"),
    [
        ("x'*A*x", ["A: symmetric"], "x: vector(n), A: symmetric(n)"),
        ("x'*A*x", ["A=symmetric"], "x: vector(n), A: symmetric(n)"),
        ("x'*A*x", ["A = symmetric(k)"], "x: vector(k), A: symmetric(k)"),
        ("x'*A*x", {"A": "spd"}, "x: vector(n), A: psd(n)"),
        ("A: diagonal; x'*A*x", {}, "x: vector(n), A: diagonal(n)"),
        ("A*x", {"A": "matrix", "x": "vector(3)"}, "A: matrix(n, 3), x: vector(3)"),
        ("X + c", {"c": "matrix"}, "X: matrix(n, m), c: matrix(n, m)"),
        ("x'*x", {"A": "matrix"}, "x: vector(p), A: matrix(n, m)"),
    ],
)
def test_kinds_without_sizes(
    text: str, declarations: dict[str, str] | list[str], reading: str
) -> None:
    assert (
        ", ".join(
            f"{name}: {variable}" for name, variable in read(text, declarations).variables.items()
        )
        == reading
    )


def test_two_sides_are_read_together() -> None:
    left, right = read_pair("b + A*x", "A*x + b")
    assert str(left.variables["b"]) == str(right.variables["b"]) == "vector(n)"


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(f"c{k}'*x" for k in range(30)),
        " + ".join(f"norm(A{k}*x - b{k})^2" for k in range(30)),
        "x" + " + c" * 500,
        "sum(x + c" + "'" * 3_000 + ")",
    ],
    ids=["many-transposed", "many-added", "one-many-times", "transposed-many-times"],
)
def test_many_letters(text: str) -> None:
    assert len(read(text).notes) >= 1


@pytest.mark.parametrize(
    ("text", "kinds", "noted"),
    [
        ("(a'*x)'*W*(a'*x)", {"a": "vector(n)"}, True),
        ("(a'*x)'*y", {"a": "vector(n)"}, True),
        ("(H'*x)'*W*(H'*x)", {}, False),
        ("(a'*x)'*(a'*x)", {"a": "vector(n)"}, False),
        ("s'*W", {"s": "scalar"}, False),
    ],
)
def test_a_number_that_is_transposed_and_multiplies_an_array_is_noted(text, kinds, noted) -> None:
    notes = [each for each in read(text, kinds).notes if "its transpose is the same" in each]
    assert bool(notes) == noted
