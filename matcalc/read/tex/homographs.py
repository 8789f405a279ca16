r"""Letters and signs that are written as something else is: the \pi of \pi(P x), the product
tr A \log A, the y of \mathbb{1}[y = k], the numbers a and b of a \odot b.
"""

from __future__ import annotations

import re

from matcalc.core.errors import MatcalcError
from matcalc.core.operations import COMPARISONS
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex import subscripts
from matcalc.read.tex.phrases import Phrase, terms
from matcalc.read.tex.reach import is_closed
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import Value

_APART = re.compile(r"\\q?quad(?![A-Za-z])|\\[hm]space\*?\s*\{|~~")


def check_product(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    r"""Refuses P \pi and \pi(P x), of which the number is hardly meant, and tr A \log A; learns of
    a \odot b that these are vectors.
    """
    first, second = phrase.args
    if resolver.scope.is_pi(second) and left.rank and phrase.kind in ("*", "."):
        raise _variable(resolver, second)
    if resolver.scope.is_pi(first) and second.bracketed and right.rank and phrase.kind == "*":
        pi, whole = resolver.quote(first), resolver.quote(phrase)
        raise resolver.problem(
            f"{whole} may be a function of its argument or a product with the number {pi}",
            phrase,
            f"write out what {pi} is of its argument; write {pi} \\cdot (...) for the product",
        )
    if phrase.kind == "*":
        _refuse_reach(resolver, phrase, right)
        _refuse_number(resolver, phrase)
    if phrase.kind == "x" and not left.rank and not right.rank:
        _note_times(resolver, phrase)
    if phrase.kind == ".*" and not (left.order or right.order or left.indexed or right.indexed):
        for operand in phrase.args:
            if operand.kind == "symbol" and not resolver.letters.changed:
                resolver.letters.promote(operand, 1, f"{resolver.quote(phrase)} is entry by entry")


def _refuse_reach(resolver: ResolverBase, phrase: Phrase, right: Value) -> None:
    r"""Refuses \operatorname{tr} A \log A, where both may be the argument of the first function."""
    head, following = phrase.args
    while head.kind == "*" and not head.bracketed:
        head = head.args[1]
    if right.rank != 2 or head.kind != "call" or head.mark is None or head.bracketed:
        return
    (argument, *more), source = head.args, resolver.scope.source
    shown = source[head.mark.end : head.end].strip()
    if more or not shown or is_closed(shown) or resolver.value_of(argument).rank != 2:
        return
    name, rest = source[head.start : head.mark.end], resolver.quote(following)
    raise resolver.problem(
        f"it is not clear where the argument of {head.text} ends",
        phrase,
        f"write {name}({shown}) {rest} or {name}({shown} {rest})",
    )


def _refuse_number(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Refuses \|x\|^2 \qquad (3) and (3) \quad \|x\|^2, where the number may be the formula's."""
    (first, second), scope = phrase.args, resolver.scope
    before = first
    while before.kind == "*" and not before.bracketed:
        before = before.args[1]
    behind = second.kind == "number" and second.bracketed and before.kind != "number"
    in_front = first.kind == "number" and first.bracketed
    apart = _APART.search(scope.source, first.end, second.start)
    if scope.printed is not None or scope.typed or not (behind or (in_front and apart)):
        return
    number, other = (second, first) if behind else (first, second)
    n = number.text
    raise resolver.problem(
        f"({n}) may be the number of the formula or a factor",
        number,
        f"leave it out, or write \\tag{{{n}}}; write {n} {resolver.quote(other)} for the product",
    )


def _note_times(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Says of a \times (b \times c), whose letters are numbers by convention, what is read."""
    scope, (first, second) = resolver.scope, phrase.args
    letters = [first, *(second.args if second.kind == "x" else (second,))]
    if all(part.kind in ("symbol", "indexed") and not scope.knows(part) for part in letters):
        a, *inner = (resolver.quote(part) for part in letters)
        b = inner[0] if len(inner) == 1 else rf"\operatorname{{cross}}({', '.join(inner)})"
        scope.note(
            f"note: {resolver.quote(phrase)} is read as a product of numbers; write "
            rf"\operatorname{{cross}}({a}, {b}) for the cross product"
        )


def refuse_outer(resolver: ResolverBase, phrase: Phrase, right: Value) -> None:
    r"""Refuses \sum_i u_i v_i^\top, where u_i may be a number or a vector."""
    if not (right.row and right.order == 1) or id(phrase) in resolver.followed:
        return
    letter = phrase.args[0]
    while letter.kind == "*":
        letter = letter.args[1]
    matrix = resolver.letters.matrix_of(letter)
    if matrix is None or resolver.value_of(letter).order:
        return
    name = resolver.letters.base_name(letter.args[0])
    if default_kind(name) != "vector":
        return
    raise resolver.letters.problem(
        f"{resolver.quote(letter)} may be a number or a vector before the row "
        f"{resolver.quote(phrase.args[1])}",
        letter.span,
        f"declare {matrix}: matrix for vectors, which are its rows; declare {name}: vector for "
        f"numbers",
    )


def _variable(resolver: ResolverBase, phrase: Phrase) -> MatcalcError:
    """The error for the number pi where a variable of this name seems to be meant."""
    return resolver.letters.problem(
        "pi is a number, and numbers come before what they multiply",
        phrase.span,
        'declare "pi: vector(n)" if it is a variable here',
    )


def learn_label(resolver: ResolverBase, phrase: Phrase) -> bool:
    r"""Takes the y of \mathbb{1}[y = k] for a number, where k is an index that runs."""
    running = resolver.letters.ranges.get(id(phrase), {})
    if phrase.kind not in COMPARISONS or not running:
        return False
    for index, letter in (phrase.args, phrase.args[::-1]):
        runs = index.kind == "symbol" and symbol(index, resolver.scope.source).name in running
        lone = letter.kind in ("symbol", "indexed") and resolver.value_of(letter).rank == 1
        if runs and lone and not resolver.scope.knows(index):
            why = f"it is compared with the index {resolver.quote(index)}"
            return resolver.letters.promote(letter, 0, why)
    return False


def learn_term(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> bool:
    r"""Takes x_i beside a vector for one, and refuses d_{ij}, which may be one as well; returns
    whether something was learnt.
    """
    for value, other, operand in zip((left, right), (right, left), phrase.args, strict=True):
        if value.rank or other.rank != 1 or other.row:
            continue
        beside = resolver.quote(phrase.args[operand is phrase.args[0]])
        for letter in map(resolver.letter_of, terms(operand)):
            if resolver.letters.promote_entry(letter, f"it is added to {beside}"):
                return True
            if letter.kind != "indexed" or resolver.scope.knows(letter.args[0]):
                continue
            indices = subscripts.indices_of(resolver.letters, letter)
            if len(indices) == 2:
                shown, base = resolver.quote(letter), resolver.letters.base_name(letter.args[0])
                raise resolver.problem(
                    f"{shown} may be a number or a vector: it is added to the vector {beside}",
                    letter,
                    f"declare {base}: tensor(n, m, p) for vectors, {base}: matrix for numbers, "
                    f"which go with every entry",
                )
    return False


def note_broadcast(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    """Says of A - 1 that it is not an identity that is subtracted."""
    ranks = sorted((left.rank, right.rank))
    number = phrase.args[left.rank == 2]
    if phrase.kind not in ("+", "-") or ranks != [0, 2] or number.kind != "number":
        return
    matrix = resolver.quote(phrase.args[left.rank != 2])
    resolver.scope.note(
        f"note: in {resolver.quote(phrase)} the number {number.text} is combined with every entry "
        f"of {matrix}; write {number.text if number.text != '1' else ''}I for the identity"
    )
