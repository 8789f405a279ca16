r"""The square of a letter as a variable: \frac{\partial}{\partial \sigma^2} of a likelihood is by
the variance, which becomes a letter of its own.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span

_LETTER = r"\\[a-z]+(?:\s*_\s*(?:\w|\{\w+\}))?"
_SQUARED = r"\s*\^\s*(?:2|\{\s*2\s*\})"
_ASKED = re.compile(
    rf"\\partial\s*(?:\(\s*(?P<inside>{_LETTER}){_SQUARED}\s*\)(?:\s*\^\s*(?:\d|\{{\d\}}))?"
    rf"|(?P<alone>{_LETTER}){_SQUARED})\s*(?:\}}|$)"
)
_ORDER_ONE = re.compile(r"\\partial(?!\s*\^)")
_NAME = re.compile(r"\\(?:var)?([a-z]+)(.*)", re.DOTALL)


def by_square(text: str) -> tuple[str, str] | None:
    """The text with one letter for the square that it asks the derivative by, and the note that
    says so; None where it asks for nothing of the kind.
    """
    asked = _ASKED.search(text)
    if asked is None or (asked["alone"] and not _ORDER_ONE.search(text[: asked.start()])):
        return None
    letter = asked["inside"] or asked["alone"]
    named = _NAME.fullmatch(letter)
    assert named is not None
    name = f"{named[1]}2"
    one = rf"\mathit{{{name}}}{named[2]}"
    power = re.compile(  # brackets elsewhere are those of a function, as in \log(\sigma^2)^2
        rf"(?:(?<=\\partial)(\s*\(\s*))?{re.escape(letter)}\s*\^\s*(?:(\d)|\{{\s*(-?\d+)\s*\}})(?(1)\s*\))"
    )

    def halve(found: re.Match[str]) -> str:
        times = int(found[2] or found[3])
        if times % 2:
            return found[0]
        return one if times == 2 else f"{one}^{{{times // 2}}}"

    result = power.sub(halve, text)
    left = re.search(rf"{re.escape(letter)}(?![A-Za-z]|\s*_)", result)  # \sigma_0 is another one
    if left:
        raise ParseError(
            f"{letter} occurs next to {letter}^2, with respect to which the derivative is taken",
            source=result,
            span=Span(*left.span()),
            hint=rf"write \sqrt{{{letter}^2}} for {letter}, or another letter for {letter}^2",
        )
    shown = f"{name}{named[2].replace('{', '').replace('}', '')}"
    return result, f"note: {letter}^2 is read as one letter, {shown}"
