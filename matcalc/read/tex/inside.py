r"""Derivatives inside a formula: \det \frac{\partial F}{\partial x}, \|\nabla_x f(x)\|^2,
\Delta_x (x^\top A x). They become ``jacobian(F, x)``, ``grad(f, x)``, ``lap(f, x)``.

A sign reaches to the end of the product. Where a part of that product may be all that is
differentiated, both readings are named.
"""

from __future__ import annotations

from dataclasses import replace

from matcalc.core.errors import MatcalcError, Span
from matcalc.core.walk import postorder
from matcalc.read.syntax.nodes import children
from matcalc.read.tex import indices
from matcalc.read.tex.derivatives import SIGNS, STACKED, TRANSPOSED
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.values import BeyondProducts, Maker, Value, call_function, transpose

_PRODUCTS = frozenset({"*", ".", ".*", "x", "/", "./", "⊗", "frobenius"})
_LINEAR = _PRODUCTS | {"neg", "+", "-", "transpose"}
_MOST_AXES = 2  # of what stands for each setting of its indices


def derivative(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """The value of a derivative that is a part of a formula."""
    (body,) = args
    if not phrase.parts:
        raise resolver.scope.refusal(
            r"\nabla inside a formula does not name its variable",
            phrase.span,
            r"write \nabla_x, with the variable",
        )
    if resolver.scope.complex is not None:
        raise resolver.scope.refusal(
            "a derivative inside a formula with complex variables is not supported",
            phrase.span,
            "matcalc diff finds the derivatives by z and by its conjugate; write these",
        )
    if STACKED in phrase.text:
        raise resolver.scope.refusal(
            r"a derivative by \operatorname{vec} inside a formula is not supported",
            phrase.span,
            "matcalc diff finds it, with --notation kronecker; write what it is",
        )
    variables = [resolver.letters.letter(part) for part in phrase.parts]
    if resolver.letters.changed:
        return body
    refuse_reach(resolver, phrase)
    for part, variable in zip(phrase.parts, variables, strict=True):
        _require_variable(resolver, phrase, part, variable)
    if phrase.kind == "derivative":
        (x,) = variables
        return operator(resolver, phrase, phrase.text, body, x)
    twice = variables * 2 if len(variables) == 1 and phrase.order == 2 else variables
    if len(twice) == 2 and _is_by_two_entries(body, twice):
        return _by_two_entries(resolver, phrase, body, twice)
    if len(variables) > 1:
        return _mixed(resolver, phrase, body, variables)
    (x,) = variables
    if body.indexed or x.indexed:
        return _of_entries(resolver, phrase, body, x)
    if x.node.kind == "entries":
        return _by_entry(resolver, phrase, body, x)
    return _by_whole(resolver, phrase, body, x)


def note_layout(resolver: ResolverBase, phrase: Phrase, body: Value) -> None:
    r"""Says of \frac{\partial f}{\partial x^\top} and \frac{\partial y^\top}{\partial x} before the
    whole formula that their transpose is printed.
    """
    turned = TRANSPOSED in phrase.text
    if phrase.order == 1 and (body.row if not turned else not body.order):
        what = "the Jacobian of the column" if body.row else "the gradient"
        resolver.scope.note(
            f"note: what is printed is {what}; {resolver.quote(phrase)} is its transpose"
        )


def note_part(resolver: ResolverBase, root: Phrase) -> None:
    r"""Says of -\nabla_x f and x - \nabla_x f that a derivative of them is another one."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part.kind in SIGNS:
            resolver.scope.note(
                f"note: {resolver.quote(part)} is a part of what is differentiated here; matcalc "
                "simplify, in Python simplify(), finds the value"
            )
        if part.kind in _LINEAR:
            stack += part.args[::-1]


def operator(resolver: ResolverBase, phrase: Phrase, name: str, body: Value, x: Value) -> Value:
    r"""\Delta_x f, \nabla_x \cdot F, \operatorname{hessian}(f, x)."""
    resolver.require_unindexed(phrase, [body, x])
    make = Maker(phrase)
    node = make.call(name, _column(make, body).node, x.node)
    if name == "jacobian" and not body.rank:
        return Value(node, x.rank, row=x.rank == 1)
    ranks = {"grad": x.rank, "hessian": 2 * x.rank, "jacobian": body.rank + x.rank}
    return Value(node, ranks.get(name, 0))


# -- by one variable
# ----------------------------------------------------------------------------------------


def _by_whole(resolver: ResolverBase, phrase: Phrase, body: Value, x: Value) -> Value:
    """The derivative with respect to a variable, as often as the sign says."""
    make = Maker(phrase)
    if phrase.order == 1:
        return _once(resolver, phrase, body, x, turned=phrase.text == TRANSPOSED)
    if not body.rank:
        if x.rank and phrase.order == 2:
            _note_hessian(resolver, phrase)
        value = Value(make.call("hessian", body.node, x.node), 2 * x.rank)
    else:
        value = _jacobian(make, _jacobian(make, _column(make, body), x), x)
    for _ in range(phrase.order - 2):
        value = _jacobian(make, value, x)
    return transpose(make, value) if body.row and value.rank == 1 else value


def _note_hessian(resolver: ResolverBase, phrase: Phrase) -> None:
    sign = resolver.scope.source[phrase.start : phrase.args[0].start]
    if r"\nabla" in sign or "∇" in sign:
        x = _show(resolver, phrase.parts[0])
        resolver.scope.note(
            rf"note: {resolver.quote(phrase)} is read as the Hessian; \Delta_{x} is the Laplacian"
        )


def _once(resolver: ResolverBase, phrase: Phrase, body: Value, x: Value, *, turned: bool) -> Value:
    r"""The first derivative; ``turned`` by x^\top, which makes a row of a gradient and says that
    the Jacobian has one row for each entry of what is differentiated.
    """
    make = Maker(phrase)
    if not body.rank:
        gradient = Value(make.call("grad", body.node, x.node), x.rank)
        return transpose(make, gradient) if turned and x.rank else gradient
    result = _jacobian(make, _column(make, body), x)
    if not x.rank:
        return transpose(make, result) if body.row else result
    if body.rank == x.rank == 1 and not (body.row and turned):
        if body.row:
            return transpose(make, result)
        if not turned:
            shown = resolver.quote(phrase)
            resolver.scope.note(
                f"note: {shown} is read as the Jacobian, with a row for each entry of "
                f"{resolver.quote(phrase.args[0])}"
            )
        return result
    if body.row or turned:
        raise resolver.problem(
            f"the derivative of {resolver.kind_of(body)} by {'the transpose of ' * turned}"
            f"{resolver.kind_of(x)} has no layout of its own",
            phrase,
            r"write \frac{\partial y}{\partial x^\top} of a column for the Jacobian, and its "
            r"transpose as (\ldots)^\top",
        )
    return result


def _jacobian(make: Maker, body: Value, x: Value) -> Value:
    if not body.rank:
        return Value(make.call("grad", body.node, x.node), x.rank)
    return Value(make.call("jacobian", body.node, x.node), body.rank + x.rank)


def _column(make: Maker, value: Value) -> Value:
    return transpose(make, value) if value.row else value


def _mixed(resolver: ResolverBase, phrase: Phrase, body: Value, variables: list[Value]) -> Value:
    r"""\frac{\partial^2 f}{\partial x \partial y^\top}, the matrix with a row for each entry of x;
    by numbers in any order.
    """
    make = Maker(phrase)
    resolver.require_unindexed(phrase, [body, *variables])
    marked = [(x, mark == TRANSPOSED) for x, mark in zip(variables, phrase.text, strict=True)]
    whole = [each for each in marked if each[0].rank]
    down = [x for x, turned in whole if not turned]
    across = [x for x, turned in whole if turned]
    clear = len(whole) < 2 or (len(down) == len(across) == 1 and not body.rank)
    if (
        not clear
        or any(x.rank > 1 for x, _ in whole)
        or any(x.node.kind != "name" for x, _ in marked)
    ):
        x, y = (resolver.quote(part) for part in phrase.parts[:2])
        raise resolver.problem(
            f"{resolver.quote(phrase)} may have a row for each entry of {x} or of {y}",
            phrase,
            rf"write \frac{{\partial^2 f}}{{\partial {x} \partial {y}^\top}} of a number f for a "
            rf"row for each entry of {x}, {y} and {x}^\top for the other",
        )
    value = _column(make, body)
    for each in [x for x, _ in marked if not x.rank] + down + across:
        value = _jacobian(make, value, each)
    if body.row or (across and not down):
        value = transpose(make, value)
    return value


# -- by entries, and of entries
# ----------------------------------------------------------------------------------------


def _by_entry(resolver: ResolverBase, phrase: Phrase, body: Value, x: Value) -> Value:
    r"""\frac{\partial f}{\partial x_1} and \frac{\partial F}{\partial x_1}: a place of the
    derivative with respect to x.
    """
    make = Maker(phrase)
    base, *places = x.node.args
    rank = len(places)
    if phrase.order > 1 or any(place.kind in (":", "range") for place in places):
        raise _no_variable(resolver, phrase, phrase.parts[0])
    whole = _jacobian(make, _column(make, body), Value(base, rank))
    if body.rank + rank > _MOST_AXES:
        raise _no_variable(resolver, phrase, phrase.parts[0])
    everything = [make.node(":") for _ in range(body.rank)]
    node = make.node("entries", whole.node, *everything, *places)
    column = Value(node, body.rank)
    return transpose(make, column) if body.row else column


def _is_by_two_entries(body: Value, variables: list[Value]) -> bool:
    """Whether a number is differentiated by entries of vectors, at places or at indices that run,
    twice.
    """
    if body.order or body.indexed:
        return False
    places = all(x.node.kind == "entries" and len(x.node.args) == 2 for x in variables)
    running = all(x.scalar and x.rank == len(x.axes) == 1 for x in variables)
    return (places and not any(x.indexed or x.rank for x in variables)) or (
        running and all(x.node.kind == "name" for x in variables)
    )


def _by_two_entries(
    resolver: ResolverBase, phrase: Phrase, body: Value, variables: list[Value]
) -> Value:
    r"""\frac{\partial^2 f}{\partial x_i \partial x_j}, which is an entry of the Hessian, and
    \frac{\partial^2 f}{\partial x_i^2}.
    """
    make = Maker(phrase)
    x, y = variables
    letters = [each.node.args[0] if each.node.kind == "entries" else each.node for each in (x, y)]
    if any(letter.kind != "name" for letter in letters):
        raise _no_variable(resolver, phrase, phrase.parts[0])
    once = Value(make.call("grad", body.node, letters[0]), 1)
    whole = Value(make.call("jacobian", once.node, letters[1]), 2)
    if not x.axes:
        return Value(make.node("entries", whole.node, x.node.args[1], y.node.args[1]))
    axes = (*x.axes, *y.axes)
    if axes[0] == axes[1]:
        whole, axes = call_function(make, "diag", [whole]), axes[:1]
    return Value(whole.node, whole.rank, axes=axes)


def _of_entries(resolver: ResolverBase, phrase: Phrase, body: Value, x: Value) -> Value:
    r"""\frac{\partial F_i}{\partial x_j} for indices that run: the entry i, j of the derivative."""
    make = Maker(phrase)
    body = indices.merge_factors(make, body) if body.rest else body
    axes = (*body.axes, *x.axes)
    simple = phrase.order == 1 and body.scalar and x.scalar and x.node.kind == "name"
    if not simple or len(axes) > _MOST_AXES or len(body.axes) != body.rank or len(x.axes) != x.rank:
        raise BeyondProducts(
            "this derivative is not supported below a sum over indices",
            source=resolver.scope.source,
            span=phrase.span,
            hint=r"give it a name before, as in g = \nabla_x f \\ \sum_i g_i^2",
        )
    whole = _jacobian(make, replace(body, axes=()), replace(x, axes=()))
    if len(axes) == _MOST_AXES and axes[0] == axes[1]:
        whole, axes = call_function(make, "diag", [whole]), axes[:1]
    return Value(whole.node, whole.rank, axes=axes)


# -- what is differentiated, and by what
# ----------------------------------------------------------------------------------------


def _show(resolver: ResolverBase, letter: Phrase) -> str:
    r"""A variable as it was typed, or by its name, where \nabla f(x) has its only argument."""
    return resolver.quote(letter) or resolver.scope.name(letter)


def _no_variable(resolver: ResolverBase, phrase: Phrase, part: Phrase) -> MatcalcError:
    return resolver.problem(
        f"{_show(resolver, part)} is not a variable by which {resolver.quote(phrase)} is read",
        phrase,
        "differentiate with respect to a whole letter; an entry of the result is written [...]_{i}",
    )


def _require_variable(
    resolver: ResolverBase, phrase: Phrase, part: Phrase, variable: Value
) -> None:
    """Demands a letter that is in what is differentiated, and that nothing defines."""
    node = variable.node.args[0] if variable.node.kind == "entries" else variable.node
    if node.kind != "name" or node.value in resolver.letters.defined:
        raise _no_variable(resolver, phrase, part)
    body = phrase.args[0]
    if str(node.value) not in _names(resolver, resolver.value_of(body)):
        x = _show(resolver, part)
        raise resolver.problem(
            f"{x} does not occur in {resolver.quote(body)}, which is differentiated with respect "
            "to it",
            phrase,
            "at another place, differentiate by its letter, as in \\nabla_y f(y)",
        )


def _names(resolver: ResolverBase, value: Value) -> set[str]:
    """The names that a value is made of, through what the formula defines."""
    found: set[str] = set()
    stack = [part.node for part in value.factors]
    while stack:
        for node in postorder(stack.pop(), children):
            name = str(node.value) if node.kind == "name" else ""
            if not name or name in found:
                continue
            found.add(name)
            defined = resolver.letters.defined.get(name)
            stack += [part.node for part in defined.factors] if defined is not None else ()
    return found


def refuse_reach(resolver: ResolverBase, sign: Phrase, *, whole: bool = False) -> None:
    r"""Refuses what may end before its last factor: \nabla_x f(x) g(x), \nabla_x f(x)^\top d. Of a
    sign before the ``whole`` formula only what is never meant to end there.

    One reading is left where the first part does not depend on the variable, where it is a row, as
    in x^\top A x, and where what follows is a number without the variable.
    """
    if not sign.args or sign.bracketed:
        return
    (body,) = sign.args
    by = {resolver.scope.name(part) for part in sign.parts}
    products: list[Phrase] = []
    first = body
    while first.kind in _PRODUCTS and not first.bracketed and len(first.args) == 2:
        products.append(first)
        first = first.args[0]
    if first.kind == "transpose" and not first.bracketed and first.mark is not None:
        inside = first.args[0]
        scalar = not resolver.value_of(inside).order
        moves = bool(by & _names(resolver, resolver.value_of(inside)))
        simple = inside.kind in ("symbol", "indexed") and not _is_defined(resolver, inside)
        if moves and (scalar or not (simple or whole)):
            raise _two_readings(resolver, sign, first.mark.start)
    behind: set[str] = set()  # the names in what follows
    for product in products:
        prefix, rest = product.args
        value, following = resolver.value_of(prefix), resolver.value_of(rest)
        behind |= _names(resolver, following)
        if value.row or not by & _names(resolver, value):
            continue
        arrays = resolver.value_of(body).order if not value.order else following.order
        unclear = arrays or (product.kind == "." and not _is_known(resolver, behind))
        if (unclear and not value.order) if whole else (unclear or by & behind):
            mark = product.mark
            raise _two_readings(
                resolver, sign, rest.start if product.kind == "*" or mark is None else mark.start
            )


def _is_known(resolver: ResolverBase, names: set[str]) -> bool:
    """Whether all letters are declared or defined: others are vectors where they have to be."""
    return names <= resolver.scope.declared.keys() | resolver.letters.defined.keys()


def _is_defined(resolver: ResolverBase, letter: Phrase) -> bool:
    return resolver.scope.name(letter) in resolver.letters.defined


def _two_readings(resolver: ResolverBase, sign: Phrase, cut: int) -> MatcalcError:
    """The error for an operand that may end at the place ``cut``."""
    scope, (body,) = resolver.scope, sign.args
    head, whole = scope.quote(Span(sign.start, body.start)).strip(), resolver.quote(body)
    inside, rest = (
        scope.quote(Span(*ends)).strip() for ends in ((body.start, cut), (cut, body.end))
    )
    return scope.refusal(
        f"the derivative may be that of {inside} or of {whole}",
        sign.span,
        rf"write \left({head} {inside}\right){rest} or {head} \left({scope.quote(body)}\right)",
    )


def resolve_operator_call(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    r"""\operatorname{div}(F, x), as it is in the expression language."""
    name = phrase.text
    if len(args) != 2:
        raise resolver.scope.problem(
            f"{name} takes an expression and the variable to differentiate with respect to",
            phrase.mark,
            rf"write \operatorname{{{name}}}(F, x) or \operatorname{{{name}}}_x(F)",
        )
    body, x = args
    sign = Phrase(
        "derivative", phrase.start, phrase.end, args=phrase.args[:1], parts=phrase.args[1:]
    )
    _require_variable(resolver, sign, phrase.args[1], x)
    return operator(resolver, phrase, name, body, x)
