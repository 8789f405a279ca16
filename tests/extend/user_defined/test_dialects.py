"""Two languages in one process: the same name means something else in each."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.core.language import BUILT_IN, default_language
from matcalc.testing import check_gradient

FUNCTION = """
[[function]]
name = "f"
given = {{ x = "scalar" }}
{how}
diff = "{diff}"
"""
PAIR = """
[[function]]
name = "g"
given = {{ A = "matrix(n, n)", x = "vector(n)" }}
is = "{body}"

[[identity]]
name = "mine"
given = {{ x = "scalar" }}
expr = "{left}"
to = "{right}"
"""


@pytest.fixture(scope="module")
def dialects(tmp_path_factory):
    """Two languages, each of two files; f is an expression in the one and a lambda in the other."""
    made = []
    for k, (how, diff, body, left, right, functions) in enumerate(
        [
            ('is = "x*exp(x)"', "(1 + x)*exp(x)*dx", "x'*A*x", "f(x)/x", "exp(x)", None),
            ("", "cos(x)*dx", "norm2(A*x)^2", "cos(x)^2", "1 - sin(x)^2", {"f": np.sin}),
        ]
    ):
        folder = tmp_path_factory.mktemp(f"dialect{k}")
        for name, text in (
            ("f.toml", FUNCTION.format(how=how, diff=diff)),
            ("g.toml", PAIR.format(body=body, left=left, right=right)),
        ):
            (folder / name).write_text(text, encoding="utf-8")
        language = matcalc.Language().extended(folder / "f.toml", functions=functions)
        made.append(language.extended(folder / "g.toml"))
    return made


# what is derived, and the derivative in each language
ROWS = [
    pytest.param("sum(f(x))", "x", ("x.*exp(x) + exp(x)", "cos(x)"), id="entrywise"),
    pytest.param("f(a)^2", "a", ("2*(a + 1)*exp(a)*f(a)", "2*f(a)*cos(a)"), id="call-stays"),
    pytest.param("g(A, x)", "x", ("A*x + A'*x", "2*A'*A*x"), id="whole"),
    pytest.param("sum(sin(x).*f(x))", "x", None, id="in-a-product"),
]


@pytest.mark.parametrize(("expr", "wrt", "derivatives"), ROWS)
def test_each_language_has_its_own_derivative(dialects, expr, wrt, derivatives):
    answers = [matcalc.diff(expr, wrt, language=language) for language in dialects]
    assert str(answers[0]) != str(answers[1])
    for k, (answer, language) in enumerate(zip(answers, dialects, strict=True)):
        assert answer.unverified == ""
        if derivatives:
            assert matcalc.equal(answer, derivatives[k], language=language)
            assert not matcalc.equal(answer, derivatives[1 - k], language=language)
        assert answer.check().ok


def test_two_threads_do_not_meet(dialects):
    expected = [str(matcalc.diff("sum(f(A*x))", "x", language=each)) for each in dialects]
    assert expected[0] != expected[1]

    def derived(k):
        return str(matcalc.diff("sum(f(A*x))", "x", language=dialects[k % 2]))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(derived, range(8))) == expected * 4


def test_the_default_language_is_untouched(dialects):
    assert default_language() is BUILT_IN
    with pytest.raises(matcalc.MatcalcError, match="unknown function f"):
        matcalc.diff("f(a)", "a")
    assert len(dialects[0].extensions) == 2
    assert not matcalc.Language().functions


def test_code_calls_the_function_that_came_with_the_language(tmp_path):
    """A lambda has no name by which code could import it."""
    file = tmp_path / "f.toml"
    file.write_text(FUNCTION.format(how="", diff="2*x*dx"), encoding="utf-8")
    language = matcalc.Language().extended(file, functions={"f": lambda x: x * x})
    assert matcalc.parse("sum(f(x))", language=language).to_callable()(x=[1.0, 2.0]) == 5.0


def test_every_output_speaks_the_language(dialects):
    """Text, LaTeX and code are read back in it; code calls the function of it."""
    x = np.array([0.3, 0.7])
    for language, value in zip(dialects, (x * np.exp(x), np.sin(x)), strict=True):
        formula = matcalc.parse("f(x)", language=language)
        assert str(formula) == str(formula.simplify()) == "f(x)"
        assert formula.latex() == r"\operatorname{f}(x)"
        again = matcalc.parse_latex(formula.latex(), {"x": "vector(n)"}, language=language)
        assert matcalc.equal(again, formula)
        assert np.allclose(formula.to_callable()(x=x), value)
        assert formula.simplify().program().language is language


@pytest.mark.parametrize("k", [0, 1])
def test_claims_are_judged_in_the_language(dialects, k):
    claims = ("x.*exp(x) + exp(x)", "cos(x)")
    for claim in claims:
        report = judge(Claim("sum(f(x))", "x", claim, language=dialects[k]))
        assert (report.exit_code == 0) == (claim == claims[k])
    assert check_gradient("sum(f(x))", claims[k], wrt="x", language=dialects[k]).ok


def test_rewrites_belong_to_a_language(dialects):
    text, kinds = "f(a)/a", {"a": "scalar"}
    shown = [str(matcalc.simplify(text, variables=kinds, language=each)) for each in dialects]
    assert shown == ["exp(a)", "f(a)/a"]


def test_expressions_of_two_languages_do_not_mix(dialects):
    left, right = (matcalc.parse("f(a)", language=each) for each in dialects)
    with pytest.raises(matcalc.MatcalcError, match="different languages"):
        matcalc.equal(left, right)
    with pytest.raises(matcalc.MatcalcError, match="different languages"):
        matcalc.diff(left, "a", language=dialects[1])


def test_a_refused_file_leaves_nothing_behind(dialects, tmp_path):
    (tmp_path / "bad.toml").write_text(
        '[[function]]\nname = "h"\ngiven = { x = "scalar" }\nis = "x^2"\ndiff = "x*dx"\n',
        encoding="utf-8",
    )
    with pytest.raises(matcalc.MatcalcError, match="the differential is false"):
        dialects[0].extended(tmp_path / "bad.toml")
    assert "h" not in dialects[0].functions


def test_what_is_no_language_is_refused():
    with pytest.raises(matcalc.MatcalcError, match="language must be a matcalc"):
        matcalc.parse("x'*x", language="mine.toml")


def test_loops_are_derived_in_their_language(dialects):
    program = "h[0] = a; for k = 1:K; h[k] = f(b*h[k-1]); end; h[K]^2"
    backwards = [matcalc.backprop(program, "b", language=dialect) for dialect in dialects]
    assert all(each.verification.kind != "none" for each in backwards)
    assert str(backwards[0]) != str(backwards[1])
