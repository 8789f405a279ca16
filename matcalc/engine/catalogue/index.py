"""The index of the catalogue: what the engine has to know of an identity before it reads it.

It is computed from the typed trees of both sides, for ``identities/`` and for users' files alike.
That of ``identities/`` is kept beside the entries in ``identities/index.table``, together with the
entries that the engine uses, so that a derivation parses the three or four that it needs and no
TOML. ``python -m matcalc.engine.catalogue.index`` writes it after a change.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from os.path import basename, dirname, join
from typing import Any, NamedTuple
from zlib import crc32

from matcalc.core.errors import CatalogueError
from matcalc.core.identity import Identity
from matcalc.core.kinds import ROWS
from matcalc.core.language import BUILT_IN, BaseLanguage
from matcalc.core.operations import INDEX_ARITHMETIC, OPERATIONS
from matcalc.core.resources import folder_path, read_bytes, read_text, tables_in
from matcalc.core.tree import Expr
from matcalc.core.user_functions import user_function
from matcalc.engine.catalogue.schema import identity
from matcalc.engine.catalogue.sides import sides

HEADER = "[[identity]]"
TABLE = "index.table"
USED = (
    "functions",
    "rewrites",
)  # folders whose entries the engine works with; the others are looked up and tested
# kinds that no node has unless a variable has it, or (an orthogonal one) ``expm`` of a skew matrix
RARE_KINDS = tuple(row.name for row in ROWS if row.rare)
TRAITS = ("positive", "odd", "even", "equivariant", "invariant", "skew")
TRANSPOSITIONS = TRAITS[3:]
_FLAGS = ("code", "real")
_OF_FUNCTIONS = ("d-", "define-", "derivative-")  # what entries of functions/ are found by


class Activation(NamedTuple):
    """A rewrite's name, the functions and kinds it looks for, those it brings in, its phase, and
    whether it is for code.
    """

    name: str
    needs: frozenset[str]
    brings: frozenset[str]
    phase: str
    code: bool = False


class Trait(NamedTuple):
    """What an entry says of a function: one of ``TRAITS``."""

    function: str
    trait: str


def trait_of(entry: Identity, language: BaseLanguage = BUILT_IN) -> Trait | None:
    """What the entry says of a function, if it is a statement of that kind."""
    if entry.form == "diff" and entry.range:
        return Trait(_function(sides(entry, language)[0].expr), entry.range)
    if entry.form != "to":
        return None
    left, right = sides(entry, language)
    return _trait(left.expr, right.expr)


def activation_of(entry: Identity, language: BaseLanguage = BUILT_IN) -> Activation:
    """When the rewrite is to be tried."""
    left, right = sides(entry, language)
    kinds = {variable.kind for variable in left.variables.values()}.intersection(RARE_KINDS)
    needs = functions_in(left.expr) - INDEX_ARITHMETIC
    return Activation(
        entry.name,
        frozenset(needs | kinds),
        frozenset(functions_in(right.expr)),
        entry.phase,
        entry.code,
    )


def functions_in(root: Expr) -> set[str]:
    """The functions of a typed tree as the network calls them: powers and comparisons are functions
    too.
    """
    found = set()
    for node in root.parts:
        if node.op in ("^", ".^"):
            found |= _power(node)
        elif node.op in ("==", "!="):
            found.add("equal")
        elif node.op in ("<", "<=", ">", ">="):
            found.add("step")
        elif name := _function(node):
            found.add("power" if name == "sqrtm" else name)
    return found


def _function(node: Expr) -> str:
    """The name of the function that a node calls; empty where it is none."""
    own = user_function(node)
    return own.name if own is not None else node.op if node.op in OPERATIONS else ""


def _power(node: Expr) -> set[str]:
    """A power with an exponent that is not an integer; integer powers are products."""
    base, exponent = node.args
    value = _number(exponent)
    if value is not None and value.denominator == 1:
        return set()
    if base.rank == 2 and node.op == "^":
        return {"power"}
    return {"pow"} if value is None else {"sqrt"} if value.denominator == 2 else set()


def _number(expr: Expr) -> Fraction | None:
    """The value of ``2``, ``-2``, ``1/2``."""
    if expr.op == "number":
        return Fraction(expr.value)
    parts = [_number(arg) for arg in expr.args] if expr.op in ("neg", "/") else []
    if not parts or any(part is None for part in parts):
        return None
    return -parts[0] if expr.op == "neg" else parts[0] / parts[1]  # type: ignore[operator]


def _trait(left: Expr, right: Expr) -> Trait | None:
    """f(A') = f(A)', f(A') = f(A), f(x)' = -f(x); f(-A) = -f(A), f(-A) = f(A), f(a*A) = f(A)/a."""
    if left.op == "'" and _function(left.args[0]):
        inside = left.args[0]
        skew = right.op == "neg" and _same(right.args[0], inside)
        return Trait(_function(inside), "skew") if skew else None
    function = "power" if left.op == "^" else _function(left)
    if not left.args or not function:
        return None
    first = left.args[0]
    if first.op not in ("'", "neg", "*") or first.args[-1].op != "variable":
        return None
    plain = Expr(left.op, (first.args[-1], *left.args[1:]), value=left.value)
    if first.op == "*":
        scaled = (
            right.op == "/" and _same(right.args[0], plain) and _same(right.args[1], first.args[0])
        )
        return Trait(function, "odd") if scaled and first.args[0].op == "variable" else None
    if _same(right, plain):
        return Trait(function, "invariant" if first.op == "'" else "even")
    if right.op == first.op and _same(right.args[0], plain):
        return Trait(function, "equivariant" if first.op == "'" else "odd")
    return None


def _same(one: Expr, other: Expr) -> bool:
    """Whether two small trees are alike."""
    return (one.op, one.value, len(one.args)) == (other.op, other.value, len(other.args)) and all(
        _same(a, b) for a, b in zip(one.args, other.args, strict=True)
    )


def sources(root: str) -> list[str]:
    """The files whose entries the engine works with."""
    return [path for part in USED for path in tables_in(join(root, part))]


def checksum(root: str) -> int:
    """Changes when a file does."""
    found = 0
    for path in sources(root):
        found = crc32(read_bytes(path), found)
    return found


def cut_entries(paths: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The entries of files without parsing them: name -> (file, text)."""
    found: dict[str, tuple[str, str]] = {}
    for path in paths:
        file = f"{basename(dirname(path))}/{basename(path)}"
        for piece in read_text(path).split(HEADER)[1:]:
            head = next((line for line in piece.splitlines() if line.startswith('name = "')), None)
            if head is None:
                raise CatalogueError(f"{file}: an entry without a name")
            name = head[8:].rpartition('"')[0]
            if name in found:
                raise CatalogueError(f"{file}: the name {name} is taken in {found[name][0]}")
            found[name] = (file, piece)
    return found


def parse_entry(name: str, file: str, piece: str) -> Identity:
    """The checked entry that a piece of a TOML file is."""
    # derivations read entries from the table, and the parser of TOML loads a lot
    import tomllib  # noqa: PLC0415

    try:
        return identity(tomllib.loads(HEADER + piece)["identity"][0], file)
    except tomllib.TOMLDecodeError as problem:
        raise CatalogueError(f"{file}, {name}: {problem}") from problem


def compile_index(root: str) -> str:
    """The table: traits, activations, and the entries themselves, in the order of the files.

    What is said about the transpose of an argument the normal form of networks applies, so there it
    is no rewrite.
    """
    entries = [parse_entry(name, *place) for name, place in cut_entries(sources(root)).items()]
    for entry in entries:
        if entry.file.startswith("functions/") and not entry.name.startswith(_OF_FUNCTIONS):
            raise CatalogueError(
                f"{entry.file}, {entry.name}: a name here begins with {', '.join(_OF_FUNCTIONS)}; "
                "an equation that makes answers shorter belongs in rewrites/"
            )
    traits = {entry.name: trait for entry in entries if (trait := trait_of(entry)) is not None}
    lines = [f"checksum {checksum(root)}"]
    named = {
        kind: dict.fromkeys(each.function for each in traits.values() if each.trait == kind)
        for kind in TRAITS
    }
    lines += [" ".join([kind, *names]) for kind, names in named.items()]
    for entry in entries:
        applied_already = entry.name in traits and traits[entry.name].trait in TRANSPOSITIONS
        if entry.file.startswith("rewrites/") and not applied_already:
            name, needs, brings, phase, code = activation_of(entry)
            lines.append(
                f"rewrite "
                f"{name};{phase};{' '.join(sorted(needs))};{' '.join(sorted(brings))};"
                f"{'code' * code}"
            )
    for entry in entries:
        lines += ["", f"entry {entry.name}", *_fields(entry)]
    return "\n".join(lines) + "\n"


def _fields(entry: Identity) -> list[str]:
    plain = {
        key: getattr(entry, key)
        for key in ("file", "form", "expr", "right", "wrt", "range", "phase", "number", "source")
    }
    lines = [f"{key} {value}" for key, value in plain.items() if value]
    lines += [f"{key} true" for key in _FLAGS if getattr(entry, key)]
    for key in ("given", "domain"):
        lines += [f"{key} {name} {kind}" for name, kind in (getattr(entry, key) or {}).items()]
    assert not any("\n" in line for line in lines), f"{entry.name}: a text of several lines"
    return lines


def load_entry(text: str) -> Identity:
    """The entry that ``_fields`` wrote, after ``entry``."""
    name, *lines = text.splitlines()
    plain: dict[str, Any] = {}
    tables: dict[str, dict[str, str]] = {"given": {}, "domain": {}}
    for line in lines:
        key, _, value = line.partition(" ")
        if key in tables:
            variable, _, kind = value.partition(" ")
            tables[key][variable] = kind
        elif key in _FLAGS:
            plain[key] = True
        else:
            plain[key] = value
    return Identity(name=name, **plain, **tables)  # type: ignore[arg-type]


def main() -> None:
    """Writes the table beside the entries."""
    root = folder_path("identities")
    with open(join(root, TABLE), "w", encoding="utf-8") as file:
        file.write(compile_index(root))


if __name__ == "__main__":
    main()
