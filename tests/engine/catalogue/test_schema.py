"""What is demanded of an entry of identities/, and what is said where it is not met."""

import pytest

from matcalc.core.errors import CatalogueError
from matcalc.engine.catalogue.document import document
from matcalc.engine.catalogue.load import Library
from matcalc.engine.catalogue.schema import identity

DERIVATIVE = {
    "name": "square",
    "given": {"x": "vector(n)"},
    "expr": "x'*x",
    "wrt": "x",
    "derivative": "2*x",
    "source": "a book",
}
DIFFERENTIAL = {
    "name": "d-double",
    "given": {"x": "vector(n)"},
    "expr": "2*x",
    "diff": "2*dx",
    "source": "a book",
}
REWRITE = {
    "name": "twice",
    "given": {"x": "vector(n)"},
    "expr": "x + x",
    "to": "2*x",
    "source": "a book",
}

BAD = [
    ("name", DERIVATIVE | {"name": "No Name"}, "without a proper name"),
    ("unknown-key", DERIVATIVE | {"wtr": "x"}, "unknown key wtr"),
    ("two-forms", DERIVATIVE | {"to": "2*x"}, "found 2"),
    ("no-form", {key: value for key, value in REWRITE.items() if key != "to"}, "found 0"),
    ("no-source", DERIVATIVE | {"source": " "}, "source is missing"),
    ("given", DERIVATIVE | {"given": {"x": 3}}, "given must be a table"),
    (
        "domain",
        DERIVATIVE | {"domain": {"y": "positive"}},
        "domain must be a table of declarations of names in given",
    ),
    ("wrt", DERIVATIVE | {"wrt": "y"}, "wrt must be one of the given names"),
    ("wrt-differential", DIFFERENTIAL | {"wrt": "y"}, "wrt must be one of the given names"),
    ("wrt-rewrite", REWRITE | {"wrt": "x"}, "wrt belongs to a derivative or a differential"),
    ("order", DERIVATIVE | {"order": 3}, "order must be 1 or 2"),
    (
        "order-differential",
        DIFFERENTIAL | {"order": 2},
        "order and structure belong to a derivative",
    ),
    ("structure", DERIVATIVE | {"structure": "own"}, "structure must be declared or free"),
    (
        "structure-rewrite",
        REWRITE | {"structure": "free"},
        "order and structure belong to a derivative",
    ),
    ("range", DIFFERENTIAL | {"range": "negative"}, "range must be positive"),
    (
        "phase",
        DIFFERENTIAL | {"phase": "final"},
        "phase must be final, short, introducing, code, and belongs to a rewrite",
    ),
]


@pytest.mark.parametrize(
    ("entry", "message"), [pytest.param(*rest, id=name) for name, *rest in BAD]
)
def test_a_bad_entry_is_refused(entry, message):
    with pytest.raises(CatalogueError, match=message):
        identity(entry, "mine.toml")


FORMULAS = [
    ("derivative", DERIVATIVE, "d (x'*x) / d x = 2*x"),
    ("second", DERIVATIVE | {"order": 2, "derivative": "2*eye"}, "d^2 (x'*x) / d x^2 = 2*eye"),
    ("function", DERIVATIVE | {"expr": "sum(x.^2)"}, "d sum(x.^2) / d x = 2*x"),
    ("differential", DIFFERENTIAL | {"wrt": "x"}, "d (2*x) = 2*dx"),
    ("rewrite", REWRITE, "x + x = 2*x"),
]


@pytest.mark.parametrize(
    ("entry", "formula"), [pytest.param(*rest, id=name) for name, *rest in FORMULAS]
)
def test_formula_in_one_line(entry, formula):
    assert identity(entry, "mine.toml").formula == formula


def test_document_has_a_table_for_each_file(tmp_path):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "mine.toml").write_text(
        '# What I found\n# in a book.\n\n[[identity]]\nname = "mine"\ngiven = { S = '
        '"symmetric(n)" }\nexpr = "tr(S)"\nwrt = "S"\n'
        'structure = "declared"\nderivative = "eye"\ndomain = { S = "psd(n)" }\nsource = '
        '"a book | page 3"\n'
    )
    lines = document(Library(tmp_path)).splitlines()
    assert "| `published/mine.toml` | 1 |" in lines
    assert lines[lines.index("### published/mine.toml") + 2 :][:2] == ["What I found", "in a book."]
    assert lines[-1] == (
        "| mine | `d tr(S) / d S = eye` | S: symmetric(n); on S: psd(n); within "
        "symmetric(n) | a book \\| page 3 |"
    )
