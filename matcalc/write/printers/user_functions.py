r"""How the functions that users bring are set in LaTeX, and called by generated code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcalc.core.declared import FunctionRef
from matcalc.core.user_functions import UserFunction
from matcalc.write.printers.latex_pieces import (
    ATOM,
    POWER,
    SUM,
    LatexPiece,
    call,
    parenthesize,
    transpose,
)

_OPENING = r"(?:[(\[{|,]|\\(?:lVert|lvert|langle|lfloor|lceil|\|)\s*)"
_CLOSING = r"(?:[)\]}|,]|\s*(?:\\right)?\s*\\(?:rVert|rvert|rangle|rfloor|rceil|\|))"


def latex_form(own: UserFunction, args: list[LatexPiece]) -> LatexPiece:
    r"""The function's template with its arguments; without one ``\operatorname{name}(...)``."""
    head = own.head
    if head is not None:
        return call(head, *args)
    pieces = dict(zip((parameter.name for parameter in own.parameters), args, strict=True))
    names = "|".join(map(re.escape, pieces))
    place = re.compile(
        rf"(?P<open>{_OPENING}\s*)?\{{(?P<name>{names})\}}(?P<close>(?={_CLOSING}))?"
    )
    text = place.sub(lambda found: _place(found, pieces), own.latex)
    outside = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", place.sub("", own.latex))
    bare = any(
        found["open"] is None or found["close"] is None for found in place.finditer(own.latex)
    )
    level = SUM if bare or re.search(r"[+\-=]", outside) else POWER if "^" in outside else ATOM
    return LatexPiece(text, level, any(arg.tall for arg in args))


def _place(found: re.Match[str], pieces: dict[str, LatexPiece]) -> str:
    """An argument, in brackets unless it is between some or binds as closely as a name."""
    piece, before = pieces[found["name"]], found["open"] or ""
    bare = piece.level == ATOM or (found["open"] is not None and found["close"] is not None)
    return before + (piece.text if bare else parenthesize(piece))


def callable_name(function: FunctionRef) -> str:
    """What generated code calls a function that is only declared: f, df, d2f; grad_f, hess_f,
    jac_f.
    """
    name = str(function)
    primes = len(name) - len(name.rstrip("'"))
    return f"d{primes if primes > 1 else ''}{name.rstrip(chr(39))}" if primes else name


def format_declared(function: FunctionRef, args: list[LatexPiece], name: str) -> LatexPiece:
    r"""f'(x), \nabla f(u), \nabla^2 f(u), J_{f}(u), \partial_{12} f(u, A); \nabla^2 (w^\top f)(u)
    of several functions with weights, \mathrm{D}^{2} f(u)[v] of them in a direction.
    """
    order = function.order
    if function.primed or order == 0:
        return call(name + "'" * order, *args)
    if function.by:
        places = "".join([str(place + 1) for place in function.by])
        return call(rf"\partial_{{{places}}} {name}", *args)
    if function.ranks[-1] and order == 1:
        return call(f"J_{{{name}}}", args[0])
    if function.along:
        whole = call(rf"\mathrm{{D}}^{{2}} {name}", args[0])
        inside = ", ".join([each.text for each in args[1:]])
        return LatexPiece(rf"{whole.text}[{inside}]", ATOM, any(each.tall for each in args))
    if len(args) > 1 and function.of_vectors:
        name, args = f"({transpose(args[1]).text} {name})", [args[0], *args[2:]]
    return call(rf"\nabla {name}" if order == 1 else rf"\nabla^{{{order}}} {name}", *args)


def imports(calls: Mapping[UserFunction, str]) -> list[str]:
    """The lines that bring in own functions, ``calls`` being what the code calls each of them."""
    lines: list[str] = []
    last: list[str] = []
    for function, local in calls.items():
        origin = function.origin
        if origin is None:
            last.append(f'{local} = user_function("{function.name}")')
            continue
        module, attribute = origin
        lines.append(
            f"from {module} import {attribute}" + (f" as {local}" if local != attribute else "")
        )
    if last:
        lines.append("from matcalc.runtime.user_functions import user_function")
        last.insert(0, "")
    return lines + last
