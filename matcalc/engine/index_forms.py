"""The way back from a network with bound indices: in matrix notation or in index notation.

Functions of pairs may keep a name, beside which the rest is short.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

from matcalc.core.dims import Dim
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.recovery.diagonals import restore_diagonals
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.layout import lies, reorder_axes
from matcalc.engine.recovery.masks import counts_places, is_masked
from matcalc.engine.recovery.recover import Recovery
from matcalc.engine.recovery.row_sums import sum_rows
from matcalc.engine.recovery.turning import turn_names
from matcalc.engine.rewriting.engine import Rewriter
from matcalc.write.printers.naming import measure_written
from matcalc.write.printers.text import has_indices

if TYPE_CHECKING:
    from matcalc.engine.recovery.index_notation import IndexWriter

LEAST_TRIED = 12  # tokens of a result that is tried multiplied out, or in index notation as well
_NAMED = 1.25  # so much longer may the rest be in matrix notation beside kernels with names
_BESIDE = 0.95  # names for kernels have to bring the length of index notation down to this share
_FAVOUR = Fraction(3, 4)  # index notation has to bring the length of matrix notation down to this
_HEAD = 8  # tokens of D[i,k] = in front of a formula by entries


class IndexForms(ABC):
    """What a derivation with bound indices writes; the engine has the rest."""

    builder: Builder
    rewriter: Rewriter
    last: Rewriter
    program: Program
    factory: ExpressionFactory  # of the last tree
    index_names: Sequence[tuple[str, Dim]]
    taken: set[str]
    rank: int
    layout: str

    @abstractmethod
    def shorten(self, node: Node) -> Node:
        """The node rewritten, and multiplied out where that makes it shorter."""

    @abstractmethod
    def recover_in_matrices(self, node: Node) -> Expr:
        """The tree of a node without bound indices."""

    @abstractmethod
    def new_recovery(self) -> Recovery:
        """One that knows of no node."""

    def recover_by_indices(self, node: Node) -> Expr:
        """The tree of a node with bound indices: in matrix notation where that is not much longer
        than in index notation.
        """
        # few expressions have bound indices
        from matcalc.engine.recovery.index_notation import IndexWriter, TooLong  # noqa: PLC0415
        from matcalc.engine.rewriting.unequal import drop_vanishing  # noqa: PLC0415
        from matcalc.engine.rewriting.wide import join_masks, singular_pairs  # noqa: PLC0415

        whole, narrow = node, self._narrow(drop_vanishing(self.builder, node))
        matrix, size, factory, counted = None, inf, self.factory, False
        if narrow is not None:
            matrix = self.recover_in_matrices(narrow)
            factory = self.factory
            size = measure_written(matrix)
            counted = counts_places(matrix)
            if size <= LEAST_TRIED and not has_indices(matrix) and not counted:
                return matrix
        last = self.last
        node = join_masks(self.builder, last.rewrite(self.gather_branches(node)))
        # sums, multiplied out, bring factors together
        node = self.join_triangles(last.rewrite(node))
        node = reorder_axes(self.builder, node, self.rank, self.layout)
        pairs = singular_pairs(node)
        if pairs and matrix is not None:
            return matrix
        recovery = self.new_recovery()
        writer = IndexWriter(recovery, self.index_names, self.taken, 2 * size)
        length = inf
        with suppress(TooLong):
            tree = writer.array(restore_diagonals(self.builder, node), pairs)
            if lies(node, self.rank, self.layout):
                tree = recovery.factory.transpose(tree)
            length = measure_written(tree)
        named = self._name_pairs(whole, 0 if pairs else _BESIDE * length)
        if named is not None and measure_written(named[0]) <= _NAMED * min(length, size):
            self.factory = named[1]
            return named[0]
        apart = node.is_tensor or (
            matrix is not None and (has_indices(matrix) or is_masked(matrix))
        )
        if counted:  # t*c[t] says more than cumsum(ones).*c
            apart, length = True, length - _HEAD
        if matrix is not None and _FAVOUR * size <= length * (_FAVOUR if apart else 1):
            self.factory = factory
            return matrix
        self.factory = recovery.factory
        return tree

    def _narrow(self, node: Node) -> Node | None:
        """A node with bound indices as one that has matrix notation, if there is one."""
        # few expressions have bound indices
        from matcalc.engine.ir.wide import has_wide  # noqa: PLC0415
        from matcalc.engine.rewriting.wide import is_by_entries, multiply_out  # noqa: PLC0415

        if is_by_entries(node):
            return None
        if has_wide(node):
            node = self.shorten(multiply_out(self.builder, self.rewriter.rewrite(node)))
            matrices = self.builder.widest == 2  # an einsum takes functions of tensors
            if has_wide(node, functions=matrices) or is_by_entries(node):
                return None
        return node

    def _name_pairs(self, node: Node, most: float) -> tuple[Expr, ExpressionFactory] | None:
        """A node with functions of pairs, which are defined by their entries: the rest in matrix
        notation, or in index notation where that is shorter and has at most so many tokens.
        """
        # few expressions have bound indices
        from matcalc.engine.ir.wide import has_wide, singular_masks  # noqa: PLC0415
        from matcalc.engine.rewriting.pairwise import name_pairs  # noqa: PLC0415
        from matcalc.engine.rewriting.unequal import drop_masks  # noqa: PLC0415

        # an array without a value on its diagonal is none
        if not has_wide(node) or singular_masks(node, self.builder.positive):
            return None
        tried = []
        node = self.rewriter.rewrite(node)
        for each in dict.fromkeys((drop_masks(self.builder, node), node)):
            found = name_pairs(self.builder, each)
            if found is None:
                continue
            matrix = self._beside_pairs(*found)
            if matrix is not None:
                tried.append(matrix)
            if most and (matrix is None or _contracts(matrix[0])):
                entries = self._entries_beside_pairs(*found)
                if matrix is not None or measure_written(entries[0]) <= most:
                    tried.append(entries)
        return min(tried, key=lambda named: _read_size(named[0]), default=None)

    def _beside_pairs(
        self, node: Node, meanings: Mapping[str, Node]
    ) -> tuple[Expr, ExpressionFactory] | None:
        """A node in matrix notation, with what the variables in it stand for by entries."""
        # few expressions have bound indices
        from matcalc.engine.recovery.index_notation import IndexWriter  # noqa: PLC0415
        from matcalc.engine.rewriting.pairwise import pair_variables  # noqa: PLC0415

        narrow = self._narrow(node)
        tree = None if narrow is None else self.recover_in_matrices(narrow)
        if tree is None or has_indices(tree):
            return None
        # after their entries nobody sees that they are symmetric
        (tree,) = sum_rows([tree], {**self.program.variables, **pair_variables(meanings)})
        writer = IndexWriter(self.new_recovery(), self.index_names, self.taken)
        arrays = dict(self._write_entries(writer, meanings))
        heads = {name: [i.name for i in a.value.indices] for name, a in arrays.items()}
        # M[i,k] rather than M[k,i]
        tree, turned = turn_names(tree, {n for n, head in heads.items() if head > head[::-1]})
        arrays |= self._write_entries(writer, {name: meanings[name] for name in turned}, turned)
        return self.factory.intern(tree, arrays), self.factory

    def _entries_beside_pairs(
        self, node: Node, meanings: Mapping[str, Node]
    ) -> tuple[Expr, ExpressionFactory]:
        """A node in index notation, with what the variables in it stand for; shares of them have
        names, too.
        """
        # few expressions have bound indices
        from matcalc.engine.recovery.index_notation import IndexWriter  # noqa: PLC0415
        from matcalc.engine.rewriting.shares import name_shares  # noqa: PLC0415

        recovery = self.new_recovery()
        writer = IndexWriter(recovery, self.index_names, self.taken)
        node, meanings = self._turn_pairs(node, meanings, writer)
        node, shares = name_shares(self.builder, node) or (node, {})
        node = reorder_axes(self.builder, self.last.rewrite(node), self.rank, self.layout)
        tree = writer.array(restore_diagonals(self.builder, node))
        if lies(node, self.rank, self.layout):
            tree = recovery.factory.transpose(tree)
        for values in (shares, meanings):  # shares are made of what has a name
            tree = recovery.factory.intern(tree, dict(self._write_entries(writer, values)))
        return tree, recovery.factory

    def _turn_pairs(
        self, node: Node, meanings: Mapping[str, Node], writer: IndexWriter
    ) -> tuple[Node, Mapping[str, Node]]:
        """The node and what its variables stand for, with M[i,k] in place of M[k,i]."""
        # few expressions have bound indices
        from matcalc.engine.rewriting.pairwise import structure_of  # noqa: PLC0415

        leaves: dict[Node, Node] = {}
        turned = dict(meanings)
        for name, array in self._write_entries(writer, meanings):
            head = [index.name for index in array.value.indices]
            if head > head[::-1]:
                turned[name] = self.builder.transpose(meanings[name])
                old, new = (
                    self.builder.leaf("variable", axes, name, structure_of(meanings[name]))
                    for axes in (meanings[name].axes, turned[name].axes)
                )
                leaves[old] = self.builder.transpose(new)
        return substitute(self.builder, node, leaves) if leaves else node, turned

    def _write_entries(
        self, writer: IndexWriter, meanings: Mapping[str, Node], turned: Container[str] = ()
    ) -> Iterator[tuple[str, Expr]]:
        """What names stand for by entries, transposed where the names are."""
        for name, node in meanings.items():
            whole = self.builder.transpose(node) if name in turned else node
            yield name, writer.array(restore_diagonals(self.builder, whole))

    def join_triangles(self, node: Node) -> Node:
        """The node with triangles that make up a whole as one."""
        if not self.builder.triangles:
            return node
        # few expressions have triangles
        from matcalc.engine.rewriting.triangles import join_triangles  # noqa: PLC0415

        return join_triangles(self.builder, node)

    def gather_branches(self, node: Node) -> Node:
        """The node with the derivatives of the branches of ``where`` as branches of one."""
        if not self.rewriter.has_met("where"):
            return node
        # few expressions have cases
        from matcalc.engine.rewriting.cases import gather_branches  # noqa: PLC0415

        return gather_branches(self.builder, node)


def _contracts(tree: Expr) -> bool:
    """Whether a product of arrays with more than two axes is in the tree."""
    return "einsum" in tree.operations


def _read_size(tree: Expr) -> float:
    """The length, with the letters of contractions, which are not tokens."""
    return measure_written(tree) * (_NAMED if _contracts(tree) else 1)
