"""The derivation of one derivative: names for its parts, their differentials, insertion from the
last part to the first, and the coefficient of the differential of the variable.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable, kind_spec, size_names
from matcalc.core.loops import base
from matcalc.core.members import in_family
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, variable_names
from matcalc.engine.pipeline import differentiate
from matcalc.explain.changes import describe_change, same_but_arithmetic
from matcalc.explain.citations import cite
from matcalc.explain.definitions import expand_definitions
from matcalc.explain.derivation import (
    ANSWER,
    CLOSED,
    DIFFERENTIAL,
    EQUAL,
    LET,
    VALUE,
    VECTORISED,
    Line,
    LineChain,
    Reason,
)
from matcalc.explain.differential import Differentials
from matcalc.explain.indexed import by_entries, is_given_by_entries
from matcalc.explain.instances import CannotShow, Trees
from matcalc.explain.normal import Normal
from matcalc.explain.parts import FULL, USUAL, NamedPart, Names, partition
from matcalc.explain.turns import explain_factors, explain_turns
from matcalc.write.printers.text import has_indices

_LONG = 9  # tokens of a factor that gets a name before more is inserted
_LONGEST = 160  # tokens of a line; what is longer is left out
_VALUES = (
    ("f", "g", "e"),
    ("g", "h", "e"),
)  # for the expression, for its derivatives
_KINDS = ("scalar", "vector", "matrix")
_MATRIX = 2  # axes


def _kind(dims: Sequence[Dim]) -> str:
    return _KINDS[len(dims)] if len(dims) <= _MATRIX else "tensor"


def _has_einsum(tree: Expr) -> bool:
    """Whether some tensor in it has no matrix notation."""
    return "einsum" in tree.operations


class ChainBuilder:
    """Builds the lines; the trees of all of them are of one table."""

    def __init__(
        self,
        program: Program,
        wrt: str,
        structure: str,
        answer: Expr | None,
        turn: int,
        detail: int,
    ) -> None:
        self.program = program
        self.wrt = wrt
        self.trees = Trees(program.language)
        self.detail = detail
        self.variables: dict[str, Variable] = dict(program.variables)
        sizes = size_names(program.variables.values())
        self.names = Names({*program.variables, *sizes, *program.language.functions})
        variable = program.variables[wrt]
        is_projected = structure == "declared" and kind_spec(variable.kind).linear
        self.kind = variable.kind if is_projected else ""
        self.steps: dict[str, str] = {}  # name -> what its differential is called
        self.moving: dict[str, Expr] = {}
        self.lines: list[Line] = []
        self.formulas: dict[str, Expr] = {}  # of differentials of parts
        self.adjoints: dict[str, str] = {}
        self.remark = ""
        self.named: dict[int, Expr] = {}  # parts by their ids, as the letters that they have
        self.depends: dict[str, set[str]] = {}
        self.pending: tuple[str, ...] = ()  # inserted since the last line that is shown
        self._step(wrt, self.trees.intern(Expr("variable", (), variable.shape, value=wrt)))
        self.d_wrt = self.steps[wrt]
        kind = kind_spec(self.kind).tangent
        dims = variable.dims if self.kind else variable.shape
        self.variables[self.d_wrt] = Variable(self.d_wrt, kind or _kind(dims), dims)
        self.answer = None if answer is None else self.trees.intern(answer)
        self.name = self.names.first(_VALUES[min(turn, 1)])

    def build(self) -> LineChain:
        """The chain of lines from the value to its derivative."""
        root = self.trees.intern(self.program.expr)
        self.lines.append(Line(VALUE, root, name=self.name))
        root = self._definitions(root)
        given = {
            id(self.trees.intern(tree)): name for name, tree in self.program.definitions.items()
        }
        parts, root = partition(self.trees, root, self.wrt, self.names, self.detail, given)
        for part in parts:
            self._part(part)
        self._value(root, parts)
        return LineChain(
            self.program,
            self.wrt,
            self.name,
            self.lines,
            self.variables,
            self.steps,
            self.adjoints,
            self.d_wrt,
            self.remark,
        )

    # names

    def _step(self, name: str, like: Expr) -> None:
        """Names the differential of a name."""
        step = f"d{name}"
        while step in self.variables:
            step += "_"
        self.steps[name] = step
        self.moving[name] = self.trees.variable(step, like)
        self._declare(step, like)

    def _declare(self, name: str, like: Expr) -> None:
        self.variables[name] = Variable(name, _kind(like.shape), like.shape)

    # lines

    def _definitions(self, root: Expr) -> Expr:
        expanded, used = expand_definitions(self.trees, root, self.wrt)
        if expanded is root:
            return root
        reasons = tuple(cite(name, known=self.trees.known) for name in used)
        self.lines.append(Line(EQUAL, expanded, reasons))
        return expanded

    def _part(self, part: NamedPart) -> None:
        """A name for a part, and its differential."""
        self._declare(part.name, part.tree)
        self.lines.append(Line(LET, part.tree, name=part.name))
        own = self.trees.variable(part.name, part.tree)
        tree, reasons = self._differential(part.tree, own)
        self.named[id(part.tree)] = own
        tree = self._with_names(tree)
        self._step(part.name, part.tree)
        self.lines.append(Line(DIFFERENTIAL, tree, reasons, name=part.name))
        if tree.shape or not self._present(tree):
            shorter = self._shorter(tree)
            tree = tree if shorter is None else shorter
        else:
            tree = self._as_inner_products(tree)
        self.formulas[part.name] = tree
        there = variable_names(tree)
        direct = {name for name in self.formulas if self.steps[name] in there}
        self.depends[part.name] = direct.union(*(self.depends[name] for name in direct))

    def _as_inner_products(self, tree: Expr) -> Expr:
        """The line as a sum of inner products; as it is where they have no matrix notation."""
        try:
            return self._collect(tree)
        except CannotShow:
            return tree

    def _differential(self, tree: Expr, own: Expr | None = None) -> tuple[Expr, tuple[Reason, ...]]:
        """The differential of a tree, and what it rests on; ``own`` is the name of the tree."""
        found = Differentials(self.trees, self.moving, self._by_network, own)
        result = found.of(tree)
        elementary = found.elementary if self.detail == FULL else []
        return result, (*found.reasons, *elementary)

    def _by_network(self, expr: Expr, moves: Sequence[bool], inner: Sequence[Expr]) -> Expr:
        return Normal(self.trees, self.variables).differential(expr, moves, inner)

    def _shorter(self, tree: Expr) -> Expr | None:
        """The engine's form of the last line, as a line of its own where it is shorter."""
        try:
            normal = self._normal()
            form = normal.form(tree)
        except CannotShow:
            return None
        if self.trees.factory.size(form) >= self.trees.factory.size(tree) or _has_einsum(form):
            return None
        return self._line(Line(EQUAL, form, self._rewrites(normal)))

    def _normal(self) -> Normal:
        return Normal(self.trees, self.variables, (self.d_wrt,))

    def _rewrites(self, normal: Normal) -> tuple[Reason, ...]:
        """The rewrites of the catalogue that fired."""
        known = self.trees.known
        names = dict.fromkeys(name for name in normal.rules if known.get(name) is not None)
        return tuple(cite(name, known=self.trees.known) for name in names)

    def _value(self, root: Expr, parts: list[NamedPart]) -> None:
        """The differential of the value, and what becomes of it."""
        tree, reasons = self._differential(root)
        self.lines.append(Line(DIFFERENTIAL, tree, reasons, name=self.name))
        if not variable_names(tree) & set(self.steps.values()):
            self._finish_constant()
            return
        if root.rank == 0:
            tree = self._backwards(tree, parts)
            self._finish_gradient(tree)
        else:
            tree = self._forwards(tree, parts)
            self._finish_product(tree)

    def _finish_constant(self) -> None:
        self.remark = f"{self.name} does not depend on {self.wrt}"
        if self.answer is not None:
            self.lines.append(Line(ANSWER, self.answer))

    def _with_names(self, tree: Expr) -> Expr:
        """The tree with the names of its parts, and of parts of these."""
        named = self.trees.replace(tree, self.named)
        while named is not tree:
            tree, named = named, self.trees.replace(named, self.named)
        return named

    # values that are numbers: inner products with adjoints

    def _backwards(self, tree: Expr, parts: list[NamedPart]) -> Expr:
        """Inserts the differentials of parts, those first that depend on others."""
        while True:
            names = self._next(tree, parts)
            if not names:
                return tree
            tree = self._collect(tree)
            tree = self._name_factors(tree)
            tree = self._insert(tree, names)

    def _next(self, tree: Expr, parts: list[NamedPart]) -> list[str]:
        """The names whose differentials are inserted next: none that another of them depends on."""
        there = variable_names(tree)
        waiting = [part.name for part in parts if self.steps[part.name] in there]
        return [
            name for name in waiting if not any(name in self.depends[other] for other in waiting)
        ]

    def _insert(self, tree: Expr, names: list[str]) -> Expr:
        """The line with some differentials replaced by their formulas."""
        steps = tuple(self.steps[name] for name in names)
        put = {self.steps[name]: self.formulas[name] for name in names}
        inserted = self._with_names(self.trees.intern(tree, put))
        if self.trees.factory.size(inserted) > _LONGEST:
            raise CannotShow("its lines get too long")
        arrays = any(each.op == "indexed" and each.value.indices for each in put.values())
        least = FULL if arrays else USUAL  # an array by its entries is not written twice
        return self._line(Line(EQUAL, inserted, inserted=steps), shown=self.detail >= least)

    def _line(self, line: Line, *, shown: bool = True) -> Expr:
        """Adds a line that equals the one before, or leaves it out; what differs in arithmetic
        alone takes the place of the line before. Returns what comes last.
        """
        if not shown:
            self.pending += line.inserted
            return line.tree
        line.inserted, self.pending = (*self.pending, *line.inserted), ()
        last = self.lines[-1]
        if not line.inserted and not line.reasons and last.kind != LET:
            if same_but_arithmetic(last.tree, line.tree) and self.detail < FULL:
                size = self.trees.factory.size
                if size(line.tree) < size(last.tree) + bool(last.inserted):  # without brackets
                    last.tree = line.tree
                return last.tree
            words = describe_change(last.tree, line.tree, self._present(last.tree))
            line.reasons = (Reason(words),)
        self.lines.append(line)
        return line.tree

    def _collect(self, tree: Expr) -> Expr:
        """The line as a sum of inner products, one for each differential in it."""
        normal = self._normal()
        terms: list[Expr] = []
        rules: list[str] = []
        for step in self._present(tree):
            factor = self._coefficient(normal, tree, step)
            rules += normal.rules
            terms.append(self._inner(factor, step))
        collected = self.trees.replace(self.trees.sum(terms, tree), self.named)
        if collected is not tree:
            normal.rules = rules
            reasons = (*self._rewrites(normal), *explain_turns(self._present(tree), tree, terms))
            return self._line(Line(EQUAL, collected, reasons))
        return collected

    def _coefficient(self, normal: Normal, tree: Expr, step: str, kind: str = "") -> Expr:
        """What a line is multiplied by a differential in; from the whole of the engine where there
        is no matrix notation without.
        """
        try:
            found = normal.coefficient(tree, step, kind)
            if not _has_einsum(found):
                return found
            problem = None
        except CannotShow as why:
            problem = why
        program = self.program._replace(
            expr=tree, variables=self.variables, definitions={}, asked=None
        )
        statement = DerivativeStatement(program, step, structure="declared" if kind else "free")
        whole = self.trees.intern(differentiate(statement))
        if not whole.is_tensor and not has_indices(whole):
            normal.rules = []
            return whole
        if problem is not None:
            raise problem
        return found

    def _present(self, tree: Expr) -> list[str]:
        """The differentials in a line, that of the variable last."""
        there = variable_names(tree)
        found = [step for step in self.steps.values() if step in there]
        return sorted(found, key=lambda step: step == self.d_wrt)

    def _name_factors(self, tree: Expr) -> Expr:
        """Long factors of differentials get names, which are those of the parts with bar."""
        normal = self._normal()
        terms, changed = [], False
        owners = {step: name for name, step in self.steps.items()}
        for step in self._present(tree):
            factor = self._coefficient(normal, tree, step)
            if step != self.d_wrt and self.trees.factory.size(factor) > _LONG:
                owner = owners[step]
                name = self.names.take(in_family(owner, f"{base(owner)}bar"))
                self._declare(name, factor)
                self.adjoints[name] = owners[step]
                self.lines.append(Line(LET, factor, name=name))
                factor, changed = self.trees.variable(name, factor), True
            terms.append(self._inner(factor, step))
        if not changed:
            return tree
        named = self.trees.sum(terms, tree)
        return self._line(Line(EQUAL, named))

    def _inner(self, factor: Expr, step: str) -> Expr:
        """The inner product of a factor and a differential, with tr(X^2*dX) for tr((X'^2)'*dX)."""
        variable = self.trees.variable(step, factor)
        usual = self.trees.inner(factor, variable)
        if factor.rank < 2:
            return usual
        try:
            across = self._normal().form(self.trees.factory.transpose(factor))
        except CannotShow:
            return usual
        plain = across is factor or all(part.op != "'" for part in across.parts)
        return self.trees.inner(across, variable, across=True) if plain else usual

    def _finish_gradient(self, tree: Expr) -> None:
        """The line as one inner product, its projection, and the answer."""
        assert self.answer is not None, "a number has no more axes than the variable"
        if is_given_by_entries(self.answer):
            line = by_entries(self.trees, self.answer, self.trees.variable(self.d_wrt, self.answer))
            self._line(Line(EQUAL, line, (Reason(f"collected by entries of {self.d_wrt}"),)))
            self.lines.append(Line(ANSWER, self.answer))
            return
        normal = self._normal()
        try:
            factor = self._coefficient(normal, tree, self.d_wrt)
            rules = normal.rules
            within = factor
            if self.kind:
                within = self._coefficient(normal, tree, self.d_wrt, self.kind)
        except CannotShow:  # the engine multiplies out what is indexed, and the line is proved
            if has_indices(self.answer):
                raise
            factor, within, rules = self.answer, self.answer, []
        if not variable_names(within) - self.program.variables.keys():  # as the answer is written
            factor = self.answer if within is factor else factor
            within = self.answer
        line = self._inner(factor, self.d_wrt)
        if line is not tree:
            normal.rules = rules
            reasons = (*self._rewrites(normal), *explain_turns([self.d_wrt], tree, [line]))
            self._line(Line(EQUAL, line, reasons))
        if within is not factor:
            spec = kind_spec(self.kind)
            name = spec.tangent if spec.width is None else spec.word
            reason = cite(f"along-{name}", spec.along.format(d=self.d_wrt))
            self._line(Line(EQUAL, self._inner(within, self.d_wrt), (reason,)))
        self.lines.append(Line(ANSWER, within))
        if within is not self.answer:
            self.lines.append(Line(CLOSED, self.answer, self._behind_names(within)))

    def _behind_names(self, tree: Expr) -> tuple[Reason, ...]:
        """The rewrites that fire once the names in a tree are written out."""
        put: dict[str, Expr] = {}
        for line in self.lines:
            if line.kind == LET:
                put[line.name] = self.trees.intern(line.tree, put)
        return self._bringing(self.trees.intern(tree, put))

    def _bringing(self, spelt: Expr) -> tuple[Reason, ...]:
        """The rewrites of a tree that bring a function into the answer that was not there."""
        assert self.answer is not None
        new = self.answer.operations - spelt.operations
        if not new:
            return ()
        normal = self._normal()
        try:
            normal.form(spelt)
        except CannotShow:
            return ()
        known = self.trees.known
        brought = {
            name: known.rewrite(name).right.operations
            for name in dict.fromkeys(normal.rules)
            if (found := known.get(name)) is not None and found.form == "to"
        }
        return tuple(cite(name, known=known) for name, ops in brought.items() if ops & new)

    # other values: the differential is inserted, and factored at last

    def _forwards(self, tree: Expr, parts: list[NamedPart]) -> Expr:
        while True:
            names = self._next(tree, parts)
            if not names:
                break
            tree = self._insert(tree, names)
        if parts:
            shorter = self._shorter(tree)
            tree = tree if shorter is None else shorter
        return tree

    def _finish_product(self, tree: Expr) -> None:
        """The line as a matrix times the differential, both vectorised where they are matrices."""
        if self.answer is None:
            self.remark = (
                f"the derivative of {self.name} with respect to {self.wrt} has no form as a "
                f"matrix; what is shown is its differential"
            )
            return
        variable = self.program.variables[self.wrt]
        step = self.trees.variable(self.d_wrt, Expr("", (), variable.shape))
        upright = self.trees.vectorise(step) if step.rank == 2 else step
        line = self.trees.times(self._with_names(self.answer), upright)
        vectorised = tree.rank == 2 and bool(step.shape)
        if not vectorised and line.row != tree.row:
            line = self.trees.factory.transpose(line)
        if line is not tree:
            factored = explain_factors(self.d_wrt, tree, self.answer)
            reasons = (*self._behind_names(tree), *factored)
            self._line(Line(VECTORISED if vectorised else EQUAL, line, reasons))
        self.lines.append(Line(ANSWER, self.answer))
