"""What the places of letters say of them: the y of ``log(1 + exp(-y*w'*x))`` is a number, as what
it multiplies is one, and what comes of it is added to one.

A letter is a vector by its first letter alone where nothing needs it to be one. The part of a text
that is a vector for no other reason is *soft*: a number in the place of the letter makes a number
of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise, calls_function
from matcalc.read.shapes.context import Context, Evidence

_MOST = 8  # letters of which a note speaks
_SUMS = frozenset({"+", "-", *COMPARISONS})
_SCALED = _SUMS | {"neg", "/"}  # sums and multiples


def evidence(context: Context) -> Evidence:
    """What the text says of the letters that are vectors by convention."""
    soft: set[int] = set()
    for part in context.made:  # what a part is made of comes before it
        if _is_soft(context, part, soft):
            soft.add(id(part))
    firm, numbered = set[str](), set[str]()
    wanted, beside = set[int](), set[int]()
    for part in reversed(context.made):
        inside = [arg for arg in part.args if id(arg) in soft]
        if id(part) not in soft:
            wanted.update(map(id, inside))
        elif part.op == "variable":
            firm.update([part.value] * (id(part) in wanted))
            numbered.update([part.value] * (id(part) in beside))
        else:
            if id(part) in wanted:
                wanted.update(map(id, inside))
            if id(part) in beside or _is_of_numbers(part):
                beside.update(map(id, inside))
    return Evidence(frozenset(firm), frozenset(numbered))


def note_numbered(context: Context, names: Sequence[str], beside: Sequence[str]) -> tuple[str, ...]:
    """What to say of the x_1 and x_2 of ``x_1 + x_2``, which nothing but the letter makes
    vectors. Letters ``beside`` them have to be declared as the numbers that they are.
    """
    if context.evidence is None:
        context.evidence = evidence(context)
    firm = context.evidence.firm
    open_names = [n for n in names if n not in firm and len(context.seen[n].shape) == 1][:_MOST]
    if not open_names:
        return ()
    are = "is read as a vector" if len(open_names) == 1 else "are read as vectors"
    declared = " and ".join(f'"{name}: scalar"' for name in (*open_names, *beside))
    shown = " and ".join(open_names)
    return (f"note: {shown} {are} by the first letter; declare {declared} otherwise",)


def _is_soft(context: Context, part: Expr, soft: set[int]) -> bool:
    """Whether a part is a vector, or an outer product that a vector follows on, for the first
    letter of a name alone.
    """
    shaped = [arg for arg in part.args if arg.shape]
    if part.op == "variable":
        name = str(part.value)
        return part.rank == 1 and name in context.seen and name not in context.declared
    if part.op == "*":
        left, right = part.args
        if left.shape and right.shape:  # y*w'*x is y*(w'*x)
            return id(left) in soft and (right.row or left.rank == 2)
        return all(id(arg) in soft for arg in shaped) and bool(shaped)
    if part.op in _SCALED or (calls_function(part) and acts_entrywise(part)):
        return all(id(arg) in soft for arg in shaped) and bool(shaped)
    return False


def _is_of_numbers(part: Expr) -> bool:
    """Whether a sum has numbers beside what is soft, or this is a function of numbers."""
    if part.op in _SUMS:
        return any(not arg.shape for arg in part.args)
    return calls_function(part)
