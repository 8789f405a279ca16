"""``python -m matcalc``, and the process of the command ``matcalc``."""

from __future__ import annotations

import gc
import sys

_ALLOCATIONS = 100_000  # between two searches for cycles: 700 mean a hundred while we start


def main() -> int:
    """Runs the command in a process of its own, and returns its exit code."""
    gc.set_threshold(_ALLOCATIONS)
    from matcalc.cli import main as run  # noqa: PLC0415 - so that loading it is not searched either

    return run()


if __name__ == "__main__":
    sys.exit(main())
