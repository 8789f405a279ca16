"""Every test leaves the language as it found it."""

import pytest

from matcalc.core.language import default_language
from matcalc.extend.user_defined.load import load_identities


@pytest.fixture(autouse=True)
def unchanged():
    before = default_language().extensions
    yield
    assert default_language().extensions == before


@pytest.fixture
def bring(tmp_path):
    """Loads a text as a file for the time of one test."""
    loaded = []

    def load(text, functions=None, file="mine.toml"):
        (tmp_path / file).write_text(text, encoding="utf-8")
        loaded.append(load_identities(tmp_path / file, functions=functions))
        return loaded[-1]

    yield load
    for each in loaded:
        each.unload()
