"""Identities of functions as typed trees, read once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matcalc.catalogue.load import LIBRARY
from matcalc.catalogue.schema import Identity
from matcalc.core.dims import Shape
from matcalc.core.errors import CatalogueProblem, MatcalcError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.frontend import read


@dataclass(frozen=True, slots=True)
class Rule:
    """``d f(parameters) = body``, with Y for the value and ``d`` + name for the differential of each parameter."""

    parameters: tuple[str, ...]
    body: Expr


def parse(entry: Identity, text: str, extra: dict[str, Variable] | None = None) -> Program:
    """A side of an identity; ``extra`` declares more names than ``given`` does."""
    try:
        return read(text, {**entry.given, **(extra or {})})
    except MatcalcError as problem:
        raise CatalogueProblem(f"{entry.file}, {entry.name}: {problem}") from problem


def _variable(name: str, shape: Shape) -> Variable:
    return Variable(name, ("scalar", "vector", "matrix")[len(shape)], shape)


def differential_program(entry: Identity) -> tuple[Program, Program]:
    """Both sides of ``d expr = right``."""
    left = parse(entry, entry.expr)
    extra = {"Y": _variable("Y", left.expr.shape)}
    for name in entry.given:
        extra["d" + name] = _variable("d" + name, left.variables[name].shape)
    right = parse(entry, entry.right, extra)
    if right.expr.shape != left.expr.shape:
        raise CatalogueProblem(f"{entry.file}, {entry.name}: the differential has another shape than the expression")
    return left, right


@cache
def differential(function: str) -> Rule | None:
    """The differential of a function of the language."""
    entry = LIBRARY.get(f"d-{function}")
    if entry is None:
        return None
    return Rule(tuple(entry.given), differential_program(entry)[1].expr)


@cache
def definition(function: str) -> tuple[tuple[str, ...], Expr] | None:
    """Parameters and body of a function that is defined by others."""
    entry = LIBRARY.get(f"define-{function}")
    return None if entry is None else (tuple(entry.given), parse(entry, entry.right).expr)
