"""Phrase tree to syntax tree: signs whose meaning depends on whether a number, a vector or a matrix
carries them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matcalc.core.errors import UnsupportedError
from matcalc.core.letters import PARAMETERS
from matcalc.core.operations import COMPARISONS
from matcalc.core.walk import postorder
from matcalc.read.tex import (
    binders,
    calls,
    factorials,
    fitting,
    homographs,
    indices,
    inside,
    limits,
    places,
    signs,
    subscripts,
    vectors,
)
from matcalc.read.tex.derivatives import SIGNS
from matcalc.read.tex.phrases import Phrase, terms
from matcalc.read.tex.resolver_base import ResolverBase
from matcalc.read.tex.scope import LONGEST_QUOTE, Scope
from matcalc.read.tex.scripts import PROJECTED
from matcalc.read.tex.survey import children
from matcalc.read.tex.values import BeyondProducts, Maker, Value, binary, call_function, transpose
from matcalc.read.tex.vocabulary import operator

_TIMES = {"*": "*", ".": "*", "x": "*", ".*": ".*", "⊗": "⊗"}


class Resolver(ResolverBase):
    """One statement after the other; ``letters`` remembers what was learnt."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.wanted: Phrase | None = None  # what may ask for a derivative of all that is after
        self._rules: dict[str, Callable[[Phrase, list[Value]], Value]] = {
            "number": lambda phrase, args: self.letters.number(phrase),
            "symbol": lambda phrase, args: self.letters.letter(phrase),
            "constant": lambda phrase, args: self.letters.constant(phrase),
            "indexed": self._read_indexed,
            "entries": self._entries,
            "array": lambda phrase, args: binders.read_printed_array(phrase, args[0], self.letters),
            "blocks": lambda phrase, args: places.blocks(
                phrase, self.require_unindexed(phrase, args)
            ),
            "neg": self._negative,
            "+": self._sum,
            "-": self._sum,
            **dict.fromkeys(COMPARISONS, self._sum),
            "/": self._quotient,
            "./": self._entrywise_quotient,
            "power": self._power,
            "entrywise": self._entrywise_power,
            "transpose": self._transpose,
            "inverse-transpose": self._inverse_transpose,
            "pinv": self._functional(calls.pinv),
            "bigsum": self._bigsum,
            "gradient": self._gradient,
            "derivative": self._functional(inside.derivative),
            "application": self._application,
            **dict.fromkeys(_TIMES, self._product),
            **{
                kind: self._functional(rule)
                for kind, rule in {
                    "call": calls.call,
                    "factorial": factorials.value,
                    "norm": calls.norm,
                    "bars": calls.bars,
                    "root": calls.root,
                    "exponential": calls.exponential,
                    "inner": calls.inner,
                    "frobenius": calls.frobenius,
                    "positive": calls.positive,
                }.items()
            },
        }

    def value(self, root: Phrase) -> Value | None:
        """The value of a statement; None as soon as the rank of a letter was learnt, because what
        was read before may depend on it.
        """
        values = self._values
        for phrase in postorder(root, children):
            args = [values[id(child)] for child in children(phrase)]
            try:
                values[id(phrase)] = self._rule(phrase)(phrase, args)
            except UnsupportedError as problem:  # the rules for indices know no place
                problem.span = problem.span or phrase.span
                problem.with_source(self.scope.source)
                raise
            if self.letters.changed:
                return None
        result = values[id(root)]
        if result.indexed:
            raise self.problem("an index is left over", root)
        return result

    def _rule(self, phrase: Phrase) -> Callable[[Phrase, list[Value]], Value]:
        rule = self._rules.get(phrase.kind)
        if phrase.kind == "function":
            raise self.scope.refusal(
                f"{phrase.text} has no argument", phrase.span, "write brackets around its argument"
            )
        if rule is None or (phrase.kind in SIGNS and not phrase.args):
            shown = self.scope.quote(phrase)
            hint = None
            if phrase.kind == "differential" or phrase.text == "PARTIAL":
                hint = r"a derivative is written \frac{\partial}{\partial x} before the formula"
            raise self.scope.refusal(f"{shown} is on its own here", phrase.span, hint)
        return rule

    def _gradient(self, phrase: Phrase, args: list[Value]) -> Value:
        r"""What is differentiated, where the sign comes before the whole formula; else the
        derivative.
        """
        if phrase is not self.wanted:
            return inside.derivative(self, phrase, args)
        if len(phrase.parts) > 1:
            raise self.scope.refusal(
                "a derivative with respect to two variables",
                phrase.parts[1].span,
                "matcalc simplify, in Python simplify(), finds it; or differentiate with respect "
                "to one variable, and the result with respect to the other",
            )
        inside.refuse_reach(self, phrase, whole=True)
        inside.note_layout(self, phrase, args[0])
        return args[0]

    def _functional(self, rule: calls.ReadingRule) -> Callable[[Phrase, list[Value]], Value]:
        return lambda phrase, args: rule(self, phrase, args)

    # -- letters and indices
    # ------------------------------------------------------------------------------------

    def _application(self, phrase: Phrase, args: list[Value]) -> Value:
        hint = signs.application(phrase, self.scope)
        meant = operator(phrase.text)
        if meant:
            hint = (
                "write it out, over samples as a sum for instance; declare the letter in "
                "plain if it is a variable"
            )
        if meant and PROJECTED.match(phrase.text):
            meant = f"a projection, {meant}"
            hint = hint.replace("it out", "a probability out", 1)
            hint = f"write W \\odot X for {phrase.text}(X), with W of zeros and ones; {hint}"
        message = f"{self.quote(phrase)} may be {meant or 'a function'} or a product"
        raise self.scope.refusal(message, phrase.span, hint)

    def _read_indexed(self, phrase: Phrase, args: list[Value]) -> Value:
        """W_1, an entry, or [...]_ij: the vector or matrix of what is in the brackets."""
        if phrase.args[0].kind == "mark":  # \eta \nabla_x f
            hint = "write it before the whole formula, and write out what it is taken of"
            shown = self.quote(phrase)
            raise self.scope.refusal(f"{shown} is inside a formula", phrase.span, hint)
        if not args:
            return self.letters.letter(phrase)
        running = self.letters.ranges.get(id(phrase), {})
        wanted = self.letters.indices(phrase)
        if wanted and all(index in running for index in wanted):
            return self.letters.entry(
                self.require_unindexed(phrase, args)[0], phrase, wanted, running
            )
        make = Maker(phrase)
        if self.letters.binding and any(index in running for index in wanted or ()):
            return subscripts.value_entry(self.letters, phrase, args[0])
        if not args[0].indexed and args[0].rank == len(phrase.parts):
            return places.entries(phrase, args[0], self.scope, running, self.letters.binding)
        if self.letters.binding and wanted and not args[0].rank:
            return binders.array(phrase, args[0], wanted)
        if not args[0].indexed and self._split_places(phrase, args[0]):
            return places.entries(phrase, args[0], self.scope, running, self.letters.binding)
        value = indices.merge_factors(make, args[0]) if args[0].indexed else args[0]
        if not wanted or set(value.axes) != set(wanted) or len(wanted) != len(value.axes):
            raise self.problem(
                "this subscript is neither an index that runs nor part of a name", phrase
            )
        node = value.node if value.axes == tuple(wanted) else make.transpose(value.node)
        return Value(node, value.rank)

    def _entries(self, phrase: Phrase, args: list[Value]) -> Value:
        """[x]_i for an index that runs, else the entry i."""
        (value,) = self.require_unindexed(phrase, args)
        running = self.letters.ranges.get(id(phrase), {})
        wanted = self.letters.indices(phrase)
        if wanted and all(index in running for index in wanted):
            return self.letters.entry(value, phrase, wanted, running)
        self._split_places(phrase, value)
        return places.entries(phrase, value, self.scope, running, self.letters.binding)

    @staticmethod
    def _split_places(phrase: Phrase, value: Value) -> bool:
        """Takes the two letters or digits below [A]_{ij} and (A B)_{12} for places, where A is a
        matrix; says whether there are as many places as axes.
        """
        if len(phrase.parts) == 1 and value.rank == 2:
            phrase.parts = tuple(subscripts.places(phrase, 2))
        return bool(value.rank) and len(phrase.parts) == value.rank

    def _bigsum(self, phrase: Phrase, args: list[Value]) -> Value:
        signs.note_index(self, phrase)
        (body,) = args
        if self.letters.binding:
            limits.require_inside(phrase, self.letters)
            return binders.total(phrase, body, self.letters, self._values)
        if phrase.text != "sum":
            raise BeyondProducts(f"{phrase.text} over an index", span=phrase.mark)
        for factor in limits.factors(phrase, self.letters, self.letters.ranges.get(id(phrase), {})):
            if body.scalar or body.slots:
                body = replace(indices.multiply(body, factor), slots=body.slots, row=body.row)
        if body.slots:
            names = self.letters.names_of(phrase)
            total = replace(
                indices.sum_over(Maker(phrase), body, names), slots=body.slots, row=body.row
            )
            return vectors.close_slots(Maker(phrase), total)
        if not body.scalar:
            kind = ("", "a vector", "a matrix")[body.rank]
            hint = (
                "put what does not depend on the index before the sum, or write the "
                "product of the whole matrix"
            )
            raise self.problem(
                f"what is summed here is {kind}, not a number for each index", phrase, hint
            )
        return indices.sum_over(Maker(phrase), body, self.letters.names_of(phrase))

    # -- operators
    # ------------------------------------------------------------------------------------

    def _negative(self, phrase: Phrase, args: list[Value]) -> Value:
        (arg,) = args
        node = Maker(phrase).node("neg", arg.node)
        return replace(arg, node=node)

    def _sum(self, phrase: Phrase, args: list[Value]) -> Value:
        left, right = args
        make = Maker(phrase)
        if left.indexed or right.indexed:
            return self._entrywise(phrase, args)
        if self.letters.binding and homographs.learn_term(self, phrase, left, right):
            return left
        if not fitting.waits(self, phrase):
            fitting.fit_all(self, phrase)
        if self.letters.changed or homographs.learn_label(self, phrase):
            return left
        homographs.note_broadcast(self, phrase, left, right)
        unlike = left.rank and right.rank and (left.rank, left.row) != (right.rank, right.row)
        if unlike or (self.scope.strict and signs.broadcast(phrase, left, right)):
            a, b = (self.kind_of(value) for value in args)
            verb = {"+": "add", "-": "subtract"}.get(phrase.kind, "compare")
            hint = signs.unlike(self, phrase, left, right)
            raise self.problem(f"cannot {verb} {a} and {b}", phrase, hint)
        return binary(make, phrase.kind, left, right)

    def _entrywise(self, phrase: Phrase, args: list[Value]) -> Value:
        """A sum or a difference for each index; what is added to a vector is one."""
        make = Maker(phrase)
        for value, other, operand in zip(args, args[::-1], phrase.args, strict=True):
            if value.scalar and other.order == 1 and not other.row:
                why = f"it is added to {self.quote(phrase.args[operand is phrase.args[0]])}"
                for letter in map(self.letter_of, terms(operand)):
                    learnt = self.letters.promote_entry(letter, why)
                    if learnt or self.letters.promote(letter, 1, why):
                        return value
        if all(value.scalar for value in args):
            return indices.entrywise(make, lambda nodes: make.node(phrase.kind, *nodes), args)
        left, right = self.open_entries(phrase, args)
        result = vectors.entrywise(make, phrase.kind, left, right)
        if result is None:
            a, b = (self.kind_of(value) for value in args)
            raise self.problem(
                f"cannot {'subtract' if phrase.kind == '-' else 'add'} {a} and {b}", phrase
            )
        return result

    def _product(self, phrase: Phrase, args: list[Value]) -> Value:
        left, right = args
        make, kind = Maker(phrase), phrase.kind
        homographs.refuse_outer(self, phrase, right)
        if left.indexed or right.indexed:
            return self._indexed_product(phrase, args)
        if left.row and not right.rank:
            calls.no_vectors(self, phrase.args[1], f"{self.quote(phrase.args[0])} precedes")
        if left.rank == 2 or left.row:
            why = f"{self.quote(phrase.args[0])} precedes it"
            place = self.letters.binding or id(phrase.args[1]) in self.letters.fixed
            number = place and not right.rank and kind == "*"
            if number and self.letters.promote_entry(phrase.args[1], why):  # x_i in A x_i
                return left
            self.letters.refuse_entry(phrase.args[1], why)
        if (
            left.row
            and not right.rank
            and kind == "*"
            and (phrase.bracketed or id(phrase) not in self.followed)
        ):
            self.letters.promote(
                phrase.args[1], 1, f"{self.quote(phrase.args[0])} precedes it"
            )  # b in a^\top X b
        columns = left.rank == right.rank == 1 and not left.row and not right.row
        if kind == "." and columns:
            return call_function(make, "dot", args)
        signs.check_product(self, phrase, left, right)
        wrong = (
            left.rank
            and right.rank
            and _TIMES[kind] == "*"
            and (columns or (right.row and (left.rank == 2 or left.row)))
        )
        if wrong or (_TIMES[kind] == "*" and left.rank == 1 and not left.row and right.rank == 2):
            first, why = phrase.args[0], f"it precedes {self.quote(phrase.args[1])}"
            learnt = right.rank == 2 and self.learn_number(first, why)
            learnt = learnt or (columns and signs.learn_counts(self, phrase))
            if right.rank < 2 and first.kind == "exponential" and first.args[0].kind == "*":
                matrix, time = first.args[0].args
                why = f"{self.quote(first)} precedes a vector"
                learnt = self._values[id(matrix)].rank == 2 and self.learn_number(time, why)
            if learnt:
                return left
            hint = signs.product(self, phrase) if columns else signs.of_prime(self, phrase.args[1])
            hint = hint or signs.advise_on_product(self, phrase, left, right)
            what = f"cannot multiply {self.kind_of(left)} by {self.kind_of(right)}"
            if columns and phrase.mark and self.scope.source[phrase.mark.start] == "*":
                what = f"{self.quote(phrase)} may be a convolution or a product of two vectors"
            raise self.problem(what, phrase, hint)
        if signs.learn_count(self, phrase, left, right):
            return left
        return binary(make, _TIMES[kind], left, right)

    def _indexed_product(self, phrase: Phrase, args: list[Value]) -> Value:
        """A product for each index. What a row or a matrix comes before is a vector."""
        left, right = args
        make, kind = Maker(phrase), _TIMES[phrase.kind]
        before = left.order == 2 or (left.order == 1 and left.row)
        if kind == "*" and right.scalar and before:
            why = f"{self.quote(phrase.args[0])} precedes it"
            learnt = self.letters.promote_entry(phrase.args[1], why)
            if not learnt and left.row and (phrase.bracketed or id(phrase) not in self.followed):
                learnt = self.letters.promote(phrase.args[1], 1, why)  # beta in x_i^\top \beta
            if learnt:
                return left
        if kind == ".*" or phrase.kind == ".":
            why = "it is multiplied with a vector entry by entry"
            why = "it occurs in an inner product" if phrase.kind == "." else why
            for value, other, operand in zip(args, args[::-1], phrase.args, strict=True):
                if value.scalar and other.order == 1 and self.letters.promote_entry(operand, why):
                    return value
        if left.scalar and right.scalar:
            if kind == "*" and phrase.kind == "*":
                signs.require_one_reading(self, phrase, right)
            signs.note_entries(self, phrase)
            return indices.multiply(left, right)
        if kind == "*" and left.scalar:
            signs.require_one_reading(self, phrase, right)
        columns = left.order == right.order == 1 and not left.row and not right.row
        opened = self.open_entries(phrase, args)
        result = None
        if phrase.kind == "." and columns:
            result = vectors.dot(make, *opened)
        elif kind == ".*":
            result = vectors.entrywise(make, kind, *opened)
        elif kind == "*":
            result = vectors.times(make, *opened)
        if result is None:
            hint = (
                r"write x_i^\top y_i for a number, x_i y_i^\top for a matrix, and ^\top "
                r"where it belongs"
            )
            raise self.problem(
                f"cannot multiply {self.kind_of(left)} by {self.kind_of(right)}", phrase, hint
            )
        return result

    def _quotient(self, phrase: Phrase, args: list[Value]) -> Value:
        left, right = args
        make = Maker(phrase)
        if right.rank and not right.indexed:
            above = self.scope.quote(phrase.args[0]).strip("{} ")
            why = f"{above if len(above) < LONGEST_QUOTE else 'something'} is divided by it"
            if self.learn_number(phrase.args[1], why, counted=not left.order):
                return left
            hint = signs.over(self, phrase, left, right)
            raise self.problem(f"cannot divide by {self.kind_of(right)}", phrase, hint)
        if left.indexed or right.indexed:
            if left.scalar or not right.scalar:
                self.require_numbers(phrase, args)
            inverse = indices.entrywise(
                make, lambda nodes: make.node("./", make.number(1), *nodes), [right]
            )
            product = vectors.times(make, *self.open_entries(phrase, [left, inverse]))
            assert product is not None  # one of the two is a number
            return product
        return binary(make, "/", left, right)

    def _entrywise_quotient(self, phrase: Phrase, args: list[Value]) -> Value:
        left, right = self.require_unindexed(phrase, args)
        signs.refuse_reach(self, phrase)
        return binary(Maker(phrase), "./", left, right)

    def _power(self, phrase: Phrase, args: list[Value]) -> Value:
        base, exponent = args
        make = Maker(phrase)
        if exponent.rank and not exponent.indexed:
            why = "it is an exponent"
            if self.quote(phrase.args[1]).strip("{} ") == "t":
                why += r", where ^\top would be the transpose"
            if self.learn_number(phrase.args[1], why, letters=PARAMETERS):
                return base
            if not base.rank and signs.learn_raised(self, phrase):
                return base
            raise signs.exponent(self, phrase, exponent)
        if (base.indexed or exponent.indexed) and base.order != 1:
            self.require_numbers(phrase, args)
            return indices.entrywise(make, lambda nodes: make.node(".^", *nodes), args)
        if base.order == 1:
            if signs.learn_leading(self, phrase.args[0]):
                return base
            x = signs.operand(self, phrase.args[0])
            if phrase.args[0].kind == "call" and phrase.mark is not None:  # \sin^2 x
                head = self.scope.quote(phrase.mark).partition("^")[0]
                inside = ", ".join(map(self.quote, phrase.args[0].args))
                x = f"{head}({inside})" if head else x  # \sin(x)^2
            times = self.scope.quote(phrase.args[1]).strip("{} ")
            hint = rf"write {x}^{{\odot {times}}} entry by entry"
            if times == "2":
                inside = x if x.startswith("\\") else self.quote(phrase.args[0])
                hint = rf"write \lVert {inside} \rVert^2 or {x}^{{\odot 2}}"
            if times in self.letters.indices_of_sums and len(times) == 1:
                hint = f"write {x}^{{({times})}} for the sample {times}; {hint}"
            hint += signs.or_transpose(x, times) + signs.or_number(self, phrase.args[0])
            raise self.problem("a power of a vector", phrase, hint)
        return Value(make.node("^", base.node, exponent.node), base.rank)

    def _entrywise_power(self, phrase: Phrase, args: list[Value]) -> Value:
        base, exponent = self.require_unindexed(phrase, args)
        return binary(Maker(phrase), ".^", base, exponent)

    def _transpose(self, phrase: Phrase, args: list[Value]) -> Value:
        (arg,) = args
        (inner,) = phrase.args
        twice = phrase.text == inner.text == "'" and inner.kind == "transpose"
        if twice and not inner.bracketed:
            x = self.quote(inner.args[0])
            raise self.problem(
                f"{x}'' may be a second derivative, or transposed twice",
                phrase,
                f"write {x} for what is transposed twice; \\ddot{{{x}}} is a letter of its own",
            )
        if arg.slots:
            return vectors.transpose_slots(arg)
        if arg.indexed:
            x = self.quote(phrase.args[0])
            if calls.learn_vectors(self, phrase.args[0], "it is transposed"):
                return arg
            hint = (
                f"if {x} is a vector, one for each index: declare nothing of its letter, "
                f"or write the product X w"
            )
            raise self.problem(f"{x} is an entry, a number, and has no transpose", phrase, hint)
        if phrase.args[0].kind == "number":
            hint = r"the vector of ones is \mathbf{1}"
            raise self.problem("a number is its own transpose", phrase, hint)
        if not arg.rank:
            inside = phrase.args[0]
            why = (
                "it is transposed"
                if inside.kind in ("symbol", "indexed")
                else (f"{self.quote(inside)} is transposed")
            )
            if not any(
                self.letters.promote(self.letter_of(term), 1, why) for term in terms(inside)
            ):
                calls.no_vectors(self, inside, "the transpose is taken of")
        return transpose(Maker(phrase), arg)

    def _inverse_transpose(self, phrase: Phrase, args: list[Value]) -> Value:
        make = Maker(phrase)
        return transpose(make, call_function(make, "inv", self.require_unindexed(phrase, args)))
