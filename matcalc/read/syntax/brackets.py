"""Brackets and operands in a list of tokens, which need not be in the language."""

from __future__ import annotations

from matcalc.read.syntax.tokens import ENDS, Token

OPENING, CLOSING = ("LPAR", "LSQUARE", "LNORM", "LBAR"), ("RPAR", "RSQUARE", "RNORM", "RBAR")
_OF_FUNCTIONS = frozenset({"f", "g", "h", "F", "G", "H", "phi", "psi", "sigma"})


def find_opener(stream: list[Token], k: int) -> int | None:
    """The innermost bracket or norm that is open before the k-th token."""
    depth = 0
    for i in range(k - 1, -1, -1):
        if stream[i][0] in CLOSING:
            depth += 1
        elif stream[i][0] in OPENING:
            if not depth:
                return i
            depth -= 1
    return None


def find_closer(stream: list[Token], opener: int) -> int | None:
    """The bracket that closes one."""
    depth = 0
    for i in range(opener, len(stream)):
        depth += (stream[i][0] in OPENING) - (stream[i][0] in CLOSING)
        if not depth:
            return i
    return None


def _matching_bracket(stream: list[Token], k: int) -> int:
    depth = 0
    for i in range(k, -1, -1):
        depth += (stream[i][0] in CLOSING) - (stream[i][0] in OPENING)
        if not depth:
            return i
    return 0


def find_operand_start(stream: list[Token], k: int) -> int:
    """The first token of the operand that ends with the k-th."""
    while True:
        while stream[k][0] in ("TRANSPOSE", "SUPERSCRIPT"):
            k -= 1
        if stream[k][0] not in CLOSING:
            return k
        k, closed = _matching_bracket(stream, k), stream[k][0]
        before = stream[k - 1][0] if k else ""
        if closed == "RPAR" and before in ("NAME", "QUALIFIED") and not is_row(stream[k - 1]):
            return k - 1
        if closed == "RPAR" and before == "METHOD":
            k -= 2
        elif closed == "RSQUARE" and before in ENDS:
            k -= 1
        else:
            return k


def find_operand_end(stream: list[Token], k: int) -> int:
    """The last token of the operand that begins with the k-th."""
    end = k
    while stream[end][0] == "ROOT":
        end += 1
    if stream[end][0] in ("NAME", "QUALIFIED", "TOTAL") and stream[end + 1][0] == "LPAR":
        end += 1
    if stream[end][0] in OPENING:
        end = find_closer(stream, end) or len(stream) - 2
    while stream[end + 1 : end + 2] and stream[end + 1][0] in (
        "TRANSPOSE",
        "SUPERSCRIPT",
        "LSQUARE",
    ):
        end += 1
        if stream[end][0] == "LSQUARE":
            end = find_closer(stream, end) or len(stream) - 2
    return end


def find_arguments(stream: list[Token], opener: int, closer: int) -> list[tuple[int, int]]:
    """The first and the last position in the text of what is between the commas."""
    found, depth, start = [], 0, stream[opener][2]
    for i in range(opener + 1, closer + 1):
        kind = stream[i][0]
        if not depth and (kind == "COMMA" or i == closer):
            found.append((start, stream[i][1]))
            start = stream[i][2]
        depth += (kind in OPENING) - (kind in CLOSING)
    return found


def is_row(token: Token) -> bool:
    """Whether x' before a bracket is a row, and no derivative as f' is."""
    name = token[3].rstrip("'")
    return token[0] == "NAME" and name != token[3] and name not in _OF_FUNCTIONS
