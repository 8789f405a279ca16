"""Typed trees built by hand, so that the oracle's tests need no parser."""

from matcalc.core.dims import Dim, dim
from matcalc.core.kinds import Variable
from matcalc.core.language import BUILT_IN
from matcalc.core.program import Program
from matcalc.core.tree import Expr, number, variable

N, M, K = dim("n"), dim("m"), dim("k")
SCALAR: tuple[Dim, ...] = ()

# the names that the trees use, with their kinds
VARIABLES = {
    name: Variable(name, kind, dims)
    for name, kind, dims in [
        ("a", "scalar", ()),
        ("b", "scalar", ()),
        ("p", "positive", ()),
        ("x", "vector", (N,)),
        ("y", "vector", (N,)),
        ("z", "vector", (M,)),
        ("A", "matrix", (M, N)),
        ("B", "matrix", (N, K)),
        ("X", "matrix", (N, N)),
        ("Y", "matrix", (N, N)),
        ("S", "symmetric", (N,)),
        ("P", "psd", (N,)),
        ("D", "diagonal", (N,)),
        ("Q", "orthogonal", (N,)),
        ("W", "skew", (N,)),
        ("L", "triangular", (N,)),
        ("V", "invertible", (N,)),
    ]
}
a, b, p, x, y, z, A, B, X, Y, S, P, D, Q, W, L, V = (
    variable(name, row.shape) for name, row in VARIABLES.items()
)
SIZES = {"n": 3, "m": 4, "k": 2}


def op(name, *args, shape=None, value=None, row=False):
    """A node; without a shape that of its first argument."""
    return Expr(name, args, args[0].shape if shape is None else shape, value=value, row=row)


def scalar(name, *args):
    return op(name, *args, shape=SCALAR)


def row(v):
    return op("'", v, row=True)


def transposed(C):
    return op("'", C, shape=C.shape[::-1])


def num(value):
    return number(value)


def names_in(expr):
    found, stack = [], [expr]
    while stack:
        node = stack.pop()
        stack += node.args
        if node.op == "variable" and node.value not in found:
            found.append(node.value)
    return sorted(found)


def program(expr):
    """The program with this value, its variables being those of the table."""
    return Program(expr, {name: VARIABLES[name] for name in names_in(expr)}, "", BUILT_IN)
