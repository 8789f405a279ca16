r"""Letters and signs that are written as something else is: the \pi of \pi(P x),
the y of \mathbb{1}[y = k], the numbers a and b of a \odot b.
"""

from __future__ import annotations

from matcalc.core.errors import MatcalcError
from matcalc.core.operations import COMPARISONS
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import Value


def check_product(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    r"""Refuses P \pi and \pi(P x), of which the number is hardly meant; learns of a \odot b that
    these are vectors.
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
    if phrase.kind == ".*" and not (left.order or right.order or left.indexed or right.indexed):
        for operand in phrase.args:
            if operand.kind == "symbol" and not resolver.letters.changed:
                resolver.letters.promote(operand, 1, f"{resolver.quote(phrase)} is entry by entry")


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
        "pi is a number, and numbers stand before what they multiply",
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


def note_broadcast(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    """Says of A - 1 that it is no identity that is subtracted."""
    ranks = sorted((left.rank, right.rank))
    number = phrase.args[left.rank == 2]
    if phrase.kind not in ("+", "-") or ranks != [0, 2] or number.kind != "number":
        return
    matrix = resolver.quote(phrase.args[left.rank != 2])
    resolver.scope.note(
        f"note: in {resolver.quote(phrase)} the number {number.text} stands beside every entry of "
        f"{matrix}; write {number.text if number.text != '1' else ''}I for the identity"
    )
