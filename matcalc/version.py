"""The version of the installed distribution."""

from __future__ import annotations

from functools import cache


@cache
def find_version() -> str:
    """The version; ``0+unknown`` for a checkout on the path that was never installed."""
    # reading metadata loads the mail and archive modules, which takes a third of a cold start
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("matcalc-symbolic")
    except PackageNotFoundError:
        return "0+unknown"
