"""recover(): the network of a result as a typed tree in matrix notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, Shape
from matcalc.core.operations import (
    ALONG,
    DEGREES,
    HALVING,
    PROJECTORS,
    SYLVESTER,
    frechet,
    is_value,
)
from matcalc.core.tree import APPLY, Expr, is_number, split_signed_terms
from matcalc.core.user_functions import UserFunction
from matcalc.core.walk import postorder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    FunctionName,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
    as_term,
    is_ones,
    magnitude,
)
from matcalc.engine.recovery.assemble import Assembler
from matcalc.engine.recovery.chains import Chain, Link, Term, flip, join_scalars
from matcalc.engine.recovery.equations import is_transpose
from matcalc.engine.recovery.factor import Factoring
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.graph import (
    DEFAULT_NOTATION,
    Graph,
    NotationPreferences,
    ProductNotation,
)
from matcalc.engine.recovery.scales import AS_IT_IS, Scaled, Typed, is_linear, scale_factor
from matcalc.engine.recovery.shared import number_in_front
from matcalc.engine.recovery.writer import ProductWriter


def _resolve(writer: ProductWriter, chain: Chain) -> Chain:
    """Ranges of indices as slices and blocks."""
    # needed only where there are ranges
    from matcalc.engine.recovery.block_terms import resolve_slices  # noqa: PLC0415

    return resolve_slices(writer, chain)


class Recovery:
    """Recovers nodes of one builder; a node that is met twice is recovered once, so sharing
    survives.

    All trees come from one factory. ``_known`` maps each recovered node to its tree.
    """

    def __init__(
        self,
        notation: ProductNotation = DEFAULT_NOTATION,
        functions: Mapping[str, UserFunction] = MappingProxyType({}),
        typed: Typed = AS_IT_IS,
        *,
        several: bool = False,
        branches: bool = False,
        totals: Mapping[Node, Node] = MappingProxyType({}),
    ) -> None:
        self.totals = totals  # scalars by the arrays whose entries they are the sums of
        self.functions = functions  # that users brought
        self.several = several  # results, so that a sum is rather named whole
        self.preferences = NotationPreferences(notation)
        self.typed = typed
        self.factory = ExpressionFactory(decimals=typed.decimals, branches=branches)
        self.writer = ProductWriter(self.factory, _resolve)
        self.roots: dict[int, Expr] = {}
        self.assembler = Assembler(self.factory, self.writer, self.roots)
        self.factoring = Factoring(self.factory, self.writer, self.assembler, several=several)
        self.typing = self.factoring  # of sums as they were typed
        if typed.decimals:
            typing = Assembler(self.factory, self.writer, self.roots, decimals=True)
            self.typing = Factoring(self.factory, self.writer, typing, several=several)
        self._known: dict[Node, Expr] = {}
        self._factors: dict[Node, Expr] = {}  # sums as they are written in products
        self._scaled: dict[Node, Scaled] = {}  # nodes as multiples, with numbers as they were typed

    def with_notation(self, notation: ProductNotation) -> Recovery:
        """A new one that writes products in another notation."""
        return Recovery(
            notation,
            self.functions,
            self.typed,
            several=self.several,
            branches=self.factory.branches,
            totals=self.totals,
        )

    def recover(self, root: Node) -> Expr:
        """The tree of a node."""
        if root not in self._known:
            for node in postorder(root, self._needed):
                self._recover(node)
        tree = self._known[root]
        if not is_value(tree):
            axes = tuple(range(tree.rank))
            return self.factory.make("einsum", (tree,), tree.shape, ((axes,), axes))
        return tree

    def _needed(self, node: Node) -> Sequence[Node]:
        """The nodes whose trees the tree of this one is made of: the factors of the terms of a sum,
        for nobody asks for the terms themselves.
        """
        if node in self._known or node in self.totals:
            return ()
        if isinstance(node, Sum | Product) and not self.typed.scales:
            across = _transposed_sum(node)
            terms = as_sum(node if across is None else across[1])[1]
            return [factor for _, term in terms for factor, _, _ in as_product(term)[1]]
        return node.children

    def function(self, name: FunctionName) -> FunctionRef | UserFunction | None:
        """The declared function, or the user's, of this name; None for one of the language."""
        return name if isinstance(name, FunctionRef) else self.functions.get(name)

    def know(self, node: Node, tree: Expr) -> None:
        """Takes this tree for a node wherever it stands from now on."""
        self._known[node] = tree

    def recover_row(self, node: Node) -> Expr:
        """The tree of a vector as a row: x'*(A + A') where that is no longer than ((A + A')*x)'."""
        column = self.factory.transpose(self.recover(node))
        terms = self.terms(node)
        if not isinstance(node, Product | Sum) or any(term.chain is None for term in terms):
            return column
        flipped = [
            Term(t.coefficient, t.scalars, ((flip(t.chain or ()), 1),), t.shape) for t in terms
        ]
        return min(self.factoring.sum(flipped, node.axes), column, key=self.factory.size)

    def _recover(self, node: Node) -> None:
        if node in self._known:
            return
        if isinstance(node, Leaf):
            self._known[node] = self._leaf(node)
        elif isinstance(node, Call):
            self._known[node] = self._call(node)
        elif node in self.totals:
            whole = self.recover(self.totals[node])
            self._known[node] = self.factory.make("sum", (whole,), ())
        else:
            self._known[node] = self._sum(self.factoring, self.terms(node), node.axes)
        if self.typed.scales:
            self._scale(node)

    def _sum(self, factoring: Factoring, terms: Sequence[Term], axes: Shape) -> Expr:
        expr = factoring.sum(terms, axes)
        if expr.op == "^" and expr.args[0].op == "norm2" and expr.args[1].value == 2:
            self.roots[id(expr)] = expr.args[0].args[0]
        return expr

    def _scale(self, node: Node) -> None:
        """Finds the multiple of a node that is written with numbers as they were typed."""
        scale = self.typed.scales.get(node)
        if isinstance(node, Call):
            inner = self._scaled.get(node.args[0]) if len(node.args) == 1 else None
            degree = DEGREES.get(str(node.name))
            if inner is not None and degree is not None and not node.slots:
                tree = self._call(node, (inner.tree,))
                self._scaled[node] = Scaled(tree, Fraction(inner.scale) ** degree)
        elif scale is not None or any(child in self._scaled for child in node.children):
            terms = self.terms(node)
            factoring = self.factoring if scale is None else self.typing
            if scale is None and terms:
                alone = len(terms) == 1
                number = terms[0].coefficient if alone else number_in_front(terms, self.factory)
                scale = 1 / Fraction(magnitude(number))
            if scale not in (None, 1):
                multiplied = [term._replace(coefficient=scale * term.coefficient) for term in terms]
                tree = self._sum(factoring, multiplied, node.axes)
                if not _is_quotient(tree):  # (6 - a)/9*x has the sum of the network after all
                    self._scaled[node] = Scaled(tree, scale)

    def _leaf(self, node: Leaf) -> Expr:
        if node.kind == "eye":
            return self.factory.eye(node.axes[0])
        if node.kind == "ones":
            return self.factory.fill(self.factory.number(1), node.axes)
        if node.kind == "dimension":
            return self.factory.make("dimension", value=Dim(1, (node.name,)))
        if node.kind == "lower":
            offset = int(node.name)
            whole = self.factory.fill(self.factory.number(1), node.axes)
            return self.factory.make(
                "tril", (whole, self.factory.number(offset)) if offset else (whole,), node.axes
            )
        if node.kind == "apart":
            return self._off_diagonal(node)
        if node.kind == "select":
            return self.writer.product((Link(self._place(node)),))
        if node.kind == "unit":
            return self._place(node)
        return self.factory.make(node.kind, (), node.axes, node.name or None)

    def _off_diagonal(self, node: Leaf) -> Expr:
        """Ones but on a diagonal."""
        whole, offset = self.factory.fill(self.factory.number(1), node.axes), int(node.name)
        if not offset and node.axes[0] == node.axes[1]:
            return self.factory.binary("-", whole, self.factory.eye(node.axes[0]))
        below, upto = (
            self.factory.make("tril", (whole, self.factory.number(k)), node.axes)
            for k in (offset - 1, offset)
        )
        return self.factory.binary("+", self.factory.binary("-", whole, upto), below)

    def _place(self, node: Leaf) -> Expr:
        """A range or a unit vector as it is in chains."""
        return self.factory.make(node.kind, (), node.axes, node.start)

    def _call(self, node: Call, args: tuple[Expr, ...] = ()) -> Expr:
        args = args or tuple([self._known[arg] for arg in node.args])
        if node.name == "where":
            # few expressions have conditions
            from matcalc.engine.recovery.conditions import condition  # noqa: PLC0415

            return self.factory.make(
                "where", (condition(self.factory, args[0]), *args[1:]), node.axes
            )
        if node.name == "equal":
            return self.factory.binary("==", *args)
        if node.name == "pow":
            return self.factory.binary(".^" if node.axes else "^", *args)
        name = node.name
        function = self.function(name)
        if function is not None:
            return self.factory.make(APPLY, args, node.axes, function)
        assert isinstance(name, str)
        if name in ALONG and len(args) == 2 and args[0].is_tensor:
            return self.factory.along(name, args[0])
        if name in PROJECTORS:
            size = self.factory.dimension(args[0].shape[0])
            return self.factory.make(name, (size,), node.axes)
        if name in HALVING:
            return self.factory.halving_matrix(name, node.axes)
        if name == "power" and as_product(node.args[1]) == (Fraction(1, 2), ()):
            name, args = "sqrtm", args[:1]
        elif (
            name == "power" and not node.slots and as_product(node.args[1]) == (Fraction(-1, 2), ())
        ):
            return self.factory.call(
                "inv", (self.factory.call("sqrtm", args[:1], node.axes),), node.axes
            )
        elif name == "power" and not node.slots:
            return self.factory.make("^", args, node.axes)
        if name == SYLVESTER:  # whether B is A', so that it is a Lyapunov equation
            return self.factory.make(name, args, node.axes, is_transpose(*node.args) or None)
        name = frechet(name) if node.slots else name
        return self.factory.make(name, args, node.axes, node.slots or None)

    def terms(self, node: Node) -> list[Term]:
        """The node as a sum of reduced products."""
        across = _transposed_sum(node)
        if across is not None:
            turned = [(t, t.chain) for t in self.terms(across[1])]
            if all(chain is not None for _, chain in turned):
                return [
                    Term(across[0] * t.coefficient, t.scalars, ((flip(chain or ()), 1),), node.axes)
                    for t, chain in turned
                ]
            self.recover(across[1])  # it is a factor after all
        multiple, terms = as_sum(node)
        if self._scaled and multiple != 1:
            whole = as_term(node)[1][0][0]
            if whole in self._scaled and isinstance(whole, Sum):
                return [self._term(1, node)]
        return [self._term(multiple * coefficient, term) for coefficient, term in terms]

    def _term(self, coefficient: Rational, node: Node) -> Term:
        own, factors = as_product(node)
        plain = not self._scaled or is_linear(coefficient * own, factors, self._scaled)
        graph = self._graph(node, factors, MappingProxyType({}) if plain else self._scaled)
        graph.reduce()
        signed = any(expr.op == "epsilon" for expr, _ in graph.hyper)
        if graph.hyper:
            # most factors have one axis or two
            from matcalc.engine.recovery.fused import unfuse  # noqa: PLC0415
            from matcalc.engine.recovery.tensors import reduce_arrays, split_fused_rows  # noqa: PLC0415

            while reduce_arrays(graph) or unfuse(graph) or split_fused_rows(graph):
                graph.reduce()
        if graph.rank == 0 and graph.hyper:  # a scalar in index notation
            graph.scalars.append((self._write_indexed(graph), 1))
        for scalar, root in graph.roots:
            self.roots[id(scalar)] = root
        writer = self.writer
        parts = tuple([(writer.project(writer.mask(chain)), e) for chain, e in self._parts(graph)])
        scalars = join_scalars(graph.scalars)
        term = Term(coefficient * own * graph.coefficient, scalars, parts, node.axes)
        if signed:
            # few expressions have cross products
            from matcalc.engine.recovery.signs import upright  # noqa: PLC0415

            return upright(term)
        return term

    def _graph(self, node: Node, factors: Sequence[Factor], scaled: Mapping[Node, Scaled]) -> Graph:
        dims: dict[int, Dim] = dict(enumerate(node.axes))
        for factor, labels, _ in factors:
            dims.update(zip(labels, factor.axes, strict=True))
        graph = Graph(self.factory, self.writer, node.rank, dims, self.preferences)
        for factor, labels, exponent in factors:
            expr = self._known[factor]
            if scaled and (other := scale_factor(scaled.get(factor), exponent)) is not None:
                expr, number = other
                graph.coefficient *= number
            if isinstance(factor, Leaf) and factor.kind == "select":
                expr = self._place(factor)
            if isinstance(factor, Sum | Product) and exponent == 1 and not self.several:
                if expr is self._known[factor]:
                    expr = self._as_factor(factor, expr)
                number, scalars, body = self.assembler.take_apart(expr)
                graph.coefficient *= number
                graph.scalars += scalars
                if body is None:
                    continue
                expr = body
            if not labels:
                graph.scalars.append((expr, exponent))
            elif len(labels) == 1:
                if not is_ones(factor):
                    graph.add_weight(labels[0], (Link(expr),), exponent)
            elif len(set(labels)) == 1 and (exponent < 0 or exponent.denominator != 1):
                # 1./diag(A), and not diag(1./A): nothing is asked of the entries beside the
                # diagonal
                graph.add_weight(
                    labels[0],
                    (Link(self.factory.call("diag", (expr,), factor.axes[:1])),),
                    exponent,
                )
            elif len(labels) == 2:
                graph.add_edge(*labels, self.factory.power(expr, exponent), factor.parity > 0)
            else:
                graph.hyper.append((self.factory.power(expr, exponent), labels))
                if isinstance(factor, Call) and factor.slots and factor.args[0].parity > 0:
                    graph.symmetric.add(id(expr))
        return graph

    def _as_factor(self, node: Sum | Product, tree: Expr) -> Expr:
        """A sum of products as a factor of a product."""
        if tree.op not in ("+", "-") or tree.rank != 2:
            return tree
        if node not in self._factors:
            terms = [self.assembler.made.get(id(part)) for _, part in split_signed_terms(tree)]
            chains = [term and term.chain for term in terms]
            alike = all(chains) and any(
                len({chain[end].key for chain in chains if chain}) == 1 for end in (0, -1)
            )
            made = self.factoring.as_factor(self.terms(node), node.axes) if alike else None
            self._factors[node] = made or tree
        return self._factors[node]

    def _parts(self, graph: Graph) -> tuple[tuple[Chain, Rational], ...]:
        """What is left when only outputs are: weights, one edge; or an index form."""
        rank = graph.rank
        if rank == 0:
            return ()
        if len(graph.weights) == rank and not graph.hyper:
            if rank == 1:
                return tuple(graph.weights[0])
            if rank == 2 and len(graph.edges) <= 1:
                return (self._matrix(graph),)
        if rank > 2:
            from matcalc.engine.recovery.tensors import align_factors  # noqa: PLC0415 - as above

            parts = align_factors(graph)
            if parts is not None:
                return parts
        return (((Link(self._write_indexed(graph)),), 1),)

    def _matrix(self, graph: Graph) -> tuple[Chain, Rational]:
        rows, columns = tuple(graph.weights[0]), tuple(graph.weights[1])
        if not graph.edges:
            left = (
                graph.vector(rows, 0)
                if rows
                else (Link(self.factory.fill(self.factory.number(1), (graph.dims[0],))),)
            )
            right = (
                graph.vector(columns, 1)
                if columns
                else (Link(self.factory.fill(self.factory.number(1), (graph.dims[1],))),)
            )
            if _ones(left[-1].expr) and _ones(right[-1].expr):
                # vector(1)*vector(1)' is matrix(1)
                shape = (left[-1].expr.shape[0], right[-1].expr.shape[0])
                ones = (Link(self.factory.fill(self.factory.number(1), shape)),)
                return left[:-1] + ones + flip(right[:-1]), 1
            return left + flip(right), 1
        first, _, chain = graph.edges[0]
        chain = chain if first == 0 else flip(chain)
        if len(chain) == 1 and chain[0].expr.op == "eye" and (rows or columns):
            return graph.diagonal(rows + columns), 1
        return graph.diagonal(rows) + chain + graph.diagonal(columns), 1

    def _write_indexed(self, graph: Graph) -> Expr:
        """The index form of whatever is left."""
        args: list[Expr] = []
        labels: list[tuple[int, ...]] = []
        for first, second, chain in graph.edges:
            plain, turned = self.writer.product(chain), self.writer.product(flip(chain))
            forward = self.writer.order(plain) <= self.writer.order(turned)
            args.append(plain if forward else turned)
            labels.append((first, second) if forward else (second, first))
        for label, weights in graph.weights.items():
            for chain, exponent in weights:
                args.append(self.factory.power(self.writer.product(chain), exponent))
                labels.append((label,))
        for expr, own in graph.hyper:
            if expr.op == "permute":
                own = tuple([own[expr.value.index(axis)] for axis in range(expr.rank)])
                expr = expr.args[0]
            args.append(expr)
            labels.append(own)
        covered = {label for own in labels for label in own}
        for label in graph.weights:
            if label not in covered:
                args.append(self.factory.fill(self.factory.number(1), (graph.dims[label],)))
                labels.append((label,))
        outputs = tuple(range(graph.rank))
        order = sorted(range(len(args)), key=lambda k: labels[k])
        shape = tuple([graph.dims[label] for label in outputs])
        value = (tuple([labels[k] for k in order]), outputs)
        return self.factory.make("einsum", tuple([args[k] for k in order]), shape, value)


def _transposed_sum(node: Node) -> tuple[Rational, Sum] | None:
    """The number and the sum of a multiple of a transposed sum."""
    if isinstance(node, Product) and node.rank == 2 and len(node.factors) == 1:
        inner, labels, exponent = node.factors[0]
        if isinstance(inner, Sum) and labels == (1, 0) and exponent == 1:
            return node.coefficient, inner
    return None


def _is_quotient(expr: Expr) -> bool:
    """Whether this is something over a number."""
    return expr.op == "/" and expr.args[1].op == "number"


def _ones(expr: Expr) -> bool:
    """Whether this is an array of ones."""
    return expr.op == "fill" and is_number(expr.args[0], 1)
