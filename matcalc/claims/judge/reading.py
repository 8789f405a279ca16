r"""Formulas of claims: texts of the language or, between dollar signs as in ``$x^\top x$``,
LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from matcalc.claims.judge.claim import Claim, Misfit
from matcalc.claims.judge.sizes import true_shape
from matcalc.core.dims import Shape, dim
from matcalc.core.errors import ArgumentError, MatcalcError, ShapeError, UnknownNameError
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.core.substitution import replace_sizes
from matcalc.core.tree import Expr, dimension
from matcalc.engine.inner import expand
from matcalc.read.frontend import read
from matcalc.results import Expression
from matcalc.write.printers.text import text

Declarations = Mapping[str, str | Variable]
Definitions = Mapping[str, Expr]
NO_DEFINITIONS: Definitions = {}
# the head of an array that is defined by its entries, D[i,j] = ...
_ARRAY = re.compile(r"(?:^|;)\s*\w+\[(?P<indices>\w+(?:\s*,\s*\w+)*)\]\s*=(?!=)")
_ORIGIN = re.compile(r"([^\s,]+) from (.+?) \((?:inferred|declared)\)")
# $...$, $$...$$, \(...\) and \[...\]: nothing of these can be in a text of the language
_LATEX = re.compile(r"\s*(\$.*\$|\\\(.*\\\)|\\\[.*\\\])\s*", re.DOTALL)


def is_latex(formula: str) -> bool:
    """Whether a formula is written in LaTeX."""
    return _LATEX.fullmatch(formula) is not None


def read_formula(
    formula: str,
    declarations: Declarations,
    definitions: Definitions = NO_DEFINITIONS,
    language: BaseLanguage | None = None,
) -> Program:
    """The typed program of a formula in either language; of LaTeX its ``source`` is the text that
    means the same.
    """
    if not is_latex(formula):
        return read(
            formula, declarations, definitions=definitions, language=language, expand=expand
        )
    from matcalc.read.tex.read import read_latex  # noqa: PLC0415 - most claims are not in LaTeX

    bare = formula.strip()
    if bare.count("$") == 2 and bare[0] == bare[-1] == "$":
        bare = bare[1:-1]  # so that errors count columns in what was typed between the dollars
    program = read_latex(bare, declarations, definitions, language=language, expand=expand)
    return program._replace(source=str(Expression(program)))


def read_objective(claim: Claim) -> tuple[Program, Claim]:
    """The objective, and the claim about its text: with the variable that a formula names, or the
    one that there is.
    """
    program = read_formula(claim.expr, claim.variables, language=claim.language)
    wrt, order = Expression(program).find_wrt(claim.wrt or None, claim.order)
    if not is_latex(claim.expr):
        return program, replace(claim, wrt=wrt)
    stated = claim.claim
    if is_latex(stated):
        # as read_latex above
        from matcalc.read.tex.scope import Scope  # noqa: PLC0415
        from matcalc.read.tex.written import with_definitions  # noqa: PLC0415

        scope = Scope(claim.expr, dict(program.variables))
        stated = f"${with_definitions(stated, claim.expr, scope, program.definitions)}$"
    return program, replace(
        claim,
        expr=program.source,
        claim=stated,
        wrt=wrt,
        order=order,
        variables=program.variables,
    )


def is_part(program: Program, wrt: str) -> bool:
    """Whether this is an entry or a slice of a variable, V[i,j]."""
    whole, bracket, _ = wrt.partition("[")
    return bool(bracket) and wrt not in program.variables and whole in program.variables


def refuse_unknown(stated: Program, known: Mapping[str, Variable]) -> None:
    """UnknownNameError where a claim has a variable that the expression has not."""
    name = next((each for each in stated.variables if each not in known), None)
    if name is None:
        return
    hint = f"its variables are {', '.join(known)}; others have to be declared"
    unit = re.fullmatch(r"e_?(\d+|[a-z])", name)
    size = next((str(each.dims[0]) for each in known.values() if len(each.dims) == 1), None)
    if unit and size:
        hint = f"the unit vector is unit({unit[1]}, {size}), in LaTeX [I]_{{:,{unit[1]}}}"
    elif set(name) <= known.keys():  # Ax
        hint = f"{name} is one name, write {'*'.join(name)} for a product; {hint}"
    raise UnknownNameError(
        f"the claim contains {name}, which is not a variable of the expression", hint=hint
    )


def refuse_part(program: Program, wrt: str) -> None:
    """Refuses a part where only a whole variable is judged by."""
    if is_part(program, wrt):
        whole = wrt.partition("[")[0]
        raise ArgumentError(
            f"this is about the derivative with respect to {whole}, not to the part {wrt}",
            hint=f"claim the derivative with respect to {whole}, of which this is an entry",
        )


def read_stated(claim: Claim, objective: Program) -> tuple[Program, Misfit | None]:
    """The claimed formula over the variables of the objective, and why it does not fit unless all
    sizes are equal.

    It may use what the objective defines. A definition of its own comes first, and one that makes a
    name of the objective anew is noted where it means something else.
    """
    known, definitions = objective.variables, objective.definitions
    language = objective.language
    misfit = None
    try:
        stated = _read_array(claim, objective)
    except ShapeError as problem:
        stated, misfit = _read_misfit(claim.claim, known, definitions, problem, language)
    if stated.asked is not None:
        raise ArgumentError(
            "the claim contains a derivative that is still to be worked out",
            hint="put the derivative operator before the objective",
        )
    _refuse_places(claim.claim, stated, objective)
    return stated, misfit


def _read_array(claim: Claim, objective: Program) -> Program:
    """The formula; the indices of an array ``D[i,j] = ...`` whose values nothing else says have
    those of the axes of the derivative.
    """

    def read_it(formula: str) -> Program:
        known, definitions = objective.variables, objective.definitions
        return read_formula(formula, known, definitions, objective.language)

    try:
        return read_it(claim.claim)
    except ShapeError:
        head = _ARRAY.search(claim.claim)
        names = head["indices"].split(",") if head else []
        axes = true_shape(claim.about(objective), len(names)) if names else ()
        if head is None or len(axes) != len(names):
            raise
        ranges = [f"{name.strip()}=1:{axis}" for name, axis in zip(names, axes, strict=True)]
        start, end = head.span("indices")
        try:
            return read_it(claim.claim[:start] + ", ".join(ranges) + claim.claim[end:])
        except MatcalcError:
            pass
        raise


def _places(program: Program) -> list[str]:
    """The letters at which entries are taken, x[i]."""
    found: dict[str, None] = {}
    for node in program.expr.parts:
        if node.op == "slice":
            for part in node.value:
                if part is not None and part[1] is None:
                    found.update(dict.fromkeys(part[0].letters))
    return list(found)


def _refuse_places(formula: str, stated: Program, objective: Program) -> None:
    """Refuses 2*x[i] for the derivative with respect to x, where nothing says which entry i is."""
    known = set(size_names(objective.variables.values()))
    given = known.union(_places(objective))
    for name in _places(stated):
        if name not in given:
            whole = re.sub(rf"_(\{{\s*{name}\s*\}}|{name}(?![A-Za-z]))|\[{name}\]", "", formula)
            hint = f"write {whole.strip('$ ')}, the derivative as a whole"
            try:
                read_formula(whole, objective.variables, objective.definitions, stated.language)
            except MatcalcError:
                hint = f"write the derivative as a whole, without {name}"
            raise ArgumentError(
                f"the claim mentions the entry {name}, which does not occur in the objective",
                hint=hint,
            )


def _in_words(message: str) -> str:
    """The words of an error about sizes: ``m from A (inferred)`` says that m is a size of A."""
    what, _, origins = message.rpartition(": ")
    found = _ORIGIN.findall(origins)
    if not what or _ORIGIN.sub("", origins).strip(", "):
        return message
    sizes: dict[str, list[str]] = {}
    for size, name in found:
        sizes.setdefault(name, []).append(size)
    said = [
        f"{' and '.join(each)} {'are sizes' if len(each) > 1 else 'is a size'} of {name}"
        for name, each in sizes.items()
    ]
    return f"{what}, where {' and '.join(said)}"


def _read_misfit(
    formula: str,
    known: Mapping[str, Variable],
    definitions: Definitions,
    problem: ShapeError,
    language: BaseLanguage,
) -> tuple[Program, Misfit]:
    """The formula where all sizes that have names are one, or one of the sizes that are numbers;
    raises the problem if it does not fit even then.
    """
    numbers = {size for each in known.values() for size in each.dims if size.integer is not None}
    for common in (dim("n"), *sorted(numbers, key=str)):
        misfit = Misfit(_in_words(problem.message), common)
        alike = {name: replace_sizes(value, misfit.size) for name, value in definitions.items()}
        # sizes that the text names are the common one, too
        letters = set(size_names(known.values()))
        for letter in sorted(letters.difference(known, common.letters, alike)):
            alike[letter] = dimension(common)
        try:
            return read_formula(formula, equalize_sizes(known, misfit), alike, language), misfit
        except ShapeError:
            continue
    raise problem from None


def reparse(stated: Program, objective: Program) -> tuple[str, ...]:
    """Notes on the names that mean something else in the claim than in the objective."""
    given = objective.definitions
    names = [
        name
        for name, value in stated.definitions.items()
        if name in given and text(value) != text(given[name])
    ]
    return tuple(
        [
            f"note: {name} is what the claim defines it to be, not what the expression does"
            for name in names
        ]
    )


def equalize_sizes(variables: Mapping[str, Variable], misfit: Misfit) -> dict[str, Variable]:
    """The same variables with one size for all named dimensions."""
    return {name: v._replace(dims=equalize_shape(v.dims, misfit)) for name, v in variables.items()}


def equalize_shape(shape: Shape, misfit: Misfit) -> Shape:
    """The same with one size for all names."""
    return tuple(size.put(misfit.size) for size in shape)
