"""What the rules for LaTeX share while a statement is read: the values of the parts that have been
read, the text of a part, and what is learnt of letters by how they are used.
"""

from __future__ import annotations

from matcalc.core.errors import MatcalcError
from matcalc.core.letters import SIZES
from matcalc.read.tex import vectors
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value

NUMBERS = frozenset("hijklmnrst")  # letters that are numbers about as often as vectors


class ResolverBase:
    """One statement after the other; ``letters`` remembers what was learnt. ``Resolver`` adds the
    rules that read the parts.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.letters = Letters(scope)
        self._values: dict[int, Value] = {}
        self.followed: set[int] = set()  # factors after which another stands

    def problem(self, message: str, phrase: Phrase, hint: str | None = None) -> MatcalcError:
        """An error about what a part of the formula is."""
        return self.letters.problem(message, phrase.mark or phrase.span, hint)

    def quote(self, phrase: Phrase) -> str:
        """The text of a part, shortened if it is long."""
        return self.scope.shorten(phrase)

    def require_unindexed(self, phrase: Phrase, args: list[Value]) -> list[Value]:
        """The operands, none of which depends on an index."""
        if any(arg.indexed for arg in args):
            hint = "inside a sum, entries are multiplied, added and put into functions of numbers"
            message, span = "this is not supported of an entry", phrase.mark or phrase.span
            raise BeyondProducts(message, source=self.scope.source, span=span, hint=hint)
        return args

    def value_of(self, phrase: Phrase) -> Value:
        """The value of a part that has been read."""
        return self._values[id(phrase)]

    @staticmethod
    def kind_of(value: Value) -> str:
        """What an error calls it."""
        return ("a number", "a row" if value.row else "a vector", "a matrix")[value.order]

    def open_entries(self, phrase: Phrase, args: list[Value]) -> list[Value]:
        """Vectors and matrices by their entries, beside those that depend on an index."""
        return [
            vectors.open_slots(Maker(part), value)
            for part, value in zip(phrase.args, args, strict=True)
        ]

    def learn_number(
        self, phrase: Phrase, why: str, *, counted: bool = False, letters: frozenset[str] = NUMBERS
    ) -> bool:
        """Takes t in t A, e^{At} x and n in a denominator for numbers; N and T if something is
        ``counted``. Returns whether it is such a letter.
        """
        letter = self.letter_of(phrase)
        if letter.kind != "symbol":
            return False
        name = symbol(letter, self.scope.source).name
        rank = self._values[id(letter)].rank
        number = (rank == 1 and name in letters) or (rank == 2 and counted and name in SIZES)
        return number and self.letters.promote(letter, 0, why)

    def letter_of(self, phrase: Phrase) -> Phrase:
        """What a phrase is a multiple of: of several numbers the last."""
        while phrase.kind in ("neg", "*", "/") or (phrase.kind, phrase.text) == ("bigsum", "sum"):
            if phrase.kind != "*":
                phrase = phrase.args[0]
                continue
            left, right = (not self.value_of(arg).scalar for arg in phrase.args)
            if left and right:
                break
            phrase = phrase.args[0 if left else 1]
        return phrase

    def require_numbers(self, phrase: Phrase, args: list[Value]) -> None:
        """Demands that all operands are numbers for each index."""
        for value, operand in zip(args, phrase.args, strict=True):
            if not value.scalar:
                hint = (
                    f"{self.quote(operand)} is {self.kind_of(value)}; for a sum over the "
                    f"rows of a matrix write the product"
                )
                raise self.problem(
                    "an entry, which is a number, next to a vector or a matrix", phrase, hint
                )
