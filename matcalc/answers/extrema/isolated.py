"""All common zeros of polynomials in several numbers with rational coefficients, where some have no
closed form: those that have one, and the others as decimals.

A Groebner basis in lexicographic order has a polynomial in the last number alone, and where its
other polynomials are affine in the others, each real root of that is one point. The basis
and the roots are SymPy's, which isolates all real roots exactly (decision 0039).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from matcalc.answers.extrema.extremes import PointKind
from matcalc.answers.zeros.surds import value_of, write_surd
from matcalc.core.program import Program
from matcalc.core.tree import Expr, number, variable_names
from matcalc.engine.pipeline import derive

_DIGITS = 40  # that values are computed with
_NOTHING = 1e-20  # what is below it is not told from zero
_MOST_DEGREE = 60  # the product of the degrees bounds the number of points
_SHOWN = 6


class Isolated(NamedTuple):
    """The points in closed form, the others as decimals with what each is, and the polynomial of
    which each real root is one point.
    """

    exact: list[Mapping[str, Expr]]
    near: list[tuple[tuple[str, ...], PointKind]]
    polynomial: str


def isolate(program: Program, equations: Sequence[Expr], names: Sequence[str]) -> Isolated | None:
    """All real points where the equations hold, which are the derivatives of the program's value;
    None where they are not polynomials, or a root of the basis does not make a point.
    """
    letters = {name for tree in equations for name in variable_names(tree)}
    if letters - set(names):
        return None
    import sympy as sp  # noqa: PLC0415 - slow to load

    symbols = {name: sp.Symbol(name, real=True) for name in names}
    found = [_polynomial(tree, symbols) for tree in equations]
    gens = [symbols[name] for name in names]
    if any(each is None for each in found):
        return None
    polynomials = [sp.Poly(each, *gens, domain="QQ") for each in found]
    if prod(each.total_degree() for each in polynomials) > _MOST_DEGREE:
        return None
    for last in reversed(gens):
        shape = _in_shape(sp, polynomials, [*[each for each in gens if each is not last], last])
        if shape is not None:
            return _points(sp, program, polynomials, shape, symbols)
    # a sum that has another value at each point
    letter = sp.Symbol(next(name for name in ("t", "s", "u", "v", "w") if name not in names))
    total = sum(2**k * each for k, each in enumerate(gens))
    shape = _in_shape(sp, [*polynomials, letter - total], [*gens, letter])
    if shape is None:
        return None
    points = _points(sp, program, polynomials, shape, symbols)
    return points and points._replace(polynomial=f"{points.polynomial}, {letter} = {total},")


class _Shape(NamedTuple):
    """A polynomial in one number, and the others as polynomials in that."""

    last: Any
    whole: Any
    others: dict[Any, Any]


def _in_shape(sp: Any, polynomials: Sequence[Any], order: Sequence[Any]) -> _Shape | None:
    *first, last = order
    basis = sp.groebner([sp.Poly(each, *order) for each in polynomials], *order, order="lex")
    univariate = [each for each in basis.exprs if each.free_symbols <= {last}]
    if len(univariate) != 1 or len(basis.exprs) != len(order):
        return None
    others = {}
    for symbol in first:
        affine = [each for each in basis.exprs if each.free_symbols <= {symbol, last}]
        affine = [each for each in affine if sp.degree(each, symbol) == 1]
        if len(affine) != 1:
            return None
        slope, rest = sp.Poly(affine[0], symbol).all_coeffs()
        if slope.free_symbols:
            return None
        others[symbol] = sp.Poly(-rest / slope, last, domain="QQ")
    return _Shape(last, sp.Poly(univariate[0], last, domain="QQ"), others)


def _points(
    sp: Any,
    program: Program,
    polynomials: Sequence[Any],
    shape: _Shape,
    symbols: Mapping[str, Any],
) -> Isolated | None:
    exact: list[Mapping[str, Expr]] = []
    near = []
    for root in sorted(set(shape.whole.real_roots()), key=lambda each: each.evalf(_DIGITS)):
        closed = _closed(sp, root, shape, symbols)
        if closed is not None:
            exact.append(closed)
            continue
        value = sp.N(root, _DIGITS)
        there = {shape.last: value, **{k: p.eval(value) for k, p in shape.others.items()}}
        if any(abs(sp.N(p.as_expr().subs(there), _DIGITS)) > _NOTHING for p in polynomials):
            return None
        decimals = tuple([f"{float(there[each]):.{_SHOWN}g}" for each in symbols.values()])
        near.append((decimals, _kind(sp, program, symbols, there)))
    factors = [str(each.as_expr()) for each, _ in shape.whole.factor_list()[1]]
    said = factors[0] if len(factors) == 1 else "*".join(f"({each})" for each in factors)
    return Isolated(exact, near, said.replace("**", "^"))


def _closed(
    sp: Any, root: Any, shape: _Shape, symbols: Mapping[str, Any]
) -> Mapping[str, Expr] | None:
    """The point of a root that is made of square roots; None where it is not."""
    tree = _tree(sp, root)
    if tree is None:
        return None
    found = {}
    for name, symbol in symbols.items():
        if symbol == shape.last:
            whole = tree
        else:
            whole = number(0)
            for coefficient in shape.others[symbol].all_coeffs():  # Horner's scheme
                step = Expr("*", (whole, tree))
                whole = Expr("+", (step, number(Fraction(int(coefficient.p), int(coefficient.q)))))
        value = value_of(whole)
        if value is None:
            return None
        found[name] = write_surd(value)
    return found


def _tree(sp: Any, root: Any) -> Expr | None:
    """A rational number or the root of a quadratic as a tree."""
    if root.is_Rational:
        return number(Fraction(int(root.p), int(root.q)))
    parts = [_tree(sp, each) for each in root.args]
    if not parts or any(each is None for each in parts):
        return None
    known = [each for each in parts if each is not None]
    if root.is_Pow and root.args[1] == sp.Rational(1, 2):
        return Expr("sqrt", (known[0],))
    if not (root.is_Add or root.is_Mul):
        return None
    whole = known[0]
    for each in known[1:]:
        whole = Expr("+" if root.is_Add else "*", (whole, each))
    return whole


def _kind(
    sp: Any, program: Program, symbols: Mapping[str, Any], there: Mapping[Any, Any]
) -> PointKind:
    """What a point is by the signs of the determinants of the Hessian there."""
    names = list(symbols)
    slopes = [derive(program, name) for name in names]
    rows = [
        [
            sp.N(
                _polynomial(derive(program._replace(expr=slope), name), symbols).subs(there),
                _DIGITS,
            )
            for name in names
        ]
        for slope in slopes
    ]
    hessian = sp.Matrix(rows)
    minors = [hessian[:k, :k].det() for k in range(1, len(names) + 1)]
    if abs(minors[-1]) < _NOTHING:
        return PointKind(
            "a stationary point", "the Hessian there is singular, so this test is inconclusive"
        )
    if all(minor > 0 for minor in minors):
        return PointKind("a local minimum", "the Hessian there is positive definite")
    if all(minor * (-1) ** k > 0 for k, minor in enumerate(minors, 1)):
        return PointKind("a local maximum", "the Hessian there is negative definite")
    return PointKind("a saddle", "the Hessian there is indefinite")


def _polynomial(tree: Expr, symbols: Mapping[str, Any]) -> Any:
    """The tree in SymPy; None where it is not a polynomial with rational coefficients."""
    import sympy as sp  # noqa: PLC0415 - slow to load

    def rule(node: Expr, args: list[Any]) -> Any:
        if node.shape or any(arg is None for arg in args):
            return None
        if node.op == "number":
            return sp.Rational(node.value.numerator, node.value.denominator)
        if node.op == "variable":
            return symbols.get(str(node.value))
        if node.op == "neg":
            return -args[0]
        if node.op in ("+", "-", "*"):
            one, other = args
            return one + other if node.op == "+" else one - other if node.op == "-" else one * other
        if node.op == "/" and args[1].is_Rational and args[1]:
            return args[0] / args[1]
        if node.op == "^" and args[1].is_Integer and args[1] >= 0:
            return args[0] ** args[1]
        return None

    return tree.fold(rule)
