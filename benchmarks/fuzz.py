"""Derives random expressions and counts what happens: structured kinds, blocks, axes, spectral and
declared functions.

Run ``python benchmarks/fuzz.py --count 2000``; a line begins with its seed, so ``--first SEED
--count 1`` repeats it.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from random import Random
from types import FrameType

import matcalc
from matcalc.core.errors import MatcalcError, VerificationError

KINDS = {
    "a": "scalar",
    "b": "scalar",
    "p": "positive",
    "x": "vector(n)",
    "y": "vector(n)",
    "u": "vector(n)",
    "w": "vector(m)",
    "e": "vector(3)",
    "q": "vector(3)",
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
    "X": "matrix(m, n)",
    "Y": "matrix(m, n)",
    "T": "matrix(4, 3)",
    "C": "matrix(n, 1)",
    "G": "diagonal(3)",
    "S": "symmetric(n)",
    "P": "psd(n)",
    "D": "diagonal(n)",
    "E": "diagonal(n)",
    "L": "triangular(n)",
    "Q": "orthogonal(n)",
    "K": "skew(n)",
    "V": "invertible(n)",
    "f": "function(scalar) -> scalar",
    "g": "function(vector(n)) -> scalar",
    "h": "function(vector(n)) -> vector(m)",
}

# sort -> templates, in which {NAME} is an expression of that sort; sorts: s scalar, v vector(n), w
# vector(m), t vector(3), M matrix(n, n), R matrix(m, n), H symmetric(n), F psd(n), 2 vector(n) and
# a multiple of it, 3 matrix(4, 3)
LEAVES = {
    "s": "a b p",
    "v": "x y u",
    "w": "w",
    "t": "e q diag(G)",
    "M": "A B S P D E L Q K V eye(n)",
    "R": "X Y",
    "H": "S P D E",
    "F": "P",
    "3": "T",
    "1": "C",
}
ENTRYWISE = [
    "exp",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "softplus",
    "atan",
    "erf",
    "sqrt",
    "log",
    "abs",
    "relu",
    "gelu",
    "silu",
    "normcdf",
    "logit",
    "cbrt",
    "gamma",
    "digamma",
    "asinh",
]
REDUCED = ["sum", "mean", "norm1", "norm2", "var", "std", "prod", "logsumexp", "amax", "amin"]
PRODUCTIONS = {
    "s": [
        "{s} + {s}",
        "({s})*({s})",
        "({s})/({s})",
        "({s})^2",
        "({s})^-1",
        "({v})'*({v})",
        "({v})'*({M})*({v})",
        "tr({M})",
        "det({M})",
        "logdet({M})",
        "norm2({R})^2",
        "norm2({v})",
        "lambda_max({H})",
        "lambda_min({H})",
        "specnorm({R})",
        "specnorm({M})",
        "nucnorm({R})",
        "nucnorm({M})",
        "schatten({3}, 3)",
        "condnum({M})",
        "sum(eigvals({H}).^2)",
        "({v})'*eigvals({H})",
        "sum(svdvals({3}))",
        "sum(log(diag(chol({F}))))",
        "f({s})",
        "g({v})",
        "({w})'*h({v})",
        "sum({v})",
        "huber({s}, 1)",
        "where({s} > {s}, {s}, {s})",
        "xlogy({s}, {s})",
        "entropy({v})",
        "kl({v}, {v})",
        "dot({R}, {R})",
        "logsumexp({v})",
        "prod({v})",
        "amax({R})",
        "({t})'*cross({t}, {t})",
        "specnorm({1})",
        "nucnorm({1})",
        "({v})'*leftvec({R}')",
        "sum(x[2:4])",
        "({M})[1, 2]",
        "sum(vech({M}))",
        "tr(expm({M}))",
        *(f"sum({name}({{R}}, {axis}))" for name in REDUCED for axis in (1, 2)),
    ],
    "v": [
        "{v} + {v}",
        "({v}).*({v})",
        "({v})./({v})",
        "({s})*({v})",
        "({M})*({v})",
        "({R})'*({w})",
        "softmax({v})",
        "logsoftmax({v})",
        "diag({M})",
        "eigvals({H})",
        "eigvec({H})",
        "({M})\\({v})",
        "cumsum({v})",
        "revcumsum({v})",
        "rightvec({R})",
        "leftvec({M})",
        "({v}).^2",
        "max({v}, {v})",
        "grad_g({v})",
        "eigvecs({H})*({v})",
        "chol({F})*({v})",
        "polar({M})*({v})",
        "where({v} > {v}, {v}, {v})",
        "vec({1})",
        "leftvec({1})",
        *(f"({name}({{R}}, 1))'" for name in REDUCED),
        *(f"{name}({{v}})" for name in ENTRYWISE),
    ],
    "w": [
        "({R})*({v})",
        "h({v})",
        "{w} + {w}",
        "leftvec({R})",
        "({w}).^2",
        "tanh({w})",
        *(f"{name}({{R}}, 2)" for name in REDUCED),
    ],
    "t": [
        "cross({t}, {t})",
        "skewmat({t})*({t})",
        "{t} + {t}",
        "({s})*({t})",
        "G*({t})",
        "vee(({t})*({t})')",
        "tanh({t})",
        "svdvals({3})",
    ],
    "M": [
        "({M})*({M})",
        "{M} + {M}",
        "({M})'",
        "({M}).*({M})",
        "({s})*({M})",
        "inv({M})",
        "inv({M} + 3*eye)",
        "({v})*({v})'",
        "diag({v})",
        "({M})^2",
        "({R})'*({R})",
        "adj({M})",
        "cof({M})",
        "expm({M})",
        "tril({M})",
        "triu({M}, 1)",
        "2*eye + {M}",
        "eigvecs({H})",
        "chol({F})",
        "polar({M})",
        "pinv({M})",
        "sqrtm({F})",
        "logm({F})",
        "cumsum({M}, 1)",
        "softmax({M}, 2)",
        "tanh({M})",
        "hess_g({v})",
        "where({M} > 0, {M}, {M})",
        "diag(diag({M}))",
        "({1})*({1})'",
        "({M} - ({M})')/2",
        "kron(({1})', {1})",
    ],
    "R": [
        "({R})*({M})",
        "{R} + {R}",
        "({s})*({R})",
        "({w})*({v})'",
        "({R}).*({R})",
        "tanh({R})",
        "pinv(({R})')",
        "softmax({R}, 1)",
        "cumsum({R}, 2)",
        "jac_h({v})",
        "({R}).^2",
        "diag({w})*({R})",
        "exp({R})",
    ],
    "H": [
        "{H} + {H}",
        "(A + A')/2",
        "(B + B')/2",
        "K'*K",
        "x*x'",
        "X'*X",
        "diag({v})",
        "({s})*({H})",
        "inv({F})",
        "A*({H})*A'",
        "exp(K)'*exp(K)",
        "({H})^2",
    ],
    "F": [
        "A*({F})*A' + eye",
        "{F} + {F}",
        "X'*X + eye",
        "diag(exp({v}))",
        "P",
        "exp({s})*P",
        "inv({F})",
    ],
    "3": ["{3} + {3}", "({s})*({3})", "T*({t})*({t})'", "tanh({3})", "T*skewmat({t})", "T*G"],
    "1": ["{1} + {1}", "({s})*({1})", "({M})*C", "tanh({1})"],
}
BLOCKS = {
    "s": [
        "tr([{M}, {R}'; {R}, eye(m)])",
        "logdet([{F}, {v}; ({v})', {s}])",
        "norm2([{v}; {w}])^2",
        "lambda_max([{H}, {v}; ({v})', {s}])",
    ],
    "M": ["[{M}, {M}; {M}, {M}][1:n, 1:n]", "blkdiag({M}, eye(m))[1:n, 1:n]"],
    "v": ["[{v}; {w}][1:n]"],
}
PLACE = re.compile(r"\{(\w)\}")


@dataclass(frozen=True)
class Case:
    """One question."""

    text: str
    wrt: str
    kinds: dict[str, str]
    order: int

    def __str__(self) -> str:
        kinds = ", ".join(f"{name}: {kind}" for name, kind in self.kinds.items())
        return f"{self.text}\tby {self.wrt}{' twice' if self.order == 2 else ''}\twith {kinds}"


def grown(rng: Random, sort: str, depth: int) -> str:
    """An expression of the sort."""
    if depth <= 0 or rng.random() < 0.15:
        return rng.choice(LEAVES[sort].split())
    blocks = BLOCKS.get(sort)
    template = rng.choice(blocks if blocks and rng.random() < 0.06 else PRODUCTIONS[sort])
    return PLACE.sub(lambda place: grown(rng, place[1], depth - 1), template)


def generated(seed: int) -> Case:
    """The case of a seed, which has at least one variable."""
    rng = Random(seed)
    while True:
        depth = rng.choice((1, 2, 2, 3, 3))
        sort = rng.choice("ssssssvvwtMMR")
        text = grown(rng, sort, depth)
        found = [
            name
            for name in KINDS
            if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z(])|_{name}\(|(?<![A-Za-z]){name}\(", text)
        ]
        wrt = [name for name in found if not KINDS[name].startswith("function")]
        if wrt and len(text) < 250:
            order = 2 if sort == "s" and rng.random() < 0.15 else 1
            return Case(text, rng.choice(wrt), {name: KINDS[name] for name in found}, order)


class TooSlow(Exception):
    """A case that took too long."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def outcome(case: Case) -> tuple[str, str]:
    """What matcalc makes of a case: a class to count by, and the details."""
    try:
        derivative = matcalc.diff(case.text, case.wrt, variables=case.kinds, order=case.order)
        shown = str(derivative)
        kind = derivative.verification.kind
        if kind == "none":
            return (
                f"not verified: {derivative.verification.how.split(':')[0]}",
                f"{shown}\t{derivative.verification}",
            )
        if "[" in shown or (len(derivative.shape) > 2 and shown.startswith("zeros")):
            return f"{kind}, in index notation", ""
        again = matcalc.parse(shown, variables=derivative.variables)
        report = derivative.check(1)
        if derivative.reading == "" and again.shape != derivative.shape:
            return "reads back with another shape", shown
        return (kind, "") if report.ok else ("reads back as something else", f"{shown}\t{report}")
    except VerificationError as problem:
        return "bug", problem.message
    except MatcalcError as problem:
        return f"refused: {type(problem).__name__}", problem.message
    except TooSlow:
        return "too slow", ""
    except Exception as problem:
        return f"crash: {type(problem).__name__}", str(problem)


def main() -> None:
    """Prints what is not as it should be, and at the end the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=500, help="how many")
    parser.add_argument("--seconds", type=int, default=20, help="what one case may take")
    parser.add_argument("--all", action="store_true", help="print refusals, too")
    options = parser.parse_args()
    os.nice(10)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _stop)
    counts: Counter[str] = Counter()
    for seed in range(options.first, options.first + options.count):
        case = generated(seed)
        start = time.perf_counter()
        signal.alarm(options.seconds)
        try:
            name, details = outcome(case)
        except TooSlow:
            name, details = "too slow", ""
        finally:
            signal.alarm(0)
        counts[name] += 1
        spent = time.perf_counter() - start
        if (
            options.all
            or (details and not name.startswith("refused"))
            or spent > options.seconds / 2
        ):
            print(f"{seed}\t{name}\t{case}\t{details}\t{spent:.1f} s", flush=True)
    for name, count in counts.most_common():
        print(f"{count:6}  {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
