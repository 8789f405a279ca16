"""Thousands of tests are objects that stay: the collector of garbage need not look at them. And
their matrices are small: a second thread of BLAS only waits for the first.
"""

import gc
import os
import sys

import pytest

from matcalc.answers.common import recent

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is loaded; OpenBLAS and MKL read it

pytest.register_assert_rewrite("printing")


@pytest.fixture(autouse=True)
def _asked_anew():
    """No answer of another test is looked up: some spoil the engine on purpose."""
    recent.forget()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems():
    """Hypothesis parses every module of ours for numbers and strings that occur in it, in each
    process, which takes a fifth as long as all of the collection; our strategies draw none of them.
    """
    providers = sys.modules.get("hypothesis.internal.conjecture.providers")
    if hasattr(providers, "is_local_module_file"):
        providers.is_local_module_file = lambda path: False


def pytest_configure():
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


def pytest_unconfigure():
    gc.freeze()  # pytest collects garbage five times at the end, to show what was not closed
