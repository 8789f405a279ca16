r"""The normal density \mathcal{N}(x \mid \mu, \Sigma), which is not read: what to write for it."""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span

_NORMAL = re.compile(
    r"(\\(?:log|ln)\s*)?\\mathcal\s*(?:\{\s*N\s*\}|N)\s*(?:\\left)?\s*\("
    r"([^|;,()]+?)\s*(?:\\[,;:! ])?\s*(?:\\mid\b|\\vert\b|\\middle\|?|\||;)\s*(?:\\[,;:! ])?\s*"
    r"([^|;,()]+?)\s*,\s*([^|;,()]+?)\s*(?:\\right)?\s*\)"
)
_LETTER = re.compile(r"\\?\w+|\\[a-z]+\{\\?\w+\}$")


def density_error(text: str) -> ParseError | None:
    """The error for a formula with a normal density, whose hint writes it out; else None."""
    found = _NORMAL.search(text)
    if found is None:
        return None
    log, x, mean, spread = (part or "" for part in found.groups())
    x, mean = x.strip(), mean.strip() if _LETTER.fullmatch(mean.strip()) else f"({mean.strip()})"
    spread = spread.strip()
    if re.search(r"\^\s*\{?\s*2\s*\}?$", spread):  # a variance: x is a number
        square = rf"({x}-{mean})^2"
        out = (
            rf"-\frac{{1}}{{2}} \log(2\pi {spread}) - \frac{{{square}}}{{2 {spread}}}"
            if log
            else rf"\frac{{1}}{{\sqrt{{2\pi {spread}}}}} e^{{-\frac{{{square}}}{{2 {spread}}}}}"
        )
    else:
        base = spread if _LETTER.fullmatch(spread) else f"({spread})"
        square = rf"\frac{{1}}{{2}} ({x}-{mean})^\top {base}^{{-1}} ({x}-{mean})"
        out = (
            rf"-\frac{{1}}{{2}} \log \det(2\pi {base}) - {square}"
            if log
            else rf"\frac{{1}}{{\sqrt{{\det(2\pi {base})}}}} e^{{-{square}}}"
        )
    return ParseError(
        "densities are not supported",
        source=text,
        span=Span(*found.span()),
        hint=f"write the density out: {out}",
    )
