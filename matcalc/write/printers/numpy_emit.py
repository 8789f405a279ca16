"""Array program to Python statements: what is used twice, or would make a line too long, gets a
name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count

from matcalc.core.decimals import places
from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Dim, Shape
from matcalc.core.user_functions import UserFunction
from matcalc.core.walk import operands, postorder
from matcalc.write.printers import numpy_blocks as blocks
from matcalc.write.printers.code_levels import ATOM, LEVELS, POWER, SUM, TERM, UNARY, Code, bracket
from matcalc.write.printers.numpy_cost import depths
from matcalc.write.printers.numpy_nodes import CodeNode
from matcalc.write.printers.numpy_properties import is_complex
from matcalc.write.printers.numpy_sizes import factors_of, size_code

_WIDTH = 88  # characters of an expression on one line
_SHORT = 8  # characters of a decimal that is written instead of a quotient
_EXACT = 2**53  # beyond it integers are written as the float that they become
# what has a value that nobody else holds
_FRESH = frozenset(
    (
        *("infix", "neg", "filled", "einsum", "scattered", "stacked", "unit", "multiplied"),
        *("gathered", "stepped", "pieces", "cleared"),
    )
)
_VIEWS = frozenset(("np.diagonal",))
_MAKING = frozenset(
    (
        *("sigmoid", "sigmoid_slope", "softmax", "weighted_gram", "psd_inverse"),
        "squared_distances",
    )
)
_INPLACE = frozenset("+-*/")
_WHOLE = frozenset(("number", "size"))  # of whole numbers alone NumPy makes no floats
# functions that cost less as methods of an array
_METHODS = frozenset(f"np.{name}" for name in ("sum", "max", "min", "prod", "diagonal", "trace"))
_MULTIPLIED = 16  # the highest power that is computed by products, a fifth of the work of NumPy's


class Emitter:
    """Writes the statements that compute a node."""

    multiplies = True  # whether a power is written as products
    quick = False  # whether the code is for small arrays rather than for the eye

    def __init__(
        self,
        root: CodeNode,
        names: Mapping[str, str],
        functions: Mapping[UserFunction | FunctionRef | str, str],
        sizes: Mapping[str, str],
        taken: Callable[[str], bool],
        side: int | None = None,
    ) -> None:
        self.root = root
        self.side = side  # whose bits say which side is taken of choices, by how deep these are
        self.depths = {} if side is None else depths(root)
        self.common: dict[CodeNode, tuple[CodeNode, ...]] = {}  # of choices
        self.uses: Counter[int] = Counter()
        self.names = names
        self.functions = functions
        self.sizes = sizes
        self.fresh = (f"t{number}" for number in count(1) if not taken(f"t{number}"))
        self.codes: dict[int, Code] = {}
        self.lines: list[str] = []
        self.named: set[str] = set()  # what we have given names to
        self.complex: set[CodeNode] = set()  # what is complex where the arguments are
        self.held: frozenset[int] = frozenset()  # in a side of a choice, what was there before it

    def statements(self) -> tuple[list[str], str]:
        """The assignments, and the expression for the root."""
        if self.quick:
            for node in postorder(self.root, operands):
                if is_complex(node, self.complex):
                    self.complex.add(node)
        self._write(self.root)
        return self.lines, self.codes[id(self.root)][0]

    def _write(self, root: CodeNode) -> None:
        """The code of a node and of all that it needs; what only one side of a choice needs is
        written there.
        """
        always = {id(node) for node in postorder(root, self._always)}

        def list_needed(node: CodeNode) -> list[CodeNode]:
            if node.op != "choice" or self.side is not None:
                return list(self._always(node))
            inside = (each for arg in node.args for each in postorder(arg, self._new))
            return [each for each in inside if id(each) in always]

        outside = self.uses
        self.uses = Counter(
            id(arg) for node in postorder(root, self._new) for arg in node.args if id(arg) in always
        )
        for node in postorder(root, list_needed):
            if id(node) in self.codes:
                continue
            code = self._write_node(node)
            trivial = (
                not node.args
                or (node.op == "suffix" and not node.args[0].args)
                or (node.op == "neg" and not node.args[0].args)
            )
            shared = self.uses[id(node)] > 1 and not trivial and code[0] not in self.named
            self.codes[id(node)] = self._name(code, node) if shared else code
        self.uses = outside

    def _new(self, node: CodeNode) -> tuple[CodeNode, ...]:
        return () if id(node) in self.codes else node.args

    def _always(self, node: CodeNode) -> tuple[CodeNode, ...]:
        if id(node) in self.codes:
            return ()
        if node.op == "choice":
            return self._common(node) if self.side is None else (self._taken(node),)
        return node.args

    def _common(self, node: CodeNode) -> tuple[CodeNode, ...]:
        """What both sides of a choice need."""
        if node not in self.common:
            one, other = (postorder(arg, self._always) for arg in node.args)
            both = {id(each) for each in other}
            self.common[node] = tuple(each for each in one if id(each) in both)
        return self.common[node]

    def _taken(self, node: CodeNode) -> CodeNode:
        """The side of a choice that is taken."""
        assert self.side is not None
        return node.args[self.side >> (self.depths[node] - 1) & 1]

    def _sides(self, node: CodeNode) -> list[tuple[list[str], str]]:
        """The statements and the code of each side of a choice, written apart."""
        outside, codes, held = self.lines, self.codes, self.held
        self.held = frozenset(codes)
        sides = []
        for arg in node.args:  # as deep as choices are nested
            self.lines, self.codes = [], dict(codes)
            self._write(arg)
            sides.append((self.lines, self.codes[id(arg)][0]))
        self.lines, self.codes, self.held = outside, codes, held
        return sides

    def _choice(self, node: CodeNode) -> Code:
        """``x if cost <= cost else y``, or statements where a side needs some."""
        condition = self._no_more(node.attr)
        (first, one), (second, other) = self._sides(node)
        if not first and not second and len(one) + len(other) + len(condition) < _WIDTH - 20:
            return self._name((f"{one} if {condition} else {other}", ATOM))
        name = next(self.fresh)
        self.named.add(name)
        for head, lines, code in ((f"if {condition}:", first, one), ("else:", second, other)):
            self.lines.append(head)
            self.lines += [f"    {line}" for line in [*lines, f"{name} = {code}"]]
        return name, ATOM

    def _no_more(self, difference: Dim) -> str:
        """The difference of two costs as a comparison of sums of positive terms."""
        _, _, inner = difference.parts()
        texts = [
            " + ".join(
                " * ".join(factors_of(sign * c, names, self.sizes))
                for c, names in inner
                if sign * c > 0
            )
            for sign in (1, -1)
        ]
        return f"{texts[0]} <= {texts[1]}"

    def _name(self, code: Code, node: CodeNode | None = None) -> Code:
        """A name for the code, which is that of the node if there is one."""
        name = next(self.fresh)
        self.named.add(name)
        self.lines.append(f"{name} = {code[0]}")
        return name, ATOM

    def _write_node(self, node: CodeNode) -> Code:
        """The code of a node; while it is too long, its longest operand is given a name."""
        code = self._code(node)
        while len(code[0]) > _WIDTH:
            longest = max(node.args, key=lambda arg: len(self.codes[id(arg)][0]), default=None)
            if longest is None or len(self.codes[id(longest)][0]) <= _WIDTH // 4:
                break
            self.codes[id(longest)] = self._name(self.codes[id(longest)], longest)
            code = self._code(node)
        return code

    def _bracket(self, node: CodeNode, level: int) -> str:
        return bracket(self.codes[id(node)], level)

    def _code(self, node: CodeNode) -> Code:
        match node.op:
            case "name":
                return self.names[node.attr], ATOM
            case "several":
                return "", ATOM  # several results; Source writes them
            case "text":
                return node.attr, ATOM
            case "number":
                return number(node.attr)
            case "size":
                return self._size(node.attr)
            case "filled":
                values = "".join(f", {self._float(arg)}" for arg in node.args)
                return (
                    f"{node.attr}({self._shape(node.shape, eye=node.attr == 'np.eye')}{values})",
                    ATOM,
                )
            case "shaped":
                shape = ", ".join(self._size(dim)[0] for dim in node.shape)
                return f"{self._bracket(node.args[0], ATOM)}.reshape({shape})", ATOM
            case "einsum":
                given = [
                    blocks.subscripts(*node.attr),
                    *(self.codes[id(arg)][0] for arg in node.args),
                ]
                more = ["optimize=True"] * (len(node.args) > 2)
                return f"np.einsum({', '.join([*given, *more])})", ATOM
            case "scattered":
                return self._scatter(node)
            case "pieces":
                return self._add_pieces(node)
            case "cleared":
                return self._clear(node)
            case "choice":
                taken = self.side is not None
                return self.codes[id(self._taken(node))] if taken else self._choice(node)
            case "multiplied":
                given = [self.codes[id(arg)][0] for arg in node.args]
                return f"np.linalg.multi_dot([{', '.join(given)}])", ATOM
            case "stepped":
                return self._add_ones(node)
            case "gathered":
                values, places = (self._bracket(arg, ATOM) for arg in node.args)
                return f"{values}[{':, ' * node.attr}{places}]", ATOM
            case "paired":
                row, column = (self._bracket(arg, ATOM) for arg in node.args)
                return f"{row} * {self.factor(node.attr)} + {column}", SUM
            case "reshaped":
                shape = self._shape(node.shape, eye=False)
                return f'{self._bracket(node.args[0], ATOM)}.reshape({shape}, order="F")', ATOM
            case "neg":
                return f"-{self._bracket(node.args[0], UNARY)}", UNARY
            case "suffix":
                return self._bracket(node.args[0], ATOM) + node.attr, ATOM
            case "call":
                function, before, after = node.attr
                if self.quick and function in _METHODS and node.args[0].rank:
                    array = self._bracket(node.args[0], ATOM)
                    return f"{array}.{function[3:]}({', '.join(after)})", ATOM
                given = [*before, *(self.codes[id(arg)][0] for arg in node.args), *after]
                if function == "psd_inverse" and self.uses[id(node.args[0])] == 1:
                    given.append("overwrite=True")
                function = self.functions.get(function, function)
                return f"{function}({', '.join(given)})", ATOM
            case "stacked" if self.quick and node.rank == 1 and all(arg.rank for arg in node.args):
                given = [self.codes[id(arg)][0] for arg in node.args]
                return f"np.concatenate([{', '.join(given)}])", ATOM
            case "sliced" | "stacked" | "unit":
                inner = [
                    self._bracket(arg, ATOM) if node.op == "sliced" else self.codes[id(arg)][0]
                    for arg in node.args
                ]
                return blocks.code(node, inner, lambda dim: self._size(dim)[0]), ATOM
            case "apply":
                given = [self.codes[id(arg)][0] for arg in node.args]
                return f"{self.functions[node.attr]}({', '.join(given)})", ATOM
        return self._infix(node)

    def _infix(self, node: CodeNode) -> Code:
        """Left-associative, apart from ``**``; * and @ are bracketed beside each other, though
        Python would read them right.
        """
        left, right = node.args
        level = LEVELS[node.attr]
        name = self.codes[id(left)][0]
        if (
            node.attr in _INPLACE
            and name in self.named
            and node.rank
            and left.shape == node.shape
            and self._is_fresh(left)
        ):
            self.lines.append(f"{name} {node.attr}= {self.codes[id(right)][0]}")
            return name, ATOM
        if node.attr == "**":
            return self._power(left, right)
        if self.quick and node.rank:
            code = self._in_place(node) or self._quick(node)
            if code is not None:
                return code
        mixed = level == TERM and left.op == "infix" and (left.attr == "@") != (node.attr == "@")
        before = self._bracket(left, UNARY if mixed else level)
        return f"{before} {node.attr} {self._bracket(right, level + 1)}", level

    def _in_place(self, node: CodeNode) -> Code | None:
        """Statements that make the value where that of an operand is, which nobody else needs; None
        where there is no such operand.
        """
        if node.attr not in _INPLACE:
            return None
        left, right = node.args
        if self._is_ours(left, node):
            name = self._own(left)
            self.lines.append(f"{name} {node.attr}= {self._scalar(right)}")
        elif not self._is_ours(right, node):
            return None
        elif node.attr in "+*":
            name = self._own(right)
            self.lines.append(f"{name} {node.attr}= {self._scalar(left)}")
        else:
            name = self._own(right)
            function = "np.subtract" if node.attr == "-" else "np.divide"
            self.lines.append(f"{function}({self._scalar(left)}, {name}, out={name})")
        return name, ATOM

    def _is_ours(self, arg: CodeNode, whole: CodeNode) -> bool:
        """Whether an operand is an array, as large as the whole, that may be changed into it: one
        of real numbers could not hold the complex ones of a complex step.
        """
        return arg.shape == whole.shape and arg in self.complex and self._is_fresh(arg)

    def _scalar(self, node: CodeNode) -> str:
        """The code; an integer beside an array as the float that it becomes."""
        whole = node.op == "number" and node.attr.denominator == 1
        return repr(float(node.attr)) if whole else self.codes[id(node)][0]

    def _quick(self, node: CodeNode) -> Code | None:
        """``v @ A`` for ``A.T @ v``, and ``2.0 * v``: NumPy needs no view then and converts no
        number. None where that says nothing else.
        """
        left, right = node.args
        level = LEVELS[node.attr]
        if node.attr == "@":
            turned = left.op == "suffix" and left.attr == ".T" and right.rank == 1
            if not turned or self.codes[id(left)][0].isidentifier():
                return None
            return (
                f"{self._bracket(right, POWER)} @ {self._bracket(left.args[0], POWER)}",
                level,
            )
        if node.attr not in _INPLACE:
            return None
        if left.op == "number" and right.rank and 0 <= left.attr < _EXACT:
            return f"{self._scalar(left)} {node.attr} {self._bracket(right, level + 1)}", level
        if right.op == "number" and left.rank and 0 <= right.attr < _EXACT:
            return f"{self._bracket(left, level)} {node.attr} {self._scalar(right)}", level
        return None

    def _power(self, base: CodeNode, exponent: CodeNode) -> Code:
        """``x ** 2 * x`` for the cube of an array: NumPy is quick at squares alone."""
        value = exponent.attr if exponent.op == "number" else Fraction(0)
        whole = value.denominator == 1 and (value == -2 or 2 < abs(value) <= _MULTIPLIED)
        if not (self.multiplies and base.rank and whole):
            return f"{self._bracket(base, ATOM)} ** {self._bracket(exponent, UNARY)}", POWER
        if not self.codes[id(base)][0].isidentifier():
            self.codes[id(base)] = self._name(self.codes[id(base)], base)
        name = text = self.codes[id(base)][0]
        level = ATOM
        for bit in bin(abs(int(value)))[3:]:
            text, level = f"{text if level == ATOM else f'({text})'} ** 2", POWER
            if bit == "1":
                text, level = f"{text} * {name}", TERM
        if value < 0:
            text, level = f"1 / {text if level == POWER else f'({text})'}", TERM
        return text, level

    def _scatter(self, node: CodeNode) -> Code:
        """Statements that add to a diagonal of an array of our own."""
        value, *base = node.args
        code = self.codes[id(value)]
        if not base:
            kind = ""
            if value.rank:
                code = code if code[0].isidentifier() else self._name(code)
                kind = f", {code[0]}.dtype"
            name = self._name((f"np.zeros({self._shape(node.shape, eye=False)}{kind})", ATOM))[0]
        else:
            name = self._own(base[0])
        operator = "+=" if base else "="
        if base and value.op == "neg":
            operator, code = "-=", self.codes[id(value.args[0])]
        code = self._name(code) if len(code[0]) > _WIDTH // 2 else code
        self.lines.append(f"{blocks.diagonal(name, node.attr)} {operator} {code[0]}")
        return name, ATOM

    def _clear(self, node: CodeNode) -> Code:
        """A statement that writes zeros on a diagonal of an array of our own."""
        name = self._own(node.args[0])
        self.lines.append(f"{blocks.diagonal(name, node.attr)} = 0.0")
        return name, ATOM

    def _add_pieces(self, node: CodeNode) -> Code:
        """Statements that write pieces where they belong, in an array of our own."""
        values, base = node.args[: len(node.attr)], node.args[len(node.attr) :]
        if base:
            name = self._own(base[0])
        else:
            kind = self._kind([value for value in values if value.op != "number"])
            shape = self._shape(node.shape, eye=False)
            name = self._name((f"np.zeros({shape}{kind})", ATOM))[0]
        for place, (spot, value) in enumerate(zip(node.attr, values, strict=True)):
            code = self.codes[id(value)][0]
            touched = base or not all(map(spot.misses, node.attr[:place]))
            if touched or (place and spot.minus and value.rank):
                operator = "-=" if spot.minus else "+="
            else:
                operator, code = "=", f"-{self._bracket(value, UNARY)}" if spot.minus else code
            view = blocks.view(
                name, spot, node.shape, lambda dim: self._size(dim)[0], rows=not base
            )
            self.lines.append(f"{view} {operator} {code}")
        return name, ATOM

    def _kind(self, values: Sequence[CodeNode]) -> str:
        """The argument that says the type of an array of zeros to which these are added."""
        names = {}
        for value in values:
            if value.args and not self.codes[id(value)][0].isidentifier():
                self.codes[id(value)] = self._name(self.codes[id(value)], value)
            names[self.codes[id(value)][0]] = value.rank
        if not names:
            return ""
        alone = len(names) == 1 and all(names.values())
        given = [*names] if any(names.values()) else ["1.0", *names]
        return f", {given[0]}.dtype" if alone else f", np.result_type({', '.join(given)})"

    def _add_ones(self, node: CodeNode) -> Code:
        """Statements that add 1 at a place of each row, or take it away, in an array of our own."""
        name, places = self._own(node.args[0]), self.codes[id(node.args[1])][0]
        self.lines.append(f"{name}[np.arange(len({places})), {places}] {node.attr}= 1")
        return name, ATOM

    def _own(self, node: CodeNode) -> str:
        """The name of an array that may be changed."""
        code = self.codes[id(node)]
        if not self._is_fresh(node):
            return self._name((f"np.array({code[0]})", ATOM))[0]
        if code[0] in self.named:
            return code[0]
        return self._name(code)[0]

    def _is_fresh(self, node: CodeNode) -> bool:
        if self.uses[id(node)] > 1 or id(node) in self.held:
            return False
        if node.op == "shaped" or (node.op == "suffix" and "T" in node.attr.upper()):
            return self._is_fresh(node.args[0])
        if node.op == "call":
            function = node.attr[0]
            if function == "np.where" and {arg.op for arg in node.args[1:]} <= _WHOLE:
                return bool(node.attr[2])  # where(c, 1, 0) could not hold other numbers
            return function in _MAKING or (function[:3] == "np." and function not in _VIEWS)
        return node.op in _FRESH

    def _float(self, node: CodeNode) -> str:
        return _decimal(node.attr) if node.op == "number" else self.codes[id(node)][0]

    def _size(self, dim: Dim) -> Code:
        return size_code(dim, self.sizes)

    def factor(self, dim: Dim) -> str:
        """A size, in brackets where it is not a name or a number."""
        text = self._size(dim)[0]
        return text if text.isidentifier() or text.isdigit() else f"({text})"

    def _shape(self, shape: Shape, *, eye: bool) -> str:
        texts = [self._size(dim)[0] for dim in shape]
        return texts[0] if eye or len(texts) == 1 else f"({', '.join(texts)})"


def number(value: Fraction) -> Code:
    """A number: an integer, a short decimal, or a quotient."""
    if value.denominator == 1 and abs(value.numerator) < _EXACT:
        return str(value.numerator), ATOM if value >= 0 else UNARY
    decimal = _decimal(value)
    quotient = f"{value.numerator} / {value.denominator}"
    ends = places(value) is not None and len(decimal) <= len(quotient)
    if ends or len(decimal) <= _SHORT or max(abs(value.numerator), value.denominator) >= _EXACT:
        return decimal, ATOM if value >= 0 else UNARY
    return quotient, TERM


def _decimal(value: Fraction) -> str:
    """The nearest floating-point number."""
    try:
        return repr(float(value))
    except OverflowError:
        return "np.inf" if value > 0 else "-np.inf"
