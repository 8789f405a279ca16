"""The navigation of the documentation site names pages that are there. ``mkdocs build --strict`` in
``.ci/run`` checks the rest: links, anchors, and that nothing is loaded from elsewhere.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_navigation() -> None:
    named = re.findall(r": ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    hooks = (ROOT / "docs" / "scripts" / "hooks.py").read_text("utf-8")
    outside = dict(re.findall(r'"([\w/.]+)": "([\w-]+\.md)"', hooks))
    assert "README.md" in outside
    assert len(named) > 30
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert not set(named) - pages - set(outside.values())
    assert all((ROOT / origin).exists() for origin in outside)


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = int(self.path.strip("/"))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("links", ROOT / "docs" / "scripts" / "links.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_links_that_lead_nowhere_are_found(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = _script()
    found = script.links([ROOT / "README.md"])
    assert found["https://www.matrixcalculus.org"] == "README.md"
    pages = {f"{address}/{status}": "README.md" for status in (200, 403, 404)}
    assert script.main({}) == 0
    assert "left out, there is no network" in capsys.readouterr().out
    monkeypatch.setattr(script, "is_online", lambda _: True)
    assert script.main(pages) == 1
    said = capsys.readouterr().out
    assert f"README.md: {address}/404 404" in said
    assert "3 asked, 1 lead nowhere" in said
