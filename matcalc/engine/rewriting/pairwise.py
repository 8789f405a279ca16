"""Functions of pairs, which keep a name: D[i,j] = norm2(X[i,:] - X[j,:])^2.

A kernel is a function of squared distances. Multiplied out they are three products of matrices, and
in index notation everything around them is written by entries. With a name for them the rest has
matrix notation: sum(exp(-D/2).*(inv(K) - u*u')).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from matcalc.core.kinds import Variable
from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Labels, Node, Product, Rational, Sum, as_product
from matcalc.engine.ir.rebuild import rebuild, substitute
from matcalc.engine.ir.wide import is_wide

NAME = "pairs "  # with a number after it; no variable of a user has a blank in its name
_MOST = 4  # that an answer may name


def name_pairs(builder: Builder, root: Node) -> tuple[Node, dict[str, Node]] | None:
    """The node with variables for what functions take of pairs, and what these stand for; None
    where there is nothing, or too much, to name.
    """
    inside = _inside_of_functions(root)
    leaves: dict[Node, Node] = {}

    def rule(node: Node, children: list[Node]) -> Node:
        if node in inside and isinstance(node, Product) and node.rank and not node.is_tensor:
            core = _core(node)
            if core:
                return _name(builder, node, core, leaves)
        made = rebuild(builder, node, children)
        return _join(builder, made, leaves) if isinstance(made, Product) else made

    found = fold(root, lambda node: node.children, rule)
    if not 1 <= len(leaves) <= _MOST:
        return None
    meanings = {leaf: node for node, leaf in leaves.items()}
    for leaf in list(meanings):
        kernel = _kernel(builder, found, leaf)
        below = _denominator(builder, found, leaf) if kernel is leaf else None
        if kernel is leaf and below is None:
            continue
        name = leaf.name + "'"  # type: ignore[attr-defined]
        if below is not None:  # 1/(1 + D), and its powers
            kernel = builder.power(below, -1)
        other = builder.leaf("variable", leaf.axes, name, structure_of(kernel))
        put = {kernel: other} if below is None else {below: builder.power(other, -1)}
        found = substitute(builder, found, put)
        meanings[other] = substitute(builder, kernel, {leaf: meanings.pop(leaf)})
    return found, {leaf.name: node for leaf, node in meanings.items()}  # type: ignore[attr-defined]


def pair_variables(meanings: Mapping[str, Node]) -> dict[str, Variable]:
    """The variables for what functions take of pairs, with their symmetry."""
    return {
        name: Variable(name, "symmetric", node.axes[:1])
        if node.parity > 0
        else Variable(name, "matrix", node.axes)
        for name, node in meanings.items()
    }


def structure_of(node: Node) -> str:
    """The kind of matrix that a variable for the node is."""
    return "symmetric" if node.parity > 0 else ""


def _core(node: Product) -> list[int]:
    """The factors that are arrays with more than two axes, and those that are summed with them."""
    wide = [labels for factor, labels, _ in node.factors if is_wide(factor)]
    summed = {label for labels in wide for label in labels if label >= node.rank}
    return [k for k, (_, labels, _) in enumerate(node.factors) if summed.intersection(labels)]


def _name(builder: Builder, node: Product, core: list[int], leaves: dict[Node, Node]) -> Node:
    """The product with a variable for these factors."""
    inner = [node.factors[k] for k in core]
    used = sorted({label for _, labels, _ in inner for label in labels})
    outputs = tuple([label for label in used if label < node.rank])
    place = {label: k for k, label in enumerate(used)}
    factors = [(f, tuple([place[label] for label in labels]), e) for f, labels, e in inner]
    axes = tuple([node.axes[label] for label in outputs])
    pairs = builder.product(1, factors, tuple(range(len(outputs))), axes)
    own: Rational = 1
    bare = pairs
    if isinstance(pairs, Product) and pairs.coefficient != 1:
        own = pairs.coefficient
        bare = builder.scale(Fraction(1) / own, pairs)
    if bare not in leaves:
        name = f"{NAME}{len(leaves)}"
        leaves[bare] = builder.leaf("variable", bare.axes, name, structure_of(bare))
    rest = [factor for k, factor in enumerate(node.factors) if k not in core]
    whole: list[Factor] = [*rest, (leaves[bare], outputs, 1)]
    return builder.product(node.coefficient * own, whole, tuple(range(node.rank)), node.axes)


def _kernel(builder: Builder, root: Node, leaf: Node) -> Node:
    """The function of a variable alone as which it stands everywhere: exp(-D/2)."""
    parents: dict[Node, list[Node]] = {}
    for node in postorder(root, lambda node: node.children):
        for child in node.children:
            parents.setdefault(child, []).append(node)
    best = node = leaf
    while len(parents.get(node, ())) == 1:
        (node,) = parents[node]
        others = [child for child in node.children if child.rank]
        if len(others) != 1 or node.axes != leaf.axes or isinstance(node, Sum):
            break
        if isinstance(node, Call):
            if not builder.acts_entrywise(node.name):
                break
            best = node
    return best


def _denominator(builder: Builder, root: Node, leaf: Node) -> Node | None:
    """The sum of a variable and numbers as which it stands everywhere, below fractions: more than
    once, or as the whole.
    """
    below: set[Node] = set()
    times = 0
    for node in postorder(root, lambda node: node.children):
        if leaf not in node.children and below.isdisjoint(node.children):
            continue
        if isinstance(node, Sum) and leaf in node.children:
            rest = [term for _, term in node.terms if term is not leaf]
            if any(builder.constant_entry(term).rank for term in rest):
                return None
            below.add(node)
            continue
        exponents = [e for f, _, e in as_product(node)[1] if f in below]
        if leaf in node.children or not exponents or any(e > 0 for e in exponents):
            return None
        times += len(exponents)
    whole = any(builder.power(each, -1) is root for each in below)
    return below.pop() if len(below) == 1 and (times > 1 or whole) else None


def _inside_of_functions(root: Node) -> set[Node]:
    """What is in the argument of a function, or below a fraction or a root."""
    found: set[Node] = set()
    seen: set[tuple[Node, bool]] = set()
    todo = [(root, False)]
    while todo:
        node, inside = todo.pop()
        if (node, inside) in seen:
            continue
        seen.add((node, inside))
        if inside:
            found.add(node)
        if isinstance(node, Product):
            todo += [(child, inside or e < 0 or e.denominator != 1) for child, _, e in node.factors]
        else:
            deeper = inside or isinstance(node, Call)
            todo += [(child, deeper) for child in node.children]
    return found


def _join(builder: Builder, node: Product, leaves: dict[Node, Node]) -> Node:
    """The product with the variables for what its factors make up."""
    made: Node = node
    for pairs, leaf in leaves.items():
        while isinstance(made, Product):
            place = next(_places(made, pairs), None)
            if place is None:
                break
            used, outputs = place
            left = [factor for k, factor in enumerate(made.factors) if k not in used]
            own = as_product(pairs)[0]
            coefficient = Fraction(made.coefficient) / own
            factors: list[Factor] = [*left, (leaf, outputs, 1)]
            made = builder.product(coefficient, factors, tuple(range(made.rank)), made.axes)
    return made


def _places(node: Product, pairs: Node) -> Iterator[tuple[set[int], Labels]]:
    """Where the factors of ``pairs`` stand among those of a product, summed over the same labels
    and those over nothing else: the factors, and the labels of its axes.
    """
    _, wanted = as_product(pairs)
    first = next(k for k, (factor, _, _) in enumerate(wanted) if is_wide(factor))
    order = [wanted[first], *wanted[:first], *wanted[first + 1 :]]
    for start, (factor, labels, exponent) in enumerate(node.factors):
        if factor is not order[0][0] or exponent != order[0][2]:
            continue
        names = dict(zip(order[0][1], labels, strict=True))
        used = {start}
        for inner, own, e in order[1:]:
            if any(label not in names for label in own):
                break
            same = (inner, tuple([names[label] for label in own]), e)
            place = next(
                (k for k, each in enumerate(node.factors) if each == same and k not in used), None
            )
            if place is None:
                break
            used.add(place)
        else:
            summed = {names[label] for label in names if label >= pairs.rank}
            elsewhere = {
                label
                for k, (_, own, _) in enumerate(node.factors)
                if k not in used
                for label in own
            } | set(range(node.rank))
            if not summed & elsewhere and len(set(names.values())) == len(names):
                yield used, tuple([names[label] for label in range(pairs.rank)])
