"""The public ``Language``: the built-in functions and identities, with those of files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, describe_value
from matcalc.core.language import BaseLanguage

if TYPE_CHECKING:
    from pathlib import Path


class Language(BaseLanguage):
    """The built-in functions and identities; ``extended`` adds those of a file.

    A language never changes, so any number of them may be used side by side, in threads too::

        mine = matcalc.Language().extended("mine.toml")
        matcalc.diff("sum(mish(A*x))", "x", language=mine)
    """

    def __init__(self) -> None:
        super().__init__()

    @public
    def extended(
        self, path: str | Path, *, functions: Mapping[str, Callable[..., Any]] | None = None
    ) -> Language:
        """Another language, which also has the functions and identities of a TOML file, if all that
        it states is true; see docs/own-identities.md.

        ``functions`` has Python functions for those of the file that do not say how they are
        computed. CatalogueError where the file states what is not true; ArgumentError where it
        cannot be read.
        """
        # it loads NumPy
        from matcalc.extend.user_defined.load import read_extension  # noqa: PLC0415

        check_file(path, functions)
        extension = read_extension(self, path, functions=functions)
        made = Language()
        BaseLanguage.__init__(made, [*self.without(extension.path).extensions, extension])
        return made

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of what the files state."""
        return tuple([note for each in self.extensions for note in each.notes])


def check_file(path: object, functions: Mapping[str, Callable[..., Any]] | None) -> None:
    """ArgumentError where these are neither the path of a file nor functions by their names."""
    if not isinstance(path, str | os.PathLike):
        raise ArgumentError(f"expected the path of a file, not {describe_value(path)}")
    for name, function in (functions or {}).items():
        if not isinstance(name, str) or not callable(function):
            raise ArgumentError(
                f"functions must map names to functions, not {describe_value(name)} to "
                f"{describe_value(function)}"
            )
