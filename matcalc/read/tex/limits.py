r"""The limits of a sum: sizes, and indices that run: \sum_{j=1}^{i}, \sum_{i<j}, \sum_{j \neq k}.

A limit that runs itself is a factor of what is summed: T_ij, which is one for j <= i and else zero,
in \sum_{j=1}^{i}.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.errors import MatcalcError, ParseError, Span, UnsupportedError
from matcalc.core.kinds import size_names
from matcalc.core.operations import POLES
from matcalc.core.walk import operands, postorder
from matcalc.read.tex import sets
from matcalc.read.tex.conditions import comparisons
from matcalc.read.tex.diagnose import OF_SETS
from matcalc.read.tex.letter_state import Ranges
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import size, size_leaves
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.subscripts import names as names_in
from matcalc.read.tex.symbols import letters, symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value
from matcalc.read.tex.vocabulary import INDICES

_TURNED = {">": "<", ">=": "<="}
Side = tuple[
    str, int
]  # an index or a size ("" if there is none), and the number that is added to it


def read_bounds(found: list[list[Phrase]], start: int, end: int, scope: Scope) -> Phrase:
    """What is below a sum sign: indices, i=1, and conditions such as i < j; the signs are
    comparisons without operands.
    """
    indices: list[Phrase] = []
    bounds: list[Phrase] = []
    weights: list[Phrase] = []  # what is said about entries
    lone: list[Phrase] = []  # indices of which nothing has been said yet
    such = False
    for bound in found:
        if bound[0].kind == "inner":  # \langle i,j \rangle
            raise scope.problem("pairs of neighbours are not supported", bound[0].span, OF_SETS)
        such = such or bound[0].kind == "such"
        bound = bound[bound[0].kind == "such" :]
        operands, signs = bound[::2], bound[1::2]
        if len(signs) == 1 and signs[0].kind == sets.IN:
            element, into = operands
            several = [element] if such else [*lone, element]  # i, j \in S: both are
            lone = []
            above = [sets.up_to(each, into, scope) for each in several]
            if above[-1] is not None:
                bounds += [each for each in above if each is not None]
                indices.append(element)
                continue
            found_there = [sets.member(each, into, scope) for each in several]
            weights += [weight for _, weight in found_there]
            indices += () if such else found_there[-1][0]
            continue
        if (labelled := sets.label(operands, signs, scope)) is not None:
            weights.append(labelled[1])
            indices += () if such else labelled[:1]
            continue
        if such and not (signs and all(map(_is_place, operands)) and signs[0].text != "="):
            weights += comparisons(operands, signs)
            if not signs:
                raise scope.problem(
                    "this condition of a sum is not supported", bound[0].span, OF_SETS
                )
            continue
        lone = [*lone, operands[0]] if not signs else []
        if not signs:
            indices.append(operands[0])
        elif len(signs) == 1 and signs[0].text == "=":
            indices.append(operands[0])
            if operands[1].kind != "number" or operands[1].text != "1":
                bounds.append(
                    Phrase("<=", *_ends(operands), args=(operands[1], operands[0]), text="from")
                )
        else:
            pairs = zip(operands, signs, operands[1:], strict=False)
            bounds += [
                Phrase(sign.kind, left.start, right.end, args=(left, right))
                for left, sign, right in pairs
            ]
    for condition in bounds:
        if condition.kind not in ("<", "<=", "!=", ">", ">="):
            hint = r"sums have limits, and conditions i < j, i \neq j"
            raise scope.problem("this condition of a sum is not supported", condition.span, hint)
    return Phrase(
        "subscripts",
        start,
        end,
        args=tuple(weights),
        parts=tuple(indices),
        bounds=tuple(bounds),
    )


def bigsum(name: str, mark: Span, below: Phrase, body: Phrase, scope: Scope) -> Phrase:
    """The sum, the product, the maximum or the minimum of what follows its sign."""
    if below.args:
        body = sets.weigh(body, below.args, below, scope)
    return Phrase(
        "bigsum",
        mark.start,
        body.end,
        args=(body,),
        text=name,
        parts=below.parts,
        limit=below.limit,
        bounds=below.bounds,
        mark=mark,
    )


def _ends(operands: list[Phrase]) -> tuple[int, int]:
    return operands[0].start, operands[-1].end


def settle(total: Phrase, letters_: Letters, running: Ranges) -> None:
    """Finds which indices a sum runs over, and what of its limits is a size: ``limit``; the rest
    stays in ``bounds``.
    """
    named = _indices(total, letters_)
    total.parts = named
    names = {symbol(part, letters_.scope.source).name for part in named}
    known = {*running, *names}
    if total.limit is not None and any(
        _name(leaf, letters_) in running for leaf in size_leaves(total.limit)
    ):
        above, total.limit = total.limit, None
        total.bounds += tuple(
            Phrase("<=", part.start, above.end, args=(part, above), text="to") for part in named
        )
    rest = []
    limited: dict[str, str] = {}  # indices that end at a size below the sign
    for bound in total.bounds:
        plain = bound.text or all(_is_shift(side) for side in bound.args)
        if letters_.binding and not plain:
            rest.append(bound)  # a binder reads i >= k + 1 - p as well
            continue
        (a, p), sign, (b, q) = _sides(bound, letters_)
        if a == "" and sign == "<=" and p - q <= 1 and b in known:
            if p - q < 1:
                raise _from_zero(bound, letters_)
            continue  # 1 <= i
        size_above = (
            sign == "<="
            and p == q == 0
            and a in names
            and b
            and b not in known
            and bound.text != "from"
        )
        if size_above and (total.limit is None or limited):
            total.limit = bound.args[1] if bound.kind in ("<=", "<") else bound.args[0]  # i <= n
            limited[a] = b
            continue
        rest.append(bound)
    total.bounds = tuple(rest)
    _require_one_limit(total, limited, letters_)


def _require_one_limit(total: Phrase, limited: Mapping[str, str], letters_: Letters) -> None:
    r"""Refuses \sum_{i \leq n, j \leq m} and \sum_{i \leq n, j}, as one limit is that of all."""
    names = [symbol(part, letters_.scope.source).name for part in total.parts]
    behind = names[min(map(names.index, limited)) :] if limited else []
    if len({*limited.values()}) > 1 or not {*behind} <= {*limited}:
        span = total.mark or total.span
        hint = r"write a sum for each index, as in \sum_{i=1}^{n} \sum_{j=1}^{m}"
        raise letters_.scope.refusal("several indices, not all with this limit", span, hint)


def _indices(total: Phrase, letters_: Letters) -> tuple[Phrase, ...]:
    """The letters that a sum runs over: those that are named alone, or those of its conditions that
    are subscripts inside.
    """
    source = letters_.scope.source
    found = [leaf for part in total.parts for leaf in letters(part) or (part,)]
    if any(leaf.kind == "number" for leaf in found):  # \sum_1^n
        hint = rf"write \{total.text}_{{i=1}}^{{n}}"
        raise letters_.problem(f"a {total.text} runs over a letter", total.mark or total.span, hint)
    if any(leaf.kind != "symbol" for leaf in found):
        return total.parts
    names = [symbol(leaf, source).name for leaf in found]
    running = letters_.ranges.get(id(total), {})
    below = {name for part in postorder(total.args[0], operands) for name in names_in(part, source)}
    sizes = size_names(letters_.scope.declared.values())
    for bound in total.bounds:
        leaves = [leaf for side in bound.args for leaf in size_leaves(side)]
        lettered = [_name(leaf, letters_) for leaf in leaves if leaf.kind == "symbol"]
        for leaf in leaves:
            name = _name(leaf, letters_)
            if name in sizes and not sizes.keys() >= set(lettered):
                continue  # the n of i < n where x is declared with n entries
            if leaf.kind != "symbol" or name in names or name in running or name not in below:
                continue
            if found and total.parts and name in letters_.outside(total):
                continue  # a place that is fixed outside the sum
            if total.parts or (bound.kind == "!=" and name in letters_.outside(total)):
                continue
            printed = letters_.scope.printed is not None
            if bound.kind == "!=" and name not in INDICES and not printed:  # the class of j \neq y
                continue
            names.append(name)
            found.append(leaf)
        turned = len(names) == 2 and names[0] > names[1]  # as where i is known, and j runs
        if bound.kind == "!=" and turned and not total.parts:
            shown = source[bound.start : bound.end]
            letters_.learnt.setdefault(
                f"note: the sum over {shown} runs over both {' and '.join(names)}; write "
                f"{names[0]}=1, {shown} below it for only {names[0]}"
            )
    return tuple(found)


def _name(leaf: Phrase, letters_: Letters) -> str:
    return (
        letters_.scope.name(leaf)
        if letters_.scope.knows(leaf)
        else symbol(leaf, letters_.scope.source).name
    )


def _sides(bound: Phrase, letters_: Letters) -> tuple[Side, str, Side]:
    """A condition as a <= b, a < b or a != b, each an index and a number that is added to it."""
    left, right = (_side(part, letters_) for part in bound.args)
    sign = _TURNED.get(bound.kind, bound.kind)
    if bound.kind in _TURNED:
        left, right = right, left
    if sign == "<":
        return left, "<=", (right[0], right[1] - 1)
    return left, sign, right


def _side(phrase: Phrase, letters_: Letters) -> Side:
    if phrase.kind == "number" and phrase.text.isdecimal():
        return "", int(phrase.text)
    if phrase.kind in ("symbol", "indexed"):
        return _name(phrase, letters_), 0
    if _is_shift(phrase):
        added = int(phrase.args[1].text) if phrase.args[1].text.isdecimal() else 0
        return _name(phrase.args[0], letters_), added if phrase.kind == "+" else -added
    raise BeyondProducts(
        "this limit of a sum is not supported",
        source=letters_.scope.source,
        span=phrase.span,
        hint="limits are 1, a size, and indices with a number added to them",
    )


def _is_place(phrase: Phrase) -> bool:
    """Whether this is an index with a number added to it or not, and nothing that has an index."""
    return _is_shift(phrase) and all(leaf.kind == "symbol" for leaf in size_leaves(phrase))


def _is_shift(phrase: Phrase) -> bool:
    """Whether a limit is a number, a letter, or a letter to which a number is added."""
    if phrase.kind in ("+", "-"):
        letter, number = phrase.args
        return letter.kind in ("symbol", "indexed") and number.kind == "number"
    return phrase.kind in ("symbol", "indexed", "number")


def _from_zero(bound: Phrase, letters_: Letters) -> ParseError:
    span = bound.args[0].span
    index = letters_.scope.quote(bound.args[1])
    hint = (
        f"entries are counted from 1 to the size: begin with {index}=1, and write {index}-1 "
        f"where {index} is a number, as in \\sum_{{t=1}}^{{T}} \\gamma^{{t-1}} r_t"
    )
    return letters_.scope.refusal("an index starts at 1 here", span, hint)


def factors(total: Phrase, letters_: Letters, running: Ranges) -> list[Value]:
    """The conditions of a sum as factors of what is summed, zero where they do not hold."""
    return [_factor(bound, total, letters_, running) for bound in total.bounds]


def require_inside(total: Phrase, letters_: Letters) -> None:
    r"""Refuses limits that run and go beyond the range of their index, as in \sum_{j=1}^{i+1}."""
    for bound in total.bounds:
        if not bound.text:
            continue
        (a, p), _, (_, q) = _sides(bound, letters_)
        if a and q - p > 0:
            raise _refusal(bound, letters_, a)


def _require_finite(bound: Phrase, total: Phrase, letters_: Letters) -> None:
    """Refuses a condition i != j, which becomes a factor 0, on what may be infinite for i = j."""
    for part in postorder(total.args[0], operands):
        pole = part.kind == "call" and part.text in POLES
        inverse = part.kind in ("power", "entrywise") and part.args[1].kind == "neg"
        if part.kind == "/" or pole or inverse:
            raise BeyondProducts(
                "this sum leaves out terms that may have no value",
                source=letters_.scope.source,
                span=bound.span,
                hint="write it in the plain language, as in  sum[i!=j](1/(x[i] - x[j])^2)",
            )


def _factor(bound: Phrase, total: Phrase, letters_: Letters, running: Ranges) -> Value:
    (a, p), sign, (b, q) = _sides(bound, letters_)
    make = Maker(bound)
    names = {symbol(part, letters_.scope.source).name for part in total.parts}
    shift = q - p  # a <= b + shift
    runs = [name for name in (a, b) if name in names or name in running]
    if sign == "!=" and shift == 0 and len(runs) == 2:
        _require_finite(bound, total, letters_)
        return Value(
            make.node("-", make.call("matrix", make.number(1)), make.node("name", value="eye")),
            2,
            axes=(a, b),
        )
    if sign == "<=" and len(runs) == 2 and shift <= 0:
        ones = make.call("cumsum", make.node("name", value="eye"), make.number(1))
        node = ones if shift == 0 else make.call("tril", ones, make.number(shift))
        return Value(node, 2, axes=(b, a))
    if len(runs) == 1 and sign == "!=":
        place = bound.args[1] if runs[0] == a else bound.args[0]
        unit = make.node(
            "entries", make.node("name", value="eye"), make.node(":"), size(place, letters_.scope)
        )
        return Value(make.node("-", make.ones(), unit), 1, axes=(runs[0],))
    if len(runs) == 1 and sign == "<=" and a and b and shift <= 0:
        upper = runs[0] == a  # i <= k, else k <= i
        whole = make.call(
            "cumsum" if upper else "revcumsum", make.node("name", value="eye"), make.number(1)
        )
        if shift:
            whole = make.call(
                "tril" if upper else "triu", whole, make.number(shift if upper else -shift)
            )
        row = make.node(
            "entries", whole, make.node("name", value=b if upper else a), make.node(":")
        )
        return Value(make.transpose(row), 1, axes=(runs[0],))
    raise _refusal(bound, letters_, a)


def _refusal(bound: Phrase, letters_: Letters, a: str) -> MatcalcError:
    source = letters_.scope.source
    if a == "":
        span = bound.args[0].span
        hint = "entries are counted from 1 to the size"
        return BeyondProducts("an index starts at 1 here", source=source, span=span, hint=hint)
    shown = source[bound.start : bound.end]
    message = (
        f"the sum goes beyond the range of its index: {shown}"
        if bound.text
        else f"the condition {shown} of a sum"
    )
    hint = (
        r"limits that run are read as \sum_{j=1}^{i}, \sum_{j=1}^{i-1}, \sum_{j=i}^{n}, "
        r"\sum_{i<j}, \sum_{j \neq i}"
    )
    kind = UnsupportedError if bound.text else BeyondProducts
    return kind(message, source=source, span=Span(bound.start, bound.end), hint=hint)
