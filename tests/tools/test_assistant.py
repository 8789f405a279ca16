"""The server for assistants, asked by the client of the SDK: in this process, and over pipes."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="mcp is not installed: the extra mcp")


def asked(*calls: tuple[str, dict[str, Any]], server: Any = None) -> list[Any]:
    from matcalc.tools.assistant import server as made

    async def talk() -> list[Any]:
        async with mcp.Client(server or made()) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(talk())


@pytest.mark.parametrize(
    ("tool", "arguments", "fields"),
    [
        ("derive", {"expression": "x'*A*x", "wrt": "x"}, {"text": "(A + A')*x", "shape": ["n"]}),
        (
            "derive",
            {"expression": "x'*A*x", "wrt": "x", "variables": {"A": "symmetric(n)"}, "order": 2},
            {"text": "2*A"},
        ),
        (
            "derive",
            {"expression": "x'*x", "wrt": "x", "forms": ["latex"]},
            {"text": "2*x", "latex": "2 x"},
        ),
        (
            "derive",
            {
                "expression": "f[0] = x; for k = 1:K; f[k] = A*f[k-1]; end; y'*f[K]",
                "wrt": "x",
            },
            {"wrt": "x", "notes": []},
        ),
        ("derive", {"expression": r"x^\top A x", "wrt": "A", "latex": True}, {"text": "x*x'"}),
        (
            "check_claim",
            {"expression": "x'*A*x", "wrt": "x", "claim": "2*A*x"},
            {"verdict": "wrong", "correct": "(A + A')*x"},
        ),
        (
            "check_claim",
            {"expression": "r = A*x; r'*r", "wrt": "x", "claim": "2*A'*r"},
            {"verdict": "proved"},
        ),
        (
            "simplify",
            {"expression": "inv(A*B)*A", "variables": {"A": "invertible(n)"}},
            {"text": "inv(B)"},
        ),
        ("equal", {"left": "tr(A*B)", "right": "tr(B*A)"}, {"verdict": "equal"}),
        ("equal", {"left": "A*B", "right": "B*A"}, {"verdict": "different"}),
        ("steps", {"expression": "x'*A*x", "wrt": "x", "detail": 1}, {"proved": True}),
    ],
)
def test_tools(tool: str, arguments: dict[str, Any], fields: dict[str, Any]) -> None:
    (found,) = asked((tool, arguments))
    assert not found.is_error, found.content
    assert {name: found.structured_content[name] for name in fields} == fields


def test_errors_have_place_and_hint() -> None:
    ((found),) = asked(("derive", {"expression": "x*y", "wrt": "x"}))
    assert found.is_error
    assert "  x*y\n   ^\nhint: write x'*y" in found.content[0].text


def test_over_pipes() -> None:
    from mcp.client.stdio import StdioServerParameters

    server = StdioServerParameters(command=sys.executable, args=["-m", "matcalc", "mcp"])
    (found,) = asked(("derive", {"expression": "log(det(X))", "wrt": "X"}), server=server)
    assert found.structured_content["text"] == "inv(X)'"
    assert found.structured_content["verification"]["kind"] == "exact"


def test_choices_stand_in_the_schema() -> None:
    from matcalc.core.options import BACKENDS, LAYOUTS
    from matcalc.tools.assistant import server

    async def tools() -> Any:
        async with mcp.Client(server()) as client:
            return (await client.list_tools()).tools

    derive = next(tool for tool in asyncio.run(tools()) if tool.name == "derive")
    known = derive.input_schema["properties"]
    assert tuple(known["backend"]["enum"]) == BACKENDS
    assert tuple(known["layout"]["enum"]) == LAYOUTS
    (found,) = asked(("derive", {"expression": "x'*x", "wrt": "x", "backend": "cobol"}))
    assert "backend must be 'numpy' or 'jax'" in found.content[0].text
