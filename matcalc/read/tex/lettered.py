r"""Letters that stand for functions before a bracket: \sigma(x), \psi^{(2)}(x), L_{\exp}(X, E), and
f(x), which is unclear.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span
from matcalc.core.operations import COMPARISONS, OPERATIONS, PRIMARY, frechet
from matcalc.read.tex import scripts
from matcalc.read.tex.declared import jacobian
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.symbols import Symbol, letters, symbol
from matcalc.read.tex.vocabulary import OPERATORS, OPTIMA

# undeclared and before a bracket: the function, and what to call it in a note
_FUNCTIONS = {
    r"\sigma": ("sigmoid", "the logistic sigmoid"),
    r"\psi": ("digamma", "the digamma function"),
    r"\Gamma": ("gamma", "the gamma function"),
    r"\Phi": ("normcdf", "the normal distribution function"),
    r"\varphi": ("normpdf", "the normal density"),
    r"\mathrm{H}": ("entropy", "the entropy"),
}
_PROSE = frozenset(
    [
        "if",
        "else",
        "otherwise",
        "where",
        "when",
        "for",
        "and",
        "or",
        "with",
        "all",
        "such",
        "that",
        "subject",
        "given",
        "let",
        "st",
    ]
)  # words between formulas
_ORDERS = frozenset(["minimize", "minimise", "maximize", "maximise", "minimizing", "maximizing"])
_KL = re.compile(r"\{\s*KL\s*\}")  # \mathrm{KL}(p \parallel q)
_OF_MATRICES = {scalar: name for name, scalar in PRIMARY.items()}
_UNCLEAR = frozenset({"f", "g", "h", "phi", "rho", "kappa", "ell", "chi", "O", "o"})  # o: series


_ORDERS_IN_BRACKETS = frozenset("123456")  # of f^{(2)}(x)
_SYMBOLS = (r"\delta", r"\varepsilon")  # with subscripts, in answers of ours


def apply_letter(
    item: Phrase, bracket: Phrase, args: tuple[Phrase, ...], scope: Scope
) -> Phrase | None:
    """A letter with the brackets after it: a function of ``args`` if it is known for one, None if
    it is a factor.
    """
    if item.kind == "transpose" and item.text == "'":
        return _read_primed_call(item, bracket, args, scope)
    if item.kind == "power" and _is_raised_function(item.args[0], args, scope):
        shown = scope.quote(item)
        return Phrase("application", item.start, bracket.end, text=shown, parts=args)
    if item.kind not in ("symbol", "indexed", "script"):
        return None
    if item.kind == "script" and (order := _order_of_derivative(item, scope)):
        return _call(item, bracket, scope.name(item.args[0]) + "'" * order, args)
    if scope.printed is not None and item.kind == "indexed" and item.args[0].text in _SYMBOLS:
        return None
    of_matrices = _derivative(item, bracket, args)
    if of_matrices is not None:
        return of_matrices
    derivative = jacobian(item, scope)
    if derivative is not None:
        return _call(item, bracket, derivative, args)
    whole = scope.knows(item)
    known = whole or (
        item.kind == "indexed" and scope.knows(item.args[0])
    )  # v_j is an entry of a declared v
    if whole and item.kind != "script":
        variable = scope.declared.get(scope.name(item))
        if variable is not None and variable.kind == "function":
            return _call(item, bracket, scope.name(item), args)
    special = None if known else _special(item, bracket, args)
    if special is not None or item.kind == "script":
        return special
    shown = scope.quote(item)
    if item.text in _FUNCTIONS:
        name, words = _FUNCTIONS[item.text]
        if known:
            scope.note(f"note: {scope.name(item)} is a variable, so {shown}(...) is a product")
            return None
        scope.note(f"note: {shown}(...) is read as {words}; declare the letter if it is a factor")
        return _call(item, bracket, name, args)
    if _is_operator(item, scope):
        named = (item,) * item.text.startswith((r"\mathrm", r"\text", r"\operatorname"))
        return Phrase("application", item.start, bracket.end, text=shown, parts=args, bounds=named)
    lone = _is_lone(args[0])
    lone = lone or (item.text == r"\delta" and _is_difference(args[0]))
    if not known and scripts.is_projection(item, scope):
        lone = True
    if known or not (lone or len(args) > 1 or symbol(item, scope.source).stem in _UNCLEAR):
        if not known:
            scripts.note_product(item, args, shown, scope)
        return None
    start, end = item.start, bracket.end
    return Phrase("application", start, end, text=shown, parts=args, bounds=(item,))


def _order_of_derivative(item: Phrase, scope: Scope) -> int:
    r"""How often f^{(2)} derives a declared function of a number; 0 of anything else."""
    letter, script = item.args[0], item.args[1]
    while script.kind == "bracket" and len(script.args) == 1:
        (script,) = script.args
    if letter.kind != "symbol" or not scope.knows(letter) or script.kind != "number":
        return 0
    variable = scope.declared.get(scope.name(letter))
    if variable is None or variable.kind != "function" or any(variable.ranks):
        return 0
    return int(script.text) if script.text in _ORDERS_IN_BRACKETS else 0


def kronecker(letter: Phrase, places: int, scope: Scope) -> Phrase:
    r"""The identity for the \delta of \delta_{:,k}, of which Kronecker's delta are the entries."""
    one = Phrase("symbol", letter.start, letter.end, text="I")
    if letter.text != r"\delta" or places != 2 or scope.knows(letter) or scope.knows(one):
        return letter
    return one


def _is_lone(argument: Phrase) -> bool:
    """Whether brackets around this are those of a function: P(x > 0), a(x) but not a(x - y)."""
    return argument.kind in ("symbol", "indexed", "number", *COMPARISONS)


def _is_raised_function(letter: Phrase, args: tuple[Phrase, ...], scope: Scope) -> bool:
    r"""Whether the letter of f^{-1}(A x), f^2(x) and \Phi^{-1}(p) may be a function."""
    if letter.kind not in ("symbol", "indexed") or scope.knows(letter):
        return False
    unclear = symbol(letter, scope.source).stem in _UNCLEAR
    return unclear or (letter.text in _FUNCTIONS and _is_lone(args[0]))


def _is_difference(phrase: Phrase) -> bool:
    r"""Whether this is x - a, at which Dirac's \delta(x - a) would stand."""
    return phrase.kind == "-" and all(part.kind in ("symbol", "indexed") for part in phrase.args)


def find_primed_letter(phrase: Phrase, scope: Scope) -> str:
    """The undeclared letter that carries no or any number of primes; "" if it is something else."""
    while phrase.kind == "transpose" and phrase.text == "'":
        phrase = phrase.args[0]
    letter = phrase.kind == "symbol" and not scope.knows(phrase)
    return symbol(phrase, scope.source).name if letter else ""


def _read_primed_call(
    item: Phrase, bracket: Phrase, args: tuple[Phrase, ...], scope: Scope
) -> Phrase | None:
    r"""f'(x) of a declared f; \sigma'(x) is refused; None for the product x'(A x)."""
    name, base = find_primed_letter(item, scope), item
    while base.kind == "transpose":
        base = base.args[0]
    if base.kind != "symbol":
        return None
    if scope.knows(base):
        variable = scope.declared.get(scope.name(base))
        if variable is None or variable.kind != "function":
            return None
        primes = "'" * _count_primes(scope.source[base.end : item.end])
        return _call(item, bracket, f"{scope.name(base)}{primes}", args)
    lone = len(args) > 1 or args[0].kind in ("symbol", "indexed", "number")
    if base.text in _FUNCTIONS or lone or name in _UNCLEAR:
        raise prime_of_function(item, Span(base.end, item.end), scope, bracket)
    return None


def _count_primes(text: str) -> int:
    return text.count("'") + text.count(r"\prime")


_DERIVATIVES = {
    r"\sigma": r"\sigma({0}) \odot (1 - \sigma({0}))",
    r"\psi": r"\operatorname{{polygamma}}(1, {0})",
    r"\Gamma": r"\Gamma({0}) \odot \psi({0})",
    r"\Phi": r"\varphi({0})",
    r"\varphi": r"-{0} \odot \varphi({0})",
}


def prime_of_function(
    base: Phrase, where: Span, scope: Scope, bracket: Phrase | None = None
) -> ParseError:
    r"""The error for f'(x) and \sigma'(x): a derivative, or a product with a transpose."""
    while base.kind == "transpose":
        base = base.args[0]
    shown = scope.quote(base)
    primes = _count_primes(scope.source[base.end : where.end])
    own = ""
    if base.kind == "symbol":
        own = f"declare {symbol(base, scope.source).name}: function for a function of your own"
    advice = [own] if own else ["a derivative is written \\frac{\\partial}{\\partial x}"]
    if bracket is not None and base.kind == "symbol":
        inside = scope.source[bracket.start + 1 : bracket.end - 1]
        if base.text in _DERIVATIVES and primes == 1:
            advice = [f"write {_DERIVATIVES[base.text].format(inside)} for the derivative", own]
        advice.append(f"write {shown}^\\top ({inside}) for the product")
    return scope.refusal(
        f"{shown}{chr(39) * primes} may be a derivative or a transpose", where, "; ".join(advice)
    )


def refuse_primed(base: Phrase, where: Span, scope: Scope) -> None:
    r"""Refuses x'^\top, which nobody writes of a transpose."""
    while base.kind == "bracket" and len(base.args) == 1:
        (base,) = base.args
    letter = base.args[0] if base.kind == "transpose" and base.text == "'" else base
    if letter is base or letter.kind not in ("symbol", "indexed") or scope.knows(letter):
        return
    x = scope.quote(letter).replace("'", "")
    new = rf"{x}_{{\mathrm{{new}}}}" if letter.kind == "symbol" else rf"\tilde{{{x[0]}}}{x[1:]}"
    raise scope.refusal(
        f"{x}' is transposed here, so that it is a letter of its own",
        Span(base.start, where.end),
        f"write {new}^\\top, and {new} wherever {x}' occurs",
    )


def star_hint(base: Phrase, source: str) -> str:
    r"""What to write for A^*, A^\dagger and x^*."""
    a = source[base.start : base.end]
    a += "}" * (a.count("{") - a.count("}"))  # the x of \\mathbf{x^*}
    letter = base.kind == "symbol" and not base.text.startswith("\\")
    if letter and base.text.islower():
        return f"write {a}_{{\\mathrm{{opt}}}} for an optimum, {a}^\\top for the transpose"
    return (
        f"write {a}^\\top for the transpose, {a}^+ for the pseudo-inverse, "
        f"\\operatorname{{adj}}({a}) for the adjugate, {a}_{{\\mathrm{{opt}}}} for an optimum"
    )


def refuse_composition(left: Phrase, right: Phrase, sign: Span, scope: Scope) -> None:
    r"""Refuses f \circ g and \sigma \circ A, where something is a function."""
    for part in (left, right):
        if part.kind == "application" or (
            part.kind == "symbol"
            and not scope.knows(part)
            and (part.text in _FUNCTIONS or symbol(part, scope.source).stem in _UNCLEAR)
        ):
            a, b = (scope.quote(each) for each in (left, right))
            inner = f"; write {a}({b}) for the composition" if left.text in _FUNCTIONS else ""
            raise scope.refusal(
                f"{a} \\circ {b} may be a composition or a product entry by entry",
                sign,
                f"write {a} \\odot {b} for the product{inner}",
            )


def indicator(item: Phrase, bracket: Phrase, scope: Scope) -> bool:
    r"""Whether \mathbb{1}[x > 0] or I(x > 0) comes before the condition, which is its own
    value.
    """
    one = item.kind == "constant" and item.text == "1" and not item.parts
    letter = (
        item.kind == "symbol"
        and symbol(item, scope.source).key == ("I", ())
        and not scope.knows(item)
    )
    return (one or letter) and len(bracket.args) == 1 and bracket.args[0].kind in COMPARISONS


def operator(item: Phrase, bracket: Phrase, scope: Scope) -> Phrase | None:
    r"""\mathbb{E}[x], \mathrm{Var}\{x\}: a word or a letter before square brackets that is no
    factor.
    """
    base = item.args[0] if item.kind == "indexed" else item
    letter = base.kind == "symbol" and symbol(base, scope.source)
    if not letter or not (
        _is_operator(item, scope)
        or (letter.stem in ("E", "P") and bracket.text == "[" and not scope.knows(item))
    ):
        return None
    shown = scope.quote(item)
    return Phrase("application", item.start, bracket.end, text=shown, parts=bracket.args)


def _is_operator(item: Phrase, scope: Scope) -> bool:
    """Whether a word, or an upright or ornate letter, before brackets must be the name of a
    function.
    """
    base = item.args[0] if item.kind == "indexed" else item
    if base.kind != "symbol":
        return False
    found = symbol(base, scope.source)
    if found.style == "mathbb" and found.stem in OPERATORS:
        return True
    if scope.knows(item) or found.bold:
        return False
    upright = base.text.startswith(
        (r"\mathrm", r"\text", r"\operatorname", r"\mathsf", r"\mathop", r"\mbox")
    )
    word = (
        len(found.stem) > 1
        and base.text.startswith("\\")
        and not base.text[1:].isalpha()
        and not found.pieces
    )
    return bool(found.style) or word or (upright and found.stem.isupper())


def refuse_operator(letter: Phrase, found: Symbol, known: bool, scope: Scope) -> None:
    r"""Undeclared \mathbb{E}, \mathcal{L} and \mathrm{Var} are not matrices."""
    if not known:
        scripts.refuse_unit(letter, found, scope)
    prose = letter.kind in ("symbol", "indexed") and not known
    if prose and found.stem.lower() in _ORDERS:
        raise scope.problem(f"the word {found.stem} is not a variable", letter.span, OPTIMA)
    if prose and found.stem in _PROSE:
        raise scope.problem(
            f"the word {found.stem} is not a variable",
            letter.span,
            r"cases are written \begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}, "
            r"conditions \mathbb{1}[x > 0]",
        )
    meant = OPERATORS.get(found.stem) if found.style == "mathbb" or len(found.stem) > 1 else None
    if (known and not (meant and found.style == "mathbb")) or not (meant or found.style):
        return
    plain = f"; write {found.stem} in plain and declare it if it is a variable"
    hint = (
        f"write out what it "
        f"means{plain if found.style else f', or declare {found.stem} if it is a variable'}"
    )
    what = meant or (
        "a set of numbers" if found.style == "mathbb" else "an operator, a set or a distribution"
    )
    raise scope.problem(f"{scope.quote(letter)} may be {what}", letter.span, hint)


def _call(item: Phrase, bracket: Phrase, name: str, args: tuple[Phrase, ...]) -> Phrase:
    return Phrase("call", item.start, bracket.end, args=args, text=name, mark=item.span)


def _special(item: Phrase, bracket: Phrase, args: tuple[Phrase, ...]) -> Phrase | None:
    r"""\psi^{(k)}(x), J_k(x), \Gamma_p(a), D_{KL}(p \parallel q)."""
    if item.kind == "script" and item.args[0].text == r"\psi":
        return _call(item, bracket, "polygamma", (item.args[1], *args))
    name = item.args[0] if item.kind == "script" else item
    if name.kind == "symbol" and _KL.search(name.text) and len(args) == 2:
        return _call(item, bracket, "kl", args)
    if name.kind != "indexed" or len(name.parts) != 1:
        return None
    letter, (of,) = name.args[0].text, name.parts
    below = "".join(part.text for part in letters(of) or (of,))
    match letter, len(args):
        case r"\sigma", 1 if of.kind == "function" and of.text == "max":
            return _call(item, bracket, "specnorm", args)
        case r"\lambda", 1 if of.kind == "function" and f"lambda_{of.text}" in OPERATIONS:
            return _call(item, bracket, f"lambda_{of.text}", args)
        case "J", 1:
            return _call(item, bracket, "besselj", (of, *args))
        case r"\Gamma", 1:
            return _call(item, bracket, "gamma", (*args, of))  # its logarithm is a function
        case r"D" | r"\mathrm{D}" | r"\mathbb{D}", 2 if "KL" in below:
            return _call(item, bracket, "kl", args)
    return None


def _derivative(item: Phrase, bracket: Phrase, args: tuple[Phrase, ...]) -> Phrase | None:
    r"""L_{\exp}(X, E) and its like, L_{(\cdot)^k}(X, E), also with an order: no variable has such a
    name, whatever L is.
    """
    name = item.args[0] if item.kind == "script" else item
    if name.kind != "indexed" or len(name.parts) != 1 or name.args[0].text != "L":
        return None
    (of,) = name.parts
    if of.kind == "function" and of.text in _OF_MATRICES:
        return _call(item, bracket, frechet(_OF_MATRICES[of.text]), args)
    if of.kind == "power" and of.args[0].kind == "hole":
        return _call(item, bracket, "frechet_power", (args[0], of.args[1], *args[1:]))
    return None
