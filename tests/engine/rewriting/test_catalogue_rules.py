"""Every rewrite of identities/rewrites fires on its own left side, ends at its right side, and
leaves that alone.
"""

import pytest
from networks import Bench
from sweeps import thinned

from matcalc.core.language import BUILT_IN
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.engine.catalogue.sides import parse
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.rewriting.engine import Rewriter
from matcalc.engine.rewriting.pattern import pattern

KNOWN = catalogue(BUILT_IN)
ACTIVATIONS = {activation.name: activation for activation in LIBRARY.rewrites}
NAMES = thinned([pytest.param(name, id=name) for name in ACTIVATIONS], 4)


class Sides(Bench):
    """Both sides of a rewrite on variables of the kinds that it demands."""

    def __init__(self, name):
        super().__init__()
        self.entry = LIBRARY.get(name)
        self.rule = KNOWN.rewrite(name)
        program = parse(self.entry, self.entry.expr, BUILT_IN)
        self.names = {v.name: self.leaf(v) for v in program.variables.values()}

    def side(self, tree):
        """The network; the right side of a rule that names a defined function is a call of that."""
        named = tree is self.rule.right and pattern(KNOWN, self.rule.name).names
        lowering = Lowering(self.builder, lambda name: None) if named else self.lowering
        return lowering.lower(tree, self.names)

    def rewritten(self, tree):
        """The result and the names of the rules that led there."""
        result, fired = self.side(tree), []
        for stage in ({"code": True},) if self.entry.phase == "code" else ({}, {"final": True}):
            rewriter = Rewriter(self.builder, self.lowering, **stage)
            result = rewriter.rewrite(result)
            fired += [step.rule for step in rewriter.steps]
        return result, fired


@pytest.mark.parametrize("name", NAMES)
def test_fires_on_its_left_side(name):
    sides = Sides(name)
    left, fired = sides.rewritten(sides.rule.left)
    right, _ = sides.rewritten(sides.rule.right)
    assert left is right
    assert name in fired


@pytest.mark.parametrize("name", NAMES)
def test_leaves_its_right_side_alone(name):
    sides = Sides(name)
    _, fired = sides.rewritten(sides.rule.right)
    assert name not in fired
