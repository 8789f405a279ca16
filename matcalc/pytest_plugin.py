"""The pytest plugin: files named ``*.claims.toml`` are tests, one for each claim, which show the
report on a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from matcalc.claims.judge.claim import Claim
    from matcalc.claims.judge.report import Report


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--matcalc-rng N``: the seed of the points at which claims are tried."""
    parser.addoption(
        "--matcalc-rng",
        type=int,
        default=0,
        metavar="N",
        help="seed of the points at which claims are tried",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimsFile | None:
    """A file of claims."""
    return (
        ClaimsFile.from_parent(parent, path=file_path)
        if file_path.name.endswith(".claims.toml")
        else None
    )


class ClaimsFile(pytest.File):
    """A file of claims as a collection of tests."""

    def collect(self) -> Iterator[ClaimItem]:
        """One test for each claim, by its name or number."""
        # every run of pytest loads this plugin
        # every run of pytest loads this plugin
        from matcalc.claims.judge.files import read_claims  # noqa: PLC0415
        from matcalc.core.errors import MatcalcError  # noqa: PLC0415

        try:
            claims = read_claims(self.path)
        except MatcalcError as problem:
            raise self.CollectError(str(problem)) from None
        for number, claim in enumerate(claims, start=1):
            name = claim.name if not claim.name.startswith(str(self.path)) else f"claim-{number}"
            yield ClaimItem.from_parent(self, name=name, claim=claim)


class WrongClaim(AssertionError):
    """A claim that is wrong or undecided."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


class ClaimItem(pytest.Item):
    """A claim as a test."""

    def __init__(self, *, claim: Claim, **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim

    def runtest(self) -> None:
        """Judges the claim."""
        # every run of pytest loads this plugin
        from matcalc.claims.judge.verdict import judge  # noqa: PLC0415

        report = judge(self.claim, self.config.getoption("--matcalc-rng"))
        if not report.ok:
            raise WrongClaim(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report, or what is wrong with the input, without a traceback through matcalc."""
        # every run of pytest loads this plugin
        from matcalc.core.errors import MatcalcError  # noqa: PLC0415

        if isinstance(excinfo.value, WrongClaim | MatcalcError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the claim stands."""
        return self.path, None, self.name
