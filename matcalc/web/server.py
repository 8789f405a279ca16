"""``matcalc web``: the page on this machine, with the native engine behind it."""

from __future__ import annotations

import gc
import json
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from matcalc.core.errors import ArgumentError
from matcalc.web.answer import answer
from matcalc.web.warm import DERIVATIVES

ADDRESS = "127.0.0.1"
PAGE = Path(__file__).resolve().parent / "page"
_LARGEST = 1_000_000  # bytes of a question
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# nothing but what this server sends is loaded or asked
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


def make_server(port: int = 0) -> ThreadingHTTPServer:
    """A server of the page on 127.0.0.1; port 0 takes a free one. ``serve_forever`` runs it."""
    try:
        return ThreadingHTTPServer((ADDRESS, port), partial(_Handler, PAGE))
    except OSError as problem:
        message = f"port {port} cannot be used: {problem.strerror}"
        raise ArgumentError(message, hint="--port 0 takes a free one") from problem


def warm_up() -> None:
    """Answers a question of each kind, so that no user waits for what the first one needs."""
    for question in DERIVATIVES:
        answer(question)
    gc.collect()
    gc.freeze()  # what is there now stays: the collector need not look through it


class _Handler(BaseHTTPRequestHandler):
    """Files of the page, and ``POST /answer``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms until its headers are acknowledged

    def __init__(self, page: Path, *args: object, **kwargs: object) -> None:
        self._page = page
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """A file of the page, and whether there is an engine behind it."""
        if not self._is_local():
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/engine":
            self._send(200, b'{"engine": "native"}', ".json")
            return
        file = (self._page / path.lstrip("/")).resolve()
        file = file / "index.html" if file == self._page else file
        if self._page not in file.parents or not file.is_file():
            self._send(404, b"not found", ".html")
            return
        self._send(200, file.read_bytes(), file.suffix)

    def do_POST(self) -> None:
        """The answer to a question in JSON."""
        if not self._is_local():
            return
        length = self.headers.get("Content-Length", "")
        if self.path != "/answer" or not length.isdigit() or int(length) > _LARGEST:
            self.close_connection = True
            self._send(400, b"not a question", ".html")
            return
        try:
            question = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            question = None
        if not isinstance(question, dict):
            self._send(400, b"not a question", ".html")
            return
        self._send(200, json.dumps(answer(question)).encode(), ".json")

    def _is_local(self) -> bool:
        """Whether the page itself asks: other pages, and names that lead here, are refused."""
        own = f"{ADDRESS}:{self.server.server_port}"  # type: ignore[attr-defined]
        origin = self.headers.get("Origin")
        host = (self.headers.get("Host") or "").replace("localhost", ADDRESS)
        if host == own and origin in (None, f"http://{self.headers.get('Host')}"):
            return True
        self.close_connection = True
        self._send(403, b"ask from the page itself", ".html")
        return False

    def _send(self, status: int, body: bytes, suffix: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", _TYPES.get(suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("Cache-Control", "no-cache")
        try:
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):  # the page asked anew in the meantime
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing: the page says what goes wrong."""
