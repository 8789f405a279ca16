"""What is written in each notation: lines whose trees are arrays, matrices or maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from matcalc.core.dims import ZERO, Dim, Shape
from matcalc.core.directions import Step, direction_of, free_variable
from matcalc.core.errors import UnsupportedError
from matcalc.core.indexed import AffineIndex, Form, Index
from matcalc.core.kinds import Variable, size_names
from matcalc.core.options import COORDINATES
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, dimension, drop_transpose, pair, tensorize, variable
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import (
    by_entries,
    differentiate,
    matricize,
    prepare_to_print,
    simplify_tree,
)
from matcalc.write.printers.text import has_indices

_COTANGENTS = ("V", "U", "W", "Z")
_DIRECTIONS = ("U", "V", "W", "Y", "Z")  # of derivatives that have several
_MOST_ROWS = 2  # axes that are the rows of a matrix


@dataclass(frozen=True, slots=True)
class NotationLine:
    """One line: ``dX -> A*dX*B`` has the names ``("dX",)`` and the tree of what follows the
    arrow; ``df = tr(G'*dX)`` has the sign ``df`` as its name.

    ``kind`` says what the tree is: an ``array`` with the axes of the expression, then those of the
    variable; the matrix of the ``jacobian``; the value of a ``map`` at its directions, of the
    ``adjoint`` at a cotangent, of a ``differential``, or of a ``value``; or such a value as a
    vector, ``stacked``. A ``label``, in LaTeX ``label_tex``, says which of several arrays a line is
    about. ``meant`` is what a line stands for that is not read off a derivative.
    """

    kind: str
    names: tuple[str, ...]
    program: Program
    tree: Expr
    label: str = ""
    label_tex: str = ""
    meant: Expr | None = None

    @property
    def head(self) -> str:
        """What comes before the tree; of an array by entries that is part of its text."""
        label = f"{self.label}: " if self.label else ""
        if self.kind in ("differential", "value"):
            return f"{label}{self.names[0]} = "
        if self.kind not in ("map", "adjoint"):
            return f"{self.label} = " if self.label else ""
        names = ", ".join(self.names)
        return f"{label}{names if len(self.names) == 1 else f'({names})'} -> "


class Writer:
    """Writes the derivative that a statement asks for; ``tree`` is its array in mixed axes."""

    def __init__(self, statement: DerivativeStatement, tree: Expr, *, row_major: bool) -> None:
        self.statement = statement
        self.program = statement.program
        self.tree = tree
        self.row_major = row_major
        self.names = LineNames(statement)

    def lines(self, notation: str) -> list[NotationLine]:
        """The lines of a notation; UnsupportedError where it has none for this derivative."""
        structure = self.statement.structure
        if structure in COORDINATES and notation in ("operator", "differential"):
            raise UnsupportedError(
                f"{notation} says how the value moves with {self.statement.wrt}, which depends on "
                f"no coordinates of it, and not on structure {structure}",
                hint="leave structure out (--structure)",
            )
        kinds: dict[str, Callable[[], list[NotationLine]]] = {
            "matrix": self._default_lines,
            "kronecker": self._kronecker,
            "index": self._index,
            "cases": self._index,
            "operator": self._operator,
            "differential": self._differential,
        }
        return kinds[notation]()

    # -- arrays and matrices

    def _default_lines(self) -> list[NotationLine]:
        """What is printed where no notation is named."""
        program, columns = self.program, self.statement.columns
        language = program.language
        matrix = matricize(self.tree, program.variables, columns, language=language)
        if matrix is not None:
            return [NotationLine("jacobian", (), program, matrix)]
        tree = prepare_to_print(self.tree, program.variables, columns, language=language)
        return [NotationLine("array", (), program, tree)]

    def _index(self) -> list[NotationLine]:
        tree = by_entries(self.tree, self.program.variables, language=self.program.language)
        if self.tree.rank == 1 and "vech" in self.tree.operations:
            tree = _entry_of(drop_transpose(self.tree), self.names.index())
        return [NotationLine("array", (), self.program, tree)]

    def _kronecker(self) -> list[NotationLine]:
        statement, tree = self.statement, self.tree
        columns = len(statement.moving_shape)
        rows = tree.rank - columns
        if self.row_major:
            tree = reverse_axes(tree, rows)
        matrix = self._matrix(tree, rows, columns)
        if matrix is None:
            raise UnsupportedError(
                "this derivative is not a product of Kronecker products",
                hint="--notation index and --notation operator write it, in Python "
                "notation='index' and 'operator'",
            )
        return [NotationLine("jacobian", (), self.program, matrix)]

    def _matrix(self, tree: Expr, rows: int, columns: int) -> Expr | None:
        """The matrix of d vec(F) = J*d vec(X): a row where F is a scalar, a column where X is."""
        program = self.program
        if rows and columns and tree.rank > _MOST_ROWS:
            tree = tree if has_indices(tree, program.variables) else _by_axes(tree)
            return matricize(
                tree, program.variables, columns, language=program.language, most=tree.rank
            )
        if has_indices(tree, program.variables):
            return None
        if rows and columns:
            return tree
        if columns == 1 and not rows and self.statement.order == 1:
            return differentiate(self.statement._replace(layout="numerator"))  # a row
        if tree.rank >= _MOST_ROWS:
            tree = Expr("vec", (tree,), (reduce(Dim.times, tree.shape),))
        if tree.rank and not rows and not tree.row:
            tree = Expr("'", (tree,), tree.shape, row=True)
        return simplify_tree(program, tree)

    # -- maps

    def _operator(self) -> list[NotationLine]:
        statement, names = self.statement, self.names
        scalar = not self.program.expr.shape
        count = statement.order - scalar if statement.order > 1 else 1
        directions = names.directions(count)
        moved = names.with_directions(self.program, directions)
        steps: list[Step] = [{statement.wrt: name} for name in directions]
        if count < statement.order:
            steps.insert(0, statement.wrt)
        tree = derive_steps(moved, steps, statement.structure)[-1]
        found = [NotationLine("map", tuple(directions), moved, in_language(moved, tree))]
        if statement.order == 1:
            found.append(self._adjoint())
        return found

    def _adjoint(self) -> NotationLine:
        """The map from cotangents to gradients."""
        value = self.program.expr
        name = self.names.cotangent()
        cotangent = free_variable(name, value)
        known = self.program.declare(cotangent)
        paired = known._replace(expr=pair(variable(name, value.shape), value))
        tree = derive_steps(paired, [self.statement.wrt], self.statement.structure)[-1]
        return NotationLine("adjoint", (name,), known, in_language(known, tree))

    def _differential(self) -> list[NotationLine]:
        statement, names = self.statement, self.names
        order = statement.order
        (name,) = names.directions(1)
        moved = names.with_directions(self.program, [name])
        if not self.program.expr.shape and order == len(self.tree.shape) == _MOST_ROWS:
            step = variable(name, statement.variable.shape)
            row = Expr("'", (step,), step.shape, row=True)
            left = Expr("*", (row, self.tree), step.shape, row=True)
            tree = Expr("*", (left, step))  # dx'*H*dx shows the Hessian, whatever is shorter
        else:
            tree = derive_steps(moved, [{statement.wrt: name}] * order, statement.structure)[-1]
        return [
            NotationLine(
                "differential", (names.differential(), name), moved, in_language(moved, tree)
            )
        ]


def in_language(program: Program, tree: Expr) -> Expr:
    """The tree in the language: by its entries where it has no matrix notation."""
    if not has_indices(tree, program.variables):
        return tree
    return by_entries(tree, program.variables, language=program.language)


class LineNames:
    """Names of directions, cotangents and differentials that the program does not use."""

    def __init__(self, statement: DerivativeStatement) -> None:
        program = statement.program
        self.statement = statement
        self.taken = {
            *program.variables,
            *program.definitions,
            *size_names(program.variables.values()),
        }

    def directions(self, count: int) -> list[str]:
        """``dX``, or ``U``, ``V`` and so on where there are several."""
        if count == 1:
            return [self.free(f"d{self.statement.wrt}")]
        small = len(self.statement.variable.shape) < _MOST_ROWS
        found: list[str] = []
        for wanted in [*_DIRECTIONS, *(f"U{k}" for k in range(1, 1 + len(self.taken) + count))]:
            name = wanted.lower() if small else wanted
            if name not in self.taken and len(found) < count:
                found.append(name)
        return found

    def cotangent(self) -> str:
        """``V``, or ``v`` where the expression is not a matrix."""
        small = self.statement.program.expr.rank < _MOST_ROWS
        wanted = [name.lower() if small else name for name in _COTANGENTS]
        return next((name for name in wanted if name not in self.taken), self.free(wanted[0]))

    def differential(self) -> str:
        """``df``, ``dF`` of an array, ``d2f`` of the second order."""
        order = self.statement.order
        letter = "F" if self.statement.program.expr.shape else "f"
        return self.free(f"d{order if order > 1 else ''}{letter}")

    def free(self, wanted: str) -> str:
        """The name, or else one that is numbered."""
        numbered = (f"{wanted}_{k}" for k in range(1, len(self.taken) + 2))
        return next(name for name in (wanted, *numbered) if name not in self.taken)

    def index(self) -> str:
        """A letter for an index."""
        return next((name for name in "ijklpqrst" if name not in self.taken), self.free("i"))

    def with_directions(self, program: Program, names: list[str]) -> Program:
        """The program with directions of the variable: within its kind, unless that is ignored."""
        moving = self.statement.variable
        make: Callable[[str], Variable] = (
            (lambda name: free_variable(name, moving))
            if self.statement.structure == "free"
            else (lambda name: direction_of(moving, name))
        )
        return program.declare(*map(make, names))


def reverse_axes(tree: Expr, rows: int) -> Expr:
    """The array whose axes that are rows, and those that are columns, stand the other way round."""
    axes = (*range(rows)[::-1], *range(rows, tree.rank)[::-1])
    return permute_axes(tree, axes)


def _entry_of(vector: Expr, name: str) -> Expr:
    """The array ``D[i] = v[i]`` of the entries of a vector, which stays as it is: those of a
    ``vech`` would be sums over all entries of its matrix.
    """
    (size,) = vector.shape
    index = Index(name, size)
    slot = Expr("slot", (), vector.shape, value=0)
    entry = Expr("at", (slot,), value=(AffineIndex(((index, 1),), ZERO),))
    return Expr("indexed", (vector,), vector.shape, value=Form((index,), entry))


def _by_axes(tree: Expr) -> Expr:
    """An array of the language as one whose axes have labels."""
    axes = tuple(range(tree.rank))
    return Expr("einsum", (tree,), tree.shape, value=((axes,), axes))


def permute_axes(tree: Expr, axes: tuple[int, ...]) -> Expr:
    """The array whose axis k is the axis ``axes[k]`` of the tree."""
    if axes == tuple(range(tree.rank)):
        return tree
    shape = tuple([tree.shape[axis] for axis in axes])
    if axes == (1, 0):
        return Expr("'", (tree,), shape)
    return Expr("einsum", (tree,), shape, value=((tuple(range(tree.rank)),), axes))


def array_of(
    line: NotationLine, tree: Expr, statement: DerivativeStatement, *, row_major: bool
) -> Expr:
    """The array that the tree of a line of matrices or entries stands for, in mixed axes."""
    if line.kind == "array":
        return tree
    shape = statement.mixed_shape
    columns = len(statement.moving_shape)
    rows = len(shape) - columns
    if row_major:
        shape = (*shape[:rows][::-1], *shape[rows:][::-1])
    array = array_of_matrix(tree, shape, columns)
    return reverse_axes(array, rows) if row_major else array


def array_of_matrix(tree: Expr, shape: Shape, columns: int) -> Expr:
    """The array of which a matrix, a row or a column is the Kronecker form."""
    rows = len(shape) - columns
    if rows and columns and len(shape) > _MOST_ROWS:
        return tensorize(tree, shape, columns)
    if tree.row:
        tree = Expr("'", (tree,), tree.shape)
    if len(shape) >= _MOST_ROWS and not (rows and columns):
        return Expr("reshape", (tree, *map(dimension, shape)), shape)
    return tree
