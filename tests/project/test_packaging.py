"""grammar/ and identities/ are found wherever matcalc is run from: in a checkout, by an editable
install and in a wheel.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from matcalc.core.resources import folder

pytestmark = pytest.mark.slow  # CI runs it, once

ROOT = Path(__file__).resolve().parents[2]
QUESTION = """
import matcalc
from matcalc.core.resources import folder
print(matcalc.__file__)
print(folder("grammar"))
print(folder("identities"))
print(matcalc.diff("tr(A*X'*B*X*C)", "X"))
"""
ANSWER = "B*X*C*A + B'*X*A'*C'"


def data_files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for name in ("grammar", "identities")
        for path in (root / name).rglob("*.*")
    }


def built(target: str, place: Path) -> Path:
    """The built distribution, unpacked as an installer would; without network, because nothing is
    looked up.
    """
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(place / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    (wheel,) = (place / "dist").glob("matcalc_symbolic-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def asked(site: Path, place: Path) -> list[str]:
    """What matcalc says of itself when ``site`` is the only site-packages there is.

    Neither the checkout (-I) nor an installed matcalc (-S) can stand in; an answer in text needs
    none of the dependencies.
    """
    start = f"import site; site.addsitedir({str(site)!r})"
    command = [sys.executable, "-I", "-S", "-B", "-c", start + QUESTION]
    result = subprocess.run(
        command, cwd=place, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return result.stdout.splitlines()


def test_checkout() -> None:
    assert folder("grammar") == ROOT / "grammar"
    assert folder("identities") == ROOT / "identities"
    assert {
        "grammar/expression.lark",
        "grammar/expression.table",
        "identities/functions/matrix.toml",
    } <= data_files(ROOT)


def test_wheel(tmp_path: Path) -> None:
    site = built("wheel", tmp_path)
    shipped = site / "matcalc" / "_data"
    assert data_files(shipped) == data_files(ROOT)
    for name in data_files(ROOT):
        assert (shipped / name).read_bytes() == (ROOT / name).read_bytes()
    assert asked(site, tmp_path) == [
        str(site / "matcalc" / "__init__.py"),
        str(shipped / "grammar"),
        str(shipped / "identities"),
        ANSWER,
    ]
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "matcalc").rglob("*.py")}
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.py")} == modules


def test_editable_install(tmp_path: Path) -> None:
    """The data come from the checkout, where they are edited."""
    site = built("wheel:editable", tmp_path)
    assert asked(site, tmp_path) == [
        str(ROOT / "matcalc" / "__init__.py"),
        str(ROOT / "grammar"),
        str(ROOT / "identities"),
        ANSWER,
    ]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Name: matcalc-symbolic", id="name"),
        pytest.param("Requires-Python: >=3.11", id="python"),
        pytest.param("License-Expression: MIT", id="licence"),
        pytest.param("Provides-Extra: test", id="extra"),
    ],
)
def test_metadata(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    site = built("wheel", tmp_path_factory.mktemp("metadata"))
    (metadata,) = site.glob("*.dist-info/METADATA")
    assert line in metadata.read_text(encoding="utf-8").splitlines()
