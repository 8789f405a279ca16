"""What undeclared letters are where the rule of the first letter cannot be meant.

A *reading* gives each undeclared letter a kind. The rule of the first letter gives the first one;
where that does not fit together, or says something that nobody writes (a transposed scalar, a
vector plus a scalar), the cheapest reading is looked for: each letter that is read against the rule
has a price, and so has each such oddity that stays. It is the search A*: a state is a set of
letters read otherwise, and what is still odd in it has to cost something. A text whose cheapest
reading has a rival, or that needs a sign put in, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from types import MappingProxyType
from typing import NamedTuple

from matcalc.core.errors import MatcalcError, ShapeError
from matcalc.core.notes import format_offer
from matcalc.core.tree import Expr
from matcalc.read.shapes.coefficients import is_undeclared
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.doubts import (
    Candidate,
    Doubt,
    LetterKey,
    conflict,
    doubts,
    quote_node,
)
from matcalc.read.shapes.entry_doubts import entry_doubt
from matcalc.read.shapes.notation import FOR_ARRAYS
from matcalc.read.syntax.names import default_kind

_MOST_ATTEMPTS = 200
_MOST_NODES = 40_000  # that all attempts together may type
_LEAST_ATTEMPTS = 15
_FOR_OFFERS = 1_000, 4  # the same two where a note is tried: many are, and a shorter note is right
_FOR_RIVALS = 8  # attempts to find a second reading when there is a first
_GRAVE = 5  # the price from which on an oddity is not left to a note
_OF_VALUE = (0, 1, 2)  # objectives are scalars: the price of a value by its rank,
_OF_ROW = 3  # and that of a row
_OF_NUMBERS = 1  # the price of reading all letters as scalars
_MOST_ALIKE = 8  # letters that are read as one that differs by its number
_FAR = 3  # how much dearer a reading may be that a hint still offers


class Outcome(NamedTuple):
    """What came of an attempt to type the text: a value, or why there is none."""

    context: Context
    value: Expr | None
    problem: ShapeError | None


# letters with their kinds, and signs put in
Reading = tuple[tuple[tuple[str, str], ...], tuple[tuple[int, str], ...]]
Attempt = Callable[
    [Mapping[str, str], Mapping[int, str]], Outcome
]  # kinds of letters, signs put in -> outcome


class _State(NamedTuple):
    """Letters read otherwise, with the reasons; signs put in; oddities that are accepted; and what
    all that costs.
    """

    letters: Mapping[str, Candidate] = MappingProxyType({})
    signs: Mapping[int, str] = MappingProxyType({})
    accepted: frozenset[LetterKey] = frozenset()
    spent: int = 0
    done: bool = False

    @property
    def reading(self) -> Reading:
        """What tells this reading from others."""
        return tuple(sorted((name, each.kind) for name, each in self.letters.items())), tuple(
            sorted(self.signs.items())
        )


def settle_readings(
    attempt: Attempt, first: Outcome, given: Mapping[str, str], size: int, *, patient: bool
) -> tuple[Outcome, Mapping[str, Candidate]]:
    """The outcome of the cheapest reading, and the letters that it reads otherwise; the error where
    there is none. The search ends sooner if it is not ``patient``.
    """
    most, least = (_MOST_NODES, _LEAST_ATTEMPTS) if patient else _FOR_OFFERS
    budget = max(least, min(_MOST_ATTEMPTS, most // max(size, 1)))
    try:
        found = _numbers(attempt, first, given) or _cheapest(attempt, first, given, budget)
    except MatcalcError as problem:
        doubt = entry_doubt(first.context, fits=False)
        if doubt is not None:
            raise doubt from None
        if isinstance(problem, ShapeError) and "declare" not in (problem.hint or ""):
            offer = _offer_numbers(attempt, first, given)
            problem.hint = "; or ".join(filter(None, (problem.hint, offer))) or None
        raise
    doubt = entry_doubt(found[0].context)
    if doubt is not None:
        raise doubt
    return found


def _numbers(
    attempt: Attempt, first: Outcome, given: Mapping[str, str]
) -> tuple[Outcome, dict[str, Candidate]] | None:
    """The reading of ``x1^2*x2 + x2*x3``, which no vectors fit: letters with numbers, all of them
    scalars. None where there are other letters of vectors, or signs for vectors.
    """
    node = first.context.failed
    if first.problem is None or first.context.clashed or node is None:
        return None
    found = _as_numbers(attempt, first, given, lambda name: bool(_stem(name)))
    if found is None:
        return None
    outcome, (leader, *others) = found
    why = f"{quote_node(first.context, node)} has no meaning for a vector {leader}"
    letters = {name: Candidate(name, "scalar", 0, f"{leader} is") for name in others}
    return outcome, {leader: Candidate(leader, "scalar", 0, why), **letters}


def _as_numbers(
    attempt: Attempt, first: Outcome, given: Mapping[str, str], may_be: Callable[[str], bool]
) -> tuple[Outcome, list[str]] | None:
    """The reading with numbers for all letters of vectors, and these. None where one of them may
    not be a number, or where there is something else than numbers, or a sign for vectors.
    """
    if FOR_ARRAYS.search(first.context.source):
        return None
    outcome, letters = first, list[str]()
    while True:
        new = [
            name
            for name in outcome.context.seen
            if name not in letters
            and is_undeclared(outcome.context, name)
            and (given.get(name) or default_kind(name)) != "scalar"
        ]
        if not new:
            break
        if any(name in given or not may_be(name) for name in new):
            return None
        letters += new
        outcome = attempt({**given, **dict.fromkeys(letters, "scalar")}, {})
    fits = outcome.value is not None and not outcome.context.oddities
    fits = fits and not any(part.shape for part in outcome.context.made)
    return (outcome, letters) if fits and letters else None


def _offer_numbers(attempt: Attempt, first: Outcome, given: Mapping[str, str]) -> str:
    """The declaration that makes a formula of numbers of the text; empty where it is none."""
    found = _as_numbers(attempt, first, given, lambda name: default_kind(name) == "vector")
    if found is None:
        return ""
    return f'declare "{", ".join(found[1])}: scalar" if these are numbers'


def _cheapest(
    attempt: Attempt, first: Outcome, given: Mapping[str, str], budget: int
) -> tuple[Outcome, Mapping[str, Candidate]]:
    """The same by search."""
    search = _Search(attempt, first, given, budget)
    found = search.run()
    if not found:
        if first.problem is not None:
            raise search.problem_of_power() or search.problem_with_arrays()
        if search.exhausted and search.grave is not None:
            raise _too_many(first.context, search.grave)
        return first, {}
    best, *others = sorted(found, key=_rank)
    rivals = [
        each for each in others if _rank(each) == _rank(best) and each.reading != best.reading
    ]
    if best.signs or (
        rivals and best.letters and all(each.letters or each.signs for each in rivals)
    ):
        offers = [
            each
            for each in found
            if not each.signs and each.letters and each.spent <= best.spent + _FAR
        ]
        unsigned = best._replace(signs={})  # has a problem that the signs remove
        blamed = search.outcome(unsigned) if best.signs and first.problem is None else first
        raise search.problem_of_power() or _refusal(blamed, offers)
    return search.outcome(best), best.letters


def _rank(state: _State) -> tuple[int, int]:
    """The price, and of equal prices how many capitals are read as vectors: hardly anybody means
    that.
    """
    capitals = [default_kind(name) == "matrix" and each.kind == "vector"
                for name, each in state.letters.items()]  # fmt: skip
    return state.spent, sum(capitals)


class _Search:
    """The states to be visited, the cheapest first."""

    def __init__(
        self, attempt: Attempt, first: Outcome, given: Mapping[str, str], budget: int
    ) -> None:
        self._attempt = attempt
        self._given = given
        self._outcomes = {_State().reading: first}
        self._budget = budget
        self._heap: list[tuple[int, int, int, _State]] = []
        self._pushed = 0
        self._known: set[tuple[object, ...]] = set()
        self.exhausted = False
        self.grave: Doubt | None = None

    def run(self) -> list[_State]:
        """The readings, from the cheapest to those that are too dear to be offered."""
        found: list[_State] = []
        self._push(_State(), 0)
        while self._heap:
            price, _, _, state = heappop(self._heap)
            if found and price > found[0].spent + (_FAR if self._will_refuse(found) else 0):
                break
            if state.done:
                if not found:
                    self._budget = min(self._budget, _FOR_RIVALS)
                if all(state.reading != each.reading for each in found):
                    found.append(state)
                continue
            if self._budget <= 0 and state.reading not in self._outcomes:
                self.exhausted = True
                break
            self._visit(state, price)
        return found

    @staticmethod
    def _will_refuse(found: list[_State]) -> bool:
        """Whether the text will be refused, so that what could be declared is of interest."""
        return bool(found[0].signs) or len(found) > 1

    def outcome(self, state: _State) -> Outcome:
        """What the reading of a state makes of the text."""
        found = self._outcomes.get(state.reading)
        if found is None:
            self._budget -= 1
            kinds = {**self._given, **{name: each.kind for name, each in state.letters.items()}}
            found = self._outcomes[state.reading] = self._attempt(kinds, state.signs)
        return found

    def problem_with_arrays(self) -> ShapeError:
        """Why the text has no type where the letters whose entries it takes are arrays."""
        kinds: dict[str, str] = {}
        outcome = self._outcomes[_State().reading]
        while True:
            problem = outcome.problem
            assert problem is not None
            node = outcome.context.failed
            name = str(node.args[0].value) if node and node.kind == "entries" else ""
            seen = outcome.context.seen.get(name)
            if seen is None or seen.shape or name in kinds:
                return problem
            wanted = {*kinds, name}
            for (letters, signs), each in self._outcomes.items():
                if each.problem and not signs and {letter for letter, _ in letters} == wanted:
                    kinds, outcome = dict(letters), each
                    break
            else:
                return problem

    def problem_of_power(self) -> ShapeError | None:
        """Why the text has no type where letters read otherwise leave nothing but a ^ to blame, as
        in mean((y - X*b)^2).
        """
        failed = self._outcomes[_State().reading].context.failed
        for (letters, signs), each in self._outcomes.items():
            node, base = each.context.failed, each.context.operands[:1]
            if failed is None or node is None or node.kind != "^" or signs or not letters:
                continue
            within = node.args[0].start <= failed.start and failed.end <= node.args[0].end
            if within and base[0].rank == 1 and all(kind == "vector" for _, kind in letters):
                return each.problem
        return None

    def _push(self, state: _State, price: int) -> None:
        key = (state.reading, tuple(sorted(state.accepted)), state.done)
        if not state.done:
            if key in self._known:
                return
            self._known.add(key)
        self._pushed += 1
        heappush(
            self._heap, (price, -len(state.letters) - len(state.accepted), self._pushed, state)
        )

    def _visit(self, state: _State, price: int) -> None:
        outcome = self.outcome(state)
        if outcome.value is None:
            candidates, signs = conflict(outcome.context, self._given)
            for each in candidates:
                self._read(state, [each], price)
            for node, sign, cost in signs:
                if node not in state.signs:
                    put = {**state.signs, node: sign}
                    self._push(
                        _State(state.letters, put, state.accepted, state.spent + cost),
                        max(price, state.spent + cost),
                    )
            return
        all_doubts = doubts(outcome.context)
        open_doubts = [doubt for doubt in all_doubts if doubt.key not in state.accepted]
        if not state.letters and not state.signs:
            self.grave = next((doubt for doubt in open_doubts if doubt.price >= _GRAVE), None)
        choices = [(doubt, self._open(state, doubt)) for doubt in open_doubts]
        sure = [doubt for doubt, candidates in choices if not candidates]
        accepted = state.accepted.union(doubt.key for doubt in sure)
        spent = state.spent + sum(doubt.price for doubt in sure)
        state = _State(state.letters, state.signs, accepted, spent)
        choices = [(doubt, candidates) for doubt, candidates in choices if candidates]
        if not choices:
            spent += _price_of_value(outcome, state.letters)
            unlike = _same_but_number(outcome.context, state.letters, self._given)
            alike = _State({**state.letters, **unlike}, state.signs, accepted, state.spent)
            if 0 < len(unlike) <= _MOST_ALIKE:
                other = self.outcome(alike)
                if other.value is not None and (
                    state.spent + _price_of_value(other, alike.letters) <= spent
                ):
                    self._push(alike, price)
                    return
            self._push(_State(state.letters, state.signs, accepted, spent, done=True), spent)
            return
        least = max(price, spent + _lower_bound(choices))
        single = [
            candidates[0]
            for _, candidates in choices
            if len({each.name for each in candidates}) == 1
        ]
        together = list({each.name: each for each in reversed(single)}.values())
        if len(together) > 1:
            self._read(state, together, least)
        doubt, candidates = choices[0]
        for chosen in [candidates] if doubt.together else [[each] for each in candidates]:
            self._read(state, chosen, least)
        kept = spent + doubt.price
        self._push(
            _State(state.letters, state.signs, accepted | {doubt.key}, kept), max(least, kept)
        )

    def _open(self, state: _State, doubt: Doubt) -> list[Candidate]:
        return [
            each
            for each in doubt.candidates
            if each.name not in state.letters and each.name not in self._given
        ]

    def _read(self, state: _State, candidates: Iterable[Candidate], price: int) -> None:
        """The state in which these letters are read otherwise, too."""
        new = {each.name: each for each in candidates if each.name not in state.letters}
        if new:
            spent = state.spent + sum(each.price for each in new.values())
            self._push(
                _State({**state.letters, **new}, state.signs, state.accepted, spent),
                max(price, spent),
            )


def _price_of_value(outcome: Outcome, letters: Mapping[str, Candidate]) -> int:
    value = outcome.value
    assert value is not None
    price = _OF_ROW if value.row and value.rank == 1 else _OF_VALUE[min(value.rank, 2)]
    seen = outcome.context.seen.values()
    return price + (_OF_NUMBERS if letters and not any(each.shape for each in seen) else 0)


def _same_but_number(
    context: Context, letters: Mapping[str, Candidate], given: Mapping[str, str]
) -> dict[str, Candidate]:
    """Letters that differ by their number from one that is read otherwise, each read as that is."""
    stems = {_stem(name): each for name, each in letters.items() if _stem(name)}
    found = {}
    for name in context.seen:
        first = stems.get(_stem(name))
        if (
            first is not None
            and name not in letters
            and name not in given
            and name not in context.declared
            and default_kind(name) != first.kind
        ):
            found[name] = Candidate(name, first.kind, 0, f"{first.name} is")
    return found


def _stem(name: str) -> str:
    """The x of x1 and x_1; empty where there is no number."""
    stem = name.rstrip("0123456789")
    return stem.rstrip("_") if stem != name else ""


def _lower_bound(choices: list[tuple[Doubt, list[Candidate]]]) -> int:
    """What doubts about different letters cost at least."""
    used: set[str] = set()
    total = 0
    for doubt, candidates in choices:
        names = {each.name for each in candidates}
        if used.isdisjoint(names):
            used |= names
            total += min(doubt.price, *(each.price for each in candidates))
    return total


def _refusal(first: Outcome, readings: list[_State]) -> MatcalcError:
    """The error where a text has two readings, with the declarations of each."""
    context = first.context
    offers = dict.fromkeys(_declarations(state) for state in readings)
    declare = " or ".join(
        ["declare " + " and ".join(offer) for offer in offers][:1]
        + [" and ".join(o) for o in [*offers][1:3]]
    )
    problem = first.problem
    if problem is None:
        names = dict.fromkeys(name for state in readings for name in state.letters)
        return context.problem(f"{' or '.join(names)} is ambiguous", None, declare)
    if declare:
        problem.hint = f"{problem.hint}; or {declare}" if problem.hint else declare
    return problem


def _declarations(state: _State) -> tuple[str, ...]:
    return tuple([f"{name}: {each.kind}" for name, each in state.letters.items()])


def _too_many(context: Context, doubt: Doubt) -> MatcalcError:
    name = doubt.candidates[0].name
    message = f"too many letters whose kinds only their use can tell, {name} among them"
    return context.problem(
        message, None, f'declare them, as in "{name}: {doubt.candidates[0].kind}"'
    )


def notes(context: Context, letters: Mapping[str, Candidate]) -> tuple[str, ...]:
    """What the user may have meant otherwise: letters that are not what their first letter says,
    oddities that stayed.
    """
    said: dict[str, str] = {}  # by the letter: one note on each
    for name in context.seen:
        if name in letters:
            kind = context.kind_of(context.seen[name])
            said[name] = note(
                name, f"is read as {kind}, because {letters[name].why}", default_kind(name)
            )
    for doubt in doubts(context):
        name, kind = doubt.candidates[0].name, doubt.candidates[0].kind
        if doubt.key[0] == "added" and kind == "scalar":
            if doubt.left:
                said.setdefault(doubt.left, f"note: {doubt.left}")
        elif doubt.left and name not in said:
            if doubt.other is not None and doubt.other.rank == ("scalar", "vector", "matrix").index(
                kind
            ):
                kind = context.describe(doubt.other).removeprefix("row ")
            said[name] = note(name, doubt.left, kind)
    return tuple(said.values())


def note(name: str, what: str, otherwise: str) -> str:
    """The words of a note on a letter, with the declaration that says otherwise."""
    return f"note: {name} {what}; {format_offer(name, otherwise)} otherwise"
