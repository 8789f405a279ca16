"""The text of an answer, as tests print it."""

from matcalc.engine.pipeline import prepare_to_print
from matcalc.write.notation import format_text


def render(tree, variables, columns=0):
    """The text of a tree; where it has no other and its last axes are columns, of its matrix."""
    return format_text(prepare_to_print(tree, variables, columns), variables)
