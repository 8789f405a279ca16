"""Claims about expressions with kinks under many seeds: no wrong one may agree, and no right one
may be called wrong.

python benchmarks/kinks.py --seeds 20
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

from kinking import RIGHT, VARIABLES, WRONG

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge


def main() -> int:
    """Prints the verdicts of each table, and the claims whose verdict is not the one they should
    have.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    count = parser.parse_args().seeds
    failed = False
    for name, table, wanted in (
        ("wrong", WRONG, {"wrong"}),
        ("right", RIGHT, {"proved", "agreed"}),
    ):
        verdicts: Counter[str] = Counter()
        for expr, wrt, claim in table:
            found = Counter(
                judge(Claim(expr, wrt, claim, dict(VARIABLES)), seed).verdict
                for seed in range(count)
            )
            verdicts += found
            if set(found) - wanted:
                failed = True
                print(f"d ({expr}) / d {wrt} = {claim}: {dict(found)}")
        print(f"{name}: {len(table)} claims x {count} seeds: {dict(verdicts)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
