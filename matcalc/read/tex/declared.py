r"""Derivatives of functions that are only declared, as they are printed: \nabla F(x), \nabla^2 F(x)
and J_F(x).
"""

from __future__ import annotations

from matcalc.core.kinds import Variable
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope

_NAMES = {"grad": 1, "hess": 2, "jac": 2}  # with the axes of their values, of functions of vectors


def function_of(letter: Phrase, scope: Scope) -> Variable | None:
    """The declared function that a letter names."""
    if letter.kind not in ("symbol", "indexed") or not scope.knows(letter):
        return None
    known = scope.declared.get(scope.name(letter))
    return known if known is not None and known.kind == "function" else None


def is_gradient(sign: Phrase, behind: Phrase, scope: Scope) -> bool:
    r"""Whether this is the \nabla F of a declared F, and no \nabla_x."""
    base = sign.args[0] if sign.kind == "power" else sign
    bare = base.kind == "mark" and base.text == "NABLA" and not base.parts
    return bare and function_of(behind, scope) is not None


def take_gradient(sign: Phrase, call: Phrase, scope: Scope) -> bool:
    r"""Makes grad_F(x) of \nabla and F(x), hess_F(x) of \nabla^2 and F(x)."""
    base = sign.args[0] if sign.kind == "power" else sign
    known = scope.declared.get(call.text) if call.kind == "call" else None
    if base.kind != "mark" or base.text != "NABLA" or known is None or known.kind != "function":
        return False
    order = sign.args[1].text if sign.kind == "power" else "1"
    if order not in ("1", "2") or known.ranks[-1] or len(known.ranks) != 2 or not known.ranks[0]:
        return False
    call.text = f"{'grad' if order == '1' else 'hess'}_{call.text}"
    call.start = sign.start
    return True


def jacobian(letter: Phrase, scope: Scope) -> str | None:
    """The jac_F of J_F."""
    if letter.kind != "indexed" or len(letter.parts) != 1 or letter.args[0].text != "J":
        return None
    known = function_of(letter.parts[0], scope)
    if known is None or (known.ranks[-1] != 1 and scope.printed is None):
        return None
    return f"jac_{known.name}"


def rank_of_derivative(name: str, scope: Scope) -> int | None:
    """How many axes the value of grad_F and its like has; None of anything else."""
    prefix, _, base = name.partition("_")
    known = scope.declared.get(base)
    if prefix not in _NAMES or known is None or known.kind != "function":
        return None
    return known.ranks[0] if prefix == "grad" else _NAMES[prefix]
