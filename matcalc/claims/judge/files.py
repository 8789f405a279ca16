r"""Claims in files: TOML, and marked claims in Markdown and LaTeX.

In Markdown a claim is marked by a comment ``<!-- matcalc-claim: expr = "...", wrt = "x", claim =
"..." -->`` or stands, in TOML, in a fenced block whose language is ``claims``; in LaTeX it is a
comment line ``% matcalc-claim: expr = ...``. What follows the marker are the keys of an inline
table of TOML. Without the claim, the marker speaks of the formula that follows it: ``\nabla_x
x^\top x = 2x``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.marks import equations, markers
from matcalc.core.errors import ArgumentError, ParseError
from matcalc.core.options import AN_ORDER, LAYOUTS, STRUCTURES, is_order

_KEYS = ("name", "expr", "wrt", "claim", "variables", "order", "layout", "structure")
_FENCE = re.compile(r"^```claims[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_ALLOWED = {"layout": LAYOUTS, "structure": STRUCTURES}


def read_claims(path: str | Path) -> list[Claim]:
    """The claims of a file, in order; ArgumentError if there are none, or one is not as it should
    be.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise ArgumentError(
            f"cannot read {path}: {problem.strerror}", hint="an expression needs --wrt and --claim"
        ) from None
    except UnicodeDecodeError:
        raise ParseError(f"{path} is not UTF-8 text") from None
    claims = _toml(text, str(path)) if path.suffix == ".toml" else find_claims(text, str(path))
    if not claims:
        hint = (
            "a claim is a [[claim]] in TOML, a comment <!-- matcalc-claim: ... --> in "
            "Markdown, % matcalc-claim: ... in LaTeX"
        )
        raise ArgumentError(f"{path} has no claims", hint=hint)
    return claims


def _toml(text: str, where: str) -> list[Claim]:
    """``[[claim]]`` tables; a table ``[variables]`` declares for all of them."""
    content = _parse(text, where)
    unknown = [key for key in content if key not in ("claim", "variables")]
    if unknown:
        raise ParseError(
            f"{where}: unknown key {unknown[0]}",
            hint="a file of claims consists of [[claim]] and [variables]",
        )
    entries = content.get("claim", [])
    if not isinstance(entries, list):
        raise ParseError(f"{where}: claims are written [[claim]]")
    shared = _declarations(content.get("variables", {}), where)
    return [
        _claim(entry, f"{where}, claim {number}", shared)
        for number, entry in enumerate(entries, start=1)
    ]


def find_claims(text: str, where: str) -> list[Claim]:
    """The marked claims of a document, in the order in which they are in it."""
    found: list[tuple[int, list[Claim]]] = []
    marks = markers(text)
    ends = [*(mark.start for mark in marks), len(text)][1:]
    for mark, end in zip(marks, ends, strict=True):
        place = f"{where}:{text.count(chr(10), 0, mark.start) + 1}"
        if mark.keys and not mark.keys.startswith(":"):
            raise ParseError(
                f"{place}: after matcalc-claim comes a colon", hint=f"matcalc-claim: {mark.keys}"
            )
        table = _parse(f"claim = {{{mark.keys.removeprefix(':')}}}", place)["claim"]
        found.append(
            (
                mark.start,
                [
                    _claim(entry, name, {})
                    for name, entry in _entries(table, text[mark.end : end], place)
                ],
            )
        )
    for match in _FENCE.finditer(text):
        place = f"{where}:{text.count(chr(10), 0, match.start()) + 1}"
        found += [(match.start(), _toml(match[1], place))]
    return [claim for _, claims in sorted(found, key=lambda pair: pair[0]) for claim in claims]


def _entries(table: dict[str, Any], following: str, place: str) -> list[tuple[str, dict[str, Any]]]:
    """The claims that a marker makes, each with its place: its own, or those of the first formula
    that follows it.
    """
    if "claim" in table:
        return [(place, table)]
    found = equations(following)
    if found is None:
        hint = (
            "write the claim in the marker (claim = ...), or in the first formula "
            "between it and the next marker"
        )
        raise ParseError(f"{place}: claim is missing, and no formula follows", hint=hint)
    if "expr" in table:
        return _number(table, place, _right_sides(found, place))
    if any(len(sides) == 1 for sides in found):
        hint = (
            r"for example \nabla_x x^\top x = 2x; or say in the marker what is "
            r"derived: expr = ..."
        )
        raise ParseError(f"{place}: the formula that follows is not an equation", hint=hint)
    return _number(table, place, [(left, side) for left, *right in found for side in right])


def _right_sides(found: list[list[str]], place: str) -> list[tuple[str | None, str]]:
    """What a formula claims to be the derivative of the expression in its marker."""
    if len(found) > 1:
        raise ParseError(
            f"{place}: the formula that follows has {len(found)} equations",
            hint="write the claim in the marker (claim = ...); without expr, each equation "
            "states a derivative of its own",
        )
    (sides,) = found
    return [(None, side) for side in sides[1:] or sides]


def _number(
    table: dict[str, Any], place: str, claims: list[tuple[str | None, str]]
) -> list[tuple[str, dict[str, Any]]]:
    """An entry for each claim, numbered where there are several; with what it is the derivative
    of, where the formula says it.
    """
    found = []
    for number, (left, claim) in enumerate(claims, start=1):
        count = f" ({number})" if len(claims) > 1 else ""
        entry = {**table, "claim": f"${claim}$"}
        if left is not None:
            entry["expr"] = f"${left}$"
        if isinstance(table.get("name"), str):
            entry["name"] = table["name"] + count
        found.append((place + count, entry))
    return found


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ParseError(f"{where}: {problem}") from None


def _claim(entry: object, where: str, shared: Mapping[str, str]) -> Claim:
    """The checked claim; its name is the place where it stands, if it has none."""
    if not isinstance(entry, dict):
        raise ParseError(f"{where}: a claim must be a table")
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise ParseError(
            f"{where}: unknown key {unknown[0]}", hint=f"the keys are {', '.join(_KEYS)}"
        )
    # the variable may be left out where there is one, or where a formula names it itself
    for key in ("expr", "claim", *(("wrt",) if "wrt" in entry else ())):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ParseError(f"{where}: {key} is missing")
    if "order" in entry and not is_order(entry["order"]):
        raise ParseError(f"{where}: order must be {AN_ORDER}, not {entry['order']!r}")
    for key, allowed in _ALLOWED.items():
        if key in entry and entry[key] not in allowed:
            raise ParseError(
                f"{where}: {key} must be {' or '.join(map(str, allowed))}, not {entry[key]!r}"
            )
    name = entry.get("name", where)
    if not isinstance(name, str):
        raise ParseError(f"{where}: a name must be a string, not {name!r}")
    variables = {**shared, **_declarations(entry.get("variables", {}), where)}
    return Claim(**{"wrt": "", **entry, "name": name, "variables": variables})


def _declarations(table: object, where: str) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(kind, str) for kind in table.values()):
        raise ParseError(
            f"{where}: variables must be a table of declarations",
            hint='for example { A = "symmetric(n)" }',
        )
    return table
