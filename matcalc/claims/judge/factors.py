"""Names for a constant factor: 2, 1/2, n, 1/n, or a scalar part of the formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from matcalc.claims.judge.claims import evaluate_claim
from matcalc.claims.judge.mutations import quote
from matcalc.claims.judge.question import Question, Sample, closeness, tolerance
from matcalc.core.tree import Expr
from matcalc.write.printers.text import text

_CLOSE = 1e-8
_LARGEST, _LARGEST_SINGLE = (
    24,
    4,
)  # largest numerator and denominator; rough numbers are close to many fractions
_MOST_SCALARS = 12
_UP, _DOWN = 1.15, 1.25  # a factor that is missing is likelier than a divisor
_OF_SIZES = frozenset(("number", "dimension", "neg", "*", "/", "^"))
_UNUSUAL = 1.2  # what a number costs that is not 2 or 1/2


@dataclass(frozen=True, slots=True)
class ConstantFactor:
    """By what the claim has to be multiplied to be right: kind of mistake, what to say, and how
    far-fetched it is.
    """

    kind: str
    text: str
    cost: float
    negative: bool = False  # whether the sign is wrong besides
    formula: str = ""  # the factor with its sign, in the language

    @property
    def is_number(self) -> bool:
        """Whether it is a fraction."""
        return self.formula.lstrip("-").replace("/", "").isdecimal()


NONE = ConstantFactor("", "", 0.0)


class Factors:
    """Finds names for factors that were measured in several samples of different sizes."""

    def __init__(self, question: Question, samples: Sequence[Sample]) -> None:
        self._worlds = samples
        self._dims = [
            dict(_products(question.select_known_sizes(sample.point.sizes))) for sample in samples
        ]
        close = min(_CLOSE, closeness(samples))
        self._close = max(tolerance(sample, close) for sample in samples)
        self._scalars = list(_scalars(question, samples))

    def find(self, measured: Mapping[int, float]) -> ConstantFactor | None:
        """The name of truth/claim, given by the places of samples; None where it has none, so that
        it is not a constant at all.
        """
        ratios = list(measured.values())
        plain = self._rational(ratios)
        if plain is not None:
            return _of_number(plain)
        for name in self._dims[0]:
            for up in (True, False):
                sizes = [self._dims[place][name] for place in measured]
                rest = self._rational(
                    [
                        ratio / size if up else ratio * size
                        for ratio, size in zip(ratios, sizes, strict=True)
                    ]
                )
                if rest is not None:
                    cost = 1.0 if abs(rest) == 1 else 1.5
                    return ConstantFactor(
                        "factor",
                        _describe(rest, name, up),
                        cost,
                        rest < 0,
                        _formula(rest, name, up),
                    )
        for name, whole, everywhere in self._scalars:
            values = [everywhere[place] for place in measured]
            for up in (True, False):
                rest = self._rational(
                    [
                        ratio / v if up else ratio * v
                        for ratio, v in zip(ratios, values, strict=True)
                        if v
                    ]
                )
                if rest is not None and abs(rest) in (1, 2, Fraction(1, 2)):
                    usual = _UP if up else _DOWN
                    cost = usual if rest == 1 else 1.6
                    formula = _formula(rest, whole, up)
                    return ConstantFactor(
                        "chain-factor", _describe(rest, name, up), cost, rest < 0, formula
                    )
        return None

    def _rational(self, ratios: Sequence[float]) -> Fraction | None:
        """The simple fraction that all of them are."""
        if not ratios:
            return None
        largest = _LARGEST if self._close < 1e-5 else _LARGEST_SINGLE
        found = Fraction(ratios[0]).limit_denominator(largest)
        fits = 0 < abs(found.numerator) <= largest and all(
            abs(v - found) <= self._close * abs(found) for v in ratios
        )
        return found if fits else None


def _of_number(value: Fraction) -> ConstantFactor:
    if value == 1:
        return NONE
    if value == -1:
        return ConstantFactor("sign", "it has the wrong sign", 1.0, formula="-1")
    size = abs(value)
    said = f"the factor {size} is missing" if size > 1 else f"it is {1 / size} times the derivative"
    usual = size in (2, Fraction(1, 2))
    cost = (1.0 if usual else _UNUSUAL) + (0.5 if value < 0 else 0.0)
    return ConstantFactor("factor", said, cost, value < 0, str(value))


def _formula(rest: Fraction, name: str, up: bool) -> str:
    if rest == 1 and up:
        return f"({name})"
    return f"({rest}){'*' if up else '/'}({name})"


def _describe(rest: Fraction, name: str, up: bool) -> str:
    size = abs(rest)
    if up:
        return f"the factor {name if size == 1 else f'{size}*{name}'} is missing"
    below = f"({name})" if _is_product(name) else name
    return f"the factor {size}/{below} is missing"


def _is_product(name: str) -> bool:
    """Whether a text has an operator outside brackets that does not bind closer than /."""
    depth = 0
    for char in name:
        depth += (char in "([") - (char in ")]")
        if not depth and char in "*/+- ":
            return True
    return False


def _products(sizes: dict[str, int]) -> Iterable[tuple[str, int]]:
    """Sizes, products of two and squares; where all sizes are the same number, that is not told
    from a constant.
    """
    names = list(sizes)
    for name in names:
        yield name, sizes[name]
    for k, name in enumerate(names):
        for other in names[k + 1 :]:
            yield f"({name}*{other})", sizes[name] * sizes[other]
    for name in names:
        yield f"{name}^2", sizes[name] ** 2


def _scalars(
    question: Question, samples: Sequence[Sample]
) -> Iterable[tuple[str, str, list[float]]]:
    """The scalar parts of the objective and of its derivative, cut and in full, with their
    values.
    """
    trees = [question.answer, question.program.expr if question.program is not None else None]
    seen: set[str] = set()
    for tree in trees:
        for node in tree.parts if tree is not None else ():
            if (
                node.shape
                or node.op in ("number", "dimension", "neg", "constant")
                or len(seen) >= _MOST_SCALARS
            ):
                continue
            name = quote(node)
            if name not in seen and not _has_size(node):
                seen.add(name)
                yield (
                    name,
                    text(node),
                    [float(evaluate_claim(node, sample.point)) for sample in samples],
                )


def _has_size(node: Expr) -> bool:
    return node.operations <= _OF_SIZES
