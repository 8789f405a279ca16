"""Which class writes the source for a backend."""

from __future__ import annotations

from matcalc.write.printers.numpy_code import Source
from matcalc.write.printers.standalone import Standalone


def source_kind(backend: str, runtime: str) -> type[Source]:
    """The class of the source for a backend; ``runtime`` says where the helpers of ours are."""
    return Source if runtime == "matcalc" else Standalone
