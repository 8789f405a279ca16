"""What a derivation is: lines, each a formula with the identities that it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr

VALUE, LET, DIFFERENTIAL, EQUAL = "value", "let", "differential", "equal"
VECTORISED, ANSWER, CLOSED = "vectorised", "answer", "closed"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line holds: in words or as an identity, and where that is in the literature."""

    text: str
    name: str = ""  # of the entry in identities/
    source: str = ""


@dataclass(slots=True)
class Line:
    """One formula of a derivation.

    ``kind`` says what is claimed. ``value``: it is what is differentiated, called ``name``.
    ``let``: it is what ``name`` stands for from here on. ``differential``: it is the differential
    of ``name``. ``equal``: it equals the line before; ``vectorised``: it equals vec of it.
    ``answer``: it is what the differential of the variable is multiplied by in the line before.
    ``closed``: it equals the line before with all names written out.

    ``inserted`` are the differentials that were replaced by their formulas since the line before.
    ``proof`` says how the claim was proved, or why it could not be.
    """

    kind: str
    tree: Expr
    reasons: tuple[Reason, ...] = ()
    name: str = ""
    inserted: tuple[str, ...] = ()
    proof: str = ""
    proved: bool = False


@dataclass(slots=True)
class LineChain:
    """The derivation of one derivative: of the value that the lines call ``name``, by ``wrt``."""

    program: Program
    wrt: str
    name: str
    lines: list[Line]
    variables: dict[str, Variable]  # with those that the lines add
    differentials: Mapping[str, str]  # name -> what its differential is called
    adjoints: Mapping[str, str]  # name -> the part that it is the adjoint of
    step: str  # the differential of ``wrt``
    remark: str = ""  # what could not be shown, or is shown otherwise
    # formulas in LaTeX that were read back, by how they are set and by their lines
    formulas: dict[Hashable, tuple[str, str, str]] = field(default_factory=dict, repr=False)
