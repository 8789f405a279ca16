"""Sums over indices as people write them elsewhere, ``sum_i x[i]`` and ``sum(x[i] for i in ...)``,
written as they are here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.operations import OF_ENTRIES
from matcalc.core.split import split_outside_brackets

_LONGEST = 120  # characters of a text that is written again
_MOST = 8  # sums of a text
_NAMES = {"∑": "sum", "Σ": "sum", "∏": "prod", "Π": "prod", "Sum": "sum", "Product": "prod"}
_HEAD = r"(?<![\w.])(?P<head>sum|prod|mean|max|min|logsumexp|∑|∏|Σ|Π|Sum|Product)"
_WORD = r"[A-Za-z0-9]\w*"
_END = rf"{_WORD}(?:\s*[-+]\s*{_WORD})?"
# SymPy's (i, 0, n-1), which counts from 0
# and Mathematica's {i, 1, n}
_TRIPLE = re.compile(
    rf"[({{]\s*(?P<i>[A-Za-z]\w*)\s*,\s*(?P<a>{_WORD})\s*,\s*(?P<b>{_END})\s*[)}}]$"
)
_BELOW = re.compile(
    rf"{_HEAD}\s*_\s*(?:\{{(?P<set>[^{{}}\\]*)\}}|(?P<one>[A-Za-z]|[i-n]{{2}})(?:=(?P<from>\w+))?(?!\w))"
    rf"(?:\s*\^\s*(?:\{{(?P<top>[^{{}}]*)\}}|(?P<end>\w+)))?"
)
_BEHIND = re.compile(rf"{_HEAD}\s*\[(?P<places>[^\[\]]*)\]")
_CALL = re.compile(rf"{_HEAD}\s*[(\[]")
_SUMMED = re.compile(r"(?<![\w.])sum\s*\[")
_LABEL = re.compile(r"^(?P<j>[a-z])\s*(?:!=|≠)\s*(?P<y>\w+)\[(?P<i>[a-z])\]$")
_FROM_TO = re.compile(
    rf"^(?P<i>[A-Za-z]\w*)\s*(?:=|∈|\bin\b)\s*(?P<a>{_WORD})\s*"
    rf"(?::|\.\.+|…|,\s*\.\.\.\s*,|\bto\b)\s*(?P<b>{_WORD}(?:\s*[-+]\s*{_WORD})?)$"
)
_IN = re.compile(
    r"^(?P<i>[A-Za-z]\w*)\s*(?:∈|\bin\b|=)\s*"
    r"(?:range\s*\((?:len\s*\(\w+\)|[a-z]\w*|(?P<end>[\w+-]+))\)|[a-z]\w*)$"
)  # a capital is a set
_CHAIN = re.compile(r"\s*(<=|>=|≤|≥|<|>)\s*")
_FOR = re.compile(r"\s+for\s+(?P<places>[A-Za-z]\w*\s+in\s+.*)$")
_PLACED = re.compile(r"\]\(.*\w\[")  # a sum, and entries inside
_BESIDE = re.compile(r"(?<=[\w\])'])\s+(?=[A-Za-z(])")  # factors without a sign
_ENDS = frozenset("+-,;)]}=<>")


def as_binders(text: str, readable: Callable[[str], bool]) -> str | None:
    """What to write for a text with a sum over an index in another notation; None where there is
    none, or what comes out is not in the language.
    """
    found = text.strip()
    if len(found) > _LONGEST or "\\" in found:
        return None
    for _ in range(_MOST):
        changed = _below(found) or _behind(found) or _conditioned(found) or _called_advice(found)
        if changed is None or changed == found:
            break
        found = changed
    if found == text.strip():
        return None
    found = found if readable(found) else _BESIDE.sub("*", found)
    if not _PLACED.search(found) or not readable(found):
        below = _BELOW.search(text)
        head = _NAMES.get(below["head"], below["head"]) if below else ""
        if head in OF_ENTRIES and below and (below["one"] or "i") not in "ijklmn":
            return "enter only the objective; matcalc stationary looks for its minimum"
        return f"write {head}(x) for all entries, {head}[i](x[i]) over an index" if head else None
    plain = _attached_advice(text.strip())
    return f"write {found}" + (f", or {plain} for the power of the sum" if plain else "")


def _below(text: str) -> str | None:
    """``sum_i x[i]`` and ``∑_{i=1}^n x[i]``."""
    match = _BELOW.search(text)
    if match is None:
        return None
    places = (match["set"] or ",".join(match["one"] or "")).strip()
    first = match["from"]
    if match["set"] and "=" in places and not re.search("[<>!]", places):
        places, _, first = (part.strip() for part in places.partition("="))
    last = match["top"] or match["end"]
    if first or last:
        places = f"{places}={first or 1}:{last.strip()}" if last else f"{places}>={first}"
    return _write(text, match, _normal(places), match.end())


def _attached_advice(text: str) -> str | None:
    """What ``sum_i(x[i])^2`` is if it is the square of a sum."""
    match = _BELOW.fullmatch(text[: text.find("(")])
    closing = closing_bracket(text, match.end()) if match and match["one"] else None
    if match is None or closing is None or not re.match(r"\s*\^", text[closing + 1 :]):
        return None
    head = _NAMES.get(match["head"], match["head"])
    return f"{head}[{match['one']}]{entries_for(text[match.end() :], match['one'])}"


def _behind(text: str) -> str | None:
    """``∑[i](...)``, ``sum[i=1..n](...)`` and ``sum[i<j<k](...)``."""
    for match in _BEHIND.finditer(text):
        places = _normal(match["places"])
        bare = text[match.end() :].lstrip()[:1] not in ("", "(") and match["head"].islower()
        if match["head"] in _NAMES or places != match["places"] or bare:
            return _write(text, match, places, match.end())
    return None


def _conditioned(text: str) -> str | None:
    """``sum[j, t[j] >= t[i]](...)``, whose condition is on entries, and ``sum[j != y[i]](...)``."""
    for match in _SUMMED.finditer(text):
        closing = closing_bracket(text, match.end() - 1)
        opening = closing + 1 if closing is not None else len(text)
        end = closing_bracket(text, opening) if text.startswith("(", opening) else None
        if end is None:
            continue
        places, factors = [], []
        for part in split_outside_brackets(text[match.end() : closing], ","):
            label = _LABEL.match(part)
            if label:
                places.append(label["j"])
                factors.append(f"(1 - {label['y']}[{label['i']},{label['j']}])")
            elif "[" in part:
                factors.append(f"({part})")
            else:
                places.append(part)
        if factors and places:
            body = "*".join([*factors, f"({text[opening + 1 : end]})"])
            return f"{text[: match.end()]}{', '.join(places)}]({body}){text[end + 1 :]}"
    return None


def _called_advice(text: str) -> str | None:
    """``sum(i=1:n, x[i])``, ``sum(x[i], i)`` and ``sum(x[i] for i in range(n))``."""
    for match in _CALL.finditer(text):
        closing = closing_bracket(text, match.end() - 1)
        binds = match[0].endswith("[") and closing and text[closing + 1 :].lstrip()[:1] == "("
        if closing is None or binds:  # as here
            continue
        inside = text[match.end() : closing].replace("[[", "[").replace("]]", "]")
        parts = split_outside_brackets(inside, ",")
        if len(parts) == 1 and re.fullmatch(r"\[.*\]", parts[0]):
            parts = split_outside_brackets(parts[0][1:-1], ",")  # sum([x_i for i in range(n)])
        generator = _FOR.search(parts[0]) if len(parts) == 1 else None
        if generator:
            places, body = generator["places"], parts[0][: generator.start()]
        elif len(parts) == 2 and _is_range(parts[0], parts[1]):
            places, body = parts
        elif len(parts) == 2 and _is_range(parts[1], parts[0]):
            body, places = parts
        else:
            continue
        head, places = _NAMES.get(match["head"], match["head"]), _normal(places.strip())
        inside = f"{head}[{places}]({entries_for(body.strip(), places)})"
        return text[: match.start()] + inside + text[closing + 1 :]
    return None


def _is_range(part: str, body: str) -> bool:
    """Whether an argument is ``i=1:n``, or an ``i`` that is a place in the other."""
    part = part.strip()
    if _FROM_TO.match(part) or _TRIPLE.match(part):
        return True
    places = re.findall(r"\[([^\[\]]*)\]", entries_for(body, part))
    return part.isalpha() and any(re.search(rf"\b{part}\b", each) for each in places)


def _write(text: str, match: re.Match[str], places: str, end: int) -> str:
    """The text with a sum as it is written here, around the term that follows."""
    head = _NAMES.get(match["head"], match["head"])
    behind = text[end:].lstrip()
    rest, stop = entries_for(behind, places), _term_end(entries_for(behind, places))
    bracketed = (
        closing_bracket(rest, 0) == len(rest[:stop].rstrip()) - 1 if rest[:1] == "(" else False
    )
    own = match.re is _BEHIND and rest[:1] == "("  # as here: the sum is in the brackets
    if not bracketed and not own:
        body, rest = rest[:stop].strip(), rest[stop:]
        rest = f"({body})" + (f" {rest}" if rest[:1] in ("+", "-") else rest)
    return f"{text[: match.start()]}{head}[{places}]{rest}"


def entries_for(body: str, places: str) -> str:
    """Subscripts that are indices as places: ``x_i`` as ``x[i]``, ``A_{ij}`` as ``A[i,j]``."""
    letters = "".join(re.findall(r"\b[A-Za-z]{1,2}\b", places))
    if not letters:
        return body
    subscript = rf"\b([A-Za-z]\w*?)_(?:([{letters}]{{1,2}})\b|\{{([{letters}],?[{letters}]?)\}})"

    def entry(match: re.Match[str]) -> str:
        return f"{match[1]}[{','.join((match[2] or match[3]).replace(',', ''))}]"

    return re.sub(subscript, entry, body)


def _term_end(text: str) -> int:
    """Where the first term of a text ends."""
    depth = 0
    for k, char in enumerate(text):
        if not depth and char in _ENDS and k:
            return k
        depth += (char in "([{") - (char in ")]}")
    return len(text)


def _normal(places: str) -> str:
    """The ranges and conditions of a binder as they are written here."""
    whole = _FROM_TO.match(places.strip())
    if whole:
        return f"{whole['i']}={whole['a']}:{whole['b']}"
    triple = _TRIPLE.match(places.strip())
    if triple:
        first, last = triple["a"], triple["b"].replace(" ", "")
        if first == "0" and last.endswith("-1"):
            first, last = "1", last.removesuffix("-1")
        return f"{triple['i']}={first}:{last}"
    found = []
    # i, j: i != j and i, j | i < j, where no range of i is meant
    for part in re.sub(r"[:|;](?=[^,:]*[<>≤≥≠!])", ",", places).split(","):
        each = part.strip()
        match = _FROM_TO.match(each)
        member = _IN.match(each)
        if match:
            each = f"{match['i']}={match['a']}:{match['b']}"
        elif member and ("range" in each or "in" in each.split() or "∈" in each):
            each = f"{member['i']}=1:{member['end']}" if member["end"] else member["i"]
        pieces = _CHAIN.split(each)
        if len(pieces) > 3:
            pairs = [pieces[k : k + 3] for k in range(0, len(pieces) - 2, 2)]
            each = ", ".join("".join(pair) for pair in pairs)
        found.append(each)
    normal = ", ".join(found)
    return places if normal.replace(" ", "") == places.replace(" ", "") else normal


def closing_bracket(text: str, opening: int) -> int | None:
    """Where the bracket at a place of a text closes; None if it does not."""
    depth = 0
    for k in range(opening, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if not depth:
            return k
    return None
