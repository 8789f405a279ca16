"""Definitions in brackets: ``(M*x where M = A'*A) + y``."""

from __future__ import annotations

from matcalc.core.errors import ParseError, UnknownNameError
from matcalc.core.walk import postorder
from matcalc.read.syntax.nodes import Loop, Statement, SyntaxNode, WhereNode, children, flat


def hoist(statements: list[Statement], source: str) -> list[Statement]:
    """The same program with all definitions as statements, each before the statement in whose
    brackets it stands.

    A definition holds in its brackets, below the place where it stands, and hides what has its name
    outside. It keeps its name where nothing else has it.
    """
    scopes = _Scopes({statement.name for statement in statements}, source)
    result: list[Statement] = []
    for statement in statements:
        if isinstance(statement, Loop):
            _refuse_inside(statement, source)
        found = scopes.of(statement.body)
        if found and statement.role == "declaration":
            raise ParseError(
                "a declaration holds no definitions", source=source, span=found[0].name_span
            )
        result += [*found, statement]
    scopes.rename()
    scopes.dissolve()
    return result


def _refuse_inside(loop: Loop, source: str) -> None:
    """Definitions in brackets in the body of a loop."""
    for statement in flat(loop.statements):
        for part in postorder(statement.body, children):
            if isinstance(part, WhereNode):
                raise ParseError(
                    "the body of a loop has its definitions as statements",
                    source=source,
                    span=part.definitions[0].name_span,
                    hint="write the definition before the statement that uses it",
                )


class _Scopes:
    def __init__(self, taken: set[str], source: str) -> None:
        self._taken = taken  # names that mean something outside all brackets
        self._source = source
        self._within: dict[
            str, list[list[SyntaxNode]]
        ] = {}  # the uses of what each name means here, the innermost last
        self._uses: list[tuple[Statement, list[SyntaxNode]]] = []  # of each definition
        self._left: list[WhereNode] = []

    def of(self, body: SyntaxNode) -> list[Statement]:
        """The definitions in the brackets of an expression, which is left without them."""
        found: list[Statement] = []
        todo: list[SyntaxNode | Statement | tuple[WhereNode, ...]] = [body]
        while todo:
            item = todo.pop()
            if isinstance(item, Statement):  # from here on it holds
                found.append(item)
                self._enter(item)
            elif isinstance(item, tuple):
                self._leave(item[0])
            elif isinstance(item, WhereNode):
                self._once(item)
                todo += [(item,), item.args[0]]
                for definition in reversed(item.definitions):
                    todo += [definition, definition.body]
            elif item.kind == "name":
                self._use(item)
            else:
                todo += reversed(item.args)
        return found

    def _once(self, scope: WhereNode) -> None:
        names: set[str] = set()
        for each in scope.definitions:
            if each.name in names:
                raise UnknownNameError(
                    f"{each.name} is defined twice", source=self._source, span=each.name_span
                )
            names.add(each.name)

    def _enter(self, definition: Statement) -> None:
        uses: list[SyntaxNode] = []
        self._uses.append((definition, uses))
        self._within.setdefault(definition.name, []).append(uses)

    def _leave(self, scope: WhereNode) -> None:
        for definition in scope.definitions:
            self._within[definition.name].pop()
        self._left.append(scope)

    def _use(self, node: SyntaxNode) -> None:
        name = str(node.value)
        meanings = self._within.get(name)
        if meanings:
            meanings[-1].append(node)
        else:
            self._taken.add(name)

    def rename(self) -> None:
        """Gives each definition a name of its own."""
        for definition, nodes in self._uses:
            name, count = definition.name, 1
            while name in self._taken:
                count += 1
                name = f"{definition.name}_{count}"
            self._taken.add(name)
            definition.name = name
            for node in nodes:
                node.value = name

    def dissolve(self) -> None:
        """Makes each scope the value that it is, the inner ones first."""
        for scope in self._left:
            value = scope.args[0]
            scope.kind, scope.args, scope.mark, scope.value = (
                value.kind,
                value.args,
                value.mark,
                value.value,
            )
