"""Networks in matrix notation: what each reduction of the graph writes."""

import pytest
from networks import Bench, recovered

LINES = [
    # series
    ("chain", "A*C*A*x", "A*C*A*x"),
    ("chain-with-diagonal", "A*diag(x)*C", "A*diag(x)*C"),
    ("scaled-rows", "diag(z)*A*x", "z.*(A*x)"),
    ("scaled-columns-of-a-product", "A*diag(x)*y", "A*(x.*y)"),
    ("transposed-product", "C'*A'", "(A*C)'"),
    ("transposed-first", "X'*Y", "X'*Y"),
    ("power", "X*X*X", "X^3"),
    ("block-power", "X*Y*X*Y", "(X*Y)^2"),
    ("inverse-power", "inv(X)*inv(X)", "inv(X)^2"),
    ("symmetric-sandwich", "X*S*X'", "X*S*X'"),
    ("projector", "x*x'*X", "x*x'*X"),
    ("scaled-on-both-sides", "A.*(z*x')", "diag(z)*A*diag(x)"),
    # parallel
    ("hadamard", "B.*A", "A.*B"),
    ("hadamard-quotient", "A.*B./A.^2", "B./A"),
    ("hadamard-times-vector", "(A.*B)*x", "(A.*B)*x"),
    ("hadamard-power", "x.*y.*x", "x.^2.*y"),
    ("reciprocal", "x.^-1", "1./x"),
    ("row-sums-of-a-product", "(A.*B)*ones(n)", "diag(A*B')"),
    ("diagonal-of-a-product", "diag(X*Y)", "diag(X*Y)"),
    ("diagonal-of-a-sandwich", "diag(X*diag(x)*Y)", "(X.*Y')*x"),
    ("diagonal-part", "eye(n).*X", "diag(diag(X))"),
    # sums and traces
    ("inner-product", "x'*y", "x'*y"),
    ("quadratic-form", "x'*S*x", "x'*S*x"),
    ("bilinear-form", "y'*X'*x", "x'*X*y"),
    ("trace", "tr(C*A)", "tr(A*C)"),
    ("trace-of-one", "tr(X)", "tr(X)"),
    ("trace-against-diagonal", "tr(X*diag(x))", "diag(X)'*x"),
    ("sum", "sum(A)", "sum(A)"),
    ("sum-of-product", "ones(m)'*A*x", "sum(A*x)"),
    ("sum-of-product-of-matrices", "sum(A*X)", "sum(A*X)"),
    ("row-sums", "A*ones(n)", "A*vector(1)"),
    ("three-vectors", "x'*(y.*x)", "(x.^2)'*y"),
    ("mean", "sum(x)/sum(ones(n))", "mean(x)"),
    ("dimension", "sum(ones(n))*x", "n*x"),
    # norms
    ("norm", "sqrt(x'*x)", "norm2(x)"),
    ("norm-of-residual", "sqrt((A*x - z)'*(A*x - z))", "norm2(A*x - z)"),
    ("norm-of-image", "sqrt(x'*A'*A*x)", "norm2(A*x)"),
    ("norm-of-matrix", "sqrt(sum(A.^2))", "norm2(A)"),
    ("norm-of-product", "sqrt(tr(X'*A'*A*X))", "norm2(A*X)"),
    ("norm-cubed", "(x'*x)^(3/2)", "norm2(x)^3"),
    ("norm-in-a-denominator", "x/sqrt(x'*x)", "x/norm2(x)"),
    ("square-stays", "x'*x", "x'*x"),
    # outer products and constants
    ("outer", "x*z'", "x*z'"),
    ("outer-with-ones", "ones(m)*x'", "vector(1)*x'"),
    ("ones", "ones(m)*ones(n)'", "matrix(1)"),
    ("identity", "a*eye(n)", "a*eye"),
    # sums of terms
    ("common-left-factor", "A*C + A*A'", "A*(A' + C)"),
    ("common-right-factor", "X*Y + x*y'*Y", "(X + x*y')*Y"),
    ("common-scalar", "a*x + a*y", "a*(x + y)"),
    ("common-number", "2*x - 4*y", "2*(x - 2*y)"),
    ("common-entrywise-factor", "x.*y + x.^2", "x.*(x + y)"),
    ("common-denominator", "x/a - y/a", "(x - y)/a"),
    ("identity-less-projection", "x - P*x", "x - P*x"),
    ("common-sum", "(eye(n) - X)*(Y + V)", "(eye - X)*(V + Y)"),
    ("transposes-together", "X'*Y' + Y'*X'", "(X*Y + Y*X)'"),
    ("diagonals-together", "diag(x) - diag(y)", "diag(x - y)"),
    ("sums-together", "sum(x) - sum(y)", "sum(x - y)"),
    ("traces-together", "tr(X*Y) - tr(X*V)", "tr(X*(Y - V))"),
    ("determinants-together", "det(X)*det(Y)", "det(X*Y)"),
    ("positive-term-first", "-x + y", "y - x"),
    ("minus-goes-into-a-difference", "-(x - y)", "y - x"),
    ("minus-goes-into-a-factor", "-((a - b)*x)", "(b - a)*x"),
    ("no-term-is-positive", "-x - y", "-(x + y)"),
    ("number-in-front", "-(x*2)/3", "-2*x/3"),
    # functions
    ("function", "exp(A)*x", "exp(A)*x"),
    ("named-power", "x.^a", "x.^a"),
    ("matrix-power", "X^9", "X^9"),
    ("constant", "pi*x", "pi*x"),
    ("directional-derivative", "frechet_expm(X, Y)", "frechet_expm(X, Y)"),
    # vec and kron
    ("vec", "vec(A*X)", "vec(A*X)"),
    ("vec-of-identity", "vec(eye(n))", "vec(eye)"),
    ("vec-of-diagonal", "vec(diag(x))", "vec(diag(x))"),
    ("vec-inner-product", "vec(A)'*vec(B)", "tr(A*B')"),
    ("vec-outer-product", "vec(A)*vec(B)'", "vec(A)*vec(B)'"),
    ("vec-hadamard", "vec(A).*vec(B)", "vec(A.*B)"),
    ("diag-of-vec", "diag(vec(A))", "diag(vec(A))"),
    ("kron", "kron(A, C)", "kron(A, C)"),
    ("kron-of-vectors", "kron(x, z)", "kron(x, z)"),
    ("kron-of-three", "kron(kron(x, y), z)", "kron(kron(x, y), z)"),
    ("kron-of-identities", "kron(eye(n), eye(m))", "eye"),
    ("kron-product", "kron(X, M)*kron(Y, M)", "kron(X*Y, M^2)"),
    ("kron-times-vec", "kron(X', M)*vec(A)", "vec(M*A*X)"),
    ("kron-times-vec-of-diagonal", "kron(X, Y)*vec(diag(x))", "vec(Y*diag(x)*X')"),
    ("kron-between-vecs", "vec(diag(x))'*kron(X, Y)*vec(diag(y))", "x'*(X.*Y)*y"),
    ("kron-trace", "tr(kron(X, M))", "tr(M)*tr(X)"),
    ("kron-compressed", "kron(x, eye(m))'*kron(X, M)*kron(y, eye(m))", "(x'*X*y)*M"),
    (
        "partial-trace",
        "kron(vec(eye(n)), eye(m))'*kron(eye(n), G)*kron(vec(eye(n)), eye(m))",
        "kron(vec(eye)', eye)*kron(eye, G)*kron(vec(eye), eye)",
    ),
]


@pytest.mark.parametrize(
    ("source", "line"), [pytest.param(*rest, id=name) for name, *rest in LINES]
)
def test_line(source, line):
    assert recovered(Bench({"G": "matrix(n*m, n*m)"}).node(source)) == line


@pytest.mark.parametrize(
    "source", ["A*C*A*x", "x/norm2(x)", "A*(A' + C)", "diag(x)*A'*diag(z)", "kron(X, M)", "vec(A)"]
)
def test_what_is_recovered_means_the_network(source):
    bench = Bench()
    node = bench.node(source)
    assert bench.node(recovered(node)) is node
