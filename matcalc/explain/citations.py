"""Entries of the catalogue as reasons."""

from __future__ import annotations

import re
from functools import cache

from matcalc.core.identity import Identity
from matcalc.engine.catalogue.compiled import Catalogue
from matcalc.engine.catalogue.index import parse_entry
from matcalc.engine.catalogue.load import LIBRARY
from matcalc.explain.derivation import Reason

_VALUE = re.compile(r"\bY\b")
_MOST_VALUES = 2  # that are written out in a differential
WRITTEN_OUT, EXPLAINED = "written out", "explained"


def cite(name: str, words: str = "", known: Catalogue | None = None) -> Reason:
    """The entry of that name as a reason, called by ``words`` or by its formula; of a language, if
    its catalogue is given.
    """
    found = entry(name, known)
    return Reason(words or formula(found), found.name, found.source)


def formula(found: Identity) -> str:
    """The statement of an entry in one line, without a Y that nobody has explained."""
    shown = choose_value_form(found)
    if shown == EXPLAINED:
        return f"{found.formula} for Y = {found.expr}"
    return _VALUE.sub(found.expr, found.formula) if shown == WRITTEN_OUT else found.formula


def choose_value_form(found: Identity) -> str:
    """How a statement shows the value of the function, which is called Y in it: ``WRITTEN_OUT`` in
    its place, ``EXPLAINED`` after where it stands too often; empty where it is not there.
    """
    times = len(_VALUE.findall(found.right)) if found.form == "diff" else 0
    return (EXPLAINED if times > _MOST_VALUES else WRITTEN_OUT) if times else ""


def entry(name: str, known: Catalogue | None = None) -> Identity:
    """The entry of that name, whether the engine uses it or not."""
    found = LIBRARY.get(name) if known is None else known.get(name)
    return found or _look_up(name)


@cache
def _look_up(name: str) -> Identity:
    """An entry that the engine does not use."""
    return parse_entry(name, *LIBRARY.pieces[name])


# rules that hold for all expressions, with the words that they are known by
PRODUCT = ("cookbook-37", "product rule")
PRODUCTS = {
    "*": PRODUCT,
    ".*": ("cookbook-38", "product rule"),
    "kron": ("cookbook-39", "product rule"),
}
CHAIN = ("chain-rule-vectors", "chain rule")
QUOTIENT = ("quotient-rule", "quotient rule")
POWER = ("power-rule", "power rule")
EXPONENT = ("d-pow", "")
SUM = ("cookbook-35", "d of a sum is the sum of the d")
MULTIPLE = ("cookbook-34", "constant factors stay")
TRANSPOSE = ("d-transpose", "")
CYCLIC = ("cookbook-14", "the trace is cyclic")
OF_TRANSPOSE = ("cookbook-13", "tr(A) = tr(A')")
INNER = ("inner-transposed", "a number is its own transpose")
INNER_OF_ENTRIES = ("inner-of-entries", "")
INNER_MOVED = ("inner-moved", "")
SUMMED = ("sum-of-products", "")
ENTRIES = ("sum-of-entries", "")
MEAN = ("mean-of-entries", "")
MEAN_OF_PRODUCTS = ("mean-of-products", "")
AS_TRACE = ("inner-as-trace", "")
VECTORISED = ("cookbook-520", "")
VEC_ENTRYWISE = ("vec-entrywise", "")
VEC_TRANSPOSED = ("vec-transposed", "")
AS_DIAGONAL = ("entrywise-as-diagonal", "")
