"""A program and its derivatives as tensor networks: tensors, and the indices that join them.

What the engine works with is drawn as it is (engine/ir/nodes.py). An index that is at two
tensors is a line, one at more is a point where lines meet, and an axis of the value is an open end
(R. Penrose, Applications of negative dimensional tensors (1971)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, count

from matcalc.core.dims import Dim
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import size_names
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Call, Factor, Leaf, Node, Product, Rational, Sum, is_number
from matcalc.engine.pipeline import Engine, differentiate, leaf_of
from matcalc.graph.build import AskedVariables, select_variables
from matcalc.verify.verification import verify

_MOST = 300  # tensors that anybody would look at
_LETTERS = "ijklpqrstuvwxyzabcdefgh"
# constants of the notation, as they are called in a picture
_CONSTANTS = {"lower": "triangle", "fuse": "vec", "place": "shift"}


@dataclass(frozen=True, slots=True)
class NetworkIndex:
    """An index of a term; an ``open`` one is an axis of the value, the others are summed."""

    name: str
    size: Dim
    open: bool


@dataclass(frozen=True, slots=True)
class Tensor:
    """A factor: what it is, and the names of the indices at its axes."""

    label: str
    legs: tuple[str, ...]
    power: Rational = 1

    def __str__(self) -> str:
        at = f"[{','.join(self.legs)}]" if self.legs else ""
        if self.power == 1:
            return f"{self.label}{at}"
        whole = self.power.denominator == 1 and self.power > 0
        return f"{self.label}{at}^{self.power if whole else f'({self.power})'}"


@dataclass(frozen=True, slots=True)
class NetworkTerm:
    """A product of tensors, summed over every index that is not open."""

    coefficient: Rational
    tensors: tuple[Tensor, ...]
    indices: tuple[NetworkIndex, ...]

    def __str__(self) -> str:
        size = abs(Fraction(self.coefficient))
        parts = [str(tensor) for tensor in self.tensors]
        return "*".join(parts if size == 1 and parts else [str(size), *parts])


@dataclass(frozen=True, slots=True)
class Network:
    """A value: a sum of terms that all have the open indices ``axes``."""

    name: str
    axes: tuple[str, ...]
    terms: tuple[NetworkTerm, ...]
    remark: str = ""

    @property
    def left(self) -> str:
        """``D[i,j]``."""
        return f"{self.name}[{','.join(self.axes)}]" if self.axes else self.name

    def __str__(self) -> str:
        said = ""
        for term in self.terms:
            minus = term.coefficient < 0
            sign = (" - " if minus else " + ") if said else ("-" if minus else "")
            said += f"{sign}{term}"
        return f"{self.left} = {said or '0'}"


def networks(program: Program, wrt: AskedVariables = None) -> list[Network]:
    """The network of a program, those of its derivatives with respect to ``wrt`` or all variables,
    and those of the parts that have names in others.

    Raises UnknownNameError for an unknown variable, UnsupportedError where a derivative is not
    known, or for more tensors than can be drawn.
    """
    names = select_variables(program, wrt)
    reader = _Reader(program)
    value = reader.value(program.expr)
    reader.add(value, "f", "")
    for name in names:
        statement = DerivativeStatement(program, name, 1, "declared")
        tree = differentiate(statement)
        verify(statement, tree)
        called = "D" if len(names) == 1 else f"D_{name}"
        reader.add(reader.value(tree), called, f"the derivative with respect to {name}")
    return list(reader.networks())


class _Reader:
    """Names nodes of one engine, and reads their terms."""

    def __init__(self, program: Program) -> None:
        self.engine = Engine(program, "mixed")
        variables = program.variables.values()
        builder = self.engine.builder
        self.leaves = {each.name: leaf_of(builder, each, free=False) for each in variables}
        sizes = size_names(variables)
        self.taken = {*program.variables, *sizes}
        self.numbers = count(1)
        self.named: dict[int, str] = {}  # id of a node that is in others
        self.waiting: list[tuple[Node, str, str]] = []
        self.drawn = 0

    def value(self, tree: Expr) -> Node:
        """The network of a tree, with what theorems make shorter."""
        return self.engine.rewriter.rewrite(self.engine.lowering.lower(tree, self.leaves))

    def add(self, node: Node, name: str, remark: str) -> None:
        """A value that is drawn under this name, or one like it that is free."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        self.waiting.append((node, name, remark))

    def networks(self) -> Iterator[Network]:
        """The networks that were added, then those of their parts."""
        place = 0
        while place < len(self.waiting):
            node, name, remark = self.waiting[place]
            place += 1
            yield self._network(node, name, remark)

    def _network(self, node: Node, name: str, remark: str) -> Network:
        axes: dict[int, str] = {}
        sizes: dict[str, Dim] = {}
        for k, size in enumerate(node.axes):
            axes[k] = self._letter(size, axes.values(), sizes)
        terms = []
        for coefficient, term in node.terms if isinstance(node, Sum) else ((1, node),):
            factors: tuple[Factor, ...] = ((term, tuple(range(term.rank)), 1),)
            if isinstance(term, Product):
                coefficient, factors = coefficient * term.coefficient, term.factors
            terms.append(self._term(coefficient, factors, axes, sizes))
        return Network(name, tuple(axes.values()), tuple(terms), remark)

    def _term(
        self,
        coefficient: Rational,
        factors: tuple[Factor, ...],
        axes: Mapping[int, str],
        sizes: dict[str, Dim],
    ) -> NetworkTerm:
        """``sizes`` are those of the indices that other terms have, and are added to."""
        letters = dict(axes)
        for node, labels, _ in factors:
            for label, size in zip(labels, node.axes, strict=True):
                if label not in letters:
                    letters[label] = self._letter(size, letters.values(), sizes)
        tensors = tuple(
            Tensor(self._label(node), tuple(letters[label] for label in labels), exponent)
            for node, labels, exponent in factors
        )
        self.drawn += len(tensors)
        if self.drawn > _MOST:
            raise UnsupportedError(
                f"the networks have more than {_MOST} tensors, too many to read",
                hint="draw a part of the expression",
            )
        indices = [
            NetworkIndex(name, sizes[name], label in axes) for label, name in letters.items()
        ]
        return NetworkTerm(coefficient, tensors, tuple(indices))

    def _letter(self, size: Dim, used: Iterable[str], sizes: dict[str, Dim]) -> str:
        """A name for an index: one that means nothing else, and has one size in all terms."""
        there = {*self.taken, *used}
        names = chain(_LETTERS, (f"i{k}" for k in count(1)))
        name = next(each for each in names if each not in there and sizes.get(each, size) == size)
        sizes[name] = size
        return name

    def _label(self, node: Node) -> str:
        """What a tensor is called: a variable, a function of named parts, or a part."""
        if isinstance(node, Leaf):
            if node.kind in ("select", "unit"):
                return f"{'range' if node.kind == 'select' else 'unit'}({node.start})"
            return node.name if node.kind == "variable" else _constant(node)
        if is_number(node) and isinstance(node, Product):
            return str(node.coefficient)
        if isinstance(node, Call):
            inside = ", ".join(self._label(arg) for arg in node.args)
            frechet = f"D{node.slots if node.slots > 1 else ''} " if node.slots else ""
            return f"{frechet}{node.name}({inside})"
        if id(node) not in self.named:
            name = next(f"v{k}" for k in self.numbers if f"v{k}" not in self.taken)
            self.named[id(node)] = name
            self.add(node, name, "")
        return self.named[id(node)]


def _constant(leaf: Leaf) -> str:
    named = leaf.name if leaf.kind in ("constant", "dimension") else leaf.kind
    return _CONSTANTS.get(leaf.kind, named)
