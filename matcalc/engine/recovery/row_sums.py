"""The diagonal or the trace of a product as sums, where what is summed is beside it.

``diag(A*B')`` are the sums along the rows of ``A.*B``, and ``tr(A*B')`` is the sum of all its
entries. By itself the diagonal is shorter. Beside ``A.*B`` it hides that both are made of one
matrix: ``diag(N*vector(1)) - N`` is a Laplacian. A product of two names is too short to get one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from matcalc.core.kinds import Variable
from matcalc.core.likeness import ENTRY_PRODUCTS, Likeness, chain, freeze, symmetric_names
from matcalc.core.tree import Expr, fill, number, transpose
from matcalc.core.walk import fold
from matcalc.engine.recovery.diagonal_sums import is_diagonal, join_diagonals


def sum_rows(trees: Sequence[Expr], variables: Mapping[str, Variable]) -> list[Expr]:
    """The trees with sums in place of diagonals and traces."""
    root = Expr("several", tuple(trees))
    summed = [node for node in root.parts if is_diagonal(node) or _is_trace(node)]
    join = sum(map(is_diagonal, summed)) > 1
    if not join and not (summed and _products(root)):
        return list(trees)
    likeness = Likeness(symmetric_names(variables))
    if join:
        root = join_diagonals(root, likeness)
        summed = [node for node in root.parts if is_diagonal(node) or _is_trace(node)]
    known: dict[Hashable, Expr] = {}
    for turned in (False, True):
        for node in _products(root):
            key = freeze(likeness.factors([node], turned=turned))
            known.setdefault(key, transpose(node) if turned else node)
    made = {id(node): found for node in summed if (found := _find_sums(node, known, likeness))}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        return made[id(node)] if id(node) in made else node.with_args(args)

    # what is in place of a diagonal has diagonals in it, too
    made = {key: fold(tree, lambda node: node.args, rule) for key, tree in made.items()}
    return list(root.fold(rule).args if made else root.args)


def _products(root: Expr) -> list[Expr]:
    """The products entry by entry of which one factor at least is more than a name."""
    return [
        node
        for node in root.parts
        if node.op in ENTRY_PRODUCTS and node.rank == 2 and any(arg.args for arg in node.args)
    ]


def _is_trace(node: Expr) -> bool:
    return node.op == "tr" and node.args[0].op == "*"


def _find_sums(node: Expr, known: Mapping[Hashable, Expr], likeness: Likeness) -> Expr | None:
    """The sums along the rows of a product that is known, or of all its entries."""
    scalars, links = chain(node.args[0])
    if any(link.rank != 2 for link in links):
        return None  # of a column and a row it is a product of vectors
    for cut in range(1, len(links)):
        factors = likeness.factors(links[:cut], turned=False)
        factors.update(likeness.factors(links[cut:], turned=True))
        found = known.get(freeze(factors))
        if found is not None:
            total = (
                Expr("sum", (found,), ())
                if node.op == "tr"
                else Expr("*", (found, fill(number(1), found.shape[1:])), found.shape[:1])
            )
            for scalar in reversed(scalars):
                total = Expr("*", (scalar, total), total.shape)
            return total
    return None
