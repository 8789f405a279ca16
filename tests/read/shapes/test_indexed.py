"""Bound indices: what they mean, which ranges follow, and what is refused."""

import numpy as np
import pytest
from printing import numpy_source

from matcalc.core.errors import MatcalcError
from matcalc.engine.pipeline import simplify
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.notation import format_text
from matcalc.write.printers.numpy_code import compile_numpy

SIZES = {"n": 4, "p": 3, "m": 5}
KINDS = {"x": "vector(n)", "y": "vector(n)", "b": "vector(p)", "X": "matrix(n, p)"}
KINDS |= {"A": "matrix(n, n)", "B": "matrix(n, p)", "c": "scalar", "k": "vector(m)"}

# text -> the same by loops over i, j, ... counted from 0
N = range(4)
MEANINGS = [
    ("sum[i](x[i]*y[i])", lambda v: sum(v.x[i] * v.y[i] for i in N)),
    ("sum(x[i]*y[i] for i)", lambda v: sum(v.x[i] * v.y[i] for i in N)),
    ("sum[i,j](A[i,j]*x[j])", lambda v: sum(v.A[i, j] * v.x[j] for i in N for j in N)),
    ("sum(A[i,j] for i, j)", lambda v: v.A.sum()),
    ("mean[i](x[i]^2)", lambda v: np.mean(v.x**2)),
    ("prod[i](x[i] + 1)", lambda v: np.prod(v.x + 1)),
    ("max[i](x[i] - y[i])", lambda v: np.max(v.x - v.y)),
    ("min[j](X[j,:]*b)", lambda v: np.min(v.X @ v.b)),
    ("logsumexp[i](c*x[i])", lambda v: np.log(np.exp(v.c * v.x).sum())),
    ("sum[i<j](A[i,j])", lambda v: sum(v.A[i, j] for i in N for j in N if i < j)),
    ("sum[i!=j](A[i,j])", lambda v: sum(v.A[i, j] for i in N for j in N if i != j)),
    ("sum[i](x[i]*sum[j!=i](y[j]))", lambda v: sum(v.x * (v.y.sum() - v.y))),
    ("sum[i, j!=i](A[i,j])", lambda v: v.A.sum() - np.trace(v.A)),
    ("sum[i, j>=i+2](A[i,j])", lambda v: np.triu(v.A, 2).sum()),
    ("sum[i](x[i]*sum[j=i:n](y[j]))", lambda v: sum(v.x[i] * v.y[i:].sum() for i in N)),
    ("sum[i](x[i]*sum[j=1:i](y[j]))", lambda v: sum(v.x[i] * v.y[: i + 1].sum() for i in N)),
    ("sum[i=2:n](x[i]*x[i-1])", lambda v: sum(v.x[1:] * v.x[:-1])),
    ("sum[i=1:n-2](x[i+2]*y[i])", lambda v: sum(v.x[2:] * v.y[:-2])),
    ("sum[i=2:n](i*x[i])", lambda v: sum((i + 1) * v.x[i] for i in range(1, 4))),
    ("sum[i](A[i,i]*A[2,i])", lambda v: sum(v.A[i, i] * v.A[1, i] for i in N)),
    ("sum[i](X[i,:]' - b)", lambda v: (v.X - v.b).sum(axis=0)),
    ("sum[i](X[i,:]'*B[i,:])", lambda v: v.X.T @ v.B),
    ("sum[i](norm2(X[i,:])^2*y[i])", lambda v: (v.X**2).sum(axis=1) @ v.y),
    ("sum[k](X[:,k]'*B[:,k])", lambda v: (v.X * v.B).sum()),
    ("F[i,k] = X[i,k]*y[i]; tr(F'*F)", lambda v: ((v.X * v.y[:, None]) ** 2).sum()),
    ("F[i,k] = x[i]*b[k]", lambda v: np.outer(v.x, v.b)),
    ("F[k,i] = X[i,k]", lambda v: v.X.T),
    ("F[i,k=1:m] = x[i]", lambda v: np.outer(v.x, np.ones(5))),
    ("F[i,j] = delta[i,j]*x[i]", lambda v: np.diag(v.x)),
    ("F[i] = (e^2 where e = x[i] - y[i])", lambda v: (v.x - v.y) ** 2),
    ("F[i,j] = (i < j)*A[i,j]", lambda v: np.triu(v.A, 1)),
    ("mean[i<j](A[i,j])", lambda v: np.triu(v.A, 1).sum() / 6),
    # a size that a variable is declared with is no index
    ("sum[i<=n](x[i]/n)", lambda v: v.x.mean()),
    ("sum[i<n](x[i]*(n - i))", lambda v: sum(v.x[i] * (3 - i) for i in N)),
    ("sum[i<n](x[i]*x[n])", lambda v: v.x[:3].sum() * v.x[3]),
    ("sum[i, j, i<j](x[i]*j)", lambda v: sum(v.x[i] * (j + 1) for i in N for j in N if i < j)),
]


class Values(dict):
    __getattr__ = dict.__getitem__


def point():
    rng = np.random.default_rng(7)
    program = read("; ".join(f"{name}: {kind}" for name, kind in KINDS.items()) + "; c")
    return Values(
        {
            name: rng.uniform(0.5, 2.0, tuple(size.size(SIZES) for size in variable.shape))
            for name, variable in program.variables.items()
        }
    )


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_meaning(text, meaning):
    """The numeric judge, generated code, the network and the printed text agree with loops."""
    program, values = read(text, KINDS), point()
    expected = np.asarray(meaning(values))
    assert np.allclose(interpret(program.expr, values, SIZES), expected)
    short = simplify(program)
    assert np.allclose(interpret(short, values, SIZES), expected)
    for tree in (program.expr, short):
        again = read(format_text(tree, program.variables), KINDS).expr
        assert np.allclose(interpret(again, values, SIZES), expected)
        source = numpy_source(tree, program.variables)
        sizes = {"m": 5} if "m = check_size" in source else {}
        given = {name: values[name] for name in program.variables}
        assert np.allclose(compile_numpy(source)(**given, **sizes), expected)


REFUSALS = [
    ("sum[i](x[i+1] - x[i])", "i has two ranges: 1:n by x[i] and 0:n - 1 by x[i+1]"),
    ("sum[i](x[i+1])", "the range of i is not written: 0:n - 1 by x[i+1]"),
    ("sum[i](x[i]*b[i])", "i runs along vector(p) and vector(n)"),
    ("sum[i](c)", "nothing says which values i has"),
    ("sum[i=1:n](x[i+1])", "has no such entry for all values of i"),
    ("sum[i=3:2](x[i])", "no value of i is in this range"),
    ("sum[i>n](x[i]^2)", "no value of i is in this range"),
    ("sum[i<=j](x[i]/j)", "j may be a size or an index"),
    ("sum[i!=n](x[i])", "only an end of the range can be a condition here"),
    ("sum[i,i](x[i])", "i is bound twice"),
    ("sum[i+1](x[i])", "i+1 is not an index, range or condition"),
    ("softmax[i](x[i])", "which nothing around it binds"),
    ("y[i=1:n] = sum[j](b[j]*x[i-j+1])", "has no such entry for all values of i and j"),
    ("y[i=1:n+p-1] = sum[j](b[j]*x[i-j+1])", "has no such entry for all values of i and j"),
    ("sum[i](x[i]*x[i]) + x[i]", "i is bound only inside the sum"),
    ("n = 3; sum[i=1:n](x[i])", "n is a size or a position here"),
    ("n = 3; x'*ones(n)", "n is a size or a position here"),
    ("max[i](X[i,:])", "max over an index needs a scalar, not row vector(p)"),
    ("F[i<2] = x[i]", "the entries of an array are defined at indices"),
    ("F[i] = X[i,:]", "an entry is a scalar, and this is row vector(p)"),
    ("sum[i](X[i])", "entries of this have 2 places, not 1"),
    ("sum[i](c[i])", "a scalar has no entries"),
    ("sum[i](x[2*y[i]])", "is not an index"),
]


@pytest.mark.parametrize(("text", "message"), REFUSALS, ids=[text for text, _ in REFUSALS])
def test_refused(text, message):
    with pytest.raises(MatcalcError) as problem:
        read(text, KINDS)
    assert message in problem.value.message
    assert problem.value.span is not None
    assert problem.value.source is not None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sum[i](x[i+1] - x[i])", "sum[i=1:n - 1]"),
        ("sum[i](x[i+1] - 2*x[i] + x[i-1])", "sum[i=2:n - 1]"),
        ("F[i] = x[i] - x[i+2]", "F[i=1:n - 2]"),
    ],
)
def test_hint_is_read(text, hint):
    """The hint for two ranges, when followed, is read."""
    with pytest.raises(MatcalcError) as problem:
        read(text, KINDS)
    assert problem.value.hint == f"write {hint}"
    head = text.partition("]")[0] + "]"
    read(text.replace(head, hint), KINDS)


@pytest.mark.parametrize(
    "text", ["sum[i,j](T[i,j,k]*x[i]*x[j])", "T[1,2,3]*x", 'einsum("ijk,i,j->k", T, x, x)']
)
def test_three_places_are_those_of_a_tensor(text):
    with pytest.raises(MatcalcError) as problem:
        read(text, {})
    assert problem.value.hint == "declare T: tensor(n, m, p), where equal sizes have one name"
    read(text, {"T": "tensor(n, n, p)"})


def test_a_size_or_an_index_is_asked_for():
    """Both readings that the hint offers are read; a declaration within the text says it as
    well.
    """
    with pytest.raises(MatcalcError) as problem:
        read("sum[i<=q](x[i]/q)", {"x": "vector"})
    assert problem.value.hint == (
        'if q is a size, declare a variable with it, as in "x: vector(q)"; '
        "if it is an index, write sum[i, q, i<=q](...)"
    )
    x = np.array([1.0, 2.0, 4.0])
    texts = ["x: vector(q); sum[i<=q](x[i]/q)", "x: vector; sum[i, q, i<=q](x[i]/q)"]
    values = [interpret(read(text).expr, {"x": x}, {"q": 3, "n": 3}) for text in texts]
    assert values == pytest.approx([7 / 3, 1 + 1 / 2 + 1 / 3 + 2 / 2 + 2 / 3 + 4 / 3])
