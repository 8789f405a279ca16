"""A false rule in identities/ gives derivatives that the exact judge does not pass: wrong where all
is rational.
"""

import re

import pytest
from sweeps import thinned

from matcalc.core.language import BUILT_IN
from matcalc.core.operations import OPERATIONS
from matcalc.core.statement import DerivativeStatement
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.exact.composites import COMPOSITES
from matcalc.verify.exact.field_rules import FUNCTIONS
from matcalc.verify.exact.judge import judge
from matcalc.verify.exact.multilinear import FUNCTIONS as MULTILINEAR

RATIONAL = ("det", "inv", "pinv", "adj", "cof")
# X^k is a frechet_power in the engine, and in the answer
OF_DEFINITE = {"d-chol"}
UNUSED = {"d-sylvester"}  # the engine has the slope of the array, calculus/resolvents.py
CALLED = {"d-pow": "x.^a", "d-power": "tr(X^k*X)"}


def known(entry):
    """Whether the judge has an evaluation of its own and the engine uses the rule."""
    name = entry.name.removeprefix("d-").removeprefix("define-").removesuffix("-matrix")
    return (
        entry.form in ("diff", "is")
        and (name in FUNCTIONS | MULTILINEAR | COMPOSITES or name == "pow")
        and (name in (*OPERATIONS, "pow"))
        and name != "tr"
        and entry.name not in UNUSED
    )


def corruptions(entry):
    """Wrong right sides: factor, sign, or a term too much where the differential is zero;
    transposed differentials.
    """
    name = next(iter(entry.given))
    if entry.right.startswith("0*"):
        return {"term": f"{entry.right} + d{name}/1000"}
    wrong = {"factor": f"1.001*({entry.right})", "sign": f"-({entry.right})"}
    if (
        entry.given[name] == "matrix(n, n)"
        and entry.form == "diff"
        and entry.name not in OF_DEFINITE
    ):
        wrong["transposed"] = re.sub(rf"\bd{name}\b", f"d{name}'", entry.right)
    return wrong


ROWS = [
    pytest.param(entry, wrong, id=f"{entry.name}-{how}")
    for entry in LIBRARY.all()
    if known(entry)
    for how, wrong in corruptions(entry).items()
]


@pytest.fixture
def corrupted(monkeypatch):
    """Installs a corrupted entry for one test."""

    def install(entry, wrong):
        monkeypatch.setitem(LIBRARY._loaded, entry.name, entry._replace(right=wrong))
        monkeypatch.setattr(BUILT_IN, "_made", {})

    return install


def outcome(entry):
    name = next(iter(entry.given))
    definite = entry.name in OF_DEFINITE
    program = read(
        CALLED.get(entry.name, entry.expr),
        {**entry.given, **({name: "psd(n)"} if definite else {})},
    )
    structure = "declared" if definite else "free"
    tree = derive(program, name, structure=structure)
    return judge(DerivativeStatement(program, name, 1, structure), tree).outcome


@pytest.mark.parametrize(("entry", "wrong"), thinned(ROWS, 3))
def test_a_false_rule_is_found(entry, wrong, corrupted):
    assert outcome(entry) == "exact"
    corrupted(entry, wrong)
    name = entry.name.removeprefix("d-").removeprefix("define-")
    assert outcome(entry) in (("wrong",) if name in RATIONAL else ("wrong", "undecided"))
