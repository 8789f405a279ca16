"""What each operation of an array program is in C."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from matcalc.core.dims import ONE, ZERO, Shape
from matcalc.core.functions.spec import ANY_TO_SCALAR
from matcalc.core.operations import OPERATIONS
from matcalc.write.printers import c_places
from matcalc.write.printers.c_calls import whole_call
from matcalc.write.printers.c_code import C, CWriter, cell_of, cheap, is_entrywise, offset
from matcalc.write.printers.code_levels import ATOM, SUM, UNARY, Code, bracket
from matcalc.write.printers.language_code import whole_numbers
from matcalc.write.printers.numpy_emit import number as number_code
from matcalc.write.printers.numpy_nodes import OUTER, CodeNode

CodeRule = Callable[[CWriter, CodeNode], Code]
_CONSTANTS = {
    "np.pi": ("3.141592653589793", ATOM),
    "np.e": ("2.718281828459045", ATOM),
    "np.inf": ("INFINITY", ATOM),
    "-np.inf": ("-INFINITY", UNARY),
}
# what a reduction begins with, and what each entry x does to it
_FOLDS = {
    "np.prod": ("1.0", "{t} *= {x};"),
    "np.max": ("-INFINITY", "{t} = max_of({t}, {x});"),
    "np.min": ("INFINITY", "{t} = min_of({t}, {x});"),
}


def literal(value: Fraction) -> Code:
    """A number."""
    text, level = number_code(value)
    if "np." in text:
        return _CONSTANTS[text]
    if "." not in text and "e" not in text:
        text = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"\1.0", text)
    return text, level


def _size(emitter: CWriter, node: CodeNode) -> Code:
    return f"(double){emitter.factor(node.attr)}", UNARY


def _name(emitter: CWriter, node: CodeNode) -> Code:
    name = emitter.names[node.attr]
    return emitter.entry(name, node.shape) if node.rank else (name, ATOM)


def _negative(emitter: CWriter, node: CodeNode) -> Code:
    return f"-{bracket(emitter.codes[id(node.args[0])])}", UNARY


def _fill(emitter: CWriter, node: CodeNode) -> Code:
    function = node.attr.rpartition(".")[2]
    if function == "eye":
        return cheap(emitter, "({0} == {1} ? 1.0 : 0.0)")
    if node.args:
        return emitter.at_hand(emitter.codes[id(node.args[0])], ())
    return {"ones": "1.0", "zeros": "0.0"}[function], ATOM


def _unit(emitter: CWriter, node: CodeNode) -> Code:
    return cheap(emitter, f"({{0}} == {emitter.factor(node.attr)} ? 1.0 : 0.0)")


def _slice(emitter: CWriter, node: CodeNode) -> Code:
    (arg,) = node.args
    kept = iter(range(node.rank))
    places = []
    for place in node.attr:
        if place is None:
            places.append(f"{{{next(kept)}}}")
            continue
        start, part = place
        size = emitter.factor(start)
        places.append(size if part is None else offset(f"{{{next(kept)}}}", start, size))
    return emitter.move(emitter.codes[id(arg)], places)


def _stack(emitter: CWriter, node: CodeNode) -> Code:
    """Each block is written to its place."""
    _, rows, columns = node.attr
    made = emitter.entry(emitter.target(node, node.shape), node.shape)
    flat = node.rank == 1
    row = ZERO
    for r in range(rows):
        column = ZERO
        for arg in node.args[r * columns : (r + 1) * columns]:
            shape = arg.shape or (ONE, ONE)
            shape = shape[-1:] if flat else shape
            starts = [column] if flat else [row, column]
            axes = emitter.axes(shape)
            names = [index for index, _ in axes]
            at = [
                offset(name, start, emitter.size(start))
                for name, start in zip(names, starts, strict=True)
            ]
            text = emitter.codes[id(arg)][0].format(*names)
            emitter.lines += emitter.loops(axes, [f"{made[0].format(*at)} = {text};"])
            column = column.plus(shape[-1])
        if not flat:
            row = row.plus(shape[0])
    return made


def _several(emitter: CWriter, node: CodeNode) -> Code:
    return "", ATOM


def _scatter(emitter: CWriter, node: CodeNode) -> Code:
    """The values on a diagonal, added to what is there."""
    value, *base = node.args
    pattern: tuple[int, ...] = node.attr
    once = list(dict.fromkeys(pattern))
    source = emitter.codes[id(base[0])] if base else ("0.0", ATOM)
    made = emitter.entry(emitter.target(node, node.shape), node.shape)
    emitter.fill(made[0], source, node.shape)
    shape = tuple([node.shape[pattern.index(label)] for label in once])
    code = emitter.codes[id(value)]
    if value.shape != shape:
        code = emitter.at_hand(code, value.shape)
    axes = emitter.axes(shape)
    names = [index for index, _ in axes]
    place = made[0].format(*(names[once.index(label)] for label in pattern))
    shift = len(once) - value.rank
    text = code[0].format(*names[shift:])
    emitter.lines += emitter.loops(axes, [f"{place} {'+=' if base else '='} {text};"])
    return made


def _einsum(emitter: CWriter, node: CodeNode) -> Code:
    inputs, output = node.attr
    return emitter.contraction(node.args, inputs, output, node)


def _chain(emitter: CWriter, node: CodeNode) -> Code:
    """A product of several matrices, in an order that is chosen when it is called."""
    name, room = emitter.helper("chain"), emitter.helper("chain_room")
    count = len(node.args)
    factors = ", ".join([emitter.pointer(arg) for arg in node.args])
    ends = [node.args[0].shape[0], *(arg.shape[1] for arg in node.args)]
    sizes = f"(const ptrdiff_t[]){{{', '.join(map(emitter.size, ends))}}}"
    work = emitter.room(f"{room}({count}, {sizes})")
    result = emitter.target(node, node.shape)
    given = [str(count), f"(const double *const[]){{{factors}}}", sizes, work, result]
    emitter.lines.append(f"{name}({', '.join(given)});")
    return emitter.entry(result, node.shape)


def _rows(emitter: CWriter, node: CodeNode) -> Code:
    """Another shape, the entries taken row by row: the same memory."""
    (arg,) = node.args
    return emitter.entry(emitter.pointer(arg), node.shape)


def columns(emitter: CWriter, node: CodeNode) -> Code:
    """Another shape, the entries taken column by column: the axes turned round, twice."""
    arg = node.args[0]
    shape = arg.shape[::-1]
    code = emitter.move(emitter.codes[id(arg)], _reverse(arg.rank))
    name = emitter.pointers.get(code[0]) if arg.rank == 1 else None
    if name is None:
        name = emitter.room(emitter.amount(shape))
        emitter.fill(emitter.entry(name, shape)[0], code, shape)
    return emitter.move(emitter.entry(name, node.shape[::-1]), _reverse(node.rank))


def _reverse(rank: int) -> list[str]:
    return [f"{{{axis}}}" for axis in reversed(range(rank))]


def _suffix(emitter: CWriter, node: CodeNode) -> Code:
    inner, text = node.args[0], node.attr
    code = emitter.codes[id(inner)]
    if inner.calls("np.linalg.slogdet"):
        name = "detsign" if text == "[0]" else "logabsdet"
        return whole_call(emitter, name, inner, ())
    if text == ".T":
        return emitter.move(code, _reverse(2))
    if text.startswith(".transpose("):
        return permute(emitter, code, whole_numbers(text))
    if text.startswith(".ravel("):
        return columns(emitter, node)
    if text == ".astype(int)":
        return code
    places = text.strip("[]").split(", ")
    if any(place not in ("None", ":") for place in places):
        raise emitter.missing_error(f"entries {text}")
    kept = [axis for axis, place in enumerate(places) if place == ":"]
    kept += range(len(places), len(places) + inner.rank - len(kept))
    return emitter.move(emitter.at_hand(code, inner.shape), [f"{{{axis}}}" for axis in kept])


def permute(emitter: CWriter, code: Code, order: Sequence[int]) -> Code:
    """The axes in another order."""
    return emitter.move(code, [f"{{{order.index(axis)}}}" for axis in range(len(order))])


def _apply(emitter: CWriter, node: CodeNode) -> Code:
    """A function that is an argument, entry by entry."""
    function = node.attr
    if any(getattr(function, "ranks", (1,))):
        raise emitter.missing_error("functions of arrays as arguments")
    codes = [emitter.over(arg, node) for arg in node.args]
    return f"{emitter.functions[function]}({', '.join(text for text, _ in codes)})", ATOM


def _text(emitter: CWriter, node: CodeNode) -> Code:
    return _CONSTANTS[node.attr]


def _call(emitter: CWriter, node: CodeNode) -> Code:
    function, _, after = node.attr
    cell = cell_of(function)
    own = _CALLS.get(function)
    if own is not None:
        return own(emitter, node)
    if cell == "-":
        raise emitter.missing_error(function.rpartition(".")[2])
    if function in _FOLDS or function in _SPREADS:
        return _reduce(emitter, node, function)
    if is_entrywise(function):
        return emitter.map_entries(node, cell)
    if any("=" in text for text in after) and function != "np.cumsum":
        raise emitter.missing_error(f"{function} with open directions")
    more = [str(whole_numbers(after[0])[0] + 1) if "=" in after[0] else after[0]] if after else []
    name = cell[1:] or function.rpartition(".")[2]
    if name in _ALONG and node.rank:
        name += "_along"
    return whole_call(emitter, name, node, more)


# functions of ours of all entries, or of each column or row
_ALONG = {row.numpy for row in OPERATIONS.values() if row.along and row.signature == ANY_TO_SCALAR}
_SPREADS = ("np.mean", "np.var", "np.std", "np.linalg.norm", "np.logaddexp.reduce")


def _summed_axes(node: CodeNode) -> list[int]:
    """The axes that a reduction sums over."""
    rank, after = node.args[0].rank, node.attr[2]
    return sorted({axis % rank for axis in whole_numbers(after[0])}) if after else list(range(rank))


def _total(emitter: CWriter, node: CodeNode) -> Code:
    (arg,) = node.args
    if not arg.rank:
        return emitter.codes[id(arg)]
    kept = [axis for axis in range(arg.rank) if axis not in _summed_axes(node)]
    return emitter.contraction([arg], [range(arg.rank)], kept, node)


def _reduce(emitter: CWriter, node: CodeNode, function: str) -> Code:
    """One number for each index that is left."""
    (arg,) = node.args
    code = emitter.codes[id(arg)]
    if not arg.rank:
        return ("0.0", ATOM) if function in ("np.var", "np.std") else code
    gone = _summed_axes(node)
    kept = [axis for axis in range(arg.rank) if axis not in gone]
    if function in _SPREADS:
        code = emitter.at_hand(code, arg.shape)
    order = [*kept, *gone]
    axes = emitter.axes(tuple([arg.shape[axis] for axis in order]))
    names = [axes[order.index(axis)][0] for axis in range(arg.rank)]
    x, inner = code[0].format(*names), axes[len(kept) :]
    count = " * ".join(emitter.factor(arg.shape[axis]) for axis in gone)
    lines, value = _fold(emitter, function, x, inner, f"(double)({count})")
    if not kept:
        emitter.lines += lines
        return emitter.note((value, SUM))
    made = emitter.entry(emitter.target(node, node.shape), node.shape)
    outer = axes[: len(kept)]
    place = made[0].format(*(index for index, _ in outer))
    emitter.lines += emitter.loops(outer, [*lines, f"{place} = {value};"])
    return made


def _fold(
    emitter: CWriter, function: str, x: str, axes: Sequence[tuple[str, str]], count: str
) -> tuple[list[str], str]:
    """The statements of one reduction, and its value."""
    lines: list[str] = []

    def fold(start: str, step: str) -> str:
        t = next(emitter.fresh)
        lines.append(f"double {t} = {start};")
        lines.extend(emitter.loops(axes, [step.format(t=t, x=x)]))
        return t

    if function in _FOLDS:
        if "_of" in _FOLDS[function][1]:
            emitter.helper(_FOLDS[function][1].split(" = ")[1].split("(")[0])
        return lines, fold(*_FOLDS[function])
    if function == "np.linalg.norm":
        return lines, f"sqrt({fold('0.0', '{t} += {x} * {x};')})"
    if function == "np.logaddexp.reduce":
        emitter.helper("max_of")
        most = fold(*_FOLDS["np.max"])
        lines.append(f"{most} = fabs({most}) == INFINITY ? 0.0 : {most};")
        return lines, f"{most} + log({fold('0.0', f'{{t}} += exp({{x}} - {most});')})"
    mean = fold("0.0", "{t} += {x};")
    if function == "np.mean":
        return lines, f"{mean} / {count}"
    lines.append(f"{mean} /= {count};")
    squares = fold("0.0", f"{{t}} += ({{x}} - {mean}) * ({{x}} - {mean});")
    value = f"{squares} / {count}"
    return lines, f"sqrt({value})" if function == "np.std" else value


def _factorise(emitter: CWriter, node: CodeNode) -> Code:
    """The matrix, in memory; what is taken of its determinant says which part."""
    (arg,) = node.args
    return emitter.entry(emitter.pointer(arg), arg.shape)


def _where(emitter: CWriter, node: CodeNode) -> Code:
    condition, *branches = node.args
    test = emitter.condition(condition, node)
    values = [emitter.over(arg, node) for arg in branches]
    values += [
        _CONSTANTS[text] if "np." in text else literal(Fraction(text)) for text in node.attr[2]
    ]
    one, other = (bracket(code, SUM) for code in values)
    return f"({test} ? {one} : {other})", ATOM


def _outer(emitter: CWriter, node: CodeNode) -> Code:
    left, right = node.args
    first, second = range(left.rank), range(50, 50 + right.rank)
    return emitter.contraction(node.args, [first, second], [*first, *second], node)


def _kron(emitter: CWriter, node: CodeNode) -> Code:
    """All products on four axes; they are in memory what the product has on two."""
    left, right = node.args
    first, second = list(range(left.rank)), list(range(50, 50 + right.rank))
    if len(first) != len(second):
        raise emitter.missing_error("kron of arrays with different axes")
    output = [label for pair in zip(first, second, strict=True) for label in pair]
    shape = tuple([dim for pair in zip(left.shape, right.shape, strict=True) for dim in pair])
    return _join(emitter, node, (first, second), output, shape)


def _khatrirao(emitter: CWriter, node: CodeNode) -> Code:
    left, right = node.args
    shape = (left.shape[0], right.shape[0], left.shape[1])
    return _join(emitter, node, ((0, 2), (1, 2)), (0, 1, 2), shape)


def _join(
    emitter: CWriter,
    node: CodeNode,
    inputs: Sequence[Sequence[int]],
    output: Sequence[int],
    shape: Shape,
) -> Code:
    code = emitter.contraction(node.args, inputs, output, node)
    name = emitter.target(node, shape)
    emitter.fill(emitter.entry(name, shape)[0], code, shape)
    return emitter.entry(name, node.shape)


def _gram(emitter: CWriter, node: CodeNode) -> Code:
    w, Z = node.args
    return emitter.contraction((w, Z, Z), [(0,), (0, 1), (0, 2)], (1, 2), node)


def _diag(emitter: CWriter, node: CodeNode) -> Code:
    code = emitter.codes[id(node.args[0])]
    if node.args[0].rank == 2:
        return emitter.move(code, ("{0}", "{0}"))
    entry = emitter.at_hand(code, node.args[0].shape)
    return cheap(emitter, f"({{0}} == {{1}} ? {entry[0]} : 0.0)")


def _diagonal(emitter: CWriter, node: CodeNode) -> Code:
    if node.args[0].rank != 2:
        raise emitter.missing_error("diagonal of an array with more than two axes")
    return emitter.move(emitter.codes[id(node.args[0])], ("{0}", "{0}"))


def _trace(emitter: CWriter, node: CodeNode) -> Code:
    return emitter.contraction(node.args, [(0, 0)], (), node)


def _triangle(emitter: CWriter, node: CodeNode) -> Code:
    code, function = emitter.codes[id(node.args[0])], node.attr[0]
    k = whole_numbers(node.attr[2][0])[0] if node.attr[2] else 0
    edge = "{0}" if k == 0 else f"{{0}} {'+' if k > 0 else '-'} {abs(k)}"
    sign = "<=" if function == "np.tril" else ">="
    text = f"({{1}} {sign} {edge} ? {bracket(code, SUM)} : 0.0)"
    return cheap(emitter, text) if code[0] in emitter.named else (text, ATOM)


def _transpose(emitter: CWriter, node: CodeNode) -> Code:
    arg, after = node.args[0], node.attr[2]
    order = whole_numbers(after[0]) if node.calls("np.transpose") else list(range(arg.rank))
    if node.calls("np.swapaxes"):
        order[-2:] = order[:-3:-1]
    return permute(emitter, emitter.codes[id(arg)], order)


def _take(emitter: CWriter, node: CodeNode) -> Code:
    """Entries at places along an axis; those outside it are never used."""
    arg, places = node.args
    axis = whole_numbers(node.attr[2][0])[0]
    code = emitter.at_hand(emitter.codes[id(arg)], arg.shape)
    index = emitter.codes[id(places)][0].format(*(f"{{{axis + k}}}" for k in range(places.rank)))
    place = f"{emitter.helper('clipped')}({index}, {emitter.size(arg.shape[axis])})"
    after = range(axis + places.rank, node.rank)
    return emitter.move(
        code, [*(f"{{{k}}}" for k in range(axis)), place, *(f"{{{k}}}" for k in after)]
    )


def _count(emitter: CWriter, node: CodeNode) -> Code:
    first = node.args[0]
    start = emitter.size(first.attr) if first.op == "size" else str(first.attr)
    return cheap(emitter, f"(double)({{0}} + {start})" if start != "0" else "(double){0}")


_CALLS: dict[str, CodeRule] = {
    "np.sum": _total,
    "np.linalg.slogdet": _factorise,
    "np.where": _where,
    OUTER: _outer,
    "np.kron": _kron,
    "khatrirao": _khatrirao,
    "weighted_gram": _gram,
    "np.diag": _diag,
    "np.diagonal": _diagonal,
    "np.trace": _trace,
    "np.tril": _triangle,
    "np.triu": _triangle,
    "np.transpose": _transpose,
    "np.swapaxes": _transpose,
    "np.arange": _count,
    "np.take": _take,
    "vec": columns,
    "reshape": columns,
    "one_hot": c_places.one_hot,
    "pick": c_places.pick,
    "sum_at": c_places.sum_at,
}
RULES: dict[str, CodeRule] = {
    "name": _name,
    "number": lambda emitter, node: literal(node.attr),
    "text": _text,
    "size": _size,
    "filled": _fill,
    "shaped": _rows,
    "reshaped": columns,
    "infix": lambda emitter, node: emitter.infix(node),
    "neg": _negative,
    "suffix": _suffix,
    "sliced": _slice,
    "stacked": _stack,
    "unit": _unit,
    "call": _call,
    "apply": _apply,
    "several": _several,
    "scattered": _scatter,
    "einsum": _einsum,
    "multiplied": _chain,
    "gathered": c_places.gather,
    "paired": c_places.pair,
    "choice": lambda emitter, node: emitter.choice(node),
}


class CEmitter(CWriter):
    """Writes the statements."""

    language = C

    def _code(self, node: CodeNode) -> Code:
        rule = RULES.get(node.op)
        if rule is None:
            raise self.missing_error(node.op)
        return rule(self, node)
