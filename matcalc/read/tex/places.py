r"""Sizes, entries and blocks: n - 1, [X]_{1:k, j}, \begin{bmatrix} A & B \\ C & D \end{bmatrix}."""

from __future__ import annotations

from collections.abc import Collection

from matcalc.core.kinds import number_or_size, size_names
from matcalc.core.walk import fold, postorder
from matcalc.read.syntax.nodes import SyntaxNode, children
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import letters, symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value

_OPERATORS = {"*": "*", ".": "*", "+": "+", "-": "-", "/": "/", "power": "^"}


def size_leaves(phrase: Phrase) -> list[Phrase]:
    """The letters in a size."""
    return [part for part in postorder(phrase, _operands) if part.kind in ("symbol", "indexed")]


def names_inside(part: Phrase, source: str) -> list[str]:
    """The letters in one place of a subscript, and those in their subscripts."""
    found = []
    for leaf in letters(part) or size_leaves(part):
        if leaf.kind in ("symbol", "indexed"):
            found.append(symbol(leaf, source).name)
            found += [name for inner in leaf.parts for name in names_inside(inner, source)]
    return found


def size(phrase: Phrase, scope: Scope) -> SyntaxNode:
    """A size as it is written: a name, a number, or what is made of these."""

    def rule(part: Phrase, args: list[SyntaxNode]) -> SyntaxNode:
        make = Maker(part)
        if part.kind == "number" and part.text.isdecimal():
            return make.number(int(part.text))
        if part.kind in _OPERATORS:
            return make.node(_OPERATORS[part.kind], *args)
        if part.kind not in ("symbol", "indexed", "function"):
            raise scope.problem("a size is made of letters, numbers and + - *", part.span)
        if chooses(scope, part):  # X_{s_e}, w_y
            (base, *inside) = (part.args[0], *part.parts) if part.kind == "indexed" else (part,)
            chosen = make.node("name", value=scope.name(base))
            at = [size(each, scope) for each in inside]
            return make.node("entries", chosen, *at) if at else chosen
        name = scope.name(part)
        variable = scope.declared.get(name)
        if variable is not None and name not in size_names(scope.declared.values()):
            hint = None if variable.shape else number_or_size(name)
            message = f"{name} is declared as a variable, so it is not a size"
            raise scope.problem(message, part.span, hint)
        return make.node("name", value=name)

    return fold(phrase, _operands, rule)


def chooses(scope: Scope, part: Phrase) -> bool:
    """Whether a subscript is declared to be a place, or is one of those in a matrix."""
    base = part.args[0] if part.kind == "indexed" else part
    if base.kind != "symbol":
        return False
    declared = scope.declared.get(scope.name(base))
    return declared is not None and declared.kind == "onehot"


def length(phrase: Phrase, scope: Scope) -> SyntaxNode:
    """The size of an axis; in an answer of ours no letter in it is an index."""
    found = size(phrase, scope)
    return found if scope.printed is None else as_size(found)


def as_size(node: SyntaxNode) -> SyntaxNode:
    """The same size, in which no letter is an index."""
    for part in postorder(node, children):
        part.kind = "size" if part.kind == "name" else part.kind
    return node


def _operands(phrase: Phrase) -> tuple[Phrase, ...]:
    return phrase.args if phrase.kind in _OPERATORS else ()


def entries(
    phrase: Phrase, value: Value, scope: Scope, running: Collection[str], binding: bool
) -> Value:
    """[X]_{i, 1:k}: entries of a vector or a matrix, counted from 1. With an index that is
    ``running`` they are none in a product of whole matrices; where sums are ``binding`` they are.
    """
    make = Maker(phrase)
    ends = [end for part in phrase.parts for end in (part.args if part.kind in _WIDE else (part,))]
    if not binding and any(
        name in running for end in ends for name in names_inside(end, scope.source)
    ):
        raise BeyondProducts("a part at an index", source=scope.source, span=phrase.span)
    places, single = [], []
    for part in phrase.parts:
        inside = [
            size(each, scope)
            for each in (
                part.args if part.kind == "range" else (part,) if part.kind != "all" else ()
            )
        ]
        places.append(
            Maker(part).node({"range": "range", "all": ":"}[part.kind], *inside)
            if part.kind in _WIDE
            else inside[0]
        )
        single.append(part.kind not in _WIDE)
    rank = value.rank - sum(single)
    row = rank == 1 and (single[0] if value.rank == 2 else value.row)
    return Value(make.node("entries", value.node, *places), max(rank, 0), row)


_WIDE = ("range", "all")


def blocks(phrase: Phrase, args: list[Value]) -> Value:
    """Blocks, row by row; scalars, rows and columns are thin ones."""
    lengths = tuple(map(int, phrase.text.split(",")))
    if len(args) == 1:
        return args[0]
    node = Maker(phrase).node("blocks", *[arg.node for arg in args], value=lengths)
    column = all(length == 1 for length in lengths) and all(
        arg.rank == 0 or (arg.rank == 1 and not arg.row) for arg in args
    )
    row = len(lengths) == 1 and all(arg.rank == 0 or arg.row for arg in args)
    return Value(node, 1 if column or row else 2, row)
