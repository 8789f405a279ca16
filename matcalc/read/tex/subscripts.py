r"""What a subscript at a fixed place means: z_k beside z is an entry of it, u_o beside \sum_w u_w a
row, W_0 a name.

A letter with a subscript is a variable of its own (docs/latex.md), unless the letter occurs as a
whole, is summed over, or is declared. Then it is an entry; and where it may be either, that is an
error.
"""

from __future__ import annotations

from functools import reduce

from matcalc.core.errors import MatcalcError, ParseError
from matcalc.read.syntax.names import default_kind
from matcalc.read.syntax.nodes import SyntaxNode
from matcalc.read.tex.letter_state import LetterState, Ranges
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import chooses, names_inside, size, size_leaves
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import letters, symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value, transpose

PLACE, LABEL, UNCLEAR = "place", "label", "unclear"
_SUMS = ("+", "-")
_SMALL = ("0", "1")  # no sizes of an identity matrix
_COMMUTATION = ("K", ())  # the letter of Magnus and Neudecker
_MATRIX = 2  # axes
TENSOR = 3  # axes of an array that is not a matrix, of which nothing was declared


def names(phrase: Phrase, source: str) -> list[str]:
    """The letters in a subscript, those of k + 1 included, and the e of X_{s_e}."""
    parts = phrase.parts if phrase.kind in ("indexed", "entries") else ()
    return [name for part in parts for name in names_inside(part, source)]


def require_places(letters_: LetterState, phrase: Phrase, running: Ranges) -> None:
    """Refuses X_{s_e} in a sum over e, unless s is a matrix that chooses places."""
    scope = letters_.scope
    parts = phrase.parts if phrase.kind in ("indexed", "entries") else ()
    leaves = [leaf for part in parts for leaf in letters(part) or size_leaves(part)]
    for leaf in leaves:
        if not any(name in running for name in names(leaf, scope.source)):
            continue
        name = symbol(leaf.args[0], scope.source).name
        declared = scope.declared.get(name)
        if declared is None or declared.kind != "onehot":
            shown = letters_.scope.quote(leaf)
            raise scope.problem(
                f"{shown} is not an index",
                leaf.span,
                f"declare {name}: onehot(m, n), a matrix with a single 1 in each row; then {shown} "
                "is the position of one of these",
            )


def places(phrase: Phrase, rank: int) -> list[Phrase]:
    """The subscripts one by one: two of A_{12} and A_{ij}, one of x_{12}."""
    if len(phrase.parts) > 1:
        return list(phrase.parts)
    (part,) = phrase.parts
    flat = letters(part) or [part]
    if rank == 2 and len(flat) == 1 and part.kind == "number" and len(part.text) == 2:  # A_{12}
        first = Phrase("number", part.start, part.end, text=part.text[0])
        return [first, Phrase("number", part.start, part.end, text=part.text[1])]
    return flat


def kind_of(part: Phrase, letters_: LetterState) -> str:
    """Whether a subscript is a place, a label that makes a name, or may be either."""
    if part.kind in _SUMS:
        kinds = {kind_of(each, letters_) for each in part.args}
        return PLACE if kinds == {PLACE} else UNCLEAR
    if part.kind == "number":
        return PLACE if part.text.isdecimal() and int(part.text) else LABEL
    if part.kind == "function":
        return LABEL
    if part.kind != "symbol":
        return UNCLEAR
    found = symbol(part, letters_.scope.source)
    if found.name in letters_.scope.dimensions or chooses(letters_.scope, part):
        return PLACE
    if part.text.startswith("\\") and part.text != r"\ell":
        return LABEL if len(found.stem) > 1 and not part.text[1:].isalpha() else UNCLEAR
    return PLACE if found.stem.islower() else UNCLEAR


def instead_of_number(letters_: LetterState, phrase: Phrase) -> str:
    """What to do with the subscript of a number."""
    if letters_.scope.is_pi(phrase.args[0]):
        return 'declare "pi: vector" if it is a variable here'
    return "take another letter for what has entries"


def _refuse_small_identity(letters_: LetterState, phrase: Phrase) -> None:
    """Refuses I_1, which is not an identity matrix in any text."""
    (part, *more) = phrase.parts
    if more or part.kind != "number" or part.text not in _SMALL:
        return
    shown = letters_.scope.quote(phrase)
    name = "_".join(symbol(phrase, letters_.scope.source).key[1])
    raise letters_.scope.problem(
        f"{shown} may be the identity matrix of this size or a variable",
        phrase.span,
        f'declare "I_{name}: scalar", or what it is, if it is a variable; write 1 for the number',
    )


def resolve_fixed_entry(letters_: LetterState, phrase: Phrase) -> Value | None:
    """The entry or row that a letter with a subscript is; None for a variable of its own."""
    base = phrase.args[0]
    if base.kind != "symbol" or letters_.scope.knows(phrase):
        return None
    if letters_.is_identity(phrase):
        _refuse_small_identity(letters_, phrase)
        return None
    found = symbol(base, letters_.scope.source)
    if (
        found.key not in letters_.whole_keys
        and found.key not in letters_.summed
        and not letters_.scope.knows(base)
    ):
        part = (
            _part_of_matrix(letters_, phrase)
            or _commutation(letters_, phrase)
            or _delta_of_places(letters_, phrase)
        )
        if part is None:
            letters_.alone[id(phrase)] = phrase
        return part
    name = letters_.base_name(base)
    if name in letters_.data:
        rank, data = 2, letters_.data[name]
    else:
        rank, data = letters_.base(base).rank, ""
    parts = places(phrase, rank)
    kinds = {kind_of(part, letters_) for part in parts}
    if rank == 0 or kinds == {LABEL}:
        if rank or PLACE in kinds:
            letters_.note_own(phrase, name)
        return None
    if UNCLEAR in kinds or LABEL in kinds or (found.bold and rank == 1) or len(parts) > rank:
        raise both(letters_, phrase, name)
    if len(parts) < rank and not data:
        if parts[0].kind == "number":
            letters_.note_own(phrase, name)
            return None
        raise both(letters_, phrase, name)
    return _entry(letters_, phrase, parts, data)


def matrix_beside(letters_: LetterState, phrase: Phrase) -> str | None:
    """The declared matrix A of which a_{ij} is an entry, which a note says; refused beside an A
    of which nothing is known.
    """
    base, scope = phrase.args[0], letters_.scope
    found = symbol(base, scope.source)
    name = found.name
    matrix = name[:1].upper() + name[1:]
    if matrix == name or found.key in letters_.whole_keys or scope.knows(base):
        return None
    shown = letters_.scope.quote(phrase)
    own = symbol(phrase, scope.source).name if phrase.text != "(" else name
    if matrix in scope.declared:
        if len(scope.declared[matrix].shape) != 2:
            return None
        letters_.own[shown] = (
            f"note: {shown} is read as a part of {matrix}, which is declared; "
            f"declare {own} if it is a variable"
        )
        return matrix
    bare = matrix not in scope.dimensions and any(
        each.name == matrix for each in letters_.whole_keys.values()
    )
    if bare and len(places(phrase, 2)) == 2:
        capital = letters_.scope.quote(base)
        capital = f"\\{matrix}" if capital == f"\\{name}" else matrix
        inside = ",".join(
            part.text if part.kind == "number" else letters_.scope.quote(part).strip("{}()")
            for part in places(phrase, 2)
        )
        entry = f"[{capital}]_{{{inside}}}"
        message = (
            f"{shown} may be an entry of {matrix}, which occurs as well, or a variable of its own"
        )
        hint = f"write {entry} for the entry; declare {own} if it is a variable"
        raise scope.problem(message, phrase.span, hint)
    if bare:
        letters_.note_own(phrase, matrix)
    return None


def _part_of_matrix(letters_: LetterState, phrase: Phrase) -> Value | None:
    """The entry a_{ij} or the row x_i, as a column, of a declared matrix of which the letter is the
    small one.
    """
    parts = places(phrase, 2)
    kinds = {kind_of(part, letters_) for part in parts}
    if kinds != {PLACE}:
        return None
    matrix = matrix_beside(letters_, phrase)
    if matrix is None:
        return None
    if len(parts) == 1 and parts[0].kind == "number" and phrase.text != "(":
        raise both(letters_, phrase, matrix)
    return _entry(letters_, phrase, parts, matrix)


def _commutation(letters_: LetterState, phrase: Phrase) -> Value | None:
    """K_{m,n} of sizes of declared variables, where nothing is called K: the commutation matrix."""
    scope = letters_.scope
    found = symbol(phrase.args[0], scope.source)
    if found.key != _COMMUTATION or len(phrase.parts) != _MATRIX:
        return None
    for part in phrase.parts:
        names_of = [symbol(leaf, scope.source).name for leaf in size_leaves(part)]
        if not names_of or not all(name in scope.dimensions for name in names_of):
            return None
    shown = letters_.scope.quote(phrase)
    letters_.own[shown] = (
        f"note: {shown} is read as the commutation matrix; declare K if it is a matrix"
    )
    sizes = [size(part, scope) for part in phrase.parts]
    return Value(Maker(phrase).call("commutation", *sizes), 2)


def _delta_of_places(letters_: LetterState, phrase: Phrase) -> Value | None:
    r"""Kronecker's \delta_{ij} beside entries at these places, as in p_j (\delta_{ij} - p_i)."""
    scope = letters_.scope
    parts = places(phrase, _MATRIX)
    own = {symbol(part, scope.source).name for part in parts if part.kind == "symbol"}
    if len(own) != len(parts) or symbol(phrase.args[0], scope.source).key != ("delta", ()):
        return None
    known = letters_.summed | letters_.whole_keys.keys()
    beside = any(
        other.args[0].kind != "symbol"
        or symbol(other.args[0], scope.source).key in known
        or scope.knows(other.args[0])
        for other, name in letters_.subscripted
        if name in own
    )
    if not beside or not is_kronecker(letters_, phrase, len(parts)):
        return None
    make = Maker(phrase)
    at = [place(letters_, part) for part in parts]
    return Value(make.node("entries", make.node("name", value="eye"), *at))


def inverse_or_reciprocal(power: Phrase, scope: Scope) -> ParseError:
    r"""The error of A_{ij}^{-1}, an entry of the inverse or one over the entry."""
    base = power.args[0]
    shown, entry = (scope.quote(each) for each in (power, base))
    letter = scope.quote(base.args[0])
    parts = places(base, 2)
    below = ",".join(
        part.text if part.kind == "number" else scope.quote(part).strip("{}") for part in parts
    )
    block = ""
    if "^" in entry:  # A^{-1}_{ij}
        entry = f"{letter}_{{{below}}}"
        if all(part.kind == "number" for part in parts):
            name = below.replace(",", "")
            block = f"; write {letter}_{{{name}}}^{{-1}} for the inverse of a block"
    hint = f"write \\frac{{1}}{{{entry}}} for the reciprocal{block}"
    if len(parts) > 1:
        hint = f"write [{letter}^{{-1}}]_{{{below}}} for the entry of the inverse; {hint}"
    return scope.refusal(
        f"{shown} may be an entry of the inverse of {letter}, or the reciprocal of an entry",
        power.span,
        hint,
    )


def mean(letters_: LetterState, phrase: Phrase) -> Value | None:
    r"""\bar x beside the x_i of a sum: their mean, of data vectors that of the rows."""
    found = symbol(phrase, letters_.scope.source)
    key = (found.stem, found.pieces[1:])
    if (
        found.pieces[:1] != ("bar",)
        or letters_.scope.knows(phrase)
        or key not in letters_.summed | letters_.whole_keys.keys()
    ):
        return None
    name = letters_.scope.names.get(key, ["_".join((found.stem, *found.pieces[1:]))])[0]
    if key not in letters_.summed:
        letters_.note_own(phrase, f"{name} or its mean")
        return None
    make, data = Maker(phrase), letters_.data.get(name)
    rank = 2 if data else letters_.rank(name)
    if rank == 2 and not data:
        hint = (
            f"write \\operatorname{{mean}}({name}) for that of all entries, or declare {found.name}"
        )
        shown = letters_.scope.quote(phrase)
        message = f"{shown} may be the mean of all entries, of rows or of columns"
        raise letters_.scope.problem(message, phrase.span, hint)
    shown = letters_.scope.quote(phrase)
    letters_.own[shown] = (
        f"note: {shown} is read as the mean; declare {found.name} if it is a variable"
    )
    whole = make.node("name", value=data or name)
    if data:
        return transpose(make, Value(make.call("mean", whole, make.number(1)), 1, True))
    return Value(make.call("mean", whole))


def _entry(letters_: LetterState, phrase: Phrase, parts: list[Phrase], data: str) -> Value:
    make = Maker(phrase)
    nodes = [place(letters_, part) for part in parts]
    letters_.fixed.add(id(phrase))
    if data:
        whole: SyntaxNode = make.node("name", value=data)
        if len(parts) == 1:
            letters_.fixed.discard(id(phrase))
            return transpose(
                make, Value(make.node("entries", whole, *nodes, make.node(":")), 1, True)
            )
        return Value(make.node("entries", whole, *nodes))
    return Value(make.node("entries", letters_.base(phrase.args[0]).node, *nodes))


def place(letters_: LetterState, part: Phrase) -> SyntaxNode:
    """A place; its letters mean nothing else in the formula."""
    scope = letters_.scope
    for leaf in size_leaves(part):
        found = symbol(leaf, scope.source)
        if (
            found.key in letters_.whole_keys
            and found.name not in scope.dimensions
            and not scope.knows(leaf)
        ):
            message = f"{found.name} is the position of an entry here, and a variable elsewhere"
            raise scope.problem(message, part.span, "give one of them another letter")
        letters_.places.add(found.name)
    return size(part, scope)


def both(letters_: LetterState, phrase: Phrase, name: str) -> MatcalcError:
    """The error where a letter with a subscript may be a part of the letter or a variable of its
    own.
    """
    shown = letters_.scope.quote(phrase)
    own = (
        symbol(phrase, letters_.scope.source).name
        if all(letters(part) for part in phrase.parts)
        else shown
    )
    message = f"{shown} may be a part of {name}, which occurs as well, or a variable of its own"
    known = all(letters(part) for part in phrase.parts)
    kind = default_kind(own) if known else ""
    bold = known and symbol(phrase.args[0], letters_.scope.source).bold
    kind = "vector" if bold and kind == "scalar" else kind
    what = f"{own}: {kind}" if known else own
    return letters_.scope.problem(
        message,
        phrase.span,
        f"declare {what} if it is a variable; write {entry_of(letters_, phrase)} if not",
    )


def _base_text(letters_: LetterState, phrase: Phrase) -> str:
    r"""The letter without its subscript, also of \mathbf{x_i}."""
    base = letters_.scope.quote(phrase.args[0])
    return base + "}" * (base.count("{") - base.count("}"))


def row_or_column(letters_: LetterState, phrase: Phrase) -> str:
    """What to write for X_i beside a matrix X, which may be several things."""
    base, name = _base_text(letters_, phrase), letters_.base_name(phrase.args[0])
    index = letters_.scope.quote(phrase.parts[0]).strip("{}")
    data = f"{name.lower()}_{index} for a vector of data, whose transpose is the row; "
    return (
        f"write {base}_{{{index},:}} for the row, {base}_{{:,{index}}} for the column; "
        f"{data if name.isalpha() and len(name) == 1 else ''}"
        f"declare {name}: vector if these are numbers, {name}[k]: matrix(n, p) for a matrix each"
    )


def entry_of(letters_: LetterState, phrase: Phrase) -> str:
    r"""The spelling of an entry that cannot be a name: [x]_{k}."""
    source, base = letters_.scope.source, _base_text(letters_, phrase)
    inside = ",".join(source[part.start : part.end].strip("{}") for part in places(phrase, 2))
    return f"[{base}]_{{{inside}}}"


def own_name(letters_: LetterState, phrase: Phrase, kind: str) -> str:
    """What to do with a letter that is a variable of its own: declare x_1, or write a word in place
    of t + 1, which no name contains.
    """
    name = symbol(phrase, letters_.scope.source).name
    if name.isidentifier():
        return f"declare {name}: {kind}"
    word = "next" if any(part.kind == "+" for part in phrase.parts) else "prev"
    return rf"write {letters_.scope.quote(phrase.args[0])}_{{\mathrm{{{word}}}}}"


def check_alone(letters_: LetterState) -> None:
    """Refuses y_i beside an entry x_i, where nothing says whether y_i is a variable or an entry of
    y.
    """
    for phrase in letters_.alone.values():
        for name in names(phrase, letters_.scope.source):
            if name in letters_.places and phrase.parts[0].kind == "symbol":
                shown, base = letters_.scope.quote(phrase), letters_.scope.quote(phrase.args[0])
                message = (
                    f"{shown} may be an entry of {base}, as others at the position {name} are, or "
                    "a variable of its own"
                )
                hint = (
                    f"declare {base} as a vector, or {symbol(phrase, letters_.scope.source).name}"
                )
                raise letters_.scope.problem(message, phrase.span, hint)


def entry_of_symbol(letters_: LetterState, phrase: Phrase, parts: list[Phrase]) -> Value | None:
    """delta_{ij} and epsilon_{ijk} at indices that run, where they are not variables."""
    make, base, scope = Maker(phrase), phrase.args[0], letters_.scope
    key = symbol(base, scope.source).key
    if key == ("delta", ()) and scope.printed is not None:
        special = _read_fused(letters_, phrase, parts) or _read_delta(letters_, phrase, parts)
        if special is not None:
            return special
    if key == ("epsilon", ()) and len(parts) == TENSOR and not scope.knows(base):
        name = "epsilon"
    elif is_kronecker(letters_, phrase, len(parts)):
        name = "eye"
    else:
        return None
    at = [size(part, scope) for part in parts]
    return Value(make.node("entries", make.node("name", value=name), *at))


def is_kronecker(letters_: LetterState, phrase: Phrase, count: int) -> bool:
    r"""Whether this is the \delta_{ij} of Kronecker, which a note says."""
    base, scope = phrase.args[0], letters_.scope
    if symbol(base, scope.source).key != ("delta", ()) or count != _MATRIX or scope.knows(base):
        return False
    if scope.printed is None and not scope.einstein:
        shown = letters_.scope.quote(phrase)
        letters_.own[shown] = (
            f"note: {shown} is read as Kronecker's delta, 1 where both places are equal; "
            "declare delta: matrix if it is a variable"
        )
    return True


def _read_fused(letters_: LetterState, phrase: Phrase, parts: list[Phrase]) -> Value | None:
    r"""\delta_{k, i + (j - 1) m} of an answer of ours: 1 where k counts the entries (i, j) of a
    matrix with m rows column by column.
    """
    last = parts[-1]
    if len(parts) != _MATRIX or last.kind != "+" or last.args[1].kind != "*":
        return None
    row, (column, *factors) = last.args[0], _factors(last.args[1])
    if column.kind != "-" or not column.bracketed:
        return None
    scope, make = letters_.scope, Maker(phrase)
    sizes = [size(factor, scope) for factor in factors]
    ones = make.call("ones", reduce(lambda left, right: make.node("*", left, right), sizes))
    # a column of that many ones has the place i, if it fits
    at = [size(part, scope) for part in (parts[0], row, column.args[0])]
    whole = make.node("entries", make.node("name", value="vec"), *at)
    return Value(make.node("*", whole, make.node("entries", ones, at[1])))


def _factors(product: Phrase) -> list[Phrase]:
    """The factors of a product, from left to right."""
    if product.kind != "*":
        return [product]
    return [*_factors(product.args[0]), product.args[1]]


def _read_delta(letters_: LetterState, phrase: Phrase, parts: list[Phrase]) -> Value | None:
    r"""\delta_{ij} of an answer of ours where both indices have ranges of their own, so that it may
    be part of an identity: whether they are equal.
    """
    running, source = letters_.ranges.get(id(phrase), {}), letters_.scope.source
    leaves = [size_leaves(part) for part in parts]
    if len(parts) != _MATRIX or not all(
        any(running.get(symbol(leaf, source).name) is not None for leaf in each) for each in leaves
    ):
        return None
    left, right = (size(part, letters_.scope) for part in parts)
    return Value(Maker(phrase).node("==", left, right))


def value_entry(letters_: LetterState, phrase: Phrase, value: Value) -> Value:
    """The entry of a value."""
    make = Maker(phrase)
    parts = places(phrase, value.rank)
    if value.rank != len(parts) and letters_.scope.printed is None:
        kind = ("a number", "a vector", "a matrix")[value.rank] if value.rank < TENSOR else ""
        what = kind or f"an array with {value.rank} axes"
        shown, base = letters_.scope.quote(phrase), letters_.scope.quote(phrase.args[0])
        if value.rank == len(parts) + 1 >= TENSOR and base[:1].islower():
            at = [size(part, letters_.scope) for part in parts]
            inside = letters_.scope.source[phrase.parts[0].start : phrase.parts[-1].end].strip("{}")
            letters_.scope.note(
                f"note: {shown} is read as a vector: {base}_{{{inside},:}} of the array {base}"
            )
            return Value(make.transpose(make.node("entries", value.node, *at, make.node(":"))), 1)
        hint = None
        if len(parts) > TENSOR:
            hint = f"declare it as a tensor, with {len(parts)} sizes"
        raise letters_.problem(
            f"{shown} has {len(parts)} subscript{'s' * (len(parts) > 1)}, but {base} is {what}",
            phrase.span,
            hint,
        )
    whole = make.transpose(value.node) if value.row else value.node
    at = [size(part, letters_.scope) for part in parts]
    return Value(make.node("entries", whole, *at))


def indices_of(letters_: LetterState, phrase: Phrase) -> list[str]:
    """The indices of a subscript; of x_{t+1} the t, where entries are read as such."""
    found = letters_.indices(phrase)
    if found is None and letters_.binding and len(phrase.parts) == 1:
        found = names(phrase, letters_.scope.source)
    return found or []


def require_bound(letters_: LetterState, phrase: Phrase, running: Ranges) -> None:
    """Refuses the k of W_{ki} outside a sum over k."""
    for name in names(phrase, letters_.scope.source):
        if name not in running and name in letters_.indices_of_sums:
            raise letters_.scope.problem(
                f"{name} is free in {letters_.scope.quote(phrase)}, outside the sum over {name}",
                phrase.span,
                "let the sum run over another letter, or write brackets around everything that is "
                "summed",
            )


def require_axes(letters_: LetterState, phrase: Phrase, wanted: list[str]) -> None:
    """BeyondProducts for more subscripts than a matrix has."""
    if len(wanted) >= TENSOR:
        message = f"{letters_.scope.quote(phrase)} has {len(wanted)} subscripts"
        raise BeyondProducts(message, source=letters_.scope.source, span=phrase.span)
