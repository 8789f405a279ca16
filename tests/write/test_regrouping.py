"""Products with names in longer ones."""

from __future__ import annotations

import matcalc
from matcalc.core.likeness import Likeness
from matcalc.read.frontend import read
from matcalc.write.printers.text import text
from matcalc.write.regrouping import regroup_products


def test_one_of_two_products_that_are_alike_stands_for_both() -> None:
    kinds = {"S": "symmetric(n)", "X": "matrix(n, n)", "a": "vector(n)", "b": "vector(n)"}
    tree = read("b'*(S*X) + a'*(S'*X)*X", kinds).expr
    named = [part for part in tree.parts if part.op == "*" and part.rank == 2]
    found = regroup_products(tree, named, Likeness(["S"]))
    assert len(named) == 2
    assert found is not None
    assert text(found) == "b'*(S*X) + a'*(S*X)*X"


def test_a_row_that_repeats_a_column_is_its_transpose() -> None:
    kinds = {"w": "vector(m)", "v": "vector(m)"}
    found = matcalc.diff("(sum[i<=j](w[i]*tanh(w[i] - v[j])))^2", "w", order=2, variables=kinds)
    assert str(found).startswith("2*(r*r' + ")
    assert found.verification.kind == "exact"


def test_indices_have_no_names_of_sizes_that_are_only_declared() -> None:
    kinds = {"w": "vector(m)", "v": "vector(m)", "T": "tensor(k, l, p)"}
    total = "log(1 + sum[i<=j]((w[i] > v[j])*abs(w[i] - v[j])^(5/2)))"
    assert "sum[j<=q]" in str(matcalc.diff(total, "v", variables=kinds))
