"""The catalogue of a language: its identities as typed trees, and what is known of its functions.

A catalogue is computed from a language and kept on it. What it has compiled, it remembers; entries
of the built-in language are compiled once, whatever languages extend it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce
from typing import Any, NamedTuple, TypeVar

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import CatalogueError
from matcalc.core.identity import Identity
from matcalc.core.kinds import Variable
from matcalc.core.language import BUILT_IN, BaseLanguage
from matcalc.core.operations import NUMBERED
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.catalogue.index import TRANSPOSITIONS, Activation, activation_of, trait_of
from matcalc.engine.catalogue.load import LIBRARY, places_by_need
from matcalc.engine.catalogue.sides import differential_program, parse, sides
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import FunctionName, Node
from matcalc.engine.ir.traits import Traits

T = TypeVar("T")


class Rule(NamedTuple):
    """A function's definition; or its differential, with Y for the value and ``d`` + name for that
    of each parameter.
    """

    parameters: tuple[str, ...]
    shapes: tuple[Shape, ...]
    body: Expr

    def sizes(self, args: Sequence[Node]) -> dict[str, Dim]:
        """What the dimension names of the rule are for these arguments."""
        return bind_sizes(zip(self.shapes, args, strict=False))

    def of_number(self, which: Expr) -> Rule:
        """What the rule says of one of several things, where it is stated for the first of them."""

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if node.op in NUMBERED:
                return Expr(node.op, (*args, which), node.shape)
            return node.with_args(args)

        return self._replace(body=self.body.fold(rule))


class Rewrite(NamedTuple):
    """``left = right`` for all values of the variables that are of the kinds declared."""

    name: str
    left: Expr
    right: Expr
    variables: dict[str, Variable]


def bind_sizes(pairs: Iterable[tuple[Shape, Node]]) -> dict[str, Dim]:
    """Dimension names of declared shapes against the axes of actual nodes; the rows of a rule for
    matrices are all axes of a tensor but the last.
    """
    found: dict[str, Dim] = {}
    for shape, node in pairs:
        axes = node.axes
        if len(axes) > len(shape) == 2:
            axes = (reduce(Dim.times, axes[:-1]), axes[-1])
        found.update({s.plain: axis for s, axis in zip(shape, axes, strict=False) if s.plain})
    return found


class Catalogue:
    """The identities of a language that the engine works with."""

    def __init__(self, language: BaseLanguage) -> None:
        self.language = language
        self._own = {rule.name: rule for rule in (*language.statements, *language.identities)}
        self._built_in = self if language is BUILT_IN else catalogue(BUILT_IN)
        self._made: dict[tuple[Any, ...], Any] = {}
        self.transitions: dict[object, Any] = {}  # of the rewriter, see ``rewriting/activation.py``

    def get(self, name: str) -> Identity | None:
        """The entry of that name among those that the engine uses."""
        return self._own.get(name) or LIBRARY.get(name)

    def all(self) -> list[Identity]:
        """Every entry, those that are there to be looked up and tested included."""
        return [*LIBRARY.all(), *self._own.values()]

    @cached_property
    def rewrites(self) -> list[Activation]:
        """The rewrites, each with what has to be present before it can fire."""
        if not self._own:
            return LIBRARY.rewrites
        identities = self.language.identities
        own = [activation_of(rule, self.language) for rule in identities if rule.form == "to"]
        return [*LIBRARY.rewrites, *own]

    @cached_property
    def endings(self) -> list[Activation]:
        """The rewrites for the end."""
        return [each for each in self.rewrites if each.phase == "final"]

    @cached_property
    def by_need(self) -> dict[FunctionName, list[int]]:
        """The places of the rewrites that need a function or a kind; those that need nothing stand
        under "".
        """
        return places_by_need(self.rewrites) if self._own else LIBRARY.by_need

    @cached_property
    def traits(self) -> Traits:
        """What the normal form of networks may know of functions."""
        traits = LIBRARY.traits
        found = [trait_of(rule, self.language) for rule in self.language.statements]
        own = [trait for trait in found if trait is not None]
        functions = self.language.functions.values()
        if not own and not functions:
            return traits
        return traits._replace(
            transposition={
                **traits.transposition,
                **{each.function: each.trait for each in own if each.trait in TRANSPOSITIONS},
            },
            **{
                kind: getattr(traits, kind) | {each.function for each in own if each.trait == kind}
                for kind in ("positive", "odd", "even")
            },
            entrywise=frozenset([each.name for each in functions if each.entrywise]),
        )

    def differential(self, function: str, variant: str = "") -> Rule | None:
        """The differential of a function; ``variant`` is ``-matrix`` or ``-rows`` if such arguments
        may have an entry.
        """
        name = next(
            (each for each in (f"d-{function}{variant}", f"d-{function}") if self.get(each)), ""
        )
        return self.once(name, differential_rule) if name else None

    def definition(self, function: str) -> Rule | None:
        """A function that is defined by others."""
        name = f"define-{function}"
        return self.once(name, _definition) if self.get(name) else None

    def rewrite(self, name: str) -> Rewrite:
        """A rewrite by name."""
        return self.once(name, _rewrite)

    def once(self, name: str, make: Callable[[Catalogue, Identity], T]) -> T:
        """What is made of an entry, made at the first call."""
        if self is not self._built_in and name not in self._own:
            return self._built_in.once(name, make)
        found = self._made.get((make, name))
        if found is None:
            entry = self.get(name)
            assert entry is not None
            found = self._made[make, name] = make(self, entry)
        made: T = found
        return made


def catalogue(language: BaseLanguage) -> Catalogue:
    """The catalogue of a language."""
    return language.once(Catalogue)


def catalogue_of(builder: Builder) -> Catalogue:
    """The catalogue that a derivation works with."""
    found = builder.catalogue
    assert isinstance(found, Catalogue)
    return found


def _rule(entry: Identity, program: Program) -> Rule:
    shapes = tuple([program.variables[name].shape for name in entry.given])
    return Rule(tuple(entry.given), shapes, program.expr)


def differential_rule(where: Catalogue, entry: Identity) -> Rule:
    """The differential that an entry states."""
    return _rule(entry, differential_program(entry, where.language)[1])


def _definition(where: Catalogue, entry: Identity) -> Rule:
    return _rule(entry, parse(entry, entry.right, where.language))


def _rewrite(where: Catalogue, entry: Identity) -> Rewrite:
    left, right = sides(entry, where.language)
    if left.expr.shape != right.expr.shape and left.expr.shape and right.expr.shape:
        raise CatalogueError(f"{entry.file}, {entry.name}: the two sides have different shapes")
    return Rewrite(entry.name, left.expr, right.expr, {v: left.variables[v] for v in entry.given})
