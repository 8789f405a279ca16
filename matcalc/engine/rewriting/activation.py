"""Which rewrites may fire in a derivation: those whose functions have come up, or may come up by
other rewrites.

They are the states of an automaton that reads sets of functions. Its transitions are kept with the
catalogue, because most derivations take the same ones.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush
from typing import NamedTuple

from matcalc.engine.catalogue.compiled import Catalogue
from matcalc.engine.catalogue.index import Activation
from matcalc.engine.ir.nodes import FunctionName
from matcalc.engine.rewriting.pattern import Pattern, pattern

_MOST_TRANSITIONS = 2_000  # beyond these the catalogue starts afresh
_ALWAYS = ""  # what rewrites need that need nothing


class Phases(NamedTuple):
    """The phases of the rewrites that take part; with ``code`` those for generated code alone."""

    names: frozenset[str]
    code: bool

    def have(self, activation: Activation) -> bool:
        """Whether a rewrite takes part."""
        return activation.code if self.code else activation.phase in self.names


class Activated:
    """The functions that are there or may be brought in, the places of the rewrites that may fire,
    and these by their heads, in the order in which they were activated. ``late`` are those for the
    end among them; ``ends`` says whether any may fire, also where they take no part. It never
    changes: activating more functions gives another one, from the catalogue's ``transitions``.
    """

    __slots__ = ("awake", "ends", "late", "present", "rules")

    def __init__(
        self,
        present: frozenset[FunctionName],
        awake: frozenset[int],
        rules: dict[FunctionName, list[Pattern]],
        late: dict[FunctionName, list[Pattern]],
        *,
        ends: bool,
    ) -> None:
        self.present = present
        self.awake = awake
        self.rules = rules
        self.late = late
        self.ends = ends


NOTHING = Activated(frozenset(), frozenset(), {}, {}, ends=False)


def activate(
    known: Catalogue, state: Activated, fresh: Collection[FunctionName], phases: Phases
) -> Activated:
    """The state after functions that are new; rewrites that need nothing are activated first."""
    by_need = known.by_need
    found = [name for name in fresh if name in by_need and name not in state.present]
    if state is NOTHING:
        found.append(_ALWAYS)
    if not found:
        return state
    key = (state, frozenset(found), phases)
    result = known.transitions.get(key)
    if result is None:
        if len(known.transitions) >= _MOST_TRANSITIONS:
            known.transitions.clear()
        result = known.transitions[key] = _follow(known, state, found, phases)
    activated: Activated = result
    return activated


def _follow(
    known: Catalogue, state: Activated, fresh: Collection[FunctionName], phases: Phases
) -> Activated:
    """The transition. Rewrites are activated in the order of the catalogue. What one of them brings
    in activates those after it in the same turn, and others in the next.
    """
    present, awake = {*state.present, *fresh}, set(state.awake)
    rules = {head: [*patterns] for head, patterns in state.rules.items()}
    late = {head: [*patterns] for head, patterns in state.late.items()}
    places = {place for name in fresh for place in known.by_need.get(name, ())}
    queue = [(0, place) for place in sorted(places)]
    while queue:
        turn, place = heappop(queue)
        activation = known.rewrites[place]
        if place in awake or not activation.needs <= present or not phases.have(activation):
            continue
        awake.add(place)
        rule = pattern(known, activation.name)
        rules.setdefault(rule.head, []).append(rule)
        if activation.phase == "final":
            late.setdefault(rule.head, []).append(rule)
        for name in activation.brings - present:
            for other in known.by_need.get(name, ()):
                heappush(queue, (turn if other > place else turn + 1, other))
        present |= activation.brings
    ends = any(each.needs <= present for each in known.endings)
    return Activated(frozenset(present), frozenset(awake), rules, late, ends=ends)
