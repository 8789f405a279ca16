"""Signs of permutations back to cross products: two vectors on one are cross(x, y), one is
skewmat(x), a matrix 2*vee(M).
"""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Labels
from matcalc.engine.recovery.chains import Chain, Link, Term, flip, key
from matcalc.engine.recovery.graph import Graph
from matcalc.engine.recovery.writer import ProductWriter

Hyper = tuple[Expr, Labels]


def unsign(graph: Graph) -> bool:
    """Take one sign e[i,j,k] out of the graph."""
    signs = [hyper for hyper in graph.hyper if hyper[0].op == "epsilon"]
    return any(_write_cross(graph, hyper) for hyper in signs) or any(
        _write_vee(graph, hyper) for hyper in signs
    )


def _lone(graph: Graph, label: int) -> bool:
    """Whether a summed index touches nothing but the sign and vectors."""
    return graph.has_one_hyper(label) and not graph.incident(label)


def _write_cross(graph: Graph, hyper: Hyper) -> bool:
    """Two vectors are a vector cross(x, y) on the third index, the names in order; one is an edge
    skewmat(x).
    """
    labels = hyper[1]
    vectors = [place for place in range(3) if _lone(graph, labels[place])]
    if not vectors:
        return False
    graph.hyper.remove(hyper)
    if len(vectors) == 1:
        # e[i,j,k] w[j] = skewmat(w)[i,k]
        i, j, k = (labels[(vectors[0] + turn) % 3] for turn in (-1, 0, 1))
        sign = 1 if i < k else -1
        skew = graph.factory.call(
            "skewmat", (graph.writer.product(graph.end(j)),), (graph.dims[j],) * 2
        )
        graph.drop(j)
        graph.connect(min(i, k), max(i, k), (Link(skew),))
        graph.coefficient *= sign
        return True

    def order(place: int) -> tuple[int, str]:
        return graph.writer.order(graph.writer.product(graph.end(labels[place])))

    def product(outside: int) -> tuple[Chain, int]:
        """The cross product of the other two, their names in order, and the sign that this
        costs.
        """
        first, second = (outside + 1) % 3, (outside + 2) % 3
        sign = -1 if order(second) < order(first) else 1
        first, second = (first, second) if sign > 0 else (second, first)
        return graph.writer.cross(graph.end(labels[first]), graph.end(labels[second])), sign

    # of three vectors the plainest stays outside: a'*cross(b, c); but norm2(cross(b, c))^2
    ends = (
        sorted(vectors, key=order)
        if len(vectors) == 3
        else [place for place in range(3) if place not in vectors]
    )
    squares = [
        place
        for place in ends
        if len(ends) == 3 and key(graph.end(labels[place])) == key(product(place)[0])
    ]
    outside = (squares or ends)[0]
    chain, sign = product(outside)
    graph.coefficient *= sign
    for place in vectors:
        if place != outside:
            graph.drop(labels[place])
    graph.add_weight(labels[outside], chain)
    return True


def _write_vee(graph: Graph, hyper: Hyper) -> bool:
    """e[i,j,k] M[i,k] = 2*vee(M)[j]."""
    labels = hyper[1]
    for place in range(3):
        i, j, k = (labels[(place + turn) % 3] for turn in (-1, 0, 1))
        between = graph.between(i, k)
        if len(between) != 1 or not all(
            graph.has_one_hyper(end) and len(graph.incident(end)) == 1 for end in (i, k)
        ):
            continue
        ((_, _, chain),) = graph.incident(i)
        chain = (
            graph.diagonal(tuple(graph.weights[i]))
            + chain
            + graph.diagonal(tuple(graph.weights[k]))
        )
        candidates = [(*_set_upright(chain), 2), (*_set_upright(flip(chain)), -2)]
        chain, sign, number = min(
            candidates, key=lambda each: graph.writer.order(graph.writer.matrix(each[0]))
        )
        graph.hyper.remove(hyper)
        graph.drop(i)
        graph.drop(k)
        graph.coefficient *= number * sign
        whole = graph.factory.call("vee", (graph.writer.matrix(chain),), (graph.dims[j],))
        graph.writer.inside[id(whole)] = chain
        graph.add_weight(j, (Link(whole),))
        return True
    return False


def upright(term: Term) -> Term:
    """skewmat(x)' as -skewmat(x)."""
    sign, parts = 1, []
    for chain, exponent in term.parts:
        if exponent == 1:
            chain, turned = _set_upright(chain)
            sign *= turned
        parts.append((chain, exponent))
    return term._replace(coefficient=sign * term.coefficient, parts=tuple(parts))


def _set_upright(chain: Chain) -> tuple[Chain, int]:
    flipped = [link.flipped and link.expr.op == "skewmat" for link in chain]
    links = [Link(link.expr) if turn else link for link, turn in zip(chain, flipped, strict=True)]
    return tuple(links), -1 if sum(flipped) % 2 else 1


def exchange_signs(writer: ProductWriter, term: Term) -> Term | None:
    """-cross(x, y) as cross(y, x), also inside a longer product and of an inner product."""
    for index, (base, exponent) in enumerate(term.scalars):
        chain = _exchange(writer, writer.inner.get(id(base), ())) if exponent == 1 else None
        if chain is not None:
            scalars = (
                *term.scalars[:index],
                (writer.scalar(chain), exponent),
                *term.scalars[index + 1 :],
            )
            return term._replace(coefficient=-term.coefficient, scalars=scalars)
    for index, (chain, exponent) in enumerate(term.parts):
        fresh = _exchange(writer, chain) if exponent == 1 else None
        if fresh is not None:
            parts = (*term.parts[:index], (fresh, exponent), *term.parts[index + 1 :])
            return term._replace(coefficient=-term.coefficient, parts=parts)
    return None


def _exchange(writer: ProductWriter, chain: Chain) -> Chain | None:
    """The chain with the arguments of one cross product exchanged."""
    for place, link in enumerate(chain):
        pair = writer.krons.get(id(link.expr)) if link.expr.op == "cross" else None
        if pair is not None:
            turned = writer.cross(*pair[::-1])
            return (
                *chain[:place],
                *(flip(turned) if link.flipped else turned),
                *chain[place + 1 :],
            )
    return None
