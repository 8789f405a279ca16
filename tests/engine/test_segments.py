"""Long programs are cut into segments: what a segment is multiplied by stands still in it."""

import pytest

import matcalc

SINKHORN = "v[0] = g; for k = 1:7; u[k] = a./(K*v[k-1]); v[k] = b./(K'*u[k]); end; "
KERNEL = {
    "K": "matrix(n, m)",
    "C": "matrix(n, m)",
    "a": "vector(n)",
    "b": "vector(m)",
    "g": "vector(m)",
}
LAYER = {"W": "matrix(n, m)", "x": "vector(m)", "b": "vector(n)"}


# the adjoint of a value has the weights in it, or a value that comes before
@pytest.mark.parametrize(
    "last", ["sum(K)*sum(v[7])", "u[7]'*C*v[7]", "u[7]'*(K.*C)*v[7]", "sum(u[7])*sum(v[7])"]
)
def test_weights_beside_what_a_cell_computes(last):
    assert matcalc.parse(SINKHORN + last, KERNEL).diff("K").verification  # else it raises


@pytest.mark.parametrize(
    "program",
    [
        "z = W*x + b; s = tanh(z).*z; t = exp(-s).*s; t'*z",
        "z = W*x + b; s = tanh(z).*z; t = exp(-s).*z; sum(b)*sum(t)",
        "z = W*x + b; s = tanh(z).*z; t = exp(-s).*b; t'*b",
        "z = W*x + b; s = exp(z).*z; t = sin(s).*s; (t'*z)*sum(x)",
    ],
)
def test_values_beside_what_is_made_of_them(program):
    found = matcalc.diff(program, ["W", "x", "b"], variables=LAYER)
    assert found.verification  # else it raises


def test_what_comes_twice_is_doubled():
    program = "z = W*x + b; s = tanh(z).*z; t = exp(-s).*b; t'*b"
    assert "db = u + 2*(b.*exp(-s))" in str(matcalc.diff(program, ["W", "x", "b"], variables=LAYER))


def test_long_sums_have_their_terms_in_order_and_no_brackets():
    terms = [f"sin({k}*x)" for k in range(2, 120)]
    found = matcalc.diff(" + ".join(terms), "x", variables={"x": "scalar"})
    assert str(found).replace("cos(", "").count("(") == 0
    assert str(found).startswith("2*cos(2*x) + 3*cos(3*x) + 4*cos(4*x)")
    assert str(found).endswith("+ 119*cos(119*x)")
    logarithm = matcalc.diff(f"log({' + '.join(terms)})", "x", variables={"x": "scalar"})
    assert logarithm.verification.kind == "exact"
