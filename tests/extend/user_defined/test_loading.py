"""What loading leaves behind, and how it is undone."""

import json
import re
from pathlib import Path

import pytest

import matcalc
from matcalc import cli
from matcalc.core.errors import ArgumentError, CatalogueError, UnknownNameError
from matcalc.core.language import default_language

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "own-identities.md").read_text(encoding="utf-8")
MINE = ROOT / "docs" / "examples" / "mine.toml"
DOUBLE = "[[function]]\nname = 'double'\ngiven = { x = 'scalar' }\nis = '2*x'\n"


def loaded(name="double"):
    try:
        matcalc.parse(f"{name}(a)")
    except UnknownNameError:
        return False
    return True


def test_what_it_says():
    with matcalc.load_identities(MINE) as found:
        assert found.functions == ("mish", "sinc", "maha", "stretch")
        assert found.identities == ("maha-square", "gauss-score")
        assert found.notes == ()
        assert (
            str(found)
            == f"{MINE}: functions mish, sinc, maha, stretch; identities maha-square, gauss-score"
        )


def test_a_block_undoes_it(bring):
    with bring(DOUBLE):
        assert loaded()
    assert not loaded()


def test_unloading_twice(bring):
    found = bring(DOUBLE)
    found.unload()
    found.unload()
    assert not loaded()


def test_loading_twice_is_loading_once(bring):
    first, second = bring(DOUBLE), bring(DOUBLE)
    assert (first.again, second.again) == (False, True)
    assert second.functions == ("double",)
    assert len(default_language().extensions) == 1
    with bring(DOUBLE):
        pass
    assert loaded(), "the block did not load it"
    second.unload()
    assert not loaded()


def test_a_file_that_has_changed(bring):
    bring(DOUBLE)
    bring(DOUBLE.replace("2*x", "x + x + 1"))
    assert str(matcalc.diff("double(a)^2", "a")) == "4*(1 + 2*a)"


def test_a_change_for_the_worse(bring):
    bring(DOUBLE)
    with pytest.raises(CatalogueError):
        bring(DOUBLE + "diff = '3*dx'\n")
    assert str(matcalc.diff("double(a)", "a")) == "2"
    assert len(default_language().extensions) == 1


def test_a_name_means_another_thing_later(bring):
    text = "[[function]]\nname = 'foo'\ngiven = { x = 'scalar' }\nis = 'x^2'\ndiff = '2*x*dx'\n"
    with bring(text):
        assert str(matcalc.diff("foo(a)", "a")) == "2*a"
    with bring(text.replace("x^2", "x^3").replace("2*x*dx", "3*x^2*dx")):
        assert str(matcalc.diff("foo(a)", "a")) == "3*a^2"


def test_a_rewrite_is_gone_afterwards(bring):
    text = (
        "[[identity]]\nname = 'double-angle'\ngiven = { x = 'scalar' }\nexpr = "
        "'sin(x)*cos(x)'\nto = 'sin(2*x)/2'\n"
    )
    before = str(matcalc.diff("sin(a)^2", "a"))
    with bring(text):
        assert str(matcalc.diff("sin(a)^2", "a")) == "sin(2*a)"
    assert str(matcalc.diff("sin(a)^2", "a")) == before


def test_a_note_on_a_rewrite_that_cannot_fire(bring):
    found = bring(
        "[[identity]]\nname = 'xx'\ngiven = { x = 'scalar' }\nexpr = 'x + x'\nto = '2*x'\n"
    )
    assert found.notes == (
        "note: xx does not fire on its own left side: matcalc writes both sides alike",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3,), "expected the path of a file, not 3"),
        (("x.toml", {"f": 3}), "functions must map names to functions, not 'f'"),
    ],
)
def test_arguments(arguments, message):
    path, *functions = arguments
    with pytest.raises(ArgumentError, match=message):
        matcalc.load_identities(path, **dict(zip(["functions"], functions, strict=False)))


def test_a_module_beside_the_file(bring, tmp_path):
    (tmp_path / "beside_the_file.py").write_text(
        "def half(x):\n    return x / 2\n", encoding="utf-8"
    )
    bring(
        "[[function]]\nname = 'half'\ngiven = { x = 'scalar' }\nnumpy = "
        "'beside_the_file:half'\ndiff = 'dx/2'\n"
    )
    assert str(matcalc.diff("half(a)", "a")) == "1/2"


class TestCommand:
    def run(self, capsys, *words, code=0):
        assert cli.main([*words, "--identities", str(MINE)]) == code
        return capsys.readouterr().out

    def test_diff_as_json(self, capsys):
        content = json.loads(
            self.run(capsys, "diff", "mish(a)", "--wrt", "a", "--format", "json", "--check")
        )
        assert content["text"] == "a*sigmoid(a)*(1 - tanh(softplus(a))^2) + tanh(softplus(a))"
        assert content["check"]["ok"]
        assert "np.tanh(softplus(a))" in content["numpy"]

    def test_simplify(self, capsys):
        assert self.run(capsys, "simplify", "y'*inv(P)*y", "--var", "P: psd(n)") == "maha(y, P)^2\n"

    def test_equal(self, capsys):
        assert self.run(capsys, "equal", "mish(a)", "a*tanh(softplus(a))").startswith("equal")

    def test_check(self, capsys):
        said = self.run(
            capsys, "check", "sum(sinc(x))", "--wrt", "x", "--claim", "cos(pi*x) - sinc(x)", code=1
        )
        assert f"--identities {MINE}" in said

    def test_identities(self, capsys):
        assert "d-mish\n    d mish(x) = " in self.run(capsys, "identities", "mish")

    def test_nothing_is_left(self, capsys):
        self.run(capsys, "diff", "mish(a)", "--wrt", "a")
        assert cli.main(["diff", "mish(a)", "--wrt", "a"]) == 2
        assert "unknown function mish" in capsys.readouterr().err

    def test_refusal(self, capsys):
        false = ROOT / "docs" / "examples" / "false.toml"
        assert cli.main(["simplify", "a", "--identities", str(false)]) == 2
        assert "tr(A*B) = tr(A)*tr(B) is false" in capsys.readouterr().err


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
def test_the_page_shows_the_file(block):
    assert block.strip() in MINE.read_text(encoding="utf-8")
