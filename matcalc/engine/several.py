"""derive_several(): the derivatives with respect to several variables, with what they share derived
once; derive_in_segments(): that of one variable, which stands in many layers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import FREE
from matcalc.core.program import LONG, Program, find_used_variables, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, intern_trees, variable_names
from matcalc.core.walk import postorder
from matcalc.engine.calculus.derivative import derivatives
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.calculus.structured import constrain
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node, Sum
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.lowering.lower import lower_program
from matcalc.engine.lowering.preconditions import require_single, require_symmetry
from matcalc.engine.pipeline import Engine, leaf_of
from matcalc.engine.recalled import Recalled
from matcalc.engine.recovery.even import match_signs, share_arrays, share_differences
from matcalc.engine.recovery.row_sums import sum_rows
from matcalc.engine.rewriting.shorten import Shortener
from matcalc.engine.segments import Backward, Segment, cut_segments, find_needed_values
from matcalc.write.printers.naming import measure_shown

_LONG_FLAT = 400  # nodes of a program that is not deep, beyond which gradients go so,
_FLAT = 3  # values between segments that make no deep program,
_SHARED = 12  # if the one variable stands in so many of them, or so many of them are used again


def derive_several(
    program: Program, wrt: Sequence[str], *, structure: str = "declared", layout: str = "mixed"
) -> dict[str, Expr]:
    """The derivative of the program by each of the variables; equal parts are one object.

    Each is as ``pipeline.differentiate`` gives it. Raises UnknownNameError for an unknown variable,
    UnsupportedError where no rule is known.
    """
    for name in wrt:
        require_variable(program, name)
    segments = cut_segments(program, wrt) if program.expr.rank == 0 and layout == "mixed" else []
    found: list[list[Expr]] = []
    if len(segments) > 1:
        # what a segment does not show of its values, as that they are symmetric, the whole does
        with suppress(UnsupportedError):
            found.append(_through(program, wrt, segments, structure))
    flat = len(find_needed_values(segments)) <= _FLAT  # as a sum of a few dozen terms
    if not found or len(program.expr.parts) <= (_LONG_FLAT if flat else LONG):
        engine = Engine(program, layout, several=True)
        whole = _whole(engine, program, wrt, structure)
        found.append([whole[name] for name in wrt])
    shortest = share_arrays(min([intern_trees(trees) for trees in found], key=_cost))
    matched = match_signs(Expr("several", tuple(shortest)), Expr.with_args)
    alike = share_differences(matched.args, program.variables)
    return dict(zip(wrt, sum_rows(intern_trees(alike), program.variables), strict=True))


def derive_in_segments(statement: DerivativeStatement) -> Expr | None:
    """The gradient of a long program with respect to one variable, from segment to segment, where
    the variable stands in many layers, as the weights of a recurrent cell, or many layers are used
    more than once, as those of a residual network; None of other programs.

    In one piece each layer would add a product through all layers behind it, or a sum of all
    layers before it.
    """
    program, wrt = statement.program, statement.wrt
    segments = cut_segments(program, [wrt])
    if max(sum(_occurs(wrt, segment) for segment in segments), _forks(segments)) < _SHARED:
        return None
    with suppress(UnsupportedError):
        return intern_trees(_through(program, [wrt], segments, statement.structure))[0]
    return None


def _occurs(name: str, segment: Segment) -> bool:
    return name in variable_names(segment.expr)


def _forks(segments: Sequence[Segment]) -> int:
    """How many values of segments are used more than once."""
    nodes = Expr("several", tuple([segment.expr for segment in segments])).parts
    uses = Counter(arg.value for node in nodes for arg in node.args if arg.op == "variable")
    return sum(uses[segment.name] > 1 for segment in segments)


def _cost(trees: Iterable[Expr]) -> tuple[int, int]:
    """How many operations there are, each part being computed once, and how long they are."""
    root = Expr("several", tuple(trees))
    return sum(1 for node in root.parts if node.args), measure_shown(root)


def _through(
    program: Program, wrt: Sequence[str], segments: Sequence[Segment], structure: str
) -> list[Expr]:
    """Gradients from segment to segment."""
    engine = Engine(program, "mixed", several=True)

    def derive(part: Program, names: Sequence[str]) -> dict[str, Expr]:
        return _whole(engine, part, names, structure)

    def simplify_part(part: Program, _: Sequence[str]) -> dict[str, Expr]:
        used = find_used_variables(part)
        names = {v.name: leaf_of(engine.builder, v, free=False) for v in used.values()}
        require_symmetry(part, engine.lowering, names)
        node = engine.shorten(lower_program(engine.lowering, part, names))
        return {"": engine.recover(node)}

    value = Recalled(simplify_part)
    found = Backward(
        program, wrt, segments, Recalled(derive), lambda part: value(part, ())[""]
    ).gradients()
    return [found[name] for name in wrt]


def _whole(engine: Engine, program: Program, wrt: Sequence[str], structure: str) -> dict[str, Expr]:
    """Each of the derivatives in one piece."""
    plain = [name for name in wrt if program.variables[name].kind in FREE]
    found = _derive(engine, program, plain, structure)
    for name in wrt:
        if name not in found:  # its entries are free while we differentiate, and no others
            found.update(_derive(engine, program, [name], structure))
    return found


def _derive(
    engine: Engine, program: Program, wrt: Sequence[str], structure: str
) -> dict[str, Expr]:
    """The derivatives by variables that are all free while we differentiate."""
    if not wrt:
        return {}
    builder, lowering = engine.builder, engine.lowering
    variables = find_used_variables(program) | {name: program.variables[name] for name in wrt}
    names = {name: leaf_of(builder, v, free=name in wrt) for name, v in variables.items()}
    within = {name: leaf_of(builder, variables[name], free=False) for name in wrt}
    require_symmetry(program, lowering, {**names, **within})
    require_single(program, lowering, {**names, **within}, set(wrt))
    if structure == "free" and any(within[name] is not names[name] for name in wrt):
        require_symmetry(program, lowering, names, wrt[0])
    node = engine.rewriter.rewrite(lowering.lower(program.expr, names))
    local_derivatives = LocalDerivatives(builder, lowering)
    nodes = derivatives(builder, node, [names[name] for name in wrt], local_derivatives)
    raw = dict(zip(wrt, nodes, strict=True))

    def finish(name: str, each: Node) -> Expr:
        if within[name] is not names[name]:
            each = substitute(builder, each, {names[name]: within[name]})
        kind, tidy = variables[name].kind, engine.shortener.symmetrise
        each = constrain(builder, each, kind, structure, [node.rank], tidy)
        return engine.recover(engine.ordinary(each))

    short = {name: engine.shorten(each) for name, each in raw.items()}
    found: dict[str, Expr] = {}
    opened = set()
    for name, each in short.items():
        engine.multiplied_out = False
        found[name] = finish(name, each)
        if engine.multiplied_out:
            opened.add(name)
    stated = {name: set() if name in opened else _sums(each) for name, each in short.items()}
    shared = set().union(*stated.values())
    totals = _totals(builder, shared) if any(not each.rank for each in raw.values()) else {}
    lost = [
        name
        for name, each in raw.items()
        if _sums(each) & shared - stated[name] or not totals.keys().isdisjoint(_nodes(each))
    ]
    if not lost:
        return found
    # what stands in another result gets a name there anyway
    shortener, plain = engine.shortener, engine.plain
    engine.shortener, engine.totals = Shortener(builder, named=shared | totals.keys()), totals
    engine.plain = engine.new_recovery()
    kept = {name: finish(name, engine.shorten(raw[name])) for name in lost}
    engine.shortener, engine.plain, engine.totals = shortener, plain, {}
    tried = [intern_trees([{**found, **more}[name] for name in wrt]) for more in ({}, kept)]
    return dict(zip(wrt, min(tried, key=_cost), strict=True))


def _totals(builder: Builder, sums: Collection[Sum]) -> dict[Node, Node]:
    """The sums by the sum of their entries, which is multiplied out."""
    found: dict[Node, Node] = {}
    for each in sums:
        total = builder.product(1, [(each, tuple(range(each.rank)), 1)], (), ())
        if isinstance(total, Sum):
            found.setdefault(total, each)
    return found


def _sums(root: Node) -> set[Sum]:
    return {node for node in _nodes(root) if isinstance(node, Sum) and node.rank}


def _nodes(root: Node) -> list[Node]:
    return postorder(root, lambda node: node.children)
