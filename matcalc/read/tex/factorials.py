r"""n! and \binom{n}{k}, which the gamma function says of all numbers."""

from __future__ import annotations

from matcalc.core.errors import Span
from matcalc.read.tex import calls
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import size_leaves
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.values import Value


def factorial(base: Phrase, end: int, scope: Scope) -> Phrase:
    r"""n! as \Gamma(n + 1)."""
    shown = scope.source[base.start : end]
    if base.kind in ("power", "transpose", "function", "mark") and not base.bracketed:
        hint = r"write \Gamma(n + 1) for the factorial of n, with brackets around n"
        raise scope.refusal(f"{shown} is ambiguous", Span(base.start, end), hint)
    scope.note(f"note: {shown} is read as \\Gamma({scope.quote(base)} + 1)")
    return _gamma(base, Span(base.start, end))


def binomial(above: Phrase, below: Phrase, span: Span, scope: Scope) -> Phrase:
    r"""\binom{n}{k} as n!/(k! (n - k)!)."""
    n, k = (scope.quote(part).strip("{} ") for part in (above, below))
    scope.note(
        f"note: {scope.quote(span)} is read as \\Gamma({n} + 1)/(\\Gamma({k} + 1) "
        f"\\Gamma({n} - {k} + 1))"
    )
    rest = Phrase("-", span.start, span.end, args=(above, below), mark=span)
    ways = Phrase("*", span.start, span.end, args=(_gamma(below, span), _gamma(rest, span)))
    return Phrase("/", span.start, span.end, args=(_gamma(above, span), ways), mark=span)


def _gamma(of: Phrase, span: Span) -> Phrase:
    one = Phrase("number", span.start, span.end, text="1")
    more = Phrase("+", span.start, span.end, args=(of, one), mark=span)
    return Phrase("factorial", span.start, span.end, args=(more,), text="gamma", mark=span)


def value(resolver: ResolverBase, phrase: Phrase, args: list[Value]) -> Value:
    """The gamma function of what has been made of a factorial; a letter alone is a number."""
    (arg,) = args
    for leaf in size_leaves(phrase.args[0]) if arg.rank and not arg.indexed else ():
        if leaf.kind == "symbol" and resolver.letters.promote(leaf, 0, "its factorial is taken"):
            return arg
    return calls.call(resolver, phrase, args)
