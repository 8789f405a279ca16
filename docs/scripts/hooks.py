"""Hooks of MkDocs: pages from outside of ``docs/``, pages that the navigation does not name, the
playground, and a check that no page loads anything from elsewhere.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "matcalc" / "web" / "page"
STATIC_PAGE = ROOT / "web" / "site"  # npm run build -- --site

# Files of the repository that are pages of the site, and where they are there.
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "license.md",
    "benchmarks/README.md": "benchmarks.md",
    "grammar/README.md": "grammar.md",
}
ORIGINS = {site: origin for origin, site in OUTSIDE.items()}
INHERITED = "\n    options:\n      inherited_members: true"
CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
BLANK = re.compile(r"^<BLANKLINE>$", re.MULTILINE)  # what doctest has for a blank line
LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Put each page that the navigation does not name behind the guides, so that it is found."""
    named = set(_pages(config["nav"]))
    pages = {
        path.relative_to(config["docs_dir"]).as_posix()
        for path in Path(config["docs_dir"]).rglob("*.md")
    }
    more = sorted(page for page in pages - named if not page.startswith("scripts/"))
    leaves = [page for page in more if not page.startswith("decisions/")]
    decisions = [page for page in more if page.startswith("decisions/")]
    for section in config["nav"]:
        if "How-to" in section:
            section["How-to"] += leaves
        if "Explanation" in section:
            index = section["Explanation"].pop()
            section["Explanation"].append({"Decisions": [*index.values(), *decisions]})
    return config


def _pages(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    inside = nav.values() if isinstance(nav, dict) else nav
    return [page for part in inside for page in _pages(part)]


def on_files(files: Any, config: Any) -> Any:
    """Add the pages from outside of ``docs/``, and the fonts of formulas."""
    for origin, site in OUTSIDE.items():
        text = (ROOT / origin).read_text(encoding="utf-8")
        if origin == "LICENSE":
            text = f"# Licence\n\n```text\n{text}```\n"
        files.append(File.generated(config, site, content=text))
    for font in sorted((PAGE / "fonts").glob("*.woff2")):
        files.append(File.generated(config, f"assets/fonts/{font.name}", content=font.read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links between the files of the repository to their pages, show the blank lines of
    examples as such, and embed the playground.
    """
    place = page.file.src_uri
    folder = posixpath.dirname(ORIGINS.get(place, f"docs/{place}"))

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        if target == "docs/decisions":
            target = "docs/decisions/README.md"
        site = OUTSIDE.get(target) or target.removeprefix("docs/")
        if "://" in match[1] or not (ROOT / target).exists():
            return match[0]
        return f"]({posixpath.relpath(site, posixpath.dirname(place) or '.')}{match[2] or ''})"

    parts = CODE.split(markdown)
    markdown = "".join(
        BLANK.sub("", part) if i % 2 else LINK.sub(led, part) for i, part in enumerate(parts)
    )
    if place == "decisions/README.md":
        markdown += "\n" + "\n".join(_decisions())
    if place == "reference/python.md":
        markdown = _python(markdown)
    if place == "playground.md" and STATIC_PAGE.is_dir():
        frame = '<iframe class="playground" src="page/index.html" title="matcalc"></iframe>'
        markdown = re.sub(r"<!-- playground -->.*", frame, markdown, flags=re.DOTALL)
    return markdown


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Make links of the pages that docstrings name, as in ``docs/conventions.md``."""
    if page.file.src_uri != "reference/python.md":
        return html
    return re.sub(r"\bdocs/([\w-]+)\.md\b", r'<a href="../\1.html">\1</a>', html)


def _decisions() -> list[str]:
    """A line for each decision: its title, which is a link."""
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    titles = [
        page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for page in pages
    ]
    return [
        f"- {page.name[:4]}: [{title}]({page.name})"
        for page, title in zip(pages, titles, strict=True)
    ]


def _python(markdown: str) -> str:
    """Name what the reference is made of: all that ``matcalc`` and ``matcalc.testing`` offer."""
    homes = _value(ROOT / "matcalc" / "__init__.py", "_HOMES")
    named = {name: home for name, home in homes.items() if home.startswith("matcalc.")}
    functions = [f"{home}.{name}" for name, home in named.items() if name[0].islower()]
    kinds = [f"{home}.{name}" for name, home in named.items() if name[0].isupper()]
    classes = [path for path in kinds if not path.startswith("matcalc.core.errors")]
    checks = _value(ROOT / "matcalc" / "testing" / "__init__.py", "__all__")
    tests = [f"matcalc.testing.checks.{name}" for name in checks]
    for mark, paths in {"functions": functions, "classes": classes, "checks": tests}.items():
        entries = "\n\n".join(f"::: {path}{INHERITED}" for path in paths)
        markdown = markdown.replace(f"<!-- {mark} -->", entries)
    return markdown


def _value(path: Path, name: str) -> Any:
    """The literal that a module assigns to a name."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise PluginError(f"{path} has no {name}")


class _Resources(HTMLParser):
    """Collects what a page loads from elsewhere by itself; links that people follow are fine."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of scripts, styles, pictures and frames."""
        given = dict(attrs)
        loads = given.get("src") or (
            tag == "link" and given.get("rel") != "canonical" and given.get("href")
        )
        if loads and re.match(r"(https?:)?//", loads):
            self.found.append(f"<{tag}> {loads}")


def on_post_build(config: Any) -> None:
    """Copy the page, and refuse a site that loads something from elsewhere."""
    site = Path(config["site_dir"])
    if STATIC_PAGE.is_dir():
        shutil.copytree(STATIC_PAGE, site / "page", dirs_exist_ok=True)
    for path in sorted(site.rglob("*.html")):
        resources = _Resources()
        resources.feed(path.read_text(encoding="utf-8"))
        if resources.found:
            raise PluginError(f"{path.relative_to(site)} loads {', '.join(resources.found)}")
    for path in sorted(site.rglob("*.css")):
        outside = re.findall(
            r"(?:url\(|@import\s)[\"']?(https?://[^\"')]+)", path.read_text(encoding="utf-8")
        )
        if outside:
            raise PluginError(f"{path.relative_to(site)} loads {', '.join(outside)}")
