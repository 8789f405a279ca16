"""The judge of ``benchmarks/mutate.py``: it takes what the source as it is shows, and nothing
else.
"""

import importlib.util
from pathlib import Path

import pytest

import matcalc

PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "mutate.py"
SPEC = importlib.util.spec_from_file_location("mutate", PATH)
MUTATE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MUTATE)


@pytest.mark.parametrize("output", MUTATE.OUTPUTS)
@pytest.mark.parametrize("place", [0, 6, len(MUTATE.REQUESTS) - 1])
def test_the_judge_tells_right_from_wrong(place, output):
    request = MUTATE.REQUESTS[place]
    formula = MUTATE.asked(matcalc, request)
    shown = MUTATE._shown(formula, output)
    assert MUTATE._right(formula, request, output, shown)
    wrong = shown.replace("return ", "return 2*") if output == "source" else f"2*({shown})"
    assert not MUTATE._right(formula, request, output, wrong)
