"""Known derivatives are proved, wrong ones are not, and what cannot be known is said to be so."""

import pytest
from proving import equal, verdict

V = {
    "a": "scalar",
    "b": "scalar",
    "p": "positive",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "A": "matrix(m, n)",
    "X": "matrix(n, n)",
    "Y": "matrix(n, n)",
    "S": "symmetric(n)",
    "P": "psd(n)",
    "D": "diagonal(n)",
    "Q": "orthogonal(n)",
    "W": "skew(n)",
    "L": "triangular(n)",
}

KNOWN = {
    # operators
    "sum": ("x'*y + x'*x", "x", "y + 2*x"),
    "difference": ("x'*y - a*x'*x", "x", "y - 2*a*x"),
    "negative": ("-x'*y", "x", "-y"),
    "broadcast": ("sum((x + a).^2)", "a", "2*sum(x) + 2*n*a"),
    "jacobian": ("A*x", "x", "A"),
    "row": ("z'*A", "z", "A'"),
    "outer": ("tr(x*y')", "x", "y"),
    "quadratic-form": ("x'*X*x", "x", "(X + X')*x"),
    "product-of-matrices": ("tr(X*Y*X)", "X", "X'*Y' + Y'*X'"),
    "quotient": ("a/b", "b", "-a/b^2"),
    "entries-quotient": ("sum(x./y)", "y", "-x./y.^2"),
    "reciprocal": ("sum(1./x)", "x", "-1./x.^2"),
    "hadamard": ("sum(X.*Y)", "X", "Y"),
    "cube": ("a^3", "a", "3*a^2"),
    "negative-power": ("a^-2", "a", "-2*a^-3"),
    "root-power": ("a^(1/2)", "a", "1/(2*sqrt(a))"),
    "three-halves": ("a^(3/2)", "a", "3*sqrt(a)/2"),
    "third": ("a^(1/3)", "a", "a^(-2/3)/3"),
    "fifth": ("a^(1/5)", "a", "a^(-4/5)/5"),
    "symbolic-power": ("sum(x.^b)", "x", "b*x.^(b - 1)"),
    "exponent": ("2^a", "a", "log(2)*2^a"),
    "matrix-square": ("tr(X^2)", "X", "2*X'"),
    "matrix-power": ("tr(X^7)", "X", "7*(X^6)'"),
    "matrix-power-symbolic": ("k: scalar; tr(X^k)", "X", "k*(X^(k - 1))'"),
    "matrix-power-negative": ("tr(X^-2)", "X", "-2*(X^-3)'"),
    "transpose": ("tr(X'*Y)", "X", "Y"),
    # linear algebra
    "det": ("det(X)", "X", "det(X)*inv(X)'"),
    "det-cof": ("det(X)", "X", "cof(X)"),
    "det-of-product": ("det(X*Y)", "X", "det(X*Y)*inv(X)'"),
    "logdet": ("logdet(X)", "X", "inv(X)'"),
    "log-det": ("log(det(X))", "X", "inv(X)'"),
    "inv": ("tr(inv(X)*Y)", "X", "-(inv(X)*Y*inv(X))'"),
    "adj": ("tr(adj(X))", "X", "det(X)*(tr(inv(X))*inv(X) - inv(X)^2)'"),
    "cof": ("sum(cof(X).*X)", "X", "n*cof(X)"),
    "pinv-tall": ("tr(pinv(A)*A)", "A", "zeros(m, n)"),
    "pinv": ("sum(pinv(A)*z)", "z", "pinv(A)'*ones(n)"),
    "tr": ("tr(X)", "X", "eye(n)"),
    "diag-of-vector": ("tr(diag(x)*X)", "x", "diag(X)"),
    "diag-of-matrix": ("sum(diag(X).*x)", "X", "diag(x)"),
    "vec": ("vec(A)'*vec(A)", "A", "2*A"),
    "kron": ("tr(kron(X, Y))", "X", "tr(Y)*eye(n)"),
    "kron-vectors": ("sum(kron(x, z))", "x", "sum(z)*ones(n)"),
    "dot": ("dot(X, Y)", "X", "Y"),
    "outer-function": ("tr(outer(x, y))", "y", "x"),
    "mean": ("mean(A)", "A", "ones(m, n)/(m*n)"),
    "dimension": ("tr(X)/n", "X", "eye(n)/n"),
    "frechet-power": ("k: scalar; X^k*x", "x", "X^k"),
    # norms
    "norm2": ("norm2(x)", "x", "x/norm2(x)"),
    "norm2-matrix": ("norm2(A)^2", "A", "2*A"),
    "residual": ("norm2(A*x - z)", "x", "A'*(A*x - z)/norm2(A*x - z)"),
    "norm1": ("norm1(x)", "x", "sign(x)"),
    "norm1-squared": ("norm1(x)^2", "x", "2*norm1(x)*sign(x)"),
    # entry by entry
    "exp": ("sum(exp(x))", "x", "exp(x)"),
    "log": ("sum(log(x))", "x", "1./x"),
    "log2": ("log2(a)", "a", "1/(a*log(2))"),
    "log10": ("log10(a)", "a", "1/(a*log(10))"),
    "log1p": ("log1p(a)", "a", "1/(1 + a)"),
    "expm1": ("expm1(a)", "a", "exp(a)"),
    "sin": ("sin(a)", "a", "cos(a)"),
    "cos": ("cos(a)", "a", "-sin(a)"),
    "tan": ("tan(a)", "a", "1 + tan(a)^2"),
    "asin": ("asin(a)", "a", "1/sqrt(1 - a^2)"),
    "acos": ("acos(a)", "a", "-1/sqrt(1 - a^2)"),
    "atan": ("atan(a)", "a", "1/(1 + a^2)"),
    "sinh": ("sinh(a)", "a", "cosh(a)"),
    "cosh": ("cosh(a)", "a", "sinh(a)"),
    "tanh": ("tanh(a)", "a", "1 - tanh(a)^2"),
    "asinh": ("asinh(a)", "a", "1/sqrt(1 + a^2)"),
    "acosh": ("acosh(a)", "a", "1/sqrt(a^2 - 1)"),
    "atanh": ("atanh(a)", "a", "1/(1 - a^2)"),
    "sqrt": ("sqrt(a)", "a", "1/(2*sqrt(a))"),
    "cbrt": ("cbrt(a)", "a", "1/(3*cbrt(a)^2)"),
    "abs": ("abs(a)", "a", "sign(a)"),
    "sign": ("sign(a)", "a", "0"),
    "step": ("step(a)", "a", "0"),
    "relu": ("relu(a)", "a", "step(a)"),
    "relu-squared": ("relu(a)^2", "a", "2*relu(a)"),
    "softplus": ("softplus(a)", "a", "sigmoid(a)"),
    "sigmoid": ("sigmoid(a)", "a", "sigmoid(a)*(1 - sigmoid(a))"),
    "sigmoid-mirrored": ("sigmoid(a)", "a", "sigmoid(a)*sigmoid(-a)"),
    "erf": ("erf(a)", "a", "2*exp(-a^2)/sqrt(pi)"),
    "erfc": ("erfc(a)", "a", "-2*exp(-a^2)/sqrt(pi)"),
    "gammaln": ("gammaln(a)", "a", "digamma(a)"),
    "digamma": ("digamma(a)", "a", "polygamma(1, a)"),
    "polygamma": ("polygamma(2, a)", "a", "polygamma(3, a)"),
    "max": ("max(a, b)", "a", "step(a - b)"),
    "min": ("min(a, b)", "a", "step(b - a)"),
    "hinge": ("sum(max(0, ones - x))", "x", "-step(1 - x)"),
    # of a vector
    "softmax": ("softmax(x)", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    "logsumexp": ("logsumexp(x)", "x", "softmax(x)"),
    "logsumexp-matrix": ("logsumexp(A)", "A", "exp(A - logsumexp(A))"),
    # structured variables
    "symmetric": ("tr(X*S)", "S", "(X + X')/2"),
    "psd": ("tr(X*P)", "P", "(X + X')/2"),
    "psd-logdet": ("log(det(P))", "P", "inv(P)"),
    "skew": ("tr(X*W)", "W", "(X' - X)/2"),
    "triangular": ("tr(X*L)", "L", "tril(X')"),
    "skew-inverse": ("tr(X*inv(W))", "W", "((inv(W)*X*inv(W)) - (inv(W)*X*inv(W))')/2"),
    "diagonal": ("tr(X*D)", "D", "diag(diag(X))"),
    "orthogonal": ("tr(X*Q)", "Q", "X'"),
    "orthogonal-fixed": ("norm2(Q*x)^2", "x", "2*x"),
    "positive": ("abs(p)", "p", "1"),
}


@pytest.mark.parametrize(
    ("expr", "wrt", "claim"), [pytest.param(*row, id=name) for name, row in KNOWN.items()]
)
def test_known_derivatives_are_exact(expr, wrt, claim):
    assert verdict(expr, V, wrt, claim).outcome == "exact"


@pytest.mark.parametrize(
    ("expr", "wrt", "claim"), [pytest.param(*row, id=name) for name, row in KNOWN.items()]
)
def test_more_is_not(expr, wrt, claim):
    nonzero = claim not in ("0", "zeros(m, n)")
    spoilt = (
        f"3*({claim}) + ({claim}).*({claim})"
        if nonzero
        else claim.replace("0", "1").replace("zeros", "ones")
    )
    assert verdict(expr, V, wrt, spoilt).outcome != "exact"


HESSIANS = {
    "quadratic-form": ("x'*X*x", "x", "X + X'"),
    "quartic": ("(x'*x)^2", "x", "4*(x'*x)*eye(n) + 8*x*x'"),
    "norm2": ("norm2(x)", "x", "eye(n)/norm2(x) - x*x'/norm2(x)^3"),
    "exp": ("sum(exp(x))", "x", "diag(exp(x))"),
    "softmax": ("logsumexp(x)", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    "reciprocal": ("1/a", "a", "2/a^3"),
    "sqrt": ("sqrt(a)", "a", "-1/(4*a*sqrt(a))"),
    "cbrt": ("cbrt(a)", "a", "-2/(9*a*cbrt(a)^2)"),
    "sin": ("sin(a)", "a", "-sin(a)"),
    "log": ("log(a)", "a", "-1/a^2"),
    "asin": ("asin(a)", "a", "a/sqrt(1 - a^2)^3"),
    "atan": ("atan(a)", "a", "-2*a/(1 + a^2)^2"),
    "erf": ("erf(a)", "a", "-4*a*exp(-a^2)/sqrt(pi)"),
    "gammaln": ("gammaln(a)", "a", "polygamma(1, a)"),
    "det": ("det(a*X + Y)", "a", "det(a*X + Y)*(tr(inv(a*X + Y)*X)^2 - tr((inv(a*X + Y)*X)^2))"),
    "inv": ("tr(inv(a*X + Y))", "a", "2*tr((inv(a*X + Y)*X)^2*inv(a*X + Y))"),
    "relu": ("relu(a)^3", "a", "6*relu(a)"),
    "clipped": (
        "sum(max(min(x, b), a).^2)",
        "x",
        "2*diag(step(b - x).*step(min(x, b) - a))",
    ),
    "two-layers-of-relu": (
        "norm2(relu(X*relu(A'*z)))^2",
        "z",
        "2*A*diag(step(A'*z))*X'*diag(step(X*relu(A'*z)))*X*diag(step(A'*z))*A'",
    ),
}


@pytest.mark.parametrize(
    ("expr", "wrt", "claim"), [pytest.param(*row, id=name) for name, row in HESSIANS.items()]
)
def test_second_derivatives(expr, wrt, claim):
    assert verdict(expr, V, wrt, claim, order=2).outcome == "exact"
    assert verdict(expr, V, wrt, f"2*({claim})", order=2).outcome != "exact"


WRONG = {
    "transposed": ("tr(X*Y)", "X", "Y"),
    "factor": ("x'*x", "x", "x"),
    "sign": ("tr(inv(X))", "X", "(inv(X)^2)'"),
    "missing-term": ("x'*X*x", "x", "X*x"),
    "transposed-jacobian": ("X*x", "x", "X'"),
    "wrong-side": ("tr(inv(X)*Y)", "X", "-(inv(X)*inv(X)*Y)'"),
    "det-without-det": ("det(X)", "X", "inv(X)'"),
    "not-in-the-set": ("tr(X*S)", "S", "X'"),
    "not-diagonal": ("tr(X*D)", "D", "X'"),
    "other-shape": ("A*x", "x", "A'"),
    "other-rank": ("x'*x", "x", "x'*x"),
    "one-shape-alone": ("B: matrix(m, n); tr(pinv(A)*B)", "A", "-(pinv(A)*B*pinv(A))'"),
    "size-for-a-name": ("mean(x)", "x", "ones(n)/3"),
    "size-less-one": ("mean(z)*n", "z", "ones(m)*n/(n - 1)"),
    "exponent-for-a-name": ("k: scalar; tr(X^k)", "X", "3*(X^(k - 1))'"),
    "determinant-of-a-rotation": ("det(Q)*(x'*x)", "x", "2*x"),
    "determinant-of-a-reflection": ("det(Q)*(x'*x)", "x", "-2*x"),
    "odd-skew": ("det(W)*(x'*y)", "x", "det(W)*x"),
    "too-large-a-factor": ("x'*x", "x", "2*1.000000001*x"),
    "rotations-do-not-commute": ("R: orthogonal(n); tr(Q*R*X)", "X", "(R*Q)'"),
}


@pytest.mark.parametrize(
    ("expr", "wrt", "claim"), [pytest.param(*row, id=name) for name, row in WRONG.items()]
)
def test_false_rational_claims_are_wrong(expr, wrt, claim):
    assert verdict(expr, V, wrt, claim).outcome == "wrong"


def test_an_asymmetric_hessian_is_wrong():
    assert verdict("x'*X*x", V, "x", "2*X", order=2).outcome == "wrong"


@pytest.mark.parametrize("structure", ["declared", "free"])
def test_the_free_gradient_is_one_of_its_own(structure):
    outcome = {"declared": "wrong", "free": "exact"}
    assert verdict("tr(X*S)", V, "S", "X'", structure=structure).outcome == outcome[structure]


@pytest.mark.parametrize(
    ("expr", "reason"),
    [
        pytest.param("tr(expm(X))", "expm", id="expm"),
        pytest.param("sum(sqrt(A))", "so many roots", id="many-roots"),
        pytest.param("sum(pinv(x*y'))", "pinv of a matrix without full rank", id="rank-one"),
        pytest.param("Z: matrix(1000, 1000); sum(vec(Z))", "so many entries", id="large"),
        pytest.param("u: vector(90); sum(kron(kron(u, u), u))", "so many entries", id="large-kron"),
        pytest.param("u: vector(9000); sum(vec(u*u'))", "so many entries", id="large-product"),
        pytest.param("sum(ones(9000, 9000))*a", "so many entries", id="large-constant"),
        pytest.param("Z: matrix(70, 70); det(Z)*sum(vec(Z))", "so many entries", id="large-det"),
    ],
)
def test_undecided(expr, reason):
    found = verdict(
        expr,
        {
            "a": "scalar",
            "A": "matrix(m, n)",
            "X": "matrix(n, n)",
            "x": "vector(n)",
            "y": "vector(n)",
        },
        "a",
        "0",
    )
    assert (found.outcome, found.reason) == ("undecided", reason)


@pytest.mark.parametrize(
    "expr",
    ["det(x*x')/det(y*y')", "log(x'*W*x)", "tr(inv(x*y'))", "(x'*x - dot(x, x))^-1"],
    ids=str,
)
def test_expressions_without_a_value(expr):
    assert verdict(expr, V, "a", "0").outcome == "undefined"


def test_a_result_without_a_value_is_no_excuse():
    assert verdict("x'*x", V, "x", "x/(a - a)").outcome == "undecided"


EQUAL = {
    "exp-of-sum": ("exp(a + b)", "exp(a)*exp(b)"),
    "exp-of-difference": ("exp(a - b)*exp(b)", "exp(a)"),
    "exp-double": ("exp(2*a)", "exp(a)^2"),
    "exp-triple": ("exp(a)^3", "exp(3*a)"),
    "exp-reciprocal": ("exp(-a)", "1/exp(a)"),
    "exp-half": ("exp(a/2)^2", "exp(a)"),
    "exp-root": ("sqrt(exp(a))", "exp(a/2)"),
    "exp-log": ("exp(log(a))", "a"),
    "log-exp": ("log(exp(a))", "a"),
    "log-of-product": ("log(a) + log(b)", "log(a*b)"),
    "log-of-quotient": ("log(a) - log(b)", "log(a/b)"),
    "log-of-square": ("2*log(a)", "log(a^2)"),
    "power-of-power": ("(p^a)^2", "p^(2*a)"),
    "power-of-sum": ("p^(a + 1)", "p*p^a"),
    "softplus": ("softplus(a) - softplus(-a)", "a"),
    "sigmoid": ("sigmoid(a)", "exp(a)/(1 + exp(a))"),
    "sigmoid-tanh": ("tanh(a/2)", "2*sigmoid(a) - 1"),
    "softmax": ("softmax(x)", "exp(x - logsumexp(x))"),
    "log-softmax": ("log(softmax(x))", "x - logsumexp(x)"),
    "cosh-squared": ("cosh(a)^2 - sinh(a)^2", "1"),
    "pythagoras": ("sin(a)^2 + cos(a)^2", "1"),
    "double-angle": ("2*sin(a)*cos(a)", "sin(2*a)"),
    "sum-of-angles": ("sin(a)*cos(b) + cos(a)*sin(b)", "sin(a + b)"),
    "sine-is-odd": ("sin(-a)", "-sin(a)"),
    "sine-of-pi": ("sin(a + pi)", "-sin(a)"),
    "asin-acos": ("asin(a) + acos(a)", "pi/2"),
    "erf-is-odd": ("erf(-a)", "-erf(a)"),
    "root-squared": ("sqrt(a)^2", "a"),
    "root-of-multiple": ("sqrt(18*a)", "3*sqrt(2)*sqrt(a)"),
    "root-of-nine": ("sqrt(9*a)", "3*sqrt(a)"),
    "root-of-product": ("sqrt(a)*sqrt(b)", "sqrt(a*b)"),
    "norm-of-multiple": ("norm2(2*x)", "2*norm2(x)"),
    "cbrt-cubed": ("cbrt(a)^3", "a"),
    "abs-squared": ("abs(a)^2", "a^2"),
    "abs-sign": ("abs(a)*sign(a)", "a"),
    "abs-of-product": ("abs(a)*abs(b)", "abs(a*b)"),
    "relu-abs": ("relu(a) - relu(-a)", "a"),
    "max-min": ("max(a, b) + min(a, b)", "a + b"),
    "logdet-of-inverse": ("logdet(X) + logdet(inv(X))", "0"),
    "positive-sign": ("sign(p)*sign(exp(a))", "1"),
    "adjugate": ("adj(X)*X", "det(X)*eye(n)"),
    "orthogonal": ("Q'*Q", "eye(n)"),
    "mixed-product": ("kron(X, A)*kron(Y, A')", "kron(X*Y, A*A')"),
}


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*row, id=name) for name, row in EQUAL.items()]
)
def test_relations(left, right):
    assert equal(left, right, V) == "exact"


NOT_EQUAL = {
    "root-of-square": ("sqrt(a^2)", "a"),
    "root-of-square-with-factor": ("norm2(a*x)", "a*norm2(x)"),
    "abs": ("abs(a)", "a"),
    "sign": ("sign(a)", "1"),
    "relu": ("relu(a)", "a"),
    "max": ("max(a, b)", "a"),
    "step": ("step(a)*step(b)", "step(a)"),
    "logdet": ("exp(logdet(X))", "det(X)"),
    "rotation-determinant": ("det(Q)", "1"),
    "cayley-hamilton-of-two": ("X^2 - tr(X)*X + det(X)*eye(n)", "zeros(n, n)"),
    "exp": ("exp(a)*exp(b)", "exp(a*b)"),
}


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(*row, id=name) for name, row in NOT_EQUAL.items()]
)
def test_what_holds_on_one_branch_or_size_alone_is_not_proved(left, right):
    assert equal(left, right, V) != "exact"


def test_high_degrees_take_more_points():
    """Squaring 2^k-fold: the degree is 2^k; beyond what points can make up for there is no
    verdict.
    """
    few, many = "; ".join(["r0 = a"] + [f"r{k + 1} = r{k}*r{k}" for k in range(20)]), 61
    assert verdict(f"{few}; r20", V, "a", f"{2**20}*a^({2**20 - 1})").outcome == "exact"
    text = "; ".join(["r0 = a"] + [f"r{k + 1} = r{k}*r{k}" for k in range(many)])
    assert verdict(f"{text}; r{many}", V, "a", "0").outcome != "exact"


def test_deep_expressions():
    deep = "x"
    for _ in range(700):
        deep = f"A*({deep})"
    claim = "A*" * 699 + "A"
    assert verdict(deep, {"A": "matrix(n, n)", "x": "vector(n)"}, "x", claim).outcome == "exact"
