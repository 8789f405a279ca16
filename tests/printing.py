"""The text of an answer, as tests print it."""

from matcalc.engine.pipeline import matricize
from matcalc.write.notation import format_text


def render(tree, variables, columns=0):
    """The text of a tree; where its last axes are columns and it has no other, of its matrix."""
    return format_text(matricize(tree, variables, columns) or tree, variables)
