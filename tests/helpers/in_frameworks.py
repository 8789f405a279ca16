"""Code for JAX, PyTorch and the array API is run where these are installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from matcalc.core.functions.frameworks import FRAMEWORKS

NEEDED = {"jax": "jax", "torch": "torch", "array-api": "array_api_compat"}
MISSING = [name for name, module in NEEDED.items() if find_spec(module) is None]


def needs(framework: str) -> Any:
    reason = f"{NEEDED[framework]} is not installed"
    return pytest.param(framework, marks=pytest.mark.skipif(framework in MISSING, reason=reason))


def arrays(framework: str, values: dict[str, Any]) -> dict[str, Any]:
    """The arguments as arrays of a framework, in double precision."""
    if framework == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return {key: jax.numpy.asarray(value) for key, value in values.items()}
    if framework == "torch":
        import torch

        return {key: torch.tensor(np.asarray(value)) for key, value in values.items()}
    if find_spec("array_api_strict"):
        import array_api_strict

        return {key: array_api_strict.asarray(np.asarray(value)) for key, value in values.items()}
    return {key: np.asarray(value) for key, value in values.items()}


def numbers(value: Any) -> np.ndarray:
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def compare(found: Any, wanted: Any) -> None:
    found, wanted = numbers(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-8 * max(1, np.abs(wanted).max()))


everywhere = pytest.mark.parametrize("framework", [needs(each) for each in FRAMEWORKS])
