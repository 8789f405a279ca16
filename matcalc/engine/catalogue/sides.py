"""Both sides of an identity as typed programs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matcalc.core.errors import CatalogueError, MatcalcError
from matcalc.core.identity import Identity
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.read.frontend import read


def parse(
    entry: Identity,
    text: str,
    language: BaseLanguage,
    extra: Mapping[str, Variable] = MappingProxyType({}),
) -> Program:
    """A side of an identity; ``extra`` declares more names than ``given`` does."""
    try:
        return read(text, {**entry.given, **extra}, language=language)
    except MatcalcError as problem:
        raise CatalogueError(f"{entry.file}, {entry.name}: {problem}") from problem


def sides(entry: Identity, language: BaseLanguage) -> tuple[Program, Program]:
    """Both sides; of a differential, see ``differential_program``."""
    if entry.form == "diff":
        return differential_program(entry, language)
    return parse(entry, entry.expr, language), parse(entry, entry.right, language)


def differential_program(entry: Identity, language: BaseLanguage) -> tuple[Program, Program]:
    """Both sides of ``d expr = right``."""
    left = parse(entry, entry.expr, language)
    extra = {"Y": _variable("Y", left)}
    for name in entry.given:
        extra["d" + name] = _variable("d" + name, left, name)
    right = parse(entry, entry.right, language, extra)
    if right.expr.shape != left.expr.shape:
        raise CatalogueError(
            f"{entry.file}, {entry.name}: the differential has another shape than the expression"
        )
    return left, right


def _variable(name: str, left: Program, like: str | None = None) -> Variable:
    """A free variable of the shape of another, or of the value."""
    shape = left.expr.shape if like is None else left.variables[like].shape
    return Variable(name, free_kind(len(shape)), shape)
