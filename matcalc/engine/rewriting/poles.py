"""Derivatives of products and determinants without division: ``prod(x)*y./x`` is ``prodothers(x).*
y``, and ``det(X)*(a*inv(X)' + B)`` is ``a*cof(X) + det(X)*B``.

The formulas divide by entries and invert matrices, and have no value where an entry is 0 or the
matrix is singular. What they say is a polynomial all the same. It is found by multiplying out: in
each term a product of entries takes up as many divisions by them as it has factors
(``carriers.py``). A determinant takes up one inverse. Where there are two, as in second
derivatives, it is the product of the singular values, and the inverse divides by these.
"""

from __future__ import annotations

from collections.abc import Iterable

from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.rewriting.carriers import (
    CarriedTerm,
    Carrier,
    Pool,
    exponents,
    is_product,
    join_powers,
    split_product,
)

_MOST_TERMS = 60  # that are multiplied out
_MOST_POWERS = 3  # of a sum that is multiplied out


def clear_poles(builder: Builder, root: Node) -> Node:
    """The node with its divisions taken up, also inside calls; the node itself where there are
    none, or where some would be left.
    """
    found, some = _cleared(builder, root)
    if some:
        return found

    def rule(node: Node, children: list[Node]) -> Node:
        return split_product(builder, rebuild(builder, node, children))

    inner = fold(root, lambda node: node.children, rule)
    if inner is root:
        return root
    found, some = _cleared(builder, inner)
    return found if some else root


def _cleared(builder: Builder, root: Node) -> tuple[Node, bool]:
    """The node with divisions taken up, and whether there were some."""
    some = False

    def clear(node: Node) -> Node:
        nonlocal some
        found = _Clearing(builder, node).result()
        some = some or found is not node
        return found

    def rule(node: Node, children: list[Node]) -> Node:
        if isinstance(node, Call):
            children = [clear(child) for child in children]
        return rebuild(builder, node, children)

    inner = fold(root, lambda node: node.children, rule)
    return clear(inner), some


class _Clearing:
    """One sum of products."""

    def __init__(self, builder: Builder, root: Node) -> None:
        self.builder = builder
        self.root = root
        found = [each for each in _outside(root) if isinstance(each, Call)]
        self.products = [Carrier(builder, call) for call in found if is_product(call)]
        self.matrices = {call.args[0]: call for call in found if _is_det(call)}
        self.poles = {part.node for each in self.products for part in each.parts}
        self._inside: dict[Node, bool] = {}

    def result(self) -> Node:
        """The sum without divisions, or as it was."""
        if not self.products and not self.matrices:
            return self.root
        terms = self._expand()
        if terms is None or not self._divides(terms):
            return self.root
        terms = before = [self._split(term) for term in terms]
        for matrix in list(self.matrices):
            found = self._cofactors(terms, matrix)
            terms = self._decompose(terms, matrix) if found is None else found
        for carrier in self.products:
            found = self._others(terms, carrier)
            if found is None:
                return self.root
            terms = found
        return self.root if terms == before else self._whole(terms)

    def _divides(self, terms: list[CarriedTerm]) -> bool:
        """Whether there is something to take up."""
        return any(
            (e < 0 and node in self.poles) or _is_inverse(node)
            for _, factors in terms
            for node, _, e in factors
        )

    def _node(self, term: CarriedTerm) -> Node:
        outputs = tuple(range(self.root.rank))
        return self.builder.product(term.coefficient, term.factors, outputs, self.root.axes)

    def _whole(self, terms: Iterable[CarriedTerm]) -> Node:
        return self.builder.sum([(1, self._node(term)) for term in terms], self.root.axes)

    # multiplied out

    def _matters(self, root: Node) -> bool:
        """Whether a sum or a product has one of the functions or a division in it."""

        def parts(node: Node) -> tuple[Node, ...]:
            return node.children if isinstance(node, (Sum, Product)) else ()

        def rule(node: Node, found: list[bool]) -> bool:
            if isinstance(node, Product) and any(
                e < 0 and inner in self.poles for inner, _, e in node.factors
            ):
                return True
            return is_product(node) or _is_inverse(node) or _is_det(node) or any(found)

        if root not in self._inside:
            self._inside[root] = fold(root, parts, rule)
        return self._inside[root]

    def _expand(self) -> list[CarriedTerm] | None:
        rank = self.root.rank
        todo = [(CarriedTerm(1, [(self.root, tuple(range(rank)), 1)]), rank)]
        done: list[CarriedTerm] = []
        while todo:
            term, fresh = todo.pop()
            place = next((k for k, each in enumerate(term.factors) if self._opens(each)), None)
            if place is None:
                done.append(term._replace(factors=join_powers(term.factors)))
                continue
            node, labels, exponent = term.factors[place]
            rest = [*term.factors[:place], *term.factors[place + 1 :]]
            rest += [(node, labels, exponent - 1)] * (exponent > 1)
            if isinstance(node, Sum):
                for c, inner in reversed(node.terms):
                    opened = CarriedTerm(term.coefficient * c, [*rest, (inner, labels, 1)])
                    todo.append((opened, fresh))
            else:
                assert isinstance(node, Product)
                names = dict(enumerate(labels))
                for each in (label for _, own, _ in node.factors for label in own):
                    if each not in names:
                        names[each] = fresh
                        fresh += 1
                rest += [
                    (inner, tuple([names[label] for label in own]), e)
                    for inner, own, e in node.factors
                ]
                todo.append((CarriedTerm(term.coefficient * node.coefficient, rest), fresh))
            if len(todo) + len(done) > _MOST_TERMS:
                return None
        return done

    def _opens(self, factor: Factor) -> bool:
        node, _, exponent = factor
        return (
            isinstance(node, (Sum, Product))
            and bool(node.children)
            and exponent.denominator == 1
            and 1 <= exponent <= _MOST_POWERS
            and self._matters(node)
        )

    # products of entries

    def _others(self, terms: list[CarriedTerm], carrier: Carrier) -> list[CarriedTerm] | None:
        """The terms with divisions by entries taken up; None where some are left, as of tensors."""
        if carrier.argument.is_tensor:
            return None
        done: list[CarriedTerm] = []
        pool = Pool(self.builder, carrier, self.root)
        for term in terms:
            powers = exponents(term, carrier.call)
            row = next(iter(powers), ())
            places = carrier.places(term, row)
            if not powers or not places:
                done.append(term)
                continue
            if len(powers) > 1:  # of several rows
                return None
            count = sum(places.values())
            if count > powers[row] + 1:
                return None
            if count > powers[row]:
                pool.add(term, row)
            else:
                done.append(carrier.take(term, row, places))
        left = pool.result()
        return None if left is None else [*done, *left]

    # determinants

    def _split(self, term: CarriedTerm) -> CarriedTerm:
        """det(A*X) as det(A)*det(X) where there is inv(X)."""
        factors: list[Factor] = []
        for node, labels, e in term.factors:
            square = (
                [] if not isinstance(node, Call) or node.name != "det" else _chain(node.args[0])
            )
            if not any(
                _is_inverse(each) and each.children[0] in square for each, _, _ in term.factors
            ):
                square = []
            for each in square:
                call = self.builder.call("det", [each], ())
                if isinstance(call, Call):
                    self.matrices[each] = call
                factors.append((call, labels, e))
            if not square:
                factors.append((node, labels, e))
        return CarriedTerm(term.coefficient, join_powers(factors))

    def _cofactors(self, terms: list[CarriedTerm], matrix: Node) -> list[CarriedTerm] | None:
        """The terms with determinants times inverses as cofactors; None where inverses are left."""
        call = self.matrices[matrix]
        if isinstance(matrix, Leaf) and matrix.structure == "psd":
            return terms  # it has a factor of Cholesky
        done: list[CarriedTerm] = []
        for term in terms:
            power = exponents(term, call).get((), 0)
            inverses = [
                (factor, same) for factor in term.factors if (same := _same(matrix, factor[0]))
            ]
            if power < 1 or not inverses:
                done.append(term)
                continue
            used = sum(int(e) for (_, _, e), _ in inverses)
            if used > power or any(e.denominator != 1 or e < 1 for (_, _, e), _ in inverses):
                return None
            rest = [
                factor for factor in term.factors if factor not in [each for each, _ in inverses]
            ]
            coefficient = term.coefficient
            cofactors = self.builder.call("cof", [matrix], matrix.axes)
            for (_, labels, e), (ratio, turned) in inverses:
                coefficient = coefficient * ratio ** int(e)
                rest.append((cofactors, labels if turned else labels[::-1], e))
            done.append(CarriedTerm(coefficient, join_powers([*rest, (call, (), -used)])))
        return done

    def _decompose(self, terms: list[CarriedTerm], matrix: Node) -> list[CarriedTerm]:
        """The terms with U*diag(s)*V' for the matrix: its determinant is det(U)*det(V)*prod(s), its
        inverse V*diag(1./s)*U'. For a symmetric one U and V are the same, its eigenvectors.
        """
        build, call = self.builder, self.matrices[matrix]
        turned = build.product(1, [(matrix, (1, 0), 1)], (0, 1), matrix.axes)
        symmetric = matrix.parity > 0 or turned is matrix
        s = build.call("eigvals" if symmetric else "svdvals", [matrix], matrix.axes[:1])
        U = build.call("eigvecs" if symmetric else "leftvecs", [matrix], matrix.axes)
        V = U if symmetric else build.call("rightvecs", [matrix], matrix.axes)
        product = build.call("prod", [s], ())
        signs = [] if symmetric else [build.call("det", [each], ()) for each in (U, V)]
        whole = [*signs, product]
        done: list[CarriedTerm] = []
        for term in terms:
            coefficient, factors, fresh = term.coefficient, list[Factor](), term.fresh()
            for node, labels, e in term.factors:
                same = _same(matrix, node)
                if node is call:
                    factors += [(each, (), e) for each in whole]
                elif same is None or e.denominator != 1 or e < 1:
                    factors.append((node, labels, e))
                else:
                    row, column = labels[::-1] if same[1] else labels
                    coefficient = coefficient * same[0] ** int(e)
                    for _ in range(int(e)):
                        factors += [
                            (V, (row, fresh), 1),
                            (s, (fresh,), -1),
                            (U, (column, fresh), 1),
                        ]
                        fresh += 1
            done.append(CarriedTerm(coefficient, join_powers(factors)))
        if isinstance(product, Call):
            self.products.append(Carrier(build, product))
        return done


def _same(matrix: Node, inverse: Node) -> tuple[Rational, bool] | None:
    """How many times inv(matrix) an inverse is, and whether it is that of the transpose."""
    if not _is_inverse(inverse):
        return None
    (inner,) = inverse.children
    if inner is matrix:
        return 1, False
    coefficient, factors = as_product(matrix)
    if len(factors) == 1:
        node, labels, e = factors[0]
        if node is inner and e == 1 and sorted(labels) == [0, 1]:
            return coefficient, labels == (1, 0)
    return None


def _chain(matrix: Node) -> list[Node]:
    """The factors of a product of square matrices, from the rows of the whole to its columns; none
    where it is no such product.
    """
    coefficient, factors = as_product(matrix)
    left = [(node, set(labels)) for node, labels, e in factors if e == 1 and len(labels) == 2]
    square = all(node.axes == matrix.axes for node, _ in left)
    if coefficient != 1 or len(left) < len(factors) or not square:
        return []
    found, label = [], 0
    while left:
        there = [each for each in left if label in each[1]]
        if len(there) != 1 or len(there[0][1]) != 2:
            return []
        left.remove(there[0])
        found.append(there[0][0])
        (label,) = there[0][1] - {label}
    return found if label == 1 else []


def _is_det(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "det"


def _is_inverse(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "inv"


def _outside(root: Node) -> list[Node]:
    """The nodes that sums and products are made of, each once."""
    return postorder(root, lambda node: node.children if isinstance(node, (Sum, Product)) else ())
