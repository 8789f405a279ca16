"""Names that are sizes, and numbers or places besides."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from matcalc.core.dims import names_in
from matcalc.core.errors import UnknownNameError
from matcalc.core.kinds import Variable, number_or_size
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import Statement, SyntaxNode


def check_sizes(
    statements: list[Statement], used: Mapping[str, SyntaxNode], bound: Container[str], source: str
) -> None:
    """Refuses names that are sizes or places in one part of a text, and another thing elsewhere."""
    defined = {each.name for each in statements if each.role == "definition"}
    for name, node in used.items():
        if name in defined:
            raise UnknownNameError(
                f"{name} is a size or a position here, which its definition does not change",
                source=source,
                span=node.span,
                hint="write the number in its place, or give what is defined another name",
            )
        if name in bound and node.kind == "entries":
            raise UnknownNameError(
                f"{name} is bound only inside the sum, and is used here outside it",
                source=source,
                span=node.span,
                hint="write brackets around everything that is summed, or take another name",
            )


def check_scalars(
    declared: Mapping[str, Variable],
    dimensions: Container[str],
    used: Mapping[str, SyntaxNode],
    source: str,
) -> None:
    """Refuses sizes that are declared as numbers, unless they are sizes of variables besides."""
    for name, node in used.items():
        variable = declared.get(name)
        if variable is None or variable.kind == "function" or name in dimensions:
            continue
        if node.kind != "entries" and not variable.shape:
            raise UnknownNameError(
                f"{name} is declared as a number, and is a size here",
                source=source,
                span=node.span,
                hint=number_or_size(name),
            )


def note_numbers(context: Context) -> Iterator[str]:
    """Says of declared numbers that are sizes of other variables that these are two things."""
    for name, variable in context.declared.items():
        if variable.kind == "scalar" and name in context.seen:
            owners = [each for each in context.seen.values() if name in names_in(each.dims)]
            if owners:
                yield (
                    f"note: {name} is the number that is declared, and a size of "
                    f"{owners[0].name} as well; a derivative by {name} leaves the sizes as they are"
                )
