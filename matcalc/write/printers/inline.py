"""Functions of ``matcalc.runtime`` as source text, with all that they need, for code that is to run
without matcalc.

The text is that of the modules, without annotations. What a function needs of its module, or
imports from another module of the runtime, comes with it. What it imports from ``matcalc.core`` is
replaced: errors of ours by those of Python, tables by their value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).resolve()
_RUNTIME = _HERE.parents[2] / "runtime"
# the modules of functions for arrays of any framework
PORTABLE = ("portable", "portable_matrices", "portable_places")
_ERRORS = {  # of ours, and what Python and NumPy would raise
    "EvaluationError": "ValueError",
    "DomainError": "ValueError",
    "WideMatrixError": "ValueError",
    "CallError": "TypeError",
}
_COMMENT = re.compile(r"  # (noqa|type):.*$", re.MULTILINE)

_HEADS = ("def ", "class ", "@")
_Key = tuple[str, str]  # a module of the runtime, and a name in it


class Inlined(NamedTuple):
    """The text of some functions."""

    imports: list[str]  # lines
    definitions: list[str]  # in an order in which they can be run
    names: dict[str, str]  # what each of the functions is called in it


class _Module(NamedTuple):
    """The source of a module; ``definitions`` and ``imported`` have each of its top-level names
    once.
    """

    text: str
    offsets: list[int]  # of the lines
    definitions: dict[str, ast.stmt]
    imported: dict[str, tuple[str, str]]  # name -> module and name there


def inline_functions(names: Iterable[str], taken: Container[str] = ()) -> Inlined:
    """The functions of these names of ``matcalc.runtime`` (``arguments.name`` of a module that it
    does not show), and their helpers; names that are taken are avoided.
    """
    shown = _module("__init__").imported
    wanted = {
        name: (name.partition(".")[0], name.partition(".")[2])
        if "." in name
        else (shown[name][0].rpartition(".")[2], name)
        for name in names
    }
    order: list[_Key] = []
    for key in wanted.values():
        _visit(key, order)
    locals_ = _local_names(order, taken)
    imports = dict.fromkeys(line for key in order for line in _outside(key))
    texts = dict.fromkeys(_text(key, locals_) for key in order)
    local = {name: locals_[key] for name, key in wanted.items()}
    return Inlined(sorted(imports), list(texts), local)


def portable(names: Iterable[str]) -> list[str]:
    """The text of functions for arrays of any framework, and of those that they call."""
    order: list[_Key] = []
    for name in names:
        _visit((next(each for each in PORTABLE if name in defines(each)), name), order)
    return [_text(key, {each: each[1] for each in order}) for key in order]


def defines(name: str) -> list[str]:
    """The names that a module defines."""
    return list(_module(name).definitions)


def join_definitions(definitions: Iterable[str]) -> str:
    """The definitions under one another: constants on lines that follow each other."""
    text, before = "", ""
    for each in definitions:
        constants = not each.startswith(_HEADS) and before and not before.startswith(_HEADS)
        text += ("\n" if constants else "\n\n\n" if before else "") + each
        before = each
    return text


@cache
def _module(name: str) -> _Module:
    path = (_HERE.parent if name in PORTABLE else _RUNTIME) / f"{name}.py"
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    definitions: dict[str, ast.stmt] = {}
    imported: dict[str, tuple[str, str]] = {}
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.ClassDef():
                definitions[statement.name] = statement
            case ast.Assign():
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        definitions[node.id] = statement
            case ast.ImportFrom():
                for alias in statement.names:
                    imported[alias.asname or alias.name] = (statement.module or "", alias.name)
            case ast.Import():
                for alias in statement.names:
                    imported[alias.asname or alias.name] = (alias.name, "")
    offsets = [0]
    for line in text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    return _Module(text, offsets, definitions, imported)


def _needed_names(key: _Key) -> list[str]:
    """The names of its module that a definition uses, in order."""
    module, name = key
    definition = _module(module).definitions[name]
    unused = {id(node) for part in _annotations(definition) for node in ast.walk(part)}
    own = {name} if isinstance(definition, ast.FunctionDef | ast.ClassDef) else set()
    return list(
        dict.fromkeys(
            node.id
            for node in ast.walk(definition)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and id(node) not in unused
            and node.id not in own
        )
    )


def _origin(key: _Key, name: str) -> _Key | None:
    """Where a name that a definition uses is defined, if that is in a module of functions."""
    module = _module(key[0])
    if name in _ERRORS:
        return None
    if name in module.definitions:
        return key[0], name
    origin = module.imported.get(name, ("", ""))
    folder, _, file = origin[0].rpartition(".")
    return (file, origin[1]) if folder == "matcalc.runtime" or file in PORTABLE else None


def _visit(key: _Key, order: list[_Key]) -> None:
    """Adds a definition after all that it needs."""
    stack: list[tuple[_Key, bool]] = [(key, False)]
    while stack:
        each, done = stack.pop()
        if each in order:
            continue
        if done:
            order.append(each)
            continue
        stack.append((each, True))
        needed = [_origin(each, name) for name in _needed_names(each)]
        stack += [(other, False) for other in reversed(needed) if other and other != each]


def _local_names(order: list[_Key], taken: Container[str]) -> dict[_Key, str]:
    """What each definition is called: its name, where no other is called so."""
    names: dict[_Key, str] = {}
    used: set[str] = set()
    for module, name in order:
        local = name
        while local in used or local in taken:
            local = f"_{module}{name}" if local == name and name[0] == "_" else f"{local}_"
        used.add(local)
        names[module, name] = local
    return names


def _outside(key: _Key) -> list[str]:
    """The lines that bring in what a definition needs from elsewhere."""
    lines = []
    imported = _module(key[0]).imported
    for name in _needed_names(key):
        if name in _ERRORS or name not in imported or _origin(key, name):
            continue
        module, attribute = imported[name]
        if not attribute:
            lines.append(f"import {module}" + (f" as {name}" if name != module else ""))
        elif not module.startswith("matcalc."):
            lines.append(f"from {module} import {attribute}")
    return lines


def _annotations(definition: ast.stmt) -> list[ast.expr]:
    """All of them; those of a class are its fields, and stay."""
    found = []
    for node in ast.walk(definition):
        if isinstance(node, ast.arg) and node.annotation:
            found.append(node.annotation)
        elif isinstance(node, ast.FunctionDef) and node.returns:
            found.append(node.returns)
        elif isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
    return found


def _text(key: _Key, names: dict[_Key, str]) -> str:
    """The source of a definition, with the names that things have now."""
    module = _module(key[0])
    definition = module.definitions[key[1]]
    decorators = getattr(definition, "decorator_list", [])
    start = module.offsets[min([definition.lineno, *(each.lineno for each in decorators)]) - 1]
    end = _place(module, definition.end_lineno or 0, definition.end_col_offset or 0)
    edits = [edit for edit in _edits(module, key, names) if edit[0] < end]
    text, last = "", start
    for first, behind, replacement in sorted(edits):
        text += module.text[last:first] + replacement
        last = behind
    return _COMMENT.sub("", text + module.text[last:end])


def _place(module: _Module, line: int, column: int) -> int:
    return module.offsets[line - 1] + column


def _span(module: _Module, node: ast.expr) -> tuple[int, int]:
    return (
        _place(module, node.lineno, node.col_offset),
        _place(module, node.end_lineno or 0, node.end_col_offset or 0),
    )


def _edits(module: _Module, key: _Key, names: dict[_Key, str]) -> list[tuple[int, int, str]]:
    definition = module.definitions[key[1]]
    edits: list[tuple[int, int, str]] = []
    gone: set[int] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.arg) and node.annotation:
            first = _place(module, node.lineno, node.col_offset) + len(node.arg)
            end = _span(module, node.annotation)[1]
            spaced = module.text[end : end + 3] == " = "
            edits.append((first, end + 3 * spaced, "=" * spaced))
        elif isinstance(node, ast.FunctionDef) and node.returns:
            first, end = _span(module, node.returns)
            edits.append((module.text.rindex(" ->", 0, first), end, ""))
        elif isinstance(node, ast.AnnAssign):
            first = _span(module, node.target)[1]
            if isinstance(definition, ast.ClassDef):
                edits.append((*_span(module, node.annotation), "object"))
            else:
                edits.append((first, _span(module, node.annotation)[1], ""))
        elif _is_our_error(node):
            assert isinstance(node, ast.Call)
            for keyword in node.keywords:  # Python's errors have no hint
                first, end = _span(module, keyword.value)
                first -= len(f"{keyword.arg}=")
                edits.append((len(module.text[:first].rstrip(", \n")), end, ""))
                gone |= {id(inner) for inner in ast.walk(keyword.value)}
    unused = {id(node) for part in _annotations(definition) for node in ast.walk(part)} | gone
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and id(node) not in unused:
            new = _rename(key, node.id, names)
            if new != node.id:
                edits.append((*_span(module, node), new))
    own = names[key]
    if own != key[1] and isinstance(definition, ast.FunctionDef | ast.ClassDef):
        head = module.text.index(f" {key[1]}", module.offsets[definition.lineno - 1]) + 1
        edits.append((head, head + len(key[1]), own))
    return edits


def _is_our_error(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ERRORS
    )


def _rename(key: _Key, name: str, names: dict[_Key, str]) -> str:
    """What a name in a definition is now."""
    if name in _ERRORS:
        return _ERRORS[name]
    origin = _origin(key, name)
    if origin in names:
        return names[origin]
    imported = _module(key[0]).imported.get(name, ("", ""))
    if imported[0].startswith("matcalc.core"):
        return repr(getattr(import_module(imported[0]), imported[1]))
    return name
