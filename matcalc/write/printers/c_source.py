"""Source for C: a function of pointers and sizes that needs nothing but the standard library."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.write.printers.c_code import INDENT, C, CWriter
from matcalc.write.printers.c_rules import CEmitter
from matcalc.write.printers.language_code import LanguageWriter
from matcalc.write.printers.language_source import LanguageSource, SizeBindings
from matcalc.write.printers.numpy_sizes import tuple_code

_WIDTH = 96
_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while main asm errno assert calloc malloc free memory room ptrdiff_t size_t NULL NAN
INFINITY
abs acos asin atan atan2 cbrt ceil cos cosh erf exp fabs floor fma fmax fmin fmod frexp hypot ldexp
log logb pow remainder rint round sin sinh sqrt tan tanh tgamma lgamma trunc div j0 j1 jn y0 y1 yn
gamma signgam exit abort rand srand system index remove rename time clock signal raise read write
pi stdin stdout stderr printf puts I"""


class CSource(LanguageSource):
    """The parts of one source text."""

    language = C
    emitter = CEmitter
    words = frozenset(_WORDS.split())
    lists_only = True

    def __init__(
        self,
        expr: Expr,
        variables: Mapping[str, Variable],
        name: str,
        title: str,
        check: bool = True,
    ) -> None:
        super().__init__(expr, variables, name, title, check)
        self.index = self._local("place") if self.listed else ""  # of a list of places
        for node in self.order:
            for dim in node.shape:
                for size in dim.letters:
                    if size not in self.sizes:
                        self.sizes[size] = self._local(size)
        several = self.root.op == "several"
        names = [self._local(each) for each in self.fields().values()] if several else ["result"]
        self.outputs = list(zip(names, self._roots(), strict=True))

    def prepare(self, emitter: LanguageWriter) -> None:
        """Arrays that are results are written where they go."""
        assert isinstance(emitter, CWriter)
        if any(function.ranks for function in self.declared):
            raise UnsupportedError(
                "C takes functions of numbers as arguments, not functions of arrays",
                hint='source("numpy"), or --format numpy, takes them',
            )
        for name, node in self.outputs:
            if node.rank:
                emitter.targets.setdefault(id(node), name)

    def _sizes_of(self) -> SizeBindings:
        return SizeBindings(list(self.sizes), [], [])

    def comment(self, sizes: SizeBindings) -> list[str]:
        """The comment above the code."""
        lines = self.describe_names(self.locals, self.sizes)
        for name, node in self.outputs:
            what = tuple_code([str(dim) for dim in node.shape]) if node.rank else "a number"
            lines.append(f"{name}, which is written: {what}")
        lines += [
            "Arrays are stored row by row, the last axis fastest, and do not overlap a result."
        ]
        fails = ["1 where there is no memory"] * bool(self.memory)
        fails += ["2 where the sizes leave no room for the formula"] * bool(self._left())
        fails += ["3 where there is no such position"] * (self.check and bool(self.listed))
        lines.append("Returns " + "; ".join(["0", *fails]) + ".")
        return [f"{self.language.comment} {line}".rstrip() for line in lines]

    def _axis_of(self, local: str, axis: int, rank: int) -> str:
        raise NotImplementedError  # sizes are arguments

    def _left(self) -> list[str]:
        return [self.size_of(size) for size in self.room] if self.check else []

    def _begin(self, sizes: SizeBindings) -> list[str]:
        lines = self._places() if self.check else []
        left = self._left()
        if left:
            tests = " || ".join(f"{text} < 0" for text in left)
            lines += [f"if ({tests}) {{", f"{INDENT}return 2;", "}"]
        return lines

    def _places(self) -> list[str]:
        """Statements that refuse places where there is nothing."""
        lines: list[str] = []
        if self.listed:
            index = self.index
        for key, each in self.listed.items():
            width = self.size_of(self.variables[key].shape[1])
            entry = f"{self.locals[key]}[{index}]"
            test = [f"if ({entry} < 0 || {entry} >= {width}) {{", f"{INDENT}return 3;", "}"]
            lines += CWriter.loops([(index, self.size_of(each.shape[0]))], test)
        return lines

    def _end(self, emitter: LanguageWriter, result: str) -> list[str]:
        assert isinstance(emitter, CWriter)
        start = len(emitter.lines)
        for name, node in self.outputs:
            code = emitter.codes[id(node)]
            if not node.rank:
                emitter.lines.append(f"*{name} = {code[0]};")
                continue
            made = emitter.entry(name, node.shape)
            if made[0] != code[0]:
                emitter.fill(made[0], code, node.shape)
        self.memory = emitter.memory
        lines = emitter.lines[start:]
        del emitter.lines[start:]
        return [*lines, *["free(memory);"] * bool(self.memory), "return 0;"]

    def _allocate(self) -> list[str]:
        """Statements that make room for the arrays of our own, in one piece."""
        if not self.memory:
            return []
        total = " + ".join(size for _, size in self.memory)
        lines = [
            f"const ptrdiff_t room = {total} + 1;",
            "double *const memory = calloc((size_t)room, sizeof(double));",
            "if (memory == NULL) {",
            f"{INDENT}return 1;",
            "}",
        ]
        lines[:1] = textwrap.wrap(
            lines[0], _WIDTH, subsequent_indent=INDENT, break_long_words=False
        )
        before = "memory"
        for name, size in self.memory:
            lines.append(f"double *const {name} = {before};")
            before = f"{name} + {size}"
        return lines

    def _whole(self, sizes: SizeBindings, body: list[str], helpers: list[str]) -> str:
        arguments = [
            f"const ptrdiff_t *{self.locals[key]}"
            if key in self.listed
            else f"const double *{self.locals[key]}"
            if each.shape
            else f"double {self.locals[key]}"
            for key, each in self.variables.items()
        ]
        arguments += [
            f"double (*{local})({', '.join(['double'] * function.arity)})"
            for function, local in self.declared.items()
        ]
        arguments += [f"ptrdiff_t {self.sizes[name]}" for name in sizes.given]
        arguments += [f"double *restrict {name}" for name, _ in self.outputs]
        checks = self._begin(sizes)
        body = [*checks, *self._allocate(), *body[len(checks) :]]
        said = "\n".join(body)
        given = [*self.locals.values(), *self.declared.values(), *self.sizes.values()]
        unused = [local for local in given if not re.search(rf"\b{local}\b", said)]
        body = [*(f"(void){local};" for local in unused), *body]
        head = f"int {self.name}({', '.join(arguments)})"
        if len(head) > _WIDTH:
            inner = f",\n{INDENT}".join(arguments)
            head = f"int {self.name}(\n{INDENT}{inner})"
        function = [*self.comment(sizes), head, "{", *(INDENT + line for line in body), "}"]
        text = "\n\n".join([*helpers, "\n".join(function)])
        includes = ["#include <math.h>", "#include <stddef.h>"]
        includes += ["#include <stdlib.h>"] * bool(self.memory)
        return "\n".join([*includes, "", text, ""])
