"""Which class writes the source for a backend, and the function that the source defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from matcalc.core.errors import EvaluationError, UnsupportedError
from matcalc.core.functions.languages import LANGUAGES
from matcalc.write.printers.numpy_code import Quick, Source, compile_numpy
from matcalc.write.printers.standalone import Standalone

if TYPE_CHECKING:
    from matcalc.write.printers.language_source import LanguageSource


def source_kind(backend: str, runtime: str) -> type[Source]:
    """The class of the source for a backend; ``runtime`` says where the helpers of ours are, or
    ``called`` that nobody reads the code.
    """
    if backend == "numpy":
        return {"matcalc": Source, "called": Quick}.get(runtime, Standalone)
    if backend in LANGUAGES:
        return _language(backend)
    # most code is for NumPy
    from matcalc.write.printers import frameworks  # noqa: PLC0415

    kinds: dict[str, type[Source]] = {
        "jax": frameworks.JaxSource,
        "torch": frameworks.TorchSource,
        "array-api": frameworks.ArrayApiSource,
    }
    return kinds[backend]


def _language(backend: str) -> type[LanguageSource]:
    # most code is for NumPy
    from matcalc.write.printers.c_source import CSource  # noqa: PLC0415
    from matcalc.write.printers.eigen import EigenSource  # noqa: PLC0415
    from matcalc.write.printers.julia import JuliaSource  # noqa: PLC0415
    from matcalc.write.printers.matlab import MatlabSource  # noqa: PLC0415

    kinds: dict[str, type[LanguageSource]] = {
        "matlab": MatlabSource,
        "cpp": EigenSource,
        "c": CSource,
        "julia": JuliaSource,
    }
    return kinds[backend]


def function_of(
    backend: str,
    source: str,
    functions: tuple[str, ...] = (),
    brought: Mapping[str, Callable[..., Any]] | None = None,
) -> Callable[..., Any]:
    """The function ``f`` of a source; EvaluationError where its framework is not installed."""
    if backend == "numpy":
        return compile_numpy(source, "f", functions, brought)
    if backend in LANGUAGES:
        title = _language(backend).language.title
        raise UnsupportedError(
            f"{title} runs outside Python, and cannot call Python functions",
            hint=f'source("{backend}") is the text of the function',
        )
    namespace: dict[str, Any] = {}
    try:
        exec(compile(source, f"<matcalc {backend}>", "exec"), namespace)
    except ModuleNotFoundError as missing:
        raise EvaluationError(
            f"code for {backend} needs {missing.name}, which is not installed",
            hint=f"pip install 'matcalc-symbolic[{backend}]'",
        ) from None
    function: Callable[..., Any] = namespace["f"]
    function.source = source  # type: ignore[attr-defined]
    return function
