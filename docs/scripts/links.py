"""Links from the documentation to elsewhere: ``python docs/scripts/links.py`` asks for each page,
and fails where one is gone. It says so, and does not fail, where there is no network.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"https?://[^\s)>\]\"'`]+")
GONE = (404, 410)  # other answers mean that a machine may not read what people may
SECONDS = 20
AGENT = "Mozilla/5.0 (matcalc documentation: link check)"


def links(pages: Iterable[Path]) -> dict[str, str]:
    """Each address, and the first page that has it."""
    found: dict[str, str] = {}
    for page in pages:
        for match in LINK.finditer(page.read_text(encoding="utf-8")):
            address = match[0].rstrip(".,;:")
            if urlsplit(address).hostname not in ("127.0.0.1", "localhost"):
                found.setdefault(address, str(page.relative_to(ROOT)))
    return found


def problem_of(address: str) -> str:
    """What is wrong with a link; empty where nothing is."""
    request = Request(address, headers={"User-Agent": AGENT})
    try:
        with urlopen(request, timeout=SECONDS):
            return ""
    except HTTPError as problem:
        return f"{problem.code} {problem.reason}" if problem.code in GONE else ""
    except (URLError, TimeoutError, OSError, ValueError) as problem:
        return f"cannot be reached: {getattr(problem, 'reason', problem)}"


def is_online(addresses: Iterable[str]) -> bool:
    """Whether any of the hosts answers."""
    for host in sorted({urlsplit(address).hostname or "" for address in addresses}):
        try:
            socket.create_connection((host, 443), timeout=5).close()
        except OSError:
            continue
        return True
    return False


def main(found: dict[str, str]) -> int:
    """Prints the links that lead nowhere; the exit code is 1 where there are such."""
    if not is_online(found):
        print("links: left out, there is no network")
        return 0
    with ThreadPoolExecutor(4) as pool:
        problems = dict(zip(found, pool.map(problem_of, found), strict=True))
    for address, said in problems.items():
        if said:
            print(f"{found[address]}: {address} {said}")
    print(f"links: {len(found)} asked, {sum(map(bool, problems.values()))} lead nowhere")
    return int(any(problems.values()))


if __name__ == "__main__":
    sys.exit(main(links([*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))])))
