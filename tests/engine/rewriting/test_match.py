"""What each kind of pattern matches, and what it must not."""

import pytest
from networks import Bench

from matcalc.core.errors import UnsupportedError
from matcalc.engine.rewriting import engine
from matcalc.engine.rewriting.engine import Rewriter


def rewritten(bench, source, *, final=True):
    """The result and the names of the rules that led there."""
    rewriter = Rewriter(bench.builder, bench.lowering, final=final)
    result = rewriter.rewrite(bench.node(source))
    return result, [step.rule for step in rewriter.steps]


FIRES = [
    ("whole-product", "inv(X*Y)", "inv(Y)*inv(X)"),
    ("whole-product-transposed", "inv((X*Y)')", "(inv(Y)*inv(X))'"),
    ("whole-product-of-many", "inv(X*Y*V)", "inv(V)*inv(Y)*inv(X)"),
    ("whole-product-with-a-sum", "inv((X + Y)*V)", "inv(V)*inv(X + Y)"),
    ("all-scalars-at-once", "inv(2*a*X)", "inv(X)/(2*a)"),
    ("scalars-and-product", "inv(a*X*Y)", "inv(Y)*inv(X)/a"),
    ("number-alone", "logdet(3*X)", "logdet(X) + tr(eye(n))*log(3)"),
    ("part-at-the-front", "inv(X)*X*Y", "Y"),
    ("part-at-the-end", "Y*X*inv(X)", "Y"),
    ("part-in-the-middle", "Y*X*inv(X)*V", "Y*V"),
    ("part-read-backwards", "(inv(X)*X*Y)'", "Y'"),
    ("part-transposed", "inv(X)'*X'*Y", "Y"),
    ("part-of-a-trace", "tr(X*Y*inv(X))", "tr(Y)"),
    ("bound-sum", "inv(X + Y)*(X + Y)", "eye(n)"),
    ("bound-product", "pinv(A*X)*A*X*pinv(A*X)", "pinv(A*X)"),
    ("bound-product-in-parts", "inv(X*Y)*X*Y", "eye(n)"),
    ("same-variable-three-times", "A*pinv(A)*A*x", "A*x"),
    ("same-variable-transposed", "A'*pinv(A)'*A'", "A'"),
    ("declared-kind", "x'*Q'*Q*y", "x'*y"),
    ("declared-kind-inside", "det(Q'*X*Q*Q')", "det(Q)*det(X)"),
    ("lifted-on-scalars", "exp(a)*exp(-a)", "1"),
    ("scalar-alone-and-broadcast", "step(a - x).*step(a + min(x, a))", "step(a - abs(x))"),
    ("bound-sum-in-a-call", "step(a - x + y).*step(a + min(x - y, a))", "step(a - abs(x - y))"),
    ("bound-number-in-a-sum", "step(2 - x + y).*step(2 + min(x - y, 2))", "step(2 - abs(x - y))"),
    ("lifted-on-vectors", "exp(x).*exp(-x)", "ones(n)"),
    ("lifted-on-matrices", "exp(A).*exp(-A)", "ones(m, n)"),
    ("lifted-on-a-subexpression", "exp(A*x).*exp(-(A*x)).*z", "z"),
    ("lifted-on-a-multiple", "1/(1 + exp(-2*a))", "sigmoid(2*a)"),
    ("lifted-on-a-difference", "1./(1 + exp(y - x))", "sigmoid(x - y)"),
    ("lifted-call", "log(exp(x + y))", "x + y"),
    ("quotient", "exp(a)/(1 + exp(a))", "sigmoid(a)"),
    ("quotient-with-more", "b*exp(x)./(1 + exp(x)).*y", "b*sigmoid(x).*y"),
    ("whole-sum", "sin(a)^2 + cos(a)^2", "1"),
    ("part-of-a-sum", "sin(a)^2 + cos(a)^2 + b", "1 + b"),
    ("multiple-of-a-sum", "3*sin(a)^2 + 3*cos(a)^2", "3"),
    ("negative-multiple-of-a-sum", "b - sin(a)^2 - cos(a)^2", "b - 1"),
    ("difference", "cosh(x).^2 - sinh(x).^2", "ones(n)"),
    ("sum-inside-of-a-function", "log(1 + exp(A*x))", "softplus(A*x)"),
    ("a-power-is-taken-in-part", "sin(a)^3/cos(a)", "sin(a)^2*tan(a)"),
    ("inverse-powers", "X*inv(X)*inv(X)", "inv(X)"),
    ("named-powers", "a^b*a", "a^(b + 1)"),
    ("hyper-index-with-scalar", "exp(x)/sum(exp(x))", "softmax(x)"),
    ("hyper-index-with-more", "y.*exp(x)/sum(exp(x))", "y.*softmax(x)"),
    ("constants", "exp(0)", "1"),
    ("identity-of-any-size", "inv(eye(n))", "eye(n)"),
]


@pytest.mark.parametrize(
    ("source", "expected"), [pytest.param(*rest, id=name) for name, *rest in FIRES]
)
def test_fires(source, expected):
    bench = Bench()
    found, steps = rewritten(bench, source)
    assert found is rewritten(bench, expected)[0]
    assert steps


STAYS = [
    ("another-scalar-broadcast", "step(a - x).*step(b + min(x, a))"),
    ("another-number-broadcast", "step(2 - x).*step(3 + min(x, 2))"),
    ("not-a-matrix-product", "inv(X.*Y)"),
    ("not-square-factors", "inv(A*C)"),
    ("not-square-factors-of-gram-matrix", "det(A'*A)"),
    ("diagonal-of-a-product-of-vectors", "det(diag(x.*y))"),
    ("diagonal-of-a-diagonal", "det(diag(y)*diag(diag(X)))"),
    ("diagonal-of-a-matrix-vector-product", "det(diag(X*x))"),
    ("diagonal-and-its-matrix", "det(diag(y.*diag(X)))"),
    ("diagonal-of-a-rotation", "det(diag(diag(Q)))^2"),
    ("diagonal-of-an-inverse", "pinv(X.*inv(X))"),
    ("entries-of-a-rotation", "pinv(Q.*Q)"),
    ("not-adjacent", "X*Y*inv(X)"),
    ("transposed-inverse", "inv(X')*X"),
    ("entry-by-entry", "inv(X).*X"),
    ("other-matrix", "inv(X)*Y"),
    ("label-used-elsewhere", "diag(X*diag(x)*inv(X))"),
    ("kind-not-proved", "X'*X"),
    ("kind-not-proved-for-a-product", "(X*Q)'*(X*Q)*x"),
    ("not-transposed", "Q*Q"),
    ("other-argument", "exp(a)*exp(-b)"),
    ("other-argument-in-a-sum", "sin(a)^2 + cos(b)^2"),
    ("ratios-differ", "2*sin(a)^2 + 3*cos(a)^2"),
    ("sign-differs", "sin(a)^2 - cos(a)^2"),
    ("number-differs", "2 - sigmoid(a)"),
    ("labels-differ", "exp(x)*exp(-x)'"),
    ("labels-differ-in-a-matrix", "A.*sign(B)"),
    ("sum-over-another-vector", "exp(x)/sum(exp(y))"),
    ("sum-of-a-product", "sum(softmax(x).*y)"),
    ("power-of-another-base", "a*b^p"),
    ("bound-twice-to-different-nodes", "A*pinv(B)*A"),
    ("inverse-of-a-function", "inv(X.*Y)*X"),
]


@pytest.mark.parametrize("source", [pytest.param(*rest, id=name) for name, *rest in STAYS])
def test_does_not_fire(source):
    bench = Bench()
    found, steps = rewritten(bench, source)
    assert steps == []
    assert found is bench.node(source)


# a rewrite for a kind of matrix, the same network on a matrix of which that is not known
UNPROVED = [
    ("inv-orthogonal", "inv({})", "Q", "X"),
    ("orthogonal-left", "{}'*{}", "Q", "V"),
    ("orthogonal-left", "{}*{}'", "Q", "Y"),
    ("orthogonal-left", "expm({}*2)'*expm(2*{})", "W", "X"),
    ("pinv-invertible", "pinv({})", "P", "S"),
    ("det-orthogonal", "det({})^2", "Q", "X"),
    ("sign-positive", "sign({})", "p", "a"),
]


@pytest.mark.parametrize(
    ("name", "source", "known", "unknown"), [pytest.param(*row, id=row[0]) for row in UNPROVED]
)
def test_conditions_are_proved(name, source, known, unknown):
    assert rewritten(Bench(), source.format(known, known))[1] == [name]
    assert rewritten(Bench(), source.format(unknown, unknown))[1] == []


def test_final_rewrites_wait():
    bench = Bench()
    assert rewritten(bench, "1 - sigmoid(a)", final=False) == (bench.node("1 - sigmoid(a)"), [])
    assert rewritten(bench, "1 - sigmoid(a)") == (bench.node("sigmoid(-a)"), ["sigmoid-mirror"])


def test_steps_say_what_was_done():
    bench = Bench()
    rewriter = Rewriter(bench.builder, bench.lowering, final=False)
    rewriter.rewrite(bench.node("inv(X*Y)*X*Y*x"))
    assert [step.rule for step in rewriter.steps] == ["inv-product", "inv-left", "inv-left"]
    assert rewriter.steps[0].before is bench.node("inv(X*Y)")
    assert rewriter.steps[0].after is bench.node("inv(Y)*inv(X)")


def test_results_are_remembered():
    bench = Bench()
    rewriter = Rewriter(bench.builder, bench.lowering, final=False)
    first = rewriter.rewrite(bench.node("inv(X)*X*x"))
    count = len(rewriter.steps)
    assert rewriter.rewrite(bench.node("inv(X)*X*x")) is first
    assert rewriter.rewrite(first) is first
    assert len(rewriter.steps) == count


def test_rules_wake_when_another_brings_their_function():
    """log(sum(exp(x))) brings logsumexp, which softmax-shifted waits for."""
    bench = Bench()
    found, steps = rewritten(bench, "exp(x - log(sum(exp(x))))", final=False)
    assert found is bench.node("softmax(x)")
    assert steps == ["logsumexp", "softmax-shifted"]


def test_rewriting_is_bounded(monkeypatch):
    monkeypatch.setattr(engine, "_BUDGET", 2)
    with pytest.raises(UnsupportedError, match="do not terminate; the last ones were det-product"):
        rewritten(Bench(), "det(X*Y*V*P*S)")


ENDS = (
    "sqrt(sum(A.^2, 2)).*u",
    "x - logsumexp(x)",
    "1 - sigmoid(x)",
    "relu(x) - x",
    "inv(A'*A)*A'",
    "A*x",
)


@pytest.mark.parametrize("source", ENDS)
def test_what_is_settled_has_only_the_rewrites_for_the_end(source):
    bench = Bench({"u": "vector(m)"})
    before = Rewriter(bench.builder, bench.lowering)
    node = before.rewrite(bench.node(source))
    alone = Rewriter(bench.builder, bench.lowering, final=True)
    last = Rewriter(bench.builder, bench.lowering, final=True, before=before)
    assert last.rewrite(node) is alone.rewrite(node)
    assert [step.rule for step in last.steps] == [step.rule for step in alone.steps]
