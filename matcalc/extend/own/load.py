"""``load_identities``: a file is judged as a whole, and taken in as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from matcalc.core.errors import ArgumentError, CatalogueError
from matcalc.core.own import FILES, OWN, register, unregister
from matcalc.engine.catalogue.index import Trait, trait_of
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.catalogue.schema import Identity, identity
from matcalc.extend.own.functions import Callables, check_table, own_function, statements
from matcalc.extend.own.tables import Table, tables
from matcalc.extend.own.truth import (
    judge_derivative,
    judge_differential,
    judge_equation,
    judge_function,
)
from matcalc.extend.own.use import forget, trigger, try_function, try_rewrite

_RESERVED = ("d-", "define-", "transpose-")
_ENDINGS = ("-odd", "-scaled", "-matrix")


@dataclass(slots=True)
class Loaded:
    """What a file brought: the names of its functions and identities, and what is to be said of
    them.

    As a context manager it undoes the loading in the end, unless the file was loaded before.
    """

    file: str
    functions: tuple[str, ...] = ()
    identities: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    again: bool = False
    _text: str = field(default="", repr=False)
    _callables: Callables = field(default_factory=dict, repr=False)
    _entries: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        said = [
            f"{what} {', '.join(names)}"
            for what, names in (("functions", self.functions), ("identities", self.identities))
            if names
        ]
        return "\n".join([f"{self.file}: {'; '.join(said)}", *self.notes])

    def unload(self) -> None:
        """Takes everything out again; nothing happens where that was done."""
        if _LOADED.get(_key(self.file)) is None:
            return
        loaded = _LOADED.pop(_key(self.file))
        FILES.remove(loaded.file)
        _take_out(loaded.functions, loaded._entries)

    def __enter__(self) -> Loaded:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.again:
            self.unload()


_LOADED: dict[str, Loaded] = {}


def load_identities(
    path: str | Path, *, functions: Mapping[str, Callable[..., Any]] | None = None
) -> Loaded:
    """Takes in the functions and identities of a TOML file, if all that it states is true; see
    docs/own-identities.md.

    ``functions`` are Python functions for those of the file that do not say how they are computed.
    A file that was loaded before is loaded anew only if it has changed.
    """
    file, callables = str(path), dict(functions or {})
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as problem:
        raise ArgumentError(f"cannot read {file}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise CatalogueError(f"{file}: this is not UTF-8 text") from None
    before = _LOADED.get(_key(file))
    if before is not None and before._text == text and before._callables == callables:
        return Loaded(file, before.functions, before.identities, before.notes, again=True)
    found = tables(text, file)
    if before is not None:
        before.unload()
    try:
        loaded = _taken_in(found, callables, file)
    except CatalogueError:
        if before is not None:
            _LOADED[_key(file)] = _taken_in(tables(before._text, file), before._callables, file)
            FILES.append(file)
        raise
    loaded._text, loaded._callables = text, callables
    _LOADED[_key(file)] = loaded
    FILES.append(file)
    return loaded


def _key(file: str) -> str:
    return str(Path(file).resolve())


def _taken_in(found: list[Table], callables: Callables, file: str) -> Loaded:
    """Registers and judges; what was registered is taken out where a judgement is against it."""
    functions: list[str] = []
    entries: list[tuple[Table, Identity]] = []
    with ExitStack() as undo:
        undo.callback(lambda: _take_out(functions, [entry.name for _, entry in entries]))
        notes = _judged(found, callables, functions, entries)
        undo.pop_all()
    names = [entry.name for table, entry in entries if table.kind == "identity"]
    return Loaded(
        file,
        tuple(functions),
        tuple(names),
        tuple(notes),
        _entries=tuple([entry.name for _, entry in entries]),
    )


def _judged(
    found: list[Table],
    callables: Callables,
    functions: list[str],
    entries: list[tuple[Table, Identity]],
) -> list[str]:
    """Takes in the tables of a file; fills ``functions`` and ``entries`` as it goes. The notes on
    them.
    """
    mine = [table for table in found if table.kind == "function"]
    for table in mine:
        check_table(table)
        own = own_function(table, callables)
        register(own)
        functions.append(own.name)
        entries += [(table, entry) for entry in statements(table, own)]
    unknown = [name for name in callables if name not in functions]
    if unknown:
        raise CatalogueError(f"functions has {unknown[0]}, which the file does not declare")
    for table in mine:
        judge_function(
            table, OWN[table.data["name"]], [entry for each, entry in entries if each is table]
        )
    stated = [entry for _, entry in entries]
    _added(stated, [trait for entry in stated if (trait := trait_of(entry)) is not None])
    for table, entry in entries:
        if entry.form == "diff":
            try_function(table, entry)
    for table in found:
        if table.kind == "identity":
            entries.append((table, _identity(table, entries)))
            _judge(*entries[-1])
    _added([entry for table, entry in entries if table.kind == "identity"])
    rewrites = [
        (table, entry)
        for table, entry in entries
        if entry.form == "to" and table.kind == "identity"
    ]
    LIBRARY.add([], [trigger(*pair) for pair in rewrites])
    return [note for pair in rewrites if (note := try_rewrite(*pair))]


def _added(entries: list[Identity], traits: Iterable[Trait] = ()) -> None:
    LIBRARY.add(entries, traits)
    forget()


def _identity(table: Table, entries: list[tuple[Table, Identity]]) -> Identity:
    """The checked entry of an ``[[identity]]``; its source may be missing, its name is free."""
    try:
        entry = identity({"source": "its user", **table.data}, table.file)
    except CatalogueError as problem:
        message = problem.message.removeprefix(f"{table.file}, {table.name}: ").removeprefix(
            f"{table.file}: "
        )
        raise table.problem(message) from None
    if entry.name.startswith(_RESERVED) or entry.name.endswith(_ENDINGS):
        hint = "of functions of your own they are stated in [[function]]: diff, is, odd, transpose"
        raise table.problem(
            f"names with {', '.join((*_RESERVED, *_ENDINGS))} are those of statements about "
            f"functions",
            hint=hint,
        )
    if entry.form == "is":
        hint = "a new function is a [[function]]; an equation that makes answers shorter has  to"
        raise table.problem("is defines a function", "is", hint=hint)
    taken = next((f"in {other.file}" for other in LIBRARY.all() if other.name == entry.name), "")
    taken = taken or next(("in this file" for _, other in entries if other.name == entry.name), "")
    if taken:
        raise table.problem(f"the name {entry.name} is taken {taken}")
    return entry


def _judge(table: Table, entry: Identity) -> None:
    if entry.form == "derivative":
        judge_derivative(table, entry)
    elif entry.form == "diff":
        judge_differential(table, entry)
    else:
        kinds = (dict(entry.given), {**entry.given, **(entry.domain or {})})
        left, right = judge_equation(table, entry.expr, entry.right, kinds, "to")
        extra = [name for name in (*left.variables, *right.variables) if name not in entry.given]
        if extra:
            raise table.problem(f"{extra[0]} is not given", "given")


def _take_out(functions: Sequence[str], entries: Iterable[str]) -> None:
    for name in functions:
        unregister(name)
    LIBRARY.remove(entries, functions)
    forget()
