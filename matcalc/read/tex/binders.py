r"""Sums that are not products of whole arrays, as binders of the language.

\sum_{i<j} \lVert x_i - x_j \rVert^2 is sum[i<j](norm2(X[i,:]' - X[j,:]')^2); \prod_i, \max_k and
\min_k are binders always.

A formula is read in this way where the other way ends, at ``BeyondProducts``. An entry is an entry
then (``subscripts.value_entry``), and the sizes of arrays follow as in the language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from matcalc.core.dims import Dim
from matcalc.core.errors import MatcalcError, ParseError
from matcalc.core.operations import OF_ENTRIES
from matcalc.core.walk import operands, postorder
from matcalc.read.syntax.nodes import Binding, SyntaxNode
from matcalc.read.syntax.parser import parse
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import as_size, size, size_leaves
from matcalc.read.tex.reach import letters_inside, require_one_end
from matcalc.read.tex.symbols import symbol
from matcalc.read.tex.values import Maker, Value
from matcalc.read.tex.vocabulary import OPTIMA

if TYPE_CHECKING:
    from matcalc.read.tex.letters import Letters

OPERATORS = {"∏": "prod", "∑": "sum"}


def total(phrase: Phrase, body: Value, letters_: Letters, values: Mapping[int, Value]) -> Value:
    """The sum, the product, the maximum or the minimum over its indices; ``values`` are those of
    the phrases inside.
    """
    make = Maker(phrase)
    name = phrase.text
    names = letters_.names_of(phrase)
    stands = letters_inside(phrase.args[0], letters_, plain=phrase.limit is not None)
    for index in names:
        if index not in stands:
            raise _absent(phrase, index, letters_)
    if body.rank and name != "sum":
        raise letters_.problem(
            f"the {name} of what is not a number for each index", phrase.mark or phrase.span
        )
    if name != "sum":
        require_one_end(phrase, letters_, values)
    starts: dict[str, Phrase] = {}
    conditions: list[SyntaxNode] = []
    for bound in phrase.bounds:
        first, second = bound.args
        if bound.text == "from" and second.kind == "symbol":
            starts[symbol(second, letters_.scope.source).name] = first
            continue
        sides = [size(side, letters_.scope) for side in bound.args]
        conditions.append(Maker(bound).node(bound.kind, *sides))
    places: list[SyntaxNode] = []
    for index in names:
        node = make.node("name", value=index)
        begins = starts.get(index)
        if phrase.limit is not None:
            begin = make.number(1) if begins is None else size(begins, letters_.scope)
            node = make.node("bounds", node, begin, size(phrase.limit, letters_.scope))
        elif begins is not None:
            conditions.append(make.node(">=", node, size(begins, letters_.scope)))
            node = make.node("name", value=index)
        places.append(node)
    binding = Binding(name, [*places, *conditions])
    result = SyntaxNode("binder", (body.node,), make.start, make.end, mark=make.mark, value=binding)
    return Value(result, body.rank, body.row)


def require_range(phrase: Phrase, letters_: Letters) -> None:
    """Refuses a sum over k, a maximum over x, where nothing that is taken has that as an index and
    nothing else says its range.
    """
    body, source = phrase.args[0], letters_.scope.source
    ends = [*phrase.parts, *(side for bound in phrase.bounds for side in bound.args)]
    below = [symbol(leaf, source).name for part in ends for leaf in size_leaves(part)]
    inside = letters_inside(body, letters_, plain=False)
    if inside.intersection(below):
        return
    if phrase.text in OF_ENTRIES:
        raise _absent(phrase, "", letters_)
    lone = phrase.limit is None and not phrase.bounds and len(below) == 1
    if lone and below[0] in letters_inside(body, letters_, plain=True):
        index = below[0]
        message = f"nothing says where {index} ends, which is not a subscript in the {phrase.text}"
        hint = f"write \\{phrase.text}_{{{index}=1}}^{{n}}, with the range, for numbers {index}"
        raised = next((part for part in postorder(body, operands) if _is_raised(part, index)), None)
        if raised is not None:
            x = letters_.scope.quote(raised.args[0])
            hint = f"write {x}^{{({index})}} for the sample {index}; {hint}"
        span = phrase.mark or phrase.span
        raise ParseError(message, source=source, span=span, hint=hint)


def _is_raised(phrase: Phrase, index: str) -> bool:
    """Whether this is x^i."""
    return (
        phrase.kind == "power"
        and phrase.args[0].kind == "symbol"
        and (phrase.args[1].kind, phrase.args[1].text) == ("symbol", index)
    )


def array(phrase: Phrase, body: Value, names: list[str]) -> Value:
    """The array whose entries are the values of the body, its axes in the order of the names."""
    make = Maker(phrase)
    binding = Binding("array", [make.node("name", value=name) for name in names])
    node = SyntaxNode("binder", (body.node,), make.start, make.end, mark=phrase.span, value=binding)
    return Value(node, len(names))


def read_printed_array(phrase: Phrase, body: Value, letters_: Letters) -> Value:
    """An array that an answer of ours defines by its entries; the axes of the answer are known."""
    names, shape = letters_.indices(phrase) or [], letters_.scope.printed
    if phrase.text != "answer" or shape is None:
        return array(phrase, body, names)
    if len(names) != len(shape):
        message = f"an answer with {len(shape)} axes has as many indices"
        raise letters_.problem(message, phrase.span)
    make = Maker(phrase)
    indices = []
    for name, axis in zip(names, shape, strict=True):
        index = make.node("name", value=name)
        if all(isinstance(scale, int) for scale, _ in axis.terms):
            index = make.node("bounds", index, make.number(1), write_size(axis))
        indices.append(index)
    binding = Binding("array", indices)
    node = SyntaxNode("binder", (body.node,), make.start, make.end, mark=phrase.span, value=binding)
    return Value(node, len(names))


def write_size(size: Dim) -> SyntaxNode:
    """A size as syntax, in which no letter is an index."""
    (statement,) = parse(str(size))
    return as_size(statement.body)


def _absent(phrase: Phrase, index: str, letters_: Letters) -> MatcalcError:
    message = f"{index} is not a subscript in what the {phrase.text} is taken of"
    hint = "the sum is a multiple then; write the factor"
    if phrase.text in OF_ENTRIES:
        message = f"{phrase.text} may be the {phrase.text}imum over a set, which is not supported"
        hint = f"{OPTIMA}; \\{phrase.text}(x) is that of the entries of x"
    elif phrase.text == "prod":
        hint = "the product is a power then; write the power"
    span = phrase.mark or phrase.span
    return letters_.scope.refusal(message, span, hint)
