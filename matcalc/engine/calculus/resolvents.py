"""The derivative of the solution of a Sylvester equation, an array with four axes.

R is the array for which ``X[i,j] = sum_kl R[i,j,k,l] C[k,l]`` solves A*X + X*B = C. A direction dA
changes it by ``-R*(dA*R)``, and dB by ``-R*(R*dB)``.
"""

from __future__ import annotations

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Node


def differentiate_solution(builder: Builder, node: Call, index: int) -> Node:
    """The derivative by A (0) or by B (1), whose axes follow those of R."""
    i, j, k, h, p, q, r = range(7)
    if index == 0:  # -sum_q R[i,j,p,q] R[r,q,k,l], by A[p,r]
        first, second, outputs = (i, j, p, q), (r, q, k, h), (i, j, k, h, p, r)
    else:  # -sum_p R[i,j,p,q] R[p,r,k,l], by B[r,q]
        first, second, outputs = (i, j, p, q), (p, r, k, h), (i, j, k, h, r, q)
    axes = node.axes + node.args[index].axes
    order = {label: place for place, label in enumerate(outputs)}
    rest = next(label for label in (p, q) if label not in order)
    names = {**order, rest: len(outputs)}
    factors = [(node, tuple([names[label] for label in labels]), 1) for labels in (first, second)]
    return builder.product(-1, factors, tuple(range(len(outputs))), axes)
