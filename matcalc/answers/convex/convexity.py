"""Whether an expression is convex: a certificate, a counterexample, or neither of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isinf
from typing import Any

from matcalc.answers.common.names import number_hint, require_different, require_scalar
from matcalc.answers.convex.composition import Composition
from matcalc.answers.convex.curvature import Chord, Curved, Numbers, find_declared_function
from matcalc.answers.convex.domains import bounds_of_variables
from matcalc.answers.convex.joint_convexity import joint_certificate
from matcalc.answers.convex.nowhere import require_values
from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, MatcalcError, UnsupportedError, VerificationError
from matcalc.core.indexed import parts
from matcalc.core.kinds import FREE, Variable, kind_spec
from matcalc.core.notes import label_lines
from matcalc.core.operations import ENTRYWISE, ROOTS, SMOOTH
from matcalc.core.program import Program, require_variable
from matcalc.core.rng import seed_of
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, is_zero, variable_names
from matcalc.core.walk import postorder
from matcalc.engine.definite import Certificate, Definiteness, negate
from matcalc.engine.pipeline import differentiate, matricize, simplify
from matcalc.results import Expression, Formula
from matcalc.verify.oracle.domain import interval
from matcalc.verify.verification import verify

CONVEX, CONCAVE, AFFINE, NEITHER, UNKNOWN = "convex", "concave", "affine", "neither", "unknown"
# operations with second derivatives wherever they have a value; others the Hessian may not see
_SMOOTH = frozenset(
    (
        *("number", "variable", "constant", "dimension", "eye", "unit", "fill", "slice", "blocks"),
        *("+", "-", "neg", "*", ".*", "/", "./", "^", ".^", "'", "indexed", "at", "index", "slot"),
        *SMOOTH,
    )
)
_SEGMENTS = 24  # chords at which a certificate is tried
_WRONG = 1e-7  # of a chord on the wrong side, what no rounding explains


@dataclass(frozen=True)
class Convexity:
    """The verdict with its reasons.

    ``hessian`` is the proof where the Hessian is one, with the semidefinite ``terms`` whose sum it
    is and the ``reasons`` that it takes besides; ``rules`` are those of the composition otherwise;
    ``up`` and ``down`` are points, or chords, at which the expression is curved upwards and
    downwards. ``checked`` says how many chords agree with a certificate, ``hint`` with which
    declarations there is one.
    """

    verdict: str
    wrt: str
    why: str
    hessian: Formula | None = None
    terms: tuple[Formula, ...] = ()
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    up: Curved | Chord | None = None
    down: Curved | Chord | None = None
    checked: int = 0
    hint: str = ""

    def __str__(self) -> str:
        rows = [] if self.hessian is None else [("Hessian", str(self.hessian))]
        rows += [("term", str(term)) for term in self.terms if len(self.terms) > 1]
        rows += [("because", reason) for reason in self.reasons]
        rows += [("rule", rule) for rule in self.rules]
        for label, curved in (("upwards", self.up), ("downwards", self.down)):
            rows += [] if curved is None else [(label, curved.describe(self.wrt))]
        rows += [("checked", f"at {self.checked} random chords")] if self.checked else []
        rows += [("hint", self.hint)] if self.hint else []
        return "\n".join([f"{self.verdict}: {self.why}", *label_lines(rows)])

    @property
    def said(self) -> str:
        """The certificate in a line."""
        if self.hessian is None:
            return self.why
        reasons = f", because {'; '.join(self.reasons)}" if self.reasons else ""
        return f"{self.why.split(', on every')[0]}, {self.hessian}{reasons}"

    @public
    def latex(self) -> str:
        """The verdict, and the Hessian where it is the certificate, as a displayed equation."""
        said = rf"\text{{{self.verdict}: {self.why}}}"
        if self.hessian is None:
            return said
        return rf"{said} \qquad \nabla^2 = {self.hessian.latex()}"


def convexity(expression: Expression, wrt: str | Sequence[str], rng: Any = 0) -> Convexity:
    """Whether a scalar is convex in a variable, or in several together, for all values of the
    others.

    A certificate is the Hessian, proved to be semidefinite, or the rules of composition; random
    chords are tried against it. A counterexample is a point with a direction, or a chord, found and
    confirmed by numbers.
    """
    found = verdict_on(expression, wrt, rng)
    if found.verdict not in (NEITHER, UNKNOWN):
        return found
    names = [wrt] if isinstance(wrt, str) else list(wrt)
    decided = decisive_kinds(expression._program, names)
    hint = "" if decided is None else f"with {decided[0]} it is {decided[1]}"
    return replace(found, hint=hint)


def verdict_on(expression: Expression, wrt: str | Sequence[str], rng: Any = 0) -> Convexity:
    """The same, without a look for declarations that would decide it."""
    program = expression._program
    names = _require_convex_sets(program, wrt)
    found, numbers = _certify(program, names), Numbers(program, names, seed_of(rng, None))
    return _by_numbers(program, numbers) if found is None else _check(program, found, numbers)


def decisive_kinds(program: Program, names: Sequence[str]) -> tuple[str, str] | None:
    """Declarations of what is not declared, numbers as positive and square matrices as psd, with
    which there is a certificate, and the verdict; None where they do not decide it.
    """
    kinds = {
        name: Variable(name, "psd" if each.shape else "positive", each.shape[:1])
        for name, each in program.variables.items()
        if not each.declared and name not in names and _may_be_positive(each)
    }

    def verdict() -> str | None:
        with suppress(MatcalcError):
            found = _certify(program._replace(variables={**program.variables, **kinds}), names)
            return None if found is None else found.verdict
        return None

    first = verdict() if kinds else None
    if first is None:
        return None
    for name in list(kinds):
        kind = kinds.pop(name)
        if verdict() != first:
            kinds[name] = kind
    return ", ".join([f"{name}: {kind}" for name, kind in kinds.items()]), first


def _may_be_positive(variable: Variable) -> bool:
    shape = variable.shape
    return variable.kind in FREE and (not shape or (len(shape) == 2 and shape[0] == shape[1]))


def _require_convex_sets(program: Program, wrt: str | Sequence[str]) -> list[str]:
    """The variables, which range over convex sets; ArgumentError where one does not."""
    names = [wrt] if isinstance(wrt, str) else require_different(wrt)
    for name in names:
        variable = require_variable(program, name)
        if not kind_spec(variable.kind).convex:
            raise ArgumentError(
                f"{name} is {variable}, and these do not form a convex set",
                hint=f"declare {name} without its kind to ask about all of them",
            )
    require_scalar(program.expr, "convexity is", number_hint(program, names[0]))
    require_values(program)
    return names


def _certify(program: Program, names: Sequence[str]) -> Convexity | None:
    """The verdict with a certificate, if there is one."""
    plain = _without_indices(program)
    found = _by_hessian(program, list(names)) or _by_composition(plain, list(names))
    if found is None:  # sum(svdvals(X)) has a name of which more is known
        short = simplify(plain._replace(definitions={}))
        if short is not plain.expr:
            found = _by_composition(plain._replace(expr=short, definitions={}), list(names))
    return found


def _without_indices(program: Program) -> Program:
    """The program in matrix notation, where it has bound indices and there is one."""
    if "indexed" not in program.expr.operations:
        return program
    return program._replace(expr=simplify(program._replace(definitions={})), definitions={})


def _by_composition(program: Program, names: list[str]) -> Convexity | None:
    """The verdict by the rules of composition; parts of them by their Hessians."""

    def certify(part: Program, wrt: Sequence[str]) -> tuple[str, str] | None:
        found = _by_hessian(part, list(wrt))
        return None if found is None else (found.verdict.replace("strictly ", ""), found.said)

    verdict, rules = Composition(program, names, certify).verdict()
    if verdict not in (CONVEX, CONCAVE, AFFINE):
        return None
    return Convexity(verdict, ", ".join(names), "by the rules of composition", rules=rules)


def _by_hessian(program: Program, names: list[str]) -> Convexity | None:
    """The verdict where the Hessian is a certificate."""
    known = Definiteness(program, bounds_of_variables(program.expr, set(program.variables)))
    if has_kinks(program.expr, names, known):
        return None
    try:
        if len(names) == 1:
            return _by_one_hessian(program, names[0], known)
        return _by_blocks(program, names, known)
    except UnsupportedError:
        return None


def _by_one_hessian(program: Program, wrt: str, known: Definiteness) -> Convexity | None:
    statement = DerivativeStatement(program, wrt, 2)
    tree = differentiate(statement)
    if verify(statement, tree).kind == "none":
        return None
    columns = statement.columns
    hessian = Formula(program._replace(expr=tree), tree, columns)
    if is_zero(tree):
        return Convexity(AFFINE, wrt, f"the Hessian is zero, {_WHERE}", hessian)
    shown = matricize(tree, program.variables, columns, language=program.language) or tree
    if shown.rank not in (0, 2):
        return None
    for verdict, whole in ((CONVEX, shown), (CONCAVE, negate(program, shown))):
        found = known.certificate(whole)
        if found is not None:
            parts = tuple([Formula(program._replace(expr=term), term) for term in found.terms])
            said = _kind(verdict, found, scalar=not shown.rank)
            symmetric = kind_spec(program.variables[wrt].kind).reflection == 1
            if symmetric and not found.definite and known.is_definite_on_symmetric(whole):
                found = replace(found, definite=True)
                said = f"{_kind(verdict, found, scalar=False)} on the symmetric matrices"
            why = f"the Hessian is {said}, {_WHERE}"
            strict = "strictly " if found.definite else ""
            return Convexity(f"{strict}{verdict}", wrt, why, hessian, parts, found.reasons)
    return None


def _by_blocks(program: Program, names: list[str], known: Definiteness) -> Convexity | None:
    """The verdict on several variables together, from the blocks of their Hessian."""
    for verdict, negative in ((CONVEX, False), (CONCAVE, True)):
        found = joint_certificate(program, names, known, negative=negative)
        if found is not None:
            said = _kind(verdict, found, scalar=False)
            strict = "strictly " if found.definite else ""
            why = f"the Hessian with respect to {', '.join(names)} is {said}, {_WHERE}"
            return Convexity(f"{strict}{verdict}", ", ".join(names), why, reasons=found.reasons)
    return None


_WHERE = "on every convex set within the domain"


def _kind(verdict: str, found: Certificate, *, scalar: bool) -> str:
    """What is said about a Hessian, or of a second derivative."""
    if not scalar:
        sign = "positive" if verdict == CONVEX else "negative"
        return f"{sign} definite" if found.definite else f"{sign} semidefinite"
    sign, other = ("positive", "negative") if verdict == CONVEX else ("negative", "positive")
    return sign if found.definite else f"non{other} everywhere"


def _check(program: Program, found: Convexity, numbers: Numbers) -> Convexity:
    """The verdict, with the number of chords that agree; VerificationError where one does not."""
    allowed = {CONVEX: (1,), CONCAVE: (-1,), AFFINE: ()}[found.verdict.replace("strictly ", "")]
    count = 0
    for chord in numbers.chords():
        sign = (chord.gap > 0) - (chord.gap < 0)
        if sign not in (0, *allowed) and abs(chord.gap) > _WRONG * (1 + chord.size):
            raise VerificationError(
                f"{program.language.blame()}: it found a certificate that "
                f"{Formula(program, program.expr)} is {found.verdict}, and {chord.describe('')}",
                hint="please report it with the expression and its declarations",
            )
        count += 1
        if count == _SEGMENTS:
            break
    return replace(found, checked=count)


def _by_numbers(program: Program, numbers: Numbers) -> Convexity:
    """What random points say: a counterexample, or that none was found."""
    wrt = ", ".join(numbers.wrt)
    if not numbers.has_points:
        return Convexity(UNKNOWN, wrt, "no point inside the domain was found")
    name = find_declared_function(program)
    if name:
        return Convexity(UNKNOWN, wrt, f"it depends on {name}, about which only the kind is known")
    up, down = numbers.curvatures()
    if up is not None and down is not None:
        places = "place" if isinstance(up, Chord) or isinstance(down, Chord) else "point"
        why = f"it is curved upwards at one {places} and downwards at another"
        return Convexity(NEITHER, wrt, why, up=up, down=down)
    seen = numbers.seen
    if up is None and down is None:
        why = f"no certificate was found, and no curvature at {seen} random points"
        return Convexity(UNKNOWN, wrt, why)
    other, verdict = (CONCAVE, CONVEX) if down is None else (CONVEX, CONCAVE)
    why = (
        f"it is not {other}; no certificate says that it is {verdict}, and no counterexample was "
        f"found at {seen} random points"
    )
    return Convexity(UNKNOWN, wrt, why, up=up, down=down)


def has_kinks(tree: Expr, names: list[str], known: Definiteness) -> bool:
    """Whether a function of the variables may have no second derivative somewhere.

    Roots have one where what is under them is positive, and norms where they are raised to an
    even power.
    """
    moving = set(names)
    order = postorder(tree, parts)
    inside = _in_bodies(tree)
    smooth: set[int] = set()

    def moves(node: Expr) -> bool:
        return id(node) in inside or not moving.isdisjoint(variable_names(node))

    def is_positive(node: Expr) -> bool:
        return id(node) not in inside and known.is_positive(node)

    for node in order:
        if node.op in ("^", ".^") and node.args[1].op == "number":
            base, exponent = node.args[0], node.args[1].value
            if exponent > 0 and exponent % 2 == 0 and base.op in ROOTS:
                smooth.add(id(base))
            elif exponent.denominator != 1 and moves(base) and not is_positive(base):
                return True
        elif node.op in ENTRYWISE and id(node) not in inside:
            is_root = node.op == "sqrt" and is_positive(node.args[0])
            if is_root or _is_inside(node, known):
                smooth.add(id(node))
    for node in order:
        fine = node.op in _SMOOTH or id(node) in smooth
        if node.op == "reduce":
            fine = node.value.name in _SMOOTH
        if not fine and any(moves(arg) for arg in node.args):
            return True
    return False


def _is_inside(node: Expr, known: Definiteness) -> bool:
    """Whether the argument of a function such as asin is never at an end of its domain, and so
    where the function has second derivatives.
    """
    low, high = interval(node)
    if isinf(low) and isinf(high):
        return False
    found = known.bounds(node.args[0])
    above = found.least > low or (found.least == low and found.above)
    return above and (found.most < high or (found.most == high and found.below))


def _in_bodies(tree: Expr) -> set[int]:
    """The parts of a tree that have bound indices, by their ids."""
    bodies = [node.value.body for node in postorder(tree, parts) if node.op == "indexed"]
    return {id(node) for body in bodies for node in postorder(body, parts)}
