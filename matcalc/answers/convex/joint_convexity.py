"""Convexity in several variables together: their Hessian in blocks, eliminated one by one."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.answers.convex.quadratic import times
from matcalc.answers.derivatives.hessian import Hessian
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_zero, transpose
from matcalc.engine.definite import Certificate, Definiteness, solve
from matcalc.engine.pipeline import simplify
from matcalc.results import Expression
from matcalc.write.printers.text import text

Blocks = dict[tuple[str, str], Expr]


def joint_certificate(
    program: Program, names: Sequence[str], known: Definiteness, *, negative: bool
) -> Certificate | None:
    """Why the Hessian by several scalars and vectors together is positive semidefinite, or with
    ``negative`` its negative; None where that is not proved.

    A block [A, B; B', C] with a definite A is semidefinite exactly where C - B'*inv(A)*B is (Horn &
    Johnson 2013, 7.7.7).
    """
    if any(len(program.variables[name].shape) > 1 for name in names):
        return None
    found = Hessian(Expression(program), names, verify=False)
    if found.verification.kind == "none":
        return None
    blocks: Blocks = {
        pair: simplify(_of(program, Expr("neg", (each._tree,), each._tree.shape)))
        if negative
        else each._tree
        for pair, each in found.items()
    }
    left, definite = list(names), True
    reasons: list[str] = []
    while left:
        pivot = next((n for n in left if _is_alone(blocks, n, left)), None)
        if pivot is not None:
            certificate = known.certificate(blocks[pivot, pivot])
            if certificate is None:
                return None
            definite &= certificate.definite
            reasons += certificate.reasons
        else:
            pivot = next((n for n in left if known.is_definite(blocks[n, n])), None)
            if pivot is None:
                return None
            turned = ", with the opposite sign" if negative else ""
            kind = "definite" if known.program.variables[pivot].shape else "positive"
            reasons.append(f"the block of {pivot}{turned}, {text(blocks[pivot, pivot])}, is {kind}")
        left.remove(pivot)
        if not _eliminate(program, blocks, pivot, left):
            return None
        if left and reasons:
            pairs = [(one, other) for k, one in enumerate(left) for other in left[k:]]
            kept = "; ".join(f"{one}, {other}: {text(blocks[one, other])}" for one, other in pairs)
            reasons.append(f"what is left without it is {kept}")
    return Certificate((), definite, tuple(reasons))


def _is_alone(blocks: Blocks, name: str, left: Sequence[str]) -> bool:
    """Whether the blocks beside the diagonal are zero."""
    return all(is_zero(blocks[name, other]) for other in left if other != name)


def _eliminate(program: Program, blocks: Blocks, pivot: str, left: Sequence[str]) -> bool:
    """The blocks without one of the variables."""
    known = program.variables
    for one in left:
        for other in left:
            across, down = blocks[one, pivot], blocks[pivot, other]
            if is_zero(across) or is_zero(down):
                continue
            first = transpose(across) if not known[one].shape else across
            second = solve(blocks[pivot, pivot], down)
            if not known[pivot].shape:
                second = transpose(second)
            taken = times(first, second)
            if taken is None:
                return False
            taken = transpose(taken) if taken.row else taken
            whole = Expr("-", (blocks[one, other], taken), blocks[one, other].shape)
            blocks[one, other] = simplify(_of(program, whole))
    return True


def _of(program: Program, tree: Expr) -> Program:
    return program._replace(expr=tree, definitions={})
