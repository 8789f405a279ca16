"""Python source that needs NumPy and nothing of ours: what it calls of the runtime follows
the function.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.write.printers.inline import inline_functions, join_definitions
from matcalc.write.printers.numpy_code import Source
from matcalc.write.printers.numpy_sizes import size_code, tuple_code
from matcalc.write.printers.user_functions import imports

_WIDTH = 100
_INDENT = "    "


class Standalone(Source):
    """The parts of one source text."""

    def text(self, side: int | None = None) -> str:
        """The whole source."""
        given, _ = self._bindings()
        self.inlined = inline_functions(
            [*self.runtime, *(f"arguments.{name}" for name in self._helpers(given))],
            {self.name, *self.locals.values(), *self.sizes.values(), *self.declared.values()},
        )
        definitions = join_definitions(self.inlined.definitions)
        return super().text(side) + (f"\n\n{definitions}\n" if definitions else "")

    def _renames(self) -> dict[str, str]:
        return {name: local for name, local in self.inlined.names.items() if "." not in name}

    def _helper(self, name: str) -> str:
        """What a helper is called in this code."""
        return self.inlined.names[f"arguments.{name}"]

    def _helpers(self, given: list[str]) -> list[str]:
        found = super()._helpers(given)
        return [
            "as_arrays" if name == "check_shapes" else name for name in found if name != "DOUBLE"
        ]

    def _imports(self, given: list[str]) -> list[str]:
        lines = dict.fromkeys([*self.inlined.imports, "import numpy as np"])
        plain = [line for line in lines if line.startswith("import ")]
        return sorted(plain) + [line for line in lines if line not in plain] + imports(self.own)

    def _fit_shapes(self) -> list[str]:
        """The arguments as arrays, and whether their shapes fit together."""
        names = [self.locals[key] for key in self.arrays]
        target = f"[{names[0]}]" if len(names) == 1 else ", ".join(names)
        given = ", ".join(f"{name}={name}" for name in names)
        line = f"{target} = {self._helper('as_arrays')}({given})"
        lines = [line] if len(line) < _WIDTH - len(_INDENT) else self._long_call(target, names)
        return lines + shape_checks({self.locals[key]: each for key, each in self.arrays.items()})

    def _long_call(self, target: str, names: list[str]) -> list[str]:
        given = [f"{_INDENT}{name}={name}," for name in names]
        return [f"{target} = {self._helper('as_arrays')}(", *given, ")"]


def shape_checks(variables: Mapping[str, Variable]) -> list[str]:
    """Statements that raise ValueError where arrays do not have the declared shapes."""
    wrong = _misfits(variables)
    if not wrong:
        return []
    condition = " or ".join(wrong)
    head = [f"if {condition}:"]
    if len(condition) + 4 > _WIDTH - len(_INDENT):
        lines = [f"{_INDENT}{'or ' * bool(place)}{each}" for place, each in enumerate(wrong)]
        head = ["if (", *lines, "):"]
    shapes = ", ".join(f"{name}: {_shape(each)}" for name, each in variables.items())
    found = ", ".join(f"{{{name}.shape}}" for name in variables)
    single = f'{_INDENT}raise ValueError(f"expected {shapes}; found {found}")'
    if len(single) <= _WIDTH - len(_INDENT):
        return [*head, single]
    return [
        *head,
        f"{_INDENT}raise ValueError(",
        *(f"{2 * _INDENT}{line}" for line in _texts("expected ", shapes, "; ")),
        *(f"{2 * _INDENT}f{line}" for line in _texts("found ", found, "")),
        f"{_INDENT})",
    ]


def _texts(head: str, text: str, end: str) -> list[str]:
    """Literals of moderate length that say the text together."""
    words = f"{head}{text}{end}".split(" ")
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) > _WIDTH - 4 * len(_INDENT):
            lines.append(f'"{line}"')
            line = ""
        line += word if word is words[-1] else f"{word} "
    return [*lines, f'"{line}"']


def _shape(variable: Variable) -> str:
    return tuple_code([str(dim) for dim in variable.shape])


def _misfits(variables: Mapping[str, Variable]) -> list[str]:
    """What holds of arrays that are not of the declared shapes."""
    sizes: dict[str, str] = {}
    sources: set[tuple[str, int]] = set()
    for name, each in variables.items():
        for place, dim in enumerate(each.shape):
            if dim.plain and dim.plain not in sizes:
                sizes[dim.plain] = f"{name}.shape[{place}]"
                sources.add((name, place))
    wrong = []
    for name, each in variables.items():
        axes = each.shape
        known = all(letter in sizes for dim in axes for letter in dim.letters)
        if axes and known and not any((name, place) in sources for place in range(len(axes))):
            shape = tuple_code([size_code(dim, sizes)[0] for dim in axes])
            wrong.append(f"{name}.shape != {shape}")
            continue
        wrong.append(f"{name}.ndim != {len(axes)}")
        for place, dim in enumerate(axes):
            if (name, place) not in sources:
                wrong += _misfit(f"{name}.shape[{place}]", dim, sizes)
    return wrong


def _misfit(size: str, dim: Dim, sizes: Mapping[str, str]) -> list[str]:
    """Whether an axis has not its size; of a product with unknown names, whether the known part
    does not divide it.
    """
    if all(letter in sizes for letter in dim.letters):
        return [f"{size} != {size_code(dim, sizes)[0]}"]
    if len(dim.terms) > 1:
        return []
    ((scale, names),) = dim.terms
    factors = [str(scale)] * (scale != 1) + [sizes[each] for each in names if each in sizes]
    if not factors:
        return []
    if scale.denominator != 1:
        return []
    part = " * ".join(factors)
    return [f"{size} % {part}" if part.isdecimal() else f"{size} % max(1, {part})"]
