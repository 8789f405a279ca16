"""A minus in front goes into a sum among the factors, which is turned round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence

from matcalc.core.operations import LINEAR, PARITY
from matcalc.core.tree import Expr, drop_transpose, variable
from matcalc.core.walk import fold
from matcalc.engine.recovery.assemble import Assembler
from matcalc.engine.recovery.chains import Link, Term
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.writer import ProductWriter

Signed = list[tuple[bool, Expr]]  # terms, and whether they are added
Reverse = Callable[[Expr], Expr | None]  # b - a for a - b; None for a sum that is left as it is
_CONSTANT = ("number", "fill", "eye")
# the arguments that carry a sign
SIGN_PLACES: dict[object, tuple[int, ...]] = {
    **dict.fromkeys((".*", "*"), (0, 1)),
    **dict.fromkeys(("/", "./", "'"), (0,)),
    **dict.fromkeys((name for name, sign in PARITY.items() if sign < 0), (0,)),
}
SIGN_PLACES.update(LINEAR)


class Turning:
    """Turns sums in terms round; ``write`` writes terms with their signs as one sum."""

    def __init__(
        self,
        factory: ExpressionFactory,
        writer: ProductWriter,
        assembler: Assembler,
        write: Callable[[Signed], Expr],
    ) -> None:
        self.factory = factory
        self.writer = writer
        self.assembler = assembler
        self.write = write
        self.sums: dict[Expr, frozenset[Expr]] = {}  # that are factors of a tree

    def turn(self, term: Term) -> Term | None:
        """The term with the opposite coefficient and one sum turned round, rather not 1 - x."""
        if self.writer.krons:
            # few expressions have cross products
            from matcalc.engine.recovery.signs import exchange_signs  # noqa: PLC0415

            if (found := exchange_signs(self.writer, term)) is not None:
                return found
        for reverse in (self._of_variables, self._difference, self._with_residual):
            if (found := self._turn(term, reverse)) is not None:
                return found
        return None

    def turn_residuals(self, terms: Sequence[Term]) -> Sequence[Term]:
        """l*w - X'*(y - X*w) as l*w + X'*(X*w - y), where no term that is added has a residual."""
        negative = [term for term in terms if term.coefficient < 0]
        turned = {term: found for term in negative if (found := self._turn(term, self._residual))}
        if not turned or any(
            term.coefficient > 0 and self._turn(term, self._residual) for term in terms
        ):
            return terms
        return [turned.get(term, term) for term in terms]

    # what is turned round

    def _difference(self, total: Expr) -> Expr | None:
        return self._reverse(total) if total.op == "-" else None

    def _of_variables(self, total: Expr) -> Expr | None:
        """b - a for a - b, but not for 1 - x."""
        first = split_spine(total)[-1][1]
        return self._difference(total) if first.op not in _CONSTANT else None

    def _residual(self, total: Expr) -> Expr | None:
        """X*w - y for y - X*w, where a name comes before something made of others, and of its
        shape.
        """
        *others, (_, first) = split_spine(total)
        found = (
            is_name(first)
            and not any(positive or part.shape != first.shape for positive, part in others)
            and not all(is_name(part) for _, part in others)
        )
        return self._reverse(total) if found else None

    def _with_residual(self, total: Expr) -> Expr | None:
        """(U*V' - X)*V - G for (X - U*V')*V + G, but not for a + b."""
        signed: Signed = []
        for positive, part in split_spine(total):
            term = self.assembler.made.get(id(part)) if positive else None
            fresh = self._turn(term, self._residual) if term else None
            if fresh is None:
                signed.append((not positive, part))
            else:
                bare = fresh._replace(coefficient=-fresh.coefficient)
                signed.append((True, self.assembler.term(bare)))
        return self.write(signed) if any(positive for positive, _ in signed) else None

    def _reverse(self, total: Expr) -> Expr:
        """The sum with every sign changed."""
        return self.write([(not positive, expr) for positive, expr in split_spine(total)])

    # where it stands

    def _turn(self, term: Term, reverse: Reverse) -> Term | None:
        for index, (base, exponent) in enumerate(term.scalars):
            fresh = self._inside(base, reverse) if exponent == 1 else None
            if fresh is not None:
                scalars = (*term.scalars[:index], (fresh, exponent), *term.scalars[index + 1 :])
                return term._replace(coefficient=-term.coefficient, scalars=scalars)
        for index, (chain, exponent) in enumerate(term.parts):
            if exponent.denominator != 1 or exponent % 2 == 0:
                continue
            counts = Counter([link.expr for link in chain])
            for place, link in enumerate(chain):
                if counts[link.expr] > 1:
                    continue  # (a - b)*(a - b)' is a square
                fresh = self._inside(link.expr, reverse)
                if fresh is None:
                    continue
                links = (*chain[:place], Link(fresh, *link[1:]), *chain[place + 1 :])
                parts = (*term.parts[:index], (links, exponent), *term.parts[index + 1 :])
                return term._replace(coefficient=-term.coefficient, parts=parts)
        return None

    def _inside(self, expr: Expr, reverse: Reverse) -> Expr | None:
        """b - a for a - b, also in tr(a - b), (a - b).*c, (a - b)./c, sin(a - b)."""
        if expr.op in ("+", "-"):
            return reverse(expr)
        places = SIGN_PLACES.get(expr.op, ())
        if len(places) > 1 and self._sums(expr.args[0]) & self._sums(expr.args[1]):
            return None  # (a - b)'*(a - b) is a square
        for index in places:
            fresh = self._inside(expr.args[index], reverse)
            if fresh is not None:
                args = (*expr.args[:index], fresh, *expr.args[index + 1 :])
                return self.factory.make(expr.op, args, expr.shape, expr.value, row=expr.row)
        return None

    def _sums(self, expr: Expr) -> frozenset[Expr]:
        """The sums that are factors, found once for each part of a chain."""
        return fold(expr, lambda node: () if node in self.sums else _factors(node), self._add_sums)

    def _add_sums(self, expr: Expr, inside: list[frozenset[Expr]]) -> frozenset[Expr]:
        if expr not in self.sums:
            own = (expr,) if expr.op in ("+", "-") else ()
            self.sums[expr] = frozenset(own).union(*inside)
        return self.sums[expr]


def _factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if expr.op in (".*", "*", "'") else ()


def split_spine(node: Expr) -> Signed:
    """The terms of a sum with their signs, the last one first; sums in brackets are terms."""
    signs: Signed = []
    while node.op in ("+", "-"):
        signs.append((node.op == "+", node.args[1]))
        node = node.args[0]
    return [*signs, (node.op != "neg", node if node.op != "neg" else node.args[0])]


def is_name(expr: Expr) -> bool:
    """Whether this is a variable or its transpose."""
    return drop_transpose(expr).op == "variable"


def turn_names(tree: Expr, names: Container[str]) -> tuple[Expr, set[str]]:
    """The tree with those of these matrices transposed that are so wherever they stand, and which
    these are.
    """
    straight, turned = set[str](), set[str]()
    for node in tree.parts:
        found = straight if node.op != "'" else turned
        found.update(
            [
                arg.value
                for arg in node.args
                if arg.op == "variable" and arg.value in names and arg.rank == 2
            ]
        )
    turned -= straight
    if not turned:
        return tree, turned

    def rule(node: Expr, args: list[Expr]) -> Expr:
        (arg,) = args if node.op == "'" else (None,)
        if arg is None or arg.op != "variable" or arg.value not in turned:
            return node.with_args(args)
        return variable(arg.value, node.shape)

    return tree.fold(rule), turned
