r"""What a formula may mean besides, as far as its letters and signs say it: \Delta x, dX, and
repeated indices without a sum sign, A_{ij} x_j.

These are refused before any letter has a shape. What is refused of a lone letter with two
subscripts waits until it is known that nothing else says what it is (``refuse_lone``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from matcalc.core.errors import ParseError
from matcalc.core.operations import OPERATIONS
from matcalc.core.walk import postorder
from matcalc.read.syntax.names import GREEK, default_kind
from matcalc.read.tex import subscripts
from matcalc.read.tex.derivatives import SIGNS
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Phrase, terms
from matcalc.read.tex.summation import in_matrices
from matcalc.read.tex.survey import children, is_entry_by_entry
from matcalc.read.tex.symbols import Key, symbol
from matcalc.read.tex.symbols import letters as letters_of

_ONE_OF = frozenset("ijklmnpq") | {"mu", "nu"}  # the index of a_i b_i
_TWO_OF = frozenset("ijklmnpqrst") | {"mu", "nu", "alpha", "beta"}  # those of A_{ij} x_j
_TRANSPOSED = frozenset({"transpose", "inverse-transpose", "pinv"})
_STEPS = {
    "d": ("the differential of", "d{0}"),
    "delta": ("a small step of", r"\delta_{{{0}}}"),
    "Delta": ("a step of", r"\Delta_{{{0}}}"),
}
_MARKED = ("power", "transpose", "inverse-transpose", "entrywise", "pinv")
_LETTERS = ("symbol", "indexed", "transpose")
_LEVI_CIVITA = 3  # the indices of \epsilon_{ijk}


def refuse_doubts(letters: Letters, root: Phrase) -> None:
    """Refuses the products of a statement that may be something else."""
    letters.used_whole.update(whole_letters(letters, root))
    _refuse_layers(letters, root)
    _refuse_inverse_entries(letters, root)
    _refuse_two_kinds(letters, root)
    inside: set[int] = set()
    for phrase in reversed(postorder(root, children)):  # a product comes before its factors
        if phrase.kind in SIGNS:
            _refuse_unknown(letters, phrase)
        if phrase.kind != "*" or id(phrase) in inside:
            continue
        factors, products = _flat(phrase)
        inside.update(products)
        _refuse_steps(letters, factors)
        _refuse_differential(letters, factors, whole=phrase is root)
        _refuse_derivative(letters, factors)
        _refuse_repeated(letters, phrase, factors)


def _flat(product: Phrase) -> tuple[list[Phrase], list[int]]:
    """The factors of a product from the left, and the products inside it."""
    factors, products, stack = [], [], [product]
    while stack:
        part = stack.pop()
        if part.kind == "*":
            products.append(id(part))
            stack += reversed(part.args)
        else:
            factors.append(part)
    return factors, products


def _letter(phrase: Phrase) -> Phrase:
    """What a power or a transpose is taken of."""
    while phrase.kind in _MARKED:
        phrase = phrase.args[0]
    return phrase


def _refuse_unknown(letters: Letters, gradient: Phrase) -> None:
    r"""Refuses \frac{\partial f}{\partial x} where nothing says what f is."""
    if not gradient.args or gradient.args[0].kind not in ("symbol", "indexed"):
        return
    if not gradient.parts:  # \nabla
        return
    scope, (body,), (variable, *_) = letters.scope, gradient.args, gradient.parts
    if body.kind == "indexed" and not _places(body):
        return
    found, by = symbol(body, scope.source), symbol(variable, scope.source)
    part = body.kind == "indexed" and symbol(body.args[0], scope.source).key == by.key
    entries = is_entry_by_entry(letters, body, variable)
    defined = body.kind == "indexed" and scope.knows(body.args[0])  # an entry of s = ...
    if scope.knows(body) or found.key == by.key or part or entries or defined:
        return
    shown, named = letters.scope.quote(body), letters.scope.quote(variable)
    raise scope.problem(
        f"nothing says how {shown} depends on {named}",
        body.span,
        f"write its formula in place of {shown}",
    )


# -- d x and \Delta x
# ----------------------------------------------------------------------------------------


def _refuse_differential(letters: Letters, factors: list[Phrase], *, whole: bool) -> None:
    r"""Refuses \mathrm{d} \operatorname{tr}(X), and d(x^\top A x) as a whole, which may be the
    differential of it.
    """
    scope, head = letters.scope, factors[0]
    if head.kind != "symbol" or head.bracketed or scope.knows(head) or len(factors) < 2:
        return
    found = symbol(head, scope.source)
    if found.key != ("d", ()) or found.bold or "d" in scope.dimensions:
        return
    if not (whole or head.text.startswith(r"\mathrm")) or factors[1].kind in _LETTERS:
        return  # d x is found above
    sign, rest = letters.scope.quote(head), letters.scope.quote(factors[1])
    raise scope.refusal(
        f"{sign} before {rest} may be a differential or a factor",
        head.span,
        "write only the formula, or \\frac{\\partial}{\\partial X} before it for its derivative "
        "with respect to X; declare d: scalar if it is a factor",
    )


def _refuse_steps(letters: Letters, factors: list[Phrase]) -> None:
    r"""Refuses dX and \Delta x, which may be one thing or a product of two letters."""
    scope = letters.scope
    for head, after in pairwise(factors):
        if head.kind != "symbol" or head.bracketed or scope.knows(head):
            continue
        found, letter = symbol(head, scope.source), _letter(after)
        if found.pieces or found.name not in _STEPS or found.name in scope.dimensions:
            continue
        if not (letter.kind == "symbol" or _places(letter)) or after.bracketed or letter.bracketed:
            continue
        other = symbol(letter, scope.source)
        if other.name in scope.dimensions or other.name == "pi":
            continue
        what, spelling = _STEPS[found.name]
        sign, x = letters.scope.quote(head), letters.scope.quote(letter)
        own = spelling.format(x if found.name != "d" else other.name)
        name = f"{found.name}{'' if found.name == 'd' else '_'}{other.name}"
        laplacian = ", the Laplacian" if found.name == "Delta" else ""
        raise scope.refusal(
            f"{sign} {x} may be {what} {x}{laplacian} or the product of {sign} and {x}",
            head.span,
            f"write {sign} \\cdot {letters.scope.quote(after)} for the product; write {own} and "
            f"declare {name}: {default_kind(other.name)} for {what.removesuffix(' of')}"
            + _or_derivative(scope.source, head),
        )


def _or_derivative(source: str, head: Phrase) -> str:
    r"""What else is meant by the \delta x below \frac{\delta}{\delta x}."""
    below = re.search(r"\\frac\s*\{\s*\\delta\b[^{}]*\}\s*\{\s*$", source[: head.start])
    return r"; write \frac{\partial}{\partial ...} for a derivative" if below else ""


def _refuse_derivative(letters: Letters, factors: list[Phrase]) -> None:
    r"""Refuses D_x (x^\top A x), where x occurs: a derivative, or a matrix D_x; and \Delta_x of a
    norm or a function of x, the Laplacian or a step.
    """
    scope = letters.scope
    for head, after in pairwise(factors):
        if _places(head) != 1 or head.parts[0].kind != "symbol" or scope.knows(head):
            continue
        base, by = (symbol(part, scope.source) for part in (head.args[0], head.parts[0]))
        shown, x = letters.scope.quote(head), letters.scope.quote(head.parts[0]).strip("{}")
        taken = after.args[0] if after.kind == "power" else after
        if base.key == ("Delta", ()) and taken.kind in ("call", "norm"):
            inside = [part for part in postorder(taken, children) if part.kind == "symbol"]
            if by.key in {symbol(part, scope.source).key for part in inside}:
                raise scope.refusal(
                    f"{shown} may be the Laplacian with respect to {x} or a factor",
                    head.span,
                    f"write {shown} ({scope.quote(after)}) for the Laplacian; declare "
                    f"Delta_{by.name} if it is a factor",
                )
        if base.key == ("D", ()) and by.key in letters.whole_keys:
            raise scope.refusal(
                f"{shown} may be the derivative with respect to {x} or a matrix",
                head.span,
                f"write \\nabla_{{{x}}} before the whole formula for the derivative; declare "
                f"{symbol(head, scope.source).name}: matrix if it is one",
            )


def _refuse_layers(letters: Letters, root: Phrase) -> None:
    r"""Refuses W^l a^{l-1} + b^l, where l may number the layers."""
    scope = letters.scope
    bases: dict[str, dict[str, Phrase]] = {}
    for phrase in postorder(root, children):
        if phrase.kind != "power" or phrase.args[0].kind != "symbol" or phrase.args[0].bracketed:
            continue
        leaves = [part for part in postorder(phrase.args[1], children) if part.kind == "symbol"]
        base = symbol(phrase.args[0], scope.source)
        shift = phrase.args[1].kind in ("symbol", "+", "-")
        if len(leaves) != 1 or not shift or scope.knows(leaves[0]) or base.stem in GREEK:
            continue
        bases.setdefault(letters.scope.quote(leaves[0]), {}).setdefault(base.stem, phrase)
    for letter, found in bases.items():
        capitals = [stem for stem in found if stem[:1].isupper()]
        if capitals and len(capitals) < len(found):
            phrase = found[capitals[0]]
            shown, bare = letters.scope.quote(phrase), letters.scope.quote(phrase.args[0])
            raise scope.refusal(
                f"{shown} may be a power, or one of several {bare}",
                phrase.span,
                f"write {bare}_{{{letter.strip('{}')}}} for a name with an index; declare "
                f"{letter.strip('{}')}: scalar for powers",
            )


# -- entries of an inverse, and a letter that is a number and a vector
# ----------------------------------------------------------------------------------------


def _runs(letters: Letters, phrase: Phrase) -> bool:
    """Whether this is an entry x_i at an index that runs."""
    if phrase.kind != "indexed" or phrase.args[0].kind != "symbol" or letters.scope.knows(phrase):
        return False
    running = letters.ranges.get(id(phrase), {})
    return any(name in running for name in subscripts.names(phrase, letters.scope.source))


def _refuse_inverse_entries(letters: Letters, root: Phrase) -> None:
    r"""Refuses \sum_{i,j} x_i A_{ij}^{-1} x_j."""
    for phrase in postorder(root, children):
        if phrase.kind != "power" or phrase.args[1].kind != "neg":
            continue
        base, exponent = phrase.args[0], phrase.args[1].args[0]
        if base.bracketed or exponent.text != "1" or _places(base) != 2:
            continue
        raised_first = "^" in letters.scope.quote(base)  # A^{-1}_{11}
        if _runs(letters, base) or raised_first:
            raise subscripts.inverse_or_reciprocal(phrase, letters.scope)


def _refuse_two_kinds(letters: Letters, root: Phrase) -> None:
    r"""Refuses \sum_i a b_i + \sum_i a_i b_i, where a is a number and then a vector."""
    source = letters.scope.source
    sums = [phrase for phrase in postorder(root, children) if phrase.kind in ("+", "-", "neg")]
    inner = {id(part) for phrase in sums for part in phrase.args}  # have no terms of their own
    for phrase in sums:
        if id(phrase) in inner:
            continue
        bare: dict[Key, Phrase] = {}
        entries: dict[Key, Phrase] = {}
        for term in terms(phrase):
            factors = _flat_sum(term)
            lone = [part for part in factors if part.kind not in ("number", "/")]
            runs = [part for part in lone if _runs(letters, _letter(part))]
            whole = [part for part in lone if not any(part is each for each in runs)]
            if runs and len(whole) == 1 and whole[0].kind == "symbol":
                bare.setdefault(symbol(whole[0], source).key, whole[0])
            if not whole:
                for part in runs:
                    letter = _letter(part)
                    entries.setdefault(symbol(letter.args[0], source).key, letter)
        for key in bare.keys() & entries.keys():
            name, entry = letters.scope.quote(bare[key]), letters.scope.quote(entries[key])
            raise letters.scope.problem(
                f"{name} may be a number, as it occurs next to entries, or a vector, and {entry} "
                "is an entry of it",
                bare[key].span,
                f"give the number another letter; write the entries of {name} everywhere if it is "
                f"a vector",
            )


def _flat_sum(term: Phrase) -> list[Phrase]:
    """The factors of a term, those inside its sums among them."""
    found, stack = [], [term]
    while stack:
        part = stack.pop()
        if part.kind in ("*", ".", "x", "bigsum", "neg"):
            stack += reversed(part.args)
        else:
            found.append(part)
    return found


# -- repeated indices
# ----------------------------------------------------------------------------------------


def whole_letters(letters: Letters, root: Phrase) -> set[Key]:
    r"""The letters with subscripts that are vectors or matrices by their use, as in x_i^\top w,
    K_{mm}^{-1} or A v_i; of two subscripts the letter without them.
    """
    source = letters.scope.source
    found: set[Key] = set()

    def use(phrase: Phrase) -> None:
        for part in terms(phrase):
            if _places(part):
                whole = part.args[0] if _places(part) > 1 else part
                found.add(symbol(whole, source).key)

    for phrase in postorder(root, children):
        inverted = phrase.kind == "power" and phrase.args[1].kind == "neg"
        of_two = inverted and _places(phrase.args[0]) > 1
        if phrase.kind in _TRANSPOSED or of_two or phrase.kind in ("norm", "inner", "⊗", ".*"):
            for part in phrase.args[: 1 if of_two else None]:
                use(part)
        elif phrase.kind == "call" and _takes_matrix(phrase.text):
            use(phrase.args[0])
        elif phrase.kind == "*":
            before = phrase.args[0]
            while before.kind == "*":  # the factor just before
                before = before.args[1]
            if _is_matrix(letters, before) and _places(phrase.args[1]) == 1:
                use(phrase.args[1])
    return found


def _takes_matrix(name: str) -> bool:
    known = OPERATIONS.get(name)
    return known is not None and known.signature.startswith(("square", "matrix"))


def _places(phrase: Phrase) -> int:
    """How many subscripts a letter has; 0 of anything else."""
    letter = phrase.kind == "indexed" and phrase.args[0].kind == "symbol"
    if not letter or any(letters_of(part) is None for part in phrase.parts):
        return 0
    return len(subscripts.places(phrase, 2))


def _is_matrix(letters: Letters, phrase: Phrase) -> bool:
    """Whether this must be a matrix or a row, which makes a vector of what follows it."""
    if phrase.kind in _TRANSPOSED:
        return True
    letter = _letter(phrase)
    if _places(letter) > 1 or not (letter.kind == "symbol" or _places(letter)):
        return False
    return symbol(letter, letters.scope.source).stem[:1].isupper()


def _free(letters: Letters, phrase: Phrase) -> list[str]:
    """The letters in the subscripts of a factor over which nothing runs; none of what is a vector
    or a matrix as a whole.
    """
    scope = letters.scope
    found: list[str] = []
    for part in terms(phrase):
        if part.kind != "indexed" or part.args[0].kind != "symbol" or part.text == "(":
            continue
        names = letters.indices(part) if not scope.knows(part) else None
        if not names or letters.is_identity(part):
            continue
        whole = part.args[0] if len(names) > 1 else part
        if symbol(whole, scope.source).key in letters.used_whole:
            continue
        running = letters.ranges.get(id(part), {})
        names = [name for name in names if name not in running and name not in scope.dimensions]
        found += [name for name in names if name not in found or part.kind == "indexed"]
        if phrase.kind in ("+", "-", "neg"):
            found = list(dict.fromkeys(found))
    return found


def _refuse_repeated(letters: Letters, product: Phrase, factors: list[Phrase]) -> None:
    r"""Refuses A_{ij} x_j and a_i b_i, which may be sums over what is repeated."""
    if any(_has_unlike_terms(letters, factor) for factor in factors):
        return
    free = [(factor, names) for factor in factors if (names := _free(letters, factor))]
    counts = Counter(name for _, names in free for name in names)
    for index in (name for name, count in counts.items() if count == 2):
        own = [(factor, names) for factor, names in free if index in names]
        if len(own) < 2:
            continue
        if all(len(names) == 1 for _, names in own):
            if index not in _ONE_OF or not _may_be_entries(letters, [f for f, _ in own]):
                continue
        elif index not in _TWO_OF:
            continue
        raise _repeated_error(letters, product, free)


def _has_unlike_terms(letters: Letters, factor: Phrase) -> bool:
    r"""Whether this is \delta_{ij} - s_i, whose terms have different indices: no convention sums
    over these.
    """
    if factor.kind not in ("+", "-"):
        return False
    found = [frozenset(_free(letters, term)) for term in terms(factor)]
    return frozenset() not in found and len(set(found)) > 1


def _may_be_entries(letters: Letters, pair: list[Phrase]) -> bool:
    r"""Whether a_i b_i may be a sum over i; of a step \alpha_k p_k a note says that it is none."""
    source = letters.scope.source
    if any(_letter(part).kind != "indexed" for part in pair):
        return True
    found = [symbol(part.args[0], source) for part in pair]
    parts = [
        each.key in letters.whole_keys or letters.scope.knows(part.args[0])
        for each, part in zip(found, pair, strict=True)
    ]
    if any(parts):
        return all(parts)
    if any(each.stem[:1].isupper() for each in found):
        return False
    if found[0].stem in GREEK and found[1].stem not in GREEK:
        a, b = (letters.scope.quote(part) for part in pair)
        (index,) = letters.indices(pair[0]) or [""]
        letters.read_before.setdefault(
            f"note: {a} {b} is read as a product of two variables; write \\sum_{{{index}}} "
            f"{a} {b} for a sum over {index}"
        )
        return False
    return True


def _repeated_error(
    letters: Letters, product: Phrase, free: list[tuple[Phrase, list[str]]]
) -> ParseError:
    scope = letters.scope
    shown = letters.scope.quote(product)
    counts = Counter(name for _, names in free for name in names)
    indices = [name for name, count in counts.items() if count > 1]
    plain = [factor for factor, _ in free if factor.kind == "indexed"]
    entries = [part for part in plain if _is_entry(letters, part)]
    signs = [each if len(each) == 1 else f"\\{each}" for each in indices]
    sum_of = f"\\sum_{{{','.join(signs)}}} {shown}"
    if len(plain) == len(free) == len(_flat(product)[0]):
        bases = [letters.scope.quote(part.args[0]) for part in plain]
        whole = in_matrices([(b, names) for b, (_, names) in zip(bases, free, strict=True)])
        sum_of = f"{whole} or {sum_of}" if whole else sum_of
    advice = [f"write {sum_of} for the sum"]
    if entries and len(entries) == len(plain):
        spelled = " ".join(subscripts.entry_of(letters, part) for part in plain)
        advice.append(f"write {spelled} for the product of entries")
        what = "entries"
    else:
        own = {
            symbol(part, scope.source).name: default_kind(symbol(part, scope.source).name)
            for part in plain
        }
        said = " and ".join(f"{name}: {kind}" for name, kind in own.items())
        if said:
            advice.append(f"declare {said} if these are variables")
        what = "variables of their own"
    advice.append("--einstein, in Python parse_latex(..., einstein=True), reads all such sums")
    return scope.refusal(
        f"{shown} may be a sum over {' and '.join(signs)}, which occur{'s' * (len(signs) == 1)} "
        f"there twice, or a product of {what}",
        product.span,
        "; ".join(advice),
    )


def _is_entry(letters: Letters, phrase: Phrase) -> bool:
    base = phrase.args[0]
    return symbol(base, letters.scope.source).key in letters.whole_keys or letters.scope.knows(base)


# -- one letter with two subscripts
# ----------------------------------------------------------------------------------------


def refuse_lone(letters: Letters, phrases: Iterable[Phrase]) -> None:
    r"""Refuses A_{ij}, X_{1,2} and \epsilon_{ijk}, of which nothing says whether they are entries
    or variables; a note speaks of X_{12}.
    """
    source = letters.scope.source
    for phrase in phrases:
        parts = subscripts.places(phrase, 2)
        base = symbol(phrase.args[0], source)
        name = symbol(phrase, source).name
        if base.key in letters.used_whole or phrase.text == "(":
            continue
        if any(part.kind in ("+", "-") for part in phrase.parts):  # x_{t+1}
            shown, bare = letters.scope.quote(phrase), letters.scope.quote(phrase.args[0])
            raise letters.scope.problem(
                f"{shown} may be an entry of {bare}, a number, or a variable of its own",
                phrase.span,
                f"write {subscripts.entry_of(letters, phrase)} for the entry; "
                f"{subscripts.own_name(letters, phrase, 'vector')}, a word, for a variable",
            )
        if len(parts) < 2:
            continue
        known = all(_is_place(part, source) for part in parts)
        if not known and len(phrase.parts) < 2:
            continue
        if letters.rank(name) == 0:
            _refuse_symbols(letters, phrase, base.stem, parts)
            continue
        shown, bare = letters.scope.quote(phrase), letters.scope.quote(phrase.args[0])
        entry = f"write {subscripts.entry_of(letters, phrase)} for the entry"
        if len(phrase.parts) == 1 and phrase.parts[0].kind == "number":  # a block X_{12}
            entry = f"write [{bare}]_{{{','.join(part.text for part in parts)}}} for the entry"
            letters.own[shown] = f"note: {shown} is read as a matrix of its own; {entry}"
            continue
        raise letters.scope.problem(
            f"{shown} may be an entry of {bare}, a number, or a variable of its own",
            phrase.span,
            f"{entry}; declare {name}: {default_kind(name)} if it is a variable",
        )


def _refuse_symbols(letters: Letters, phrase: Phrase, stem: str, parts: list[Phrase]) -> None:
    indices = [part for part in parts if part.kind == "symbol"]
    if len(indices) != len(parts):
        return
    shown, name = letters.scope.quote(phrase), symbol(phrase, letters.scope.source).name
    own = f"declare {name}: scalar if it is a number of its own"
    if stem == "delta" and len(parts) == 2:
        entry = f"[I]_{{{','.join(map(letters.scope.quote, parts))}}}"
        message = f"{shown} may be Kronecker's delta or a variable"
        raise letters.scope.problem(
            message, phrase.span, f"write {entry} for an entry of the identity; {own}"
        )
    if stem == "epsilon" and len(parts) == _LEVI_CIVITA:
        message = f"{shown} may be the Levi-Civita symbol or a variable"
        hint = rf"write \operatorname{{cross}}(a, b) for the cross product; {own}"
        raise letters.scope.problem(message, phrase.span, hint)


def _is_place(part: Phrase, source: str) -> bool:
    if part.kind == "number":
        return True
    leaves = letters_of(part)
    if leaves is None or len(leaves) != 1 or leaves[0].kind != "symbol":
        return False
    return symbol(leaves[0], source).name in _TWO_OF
