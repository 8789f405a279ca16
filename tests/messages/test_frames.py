"""Errors that users get show one frame of ours at most, whatever they called."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import matcalc
from matcalc import testing

OURS = str(Path(matcalc.__file__).parent)
QUADRATIC = matcalc.diff("x'*A*x", "x")
BLOCKS = matcalc.diff("norm2(W*x + b)^2", ["W", "x"], variables={"b": "vector(m)"})
HESSIAN = matcalc.hessian("x'*A*y", ["x", "y"])
JOINT = matcalc.compile("norm2(A*x)^2", ["x"])
CALL = QUADRATIC.to_callable()

CALLS: dict[str, Callable[[], object]] = {
    "parse": lambda: matcalc.parse("x'*"),
    "parse_latex": lambda: matcalc.parse_latex(r"\frac"),
    "diff": lambda: matcalc.diff("x+", "x"),
    "diff by another": lambda: matcalc.parse("x'*x").diff("q"),
    "diff by none": lambda: matcalc.parse("x'*A*x").diff(),
    "diff of a derivative": lambda: QUADRATIC.diff("q"),
    "equal": lambda: matcalc.equal("x", "A"),
    "simplify": lambda: matcalc.simplify("x*"),
    "hessian": lambda: matcalc.hessian("x'*", "x"),
    "jvp": lambda: matcalc.jvp("x'*", {"x": "v"}),
    "vjp": lambda: matcalc.vjp("x'*", "x"),
    "hvp": lambda: matcalc.hvp("x'*", "x"),
    "taylor": lambda: matcalc.taylor("x'*", "x"),
    "implicit": lambda: matcalc.implicit("x'*", "x", "y"),
    "stationary": lambda: matcalc.stationary("x'*", "x"),
    "convex": lambda: matcalc.convex("x'*", "x"),
    "newton": lambda: matcalc.newton("x'*", "x"),
    "backprop": lambda: matcalc.backprop("x'*"),
    "compile": lambda: matcalc.compile("x'*", ["x"]),
    "load_identities": lambda: matcalc.load_identities("/nowhere.toml"),
    "extended": lambda: matcalc.Language().extended("/nowhere.toml"),
    "check": lambda: QUADRATIC.check(rng=-1),
    "assert_gradient": lambda: testing.assert_gradient("x'*", "x", wrt="x"),
    "source": lambda: QUADRATIC.source("nothing"),
    "to_callable": lambda: QUADRATIC.to_callable("nothing"),
    "a block": lambda: BLOCKS["q"],
    "a second block": lambda: HESSIAN["x", "q"],
    "a call without an argument": lambda: CALL(x=[1, 2]),
    "a call with another": lambda: CALL(x=[1, 2], A=[[1, 2], [3, 4]], q=1),
    "a call with wrong shapes": lambda: CALL(x=[1, 2], A=[[1, 2, 3]]),
    "a call with no array": lambda: CALL(x="a", A=[[1]]),
    "a call by place": lambda: CALL([1, 2]),
    "a joint call": lambda: JOINT(x=[1]),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_one_frame_of_ours(call: Callable[[], object]) -> None:
    with pytest.raises((matcalc.MatcalcError, KeyError)) as caught:
        call()
    frames = traceback.extract_tb(caught.value.__traceback__)
    ours = [each for each in frames if each.filename.startswith((OURS, "<matcalc"))]
    assert len(ours) <= 1, ours
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
