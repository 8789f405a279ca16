"""The differential of a typed tree, term by term, as the catalogue and the product rule give it.

Nothing is simplified here: what comes out is the line that a mathematician writes first. The
engine's networks serve where a tree has no such form (functions of each row, index notation).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from matcalc.core.operations import ALONG, ENTRYWISE, NUMBERED, OPERATIONS, SYLVESTER
from matcalc.core.tree import APPLY, Expr, is_number, operation
from matcalc.engine.catalogue.compiled import Catalogue, Rule
from matcalc.engine.lowering.index_rules import RULES as BY_INDICES
from matcalc.engine.lowering.multilinear import RULES as BY_SHAPES
from matcalc.explain import citations as because
from matcalc.explain.citations import cite
from matcalc.explain.derivation import Reason
from matcalc.explain.indexed import of_entries
from matcalc.explain.instances import CannotShow, Trees, acts_on_entries
from matcalc.explain.norms import find_needed_parts, find_stated_rule, moving_args

_MOST_TERMS = 8  # of a differential that is written out; longer ones stay in brackets
_MOST_FACTORS = 8  # a higher power of a matrix is a function of it

Fallback = Callable[[Expr, Sequence[bool], Sequence[Expr]], Expr]


class Differentials:
    """Differentials over one table of trees; ``reasons`` collects what they rest on."""

    def __init__(
        self, trees: Trees, moving: Mapping[str, Expr], fallback: Fallback, own: Expr | None = None
    ) -> None:
        self.trees = trees
        self.moving = moving  # the differentials of the names that move
        self.fallback = fallback
        self.own = own  # the name of the whole
        self.root: Expr | None = None
        self.reasons: list[Reason] = []
        self.elementary: list[Reason] = []

    def of(self, root: Expr) -> Expr:
        """The differential of a tree; zero where nothing moves."""
        return self.trees.sum(self.terms(root), root)

    def terms(self, root: Expr) -> list[Expr]:
        """Its terms, each linear in the differential of one name."""
        known: dict[int, list[Expr]] = {}
        self.root = root
        for expr in find_needed_parts(root):
            if expr.op == "variable":
                known[id(expr)] = [self.moving[expr.value]] if expr.value in self.moving else []
            else:
                parts = [known[id(arg)] for arg in moving_args(expr)]
                known[id(expr)] = self._terms(expr, parts) if any(parts) else []
        return known[id(root)]

    def _terms(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        stated = find_stated_rule(self.trees, expr)
        if stated is not None:
            return self._apply_stated(expr, *stated, parts[0])
        rule = _RULES.get(expr.op)
        terms = rule(self, expr, parts) if rule is not None else self._function(expr, parts)
        terms = [term for term in terms if not _zero(term)]
        if len(terms) > _MOST_TERMS:
            return [self.trees.sum(terms, expr)]
        return terms

    def _apply_stated(self, expr: Expr, rule: Rule, name: str, terms: list[Expr]) -> list[Expr]:
        """Of what the catalogue has a differential of that the engine does not use."""
        self.note(name)
        (parameter,), (arg,) = rule.parameters, moving_args(expr)
        upright = self.trees.upright
        factor, inner = self._multiple(self.trees.sum(terms, arg))
        names = {parameter: upright(arg), f"d{parameter}": upright(inner), "Y": expr}
        made = self.trees.insert(rule, [arg], names)
        return self.split(made if factor is None else self.trees.times(factor, made))

    def _multiple(self, term: Expr) -> tuple[Expr | None, Expr]:
        """A number, and what it is multiplied by; None for 1."""
        factor = self.trees.factory.number(-1) if term.op == "neg" else None
        inner = term.args[0] if term.op == "neg" else term
        if inner.op != "*" or inner.args[0].op != "number":
            return factor, inner
        number, inner = inner.args
        return (number if factor is None else self.trees.factory.number(-number.value)), inner

    def note(self, name: str, words: str = "") -> None:
        """Remembers what was used."""
        reason = cite(name, words, self.trees.known)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def elementarily(self, name: str, words: str = "") -> None:
        """Remembers something that is spelled out only where everything is."""
        reason = cite(name, words, self.trees.known)
        if reason not in self.elementary:
            self.elementary.append(reason)

    def _replace(self, expr: Expr, place: int, term: Expr) -> Expr:
        """The same function with one argument replaced; a sign or a number comes out."""
        factor, inner = self._multiple(term)
        args = (*expr.args[:place], inner, *expr.args[place + 1 :])
        made = self.trees.factory.make(expr.op, args, expr.shape, expr.value, expr.row)
        return made if factor is None else self.trees.times(factor, made)

    def _linear(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """The product rule of what is linear in each of its arguments."""
        if sum(map(bool, parts)) > 1:
            self.note(*because.PRODUCTS.get(expr.op, because.PRODUCT))
        return [
            self._replace(expr, place, term) for place, terms in enumerate(parts) for term in terms
        ]

    def _entries(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """Of what is written with indices; the engine's where something over indices has none."""
        used: list[str] = []
        try:
            own = self.own if expr is self.root else None
            found = of_entries(self.trees, expr, parts, self._terms, used, own)
        except CannotShow:
            for node in expr.value.body.parts:
                if node.op == "reduce":  # amax is the largest of all entries, prod their product
                    names = (f"d-a{node.value.name}", f"d-{node.value.name}")
                    for name in [each for each in names if self.trees.known.get(each)][:1]:
                        self.note(name)
            return self._function(expr, parts)
        for name in used:
            self.note(name)
        return [found]

    def _differentials_of_call(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """Of a function that is only declared."""
        self.note(*because.CHAIN)
        return self._function(expr, parts)

    def _function(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        if is_multilinear(expr.op):
            stated = self.trees.known.differential(expr.op)
            if stated is not None:
                self.elementarily(f"d-{expr.op}")
            return self._linear(expr, parts)
        rule, name = _find_stated(self.trees.known, expr)
        if rule is not None:
            try:
                terms = [
                    term
                    for place, each in enumerate(parts)
                    for term in self._by_rule(expr, rule, place, each)
                ]
                self.note(name)
                return terms
            except CannotShow:
                pass
        inner = [self.trees.sum(each, arg) for each, arg in zip(parts, expr.args, strict=True)]
        if rule is not None:
            self.note(name)
        return [self.fallback(expr, [bool(each) for each in parts], inner)]

    def _by_rule(self, expr: Expr, rule: Rule, place: int, terms: list[Expr]) -> list[Expr]:
        found: list[Expr] = []
        # what is not entry by entry is said about columns: Y*(Y'*dx) of rows is not a vector
        rows = not acts_on_entries(rule.body) and any(arg.row for arg in expr.args)
        stand = self.trees.upright if rows else lambda each: each
        for term in terms:
            names = {"Y": stand(expr)}
            for other, (parameter, arg) in enumerate(zip(rule.parameters, expr.args, strict=False)):
                names[parameter] = stand(arg)
                moves = stand(term) if other == place else self.trees.zero(stand(arg))
                names[f"d{parameter}"] = moves
            made = self.trees.insert(rule, expr.args, names)
            pieces = self.split(made if rows else self.trees.fill(made, expr))
            across = rows and expr.row and made.rank == 1 and not made.row
            found += [self._as_row(piece) for piece in pieces] if across else pieces
        return found

    def _as_row(self, term: Expr) -> Expr:
        """A term as a row; its sign stays in front."""
        factory = self.trees.factory
        if term.op == "neg":
            return factory.negative(factory.transpose(term.args[0]))
        return factory.transpose(term)

    def split(self, expr: Expr) -> list[Expr]:
        """The terms of a sum."""
        terms: list[Expr] = []
        todo = [(expr, False)]
        while todo:
            part, negative = todo.pop()
            if part.op in ("+", "-") and part.args[0].shape == part.args[1].shape:
                todo.append((part.args[1], negative ^ (part.op == "-")))
                todo.append((part.args[0], negative))
            elif part.op == "neg":
                todo.append((part.args[0], not negative))
            else:
                terms.append(self.trees.factory.negative(part) if negative else part)
        return terms

    # operators

    def _sum(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        if all(parts):
            self.elementarily(*because.SUM)
        left = [self.trees.fill(term, expr) for term in parts[0]]
        right = [self.trees.fill(term, expr) for term in parts[1]]
        return left + ([self.trees.factory.negative(t) for t in right] if expr.op == "-" else right)

    def _negative(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        return [self.trees.factory.negative(term) for term in parts[0]]

    def _product(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        if all(parts):
            self.note(*because.PRODUCTS[expr.op])
        elif not all(arg.shape for arg in expr.args):
            self.elementarily(*because.MULTIPLE)
        left, right = expr.args
        if expr.op == "*":
            return [
                *(self.trees.times(term, right) for term in parts[0]),
                *(self.trees.times(left, term) for term in parts[1]),
            ]
        if left is right:  # a square
            two = self.trees.factory.number(2)
            return [
                self.trees.times(two, self.trees.entrywise(".*", left, term)) for term in parts[0]
            ]
        return [
            *(self.trees.entrywise(".*", term, right) for term in parts[0]),
            *(self.trees.entrywise(".*", left, term) for term in parts[1]),
        ]

    def _quotient(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        trees, (top, bottom) = self.trees, expr.args
        if parts[1]:
            self.note(*because.QUOTIENT)
        elif expr.op == "/":
            self.elementarily(*because.MULTIPLE)
        terms = [trees.divide(trees.fill(term, expr), bottom) for term in parts[0]]
        square = trees.entrywise(".^", bottom, trees.factory.number(2))
        for term in parts[1]:
            over = trees.times(top, term) if expr.op == "/" else trees.entrywise(".*", top, term)
            terms.append(trees.factory.negative(trees.entrywise("./", over, square)))
        return terms

    def _power(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        base, exponent = expr.args
        if expr.op == "^" and base.rank == 2:
            return self._matrix_power(expr, parts)
        if exponent.op == "/" and is_number(exponent.args[0], 1) and is_number(exponent.args[1], 2):
            return self._root(expr, parts)
        trees = self.trees
        terms: list[Expr] = []
        self.note(*(because.EXPONENT if parts[1] else because.POWER))
        for term in parts[0]:
            lower = trees.entrywise(".^", base, self._less_one(exponent))
            factor = trees.entrywise(".*", exponent, lower)
            terms.append(trees.entrywise(".*", factor, trees.fill(term, expr)))
        for term in parts[1]:
            logarithm = trees.factory.make("log", (base,), base.shape, row=base.row)
            terms.append(trees.entrywise(".*", trees.entrywise(".*", logarithm, expr), term))
        return terms

    def _less_one(self, exponent: Expr) -> Expr:
        parts = [arg.value for arg in exponent.args if arg.op == "number"]
        if exponent.op == "/" and len(parts) == len(exponent.args):
            return self.trees.factory.number(parts[0] / parts[1] - 1)
        if exponent.op == "number":
            return self.trees.factory.number(exponent.value - 1)
        return self.trees.factory.binary("-", exponent, self.trees.factory.number(1))

    def _matrix_power(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """d X^3 = dX*X^2 + X*dX*X + X^2*dX."""
        exponent = expr.args[1]
        count = exponent.value if exponent.op == "number" else None
        if count is None or count.denominator != 1 or not 0 < count <= _MOST_FACTORS:
            inner = [self.trees.sum(each, arg) for each, arg in zip(parts, expr.args, strict=True)]
            self.note("d-power")
            return [self.fallback(expr, [bool(each) for each in parts], inner)]
        self.note(*because.PRODUCT)
        terms = []
        for place, term in product(range(int(count)), parts[0]):
            before, behind = self._to_the(expr, place), self._to_the(expr, int(count) - 1 - place)
            front = term if before is None else self.trees.times(before, term)
            terms.append(front if behind is None else self.trees.times(front, behind))
        return terms

    def _to_the(self, expr: Expr, count: int) -> Expr | None:
        if count == 0:
            return None
        if count == 1:
            return expr.args[0]
        factory = self.trees.factory
        return factory.make("^", (expr.args[0], factory.number(count)), expr.shape)

    def _root(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        trees = self.trees
        self.note(*because.POWER)
        twice = trees.times(trees.factory.number(2), expr)
        return [trees.entrywise("./", term, twice) for term in parts[0]]

    def _transpose(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        self.elementarily(*because.TRANSPOSE)
        return [self._as_row(term) for term in parts[0]]

    def _spread(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """Of a scalar in every entry, and of a part of an array."""
        return [self._replace(expr, 0, term) for term in parts[0]]

    def _blocks(self, expr: Expr, parts: list[list[Expr]]) -> list[Expr]:
        """The differentials in their blocks, zeros in the others."""
        cells = [self.trees.sum(terms, arg) for terms, arg in zip(parts, expr.args, strict=True)]
        make = self.trees.factory.make
        return [make(expr.op, tuple(cells), expr.shape, expr.value, expr.row)]


_Rule = Callable[[Differentials, Expr, list[list[Expr]]], list[Expr]]
_RULES: dict[str, _Rule] = {
    "+": Differentials._sum,
    "-": Differentials._sum,
    "neg": Differentials._negative,
    "*": Differentials._product,
    ".*": Differentials._product,
    "/": Differentials._quotient,
    "./": Differentials._quotient,
    "^": Differentials._power,
    ".^": Differentials._power,
    "sqrt": Differentials._root,
    "'": Differentials._transpose,
    "fill": Differentials._spread,
    "slice": Differentials._spread,
    "blocks": Differentials._blocks,
    "indexed": Differentials._entries,
    APPLY: Differentials._differentials_of_call,
}


def _zero(expr: Expr) -> bool:
    inner = expr.args[0] if expr.op in ("fill", "neg") else expr
    return is_number(inner, 0)


def is_multilinear(op: str) -> bool:
    """Whether a function is index arithmetic, linear in each of its arguments."""
    by_indices = op in BY_INDICES and op != SYLVESTER and not op.startswith("frechet_")
    return (by_indices or op in BY_SHAPES) and op in OPERATIONS and op not in ENTRYWISE


def _find_stated(known: Catalogue, expr: Expr) -> tuple[Rule | None, str]:
    """The differential that the catalogue states of a call, and the name of the entry."""
    if expr.op in ALONG and len(expr.args) == 2:
        if is_number(expr.args[1], 2):
            return known.differential(expr.op, "-rows"), _entry(known, expr.op, "-rows")
        return None, ""
    variant = "-matrix" if expr.args and expr.args[0].rank == 2 else ""
    name = operation(expr)
    rule = known.differential(name, variant)
    if rule is not None and name in NUMBERED and len(expr.args) == 2:
        rule = rule.of_number(expr.args[1])
    return rule, _entry(known, name, variant)


def _entry(known: Catalogue, function: str, variant: str) -> str:
    """The name of the entry that ``differential`` takes."""
    name = f"d-{function}{variant}"
    return name if known.get(name) is not None else f"d-{function}"
