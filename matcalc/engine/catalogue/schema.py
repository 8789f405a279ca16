"""One entry of identities/ and everything that is demanded of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matcalc.core.errors import CatalogueError
from matcalc.core.options import STRUCTURES

_KEYS = {
    "name",
    "number",
    "given",
    "expr",
    "diff",
    "to",
    "is",
    "wrt",
    "order",
    "structure",
    "derivative",
    "domain",
    "range",
    "phase",
    "code",
    "source",
}
_PHASES = ("final", "short", "introducing", "code")
_FORMS = ("diff", "to", "is", "derivative")


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity as written.

    ``form`` says which kind of statement ``right`` makes about ``expr``: ``diff`` its differential
    (linear in dX for every X of ``given``, or in that of ``wrt`` alone; Y is the value), ``to`` a
    rewrite, ``is`` a definition, ``derivative`` the published derivative by ``wrt``, which with
    more than two axes is the matrix J of ``d vec(expr) = J*d vec(wrt)``; ``structure = "declared"``
    says that it is the gradient within the matrices of the kind of ``wrt``. The kinds in ``given``
    are conditions: a rewrite fires only where they are proved. ``domain`` narrows the kinds for the
    numeric sweep; ``range`` states that values are positive; ``phase = "final"`` keeps a rewrite
    for the end, where it shortens what is printed but would hide cancellations from others;
    ``"short"`` one that is left out where inverses are to be expanded, ``"introducing"`` one that
    is left out of derivatives, for it makes an inverse of what was none; ``"code"`` one for
    generated code alone, whose right side has a value wherever the left side has one, and can be
    computed where the left side overflows or cancels. ``code = true`` says this of rewrites that
    serve derivatives as well.
    """

    name: str
    expr: str
    form: str
    right: str
    given: Mapping[str, str]
    source: str
    number: str = ""
    wrt: str = ""
    order: int = 1
    structure: str = "free"
    domain: Mapping[str, str] | None = None
    range: str = ""
    phase: str = ""
    code: bool = False
    file: str = ""

    @property
    def formula(self) -> str:
        """The statement in one line."""
        if self.form == "diff":
            return f"d {_bracketed(self.expr)} = {self.right}"
        if self.form == "derivative":
            times = "^2" if self.order == 2 else ""
            return f"d{times} {_bracketed(self.expr)} / d {self.wrt}{times} = {self.right}"
        return f"{self.expr} = {self.right}"


def _bracketed(text: str) -> str:
    """An expression behind a ``d``: in brackets where an operator is not inside of some."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign in "+-*/^":
            return f"({text})"
    return text


def identity(entry: Mapping[str, Any], file: str) -> Identity:
    """The checked entry; CatalogueError names the file, the entry and what is wrong with it."""
    name = entry.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        raise CatalogueError(f"{file}: an entry without a proper name: {name!r}")

    def fail(what: str) -> CatalogueError:
        return CatalogueError(f"{file}, {name}: {what}")

    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise fail(f"unknown key {unknown[0]}")
    forms = [form for form in _FORMS if form in entry]
    if len(forms) != 1:
        raise fail(f"exactly one of {', '.join(_FORMS)} is needed, found {len(forms)}")
    for key in ("expr", "source", forms[0]):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise fail(f"{key} is missing")
    given = entry.get("given")
    if not isinstance(given, dict) or not all(isinstance(kind, str) for kind in given.values()):
        raise fail("given must be a table of declarations")
    domain = entry.get("domain", {})
    if not isinstance(domain, dict) or not set(domain) <= set(given):
        raise fail("domain must be a table of declarations of names in given")
    if (forms[0] == "derivative" or "wrt" in entry) and entry.get("wrt") not in given:
        raise fail("wrt must be one of the given names")
    if "wrt" in entry and forms[0] not in ("derivative", "diff"):
        raise fail("wrt belongs to a derivative or a differential")
    if forms[0] != "derivative" and ("order" in entry or "structure" in entry):
        raise fail("order and structure belong to a derivative")
    if entry.get("structure", "free") not in STRUCTURES:
        raise fail(f"structure is {' or '.join(STRUCTURES)}")
    if entry.get("order", 1) not in (1, 2) or entry.get("range", "positive") != "positive":
        raise fail("order is 1 or 2, range is positive")
    if entry.get("phase", "final") not in _PHASES or ("phase" in entry and forms[0] != "to"):
        raise fail(f"phase is {', '.join(_PHASES)}, and belongs to a rewrite")
    if not isinstance(entry.get("code", False), bool) or ("code" in entry and forms[0] != "to"):
        raise fail("code is true or false, and belongs to a rewrite")
    return Identity(
        name=name,
        expr=entry["expr"],
        form=forms[0],
        right=entry[forms[0]],
        given=given,
        source=entry["source"],
        number=str(entry.get("number", "")),
        wrt=entry.get("wrt", ""),
        order=entry.get("order", 1),
        structure=entry.get("structure", "free"),
        domain=domain,
        range=entry.get("range", ""),
        phase=entry.get("phase", ""),
        code=entry.get("code", False) or entry.get("phase") == "code",
        file=file,
    )
