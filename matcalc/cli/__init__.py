"""The command ``matcalc``."""

from matcalc.cli.command import main

__all__ = ["main"]
