"""The statements of a formula: definitions, and one value, which comes last."""

from __future__ import annotations

from matcalc.core.errors import ParseError
from matcalc.read.tex.arrays import by_entries, index_printed
from matcalc.read.tex.einstein import sum_repeated
from matcalc.read.tex.phrases import EquationPhrase, Phrase
from matcalc.read.tex.scope import Scope

Named = tuple[Phrase | None, Phrase]  # a statement: its name if it is a definition, and its value


def read_named_values(equations: list[EquationPhrase], scope: Scope) -> list[Named]:
    """The statements with their names: definitions, and one value. What a value is called does not
    matter.
    """
    text = scope.source
    for equation in equations[:-1]:
        if equation.left is None:
            hint = r"a formula in several lines has definitions, as in r = A x - b \\ r^\top r"
            raise ParseError(
                "this value is not used", source=text, span=equation.value.span, hint=hint
            )
    _refuse_repeated(equations, scope)
    for equation in equations[:-1]:
        if equation.left is not None and equation.left.kind not in ("symbol", "indexed"):
            hint = (
                "a function is put in where it is called with as many arguments, none of them in "
                "another call of it, and where its sums run over other letters"
            )
            raise ParseError(
                "a definition has a letter on its left",
                source=text,
                span=equation.left.span,
                hint=hint if equation.left.kind == "application" else None,
            )
    if scope.printed is not None:
        whole = [
            index_printed(equation, scope, last=equation is equations[-1]) for equation in equations
        ]
    elif scope.einstein:
        whole = [sum_repeated(equation, scope) for equation in equations]
    else:
        values = [equation.value for equation in equations]
        whole = [
            by_entries(equation, scope, values[k + 1 :]) for k, equation in enumerate(equations)
        ]
    return [(equation.left, equation.value) for equation in whole]


def _refuse_repeated(equations: list[EquationPhrase], scope: Scope) -> None:
    """Refuses y = A x \\ y = B x, of which only one line would count."""
    found: set[str] = set()
    for left in (each.left for each in equations if each.left is not None):
        if left.kind not in ("symbol", "indexed"):
            continue
        if scope.quote(left) in found:
            raise scope.refusal(
                f"{scope.quote(left)} is written twice",
                left.span,
                "write only one of the two; matcalc equal --latex compares two formulas",
            )
        found.add(scope.quote(left))
