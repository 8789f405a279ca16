"""A sample of what ``benchmarks/diagnose.py`` measures: published derivatives with known slips."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matcalc.claims.judge.report import WRONG
from matcalc.claims.judge.verdict import judge

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "diagnose.py"
OF_EACH_KIND = 4
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
    return benchmark.collect(5, OF_EACH_KIND, sources=120)


def test_no_right_claim_fails(benchmark, sample):
    right, _ = sample
    assert len(right) > 60
    assert [s.name for s in right if not judge(benchmark.claim_of(s, s.right)).ok] == []


def test_no_wrong_claim_passes_and_most_slips_are_named(benchmark, sample):
    _, wrong = sample
    reports = [
        (slip, judge(benchmark.claim_of(slip.source, slip.claim, slip.structure))) for slip in wrong
    ]
    assert len(reports) > 50
    assert [slip.claim for slip, report in reports if report.verdict != WRONG] == []
    named = [benchmark.named(report, slip.names) for slip, report in reports]
    assert sum(named) >= LEAST_NAMED * len(named)


def test_every_diagnosis_mended_is_the_derivative(benchmark, sample):
    _, wrong = sample
    for slip in wrong:
        claim = benchmark.claim_of(slip.source, slip.claim, slip.structure)
        diagnosis = judge(claim).diagnosis
        assert diagnosis is None or judge(replace(claim, claim=diagnosis.mended), seed=2).ok, slip
