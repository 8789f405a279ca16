"""What is known of letters while a formula is read: declarations, definitions, sizes, and notes for
the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BUILT_IN, BaseLanguage
from matcalc.core.members import family_of, places_of
from matcalc.read.syntax.nodes import Statement
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.symbols import Key, Symbol, key_of_name, letters, read_shifted_index, symbol
from matcalc.read.tex.vocabulary import GREEK

_FEW_LETTERS = 6  # that are written again
_UNMATCHED = re.compile(r"([(\[{].*?)\s*\\right\s*([)\]}])", re.DOTALL)
_OPERATOR = re.compile(r"\\operatorname\{(.*)\}")

LONGEST_QUOTE = 40  # characters


class Complex(NamedTuple):
    r"""What makes a formula one in complex variables: these, how their conjugates are called, and
    what is done with the statements and the variables before they get shapes.
    """

    bars: dict[str, str]  # z -> z_bar, which is what \bar{z} is called
    turned: Callable[
        [list[Statement], dict[str, Variable]], tuple[list[Statement], dict[str, Variable]]
    ]
    unit: str  # what the imaginary unit is called
    starred: set[int]  # where brackets begin that have been conjugated


OF_COMPLEX = {"Re": "real", "Im": "imag", "conj": "conj"}  # words for functions of them


class Scope:
    """Names by the letters that they are written with."""

    def __init__(
        self,
        source: str,
        declared: dict[str, Variable],
        language: BaseLanguage = BUILT_IN,
        *,
        strict: bool = False,
        einstein: bool = False,
        printed: Shape | None = None,
        typed: Mapping[str, str] = MappingProxyType({}),  # what was put in -> what stood there
        asks: bool = True,
    ) -> None:
        self.language = language
        self.complex: Complex | None = None
        self.einstein = einstein  # whether sums are left out
        self.printed = printed  # the axes of an answer of ours that is read again
        self.asks = asks  # whether a derivative sign before the whole is not a part of it
        self.strict = strict  # whether a number is not added to a vector, unless it is written
        # \operatorname{word} -> the user's function that is written so
        self.user_words = {
            found[1]: own.name
            for own in language.functions.values()
            if (found := _OPERATOR.fullmatch(own.head or ""))
        }
        self.source = source
        self.declared = declared
        self.names: dict[Key, list[str]] = {}
        for name in declared:
            self.names.setdefault(key_of_name(name), []).append(name)
        self.families = {
            key_of_name(family): variable
            for name, variable in declared.items()
            if (family := family_of(name)) and all(place.plain for place in places_of(name))
        }
        self.dimensions = set(size_names(declared.values()))
        self.words = frozenset(
            name for name in declared if len(name) > 1 and name.isalpha() and name.isascii()
        )
        self.power_of_T = "T" in declared and not declared["T"].shape
        self.sets: set[str] = set()  # arrays of zeros and ones that say what is in a set
        self.notes: dict[str, None] = {}
        self.typed: dict[str, str] = dict(typed)
        self.spelled: dict[str, Symbol] = {}
        self.doubtful: dict[str, tuple[Phrase, bool]] = {}  # those that may be numbers (samples)

    def make_complex(self, meant: Complex) -> None:
        """Lets the formula have complex variables."""
        self.complex = meant
        self.user_words |= OF_COMPLEX

    def quote(self, part: Phrase | Span) -> str:
        """A part of the formula as it was typed, without braces around a letter."""
        text = self.source[part.start : part.end]
        for put_in, typed in reversed(self.typed.items()):
            text = text.replace(put_in, typed)
        if text.startswith("{") and isinstance(part, Phrase) and part.kind in ("symbol", "indexed"):
            return text[1:-1].strip() if text.endswith("}") else text
        if isinstance(part, Phrase) and part.kind == "symbol":  # the x of \\mathbf{x^*}
            text += "}" * (text.count("{") - text.count("}"))
        unmatched = _UNMATCHED.fullmatch(text)  # \left comes before what is quoted
        if unmatched and text.count(r"\left") < text.count(r"\right"):
            return f"{unmatched[1]}{unmatched[2]}"
        return text

    def shorten(self, part: Phrase | Span) -> str:
        """The same, its end left out if it is long."""
        text = " ".join(self.quote(part).split())
        return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."

    def note(self, text: str) -> None:
        """Something that may have been meant otherwise."""
        self.notes.setdefault(text)

    def problem(self, message: str, span: Span | None, hint: str | None = None) -> UnknownNameError:
        """An error about a name."""
        return UnknownNameError(message, source=self.source, span=span, hint=hint)

    def refusal(self, message: str, span: Span | None, hint: str | None = None) -> ParseError:
        """An error about a formula that is read in no way, or in more than one."""
        return ParseError(message, source=self.source, span=span, hint=hint)

    def knows(self, phrase: Phrase) -> bool:
        """Whether a letter has been declared or defined."""
        base = phrase
        while base.kind == "indexed":
            if any(letters(part) is None and not read_shifted_index(part) for part in base.parts):
                return False
            base = base.args[0]
        return base.kind == "symbol" and symbol(phrase, self.source).key in self.names

    def is_pi(self, phrase: Phrase) -> bool:
        """Whether this is the number pi, and no variable."""
        return phrase.kind == "symbol" and phrase.text == r"\pi" and not self.knows(phrase)

    def define(self, phrase: Phrase) -> None:
        """A letter that has got a value; the letters that follow mean it."""
        found = symbol(phrase, self.source)
        self.names.setdefault(found.key, [found.name])

    def adopt(self, name: str) -> None:
        """A name that another formula has defined."""
        self.names.setdefault(key_of_name(name), []).append(name)

    def add_dimension(self, phrase: Phrase) -> None:
        """A letter that is the size of something."""
        if phrase.kind in ("symbol", "indexed"):
            self.dimensions.add(self.name(phrase))

    def name(self, phrase: Phrase) -> str:
        """The name in the expression language; the same letter in two styles is refused."""
        found = symbol(phrase, self.source)
        names = self.names.get(found.key, [found.name])
        if len(names) > 1:
            shown = " and ".join(names)
            raise self.problem(
                f"{shown} are written alike in LaTeX", phrase.span, "give one of them another name"
            )
        (name,) = names
        if (
            found.bold
            and len(found.stem) > 1
            and found.stem.lower() not in GREEK
            and found.key not in self.names
        ):
            alone = found.stem if len(found.stem) <= _FEW_LETTERS else ""
            each = "".join(rf"\mathbf{{{letter}}}" for letter in alone) or "a bold letter for each"
            hint = f"write {each}, or declare {name}"
            raise self.problem(
                f"{self.source[phrase.start : phrase.end]} may be one name or a product",
                phrase.span,
                hint,
            )
        first = self.spelled.setdefault(name, found)
        if (first.bold, first.style) != (found.bold, found.style):
            message = f"{self.source[phrase.start : phrase.end]} was used in another style before"
            raise self.problem(
                message,
                phrase.span,
                f"both would be called {name}; choose another letter for one of them",
            )
        return name
