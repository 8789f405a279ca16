"""What functions demand of their arguments beyond shapes: eigenvalues are those of symmetric
matrices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from matcalc.core.dims import ONE, Dim
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import BY_INVERSE, MOVING, OF_SYMMETRIC, PICKING
from matcalc.core.program import Program
from matcalc.core.tree import Expr, variable_names
from matcalc.engine.ir.nodes import Leaf, Node
from matcalc.engine.ir.property_flags import (
    CIRCULANT,
    DIAGONAL,
    HANKEL,
    SEMIDEFINITE,
    SKEW,
    SYMMETRIC,
    TOEPLITZ,
)
from matcalc.engine.lowering.lower import Lowering


def require_symmetry(
    program: Program, lowering: Lowering, names: Mapping[str, Node], wrt: str = ""
) -> None:
    """UnsupportedError where an argument that should be symmetric is not proved to be, or one that
    is going to be inverted is skew: with an odd size it has no inverse anywhere.

    With ``wrt`` that variable counts as having free entries: what is symmetric only within its kind
    has no derivative then.
    """
    properties = lowering.builder.properties
    for call in program.expr.parts:
        if call.op not in OF_SYMMETRIC and call.op not in BY_INVERSE:
            continue
        node = lowering.lower(call.args[0], names)
        if call.op in BY_INVERSE:
            if properties.has(node, "skew") and not _is_even(node.axes[0]):
                raise _refusal(program, call)
        elif not properties.has(node, "symmetric"):
            raise _problem(program, call, node, wrt)


def _is_even(size: Dim) -> bool:
    return size.integer is not None and size.integer % 2 == 0


def _refusal(program: Program, call: Expr) -> UnsupportedError:
    return UnsupportedError(
        f"nothing is known about {call.op} of a skew matrix, which is singular where its size is "
        "odd",
        source=program.source,
        span=call.args[0].span,
        hint="declare an even number as its size",
    )


def _problem(program: Program, call: Expr, node: Node, wrt: str) -> UnsupportedError:
    span = call.args[0].span
    if wrt:
        message = (
            f"{call.op} is a function of symmetric matrices, so the entries of {wrt} "
            f"cannot vary freely"
        )
        return UnsupportedError(
            message, source=program.source, span=span, hint="leave out structure=free"
        )
    if isinstance(node, Leaf) and node.kind == "variable":
        kind = "psd" if call.op == "chol" else "symmetric"
        hint = (
            f"declare {node.name}: {kind}({node.axes[0]}), or write "
            f"{call.op}(({node.name} + {node.name}')/2)"
        )
    else:
        hint = (
            "declare the matrices in it as symmetric or psd, or take the symmetric part "
            "(M + M')/2 of it"
        )
    message = (
        f"{call.op} is a function of symmetric matrices, and this is not known to be symmetric"
    )
    return UnsupportedError(message, source=program.source, span=span, hint=hint)


def require_single(
    program: Program, lowering: Lowering, names: Mapping[str, Node], moving: Collection[str]
) -> None:
    """UnsupportedError where the largest entry of a symmetric matrix that moves is asked for, or of
    one that is constant along diagonals.

    Off the diagonal it is in two places, at every point nearby, and by the rule for a largest
    entry both would count. Of a semidefinite matrix it is on the diagonal.
    """
    for call in program.expr.parts:
        picks = PICKING.get(call.op)
        if picks is None or len(call.args) != 1:
            continue
        inner, smallest, unsigned = call.args[0], picks == "smallest", picks == "farthest"
        while inner.op in MOVING or inner.op == "abs":
            unsigned = unsigned or inner.op == "abs"
            inner = inner.args[0]
        there = variable_names(inner)
        if inner.rank != 2 or there.isdisjoint(moving):
            continue
        flags = lowering.builder.properties.infer(lowering.lower(inner, names))
        repeats = flags & (TOEPLITZ | HANKEL)
        once = flags & DIAGONAL or (flags & SEMIDEFINITE and not smallest)
        paired = SYMMETRIC | SKEW if unsigned else SYMMETRIC
        if (not repeats and (not flags & paired or once)) or inner.shape[0] == ONE:
            continue
        span = inner.span
        written = "" if span is None else program.source[span.start : span.end]
        name = call.op.removeprefix("a")
        if repeats:
            raise UnsupportedError(
                f"{name} of a matrix that is constant along diagonals: its entries occur in "
                "several positions",
                source=program.source,
                span=span,
                hint=_numbers(flags, written, inner.shape[0]),
            )
        raise UnsupportedError(
            f"{name} of a {'symmetric' if flags & SYMMETRIC else 'skew'} matrix: its "
            f"{'smallest' if smallest else 'largest'} entry occurs in two positions, unless it is "
            "on the diagonal",
            source=program.source,
            span=span,
            hint=f"take that of vech({written or 'S'}), which contains each number once",
        )


def _numbers(flags: int, written: str, n: Dim) -> str:
    """The numbers of a matrix that is constant along diagonals, each once."""
    name = written if written.isidentifier() else "X"
    if flags & CIRCULANT:
        numbers = f"{name}[:,1]"
    elif flags & TOEPLITZ:
        numbers = f"[{name}[:,1]; {name}[1,2:{n}]']"
    else:
        numbers = f"[{name}[:,1]; {name}[{n},2:{n}]']"
    return f"take that of {numbers}, which contains each number once"
