"""``matcalc mcp``: derivatives for assistants, over the Model Context Protocol on standard input
and output (extra ``mcp``, the official SDK, https://modelcontextprotocol.io).

A tool answers with the fields that the page shows, and says how the answer was verified. What is
wrong with the input is an error of the tool, with the place and the hint.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from matcalc.core.kinds import FORMS
from matcalc.core.options import BACKENDS, LAYOUTS
from matcalc.version import find_version
from matcalc.web.answer import answer

Form = Literal["latex", "code"]  # what a formula can be had in beside its text
# what is chosen from a list is named in the schema, and refused by our own message
Layout = Annotated[str, Field(json_schema_extra={"enum": list(LAYOUTS)})]
Backend = Annotated[str, Field(json_schema_extra={"enum": list(BACKENDS)})]

_INSTRUCTIONS = f"""\
matcalc differentiates expressions of scalars, vectors and matrices, and proves its answers. Use
check_claim before you state a gradient that you found yourself.

Expressions: x'*A*x, norm2(A*x - b)^2, log(det(X)), sum(exp(x)), softmax(x), inv(A), tr(A*B), A.*B
entry by entry, X' transposed. Undeclared names are scalars if they begin with a-g, vectors with
h-z, matrices with A-Z; declare others in variables: {{"b": "vector(m)", "S": "symmetric(n)"}}.
Kinds: {", ".join(FORMS)}.
Definitions come first: r = A*x - y; r'*r. With latex the texts are LaTeX.
Loops may end at a name: f[0] = x; for k = 1:K; f[k] = tanh(W[k]*f[k-1]); end; sum(f[K])
"""


def derive(
    expression: str,
    wrt: str = "",
    variables: dict[str, str] | None = None,
    order: int = 1,
    layout: Layout = LAYOUTS[0],
    latex: bool = False,
    forms: list[Form] | None = None,
    backend: Backend = BACKENDS[0],
) -> dict[str, Any]:
    """The derivative of an expression with respect to one of its variables in closed form: text,
    shape, and how it was proved; with forms also LaTeX, and code for the backend, or in lacking why
    there is none. Layouts: mixed (gradients are columns, Jacobians have the output's axes first),
    numerator, denominator.
    """
    return _answer("diff", {**locals(), "forms": forms or []})


def check_claim(
    expression: str,
    claim: str,
    wrt: str = "",
    variables: dict[str, str] | None = None,
    order: int = 1,
    layout: Layout = LAYOUTS[0],
    latex: bool = False,
) -> dict[str, Any]:
    """Whether a claimed derivative is right: the verdict is proved, agreed, wrong or undecided. Of
    a wrong one: the diagnosis, the smallest counterexample, and the correct derivative.
    """
    return _answer("check", locals())


def simplify(
    expression: str,
    variables: dict[str, str] | None = None,
    latex: bool = False,
    forms: list[Form] | None = None,
) -> dict[str, Any]:
    """An equal expression that is as short as matcalc finds it, verified; with forms also in LaTeX
    and as NumPy code.
    """
    return _answer("simplify", {**locals(), "forms": forms or []})


def equal(
    left: str, right: str, variables: dict[str, str] | None = None, latex: bool = False
) -> dict[str, Any]:
    """Whether two expressions have the same value wherever both have one: the verdict is equal,
    different (with a counterexample) or undecided.
    """
    texts = {"expression": left, "other": right, "variables": variables, "latex": latex}
    return _answer("equal", texts)


def steps(
    expression: str,
    wrt: str = "",
    variables: dict[str, str] | None = None,
    detail: int = 2,
    latex: bool = False,
) -> dict[str, Any]:
    """How a derivative is found, in differentials: each line with the identity that it is on,
    its source, and whether it is proved. Detail 1 has the main lines, 3 the linear steps too.
    """
    return _answer("steps", locals())


def server() -> Any:
    """The server, with its tools."""
    made = MCPServer("matcalc", instructions=_INSTRUCTIONS, version=find_version())
    for tool in (derive, check_claim, simplify, equal, steps):
        made.add_tool(tool)
    return made


def serve() -> None:
    """Answers on standard input and output until the former ends."""
    server().run("stdio")


def _answer(op: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer; ToolError with the message as the command line prints it."""
    found = answer({**question, "op": op})
    if found.pop("ok"):
        return found
    raise ToolError(found["error"]["shown"])
