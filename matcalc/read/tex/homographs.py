r"""Letters and signs that are written as something else is: the \pi of \pi(P x), the I_1 of
I_1 - 3, the y of \mathbb{1}[y = k], the numbers a and b of a \odot b.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcalc.core.errors import MatcalcError
from matcalc.core.operations import COMPARISONS
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import Value

if TYPE_CHECKING:
    from matcalc.read.tex.letters import Letters
    from matcalc.read.tex.resolve import Resolver

_SMALL = ("0", "1")  # no sizes of an identity matrix


def check_product(resolver: Resolver, phrase: Phrase, left: Value, right: Value) -> None:
    r"""Refuses P \pi and \pi(P x), of which the number is hardly meant; learns of a \odot b that
    these are vectors.
    """
    first, second = phrase.args
    if _is_pi(resolver.scope, second) and left.rank and phrase.kind in ("*", "."):
        raise _variable(resolver, second)
    if _is_pi(resolver.scope, first) and second.bracketed and right.rank and phrase.kind == "*":
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


def refuse_outer(resolver: Resolver, phrase: Phrase, right: Value) -> None:
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


def _is_pi(scope: Scope, phrase: Phrase) -> bool:
    return phrase.kind == "symbol" and phrase.text == r"\pi" and not scope.knows(phrase)


def _variable(resolver: Resolver, phrase: Phrase) -> MatcalcError:
    """The error for the number pi where a variable of this name seems to be meant."""
    return resolver.letters.problem(
        "pi is a number, and numbers stand before what they multiply",
        phrase.span,
        'declare "pi: vector(n)" if it is a variable here',
    )


def instead_of_number(letters: Letters, phrase: Phrase) -> str:
    """What to do with the subscript of a number."""
    if _is_pi(letters.scope, phrase.args[0]):
        return 'declare "pi: vector" if it is a variable here'
    return "take another letter for what has entries"


def refuse_small_identity(letters: Letters, phrase: Phrase) -> None:
    """Refuses I_1, which is no identity matrix in any text."""
    (part, *more) = phrase.parts
    if more or part.kind != "number" or part.text not in _SMALL:
        return
    shown = letters.text(phrase)
    name = "_".join(symbol(phrase, letters.scope.source).key[1])
    raise letters.scope.problem(
        f"{shown} may be the identity matrix of this size or a variable",
        phrase.span,
        f'declare "I_{name}: scalar", or what it is, if it is a variable; write 1 for the number',
    )


def learn_label(resolver: Resolver, phrase: Phrase) -> bool:
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


def note_broadcast(resolver: Resolver, phrase: Phrase, left: Value, right: Value) -> None:
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
