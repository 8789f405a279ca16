"""Questions of each kind. An engine that has answered them has imported what it needs, read its
tables and compiled the rules that most questions need.

The stored memory of the page has answered all of them (web/warm.py). ``matcalc web`` and the worker
of the page answer ``DERIVATIVES`` while nobody asks.
"""

from __future__ import annotations

from typing import Any

from matcalc.core.options import BACKENDS

_EXPRESSIONS = [
    ("tr(A*X'*B*X*C)", "X", {}),
    ("norm2(A*x - b)^2", "x", {"b": "vector(m)"}),
    ("logsumexp(A*x)", "x", {}),
    ("logdet(X'*X)", "X", {}),
    ("-sum(y.*logsoftmax(z))", "z", {"y": "onehot(n)"}),
    ("norm2(W2*tanh(W1*x + b1) - y)^2", "W1", {"b1": "vector(k)"}),
    ("sum[i](x[i]^2*a[i])", "x", {"a": "vector(n)"}),
    ("A*X*B", "X", {}),
    ("x'*A*x/(x'*x)", "x", {"A": "symmetric(n)"}),
    ("log(1 + exp(-c*(w'*x)))", "w", {"c": "scalar"}),
]
_FIRST = {"expression": "tr(A*X'*B*X*C)", "wrt": "X"}


def _questions(op: str, *forms: str) -> list[dict[str, Any]]:
    """One for each expression."""
    return [
        {
            "op": op,
            "expression": text,
            "wrt": wrt,
            "variables": variables,
            "forms": ["latex", *forms],
        }
        for text, wrt, variables in _EXPRESSIONS
    ]


DERIVATIVES = [
    *_questions("diff"),
    # verified by numbers: NumPy is slow to load
    {"op": "diff", "expression": "tr(expm(X))", "wrt": "X", "forms": ["latex"]},
]
OTHERS: list[dict[str, Any]] = [
    *_questions("diff", "code"),
    *_questions("steps"),
    *_questions("graph"),
    *({"op": "diff", **_FIRST, "backend": backend} for backend in BACKENDS),
    {"op": "diff", "expression": "logsumexp(A*x)", "wrt": "x", "order": 2},
    {"op": "diff", "expression": r"\lVert A x - b \rVert_2^2", "wrt": "x", "latex": True},
    {"op": "graph", **_FIRST, "picture": "network"},
    {"op": "check", **_FIRST, "claim": "2*B*X*C*A"},
    {"op": "simplify", "expression": "tr(A*B) + tr(B*A)"},
    {"op": "equal", "expression": "tr(A*B)", "other": "tr(B*A)"},
]
REFUSED: list[dict[str, Any]] = [
    {"op": "diff", "expression": text, "wrt": "x"} for text in ("x*y + tr(B", "x*y + tr(B)")
]
