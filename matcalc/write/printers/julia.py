"""Source for Julia. Vectors, matrices and arrays with more axes are Julia's own, and operators are
broadcast with dots; numbers of the formula take the type of the arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from matcalc.core.dims import ONE, Dim
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
from matcalc.write.printers.numpy_emit import number as number_code
from matcalc.write.printers.numpy_nodes import CodeNode

_INDENT = "    "
_JULIA = TargetLanguage("julia", "Julia", "#", _INDENT, "÷", "functions.jl", r"\A# (\w+): ")
_SIGNS = {"**": "^"}
_WORDS = """
abstract baremodule begin break catch const continue do else elseif end export false finally for
function global if import in isa let local macro module mutable outer primitive quote return struct
true try type using where while T I pi ones zeros fill size reshape vcat hcat transpose float
promote_type eltype typeof throw DimensionMismatch ArgumentError dropdims sum prod maximum minimum
Matrix Vector Diagonal Symmetric ifelse vec"""
_NAMES = {
    "np.sum": "sum",
    "np.prod": "prod",
    "np.max": "maximum",
    "np.min": "minimum",
    "np.mean": "=mean_of",
    "np.var": "=variance",
    "np.std": "=deviation",
    "np.linalg.norm": "=norm_along",
    "np.logaddexp.reduce": "=logsumexp_along",
}
# functions of the package SpecialFunctions
_SPECIAL = re.compile(
    r"\b(?:erf|erfc|erfcx|erfinv|gamma|logabsgamma|digamma|polygamma|besselj)\.?\("
)


class JuliaEmitter(LanguageEmitter):
    """Writes the statements."""

    stop = ""
    constants = ("T(pi)", "exp(one(T))", "T(Inf)")

    def _literal(self, value: Fraction) -> Code:
        text, level = number_code(value)
        if "np." in text:
            return self._constant(text)
        if value.denominator != 1 or "e" in text or "." in text:
            return f"T({text})", ATOM
        return text, level

    def _write_size(self, dim: Dim) -> Code:
        return f"T({self.size(dim)})", ATOM

    def _entrywise(self, operator: str, operands: list[Code], ranks: list[int]) -> Code:
        level = LEVELS[operator]
        left, right = operands
        sign = _SIGNS.get(operator, operator)
        plain = not max(ranks) or (operator == "*" and 0 in ranks)
        plain = plain or (operator == "/" and not ranks[1])
        sign = sign if plain else f".{sign}"
        if operator == "**":
            return f"{bracket(left)} {sign} {bracket(right)}", POWER
        if level < SUM:  # comparisons may be chained, so they have brackets
            return f"({bracket(left, SUM)} {sign} {bracket(right, SUM)})", ATOM
        return infix_code(left, sign, right, level)

    def _product(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == second == 1:
            return f"dot({left[0]}, {right[0]})", ATOM
        if first == 1:
            return self._times(self._rearrange(right, 2, (1, 0)), left)
        return self._times(left, right)

    def _outer(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == second == 1:
            return self._times(left, (f"{bracket(right)}'", ATOM))
        return super()._outer(left, first, right, second)

    @staticmethod
    def _times(left: Code, right: Code) -> Code:
        plain = left[1] != TERM or not re.search(r" (\.\*|\./|/) ", left[0])
        return f"{bracket(left, TERM if plain else UNARY)} * {bracket(right, UNARY)}", TERM

    def _rearrange(self, code: Code, rank: int, order: Sequence[int | None]) -> Code:
        places = list(order)
        if places == list(range(rank)):
            return code
        if places in ([1, 0], [None, 0]):
            text = bracket(code)
            double = text.endswith("'") and rank == 2
            return (text[:-1] if double else f"{text}'"), ATOM
        if places == [0, None]:
            return f"reshape({code[0]}, :, 1)", ATOM
        axes = ", ".join("0" if axis is None else str(axis + 1) for axis in places)
        return f"{self.helper('rearranged')}({code[0]}, ({axes}))", ATOM

    def _diagonal(self, code: Code) -> Code:
        return f"diag({code[0]})", ATOM

    def _reduce(self, function: str, code: Code, rank: int, axes: Sequence[int] | None) -> Code:
        if not rank:
            return ("zero(T)", ATOM) if function in ("np.var", "np.std") else code
        name = _NAMES[function]
        if name[0] == "=":
            name = self.helper(name[1:])
        whole = axes is None and name not in ("norm_along", "logsumexp_along")
        if whole:
            return f"{name}({code[0]})", ATOM
        gone = [axis + 1 for axis in (range(rank) if axes is None else axes)]
        dims = str(gone[0]) if len(gone) == 1 else f"({', '.join(map(str, gone))})"
        text = f"dropdims({name}({code[0]}; dims = {dims}); dims = {dims})"
        return (f"{text}[]" if axes is None else text), ATOM  # without axes it is an array still

    def _map(self, cell: str, node: CodeNode) -> Code:
        operands = self.operands(node)
        name = self.callee(cell, node)
        dot = "." if node.rank else ""
        return f"{name}{dot}({', '.join(text for text, _ in operands)})", ATOM

    def _call(self, cell: str, node: CodeNode, more: Sequence[str]) -> Code:
        codes = [self.codes[id(arg)] for arg in node.args]
        function = node.attr[0]
        if function == "np.diag":
            return f"Matrix(Diagonal({codes[0][0]}))", ATOM
        if function == "matrix_power":
            return f"{bracket(codes[0])} ^ {self._whole_or(node.args[1])}", POWER
        if "{" in cell:
            return form_code(cell, codes)
        name = self.callee(cell, node)
        given = [self._whole_or(arg) for arg in node.args]
        if function == "one_hot":
            given = ["T", *given]
        if function == "np.cumsum":
            more = [f"dims = {text}" for text in more]
            return f"{name}({given[0]}; {more[0]})", ATOM
        return f"{name}({', '.join([*given, *more])})", ATOM

    def _whole_or(self, node: CodeNode) -> str:
        """A size or an integer as Julia's integer, anything else as it is."""
        return self.size(node.attr) if node.op == "size" else self.text(node)

    def _take(self, node: CodeNode, axis: int) -> Code:
        given = [*map(self.text, node.args), str(axis + 1)]
        return f"{self.helper('take_at')}({', '.join(given)})", ATOM

    def _open(self, node: CodeNode, slots: int) -> Code:
        given = [self.helper(node.attr[0]), str(slots), *map(self.text, node.args)]
        return f"{self.helper('open_directions')}({', '.join(given)})", ATOM

    def _choose(self, condition: Code, branches: list[Code], node: CodeNode) -> Code:
        dot = "." if node.rank else ""
        given = [condition[0], *(text for text, _ in branches)]
        return f"ifelse{dot}({', '.join(given)})", ATOM

    def _indicator(self, node: CodeNode) -> Code:
        return f"T{'.' if node.rank else ''}({self.text(node.args[0])})", ATOM

    def _fill(self, function: str, node: CodeNode) -> Code:
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        if function == "eye":
            return self._eye(self.size(node.shape[0]))
        if not node.rank:
            return self.text(node.args[0]) if node.args else "one(T)", ATOM
        if function == "full":
            return f"fill(T({self.text(node.args[0])}), {sizes})", ATOM
        return f"{function}(T, {sizes})", ATOM

    def _eye(self, size: str) -> Code:
        return f"Matrix{{T}}(I, {size}, {size})", ATOM

    def _reshape(self, node: CodeNode, rows: bool) -> Code:
        (arg,) = node.args
        text = self.text(arg)
        if not rows and node.rank == 1:
            return f"vec({text})", ATOM
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        name = self.helper("reshape_rows") if rows else "reshape"
        return f"{name}({text}, {sizes})", ATOM

    def _slice(self, node: CodeNode) -> Code:
        (arg,) = node.args
        places = []
        for place in node.attr:
            if place is None:
                places.append(":")
                continue
            start, part = place
            first = self.size(start.plus(ONE))
            places.append(first if part is None else f"{first}:{self.size(start.plus(part))}")
        return f"{bracket(self.codes[id(arg)])}[{', '.join(places)}]", ATOM

    def _gather(self, node: CodeNode) -> Code:
        array, places = node.args
        inside = ":, {}" if node.attr else "{}" + ", :" * (array.rank - 1)
        return f"{bracket(self.codes[id(array)])}[{inside.format(self.text(places))}]", ATOM

    def _pair(self, node: CodeNode) -> Code:
        row, column = (bracket(self.codes[id(arg)]) for arg in node.args)
        return f"({row} .- 1) .* {self.factor(node.attr)} .+ {column}", SUM

    def _stack(self, node: CodeNode) -> Code:
        function, rows, columns = node.attr
        parts = [self.text(arg) for arg in node.args]
        if function == "np.hstack":
            return f"vcat({', '.join(parts)})", ATOM
        lines = [f"hcat({', '.join(parts[r * columns : (r + 1) * columns])})" for r in range(rows)]
        return (f"vcat({', '.join(lines)})" if rows > 1 else lines[0]), ATOM

    def _unit(self, node: CodeNode) -> Code:
        place = self.size(node.attr.plus(ONE))
        return f"T.((1:{self.size(node.shape[0])}) .== {place})", ATOM

    def _count(self, node: CodeNode) -> Code:
        first, behind = (self._whole_or(arg) for arg in node.args)
        return f"T.({first}:{behind} - 1)", ATOM

    def _chain(self, node: CodeNode) -> Code:
        return " * ".join(bracket(self.codes[id(arg)], UNARY) for arg in node.args), TERM

    def _determinant(self, node: CodeNode, sign: bool) -> Code:
        return f"logabsdet({self.text(node.args[0])})[{2 if sign else 1}]", ATOM


class JuliaSource(LanguageSource):
    """The parts of one source text."""

    language = _JULIA
    emitter = JuliaEmitter
    words = frozenset(_WORDS.split())
    ascii = False
    first = 1

    def _axis_of(self, local: str, axis: int, rank: int) -> str:
        return f"length({local})" if rank == 1 else f"size({local}, {axis + 1})"

    def _whole_quotient(self, size: str, divisor: str) -> str:
        return f"{size} ÷ ({divisor})"

    def _begin(self, sizes: SizeBindings) -> list[str]:
        lines = self._places()
        lines += [f"{self.sizes[name]} = {code}" for name, code in sizes.bound]
        ranks = {self.locals[key]: len(each.shape) for key, each in self.shaped.items()}
        wrong = [
            f"{self._axis_of(local, axis, ranks[local])} != {self.size_of(dim)}"
            for local, axis, dim in sizes.checked
        ]
        if wrong:
            found = ", ".join(f"$(size({local}))" for local, rank in ranks.items() if rank)
            wanted = self.describe_arguments(scalars=False)
            lines += [
                "if " + f" ||\n{_INDENT}   ".join(wrong),
                f'{_INDENT}throw(DimensionMismatch("expected {wanted}; found {found}"))',
                "end",
            ]
        if self.room and self.check:
            left = ", ".join(self.size_of(size) for size in self.room)
            lines += [
                f"if min({left}, 0) < 0",
                f'{_INDENT}throw(ArgumentError("{NO_ROOM}"))',
                "end",
            ]
        return lines

    def _end(self, emitter: LanguageWriter, result: str) -> list[str]:
        if self.root.op != "several":
            return [f"return {result}"]
        fields = [f"{name} = {code}" for name, _, code in self.results(emitter)]
        return [f"return (; {', '.join(fields)})"]

    def _whole(self, sizes: SizeBindings, body: list[str], helpers: list[str]) -> str:
        arguments = [
            f"{self.locals[key]}::"
            f"{'AbstractVecOrMat' if key in self.listed else _kind(len(each.shape))}"
            for key, each in self.variables.items()
        ]
        arguments += [*self.declared.values(), *(self.sizes[name] for name in sizes.given)]
        said = "\n".join(body)
        first = []
        if re.search(r"\bT\b", said):
            types = [
                f"{'eltype' if each.shape else 'typeof'}({self.locals[key]})"
                for key, each in self.arrays.items()
            ]
            kind = f"float(promote_type({', '.join(types)}))" if types else "Float64"
            first = [f"T = {kind}"]
        lines = "\n".join([*first, *body]).splitlines()
        function = [
            *self.comment(sizes),
            f"function {self.name}({', '.join(arguments)})",
            *(_INDENT + line for line in lines),
            "end",
        ]
        pieces = ["\n".join(function), *helpers]
        uses = ["using LinearAlgebra"]
        if any(_SPECIAL.search(piece) for piece in pieces):
            uses.append("using SpecialFunctions")
        return "\n\n".join(["\n".join(uses), *pieces]) + "\n"


def _kind(rank: int) -> str:
    kinds = ("Number", "AbstractVector", "AbstractMatrix")
    return kinds[rank] if rank < len(kinds) else f"AbstractArray{{<:Number, {rank}}}"
