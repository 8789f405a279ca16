"""The text of an answer, as tests print it, and tables of such texts."""

import warnings

import pytest

import matcalc
from matcalc.engine.pipeline import prepare_to_print
from matcalc.write.notation import format_text
from matcalc.write.printers.numpy_code import Source


def render(tree, variables, columns=0):
    """The text of a tree; where it has no other and its last axes are columns, of its matrix."""
    return format_text(prepare_to_print(tree, variables, columns), variables)


def numpy_source(expr, variables, title=""):
    """The code of a tree for NumPy."""
    return Source(expr, variables, "f", title).text()


def form_rows(forms, quick):
    """A parameter for each row of a table of forms, by its name; one of so many is not slow."""
    return [
        pytest.param(*row, id=name, marks=[] if k % quick == 0 else pytest.mark.slow)
        for k, (name, row) in enumerate(forms.items())
    ]


def check_form(expr, variables, wrt, printed, order=1):
    """The derivative is printed like this, and proved or checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = matcalc.diff(expr, wrt, variables=variables, order=order)
    assert str(found) == printed
    assert found.verification.kind in ("exact", "numeric")
