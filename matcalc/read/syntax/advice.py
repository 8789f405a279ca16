"""What to write instead of a text that is not in the language: missing products, Python's places,
LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.kinds import KINDS
from matcalc.core.operations import ALIASES, OPERATIONS
from matcalc.read.syntax.arguments import advise_on_axis, advise_on_name
from matcalc.read.syntax.brackets import (
    CLOSING,
    OPENING,
    find_arguments,
    find_closer,
    find_opener,
    find_operand_end,
    find_operand_start,
    is_row,
)
from matcalc.read.syntax.mathematica import as_products
from matcalc.read.syntax.names import DERIVED, GREEK
from matcalc.read.syntax.nested import rewrite_nested_rows
from matcalc.read.syntax.tokens import ENDS, FACTORS, Token

LATEX = "this looks like LaTeX: add --latex, or latex=True in Python"
_COMMANDS = (
    "frac dfrac tfrac int top intercal mathsf mathbf mathrm mathcal mathbb boldsymbol bm "
    "operatorname text left right big Big cdot times odot circ otimes oslash lVert rVert lvert "
    "rvert Vert vert partial nabla infty ell hat bar tilde begin end langle rangle mid quad "
    "varepsilon varphi"
)
_LETTERS = {*GREEK, *(name.capitalize() for name in GREEK)}
COMMANDS = frozenset({*_COMMANDS.split(), *_LETTERS, *OPERATIONS, *ALIASES})
_OBJECTIVE = "enter only the objective; matcalc stationary looks for its minimum"
_OPTIMA = ("min", "max")
_EQUATION = (
    "leave one side out; matcalc implicit differentiates what an equation determines, and matcalc "
    "equal compares its sides"
)
_LEIBNIZ = re.compile(r"\s*\(?\s*d\s*(\^\s*\d\s*)?(/\s*d\w|\(.*\)\s*/\s*d\w+\s*$)", re.DOTALL)
_SIGNS = re.compile(r"\\([A-Za-z]+)|_\{|\$|(?<![\w)\]'])\\\|")

_INVERSE = re.compile(r"\b(sin|cos|tan|sinh|cosh|tanh)\s*\^\s*(?:-\s*1|\(\s*-\s*1\s*\))\s*\(")
_FUNCTION = re.compile(r"\s*(?:\w+\s*(?:=|<-)\s*)?function\s*\(")  # R's
_POSITIVE_PART = re.compile(r"(\b\w+?|[\[(]\w+[\])])_\+")
_DEFINED_BEHIND = re.compile(r"([^,;=\[\]]+),\s*([^\W\d]\w*\s*=[^=].*)")

_SEPARATING = frozenset(
    {"COMMA", "SEPARATOR", "COMPARE", "EQUALS", "COLON", "ARROW", "WHERE", "$END"}
)
_ENDING = _SEPARATING.union(CLOSING, ("PLUS", "MINUS"))
_TIGHT = frozenset(
    {"DIVIDE", "SOLVE", "DOTDIVIDE", "KRON", "POWER", "DOTPOWER"}
)  # what follows may be the product or a factor
_DIVISIONS = frozenset({"DIVIDE", "SOLVE", "DOTDIVIDE"})
_COMPACT = re.compile(r"(?=.*[A-Z])[A-Za-z]{2,3}$")  # Ax, xAx: may be several names
_LONGEST = 80  # characters of a text that is written again as a whole
_WORDS = {
    "and": "(0 < x).*(x < 1) is 1 where both hold",
    "or": "max(x < 0, x > 1) is 1 where one of them holds",
    **dict.fromkeys(
        ("for", "in"),
        "sum(x) and prod(x) run over all entries, sum(X, 1) and sum(X, 2) over each column and "
        "row; a loop is written for k = 1:K; f[k] = tanh(A*f[k-1]); end",
    ),
    **dict.fromkeys(("if", "else"), "where(c, a, b) is a where the condition c holds, b otherwise"),
    **dict.fromkeys(("of", "wrt", "by"), DERIVED),
    "with": "definitions come after where: y'*y where y = A*x",
    **dict.fromkeys(("grad", "gradient", "hessian", "jacobian", "nabla"), DERIVED),
    **dict.fromkeys(("argmin", "argmax"), _OBJECTIVE),
    "not": "1 - c is 1 where the condition c does not hold: 1 - (x > 0)",
    "where": "definitions come after the expression: y'*y where y = A*x",
    "let": "write a definition without let: y = A*x; y'*y",
    **dict.fromkeys(
        ("return", "def", "function", "import", "from", "using", "library", "print", "disp"),
        "enter only the expression",
    ),
    **dict.fromkeys(("minimize", "minimise", "maximize", "maximise", "subject"), _OBJECTIVE),
}
_IN_MATLAB = re.compile(r"\s*(?:(?:\d+|end(?:\s*-\s*\d+)?)?\s*:?\s*(?:\d+|end)?)\s*")
_PLACE = re.compile(r"\s*(-?)\s*(\w*)\s*(?:(:)\s*(-?)\s*(\w*)\s*)?$")


def is_quotient_of_differentials(text: str) -> bool:
    """Whether a text begins as d/dx does, or is df/dx: that is not a division."""
    return _LEIBNIZ.match(text) is not None


def looks_like_latex(text: str) -> bool:
    """Whether there is something in it that only LaTeX has."""
    return any(match[1] is None or match[1] in COMMANDS for match in _SIGNS.finditer(text))


def instead(text: str, k: int, stream: list[Token], readable: Callable[[str], bool]) -> str | None:
    """A hint for the token that cannot stand where it does, the k-th; ``readable`` tells whether a
    text is in the language.
    """
    if looks_like_latex(text):
        return LATEX
    if is_quotient_of_differentials(text):
        return DERIVED
    if known := _elsewhere(text, readable):
        return known
    kind, before = stream[k][0], stream[k - 1] if k else ("", 0, 0, "")
    if before[0] == "METHOD" and len(before[3]) == 2 and before[3] not in (".H", ".I"):  # .A
        return as_products(text, readable)
    opener = find_opener(stream, k)
    if before[3] == "positive":
        return None  # a kind, of which the message says all
    declared = (
        k > 1 and stream[1][0] == "COLON" and not any(each[0] == "SEPARATOR" for each in stream[:k])
    )
    if declared and opener is None and kind in FACTORS:
        from matcalc.read.syntax.declare_advice import suggest_declaration  # noqa: PLC0415 - as above

        line, semicolon, _ = text.partition(";")
        meant = suggest_declaration(line, KINDS if semicolon else ())
        return f"write {meant}" if meant else "write ; between a declaration and what follows"
    if kind == before[0] == "COLON":  # x[::2]
        return "ranges have no steps here: sum[i](x[2*i]) runs over every second position"
    called = (
        opener is not None
        and stream[opener][0] == "LPAR"
        and stream[opener - 1][0] in ("NAME", "QUALIFIED", "METHOD")
    )
    if (
        opener is not None
        and stream[opener][0] == "LSQUARE"
        and opener
        and stream[opener - 1][0] in ENDS
    ):
        return _places(text, opener, stream, readable)
    if kind == "TRANSPOSE" and before[0] in ("TIMES", "DOTTIMES"):  # x*'y
        sign = "" if stream[k + 1][0] in ("TIMES", "DOTTIMES") else before[3]
        written = f"{text[: before[1]]}{stream[k][3]}{sign}{text[stream[k][2] :]}"
        return f"write {written}" if readable(written) else None
    if kind == "COLON" and called and opener is not None and stream[opener - 1][0] == "NAME":
        return _entries(text, opener, stream, readable)
    if kind == "EQUALS" and called and before[3] in ("axis", "dim"):
        return advise_on_axis(text, stream, k)
    if kind == "EQUALS" and called and before[0] == "NAME":
        return advise_on_name(text, stream, k, readable)
    if kind == "EQUALS" and opener is None and before[0] == "RPAR":
        return _unhead(text, k, stream, readable)
    if kind == "EQUALS" and opener is None and not _is_definition(stream, k):
        return _EQUATION
    if kind == "COMMA":
        return _apart(text, k, stream, readable) or _comma(stream, k)
    if kind in FACTORS or kind in ("NUMBER", "LSQUARE"):
        return _product(text, k, stream, readable) if before[0] in ENDS else None
    return None


def _elsewhere(text: str, readable: Callable[[str], bool]) -> str | None:
    """Nested rows, inverse functions, positive parts and definitions after a comma."""
    if rows := rewrite_nested_rows(text):
        written = text[: rows[0]] + rows[2] + text[rows[1] :]
        return f"write {written}" if readable(written) else None
    if inverse := _INVERSE.search(text):
        name = inverse[1]
        return f"write a{name}(x) for the inverse function, 1./{name}(x) for the reciprocal"
    if _FUNCTION.match(text):
        return "enter only the expression, without its arguments"
    if positive := _POSITIVE_PART.search(text):
        return f"write max({positive[1].strip('[]()')}, 0) for the positive part"
    defined = _DEFINED_BEHIND.fullmatch(text)
    alone = defined is not None and defined[1].count("(") == defined[1].count(")")
    written = f"{defined[1]} where {defined[2]}" if defined and alone else ""
    return f"write {written}" if written and readable(written) else None


def _is_definition(stream: list[Token], k: int) -> bool:
    """Whether another = comes before the k-th token in its statement."""
    start = max((i for i in range(k) if stream[i][0] == "SEPARATOR"), default=-1)
    return any(each[0] == "EQUALS" for each in stream[start + 1 : k])


def _apart(text: str, k: int, stream: list[Token], readable: Callable[[str], bool]) -> str | None:
    """``y = A*x, y'*y`` and ``y = A*x y'*y``: a definition, and what uses it."""
    start = max((i for i in range(k) if stream[i][0] == "SEPARATOR"), default=-1) + 1
    defined = stream[start][0] == "NAME" and stream[start + 1][0] == "EQUALS"
    if not defined or all(each[3] != stream[start][3] for each in stream[k:]):
        return None
    behind = stream[k][2] if stream[k][0] == "COMMA" else stream[k][1]
    written = f"{text[: stream[k - 1][2]]}; {text[behind:].strip()}"
    return f"write {written}" if readable(written) else None


def _unhead(text: str, k: int, stream: list[Token], readable: Callable[[str], bool]) -> str | None:
    """f(x) = ...: the value of a function is written without its name."""
    kinds = [each[0] for each in stream[:k]]
    body, _, value = text[stream[k][2] :].strip().partition(";")
    if value.strip() not in ("", text[: stream[k][1]].strip()):
        return None  # f(x) = ...; g(x)
    head = kinds[0] == "NAME" and kinds[1] == "LPAR" and not {*kinds[2:-1]} - {"NAME", "COMMA"}
    if stream[0][3] in OPERATIONS or stream[0][3] in ALIASES:  # tr(X) = 1
        return _EQUATION
    return f"write {body}" if head and len(body) <= _LONGEST and readable(body) else None


# -- products
# ----------------------------------------------------------------------------------------


def _product(text: str, k: int, stream: list[Token], readable: Callable[[str], bool]) -> str | None:
    """Two operands beside each other."""
    (kind, _, _, left), (following, _, _, right) = stream[k - 1], stream[k]
    if left in _WORDS or right in _WORDS:
        return _WORDS[right if right in _WORDS else left]
    if left.partition("_")[0] in ("argmin", "argmax") or (left == "arg" and right in _OPTIMA):
        return _OBJECTIVE
    if left in ("Σ", "Π"):
        total = {"Σ": "sum", "Π": "prod"}[left]
        return f"write {total}({right.partition('_')[0]}) for that of all entries"
    if left == "lambda" and stream[k + 1][0] in ("COLON", "COMMA"):  # Python's
        return "enter only the expression, without its arguments"
    if kind == "NUMBER" and right == "j" and stream[k - 1][2] == stream[k][1]:
        return "all numbers are real here; complex variables are declared, as in z: complex scalar"
    if apart := _apart(text, k, stream, readable):
        return apart
    if kind == "RNORM" and right in ("F", "p") and stream[k - 1][2] == stream[k][1]:  # ‖X‖F
        return "write ‖X‖_F for the Frobenius norm, normp(x, p) for a p-norm"
    if kind == "NAME" and (left in OPERATIONS or left in ALIASES):
        end = find_operand_end(stream, k)
        over = stream[end + 1][0] in _ENDING
        if left in _OPTIMA and not over and following != "NUMBER":  # min x'*x
            return _OBJECTIVE
        return (
            f"write {left}({text[stream[k][1] : stream[end][2]]})"
            if over
            else f"write {left}(...) with its argument in brackets"
        )
    if (
        following == "LPAR"
        and k > 2
        and stream[k - 2][0] == "POWER"
        and stream[k - 3][3] in OPERATIONS
    ):
        closer = find_closer(stream, k)  # sin^2(x)
        inside = text[stream[k][1] : stream[closer][2]] if closer else "(...)"
        name = stream[k - 3][3]
        dot = "." * (OPERATIONS[name].signature == "elementwise")
        return f"write {name}{inside}{dot}^{left}"
    if following == "LPAR" and kind in CLOSING:
        entry = _entry_of_value(text, k, stream, readable)
        if entry:
            return entry
    around = find_opener(stream, k)
    if kind == following == "NUMBER" and (around is None or stream[around][0] != "LSQUARE"):
        return f"write {left}{right}" if re.fullmatch("[0-9]{3}", right) else None
    if following == "NUMBER" and right.startswith("."):
        return "a dot belongs to a number (0.5), to .* ./ .^ or to .T"
    if following == "LSQUARE":
        return None
    regions = [(0, len(stream) - 1)] if len(text) <= _LONGEST and "\n" not in text else []
    opener = find_opener(stream, k)
    if opener is not None and stream[opener][0] == "LSQUARE":
        regions = [(opener, (find_closer(stream, opener) or opener) + 1)]
    for first, last in [*regions, _region(stream, k)]:
        found = [each for each in _with_products(text, stream, first, last) if readable(each[0])]
        if regions and stream[first][0] == "LSQUARE" and found:
            missing = [each for each in range(first + 1, last) if _is_missing(stream, each)]
            beside = _join(text, stream, first, last, missing, (), glue=", ")
            found = [(beside, "for blocks beside each other"), *found]
        if found:
            return "write " + ", or ".join(
                f"{each} {condition}".strip() for each, condition in found
            )
    return "write * for a product"


def _region(stream: list[Token], k: int) -> tuple[int, int]:
    """The tokens from and to the end of the term that has the k-th."""
    first, depth = k, 0
    while first > 0:
        kind = stream[first - 1][0]
        depth += (kind in CLOSING) - (kind in OPENING)
        if depth < 0 or (not depth and _separates(stream, first - 1)):
            break
        first -= 1
    last, depth = k, 0
    while last < len(stream):
        kind = stream[last][0]
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0 or (not depth and _separates(stream, last)):
            break
        last += 1
    return first, last


def _separates(stream: list[Token], k: int) -> bool:
    kind = stream[k][0]
    return kind in _SEPARATING or (kind in ("PLUS", "MINUS") and k > 0 and stream[k - 1][0] in ENDS)


def _with_products(text: str, stream: list[Token], first: int, last: int) -> list[tuple[str, str]]:
    """The tokens from first to last with the missing signs, in each reading, and when it is
    meant.
    """
    missing = [k for k in range(first + 1, last) if _is_missing(stream, k)]
    runs: list[list[int]] = []
    for k in missing:
        start = find_operand_start(stream, k - 1)
        if runs and start <= runs[-1][1]:
            runs[-1][1] = find_operand_end(stream, k)
        else:
            runs.append([start, find_operand_end(stream, k)])
    divided = [run for run in runs if run[0] > first and stream[run[0] - 1][0] in _TIGHT]
    compact = [
        k
        for k in range(first, last)
        if stream[k][0] == "NAME"
        and _COMPACT.match(stream[k][3])
        and (k in missing or k + 1 in missing)
    ]
    calls = [k + 1 for k in missing if _may_be_called(stream, k) and k + 1 < last]  # x'A(x - y)
    plain = _join(text, stream, first, last, missing, ())
    if divided:
        reach = [(a, _product_end(stream, b, last)) for a, b in divided]
        ends = [reach]
        if reach[0][1] != divided[0][1] and stream[divided[0][1]][0] == "NAME":  # 1/2m*sum(x)
            ends.insert(0, [(divided[0][0], divided[0][1])])
        below = [_join(text, stream, first, last, missing, each) for each in ends]
        return [(each, "") for each in (plain, *below)] if len(divided) == 1 else []
    if not compact and not calls:
        return [(plain, "")]
    apart = _join(text, stream, first, last, [*missing, *calls], (), frozenset(compact))
    names = dict.fromkeys(stream[k][3] for k in (*compact, *(k - 1 for k in calls)))
    one, many = ("is one name", "are names") if compact else ("is a function", "are functions")
    what = many if len(names) > 1 else one
    return [(apart, ""), (plain, f"where {' and '.join(names)} {what}")]


def _product_end(stream: list[Token], k: int, last: int) -> int:
    """The last token of the factors and powers that follow on the k-th, up to another division."""
    depth = 0
    for i in range(k + 1, last):
        kind = stream[i][0]
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0 or (not depth and (_separates(stream, i) or kind in _DIVISIONS)):
            return i - 1
    return last - 1


def _is_missing(stream: list[Token], k: int) -> bool:
    """Whether two operands are beside each other."""
    kind, before = stream[k][0], stream[k - 1][0]
    if before not in ENDS or (kind not in FACTORS and kind != "NUMBER"):
        return False
    if kind == "LPAR" and before == "RSQUARE":
        return stream[find_operand_start(stream, k - 1) - 1][0] != "BINDER"  # sum[i](x[i])
    return kind != "LPAR" or before not in ("NAME", "QUALIFIED") or is_row(stream[k - 1])


def _may_be_called(stream: list[Token], k: int) -> bool:
    """Whether this is a single letter before a bracket, which may be a factor or a function."""
    return stream[k][0] == "NAME" and len(stream[k][3]) == 1 and stream[k + 1][0] == "LPAR"


def _join(
    text: str,
    stream: list[Token],
    first: int,
    last: int,
    missing: list[int],
    bracketed: list[tuple[int, int]] | tuple[()],
    apart: frozenset[int] = frozenset(),
    glue: str = "*",
) -> str:
    """The text of the tokens from first to last with what is missing and added."""
    parts: list[str] = []
    gaps = set(missing)
    opening, closing = {a for a, _ in bracketed}, {b for _, b in bracketed}
    for k in range(first, last):
        _, start, end, piece = stream[k]
        if k in gaps:
            parts.append(glue)
        elif k > first and stream[k][0] != "TRANSPOSE":
            parts.append(" " * bool(text[stream[k - 1][2] : start]))
        parts += [
            "(" * (k in opening),
            "*".join(piece) if k in apart else text[start:end] or piece,
            ")" * (k in closing),
        ]
    return "".join(parts)


# -- places and arguments
# ----------------------------------------------------------------------------------------


def _entry_of_value(
    text: str, opener: int, stream: list[Token], readable: Callable[[str], bool]
) -> str | None:
    """``inv(A)(1,:)``, entries of a value as MATLAB takes them; None where it is a product."""
    closer = find_closer(stream, opener)
    if closer is None or closer == opener + 1:
        return None
    places = [text[start:end].strip() for start, end in find_arguments(stream, opener, closer)]
    if not all(place and _IN_MATLAB.fullmatch(place) for place in places):
        return None
    start = stream[find_operand_start(stream, opener - 1)][1]
    value, rest = text[start : stream[opener][1]], text[stream[closer][2] :]
    entry = f"{text[:start]}{value}[{', '.join(places)}]{rest}"
    if not readable(entry):
        return None
    product = f"{text[:start]}{value}*({places[0]}){rest}"
    one = len(places) == 1 and places[0].isdecimal()
    return f"write {entry} for an entry, {product} for a product" if one else f"write {entry}"


def _entries(
    text: str, opener: int, stream: list[Token], readable: Callable[[str], bool]
) -> str | None:
    """``A(:, 1)``; and ``log(A:B)``, in which it is the product of two matrices."""
    closer = find_closer(stream, opener)
    if closer is None:
        return None
    places = [text[start:end].strip() for start, end in find_arguments(stream, opener, closer)]
    if places == [":"]:
        return f"write vec({stream[opener - 1][3]})"
    name = stream[opener - 1][3]
    if name in OPERATIONS or name in ALIASES:
        left, _, right = places[0].partition(":")
        if left.isdecimal():
            return None  # a range
        dot = f"dot({left.strip()}, {right.strip()})"
        return f"write {dot} for the sum of the products of the entries" if readable(dot) else None
    entries = f"{name}[{', '.join(places)}]"
    return f"write {entries}" if readable(entries) else None


def _places(
    text: str, opener: int, stream: list[Token], readable: Callable[[str], bool]
) -> str | None:
    """``x[1:]``, which counts from 0 in Python."""
    closer = find_closer(stream, opener)
    if closer is None or stream[closer][0] != "RSQUARE":
        return None
    matches = [
        _PLACE.match(text[start:end]) for start, end in find_arguments(stream, opener, closer)
    ]
    base = text[stream[find_operand_start(stream, opener - 1)][1] : stream[opener][1]]
    counted = any(
        match and ("-" in (match[1], match[4]) or match[2] == "0") for match in matches
    )  # as only Python does
    of_r = any(match and not match[0].strip() for match in matches)  # X[1, ]
    both = (_from_one if of_r else _from_zero, _from_zero if counted else _from_one)
    python, ours = ([place(match) if match else "" for match in matches] for place in both)
    zero, one = (f"{base}[{', '.join(places)}]" for places in (python, ours))
    if not readable(zero) or not readable(one):
        return None
    return (
        f"write {zero}"
        if zero == one
        else f"write {zero} if you count from 0, as Python does, or {one} if from 1"
    )


def _from_zero(match: re.Match[str]) -> str:
    sign, first, colon, last_sign, last = match.groups(default="")
    if first.isdecimal():
        first = _from_end(int(first) - 1) if sign else str(int(first) + 1)
    elif first:
        first = f"{first} + 1"
    if not colon:
        return first or ":"
    if last.isdecimal():
        last = _from_end(int(last)) if last_sign else last
    return f"{first or 1}:{last or 'end'}" if first or last else ":"


def _from_one(match: re.Match[str]) -> str:
    sign, first, colon, last_sign, last = match.groups(default="")
    first, last = f"{sign}{first}", f"{last_sign}{last}"
    if not colon:
        return first or ":"
    return f"{first or 1}:{last or 'end'}" if first or last else ":"


def _from_end(count: int) -> str:
    return f"end - {count}" if count else "end"


def _comma(stream: list[Token], k: int) -> str | None:
    """``1,000`` and ``0,5``, or a comma at the end."""
    (before, _, end, left), (_, start, _, _), (after, begin, _, right) = (
        stream[k - 1],
        stream[k],
        stream[k + 1],
    )
    if (
        before == after == "NUMBER"
        and end == start
        and start + 1 == begin
        and left.isdecimal()
        and right.isdecimal()
    ):
        decimal = f"{left}.{right}"
        if stream[k - 2][0] == "LPAR" and stream[k + 2][0] == "RPAR":
            return f"write [{left}; {right}] for a vector, {decimal} if the comma is a decimal one"
        return (
            f"write {left}{right}, or {decimal} if the comma is a decimal one"
            if len(right) == 3
            else f"write {decimal}"
        )
    return "delete it" if after == "$END" else None
