"""Derivations in differentials: what the lines say, and that each is proved."""

import pytest

import matcalc
from matcalc.core.errors import ArgumentError, UnsupportedError, VerificationError
from matcalc.explain import build
from matcalc.write.printers.text import text


def lines(derivation):
    return [f"{line.name} {text(line.tree)}".strip() for line in derivation.chains[-1].lines]


SHOWN = [
    (
        "tr(A*X'*B*X*C)",
        "X",
        {},
        [
            "f tr(A*X'*B*X*C)",
            "f tr(A*dX'*B*X*C) + tr(A*X'*B*dX*C)",
            "tr((B*X*C*A + B'*X*A'*C')'*dX)",
            "B*X*C*A + B'*X*A'*C'",
        ],
    ),
    (
        "norm2(A*x - b)^2",
        "x",
        {"b": "vector(m)"},
        [
            "f norm2(A*x - b)^2",
            "f 2*(A*x - b)'*(A*dx)",
            "2*(A'*(A*x - b))'*dx",
            "2*A'*(A*x - b)",
        ],
    ),
    (
        "x'*A*x/(x'*x)",
        "x",
        {},
        [
            "f x'*A*x/(x'*x)",
            "a x'*A*x",
            "a dx'*A*x + x'*A*dx",
            "((A + A')*x)'*dx",
            "b x'*x",
            "b dx'*x + x'*dx",
            "2*x'*dx",
            "f da/b - a*db/b^2",
            "((A + A')*x)'*dx/b - a*(2*x'*dx)/b^2",
            "((A + A')*x - 2*a*x/b)'*dx/b",
            "((A + A')*x - 2*a*x/b)/b",
            "((A + A')*x - 2*(x'*A*x)*x/(x'*x))/(x'*x)",
        ],
    ),
    (
        "inv(X)",
        "X",
        {},
        [
            "f inv(X)",
            "f -inv(X)*dX*inv(X)",
            "-kron(inv(X)', inv(X))*vec(dX)",
            "-kron(inv(X)', inv(X))",
        ],
    ),
    (
        "tr(S*A) + log(det(S))",
        "S",
        {"S": "symmetric(n)"},
        [
            "f tr(S*A) + log(det(S))",
            "a det(S)",
            "a a*tr(inv(S)*dS)",
            "f tr(dS*A) + da/a",
            "da/a + tr(A*dS)",
            "a*tr(inv(S)*dS)/a + tr(A*dS)",
            "tr((A + inv(S))*dS)",
            "tr(((A + A')/2 + inv(S))*dS)",
            "(A + A')/2 + inv(S)",
        ],
    ),
    (
        "norm2(W*tanh(V*x) - y)^2",
        "V",
        {"y": "vector(m)"},
        [
            "f norm2(W*tanh(V*x) - y)^2",
            "u tanh(V*x)",
            "u (1 - u.^2).*(dV*x)",
            "f 2*(W*u - y)'*(W*du)",
            "2*(W'*(W*u - y))'*du",
            "ubar 2*W'*(W*u - y)",
            "ubar'*du",
            "ubar'*((1 - u.^2).*(dV*x))",
            "tr(((ubar.*(1 - u.^2))*x')'*dV)",
            "(ubar.*(1 - u.^2))*x'",
            "2*((1 - tanh(V*x).^2).*(W'*(W*tanh(V*x) - y)))*x'",
        ],
    ),
    (
        "r = A*x - y; r'*r/2",
        "x",
        {},
        [
            "f (A*x - y)'*(A*x - y)/2",
            "r A*x - y",
            "r A*dx",
            "f dr'*r/2 + r'*dr/2",
            "r'*dr",
            "r'*(A*dx)",
            "(A'*r)'*dx",
            "A'*r",
            "A'*(A*x - y)",
        ],
    ),
    (
        "sum[i](x[i]^2*y[i])",
        "x",
        {},
        [
            "f sum[i](x[i]^2*y[i])",
            "f sum[i](2*x[i]*dx[i]*y[i])",
            "2*(x.*y)'*dx",
            "2*(x.*y)",
        ],
    ),
    (
        "sum[i,k](norm2(X[i,:] - X[k,:])^2)",
        "X",
        {},
        [
            "f sum[i, k](norm2(X[i,:] - X[k,:])^2)",
            "f sum[i, k](2*(X[i,:] - X[k,:])*(dX[i,:] - dX[k,:])')",
            "4*tr((n*X - matrix(1)*X)'*dX)",
            "4*(n*X - matrix(1)*X)",
        ],
    ),
    (
        "log(1 + sum[i](a*exp(S[i,i])))",
        "S",
        {"S": "symmetric(n)"},
        [
            "f log(1 + sum[i](a*exp(S[i,i])))",
            "b 1 + sum[i](a*exp(S[i,i]))",
            "b sum[i](a*(exp(S[i,i])*dS[i,i]))",
            "a*tr(diag(exp(diag(S)))*dS)",
            "f db/b",
            "a*tr(diag(exp(diag(S)))*dS)/b",
            "a*diag(exp(diag(S)))/b",
            "a*diag(exp(diag(S)))/(1 + a*sum(exp(diag(S))))",
        ],
    ),
    (
        "sqrt(1 + sin(x)^2)",
        "x",
        {"x": "scalar"},
        [
            "f sqrt(1 + sin(x)^2)",
            "a sin(x)",
            "a cos(x)*dx",
            "b 1 + a^2",
            "b 2*a*da",
            "f db/(2*sqrt(b))",
            "a*da/sqrt(b)",  # and the twos are no line of their own
            "a*cos(x)*dx/sqrt(b)",  # and not with brackets first
            "a*cos(x)/sqrt(b)",
            "cos(x)*sin(x)/sqrt(1 + sin(x)^2)",
        ],
    ),
    ("x'*A", "x", {}, ["f x'*A", "f dx'*A", "(A'*dx)'", "A'"]),
    ("c*x'*x", "c", {}, ["f c*x'*x", "f dc*x'*x", "x'*x"]),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "variables", "expected"),
    [pytest.param(*row, id=f"{row[0]} by {row[1]}") for row in SHOWN],
)
def test_lines(expression, wrt, variables, expected):
    derivation = matcalc.diff(expression, wrt, variables=variables).steps()
    assert lines(derivation) == expected
    assert derivation.proved


# one of each kind: scalars, sums, networks, Kronecker products, structure, functions of rows,
# declared functions, conditions, blocks, spectra, second derivatives
PROVED = [
    ("a^2*sin(a)", "a", {}, 2),
    ("sum(x.^a)", "a", {"x": "positive(n)"}, 1),
    ("log(1 + exp(-y.*(X*w)))'*vector(1)", "w", {}, 1),
    ("-y'*log(softmax(W*x))", "W", {}, 1),
    ("sum(sigmoid(W3*tanh(W2*tanh(W1*x))))", "W1", {}, 1),
    ("A*X*B*X'", "X", {}, 1),
    ("kron(X, A)", "X", {}, 1),
    ("X.*(X*B)", "X", {}, 1),
    ("logdet(A + X*X')", "X", {}, 1),
    ("exp(-norm2(x - z)^2/(2*c^2))", "x", {}, 2),
    ("tr(inv(X)*A)", "X", {}, 2),
    ("tr(X^3)", "X", {}, 1),
    ("tr(K*A)", "K", {"K": "skew(n)"}, 1),
    ("x'*D*A*x", "D", {"D": "diagonal(n)"}, 1),
    ("tr(L*A*L')", "L", {"L": "triangular(n)"}, 1),
    ("log(det(S))", "S", {"S": "psd(n)"}, 1),
    ("tr(Q'*A*Q)", "Q", {"Q": "orthogonal(n)"}, 1),
    ("softmax(X, 2)", "X", {}, 1),
    ("sum(logsumexp(X, 1))", "X", {}, 1),
    ("g(norm2(x))", "x", {"g": "function(scalar) -> scalar"}, 1),
    ("sum(where(x > 0, x.^2, sin(x)))", "x", {}, 1),
    ("norm2([A; sqrt(c)*eye]*x - [b; zeros])^2", "x", {"b": "vector(m)"}, 1),
    ("sum(x[1:2].^3)", "x", {"x": "vector(5)"}, 1),
    ("lambda_max(A*diag(x)*A')", "x", {}, 1),
    ("x'*expm(a*S)*x", "a", {"S": "symmetric(n)"}, 1),
    ("pinv(X)", "X", {}, 1),
    ("cross(x, A*x)'*h", "x", {"x": "vector(3)", "A": "matrix(3, 3)"}, 1),
    ("sum(cumsum(x).^2)", "x", {}, 1),
    ("std(x)", "x", {}, 1),
    ("besselj(2, a)*gammaln(a)", "a", {}, 1),
    ("du'*x + dx*x'*x", "x", {"du": "vector(n)"}, 1),
    ("f*x'*x", "x", {}, 2),
    ("sum(y)", "y", {}, 1),
    ("sum[i](y[i]*log(softmax(X[i,:]*W))[i])", "W", {}, 1),  # of rows
    ("softmax(x'*A)*y", "x", {}, 1),
    ("logsoftmax(-x')*y", "x", {}, 1),
    ("sum[i](logsumexp(X[i,:].*w'))", "w", {}, 1),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "variables", "order", "detail"),
    [
        pytest.param(*row, detail, id=f"{row[0]} by {row[1]}, detail {detail}")
        for place, row in enumerate(PROVED)
        for detail in ((1, 2, 3) if place < 6 else (2,))
    ],
)
def test_every_line_is_proved_and_the_last_is_the_derivative(
    expression, wrt, variables, order, detail
):
    derivative = matcalc.diff(expression, wrt, variables=variables, order=order)
    derivation = derivative.steps(detail=detail)
    assert derivation.proved
    assert len(derivation.chains) == order
    last = derivation.chains[-1].lines[-1]
    assert text(last.tree) == text(derivative._matrix or derivative._tree)


@pytest.mark.parametrize(
    ("expression", "wrt", "variables", "reasons"),
    [
        ("F(A*x)", "x", {"F": "function(vector(m)) -> scalar"}, ["chain-rule-vectors"]),
        ("sum(log(1 + exp(-y.*(X*w))))", "w", {}, ["inner-of-entries", "inner-moved"]),
        (
            "(x - m)'*inv(S)*(x - m) + logdet(S)",
            "S",
            {"S": "psd(n)", "m": "vector(n)"},
            ["inner-as-trace"],
        ),
        ("-log(softmax(W*x)[k])", "W", {}, ["d-softmax"]),
        ("prod[i](x[i])", "x", {}, ["d-prod"]),
        ("var(X*w)", "w", {}, ["mean-of-entries"]),
        ("mean(tanh(X))", "X", {}, ["mean-of-products"]),
        ("max[i](sum[j](A[i,j]*x[j]))", "x", {}, ["d-amax"]),
    ],
)
def test_what_is_more_than_arithmetic_names_its_source(expression, wrt, variables, reasons):
    derivation = matcalc.diff(expression, wrt, variables=variables).steps()
    assert derivation.proved
    cited = {reason.name for line in derivation.chains[0].lines for reason in line.reasons}
    assert cited.issuperset(reasons)


@pytest.mark.parametrize(
    ("expression", "variables", "reason"),
    [
        ("y'*cumsum(x)", {}, "adjoint of cumsum"),
        ("cross(x, y)'*z", dict.fromkeys("xyz", "vector(3)"), "adjoint of cross"),
        ("y'*[x; 2*x]", {"y": "vector(2*n)", "x": "vector(n)"}, "adjoint of the blocks"),
        ("x'*A*x", {}, "a number is its own transpose"),
    ],
)
def test_a_linear_function_goes_to_the_other_side_by_its_adjoint(expression, variables, reason):
    derivation = matcalc.diff(expression, "x", variables=variables).steps()
    assert derivation.proved
    assert [each.text for each in derivation.chains[0].lines[-2].reasons] == [reason]


def test_a_part_keeps_its_name_in_its_own_differential():
    derivation = matcalc.diff("-log(softmax(W*x)[k])", "W").steps()
    assert "tr(((softmax(W*x) - unit(k, n))*x')'*dW)" in lines(derivation)


@pytest.mark.parametrize(
    ("expression", "wrt", "variables", "last"),
    [
        (
            "sum[i!=j](A[i,j]*sin(x[i] - x[j])^2)",
            "x",
            {},
            "D[i] = 2*sum[j!=i](sin(x[i] - x[j])*cos(x[i] - x[j])*(A[j,i] + A[i,j]))",
        ),
        (
            "sum[i<j](1/norm2(X[i,:] - X[j,:]))",
            "X",
            {},
            "D[i,k] = -sum[j!=i]((X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^3)",
        ),
        (
            "sum[i,j,k](W[i,j,k]*X[i,j]*exp(x[k]))^2",
            "W",
            {"W": "tensor(n,m,p)"},
            '2*einsum("ij,ijk,k->", X, W, exp(x))*einsum("ij,k->ijk", X, exp(x))',
        ),
    ],
)
def test_answers_that_are_given_by_entries(expression, wrt, variables, last):
    derivation = matcalc.diff(expression, wrt, variables=variables).steps()
    assert derivation.proved
    assert f"\n    {last}\n" in str(derivation)
    collected = derivation.chains[0].lines[-2]
    assert collected.reasons[0].text == f"collected by entries of d{wrt}"
    assert "D_{i}" in derivation.latex() or wrt != "x"


def test_values_that_are_given_by_entries():
    derivation = matcalc.diff("F[i] = sum[j](A[i,j]*sin(x[i] - x[j]))", "x").steps()
    assert derivation.proved
    assert str(derivation).startswith("f[i] = sum[j](A[i,j]*sin(x[i] - x[j]))\ndf[i] = sum[j](")
    assert derivation.latex().splitlines()[1].startswith("f_{i} &= \\sum_{j}")
    assert "| `df[i] =` | `sum[j](" in derivation.markdown()


def test_one_place_on_an_axis():
    derivation = matcalc.diff("sum[i](exp(X[i,k]*y[i]))", "X").steps()
    assert derivation.proved
    assert lines(derivation)[1] == "f sum[i](exp(X[i,k]*y[i])*(dX[i,k]*y[i]))"


@pytest.mark.parametrize("value", ["sum[j](W[:,j,j]*exp(x[j]))", "kron(W[:,:,1], x)"])
def test_an_array_by_a_tensor_ends_with_the_differential(value):
    derivation = matcalc.diff(value, "W", variables={"W": "tensor(n,m,m)"}).steps()
    assert derivation.proved
    assert "has no form as a matrix" in str(derivation)


def test_a_second_derivative_by_a_tensor_is_refused():
    found = matcalc.diff("sum(W)^2", "W", variables={"W": "tensor(n,m,p)"}, order=2)
    with pytest.raises(UnsupportedError, match="W has more than two axes"):
        found.steps()


def test_names_that_are_taken_are_not_used_again():
    derivation = matcalc.diff("du'*x + f*a*log(x'*x)", "x", variables={"du": "vector(n)"}).steps()
    names = [line.name for line in derivation.chains[0].lines if line.name]
    assert not {"a", "f", "u"} & set(names)
    assert matcalc.diff("dx*x'*x", "x").steps().chains[0].step == "dx_"


def test_what_does_not_depend_on_the_variable():
    derivation = matcalc.diff("a*3", "x", variables={"x": "vector(n)"}).steps()
    assert "f does not depend on x" in str(derivation)


def test_layout_is_said():
    assert "denominator layout" in str(matcalc.diff("A*x", "x", layout="denominator").steps())


def test_a_derivative_without_matrix_notation_ends_with_the_differential():
    derivation = matcalc.diff("expm(X)", "X").steps()
    assert lines(derivation)[-1] == "f frechet_expm(X, dX)"
    assert "has no form as a matrix" in str(derivation)


@pytest.mark.parametrize("detail", [0, 4, True, "2"])
def test_levels_of_detail(detail):
    with pytest.raises(ArgumentError, match="detail is 1, 2 or 3"):
        matcalc.diff("x'*x", "x").steps(detail=detail)


def test_what_is_too_long_is_refused():
    expression = " + ".join(f"sin({k}*x'*x)" for k in range(1, 90))
    with pytest.raises(UnsupportedError, match="too long to be read step by step"):
        matcalc.diff(expression, "x", verify=False).steps()


def test_a_network_has_one_step_for_each_layer():
    layers = "x"
    for k in range(1, 9):
        layers = f"tanh(W{k}*{layers})"
    derivation = matcalc.diff(f"sum({layers})", "W1").steps()
    assert derivation.proved
    inserted = [line.inserted for line in derivation.chains[0].lines if line.inserted]
    assert len(inserted) == 7
    assert all(len(steps) == 1 for steps in inserted)


def test_a_second_derivative_with_many_axes_goes_along_a_direction():
    found = matcalc.diff("inv(X)", "X", order=2).steps()
    assert found.chains[1].lines[0].reasons[0].text == "df for a constant dX = V"
    assert lines(found)[:2] == [
        "g -inv(X)*V*inv(X)",
        "g inv(X)*dX*inv(X)*V*inv(X) + inv(X)*V*inv(X)*dX*inv(X)",
    ]
    assert found.proved


def test_a_wrong_differential_along_a_direction_is_refused(monkeypatch):
    right = build.derive_steps

    def wrong(program, steps, structure):
        return [right(program, steps, structure)[0].args[0]]  # without its sign

    monkeypatch.setattr(build, "derive_steps", wrong)
    with pytest.raises(VerificationError):
        matcalc.diff("inv(X)", "X", order=2).steps()


@pytest.mark.parametrize("wrt", ["A", "B", "C"])
def test_solutions_of_equations_are_not_linear_in_their_matrices(wrt):
    assert matcalc.diff("sylvester(A, B, C)", wrt).steps().proved


@pytest.mark.parametrize(
    "expression",
    ["sum[i<j](exp(-norm2(X[i,:] - X[j,:])^2))", "sum[i,j](log(1 + norm2(X[i,:] - X[j,:])^2))"],
)
def test_arrays_inside_of_a_line_have_names(expression):
    derivation = matcalc.diff(expression, "X").steps()
    last = str(derivation).split("with respect to X is\n")[1].splitlines()[0]
    assert " where M[i,j] = " in last
    assert matcalc.equal(last.strip(), str(matcalc.diff(expression, "X")))
    assert r"\begin{align*}" in derivation.latex()


def test_an_array_by_its_entries_keeps_its_name_and_ends_in_matrix_notation():
    kernel = "K[i,j] = exp(-norm2(X[i,:] - X[j,:])^2/2)"
    derivation = matcalc.diff(f"{kernel}; y'*inv(K)*y", "X", variables={"y": "vector(n)"}).steps()
    assert derivation.proved
    shown = str(derivation)
    assert f"f = y'*inv(K)*y where {kernel}\n" in shown
    assert "dK[i,j] = -K[i,j]*((X[i,:] - X[j,:])*(dX[i,:] - dX[j,:])')" in shown
    assert "einsum" not in shown
    assert "with all names written out:\n" in shown  # and no rule that brings in nothing new
    assert r"f &= y^{\top} K^{-1} y \quad\text{where}\quad K_{i j} = \exp" in derivation.latex()


@pytest.mark.parametrize(
    ("expression", "variables", "words"),
    [
        ("sin(x)*cos(x)", {"x": "scalar"}, "dx is factored out"),
        ("log(det(A + x*B))", {"x": "scalar"}, "common factors cancel"),
        ("y'*log(softmax(2*x + y))", {}, "common factors are taken out"),
        ("x'*A*x/(x'*x)", {}, "dx is factored out"),
    ],
)
def test_what_was_done_to_a_line_is_said(expression, variables, words):
    derivation = matcalc.diff(expression, "x", variables=variables).steps()
    said = [each.text for line in derivation.chains[0].lines for each in line.reasons]
    assert words in said
    assert "simplified" not in said


def test_numbers_alone_are_no_line():
    derivative = matcalc.diff("exp(-a/(2*s^2))", "s", variables={"s": "scalar"})
    assert "b 4*s*ds" in lines(derivative.steps())
    whole = lines(derivative.steps(detail=3))
    assert [line for line in whole if "2*s*ds" in line] == ["b 2*(2*s*ds)"]


def test_what_appears_when_names_are_written_out_names_its_source():
    derivation = matcalc.diff("sum(log(1 + exp(-y.*(X*w))))", "w").steps()
    closed = derivation.chains[0].lines[-1]
    assert [reason.name for reason in closed.reasons] == ["sigmoid-quotient"]
    assert "written out:        exp(x)/(1 + exp(x)) = sigmoid(x) [6]" in str(derivation)


def test_fused_indices_that_lead_to_each_other_end():
    """Leaves gave way to roots, whose leaves gave way in turn, without end."""
    derivation = matcalc.diff("tr(kron(eye(2), F)'*A*kron(eye(2), F)*B)", "F").steps()
    assert derivation.proved


@pytest.mark.parametrize(
    ("expression", "wrt", "variables"),
    [
        (
            "f[0] = h; for t = 1:3; f[t] = tanh(W*f[t-1] + U*x[t]); end; v'*f[3]",
            "U",
            {"W": "matrix(n, n)", "U": "matrix(n, p)", "x[t]": "vector(p)", "h": "vector(n)"},
        ),
        ("sum[i](logsumexp[j=i:n](X[j,:]*b)/(i + 1))", "b", {"b": "vector(p)"}),
        ("-1/beta*sum[i](logsumexp[k](-beta*norm2(X[i,:] - C[k,:])^2))", "C", {"beta": "scalar"}),
    ],
)
def test_steps_of_loops_and_binders_are_read_back(expression, wrt, variables):
    """The adjoint of a member f[1] is fbar[1]; LaTeX of what is taken over an index is read."""
    derivation = matcalc.diff(expression, wrt, variables=variables).steps()
    assert "bar[1]" in str(derivation) or "[0]" not in expression
    assert derivation.latex()


@pytest.mark.parametrize(
    ("source", "wrt", "line", "reasons"),
    [
        ("y'*inv(S)*y", "S", "-y'*inv(S)*dS*inv(S)*y", ["d inv(X) = -inv(X)*dX*inv(X)"]),
        ("sum(tanh(x))", "x", "sum((1 - tanh(x).^2).*dx)", ["d tanh(x) = (1 - tanh(x)^2)*dx"]),
        (
            "y'*softmax(x)",
            "x",
            "y'*(softmax(x).*dx) - y'*(softmax(x)*(softmax(x)'*dx))",
            ["d softmax(x) = Y.*dx - Y*(Y'*dx) for Y = softmax(x)"],
        ),
        ("tr(diag(x)*A)", "x", "diag(A)'*dx", ["the trace is cyclic", "adjoint of diag"]),
        ("tr(A*tril(X))", "X", "tr(triu(A)*dX)", ["adjoint of tril"]),
        ("tr(kron(X, X))", "X", "2*tr(X)*tr(dX)", ["adjoint of kron"]),
        ("tr(A*X)", "X", "tr(A*dX)", []),
    ],
)
def test_reasons_say_what_was_used(source, wrt, line, reasons):
    found = matcalc.diff(source, wrt).steps().chains[0].lines
    shown = {text(each.tree): [why.text for why in each.reasons] for each in found}
    assert shown[line] == reasons


@pytest.mark.parametrize(
    ("source", "wrt", "wanted"),
    [
        ("inv(A + x*x')", "x", "-(kron(inv(M)'*x, inv(M)) + kron(inv(M)', inv(M)*x))*dx"),
        ("tanh(W*tanh(V*x))", "x", "diag(1 - tanh(W*u).^2)*W*diag(1 - u.^2)*V*dx"),
        ("u = A*x; v = tanh(u); B*v", "x", "B*diag(1 - v.^2)*A*dx"),
        ("sin(a)^2 + cos(a)^2", "a", "0*da"),
        (
            "sum((x - mean(x)).^2)",
            "x",
            "2*sum((x - mean(x)).*dx) - 2*sum((x - mean(x)).*vector(mean(dx)))",
        ),
    ],
)
def test_lines_use_the_names_of_parts(source, wrt, wanted):
    found = matcalc.diff(source, wrt).steps()
    assert found.proved
    assert wanted in [text(line.tree) for line in found.chains[0].lines]


def test_rewrites_of_a_jacobian_are_named():
    found = matcalc.diff("exp(A*x)/sum(exp(A*x))", "x").steps().chains[0].lines[-2]
    assert "exp(x)/sum(exp(x)) = softmax(x)" in [why.text for why in found.reasons]
