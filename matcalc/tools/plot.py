"""``matcalc check --plot FILE``: the errors of a gradient check by step (extra ``plot``,
matplotlib).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from matcalc.claims.judge.convergence import Convergence
from matcalc.core.errors import ArgumentError

_FORMATS = (".svg", ".png", ".pdf")
_LONGEST = 70  # characters of a title


def save(found: Convergence, file: str) -> None:
    """Writes the picture; ArgumentError where that is not possible."""
    path = Path(file)
    if path.suffix not in _FORMATS:
        raise ArgumentError(
            f"a picture is written as {', '.join(_FORMATS)}, not as {path.suffix or path.name}",
            hint=f"--plot {path.with_suffix('.svg')}",
        )
    try:
        _figure(found).savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except OSError as problem:
        raise ArgumentError(f"cannot write {file}: {problem.strerror}") from None


def _figure(found: Convergence) -> Any:
    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(
        found.steps, found.errors, "o-", markersize=3.5, color="#1f4e79", label=_label(found)
    )
    axes.loglog(
        found.steps, found.noise, "--", color="#9a9a9a", label="noise floor: eps*max|f|/step"
    )
    reference = _reference(found)
    if reference is not None:
        axes.loglog(found.steps, reference, ":", color="#c0504d", label="slope 2, for comparison")
    low = 0.1 * min(found.level, float(np.min(found.noise)))
    axes.set_ylim(max(low, 1e-18), 10 * max(float(np.max(found.errors)), 1e-8))
    axes.set_xlabel("step")
    axes.set_ylabel("relative error of the claim")
    title = f"{_short(f'd ({found.title}) / d {found.wrt}')}, claimed: {_short(found.claim)}"
    axes.set_title(f"{title}\n{found.says}", fontsize=9)
    axes.grid(visible=True, which="major", color="#e5e5e5")
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    return figure


def _label(found: Convergence) -> str:
    slope = "no slope" if found.slope is None else f"slope {abs(found.slope):.2f}"
    return f"error of central differences: {slope}"


def _reference(found: Convergence) -> Any:
    """The line of slope 2 through the error at the largest steps, where errors fall."""
    if found.slope is None or found.slope < 1:
        return None
    return found.errors[4] * (found.steps / found.steps[4]) ** 2 / 3


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("$", r"\$")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
