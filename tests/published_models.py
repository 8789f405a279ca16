"""The published models that lie beside the checkout: their cases, arrays and true values."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "models"


def model_cases(wanted=lambda case: True):
    """A parameter for each case that is wanted; where there are no models, one that is skipped."""
    path = FOLDER / "cases.jsonl"
    if not path.is_file():
        absent = pytest.mark.skip(reason="shared models are not beside this checkout")
        return [pytest.param(None, id="absent", marks=absent)]
    cases = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [pytest.param(case, id=case["id"]) for case in cases if wanted(case)]


@cache
def truth():
    """All arrays, by names such as ``id/in/x`` and ``id/truth``."""
    with np.load(FOLDER / "truth.npz") as arrays:
        return dict(arrays)


def given(case):
    """The arrays that go into a case, by the names of its variables."""
    prefix = f"{case['id']}/in/"
    return {key.removeprefix(prefix): a for key, a in truth().items() if key.startswith(prefix)}
