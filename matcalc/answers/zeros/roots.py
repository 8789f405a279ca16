"""All zeros of an expression in one number, in closed form: of polynomials as far as roots of
rational numbers go, and of what is affine in one exponential, logarithm or the like.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from fractions import Fraction
from functools import partial
from itertools import product
from math import factorial, gcd, isqrt, lcm
from typing import NamedTuple

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.solving import Requirement, Zero, undo
from matcalc.answers.zeros.surds import split_square, tidy_surds, write_surd
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.operations import ENTRYWISE, INVERSES, LINEAR, PERIODIC
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_number, is_zero, number, variable, variable_names
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import derive, simplify, simplify_tree
from matcalc.engine.polynomials import (
    Polynomial,
    common_divisor,
    count_roots,
    divide,
    ratio_of,
    square_free,
)
from matcalc.write.printers.text import text

_HIGHEST_DEGREE = 6  # of a polynomial with letters for numbers
_MOST_DIVISORS = 6
_MOST_POLES = 4  # powers of the variable in denominators
_LARGEST = 10**6  # of the coefficients whose divisors are tried
_MOST_STEPS = 100_000  # terms of a polynomial, at all the candidates for its roots
_MARK, _UNIT = "?u", "?w"  # no names in the language


def find_roots(program: Program, tree: Expr, wrt: str) -> list[Zero] | None:
    """All real zeros of an expression in the number ``wrt``; None where some have no closed form
    that is found.
    """
    found: dict[str, Zero] = {}
    for factor in factors(tree, wrt):
        roots = _of_factor(program, factor, wrt)
        if roots is None:
            return None
        found |= {text(root.point): root for root in roots}
    return list(found.values())


def factors(tree: Expr, *wrt: str) -> Iterator[Expr]:
    """The factors with some of the variables that have zeros; what a quotient is divided by has
    none where it has a value.
    """
    stack = [tree]
    while stack:
        node = stack.pop()
        if variable_names(node).isdisjoint(wrt) or node.op == "exp":
            continue
        if node.op in ("*", ".*"):
            stack += reversed(node.args)
        elif node.op in ("/", "./", "neg"):
            stack.append(node.args[0])
        elif node.op in ("^", ".^") and is_number(node.args[1]):
            if node.args[1].value > 0:
                stack.append(node.args[0])
        else:
            yield node


def divisors(tree: Expr, names: Set[str]) -> Iterator[Expr]:
    """What a tree divides by that depends on some of the variables."""
    for node in tree.parts:
        divisor = None
        if node.op in ("/", "./"):
            divisor = node.args[1]
        elif node.op in ("^", ".^") and is_number(node.args[1]) and node.args[1].value < 0:
            divisor = node.args[0]
        if divisor is not None and not divisor.shape and names & variable_names(divisor):
            yield divisor


def clear_divisors(program: Program, tree: Expr, free: Set[str]) -> Expr:
    """The tree times what it divides by, as far as that makes it a polynomial."""
    for _ in range(_MOST_DIVISORS):
        divisor = next(divisors(tree, free), None)
        if divisor is None:
            return tree
        tree = simplify_tree(program, Expr("*", (divisor, tree)))
    return tree


def _of_factor(program: Program, factor: Expr, wrt: str) -> list[Zero] | None:
    ratio = ratio_of(factor, wrt)
    if ratio is not None and ratio.above:
        above = ratio.above
        while len(shared := common_divisor(above, ratio.below)) > 1:  # there it has no value
            above, _ = divide(above, shared)
        return _of_numbers(above)
    known = Definiteness(program)
    if known.is_nonzero(factor):
        return []
    if not _is_algebraic(factor, wrt):
        with suppress(UnsupportedError):
            return _of_function(program, factor, wrt)
        return None
    with suppress(UnsupportedError):
        coefficients = coefficients_of(program, factor, wrt)
        if coefficients is not None:
            return _of_letters(program, coefficients)
    with suppress(UnsupportedError):
        found = _without_poles(program, factor, wrt)
        return _without_divisors(program, factor, wrt) if found is None else found
    return None


def _without_divisors(program: Program, factor: Expr, wrt: str) -> list[Zero] | None:
    """The roots of what is left when a factor is multiplied by its divisors, where these are not
    zero.
    """
    below = list(divisors(factor, {wrt}))
    whole = clear_divisors(program, factor, {wrt})
    coefficients = coefficients_of(program, whole, wrt) if below else None
    roots = None if coefficients is None else _of_letters(program, coefficients)
    return roots and [
        root
        for root in roots
        if not any(is_zero(simplify_tree(program, put(each, {wrt: root.point}))) for each in below)
    ]


def is_periodic(program: Program, tree: Expr, wrt: str) -> bool:
    """Whether a factor depends on the variable through sines and the like of one multiple of it."""
    for factor in factors(tree, wrt):
        calls = [part for part in factor.parts if part.op in PERIODIC and not part.shape]
        moving = {text(part.args[0]): part.args[0] for part in calls}
        if len(moving) != 1:
            continue
        put_marks = {text(part): variable(_MARK, ()) for part in calls}
        rest = factor.fold(partial(_put_values, put_marks))
        (inside,) = moving.values()
        speed = derive(program._replace(expr=inside), wrt)
        if wrt not in variable_names(rest) and wrt not in variable_names(speed):
            return True
    return False


def _is_algebraic(tree: Expr, wrt: str) -> bool:
    """Whether no function of entries is taken of what depends on the variable."""
    return not any(
        part.op in ENTRYWISE and part.op not in LINEAR and wrt in variable_names(part)
        for part in tree.parts
    )


def _without_poles(program: Program, factor: Expr, wrt: str) -> list[Zero] | None:
    """The roots of a factor that is a polynomial in the inverse of the variable, or becomes one in
    the variable when it is multiplied by a power of it. Zero is a root of the product alone.
    """
    x = variable(wrt, ())
    inverse = Expr("/", (number(1), variable(_MARK, ())))
    marked = program.declare(program.variables[wrt]._replace(name=_MARK))
    turned = marked._replace(expr=put(factor, {wrt: inverse}), definitions={})
    with suppress(UnsupportedError):
        below = coefficients_of(turned, simplify(turned), _MARK)
        if below is not None:
            while is_zero(below[0]):
                below = below[1:]
            return _of_letters(program, below[::-1])  # times a power, a polynomial backwards
    for power in range(1, _MOST_POLES + 1):
        times = Expr("*", (Expr("^", (x, number(power))), factor))
        with suppress(UnsupportedError):
            short = simplify_tree(program, times)
            found = coefficients_of(program, short, wrt)
            if found is not None:
                roots = _of_letters(program, found)
                return roots and [root for root in roots if not is_zero(root.point)]
    return None


def _of_numbers(polynomial: Polynomial) -> list[Zero] | None:
    """The roots of a polynomial with rational coefficients."""
    found: list[Zero] = []
    for _, factor in square_free(polynomial):
        roots = _of_square_free(factor)
        if roots is None:
            return None
        found += [Zero(root) for root in roots]
    return found


def _of_square_free(factor: Polynomial) -> list[Expr] | None:
    surds, whole = _surds(_without_content(factor))
    found = [_surd(each) for each in surds]
    if len(whole) == 1:
        return found
    if not any(whole[1:-1]):
        return [*found, *_pure(Fraction(-whole[0], whole[-1]), len(whole) - 1)]
    if not any(whole[1::2]):
        squares, rest = _surds(whole[::2])
        if not count_roots(tuple(map(Fraction, rest)), positive=True):
            return [*found, *_roots_of_squares(squares)]
    return None if count_roots(tuple(map(Fraction, whole)), positive=False) else found


def _surds(whole: list[int]) -> tuple[list[_Surd], list[int]]:
    """The rational roots and those of a quadratic factor, and the polynomial without them."""
    found: list[_Surd] = []
    if not whole[0]:
        found.append(_Surd(0, 0, 1, 1))
        whole = whole[1:]
    if max(abs(whole[0]), abs(whole[-1])) <= _LARGEST:
        for root in _rational_roots(whole):
            found.append(_Surd(root.numerator, 0, 1, root.denominator))
            rest, _ = divide(tuple(map(Fraction, whole)), (-root, Fraction(1)))
            whole = _without_content(rest)
    if len(whole) == 2:
        return [*found, _reduced(-whole[0], 0, 1, whole[1])], [1]
    if len(whole) == 3:
        return [*found, *_quadratic(*whole[::-1])], [1]
    return found, whole


def _without_content(polynomial: Polynomial) -> list[int]:
    """The coefficients as integers without a common divisor."""
    scale = lcm(*[c.denominator for c in polynomial])
    whole = [int(c * scale) for c in polynomial]
    content = gcd(*whole)
    return [c // content for c in whole]


def _rational_roots(whole: list[int]) -> list[Fraction]:
    """Those p/q of which p divides the first and q the last coefficient; none where these are too
    many to try.
    """
    above, below = _divisors(whole[0]), _divisors(whole[-1])
    if len(above) * len(below) * len(whole) > _MOST_STEPS:
        return []
    candidates = {Fraction(sign * p, q) for p, q, sign in product(above, below, (1, -1))}
    found = []
    for x in sorted(candidates):
        total = Fraction(0)
        for coefficient in reversed(whole):
            total = total * x + coefficient
        if not total:
            found.append(x)
    return found


def _divisors(n: int) -> list[int]:
    small = [d for d in range(1, isqrt(abs(n)) + 1) if n % d == 0]
    return [*small, *[abs(n) // d for d in small]]


class _Surd(NamedTuple):
    """(p + q*sqrt(k))/r with r positive and k without square factors."""

    p: int
    q: int
    k: int
    r: int

    @property
    def is_negative(self) -> bool:
        """Whether p is below -q*sqrt(k): their squares with signs are in the same order."""
        return self.p * abs(self.p) + self.q * abs(self.q) * self.k < 0


def _quadratic(a: int, b: int, c: int) -> list[_Surd]:
    inside = b * b - 4 * a * c
    if inside < 0:
        return []
    outside, k = split_square(inside)
    return [_reduced(-b, sign * outside, k, 2 * a) for sign in (1, -1)]


def _reduced(p: int, q: int, k: int, r: int) -> _Surd:
    if k == 1:
        p, q = p + q, 0
    common = gcd(p, q, r) * (1 if r > 0 else -1)
    return _Surd(p // common, q // common, k, r // common)


def _surd(each: _Surd) -> Expr:
    p, q, k, r = each
    if not q:
        return number(Fraction(p, r))
    return write_surd({n: c for n, c in ((1, Fraction(p, r)), (k, Fraction(q, r))) if c})


def _pure(value: Fraction, degree: int) -> list[Expr]:
    """The x with x^degree = value."""
    size = abs(value)
    if degree % 2 == 0 and value < 0:
        return []
    if degree % 2 == 0:
        root = Expr("^", (number(size), number(Fraction(1, degree))))
        return [root, Expr("neg", (root,))]
    if degree == 3:
        root = Expr("cbrt", (number(size),))
    else:
        root = Expr("^", (number(size), number(Fraction(1, degree))))
    return [root if value > 0 else Expr("neg", (root,))]


def _roots_of_squares(squares: list[_Surd]) -> list[Expr]:
    """The x of which x^2 is one of these."""
    found: list[Expr] = []
    for each in squares:
        if each.is_negative:
            continue
        if each.q:
            root = tidy_surds(Expr("sqrt", (_surd(each),)))
        else:
            outside, k = split_square(each.p * each.r)
            root = _surd(_reduced(0, outside, k, each.r))
        found += [root, tidy_surds(Expr("neg", (root,)))]
    return found


def coefficients_of(program: Program, tree: Expr, wrt: str) -> list[Expr] | None:
    """Those of a polynomial, from the constant one on; None for what is none of a low degree."""
    if any(_is_never_constant(part) and wrt in variable_names(part) for part in tree.parts):
        return None  # its derivatives grow, and none of them is zero
    found: list[Expr] = []
    zero = {wrt: number(0)}
    for order in range(_HIGHEST_DEGREE + 1):
        there = simplify_tree(program, put(tree, zero))
        scaled = Expr("/", (there, number(factorial(order))))
        found.append(simplify_tree(program, scaled))
        if wrt not in variable_names(tree):
            return found
        tree = derive(program._replace(expr=tree), wrt)
    return None


def _is_never_constant(part: Expr) -> bool:
    """Whether no derivative of it is constant: of an inverse, and of a power with a letter."""
    return part.op == "inv" or (part.op in ("^", ".^") and not is_number(part.args[1]))


def _of_letters(program: Program, coefficients: list[Expr]) -> list[Zero] | None:
    """The roots of a polynomial whose coefficients are expressions."""
    known = Definiteness(program)
    found: list[Zero] = []
    while coefficients and is_zero(coefficients[0]):
        found = [Zero(number(0))]
        coefficients = coefficients[1:]
    degree = len(coefficients) - 1

    short = partial(simplify_tree, program)
    if degree < 1:
        return found
    lowest, highest = coefficients[0], coefficients[-1]
    ratio = short(Expr("/", (Expr("neg", (lowest,)), highest)))
    middle = [each for each in coefficients[1:-1] if not is_zero(each)]
    if degree == 1:
        return [*found, Zero(ratio)]
    if middle and degree > 2:
        return None
    if middle:
        times = Expr("*", (Expr("*", (number(4), lowest)), highest))
        inside = short(Expr("-", (Expr("^", (middle[0], number(2))), times)))
    else:
        inside = ratio
    if not middle and degree % 2:
        return [*found, Zero(short(Expr("cbrt", (ratio,))))] if degree == 3 else None
    if known.is_positive(negate(program, inside)):
        return found
    least = Requirement(_without_number(inside), strict=False)  # at zero both roots are one
    requires = () if known.is_nonnegative(inside) else (least,)
    root = Expr("^", (inside, number(Fraction(1, degree))))
    for op in ("+", "-"):
        if middle:
            above = Expr(op, (Expr("neg", middle[:1]), root))  # type: ignore[arg-type]
            point = Expr("/", (above, Expr("*", (number(2), highest))))
        else:
            point = root if op == "+" else Expr("neg", (root,))
        found.append(Zero(short(point), requires=requires))
    return found


def _without_number(tree: Expr) -> Expr:
    """The tree, or what a positive number in front of it multiplies."""
    first = tree.args[0] if tree.op == "*" else tree
    return tree.args[1] if tree.op == "*" and first.op == "number" and first.value > 0 else tree


def _of_function(program: Program, tree: Expr, wrt: str) -> list[Zero] | None:
    """The zeros of a polynomial in one value of an increasing function: each of its roots within
    the range of the function is undone.
    """
    calls = {
        text(part): part
        for part in tree.parts
        if part.op in INVERSES and not part.shape and wrt in variable_names(part)
    }
    values = _values_of_one(program, list(calls.values()))
    if values is None:
        return None
    call, written = values
    marked = tree.fold(partial(_put_values, written))
    if wrt in variable_names(marked):
        return None
    marking = program.declare(Variable(_MARK, "scalar"), Variable(_UNIT, "positive"))
    inner = marking._replace(expr=marked, definitions={})
    if _UNIT in variable_names(marked):
        inner = inner._replace(expr=Expr("/", (marked, variable(_UNIT, ()))))
        inner = inner._replace(expr=simplify(inner))
    if _UNIT in variable_names(inner.expr):
        return None
    roots = _of_factor(inner, inner.expr, _MARK)
    if roots is None:
        return None
    found: list[Zero] = []
    for value in roots:
        there = undo(program, call.op, value.point)
        if there is None:
            continue
        inside = Expr("-", (call.args[0], there.point))
        short = simplify_tree(program, inside)
        points = _of_factor(program, short, wrt)
        if points is None:
            return None
        for root in points:
            needed = (*value.requires, *there.requires, *root.requires)
            found.append(root._replace(requires=needed))
    return found


def _put_values(written: dict[str, Expr], node: Expr, args: list[Expr]) -> Expr:
    found = written.get(text(node)) if len(node.args) == 1 else None
    return node.with_args(args) if found is None else found


def _values_of_one(program: Program, calls: list[Expr]) -> tuple[Expr, dict[str, Expr]] | None:
    """One call, and what all of the calls are in its value ``_MARK``, by their texts.

    Exponentials of multiples are powers of one, and sigmoid(-x) is 1 - sigmoid(x).
    """
    mark = variable(_MARK, ())
    if not calls or any(call.op != calls[0].op for call in calls):
        return None
    first = calls[0]
    if len(calls) == 1:
        return first, {text(first): mark}
    ratios = {}
    for call in calls:
        quotient = Expr("/", (call.args[0], first.args[0]))
        ratio = ratio_of(simplify_tree(program, quotient), "")
        ratios[text(call)] = None if ratio is None else ratio.above[0] / ratio.below[0]
    if first.op == "sigmoid" and set(ratios.values()) == {1, -1}:
        other = Expr("-", (number(1), mark))
        return first, {said: mark if ratio == 1 else other for said, ratio in ratios.items()}
    known = {said: ratio for said, ratio in ratios.items() if ratio is not None}
    if first.op != "exp":
        return None
    if len(known) < len(ratios):
        return _quotient_of_two(program, calls) if len(calls) == 2 else None
    above = gcd(*[each.numerator for each in known.values()])
    unit = Fraction(above, lcm(*[each.denominator for each in known.values()]))
    inside = Expr("*", (number(unit), first.args[0]))
    base = Expr("exp", (simplify_tree(program, inside),))
    return base, {said: Expr("^", (mark, number(ratio / unit))) for said, ratio in known.items()}


def _quotient_of_two(program: Program, calls: list[Expr]) -> tuple[Expr, dict[str, Expr]]:
    """The same of two exponentials: one is their quotient times the other, ``_UNIT``."""
    one, other = calls
    between = Expr("-", (one.args[0], other.args[0]))
    base = Expr("exp", (simplify_tree(program, between),))
    unit = variable(_UNIT, ())
    return base, {text(one): Expr("*", (variable(_MARK, ()), unit)), text(other): unit}
