"""Products as chains of factors, and the cheapest order to multiply them out.

A chain is cut wherever a column meets a row (there it is an outer product of two shorter chains). A
part with a vector at an end is evaluated from that vector on: every factor is then touched once,
which no other order can beat. A part that consists of matrices alone is associated by dynamic
programming over nominal sizes. ``diag(v)`` scales rows or columns and ``inv(X)`` solves, as long as
there is something beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from matcalc.core.dims import Shape
from matcalc.write.printers.numpy_apply import apply_factor, diagonal_of, is_slim, spread
from matcalc.write.printers.numpy_cofactors import put_cofactors
from matcalc.write.printers.numpy_cost import choose
from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, is_ones
from matcalc.write.printers.numpy_norms import halves
from matcalc.write.printers.numpy_order import PLANNED, certain, cut, splits
from matcalc.write.printers.numpy_places import is_placed
from matcalc.write.printers.numpy_products import (
    COLUMN,
    DIAGONAL,
    INVERSE,
    MATRIX,
    ROW,
    SUMS,
    CodeFactor,
    CodeProduct,
    is_mirrored,
    is_product,
    join_kept,
    parts_of,
    square_of_triangle,
    sums_of,
    unfold,
    with_scalars,
    without_scalars,
)
from matcalc.write.printers.numpy_properties import nonnegative, root_of

# how many times as much work the whole must be before its terms are multiplied one by one: where a
# sum is small beside its terms, that loses a digit (decision 0024)
_SAVING = Fraction(3, 2)
_FEW = 3  # matrices: the two orders are compared
_SPREAD = 4  # terms of a sum that may be multiplied one by one
_ROTATED = 8  # longer traces are not searched for the best place to cut


class Chains:
    """Multiplies chains out."""

    def __init__(self, builder: CodeBuilder, kept: frozenset[CodeNode] = frozenset()) -> None:
        self.builder = builder
        self.kept = kept  # matrices that are computed anyway
        self.shared: set[CodeNode] = set()  # what several parts of the program are made of
        self.nested = False  # inside a product that is tried term by term

    def array(self, product: CodeProduct) -> CodeNode:
        """The value of a product: coefficient and chain."""
        if product.array is None:
            put_cofactors(self.builder, product)
            scalars, value = self.core(list(product.factors), product.shape)
            product.array = self._scale(product, scalars, value)
        return product.array

    def core(
        self, factors: list[CodeFactor], shape: Shape
    ) -> tuple[list[CodeNode], CodeNode | None]:
        """The scalar factors that a chain contains, and the rest (None for a scalar)."""
        if len(shape) == 0 and not factors:
            return [], None
        if len(shape) > 2:
            return [], factors[0].node
        scalars: list[CodeNode] = []
        ends: list[CodeNode] = []
        for part in parts_of(factors):
            if part and part[0].kind == ROW and part[-1].kind == COLUMN:
                scalars.append(
                    self.builder.dot(part[0].node, self._apply_all(part[1:-1], part[-1].node))
                )
            elif part and part[-1].kind == COLUMN:
                ends.append(self._apply_all(part[:-1], part[-1].node))
            elif part and part[0].kind == ROW:
                ends.append(
                    self._apply_all(
                        [factor.transpose() for factor in reversed(part[1:])], part[0].node
                    )
                )
            else:
                ends.append(self.matrix(part, shape))
        if len(ends) == 2:
            return scalars, self.builder.outer(*ends)
        return scalars, ends[0] if ends else None

    def _scale(
        self, product: CodeProduct, scalars: list[CodeNode], value: CodeNode | None
    ) -> CodeNode:
        """number * top / bottom * value: the coefficient first, so that an array is scaled once."""
        build = self.builder
        top = product.top + scalars
        bare = not top and value is None
        if abs(product.number) != 1 or bare:
            top.insert(0, build.number(product.number))
        if value is not None and value.calls(OUTER) and product.scaled:
            # u*w' is scaled where it is a vector
            u, w = value.args
            if is_ones(u):
                return build.outer(u, self._scale(replace(product, shape=w.shape), scalars, w))
            bottom, other = halves(product.bottom)
            column = CodeProduct(u.shape, product.number, product.top, bottom)
            row = self._scale(CodeProduct(w.shape, bottom=other), [], w)
            return build.outer(self._scale(column, scalars, u), row)
        if value is not None and value.calls("np.diag") and product.scaled:
            (weights,) = value.args
            column = CodeProduct(weights.shape, product.number, product.top, product.bottom)
            return build.call("np.diag", self._scale(column, scalars, weights), shape=value.shape)
        coefficient = reduce(build.times, top) if top else None
        bottom = product.bottom
        if coefficient is not None and value is not None:
            bottom, other = halves(bottom)
            for divisor in other:
                value = build.infix("/", value, divisor, value.shape)
        result = coefficient if coefficient is not None else value
        assert result is not None
        for divisor in bottom:
            result = build.infix("/", result, divisor, result.shape)
        if coefficient is not None and value is not None:
            result = build.times(result, value)
        return build.negative(result) if product.number == -1 and not bare else result

    def single(self, factor: CodeFactor) -> CodeNode:
        """One factor as an array of its own."""
        if factor.kind == DIAGONAL:
            return self.builder.call("np.diag", factor.node, shape=factor.node.shape * 2)
        if factor.kind == SUMS:
            ones = self.builder.fill("np.ones", factor.node.shape * 2)
            name = "np.triu" if factor.flipped else "np.tril"
            return self.builder.call(name, ones, shape=ones.shape)
        if factor.kind == INVERSE:
            node = self.builder.inverse(factor.node)
            return self.builder.transpose(node) if factor.flipped else node
        return self._orient(factor)

    def _orient(self, factor: CodeFactor) -> CodeNode:
        return self.builder.transpose(factor.node) if factor.flipped else factor.node

    def _apply_all(self, factors: Sequence[CodeFactor], vector: CodeNode) -> CodeNode:
        """Matrix factors times a column, from the right."""
        for factor in reversed(factors):
            vector = self._apply(factor, vector)
        return vector

    def _apply(self, factor: CodeFactor, vector: CodeNode) -> CodeNode:
        return apply_factor(self.builder, factor, vector, self.kept)

    def matrix(self, factors: Sequence[CodeFactor], shape: Shape) -> CodeNode:
        """A chain without vectors."""
        if not factors:
            return self.builder.fill("np.eye", shape)
        merged = self._merge(factors)
        factors = join_kept(self.builder, list(merged), self.kept)
        apart = self._distribute(factors)
        if apart is not None:
            return apart
        terms = self._term_by_term(factors)
        outside, self.nested = self.nested, self.nested or terms is not None
        whole = self._gram(merged) or self._multiply(factors)
        self.nested = outside
        return whole if terms is None else choose(self.builder, terms, whole, _SAVING)

    def _multiply(self, factors: Sequence[CodeFactor]) -> CodeNode:
        """The factors as they are, in the order that costs least."""
        if len(factors) > PLANNED:
            result = factors[0]
            for factor in factors[1:]:
                result = self._combine(result, factor)
            return self.single(result)
        matrices = [factor.kind == MATRIX for factor in factors]
        placed = sum(factor.kind == MATRIX and is_placed(factor.node) for factor in factors)
        others = [factor for factor in factors if factor.kind != DIAGONAL]
        full = all(factor.kind in (MATRIX, INVERSE) for factor in others)
        if len(others) == _FEW and full and placed < 2:
            left = reduce(self._combine, factors).node
            right = reduce(lambda after, each: self._combine(each, after), reversed(factors)).node
            # with a system or scaled rows, what costs the same is planned as in longer chains
            return choose(self.builder, *((left, right) if all(matrices) else (right, left)))
        if len(factors) > _FEW and all(matrices) and not placed and not certain(factors):
            nodes = [self._orient(factor) for factor in factors]
            shape = (factors[0].ends[0], factors[-1].ends[1])
            return self.builder.node("multiplied", None, tuple(nodes), shape)
        return self.single(self._plan(factors, splits(factors)[1], 0, len(factors) - 1))

    def _term_by_term(self, factors: Sequence[CodeFactor]) -> CodeNode | None:
        """L*(A*B + C)*R as L*A*B*R + L*C*R, which is less work where B has few rows; None where no
        factor is a sum with a product in it.
        """
        if len(factors) == 1 or self.nested:
            return None
        for place, factor in enumerate(factors):
            if factor.kind != MATRIX or factor.node in self.kept or factor.node in self.shared:
                continue
            terms = spread(factor.node)
            products = [term for _, term in terms if is_product(without_scalars(term)[1])]
            narrow = place + 1 < len(factors) and factors[-1].ends[1] != factor.ends[1]
            if not products and not (narrow and self._is_nearly_there(terms)):
                continue
            if not 1 < len(terms) <= _SPREAD:
                continue
            if any(term.shape != factor.node.shape for _, term in terms):
                continue
            self.nested = True
            total: CodeNode | None = None
            before, after = factors[:place], factors[place + 1 :]
            for sign, whole in terms:
                scalars, term = without_scalars(whole)
                product = self._beside(before, term, factor.flipped, after)
                product = with_scalars(self.builder, scalars, product)
                total = self._plus(total, sign, product)
            self.nested = False
            return total
        return None

    def _is_nearly_there(self, terms: Sequence[tuple[int, CodeNode]]) -> bool:
        """Whether a sum has one matrix that is there already, and else diagonal ones."""
        full = [term for _, term in terms if diagonal_of(self.builder, term) is None]
        return len(full) == 1 and (full[0].op == "name" or full[0] in self.kept)

    def _beside(
        self,
        before: Sequence[CodeFactor],
        term: CodeNode,
        flipped: bool,
        after: Sequence[CodeFactor],
    ) -> CodeNode:
        """L*A*B*R as (L*A)*(B*R), or as Z'*D*Z where it is one; the order is planned if there is
        more than matrices.
        """
        middle = unfold(self.builder, term, flipped)
        same = self._gram([*before, *middle, *after])
        if same is not None:
            return same
        if len(middle) < 2 or any(factor.kind != MATRIX for factor in middle):
            return self.matrix([*before, *middle, *after], ())
        left = self.matrix([*before, *middle[:-1]], ())
        right = self.matrix([middle[-1], *after], ())
        return self.builder.infix("@", left, right, (left.shape[0], right.shape[1]))

    def _merge(self, factors: Sequence[CodeFactor]) -> list[CodeFactor]:
        """Neighbouring diagonals as one."""
        result: list[CodeFactor] = []
        for factor in factors:
            if result and result[-1].kind == factor.kind == DIAGONAL:
                result.append(
                    CodeFactor(DIAGONAL, self.builder.times(result.pop().node, factor.node))
                )
            else:
                result.append(factor)
        return result

    def _distribute(self, factors: Sequence[CodeFactor]) -> CodeNode | None:
        """L*(D - u*w')*R as L*D*R - (L*u)*(R'*w)': the dyads of a sum are multiplied as vectors;
        None where no factor is a sum with a dyad.
        """
        if len(factors) == 1:
            return None
        for place, factor in enumerate(factors):
            if factor.kind != MATRIX or (factor.node in self.kept and not is_slim(factor.node)):
                continue
            terms, scale = self._spread(factor.node)
            dyads = [(sign, term) for sign, term in terms if term.calls(OUTER)]
            if not dyads:
                continue
            left, right = factors[:place], factors[place + 1 :]
            total: CodeNode | None = None
            for sign, middle in self._join(terms, factor.flipped):
                total = self._plus(total, sign, self.matrix([*left, *middle, *right], ()))
            turned = [each.transpose() for each in reversed(right)]
            for sign, dyad in dyads:
                u, w = dyad.args if not factor.flipped else dyad.args[::-1]
                column, row = self._apply_all(left, u), self._apply_all(turned, w)
                row = row if scale is None else self.builder.times(scale, row)
                outer = self.builder.outer(column, row)
                total = self._plus(total, sign, outer)
            return total
        return None

    def _trace_apart(self, factors: list[CodeFactor], shape: Shape) -> CodeNode | None:
        """tr((D - u*w')*R) as tr(D*R) - w'*R*u; None where no factor is a sum with a dyad."""
        for place, factor in enumerate(factors):
            if factor.kind != MATRIX or factor.node in self.kept:
                continue
            terms = spread(factor.node)
            dyads = [(sign, term) for sign, term in terms if term.calls(OUTER)]
            if not dyads or any(term.shape != factor.node.shape for _, term in terms):
                continue
            rest = factors[place + 1 :] + factors[:place]
            total: CodeNode | None = None
            for sign, middle in self._join(terms, factor.flipped):  # as deep as there are factors
                traces = self.trace([*middle, *rest], shape)
                total = self._plus(total, sign, reduce(self.builder.times, traces))
            for sign, dyad in dyads:
                u, w = dyad.args if not factor.flipped else dyad.args[::-1]
                total = self._plus(total, sign, self.builder.dot(w, self._apply_all(rest, u)))
            return total
        return None

    def _join(
        self, terms: Sequence[tuple[int, CodeNode]], flipped: bool
    ) -> list[tuple[int, list[CodeFactor]]]:
        """The terms of a sum that are not dyads as one factor with its sign, which is none for the
        identity.
        """
        rest: CodeNode | None = None
        for sign, term in terms:
            if not term.calls(OUTER):
                rest = self._plus(rest, sign, term)
        if rest is None:
            return []
        entries = self._entries(terms)
        if entries is not None and len(terms) > 1 and entries.rank:
            return [(1, [CodeFactor(DIAGONAL, entries)])]
        sign, bare = (-1, rest.args[0]) if rest.op == "neg" else (1, rest)
        if (bare.op, bare.attr) == ("filled", "np.eye"):
            return [(sign, [])]
        if bare.calls("np.diag"):
            return [(sign, [CodeFactor(DIAGONAL, bare.args[0])])]
        return [(1, [CodeFactor(MATRIX, rest, flipped)])]

    def _entries(self, terms: Sequence[tuple[int, CodeNode]]) -> CodeNode | None:
        """What is on the diagonal of the terms that are not dyads; None if one is not
        diagonal.
        """
        total: CodeNode | None = None
        parts: list[tuple[int, CodeNode]] = []
        for sign, term in terms:
            part = diagonal_of(self.builder, term)
            if part is None and not term.calls(OUTER):
                return None
            parts += [] if part is None else [(sign, part)]
        for sign, part in sorted(parts, key=lambda each: -each[1].rank):  # vectors first
            total = self._plus(total, sign, part)
        return total

    def _spread(self, node: CodeNode) -> tuple[list[tuple[int, CodeNode]], CodeNode | None]:
        """The terms of a sum, and the number that each dyad is to be multiplied by: D - c, which
        is D - c*1*1'.
        """
        if node.op == "infix" and node.attr in ("+", "-") and node.rank == 2:
            for matrix, number in (node.args, node.args[::-1]):
                if not number.rank and diagonal_of(self.builder, matrix) is not None:
                    ones = [self.builder.fill("np.ones", (size,)) for size in node.shape]
                    signs = (1, 1) if node.attr == "+" else (1, -1)
                    signs = signs if matrix is node.args[0] else signs[::-1]
                    return [(signs[0], matrix), (signs[1], self.builder.outer(*ones))], number
        return spread(node), None

    def _plus(self, total: CodeNode | None, sign: int, term: CodeNode) -> CodeNode:
        if total is None:
            return term if sign > 0 else self.builder.negative(term)
        return self.builder.infix("+" if sign > 0 else "-", total, term, total.shape)

    def _gram(self, factors: Sequence[CodeFactor]) -> CodeNode | None:
        """B'*D*B with a diagonal D as Z'*Z with Z = sqrt(D)*B; BLAS computes one half of Z'*Z and
        mirrors it. None where the chain is not the same from both ends.
        """
        half = len(factors) // 2
        if not half or not is_mirrored(self.builder, factors):
            return None
        right = list(factors[len(factors) - half :])
        if len(factors) % 2 and factors[half].kind == DIAGONAL:
            weight = factors[half].node
            if not nonnegative(weight) or is_placed(right[-1].node):
                return self.builder.gram(weight, self.matrix(right, ()))
            if weight.calls("step"):  # 0 or 1, so it is its own root
                return self._rows_that_count(weight, right)
            right.insert(0, CodeFactor(DIAGONAL, root_of(self.builder, weight)))
        elif len(factors) % 2:
            return self._between(factors[half], right)
        Z = self.matrix(right, ())
        halved = square_of_triangle(self.builder, Z)
        if halved is not None:
            return halved
        return self.builder.infix("@", self.builder.transpose(Z), Z, (Z.shape[1], Z.shape[1]))

    def _rows_that_count(self, weight: CodeNode, right: list[CodeFactor]) -> CodeNode:
        """B'*D*B for a diagonal of zeros and ones: from the rows with ones, where nobody reads the
        code.
        """
        build = self.builder
        if build.quick:
            places = build.call("np.flatnonzero", weight, shape=weight.shape)
            Z = self.matrix(right, ())
            Z = build.node("gathered", 0, (Z, places), Z.shape)
        else:
            Z = self.matrix([CodeFactor(DIAGONAL, weight), *right], ())
        return build.infix("@", build.transpose(Z), Z, (Z.shape[1], Z.shape[1]))

    def _between(self, middle: CodeFactor, right: list[CodeFactor]) -> CodeNode | None:
        """R'*M*R, R being a product that is worth computing once."""
        if all(factor.kind == DIAGONAL for factor in right) or middle.kind == INVERSE:
            return None
        R = self.matrix(right, ())
        inner = self.matrix([middle, CodeFactor(MATRIX, R)], ())
        shape = (R.shape[1], R.shape[1])
        return self.builder.infix("@", self.builder.transpose(R), inner, shape)

    def _transpose(self, factors: Sequence[CodeFactor]) -> CodeNode:
        """The transpose of a chain without vectors, of the whole or factor by factor: whichever
        takes fewer transposes.
        """
        turned = [factor.transpose() for factor in reversed(factors)]
        if (
            sum(factor.flipped for factor in turned)
            <= sum(factor.flipped for factor in factors) + 1
        ):
            return self.matrix(turned, ())
        return self.builder.transpose(self.matrix(factors, ()))

    def _plan(
        self,
        factors: Sequence[CodeFactor],
        split: dict[tuple[int, int], int],
        first: int,
        last: int,
    ) -> CodeFactor:
        """The factors from first to last in the planned order; the depth is bounded by the length
        of planned chains.
        """
        if first == last:
            return factors[first]
        middle = split[first, last]
        return self._combine(
            self._plan(factors, split, first, middle),
            self._plan(factors, split, middle + 1, last),
        )

    def _combine(self, left: CodeFactor, right: CodeFactor) -> CodeFactor:
        """The product of two factors."""
        build = self.builder
        if left.kind == DIAGONAL and right.kind == DIAGONAL:
            return CodeFactor(DIAGONAL, build.times(left.node, right.node))
        if left.kind == DIAGONAL:
            node = build.scale_rows(left.node, self.single(right))
        elif right.kind == DIAGONAL:
            node = build.times(self.single(left), right.node)
        elif left.kind == SUMS:
            node = sums_of(build, self.single(right), left.flipped)
        elif right.kind == SUMS:
            node = sums_of(build, self.single(left), right.flipped, rows=True)
        elif left.kind == INVERSE:
            node = build.solution(left.node, left.flipped, self.single(right))
        elif right.kind == INVERSE:  # B*inv(X) = (inv(X)'*B')'
            other = build.transpose(self.single(left))
            node = build.transpose(build.solution(right.node, not right.flipped, other))
        else:
            node = build.infix(
                "@", self._orient(left), self._orient(right), (left.ends[0], right.ends[1])
            )
        return CodeFactor(MATRIX, node)

    def diagonal(self, factors: list[CodeFactor], shape: Shape) -> tuple[list[CodeNode], CodeNode]:
        """The scalar factors and the diagonal of a square chain: no product is formed of which only
        the diagonal is wanted.
        """
        build = self.builder
        if any(factor.kind in (COLUMN, ROW) for factor in factors):
            scalars, outer = self.core(factors, shape)
            assert outer is not None
            return scalars, build.times(*outer.args)
        weights = []
        while factors and factors[0].kind == DIAGONAL:
            weights.append(factors.pop(0).node)
        while factors and factors[-1].kind == DIAGONAL:
            weights.append(factors.pop().node)
        if factors or not weights:
            weights.append(self._matrix_diagonal(factors, shape))
        return [], reduce(build.times, weights)

    def _matrix_diagonal(self, factors: list[CodeFactor], shape: Shape) -> CodeNode:
        if not factors:
            return self.builder.fill("np.ones", shape[:1])
        if len(factors) == 1:
            return self.builder.call("np.diagonal", self.matrix(factors, shape), shape=shape[:1])
        kinds = [factor.kind for factor in factors]
        if INVERSE in kinds:  # a system is solved for what follows it, or beside it in front
            place = kinds.index(INVERSE) or min(2, len(factors) - 1)
        else:
            place = cut(factors)[1]
        return self.builder.pair(
            self.matrix(factors[:place], ()), self._transpose(factors[place:]), axis=1
        )

    def trace(self, factors: list[CodeFactor], shape: Shape) -> list[CodeNode]:
        """tr of a chain as a product of scalars; the chain may be turned round: tr(A*B) =
        tr(B*A).
        """
        build = self.builder
        while factors and factors[-1].kind != ROW and any(factor.kind == ROW for factor in factors):
            factors.insert(0, factors.pop())
        if factors and factors[-1].kind == ROW:
            return self.core([factors[-1], *factors[:-1]], ())[0]
        if not factors:
            return [build.size(shape[0])]
        apart = self._trace_apart(factors, shape)
        if apart is not None:
            return [apart]
        if len(factors) == 1:
            factor = factors[0]
            return [
                build.total(factor.node)
                if factor.kind == DIAGONAL
                else build.call("np.trace", self.single(factor))
            ]
        inverse = next(
            (place for place, factor in enumerate(factors) if factor.kind == INVERSE), None
        )
        if inverse is not None:
            turned = factors[inverse:] + factors[:inverse]
            return [build.call("np.trace", self.matrix(turned, (turned[0].ends[0],) * 2))]
        weight = next(
            (place for place, factor in enumerate(factors) if factor.kind == DIAGONAL), None
        )
        if weight is not None:
            rest = factors[weight + 1 :] + factors[:weight]
            return [build.dot(factors[weight].node, self.diagonal(rest, (rest[0].ends[0],) * 2)[1])]
        slim = next((k for k, each in enumerate(factors) if is_slim(each.node)), None)
        if slim is not None and len(factors) > 2:  # beside a dyad all is done with vectors
            first, second, *rest = factors[slim:] + factors[:slim]
            factors = [CodeFactor(MATRIX, self.matrix([first, second], ())), *rest]
        turns = range(len(factors)) if len(factors) <= _ROTATED else range(1)
        turned = min(
            (factors[turn:] + factors[:turn] for turn in turns), key=lambda each: cut(each)[0]
        )
        place = cut(turned)[1]
        return [build.pair(self.matrix(turned[:place], ()), self._transpose(turned[place:]))]
