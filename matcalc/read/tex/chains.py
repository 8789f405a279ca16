r"""Juxtaposition: which of the things that stand side by side is a function of its neighbour, and
which is a factor.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span
from matcalc.core.inner import INNER
from matcalc.core.operations import LOGARITHMS, OF_ENTRIES
from matcalc.read.tex import derivatives, lettered
from matcalc.read.tex.conjugates import after_star
from matcalc.read.tex.declared import is_gradient, take_gradient
from matcalc.read.tex.diagnose import OF_SETS
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.sets import is_below_sum, is_element
from matcalc.read.tex.vocabulary import DERIVATIVES, OPTIMA, function

_WRAPPERS = frozenset(
    {"power", "entrywise", "transpose", "inverse-transpose", "pinv", "script", "indexed"}
)
_BRACKET = re.compile(r"(?:\s|\\left|\\[bB]igg?l?)*(?:[(\[{]|\\\{|\\lbrace)")
_LOGARITHMS = {"2": "log2", "10": "log10"}


def value(phrase: Phrase) -> Phrase:
    """The phrase inside brackets around one thing."""
    while phrase.kind == "bracket" and len(phrase.args) == 1:
        inside = phrase.args[0]
        inside.start, inside.end, inside.bracketed = phrase.start, phrase.end, True
        phrase = inside
    return phrase


def product(items: list[Phrase], scope: Scope) -> Phrase:
    """The product of what stands side by side, from the left; a derivative sign in it reaches to
    its end.
    """
    if any(_is_mark(each, "PARTIAL") and not _names_variable(each) for each in items):
        return _differential(items, scope)
    place = next((k for k in range(len(items)) if _is_sign(items, k, scope)), None)
    if place is None:
        return _multiply(group_factors(items, scope))
    behind = items[place + 1 :]
    sign = _sign(items[place], behind, scope)
    sign = derivatives.apply_operator(sign, product(behind, scope) if behind else None)
    return _multiply(group_factors([*items[:place], sign], scope)) if place else sign


def _is_sign(items: list[Phrase], place: int, scope: Scope) -> bool:
    r"""Whether this begins a derivative: \nabla_x, \partial_x, \frac{d}{dx}, \Delta_x."""
    item = items[place]
    behind = items[place + 1] if place + 1 < len(items) else None
    if item.kind == "gradient":
        return derivatives.is_open(item)
    if _is_mark(item, "NABLA"):
        return behind is None or not is_gradient(item, _core(behind)[1], scope)
    return _names_variable(item) or derivatives.is_laplacian(item, behind, scope)


def _sign(item: Phrase, behind: list[Phrase], scope: Scope) -> Phrase:
    """A derivative sign without what it derives."""
    if item.kind == "gradient":
        return item
    if derivatives.is_laplacian(item, behind[0] if behind else None, scope):
        return derivatives.laplacian(item, scope)
    return derivatives.nabla(item, behind[0] if behind else None, scope)


def _multiply(factors: list[Phrase]) -> Phrase:
    result = factors[0]
    for factor in factors[1:]:
        result = Phrase("*", result.start, factor.end, args=(result, factor), mark=factor.span)
    return result


def _is_mark(item: Phrase, text: str) -> bool:
    _, core = _core(item)
    return core.kind == "mark" and core.text == text


def _names_variable(item: Phrase) -> bool:
    r"""Whether this is \partial_x or \partial_x^2, which say what \nabla_x and \nabla_x^2 say."""
    letter = item.args[0] if item.kind == "power" else item
    return letter.kind == "indexed" and _is_mark(letter, "PARTIAL") and len(letter.parts) == 1


def _differential(items: list[Phrase], scope: Scope) -> Phrase:
    r"""\partial f or \partial x \partial x^\top: above, what follows the first sign is one
    product.
    """
    if (
        sum(_is_mark(item, "PARTIAL") for item in items) == 1
        and len(items) > 1
        and _is_mark(items[0], "PARTIAL")
    ):
        items = [items[0], product(items[1:], scope)]
    return Phrase("differential", items[0].start, items[-1].end, args=tuple(items))


def read_slashed_derivative(
    above: Phrase, slash: tuple[str, int, int, str], items: list[Phrase], scope: Scope
) -> Phrase:
    r"""\partial f / \partial x, and \partial / \partial x before what is derived."""
    below = Phrase(
        "differential", items[0].start, items[1].end, args=(items[0], _open(items[1], scope))
    )
    head = derivatives.fraction(above, below, Span(above.start, below.end), scope)
    rest = product(items[2:], scope) if len(items) > 2 else None
    if head is None or (head.args and rest):
        hint = (
            "write it as \\frac{\\partial}{\\partial x} before brackets around everything "
            "that is differentiated"
        )
        raise scope.refusal(
            "it is not clear how far this derivative reaches", Span(slash[1], slash[2]), hint
        )
    return derivatives.apply_operator(head, rest)


def group_factors(items: list[Phrase], scope: Scope) -> list[Phrase]:
    """The factors: functions have found their arguments, and brackets are off. From the right, so
    that log det X nests.
    """
    factors: list[Phrase] = []  # the last is the leftmost
    alone = len(items) == 1
    for item in reversed(items):
        core = _core(item)[1]
        following = _core(factors[-1])[1] if factors else item
        if (
            following.kind == "bracket"
            and following is not item
            and lettered.indicator(item, following, scope)
        ):
            following.start = item.start
            continue
        if core.kind == "mark" and factors and take_gradient(item, following, scope):
            continue
        if core.kind == "function" and factors:
            factors.append(_apply(item, factors, scope))
        elif core.kind == "symbol" and factors and _is_open(following):
            applied = lettered.apply_letter(
                item, following, tuple(map(value, following.args)), scope
            )
            factors.append(_put(factors.pop(), applied) if applied else item)
        elif (
            factors
            and following.kind == "bracket"
            and (refused := lettered.operator(item, following, scope))
        ):
            factors[-1] = refused
        else:
            factors.append(item)
    result = [_open(factor, scope) for factor in reversed(factors)]
    for factor in result if not alone else ():
        if factor.kind in ("mark", "hole"):
            nabla = factor.text == "NABLA"
            hint = "it belongs in a superscript"
            if nabla:
                hint = r"write \nabla_x, with its variable, and write out what it is taken of"
            raise scope.refusal(
                r"\nabla is inside a formula" if nabla else "this is on its own",
                factor.span,
                hint,
            )
    return result


def before_sum(left: Phrase, total: Phrase, scope: Scope) -> Phrase | None:
    r"""The sum as the argument of a function at the end of a product, as in 2 \log \sum_i; None if
    there is no function.
    """
    if derivatives.is_open(left) and left.args:
        body = before_sum(left.args[0], total, scope)
        return derivatives.apply_operator(left, body) if body else None
    head = left.args[1] if left.kind == "*" and not left.bracketed else left
    if head.kind == "call" and head.mark is not None and not head.bracketed:
        _refuse_reach(head, head.mark, total, scope)
    if head.kind != "function":
        return None
    call = _apply(head, [total], scope)
    if head is left:
        return call
    return Phrase("*", left.start, call.end, args=(left.args[0], call), mark=call.span)


def _refuse_reach(call: Phrase, name: Span, total: Phrase, scope: Scope) -> None:
    r"""Refuses \log \frac{1}{n} \sum_i x_i, where the sum may be part of the argument."""
    if _BRACKET.match(scope.source, name.end):
        return
    shown, argument = (scope.source[a:b] for a, b in ((name.start, name.end), (name.end, call.end)))
    argument, rest = argument.strip(), scope.quote(total)
    raise scope.refusal(
        f"it is not clear where the argument of {call.text} ends",
        Span(call.start, total.end),
        f"write {shown}({argument} {rest}) or {shown}({argument}) {rest}",
    )


def _core(item: Phrase) -> tuple[Phrase | None, Phrase]:
    """What carries the scripts of an item, and the last of these; functions carry their own."""
    parent = None
    while item.kind in _WRAPPERS and not item.bracketed:
        parent, item = item, item.args[0]
    return parent, item


def _is_open(core: Phrase) -> bool:
    """Whether this is a pair of round brackets that may hold arguments."""
    return core.kind == "bracket" and core.text == "("


def _put(item: Phrase, new: Phrase) -> Phrase:
    """The item with another core, beginning where that begins."""
    parent, _ = _core(item)
    if parent is None:
        return new
    parent.args = (new, *parent.args[1:])
    part = item
    while part is not new:
        part.start = new.start
        part = part.args[0]
    return item


def _open(item: Phrase, scope: Scope) -> Phrase:
    """The item without the brackets around its core."""
    _, core = _core(item)
    if core.kind != "bracket":
        if item.kind == "script":
            raise script_in_brackets_error(item, item.args[1], scope)
        return item
    if len(core.args) > 1:
        if core is item and is_element(scope.source, core):
            return core  # (i, j) \in \Omega
        if core.text in (r"\{", r"\lbrace") and is_below_sum(scope.source, core.start):
            message = f"the set {scope.quote(core)} is not supported"
            raise scope.refusal(message, core.span, OF_SETS)
        message = "a comma separates the arguments of a function, and no function precedes this"
        stacked = " \\\\ ".join(scope.quote(arg) for arg in core.args)
        hint = f"write \\begin{{bmatrix}} {stacked} \\end{{bmatrix}} to stack them"
        if len(core.args) == 2:
            x, y = stacked.split(" \\\\ ")[:2]
            hint += f", \\langle {x}, {y} \\rangle for the inner product"
        raise scope.refusal(message, core.span, hint)
    inside = value(core)
    return inside if core is item else _put(item, inside)


def script_in_brackets_error(item: Phrase, script: Phrase, scope: Scope) -> ParseError:
    """The error for W^{(1)}."""
    base, text = (scope.quote(part) for part in (item.args[0], script))
    text = text.strip("{}()[] ")
    return scope.refusal(
        "this superscript may be an index or a power",
        item.span,
        f"write {base}_{{{text}}} for a name with an index, {base}^{{{text}}} for a power",
    )


def _apply(head: Phrase, factors: list[Phrase], scope: Scope) -> Phrase:
    """A function with the argument that follows it, which is the last of ``factors``."""
    of_letter = head.text == "log" or _derivative(head) is not None
    if head.parts and not of_letter and _with_underscore(head, scope) is None:
        raise _subscript_error(head, scope)
    following = factors.pop()
    _, core = _core(following)
    if core.kind == "bracket":
        call = _call(head, tuple(value(arg) for arg in core.args), core.end, scope)
        call = after_star(call, core, scope)
        return _put(following, _raise_call(call, head, scope))
    argument = following
    if factors and not _stops(following, factors[-1]):
        if (
            following.kind == "number"
            and factors[-1].kind == "symbol"
            and factors[-1].text == r"\pi"
        ):
            pi = factors.pop()
            argument = Phrase("*", following.start, pi.end, args=(following, pi), mark=pi.span)
            shown = scope.source[head.start : pi.end]
            scope.note(f"note: {shown} is read as the function of the product")
        else:
            raise _unclear(head, following, factors, scope)
    return _raise_call(_call(head, (argument,), argument.end, scope), head, scope)


def _stops(argument: Phrase, following: Phrase) -> bool:
    """Whether an argument without brackets ends before what follows: another function, or after its
    own delimiters.
    """
    return argument.kind in ("bars", "norm", "call") or (
        following.kind == "call" and following.mark is not None
    )


def _unclear(head: Phrase, first: Phrase, factors: list[Phrase], scope: Scope) -> ParseError:
    """The error for log x^T A x; ``factors`` are those after the first, the last one before."""
    second = factors[-1]
    for factor in reversed(factors):
        if _stops(second, factor) and factor is not factors[-1]:
            break
        second = factor
    a = scope.quote(first)
    b = scope.source[factors[-1].start : second.end]
    name = scope.quote(head).strip()
    hint = f"write {name}({a}) {b} or {name}({a} {b})"
    span = Span(head.start, second.end)
    return scope.refusal(f"it is not clear where the argument of {head.text} ends", span, hint)


def _call(head: Phrase, args: tuple[Phrase, ...], end: int, scope: Scope) -> Phrase:
    name = function(head.text, scope.user_words) or DERIVATIVES.get(head.text, head.text)
    if head.parts:
        derivative = _derivative(head)
        if derivative is not None and len(args) == 1:
            call = Phrase("derivative", head.start, end, args=args, parts=head.parts, text=name)
            call.bracketed = True
            return call
        base = head.parts[0].text if len(head.parts) == 1 else ""
        whole = _with_underscore(head, scope)
        if whole is None and (name != "log" or (base not in _LOGARITHMS and base != "e")):
            raise _subscript_error(head, scope)
        name = whole or _LOGARITHMS.get(base, "log")
    if name == "log" and len(args) == 1:
        inside = args[0].args[0] if args[0].kind == "bars" else args[0]
        of_size = args[0].kind == "bars" or inside.text == "gamma"
        if inside.kind == "call" and inside.text in LOGARITHMS and of_size:
            name = LOGARITHMS[inside.text] if len(inside.args) == 1 else "mvlgamma"
            args = inside.args
    return Phrase("call", head.start, end, args=args, text=name, mark=head.span)


def _derivative(head: Phrase) -> str | None:
    r"""The function of the language for the derivative \operatorname{div}_x; None of others."""
    name = DERIVATIVES.get(head.text, head.text)
    return name if name in INNER and len(head.parts) == 1 else None


def _with_underscore(head: Phrase, scope: Scope) -> str | None:
    r"""The function of \operatorname{qr_r}; None where no function has such a name."""
    return function(f"{head.text}_{head.parts[0].text}", scope.user_words)


def _subscript_error(head: Phrase, scope: Scope) -> ParseError:
    shown = scope.source[head.start : head.parts[-1].end]
    message, hint = f"the subscript of {shown}", "of the logarithm, the bases 2 and 10 are known"
    if head.text != "log":
        message, hint = f"{shown} may be a function or something over a set", OPTIMA
    if function(head.text, scope.user_words) and head.text != "log":
        place = scope.quote(head.parts[0]).strip("{}")
        hint = f"write \\operatorname{{{head.text}}}(...)_{{{place}}} for an entry of its value"
    if head.text in OF_ENTRIES:
        message, hint = (
            f"{shown} may be the {head.text}imum over a set, which is not supported",
            OPTIMA,
        )
        hint += f"; \\{head.text}(x) is that of the entries of x"
    return scope.refusal(message, head.parts[0].span, hint)


def _raise_call(call: Phrase, head: Phrase, scope: Scope) -> Phrase:
    r"""\sin^2 x is the square of the sine."""
    if not head.args:
        return call
    (exponent,) = head.args
    if head.text == "erf" and exponent.kind == "neg" and exponent.args[0].text == "1":
        call.text = "erfinv"
        return call
    if exponent.kind != "number":
        hint = (
            f"write the power after the argument, or the name of the inverse function: "
            f"\\arc{head.text}"
        )
        raise scope.refusal("this superscript of a function is ambiguous", head.span, hint)
    return Phrase("power", call.start, call.end, args=(call, exponent), mark=head.span)
