"""The parts of a source in a language other than Python: arguments, checks, results."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from abc import abstractmethod
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, names_in
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.functions.languages import LANGUAGE_CALLS
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.core.user_functions import UserFunction
from matcalc.write.printers.language_code import LanguageWriter, TargetLanguage, helpers, with_needs
from matcalc.write.printers.numpy_code import VALUE, Source
from matcalc.write.printers.numpy_families import spell_member
from matcalc.write.printers.numpy_nodes import CodeNode
from matcalc.write.printers.numpy_sizes import size_code, solve_size, tuple_code

_WIDTH = 96
_WORDS = re.compile(r"[A-Za-z_]\w*")


class SizeBindings(NamedTuple):
    """How the sizes of a formula follow from the arguments."""

    given: list[str]  # names that no array tells
    bound: list[tuple[str, str]]  # name of the formula, and the code of its size
    checked: list[tuple[str, int, Dim]]  # argument, axis, and what its size has to be


class LanguageSource(Source):
    """The parts of one source text."""

    language: TargetLanguage
    emitter: type[LanguageWriter]
    guards = False
    changes = False
    first = 0  # the number of the first place
    rebinds = True  # whether a name of a matrix can be that of its list of places as well
    lists_only = False  # whether a list of places has to be one
    placing = "{} = places_of({}, {})"  # the statement that makes a list of a matrix
    ascii = True  # whether names have letters without accents only
    sized = frozenset((*Source.sized, "scattered"))
    words: frozenset[str] = frozenset()  # of the language

    def __init__(
        self,
        expr: Expr,
        variables: Mapping[str, Variable],
        name: str,
        title: str,
        check: bool = True,
    ) -> None:
        self.reserved = self._reserved_names()
        if name in self.reserved or self._spell(name) != name:
            raise ArgumentError(
                f"{name!r} cannot be the name of a function in {self.language.title}",
                hint="choose another: these are letters, and no word that the language uses",
            )
        self.reserved |= {name}
        super().__init__(expr, variables, name, title, check)
        for each in self.variables.values():
            for dim in each.shape:
                for size in dim.letters:
                    if size not in self.sizes:
                        self.sizes[size] = self._local(size)
        self.needed = {*self._mentioned_sizes()}
        self.shaped = {key: self.listed.get(key, each) for key, each in self.variables.items()}
        apart = () if self.rebinds else self.listed
        self.inner = {  # what the statements call the arguments
            key: self._local(f"{local}_places") if key in apart else local
            for key, local in self.locals.items()
        }
        self.helpers: dict[str, None] = {}

    def _reserved_names(self) -> frozenset[str]:
        cells = {row[self.language.backend] for row in LANGUAGE_CALLS.values()}
        called = {word for cell in cells for word in _WORDS.findall(cell)}
        return frozenset({*called, *helpers(self.language), *self.words, "result"})

    def _mentioned_sizes(self) -> set[str]:
        """The sizes that the code mentions, apart from checks."""
        inside = [size for node in self.order for size in self._sizes_in(node)]
        return set(names_in([*inside, *self.room]))

    def _sizes_in(self, node: CodeNode) -> Sequence[Dim]:
        if node.op in self.sized:
            return node.shape
        if node.op in ("size", "choice", "paired"):
            return (node.attr,)
        if node.op == "unit":
            return (node.attr, *node.shape)
        if node.op == "sliced":
            return [size for place in node.attr for size in place or () if size is not None]
        return ()

    def _local(self, key: str, taken: Container[str] = ()) -> str:
        return super()._local(self._spell(key), taken)

    def _spell(self, key: str) -> str:
        """The name in letters that the language allows."""
        key = spell_member(key)
        if not self.ascii:
            return key
        text = "".join(each if each.isascii() else _letter(each) for each in key)
        return text if text[0].isalpha() else f"v{text}"

    def text(self, side: int | None = None) -> str:
        """The whole source."""
        title = self.language.title
        if self.own:
            raise UnsupportedError(
                f"{next(iter(self.own)).name} is a function of Python, and {title} cannot call it"
            )
        self.helpers.clear()
        functions: dict[UserFunction | FunctionRef | str, str] = dict(self.declared.items())
        emitter = self.emitter(
            self.root, self.inner, functions, self.sizes, self.taken.__contains__, side
        )
        emitter.language = self.language
        emitter.helpers = self.helpers
        self.prepare(emitter)
        statements, result = emitter.statements()
        sizes = self._sizes_of()
        body = [*self._begin(sizes), *statements, *self._end(emitter, result)]
        return self._whole(sizes, body, with_needs(self.language, list(self.helpers)))

    def prepare(self, emitter: LanguageWriter) -> None:
        """What the writer has to know before it begins."""

    def sides(self) -> list[str]:
        """None: the code has both."""
        return []

    def _sizes_of(self) -> SizeBindings:
        missing = dict(self.sizes)
        bound: list[tuple[str, str]] = []
        tells: set[tuple[str, int]] = set()
        places = [
            (self.inner[key], axis, dim, len(each.shape))
            for key, each in self.shaped.items()
            for axis, dim in enumerate(each.shape)
        ]
        for local, axis, dim, rank in places:
            if dim.plain in missing:
                bound.append((dim.plain or "", self._axis_of(local, axis, rank)))
                tells.add((local, axis))
                del missing[dim.plain or ""]
        axes = [(dim, self._axis_of(local, axis, rank)) for local, axis, dim, rank in places]
        for name in list(missing):
            found = solve_size(name, axes, self.sizes, missing)
            if found is not None:
                left, divisor = found
                bound.append((name, self._whole_quotient(left, divisor) if divisor else left))
                del missing[name]
        checked = [
            (local, axis, dim)
            for local, axis, dim, _ in places
            if self.check and (local, axis) not in tells
        ]
        used = self.needed | {name for _, _, dim in checked for name in dim.letters}
        return SizeBindings(
            [name for name in missing if name in used],
            [each for each in bound if each[0] in used],
            checked,
        )

    def size_of(self, dim: Dim) -> str:
        """A size."""
        text = size_code(dim, self.sizes)[0]
        return text.replace(" // ", f" {self.language.quotient} ")

    def describe_names(self, *renamed: Mapping[str, str]) -> list[str]:
        """What the code is for, and what its names are in the formula."""
        lines = [
            wrapped
            for line in (self.title or "Generated by matcalc.").splitlines()
            for wrapped in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
        ]
        lines += ["", *self.describe_variables()]
        pairs = [pair for names in renamed for pair in names.items()]
        lines += [f"{local} is {key} of the formula" for key, local in pairs if key != local]
        return lines + [
            f"{local}: a function, {key} of the formula" for key, local in self.declared.items()
        ]

    def comment(self, sizes: SizeBindings) -> list[str]:
        """The comment above the code."""
        lines = self.describe_names(self.locals)
        lines += [
            f"{self.sizes[name]}: the size {name}, which no array determines"
            for name in sizes.given
        ]
        lines.append(f"Returns {self.describe_result()}.")
        return [f"{self.language.comment} {line}".rstrip() for line in lines]

    def describe_variables(self) -> list[str]:
        """What is said about the arguments."""
        word = "as" if self.lists_only else "or"
        places = f", {word} the positions of the ones, counted from {self.first}"
        return [
            f"{key}: {each}{places if key in self.listed else ''}"
            for key, each in self.variables.items()
        ]

    def arguments_of(self, sizes: SizeBindings) -> list[str]:
        """What the function takes."""
        given = [self.sizes[name] for name in sizes.given]
        return [*self.locals.values(), *self.declared.values(), *given]

    def describe_result(self) -> str:
        """What is said about the result."""
        if self.root.op == "several":
            return ", ".join(self.fields().values())
        shape = tuple_code([str(dim) for dim in self.root.shape])
        return f"an array of shape {shape}" if self.root.rank else "a number"

    def fields(self) -> dict[str, str]:
        """What each of several results is called."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for key in self.root.attr:
            if key == VALUE:
                name = "value"
            elif key.startswith("H*v, "):
                name = f"product_{self._spell(key.removeprefix('H*v, '))}"
            elif ", " in key:
                name = "_".join(["hessian", *map(self._spell, key.split(", "))])
            else:
                name = f"d{self._spell(key)}"
            while name in taken:
                name += "_"
            taken.add(name)
            found[key] = name
        return found

    def describe_arguments(self, *, scalars: bool = True) -> str:
        """The shapes of the arguments."""
        return ", ".join(
            f"{self.locals[key]}: {self._shape_of(each)}"
            for key, each in self.shaped.items()
            if each.shape or scalars
        )

    def _shape_of(self, variable: Variable) -> str:
        """The shape as the error says it."""
        return tuple_code([str(dim) for dim in variable.shape])

    def _places(self) -> list[str]:
        """Statements that leave lists of places."""
        lines = []
        for key in self.listed:
            width = self.variables[key].shape[1]
            count = self._told_size(width, self.arrays) or str(width)
            lines.append(self.placing.format(self.inner[key], self.locals[key], count))
            self.helpers["places_of"] = None
        return lines

    # what a language writes

    @abstractmethod
    def _axis_of(self, local: str, axis: int, rank: int) -> str:
        """The size of an axis of an argument."""

    def _length(self, key: str, axis: int) -> str:
        return self._axis_of(self.inner[key], axis, len(self.variables[key].shape))

    def _whole_quotient(self, size: str, divisor: str) -> str:
        """A size over another."""
        return f"{size} {self.language.quotient} ({divisor})"

    @abstractmethod
    def _begin(self, sizes: SizeBindings) -> list[str]:
        """Statements that bind the sizes and check the arguments."""

    @abstractmethod
    def _end(self, emitter: LanguageWriter, result: str) -> list[str]:
        """Statements that return the result."""

    @abstractmethod
    def _whole(self, sizes: SizeBindings, body: list[str], helpers: list[str]) -> str:
        """The text."""

    def results(self, emitter: LanguageWriter) -> list[tuple[str, CodeNode, str]]:
        """Name, node and code of each of several results."""
        return [
            (name, node, emitter.codes[id(node)][0])
            for name, node in zip(self.fields().values(), self.root.args, strict=True)
        ]


def _letter(letter: str) -> str:
    """A letter such as a Greek one in plain letters."""
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    if plain:
        return plain
    name = unicodedata.name(letter, f"u{ord(letter):x}").split()[-1]
    return re.sub(
        r"\W", "", name.lower() if letter.islower() or not letter.isalpha() else name.title()
    )
