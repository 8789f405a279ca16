"""Formulas in z and conj(z) as people write them: with abs, norm2, real, imag and conj.

What is written stands for a sum or a product of values and their conjugates: ``a*conj(a)`` is
``abs(a)^2``, and ``a + conj(a)`` is ``2*real(a)``. While such a part is found it becomes a real
variable of the program, and the engine brings the rest in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import combinations

from matcalc.conjugates.analytic import without_norms
from matcalc.conjugates.reading import NORMS, UNIT, ComplexProgram, conjugate, with_conjugates
from matcalc.conjugates.unit import without_powers
from matcalc.core.kinds import Variable
from matcalc.core.likeness import Likeness
from matcalc.core.program import Program
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import (
    Expr,
    flat_factors,
    is_number,
    multiply,
    number,
    split_signed_terms,
    transpose,
    variable,
    variable_names,
)
from matcalc.core.walk import fold
from matcalc.engine.pipeline import simplify_tree
from matcalc.write.notation import format_text

CONJ, ADJOINT, REAL, IMAG = "conj", "ctranspose", "real", "imag"
_ABS, _NORM = NORMS
_OWN = frozenset((CONJ, ADJOINT, REAL, IMAG, _ABS, _NORM))
_KINDS = ("scalar", "vector", "matrix")
_MOST_ROUNDS = 6  # of finding parts and bringing the rest in order
_MOST_TERMS = 24  # of a sum, each of which is compared with each


def shorten_complex(found: ComplexProgram, tree: Expr) -> Expr:
    """The same value in fewer signs: of the tree and of what is found for it the shorter one.

    The operations ``real``, ``imag``, ``conj`` and ``ctranspose`` in it are those of texts in
    complex variables alone.
    """
    writer = _ConjugateWriter(found)
    plain = writer.group(tree)
    short = writer.group(writer.shorten(tree))
    return min(plain, short, key=lambda each: len(writer.text(each)))


def engine_form(program: Program, tree: Expr, moving: set[str]) -> Expr:
    """A tree as the engine writes it, without powers of the imaginary unit, and without norms of
    complex values: those of the engine are other ones.
    """
    return without_norms(without_powers(program, simplify_tree(program, tree)), moving)


class _ConjugateWriter:
    """Real variables that stand for parts, and the parts."""

    def __init__(self, found: ComplexProgram) -> None:
        self.found = found
        self.program: Program = found.program._replace(definitions={})
        self.likeness = Likeness()
        self.others = frozenset(map(conjugate, found.conjugated))
        self.moving = {*found.names, *self.others, UNIT}
        self.parts: dict[str, Expr] = {}
        self.names: dict[object, str] = {}

    def text(self, tree: Expr) -> str:
        """What is compared in length."""
        text = format_text(tree, self.program.variables, verify=False)
        return with_conjugates(text, self.found.conjugated)

    def shorten(self, tree: Expr) -> Expr:
        """The tree with parts in place of what they are written for."""
        for _ in range(_MOST_ROUNDS):
            changed = tree.fold(self._rule)
            if changed is tree:
                break
            tree = engine_form(self.program, changed, self.moving)
        for _ in self.parts:  # a part may be in another
            tree = replace_variables(tree, dict.fromkeys(self.parts, self._put))
        return tree

    def _put(self, node: Expr) -> Expr:
        part = self.parts[node.value]
        return transpose(part) if node.row else part

    def _part(self, op: str, inside: Expr) -> Expr:
        """The variable that stands for an operation."""
        if self._barred(inside) > self._barred(self._conjugate(inside)):
            inside = self._conjugate(inside)
        row = inside.row and op != _NORM
        inside = transpose(inside) if inside.row else inside
        shape = () if op == _NORM else inside.shape
        key = op, self.likeness.of(inside)
        name = self.names.get(key)
        if name is None:
            name = next(
                name
                for k in range(len(self.program.variables))
                if (name := f"part{k}") not in self.program.variables
            )
            self.names[key] = name
            kind = "positive" if op in (_ABS, _NORM) and not shape else _KINDS[len(shape)]
            known = {**self.program.variables, name: Variable(name, kind, shape)}
            self.program = self.program._replace(variables=known)
            self.parts[name] = Expr(op, (inside,), shape)
        return variable(name, shape, row=row)

    def _rule(self, node: Expr, args: list[Expr]) -> Expr:
        node = node.with_args(args)
        if not any(each.op == "variable" and self._is_known(each.value) for each in node.parts):
            return node
        rule = _RULES.get(node.op)
        shorter = None if rule is None else rule(self, node)
        return node if shorter is None else shorter

    def _is_known(self, name: str) -> bool:
        return name in self.moving or name in self.parts

    def _modulus(self, node: Expr) -> Expr | None:
        """What the modulus is of, where a node stands for one."""
        part = self.parts.get(node.value) if node.op == "variable" else None
        return part.args[0] if part is not None and part.op == _ABS else None

    def _root(self, node: Expr) -> Expr | None:
        """sqrt(abs(a)^2) is abs(a)."""
        (inside,) = node.args
        if inside.op not in ("^", ".^") or not is_number(inside.args[1], 2):
            return None
        base = inside.args[0]
        known = self.parts.get(base.value) if base.op == "variable" else None
        return base if known is not None and known.op in (_ABS, _NORM) else None

    def _of_modulus(self, node: Expr) -> Expr | None:
        """A modulus is its own modulus, and its norms are those of what it is of."""
        inside = self._modulus(node.args[0])
        if inside is None or len(node.args) > 1:
            return None
        if node.op == _ABS:
            return node.args[0]
        return self._part(_NORM, inside) if node.op == _NORM else Expr("sum", node.args)

    def _product(self, node: Expr) -> Expr | None:
        """a*conj(a) is abs(a)^2, and ctranspose(z)*z is norm2(z)^2."""
        if not node.shape and any(arg.shape for arg in node.args):
            return self._inner(node)
        if node.op == "*" and node.shape:
            return None
        factors = list(_powers(node))
        for (one, k), (other, m) in combinations(factors, 2):
            if one is other or not self._are_conjugates(one, other):
                continue
            shared = min(k, m)
            part = self._part(_ABS, one)
            power = Expr(".^" if node.shape else "^", (part, number(2 * shared)), node.shape)
            left = Counter({id(one): k - shared, id(other): m - shared})
            rest = [power]
            for factor, times in factors:
                rest += [factor] * left.get(id(factor), times)
            total = rest[0]
            for factor in rest[1:]:
                wide = node.shape if factor.shape or total.shape else ()
                total = Expr(node.op, (total, factor), wide, row=node.row)
            return total
        return None

    def _inner(self, node: Expr) -> Expr | None:
        scalars: list[Expr] = []
        factors: list[Expr] = []
        for factor in flat_factors(node):
            (factors if factor.shape else scalars).append(factor)
        for place in range(1, len(factors)):
            left, right = (_chain(side) for side in (factors[:place], factors[place:]))
            if left.rank == right.rank == 1 and self._are_conjugates(transpose(left), right):
                return _chain([*scalars, self._square(right)])
        if len(factors) != 2 or (inside := self._modulus(factors[1])) is None:
            return None
        same = self._same(transpose(factors[0]), factors[1])
        return _chain([*scalars, self._square(inside)]) if same else None

    def _trace(self, node: Expr) -> Expr | None:
        """tr(X*ctranspose(X)) is norm2(X)^2."""
        factors = flat_factors(node.args[0])
        for place in range(1, len(factors)):
            left, right = (_chain(side) for side in (factors[:place], factors[place:]))
            if left.rank == right.rank == 2 and self._are_conjugates(transpose(right), left):
                return self._square(left)
        return None

    def _sum_of_squares(self, node: Expr) -> Expr | None:
        """sum(abs(X).^2) is norm2(X)^2."""
        inside = node.args[0]
        if len(node.args) > 1 or inside.op != ".^" or not is_number(inside.args[1], 2):
            return None
        known = self._modulus(inside.args[0])
        return None if known is None else self._square(known)

    def _square(self, inside: Expr) -> Expr:
        return Expr("^", (self._part(_NORM, inside), number(2)))

    def _sum(self, node: Expr) -> Expr | None:
        """a + conj(a) is 2*real(a), and a - conj(a) is 2*imagunit*imag(a)."""
        terms = split_signed_terms(node)
        if len(terms) > _MOST_TERMS:
            return None
        for (k, (sign, one)), (m, (other_sign, other)) in combinations(enumerate(terms), 2):
            made = self._pair(one, other, sign == other_sign)
            if made is None:
                continue
            rest = [each for place, each in enumerate(terms) if place not in (k, m)]
            total = made if sign > 0 else Expr("neg", (made,), node.shape, row=node.row)
            for each, term in rest:
                op = "+" if each > 0 else "-"
                total = Expr(op, (total, term), node.shape, row=node.row)
            return total
        return None

    def _pair(self, one: Expr, other: Expr, added: bool) -> Expr | None:
        """The sum, or else the difference, of two terms."""
        if added and (square := self._squares(one, other)) is not None:
            return square
        if not self._are_conjugates(one, other) or self._are_conjugates(one, one):
            return None
        if added:
            return multiply(number(2), self._part(REAL, one))
        if UNIT not in self.program.variables:
            return None
        turned = self._barred(one) > self._barred(self._conjugate(one))
        twice = Expr("*", (number(-2 if turned else 2), variable(UNIT, ())))
        return multiply(twice, self._part(IMAG, one))

    def _squares(self, one: Expr, other: Expr) -> Expr | None:
        """real(a)^2 + imag(a)^2 is abs(a)^2."""
        if not all(each.op in ("^", ".^") and is_number(each.args[1], 2) for each in (one, other)):
            return None
        bases = [each.args[0] for each in (one, other)]
        parts = [self.parts.get(base.value) for base in bases if base.op == "variable"]
        if len(parts) < 2 or None in parts:
            return None
        inside = {part.op: part.args[0] for part in parts if part is not None}
        if set(inside) != {REAL, IMAG} or not self._same(inside[REAL], inside[IMAG]):
            return None
        return Expr(one.op, (self._part(_ABS, inside[REAL]), number(2)), one.shape, row=one.row)

    def _conjugate(self, tree: Expr) -> Expr:
        return self.found.conjugate_of(tree)

    def _are_conjugates(self, one: Expr, other: Expr) -> bool:
        """Whether two complex values are conjugates of each other."""
        if one.shape != other.shape or one.row != other.row:
            return False
        if self.moving.isdisjoint(variable_names(one)):
            return False
        return self._same(self._conjugate(one), other)

    def _same(self, one: Expr, other: Expr) -> bool:
        """Whether two trees are equal up to the order of terms; a number is its transpose."""
        numbers = [self.likeness.of(each.fold(self._orient)) for each in (one, other)]
        return numbers[0] == numbers[1]

    def _orient(self, node: Expr, args: list[Expr]) -> Expr:
        """Of x'*A*y and y'*A'*x always the same one."""
        node = node.with_args(args)
        if node.op != "*" or node.shape or not all(arg.shape for arg in node.args):
            return node
        factors = flat_factors(node)
        if not all(factor.shape for factor in factors):
            return node
        turned = _chain([transpose(factor) for factor in reversed(factors)])
        return min(node, turned, key=self.likeness.of)

    def _barred(self, tree: Expr) -> int:
        """How many conjugates are in a tree."""
        return sum(each.op == "variable" and each.value in self.others for each in tree.parts)

    # -- conjugates of sums

    def group(self, tree: Expr) -> Expr:
        """The tree with conj(A*z - b) for conj(A)*conj(z) - conj(b), and ctranspose for what is
        transposed as well.
        """
        barred: dict[int, tuple[bool, int]] = {}  # whether all is conjugated, and how often
        for node in tree.parts:
            inside = [barred[id(arg)] for arg in node.args]
            own = node.op == "variable" and node.value in self.moving
            free = (not own or node.value in self.others) and all(each[0] for each in inside)
            barred[id(node)] = free, sum(each[1] for each in inside) + (own and free)

        def children(node: Expr) -> tuple[Expr, ...]:
            return () if choose(node) else node.args

        def choose(node: Expr) -> bool:
            free, times = barred[id(node)]
            inside = node.args[0] if node.op == "'" else node
            if not free or times < 2 or not node.operations.isdisjoint(_OWN):
                return False
            return inside.op in ("+", "-") or (node.op == "'" and inside.op == "*")

        def rule(node: Expr, args: list[Expr]) -> Expr:
            if not choose(node):
                return node.with_args(args)
            inside = node.args[0] if node.op == "'" else node
            op = ADJOINT if node.op == "'" else CONJ
            return Expr(op, (self._conjugate(inside),), node.shape, row=node.row)

        return fold(tree, children, rule)


def _chain(factors: Sequence[Expr]) -> Expr:
    """The product of what fits."""
    return reduce(multiply, factors)


def _powers(node: Expr) -> Iterator[tuple[Expr, int]]:
    """The factors of a product of numbers, or entry by entry, with their exponents."""
    signs = (node.op, ".^" if node.shape else "^")
    todo = [node]
    while todo:
        part = todo.pop()
        numbers = not any(arg.shape for arg in part.args)
        if part.op == signs[0] and part.shape == node.shape and (node.shape or numbers):
            todo += part.args[::-1]
            continue
        power = part.args[1] if part.op == signs[1] else part
        whole = is_number(power) and power.value.denominator == 1 and power.value > 0
        yield (part.args[0], int(power.value)) if part.op == signs[1] and whole else (part, 1)


_RULES: dict[str, Callable[[_ConjugateWriter, Expr], Expr | None]] = {
    "sqrt": _ConjugateWriter._root,
    "abs": _ConjugateWriter._of_modulus,
    "norm1": _ConjugateWriter._of_modulus,
    "norm2": _ConjugateWriter._of_modulus,
    "*": _ConjugateWriter._product,
    ".*": _ConjugateWriter._product,
    "tr": _ConjugateWriter._trace,
    "sum": _ConjugateWriter._sum_of_squares,
    "+": _ConjugateWriter._sum,
    "-": _ConjugateWriter._sum,
}
