"""Reads identities/: all of it for listing and testing, single entries for deriving.

A derivation needs three or four entries of many, and parsing TOML is slow; so a text is cut at its ``[[identity]]`` headers, the
pieces are indexed by name and by the functions that they speak of, and a piece is parsed and checked when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from matcalc.catalogue.schema import Identity, identity
from matcalc.core.errors import CatalogueProblem
from matcalc.core.resources import folder
from matcalc.ir.build import Traits

_HEADER = "[[identity]]"
_WORKING = ("functions", "rewrites")
_NAME = re.compile(r'^name = "([^"]*)"$', re.MULTILINE)
_EXPR = re.compile(r'^expr = "([^"]*)"$', re.MULTILINE)
_TO = re.compile(r'^to = "([^"]*)"$', re.MULTILINE)
_PHASE = re.compile(r'^phase = "([^"]*)"$', re.MULTILINE)
_POWER = re.compile(r"([A-Za-z]|\))'?\^\(?[a-z]")
_MATRIX = re.compile(r"[A-Z]|eye")
_COMPARED = re.compile("[=!]=|[<>]=?")
_CALL = re.compile(r"([A-Za-z_]\w*)\(")


# functions that the network has no node for: they are index arithmetic, powers or constants
NOT_IN_NETWORK = {"sum", "tr", "eye", "diag", "ones", "vec", "kron", "zeros", "tril", "triu"}


# kinds that no node has unless a variable has it, or (an orthogonal one) ``expm`` of a skew matrix
AWAKENING = ("orthogonal", "triangular", "diagonal")


class Trigger(NamedTuple):
    """A rewrite's name, the functions and kinds it looks for, the functions it brings in, and its phase."""

    name: str
    needs: frozenset[str]
    brings: frozenset[str]
    phase: str


def _functions(text: str) -> set[str]:
    """The functions that a text applies; a power with a named exponent is ``pow`` of a scalar, ``power`` of a matrix."""
    powers = {"power" if _MATRIX.search(text if base == ")" else base) else "pow" for base in _POWER.findall(text)}
    compared = {"equal" if "=" in sign and sign not in ("<=", ">=") else "step" for sign in _COMPARED.findall(text)}
    return {"power" if name == "sqrtm" else name for name in _CALL.findall(text)} | powers | compared


def _transposed(text: str) -> str:
    """What the transpose of a function's argument, or of its value, does."""
    return "skew" if text.startswith("-") else "equivariant" if text.endswith("'") else "invariant"


class Library:
    """The entries found under one folder, by name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._loaded: dict[str, Identity] = {}
        self._own: dict[str, Identity] = {}
        self._woken: list[Trigger] = []

    def add(self, entries: Iterable[Identity], triggers: Iterable[Trigger] = ()) -> None:
        """Takes in entries of a user's file, whose names are free; the rewrites among them fire when there is a trigger."""
        self._own |= {entry.name: entry for entry in entries}
        self._woken += triggers
        self._forget()

    def remove(self, names: Iterable[str]) -> None:
        """Drops entries that were added."""
        gone = set(names)
        self._own = {name: entry for name, entry in self._own.items() if name not in gone}
        self._woken = [trigger for trigger in self._woken if trigger.name not in gone]
        self._forget()

    def _forget(self) -> None:
        """What was made of all entries has to be made anew."""
        for made in ("rewrites", "by_need", "positive", "odd", "transposition", "traits"):
            self.__dict__.pop(made, None)

    @cached_property
    def working(self) -> dict[str, tuple[str, str]]:
        """The entries that the engine itself uses: name -> (file, text of the entry)."""
        return self._cut([path for part in _WORKING for path in sorted((self.root / part).glob("*.toml"))])

    @cached_property
    def pieces(self) -> dict[str, tuple[str, str]]:
        """All entries, those that are there to be looked up and tested included."""
        return self._cut(sorted(self.root.glob("*/*.toml")))

    def _cut(self, paths: Iterable[Path]) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for path in paths:
            file = path.relative_to(self.root).as_posix()
            for piece in path.read_text(encoding="utf-8").split(_HEADER)[1:]:
                match = _NAME.search(piece)
                if match is None:
                    raise CatalogueProblem(f"{file}: an entry without a name")
                if match[1] in found:
                    raise CatalogueProblem(f"{file}: the name {match[1]} is taken in {found[match[1]][0]}")
                found[match[1]] = (file, piece)
        return found

    def get(self, name: str) -> Identity | None:
        """The entry of that name among those that the engine uses."""
        return self._own.get(name) or self._entry(name, self.working)

    def _entry(self, name: str, pieces: dict[str, tuple[str, str]]) -> Identity | None:
        if name not in self._loaded:
            if name not in pieces:
                return None
            file, piece = pieces[name]
            import tomllib  # noqa: PLC0415 - many derivations need no entry, and the parser of TOML loads a lot

            try:
                entries = tomllib.loads(_HEADER + piece)["identity"]
            except tomllib.TOMLDecodeError as problem:
                raise CatalogueProblem(f"{file}, {name}: {problem}") from problem
            self._loaded[name] = identity(entries[0], file)
        return self._loaded[name]

    def all(self) -> list[Identity]:
        """Every entry, checked."""
        return [*(entry for name in self.pieces if (entry := self._entry(name, self.pieces)) is not None), *self._own.values()]

    @cached_property
    def rewrites(self) -> list[Trigger]:
        """The rewrites, each with what has to be present before it can fire."""
        found = []
        for name, (file, piece) in self.working.items():
            expr, to = _EXPR.search(piece), _TO.search(piece)
            if file.startswith("rewrites/") and not name.startswith("transpose-") and expr is not None and to is not None:
                needs, phase = _functions(expr[1]) - NOT_IN_NETWORK, _PHASE.search(piece)
                kinds = {kind for kind in AWAKENING if f'"{kind}(' in piece}
                found.append(Trigger(name, frozenset(needs | kinds), frozenset(_functions(to[1])), phase[1] if phase else ""))
        return found + self._woken

    @cached_property
    def by_need(self) -> dict[str, list[int]]:
        """The places of the rewrites that need a function or a kind; those that need nothing stand under ""."""
        found: dict[str, list[int]] = {}
        for place, trigger in enumerate(self.rewrites):
            for need in trigger.needs or ("",):
                found.setdefault(need, []).append(place)
        return found

    @cached_property
    def positive(self) -> frozenset[str]:
        """Functions whose entry states a positive range."""
        known = [name for name, (_, piece) in self.working.items() if 'range = "positive"' in piece]
        known += [entry.name for entry in self._own.values() if entry.range]
        return frozenset(name[2:] for name in known if name.startswith("d-"))

    @cached_property
    def odd(self) -> frozenset[str]:
        """Functions with an entry ``f(a*A) = f(A)/a`` or ``f(-A) = -f(A)``."""
        own = [name.removesuffix("-odd") for name in self._own if name.endswith("-odd")]
        scaled = [name.removesuffix("-scaled") for name, (_, piece) in self.working.items() if '(A)/a"' in piece]
        return frozenset([*own, *scaled, *self._negated("-")])

    @cached_property
    def even(self) -> frozenset[str]:
        """Functions with an entry ``f(-A) = f(A)``."""
        return frozenset(self._negated(""))

    def _negated(self, sign: str) -> set[str]:
        names = {name.removesuffix("-negative") for name in self.working if name.endswith("-negative")}
        return {name for name in names if f'to = "{sign}{name}(A)"' in self.working[f"{name}-negative"][1]}

    @cached_property
    def transposition(self) -> dict[str, str]:
        """function -> equivariant or invariant, from the entries ``f(A') = f(A)'`` and ``f(A') = f(A)``."""
        found = {}
        for name, (_, piece) in self.working.items():
            to = _TO.search(piece)
            if name.startswith("transpose-") and to is not None:
                found[name.removeprefix("transpose-")] = _transposed(to[1])
        for entry in self._own.values():
            if entry.name.startswith("transpose-"):
                found[entry.name.removeprefix("transpose-")] = _transposed(entry.right)
        return found

    @cached_property
    def traits(self) -> Traits:
        """What the normal form of networks may know of functions."""
        return Traits(self.transposition, self.positive, self.odd, self.even)


LIBRARY = Library(folder("identities"))
