"""Every entry of identities/ is well formed, cited and true."""

from pathlib import Path

import numpy as np
import pytest
from judging import differential_error, equality_report, kinds, points, published_error, tokens
from longer import LONGER
from printing import render
from sweeps import thinned

from matcalc.core.language import default_language
from matcalc.core.operations import FRECHET, OPERATIONS, PROJECTORS
from matcalc.core.statement import DerivativeStatement
from matcalc.engine.calculus.orders import ORDERED
from matcalc.engine.catalogue.document import document
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.catalogue.sides import sides as sides_of
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import check
from matcalc.verify.oracle.interpret import interpret

ENTRIES = LIBRARY.all()


def entries(*forms):
    rows = [pytest.param(entry, id=entry.name) for entry in ENTRIES if entry.form in forms]
    return thinned(rows, 12)


@pytest.mark.parametrize("entry", entries("diff", "to", "is", "derivative"))
def test_loads_and_is_cited(entry):
    assert len(entry.source) >= 10
    sides = sides_of(entry, default_language())
    assert set(entry.given) == set(sides[0].variables), "what is given is used"
    assert entry.form == "diff" or set(sides[1].variables) <= set(entry.given)


@pytest.mark.parametrize("entry", entries("diff"))
def test_differential_is_true(entry):
    assert differential_error(entry) <= 1e-7


@pytest.mark.parametrize("entry", entries("to", "is"))
def test_equality_is_true(entry):
    report = equality_report(entry)
    assert report.ok, str(report)


@pytest.mark.parametrize("entry", entries("derivative"))
def test_published_derivative_is_true(entry):
    assert published_error(entry) <= 1e-7


# what the source prints where the entry says that it is a misprint
MISPRINTS = [
    ("cookbook-92-2", "X*a*b'*(X^2)' + a*b'*(X^2)'*X + X^2*a*b'*X' + X'*X^2*a*b'"),
    ("cookbook-95", "2*A'*A*x/(x'*B*B*x) - 2*(x'*A'*A*x)*B'*B*x/(x'*B'*B*x)^2"),
]


@pytest.mark.parametrize(("name", "printed"), [pytest.param(*row, id=row[0]) for row in MISPRINTS])
def test_misprints_are_false(name, printed):
    """B is square here, so that what is printed can be evaluated at all."""
    entry = next(entry for entry in ENTRIES if entry.name == name)
    assert "misprinted" in entry.source
    square = {**entry.given, "B": "matrix(n, n)"} if "B" in entry.given else entry.given
    assert published_error(entry._replace(given=square)) <= 1e-7
    assert published_error(entry._replace(given=square, right=printed)) > 1e-3


@pytest.mark.parametrize("entry", entries("derivative"))
def test_engine_derives_the_published(entry):
    """The value against the oracle; the text against the published one by length."""
    program = read(entry.expr, kinds(entry))
    tree = derive(program, entry.wrt, entry.order, structure=entry.structure)
    report = check(
        DerivativeStatement(program, entry.wrt, entry.order, entry.structure),
        lambda values, sizes: interpret(tree, values, sizes),
    )
    assert report.ok, str(report)
    printed = render(tree, program.variables, len(program.variables[entry.wrt].shape))
    fits = tokens(printed) <= tokens(entry.right)
    assert fits != (entry.name in LONGER), (
        f"helpers/longer.py; {printed}   published: {entry.right}"
    )


def test_exceptions_are_entries():
    assert LONGER.keys() <= {entry.name for entry in ENTRIES if entry.form == "derivative"}


@pytest.mark.parametrize(
    "entry", [param for param in entries("diff") if param.values[0].file.startswith("published/")]
)
def test_engine_derives_the_published_differential(entry):
    program = read(entry.expr, kinds(entry))
    assert differential_error(entry, lambda name: derive(program, name, structure="free")) <= 1e-9


@pytest.mark.parametrize("entry", [param for param in entries("diff") if param.values[0].range])
def test_range_is_positive(entry):
    program = read(entry.expr, kinds(entry))
    for _, sizes, values in points(program, count=20):
        assert np.all(interpret(program.expr, values, sizes) > 0)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_function_has_its_mathematics(name):
    """A differential or a definition in the catalogue; or structure, which the network expresses
    without a rule.
    """
    by_indices = {
        "sum",
        "mean",
        "diag",
        "vec",
        "kron",
        "dot",
        "outer",
        "tril",
        "triu",
        "cumsum",
        "revcumsum",
    }
    by_indices |= {
        "khatrirao",
        "permute",
        "einsum",
        "reshape",
        "commutation",
        *PROJECTORS,
        *PROJECTORS.values(),
        "cross",
        "skewmat",
        "vee",
        "vech",
        "elimination",
        "duplication",
    }
    by_slots = FRECHET.keys() | ORDERED.keys() | {"mvlgamma"}
    by_powers = {"sqrt"}
    known = {entry.name for entry in ENTRIES}
    assert (
        f"d-{name}" in known
        or f"define-{name}" in known
        or name in by_indices | by_slots | by_powers
    )


def test_document_is_current():
    """``python -m matcalc.engine.catalogue.document > docs/identities.md`` writes it."""
    page = Path(__file__).resolve().parents[3] / "docs" / "identities.md"
    assert page.read_text(encoding="utf-8") == document(LIBRARY)
