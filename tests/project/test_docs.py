"""Every example in README.md and docs/ is run: ``console`` blocks through the command line,
``python`` blocks as doctests. A block behind ``<!-- needs: NAME -->`` is left out where neither a
module nor a program of this name is installed.
"""

from __future__ import annotations

import doctest
import importlib.util
import io
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

from matcalc import cli

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


NEEDS = re.compile(r"<!-- needs: (\w+) -->\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: what it is in, its language, its text, and what it needs."""

    page: Path
    line: int
    language: str
    text: str
    needs: str = ""


def blocks_of(page: Path, language: str) -> list[Block]:
    source = page.read_text(encoding="utf-8")
    fences = [(source.count("\n", 0, match.start()) + 1, match) for match in FENCE.finditer(source)]
    return [
        Block(page, line, language, match[2], needs[1] if needs else "")
        for line, match in fences
        if match[1] == language
        for needs in [NEEDS.search(source, 0, match.start())]
    ]


def pages(language: str) -> list[object]:
    return [
        pytest.param(page, id=page.relative_to(ROOT).as_posix())
        for page in PAGES
        if blocks_of(page, language)
    ]


def blocks(language: str) -> list[object]:
    found = [block for page in PAGES for block in blocks_of(page, language)]
    return [
        pytest.param(block, id=f"{block.page.relative_to(ROOT).as_posix()}:{block.line}")
        for block in found
    ]


def commands(text: str) -> list[tuple[str, str]]:
    """The lines after ``$``, each with the output that follows it; a backslash carries a command on
    to the next line.
    """
    pairs: list[tuple[str, list[str]]] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command = command[:-1] + next(lines).strip()
            pairs.append((command, []))
        else:
            assert pairs, f"output before the first command: {line}"
            pairs[-1][1].append(line)
    return [(command, "\n".join(output)) for command, output in pairs]


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a terminal shows of ``matcalc ...``: the answer and what is said about it, in the order
    in which they come; with ``| head -20`` the first lines.
    """
    command, _, count = command.partition(" | head -")
    words = shlex.split(command)
    quiet = words[-1] == "2>/dev/null"
    assert words[0] == "matcalc", command
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(ROOT)
    shown = io.StringIO()
    with redirect_stdout(shown), redirect_stderr(io.StringIO() if quiet else shown):
        cli.main(words[1:-1] if quiet else words[1:])
    lines = shown.getvalue().splitlines()
    return "\n".join(lines[: int(count)] if count else lines).rstrip("\n")


def settled(text: str) -> str:
    """The text without errors that are rounding: their digits are those of the processor that
    computed them.
    """
    return re.sub(r"error \d(\.\d)?e-1\d\b", "error of rounding", text)


@pytest.mark.parametrize("block", blocks("console"))
def test_commands(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = commands(block.text)
    assert pairs, "a console block without a command"
    for command, expected in pairs:
        assert settled(run(command, monkeypatch)) == settled(expected.rstrip()), command


@pytest.mark.parametrize("page", pages("python"))
def test_sessions(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page are one session."""
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in blocks_of(page, "python"):
        if block.needs and not (which(block.needs) or importlib.util.find_spec(block.needs)):
            continue
        assert ">>>" in block.text, (
            f"line {block.line}: a python block without a prompt is not tested"
        )
        test = doctest.DocTestParser().get_doctest(
            block.text, names, page.name, str(page), block.line
        )
        report: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(
            test, out=report.append, clear_globs=False
        )
        names = test.globs
        assert not report, "".join(report)


def test_extras_are_those_of_our_distribution() -> None:
    """On PyPI, ``matcalc`` is another project: nobody may be told to install an extra of it."""
    texts = [*PAGES, *sorted((ROOT / "matcalc").rglob("*.py"))]
    wrong = [
        f"{each.relative_to(ROOT).as_posix()}: {found[0]}"
        for each in texts
        for found in re.finditer(r"[\"'`]matcalc\[[\w{}-]+\][\"'`]", each.read_text("utf-8"))
    ]
    assert not wrong


@pytest.mark.parametrize("block", blocks("diff"))
def test_what_a_diff_adds_is_there(block: Block) -> None:
    """Each part names a file, in which its lines stand one after the other."""
    parts = re.split(r"^\+\+\+ ", block.text, flags=re.MULTILINE)[1:]
    assert len(parts) > 1
    for part in parts:
        name, _, added = part.partition("\n")
        lines = "".join(f"{line[1:]}\n" for line in added.splitlines() if line.startswith("+"))
        assert lines
        assert lines in (ROOT / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize(
    "page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in PAGES]
)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]+`", "", FENCE.sub("", page.read_text(encoding="utf-8")))  # no code
    targets = [
        target.partition("#")[0]
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in target
    ]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing


def test_readme_begins_with_the_two_commands() -> None:
    first, second = [
        line
        for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("$ ")
    ][:2]
    assert first == """$ python -m pip install . && matcalc diff "tr(A*X'*B*X*C)" --wrt X"""
    assert second == "$ python -m pip install '.[test]' && python -m pytest -n auto"
