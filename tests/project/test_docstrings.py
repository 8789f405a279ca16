"""Docstrings of public functions say shapes, arguments and errors, in the form of the house."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

import matcalc
import matcalc.testing
from matcalc.core import errors

PUBLIC = {
    name: getattr(module, name)
    for module in (matcalc, matcalc.testing)
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
}


def paragraph(function: Callable[..., Any], head: str) -> str:
    """The part of a docstring that begins with a word."""
    form = rf"^{head}: (.*?)(?=^(?:Shapes|Arguments|Raises): |\Z)"
    found = re.findall(form, inspect.getdoc(function) or "", re.M | re.S)
    assert len(found) == 1, f"{function.__name__}: {len(found)} parts {head}"
    return " ".join(found[0].split())


@pytest.mark.parametrize("name", PUBLIC)
def test_shapes_arguments_and_errors(name: str) -> None:
    function = PUBLIC[name]
    assert paragraph(function, "Shapes").endswith(".")
    named = set(re.findall(r"``(\w+)(?:=\w+)?``", paragraph(function, "Arguments")))
    missing = set(inspect.signature(function).parameters) - named
    assert not missing, f"{name} says nothing of {sorted(missing)}"
    raised = re.findall(r"\b\w+Error\b|GradientMismatch", paragraph(function, "Raises"))
    assert raised
    for each in raised:
        known = getattr(errors, each, None) or getattr(matcalc.testing, each)
        assert issubclass(known, Exception)


def test_functions_are_found() -> None:
    assert {"diff", "parse", "check_gradient", "assert_vjp"} <= set(PUBLIC)
