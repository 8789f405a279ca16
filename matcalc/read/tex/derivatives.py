r"""Signs that say by what to derive: \frac{\partial}{\partial x}, \frac{\partial f}{\partial x},
\nabla_x.
"""

from __future__ import annotations

from matcalc.core.errors import ParseError, Span
from matcalc.core.options import AN_ORDER, MOST_ORDER
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol

_OF_VECTORS = (r"\cdot", "·", "⋅", r"\times", "×")
_NAMES = "write the variable below, as in \\frac{\\partial}{\\partial x}"


def fraction(above: Phrase, below: Phrase, span: Span, scope: Scope) -> Phrase | None:
    """The derivative that a fraction of differentials asks for, or None if it is an ordinary
    one.
    """
    if below.kind != "differential":
        led = _leading_differential(above, scope)
        below = _upright(below, scope) if led else below
        above = led if led and below.kind == "differential" else above
    if below.kind != "differential":
        return None
    order, body = _above(above, scope)
    variable, times = _below(below, scope, of_vec=[part for part in body if _is_vec(part)] != [])
    if order != times:
        message = f"the derivative is of order {order} above and {times} below"
        raise scope_problem(scope, message, span)
    return Phrase("gradient", span.start, span.end, args=body, parts=(variable,), order=order)


def nabla(head: Phrase, following: Phrase | None, scope: Scope) -> Phrase:
    r"""\nabla_x and \nabla_x^2, without what they stand before; \nabla before a formula, whose
    variable --wrt says, or which has only one.
    """
    order = 1
    named = following is None or following.kind in ("symbol", "indexed", "script", "mark")
    if head.kind == "mark" and not named and not _is_vector_sign(head, scope):
        return Phrase("gradient", head.start, head.end)
    if head.kind == "power":
        order = _exponent(head.args[1], scope)
        head = head.args[0]
    if (
        head.kind != "indexed"
        or len(head.parts) != 1
        or head.parts[0].kind not in ("symbol", "indexed")
    ):
        raise _nabla_alone(head, order, scope)
    return Phrase("gradient", head.start, head.end, parts=head.parts, order=order)


def _is_vector_sign(head: Phrase, scope: Scope) -> bool:
    """Whether a divergence or a curl begins here."""
    return scope.complex is not None or _behind(head, scope).startswith(_OF_VECTORS)


def _behind(head: Phrase, scope: Scope) -> str:
    return scope.source[head.end :].lstrip("^{} 0123456789")


def _nabla_alone(head: Phrase, order: int, scope: Scope) -> ParseError:
    after = _behind(head, scope)
    if after.startswith(_OF_VECTORS):
        what = "divergence" if after.startswith((r"\cdot", "·", "⋅")) else "curl"
        hint = "in the plain language div(F, x) is the divergence; curls are not known"
        return scope_problem(scope, f"the {what} is not read", head.span, hint)
    if order > 1:
        message = r"\nabla^2 may be the Hessian or the Laplacian, and does not name its variable"
        hint = (
            r"write \nabla_x^2 for the Hessian with respect to x; in the plain language "
            r"lap(f, x) is the "
            r"Laplacian"
        )
        return scope_problem(scope, message, head.span, hint)
    if head.kind == "indexed" and head.args[0].text == "PARTIAL":
        hint = r"write \partial_x, with one variable, and \partial_x^2 for the second derivative"
        shown = scope.quote(head)
        return scope_problem(scope, f"{shown} does not name one variable", head.span, hint)
    hint = r"write \nabla_x, with the variable, before the formula itself"
    return scope_problem(scope, r"\nabla does not name its variable", head.span, hint)


def apply_operator(head: Phrase, body: Phrase | None) -> Phrase:
    """A derivative sign before what it derives."""
    if body is None:
        return head
    return Phrase(
        "gradient", head.start, body.end, args=(body,), parts=head.parts, order=head.order
    )


def widen(left: Phrase, kind: str, right: Phrase, mark: Span) -> Phrase:
    """A derivative sign reaches to the end of the product."""
    if not left.args:
        return apply_operator(left, right)
    body = Phrase(kind, left.args[0].start, right.end, args=(left.args[0], right), mark=mark)
    return apply_operator(left, body)


def scope_problem(scope: Scope, message: str, span: Span, hint: str | None = None) -> ParseError:
    """An error about the formula's form."""
    return scope.refusal(message, span, hint)


def _is_d(above: Phrase, scope: Scope) -> bool:
    """Whether a numerator is a bare d, upright or not."""
    base = above.args[0] if above.kind == "power" else above
    return (
        base.kind == "symbol"
        and symbol(base, scope.source).key == ("d", ())
        and not scope.knows(base)
    )


def _leading_differential(above: Phrase, scope: Scope) -> Phrase | None:
    """A numerator that begins with d as a differential; a bare d as it is."""
    if _is_d(above, scope):
        return above
    factors: list[Phrase] = []
    while above.kind == "*" and not (factors and above.bracketed):  # braces are around the whole
        factors.append(above.args[1])
        above = above.args[0]
    if not factors or not _is_d(above, scope):
        return None
    body = factors.pop()
    while factors:
        after = factors.pop()
        body = Phrase("*", body.start, after.end, args=(body, after), mark=after.span)
    sign = Phrase("mark", above.start, above.end, text="PARTIAL")
    head = (
        Phrase("power", above.start, above.end, args=(sign, above.args[1])) if above.args else sign
    )
    return Phrase("differential", above.start, body.end, args=(head, body))


def _upright(below: Phrase, scope: Scope) -> Phrase:
    """d x as a differential."""
    if (
        below.kind == "*"
        and below.args[0].kind == "symbol"
        and symbol(below.args[0], scope.source).key == ("d", ())
    ):
        mark = Phrase("mark", below.start, below.args[0].end, text="PARTIAL")
        return Phrase("differential", below.start, below.end, args=(mark, below.args[1]))
    return below


def _above(above: Phrase, scope: Scope) -> tuple[int, tuple[Phrase, ...]]:
    """The order, and what is derived if it stands in the numerator."""
    head = above.args[0] if above.kind == "differential" else above
    order = _exponent(head.args[1], scope) if head.kind == "power" else 1
    if above.kind != "differential" and not _is_d(above, scope):
        raise scope_problem(scope, "a differential stands below and none above", above.span, _NAMES)
    return order, above.args[1:] if above.kind == "differential" else ()


def _is_vec(phrase: Phrase) -> bool:
    return phrase.kind == "call" and phrase.text == "vec"


def _below(below: Phrase, scope: Scope, *, of_vec: bool) -> tuple[Phrase, int]:
    r"""The one variable of a denominator, and how many times it stands there. Below the derivative
    of a vec it may be \operatorname{vec}(X), which is how J is written.
    """
    variable: Phrase | None = None
    times = 0
    for part in below.args:
        if part.kind == "mark" and part.text == "PARTIAL":
            continue
        count = _exponent(part.args[1], scope) if part.kind == "power" else 1
        letter = part.args[0] if part.kind in ("power", "transpose") else part
        letter = letter.args[0] if of_vec and _is_vec(letter) else letter
        if letter.kind not in ("symbol", "indexed"):
            raise scope_problem(
                scope, "this is not a variable to differentiate with respect to", part.span, _NAMES
            )
        if variable is not None and scope.name(letter) != scope.name(variable):
            hint = (
                "differentiate with respect to one variable, and the result with respect "
                "to the other"
            )
            raise scope_problem(
                scope, "a derivative with respect to two variables", letter.span, hint
            )
        variable, times = letter, times + count
    if variable is None:
        raise scope_problem(scope, "this does not name its variable", below.span, _NAMES)
    return variable, times


def _exponent(phrase: Phrase, scope: Scope) -> int:
    text = phrase.text if phrase.kind == "number" else ""
    if not text.isdecimal() or not 1 <= int(text[:3]) <= MOST_ORDER:
        message = f"the order of a derivative is {AN_ORDER}"
        raise scope_problem(scope, message, phrase.span)
    return int(text)
