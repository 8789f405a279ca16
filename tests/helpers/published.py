"""What is published and lies beside the checkout: cases, their arrays and true values."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"


class Published:
    """The cases of one folder, each a mapping with ``id``, ``expr``, ``variables``, ``wrt``."""

    def __init__(self, name):
        self.name = name
        self.truth = cache(self.truth)

    def cases(self, wanted=lambda case: True):
        """A parameter for each case that is wanted; where there are none, one that is skipped."""
        path = SHARED / self.name / "cases.jsonl"
        if not path.is_file():
            absent = pytest.mark.skip(reason=f"shared {self.name} are not beside this checkout")
            return [pytest.param(None, id="absent", marks=absent)]
        cases = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return [pytest.param(case, id=case["id"]) for case in cases if wanted(case)]

    def truth(self):
        """All arrays, by names such as ``id/in/x`` and ``id/truth``."""
        with np.load(SHARED / self.name / "truth.npz") as arrays:
            return dict(arrays)

    def given(self, case):
        """The arrays that go into a case, by the names of its variables."""
        arrays, prefix = self.truth(), f"{case['id']}/in/"
        return {key.removeprefix(prefix): arrays[key] for key in arrays if key.startswith(prefix)}

    def inputs(self, case, program):
        """The same, and the sizes that they give to the named dimensions."""
        given = self.given(case)
        values = {name: given[name] for name in program.variables}
        axes = [
            pair
            for name, variable in program.variables.items()
            for pair in zip(variable.shape, values[name].shape, strict=True)
        ]
        return values, {axis.plain: size for axis, size in axes if axis.plain}


CASES = Published("cases")
MODELS = Published("models")
