"""Factors of a matrix come from one decomposition: a program that takes several of them makes it
once.
"""

from __future__ import annotations

from matcalc.core.walk import fold, postorder
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode

# what is called for one factor -> the decomposition, and where the factor is in it
_FACTORS = {
    "leftvecs": ("tall_svd", "[0]"),
    "svdvals": ("tall_svd", "[1]"),
    "rightvecs": ("tall_svd", "[2]"),
    "thin_leftvecs": ("thin_svd", "[0]"),
    "thin_svdvals": ("thin_svd", "[1]"),
    "thin_rightvecs": ("thin_svd", "[2]"),
    "np.linalg.eigvalsh": ("symmetric_eigen", "[0]"),
    "eigvals": ("symmetric_eigen", "[0]"),
    "lambda_max": ("symmetric_eigen", "[0][-1]"),
    "lambda_min": ("symmetric_eigen", "[0][0]"),
    "eigvecs": ("symmetric_eigen", "[1]"),
    "eigvec": ("symmetric_eigen", "[1][:, -1]"),
    "eigval": ("real_eigen", "[0]"),
    "eigright": ("real_eigen", "[1]"),
    "eigleft": ("real_eigen", "[2]"),
    "qr_q": ("qr_factors", "[0]"),
    "qr_r": ("qr_factors", "[1]"),
    "lu_l": ("lu_factors", "[0]"),
    "lu_u": ("lu_factors", "[1]"),
}
_FIRST = len("[0]")
_Decomposition = tuple[str, tuple[CodeNode, ...]]  # what it is, and of what


def share_decompositions(build: CodeBuilder, root: CodeNode) -> CodeNode:
    """The program with each decomposition of which it takes several factors made once."""
    factors: dict[_Decomposition, set[str]] = {}
    for node in postorder(root, _args):
        found = _decomposition(node)
        if found is not None:
            factors.setdefault(found, set()).add(_FACTORS[node.attr[0]][1][:_FIRST])
    if all(len(each) == 1 for each in factors.values()):
        return root

    def rule(node: CodeNode, args: list[CodeNode]) -> CodeNode:
        found = _decomposition(node)
        if found is not None and len(factors[found]) > 1:
            maker, place = _FACTORS[node.attr[0]]
            return build.suffix(build.call(maker, *args), place, node.shape)
        same = all(old is new for old, new in zip(node.args, args, strict=True))
        return node if same else build.node(node.op, node.attr, tuple(args), node.shape)

    return fold(root, _args, rule)


def _decomposition(node: CodeNode) -> _Decomposition | None:
    """The decomposition that a call takes a factor of."""
    if node.op != "call" or node.attr[0] not in _FACTORS:
        return None
    return _FACTORS[node.attr[0]][0], node.args


def _args(node: CodeNode) -> tuple[CodeNode, ...]:
    return node.args
