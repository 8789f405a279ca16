"""Finds the data folders ``grammar/`` and ``identities/``: in the wheel inside the package, in a
checkout beside it.
"""

from __future__ import annotations

import os
from os.path import dirname, isdir, join, realpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = dirname(dirname(realpath(__file__)))


def folder_path(name: str) -> str:
    """Where the folder called ``grammar`` or ``identities`` is. A derivation reads from it without
    pathlib, which takes long to load.
    """
    shipped = join(_PACKAGE, "_data", name)
    return shipped if isdir(shipped) else join(dirname(_PACKAGE), name)


def folder(name: str) -> Path:
    """The same as a path."""
    from pathlib import Path  # noqa: PLC0415 - slow to load

    return Path(folder_path(name))


def tables_in(folder: str) -> list[str]:
    """The paths of the TOML files in a folder, in order; none if there is no such folder."""
    names = sorted(os.listdir(folder)) if isdir(folder) else []
    return [join(folder, name) for name in names if name.endswith(".toml")]


def read_bytes(path: str) -> bytes:
    """What is in a file."""
    with open(path, "rb") as file:
        return file.read()


def read_text(path: str) -> str:
    """The text that is in a file; none if there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""
