"""Functions that were handed to ``matcalc.load_identities`` as Python objects, for generated code
that cannot import them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matcalc.core.errors import EvaluationError
from matcalc.core.own import OWN


def own_function(name: str) -> Callable[..., Any]:
    """The function of that name; EvaluationError where it is not loaded."""
    own = OWN.get(name)
    if own is None or own.function is None:
        hint = (
            "call matcalc.load_identities(...) with the file and the function first, as "
            "where this code was generated"
        )
        raise EvaluationError(
            f"this code needs the function {name}, which is not loaded", hint=hint
        )
    return own.function
