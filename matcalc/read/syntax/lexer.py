"""Text to tokens, in one pass of one regular expression; refuses what no later stage should have to
meet.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span
from matcalc.read.syntax.table import ParseTable
from matcalc.read.syntax.tokens import ENDS, FACTORS, Token

LONGEST = 65_536  # characters of a text
DEEPEST = 3_000  # levels of brackets

# After these a line end does not end the statement
_OPEN = frozenset(
    {
        "COMPARE",
        "PLUS",
        "MINUS",
        "TIMES",
        "DIVIDE",
        "SOLVE",
        "DOTTIMES",
        "DOTDIVIDE",
        "KRON",
        "POWER",
        "DOTPOWER",
        "EQUALS",
        "ARROW",
        "COLON",
        "COMMA",
    }
)
# the product with a number binds no tighter than any other, so it is read only where that makes no
# difference
_BEFORE_PRODUCTS = frozenset(
    {
        "LPAR",
        "LSQUARE",
        "LNORM",
        "LBAR",
        "COMMA",
        "COLON",
        "SEPARATOR",
        "WHERE",
        "EQUALS",
        "COMPARE",
        "ARROW",
        "TIMES",
    }
)
_TEXTS = {"'": re.compile(r"'[^'\n]*'"), '"': re.compile(r'"[^"\n]*"')}


def tokens(text: str, table: ParseTable, *, power_of_T: bool = False) -> list[Token]:
    """The tokens of the text, ended by ``$END`` after the last of them.

    ``^T`` is the transpose, or with ``power_of_T`` the power by a scalar that is called T.
    """
    if len(text) > LONGEST:
        raise ParseError(
            f"the text has {len(text):,} characters; at most {LONGEST:,} are read",
            source=text,
            span=Span(LONGEST, LONGEST + 1),
        )
    text = text.replace("∥", "‖")  # U+2225 is the sign for parallel lines
    result: list[Token] = []
    scan, ignored = table.scan, table.ignored
    position, length = 0, len(text)
    nesting = _Nesting(text)
    while position < length:
        match = scan(text, position)
        kind, end = (
            (match.lastgroup or "", match.end())
            if match
            else (nesting.brace(position, result), position + 1)
        )
        if kind in _NESTED:
            kind, end = nesting.place(kind, position, end, result)
        elif kind in ("TRANSPOSE", "TEXT") and (kind == "TEXT" or text[position] == "'"):
            kind, end = _text(text, position, result) or (kind, end)
        elif kind == "SOLVE":
            # few texts solve systems
            from matcalc.read.syntax.diagnose import refuse_command  # noqa: PLC0415

            refuse_command(text, position)
        elif kind in _STARTING:
            kind = nesting.statement(kind, result)
        if kind not in ignored:
            piece = text[position:end]
            if kind == "SEPARATOR":
                if result and (";" in piece or (nesting.level and result[-1][0] not in _OPEN)):
                    result.append((kind, position, end, piece))
            elif power_of_T and kind == "TRANSPOSE" and piece[0] == "^" and "T" in piece:
                place = position + piece.index("T")
                result += [("POWER", position, position + 1, "^"), ("NAME", place, place + 1, "T")]
            else:
                if kind == "WHERE" and result and result[-1][0] == "SEPARATOR":
                    result.pop()  # the line end before it
                elif (
                    kind in FACTORS
                    and result
                    and result[-1][0] == "NUMBER"
                    and _is_multiple(result, position, piece)
                ):
                    result.append(("TIMES", position, position, "*"))
                result.append((kind, position, end, piece))
        position = end
    nesting.finish()
    last = len(text.rstrip())
    result.append(("$END", last, last, ""))
    return result


_STARTING = frozenset({"FAMILY", "FOR", "END"})
_NESTED = frozenset({"LPAR", "LSQUARE", "RPAR", "RSQUARE", "LNORM", "LBAR"})


class _Nesting:
    """The brackets, norms and bars that are open at a place of the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.norms: list[
            tuple[int, int, str]
        ] = []  # where each open ‖ || | stands, in how many brackets, and which it is
        self.braces: list[int] = []  # the depth inside each open { after a ^
        self.loops = 0  # that are not ended

    @property
    def level(self) -> bool:
        """Whether nothing is open, so that a line end may end a statement."""
        return self.depth == 0 and not self.norms

    def brace(self, position: int, result: list[Token]) -> str:
        """The kind of a character that starts no token: ``^{...}`` is ``^(...)``, and some texts
        are in double quotes.
        """
        char = self.text[position]
        if char == "{" and result and result[-1][0] in ("POWER", "DOTPOWER"):
            self.braces.append(self.depth + 1)
            return "LPAR"
        if char == "}" and self.braces and self.braces[-1] == self.depth:
            self.braces.pop()
            return "RPAR"
        if char == '"' and _takes_text(result):
            return "TEXT"
        raise _bad_character(self.text, position)

    def statement(self, kind: str, result: list[Token]) -> str:
        """What a word is that means something else at the start of a statement."""
        starts = not result or result[-1][0] == "SEPARATOR"
        if kind == "FOR":
            self.loops += starts
            return kind
        if not starts or (kind == "END" and not self.loops):
            return "NAME"
        self.loops -= kind == "END"
        return kind

    def place(self, kind: str, position: int, end: int, result: list[Token]) -> tuple[str, int]:
        """What a bracket, norm or bar is, and where it ends."""
        if kind in ("LNORM", "LBAR"):
            return self._norm(kind, position, end, result)
        if kind in ("LPAR", "LSQUARE"):
            self.depth += 1
            if kind == "LPAR" and result and result[-1][3] == "'":
                _prime(result, position)
            if self.depth > DEEPEST:
                message = f"brackets are nested more than {DEEPEST:,} levels deep"
                raise self._problem(message, position, end)
            return kind, end
        self.depth -= 1
        piece = self.text[position]
        if self.depth < 0:
            opening = "(" if kind == "RPAR" else "["
            raise self._problem(f"this {piece} has no opening {opening}", position, end)
        if self.braces and self.braces[-1] > self.depth:
            raise self._problem(f"{{ is not closed before this {piece}", position, end)
        if self.norms and self.norms[-1][1] > self.depth:
            place, _, style = self.norms[-1]
            hint = "two bars that divide are written as a comma, as in kl(p, q)"
            hint = (
                hint if style == "||" else "a bar that divides, as in densities, is not supported"
            )
            raise self._problem(
                f"this {style} is not closed before the {piece}", place, place + len(style), hint
            )
        return kind, end

    def _norm(self, kind: str, position: int, end: int, result: list[Token]) -> tuple[str, int]:
        """One that closes the innermost open one if an operand has just ended, and opens one
        otherwise.
        """
        style = "|" if kind == "LBAR" else "||" if self.text[position] == "|" else "‖"
        if self.norms and self.norms[-1][1] == self.depth and result[-1][0] in ENDS:
            place, _, opened = self.norms.pop()
            if opened == style:
                return ("RBAR" if kind == "LBAR" else "RNORM"), end
            if (
                opened == "|"
                and style == "||"
                and self.norms
                and self.norms[-1][1:] == (self.depth, "|")
            ):
                return "RBAR", position + 1  # |a*|b||
            hint = "write abs(...) and norm2(...) where they meet, and * for a product"
            raise self._problem(
                f"this {opened} is not closed before the {style}", place, place + len(opened), hint
            )
        if end > position + len(style):
            raise self._problem("this norm closes nothing", position, end)
        self.norms.append((position, self.depth, style))
        return kind, end

    def finish(self) -> None:
        """Refuses a norm that is still open."""
        if self.norms:
            # on the path of an error only
            from matcalc.read.syntax.advice import LATEX, looks_like_latex  # noqa: PLC0415

            position, _, style = self.norms[-1]
            arrow = self.text.startswith("|->", position)
            either = style != "‖" and self.text[:position].strip()
            hint = "one of two conditions holds where max(a > 0, b > 0) is 1" if either else None
            hint = "enter only the expression, without its arguments" if arrow else hint
            hint = LATEX if looks_like_latex(self.text) else hint
            raise self._problem(
                f"this {style} is not closed", position, position + len(style), hint
            )

    def _problem(self, message: str, start: int, end: int, hint: str | None = None) -> ParseError:
        return ParseError(message, source=self.text, span=Span(start, end), hint=hint)


def _takes_text(result: list[Token]) -> bool:
    """Whether an argument of a function begins here, or what Python gives one by its name."""
    kinds = [token[0] for token in result[-2:]]
    return kinds[-1:] in (["COMMA"], ["EQUALS"]) or kinds in (
        ["NAME", "LPAR"],
        ["QUALIFIED", "LPAR"],
    )


def _text(text: str, position: int, result: list[Token]) -> tuple[str, int] | None:
    """A text in quotes, which only an argument can be: ``norm(A, 'fro')``."""
    match = _TEXTS[text[position]].match(text, position) if _takes_text(result) else None
    if match is None and text[position] == '"':
        raise _bad_character(text, position)
    return ("STRING", match.end()) if match else None


def _is_multiple(result: list[Token], position: int, piece: str) -> bool:
    """Whether the number at the end is a factor of what follows directly: ``2x``, but not ``1/2x``,
    ``0x1``, ``2e`` or ``2j``.
    """
    _, _, end, number = result[-1]
    if end != position or number == "0" or piece in ("e", "E", "i", "j"):
        return False
    k = len(result) - 2
    while k >= 0 and result[k][0] in ("PLUS", "MINUS"):
        k -= 1
    signed = k < len(result) - 2
    return k < 0 or result[k][0] in _BEFORE_PRODUCTS or (signed and result[k][0] in ENDS)


def _prime(result: list[Token], position: int) -> None:
    """A name with quotes directly before a bracket is that of a derivative: f'(x), f''(x)."""
    count = 1
    while count < len(result) and result[-count - 1][3] == "'":
        count += 1
    if count < len(result) and result[-count - 1][0] == "NAME":
        (_, start, end, name) = result[-count - 1]
        if end + count == position:
            result[-count - 1 :] = [("NAME", start, position, name + "'" * count)]


def _bad_character(text: str, position: int) -> ParseError:
    from matcalc.read.syntax import diagnose  # noqa: PLC0415 - on the path of an error only

    return diagnose.bad_character(text, position)
