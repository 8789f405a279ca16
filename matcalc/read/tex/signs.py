r"""Signs between two values that papers use in more than one meaning, and what to write instead:
x \times y, f * g, x^\top 1, 2 \oslash 3 x.
"""

from __future__ import annotations

import re

from matcalc.core.errors import MatcalcError, ParseError, UnsupportedError
from matcalc.core.letters import INDICES, SIZES, are_numbers_in_exponent
from matcalc.core.notes import format_number_offer, format_offer
from matcalc.core.walk import operands, postorder
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex import homographs
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import letters, symbol
from matcalc.read.tex.values import Value

_MOST_NUMBERS = 4  # letters that a hint declares together
_LONGEST = 60  # characters of what a hint writes anew
_WHOLE = frozenset(
    {"number", "symbol", "indexed", "call", "constant", "norm", "bars", "root", "blocks"}
)
_TAKEN = {"scalar": "scalar", "vector": "vector(d)", "matrix": "matrix(p, d)"}
_LETTERS = ("symbol", "indexed", "number")
_FUNCTIONS = frozenset({"f", "g", "h"})
_SPECTRAL = re.compile(r"\\(lambda|sigma)_(\w|\{\w\})|\\(kappa|rho)")


def operand(resolver: ResolverBase, phrase: Phrase) -> str:
    """The text of an operand, with brackets where a superscript after it would mean something
    else.
    """
    text = " ".join(resolver.scope.quote(phrase).split())
    inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    if phrase.kind in _WHOLE and (not phrase.bracketed or phrase.kind in _LETTERS):
        return inner if inner.count("{") == inner.count("}") else text
    return text if text.startswith(("(", "[", r"\left(")) and phrase.bracketed else f"({inner})"


def check_product(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    """Refuses a product whose sign has another meaning between such values, or notes it."""
    homographs.check_product(resolver, phrase, left, right)
    columns = left.rank == right.rank == 1 and not left.row and not right.row
    a, b = (operand(resolver, part) for part in phrase.args)
    shown = resolver.quote(phrase)
    if phrase.kind == "x" and columns:
        raise UnsupportedError(
            f"{shown} may be a cross product or another one",
            source=resolver.scope.source,
            span=phrase.mark,
            hint=rf"write \operatorname{{cross}}({a}, {b}) for the cross product, {a}^\top {b} "
            rf"for a number, {a} {b}^\top for a matrix",
        )
    if phrase.kind == "x" and left.rank and right.rank and not (left.row and right.rank == 1):
        resolver.scope.note(f"note: {shown} is read as the matrix product")
    if phrase.kind == "⊗" and columns:
        resolver.scope.note(
            f"note: {shown} is read as a Kronecker product; write {a} {b}^\\top for the matrix"
        )
    if phrase.kind == "*":
        _check_star(resolver, phrase, left, right)
        _check_one(resolver, phrase, left)
    if phrase.kind == ".*":
        _check_reach(resolver, phrase, left, right)
    if phrase.kind == "." and left.rank == 2 and right.rank == 1:
        _note_dot(resolver, phrase)
    if phrase.kind in ("*", "."):
        _note_identity(resolver, phrase, left, right)


def _note_dot(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Says of \mathbf{F} \cdot \mathbf{r} that F is read as a matrix."""
    first, scope = phrase.args[0], resolver.scope
    if first.kind == "symbol" and symbol(first, scope.source).bold and not scope.knows(first):
        scope.note(
            f"note: {resolver.quote(phrase)} is read as a matrix times a vector; "
            f"{format_offer(scope.name(first), 'vector')} otherwise"
        )


def note_index(resolver: ResolverBase, total: Phrase) -> None:
    r"""Says of \sum x_i over which index it runs."""
    index = total.parts[0] if total.parts else None
    if index is None or total.mark is None or index.start <= total.args[0].start:
        return
    sign = resolver.scope.quote(total.mark)
    if sign in (r"\sum", r"\prod", "∑", "∏"):  # Einstein's convention has none
        resolver.scope.note(f"note: {sign} is read as {sign}_{resolver.quote(index)}")


def note_entries(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Says of z_i \cdot z_j that both are read as numbers."""
    scope = resolver.scope
    letters = [part for part in phrase.args if part.kind == "indexed"]
    if phrase.kind == "." and len(letters) == 2 and not any(map(scope.knows, letters)):
        a, b = map(resolver.quote, letters)
        scope.note(
            f"note: {a} and {b} are read as numbers; write {a}^\\top {b} for the inner product of "
            "two vectors"
        )


def _note_identity(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    r"""Says of I \omega^2 and \omega^\top I \omega what I is, where an identity has no effect."""
    before = phrase.args[0]
    while before.kind in ("*", ".") and not before.bracketed:
        before = before.args[1]
    for part, other, first in ((before, right, True), (phrase.args[1], left, False)):
        if part.kind != "symbol" or not (other.rank or first) or other.indexed:
            continue
        if resolver.letters.is_identity(part):
            resolver.scope.note("note: I is read as the identity; declare I if it is a variable")


def is_star(resolver: ResolverBase, phrase: Phrase) -> bool:
    """Whether a star is typed between the factors."""
    return phrase.mark is not None and resolver.scope.source[phrase.mark.start] == "*"


def _check_star(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    r"""f * g is a convolution where these are functions; of matrices a note says what is read."""
    if not is_star(resolver, phrase):
        return
    a, b = (operand(resolver, part) for part in phrase.args)
    scope = resolver.scope
    letters = [part for part in phrase.args if part.kind == "symbol" and not scope.knows(part)]
    if len(letters) == 2 and any(symbol(x, scope.source).stem in _FUNCTIONS for x in letters):
        raise scope.refusal(
            f"{a} * {b} may be a convolution or a product",
            phrase.mark,
            f"write {a} \\cdot {b} for the product; a convolution is written out as a sum",
        )
    if left.rank == right.rank == 2:
        scope.note(
            f"note: {resolver.quote(phrase)} is read as the matrix product; write {a} \\odot {b} "
            f"for the product entry by entry"
        )


def _check_one(resolver: ResolverBase, phrase: Phrase, left: Value) -> None:
    r"""x^\top 1: nobody writes the number after a vector."""
    number = phrase.args[1]
    if number.kind != "number" or number.bracketed or is_star(resolver, phrase):
        return
    if number.text not in ("0", "1") or not left.rank:
        _check_behind(resolver, phrase)
        return
    a = operand(resolver, phrase.args[0]) if phrase.args[0].kind == "*" else None
    a = a or resolver.quote(phrase.args[0])
    what = {"0": "zeros", "1": "ones"}[number.text]
    raise resolver.problem(
        f"{number.text} may be the number or the vector of {what}",
        phrase,
        f"write {a} \\mathbf{{{number.text}}} for the vector, {a} \\cdot {number.text} for the "
        f"number",
    )


def _check_behind(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Refuses x2 and \|x\|2: nobody writes a number after what it multiplies."""
    before, number = phrase.args
    while before.kind == "*" and not before.bracketed:
        before = before.args[1]
    if before.kind in ("number", "/", "power") or resolver.scope.printed is not None:
        return
    a, n = operand(resolver, before), number.text
    named = f"{a}_{{{n}}} for a letter of its own, " * (before.kind == "symbol")
    raise resolver.problem(
        f"{a} {n} may be a power or a product",
        phrase,
        f"write {a}^{{{n}}} for the power, {named}{n} {a} for the product",
    )


def _check_reach(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> None:
    r"""x^\top y \odot z may be x^\top (y \odot z); a note says how matrices are read."""
    first = phrase.args[0]
    if first.kind != "*" or first.bracketed or not right.rank:
        return
    b = operand(resolver, first.args[1])
    c = operand(resolver, phrase.args[1])
    inner = [resolver.value_of(part) for part in first.args]
    source = resolver.scope.source
    sign = next((s for s in (r"\circ", "∘") if s in source[first.end : phrase.args[1].start]), "")
    sign = sign or r"\odot"
    if inner[0].row and inner[1].rank == 1 and not left.rank:
        raise resolver.problem(
            f"{resolver.quote(phrase)} is ambiguous",
            phrase,
            f"write ({resolver.quote(first)}) {sign} {c} or {resolver.quote(first.args[0])} "
            f"({b} {sign} {c})",
        )
    if inner[0].rank == inner[1].rank == right.rank == 2:
        resolver.scope.note(
            f"note: {resolver.quote(phrase)} is read as ({resolver.quote(first)}) {sign} {c}; "
            f"write {resolver.quote(first.args[0])} ({b} {sign} {c}) for the other"
        )


def refuse_reach(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Refuses 2 \oslash 3 x, where the first factor after the sign may be meant alone."""
    above, below = phrase.args
    if below.kind not in ("*", ".") or below.bracketed:
        return
    first = below
    while first.kind in ("*", ".") and not first.bracketed:
        first = first.args[0]
    if resolver.value_of(first).rank == 2:
        return
    source = resolver.scope.source
    a, b = source[above.start : above.end], source[below.start : below.end]
    c = source[first.start : first.end]
    rest = source[first.end : below.end].strip()
    raise ParseError(
        f"{resolver.quote(phrase)} is ambiguous",
        source=source,
        span=phrase.mark,
        hint=rf"write ({a} \oslash {c}) {rest} or {a} \oslash ({b})",
    )


def require_one_reading(resolver: ResolverBase, phrase: Phrase, right: Value) -> None:
    r"""Refuses a^\top x_i b, where the product of the first two may be meant, or the number x_i
    between the others.
    """
    left = phrase.args[0]
    if left.kind != "*" or left.bracketed or right.order != 1 or right.row:
        return
    first, second = (resolver.value_of(part) for part in left.args)
    letter = left.args[1]
    if first.order == 1 and first.row and second.slots and letter.kind == "indexed":
        a, x, b = (resolver.quote(part) for part in (*left.args, phrase.args[1]))
        hint = f"write ({a} {x}) {b} if {x} is a vector, {x} {a} {b} if it is a number"
        raise resolver.problem(f"{a} {x} {b} is ambiguous", phrase, hint)


def application(phrase: Phrase, scope: Scope) -> str:
    """What to write for f(x) of an f of which nothing is known."""
    advice = [f"write out what {phrase.text} is of its argument"]
    spectral = _SPECTRAL.fullmatch(phrase.text)
    if spectral and len(phrase.parts) == 1:
        a = scope.quote(phrase.parts[0])
        if re.search("[A-Z]", re.sub(r"\^\s*\{?\s*[TH]", "", a)):  # of a matrix
            advice = [_of_spectrum(spectral, a)]
    if phrase.text in ("O", "o"):
        advice = ["leave out what remains of a series"]
    kinds = [
        _TAKEN["scalar" if _is_entry(each) else default_kind(symbol(each, scope.source).name)]
        for each in phrase.parts
        if (each.kind in ("symbol", "indexed") and each.args[:1] == ()) or each.kind == "indexed"
    ]
    if phrase.bounds:
        name = symbol(phrase.bounds[0], scope.source).name
        plain = len(kinds) < len(phrase.parts) or kinds == ["scalar"]
        kind = "function" if plain else f"function({', '.join(kinds)}) -> scalar"
        given = "" if plain else ", or what it takes and gives,"
        advice.append(f"declare {name}: {kind}{given} if it is one that is not written out")
        entry = phrase.parts[0]
        if not plain and len(phrase.parts) == 1 and entry.kind == "indexed":
            advice.append(f"declare {name}: function if {scope.quote(entry)} is a number")
    advice.append(f"write {phrase.text} \\cdot (...) for the product")
    return "; ".join(advice)


def _of_spectrum(found: re.Match[str], a: str) -> str:
    r"""What to write for \lambda_1(A), \sigma_i(A), \kappa(A) and \rho(A)."""
    letter, index = found[1] or found[3], (found[2] or "").strip("{}")
    if letter == "kappa":
        return rf"write \sigma_{{\max}}({a}) \sigma_{{\max}}({a}^{{-1}}) for the condition number"
    if letter == "rho":
        return rf"write \lambda_{{\max}}({a}) for the largest eigenvalue of a symmetric matrix"
    largest = rf"\{letter}_{{\max}}({a})"
    values = "eigvals" if letter == "lambda" else "svdvals"
    own = rf"[\operatorname{{{values}}}({a})]_{{{index}}}"
    order = "smallest" if letter == "lambda" else "largest"
    return (
        f"write {largest} for the largest one, {own} for the one in this position from the {order}"
    )


def _is_entry(phrase: Phrase) -> bool:
    """Whether this has two subscripts, as X_{ij} has."""
    return phrase.kind == "indexed" and sum(len(letters(part) or "") for part in phrase.parts) > 1


def learn_count(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> bool:
    r"""Takes N in N^{-1} \sum_i x_i, which comes before a number, for one itself."""
    power, behind = phrase.args
    if power.kind != "power" or left.rank != 2 or right.rank or behind.kind in _LETTERS:
        return False
    why = f"{resolver.quote(power)} precedes a number"
    return resolver.learn_number(power.args[0], why, counted=True)


def learn_counts(resolver: ResolverBase, phrase: Phrase) -> bool:
    r"""Takes the n and k of \frac{nk}{2} \log 2\pi, which both count, for numbers."""
    names = [part.text for part in phrase.args if part.kind == "symbol" and not part.bracketed]
    if len(names) < 2 or not INDICES.issuperset(names):
        return False
    why = f"it occurs next to {names[1]}, and both count"
    return resolver.learn_number(phrase.args[0], why)


def learn_raised(resolver: ResolverBase, phrase: Phrase) -> bool:
    r"""Takes the D of (2\pi)^{-D/2}, and the N and P of a^{(N - P - 1)/2}, for numbers."""
    parts = list(postorder(phrase.args[1], operands))
    letters = [part for part in parts if part.kind == "symbol"]
    kinds = {part.kind for part in parts if part.kind != "symbol"}
    names = [part.text for part in letters]
    if not are_numbers_in_exponent(kinds, names, not SIZES.isdisjoint(names)):
        return False
    why = f"it occurs in the exponent of a number, {resolver.quote(phrase)}"
    matrices = [part for part in letters if resolver.value_of(part).rank == 2]
    return any(resolver.letters.promote(part, 0, why) for part in matrices)


def learn_leading(resolver: ResolverBase, base: Phrase) -> bool:
    r"""Takes the y of (1 - y w^\top x)^2 for a number, as no vector has a power."""
    for product in postorder(base, operands):
        factors = [product]
        while factors[0].kind == "*":
            factors[:1] = factors[0].args
        if len(factors) < 3 or factors[0].kind not in _LETTERS:
            continue
        first, second, last = (resolver.value_of(factors[k]) for k in (0, 1, -1))
        if second.row and (first.order, last.order, first.row, last.row) == (1, 1, False, False):
            why = f"it comes first in {resolver.quote(product)}, whose power is taken"
            return resolver.letters.promote(factors[0], 0, why)
    return False


def broadcast(phrase: Phrase, left: Value, right: Value) -> bool:
    """Whether a number that is not written as one is added to a vector or a matrix."""
    number = phrase.args[1 if left.rank else 0]
    return bool(left.rank) != bool(right.rank) and number.kind != "number"


# -- hints
# ----------------------------------------------------------------------------------------


def product(resolver: ResolverBase, phrase: Phrase) -> str | None:
    """What to write for a product of two columns; None where that gets long."""
    a, b = (operand(resolver, part) for part in phrase.args)
    if len(a) + len(b) > _LONGEST:
        return None
    first = phrase.args[0]
    second = phrase.args[1]
    if first.kind == "symbol" and second.bracketed and b.startswith("["):
        return f"write [{a}]_{{{b.strip('[]')}}} for an entry"
    hint = (
        f"write {a}^\\top {b} for a number, {a} {b}^\\top for a matrix, {a} \\odot {b} entry "
        f"by entry"
    )
    if is_star(resolver, phrase):
        hint += "; a convolution is written out as a sum"
    if first.kind == "call" and first.text == "exp" and first.args[0].kind == "*":
        inside = first.args[0]
        if resolver.value_of(inside.args[0]).rank == 2:
            power = resolver.scope.quote(inside).strip("()")
            return f"write e^{{{power}}} {b} for the matrix exponential"
    if first.kind in ("exponential", "call") and len(first.args) == 1:
        first = first.args[0]
    declared = declaration_hint(resolver, first)
    return f"{hint}{declared or or_number(resolver, first)}"


def advise_on_product(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> str:
    """What to write for a column before a matrix, and for what else has no product."""
    a, b = (operand(resolver, part) for part in phrase.args)
    if left.rank == 1 and not left.row and right.rank == 2 and len(a) + len(b) <= _LONGEST:
        return f"write {a}^\\top {b}{declaration_hint(resolver, phrase.args[0])}"
    return "write ^\\top where it belongs, and brackets around what is a number"


def of_prime(resolver: ResolverBase, phrase: Phrase) -> str | None:
    """What to write for x' where that is a letter of its own; None of anything else."""
    base = phrase.args[0] if phrase.kind == "transpose" and phrase.text == "'" else None
    if base is None or base.kind not in ("symbol", "indexed") or base.bracketed:
        return None
    x = operand(resolver, base)
    return rf"write {x}_{{\mathrm{{new}}}}, with a word, if {x}' is a letter of its own"


def refuse_prime(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Refuses \langle x, x' \rangle and \|x'\|, where nobody transposes and x' is a letter."""
    hint = of_prime(resolver, phrase)
    if hint is not None and resolver.value_of(phrase).order == 1:
        x = resolver.quote(phrase.args[0])
        message = f"{x}' may be a letter of its own or the transpose of {x}"
        raise resolver.problem(message, phrase, f"{hint}; write {x} if not")


def declaration_hint(resolver: ResolverBase, phrase: Phrase) -> str:
    """What else a hint can offer for a letter of which nothing is known."""
    if phrase.kind not in ("symbol", "indexed") or resolver.scope.knows(phrase):
        return ""
    if phrase.kind == "indexed" and phrase.args[0].kind != "symbol":
        return ""
    name = resolver.scope.name(phrase)
    if not name.isidentifier():  # x_{n-1} cannot be declared
        return ""
    alike = _same_but_number(resolver, name)
    if alike:
        both = " and ".join(f'"{each}: scalar"' for each in (name, *alike))
        return f"; or declare {both} if these are numbers"
    return f"; or {format_number_offer([name])}"


def _same_but_number(resolver: ResolverBase, name: str) -> list[str]:
    """The letters that differ from one by their number alone: x_2 beside x_1."""
    stem = name.rstrip("0123456789")
    spelled = [each for each in resolver.scope.spelled if each != name] if stem != name else []
    free = resolver.letters.ranks
    return [each for each in spelled if each.rstrip("0123456789") == stem and free.is_free(each)]


def _is_free(resolver: ResolverBase, letter: Phrase) -> bool:
    """Whether only the first letter says what a letter is."""
    scope = resolver.scope
    return not scope.knows(letter) and resolver.letters.ranks.is_free(scope.name(letter))


def or_transpose(base: str, power: str) -> str:
    """What else a hint offers for w^t, which may be a transpose."""
    return f"; write {base}^\\top for the transpose" if power == "t" else ""


def or_number(resolver: ResolverBase, phrase: Phrase) -> str:
    """The same for a value that one letter alone makes a vector."""
    found: dict[str, Phrase] = {}
    for part in postorder(phrase, children):
        letter = part.kind == "symbol" or (part.kind == "indexed" and not part.args[0].args)
        if letter and resolver.value_of(part).rank and _is_free(resolver, part):
            found.setdefault(resolver.quote(part), part)
    if len(found) == 1:
        return declaration_hint(resolver, *found.values())
    names = [resolver.scope.name(letter) for letter in found.values()]
    if not names or len(names) > _MOST_NUMBERS or not all(map(str.isidentifier, names)):
        return ""
    declared = " and ".join(f'"{name}: scalar"' for name in names)
    return f"; or declare {declared} if these are numbers"


def exponent(resolver: ResolverBase, phrase: Phrase, value: Value) -> MatcalcError:
    """The error for an exponent that is a vector or a matrix."""
    base = operand(resolver, phrase.args[0])
    script = phrase.args[1]
    text = resolver.scope.quote(script).strip("{} ")
    hint = ""
    if value.rank == 1 and not value.row:
        hint = rf"write {base}^{{\odot {text}}} to raise to each entry"
    hint += or_number(resolver, script)
    return resolver.problem(
        f"the exponent is {resolver.kind_of(value)}, not a number",
        phrase,
        hint.removeprefix("; or ") or None,
    )


def over(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> str:
    """What to write for a quotient by a vector or a matrix."""
    a, b = (operand(resolver, part) for part in phrase.args)
    if right.rank == 2:
        if not left.rank and a == "1":
            return rf"write {b}^{{-1}}"
        if left.rank == 2:
            return rf"write {a} {b}^{{-1}} or {b}^{{-1}} {a}"
        return rf"write {b}^{{-1}} {a}"
    hint = rf"write {a} \oslash {b} entry by entry"
    return hint + or_number(resolver, phrase.args[1])


def unlike(resolver: ResolverBase, phrase: Phrase, left: Value, right: Value) -> str:
    """What to write for a sum of a row and a column, or of a matrix and a vector."""
    a, b = (operand(resolver, part) for part in phrase.args)
    sign = phrase.kind
    if left.rank == right.rank == 1:
        row, other = (phrase.args[0], b) if left.row else (phrase.args[1], a)
        if row.kind == "transpose":
            bare = operand(resolver, row.args[0])
            both = f"{bare} {sign} {other}" if left.row else f"{other} {sign} {bare}"
            prime = of_prime(resolver, row)
            column = f"write {both} for a column" if bare != other else None
            hint = "; ".join(filter(None, (column, prime)))
            if hint:
                return hint
        return "write ^\\top where it belongs"
    constant = next((part for part in phrase.args if part.kind == "constant"), None)
    if constant is not None:
        one = operand(resolver, constant)
        return f"write {one} {one}^\\top for the matrix"
    vector = b if right.rank == 1 else a
    part = phrase.args[right.rank == 1]
    if part.kind == "call" and part.text == "diag":
        return rf"write \operatorname{{diag}}({vector}) for the diagonal matrix"
    of_rows = right.row if right.rank == 1 else left.row
    if of_rows:
        vector = resolver.scope.quote(part)
    whole = rf"\mathbf{{1}} {vector}" if of_rows else rf"{vector} \mathbf{{1}}^\top"
    each = "row" if of_rows else "column"
    text = f"{a} {sign} {whole}" if right.rank == 1 else f"{whole} {sign} {b}"
    return f"write {text} for {each} by {each}"
