"""The first look at a formula: which indices run where, which letters are sizes, which occur as a
whole.
"""

from __future__ import annotations

from matcalc.core.operations import SIZES
from matcalc.core.walk import postorder
from matcalc.read.tex import limits, subscripts
from matcalc.read.tex.binders import require_range
from matcalc.read.tex.derivatives import SIGNS
from matcalc.read.tex.letter_state import Ranges
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import size_leaves
from matcalc.read.tex.symbols import letters as letters_of
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.vocabulary import INDICES

_SUMS, _LETTERS = ("+", "-"), ("symbol", "indexed")
_MOST_NESTED = 20  # sums inside sums


def children(phrase: Phrase) -> tuple[Phrase, ...]:
    """The operands that have a value of their own: the W of W_1 is none, nor are the sizes in
    reshape(X, m, n).
    """
    if phrase.kind == "call":
        return phrase.args[: SIZES.get(phrase.text)]
    return (
        ()
        if phrase.kind == "indexed" and phrase.args[0].kind in ("symbol", "mark")
        else phrase.args
    )


def survey(letters: Letters, root: Phrase, label: Phrase | None = None) -> set[int]:
    """Tells ``letters`` what is found; returns the factors after which another stands."""
    followed = set()
    plain: set[int] = set()  # letters, and sums of nothing but letters
    for part in postorder(root, children):
        _note_letters(letters, part)
        total = part.kind in _SUMS
        inside = part.kind == "neg" or total
        if part.kind in _LETTERS or (inside and all(id(arg) in plain for arg in part.args)):
            plain.add(id(part))
        if total and part.args[0].kind in _SUMS and id(part.args[0]) in plain:
            letters.waiting.add(id(part.args[0]))
    for part in label.parts if label is not None and label.kind == "application" else ():
        _note_whole(letters, part)
    stack: list[tuple[Phrase, Ranges, int]] = [(root, {}, 0)]
    while stack:
        phrase, running, depth = stack.pop()
        if running:
            letters.ranges[id(phrase)] = running
        if phrase.kind == "*":
            followed.add(id(phrase.args[0]))
        if phrase.kind == "power" or id(phrase) in letters.raised:
            letters.raised.update(
                map(id, phrase.args[-1:] if phrase.kind == "power" else phrase.args)
            )
        if phrase.kind == "bigsum":
            depth += 1
            if depth > _MOST_NESTED:
                raise letters.problem(
                    f"more than {_MOST_NESTED} sums inside one another",
                    phrase.mark or phrase.span,
                )
            require_range(phrase, letters)
            limits.settle(phrase, letters, running)
            names = letters.names_of(phrase)
            letters.indices_of_sums.update(names)
            running = {**running, **dict.fromkeys(names, phrase.limit)}
        elif phrase.kind == "array":
            answer = phrase if phrase.text == "answer" else None  # which has known ranges
            running = {**running, **dict.fromkeys(letters.indices(phrase) or (), answer)}
        elif phrase.kind == "indexed" and phrase.args[0].kind not in ("symbol", "mark"):
            own = letters.indices(phrase) or []
            if not any(index in running for index in own):
                running = {**running, **dict.fromkeys(own)}
        elif phrase.kind == "indexed" and any(
            name in running for name in subscripts.names(phrase, letters.scope.source)
        ):
            letters.summed.add(symbol(phrase.args[0], letters.scope.source).key)
        subscripts.require_places(letters, phrase, running)
        letters.note_sizes(phrase)
        below = phrase.parts if running and phrase.kind in SIGNS else ()
        stack += [(child, running, depth) for child in (*children(phrase), *below)]
    return followed


def _note_letters(letters: Letters, phrase: Phrase) -> None:
    _note_whole(letters, phrase)
    for part in phrase.parts if phrase.kind in SIGNS else ():
        _note_whole(letters, part)
        if phrase.args and is_entry_by_entry(letters, phrase.args[0], part):
            _note_whole(letters, part.args[0])
    for name in subscripts.names(phrase, letters.scope.source):
        letters.subscripted.append((phrase, name))
    if phrase.kind == "bigsum":
        every = [*phrase.parts, *(side for bound in phrase.bounds for side in bound.args)]
        found = [leaf for part in every for leaf in letters_of(part) or size_leaves(part)]
        names = frozenset(
            symbol(leaf, letters.scope.source).name for leaf in found if leaf.kind == "symbol"
        )
        letters.bound.append((phrase, names))


def is_entry_by_entry(letters: Letters, body: Phrase, variable: Phrase) -> bool:
    r"""Whether \frac{\partial X_{kl}}{\partial X_{ij}} is of an entry by another: of X then."""
    both = [
        each
        for each in (body, variable)
        if each.kind == "indexed" and each.args[0].kind == "symbol"
    ]
    if len(both) < 2 or len(body.parts) != len(variable.parts):
        return False
    source = letters.scope.source
    keys = {symbol(each.args[0], source).key for each in both}
    names = [{*subscripts.names(each, source)} for each in both]
    return len(keys) == 1 and all(name and name <= INDICES for name in names)


def _note_whole(letters: Letters, phrase: Phrase) -> None:
    if phrase.kind == "symbol":
        found = symbol(phrase, letters.scope.source)
        letters.whole_keys.setdefault(found.key, found)
