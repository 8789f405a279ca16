"""Convexity by the rules of composition: of a function with known curvature and monotonicity, of
arguments with known curvature (Boyd & Vandenberghe 2004, 3.2.4; Grant, Boyd & Ye 2006).
"""

from __future__ import annotations

from matcalc.answers.names import occurring
from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import LINEAR, OF_SYMMETRIC, OPERATIONS
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise
from matcalc.engine.definite import Definiteness
from matcalc.write.printers.text import text

CONSTANT, AFFINE, CONVEX, CONCAVE, UNKNOWN = "constant", "affine", "convex", "concave", "unknown"
_OPPOSITE = {CONVEX: CONCAVE, CONCAVE: CONVEX}
_UP, _DOWN, _ANY = 1, -1, 0
# function -> its curvature, and whether it rises, falls or neither
_ATOMS = {name: (row.curvature, row.slope) for name, row in OPERATIONS.items() if row.curvature}
# entry by entry or sums of entries: they keep what the entries are
_KEEPING = ("'", "fill", "slice", *(name for name, places in LINEAR.items() if places == (0,)))


class Composition:
    """The curvature of each part of an expression, as a function of one variable."""

    def __init__(self, program: Program, wrt: str) -> None:
        self.program = program
        self.wrt = wrt
        self.known = Definiteness(program)
        self.rules: list[str] = []

    def verdict(self) -> tuple[str, tuple[str, ...]]:
        """The curvature of the whole, and the rules that say so."""
        found: dict[int, str] = {}
        for node in self.program.expr.parts:
            found[id(node)] = self._of(node, [found[id(arg)] for arg in node.args])
        whole = found[id(self.program.expr)]
        return (AFFINE if whole == CONSTANT else whole), tuple(dict.fromkeys(self.rules))

    def _of(self, node: Expr, args: list[str]) -> str:
        if node.op == "variable" and node.value == self.wrt:
            return AFFINE
        if self.wrt not in occurring(node):
            return CONSTANT
        if node.op in ("+", "blocks"):
            return _joined(args)
        if node.op == "-":
            return _joined([args[0], _OPPOSITE.get(args[1], args[1])])
        if node.op == "neg":
            return _OPPOSITE.get(args[0], args[0])
        if node.op in ("*", ".*", "/", "./"):
            return self._product(node, args)
        if node.op in ("^", ".^"):
            return self._power(node, args)
        if node.op in _KEEPING:
            return args[0]
        if node.op in _ATOMS and (node.op not in OF_SYMMETRIC or args == [AFFINE]):
            return self._atom(node, args, *_ATOMS[node.op])
        if node.op == "logdet" and args == [AFFINE] and self.known.is_definite(node.args[0]):
            return self._atom(node, args, CONCAVE, _ANY)
        return UNKNOWN

    def _product(self, node: Expr, args: list[str]) -> str:
        """A constant times a function; a quotient by a constant."""
        left, right = args
        if node.op in ("/", "./"):
            if right != CONSTANT:
                return UNKNOWN
            constant, other = node.args[1], left
        elif CONSTANT in args:
            constant, other = (node.args[0], right) if left == CONSTANT else (node.args[1], left)
        else:
            return UNKNOWN
        if other == AFFINE:
            return AFFINE
        for sign in (constant, Expr("neg", (constant,), constant.shape, row=constant.row)):
            if self._is_nonnegative(sign):
                return other if sign is constant else _OPPOSITE.get(other, other)
        return UNKNOWN

    def _power(self, node: Expr, args: list[str]) -> str:
        """Powers with a numeric exponent, entry by entry or of scalars."""
        base, exponent = node.args
        if exponent.op != "number" or (node.op == "^" and base.shape):
            return UNKNOWN
        k = exponent.value
        if k == 1:
            return args[0]
        if k > 0 and k % 2 == 0 and args[0] == AFFINE:
            return self._atom(node, args[:1], CONVEX, _ANY)
        if k >= 1 and self._is_nonnegative(base):
            return self._atom(node, args[:1], CONVEX, _UP)
        if 0 < k < 1:
            return self._atom(node, args[:1], CONCAVE, _UP)
        if k < 0 and self._is_nonnegative(base):
            return self._atom(node, args[:1], CONVEX, _DOWN)
        return UNKNOWN

    def _atom(self, node: Expr, args: list[str], curvature: str, slope: int) -> str:
        """The rule of composition: convex and rising of convex, falling of concave, any of
        affine.
        """
        if len(node.args) > 1 and not (acts_entrywise(node) or node.op in ("^", ".^")):
            return UNKNOWN
        rising, falling = curvature, _OPPOSITE[curvature]
        fits = all(
            arg in (AFFINE, CONSTANT)
            or (slope == _UP and arg == rising)
            or (slope == _DOWN and arg == falling)
            for arg in args
        )
        if not fits:
            return UNKNOWN
        moving = [part for part, arg in zip(node.args, args, strict=False) if arg != CONSTANT]
        kinds = [arg for arg in args if arg != CONSTANT]
        how = {_UP: " and rising", _DOWN: " and falling"}.get(slope, "")
        said = ", ".join(f"{text(m)} is {kind}" for m, kind in zip(moving, kinds, strict=False))
        self.rules.append(f"{text(node)} is {curvature}: {node.op} is {curvature}{how}, {said}")
        return curvature

    def _is_nonnegative(self, tree: Expr) -> bool:
        try:
            return self.known.is_nonnegative(tree)
        except UnsupportedError:
            return False


def _joined(args: list[str]) -> str:
    """The curvature of a sum."""
    kinds = {arg for arg in args if arg not in (CONSTANT, AFFINE)}
    if not kinds:
        return AFFINE if AFFINE in args else CONSTANT
    return kinds.pop() if len(kinds) == 1 else UNKNOWN
