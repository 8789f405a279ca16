"""Source for JAX, PyTorch and the array API standard, from the same array program as for NumPy.

What these do not share with NumPy is in the table ``core/functions/frameworks.py``; functions
that they lack are copied from ``portable.py``. The code looks at shapes but never at values,
changes no array in place, and keeps the type and the device of its arguments, so that it can be
traced, compiled, differentiated and mapped over leading axes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from matcalc.core.declared import FunctionRef
from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.frameworks import FRAMEWORK_CALLS
from matcalc.core.functions.languages import ENTRY_CALLS
from matcalc.core.operations import OPERATIONS
from matcalc.core.user_functions import UserFunction
from matcalc.write.printers.code_levels import ATOM, COMPARISON, SUM, TERM, UNARY, Code
from matcalc.write.printers.framework_names import ARRAY_API, JAX, TORCH, Framework
from matcalc.write.printers.inline import PORTABLE, defines, join_definitions, portable
from matcalc.write.printers.numpy_blocks import subscripts
from matcalc.write.printers.numpy_code import NO_ROOM, Source
from matcalc.write.printers.numpy_emit import Emitter
from matcalc.write.printers.numpy_families import nest_codes
from matcalc.write.printers.numpy_nodes import OUTER, CodeNode, axis_argument, is_bare, is_whole
from matcalc.write.printers.numpy_sizes import size_code, tuple_code
from matcalc.write.printers.standalone import shape_checks
from matcalc.write.printers.user_functions import imports

_INDENT = "    "


_OF_TABLE = re.compile(r"\bxp\.((?:linalg\.)?\w+)")


class FrameworkEmitter(Emitter):
    """Writes the statements in the names of a framework."""

    multiplies = False
    framework: Framework
    first: str | None  # an argument, whose type and device are those of all arrays
    helpers: dict[str, None]

    def _is_fresh(self, node: CodeNode) -> bool:
        return False  # nothing is changed in place

    def _own(self, node: CodeNode) -> str:
        return self.codes[id(node)][0]

    def _code(self, node: CodeNode) -> Code:
        rule = _RULES.get(node.op)
        if rule is not None:
            return rule(self, node)
        return super()._code(node)

    def _write_node(self, node: CodeNode) -> Code:
        text, level = super()._write_node(node)
        return re.sub(r"-?np\.(pi|e|inf)\b", _constant, text), level

    def plain_code(self, node: CodeNode) -> Code:
        """The code that NumPy has, too."""
        return super()._code(node)

    def like(self) -> str:
        """The arguments that make an array like those of the function."""
        return ", **like" if self.first else ""

    def plain(self, name: str) -> str:
        """The name of a function of the framework."""
        return name if name.startswith("jax.") else self.framework.prefix + name

    def helper(self, name: str) -> str:
        """The name of a function of ours, which comes with the code."""
        self.helpers[name] = None
        return name

    def array(self, node: CodeNode) -> str:
        """An operand as an array: numbers of Python become one, also pi."""
        text = self.codes[id(node)][0]
        if not is_bare(node):
            return text
        if self.framework.backend == "torch":
            return f"torch.tensor(float({text}){self.like()})"
        return f"{self.plain('asarray')}(float({text}){self.like()})"

    def _scatter(self, node: CodeNode) -> Code:
        """The values on a diagonal, by multiplying with identities; and what they are added to."""
        value, *base = node.args
        pattern: tuple[int, ...] = node.attr
        seen: dict[int, int] = {}
        eyes = []
        for axis, label in enumerate(pattern):
            if label not in seen:
                seen[label] = axis
                continue
            places = [":" if k in (seen[label], axis) else "None" for k in range(len(pattern))]
            size = self._size(node.shape[axis])[0]
            eyes.append(f"{self.plain('eye')}({size}{self.like()})[{', '.join(places)}]")
        text = self._bracket(value, UNARY)
        if value.rank:
            firsts = set(seen.values())
            places = [":" if k in firsts else "None" for k in range(len(pattern))]
            text = f"{self._bracket(value, ATOM)}[{', '.join(places)}]"
        kept = [axis for label, axis in seen.items() if pattern.count(label) == 1]
        shape = dict(zip(seen.values(), value.shape or [None] * len(seen), strict=True))
        if any(shape[axis] != node.shape[axis] for axis in kept):
            whole = self._shape(node.shape, eye=False)
            eyes.append(f"{self.plain('ones')}({whole}{self.like()})")
        product = " * ".join([text, *eyes])
        if not base:
            return product, TERM
        return f"{self._bracket(base[0], SUM)} + {product}", SUM


def _constant(found: re.Match[str]) -> str:
    sign = "-" if found[0][0] == "-" else ""
    return f"{sign}math.{found[1]}"


def _call(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    function, before, after = node.attr
    if function == OUTER:
        return _outer(emitter, node)
    cell = FRAMEWORK_CALLS.get(function, {}).get(emitter.framework.backend, "-")
    if cell == "-":
        raise _missing_error(function, emitter.framework.title)
    if function == "matrix_power" and not is_whole(node.args[1]):
        raise _missing_error("power of a matrix with this exponent", emitter.framework.title)
    args = [emitter.codes[id(arg)][0] for arg in node.args]
    more = [_argument(emitter, text) for text in after]
    if function == "np.where":
        return _where(emitter, node, args, after)
    if cell[0] == "=":
        name = emitter.helper(cell[1:].rstrip("*") or function.rpartition(".")[2])
        first = ["xp"] if emitter.framework.backend == "array-api" else []
        more = more[:1] if function == "np.take" else more  # these stay inside themselves
        last = ["**like"] if cell[-1] == "*" and emitter.first else []
        numbers = _arguments(emitter, node, ours=True)
        return f"{name}({', '.join([*first, *before, *numbers, *more, *last])})", ATOM
    given = _arguments(emitter, node, ours=False)
    if function in ("np.var", "np.std") and emitter.framework.backend == "torch":
        more.append("correction=0")
    if function == "np.cumsum" and not more:
        more.append("axis=0")
    if function in ("np.tril", "np.triu") and more and emitter.framework.backend == "array-api":
        more = [f"k={more[0]}"]
    if function == "np.swapaxes" and emitter.framework.backend == "array-api":
        more = []
    if function == "np.arange":
        given = args
    return f"{emitter.plain(cell)}({', '.join([*before, *given, *more])})", ATOM


# at which places integers stay what they are
_WHOLE = dict.fromkeys(("matrix_power", "np.arange", "sum_at"), frozenset(range(3))) | {
    row.numpy: frozenset(row.whole[:1])
    for row in OPERATIONS.values()
    if row.whole is not None and row.numpy
}


def _arguments(emitter: FrameworkEmitter, node: CodeNode, *, ours: bool) -> list[str]:
    """The arguments as arrays, but for what says a size, an axis or a place. Functions of ours take
    these alone as numbers, unless they act on entries.
    """
    function = node.attr[0]
    counts = _WHOLE.get(function, frozenset())
    if ours and function not in ENTRY_CALLS:
        counts = frozenset(range(len(node.args)))
    return [
        emitter.codes[id(arg)][0] if place in counts and is_whole(arg) else emitter.array(arg)
        for place, arg in enumerate(node.args)
    ]


def _argument(emitter: FrameworkEmitter, text: str) -> str:
    """An argument that is a text of NumPy."""
    if text == "dtype=float":
        return "**like" if emitter.first else ""
    return text


def _missing_error(function: str, title: str) -> UnsupportedError:
    name = function.rpartition(".")[2]
    return UnsupportedError(
        f"{title} has no {name}, and matcalc has none for it",
        hint='source("numpy"), or --format numpy, computes it',
    )


def _where(
    emitter: FrameworkEmitter, node: CodeNode, args: list[str], after: tuple[str, ...]
) -> Code:
    if after == ("1.0", "0.0"):
        if not emitter.first:
            return f"{emitter.plain('where')}({args[0]}, 1.0, 0.0)", ATOM
        return emitter.framework.cast.format(args[0], emitter.first), ATOM
    condition, test = args[0], node.args[0]
    while test.op == "suffix" and test.attr.startswith("["):
        (test,) = test.args
    if test.op != "infix" or test.attr not in ("<", "<=", ">", ">=", "==", "!="):
        condition = f"{emitter._bracket(node.args[0], COMPARISON + 1)} != 0"
    branches = [emitter.array(arg) for arg in node.args[1:]]
    branches += [
        f"{emitter.plain('asarray' if emitter.framework.backend != 'torch' else 'tensor')}"
        f"({text}{emitter.like()})"
        for text in after
    ]
    return f"{emitter.plain('where')}({', '.join([condition, *branches])})", ATOM


def _outer(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    left, right = node.args
    if not left.rank or not right.rank:
        return f"{emitter._bracket(left, TERM)} * {emitter._bracket(right, UNARY)}", TERM
    places = ", ".join([":"] * left.rank + ["None"] * right.rank)
    return f"{emitter._bracket(left, ATOM)}[{places}] * {emitter._bracket(right, UNARY)}", TERM


def _fill(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    function = node.attr.rpartition(".")[2]
    shape = emitter._shape(node.shape, eye=function == "eye")
    if function == "full":
        one = f"{emitter.plain('ones')}({shape}{emitter.like()})"
        return f"{emitter._bracket(node.args[0], UNARY)} * {one}", TERM
    if function != "eye" and "(" not in shape:
        shape = f"({shape},)"
    return f"{emitter.plain(function)}({shape}{emitter.like()})", ATOM


def _shape(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    shape = tuple_code([emitter._size(dim)[0] for dim in node.shape])
    return f"{emitter.plain('reshape')}({emitter.codes[id(node.args[0])][0]}, {shape})", ATOM


def _reshape(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    first = ["xp"] if emitter.framework.backend == "array-api" else []
    sizes = [emitter._size(dim)[0] for dim in node.shape]
    given = [*first, emitter.codes[id(node.args[0])][0], *sizes]
    return f"{emitter.helper('reshape')}({', '.join(given)})", ATOM


def _einsum(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    if emitter.framework.backend == "array-api":
        return _summed_product(emitter, node)
    given = [subscripts(*node.attr), *(emitter.codes[id(arg)][0] for arg in node.args)]
    return f"{emitter.plain('einsum')}({', '.join(given)})", ATOM


def _suffix(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    inner, text = node.args[0], node.attr
    if text.startswith(".transpose("):
        axes = text.removeprefix(".transpose")
        name = emitter.framework.renamed.get("permute_dims", "xp.permute_dims")
        return f"{name}({emitter.codes[id(inner)][0]}, {axes})", ATOM
    if text.startswith(".ravel("):
        first = "xp, " if emitter.framework.backend == "array-api" else ""
        return f"{emitter.helper('vec')}({first}{emitter.codes[id(inner)][0]})", ATOM
    if text == ".astype(int)":
        return emitter.framework.whole.format(emitter._bracket(inner, ATOM)), ATOM
    if text.startswith("[") and ("None" in text or ":" in text):  # the standard asks for all axes
        missing = inner.rank - text.count(":")
        text = f"{text[:-1]}{', :' * missing}]"
    return emitter._bracket(inner, ATOM) + text, ATOM


def _multiply(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    given = [emitter._bracket(arg, ATOM) for arg in node.args]
    if emitter.framework.backend == "array-api":
        return " @ ".join(given), TERM
    return f"{emitter.plain('linalg.multi_dot')}([{', '.join(given)}])", ATOM


def _summed_product(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    """A contraction as a product that is summed: the standard has no einsum."""
    inputs, output = node.attr
    labels = list(dict.fromkeys([*output, *(label for each in inputs for label in each)]))
    factors = []
    for arg, own in zip(node.args, inputs, strict=True):
        if len(set(own)) < len(own):
            raise _missing_error("einsum with an index twice at one array", ARRAY_API.title)
        order = [own.index(label) for label in labels if label in own]
        text = emitter._bracket(arg, ATOM)
        if order != sorted(order):
            text = f"xp.permute_dims({text}, ({', '.join(map(str, order))}))"
        places = [":" if label in own else "None" for label in labels]
        factors.append(f"{text}[{', '.join(places)}]" if "None" in places and own else text)
    product = " * ".join(factors)
    gone = list(range(len(output), len(labels)))
    if not gone:
        return product, TERM
    return f"xp.sum({product}{f', {axis_argument(gone)}' if output else ''})", ATOM


def _gather(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    """Rows or columns at places; the standard has a function for that."""
    if emitter.framework.backend != "array-api":
        return emitter.plain_code(node)
    values, places = (emitter.codes[id(arg)][0] for arg in node.args)
    return f"xp.take({values}, {places}, axis={node.attr})", ATOM


def _unit(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    size, place = emitter._size(node.shape[0])[0], emitter._size(node.attr)[0]
    return f"{emitter.plain('eye')}({size}{emitter.like()})[{place}, :]", ATOM


def _stack(emitter: FrameworkEmitter, node: CodeNode) -> Code:
    function, rows, columns = node.attr
    concat = emitter.framework.renamed.get("concat", emitter.framework.prefix + "concat")
    wide = "(1,)" if function == "np.hstack" else "(1, 1)"
    parts = [
        emitter.codes[id(arg)][0]
        if arg.rank
        else f"{emitter.plain('reshape')}({emitter.array(arg)}, {wide})"
        for arg in node.args
    ]
    if function == "np.hstack":
        return f"{concat}([{', '.join(parts)}], axis=0)", ATOM
    lines = [
        f"{concat}([{', '.join(parts[r * columns : (r + 1) * columns])}], axis=1)"
        if columns > 1
        else parts[r]
        for r in range(rows)
    ]
    return (f"{concat}([{', '.join(lines)}], axis=0)" if rows > 1 else lines[0]), ATOM


_RULES: dict[str, Callable[[FrameworkEmitter, CodeNode], Code]] = {
    "call": _call,
    "filled": _fill,
    "shaped": _shape,
    "reshaped": _reshape,
    "einsum": _einsum,
    "suffix": _suffix,
    "multiplied": _multiply,
    "unit": _unit,
    "gathered": _gather,
    "stacked": _stack,
}


class FrameworkSource(Source):
    """The parts of one source text."""

    framework: Framework
    guards = False  # traced code cannot look at values
    changes = False  # and no array
    sized = frozenset((*Source.sized, "scattered"))
    reserved = frozenset(
        [
            *("np", "jax", "jnp", "torch", "xp", "math", "like", "arguments"),
            *("as_arrays", "as_places"),
            *("array_namespace", "device", "is_array_api_obj"),
            *(name for module in PORTABLE for name in defines(module)),
        ]
    )

    def text(self, side: int | None = None) -> str:
        """The whole source."""
        self.helpers: dict[str, None] = {}
        if self.own:
            name = next(iter(self.own)).name
            raise _missing_error(name, self.framework.title)
        text = super().text(side)
        if not re.search(r"\*\*like|like\[", text):
            text = re.sub(r"\n    like = .*", "", text)
        definitions = [_in_names_of(self.framework, each) for each in portable(self.helpers)]
        if self.variables:
            definitions.append(self.framework.arrays)
        if self.listed:
            definitions.append(self.framework.places)
        behind = join_definitions(definitions)
        lines = list(self.framework.imports)
        lines += ["import math"] if "math." in text + behind else []
        if "jax." not in text + behind and "import jax" in lines:
            lines.remove("import jax")
        head = "\n".join(sorted(lines, key=lambda line: (line.startswith("from"), line)))
        return f"{head}\n\n\n{text.lstrip()}" + (f"\n\n{behind}\n" if behind else "")

    def _emitter(
        self, functions: Mapping[UserFunction | FunctionRef | str, str], side: int | None
    ) -> Emitter:
        taken = self.taken.__contains__
        emitter = FrameworkEmitter(self.root, self.locals, functions, self.sizes, taken, side)
        emitter.framework = self.framework
        emitter.first = next((self.locals[key] for key in self.arrays), None)
        emitter.helpers = self.helpers
        return emitter

    def _imports(self, given: list[str]) -> list[str]:
        return imports(self.own)

    def _length(self, key: str, axis: int) -> str:
        return f"{self.locals[key]}.shape[{axis}]"

    def _quietly(self) -> list[str]:
        return []

    def _room(self) -> list[str]:
        left = [size_code(size, self.sizes)[0] for size in self.room]
        if not left or not self.check:
            return []
        return [
            f"if min({', '.join(left)}, 0) < 0:",
            f'{_INDENT}raise ValueError("{NO_ROOM}")',
        ]

    def _checks(self, given: list[str]) -> list[str]:
        lines = []
        if not self.plain:
            names = ", ".join([*self._inputs().values(), *self._others(given)])
            taken = ", ".join(f'arguments["{key}"]' for key in self._parameters(given))
            lines.append(f"[{names}] = [{taken}]")
        for family, members in self.families.items():
            inside = nest_codes([self.locals[name] for name in members], members)
            lines.append(f"{inside} = {self.lists[family]}")
        return lines + self._arrays()

    def _arrays(self) -> list[str]:
        names = [self.locals[key] for key in self.arrays]
        if not names:
            return []
        target = f"[{names[0]}]" if len(names) == 1 else ", ".join(names)
        if self.framework.backend == "array-api":
            target = f"xp, [{', '.join(names)}]"
        given = ", ".join(f"{name}={name}" for name in names)
        like = self.framework.like.format(names[0])
        variables = {self.locals[key]: each for key, each in self.arrays.items()}
        return [
            f"{target} = as_arrays({given})",
            *(shape_checks(variables) if self.check else []),
            *self._places(),
            f"like = {like}",
        ]

    def _given_places(self, key: str) -> list[str]:
        first = ["xp"] if self.framework.backend == "array-api" else []
        like = [] if self.framework.backend == "jax" else [self.locals[next(iter(self.arrays))]]
        return [*first, self.locals[key], *like]

    def _result(self, root: CodeNode, code: str) -> str:
        if self.builder.is_python(root):
            make = "torch.tensor" if self.framework.backend == "torch" else "asarray"
            make = make if "." in make else self.framework.prefix + make
            return f"{make}(float({code}){', **like' if self.variables else ''})"
        return code


def _in_names_of(framework: Framework, text: str) -> str:
    """A function of ``portable.py`` as one of the framework."""
    if framework.backend == "array-api":
        return text
    text = text.replace("(xp, ", "(").replace("(xp)", "()")

    def name(found: re.Match[str]) -> str:
        return framework.renamed.get(found[1], framework.prefix + found[1])

    text = _OF_TABLE.sub(name, text)
    if framework.backend == "torch":
        text = re.sub(r"dtype=(\w+)\.dtype", r"dtype=\1.dtype, device=\1.device", text)
    return text


class JaxSource(FrameworkSource):
    """For JAX."""

    framework = JAX


class TorchSource(FrameworkSource):
    """For PyTorch."""

    framework = TORCH


class ArrayApiSource(FrameworkSource):
    """For any array library, by array-api-compat."""

    framework = ARRAY_API
