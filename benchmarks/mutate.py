"""Changes one token of matcalc's own source at a time, and looks whether a wrong answer is shown.

Each mutant runs in a process of its own on the requests below. What it shows is judged by a
process that has the source as it is. The worst of a mutant counts: ``killed`` (an error instead of
an answer), ``same`` (as the unchanged source), ``equal`` (another text with the same value), or
``WRONG``, which should not occur. Run ``python benchmarks/mutate.py --help``; benchmarks/README.md
has the table.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import copy
import importlib.abc
import importlib.util
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
STAGES = {
    "calculus": ["matcalc/engine/calculus/*.py"],
    "rewriting": ["matcalc/engine/rewriting/*.py"],
    "recovery": ["matcalc/engine/recovery/*.py"],
    "lowering": ["matcalc/engine/lowering/*.py"],
    "ir": ["matcalc/engine/ir/*.py"],
    "identities": ["identities/functions/*.toml", "identities/rewrites/*.toml"],
    "text": [
        "matcalc/write/printers/text.py",
        "matcalc/write/printers/program.py",
        "matcalc/write/printers/naming.py",
        "matcalc/write/printers/sizes.py",
    ],
    "latex": ["matcalc/write/printers/latex*.py"],
    "numpy": ["matcalc/write/printers/numpy_*.py", "matcalc/stable.py"],
    "readback": ["matcalc/verify/readback/*.py"],
}
OUTPUTS = ("text", "latex", "source")
PATIENCE = 60  # seconds of computing for one mutant
_MEMORY = 4 << 30
_ENTRIES = re.compile(r"[A-Z]_\{[^}]*\} = ")  # how LaTeX begins that says an array by its entries


class Request(NamedTuple):
    """A derivative that is asked for; without a variable, the simplified expression itself."""

    text: str
    wrt: str = ""
    order: int = 1


KINDS = {
    "A": "matrix(m, n)",
    "B": "matrix(m, n)",
    "X": "matrix(n, n)",
    "Y": "matrix(n, n)",
    "S": "symmetric(n)",
    "D": "diagonal(n)",
    "V": "invertible(n)",
    "P": "psd(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "k3": "vector(3)",
    "a": "scalar",
    "p": "positive",
    "Z": "matrix(k, 2)",
    "w": "vector(m)",
    "K": "skew(n)",
    "L": "triangular(n)",
    "f": "function(vector(n)) -> scalar",
    "g": "function(scalar) -> scalar",
}
REQUESTS = [
    Request("x'*X*x - 2*x'*y", "x"),
    Request("norm2(A*x - z)^2/2 + a*norm1(x)", "x"),
    Request("-(x.*y)/(a + 1) + x.^3 - exp(-x)./(2 + y.^2)", "x"),
    Request("log(sum(exp(A*x)))", "x", 2),
    Request("logdet(V) - tr(inv(V)*X)", "V"),
    Request("tr(A*X*A'*B*Y*B') + sum(A*X)", "X"),
    Request("kron(A, B)*vec(X)", "X"),
    Request("tr(expm(X)*Y) + tr(X^3*Y) - det(X)", "X"),
    Request("softmax(x)'*log(p + x.^2)", "x"),
    Request("tr(S*X*S) + y'*inv(P)*y*a", "S"),
    Request("y'*D*X*D*y", "D"),
    Request("sum(tanh(A*x).^2.*z) + (x > 0)'*x.^2", "x"),
    Request("[x; A*x]'*[y; z]*x[2] + sum(triu(A, 1)*x)", "x"),
    Request("a^p*(x'*y)^2/norm2(x)", "x"),
    Request("sum(where(x > y, x.^2, sin(x)))*max(p, 2)", "x"),
    Request("diag(vec(triu(A, 1)))*kron(x, z)", "A"),
    Request("(x'*X*y)*(x'*x)*X*x", "x"),
    Request("cross(k3, X[1:3, 1:3]*k3)", "k3"),
    Request("sum(sqrt(p*abs(x)).*max(x, y) - gammaln(p + x.^2))", "x"),
    Request("a*x'*X^-1*x + y'*x*sum(z)/3", "x"),
    Request("sum(softmax(A, 2)*X) + sum(norm2(A, 1)) - sum(cumsum(A, 1))", "A"),
    Request("norm2(X*x)^2*tr(X'*X)", "X", 2),
    Request("y'*inv(P)*y + logdet(P)", "P"),
    Request("mean(log(1 + exp(-(A*x).*z)))", "x"),
    Request("sum[i<j](log(norm2(Z[i,:] - Z[j,:])))", "Z"),
    Request("sum[i,j](w[i]*g(A[i,j] - x[j])) + sum[i!=j](x[i]*exp(x[j]))", "x"),
    Request("sum[i](relu(1 - z[i]*sum[j](A[i,j]*x[j]))^2)", "x"),
    Request("X[2, 1]*x[3] + sum[i=1:n-1](x[i]*x[i+1]^2)", "x"),
    Request("tanh(X*x)./(x.*y)", "X"),
    Request("f(X*x)^2 + g(a*x'*y)", "x"),
    Request("y'*K*X*x + sum(L*L')", "K"),
    Request("sum(inv(L).^2) - sum(log(diag(L)))", "L"),
    Request("lambda_max(S) + y'*eigvals(S) + sum(sqrtm(P)*S)", "S"),
    Request("79788456/10^8*(a + 0.044715*a^3) + besselj(1, a)", "a"),
    Request("sum(inv(X'*Y)*X'*Y^2*inv(X'*Y)) + logdet(X'*Y)", "X"),
    Request("sum(revcumsum(x).*cumsum(y)) + prod(x) - std(x)/var(y)", "x"),
    Request("[X, x; y', a]*[y; p] + sum(blkdiag(X, X))", "x"),
    Request("sum(logsoftmax(A, 1).*A) + amax(A)*sum(amin(A, 2))", "A"),
    Request("(A*x - z)'*(A*x - z) - x'*A'*A*x"),
    Request("tr(A*inv(V)*V*A') + sum(exp(x)/sum(exp(x))) + log(exp(a))"),
    Request("inv(V*P)*V - diag(x)*X*diag(y) + (X*Y)'*S"),
]


# mutants


class Mutant(NamedTuple):
    """A changed file and what was changed."""

    stage: str
    path: Path
    line: int
    what: str
    code: Any  # a syntax tree, or the text of a file of identities


Change = Callable[[Any], None]

_OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_WORDS = {
    " + ": " - ",
    " - ": " + ",
    "+": "-",
    "-": "+",
    "*": ".*",
    ".*": "*",
    "/": "*",
    "./": ".*",
    "^": ".^",
    ".^": "^",
    "'": "",
    "@": "*",
    "**": "*",
    ".T": "",
    "max": "min",
    "min": "max",
    "amax": "amin",
    r"\top": "-1",
    r"\odot": r"\oslash",
    "exp": "log",
    "sin": "cos",
    "cos": "sin",
    "tr": "det",
    "(": "[",
    "()": "[]",
    ", ": " ",
}


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, Change]]:
    """What can be changed: the node, words for it, and a function that does it to a copy."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
            if type(node.op) in _OPERATORS:
                yield node, _named(node.op), _operator
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in _OPERATORS:
            yield node, _named(node.ops[0]), _comparison
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
            yield from _constants(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
            yield node, f"{type(node.op).__name__} dropped", lambda n: _become(n, n.operand)
        elif isinstance(node, ast.IfExp):
            yield node, "branches swapped", lambda n: _swap(n, "body", "orelse")
        elif isinstance(node, ast.Call) and _has_two_arguments(node):
            yield node, "arguments swapped", _arguments


def _has_two_arguments(node: ast.Call) -> bool:
    return len(node.args) >= 2 and not any(isinstance(arg, ast.Starred) for arg in node.args)


def _named(operator: ast.AST) -> str:
    return f"{type(operator).__name__} -> {_OPERATORS[type(operator)].__name__}"


def _constants(node: ast.Constant) -> Iterator[tuple[ast.AST, str, Change]]:
    value = node.value
    if isinstance(value, bool):
        changes: list[Any] = [not value]
    elif isinstance(value, int):
        changes = [1 - value] if value in (0, 1) else [value + 1, value - 1]
    else:
        changes = [_WORDS[value]] if value in _WORDS else []
    for new in changes:
        yield node, f"{value!r} -> {new!r}", lambda n, new=new: setattr(n, "value", new)


def _operator(node: Any) -> None:
    node.op = _OPERATORS[type(node.op)]()


def _comparison(node: Any) -> None:
    node.ops[0] = _OPERATORS[type(node.ops[0])]()


def _arguments(node: Any) -> None:
    node.args[0], node.args[1] = node.args[1], node.args[0]


def _swap(node: Any, one: str, other: str) -> None:
    first, second = getattr(node, one), getattr(node, other)
    setattr(node, one, second)
    setattr(node, other, first)


def _become(node: Any, other: Any) -> None:
    node.__class__ = other.__class__
    place = {key: node.__dict__[key] for key in ("lineno", "col_offset")}
    node.__dict__ = {**place, **other.__dict__}


def mutants_of_module(stage: str, path: Path) -> list[Callable[[], Mutant]]:
    """Mutants of a Python file, each made when it is wanted."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    order = list(ast.walk(tree))
    index = {id(node): place for place, node in enumerate(order)}

    def maker(node: ast.AST, what: str, change: Change) -> Callable[[], Mutant]:
        def made() -> Mutant:
            other = copy.deepcopy(tree)
            change(list(ast.walk(other))[index[id(node)]])
            code = ast.fix_missing_locations(other)
            return Mutant(stage, path, getattr(node, "lineno", 0), what, code)

        return made

    return [maker(*place) for place in places(tree)]


_TOKEN = re.compile(r"'|[0-9]+|\.[*/^]|[-+*/]|\b[A-Z]\b")
_SIDE = re.compile(r'^(?:diff|to|is) = "([^"]*)"$', re.MULTILINE)


def mutants_of_identities(stage: str, path: Path) -> list[Callable[[], Mutant]]:
    """Mutants of the right sides of a file of identities."""
    text = path.read_text(encoding="utf-8")

    def maker(token: re.Match[str]) -> Callable[[], Mutant]:
        piece, (start, end) = token.group(), token.span()
        new = str(int(piece) + 1) if piece.isdigit() else _WORDS.get(piece, f"{piece}'")
        changed = text[:start] + new + text[end:]
        line = text.count("\n", 0, start) + 1
        return lambda: Mutant(stage, path, line, f"{piece!r} -> {new!r}", changed)

    sides = _SIDE.finditer(text)
    return [maker(token) for side in sides for token in _TOKEN.finditer(text, *side.span(1))]


def sample(stage: str, count: int, seed: int) -> list[Mutant]:
    """So many mutants of a stage, the same for the same seed."""
    makers: list[Callable[[], Mutant]] = []
    for pattern in STAGES[stage]:
        for path in sorted(ROOT.glob(pattern)):
            made = mutants_of_identities if path.suffix == ".toml" else mutants_of_module
            makers += made(stage, path)
    rng = random.Random(f"{seed} {stage}")
    return [make() for make in rng.sample(makers, min(count, len(makers)))]


# one mutant


class _Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Puts a changed module in the place of its source."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts)
        self.name = self.name.removesuffix(".__init__")

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        package = self.mutant.path.stem == "__init__"
        return importlib.util.spec_from_loader(fullname, self, is_package=package)

    def exec_module(self, module: Any) -> None:
        module.__file__ = str(self.mutant.path)
        if self.mutant.path.stem == "__init__":
            module.__path__ = [str(self.mutant.path.parent)]
        exec(compile(self.mutant.code, str(self.mutant.path), "exec"), module.__dict__)


def _changed_file(mutant: Mutant) -> None:
    """Everybody who opens the file gets the changed text."""
    usual, text = open, str(mutant.code)

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(file, str | Path) and Path(file).resolve() == mutant.path:
            return io.BytesIO(text.encode()) if "b" in mode else io.StringIO(text)
        return usual(file, mode, *args, **kwargs)

    builtins.open = io.open = opened  # type: ignore[assignment]


def answers(mutant: Mutant | None) -> list[str | None]:
    """What is shown for each request, None for an error; for no mutant, by the source as it is."""
    if mutant is not None and mutant.path.suffix == ".toml":
        _changed_file(mutant)
    elif mutant is not None:
        sys.meta_path.insert(0, _Loader(mutant))
    import matcalc

    warnings.simplefilter("ignore")  # an answer that is shown with a warning is shown
    shown: list[str | None] = []
    for request in REQUESTS:
        try:
            formula = asked(matcalc, request)
        except Exception:  # whatever it is, it is no answer
            shown += [None] * len(OUTPUTS)
            continue
        for output in OUTPUTS:
            try:
                shown.append(_shown(formula, output))
            except Exception:
                shown.append(None)
    return shown


def asked(matcalc: Any, request: Request) -> Any:
    """The answer to a request."""
    if not request.wrt:
        return matcalc.simplify(request.text, variables=KINDS)
    return matcalc.diff(request.text, request.wrt, variables=KINDS, order=request.order)


def _shown(formula: Any, output: str) -> str:
    return str(formula) if output == "text" else str(getattr(formula, output)())


def in_a_process(mutant: Mutant | None) -> list[str | None] | None:
    """The same in a process of its own; None if it hangs or dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
        try:
            content = json.dumps(answers(mutant)).encode()
        except BaseException:  # a module that cannot even be imported
            content = json.dumps([None] * len(REQUESTS) * len(OUTPUTS)).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        os._exit(0)
    os.close(writing)
    received = b""
    while chunk := os.read(reading, 1 << 16):
        received += chunk
    os.close(reading)
    os.waitpid(child, 0)
    return json.loads(received) if received else None


# the verdict


def judge() -> None:
    """Reads lines [request, output, shown]; says whether what is shown has the right value."""
    import matcalc

    warnings.simplefilter("ignore")
    for line in sys.stdin:
        place, output, shown = json.loads(line)
        try:
            ok = _right(asked(matcalc, REQUESTS[place]), REQUESTS[place], output, shown)
        except Exception:  # a text that cannot be read, code that cannot be run
            ok = False
        print(json.dumps(ok), flush=True)


def _right(formula: Any, request: Request, output: str, shown: str) -> bool:
    """Whether it agrees with derivatives computed numerically; of code, with the value of an
    answer that does.
    """
    from matcalc.claims.equality import EQUAL, decide_by_value
    from matcalc.read.frontend import read
    from matcalc.read.tex.read import read_latex
    from matcalc.verify.readback.code import code_says
    from matcalc.verify.verification import compare
    from matcalc.write.printers.numpy_code import Source

    if output == "source":
        source = Source(formula._tree, formula.variables, "f", "")
        return code_says(shown, source, formula._tree, formula.variables)
    if output == "text":
        again = read(shown, formula.variables)
    else:
        again = read_latex(shown, formula.variables, printed=_axes(formula, shown))
    if not request.wrt:
        meant = read(request.text, KINDS)
        return bool(decide_by_value(meant, again).verdict == EQUAL)
    # a mutant may show the array where the source as it is shows a matrix
    whole = again.expr.rank == formula._tree.rank
    tree = again.expr if whole else formula._unfold(again.expr)
    return compare(formula._statement, tree, 1).ok


def _axes(formula: Any, shown: str) -> Any:
    """The shape of an array whose LaTeX has indices, which nothing else tells."""
    by_entries = {"einsum", "epsilon", "fuse", "indexed"}
    tree = formula._tree
    written = any(node.op in by_entries or node.rank > 2 for node in tree.parts)
    return tree.shape if written or _ENTRIES.match(shown) else None


class Judge:
    """A process with the source as it is."""

    def __init__(self) -> None:
        command = [sys.executable, __file__, "--judge"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def right(self, place: int, output: str, shown: str) -> bool:
        """Whether what a request shows is right."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([place, output, shown]) + "\n")
        self.process.stdin.flush()
        return bool(json.loads(self.process.stdout.readline()))


_ORDER = ("same", "equal", "killed", "WRONG")  # each worse than the one before


def verdict(
    found: list[str | None] | None, usual: list[str | None], judged: Judge
) -> tuple[str, str]:
    """The worst that is shown, and where."""
    if found is None:
        return "killed", ""
    words = {"same"}
    for k, (shown, before) in enumerate(zip(found, usual, strict=True)):
        place, output = k // len(OUTPUTS), OUTPUTS[k % len(OUTPUTS)]
        if shown is None:
            words.add("killed")
        elif shown != before:
            if not judged.right(place, output, shown):
                request = REQUESTS[place]
                return "WRONG", f"{request.text} by {request.wrt}, {output}: {shown}"
            words.add("equal")
    return max(words, key=_ORDER.index), ""


def run(stages: list[str], count: int, seed: int, minutes: float) -> None:
    """Prints what is wrong, and the table."""
    end, judged = time.monotonic() + 60 * minutes, Judge()
    usual = in_a_process(None)
    assert usual is not None
    for k, shown in enumerate(usual):
        place, output = k // len(OUTPUTS), OUTPUTS[k % len(OUTPUTS)]
        assert shown is not None, (REQUESTS[place].text, output)
        assert judged.right(place, output, shown), (REQUESTS[place].text, output, shown)
    table: dict[str, Counter[str]] = {}
    for stage in stages:
        table[stage] = Counter()
        for mutant in sample(stage, count, seed):
            if time.monotonic() > end:
                print(f"out of time in {stage}")
                break
            word, what = verdict(in_a_process(mutant), usual, judged)
            table[stage][word] += 1
            if what:
                where = f"{mutant.path.relative_to(ROOT)}:{mutant.line}: {mutant.what}"
                print(f"{where}\n    {what}", flush=True)
        print(_row(stage, table[stage]), flush=True)
    print(f"\n{'stage':<12}{'mutants':>8}", *(f"{word:>8}" for word in _ORDER))
    for stage, counts in table.items():
        print(_row(stage, counts))
    print(_row("all", sum(table.values(), Counter())))


def _row(stage: str, counts: Counter[str]) -> str:
    numbers = " ".join(f"{counts[word]:>8}" for word in _ORDER)
    return f"{stage:<12}{counts.total():>8} {numbers}"


def main() -> None:
    """Reads the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    names = ", ".join(STAGES)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"of {names}; all unless given")
    parser.add_argument("--count", type=int, default=60, help="mutants of each stage (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="no mutant begins after so many")
    parser.add_argument("--judge", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [stage for stage in options.stages if stage not in STAGES]
    if unknown:
        parser.error(f"no stage {', '.join(unknown)}")
    sys.path.insert(0, str(ROOT))
    if options.judge:
        judge()
    else:
        import numpy  # noqa: F401 - once, and not for each mutant

        run(options.stages or list(STAGES), options.count, options.seed, options.minutes)


if __name__ == "__main__":
    main()
