"""Claims of derivatives with respect to complex variables: which of them a claim is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, number, transpose, variable

PROVED, WRONG, UNDECIDED = "proved", "wrong", "undecided"
_EXIT_CODES = {PROVED: 0, WRONG: 1, UNDECIDED: 2}
_FACTORS = ((Fraction(2), "2*"), (Fraction(1, 2), "1/2*"), (Fraction(-1), "-"))
_MOST_PLACES = 12  # of variables that are conjugated one by one


Compared = Callable[[Expr, Expr], tuple[bool | None, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim and what it is compared with: the derivatives by their heads, as trees and as texts,
    and of a real function the gradient: what it is, its tree and its text. ``wanted`` is the head
    of the one that is claimed, if the claim says which; ``conjugates`` the variables that stand for
    the conjugates of others, by these.
    """

    source: str
    claim: str
    tree: Expr
    derivatives: Mapping[str, Expr]
    shown: Mapping[str, str]
    gradient: tuple[str, Expr, str] | None
    wanted: str = ""
    conjugates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComplexReport:
    """The verdict on a claim, which of the derivatives it is, and these."""

    verdict: str
    source: str
    claim: str
    says: str
    lines: tuple[tuple[str, str], ...]

    @property
    def exit_code(self) -> int:
        """0 proved, 1 wrong, 2 undecided."""
        return _EXIT_CODES[self.verdict]

    @property
    def ok(self) -> bool:
        """Whether the claim is one of the derivatives."""
        return self.verdict == PROVED

    def __str__(self) -> str:
        width = max(len(label) for label, _ in self.lines)
        return "\n".join(
            [
                f"{self.verdict}: {self.claim} {self.says} of {self.source}",
                *(f"  {label:<{width}}  {said}" for label, said in self.lines),
            ]
        )

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of it."""
        return {
            "verdict": self.verdict,
            "expression": self.source,
            "claim": self.claim,
            "says": self.says,
            **dict(self.lines),
        }


def judge(asked: Asked, compared: Compared) -> ComplexReport:
    """The report on a claim.

    It is right if it is one of the derivatives, or the gradient of a real function; or the one that
    is wanted.
    """
    rights = sorted(asked.derivatives.items(), key=lambda entry: entry[0] != asked.wanted)
    lines = list(asked.shown.items())
    if asked.gradient is not None:
        name, gradient, shown = asked.gradient
        rights.append((f"{name}, the gradient", gradient))
        lines.append(("gradient", shown))

    def report(verdict: str, says: str, how: str = "") -> ComplexReport:
        said = [*lines, *([("decided", how)] if how else [])]
        return ComplexReport(verdict, asked.source, asked.claim, says, tuple(said))

    undecided = ""
    for label, side in rights:
        same, how = _same(asked, side, compared)
        if same and asked.wanted not in ("", label):
            return report(WRONG, f"is {label}, not {asked.wanted},", how)
        if same:
            return report(PROVED, f"is {label}{',' * (', ' in label)}", how)
        if same is None:
            undecided = how
    if undecided:
        return report(UNDECIDED, "cannot be told from the derivatives", undecided)
    if asked.tree.shape not in {side.shape for _, side in rights}:
        shape = ", ".join(map(str, asked.tree.shape)) or "no axes"
        return report(WRONG, f"has another shape, ({shape}), than the derivatives")
    for label, side in _mistakes(asked):
        same, how = _same(asked, side, compared)
        if same:
            return report(WRONG, f"is {label}, which is none of the derivatives", how)
    for said, tree in _conjugated(asked):
        for label, side in rights:
            same, how = compared(tree, side) if tree.shape == side.shape else (False, "")
            if same:
                comma = "," * (", " in label)
                says = f"is {label}{comma} with {said}, which is none of the derivatives"
                return report(WRONG, says, how)
    return report(WRONG, "is none of the derivatives")


def _same(asked: Asked, side: Expr, compared: Compared) -> tuple[bool | None, str]:
    if asked.tree.shape != side.shape:
        return False, ""
    return compared(asked.tree, side)


def _mistakes(asked: Asked) -> list[tuple[str, Expr]]:
    """What is claimed by mistake: factors, and transposes."""
    plain = list(asked.derivatives.items())
    turned = [(f"the transpose of {a}", transpose(side)) for a, side in plain if side.rank == 2]
    scaled = [
        (f"{said}{label}", Expr("*", (number(factor), side), side.shape))
        for label, side in plain
        for factor, said in _FACTORS
    ]
    if asked.gradient is not None and len(plain) > 1:  # jax.grad knows no Hermitian matrices
        label, side = scaled[0]
        scaled[0] = f"{label}, the gradient as jax.grad has it", side
    return [*scaled, *turned]


def _conjugated(asked: Asked) -> Iterator[tuple[str, Expr]]:
    """The claim with the conjugate of a variable in one of its places, or in all, and what stands
    there instead.
    """
    pairs = {**asked.conjugates, **{other: name for name, other in asked.conjugates.items()}}
    places = [node for node in asked.tree.parts if node.op == "variable" and node.value in pairs]
    names = dict.fromkeys(node.value for node in places)
    chosen = [[node] for node in places[:_MOST_PLACES]]
    chosen += [[node for node in places if node.value == name] for name in names]
    for nodes in chosen:
        name = nodes[0].value
        others = {node: variable(pairs[name], node.shape, row=node.row) for node in nodes}
        plain = name if name in asked.conjugates else pairs[name]
        both = (plain, f"conj({plain})")
        said, meant = both if name == plain else both[::-1]
        yield f"{said} in place of {meant}", put_in(asked.tree, others)
