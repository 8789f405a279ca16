"""What to say of a text that is not in the language."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import ParseError, Span
from matcalc.core.kinds import COMPLEX_HINT, COMPLEX_ONLY
from matcalc.core.operations import MATRIX_NORMS, VECTOR_NORMS
from matcalc.core.split import split_declarations
from matcalc.read.syntax.names import DERIVED, GREEK, default_kind
from matcalc.read.syntax.ones import refuse_ones
from matcalc.read.syntax.raised import RAISED, subscript, suggest_for_raised
from matcalc.read.syntax.tokens import ENDS, FACTORS, Token

# Characters that are taken for others, and what to type instead
_LOOKALIKES = {
    **dict.fromkeys("’‘′`´ʹʼ", "'"),
    **dict.fromkeys("‐‑‒–—", "-"),
    **dict.fromkeys("∗∙•", "* for a product, .* entry by entry"),
    **dict.fromkeys(
        "·⋅", "* for a product, dot(x, y) for the inner product of vectors, .* entry by entry"
    ),
    "×": "* for a product, cross(x, y) for the cross product, .* entry by entry",
    "◦": ".*",
    **dict.fromkeys("÷⁄∕", "/"),
    **dict.fromkeys("{}", "( ) for brackets, [ ] for blocks and entries"),
    **dict.fromkeys("⟨⟩", "dot(x, y) for the inner product"),
    "%": "the expression alone: comments are not supported",
    "?": "where(x > 0, a, b), which is a where the condition holds, b otherwise",
    "⁺": "pinv(A) for the pseudo-inverse of A",
    "†": "pinv(A) for the pseudo-inverse of A",
    "ᴴ": "A' for the transpose of A, ctranspose(A) for that of complex variables",
    "∏": "prod(...)",
    "&": ".* for both: (0 < x).*(x < 1)",
    "∞": "norminf(...) for the maximum norm",
}
_ADVICE = {
    **dict.fromkeys("“”„«»", "delete it: quotes belong to the command line, not to the expression"),
    **dict.fromkeys("∇∂", DERIVED),
    "∈": "a kind is declared as in  x: vector(n)",
    '"': "a transpose is written as '",
}
_ALPHABETS = (
    ("АВЕКМНОРСТУХІЈЅаеорсухіјѕ", "ABEKMHOPCTYXIJSaeopcyxijs", "Cyrillic"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", "Greek"),
)
_STARTS = FACTORS | {"NUMBER", "LSQUARE"}  # what an operand may start with

_PART_IN_R = re.compile(r"^[^$\\]*?(?P<name>\w+)(\((?P<inside>[^$]*)\))?\$[A-Za-z][^$]*$")
_PROMPT = re.compile(
    r"\s*(>{2,3}|>|\$|%|\.{3}|In \[\d+\]:|(?:julia|sage|R|octave(?::\d+)?|ipdb)>)\s+(?=\S)"
)
_STARRED = re.compile(r"(?<!\w)([A-Za-z_]\w*)\s*(\^\s*[*+])[*+\s]*$")
_CLOSING = {"RPAR": ")", "RSQUARE": "]"}

_MISPLACED = {
    "EQUALS": "a definition is  name = expression  and comes at the start of a statement",
    "COLON": "a declaration is  name: kind  and comes at the start of a statement, as in "
    '"A: symmetric(n)"',
    "COMPARE": "one comparison at a time: (0 < x).*(x < 1) is 1 where both hold",
    "COMMA": "a comma separates the arguments of a function, and blocks beside each other in [ ]",
    "SEPARATOR": "a semicolon separates statements, and rows of blocks in [ ]",
    "ARROW": "enter only the expression, without its arguments",
}

_NORMED = re.compile(r"(?:(\|\||\||‖)(?P<inside>[^|‖]+)\1|norm\((?P<of>[^()]*)\))$")
_NORMS = {**MATRIX_NORMS, **VECTOR_NORMS, "inf": VECTOR_NORMS[r"\infty"]}
_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}
_LONGEST = 80  # characters of a text that is written again
_POINTS = r"\.(?=[(+-])"
_SUMS = "∑(x.^2), or ∑(A, 1) of each column; sums over an index are for LaTeX"


def bad_character(text: str, position: int) -> ParseError:
    """A character that starts no token."""
    char = text[position]
    span = Span(position, position + 1)
    if char in "\n;" or not char.isprintable():
        kind = "blank" if char.isspace() else "control or invisible character"
        message = f"the {kind} U+{ord(char):04X} cannot appear here"
        return ParseError(
            message,
            source=text,
            span=span,
            hint="use an ordinary space" if char.isspace() else "delete it",
        )
    message = (
        f"unexpected character {char!r}"
        if char.isascii()
        else f"unexpected character {char!r} (U+{ord(char):04X})"
    )
    return ParseError(message, source=text, span=span, hint=_instead(char, text, position))


def _instead(char: str, text: str, position: int) -> str | None:
    """What was probably meant by the character at a place."""
    # on the path of an error only
    from matcalc.read.syntax.advice import LATEX, looks_like_latex  # noqa: PLC0415

    before = text[:position][-1:]
    if (prompt := _PROMPT.match(text)) and position < prompt.end():
        return f"write {text[prompt.end() :].strip()}"
    if char == "$" and (part := _PART_IN_R.search(text)):
        called = part["inside"] if part["name"] in ("determinant", "det") else None
        return f"write logdet({called})" if called else "leave the part of a list, $..., out"
    if looks_like_latex(text):
        return LATEX
    if char in ".?" and not text[position + 1 :].strip():
        return "delete it"
    if char in "⁻ᵗ":
        return suggest_for_raised(text, position)
    if char == "_" and re.search(r"(?:\|\||‖)\s*(?:\^\s*\d|²)$", text[:position]):
        return "the index of a norm precedes the power: write ||x||_2^2"
    if char == "_" and before.isdecimal():
        return "a number has no _: write 1000, not 1_000"
    if char == "_" and text[position + 1 : position + 2] == "+":
        return "write max(x, 0) for the positive part of x"
    if char == "…" or text.startswith("..", position):
        return "dots are not supported: write a sum, sum[i](x[i]), or the whole vector"
    if char == "{" and (rows := _nested(text)):
        return f"write {text[: rows[0]]}{rows[2]}{text[rows[1] :]}"
    if char in RAISED:
        return f"write ^{RAISED[char]}"
    if char in _ADVICE:
        quoted = char == '"' and not (before and text[position + 1 :].strip())
        return _ADVICE["“" if quoted else char]
    if char == "#" or (char == "%" and not re.match(r"%(\*|o|x|in|/)?%", text[position:])):
        return _without_comment(text, position)
    if char == "%":
        return _in_r(text, position)
    if char == "!":
        return _factorial_hint(text, position)
    if char in _LOOKALIKES:
        return f"write {_LOOKALIKES[char]}"
    for foreign, latin, alphabet in _ALPHABETS:
        if char in foreign:
            plain = latin[foreign.index(char)]
            return f"this is a {alphabet} letter that looks like the Latin {plain}; write {plain}"
    import unicodedata  # noqa: PLC0415 - a megabyte of tables, on this path only

    plain = unicodedata.normalize("NFKC", char)
    if unicodedata.combining(char) and before.isalpha():
        return f"write {before}_{_ACCENTS.get(char, 'new')}, with a word, for a letter with a sign"
    if unicodedata.decomposition(char).startswith("<sub>"):
        below = subscript(text, position)
        total = "; a sum over it is written sum[i](x[i])" if re.search("[ΣΠ∑∏]", text) else ""
        return f"write x[{below}] for an entry of x, x_{below} for a name{total}"
    if "⁄" in plain:
        return f"write ({plain.replace('⁄', '/')})"
    if plain != char and plain.isprintable():
        return f"write {plain.strip()}"
    if char == "." and re.search(r"(?<!\w)s\.?\s*t?$", text[:position]):
        return "constraints are not supported: enter only the objective"
    if char == "~":
        return "write != for what is not equal, 1 - (x > 0) for the opposite of a condition"
    if char == "." and before == "@":  # Julia's @. x^2
        return "write the operators that go entry by entry with a dot, as in x.^2 and x.*y"
    if char == "." and text[position + 1 : position + 2] in ("(", "+", "-"):  # Julia's exp.(x)
        return f"write {re.sub(_POINTS, '', text)}" if len(text) <= _LONGEST else "leave out the ."
    if char == ".":
        return "a dot belongs to a number (0.5), to .* ./ .^ or to .T"
    if char == "_" and (norm := _NORMED.search(text[:position])):
        return _of_norm(norm["inside"] or norm["of"], text[position + 1 :])
    if char == "_" and before == "∑":
        return f"put what is summed in brackets: {_SUMS}"
    if char == "_" or char.isalpha():
        return "names are made of Latin and Greek letters, digits and _, and start with a letter"
    return None


def _of_norm(inside: str | None, behind: str) -> str:
    """What to write for |x|_1, ||X||_* and norm(x)_1."""
    found = re.match(r"\{?(\*|\w+)", behind)
    name = _NORMS.get(found[1] if found else "")
    if name is None:
        vectors, matrices = ", ".join(VECTOR_NORMS.values()), ", ".join(MATRIX_NORMS.values())
        return f"vectors have the norms {vectors}, normp; matrices have {matrices}"
    return f"write {name}({(inside or '...').strip()})"


def _factorial_hint(text: str, position: int) -> str:
    """``n!`` and ``!x``."""
    before = re.search(r"(\w+|\))\s*$", text[:position])
    if before is None:
        return "a condition is 1 where it holds, 0 otherwise: write 1 - (x > 0) for its opposite"
    n = "n" if before[1] == ")" else before[1]
    if n.isdecimal():
        return f"write gamma({int(n) + 1}) for the factorial of {n}"
    declared = f", and declare {n}: scalar," if default_kind(n) != "scalar" else ""
    return f"write gamma({n} + 1){declared} for the factorial of {n}"


def _in_r(text: str, position: int) -> str:
    """R's products, %*% and %o%, and comments of MATLAB."""
    if text.startswith("%o%", position):
        return "write x*y' for the outer product"
    if text.startswith("%x%", position):
        return "write kron(A, B) for the Kronecker product of A and B"
    if not text.startswith("%*%", position):
        return "sets, and quotients without their remainder, are not in the language"
    plain = text.replace("%*%", "*").replace("^", ".^")  # R's powers go entry by entry
    plain = re.sub(r"(?<!\w)t\((\w+)\)", r"\1'", plain)
    plain = re.sub(r"(?<!\w)t\(([^()]*)\)", r"(\1)'", plain)
    alone = "*" not in text.replace("%*%", "") and len(plain) <= _LONGEST
    return f"write {plain}" if alone else "write * for the matrix product, .* entry by entry"


def _without_comment(text: str, position: int) -> str:
    """A text with a comment after it, and 5%."""
    alone, number = text[:position].strip(), re.search(r"[\d.]+$", text[:position])
    if re.fullmatch(r"%\s*\w+\s*", text[position:]) and not number:
        return "neither comments nor remainders are supported: enter only the expression"
    if number and text[position] == "%":
        return f"write {number[0]}/100 for {number[0]} per cent"
    written = re.search(r"[\w)\]']$", alone) and "\n" not in alone and len(alone) <= _LONGEST
    return (
        "comments are not supported: "
        f"{f'write {alone}' if written else 'enter only the expression'}"
    )


def refuse_two_meanings(text: str, stream: list[Token]) -> None:
    """Refuses what is read here in one way, and in R, in MATLAB or in books in another."""
    _refuse_prompt(text)
    _refuse_nested(text)
    _refuse_assignment(text)
    refuse_ones(text, stream)
    _refuse_spaced_blocks(text, stream)


def body_behind_prompt(text: str) -> str | None:
    """What follows the prompt of another program, as in ``>>> x'*x``; None without one."""
    prompt = _PROMPT.match(text)
    return text[prompt.end() :].strip() if prompt else None


def _refuse_prompt(text: str) -> None:
    """Refuses ``julia> x'*x``, which would be a comparison."""
    body = body_behind_prompt(text)
    if body is not None:
        sign = text.index(">")
        raise ParseError(
            f"{text[: sign + 1].strip()} may be a prompt or a comparison",
            source=text,
            span=Span(0, sign + 1),
            hint=f"write {body}; put brackets around what is compared",
        )


def _nested(text: str) -> tuple[int, int, str] | None:
    from matcalc.read.syntax.nested import rewrite_nested_rows  # noqa: PLC0415 - few texts have [[

    return rewrite_nested_rows(text)


def _refuse_nested(text: str) -> None:
    """Refuses [[1, 2], [3, 4]], a matrix in Python and one row here."""
    rows = _nested(text) if "[[" in text else None
    if rows is None:
        return
    start, end, written = rows
    beside = written.replace(";", ",")
    raise ParseError(
        "rows in brackets may appear above each other, as in Python, or beside each other",
        source=text,
        span=Span(start, end),
        hint=f"write {written} for the matrix, {beside} for one row",
    )


def _refuse_assignment(text: str) -> None:
    """Refuses R's x <- A*b, which would be the comparison x < -A*b."""
    found = re.search(r"(?:^|[;\n])\s*([^\W\d]\w*\s*)(<-)\s*([^;\n]*)", text)
    if found:
        name, rest = found[1].strip(), found[3].strip()
        raise ParseError(
            f"{name} <- ... may be an assignment or a comparison",
            source=text,
            span=Span(found.start(2), found.end(2)),
            hint=f"write {name} = {rest} for a definition, {name} < -{rest} for the comparison",
        )


def _refuse_spaced_blocks(text: str, stream: list[Token]) -> None:
    """Refuses [a -b], which would be the difference a - b, and is two blocks in MATLAB."""
    inside: list[bool] = []  # whether the open brackets are those of blocks
    for k, (kind, start, end, piece) in enumerate(stream):
        before = stream[k - 1] if k else None
        if kind in ("LPAR", "LSQUARE"):
            inside.append(kind == "LSQUARE" and not (before and _belongs(text, before, start)))
        elif kind in ("RPAR", "RSQUARE"):
            inside.pop()
        elif not (kind in ("PLUS", "MINUS") and before and inside and inside[-1]):
            continue
        elif before[0] in ENDS and before[2] < start and stream[k + 1][1] == end:
            raise ParseError(
                f"a space before the {piece} and none after it may make two blocks or one",
                source=text,
                span=Span(start, stream[k + 1][2]),
                hint=f"a comma before the {piece} makes two, a space after it one",
            )


def _belongs(text: str, before: Token, start: int) -> bool:
    """Whether a bracket belongs to what comes before it, as in x[1] and sum[i=1:n]."""
    return before[0] in ENDS or text[start - 1].isalnum()


def refuse_command(text: str, position: int) -> None:
    """Refuses what may be a command of LaTeX and the solution of a system: ``A\\beta``."""
    from matcalc.read.syntax.advice import COMMANDS, LATEX  # noqa: PLC0415 - few texts solve systems

    end = position + 1
    while end < len(text) and text[end].isalpha():
        end += 1
    word = text[position + 1 : end]
    if word in COMMANDS:
        message = f"\\{word} may be a command of LaTeX, or the solution of a system"
        called = word.lower() in GREEK or text.startswith("(", end)
        system = f"; for a system write \\ {word} with a space between them"
        hint = LATEX + system * called
        raise ParseError(message, source=text, span=Span(position, end), hint=hint)


def bad_token(
    text: str,
    token: Token,
    before: Token | None,
    row: dict[str, int],
    stream: list[Token] | None = None,
    readable: Callable[[str], bool] | None = None,
) -> ParseError:
    """A token that cannot stand where it does; ``row`` holds what could, ``stream`` all tokens."""
    if before is not None and before[3] == "complex" and token[3] in ("scalar", "vector", "matrix"):
        span = Span(before[1], token[2])
        return ParseError(COMPLEX_ONLY, source=text, span=span, hint=COMPLEX_HINT)
    problem = _bad_token(text, token, before, row)
    if stream is not None and readable is not None:
        from matcalc.read.syntax.advice import instead  # noqa: PLC0415 - on the path of an error only

        at = next(k for k, each in enumerate(stream) if each is token)
        problem.hint = instead(text, at, stream, readable) or problem.hint
    return problem


def _bad_token(text: str, token: Token, before: Token | None, row: dict[str, int]) -> ParseError:
    kind, start, end, piece = token
    span = Span(start, start + 1 if kind == "SEPARATOR" else end)
    if before is None and kind == "$END":
        return ParseError(
            "there is no expression", source=text, span=span, hint="type one, for instance x'*A*x"
        )
    if before is not None and before[0] == "TOTAL":
        return ParseError("put what is summed in brackets", source=text, span=span, hint=_SUMS)
    if before is not None and before[0] == "METHOD":
        return _of_method(text, before)
    ends = {"$END": "the text ends", "SEPARATOR": "the statement ends"}.get(kind)
    opened = _open_bracket(text[:start])
    # the table cannot tell: its rows are joined, so that one inside ( may hold ] as well
    closing = {"[": "]", "{": "}"}.get(text[opened] if opened is not None else "", ")")
    if "NAME" in row:
        closings = "".join(f" or {bracket}" for kind_, bracket in _CLOSING.items() if kind_ in row)
        known = _of_elsewhere(text, token, before)
        if known is not None:
            return known
        wanted = "a name, a number, a function or (" + closings
        message = (
            f"{ends} where {wanted} is expected"
            if ends
            else f"{wanted} is expected here, not {piece}"
        )
        return ParseError(message, source=text, span=span)
    if row.keys() == {"EQUALS"}:
        message = f"= is expected {'before the end' if ends else f'here, not {piece}'}"
        return ParseError(
            message, source=text, span=span, hint="a definition is  name = expression"
        )
    if ends:
        hint = (
            f"the {text[opened]} in column {opened - text.rfind(chr(10), 0, opened)} is not closed"
            if opened is not None
            else None
        )
        return ParseError(f"{ends}, but {closing} is missing", source=text, span=span, hint=hint)
    if kind in _STARTS and before is not None:
        left = before[3]
        if left == "positive" and piece in ("scalar", "vector", "matrix"):
            hint = (
                "write positive for a number, positive(n) for a vector, positive(m, n) for a matrix"
            )
            return ParseError(f"positive {piece} is not a kind", source=text, span=span, hint=hint)
        if left == "positive" and piece in ("definite", "semidefinite"):
            kind = "psd (or spd) is the kind of the symmetric positive definite matrices"
            return ParseError(f"positive {piece} is not a kind", source=text, span=span, hint=kind)
        return ParseError(
            f"an operator is missing between {left} and {piece}", source=text, span=span
        )
    expected = (
        "expected an operator or the end"
        if opened is None
        else f"expected an operator, a comma or {closing}"
    )
    hint = _MISPLACED.get(kind)
    if kind == "COMMA" and opened is None:
        hint = _declare_apart(text, start) or hint
    return ParseError(f"unexpected {piece}; {expected}", source=text, span=span, hint=hint)


def _declare_apart(text: str, place: int) -> str:
    """What to write for a statement that declares several variables; empty where it does not."""
    start = max(text.rfind(sign, 0, place) for sign in ";\n") + 1
    statement = re.split(r"[;\n]", text[start:])[0]
    split = split_declarations(statement)
    if len(split) < 2 or not all(":" in each for each in split):
        return ""
    return f"write {'; '.join(split)}"


def _of_method(text: str, before: Token) -> ParseError:
    """The error for a method without brackets: x.A, X.shape."""
    named = before[3][1:]
    advice = (
        "a dot belongs to a number (0.5), to .* ./ .^ or to .T, or it begins a "
        "method with brackets: X.sum()"
    )
    if named in ("shape", "size"):
        advice = "a size has a name: declare x: vector(n), and write n"
    elif named == "I":
        advice = "write inv(A) for the inverse of A"
    elif named == "H":
        advice = "write A' for the transpose, ctranspose(z) for that of complex variables"
    elif len(named) == 1:  # Mathematica's x.A.x
        advice = (
            "a dot belongs to a number (0.5), to .* ./ .^ or to .T; a product of matrices is "
            "written with *, as in x'*A*x"
        )
    return ParseError(
        f"unexpected {before[3]}", source=text, span=Span(before[1], before[2]), hint=advice
    )


def _of_elsewhere(text: str, token: Token, before: Token | None) -> ParseError | None:
    """The error for signs of other notations: ``A^*``, ``y := x``, ``A^⊤``, ``<x, y>``."""
    kind, start, end, piece = token
    span = Span(start, end)
    if (prompt := _PROMPT.match(text)) and start < prompt.end():
        body = text[prompt.end() :].strip()
        message = f"there is {prompt[1]} where an expression begins"
        return ParseError(message, source=text, span=Span(*prompt.span(1)), hint=f"write {body}")
    if before is not None and (raised := _STARRED.search(text, 0, max(end, before[2]))):
        return _starred_error(text, Span(*raised.span(2)), raised[1])
    if kind == "EQUALS" and before is not None and before[0] == "COLON":
        return ParseError(
            "there is := where = is expected",
            source=text,
            span=Span(before[1], end),
            hint="write = for a definition, as in y = A*x; y'*y",
        )
    if kind == "TRANSPOSE" and before is not None and before[0] == "POWER":
        return ParseError(
            f"there is {piece} after ^",
            source=text,
            span=span,
            hint="write A' or A^T for the transpose",
        )
    if piece == "]" and before is not None and before[3] == "[":
        return _empty(text, span)
    if piece == "@" and re.match(r"@\s*\([^()]*\)", text[start:]):
        alone = re.sub(r"^(\s*\w+\s*=)?\s*@\s*\([^()]*\)\s*", "", text)
        return ParseError(
            "a function is not written with its arguments",
            source=text,
            span=span,
            hint=f"write {alone}" if len(text) <= _LONGEST else "enter only the expression",
        )
    if piece == "/" and before is not None and before[3] == "/":
        return ParseError(
            "// is the quotient without its remainder, which the language does not have",
            source=text,
            span=Span(before[1], end),
            hint="write / for the quotient of numbers",
        )
    if piece in ("<", ">") and before is not None and before[3] == "=":  # =< and =>
        sign = ParseError(
            f"={piece} is not in the language", source=text, span=Span(before[1], end)
        )
        sign.hint = f"write {piece}="
        return sign
    if piece == ">" and before is not None and before[3] == "<":
        span = Span(before[1], end)
        return ParseError("<> is not in the language", source=text, span=span, hint="write !=")
    if piece == "<" and before is None:
        return ParseError(
            f"there is {piece} where an expression begins",
            source=text,
            span=span,
            hint="write dot(x, y) for the inner product",
        )
    return None


def _empty(text: str, span: Span) -> ParseError:
    """``max(X, [], 1)``, ``reshape(X, [], 1)`` and other empty blocks."""
    hint = None
    along = re.search(r"\b(max|min)\(\s*([^()\[\]]+?)\s*,\s*\[\s*\]\s*,\s*([12]|'all')\s*\)", text)
    if along:
        axis = f", {along[3]}" if along[3].isdecimal() else ""
        hint = f"write a{along[1]}({along[2]}{axis})"
    elif re.search(r"\breshape\(", text):
        column = re.search(r"\breshape\(\s*([^()\[\]]+?)\s*,\s*\[\s*\]\s*,\s*1\s*\)", text)
        hint = f"write vec({column[1]})" if column else "write both sizes: reshape(X, m, n)"
    return ParseError("there is nothing in the brackets", source=text, span=span, hint=hint)


def _starred_error(text: str, sign: Span, a: str) -> ParseError:
    """``A^*`` and ``A^+``, which end there or go on."""
    hint = f"write {a}' for the transpose, pinv({a}) for the pseudo-inverse"
    if "*" in text[sign.start : sign.end]:
        hint += f", ctranspose({a}) for the transpose of complex variables"
    shown = text[sign.start : sign.end]
    return ParseError(f"{shown} is ambiguous", source=text, span=sign, hint=hint)


def _open_bracket(text: str) -> int | None:
    """Where the innermost open bracket of the text stands."""
    opened: list[int] = []
    for position, char in enumerate(text):
        if char in "([{":
            opened.append(position)
        elif char in ")]}" and opened:
            opened.pop()
    return opened[-1] if opened else None
