"""Text is for people: within the package, typed trees are passed on, and no module parses what
another has printed.
"""

from __future__ import annotations

import ast

import pytest
from source import FUNCTION, ROOT, imported, nodes_of, parsed

READERS = (
    "matcalc.read.frontend.read",
    "matcalc.read.frontend.read_pair",
    "matcalc.read.frontend.statements_of",
    "matcalc.read.looped.read_looped",
    "matcalc.read.pieces.part_of",
    "matcalc.read.syntax.parser.parse",
    "matcalc.read.tex.read.read_latex",
    "matcalc.read.tex.read.read_latex_pair",
    "matcalc.read.tex.asked.name_of_variable",
)
PRINTERS = ("text", "format_text", "latex", "format_claim", "str")
# who reads a text outside of read/, cli/ and tools/, and whose text it is
READING = {
    "answers/implicit/adjoint.py": "the user's: an objective",
    "answers/derivatives/backprop.py": "the user's program; its own text is read back to prove it",
    "answers/derivatives/directional.py": "its own, read back to check it",
    "answers/common/equations.py": "the user's: equations",
    "answers/derivatives/gradients.py": "the user's: parts of variables",
    "answers/common/names.py": "the user's: names of directions",
    "answers/objectives/optimize.py": "the user's: an expression",
    "answers/common/points.py": "the user's: a point",
    "answers/objectives/rowwise.py": "its own, read back to prove that the rows add up",
    "answers/expansions/series.py": "the user's; its own terms are read back to prove them",
    "api.py": "the user's",
    "claims/judge/diagnosis.py": "its own: what is suggested has to be a formula of the language",
    "claims/judge/equal.py": "the user's: sides of an equation",
    "claims/judge/reading.py": "the user's: claims",
    "claims/judge/slopes.py": "its own, of a function that is named: the sum of its entries",
    "conjugates/choice.py": "the user's: two sides, real or complex",
    "conjugates/reading.py": "the user's, with complex variables",
    "engine/catalogue/sides.py": "of the files of identities",
    "extend/user_defined/function_tables.py": "of the user's files",
    "extend/user_defined/truth.py": "of the user's files",
    "extend/user_defined/use.py": "of the user's files",
    "manifolds/answer.py": "the user's: a metric; its own text is read back to prove it",
    "manifolds/formulas.py": "of the table of manifolds",
    "notations/read.py": "its own, read back to prove it",
    "results.py": "the user's: parts of variables; its own text is read back to check it",
    "testing/questions.py": "the user's: tests",
    "verify/readback/latex.py": "what is shown, read back to compare it with its tree",
    "verify/readback/text.py": "what is shown, read back to compare it with its tree",
}
# functions that read what they have printed, all of them in order to prove that it says the same
BACK = {
    ("answers/derivatives/directional.py", "check"),
    ("answers/objectives/rowwise.py", "_adds_up"),
    ("claims/judge/diagnosis.py", "_fits"),
    ("extend/user_defined/truth.py", "judge_function"),
    ("manifolds/answer.py", "_read"),
    ("results.py", "check"),
}


def names_of_readers(nodes: list[ast.AST]) -> set[str]:
    """What the readers that a module imports are called there."""
    return {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias, name in zip(node.names, imported(node), strict=True)
        if name in READERS
    }


def reads_what_it_prints(function: ast.AST, readers: set[str]) -> bool:
    """Whether a reader gets the value of a printer, at once or by way of a name."""
    printed: set[str] = set()

    def is_printed(value: ast.AST) -> bool:
        return any(
            (isinstance(node, ast.Name) and node.id in printed)
            or (isinstance(node, ast.Call) and called(node) in PRINTERS)
            for node in ast.walk(value)
        )

    nodes = list(ast.walk(function))
    for node in nodes:
        if isinstance(node, ast.Assign) and is_printed(node.value):
            targets = [each for target in node.targets for each in ast.walk(target)]
            printed |= {each.id for each in targets if isinstance(each, ast.Name)}
    calls = [node for node in nodes if isinstance(node, ast.Call) and called(node) in readers]
    return any(is_printed(text) for call in calls for text in call.args[:2])


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_who_reads_a_text_says_whose_it_is() -> None:
    found, back = set(), set()
    for path in parsed():
        file = path.relative_to(ROOT / "matcalc").as_posix()
        readers = names_of_readers(nodes_of(path))
        if not readers or file.startswith(("read/", "cli/", "tools/")):
            continue
        found.add(file)
        for node in nodes_of(path):
            if isinstance(node, FUNCTION) and reads_what_it_prints(node, readers):
                back.add((file, node.name))
    assert found == set(READING), "pass a typed tree on, or say here whose text is read"
    assert back == BACK, "what was printed is read again: pass the tree on"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(tree):\n    return read(text(tree), {})", True),
        ("def f(tree):\n    shown = f'{text(tree)} + 1'\n    return read(shown, {})", True),
        ("def f(self):\n    return read(str(self), {})", True),
        ("def f(source):\n    return text(read(source, {}).expr)", False),
    ],
)
def test_a_way_through_text_is_found(source: str, expected: bool) -> None:
    assert reads_what_it_prints(ast.parse(source), {"read"}) == expected
