"""Fused indices back to vec and kron; derivatives of matrix functions back to their directional
form.
"""

from __future__ import annotations

from matcalc.core.declared import FunctionRef
from matcalc.core.operations import PROJECTORS, SYLVESTER
from matcalc.core.tree import APPLY, Expr
from matcalc.engine.ir.nodes import Labels
from matcalc.engine.recovery.arrange import identity
from matcalc.engine.recovery.chains import Chain, Link, flip, key
from matcalc.engine.recovery.equations import solve
from matcalc.engine.recovery.graph import Graph
from matcalc.engine.recovery.products import double, join, peel, spell_out
from matcalc.engine.recovery.signs import unsign


def unfuse(graph: Graph) -> bool:
    """Take one factor of three or more axes apart; False when none can be."""
    fuses = [hyper for hyper in graph.hyper if hyper[0].op == "fuse"]
    kernels = [hyper for hyper in graph.hyper if hyper[0].op.startswith("frechet_")]
    return (
        unsign(graph)
        or any(_nearest(graph, hyper) for hyper in fuses)
        or join(graph)
        or any(_vec_of_diagonal(graph, hyper) for hyper in fuses)
        or any(_frechet(graph, hyper) for hyper in kernels)
        or any(solve(graph, hyper) for hyper in graph.hyper if hyper[0].op == SYLVESTER)
        or any(
            _write_weighted(graph, hyper) for hyper in graph.hyper if _is_directed(hyper[0].value)
        )
        or any(_unvec(graph, hyper) for hyper in fuses)
        or any(_partial_trace(graph, hyper) for hyper in fuses)
        or double(graph)
        or peel(graph)
        or spell_out(graph)
    )


def _vec_of_diagonal(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """F[k,i,i] w[i], where nothing else touches i, is the weight vec(diag(w)) of k; else an edge
    khatrirao(eye, eye).
    """
    k, i, j = hyper[1]
    if i != j:
        return False
    if not graph.has_one_hyper(i) or graph.incident(i):
        graph.hyper.remove(hyper)
        spread = graph.factory.call(
            "khatrirao", (graph.factory.eye(graph.dims[i]),) * 2, (graph.dims[k], graph.dims[i])
        )
        graph.connect(k, i, (Link(spread),))
        return True
    matrix = graph.diagonal(tuple(graph.weights[i])) or identity(graph, graph.dims[i])
    graph.hyper.remove(hyper)
    graph.drop(i)
    graph.add_weight(
        k, (Link(graph.factory.call("vec", (graph.writer.product(matrix),), (graph.dims[k],))),)
    )
    return True


def _nearest(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """F[k,i,j] P[k,l] F[l,a,b] M[a,b] with a projector P as an edge from i to j: toeplitz(M)."""
    k, i, j = hyper[1]
    edges = graph.incident(k) if graph.has_one_hyper(k) and not graph.weights[k] else []
    if len(edges) != 1 or len(edges[0][2]) != 1 or edges[0][2][0].expr.op not in PROJECTORS:
        return False
    _, other, chain = edges[0]
    ends = [each for each in graph.hyper if each[0].op == "fuse" and each[1][0] == other]
    if len(ends) != 1 or not graph.has_one_hyper(other) or graph.degree(other) > 1:
        return False
    if graph.weights[other]:
        return False
    _, row, column = ends[0][1]
    matrix = graph.matrix_between(row, column, ends[0])
    if matrix is None:
        return False
    for each in (hyper, ends[0]):
        graph.hyper.remove(each)
    for label in {k, other, row, column}:
        graph.drop(label)
    graph.connect(i, j, (_nearest_matrix(graph, PROJECTORS[chain[0].expr.op], matrix),))
    return True


def _nearest_matrix(graph: Graph, name: str, matrix: Chain) -> Link:
    """toeplitz(M), or the transpose of toeplitz(M'), whichever is shorter; hankel(M) is both."""
    symmetric = name == "hankel" or key(matrix) == key(flip(matrix))
    choices = []
    for flipped in (False, True):
        content = graph.writer.matrix(flip(matrix) if flipped else matrix)
        whole = graph.factory.call(name, (content,), content.shape)
        choices.append(Link(whole, flipped and not symmetric, symmetric))
    return min(choices, key=lambda link: graph.factory.size(link.expr) + link.flipped)


def _unvec(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """F[k,i,j] u[k] as an edge from i to j: the matrix reshape(u, m, n) of which u is the vec."""
    k, i, j = hyper[1]
    if not graph.has_one_hyper(k) or graph.incident(k) or not graph.weights[k] or i == j:
        return False
    graph.hyper.remove(hyper)
    factory, shape = graph.factory, (graph.dims[i], graph.dims[j])
    vector = graph.writer.product(graph.end(k))
    content = vector.args[0] if vector.op == "vec" else vector
    graph.drop(k)
    graph.connect(
        i, j, (Link(factory.call("reshape", (content, *map(factory.dimension, shape)), shape)),)
    )
    return True


def _partial_trace(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """F[k,i,j] M[k,l] F[l,a,b] with one pair of i, a and j, b closed: a partial trace of M is an
    edge between the other pair, a contraction of reshape(M, ...) with what closes the pair.
    """
    k, i, j = hyper[1]
    for other in graph.hyper:
        if other == hyper or other[0].op != "fuse":
            continue
        q, a, b = other[1]
        matrix = _bridge(graph, k, q) if k != q and i != j and a != b else None
        slow, fast = _bridge(graph, j, b), _bridge(graph, i, a)
        if matrix is None or (slow is None) == (fast is None):
            continue
        graph.hyper.remove(hyper)
        graph.hyper.remove(other)
        row, column, closed = (i, a, (j, b)) if slow is not None else (j, b, (i, a))
        traced = _contract(graph, matrix, (i, j, a, b), closed, slow or fast or ())
        for label in {k, q, *closed}:
            graph.drop(label)
        graph.connect(row, column, (Link(traced),))
        return True
    return False


def _contract(
    graph: Graph, matrix: Chain, places: Labels, closed: tuple[int, int], link: Chain
) -> Expr:
    """The sum over the closed pair of a matrix that is read as an array with four axes."""
    factory, sizes = graph.factory, [graph.dims[label] for label in places]
    content = graph.writer.matrix(matrix)
    array = factory.call("reshape", (content, *map(factory.dimension, sizes)), tuple(sizes))
    first = places.index(closed[0])
    outputs = tuple([axis for axis in range(4) if axis not in (first, first + 2)])
    shape = tuple([sizes[axis] for axis in outputs])
    if link[0].expr.op == "eye":
        own = tuple([first if axis == first + 2 else axis for axis in range(4)])
        return factory.make("einsum", (array,), shape, ((own,), outputs))
    plain, turned = graph.writer.product(link), graph.writer.product(flip(link))
    forward = graph.writer.order(plain) <= graph.writer.order(turned)
    ends = (first, first + 2) if forward else (first + 2, first)
    joint = (tuple(range(4)), ends)
    return factory.make("einsum", (array, plain if forward else turned), shape, (joint, outputs))


def _eye(graph: Graph, label: int) -> Chain:
    return identity(graph, graph.dims[label])


def _bridge(graph: Graph, start: int, end: int) -> Chain | None:
    """What joins two vertices that have no other neighbours: one edge, or an identity where they
    are the same.
    """
    if start == end:
        shared = (
            start >= graph.rank
            and not graph.incident(start)
            and sum(start in labels for _, labels in graph.hyper) == 2
        )
        return (
            (graph.diagonal(tuple(graph.weights[start])) or _eye(graph, start)) if shared else None
        )
    if not (graph.has_one_hyper(start) and graph.has_one_hyper(end)):
        return None
    ways = graph.incident(start)
    if len(ways) != 1 or ways[0][1] != end or len(graph.incident(end)) != 1:
        return None
    before, after = (
        graph.diagonal(tuple(graph.weights[start])),
        graph.diagonal(tuple(graph.weights[end])),
    )
    return before + ways[0][2] + after


def _frechet(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """The k-th derivative of f(X), k+1 pairs of axes, all but one contracted: f's directional
    derivative.

    <M, L(X, E1, ..., Ek)> as a function of Ek has the gradient L(X', M, E1', ...): the kernel is
    symmetric in that sense.
    """
    expr, labels = hyper
    pairs = [labels[n : n + 2] for n in range(0, len(labels), 2)]
    matrices = [graph.matrix_between(first, second, hyper) for first, second in pairs]
    missing = [n for n, matrix in enumerate(matrices) if matrix is None]
    if len(missing) > 1:
        return False
    open_pair = missing[0] if missing else 0
    directions = [
        matrix for n, matrix in enumerate(matrices) if n != open_pair and matrix is not None
    ]
    transposed = open_pair != 0
    for label in {label for n, pair in enumerate(pairs) if n != open_pair for label in pair}:
        graph.drop(label)
    graph.hyper.remove(hyper)
    if transposed:
        directions = directions[:1] + [flip(chain) for chain in directions[1:]]
    row, column = pairs[open_pair]
    graph.connect(row, column, _directional(graph, expr, directions, transposed))
    return True


def _is_directed(function: object) -> bool:
    """Whether this is a declared function whose derivatives take weights or directions."""
    return isinstance(function, FunctionRef) and (
        function.of_a_vector and function.order > function.of_vectors
    )


def _write_weighted(graph: Graph, hyper: tuple[Expr, tuple[int, ...]]) -> bool:
    """A derivative in all directions but up to two, d3_f(u, v); of a vector of functions that of
    their sum with weights: hess_f(u, w), d3_f(u, w, v); or of each of them, d2_f(u, v).
    """
    expr, labels = hyper
    values = labels[: expr.value.of_vectors]
    once = [k for k in labels if labels.count(k) == 1]
    inner = [k for k in once if graph.has_one_hyper(k) and not graph.incident(k)]
    outer = [k for k in labels if k not in inner][:2]
    if len(inner) + len(outer) < len(labels):
        return False
    if any(k in outer for k in values):
        if expr.value.order > 2 or labels.count(labels[0]) > 1:
            return False
        expr = graph.factory.make(APPLY, expr.args, expr.shape, expr.value._replace(along=True))
        values = ()
        outer = [k for k in labels if k in outer]  # the values first
    if values and expr.value.order == 2 and len(outer) < 2:
        outer = list(labels[1:])  # hess_f(u, w) takes no directions
        inner = list(values)
    weights = [_end(graph, k) for k in values]
    directions = [_end(graph, k) for k in inner if k not in values]
    directions.sort(key=graph.writer.order)
    graph.hyper.remove(hyper)
    for k in inner:
        graph.drop(k)
    shape = tuple([graph.dims[k] for k in outer])
    whole = graph.factory.make(expr.op, (*expr.args, *weights, *directions), shape, expr.value)
    if not outer:
        graph.scalars.append((whole, 1))
    elif len(outer) == 1:
        graph.add_weight(outer[0], (Link(whole),))
    else:
        graph.connect(outer[0], outer[1], (Link(whole, symmetric=not expr.value.along),))
    return True


def _end(graph: Graph, label: int) -> Expr:
    """What is on a label: a vector, or ones."""
    if graph.weights[label]:
        return graph.writer.product(graph.end(label))
    return graph.factory.fill(graph.factory.number(1), (graph.dims[label],))


def _directional(graph: Graph, expr: Expr, directions: list[Chain], transposed: bool) -> Chain:
    """frechet_f(X, E1, ...), with X transposed where it is the adjoint."""
    factory, writer = graph.factory, graph.writer
    symmetric = id(expr) in graph.symmetric
    base = factory.transpose(expr.args[0]) if transposed and not symmetric else expr.args[0]
    whole_symmetric = symmetric and all(key(chain) == key(flip(chain)) for chain in directions)
    choices = []
    for turned in (False, True):  # L(X', E') = L(X, E)'
        matrices = [writer.matrix(flip(chain) if turned else chain) for chain in directions]
        at = factory.transpose(base) if turned and not symmetric else base
        if symmetric and expr.op == "frechet_sqrtm" and len(matrices) == 1:
            root = factory.call("sqrtm", (at,), base.shape)  # its square is A, so R*X + X*R = E
            whole = factory.call("lyapunov", (root, *matrices), base.shape)
        else:
            whole = factory.call(expr.op, (at, *expr.args[1:], *matrices), base.shape)
        choices.append(Link(whole, turned and not whole_symmetric, whole_symmetric))
    return (min(choices, key=lambda link: factory.size(link.expr) + link.flipped),)
