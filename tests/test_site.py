"""The navigation of the documentation site names pages that are there. ``mkdocs build --strict`` in
``.ci/run`` checks the rest: links, anchors, and that nothing is loaded from elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_navigation() -> None:
    named = re.findall(r": ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    hooks = (ROOT / "docs" / "scripts" / "hooks.py").read_text("utf-8")
    outside = dict(re.findall(r'"([\w/.]+)": "([\w-]+\.md)"', hooks))
    assert "README.md" in outside
    assert len(named) > 30
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert not set(named) - pages - set(outside.values())
    assert all((ROOT / origin).exists() for origin in outside)
