"""What was asked for lately is looked up; all else is found anew."""

import warnings

import pytest

import matcalc
from matcalc.answers.common import recent

TEXT = "x'*A*x"
KINDS = {"A": "matrix(n, n)", "x": "vector(n)"}


def test_the_same_question_is_a_lookup():
    assert matcalc.diff(TEXT, "x", variables=KINDS) is matcalc.diff(TEXT, "x", variables=KINDS)


def test_several_variables_are_looked_up_together():
    both = matcalc.diff(TEXT, ["x", "A"], variables=KINDS)
    assert matcalc.diff(TEXT, ("x", "A"), variables=KINDS) is both
    assert list(matcalc.diff(TEXT, ["A", "x"], variables=KINDS)) == ["A", "x"]
    assert list(matcalc.diff(TEXT, ["x"], variables=KINDS)) == ["x"]
    assert str(matcalc.diff(TEXT, "x", variables=KINDS)) == "(A + A')*x"


@pytest.mark.parametrize(
    "other",
    [
        {"wrt": "A"},
        {"variables": {**KINDS, "A": "symmetric(n)"}},
        {"variables": {"x": KINDS["x"], "A": KINDS["A"]}},
        {"order": 2},
        {"layout": "numerator"},
        {"structure": "free"},
        {"verify": False},
        {"language": matcalc.Language()},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_question_is_not(other):
    given = {"wrt": "x", "variables": KINDS}
    assert matcalc.diff(TEXT, **given) is not matcalc.diff(TEXT, **{**given, **other})


def test_a_wrong_argument_is_refused_after_a_right_one():
    matcalc.diff(TEXT, "x", order=1)
    with pytest.raises(matcalc.MatcalcError, match="order"):
        matcalc.diff(TEXT, "x", order=True)


def test_identities_that_are_loaded_make_another_question(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('[[function]]\nname = "f"\ngiven = { t = "scalar" }\nis = "t^2"\n')
    before = matcalc.diff(TEXT, "x")
    assert matcalc.diff(TEXT, "x", language=matcalc.Language().extended(file)) is not before


def test_notes_and_warnings_come_each_time():
    for _ in range(2):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            matcalc.diff("x'*Q*x + c'*x", "x")
        assert [each.category for each in heard] == [matcalc.NotationWarning]


def test_few_answers_are_kept():
    recent.forget()
    for number in range(300):
        asked = recent.question(
            f"{number}*x",
            None,
            None,
            latex=False,
            wrt="x",
            order=1,
            layout="mixed",
            structure="declared",
            verify=True,
        )
        recent.remember(asked, number)
    assert len(recent._KEPT) == 256
    recent.forget()


def test_long_texts_are_not_kept():
    text = " + ".join(["x'*x"] * 300)
    assert matcalc.diff(text, "x") is not matcalc.diff(text, "x")
