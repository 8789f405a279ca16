"""What a wrong word at the command line may have been meant to be."""

import re
from collections.abc import Container, Iterable

from matcalc.core.errors import ArgumentError
from matcalc.core.options import AN_ORDER, closest

_CHOICE = re.compile(r"invalid choice: '(?P<word>[^']*)' \(choose from (?P<known>.*)\)$", re.S)
_SAID = {  # the end of argparse's complaint, and what helps
    ": --json": "write --format json",
    "are required: --of": "name what the equation determines: --of y, for y as a function of the "
    "others",
}
_NO_NUMBER = re.compile(r"argument (--[a-z-]+): invalid int value: ")


def value_meant(message: str) -> str | None:
    """The hint for a complaint of argparse; None where nothing more can be said."""
    found = _CHOICE.search(message)
    close = found and closest(found["word"], re.findall(r"[\w.-]+", found["known"]))
    if close:
        return f"did you mean {close}?"
    if number := _NO_NUMBER.match(message):
        option = number[1]
        return f"it is {AN_ORDER}: --order 2" if option == "--order" else f"as in {option} 2"
    return next((hint for end, hint in _SAID.items() if message.endswith(end)), None)


def refuse_one_dash(word: str, options: Container[str]) -> None:
    """Refuses ``-wrt``, which would be the negative of a variable wrt."""
    name, equals, value = word.partition("=")
    if len(name) > 2 and f"-{name}" in options:
        raise ArgumentError(
            f"{name} has one dash where an option has two",
            hint=f"write -{name}{equals}{value}; -({name[1:]}) is the negative of a variable",
        )


def claim_meant(names: Iterable[str]) -> str | None:
    """The hint where a formula stands in the place of a variable; None where there are names
    alone.
    """
    formula = next((name for name in names if re.search(r"[*+/]", name)), None)
    return formula and f'{formula} is not a name; what is claimed is written --claim "{formula}"'
