"""The stages and their order; the only module that knows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matcalc.core.dims import names_in
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import FREE, MOST_RESULT_AXES, Variable, size_names
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.operations import COMPARISONS, PERIODIC
from matcalc.core.program import Program, find_used_variables, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, starts_of
from matcalc.engine.calculus.derivative import derivative
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.calculus.structured import constrain
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.index_forms import LEAST_TRIED, IndexForms
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import COMPLEX, Node
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.lowering.lower import Lowering, lower_program
from matcalc.engine.lowering.preconditions import require_single, require_symmetry
from matcalc.engine.recovery.conditions import compare
from matcalc.engine.recovery.decimals import rebalance
from matcalc.engine.recovery.diagonals import diagonal_leaf, restore_diagonals
from matcalc.engine.recovery.even import match_signs, share_differences
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.laplacians import name_laplacians
from matcalc.engine.recovery.layout import lay_out
from matcalc.engine.recovery.notation_choice import MOST_TRIED, choose_notation
from matcalc.engine.recovery.recover import Recovery
from matcalc.engine.recovery.reshaped import name_reshaped, restore_reshaped
from matcalc.engine.recovery.row_sums import sum_rows
from matcalc.engine.recovery.scales import Typed
from matcalc.engine.recovery.turning import turn_names
from matcalc.engine.recovery.unvec import unvec_products
from matcalc.engine.rewriting.engine import PHASES, Rewriter
from matcalc.engine.rewriting.outer import halve_squares
from matcalc.engine.rewriting.rotations import turn_rotations
from matcalc.engine.rewriting.shorten import Shortener
from matcalc.engine.typed_sums import find_typed, find_typed_sums, has_decimals
from matcalc.write.notation import DefinedNames
from matcalc.write.printers.naming import measure_shown
from matcalc.write.printers.text import has_indices

if TYPE_CHECKING:
    from matcalc.engine.rewriting.commuting import Commuting

_SHORT = 20  # tokens of a result in which nothing gets a name
_TURNING = 2  # periodic functions of which squares may meet: sines and cosines
_LONG = 40  # tokens of a result that is compared as it is shown
_MOST_FUSED = 2  # axes that are written as one where nobody asks for that


def derive(
    program: Program,
    wrt: str,
    order: int = 1,
    *,
    structure: str = "declared",
    layout: str = "mixed",
) -> Expr:
    """The derivative of a program by one of its variables; see ``differentiate``."""
    return differentiate(DerivativeStatement(program, wrt, order, structure, layout))


def differentiate(statement: DerivativeStatement) -> Expr:
    """The derivative that a statement asks for, as a typed tree in matrix notation.

    Its axes are those of the expression followed by those of the variable, ``order`` times; see
    docs/conventions.md for ``structure`` and ``layout``. Raises UnknownNameError for an unknown
    variable, UnsupportedError where no rule is known.
    """
    program, wrt, structure = statement.program, statement.wrt, statement.structure
    variable = require_variable(program, wrt)
    axes = len(statement.mixed_shape)
    if axes > MOST_RESULT_AXES:
        raise UnsupportedError(
            f"this derivative has {axes} axes; at most {MOST_RESULT_AXES} are supported",
            hint="along a direction it has fewer: jvp, hvp (matcalc jvp --help)",
        )
    engine = Engine(program, statement.layout)
    builder = engine.builder
    # the variable is free while we differentiate: S' = S would merge entries that vary on their own
    names = {v.name: leaf_of(builder, v, free=v is variable) for v in program.variables.values()}
    within = leaf_of(builder, variable, free=False)
    require_symmetry(program, engine.lowering, {**names, wrt: within})
    require_single(program, engine.lowering, {**names, wrt: within}, {wrt})
    if structure == "free" and within is not names[wrt]:
        require_symmetry(program, engine.lowering, names, wrt)
    node = engine.rewriter.rewrite(lower_program(engine.lowering, program, names))
    local_derivatives = LocalDerivatives(builder, engine.lowering)
    for _ in range(statement.order):
        node = engine.shorten(derivative(builder, node, names[wrt], local_derivatives))
    if variable.kind not in FREE:
        node = substitute(builder, node, {names[wrt]: within})
    places = [program.expr.rank + 2 * turn for turn in range(statement.order)]
    tidy = engine.shortener.symmetrise
    projected = constrain(builder, node, variable.kind, structure, places, tidy)
    if projected is not node:
        node = engine.shortener.shorten(projected)
    tree = engine.recover(engine.ordinary(node))
    alike: Sequence[Expr] = [tree]
    # each difference may get a name, and its negative another one
    if engine.factory.size(tree) > _SHORT and sum([part.op == "-" for part in tree.parts]) > 1:
        alike = share_differences(alike, program.variables, program.definitions.values())
    return sum_rows(alike, program.variables)[0]


def simplify(program: Program, *, expand_inverse: bool = False, as_typed: bool = True) -> Expr:
    """The program's value as the engine writes it, where that is no longer than what was typed, and
    else as it was typed; or as the engine writes it in any case, if not ``as_typed``.

    With ``expand_inverse`` inverses and determinants of updated matrices are expanded (see
    ``expansion``), however long that is.
    """
    # derivatives do without
    from matcalc.engine.rewriting.constants import compute, is_numeric  # noqa: PLC0415

    program = program._replace(expr=compute(program.expr))
    if is_numeric(program.expr):
        return program.expr
    engine = Engine(program, "mixed", () if expand_inverse else PHASES)
    used = find_used_variables(program)
    names = {v.name: leaf_of(engine.builder, v, free=False) for v in used.values()}
    require_symmetry(program, engine.lowering, names)
    engine.shares_powers = False  # equations are solved for one power
    node = lower_program(engine.lowering, program, names)
    if expand_inverse:
        # only where the user asks for it
        from matcalc.engine.rewriting.expansion import expand_inverses  # noqa: PLC0415

        node = expand_inverses(engine.builder, engine.rewriter.rewrite(node))
    else:
        node = engine.shorten(node)
    tree = engine.recover(engine.rewriter.rewrite(node))
    factory = engine.factory
    if program.expr.row:
        tree = factory.transpose(tree)
    typed = factory.intern(program.expr)
    longer = factory.size(typed) < factory.size(tree) and not expand_inverse
    contracted = "einsum" in typed.operations
    longer = longer and not contracted  # a call of einsum counts for less than its text
    return typed if as_typed and (has_indices(tree, program.variables) or longer) else tree


def simplify_tree(program: Program, tree: Expr) -> Expr:
    """Another tree over the variables of a program, as the engine writes it."""
    return simplify(program._replace(expr=tree, definitions={}))


class Engine(IndexForms):
    """What one derivation works with: a builder, all that keeps its nodes, and the way back to
    matrix notation. ``several`` says that it has several results, whose parts get names.
    """

    def __init__(
        self,
        program: Program,
        layout: str,
        phases: tuple[str, ...] = ("short",),
        *,
        several: bool = False,
    ) -> None:
        expr, known = program.expr, catalogue(program.language)
        self.rank, self.language, self.layout = expr.rank, program.language, layout
        self.builder = Builder(known)
        parts = expr.parts
        self.builder.complex = any(each.complex for each in program.variables.values())
        self.builder.widest = max([2, *[part.rank for part in parts]])
        self.lowering = Lowering(self.builder, known.definition)
        forms = [part.value for part in parts if part.op == "indexed"]
        self.index_names = [(each.name, each.size) for form in forms for each in form.all_indices()]
        # also by what does not occur: the answer is read beside all that is declared
        self.taken = {*program.variables, *size_names(program.variables.values())}
        self.taken.update(names_in([size for part in parts for size in part.shape]))
        self.taken.update(names_in(starts_of(parts)))
        self.program = program
        ops = [form.body.operations for form in forms]
        self.compares = not expr.operations.union(*ops).isdisjoint(COMPARISONS)
        self.typed_sums = find_typed_sums(parts)
        self.typed = Typed(has_decimals(parts))
        self.rewriter = Rewriter(self.builder, self.lowering, final=False, phases=phases)
        self.last = Rewriter(
            self.builder, self.lowering, final=True, phases=phases, before=self.rewriter
        )
        self.shortener = Shortener(self.builder)
        self.factory = ExpressionFactory()  # of the last tree
        self.commuting: Commuting | None = None
        self.several = several
        self.shares_powers = True  # whether the lowest of several powers is a factor
        self.multiplied_out = False  # whether a result was shorter so than with its sums
        self.totals: Mapping[Node, Node] = {}  # of the entries of sums that have names elsewhere
        self.plain = self.new_recovery()  # what several results or tries share is recovered once

    def new_recovery(self) -> Recovery:
        """One that knows of no node."""
        return Recovery(
            functions=self.language.functions,
            typed=self.typed,
            several=self.several,
            branches=self.builder.complex,
            totals=self.totals,
        )

    def shorten(self, node: Node) -> Node:
        """The node rewritten, and multiplied out where that makes it shorter."""
        node = self._settle(self.ordinary(node))
        if not self.rewriter.has_met("normpdf"):
            return node
        # few expressions have normal densities
        from matcalc.engine.rewriting.densities import join_densities  # noqa: PLC0415

        return join_densities(self.shortener, node, self._settle)

    def _settle(self, node: Node) -> Node:
        node = self.rewriter.rewrite(self.shortener.shorten(self.rewriter.rewrite(node)))
        return self.ordinary(node)

    def ordinary(self, node: Node) -> Node:
        """The node with derivatives of functions of matrices in ordinary form where all
        commutes.
        """
        if not self.builder.matrix_functions:
            return node
        if self.commuting is None:
            # few expressions have functions of matrices
            from matcalc.engine.rewriting.commuting import Commuting  # noqa: PLC0415

            self.commuting = Commuting(self.builder, self.lowering)
        return self.commuting.reduce(node)

    def recover(self, node: Node) -> Expr:
        """The tree of a node, or where that is shorter the tree of the node multiplied out."""
        node = turn_rotations(self.builder, self.lowering, node)
        tree = (
            self.recover_by_indices(node)
            if self.builder.indexed
            else self.recover_in_matrices(node)
        )
        return compare(self.factory, tree, self.program.expr) if self.compares else tree

    def recover_in_matrices(self, node: Node) -> Expr:
        """The tree of a node without bound indices."""
        if self.typed_sums:
            self._find_typed()
        node = self.join_triangles(node)
        size, tree, self.factory = self._tree(self.last.rewrite(self.gather_branches(node)))
        tried = LEAST_TRIED <= size <= MOST_TRIED
        spread = self.shortener.expand(node) if tried and not self.shortener.named else None
        if spread is not None:
            other = self._tree(self._finish(self.gather_branches(spread)))
            if _is_shorter(other[0], size, other[1], tree) or (
                self.builder.triangles and measure_shown(other[1]) < measure_shown(tree)
            ):
                _, tree, self.factory = other
                self.multiplied_out = True
            if (halves := halve_squares(self.builder, spread)) is not None:
                other = self._tree(self._finish(self.gather_branches(halves)))
                if measure_shown(other[1]) < measure_shown(tree):
                    _, tree, self.factory = other
        if tried:
            tree = self._open_blocks(node, tree)
        for each in (node, spread) if tried else ():
            tree = tree if each is None else self._name_shares(each, tree)
        if tried and self.shares_powers and self.rewriter.has_met("pow"):
            tree = self._share_powers(node, tree)
        if _has_signs(tree):
            other = self._tree(self._finish(_without_signs(self.builder, node)))
            if not has_indices(other[1]):
                _, tree, self.factory = other
        return match_signs(rebalance(self.factory, tree), self.factory.remake)

    def _open_blocks(self, node: Node, tree: Expr) -> Expr:
        """The tree of the node with explicit arrays of sines and cosines multiplied out, if that is
        shorter than this one.
        """
        ops = tree.operations
        if "blocks" not in ops or len(PERIODIC & ops) < _TURNING:
            return tree
        # few answers have explicit arrays
        from matcalc.engine.rewriting.opened_blocks import open_blocks  # noqa: PLC0415

        opened = open_blocks(self.builder, node)
        if opened is node:
            return tree
        _, other, factory = self._tree(self._finish(self.shorten(opened)))
        if measure_shown(other) >= measure_shown(tree):
            return tree
        self.factory = factory
        return other

    def _name_shares(self, node: Node, tree: Expr) -> Expr:
        """The tree of the node with names for shares, if that is shorter than this one."""
        if tree.operations.isdisjoint(("/", "./")):
            return tree
        # few answers divide by sums
        from matcalc.engine.rewriting.shares import name_shares  # noqa: PLC0415

        found = name_shares(self.builder, node)
        if found is None:
            return tree
        _, named, factory = self._tree(self._finish(self.gather_branches(found[0])))
        named, turned = turn_names(named, found[1])
        shares = {
            name: self.plain.recover(
                self._finish(self.builder.transpose(share) if name in turned else share)
            )
            for name, share in found[1].items()
        }
        named = factory.intern(named, shares)
        if measure_shown(named) >= measure_shown(tree):
            return tree
        self.factory = factory
        return named

    def _share_powers(self, node: Node, tree: Expr) -> Expr:
        """The tree of the node with the lowest powers of bases as factors, if that is shorter than
        this one.
        """
        # few answers have exponents with names
        from matcalc.engine.recovery.raised_powers import raise_powers  # noqa: PLC0415
        from matcalc.engine.rewriting.symbolic_powers import name_lowest_powers  # noqa: PLC0415

        found = name_lowest_powers(self.builder, node)
        if found is None:
            return tree
        _, other, factory = self._tree(self._finish(self.shorten(found[0])))
        meanings = found[1]
        bases = {
            name: factory.intern(self.plain.recover(self._finish(each.base)))
            for name, each in meanings.items()
        }
        other, raised = raise_powers(factory, other, bases)
        powers = {name: (each, 0) for name, each in meanings.items()}
        powers |= {name: (meanings[old], by) for name, (old, by) in raised.items()}
        values = {
            name: self.plain.recover(self._finish(each.raised(self.builder, by)))
            for name, (each, by) in powers.items()
        }
        other = factory.intern(other, values)
        if measure_shown(other) >= measure_shown(tree):
            return tree
        self.factory = factory
        return other

    def _find_typed(self) -> None:
        """Finds how the sums with fractions were typed."""
        used = find_used_variables(self.program).values()
        names = {v.name: leaf_of(self.builder, v, free=False) for v in used}
        decimals, sums = self.typed.decimals, self.typed_sums
        self.typed = find_typed(sums, self.lowering, names, self._finish, decimals=decimals)
        self.typed_sums = []
        self.plain.typed = self.typed

    def _finish(self, node: Node) -> Node:
        """The node rewritten to the end."""
        return restore_diagonals(self.builder, self.last.rewrite(self.rewriter.rewrite(node)))

    def _tree(self, node: Node) -> tuple[int, Expr, ExpressionFactory]:
        node = restore_diagonals(self.builder, node)
        found = choose_notation(
            lambda recovery: lay_out(recovery, self.builder, node, self.rank, self.layout),
            self.plain,
        )
        if self.plain.preferences.asked:  # it would be asked no more of what it knows
            self.plain = self.new_recovery()
        _, tree, factory = found
        named = name_laplacians(factory, tree, self.program.variables)
        named = unvec_products(factory, named, self.program.variables)
        return found if named is tree else (factory.size(named), named, factory)


def _is_shorter(size: int, least: int, tree: Expr, other: Expr) -> bool:
    """Whether a tree of one size is shorter than another, long ones with names for their parts."""
    if size >= least or least <= _LONG:
        return size < least
    return measure_shown(tree) < measure_shown(other)


def _has_signs(tree: Expr) -> bool:
    """Whether signs of permutations are left in index notation."""
    return {"einsum", "epsilon"} <= tree.operations


def _without_signs(builder: Builder, node: Node) -> Node:
    """The node with products of signs as deltas."""
    from matcalc.engine.rewriting.signs import spread_signs  # noqa: PLC0415 - few answers need it

    return spread_signs(builder, node)


def leaf_of(builder: Builder, variable: Variable, *, free: bool) -> Node:
    """The node of a variable; a ``free`` one has any entries, whatever its kind."""
    if variable.kind == "diagonal" and not free:
        return diagonal_leaf(builder, variable.shape, variable.name)
    structure = "" if free or variable.kind in FREE else variable.kind
    structure = COMPLEX if variable.complex else structure
    return builder.leaf("variable", variable.shape, variable.name, structure)


def find_defined_names(program: Program) -> DefinedNames | None:
    """The names that a program defines, and a function that finds the one whose definition a part
    of an answer is.
    """
    if not program.definitions:
        return None
    from matcalc.engine.defined import Defined  # noqa: PLC0415 - few programs have definitions

    defined = Defined(program, lambda part: simplify(part, as_typed=False))
    return DefinedNames(frozenset(program.definitions), defined.name, defined.products)


def matricize(
    tree: Expr,
    variables: Mapping[str, Variable],
    columns: int,
    *,
    language: BaseLanguage | None,
    most: int = _MOST_FUSED,
) -> Expr | None:
    """The matrix J of d vec(F) = J*d vec(X) for a derivative whose last ``columns`` axes are those
    of X.

    Both sides are vectorised, the first axis fastest. None where J has no matrix notation, and
    where one of them has more than ``most`` axes.
    """
    rows = tree.rank - columns
    if not 0 < rows <= most or columns > most or not tree.is_tensor:
        return None
    if not has_indices(tree, variables):
        return None  # it is in the language as it is
    # most derivatives have one axis or two
    from matcalc.engine.lowering.multilinear import matrix_of  # noqa: PLC0415
    from matcalc.engine.lowering.systems import with_systems  # noqa: PLC0415

    language = language or default_language()
    known = catalogue(language)
    builder = Builder(known)
    lowering = Lowering(builder, known.definition)
    names = {v.name: leaf_of(builder, v, free=False) for v in variables.values()}
    last, parts = Rewriter(builder, lowering, final=True), tree.parts

    def finish(node: Node) -> Node:
        return restore_diagonals(builder, last.rewrite(node))

    sums, decimals = find_typed_sums(parts), has_decimals(parts)
    numbers = find_typed(sums, lowering, names, finish, decimals=decimals)
    node = matrix_of(lowering.sums, with_systems(builder, lowering.lower(tree, names)), rows)
    node = finish(node)

    def fresh() -> Recovery:
        return Recovery(functions=language.functions, typed=numbers, branches=builder.complex)

    plain = fresh()
    _, matrix, _ = choose_notation(lambda recovery: recovery.recover(node), plain)
    if _has_signs(matrix):
        node = _without_signs(builder, node)
        plain = fresh()
        _, matrix, _ = choose_notation(lambda recovery: recovery.recover(node), plain)
    if has_indices(matrix, variables):
        return None
    return match_signs(matrix, plain.factory.remake)


def prepare_to_print(
    tree: Expr,
    variables: Mapping[str, Variable],
    columns: int,
    *,
    language: BaseLanguage | None = None,
) -> Expr:
    """The tree that is printed for a derivative whose last ``columns`` axes are those of the
    variable: itself where it is in the language, the matrix of ``matricize``, or an array that is
    defined by its entries.
    """
    if not has_indices(tree, variables):
        return tree
    matrix = matricize(tree, variables, columns, language=language)
    return matrix or by_entries(tree, variables, language=language)


def by_entries(
    tree: Expr, variables: Mapping[str, Variable], *, language: BaseLanguage | None = None
) -> Expr:
    """The same value in index notation."""
    from matcalc.engine.recovery.index_notation import IndexWriter  # noqa: PLC0415 - seldom used

    language = language or default_language()
    known = catalogue(language)
    builder = Builder(known)
    builder.widest = max(2, *(part.rank for part in tree.parts))
    lowering = Lowering(builder, known.definition)
    bare, arrays = name_reshaped(tree, variables)
    names = {v.name: leaf_of(builder, v, free=False) for v in (*variables.values(), *arrays)}
    node = Rewriter(builder, lowering, final=True).rewrite(lowering.lower(bare, names))
    sizes = size_names(variables.values())
    recovery = Recovery(functions=language.functions, branches=builder.complex)
    writer = IndexWriter(recovery, [], {*variables, *sizes, *names_in(starts_of(tree.parts))})
    return restore_reshaped(writer.array(restore_diagonals(builder, node)), arrays)
