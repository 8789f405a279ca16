"""The syntax tree: what was typed, before any name has a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from operator import attrgetter

from matcalc.core.errors import Span
from matcalc.core.walk import postorder

# delta[i,j] is 1 where i = j, epsilon[i,j,k] the sign of a permutation, vec[k,i,j] 1 where k = i +
# j*m; unless a variable has such a name
SYMBOLS = frozenset({"delta", "epsilon", "vec"})


class SyntaxNode:
    """A node of the syntax tree.

    ``kind`` is ``number`` (value: Fraction), ``name`` (value: the name),
    ``size`` (a name that no index hides), ``call`` (value: the
    function's name), ``norm`` (value: its subscript ``F 1 2 inf``, or empty), ``bars`` for ``|a|``,
    ``text`` (value: what is in quotes), ``neg``, ``'``, a binary operator as it is written in
    ASCII (value: ``python`` if it is Python's), ``blocks`` (value: how many there are in each row),
    ``entries`` of the first operand at the places that are the others: sizes, or ``:``, or
    ``range`` with two sizes. ``start`` and ``end`` enclose the node's text, brackets around it
    included; ``mark`` is the place of its operator or function name, where an error points.
    """

    __slots__ = ("args", "end", "kind", "mark", "start", "value")

    def __init__(
        self,
        kind: str,
        args: tuple[SyntaxNode, ...],
        start: int,
        end: int,
        *,
        mark: Span | None = None,
        value: Fraction | str | tuple[int, ...] | BoundIndex | Binding | None = None,
    ) -> None:
        self.kind = kind
        self.args = args
        self.start = start
        self.end = end
        self.mark = mark
        self.value = value

    @property
    def span(self) -> Span:
        """The node's own text."""
        return Span(self.start, self.end)

    def __repr__(self) -> str:
        inside = [str(self.value)] if self.value is not None else []
        return f"{self.kind}({', '.join(inside + [repr(arg) for arg in self.args])})"


# the operands, for the walks of core.walk
children: Callable[[SyntaxNode], tuple[SyntaxNode, ...]] = attrgetter("args")


class Statement:
    """``name: kind`` (role ``declaration``), ``name = value`` (role ``definition``), ``name +=
    value`` (role ``accumulation``) or a bare value (role ``value``). Nothing but its type matters
    of one with the role ``check``.

    ``places`` are those of the member of a family that is defined: ``f[0] = x``.
    """

    __slots__ = ("body", "name", "name_span", "places", "role")

    def __init__(
        self,
        role: str,
        body: SyntaxNode,
        name: str = "",
        name_span: Span | None = None,
        places: tuple[SyntaxNode, ...] = (),
    ) -> None:
        self.role = role
        self.body = body
        self.name = name
        self.name_span = name_span
        self.places = places


class Loop(Statement):
    """``for k = 1:K; f[k] = A*f[k-1]; end``: the body is the range as a node with two or three
    parts, the name that of the index.
    """

    __slots__ = ("statements",)

    def __init__(self, index: SyntaxNode, bounds: SyntaxNode, statements: list[Statement]) -> None:
        super().__init__("loop", bounds, str(index.value), index.span)
        self.statements = statements


def flat(statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements, each loop before those that are in it."""
    todo = list(reversed(list(statements)))
    while todo:
        statement = todo.pop()
        yield statement
        if isinstance(statement, Loop):
            todo += reversed(statement.statements)


class WhereNode(SyntaxNode):
    """``body where M = A'*A``: definitions that hold in one pair of brackets; ``scopes.hoisted``
    leaves none of them.
    """

    __slots__ = ("definitions",)

    def __init__(self, body: SyntaxNode, definitions: list[Statement]) -> None:
        super().__init__("where", (body,), body.start, definitions[-1].body.end)
        self.definitions = definitions


class BoundIndex:
    """An index that a binder binds: its name, its place in the text, and its range where one is
    written, as the nodes of the first and the last value. It is ``implied`` where a condition alone
    says that it is one.
    """

    __slots__ = ("first", "implied", "last", "name", "span")

    def __init__(
        self,
        name: str,
        span: Span,
        first: SyntaxNode | None = None,
        last: SyntaxNode | None = None,
        *,
        implied: bool = False,
    ) -> None:
        self.name = name
        self.span = span
        self.first = first
        self.last = last
        self.implied = implied

    def __repr__(self) -> str:
        return self.name


class Binding:
    """What a node of the kind ``binder`` binds: ``sum[i, j>i](body)`` is called ``sum``, and the
    entries that define an array are called ``array``.

    ``places`` are what is in the square brackets; ``binders.bind`` makes ``bounds`` and
    ``conditions`` of them, and of the names that they bind nodes of the kind ``index`` (value: the
    Bound).
    """

    __slots__ = ("bounds", "conditions", "name", "places")

    def __init__(self, name: str, places: list[SyntaxNode]) -> None:
        self.name = name
        self.places = places
        self.bounds: tuple[BoundIndex, ...] = ()
        self.conditions: tuple[SyntaxNode, ...] = ()

    def __repr__(self) -> str:
        return f"{self.name}[{', '.join(map(repr, self.bounds))}]"


def has_members(statements: Iterable[Statement], names: Iterable[str]) -> bool:
    """Whether there are loops, or members of families: among the declared names as well."""
    return any(
        isinstance(each, Loop) or each.places or each.role == "accumulation" for each in statements
    ) or any(name[-1] == "]" for name in names)


def has_index(node: SyntaxNode) -> bool:
    """Whether there are bound indices in the places of entries."""
    return any(
        part.kind == "index" for place in node.args[1:] for part in postorder(place, children)
    )
