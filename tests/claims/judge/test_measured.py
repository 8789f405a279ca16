"""A sample of what ``benchmarks/diagnose.py`` measures: published derivatives with known
mistakes.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matcalc.claims.judge.report import WRONG
from matcalc.claims.judge.verdict import judge

pytestmark = pytest.mark.slow  # CI runs it, once

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "diagnose.py"
OF_EACH_KIND = 3
SOURCES = 75
LEAST_NAMED = 0.9  # the whole measurement is in benchmarks/README.md


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("diagnose_benchmark", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def sample(benchmark):
    return benchmark.collect(5, OF_EACH_KIND, sources=SOURCES)


def test_no_right_claim_fails(benchmark, sample):
    right, _ = sample
    assert len(right) > 60
    assert [s.name for s in right if not judge(benchmark.claim_of(s, s.right)).ok] == []


def test_no_wrong_claim_passes_most_slips_are_named_and_what_is_mended_is_right(benchmark, sample):
    _, wrong = sample
    assert len(wrong) > 50
    passed, named = [], []
    for mistake in wrong:
        claim = benchmark.claim_of(mistake.source, mistake.claim, mistake.structure)
        report = judge(claim)
        if report.verdict != WRONG:
            passed.append(mistake.claim)
        named.append(benchmark.named(report, mistake.names))
        found = report.diagnosis
        assert found is None or judge(replace(claim, claim=found.mended), seed=2).ok, mistake
    assert passed == []
    assert sum(named) >= LEAST_NAMED * len(named)
