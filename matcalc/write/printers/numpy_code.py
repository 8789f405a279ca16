"""Python source of a function that computes an expression with NumPy, and the function itself."""

from __future__ import annotations

import keyword
import textwrap
import unicodedata
from collections.abc import Callable, Container, Mapping
from typing import Any

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, names_in
from matcalc.core.kinds import SYMMETRY, Variable
from matcalc.core.members import families, family_of
from matcalc.core.operations import NARROW
from matcalc.core.tree import Expr
from matcalc.core.user_functions import UserFunction
from matcalc.core.walk import operands, postorder
from matcalc.write.printers import numpy_checks as checks
from matcalc.write.printers.numpy_blocks import dims as block_dims
from matcalc.write.printers.numpy_blocks import room as block_room
from matcalc.write.printers.numpy_cost import depths
from matcalc.write.printers.numpy_emit import Emitter
from matcalc.write.printers.numpy_families import (
    docstring_lines,
    format_count,
    gather,
    spell_member,
    take_out,
)
from matcalc.write.printers.numpy_guards import guard
from matcalc.write.printers.numpy_lower import lower
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode
from matcalc.write.printers.numpy_places import PlacesBuilder, find_listed
from matcalc.write.printers.numpy_shared import share_decompositions
from matcalc.write.printers.numpy_sizes import size_code, solve_size, tuple_code
from matcalc.write.printers.user_functions import callable_name, imports

_HELPERS = (
    "as_scalar",
    "check_room",
    "check_shapes",
    "check_size",
    "take",
    "members",
    "DOUBLE",
    "as_arrays",
    "as_places",
    "arguments",
)
# what has the type of its arguments
_KEEPING = frozenset(
    [
        *NARROW,
        *("sigmoid_slope", "weighted_gram", "psd_factors", "psd_solve", "psd_inverse"),
        *("squared_distances", "regular_det", "without_nan", "pick", "sum_at"),
    ]
)
_WIDTH = 100
_INDENT = "    "
NO_ROOM = "arrays of these sizes have no room for the entries that the formula takes"
VALUE = ""  # the key of the value among several results


def compile_numpy(
    source: str,
    name: str = "f",
    functions: tuple[str, ...] = (),
    brought: Mapping[str, Callable[..., Any]] | None = None,
) -> Callable[..., Any]:
    """The function that the source defines, kept as ``.source``; see ``runtime/compiled.py``.

    ``functions`` are those of its arguments that are functions themselves, ``brought`` those of a
    user's that it cannot import.
    """
    # source can be made without NumPy
    from matcalc.runtime.compiled import Compiled  # noqa: PLC0415

    return Compiled(source, name, functions, brought)


def of_family(function: Callable[..., Any], family: str) -> Callable[..., Any]:
    """The function that returns one family of several results."""
    # as above
    from matcalc.runtime.compiled import OfFamily  # noqa: PLC0415

    return OfFamily(function, family)


class Source:
    """The parts of one source text."""

    reserved = frozenset(["np", "math", "itertools", *_HELPERS])  # names that no variable gets
    guards = True  # whether it refuses points where a formula has no value
    wary = False  # whether it refuses matrices that are not well conditioned
    quick = False  # whether it is for small arrays rather than for the eye
    places = True  # whether one-hot matrices are lists of places
    changes = True  # whether it changes arrays of its own
    sized = frozenset(("filled", "reshaped", "shaped"))  # whose code mentions all of their sizes

    def __init__(
        self,
        expr: Expr,
        variables: Mapping[str, Variable],
        name: str,
        title: str,
        check: bool = True,
    ) -> None:
        self.check = check  # whether the code looks at its arguments
        self.variables = {key: each for key, each in variables.items() if each.kind != "function"}
        self.name = name
        self.title = title
        self.listed = find_listed(self.variables) if self.places else {}
        self.arrays = {key: each for key, each in self.variables.items() if key not in self.listed}
        builder = PlacesBuilder() if self.listed else CodeBuilder()
        self.builder, builder.quick, builder.changes = builder, self.quick, self.changes
        nodes = {
            key: builder.name(
                key,
                each.shape,
                symmetric=SYMMETRY.get(each.kind) == 1,
                definite=each.kind == "psd",
                positive=each.kind == "positive",
            )
            for key, each in self.arrays.items()
        }
        if isinstance(builder, PlacesBuilder):
            for key, each in self.listed.items():
                places = builder.name(key, each.shape, symmetric=False)
                nodes[key] = builder.one_hot(places, self.variables[key].shape[1])
        self.root = lower(expr, nodes, builder)
        if self.guards:
            self.root = guard(builder, self.root, list(nodes.values()), self.wary)
            self.root = share_decompositions(builder, self.root)
        self.indexed = "indexed" in expr.operations
        self.order = postorder(self.root, operands)
        self.runtime = sorted(
            {node.attr[0] for node in self.order if node.op == "call" and "." not in node.attr[0]}
        )
        self.taken = {*self.reserved, *self.runtime}
        self.locals = {key: self._local(key) for key in self.variables}
        applied = {node.attr for node in self.order if node.op == "apply"}
        own = [function for function in applied if isinstance(function, UserFunction)]
        self.own = {each: self._local(each.name, {name}) for each in sorted(own, key=str)}
        refs = [function for function in applied if isinstance(function, FunctionRef)]
        self.declared = {
            each: self._local(callable_name(each)) for each in sorted(refs, key=_place)
        }
        self.families = families(self.variables)
        self.lists = {family: self._local(family) for family in self.families}
        self.plain = all(key == local for key, local in self._inputs().items())
        self.room = list(dict.fromkeys(size for node in self.order for size in block_room(node)))
        self.sizes = {
            key: self._local(key) for key in _dimension_names(self.order, self.room, self.sized)
        }

    def _local(self, key: str, taken: Container[str] = ()) -> str:
        """The name itself, where Python and the names that the code uses allow it; else one like
        it.
        """
        local = spell_member(unicodedata.normalize("NFKC", key))
        while keyword.iskeyword(local) or local in self.taken or local in taken:
            local += "_"
        self.taken.add(local)
        return local

    def _inputs(self) -> dict[str, str]:
        """The arrays that the function takes, and what they are called in it: of a family one
        list.
        """
        found: dict[str, str] = {}
        for key, local in self.locals.items():
            family = family_of(key)
            found |= {key: local} if family is None else {family: self.lists[family]}
        return found

    def sides(self) -> list[str]:
        """The sources that together have both sides of every choice, of one inside another for
        each side of that; nothing if there is no choice.
        """
        deepest = max(depths(self.root).values())
        return [self.text(side) for side in range(2**deepest)] if deepest else []

    def text(self, side: int | None = None) -> str:
        """The whole source; with ``side`` one side of every choice that is left to the sizes."""
        checks.require_name(self.name, self.reserved)
        given, bindings = self._bindings()
        functions: dict[UserFunction | FunctionRef | str, str] = dict(self.own.items())
        functions.update(self.declared.items())
        functions.update(self._renames())
        emitter = self._emitter(functions, side)
        statements, result = emitter.statements()
        before = [*self._checks(given), *bindings, *self._room()]
        if self.root.op == "several":
            statements += self._results(emitter)
        else:
            statements.append(f"return {self._result(self.root, result)}")
        body = [*self._docstring(given), *before, *statements]
        return "\n".join(
            [
                *self._imports(given),
                "",
                "",
                *self._quietly(),
                self._signature(given),
                *(_INDENT + line if line else "" for line in body),
                "",
            ]
        )

    def _emitter(
        self, functions: Mapping[UserFunction | FunctionRef | str, str], side: int | None
    ) -> Emitter:
        """What writes the statements."""
        taken = self.taken.__contains__
        emitter = Emitter(self.root, self.locals, functions, self.sizes, taken, side)
        emitter.quick = self.quick
        return emitter

    def _renames(self) -> dict[str, str]:
        """Functions of the runtime that have other names in this code."""
        return {}

    def result(self, found: Mapping[str, Any], key: str) -> Any:
        """One of several results, which may be in the list of its family."""
        return found[key] if key in found else take_out(found, key, self.families)

    def arguments(self) -> dict[str, str | tuple[str, ...] | FunctionRef]:
        """What each argument of the function is: a variable, the members of a family, a function
        that is only declared, or the name of a size.
        """
        given, _ = self._bindings()
        functions = {local: op for op, local in self.declared.items()}
        return {
            **{key: tuple(self.families.get(key, ())) or key for key in self._inputs()},
            **functions,
            **{self.sizes[name]: name for name in given},
        }

    def callables(self) -> dict[str, Callable[..., Any]]:
        """The functions of a user's that the code cannot import."""
        return {
            each.name: each.function
            for each in self.own
            if each.function is not None and each.origin is None
        }

    def _bindings(self) -> tuple[list[str], list[str]]:
        """Sizes that no argument tells, so that they are arguments themselves; and the statements
        that bind the others.
        """
        given: list[str] = []
        statements: list[str] = []
        missing = dict(self.sizes)
        for key, variable in (self.arrays | self.listed).items():
            found = [dim.plain or "" for dim in variable.shape]
            new = [name for name in dict.fromkeys(found) if name in missing]
            local = self.locals[key]
            if len(found) > 1 and len(new) == len(found):
                statements.append(f"{', '.join(missing[name] for name in found)} = {local}.shape")
            else:
                for name in new:
                    axis = found.index(name)
                    statements.append(f"{missing[name]} = {self._length(key, axis)}")
            for name in new:
                del missing[name]
        for name in missing:
            statement = self._solve(name, missing)
            statements += [statement] if statement else []
            given += [] if statement else [name]
        return given, statements

    def _length(self, key: str, axis: int) -> str:
        """The size of an axis of an argument."""
        local = self.locals[key]
        return f"len({local})" if axis == 0 else f"{local}.shape[{axis}]"

    def _solve(self, name: str, missing: Mapping[str, str]) -> str | None:
        places = [
            (dim, f"{self.locals[key]}.shape[{axis}]")
            for key, variable in self.variables.items()
            for axis, dim in enumerate(variable.shape)
            if name in dim.letters
        ]
        found = solve_size(name, places, self.sizes, missing)
        if found is None:
            return None
        left, divisor = found
        return f"{missing[name]} = {left}" + (f" // ({divisor})" if divisor else "")

    def _helpers(self, given: list[str]) -> list[str]:
        """What the code needs of ``runtime/arguments.py``."""
        used = (
            any(
                node.rank == 0 and self._number(node, "").startswith("as_scalar")
                for node in self._roots()
            ),
            bool(self.room) and self.check,
            bool(self.arrays) and self.check,
            bool(given) and self.check,
            not self.plain,
            bool(self.families),
            self.check and checks.is_plain(self.arrays),
        )
        found = [helper for helper, there in zip(_HELPERS, used, strict=False) if there]
        return [*found, *(["as_places"] if self.listed else [])]

    def _imports(self, given: list[str]) -> list[str]:
        helpers = self._helpers(given)
        lines = ["import numpy as np"]
        if self.runtime:
            checks.require_name(self.name, self.runtime)
            lines.append(f"from matcalc.runtime import {', '.join(self.runtime)}")
        if helpers:
            helpers.sort(key=str.islower)  # constants first
            lines.append(f"from matcalc.runtime.arguments import {', '.join(helpers)}")
        return lines + imports(self.own)

    def _quietly(self) -> list[str]:
        """What conditions leave out is computed, whether it has a value or not."""
        kinds = {len(node.attr[2]) for node in self.order if node.calls("np.where")}
        cleared = any(node.op == "cleared" for node in self.order)
        masked = cleared or 1 in kinds or (0 in kinds and self.indexed)
        return ['@np.errstate(all="ignore")'] if masked else []

    def _signature(self, given: list[str]) -> str:
        if not self.plain:
            return f"def {self.name}(**arguments):"
        names = self._parameters(given)
        return f"def {self.name}({'*, ' if names else ''}{', '.join(names)}):"

    def _parameters(self, given: list[str]) -> list[str]:
        """What the caller calls the arguments."""
        return [*self._inputs(), *self._others(given)]

    def _others(self, given: list[str]) -> list[str]:
        """The arguments that are not arrays."""
        return [*self.declared.values(), *(self.sizes[name] for name in given)]

    def _docstring(self, given: list[str]) -> list[str]:
        title = (self.title or "Generated by matcalc.").replace("\\", "\\\\").replace('"', '\\"')
        lines = [
            wrapped
            for line in title.splitlines()
            for wrapped in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
        ]
        lines[0] = f'"""{lines[0]}'
        lines.append("")
        places = ", or the positions of the ones, counted from 0"
        lines += [
            f"{line}{places if line.partition(':')[0] in self.listed else ''}"
            for line in docstring_lines(self.variables, self.families)
        ]
        lines += [
            f"{local}: a function, {key} of the formula" for key, local in self.declared.items()
        ]
        lines += [
            f"{self.sizes[name]}: the size {name}, which no array determines" for name in given
        ]
        shape = tuple_code([str(dim) for dim in self.root.shape])
        returned = f"an array of shape {shape}" if self.root.rank else "a number"
        if self.root.op == "several":
            value = "the value, and " if VALUE in self.root.attr else ""
            returned = f"{value}a mapping from the variables to the derivatives"
        return [*lines, f"Returns {returned}.", '"""']

    def _checks(self, given: list[str]) -> list[str]:
        """The arguments as arrays of the right shapes."""
        targets = ", ".join([*self._inputs().values(), *self._others(given)])
        wanted = ", ".join(f'"{key}"' for key in self._parameters(given))
        lines = [] if self.plain else [f"[{targets}] = take(arguments, {wanted})"]
        lines += [
            f'{self.sizes[name]} = check_size("{name}", {self.sizes[name]})'
            for name in given
            if self.check
        ]
        for family, names_ in self.families.items():
            inside = ", ".join([self.locals[name] for name in names_])
            taken = [f'"{family}"', self.lists[family], format_count(names_)]
            lines += checks.call(f"[{inside}] = members", taken)
        if self.arrays and self.check:
            lines += self._fit_shapes()
        return [*lines, *self._places()]

    def _fit_shapes(self) -> list[str]:
        """Statements that leave arrays of the right shapes."""
        return checks.fit_statements(self.arrays, self.locals)

    def _places(self) -> list[str]:
        """Statements that leave lists of places, as long as the other arrays say."""
        lines = []
        seen = dict(self.arrays)
        for key, places in self.listed.items():
            rows, width = self.variables[key].shape
            given = [*self._given_places(key), self._told_size(width, seen) or str(width)]
            count = self._told_size(rows, seen) if rows.letters else str(rows)
            given += [count] if count else []
            call = f"{self._helper('as_places')}({', '.join(given)})"
            lines.append(f"{self.locals[key]} = {call}")
            seen[key] = places
        return lines

    def _given_places(self, key: str) -> list[str]:
        """What ``as_places`` is told first of a list."""
        return [f'"{key}"', self.locals[key]]

    def _told_size(self, dim: Dim, arrays: Mapping[str, Variable]) -> str:
        """The size of an axis, as one of the arrays tells it."""
        axes = (
            self._length(key, axis)
            for key, each in arrays.items()
            for axis, own in enumerate(each.shape)
            if own == dim
        )
        return next(axes, "")

    def _helper(self, name: str) -> str:
        """What a helper is called in this code."""
        return name

    def _is_double(self, node: CodeNode) -> bool:
        """Whether a part may have double precision while the arguments have another."""
        if node.op in ("filled", "unit"):
            return True
        if node.op == "stacked":  # beside arrays a number of Python is an array of its own
            return any(map(_is_constant, node.args))
        if node.op == "scattered":
            return len(node.args) == 1 and not node.args[0].rank
        if node.op == "pieces":  # numbers beside the arrays may have double precision
            kinds = {bool(arg.rank) for arg in node.args if arg.op != "number"}
            return kinds != {True}
        if node.op != "call":
            return False
        function, _, after = node.attr
        return (
            ("." not in function and function not in _KEEPING)
            or after == ("1.0", "0.0")
            or (not node.rank and all(map(_is_constant, node.args)))
        )

    def _number(self, root: CodeNode, code: str) -> str:
        """A number of NumPy as one of Python; what is made of sizes and numbers is one already."""
        if self.builder.is_python(root):
            return f"float({code})"
        strange = any(node.op in ("apply", "text") for node in self.order)
        plain = not strange and root.op in ("infix", "neg", "name", "suffix")
        if not self.check:  # numbers may be Python's own then, beside arrays they are not
            plain = plain and any(node.rank for node in postorder(root, operands))
        if plain or (root.op == "call" and root.attr[0][:3] == "np."):
            bare = root.op in ("name", "suffix") or root.op == "call"
            return f"{code}.item()" if bare else f"({code}).item()"
        return f"as_scalar({code})"

    def _room(self) -> list[str]:
        """What must be left of the sizes."""
        left = [size_code(size, self.sizes)[0] for size in self.room]
        return [f"check_room({', '.join(left)})"] if left and self.check else []

    def _roots(self) -> tuple[CodeNode, ...]:
        """The nodes of the results."""
        return self.root.args if self.root.op == "several" else (self.root,)

    def _result(self, root: CodeNode, code: str) -> str:
        """A number without axes becomes Python's own; a view of an argument is copied."""
        if root.rank == 0:
            return self._number(root, code)
        view = _base(root).op == "name" or root.calls("np.diagonal")
        arrays = [self.locals[key] for key, each in self.arrays.items() if each.shape]
        if arrays and not view and any(map(self._is_double, postorder(root, operands))):
            simple = code.isidentifier() or (code[-1] in ")]" and root.op == "call")
            return f"{code if simple else f'({code})'}.astype({arrays[0]}.dtype, copy=False)"
        return f"np.array({code})" if view else code

    def _results(self, emitter: Emitter) -> list[str]:
        """The statement that returns several results: a mapping, after the value if there is one.

        No two of them share memory.
        """
        written: dict[str, str] = {}
        seen: set[int] = set()
        for key, node in zip(self.root.attr, self.root.args, strict=True):
            code, base = self._result(node, emitter.codes[id(node)][0]), _base(node)
            shared = node.rank > 0 and base.op != "name" and id(base) in seen
            written[key] = f"np.array({code})" if shared else code
            seen.add(id(base))
        value = f"{written.pop(VALUE)}, " if VALUE in written else ""
        written = gather(written, self.families)
        entries = [f'"{key}": {code}' for key, code in written.items()]
        line = f"return {value}{{{', '.join(entries)}}}"
        if len(line) <= _WIDTH - len(_INDENT):
            return [line]
        return [f"return {value}{{", *(f"{_INDENT}{entry}," for entry in entries), "}"]


class Quick(Source):
    """The same for a function that is called and not read."""

    quick = True


def _is_constant(node: CodeNode) -> bool:
    """Whether this is made of numbers, sizes and constants alone."""
    parts = postorder(node, operands)
    return all(part.args or part.op in ("number", "size", "text") for part in parts)


def _base(node: CodeNode) -> CodeNode:
    """What a view is a view of."""
    while node.op in ("suffix", "sliced", "reshaped", "shaped") or node.calls("reshape"):
        node = node.args[0]
    return node


def _place(function: FunctionRef) -> tuple[object, ...]:
    """In which order functions are arguments: those of entries, of matrices, of vectors."""
    argument, *others = function.ranks or (3, 0)
    return -argument, *others, function.order, str(function)


def _dimension_names(order: list[CodeNode], room: list[Dim], sized: frozenset[str]) -> list[str]:
    """The names in the sizes that the program mentions or needs room for."""
    dims = [
        dim
        for node in order
        for dim in (
            (node.attr,)
            if node.op in ("size", "choice", "paired")
            else node.shape
            if node.op in sized or (node.op == "scattered" and len(node.args) == 1)
            else block_dims(node)
        )
    ]
    return list(names_in([*dims, *room]))
