"""How long deriving takes: textbook expressions beside SymPy and tensorgrad, the published cases,
growth with the length, a deep network beside JAX, a cold process.

Run ``python benchmarks/derive.py --help``; benchmarks/README.md says how to read the tables.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from derivation_peers import Outcome, sympy_outcome, tensorgrad_outcome
from derivations import answer, milliseconds, seconds, tokens
from growth import beside_jax, growth
from textbook import CASES

import matcalc

SHARED = Path(__file__).resolve().parents[2] / "shared" / "cases"
# who has the textbook's expressions
OTHERS = {"sympy": sympy_outcome, "tensorgrad": tensorgrad_outcome}
PEERS = (*OTHERS, "jax")


# textbook expressions


def textbook(repeats: int, peers: list[str]) -> None:
    others = [peer for peer in peers if peer in OTHERS]
    print(f"Textbook expressions, ms (median of {repeats}; of the other tools at most 5)\n")
    heads = "".join(f"{name:>12}" for name in ("matcalc", *others))
    print(f"{'expression':<24}{'order':>6}{heads}  answer")
    found: dict[str, dict[int, list[float]]] = {
        name: {1: [], 2: []} for name in ("matcalc", *others)
    }
    for case in CASES:
        for order in (1, 2):
            try:
                text = answer(case.text, case.wrt, case.variables, order)
            except matcalc.MatcalcError as problem:
                print(f"{case.name:<24}{order:>6}  {problem.args[0]}")
                continue
            mine = seconds(lambda c=case, o=order: answer(c.text, c.wrt, c.variables, o), repeats)  # type: ignore[misc]
            outcomes = {"matcalc": Outcome(mine)}
            outcomes |= {peer: OTHERS[peer](case, order, repeats) for peer in others}
            for name, outcome in outcomes.items():
                if outcome.seconds is not None:
                    found[name][order].append(outcome.seconds)
            times = "".join(f"{milliseconds(each.seconds):>12}" for each in outcomes.values())
            shown = text if len(text) <= 60 else text[:57] + "..."
            why = "; ".join(f"{name}: {each.why}" for name, each in outcomes.items() if each.why)
            print(
                f"{case.name:<24}{order:>6}{times}  {shown}" + (f"   ({why})" if why else ""),
                flush=True,
            )
    for order in (1, 2):
        lists = [found[name][order] for name in found]
        medians = "".join(f"{milliseconds(median(each) if each else None):>12}" for each in lists)
        counts = ", ".join(f"{len(found[name][order])} by {name}" for name in found)
        print(f"{'median':<24}{order:>6}{medians}  {counts}")
    for name, orders in found.items():
        print(f"answered by {name}: {sum(map(len, orders.values()))} of {2 * len(CASES)}")


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
            if tokens(text) > case["expected_size"]:
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
    parser.add_argument(
        "--peers",
        nargs="*",
        default=["sympy"],
        choices=PEERS,
        help="other tools that are measured (default sympy)",
    )
    options = parser.parse_args()
    textbook(options.repeats, options.peers)
    if options.cases is not None:
        published(options.cases, max(3, options.repeats // 3))
    growth(max(3, options.repeats // 3))
    if "jax" in options.peers:
        beside_jax(options.repeats)
    cold(20)


if __name__ == "__main__":
    main()
