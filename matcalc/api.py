"""The functions behind ``import matcalc``: arguments are checked here, and the mathematics starts
below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from matcalc.answers.common import recent
from matcalc.answers.derivatives import directional
from matcalc.answers.derivatives.directional import Directional
from matcalc.answers.derivatives.gradients import Gradients, gradients, parameters
from matcalc.answers.derivatives.hessian import Hessian
from matcalc.answers.derivatives.hessian import hessian as blocks
from matcalc.claims.judge.equal import Equality
from matcalc.claims.judge.equal import judge_equation as compared
from matcalc.conjugates.choice import compare_texts
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.errors import ArgumentError, SymbolicLoopError, describe_value
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.members import families
from matcalc.core.program import Program
from matcalc.core.rng import seed_of
from matcalc.engine.inner import expand
from matcalc.extend.user_defined.language import Language as Language  # noqa: PLC0414 - public
from matcalc.extend.user_defined.language import check_file
from matcalc.read.frontend import read, read_pair
from matcalc.results import Derivative, Expression, Formula

if TYPE_CHECKING:
    from pathlib import Path

    from matcalc.answers.derivatives.backprop import Backprop
    from matcalc.extend.user_defined.load import Loaded

    Declarations = Mapping[str, str | Variable]


@public
def parse(
    text: str, variables: Declarations | None = None, *, language: BaseLanguage | None = None
) -> Expression:
    """The expression that a text means; ``variables`` declares names, as in ``{"A":
    "symmetric(n)"}``.

    ``language`` has the functions and identities of files, see ``Language``.

    Shapes: the value has the shape that the text gives it: a scalar, a vector, a matrix or a
    tensor.
    Arguments: ``text`` is in the language of docs/language.md; ``variables`` and ``language`` are
    described above.
    Raises: ParseError, UnknownNameError or ShapeError, with the place in the text.
    """
    if not isinstance(text, str):
        hint = "from_sympy() takes a SymPy expression"
        raise ArgumentError(
            f"the expression must be a string, not {describe_value(text)}", hint=hint
        )
    spoken = _language(language)
    return _warn_of_notes(read(text, _declarations(variables), language=spoken, expand=expand))


@public
def parse_latex(
    text: str,
    variables: Declarations | None = None,
    *,
    language: BaseLanguage | None = None,
    einstein: bool = False,
) -> Expression:
    """What a formula in LaTeX means (docs/latex.md), also with sums in Einstein's convention.

    Shapes: as for ``parse``.
    Arguments: ``text`` is the formula, with or without dollar signs; ``variables`` declares its
    letters, ``language`` has the functions of files, and ``einstein`` sums over every index that
    occurs twice in a product.
    Raises: ParseError, UnknownNameError or ShapeError, with the place in the formula.
    """
    return _parse_latex(text, variables, language, einstein=einstein, asks=True)


def _parse_latex(
    text: str,
    variables: Declarations | None,
    language: BaseLanguage | None,
    *,
    einstein: bool = False,
    asks: bool,
) -> Expression:
    """The same; a derivative sign before the whole ``asks`` for what ``diff()`` finds, or else is
    a part of the expression.
    """
    # most expressions are not in LaTeX
    from matcalc.read.tex.read import read_latex  # noqa: PLC0415

    if not isinstance(text, str):
        raise ArgumentError(f"the formula must be a string, not {describe_value(text)}")
    known, own = _declarations(variables), _language(language)
    return _warn_of_notes(
        read_latex(text, known, language=own, einstein=einstein, expand=expand, asks=asks)
    )


@overload
def diff(
    expression: str | Expression | Derivative,
    wrt: str | None = None,
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    order: int = 1,
    layout: str = "mixed",
    structure: str = "declared",
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Derivative: ...


@overload
def diff(
    expression: str | Expression | Derivative,
    wrt: list[str] | tuple[str, ...] | None = None,
    *,
    data: Sequence[str] | None = None,
    variables: Declarations | None = None,
    latex: bool = False,
    order: int = 1,
    layout: str = "mixed",
    structure: str = "declared",
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Gradients: ...


@public
def diff(
    expression: str | Expression | Derivative,
    wrt: str | list[str] | tuple[str, ...] | None = None,
    *,
    data: Sequence[str] | None = None,
    variables: Declarations | None = None,
    latex: bool = False,
    order: int = 1,
    layout: str = "mixed",
    structure: str = "declared",
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Derivative | Gradients | Backprop:
    """The derivative of an expression with respect to a variable, ``order`` times, verified; see
    docs/conventions.md.

    With a list of variables those with respect to each, differentiated together (docs/several.md);
    with ``data`` those by all variables that are not data. With ``latex`` the expression is a
    formula in LaTeX, which may name the variable itself; see docs/latex.md. Of a program with a
    loop that ends at a name the derivatives are such a program as well; see ``backprop``. The
    last answers are kept: the same text with the same arguments gives the same object.

    Shapes: the axes of the expression, then those of the variable, once for each order; at most
    eight.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``wrt`` is a name,
    or a list of names; ``data``, ``latex`` and ``order`` are described above; ``layout`` is mixed,
    numerator or denominator; ``structure`` is declared, free, independent or vech; ``variables``
    declares the names of a text; ``verify=False`` leaves the proof for later; ``language`` has the
    functions and identities of files.
    Raises: UnknownNameError for a variable that the expression does not have, UnsupportedError for
    a derivative that is not known, VerificationError for one that is wrong.
    """
    if isinstance(expression, Derivative) and variables is None:
        expression = expression.as_expression()
    options: dict[str, Any] = {"order": order, "layout": layout, "structure": structure}
    options["verify"] = verify
    asked = None
    if data is None:
        asked = recent.question(expression, variables, language, latex=latex, wrt=wrt, **options)
    if asked is not None and (known := recent.recall(asked)) is not None:
        return known  # type: ignore[no-any-return]  # one of these was kept
    try:
        expression = as_expression(expression, variables, language, latex=latex, asks=True)
    except SymbolicLoopError:
        plain = (order, layout, structure) == (1, "mixed", "declared")
        if latex or not plain or (wrt is not None and data is not None):
            raise
        names = [wrt] if isinstance(wrt, str) else wrt
        given = {"variables": variables, "language": language, "verify": verify}
        # few programs have loops
        from matcalc.answers.derivatives.backprop import backprop  # noqa: PLC0415

        return backprop(str(expression), names, data=data or (), **given)  # type: ignore[arg-type]
    if data is not None:
        if wrt is not None:
            raise ArgumentError("give wrt or data, not both: data lists what to leave out")
        if isinstance(data, str):
            raise ArgumentError(f"data has the names of variables, as in [{data!r}]")
        wrt = parameters(expression, data)
    family = wrt if isinstance(wrt, str) and wrt in families(expression.variables) else None
    if family is not None:
        wrt = [family]
    if not isinstance(wrt, list | tuple):
        derivative = expression.diff(wrt, **options)
        if asked is not None:
            recent.remember(asked, derivative)
        return derivative
    if order != 1:
        raise ArgumentError(
            "the derivatives with respect to several variables are first derivatives"
        )
    expression.require_value()
    found = gradients(
        expression, wrt, layout=layout, structure=structure, verify=verify, family=family
    )
    if asked is not None:
        recent.remember(asked, found)
    return found


@public
def jvp(
    expression: str | Expression | Derivative,
    directions: Mapping[str, str] | Sequence[Mapping[str, str]],
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Directional:
    """The derivative along directions, ``{"x": "v"}``, without the Jacobian, verified; see
    docs/several.md.

    Variables of one mapping move together; a list of mappings gives the second derivative along
    the one and the other, and so on. A direction that is not declared has the shape of its
    variable, and is symmetric, skew, diagonal or triangular where the variable is.

    Shapes: that of the expression.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``directions`` is
    described above; ``variables`` declares the names of a text, ``latex`` says that it is a formula
    in LaTeX, and ``language`` has the functions and identities of files; ``verify=False`` leaves
    the proof for later.
    Raises: ArgumentError for a direction that varies itself, and what ``diff`` raises:
    UnknownNameError, UnsupportedError, VerificationError.
    """
    return directional.jvp(
        as_expression(expression, variables, language, latex=latex), directions, verify=verify
    )


@public
def vjp(
    expression: str | Expression | Derivative,
    wrt: str,
    *,
    cotangent: str = "u",
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Directional:
    """The gradient for ``wrt`` of the inner product of a cotangent and the expression, verified.

    That is the product with the transposed Jacobian, which is not formed. The cotangent has the
    shape of the expression.

    Shapes: that of the variable.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``wrt`` is its name;
    ``cotangent`` names a variable with the shape of the expression; ``variables`` declares the
    names of a text, ``latex`` says that it is a formula in LaTeX, and ``language`` has the
    functions and identities of files; ``verify=False`` leaves the proof for later.
    Raises: ArgumentError for a cotangent that is the variable, and what ``diff`` raises:
    UnknownNameError, UnsupportedError, VerificationError.
    """
    expression = as_expression(expression, variables, language, latex=latex)
    return directional.vjp(expression, wrt, cotangent=cotangent, verify=verify)


@public
def hvp(
    expression: str | Expression | Derivative,
    wrt: str,
    *,
    direction: str = "v",
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Directional:
    """The product of the Hessian for ``wrt`` and a direction, without the Hessian, verified.

    Shapes: that of the variable.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``, and a scalar;
    ``wrt`` is the variable; ``direction`` names one of its shape; ``variables`` declares the names
    of a text, ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and
    identities of files; ``verify=False`` leaves the proof for later.
    Raises: ArgumentError for an expression that is not a scalar, and what ``diff`` raises:
    UnknownNameError, UnsupportedError, VerificationError.
    """
    expression = as_expression(expression, variables, language, latex=latex)
    return directional.hvp(expression, wrt, direction=direction, verify=verify)


@public
def hessian(
    expression: str | Expression | Derivative,
    wrt: Sequence[str],
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Hessian:
    """The second derivatives of a scalar for each pair of variables, ``h["x", "y"]``, verified.

    Shapes: a block has the axes of its first variable, then those of its second.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``, and a scalar;
    ``wrt`` lists the variables; ``variables`` declares the names of a text, ``latex`` says that it
    is a formula in LaTeX, and ``language`` has the functions and identities of files;
    ``verify=False`` leaves the proof for later.
    Raises: ArgumentError for an expression that is not a scalar, and what ``diff`` raises:
    UnknownNameError, UnsupportedError, VerificationError.
    """
    if isinstance(wrt, str):
        wrt = [wrt]
    given = as_expression(expression, variables, language, latex=latex, asks=True)
    given.require_value(unless=(", ".join(wrt), 2))  # \nabla_x^2 f asks for the Hessian itself
    return blocks(given, wrt, verify=verify)


@public
def simplify(
    expression: str | Expression | Derivative,
    *,
    variables: Declarations | None = None,
    expand_inverse: bool = False,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> Expression:
    """The same value in matrix notation, as short as matcalc finds it, verified; see
    docs/simplify.md. With ``latex`` a text is a formula in LaTeX.

    Shapes: that of the expression.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``expand_inverse``
    writes the inverse of a sum in terms of that of its parts; ``variables`` declares the names of a
    text, ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and
    identities of files.
    Raises: ParseError, UnknownNameError or ShapeError for a text, VerificationError for a result
    that is not equal.
    """
    parsed = as_expression(expression, variables, language, latex=latex)
    return parsed.simplify(expand_inverse=expand_inverse)


@public
def equal(
    left: str | Expression | Derivative,
    right: str | Expression | Derivative,
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    rng: Any = 0,
    seed: int | None = None,
    language: BaseLanguage | None = None,
) -> Equality:
    """Whether two expressions have the same value wherever both have one; see docs/simplify.md.

    Derivatives are compared as they are printed, in their layout. The result is true where they do,
    and says how that was found or where they differ. ``variables`` declares those of both. With
    ``latex`` texts are formulas in LaTeX; see docs/latex.md. ``rng`` chooses the random points: a
    natural number, or what ``numpy.random.default_rng`` makes (SPEC 7); ``seed`` is its former
    name.

    Shapes: both sides have the same one, or are different.
    Arguments: ``left`` and ``right`` are texts, an ``Expression`` or a ``Derivative``;
    ``variables``, ``latex``, ``rng`` and ``seed`` are described above; ``language`` has the
    functions and identities of files.
    Raises: ArgumentError for variables that are declared differently on both sides, or for two
    languages.
    """
    drawn = seed_of(rng, seed)
    shared = _common(_language(language), left, right)
    known = dict(_declarations(variables))
    if isinstance(left, str) and isinstance(right, str):
        found = compare_texts(left, right, known, latex=latex, language=shared, seed=drawn)
        warn_of_notes(found.notes)
        return found
    for side in (left, right):
        for name, variable in side.variables.items() if isinstance(side, Formula) else ():
            if str(known.setdefault(name, variable)) != str(variable):
                raise ArgumentError(
                    f"{name} is {variable} in one expression and {known[name]} in the other"
                )
    if latex:
        left, right = (
            _parse_latex(side, known, shared, asks=False) if isinstance(side, str) else side
            for side in (left, right)
        )
        known = {**left.variables, **right.variables}
    pair = read_pair(_side(left), _side(right), known, language=shared, expand=expand)
    warn_of_notes(pair[0].notes)
    return compared(*pair, str(left), str(right), drawn)


@public
def load_identities(
    path: str | Path, *, functions: Mapping[str, Callable[..., Any]] | None = None
) -> Loaded:
    """Changes the default language to one that also has the functions and identities of a TOML
    file, if all that it states is true; see docs/own-identities.md.

    ``functions`` has Python functions for those of the file that do not say how they are computed.
    The result says what was loaded; its ``unload()`` undoes it, and so does the end of a ``with``
    block.

    Shapes: those of the functions are stated in the file, and tested.
    Arguments: ``path`` is the TOML file; ``functions`` is described above.
    Raises: CatalogueError for a malformed or a false statement.
    """
    # it loads NumPy, and few need it
    from matcalc.extend.user_defined.load import load_identities as loaded  # noqa: PLC0415

    check_file(path, functions)
    return loaded(path, functions=functions)


@public
def from_sympy(expr: Any) -> Expression:
    """What a SymPy expression means; a MatrixSymbol with one column becomes a vector.

    Shapes: those of the symbols: a MatrixSymbol of size n x 1 is a vector, a Symbol a scalar.
    Arguments: ``expr`` is a SymPy expression of scalars or matrices.
    Raises: ArgumentError for anything else, UnsupportedError for what the language cannot express.
    """
    import sympy  # noqa: PLC0415 - slow to load

    # as above
    from matcalc.extend.bridges.sympy_bridge import from_sympy as converted  # noqa: PLC0415

    if not isinstance(expr, sympy.Basic | sympy.MatrixBase):
        raise ArgumentError(
            f"expected a SymPy expression, not {describe_value(expr)}",
            hint="parse() takes a string",
        )
    return Expression(converted(expr))


def _warn_of_notes(program: Program) -> Expression:
    """The expression of a text; its notes become warnings."""
    warn_of_notes(program.notes)
    return Expression(program)


def as_expression(
    expression: str | Expression | Derivative,
    variables: Declarations | None,
    language: BaseLanguage | None,
    *,
    latex: bool = False,
    asks: bool = False,
) -> Expression:
    """The expression of a text, or of an answer; ArgumentError where its variables are declared
    once more. A derivative sign before the whole of a formula is a part of it, unless it ``asks``.
    """
    if not isinstance(expression, Formula):
        if latex:
            return _parse_latex(expression, variables, language, asks=asks)
        return parse(expression, variables, language=language)
    _common(_language(language), expression)
    if variables is not None:
        hint = "declare them where the expression is made: matcalc.parse(text, variables)"
        raise ArgumentError(f"the variables of {_article(expression)} are known already", hint=hint)
    given = expression if isinstance(expression, Expression) else Expression(expression.program())
    if not asks:
        given.require_value()
    return given


def _language(language: BaseLanguage | None) -> BaseLanguage | None:
    if language is not None and not isinstance(language, BaseLanguage):
        hint = 'for example matcalc.Language().extended("mine.toml")'
        message = f"language must be a matcalc.Language, not {describe_value(language)}"
        raise ArgumentError(message, hint=hint)
    return language


def _common(language: BaseLanguage | None, *sides: str | Formula) -> BaseLanguage | None:
    """The one language of what is given; ArgumentError where there are two."""
    for side in sides:
        if isinstance(side, Formula):
            own = side._program.language
            if language is not None and own is not language:
                raise ArgumentError(
                    "these expressions are in different languages",
                    hint="parse both with the same language=",
                )
            language = own
    return language


def _article(formula: Formula) -> str:
    name = type(formula).__name__
    return f"an {name}" if name.startswith("E") else f"a {name}"


def _side(expression: str | Formula) -> str | Program:
    """One side of an equation: a text, or a program that is typed already."""
    if isinstance(expression, Formula):
        return expression.program()
    if not isinstance(expression, str):
        raise ArgumentError(f"the expression must be a string, not {describe_value(expression)}")
    return expression


def _declarations(variables: Declarations | None) -> Declarations:
    if variables is None:
        return {}
    if not isinstance(variables, Mapping):
        hint = 'for example {"A": "symmetric(n)", "x": "vector(n)"}'
        message = f"variables must map names to declarations, not {describe_value(variables)}"
        raise ArgumentError(message, hint=hint)
    for name, declaration in variables.items():
        if not isinstance(name, str):
            raise ArgumentError(
                f"the name of a variable must be a string, not {describe_value(name)}"
            )
        if not isinstance(declaration, str | Variable):
            sizes = ", ".join(map(str, declaration)) if isinstance(declaration, tuple) else ""
            kind = f"{'matrix' if ',' in sizes else 'vector'}({sizes})" if sizes else "symmetric(n)"
            hint = f'write "{kind}"' if sizes else f'for example "{kind}"'
            raise ArgumentError(
                f"the declaration of {name} must be a string, not {describe_value(declaration)}",
                hint=hint,
            )
    return variables
