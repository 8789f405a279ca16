"""Derivatives from the definition: the difference quotient in a form without division by h, and its
limit.

The quotient of u*w is du*w(x + h) + u*dw with the quotients du and dw of its parts, that of inv(U)
is -inv(U(x + h))*dU*inv(U) (the resolvent identity), that of sqrt(u) is du over the sum of the
roots. So h cancels before the limit is taken, which is the value at h = 0. A polynomial is expanded
in h, by the binomial theorem where its exponent is a name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import comb, factorial

from matcalc.answers.common.names import free_name
from matcalc.answers.expansions.taylor import put
from matcalc.claims.equality import prove_all, require_equal
from matcalc.core.boundary import public
from matcalc.core.directions import direction_of
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.notes import label_lines
from matcalc.core.operations import LINEAR
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr, add_terms, is_number, is_zero, number, transpose, variable
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import simplify
from matcalc.results import Expression, Formula
from matcalc.write.printers.text import text

After = Callable[[Expr], Expr]  # a part at the moved point
_MOST_DEGREE = 8
_MOST_POWER = 12
_LINEAR = frozenset((*LINEAR, "fill", "'"))
_BINOMIAL = 6  # exponents that the binomial theorem is tried with


class FromDefinition:
    """A derivative as the limit of a difference quotient: ``quotient``, its form ``without`` a
    division by h, and the ``limit``; ``derivative`` is what follows from it, ``proof`` how the
    lines were proved.
    """

    def __init__(
        self,
        quotient: str,
        without: str,
        limit: str,
        why: tuple[str, str],
        derivative: str,
        proof: str,
    ) -> None:
        self.quotient, self.without, self.limit, self.why = quotient, without, limit, why
        self.derivative, self.proof = derivative, proof

    def __str__(self) -> str:
        return "\n".join(
            [
                self.quotient,
                f"  =  {self.without}    {self.why[0]}",
                f"  -> {self.limit}    {self.why[1]}",
            ]
        )

    @public
    def report(self) -> str:
        """The lines, what follows and the proof."""
        rows = [("so", self.derivative)] if self.derivative else []
        rows.append(("proved", self.proof))
        return "\n".join([str(self), *label_lines(rows)])


def from_definition(expression: Expression, wrt: str) -> FromDefinition:
    """The derivative by the definition, along a direction where the variable has axes.

    Raises UnsupportedError for functions whose quotient has no form without a division by h.
    """
    program = expression._program
    program = program._replace(expr=_squares(program.expr), definitions={})
    known = require_variable(program, wrt)
    step = free_name(program, "h", "e", "s", "t")
    program = program.declare(Variable(step, "scalar"))
    h = variable(step, ())
    name = ""
    move = h
    if known.shape:
        name = free_name(program, *("VUWE" if len(known.shape) == 2 else "vuwe"))
        program = program.declare(direction_of(known, name))
        move = Expr("*", (h, variable(name, known.shape)), known.shape)
    x = variable(wrt, known.shape)
    moved = Expr("+", (x, move), known.shape)
    after = put(program.expr, {wrt: moved})
    difference = Expr("-", (after, program.expr), program.expr.shape, row=program.expr.row)
    quotient = Expr("/", (difference, h), difference.shape, row=difference.row)
    shown = str(Formula(program, quotient))
    binomial = _binomial(expression, program, wrt, step, shown)
    if binomial is not None:
        return binomial
    without, why = _expand(program, wrt, name, h), "expanded in powers of " + step
    first = None if without is None else prove_all(program, [(difference, _times(h, without))])
    # abs(x) is a polynomial on each side of 0, but its quotient is none
    if without is None or not first:
        direction = variable(name, known.shape) if name else number(1)
        without = _quotient(program, wrt, moved, direction)
        without, why = simplify(program._replace(expr=without)), f"{step} cancels"
        first = _equal(program, difference, _times(h, without))
    limit = simplify(program._replace(expr=put(without, {step: number(0)})))
    derivative = expression.diff(wrt)
    if name:
        (along,) = derive_steps(program, [{wrt: name}])
        second = _equal(program, limit, along)
        shown_as = f", shown as {derivative.reading}" if derivative.reading else ""
        follows = f"the derivative is {derivative}{shown_as}"
    else:
        second, follows = _equal(program, limit, derivative._tree), ""
    proof = f"the quotient is equal to it, {first}; the limit is the derivative, {second}"
    texts = (shown, str(Formula(program, without)), str(Formula(program, limit)))
    return FromDefinition(*texts, (why, f"for {step} -> 0"), follows, proof)


def _squares(tree: Expr) -> Expr:
    """The tree with the squares of norms as sums of squares."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "^" and args[0].op == "norm2" and len(args[0].args) == 1:
            (inside,), power = args[0].args, args[1]
            if is_number(power) and power.value.denominator == 1 and power.value % 2 == 0:
                entries = Expr(".^", (inside, number(2)), inside.shape, row=inside.row)
                if inside.rank == 1:
                    column = transpose(inside) if inside.row else inside
                    square = Expr("*", (transpose(column), column))
                else:
                    square = Expr("sum", (entries,))
                return square if power.value == 2 else Expr("^", (square, number(power.value / 2)))
        return node.with_args(args)

    return tree.fold(rule)


def _times(h: Expr, tree: Expr) -> Expr:
    return Expr("*", (h, tree), tree.shape, row=tree.row)


def _equal(program: Program, left: Expr, right: Expr) -> str:
    """How two values are proved to be equal; VerificationError where they are not."""
    return require_equal(program, left, right, "the difference quotient that it found is not right")


def _expand(program: Program, wrt: str, name: str, h: Expr) -> Expr | None:
    """The quotient of a polynomial in powers of h; None of what is none of low degree."""
    known = program.variables[wrt]
    direction, moving = name or "?v", program
    if not name:
        moving = program.declare(direction_of(known, "?v"))
    try:
        trees = derive_steps(moving, [{wrt: direction}] * (_MOST_DEGREE + 1))
    except UnsupportedError:
        return None
    degree = next((k for k, tree in enumerate(trees) if is_zero(tree)), None)
    if degree is None:
        return None
    terms: list[Expr] = []
    for k, tree in enumerate(trees[:degree]):
        term = put(tree, {} if name else {"?v": number(1)})
        if k:
            power = Expr("^", (h, number(k))) if k > 1 else h
            term = Expr("*", (power, term), term.shape, row=term.row)
        term = Expr("/", (term, number(factorial(k + 1))), term.shape, row=term.row)
        terms.append(simplify(program._replace(expr=term)))
    return add_terms(terms, program.expr.shape, row=program.expr.row)


def _quotient(program: Program, wrt: str, moved: Expr, direction: Expr) -> Expr:
    """The difference quotient of the expression by the rules for those of its parts."""

    def rule(node: Expr, parts: list[Expr | None]) -> Expr | None:
        if node.op == "variable":
            if node.value != wrt:
                return None
            return transpose(direction) if node.row else direction
        if all(part is None for part in parts):
            return None
        return _rule(node, parts, lambda tree: put(tree, {wrt: moved}))

    found = program.expr.fold(rule)
    if found is None:
        raise UnsupportedError(
            f"{Formula(program, program.expr)} does not depend on {wrt}",
            hint="its difference quotient is zero",
        )
    return found


def _like(node: Expr, op: str, *args: Expr) -> Expr:
    return Expr(op, args, node.shape, row=node.row)


def _rule(node: Expr, parts: Sequence[Expr | None], after: After) -> Expr:
    """The difference quotient of an operation, from those of its arguments (None is zero)."""
    op, args = node.op, node.args
    first = parts[0]
    if op == "neg" and first is not None:
        return _like(node, "neg", first)
    if op in _LINEAR and len(args) == 1 and first is not None:
        return Expr(op, (first,), node.shape, value=node.value, row=node.row)
    if op in ("+", "-"):
        if first is None or parts[1] is None:
            only = first if first is not None else parts[1]
            assert only is not None
            return _like(node, "neg", only) if op == "-" and first is None else only
        return _like(node, op, first, parts[1])
    if op in ("*", ".*"):
        terms = []
        if first is not None:
            terms.append(_like(node, op, first, after(args[1])))
        if parts[1] is not None:
            terms.append(_like(node, op, args[0], parts[1]))
        return terms[0] if len(terms) == 1 else _like(node, "+", *terms)
    if op in ("/", "./"):
        over, under = args
        terms = []
        if first is not None:
            terms.append(_like(node, op, first, after(under)))
        if parts[1] is not None:
            square = _like(under, ".*" if under.shape else "*", under, after(under))
            times = ".*" if under.shape or op == "./" else "*"
            product = _like(node, times, over, parts[1])
            terms.append(_like(node, "neg", _like(node, op, product, square)))
        return terms[0] if len(terms) == 1 else _like(node, "+", *terms)
    if op == "inv" and first is not None:
        left = _like(node, "inv", after(args[0]))
        return _like(node, "neg", _like(node, "*", _like(node, "*", left, first), node))
    if op == "sqrt" and first is not None:
        roots = _like(node, "+", after(node), node)
        return _like(node, "./" if node.shape else "/", first, roots)
    if op in ("^", ".^") and first is not None and parts[1] is None:
        return _power(node, first, after)
    raise UnsupportedError(
        f"the difference quotient of {op} has no form here in which h cancels",
        hint="polynomials, quotients, roots, traces and inverses have one; "
        "matcalc diff --steps differentiates the others",
    )


def _power(node: Expr, slope: Expr, after: After) -> Expr:
    """u^n - w^n is the sum of u^j*(u - w)*w^(n - 1 - j)."""
    base, exponent = node.args
    count = exponent.value if is_number(exponent) else Fraction(1, 2)
    if base.op == "norm2" or count.denominator != 1 or not 0 < abs(count) <= _MOST_POWER:
        raise UnsupportedError(
            f"the difference quotient of a power {text(exponent)} has no form in which h cancels",
            hint="integer exponents have one",
        )
    raising, times = node.op, ".*" if node.op == ".^" else "*"
    n = abs(int(count))
    total: Expr | None = None
    for j in range(n):
        term = slope
        if j:
            term = _like(node, times, _like(node, raising, after(base), number(j)), term)
        if n - 1 - j:
            term = _like(node, times, term, _like(node, raising, base, number(n - 1 - j)))
        total = term if total is None else _like(node, "+", total, term)
    assert total is not None
    if count > 0:
        return total
    if node.op == "^" and node.shape:  # the resolvent identity, of the power
        whole = _like(node, "^", base, number(n))
        inverse = _like(node, "inv", after(whole))
        product = _like(node, "*", inverse, total)
        return _like(node, "neg", _like(node, "*", product, _like(node, "inv", whole)))
    whole = _like(node, raising, base, number(n))
    square = _like(node, times, whole, after(whole))
    return _like(node, "neg", _like(node, "./" if node.shape else "/", total, square))


def _binomial(
    expression: Expression, program: Program, wrt: str, step: str, shown: str
) -> FromDefinition | None:
    """x^n with a name for n, by the binomial theorem: proved with numbers for n."""
    tree = program.expr
    if tree.op != "^" or tree.args[0].op != "variable" or tree.args[0].value != wrt:
        return None
    exponent = tree.args[1]
    if tree.shape or exponent.op != "variable" or exponent.value == wrt:
        return None
    x, h, n = variable(wrt, ()), variable(step, ()), exponent.value
    hows = []
    for count in range(1, _BINOMIAL + 1):
        total: Expr | None = None
        for k in range(1, count + 1):
            powers = Expr("*", (Expr("^", (x, number(count - k))), Expr("^", (h, number(k)))))
            term = Expr("*", (number(comb(count, k)), powers))
            total = term if total is None else Expr("+", (total, term))
        assert total is not None
        moved = Expr("^", (Expr("+", (x, h)), number(count)))
        hows.append(_equal(program, Expr("-", (moved, Expr("^", (x, number(count))))), total))
    derivative = expression.diff(wrt)
    proof = (
        f"the expansion for {n} = 1, ..., {_BINOMIAL}, {hows[-1]}; the derivative is "
        f"{derivative.verification}"
    )
    without = f"sum[k=1:{n}](binomial({n}, k)*{wrt}^({n} - k)*{step}^(k - 1))"
    why = (
        f"the binomial theorem, for {n} = 1, 2, ...",
        f"for {step} -> 0; only the term k = 1 is without {step}",
    )
    return FromDefinition(shown, without, str(derivative), why, "", proof)
