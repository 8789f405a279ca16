"""The grammar is free of conflicts, and its stored table is the one that belongs to it."""

import subprocess
import sys
from pathlib import Path

import pytest
from lark import Lark

from matcalc.core.resources import folder
from matcalc.read.syntax import table
from matcalc.read.syntax.compile_grammar import compile_table
from matcalc.read.syntax.parser import _BUILDERS
from matcalc.read.tex.parser import _PhraseBuilder
from matcalc.read.tex.scope import Scope

LANGUAGES = ("expression", "latex")


def grammar(language: str = "expression") -> str:
    return (folder("grammar") / f"{language}.lark").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_conflicts_and_no_overlapping_terminals(language: str) -> None:
    pytest.importorskip("interegular")
    assert Lark(grammar(language), parser="lalr", lexer="basic", strict=True).rules


@pytest.mark.parametrize("language", LANGUAGES)
def test_stored_table_is_fresh(language: str) -> None:
    stored = (folder("grammar") / f"{language}.table").read_text(encoding="utf-8")
    assert stored == compile_table(grammar(language)), (
        "run python -m matcalc.read.syntax.compile_grammar"
    )


def test_every_action_of_the_grammar_is_built() -> None:
    assert set(table.load().actions) == set(_BUILDERS)
    assert set(table.load("latex").actions) == _PhraseBuilder("", Scope("", {})).rules().keys()


def test_a_changed_grammar_is_compiled_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = grammar().replace('PLUS: "+"', 'PLUS: "+" | "⊕"')
    (tmp_path / "expression.lark").write_text(changed, encoding="utf-8")
    (tmp_path / "expression.table").write_text(
        (folder("grammar") / "expression.table").read_text("utf-8"), encoding="utf-8"
    )
    monkeypatch.setattr(table, "folder_path", lambda name: str(tmp_path))
    fresh = table.load.__wrapped__()
    match = fresh.scan("⊕", 0)
    assert match is not None
    assert match.lastgroup == "PLUS"
    assert table.load().scan("⊕", 0) is None


def test_reading_imports_no_heavy_library() -> None:
    script = (
        "import sys, matcalc.read.frontend as f; f.read('A*x'); print({'lark', 'numpy', "
        "'sympy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
