"""Exchanges of neighbouring groups of indices."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

import numpy as np

import matcalc
from matcalc.engine.recovery.arrange import _approach, _exchange, _least, _moves


def test_exchanges_lead_to_the_order_that_is_given() -> None:
    """Those that join as many neighbours as they can, too, and these are few."""
    start = tuple(range(5))
    for given in permutations(start):
        fewest = len(_moves(given))
        assert _least(given) <= fewest
        for moves in (_moves(given), tuple(_approach(start, given))):
            order = start
            for current, *cut in moves:
                assert current == order
                order = _exchange(order, *cut)
            assert order == given
            assert len(moves) <= fewest + 1


def test_kronecker_products_of_many_factors() -> None:
    """Eight indices have more orders than can be gone through."""
    derivative = matcalc.diff("kron(kron(kron(X, X), X), X)", "X", verify=False)
    assert "einsum" not in str(derivative)
    x, step = np.array([[0.3, -1.2, 0.7], [0.9, 0.4, -0.5]]), np.array([[1.0, 2, -1], [0.5, 1, 3]])
    power = reduce(np.kron, [x + 1e-20j * step] * 4)
    along = np.tensordot(derivative.to_callable()(X=x), step, 2)
    np.testing.assert_allclose(along, power.imag * 1e20, rtol=1e-9, atol=1e-9)


def test_kronecker_products_of_many_matrices() -> None:
    """Their blocks have more orders than can be tried; they keep the one that they have."""
    derivative = matcalc.diff("kron(A, kron(B, kron(X, kron(C, D))))", "X", verify=False)
    assert str(derivative).startswith("kron(kron(eye(")


def test_equality_of_large_values_is_not_tried() -> None:
    product = "kron(A, kron(B, kron(C, kron(D, kron(E, F)))))"
    assert bool(matcalc.equal(product, f"{product}*1"))
    other = matcalc.equal(product, product.replace("E, F", "F, E"))
    assert (other.verdict, other.how) == ("undecided", "the values have too many entries")
