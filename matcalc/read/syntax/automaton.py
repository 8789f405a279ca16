"""The LALR(1) loop: shift a token, or reduce the values of a rule to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matcalc.core.errors import ParseError
from matcalc.read.syntax.table import ParseTable
from matcalc.read.syntax.tokens import Token

Build = Callable[[list[Any]], Any] | None
Refuse = Callable[[Token, Token | None, dict[str, int]], ParseError]


def drive(
    stream: list[Token], table: ParseTable, builders: Mapping[str, Build], refuse: Refuse
) -> Any:
    """The value of the start symbol; ``refuse`` makes the error for a token, the one before it and
    what could be there.

    ``builders`` has a function for each action of the grammar; None passes the first value on.
    """
    states, origins, sizes, end = table.states, table.origins, table.sizes, table.end
    actions = [builders[action] for action in table.actions]
    stack = [table.start]
    values: list[Any] = []
    before = None
    for token in stream:
        kind = token[0]
        while True:
            row = states[stack[-1]]
            action = row.get(kind)
            if action is None:
                raise refuse(token, before, row)
            if action >= 0:
                stack.append(action)
                values.append(token)
                break
            rule = ~action
            size = sizes[rule]
            build = actions[rule]
            if size > 1 or build is not None:
                parts = values[-size:]
                del values[-size:]
                values.append(parts[0] if build is None else build(parts))
            del stack[-size:]
            goto = states[stack[-1]][origins[rule]]
            stack.append(goto)
            if goto == end:
                break
        before = token
    return values[0]
