"""A joint function as a ``torch.autograd.Function``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def differentiable(
    joint: Callable[..., Any], names: Sequence[str], wrt: Sequence[str]
) -> Callable[..., Any]:
    """The value of a joint function of the arguments ``names``, whose backward pass multiplies with
    its gradients with respect to ``wrt``.
    """
    import torch  # type: ignore[import-not-found]  # noqa: PLC0415 - PyTorch is optional

    def forward(ctx: Any, *tensors: Any) -> Any:
        found = joint(*tensors)
        ctx.save_for_backward(*(found.gradients[name] for name in wrt))
        return found.value

    def backward(ctx: Any, slope: Any) -> Any:
        slopes: list[Any] = [None] * len(names)
        for name, gradient in zip(wrt, ctx.saved_tensors, strict=True):
            slopes[names.index(name)] = slope * gradient
        return tuple(slopes)

    once = torch.autograd.function.once_differentiable(backward)
    rules = {"forward": staticmethod(forward), "backward": staticmethod(once)}
    made: Any = type("Function", (torch.autograd.Function,), rules)

    def function(*positional: Any, **named: Any) -> Any:
        given = dict(zip(names, positional, strict=False)) | named
        return made.apply(*(given[name] for name in names))

    return function
