"""Functions and delimiters: norms, bars, roots, exponentials, whose meaning depends on what is
inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.spec import ANY_TO_SCALAR, VECTOR_TO_SCALAR, VECTOR_TO_VECTOR
from matcalc.core.inner import INNER
from matcalc.core.operations import (
    ALIASES,
    ENTRYWISE,
    MATRIX_NORMS,
    OPERATIONS,
    PRIMARY,
    VECTOR_NORMS,
)
from matcalc.core.walk import operands, postorder
from matcalc.read.shapes.bars import LATEX
from matcalc.read.shapes.notation import count_arguments
from matcalc.read.syntax.names import default_kind
from matcalc.read.tex import indices, inside, norms, signs, subscripts, vectors
from matcalc.read.tex.declared import rank_of_derivative
from matcalc.read.tex.phrases import Phrase, terms
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.scope import OF_COMPLEX
from matcalc.read.tex.values import ALONG_AXES, Maker, Value, binary, call_function
from matcalc.read.tex.vocabulary import OPERATORS, OPTIMA

ReadingRule = Callable[[ResolverBase, Phrase, list[Value]], Value]
# whose argument is not a number
_OF_ARRAYS = frozenset(
    name
    for name, row in OPERATIONS.items()
    if row.ranks or row.signature in (ANY_TO_SCALAR, VECTOR_TO_SCALAR, VECTOR_TO_VECTOR)
)
_VECTOR_NORMS = {
    **VECTOR_NORMS,
    **dict.fromkeys(("", "F"), VECTOR_NORMS["2"]),
    "∞": VECTOR_NORMS[r"\infty"],
}
_ENTRY_NORMS = ("2,1", "1,1")
_SET = re.compile(r"\\(\{|lbrace)\s*$")  # of the x with a property: \{x : A x = b\}
_COMPARED = re.compile(r"\s*(=|<|>|\\(le|ge|ne)(q|qslant)?(?![A-Za-z]))")
_OF_MATRICES = {scalar: name for name, scalar in PRIMARY.items()}


def call(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """A function that is written out."""
    name = phrase.text
    rank = rank_of_derivative(name, resolver.scope)
    if rank is not None:
        node = Maker(phrase).call(
            name, *[arg.node for arg in resolver.require_unindexed(phrase, args)]
        )
        return Value(node, rank)
    declared = resolver.scope.declared.get(name.rstrip("'"))
    if declared is not None and declared.kind == "function":
        for value, operand, rank in zip(args, phrase.args, declared.ranks, strict=False):
            if rank == 1 and value.scalar:  # k(x, x_i) of the rows of X
                why = f"{name} takes a vector there"
                if resolver.letters.promote_entry(operand, why):
                    return value
        node = Maker(phrase).call(
            name, *[arg.node for arg in resolver.require_unindexed(phrase, args)]
        )
        wide = max(args, key=lambda arg: arg.rank)
        entrywise = not any(declared.ranks)
        return Value(node, wide.rank, wide.row) if entrywise else Value(node, declared.ranks[-1])
    if resolver.scope.complex is not None and name in OF_COMPLEX.values() and len(args) == 1:
        (arg,) = resolver.require_unindexed(phrase, args)
        return Value(Maker(phrase).call(name, arg.node), arg.rank, arg.row)
    own = resolver.scope.language.functions.get(name)
    if own is None and name in INNER:
        return inside.resolve_operator_call(resolver, phrase, args)
    if own is None and name not in OPERATIONS:
        from difflib import get_close_matches  # noqa: PLC0415 - on the path of an error only

        meant = OPERATORS.get(name)
        if meant:
            raise resolver.scope.problem(
                f"{name} may be {meant}, which is not supported",
                phrase.mark,
                OPTIMA if name in ("argmin", "argmax") else "write out what it means",
            )
        close = get_close_matches(
            name, [*OPERATIONS, *resolver.scope.language.functions, *ALIASES], n=2
        )
        hint = (
            f"did you mean {' or '.join(close)}?"
            if close
            else "docs/language.md lists the functions"
        )
        raise resolver.scope.problem(f"unknown function {name}", phrase.mark, hint)
    arity = OPERATIONS[name].arity if own is None else (len(own.parameters),) * 2
    if not arity[0] <= len(phrase.args) <= arity[1]:
        message = count_arguments(name, arity, len(phrase.args))
        raise resolver.scope.problem(message, phrase.span)
    args = [*args, *(Value(resolver.letters.size(size)) for size in phrase.args[len(args) :])]
    return _call(resolver, phrase, name, args)


def _call(resolver: ResolverBase, phrase: Phrase, name: str, args: list[Value]) -> Value:
    make = Maker(phrase)
    own = resolver.scope.language.functions.get(name)
    entrywise = name in ENTRYWISE if own is None else own.entrywise
    if len(args) == 1 and args[0].slots:
        found = vectors.map_entries(make, name, args[0]) if entrywise else None
        found = vectors.reduce_rows(make, name, args[0]) if name in ALONG_AXES else found
        if found is not None:
            return found
    if any(arg.indexed for arg in args):
        if not entrywise:
            resolver.require_unindexed(phrase, args)
        resolver.require_numbers(phrase, args)
        return indices.entrywise(make, lambda nodes: make.call(name, *nodes), args)
    if not entrywise:
        whole = (OPERATIONS[name].log_of if own is None else "") or name
        if whole == "det" and phrase.args[0].kind == "bars" and not args[0].rank:
            x = resolver.quote(phrase.args[0].args[0])
            hint = rf"write \det({x}) or \lvert {x} \rvert"
            raise resolver.problem("the determinant of a determinant", phrase, hint)
        square = own is None and OPERATIONS[name].signature.startswith("square")
        for part in phrase.args:
            resolver.letters.refuse_entry(
                part, f"{name} of it is taken", "matrix" if square else "vector"
            )
    if name in _OF_ARRAYS and args[0].rank == 0:
        resolver.letters.promote(phrase.args[0], 1, f"{name} of it is taken")
    if name in _OF_MATRICES and args[0].rank == 2:
        inside = resolver.quote(phrase.args[0])
        written = rf"\operatorname{{{_OF_MATRICES[name]}}}({inside})"
        written = rf"e^{{{inside}}}" if name == "exp" else written
        resolver.scope.note(
            f"note: {resolver.quote(phrase)} is read entry by entry; "
            f"write {written} for the matrix {OPERATIONS[name].says.removeprefix('natural ')}"
        )
    if own is None:
        return call_function(make, name, args)
    node = make.call(name, *[arg.node for arg in args])
    wide = max(args, key=lambda arg: arg.rank)
    return Value(node, wide.rank, wide.row) if entrywise else Value(node, len(own.shape))


def norm(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    r"""\lVert x \rVert_2, _1, _\infty of a vector, \lVert X \rVert_F of a matrix."""
    signs.refuse_prime(resolver, phrase.args[0])
    return _norm(resolver, phrase, args)


def _norm(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    (arg,) = args
    index = (
        resolver.scope.source[phrase.parts[0].start : phrase.parts[-1].end] if phrase.parts else ""
    )
    index = {"{": index[1:-1]}.get(index[:1], index).strip()
    index = "F" if index.rstrip("}").endswith("F") else norms.plain_index(index)
    inside = arg.indexed or resolver.letters.binding
    if arg.scalar and inside and learn_vectors(resolver, phrase.args[0], "its norm is taken"):
        return arg
    resolver.letters.refuse_entry(phrase.args[0], "its norm is taken")
    if arg.scalar:
        no_vectors(resolver, phrase.args[0], "the norm is taken of")
    if arg.scalar:
        if arg.indexed or not _learn_of_norm(resolver, phrase.args[0]):
            return _call(resolver, phrase, "abs", args)
        return call_function(Maker(phrase), "norm2", args)
    if arg.order == 2:
        if arg.slots and index == "F":
            return vectors.norm(Maker(phrase), "norm2", arg)
        if index in MATRIX_NORMS and not arg.slots:
            return call_function(Maker(phrase), MATRIX_NORMS[index], args)
        if index.replace(" ", "") in _ENTRY_NORMS and not arg.slots:
            return _entry_norm(resolver, phrase, args, index.replace(" ", ""))
        known = {"": "without a subscript may be the Frobenius or the spectral norm"}
        hint = norms.advise(index, resolver.quote(phrase.args[0]))
        message = f"the norm of a matrix {known.get(index, f'with the subscript {index}')}"
        raise UnsupportedError(message, source=resolver.scope.source, span=phrase.span, hint=hint)
    name = _VECTOR_NORMS.get(index)
    if index == "0":
        x = resolver.quote(phrase.args[0])
        message = (
            f"{resolver.quote(phrase)} counts the entries that are not zero, and is not a norm"
        )
        hint = rf"write \operatorname{{sum}}({x} \neq 0) for the number of these entries"
        raise UnsupportedError(message, source=resolver.scope.source, span=phrase.span, hint=hint)
    if name is None and len(phrase.parts) == 1 and phrase.parts[0].kind in ("number", "symbol"):
        part = phrase.parts[0]
        if part.kind == "symbol" and resolver.letters.letter(part).rank == 2:
            message = f"the norm with the subscript {index}"
            hint = _weighted_norm_hint(resolver, phrase, index)
            raise UnsupportedError(
                message, source=resolver.scope.source, span=phrase.span, hint=hint
            )
        if part.kind == "symbol":
            resolver.letters.promote(part, 0, "it names a norm")
        value = (
            resolver.letters.number(part)
            if part.kind == "number"
            else resolver.letters.letter(part)
        )
        return call_function(Maker(phrase), "normp", [arg, value])
    if name is None:
        message = f"the norm with the subscript {index}"
        x = signs.operand(resolver, phrase.args[0])
        hint = norms.advise_vector(index, resolver.quote(phrase.args[0]))
        if re.fullmatch(r"[\d./]+", index):
            hint = (
                rf"write \operatorname{{sum}}(\operatorname{{abs}}({x})^{{\odot {index}}})"
                rf"^{{1/({index})}}"
            )
        (weight,) = phrase.parts if len(phrase.parts) == 1 else (phrase,)
        inverse = weight.kind == "power" and weight.args[0].kind in ("symbol", "indexed")
        if inverse and norms.is_weight(index) and resolver.letters.letter(weight.args[0]).rank == 2:
            hint = _weighted_norm_hint(resolver, phrase, index)
        raise UnsupportedError(message, source=resolver.scope.source, span=phrase.span, hint=hint)
    if arg.slots and name != "norminf":
        return vectors.norm(Maker(phrase), name, arg)
    return call_function(Maker(phrase), name, resolver.require_unindexed(phrase, args))


def _learn_of_norm(resolver: ResolverBase, inside: Phrase) -> bool:
    r"""Takes the letters of \|a - b\| for vectors; not those of \|a^\top x - b\|, which is a
    number.
    """
    letters = [resolver.letter_of(term) for term in terms(inside)]
    if any(letter.kind not in ("symbol", "indexed") for letter in letters):
        return False
    return any(resolver.letters.promote(letter, 1, "its norm is taken") for letter in letters)


def _weighted_norm_hint(resolver: ResolverBase, phrase: Phrase, weight: str) -> str:
    """What to write for the square of a weighted norm."""
    x = resolver.quote(phrase.args[0])
    x = x if phrase.args[0].kind in ("symbol", "indexed") else f"({x})"
    return f"write {x}^\\top {weight} {x} for the square of a weighted norm"


def _entry_norm(resolver: ResolverBase, phrase: Phrase, args: list[Value], index: str) -> Value:
    r"""\lVert X \rVert_{2,1}, the sum of the norms of the columns, and _{1,1}."""
    make = Maker(phrase)
    if index == "1,1":
        return call_function(make, "norm1", args)
    shown = resolver.quote(phrase)
    resolver.scope.note(
        f"note: {shown} is read as the sum of the norms of the columns; transpose what is "
        f"inside for the rows"
    )
    return Value(make.call("sum", make.call("norm2", args[0].node, make.number(1))))


def pinv(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """X^+; of a number or a vector it may be the positive part."""
    if resolver.require_unindexed(phrase, args)[0].rank < 2:
        x = resolver.quote(phrase.args[0]).strip("()[] ")
        hint = f"write ({x})_+ for the positive part, \\operatorname{{pinv}}({x}) for the inverse"
        raise resolver.problem(
            "the superscript + may be the positive part or the pseudo-inverse", phrase, hint
        )
    return call_function(Maker(phrase), "pinv", args)


def bars(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """The absolute value of a number; of a vector or a matrix its shape says what it is."""
    (arg,) = args
    signs.refuse_prime(resolver, phrase.args[0])
    if arg.scalar:
        _note_distance(resolver, phrase.args[0])
        return _call(resolver, phrase, "abs", args)
    if arg.slots and arg.order == 1:
        x = resolver.quote(phrase.args[0])
        resolver.scope.note(
            f"note: {resolver.quote(phrase)} is read as the norm of a vector; write "
            rf"\operatorname{{abs}}({x}) entry by entry"
        )
        return vectors.norm(Maker(phrase), "norm2", arg)
    (arg,) = resolver.require_unindexed(phrase, args)
    return Value(Maker(phrase).node("bars", arg.node, value=LATEX))


def _note_distance(resolver: ResolverBase, phrase: Phrase) -> None:
    r"""Says of |r_i - r_j| that it is a distance of numbers, where it may be one of vectors."""
    if phrase.kind != "-" or any(part.kind != "indexed" for part in phrase.args):
        return
    first, second = (resolver.letters.matrix_of(part) for part in phrase.args)
    if first is not None and first == second:
        x = resolver.quote(phrase.args[0])
        resolver.scope.note(
            f"note: {x} is read as a number; declare {first} as a matrix for vectors, which are "
            f"its rows"
        )


def root(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """The root of a number, and of every entry of a vector."""
    if args[0].rank == 2 and not args[0].indexed:
        hint = (
            r"write X^{\odot 1/2} for the roots of the entries, X^{1/2} for the root of the matrix"
        )
        raise resolver.problem(
            "the root of a matrix may be that of its entries or the matrix root", phrase, hint
        )
    return _call(resolver, phrase, phrase.text, args)


def exponential(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """e to a number, to every entry of a vector, to a matrix; the t of e^{At} is a number."""
    product = phrase.args[0].args[0] if phrase.args[0].kind == "neg" else phrase.args[0]
    if product.kind == "*" and resolver.value_of(product.args[0]).rank == 2:
        shown = resolver.quote(phrase)
        why = f"{shown} is the exponential of a matrix"
        if resolver.learn_number(product.args[1], why, letters=frozenset("t")):
            return args[0]
    if args[0].rank == 2 and not args[0].indexed:
        return call_function(Maker(phrase), "expm", args)
    return _call(resolver, phrase, "exp", args)


def inner(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """The inner product of two vectors or two matrices."""
    left, right = args
    for operand in phrase.args:
        signs.refuse_prime(resolver, operand)
    for one, other, operand in ((left, right, phrase.args[0]), (right, left, phrase.args[1])):
        if (
            one.indexed
            and one.scalar
            and other.order == 1
            and resolver.letters.promote_entry(operand, "it occurs in an inner product")
        ):
            return other
    inside = left.indexed or right.indexed or resolver.letters.binding
    if left.scalar and right.scalar and inside:
        why = "it occurs in an inner product"
        if any(learn_vectors(resolver, operand, why) for operand in phrase.args):
            return left
    if left.slots or right.slots:
        found = vectors.dot(Maker(phrase), *resolver.open_entries(phrase, args))
        if found is not None:
            return found
    if left.indexed or right.indexed:
        resolver.require_numbers(phrase, args)
        return indices.multiply(left, right)
    for one, other, operand in ((left, right, phrase.args[0]), (right, left, phrase.args[1])):
        if one.rank == 0:
            resolver.letters.promote(operand, max(1, other.rank), "it occurs in an inner product")
    if left.rank == right.rank == 0:
        return binary(Maker(phrase), "*", left, right)
    return call_function(Maker(phrase), "dot", args)


def frobenius(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """A : B, which is for matrices."""
    source = resolver.scope.source
    if _SET.search(source, 0, phrase.start) and _COMPARED.match(source, phrase.end):
        raise resolver.problem("sets are not supported", phrase, "enter only the value")
    if all(arg.scalar and not arg.indexed for arg in args):
        hint = r"A : B is the sum of the products of the entries of two matrices"
        raise resolver.problem("a colon between numbers", phrase, hint)
    return inner(resolver, phrase, args)


def positive(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """(x)_+: the positive part of a number, or of every entry of a vector."""
    if args[0].order == 2:
        hint = r"write \max(X, 0) for the positive parts of the entries"
        raise resolver.problem(
            "the positive part of a matrix may be that of its entries or of its eigenvalues",
            phrase,
            hint,
        )
    return _call(resolver, phrase, "relu", args)


def learn_vectors(resolver: ResolverBase, phrase: Phrase, why: str) -> bool:
    r"""Whether the letters of a sum, as in x_i - c \mu, can be vectors for each index; the first of
    them is taken for one, rather one that is a term.
    """
    found = list(terms(phrase))
    vectors = [_vector_in(part) for part in found]
    if None in vectors:
        return False
    inside = [each for each in vectors if each not in found]
    first = [*reversed([each for each in vectors if each in found]), *reversed(inside)]
    return any(resolver.letters.promote_entry(each, why) for each in first if each is not None)


def _vector_in(phrase: Phrase) -> Phrase | None:
    r"""What is a vector if a term is one: the x_i of x_i, c x_i and \sum_j w_{ij} x_j/n; None of
    w^\top x_i and w_j x_{ij}, which are numbers.
    """
    whole = phrase
    while phrase.kind in ("bigsum", "*", "/"):
        before = phrase.args[0]
        while before.kind == "*":
            before = before.args[-1]
        if phrase.kind == "*" and before.kind == "transpose":
            return None
        phrase = phrase.args[-1 if phrase.kind == "*" else 0]
    if phrase.kind == "symbol" or (phrase is whole and phrase.kind == "indexed"):
        return phrase
    is_row = phrase.kind == "indexed" and len(subscripts.places(phrase, 1)) == 1
    return phrase if is_row else None  # x_{ij} is a number


def no_vectors(resolver: ResolverBase, phrase: Phrase, what: str) -> None:
    r"""Refuses \sum_i y_i x_i where a vector belongs: the x_i may be numbers, so that it is one, or
    vectors.
    """
    while phrase.kind in ("*", "/"):
        phrase = phrase.args[-1 if phrase.kind == "*" else 0]
    if phrase.kind != "bigsum":
        return
    for part in reversed(postorder(phrase.args[0], operands)):
        matrix = resolver.letters.matrix_of(part)
        if matrix is not None and default_kind(resolver.scope.name(part.args[0])) == "vector":
            x = resolver.quote(part)
            message = f"{what} a sum in which {x} may be a number or a vector"
            hint = (
                f"declare {matrix} as a matrix for vectors, which are its rows; "
                f"{matrix.lower()} as a vector for numbers"
            )
            raise resolver.letters.problem(message, part.span, hint)
