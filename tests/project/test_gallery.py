"""The gallery says what its list says: each entry is derived anew and compared with the page.
``test_docs.py`` runs the commands, which verify.
"""

from __future__ import annotations

import importlib.util
import re
import warnings
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import matcalc

DOCS = Path(__file__).resolve().parents[2] / "docs"
_SPEC = importlib.util.spec_from_file_location("gallery", DOCS / "scripts" / "gallery.py")
assert _SPEC and _SPEC.loader
gallery = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(gallery)

ITEMS = gallery.items()
PAGE = gallery.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("item", [pytest.param(item, id=gallery.slug(item)) for item in ITEMS])
def test_entries(item: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert gallery.entry(item, verify=False) in PAGE, "run python docs/scripts/gallery.py"


def test_the_page_has_these_entries_in_this_order() -> None:
    titles = [line for line in PAGE.splitlines() if line.startswith("### ")]
    assert titles == [f"### {item['number']}. {item['name']}" for item in ITEMS]
    assert len(ITEMS) == 50


def test_pictures() -> None:
    wanted = {f"{gallery.slug(item)}.svg" for item in ITEMS}
    assert {path.name for path in (DOCS / "gallery").iterdir()} == wanted


@pytest.mark.slow
@pytest.mark.parametrize("item", [pytest.param(item, id=gallery.slug(item)) for item in ITEMS])
def test_a_picture_shows_the_graph(item: dict[str, Any]) -> None:
    """Its nodes and local derivatives are those of today; where they lie is up to Graphviz."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        expression = matcalc.parse(item["expr"], item.get("variables"))
    picture = expression.graph(item["wrt"]).picture()
    drawn = (DOCS / "gallery" / f"{gallery.slug(item)}.svg").read_text(encoding="utf-8")
    words = [unescape(each).strip() for each in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]
    said = [line for part in ("nodes", "edges") for each in picture[part] for line in each["lines"]]
    assert sorted(words) == sorted(said), "run python docs/scripts/gallery.py"
