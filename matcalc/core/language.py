"""The language that an expression is written in: the built-in functions and identities, and those
that users add.

A language is a value that never changes. What the stages compute from it (compiled rules, tables)
they keep on it, so a cache can neither go stale nor leak into another language. Any number of
languages may be used side by side, in threads too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from matcalc.core.identity import Identity
from matcalc.core.user_functions import UserFunction

T = TypeVar("T")


class Extension(NamedTuple):
    """What one file adds to a language.

    ``statements`` are what is stated about the functions: differentials, definitions, signs;
    ``identities`` are the others. ``file`` is the file's name as the user gave it, ``path`` the
    absolute one; ``text`` and ``callables`` are what it was made of.
    """

    file: str
    path: str = ""
    functions: tuple[UserFunction, ...] = ()
    statements: tuple[Identity, ...] = ()
    identities: tuple[Identity, ...] = ()
    notes: tuple[str, ...] = ()
    text: str = ""
    callables: Mapping[str, Callable[..., Any]] = MappingProxyType({})


class BaseLanguage:
    """The built-in language with extensions, in the order in which they were added. The public
    ``Language`` can read files, too.

    A language never changes, so what a stage makes of it is stored on it (``once``). Of two
    functions with one name the later extension has the valid one.
    """

    def __init__(self, extensions: Iterable[Extension] = ()) -> None:
        self.extensions = tuple(extensions)
        self.functions: Mapping[str, UserFunction] = MappingProxyType(
            {each.name: each for extension in self.extensions for each in extension.functions}
        )
        self.statements = tuple([each for one in self.extensions for each in one.statements])
        self.identities = tuple([each for one in self.extensions for each in one.identities])
        self._made: dict[Callable[[BaseLanguage], Any], Any] = {}

    def __repr__(self) -> str:
        files = [extension.file for extension in self.extensions]
        return f"<matcalc.Language: {', '.join(files) or 'built-in'}>"

    def with_extension(self, extension: Extension) -> BaseLanguage:
        """The language with an extension more; it takes the place of one of the same file."""
        return BaseLanguage([*self.without(extension.path).extensions, extension])

    def without(self, path: str) -> BaseLanguage:
        """The language without what a file added."""
        rest = [each for each in self.extensions if each.path != path]
        return BaseLanguage(rest) if rest else BUILT_IN

    def extension(self, path: str) -> Extension | None:
        """What a file added."""
        return next((each for each in self.extensions if each.path == path), None)

    def includes(self, other: BaseLanguage) -> bool:
        """Whether everything that the other language has is in this one."""
        return all(any(each is mine for mine in self.extensions) for each in other.extensions)

    def once(self, make: Callable[[BaseLanguage], T]) -> T:
        """What a stage makes of the language, made at the first call."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def blame(self) -> str:
        """What is to blame for a wrong answer."""
        files = " or ".join(extension.file for extension in self.extensions)
        return f"this is a bug in matcalc{f', or in {files}' if files else ''}"


BUILT_IN = BaseLanguage()
_default = [BUILT_IN]


def default_language() -> BaseLanguage:
    """The language where none is given: the built-in one, unless ``load_identities`` changed it."""
    return _default[0]


def set_default_language(language: BaseLanguage) -> None:
    """Makes a language the one that is used where none is given."""
    _default[0] = language
