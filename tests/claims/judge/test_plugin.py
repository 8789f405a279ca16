"""Files of claims as tests of pytest."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

RIGHT = '[[claim]]\nname = "right one"\nexpr = "x\'*x"\nwrt = "x"\nclaim = "2*x"\n'
WRONG = '[[claim]]\nexpr = "x\'*A*x"\nwrt = "x"\nclaim = "2*A*x"\n'
UNREADABLE = '[[claim]]\nname = "unreadable"\nexpr = "x\'*x"\nwrt = "x"\nclaim = "2*x +"\n'


def collected(tmp_path, text, *options):
    (tmp_path / "paper.claims.toml").write_text(text, encoding="utf-8")
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "matcalc.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-rA",
        *options,
        str(tmp_path),
    ]
    # named here and nowhere else: where matcalc is installed its entry point would bring the plugin
    # in a second time
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, cwd=tmp_path, env=alone
    )
    return done.returncode, done.stdout + done.stderr


def test_one_test_for_each_claim(tmp_path):
    code, shown = collected(tmp_path, RIGHT + WRONG + UNREADABLE, "--matcalc-rng", "5")
    assert code == 1
    assert "PASSED paper.claims.toml::right one" in shown
    assert "FAILED paper.claims.toml::claim-2" in shown
    assert "diagnosis   it is right only if A is symmetric" in shown
    assert "rng 5" in shown
    assert "FAILED paper.claims.toml::unreadable" in shown
    assert "Traceback" not in shown


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[[claim]]\n"], ids=["empty", "incomplete"])
def test_a_bad_file_is_an_error_of_collection(tmp_path, text):
    code, shown = collected(tmp_path, text)
    assert code == 2
    assert "paper.claims.toml" in shown
