"""Thousands of tests are objects that stay: the collector of garbage need not look at them."""

import gc

import pytest

from matcalc.answers import recent


@pytest.fixture(autouse=True)
def _asked_anew():
    """No answer of another test is looked up: some spoil the engine on purpose."""
    recent.forget()


def pytest_configure():
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


def pytest_unconfigure():
    gc.freeze()  # pytest collects garbage five times at the end, to show what was not closed
