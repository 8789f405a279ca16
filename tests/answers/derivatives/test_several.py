"""Derivatives by several variables: printed together, computed together, proved together."""

import cProfile
import json

import numpy as np
import pytest
from published import MODELS

import matcalc
from matcalc.answers.derivatives import gradients as module
from matcalc.cli import main
from matcalc.core.errors import ArgumentError, UnknownNameError, VerificationError
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, number
from matcalc.engine.pipeline import differentiate
from matcalc.engine.several import derive_several
from matcalc.engine.single import derive_one
from matcalc.verify.verification import verify


def layers(count):
    """A network, its variables and their declarations."""
    inner = ["x", *(f"f{k}" for k in range(1, count))]
    lines = [f"f{k} = tanh(W{k}*{inner[k - 1]} + b{k}); " for k in range(1, count + 1)]
    names = [f"{letter}{k}" for k in range(1, count + 1) for letter in "Wb"]
    declarations = {
        name: "matrix(n, n)" if name[0] == "W" else "vector(n)" for name in [*names, "x", "y"]
    }
    return "".join(lines) + f"norm2(y - f{count})^2", names, declarations


def steps(count):
    """A recurrent cell, unrolled."""
    states = ["h0 = z; "]
    states += [f"h{k} = tanh(W*h{k - 1} + U*x{k}); " for k in range(1, count + 1)]
    return "".join(states) + f"norm2(h{count} - y)^2"


PRINTED = [
    (
        "pairs",
        "sum[i,j](K[i,j]*norm2(X[i,:] - Y[j,:])^2)",
        ["X", "K"],
        {},
        "dX = 2*(diag(K*vector(1))*X - K*Y)\ndK[i,j] = norm2(X[i,:] - Y[j,:])^2",
    ),
    (
        "regression",
        "norm2(W*x + b - y)^2",
        ["W", "b"],
        {"b": "vector(m)"},
        "dW = u*x'\ndb = u\nwhere u = 2*(W*x + b - y)",
    ),
    (
        "factors",
        "1/2*norm2(Y - A*B*X)^2",
        ["A", "B"],
        {},
        "dA = M*X'*B'\ndB = A'*M*X'\nwhere M = A*B*X - Y",
    ),
    (
        "two-layers",
        layers(2)[0],
        layers(2)[1],
        layers(2)[2],
        "dW1 = v*x'\ndb1 = v\ndW2 = 2*u*f1'\ndb2 = 2*u\n"
        "where f1 = tanh(W1*x + b1), f2 = tanh(W2*f1 + b2), u = (f2 - y).*(1 - f2.^2), "
        "v = (2*W2'*u).*(1 - f1.^2)",
    ),
    ("jacobians", "A*x + c*y", ["x", "c", "y"], {"y": "vector(m)"}, None),
    ("kronecker", "A*X*B", ["A", "X"], {}, "dA = kron((X*B)', eye(n))\ndX = kron(B', A)"),
    ("row", "x'*A", ["x", "A"], {}, None),
    ("scalars", "sin(a*b)", ["a", "b"], {}, "da = b*cos(a*b)\ndb = a*cos(a*b)"),
    (
        "within-kinds",
        "tr(inv(S)*A) + logdet(S) + x'*D*x",
        ["S", "A", "D", "x"],
        {"S": "psd(n)", "D": "diagonal(n)"},
        None,
    ),
    ("two-kinds", "tr(S*P*A)", ["S", "P"], {"S": "symmetric(n)", "P": "psd(n)"}, None),
    ("absent", "x'*x", ["x", "A"], {"A": "matrix(n, m)"}, "dx = 2*x\ndA = zeros(n, m)"),
    ("kinks", "sum(relu(W*x + b))", ["W", "b"], {"b": "vector(m)"}, None),
    ("function", "sum(f(W*x))", ["W", "x"], {"f": "function"}, None),
    ("one", "x'*A*x", ["x"], {}, "dx = (A + A')*x"),
    (
        "definition",
        "f = A*x; norm2(f)^2 + sum(f)",
        ["f", "x"],
        {"A": "matrix(m, n)"},
        "df = 1 + 2*A*x\ndx = A'*(1 + 2*A*x)",
    ),
    (
        "the sign of all blocks stands in front",
        "sum[t=2:n]((x[t] - a*x[t-1] - b)^2)",
        ["a", "x"],
        {"b": "scalar"},
        "da = 2*v'*u\ndx = 2*(a*[v; 0] - [0; v])\nwhere u = x[1:n - 1], v = a*u + b - x[2:n]",
    ),
    (
        "a multiple of a variable gets no name",
        "K = X*V; S = softmax(K*K', 2); norm2(S*X*W - Y)^2",
        ["W", "V"],
        {},
        "dW = 2*X'*S'*t1\ndV = 2*X'*(t3 + t3')*K\nwhere K = X*V, S = softmax(K*K', 2), "
        "t1 = S*X*W - Y, t2 = S.*(t1*W'*X'), t3 = t2 - diag(t2*vector(1))*S",
    ),
    (
        "slice",
        "norm2(A*X - B)^2",
        ["X[:,k]", "A"],
        {},
        "dX[:,k] = 2*A'*(A*X - B)[:, k]\ndA = 2*(A*X - B)*X'",
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "variables", "expected"), [pytest.param(*r[1:], id=r[0]) for r in PRINTED]
)
def test_several(expr, wrt, variables, expected):
    found = matcalc.diff(expr, wrt, variables=variables)
    assert list(found) == wrt
    assert found.verification.kind != "none"
    assert found.check(rng=1).ok
    if expected is not None:
        assert str(found) == expected
    assert found.latex()
    for name in wrt:
        alone = matcalc.diff(expr, name, variables=variables)
        assert found[name].verification.kind != "none"
        assert matcalc.equal(found[name], alone) if found[name].shape else True


def test_one_function_computes_all_of_them_and_the_value():
    rng = np.random.default_rng(3)
    expr, names, declarations = layers(2)
    found = matcalc.diff(expr, names, variables=declarations)
    arrays = {
        name: rng.standard_normal((3, 3) if "matrix" in kind else 3)
        for name, kind in declarations.items()
    }
    value, slopes = found.to_callable(value=True)(**arrays)
    assert value == pytest.approx(matcalc.parse(expr, declarations).to_callable()(**arrays))
    assert list(slopes) == names
    for name in names:
        assert np.allclose(slopes[name], found[name].to_callable()(**arrays))
    assert found.to_callable()(**arrays).keys() == slopes.keys()


def test_results_do_not_share_memory():
    found = matcalc.diff("x'*y + x'*z", ["y", "z", "x"]).to_callable()
    x = np.ones(2)
    slopes = found(x=x, y=x, z=x)
    for one in slopes:
        for other in (*slopes, ""):
            if one != other:
                assert not np.shares_memory(slopes[one], slopes[other] if other else x)


def test_code_calls_each_layer_once():
    expr, names, declarations = layers(3)
    code = matcalc.diff(expr, names, variables=declarations).source(value=True)
    assert code.count("np.tanh(") == 3


@pytest.mark.parametrize("count", [8, 16])
def test_the_length_grows_with_the_number_of_layers(count):
    expr, names, declarations = layers(count)
    found = matcalc.diff(expr, names, variables=declarations)
    assert found.verification.kind == "exact"
    assert len(str(found)) < 90 * count


def test_shared_weights_add_up():
    """A recurrent cell: each use of W adds its part."""
    cell = "".join(f"h{k} = tanh(W*h{k - 1} + U*x{k}); " for k in range(1, 7))
    declarations = {"W": "matrix(n, n)", "U": "matrix(n, p)", "h0": "vector(n)", "y": "vector(n)"}
    declarations |= {f"x{k}": "vector(p)" for k in range(1, 7)}
    found = matcalc.diff(cell + "norm2(h6 - y)^2", ["W", "U", "h0"], variables=declarations)
    assert found.verification.kind == "exact"
    assert found.check().ok


def test_all_variables_that_are_no_data():
    expr = "norm2(X*w + b*vector(1) - y)^2"
    assert list(matcalc.diff(expr, data=["X", "y"])) == ["w", "b"]
    with pytest.raises(UnknownNameError, match="z is not a variable"):
        matcalc.diff(expr, data=["z"])


@pytest.mark.parametrize(
    ("ask", "problem", "message"),
    [
        (
            lambda: matcalc.diff("x'*x", []),
            ArgumentError,
            "no variable to differentiate with respect to",
        ),
        (lambda: matcalc.diff("x'*x", ["x", "x"]), ArgumentError, "x is given twice"),
        (lambda: matcalc.diff("x'*x", ["x", "z"]), UnknownNameError, "z is not a variable"),
        (lambda: matcalc.diff("x'*x", [1]), ArgumentError, "names of variables"),
        (lambda: matcalc.diff("x'*y", ["x", "y"], order=2), ArgumentError, "first derivatives"),
        (lambda: matcalc.diff("x'*y", ["x"], data=["y"]), ArgumentError, "give wrt or data"),
        (lambda: matcalc.diff("x'*y", ["x"], layout="z"), ArgumentError, "layout must be"),
        (lambda: matcalc.diff("x'*y", ["x"]).source("fortran"), ArgumentError, "backend must be"),
    ],
)
def test_refusals(ask, problem, message):
    with pytest.raises(problem, match=message):
        ask()


@pytest.mark.parametrize("name", ["W", "b", "S"])
def test_one_wrong_derivative_is_not_shown(monkeypatch, name):
    """All are proved by one point; the one that is wrong is not hidden by the others."""

    def wrong(program, wrt, **options):
        trees = derive_several(program, wrt, **options)
        trees[name] = Expr("*", (number(2), trees[name]), trees[name].shape)
        return trees

    monkeypatch.setattr(module, "derive_several", wrong)
    with pytest.raises(VerificationError):
        matcalc.diff(
            "norm2(S*(W*x + b) - y)^2",
            ["W", "b", "S"],
            variables={"b": "vector(m)", "S": "symmetric(m)", "y": "vector(m)"},
        )


def test_layouts():
    found = matcalc.diff("A*x", ["x", "A"], layout="denominator")
    assert str(found["x"]) == "A'"
    assert found.check().ok


def test_what_a_segment_does_not_show_the_whole_does():
    """A cut would hide that the argument of chol is symmetric."""
    text = "K = X*X' + s*eye; u = K*y + tanh(K*y); sum(chol(K)*u) + sum(tanh(u))"
    found = matcalc.diff(text, ["X", "s"], variables={"s": "positive", "y": "vector(n)"})
    assert found.verification.kind != "none"


@pytest.mark.parametrize(
    "case", MODELS.cases(lambda case: case["op"] == "diff" and isinstance(case["wrt"], list))
)
def test_shared_case(case):
    name, values = case["id"], MODELS.given(case)
    found = matcalc.diff(case["expr"], case["wrt"], variables=case["vars"])
    value, slopes = found.to_callable(value=True)(**values)
    assert value == pytest.approx(float(MODELS.truth()[f"{name}/value"]), rel=1e-9)
    for each in case["wrt"]:
        assert np.allclose(
            slopes[each], MODELS.truth()[f"{name}/truth/{each}"], rtol=1e-8, atol=1e-9
        )


COMMANDS = [
    (["norm2(W*x)^2", "--wrt", "W,x"], "dW = 2*W*x*x'\ndx = 2*W'*W*x\n"),
    (["x'*A*y", "--wrt", "x", "--wrt", "y"], "dx = A*y\ndy = A'*x\n"),
    (["x'*A*y", "--wrt", "all", "--data", "A"], "dx = A*y\ndy = A'*x\n"),
    (["x'*A*y", "--data", "A,y", "--check"], "dx = A*y\n"),
    (["a*all", "--wrt", "all"], None),
]


@pytest.mark.parametrize(("arguments", "answer"), COMMANDS)
def test_command(arguments, answer, capsys):
    assert main(["diff", *arguments]) == 0
    out = capsys.readouterr().out
    assert answer is None or out == answer


def test_command_prints_json(capsys):
    assert main(["diff", "x'*A*y", "--wrt", "x,y", "--format", "json", "--check"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["wrt"] == ["x", "y"]
    assert content["derivatives"]["y"] == {"shape": ["m"], "text": "A'*x"}
    assert content["check"]["ok"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x'*y", "--wrt", "x,y", "--order", "2"], "are first derivatives"),
        (["x'*y", "--wrt", "x,y", "--data", "y"], "--data requires --wrt all"),
        (["x'*y", "--wrt", "x,z"], "z is not a variable"),
    ],
)
def test_command_refuses(arguments, message, capsys):
    assert main(["diff", *arguments]) == 2
    assert message in capsys.readouterr().err


CELL = {"z": "vector(p)", "W": "matrix(p, p)", "U": "matrix(p, q)"}


def test_one_variable_in_many_layers_takes_as_many_operations_as_in_one_piece():
    expression = matcalc.parse(steps(13), CELL)
    statement = DerivativeStatement(expression._program, "W", 1, "declared", "mixed")
    trees = derive_one(statement), differentiate(statement)
    assert trees[0] is not trees[1]
    assert len(trees[0].parts) <= len(trees[1].parts) + 5  # where the number 2 stands
    assert all(verify(statement, tree).kind == "exact" for tree in trees)


def test_a_recurrent_cell_takes_linear_work():
    calls = []
    for count in (16, 32, 64):
        expression = matcalc.parse(steps(count), CELL)
        with cProfile.Profile() as profile:
            expression.diff("W", verify=False)
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[2] - calls[1] < 2.4 * (calls[1] - calls[0])


def test_the_code_of_products_and_of_declared_functions_runs_beside_the_value():
    """The derivatives call grad_g alone, and the value g."""
    kinds = {"x": "vector(n)", "X": "matrix(n, m)", "g": "function(vector(n)) -> scalar"}
    text = "sum(prod(diag(x)*X, 2)) + g(x)"
    x, X = np.array([1.0, 3.0, 2.0]), np.arange(1.0, 7.0).reshape(3, 2)
    functions = {"g": lambda v: v @ v, "grad_g": lambda v: 2 * v}
    value, slopes = matcalc.diff(text, ["x", "X"], variables=kinds).to_callable(value=True)(
        x=x, X=X, **functions
    )
    np.testing.assert_allclose(value, 2 + 9 * 12 + 4 * 30 + 14)
    np.testing.assert_allclose(slopes["x"], 2 * x * X.prod(1) + 2 * x)
    np.testing.assert_allclose(slopes["X"], (x**2)[:, None] * X[:, ::-1])


@pytest.mark.parametrize("wrt", ["x", "V[3]", "V[{last}]"])
def test_a_residual_network_is_printed_with_linear_length(wrt):
    lengths = []
    for count in (8, 16, 32):
        network = f"h[0] = x; for k = 1:{count}; h[k] = h[k-1] + W[k]*tanh(V[k]*h[k-1]); end"
        found = matcalc.diff(
            f"{network}; norm2(h[{count}] - y)^2",
            wrt.format(last=count - 3),
            variables={"W[k]": "matrix(n, m)", "V[k]": "matrix(m, n)"},
        )
        assert found.verification.kind == "exact"
        lengths.append(len(str(found)))
    assert lengths[2] - lengths[1] < 2.4 * (lengths[1] - lengths[0])


@pytest.mark.filterwarnings("ignore:n is the number that is declared")
@pytest.mark.parametrize("wrt", ["b", ["b", "x"]])
def test_a_variable_with_the_name_of_a_size(wrt):
    """The hint, when followed, gives the answer."""
    variables = {"x": "vector(n)", "b": "scalar"}
    with pytest.raises(matcalc.MatcalcError, match="n is a variable and a size") as caught:
        str(matcalc.diff("sum(x + n*b)^2", wrt, variables={**variables, "n": "scalar"}))
    assert "another name" in caught.value.hint
    named = matcalc.diff("sum(x + c*b)^2", "b", variables={**variables, "c": "scalar"})
    assert str(named) == "2*c*n*(b*c*n + sum(x))"
