"""Numbers made of square roots, in one form."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.answers.zeros.surds import as_fraction, value_of
from matcalc.write.printers.text import text

# what is typed, and the one form; nothing where it is no such number
FORMS = [
    ("sqrt(18)", "3*sqrt(2)"),
    ("sqrt(3)*sqrt(6)/6", "sqrt(2)/2"),
    ("sqrt(3*6)/6 - 1/sqrt(2)", "0"),
    ("1/(1 + sqrt(2))", "sqrt(2) - 1"),
    ("1/(sqrt(2) + sqrt(3))", "sqrt(3) - sqrt(2)"),
    ("(1 + sqrt(5))^2/4", "(3 + sqrt(5))/2"),
    ("sqrt((3 + sqrt(5))/2)", "(1 + sqrt(5))/2"),
    ("sqrt(3 - 2*sqrt(2))", "sqrt(2) - 1"),
    ("sqrt(5 + 2*sqrt(6))", "sqrt(2) + sqrt(3)"),
    ("-1 - sqrt(2)", "-(1 + sqrt(2))"),
    ("2^-1.5", "sqrt(2)/4"),
    ("(1 + sqrt(2))^-1.5", None),
    ("0.5*sqrt(1/3)", "sqrt(3)/6"),
    ("sqrt(1 + sqrt(2))", None),
    ("sqrt(sqrt(2) - 2)", None),
    ("sqrt(-2)", None),
    ("1/(sqrt(2) - sqrt(2))", None),
    ("2^(1/3)", None),
    ("exp(1)", None),
]


@pytest.mark.parametrize(("typed", "form"), FORMS)
def test_numbers_have_one_form(typed: str, form: str | None) -> None:
    tree = matcalc.parse(typed)._tree
    if form is None:
        assert value_of(tree) is None and as_fraction(tree) is tree
        return
    assert text(as_fraction(tree)) == form
    assert matcalc.equal(typed, form).verdict == "equal"
