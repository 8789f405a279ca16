r"""Members of declared families in formulas: the X_i of \sum_{i=1}^3 X_i \beta_i where X[k] is
declared.
"""

from __future__ import annotations

from matcalc.core.errors import SymbolicLoopError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.members import family_of, places_of
from matcalc.read.syntax.families import unroll
from matcalc.read.syntax.nodes import Statement
from matcalc.read.tex import subscripts
from matcalc.read.tex.letter_state import LetterState, Ranges
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import size
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value


def member_of_family(letters: LetterState, phrase: Phrase, running: Ranges) -> Value | None:
    """The member that a letter with a subscript is; None where no family is called like that."""
    base, scope = phrase.args[0], letters.scope
    if base.kind != "symbol":
        return None
    template = scope.families.get(symbol(base, scope.source).key)
    if template is None:
        return None
    shown, family = scope.quote(phrase), family_of(template.name)
    count = len(places_of(template.name))
    parts = subscripts.places(phrase, count)
    if len(parts) != count:
        raise scope.problem(
            f"{shown} has {len(parts)} subscripts, but {family} is declared with {count}",
            phrase.span,
            f"write [{scope.quote(base)}_i]_{{j}} for an entry of a member",
        )
    for name in subscripts.names(phrase, scope.source):
        if name not in running:
            continue
        if running[name] is None:
            other = next((each for each in running if each != name), "")
            condition = rf"\sum_{{{name}=1, {name} \ne {other}}}^{{3}}"
            pairs = rf", for pairs \sum_{{{other}=1}}^{{3}} {condition}" if other else ""
            raise scope.problem(
                f"the range of {name} is needed: it says which members of {family} are meant",
                phrase.span,
                rf"write \sum_{{{name}=1}}^{{3}}{pairs}",
            )
        if not letters.binding:
            raise BeyondProducts(
                f"{shown} is a member of a family", source=scope.source, span=phrase.span
            )
    make = Maker(phrase)
    at = [size(part, scope) for part in parts]
    whole = make.node("name", value=family)
    return Value(make.node("entries", whole, *at), len(template.shape))


def name_of_member(scope: Scope, letter: Phrase) -> str | None:
    """The name of a member at fixed places, W[2]; None where this is none."""
    template = scope.families.get(symbol(letter.args[0], scope.source).key)
    if template is None:
        return None
    parts = subscripts.places(letter, len(places_of(template.name)))
    return f"{family_of(template.name)}[{','.join(scope.quote(part) for part in parts)}]"


def write_out_members(
    statements: list[Statement], declared: dict[str, Variable], scope: Scope
) -> tuple[list[Statement], dict[str, Variable]]:
    """The statements with the sums over members written out, and the members that occur among the
    variables; UnsupportedError where a range ends at a name.
    """
    if not scope.families:
        return statements, declared
    try:
        return unroll(statements, declared, scope.source)
    except SymbolicLoopError as problem:
        raise UnsupportedError(
            "in LaTeX, a sum over members of a family ends at a number",
            source=scope.source,
            span=problem.span,
            hint=r"write \sum_{i=1}^{3}, or without LaTeX sum[i=1:K](...), which is a loop",
        ) from None
