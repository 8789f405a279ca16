r"""Einstein's convention, where it is asked for: A_{ij} x_j is \sum_j A_{ij} x_j, an array over i.

Every letter in a subscript is an index then, unless the whole is declared as one name. An index
that occurs twice in a product is summed over all of it, one that is there three times is an
error, and those that occur once are the axes of the value: in the order of the left side, or else
in that of the alphabet, as in ``einsum``. What is in brackets is a product of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from matcalc.core.errors import MatcalcError
from matcalc.core.walk import fold, postorder
from matcalc.read.tex.phrases import EquationPhrase, Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.subscripts import inverse_or_reciprocal
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import letters, symbol

_PRODUCTS = frozenset({"*", ".", "x", ".*"})
_SUMS = frozenset({"+", "-", "<", "<=", ">", ">=", "==", "!="})
_OF_ARRAYS = frozenset(
    {"transpose", "inverse-transpose", "pinv", "norm", "inner", "frobenius", "⊗", "blocks"}
)
_TWICE = 2


class _PhraseUse(NamedTuple):
    """A phrase with the sums inside it, how often each index is in it, and the letters that
    say the indices.
    """

    phrase: Phrase
    counts: Mapping[str, int]
    said: Mapping[str, Phrase]


def sum_repeated(equation: EquationPhrase, scope: Scope) -> EquationPhrase:
    """The equation with the sums that the convention leaves out; its value is the whole array."""
    return _Convention(scope, equation.value, equation.left).equation(equation)


class _Convention:
    def __init__(self, scope: Scope, root: Phrase, left: Phrase | None) -> None:
        self.scope = scope
        free = {name for part in (left.parts if left else ()) for name in self._names(part)}
        self.bound: dict[int, frozenset[str]] = {}  # the indices of the sums that are written
        stack = [(root, frozenset[str]())]
        while stack:
            phrase, bound = stack.pop()
            if phrase.kind == "bigsum":
                bound |= {name for part in phrase.parts for name in self._names(part)}
                if not phrase.parts:  # i < j
                    sides = [side for condition in phrase.bounds for side in condition.args]
                    below = {name for side in sides for name in self._names(side)}
                    bound |= below - free
            self.bound[id(phrase)] = bound
            stack += [(child, bound) for child in children(phrase)]
        parts = postorder(root, children)
        self.every = {name for part in parts for name, _ in self._subscripts(part)}

    def equation(self, equation: EquationPhrase) -> EquationPhrase:
        """The equation with its sums."""
        value, left = equation.value, equation.left
        gradient = value.kind == "gradient" and bool(value.args)
        body, counts, said = self._close(
            fold(value.args[0] if gradient else value, children, self._read)
        )
        order = sorted(counts)
        if left is not None and left.kind == "indexed" and left.args[0].kind == "symbol":
            wanted = [name for part in left.parts for name in self._names(part)]
            if sorted(wanted) != order:
                raise self._unlike(left, wanted, order)
            order = wanted
            self.scope.names.pop(symbol(left, self.scope.source).key, None)
            (left,) = left.args
            self.scope.define(left)
        if order:
            places = tuple(said[name] for name in order)
            body = Phrase("indexed", body.start, body.end, args=(body,), parts=places)
            shown = ", ".join(self._show(part) for part in places)
            ordered = ", in this order" if len(places) > 1 else ""
            self.scope.note(f"note: the value is an array over {shown}{ordered}")
        return EquationPhrase(_with(value, (body,)) if gradient else body, left)

    def _read(self, phrase: Phrase, args: list[_PhraseUse]) -> _PhraseUse:
        if phrase.kind in ("indexed", "entries"):
            if any(arg.counts for arg in args):
                raise self._problem(f"{self._show(phrase)} has indices inside and outside", phrase)
            found = self._subscripts(phrase)
            return _PhraseUse(phrase, Counter(name for name, _ in found), dict(reversed(found)))
        if phrase.kind in _PRODUCTS:
            args = [self._factor(child, arg) for child, arg in zip(phrase.args, args, strict=True)]
            counts: Counter[str] = Counter()
            for arg in args:
                counts.update(arg.counts)
        else:
            args = [self._close(arg) for arg in args]
            counts = Counter(dict.fromkeys((name for arg in args for name in arg.counts), 1))
            self._check(phrase, args)
        said = {name: part for arg in reversed(args) for name, part in arg.said.items()}
        whole = _with(phrase, tuple(arg.phrase for arg in args))
        return _PhraseUse(whole, counts, {name: said[name] for name in counts})

    def _factor(self, child: Phrase, part: _PhraseUse) -> _PhraseUse:
        """A factor of a product; what is not a product by itself adds its letters to this one."""
        own = child.kind in ("indexed", "entries") or child.kind in _PRODUCTS
        return part if own and not child.bracketed else self._close(part)

    def _close(self, part: _PhraseUse) -> _PhraseUse:
        """A whole product, summed over what occurs twice in it."""
        phrase, counts, said = part
        for name, count in counts.items():
            if count > _TWICE:
                shown = self._show(said[name])
                raise self._problem(
                    f"the index {shown} occurs {count} times in {self._show(phrase)}",
                    phrase,
                    f"an index occurs once or twice in a product: take another letter, or write "
                    f"\\sum_{{{shown}}} and leave Einstein's convention",
                )
        twice = [name for name, count in counts.items() if count == _TWICE]
        if twice:
            phrase = Phrase(
                "bigsum",
                phrase.start,
                phrase.end,
                args=(phrase,),
                text="sum",
                parts=tuple(said[name] for name in twice),
                mark=phrase.span,
            )
        once = {name: 1 for name, count in counts.items() if count == 1}
        return _PhraseUse(phrase, once, {name: said[name] for name in once})

    def _check(self, phrase: Phrase, args: list[_PhraseUse]) -> None:
        """Refuses what has no meaning, or two, for an entry."""
        if phrase.kind in _SUMS:
            first, second = (sorted(arg.counts) for arg in args)
            if first and second and first != second:
                raise self._unlike(phrase, first, second)
        if phrase.kind in _OF_ARRAYS and any(arg.counts for arg in args):
            inside = self._show(next(arg.phrase for arg in args if arg.counts))
            raise self._problem(
                f"{inside} is a number in Einstein's convention, for each value of its indices",
                phrase,
                "write it without the indices, or with products and sums of entries",
            )
        if phrase.kind in ("/", "./") and {*args[0].counts} & {*args[1].counts}:
            raise self._problem(
                f"{self._show(phrase)} has an index above and below",
                phrase,
                "write \\sum for a sum over it, without Einstein's convention",
            )
        if phrase.kind == "power":
            self._check_power(phrase, args)

    def _check_power(self, phrase: Phrase, args: list[_PhraseUse]) -> None:
        base, exponent = phrase.args
        upper = self.every.intersection(self._names(exponent))
        if upper and exponent.kind in ("symbol", "*") and not exponent.bracketed:
            raise self._problem(
                f"{self._show(phrase)} may have an upper index or a power",
                phrase,
                "write all indices below; declare a letter that is an exponent under another name",
            )
        power = exponent.args[0] if exponent.kind == "neg" else exponent
        entry = base.kind == "indexed" and not base.bracketed and bool(self._subscripts(base))
        if entry and exponent.kind == "neg" and len(self._subscripts(base)) > 1:
            raise inverse_or_reciprocal(phrase, self.scope)
        if entry and not args[0].counts and power.kind == "number":
            x, below = self._show(base), ", ".join(name for name, _ in self._subscripts(base)[:1])
            raise self._problem(
                f"{self._show(phrase)} may be the power of a sum, or the sum of the powers",
                phrase,
                f"write ({x})^{{{self._show(exponent).strip('{}')}}} for the power of the sum; "
                f"write \\sum_{{{below}}} {self._show(phrase)} for the sum of the powers",
            )
        if args[0].counts and exponent.kind == "number":
            x = self._show(base)
            twice = f"write {x} {x} for the sum; " if exponent.text == "2" else ""
            raise self._problem(
                f"{self._show(phrase)} may be a sum over what is repeated, or a power entry by "
                f"entry",
                phrase,
                f"{twice}write \\sum_{{{', '.join(args[0].counts)}}} or x^{{\\odot "
                f"{exponent.text}}} without Einstein's convention",
            )

    # -- indices
    # ------------------------------------------------------------------------------------

    def _subscripts(self, phrase: Phrase) -> list[tuple[str, Phrase]]:
        """The indices below a letter or a bracket, each as often as it is there."""
        if phrase.kind not in ("indexed", "entries"):
            return []
        base = phrase.args[0]
        if base.kind == "symbol":
            if self.scope.knows(phrase):
                return []
            if symbol(base, self.scope.source).key == ("I", ()) and len(phrase.parts) == 1:
                return []
        found = []
        bound = self.bound.get(id(phrase), frozenset())
        for part in phrase.parts:
            for leaf in letters(part) or ():
                name = symbol(leaf, self.scope.source).name if leaf.kind == "symbol" else ""
                if name and name not in bound and self._is_index(leaf, name):
                    found.append((name, leaf))
        return found

    def _is_index(self, leaf: Phrase, name: str) -> bool:
        one = len(leaf.text) == 1 or leaf.text[1:] == name
        return one and name not in self.scope.dimensions

    def _names(self, part: Phrase) -> list[str]:
        found = letters(part) or ()
        return [symbol(each, self.scope.source).name for each in found if each.kind == "symbol"]

    # -- words
    # ------------------------------------------------------------------------------------

    def _show(self, phrase: Phrase) -> str:
        return self.scope.quote(phrase)

    def _problem(self, message: str, phrase: Phrase, hint: str | None = None) -> MatcalcError:
        return self.scope.refusal(message, phrase.span, hint)

    def _unlike(self, phrase: Phrase, one: list[str], other: list[str]) -> MatcalcError:
        sides = " and ".join(", ".join(names) if names else "no index" for names in (one, other))
        return self._problem(
            f"the two sides of {self._show(phrase)} have different free indices: {sides}",
            phrase,
            "an index that occurs once in a product occurs once in every other one",
        )


def _with(phrase: Phrase, args: tuple[Phrase, ...]) -> Phrase:
    """The phrase with other operands; it stays as it is if these are the same."""
    args = (*args, *phrase.args[len(args) :])  # the sizes of an array are not operands
    if all(a is b for a, b in zip(args, phrase.args, strict=True)):
        return phrase
    return phrase.with_args(args)
