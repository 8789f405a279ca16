"""Tokens to phrase tree: one small function for each rule of ``grammar/latex.lark``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matcalc.core.errors import ParseError, Span
from matcalc.core.operations import COMPARISONS
from matcalc.read.syntax.automaton import drive
from matcalc.read.syntax.table import load
from matcalc.read.tex import (
    binders,
    chains,
    conditions,
    derivatives,
    diagnose,
    factorials,
    lettered,
    limits,
    sets,
)
from matcalc.read.tex.conjugates import barred_formula, conjugate, read_superscript
from matcalc.read.tex.defined import tokens_of
from matcalc.read.tex.phrases import EquationPhrase, Phrase
from matcalc.read.tex.reach import widen_sum
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.scripts import EULER, POSTFIX_T, bare_norm, refuse_script

_CIRCLES = {"ODOT": ".*", "CIRC": ".*", "OSLASH": "./", "OTIMES": "⊗"}
_PRODUCTS = {"CDOT": ".", "STAR": "*", "TIMES": "x"}
_COMPARISONS = {
    "=": "==",
    ":=": "==",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "le": "<=",
    "leq": "<=",
    "ge": ">=",
    "geq": ">=",
    "in": "in",
    "∈": "in",
}
_COMPARISONS |= {"ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "leqslant": "<=", "geqslant": ">="}
_RAISED = frozenset(
    {"power", "entrywise", "transpose", "inverse-transpose", "pinv", "exponential", "script"}
)


def parse(text: str, scope: Scope) -> list[EquationPhrase]:
    """The statements of a formula; raises ``ParseError`` and ``UnknownNameError``. Notes and sizes
    go into ``scope``.
    """
    builder = _PhraseBuilder(text, scope)
    table = load("latex")
    found = tokens_of(text, table, scope)
    result: list[EquationPhrase] = drive(found, table, builder.rules(), builder.refuse)
    return result


def _lone(base: Phrase) -> bool:
    """Whether this is a letter in square brackets: a subscript after them is not a part of it."""
    return (
        base.kind == "bracket"
        and base.text == "["
        and chains.value(base).kind in ("symbol", "indexed")
    )


class _PhraseBuilder:
    """The rules; each takes the values of its right side."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.refuse = diagnose.refusal(text)

    def rules(self) -> dict[str, Callable[[list[Any]], Any] | None]:
        """The functions by the names that the grammar gives them."""
        own = [name[len("on_") :] for name in dir(self) if name.startswith("on_")]
        return {"-": None, **{name: getattr(self, f"on_{name}") for name in own}}

    def problem(self, message: str, span: Span, hint: str | None = None) -> ParseError:
        """An error about a place in the formula."""
        return ParseError(message, source=self.text, span=span, hint=hint)

    # -- leaves
    # ------------------------------------------------------------------------------------

    def _leaf(self, kind: str, token: tuple[str, int, int, str]) -> Phrase:
        return Phrase(kind, token[1], token[2], text=token[3])

    def on_number(self, parts: list[Any]) -> Phrase:
        return self._leaf("number", parts[0])

    def on_symbol(self, parts: list[Any]) -> Phrase:
        letter = self._leaf("symbol", parts[0])
        inside = barred_formula(letter, self.text, self.scope)
        if inside is None:
            return letter
        whole = " " * inside.start + self.text[inside.start : inside.end]
        body = tuple([each.value for each in parse(whole, self.scope)])
        bracket = Phrase("bracket", letter.start, letter.end, args=body, text="(")
        return conjugate(bracket, self.scope)

    def on_function(self, parts: list[Any]) -> Phrase:
        return self._leaf("function", parts[0])

    def on_constant(self, parts: list[Any]) -> Phrase:
        return self._leaf("constant", parts[0])

    def on_mark(self, parts: list[Any]) -> Phrase:
        leaf = self._leaf("mark", parts[0])
        leaf.text = parts[0][0] if parts[0][3] not in (r"\dagger", "†") else "DAGGER"
        return leaf

    def on_hole(self, parts: list[Any]) -> Phrase:
        return Phrase("hole", parts[0][1], parts[2][2])

    # -- brackets
    # ------------------------------------------------------------------------------------

    def on_group(self, parts: list[Any]) -> Phrase:
        return Phrase("bracket", parts[0][1], parts[2][2], args=(parts[1],), text="{")

    def on_bracket(self, parts: list[Any]) -> Phrase:
        return Phrase("bracket", parts[0][1], parts[2][2], args=tuple(parts[1]), text=parts[0][3])

    def on_inner(self, parts: list[Any]) -> Phrase:
        span = Span(parts[0][1], parts[2][2])
        if len(parts[1]) != 2:
            raise self.problem(
                "an inner product has two operands",
                span,
                r"write \langle x, y \rangle, and x^\top A x for \langle x | A | x \rangle",
            )
        return Phrase("inner", span.start, span.end, args=tuple(parts[1]), mark=span)

    def on_bars(self, parts: list[Any]) -> Phrase:
        counted = sets.count(parts[1], self.scope) if r"\in" in self.text else None
        return counted or Phrase("bars", parts[0][1], parts[2][2], args=(parts[1],))

    def on_norm(self, parts: list[Any]) -> Phrase:
        return Phrase("norm", parts[0][1], parts[2][2], args=(parts[1],))

    def on_fraction(self, parts: list[Any]) -> Phrase:
        (_, start, end, _), above, below = parts
        above, below = chains.value(above), chains.value(below)
        head = derivatives.fraction(above, below, Span(start, parts[2].end), self.scope)
        return head or Phrase("/", start, parts[2].end, args=(above, below), mark=Span(start, end))

    def on_binomial(self, parts: list[Any]) -> Phrase:
        above, below = map(chains.value, parts[1:])
        return factorials.binomial(above, below, Span(parts[0][1], below.end), self.scope)

    def on_root(self, parts: list[Any]) -> Phrase:
        return Phrase(
            "root", parts[0][1], parts[1].end, args=(chains.value(parts[1]),), text="sqrt"
        )

    def on_higher_root(self, parts: list[Any]) -> Phrase:
        index = parts[2]
        if index.text not in ("2", "3"):
            raise self.problem("roots are square or cube roots", index.span, "write the power 1/k")
        text = "sqrt" if index.text == "2" else "cbrt"
        return Phrase("root", parts[0][1], parts[4].end, args=(chains.value(parts[4]),), text=text)

    def on_cases(self, parts: list[Any]) -> Phrase:
        return conditions.cases(parts[1], Span(parts[0][1], parts[2][2]), self.text)

    def on_same(self, parts: list[Any]) -> Any:
        return parts[0]

    def on_branch(self, parts: list[Any]) -> conditions.Branch:
        return chains.value(parts[0]), [
            each
            for bound in parts[-1]
            for each in conditions.comparisons([*map(chains.value, bound[::2])], bound[1::2])
        ]

    def on_last_branch(self, parts: list[Any]) -> conditions.Branch:
        return chains.value(parts[0]), []

    def on_blocks(self, parts: list[Any]) -> Phrase:
        rows: list[list[Phrase]] = parts[1]
        cells = tuple([chains.value(cell) for row in rows for cell in row])
        return Phrase(
            "blocks",
            parts[0][1],
            parts[2][2],
            args=cells,
            text=",".join(str(len(row)) for row in rows),
        )

    # -- scripts
    # ------------------------------------------------------------------------------------

    def on_sign(self, parts: list[Any]) -> Phrase:
        return self._leaf("sign", parts[0])

    def on_sign_in_braces(self, parts: list[Any]) -> Phrase:
        return Phrase("sign", parts[0][1], parts[2][2], text=parts[1][3])

    def on_entrywise(self, parts: list[Any]) -> Phrase:
        return Phrase("circled-script", parts[0][1], parts[3][2], args=(parts[2],))

    def on_index(self, parts: list[Any]) -> Phrase:
        return Phrase("subscripts", parts[0].start, parts[0].end, parts=(parts[0],))

    def on_indices(self, parts: list[Any]) -> Phrase:
        return Phrase(
            "subscripts", parts[0][1], parts[-1][2], parts=tuple(map(chains.value, parts[1]))
        )

    def on_everything(self, parts: list[Any]) -> Phrase:
        return Phrase("all", parts[0][1], parts[0][2])

    def on_slice(self, parts: list[Any]) -> Phrase:
        first, last = chains.value(parts[0]), chains.value(parts[2])
        return Phrase("range", first.start, last.end, args=(first, last))

    def on_bound(self, parts: list[Any]) -> list[Phrase]:
        result, (_, start, end, sign), right = parts
        kind = _COMPARISONS.get(sign.lstrip("\\"), sign)
        return [*result, Phrase(kind, start, end, text="=" if sign in ("=", ":=") else sign), right]

    def on_such(self, parts: list[Any]) -> list[list[Phrase]]:
        bounds, (_, start, end, _), bound = parts
        return [*bounds, [Phrase("such", start, end), *bound]]

    def on_bounded(self, parts: list[Any]) -> Phrase:
        found = [[*map(chains.value, bound)] for bound in parts[1]]
        return limits.read_bounds(found, parts[0][1], parts[2][2], self.scope)

    def on_prime(self, parts: list[Any]) -> Phrase:
        base, (_, start, end, _) = parts
        letter = lettered.find_primed_letter(base, self.scope) if base.kind == "symbol" else ""
        if base.kind == "function" or letter in ("f", "g", "h"):
            raise lettered.prime_of_function(base, Span(start, end), self.scope)
        return Phrase("transpose", base.start, end, args=(base,), text="'", mark=Span(start, end))

    def on_factorial(self, parts: list[Any]) -> Phrase:
        return factorials.factorial(chains.value(parts[0]), parts[1][2], self.scope)

    def on_superscript(self, parts: list[Any]) -> Phrase:
        base: Phrase = parts[0]
        start: int = parts[1][1]
        script: Phrase = parts[2]
        where, raised = Span(start, script.end), base.kind in _RAISED and base.text != "'"
        if raised or (base.kind == "function" and base.args):
            hint = "write braces around the one that comes first, as in {x^a}^b"
            raise self.problem("two superscripts on one letter", where, hint)
        script = script.args[0] if script.kind == "bracket" and script.text == "{" else script
        if base.kind == "function":
            return Phrase(
                "function", base.start, where.end, args=(script,), text=base.text, parts=base.parts
            )
        if base.kind == "mark":
            return Phrase("power", base.start, where.end, args=(base, script), mark=where)
        return self._superscript(base, script, where)

    def _superscript(self, base: Phrase, script: Phrase, where: Span) -> Phrase:
        """A base with a superscript, which may be a power or one of many signs."""

        def made(kind: str, *more: Phrase) -> Phrase:
            return Phrase(kind, base.start, where.end, args=(base, *more), mark=where)

        refuse_script(base, script, where, self.scope)
        if script.kind == "circled-script":
            return made("entrywise", script.args[0])
        if self._transposes(script) and not (self._is_euler(base) and self.scope.knows(script)):
            lettered.refuse_primed(base, where, self.scope)
            return made("transpose")
        if script.kind == "neg" and self._transposes(script.args[0]):
            return made("inverse-transpose")
        if script.kind == "sign" and script.text == "+":
            return made("pinv")
        conjugated = read_superscript(base, script, where, self.scope)
        if conjugated is not None:
            return conjugated
        if script.kind == "sign" or (script.kind == "mark" and script.text == "DAGGER"):
            raise self.problem(
                "this superscript is ambiguous", where, lettered.star_hint(base, self.text)
            )
        if script.kind == "mark":
            raise self.problem("this cannot be a superscript", where)
        if script.bracketed and script.kind == "number":
            return made("script", script)
        if (
            script.bracketed and script.kind == "symbol" and base.kind in ("symbol", "indexed")
        ):  # x^{(i)}, the sample i
            letter = base.args[0] if base.kind == "indexed" else base
            return Phrase(
                "indexed",
                base.start,
                where.end,
                args=(letter,),
                parts=(script, *base.parts),
                text="(",
            )
        if self._is_euler(base):
            return Phrase("exponential", base.start, where.end, args=(script,), mark=where)
        return made("power", script)

    def _is_euler(self, base: Phrase) -> bool:
        """Whether a letter is Euler's number, and no variable."""
        return base.kind == "symbol" and base.text in EULER and not self.scope.knows(base)

    def _transposes(self, script: Phrase) -> bool:
        if script.kind == "mark":
            return script.text == "TOP"
        return script.kind == "symbol" and script.text in POSTFIX_T and not self.scope.power_of_T

    def on_subscript(self, parts: list[Any]) -> Phrase:
        base: Phrase = parts[0]
        start: int = parts[1][1]
        subscripts: Phrase = parts[2]
        end = subscripts.end
        last: Phrase | None = None
        below = base = bare_norm(base)
        while below.kind in _RAISED and below.args:
            last, below = below, below.args[0]
        if subscripts.kind == "sign":
            return self._signed_part(base, below, last, subscripts)
        if any(part.kind in COMPARISONS for part in subscripts.parts):
            return conditions.indicator(base, subscripts, end, self.scope)
        if below.text == "(" and below.kind == "indexed" and len(below.parts) == 1:  # x^{(i)}_j
            subscripts.parts, below = (*below.parts, *subscripts.parts), below.args[0]
            return Phrase(
                "indexed", base.start, end, args=(below,), parts=subscripts.parts, text="("
            )
        if below.kind == "exponential" or below.parts:
            raise self.problem(
                "two subscripts on one letter",
                Span(start, end),
                "write them with a comma, as in A_{i,j}",
            )
        if below.kind == "bars" and not below.bracketed:  # |x|_2 is \\|x\\|_2
            below.kind = "norm"
        if below.kind in ("norm", "constant", "function"):
            below.parts, new = subscripts.parts, below
        elif below.kind == "inner":
            new = self._inner_below(below, subscripts)
        elif any(part.kind in ("all", "range") for part in subscripts.parts) or _lone(below):
            inside = lettered.kronecker(chains.value(below), len(subscripts.parts), self.scope)
            new = Phrase("entries", below.start, end, args=(inside,), parts=subscripts.parts)
        elif below.kind in ("symbol", "bracket", "mark"):
            new = Phrase("indexed", below.start, end, args=(below,), parts=subscripts.parts)
        else:
            digit = below.kind == "number" and below.text in ("0", "1")
            hint = f"write \\mathbf{{{below.text}}} for the vector" if digit else None
            raise self.problem("a subscript cannot appear here", Span(start, end), hint)
        if last is not None:
            last.args = (new, *last.args[1:])
            new = base
        new.end = end
        return new

    def _signed_part(
        self, base: Phrase, below: Phrase, last: Phrase | None, sign: Phrase
    ) -> Phrase:
        """(x)_+, the positive part."""
        where = Span(below.end, sign.end)
        if (
            sign.text != "+"
            or below.kind not in ("bracket", "symbol", "indexed")
            or len(below.args) > 1
        ):
            hint = (
                r"(x)_+ is read as \max(x, 0); write \max(-x, 0) or \min(x, 0) for the "
                r"negative part"
            )
            raise self.problem(f"the subscript {sign.text} is not supported here", where, hint)
        inside = chains.value(below)
        new = Phrase("positive", below.start, sign.end, args=(inside,), mark=where)
        if last is None:
            return new
        last.args = (new, *last.args[1:])
        base.end = sign.end
        return base

    def _inner_below(self, inner: Phrase, subscripts: Phrase) -> Phrase:
        index = self.text[subscripts.start : subscripts.end].strip("{} ")
        if index.removeprefix(r"\mathrm").strip("{} ") not in ("F", "2"):
            hint = (
                r"\langle A, B \rangle_F is the sum of the products of their entries; "
                r"write x^\top M y for another one"
            )
            raise self.problem(
                f"an inner product with the subscript {index}", subscripts.span, hint
            )
        return inner

    # -- operators
    # ------------------------------------------------------------------------------------

    def on_first(self, parts: list[Any]) -> list[Any]:
        return [parts[0]]

    def on_append(self, parts: list[Any]) -> list[Phrase]:
        result: list[Phrase] = parts[0]
        result.append(parts[1])
        return result

    def on_more(self, parts: list[Any]) -> list[Any]:
        result: list[Any] = parts[0]
        result.append(parts[2])
        return result

    def on_juxtaposed(self, parts: list[Any]) -> Phrase:
        return chains.product(parts[0], self.scope)

    def _binary(
        self, kind: str, left: Phrase, sign: tuple[str, int, int, str], right: Phrase
    ) -> Phrase:
        mark = Span(sign[1], sign[2])
        if derivatives.widen(left, kind, right, mark, self.scope):
            return left
        return Phrase(kind, left.start, right.end, args=(left, right), mark=mark)

    def on_times(self, parts: list[Any]) -> Phrase:
        left, sign, right = parts
        right = chains.product(right, self.scope) if isinstance(right, list) else right
        return self._binary(_PRODUCTS[sign[0]], left, sign, right)

    def on_divided(self, parts: list[Any]) -> Phrase:
        left, sign, chain = parts
        if left.kind == "differential" and len(chain) > 1 and chain[0].text == "PARTIAL":
            return chains.read_slashed_derivative(left, sign, chain, self.scope)
        factors = chains.group_factors(chain, self.scope)
        right = factors[-1]
        if len(factors) > 1:
            below, rest = (
                self.text[a.start : b.end]
                for a, b in ((factors[0], factors[0]), (factors[1], factors[-1]))
            )
            above = self.text[left.start : left.end]
            hint = (
                f"write \\frac{{{above}}}{{{below}}} {rest} or \\frac{{{above}}}{{{below} {rest}}}"
            )
            raise self.problem(
                f"{above}/{below} {rest} is ambiguous", Span(left.start, right.end), hint
            )
        return self._binary("/", left, sign, right)

    def on_circled(self, parts: list[Any]) -> Phrase:
        left, sign, right = parts
        kind = _CIRCLES[sign[0]]
        chained = left.kind in ("./", "⊗", ".*") and not left.bracketed
        if chained and (left.kind, kind) not in ((".*", ".*"), (".*", "./"), ("⊗", "⊗")):
            raise self.problem(
                "this order of products is ambiguous",
                Span(sign[1], sign[2]),
                "write brackets around one of them",
            )
        if sign[0] == "CIRC":
            lettered.refuse_composition(left, right, Span(sign[1], sign[2]), self.scope)
            self.scope.note(
                r"note: \circ is read as the product entry by entry; maps are composed as A B"
            )
        return self._binary(kind, left, sign, right)

    def on_frobenius(self, parts: list[Any]) -> Phrase:
        left, (_, start, end, _), right = parts
        if left.kind in (".*", "./", "⊗", "frobenius") and not left.bracketed:
            hint = "write brackets around one of them"
            raise self.problem("this order of products is ambiguous", Span(start, end), hint)
        return self._binary("frobenius", left, ("", start, end, ":"), right)

    def on_sum(self, parts: list[Any]) -> Phrase:
        left: Phrase = parts[0]
        right: Phrase = parts[2]
        sign: tuple[str, int, int, str] = parts[1]
        kind, mark = "-" if sign[0] == "MINUS" else "+", Span(sign[1], sign[2])
        if widen_sum(left, kind, right, mark, self.scope):
            return left
        derivatives.refuse_sum(left, right, mark, self.scope)
        return Phrase(kind, left.start, right.end, args=(left, right), mark=mark)

    def on_negative(self, parts: list[Any]) -> Phrase:
        (_, start, end, _), operand = parts
        return Phrase("neg", start, operand.end, args=(operand,), mark=Span(start, end))

    def on_positive(self, parts: list[Any]) -> Phrase:
        operand: Phrase = parts[1]
        operand.start = parts[0][1]
        return operand

    # -- sums
    # ------------------------------------------------------------------------------------

    def on_limits(self, parts: list[Any]) -> Phrase:
        above = chains.value(parts[3]) if len(parts) > 2 else None
        below: Phrase = parts[1]
        below.limit = above
        return below

    def on_limits_above_first(self, parts: list[Any]) -> Phrase:
        return self.on_limits([parts[2], parts[3], parts[0], parts[1]])

    def on_bigsum(self, parts: list[Any]) -> Phrase:
        (_, start, end, sign), below, body = parts
        name = binders.OPERATORS.get(sign, sign.lstrip("\\"))
        return limits.bigsum(name, Span(start, end), below, body, self.scope)

    def on_bigsum_negative(self, parts: list[Any]) -> Phrase:
        sign, below, minus, body = parts
        return self.on_bigsum([sign, below, self.on_negative([minus, body])])

    def on_before_sum(self, parts: list[Any]) -> Phrase:
        left, right = parts
        applied = chains.before_sum(left, right, self.scope)
        return applied or self._binary("*", left, ("", right.start, right.start + 1, ""), right)

    # -- statements
    # ------------------------------------------------------------------------------------

    def on_value(self, parts: list[Any]) -> EquationPhrase:
        return EquationPhrase(chains.value(parts[0]))

    def on_comparison(self, parts: list[Any]) -> Phrase:
        left, (_, start, end, sign), right = parts
        kind = _COMPARISONS.get(sign.lstrip("\\"), sign)
        return Phrase(
            kind,
            left.start,
            right.end,
            args=(chains.value(left), chains.value(right)),
            mark=Span(start, end),
        )

    def on_equation(self, parts: list[Any]) -> EquationPhrase:
        left, (_, start, end, _), right = parts
        left = chains.value(left)
        if left.kind not in ("symbol", "indexed", "call", "application"):
            raise diagnose.refuse_unnamed(self.text, left, Span(start, end))
        if left.kind in ("symbol", "indexed"):
            self.scope.define(left)
        return EquationPhrase(chains.value(right), left)
