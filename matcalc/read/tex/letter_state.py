"""What is known of the letters of a formula: their ranks, where they occur, which entries are
summed. ``Letters`` reads them; the rules for subscripts ask what is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matcalc.core.errors import MatcalcError, ShapeError, Span
from matcalc.read.shapes.ranks import Ranks
from matcalc.read.syntax.names import default_kind
from matcalc.read.syntax.nodes import Statement
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import Key, Symbol, letters, symbol
from matcalc.read.tex.values import Maker, Value

Ranges = Mapping[str, Phrase | None]  # the indices that run, each with its upper limit
IDENTITY = ("I", ())  # the letter of the identity matrix


class LetterState:
    """The letters of one formula; what is learnt of their kinds stays for the next pass over it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.ranks = Ranks(scope.declared, scope.dimensions)
        self.read_before = dict(scope.notes)  # notes of the parser,
        self.learnt: dict[str, None] = {}  # and those on letters that were learnt of
        self.defined: dict[str, Value] = {}
        self.ranges: dict[int, Ranges] = {}  # phrase -> the indices that run there
        self.checks: list[
            Statement
        ] = []  # well typed only where the limits of sums agree with the sizes of vectors
        self.indices_of_sums: set[str] = set()
        self.data: dict[
            str, str
        ] = {}  # letters whose x_i are vectors, and the matrix of which these are the rows
        self.whole_keys: dict[Key, Symbol] = {}  # letters that occur without a subscript
        self.summed: set[Key] = set()  # letters of which entries are summed
        self.used_whole: set[Key] = set()  # those with subscripts that are not entries by their use
        self.bound: list[tuple[Phrase, frozenset[str]]] = []  # the sums, with their indices
        self.subscripted: list[tuple[Phrase, str]] = []  # what has a subscript, and a letter in it
        self.raised: set[int] = set()  # the phrases in exponents, and the sums that begin others
        self.waiting: set[int] = set()  # sums of letters alone that other sums begin with
        # the phrases that are entries at a fixed place; and in this pass:
        self.fixed: set[int] = set()
        self.places: set[str] = set()  # the letters of such places,
        # the letters with a subscript that occur in no other way,
        self.alone: dict[int, Phrase] = {}
        # and what to say of variables that look like a part of another
        self.own: dict[str, str] = {}
        self.changed = False
        self.binding = False  # whether sums are binders of the language, and no products

    def problem(self, message: str, span: Span, hint: str | None = None) -> MatcalcError:
        """An error about how many axes something has."""
        return ShapeError(message, source=self.scope.source, span=span, hint=hint)

    def base_name(self, base: Phrase) -> str:
        """The name of a letter whose entries are meant; these may be set in plain where the letter
        is bold.
        """
        found = symbol(base, self.scope.source)
        bare = self.whole_keys.get(found.key)
        if (
            bare is not None
            and bare.bold
            and not found.bold
            and not found.style
            and len(self.scope.names.get(found.key, "1")) == 1
        ):
            return self.scope.names.get(found.key, [found.name])[0]
        return self.scope.name(base)

    def base(self, base: Phrase) -> Value:
        """The value of a letter whose entries are meant."""
        name = self.base_name(base)
        bare = self.whole_keys.get(symbol(base, self.scope.source).key)
        if name in self.defined:
            return replace(self.defined[name], node=Maker(base).node("name", value=name))
        return Value(
            Maker(base).node("name", value=name),
            self.rank(name, bold=bare is not None and bare.bold),
        )

    def note_own(self, phrase: Phrase, name: str) -> None:
        """Remembers that a letter with a subscript is not a part of the letter."""
        shown = self.scope.quote(phrase)
        self.own[shown] = (
            f"note: {shown} is read as a variable of its own, not as a part of {name}; "
            f"declare it if that is right"
        )

    def rank(self, name: str, *, bold: bool = False, arrow: bool = False) -> int:
        """How many axes a variable has: by its declaration, by what was learnt, or by its first
        letter.
        """
        if (bold and default_kind(name) == "scalar") or arrow:
            self.ranks.bound.setdefault(name, "vector")
        return self.ranks.rank(name)

    def is_identity(self, phrase: Phrase) -> bool:
        """Whether this is I or I_n."""
        base = phrase if phrase.kind == "symbol" else phrase.args[0]
        if base.kind != "symbol" or self.scope.knows(phrase):
            return False
        return symbol(base, self.scope.source).key == IDENTITY

    def indices(self, phrase: Phrase) -> list[str] | None:
        """The letters of a subscript as indices, or None if something else is there."""
        found = [letters(part) for part in phrase.parts]
        if any(part is None for part in found):
            return None
        leaves = [leaf for part in found for leaf in part or ()]
        if any(leaf.kind not in ("symbol", "indexed") for leaf in leaves):
            return None
        return [symbol(leaf, self.scope.source).name for leaf in leaves]
