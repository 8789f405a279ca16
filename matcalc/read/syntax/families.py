"""Families and loops, written out: ``W[2]`` becomes a name, and a loop what it does for each index.

``f[0] = x; for k = 1:2; f[k] = W[k]*f[k-1]; end`` is ``f[0] = x; f[1] = W[1]*f[0]; f[2] =
W[2]*f[1]`` with names that have brackets (``core/members.py``). No later stage knows of loops. A
plain name that is defined in a loop has a value for each index, and is the member ``u[k]`` of a
family. ``s += E`` adds to a value that was defined before; what is added is one sum in the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.dims import Dim, dim
from matcalc.core.errors import Span, SymbolicLoopError, UnknownNameError, UnsupportedError
from matcalc.core.indexed import HOLDS
from matcalc.core.kinds import Variable
from matcalc.core.members import family_of, member, move_size, places_of
from matcalc.core.operations import LINEAR
from matcalc.core.walk import fold, postorder
from matcalc.read.syntax.index_values import (
    Env,
    has_bound,
    key_of,
    like,
    number_node,
    with_numbers,
)
from matcalc.read.syntax.nodes import (
    Binding,
    BoundIndex,
    Loop,
    Statement,
    SyntaxNode,
    children,
    flat,
)
from matcalc.read.syntax.sizes import size

_MOST = 40_000  # statements of a program that is written out
_DEEPEST = 8  # sums over families inside of each other


def all_written_out(
    texts: list[list[Statement]],
    declared: Mapping[str, Variable],
    sources: list[str],
    counts: Env | None,
) -> tuple[list[list[Statement]], dict[str, Variable]]:
    """The same of several programs over the same variables."""
    found: list[list[Statement]] = []
    variables: dict[str, Variable] = {}
    for statements, source in zip(texts, sources, strict=True):
        each, more = unroll(statements, declared, source, counts)
        found.append(each)
        variables |= more
    return found, variables


def unroll(
    statements: list[Statement],
    declared: Mapping[str, Variable],
    source: str,
    counts: Env | None = None,
) -> tuple[list[Statement], dict[str, Variable]]:
    """The program without loops and families, and the declared variables with the members that
    occur in place of their families.

    ``counts`` are numbers in place of names. Raises SymbolicLoopError for a range with a name.
    """
    unrolled = _Unrolled(statements, declared, source, counts or {})
    unrolled.run(statements, counts or {})
    unrolled.finish()
    return unrolled.found, unrolled.variables()


class _Unrolled:
    def __init__(
        self,
        statements: list[Statement],
        declared: Mapping[str, Variable],
        source: str,
        counts: Env,
    ) -> None:
        self.source = source
        self.counts = counts
        self.declared = declared
        self.found: list[Statement] = []
        self.defined: set[str] = set()  # names so far
        self.members: dict[str, Variable] = {}  # of declared families, that occur
        self.exact: set[str] = set()  # members that are declared with the index of a loop
        self.templates = {
            family: variable
            for name, variable in declared.items()
            if (family := family_of(name)) and _is_template(name)
        }
        every = list(flat(statements))
        self.made = {each.name: each for each in every if each.places}  # families that are defined
        self.locals = {
            each.name: each
            for loop in every
            if isinstance(loop, Loop)
            for each in loop.statements
            if each.role == "definition" and not each.places
        }
        self.summed = {
            (each.name, bool(each.places)) for each in every if each.role == "accumulation"
        }
        self.sums: dict[str, tuple[Statement, SyntaxNode]] = {}  # values that are still added to
        given = {family for name in declared if (family := family_of(name))}
        self.families = {*given, *self.made, *self._implied_families(every)}
        self._refuse_both(every)

    def _implied_families(self, every: list[Statement]) -> set[str]:
        """Families of which nothing is declared: names with the index of a loop behind them."""
        plain = {name for name in self.declared if not family_of(name)}
        plain |= {each.name for each in every if not each.places and each.role == "definition"}
        indices = {each.name for each in every if isinstance(each, Loop)}
        found: set[str] = set()
        for statement in every:
            for node in postorder(statement.body, children):
                if node.kind != "entries" or node.args[0].kind != "name":
                    continue
                name = str(node.args[0].value)
                parts = [part for place in node.args[1:] for part in postorder(place, children)]
                names = {part.value for part in parts if part.kind == "name"}
                kinds = {part.kind for part in parts}
                if name not in plain and names & indices and kinds <= _PLACES:
                    found.add(name)
        return found

    def _refuse_both(self, every: list[Statement]) -> None:
        """A name is a family or a value, not both."""
        for each in every:
            value = each.role in ("definition", "accumulation") and not each.places
            if value and each.name in self.families:
                raise self._problem(
                    f"{each.name} is a family here, and this defines a value", each.name_span
                )
        for name in sorted((self.families | self.locals.keys()) & self.declared.keys()):
            where = self.made.get(name) or self.locals.get(name)
            raise self._problem(
                f"{name} is declared as {self.declared[name]}, and a family here",
                where.name_span if where else None,
            )

    def run(self, statements: list[Statement], env: Env, places: tuple[int, ...] = ()) -> None:
        """Writes out statements; ``places`` are the values of the indices of the loops around."""
        for statement in statements:
            if isinstance(statement, Loop):
                for value in self._range(statement, env):
                    self.run(statement.statements, {**env, statement.name: value}, (*places, value))
                continue
            if len(self.found) + len(self.sums) > _MOST:
                message = f"more than {_MOST:,} statements are not unrolled"
                raise self._refusal(message, statement.name_span)
            self._statement(statement, env, places)

    def _statement(self, statement: Statement, env: Env, places: tuple[int, ...]) -> None:
        if statement.role == "value":
            if not places:
                self.finish()
            self.found.append(Statement("value", self._copy(statement.body, env, places)))
            return
        if statement.role == "declaration":
            raise self._problem("a declaration precedes the loop", statement.name_span)
        name = statement.name
        if statement.places:
            name = member(name, [dim(self._place(place, env)) for place in statement.places])
        elif name in self.locals and places:
            name = member(name, [dim(place) for place in places])
        if statement.role == "accumulation":
            self._add(statement, name, env, places)
            return
        body = self._copy(statement.body, env, places)
        if name in self.defined or name in self.declared or name in self.sums:
            hint = "a value that changes has an index: x[k] = ... x[k-1]" if places else None
            raise self._problem(f"{name} is defined twice", statement.name_span, hint)
        made = Statement("definition", body, name, statement.name_span)
        if (statement.name, bool(statement.places)) in self.summed:
            self.sums[name] = (made, body)
            return
        self.defined.add(name)
        self.found.append(made)

    def _add(self, statement: Statement, name: str, env: Env, places: tuple[int, ...]) -> None:
        """One more term of a sum."""
        if name in self.defined:
            hint = "give it an index: s[k] = s[k-1] + ..."
            raise self._problem(
                f"{name} is used before everything has been added", statement.name_span, hint
            )
        if name not in self.sums:
            hint = f"begin with {name} = 0, or with {name} = zeros(n) for an array"
            raise self._problem(f"{name} has no value to add to", statement.name_span, hint)
        term = self._copy(statement.body, env, places)
        made, total = self.sums[name]
        total = SyntaxNode("+", (total, term), term.start, term.end, mark=term.span)
        self.sums[name] = (made, total)

    def _complete(self, name: str) -> None:
        made, total = self.sums.pop(name)
        self.defined.add(name)
        self.found.append(Statement("definition", total, name, made.name_span))

    def finish(self) -> None:
        """Defines the sums that are left."""
        for name in list(self.sums):
            self._complete(name)

    def _range(self, loop: Loop, env: Env) -> range:
        ends = [self._place(part, env, named=True) for part in loop.body.args]
        first, step, last = ends if len(ends) == 3 else (ends[0], 1, ends[1])
        if step == 0:
            raise self._problem("the step of a loop cannot be 0", loop.body.span)
        found = range(first, last + (1 if step > 0 else -1), step)
        if not found and not self.counts and not _varies(loop):
            hint = f"write {first}:-1:{last} for a loop that counts down" if step > 0 else None
            raise self._problem("this range is empty", loop.body.span, hint)
        return found

    def _place(self, node: SyntaxNode, env: Env, *, named: bool = False) -> int:
        """The number that a place is; ``named`` says that it ends a range, which may be a name."""
        value = size(with_numbers(node, env), self.source, positive=False)
        if value.integer is None or value.scale != value.integer:
            text = self.source[node.start : node.end]
            if not named:
                raise self._problem(f"{text} is not a number here", node.span)
            raise SymbolicLoopError(
                f"this range ends at a name, {text}, so it is not unrolled",
                source=self.source,
                span=node.span,
                hint="matcalc backprop (matcalc.backprop in Python) differentiates it as it is; "
                "with a number it is unrolled",
            )
        return value.integer

    def _copy(
        self,
        body: SyntaxNode,
        env: Env,
        places: tuple[int, ...],
        around: Mapping[int, BoundIndex] | None = None,
        depth: int = 0,
    ) -> SyntaxNode:
        """A part of the program with the values of the indices in it; ``around`` are copies of the
        indices that are bound around it.
        """
        if depth > _DEEPEST:
            raise self._refusal(f"more than {_DEEPEST} sums over families", body.span)
        over = self._over_families(body, env)
        bounds = {**(around or {}), **_copy_bounds(body)}

        def below(node: SyntaxNode) -> tuple[SyntaxNode, ...]:
            if id(node) in over:
                return ()
            return node.args[1:] if self._is_member(node) else node.args

        def rule(node: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
            if id(node) in over:
                return self._join(node, over[id(node)], env, places, bounds, depth)
            if node.kind == "name":
                return self._name(node, env, places)
            value = node.value
            if isinstance(value, BoundIndex):
                known = env.get(key_of(value))
                if known is not None:
                    return number_node(known, node)
                value = bounds[id(value)]
            elif isinstance(value, Binding):
                value = self._binding(value, bounds, env)
            if self._is_member(node):
                return self._member(node, args)
            return like(node, args, value)

        return fold(body, below, rule)

    def _binding(self, binding: Binding, bounds: Mapping[int, BoundIndex], env: Env) -> Binding:
        """The same binding of copies of the indices."""
        copy = Binding(binding.name, binding.places)

        def inside(node: SyntaxNode | None) -> SyntaxNode | None:
            if node is None:
                return None

            def rule(part: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
                value = part.value
                if isinstance(value, BoundIndex):
                    known = env.get(key_of(value))
                    if known is not None:
                        return number_node(known, part)
                    value = bounds[id(value)]
                if part.kind == "name" and part.value in env:
                    return number_node(env[str(part.value)], part)
                return like(part, args, value)

            return fold(node, children, rule)

        made = []
        for bound in binding.bounds:
            new = bounds[id(bound)]
            new.first, new.last = inside(bound.first), inside(bound.last)
            made.append(new)
        copy.bounds = tuple(made)
        copy.conditions = tuple([each for node in binding.conditions if (each := inside(node))])
        return copy

    def _name(self, node: SyntaxNode, env: Env, places: tuple[int, ...]) -> SyntaxNode:
        name = str(node.value)
        if name in env:
            return number_node(env[name], node)
        if name in self.locals:
            found = member(name, [dim(place) for place in places]) if places else name
            if found not in self.defined:
                hint = f"write {name}[k] = ... in the loop, and {name}[k-1] for the value before"
                message = f"{name} has a value for each index of its loop, and none here"
                raise self._problem(message, node.span, hint)
            return SyntaxNode("name", (), node.start, node.end, value=found)
        if name in self.families:
            hint = f"write {name}[k] for a member of it"
            raise self._problem(f"{name} is a family, not a value", node.span, hint)
        if name in self.sums:
            self._complete(name)
        return SyntaxNode("name", (), node.start, node.end, value=name)

    def _is_member(self, node: SyntaxNode) -> bool:
        """Whether these are no entries but a member of a family."""
        if node.kind != "entries" or node.args[0].kind != "name":
            return False
        name = node.args[0].value
        if name in self.locals:
            hint = f"define {name}[k] = ... in the loop; entries of it are {name}[k][...]"
            message = f"{name} has a value for each index of its loop: this may be one of them"
            raise self._problem(f"{message}, or an entry of {name}", node.span, hint)
        return name in self.families

    def _member(self, node: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
        """The name of a member: ``W[2]``."""
        family = str(node.args[0].value)
        where = []
        for place, written in zip(args, node.args[1:], strict=True):
            if place.kind in (":", "range"):
                raise self._problem(
                    f"{family} is a family, and its index is a number",
                    written.span,
                    f"entries of a member are {family}[k][...]",
                )
            where.append(size(place, self.source, positive=False))
        name = member(family, where)
        if any(place.integer is None for place in where):
            if name not in self.declared:
                self._place(args[0], {})
            self.exact.add(name)
            return SyntaxNode("name", (), node.start, node.end, value=name)
        if name in self.sums:
            self._complete(name)
        template = self.templates.get(family)
        if name not in self.defined and name not in self.declared:
            if template is not None:
                self._check_places(node, template, len(where))
                self.members.setdefault(name, _instance(template, name))
            elif family in self.made:
                known = [each for each in self.defined if family_of(each) == family]
                hint = f"{family} has the members {_some(known)} here" if known else None
                raise self._problem(f"{name} is not defined", node.span, hint)
        return SyntaxNode("name", (), node.start, node.end, value=name)

    def _check_places(self, node: SyntaxNode, template: Variable, count: int) -> None:
        wanted = len(places_of(template.name))
        if count != wanted:
            family = family_of(template.name)
            raise self._problem(
                f"{family} is declared with {wanted} ind{'ex' if wanted == 1 else 'ices'}, not "
                f"{count}",
                node.span,
                f"entries of a member need a second pair of brackets: {family}[k][i]",
            )

    def _over_families(self, body: SyntaxNode, env: Env) -> dict[int, BoundIndex]:
        """The binders one of whose indices says which member of a family is meant, with it."""
        used: set[int] = set()
        binders: list[SyntaxNode] = []
        for node in postorder(body, children):
            if isinstance(node.value, Binding):
                binders.append(node)
            elif node.kind == "entries" and node.args[0].value in self.families:
                parts = [part for place in node.args[1:] for part in postorder(place, children)]
                used.update(id(part.value) for part in parts if isinstance(part.value, BoundIndex))
        found: dict[int, BoundIndex] = {}
        for node in binders:
            assert isinstance(node.value, Binding)
            for bound in node.value.bounds:
                if id(bound) in used and key_of(bound) not in env:
                    found.setdefault(id(node), bound)
        return found

    def _join(
        self,
        node: SyntaxNode,
        bound: BoundIndex,
        env: Env,
        places: tuple[int, ...],
        bounds: Mapping[int, BoundIndex],
        depth: int,
    ) -> SyntaxNode:
        """A sum over members of families, as a sum of terms."""
        binding = node.value
        assert isinstance(binding, Binding)
        written_out = binding.name in LINEAR or binding.name == "prod"
        if not written_out or (binding.conditions and binding.name == "mean"):
            what = " under a condition" if written_out else ""
            message = f"{binding.name} over members of families{what} is not supported"
            hint = "write a sum, and divide it by the number of its terms"
            if not written_out:
                hint = f"write a vector of them, as in {binding.name}([x[1]'*a; x[2]'*a])"
            if binding.name == "array":
                message = "an array is not made of members of families"
                k = bound.name
                hint = f"write a loop, which defines them: for {k} = 1:K; r[{k}] = ...; end"
            raise UnsupportedError(message, source=self.source, span=node.span, hint=hint)
        if bound.first is None or bound.last is None:
            raise self._problem(
                f"the range of {bound.name} is needed: it says which members are meant",
                bound.span,
                f"write {binding.name}[{bound.name}=1:3](...), or {binding.name}[{bound.name}=1:K]"
                "(...) for any number of them",
            )
        first, last = (self._place(part, env, named=True) for part in (bound.first, bound.last))
        values = range(first, last + 1)
        if not values and not (has_bound(bound.first) or has_bound(bound.last)):
            raise self._problem("this range is empty", bound.span)
        if len(values) > _MOST:
            raise self._refusal(f"more than {_MOST:,} terms are not unrolled", bound.span)
        others = tuple([each for each in binding.bounds if each is not bound])
        total: SyntaxNode | None = None
        for value in values:
            inside = {**env, key_of(bound): value}
            left = self._left_conditions(binding, inside)
            if left is None:
                continue
            inner = node.args[0]
            if others:
                rest = Binding(binding.name, binding.places)
                rest.bounds, rest.conditions = others, left
                inner = SyntaxNode(
                    "binder", node.args, node.start, node.end, mark=node.mark, value=rest
                )
            elif left:
                hint = "write it as a range, or put the sum over members outside"
                message = "this condition is not one between indices of members"
                raise self._problem(message, left[0].span, hint)
            term = self._copy(inner, inside, places, bounds, depth + 1)
            if total is not None:
                op = "*" if binding.name == "prod" else "+"
                term = SyntaxNode(op, (total, term), node.start, node.end, mark=node.mark)
            total = term
        if total is None:
            total = number_node(int(binding.name == "prod"), node)
        if binding.name == "mean":
            below = number_node(len(values), node)
            total = SyntaxNode("/", (total, below), node.start, node.end, mark=node.mark)
        return total

    def _left_conditions(self, binding: Binding, env: Env) -> tuple[SyntaxNode, ...] | None:
        """The conditions of a sum that are still open with these values of indices; None where one
        of the others fails.
        """
        left: list[SyntaxNode] = []
        for condition in binding.conditions:
            sides = [with_numbers(side, env) for side in condition.args]
            if condition.kind not in HOLDS or any(map(has_bound, sides)):
                left.append(condition)
                continue
            one, other = (size(side, self.source, positive=False) for side in sides)
            difference = one.plus(other, -1)
            if difference.integer is None:
                left.append(condition)
            elif not HOLDS[condition.kind](difference.integer, 0):
                return None
        return tuple(left)

    def variables(self) -> dict[str, Variable]:
        """The declared variables, with members in place of families."""
        plain = {
            name: variable
            for name, variable in self.declared.items()
            if name in self.exact or not (family_of(name) and _is_template(name))
        }
        return {
            name: v._replace(dims=tuple([move_size(size, self._count) for size in v.dims]))
            for name, v in {**plain, **self.members}.items()
        }

    def _count(self, name: str) -> Dim | None:
        return dim(self.counts[name]) if name in self.counts else None

    def _problem(
        self, message: str, span: Span | None, hint: str | None = None
    ) -> UnknownNameError:
        return UnknownNameError(message, source=self.source, span=span, hint=hint)

    def _refusal(self, message: str, span: Span | None) -> UnsupportedError:
        return UnsupportedError(message, source=self.source, span=span)


_PLACES = frozenset({"name", "number", "+", "-", "*", "neg"})  # what a place of a member is made of


def _is_template(name: str) -> bool:
    """Whether this declares all members of a family: ``W[k]``."""
    return all(place.plain for place in places_of(name))


def _instance(template: Variable, name: str) -> Variable:
    """The member of a declared family."""
    env = {
        str(index.plain): place
        for index, place in zip(places_of(template.name), places_of(name), strict=True)
    }
    dims = tuple([move_size(size, env.get) for size in template.dims])
    return template._replace(name=name, dims=dims)


def _varies(loop: Loop) -> bool:
    """Whether a range has names in it."""
    return any(part.kind == "name" for part in postorder(loop.body, children))


def _copy_bounds(body: SyntaxNode) -> dict[int, BoundIndex]:
    """Copies of all indices that are bound inside."""
    return {
        id(bound): BoundIndex(bound.name, bound.span)
        for node in postorder(body, children)
        if isinstance(node.value, Binding)
        for bound in node.value.bounds
    }


def _some(names: list[str]) -> str:
    shown = sorted(names, key=lambda name: [place.integer or 0 for place in places_of(name)])
    return ", ".join(shown) if len(shown) <= 4 else f"{shown[0]}, {shown[1]}, ..., {shown[-1]}"
