"""``matcalc backprop``: the forward equations and the backward recursion of a program."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from matcalc.version import find_version

if TYPE_CHECKING:
    from matcalc.answers.derivatives.backprop import Backprop

_FORMATS = ("text", "latex", "numpy", "json")


def add_backprop(
    commands: argparse._SubParsersAction[Any],
    add_command: Callable[..., argparse.ArgumentParser],
    add_declarations: Callable[..., None] | None,
) -> None:
    """The command and, where it is used, its options."""
    parser = add_command(
        commands,
        "backprop",
        "reverse-mode derivatives of a program with loops",
        "Differentiate a program whose loops end at a name: the forward equations and the backward "
        "recursion, as a program; see docs/backprop.md.",
    )
    if add_declarations is None:
        return
    parser.add_argument("expression", metavar="EXPR", help="the program, or - for standard input")
    parser.add_argument(
        "--wrt",
        "-w",
        metavar="NAMES",
        action="append",
        default=[],
        help="the variables and families to differentiate with respect to, with commas (default: "
        "all that are not data)",
    )
    parser.add_argument(
        "--data",
        metavar="NAMES",
        action="append",
        default=[],
        help="variables and families that are constants, with commas",
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="(default: text)")
    parser.add_argument(
        "--no-verify", dest="verify", action="store_false", help="do not verify the answer"
    )
    add_declarations(parser)


def derive(text: str, options: argparse.Namespace) -> Backprop:
    """The answer to ``matcalc backprop``, and to ``matcalc diff`` of such a program."""
    from matcalc.answers.derivatives.backprop import derive_backwards  # noqa: PLC0415 - --help does without
    from matcalc.core.language import default_language  # noqa: PLC0415 - as above

    wrt, data = (
        [name.strip() for each in given for name in each.split(",") if name.strip()]
        for given in (getattr(options, "several", None) or options.wrt or [], options.data)
    )
    return derive_backwards(
        text,
        options.var,
        [] if wrt == ["all"] else wrt,
        default_language(),
        data=data,
        verify=options.verify,
    )


def format_answer(found: Backprop, text: str, form: str) -> str:
    """The answer in a format."""
    if form == "text":
        return str(found)
    if form == "json":
        content = {
            "version": find_version(),
            "expression": text,
            **found.to_json(),
            "verification": str(found.verification),
        }
        import json  # noqa: PLC0415 - other forms do without

        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.latex() if form == "latex" else found.source(form).rstrip("\n")
