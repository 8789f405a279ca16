"""The checks can fail: every differential and rewrite, corrupted in several ways, is found out."""

import re

import pytest
from judging import differential_error, equality_report, kinds
from sweeps import thinned

from matcalc.core.language import BUILT_IN
from matcalc.core.operations import OF_SYMMETRIC, OPERATIONS
from matcalc.core.statement import DerivativeStatement
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import check
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import matrix_exponents

TRANSPOSED_IS_EQUAL = ("tr(dX)",)


def corruptions(entry):
    """Wrong right sides: sign, factor, a term too much, an argument's differential transposed."""
    name = entry.wrt or next(name for name in entry.given if entry.given[name] != "integer")
    wrong = {"factor": f"1.001*({entry.right})", "sign": f"-({entry.right})"}
    if entry.right.startswith("0*"):
        wrong = {"term": f"{entry.right} + d{name}/1000"}
    directed = (
        entry.right not in TRANSPOSED_IS_EQUAL and entry.name.removeprefix("d-") not in OF_SYMMETRIC
    )
    if entry.given[name] == "matrix(n, n)" and directed:
        wrong["transposed"] = re.sub(rf"\bd{name}\b", f"d{name}'", entry.right)
    return wrong


def cases(*, in_engine=False):
    found = []
    for entry in LIBRARY.all():
        used = (
            entry.name.removeprefix("d-") in (*OPERATIONS, "pow", "power")
            # a trace is lowered to indices, a solution to an array that has a slope of its own
            and entry.name not in ("d-tr", "d-sylvester")
        )
        if entry.form == "diff" and (used or not in_engine):
            found += [
                pytest.param(entry, wrong, id=f"{entry.name}-{kind}")
                for kind, wrong in corruptions(entry).items()
            ]
    return found


@pytest.mark.parametrize(("entry", "wrong"), thinned(cases(), 8))
def test_a_false_differential_is_found_by_the_sweep(entry, wrong):
    assert differential_error(entry._replace(right=wrong)) > 1e-5


@pytest.fixture
def corrupted(monkeypatch):
    """Installs a corrupted entry for one test."""

    def install(entry, wrong):
        monkeypatch.setitem(LIBRARY._loaded, entry.name, entry._replace(right=wrong))
        monkeypatch.setattr(BUILT_IN, "_made", {})

    return install


@pytest.mark.parametrize(("entry", "wrong"), thinned(cases(in_engine=True), 8))
def test_a_false_rule_gives_derivatives_that_fail_the_check(entry, wrong, corrupted):
    program = read(entry.expr, kinds(entry))
    names = [name for name in entry.given if name not in matrix_exponents([program.expr])]
    wrt = next((name for name in names if f"0*d{name}" not in entry.right), names[0])
    assert verdict(program, wrt)
    corrupted(entry, wrong)
    assert not verdict(program, wrt)


def verdict(program, wrt):
    structure = "declared" if program.expr.op in OF_SYMMETRIC else "free"
    tree = derive(program, wrt, structure=structure)
    return check(
        DerivativeStatement(program, wrt, 1, structure),
        lambda values, sizes: interpret(tree, values, sizes),
    ).ok


@pytest.mark.parametrize(
    "entry",
    thinned([pytest.param(e, id=e.name) for e in LIBRARY.all() if e.form in ("to", "is")], 8),
)
def test_a_false_equality_is_found(entry):
    spoilt = entry._replace(right=f"1.003*({entry.right}) + 0.001")
    assert not equality_report(spoilt).ok
