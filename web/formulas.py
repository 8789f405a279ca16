"""All LaTeX that answers of many kinds print: expressions, values, gradients, and the formulas and
reasons of steps. Prints a JSON list of ``[where, formula]``.

Takes the examples of the page on standard input. The derivations of docs/gallery.md come with the
checkout; the shared cases do if their file is named and there.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs" / "scripts"))

from gallery import items

from matcalc.web.answer import answer

_COMPLEX = {"z": "complex vector(n)", "A": "complex matrix(m, n)", "b": "complex vector(m)"}
OTHERS = [
    {"expression": "norm2(A*z - b)^2", "wrt": "z", "variables": _COMPLEX},
    {"expression": "f[0] = x; for k = 1:K; f[k] = tanh(W*f[k-1]); end; sum(f[K])", "wrt": "W"},
]


def questions(cases: Path) -> Iterator[dict[str, Any]]:
    """What is asked, with the variable and the declarations."""
    yield from [*json.load(sys.stdin), *OTHERS]
    for item in items():
        yield {**item, "expression": item["expr"]}
    if cases.is_file():
        for line in cases.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield {**case, "expression": case["expr"]}


def formulas(asked: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The formulas of the derivative and of its steps."""
    kept = ("expression", "wrt", "order", "variables", "latex")
    question = {key: asked[key] for key in kept if key in asked}
    where = f"{question['expression']} by {question['wrt']}"
    found = answer({**question, "op": "diff", "forms": ["latex"]})
    for key in ("expression", "latex"):
        yield where, found.get(key, "")
    for chain in answer({**question, "op": "steps"}).get("typeset", {}).get("chains", ()):
        for line in chain["lines"]:
            yield where, line["left"]
            yield where, line["formula"]
            yield from ((where, reason["latex"]) for reason in line["reasons"])


if __name__ == "__main__":
    everything = [each for asked in questions(Path(*sys.argv[1:2])) for each in formulas(asked)]
    print(json.dumps([each for each in dict.fromkeys(everything) if each[1]]))
