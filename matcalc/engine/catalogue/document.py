"""docs/identities.md: the whole catalogue in tables, one for each file of ``identities/``.

``python -m matcalc.engine.catalogue.document > docs/identities.md`` writes it; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterable
from os.path import join

from matcalc.core.identity import Identity
from matcalc.core.resources import read_text
from matcalc.engine.catalogue.load import LIBRARY, Library

_HEAD = """\
# Identities

Generated from `identities/` by `python -m matcalc.engine.catalogue.document`.
`matcalc identities WORD` searches the same entries.

`d f = ...` is a differential, where `dX` is that of `X` and `Y` the value of `f`; `d f / d X =
...` is a derivative in [matcalc's layout](conventions.md), which with more than two axes is the
matrix `J` of `d vec(f) = J*d vec(X)`; every other equation is a definition or a rewrite. What is
said of the variables are conditions; *on* says where an equation was tried.
"""
_TITLES = {
    "functions": "Functions: what the engine knows of them",
    "rewrites": "Rewrites: what makes answers shorter",
    "published": "Published derivatives: what the engine is tried on",
}


def document(library: Library) -> str:
    """The page; entries are in the order of the files."""
    by_file: dict[str, list[Identity]] = {}
    for entry in library.all():
        by_file.setdefault(entry.file, []).append(entry)
    parts = [_HEAD, _counts(by_file)]
    for folder in dict.fromkeys([*_TITLES, *(file.partition("/")[0] for file in by_file)]):
        files = [file for file in by_file if file.startswith(f"{folder}/")]
        if files:
            parts.append(f"## {_TITLES.get(folder, folder)}\n")
        for file in files:
            parts += [f"### {file}\n", *_introduction(library, file), _table(by_file[file])]
    return "\n".join(parts)


def _counts(by_file: dict[str, list[Identity]]) -> str:
    rows = [(f"`{file}`", str(len(entries))) for file, entries in by_file.items()]
    total = sum(len(entries) for entries in by_file.values())
    return _rows(("file", "entries"), [*rows, ("together", str(total))])


def _introduction(library: Library, file: str) -> list[str]:
    """The comment at the head of the file."""
    lines = []
    for line in read_text(join(library.root, file)).splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return ["\n".join(lines) + "\n"] if lines else []


def _table(entries: Iterable[Identity]) -> str:
    rows = [
        (entry.name, f"`{entry.formula}`", _conditions(entry), entry.source) for entry in entries
    ]
    return _rows(("name", "identity", "where", "source"), rows)


def _conditions(entry: Identity) -> str:
    given = ", ".join(f"{name}: {kind}" for name, kind in entry.given.items())
    domain = ", ".join(f"{name}: {kind}" for name, kind in (entry.domain or {}).items())
    within = {
        "declared": f"within {entry.given.get(entry.wrt, '')}",
        "independent": f"with respect to the independent entries of {entry.wrt}",
        "vech": f"by vech({entry.wrt})",
    }.get(entry.structure, "")
    return "; ".join(
        filter(
            None,
            [given, domain and f"on {domain}", within, entry.range and f"range: {entry.range}"],
        )
    )


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return (
        "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
        )
        + "\n"
    )


if __name__ == "__main__":
    print(document(LIBRARY), end="")
