r"""Formulas of numbers: what d/dx differentiates where no letter has to be a vector, and what is
offered where letters cannot be vectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.core.inner import INNER
from matcalc.core.kinds import Variable
from matcalc.core.notes import format_number_offer
from matcalc.core.program import Program
from matcalc.core.tree import variable_names
from matcalc.core.walk import postorder
from matcalc.read.shapes.singles import without_declarations
from matcalc.read.syntax.declare import declare
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex.derivatives import SIGNS
from matcalc.read.tex.parser import parse
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.survey import children

# signs of vectors and matrices, and letters with places
_FOR_ARRAYS = re.compile(
    r"\\(?:top|intercal|[lr]?Vert|\||norm|odot|circ|otimes|langle|vec\b|bm\b|boldsymbol|math(?:bf|bb))"
    r"|\\(?:sum|prod|operatorname\s*\{\s*(?:tr|diag|vec|det))|'|‖|⊙|⊗|\^\{?T\b|\^\{?\\mathsf"
)
_PARTIAL = re.compile(r"\\partial|\\nabla|∂|∇")
_OFFERED = re.compile(r'; or declare (?:"\w+: scalar"(?: and )?)+ if (?:it is|these are).*$')
_PI = re.compile(r"\\pi(?![A-Za-z])(?:\s*_\s*(?:\{\s*([a-z])\s*\}|([a-z])(?![A-Za-z])))?")
_OF_VECTORS = frozenset(("transpose", "norm", "inner", "bars", ".*", "⊗"))
_MOST = 30  # letters of a formula that are tried as numbers

Typed = Callable[[Scope], Program]


def may_be_ordinary(text: str) -> bool:
    r"""Whether a formula may ask for an ordinary derivative, by a number: with d, not \partial."""
    return "d" in text and "frac" in text and not _PARTIAL.search(text)


def as_numbers(
    make: Callable[[dict[str, Variable]], Scope], typed: Typed
) -> tuple[Program, list[str]] | None:
    """The formula with numbers for all letters that would be vectors, and these; None where
    something is not a number, or a sign is for vectors.
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
    if program is None or any(part.shape for part in program.expr.parts):
        return None
    used = variable_names(program.expr)
    names, unused = [n for n in names if n in used], {n for n in names if n not in used}
    if not names:
        return None
    kept = {name: each for name, each in program.variables.items() if name not in unused}
    program = program._replace(variables=kept)
    return without_declarations(program, names), names


def entries_of_pi(text: str) -> dict[str, Variable]:
    r"""The vector \pi where a sum runs over its entries, such as the weights \pi_k of a mixture;
    nothing where the number is there as well.
    """
    places = {found[1] or found[2] or "" for found in _PI.finditer(text)}
    running = all(re.search(rf"\\(?:sum|prod|max|min)_\{{?\s*{i}\b", text) for i in places if i)
    return declare(["pi: vector"]) if places and "" not in places and running else {}


def read_ordinary(found: tuple[Program, list[str]] | None) -> Program | None:
    """The formula of numbers, where it asks for a derivative by one of them; notes say so."""
    if found is None:
        return None
    program, names = found
    by = [program.asked[0]] if program.asked else []
    by += [str(part.args[1].value) for part in program.expr.parts if part.op in INNER]
    name = next((each for each in by if each in names), None)
    if name is None:
        return None
    return _noted(*found, f"because d/d{name} is the derivative with respect to a number")


def by_number(scope: Scope, typed: Callable[[dict[str, Variable]], Program]) -> Program | None:
    r"""The formula with a number for the t of d/dt before it, where it has no meaning for a vector,
    as in \frac{d}{dt} \|x + tv\|^2; a note says so.
    """
    try:
        wanted = parse(scope.source, scope)[-1].value
        signs = [part for part in postorder(wanted, children) if part.kind in SIGNS and part.parts]
        name = scope.name(signs[-1].parts[0]) if signs else ""
        if name in scope.declared or not name.isidentifier() or default_kind(name) != "vector":
            return None
        if any(
            part.kind in _OF_VECTORS and scope.name(arg) == name
            for part in postorder(wanted, children)
            for arg in part.args
            if arg.kind in ("symbol", "indexed")
        ):
            return None
        program = typed({name: Variable(name, "scalar")})
    except MatcalcError:
        return None
    why = f"because d/d{name} is the derivative with respect to a number"
    return _noted(without_declarations(program, [name]), [name], why)


def read_numbered(found: tuple[Program, list[str]] | None) -> Program | None:
    """The formula of numbers, where all letters that would be vectors have a number below and there
    are powers, as in x_1^2 + x_1 x_2; notes say so.
    """
    if found is None or not all(name[-1].isdecimal() for name in found[1]):
        return None
    if "^" not in found[0].source:
        return None
    return _noted(*found, "because the formula has no meaning for vectors")


def _noted(program: Program, names: list[str], why: str) -> Program:
    shown, are = names[0], "is read as a number"
    if len(names) > 1:
        shown, are = f"{', '.join(names[:-1])} and {names[-1]}", "are read as numbers"
    declared = " and ".join(f'"{name}: vector"' for name in names)
    note = f"note: {shown} {are}, {why}; declare {declared} otherwise"
    return program._replace(notes=(note, *program.notes))


def offer_numbers(
    problem: ShapeError, names: list[str], fits: Callable[[Mapping[str, Variable]], bool]
) -> None:
    """Says in the hint which letters may be declared as numbers, beside what it offers already
    where that ``fits``.
    """
    hint = problem.hint or ""
    found = _OFFERED.search(hint)
    offered = re.findall(r'"(\w+): scalar"', found[0]) if found else []
    if sorted(offered) == sorted(names):
        return
    if found and fits({name: Variable(name, "scalar") for name in offered}):
        problem.hint = f'{hint}, "{", ".join(names)}: scalar" if all letters are'
        return
    kept, offer = _OFFERED.sub("", hint), format_number_offer(names)
    problem.hint = f"{kept}; or {offer}" if kept else offer
