r"""How far a product, a maximum or a minimum over an index reaches: \prod_i x_i c may end before c.

Of a sum both readings are equal. It ends before a +, unless its index follows that:
\sum_i y_i \log p_i + (1 - y_i) \log (1 - p_i).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from matcalc.core.errors import Span
from matcalc.core.operations import OF_ENTRIES
from matcalc.core.walk import operands, postorder
from matcalc.read.tex import subscripts
from matcalc.read.tex.derivatives import SIGNS
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import size_leaves
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import letters as letters_of
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import Value

if TYPE_CHECKING:
    from matcalc.read.tex.letters import Letters

_SIZED = r"\\(?:left|right|[bB]igg?[lr]?)\s*"
_PRODUCTS = frozenset(("*", ".", ".*", "x", "/"))
_ENDING = frozenset(  # whose last operand is at the end
    ("bigsum", *SIGNS, "neg", "+", "-", "*", ".")
)
_OPENED = re.compile(r"\\left\s*$|(?:\\left\s*)?[(\[]\s*$")
_BRACKET = re.compile(r"(?:\\left\s*)?[(\[]")
_CLOSED = re.compile(r"\s*(?:\\right\s*)?[)\]]")


def widen_sum(left: Phrase, kind: str, right: Phrase, mark: Span, scope: Scope) -> bool:
    r"""Takes the b_i of \sum_i a_i + b_i into the sum at the end of what comes before the sign.

    Returns whether there is one over an index that follows the sign, and means nothing there.
    """
    if scope.einstein or scope.printed is not None:
        return False
    before: list[Phrase] = []
    sums: list[int] = []
    node = left
    while not node.bracketed and node.kind in _ENDING and node.args:
        before.append(node)
        if node.kind == "bigsum" and (node.text == "sum" or node.text in OF_ENTRIES):
            sums.append(len(before))
        node = node.args[-1]
    free = _free_indices(right, scope) if sums else set()
    reached = [k for k in sums if free & _indices(before[k - 1], scope)]
    if not reached or before[reached[-1] - 1].args[0].bracketed:
        return False
    total = before[reached[-1] - 1]
    (body,) = total.args
    shown, sign = scope.shorten(right), scope.source[total.start : body.start]
    total.args = (Phrase(kind, body.start, right.end, args=(body, right), mark=mark),)
    for each in before[: reached[-1]]:
        each.end = right.end
    scope.note(
        f"note: {shown} is read as a part of {sign.strip()}, whose index it contains; write "
        "brackets around all that belongs to it"
    )
    return True


def _indices(total: Phrase, scope: Scope) -> set[str]:
    """The indices that are written below a sign."""
    leaves = [leaf for part in total.parts for leaf in letters_of(part) or ()]
    return {symbol(leaf, scope.source).name for leaf in leaves if leaf.kind == "symbol"}


def _free_indices(phrase: Phrase, scope: Scope) -> set[str]:
    """The letters of subscripts over which nothing inside runs."""
    found: set[str] = set()
    stack: list[tuple[Phrase, frozenset[str]]] = [(phrase, frozenset())]
    while stack:
        part, bound = stack.pop()
        if part.kind == "indexed" and not scope.knows(part):
            found.update(set(subscripts.names(part, scope.source)) - bound)
        if part.kind == "bigsum":
            bound |= _indices(part, scope)
        stack += [(child, bound) for child in part.args]
    return found


def letters_inside(phrase: Phrase, letters: Letters, *, plain: bool) -> set[str]:
    """The letters that are inside as subscripts, as ends of ranges, and as such if ``plain``."""
    source = letters.scope.source
    found: set[str] = set()
    for part in postorder(phrase, operands):
        found.update(subscripts.names(part, source))
        if part.kind == "symbol" and plain:
            found.add(symbol(part, source).name)
        for side in (side for bound in part.bounds for side in bound.args):
            found.update(symbol(leaf, source).name for leaf in size_leaves(side))
    return found


def require_one_end(phrase: Phrase, letters: Letters, values: Mapping[int, Value]) -> None:
    """Refuses factors without the index at the end of what a product is taken of, unless brackets
    say that they belong to it.
    """
    body, names = phrase.args[0], {*letters.names_of(phrase)}
    source, plain = letters.scope.source, phrase.limit is not None
    start = _start(source, phrase, body)
    if _end(source, start) >= body.end - 1:  # its brackets are part of a body, or not
        return
    first, node = None, body
    while node.kind in _PRODUCTS and len(node.args) == 2:
        before, factor = node.args
        if names & letters_inside(factor, letters, plain=plain):
            break
        if not values[id(before)].rank:
            first = node
        node = before
    if first is None or not names & letters_inside(first.args[0], letters, plain=plain):
        return
    operator = source[phrase.start : start].strip()
    cut = first.args[0].end
    while closed := _CLOSED.match(source, cut):
        cut = closed.end()
    stop = body.end
    while (closed := _CLOSED.match(source, stop)) and _is_unclosed(source[start:stop]):
        stop = closed.end()
    inner, rest = source[start:cut].strip(), source[cut:stop].strip()
    raise letters.scope.problem(
        f"{letters.scope.quote(first.args[1])} may be inside the {phrase.text} or after it",
        first.args[1].span,
        rf"write \left({operator} {inner}\right) {rest}, or {operator} \left({inner} {rest}\right)",
    )


def _start(source: str, phrase: Phrase, body: Phrase) -> int:
    """Where what is taken begins, its opening bracket included."""
    opened = _OPENED.search(source, phrase.start, body.start)
    return opened.start() if opened else body.start


def _end(source: str, start: int) -> int:
    """Where the bracket that opens at the start is closed; the start where there is none."""
    depth = 0
    if _BRACKET.match(source, start):
        for place in range(start, len(source)):
            depth += (source[place] in "([") - (source[place] in ")]")
            if not depth and source[place] in ")]":
                return place
    return start


def _is_unclosed(text: str) -> bool:
    return sum(text.count(each) for each in "([") > sum(text.count(each) for each in ")]")


def is_closed(argument: str) -> bool:
    """Whether an argument is in one pair of brackets, which it begins and ends with."""
    signs = re.sub(_SIZED, "", argument).replace(r"\{", "[").replace(r"\}", "]")
    depth = 0
    for place, sign in enumerate(signs):
        depth += (sign in "([{") - (sign in ")]}")
        if depth <= 0:
            return signs[0] in "([" and place == len(signs) - 1
    return False
