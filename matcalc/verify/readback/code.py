"""Whether generated code computes the tree that it was made from: it is run at a small random
point.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np

from matcalc.core.declared import FunctionRef
from matcalc.core.errors import EvaluationError, UnsupportedError
from matcalc.core.functions.frameworks import FRAMEWORKS
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_large
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.generic import generic
from matcalc.verify.oracle.interpret import extent, interpret, magnitude
from matcalc.verify.oracle.sample import find_point, sizes_for
from matcalc.verify.readback.values import confirm
from matcalc.write.printers.numpy_code import VALUE, Source, compile_numpy
from matcalc.write.printers.numpy_families import nest
from matcalc.write.printers.standalone import Standalone

_SEEDS = (0, 1, 2)  # at an ill-conditioned point right code may fail, but not at all of these
_ATTEMPTS, _SIZE_CHOICES = (
    42,
    2,
)  # to find a point: each style of entries once, at two choices of sizes
_TOLERANCE = 1e-7
_FAILURES = (
    *(EvaluationError, UnsupportedError, ArithmeticError, ValueError, TypeError, IndexError),
    *(NameError, AttributeError),
)
# of the largest intermediate value: below that times the tolerance, numbers count as rounding
_FLOOR = 1e-3


def confirm_code(
    text: str, source: Source, backend: str, trees: tuple[Expr, Expr], program: Program
) -> None:
    """VerificationError where code does not compute what is shown: ``trees`` are what it was made
    from and what is shown. Of code for others than NumPy the same program for NumPy is run; code
    for frameworks is compiled as well, and that for the array API run with arrays of NumPy.
    """
    made, shown = trees
    if backend != "numpy":
        code, source = text, Standalone(made, program.variables, source.name, "")
        text = source.text()
        if backend in FRAMEWORKS:
            ran = framework_says(code, source, backend, shown, program.variables)
            confirm(ran, "code", program.language)
    confirm(code_says(text, source, shown, program.variables), "code", program.language)


def framework_says(
    code: str, source: Source, backend: str, tree: Expr, variables: Mapping[str, Variable]
) -> bool:
    """Whether code for a framework is code, and for the array API that it gives the value of the
    tree at a random point, where no function of users is called.
    """
    try:
        compiled = compile(code, f"<matcalc {backend}>", "exec")
    except SyntaxError:
        return False
    functions = any(isinstance(each, FunctionRef) for each in source.arguments().values())
    if backend != "array-api" or functions or source.callables() or is_large(tree):
        return True
    namespace: dict[str, Any] = {}
    try:
        exec(compiled, namespace)
    except ImportError:  # array_api_compat is not installed
        return True
    function = namespace[source.name]
    return any(_agrees(function, source, tree, variables, seed, [tree]) for seed in _SEEDS)


def code_says(text: str, source: Source, tree: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether the code, the text of the source, gives the value of the tree at a random point.

    Where the code chooses between two ways by the sizes, both are run. It counts as right where
    there is nothing to compare with: no point where the tree has a value, or values too large.
    """
    return is_large(tree) or all(
        any(_agrees(function, source, tree, variables, seed, [tree]) for seed in _SEEDS)
        for function in _compile(text, source)
    )


class CallableCode(Protocol):
    """What is known of code with several results: how it is called, and where they are."""

    name: str

    def callables(self) -> Mapping[str, Callable[..., Any]]:
        """The functions of users that it calls."""

    def sides(self) -> Sequence[str]:
        """Its other ways, where it chooses by the sizes."""

    def arguments(self) -> Mapping[str, str | tuple[str, ...] | FunctionRef]:
        """What each argument is."""

    def result(self, found: Any, name: str) -> Any:
        """One of the results."""


def several_say(
    text: str, source: CallableCode, trees: Mapping[str, Expr], variables: Mapping[str, Variable]
) -> bool:
    """The same of code with several results, which are those of the trees."""
    return all(
        _all_agree(function, source, trees, variables) for function in _compile(text, source)
    )


def _compile(text: str, source: Source | CallableCode) -> list[Callable[..., Any]]:
    """The functions that the code is, one for each way; none where what it imports is missing."""
    try:
        users = source.callables()
        ways = (text, *source.sides())
        return [compile_numpy(each, source.name, brought=users) for each in ways]
    except ImportError:  # the module of a user's function
        return []


def _all_agree(
    function: Callable[..., Any],
    source: CallableCode,
    trees: Mapping[str, Expr],
    variables: Mapping[str, Variable],
) -> bool:
    def one(key: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            found = function(**arguments)
            value, others = found if VALUE in trees else (None, found)
            return value if key == VALUE else source.result(others, key)

        return call

    return all(
        is_large(tree)
        or any(_agrees(one(key), source, tree, variables, seed, trees.values()) for seed in _SEEDS)
        for key, tree in trees.items()
    )


def _agrees(
    function: Callable[..., Any],
    source: Source | CallableCode,
    tree: Expr,
    variables: Mapping[str, Variable],
    seed: int,
    called: Collection[Expr],
) -> bool:
    """Whether it gives the value of the tree at a point; declared functions are given as they are
    ``called`` in all that it computes.
    """
    sizes, values = _point(tree, variables, seed)
    if values is None:
        return True
    try:
        expected = interpret(tree, values, sizes)
        size = magnitude(tree, values, sizes)
    except (EvaluationError, UnsupportedError):
        return True
    arguments = {
        name: _argument(meaning, called, values, sizes)
        for name, meaning in source.arguments().items()
    }
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(function(**arguments))
    except _FAILURES:
        return False
    if found.shape != expected.shape:
        return False
    scale = max(
        float(np.max(np.abs(expected), initial=0.0)), _FLOOR * size, float(np.finfo(float).tiny)
    )
    return bool(np.all(np.abs(found - expected) <= _TOLERANCE * scale))


def _point(
    tree: Expr, variables: Mapping[str, Variable], seed: int
) -> tuple[dict[str, int], dict[str, Array] | None]:
    """Sizes and a point where the tree has a value, if a few attempts find one: code is not kept
    waiting for long.
    """
    rng = np.random.default_rng(seed)
    sizes: dict[str, int] = {}
    values = None
    for sizes in islice(sizes_for([tree], variables), _SIZE_CHOICES):
        values, _ = find_point([tree], variables, rng, sizes, attempts=_ATTEMPTS)
        if values is not None:
            break
    return sizes, values


def _argument(
    meaning: str | tuple[str, ...] | FunctionRef,
    trees: Collection[Expr],
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
) -> Any:
    """A variable, the members of a family, a size, or a function that is only declared."""
    if isinstance(meaning, str):
        return values[meaning] if meaning in values else sizes[meaning]
    if not isinstance(meaning, FunctionRef):
        return nest([values[name] for name in meaning], meaning)
    shapes = {
        len(node.args): extent(node.shape, sizes)
        for tree in trees
        for node in tree.parts
        if node.value == meaning
    }

    def function(*args: Array) -> Array:
        args = tuple([np.asarray(arg) for arg in args])
        return generic(meaning, args, args[0].shape if meaning.entrywise else shapes[len(args)])

    return function
