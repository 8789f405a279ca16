"""Which names are indices: those that a binder around them binds, ``i`` in ``sum[i](x[i]*y[i])``.

An index holds in the body of its binder, and in the square brackets after the place where it
comes first. It hides what has its name outside. In a condition every name that is a place by
itself in the body is an index, one that a binder further out binds or a new one of this binder:
``sum[i<j](A[i,j])`` binds both. Other names are sizes, and so are those that variables are declared
with: the n of ``sum[i<n](x[i]/n)`` where x is a ``vector(n)``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from fractions import Fraction

from matcalc.core.dims import ZERO, Dim, dim
from matcalc.core.errors import ParseError
from matcalc.core.operations import COMPARISONS, MIRRORED, OF_ENTRIES, OVER_INDICES
from matcalc.core.walk import fold, postorder
from matcalc.read.syntax.nodes import (
    Binding,
    BoundIndex,
    Loop,
    Statement,
    SyntaxNode,
    WhereNode,
    children,
    flat,
)

NORMALISED = ("softmax",)  # at each value of an index that is bound around them
BINDERS = tuple(sorted(OVER_INDICES, key=lambda name: name in OF_ENTRIES))  # sums first
_PLACES = ("name", "bounds", *COMPARISONS)  # what may be in the brackets of a binder
_MOST_COPIED = 20_000  # nodes, for softmax inside softmax
_MOST = 8  # indices of one binder: an array has no more axes
_Names = Mapping[str, BoundIndex]
Affine = tuple[
    tuple[tuple[BoundIndex, int], ...], Dim
]  # coefficients of indices, and what is added


def bind(statements: list[Statement], source: str, sizes: Iterable[str] = ()) -> None:
    """Makes ``index`` nodes of the names that binders bind, in place; ParseError where what stands
    in the brackets of a binder is not an index, range or condition. ``sizes`` are the names in the
    sizes of declared variables; the text may declare more.
    """
    known = frozenset([*sizes, *_declared_sizes(statements)])
    counts = {name for loop in flat(statements) for name in _place_names(loop)}
    room = _MOST_COPIED
    for statement in flat(statements):
        _define(statement, counts, source)
        todo: list[tuple[SyntaxNode, _Names]] = [(statement.body, {})]
        while todo:
            node, names = todo.pop()
            if node.kind == "name":
                _resolve(node, names)
            elif isinstance(node.value, Binding) and node.value.name in NORMALISED:
                room = _normalise(node, node.value, names, source, room)
                todo.append((node, names))
            elif isinstance(node.value, Binding):
                names = _bind(node, node.value, names, source, known)
                todo += [(arg, names) for arg in node.args]
            else:
                todo += [(arg, names) for arg in node.args]
                if isinstance(node, WhereNode):
                    todo += [(definition.body, names) for definition in node.definitions]


def _place_names(statement: Statement) -> list[str]:
    """The index of a loop and the names in its range: they say places, and bind nothing."""
    if not isinstance(statement, Loop):
        return []
    parts = postorder(statement.body, children)
    return [statement.name, *(str(part.value) for part in parts if part.kind == "name")]


def _declared_sizes(statements: list[Statement]) -> list[str]:
    """The names in the declarations of a text: those of sizes, beside those of kinds."""
    declared = [one.body for one in statements if one.role == "declaration"]
    parts = [part for body in declared for part in postorder(body, children)]
    return [str(part.value) for part in parts if part.kind == "name"]


def _define(statement: Statement, counts: Container[str], source: str) -> None:
    """Makes the definition of a member of ``f[0] = x``, which binds nothing and so is not an array.

    Raises ParseError for ``F[t,:] = E`` in a loop of t, which would be a row of an array.
    """
    binding = statement.body.value
    if not isinstance(binding, Binding) or binding.name != "array":
        return
    parts = [part for place in binding.places for part in postorder(place, children)]
    whole = next((part for part in parts if source[part.start : part.end] == ":"), None)
    if whole is not None and any(part.kind == "name" and part.value in counts for part in parts):
        raise ParseError(
            "a loop defines members of families, not rows or columns of an array",
            source=source,
            span=whole.span,
            hint=f"write {statement.name}[k] = E for a member, and {statement.name}[k][i] for its "
            "entries",
        )
    if all(part.kind != "name" or part.value in counts for part in parts) and all(
        place.kind != "bounds" for place in binding.places
    ):
        statement.places = tuple(binding.places)
        statement.body = statement.body.args[0]


def _normalise(node: SyntaxNode, binding: Binding, names: _Names, source: str, room: int) -> int:
    """softmax[j](E) as exp(E - logsumexp[j](E)), in place; the j of the sum hides the other one.

    Returns how many nodes may still be copied.
    """
    for place in binding.places:
        named = place.args[0] if place.kind == "bounds" else place
        if place.kind not in _PLACES:
            raise _misplaced_error(binding, place, source)
        if named.kind == "name" and str(named.value) not in names:
            raise ParseError(
                f"{binding.name}[{named.value}](...) has a value for each {named.value}, which "
                "nothing around it binds",
                source=source,
                span=named.span,
                hint=f"write F[{named.value}] = {binding.name}[{named.value}](...), or a sum over "
                f"{named.value} around it",
            )
    (body,) = node.args
    room -= len(postorder(body, children))
    if room < 0:
        raise ParseError(
            f"{binding.name} is nested too deeply to be unrolled",
            source=source,
            span=node.mark,
            hint=f"name what is inside: F[i,j] = {binding.name}[j](...)",
        )
    inner = Binding("logsumexp", binding.places)
    copy = (_copy(body),)
    total = SyntaxNode("binder", copy, node.start, node.end, mark=node.mark, value=inner)
    shifted = SyntaxNode("-", (body, total), node.start, node.end, mark=node.mark)
    node.kind, node.args, node.value = "call", (shifted,), "exp"
    return room


def _copy(root: SyntaxNode) -> SyntaxNode:
    """A copy, of which the names can get a meaning of their own."""

    def rule(node: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
        value = node.value
        if isinstance(value, Binding):
            value = Binding(value.name, [_copy(place) for place in value.places])
        if isinstance(node, WhereNode):
            definitions = [
                Statement(each.role, _copy(each.body), each.name, each.name_span)
                for each in node.definitions
            ]
            return WhereNode(args[0], definitions)
        return SyntaxNode(node.kind, tuple(args), node.start, node.end, mark=node.mark, value=value)

    return fold(root, children, rule)


def _resolve(node: SyntaxNode, names: _Names) -> None:
    bound = names.get(str(node.value))
    if bound is not None:
        node.kind, node.value = "index", bound


def _bind(
    node: SyntaxNode, binding: Binding, names: _Names, source: str, sizes: Container[str]
) -> _Names:
    """The names that hold in the body."""
    if binding.name != "array" and binding.name not in BINDERS:
        raise ParseError(
            f"{binding.name} is not an operation over indices",
            source=source,
            span=node.mark,
            hint=f"the operations over indices are {', '.join((*BINDERS, *NORMALISED))}",
        )
    inside = dict(names)
    bounds: list[BoundIndex] = []
    conditions: list[SyntaxNode] = []

    def add(
        name: SyntaxNode,
        first: SyntaxNode | None = None,
        last: SyntaxNode | None = None,
        *,
        implied: bool = False,
    ) -> None:
        bound = BoundIndex(str(name.value), name.span, first, last, implied=implied)
        if any(each.name == bound.name for each in bounds):
            raise ParseError(
                f"{bound.name} is bound twice",
                source=source,
                span=name.span,
                hint="give one of the indices another name",
            )
        bounds.append(bound)
        inside[bound.name] = bound

    conditioned = any(place.kind in COMPARISONS for place in binding.places)
    stands = _places(node) if conditioned else frozenset()
    for place in binding.places:
        if place.kind == "name":
            add(place)
        elif place.kind == "bounds":
            name, *ends = place.args
            for part in [part for end in ends for part in postorder(end, children)]:
                if part.kind == "name":
                    _resolve(part, inside)
            add(name, *ends)
        elif place.kind in COMPARISONS and binding.name != "array":
            named = [part for part in postorder(place, children) if part.kind == "name"]
            fresh = [part for part in named if str(part.value) not in inside]
            indices = [part for part in fresh if str(part.value) in stands]
            if len(fresh) < len(named) or any(str(part.value) not in sizes for part in indices):
                indices = [part for part in indices if str(part.value) not in sizes]
            for part in fresh if len(fresh) == len(named) and not indices else indices:
                if str(part.value) not in inside:
                    add(part, implied=True)
            if not _is_limit(place, bounds, inside):
                for part in named:
                    _resolve(part, inside)
                conditions.append(place)
        else:
            raise _misplaced_error(binding, place, source)
    if len(bounds) > _MOST:
        message = f"{binding.name} over {len(bounds)} indices; the limit is {_MOST}"
        raise ParseError(message, source=source, span=node.mark)
    binding.bounds, binding.conditions = tuple(bounds), tuple(conditions)
    return inside


def _is_limit(place: SyntaxNode, bounds: list[BoundIndex], inside: _Names) -> bool:
    """Makes a range of a condition between an index of this binder and what has no index, as in
    ``i >= 2``; whether it is one, and the range has no such end yet.
    """
    left, right = place.args
    op = place.kind
    if str(right.value) in {bound.name for bound in bounds} and right.kind == "name":
        left, right, op = right, left, MIRRORED[op]
    bound = next((bound for bound in bounds if bound.name == str(left.value)), None)
    parts = postorder(right, children)
    fixed = all(part.kind != "name" or str(part.value) not in inside for part in parts)
    if bound is None or left.kind != "name" or not fixed or op == "!=":
        return False
    first = _move(right, 1) if op == ">" else right if op in (">=", "==") else None
    last = _move(right, -1) if op == "<" else right if op in ("<=", "==") else None
    if (first and bound.first) or (last and bound.last):
        return False
    bound.first, bound.last = first or bound.first, last or bound.last
    return True


def _move(end: SyntaxNode, step: int) -> SyntaxNode:
    """One more, or one less."""
    one = SyntaxNode("number", (), end.start, end.end, value=Fraction(1))
    if end.kind == "number" and isinstance(end.value, Fraction):
        return SyntaxNode("number", (), end.start, end.end, value=end.value + step)
    return SyntaxNode("+" if step > 0 else "-", (end, one), end.start, end.end, mark=end.span)


def _places(node: SyntaxNode) -> frozenset[str]:
    """The names that stand by themselves in the body of a binder, as places or as values."""
    inside = postorder(node.args[0], children)
    places = [place for each in inside if each.kind == "entries" for place in each.args[1:]]
    wider = [place for place in places if place.kind != "name"]
    within = {id(part) for place in wider for part in postorder(place, children)}
    lone = [part for part in inside if part.kind == "name" and id(part) not in within]
    return frozenset([str(part.value) for part in lone])


def _misplaced_error(binding: Binding, place: SyntaxNode, source: str) -> ParseError:
    written = source[place.start : place.end]
    if binding.name == "array":
        message = f"the entries of an array are defined at indices, and {written} is not an index"
        hint = "write names of indices, with a range where none follows: F[i, k=1:m] = ..."
    else:
        message = f"{written} is not an index, range or condition"
        hint = (
            f"write {binding.name}[i](...), {binding.name}[i=1:n](...) or {binding.name}[i<j](...)"
        )
    return ParseError(message, source=source, span=place.span, hint=hint)


def affine(node: SyntaxNode, source: str) -> Affine:
    """A place as a sum of indices, names of sizes and numbers: the coefficients of the indices, and
    the rest; ParseError where it is none.
    """

    def rule(part: SyntaxNode, args: list[Affine]) -> Affine:
        if part.kind == "index" and isinstance(part.value, BoundIndex):
            return ((part.value, 1),), ZERO
        if part.kind in ("name", "size"):
            return (), dim(str(part.value))
        if part.kind == "number" and part.value.denominator == 1:  # type: ignore[union-attr]
            return (), dim(int(part.value))  # type: ignore[arg-type]
        if part.kind == "neg":
            return scale(args[0], -1)
        if part.kind in ("+", "-"):
            return plus(args[0], args[1], 1 if part.kind == "+" else -1)
        if part.kind == "*":
            for one, other in ((args[0], args[1]), (args[1], args[0])):
                if not one[0] and one[1].integer is not None:
                    return scale(other, one[1].integer)
            if not args[0][0] and not args[1][0]:
                return (), args[0][1].times(args[1][1])
        raise ParseError(
            f"{source[part.start : part.end]} is not an index",
            source=source,
            span=part.span,
            hint="a position is an index, a size or a number, or a sum or difference of these",
        )

    return fold(node, children, rule)


def scale(value: Affine, factor: int) -> Affine:
    """A multiple."""
    terms, start = value
    return tuple([(bound, c * factor) for bound, c in terms if factor]), ZERO.plus(start, factor)


def plus(left: Affine, right: Affine, sign: int) -> Affine:
    """The sum, or with the sign -1 the difference."""
    terms = dict(left[0])
    for bound, c in right[0]:
        terms[bound] = terms.get(bound, 0) + sign * c
    return tuple([(bound, c) for bound, c in terms.items() if c]), left[1].plus(right[1], sign)


def range_names(node: SyntaxNode) -> list[str]:
    """The names of sizes in the ranges of a binder."""
    binding = node.value
    assert isinstance(binding, Binding)
    ends = [end for bound in binding.bounds for end in (bound.first, bound.last) if end is not None]
    return [
        str(part.value) for end in ends for part in postorder(end, children) if part.kind == "name"
    ]
