"""Generated code with one-hot matrices: these may be lists of places, and no product with one is
computed. What the formula says is computed by the numeric judge from the matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from in_frameworks import arrays, compare, everywhere
from placed import CASES, SIZES, arguments, formula

import matcalc
from matcalc.core.errors import EvaluationError
from matcalc.verify.oracle.interpret import interpret

both_orders = pytest.mark.parametrize("order", [1, 2])
all_cases = pytest.mark.parametrize(
    ("expr", "wrt", "kinds"), CASES, ids=[each[0] for each in CASES]
)


@both_orders
@all_cases
def test_numpy(expr: str, wrt: str, kinds: dict[str, str], order: int) -> None:
    found = formula(expr, wrt, kinds, order)
    matrices, lists = arguments(found.variables)
    wanted = interpret(found._tree, matrices, sizes=SIZES)
    for runtime in ("inline", "matcalc"):
        namespace: dict[str, Any] = {}
        exec(found.source("numpy", runtime=runtime), namespace)
        for values in (matrices, lists):
            compare(namespace["f"](**values), wanted)
    single = {
        key: np.asarray(each, dtype=np.float32) if np.asarray(each).dtype.kind == "f" else each
        for key, each in lists.items()
    }
    result = found.to_callable()(**single)
    assert np.asarray(result).dtype == np.float32
    np.testing.assert_allclose(result, wanted, rtol=1e-3, atol=1e-3 * max(1, np.abs(wanted).max()))


@everywhere
@both_orders
@all_cases
def test_frameworks(expr: str, wrt: str, kinds: dict[str, str], order: int, framework: str) -> None:
    found = formula(expr, wrt, kinds, order)
    for values in arguments(found.variables):
        wanted = found.to_callable()(**values)
        compare(found.to_callable(framework)(**arrays(framework, values)), wanted)


@pytest.mark.parametrize(
    ("case", "absent"),
    [(1, "@ X"), (2, "@"), (6, "one_hot"), (7, "one_hot"), (15, "@"), (16, "@")],
)
def test_no_product_with_a_one_hot_matrix(case: int, absent: str) -> None:
    expr, wrt, kinds = CASES[case]
    body = formula(expr, wrt, kinds, 1).source("numpy").split('"""')[2].split("\ndef ")[0]
    assert absent not in body


WRONG = [
    ({"s": [0, 5, 1]}, "positions from 0 to 4"),
    ({"s": [0, -1, 1]}, "positions from 0 to 4"),
    ({"s": [0.0, 1.0, 2.0]}, "list of positions counted from 0"),
    ({"s": np.eye(4)}, "one-hot matrix with 5 columns"),
    ({"s": np.full((3, 5), 0.2)}, "with a single 1 in each row"),
    ({"s": 2 * np.eye(5)[:3]}, "with a single 1 in each row"),
    ({"s": [0, 1]}, "3 rows or positions, not 2"),
    ({"x": np.ones((5, 2))}, "argument x must have the shape"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_what_is_no_list_of_places(values: dict[str, Any], message: str) -> None:
    f = formula("norm2(s*x - y)^2", "x", {"s": "onehot(m, n)"}, 1).to_callable()
    with pytest.raises(EvaluationError, match=message):
        f(**{"s": [0, 4, 4], "x": np.ones(5), "y": np.ones(3), **values})


@everywhere
@pytest.mark.parametrize(
    "places", [[0, 4, 5], [0, 4, -1], np.full((3, 5), 0.2), 2 * np.eye(5)[[0, 4, 4]]]
)
def test_what_is_no_list_of_places_for_frameworks(places: Any, framework: str) -> None:
    f = formula("norm2(s*x - y)^2", "x", {"s": "onehot(m, n)"}, 1).to_callable(framework)
    values = arrays(framework, {"s": np.asarray(places), "x": np.ones(5), "y": np.ones(3)})
    with pytest.raises(ValueError, match="a single 1 in each row, or positions from 0 to 4"):
        f(**values)


def test_sizes_that_only_the_matrix_tells() -> None:
    """Then it has to be one."""
    found = formula("norm2(C*s)^2", "C", {"s": "onehot(m, n)", "C": "matrix(q, m)"}, 1)
    matrices, lists = arguments(found.variables)
    compare(found.to_callable()(**matrices), interpret(found._tree, matrices, sizes=SIZES))
    assert "places" not in found.source("numpy")
    with pytest.raises(EvaluationError, match=r"argument s must have the shape \(m, n\)"):
        found.to_callable()(**lists)


def test_problem_with_labels() -> None:
    rng = np.random.default_rng(0)
    X, labels = rng.standard_normal((30, 3)), rng.integers(0, 4, 30)
    loss = "-sum(Y.*logsoftmax(X*W, 2))/m + norm2(W)^2/10"

    def problem(Y: Any) -> matcalc.Problem:
        kinds = {"Y": "onehot(m, k)"}
        return matcalc.Problem(loss, ["W"], {"X": X, "Y": Y}, sizes={"k": 4}, variables=kinds)

    one, other = problem(labels), problem(np.eye(4)[labels])
    np.testing.assert_allclose(one.jac(one.x0), other.jac(one.x0))
    np.testing.assert_allclose(one.hess(one.x0), other.hess(one.x0))
    np.testing.assert_allclose(one.minimize().fun, other.minimize().fun)
