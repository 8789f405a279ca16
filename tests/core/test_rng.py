"""The argument ``rng`` of everything that draws random points."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import ArgumentError
from matcalc.core.rng import seed_of


def test_a_natural_number_is_the_seed() -> None:
    assert seed_of(7) == 7
    assert seed_of(np.int64(7)) == 7


def test_a_generator_gives_its_next_integer() -> None:
    assert seed_of(np.random.default_rng(3)) == seed_of(np.random.default_rng(3))
    generator = np.random.default_rng(3)
    assert seed_of(generator) != seed_of(generator)


def test_none_draws_one() -> None:
    assert len({seed_of(None) for _ in range(4)}) > 1


@pytest.mark.parametrize("rng", [-1, True, "0", 1.5, object()])
def test_anything_else_is_refused(rng: object) -> None:
    with pytest.raises(
        ArgumentError, match="rng must be a nonnegative integer or a NumPy generator"
    ):
        seed_of(rng)


def test_the_former_name_still_works_and_says_so() -> None:
    with pytest.warns(DeprecationWarning, match="seed is now called rng") as said:
        report = matcalc.diff("x'*A*x", "x").check(seed=4)
    assert report.rng == 4
    with pytest.warns(DeprecationWarning, match="now called rng"):
        assert report.seed == 4
    assert said[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="seed is now called rng") as said:
        assert matcalc.equal("tr(A*B)", "tr(B*A)", seed=4)
    assert said[0].filename == __file__
