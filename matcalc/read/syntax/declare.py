"""Declarations: ``A: symmetric(n)`` as a statement, a command-line line, or a mapping's item."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache

from matcalc.core.dims import OPEN
from matcalc.core.errors import MatcalcError, ParseError, Span, UnknownNameError, UnsupportedError
from matcalc.core.kinds import (
    COMPLEX_HINT,
    COMPLEX_ONLY,
    FORMS,
    KINDS,
    MOST_DIMENSIONS,
    WIDEST,
    WORDS,
    Variable,
    name_banded_kind,
)
from matcalc.core.members import member
from matcalc.core.options import closest
from matcalc.core.split import split_declarations, split_outside_brackets
from matcalc.read.syntax.nodes import Statement, SyntaxNode
from matcalc.read.syntax.parser import parse
from matcalc.read.syntax.sizes import size

_FORMS = ", ".join(FORMS)
_COUNTS = ("no dimension", "one dimension", "two dimensions", "three dimensions")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six")

_OTHERWISE = {"spd": "psd"}  # other words for kinds
_SPOKEN = re.compile(
    r"\s*(?P<name>\w+)\s+(is\s+)?(an?\s+)?(?P<kind>[a-z]+)(?P<sizes>\(.*\))?"
    r"((?<!positive)\s+matrix)?\s*"
)  # A is symmetric, A is a symmetric matrix
_COMMAND = re.compile(r"\s*(\\[A-Za-z]+)\s*([:=]|$)")  # \Sigma: psd(n)
# sets that no kind is: the kind that goes with --manifold, and its name there
_MANIFOLDS = {
    "unit": ("sphere(n)", "sphere"),
    "stiefel": ("orthonormal(n, p)", "stiefel"),
    "grassmann": ("orthonormal(n, p)", "grassmann"),
}
_POSITIVE = "psd (or spd) is the kind of the symmetric positive definite matrices"
_NUMBER = "a number is a scalar; a positive number is a positive"
_WORDS = {
    **dict.fromkeys(("definite", "semidefinite", "posdef", "pd", "covariance"), _POSITIVE),
    **dict.fromkeys(("number", "real", "float", "double", "integer", "int"), _NUMBER),
    **dict.fromkeys(("column", "col", "array"), "a column is a vector(n)"),
    "row": "a row is the transpose of a vector: declare a vector(n), and write ' after its name",
    "square": "a square matrix is a matrix(n, n)",
    "nonnegative": "positive(n), positive(m, n) are arrays whose entries are positive",
}
# kinds of complex matrices: what they are of real ones, and what else to declare
_COMPLEX = {
    "hermitian": ("symmetric", "complex hermitian(n)", COMPLEX_ONLY),
    "unitary": (
        "orthogonal",
        "complex matrix(n, n)",
        "on the unitary matrices a point is stationary where {0}^H*C is Hermitian, C the "
        "derivative with respect to conj({0}) of a real function",
    ),
}


def declare(declarations: Mapping[str, str | Variable] | Iterable[str]) -> dict[str, Variable]:
    """The declared variables, in order.

    A line may declare several: ``A: symmetric(n), x: vector(n)``, ``m, x: scalar``; so may a key.
    """
    result: dict[str, Variable] = {}
    items = (
        [(name, text) for key, text in declarations.items() for name in split_outside_brackets(key)]
        if isinstance(declarations, Mapping)
        else [(None, each) for line in declarations for each in split_declarations(line)]
    )
    for name, text in items:
        if isinstance(text, Variable):
            assert name is not None
            name = _check_name(name)
            result[name] = text._replace(name=name, complex=False)
            continue
        variable = _from_line(text) if name is None else _from_item(name, text)
        if variable.name in result:
            raise UnknownNameError(
                f"{variable.name} is declared twice", source=text, span=Span(0, len(text))
            )
        result[variable.name] = variable
    return result


def from_statement(statement: Statement, source: str, functions: Container[str] = ()) -> Variable:
    """The variable that a declaration declares; the dimensions of a kind are names, integers, or
    what is made of them.

    A kind without its dimensions leaves them open. ``functions`` are those of users, whose names
    are taken.
    """
    name_family(statement, source)
    body = statement.body
    if body.kind == "->" or body.value == "function":
        # few programs declare functions
        from matcalc.read.syntax.mappings import function  # noqa: PLC0415

        return function(statement, source, functions)
    kind = body.value if body.kind in ("name", "call") else None
    hint = f"the kinds are {_FORMS}, function; docs/complex.md has those of complex variables"
    kind = _OTHERWISE.get(kind, kind) if isinstance(kind, str) else kind
    if kind == "banded":
        return _banded(statement.name, body, source)
    if isinstance(kind, str):
        hint = instead(kind, statement.name) or _kind_meant(kind, body, source) or hint
    if kind == "complex":
        raise UnsupportedError(COMPLEX_ONLY, source=source, span=body.span, hint=COMPLEX_HINT)
    if (
        body.end == len(source.rstrip())
        and kind not in KINDS
        and (body.kind != "call" or len(str(kind)) == 1)
        and not re.match("[a-z]{2}", str(kind))
        and not (isinstance(kind, str) and _kind_meant(kind, body, source))
    ):
        hint = (
            f"the sum of the products of the entries is dot({statement.name}, "
            f"{source[body.start : body.end]}); {hint}"
        )
    if not isinstance(kind, str) or kind not in KINDS:
        # on the path of an error only
        from matcalc.read.syntax.diagnose import body_behind_prompt  # noqa: PLC0415

        alone = body_behind_prompt(source)
        hint = hint if alone is None else f"write {alone}"
        raise UnknownNameError(
            f"{source[body.start : body.end]} is not a kind",
            source=source,
            span=body.span,
            hint=hint,
        )
    if body.kind == "name" and kind != "tensor":  # a tensor has as many axes as it has sizes
        return Variable(statement.name, kind, (OPEN,) * KINDS[kind])
    least, most = KINDS[kind], MOST_DIMENSIONS.get(kind, KINDS[kind])
    if not least <= len(body.args) <= most:
        start = f"{_NUMBERS[least]} to" if least else "up to"
        wanted = _COUNTS[least] if least == most else f"{start} {_NUMBERS[most]} dimensions"
        raise UnknownNameError(
            f"{kind} takes {wanted}, not {len(body.args)}",
            source=source,
            span=body.span,
            hint=_tensor_hint(statement.name, body, source) or _written(kind),
        )
    variable = Variable(statement.name, kind, tuple(size(arg, source) for arg in body.args))
    if any(left.integer is not None and left.integer < 0 for left in variable.room):
        rows, columns = variable.dims
        message = (
            f"{columns} orthonormal columns with {rows} entries: there are at most as "
            f"many columns as rows"
        )
        raise ParseError(
            message,
            source=source,
            span=body.span,
            hint=f"did you mean orthonormal({columns}, {rows})?",
        )
    return variable


def _banded(name: str, body: SyntaxNode, source: str) -> Variable:
    """``banded(n, k)``, the matrices with k diagonals on each side of the main one."""
    wanted = "banded(n, k) takes a dimension and how many diagonals there are on each side"
    args = body.args if body.kind == "call" else ()
    if len(args) != 2:
        hint = f"for example {name}: banded(n, 2); tridiagonal(n) is banded(n, 1)"
        raise UnknownNameError(wanted, source=source, span=body.span, hint=hint)
    width = size(args[1], source, positive=False).integer
    if width is None or not 0 <= width <= WIDEST:
        rest = f"declare {name}: matrix(n, n), and write tril(triu({name}, -k), k)"
        raise UnknownNameError(
            f"the number of diagonals on each side is an integer from 0 to {WIDEST}",
            source=source,
            span=args[1].span,
            hint=f"for another k {rest}",
        )
    return Variable(name, name_banded_kind(width), (size(args[0], source),))


def _kind_meant(kind: str, body: SyntaxNode, source: str) -> str:
    """The kind that is spelt like a word that is none, with its dimensions."""
    if kind in KINDS:
        return ""
    longer = [each for each in WORDS if len(kind) > 1 and each.startswith(kind)]  # sym, diag
    close = longer[0] if len(longer) == 1 else closest(kind, (*WORDS, *_OTHERWISE))
    place = source.find("(", body.start, body.end)
    dimensions = source[place : body.end] if place >= 0 else ""
    return f"did you mean {close}{dimensions}?" if close else ""


def _written(kind: str) -> str:
    """How a kind is declared."""
    forms = [form for form in FORMS if form.partition("(")[0] == kind]
    return f"it is written {' or '.join(forms)}"


def name_family(statement: Statement, source: str) -> str:
    """The name that a declaration declares: ``W[k]`` for all members of a family."""
    if statement.places:
        places = [size(place, source, positive=False) for place in statement.places]
        statement.name, statement.places = member(statement.name, places), ()
    return statement.name


def _tensor_hint(name: str, body: SyntaxNode, source: str) -> str | None:
    """The kind that has as many dimensions as were given, where it is the number of axes that is
    wrong.
    """
    counts = [kind for kind in ("scalar", "vector", "matrix") if KINDS[kind] == len(body.args)]
    if body.value == "tensor" and body.args:
        kind = counts[0] if counts else None
    else:
        least, most = KINDS["tensor"], MOST_DIMENSIONS["tensor"]
        known = body.value in ("vector", "matrix") and least <= len(body.args) <= most
        kind = "tensor" if known else None
    if kind is None:
        return None
    sizes = ", ".join(source[arg.start : arg.end] for arg in body.args)
    return f"declare {name}: {kind}({sizes})"


def instead(kind: str, name: str) -> str:
    """What to write for sets of matrices that are not kinds; empty where nothing is known."""
    if kind in _MANIFOLDS:
        declared, manifold = _MANIFOLDS[kind]
        return (
            f"declare {name}: {declared}; the gradient along the set is that of "
            f"--manifold {manifold}, in Python d.riemannian({manifold!r})"
        )
    if kind in _COMPLEX:
        real, other, more = _COMPLEX[kind]
        return (
            f"declare {name}: {real}(n) where all numbers are real, else {name}: {other}; "
            f"{more.format(name)}"
        )
    if kind in _WORDS:
        return _WORDS[kind]
    return ""


@lru_cache(maxsize=1_024)
def _from_line(line: str) -> Variable:
    """``A: symmetric(n)``."""
    if not line.strip():
        raise ParseError(
            "there is no declaration",
            source=line,
            span=Span(0, 0),
            hint='for example "A: symmetric(n)"',
        )
    _refuse_command(line)
    try:
        return _declared(line)
    except MatcalcError as problem:
        hint, span = _hint_of_line(line), Span(0, len(line))
        if hint is None or problem.message == COMPLEX_ONLY:
            raise
        message = "a declaration is  name: kind"
        raise ParseError(message, source=line, span=span, hint=hint) from None


def _hint_of_line(line: str) -> str | None:
    """What to write for a declaration in other words; None where nothing is known."""
    from matcalc.read.syntax.declare_advice import suggest_declaration  # noqa: PLC0415 - on errors

    if re.search(r"\bpositive[\s_-]+(semi)?definite\b", line):
        return _POSITIVE
    spoken = _SPOKEN.fullmatch(line)
    kinds = (*WORDS, *_OTHERWISE)
    if spoken and spoken["kind"] in kinds:
        return f'write "{spoken["name"]}: {spoken["kind"]}{spoken["sizes"] or ""}"'
    meant = suggest_declaration(line, kinds)
    return f'write "{meant}"' if meant else None


def _declared(line: str) -> Variable:
    if line.rstrip().endswith((":", "=")):
        end = len(line.rstrip())
        message = "the text ends where a kind is expected"
        raise ParseError(message, source=line, span=Span(end, end), hint=f"the kinds are {_FORMS}")
    statements = parse(line)
    if len(statements) == 1 and statements[0].role == "definition":  # A=symmetric
        return from_statement(statements[0], line)
    if len(statements) != 1 or statements[0].role != "declaration":
        hint = 'for example "A: symmetric(n)"'
        raise ParseError(
            "a declaration is  name: kind", source=line, span=Span(0, len(line)), hint=hint
        )
    return from_statement(statements[0], line)


def _refuse_command(text: str) -> None:
    """Refuses the name of a letter as LaTeX has it, alone or in a declaration."""
    if command := _COMMAND.match(text):
        raise ParseError(
            "the name of a variable has no \\",
            source=text,
            span=Span(*command.span(1)),
            hint=f"write {text.strip()[1:]}",
        )


@lru_cache(maxsize=1_024)
def _from_item(name: str, text: str) -> Variable:
    """The name as a key, ``symmetric(n)`` as its value."""
    if "->" in text:
        return _from_line(f"{_check_name(name)}: {text}")
    try:
        return _declared_item(name, text)
    except MatcalcError as problem:
        # as above
        from matcalc.read.syntax.declare_advice import kind_in_words, kind_of_room  # noqa: PLC0415

        kind = kind_in_words(text) or kind_of_room(text)
        problem.hint = f'write "{kind}"' if kind else problem.hint
        raise


def _declared_item(name: str, text: str) -> Variable:
    statements = parse(text)
    if len(statements) != 1 or statements[0].role != "value":
        raise ParseError(
            "a kind is expected",
            source=text,
            span=Span(0, len(text)),
            hint=f"the kinds are {_FORMS}",
        )
    return from_statement(Statement("declaration", statements[0].body, _check_name(name)), text)


def _check_name(name: str) -> str:
    """The name of a mapping's item, if it is one."""
    _refuse_command(name)
    statements = parse(name)
    body = statements[0].body
    if len(statements) == 1 and body.kind == "entries" and body.args[0].kind == "name":
        places = [size(place, name, positive=False) for place in body.args[1:]]
        return member(str(body.args[0].value), places)
    if len(statements) != 1 or body.kind != "name" or body.value != name:
        raise UnknownNameError(f"{name!r} is not a name", source=name, span=Span(0, len(name)))
    return name
