"""How long a product is in the other direction is told without writing it."""

from itertools import product as choices

import pytest

from matcalc.core.dims import Dim
from matcalc.engine.recovery.chains import Link, flip, may_pay, saved_by_turning, sum_may_pay
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.writer import ProductWriter

N = Dim(1, ("n",))
FACTORY = ExpressionFactory()
A, B, C = (FACTORY.make("variable", (), (N, N), name) for name in "ABC")
X, Y = (FACTORY.make("variable", (), (N,), name) for name in "xy")
INVERSE = FACTORY.call("inv", (A,), (N, N))
DIAGONAL = Link(FACTORY.call("diag", (X,), (N, N)), False, True)


def chains():
    """Products of three matrices, and of matrices between vectors, each transposed or not."""
    for turns in choices((False, True), repeat=3):
        yield tuple(map(Link, (A, B, INVERSE), turns))
        yield tuple(map(Link, (A, C, X), (*turns[:2], False)))
        yield (Link(X, True), *map(Link, (A, B), turns[:2]), Link(Y))
        yield (Link(A, turns[0]), DIAGONAL, Link(B, turns[1]))


@pytest.mark.parametrize("chain", list(chains()), ids=str)
def test_turned_product_has_as_many_tokens_less(chain):
    writer = ProductWriter(FACTORY, lambda _, each: each)
    plain, turned = writer.product(chain), writer.product(flip(chain))
    assert saved_by_turning(chain) == FACTORY.size(plain) - FACTORY.size(turned)
    if not may_pay(chain):
        assert FACTORY.size(FACTORY.transpose(turned)) >= FACTORY.size(plain)


def test_nothing_is_told_of_powers_and_of_sums():
    total = FACTORY.binary("+", A, B)
    assert saved_by_turning((Link(A, True), Link(A, True))) is None
    assert saved_by_turning((Link(total, True), Link(A, True))) is None


@pytest.mark.parametrize(
    ("turns", "pays"),
    [((True, True, True, True), True), ((True, True, False, False), False)],
)
def test_a_sum_is_turned_only_where_both_terms_allow_it(turns, pays):
    both = [tuple(map(Link, (A, B), turns[:2])), tuple(map(Link, (B, C), turns[2:]))]
    assert sum_may_pay(both) == pays
