"""Programs with loops whose ranges end at a name: nothing is written out.

Each statement is typed once, with ``f[k]`` and ``f[k-1]`` as variables. Their shapes come from the
program written out for a few values of the name, and are generalised: what has the size ``h[2]``
where k is 2 and ``h[3]`` where k is 3 has the size ``h[k]``. That the statement has a type with
these sizes, which are names and no numbers then, shows that it has one for every k.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcalc.core.dims import Dim, dim
from matcalc.core.errors import MatcalcError, ShapeError, UnsupportedError
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.language import BaseLanguage
from matcalc.core.loops import Assignment, ForLoop, Item, LoopProgram, base
from matcalc.core.members import family_of, member, move_member, move_size, places_of
from matcalc.core.program import Program
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.read.frontend import read, statements_of
from matcalc.read.summed import with_loops
from matcalc.read.syntax.declare import declare
from matcalc.read.syntax.nodes import Loop, Statement, SyntaxNode, children, flat
from matcalc.read.syntax.sizes import size

_TRIED = (4, 5)  # values of the names in ranges at which the program is written out
_SIZES = "sizes_of_indices"  # a variable that makes the indices sizes


def read_looped(
    text: str, declarations: Mapping[str, str | Variable] | Iterable[str], language: BaseLanguage
) -> LoopProgram:
    """The program, with its loops as they are; raises a MatcalcError as ``read`` does."""
    declarations = declare([declarations] if isinstance(declarations, str) else declarations)
    (statements,), declared = statements_of([text], declarations, language)
    looped = with_loops(text, statements, declared)
    if looped != text:
        text = looped
        (statements,), declared = statements_of([text], declarations, language)
    counts = _counts(statements, declared)
    written = [
        (value, read(text, declarations, language=language, counts=dict.fromkeys(counts, value)))
        for value in _TRIED
    ]
    return _Reading(
        text, statements, declared, [*declarations], counts, written, language
    ).program()


def _counts(statements: list[Statement], declared: Mapping[str, Variable]) -> list[str]:
    """The names in the ranges of loops that are not indices of loops around."""
    loops = [each for each in flat(statements) if isinstance(each, Loop)]
    indices = {loop.name for loop in loops}
    names = [
        str(part.value)
        for loop in loops
        for part in postorder(loop.body, children)
        if part.kind == "name"
    ]
    return [name for name in dict.fromkeys(names) if name not in indices and name not in declared]


class _Reading:
    def __init__(
        self,
        source: str,
        statements: list[Statement],
        declared: Mapping[str, Variable],
        given: list[str],
        counts: list[str],
        written: list[tuple[int, Program]],
        language: BaseLanguage,
    ) -> None:
        self.source = source
        self.statements = statements
        self.declared = declared
        self.given = given  # those that the text itself does not declare
        self.counts = counts
        self.written = written
        self.language = language
        self.variables: dict[str, Variable] = {}
        self.indices: list[str] = []
        self.inputs: dict[str, None] = {}
        every = list(flat(statements))
        self.defined = {each.name for each in every if each.role in ("definition", "accumulation")}
        self.locals = {
            each.name
            for loop in every
            if isinstance(loop, Loop)
            for each in loop.statements
            if each.role == "definition" and not each.places
        }

    def _require_one_meaning(self) -> None:
        """Refuses a name that is a value before a loop, and in it one for each step."""
        before = {each.name for each in self.statements if not each.places}
        for loop in (each for each in self.statements if isinstance(each, Loop)):
            for each in flat(loop.statements):
                name = each.name
                if name in self.locals & before and each.role == "definition" and not each.places:
                    raise UnsupportedError(
                        f"{name} is defined before the loop, and again in it",
                        source=self.source,
                        span=each.name_span,
                        hint=f"write {name} += ... to add to it; give what has a value for each "
                        f"{loop.name} another name",
                    )

    def program(self) -> LoopProgram:
        self._require_one_meaning()
        items = self._items(self.statements[:-1], [])
        last = self.statements[-1]
        value = self._type(last.body, [])
        if value.shape:
            raise ShapeError(
                "only a scalar is differentiated backwards",
                source=self.source,
                span=last.body.span,
                hint="take the sum of its products with a cotangent",
            )
        return LoopProgram(
            tuple(items),
            value,
            self.variables,
            tuple(self.inputs),
            tuple(self.counts),
            self.source,
            {name: self.declared[name] for name in self.given},
            frozenset(base(name) for name in self.declared if name not in self.given),
        )

    def _items(self, statements: list[Statement], around: list[Loop]) -> list[Item]:
        found: list[Item] = []
        for statement in statements:
            if isinstance(statement, Loop):
                found.append(self._loop(statement, around))
            elif statement.role in ("definition", "accumulation"):
                found.append(self._assignment(statement, around))
        return found

    def _loop(self, loop: Loop, around: list[Loop]) -> ForLoop:
        ends = [size(part, self.source, positive=False) for part in loop.body.args]
        step = ends[1].integer if len(ends) == 3 else 1
        if step not in (1, -1):
            raise UnsupportedError(
                "a loop that is not unrolled goes in steps of 1 or -1",
                source=self.source,
                span=loop.body.span,
            )
        items = self._items(loop.statements, [*around, loop])
        return ForLoop(loop.name, ends[0], ends[-1], step, tuple(items))

    def _assignment(self, statement: Statement, around: list[Loop]) -> Assignment:
        points = self._points(around)
        expr = self._type(statement.body, around)
        name = statement.name
        if statement.places:
            places = [size(place, self.source, positive=False) for place in statement.places]
            name = member(name, places)
        elif name in self.locals and around:
            name = member(name, [dim(loop.name) for loop in around])
        if expr.row:
            raise ShapeError(
                f"{name} is a row, and a loop defines columns",
                source=self.source,
                span=statement.name_span,
                hint=f"define its transpose: {name} = (...)'",
            )
        self._shape_of(name, points, statement.body)
        return Assignment(name, expr, adds=statement.role == "accumulation")

    def _points(self, around: list[Loop]) -> list[list[dict[str, int]]]:
        """Values of the indices around, in each of the programs that are written out."""
        found = []
        for value, _ in self.written:
            points = [dict.fromkeys(self.counts, value)]
            for loop in around:
                more = []
                for env in points:
                    ends = [size(part, self.source, positive=False) for part in loop.body.args]
                    first, last = (int(end.size(env)) for end in (ends[0], ends[-1]))
                    step = 1 if len(ends) == 2 else int(ends[1].integer or 1)
                    more += [{**env, loop.name: k} for k in range(first, last + step, step)]
                points = more
            found.append(points)
        return found

    def _type(self, body: SyntaxNode, around: list[Loop]) -> Expr:
        """The typed tree of a part of the text."""
        text = self.source[body.start : body.end]
        if body.kind == "neg" and body.start == body.args[0].start:  # of s -= E
            text = f"-({text})"
        envs = self._points(around)
        renamed = {}
        indices = [loop.name for loop in around]
        for name, used in self._names(body, indices).items():
            self._shape_of(used, envs, body)
            renamed[name] = used
        known = {name: self.variables[used] for name, used in renamed.items()}
        sizes = [*indices, *self.counts]
        if sizes:
            known[_SIZES] = Variable(_SIZES, "vector", (Dim(1, tuple(sorted(sizes))),))
        functions = {n: v for n, v in self.declared.items() if v.kind == "function"}
        try:
            found = read(text, {**known, **functions}, language=self.language)
        except MatcalcError as problem:
            raise ShapeError(
                f"this has no type for every {' and '.join(sizes) or 'size'}: {problem.message}",
                source=self.source,
                span=body.span,
                hint="declare the families in it: W[k]: matrix(h[k], h[k-1])",
            ) from None
        changed = {
            old: (lambda node, new=new: Expr("variable", (), node.shape, value=new, row=node.row))
            for old, new in renamed.items()
            if old != new
        }
        return replace_variables(found.expr, changed) if changed else found.expr

    def _names(self, body: SyntaxNode, indices: list[str]) -> dict[str, str]:
        """The variables that a part of the text uses, and what they are called in the program."""
        found: dict[str, str] = {}
        heads: set[int] = set()
        places: set[int] = set()
        _, first = self.written[0]
        known = {base(name) for name in (*first.variables, *first.definitions) if family_of(name)}
        for node in postorder(body, children):
            if node.kind == "entries" and node.args[0].kind == "name":
                name = str(node.args[0].value)
                places.update(id(p) for place in node.args[1:] for p in postorder(place, children))
                if name in known and name not in self.locals:
                    heads.add(id(node.args[0]))
                    where = [size(p, self.source, positive=False) for p in node.args[1:]]
                    found[member(name, where)] = member(name, where)
        _, program = self.written[0]
        for node in postorder(body, children):
            if node.kind != "name" or id(node) in heads or id(node) in places:
                continue
            name = str(node.value)
            if name in self.locals and indices:
                found[name] = member(name, [dim(index) for index in indices])
            elif name in program.variables or name in program.definitions:
                found[name] = name
        return found

    def _shape_of(self, name: str, points: list[list[dict[str, int]]], body: SyntaxNode) -> None:
        """Finds the shape of a variable in all programs that are written out."""
        if base(name) not in self.defined:
            self.inputs.setdefault(base(name))
        if name in self.variables:
            return
        family = family_of(name)
        template = next(
            (v for n, v in self.declared.items() if family and family_of(n) == family), None
        )
        shapes: dict[tuple[Dim, ...], None] = {}  # those that fit everywhere, the best first
        seen = False
        kinds: set[str] = set()
        for (_, program), envs in zip(self.written, points, strict=True):
            for env in envs:
                values = {key: dim(value) for key, value in env.items()}
                plain = move_member(name, values.get)
                known = program.variables.get(plain)
                if known is None and plain in program.definitions:
                    known = Variable(plain, "", program.definitions[plain].shape)
                    dims = known.dims
                elif known is None:
                    continue
                else:
                    dims = known.dims
                kinds.add(known.kind)
                found = {tuple([_general(each, name, plain) for each in dims]): None}
                if not family:
                    for count in self.counts:
                        pair = f"s[{count}]", f"s[{env[count]}]"
                        found.setdefault(tuple([_general(each, *pair) for each in dims]))
                shapes = {each: None for each in found if not seen or each in shapes}
                seen = True
        if template is not None and name not in self.defined:
            pairs = zip(places_of(template.name), places_of(name), strict=True)
            where = {str(index.plain): place for index, place in pairs}
            shapes = {tuple([move_size(each, where.get) for each in template.dims]): None}
            kinds = {template.kind}
        if not family and name in self.declared:  # its sizes may be names in ranges
            given = self.declared[name]
            shapes, kinds = {given.dims: None}, {given.kind}
        if not shapes or len(kinds) != 1:
            raise ShapeError(
                f"the sizes of {name} do not follow from its index",
                source=self.source,
                span=body.span,
                hint=f"declare all of the family: {base(name)}[k]: matrix(h[k], h[k-1])",
            )
        dims, (kind,) = next(iter(shapes)), kinds
        kind = kind or free_kind(len(dims))
        self.variables[name] = Variable(name, kind, dims)


def _general(size_: Dim, name: str, plain: str) -> Dim:
    """``h[2]`` of the member ``f[2]`` as ``h[k]`` of ``f[k]``."""
    if not family_of(name):
        return size_
    shifts = [
        (place, found.integer)
        for place, found in zip(places_of(name), places_of(plain), strict=True)
        if place.integer is None
    ]
    if len(shifts) != 1:
        return size_
    ((place, value),) = shifts

    def put(letter: str) -> Dim | None:
        if not family_of(letter):
            return None
        (at,) = places_of(letter)
        if at.integer is None:
            return None
        return dim(member(base(letter), [place.plus(dim(at.integer - (value or 0)))]))

    return size_.put(put)
