r"""Letters with an index over which nothing runs, as y_i beside x_i^\top w: numbers, or vectors of
their own.

By its first letter y_i is a vector, and y_i x_i^\top w an outer product. Beside other letters with
the index i it may as well be a number, the entry i of y. So a formula with such letters is read
both ways: where both readings fit it is refused, and where one fits that is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.core.kinds import Variable
from matcalc.core.notes import format_number_offer, format_offer
from matcalc.core.walk import postorder
from matcalc.read.syntax.declare import declare
from matcalc.read.syntax.names import GREEK, default_kind
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.vocabulary import INDICES

_MOST_TRIED = 4  # letters that are taken for numbers one by one

Result = TypeVar("Result")
Declared = Mapping[str, Variable]


def candidates(letters: Letters, roots: Iterable[Phrase]) -> dict[str, Phrase]:
    r"""The letters such as y_i that are vectors by their first letter alone, where another letter
    has the same index.
    """
    scope = letters.scope
    found: dict[str, Phrase] = {}
    bases: dict[str, set[str]] = {}
    for phrase in (part for root in roots for part in postorder(root, children)):
        index = _index(letters, phrase)
        if index is None:
            continue
        whole = symbol(phrase, scope.source)
        bases.setdefault(index, set()).add(whole.stem)
        if (
            not scope.knows(phrase)
            and not scope.knows(phrase.args[0])
            and not whole.bold
            and whole.stem not in GREEK
            and default_kind(whole.name) == "vector"
            and whole.key not in letters.used_whole
            and symbol(phrase.args[0], scope.source).key not in letters.whole_keys
        ):
            found.setdefault(whole.name, phrase)
    return {
        name: phrase
        for name, phrase in found.items()
        if len(bases[_index(letters, phrase) or ""]) > 1
    }


def _index(letters: Letters, phrase: Phrase) -> str | None:
    """The one letter below a letter, where nothing runs over it."""
    if phrase.kind != "indexed" or phrase.args[0].kind != "symbol" or len(phrase.parts) != 1:
        return None
    if phrase.parts[0].kind != "symbol":
        return None
    name = symbol(phrase.parts[0], letters.scope.source).name
    runs = name in letters.ranges.get(id(phrase), {}) or name in letters.indices_of_sums
    return name if name in INDICES and not runs and name not in letters.scope.dimensions else None


def _beside_vectors(letters: Letters, phrase: Phrase) -> bool:
    """Whether a letter with the same index is a vector by its use, as samples are."""
    index = _index(letters, phrase)
    return any(pieces[-1:] == (index,) for _, pieces in letters.used_whole)


def remember(letters: Letters, roots: Iterable[Phrase]) -> None:
    """Leaves the letters in doubt with the scope, each with whether a vector is beside it."""
    letters.scope.doubtful = {
        name: (phrase, _beside_vectors(letters, phrase))
        for name, phrase in candidates(letters, roots).items()
    }


def either(
    scope: Scope,
    read: Callable[[], Result],
    again: Callable[[Declared], Result],
    variables: Callable[[Result], Mapping[str, Variable]],
) -> tuple[Result, tuple[str, ...]]:
    """What is read, with notes. ``again`` reads with further declarations; its result is taken
    where the first reading does not fit, and is an error where both do.
    """
    try:
        result = read()
    except ShapeError:  # an error about names says itself what is not clear
        numbers = _as_numbers(list(scope.doubtful), again)
        if numbers is None:
            raise
        names, other = numbers
        return other, tuple(
            f"note: {_show(scope, name)} is read as a number, because it does not fit as a vector"
            for name in names
        )
    known = variables(result)
    vectors = [
        name
        for name, (_, beside) in scope.doubtful.items()
        if beside and name in known and len(known[name].shape) == 1
    ]
    numbers = _as_numbers(vectors, again)
    if numbers is not None:
        raise _two_readings(scope, numbers[0][0])
    return result, ()


def _as_numbers(
    names: list[str], again: Callable[[Declared], Result]
) -> tuple[list[str], Result] | None:
    """The first choice of letters that can be numbers: all of them, or else one."""
    choices = [names] if names else []
    if 1 < len(names) <= _MOST_TRIED:
        choices += [[name] for name in names]
    for chosen in choices:
        try:
            return chosen, again(declare([f"{name}: scalar" for name in chosen]))
        except MatcalcError:
            continue
    return None


def _show(scope: Scope, name: str) -> str:
    phrase, _ = scope.doubtful[name]
    return scope.quote(phrase).strip("{}() ")


def _two_readings(scope: Scope, name: str) -> MatcalcError:
    phrase, _ = scope.doubtful[name]
    base, index = (scope.quote(part) for part in (phrase.args[0], phrase.parts[0]))
    return scope.problem(
        f"{_show(scope, name)} may be a number, the entry {index.strip('{}')} of {base}, or a "
        f"vector of its own",
        phrase.span,
        f"{format_number_offer([name])}; {format_offer(name, 'vector')} if it is a vector",
    )
