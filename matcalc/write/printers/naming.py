"""Which parts of a result get a name, and which: ``where M = inv(X'*C*X)``.

A part that occurs more than once is named if that saves tokens. That is asked of results beyond a
length, or by the user; the parts of a tree are shared, so each is looked at once and the gradient
of a deep network is printed with linear length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import count

from matcalc.core.kinds import MOST_RESULT_AXES
from matcalc.core.tree import Expr, drop_transpose
from matcalc.write.printers.text import has_indices, piece
from matcalc.write.printers.text_pieces import ATOM, number_text

_SHORT = 20  # tokens up to which a result is written out in full
_WORTH = 0.95  # unasked, names must bring the length down to this share,
_PAIR = 4  # tokens of a product of two names, A'*M
_GAIN = 3  # and save so many tokens
# for scalars, vectors, matrices and more axes, where few names are needed
_LETTERS = ("abc", "uvwrs", "MNGHK", "TSR")


def own_tokens(expr: Expr) -> int:
    """The tokens that a node adds to those of its arguments: names, numbers and operators count one
    each.
    """
    if expr.op == "number":
        return len(number_text(expr.value)[0].split("/")) * 2 - 1 + int(expr.value.numerator < 0)
    if expr.op == "permute":
        return 1 + len(expr.value)
    if expr.op == "slice":
        return 1 + sum(1 if place is None or place[1] is None else 3 for place in expr.value)
    if expr.op == "unit":
        return 3
    if expr.op == "blocks":
        return len(expr.args)
    if expr.op == "indexed":
        # few trees have bound indices
        from matcalc.write.printers.text_indexed import tokens  # noqa: PLC0415

        text, _, _ = piece(expr, [("", ATOM, "name")] * len(expr.args))
        return tokens(expr, text)
    # besides the arrays: the name, and the letters of each array and of the value
    return len(expr.args) + 2 if expr.op == "einsum" else 1


_Uses = Callable[[Expr], "list[tuple[Expr, int]]"]


def _once(expr: Expr) -> list[tuple[Expr, int]]:
    """The arguments, each once."""
    return [(arg, 1) for arg in expr.args]


def _uses(expr: Expr) -> list[tuple[Expr, int]]:
    """The arguments, each with how often it is written; a form with bound indices may write one
    several times.
    """
    if expr.op != "indexed":
        return [(arg, 1) for arg in expr.args]
    body = expr.value.body
    times = {id(body): 1}
    counts = [0] * len(expr.args)
    for part in reversed(body.parts):
        if part.op == "slot":
            counts[part.value] += times[id(part)]
        for arg in part.args:
            times[id(arg)] = times.get(id(arg), 0) + times[id(part)]
    return list(zip(expr.args, counts, strict=True))


def choose_names(
    tree: Expr,
    taken: Container[str],
    *,
    cse: bool = False,
    known: Callable[[Expr], str | None] | None = None,
    always: Container[int] = (),
) -> dict[int, str]:
    """The names by the ids of the parts, each after those that it is made of.

    Names are given where the result is long and gets clearly shorter, with ``cse`` wherever they
    save tokens. ``taken`` are names in use; ``known`` says which name the user gave to a part, and
    ``always`` has the ids of parts that are named whatever the length.
    """
    order = tree.parts
    own, full = _lengths(order, _uses)
    arrays = _arrays(tree)
    chosen: set[int] = set()
    if cse or full[id(tree)] > _SHORT:
        worthwhile = _worthwhile(order, full, _uses, known)
        chosen, length = _keep(order, own, worthwhile, _uses)
        if not cse and not _is_worth(length, full[id(tree)]):
            chosen = set()
        if chosen and known is not None:  # relu(u) is h, although it is short once u has a name
            chosen |= {id(expr) for expr in order if id(expr) in worthwhile and known(expr)}
    chosen |= {id(expr) for expr in order if id(expr) in always}
    if not chosen and not arrays:
        return {}
    return _names([expr for expr in order if id(expr) in chosen | arrays], taken, known)


def name_entries(
    tree: Expr, taken: Container[str], known: Callable[[Expr], str | None]
) -> dict[int, str]:
    """Names for the arrays inside that are defined by their entries, and for nothing else; the one
    that is ``known`` where there is one.
    """
    arrays = _arrays(tree)
    return _names([expr for expr in tree.parts if id(expr) in arrays], taken, known)


def _arrays(tree: Expr) -> set[int]:
    """The arrays that are defined by their entries: each is written nowhere but after its name, or
    as an answer of its own.
    """
    order = tree.parts
    arrays = {id(expr) for expr in order if expr.op == "indexed" and expr.value.indices}
    if arrays:
        wholes = tree.args if tree.op == "several" else (tree,)
        inside = {id(arg) for expr in order if expr.op != "several" for arg in expr.args}
        arrays -= {id(expr) for expr in wholes} - inside
    return arrays


def measure_written(tree: Expr) -> int:
    """The tokens of a tree where each part that saves some has a name; what is at several
    indices counts once.
    """
    order = tree.parts
    own, full = _lengths(order, _once)
    kept, length = _keep(order, own, _worthwhile(order, full, _once), _once)
    return length if kept else full[id(tree)]


def measure_shown(tree: Expr) -> int:
    """The tokens of a tree as it is shown unasked: with names where these make it clearly
    shorter.
    """
    order = tree.parts
    own, full = _lengths(order, _once)
    whole = full[id(tree)]
    if whole <= _SHORT:
        return whole
    _, length = _keep(order, own, _worthwhile(order, full, _once), _once)
    return length if _is_worth(length, whole) else whole


def _is_worth(length: int, whole: int) -> bool:
    """Whether names make a result clearly shorter."""
    return length <= min(_WORTH * whole, whole - _GAIN)


def _lengths(order: list[Expr], uses: _Uses) -> tuple[dict[int, int], dict[int, int]]:
    """The tokens that each part adds to those of its arguments, and those of all of it, by ids."""
    own = {id(expr): own_tokens(expr) for expr in order}
    full: dict[int, int] = {}
    for expr in order:
        full[id(expr)] = own[id(expr)] + sum([k * full[id(arg)] for arg, k in uses(expr)])
    return own, full


def _saves(times: int, tokens: int) -> bool:
    """Whether the name is shorter: it is written once more than the part was, the part once."""
    return times * tokens > times + 1 + tokens


def _worthwhile(
    order: list[Expr],
    full: Mapping[int, int],
    uses: _Uses,
    known: Callable[[Expr], str | None] | None = None,
) -> dict[int, int]:
    """Parts that are written twice or more although what they are in is named, with the number of
    times; what the user named also where its name is no shorter.
    """
    written = {id(order[-1]): 1}
    parents = Counter(id(arg) for expr in order for arg in expr.args)
    chosen: dict[int, int] = {}
    most = 2 if has_indices(order[-1]) else MOST_RESULT_AXES
    for expr in reversed(order):
        times = written[id(expr)]
        # what is written both ways round is named as it stands; x^2, x[1], 2*X', vector(1) say
        # more, and where u is a row, u*y reads as a product of two columns
        plain = expr.op in ("^", ".^") and not expr.args[0].args
        plain = plain or (
            expr.op == "*" and expr.args[0].op == "number" and not drop_transpose(expr.args[1]).args
        )
        plain = plain or (expr.op == "slice" and not expr.shape and not expr.args[0].args)
        turned = expr.op == "'" and (parents[id(expr.args[0])] > 1 or expr.args[0].op == "indexed")
        worth = times * full[id(expr)] - (times + 1 + full[id(expr)])
        given = times > 1 and known is not None and known(expr) is not None
        other = turned or expr.op in ("fill", "eye") or (expr.row and not given)
        named = worth == 0 and given
        if expr.rank <= most and not plain and not other and (worth > 0 or named):
            chosen[id(expr)] = times
            times = 1
        for arg, k in uses(expr):
            written[id(arg)] = written.get(id(arg), 0) + times * k
    return chosen


def _keep(
    order: list[Expr], own: Mapping[int, int], chosen: Mapping[int, int], uses: _Uses
) -> tuple[set[int], int]:
    """Those that are still long enough where the parts inside them have names, and the length of
    all. A multiple of a part with a name says more without one, and so does a pair of names that
    occurs twice.
    """
    kept: set[int] = set()
    short: dict[int, int] = {}
    total = 0
    for expr in order:
        short[id(expr)] = own[id(expr)] + sum(
            [k * (1 if id(arg) in kept else short[id(arg)]) for arg, k in uses(expr)]
        )
        multiple = (
            expr.op == "*"
            and expr.args[0].op == "number"
            and id(drop_transpose(expr.args[1])) in kept
        )
        times = chosen.get(id(expr), 0)
        pair = times == 2 and short[id(expr)] <= _PAIR and _is_pair(expr, kept)
        if times and not multiple and not pair and _saves(times, short[id(expr)]):
            kept.add(id(expr))
            total += 1 + short[id(expr)]
    return kept, total + 1 + short[id(order[-1])]  # one for "where"


def _is_pair(expr: Expr, named: Container[int]) -> bool:
    """Whether this is a product of two arrays with names."""
    inside = [drop_transpose(arg) for arg in expr.args]
    return (
        expr.op == "*"
        and expr.rank > 0
        and all(arg.op == "variable" or id(arg) in named for arg in inside)
    )


def _names(
    parts: list[Expr], taken: Container[str], known: Callable[[Expr], str | None] | None
) -> dict[int, str]:
    """The user's names, letters by the rank where there are enough of them, else t1, t2, ..."""
    given: dict[int, str] = {}
    used: set[str] = set()
    for part in parts:
        name = known(part) if known is not None else None
        if name is not None and name not in used:  # of a row and a column one alone
            given[id(part)] = name
            used.add(name)
    free = [
        [letter for letter in letters if letter not in taken and letter not in used]
        for letters in _LETTERS
    ]
    ranks = [min(part.rank, 3) for part in parts if id(part) not in given]
    few = all(ranks.count(rank) <= min(len(free[rank]), 2) for rank in range(4))
    numbered = (f"t{k}" for k in count(1) if f"t{k}" not in taken and f"t{k}" not in used)
    letters: list[Iterator[str]] = [iter(row) for row in free]
    return {
        id(part): given.get(id(part)) or next(letters[min(part.rank, 3)] if few else numbered)
        for part in parts
    }
