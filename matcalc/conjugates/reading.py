"""Expressions in complex variables, as expressions in the variables and their conjugates.

``conj(z)`` becomes a variable of its own. What is left is analytic in both, and all functions that
are let through have real coefficients. So the conjugate of a value has the conjugates of its
variables, and derivatives by z and by conj(z) are ordinary ones (Brandwood, A complex gradient
operator and its application in adaptive array theory, 1983).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.language import default_language
from matcalc.core.operations import ALIASES, ANALYTIC
from matcalc.core.program import Program
from matcalc.core.walk import fold
from matcalc.read.frontend import statements_of
from matcalc.read.shapes.infer import infer
from matcalc.read.syntax.declare import declare, instead
from matcalc.read.syntax.nodes import Node, Statement, children

UNIT = "imagunit"  # the imaginary unit, as a scalar of which the conjugate is its negative
_CONJUGATE = "_conj"
_DECLARED = re.compile(r"\b(?P<name>\w+)\s*:\s*complex\b\s*(?P<kind>\w+)?(?P<dims>\s*\([^)]*\))?")
_KINDS = ("scalar", "vector", "matrix")
_OPERATORS = frozenset(
    ("entries", "blocks", "range", "neg", "'", "+", "-", "*", "/", ".*", "./", ".^", "^")
)
NORMS = ("abs", "norm2")  # roots of what is a product of a value with its conjugate
_OWN = frozenset(("conj", "ctranspose", "real", "imag"))
Pair = tuple[Node, Node, bool]  # a value, its conjugate, and whether they may differ


@dataclass(frozen=True, slots=True)
class ComplexProgram:
    """The program over variables and conjugates, and the names of the complex variables."""

    program: Program
    names: tuple[str, ...]
    notes: tuple[str, ...]


def conjugate(name: str) -> str:
    """The variable that stands for the conjugate of another."""
    return f"{name}{_CONJUGATE}"


def is_complex(text: str, declarations: Iterable[str] = ()) -> bool:
    """Whether a text or its declarations have complex variables."""
    return any(_DECLARED.search(each) for each in (text, *declarations))


def read_complex(
    text: str, declarations: Mapping[str, str | Variable] | Iterable[str] = ()
) -> ComplexProgram:
    """The program; raises a MatcalcError where something is not analytic in z and conj(z)."""
    names: list[str] = []
    lines = (
        [f"{name}: {kind}" for name, kind in declarations.items()]
        if isinstance(declarations, Mapping)
        else [line if ":" in line else line.replace("=", ":", 1) for line in declarations]
    )
    plain_lines = [_plain(line, names) for line in lines]
    plain = _plain(text, names)
    language = default_language()
    (statements,), variables = statements_of([plain], declare(plain_lines), language)
    for name in names:
        here = variables[name]
        for other in (conjugate(name), UNIT):
            if other in variables:
                raise ArgumentError(f"{other} stands for something else here", hint="rename it")
        variables[conjugate(name)] = replace(here, name=conjugate(name))
    conjugated = _Conjugation(set(names), set(variables), plain)
    made: list[Statement] = []
    for statement in statements:
        made += conjugated.statement(statement)
    if conjugated.unit:
        variables[UNIT] = Variable(UNIT, "scalar")
    program = infer(made, variables, plain, None, None, language=language)
    return ComplexProgram(program, tuple(names), (*program.notes, *conjugated.notes))


def _plain(text: str, names: list[str]) -> str:
    """The text with real declarations of the same lengths; the names go to ``names``."""

    def real(found: re.Match[str]) -> str:
        kind = found["kind"] or "scalar"
        if kind not in _KINDS:
            raise ArgumentError(
                f"complex {kind} is no kind; there are complex {', complex '.join(_KINDS)}",
                hint=instead(kind, found["name"])
                or f"declare {found['name']}: complex matrix(n, n)",
            )
        names.append(found["name"])
        said = f"{found['name']}: {kind}{(found['dims'] or '').strip()}"
        return said.ljust(len(found[0]))

    return _DECLARED.sub(real, text)


class _Conjugation:
    """Rewrites syntax trees: each value beside its conjugate."""

    def __init__(self, names: set[str], known: set[str], source: str) -> None:
        self.complex = set(names)
        self.known = known
        self.source = source
        self.unit = False
        self.notes: list[str] = []

    def statement(self, statement: Statement) -> list[Statement]:
        """The statement, and of a definition that is complex that of its conjugate."""
        if statement.role not in ("definition", "value") or statement.places:
            raise UnsupportedError(
                "complex expressions have definitions and a value, no loops",
                source=self.source,
                span=statement.name_span or statement.body.span,
            )
        value, other, moves = fold(statement.body, children, self._rule)
        found = [Statement(statement.role, value, statement.name, statement.name_span)]
        if statement.role == "definition":
            self.known.add(statement.name)
            if moves:
                self.complex.add(statement.name)
                name = conjugate(statement.name)
                found.append(Statement("definition", other, name, statement.name_span))
        return found

    def _rule(self, node: Node, parts: list[Pair]) -> Pair:
        moves = any(part[2] for part in parts)
        if node.kind == "name":
            return self._name(node)
        if node.kind == "number":
            return node, node, False
        if node.kind == "call":
            return self._call(node, parts, moves)
        if node.kind in ("norm", "bars"):
            return self._norm(node, parts[0], str(node.value or ""), moves)
        if node.kind == "^" and self._is_h(node.args[1]):
            return self._adjoint(node, parts[0])
        if moves and node.kind not in _OPERATORS:
            raise self._refused(node, "has no meaning here for complex values")
        if moves and node.kind == "'":
            note = (
                "note: ' is the transpose without conjugation; write ctranspose(z), or z^H, "
                "for the other"
            )
            if note not in self.notes:
                self.notes.append(note)
        sides = tuple([part[0] for part in parts]), tuple([part[1] for part in parts])
        return _like(node, sides[0]), _like(node, sides[1]), moves

    def _name(self, node: Node) -> Pair:
        name = str(node.value)
        if name in self.complex:
            other = Node("name", (), node.start, node.end, value=conjugate(name))
            return node, other, True
        if name == UNIT:
            self.unit = True
            return node, Node("neg", (node,), node.start, node.end, mark=node.span), True
        return node, node, False

    def _is_h(self, node: Node) -> bool:
        return node.kind == "name" and node.value == "H" and "H" not in self.known

    def _adjoint(self, node: Node, part: Pair) -> Pair:
        value, other, moves = part
        return self._made(node, "'", other), self._made(node, "'", value), moves

    def _call(self, node: Node, parts: list[Pair], moves: bool) -> Pair:
        name = str(node.value)
        if name in _OWN:
            if len(parts) != 1:
                raise self._refused(node, "takes one argument")
            return self._own(node, name, parts[0])
        if name in NORMS:
            return self._norm(node, parts[0], "", moves, entrywise=name == "abs")
        if moves and name == "dot":
            raise UnsupportedError(
                "dot may conjugate its first argument, as NumPy's vdot does, or not",
                source=self.source,
                span=node.mark or node.span,
                hint="write z^H*w with the conjugate, z'*w without it",
            )
        if moves and name != "transpose" and ALIASES.get(name, name) not in ANALYTIC:
            raise self._refused(
                node,
                "is not analytic, or not known to be, so it has no "
                "derivative with respect to a complex variable here",
            )
        values, others = ([part[k] for part in parts] for k in (0, 1))
        return _like(node, tuple(values)), _like(node, tuple(others)), moves  # type: ignore[arg-type]

    def _own(self, node: Node, name: str, part: Pair) -> Pair:
        value, other, moves = part
        if name == "conj":
            return other, value, moves
        if name == "ctranspose":
            return self._adjoint(node, part)
        two = Node("number", (), node.start, node.end, value=Fraction(2))
        if name == "real":
            half = self._made(node, "/", self._made(node, "+", value, other), two)
            return half, half, False
        self.unit = True
        unit = Node("name", (), node.start, node.end, value=UNIT)
        turned = self._made(node, "*", unit, self._made(node, "-", other, value))
        half = self._made(node, "/", turned, two)
        return half, half, False

    def _norm(
        self, node: Node, part: Pair, which: str, moves: bool, *, entrywise: bool = False
    ) -> Pair:
        value, other, _ = part
        if not moves:
            return _like(node, (value,)), _like(node, (value,)), False
        if which not in ("", "F"):
            raise self._refused(node, "of complex values is norm2(z), or no norm that is known")
        if node.kind == "call" and len(node.args) > 1:
            raise self._refused(node, "by column or row is not known of complex values")
        squares = self._made(node, ".*", other, value)
        if not entrywise and node.kind != "bars":
            squares = Node("call", (squares,), node.start, node.end, mark=node.span, value="sum")
        root = Node("call", (squares,), node.start, node.end, mark=node.span, value="sqrt")
        return root, root, False

    def _made(self, node: Node, kind: str, *args: Node) -> Node:
        return Node(kind, args, node.start, node.end, mark=node.span)

    def _refused(self, node: Node, why: str) -> UnsupportedError:
        what = str(node.value or node.kind)
        return UnsupportedError(f"{what} {why}", source=self.source, span=node.mark or node.span)


def _like(node: Node, args: tuple[Node, ...]) -> Node:
    return Node(node.kind, args, node.start, node.end, mark=node.mark, value=node.value)
