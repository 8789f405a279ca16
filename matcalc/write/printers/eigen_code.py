"""Statements of C++ with Eigen. Vectors and matrices are those of
Eigen; what has three axes or more is an ``Eigen::Tensor``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from matcalc.core.dims import Dim
from matcalc.write.printers.code_levels import ATOM, LEVELS, SUM, TERM, UNARY, Code, bracket
from matcalc.write.printers.language_code import LanguageEmitter, TargetLanguage
from matcalc.write.printers.numpy_emit import number as number_code
from matcalc.write.printers.numpy_nodes import CodeNode, is_column, is_whole

_INDENT = "    "
CPP = TargetLanguage(
    "cpp",
    "C++",
    "//",
    _INDENT,
    "/",
    "functions.hpp",
    r"\A// (\w+): ",
)
_PARTIAL = {
    "np.sum": "sum()",
    "np.mean": "mean()",
    "np.prod": "prod()",
    "np.max": "maxCoeff()",
    "np.min": "minCoeff()",
    "np.linalg.norm": "norm()",
}
_FOLDED = {
    "np.sum": "[](T a, T b) { return a + b; }",
    "np.prod": "[](T a, T b) { return a * b; }",
    "np.max": "[](T a, T b) { return a < b ? b : a; }",
    "np.min": "[](T a, T b) { return b < a ? b : a; }",
}
_OF_RANK = {0: "T", 1: "Vector<T>", 2: "Matrix<T>"}


def _type(rank: int) -> str:
    return _OF_RANK.get(rank, f"Tensor<T, {rank}>")


class EigenEmitter(LanguageEmitter):
    """Writes the statements."""

    constants = (
        "T(3.141592653589793238462643383279502884L)",
        "T(2.718281828459045235360287471352662498L)",
        "std::numeric_limits<T>::infinity()",
    )
    branch = ("if ({}) {{", "}} else {{", "}")

    def _name(self, code: Code, node: CodeNode | None = None) -> Code:
        if code[0].isidentifier():  # the factors of a matrix are found where they are used
            return code
        name = next(self.fresh)
        self.named.add(name)
        kind = "auto" if node is None or node.calls("psd_factors") else _type(node.rank)
        self.lines.append(f"const {kind} {name} = {code[0]};")
        return name, ATOM

    def _branches(
        self, condition: str, name: str, sides: Sequence[tuple[list[str], str]], node: CodeNode
    ) -> None:
        self.lines.append(f"{_type(node.rank)} {name};")
        super()._branches(condition, name, sides, node)

    def _literal(self, value: Fraction) -> Code:
        text, _ = number_code(value)
        if "np." in text:
            return self._constant(text)
        if value.denominator != 1:
            text = re.sub(r"(-?\d+) / (\d+)", r"\1.0 / \2.0", text)
        elif "e" not in text and abs(value.numerator) > 2**31 - 1:
            text += ".0"
        return f"T({text})", ATOM

    def _write_size(self, dim: Dim) -> Code:
        return f"T({self.size(dim)})", ATOM

    def _hold(self, code: Code, rank: int) -> str:
        """An array in memory, and not an expression of Eigen's."""
        text = code[0]
        if not rank or text.isidentifier() or text.startswith((f"{_type(rank)}(", "axes<")):
            return text
        return f"{_type(rank)}({text})"

    def _each(self, body: str, codes: Sequence[Code], ranks: Sequence[int]) -> Code:
        """A function entry by entry, also of arrays that broadcast."""
        given = [self._hold(code, rank) for code, rank in zip(codes, ranks, strict=True)]
        names = ", ".join(f"T {name}" for name in "abc"[: len(given)])
        function = self.helper("each")
        return f"{function}([]({names}) {{ return {body}; }}, {', '.join(given)})", ATOM

    def _infix(self, node: CodeNode) -> Code:
        left, right = node.args
        sign = node.attr
        plain = left.shape == right.shape or not left.rank or not right.rank
        if sign == "@" or plain or node.rank != 2:
            return super()._infix(node)
        scaled = self._scale(node, left, right)
        if scaled is not None:
            return scaled
        codes = [self.codes[id(arg)] for arg in node.args]
        ranks = [arg.rank for arg in node.args]
        if sign in "+-" and ranks == [2, 1]:
            return f"{bracket(codes[0])}.rowwise() {sign} {bracket(codes[1])}.transpose()", SUM
        return self._each(_scalar(sign), self.operands(node), [2, 2])

    def _scale(self, node: CodeNode, left: CodeNode, right: CodeNode) -> Code | None:
        """Rows or columns of a matrix times the entries of a vector."""
        if node.attr != "*":
            return None
        for one, other in ((left, right), (right, left)):
            if other.shape != node.shape:
                continue
            matrix = self._bracket(other, TERM)
            if is_column(one):
                vector = self._bracket(one.args[0], ATOM)
                return f"{vector}.asDiagonal() * {self._bracket(other, UNARY)}", TERM
            if one.rank == 1:
                return f"{matrix} * {self._bracket(one, ATOM)}.asDiagonal()", TERM
        return None

    def _entrywise(self, operator: str, operands: list[Code], ranks: list[int]) -> Code:
        rank = max(ranks)
        left, right = operands
        level = LEVELS[operator]
        thin = any(text.startswith("axes<") for text, _ in operands)
        if not rank:
            if operator == "**":
                return f"std::pow({left[0]}, {right[0]})", ATOM
            text = f"{bracket(left, level)} {operator} {bracket(right, level + 1)}"
            return (f"T({text})", ATOM) if level < SUM else (text, level)
        if rank > 2 or thin or level < SUM:
            return self._each(_scalar(operator), operands, ranks)
        if operator in "+-" and 0 not in ranks:
            return f"{bracket(left, SUM)} {operator} {bracket(right, TERM)}", SUM
        if 0 in ranks:
            return self._with_number(operator, left, right, ranks)
        if operator == "**":
            return f"{bracket(left)}.array().pow({bracket(right)}.array()).matrix()", ATOM
        method = {"*": "cwiseProduct", "/": "cwiseQuotient"}[operator]
        return f"{bracket(left)}.{method}({right[0]})", ATOM

    def _with_number(self, operator: str, left: Code, right: Code, ranks: list[int]) -> Code:
        if operator == "*":
            return f"{bracket(left, UNARY)} * {bracket(right, UNARY)}", TERM
        if operator == "/" and not ranks[1]:
            return f"{bracket(left, TERM)} / {bracket(right, UNARY)}", TERM
        if operator == "**":
            if ranks[0]:
                method = {"T(2)": "square()", "T(3)": "cube()"}.get(right[0], f"pow({right[0]})")
                return f"{bracket(left)}.array().{method}.matrix()", ATOM
            return self._each("std::pow(a, b)", [left, right], ranks)
        level = LEVELS[operator]
        texts = [
            f"{bracket(code)}.array()" if rank else bracket(code, level + place)
            for place, (code, rank) in enumerate(zip((left, right), ranks, strict=True))
        ]
        return f"({texts[0]} {operator} {texts[1]}).matrix()", ATOM

    def _product(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == second == 1:
            return f"{bracket(left)}.dot({right[0]})", ATOM
        if first == 1:
            return f"{bracket(self._rearrange(right, 2, (1, 0)))} * {bracket(left, UNARY)}", TERM
        return f"{bracket(left, TERM)} * {bracket(right, UNARY)}", TERM

    def _outer(self, left: Code, first: int, right: Code, second: int) -> Code:
        if first == second == 1:
            return f"{bracket(left, TERM)} * {bracket(right)}.transpose()", TERM
        return super()._outer(left, first, right, second)

    def _rearrange(self, code: Code, rank: int, order: Sequence[int | None]) -> Code:
        places = list(order)
        if places == list(range(rank)):
            return code
        if places == [1, 0]:
            text = bracket(code)
            if text.endswith(".transpose()"):
                return text.removesuffix(".transpose()"), ATOM
            return f"{text}.transpose()", ATOM
        self.helper("axes")
        axes = ", ".join("-1" if axis is None else str(axis) for axis in places)
        return f"axes<{len(places)}>({self._hold(code, rank)}, {{{axes}}})", ATOM

    def _diagonal(self, code: Code) -> Code:
        return f"{bracket(code)}.diagonal()", ATOM

    def _reduce(self, function: str, code: Code, rank: int, axes: Sequence[int] | None) -> Code:
        if not rank:
            return ("T(0)", ATOM) if function in ("np.var", "np.std") else code
        if axes is None and rank <= 2:
            held = code if function in _PARTIAL else (self._hold(code, rank), ATOM)
            return self._of_entries(function, held), ATOM
        if rank == 2 and axes is not None:
            return self._of_lines(function, code, axes[0])
        gone = list(range(rank)) if axes is None else list(axes)
        if function in _FOLDED:
            name, step = self.helper("folded"), _FOLDED[function]
        else:
            value = self._of_entries(function, ("x", ATOM))
            step = f"[](const Vector<T>& x) {{ return {value}; }}"
            name = self.helper("of_parts")
        places = ", ".join(map(str, gone))
        left = rank - len(gone)
        return f"{name}<{left}>({step}, {self._hold(code, rank)}, {{{places}}})", ATOM

    def _of_entries(self, function: str, code: Code) -> str:
        """Of all entries of a vector or a matrix."""
        if function in _PARTIAL:
            return f"{bracket(code)}.{_PARTIAL[function]}"
        if function == "np.logaddexp.reduce":
            return f"{self.helper('logsumexp')}({code[0]})"
        text = f"{self.helper('variance')}({code[0]})"
        return f"std::sqrt({text})" if function == "np.std" else text

    def _of_lines(self, function: str, code: Code, axis: int) -> Code:
        """Of each column (axis 0) or row of a matrix."""
        if function in _PARTIAL:
            if axis:
                return f"{bracket(code)}.rowwise().{_PARTIAL[function]}", ATOM
            return f"{bracket(code)}.colwise().{_PARTIAL[function]}.transpose()", ATOM
        turned = code if axis else self._rearrange(code, 2, (1, 0))
        if function == "np.logaddexp.reduce":
            return f"{self.helper('logsumexp')}({self._hold(turned, 2)}, 2)", ATOM
        text = f"{self.helper('variances')}({self._hold(turned, 2)})"
        return (f"{text}.cwiseSqrt()" if function == "np.std" else text), ATOM

    def _map(self, cell: str, node: CodeNode) -> Code:
        operands = self.operands(node)
        is_method = cell.isidentifier()
        name = f"std::{cell}" if is_method else self.callee(cell, node)
        if not node.rank:
            return f"{name}({', '.join(text for text, _ in operands)})", ATOM
        call = f"{name}({', '.join('abc'[: len(operands)])})"
        if not node.is_tensor and len(operands) == 1:
            if is_method:
                return f"{bracket(operands[0])}.array().{cell}().matrix()", ATOM
            return f"{bracket(operands[0])}.unaryExpr([](T a) {{ return {call}; }})", ATOM
        return self._each(call, operands, [arg.rank for arg in node.args])

    def _call(self, cell: str, node: CodeNode, more: Sequence[str]) -> Code:
        codes = [self.codes[id(arg)] for arg in node.args]
        if node.attr[0] == "np.diag":
            return f"Matrix<T>({bracket(codes[0])}.asDiagonal())", ATOM
        if cell[0] != "=":
            return f"{bracket(codes[0])}.{cell}()", ATOM
        name = self.callee(cell, node)
        given = [
            self._hold(code, arg.rank) if arg.rank or not is_whole(arg) else self._whole(arg)
            for code, arg in zip(codes, node.args, strict=True)
        ]
        if node.attr[0].startswith("psd_") and node.attr[0] != "psd_factors":
            given[0] = codes[0][0]  # a factorisation
        if all(map(is_whole, node.args)) or node.calls("one_hot"):
            name += "<T>"  # no argument tells the type of the numbers
        if name == "reshape":
            name, given = f"{name}<{node.rank}>", [given[0], f"{{{', '.join(given[1:])}}}"]
        return f"{name}({', '.join([*given, *more])})", ATOM

    def _whole(self, node: CodeNode) -> str:
        return self.size(node.attr) if node.op == "size" else str(node.attr.numerator)

    def _take(self, node: CodeNode, axis: int) -> Code:
        given = [self._hold(self.codes[id(arg)], arg.rank) for arg in node.args]
        name = f"{self.helper('take_at')}<{node.rank}>"
        return f"{name}({', '.join(given)}, {axis})", ATOM

    def _open(self, node: CodeNode, slots: int) -> Code:
        function = self.helper(node.attr[0].removeprefix("frechet_"))
        X, *given = (self._hold(self.codes[id(arg)], arg.rank) for arg in node.args)
        directions = f"std::vector<Matrix<T>>{{{', '.join(given)}}}"
        each = f"[](const Matrix<T>& Y) {{ return {function}(Y); }}"
        name = f"{self.helper('open_directions')}<{2 * slots + 2}, T>"
        return f"{name}({each}, {X}, {directions})", ATOM

    def _choose(self, condition: Code, branches: list[Code], node: CodeNode) -> Code:
        ranks = [arg.rank and node.rank for arg in node.args]
        ranks += [0] * (1 + len(branches) - len(ranks))
        if not node.rank:
            one, other = (text for text, _ in branches)
            return f"({condition[0]} != T(0) ? {one} : {other})", ATOM
        return self._each("a != T(0) ? b : c", [condition, *branches], ranks)

    def _indicator(self, node: CodeNode) -> Code:
        return self.codes[id(node.args[0])]

    def _fill(self, function: str, node: CodeNode) -> Code:
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        value = {"ones": "T(1)", "zeros": "T(0)"}.get(function)
        if node.args:
            value = self.text(node.args[0])
        if not node.rank:
            return value or "T(1)", ATOM
        if function == "eye":
            return self._eye(self.size(node.shape[0]))
        if node.is_tensor:
            name = self.helper("constant")
            return f"{name}<{node.rank}>({value}, {{{sizes}}})", ATOM
        if function == "full":
            return f"{_type(node.rank)}::Constant({sizes}, {value})", ATOM
        method = "Ones" if function == "ones" else "Zero"
        return f"{_type(node.rank)}::{method}({sizes})", ATOM

    def _eye(self, size: str) -> Code:
        return f"Matrix<T>::Identity({size}, {size})", ATOM

    def _reshape(self, node: CodeNode, rows: bool) -> Code:
        (arg,) = node.args
        held = self._hold(self.codes[id(arg)], arg.rank)
        if not rows and node.rank == 1:
            return f"{self.helper('vec')}({held})", ATOM
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        name = self.helper("reshape_rows" if rows else "reshape")
        return f"{name}<{node.rank}>({held}, {{{sizes}}})", ATOM

    def _slice(self, node: CodeNode) -> Code:
        (arg,) = node.args
        text = self._with_name(arg)
        places = [
            None if place is None else (self.size(place[0]), place[1] and self.size(place[1]))
            for place in node.attr
        ]
        if arg.rank == 1:
            (place,) = places
            assert place is not None
            return (
                f"{text}.segment({place[0]}, {place[1]})" if place[1] else f"{text}({place[0]})"
            ), ATOM
        if arg.rank == 2:
            return self._block(text, places), ATOM
        starts = ", ".join("0" if place is None else place[0] for place in places)
        counts = ", ".join(
            f"{text}.dimension({axis})" if place is None else place[1] or "-1"
            for axis, place in enumerate(places)
        )
        name = self.helper("sliced")
        return f"{name}<{node.rank}>({text}, {{{starts}}}, {{{counts}}})", ATOM

    def _with_name(self, node: CodeNode) -> str:
        """An array that entries can be taken of."""
        text = self._hold(self.codes[id(node)], node.rank)
        return text if text.isidentifier() else self._name((text, ATOM), node)[0]

    @staticmethod
    def _block(text: str, places: Sequence[tuple[str, str | None] | None]) -> str:
        row, column = places
        if row is not None and column is not None and not row[1] and not column[1]:
            return f"{text}({row[0]}, {column[0]})"
        if row is not None and not row[1]:
            part = "" if column is None else f".segment({column[0]}, {column[1]})"
            return f"{text}.row({row[0]}){part}.transpose()"
        if column is not None and not column[1]:
            part = "" if row is None else f".segment({row[0]}, {row[1]})"
            return f"{text}.col({column[0]}){part}"
        if row is None and column is not None:
            return f"{text}.middleCols({column[0]}, {column[1]})"
        if column is None and row is not None:
            return f"{text}.middleRows({row[0]}, {row[1]})"
        assert row is not None
        assert column is not None
        return f"{text}.block({row[0]}, {column[0]}, {row[1]}, {column[1]})"

    def _gather(self, node: CodeNode) -> Code:
        array, places = node.args
        text = self._with_name(array)
        whole = "Eigen::placeholders::all"
        inside = [whole, self.text(places)] if node.attr else [self.text(places), whole]
        return f"{text}({', '.join(inside[: array.rank])})", ATOM

    def _pair(self, node: CodeNode) -> Code:
        row, column = (bracket(self.codes[id(arg)]) for arg in node.args)
        name = next(self.fresh)
        self.named.add(name)
        size = self.factor(node.attr)
        self.lines.append(f"const Places {name} = {row} * {size} + {column};")
        return name, ATOM

    def _stack(self, node: CodeNode) -> Code:
        sizes = ", ".join(self.size(dim) for dim in node.shape)
        parts = ", ".join(self.text(arg) for arg in node.args)
        return f"({_type(node.rank)}({sizes}) << {parts}).finished()", ATOM

    def _unit(self, node: CodeNode) -> Code:
        return f"Vector<T>::Unit({self.size(node.shape[0])}, {self.size(node.attr)})", ATOM

    def _count(self, node: CodeNode) -> Code:
        size, (first, _) = self.size(node.shape[0]), node.args
        start = self.text(first)
        return f"Vector<T>::LinSpaced({size}, {start}, {start} + T({size} - 1))", ATOM

    def _chain(self, node: CodeNode) -> Code:
        given = ", ".join(self.text(arg) for arg in node.args)
        return f"{self.helper('multiply')}<T>({{{given}}})", ATOM

    def _determinant(self, node: CodeNode, sign: bool) -> Code:
        name = self.helper("detsign" if sign else "logabsdet")
        return f"{name}({self._hold(self.codes[id(node.args[0])], 2)})", ATOM


def _scalar(operator: str) -> str:
    """An operator between two numbers."""
    if operator == "**":
        return "std::pow(a, b)"
    return f"a {operator} b" if LEVELS[operator] >= SUM else f"T(a {operator} b)"
