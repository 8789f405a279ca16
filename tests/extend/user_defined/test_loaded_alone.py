"""What is loaded for the time of one test: names that are taken, domains, functions of Python."""

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import EvaluationError

SINC = (
    "[[function]]\nname = 'sinc'\ngiven = { x = 'scalar' }\nnumpy = "
    "'numpy:sinc'\ndiff = '(cos(pi*x) - Y)/x*dx'\n"
)


def test_a_variable_with_the_name_of_a_function(bring):
    bring(
        "[[function]]\nname = 'g'\ngiven = { x = 'scalar' }\nis = 'x'\ndiff = "
        "'sinc(x)/sinc(x)*dx'\n" + SINC
    )
    d = matcalc.diff("g(x)'*sinc", "x", variables={"sinc": "vector(n)"})
    assert d.to_callable()(x=[1.5], sinc=[2.0]) == pytest.approx([2.0])


def test_a_domain_is_where_points_are_drawn(bring):
    text = """
        [[function]]
        name = "root"
        given = { X = "matrix(n, n)" }
        domain = { X = "psd(n)" }
        value = "scalar"
        diff = "tr(inv(X)*dX)"
    """
    bring(text, {"root": lambda X: float(2 * np.log(np.diag(np.linalg.cholesky(X))).sum())})
    d = matcalc.diff("root(S)", "S", variables={"S": "psd(n)"}, structure="declared")
    assert str(d) == "inv(S)"
    with pytest.warns(matcalc.VerificationWarning, match="not verified: .*: root of an argument"):
        matcalc.diff("root(A)", "A")


class TestCallables:
    TEXT = "[[function]]\nname = 'twice'\ngiven = { x = 'scalar' }\ndiff = '2*dx'\n"

    def test_one_that_can_be_imported(self, bring):
        bring(
            "[[function]]\nname = 'myabs'\ngiven = { x = 'positive' }\ndiff = 'dx'\n",
            {"myabs": np.absolute},
        )
        assert matcalc.parse("myabs(x)").to_callable()(x=[1.0]) == pytest.approx([1.0])

    def test_a_lambda(self, bring):
        loaded = bring(self.TEXT, {"twice": lambda x: 2 * x})
        f = matcalc.parse("sum(twice(x))")
        assert 'twice = user_function("twice")' in f.source()
        call = f.to_callable()
        loaded.unload()
        assert call(x=[1.0, 2.0]) == 6.0
        with pytest.raises(
            EvaluationError, match="this code needs the function twice, which is not loaded"
        ):
            exec(call.source, {})
