"""Properties of a node that can be proved, as bit flags, and what follows from several of them.

Flags that are passed on are closed: ``closure(flags) == flags``. A flag that is not set says
nothing: the property was not proved.
"""

from __future__ import annotations

from matcalc.core.kinds import ROWS

# of square matrices; psd means definite, LOWER that there is nothing above the diagonal
SYMMETRIC, SKEW, SEMIDEFINITE, DEFINITE, DIAGONAL, ORTHOGONAL, LOWER, UPPER, INVERTIBLE = (
    1 << k for k in range(9)
)
# of all entries, whatever the shape
NONNEGATIVE, POSITIVE = 1 << 9, 1 << 10
# of vectors, and of matrices with V'*V = eye; nothing inherits them
SIMPLEX, ONEHOT, ORTHONORMAL, SPHERE = 1 << 11, 1 << 12, 1 << 13, 1 << 14
# of square matrices: constant along each diagonal, along each wrapped one, along each antidiagonal
TOEPLITZ, CIRCULANT, HANKEL = 1 << 15, 1 << 16, 1 << 17

REPEATS = (TOEPLITZ, CIRCULANT, HANKEL)  # what functions of each entry keep
ZEROS = (DIAGONAL, LOWER, UPPER)  # what a matrix with fewer entries is too
ENTRIES = NONNEGATIVE | POSITIVE
# what is said by equations, so that it holds of complex entries as well
ALGEBRAIC = SYMMETRIC | SKEW | DIAGONAL | ORTHOGONAL | LOWER | UPPER | INVERTIBLE | ORTHONORMAL
ALGEBRAIC |= TOEPLITZ | CIRCULANT | HANKEL

# linear kinds by symmetry and diagonals; of others no theorem asks whether a matrix is of them
_LINEAR = {
    (1, None, None): SYMMETRIC,
    (-1, None, None): SKEW,
    (1, 0, 0): DIAGONAL,
    (0, None, 0): LOWER,
    (0, 0, None): UPPER,
}
# of what is declared
BY_KIND = {
    **{row.name: _LINEAR.get((row.symmetry, row.below, row.above), 0) for row in ROWS},
    "psd": DEFINITE,
    "orthogonal": ORTHOGONAL,
    "invertible": INVERTIBLE,
    "positive": POSITIVE,
    "simplex": SIMPLEX,
    "onehot": ONEHOT,
    "sphere": SPHERE,
    "orthonormal": ORTHONORMAL,
    "toeplitz": TOEPLITZ,
    "circulant": CIRCULANT,
    "hankel": HANKEL,
}

_IMPLIED = (
    (POSITIVE, NONNEGATIVE),
    (DEFINITE, SEMIDEFINITE | INVERTIBLE),
    (SEMIDEFINITE, SYMMETRIC),
    (LOWER | UPPER, DIAGONAL),
    (LOWER | SYMMETRIC, DIAGONAL),
    (LOWER | ORTHOGONAL, DIAGONAL),  # inv(Q) = Q' is as triangular as Q, and Q' the other way
    (UPPER | SYMMETRIC, DIAGONAL),
    (UPPER | ORTHOGONAL, DIAGONAL),
    (DIAGONAL, SYMMETRIC | LOWER | UPPER),
    (DIAGONAL | NONNEGATIVE, SEMIDEFINITE),
    (ORTHOGONAL, INVERTIBLE | ORTHONORMAL),
    (ONEHOT, SIMPLEX),
    (SIMPLEX, NONNEGATIVE),
    (SEMIDEFINITE | INVERTIBLE, DEFINITE),
    (CIRCULANT, TOEPLITZ),
    (HANKEL, SYMMETRIC),
    (DIAGONAL | TOEPLITZ, CIRCULANT),  # a multiple of the identity
)


def closure(flags: int) -> int:
    """The flags with all that they imply."""
    if not flags:
        return 0
    while True:
        more = flags
        for needed, implied in _IMPLIED:
            if more & needed == needed:
                more |= implied
        if more == flags:
            return flags
        flags = more


def transpose_flags(flags: int) -> int:
    """The flags of the transpose."""
    if bool(flags & LOWER) == bool(flags & UPPER):
        return flags
    return flags ^ (LOWER | UPPER)
