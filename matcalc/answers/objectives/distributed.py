"""Minimisation over data that are dask arrays: a part per block of rows, and a sum.

The function of a block is our code for NumPy, sent as text. A worker loads a block, computes the
part and drops the block; what travels are the arrays of the variables and of the results. Without a
client of ``dask.distributed`` dask's threads do the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from matcalc.answers.derivatives.joint import Joint, JointValues, joint
from matcalc.answers.objectives.problem import Minimization
from matcalc.answers.objectives.rowwise import rows_of, split
from matcalc.core.errors import ArgumentError, EvaluationError
from matcalc.results import Expression

Found = tuple[Any, dict[str, Any]]  # the value, if it was asked for, and derivatives by their keys


class Distributed(Minimization):
    """The same as ``Minimization``, of data some of which are dask arrays with blocks of rows."""

    def __init__(
        self, expression: Expression, over: Sequence[str], data: Mapping[str, Any], **given: Any
    ) -> None:
        import numpy as np  # noqa: PLC0415 - slow to load

        array = _dask_arrays()
        large = {name: each for name, each in data.items() if isinstance(each, array.Array)}
        if not large:
            raise ArgumentError(
                'backend="dask" is for data with a dask array, and there is none',
                hint="dask.array.from_array(X, chunks=(100_000, -1))",
            )
        for name, each in large.items():
            if any(size != size for axis in each.chunks for size in axis):
                raise ArgumentError(
                    f"the blocks of {name} have unknown sizes",
                    hint=f"{name}.compute_chunk_sizes()",
                )
        # arrays of these shapes that take no room
        light = {
            name: np.broadcast_to(each.dtype.type(0), each.shape) if name in large else each
            for name, each in data.items()
        }
        super().__init__(expression, over, light, **given)
        known = {name: each for name, each in expression.variables.items() if name in large}
        self.rows = rows_of(expression.variables, known)
        self.parts = split(expression, self.rows)
        if not any(name in self.parts.data.variables for name in self.over):
            raise ArgumentError("the terms with data do not depend on what is minimised over")
        self.blocks = self._blocks(large)

    def _blocks(self, large: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The arrays of each block, not computed yet."""
        array = _dask_arrays()
        first = next(iter(large.values())).chunks[0]
        self.counts = [int(count) for count in first if count]
        columns: dict[str, list[Any]] = {}
        for name, variable in self.parts.data.variables.items():
            if name in self.over or not variable.shape or variable.shape[0].plain != self.rows:
                continue
            whole = large[name] if name in large else array.from_array(self.data[name], chunks=-1)
            chunks = {0: tuple(self.counts), **dict.fromkeys(range(1, whole.ndim), -1)}
            columns[name] = list(whole.rechunk(chunks).to_delayed().ravel())
        return [
            {name: column[place] for name, column in columns.items()}
            for place in range(len(self.counts))
        ]

    def _pair(self, **asked: Any) -> tuple[Joint, Joint | None]:
        """The functions of a block and of the rest, of the variables that each has."""
        data = joint(
            self.parts.data,
            [name for name in self.over if name in self.parts.data.variables],
            verify=self._verify,
            **asked,
        )
        return data, self._of_rest(self.parts.rest, asked)

    def _of_rest(self, expression: Expression | None, asked: Mapping[str, Any]) -> Joint | None:
        if expression is None:
            return None
        names = [name for name in self.over if name in expression.variables]
        if not names and not asked.get("value"):
            return None
        if not names:
            asked = {"value": True, "order": 0}
        return joint(expression, names, verify=self._verify, **asked)

    @cached_property
    def _first_parts(self) -> tuple[Joint, Joint | None]:
        return self._pair(value=True, order=1)

    @cached_property
    def _second_parts(self) -> tuple[Joint, Joint | None]:
        return self._pair(value=False, order=2)

    @cached_property
    def _product_parts(self) -> tuple[Joint, Joint | None]:
        return self._pair(value=False, order=0, hvp=True)

    def _sum(self, pair: tuple[Joint, Joint | None], values: Mapping[str, Any]) -> JointValues:
        import dask  # noqa: PLC0415 - optional

        function, rest = pair
        total = sum(self.counts)
        named = {key: each for key, each in values.items() if key in function.arguments}
        lazily = dask.delayed(named)
        found = []
        for count, block in zip(self.counts, self.blocks, strict=True):
            weight = count / total if self.parts.mean else 1.0
            part = dask.delayed(block_values)(function.source, weight, lazily, block)
            found.append(part)
        while len(found) > 1:  # a tree, so that no worker holds all parts
            found = [_add(found[k : k + 8]) for k in range(0, len(found), 8)]
        (result,) = dask.compute(found[0])
        summed = function.sort_values(result)
        if rest is None:
            return summed
        own = rest(**{key: each for key, each in values.items() if key in rest.arguments})
        return _together(summed, own)

    def _values(self, x: Any) -> dict[str, Any]:
        small = {name: each for name, each in self.data.items() if name not in self.blocks[0]}
        sizes = {name: size for name, size in self.sizes.items() if name != self.rows}
        return {**sizes, **small, **self.unpack(x)}

    def _at(self, x: Any) -> JointValues:
        import numpy as np  # noqa: PLC0415 - slow to load

        if self._last is None or not np.array_equal(self._last[0], x):
            found = self._complete(self._sum(self._first_parts, self._values(x)))
            self._last = np.array(x, dtype=float), found
        return self._last[1]

    def _complete(self, found: JointValues) -> JointValues:
        """With zeros for variables that have no part in it."""
        import numpy as np  # noqa: PLC0415 - slow to load

        zeros = {name: np.zeros(shape) for name, shape in self.shapes.items()}
        return JointValues(
            found.value, {**zeros, **found.gradients}, found.hessian, {**zeros, **found.product}
        )

    def _hessian_blocks(self, x: Any) -> Mapping[tuple[str, str], Any]:
        import numpy as np  # noqa: PLC0415 - slow to load

        found = self._sum(self._second_parts, self._values(x)).hessian
        zeros = {
            (one, other): np.zeros(self.shapes[one] + self.shapes[other])
            for one in self.over
            for other in self.over
        }
        return {**zeros, **found}

    def _products(self, x: Any, p: Any) -> Mapping[str, Any]:
        values = self._values(x)
        moves = self.unpack(p)
        for part in self._product_parts:
            if part is not None:
                values |= {part.directions[name]: moves[name] for name in part.directions}
        return self._complete(self._sum(self._product_parts, values)).product


def block_values(
    source: str, weight: float, values: Mapping[str, Any], block: Mapping[str, Any]
) -> Found:
    """What the function of a source says of a block, times the weight; runs on a worker."""
    found = _function(source)(**values, **block)
    value, derivatives = found if isinstance(found, tuple) else (None, found)
    if weight == 1.0:
        return value, derivatives
    return value and value * weight, {key: each * weight for key, each in derivatives.items()}


@cache
def _function(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(compile(source, "<matcalc block>", "exec"), namespace)
    return namespace["f"]


def sum_of(found: Sequence[Found]) -> Found:
    """The sums of values and derivatives; runs on a worker."""
    (value, derivatives), *others = found
    total = dict(derivatives)
    for more, those in others:
        value = value if more is None else value + more
        total = {key: each + those[key] for key, each in total.items()}
    return value, total


def _add(parts: Sequence[Any]) -> Any:
    import dask  # noqa: PLC0415 - optional

    return parts[0] if len(parts) == 1 else dask.delayed(sum_of)(list(parts))


def _together(one: JointValues, other: JointValues) -> JointValues:
    def add_values(left: Mapping[Any, Any], right: Mapping[Any, Any]) -> dict[Any, Any]:
        both = {key: left[key] + right[key] for key in left if key in right}
        return {**left, **right, **both}

    value = one.value if other.value is None else one.value + other.value
    return JointValues(
        value,
        add_values(one.gradients, other.gradients),
        add_values(one.hessian, other.hessian),
        add_values(one.product, other.product),
    )


def _dask_arrays() -> Any:
    try:
        from dask import array  # noqa: PLC0415 - optional
    except ImportError:
        raise EvaluationError(
            'backend="dask" needs dask, which is not installed',
            hint="pip install 'matcalc-symbolic[dask]'",
        ) from None
    return array
