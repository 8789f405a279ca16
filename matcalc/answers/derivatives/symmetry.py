"""Whether derivatives depend on the order in which they are taken: proved on what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from matcalc.answers.derivatives.hessian import Hessian
from matcalc.claims.equality import EQUAL, Decision, decide_trees
from matcalc.core.errors import ArgumentError
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.results import Derivative


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The verdict, which is true where the derivatives are symmetric, and how that was found."""

    symmetric: bool
    how: str

    def __bool__(self) -> bool:
        return self.symmetric

    def __str__(self) -> str:
        return f"{'symmetric' if self.symmetric else 'not shown to be symmetric'}: {self.how}"


def symmetry(derivative: Derivative | Hessian, seed: int = 0) -> Symmetry:
    """Whether what is printed depends on the order of the variables."""
    if isinstance(derivative, Hessian):
        return _of_blocks(derivative, seed)
    if not isinstance(derivative, Derivative) or derivative.order == 1:
        raise ArgumentError("symmetry concerns second and higher derivatives")
    return _of_derivative(derivative, seed)


def _of_derivative(derivative: Derivative, seed: int) -> Symmetry:
    """That of the derivative of order 2 or higher by one variable: each two neighbours among its
    groups of axes may change places.
    """
    statement = derivative._statement
    tree, axes = derivative.expand_shown(), statement.axes
    mixed = tuple(range(len(axes)))
    if axes != mixed:
        tree = _permute(tree, axes, mixed)
    outer, size = statement.program.expr.rank, len(statement.moving_shape)
    found = []
    for turn in range(statement.order - 1):
        first = outer + turn * size
        order = list(mixed)
        order[first : first + 2 * size] = [
            *order[first + size : first + 2 * size],
            *order[first : first + size],
        ]
        other = _permute(tree, tuple(order), mixed)
        found.append(decide_trees(statement.program, tree, other, seed))
    return _all(found)


def _of_blocks(hessian: Hessian, seed: int) -> Symmetry:
    """That of the block matrix: each block is the transpose of the one on the other side."""
    return _all([decide_trees(*pair, seed) for pair in _pairs(hessian)])


def _pairs(hessian: Hessian) -> Iterator[tuple[Program, Expr, Expr]]:
    program = hessian.expression._program
    same = [(name, name) for name in hessian.wrt if program.variables[name].shape]
    for one, other in [*same, *combinations(hessian.wrt, 2)]:
        left, right = (hessian[pair].expand_shown() for pair in ((one, other), (other, one)))
        behind = len(program.variables[other].shape)
        axes = tuple(range(right.rank))
        turned = _permute(right, (*axes[right.rank - behind :], *axes[: right.rank - behind]), axes)
        yield program, left, turned


def _permute(tree: Expr, labels: tuple[int, ...], out: tuple[int, ...]) -> Expr:
    """The array whose axis ``labels[k]`` is the axis k of the tree."""
    if not tree.shape:
        return tree
    shape = tuple([tree.shape[labels.index(label)] for label in out])
    return Expr("einsum", (tree,), shape, value=((labels,), out))


def _all(found: list[Decision]) -> Symmetry:
    """The verdict on all: the first that is not equal, or the least sure."""
    wrong = next((each for each in found if each.verdict != EQUAL), None)
    if wrong is not None:
        return Symmetry(False, wrong.how)
    unsure = next((each for each in found if not each.is_exact), None)
    return Symmetry(True, (unsure or found[0]).how if found else "there is one entry")
