"""Letters as values: variables, constants, sizes, and entries where an index of a sum is their
subscript.
"""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.errors import Span
from matcalc.core.kinds import MOST_RESULT_AXES
from matcalc.core.notes import format_offer
from matcalc.core.operations import SIZES
from matcalc.read.syntax.names import default_kind
from matcalc.read.syntax.nodes import Statement, SyntaxNode
from matcalc.read.tex import lettered, subscripts
from matcalc.read.tex.chains import script_in_brackets_error
from matcalc.read.tex.letter_state import IDENTITY, LetterState, Ranges
from matcalc.read.tex.members import member_of_family
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.places import length, names_inside, size, size_leaves
from matcalc.read.tex.symbols import Symbol, letters, symbol
from matcalc.read.tex.values import BeyondProducts, Maker, Value, call_function, transpose
from matcalc.read.tex.vectors import row_of

_LONGEST_NUMBER = 1_000  # digits
_CHANGES = frozenset(
    {(0, 1), (0, 2), (1, 0), (1, 2), (2, 0)}
)  # what the use of a letter can make of its rank


def _across(part: Phrase) -> list[Phrase]:
    r"""The sizes of m \times n \times k."""
    sizes: list[Phrase] = []
    while part.kind == "x":
        part, last = part.args
        sizes.insert(0, last)
    return [part, *sizes]


class Letters(LetterState):
    """The meaning of letters, read by what is known of them."""

    # -- names
    # ------------------------------------------------------------------------------------

    def letter(self, phrase: Phrase) -> Value:
        """The value of a letter, with its subscript if that is part of its name."""
        running = self.ranges.get(id(phrase), {})
        if phrase.kind == "indexed":
            member = member_of_family(self, phrase, running)
            if member is not None:
                return member
            indices = subscripts.names(phrase, self.scope.source)
            sized = len(indices) == 1 and indices[0] in self.scope.dimensions
            if sized and self.is_identity(phrase) and not self.scope.knows(phrase.args[0]):
                return self._identity(phrase)
            if any(index in running for index in indices):
                return self._entry_of_letter(phrase, running)
            if not self.scope.knows(phrase) and self.indices_of_sums.intersection(indices):
                hint = "write brackets around everything that is summed"
                shown = self.scope.quote(phrase)
                raise self.scope.problem(
                    f"{shown} is outside the sum over its index", phrase.span, hint
                )
            self._read_bold_row(phrase)
            entry = subscripts.resolve_fixed_entry(self, phrase)
            if entry is not None:
                return entry
            if phrase.text == "(":
                raise script_in_brackets_error(phrase, phrase.parts[0], self.scope)
        average = subscripts.mean(self, phrase) if phrase.kind == "symbol" else None
        if average is not None:
            return average
        if (
            phrase.kind == "indexed"
            and self.is_identity(phrase)
            and any(letters(part) is None for part in phrase.parts)
        ):
            return self._identity(phrase)  # I_{n-1}, of which the subscript is not a part of a name
        found = symbol(phrase, self.scope.source)
        known = self.scope.knows(phrase)
        if not known and (found.stem, ()) == IDENTITY and not found.style.startswith("mathcal"):
            return self._identity(phrase)
        lettered.refuse_operator(phrase, found, known, self.scope)
        name = self.scope.name(phrase)
        if not known and name in running and self.binding:
            return Value(Maker(phrase).node("name", value=name))
        if not known:
            self._note_accent(phrase, found)
        if not known and name in running:
            raise BeyondProducts(
                f"the index {name} as a number",
                source=self.scope.source,
                span=phrase.span,
                hint="indices are subscripts here",
            )
        if not known and name == "e":
            hint = r"declare e, or write e^{1} for Euler's number"
            raise self.scope.problem("e may be a variable or Euler's number", phrase.span, hint)
        if not known and name == "i" and phrase.kind == "symbol":
            hint = (
                "declare i if it is a variable; complex numbers are variables here, as in "
                "z: complex scalar (docs/complex.md)"
            )
            raise self.scope.problem("i may be a variable or the unit i", phrase.span, hint)
        node = Maker(phrase).node("name", value=name)
        if name in self.defined:
            return Value(node, self.defined[name].rank, self.defined[name].row)
        return Value(node, self.rank(name, bold=found.bold, arrow=found.arrow))

    def _read_bold_row(self, phrase: Phrase) -> None:
        r"""Takes the \mathbf{u}_o beside \sum_w \mathbf{u}_w for a row, as the bold letters are."""
        base = phrase.args[0]
        if base.kind == "symbol" and symbol(base, self.scope.source).bold:
            self.fixed.add(id(phrase))
            self.promote_entry(phrase, "it is bold")
            self.fixed.discard(id(phrase))

    def _note_accent(self, phrase: Phrase, found: Symbol) -> None:
        r"""Says of \dot x and of e_i what they are read as."""
        shown = self.scope.quote(phrase)
        if {"dot", "ddot"}.intersection(found.pieces):
            self.own[shown] = (
                f"note: {shown} is read as a variable of its own, {found.name}, not as a derivative"
            )
        unit = found.stem == "e" and phrase.kind == "indexed" and len(found.pieces) == 1
        if unit and self.rank(found.name, bold=found.bold) == 1:
            entry = f"[I]_{{:,{found.pieces[0]}}}"
            self.own[shown] = (
                f"note: {shown} is read as a variable; write {entry} for the unit vector"
            )

    def promote(self, phrase: Phrase, rank: int, why: str) -> bool:
        """Gives an undeclared letter another rank than its first letter says: a scalar becomes a
        vector, a vector a scalar.

        Returns whether it is such a letter. What was learnt of a letter once is not changed again.
        """
        if self.changed:  # one letter in a pass: what else it has read may be wrong
            return False
        if phrase.kind not in ("symbol", "indexed") or (
            phrase.kind == "indexed" and phrase.args[0].kind != "symbol"
        ):
            return False
        if phrase.kind == "indexed" and self._runs(phrase):
            return rank == 1 and self.promote_entry(phrase, why)
        if rank and id(phrase) in self.fixed:
            if rank == 1 and self.promote_entry(phrase, why):
                return True
            self.refuse_entry(phrase, why, ("", "vector", "matrix")[rank])
        name = self.base_name(phrase) if phrase.kind == "symbol" else self.scope.name(phrase)
        free = self.ranks.is_free(name) and not self.scope.knows(phrase)
        if not free or (self.rank(name), rank) not in _CHANGES:
            return False
        kind = ("number", "vector", "matrix")[rank]
        self.ranks.bound[name] = "scalar" if rank == 0 else kind
        self.changed = True
        note = (
            f"note: {name} is read as a {kind}, because {why}; "
            f"{format_offer(name, default_kind(name))} otherwise"
        )
        self.learnt.setdefault(note)
        return True

    def refuse_entry(self, phrase: Phrase, why: str, kind: str = "vector") -> None:
        """Refuses the entry x_1 of x where only a vector or a matrix x_1 makes sense."""
        if id(phrase) not in self.fixed:
            return
        base = self.base_name(phrase.args[0])
        shown = self.scope.quote(phrase)
        message = f"{shown} may be an entry of {base}, or a {kind} of its own, because {why}"
        own, entry = subscripts.own_name(self, phrase, kind), subscripts.entry_of(self, phrase)
        raise self.scope.problem(
            message, phrase.span, f"{own} if it is one; write {entry} for the entry"
        )

    def promote_entry(self, phrase: Phrase, why: str) -> bool:
        r"""Takes x_i for a vector, where i runs and nothing else is known of x: a row of the data
        matrix X, as a column.

        Returns whether it is such a letter.
        """
        matrix = None if self.changed else self.matrix_of(phrase)
        if matrix is None:
            return False
        name, (index,) = self.base_name(phrase.args[0]), subscripts.indices_of(self, phrase) or [""]
        shown = self.scope.quote(phrase)
        self.data[name] = matrix
        self.ranks.bound[matrix] = "matrix"
        self.ranks.bound.pop(name, None)
        for note in [note for note in self.learnt if note.startswith(f"note: {name} is read as")]:
            del self.learnt[note]
        self.changed = True
        self.learnt.setdefault(
            f"note: {shown} is read as a vector, because {why}: row {index} of the data "
            f"matrix {matrix}"
        )
        return True

    def matrix_of(self, phrase: Phrase) -> str | None:
        """The matrix whose rows x_i may be, X; None if it is not an entry of a letter of which
        nothing is known.
        """
        if phrase.kind != "indexed" or phrase.args[0].kind != "symbol" or self.scope.knows(phrase):
            return None
        base = phrase.args[0]
        indices = subscripts.indices_of(self, phrase)
        name, key = self.base_name(base), symbol(base, self.scope.source).key
        if len(indices) != 1 or self.scope.knows(base) or name in self.data:
            return None
        beside = (
            id(phrase) in self.fixed and key in self.summed and key not in self.whole_keys
        )  # u_o beside \sum_w u_w
        if not self._runs(phrase) and not beside:
            return None
        matrix = name[:1].upper() + name[1:]
        known = self.scope.declared.get(matrix)
        return None if matrix == name or (known is not None and len(known.shape) != 2) else matrix

    def start(self) -> None:
        """Forgets what belongs to one pass, with what it has noted."""
        self.changed = False
        self.scope.notes = {**self.read_before, **self.learnt}
        for each in (self.defined, self.fixed, self.places, self.alone, self.own):
            each.clear()

    def finish(self) -> None:
        """Says what the last pass was not sure of, and refuses what has two readings."""
        self._check_data()
        subscripts.check_alone(self)
        for note in self.own.values():
            self.scope.note(note)

    def _check_data(self) -> None:
        """Refuses a formula that has the letter of a data matrix besides, unless that is
        declared.
        """
        for name, matrix in self.data.items():
            if matrix in self.scope.spelled and matrix not in self.scope.declared:
                index = next(iter(self.indices_of_sums), "i")
                message = (
                    f"{matrix} may be the matrix whose rows are the vectors "
                    f"{name}_{index}, or another"
                )
                hint = (
                    f"declare {matrix} if it has these rows; give one of them another letter if not"
                )
                raise self.scope.problem(message, Span(0, len(self.scope.source)), hint)

    def number(self, phrase: Phrase) -> Value:
        """An exact number."""
        if len(phrase.text) > _LONGEST_NUMBER:
            message = f"this number has more than {_LONGEST_NUMBER:,} digits"
            raise self.scope.refusal(message, phrase.span)
        return Value(Maker(phrase).number(Fraction(phrase.text)))

    # -- constants and sizes
    # ------------------------------------------------------------------------------------

    def constant(self, phrase: Phrase) -> Value:
        r"""\mathbf{1}, \mathbf{1}_n, \mathbf{0}_{m \times n}."""
        make = Maker(phrase)
        name = "ones" if phrase.text == "1" else "zeros"
        if not phrase.parts:
            return Value(make.node("name", value=name), 1)
        sizes = [each for part in phrase.parts for each in _across(part)]
        if len(sizes) > MOST_RESULT_AXES:
            raise self.problem(f"an array has up to {MOST_RESULT_AXES} sizes", phrase.span)
        return Value(make.call(name, *map(self.size, sizes)), len(sizes))

    def _identity(self, phrase: Phrase) -> Value:
        make = Maker(phrase)
        if phrase.kind == "symbol":
            return Value(make.node("name", value="eye"), 2)
        if len(phrase.parts) != 1:
            raise self.problem("an identity matrix has one size", phrase.span)
        return Value(make.call("eye", self.size(phrase.parts[0])), 2)

    def size(self, phrase: Phrase) -> SyntaxNode:
        """A size as it is written."""
        return length(phrase, self.scope)

    def note_sizes(self, phrase: Phrase) -> None:
        """Letters that are sizes: as \\mathbf{1}_n, I_n or the limit of a sum they are numbers
        wherever they stand.
        """
        sizes: tuple[Phrase, ...] = ()
        if phrase.kind == "constant" or (phrase.kind == "indexed" and self.is_identity(phrase)):
            sizes = phrase.parts
        elif phrase.kind == "call" and phrase.text in SIZES:
            sizes = phrase.args[SIZES[phrase.text] :]
        elif phrase.limit is not None:
            sizes = (phrase.limit,)
        for part in sizes:
            for each in _across(part):
                for leaf in size_leaves(each):
                    self.scope.add_dimension(leaf)

    # -- entries
    # ------------------------------------------------------------------------------------

    def names_of(self, total: Phrase) -> list[str]:
        """The indices that a sum runs over."""
        names = self.indices(total)
        if not names or len({*names}) < len(names):
            hint = r"write \sum_{i} or \sum_{i,j}"
            raise self.problem("a sum runs over different letters", total.mark or total.span, hint)
        return names

    def outside(self, total: Phrase) -> set[str]:
        """The letters in subscripts outside a sum, where no other sum runs over them."""
        found = set()
        for phrase, name in self.subscripted:
            inside = total.start <= phrase.start and phrase.end <= total.end
            bound = any(
                name in names and s.start <= phrase.start and phrase.end <= s.end
                for s, names in self.bound
            )
            if not inside and not bound:
                found.add(name)
        return found

    def _entry_of_letter(self, phrase: Phrase, running: Ranges) -> Value:
        base, source = phrase.args[0], self.scope.source
        shown = self.scope.quote(phrase)
        if self.scope.knows(phrase):
            message = f"{shown} may be an entry or the variable {self.scope.name(phrase)}"
            raise self.scope.problem(message, phrase.span, "let the sum run over another letter")
        subscripts.require_bound(self, phrase, running)
        found = symbol(base, source)
        data = self._data_of(phrase, found)
        if self.binding:
            return self._running_entry(phrase, data)
        parts = subscripts.places(phrase, 2)
        indices = [self._index(part, running) for part in parts]
        if subscripts.is_kronecker(self, phrase, len(indices)):
            return self._entry_of(
                Value(Maker(phrase).node("name", value="eye"), 2), phrase, parts, running
            )
        if data is not None:
            make = Maker(phrase)
            rows = Value(make.node("name", value=data), 2)
            if len(indices) == 2:
                return self._entry_of(rows, phrase, parts, running)
            limit = running[indices[0]] if len(indices) == 1 else None
            if limit is not None:
                self._check(make, rows, 0, self.size(limit))
            return row_of(make, rows.node, indices[0])
        matrix = subscripts.matrix_beside(self, phrase) if len(indices) == 2 else None
        if matrix is not None:
            whole = Value(Maker(phrase).node("name", value=matrix), 2)
            return self._entry_of(whole, phrase, parts, running)
        self.promote(base, min(len(indices), 2), f"its entries {shown} are summed")
        return self._entry_of(self.base(base), phrase, parts, running)

    def _running_entry(self, phrase: Phrase, data: str | None) -> Value:
        """x_{i+1}, A_{ij}, T_{ijk}, delta_{ij}; the row x_i of the matrix ``data``, as a column."""
        make, base = Maker(phrase), phrase.args[0]
        parts = subscripts.places(phrase, 2)
        special = subscripts.entry_of_symbol(self, phrase, parts)
        if special is not None:
            return special
        at = [size(part, self.scope) for part in parts]
        if data is not None and len(at) != 2:
            line = make.node("entries", make.node("name", value=data), *at, make.node(":"))
            return Value(make.transpose(line), 1)
        matrix = data
        if matrix is None and len(at) == 2:
            matrix = subscripts.matrix_beside(self, phrase)
        if matrix is not None:
            return Value(make.node("entries", make.node("name", value=matrix), *at))
        name = self.base_name(base)
        if len(at) == subscripts.TENSOR and not self.scope.knows(base) and self.ranks.is_free(name):
            self.ranks.bound[name] = "tensor"
        self.promote(base, min(len(at), 2), f"its entries {self.scope.quote(phrase)} are summed")
        return subscripts.value_entry(self, phrase, self.base(base))

    def _data_of(self, phrase: Phrase, found: Symbol) -> str | None:
        """The matrix of which this is a row, or an entry of a row, if it is known to be one: X, or
        x itself where that is declared as one.
        """
        declared = self.scope.declared.get(found.name)
        if (
            declared is not None
            and len(declared.shape) == 2
            and found.name[0].islower()
            and len(subscripts.places(phrase, 2)) == 1
        ):
            shown, index = self.scope.quote(phrase), self.scope.quote(phrase.parts[0])
            self.own[shown] = (
                f"note: {shown} is read as a vector: row {index} of the matrix {found.name}"
            )
            return found.name
        if found.bold or self.matrix_of(phrase) in self.scope.declared:
            self.promote_entry(
                phrase, "it is bold" if found.bold else f"{self.matrix_of(phrase)} is declared"
            )
        return self.data.get(found.name)

    def _runs(self, phrase: Phrase) -> bool:
        """Whether an index that runs is in the subscript of a letter."""
        running = self.ranges.get(id(phrase), {})
        return any(name in running for name in subscripts.names(phrase, self.scope.source))

    def _index(self, part: Phrase, running: Ranges) -> str:
        """An index that runs, or "" for a fixed place."""
        if part.kind == "symbol":
            name = symbol(part, self.scope.source).name
            return name if name in running else ""
        if any(name in running for name in names_inside(part, self.scope.source)):
            hint = r"write the entries as [x]_{2:n} and [x]_{1:n-1}"
            raise BeyondProducts(
                "an index that is shifted, or made of others, is not supported",
                source=self.scope.source,
                span=part.span,
                hint=hint,
            )
        return ""

    def _entry_of(
        self, value: Value, phrase: Phrase, parts: list[Phrase], running: Ranges
    ) -> Value:
        """The entry of a value; of a matrix one of the two places may be fixed."""
        indices = [self._index(part, running) for part in parts]
        if all(indices):
            return self.entry(value, phrase, indices, running)
        subscripts.require_axes(self, phrase, indices)
        if len(indices) != 2 or value.rank != 2:
            raise self.problem(
                f"{self.scope.quote(phrase)} has an index that runs and one that does not",
                phrase.span,
            )
        make = Maker(phrase)
        row = indices[0] == ""
        unclear = parts[0 if row else 1]
        if subscripts.kind_of(unclear, self) != subscripts.PLACE:
            shown = self.scope.quote(phrase)
            message = f"{shown} has an index that runs, and another that is not an index"
            raise self.problem(message, phrase.span)
        at, everything = subscripts.place(self, unclear), make.node(":")
        line = make.node("entries", value.node, *((at, everything) if row else (everything, at)))
        limit = running["".join(indices)]
        if limit is not None:
            self._check(make, value, int(row), self.size(limit))
        return Value(make.transpose(line) if row else line, 1, axes=("".join(indices),))

    def entry(self, value: Value, phrase: Phrase, indices: list[str], running: Ranges) -> Value:
        """The entry of a value at indices that run."""
        shown = self.scope.quote(phrase)
        if self.binding:
            return subscripts.value_entry(self, phrase, value)
        if value.rank != len(indices):
            subscripts.require_axes(self, phrase, indices)
            if value.rank == 2 and len(indices) == 1:
                what = f"{shown} may be a row or a column of a matrix"
                raise self.problem(what, phrase.span, subscripts.row_or_column(self, phrase))
            if value.rank >= subscripts.TENSOR:
                raise BeyondProducts(
                    f"{shown} is a part of an array with {value.rank} axes",
                    source=self.scope.source,
                    span=phrase.span,
                )
            kind = ("a number", "a vector", "a matrix")[value.rank]
            bare, plural = shown.partition("_")[0], "s" * (len(indices) > 1)
            other = subscripts.instead_of_number(self, phrase) if value.rank == 0 else None
            raise self.problem(
                f"{shown} has {len(indices)} subscript{plural}, but {bare} is {kind}",
                phrase.span,
                other,
            )
        make = Maker(phrase)
        for axis, index in enumerate(indices):
            limit = running[index]
            if limit is not None:
                self._check(make, value, axis, self.size(limit))
        if len(indices) == 2 and indices[0] == indices[1]:
            value, indices = call_function(make, "diag", [value]), indices[:1]
        if value.row:
            value = transpose(make, value)
        return Value(value.node, value.rank, axes=tuple(indices))

    def _check(self, make: Maker, value: Value, axis: int, size: SyntaxNode) -> None:
        """A statement that is well typed only if an axis has the size that a sum runs to."""
        zeros = make.call("zeros", size)
        if value.rank == 1:
            body = make.node("-", make.transpose(value.node) if value.row else value.node, zeros)
        else:
            body = make.node("*", value.node if axis else make.transpose(value.node), zeros)
        self.checks.append(Statement("check", body))
