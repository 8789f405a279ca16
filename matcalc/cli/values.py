"""``matcalc simplify`` and ``matcalc equal``: values, not derivatives."""

from __future__ import annotations

from argparse import Namespace

from matcalc.frontend import read
from matcalc.judge.equal import Equality, equal
from matcalc.results import Expression


def simplified(text: str, options: Namespace) -> Expression:
    """The expression that a text means, simplified."""
    return Expression(read(text, options.var)).simplify()


def equation(options: Namespace) -> Equality:
    """The verdict on two expressions."""
    return equal(options.left, options.right, options.var, options.rng)
