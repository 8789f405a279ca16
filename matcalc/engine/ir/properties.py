"""Properties: what is proved of nodes, the kind of a matrix and the sign of all entries; bottom-up,
once per node, when asked.

Every condition of a rewrite is decided here and nowhere else. A property is one of the whole node.
It is inferred from properties of the parts, by theorems only, so nothing passes from ``Q`` to
``diag(Q)``; what is not proved is taken to be false. Properties hold wherever the node has a value:
``inv(A'*A)`` is positive definite, because where the inverse exists ``A`` has full rank. Complex
values have only algebraic properties. Horn & Johnson, Matrix Analysis (2013): congruences 4.5 and
7.1, sums 7.1, inverses 7.6; products of entries 7.5 (Schur); Kronecker products: Topics in Matrix
Analysis (1991), 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from matcalc.core.declared import FunctionRef
from matcalc.core.operations import (
    EIGENVALUES,
    ENTRYWISE,
    PARITY,
    PARTS,
    PRIMARY,
    PROJECTORS,
    VANISHING,
)
from matcalc.core.walk import postorder
from matcalc.engine.ir.forms import network, signs
from matcalc.engine.ir.nodes import (
    COMPLEX,
    Call,
    FunctionName,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    is_ones,
    magnitude,
)
from matcalc.engine.ir.property_flags import (
    ALGEBRAIC,
    BY_KIND,
    CIRCULANT,
    DEFINITE,
    DIAGONAL,
    HANKEL,
    INVERTIBLE,
    LOWER,
    NONNEGATIVE,
    ONEHOT,
    ORTHOGONAL,
    ORTHONORMAL,
    POSITIVE,
    REPEATS,
    SEMIDEFINITE,
    SIMPLEX,
    SKEW,
    SYMMETRIC,
    TOEPLITZ,
    UPPER,
    ZEROS,
    closure,
)

_LEAVES = {
    "eye": DEFINITE | DIAGONAL | ORTHOGONAL | NONNEGATIVE | CIRCULANT,
    "dimension": POSITIVE,
    "constant": POSITIVE,
    "ones": POSITIVE,
    "unit": ONEHOT,
    "fuse": NONNEGATIVE,
    "lower": NONNEGATIVE,
}


class Properties:
    """Infers the properties of the nodes of one builder.

    ``positive`` are the functions whose values are all positive. The flags of a node are inferred
    once, after those of its children, and are closed under implication.
    """

    def __init__(self, positive: Collection[str]) -> None:
        self._positive = positive
        self._inferred: dict[Node, int] = {}
        self._complex_nodes: set[Node] = set()

    def infer(self, root: Node) -> int:
        """All that is proved of a node, as flags."""
        known = self._inferred.get(root)
        if known is None:
            for node in postorder(root, lambda n: () if n in self._inferred else n.children):
                self._inferred[node] = self._prove(node)
            known = self._inferred[root]
        return known

    def is_complex(self, node: Node) -> bool:
        """Whether a complex variable occurs in a node."""
        self.infer(node)
        return node in self._complex_nodes

    def has(self, node: Node, kind: str) -> bool:
        """Whether the node is proved to be of a kind that can be declared."""
        return bool(self.infer(node) & BY_KIND[kind])

    def _prove(self, node: Node) -> int:
        if isinstance(node, Leaf):
            if node.structure == COMPLEX:
                self._complex_nodes.add(node)
            if node.rank == 1 and node.structure == "diagonal":
                return 0  # the diagonal of a diagonal matrix
            return closure(BY_KIND.get(node.structure, _LEAVES.get(node.kind, 0)) | _triangle(node))
        square = node.rank == 2 and node.axes[0] == node.axes[1]
        flags = (SYMMETRIC if node.parity > 0 else SKEW if node.parity < 0 else 0) if square else 0
        if isinstance(node, Product):
            flags |= signs(node, self._inferred)
            flags |= network(node, self._inferred) if square else 0
            if square and all(not own or is_ones(each) for each, own, _ in node.factors):
                flags |= CIRCULANT | HANKEL  # all entries are equal
        elif isinstance(node, Sum):
            flags |= self._sum(node, square=square)
        else:
            assert isinstance(node, Call)
            flags |= self._call(node, square=square)
        if self._complex_nodes and not self._complex_nodes.isdisjoint(node.children):
            self._complex_nodes.add(node)
            # what makes a sum invertible is that x'*P*x is positive
            flags &= ALGEBRAIC & ~INVERTIBLE if isinstance(node, Sum) else ALGEBRAIC
        return closure(flags)

    def _sum(self, node: Sum, *, square: bool) -> int:
        """Entries that all terms lack; a positive combination of semidefinite matrices, definite
        with one that is.

        Skew matrices beside it leave it invertible: x'*(P + K)*x = x'*P*x is positive.
        """
        if not node.terms:
            zero = DIAGONAL | SEMIDEFINITE | CIRCULANT | HANKEL
            return zero | NONNEGATIVE if square else NONNEGATIVE
        parts = [(c, self._inferred[term]) for c, term in node.terms]
        found = 0
        if all(c > 0 and f & NONNEGATIVE for c, f in parts):
            found |= POSITIVE if any(f & POSITIVE for _, f in parts) else NONNEGATIVE
        if not square:
            return found
        for zeros in (*ZEROS, *REPEATS):
            if all(f & zeros for _, f in parts):
                found |= zeros
        rigid = [(c, f) for c, f in parts if not f & SKEW]
        if rigid and all(c > 0 and f & SEMIDEFINITE for c, f in rigid):
            definite = any(f & DEFINITE for _, f in rigid)
            if len(rigid) == len(parts):
                found |= DEFINITE if definite else SEMIDEFINITE
            elif definite:
                found |= INVERTIBLE
        return found | _reflections(parts)

    def _call(self, node: Call, *, square: bool) -> int:
        found = POSITIVE if node.name in self._positive else 0
        argument = self._inferred[node.args[0]] if node.args else 0
        if isinstance(node.name, FunctionRef) and node.name.order == 0:
            found |= BY_KIND.get(node.name.value, 0)
        rule = _CALLS.get(node.name)
        if rule is not None and not node.slots:
            found |= rule(argument)
            if square and found & ORTHONORMAL:
                found |= ORTHOGONAL
        elif square and len(node.args) == 1:
            kept = DIAGONAL | LOWER | UPPER if node.name in VANISHING else 0
            kept |= TOEPLITZ | CIRCULANT | HANKEL if node.name in ENTRYWISE else 0
            found |= argument & kept
        return found


def _reflections(parts: Sequence[tuple[Rational, int]]) -> int:
    """c*eye and multiples of symmetric orthogonal matrices, whose eigenvalues are 1 and -1; the
    only definite one is the identity.
    """
    if not all(f & SYMMETRIC and f & ORTHOGONAL for _, f in parts):
        return 0
    least: Rational = 0
    for c, f in parts:
        least += c if f & DEFINITE else -magnitude(c)
    return DEFINITE if least > 0 else SEMIDEFINITE if least == 0 else 0


def _triangle(node: Leaf) -> int:
    """A square with ones up to the diagonal or to one below it."""
    return (
        LOWER
        if node.kind == "lower" and node.axes[0] == node.axes[1] and int(node.name) <= 0
        else 0
    )


def _det(a: int) -> int:
    return POSITIVE if a & DEFINITE else NONNEGATIVE if a & SEMIDEFINITE else 0


def _pinv(a: int) -> int:
    kept = SYMMETRIC | SKEW | SEMIDEFINITE | DEFINITE | DIAGONAL | ORTHOGONAL | INVERTIBLE
    return a & (kept | LOWER | UPPER if a & INVERTIBLE else kept)


def _expm(a: int) -> int:
    """Higham, Functions of Matrices (2008), 10.1: det(expm(A)) = exp(tr(A)) > 0, expm(K)*expm(-K) =
    eye.
    """
    return (
        a & (DIAGONAL | LOWER | UPPER | CIRCULANT)
        | INVERTIBLE
        | (DEFINITE if a & SYMMETRIC else 0)
        | (ORTHOGONAL if a & SKEW else 0)
    )


def _orthonormal(a: int) -> int:
    return ORTHOGONAL


_POWERS = SYMMETRIC | SEMIDEFINITE | DEFINITE | DIAGONAL | ORTHOGONAL | LOWER | UPPER | INVERTIBLE
_POWERS |= CIRCULANT  # Davis, Circulant Matrices (1979), 3.1

_ENTRY_BY_ENTRY = DIAGONAL | LOWER | UPPER | POSITIVE | TOEPLITZ | CIRCULANT | HANKEL

# flags of the first argument -> flags of the value
_CALLS: dict[FunctionName, Callable[[int], int]] = {
    "inv": lambda a: a & (_POWERS | SKEW) | INVERTIBLE,
    "pinv": _pinv,
    "power": lambda a: a & _POWERS,
    "expm": _expm,
    "logm": lambda a: a & (DIAGONAL | LOWER | UPPER) | (SKEW if a & ORTHOGONAL else 0),
    **dict.fromkeys(
        (name for name, scalar in PRIMARY.items() if PARITY.get(scalar) == -1),
        lambda a: a & (DIAGONAL | LOWER | UPPER | SKEW),
    ),
    "cosm": lambda a: a & (DIAGONAL | LOWER | UPPER) | (SYMMETRIC if a & SKEW else 0),
    "coshm": lambda a: (
        a & (DIAGONAL | LOWER | UPPER)
        | (SYMMETRIC if a & SKEW else DEFINITE if a & SYMMETRIC else 0)
    ),
    "adj": lambda a: a & _POWERS,
    "cof": lambda a: (
        a & (_POWERS & ~(LOWER | UPPER)) | (UPPER if a & LOWER else 0) | (LOWER if a & UPPER else 0)
    ),
    "det": _det,
    **dict.fromkeys(("abs", "relu", "step"), lambda a: NONNEGATIVE | a & _ENTRY_BY_ENTRY),
    **dict.fromkeys(PROJECTORS, lambda a: SEMIDEFINITE),
    "norminf": lambda a: NONNEGATIVE,
    "eigvecs": _orthonormal,
    "rightvecs": _orthonormal,
    "qr_q": lambda a: ORTHONORMAL,
    "qr_r": lambda a: UPPER | INVERTIBLE | a & DIAGONAL,
    "lu_l": lambda a: LOWER | INVERTIBLE,
    "lu_u": lambda a: UPPER | a & DIAGONAL,
    "chol": lambda a: LOWER | INVERTIBLE | a & DIAGONAL,
    **dict.fromkeys((name for name, part in PARTS.items() if part[:2] == EIGENVALUES), _det),
    "svdvals": lambda a: NONNEGATIVE,
    "softmax": lambda a: SIMPLEX,  # of a matrix its rows or columns
}
