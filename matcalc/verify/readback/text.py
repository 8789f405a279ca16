"""Whether a text means the tree that it was printed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from matcalc.core.dims import names_in
from matcalc.core.errors import MatcalcError, ParseError
from matcalc.core.indexed import free_indices
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.core.tree import Expr, operation
from matcalc.read.frontend import read
from matcalc.read.syntax.lexer import DEEPEST, LONGEST
from matcalc.read.syntax.nodes import Statement, has_members
from matcalc.read.syntax.parser import parse
from matcalc.verify.readback.forms import Forms, plain
from matcalc.verify.readback.values import alike

_TRIED_SIZE = 3  # about what an index runs to where values are compared
_MOST_STEPS = 20_000


def says(
    text: str, tree: Expr, variables: Mapping[str, Variable], language: BaseLanguage | None = None
) -> bool:
    """Whether the text, read again with these variables, has the value of the tree, by its
    structure or by values.

    Where the text fixes no sizes for what the tree has with sizes, it does not. What the parser
    does not take whatever it says, being too long or calling a function that has the name of a
    variable, counts as said; so does an array with so many entries that to compute them takes
    longer than the answer did.
    """
    forms = Forms()
    if plain(tree, variables):
        try:
            statements = _parse(text, variables)
        except ParseError:
            return not readable(text)
        if forms.program(statements) == forms.tree(tree, sized=False):
            return True
    try:
        again = read(text, variables, language=language)
    except MatcalcError:  # as for sizes that only their product fixes
        return not readable(text) or _clashes(tree, variables)
    value = again.expr
    if (
        _is_open(again)
        or len(again.variables) > len(variables)
        or (value.shape, value.row) != (tree.shape, tree.row)
    ):
        return False
    if forms.tree(value, sized=True) == forms.tree(tree, sized=True):
        return True
    # constants of other sizes are worth no further look
    if forms.tree(value, sized=False) == forms.tree(tree, sized=False):
        return False
    return _is_large(value) or alike(tree, value, variables)


def _is_large(tree: Expr) -> bool:
    """Whether the loops of an expression with bound indices take too many steps to be tried."""
    steps = 0
    for node in tree.parts:
        if node.op == "indexed":
            free = free_indices(node.value.body)
            steps += sum(_TRIED_SIZE ** len(indices) for indices in free.values())
    return steps > _MOST_STEPS


def several_say(
    texts: Mapping[int, tuple[str, str, Expr]],
    definitions: Sequence[str],
    variables: Mapping[str, Variable],
    language: BaseLanguage | None = None,
) -> dict[int, bool]:
    """The same of several texts with definitions in common: each with the indices of the array that
    it defines by its entries, if it does, and its tree.
    """
    said = dict.fromkeys(texts, False)
    root = Expr("several", tuple([tree for _, _, tree in texts.values()]))
    if not any(head for _, head, _ in texts.values()) and plain(root, variables):
        whole = "".join([*(line for line, _, _ in texts.values()), *definitions])
        name = next(name for k in count(1) if (name := "y" * k) not in whole)
        answers = [f"{name}{key} = {line}" for key, (line, _, _) in texts.items()]
        try:
            statements = _parse("; ".join([*definitions, *answers, "0"]), variables)
        except ParseError:
            statements = []
        if statements:
            forms = Forms()
            found = forms.definitions(statements)
            meant = forms.parts(root, {}, {}, sized=False)
            said = {
                key: found[f"{name}{key}"] == meant[id(tree)] for key, (_, _, tree) in texts.items()
            }
    where = f" where {', '.join(definitions)}" if definitions else ""
    if not readable(where):  # nor is any of the texts, which all end so
        return dict.fromkeys(texts, True)
    array = next(name for k in count(1) if (name := "Y" * k) not in variables)
    return {
        key: said[key]
        or says((f"{array}{head} = " if head else "") + line + where, tree, variables, language)
        for key, (line, head, tree) in texts.items()
    }


def _parse(text: str, variables: Mapping[str, Variable]) -> list[Statement]:
    """The statements of a text, with the names of members of families."""
    power = "T" in variables and not variables["T"].shape
    statements = parse(text, power_of_T=power, sizes=size_names(variables.values()))
    if not has_members(statements, variables):
        return statements
    # few texts have families
    from matcalc.read.syntax.families import unroll  # noqa: PLC0415

    try:
        return unroll(statements, variables, text)[0]
    except MatcalcError as problem:
        raise ParseError(problem.message) from problem


def readable(text: str) -> bool:
    """Whether the parser takes a text of that length, with so many brackets."""
    return len(text) <= LONGEST and text.count("(") <= DEEPEST


def _is_open(program: Program) -> bool:
    """Whether some array in the value has a size that nothing fixes; the blocks of ``blkdiag`` have
    names that are not used.
    """
    letters = set(names_in(program.undetermined))
    if not letters:
        return False
    nodes = program.expr.parts
    return any(not letters.isdisjoint(size.letters) for node in nodes for size in node.shape)


def _clashes(tree: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether a function has the name of a variable that is none, so that its call is none."""
    taken = {name for name, variable in variables.items() if variable.kind != "function"}
    return not taken.isdisjoint(map(operation, tree.parts))
