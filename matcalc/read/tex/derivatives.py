r"""Signs that say by what to derive: \frac{\partial}{\partial x}, \frac{\partial f}{\partial x},
\nabla_x.
"""

from __future__ import annotations

from matcalc.core.errors import ParseError, Span
from matcalc.core.options import AN_ORDER, MOST_ORDER
from matcalc.core.walk import operands, postorder
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol

# how a variable stands below: x, x^\top or \operatorname{vec}(X)
COLUMN, TRANSPOSED, STACKED = ".", "T", "V"
SIGNS = ("gradient", "derivative")
DIVERGENCE = "div"
_ENDING = frozenset(  # whose last operand is at the end
    ("bigsum", "neg", "+", "-", "*", ".", ".*", "x", "⊗", "frobenius", *SIGNS)
)
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
    found = _below(below, scope, of_vec=[part for part in body if _is_vec(part)] != [])
    times = sum(count for _, count, _ in found)
    if order != times:
        message = f"the derivative is of order {order} above and {times} below"
        raise scope_problem(scope, message, span)
    if len(found) > 1 and order > len(found):
        hint = "differentiate with respect to one variable, and the result with respect to others"
        message = f"a derivative of order {order} with respect to several variables"
        raise scope_problem(scope, message, span, hint)
    parts = tuple([letter for letter, _, _ in found])
    marks = "".join(mark for _, _, mark in found)
    head = Phrase("gradient", span.start, span.end, args=body, parts=parts, order=order, text=marks)
    head.bracketed = bool(body)  # what is above is all that is differentiated
    return head


def _of_vectors(behind: str, span: Span, scope: Scope) -> ParseError:
    r"""The error for \nabla \cdot F and \nabla \times F."""
    if behind.startswith((r"\cdot", "·", "⋅")):
        hint = r"write \nabla_x \cdot F for the divergence by x"
        return scope_problem(scope, "the divergence does not name its variable", span, hint)
    return scope_problem(scope, "curls are not supported", span, "write out its entries")


def is_open(phrase: Phrase) -> bool:
    """Whether this is a derivative sign whose operand is after it."""
    return phrase.kind in SIGNS and not phrase.bracketed


def nabla(head: Phrase, following: Phrase | None, scope: Scope) -> Phrase:
    r"""\nabla_x and \nabla_x^2, without what they come before; \nabla before a formula, whose
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
        return _of_vectors(after, head.span, scope)
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
    hint = r"write \nabla_x, with the variable, before what it is taken of"
    return scope_problem(scope, r"\nabla does not name its variable", head.span, hint)


def apply_operator(head: Phrase, body: Phrase | None) -> Phrase:
    """A derivative sign before what it derives."""
    if body is None:
        return head
    made = head.with_args((body,))
    made.end = body.end
    return made


def open_end(left: Phrase) -> list[Phrase]:
    """The last derivative sign that reaches to the end of what comes before an operator, with all
    that ends there; nothing if there is none.
    """
    before: list[Phrase] = []
    while not left.bracketed and left.kind in _ENDING:
        before.append(left)
        if left.kind in SIGNS or not left.args:
            break
        left = left.args[-1]
    return before if before and is_open(before[-1]) else []


def widen(left: Phrase, kind: str, right: Phrase, mark: Span, scope: Scope) -> bool:
    r"""Takes what follows an operator into the operand of a derivative sign at the end of
    what comes before it, as it reaches to the end of the product. Returns whether there is one.

    \nabla_x \cdot F is the divergence.
    """
    before = open_end(left)
    if not before:
        return False
    sign = before[-1]
    if sign.args:
        body = Phrase(kind, sign.args[0].start, right.end, args=(sign.args[0], right), mark=mark)
    else:
        body = right
        if kind in (".", "x") and _is_nabla(sign, scope):
            if kind == "x" or sign.order > 1:
                raise _of_vectors(
                    r"\times" if kind == "x" else r"\cdot", Span(sign.start, mark.end), scope
                )
            sign.kind, sign.text = "derivative", DIVERGENCE
    sign.args = (body,)
    for each in before:
        each.end = right.end
    return True


def _is_nabla(sign: Phrase, scope: Scope) -> bool:
    return scope.source.startswith((r"\nabla", "∇"), sign.start)


def refuse_sum(left: Phrase, right: Phrase, mark: Span, scope: Scope) -> None:
    r"""Refuses \nabla_x x^\top x + a, where a may be differentiated or not; \nabla_x f(x) + a and
    \nabla_x (x^\top x) + a have one reading.
    """
    before = open_end(left)
    if not before or not before[-1].args:
        return
    body = before[-1].args[0]
    while is_open(body) and body.args:
        body = body.args[0]
    named = body.kind == "call" and body.text in scope.declared  # a function
    if body.bracketed or body.kind in ("symbol", "indexed") or named:
        return
    sign, plus = before[-1], scope.source[mark.start : mark.end]
    shown, behind = scope.shorten(sign), scope.shorten(right)
    head = scope.source[sign.start : sign.args[0].start].strip()
    inside = scope.shorten(sign.args[0])
    raise scope_problem(
        scope,
        f"what follows the {plus} may be differentiated or not",
        sign.span,
        rf"write \left({shown}\right) {plus} {behind} or "
        rf"{head} \left({inside} {plus} {behind}\right)",
    )


def is_laplacian(item: Phrase, behind: Phrase | None, scope: Scope) -> bool:
    r"""Whether this is the \Delta_x of \Delta_x (x^\top A x) and \Delta_x f(x), and no step."""
    raised = item.args[0] if item.kind == "power" else None
    if raised is not None and is_laplacian(raised, behind, scope):
        shown = scope.quote(item)
        hint = f"write {scope.quote(raised)} ({scope.quote(raised)} (...)) for the Laplacian twice"
        raise scope_problem(
            scope, f"{shown} may be the Laplacian twice or a power", item.span, hint
        )
    if item.kind != "indexed" or item.args[0].text not in (r"\Delta", "Δ") or len(item.parts) != 1:
        return False
    (letter,) = item.parts
    if behind is None or letter.kind != "symbol" or scope.knows(item) or scope.knows(item.args[0]):
        return False
    key = symbol(letter, scope.source).key
    if behind.kind == "bracket":
        inside = [part for part in postorder(behind, operands) if part.kind == "symbol"]
        return key in {symbol(part, scope.source).key for part in inside}
    if behind.kind not in ("symbol", "indexed") or not scope.knows(behind):
        return False
    declared = scope.declared.get(scope.name(behind))
    return declared is None or declared.kind == "function"  # else it is a factor


def laplacian(item: Phrase, scope: Scope) -> Phrase:
    """The Laplacian by the letter below, without what it is taken of."""
    shown, x = scope.quote(item), scope.quote(item.parts[0])
    name = "_".join(symbol(item, scope.source).pieces)
    scope.note(
        f"note: {shown} is read as the Laplacian by {x}; declare Delta_{name} if it is a variable"
    )
    return Phrase("derivative", item.start, item.end, parts=item.parts, text="lap")


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
    """The order, and what is derived if it is in the numerator."""
    head = above.args[0] if above.kind == "differential" else above
    order = _exponent(head.args[1], scope) if head.kind == "power" else 1
    if above.kind != "differential" and not _is_d(above, scope):
        raise scope_problem(
            scope, "there is a differential below and none above", above.span, _NAMES
        )
    return order, above.args[1:] if above.kind == "differential" else ()


def _is_vec(phrase: Phrase) -> bool:
    return phrase.kind == "call" and phrase.text == "vec"


def _below(below: Phrase, scope: Scope, *, of_vec: bool) -> list[tuple[Phrase, int, str]]:
    r"""The variables of a denominator, how many times each is there, and how. Below the
    derivative of a vec it may be \operatorname{vec}(X), which is how J is written.
    """
    found: list[tuple[Phrase, int, str]] = []
    for part in below.args:
        if part.kind == "mark" and part.text == "PARTIAL":
            continue
        count = _exponent(part.args[1], scope) if part.kind == "power" else 1
        letter = part.args[0] if part.kind in ("power", "transpose") else part
        mark = TRANSPOSED if part.kind == "transpose" else COLUMN
        if of_vec and _is_vec(letter):
            letter, mark = letter.args[0], STACKED
        if letter.kind not in ("symbol", "indexed"):
            raise scope_problem(
                scope, "this is not a variable to differentiate with respect to", part.span, _NAMES
            )
        last = found[-1] if found else None
        if last is not None and scope.name(letter) == scope.name(last[0]):
            found[-1] = (last[0], last[1] + count, max(last[2], mark))
        else:
            found.append((letter, count, mark))
    if not found:
        raise scope_problem(scope, "this does not name its variable", below.span, _NAMES)
    return found


def _exponent(phrase: Phrase, scope: Scope) -> int:
    text = phrase.text if phrase.kind == "number" else ""
    if not text.isdecimal() or not 1 <= int(text[:3]) <= MOST_ORDER:
        message = f"the order of a derivative is {AN_ORDER}"
        raise scope_problem(scope, message, phrase.span)
    return int(text)
