"""How long deriving takes: textbook expressions beside SymPy, the published cases, a deep network,
a cold process.

Run ``python benchmarks/derive.py --help``; benchmarks/README.md says how to read the tables.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from textbook import CASES, Case, Sympy

import matcalc

SHARED = Path(__file__).resolve().parents[2] / "shared" / "cases"
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\.[*/^]|[-+*/^'=]")
LAYERS = (1, 2, 4, 8, 16, 32, 64, 128)


def seconds(
    work: Callable[[], object], repeats: int, before: Callable[[], object] | None = None
) -> float:
    """The median time of a call; ``before`` is not timed."""
    times = []
    for _ in range(repeats):
        if before is not None:
            before()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{1000 * value:.2f}"


def answer(
    text: str, wrt: str, variables: dict[str, str], order: int, structure: str = "declared"
) -> str:
    """The whole road: parse, derive, simplify, print."""
    # not matcalc.diff, which looks up what was asked before
    return str(matcalc.parse(text, variables).diff(wrt, order=order, structure=structure))


# textbook expressions, beside SymPy


def sympy_seconds(case: Case, order: int, repeats: int) -> tuple[float | None, str]:
    """SymPy's ``.diff`` of an expression that is built already; None and the reason where it has no
    answer.
    """
    if case.sympy is None:
        return None, "no such notion"
    from sympy import Derivative, ZeroMatrix
    from sympy.core.cache import clear_cache

    session = Sympy()
    warnings.simplefilter(
        "ignore"
    )  # SymPy warns of itself; after its import, which sets a filter for that
    expression, variable = case.sympy(session), getattr(session, case.wrt)

    def derivative() -> Any:
        result = expression
        for _ in range(order):
            result = result.diff(variable)
        return result

    try:
        result = derivative()
    except (
        NotImplementedError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as problem:
        return None, f"raises {type(problem).__name__}"
    if result.has(Derivative):
        return None, "left unevaluated"
    if isinstance(result, ZeroMatrix) and order == 1:
        return None, "answers 0"  # wrong: every expression of the table depends on its variable
    return seconds(derivative, repeats, clear_cache), ""


def textbook(repeats: int, with_sympy: bool) -> None:
    print(f"Textbook expressions, ms (median of {repeats})")
    print("matcalc: parse, derive, simplify, print; SymPy: .diff alone, its cache cleared\n")
    print(f"{'expression':<24}{'order':>6}{'matcalc':>10}{'SymPy':>10}  answer")
    ours: dict[int, list[float]] = {1: [], 2: []}
    theirs: dict[int, list[float]] = {1: [], 2: []}
    for case in CASES:
        for order in (1, 2):
            try:
                text = answer(case.text, case.wrt, case.variables, order)
            except matcalc.MatcalcError as problem:
                print(f"{case.name:<24}{order:>6}{'-':>10}{'':>10}  {problem.args[0]}")
                continue
            mine = seconds(lambda c=case, o=order: answer(c.text, c.wrt, c.variables, o), repeats)  # type: ignore[misc]
            ours[order].append(mine)
            other, why = sympy_seconds(case, order, min(repeats, 5)) if with_sympy else (None, "")
            if other is not None:
                theirs[order].append(other)
            shown = text if len(text) <= 60 else text[:57] + "..."
            shown += f"   (SymPy: {why})" if why else ""
            print(
                f"{case.name:<24}{order:>6}{milliseconds(mine):>10}{milliseconds(other):>10} "
                f" {shown}"
            )
    for order in (1, 2):
        other_median = median(theirs[order]) if theirs[order] else None
        print(f"{'median':<24}{order:>6}{milliseconds(median(ours[order])):>10}{milliseconds(other_median):>10}"
              f"  over {len(ours[order])} and {len(theirs[order])} expressions")  # fmt: skip


# the published cases


def published(folder: Path, repeats: int) -> None:
    path = folder / "cases.jsonl"
    if not path.exists():
        print(f"\nPublished cases: {path} is not there")
        return
    times: list[tuple[float, str]] = []
    failed: list[str] = []
    longer: list[str] = []
    judged = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        arguments = (case["expr"], case["wrt"], case["variables"], case["order"], "free")
        try:
            text = answer(*arguments)
        except matcalc.MatcalcError as problem:
            failed.append(f"{case['id']}: {problem.args[0]}")
            continue
        times.append((seconds(lambda a=arguments: answer(*a), repeats), case["id"]))  # type: ignore[misc]
        if case["expected"] is not None:
            judged += 1
            if len(TOKEN.findall(text)) > case["expected_size"]:
                longer.append(case["id"])
    times.sort()
    values = [value for value, _ in times]
    print(
        f"\nPublished cases: {len(times)} derived, {len(failed)} refused; ms (median of "
        f"{repeats})\n"
    )
    print(
        f"  median {milliseconds(median(values))}   95th percentile "
        f"{milliseconds(values[int(0.95 * len(values))])}"
    )
    print(
        "  slowest " + ", ".join(f"{name} {milliseconds(value)}" for value, name in times[:-4:-1])
    )
    print(f"  printed no longer than published: {judged - len(longer)} of {judged}")
    for line in failed:
        print(f"  refused  {line}")
    for name in longer:
        print(f"  longer   {name}")


# a deep network


def network(depth: int) -> str:
    """norm2(tanh(WK*...tanh(W1*x)) - y)^2."""
    inside = "x"
    for layer in range(1, depth + 1):
        inside = f"tanh(W{layer}*{inside})"
    return f"norm2({inside} - y)^2"


def layers(repeats: int) -> None:
    print(
        f"\nK-layer tanh network by W1, ms (median of "
        f"{repeats})\n\n{'K':>6}{'ms':>10}{'ms/K':>10}{'tokens':>10}{'tokens/K':>10}"
    )
    times = {}
    for depth in LAYERS:
        text = network(depth)
        size = len(TOKEN.findall(answer(text, "W1", {}, 1)))
        times[depth] = seconds(lambda t=text: answer(t, "W1", {}, 1), repeats)  # type: ignore[misc]
        print(
            f"{depth:>6}{milliseconds(times[depth]):>10}"
            f"{milliseconds(times[depth] / depth):>10}{size:>10}{size / depth:>10.1f}"
        )
    print(f"\n  t(128)/t(16) = {times[128] / times[16]:.1f}")


# a cold process


def cold(repeats: int) -> None:
    command = shutil.which("matcalc", path=str(Path(sys.executable).parent)) or shutil.which(
        "matcalc"
    )
    ours = [command] if command else [sys.executable, "-m", "matcalc"]
    ours += ["diff", "x'*A*x", "--wrt", "x"]

    def process(arguments: list[str]) -> Callable[[], object]:
        return lambda: subprocess.run(arguments, check=True, capture_output=True)

    programs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        'matcalc diff "x\'*A*x" --wrt x': ours,
    }
    times = {}
    print(f"\nCold process, ms (median of {repeats})\n")
    for name, arguments in programs.items():
        process(arguments)()
        times[name] = seconds(process(arguments), repeats)
        print(f"  {name:<36}{milliseconds(times[name]):>10}")
    first, second = times.values()
    print(f"  {'ratio':<36}{second / first:>10.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cases",
        nargs="?",
        type=Path,
        const=SHARED,
        metavar="FOLDER",
        help=f"the published cases too (default folder: {SHARED})",
    )
    parser.add_argument(
        "--repeats", type=int, default=11, help="calls of which the median is taken (default 11)"
    )
    parser.add_argument("--no-sympy", action="store_true", help="leave SymPy out")
    options = parser.parse_args()
    textbook(options.repeats, not options.no_sympy)
    if options.cases is not None:
        published(options.cases, max(3, options.repeats // 3))
    layers(max(3, options.repeats // 3))
    cold(20)


if __name__ == "__main__":
    main()
