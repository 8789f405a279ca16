r"""What a formula is differentiated with respect to: \frac{\partial}{\partial x_i} of a vector x is
by its entry x[i], of data vectors by the row X[i,:].
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.errors import Span, UnknownNameError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.read.tex import subscripts
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.members import name_of_member
from matcalc.read.tex.parser import parse
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol


def variable_of(letters: Letters, letter: Phrase) -> str:
    """The name of the variable, or the entry or row of one, as ``Expression.diff`` takes it."""
    scope = letters.scope
    if letter.kind != "indexed" or letter.args[0].kind != "symbol" or scope.knows(letter):
        return scope.name(letter)
    member = name_of_member(scope, letter)
    if member is not None:
        return member
    base = letter.args[0]
    known = letters.summed | letters.whole_keys.keys()
    if symbol(base, scope.source).key not in known and not scope.knows(base):
        return scope.name(letter)
    name = letters.base_name(base)
    data = letters.data.get(name)
    rank = 2 if data else letters.base(base).rank
    parts = subscripts.places(letter, rank)
    found = {subscripts.kind_of(part, letters) for part in parts}
    if not rank or found == {subscripts.LABEL}:
        return scope.name(letter)
    places = [part.text for part in parts if part.kind in ("symbol", "number")]
    whole = len(places) == len(parts) and (len(parts) == rank or (data and len(parts) == 1))
    if found != {subscripts.PLACE} or not whole:
        raise _refusal(letters, letter, name)
    everything = [":"] * (rank - len(parts))
    return f"{data or name}[{','.join([*places, *everything])}]"


def _refusal(letters: Letters, letter: Phrase, name: str) -> UnsupportedError:
    shown, base = letters.scope.quote(letter), letters.scope.quote(letter.args[0])
    return UnsupportedError(
        f"{shown} may be a part of {name} or a variable of its own",
        source=letters.scope.source,
        span=letter.span,
        hint=rf"write \frac{{\partial}}{{\partial {base}}}: the derivative with respect to {shown} "
        "is an entry of the answer",
    )


def name_of_variable(text: str, variables: Mapping[str, Variable]) -> str:
    r"""The name of a variable that is written in LaTeX: \Sigma, \mathbf{x}, W_{1}."""
    scope = Scope(text, dict(variables))
    (*before, last) = parse(text, scope)
    if before or last.left is not None or last.value.kind not in ("symbol", "indexed"):
        raise UnknownNameError(
            f"{text} is not a letter",
            source=text,
            span=Span(0, len(text)),
            hint=rf"write \frac{{\partial}}{{\partial {text}}} before the formula"
            if last.left is None and last.value.kind == "power"
            else r"write \Sigma, x or W_{1}",
        )
    return scope.name(last.value)
