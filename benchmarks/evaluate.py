"""How fast generated code is, beside what an expert would write by hand; benchmarks/README.md says
how to read it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from math import exp, isfinite, log
from typing import Any, NamedTuple

# one thread: what is compared is the code, not the machine
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import numpy as np
from further import FURTHER
from peers import jax_function, tensorgrad_function, torch_function
from problems import PROBLEMS, Array, Problem, Sizes

import matcalc

_SECONDS = 0.25  # that each contestant gets, at least
_CALLS = 5  # at least
_WARM = 1e-4  # seconds of calls before the one that is timed
_LIMIT = 1.5  # ratios above it are explained
_WORST = 5  # lines that are named
_SMALL = 4  # the sizes at which calls and checks cost more than arrays


def point(derivative: matcalc.Derivative, sizes: Sizes) -> dict[str, Array]:
    """Random arrays of the declared kinds; a psd one is well conditioned."""
    random = np.random.default_rng(0)
    values = {}
    for name, variable in derivative.variables.items():
        axes = [dim.size(sizes) for dim in variable.shape]
        value = random.standard_normal(axes)
        if len(axes) == 2:
            value /= np.sqrt(axes[1])
        if variable.kind == "psd":
            value = value @ value.T + 3 * np.eye(axes[0])
        elif variable.kind == "symmetric":
            value = value + value.T
        elif variable.kind == "positive":
            value = np.abs(value) + 0.5
        values[name] = np.abs(value) if name == "Y" else value if axes else float(value)
    return values


def minima(functions: list[Callable[[], Any]], seconds: float) -> list[float]:
    """The least microseconds of each function, called in turn.

    Each is called for a while before it is timed, so none pays for the caches and the memory that
    the one before it has left. One call is not enough: ours would come behind a peer with much code
    of its own, and warm the parts of NumPy that the expert, who is next, calls as well.
    """
    best = [float("inf")] * len(functions)
    end, calls = time.perf_counter() + 2 * seconds * len(functions), 0
    while calls < _CALLS or time.perf_counter() < end:
        for place, function in enumerate(functions):
            warm = time.perf_counter() + _WARM
            function()
            while time.perf_counter() < warm:
                function()
            start = time.perf_counter()
            function()
            best[place] = min(best[place], time.perf_counter() - start)
        calls += 1
    return [1e6 * each for each in best]


PEERS = {"jax": jax_function, "torch": torch_function, "tensorgrad": tensorgrad_function}
SETS = {"first": PROBLEMS, "further": FURTHER, "both": [*PROBLEMS, *FURTHER]}
NOTHING = float("nan")  # the time of a peer that has no answer


def contests(options: argparse.Namespace) -> Iterator[tuple[Problem, Sizes, list[float], float]]:
    """Each problem at each of its sizes: the times (ours, the expert's, the peers') and how far our
    values are from the expert's.
    """
    for problem in SETS[options.set]:
        if options.only not in f"{problem.name} {problem.order}":
            continue
        derivative = matcalc.diff(
            problem.text, problem.wrt, order=problem.order, variables=problem.variables
        )
        function = derivative.to_callable()
        for sizes in problem.sizes:
            values = point(derivative, sizes)
            found, wanted = function(**values), problem.expert(**values)
            away = float(np.max(np.abs(found - wanted)) / np.max(np.abs(wanted)))
            runs: list[Callable[[], Any]] = [
                lambda values=values, function=function: function(**values),
                lambda values=values, expert=problem.expert: expert(**values),
            ]
            peers = [
                PEERS[peer](problem, values) if problem.objective else None
                for peer in options.peers
            ]
            runs += [peer for peer in peers if peer is not None]
            for run in runs:
                run()  # what is compiled by the first call is
            times = minima(runs, options.seconds)
            theirs = iter(times[2:])
            times[2:] = [NOTHING if peer is None else next(theirs) for peer in peers]
            yield problem, sizes, times, away


def geometric_mean(values: list[float]) -> float:
    return exp(sum(map(log, values)) / len(values)) if values else float("nan")


def explained(problem: Problem, times: list[float], seconds: float) -> str:
    """How much of a difference is there at small sizes as well: calls and checks, not arrays."""
    derivative = matcalc.diff(
        problem.text, problem.wrt, order=problem.order, variables=problem.variables
    )
    function, values = derivative.to_callable(), point(derivative, defaultdict(lambda: _SMALL))
    ours, theirs = minima([lambda: function(**values), lambda: problem.expert(**values)], seconds)
    least = max(0.0, min(1.0, (ours - theirs) / (times[0] - times[1])))
    return f"{100 * least:.0f} % of the difference is there at sizes of {_SMALL} (calls and checks)"


class Line(NamedTuple):
    """What was measured of a problem at some sizes, as multiples of the expert's time."""

    label: str
    problem: Problem
    times: list[float]

    @property
    def ratios(self) -> list[float]:
        """Ours, and those of the peers."""
        return [each / self.times[1] for each in (self.times[0], *self.times[2:])]


def summary(lines: list[Line], peers: list[str], seconds: float) -> None:
    print()
    for order in (1, 2):
        here = [line.ratios for line in lines if line.problem.order == order]
        for place, name in enumerate(["matcalc", *peers]):
            found = [ratios[place] for ratios in here if isfinite(ratios[place])]
            print(f"order {order}, {name}: geometric mean {geometric_mean(found):.2f} "
                  f"of {len(found)}")  # fmt: skip
    worst = sorted(lines, key=lambda line: -line.ratios[0])[:_WORST]
    print("worst: " + "; ".join(f"{line.ratios[0]:.2f} {line.label}" for line in worst))
    for line in lines:
        if line.ratios[0] > _LIMIT:
            why = explained(line.problem, line.times, seconds)
            print(f"above {_LIMIT}: {line.ratios[0]:.2f} {line.label}: {why}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="for each contestant")
    parser.add_argument("--set", default="both", choices=sorted(SETS), help="of problems")
    parser.add_argument("--only", default="", help="problems whose name and order contain this")
    parser.add_argument("--peers", nargs="*", default=[], choices=sorted(PEERS))
    options = parser.parse_args()
    heads = "".join(f"{peer:>10}" for peer in options.peers)
    print("microseconds, least of alternating calls; the peers as multiples of the expert's time\n")
    print(
        f"{'problem':<24}{'order':>5}  {'sizes':<20}{'matcalc':>10}{'expert':>10}{'ratio':>7}"
        f"{heads}{'difference':>12}"
    )
    lines: list[Line] = []
    for problem, sizes, times, away in contests(options):
        shown = ",".join(f"{k}={v}" for k, v in sizes.items())
        line = Line(f"{problem.name}, order {problem.order}, {shown}", problem, times)
        lines.append(line)
        peers = "".join(f"{each:>10.2f}" for each in line.ratios[1:])
        print(
            f"{problem.name:<24}{problem.order:>5}  {shown:<20}{times[0]:>10.1f}{times[1]:>10.1f}"
            f"{line.ratios[0]:>7.2f}{peers}{away:>12.1e}",
            flush=True,
        )
    summary(lines, options.peers, options.seconds)


if __name__ == "__main__":
    main()
