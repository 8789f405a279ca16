"""Compiles the grammars of ``grammar/`` with Lark to LALR tables: ``expression.lark`` to
``expression.table``.

Importing Lark and building the table takes longer than everything else that a cold ``matcalc diff``
does, so the table is kept in a file beside its grammar (docs/decisions says more). Run
``python -m matcalc.read.syntax.compile_grammar`` after a change of the grammar; until then the
loader notices the difference and compiles in memory.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from matcalc.core.resources import folder


def compile_table(grammar: str) -> str:
    """The table of the grammar as text: checksum, terminals in lexing order, rules, and one line of
    actions a state.
    """
    lark = Lark(grammar, parser="lalr", lexer="basic")
    table = lark.parser.parser._parse_table
    states = _renumber(table.states, table.start_states["start"])
    numbers = {rule: number for number, rule in enumerate(lark.rules)}
    lines = [f"checksum {crc32(grammar.encode())}", f"start 0 {states[table.end_states['start']]}"]
    terminals = sorted(
        lark.terminals,
        key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
    )
    lines += [
        f"terminal {terminal.name} {_one_line(terminal.pattern.to_regexp())}"
        for terminal in terminals
    ]
    lines += [f"ignore {name}" for name in lark.ignore_tokens]
    lines += [
        f"rule {rule.origin.name} {len(rule.expansion)} {rule.alias or '-'}" for rule in lark.rules
    ]
    for state, number in states.items():
        row = [
            f"{symbol} {states[target] if action is Shift else ~numbers[target]}"
            for symbol, (action, target) in sorted(table.states[state].items())
        ]
        lines.append(" ".join([f"state {number}", *row]))
    return "\n".join(lines) + "\n"


def _renumber(states: dict[int, dict[str, tuple[Any, Any]]], start: int) -> dict[int, int]:
    """A number for each state in the order of a breadth-first visit (Lark's own numbers change from
    run to run).
    """
    order = {start: 0}
    for state in (queue := [start]):
        for _, (action, target) in sorted(states[state].items()):
            if action is Shift and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def _one_line(pattern: str) -> str:
    """The same regular expression without control characters (Lark has resolved the escapes)."""
    return pattern.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def main() -> None:
    """Writes each table beside its grammar."""
    for grammar in sorted(folder("grammar").glob("*.lark")):
        grammar.with_suffix(".table").write_text(
            compile_table(grammar.read_text(encoding="utf-8")), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
