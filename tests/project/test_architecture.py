"""The rules of the house that a program can check: who imports whom, how long things are, that no
table lacks a function.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import FrameType

import pytest
from source import FUNCTION, ROOT, below, imported, nodes_of, parsed

from matcalc.cli.command import main
from matcalc.core.operations import OPERATIONS
from matcalc.engine.calculus.orders import ORDERED
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.lowering import index_rules, lower, multilinear
from matcalc.read.shapes import shape_rules
from matcalc.verify.oracle.evaluations import FUNCTIONS as ORACLE
from matcalc.write.printers.latex_functions import FUNCTIONS as LATEX
from matcalc.write.printers.numpy_functions import CALLS, FORMS


@cache
def nodes_in_functions(path: Path) -> list[ast.AST]:
    """What stands in the outermost functions of a module, with those in classes."""
    outside: list[ast.AST] = [parsed()[path]]
    found: list[ast.AST] = []
    for node in outside:
        (found if isinstance(node, FUNCTION) else outside).extend(below(node))
    for node in found:
        found += below(node)
    return found


# what each part of matcalc/ may import of the others; docs/architecture.md shows the same table
ALLOWED = {
    "core": "",
    "version": "",
    "runtime": "core",
    "syntax": "core",
    "shapes": "core syntax",
    "frontend": "core syntax shapes",
    "summed": "core syntax",
    "looped": "core frontend syntax summed",
    "pieces": "core frontend",
    "tex": "core syntax shapes",
    "printers": "core runtime",
    "oracle": "core runtime",
    "bridges": "core printers",
    "ir": "core",
    "lowering": "core ir",
    "catalogue": "core ir frontend",
    "calculus": "core ir lowering catalogue",
    "rewriting": "core ir lowering catalogue",
    "recovery": "core ir printers",
    "exact": "core",
    "readback": "core syntax frontend tex printers oracle runtime exact",
    "complements": "core readback",
    "regrouping": "core",
    "arrays": "core",
    "notation": "core printers readback complements regrouping",
    "defined": "core recalled",
    "typed_sums": "core ir lowering recovery",
    "index_forms": "core ir rewriting recovery printers",
    "pipeline": "core ir lowering catalogue calculus rewriting recovery notation printers defined "
    "typed_sums index_forms",
    "directional": "core ir lowering calculus pipeline",
    "parts": "core ir lowering calculus pipeline",
    "segments": "core",
    "recalled": "core",
    "several": "core ir lowering calculus rewriting recovery printers pipeline segments recalled",
    "single": "core pipeline several",
    "row_updates": "core",
    "backprop": "core pipeline row_updates several segments readback printers complements "
    "regrouping",
    "verification": "core exact oracle printers",
    "steps": "core verification oracle",
    "equality": "core exact oracle pipeline printers",
    "stable": "core ir lowering catalogue rewriting recovery pipeline equality",
    "coded": "core stable printers readback",
    "requirements": "core lowering pipeline",
    "with_code": "core requirements printers coded",
    "explain": "core ir lowering catalogue calculus rewriting recovery pipeline directional "
    "notation printers readback verification steps equality exact",
    "graph": "core ir pipeline directional segments explain verification steps printers oracle "
    "runtime",
    "inner": "core pipeline verification",
    "polynomials": "core",
    "definite": "core ir pipeline printers polynomials",
    "notations": "core frontend directional pipeline notation printers readback equality",
    "manifolds": "core frontend directional pipeline notation readback verification steps "
    "equality with_code notations",
    "conjugates": "core syntax shapes frontend tex pipeline inner notation printers readback "
    "explain graph verification exact steps oracle equality judge directional notations "
    "definite common expansions extrema zeros",
    "results": "core frontend pieces tex parts pipeline single notation printers readback "
    "verification equality with_code oracle bridges explain graph directional steps notations "
    "manifolds",
    "common": "core frontend tex notation printers oracle readback pipeline verification stable "
    "inner notations results",
    "derivatives": "core frontend looped pieces printers oracle readback arrays notation pipeline "
    "directional several backprop verification steps equality stable graph manifolds "
    "notations results common",
    "expansions": "core frontend tex printers oracle readback pipeline directional inner "
    "verification steps equality notations results common",
    "convex": "core printers oracle pipeline verification definite results common derivatives",
    "zeros": "core printers oracle pipeline directional verification equality polynomials "
    "definite results expansions",
    "extrema": "core printers oracle pipeline verification equality definite results common "
    "expansions convex zeros",
    "implicit": "core frontend printers oracle pipeline directional equality inner definite "
    "notations results common expansions convex zeros extrema",
    "objectives": "core frontend pipeline equality results common derivatives",
    "judge": "core version frontend tex pipeline notation printers oracle runtime exact equality "
    "results inner requirements",
    "testing": "core syntax frontend pipeline printers oracle runtime results judge",
    "pytest_plugin": "core judge",
    "user_defined": "core syntax frontend ir lowering catalogue rewriting pipeline notation oracle "
    "runtime equality judge",
    "api": "core frontend tex judge results common derivatives bridges user_defined inner "
    "conjugates",
    "analysis": "core results common derivatives expansions convex extrema implicit api conjugates",
    "__init__": "core version api analysis judge results derivatives expansions objectives "
    "testing conjugates",
    "web": "core exact judge results derivatives api graph conjugates",
    "session": "core syntax frontend conjugates",
    "plot": "core judge",
    "cli": "core version frontend tex catalogue oracle verification results common derivatives "
    "expansions convex extrema implicit judge user_defined web graph session inner plot manifolds "
    "notations conjugates",
    "layout": "core syntax",
    "document": "core tex judge results session layout cli",
    "editor": "version document",
    "notebook": "core frontend tex results session cli",
    "assistant": "core version web",
    "__main__": "cli",
}
HEAVY = {
    "numpy",
    "sympy",
    "mpmath",
}  # loaded inside of functions, because they cost more than an answer does
# as much text as 400 and 60 lines of 130 columns were
LONGEST_FILE = 540
LONGEST_FUNCTION = 78
MOST_FORS = 2  # of a comprehension
REASON = 8  # characters: a lazy import says why it is one


# folders that hold several parts; what is in a part is nobody else's concern
GROUPS = ("read", "engine", "write", "verify", "claims", "answers", "extend", "tools")


def part(path: Path) -> str:
    """The part of matcalc/ that a file belongs to: a package or module, or one of a group."""
    return part_of(path.relative_to(ROOT).with_suffix("").parts)


def part_of(names: tuple[str, ...]) -> str:
    """The same of ``("matcalc", "read", "syntax", "parser")``."""
    if len(names) > 2 and names[1] in GROUPS:
        return names[1] if names[2] == "__init__" else names[2]
    return names[1] if len(names) > 1 else ""


def our_modules() -> dict[str, Path]:
    names = {}
    for path in parsed():
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def test_imports_follow_the_table() -> None:
    wrong = []
    for path in parsed():
        allowed = ALLOWED.get(part(path), "").split()
        for node in nodes_of(path):
            for name in imported(node):
                target = part_of(tuple(name.split("."))) if name.startswith("matcalc.") else ""
                if target in ALLOWED and target not in (part(path), *allowed):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {name}")  # type: ignore[attr-defined]
    assert not wrong, "\n".join(wrong)


def test_table_names_every_part_and_has_no_cycle() -> None:
    assert {part(path) for path in parsed()} - set(GROUPS) == set(ALLOWED)
    TopologicalSorter({name: allowed.split() for name, allowed in ALLOWED.items()}).prepare()


def test_document_shows_the_same_table() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name, allowed in ALLOWED.items():
        assert f"| `{name}` | {' '.join(allowed.split()) or '-'} |" in text


def test_document_shows_the_way_of_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of docs/architecture.md has the calls of ``matcalc diff`` in their order."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/]+\.py)` \| `(?:\w+\.)?(\w+)` \|", text, re.MULTILINE)
    assert len(rows) > 10
    left = iter(rows)
    wanted = next(left)

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal wanted
        code = frame.f_code
        here = event == "call" and code.co_name == wanted[1]
        if here and code.co_filename.endswith(f"matcalc/{wanted[0]}"):
            wanted = next(left, ("", ""))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        main(["diff", "norm2(A*x - b)^2", "--wrt", "x", "--var", "b: vector(m)"])
    finally:
        sys.setprofile(before)
    assert wanted == ("", ""), f"{wanted[1]} of {wanted[0]} is not called after those before it"
    assert "2*A'*(A*x - b)" in capsys.readouterr().out


def test_no_files_need_each_other() -> None:
    """Every import counts here, wherever it stands: within a function and for annotations, too."""
    ours = our_modules()
    graph: dict[str, set[str]] = {}
    for module, path in ours.items():
        names = [name for node in nodes_of(path) for name in imported(node)]
        targets = {name if name in ours else name.rpartition(".")[0] for name in names}
        graph[module] = (targets & set(ours)) - {module}
    TopologicalSorter(graph).prepare()


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in nodes_of(path) if isinstance(node, FUNCTION)]


def test_imports_inside_functions_give_a_reason() -> None:
    wrong = []
    for path in parsed():
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in nodes_in_functions(path):
            names = imported(node)
            light = {name.split(".")[0] for name in names} - HEAVY
            if light and not _reasoned(lines, node.lineno - 1):  # type: ignore[attr-defined]
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports {names[0]}")  # type: ignore[attr-defined]
    assert not wrong, "\n".join(wrong)


def _reasoned(lines: list[str], index: int) -> bool:
    """Whether the import says why it stands there: behind ``noqa``, or in a comment above the block
    of imports.
    """
    if len(lines[index].partition("# noqa: PLC0415")[2].strip(" -()")) >= REASON:
        return True
    while "# noqa: PLC0415" in lines[index]:
        index -= 1
    return lines[index].lstrip().startswith("# ")


def test_files_and_functions_are_short() -> None:
    long = []
    for path in parsed():
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST_FILE:
            long.append(f"{path.relative_to(ROOT)}: {count} lines")
        for function in _functions(path):
            count = (function.end_lineno or 0) - function.lineno + 1
            if count > LONGEST_FUNCTION:
                long.append(f"{path.relative_to(ROOT)}: {function.name} has {count} lines")
    assert not long, "\n".join(long)


def test_names_of_classes_mean_one_thing() -> None:
    """Two classes or types that other modules import have two names."""
    used = {name for path in parsed() for node in nodes_of(path) for name in imported(node)}
    homes: dict[str, dict[str, list[str]]] = {}  # name -> what it is -> the modules
    for module, path in our_modules().items():
        for node in parsed()[path].body:
            for name, what in _types(node, module):
                if f"{module}.{name}" in used:
                    homes.setdefault(name, {}).setdefault(what, []).append(module)
    shared = {name: list(meanings) for name, meanings in homes.items() if len(meanings) > 1}
    assert not shared, f"call one of each otherwise: {shared}"


def _types(node: ast.stmt, module: str) -> list[tuple[str, str]]:
    """The class or type that a statement defines, and what tells it from others of its name."""
    if isinstance(node, ast.ClassDef):
        return [(node.name, module)]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        if isinstance(node.value, ast.Subscript | ast.BinOp) and re.match(r"[A-Z]+[a-z]", name):
            return [(name, ast.unparse(node.value))]
    return []


def test_names_of_one_file_stay_in_it() -> None:
    """What another module needs has a public name."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} imports {alias.name}"
        for path in parsed()
        for node in nodes_of(path)
        for alias in (node.names if isinstance(node, ast.ImportFrom) else ())
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert not wrong, wrong


def test_docstrings_of_modules_name_functions_that_are_there() -> None:
    """``derive_part(): ...`` at the head of a file is the function to begin with."""
    wrong = []
    for path, module in parsed().items():
        named = re.match(r"(\w+)\(\):", ast.get_docstring(module) or "")
        defined = {
            node.name for node in nodes_of(path) if isinstance(node, (*FUNCTION, ast.ClassDef))
        }
        if named and named[1] not in defined:
            wrong.append(f"{path.relative_to(ROOT)}: {named[1]}")
    assert not wrong, wrong


def test_comprehensions_are_read_at_once() -> None:
    """A third ``for`` is a loop, a helper or ``itertools.product``."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]
        for path in parsed()
        for node in nodes_of(path)
        if len(getattr(node, "generators", ())) > MOST_FORS
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_caught_wholesale() -> None:
    """``except Exception`` hides bugs; the command line, which reports them, is the one place for
    it.
    """
    wrong = []
    for path in parsed():
        for node in nodes_of(path):
            if isinstance(node, ast.ExceptHandler):
                names = (
                    {leaf.id for leaf in ast.walk(node.type) if isinstance(leaf, ast.Name)}
                    if node.type
                    else {"BaseException"}
                )
                if names & {"Exception", "BaseException"} and part(path) != "cli":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, "\n".join(wrong)


# tables outside of the rows that have several functions as keys or members: how many each file has,
# and why they are there. Each is a rule of its stage, or a choice of a few. The judges have their
# own tables, so that a mistake in a row cannot pass them.
KEYED_BY_FUNCTIONS = {
    "core/subspaces.py": (
        1,
        "a table of the judges: kinds, some named like the function that projects",
    ),
    "answers/expansions/series_terms.py": (
        2,
        "the general terms of series, with where they converge",
    ),
    "graph/operations.py": (1, "rules: how many multiplications and additions a function takes"),
    "core/scalars.py": (1, "evaluations: of numbers in floating point, without NumPy"),
    "conjugates/written.py": (1, "rules: what is written for a value and its conjugate"),
    "conjugates/reading.py": (1, "the norms that are roots of products with the conjugate"),
    "extend/bridges/sympy_export.py": (2, "rules: SymPy's form of what it lacks"),
    "engine/calculus/orders.py": (1, "rules: derivatives of functions with an order"),
    "engine/ir/property_flags.py": (
        1,
        "flags of kinds, some named like the function that projects",
    ),
    "engine/ir/properties.py": (2, "theorems: flags of the argument to flags of the value"),
    "engine/lowering/index_rules.py": (1, "rules: index arithmetic"),
    "engine/lowering/indexed.py": (2, "rules: what has bound indices"),
    "engine/lowering/multilinear.py": (1, "rules: index arithmetic"),
    "stable.py": (1, "which formulas divide by what a product is made of"),
    "write/printers/c_rules.py": (1, "rules: what C has no call for"),
    "write/printers/numpy_indexed.py": (
        2,
        "rules: what has bound indices, what reductions begin with",
    ),
    "write/printers/latex_functions.py": (1, "rules: what no template says"),
    "write/printers/numpy_emit.py": (
        2,
        "what is a method of arrays, and whose value nobody else holds",
    ),
    "write/printers/numpy_properties.py": (1, "runtime functions whose value may be complex"),
    "write/printers/numpy_functions.py": (1, "rules: what is no single call"),
    "write/printers/text.py": (1, "rules: what has sizes or letters in its text"),
    "engine/rewriting/constants.py": (2, "rules: exact values"),
    "read/shapes/shape_rules.py": (1, "shape rules"),
    "engine/recovery/factory.py": (2, "a rule: kron(A', B')' is kron(A, B)"),
    "engine/recovery/unvec.py": (1, "rules: products of matrices for Kronecker products"),
    "read/syntax/advice.py": (1, "words for optima"),
    "read/syntax/dotted.py": (
        5,
        "what Python libraries have by the same name",
    ),
    "read/tex/scripts.py": (1, "words, of which some are functions too"),
}
OF_THE_JUDGES = ("verify/exact/", "verify/oracle/")
ROWS = "core/functions/"


_WORDS = re.compile(r"\w+(?:[|, ]+\w+)+")  # a text that is a list


def _texts(nodes: Iterable[ast.AST | None]) -> list[str]:
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def _compared(tests: Iterable[ast.AST]) -> list[str]:
    """The texts that something is compared with in conditions."""
    found = []
    for test in tests:
        for node in ast.walk(test):
            if isinstance(node, ast.Compare):
                found += _texts(ast.walk(node))
    return found


def _chain(node: ast.If | ast.IfExp) -> list[ast.AST]:
    """The conditions of ``if ... elif ...``."""
    tests: list[ast.AST] = []
    part: ast.AST = node
    while isinstance(part, ast.If | ast.IfExp):
        tests.append(part.test)
        below = part.orelse
        part = (below[0] if len(below) == 1 else ast.Pass()) if isinstance(below, list) else below
    return tests


def words_of(node: ast.AST) -> list[str]:
    """The keys or members of what may be a table: a display, a list of pairs, ``dict(name=...)``, a
    text that is a list, ``match``, a chain of conditions.
    """
    match node:
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            nested = [word for key, value in pairs if key is None for word in words_of(value)]
            return _texts(node.keys) + nested
        case ast.Set() | ast.Tuple() | ast.List():
            firsts = [
                each.elts[0] for each in node.elts if isinstance(each, ast.Tuple) and each.elts
            ]
            return _texts([*node.elts, *firsts])
        case ast.Call(func=ast.Name(id="dict")):
            return [keyword.arg for keyword in node.keywords if keyword.arg]
        case ast.Constant(value=str(text)) if _WORDS.fullmatch(text):
            return re.findall(r"\w+", text)
        case ast.Match():
            patterns = [case.pattern for case in node.cases]
            values = [each for pattern in patterns for each in ast.walk(pattern)]
            return _texts(each.value for each in values if isinstance(each, ast.MatchValue))
        case ast.If() | ast.IfExp():
            return _compared(_chain(node))
        case ast.BoolOp():
            return _compared([node])
    return []


def tables_of_functions(nodes: Iterable[ast.AST]) -> int:
    """How many tables have two names of functions or more as keys or members."""
    return sum(len(OPERATIONS.keys() & set(words_of(node))) > 1 for node in nodes)


def _without_exports(path: Path) -> list[ast.AST]:
    """All nodes but those of ``__all__``, which names what the file itself has."""
    exports = [
        node
        for node in nodes_of(path)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == "__all__" for each in node.targets)
    ]
    left_out = {id(part) for node in exports for part in ast.walk(node)}
    return [node for node in nodes_of(path) if id(node) not in left_out]


def test_what_is_known_of_functions_stands_in_their_rows() -> None:
    """A new table keyed by functions is a field of ``FunctionSpec``, unless there is a reason
    against it.
    """
    found = {}
    for path in parsed():
        file = path.relative_to(ROOT / "matcalc").as_posix()
        if file.startswith((*OF_THE_JUDGES, ROWS)):
            continue
        if count := tables_of_functions(_without_exports(path)):
            found[file] = count
    assert found == {file: count for file, (count, _) in KEYED_BY_FUNCTIONS.items()}, (
        "a table of functions: make it a field, or count it here with its reason"
    )


@pytest.mark.parametrize(
    "source",
    [
        '{"inv": 1, "det": 2}',
        '{**{"inv": 1}, **{"det": 2}}',
        '{"inv", "det"}',
        'name in ("inv", "det")',
        'name == "inv" or name == "det"',
        '1 if name == "inv" else 2 if name == "det" else 3',
        'if name == "inv":\n    pass\nelif name in {"det"}:\n    pass',
        'match name:\n    case "inv":\n        pass\n    case "det":\n        pass',
        'match node:\n    case Expr(op="inv" | "det"):\n        pass',
        'dict([("inv", 1), ("det", 2)])',
        "dict(inv=1, det=2)",
        '"inv det".split()',
        're.compile("inv|det")',
    ],
)
def test_a_table_is_found_however_it_is_written(source: str) -> None:
    assert tables_of_functions(ast.walk(ast.parse(source)))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_function_is_known_everywhere(name: str) -> None:
    """A row in ``core/functions/`` asks for an entry in each of these."""
    operation = OPERATIONS[name]
    assert operation.signature in shape_rules._BY_SIGNATURE or name in shape_rules._RULES, (
        "no shape rule"
    )
    assert name in ORACLE, "no NumPy evaluation"
    assert operation.call.startswith(f"{name}("), "no example of a call"
    assert name in LATEX, "no LaTeX form"
    assert name in CALLS or name in FORMS, "no generated code"


@pytest.mark.parametrize("name", sorted(OPERATIONS.keys() - ORDERED.keys()))
def test_every_function_has_a_derivative(name: str) -> None:
    """From a differential, from a definition, or because it is index arithmetic."""
    stated = LIBRARY.get(f"d-{name}") or LIBRARY.get(f"define-{name}")
    assert stated or any(
        name in rules for rules in (index_rules.RULES, multilinear.RULES, lower._RULES)
    )


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(ORACLE, id="oracle"),
        pytest.param(LATEX, id="latex"),
        pytest.param({**CALLS, **FORMS}, id="numpy"),
        pytest.param(shape_rules._RULES, id="shapes"),
    ],
)
def test_no_table_knows_a_function_that_is_gone(table: dict[str, object]) -> None:
    assert set(table) <= set(OPERATIONS)
