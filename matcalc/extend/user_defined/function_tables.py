"""A ``[[function]]`` of a user's file: what it has to say, and what becomes of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from matcalc.core.errors import MatcalcError
from matcalc.core.identity import Identity
from matcalc.core.kinds import WORDS, Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.operations import BUILT_IN_NAMES, CONSTANT_SHAPES
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.user_functions import UserFunction, inline
from matcalc.extend.user_defined.tables import Table
from matcalc.read.frontend import read
from matcalc.read.syntax.declare import declare

_KEYS = (
    "name",
    "given",
    "value",
    "is",
    "numpy",
    "diff",
    "latex",
    "domain",
    "range",
    "odd",
    "transpose",
    "source",
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PLAIN = ("scalar", "vector", "matrix")
# names with a meaning of their own, in the language or inside the engine
_RESERVED = {
    *CONSTANT_SHAPES,
    *WORDS,
    "I",
    "T",
    "pi",
    "pow",
    "power",
    "number",
    "constant",
    "variable",
    "dimension",
    "fill",
}
_RESERVED |= {"fuse", "einsum", "neg", "hole", "delta"}
_CHOICES = {"range": ("positive",), "transpose": ("equivariant", "invariant")}
_TRAITS = ("range", "odd", "transpose")

Callables = Mapping[str, Callable[..., Any]]


def check_table(table: Table, language: BaseLanguage) -> None:
    """Whether the table has the keys that it needs, and no others; raises CatalogueError."""
    data = table.data
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise table.problem(
            "a function needs a name", hint='name = "mish": letters, digits and _, a letter first'
        )
    if name in BUILT_IN_NAMES or name in language.functions or name in _RESERVED:
        raise table.problem(
            f"the name {name} is taken",
            hint="functions of the language cannot be replaced; choose another name",
        )
    unknown = [key for key in data if key not in _KEYS]
    if unknown:
        raise table.problem(
            f"unknown key {unknown[0]}",
            unknown[0],
            hint=f"the keys of a function are {', '.join(_KEYS)}",
        )
    for key, value in data.items():
        if key in ("given", "domain"):
            if not isinstance(value, dict) or not all(
                isinstance(kind, str) for kind in value.values()
            ):
                raise table.problem(
                    f"{key} is a table of declarations",
                    key,
                    hint=f'for example {key} = {{ x = "scalar" }}',
                )
        elif key == "odd":
            if value is not True:
                raise table.problem("odd is true, or is not there", key)
        elif not isinstance(value, str) or not value.strip():
            raise table.problem(f"{key} must be a string", key)
        elif value not in _CHOICES.get(key, (value,)):
            raise table.problem(f"{key} is {' or '.join(_CHOICES[key])}", key)
    if not data.get("given"):
        raise table.problem(
            "given is missing", hint='given = { x = "scalar" } names the arguments in their order'
        )


def user_function(table: Table, callables: Callables, language: BaseLanguage) -> UserFunction:
    """The function that a table describes, its differential not yet looked at."""
    data = table.data
    parameters = _parameters(table, "given")
    stated = {parameter.name: parameter for parameter in parameters}
    for parameter in _parameters(table, "domain"):
        if parameter.name not in stated or parameter.shape != stated[parameter.name].shape:
            raise table.problem(
                "domain narrows the kinds of the arguments in given, in the same sizes", "domain"
            )
        stated[parameter.name] = parameter
    domain = tuple([each for each in stated.values() if each.kind not in PLAIN])
    name = data["name"]
    ways = [key for key in ("is", "numpy") if key in data] + ["functions"] * (name in callables)
    if len(ways) != 1:
        hint = (
            'either is = "an expression", or numpy = "module:function", or '
            'load_identities(..., functions={"name": function})'
        )
        message = (
            f"nothing says how {name} is computed"
            if not ways
            else f"{' and '.join(ways)}: one way to compute it is enough"
        )
        raise table.problem(message, hint=hint)
    if "diff" not in data and ways != ["is"]:
        raise table.problem(
            "diff is missing",
            hint=f'for example diff = "...*d{parameters[0].name}", Y being the value of {name}',
        )
    value = _value(table, parameters)
    if ways == ["is"]:
        body = _body(table, parameters, language)
        if value is not None and value != body.shape:
            raise table.problem("is has another shape than value says", "is")
        return UserFunction(
            name, parameters, body.shape, body=body, latex=_latex(table, parameters), domain=domain
        )
    if value is None and any(parameter.shape for parameter in parameters):
        raise table.problem(
            "value is missing",
            hint='value = "scalar", "vector(n)" or "matrix(m, n)", in the sizes of given',
        )
    function, origin = (
        _import(table) if ways == ["numpy"] else (callables[name], _origin(callables[name]))
    )
    if not callable(function):
        raise table.problem(f"{function!r} is not a function", "numpy")
    return UserFunction(
        name, parameters, value or (), None, function, origin, _latex(table, parameters), domain
    )


def _parameters(table: Table, key: str) -> tuple[Variable, ...]:
    """The declarations under a key; the sizes of an argument are names and numbers, from which
    those of the value follow.
    """
    try:
        found = tuple(declare(table.data.get(key, {})).values())
    except MatcalcError as problem:
        raise table.because(problem, key) from None
    names = {each.name for each in found}
    for each in found:
        if each.name == "Y" or (each.name.startswith("d") and each.name[1:] in names):
            raise table.problem(
                f"{each.name} means something else in diff",
                key,
                hint="choose another name for the argument",
            )
        if any(size.plain is None and size.integer is None for size in each.dims):
            raise table.problem(f"the sizes of {each.name} are names or numbers", key)
    return found


def _value(table: Table, parameters: tuple[Variable, ...]) -> tuple[Any, ...] | None:
    """The shape that the table says the value has."""
    if "value" not in table.data:
        return None
    try:
        (value,) = declare({"Y": table.data["value"]}).values()
    except MatcalcError as problem:
        raise table.because(problem, "value") from None
    known = size_names(parameters)
    unknown = [name for size in value.shape for name in size.letters if name not in known]
    if unknown:
        raise table.problem(f"the size {unknown[0]} is not that of an argument", "value")
    return value.shape


def _body(table: Table, parameters: tuple[Variable, ...], language: BaseLanguage) -> Expr:
    """What the function is, as a typed tree in its parameters."""
    program = read_side(
        table, "is", {parameter.name: parameter for parameter in parameters}, language
    )
    body = inline(program.expr)
    if program.undetermined:
        raise table.problem(
            "a size in it does not follow from those of the arguments",
            "is",
            hint="write eye(n), ones(n), ...",
        )
    if not any(parameter.shape for parameter in parameters) and any(
        node.shape for node in body.parts
    ):
        hint = 'for a function of a whole vector write given = { x = "vector(n)" }'
        raise table.problem(
            "a function of scalars acts entry by entry, and is written with scalars only",
            "is",
            hint=hint,
        )
    return Expr("'", (body,), body.shape) if body.row else body


def read_side(
    table: Table, key: str, declarations: Mapping[str, Variable | str], language: BaseLanguage
) -> Program:
    """The expression under a key, in these names alone."""
    try:
        program = read(table.data[key], declarations, language=language)
    except MatcalcError as problem:
        raise table.because(problem, key) from None
    unknown = [name for name in program.variables if name not in declarations]
    if unknown:
        raise table.problem(
            f"{unknown[0]} is not given", key, hint=f"the names are {', '.join(declarations)}"
        )
    return program


def _latex(table: Table, parameters: tuple[Variable, ...]) -> str:
    latex: str = table.data.get("latex", "")
    missing = [each.name for each in parameters if f"{{{each.name}}}" not in latex]
    if latex and missing:
        hint = rf"for example latex = '\operatorname{{{table.name}}}({{{parameters[0].name}}})'"
        raise table.problem(
            f"the place of {missing[0]} is missing: {{{missing[0]}}}", "latex", hint=hint
        )
    if latex.count("{") != latex.count("}"):
        raise table.problem("the braces do not match", "latex")
    return latex


def _import(table: Table) -> tuple[Callable[..., Any], tuple[str, str]]:
    """The function that ``module:name`` means."""
    module, colon, name = table.data["numpy"].partition(":")
    if (
        not colon
        or not name.isidentifier()
        or not all(part.isidentifier() for part in module.split("."))
    ):
        hint = (
            'as in "numpy:sinc" or "scipy.special:expit"; an expression of the language '
            "stands under  is"
        )
        raise table.problem("numpy is module:function", "numpy", hint=hint)
    beside = str(Path(table.file).resolve().parent)
    sys.path.append(
        beside
    )  # a module that lies beside the file is found like one that is installed
    try:
        return getattr(import_module(module), name), (module, name)
    except (ImportError, AttributeError) as problem:
        raise table.problem(str(problem), "numpy") from None
    finally:
        sys.path.remove(beside)


def _origin(function: Callable[..., Any]) -> tuple[str, str] | None:
    """Where generated code can import the function from: nowhere, if it is a lambda, was made by
    another, or is of a script.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if not isinstance(module, str) or module == "__main__" or not name.isidentifier():
        return None
    try:
        return (module, name) if getattr(import_module(module), name, None) is function else None
    except ImportError:
        return None


def statements(table: Table, own: UserFunction) -> list[Identity]:
    """What the table states, as entries of the catalogue."""
    data, name = table.data, own.name
    call = f"{name}({', '.join(parameter.name for parameter in own.parameters)})"
    common = {
        "given": {parameter.name: str(parameter) for parameter in own.parameters},
        "domain": data.get("domain", {}),
        "source": data.get("source", "its user"),
        "file": table.file,
    }
    found = []
    if "is" in data:
        found.append(
            Identity(name if "diff" in data else f"define-{name}", call, "is", data["is"], **common)
        )
    if "diff" in data:
        found.append(
            Identity(f"d-{name}", call, "diff", data["diff"], range=data.get("range", ""), **common)
        )
    elif any(key in data for key in _TRAITS):
        key = next(key for key in _TRAITS if key in data)
        raise table.problem(
            "it belongs to a function with diff; without diff, answers are written with the "
            "expression under  is",
            key,
        )
    first, *others = own.parameters
    if "odd" in data:
        if data.get("transpose") != "equivariant" or others:
            hint = "it says that the value at a skew matrix is skew; leave it out elsewhere"
            raise table.problem(
                'odd is for functions of one matrix with transpose = "equivariant"',
                "odd",
                hint=hint,
            )
        found.append(Identity(f"{name}-odd", f"{name}(-{first.name})", "to", f"-{call}", **common))
    if "transpose" in data:
        if len(first.shape) != 2 or (data["transpose"] == "equivariant" and len(own.shape) != 2):
            raise table.problem(
                "transpose needs a matrix as the first argument, and equivariant needs one as "
                "the value too",
                "transpose",
            )
        turned = ", ".join([f"{first.name}'", *(each.name for each in others)])
        right = f"{call}'" if data["transpose"] == "equivariant" else call
        found.append(Identity(f"transpose-{name}", f"{name}({turned})", "to", right, **common))
    return found
