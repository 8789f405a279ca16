"""Random well-typed expressions over the whole language, as text with declarations.

One generator, two doors: ``generate(random.Random(seed))`` for mass fuzzing, ``terms()`` for
Hypothesis, whose shrinking random source makes the first choice of every list, the simplest, the
end of all shrinking. ``smaller(term)`` lists simpler terms of the same sort, for shrinking outside
of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

SUM, PRODUCT, NEGATION, POWER, POSTFIX, ATOM = range(1, 7)  # levels of the operators, loosest first

DECLARATIONS = {
    "a": "scalar",
    "b": "scalar",
    "p": "positive",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
    "w": "vector(m)",
    "A": "matrix(m, n)",
    "B": "matrix(m, n)",
    "C": "matrix(n, m)",
    "X": "matrix(n, n)",
    "Y": "matrix(n, n)",
    "M": "matrix(m, m)",
    "S": "symmetric(n)",
    "P": "psd(n)",
    "D": "diagonal(n)",
    "Q": "orthogonal(n)",
    "W": "skew(n)",
    "V": "invertible(n)",
}

Size = tuple[str, ...]  # the names of a product of dimensions, sorted


class Sort(NamedTuple):
    """What an expression is: its axes, and whether it is a row."""

    axes: tuple[Size, ...] = ()
    row: bool = False


SCALAR = Sort()
N, M = ("n",), ("m",)


@dataclass(frozen=True)
class Term:
    """A template with its operands filled in; ``needs`` are the levels below which an operand is
    bracketed.
    """

    template: str
    level: int
    sort: Sort
    args: tuple[Term, ...] = ()
    needs: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The term in the language."""
        pieces = [
            f"({arg.text})" if arg.level < need else arg.text
            for arg, need in zip(self.args, self.needs, strict=True)
        ]
        return self.template.format(*pieces)

    @property
    def names(self) -> list[str]:
        """The variables in it."""
        own = [self.template] if self.template in DECLARATIONS else []
        return sorted({*own, *(name for arg in self.args for name in arg.names)})

    @property
    def declarations(self) -> dict[str, str]:
        """The declarations of its variables."""
        return {name: DECLARATIONS[name] for name in self.names}

    def __repr__(self) -> str:
        return (
            f"{self.text}  with "
            f"{', '.join(f'{name}: {kind}' for name, kind in self.declarations.items())}"
        )


class Production(NamedTuple):
    """A way to make a term: template, level, and the sort and level of each operand."""

    template: str
    level: int
    operands: tuple[tuple[Sort, int], ...]


def column(size: Size) -> Sort:
    """A column vector."""
    return Sort((size,))


def row(size: Size) -> Sort:
    """A row vector."""
    return Sort((size,), True)


def matrix(rows: Size, columns: Size) -> Sort:
    """A matrix."""
    return Sort((rows, columns))


# the ones that are defined and smooth (almost) everywhere come first
_ENTRYWISE = [
    f"{name}({{}})"
    for names in (
        (
            "exp",
            "sin",
            "cos",
            "tanh",
            "abs",
            "relu",
            "sigmoid",
            "softplus",
            "atan",
            "asinh",
            "sinh",
            "cosh",
            "erf",
            "sign",
        ),
        (
            "step",
            "expm1",
            "cbrt",
            "tan",
            "erfc",
            "log",
            "sqrt",
            "log1p",
            "log2",
            "log10",
            "asin",
            "acos",
            "atanh",
            "acosh",
        ),
        (
            "gammaln",
            "digamma",
            "gelu",
            "silu",
            "softsign",
            "normcdf",
            "normpdf",
            "sec",
            "csc",
            "cot",
            "logit",
            "erfinv",
            "gamma",
        ),
    )
    for name in names
]
_TAME = ("log(1 + exp({}))", "sqrt(1 + abs({}))", "log(2 + cos({}))", "exp(-abs({}))")
_NUMBERS = ("2", "3", "1", "0.5", "4", "0", "1/3", "pi")


def _call(template: str, *sorts: Sort) -> Production:
    return Production(template, ATOM, tuple((sort, SUM) for sort in sorts))


def _infix(operator: str, level: int, left: Sort, right: Sort) -> Production:
    return Production(
        "{}" + operator + "{}",
        level,
        ((left, level), (right, level + 1 if level == SUM else POWER)),
    )


def _power(operator: str, base: Sort, exponent: str) -> Production:
    return Production("{}" + operator + exponent, POWER, ((base, POSTFIX),))


def _common(sort: Sort) -> list[Production]:
    """What exists for every sort: sums, multiples, element-wise functions and powers."""
    times, over = (".*", "./") if sort.axes else ("*", "/")
    found = [
        _infix(" + ", SUM, sort, sort),
        _infix(" - ", SUM, sort, sort),
        _infix("*", PRODUCT, SCALAR, sort),
        Production("-{}", NEGATION, ((sort, NEGATION),)),
        _infix(times, PRODUCT, sort, sort),
        _infix("/", PRODUCT, sort, SCALAR),
        _power(".^" if sort.axes else "^", sort, "2"),
        _power(".^" if sort.axes else "^", sort, "3"),
        _power(".^" if sort.axes else "^", sort, "-1"),
        _power(".^" if sort.axes else "^", sort, "0.5"),
        _infix(over, PRODUCT, sort, sort),
        _call("max({}, {})", sort, sort),
        Production("({} < {})" + times + "{}", PRODUCT, ((sort, SUM), (sort, SUM), (sort, POWER))),
        _call("where({} > {}, {}, {})", sort, SCALAR, sort, sort),
        Production(
            "({} >= {})" + times + "{}", PRODUCT, ((sort, SUM), (SCALAR, SUM), (sort, POWER))
        ),
        _call("min({}, {})", sort, sort),
        Production(
            "{}" + (".^" if sort.axes else "^") + "{}", POWER, ((sort, POSTFIX), (SCALAR, POWER))
        ),
    ]
    found += [_call(template, sort) for template in (*_ENTRYWISE, *_TAME)]
    if sort.axes:
        found += [
            _infix(" + ", SUM, sort, SCALAR),
            _infix(" - ", SUM, SCALAR, sort),
            Production("{}./{}", PRODUCT, ((SCALAR, PRODUCT), (sort, POWER))),
            Production("{}.^{}", POWER, ((sort, POSTFIX), (sort, POWER))),
            Production("{}.^{}", POWER, ((SCALAR, POSTFIX), (sort, POWER))),
            _call("max({}, {})", sort, SCALAR),
        ]
    return found


def _scalars(rng: Random) -> list[Production]:
    size, other = rng.choice((N, M)), rng.choice((N, M))
    x, square, any_matrix = column(size), matrix(size, size), matrix(size, other)
    return [
        Production("{}'*{}", PRODUCT, ((x, POSTFIX), (x, POWER))),
        _call("sum({})", x),
        _call("norm2({})", x),
        _call("tr({})", square),
        _call("det({})", square),
        _call("logdet({})", square),
        _infix("*", PRODUCT, row(size), x),
        Production("{}'*{}*{}", PRODUCT, ((x, POSTFIX), (square, POWER), (x, POWER))),
        _call("sum({})", any_matrix),
        Production("norm2({})^2", POWER, ((any_matrix, SUM),)),
        _call("mean({})", any_matrix),
        _call("mean({})", x),
        _call("norm1({})", x),
        _call("norm1({})", any_matrix),
        _call("norminf({})", x),
        _call("max({})", x),
        _call("min({})", any_matrix),
        _call("sum(amax({}, 2))", any_matrix),
        _call("var({})", any_matrix),
        _call("std({})", x),
        _call("sum(std({}, 1))", any_matrix),
        _call("prod({})", x),
        _call("sum(norm2({}, 2))", any_matrix),
        _call("normp({}, 3)", x),
        _call("logsumexp({})", x),
        _call("logsumexp({})", any_matrix),
        _call("sum(logsumexp({}, 2))", any_matrix),
        Production("logsumexp({}, 1)*vector(1)", PRODUCT, ((any_matrix, SUM),)),
        _call("dot({}, {})", x, x),
        _call("dot({}, {})", any_matrix, any_matrix),
        _call("tr(kron({}, {}))", matrix(N, N), matrix(M, M)),
        _call("polygamma(1, {})", SCALAR),
        _call("besselj(1, {})", SCALAR),
        _call("mvlgamma({}, 2)", SCALAR),
        _call("huber({}, {})", SCALAR, SCALAR),
        _call("elu({}, {})", SCALAR, SCALAR),
        _call("leakyrelu({}, {})", SCALAR, SCALAR),
        _call("xlogy({}, {})", SCALAR, SCALAR),
        _call("entropy({})", any_matrix),
        _call("kl({}, {})", x, x),
        Production("{}'*vector(2)", PRODUCT, ((x, POSTFIX),)),
    ]


def _columns(size: Size, rng: Random) -> list[Production]:
    other = rng.choice((N, M))
    found = [
        _infix("*", PRODUCT, matrix(size, other), column(other)),
        Production("{}'", POSTFIX, ((row(size), POSTFIX),)),
        _call("softmax({})", column(size)),
        _call("logsumexp({}, 2)", matrix(size, other)),
        _call("cumsum({})", column(size)),
        _call("revcumsum({})", column(size)),
        _call("diag({})", matrix(size, size)),
        Production("{}'*{}", PRODUCT, ((matrix(other, size), POSTFIX), (column(other), POWER))),
        _infix("*", PRODUCT, column(size), SCALAR),
        _infix("*", PRODUCT, matrix(size, size), column(size)),
        Production("{} + vector(1)", SUM, ((column(size), SUM),)),
        Production("ones - {}", SUM, ((column(size), PRODUCT),)),
        Production("{}*ones", PRODUCT, ((matrix(size, other), PRODUCT),)),
        _infix("\\ ", PRODUCT, matrix(size, size), column(size)),
    ]
    if len(size) == 2:
        rows, columns = (size[:1], size[1:]) if rng.random() < 0.5 else (size[1:], size[:1])
        found += [
            _call("vec({})", matrix(rows, columns)),
            _call("kron({}, {})", column(rows), column(columns)),
        ] * 3
    return found


def _rows(size: Size, rng: Random) -> list[Production]:
    other = rng.choice((N, M))
    return [
        Production("{}'", POSTFIX, ((column(size), POSTFIX),)),
        _infix("*", PRODUCT, row(other), matrix(other, size)),
    ]


def _matrices(rows: Size, columns: Size, rng: Random) -> list[Production]:
    other = rng.choice((N, M))
    sort = matrix(rows, columns)
    found = [
        _infix("*", PRODUCT, matrix(rows, other), matrix(other, columns)),
        Production("{}'", POSTFIX, ((matrix(columns, rows), POSTFIX),)),
        Production("{}*{}'", PRODUCT, ((column(rows), PRODUCT), (column(columns), POSTFIX))),
        _call("outer({}, {})", column(rows), column(columns)),
        Production(
            "{}*{}'", PRODUCT, ((matrix(rows, other), PRODUCT), (matrix(columns, other), POSTFIX))
        ),
        _call("pinv({})", matrix(columns, rows)),
        _infix("*", PRODUCT, column(rows), row(columns)),
        Production("{} + matrix(2)", SUM, ((sort, SUM),)),
        Production(
            "{}'*{}", PRODUCT, ((matrix(other, rows), POSTFIX), (matrix(other, columns), POWER))
        ),
        Production("diag({})*{}", PRODUCT, ((column(rows), SUM), (sort, POWER))),
        Production("{}*diag({})", PRODUCT, ((sort, PRODUCT), (column(columns), SUM))),
        _call(f"{rng.choice(('softmax', 'logsoftmax'))}({{}}, {rng.choice('12')})", sort),
        _call("tril({})", sort),
        _call("triu({}, 1)", sort),
        _call("cumsum({}, 1)", sort),
        _call("cumsum({}, 2)", sort),
    ]
    if rows == columns:
        found += [
            _call("inv({})", sort),
            _call("diag({})", column(rows)),
            _call("adj({})", sort),
            _call("cof({})", sort),
            _call("expm({})", sort),
            _call("sinm({})", sort),
            _call("logm({} + 3*eye)", sort),
            _power("^", sort, "2"),
            _power("^", sort, "-1"),
            _power("^", sort, "3"),
            _power("^", sort, "-2"),
            Production("{} + eye", SUM, ((sort, SUM),)),
            Production("{}*eye(" + "*".join(rows) + ")", PRODUCT, ((SCALAR, PRODUCT),)),
            _call("inv({} + 3*eye)", sort),
            _infix("\\ ", PRODUCT, sort, sort),
            _infix("/", PRODUCT, sort, sort),
        ]
    if len(rows) == len(columns) == 2:
        found += [
            _call("kron({}, {})", matrix(rows[:1], columns[:1]), matrix(rows[1:], columns[1:]))
        ] * 8
        found += [
            _call("kron({}, {})", matrix(rows[1:], columns[:1]), matrix(rows[:1], columns[1:]))
        ] * 4
    return found


def _productions(sort: Sort, rng: Random) -> list[Production]:
    """The ways to make a term of the sort; the shared ones and its own are equally likely."""
    if not sort.axes:
        own = _scalars(rng)
    elif len(sort.axes) == 2:
        own = _matrices(*sort.axes, rng)
    else:
        own = (_rows if sort.row else _columns)(sort.axes[0], rng)
    return own if rng.random() < 0.6 else _common(sort)


def _leaves(sort: Sort, rng: Random) -> Term:
    """A variable, number or constant; for sizes that no variable has, a vec, kron or outer product
    of variables.
    """
    size = [axis[0] for axis in sort.axes if len(axis) == 1]
    if len(size) == len(sort.axes) and not sort.row:
        shape = f"({', '.join(size)})" if size else ""
        kinds = {"": ("scalar", "positive"), "(n)": ("vector(n)",), "(m)": ("vector(m)",)}.get(
            shape, ("matrix" + shape,)
        )
        if shape == "(n, n)":
            kinds += tuple(
                kind
                for kind in DECLARATIONS.values()
                if kind.endswith("(n)") and not kind.startswith("vector")
            )
        names = [name for name, kind in DECLARATIONS.items() if kind in kinds]
        if rng.random() < 0.15:
            return _constant(sort, size, rng)
        return Term(rng.choice(names), ATOM, sort)
    if sort.row:
        return _grow(Production("{}'", POSTFIX, ((column(sort.axes[0]), POSTFIX),)), sort, rng, 0)
    if len(sort.axes) == 1:
        first, second = sort.axes[0][:1], sort.axes[0][1:]
        return _grow(_call("vec({})", matrix(first, second)), sort, rng, 0)
    rows, columns = sort.axes
    if len(rows) == len(columns):
        return _grow(
            _call("kron({}, {})", matrix(rows[:1], columns[:1]), matrix(rows[1:], columns[1:])),
            sort,
            rng,
            0,
        )
    return _grow(
        Production("{}*{}'", PRODUCT, ((column(rows), PRODUCT), (column(columns), POSTFIX))),
        sort,
        rng,
        0,
    )


def _constant(sort: Sort, size: list[str], rng: Random) -> Term:
    """A number, or a constant with its sizes written out, so that it is well typed anywhere."""
    if not size:
        number = rng.choice(_NUMBERS)
        return Term(number, PRODUCT if "/" in number else ATOM, sort)
    inside = ", ".join(size)
    chosen = rng.choice(
        ["ones", "zeros"] + ["eye"] * (2 if len(size) == 2 and len({*size}) == 1 else 0)
    )
    return Term(f"{chosen}({size[0] if chosen == 'eye' else inside})", ATOM, sort)


def _grow(production: Production, sort: Sort, rng: Random, depth: int) -> Term:
    args = tuple(generate_term(rng, operand, depth - 1) for operand, _ in production.operands)
    return Term(
        production.template,
        production.level,
        sort,
        args,
        tuple(level for _, level in production.operands),
    )


def generate_term(rng: Random, sort: Sort, depth: int) -> Term:
    """A term of this sort, at most about ``depth`` operators deep; now and then the operands of a
    pair are alike.
    """
    if depth <= 0 or rng.random() < 0.1:
        return _leaves(sort, rng)
    term = _grow(rng.choice(_productions(sort, rng)), sort, rng, depth)
    if len(term.args) == 2 and term.args[0].sort == term.args[1].sort and rng.random() < 0.15:
        return replace(term, args=(term.args[0], term.args[0]))
    return term


SORTS = (
    SCALAR,
    SCALAR,
    SCALAR,
    column(N),
    matrix(N, N),
    column(M),
    matrix(M, N),
    row(N),
    column(("m", "n")),
    matrix(M, M),
)


def generate(rng: Random, depth: int = 3) -> Term:
    """A term of any sort."""
    return generate_term(rng, rng.choice(SORTS), depth)


@st.composite
def terms(draw: Callable[..., object], depth: int = 3) -> Term:
    """Terms with at least one variable."""
    rng = draw(st.randoms(use_true_random=False))
    assert isinstance(rng, Random)
    term = generate(rng, depth)
    return term if term.names else Term("x", ATOM, column(N))


def smaller(term: Term) -> Iterator[Term]:
    """Simpler terms of the same sort: an operand of that sort, a variable, or the same with a
    simpler operand.
    """
    yield from _parts(term)
    if term.args:
        rng = Random(0)
        yield from (_leaves(term.sort, rng) for _ in range(4))
    for index, arg in enumerate(term.args):
        for simpler in smaller(arg):
            yield Term(
                term.template,
                term.level,
                term.sort,
                (*term.args[:index], simpler, *term.args[index + 1 :]),
                term.needs,
            )


def _parts(term: Term) -> Iterator[Term]:
    """The proper parts of the same sort."""
    stack = list(term.args)
    while stack:
        part = stack.pop()
        if part.sort == term.sort:
            yield part
        stack.extend(part.args)
