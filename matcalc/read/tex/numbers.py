r"""Formulas of numbers: what d/dx differentiates where no letter has to be a vector, and what is
offered where letters cannot be vectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.core.kinds import Variable
from matcalc.core.notes import format_offer
from matcalc.core.program import Program
from matcalc.read.shapes.singles import without_declarations
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex.scope import Scope

# signs of vectors and matrices, and letters with places
_FOR_ARRAYS = re.compile(
    r"\\(?:top|intercal|[lr]?Vert|\||norm|odot|circ|otimes|langle|vec\b|bm\b|boldsymbol|math(?:bf|bb))"
    r"|\\(?:sum|prod|operatorname\s*\{\s*(?:tr|diag|vec|det))|'|‖|⊙|⊗|\^\{?T\b|\^\{?\\mathsf"
)
_PARTIAL = re.compile(r"\\partial|\\nabla|∂|∇")
_OFFERED = re.compile(r'; or declare (?:"\w+: scalar"(?: and )?)+ if (?:it is|these are).*$')
_MOST = 30  # letters of a formula that are tried as numbers

Typed = Callable[[Scope], Program]


def may_be_ordinary(text: str) -> bool:
    r"""Whether a formula may ask for an ordinary derivative, by a number: with d, not \partial."""
    return "d" in text and "frac" in text and not _PARTIAL.search(text)


def as_numbers(
    make: Callable[[dict[str, Variable]], Scope], typed: Typed
) -> tuple[Program, list[str]] | None:
    """The formula with numbers for all letters that would be vectors, and these; None where
    something is no number, or a sign is for vectors.
    """
    names: list[str] = []
    program: Program | None = None
    while len(names) < _MOST:
        scope = make({name: Variable(name, "scalar") for name in names})
        if _FOR_ARRAYS.search(scope.source):
            return None
        try:
            program = typed(scope)
        except MatcalcError:
            program = None
        fresh = [
            name
            for name in scope.spelled
            if name not in scope.declared and name.isidentifier() and default_kind(name) == "vector"
        ]
        if not fresh:
            break
        names += fresh
    if program is None or not names or any(part.shape for part in program.expr.parts):
        return None
    return without_declarations(program, names), names


def read_ordinary(found: tuple[Program, list[str]] | None) -> Program | None:
    """The formula of numbers, where it asks for a derivative by one of them; notes say so."""
    if found is None or found[0].asked is None or found[0].asked[0] not in found[1]:
        return None
    program, names = found
    shown, are = names[0], "is read as a number"
    if len(names) > 1:
        shown, are = f"{', '.join(names[:-1])} and {names[-1]}", "are read as numbers"
    declared = " and ".join(f'"{name}: vector"' for name in names)
    why = f"because d/d{found[0].asked[0]} is the derivative by a number"
    note = f"note: {shown} {are}, {why}; declare {declared} otherwise"
    return replace(program, notes=(note, *program.notes))


def offer_numbers(
    problem: ShapeError, names: list[str], fits: Callable[[Mapping[str, Variable]], bool]
) -> None:
    """Says in the hint which letters may be declared as numbers, beside what it offers already
    where that ``fits``.
    """
    hint = problem.hint or ""
    offer = format_offer(", ".join(names), "scalar")
    those = "if it is a number" if len(names) == 1 else "if these are numbers"
    found = _OFFERED.search(hint)
    offered = re.findall(r'"(\w+): scalar"', found[0]) if found else []
    if sorted(offered) == sorted(names):
        return
    if found and fits({name: Variable(name, "scalar") for name in offered}):
        problem.hint = f"{hint}, {offer.removeprefix('declare ')} if all letters are"
        return
    kept = _OFFERED.sub("", hint)
    problem.hint = f"{kept}; or {offer} {those}" if kept else f"{offer} {those}"
