"""``matcalc`` alone: a prompt at a terminal, else the entries of standard input one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from matcalc.cli.arguments import command_names
from matcalc.cli.exits import DONE, INTERRUPTED, catch
from matcalc.cli.kinds import shapes_line
from matcalc.cli.lines import OWN, arguments, begins_with
from matcalc.cli.output import answer, say
from matcalc.results import Expression
from matcalc.tools.session import Entered, Session, entries, goes_on

PROMPT, CONTINUED = "> ", ". "
_HELP = """\
  A: symmetric(n)                 declare a variable; it stays
  r = A*x - y                     define a name; it stays
  r'*r                            show an expression: what it is, and its variables
  diff r'*r wrt x                 differentiate; all options of the command line may follow
  check r'*r --wrt x --claim 2*A'*r
  simplify inv(A*B)*A
  equal tr(A*B) = tr(B*A)
  vars                            what is declared and defined
  forget r                        take it back; forget alone takes everything back
  load FILE                       the entries of a file, as if they were typed
  help, exit
All commands of matcalc work here ({commands});
diff --help lists the options of one. A line goes on inside brackets and after an operator, a
program with a loop until its value."""


class Console:
    """A session with everything that can be typed."""

    def __init__(self, main: Callable[[list[str]], int]) -> None:
        self._main = main  # the command matcalc
        self.session = Session()
        self.ended = False
        self._commands = command_names()
        self._loading: list[str] = []

    def run(self, text: str) -> int:
        """Does what an entry says, and returns the exit code that a command would have."""
        return catch(lambda: self.do(text))

    def do(self, text: str) -> int:
        """The same; raises MatcalcError where the entry is wrong, unless it is a command."""
        whole = text.removeprefix("matcalc ")  # as at a shell's prompt
        text = whole if whole.strip() and begins_with(whole, self._commands) else text
        own = begins_with(text, OWN)
        if own:
            return self._own(own, text.split()[1:])
        if begins_with(text, self._commands):
            return self._main(arguments(text, self.session))
        entered = self.session.enter(text)
        say_entered(entered)
        if entered.value:
            self._show(entered.value)
        return DONE

    def _show(self, text: str) -> None:
        if self.session.is_complex(text):
            # few variables are complex
            from matcalc.cli.complex_variables import show  # noqa: PLC0415

            answer(show(self.session.program(text), say))
            return
        expression = Expression(self.session.read(text))
        say(shapes_line(expression))
        for note in expression.notes:
            say(note)
        answer(str(expression))

    def _own(self, command: str, words: list[str]) -> int:
        if command == "help" and words and words[0] in self._commands:
            return self._main([words[0], "--help"])
        if command == "help":
            answer(_HELP.format(commands=", ".join(self._commands)))
        elif command == "vars":
            for kept in self.session.kept.values():
                answer(kept.text)
        elif command == "forget":
            self.session.forget(words)
        elif command == "load":
            return self._load(" ".join(words))
        else:
            self.ended = True
        return DONE

    def _load(self, file: str) -> int:
        from matcalc.cli.many import read_text  # noqa: PLC0415 - few sessions load a file

        if file in self._loading:
            say(f"note: {file} loads itself, which is left out")
            return DONE
        self._loading.append(file)
        try:
            return max([DONE, *[self.run(entry.text) for entry in entries(read_text(file))]])
        finally:
            self._loading.pop()


def say_entered(entered: Entered) -> None:
    """What the names are that an entry made, and what it changed."""
    for name, kind in entered.made.items():
        say(f"{name}: {kind}")
    if entered.changed:
        say(f"note: {', '.join(entered.changed)} means something else now")


def run_console(main: Callable[[list[str]], int]) -> int:
    """The prompt, until it is left; or standard input, which is not a terminal. Returns the worst
    exit code of the latter.
    """
    console = Console(main)
    if not sys.stdin.isatty():
        return _read_lines(console)
    from matcalc.cli.prompt import line_reader  # noqa: PLC0415 - only at a terminal

    say("matcalc: help lists what can be typed, Ctrl-D ends")
    ask = line_reader(console.session)
    while not console.ended:
        try:
            text = _ask(ask)
        except KeyboardInterrupt:
            say("")
            continue
        except EOFError:
            break
        for entry in entries(text):
            console.run(entry.text)
    return DONE


def _ask(ask: Callable[[str], str]) -> str:
    """What is typed: one line, or more where it goes on."""
    text = ask(PROMPT)
    while goes_on(text):
        line = ask(CONTINUED)
        if not line.strip():
            break  # an empty line ends it, so that nobody is caught in an open bracket
        text = f"{text}\n{line}"
    return text


def _read_lines(console: Console) -> int:
    worst = DONE
    for text in _pieces(sys.stdin):
        code = console.run(text)
        worst = max(worst, code)
        if console.ended or code == INTERRUPTED:
            break
    return worst


def _pieces(lines: Any) -> Iterator[str]:
    """The entries, each as soon as its last line has come."""
    waiting = ""
    for line in lines:
        waiting += line
        if not line.strip() or not goes_on(waiting):
            for entry in entries(waiting):
                yield entry.text
            waiting = ""
    for entry in entries(waiting):
        yield entry.text
