"""What is written in the notation of other languages, and names that are not functions: what is
meant, if it is clear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcalc.core.errors import MatcalcError, UnknownNameError
from matcalc.core.functions.spec import ANY_TO_SCALAR
from matcalc.core.operations import (
    ALIASES,
    CONSTANT_SHAPES,
    NOTATIONS,
    OF_ENTRIES,
    OPERATIONS,
)
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.read.shapes import elsewhere
from matcalc.read.shapes.coefficients import is_count
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.names import DERIVED, default_kind
from matcalc.read.syntax.nodes import SyntaxNode, children
from matcalc.read.syntax.parser import sum_advice

FOR_ARRAYS = re.compile(r"['@\[\]‖|⊙∘⊘⊗]|\.[*/^]|\.T\b")  # signs that numbers need not
_NUMBERED = re.compile(r"[^\W\d_](_?[0-9]+|_[a-z])$")
# R's apply(X, 1, sum), and functions that are applied to each entry
_MAPPED = re.compile(
    r"(?<![\w.])(?:apply\(\s*(?P<array>\w+)\s*,\s*(?P<axis>[12])\s*,"
    r"|(?:map|[slv]apply|broadcast|arrayfun|vmap)\(\s*@?)\s*$"
)
_LONGEST = 40  # characters of an argument that is written again


def check_notation(context: Context, node: SyntaxNode, args: list[Expr]) -> str:
    """The operator that is meant; refuses what is read otherwise elsewhere: Python's operators
    between arrays, powers of an undeclared e, lone texts.
    """
    if node.kind == "text":
        raise _problem(
            context,
            "there is a string where a value is expected",
            node,
            "leave it out: sum(A), mean(A) and their like are of all entries"
            if node.value == "all"
            else "strings are allowed only in norm(A, 'fro')",
        )
    base = node.args[0]
    if (
        node.kind in ("^", ".^")
        and base.kind == "name"
        and base.value == "e"
        and _is_free(context, "e")
    ):
        exponent = args[1]
        if exponent.rank or id(exponent) in context.rankless or context.literal(exponent) is None:
            x = context.quote(exponent)
            euler = (
                f"expm({x}) for the matrix exponential, exp({x}) entry by entry"
                if exponent.rank == 2
                else f"exp({x})"
            )
            raise _problem(
                context,
                "e may be a variable or Euler's number",
                base,
                f"write {euler}, or declare e: scalar",
            )
    if node.kind in ("^", ".^") and not _is_array(context, args[1]):
        _refuse_transposed_exponent(context, node)
    if node.kind == "^" and node.value != "python" and args[0].rank == 2:
        _note_stars(context, node, args)
    if node.value == "python" and _is_array(context, args[0 if node.kind == "^" else 1]):
        left, right = args
        if node.kind == "*" and not _is_array(context, left):
            return "*"
        if node.kind == "^" and left.rank == 1:
            return ".^"  # x**2 of a vector
        # the sign is to blame, and no letter is read otherwise for it, but an n that is divided by
        context.clashed = node.kind != "/" or not is_count(context, right)
        a, b = context.base(left), context.base(right)
        readings = {
            "*": f"write {a} @ {b} for the product, {a}.*{b} entry by entry",
            "/": f"write {a}./{b} entry by entry"
            + (f", {a} @ inv({b}) for the product with the inverse" if right.rank == 2 else ""),
            "^": f"write {a}.^{b} entry by entry"
            + (f", {a}^{b} for the power of a matrix" if left.rank == 2 else ""),
        }
        sign = {"^": "**"}.get(node.kind, node.kind)
        raise context.problem(
            f"{sign} of arrays works entry by entry in Python, but not here",
            node.mark,
            readings[node.kind] + _or_number(context, node),
        )
    return node.kind


def _or_number(context: Context, node: SyntaxNode) -> str:
    """What to declare where a letter of which nothing is known may be a number: A*t, 1/(2*s**2)."""
    sides = node.args if node.kind == "*" else node.args[1:] if node.kind == "/" else ()
    for side in reversed(sides):
        names = [str(part.value) for part in postorder(side, children) if part.kind == "name"]
        free = len(names) == 1 and _is_free(context, names[0])
        if free and default_kind(names[0]) == "vector":
            return f"; or declare {names[0]}: scalar"
    return ""


def _refuse_transposed_exponent(context: Context, node: SyntaxNode) -> None:
    """Refuses x.^2', which is (x.^2)' in MATLAB, and x.^(2') in Julia and by precedence."""
    exponent = node.args[1].args[0] if node.args[1].kind == "neg" else node.args[1]
    if exponent.kind != "'":
        return
    power = context.source[node.start : exponent.args[0].end]
    raise context.problem(
        f"the ' belongs to {power} in MATLAB, and to its exponent elsewhere",
        exponent.mark,
        f"write ({power})' for the transpose, {power} without it",
    )


def _note_stars(context: Context, node: SyntaxNode, args: list[Expr]) -> None:
    """Says of X**2 that it is the power of a matrix, which it is not in NumPy."""
    where, power = node.mark or node.span, context.literal(args[1])
    inverse = power is not None and power < 0
    if context.source[where.start : where.end] == "**" and not inverse:
        _note_power(context, args, "**")


def _note_power(context: Context, args: Sequence[Expr], sign: str) -> None:
    a, b = context.base(args[0]), context.base(args[1])
    note = f"note: {a}{sign}{b} is read as the power of a matrix; write {a}.^{b} entry by entry"
    context.notes.setdefault(note)


def check_numbers(context: Context, node: SyntaxNode, args: list[Expr]) -> None:
    """Refuses arrays in ``math.exp(x)`` and its like, which take numbers alone."""
    where = node.mark or node.span
    name = context.source[where.start : where.end]
    arrays = [arg for arg in args if _is_array(context, arg)]
    if name.startswith("math.") and arrays:
        message = f"{name} takes a number, not {context.describe(arrays[0])}"
        raise context.problem(message, where, f"write {name[5:]}(...), without math")


def _is_array(context: Context, expr: Expr) -> bool:
    return bool(expr.shape) or id(expr) in context.rankless


def _is_free(context: Context, name: str) -> bool:
    return (
        name not in context.declared
        and name not in context.definitions
        and name not in context.kinds
    )


def _problem(context: Context, message: str, node: SyntaxNode, hint: str) -> UnknownNameError:
    return context.name_problem(message, node.span, hint)


def lone_function(context: Context, node: SyntaxNode) -> MatcalcError:
    """The error for the name of a function without an argument."""
    name, rest = str(node.value), context.source[node.end :].lstrip()
    hint = f"write {name}(...), or declare {name} to use it as a variable"
    if mapped := _MAPPED.search(context.source[: node.start]):
        array = re.match(r"\s*,\s*(\w+)\s*\)", context.source[node.end :])
        over = {"1": ", 2", "2": ", 1"}.get(mapped["axis"] or "", "")
        array_of = mapped["array"] or (array[1] if array else "x")
        hint = f"write {name}({array_of}{over})"
    if rest.startswith("^"):
        power = re.match(r"\^\s*([\w.]+)(?![\w.(])", rest)
        inside = power[1] if power else "..."
        hint = (
            f"write exp({inside})"
            if name == "exp"
            else f"write {name}(x)^{inside} for the power of {name}(x)"
        )
    return _problem(context, f"{name} is a function", node, hint)


def unknown_function_error(context: Context, node: SyntaxNode) -> MatcalcError:
    """The error for a call of what is not a function, with what it may be."""
    # on the path of an error only
    from matcalc.read.syntax.advice import is_quotient_of_differentials  # noqa: PLC0415

    name = str(node.value)
    where = node.mark or node.span
    return context.name_problem(
        f"unknown function {name}",
        where,
        DERIVED
        if is_quotient_of_differentials(context.source)
        else sum_advice(context.source) or _similar(context, node, name),
    )


def hint_for_called_variable(context: Context, node: SyntaxNode) -> str:
    """What to write instead of a call of a variable: the product, or an entry."""
    name = str(node.value)
    inside = context.source[(node.mark or node.span).end : node.end].strip()[1:-1].strip()
    entry = (
        f"{name}[{inside}] for an entry, "
        if node.args and all(_is_place(arg) for arg in node.args)
        else ""
    )
    if re.search(r"\bend\b", inside) and "(" not in inside:
        return f"write {name}[{inside}] for an entry"
    factor = inside if len(node.args) == 1 and len(inside) <= _LONGEST else "..."
    return f"write {entry}{name}*({factor}) for a product"


def _is_place(node: SyntaxNode) -> bool:
    return node.kind == "number" or (
        node.kind == "name" and str(node.value) in ("i", "j", "k", "n", "m", "end")
    )


def _similar(context: Context, node: SyntaxNode, name: str) -> str:
    """Functions with a similar name, or what else a call can be."""
    plain = name.rstrip("'")
    declare = f'or declare "{plain}: function"'
    if len(node.args) > 1:
        vectors = ", ".join(["vector(n)"] * len(node.args))
        declare = f'or declare it, as in "{plain}: function({vectors}) -> scalar"'
    written = elsewhere.instead(context, node, plain)
    if written:
        return written
    known = [
        *OPERATIONS,
        *context.language.functions,
        *ALIASES,
        *CONSTANT_SHAPES,
        *NOTATIONS,
        "transpose",
    ]
    spelt = plain.lower().replace("_", "")
    same = [each for each in known if each.lower().replace("_", "") == spelt]
    if same:
        return f"did you mean {same[0]}?"
    if len(plain.rstrip("0123456789")) == 1 or plain in context.seen:
        return f"{hint_for_called_variable(context, node)}, {declare}"
    from difflib import SequenceMatcher  # noqa: PLC0415 - on the path of an error only

    likeness = {
        each: 1.0 if sorted(spelt) == sorted(each) else SequenceMatcher(None, spelt, each).ratio()
        for each in known
    }
    best = max(likeness.values())
    close = sorted(
        (each for each in known if likeness[each] >= max(best - 0.05, 0.7)),
        key=lambda each: -likeness[each],
    )
    product = (
        "docs/language.md lists the functions, and matcalc functions WORD searches them; "
        f"write {name}*(...) for a product, {declare}"
    )
    return f"did you mean {' or '.join(close[:3])}?" if close else product


def count_arguments(name: str, arity: tuple[int, int], given: int) -> str:
    """How many arguments a function takes, and has got."""
    least, most = arity
    wanted = (
        str(least) if least == most else f"{least} {'or' if most == least + 1 else 'to'} {most}"
    )
    return f"{name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}"


def wrong_number(
    context: Context, node: SyntaxNode, name: str, arity: tuple[int, int]
) -> UnknownNameError:
    """The error for a call with too few or too many arguments."""
    message = count_arguments(name, arity, len(node.args))
    hint = elsewhere.instead(context, node, name)
    if hint is None and name in OPERATIONS:
        hint = f"it is called as in {OPERATIONS[name].call}"
    return context.name_problem(message, node.span, hint)


def note_call(
    context: Context, node: SyntaxNode, name: str, args: list[Expr], result: Expr
) -> Expr:
    """The result, noted where other languages mean another one: norm(A), max(A, 1), in which the
    number may be an axis, and sum(A^2), which is hardly meant for the power of a matrix.
    """
    if name == "norm2":
        return _note_norm(context, node, args[0], result)
    known = OPERATIONS[name]
    of_all = known.linear and known.signature == ANY_TO_SCALAR  # sum and mean
    if of_all and args[0].op == "^" and args[0].rank == 2:
        _note_power(context, args[0].args, "**" if "**" in context.source else "^")
    terms = args[0].args if args[0].op in ("+", "-") else ()
    if name == "gamma" and args[0].rank and terms and all(each.op != "number" for each in terms):
        inside = context.quote(args[0])
        note = f"gamma({inside}) is the gamma function; write gamma*({inside}) for the product"
        context.notes.setdefault(f"note: {note}")
    if name in OF_ENTRIES and len(args) == 2 and args[0].rank > 1 and node.mark is not None:
        _note_axis(context, node, name, args)
    return result


def _note_axis(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> None:
    """Says of max(A, 1) that the number is not an axis, which it is in NumPy."""
    where, axis = node.mark or node.span, context.literal(args[1])
    if context.source[where.start : where.end] != name or axis not in (1, 2, 3):
        return
    array, size = context.quote(args[0]), "larger" if name == "max" else "smaller"
    along = f"write a{name}({array}, {axis}) for that of each {'column' if axis == 1 else 'row'}"
    if args[0].is_tensor:
        along = f"write a{name}({array}, {axis}) for that along an axis"
    elif axis == 3:
        along = "a matrix has no axis 3"
    note = f"note: {name}({array}, {axis}) is the {size} one of each entry and {axis}; {along}"
    context.notes.setdefault(note)


def _note_norm(context: Context, node: SyntaxNode, arg: Expr, result: Expr) -> Expr:
    """Remembers norm2(A) and norm(A) of a matrix, of which a note says which norm it is."""
    if len(node.args) == 1 and arg.rank == 2 and node.mark is not None:
        written = context.source[node.mark.start : node.mark.end]
        column = any(context.unifier.resolve(size).integer == 1 for size in arg.shape)
        if written in ("norm", "norm2") and not column:
            context.norms[id(result)] = written, arg
    return result


def late_notes(context: Context, value: Expr) -> tuple[str, ...]:
    """What the whole text leaves to say: of an equation, of norms, and of letters with a number."""
    if value.op == "==":
        context.notes.setdefault(
            f"note: {context.quote(value)} is 1 where it holds, and 0 otherwise; "
            "matcalc implicit differentiates what an equation determines"
        )
    free = [n for n in context.seen if _is_free(context, n) and default_kind(n) == "vector"]
    raised = _raised_numbers(context)
    numbered = [n for n in free if raised or _NUMBERED.search(n)]
    if numbered:
        # few letters have numbers
        from matcalc.read.shapes.evidence import note_numbered  # noqa: PLC0415

        return (*note_numbered(context, numbered, raised), *_norm_notes(context))
    return _norm_notes(context) if context.norms else ()


def _raised_numbers(context: Context) -> list[str]:
    """The letters that are numbers because of a power, as the x of ``x^2*y``, in a text that has no
    sign for vectors.
    """
    bases = [part.args[0] for part in context.made if part.op == "^"] if context.kinds else []
    names = dict.fromkeys(str(base.value) for base in bases if base.op == "variable")
    found = [n for n in names if n in context.kinds and default_kind(n) == "vector"]
    return [] if found and FOR_ARRAYS.search(context.source) else found


def _norm_notes(context: Context) -> tuple[str, ...]:
    """What norms of matrices are; MATLAB's is the spectral one. The sum of all squares,
    norm2(A)^2, is what everybody expects.
    """
    squared = {
        id(part.args[0])
        for part in context.made
        if part.op in ("^", ".^") and part.args[1].op == "number" and not part.args[1].value % 2
    }
    return tuple(
        f"note: {written}({context.quote(arg)}) is the Frobenius norm of a matrix; write "
        f"specnorm({context.quote(arg)}) for the spectral norm"
        for key, (written, arg) in context.norms.items()
        if key not in squared
    )
