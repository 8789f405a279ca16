r"""A product of entries with repeated indices, as a product of matrices: A_{ij} x_j is A x."""

from __future__ import annotations

from collections import Counter

_MOST_FACTORS = 6
Factor = tuple[str, list[str]]  # what it is an entry of, and its indices


def in_matrices(factors: list[Factor]) -> str | None:
    r"""The sum over every index that occurs twice, with transposes where they belong: x_i A_{ij}
    x_j is ``x^\top A x``. None where the factors are not chain.
    """
    counts = Counter(index for _, indices in factors for index in indices)
    if len(factors) > _MOST_FACTORS or any(len(indices) > 2 for _, indices in factors):
        return None
    if any(count > 2 for count in counts.values()):
        return None
    ends = [i for i, (_, indices) in enumerate(factors) if len(indices) == 1]
    free = [index for index, count in counts.items() if count == 1]
    if len(ends) + len(free) not in (0, 2):
        return None
    if ends and not free:
        first, rest = factors[ends[0]], factors[: ends[0]] + factors[ends[0] + 1 :]
        inside = _chain(first[1][0], rest)
        return None if inside is None else f"{first[0]}^\\top {inside}"
    if free:
        return _chain(free[0], factors)
    inside = _chain(factors[0][1][0], factors)
    return None if inside is None else f"\\operatorname{{tr}}({inside})"


def _chain(index: str, factors: list[Factor]) -> str | None:
    """The product that begins with the row index; all factors belong to it."""
    words, left = [], list(factors)
    while left:
        found = next((factor for factor in left if index in factor[1]), None)
        if found is None:
            return None
        left.remove(found)
        name, indices = found
        if len(indices) == 1:
            words.append(name)
            return " ".join(words) if not left else None
        turned = indices[0] != index
        words.append(f"{name}^\\top" if turned else name)
        index = indices[0] if turned else indices[1]
    return " ".join(words)
