"""Whether a matrix is proved to be positive semidefinite, from its typed tree: by the knowledge of
the engine, term by term, and as a congruence A'*M*A.

Klaus, Merk, Wiedom, Laue, Giesen, Convexity Certificates from Hessians (NeurIPS 2022), section 3.
"""

from __future__ import annotations

from dataclasses import replace

from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.facts import DEFINITE, NONNEGATIVE, POSITIVE, SEMIDEFINITE
from matcalc.engine.pipeline import Engine, leaf_of, simplify
from matcalc.write.printers.text import text


class Definiteness:
    """Proofs about trees over the variables of a program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.engine = Engine(program, "mixed")
        variables = program.variables.values()
        self.names = {v.name: leaf_of(self.engine.builder, v, free=False) for v in variables}

    def facts(self, tree: Expr) -> int:
        """What the engine knows of a tree of up to two axes."""
        lowered = self.engine.lowering.lower(tree, self.names)
        return self.engine.builder.properties.facts(self.engine.shortened(lowered))

    def is_definite(self, tree: Expr) -> bool:
        """Whether a matrix is positive definite, or a scalar above zero."""
        return bool(self.facts(tree) & (DEFINITE if tree.rank == 2 else POSITIVE))

    def is_definite_on_symmetric(self, tree: Expr) -> bool:
        """Whether it is a positive multiple of kron(P, P)*(eye + commutation), P positive definite:
        on vec of symmetric matrices that is twice kron(P, P).
        """
        while tree.op == "/":
            tree, scale = tree.args
            if not self.facts(scale) & POSITIVE:
                return False
        factors = _factors(tree)
        if not all(self.facts(part) & POSITIVE for part in factors if not part.shape):
            return False
        matrices = [part for part in factors if part.shape]
        if [part.op for part in matrices] != ["kron", "+"]:
            return False
        (one, other), parts = matrices[0].args, {part.op for part in matrices[1].args}
        same = text(one) == text(other) and parts == {"eye", "commutation"}
        return same and self.is_definite(one)

    def is_nonnegative(self, tree: Expr) -> bool:
        """Whether no entry is below zero."""
        return bool(self.facts(tree) & NONNEGATIVE)

    def terms(self, tree: Expr) -> list[Expr] | None:
        """The semidefinite terms whose sum a matrix is; for a scalar those not below zero. None
        where that is not proved.
        """
        if tree.rank == 2 and tree.shape[0] != tree.shape[1]:
            return None
        found: list[Expr] = []
        stack = [tree]
        while stack:
            term = stack.pop()
            if self._is_one(term):
                found.append(term)
            elif term.op == "+":
                stack += reversed(term.args)
            else:
                return None
        return found

    def _is_one(self, tree: Expr) -> bool:
        """Whether one term is semidefinite: known, a multiple, a congruence or a covariance."""
        while True:
            if self.facts(tree) & (SEMIDEFINITE if tree.rank == 2 else NONNEGATIVE):
                return True
            if tree.rank != 2 or _is_covariance(tree, self):
                return tree.rank == 2
            if tree.op in ("/", "*") and not tree.args[1].shape:
                tree, scale = tree.args
            elif tree.op == "*" and not tree.args[0].shape:
                scale, tree = tree.args
            else:
                inner = _congruent(tree)
                if inner is None:
                    return False
                tree = inner
                continue
            if not self.is_nonnegative(scale):
                return False


def _factors(tree: Expr) -> list[Expr]:
    """The factors of a product of matrices, from left to right."""
    found: list[Expr] = []
    stack = [tree]
    while stack:
        part = stack.pop()
        if part.op == "*":
            stack += reversed(part.args)
        else:
            found.append(part)
    return found


def _congruent(tree: Expr) -> Expr | None:
    """M for A'*M*A, where M has a kind of its own."""
    factors = [part for part in _factors(tree) if part.shape]
    if len(factors) < 3 or len(factors) < len(_factors(tree)):
        return None
    first, *middle, last = factors
    if any(part.rank < 2 for part in factors) or text(first) != text(_transposed(last)):
        return None
    whole = middle[0]
    for part in middle[1:]:
        whole = Expr("*", (whole, part), (whole.shape[0], part.shape[1]))
    return whole


def _transposed(tree: Expr) -> Expr:
    if tree.op == "'":
        return tree.args[0]
    return Expr("'", (tree,), tree.shape[::-1])


def _is_covariance(tree: Expr, known: Definiteness) -> bool:
    """diag(p) - p*p' for shares p, that is the covariance of a draw (Boyd & Vandenberghe 2004,
    3.1.5).
    """
    if tree.op != "-" or tree.args[0].op != "diag":
        return False
    share = tree.args[0].args[0]
    outer = Expr("*", (share, Expr("'", (share,), share.shape, row=True)), tree.shape)
    if text(tree.args[1]) != text(outer):
        return False
    kind = known.program.variables.get(str(share.value)) if share.op == "variable" else None
    return (share.op == "softmax" and len(share.args) == 1) or (
        kind is not None and kind.kind in ("simplex", "onehot")
    )


def is_zero(tree: Expr) -> bool:
    """Whether a tree is written as zero."""
    return is_number(tree.args[0] if tree.op == "fill" else tree, 0)


def negated(program: Program, tree: Expr) -> Expr:
    """Minus the tree, as the engine writes it."""

    return simplify(replace(program, expr=Expr("neg", (tree,), tree.shape), definitions={}))
