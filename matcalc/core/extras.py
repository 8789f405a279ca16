"""Libraries that few need: what is said where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from matcalc.core.errors import UnsupportedError


@contextmanager
def extra(name: str, what: str) -> Iterator[None]:
    """Imports of the libraries of an extra, for ``what``; UnsupportedError where one is missing."""
    try:
        yield
    except ModuleNotFoundError as problem:
        if (problem.name or "matcalc").partition(".")[0] == "matcalc":
            raise
        raise UnsupportedError(
            f"{what} needs {problem.name}, which is not installed",
            hint=f"pip install 'matcalc-symbolic[{name}]'",
        ) from None
