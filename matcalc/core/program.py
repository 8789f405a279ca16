"""What the front end hands on: a typed expression together with everything that is known of its
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.core.errors import ArgumentError, Span, UnknownNameError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.members import families, family_of
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import Expr

LONG = 60  # nodes of a program beyond which gradients go from segment to segment unasked
_FEW = 4  # members of a family that are all listed


class Program(NamedTuple):
    """A parsed and typed program: its value, its variables in order of appearance, and notes for
    the user.

    ``undetermined`` are the generated names of sizes that are not the axis of a variable: those of
    ``eye``, ``vector(1)`` and the like that nothing in the text fixes. ``asked`` is the derivative
    that the text itself asks for, as d/dx before a formula does: the variable and the order.
    ``definitions`` are the parts that the text gives a name. ``learnt`` are the kinds of letters
    that are not what their first letter says. ``language`` is what the text was read in.
    ``unexpanded`` says that derivatives are inside, which ``engine/inner.py`` has to put in.
    """

    expr: Expr
    variables: dict[str, Variable]
    source: str
    language: BaseLanguage
    notes: tuple[str, ...] = ()
    undetermined: tuple[Dim, ...] = ()
    asked: tuple[str, int] | None = None
    definitions: Mapping[str, Expr] = MappingProxyType({})
    learnt: Mapping[str, str] = MappingProxyType({})
    unexpanded: bool = False

    def declare(self, *variables: Variable) -> Program:
        """The program with these variables, in place of those of their names."""
        return self._replace(
            variables={**self.variables, **{each.name: each for each in variables}}
        )

    def without(self, *names: str) -> Program:
        """The program without some of its variables."""
        left = {name: each for name, each in self.variables.items() if name not in names}
        return self._replace(variables=left)


def unknown_variable(names: Sequence[str], name: str, note: str = "") -> UnknownNameError:
    """The error that says which variables an expression has, as this is the name of none."""
    members = families(names)
    if name in members:
        return UnknownNameError(
            f"{name} is a family of variables here, not a single one",
            source=name,
            span=Span(0, len(name)),
            hint=f"name a member: {', '.join(_abridge(members[name]))}; matcalc diff --wrt {name}"
            f' (matcalc.diff(..., "{name}") in Python) differentiates with respect to all of them',
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


def note_on_name(program: Program, name: str) -> str:
    """What to say of a name that is the name of no variable: of the x in Ax, which is one name, and
    of the x_i that is an entry of x.
    """
    several = re.split(r"[\s,]+", name)
    if len(several) > 1 and set(several) <= program.variables.keys():
        return f"; for several it is --wrt {','.join(several)}, in Python wrt={several}"
    rows = _rows(program, name)
    if rows:
        return f"; {rows} has them as its rows: differentiate with respect to that"
    if name in size_names(program.variables.values()):
        return f"; {name} is a size, and constant: declare {name}: scalar for a number of that name"
    if re.search(rf"\bd\w*\s*/\s*d{re.escape(name)}\b", program.source):
        return f"; leave out .../d{name}: enter only what is differentiated"
    for known in program.variables:
        base, _, places = known.partition("_")
        if base == name and len(places) in (1, 2) and places.isalnum():
            return f"; write {name}[{','.join(places)}] for an entry of {name}"
    for known, variable in program.variables.items():
        one = not variable.declared and known.isalpha() and len(known) <= 3
        if one and name in known and name != known:
            return f"; {known} is one name, write {'*'.join(known)} for a product"
        applied = known.removesuffix(name)
        if not variable.declared and applied != known and applied in OPERATIONS:
            return f"; {known} is one name, write {applied}({name}) for the function"
    part = find_part(program, name)
    what = "a row" if part.endswith(":]") else "an entry"
    return f'; "{part}" is {what} of {part.partition("[")[0]}' if part else ""


def find_part(program: Program, name: str) -> str:
    """The entry or row that a name with a subscript may stand for, x[k] for x_k and Mu[k,:] for
    mu_k; the matrix of which letters are the rows; empty if there is none.
    """
    rows = _rows(program, name)
    base, _, places = name.partition("_")
    whole = program.variables.get(base) or program.variables.get(base.capitalize())
    if rows or whole is None or not whole.shape or not places.isalnum():
        return rows
    if len(whole.shape) == 1:
        return f"{whole.name}[{places}]"
    if len(places) == 2 and not places.isdecimal():
        return f"{whole.name}[{places[0]},{places[1]}]"
    return f"{whole.name}[{places},:]"


def _rows(program: Program, name: str) -> str:
    """The data matrix whose rows are letters of this name."""
    rows = name[:1].upper() + name[1:]
    return rows if any(n.endswith(f"data matrix {rows}") for n in program.notes) else ""


def _abridge(members: Sequence[str]) -> list[str]:
    """A few members, and the last one."""
    return [*members] if len(members) <= _FEW else [*members[:2], "...", members[-1]]


def require_variable(program: Program, wrt: str) -> Variable:
    """The variable to differentiate with respect to; UnknownNameError where the expression has none
    of this name.
    """
    if not isinstance(wrt, str):
        raise ArgumentError(
            f"wrt must be the name of a variable, not {wrt!r}", hint='for example "x"'
        )
    variable = program.variables.get(wrt)
    if variable is None or variable.kind == "function":
        known = [name for name, each in program.variables.items() if each.kind != "function"]
        raise unknown_variable(known, wrt, note_on_name(program, wrt))
    return variable


def find_used_variables(program: Program) -> dict[str, Variable]:
    """The variables that occur in what a program computes; it may know of many more."""
    nodes = program.expr.parts
    names = dict.fromkeys(str(node.value) for node in nodes if node.op == "variable")
    return {name: program.variables[name] for name in names}
