"""Equal branches at one label are a power: sum_jk A[i,j] x[j] A[i,k] x[k] is (A*x)[i]^2.

Where nothing but the two branches meets a summed label, the flat form stands (x'*A'*A*x), for there
the branches are one chain.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.engine.ir.nodes import Call, Factor, Node, Product
from matcalc.engine.ir.table import NodeTable


def equal_branches(factors: Sequence[Factor], rank: int) -> list[tuple[int, int, int]]:
    """(label, its neighbour, another neighbour) wherever one factor occurs twice at a label."""
    seen: dict[tuple[Node, int, int], int] = {}
    found = []
    for node, labels, exponent in factors:
        if len(labels) != 2 or exponent != 1:
            continue
        for near, far in ((0, 1), (1, 0)):
            if labels[far] < rank:
                continue
            key = (node, 0 if node.parity > 0 else near, labels[near])
            first = seen.setdefault(key, labels[far])
            if first != labels[far]:
                found.append((labels[near], first, labels[far]))
    return found


def merge_equal_branches(builder: NodeTable, factors: list[Factor], rank: int) -> list[Factor]:
    """The factors with equal branches made into powers."""
    for label, first, second in equal_branches(factors, rank):
        one, other = _branch(factors, label, first, rank), _branch(factors, label, second, rank)
        if one is None or other is None or one & other:
            continue
        rest = [factor for index, factor in enumerate(factors) if index not in one | other]
        if label >= rank and not any(label in labels for _, labels, _ in rest):
            continue
        node, second_node = (
            _close(builder, [factors[index] for index in sorted(side)], label)
            for side in (one, other)
        )
        if node is second_node:
            return merge_equal_branches(builder, [*rest, (node, (label,), 2)], rank)
    return factors


def _branch(factors: Sequence[Factor], label: int, start: int, rank: int) -> set[int] | None:
    """The factors that hang on ``label`` through ``start``; None if an output is among their
    labels.
    """
    found: set[int] = set()
    reached, queue = {label, start}, [start]
    while queue:
        current = queue.pop()
        for index, (_, labels, _) in enumerate(factors):
            if index in found or current not in labels:
                continue
            found.add(index)
            for other in labels:
                if other < rank and other != label:
                    return None
                if other not in reached:
                    reached.add(other)
                    queue.append(other)
    return found


def _close(builder: NodeTable, factors: list[Factor], label: int) -> Node:
    node, labels, _ = next(factor for factor in factors if label in factor[1])
    size = node.axes[labels.index(label)]
    return builder.product(1, factors, (label,), (size,))


def lone_square(factors: Sequence[Factor], rank: int) -> int | None:
    """The index of a squared vector whose summed label nothing else touches: it is a chain and its
    mirror image.
    """
    for index, (node, labels, exponent) in enumerate(factors):
        square = (
            exponent == 2
            and len(labels) == 1
            and isinstance(node, Product)
            and node.coefficient == 1
        )
        if (
            square
            and labels[0] >= rank
            and sum(labels[0] in others for _, others, _ in factors) == 1
        ):
            return index
    return None


def merge_into_power(builder: NodeTable, factors: list[Factor], rank: int) -> list[Factor]:
    """(A*B)[i,j]^e times A[i,k] B[k,j] is (A*B)[i,j]^(e+1): a network that is the base of a power
    joins it.
    """
    for index, (node, labels, exponent) in enumerate(factors):
        if (
            isinstance(node, Call)
            and node.name == "pow"
            and exponent == 1
            and isinstance(node.args[0], Product)
        ):
            raised = _raise(builder, factors, index, rank)
            if raised is not None:
                return merge_into_power(builder, raised, rank)
        if exponent == 1 or not isinstance(node, Product) or node.coefficient != 1:
            continue
        if not labels and not (-1 < exponent < 0 and node.factors):
            continue  # of numbers a*b/sqrt(a*b) alone: whole powers of a*b stay apart
        rest = factors[:index] + factors[index + 1 :]
        found = embed(list(node.factors), rest, dict(enumerate(labels)), rank, node.rank)
        if found is not None:
            return merge_into_power(builder, [*found[0], (node, labels, exponent + 1)], rank)
    return factors


def _raise(builder: NodeTable, factors: list[Factor], index: int, rank: int) -> list[Factor] | None:
    """u times u^k is u^(k+1), where u is a product and stands flattened."""
    node, labels, _ = factors[index]
    assert isinstance(node, Call)
    base, power = node.args
    if (
        not isinstance(base, Product)
        or not base.factors
        or base.coefficient != 1
        or base.rank != len(labels)
    ):
        return None
    rest = factors[:index] + factors[index + 1 :]
    found = embed(list(base.factors), rest, dict(enumerate(labels)), rank, base.rank)
    if found is None:
        return None
    more = builder.sum([(1, power), (1, builder.ones(power.axes))], power.axes)
    return [*found[0], (builder.elementwise("pow", [base, more]), labels, 1)]


Embedding = tuple[list[Factor], dict[int, int]]


def embed(
    wanted: list[Factor], there: list[Factor], names: dict[int, int], rank: int, ends: int
) -> Embedding | None:
    """The factors left over when the wanted network is taken out, and its labels there; None where
    it is not there by itself.

    ``names`` maps its labels to those there; the first ``ends`` are its outputs, all others must
    touch nothing else.
    """
    if not wanted:
        outer = {label for _, labels, _ in there for label in labels} | set(range(rank))
        inner = [theirs for mine, theirs in names.items() if mine >= ends]
        return (there, names) if len(set(inner)) == len(inner) and outer.isdisjoint(inner) else None
    (node, labels, exponent), rest = wanted[0], wanted[1:]
    for position, (other, own, power) in enumerate(there):
        left = power - exponent
        if other is not node or (left != 0 and (left > 0) != (exponent > 0)):
            continue
        others = there[:position] + ([(other, own, left)] if left else []) + there[position + 1 :]
        for turned in (own, own[::-1]) if node.parity > 0 else (own,):
            fresh = dict(names)
            if all(
                fresh.setdefault(mine, theirs) == theirs
                for mine, theirs in zip(labels, turned, strict=True)
            ):
                found = embed(rest, others, fresh, rank, ends)
                if found is not None:
                    return found
    return None
