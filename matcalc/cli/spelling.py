"""What a wrong word at the command line may have been meant to be."""

import re
from collections.abc import Iterable

from matcalc.core.options import closest

_CHOICE = re.compile(r"invalid choice: '(?P<word>[^']*)' \(choose from (?P<known>.*)\)$", re.S)


def choice_meant(message: str) -> str | None:
    """The hint for argparse's complaint about a value that is none of its choices; None where no
    choice is near.
    """
    found = _CHOICE.search(message)
    close = found and closest(found["word"], re.findall(r"[\w.-]+", found["known"]))
    return f"did you mean {close}?" if close else None


def claim_meant(names: Iterable[str]) -> str | None:
    """The hint where a formula stands in the place of a variable; None where there are names
    alone.
    """
    formula = next((name for name in names if re.search(r"[*+/]", name)), None)
    return formula and f'{formula} is not a name; what is claimed is written --claim "{formula}"'
