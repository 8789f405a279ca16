"""Factors of a matrix come from one decomposition: a program that takes several of them makes it
once.
"""

from __future__ import annotations

from matcalc.core.operations import OPERATIONS
from matcalc.core.walk import fold, operands, postorder
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode
from matcalc.write.printers.numpy_spectral import THIN

# what is called -> the decomposition, which of its factors, and what follows that
_FACTORS = {row.numpy or name: row.part_of for name, row in OPERATIONS.items() if row.part_of}
_FACTORS |= {thin: ("thin_svd", *_FACTORS[name][1:]) for name, thin in THIN.items()}
_Decomposition = tuple[str, tuple[CodeNode, ...]]  # what it is, and of what


def share_decompositions(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The program with each decomposition of which it takes several factors made once."""
    factors: dict[_Decomposition, set[int]] = {}
    for node in postorder(root, operands):
        found = _decomposition(node)
        if found is not None:
            factors.setdefault(found, set()).add(_FACTORS[node.attr[0]][1])
    if all(len(each) == 1 for each in factors.values()):
        return root

    def rule(node: CodeNode, args: list[CodeNode]) -> CodeNode:
        found = _decomposition(node)
        if found is not None and len(factors[found]) > 1:
            maker, factor, behind = _FACTORS[node.attr[0]]
            return build.suffix(build.call(maker, *args), f"[{factor}]{behind}", node.shape)
        return build.with_args(node, args)

    return fold(root, operands, rule)


def _decomposition(node: CodeNode) -> _Decomposition | None:
    """The decomposition that a call takes a factor of."""
    if node.op != "call" or node.attr[0] not in _FACTORS:
        return None
    return _FACTORS[node.attr[0]][0], node.args
