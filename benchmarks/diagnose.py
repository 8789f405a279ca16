"""How many wrong claims are found out, and how many diagnosed: published derivatives with known
mistakes.

The mistakes are made here, on the typed tree of the published text, by code that shares nothing
with the diagnosis; whether a mistake changed anything is decided by the oracle's ``check``.

    python benchmarks/diagnose.py [--seed N] [--most N]     # N claims of each kind at most; prints
    a table
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import WRONG, Report
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.core.walk import fold, postorder
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.read.frontend import read, read_pair
from matcalc.verify.oracle.compare import agree, check
from matcalc.verify.oracle.interpret import interpret
from matcalc.write.printers.text import text
from tests.verify.exact.test_judge import KNOWN, V


@dataclass(frozen=True)
class Published:
    """A published derivative, right as it stands."""

    name: str
    expr: str
    variables: dict[str, str]
    wrt: str
    order: int
    right: str


@dataclass(frozen=True)
class Mistake:
    """A wrong claim and the kinds of diagnosis that name its mistake."""

    kind: str
    source: Published
    claim: str
    names: frozenset[str]
    structure: str = "free"


# what the judge may call each mistake that is made here
NAMES = {
    "transposed": "transpose",
    "sign": "sign",
    "factor 2": "factor",
    "factor 1/2": "factor",
    "factor n": "factor",
    "factor 1/n": "factor",
    "term dropped": "missing-term",
    "term's sign": "sign",
    "term added": "extra-term",
    "factor dropped": "chain-factor factor inverse-missing missing-term diag-missing",
    "inner transpose": "factor-transposed inverse-transposed axis transpose order needs-symmetric",
    "inverse transposed": "inverse-transposed factor-transposed transpose needs-symmetric",
    "order": "order inverse-side transpose needs-commuting factor-transposed needs-symmetric",
    "elementwise": "elementwise",
    "det or logdet": "logarithm chain-factor",
    "norm squared": "norm-squared chain-factor exponent",
    "kronecker": "kronecker-order vec-order",
    "other variable": "variable",
    "assumed symmetric": "needs-symmetric",
    "n for 1/n": "factor",
    "exponent": "exponent factor chain-factor norm-squared missing-term",
    "function": "function chain-factor factor",
    "another objective": "logarithm function norm-squared elementwise chain-factor factor "
    "inverse-transposed",
    "sign and transposed": "sign+transpose",
    "sign and inner transpose": "sign+factor-transposed sign+inverse-transposed "
    "sign+transpose sign+needs-symmetric sign+order",
    "sign and term dropped": "sign+missing-term",
    "sign and factor dropped": "sign+chain-factor sign+factor sign+inverse-missing "
    "sign+missing-term sign+diag-missing",
    "transposed and term dropped": "transpose+missing-term",
    "factor 2 and order": "factor+order factor+inverse-side factor+transpose "
    "factor+needs-commuting factor+needs-symmetric "
    "factor+factor-transposed",
    "two inner transposes": "factor-transposed inverse-transposed transpose order needs-symmetric",
    "factor 2 and term dropped": "factor+missing-term",
    "factor 2 and inner transpose": "factor+factor-transposed factor+inverse-transposed "
    "factor+transpose factor+needs-symmetric",
    "independent entries": "structure",
    "counted twice": "structure",
}


# of compositions: the claim without its first mistake
COMPOSED = {
    "sign and transposed": lambda claim: f"-({claim})",
    "sign and inner transpose": lambda claim: f"-({claim})",
    "sign and term dropped": lambda claim: f"-({claim})",
    "sign and factor dropped": lambda claim: f"-({claim})",
    "transposed and term dropped": lambda claim: f"({claim})'",
    "factor 2 and order": lambda claim: f"({claim})/2",
    "factor 2 and term dropped": lambda claim: f"({claim})/2",
    "factor 2 and inner transpose": lambda claim: f"({claim})/2",
}


def published() -> list[Published]:
    """The derivatives that the tests know, and the published identities."""
    found = []
    for name, (expr, wrt, right) in KNOWN.items():
        try:
            known = read(expr, V).variables
        except MatcalcError:
            continue
        # those that the text declares are not declared beside it
        variables = {each: str(kind) for each, kind in known.items() if f"{each}:" not in expr}
        found.append(Published(name, expr, variables, wrt, 1, right))
    for entry in LIBRARY.all():
        if entry.form == "derivative":
            kinds = {name: kind for name, kind in (entry.domain or {}).items() if kind != "integer"}
            found.append(
                Published(
                    entry.name,
                    entry.expr,
                    {**entry.given, **kinds},
                    entry.wrt,
                    entry.order,
                    entry.right,
                )
            )
    return found


def claim_of(source: Published, right: str, structure: str = "free") -> Claim:
    return Claim(source.expr, source.wrt, right, source.variables, source.order, "mixed", structure)


def replaced(tree: Expr, part: Expr, instead: Expr) -> Expr:
    def rule(node: Expr, args: list[Expr]) -> Expr:
        return (
            instead
            if node is part
            else Expr(node.op, tuple(args), node.shape, value=node.value, row=node.row)
        )

    return fold(tree, lambda e: e.args, rule)


def flipped(node: Expr) -> Expr:
    return node.args[0] if node.op == "'" else Expr("'", (node,), node.shape[::-1])


def summands(tree: Expr) -> list[tuple[int, Expr]]:
    """The terms of the outermost sum, with their signs."""
    found, stack = [], [(1, tree)]
    while stack:
        sign, part = stack.pop()
        if part.op in ("+", "-") and all(arg.shape == part.shape for arg in part.args):
            stack += [(sign, part.args[0]), (sign if part.op == "+" else -sign, part.args[1])]
        elif part.op == "neg":
            stack.append((-sign, part.args[0]))
        else:
            found.append((sign, part))
    return found


def written(parts: list[tuple[int, Expr]]) -> str:
    return " + ".join(
        f"({text(part)})" if sign > 0 else f"(-({text(part)}))" for sign, part in parts
    )


def mistakes(
    source: Published, program: Program, tree: Expr, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Kinds of mistake with the wrong text."""
    right = text(tree)
    yield "sign", f"-({right})"
    yield "factor 2", f"2*({right})"
    yield "factor 1/2", f"({right})/2"
    sizes = [
        str(d) for v in program.variables.values() for d in v.shape if len(d.names) == d.scale == 1
    ]
    if sizes:
        yield "factor n", f"{sizes[0]}*({right})"
        yield "factor 1/n", f"({right})/{sizes[0]}"
        yield "n for 1/n", f"{sizes[0]}^2*({right})"
    if tree.rank == 2:
        yield "transposed", f"({right})'"
        yield "sign and transposed", f"-({right})'"
    parts = summands(tree)
    if len(parts) > 1:
        gone = rng.randrange(len(parts))
        rest = parts[:gone] + parts[gone + 1 :]
        yield "term dropped", written(rest)
        yield (
            "term's sign",
            written([(-sign if k == gone else sign, part) for k, (sign, part) in enumerate(parts)]),
        )
        yield "factor 2 and term dropped", f"2*({written(rest)})"
        yield "sign and term dropped", f"-({written(rest)})"
        if tree.rank == 2:
            yield "transposed and term dropped", f"({written(rest)})'"
    for name, variable in program.variables.items():
        if variable.shape == tree.shape and variable.kind in ("scalar", "vector", "matrix"):
            yield "term added", f"{right} + {name}{chr(39) if tree.row else ''}"
            break
    yield from inner(source, program, tree, rng)


def inner(
    source: Published, program: Program, tree: Expr, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Slips inside of the formula."""
    nodes = postorder(tree, lambda e: e.args)
    matrices = [n for n in nodes if n.op == "variable" and n.rank == 2]
    if matrices:
        node = rng.choice(matrices)
        other = text(replaced(tree, node, flipped(node)))
        yield "inner transpose", other
        yield "factor 2 and inner transpose", f"2*({other})"
        yield "sign and inner transpose", f"-({other})"
        if len(matrices) > 1:
            one, two = rng.sample(matrices, 2)
            first = replaced(tree, one, flipped(one))
            again = [
                n
                for n in postorder(first, lambda e: e.args)
                if n.op == "variable" and n.value == two.value
            ]
            if again:
                yield "two inner transposes", text(replaced(first, again[-1], flipped(again[-1])))
        general = [
            n
            for n in matrices
            if n.shape[0] == n.shape[1] and program.variables[n.value].kind == "matrix"
        ]
        if general:
            name = rng.choice(general).value
            flat = fold(
                tree,
                lambda e: e.args,
                lambda e, a: (
                    a[0]  # type: ignore[index]
                    if e.op == "'" and e.args[0].op == "variable" and e.args[0].value == name
                    else Expr(e.op, tuple(a), e.shape, value=e.value, row=e.row)
                ),  # type: ignore[arg-type]
            )
            yield "assumed symmetric", text(flat)
    for kind, op in (("inverse transposed", "inv"), ("kronecker", "kron")):
        found = [n for n in nodes if n.op == op]
        if found:
            node = rng.choice(found)
            yield (
                kind,
                text(
                    replaced(
                        tree,
                        node,
                        flipped(node) if op == "inv" else Expr(op, node.args[::-1], node.shape),
                    )
                ),
            )
    products = [
        n
        for n in nodes
        if n.op in ("*", ".*") and (n.args[0].shape == n.shape or n.args[1].shape == n.shape)
    ]
    if products:
        node = rng.choice(products)
        dropped = text(
            replaced(tree, node, node.args[1] if node.args[1].shape == node.shape else node.args[0])
        )
        yield "factor dropped", dropped
        yield "sign and factor dropped", f"-({dropped})"
    squares = [
        n
        for n in nodes
        if n.op == "*" and n.args[0].shape == n.args[1].shape and n.args[0].rank == 2
    ]
    if squares:
        node = rng.choice(squares)
        turned = text(replaced(tree, node, Expr("*", node.args[::-1], node.shape)))
        yield "order", turned
        yield "factor 2 and order", f"2*({turned})"
        yield "elementwise", text(replaced(tree, node, Expr(".*", node.args, node.shape)))
    for kind, ops in (("det or logdet", ("det", "logdet")), ("norm squared", ("norm2",))):
        for node in [n for n in nodes if n.op in ops][:1]:
            instead = Expr("logdet" if node.op == "det" else "det", node.args)
            if node.op == "norm2":
                instead = Expr("^", (node, Expr("number", value=Fraction(2))))
            yield kind, text(replaced(tree, node, instead))


def powers(tree: Expr, rng: random.Random) -> Iterator[tuple[str, str]]:
    """An exponent off by one, a function for its neighbour."""
    nodes = postorder(tree, lambda e: e.args)
    raised = [
        n
        for n in nodes
        if n.op in ("^", ".^") and n.args[1].op == "number" and n.args[1].value.denominator == 1
    ]
    if raised:
        node = rng.choice(raised)
        exponent = node.args[1].value + rng.choice((-1, 1))
        instead = Expr(
            node.op, (node.args[0], Expr("number", value=exponent)), node.shape, row=node.row
        )
        yield "exponent", text(replaced(tree, node, instead))
    for node in [n for n in nodes if n.op in NEIGHBOURS][:1]:
        yield (
            "function",
            text(
                replaced(tree, node, Expr(NEIGHBOURS[node.op], node.args, node.shape, row=node.row))
            ),
        )


NEIGHBOURS = {
    "sin": "cos",
    "cos": "sin",
    "sinh": "cosh",
    "cosh": "sinh",
    "tanh": "sigmoid",
    "sigmoid": "tanh",
    "step": "relu",
}
NEIGHBOURS |= {"softmax": "exp", "log": "exp", "sign": "abs"}
OTHER_OBJECTIVES = {"det": "logdet", "logdet": "det", "expm": "exp", "exp": "expm"}


def elsewhere(source: Published, program: Program) -> Iterator[tuple[str, str]]:
    """The right derivative of another question: by another variable, of det for logdet, of a norm
    for its square.
    """
    from matcalc.engine.pipeline import derive
    from matcalc.write.notation import format_text

    for name, variable in program.variables.items():
        if (
            name != source.wrt
            and variable.shape == program.variables[source.wrt].shape
            and source.order == 1
        ):
            try:
                other = derive(program, name, structure="free")
            except MatcalcError:
                continue
            if other.rank <= 2:
                yield "other variable", format_text(other, program.variables)
                break

    for node in postorder(program.expr, lambda e: e.args):
        squared = node.op == "norm2" or (node.op == "^" and node.args[0].op == "norm2")
        square = (
            node.args and node.args[0].rank == 2 and node.args[0].shape[0] == node.args[0].shape[1]
        )
        if source.order == 1 and (squared or (node.op in OTHER_OBJECTIVES and square)):
            other = Expr(OTHER_OBJECTIVES.get(node.op, ""), node.args, node.shape)
            if squared:
                other = (
                    Expr("^", (node, Expr("number", value=Fraction(2))))
                    if node.op == "norm2"
                    else node.args[0]
                )
            try:
                slipped = derive(
                    program._replace(expr=replaced(program.expr, node, other)),
                    source.wrt,
                    structure="free",
                )
            except MatcalcError:
                return
            if slipped.rank <= 2:
                yield "another objective", format_text(slipped, program.variables)
            return


def conventions(
    source: Published, program: Program, tree: Expr
) -> Iterator[tuple[str, Published, str]]:
    """The same question about a symmetric variable, answered as some books do."""
    wrt = program.variables[source.wrt]
    if (
        wrt.kind == "matrix"
        and len(set(wrt.dims)) == 1
        and not program.expr.rank
        and source.order == 1
    ):
        symmetric = replace(
            source, variables={**source.variables, source.wrt: f"symmetric({wrt.dims[0]})"}
        )
        right = text(tree)
        yield "independent entries", symmetric, right
        yield "counted twice", symmetric, f"{right} + ({right})' - diag(diag({right}))"


def is_wrong(source: Published, claim: str, structure: str = "free") -> bool | None:
    """By the oracle alone; None where the claim cannot be read as it stands."""
    program = read(source.expr, source.variables)
    try:
        stated = read(claim, program.variables)
    except MatcalcError:
        return None
    open_names = {n for d in stated.undetermined for n in d.names}

    def value(values: dict[str, np.ndarray], sizes: dict[str, int]) -> np.ndarray:
        axes = program.expr.shape + program.variables[source.wrt].shape * source.order
        extra = {
            a.names[0]: b.size(sizes)
            for a, b in zip(stated.expr.shape, axes, strict=False)
            if a.names and a.names[0] in open_names
        }
        return interpret(stated.expr, values, {**sizes, **extra})

    try:
        return not check(
            DerivativeStatement(program, source.wrt, source.order, structure), value, seed=99
        ).ok
    except MatcalcError:
        return None


def same(program: Program, left: str, right: str) -> bool:
    """Whether two claims have the same values."""
    try:
        return agree(*read_pair(left, right, program.variables)).ok
    except MatcalcError:
        return False


def collect(
    seed: int, most: int, sources: int | None = None
) -> tuple[list[Published], list[Mistake]]:
    """Right claims, and wrong ones with known mistakes, at most so many of a kind; from all
    published ones, or so many.
    """
    rng = random.Random(seed)
    right, wrong = [], []
    counts: Counter[str] = Counter()
    everything = published()
    rng.shuffle(everything)
    for source in everything[:sources]:
        program = read(source.expr, source.variables)
        stated = read(source.right, program.variables)
        if stated.expr.rank > 2 or is_wrong(source, source.right) is not False:
            continue
        right.append(source)
        made = (
            mistakes(source, program, stated.expr, rng),
            powers(stated.expr, rng),
            elsewhere(source, program),
        )
        for kind, claim in chain.from_iterable(made):
            alone = COMPOSED.get(kind)
            if alone is not None and (
                not is_wrong(source, alone(claim)) or same(program, claim, alone(claim))
            ):
                continue  # one of the two mistakes changes nothing here
            if counts[kind] < most and is_wrong(source, claim):
                counts[kind] += 1
                wrong.append(Mistake(kind, source, claim, frozenset(NAMES[kind].split())))
        for kind, other, claim in conventions(source, program, stated.expr):
            if counts[kind] < most and is_wrong(other, claim, "declared"):
                counts[kind] += 1
                wrong.append(
                    Mistake(kind, other, claim, frozenset(NAMES[kind].split()), "declared")
                )
    return right, wrong


def named(report: Report, names: frozenset[str]) -> bool:
    """Whether the mistake that was made is among those that the diagnosis names."""
    if (
        report.diagnosis is not None
        and "symmetric" in report.diagnosis.condition
        and "needs-symmetric" in names
    ):
        return True
    composed = [name.split("+") for name in names if "+" in name]
    if "variable" in names and "with respect to" in str(report.diagnosis):
        return True  # said beside the sign
    return bool(names & set(report.kinds)) or any(
        set(parts) <= set(report.kinds) for parts in composed
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument(
        "--show", action="store_true", help="print the claims that were not diagnosed as expected"
    )
    options = parser.parse_args()
    right, wrong = collect(options.seed, options.most)
    failed = [source.name for source in right if not judge(claim_of(source, source.right)).ok]
    table: dict[str, Counter[str]] = defaultdict(Counter)
    passed, times = [], []
    for mistake in wrong:
        start = time.perf_counter()
        report = judge(claim_of(mistake.source, mistake.claim, mistake.structure))
        times.append(time.perf_counter() - start)
        row = table[mistake.kind]
        row["claims"] += 1
        row["explained"] += report.diagnosis is not None
        row["named"] += named(report, mistake.names)
        row["counterexample"] += report.counterexample is not None
        if report.verdict != WRONG:
            passed.append((mistake.kind, mistake.source.name, mistake.claim))
        elif options.show and not named(report, mistake.names):
            print(f"{mistake.kind}: {mistake.source.name}: {report.kinds}\n{report}\n")
    print(f"{'slip':<30} {'claims':>6} {'named':>6} {'explained':>9} {'counterexample':>14}")
    total: Counter[str] = Counter()
    for kind in NAMES:
        if kind in table:
            row = table[kind]
            total.update(row)
            print(
                f"{kind:<30} {row['claims']:>6} {row['named']:>6} {row['explained']:>9} "
                f"{row['counterexample']:>14}"
            )
    print(
        f"{'all':<30} {total['claims']:>6} {total['named']:>6} {total['explained']:>9} "
        f"{total['counterexample']:>14}"
    )
    print(f"wrong claims that pass: {len(passed)} {passed}")
    print(f"right claims that fail: {len(failed)} of {len(right)} {failed}")
    print(
        f"milliseconds for a wrong claim: median {1e3 * np.median(times):.0f}, 90% "
        f"{1e3 * np.quantile(times, 0.9):.0f}"
    )


if __name__ == "__main__":
    main()
