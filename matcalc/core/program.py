"""What the front end hands on: a typed expression together with everything that is known of its
names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcalc.core.dims import Dim
from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.kinds import Variable
from matcalc.core.language import Language, default_language
from matcalc.core.members import families, family_of
from matcalc.core.tree import Expr

_FEW = 4  # members of a family that are all listed


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


def unknown_variable(names: Sequence[str], name: str, note: str = "") -> UnknownNameError:
    """The error that says which variables an expression has, as this is the name of none."""
    members = families(names)
    if name in members:
        return UnknownNameError(
            f"{name} is a family of variables here, and no single one",
            source=name,
            span=Span(0, len(name)),
            hint=f"name a member: {', '.join(_abridge(members[name]))}; matcalc diff --wrt {name}"
            f' (matcalc.diff(..., "{name}") in Python) differentiates by all of them',
        )
    known = dict.fromkeys([family_of(each) or each for each in names])
    listed = [each for key in known for each in _abridge(members.get(key, [key]))]
    return UnknownNameError(
        f"{name} is not a variable of this expression",
        source=name,
        span=Span(0, len(name)),
        hint=f"its variables are {', '.join(listed)}{note}"
        if listed
        else f"the expression has no variables{note}",
    )


def compact_note(program: Program, wrt: str) -> str:
    """Says of a name such as Ax that it is one name."""
    for name, variable in program.variables.items():
        if (
            not variable.declared
            and wrt in name
            and name.isalpha()
            and len(name) <= 3
            and name != wrt
        ):
            return f"; {name} is one name, write {'*'.join(name)} for a product"
    return ""


def _abridge(members: Sequence[str]) -> list[str]:
    """A few members, and the last one."""
    return [*members] if len(members) <= _FEW else [*members[:2], "...", members[-1]]
