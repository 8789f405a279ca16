"""How generated code looks at its arguments: quickly where they are plain arrays of the declared
shapes, with care otherwise.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from matcalc.core.dims import Dim
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.write.printers.numpy_sizes import size_code, tuple_code

_WIDTH = 100
_INDENT = "    "


def require_name(name: str, called: Container[str]) -> None:
    """ArgumentError where the function would have the name of something that it calls."""
    if name in called:
        raise ArgumentError(
            f"{name!r} cannot be the name of the function: it calls something of that name",
            hint="choose another name",
        )


def fit_statements(variables: Mapping[str, Variable], names: Mapping[str, str]) -> list[str]:
    """Statements that leave arrays of the right shapes: plain ones, and numbers of Python or NumPy,
    are told by simple comparisons, a fraction of a microsecond; others are converted and looked at.
    """
    given = [
        f"({key!r}, {names[key]}, {_axes(variable)})".replace("'", '"')
        for key, variable in variables.items()
    ]
    locals_ = [names[key] for key in variables]
    target = f"[{locals_[0]}]" if len(locals_) == 1 else ", ".join(locals_)
    otherwise = call(f"{target} = check_shapes", given)
    fits = plain_fit({names[key]: each for key, each in variables.items()})
    if fits is None:
        return otherwise
    inner = [_INDENT + line for line in otherwise]
    numbers = [names[key] for key, each in variables.items() if not each.shape]
    converted = [f"{_INDENT}{name} = np.float64({name})" for name in numbers]
    condition = " and ".join(fits)
    negated = "if " if numbers else "if not "
    if len(negated) + len(condition) + 3 <= _WIDTH - len(_INDENT):
        simple = len(fits) == 1 or bool(numbers)
        head = [f"{negated}{condition}:" if simple else f"{negated}({condition}):"]
    else:
        joined = [f"{_INDENT}{'and ' * bool(place)}{fit}" for place, fit in enumerate(fits)]
        head = [f"{negated}(", *joined, "):"]
    return [*head, *converted, "else:", *inner] if numbers else [*head, *inner]


def is_plain(variables: Mapping[str, Variable]) -> bool:
    """Whether there are arrays, and simple comparisons tell their shapes."""
    return any(each.shape for each in variables.values()) and plain_fit(variables) is not None


def call(head: str, arguments: list[str]) -> list[str]:
    """A call on one line, or with an argument on each."""
    line = f"{head}({', '.join(arguments)})"
    if len(line) <= _WIDTH - 2 * len(_INDENT):
        return [line]
    return [f"{head}(", *(f"{_INDENT}{each}," for each in arguments), ")"]


def plain_fit(variables: Mapping[str, Variable]) -> list[str] | None:
    """What holds if the arguments are arrays of double precision and of the declared shapes, and
    numbers of Python or NumPy; None where one cannot tell that by a simple comparison.
    """
    arrays = [name for name, each in variables.items() if each.shape]
    fits = [f"isinstance({name}, float)" for name, each in variables.items() if not each.shape]
    fits += _same([f"type({name})" for name in arrays], "np.ndarray")
    fits += _same([f"{name}.dtype" for name in arrays], "DOUBLE")
    sizes: dict[str, str] = {}
    for name in arrays:
        axes, new = variables[name].shape, False
        for place, dim in enumerate(axes):
            if dim.plain and dim.plain not in sizes:
                sizes[dim.plain], new = _size(name, place), True
        if any(letter not in sizes for dim in axes for letter in dim.letters):
            return None
        own = [dim.plain and sizes[dim.plain] == _size(name, k) for k, dim in enumerate(axes)]
        if new:
            fits.append(f"{name}.ndim == {len(axes)}")
            fits += [
                f"{_size(name, place)} == {size_code(dim, sizes)[0]}"
                for place, dim in enumerate(axes)
                if not own[place]
            ]
        else:
            wanted = tuple_code([size_code(dim, sizes)[0] for dim in axes])
            fits.append(f"{name}.shape == {wanted}")
    return fits


def _size(name: str, axis: int) -> str:
    return f"{name}.shape[{axis}]" if axis else f"len({name})"


def _same(parts: Sequence[str], last: str) -> list[str]:
    """That all parts are the same as the last, in chains of moderate length."""
    chains: list[list[str]] = []
    for part in parts:
        if not chains or sum(len(each) + 4 for each in chains[-1]) + len(part) > _WIDTH - 28:
            chains.append([])
        chains[-1].append(part)
    return [" is ".join([*chain, last]) for chain in chains]


def _expand(dim: Dim) -> str:
    """The dimension as a sum of products, which ``check_shapes`` reads."""
    return " + ".join(
        "*".join([str(c)] * (c != 1 or not names) + [*names]) for c, names in dim.terms
    )


def _axes(variable: Variable) -> str:
    """The shape as ``check_shapes`` takes it."""
    axes = [str(dim.scale) if not dim.letters else repr(_expand(dim)) for dim in variable.shape]
    return tuple_code(axes)
