"""The index of the catalogue says what the typed trees say, and is kept up to date."""

import pytest

from matcalc.core.errors import CatalogueError
from matcalc.core.identity import Identity
from matcalc.core.language import BUILT_IN
from matcalc.core.resources import folder
from matcalc.core.walk import postorder
from matcalc.engine.catalogue import index
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.catalogue.index import (
    Activation,
    Trait,
    activation_of,
    compile_index,
    load_entry,
    parse_entry,
    trait_of,
)
from matcalc.engine.catalogue.load import LIBRARY, Library
from matcalc.engine.catalogue.schema import identity
from matcalc.engine.rewriting.pattern import functions, pattern

ROOT = folder("identities")
REWRITE = """[[identity]]
name = "twice"
given = { X = "matrix(n, n)" }
expr = "det(X)*det(X)"
to = "det(X)^2"
source = "here"
"""


def test_the_stored_index_is_fresh():
    assert (ROOT / index.TABLE).read_text(encoding="utf-8") == compile_index(str(ROOT)), (
        "run python -m matcalc.engine.catalogue.index"
    )


def test_a_stale_index_is_compiled_afresh(tmp_path):
    (tmp_path / "rewrites").mkdir()
    (tmp_path / "rewrites" / "mine.toml").write_text(REWRITE)
    (tmp_path / index.TABLE).write_text("checksum 1\nrewrite other;;;\n")
    library = Library(tmp_path)
    assert library.rewrites == [Activation("twice", frozenset({"det"}), frozenset({"det"}), "")]
    assert library.get("twice").right == "det(X)^2"


def test_a_rewrite_among_the_functions_is_refused(tmp_path):
    """It would be shown and tested, and never applied."""
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "mine.toml").write_text(REWRITE)
    with pytest.raises(CatalogueError, match=r"twice: .* belongs in rewrites/"):
        compile_index(str(tmp_path))


def test_a_stored_entry_is_the_entry():
    for name, text in LIBRARY._table[1].items():
        assert load_entry(text) == parse_entry(name, *LIBRARY.pieces[name])


def _entry(expr, to, **given):
    return identity(
        {"name": "mine", "given": given, "expr": expr, "to": to, "source": "here"}, "mine.toml"
    )


@pytest.mark.parametrize(
    ("expr", "to", "trait"),
    [
        ("inv(X')", "inv(X)'", Trait("inv", "equivariant")),
        ("det(X')", "det(X)", Trait("det", "invariant")),
        ("X'^k", "(X^k)'", Trait("power", "equivariant")),
        ("invgap(x)'", "-invgap(x)", Trait("invgap", "skew")),
        ("sinm(-X)", "-sinm(X)", Trait("sinm", "odd")),
        ("cosm(-X)", "cosm(X)", Trait("cosm", "even")),
        ("inv(a*X)", "inv(X)/a", Trait("inv", "odd")),
        ("det(-X)", "-det(X)", Trait("det", "odd")),
        ("expm(-X)", "inv(expm(X))", None),
        ("expm(a*X)", "expm(X)^a", None),
        ("inv(2*X)", "inv(X)/2", None),
        ("inv(a*X)", "inv(X)/b", None),
        ("inv(X')", "inv(X)", Trait("inv", "invariant")),
        ("inv(X')", "cof(X)'", None),
    ],
)
def test_traits_are_read_off_the_trees(expr, to, trait):
    given = {"X": "matrix(n, n)", "a": "scalar", "b": "scalar", "k": "scalar", "x": "vector(n)"}
    assert trait_of(_entry(expr, to, **given)) == trait


def test_a_range_is_a_trait_of_the_function():
    entry = Identity("d-exp", "exp(x)", "diff", "Y*dx", {"x": "scalar"}, "here", range="positive")
    assert trait_of(entry) == Trait("exp", "positive")


@pytest.mark.parametrize(
    ("expr", "needs"),
    [
        ("tr(inv(X)*Y)", {"inv"}),
        ("X^k", {"power"}),
        ("X^2", set()),
        ("X^(1/2)", {"power"}),
        ("sqrtm(X)", {"power"}),
        ("x.^a", {"pow"}),
        ("sum(sqrt(x))", {"sqrt"}),
        ("x.^(1/2)", {"sqrt"}),
        ("x.^(1/3)", set()),
        ("(x > y).*x", {"step"}),
        ("(x == y).*x", {"equal"}),
        ("exp(Q*x)", {"exp", "orthogonal"}),
    ],
)
def test_a_rewrite_needs_the_functions_of_its_left_side(expr, needs):
    given = {
        "X": "matrix(n, n)",
        "Y": "matrix(n, n)",
        "Q": "orthogonal(n)",
        "x": "vector(n)",
        "y": "vector(n)",
    }
    given |= {"a": "scalar", "k": "scalar"}
    given = {name: kind for name, kind in given.items() if name in expr.replace("exp", "")}
    assert activation_of(_entry(expr, expr, **given)).needs == needs


@pytest.mark.parametrize(
    "activation", [pytest.param(each, id=each.name) for each in LIBRARY.rewrites]
)
def test_what_a_rewrite_needs_is_in_the_network_of_its_left_side(activation):
    """Else it would never be activated."""
    left = pattern(catalogue(BUILT_IN), activation.name).left
    there = {
        name for node in postorder(left, lambda node: node.children) for name in functions(node)
    }
    assert activation.needs - set(index.RARE_KINDS) <= there
