r"""What a sum says of its letters: the b of Ax - b and the beta of y - X beta are vectors, the n of
n + tr(A) is a number.
"""

from __future__ import annotations

from matcalc.core.letters import INDICES, PARAMETERS
from matcalc.core.operations import ENTRYWISE
from matcalc.core.walk import postorder
from matcalc.read.tex.phrases import Phrase, terms
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import symbol


def waits(resolver: ResolverBase, phrase: Phrase) -> bool:
    r"""Whether this is the y - b of y - b - w^\top x, whose letters fit what follows."""
    return id(phrase) in resolver.letters.waiting and not resolver.scope.strict


def fit_all(resolver: ResolverBase, phrase: Phrase) -> None:
    """Fits the operands of a sum, and those of the sums that have waited for it."""
    fit(resolver, *phrase.args)
    waiting: list[Phrase] = []
    inner = phrase.args[0]
    while inner.kind in ("+", "-") and waits(resolver, inner):
        waiting.append(inner)
        inner = inner.args[0]
    for each in reversed(waiting):
        fit(resolver, *each.args)


def fit(resolver: ResolverBase, left: Phrase, right: Phrase) -> None:
    """In papers only like is added to like: what can be a vector or a matrix becomes one; failing
    that, a letter that is a vector by its first letter a number.
    """
    if id(left) in resolver.letters.raised:
        return  # of numbers, as P is in |S|^{(\nu + P)/2}
    value_of, promote, shown = resolver.value_of, resolver.letters.promote, resolver.quote
    pairs = [(left, right), (right, left)]
    for phrase, beside in pairs:  # X b + c, where both letters are vectors
        if value_of(phrase).rank == 0 and beside.kind == "*":
            matrix, letter = beside.args
            if value_of(matrix).rank == 2 and not value_of(letter).rank:
                promote(letter, 1, f"{shown(matrix)} precedes it")
    for phrase, beside in pairs:
        value, other = value_of(phrase), value_of(beside)
        factor = phrase.args[-1] if phrase.kind == "*" else None
        why = _why_like(resolver, phrase, beside)
        if value.rank == 0 < other.rank and not other.row:
            if not _may_count(resolver, beside):
                promote(resolver.letter_of(phrase), other.rank, why)
        elif value.row and value.rank == 1 and other.rank == 2 and factor:  # X - a b^\top
            row = f"it precedes the row {shown(factor)}"
            promote(resolver.letter_of(phrase.args[0]), 1, row)
        elif (
            value.rank == 2
            and other.rank == 1
            and not other.row
            and factor
            and not value_of(factor).rank
        ):
            promote(factor, 1, why)
    for phrase, beside in pairs:
        value, other = value_of(phrase), value_of(beside)
        if (
            (value.rank == 1 or (value.rank == 2 and _unsigned(phrase).kind == "*"))
            and other.rank == 0
            and _is_computed(resolver, beside)
        ):
            for term in terms(phrase):
                if value_of(term).rank and not _is_array_in(resolver, term, beside):
                    letter = _counted(resolver.letter_of(term))
                    promote(letter, 0, _why_like(resolver, term, beside))


def _why_like(resolver: ResolverBase, phrase: Phrase, beside: Phrase) -> str:
    """Why a letter is of the rank of what is added to it, or to what it is a factor of."""
    alone = resolver.letter_of(phrase) is _unsigned(phrase)
    return f"{'it' if alone else resolver.quote(phrase)} is added to {resolver.quote(beside)}"


def _counted(phrase: Phrase) -> Phrase:
    r"""The n of \log n, which counts; else the phrase itself."""
    inside = phrase.args[0] if phrase.kind == "call" and len(phrase.args) == 1 else phrase
    counts = inside.kind == "symbol" and inside.text in INDICES
    return inside if counts and phrase.text in ENTRYWISE else phrase


def _is_computed(resolver: ResolverBase, phrase: Phrase) -> bool:
    """Whether this is not a letter, or one that a line before defines."""
    if phrase.kind not in ("number", "symbol", "indexed"):
        return True
    return phrase.kind != "number" and resolver.scope.name(phrase) in resolver.letters.defined


def _is_array_in(resolver: ResolverBase, phrase: Phrase, beside: Phrase) -> bool:
    r"""Whether this is the x of x - \operatorname{mean}(x) or x + \|x\|^2, an array there."""
    letter = _unsigned(phrase)
    if letter.kind not in ("symbol", "indexed"):
        return False
    name = resolver.scope.name(letter)
    return any(
        part.kind == letter.kind and resolver.scope.name(part) == name
        for part in postorder(beside, children)
    )


def _may_count(resolver: ResolverBase, phrase: Phrase) -> bool:
    r"""Whether this is the p of \nu + p or the n \log \theta beside \sum_i x_i, of which nothing
    says that it is a vector.
    """
    letters, first = PARAMETERS, phrase
    while first.kind in ("*", "neg") and not first.bracketed:  # n \log \theta
        behind = first.args[1:]
        if any(resolver.value_of(part).rank for part in behind):
            return False
        letters, first = INDICES, first.args[0]
    if first.kind == "call" and len(first.args) == 1 and first.text in ENTRYWISE:  # \log n!
        letters, first = INDICES, first.args[0]
    if first.kind != "symbol" or resolver.scope.knows(first):
        return False
    name = symbol(first, resolver.scope.source).name
    return name in letters and resolver.letters.ranks.is_free(name)


def _unsigned(phrase: Phrase) -> Phrase:
    while phrase.kind == "neg":
        phrase = phrase.args[0]
    return phrase
