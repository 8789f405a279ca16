"""The pass that gives names their meaning and every part its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from matcalc.core.dims import Dim, Shape, dim, names_in
from matcalc.core.errors import ShapeError
from matcalc.core.inner import INNER
from matcalc.core.kinds import KINDS, MOST_RESULT_AXES, Variable, size_names
from matcalc.core.language import BUILT_IN, BaseLanguage
from matcalc.core.operations import ALIASES, BUILT_IN_NAMES, OPERATIONS, SIZES
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.read.shapes.context import ODDITIES, Context
from matcalc.read.shapes.notation import (
    check_notation,
    check_numbers,
    hint_for_called_variable,
    late_notes,
    lone_function,
    note_call,
    unknown_function_error,
    wrong_number,
)
from matcalc.read.shapes.operators import BINARY, REPAIRS, compare, negate, transpose
from matcalc.read.shapes.ranks import kind_of
from matcalc.read.shapes.shape_rules import apply
from matcalc.read.shapes.sized import check_scalars, check_sizes, note_numbers
from matcalc.read.syntax.names import GREEK
from matcalc.read.syntax.nodes import SYMBOLS, Binding, Statement, SyntaxNode, has_index
from matcalc.read.syntax.sizes import size

_SIZED = {
    "eye": (1, 1),
    "ones": (1, MOST_RESULT_AXES),
    "zeros": (1, MOST_RESULT_AXES),
    "unit": (2, 2),
}  # constants that take their sizes as arguments
_FIRST_SIZE = {**dict.fromkeys(_SIZED, 0), **SIZES}


def infer(
    statements: list[Statement],
    declared: dict[str, Variable],
    source: str,
    kinds: Mapping[str, str] | None,
    definitions: Mapping[str, Expr] | None,
    counted: frozenset[str] = ODDITIES,
    language: BaseLanguage = BUILT_IN,
    *,
    patient: bool = True,
) -> Program:
    """The typed program; raises ``UnknownNameError`` and ``ShapeError``.

    ``kinds`` are those of names that were not declared and do not follow the rule of the first
    letter. ``definitions`` are typed parts of another program over the declared variables; they may
    be made anew. ``counted`` are the oddities from which other kinds are concluded; where they are
    not all, errors stay errors. ``language`` has the functions of users. Where a note is tried
    there is little search: not ``patient``.
    """
    orders, dimensions = _orders(statements, declared, source)

    def begun(known: Mapping[str, str]) -> Context:
        context = Context(source, declared, dimensions, known, counted, language)
        context.adopt(definitions or {})
        return context

    def infer_types(context: Context) -> Expr:
        return context.settle(_run(context, statements, orders))

    return _read(infer_types, orders, begun, kinds or {}, patient=patient)


def infer_pair(
    left: list[Statement],
    right: list[Statement],
    declared: dict[str, Variable],
    source: str,
    kinds: Mapping[str, str] | None = None,
    definitions: Mapping[str, Expr] | None = None,
    counted: frozenset[str] = ODDITIES,
    language: BaseLanguage = BUILT_IN,
) -> Program:
    """Two programs over the same variables, typed together: the value is ``=`` of their values,
    which have one shape.

    The right one may use the definitions of the left one, and make them anew.
    """
    orders, dimensions = _orders([*left, *right], declared, source)
    first, second = left[-1].body, right[-1].body
    node = SyntaxNode("=", (first, second), first.start, second.end, mark=second.span)

    def begun(known: Mapping[str, str]) -> Context:
        context = Context(source, declared, dimensions, known, counted, language)
        context.adopt(definitions or {})
        return context

    def infer_types(context: Context) -> Expr:
        one = _run(context, left, orders[: len(left)])
        context.replaceable = set(context.definitions)
        other = _run(context, right, orders[len(left) :])
        context.failed, context.operands = node, [one, other]
        return context.settle(compare(context, node, one, other))

    return _read(infer_types, orders, begun, kinds or {})


def _read(
    typed: Callable[[Context], Expr],
    orders: list[list[SyntaxNode]],
    begun: Callable[[Mapping[str, str]], Context],
    given: Mapping[str, str],
    *,
    patient: bool = True,
) -> Program:
    """The program in its cheapest reading; nearly always the first one, of which nothing is odd."""

    def attempt(
        kinds: Mapping[str, str], signs: Mapping[int, str]
    ) -> tuple[Context, Expr | None, ShapeError | None]:
        context = begun(kinds)
        context.signs = signs
        try:
            value = typed(context)
            if context.bound is not None:
                from matcalc.read.shapes.indexed import settle_axes  # noqa: PLC0415 - as below

                settle_axes(context)
            cause = context.unifier.finish()
            if cause is not None:
                raise context.clash(cause)
        except ShapeError as problem:
            return context, None, problem
        return context, value, None

    context, value, problem = attempt(given, {})
    notes, learnt = tuple[str, ...](), dict[str, str]()
    open_letters = any(name not in context.declared and name not in given for name in context.seen)
    if open_letters and (problem is not None or context.oddities):
        from matcalc.read.shapes import readings  # noqa: PLC0415 - most texts have nothing odd

        first = readings.Outcome(context, value, problem)
        wrapped: readings.Attempt = lambda kinds, signs: readings.Outcome(*attempt(kinds, signs))  # noqa: E731 - a type for mypy
        size = sum(map(len, orders))
        found, letters = readings.settle_readings(wrapped, first, given, size, patient=patient)
        context, value, problem = found
        notes = readings.notes(context, letters)
        learnt = {name: each.kind for name, each in letters.items()}
    if context.unifier.chosen:
        from matcalc.read.shapes import splittings  # noqa: PLC0415 - as readings

        notes = (*notes, *splittings.notes(context))
    if value is None:
        assert problem is not None  # there is one or the other
        raise problem
    if context.barred:
        from matcalc.read.shapes import bars  # noqa: PLC0415 - as readings

        bars.refuse_entries(context)
    late = late_notes(context, value)
    notes = (*notes, *context.notes, *late)
    return _finish(context, value, notes, learnt)


def _orders(
    statements: list[Statement], declared: dict[str, Variable], source: str
) -> tuple[list[list[SyntaxNode]], set[str]]:
    """The nodes of each statement, children before parents, and the names of all dimensions."""
    orders = [postorder(statement.body, _typed_children) for statement in statements]
    dimensions = set(size_names(declared.values()))
    used: dict[str, SyntaxNode] = {}  # the names of sizes in the text, with what they are in
    bound: set[str] = set()
    for order in orders:
        for node in order:
            names: Iterable[str] = ()
            if node.kind == "call":
                names = [name for arg in _sizes(node) for name in size(arg, source).letters]
            elif node.kind == "entries":
                from matcalc.read.shapes.blocks import place_names  # noqa: PLC0415 - as below

                names = place_names(node)
            elif node.kind == "binder":
                from matcalc.read.syntax.binders import range_names  # noqa: PLC0415 - as below

                names = range_names(node)
                assert isinstance(node.value, Binding)
                bound.update(each.name for each in node.value.bounds)
            used.update((name, node) for name in names if name not in used)
    check_sizes(statements, used, bound, source)
    check_scalars(declared, dimensions, used, source)
    dimensions.update(used)
    return orders, dimensions


def _run(context: Context, statements: list[Statement], orders: list[list[SyntaxNode]]) -> Expr:
    """The value of the last statement."""
    value = None
    for statement, order in zip(statements, orders, strict=True):
        value = _type(context, order)
        if statement.role == "definition":
            _define(context, statement, context.settle(value))
    assert value is not None  # the caller has made sure that the last statement is a value
    return value


def _by_blocks(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """Blocks, entries, and blkdiag."""
    # few texts have any; it costs the start
    from matcalc.read.shapes.blocks import block_diagonal, blocks, entries  # noqa: PLC0415

    if node.kind == "entries":
        return entries(context, node, args[0])
    return (
        blocks(context, node, args)
        if node.kind == "blocks"
        else block_diagonal(context, node, args)
    )


def _by_indices(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """What has bound indices."""
    # few texts have any
    from matcalc.read.shapes import indexed  # noqa: PLC0415

    if node.kind == "binder":
        return indexed.binder(context, node, args[0])
    if node.kind == "index":
        return indexed.index(context, node)
    head = node.args[0]
    name = str(head.value)
    if not args and (name in context.declared or name in context.definitions):
        args = [_name(context, head)]
    return indexed.entries(context, node, args[0] if args else None)


def _typed_children(node: SyntaxNode) -> tuple[SyntaxNode, ...]:
    """The operands that are values: the sizes of ``eye(n)`` and ``reshape(X, m, n)`` are none, nor
    are the places of entries.
    """
    if node.kind == "entries":
        of_symbol = node.args[0].kind == "name" and node.args[0].value in SYMBOLS
        return () if of_symbol and has_index(node) else node.args[:1]
    if node.kind != "call":
        return node.args
    if node.value == "einsum":
        return node.args[1:]
    return node.args[: 1 if _names_order(node) else _FIRST_SIZE.get(str(node.value))]


def _sizes(node: SyntaxNode) -> tuple[SyntaxNode, ...]:
    """The arguments of a call that are sizes."""
    if _names_order(node) or str(node.value) not in _FIRST_SIZE:
        return ()
    return node.args[len(_typed_children(node)) :]


def _names_order(node: SyntaxNode) -> bool:
    """Whether the second argument of a call is no value but says which norm is meant:
    ``norm(A, 'fro')``, ``norm(x, inf)``.
    """
    if node.value != "norm" or len(node.args) != 2:
        return False
    order = node.args[1]
    return order.kind == "text" or (order.kind == "name" and order.value in ("inf", "Inf"))


def _type(context: Context, order: list[SyntaxNode]) -> Expr:
    """The typed tree of one statement, children before parents."""
    values: dict[int, Expr] = {}
    for node in order:
        try:
            expr = values[id(node)] = _type_node(context, node, values)
        except ShapeError as problem:
            operands = [values[id(arg)] for arg in _typed_children(node)]
            context.failed, context.operands = node, operands
            problem.span = problem.span or node.span  # the rules for dimensions know no place
            problem.with_source(context.source)
            raise
    return expr


def _type_node(context: Context, node: SyntaxNode, values: dict[int, Expr]) -> Expr:
    """One node, given its typed operands by the ids of the syntax nodes."""
    kind = node.kind
    if kind == "name":
        return _name(context, node)
    if kind == "number":
        return context.make("number", (), (), node, value=node.value)
    if kind == "call":
        return _call(context, node, [values[id(arg)] for arg in _typed_children(node)])
    args = [values[id(arg)] for arg in _typed_children(node)]
    if kind in ("binder", "index") or (kind == "entries" and has_index(node)):
        return _by_indices(context, node, args)
    if kind in ("blocks", "entries"):
        return _by_blocks(context, node, args)
    if kind == "neg":
        return negate(context, node, args[0])
    if kind == "'":
        return transpose(context, node, args[0])
    if kind in ("norm", "bars"):
        from matcalc.read.shapes import bars, norms  # noqa: PLC0415 - as in _by_blocks

        if kind == "bars":
            return bars.bars(context, node, args[0])
        return apply(context, node, norms.norm_in_bars(context, node, args[0]), args)
    if kind == "⊗":
        return apply(context, node, "kron", args)
    if node.value == "python" or kind in ("text", "^", ".^"):
        kind = check_notation(context, node, args)
    sign = context.signs.get(id(node))
    rule = BINARY[kind] if sign is None else REPAIRS.get(sign) or BINARY[sign]
    return rule(context, node, args[0], args[1])


def _define(context: Context, statement: Statement, value: Expr) -> None:
    """Gives a value a name for the statements that follow."""
    name = statement.name
    problem = None
    if name in context.replaceable:
        context.replaceable.remove(name)
    elif name in context.definitions:
        problem = f"{name} is defined twice"
    elif name in context.declared:
        problem = f"{name} is declared and defined"
    elif name in context.seen:
        problem = f"{name} is used before its definition ends"
    if problem:
        raise context.name_problem(problem, statement.name_span, "choose another name")
    context.definitions[name] = value
    context.names_given.setdefault(id(value), name)


def _name(context: Context, node: SyntaxNode) -> Expr:
    """The meaning of a name: what was defined or declared, else a constant, a size, or a variable
    by its first letter.
    """
    name = str(node.value)
    defined = context.definitions.get(name)
    if defined is not None:
        return defined
    variable = context.seen.get(name) or context.declared.get(name)
    if variable is None:
        if name in context.dimensions:
            return context.make("dimension", (), (), node, value=dim(name))
        constant = _constant(context, node, name)
        if constant is not None:
            return constant
        variable = _undeclared_variable(context, node, name)
    if variable.kind == "function":
        hint = f"write {name}(...) for its value"
        raise context.name_problem(f"{name} is declared as a function", node.span, hint)
    context.seen[name] = variable
    return context.make("variable", (), variable.shape, node, value=name)


def _constant(context: Context, node: SyntaxNode, name: str) -> Expr | None:
    """``pi``, the identity, or a filled shape whose rank its place determines."""
    if name in ("pi", "π"):
        return context.make("constant", (), (), node, value="pi")
    if name in ("eye", "I"):
        unknown = context.unifier.fresh()
        return context.make("eye", (), (unknown, unknown), node)
    if name in ("ones", "zeros"):
        expr = context.make("fill", (context.number(int(name == "ones"), node),), (), node)
        context.rankless[id(expr)] = expr
        return expr
    return None


def _undeclared_variable(context: Context, node: SyntaxNode, name: str) -> Variable:
    """A variable of which only the name is known."""
    known = name in BUILT_IN_NAMES or name in context.language.functions
    if known and (name not in GREEK or any(expr.op == name for expr in context.made)):
        raise lone_function(context, node)
    kind = kind_of(name, context.kinds)
    return Variable(
        name, kind, tuple(context.unifier.fresh() for _ in range(KINDS[kind])), declared=False
    )


def _call(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """A function's value."""
    name = str(node.value)
    where = node.mark or node.span
    function = context.function(name)
    if function is not None:
        from matcalc.read.shapes.generic import call  # noqa: PLC0415 - few programs declare functions

        return call(context, node, function, args)
    if name in context.definitions or name in context.declared:
        how = "defined" if name in context.definitions else f"declared as {context.declared[name]}"
        hint = hint_for_called_variable(context, node)
        hint = (
            f"{hint}; without that declaration {name} would be a function"
            if name in BUILT_IN_NAMES or name in context.language.functions
            else hint
        )
        raise context.name_problem(f"{name} is {how}, so it is not a function here", where, hint)
    if name == "blkdiag":
        return _by_blocks(context, node, args)
    if name in _SIZED or name in ("vector", "matrix"):
        return _type_shaped(context, node, name, args)
    own = context.language.functions.get(name)
    if own is not None:
        if len(node.args) != len(own.parameters):
            raise wrong_number(context, node, name, (len(own.parameters),) * 2)
        # few languages have functions of users
        from matcalc.read.shapes.user_functions import apply_user_function  # noqa: PLC0415

        return apply_user_function(context, node, own, args)
    operation = OPERATIONS.get(ALIASES.get(name, name))
    if operation is None and name in INNER:
        # few texts have any
        from matcalc.read.shapes.calculus import inner_derivative  # noqa: PLC0415

        return inner_derivative(context, node, args)
    if operation is None:
        if name == "transpose" and len(args) == 1:
            return transpose(context, node, args[0])
        raise unknown_function_error(context, node)
    if operation.name in context.seen:  # a Greek name, which alone is a variable
        hint = f"write {name}*(...) for a product, or give the variable another name"
        raise context.name_problem(f"{name} is a variable here", where, hint)
    least, most = operation.arity
    if not least <= len(node.args) <= most:
        raise wrong_number(context, node, name, (least, most))
    for arg in _sizes(node):
        args = [*args, context.dimension(size(arg, context.source), arg)]
    check_numbers(context, node, args)
    result = apply(context, node, operation.name, args)
    return note_call(context, node, operation.name, args, result)


def _type_shaped(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """``eye(n)``, ``ones(m, n)``, ``vector(c)``, ``matrix(c)``."""
    least, most = _SIZED.get(name, (1, 1))
    if not least <= len(node.args) <= most:
        raise wrong_number(context, node, name, (least, most))
    if name not in _SIZED:
        (value,) = args
        if value.shape or id(value) in context.rankless:
            hint = (
                f"{name}(c) is filled with the scalar c; a declaration goes before the "
                f"expression, as in  x: vector(n); ..."
            )
            context.settle(value)
            raise context.problem(
                f"{name} needs a scalar, not {context.describe(value)}", node.args[0].span, hint
            )
        shape: Shape = tuple(context.unifier.fresh() for _ in range(KINDS[name]))
        return context.make("fill", (value,), shape, node)
    sizes = tuple(size(arg, context.source) for arg in node.args)
    if name == "unit":
        from matcalc.read.shapes.blocks import unit  # noqa: PLC0415 - as above

        return unit(context, node, *sizes)
    if name == "eye":
        return context.make("eye", (), sizes * 2, node)
    return context.make("fill", (context.number(int(name == "ones"), node),), sizes, node)


def _resize(context: Context, variable: Variable, names: dict[str, str]) -> Variable:
    """The variable with the names of the sizes that were found."""
    if not any(name[0] == "?" for name in names_in(variable.dims)):
        return variable
    return variable._replace(dims=tuple([context.final(axis, names) for axis in variable.dims]))


def _finish(
    context: Context, value: Expr, notes: tuple[str, ...], learnt: dict[str, str]
) -> Program:
    """Names the sizes that are still unknown, and writes the shapes into the tree."""
    names = context.names()
    notes = (*notes, *note_numbers(context))
    known: dict[Shape, Shape] = {}
    for expr in context.made:
        shape = expr.shape
        if shape:
            final = known.get(shape)
            if final is None:
                final = known[shape] = tuple(context.final(axis, names) for axis in shape)
            expr.shape = final
        elif expr.op == "dimension":
            expr.value = context.final(expr.value, names)
        if expr.op in ("slice", "unit"):
            from matcalc.read.shapes.blocks import finish_places  # noqa: PLC0415 - as above

            finish_places(context, expr, names)
    if context.bound is not None:
        from matcalc.read.shapes.indexed import finish  # noqa: PLC0415 - as above

        finish(context, names)
    variables = {name: _resize(context, variable, names) for name, variable in context.seen.items()}
    fixed = {axis.plain for variable in variables.values() for axis in variable.dims}
    undetermined: tuple[Dim, ...] = tuple(dim(name) for name in names.values() if name not in fixed)
    for name, variable in context.declared.items():
        variables.setdefault(name, _resize(context, variable, names))
    return Program(
        value,
        variables,
        context.source,
        context.language,
        notes,
        undetermined,
        definitions=context.definitions,
        learnt=learnt,
        unexpanded=context.unexpanded,
    )
