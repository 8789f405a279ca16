"""The series of elementary functions by name: the general term, proved against Taylor polynomials.

``factorial(k)``, ``binomial(a, k)`` and k are not names of the language, and no sum there is
infinite. So the terms are proved one by one, as they are printed: with a number for k.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import factorial

from matcalc.answers.common.points import ExpansionPoint, point_of
from matcalc.answers.expansions.series_terms import (
    BELOW_ONE,
    ENTIRE,
    EVERYWHERE,
    OF_MATRICES,
    OF_ONE_MORE,
    POWERS,
    ROWS,
    Core,
    SeriesPart,
    atom,
    format_tree,
)
from matcalc.answers.expansions.taylor import TaylorPolynomial, put
from matcalc.claims.equality import require_equal
from matcalc.core.boundary import public
from matcalc.core.directions import direction_of
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr, fill, is_number, is_zero, number, variable_names
from matcalc.engine.directional import derive_steps
from matcalc.engine.inner import expand
from matcalc.engine.pipeline import simplify
from matcalc.read.frontend import read
from matcalc.results import Expression
from matcalc.write.printers.text import text

PROVED_ORDER, PROVED_OF_MATRICES = 6, 3
_STEP = "?t"  # no name in the language
_SHOWN = 3  # terms at least, of what a series begins with
_MOST_DEGREE = 6  # of D, in what moves
_NAMED = re.compile(r"(factorial|binomial)\(((?:[^()]|\([^()]*\))*)\)")


class Series:
    """A series: ``constant`` and sums over k, the polynomial that it begins with, where it
    converges, and how its terms were proved.
    """

    def __init__(
        self,
        constants: Sequence[str],
        parts: Sequence[SeriesPart],
        begins: TaylorPolynomial,
        converges: str,
        proof: str,
    ) -> None:
        self.constants, self.parts = tuple(constants), tuple(parts)
        self.polynomial, self.converges, self.proof = begins, converges, proof

    def __str__(self) -> str:
        pieces = [*self.constants]
        for part in self.parts:
            over = f"{part.first}, ..., {part.last}"
            if part.last is None:
                over = f"{part.first}, {part.first + 1}, ..."
            pieces.append(f"the sum of {part.term} over k = {over}")
        return " + ".join(pieces).replace(" + -", " - ")

    def __repr__(self) -> str:
        return f"<matcalc.Series {self}>"

    @public
    def report(self) -> str:
        """The series with its first terms, where it converges and the proof, a line each."""
        return "\n".join(
            [
                str(self),
                f"  begins      {self.polynomial}",
                f"  converges   {self.converges}",
                f"  proved      {self.proof}",
            ]
        )


@public
def series(
    expression: str | Expression,
    wrt: str,
    at: object = None,
    order: int = 3,
    *,
    variables: Mapping[str, str | Variable] | None = None,
    latex: bool = False,
) -> Series:
    """The series of an elementary function, or of a sum of multiples of such, at a point.

    Raises UnsupportedError where no general term is known.

    Shapes: the expression and its variable are scalars, or the series is in powers of a matrix.
    Arguments: ``expression`` is a text or an ``Expression``; ``wrt`` is its variable, ``at`` the
    point, ``order`` how many terms are shown; ``variables`` and ``latex`` are as for ``taylor``.
    Raises: UnsupportedError as described above, UnknownNameError for another variable.
    """
    if isinstance(expression, str) and latex:
        # most are not in LaTeX
        from matcalc.read.tex.read import read_latex  # noqa: PLC0415

        expression = Expression(read_latex(expression, variables or {}, expand=expand, asks=False))
    elif isinstance(expression, str):
        expression = Expression(read(expression, variables or {}, expand=expand))
    program = expression._program
    require_variable(program, wrt)
    program, point = point_of(program, wrt, at)
    bare = program._replace(definitions={})
    finder = _Finder(bare, wrt, point)
    for tree in (program.expr, simplify(bare)):
        try:
            finder.read(tree)
            break
        except UnsupportedError as problem:
            refused = problem
            finder = _Finder(bare, wrt, point)
    else:
        raise refused
    most = PROVED_OF_MATRICES if len(program.variables[wrt].shape) == 2 else PROVED_ORDER
    whole = TaylorPolynomial(expression, [wrt], [at], max(order, most))
    shown = max(order, *whole.powers[:_SHOWN], 1)
    begins = whole if shown == whole.order else TaylorPolynomial(expression, [wrt], [at], shown)
    proof = _prove(bare, finder, whole)
    return Series(finder.constants, finder.parts, begins, finder.where, proof)


class _Finder:
    """The sums that an expression is made of."""

    def __init__(self, program: Program, wrt: str, point: ExpansionPoint) -> None:
        self.program, self.wrt, self.point = program, wrt, point
        self.constants: list[str] = []
        self.parts: list[SeriesPart] = []
        self.converges: list[str] = []
        self._moving = program.declare(direction_of(program.variables[wrt], _STEP))

    @property
    def where(self) -> str:
        """Where all of the sums converge."""
        narrow = [each for each in dict.fromkeys(self.converges) if each != EVERYWHERE]
        return " and ".join(narrow) or EVERYWHERE

    def read(self, tree: Expr) -> None:
        """Takes the terms of a sum one by one."""
        stack = [(tree, False)]
        while stack:
            term, minus = stack.pop()
            if term.op == "neg":
                stack.append((term.args[0], not minus))
            elif term.op in ("+", "-"):
                stack.append((term.args[1], minus != (term.op == "-")))
                stack.append((term.args[0], minus))
            elif self.wrt not in variable_names(term):
                self.constants.append(text(Expr("neg", (term,), term.shape) if minus else term))
            else:
                self._term(term, minus)

    def _term(self, term: Expr, minus: bool) -> None:
        """A multiple of a function, by numbers and by a power of what moves."""
        factors, core = [number(-1)] if minus else [], None
        shift = 0
        stack = [(term, False)]
        while stack:
            node, below = stack.pop()
            if node.op == "fill" and self.wrt not in variable_names(node):
                node = node.args[0]
            if self.wrt not in variable_names(node) and not node.shape:
                factors.append(Expr("/", (number(1), node)) if below else node)
            elif node.op == "neg":
                factors.append(number(-1))
                stack.append((node.args[0], below))
            elif node.op in ("*", "/", ".*", "./") and not (below and node.shape):
                stack += [(node.args[0], below), (node.args[1], below != (node.op in ("/", "./")))]
            elif not below and (degree := self._monomial(node)) is not None:
                shift += degree
            elif core is None:
                core = (node, below)
            else:
                raise self._refusal(term)
        if core is not None and shift and core[0].shape:
            raise self._refusal(term)
        scale = number(1)
        for factor in factors:
            scale = Expr("*", (scale, factor))
        coefficient = format_tree(simplify(self.program._replace(expr=scale)))
        if core is None:  # a power of x alone, at zero
            self.constants.append(text(Expr("neg", (term,), term.shape) if minus else term))
            return
        for part in self._sums(*core):
            self._add(part, coefficient, shift)

    def _add(self, part: SeriesPart, coefficient: str, shift: int) -> None:
        """A sum with what it is multiplied by; its first term where it starts at k = 1."""
        term, x = part.term, text(self.point.moved)
        if shift:
            power = f"{atom(x)}^{shift}" if shift > 1 else atom(x)
            signed = re.match(r"\(-1\)\^(k|\(k \+ 1\))\*|-|", term)
            if signed is not None:
                term = f"{signed[0]}{power}*{term[signed.end() :]}"
        if coefficient == "-1":
            signs = {"(-1)^k": "(-1)^(k + 1)", "(-1)^(k + 1)": "(-1)^k"}
            sign, _, rest = term.partition("*")
            if sign in signs:
                term = f"{signs[sign]}*{rest}"
            else:
                term = term[1:] if term.startswith("-") else f"-{term}"
        elif coefficient != "1":
            factor = coefficient if re.fullmatch(r"[\w.]+", coefficient) else f"({coefficient})"
            term = f"{factor}*({term})" if term.startswith("-") else f"{factor}*{term}"
        self.parts.append(replace(part, term=term, shift=part.shift + shift))

    def _monomial(self, node: Expr) -> int | None:
        """The power of what moves, of x and of x^p at zero."""
        if node.shape or not self._at_zero():
            return None
        if node.op == "variable":
            return 1
        if node.op == "^" and node.args[0].op == "variable" and is_number(node.args[1]):
            power = node.args[1].value
            return int(power) if power.denominator == 1 and power > 0 else None
        return None

    def _at_zero(self) -> bool:
        return self.point.fixed and is_zero(self.point.tree)

    def _sums(self, node: Expr, below: bool) -> list[SeriesPart]:
        """The sums of one function; ``below``: of its reciprocal."""
        name, inside = node.op, node.args[0] if node.args else node
        exponent: Expr | None = None
        if name in ("^", ".^") and self.wrt not in variable_names(node.args[1]):
            exponent = Expr("neg", (node.args[1],)) if below else node.args[1]
            name = "power"
        elif name in POWERS:
            name, exponent = "power", number(-POWERS[name] if below else POWERS[name])
        elif name in OF_ONE_MORE:
            one = fill(number(1), node.shape) if node.shape else number(1)
            name, inside = OF_ONE_MORE[name], Expr("+", (one, inside), node.shape)
        elif below or name in ("variable", "+", "-"):
            name, inside = "reciprocal" if below else "power", node
            exponent = None if below else number(1)
        if name in OF_MATRICES and inside.rank == 2:
            return self._of_matrix(name, inside)
        if name not in ROWS or inside.rank != node.rank or (below and node.op in ROWS):
            raise self._refusal(node)
        core, degree = self._core(inside, ".") if inside.shape else self._core(inside, "")
        if exponent is not None:
            exponent = simplify(self.program._replace(expr=exponent))
            if is_number(exponent, -1):
                name = "reciprocal"
            natural = is_number(exponent) and exponent.value.denominator == 1 and exponent.value > 0
            count = int(exponent.value) if natural else None
            core = replace(core, exponent=format_tree(exponent), count=count)
        template, where = ROWS[name]
        if where == BELOW_ONE and (core.at_zero or not core.quotient):
            raise self._refusal(node)
        if core.count is not None:
            where = EVERYWHERE
        self.converges.append(where.format(quotient=core.quotient, moved=core.moved))
        found = template(core)
        if name == "log" and not core.at_one:
            self.constants.append(f"log({core.at})")
        return [replace(p, step=p.step * degree, shift=p.shift * degree) for p in found]

    def _of_matrix(self, name: str, inside: Expr) -> list[SeriesPart]:
        core, _ = self._core(inside, "")
        found = OF_MATRICES[name](core)
        if not found:
            raise self._refusal(Expr(name, (inside,), inside.shape))
        if name == "logdet" and not core.at_one:
            self.constants.append(f"logdet({core.at})")
        self.converges.append(
            EVERYWHERE
            if name in ENTIRE
            else f"where the spectral radius of {core.quotient} is below 1"
        )
        return found

    def _core(self, inside: Expr, dot: str) -> tuple[Core, int]:
        """The argument as B + D, and the power of what moves in D."""
        start = simplify(self.program._replace(expr=put(inside, {self.wrt: self.point.tree})))
        change, degree = self._change(inside)
        change = simplify(self._moving._replace(expr=change))
        shown, negative = self._sign(change)
        quotient, falls = self._sign(self._ratio(start, change))
        filled = start.args[0] if start.op == "fill" else start
        one = is_number(filled, 1) or start.op == "eye"
        core = Core(format_tree(filled), is_zero(start), one, shown, negative, quotient, falls, dot)
        return core, degree

    def _ratio(self, start: Expr, moved: Expr) -> Expr | None:
        """D/B, of matrices inv(B)*D; none where B is zero."""
        if is_zero(start):
            return None
        if start.rank == 2:
            whole = Expr("*", (Expr("inv", (start,), start.shape), moved), moved.shape)
        else:
            whole = Expr("./" if moved.shape else "/", (moved, start), moved.shape)
        return simplify(self._moving._replace(expr=whole))

    def _sign(self, tree: Expr | None) -> tuple[str, bool]:
        """The text of a tree without a minus in front."""
        if tree is None:
            return "", False
        negative = True
        if tree.op == "neg":
            tree = tree.args[0]
        elif tree.op in ("*", "/", "./") and tree.args[0].op == "neg":
            tree = Expr(tree.op, (tree.args[0].args[0], tree.args[1]), tree.shape)
        elif tree.op == "*" and is_number(tree.args[0]) and tree.args[0].value < 0:
            tree = Expr("*", (number(-tree.args[0].value), tree.args[1]), tree.shape)
        else:
            negative = False
        return text(put(tree, {_STEP: self.point.moved})), negative

    def _change(self, inside: Expr) -> tuple[Expr, int]:
        """What moves of an argument, as a monomial in the displacement ``?t``, and its degree."""
        known = self.program.variables[self.wrt]
        moving = self._moving._replace(expr=inside)
        highest = _MOST_DEGREE if not known.shape else 1
        trees = derive_steps(moving, [{self.wrt: _STEP}] * (highest + 1))
        degree = next((k for k, tree in enumerate(trees) if is_zero(tree)), None)
        if not degree:
            raise self._refusal(inside)
        for tree in trees[: degree - 1]:
            if not is_zero(simplify(moving._replace(expr=put(tree, {self.wrt: self.point.tree})))):
                raise self._refusal(inside)
        change = trees[degree - 1]
        if self.wrt in variable_names(change):
            raise self._refusal(inside)
        if degree > 1:
            change = Expr("/", (change, number(factorial(degree))), change.shape)
        return change, degree

    def _refusal(self, tree: Expr) -> UnsupportedError:
        known = ", ".join([*ROWS, *OF_MATRICES][:8])
        return UnsupportedError(
            f"no general term is known for {text(tree)} at {self.wrt} = {self.point.said}",
            hint=f"series are known for multiples of {known} and similar functions, with an "
            "affine argument; matcalc taylor without --series gives the terms one by one",
        )


def _prove(program: Program, finder: _Finder, whole: TaylorPolynomial) -> str:
    """How it is proved that the terms are those of the Taylor polynomial."""
    pieces = [f"({each})" for each in finder.constants]
    for part in finder.parts:
        most = whole.order if part.last is None else min(part.last, whole.order)
        pieces += [
            f"({_with_number(part.term, k)})"
            for k in range(part.first, most + 1)
            if part.step * k + part.shift <= whole.order
        ]
    shape = whole._tree.shape
    variables = {name: each._replace(declared=True) for name, each in program.variables.items()}
    found = read(" + ".join(pieces) or "0", variables, language=program.language).expr
    if found.shape != shape and not found.shape:
        found = fill(found, shape)
    otherwise = (
        f"the series that it found is not that of the Taylor polynomial of order {whole.order}"
    )
    how = require_equal(whole._program, found, whole._tree, otherwise)
    return f"the terms up to order {whole.order} are those of the Taylor polynomial, {how}"


def _with_number(term: str, k: int) -> str:
    """A general term with a number for k, in the language."""
    given = re.sub(r"\bk\b", f"({k})", term)

    def value(found: re.Match[str]) -> str:
        if found[1] == "factorial":
            return str(factorial(_whole(found[2])))
        upper, lower = found[2].rsplit(",", 1)
        count = _whole(lower)
        product = "*".join(f"({upper.strip()} - {j})" for j in range(count)) or "1"
        return f"({product}/{factorial(count)})"

    return _NAMED.sub(value, given)


def _whole(source: str) -> int:
    """The value of sums and products of integers."""
    tree = simplify(read(source))
    return int(tree.value)
