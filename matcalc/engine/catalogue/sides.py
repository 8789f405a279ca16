"""Both sides of an identity as typed programs."""

from __future__ import annotations

from matcalc.core.errors import CatalogueError, MatcalcError
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.program import Program
from matcalc.engine.catalogue.schema import Identity
from matcalc.read.frontend import read


def parse(entry: Identity, text: str, extra: dict[str, Variable] | None = None) -> Program:
    """A side of an identity; ``extra`` declares more names than ``given`` does."""
    try:
        return read(text, {**entry.given, **(extra or {})})
    except MatcalcError as problem:
        raise CatalogueError(f"{entry.file}, {entry.name}: {problem}") from problem


def sides(entry: Identity) -> tuple[Program, Program]:
    """Both sides; of a differential, see ``differential_program``."""
    if entry.form == "diff":
        return differential_program(entry)
    return parse(entry, entry.expr), parse(entry, entry.right)


def differential_program(entry: Identity) -> tuple[Program, Program]:
    """Both sides of ``d expr = right``."""
    left = parse(entry, entry.expr)
    extra = {"Y": _variable("Y", left)}
    for name in entry.given:
        extra["d" + name] = _variable("d" + name, left, name)
    right = parse(entry, entry.right, extra)
    if right.expr.shape != left.expr.shape:
        raise CatalogueError(
            f"{entry.file}, {entry.name}: the differential has another shape than the expression"
        )
    return left, right


def _variable(name: str, left: Program, like: str | None = None) -> Variable:
    """A free variable of the shape of another, or of the value."""
    shape = left.expr.shape if like is None else left.variables[like].shape
    return Variable(name, free_kind(len(shape)), shape)
