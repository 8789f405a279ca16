"""The differential of sums over indices and of arrays that are given by their entries: that of the
body, with the same indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.core.dims import ZERO, names_in
from matcalc.core.indexed import AffineIndex, Form, Index, Reduction
from matcalc.core.tree import Expr, variable_names
from matcalc.explain.definitions import expand_by_catalogue
from matcalc.explain.instances import CannotShow, Trees
from matcalc.explain.norms import find_needed_parts, moving_args

_LETTERS = "ijklpqrstuvw"
IndexedRule = Callable[[Expr, list[list[Expr]]], list[Expr]]


def of_entries(
    trees: Trees,
    expr: Expr,
    parts: Sequence[list[Expr]],
    rule: IndexedRule,
    used: list[str],
    own: Expr | None = None,
) -> Expr:
    """``sum[i](2*x[i]*dx[i])`` for ``sum[i](x[i]^2)``: ``parts`` are the differentials of what the
    form is made of, ``rule`` gives those of a node of its body from those of its arguments, and
    ``used`` collects the names of definitions. ``own`` is a name of the array, which stands for its
    entries again: dK[i,j] = K[i,j]*... CannotShow for products and extremes over indices.
    """
    body = _expand(trees, trees.intern(expr.value.body), parts, used)
    count = len(expr.args)
    known: dict[int, list[Expr]] = {}
    for node in find_needed_parts(body):
        inside = [known[id(arg)] for arg in moving_args(node)]
        if node.op == "slot":
            moving = trees.factory.make("slot", (), node.shape, count + node.value, node.row)
            known[id(node)] = [moving] if parts[node.value] else []
        elif not any(inside):
            known[id(node)] = []
        elif node.op in ("at", "reduce"):
            known[id(node)] = [_linear(trees, node, inside[0])]
        else:
            known[id(node)] = rule(node, inside)
    moved = [trees.sum(terms, arg) for terms, arg in zip(parts, expr.args, strict=True)]
    terms, args = known[id(body)], [*expr.args, *moved]
    if own is not None and expr.value.indices:
        entry = trees.factory.make("slot", (), own.shape, len(args))
        places = tuple([AffineIndex(((index, 1),), ZERO) for index in expr.value.indices])
        entry = trees.factory.make("at", (entry,), (), places)
        terms, args = [trees.replace(term, {id(body): entry}) for term in terms], [*args, own]
    return _form(trees, expr, trees.sum(terms, body), args)


def _linear(trees: Trees, node: Expr, terms: list[Expr]) -> Expr:
    """Entries and sums, which are linear."""
    if node.op == "reduce" and node.value.name != "sum":
        raise CannotShow(f"the differential of a {node.value.name} over indices is not written out")
    inner = trees.sum(terms, node.args[0])
    return trees.factory.remake(node, [inner])


def _expand(trees: Trees, body: Expr, parts: Sequence[list[Expr]], used: list[str]) -> Expr:
    """The body with what is defined by other functions and moves written out."""
    made: dict[int, Expr] = {}
    moving: set[int] = set()
    for node in body.parts:
        fresh = trees.factory.remake(node, [made[id(arg)] for arg in node.args])
        if any(id(arg) in moving for arg in node.args) or (node.op == "slot" and parts[node.value]):
            moving.add(id(node))
            fresh = expand_by_catalogue(trees, fresh, used)
        made[id(node)] = fresh
    return made[id(body)]


def _form(trees: Trees, like: Expr, body: Expr, args: Sequence[Expr]) -> Expr:
    """An indexed node of this body; arguments that it does not have are left out."""
    there = sorted({node.value for node in body.parts if node.op == "slot"})
    places = {old: new for new, old in enumerate(there)}

    def rule(node: Expr, inner: list[Expr]) -> Expr:
        value = places[node.value] if node.op == "slot" else node.value
        return trees.factory.make(node.op, tuple(inner), node.shape, value, node.row)

    form = Form(like.value.indices, body.fold(rule), like.value.room)
    kept = tuple([args[old] for old in there])
    return trees.factory.make("indexed", kept, like.shape, form, like.row)


def is_given_by_entries(answer: Expr) -> bool:
    """Whether a gradient is multiplied by the differential entry by entry, as in index notation."""
    return answer.is_tensor or (answer.op == "indexed" and bool(answer.value.indices))


def by_entries(trees: Trees, factor: Expr, step: Expr) -> Expr:
    """``sum[i, k](D[i,k]*dX[i,k])`` for a gradient ``D``, with its entries as they are given."""
    make = trees.factory.make
    args, body = [factor], make("slot", (), factor.shape, 0)
    if factor.op == "indexed":
        body, args = trees.intern(factor.value.body), list(factor.args)
        indices = factor.value.indices
    else:
        named = zip(_letters(factor), factor.shape, strict=False)
        indices = tuple([Index(letter, size) for letter, size in named])
    places = tuple([AffineIndex(((index, 1),), ZERO) for index in indices])
    if factor.op != "indexed":
        body = make("at", (body,), (), places)
    moving = make("at", (make("slot", (), step.shape, len(args)),), (), places)
    product = make("reduce", (trees.times(body, moving),), (), Reduction("sum", indices))
    room = factor.value.room if factor.op == "indexed" else ()
    return make("indexed", (*args, step), (), Form((), product, (*room, *factor.shape)))


def _letters(expr: Expr) -> list[str]:
    """Letters for indices that are not names of the expression."""
    taken = variable_names(expr)
    taken |= set(names_in(expr.shape))
    return [letter for letter in _LETTERS if letter not in taken]
