"""Source for MATLAB and Octave. A vector is a column; what has more axes than MATLAB's two keeps
its axes, the last ones of length 1 being those that MATLAB forgets.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import ONE, Dim
from matcalc.core.kinds import Variable
from matcalc.write.printers.code_levels import ATOM, LEVELS, POWER, SUM, TERM, UNARY, Code, bracket
from matcalc.write.printers.language_code import (
    LanguageEmitter,
    LanguageWriter,
    TargetLanguage,
    form_code,
    infix_code,
)
from matcalc.write.printers.language_source import LanguageSource, SizeBindings
from matcalc.write.printers.numpy_code import NO_ROOM
from matcalc.write.printers.numpy_nodes import CodeNode

_INDENT = "  "
_MATLAB = TargetLanguage(
    "matlab",
    "MATLAB",
    "%",
    _INDENT,
    "/",
    "functions.m",
    r"(?m)^function (?:[\w\[\], ~]+ = )?(\w+)\(",
)
_DOTTED = {"*": ".*", "/": "./", "**": ".^", "!=": "~="}
_PLAIN = {"**": "^", "!=": "~="}
_SPREADS = ("np.var", "np.std")
# what comes before the axis: the other array of an extreme, the divisor of a variance
_BEFORE_AXIS = {"np.max": "[], ", "np.min": "[], ", "np.var": "1, ", "np.std": "1, "}
_WORDS = """
break case catch classdef continue do else elseif end end_try_catch end_unwind_protect
endfor endfunction endif endswitch endwhile enumeration events for function global if methods
otherwise parfor persistent properties return spmd switch try until unwind_protect while zeros ones
eye size reshape permute isequal isscalar iscolumn ismatrix ndims error pi e Inf NaN sum prod double
mean max min var std numel ans"""


class MatlabEmitter(LanguageEmitter):
    """Writes the statements."""

    constants = ("pi", "exp(1)", "Inf")

    def _name(self, code: Code, node: CodeNode | None = None) -> Code:
        name = next(self.fresh)
        self.named.add(name)
        self.lines.append(f"{name} = {code[0]};")
        return name, ATOM

    def _entrywise(self, operator: str, operands: list[Code], ranks: list[int]) -> Code:
        level = LEVELS[operator]
        left, right = operands
        if operator in ("+", "-"):
            sign = operator
        elif (
            ranks == [0, 0]
            or (operator == "*" and 0 in ranks)
            or (operator == "/" and not ranks[1])
        ):
            sign = _PLAIN.get(operator, operator)
        else:
            sign = _DOTTED.get(operator, operator)
        if operator == "**":
            return f"{bracket(left, ATOM)} {sign} {bracket(right, ATOM)}", POWER
        return infix_code(left, sign, right, level)

    def _product(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == 1:
            turned = self._rearrange(left, 2, (1, 0)) if second == 1 else left
            if second == 2:
                return self._times(self._rearrange(right, 2, (1, 0)), left)
            return self._times(turned, right)
        return self._times(left, right)

    def _outer(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == second == 1:
            return self._times(left, self._rearrange(right, 2, (1, 0)))
        return super()._outer(left, first, right, second)

    @staticmethod
    def _times(left: Code, right: Code) -> Code:
        plain = left[1] != TERM or not any(sign in left[0] for sign in (".*", "./", " / "))
        return f"{bracket(left, TERM if plain else UNARY)} * {bracket(right, UNARY)}", TERM

    def _rearrange(self, code: Code, rank: int, order: Sequence[int | None]) -> Code:
        absent = iter(range(max(rank, 1), max(rank, 1) + len(order)))  # a column has one axis
        places = [next(absent) if axis is None else axis for axis in order]
        places += [axis for axis in range(max(1, *places) + 1) if axis not in places]
        while len(places) > max(rank, 2) and places[-1] == len(places) - 1:
            places.pop()
        if places == sorted(places):
            return code
        if places == [1, 0]:
            text = bracket(code, ATOM)
            return (text[:-2], ATOM) if text.endswith(".'") else (f"{text}.'", ATOM)
        return f"permute({code[0]}, [{' '.join(str(axis + 1) for axis in places)}])", ATOM

    def _diagonal(self, code: Code) -> Code:
        return f"diag({code[0]})", ATOM

    def _reduce(self, function: str, code: Code, rank: int, axes: Sequence[int] | None) -> Code:
        text = code[0]
        if axes is None or rank == 1:
            if not rank:
                return (f"0 * {bracket(code, ATOM)}", TERM) if function in _SPREADS else code
            if rank == 1 and function in ("np.sum", "np.prod", "np.max", "np.min", "np.mean"):
                return f"{function[3:]}({text})", ATOM
            whole = text if rank == 1 else f"reshape({text}, [], 1)"
            return self._along(function, whole, 1), ATOM
        if len(axes) > 1 and function in _SPREADS:  # of the others that of the parts is the whole's
            raise self.missing_error(f"{function.rpartition('.')[2]} over several axes")
        for axis in axes:
            text = self._along(function, text, axis + 1)
        kept = [axis for axis in range(rank) if axis not in axes]
        return self._rearrange((text, ATOM), rank, [*kept, *axes])

    def _along(self, function: str, text: str, axis: int) -> str:
        name = function.rpartition(".")[2]
        if function == "np.linalg.norm":
            return f"sqrt(sum(({text}) .^ 2, {axis}))"
        if function == "np.logaddexp.reduce":
            return f"{self.helper('logsumexp_along')}({text}, {axis})"
        return f"{name}({text}, {_BEFORE_AXIS.get(function, '')}{axis})"

    def _map(self, cell: str, node: CodeNode) -> Code:
        operands = self.operands(node)
        if "{" in cell:
            return form_code(cell, operands)
        name = self.callee(cell, node)
        return f"{name}({', '.join(text for text, _ in operands)})", ATOM

    def _call(self, cell: str, node: CodeNode, more: Sequence[str]) -> Code:
        operands = [self.codes[id(arg)] for arg in node.args]
        if "{" in cell:
            return form_code(cell, operands)
        name = self.callee(cell, node)
        given = [text for text, _ in operands]
        if name == "reshape" and len(given) == 2:
            more = ["1"]
        return f"{name}({', '.join([*given, *more])})", ATOM

    def _take(self, node: CodeNode, axis: int) -> Code:
        x, places = node.args
        given = [self.text(x), self.text(places), *map(str, (axis + 1, x.rank, places.rank))]
        return f"{self.helper('take_at')}({', '.join(given)})", ATOM

    def _open(self, node: CodeNode, slots: int) -> Code:
        given = [f"@{self.helper(node.attr[0])}", str(slots), *map(self.text, node.args)]
        return f"{self.helper('open_directions')}({', '.join(given)})", ATOM

    def _choose(self, condition: Code, branches: list[Code], node: CodeNode) -> Code:
        given = [condition[0], *(text for text, _ in branches)]
        return f"{self.helper('choose')}({', '.join(given)})", ATOM

    def _indicator(self, node: CodeNode) -> Code:
        return f"double({self.text(node.args[0])})", ATOM

    def _fill(self, function: str, node: CodeNode) -> Code:
        if function == "eye":
            return self._eye(self.size(node.shape[0]))
        made = "ones" if function == "full" else function
        code = f"{made}({self._sizes(node.shape)})", ATOM
        if function == "full":
            return self._entrywise("*", [self.codes[id(node.args[0])], code], [0, node.rank])
        return code

    def _sizes(self, shape: Sequence[Dim]) -> str:
        sizes = [self.size(dim) for dim in shape]
        return ", ".join([*sizes, *["1"] * (2 - len(sizes))])

    def _eye(self, size: str) -> Code:
        return f"eye({size})", ATOM

    def _reshape(self, node: CodeNode, rows: bool) -> Code:
        (arg,) = node.args
        text = self.text(arg)
        if not rows:
            sizes = "[], 1" if node.rank == 1 else self._sizes(node.shape)
            return f"reshape({text}, {sizes})", ATOM
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        return f"{self.helper('reshape_rows')}({text}, {arg.rank}, [{sizes}])", ATOM

    def _slice(self, node: CodeNode) -> Code:
        (arg,) = node.args
        code = self._with_name(arg)
        places, entries = [], []
        for axis, place in enumerate(node.attr):
            if place is None:
                places.append(":")
                continue
            start, part = place
            first = self.size(start.plus(ONE))
            if part is None:
                entries.append(axis)
                places.append(first)
            else:
                places.append(f"{first}:{self.size(start.plus(part))}")
        taken = f"{code[0]}({', '.join(places)})", ATOM
        if len(entries) == arg.rank or not entries:
            return taken
        kept = [axis for axis in range(arg.rank) if axis not in entries]
        return self._rearrange(taken, arg.rank, [*kept, *entries])

    def _with_name(self, node: CodeNode) -> Code:
        """An array that entries can be taken of."""
        code = self.codes[id(node)]
        return code if code[0].isidentifier() else self._name(code)

    def _gather(self, node: CodeNode) -> Code:
        array, places = node.args
        inside = ":, {}" if node.attr else "{}" + ", :" * (array.rank - 1)
        return f"{self._with_name(array)[0]}({inside.format(self.text(places))})", ATOM

    def _pair(self, node: CodeNode) -> Code:
        row, column = (bracket(self.codes[id(arg)], ATOM) for arg in node.args)
        return f"({row} - 1) * {self.factor(node.attr)} + {column}", SUM

    def _stack(self, node: CodeNode) -> Code:
        function, rows, columns = node.attr
        parts = [bracket(self.codes[id(arg)], ATOM) for arg in node.args]  # a space is a comma
        if function == "np.hstack":
            return f"[{'; '.join(parts)}]", ATOM
        lines = [", ".join(parts[r * columns : (r + 1) * columns]) for r in range(rows)]
        return f"[{'; '.join(lines)}]", ATOM

    def _unit(self, node: CodeNode) -> Code:
        place = self.size(node.attr.plus(ONE))
        return f"double((1:{self.size(node.shape[0])}).' == {place})", ATOM

    def _count(self, node: CodeNode) -> Code:
        first, behind = (self.codes[id(arg)] for arg in node.args)
        return f"({first[0]}:{behind[0]} - 1).'", ATOM

    def _chain(self, node: CodeNode) -> Code:
        given = ", ".join(self.text(arg) for arg in node.args)
        return f"{self.helper('multiply')}({given})", ATOM

    def _determinant(self, node: CodeNode, sign: bool) -> Code:
        name = self.helper("detsign" if sign else "logabsdet")
        return f"{name}({self.text(node.args[0])})", ATOM


class MatlabSource(LanguageSource):
    """The parts of one source text."""

    language = _MATLAB
    emitter = MatlabEmitter
    words = frozenset(_WORDS.split())
    first = 1
    placing = "{} = places_of({}, {});"

    def _axis_of(self, local: str, axis: int, rank: int) -> str:
        return f"size({local}, {axis + 1})"

    def _shape_of(self, variable: Variable) -> str:
        axes = [str(dim) for dim in variable.shape]
        return f"({', '.join([*axes, *['1'] * (2 - len(axes))])})"

    def _begin(self, sizes: SizeBindings) -> list[str]:
        lines = self._places()
        lines += [f"{self.sizes[name]} = {code};" for name, code in sizes.bound]
        wrong = []
        for key, each in self.shaped.items():
            local, rank = self.locals[key], len(each.shape)
            test = {0: "~isscalar({})", 1: "~iscolumn({})", 2: "~ismatrix({})"}
            wrong.append(test.get(rank, f"ndims({{}}) > {rank}").format(local))
            wrong += [
                f"size({local}, {axis + 1}) ~= {self._operand(dim)}"
                for other, axis, dim in sizes.checked
                if other == local
            ]
        if wrong and self.check:
            found = ", ".join(f"mat2str(size({local}))" for local in self.locals.values())
            marks = ", ".join("%s" for _ in self.locals)
            message = f"'expected {self.describe_arguments()}; found {marks}', ..."
            lines += [
                "if " + f" || ...\n{_INDENT}    ".join(wrong),
                f"{_INDENT}error('matcalc:shapes', {message}",
                f"{_INDENT}      {found});",
                "end",
            ]
        if self.room and self.check:
            left = ", ".join(self.size_of(size) for size in self.room)
            lines += [
                f"if any([{left}] < 0)",
                f"{_INDENT}error('matcalc:shapes', '{NO_ROOM}');",
                "end",
            ]
        return lines

    def _operand(self, dim: Dim) -> str:
        text = self.size_of(dim)
        return text if dim.plain or text.isdecimal() else f"({text})"

    def _end(self, emitter: LanguageWriter, result: str) -> list[str]:
        if self.root.op != "several":
            return [f"result = {result};"]
        return [f"result.{name} = {code};" for name, _, code in self.results(emitter)]

    def _whole(self, sizes: SizeBindings, body: list[str], helpers: list[str]) -> str:
        head = f"function result = {self.name}({', '.join(self.arguments_of(sizes))})"
        inside = [*self.comment(sizes), *body]
        lines = "\n".join(inside).splitlines()
        text = "\n".join([head, *(_INDENT + line for line in lines), "end"])
        return "\n\n".join([text, *helpers]) + "\n"
