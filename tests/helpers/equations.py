"""Random scalars of matrices, and other ways to write the same: by identities that hold for all
values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

DECLARATIONS = {
    "X": "matrix(m, n)",
    "A": "matrix(n, m)",
    "B": "matrix(n, n)",
    "C": "matrix(m, m)",
    "D": "matrix(m, n)",
    "S": "symmetric(n)",
    "x": "vector(n)",
    "y": "vector(m)",
}
SHAPES = {"X": "mn", "A": "nm", "B": "nn", "C": "mm", "D": "mn", "S": "nn", "x": "n1", "y": "m1"}


@dataclass(frozen=True)
class Tree:
    """``*``, ``+``, ``'``, ``tr`` or a name; ``shape`` is a pair of sizes, a scalar being 1 x 1."""

    op: str
    args: tuple[Tree, ...]
    shape: str

    @property
    def text(self) -> str:
        """The tree in the language; every operation in brackets."""
        inside = [arg.text for arg in self.args]
        if not self.args:
            return self.op
        if self.op == "'":
            return f"{inside[0]}'"
        if self.op in ("+", "*", ".*"):
            return f"({self.op.join(inside)})" if self.op != "+" else f"({' + '.join(inside)})"
        if self.op == "vec":
            return f"(vec({inside[0]})'*vec({inside[1]}))"
        return f"{self.op}({inside[0]})"


def leaf(name: str) -> Tree:
    """A variable."""
    return Tree(name, (), SHAPES[name])


def times(left: Tree, right: Tree) -> Tree:
    """The matrix product."""
    assert left.shape[1] == right.shape[0]
    return Tree("*", (left, right), left.shape[0] + right.shape[1])


def turned(tree: Tree) -> Tree:
    """The transpose."""
    return Tree("'", (tree,), tree.shape[::-1])


def plus(left: Tree, right: Tree) -> Tree:
    """The sum."""
    return Tree("+", (left, right), left.shape)


def trace(tree: Tree) -> Tree:
    """The trace."""
    return Tree("tr", (tree,), "11")


def matrix(rng: Random, shape: str, depth: int) -> Tree:
    """A random matrix of this shape."""
    kinds = [name for name, own in SHAPES.items() if own == shape]
    if depth <= 0 or rng.random() < 0.2:
        others = [name for name, own in SHAPES.items() if own == shape[::-1] and own != shape]
        name = rng.choice(kinds + others)
        return leaf(name) if name in kinds else turned(leaf(name))
    choice = rng.random()
    if choice < 0.6:
        inner = rng.choice("mn")
        return times(
            matrix(rng, shape[0] + inner, depth - 1), matrix(rng, inner + shape[1], depth - 1)
        )
    if choice < 0.8:
        return turned(matrix(rng, shape[::-1], depth - 1))
    return plus(matrix(rng, shape, depth - 1), matrix(rng, shape, depth - 1))


def scalar(rng: Random, depth: int) -> Tree:
    """A random scalar that depends on X (mostly): a trace or a bilinear form."""
    if rng.random() < 0.3:
        size, other = rng.choice("mn"), rng.choice("mn")
        vectors = {"n": leaf("x"), "m": leaf("y")}
        return times(times(turned(vectors[size]), matrix(rng, size + other, depth)), vectors[other])
    size = rng.choice("mn")
    return trace(matrix(rng, size * 2, depth))


def _cyclic(t: Tree) -> Tree | None:
    """tr(P*Q) = tr(Q*P)."""
    if t.op == "tr" and t.args[0].op == "*":
        p, q = t.args[0].args
        return trace(times(q, p))
    return None


def _trace_of_transpose(t: Tree) -> Tree | None:
    """tr(P) = tr(P')."""
    return trace(turned(t.args[0])) if t.op == "tr" else None


def _hadamard(t: Tree) -> Tree | None:
    """tr(P*Q) = sum(P'.*Q)."""
    if t.op == "tr" and t.args[0].op == "*":
        p, q = t.args[0].args
        return Tree("sum", (Tree(".*", (turned(p), q), q.shape),), "11")
    return None


def _stacked(t: Tree) -> Tree | None:
    """tr(P*Q) = vec(P')'*vec(Q)."""
    if t.op == "tr" and t.args[0].op == "*":
        p, q = t.args[0].args
        return Tree("vec", (turned(p), q), "11")
    return None


def _outer(t: Tree) -> Tree | None:
    """u'*M*v = tr(M*v*u')."""
    if t.op == "*" and t.shape == "11":
        left, v = t.args
        if left.op == "*" and left.args[0].op == "'" and v.shape[1] == "1":
            return trace(times(times(left.args[1], v), left.args[0]))
    return None


def _reversed(t: Tree) -> Tree | None:
    """(P*Q)' = Q'*P', and back; P'' = P."""
    if t.op == "'" and t.args[0].op == "*":
        p, q = t.args[0].args
        return times(turned(q), turned(p))
    if t.op == "'" and t.args[0].op == "'":
        return t.args[0].args[0]
    if t.op == "*" and t.shape != "11" and "1" not in t.shape:
        p, q = t.args
        return turned(times(turned(q), turned(p)))
    return None


def _turned_sum(t: Tree) -> Tree | None:
    """(P + Q)' = P' + Q'."""
    if t.op == "'" and t.args[0].op == "+":
        p, q = t.args[0].args
        return plus(turned(p), turned(q))
    return None


def _associated(t: Tree) -> Tree | None:
    """(P*Q)*R = P*(Q*R)."""
    if t.op == "*" and t.args[0].op == "*" and "1" not in t.args[0].args[0].shape + t.args[1].shape:
        (p, q), r = t.args[0].args, t.args[1]
        return times(p, times(q, r))
    return None


def _distributed(t: Tree) -> Tree | None:
    """P*(Q + R) = P*Q + P*R, (P + Q)*R = P*R + Q*R."""
    if t.op == "*" and t.args[1].op == "+":
        p, (q, r) = t.args[0], t.args[1].args
        return plus(times(p, q), times(p, r))
    if t.op == "*" and t.args[0].op == "+":
        (p, q), r = t.args[0].args, t.args[1]
        return plus(times(p, r), times(q, r))
    return None


def _trace_of_sum(t: Tree) -> Tree | None:
    """tr(P + Q) = tr(P) + tr(Q)."""
    if t.op == "tr" and t.args[0].op == "+":
        p, q = t.args[0].args
        return plus(trace(p), trace(q))
    return None


def _swapped(t: Tree) -> Tree | None:
    """P + Q = Q + P."""
    return plus(t.args[1], t.args[0]) if t.op == "+" else None


Identity = Callable[[Tree], Tree | None]
REORDERING: tuple[Identity, ...] = (
    _cyclic,
    _trace_of_transpose,
    _hadamard,
    _stacked,
    _outer,
    _reversed,
    _turned_sum,
    _associated,
    _swapped,
)
SPREADING: tuple[Identity, ...] = (_distributed, _trace_of_sum)


def rewritten(tree: Tree, identity: Identity, rng: Random) -> Tree:
    """The tree with an identity applied at one of the places where it can be."""
    places = [path for path, node in _nodes(tree) if identity(node) is not None]
    return _at(tree, rng.choice(places), identity) if places else tree


def _nodes(tree: Tree) -> list[tuple[tuple[int, ...], Tree]]:
    found: list[tuple[tuple[int, ...], Tree]] = [((), tree)]
    for path, node in found:
        found += [((*path, k), arg) for k, arg in enumerate(node.args)]
    return found


def _at(tree: Tree, path: tuple[int, ...], identity: Identity) -> Tree:
    if not path:
        result = identity(tree)
        assert result is not None
        return result
    args = [
        _at(arg, path[1:], identity) if k == path[0] else arg for k, arg in enumerate(tree.args)
    ]
    return Tree(tree.op, tuple(args), tree.shape)
