"""Forms with bound indices are evaluated as they are written, and nothing in them twice."""

import pytest

from matcalc.core.choices import FormEvaluator, Rules
from matcalc.core.tree import Expr
from matcalc.read.frontend import read

V = {"x": "vector(n)", "y": "vector(n)", "A": "matrix(n, n)"}
N = 4

# the form, its value, and how often a function is evaluated at most
FORMS = {
    "pairs": ("sum[i,j](exp(x[i] - x[j]))", N * N),
    "names-of-indices": ("sum[i,j](exp(x[i] - x[j])*exp(x[j] - x[i]))", N * N),
    "sums-of-sums": ("sum[i](sum[k](exp(x[i] - y[k]))/sum[j](exp(x[i] - y[j])))", N * N),
    "both-ways": ("sum[i,j](exp(A[i,j])*exp(A[j,i]))", N * N),
    "two-vectors": ("sum[i](exp(x[i])*exp(y[i]))", 2 * N),
    "shifted": ("sum[i=2:n](exp(x[i])*exp(x[i-1]))", 2 * (N - 1)),
    "conditions": (
        "sum[i](sum[j<i](exp(x[i] - x[j]))*sum[k<i](exp(x[i] - x[k])))",
        N * (N - 1) // 2,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_parts_that_are_alike_are_evaluated_once(name: str) -> None:
    text, most = FORMS[name]
    calls = 0

    def step(part: Expr, inside: list[int]) -> int:
        nonlocal calls
        calls += part.op == "exp"
        if part.op == "number":
            return int(part.value)
        left, *right = inside
        # exp(u) is 10 + u, and a quotient the first of its operands: whole numbers will do
        return {
            "exp": lambda: 10 + left,
            "+": lambda: left + right[0],
            "-": lambda: left - right[0],
            "*": lambda: left * right[0],
            "/": lambda: left,
        }[part.op]()

    total = read(text, V).expr
    values = {"x": [3, 1, 4, 1], "y": [5, 9, 2, 6], "A": [[1, 2, 3, 5]] * N}
    args = [values[arg.value] for arg in total.args]

    def take(array: list[int] | list[list[int]], places: list[int | None]) -> object:
        for place in places:
            array = array[place]
        return array

    rules = Rules(step, int, take, lambda part, found: sum(found), lambda entry: False)
    FormEvaluator(total.value, args, {"n": N}, rules).values()
    assert 0 < calls <= most


# of a fused index that others determine one value is tried, where there would be 16 of each
FUSED = {
    "sum[i,j,t=1:n*n](A[i,j]*vec[t,i,j])": 500,
    "sum[k,l,i,j,t=1:n*n](A[k,l]*A[i,j]*vec[t,i,j])": 1000,
    "sum[k,l](sum[i,j](sum[t=1:n*n](A[k,l]*A[i,j]*vec[t,i,j])))": 1000,
    "sum[k,l,i,j,t=1:n*n](A[k,l]*A[i,j]*(t == i + (j - 1)*n))": 1000,
}


@pytest.mark.parametrize("form", FUSED)
def test_few_choices_are_made_of_a_fused_index(form: str) -> None:
    total, made = read(form, V).expr, 0

    class Counted(Rules):
        def expect(self, choices: int) -> None:
            nonlocal made
            made += choices

    def step(part: Expr, inside: list[int]) -> int:
        if part.op in ("number", "dimension"):
            return N if part.op == "dimension" else int(part.value)
        left, right = inside
        return {"+": left + right, "-": left - right, "*": left * right, "==": left == right}[
            part.op
        ]

    ones = [[1] * N] * N
    fuse = [[[int(t == i + j * N) for j in range(N)] for i in range(N)] for t in range(N * N)]
    args = [ones if arg.op == "variable" else fuse for arg in total.args]

    def take(array: list[list[int]], places: list[int]) -> object:
        for place in places:
            array = array[place]
        return array

    rules = Counted(step, int, take, lambda part, found: sum(found), lambda entry: entry == 0)
    column, rows = FormEvaluator(total.value, args, {"n": N}, rules).values()
    assert [column[row] for row in rows] == [N**2 if "k" not in form else N**4]
    assert made <= FUSED[form]
