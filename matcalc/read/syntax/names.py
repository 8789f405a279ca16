"""The kind of a name of which nothing was declared."""

from __future__ import annotations

# where a derivative is asked for inside the text
DERIVED = "enter only what is differentiated; the variable goes into --wrt, in Python into wrt="

GREEK = frozenset(
    {
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "omicron",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
    }
)
_LAMBDA = frozenset({"lam", "lamda", "lambd", "lmbda"})  # as it is spelt where lambda is a keyword


def default_kind(name: str) -> str:
    """matrixcalculus.org's rule: a-g scalar, h-z vector, A-Z matrix; Greek names and letters by
    their case.

    An index does not count: ``sigma2`` and ``beta_1`` are scalars.
    """
    first = name[0]
    if first.isupper():
        return "matrix"
    if not first.isascii() or first <= "g":
        return "scalar"
    stem = name.partition("_")[0].rstrip("0123456789")
    return "scalar" if stem in GREEK or stem in _LAMBDA else "vector"
