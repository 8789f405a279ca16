r"""What stands around a formula and says nothing of its value: \boxed{...}, \underbrace{...}_{...},
colours, braces around the name of a function, and a head with bars, as p(x \mid \mu) = ....

All of it is replaced by blanks, so that each place of the text stays where it is.
"""

from __future__ import annotations

import re

_ORNAMENT = re.compile(
    r"\\(?:(?P<around>boxed|fbox|underbrace|overbrace)|textcolor|color|[hv]?phantom)(?![A-Za-z])\s*"
)
_NAMED = re.compile(  # {\mathrm{tr}}, which is not an argument of what comes before
    r"(?:^|(?<=[-=+*/(&,|\d\[]))\s*(\{)\s*\\(?:mathrm|text|textrm|mbox|operatorname|mathop)\s*"
    r"\{[^{}]*\}\s*(\})(?=(?:\s|\\[,;!: ]|\\left)*[(\[{])"
)
_LABEL = re.compile(r"\s*[_^]\s*(?=\{)")  # of a brace
_SEPARATING = re.compile(r"\\(?:mid|parallel|vert|Vert|middle|\|)|[|;]")
_UNSAID = re.compile(rf"{_SEPARATING.pattern}|\\[lc]?dots(?![A-Za-z])|…")
_DERIVING = re.compile(r"\\(?:nabla|partial|[dt]?frac|mathrm\s*\{?\s*d\b)")
_EQUALS = re.compile(r"&?\s*(?::?=|\\(?:triangleq|coloneqq|equiv)(?![A-Za-z]))")
_OUTSIDE = re.compile(r"[+*/<>&,]|\\\\")  # what no head has outside its brackets
_INNER = re.compile(r"\([^(){}]*\)|\{[^(){}]*\}")


def blank_ornaments(text: str) -> str:
    """The formula without them."""
    for named in _NAMED.finditer(text):
        for group in (1, 2):
            text = f"{text[: named.start(group)]} {text[named.end(group) :]}"
    return _blank_head(_blank_decorations(text) if _ORNAMENT.search(text) else text)


def _blank_decorations(text: str) -> str:
    kept = list(text)

    def blank(start: int, end: int) -> None:
        kept[start:end] = " " * (end - start)

    for ornament in _ORNAMENT.finditer(text):
        start, end = ornament.span()
        inside = _group_end(text, end)
        if inside and not ornament["around"]:
            end = inside
        elif inside and (label := _LABEL.match(text, inside)):
            blank(inside, _group_end(text, label.end()) or inside)
        blank(start, end)
    return "".join(kept)


def _blank_head(text: str) -> str:
    r"""The formula without p(x \mid \mu) = or E(w_1, \ldots, w_K) = before it, which names its
    value.
    """
    head = _head(text) if _UNSAID.search(text) else ""
    opened = head.find("(") if head else -1
    if opened < 0 or _DERIVING.search(head) or not _UNSAID.search(head, opened):
        return text
    outside, inside = "", head
    while outside != inside:
        outside, inside = inside, _INNER.sub("", inside)
    if _OUTSIDE.search(outside) or _SEPARATING.search(outside):
        return text
    equals = _EQUALS.match(text, len(head))
    return " " * equals.end() + text[equals.end() :] if equals else text


def _head(text: str) -> str:
    """What comes before the first equals sign outside brackets; empty without one."""
    depth = 0
    for place, char in enumerate(text):
        if not depth and char in "&=:\\" and _EQUALS.match(text, place):
            return text[:place]
        depth += (char in "({") - (char in ")}")
        if char == "\n" or depth < 0:
            break
    return ""


def _group_end(text: str, start: int) -> int | None:
    """Where the group in braces ends that begins at a place; None where none begins."""
    if not text.startswith("{", start):
        return None
    depth = 0
    for place in range(start, len(text)):
        escaped = place > 0 and text[place - 1] == "\\"
        depth += 0 if escaped else (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place + 1
    return None
