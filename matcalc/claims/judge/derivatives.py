"""Derivatives that are claimed in place of the one that is asked for: by another variable, of
another objective, by an inner function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from matcalc.claims.judge.branches import KINKED
from matcalc.claims.judge.claims import evaluate_claim
from matcalc.claims.judge.mutations import LIKELY, POSSIBLE, mutations, quote
from matcalc.claims.judge.question import Question, Sample
from matcalc.claims.judge.variant import PLAIN, Variant
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.operations import FLAT, OPERATIONS
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, moving_parts, variable_names
from matcalc.core.tree import variable as name_of
from matcalc.core.user_functions import acts_entrywise, calls_function
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.numeric import numeric_derivative, project_on_frame

_ADDED = 1.45  # of the derivative with respect to a variable that is only added
_BRANCHED = 0.2  # the derivative of one branch is more likely than that by the whole function
_MOST_INNER = 8  # inner functions whose derivative may have been forgotten
_INNER = "?"  # a variable in the place of an inner function; no name in the language
_BY_ENTRY = frozenset(("variable", "+", "-", "neg", ".*", "./", ".^"))
_OBJECTIVE_MISTAKES = ("logarithm", "norm-squared", "elementwise")


def other_variables(question: Question) -> Iterator[Variant]:
    """The derivative with respect to another variable."""
    added = _added(question)
    for name, variable in question.variables.items():
        if name == question.wrt or variable.kind == "function":
            continue
        other = replace(question, wrt=name)

        def value(sample: Sample, other: Question = other) -> Array:
            return other.to_layout(other.derivative(sample.point, other.wrt, other.kind)[0])

        said = f"it is the derivative with respect to {name}"
        yield Variant("variable", said, value, _ADDED if name in added else PLAIN)


def _added(question: Question) -> set[str]:
    """The variables that are only added to something, as b in f(A*x + b): the derivative by them is
    that of f, which is claimed where the rest of the chain rule was forgotten.
    """
    if question.program is None:
        return set()
    users: dict[str, set[str]] = {}
    for node in question.program.expr.parts:
        for arg in node.args:
            if arg.op == "variable":
                users.setdefault(str(arg.value), set()).add(node.op)
    return {name for name, found in users.items() if found <= {"+", "-"}}


def other_objectives(question: Question) -> Iterator[Variant]:
    """The derivative of a slightly different objective."""
    program = question.program
    assert program is not None
    for mistake in mutations(program.expr, dict(question.variables)):
        if mistake.kind not in _OBJECTIVE_MISTAKES or mistake.hidden:
            continue

        def value(sample: Sample, tree: Expr = mistake.tree) -> Array:
            point = sample.point
            array, _ = numeric_derivative(
                tree, question.variables, question.wrt, question.order, point.values, point.sizes
            )
            return question.to_layout(
                project_on_frame(array, question.kind, question.rank, question.order)
            )

        yield Variant(
            mistake.kind, f"it is the derivative of {quote(mistake.tree)}", value, LIKELY - 0.1
        )


def split_derivatives(question: Question) -> Iterator[Variant]:
    """Of a product or a quotient of two scalars, or the sum of one entry by entry: without a term
    of the rule, what is made of both derivatives instead, and the derivative of the numerator.
    """
    program = question.program
    assert program is not None
    whole = program.expr
    summed = whole.op == "sum" and _is_entrywise(whole.args[0], question.wrt)
    whole = whole.args[0] if summed else whole
    if whole.op not in ((".*", "./") if summed else ("*", "/")) or question.order > 1:
        return
    left, right = whole.args
    if any(
        part.rank != whole.rank or question.wrt not in variable_names(part)
        for part in (left, right)
    ) or (whole.rank and not summed):
        return

    def slope(part: Expr, sample: Sample) -> Array:
        point = sample.point
        total = Expr("sum", (part,), ()) if part.rank else part
        found = numeric_derivative(
            total, question.variables, question.wrt, 1, point.values, point.sizes
        )[0]
        return question.to_layout(project_on_frame(found, question.kind, 0, 1))

    def value(part: Expr, sample: Sample) -> Array:
        return evaluate_claim(part, sample.point)

    a, b = quote(left), quote(right)
    number = summed or not question.variables[question.wrt].shape
    missing = "the term of the {} rule that differentiates {} is missing"
    forms: list[tuple[str, Callable[[Sample], Array]]]
    if whole.op in ("*", ".*"):
        said = f"it is the product of the derivatives of {a} and {b}"
        forms = [
            (missing.format("product", b), lambda at: slope(left, at) * value(right, at)),
            (missing.format("product", a), lambda at: slope(right, at) * value(left, at)),
            *([(said, lambda at: slope(left, at) * slope(right, at))] if number else []),
        ]
    else:
        said = f"it is the quotient of the derivatives of {a} and {b}"
        forms = [
            (missing.format("quotient", b), lambda at: slope(left, at) / value(right, at)),
            (f"it is only the derivative of {a}", lambda at: slope(left, at)),
            *([(said, lambda at: slope(left, at) / slope(right, at))] if number else []),
        ]
    for said, form in forms:
        yield Variant("product-rule", said, form, LIKELY)


def _is_entrywise(expr: Expr, wrt: str) -> bool:
    """Whether each entry is made of one entry of the variable."""
    moving = moving_parts(expr.parts, wrt)
    parts = [part for part in expr.parts if id(part) in moving]
    shape = expr.shape
    return bool(shape) and all(
        part.shape == shape and (part.op in _BY_ENTRY or acts_entrywise(part)) for part in parts
    )


def outer_derivatives(question: Question) -> Iterator[Variant]:
    """The derivative by an inner function, without that of the inner function: half of the chain
    rule.
    """
    program = question.program
    assert program is not None
    wanted = question.variables[question.wrt].shape
    square = len(wanted) == 2 and wanted[0] == wanted[1]
    shapes = [wanted, *([question.tree.shape] if question.tree is not None else [])]
    shapes += [()] if square else []  # what is said about eye(n)/det(X)
    whole = program.expr.fold(_as_logarithm)
    order = whole.parts
    moving = moving_parts(order, question.wrt)
    inner = [
        node
        for node in order
        if id(node) in moving and node.shape in shapes and calls_function(node)
    ]
    for node in inner[-_MOST_INNER:] if question.order == 1 else ():
        if node is whole or node.op in FLAT:  # the derivative of a step leads nowhere
            continue
        tree = put_in(whole, {node: name_of(_INNER, node.shape, row=node.row)})
        variables = {
            **question.variables,
            _INNER: Variable(_INNER, free_kind(node.rank), node.shape),
        }

        def value(
            sample: Sample,
            tree: Expr = tree,
            node: Expr = node,
            variables: dict[str, Variable] = variables,
        ) -> Array:
            values = {**sample.point.values, _INNER: evaluate_claim(node, sample.point)}
            return question.to_layout(
                numeric_derivative(tree, variables, _INNER, 1, values, sample.point.sizes)[0]
            )

        shown = quote(node)
        yield Variant(
            "chain-factor",
            f"the derivative of {shown} is missing: it is the derivative with respect to {shown}",
            value,
            LIKELY + (_BRANCHED if node.op in KINKED else 0.0),
        )
        if square and not node.shape:
            yield Variant(
                "chain-factor",
                f"the derivative of {shown} is missing: it is the derivative with respect to "
                f"{shown}, times eye",
                lambda sample, value=value: value(sample) * np.eye(*sample.truth.shape),  # type: ignore[misc]
                POSSIBLE,
            )


def _as_logarithm(node: Expr, args: list[Expr]) -> Expr:
    """logdet(X) as log(abs(det(X))): what has a name of its own is a function of a function all the
    same.
    """
    whole = OPERATIONS[node.op].log_of if node.op in OPERATIONS else ""
    if not whole:
        return node.with_args(args)
    size = Expr("abs", (Expr(whole, tuple(args), node.shape, row=node.row),), node.shape)
    return Expr("log", (size,), node.shape, row=node.row)
