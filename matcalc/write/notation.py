"""How an answer is set: which of its parts get names, which sizes are written, and whether the
text means the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, count
from typing import NamedTuple

from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.likeness import Likeness, symmetric_names
from matcalc.core.tree import Expr, intern_trees
from matcalc.verify.readback.text import says
from matcalc.verify.readback.values import confirm, refuse_homonyms
from matcalc.write.printers.naming import choose_names, measure_written, name_entries
from matcalc.write.printers.program import array_head, array_names, program_text
from matcalc.write.printers.sizes import size_choices, write_known_sizes
from matcalc.write.regrouping import regroup_products, regroup_sums, turn_sums

_VALUES = ("f", "g", "F", "L")  # what a value is called in a formula of its derivatives
_MOST_REGROUPED = 1_000  # parts of an answer; longer ones keep their brackets

_LEAST_HIDDEN = 10  # parts of an answer without names that is searched for defined products

_TURNED = 3  # tokens that have to be saved where sums are written as transposes of others


class DefinedNames(NamedTuple):
    """The names that a program defines, a function that says of which of them a part of an answer
    is the value, and one that gives those that are products.
    """

    names: frozenset[str]
    find: Callable[[Expr], str | None]
    products: Callable[[], list[Expr]]


def format_text(
    tree: Expr,
    variables: Mapping[str, Variable],
    *,
    cse: bool = False,
    defined: DefinedNames | None = None,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> str:
    """The text of a tree of the language.

    It parses again with ``variables`` and means the same, which is verified; sizes that the text
    does not fix are written out. What repeats in a long text is named (``cse``, see
    ``choose_names``), by the names that are ``defined`` where these are its values. Raises
    VerificationError rather than to show a text that does not mean the tree.
    """
    tree = write_known_sizes(tree, variables)
    tree, names = name_parts(tree, variables, cse, defined)
    return write_tree(tree, names, variables, verify=verify, language=language)


def write_tree(
    tree: Expr,
    names: Mapping[int, str],
    variables: Mapping[str, Variable],
    *,
    verify: bool,
    language: BaseLanguage | None,
) -> str:
    """The text of a tree with these names of its parts, which is read back; an array by its entries
    has a head. Raises VerificationError where no text means the tree.
    """
    name, places, body = write_equation(tree, names, variables, verify=verify, language=language)
    return f"{name}{places} = {body}" if places else body


def write_equation(
    tree: Expr,
    names: Mapping[int, str],
    variables: Mapping[str, Variable],
    *,
    verify: bool = True,
    language: BaseLanguage | None,
) -> tuple[str, str, str]:
    """The parts of what ``write_tree`` writes: a name for an array by its entries, the places
    ``[i, k]`` of these, and the formula; only the formula where the tree is no such array.
    """
    choices = size_choices(tree)
    places = array_head(tree)
    name = head = ""
    if places:
        taken = {*variables, *names.values(), *size_names(variables.values())}
        name = next(each for each in array_names() if each not in taken)
        head = f"{name}{places} = "
    for sized in choices:
        body = program_text(tree, names, sized)
        if (len(choices) == 1 and not verify) or says(head + body, tree, variables, language):
            return name, places, body
    if verify:
        refuse_homonyms([tree], variables)
    confirm(not verify, "text", language)
    return name, places, body


def value_name(variables: Mapping[str, Variable], taken: Iterable[str] = ()) -> str:
    """What an expression is called beside its variables, sizes and other names: f, or another
    letter.
    """
    used = {*variables, *size_names(variables.values()), *taken}
    names = chain(_VALUES, (f"f{k}" for k in count(1)))
    return next(name for name in names if name not in used)


def name_parts(
    tree: Expr,
    variables: Mapping[str, Variable],
    cse: bool,
    defined: DefinedNames | None,
) -> tuple[Expr, dict[int, str]]:
    """A tree as it is set, and its parts that get names; the value of a name that is ``defined``
    keeps it.

    Beside h = sigmoid(u) that has a name sigmoid(-u) is 1 - h.
    """
    taken = _names_in(tree, variables, defined.names if defined else ())
    known = defined.find if defined else None
    if len(tree.parts) <= _MOST_REGROUPED:
        turned = turn_sums(tree, Likeness(symmetric_names(variables)))
        if turned is not None and measure_written(turned) + _TURNED <= measure_written(tree):
            (tree,) = intern_trees([turned])
    names = choose_names(tree, taken, cse=cse, known=known)
    named = intern_trees([part for part in tree.parts if id(part) in names])
    if len(set(map(id, named))) < len(named):  # equal parts that are several objects
        (tree,) = intern_trees([tree])
        names = choose_names(tree, taken, cse=cse, known=known)
    # a product that has a name may hide in longer ones: the A*x of A*x*x'*A'
    hidden = defined is not None and len(tree.parts) > _LEAST_HIDDEN
    if (names or hidden) and len(tree.parts) <= _MOST_REGROUPED:
        tree, names = _regroup(tree, names, variables, defined, taken, cse=cse)
    if "sigmoid" not in tree.operations:
        return tree, names
    from matcalc.write.complements import use_complements  # noqa: PLC0415 - few answers have any

    new, wholes = use_complements(tree, known or (lambda _: None))
    if wholes:
        given = {id(whole) for whole in wholes if known is not None and known(whole)}
        renamed = choose_names(new, taken, cse=cse, known=known, always=given)
        if all(id(whole) in renamed for whole in wholes):
            return new, renamed
    return tree, names


def _regroup(
    tree: Expr,
    names: dict[int, str],
    variables: Mapping[str, Variable],
    defined: DefinedNames | None,
    taken: set[str],
    *,
    cse: bool,
) -> tuple[Expr, dict[int, str]]:
    """The tree with sums and products together that repeat or were defined, where that is
    shorter.
    """
    likeness = Likeness(symmetric_names(variables))
    before = likeness.of(tree)
    for place in range(2):
        named = [part for part in tree.parts if id(part) in names and part.op == "*"]
        products = [*(defined.products() if defined else ()), *named]
        new = regroup_products(tree, products, likeness) if place else regroup_sums(tree, likeness)
        if new is None or measure_written(new) >= measure_written(tree):
            continue
        (new,) = intern_trees([new])
        renamed = choose_names(new, taken, cse=cse, known=defined.find if defined else None)
        if renamed and likeness.of(new) == before:
            tree, names = new, renamed
    return tree, names


def name_arrays(
    tree: Expr, variables: Mapping[str, Variable], defined: DefinedNames | None
) -> dict[int, str]:
    """Names for those parts alone that nothing but a name stands for: arrays by their entries. The
    value of a name that is ``defined``, and no variable, keeps it.
    """
    taken = _names_in(tree, variables, defined.names if defined else ())

    def find_known(part: Expr) -> str | None:
        name = defined.find(part) if defined else None
        return None if name in variables else name

    return name_entries(tree, taken, find_known)


def _names_in(tree: Expr, variables: Mapping[str, Variable], defined: Iterable[str]) -> set[str]:
    """The names that a part of the tree cannot have."""
    taken = {*variables, *size_names(variables.values()), *defined}
    forms = [part.value for part in tree.parts if part.op == "indexed"]
    taken |= {index.name for form in forms for index in form.all_indices()}
    taken |= {name.partition("[")[0] for name in taken}  # a is the family of a[2]
    taken |= {name.replace("_", "") for name in taken}  # LaTeX sets t_1 and t1 alike
    return taken
