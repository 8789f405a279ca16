"""Expressions in complex variables, as expressions in the variables and their conjugates.

``conj(z)`` becomes a variable of its own. What is left is analytic in both, and all functions that
are let through have real coefficients. So the conjugate of a value has the conjugates of its
variables, and derivatives with respect to z and to conj(z) are ordinary ones (Brandwood, A complex
gradient operator and its application in adaptive array theory, 1983).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

from matcalc.core.errors import ArgumentError, MatcalcError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.language import default_language
from matcalc.core.operations import ALIASES, ANALYTIC, OPERATIONS, TOTALS
from matcalc.core.program import Program
from matcalc.core.split import declaration_lines
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr, transpose
from matcalc.core.walk import fold, postorder
from matcalc.read.frontend import statements_of
from matcalc.read.shapes.infer import infer
from matcalc.read.syntax.declare import declare, instead
from matcalc.read.syntax.nodes import Binding, Statement, SyntaxNode, children

UNIT = "imagunit"  # the imaginary unit, as a scalar of which the conjugate is its negative
_UNIT = Variable(UNIT, "scalar", complex=True)
_CONJUGATE = "_conj"
_DECLARED = re.compile(r"\b(?P<name>\w+)\s*:\s*complex\b\s*(?P<kind>\w+)?(?P<dims>\s*\([^)]*\))?")
_IMAGINARY = re.compile(r"\\mathrm\s*(?:\{\s*i\s*\}|i\b)")
_KINDS = ("scalar", "vector", "matrix", "hermitian", "psd")
# kinds of matrices whose conjugate is their transpose, and kinds of real ones that are as short
_SELF_ADJOINT = {"hermitian": "symmetric", "psd": "psd"}
_OPERATORS = frozenset(
    ("entries", "blocks", "range", "neg", "'", "+", "-", "*", "/", ".*", "./", ".^", "^")
)
_BINDERS = TOTALS | {"array"}
NORMS = ("abs", "norm2")  # roots of what is a product of a value with its conjugate
_OWN = frozenset(("conj", "ctranspose", "real", "imag"))
NO_DEFINITIONS: Mapping[str, Expr] = {}
Pair = tuple[SyntaxNode, SyntaxNode, bool]  # a value, its conjugate, and whether they may differ


@dataclass(frozen=True, slots=True)
class ComplexProgram:
    """The program over variables and conjugates, and the names of the complex variables.

    ``self_adjoint`` are those of Hermitian matrices with their kinds; their conjugates are their
    transposes and no variables. ``asked`` is what the formula itself is differentiated with respect
    to in turn, ``z`` or ``conj(z)``.
    """

    program: Program
    names: tuple[str, ...]
    notes: tuple[str, ...]
    self_adjoint: Mapping[str, str]
    asked: tuple[str, ...] = ()

    @property
    def conjugated(self) -> tuple[str, ...]:
        """The complex variables whose conjugates are variables."""
        return tuple([name for name in self.names if name not in self.self_adjoint])

    @property
    def moving(self) -> set[str]:
        """The variables whose values are complex, those that stand for conjugates among them, and
        the imaginary unit.
        """
        return {*self.names, *map(conjugate, self.names), UNIT}

    @property
    def kinds(self) -> dict[str, str]:
        """Each variable with its kind, as it is declared."""
        hidden = {*map(conjugate, self.conjugated), UNIT}
        known = self.program.variables
        return {name: self._kind(name, known[name]) for name in known if name not in hidden}

    @property
    def inferred(self) -> dict[str, str]:
        """The variables that were not declared, each with its kind."""
        known = self.program.variables
        return {name: kind for name, kind in self.kinds.items() if not known[name].declared}

    def _kind(self, name: str, each: Variable) -> str:
        kind = self.self_adjoint.get(name)
        if kind is not None:
            return f"complex {kind}({each.dims[0]})"
        return f"complex {each}" if name in self.conjugated else str(each)

    def conjugate_of(self, tree: Expr) -> Expr:
        """The conjugate of a value: that of its variables, as all functions have real
        coefficients.
        """
        values: dict[str, Callable[[Expr], Expr]] = {UNIT: lambda node: Expr("neg", (node,))}
        for name in self.conjugated:
            for one, other in ((name, conjugate(name)), (conjugate(name), name)):
                values[one] = rename(other)
        values |= dict.fromkeys(self.self_adjoint, transpose)
        return replace_variables(tree, values)


def conjugate(name: str) -> str:
    """The variable that stands for the conjugate of another."""
    return f"{name}{_CONJUGATE}"


def with_conjugates(text: str, names: Iterable[str]) -> str:
    """A text of ours with ``conj(z)`` and ``ctranspose(z)`` for the variables that stand for
    them.
    """
    for name in names:
        text = re.sub(rf"\b{conjugate(name)}'", f"ctranspose({name})", text)
        text = re.sub(rf"\b(d?){conjugate(name)}\b", rf"\1conj({name})", text)
    return text


@contextmanager
def _explain_errors(names: Collection[str]) -> Iterator[None]:
    """Errors in the user's words."""
    try:
        yield
    except MatcalcError as problem:
        problem.message = with_conjugates(problem.message, names)
        problem.hint = problem.hint and with_conjugates(problem.hint, names)
        raise


def read_complex(
    text: str,
    declarations: Mapping[str, str | Variable] | Iterable[str] = (),
    definitions: Mapping[str, Expr] = NO_DEFINITIONS,
) -> ComplexProgram:
    """The program; raises a MatcalcError where something is not analytic in z and conj(z).

    ``definitions`` are those of another program over the same variables.
    """
    kinds: dict[str, str] = {}
    plain_lines = [plain(line, kinds) for line in _lines(declarations)]
    real_text = plain(text, kinds)
    language = default_language()
    (statements,), variables = statements_of([real_text], declare(plain_lines), language)
    conjugated = _conjugation(kinds, variables, real_text)
    conjugated.adopt(definitions)
    made = conjugated.statements(statements)
    if conjugated.unit:
        variables[UNIT] = _UNIT
    with _explain_errors(kinds):
        program = infer(made, variables, real_text, None, definitions, language=language)
    return _complex_program(program, kinds, conjugated)


def read_complex_latex(
    text: str,
    declarations: Mapping[str, str | Variable] | Iterable[str] = (),
    definitions: Mapping[str, Expr] = NO_DEFINITIONS,
) -> ComplexProgram:
    r"""The same of a formula in LaTeX, with ``\bar{z}``, ``z^*``, ``X^{H}``, ``\mathrm{i}``."""
    # most expressions are not in LaTeX
    from matcalc.read.tex import read as tex  # noqa: PLC0415
    from matcalc.read.tex.scope import Complex  # noqa: PLC0415
    from matcalc.read.tex.symbols import key_of_name  # noqa: PLC0415

    kinds: dict[str, str] = {}
    variables = declare([plain(line, kinds) for line in _lines(declarations)])
    conjugated = _conjugation(kinds, variables, text)
    conjugated.adopt(definitions)
    bars = {}
    for name in (*kinds, *(each for each in definitions if each in conjugated.complex)):
        stem, pieces = key_of_name(name)
        bars[name] = "_".join((stem, "bar", *pieces))
        if bars[name] in variables:
            raise ArgumentError(f"{bars[name]} is the conjugate of {name}", hint="rename it")
    shown = {bars[name]: variables[name]._replace(name=bars[name]) for name in kinds}
    adopted = {bars[name]: definitions[conjugate(name)] for name in bars if name in definitions}

    def turn(
        statements: list[Statement], known: dict[str, Variable]
    ) -> tuple[list[Statement], dict[str, Variable]]:
        conjugated.bars = {bar: name for name, bar in bars.items()}
        rest = {name: each for name, each in known.items() if name not in shown}
        return conjugated.statements(statements), rest

    meant = _IMAGINARY.sub(rf"\\mathit{{{UNIT}}}", text)
    known = {**variables, **shown, UNIT: _UNIT}
    complex_letters = Complex(bars, turn, UNIT, set())
    with _explain_errors(kinds):
        program = tex.read_complex_latex(meant, known, complex_letters, {**definitions, **adopted})
    if "'" not in text:  # X^H has a transpose, and X^\\top says what it is
        conjugated.notes = []
    found = _complex_program(program, kinds, conjugated)
    if program.asked is None:
        return found
    wrt, order = program.asked
    barred = {bar: f"conj({name})" for name, bar in bars.items()}
    return replace(found, asked=(barred.get(wrt, wrt),) * order)


def _lines(declarations: Mapping[str, str | Variable] | Iterable[str]) -> list[str]:
    if isinstance(declarations, Mapping):
        declarations = [f"{name}: {kind}" for name, kind in declarations.items()]
    return declaration_lines(declarations)


def _conjugation(
    kinds: Mapping[str, str], variables: dict[str, Variable], source: str
) -> _Conjugation:
    """What conjugates the values of a program; its conjugates are added to the variables."""
    self_adjoint = {name for name, kind in kinds.items() if kind in _SELF_ADJOINT}
    for name in kinds:
        here = variables[name]
        for other in (conjugate(name), UNIT):
            if other in variables:
                raise ArgumentError(f"{other} has another meaning here", hint="rename it")
        if name in self_adjoint:  # the engine takes its entries for independent
            variables[name] = Variable(name, "matrix", here.shape, complex=True)
        else:
            variables[name] = here._replace(complex=True)
            variables[conjugate(name)] = here._replace(name=conjugate(name), complex=True)
    known = {name for name, each in variables.items() if name != "H" or not each.shape}
    scalars = {name for name, kind in kinds.items() if kind == "scalar"}
    return _Conjugation(set(kinds), self_adjoint, scalars, known, source)


def _complex_program(
    program: Program, kinds: Mapping[str, str], conjugated: _Conjugation
) -> ComplexProgram:
    self_adjoint = {name: kind for name, kind in kinds.items() if kind in _SELF_ADJOINT}
    notes = [*program.notes, *conjugated.notes]
    notes += [
        f"note: {name} is read as a variable; write {UNIT} for the imaginary unit"
        for name, known in program.variables.items()
        if name in ("i", "j") and not known.declared
    ]
    return ComplexProgram(program, tuple(kinds), tuple(notes), self_adjoint)


def plain(text: str, kinds: dict[str, str]) -> str:
    """The text with real declarations of the same lengths; the kinds go to ``kinds``."""

    def real(found: re.Match[str]) -> str:
        kind = found["kind"] or "scalar"
        if kind not in _KINDS:
            raise ArgumentError(
                f"complex {kind} is not a kind; the kinds are complex {', complex '.join(_KINDS)}",
                hint=instead(kind, found["name"])
                or f"declare {found['name']}: complex matrix(n, n)",
            )
        sizes = (found["dims"] or "").strip(" ()")
        if kind == "scalar" and sizes:
            meant = "matrix" if "," in sizes else "vector"
            raise ArgumentError(
                "a complex scalar has no sizes",
                hint=f"declare {found['name']}: complex {meant}({sizes})",
            )
        if kind != "scalar" and not sizes:
            sizes = "n" if kind in ("vector", *_SELF_ADJOINT) else "m, n"
            raise ArgumentError(
                f"complex {kind} needs its size, which it shares with its conjugate",
                hint=f"declare {found['name']}: complex {kind}({sizes})",
            )
        kinds[found["name"]] = kind
        kind = _SELF_ADJOINT.get(kind, kind)
        said = f"{found['name']}: {kind}{(found['dims'] or '').strip()}"
        return said.ljust(len(found[0]))

    return _DECLARED.sub(real, text)


class _Conjugation:
    """Rewrites syntax trees: each value beside its conjugate."""

    def __init__(
        self,
        names: set[str],
        self_adjoint: set[str],
        scalars: set[str],
        known: set[str],
        source: str,
    ) -> None:
        self.complex = names
        self.self_adjoint = self_adjoint
        self.scalars = {each for name in scalars for each in (name, conjugate(name))}
        self.known = known
        self.source = source
        self.unit = False
        self.bars: Mapping[str, str] = {}  # other names of conjugates
        self.notes: list[str] = []
        # the roots of norms by their ids, and what is under them
        self.roots: dict[int, tuple[SyntaxNode, SyntaxNode]] = {}

    def adopt(self, definitions: Iterable[str]) -> None:
        """Takes on the names that another program has defined, and that of the conjugates."""
        self.known.update(definitions)
        self.complex.update([name for name in definitions if conjugate(name) in self.known])

    def statements(self, statements: Iterable[Statement]) -> list[Statement]:
        """Each statement, and of those that are complex the conjugates."""
        return [each for statement in statements for each in self.statement(statement)]

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

    def _rule(self, node: SyntaxNode, parts: list[Pair]) -> Pair:
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
        if node.kind in ("^", ".^") and (square := self._square(node, parts)) is not None:
            return square
        if moves and node.kind not in _OPERATORS and not _is_linear_binder(node):
            raise self._refusal(node, "has no meaning here for complex values")
        if moves and node.kind == "'":
            note = (
                "note: ' is the transpose without conjugation; write ctranspose(...), or ^H, "
                "for the conjugate transpose"
            )
            if note not in self.notes:
                self.notes.append(note)
        sides = tuple([part[0] for part in parts]), tuple([part[1] for part in parts])
        return _like(node, sides[0]), _like(node, sides[1]), moves

    def _name(self, node: SyntaxNode) -> Pair:
        name = str(node.value)
        if name in self.bars:
            meant = SyntaxNode("name", (), node.start, node.end, value=self.bars[name])
            value, other, _ = self._name(meant)
            return other, value, True
        if name in self.self_adjoint:
            return node, self._make(node, "'", node), True
        if name in self.complex:
            other = SyntaxNode("name", (), node.start, node.end, value=conjugate(name))
            return node, other, True
        if name == UNIT:
            self.unit = True
            return node, SyntaxNode("neg", (node,), node.start, node.end, mark=node.span), True
        return node, node, False

    def _is_h(self, node: SyntaxNode) -> bool:
        """Whether this is the sign of the conjugate transpose: H is not a number then, as a matrix
        is not an exponent.
        """
        return node.kind == "name" and node.value == "H" and "H" not in self.known

    def _adjoint(self, node: SyntaxNode, part: Pair) -> Pair:
        value, other, moves = part
        return self._make(node, "'", other), self._make(node, "'", value), moves

    def _call(self, node: SyntaxNode, parts: list[Pair], moves: bool) -> Pair:
        name = str(node.value)
        if name in _OWN:
            if len(parts) != 1:
                raise self._refusal(node, "takes one argument")
            return self._own(node, name, parts[0])
        whole = ALIASES.get(name, name)
        if whole in NORMS:
            return self._norm(node, parts[0], "", moves, entrywise=whole == "abs")
        if moves and whole in OPERATIONS and OPERATIONS[whole].log_of and len(parts) == 1:
            return self._logarithm(node, OPERATIONS[whole].log_of, parts[0])
        if moves and name == "dot":
            raise UnsupportedError(
                "dot may conjugate its first argument, as NumPy's vdot does, or not",
                source=self.source,
                span=node.mark or node.span,
                hint="write z^H*w with the conjugate, z'*w without it",
            )
        if moves and name != "transpose" and whole not in ANALYTIC:
            raise self._refusal(
                node,
                "is not analytic, or not known to be, so it has no "
                "derivative with respect to a complex variable here",
            )
        values, others = ([part[k] for part in parts] for k in (0, 1))
        return _like(node, tuple(values)), _like(node, tuple(others)), moves  # type: ignore[arg-type]

    def _logarithm(self, node: SyntaxNode, of: str, part: Pair) -> Pair:
        """logdet(X) as log(det(X)), which is analytic; the logarithm of the modulus is not."""
        sides = []
        for side in part[:2]:
            inside = SyntaxNode("call", (side,), node.start, node.end, mark=node.mark, value=of)
            sides.append(
                SyntaxNode("call", (inside,), node.start, node.end, mark=node.mark, value="log")
            )
        return sides[0], sides[1], True

    def _own(self, node: SyntaxNode, name: str, part: Pair) -> Pair:
        value, other, moves = part
        if name == "conj":
            return other, value, moves
        if name == "ctranspose":
            return self._adjoint(node, part)
        two = SyntaxNode("number", (), node.start, node.end, value=Fraction(2))
        if name == "real":
            half = self._make(node, "/", self._make(node, "+", value, other), two)
            return half, half, False
        self.unit = True
        unit = SyntaxNode("name", (), node.start, node.end, value=UNIT)
        turned = self._make(node, "*", unit, self._make(node, "-", other, value))
        half = self._make(node, "/", turned, two)
        return half, half, False

    def _norm(
        self, node: SyntaxNode, part: Pair, which: str, moves: bool, *, entrywise: bool = False
    ) -> Pair:
        value, other, _ = part
        if not moves:
            return _like(node, (value,)), _like(node, (value,)), False
        if entrywise and id(value) in self.roots:  # a modulus is its own
            return part
        if which not in ("", "F"):
            raise self._refusal(node, "of complex values is norm2(z), or no norm that is known")
        if node.kind == "call" and len(node.args) > 1:
            raise self._refusal(node, "by column or row is not supported for complex values")
        squares = self._make(node, ".*", other, value)
        if not entrywise and node.kind != "bars":
            squares = SyntaxNode(
                "call", (squares,), node.start, node.end, mark=node.span, value="sum"
            )
        root = SyntaxNode("call", (squares,), node.start, node.end, mark=node.span, value="sqrt")
        self.roots[id(root)] = root, squares
        return root, root, False

    def _square(self, node: SyntaxNode, parts: list[Pair]) -> Pair | None:
        """An even power of a norm without the root, which has branches."""
        known, exponent = self.roots.get(id(parts[0][0])), parts[1][0]
        power = exponent.value if exponent.kind == "number" else None
        if known is None or not isinstance(power, Fraction) or power % 2 or power < 2:
            return None
        squares = known[1]
        if node.kind == "^" and squares.kind != "call" and not self._is_number(squares):
            return None  # of a vector there is no such power
        if power > 2:
            half = SyntaxNode("number", (), node.start, node.end, value=power / 2)
            squares = self._make(node, node.kind, squares, half)
        return squares, squares, False

    def _is_number(self, node: SyntaxNode) -> bool:
        """Whether all that is there are complex scalars."""
        names = [each.value for each in postorder(node, children) if each.kind == "name"]
        return all(name in self.scalars or name == UNIT for name in names)

    def _make(self, node: SyntaxNode, kind: str, *args: SyntaxNode) -> SyntaxNode:
        return SyntaxNode(kind, args, node.start, node.end, mark=node.span)

    def _refusal(self, node: SyntaxNode, why: str) -> UnsupportedError:
        what = str(node.value or node.kind)
        return UnsupportedError(f"{what} {why}", source=self.source, span=node.mark or node.span)


def _is_linear_binder(node: SyntaxNode) -> bool:
    """Whether this is a sum over indices, or an array by its entries; what else is taken over
    indices need not be analytic.
    """
    return isinstance(node.value, Binding) and node.value.name in _BINDERS


def _like(node: SyntaxNode, args: tuple[SyntaxNode, ...]) -> SyntaxNode:
    return SyntaxNode(node.kind, args, node.start, node.end, mark=node.mark, value=node.value)
