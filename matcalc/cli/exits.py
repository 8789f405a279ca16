"""Exit codes, and what goes wrong in a command as one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from matcalc.cli.output import say
from matcalc.core.errors import MatcalcError, VerificationError

DONE, CHECK_FAILED, BAD_INPUT, BUG, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141


def catch(run: Callable[[], int]) -> int:
    """The exit code of what is run; what goes wrong in it is said."""
    try:
        code = run()
        if not sys.stdout.closed:  # a server whose client is gone has closed it
            sys.stdout.flush()
        return code
    except MatcalcError as problem:
        say(str(problem))
        return BUG if isinstance(problem, VerificationError) else BAD_INPUT
    except SystemExit as stop:  # argparse, after printing help
        return stop.code if isinstance(stop.code, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at exit, and would complain of the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as bug:  # the outermost boundary: users get a message and not a traceback
        say(_bug_report(bug))
        return BUG


def _bug_report(bug: Exception) -> str:
    import traceback  # noqa: PLC0415 - not needed unless something went wrong

    frames = traceback.extract_tb(bug.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"error: this is a bug in matcalc: {type(bug).__name__}: {bug}{place} (Python {python})\n"
        "hint: please report it with this message, the command that you ran and the "
        "output of matcalc --version"
    )
