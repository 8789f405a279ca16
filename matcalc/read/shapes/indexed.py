"""Bound indices: entries ``A[i, j+1]``, binders ``sum[i<j](E)``, arrays ``F[i, k] = E``.

A range that is not written is the axis that the index is on by itself. All such axes of one
index are equal. Where the text says nothing or two things, it is refused.
"""

from __future__ import annotations

from matcalc.core.dims import ONE, ZERO, Dim, Shape, combine_terms, names_in
from matcalc.core.errors import ShapeError, Span
from matcalc.core.indexed import (
    AffineIndex,
    Condition,
    Form,
    Index,
    Reduction,
    free_indices,
)
from matcalc.core.operations import LINEAR
from matcalc.core.tree import Expr
from matcalc.core.walk import fold, postorder
from matcalc.read.shapes.blocks import lookup_hint
from matcalc.read.shapes.context import Cause, Context, IndexUse
from matcalc.read.shapes.tensors import suggest_tensor
from matcalc.read.syntax.binders import Affine, affine, plus
from matcalc.read.syntax.nodes import Binding, BoundIndex, SyntaxNode, children

_SYMBOLS = {"delta": ("eye", 2), "epsilon": ("epsilon", 3), "vec": ("fuse", 3)}
_LITERAL = frozenset({"number", "constant", "dimension"})  # stay in the body


def index(context: Context, node: SyntaxNode) -> Expr:
    """The value of an index."""
    return context.make("index", (), (), node, value=_index(context, node.value))


def _index(context: Context, bound: object) -> Index:
    """The index of a name that is bound, with its range where that is written."""
    assert isinstance(bound, BoundIndex)
    known = context.indices.by_bound.get(bound)
    if known is not None:
        return known
    made = Index(bound.name, context.unifier.fresh())
    if bound.first is not None:
        made.start = _end(context, bound.first, last=False)
    if bound.last is not None:
        last = _end(context, bound.last, last=True)
        made.size = last.plus(made.start, -1).plus(ONE)
        _require_values(context, bound, made)
        context.indices.written.add(made)
    elif bound.first is not None:  # up to the end of the axis
        context.indices.ends[made] = made.size
        made.size = made.size.plus(made.start, -1).plus(ONE)
    context.indices.by_bound[bound] = made
    return made


def _require_values(context: Context, bound: BoundIndex, made: Index) -> None:
    """Refuses an index without values."""
    ends = [end for end in (bound.first, bound.last) if end is not None]
    if not made.size.possible and ends:
        raise context.problem(
            f"no value of {bound.name} is in this range",
            Span(ends[0].start, ends[-1].end),
            "both ends are included, as in i=1:n",
        )


def _end(context: Context, node: SyntaxNode, *, last: bool) -> Dim:
    """The lowest first, or the highest last value of an index whose range may depend on others."""
    terms, offset = affine(node, context.source)
    for bound, c in terms:
        other = _index(context, bound)
        edge = other.start.plus(other.size).plus(ONE, -1) if last == (c > 0) else other.start
        offset = offset.plus(edge, c)
    return offset


def entries(context: Context, node: SyntaxNode, arg: Expr | None) -> Expr:
    """``A[i, :]``, ``x[i+1]`` with bound indices; without an argument those of ``delta``."""
    places = node.args[1:]
    if arg is None:
        arg = _symbol(context, node)
    context.settle(arg)
    if arg.rank != len(places):
        raise _count_error(context, node, arg)
    arg = _ranges(context, node, arg)
    found: list[AffineIndex | None] = []
    for part, axis in zip(places, arg.shape, strict=True):
        if part.kind in (":", "range"):
            found.append(None)
            continue
        place = _place(context, _affine(context, part, axis))
        found.append(place)
        _along(context, IndexUse(place, arg, axis, part))
    kept = tuple([axis for axis, place in zip(arg.shape, found, strict=True) if place is None])
    row = len(kept) == 1 and (arg.row if arg.rank == 1 else found[0] is not None)
    return context.make("at", (arg,), kept, node, row=row, value=tuple(found))


def _symbol(context: Context, node: SyntaxNode) -> Expr:
    """The array of which ``delta[i,j]``, ``epsilon[i,j,k]`` and ``vec[k,i,j]`` are entries."""
    name, rank = _SYMBOLS[str(node.args[0].value)]
    fresh = context.unifier.fresh
    if name == "eye":
        size = fresh()
        shape: Shape = (size, size)
    elif name == "epsilon":
        shape = (Dim(3, ()),) * rank
    else:
        inner, outer = fresh(), fresh()
        shape = (context.unifier.product(inner, outer), inner, outer)
    return context.make(name, (), shape, node.args[0])


def _count_error(context: Context, node: SyntaxNode, arg: Expr) -> ShapeError:
    count = len(node.args) - 1
    if not arg.shape:
        context.odd("function", arg, node)
        hint = (
            f"declare {context.quote(arg)} as a vector or a matrix"
            if arg.op == "variable"
            else None
        )
        return context.problem("a scalar has no entries", node.span, hint)
    axes = "one place" if arg.rank == 1 else f"{arg.rank} places"
    inside = [context.source[place.start : place.end] for place in node.args[1:]]
    hint = suggest_tensor(context, arg, count)
    if arg.rank == 2 and count == 1:
        base = context.base(arg)
        hint = f"write {base}[{inside[0]}, :] for a row, {base}[:, {inside[0]}] for a column"
    return context.problem(
        f"entries of this have {axes}, not {count}; it is {context.describe(arg)}", node.span, hint
    )


def _ranges(context: Context, node: SyntaxNode, arg: Expr) -> Expr:
    """``X[i, 2:n]`` is ``X[:, 2:n][i, :]``."""
    if all(place.kind != "range" for place in node.args[1:]):
        return arg
    from matcalc.read.shapes.blocks import entries as plain  # noqa: PLC0415 - few have both

    everything = [
        place if place.kind == "range" else SyntaxNode(":", (), place.start, place.end)
        for place in node.args[1:]
    ]
    return plain(
        context, SyntaxNode("entries", (node.args[0], *everything), node.start, node.end), arg
    )


def _affine(context: Context, part: SyntaxNode, axis: Dim) -> Affine:
    looked_up = next((each for each in postorder(part, children) if each.kind == "entries"), None)
    if looked_up is not None:
        text = context.source[looked_up.start : looked_up.end]
        name = context.source[looked_up.args[0].start : looked_up.args[0].end]
        hint = lookup_hint(context, name, axis, f"{text} is the position of one of these")
        raise context.problem(f"{text} is not an index", part.span, hint)
    terms, offset = affine(part, context.source)
    if "end" in offset.letters:
        offset = offset.put(lambda name: context.unifier.resolve(axis) if name == "end" else None)
    return terms, offset


def _place(context: Context, value: Affine) -> AffineIndex:
    terms, offset = value
    return AffineIndex(tuple([(_index(context, bound), c) for bound, c in terms]), offset)


def _along(context: Context, use: IndexUse) -> None:
    """Remembers that an index is on an axis; by itself and without a range it runs along it."""
    indices = context.indices
    plain = use.place.plain
    indices.uses.append(use)
    if plain is None or plain in indices.written:
        return
    first = indices.along.setdefault(plain, use)
    what = f"{plain.name} runs along {{0}} and {{1}}"
    cause = Cause((use.arg, use.axis), (first.arg, first.axis), use.node.span, what, None)
    if not context.unifier.equate(use.axis, indices.ends.get(plain, plain.size), cause):
        raise context.clash(cause)


def binder(context: Context, node: SyntaxNode, body: Expr) -> Expr:
    """``sum[i<j](E)``; of the name ``array`` the array of the values of E."""
    binding = node.value
    assert isinstance(binding, Binding)
    context.settle(body)
    bound = tuple([_index(context, each) for each in binding.bounds])
    conditions = _conditions(context, binding)
    for condition in conditions:
        context.indices.conditioned.update(index for index, _ in condition.place.terms)
        if len(condition.place.terms) == 2:
            (one, _), (other, _) = condition.place.terms
            context.indices.compared.append((one, other))
    for each, own in zip(binding.bounds, bound, strict=True):
        _check_range(context, binding, each, own)
    if binding.name == "array":
        return _array(context, node, body, bound, conditions)
    if body.shape and binding.name not in LINEAR:
        raise context.problem(
            f"{binding.name} over an index needs a scalar, not {context.describe(body)}",
            node.args[0].span,
        )
    value = Reduction(binding.name, bound, conditions)
    reduced = context.make("reduce", (body,), body.shape, node, row=body.row, value=value)
    return _close(context, node, (), reduced)


def _conditions(context: Context, binding: Binding) -> tuple[Condition, ...]:
    """Those that are written, and those of ranges that depend on other indices."""
    found: list[Condition] = []
    for bound in binding.bounds:
        for end, op in ((bound.first, ">="), (bound.last, "<=")):
            if end is not None and (limit := affine(end, context.source))[0]:
                gap = plus((((bound, 1),), ZERO), limit, -1)
                found.append(Condition(op, _place(context, gap)))
    for part in binding.conditions:
        for name in postorder(part, lambda part: part.args):
            if name.kind == "name" and str(name.value) not in context.dimensions:
                raise context.problem(
                    f"nothing says which values {name.value} has",
                    name.span,
                    f"write its range, as in {binding.name}[{name.value}=1:n], or use it",
                )
        left, right = (affine(side, context.source) for side in part.args)
        terms, offset = plus(left, right, -1)
        if len(terms) == 1:
            raise _on_one_index(context, binding, part, terms[0][0].name)
        found.append(Condition(part.kind, _place(context, (terms, offset))))
    return tuple(found)


def _on_one_index(context: Context, binding: Binding, part: SyntaxNode, name: str) -> ShapeError:
    """The error for a condition on one index that is not an end of its range, as ``i != 3``."""
    hint = None if part.kind == "!=" else f"write a range, as in {binding.name}[{name}=1:n]"
    others = [side for side in part.args if str(side.value) != name]
    if part.kind == "!=" and binding.name == "sum" and len(others) == 1:
        limit = context.source[others[0].start : others[0].end].strip()
        before = "" if limit == "1" else f"sum[{name}<{limit}](...) + "
        hint = f"write {before}sum[{name}>{limit}](...)"
    return context.problem("only an end of the range can be a condition here", part.span, hint)


def _check_range(context: Context, binding: Binding, bound: BoundIndex, own: Index) -> None:
    """Refuses an index whose range is not written and does not follow, or follows in two ways."""
    indices = context.indices
    if own in indices.written:
        return
    alone = [use for use in indices.uses if [own] == [each for each, _ in use.place.terms]]
    shifted = [use for use in alone if use.place.plain is None and use.place.terms[0][1] == 1]
    name = own.name
    along = indices.along.get(own)
    head = "F" if binding.name == "array" else binding.name
    if along is not None and (not shifted or own in indices.ends):
        return
    if along is None and not shifted and own not in indices.ends:
        for other in [other for pair in indices.compared if own in pair for other in pair]:
            if other is not own and (other in indices.along or other in indices.written):
                if bound.implied:
                    raise _limit_or_index(context, binding, bound, other)
                own.start, own.size = other.start, other.size
                return
    ranges = {
        _entry(context, use): _written_range(context, use)
        for use in ([along] if along is not None else []) + shifted
    }
    if not ranges:
        raise context.problem(
            f"nothing says which values {name} has",
            bound.span,
            f"write its range, as in {head}[{name}=1:n]",
        )
    said = " and ".join(f"{values} by {text}" for text, values in ranges.items())
    starts = [ZERO.plus(use.place.offset, -1) for use in shifted] + [ZERO] * (along is not None)
    hint = f"write a range in which all are, as in {head}[{name}=1:n]"
    numbers = [start.integer for start in starts]
    if along is not None and all(number is not None for number in numbers):
        low = max(number for number in numbers if number is not None)
        high = min(number for number in numbers if number is not None)
        size = context.final(along.axis, context.names())
        hint = f"write {head}[{name}={low + 1}:{size.plus(Dim(high, ()))}]"
    if len(ranges) == 1:
        raise context.problem(f"the range of {name} is not written: {said}", bound.span, hint)
    raise context.problem(f"{name} has two ranges: {said}", bound.span, hint)


def _limit_or_index(
    context: Context, binding: Binding, bound: BoundIndex, other: Index
) -> ShapeError:
    """The error for the n of ``sum[i<n](x[i]/n)``, which is on no axis."""
    name = bound.name
    within = [
        place
        for place in binding.places
        if any(
            part.value is bound or part.value == name
            for part in postorder(place, lambda part: part.args)
        )
    ]
    condition = context.source[within[0].start : within[0].end].strip()
    hint = (
        f'if {name} is a size, declare a variable with it, as in "x: vector({name})"; '
        f"if it is an index, write {binding.name}[{other.name}, {name}, {condition}](...)"
    )
    return context.problem(f"{bound.name} may be a size or an index", bound.span, hint)


def _entry(context: Context, use: IndexUse) -> str:
    """The entry as the text has it, x[i+1] or x_{i+1}."""
    if use.arg.span is None:
        return ""
    text = context.source[use.arg.span.start : use.node.end]
    return text + ("]" if "[" in text else "}" if text.count("{") > text.count("}") else "")


def _written_range(context: Context, use: IndexUse) -> str:
    """The range in which a place is inside its axis: ``0:n - 1`` for i + 1."""
    size = context.final(use.axis, context.names())
    return f"{ONE.plus(use.place.offset, -1)}:{size.plus(use.place.offset, -1)}"


def _array(
    context: Context,
    node: SyntaxNode,
    body: Expr,
    bound: tuple[Index, ...],
    conditions: tuple[Condition, ...],
) -> Expr:
    if body.shape:
        raise context.problem(
            f"an entry is a scalar, and this is {context.describe(body)}", node.args[0].span
        )
    if conditions:
        raise context.problem(
            "the range of an axis cannot depend on another index",
            node.mark,
            "an array has entries everywhere: multiply by a condition, as in (i <= j)*E",
        )
    return _close(context, node, bound, body)


def _close(context: Context, node: SyntaxNode, axes: tuple[Index, ...], body: Expr) -> Expr:
    """An ``indexed`` node of the body, once no index in it is bound further out."""
    free = free_indices(body)
    outside = [index for index in free[id(body)] if index not in axes]
    if outside and axes:
        raise context.problem(
            f"an array cannot be defined for each {outside[0].name}",
            node.mark,
            f"make {outside[0].name} an axis of it",
        )
    if outside:
        return body
    slots: dict[object, int] = {}
    args: list[Expr] = []

    def inner(part: Expr) -> tuple[Expr, ...]:
        return part.args if free[id(part)] or part.op == "reduce" else ()

    def rule(part: Expr, parts: list[Expr]) -> Expr:
        if free[id(part)] or part.op in _LITERAL or part.op == "reduce":
            if all(a is b for a, b in zip(parts, part.args, strict=True)):
                return part
            made = Expr(
                part.op, tuple(parts), part.shape, value=part.value, row=part.row, span=part.span
            )
        else:
            key = part.value if part.op == "variable" else id(part)
            if key not in slots:
                slots[key] = len(args)
                args.append(part)
            made = Expr("slot", (), part.shape, value=slots[key], row=part.row, span=part.span)
        context.made.append(made)
        return made

    form = Form(axes, fold(body, inner, rule))
    context.indices.forms.append(form)
    shape = tuple([index.size for index in axes]) or body.shape
    return context.make("indexed", tuple(args), shape, node, row=body.row, value=form)


def settle_axes(context: Context) -> None:
    """Axes of undeclared variables that only ranges say the size of, and places that are never
    inside.
    """
    ends: dict[Dim, list[tuple[Dim, IndexUse]]] = {}
    for use in context.indices.uses:
        axis = context.unifier.resolve(use.axis)
        ranged = use.place.plain is None or use.place.plain in context.indices.written
        if use.place.terms and ranged and (axis.plain or "")[:1] == "?":
            ends.setdefault(axis, []).append((_extreme(context, use.place, last=True), use))
    for axis in map(context.unifier.resolve, context.indices.ends.values()):
        ends.pop(axis, None)  # a range without an end has all that follow
    for axis, found in ends.items():
        last, use = found[0]
        for other, _ in found[1:]:
            gap = other.plus(last, -1)
            if all(c > 0 for c, _ in gap.terms):
                last = other
            elif not all(c < 0 for c, _ in gap.terms):
                raise context.problem(
                    f"the size of {context.quote(use.arg)} does not follow",
                    use.node.span,
                    f"declare {context.quote(use.arg)}",
                )
        if context.unifier.resolve(axis) == axis and axis.plain not in last.letters:
            cause = Cause((use.arg, axis), (use.arg, last), use.node.span, "{0}", None)
            context.unifier.equate(axis, last, cause)


def _extreme(context: Context, place: AffineIndex, *, last: bool) -> Dim:
    """The first or the last place, where all indices vary freely."""
    terms = list(place.offset.terms)
    for index, c in place.terms:
        terms += [(c * scale, names) for scale, names in index.start.terms]
        if last == (c > 0):
            terms += [(c * scale, names) for scale, names in index.size.terms]
            terms.append((-c, ()))
    return context.unifier.resolve(combine_terms(terms))


def _is_outside(room: Dim) -> bool:
    """Whether what has to be positive is not, unless some sizes are hardly more than 1."""
    lettered = [(c, letters) for c, letters in room.terms if letters]
    if not lettered:
        return not room.scale or all(c < 0 for c, _ in room.terms)
    return all(c < 0 for c, _ in lettered) and room.size(dict.fromkeys(room.letters, 3)) <= 0


def finish(context: Context, names: dict[str, str]) -> None:
    """Writes the sizes that are known now into indices, places and forms."""
    indices = context.indices
    room: dict[Index, list[Dim]] = {}
    for use in indices.uses:
        own = [index for index, _ in use.place.terms]
        if not own or (len(own) > 1 and not indices.conditioned.isdisjoint(own)):
            continue
        first = _extreme(context, use.place, last=False)
        behind = context.unifier.resolve(use.axis).plus(_extreme(context, use.place, last=True), -1)
        if _is_outside(first) or _is_outside(behind.plus(ONE)):
            hint = "entries are counted from 1"
            if len(own) > 1:
                hint += "; leave out the others by a condition, as in sum[j<=i](k[j]*x[i-j+1])"
            raise context.problem(
                f"{context.describe(use.arg)} has no such entry for all values of "
                f"{' and '.join(index.name for index in own)}",
                use.node.span,
                hint,
            )
        for size in (first, behind.plus(ONE)):
            if size.rest or not size.letters:
                for index in own:
                    room.setdefault(index, []).append(context.final(size, names))
    for bound, index in indices.by_bound.items():
        index.start = context.final(index.start, names)
        index.size = context.final(index.size, names)
        _require_values(context, bound, index)
    for expr in context.made:
        if expr.op == "at":
            expr.value = tuple(
                [
                    None
                    if place is None
                    else AffineIndex(place.terms, context.final(place.offset, names))
                    for place in expr.value
                ]
            )
    for form in indices.forms:
        reductions = [part.value for part in form.body.parts if part.op == "reduce"]
        inside = [index for each in reductions for index in each.indices]
        needed = [size for index in (*form.indices, *inside) for size in room.get(index, [])]
        sizes = [index.size for index in inside]
        offsets = [each.place.offset for reduction in reductions for each in reduction.conditions]
        sizes += [Dim(1, (name,)) for name in names_in(offsets)]
        for part in [each for each in form.body.parts if each.op == "at"]:
            for place, axis in zip(part.value, part.args[0].shape, strict=True):
                if place is not None and place.offset.letters and not place.terms:  # X[i,k], one k
                    left = axis.plus(place.offset, -1).plus(ONE)
                    sizes += [context.final(size, names) for size in (place.offset, left)]
        form.room = tuple(dict.fromkeys([*sizes, *needed]))
