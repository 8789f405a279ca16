"""What is odd about a reading of undeclared letters, and which letters may be meant otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from matcalc.core.operations import OPERATIONS, TRIANGLES
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise, calls_function
from matcalc.core.walk import fold, operands, postorder
from matcalc.read.shapes.coefficients import (
    coefficient,
    counts,
    find_number_exponents,
    is_undeclared,
    leaders,
    survey,
)
from matcalc.read.shapes.context import ODDITIES, Context, Oddity
from matcalc.read.syntax.names import GREEK, default_kind
from matcalc.read.syntax.nodes import SyntaxNode, children

LetterKey = tuple[str, int]
_SHORT = 40
_MOST_LETTERS = 8  # that are tried at one conflict
_PRICES = {  # of reading a letter against the rule of its first letter
    "scalar": {"vector": 2, "matrix": 7},
    "vector": {"scalar": 2, "matrix": 7},
    "matrix": {"vector": 3, "scalar": 4},
}
_DIVIDING = 1  # the price of a number m that is divided by
_SIGN = 2  # the price of a sign that was forgotten
_LEADING = 4  # the price of a vector that stands where counts do
_TRANSPOSED, _ADDED, _BEHIND, _OUTER, _FUNCTION, _SQUARE, _TIMES, _OVER = 8, 4, 5, 5, 5, 6, 4, 3
_KINDS = ("scalar", "vector", "matrix")
_FOR_VECTORS = ("call", "norm", "entries")
# what is in a product, a quotient or a power when one sign more is written
_SIGNS = {
    "*": ("'*", "*'", ".*"),
    "/": ("./", "*inv"),
    "^": (".^",),
    "+": ("'+", "+'"),
    "-": ("'-", "-'"),
}


class Candidate(NamedTuple):
    """A letter that may be of another kind, what that costs, and why it would be."""

    name: str
    kind: str
    price: int
    why: str


class Doubt(NamedTuple):
    """An oddity about undeclared letters: its price where it stays, what may be meant, and what a
    note says if it stays. Candidates that are ``together`` are all meant or none is.
    """

    key: LetterKey
    price: int
    candidates: list[Candidate]
    left: str
    other: Expr | None
    together: bool = False


def doubts(context: Context) -> list[Doubt]:
    """Everything odd in the text, in order; what is said about the same letters in the same way
    counts once.
    """
    found = []
    seen: set[tuple[object, ...]] = set()
    for oddity in context.oddities.values():
        if oddity.kind not in context.counted:
            continue
        if oddity.other is not None and oddity.other.is_tensor:
            continue  # arrays are declared, and letters of which nothing is known are none
        if oddity.kind == "leading":
            names = leaders(context, oddity.scalar)
        else:
            names = _letters(context, oddity.scalar, functions=oddity.kind in _THROUGH_FUNCTIONS)
        if oddity.kind in _BY_CONVENTION:
            names = [name for name in names if default_kind(name) == "scalar"]
        rank = -1 if oddity.other is None else oddity.other.rank
        if (
            not names
            and oddity.kind == "added"
            and oddity.other is not None
            and _is_computed(oddity.scalar)
        ):
            names, rank = (
                [n for n in _undeclared(context, [oddity.other]) if default_kind(n) != "scalar"],
                -2,
            )
        key = (oddity.kind, *names, rank, oddity.name)
        if names and key not in seen:
            seen.add(key)
            doubt = _RULES[oddity.kind if rank > -2 else "computed"](context, oddity, names)
            found.append(_in_coefficient(context, oddity, doubt) if rank > -2 else doubt)
    return found


def _in_coefficient(context: Context, oddity: Oddity, doubt: Doubt) -> Doubt:
    """The doubt about the nu of (nu + p)*log(a), where p may be a number as well."""
    if oddity.kind != "added" or oddity.other is None or oddity.other.op != "variable":
        return doubt
    for each in context.oddities.values():
        whole = each.scalar
        if each.kind == "leading" and any(oddity.other is arg for arg in whole.args):
            names = coefficient(context, whole)
            why = f"it occurs in {context.quote(whole)}, before a number"
            return doubt._replace(candidates=[*doubt.candidates, *_as(names, "scalar", why)])
    return doubt


def conflict(
    context: Context, given: Mapping[str, str]
) -> tuple[list[Candidate], list[tuple[int, str, int]]]:
    """Where a text has no type: the letters that can be blamed, and the signs that may be missing.

    Two sides that cannot be compared say nothing of their letters but what is odd in each.
    """
    node = context.failed
    if node is None or context.clashed or context.counted is not ODDITIES:
        return [], []
    if node.kind in ("+", "-") and any(part.op == "diag" for part in context.operands):
        return [], []  # A - diag(A), a diagonal matrix: the error says how that is written
    if node.kind == "=":
        odd = [each for doubt in doubts(context) for each in doubt.candidates]
        return [each for each in odd if each.name not in given], []
    text = quote_node(context, node)
    raised = _exponents(context, node)
    if raised:
        why = f"it occurs in the exponent of a number, {text}"
        return [each._replace(price=1) for each in _as(raised, "scalar", why)], []
    candidates = []
    known = {
        (each.name, each.kind): each.why
        for doubt in doubts(context)
        for each in reversed(doubt.candidates)
    }
    for name in _undeclared(context, context.operands)[:_MOST_LETTERS]:
        if name in given:
            continue
        default = default_kind(name)
        if default == "matrix" and node.kind in _FOR_VECTORS:
            # softmax(X) is meant for each row or for all entries, and so on: the error says how to
            # write that
            continue
        divides = node.kind == "/" and default == "vector" and counts(context, name)
        divides = divides and _stands_below(node, name)
        for kind, price in _PRICES[default].items():
            price = _DIVIDING if divides and kind == "scalar" else price
            why = known.get((name, kind), f"{text} has no meaning for a {default} {name}")
            candidates.append(Candidate(name, kind, price, why))
    signs = [(id(node), sign, _SIGN) for sign in _SIGNS.get(node.kind, ())]
    return candidates, signs


def _stands_below(quotient: SyntaxNode, name: str) -> bool:
    """Whether a letter is in what is divided by."""
    below = postorder(quotient.args[1], children)
    return any(node.kind == "name" and node.value == name for node in below)


def _exponents(context: Context, node: SyntaxNode) -> list[str]:
    """The letters of D/2 in (2*pi)^(-D/2), which are matrices by convention alone."""
    if node.kind != "^" or context.operands[0].shape:
        return []
    exponent = context.operands[1]
    names = _undeclared(context, [exponent])
    raised = find_number_exponents(context, exponent)
    return [name for name in names if name in raised and default_kind(name) == "matrix"]


def quote_node(context: Context, node: SyntaxNode) -> str:
    """The text of a node, its middle left out if it is long."""
    text = " ".join(context.source[node.start : node.end].split())
    text = text[1:-1].strip() if text.startswith("(") and text.find(")") == len(text) - 1 else text
    return text if len(text) <= _SHORT else f"{text[: _SHORT // 2]}...{text[3 - _SHORT // 2 :]}"


def _letters(context: Context, expr: Expr, *, functions: bool) -> list[str]:
    """The undeclared scalars that a scalar is made of so that a vector in their place would make a
    vector.

    Numbers come before what they multiply: of the factors of a product that is the last.
    """
    key = (id(expr), functions)
    found = context.letters.get(key)
    if found is None:
        found = context.letters[key] = fold(
            expr, _inside, lambda part, args: _of_part(context, part, args, functions)
        )
    return found


def _inside(part: Expr) -> tuple[Expr, ...]:
    return () if part.shape else part.args


def _of_part(context: Context, part: Expr, args: list[list[str]], functions: bool) -> list[str]:
    if part.shape:
        return []
    if part.op == "variable":
        return [part.value] if is_undeclared(context, part.value) else []
    if part.op == "*":
        return args[1] or args[0]
    if part.op == "/" or (functions and part.op in ("^", ".^")):
        return args[0]
    if part.op in ("neg", "+", "-", ".*", "./") or (functions and acts_entrywise(part)):
        return [*dict.fromkeys(name for names in args for name in names)][:_MOST_LETTERS]
    return []


def _undeclared(context: Context, operands: list[Expr]) -> list[str]:
    """The undeclared letters on whose kinds the ranks of the operands depend, the nearest first."""
    found: dict[str, None] = {}
    level, done = list(operands), set()
    while level:
        below: list[Expr] = []
        for part in level:
            if id(part) in done:
                continue
            done.add(id(part))
            if part.op == "variable":
                if is_undeclared(context, part.value):
                    found.setdefault(part.value)
            elif part.shape or not calls_function(part) or acts_entrywise(part):
                below.extend(part.args)
        level = below
    return [*found]


def _is_intercept(context: Context, scalar: Expr) -> bool:
    """Whether a letter is the a of y - a - b*x: beside a vector times a letter of its alphabet that
    is a number, and without any matrix.
    """
    if scalar.op != "variable":
        return False
    survey(context)
    whole = context.sums[id(scalar)]
    if id(whole) not in context.slopes:
        context.slopes[id(whole)] = _slopes(context, whole)
    greek = scalar.value in GREEK
    return any((name in GREEK) == greek for name in context.slopes[id(whole)])


def _slopes(context: Context, whole: Expr) -> list[str]:
    """The letters of numbers that multiply vectors in a sum; none where a matrix is in it."""
    if any(part.rank == 2 for part in postorder(whole, operands)):
        return []
    stack, found, data = [whole], [], False
    while stack:
        part = stack.pop()
        if part.op in ("+", "-", "neg"):
            stack += part.args
        elif part.op == "variable" and part.rank == 1:
            data = True
        elif part.op == "*" and part.rank == 1:
            found += [str(arg.value) for arg in part.args if arg.op == "variable" and not arg.shape]
    return [name for name in found if data and is_undeclared(context, name)]


def _as(names: list[str], kind: str, why: str) -> list[Candidate]:
    """Each of the letters as one of this kind."""
    result = []
    for name in names:
        default = default_kind(name)
        price = 0 if default == kind else _PRICES[default][kind]
        result.append(Candidate(name, kind, price, why))
    return result


def _doubt_transpose(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    what = context.quote(oddity.scalar)
    why = "it is transposed" if names == [what] else f"{what} is transposed"
    choices = product(names, ("vector", "matrix"))
    candidates = [each for name, kind in choices for each in _as([name], kind, why)]
    return Doubt(oddity.key, _TRANSPOSED, candidates, f"is read as scalar, though {why}", None)


def _doubt_sum(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A scalar beside a vector or a matrix in a sum: in mathematics only like is added to like."""
    scalar, other = oddity.scalar, oddity.other
    assert other is not None  # what it is added to
    one, whole = context.quote(scalar), context.quote(other)
    minus, first = oddity.node.kind == "-", oddity.first
    verb = "is subtracted from" if minus else "is added to"
    why = f"{whole} is subtracted from it" if minus and first else f"it {verb} {whole}"
    left = (
        f"has every entry of {whole} subtracted from it"
        if minus and first
        else f"{verb} every entry of {whole}"
    )
    price = 0 if _is_intercept(context, scalar) else _ADDED
    is_it = "is read as scalar, and" + ("" if scalar.op == "variable" else f" {one}")
    return Doubt(oddity.key, price, _as(names, _KINDS[other.rank], why), f"{is_it} {left}", other)


def _beside(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A number that vectors or matrices make, beside one of these."""
    assert oddity.other is not None  # what it is added to
    one = f"{context.quote(oddity.scalar)}, a scalar,"
    left = (
        ""
        if _is_reduction(oddity.scalar)
        else f"{one} is added to every entry of {context.quote(oddity.other)}"
    )
    counted = coefficient(context, oddity.other)
    why = f"{one} is added to {'it' if not counted else context.quote(oddity.other)}"
    candidates = _as(counted or names, "scalar", why)
    return Doubt(oddity.key, _ADDED, _alike(candidates, counted), left, None, bool(counted))


def _alike(candidates: list[Candidate], together: list[str]) -> list[Candidate]:
    """The letters of one coefficient, of which the first has a price."""
    if not together:
        return candidates
    first, *rest = candidates
    return [first, *(each._replace(price=0) for each in rest)]


def _is_reduction(scalar: Expr) -> bool:
    """Whether this is a function of all entries, as in x - mean(x), which is broadcast on
    purpose.
    """
    while scalar.args and not scalar.args[0].shape and scalar.op not in ("+", "-", "*"):
        scalar = scalar.args[0]
    return calls_function(scalar)


def _is_computed(scalar: Expr) -> bool:
    """Whether a scalar is made of vectors or matrices."""
    stack, done = [scalar], set()
    while stack:
        part = stack.pop()
        if part.shape:
            return True
        if id(part) not in done:
            done.add(id(part))
            stack.extend(part.args)
    return False


def _behind(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A scalar after a matrix or a row: scalars come before what they multiply."""
    assert oddity.other is not None  # what comes before
    why = f"{context.quote(oddity.other)} precedes it"
    return Doubt(oddity.key, _BEHIND, _as(names, "vector", why), "", None)


def _outer(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A scalar before a row, as in a*x'."""
    assert oddity.other is not None  # the row
    why = f"it precedes the row {context.quote(oddity.other)}"
    return Doubt(oddity.key, _OUTER, _as(names, "vector", why), "", None)


def _doubt_leading(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A vector before a number, as in n*log(det(S)) and n*x'*x, or a letter that counts after
    one.
    """
    assert oddity.other is not None  # what it multiplies
    kind = context.kind_of(context.seen[names[0]])
    product = quote_node(context, oddity.node)
    why = f"it comes {oddity.name or 'first'} in {product}, as numbers do"
    counted = [] if oddity.scalar.op == "variable" else names
    price = _LEADING if counted or counts(context, names[0]) else 0
    candidates = _alike(_as(names, "scalar", why), counted)
    left = f"is read as {kind} in {product}"
    return Doubt(oddity.key, price, candidates, left, None, bool(counted))


def _function(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A function of vectors or matrices, of a scalar; without a name, a place in it."""
    name = oddity.name
    square = name in OPERATIONS and (
        OPERATIONS[name].signature.startswith(_OF_MATRICES) or name in TRIANGLES
    )
    why = _argument_of(context, oddity)
    candidates = _as(names, "matrix" if square else "vector", why)
    return Doubt(
        oddity.key,
        _SQUARE if square else _FUNCTION,
        candidates,
        f"is read as scalar, and {why}",
        None,
    )


def _argument_of(context: Context, oddity: Oddity) -> str:
    """In which words a letter is the argument of a function, which is known by its name in the
    text.
    """
    node = oddity.node
    if not oddity.name:
        return "entries of it are taken"
    if node.kind == "norm" or oddity.name.startswith("norm"):
        return "its norm is taken"
    written = context.source[node.mark.start : node.mark.end].lstrip(".") if node.mark else ""
    if node.kind == "*":
        return "it is a factor of @" if written == "@" else f"it occurs in {written}(...)"
    known = node.kind == "call" and written.replace(".", "").isidentifier()
    return f"it occurs in {written if known else oddity.name}(...)"


def _entrywise(context: Context, oddity: Oddity, names: list[str]) -> Doubt:
    """A scalar in a product or below a quotient entry by entry, which it does not need."""
    assert oddity.other is not None  # what has the entries
    over = oddity.node.kind == "./"
    other = context.quote(oddity.other)
    why = (
        f"{other} is divided by it entry by entry"
        if over
        else f"it multiplies {other} entry by entry"
    )
    candidates = _as(names, _KINDS[oddity.other.rank], why)
    return Doubt(
        oddity.key,
        _OVER if over else _TIMES,
        candidates,
        f"is read as scalar, and {why}",
        oddity.other,
    )


_THROUGH_FUNCTIONS = frozenset({"transposed", "function", "entrywise"})
_BY_CONVENTION = frozenset({"behind", "outer"})
_OF_MATRICES = ("square", "matrix")  # signatures
_RULES = {
    "transposed": _doubt_transpose,
    "added": _doubt_sum,
    "computed": _beside,
    "behind": _behind,
    "outer": _outer,
    "function": _function,
    "entrywise": _entrywise,
    "leading": _doubt_leading,
}
