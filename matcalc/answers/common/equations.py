"""Equations as what is zero in them, over the variables of a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import permutations
from types import MappingProxyType
from typing import NamedTuple

from matcalc.core.dims import Dim, dim, names_in, size_letters
from matcalc.core.errors import ArgumentError, MatcalcError, ParseError
from matcalc.core.kinds import Variable, free_kind, size_names
from matcalc.core.operations import COMPARISONS
from matcalc.core.program import Program
from matcalc.core.split import split_outside_brackets
from matcalc.core.substitution import replace_sizes
from matcalc.core.tree import Expr, is_zero
from matcalc.engine.inner import expand
from matcalc.read.frontend import read
from matcalc.write.printers.text import text

_EQUATION = re.compile(r"(?<![<>=!:])=(?!=)")
_PLACES = re.compile(r"\[([^\[\]]*)\]")  # of entries, and the letters there
_LETTER = re.compile(r"\b[a-z]\b")
_BINDER = re.compile(r"\b(?:sum|prod|max|min|mean)\[([^\[\]]*)\]")
_ENTRY = r"\mathit{entry}"  # what the array of entries is called
_SUBSCRIPTED = re.compile(r"(\\(?!(?:sum|prod|max|min)_)[a-z]+|[A-Za-z])_(\{[a-z ,]+\}|[a-z])")
_BELOW_SUM = re.compile(r"\\(?:sum|prod|max|min)_(\{[^{}]*\}|[a-z])")
_LETTERS = re.compile(r"[a-z]")
_NO_KINDS: Mapping[str, str] = MappingProxyType({})
_MOST_UNKNOWNS = 4  # of which all orders are tried


class Equation(NamedTuple):
    """An equation in the language, with the kinds of its letters where these are known."""

    text: str
    kinds: dict[str, str]


def left_side(text: str, *, latex: bool = False) -> str:
    """What is zero: in the equation ``A*x = b`` the left side less the right one, else the text.

    It is the last statement that may be an equation. A definition has nothing after it that it
    could be of, so that one which ends the text is an equation, too.
    """
    depth, start, signs = 0, 0, list[int]()
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth:
            continue
        if sign in ";\n":
            if text[place + 1 :].strip():
                start, signs = place + 1, []
        elif sign == "=":
            signs.append(place)
    parts = [part for part in split_outside_brackets(text[start:]) if part]
    if 1 < len(parts) == len(signs) and all(len(_EQUATION.split(part)) == 2 for part in parts):
        added = " ".join(f'--and "{part}"' for part in parts[1:])
        raise ArgumentError(
            f"these are {len(parts)} equations: {', '.join(parts)}",
            hint=f'write "{parts[0]}" {added}; in Python it is a list of equations',
        )
    if len(signs) != 1 or re.search(r"\bwhere\b|[<>!:]=", text):
        return text
    left, right = text[start : signs[0]].strip(" &"), text[signs[0] + 1 :].strip(" ;\n&")
    if not left or not right:
        return text
    return text[:start] + (f"({left}) - ({right})" if latex else _less(left, right))


def read_root(
    source: str, read: Callable[[str, Mapping[str, str]], Program], names: Collection[str]
) -> Program:
    """The left side of an equation in LaTeX, which may be one of the entries of ``names``."""
    try:
        program = read(source, {})
    except MatcalcError:
        whole = read_by_entries(source, read)
        if whole is None:
            raise
        return whole
    if all(name in program.variables for name in names):
        return program
    return read_by_entries(source, read) or program


def read_by_entries(
    source: str, read: Callable[[str, Mapping[str, str]], Program]
) -> Program | None:
    r"""What is zero as an array, where a formula in LaTeX is an equation of entries such as
    ``x_i^3 - b_i``: that of ``\mathit{entry}_{i} = x_i^3 - b_i``. None where no letter below
    another is free, or where that is not supported.
    """
    bound = {letter for part in _BELOW_SUM.findall(source) for letter in _LETTERS.findall(part)}
    found = [(each[1], _LETTERS.findall(each[2])) for each in _SUBSCRIPTED.finditer(source)]
    free = list(dict.fromkeys(each for _, places in found for each in places if each not in bound))
    if not free:
        return None
    arrays = {name.lstrip("\\"): free_kind(len(places)) for name, places in found}
    with suppress(MatcalcError):
        program = read(rf"{_ENTRY}_{{{' '.join(free)}}} = {source}", arrays)
        if program.expr.rank == len(free):
            said = f"the equation is read as one for every {', '.join(free)}"
            notes = [each for each in program.notes if _ENTRY not in each]
            known = {
                name: each._replace(declared=False) if name in arrays else each
                for name, each in program.variables.items()
            }
            return program._replace(variables=known, notes=(*notes, said))
    return None


def from_latex(source: str, program: Program) -> Equation:
    """An equation in LaTeX, as one in the language, over the letters of a program."""
    # most equations are not in LaTeX
    from matcalc.read.tex.read import read_latex  # noqa: PLC0415

    left, right = split_sides(as_zero(source))
    whole = f"({left}) - ({right})"

    def read_array(text: str, arrays: Mapping[str, str]) -> Program:
        try:
            known = {**arrays, **program.variables}
            return read_latex(text, known, language=program.language, expand=expand)
        except MatcalcError:
            known = {**arrays, **_stated(program)}
            return read_latex(text, known, language=program.language, expand=expand)

    try:
        found = read_array(whole, {})
    except MatcalcError:
        entries = read_by_entries(whole, read_array)
        if entries is None:
            raise
        found = entries
    if found.variables.keys().isdisjoint(program.variables):  # x_i of the vector x
        found = read_by_entries(whole, read_array) or found
    tree = found.expr
    one, other = map(text, tree.args) if tree.op == "-" else (text(tree), "0")
    return Equation(f"{one} = {other}", _kinds(found.variables))


def as_objective(source: str, program: Program, *, latex: bool) -> str:
    """A scalar that goes with a program; one in LaTeX as a text in the language."""
    if not (latex and source):
        return source
    # most are not in LaTeX
    from matcalc.read.tex.read import read_latex  # noqa: PLC0415

    known, language = _stated(program), program.language
    return text(read_latex(source, known, language=language, expand=expand, asks=False).expr)


def for_all_entries(program: Program) -> Program | None:
    """What is zero as an array, where it is one entry for letters that are not sizes: of
    ``x[i]^3 - b[i]`` the vector ``D[i] = x[i]^3 - b[i]``. None where it is no such entry.
    """
    sizes = size_names(_stated(program).values())
    source = program.source
    bound = {letter for part in _BINDER.findall(source) for letter in _LETTER.findall(part)}
    letters = [
        letter
        for part in _PLACES.findall(source)
        for letter in _LETTER.findall(part)
        if letter not in sizes and letter not in bound
    ]
    if program.expr.rank or not letters:
        return None
    every = ", ".join(dict.fromkeys(letters))
    try:
        entries = f"D[{every}] = {source}"
        whole = read(entries, _stated(program), language=program.language, expand=expand)
    except MatcalcError:
        return None
    return whole._replace(notes=(*whole.notes, f"the equation is read as one for every {every}"))


def as_zero(source: str) -> str:
    """What is zero, as an equation; an equation as it is."""
    return source if re.search(r"=|[<>]", source) else f"{source} = 0"


def equation_text(equation: str | Equation) -> str:
    """The text of an equation."""
    return equation if isinstance(equation, str) else equation.text


def as_equations(
    sources: str | Sequence[str], program: Program, *, latex: bool
) -> list[str | Equation]:
    """The equations that go with a program, those in LaTeX read."""
    given = [sources] if isinstance(sources, str) else sources
    return [from_latex(each, program) if latex else each for each in given]


def read_equation(program: Program, source: str | Equation) -> tuple[Program, Expr]:
    """What is zero in an equation, its left side less its right one, and the program with its
    variables.
    """
    left, right = split_sides(equation_text(source))
    kinds = {} if isinstance(source, str) else source.kinds
    program, tree = read_beside(program, _less(left, right), kinds)
    if tree.op == "-" and is_zero(tree.args[1]):
        (tree, _) = tree.args
    return program, tree


def read_beside(
    program: Program, source: str, kinds: Mapping[str, str] = _NO_KINDS
) -> tuple[Program, Expr]:
    """An expression, and the program with its variables, of sizes that both have a meaning with."""
    language = program.language
    try:
        whole = read(source, program.variables, kinds, language=language, expand=expand)
    except MatcalcError:
        # the expression may say which sizes there are, and the program may not
        stated = _stated(program)
        ranks = {
            name: free_kind(len(each.shape))
            for name, each in program.variables.items()
            if name not in stated
        }
        whole = read(source, stated, {**ranks, **kinds}, language=language, expand=expand)
        joined = _join(program, whole)
        if joined is None:
            raise
        program, whole = joined
    return program.declare(*whole.variables.values()), whole.expr


def read_equations(
    program: Program, sources: Sequence[str | Equation]
) -> tuple[Program, list[Expr]]:
    """What is zero in each equation, that of the program itself first, all of the same sizes."""
    given = [as_zero(each) if isinstance(each, str) else each for each in sources]
    for _ in range(2):  # a later equation may say which sizes the variables of the others have
        trees = []
        for each in given:
            program, tree = read_equation(program, each)
            trees.append(tree)
    return program, [program.expr, *trees]


def require_equation(tree: Expr) -> None:
    """ArgumentError for a comparison, ``A*x == b``, which is 1 or 0 and no left side."""
    if tree.op in COMPARISONS:
        left, right = map(text, tree.args)
        split_sides(f"{left} {tree.op} {right}")


def _join(program: Program, other: Program) -> tuple[Program, Program] | None:
    """Two programs with the same sizes of the variables that they share; None where there are no
    such sizes.
    """
    stated = size_names(_stated(program).values())
    sizes = size_names(other.variables.values())
    taken = {*size_names(program.variables.values()), *sizes, *program.variables, *other.variables}
    free = (dim(letter) for letter in size_letters() if letter not in taken)
    other = _with_sizes(other, {name: next(free) for name in sizes if name not in stated})
    pairs = [
        pair
        for name, each in program.variables.items()
        if name in other.variables
        for pair in zip(each.shape, other.variables[name].shape, strict=True)
    ]
    names = size_names([*program.variables.values(), *other.variables.values()])
    known = _unify(pairs, list(names), stated)
    if known is None:
        return None
    return _with_sizes(program, known), _with_sizes(other, known)


def _less(left: str, right: str) -> str:
    """The difference of two sides, as short as an error may quote it."""
    return f"{left} - ({right})" if re.search(r"[^\w\s.*/'^()]", right) else f"{left} - {right}"


def split_sides(source: str) -> list[str]:
    """The two sides of an equation.

    Raises: ParseError, or ArgumentError for an inequality, where the text is not one.
    """
    if re.search(r"[<>]|!=|\\leq?\b|\\geq?\b", source):
        raise ArgumentError(
            f"{source} is not an equation, and inequalities are not solved",
            hint="where one holds with equality at the solution, write it with =",
        )
    sides = [side.strip() for side in _EQUATION.split(source)]
    if len(sides) != 2 or not all(sides):
        hint = f"write {source.replace('==', '=')}" if "==" in source else "for example A*x = b"
        if len(sides) > 2 and re.search("[;,\n]", source):
            hint = "give the option once for each equation, in Python a list of them"
        raise ParseError(f"{source} is not an equation", hint=hint)
    return sides


def fit_sizes(
    program: Program, trees: Sequence[Expr], names: Sequence[str]
) -> tuple[Program, list[Expr]] | None:
    """The equations with sizes of what is not declared such that each has the shape of one of the
    variables; None where there are no such sizes.
    """
    unknowns = [program.variables[name] for name in names]
    if sorted(map(_size, unknowns)) == sorted(map(_size, trees)):
        return program, list(trees)
    names = list(size_names(program.variables.values()))
    stated = size_names(_stated(program).values())
    found = []
    for order in permutations(unknowns) if len(unknowns) <= _MOST_UNKNOWNS else [unknowns]:
        if all(x.rank == len(y.shape) for x, y in zip(trees, order, strict=True)):
            pairs = [
                pair
                for x, y in zip(trees, order, strict=True)
                for pair in zip(x.shape, y.shape, strict=True)
            ]
            known = _unify(pairs, names, stated)
            found += [] if known is None else [known]
    if not found:
        return None
    known = min(found, key=len)  # the most general sizes
    fitted = [replace_sizes(tree, known.get) for tree in trees]
    sized = _with_sizes(program, known)
    return sized._replace(expr=fitted[0], definitions={}), fitted


def _with_sizes(program: Program, known: Mapping[str, Dim]) -> Program:
    """The program with other sizes for some names."""
    variables = {
        name: each._replace(dims=tuple([size.put(known.get) for size in each.dims]))
        for name, each in program.variables.items()
    }
    return program._replace(
        expr=replace_sizes(program.expr, known.get),
        variables=variables,
        definitions={
            name: replace_sizes(tree, known.get) for name, tree in program.definitions.items()
        },
        undetermined=tuple([size.put(known.get) for size in program.undetermined]),
    )


def _unify(
    pairs: Iterable[tuple[Dim, Dim]], names: list[str], stated: Collection[str]
) -> dict[str, Dim] | None:
    """The sizes in place of names with which each pair is equal; of two names the first one stays,
    and those that a declaration has.
    """
    known: dict[str, Dim] = {}
    for pair in pairs:
        sides = pair[0].put(known.get), pair[1].put(known.get)
        if sides[0] == sides[1]:
            continue
        free = [side for side in sides if side.plain and side.plain not in stated]
        if not free:
            return None
        gone = max(free, key=lambda side: names.index(str(side.plain)))
        kept = sides[sides[0] == gone]
        if gone.plain in kept.letters:
            return None
        step = {str(gone.plain): kept}
        known = {name: size.put(step.get) for name, size in known.items()} | step
    return known


def _size(each: Variable | Expr) -> list[str]:
    return [str(size) for size in each.shape]


def _stated(program: Program) -> dict[str, Variable]:
    """The variables that are declared; not those without sizes that the program does not use."""
    free = names_in(program.undetermined).keys()
    return {
        name: each
        for name, each in program.variables.items()
        if each.declared
        and not (each.kind == free_kind(len(each.shape)) and free & names_in(each.dims).keys())
    }


def _kinds(variables: dict[str, Variable]) -> dict[str, str]:
    """The kinds of what is not declared, without sizes."""
    return {
        name: free_kind(len(each.shape)) for name, each in variables.items() if not each.declared
    }
