"""What the front end hands on: a typed expression together with everything that is known of its
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.language import Language, default_language
from matcalc.core.tree import Expr


@dataclass(frozen=True, slots=True)
class Program:
    """A parsed and typed program: its value, its variables in order of appearance, and notes for
    the user.

    ``undetermined`` are the generated names of sizes that are no variable's axis: those of ``eye``,
    ``vector(1)`` and the like that nothing in the text fixes. ``asked`` is the derivative that the
    text itself asks for, as d/dx before a formula does: the variable and the order. ``definitions``
    are the parts that the text gives a name. ``learnt`` are the kinds of letters that are not what
    their first letter says. ``language`` is what the text was read in.
    ``unexpanded`` says that derivatives stand inside, which ``engine/inner.py`` has to put in.
    """

    expr: Expr
    variables: dict[str, Variable]
    source: str
    notes: tuple[str, ...] = ()
    undetermined: tuple[Dim, ...] = ()
    asked: tuple[str, int] | None = None
    definitions: Mapping[str, Expr] = field(default_factory=dict)
    learnt: Mapping[str, str] = field(default_factory=dict)
    language: Language = field(default_factory=default_language, compare=False)
    unexpanded: bool = False


def name_variables(names: Sequence[str]) -> str:
    """The hint that says which variables an expression has."""
    return f"its variables are {', '.join(names)}" if names else "the expression has no variables"
