"""What a wrong word at the command line may have been meant to be."""

import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import NoReturn

from matcalc.core.errors import ArgumentError
from matcalc.core.options import AN_ORDER, closest

_CHOICE = re.compile(
    r"invalid choice: (?P<quote>['\"])(?P<word>.*?)(?P=quote) \(choose from (?P<known>.*)\)$", re.S
)
_SAID = {  # the end of argparse's complaint, and what helps
    "are required: --of": "name what the equation determines: --of y, for y as a function of the "
    "others",
}
_MOST_NAMED = 5  # commands
_EQUAL = re.compile(r"(?<![<>!=.])==?(?!=)")
_FURTHER_WORDS = {  # by command, what the first of these stands for
    "check": 'what is claimed is written --claim "{0}"',
    "diff": "several variables are separated by commas: --wrt NAME,{0}",
    "graph": "the variable is written --wrt {0}",
    "hvp": "the direction is written --direction {0}",
    "jvp": "the direction is written --direction {0}={1}",
    "vjp": "the cotangent is written --cotangent {0}",
}
_INSTEAD = {  # of an option that a command does not have, what it has
    ("jvp", "--wrt"): "the direction names the variable: --direction x=v",
    ("vjp", "--direction"): "a cotangent has the shape of the expression: --cotangent v; matcalc "
    "jvp differentiates along a direction",
}
_NO_NUMBER = re.compile(r"argument (--[a-z-]+): invalid int value: ")
_COMMAND = "argument COMMAND: "
_OTHER_WORDS = {  # of commands, formats and options
    **dict.fromkeys(
        ("derive", "derivative", "differentiate", "grad", "gradient", "jacobian", "d"), "diff"
    ),
    "hess": "hessian",
    **dict.fromkeys(("minimize", "minimise", "solve", "optimize"), "stationary"),
    **dict.fromkeys(("linearise", "affine", "tangent"), "linearize"),
    **dict.fromkeys(("expand", "series"), "taylor"),
    **dict.fromkeys(("prove", "verify", "judge", "test", "gradcheck"), "check"),
    **dict.fromkeys(("steps", "explain"), "diff --steps"),
    **dict.fromkeys(("code", "source"), "diff --format numpy"),
    "latex": "diff --format latex",
    "tex": "latex",
    **dict.fromkeys(("python", "py", "np"), "numpy"),
    "pytorch": "torch",
    "c++": "cpp",
    **dict.fromkeys(("octave", "m"), "matlab"),
    "md": "markdown",
    "jl": "julia",
    "--tex": "--latex",
    **dict.fromkeys(("--by", "--respect-to", "--variable", "--variables"), "--wrt"),
    **dict.fromkeys(("--declare", "--kind", "--vars"), "--var"),
}


def suggest_value(message: str) -> str | None:
    """The hint for a complaint of argparse; None where nothing more can be said."""
    if choice := _CHOICE.search(message):
        word, known = choice["word"], re.findall(r"[\w.-]+", choice["known"])
        if message.startswith(_COMMAND) and not re.fullmatch(r"[\w-]+", word):
            head, _, rest = word.partition(" ")
            return (
                f'write matcalc {head} "{rest}"'
                if head in known
                else f'write matcalc diff "{word}"'
            )
        other = _OTHER_WORDS.get(word.lower(), "")
        close = other if other.partition(" ")[0] in known else closest(word, known)
        return f"did you mean {close}?" if close else None
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


def refuse_unknown(
    words: Sequence[str], command: str, known: Mapping[str, Collection[str]]
) -> NoReturn:
    """Refuses words that a command does not take; ``known`` has the options of all commands."""
    option = words[0].partition("=")[0]
    if not option.startswith("-"):
        hint = _FURTHER_WORDS.get(command, "matcalc --help lists what is possible")
        raise ArgumentError(
            f"unrecognized arguments: {' '.join(words)}", hint=hint.format(*words, "v")
        )
    if option == "--json":
        raise ArgumentError(f"{command} has no option --json", hint="write --format json")
    having = [name for name, options in known.items() if option in options]
    other, own = _OTHER_WORDS.get(option), known.get(command, ())
    close = other if other in own else closest(option, own)
    if (command, option) in _INSTEAD:
        hint = _INSTEAD[command, option]
    elif having:
        more = ", ..." if len(having) > _MOST_NAMED else ""
        hint = f"{option} is an option of {', '.join(having[:_MOST_NAMED])}{more}"
    elif close:
        hint = f"did you mean {close}?"
    else:
        hint = f"matcalc{f' {command}' if command in known else ''} --help lists its options"
    raise ArgumentError(f"{command} has no option {option}", hint=hint)


def suggest_claim(names: Iterable[str]) -> str | None:
    """The hint where a formula is in the place of a variable; None where there are names
    alone.
    """
    formula = next((name for name in names if re.search(r"[*+/]", name)), None)
    return formula and f'{formula} is not a name; what is claimed is written --claim "{formula}"'


def sides_of(text: str) -> tuple[str, str]:
    """The two sides of an equation."""
    places = list(_EQUAL.finditer(text))
    if len(places) != 1:
        raise ArgumentError(
            "which two expressions are compared?",
            hint='write  equal LEFT = RIGHT  with one sign, or  equal "LEFT" "RIGHT"',
        )
    return text[: places[0].start()].strip(), text[places[0].end() :].strip()
