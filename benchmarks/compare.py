"""Two commits in one run: how long deriving and generated code take in each, and the ratios.

    python benchmarks/compare.py OLD NEW         # commits, branches, or folders with a checkout
    python benchmarks/compare.py main HEAD --rounds 9 --worst 1.2

Both are measured by the scripts of this checkout, in processes that take turns, so that whatever
else the machine does is shared. The least time of all rounds counts. A line is printed for what
became slower or faster than the limit says; the exit code is 1 if anything became slower.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from math import exp, log
from pathlib import Path

HERE = Path(__file__).resolve().parent
_CALLS, _SECONDS = 5, 0.1  # of one measurement: so many calls, and no more time than that
_LAYERS = (4, 16)


def least(work: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    """The least microseconds of a few calls; time of this thread, so that other jobs count less."""
    best, end = float("inf"), clock() + _SECONDS
    for call in range(_CALLS):
        start = clock()
        work()
        now = clock()
        best = min(best, now - start)
        if now > end and call:
            break
    return 1e6 * best


def measured(only: str) -> Iterator[tuple[str, float]]:
    """Labels and microseconds: derivations, cold processes, generated functions."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from derivations import answer
    from evaluate import point
    from growth import network
    from problems import PROBLEMS
    from textbook import CASES

    import matcalc

    derivations = [
        (f"derive {case.name}, order {order}", (case.text, case.wrt, case.variables, order))
        for case in CASES
        for order in (1, 2)
    ]
    derivations += [
        (f"derive {depth} layers, order {order}", (network(depth), "x", {}, order))
        for depth in _LAYERS
        for order in (1, 2)
    ]
    for label, arguments in derivations:
        if only not in label:
            continue
        try:
            answer(*arguments)  # what is compiled once is
        except matcalc.MatcalcError:
            continue
        yield label, least(lambda arguments=arguments: answer(*arguments))  # type: ignore[misc]
    for problem in PROBLEMS:
        shown = f"run {problem.name}, order {problem.order}"
        if only not in shown:
            continue
        derivative = matcalc.diff(
            problem.text, problem.wrt, order=problem.order, variables=problem.variables
        )
        function = derivative.to_callable()
        for sizes in problem.sizes[:2]:
            values = point(derivative, sizes)
            function(**values)
            label = f"{shown}, {','.join(f'{key}={size}' for key, size in sizes.items())}"
            yield label, least(lambda values=values, function=function: function(**values))  # type: ignore[misc]
    if only in "cold process":
        command = [sys.executable, "-m", "matcalc", "diff", "x'*A*x", "--wrt", "x"]
        process = partial(subprocess.run, command, check=True, capture_output=True)
        yield "cold process", least(process, time.perf_counter)


@contextmanager
def checkout(name: str) -> Iterator[Path]:
    """The folder of a commit; a folder is taken as it is."""
    if Path(name).is_dir():
        yield Path(name).resolve()
        return
    git = ["git", "-C", str(HERE)]
    with tempfile.TemporaryDirectory(prefix="matcalc-compare-") as folder:
        place = Path(folder) / "checkout"
        made = [*git, "worktree", "add", "--quiet", "--detach", str(place), name]
        subprocess.run(made, check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(place)], check=True)


def times(place: Path, only: str) -> dict[str, float]:
    """What a process measures that imports matcalc from there."""
    code = f"import compare, json; print(json.dumps(dict(compare.measured({only!r}))))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(HERE)])},
        cwd=place,
    )
    return dict(json.loads(ran.stdout))


def geometric_mean(values: list[float]) -> float:
    return exp(sum(map(log, values)) / len(values)) if values else float("nan")


def compared(old: Path, new: Path, only: str, rounds: int) -> dict[str, tuple[float, float]]:
    """The least times of what both can do; they take turns in being first."""
    best: list[dict[str, float]] = [{}, {}]
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            for label, value in times((old, new)[side], only).items():
                best[side][label] = min(value, best[side].get(label, float("inf")))
        print(f"round {turn + 1} of {rounds}", file=sys.stderr)
    return {label: (best[0][label], best[1][label]) for label in best[0] if label in best[1]}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each (default 5)")
    parser.add_argument("--only", default="", help="what has this in its label")
    parser.add_argument("--worst", type=float, default=1.3, help="ratios to name (default 1.3)")
    options = parser.parse_args()
    with ExitStack() as stack:
        old, new = (stack.enter_context(checkout(name)) for name in (options.old, options.new))
        found = compared(old, new, options.only, options.rounds)
    ratios = {label: after / before for label, (before, after) in found.items()}
    print(f"{'':<58}{'old, us':>12}{'new, us':>12}{'ratio':>8}")
    for label, (before, after) in found.items():
        if not 1 / options.worst < ratios[label] < options.worst:
            print(f"{label:<58}{before:>12.1f}{after:>12.1f}{ratios[label]:>8.2f}")
    for kind in ("derive", "run", "cold"):
        values = [ratio for label, ratio in ratios.items() if label.startswith(kind)]
        print(f"{kind}: geometric mean {geometric_mean(values):.2f} of {len(values)}")
    slower = [label for label, ratio in ratios.items() if ratio >= options.worst]
    print(f"slower by {options.worst} or more: {len(slower)} of {len(ratios)}")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
