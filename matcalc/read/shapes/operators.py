"""Shape rules of the operators."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import Span
from matcalc.core.kinds import size_names
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr, drop_transpose
from matcalc.read.shapes.coefficients import is_count
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.scalars import note_transposed_number
from matcalc.read.syntax.names import default_kind
from matcalc.read.syntax.nodes import SyntaxNode

_WORDS = {
    "+": "add {0} and {1}",
    "-": "subtract {1} from {0}",
    ".*": "multiply {0} and {1} entry by entry",
}
# what multiplies a factor up to the end of a term, and the letter at its end
_FURTHER_FACTORS = re.compile(r"((?:\s*\*\s*\w+)*\s*\*\s*([^\W\d]\w*))\s*(?=$|[-+);,\]\n])")
_LONGEST = 80  # characters of a text that is written again
_BESIDE = "T([A-Za-z]{1,3})$"  # what is transposed times some letters: x^TAx
_PYTHON = frozenset({"@", "dot", "matmul", "mm", "mv"})  # products of arrays
_WORDS |= {"./": "divide {0} by {1} entry by entry", ".^": "raise {0} to {1} entry by entry"}


def entrywise(
    context: Context, node: SyntaxNode, op: str, left: Expr, right: Expr, what: str
) -> Expr:
    """f(left[i,j], right[i,j]), a scalar operand being the same for every entry."""
    if context.settle_pair(left, right):
        return context.like(
            op, (left, right), left if id(left) in context.rankless else right, node
        )
    if not left.shape or not right.shape:
        return context.like(op, (left, right), left if left.shape else right, node)
    where = node.mark or node.span
    if left.rank != right.rank or left.row != right.row:
        message = f"cannot {what.format(context.describe(left), context.describe(right))}"
        raise context.problem(message, where, _orientation_hint(context, node, left, right))

    def hint() -> str | None:
        same = [context.unifier.resolve(axis) for axis in left.shape] == [
            context.unifier.resolve(axis) for axis in right.shape[::-1]
        ]
        return (
            f"{_transpose_text(context, right)} has the shape of {context.quote(left)}"
            if same and left.rank == 2
            else None
        )

    for one, other in zip(left.shape, right.shape, strict=True):
        context.equate((left, one), (right, other), where, f"cannot {what}", hint)
    return context.like(op, (left, right), left, node)


def _orientation_hint(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> str:
    """What to do about a row next to a column, or a vector next to a matrix."""
    sign = node.kind if node.kind in _WORDS else None
    if max(left.rank, right.rank) > 2:
        return "arrays combine entry by entry if they have equally many axes; einsum broadcasts"
    if left.rank == right.rank:
        lying = left if left.row else right
        if sign is None:
            column = _transpose_text(context, lying)
            return f"{context.quote(lying)} is a row; write {column} for the column"
        a, b = (context.factor if sign in ("+", "-") else context.base, context.base)
        columns = (
            (a(left), _transpose_text(context, right))
            if right is lying
            else (_transpose_text(context, left), b(right))
        )
        blank = " " if sign in ("+", "-") else ""
        standing = left if right is lying else right
        if standing.op == "variable" and default_kind(str(standing.value)) == "matrix":
            rows = [f"ones*{a(arg)}" if arg is lying else a(arg) for arg in (left, right)]
            return f"write {f'{blank}{sign}{blank}'.join(rows)} for {a(lying)} in every row"
        return f"write {columns[0]}{blank}{sign}{blank}{columns[1]} for columns"
    thin = next((arg for arg in (left, right) if arg.op == "fill" and arg.rank == 2), None)
    if thin is not None and thin.shape[1].integer == 1:
        name = "ones" if thin.args[0].value else "zeros"
        size = context.quote(thin).partition("(")[2].partition(",")[0]
        return f"write {name}({size}) for the vector: {context.quote(thin)} is a matrix"
    vector = left if left.rank == 1 else right
    if vector.op == "diag":
        return f"write diag({context.quote(vector)}) for the diagonal matrix"
    column, row = context.factor(vector), _transpose_text(context, vector)
    column, row = (row, column) if vector.row else (column, row)
    return (
        f"{column}*ones' is the matrix with {column} in each column, ones*{row} that with "
        f"it in each row"
    )


def add(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """Sum or difference; remembers a scalar that is broadcast."""
    result = entrywise(context, node, node.kind, left, right, _WORDS[node.kind])
    if result.shape and not (left.shape and right.shape) and id(result) not in context.rankless:
        scalar, other = (right, left) if left.shape else (left, right)
        context.odd("added", scalar, node, other, first=scalar is left)
    return result


def hadamard(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``.*``, which with a scalar is ``*``."""
    scalar = _is_scalar(context, left) or _is_scalar(context, right)
    if scalar and (left.shape or right.shape):
        one, other = (right, left) if left.shape else (left, right)
        context.odd("entrywise", one, node, other)
    return entrywise(context, node, "*" if scalar else ".*", left, right, _WORDS[".*"])


def quotient(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``./``, which by a scalar is ``/``."""
    over = _is_scalar(context, right)
    if over and left.shape:
        context.odd("entrywise", right, node, left)
    return entrywise(context, node, "/" if over else "./", left, right, _WORDS["./"])


def entry_power(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``.^``, which of scalars is ``^``."""
    scalar = _is_scalar(context, left) and _is_scalar(context, right)
    return entrywise(
        context, node, "^" if scalar else ".^", left, _exponent(context, right), _WORDS[".^"]
    )


def _is_scalar(context: Context, expr: Expr) -> bool:
    return not expr.shape and id(expr) not in context.rankless


def _exponent(context: Context, expr: Expr) -> Expr:
    """A negative number typed as an exponent is one number."""
    if expr.op == "neg" and expr.args[0].op == "number":
        folded = Expr("number", value=-expr.args[0].value, span=expr.span)
        context.made.append(folded)
        return folded
    return expr


def multiply(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``*``: sum_j left[..., j] right[j, ...], or the multiple by a scalar, or the outer product of
    column and row.
    """
    if context.oddities and node.args:  # more factors follow after the scalar
        context.oddities.pop(("behind", id(node.args[0])), None)
        context.oddities.pop(("outer", id(node.args[0])), None)
    python = _is_python(context, node)
    if python:
        for arg in (left, right):
            if _is_scalar(context, arg):
                context.odd("function", arg, node, name="dot")
    if _is_scalar(context, left):
        note_transposed_number(context, node, left, right)
        if right.row and right.op == "'":
            context.odd("outer", left, node, right)
        computed = left.op not in ("number", "variable") and context.literal(left) is None
        if computed and right.op == "variable" and right.rank == 1 and is_count(context, right):
            context.odd("leading", right, node, left, name="last")  # the n of x'*x/2*n
        return context.like("*", (left, right), right, node)
    if _is_scalar(context, right):
        if left.row or left.rank == 2:
            context.odd("behind", right, node, left)
        if right.op not in ("number", "variable"):
            _note_leading(context, node, left, right)
        return context.like("*", (left, right), left, node)
    context.settle(left)
    context.settle(right)
    _require_matrices(context, node, left, right)
    where = node.mark or node.span
    if left.rank == 1 and not left.row:
        if right.rank == 1 and right.row:
            if python:
                _note_outer(context, node, left, right)
            return context.make("*", (left, right), left.shape + right.shape, node)
        if python:
            return _of_one_axis(context, node, left, right)
        raise _not_a_product(context, left, right, where)
    if right.row:
        raise _not_a_product(context, left, right, where)
    if right.rank == 1 and left.op == "*":
        _note_leading(context, node, _outer_column(left), right)

    def hint() -> str | None:
        fits = left.rank == 2 and context.unifier.resolve(left.shape[0]) == context.unifier.resolve(
            right.shape[0]
        )
        return (
            f"did you mean {_transpose_text(context, left)}*{context.factor(right)}?"
            if fits
            else None
        )

    what = "cannot multiply {0} by {1}"
    context.equate((left, left.shape[-1]), (right, right.shape[0]), where, what, hint)
    shape = left.shape[:-1] + right.shape[1:]
    return context.make("*", (left, right), shape, node, row=left.row and len(shape) == 1)


def _is_python(context: Context, node: SyntaxNode) -> bool:
    """Whether this is ``x @ y``, ``np.dot(x, y)`` or one of their like."""
    if node.kind != "*" or node.mark is None:
        return False
    return context.source[node.mark.start : node.mark.end].rpartition(".")[2] in _PYTHON


def _of_one_axis(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``x @ y`` and ``x @ A``, x with one axis as in NumPy: sum_i x[i] right[i, ...], which has
    one axis less, and is not a row.
    """
    if right.rank == 1:
        return multiply(context, node, transpose(context, node.args[0], left), right)
    return multiply(context, node, transpose(context, node.args[1], right), left)


def _note_outer(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> None:
    """Says of ``x @ y.T`` that it is a matrix, which it is not of arrays with one axis."""
    written = context.source[node.start : node.end]
    if written.endswith("'"):  # which is no sign of Python's
        return
    column = drop_transpose(right)
    inner = f"{context.base(left)} @ {context.base(column)}"
    note = f"{written} is read as the outer product of columns; write {inner} for the inner product"
    context.notes.setdefault(f"note: {note}")


def _require_matrices(context: Context, node: SyntaxNode, *args: Expr) -> None:
    """Refuses operands with more axes than a matrix has."""
    if any(arg.is_tensor for arg in args):
        # few programs have tensors
        from matcalc.read.shapes.tensors import refuse_operator  # noqa: PLC0415

        raise refuse_operator(context, node, args)


def _note_leading(context: Context, node: SyntaxNode, left: Expr | None, right: Expr) -> None:
    """Remembers n in n*log(det(S)) and in n*x'*x, which may be a number as well as a vector, and so
    may be what it is in: (n - p - 1)/2.
    """
    while left is not None and left.op in ("/", "*", "+", "-", "neg"):
        if left.op == "neg" or left.args[1].op == "number":
            left = left.args[0]
        elif left.op != "/" and context.literal(left.args[0]) is not None:
            left = left.args[1]
        else:
            break
    if left is not None and not left.row and left.op in ("variable", "+", "-", "*"):
        context.odd("leading", left, node, right)


def _outer_column(product: Expr) -> Expr | None:
    """The k of k*x' and of k*x'*A."""
    while product.op == "*" and product.rank == 2:
        left, right = product.args
        if left.rank == 1 and right.row:
            return left
        product = left
    return None


def _transpose_text(context: Context, expr: Expr) -> str:
    """The text of the transpose of an operand."""
    if expr.op == "'" and id(expr) not in context.names_given:
        return context.factor(expr.args[0])
    return f"{context.base(expr)}'"


def _not_a_product(context: Context, left: Expr, right: Expr, where: Span) -> Exception:
    """The error for a product of a column with something that is not a row, or of something with a
    row.
    """
    x, y = context.factor(left), context.factor(right)
    tx, ty = _transpose_text(context, left), _transpose_text(context, right)
    if left.rank == right.rank == 1 and not left.row:
        hint = (
            f"write {tx}*{y} for the inner product, {x}*{ty} for the outer product, "
            f"{x}.*{y} entry by entry"
        )
        inside = left.args[0] if left.op == "exp" else left
        if inside is not left and inside.op == "*" and inside.args[0].rank == 2:  # exp(A*t)*x
            hint = f"write expm({context.quote(inside)})*{y} for the matrix exponential; {hint}"
    elif left.rank == right.rank:
        hint = (
            f"write {x}*{ty} for the inner product, {tx}*{y} for the outer product, "
            f"{x}.*{y} entry by entry"
        )
    elif left.rank == 1:
        hint = f"write {tx}*{y}"
    else:
        hint = (
            f"write {x}*{ty} for a column, or {y}*{x} for a row"
            if right.op != "'"
            else f"write {x}*{ty}, or {y}*{x}"
        )
    return context.problem(
        f"cannot multiply {context.describe(left)} by {context.describe(right)}", where, hint
    )


def divide(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``/``: division by a scalar; ``b/A`` is ``b*inv(A)``, the X of ``X*A = b``."""
    if _is_scalar(context, right):
        return context.like("/", (left, right), left, node)
    context.settle(left)
    context.settle(right)
    _require_matrices(context, node, left, right)
    if right.rank == 2 and (left.rank == 2 or left.row):
        return multiply(
            context, node, left, _inverse(context, node, 1, right, f"{context.factor(left)}*pinv")
        )
    a, b = context.factor(left), context.base(right)
    hint = f"write {a}./{b} to divide entry by entry"
    product = _divided_by_product(context, node) if right.row else ""
    if product:
        hint = f"write {context.source[node.args[0].start : node.args[0].end]}/({product})"
    elif right.rank == 2:
        inverse = f"inv({context.quote(right)})"
        hint = (
            f"write {b}\\{a} for {inverse}*{a}"
            if left.rank == 1
            else f"{hint}, {inverse} for the inverse"
        )
    raise context.problem(
        f"cannot divide {context.describe(left)} by {context.describe(right)}", node.mark, hint
    )


def _divided_by_product(context: Context, node: SyntaxNode) -> str:
    """The ``x'*x`` of ``x'*A*x/x'*x``, where a column ends the product that is meant to divide;
    empty where none does.
    """
    rest = _FURTHER_FACTORS.match(context.source, node.end)
    last = context.seen.get(rest[2]) if rest else None
    if rest is None or last is None or len(last.shape) != 1:
        return ""
    return context.source[node.args[1].start : rest.end(1)]


def solve(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    r"""``A\b``, the X of ``A*X = b``: inv(A)*b, and b/a for a scalar a."""
    if _is_scalar(context, left):
        return context.like("/", (right, left), right, node)
    context.settle(left)
    context.settle(right)
    _require_matrices(context, node, left, right)
    a, b = context.base(left), context.factor(right)
    if left.rank == 1:
        hint = f"write {b}./{a} to divide entry by entry"
        raise context.problem(
            f"a system needs a matrix on the left, not {context.describe(left)}", node.mark, hint
        )
    if not right.shape or right.row:
        hint = (
            f"write {a}\\{_transpose_text(context, right)}"
            if right.row
            else f"write inv({context.quote(left)}) for the inverse"
        )
        message = f"a system needs a column or a matrix on the right, not {context.describe(right)}"
        raise context.problem(message, node.mark, hint)
    return multiply(context, node, _inverse(context, node, 0, left, "pinv"), right)


def _inverse(context: Context, node: SyntaxNode, place: int, arg: Expr, pseudo: str) -> Expr:
    """The inverse of the operand at a place, a system's matrix; ``pseudo`` begins what solves it by
    least squares.
    """
    rows, columns = arg.shape
    what = "a system needs a square matrix, not {0}"
    squares = f"{pseudo}({context.quote(arg)})"
    context.equate(
        (arg, rows),
        (arg, columns),
        node.mark or node.span,
        what,
        lambda: f"{squares} solves it by least squares",
    )
    return context.make("inv", (arg,), arg.shape, node.args[place])


def negate(context: Context, node: SyntaxNode, arg: Expr) -> Expr:
    """``-x``."""
    return context.like("neg", (arg,), arg, node)


def transpose(context: Context, node: SyntaxNode, arg: Expr) -> Expr:
    """``x'``: nothing for a scalar, a row for a column."""
    context.settle(arg)
    if arg.op == "constant":
        hint = f'declare "{arg.value}: vector(n)" if it is a variable here'
        raise context.problem(f"{arg.value} is a number, which needs no transpose", node.span, hint)
    if not arg.shape:
        context.odd("transposed", arg, node)
        return arg
    _require_matrices(context, node, arg)
    return context.make("'", (arg,), arg.shape[::-1], node, row=arg.rank == 1 and not arg.row)


def power(context: Context, node: SyntaxNode, base: Expr, exponent: Expr) -> Expr:
    """``^``: of a scalar, or of a square matrix to a scalar power."""
    context.settle(base)
    context.settle(exponent)
    if exponent.shape:
        hint = (
            f"write {context.base(base)}.^{_power_text(context, exponent)} to raise to each entry"
        )
        if node.args[1].kind == "name" and node.args[1].value == "H":
            named = context.base(base)
            hint = f"write {named}' for the transpose; ctranspose conjugates complex variables"
        elif node.args[1].kind == "name" and (beside := re.match(_BESIDE, str(node.args[1].value))):
            context.clashed = True  # no kinds of the letters are meant
            hint = f"write {context.base(base)}'*{'*'.join(beside[1])}"
        elif node.args[1].kind == "name" and node.args[1].value in ("t", "T"):
            hint = f"write {context.base(base)}' for the transpose; {hint}"
        elif node.args[1].kind == "neg" and node.args[1].args[0].value == "T":
            hint = f"write inv({context.quote(base)})' for the transpose of the inverse"
        raise context.problem(
            f"the exponent is {context.describe(exponent)}, not a scalar", node.mark, hint
        )
    exponent = _exponent(context, exponent)
    if not base.shape:
        return context.make("^", (base, exponent), (), node)
    _require_matrices(context, node, base, exponent)
    if base.rank == 1:
        hint = f"write {context.base(base)}.^{_power_text(context, exponent)} entry by entry"
        if context.literal(exponent) == 2:
            x, tx = context.factor(base), _transpose_text(context, base)
            hint += f", {f'{x}*{tx}' if base.row else f'{tx}*{x}'} for the sum of the squares"
        if base.op == "gamma":
            product = f"gamma*({context.quote(base.args[0])})"
            hint = f"write {product} if gamma is a factor, and not a function here; {hint}"
        raise context.problem(
            f"cannot raise {context.describe(base)} to a power with ^", node.mark, hint
        )
    value = context.literal(exponent)
    context.square(base, "a matrix power" if value != -1 else "an inverse", node.mark or node.span)
    if value == -1:
        return context.make("inv", (base,), base.shape, node)
    if value is not None and exponent.op != "number":
        exponent = context.number(value, node.args[1])
    return context.make("^", (base, exponent), base.shape, node)


def _power_text(context: Context, exponent: Expr) -> str:
    """The text of an exponent; that of x² is no text of its own."""
    number = context.literal(exponent)
    if number is None:
        return context.base(exponent)
    return str(number) if number >= 0 and number.denominator == 1 else f"({number})"


def compare(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``=``: two values of one shape, side by side; nothing is broadcast."""
    if (
        bool(left.shape) != bool(right.shape)
        and not {id(left), id(right)} & context.rankless.keys()
    ):
        scalar = left if right.shape else right
        hint = (
            "write zeros, or vector(c) and matrix(c) for the scalar c everywhere"
            if scalar.op == "number"
            else None
        )
        raise context.problem(
            f"cannot compare {context.describe(left)} with {context.describe(right)}",
            node.mark,
            hint,
        )
    return entrywise(context, node, "=", left, right, "compare {0} with {1}")


def indicator(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``a < b`` and its like, entry by entry: 1 where it holds, else 0."""
    if left.op == right.op == "dimension":
        _refuse_places(context, node, left, right)
    return entrywise(context, node, node.kind, left, right, "compare {0} with {1}")


def _refuse_places(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> None:
    """Refuses ``i == j`` of names that are places elsewhere in the text, but indices of nothing."""
    names = dict.fromkeys((*left.value.letters, *right.value.letters))
    sizes = set(size_names(context.declared.values()))
    if sizes.issuperset(names):
        return
    written, text = " and ".join(names), context.source.strip()
    places = ",".join(names)
    array = f"F[{places}] = {text}" if ";" not in text and len(text) <= _LONGEST else "F[...] = ..."
    raise context.problem(
        f"{written} are the indices of one entry here, and nothing binds them",
        node.span,
        f"write {array} for the array of these values, sum[{places}](...) for their sum",
    )


def _inverse_behind(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
    """``a*inv(B)`` for a scalar a, where ``a/B`` is written."""
    if context.settle(right).rank != 2:
        raise context.problem(
            f"an inverse needs a matrix, not {context.describe(right)}", node.mark or node.span
        )
    return multiply(context, node, left, _inverse(context, node, 1, right, "pinv"))


OperatorRule = Callable[[Context, SyntaxNode, Expr, Expr], Expr]


def _transposing_rule(rule: OperatorRule, place: int) -> OperatorRule:
    """The rule with one operand transposed."""

    def apply_transposed(context: Context, node: SyntaxNode, left: Expr, right: Expr) -> Expr:
        turned = transpose(context, node.args[place], right if place else left)
        return rule(context, node, *((left, turned) if place else (turned, right)))

    return apply_transposed


# what a text may mean in which a sign was forgotten; see ``readings.py``
REPAIRS = {
    "*inv": _inverse_behind,
    "'*": _transposing_rule(multiply, 0),
    "*'": _transposing_rule(multiply, 1),
    **dict.fromkeys(("'+", "'-"), _transposing_rule(add, 0)),
    **dict.fromkeys(("+'", "-'"), _transposing_rule(add, 1)),
}
BINARY = {
    **dict.fromkeys(COMPARISONS, indicator),
    "+": add,
    "-": add,
    "*": multiply,
    "/": divide,
    "\\": solve,
    ".*": hadamard,
    "./": quotient,
    ".^": entry_power,
    "^": power,
}
