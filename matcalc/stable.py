"""The form in which an expression is computed: equal to what was typed, without overflow or
cancellation that can be avoided.

``log(sum(exp(x)))`` overflows where ``logsumexp(x)`` does not. The engine knows such forms: they
are the rewrites of the catalogue that say ``code``. They are applied to the smallest parts of a
tree where one of them fires, and everything else is left as it was typed; each part that changes is
compared with what it was, at random points, before it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from matcalc.claims.equality import EQUAL, decide_by_value
from matcalc.core.dims import Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.exponentials import without_overflow
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.operations import INDEX_ARITHMETIC, OPERATIONS, TOTALS
from matcalc.core.program import Program
from matcalc.core.tree import APPLY, Expr, dimension, intern_trees, is_number, operation, transpose
from matcalc.core.user_functions import inline
from matcalc.core.walk import fold
from matcalc.engine.catalogue.compiled import Catalogue, catalogue
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.pipeline import leaf_of
from matcalc.engine.recovery.recover import Recovery
from matcalc.engine.rewriting.engine import Rewriter

# levels (below a root: the second) and nodes of a part that is looked at
_DEPTH, _SHALLOW, _WIDEST = 9, 4, 60
_SUMS, _PRODUCTS = frozenset(("+", "-")), frozenset(("*", "/", ".*", "./", "^", ".^"))
_TRANSPARENT = frozenset(("neg", "'", "fill", "diag", *TOTALS, *_SUMS, *_PRODUCTS))
_DIVIDED = frozenset(("prod", "prod-rows"))  # whose derivatives divide by what stands elsewhere
_MULTIPLYING = ("prod", "det")  # whose derivatives are polynomials, and are written as quotients
_LEAVES = frozenset(("number", "constant", "dimension", "variable"))
_HIDDEN = "?"  # no name in the language begins with it


def stable(
    tree: Expr,
    variables: Mapping[str, Variable],
    language: BaseLanguage | None = None,
    *,
    poles: bool = False,
) -> Expr:
    """The tree with its parts in the forms that can be computed for the largest range of values;
    with ``poles`` matrices are inverted also where determinants need no inverse.
    """
    functions = {
        operation(node) for node in tree.parts if node.op in OPERATIONS or node.op == APPLY
    } - INDEX_ARITHMETIC
    if not functions:
        return tree
    (tree,) = intern_trees([inline(tree)])
    known = catalogue(language or default_language())
    tree = tree if poles else _without_poles(tree, variables, known)
    if _norms(tree) or any(
        activation.code and activation.needs & functions for activation in known.rewrites
    ):
        # rewrites know what two exponentials are, and would join the products of more
        tree = _Stabiliser(without_overflow(tree, least=3), variables, known).result()
    (tree,) = intern_trees([tree])
    return without_overflow(tree)


def _without_poles(tree: Expr, variables: Mapping[str, Variable], known: Catalogue) -> Expr:
    """The tree without division by what a product or a determinant is made of, if it can be said
    without.
    """
    if tree.op == "several":
        return tree.with_args([_without_poles(each, variables, known) for each in tree.args])
    divided = any(node.op in _DIVIDING or _is_reciprocal(node) for node in tree.parts)
    if not divided or tree.operations.isdisjoint(_MULTIPLYING):
        return tree
    # few formulas have both
    from matcalc.engine.rewriting.poles import clear_poles  # noqa: PLC0415

    builder = Builder(known)
    names = _leaves(builder, {name: variables[name] for name in _names(tree)})
    try:
        before = Lowering(builder, known.definition).lower(tree, names)
    except UnsupportedError:
        return tree
    after = clear_poles(builder, before)
    if after is before:
        return tree
    made = Recovery(functions=known.language.functions).recover(after)
    made = transpose(made) if tree.row and not made.row else made
    made = made.fold(lambda node, args: _without_fused(node.with_args(args)))
    given = dict(variables)
    same = decide_by_value(
        Program(tree, given, "", known.language), Program(made, given, "", known.language)
    )
    return made if same.verdict == EQUAL else tree


def _without_fused(node: Expr) -> Expr:
    """A contraction without fused indices: a matrix whose rows or columns are summed over the
    index of all pairs is an array on these.
    """
    if node.op != "einsum":
        return node
    labels, outputs = node.value
    pairs = {
        own[0]: own[1:] for arg, own in zip(node.args, labels, strict=True) if arg.op == "fuse"
    }
    counts = Counter(label for own in labels for label in own)
    pairs = {k: pair for k, pair in pairs.items() if counts[k] == 2 and k not in outputs}
    args, places = [], []
    for arg, own in zip(node.args, labels, strict=True):
        if arg.op == "fuse" and own[0] in pairs:
            continue
        if pairs.keys() & set(own):
            own = tuple([each for label in own for each in pairs.get(label, (label,))])
            sizes = {k: size for x, ks in zip(node.args, labels, strict=True)
                     for k, size in zip(ks, x.shape, strict=True)}  # fmt: skip
            shape = tuple([sizes[label] for label in own])
            arg = Expr("reshape", (arg, *map(dimension, shape)), shape)
        args.append(arg)
        places.append(own)
    return Expr("einsum", tuple(args), node.shape, value=(tuple(places), outputs))


def _leaves(builder: Builder, variables: Mapping[str, Variable]) -> dict[str, Node]:
    """The nodes of variables; diagonal matrices stay matrices, because nobody puts them back."""
    return {
        name: leaf_of(builder, variable, free=variable.kind == "diagonal")
        for name, variable in variables.items()
    }


def _names(tree: Expr) -> dict[str, Shape]:
    """The variables in a tree, with their shapes."""
    return {each.value: each.shape for each in tree.parts if each.op == "variable"}


_DIVIDING = frozenset(("/", "./", "inv"))


def _is_reciprocal(node: Expr) -> bool:
    power = node.op in ("^", ".^") and is_number(node.args[1])
    return power and bool(node.args[1].value < 0)


def _norms(tree: Expr) -> bool:
    return any(_is_root(node) for node in tree.parts)


def _is_root(node: Expr) -> bool:
    """Whether this is the square root of a scalar that is computed from arrays."""
    half = node.op == "sqrt" or (
        node.op in ("^", ".^") and is_number(node.args[1]) and node.args[1].value == Fraction(1, 2)
    )
    if not half or node.shape:
        return False
    below = node.args[0]  # x'*x, or a number and x'*x
    return any(arg.shape for part in (below, *below.args) for arg in part.args)


class _StablePart(NamedTuple):
    """A part of a tree, and what its hidden variables stand for."""

    tree: Expr
    hidden: dict[str, Expr]


class _Stabiliser:
    """One pass over a tree, from the leaves."""

    def __init__(self, tree: Expr, variables: Mapping[str, Variable], known: Catalogue) -> None:
        self.tree = tree
        self.variables = variables
        self.language = known.language
        self.activations = [activation for activation in known.rewrites if activation.code]
        self.sought = frozenset().union(*(activation.needs for activation in self.activations))
        self.inside: dict[int, frozenset[str]] = {}  # the functions that rewrites look for
        self.kept: list[Expr] = []  # so that ids stay what they are
        self.names: dict[int, str] = {}
        self.builder = Builder(known)
        self.lowering = Lowering(self.builder, known.definition)
        self.rewriter = Rewriter(self.builder, self.lowering, code=True)
        self.joined: set[int] = set()  # operands of a sum in a sum, of a product in a product
        for node in tree.parts:
            for kind in (_SUMS | {"neg"}, _PRODUCTS):
                if node.op in kind:
                    self.joined |= {id(arg) for arg in node.args if arg.op in kind}

    def result(self) -> Expr:
        """The whole tree."""
        return self.tree.fold(self._step)

    def _step(self, node: Expr, args: list[Expr]) -> Expr:
        if node.op == "log" and args[0].op == "slice":  # log(softmax(x)[k]) is logsoftmax(x)[k]
            whole = args[0].args[0]
            logs = self._better(self._note(Expr("log", (whole,), whole.shape, row=whole.row)))
            if logs is not None:
                return self._note(args[0].with_args([logs]))
        made = self._note(node.with_args(args))
        if id(node) in self.joined or not self._is_promising(made):
            return made
        better = self._better(made)
        if better is None:
            return made
        for part in better.parts:
            self._note(part)
        return better

    def _note(self, node: Expr) -> Expr:
        if id(node) not in self.inside:
            own = frozenset((operation(node),)) & self.sought
            self.inside[id(node)] = own.union(
                *(self.inside.get(id(arg), frozenset()) for arg in node.args)
            )
            self.kept.append(node)
        return node

    def _is_promising(self, node: Expr) -> bool:
        """Whether a rewrite may begin at this node."""
        if _is_root(node):
            return True
        there = self.inside[id(node)]
        if not there or (
            operation(node) not in self.sought and node.op not in _SUMS and node.op not in _PRODUCTS
        ):
            return False
        heads = frozenset((operation(node),)) & self.sought
        return any(
            activation.needs <= there and heads <= activation.needs
            for activation in self.activations
        )

    def _better(self, node: Expr) -> Expr | None:
        """Another form of the node, if there is one and it has the same value."""
        part = self._part(node)
        names = _leaves(self.builder, self._variables(part))
        try:
            before = self.lowering.lower(part.tree, names)
            after = self.rewriter.rewrite(before)
        except UnsupportedError:
            return None
        if after is before and not _is_root(node):
            return None
        tree = Recovery(functions=self.language.functions).recover(after)
        if after is before and tree.op != "norm2":
            return None
        if "einsum" in tree.operations:
            return None
        tree = transpose(tree) if node.row and not tree.row else tree
        return self._show(tree, part.hidden) if self._agrees(part, tree) else None

    def _part(self, node: Expr) -> _StablePart:
        """The node down to what the rewrites do not look into."""
        hidden: dict[str, Expr] = {}
        level, expanded, queue = {id(node): 0}, set(), [node]
        root = _is_root(node)
        wide = root or bool(self.inside[id(node)] & _DIVIDED)
        for each in queue:
            if level[id(each)] >= (_SHALLOW if root else _DEPTH) or len(queue) > _WIDEST:
                continue
            expanded.add(id(each))
            for arg in each.args:
                if id(arg) not in level and self._is_open(arg, wide):
                    level[id(arg)] = level[id(each)] + 1
                    queue.append(arg)

        def rule(each: Expr, args: list[Expr]) -> Expr:
            if each.op in _LEAVES or id(each) in expanded:
                return each.with_args(args)
            name = self.names.setdefault(id(each), f"{_HIDDEN}{len(self.names)}")
            hidden[name] = each
            return Expr("variable", (), each.shape, value=name, row=each.row)

        return _StablePart(
            fold(node, lambda each: each.args if id(each) in expanded else (), rule), hidden
        )

    def _is_open(self, node: Expr, wide: bool) -> bool:
        """Whether rewrites look into a node: where there are functions that they know, and into
        sums, multiples and squares.
        """
        if self.inside.get(id(node)):
            return node.op in _TRANSPARENT or operation(node) in self.sought
        if node.op in ("neg", "'", *_SUMS):
            return True
        scaled = node.op in ("*", "/") and any(arg.op == "number" for arg in node.args)
        ones = node.op == "fill" and node.args[0].op == "number"
        square = node.op in ("^", ".^") and is_number(node.args[1], 2) and node.args[0].rank < 2
        return scaled or ones or square or (wide and node.op in _TRANSPARENT)

    def _agrees(self, part: _StablePart, tree: Expr) -> bool:
        """Whether the values are the same; of what cannot be decided nothing is changed."""
        left, right = (
            Program(each, self._variables(part), "", self.language) for each in (part.tree, tree)
        )
        return decide_by_value(left, right).verdict == EQUAL

    def _variables(self, part: _StablePart) -> dict[str, Variable]:
        """Those in a part, of which the hidden ones may be anything."""
        return {
            name: self.variables[name]
            if name not in part.hidden
            else Variable(name, free_kind(len(shape)), shape)
            for name, shape in _names(part.tree).items()
        }

    def _show(self, tree: Expr, hidden: Mapping[str, Expr]) -> Expr:
        """The tree with what the hidden variables stand for."""

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if node.op != "variable" or node.value not in hidden:
                return node.with_args(args)
            stands = hidden[node.value]
            return transpose(stands) if stands.row != node.row else stands

        return tree.fold(rule)
