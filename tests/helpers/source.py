"""The modules of the package as syntax trees, for tests of how it is written."""

import ast
import gc
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def parsed() -> dict[Path, ast.Module]:
    """All modules; there is nothing to collect in half a million nodes, and looking takes longer
    than parsing.
    """
    gc.disable()
    try:
        paths = sorted((ROOT / "matcalc").rglob("*.py"))
        return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    finally:
        gc.freeze()
        gc.enable()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    found: list[ast.AST] = [parsed()[path]]
    for node in found:
        found += below(node)
    return found


def below(node: ast.AST) -> list[ast.AST]:
    """The children of a node that say more than that a name is read or written: ``ast.walk`` over
    all takes longer than parsing.
    """
    found: list[ast.AST] = []
    for value in vars(node).values():
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and not isinstance(value, _SMALL):
            found.append(value)
    return found


_SMALL = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop)


def imported(node: ast.AST) -> list[str]:
    """Full names of what an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
