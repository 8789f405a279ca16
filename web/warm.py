"""What the engine of the page has done before it is stored: all that it imports, and questions of
each kind, so that tables are read and the rules that most questions need are compiled.
"""

import gc
import json

from matcalc.core.options import BACKENDS
from matcalc.web.answer import answer

EXPRESSIONS = [
    ("tr(A*X'*B*X*C)", "X", {}),
    ("norm2(A*x - b)^2", "x", {"b": "vector(m)"}),
    ("logsumexp(A*x)", "x", {}),
    ("logdet(X'*X)", "X", {}),
    ("-sum(y.*logsoftmax(z))", "z", {"y": "onehot(n)"}),
    ("norm2(W2*tanh(W1*x + b1) - y)^2", "W1", {"b1": "vector(k)"}),
    ("sum[i](x[i]^2*a[i])", "x", {}),
    ("A*X*B", "X", {}),
    ("x'*A*x/(x'*x)", "x", {"A": "symmetric(n)"}),
]


def ask(question: str) -> str:
    """The answer to a question, both as JSON: what the page calls."""
    return json.dumps(answer(json.loads(question)))


def warm() -> None:
    """Asks questions of each kind, in each form."""
    for expression, wrt, variables in EXPRESSIONS:
        for op in ("diff", "steps", "graph"):
            put(op=op, expression=expression, wrt=wrt, variables=variables)
    first = {"expression": "tr(A*X'*B*X*C)", "wrt": "X"}
    for backend in BACKENDS:
        put(op="diff", **first, backend=backend)
    put(op="diff", expression="logsumexp(A*x)", wrt="x", order=2)
    put(op="diff", expression=r"\lVert A x - b \rVert_2^2", wrt="x", latex=True)
    put(op="graph", **first, picture="network")
    put(op="check", **first, claim="2*B*X*C*A")
    put(op="simplify", expression="tr(A*B) + tr(B*A)")
    put(op="equal", expression="tr(A*B)", other="tr(B*A)")
    assert not answer({"op": "diff", "expression": "x*y + tr(B", "wrt": "x"})["ok"]
    assert not answer({"op": "diff", "expression": "x*y + tr(B)", "wrt": "x"})["ok"]


def put(**question: object) -> None:
    """Asks one question, which has an answer."""
    found = answer(question)
    assert found["ok"], found


warm()
gc.collect()
