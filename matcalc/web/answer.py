"""Answers what the page asks.

Question and answer are JSON objects. The same module runs behind the local server and, compiled to
WebAssembly, inside the page itself, where there is no NumPy: what needs it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast
from warnings import catch_warnings, simplefilter

from matcalc import api
from matcalc.conjugates.choice import has_complex
from matcalc.core.errors import (
    ArgumentError,
    MatcalcError,
    NotationWarning,
    SymbolicLoopError,
    UnsupportedError,
    VerificationWarning,
)
from matcalc.core.loops import base
from matcalc.core.options import BACKENDS, require_choice
from matcalc.results import Derivative, Expression, Formula

if TYPE_CHECKING:
    from matcalc.answers.derivatives.backprop import Backprop
    from matcalc.conjugates.answer import Wirtinger
    from matcalc.conjugates.expression import ComplexExpression
    from matcalc.graph.picture import ComputationalGraph

    _WithForms = Formula | Backprop | Wirtinger | ComplexExpression

LONGEST = 100_000  # characters of a field; the parser has a limit of its own


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a question; an error of the user is an answer too, with ``ok`` false.

    A question has ``op`` (``diff``, ``steps``, ``graph``, ``check``, ``simplify`` or ``equal``),
    ``expression``, ``latex`` (whether texts are LaTeX), ``variables`` (declarations by name) and
    what the operation needs: ``wrt``, ``order``, ``layout``, ``structure``, ``detail``,
    ``picture`` (``graph`` or ``network``), ``claim``, ``other``. ``forms`` are those that a formula
    has beside its text, ``latex`` and ``code``, and both where it is missing: LaTeX is read back,
    and code is run, for one who looks at it. ``backend`` is the framework of the code.
    """
    try:
        with catch_warnings():
            for said in (NotationWarning, VerificationWarning):  # in the notes, and on the badge
                simplefilter("ignore", said)
            return {"ok": True, **_found(question)}
    except MatcalcError as problem:
        return {"ok": False, "error": _error(problem)}
    except ModuleNotFoundError as problem:  # NumPy, which some proofs need
        return {"ok": False, "error": _error(_lacking_error("this answer", problem))}


def _found(question: Mapping[str, Any]) -> dict[str, Any]:
    op = _choice(question)
    if op in _OF_COMPLEX and has_complex(_declare(question), _text(question, "expression")):
        return _OF_COMPLEX[op](question)
    try:
        return _OPERATIONS[op](question)
    except SymbolicLoopError:
        if op not in _OF_LOOPS or question.get("latex") or _options(question) != _options({}):
            raise
        return _OF_LOOPS[op](question)


def _choice(question: Mapping[str, Any]) -> str:
    op = question.get("op", "diff")
    if op not in _OPERATIONS:
        raise ArgumentError(f"op must be one of {', '.join(_OPERATIONS)}, not {op!r}")
    return str(op)


def _text(question: Mapping[str, Any], key: str) -> str:
    value = question.get(key, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ArgumentError(f"{key} must be a string of at most {LONGEST:,} characters")
    return value


def _declare(question: Mapping[str, Any]) -> dict[str, str]:
    declared = question.get("variables") or {}
    if not isinstance(declared, dict):
        raise ArgumentError("variables must be an object of declarations by name")
    return {str(name): str(kind) for name, kind in declared.items()}


def _expression(question: Mapping[str, Any], key: str = "expression") -> Expression:
    text = _text(question, key)
    if question.get("latex"):
        return api.parse_latex(text, _declare(question))
    return api.parse(text, _declare(question))


def _options(question: Mapping[str, Any]) -> dict[str, Any]:
    order = question.get("order", 1)
    return {
        "order": order if isinstance(order, int) else 0,
        "layout": question.get("layout") or "mixed",
        "structure": question.get("structure") or "declared",
    }


def _diff(question: Mapping[str, Any]) -> dict[str, Any]:
    expression = _expression(question)
    derivative, verification = _derive(expression, question)
    return {
        **_show(derivative, question),
        **_typeset(expression, question),
        "wrt": derivative.wrt,
        "verification": verification,
    }


def _derive(
    expression: Expression, question: Mapping[str, Any]
) -> tuple[Derivative, dict[str, str]]:
    """The derivative, and how it was verified; where that needs NumPy and there is none, it was
    not.
    """
    wrt, options = _variable(expression, question), _options(question)
    derivative = expression.diff(wrt, **options, verify=False)  # it is verified below
    try:
        found = derivative.verification
    except ModuleNotFoundError:
        return derivative, _UNVERIFIED
    derivative._verify = True
    return derivative, {"kind": found.kind, "text": str(found)}


def _complex(question: Mapping[str, Any]) -> dict[str, Any]:
    """The derivatives by a complex variable and by its conjugate, and what is said about them."""
    op = _choice(question)
    # few variables are complex
    from matcalc.web import conjugated  # noqa: PLC0415

    options, is_latex, usual = _options(question), bool(question.get("latex")), _options({})
    for name in ("layout", "structure"):
        if options[name] != usual[name]:
            raise ArgumentError(
                f"derivatives with respect to complex variables have no other {name}",
                hint=f"choose the {usual[name]} one",
            )
    text, wrt = _text(question, "expression"), question.get("wrt") or ""
    given = {"order": options["order"], "latex": is_latex}
    found = conjugated.derive(text, wrt, _declare(question), **given)
    shown = conjugated.common_fields(found)
    if op == "check":
        return {**shown, **conjugated.claim_fields(found, _text(question, "claim"), latex=is_latex)}
    how = found.verification if found.is_verified else None
    verification = {"kind": how.kind, "text": str(how)} if how else _UNVERIFIED
    if op == "steps":
        forms = _fields_of_steps(found.steps(detail=question.get("detail", 2)), str(found))
    else:
        forms = _written(found, question)
    return {**shown, **forms, "verification": verification}


def _complex_expression(question: Mapping[str, Any]) -> ComplexExpression:
    # few variables are complex
    from matcalc.conjugates.expression import parse_expression  # noqa: PLC0415

    text, is_latex = _text(question, "expression"), bool(question.get("latex"))
    return parse_expression(text, _declare(question), latex=is_latex)


def _simplify_complex(question: Mapping[str, Any]) -> dict[str, Any]:
    """An expression in complex variables in fewer signs."""
    expression = _complex_expression(question)
    try:
        return _show(expression.simplify(), question)
    except ModuleNotFoundError:  # as above
        return {**_show(expression.shorten(), question), "verification": _UNVERIFIED}


def _graph_complex(question: Mapping[str, Any]) -> dict[str, Any]:
    """Its computational graph, in which conjugates are operations."""
    found, wrt = _complex_expression(question), question.get("wrt") or None
    graph = found.graph(wrt)
    if question.get("picture") == "network":
        graph.network()  # which says that there is none
    said = {"variables": found.variables, "notes": list(found.notes), "wrt": wrt}
    return {**_forms_of_graph(graph), **said}


def _loops(question: Mapping[str, Any]) -> dict[str, Any]:
    """The backward recursion of a program with loops that end at names, as it is."""
    try:
        found = _derive_loops(question)
        verification = {"kind": found.verification.kind, "text": str(found.verification)}
    except ModuleNotFoundError:
        found, verification = _derive_loops(question, verify=False), _UNVERIFIED
    return {
        **_written(found, question),
        **_of_loops(found, question),
        "verification": verification,
    }


def _graph_of_loops(question: Mapping[str, Any]) -> dict[str, Any]:
    found = _derive_loops(question, verify=False)
    graph = found.graph()
    if question.get("picture") == "network":
        graph.network()  # which says that there is none
    return {**_forms_of_graph(graph), **_of_loops(found, question)}


def _derive_loops(question: Mapping[str, Any], *, verify: bool = True) -> Backprop:
    wrt = question.get("wrt") or _ALL
    names = None if wrt == _ALL else base(wrt)
    program = _text(question, "expression")
    found: Any = api.diff(program, names, variables=_declare(question), verify=verify)
    return cast("Backprop", found)


def _of_loops(found: Backprop, question: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "wrt": question.get("wrt") or _ALL,
        "variables": {name: str(kind) for name, kind in found.variables.items()},
        "notes": [],
    }


def _variable(expression: Expression, question: Mapping[str, Any]) -> str | None:
    """What to differentiate with respect to: as asked, or as the formula says, or the likeliest."""
    wrt = question.get("wrt") or None
    names = list(expression.variables)
    if wrt is not None or (expression.program().asked or ("",))[0] or not names:
        return wrt
    return next((name for name in _LIKELY if name in names), names[0])


def _steps(question: Mapping[str, Any]) -> dict[str, Any]:
    """How the derivative is found, line by line."""
    expression, detail = _expression(question), question.get("detail", 2)
    derivative, verification = _derive(expression, question)
    try:
        forms = _fields_of_steps(derivative.steps(detail=detail), str(derivative))
    except ModuleNotFoundError as problem:
        raise _lacking_error("the steps of this derivative", problem) from None
    return {
        **forms,
        "wrt": derivative.wrt,
        "variables": {name: str(kind) for name, kind in derivative.variables.items()},
        "notes": list(derivative.notes),
        "verification": verification,
    }


def _fields_of_steps(found: Any, text: str) -> dict[str, Any]:
    return {
        "steps": found.latex(),
        "typeset": found.typeset(),
        "proved": found.proved,
        "report": str(found),
        "text": text,
        "code": found.markdown(),
        "lines": found.fields(),
    }


def _graph(question: Mapping[str, Any]) -> dict[str, Any]:
    """The computational graph with local derivatives, or the tensor networks."""
    expression = _expression(question)
    wrt = _variable(expression, question) or (expression.program().asked or (None,))[0]
    try:
        shown = _network(expression, wrt) if question.get("picture") == "network" else {}
        shown = shown or _computation(expression, wrt)
    except ModuleNotFoundError as problem:
        raise _lacking_error("the picture of this expression", problem) from None
    return {
        **shown,
        "wrt": wrt,
        "variables": {name: str(kind) for name, kind in expression.variables.items()},
        "notes": list(expression.notes),
    }


def _computation(expression: Expression, wrt: str | None) -> dict[str, Any]:
    return _forms_of_graph(expression.graph(wrt))


def _forms_of_graph(found: ComputationalGraph) -> dict[str, Any]:
    return {
        "report": str(found),
        "dot": found.dot(),
        "mermaid": found.mermaid(),
        "picture": found.picture(),
    }


def _network(expression: Expression, wrt: str | None) -> dict[str, Any]:
    from matcalc.graph.picture import TensorNetwork  # noqa: PLC0415 - few look at them

    found = TensorNetwork(expression.program(), wrt)
    return {"report": str(found), "dot": found.dot(), "networks": found.picture()}


def _lacking_error(what: str, problem: ModuleNotFoundError) -> UnsupportedError:
    return UnsupportedError(
        f"{what} needs {problem.name}, which the engine in the page lacks",
        hint="matcalc web has it",
    )


def _simplify(question: Mapping[str, Any]) -> dict[str, Any]:
    expression = _expression(question)
    said = _typeset(expression, question)
    try:
        return {**_show(expression.simplify(), question), **said}
    except ModuleNotFoundError:  # it is verified by numbers
        return {**_show(expression._shorten(), question), **said, "verification": _UNVERIFIED}


def _equal(question: Mapping[str, Any]) -> dict[str, Any]:
    try:
        result = api.equal(
            _text(question, "expression"),
            _text(question, "other"),
            variables=_declare(question),
            latex=bool(question.get("latex")),
        )
    except ModuleNotFoundError as problem:
        return _without_numpy(problem)
    return {"verdict": result.verdict, "report": str(result), "notes": list(result.notes)}


def _check(question: Mapping[str, Any]) -> dict[str, Any]:
    if find_spec("numpy") is None:
        return _proof_alone(question)
    from matcalc.claims.judge.claim import Claim  # noqa: PLC0415 - for claims alone
    from matcalc.claims.judge.verdict import judge  # noqa: PLC0415 - it loads NumPy

    expression, claim = _text(question, "expression"), _text(question, "claim")
    if question.get("latex"):
        expression, claim = f"${expression}$", f"${claim}$"
    options = _options(question)
    wrt = _variable(_expression(question), question) or ""
    asked = (_declare(question), options["order"], options["layout"], options["structure"])
    report = judge(Claim(expression, wrt, claim, *asked))
    diagnosis = report.diagnosis
    return {
        "verdict": report.verdict,
        "report": str(report),
        "diagnosis": "" if diagnosis is None else str(diagnosis),
        "mended": "" if diagnosis is None else diagnosis.mended or "",
        "correct": report.correct or "",
        "notes": list(report.notes),
        "variables": {name: str(kind) for name, kind in report.variables.items()},
        "wrt": report.wrt,
    }


def _proof_alone(question: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict of the exact judge, which needs no NumPy: proved, wrong, or undecided."""
    # for claims alone
    from matcalc.claims.judge.claim import DISPROVED, PROVED  # noqa: PLC0415
    from matcalc.claims.judge.proof import proof  # noqa: PLC0415
    from matcalc.core.statement import DerivativeStatement  # noqa: PLC0415
    from matcalc.web.diagnosis import diagnose  # noqa: PLC0415

    expression = _expression(question)
    derivative, _ = _derive(expression, question)
    given = {name: str(kind) for name, kind in derivative.variables.items()}
    claim = _expression({**question, "variables": given}, "claim").program()
    statement = DerivativeStatement(expression.program(), derivative.wrt, **_options(question))
    verdicts = {PROVED: "proved", DISPROVED: "wrong"}
    verdict = verdicts.get(proof(statement, claim), "undecided")
    correct = "" if verdict == "proved" else str(derivative)
    diagnosis = ""
    if verdict == "wrong":
        asked = (derivative.variables, derivative.wrt, _options(question))
        diagnosis = diagnose(str(expression), claim.source, *asked)
    lines = [f"{verdict}: {_SAID[verdict].format(claim=claim.source)}"]
    if verdict == "wrong":
        lines.append(f"  diagnosis   {diagnosis or 'nothing simple; `matcalc web` looks further'}")
    lines += [f"  correct     {correct}"] if correct else []
    return {
        "verdict": verdict,
        "report": "\n".join(lines),
        "diagnosis": diagnosis,
        "mended": correct if diagnosis else "",
        "correct": correct,
        "notes": list(derivative.notes),
        "variables": given,
        "wrt": derivative.wrt,
    }


def _without_numpy(problem: ModuleNotFoundError) -> dict[str, Any]:
    reason = f"undecided: this needs {problem.name}, which the engine in the page lacks"
    return {"verdict": "undecided", "report": f"{reason}; matcalc web has it", "notes": []}


def _backend(question: Mapping[str, Any]) -> str:
    backend = question.get("backend") or BACKENDS[0]
    require_choice("backend", backend, BACKENDS)
    return str(backend)


def _show(formula: Formula | ComplexExpression, question: Mapping[str, Any]) -> dict[str, Any]:
    """The formula in its forms, with what was inferred."""
    return {
        **_written(formula, question),
        "shape": [str(size) for size in formula.shape],
        "row": formula.row,
        "variables": {name: str(kind) for name, kind in formula.variables.items()},
        "notes": list(formula.notes),
    }


def _wanted(question: Mapping[str, Any]) -> tuple[str, ...]:
    """The forms that a formula is written in beside its text."""
    given = question.get("forms")
    if given is None:
        return _FORMS
    if not isinstance(given, list) or not all(form in _FORMS for form in given):
        raise ArgumentError(f"forms must be a list of {' and '.join(_FORMS)}")
    return tuple(given)


def _written(formula: _WithForms, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as text and in the forms that are wanted; where it lacks one, why."""
    backend = _backend(question)
    forms = {
        "latex": lambda each: each.latex(),
        "code": lambda each: each.source(backend),
    }
    found: dict[str, Any] = {"text": str(formula), "backends": list(BACKENDS)}
    lacking: dict[str, str] = {}
    for name in _wanted(question):
        try:
            found[name] = _form(forms[name], formula)
        except MatcalcError as problem:
            found[name] = ""
            lacking[name] = problem.message + (f"; {problem.hint}" if problem.hint else "")
    return found | ({"lacking": lacking} if lacking else {})


def _typeset(expression: Expression, question: Mapping[str, Any]) -> dict[str, str]:
    """What was asked about, for those who typeset the answer."""
    if "latex" not in _wanted(question):
        return {}
    with suppress(MatcalcError):  # it has none
        return {"expression": _form(lambda each: each.latex(), expression)}
    return {}


def _form(form: Callable[[Any], str], formula: _WithForms) -> str:
    """A form of the answer."""
    try:
        return form(formula)
    except ModuleNotFoundError:  # reading it back needs NumPy
        unread = copy(formula)
        unread._verify = False
        return form(unread)


def _error(problem: MatcalcError) -> dict[str, Any]:
    span = problem.span
    return {
        "kind": type(problem).__name__,
        "message": problem.message,
        "shown": str(problem),
        "hint": problem.hint or "",
        "source": problem.source or "",
        "span": None if span is None else [span.start, span.end],
    }


_FORMS = ("latex", "code")
_ALL = "all"  # what a program with loops is differentiated by, where nothing else is asked
_UNVERIFIED = {
    "kind": "none",
    "text": "not verified: this needs numbers, which the engine in the page lacks; "
    "matcalc web has them",
}
_LIKELY = ("x", "X", "w", "W", "theta", "beta", "z", "Z")
_SAID = {
    "proved": "{claim} is the derivative",
    "wrong": "{claim} is not the derivative",
    "undecided": "this claim needs numbers; `matcalc web` has them",
}
_OPERATIONS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "diff": _diff,
    "check": _check,
    "simplify": _simplify,
    "equal": _equal,
    "steps": _steps,
    "graph": _graph,
}
_OF_COMPLEX = {
    **dict.fromkeys(("diff", "steps", "check"), _complex),
    "simplify": _simplify_complex,
    "graph": _graph_complex,
}
_OF_LOOPS = {"diff": _loops, "graph": _graph_of_loops}
