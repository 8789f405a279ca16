"""The version of the installed distribution; a module of its own, because reading metadata is
slow.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("matcalc-symbolic")
except PackageNotFoundError:  # a checkout on the path that was never installed
    __version__ = "0+unknown"
