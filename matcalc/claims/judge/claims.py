"""A claim as it is written, and the question that it puts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from matcalc.claims.judge.claim import OPEN, Claim, Misfit
from matcalc.claims.judge.proof import exceptions, prove
from matcalc.claims.judge.question import OnBorder, Point, Question, Sample, Surveyed
from matcalc.claims.judge.reading import (
    equalize_shape,
    read_objective,
    read_stated,
    refuse_part,
    refuse_unknown,
    reparse,
)
from matcalc.claims.judge.sizes import open_sizes, true_shape
from matcalc.core.dims import dim, names_in
from matcalc.core.errors import EvaluationError, MatcalcError, UnsupportedError
from matcalc.core.operations import COMPARISONS, OF_TALL
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import differentiate
from matcalc.engine.requirements import require_symmetric
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import extent, interpret, magnitude, values_of_parts
from matcalc.verify.oracle.numeric import (
    Method,
    numeric_derivative,
    project_on_frame,
    takes_differences,
)
from matcalc.verify.oracle.pieces import on_kink
from matcalc.verify.oracle.preconditions import find_violation
from matcalc.verify.oracle.sample import find_point, sizes_for
from matcalc.verify.oracle.survey import survey
from matcalc.verify.oracle.ties import find_tie
from matcalc.verify.oracle.turns import move_by_half_turns
from matcalc.verify.oracle.zeros import no_point
from matcalc.write.printers.text import text

_REASON = re.compile(", because [^:;]*")  # within a note
_APART = 2  # added to each size for the second choice of sizes, which tells n from 3
_FAR, _FARTHEST = 8, 40  # beyond the numbers that a formula compares sizes or indices with
_MOST_ENTRIES = 20_000  # of a derivative that is looked at there


def question(claim: Claim) -> Question:
    """The question that a claim puts; raises a MatcalcError where the expression or the claim
    cannot be read.
    """
    return about(*read_objective(claim))


def about(program: Program, claim: Claim) -> Question:
    """The question that a claim puts about an objective that was read already."""
    refuse_part(program, claim.wrt)
    statement = claim.about(program)
    answer = engine_answer(statement)
    known = program.variables
    given = claim.claim
    stated, misfit = read_stated(claim, program)
    refuse_unknown(stated, known)
    if misfit is None:
        require_symmetric(stated)
    tree = stated.expr

    def asking(misfit: Misfit | None) -> Question:
        return about_formula(
            statement,
            answer,
            lambda point: evaluate_claim(tree, point),
            title=claim.expr,
            stated=stated.source,
            tree=tree,
            misfit=misfit,
            complete=_completion(statement, stated, misfit),
        )

    asked = asking(misfit)
    spoken = stated.notes if stated.source != given else ()
    same = any(_product(node) for node in program.expr.parts)
    tall = _of_tall(tree) if not same and not _of_tall(program.expr) else []
    narrow = [
        f"note: the claim is compared where {text(part)} has a value: for at least as many "
        f"{'columns as rows' if _gram(part) == 'wide' else 'rows as columns'}"
        for part in tall[:1]
    ]
    notes = _each_once((*asked.notes, *spoken, *reparse(stated, program), *narrow))
    in_field = cache(lambda: prove(statement, stated))
    return replace(
        asked,
        source=replace(claim, claim=stated.source),
        notes=notes,
        # what holds at one choice of sizes need not hold at others
        proof=lambda: (
            OPEN if misfit or compares_sizes(tree) or asked.tied() else in_field().outcome
        ),
        exceptions=lambda: exceptions(statement, stated, in_field().alone),
        alike=lambda: None if misfit else _ask_at_equal_sizes(statement, stated, asking),
    )


def _each_once(notes: Iterable[str]) -> tuple[str, ...]:
    """The notes without those that say again, for another reason, how something is read."""
    found: dict[str, str] = {}
    for note in notes:
        found.setdefault(_REASON.sub("", note), note)
    return tuple(found.values())


def _ask_at_equal_sizes(
    statement: DerivativeStatement,
    stated: Program,
    asking: Callable[[Misfit | None], Question],
) -> Question | None:
    """The question at sizes that make the claim as large as the derivative; None where it is as
    large, or where one number or one common size does not do that.
    """
    wanted = true_shape(statement, stated.expr.rank)
    known = open_sizes(stated, wanted)
    found = tuple(size.put(known.get) for size in stated.expr.shape)
    if len(found) != len(wanted) or found == wanted:
        return None
    numbers = {
        size.integer for size in (*found, *wanted, *statement.program.expr.shape) if size.integer
    }
    pairs = [(one, other) for one, other in zip(found, wanted, strict=True) if one != other]
    plain = [pair for pair in pairs if all(str(size).isalnum() for size in pair)]
    said = dict.fromkeys(f"{other} is {one}" for one, other in plain or pairs)
    common = dim(numbers.pop()) if len(numbers) == 1 else dim("n")
    return asking(Misfit(" and ".join(said), common))


def engine_answer(statement: DerivativeStatement) -> Expr | None:
    """The derivative that matcalc finds, laid out as the claim is; None where it has no rule:
    numbers judge all the same.
    """
    try:
        return None if find_tie(statement) else differentiate(statement)
    except UnsupportedError:
        return None


def about_formula(
    statement: DerivativeStatement,
    answer: Expr | None,
    claimed: Callable[[Point], Array],
    *,
    title: str,
    stated: str,
    tree: Expr | None = None,
    misfit: Misfit | None = None,
    complete: Callable[[dict[str, int]], dict[str, int]] = dict,
) -> Question:
    """A question about an objective that is a formula."""
    program, order = statement.program, statement.order
    variables = program.variables

    def derivative(point: Point, wrt: str, kind: str) -> tuple[Array, Method]:
        array, method = numeric_derivative(
            program.expr, variables, wrt, order, point.values, point.sizes
        )
        return project_on_frame(array, kind, program.expr.rank, order), method

    return Question(
        title=title,
        stated=stated,
        wrt=statement.wrt,
        variables=variables,
        rank=program.expr.rank,
        derivative=derivative,
        claimed=claimed,
        points=lambda rng: _points(statement, tree, rng, complete, misfit),
        survey=lambda point, rng, proved: _survey(
            statement, tree, answer, point, rng, proved=proved
        ),
        kinked=lambda point: on_kink([program.expr], point.values, point.sizes),
        smooth=lambda point: (
            find_violation(program.expr, point.values, point.sizes, moving=statement.wrt) is None
        ),
        magnitude=lambda point: max(1.0, magnitude(program.expr, point.values, point.sizes)),
        complete=complete,
        order=order,
        layout=statement.layout,
        structure=statement.structure,
        program=program,
        answer=answer,
        tree=tree,
        misfit=misfit,
        notes=program.notes,
        tied=lambda: find_tie(statement) or "",  # no claim is right then
    )


def _survey(
    statement: DerivativeStatement,
    tree: Expr | None,
    answer: Expr | None,
    point: Point,
    rng: np.random.Generator,
    *,
    proved: bool,
) -> Surveyed:
    """What a survey finds; points on sides that the answer alone shows, as of sqrt((a + 1)^2), are
    among them. Of a claim that is proved the points where it alone jumps: no proof in a field sees
    these.
    """
    program, around = statement.program, _find_differenced(statement)

    def survey_beside(beside: Expr | None) -> tuple[list[Any], list[Any], list[Any]]:
        trees = [] if beside is None else [beside]
        return survey(
            [program.expr],
            trees,
            program.variables,
            rng,
            point.sizes,
            around,
            statement.wrt,
            near=True,
            surfaces=proved,
        )

    points, missing, rough = survey_beside(tree)
    if answer is not None:
        points = [*points, *survey_beside(answer)[0]]
    return Surveyed(
        [Point(point.sizes, values) for values in points],
        tuple(dict.fromkeys(piece.describe(text) for piece in missing)),
        [
            OnBorder(each.switch.describe(0, text), Point(point.sizes, each.values))
            for each in rough
        ],
    )


def _find_differenced(statement: DerivativeStatement) -> str | None:
    """The variable, if the derivative is found by differences of values: then room around it is
    needed.
    """
    wrt, order = statement.wrt, statement.order
    return wrt if takes_differences(statement.program.expr, wrt, order) else None


def _completion(
    statement: DerivativeStatement, stated: Program, misfit: Misfit | None
) -> Callable[[dict[str, int]], dict[str, int]]:
    """Adds the sizes that the claim's text leaves open, as that of ``eye``: they are those of the
    true derivative.

    What is open even then gets some size; it changes with the others, so a claim that depends on it
    does not pass.
    """
    open_names = sorted(names_in(stated.undetermined))
    shape = true_shape(statement, stated.expr.rank)
    known = open_sizes(stated, shape if misfit is None else equalize_shape(shape, misfit))

    def complete(sizes: dict[str, int]) -> dict[str, int]:
        completed = dict(sizes)
        if misfit is not None and misfit.common.integer is None:
            completed = {"n": next(iter(sizes.values()), 1), **sizes}
        completed |= {name: size.size(completed) for name, size in known.items()}
        for name in open_names:
            completed.setdefault(name, 1 + sum(sizes.values()) % 5)
        return completed

    return complete


def size_completer(
    statement: DerivativeStatement, stated: Program
) -> Callable[[dict[str, int]], dict[str, int]]:
    """Adds the sizes that a formula leaves open, which fits without all sizes being equal."""
    return _completion(statement, stated, None)


def _of_tall(tree: Expr | None) -> list[Expr]:
    """The parts that have values for matrices with at least as many rows as columns alone, or the
    other way round.
    """
    nodes = [] if tree is None else tree.parts
    return [node for node in nodes if node.op in OF_TALL or _gram(node)]


def _gram(node: Expr) -> str:
    """Whether X'*X, or its root, is inverted ("tall"), or X*X' is ("wide"); else nothing."""
    if node.op != "inv" and not (node.op == "^" and _is_negative(node.args[1])):
        return ""
    (inner, *_) = node.args
    while inner.op in ("sqrtm", "^"):
        inner = inner.args[0]
    return _product(inner)


def _product(node: Expr) -> str:
    """Whether this is X'*X ("tall") or X*X' ("wide") of a matrix that need not be square."""
    if node.op != "*" or any(arg.rank != 2 for arg in node.args):
        return ""
    left, right = node.args
    if left.shape[0] == left.shape[1] or left.shape != right.shape[::-1]:
        return ""
    return "tall" if left.op == "'" else "wide"


def _is_negative(exponent: Expr) -> bool:
    return exponent.op == "neg" or (exponent.op == "number" and exponent.value < 0)


class Neighbours:
    """Values of formulas that differ from one in a part: what they share is evaluated once."""

    def __init__(self, tree: Expr) -> None:
        self._tree = tree
        self._known: list[tuple[Point, dict[int, Array]]] = []

    def value(self, edited: Expr) -> Callable[[Sample], Array]:
        """The value of an edited formula at a sample."""
        return lambda sample: evaluate_claim(edited, sample.point, self._at(sample.point))

    def _at(self, point: Point) -> dict[int, Array]:
        for place, known in self._known:
            if place is point:
                return known
        try:
            found = values_of_parts(self._tree, point.values, point.sizes)
        except (MatcalcError, ValueError, np.linalg.LinAlgError):
            found = {}
        self._known.append((point, found))
        return found


def evaluate_claim(tree: Expr, point: Point, known: Mapping[int, Array] | None = None) -> Array:
    """The value of a tree; not a number where it has none, as an inverse of a singular matrix."""
    try:
        return interpret(tree, point.values, point.sizes, known)
    except np.linalg.LinAlgError:
        return np.full(extent(tree.shape, point.sizes), np.nan)


def points_of_all_sizes(statement: DerivativeStatement, tree: Expr) -> Iterator[Point]:
    """A point inside the domain for each order of the sizes: with tall matrices and with wide ones,
    unless the objective has a derivative at the one alone.
    """
    program, rng = statement.program, np.random.default_rng(0)
    around = _find_differenced(statement)
    drawn = partial(find_point, [program.expr], program.variables, rng, moving=statement.wrt)
    for sizes in sizes_for([program.expr], program.variables, [tree]):
        values, _ = drawn(sizes, around)
        if values is not None:
            yield Point(sizes, values)


def evaluator(tree: Expr) -> Callable[[Sample], Array]:
    """The value of a tree as a function of samples."""
    return lambda sample: evaluate_claim(tree, sample.point)


def _points(
    statement: DerivativeStatement,
    tree: Expr | None,
    rng: np.random.Generator,
    complete: Callable[[dict[str, int]], dict[str, int]],
    misfit: Misfit | None,
) -> Iterator[Point]:
    """Points inside the domain, without end; the second has larger sizes than all the others.

    Sizes at which the claim has values, too, come first: singular vectors are those of tall
    matrices.
    """
    program, around = statement.program, _find_differenced(statement)
    drawn = partial(find_point, variables=program.variables, rng=rng, moving=statement.wrt)
    reason = ""
    tall = _of_tall(tree)
    both = [[program.expr, *tall], [program.expr]] if tall else [[program.expr]]
    beside = [] if tree is None else [tree]
    periodic = [statement.wrt] * (statement.wrt in program.variables)
    for trees, sizes in (
        (trial, sizes) for trial in both for sizes in sizes_for(trial, program.variables, beside)
    ):
        chosen = sizes if misfit is None else misfit.choose_sizes(sizes)
        values, reason = drawn(trees, sizes=chosen, around=around)
        if values is None:
            continue
        yield Point(complete(chosen), values)
        far = _far([program.expr, *beside])
        for apart in dict.fromkeys((far, far // 2, _APART)):
            larger = {name: size + apart for name, size in chosen.items()}
            larger = larger if misfit is None else misfit.choose_sizes(larger)
            if apart > _APART and _entries(statement, larger) > _MOST_ENTRIES:
                continue
            other, _ = drawn(trees, sizes=larger, around=around)
            if other is not None:
                yield Point(complete(larger), other)
                break
        while True:
            values = drawn([program.expr], sizes=chosen, around=around)[0] or values
            moved = move_by_half_turns(
                [program.expr],
                program.variables,
                periodic,
                values,
                chosen,
                beside=beside,
                moving=statement.wrt,
            )
            yield Point(complete(chosen), moved)
    message, hint = no_point(reason, [program.expr, *beside], program.variables)
    raise EvaluationError(message, hint=hint)


def _far(trees: Sequence[Expr]) -> int:
    """How much larger the second choice of sizes is: where sizes are numbers of a formula, or the
    values of indices are, it has to be beyond the numbers that are there, such as those of
    (n - 3)*(n - 5) and i != 9.
    """
    counting = [tree for tree in trees if any(_counts(node) for node in tree.parts)]
    if not counting:
        return _APART
    numbers = [int(found) for tree in counting for found in re.findall(r"\d+", text(tree))]
    return _FAR + max([number for number in numbers if number <= _FARTHEST], default=0)


def _counts(node: Expr) -> bool:
    """Whether this is a number that depends on sizes, or has indices that are compared with
    numbers.
    """
    if node.op == "indexed":
        return re.search(r"\d", text(node)) is not None
    if node.op == "dimension":
        return True
    parts = node.parts if not node.shape and any(arg.shape for arg in node.args) else ()
    return bool(parts) and not any(part.op == "variable" for part in parts)


def compares_sizes(tree: Expr) -> bool:
    """Whether sizes are compared with numbers in a formula, as in n == 12."""

    def compares(node: Expr) -> bool:
        inside = node.operations
        compared = node.op in COMPARISONS or node.op == "step"
        return compared and "dimension" in inside and "variable" not in inside

    return any(compares(node) for node in tree.parts)


def _entries(statement: DerivativeStatement, sizes: Mapping[str, int]) -> int:
    """How many entries the derivative has at some sizes."""
    return math.prod(size.size(dict(sizes)) for size in statement.mixed_shape)
