"""Pictures by Graphviz: the Python package ``graphviz``, and the program ``dot``."""

from __future__ import annotations

from matcalc.core.errors import UnsupportedError

_HINT = (
    "pip install 'matcalc-symbolic[graph]' and the program dot (Debian: apt-get install graphviz); "
    "--format dot, mermaid and text need neither"
)


def as_svg(dot: str) -> str:
    """The picture as SVG; UnsupportedError where Graphviz is not installed."""
    try:
        import graphviz  # noqa: PLC0415 - an extra
    except ImportError:
        raise UnsupportedError("the package graphviz is not installed", hint=_HINT) from None
    try:
        return str(graphviz.Source(dot).pipe("svg", encoding="utf-8"))
    except graphviz.ExecutableNotFound:
        raise UnsupportedError("the program dot is not installed", hint=_HINT) from None
