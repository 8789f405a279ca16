"""Source for C++ with Eigen: a function template in a header."""

from __future__ import annotations

import re

from matcalc.write.printers.eigen_code import CPP, EigenEmitter
from matcalc.write.printers.language_code import LanguageWriter
from matcalc.write.printers.language_source import LanguageSource, SizeBindings
from matcalc.write.printers.numpy_code import NO_ROOM

_INDENT = "    "
_WIDTH = 96
_KEYWORDS = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept
const consteval constexpr constinit continue co_await co_return co_yield decltype default delete
do double else enum explicit export extern false float for friend goto if inline int long
mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public
register requires return short signed sizeof static struct switch template this throw true try
typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq T
Eigen std Index Vector Matrix Tensor Array main assert errno"""


class EigenSource(LanguageSource):
    """The parts of one source text."""

    language = CPP
    emitter = EigenEmitter
    words = frozenset(_KEYWORDS.split())
    sized = frozenset((*LanguageSource.sized, "stacked"))
    rebinds = False
    placing = "const Places {} = places_of({}, {});"

    def _axis_of(self, local: str, axis: int, rank: int) -> str:
        if rank > 2:
            return f"{local}.dimension({axis})"
        return f"{local}.size()" if rank == 1 else f"{local}.{('rows()', 'cols()')[axis]}"

    def _begin(self, sizes: SizeBindings) -> list[str]:
        lines = self._places()
        lines += [f"const Index {self.sizes[name]} = {code};" for name, code in sizes.bound]
        ranks = {self.inner[key]: len(each.shape) for key, each in self.shaped.items()}
        wrong = [
            f"{self._axis_of(local, axis, ranks[local])} != {self.size_of(dim)}"
            for local, axis, dim in sizes.checked
        ]
        if any(node.is_tensor for node in self.order):
            self.helpers["tensors"] = None
        if wrong:
            name = "shape_of"
            self.helpers[name] = None
            found = ' + ", " + '.join(
                f"{name}({local})" for local, rank in ranks.items() if 0 < rank < 3
            )
            wanted = self.describe_arguments(scalars=False)
            lines += [
                f"if ({(' ||' + chr(10) + _INDENT).join(wrong)}) {{",
                f'{_INDENT}throw std::invalid_argument("expected {wanted}; found "',
                f"{_INDENT * 2}+ {found});",
                "}",
            ]
        if self.room and self.check:
            left = ", ".join(f"Index({self.size_of(size)})" for size in self.room)
            lines += [
                f"if (std::min({{{left}}}) < 0) {{",
                f'{_INDENT}throw std::invalid_argument("{NO_ROOM}");',
                "}",
            ]
        return lines

    def _end(self, emitter: LanguageWriter, result: str) -> list[str]:
        if self.root.op != "several":
            return [f"return {result};"]
        lines = [f"{self.name}_result<T> result;"]
        lines += [f"result.{name} = {code};" for name, _, code in self.results(emitter)]
        return [*lines, "return result;"]

    def _whole(self, sizes: SizeBindings, body: list[str], helpers: list[str]) -> str:
        names = f"{self.name}_parts"
        types = [f"typename P{place}" for place in range(len(self.listed))]
        types += [f"typename F{place}" for place in range(len(self.declared))]
        said = "\n".join(body)
        arguments = []
        for key, each in self.variables.items():
            local, rank = self.locals[key], len(each.shape)
            used = re.search(rf"\b{local}\b", said)
            kind = f"const {_public(rank)}&" if rank else "T"
            if key in self.listed:
                kind = f"const P{[*self.listed].index(key)}&"
            arguments.append(f"{'' if used else '[[maybe_unused]] '}{kind} {local}")
        arguments += [
            f"const F{place}& {local}" for place, local in enumerate(self.declared.values())
        ]
        arguments += [f"Eigen::Index {self.sizes[name]}" for name in sizes.given]
        returned = _public(self.root.rank)
        parts = []
        if self.root.op == "several":
            returned = f"{self.name}_result<T>"
            fields = [
                f"{_INDENT}{_public(node.rank)} {name};"
                for name, node in zip(self.fields().values(), self.root.args, strict=True)
            ]
            struct = ["template <typename T>", f"struct {self.name}_result {{", *fields, "};"]
            parts.append("\n".join(struct))
        inside = "\n".join([f"using namespace {names};", *body]).splitlines()
        head = f"{returned} {self.name}({', '.join(arguments)})"
        if len(head) > _WIDTH:
            inner = f",{chr(10)}{_INDENT}".join(arguments)
            head = f"{returned} {self.name}(\n{_INDENT}{inner})"
        function = [
            *self.comment(sizes),
            f"template <{', '.join(['typename T', *types])}>",
            head,
            "{",
            *(_INDENT + line for line in inside),
            "}",
        ]
        parts.append("\n".join(function))
        own = "\n\n".join(helpers)
        text = "\n\n".join(parts)
        whole = own + text
        begin = ["#pragma once", "", *_includes(whole), "", f"namespace {names} {{", "", _ALIASES]
        begin += [_TENSOR] if "Tensor<" in whole else []
        begin += [_PLACES] if "Places" in whole else []
        begin += ["", own] if own else []
        return "\n".join([*begin, "", f"}}  // namespace {names}", "", text, ""])


_ALIASES = """\
using Eigen::Index;
template <typename T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <typename T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;"""
_TENSOR = """\
template <typename T, int R>
using Tensor = Eigen::Tensor<T, R>;"""
_PLACES = "using Places = Eigen::Matrix<Index, Eigen::Dynamic, 1>;"
_INCLUDES = {
    "<algorithm>": r"std::(min|max|reverse|sort|stable_sort)\b",
    "<array>": r"std::array",
    "<complex>": r"std::complex",
    "<cmath>": r"std::(pow|sqrt|exp\w*|log\w*|abs|\w+gamma|erfc?|\w*h|cbrt|sin|cos|tan)\b",
    "<limits>": r"numeric_limits",
    "<stdexcept>": r"std::\w+_(argument|error)",
    "<string>": r"std::(string|to_string)",
    "<type_traits>": r"std::is_\w+_v",
    "<vector>": r"std::vector",
}


def _public(rank: int) -> str:
    """The type outside our namespace."""
    kinds = {0: "T", 1: "Eigen::VectorX<T>", 2: "Eigen::MatrixX<T>"}
    return kinds.get(rank, f"Eigen::Tensor<T, {rank}>")


def _includes(text: str) -> list[str]:
    lines = [f"#include {name}" for name, used in _INCLUDES.items() if re.search(used, text)]
    lines += ["#include <Eigen/Dense>"]
    if "Tensor<" in text:
        lines.append("#include <unsupported/Eigen/CXX11/Tensor>")
    if re.search(r"\.(exp|log|sqrt|sin|cos|sinh|cosh|pow)\(", re.sub(r"array\(\)\.\w+", "", text)):
        lines.append("#include <unsupported/Eigen/MatrixFunctions>")
    if "numext::digamma" in text or "numext::polygamma" in text:
        lines.append("#include <unsupported/Eigen/SpecialFunctions>")
    return lines
