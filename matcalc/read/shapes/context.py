"""What the shape rules share: making nodes, equating dimensions, and saying what does not fit and
why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.dims import OPEN, Dim, Shape, combine_terms, names_in
from matcalc.core.errors import ShapeError, Span, UnknownNameError
from matcalc.core.indexed import AffineIndex, Form, Index
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.language import BUILT_IN, BaseLanguage
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr
from matcalc.core.walk import fold, operands, postorder
from matcalc.read.shapes.unify import Unifier
from matcalc.read.syntax.nodes import BoundIndex, SyntaxNode

_LONGEST_QUOTE = 60
_LOOSE = ("+", "-", "neg", *COMPARISONS)  # bind less than a product
_INFIX = (*_LOOSE, "*", "/", "^", ".*", "./", ".^")
ODDITIES = frozenset({"transposed", "added", "behind", "outer", "function", "entrywise", "leading"})
_LARGEST = (
    4_096  # bits of a number that is computed here: repeated squaring by definitions would not end
)


def derivative_of(name: str, function: str) -> tuple[str, int]:
    """How a name says which derivative of the function it is: what comes before the name, and the
    quotes after it.
    """
    plain = name.rstrip("'")
    return plain.removesuffix(function).removesuffix("_"), len(name) - len(plain)


class Cause(NamedTuple):
    """Why two dimensions have to be equal: each with its operand, the place, what needs it, and a
    hint.
    """

    left: tuple[Expr, Dim]
    right: tuple[Expr, Dim]
    where: Span
    what: str
    hint: Callable[[], str | None] | None


class IndexUse(NamedTuple):
    """A place on an axis, where a bound index stands."""

    place: AffineIndex
    arg: Expr
    axis: Dim
    node: SyntaxNode


class Indices:
    """The bound indices of one inference."""

    def __init__(self) -> None:
        self.by_bound: dict[BoundIndex, Index] = {}
        self.written: set[Index] = set()
        self.conditioned: set[Index] = set()
        self.along: dict[Index, IndexUse] = {}  # the first axis of each
        self.ends: dict[Index, Dim] = {}  # the last value of a range without one
        self.compared: list[tuple[Index, Index]] = []  # by a condition
        self.uses: list[IndexUse] = []
        self.forms: list[Form] = []


class Oddity(NamedTuple):
    """Something that nobody writes of a scalar: what it is, the scalar, the place, and what it
    is beside or the function. (``leading``: what nobody writes of a vector.)
    """

    kind: str
    scalar: Expr
    node: SyntaxNode
    other: Expr | None = None
    name: str = ""
    first: bool = False  # the left one of the two

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the others of its kind."""
        return self.kind, id(self.scalar) if self.kind == "transposed" else id(self.node)


class Evidence(NamedTuple):
    """The letters that have to be vectors, and those that numbers are added to or that are in
    functions of numbers.
    """

    firm: frozenset[str]
    numbered: frozenset[str]


class Context:
    """The state of one inference: variables seen, equations between dimensions, every node made so
    far.
    """

    def __init__(
        self,
        source: str,
        declared: dict[str, Variable],
        dimensions: set[str],
        kinds: Mapping[str, str],
        counted: frozenset[str] = ODDITIES,
        language: BaseLanguage = BUILT_IN,
    ) -> None:
        self.language = language
        self.source = source
        self.kinds = kinds
        self.declared = declared
        self.declares_functions = any(variable.kind == "function" for variable in declared.values())
        self.dimensions = dimensions
        self.definitions: dict[str, Expr] = {}
        self.replaceable: set[str] = set()  # definitions of another program, which may be made anew
        self.taken: set[str] = set()  # names of sizes in these
        self.names_given: dict[int, str] = {}
        self.seen: dict[str, Variable] = {}
        self.unifier: Unifier[Cause] = Unifier()
        self.made: list[Expr] = []
        for name, variable in declared.items():
            if OPEN in variable.dims:
                open_dims = tuple(
                    [self.unifier.fresh() if size == OPEN else size for size in variable.dims]
                )
                declared = {**declared, name: variable._replace(dims=open_dims)}
        self.declared = declared
        self.rankless: dict[int, Expr] = {}
        self.notes: dict[str, None] = {}
        self.norms: dict[int, tuple[str, Expr]] = {}  # norm2(A): its name in the text, and A
        self.barred: dict[int, tuple[SyntaxNode, Expr]] = {}  # |x|: its place, and x
        self.bound: Indices | None = None  # the indices that binders bind, where there are any
        self.literals: dict[int, Fraction | None] = {}
        self.oddities: dict[tuple[str, int], Oddity] = {}
        self.letters: dict[
            tuple[int, bool], list[str]
        ] = {}  # what ``doubts.py`` has found of scalars
        self.vectors: set[str] | None = None  # and of letters that are used as vectors,
        self.sums: dict[int, Expr] = {}  # and of terms, each with the sum that it is in,
        self.slopes: dict[int, list[str]] = {}  # and of these sums
        self.evidence: Evidence | None = None  # and where letters stand
        self.counted = counted
        self.signs: Mapping[int, str] = {}  # what is read in the place of the operators of nodes
        self.failed: SyntaxNode | None = None  # where the text has no type,
        self.operands: list[Expr] = []  # what is there,
        self.clashed = False  # and whether sizes are to blame, not kinds
        self.unexpanded = False  # whether there are derivatives inside

    @property
    def indices(self) -> Indices:
        """The indices that binders bind."""
        if self.bound is None:
            self.bound = Indices()
        return self.bound

    def adopt(self, definitions: Mapping[str, Expr]) -> None:
        """Takes in typed parts of another program by their names; places in its text mean nothing
        here.
        """
        copies: dict[int, Expr] = {}
        for name, value in definitions.items():
            for part in postorder(value, lambda expr: () if id(expr) in copies else expr.args):
                if id(part) not in copies:
                    args = tuple([copies[id(arg)] for arg in part.args])
                    copies[id(part)] = Expr(
                        part.op, args, part.shape, value=part.value, row=part.row
                    )
                if part.op == "variable":
                    self.seen[part.value] = self.declared[part.value]
                self.taken.update(names_in(part.shape))
            self.definitions[name] = copies[id(value)]
            self.replaceable.add(name)
            plain = name.strip("()")  # a part without a name is known by its text in brackets
            self.names_given.setdefault(
                id(copies[id(value)]), plain if plain.isidentifier() else name
            )

    def function(self, name: str) -> Variable | None:
        """The declared function that is called by this name, its own or that of a derivative."""
        if not self.declares_functions:
            return None
        plain = name.rstrip("'")
        for candidate in (plain, plain.partition("_")[2]):
            variable = self.declared.get(candidate)
            if (
                variable is not None
                and variable.kind == "function"
                and candidate not in self.definitions
            ):
                return variable
        return None

    # -- nodes
    # ------------------------------------------------------------------------------------

    def make(
        self,
        op: str,
        args: tuple[Expr, ...],
        shape: Shape,
        node: SyntaxNode,
        *,
        row: bool = False,
        value: object = None,
    ) -> Expr:
        """A typed node for a syntax node; its shape may still have unknowns."""
        expr = Expr(op, args, shape, value=value, row=row, span=Span(node.start, node.end))
        self.made.append(expr)
        return expr

    def number(self, value: int | Fraction, node: SyntaxNode) -> Expr:
        """An exact number."""
        return self.make("number", (), (), node, value=Fraction(value))

    def dimension(self, size: Dim, node: SyntaxNode) -> Expr:
        """A size as a scalar: a number where it is one."""
        if size.integer is not None:
            return self.number(size.integer, node)
        return self.make("dimension", (), (), node, value=size)

    def like(
        self,
        op: str,
        args: tuple[Expr, ...],
        pattern: Expr,
        node: SyntaxNode,
        *,
        value: object = None,
    ) -> Expr:
        """A node with the shape of one of its operands, also where that has none yet."""
        expr = self.make(op, args, pattern.shape, node, row=pattern.row, value=value)
        if id(pattern) in self.rankless:
            self.rankless[id(expr)] = expr
        return expr

    def settle(self, expr: Expr, shape: Shape | None = None, *, row: bool = False) -> Expr:
        """Gives ``ones`` and ``zeros`` (and multiples of them) the shape that their place asks for:
        a vector if none.
        """
        if id(expr) not in self.rankless:
            return expr
        shape = (self.unifier.fresh(),) if shape is None else shape
        stack = [expr]
        while stack:
            part = stack.pop()
            if self.rankless.pop(id(part), None) is not None:
                part.shape, part.rank, part.row = shape, len(shape), row
                stack.extend(part.args)
        return expr

    def settle_pair(self, left: Expr, right: Expr) -> bool:
        """The same for two operands of an entry-by-entry operation; whether the result still has no
        rank.
        """
        for one, other in ((left, right), (right, left)):
            if id(one) in self.rankless and id(other) not in self.rankless and other.shape:
                self.settle(one, other.shape, row=other.row)
        return id(left) in self.rankless or id(right) in self.rankless

    def literal(self, expr: Expr) -> Fraction | None:
        """The value of arithmetic on numbers alone; found once for an operand that definitions
        share.
        """
        if id(expr) not in self.literals:
            self.literals[id(expr)] = _literal(expr)
        return self.literals[id(expr)]

    def odd(
        self,
        kind: str,
        scalar: Expr,
        node: SyntaxNode,
        other: Expr | None = None,
        name: str = "",
        *,
        first: bool = False,
    ) -> None:
        """Remembers what may be a letter that is read as another kind than it is meant to be."""
        oddity = Oddity(kind, scalar, node, other, name, first)
        self.oddities.setdefault(oddity.key, oddity)

    # -- equations
    # ------------------------------------------------------------------------------------

    def equate(
        self,
        left: tuple[Expr, Dim],
        right: tuple[Expr, Dim],
        where: Span,
        what: str,
        hint: Callable[[], str | None] | None = None,
    ) -> None:
        """Makes a dimension of one operand equal to one of the other; ``what`` says what needs it.

        ``{0}`` and ``{1}`` in ``what`` become the shapes of the operands.
        """
        cause = Cause(left, right, where, what, hint)
        if not self.unifier.equate(left[1], right[1], cause):
            raise self.clash(cause)

    def clash(self, cause: Cause) -> ShapeError:
        """The error for two dimensions that differ, with where each comes from."""
        self.clashed = True
        shapes = cause.what.format(self.describe(cause.left[0]), self.describe(cause.right[0]))
        origins = dict.fromkeys((self._origin(*cause.left), self._origin(*cause.right)))
        return self.problem(
            f"{shapes}: {', '.join(origins)}", cause.where, cause.hint() if cause.hint else None
        )

    def square(self, expr: Expr, what: str, where: Span) -> None:
        """Demands that a matrix is square."""
        rows, columns = expr.shape
        self.equate(
            (expr, rows), (expr, columns), where, f"{what} needs a square matrix, not {{0}}"
        )

    def problem(self, message: str, where: Span | None, hint: str | None = None) -> ShapeError:
        """An error about a place in the text."""
        return ShapeError(message, source=self.source, span=where, hint=hint)

    def name_problem(
        self, message: str, where: Span | None, hint: str | None = None
    ) -> UnknownNameError:
        """An error about a name in the text."""
        return UnknownNameError(message, source=self.source, span=where, hint=hint)

    # -- words
    # ------------------------------------------------------------------------------------

    def names(self) -> dict[str, str]:
        """A name for each size that is unknown (so far)."""
        return self.unifier.name_unknowns(
            {*self.dimensions, *self.declared, *self.seen, *self.definitions, *self.taken}
        )

    def final(self, dim: Dim, names: dict[str, str]) -> Dim:
        """The dimension with the names of its unknowns, as ``core.dims`` wants it."""
        scale, factors, rest = self.unifier.resolve(dim)
        if rest:
            terms = [(scale, factors), *rest]
            return combine_terms(
                (c, tuple([names.get(factor, factor) for factor in own])) for c, own in terms
            )
        return Dim(scale, tuple(sorted([names.get(factor, factor) for factor in factors])))

    def describe(self, expr: Expr) -> str:
        """``vector(n)``, as a declaration says it."""
        if not expr.shape:
            return "a scalar"
        names = self.names()
        inside = ", ".join(str(self.final(dim, names)) for dim in expr.shape)
        return f"{'row ' if expr.row else ''}{free_kind(expr.rank)}({inside})"

    def kind_of(self, variable: Variable) -> str:
        """The kind of a variable with its sizes."""
        names = self.names()
        return str(
            Variable(
                variable.name,
                variable.kind,
                tuple([self.final(size, names) for size in variable.dims]),
            )
        )

    def quote(self, expr: Expr) -> str:
        """The text of an operand, shortened if it is long, without brackets around it if it is in
        brackets as a whole.
        """
        if id(expr) in self.names_given:
            return self.names_given[id(expr)]
        if expr.span is None:
            return "it"
        text = " ".join(self.source[expr.span.start : expr.span.end].split())
        if _is_bracketed(text):
            text = text[1:-1].strip()
        return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."

    def factor(self, expr: Expr) -> str:
        """The text of an operand as it can be in a product."""
        text = self.quote(expr)
        return f"({text})" if expr.op in _LOOSE and id(expr) not in self.names_given else text

    def base(self, expr: Expr) -> str:
        """The text of an operand as it can come before ``'`` or ``.^``."""
        text = self.quote(expr)
        inner = id(expr) in self.names_given or expr.op not in _INFIX
        return text if inner else f"({text})"

    def _origin(self, expr: Expr, dim: Dim) -> str:
        """``n from A (declared)``."""
        names = self.names()
        size = self.final(dim, names)
        best = ""
        for part in postorder(expr, operands):
            if part.op == "variable" and any(
                self._shares(self.final(axis, names), size) for axis in part.shape
            ):
                if self.seen[part.value].declared:
                    return f"{size} from {part.value} (declared)"
                best = best or f"{size} from {part.value} (inferred)"
        return best or f"{size} from {self.quote(expr)}"

    @staticmethod
    def _shares(axis: Dim, size: Dim) -> bool:
        """Whether a size may come from an axis."""
        return axis == size or any(name in size.letters for name in axis.letters)


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets is around the whole of it; those of ``^{...}`` are curly."""
    if text[:1] + text[-1:] not in ("()", "{}"):
        return False
    depth = 0
    for char in text[:-1]:
        depth += (char in "({") - (char in ")}")
        if not depth:
            return False
    return True


def _literal(expr: Expr) -> Fraction | None:
    """The value of arithmetic on numbers alone, as in ``A^(-2)``; None of anything else, and of
    enormous numbers.
    """

    def rule(part: Expr, values: list[Fraction | None]) -> Fraction | None:
        if part.op == "number":
            value: Fraction = part.value
            return value
        known = [value for value in values if value is not None]
        if len(known) < len(values) or any(
            value.numerator.bit_length() > _LARGEST for value in known
        ):
            return None
        match part.op, known:
            case "neg", [a]:
                return -a
            case "+", [a, b]:
                return a + b
            case "-", [a, b]:
                return a - b
            case "*", [a, b]:
                return a * b
            case "/", [a, b] if b:
                return a / b
        return None

    return fold(expr, operands, rule)
