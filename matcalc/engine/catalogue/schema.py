"""One entry of identities/ and everything that is demanded of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from matcalc.core.errors import CatalogueError
from matcalc.core.identity import Identity
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
    "real",
    "source",
}
_PHASES = ("final", "short", "introducing", "code")
_FORMS = ("diff", "to", "is", "derivative")


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
        raise fail(f"structure must be {' or '.join(STRUCTURES)}")
    if entry.get("order", 1) not in (1, 2) or entry.get("range", "positive") != "positive":
        raise fail("order must be 1 or 2, and range must be positive")
    if entry.get("phase", "final") not in _PHASES or ("phase" in entry and forms[0] != "to"):
        raise fail(f"phase must be {', '.join(_PHASES)}, and belongs to a rewrite")
    for key in ("code", "real"):
        if not isinstance(entry.get(key, False), bool) or (key in entry and forms[0] != "to"):
            raise fail(f"{key} must be true or false, and belongs to a rewrite")
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
        real=entry.get("real", False),
        file=file,
    )
