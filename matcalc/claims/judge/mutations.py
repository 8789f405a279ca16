"""Single mistakes: every formula that differs from a given one in one place.

They are tried both ways. If an edited claim is right, the claim has the mistake; if the edited true
formula is the claim, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.kinds import SYMMETRY, Variable
from matcalc.core.operations import COMPARISONS, FLAT, LINEAR, LOGARITHMS, OPERATIONS, PRIMARY
from matcalc.core.substitution import put_in
from matcalc.core.tree import (
    Expr,
    drop_transpose,
    eye,
    is_number,
    multiply,
    number,
    transpose,
    variable,
)
from matcalc.core.user_functions import calls_function
from matcalc.verify.oracle.close import find_unrounded
from matcalc.write.printers.text import text

MOST_NODES = 150  # parts of a formula beyond which no mistakes are looked for
_LONGEST = 60  # characters of a part that is quoted

JUMPING = frozenset((*FLAT, *COMPARISONS))  # flat away from where they jump
_HIDDEN = 1.0  # what a mistake costs that is inside a condition
LIKELY, POSSIBLE, FARFETCHED = 1.2, 1.3, 1.4


@dataclass(frozen=True, slots=True)
class Mutation:
    """A formula with one part replaced: what kind of mistake this is, both parts, and how
    far-fetched it is.

    ``gone`` is the factor that was left out, if this is what was done, of the whole or of a term
    (``among``): inside a function a part is replaced by another. ``turned`` is what has another
    sign. ``whole`` says that the part is all of it, ``hidden`` that it is in a condition. Words
    are made only of what is said in the end.
    """

    kind: str
    part: Expr
    instead: Expr
    tree: Expr
    cost: float
    gone: Expr | None = None
    among: Expr | None = None
    turned: Expr | None = None
    whole: bool = False
    everywhere: bool = False
    hidden: bool = False

    def in_the_claim(self) -> str:
        """What is said if the claim without this mistake is right."""
        if self.gone is not None:
            return f"the factor {self._factor()} should not be there"
        return self._sign() or f"{quote(self.part)} should be {self._after()}"

    def in_the_truth(self) -> str:
        """What is said if the right formula with this mistake is the claim."""
        if self.gone is not None:
            return f"the factor {self._factor()} is missing"
        return self._sign() or f"{self._after()} appears where {quote(self.part)} belongs"

    def _after(self) -> str:
        return quote(self.instead) + (" everywhere" if self.everywhere else "")

    def _factor(self) -> str:
        assert self.gone is not None
        return quote(self.gone) + (f" of {quote(self.among)}" if self.among is not None else "")

    def _sign(self) -> str:
        if self.turned is None:
            return ""
        inside = f" in {quote(self.part)}" if self.part.op in ("+", "-") else ""
        return f"the sign of {quote(self.turned)}{inside} is wrong"


class ChangedPart(NamedTuple):
    """A kind of mistake, the part instead, its cost; the factor that it leaves out, and what has
    another sign.
    """

    kind: str
    instead: Expr
    cost: float
    gone: Expr | None = None
    turned: Expr | None = None


def mutations(tree: Expr, variables: dict[str, Variable]) -> Iterator[Mutation]:
    """All formulas with one mistake; none for a formula that is too long to be looked through."""
    order = tree.parts
    if len(order) > MOST_NODES:
        return
    users: dict[int, list[Expr]] = {}
    for node in order:
        for arg in node.args:
            users.setdefault(id(arg), []).append(node)
    wholes, places, conditions = _wholes(tree), _places(order), _conditions(order)
    for node in order:
        for rule in _RULES:
            for change in rule(node, users.get(id(node), []), variables):
                place = places[id(node)]
                yield Mutation(
                    change.kind,
                    node,
                    change.instead,
                    put_in(tree, {node: change.instead}),
                    change.cost + (_HIDDEN if id(node) in conditions else 0.0),
                    gone=change.gone if place != INSIDE else None,
                    among=node if place == IN_TERM else None,
                    turned=change.turned,
                    whole=id(node) in wholes,
                    hidden=id(node) in conditions,
                )


OF_ALL, IN_TERM, INSIDE = range(
    3
)  # where a factor stands: before all of a formula, before a term, in what is not linear
_LINEAR = frozenset(("neg", "'", "*", ".*", "/", "./", "fill", *LINEAR))


def _places(order: Sequence[Expr]) -> dict[int, int]:
    """Where each part of a formula stands, in all of its places; ``order`` has children before
    parents.
    """
    found = {id(order[-1]): OF_ALL}
    for node in reversed(order):
        for place, arg in enumerate(node.args):
            linear = node.op in _LINEAR and not (place and node.op in ("/", "./"))
            step = OF_ALL if linear else IN_TERM if node.op in ("+", "-") else INSIDE
            found[id(arg)] = max(found.get(id(arg), OF_ALL), found[id(node)], step)
    return found


def _conditions(order: Sequence[Expr]) -> set[int]:
    """The parts of conditions: what is written there changes the value in a few places only."""
    found: set[int] = set()
    for node in reversed(order):
        inside = id(node) in found or node.op in JUMPING
        found.update(
            id(arg)
            for arg in (node.args if inside else node.args[:1] if node.op == "where" else ())
        )
    return found


def _wholes(tree: Expr) -> set[int]:
    """The formula itself, and what is left of it without signs, transposes and numbers."""
    found = {id(tree)}
    while tree.op in ("neg", "'", "*", "/"):
        inner = [arg for arg in tree.args if arg.shape == tree.shape or tree.op == "'"]
        others = [arg for arg in tree.args if arg not in inner]
        if len(inner) != 1 or any(arg.shape for arg in others):
            break
        (tree,) = inner
        found.add(id(tree))
    return found


def quote(expr: Expr) -> str:
    """A part of a formula as text, cut where it is long."""
    shown = text(
        expr.args[0] if expr.op == "fill" and expr.args[0].op not in ("number", "neg") else expr
    )
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."


def product(left: Expr, right: Expr) -> Expr:
    """The product of two factors with axes; a column before a matrix is a row."""
    return multiply(_row(left) if left.rank == 1 and right.rank == 2 else left, right)


def chain(expr: Expr) -> list[Expr]:
    """The factors of a product from left to right."""
    factors: list[Expr] = []
    stack = [expr]
    while stack:
        part = stack.pop()
        if part.op == "*" and (part.shape or part is expr):  # an inner product is one factor
            stack += part.args
        else:
            factors.append(part)
    return factors[::-1]


def _transposes(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """A' for A and A for A'; by the side of a vector of ones this sums over the other axis."""
    if (
        node.rank != 2
        or node.op in ("eye", "fill", "diag")
        or any(user.op == "'" for user in users)
    ):
        return
    if node.op == "variable" and SYMMETRY.get(variables[node.value].kind) == 1:
        return
    inner = drop_transpose(node)
    beside_ones = any(part.op == "fill" for user in users if user.op == "*" for part in user.args)
    kind = (
        "inverse-transposed"
        if inner.op == "inv"
        else "axis"
        if beside_ones
        else "factor-transposed"
    )
    if inner.op == "variable" and any(user.op == "inv" for user in users):
        cost = POSSIBLE  # said of the inverse instead
    else:
        cost = LIKELY if inner.op == "variable" or calls_function(inner) else POSSIBLE
    yield ChangedPart(kind, transpose(node), cost)


def _axes(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """The sum along the other axis: A'*ones for A*ones, where the ones are as many as it takes."""
    if node.op != "*" or [arg.rank for arg in node.args] not in ([1, 2], [2, 1]):
        return
    place = 0 if node.args[0].rank == 1 else 1
    ones, A = node.args[place], node.args[1 - place]
    inner = drop_transpose(ones)
    if inner.op != "fill" or A.shape[0] == A.shape[1]:
        return
    turned = Expr("fill", inner.args, node.shape, row=inner.row)
    turned = transpose(turned) if ones.op == "'" else turned
    sides = (turned, transpose(A)) if place == 0 else (transpose(A), turned)
    yield ChangedPart("axis", product(*sides), LIKELY)


def _drop_factors(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """One operand of a product or quotient instead of the whole."""
    if node.op not in ("*", ".*", "/", "./"):
        return
    left, right = node.args
    for gone, rest in (
        ((right, left), (left, right)) if node.op in ("*", ".*") else ((right, left),)
    ):
        kind = (
            "factor"
            if gone.op in ("number", "dimension")
            else "inverse-missing"
            if gone.op == "inv"
            else "chain-factor"
        )
        if node.op in ("/", "./"):
            gone = Expr(node.op, (number(1), gone), gone.shape, row=gone.row)
        yield ChangedPart(kind, rest, LIKELY if rest.shape == node.shape else POSSIBLE, gone)
    if node.op in ("/", "./") and left.op not in ("number", "dimension"):
        one = Expr(node.op, (number(1), right), right.shape, row=right.row)
        yield ChangedPart("chain-factor", one, POSSIBLE, left)


def _drop_terms(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """A term of a sum left out, or with the other sign; a sign left out."""
    if node.op == "neg":
        yield ChangedPart("sign", node.args[0], LIKELY, turned=node.args[0])
    applied = calls_function(node) and len(node.args) == 1 and node.op in OPERATIONS
    if applied and not OPERATIONS[node.op].parity and node.args[0].op not in ("+", "-", "neg"):
        (inner,) = node.args
        turned = Expr("neg", (inner,), inner.shape, row=inner.row)
        instead = Expr(node.op, (turned,), node.shape, row=node.row)
        yield ChangedPart("sign", instead, POSSIBLE, turned=inner)
    if node.op not in ("+", "-"):
        return
    left, right = node.args
    other = Expr("-" if node.op == "+" else "+", node.args, node.shape, row=node.row)
    yield ChangedPart("sign", other, LIKELY, turned=right)
    minus = Expr("neg", (left,), left.shape, row=left.row)
    first = Expr(node.op, (minus, right), node.shape, row=node.row)
    yield ChangedPart("sign", first, LIKELY, turned=left)
    if left.shape == node.shape:
        yield ChangedPart("term", left, LIKELY)
    if right.shape == node.shape:
        yield ChangedPart(
            "term",
            right if node.op == "+" else Expr("neg", (right,), right.shape, row=right.row),
            LIKELY,
        )


def _orders(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """Two factors of a matrix product exchanged, one moved to an end, or all in reverse order."""
    if node.op != "*" or any(user.op == "*" for user in users):
        return
    factors = chain(node)
    scalars = [factor for factor in factors if not factor.shape]
    factors = [factor for factor in factors if factor.shape]
    count = len(factors)
    if not 2 <= count <= 8 or (count == 2 and factors[0].rank == factors[1].rank == 1):
        return
    found = [list(reversed(factors))]
    for i in range(count - 1):
        u, v = factors[i : i + 2]
        if u.rank == v.rank == 1 and u.shape == v.shape and v.row and not u.row:
            found.append([*factors[:i], transpose(v), transpose(u), *factors[i + 2 :]])
    for i in range(count):
        for j in range(count):
            moved = factors[:i] + factors[i + 1 :]
            moved.insert(j, factors[i])
            exchanged = list(factors)
            exchanged[i], exchanged[j] = exchanged[j], exchanged[i]
            found += [exchanged, moved]
    seen = [factors]
    for candidate in found:
        if any(all(a is b for a, b in zip(candidate, old, strict=True)) for old in seen):
            continue
        seen.append(candidate)
        strangers = [a for a, b in zip(candidate, factors, strict=True) if a is not b]
        kind = (
            "inverse-side"
            if len(strangers) == 2
            and any("inv" in (s.op, s.args and s.args[0].op) for s in strangers)
            else "order"
        )
        result = candidate[0]
        for scalar in reversed(scalars):
            result = Expr("*", (scalar, result), result.shape, row=result.row)
        for factor in candidate[1:]:
            result = product(result, factor)
        yield ChangedPart(kind, result, LIKELY if len(strangers) == 2 else POSSIBLE)


def _entrywise(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """``.*`` for ``*`` and the other way round; powers, exponentials and inverses entry by
    entry.
    """
    shapes = [arg.shape for arg in node.args]
    if node.op == "*" and shapes[0] == shapes[1] != () and node.args[0].rank == 2:
        yield ChangedPart("elementwise", Expr(".*", node.args, node.shape), LIKELY)
    if node.op == "*" and node.args[0].op == "diag" and node.args[0].args[0].rank == 1:
        yield ChangedPart(
            "elementwise",
            Expr(".*", (node.args[0].args[0], node.args[1]), node.args[1].shape),
            POSSIBLE,
        )
    if (
        node.op == ".*"
        and shapes[0] == shapes[1]
        and node.rank == 2
        and node.shape[0] == node.shape[1]
    ):
        yield ChangedPart("elementwise", Expr("*", node.args, node.shape), LIKELY)
    if node.op == ".*" and shapes[0] == shapes[1] and node.rank == 1:
        left, right = node.args
        yield ChangedPart("elementwise", product(_row(left), _column(right)), POSSIBLE)
        yield ChangedPart("elementwise", product(_column(left), _row(right)), POSSIBLE)
    if node.op == "*" and [arg.rank for arg in node.args] == [1, 1] and shapes[0] == shapes[1]:
        left, right = node.args
        if node.rank == 2:
            parts = (_column(left), _column(right))
            yield ChangedPart("elementwise", Expr(".*", parts, left.shape), POSSIBLE)
        sides = (_row(left), _column(right)) if node.rank else (_column(left), _row(right))
        yield ChangedPart("order", product(*sides), POSSIBLE)
    square = node.rank == 2 and node.shape[0] == node.shape[1]
    if square and node.op in ("+", "-") and {arg.rank for arg in node.args} == {0, 2}:
        unit = eye(node.shape[0])  # meant in A'*A + lambda, which adds lambda to every entry
        added = [
            arg if arg.rank else unit if is_number(arg, 1) else multiply(arg, unit)
            for arg in node.args
        ]
        yield ChangedPart("elementwise", Expr(node.op, tuple(added), node.shape), LIKELY)
    if square and node.op in ("^", ".^") and node.args[1].op in ("number", "neg"):
        yield ChangedPart(
            "elementwise", Expr("^" if node.op == ".^" else ".^", node.args, node.shape), LIKELY
        )
    other = PRIMARY.get(node.op) or (f"{node.op}m" if f"{node.op}m" in PRIMARY else None)
    if square and other is not None:
        yield ChangedPart("elementwise", Expr(other, node.args, node.shape), LIKELY)
    if square and node.op == "inv":
        yield ChangedPart(
            "elementwise", Expr("./", (number(1), node.args[0]), node.shape), POSSIBLE
        )


def _row(expr: Expr) -> Expr:
    return expr if expr.row else transpose(expr)


def _column(expr: Expr) -> Expr:
    return transpose(expr) if expr.row else expr


def _functions(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """Determinants and their logarithms, norms and their squares, inverses left out or brought in,
    neighbouring functions.
    """
    whole = OPERATIONS[node.op].log_of if node.op in OPERATIONS else ""
    if whole or node.op in LOGARITHMS:
        other = Expr(whole or LOGARITHMS[node.op], node.args, node.shape, row=node.row)
        yield ChangedPart("logarithm", other, LIKELY)
    if node.op == "log" and node.args[0].op in LOGARITHMS:
        yield ChangedPart("logarithm", node.args[0], LIKELY)
    if node.op == "norm2" and not any(user.op in ("^", ".^") for user in users):
        squared = Expr(".^" if node.rank else "^", (node, number(2)), node.shape, row=node.row)
        yield ChangedPart("norm-squared", squared, LIKELY)
    if node.op in ("^", ".^") and node.args[1].op == "number":
        base, exponent = node.args[0], node.args[1].value
        kind = "norm-squared" if base.op == "norm2" else "exponent"
        for other in (exponent - 1, exponent + 1, -exponent, 2 * exponent, exponent / 2):
            if other != 0 and (base.rank == 0 or node.op == ".^" or other.denominator == 1):
                instead = (
                    base
                    if other == 1
                    else Expr(node.op, (base, number(other)), node.shape, row=node.row)
                )
                yield ChangedPart(kind, instead, POSSIBLE)
    if node.op == "inv":
        yield ChangedPart("inverse-missing", node.args[0], POSSIBLE)
    elif (
        node.rank == 2
        and node.shape[0] == node.shape[1]
        and node.op == "variable"
        and not any(u.op == "inv" for u in users)
    ):
        yield ChangedPart("inverse-missing", Expr("inv", (node,), node.shape), FARFETCHED)
    if node.op == "diag":
        yield ChangedPart("diag-missing", node.args[0], POSSIBLE)
    if node.op in LINEAR and not node.shape and len(node.args) == 1:  # a trace, a sum
        yield ChangedPart("axis", node.args[0], POSSIBLE)
    for names in _NEIGHBOURS:
        if node.op in names:
            for name in names:
                least, most = OPERATIONS[name].arity
                if name != node.op and least <= len(node.args) <= most:
                    yield ChangedPart(
                        "function", Expr(name, node.args, node.shape, row=node.row), POSSIBLE
                    )
    if (
        len(node.args) == 1
        and node.args[0].shape == node.shape
        and calls_function(node)
        and node.op != "inv"
    ):
        yield ChangedPart("function", node.args[0], FARFETCHED)


_NEIGHBOURS = [(name, other) for name, spec in OPERATIONS.items() for other in spec.neighbours]


def _constants(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """A number doubled, halved, with the other sign, or the plain one that was rounded; exponents
    have rules of their own.
    """
    if node.op == "number" and not any(
        user.op in ("^", ".^") and user.args[1] is node for user in users
    ):
        for plain in find_unrounded(Fraction(node.value)):
            yield ChangedPart("rounded", number(plain), LIKELY)
        for value in (2 * node.value, node.value / 2, -node.value):
            signed = value == -node.value
            yield ChangedPart(
                "sign" if signed else "factor",
                number(Fraction(value)),
                POSSIBLE,
                turned=node if signed else None,
            )


def _names(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """A variable of the same shape instead of another."""
    if node.op == "variable":
        for name, other in variables.items():
            if name != node.value and other.shape == node.shape and other.kind != "function":
                yield ChangedPart("name", variable(name, node.shape, row=node.row), FARFETCHED)


def _kronecker(
    node: Expr, users: Sequence[Expr], variables: dict[str, Variable]
) -> Iterator[ChangedPart]:
    """The factors of a Kronecker product exchanged."""
    if node.op == "kron":
        yield ChangedPart("kronecker-order", Expr("kron", node.args[::-1], node.shape), LIKELY)


_RULES: tuple[Callable[[Expr, Sequence[Expr], dict[str, Variable]], Iterator[ChangedPart]], ...] = (
    _drop_terms,
    _transposes,
    _axes,
    _orders,
    _drop_factors,
    _entrywise,
    _functions,
    _kronecker,
    _constants,
    _names,
)
