"""The exact verdict on statements written as text."""

from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge


def verdict(expr, variables, wrt, claim, order=1, structure="declared"):
    """On the claim that this is the derivative, in mixed layout."""
    program = read(expr, variables)
    tree = read(claim, program.variables).expr
    return judge(DerivativeStatement(program, wrt, order, structure), tree)


def equal(left, right, variables):
    """On the claim that two expressions are equal: t*left has the derivative left by t."""
    program = read(f"t*({left})", {"t": "scalar", **variables})
    tree = read(right, program.variables).expr
    return judge(DerivativeStatement(program, "t"), tree).outcome
