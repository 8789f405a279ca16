"""``load_identities``: a file is judged as a whole, and taken in as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from matcalc.core.errors import ArgumentError, CatalogueError
from matcalc.core.identity import Identity
from matcalc.core.language import BaseLanguage, Extension, default_language, set_default_language
from matcalc.core.user_functions import UserFunction
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.catalogue.schema import identity
from matcalc.extend.user_defined.function_tables import check_table, statements, user_function
from matcalc.extend.user_defined.tables import Table, tables
from matcalc.extend.user_defined.truth import (
    judge_derivative,
    judge_differential,
    judge_equation,
    judge_function,
)
from matcalc.extend.user_defined.use import check_activation, try_function, try_rewrite

_RESERVED = ("d-", "define-", "transpose-")
_ENDINGS = ("-odd", "-scaled", "-matrix")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file brought to the default language: the names of its functions and identities, and
    what is to be said of them.

    As a context manager it undoes the loading in the end, unless the file was loaded before.
    """

    extension: Extension
    again: bool = False

    @property
    def file(self) -> str:
        """The file, as it was named."""
        return self.extension.file

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of its functions."""
        return tuple([each.name for each in self.extension.functions])

    @property
    def identities(self) -> tuple[str, ...]:
        """The names of its identities."""
        return tuple([each.name for each in self.extension.identities])

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of them."""
        return self.extension.notes

    def __str__(self) -> str:
        said = [
            f"{what} {', '.join(names)}"
            for what, names in (("functions", self.functions), ("identities", self.identities))
            if names
        ]
        return "\n".join([f"{self.file}: {'; '.join(said)}", *self.notes])

    def unload(self) -> None:
        """Takes everything out again; nothing happens where that was done."""
        set_default_language(default_language().without(self.extension.path))

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


def load_identities(
    path: str | Path, *, functions: Mapping[str, Callable[..., Any]] | None = None
) -> Loaded:
    """Makes the default language one that is extended by a file; see ``read_extension``."""
    before = default_language()
    extension = read_extension(before, path, functions=functions)
    again = extension is before.extension(extension.path)
    if again:
        return Loaded(extension._replace(file=str(path)), again=True)
    set_default_language(before.with_extension(extension))
    return Loaded(extension)


def read_extension(
    language: BaseLanguage,
    path: str | Path,
    *,
    functions: Mapping[str, Callable[..., Any]] | None,
) -> Extension:
    """The functions and identities of a TOML file, if all that it states is true in the language;
    see docs/own-identities.md. CatalogueError where something is not, ArgumentError where the file
    cannot be read.

    ``functions`` are Python functions for those of the file that do not say how they are computed.
    A file that the language has in this form already is not read anew.
    """
    file, callables = str(path), dict(functions or {})
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as problem:
        raise ArgumentError(f"cannot read {file}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise CatalogueError(f"{file}: this is not UTF-8 text") from None
    place = str(Path(file).resolve())
    before = language.extension(place)
    if before is not None and before.text == text and before.callables == callables:
        return before
    given = Extension(file, place, text=text, callables=callables)
    return _judge_tables(tables(text, file), given, language.without(place))


def _judge_tables(found: list[Table], given: Extension, language: BaseLanguage) -> Extension:
    """The extension with what its tables bring, each judged in the language with what came before.

    What the file brings is a value until it is whole, so nothing has to be undone where a
    judgement is against it.
    """
    mine = [table for table in found if table.kind == "function"]
    functions: list[UserFunction] = []
    stated: list[tuple[Table, Identity]] = []

    def extend_language(
        identities: Iterable[Identity] = (), *, with_statements: bool = True
    ) -> BaseLanguage:
        statements = [entry for _, entry in stated] if with_statements else []
        return language.with_extension(
            given._replace(
                functions=tuple(functions),
                statements=tuple(statements),
                identities=tuple(identities),
            )
        )

    for table in mine:
        known = extend_language(with_statements=False)
        check_table(table, known)
        functions.append(user_function(table, given.callables, known))
        stated += [(table, entry) for entry in statements(table, functions[-1])]
    unknown = [name for name in given.callables if name not in {each.name for each in functions}]
    if unknown:
        raise CatalogueError(f"functions has {unknown[0]}, which the file does not declare")
    bare = extend_language(with_statements=False)
    for table, function in zip(mine, functions, strict=True):
        entries = [entry for each, entry in stated if each is table]
        judge_function(table, function, entries, bare)
    known = extend_language()
    for table, entry in stated:
        if entry.form == "diff":
            try_function(table, entry, known)
    identities: list[tuple[Table, Identity]] = []
    for table in found:
        if table.kind == "identity":
            identities.append((table, _identity(table, [*stated, *identities], known)))
            _judge(*identities[-1], known)
    whole = extend_language([entry for _, entry in identities])
    rewrites = [(table, entry) for table, entry in identities if entry.form == "to"]
    for pair in rewrites:
        check_activation(*pair, whole)
    notes = [note for pair in rewrites if (note := try_rewrite(*pair, whole))]
    extension = whole.extension(given.path)
    assert extension is not None
    return extension._replace(notes=tuple(notes))


def _identity(
    table: Table, entries: list[tuple[Table, Identity]], language: BaseLanguage
) -> Identity:
    """The checked entry of an ``[[identity]]``; its source may be missing, its name is free."""
    try:
        entry = identity({"source": "its user", **table.data}, table.file)
    except CatalogueError as problem:
        message = problem.message.removeprefix(f"{table.file}, {table.name}: ").removeprefix(
            f"{table.file}: "
        )
        raise table.problem(message) from None
    if entry.name.startswith(_RESERVED) or entry.name.endswith(_ENDINGS):
        hint = "for your own functions they belong in [[function]]: diff, is, odd, transpose"
        raise table.problem(
            f"names with {', '.join((*_RESERVED, *_ENDINGS))} are those of statements about "
            f"functions",
            hint=hint,
        )
    if entry.form == "is":
        hint = "a new function is a [[function]]; a rewrite, which makes answers shorter, has  to"
        raise table.problem("is defines a function", "is", hint=hint)
    taken = next(
        (f"in {other.file}" for other in catalogue(language).all() if other.name == entry.name), ""
    )
    taken = taken or next(("in this file" for _, other in entries if other.name == entry.name), "")
    if taken:
        raise table.problem(f"the name {entry.name} is taken {taken}")
    return entry


def _judge(table: Table, entry: Identity, language: BaseLanguage) -> None:
    if entry.form == "derivative":
        judge_derivative(table, entry, language)
    elif entry.form == "diff":
        judge_differential(table, entry, language)
    else:
        kinds = (dict(entry.given), {**entry.given, **(entry.domain or {})})
        left, right = judge_equation(table, entry.expr, entry.right, kinds, "to", language)
        extra = [name for name in (*left.variables, *right.variables) if name not in entry.given]
        if extra:
            raise table.problem(f"{extra[0]} is not given", "given")
