"""Arithmetic modulo p against Python's own fractions and integers."""

import itertools
from fractions import Fraction

import pytest

from matcalc.verify.exact.field import (
    Never,
    P,
    Stream,
    Undecided,
    Unfit,
    VanishingDivisor,
    cube_root,
    determinant,
    element,
    identity,
    invert,
    is_square,
    number_root,
    permute,
    product,
    square_root,
    transpose,
)


def test_p_is_prime():
    """Lucas and Lehmer's test of the Mersenne number."""
    s = 4
    for _ in range(59):
        s = (s * s - 2) % P
    assert s == 0


def test_stream_repeats_and_stays_inside():
    first, second = Stream(3).some(500), Stream(3).some(500)
    assert first == second
    assert len(set(first)) == 500
    assert all(0 < x < P for x in first)
    assert first != Stream(4).some(500)


@pytest.mark.parametrize(
    "value",
    [Fraction(1, 3), Fraction(-7, 2), Fraction(0), Fraction(10**30), Fraction(5, 10**30)],
    ids=str,
)
def test_element(value):
    assert element(value) * value.denominator % P == value.numerator % P


@pytest.mark.parametrize("value", [Fraction(P), Fraction(1, P), Fraction(-3 * P, 2)], ids=str)
def test_numbers_that_the_prime_divides_are_refused(value):
    with pytest.raises(Undecided):
        element(value)


def test_roots():
    stream = Stream(1)
    for x in stream.some(50):
        square = x * x % P
        root = square_root(square)
        assert root in (x, P - x)
        assert is_square(root)
        if not is_square(x):
            with pytest.raises(Unfit):
                square_root(x)


def test_roots_of_products_are_products_of_roots():
    a, b = (x * x % P for x in Stream(2).some(2))
    assert square_root(a * b % P) == square_root(a) * square_root(b) % P


def test_cube_roots():
    cubes = [pow(x, 9, P) for x in Stream(5).some(20)]
    assert all(pow(cube_root(x), 3, P) == x for x in cubes)
    with pytest.raises(Unfit):
        cube_root(next(x for x in Stream(6).some(100) if pow(x, (P - 1) // 9, P) != 1))


@pytest.mark.parametrize(
    "value",
    [Fraction(4), Fraction(2), Fraction(18), Fraction(9, 4), Fraction(2, 9), Fraction(9)],
    ids=str,
)
def test_root_of_a_number(value):
    assert pow(number_root(value), 2, P) == element(value)
    assert number_root(9 * value) == 3 * number_root(value) % P


def test_root_of_three_is_nowhere():
    with pytest.raises(Never):
        number_root(Fraction(3))


def leibniz(a, n):
    total = 0
    for order in itertools.permutations(range(n)):
        sign = (-1) ** sum(order[i] > order[j] for j in range(n) for i in range(j))
        term = sign
        for i, j in enumerate(order):
            term *= a[i * n + j]
        total += term
    return total % P


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_determinant_and_inverse(n):
    a = Stream(n).some(n * n)
    assert determinant(a, n) == leibniz(a, n)
    assert product(a, invert(a, n), n, n, n) == identity(n)


def test_elimination_with_a_zero_pivot():
    a = [0, 1, 2, 3, 0, 4, 5, 6, 0]
    assert determinant(a, 3) == leibniz(a, 3)
    assert product(invert(a, 3), a, 3, 3, 3) == identity(3)


def test_singular():
    a = [1, 2, 3, 2, 4, 6, 1, 0, 1]
    assert determinant(a, 3) == 0
    with pytest.raises(VanishingDivisor):
        invert(a, 3)


def test_permuted():
    a = list(range(24))
    assert permute(a, (2, 3, 4), (2, 0, 1))[:4] == [0, 4, 8, 12]
    assert (
        permute(list(range(6)), (2, 3), (1, 0))
        == transpose(list(range(6)), 2, 3)
        == [0, 3, 1, 4, 2, 5]
    )
