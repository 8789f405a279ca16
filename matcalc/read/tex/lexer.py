"""LaTeX to tokens: words split into letters, one-token arguments cut off, bars told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.core.operations import ALIASES
from matcalc.read.syntax.table import ParseTable
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.delimiters import CLOSING, OPENING
from matcalc.read.tex.diagnose import BAR_BELOW, below
from matcalc.read.tex.ornaments import blank_ornaments
from matcalc.read.tex.pasted import SCRIPTS, script_tokens, with_indices
from matcalc.read.tex.sets import is_below_sum
from matcalc.read.tex.vocabulary import ACCENTS, CHARACTERS, FRACTIONS, OPTIMA, advice, function

LONGEST = 65_536  # characters of a text
DEEPEST = 3_000  # levels of brackets

_BARS = {"LBAR": "RBAR", "LNORM": "RNORM"}
_UNDIRECTED = frozenset({"|", "||", r"\vert", r"\Vert", r"\|", "‖"})
_ENDS = frozenset(
    {
        "NUMBER",
        "LETTERS",
        "GREEK",
        "STYLED",
        "CONSTANT",
        "PRIME",
        "INFINITY",
        "TOP",
        "RBAR",
        "RNORM",
        *CLOSING,
    }
)  # an operand may end with these
_SIGNS = frozenset({"PLUS", "MINUS", "STAR"})
_PRIME = re.compile(r"\\prime(?![A-Za-z])")
_PRIMES = re.compile(rf"\^\s*(?:{_PRIME.pattern}|\{{(?:\s*{_PRIME.pattern})+\s*\}})")
_STARTS = frozenset(
    {
        "NUMBER",
        "LETTERS",
        "GREEK",
        "STYLED",
        "CONSTANT",
        "FUNCTION",
        "FRAC",
        "SQRT",
        *OPENING,
        "LBAR",
        "LNORM",
    }
)
_STOP = re.compile(r"[.,;]\s*(?=&|\\\\|\\end\{|$)")  # the full stop of a sentence
_IN_CASES = re.compile(
    r"\\(?:text|mbox|mathrm|textrm|textup|textit|operatorname)\s*\{\s*(?:if|when|for|where|,|"
    r"(if otherwise|otherwise|else|in all other cases))?[.,:]?\s*\}"
)
_BETWEEN = re.compile(r"\$[\s,;]*(where|with|and)\s*\$")  # words between formulas
_STYLE = re.compile(r"\\([A-Za-z]+\*?)\s*\{?\s*((?:.|\n)*?)\s*\}?\s*", re.DOTALL)
_NAMED = re.compile(r"\\operatorname\*?\s*\{\s*\\math(?:bf|rm|sf|it)\s*\{\s*(\w+)\s*\}\s*\}")
_SWITCH = re.compile(
    r"(?:\{\s*)?\\(rm|bf|it|sf|tt|cal|bfseries|boldmath)(?![A-Za-z])\s*(.*)", re.DOTALL
)
_STYLE_OF = {
    "rm": "mathrm",
    "bf": "mathbf",
    "it": "mathit",
    "sf": "mathsf",
    "tt": "mathtt",
    "cal": "mathcal",
}
_STYLE_OF |= {"bfseries": "mathbf", "boldmath": "boldsymbol"}
_SCRIPTED = re.compile(
    r"(\\([A-Za-z]+)\*?\s*\{\s*)(\\?[A-Za-z]+|[01])\s*(?:\\(?=_\w\}))?"
    r"((?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[^\\{}\s]))*)\s*\}"
)
_RAISED = re.compile(r"\^(?!\s*\{?\s*(?:T|\\top|\\intercal|⊤)\s*(?:\}|$))")  # to no transpose
_SECOND_BAR = re.compile(
    r"\s*\\(left|right|[bB]igg?[lrm]?)\s*\||\|"
)  # after a bar, with which it is a double one
_MACROS = {"norm": "LNORM", "Norm": "LNORM", "abs": "LBAR", "Abs": "LBAR"}  # of many a preamble
_MACRO = re.compile(r"\\(norm|Norm|abs|Abs)\*?\s*(?:\[[^\]]*\]\s*)?\{")
_DOT = re.compile(r"\s*\.")
_SIDES = re.compile(r"\\(left|right)(?![A-Za-z])")
_WORD_STYLES = frozenset(
    {
        "mathrm",
        "text",
        "textrm",
        "textup",
        "mbox",
        "operatorname",
        "operatorname*",
        "mathsf",
        "textsf",
        "mathtt",
    }
)
_BOLD_DIGITS = frozenset({"mathbf", "mathbb", "bm", "boldsymbol", "bold", "vec", "textbf"})


_ENVIRONMENT = re.compile(r"\\begin\s*\{(\w+)\*?\}")
_MATRICES = {
    "array": r"\begin{bmatrix} ... \end{bmatrix} for blocks, \begin{cases} for cases",
    **dict.fromkeys(("smallmatrix", "Bmatrix"), r"\begin{bmatrix} ... \end{bmatrix}"),
    "vmatrix": r"\det \begin{bmatrix} ... \end{bmatrix}",
    "Vmatrix": r"\lVert \begin{bmatrix} ... \end{bmatrix} \rVert_F",
}
_OVER_SET = re.compile(r"\\(min|max|inf|sup)\s*(\\limits\s*)?_\s*\{[^{}]*$")


def tokens(
    text: str, table: ParseTable, words: frozenset[str], users: Mapping[str, str]
) -> list[Token]:
    """The tokens, ended by ``$END``. ``words`` are the declared names of several letters, which are
    not split; ``users`` has the words for the functions of users.
    """
    if len(text) > LONGEST:
        message = f"the text has {len(text):,} characters; at most {LONGEST:,} are read"
        raise ParseError(message, source=text, span=Span(LONGEST, LONGEST + 1))
    lexer = _Lexer(blank_ornaments(text.replace("∥", "‖")), words, table, users)
    lexer.read(0, len(text))
    return lexer.finish()


class _Lexer:
    def __init__(
        self, text: str, words: frozenset[str], table: ParseTable, users: Mapping[str, str]
    ) -> None:
        self.users = users
        self.text = text
        self.words = words
        self.table = table
        self.tokens: list[Token] = []
        # what closes each open bracket, and its token's number
        self.open: list[tuple[str, int]] = []
        self.size = ""  # \left or \right just before this token
        self.macros: set[int] = set()  # the tokens of \\norm{ and \\abs{
        self.invisible: set[int] | None = None  # where \left. and \right. stand as a pair
        self.single = 0  # how many one-token arguments are still to come
        # depth -> number of the token that closed an undirected bar there
        self.closed: dict[int, int] = {}

    def read(self, position: int, end: int) -> None:
        """The tokens of a part of the text."""
        while position < end:
            stop = _STOP.match(self.text, position, end)
            if stop and (not self.open or self.open[-1][0] == "ENDCASES"):
                position = stop.end()
                continue
            primes = _PRIMES.match(self.text, position, end)
            if primes:
                for prime in _PRIME.finditer(self.text, position, primes.end()):
                    self.take("PRIME", prime.start(), prime.end(), "'")
                position = primes.end()
                continue
            raised = SCRIPTS.match(self.text, position, end)
            if raised:
                self.tokens += script_tokens(raised)
                position = raised.end()
                continue
            match = self.table.scan(self.text, position, end)
            if match is None:
                macro = _MACRO.match(self.text, position)
                if macro is None:
                    raise bad_character(self.text, position)
                position = macro.end()
                self.take(_MACROS[macro[1]], macro.start(), position, macro[0])
                self.macros.add(len(self.tokens) - 1)
                continue
            kind, start, position = match.lastgroup or "", match.start(), match.end()
            if kind == "SIZE":
                self.size = match.group()
                dot = _DOT.match(self.text, position)
                if dot and self.invisible is None:
                    self.invisible = _invisible(self.text)
                if dot and start in (self.invisible or ()):
                    self.size, position = "", dot.end()
            elif kind in self.table.ignored:
                continue
            elif (
                match.group() == "|"
                and (second := _SECOND_BAR.match(self.text, position))
                and self._double()
            ):
                position = second.end()
                self.take("LNORM", start, position, "||")
            else:
                self.take(kind, start, position, match.group())

    def _double(self) -> bool:
        """Whether two bars in a row are a double one, and not one that closes and one that
        opens.
        """
        return not (self.open and self.open[-1][0] == "RBAR" and self._after_operand())

    def _after_operand(self) -> bool:
        """Whether an operand has just ended, also with a sign as in [x]_+ and A^*."""
        kinds = [token[0] for token in self.tokens[-2:]]
        return bool(kinds) and (
            kinds[-1] in _ENDS or (kinds[0] in ("SUP", "SUB") and kinds[-1] in _SIGNS)
        )

    def take(self, kind: str, start: int, end: int, piece: str) -> None:
        """One match of the terminals' regular expression."""
        innermost = self.open[-1][0] if self.open else ""
        if kind == "AMPERSAND" and innermost not in ("ENDMATRIX", "ENDCASES"):
            return  # aligns lines
        if kind == "STYLED" and innermost == "ENDCASES" and (word := _IN_CASES.fullmatch(piece)):
            if word[1]:
                self.tokens.append(("OTHERWISE", start, end, piece))
            return
        single, self.single = self.single, 0
        size, self.size = self.size, ""
        if kind in _BARS and (piece in _UNDIRECTED or size.startswith("\\right")):
            kind = self._bar(kind, size, start, end)
        if kind == "RBRACE" and self.open and self.open[-1][1] in self.macros:
            kind = innermost
        if kind == "STYLED":
            piece = _plain_style(piece)
            inside = _SCRIPTED.fullmatch(piece)
            # \\mathbf{x_i} is \\mathbf{x}_i, but \\bar{x^2} not the square of \\bar{x}
            if inside and inside[4] and not (inside[2] in ACCENTS and _RAISED.search(inside[4])):
                scripts = self.text.rindex(inside[4], start, end)
                self.take("STYLED", start, scripts, f"{inside[1]}{inside[3]}}}")
                self.read(scripts, scripts + len(inside[4]))
                last = self.tokens[-1]
                self.tokens[-1] = (last[0], last[1], end, last[3])
                return
            kind, piece = _read_style(piece, self.users)
        if piece == "⊤" and not self._raised():
            self.tokens.append(("SUP", start, start, "^"))
        if kind == "COLON" and not self._in_subscript():
            kind = "DOUBLEDOT"
        if kind == "IN" and not is_below_sum(self.text, start):
            raise bad_character(self.text, start)
        if kind == "FUNCTION":
            piece = piece.strip().lstrip("\\")
        if piece == "*" and self._below_norm():
            self.tokens.append(("LETTERS", start, end, piece))
        elif piece == "*" and self._below():  # x_*, a point of its own
            self.tokens.append(("STYLED", start, end, r"\mathrm{star}"))
        elif kind == "LETTERS":
            self._letters(start, piece, single)
        elif kind == "NUMBER" and single and len(piece) > 1:
            self._digits(start, piece, single)
        else:
            self._brackets(kind, start, end, piece)
            self.tokens.append((kind, start, end, piece))
        if kind in ("SUP", "SUB", "SQRT"):
            self.single = 1
        elif kind == "FRAC":
            self.single = 2
        elif (
            single > 1
            and len(self.tokens)
            and self.tokens[-1][0] not in ("LBRACE", "LETTERS", "NUMBER")
        ):
            self.single = 1

    def _in_subscript(self) -> bool:
        return any(self.tokens[place - 1][0] == "SUB" for _, place in self.open if place)

    def _below_norm(self) -> bool:
        r"""Whether the subscript of a norm begins here, as in \lVert X \rVert_*."""
        kinds = [token[0] for token in self.tokens[-3:]]
        return kinds[-2:] == ["RNORM", "SUB"] or kinds == ["RNORM", "SUB", "LBRACE"]

    def _raised(self) -> bool:
        """Whether a superscript begins here."""
        kinds = [token[0] for token in self.tokens[-2:]]
        return kinds[-1:] == ["SUP"] or kinds == ["SUP", "LBRACE"]

    def _below(self) -> bool:
        """Whether a subscript begins here."""
        kinds = [token[0] for token in self.tokens[-2:]]
        return kinds[-1:] == ["SUB"] or kinds == ["SUB", "LBRACE"]

    def _letters(self, start: int, piece: str, single: int) -> None:
        """A run of letters: a declared name, or one letter after the other."""
        between = _BETWEEN.match(self.text, self.text.rfind("$", 0, start))
        if between and between.start(1) == start:
            self.tokens.append(("STYLED", start, start + len(piece), piece))
            return
        if piece in self.words and not single:
            self.tokens.append(("LETTERS", start, start + len(piece), piece))
            return
        called = len(piece) > 2 and self.text.startswith("(", start + len(piece))
        if (
            len(piece) > 1
            and (function(piece, self.users) or (called and piece in ALIASES))
            and not single
            and not self._in_subscript()
        ):
            written = r"\lVert x \rVert" if piece == "norm" else rf"\operatorname{{{piece}}}"
            hint = f"write {written} for the function, {' '.join(piece)} for the product"
            if "\\" not in self.text:
                hint += (
                    "; where the text is not LaTeX, leave --latex (latex=True in Python) out: "
                    "--format latex prints LaTeX"
                )
            message = f"{piece} is a product of {len(piece)} letters in LaTeX"
            raise UnknownNameError(
                message, source=self.text, span=Span(start, start + len(piece)), hint=hint
            )
        for offset, letter in enumerate(piece):
            self.tokens.append(("LETTERS", start + offset, start + offset + 1, letter))
        self.single = single - 1 if single > 1 and len(piece) == 1 else 0

    def _digits(self, start: int, piece: str, single: int) -> None:
        r"""Digits where TeX takes one token: \frac12 is 1/2, and x^12 is x^1 2, which is not what
        its writer meant.
        """
        before = self.tokens[-1][0]
        if before in ("SUP", "SUB") or "." in piece or len(piece) > single:
            sign = {"SUP": "^", "SUB": "_"}.get(before, "\\frac" if before == "FRAC" else "")
            message = f"TeX reads only the {piece[0]} after {sign or 'this'}"
            hint = f"write {sign}{{{piece}}}, or {sign}{{{piece[0]}}} {piece[1:]}"
            raise ParseError(
                message, source=self.text, span=Span(start, start + len(piece)), hint=hint
            )
        for offset, digit in enumerate(piece):
            self.tokens.append(("NUMBER", start + offset, start + offset + 1, digit))
        self.single = single - len(piece)

    def _bar(self, kind: str, size: str, start: int, end: int) -> str:
        r"""Whether | or \| opens or closes: it closes the innermost bar if an operand has just
        ended.
        """
        closing = _BARS[kind]
        after_operand = self._after_operand()
        inside = bool(self.open) and self.open[-1][0] == closing
        if size.startswith("\\right") or (
            inside and after_operand and not size.startswith(("\\left", "\\bigl", "\\Bigl"))
        ):
            return closing
        earlier = self.closed.get(len(self.open), len(self.tokens))
        pair = self.tokens[
            earlier : earlier + 2
        ]  # an undirected bar that has closed, and what follows it
        if after_operand and len(pair) == 2 and pair[0][0] == closing and pair[1][0] in _STARTS:
            between = self.text[pair[0][2] : start].strip()
            left, right = ("\\lvert", "\\rvert") if kind == "LBAR" else ("\\lVert", "\\rVert")
            message = f"the bars around {between} may close and open, or open and close"
            hint = f"write {left} and {right}, which say which they are"
            raise ParseError(message, source=self.text, span=Span(start, end), hint=hint)
        return kind

    def _brackets(self, kind: str, start: int, end: int, piece: str) -> None:
        """Each closing bracket has to match the last open one."""
        if kind in OPENING or kind in _BARS:
            self.open.append((OPENING.get(kind) or _BARS[kind], len(self.tokens)))
            if len(self.open) > DEEPEST:
                message = f"brackets are nested more than {DEEPEST:,} levels deep"
                raise ParseError(message, source=self.text, span=Span(start, end))
        elif kind in CLOSING or kind in _BARS.values():
            if not self.open:
                raise ParseError(
                    f"this {piece} has no opening bracket", source=self.text, span=Span(start, end)
                )
            wanted, place = self.open.pop()
            if wanted != kind:
                opening = self.tokens[place]
                message = f"{piece} does not close the {opening[3]} in column {opening[1] + 1}"
                hint = self._division_hint(opening, kind)
                raise ParseError(message, source=self.text, span=Span(start, end), hint=hint)
            if piece in _UNDIRECTED:
                self.closed[len(self.open)] = len(self.tokens)
        elif kind in ("SEPARATOR", "COMMA", "EQUALS"):
            self.closed.pop(len(self.open), None)

    def _division_hint(self, opening: Token, closing: str) -> str | None:
        """What to write for a bar that divides what is in brackets."""
        _, start, end, sign = opening
        if sign == "|" and closing == "RBRACE":
            return BAR_BELOW
        if sign not in ("|", r"\|", "||") or closing not in ("RPAR", "RSQUARE", "RCURLY", "RANGLE"):
            return None
        if closing == "RANGLE":
            return r"write \langle x, y \rangle, with a comma, for an inner product"
        if sign == "|":
            return "a bar that divides, as in p(x | y), is not supported: write the density out"
        before, after = self.text[:start].rstrip(" \\,;"), self.text[end:].lstrip(" \\,;")
        letters = re.search(r"([A-Za-z])$", before), re.match("[A-Za-z]", after)
        p, q = (found[0] if found else each for found, each in zip(letters, "pq", strict=True))
        return (
            f"two bars that divide are written \\parallel, as in D_{{KL}}({p} \\parallel {q}), the "
            f"divergence \\sum_i {p}_i \\log\\frac{{{p}_i}}{{{q}_i}}"
        )

    def finish(self) -> list[Token]:
        """All of them, without the line ends at both ends, and ``$END`` after the last."""
        found = self.tokens
        if self.open:
            _, start, end, piece = found[self.open[-1][1]]
            message = f"the formula ends, but the {piece} in column {start + 1} is not closed"
            hint = (
                "a value at a point is not supported: differentiate first, and put the values in "
                "afterwards"
                if piece == "|" and self.text.startswith("_", end)
                else None
            )
            raise ParseError(message, source=self.text, span=Span(start, end), hint=hint)
        while found and found[0][0] == "SEPARATOR":
            del found[0]
        while found and found[-1][0] == "SEPARATOR":
            del found[-1]
        with_indices(found, self.text)
        end = found[-1][2] if found else len(self.text.rstrip())
        found.append(("$END", end, end, ""))
        return found


def _invisible(text: str) -> set[int]:
    r"""Where \left. and \right. begin that are a pair, which is nothing but space."""
    found: set[int] = set()
    opened: list[tuple[int, bool]] = []
    for side in _SIDES.finditer(text):
        dot = _DOT.match(text, side.end()) is not None
        if side[1] == "left":
            opened.append((side.start(), dot))
        elif opened:
            start, other = opened.pop()
            if dot and other:
                found.update((start, side.start()))
    return found


def _plain_style(piece: str) -> str:
    r"""{\bf x} and \mathop{\rm tr} in the words of today: \mathbf{x}, \mathrm{tr}."""
    named = _NAMED.fullmatch(piece)
    piece = f"\\operatorname{{{named[1]}}}" if named else piece
    while True:
        wrapped = re.fullmatch(r"\\mathop\s*\{\s*(.*?)\s*\}", piece, re.DOTALL)
        switched = _SWITCH.fullmatch(piece.removesuffix("}"))
        if wrapped:
            inner = wrapped.group(1)
            piece = inner if inner.startswith("\\") else f"\\operatorname{{{inner}}}"
            piece = f"{{{piece}}}" if _SWITCH.fullmatch(f"{{{piece}}}") else piece
        elif switched:
            return (
                f"\\{_STYLE_OF[switched.group(1)]}{{{switched.group(2).strip().removeprefix('{')}}}"
            )
        else:
            return piece


def _read_style(piece: str, users: Mapping[str, str]) -> tuple[str, str]:
    r"""A styled word is a function (\operatorname{tr}), a bold 1 or 0, or a name."""
    found = _STYLE.fullmatch(piece)
    style, word = found.groups() if found else ("", "")
    if word in ("0", "1") and style in _BOLD_DIGITS:
        return "CONSTANT", word
    written = style.startswith("operatorname")
    if (
        style in (_WORD_STYLES | _BOLD_DIGITS if len(word) > 1 else _WORD_STYLES)
        and (function(word, users) or written)
        and (len(word) > 1 or (function(word, users) and written))
    ):
        return "FUNCTION", word
    return "STYLED", piece


def bad_character(text: str, position: int) -> ParseError:
    """A character or a command that is not known."""
    command = re.compile(r"\\([A-Za-z]+)").match(text, position)
    if command:
        span = Span(position, command.end())
        environment = _ENVIRONMENT.match(text, position)
        if environment and environment[1] in _MATRICES:
            raise ParseError(
                f"the environment {environment[1]} is not supported",
                source=text,
                span=Span(position, environment.end()),
                hint=f"write {_MATRICES[environment[1]]}",
            )
        over_set = command[1] == "in" and _OVER_SET.search(text, 0, position)
        return ParseError(
            f"unknown command {command.group()}",
            source=text,
            span=span,
            hint=r"write \langle x, y \rangle, with a comma, for an inner product"
            if command[1] == "mid" and text.rfind(r"\langle", 0, position) >= 0
            else OPTIMA
            if over_set
            else below(text, position) or advice(command.group(1)),
        )
    char = text[position]
    before = text[:position].rstrip()
    if char == "." and (text.startswith("..", position) or before.endswith("..")):
        return ParseError(
            "dots are not supported",
            source=text,
            span=Span(position, position + 1),
            hint="write a sum, or the whole vector",
        )
    if char == "." and text[position + 1 : position + 2] in ("^", "*", "/", "'"):
        return ParseError(
            f"{text[position : position + 2]} is of the plain language",
            source=text,
            span=Span(position, position + 2),
            hint=r"leave out --latex; in LaTeX it is \odot, \oslash, ^{\odot 2}",
        )
    if char == "." and before.endswith((r"\left", r"\right")):
        return ParseError(
            "an invisible bracket, as around a value at a point, is not supported",
            source=text,
            span=Span(position, position + 1),
            hint="write only the formula; differentiate first, and put the values in afterwards",
        )
    if char == "!":
        return ParseError(
            "double factorials are not supported",
            source=text,
            span=Span(position, position + 1),
            hint="write (n!)! for a factorial twice, and the product for a double one",
        )
    span = Span(position, position + 1)
    if char == ";":
        written = r"lines are separated by \\; densities, as p(x | y; \theta), are written out"
        return ParseError("unexpected character ';'", source=text, span=span, hint=written)
    if not char.isprintable():
        return ParseError(
            f"the invisible character U+{ord(char):04X} cannot appear here", source=text, span=span
        )
    hint = f"write {CHARACTERS[char]}" if char in CHARACTERS else None
    if char in FRACTIONS:
        hint = f"write {FRACTIONS[char]}"
    return ParseError(f"unexpected character {char!r}", source=text, span=span, hint=hint)
