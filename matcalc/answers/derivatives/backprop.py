"""Backpropagation: the forward equations and the backward recursion of a program with loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matcalc.core.boundary import public
from matcalc.core.dims import dim
from matcalc.core.errors import (
    ArgumentError,
    MatcalcError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
    VerificationError,
    describe_value,
)
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.loops import Assignment, Item, LoopProgram, base, indices, output_of
from matcalc.core.members import families, family_of, places_of
from matcalc.core.options import BACKENDS, require_choice
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.typeset import Typeset
from matcalc.engine.backprop import Backpropagation
from matcalc.read.frontend import read
from matcalc.read.looped import read_looped
from matcalc.verify.readback.values import confirm
from matcalc.verify.steps import verify_several, weakest
from matcalc.verify.verification import Verification
from matcalc.write.printers.loops import as_members, latex_lines, lines
from matcalc.write.printers.sizes import size_choices, write_known_sizes
from matcalc.write.printers.text import text

if TYPE_CHECKING:
    from matcalc.graph.build import AskedVariables
    from matcalc.graph.picture import LoopGraph

_VERIFIED = (1, 2, 3)  # values of the names in ranges for which the program is written out
_RUN = 3  # the same where code is run
_RANGE = "range_of_"
_FURTHER = (4, 5)  # and where it has no meaning for some of these


class Backprop(Typeset):
    """The forward equations and the backward recursion; ``str`` gives both, a program of the
    language.

    It is proved as it is printed: read again, written out for a few values of the names in the
    ranges, and compared with the program written out.
    """

    def __init__(
        self,
        program: LoopProgram,
        wrt: Sequence[str],
        language: BaseLanguage,
        *,
        verify: bool = True,
    ) -> None:
        self.program = program
        self.wrt = tuple(wrt)
        self.language = language
        self._derivation = Backpropagation(program, wrt, language)
        numbers = (*program.counts, *indices([*program.items, *self._derivation.backward]))
        # what makes these names sizes: each has a meaning where it is written
        self._ranges = {
            f"{_RANGE}{n}": Variable(f"{_RANGE}{n}", "vector", (dim(n),)) for n in numbers
        }
        self._place = 0
        self.verification = Verification("none", how="not requested")
        self._verify = verify
        if verify:
            self.verification = self._prove()

    def __repr__(self) -> str:
        return f"<matcalc.Backprop by {', '.join(self.wrt)}>"

    def __str__(self) -> str:
        return f"{self.forward}\n{self.backward}"

    @property
    def variables(self) -> dict[str, Variable]:
        """The inputs as they occur in the program, with their kinds."""
        known = self.program.variables
        return {n: v for n, v in known.items() if base(n) in self.program.inputs}

    @property
    def adjoints(self) -> dict[str, str]:
        """The names of the derivatives, by those of the inputs."""
        return {name: self._derivation.adjoint(name) for name in self.wrt}

    @property
    def forward(self) -> str:
        """The equations that compute the value."""
        return "\n".join(lines(self._forward(), self._text))

    @property
    def backward(self) -> str:
        """The equations that compute the derivatives, from the last to the first."""
        return "\n".join(lines(self._derivation.backward, self._text))

    @public
    def to_latex(self) -> str:
        """The former name of ``latex``."""
        # few need it
        from warnings import warn  # noqa: PLC0415

        warn("to_latex() is now called latex()", DeprecationWarning, stacklevel=3)
        return self.latex()

    @public
    def latex(self) -> str:
        """Both in LaTeX, aligned."""
        # a plain answer does not need it
        from matcalc.write.printers.latex_names import name  # noqa: PLC0415

        items = [*self._forward(), *self._derivation.backward]
        inside = " \\\\\n".join(latex_lines(items, self._formula, name))
        return f"\\begin{{aligned}}\n{inside}\n\\end{{aligned}}"

    def _formula(self, tree: Expr) -> str:
        """What follows a sign of equality in LaTeX: entries as members of families, y_t,
        where that is read as an entry.
        """
        # as above
        from matcalc.verify.readback.latex import latex_says  # noqa: PLC0415
        from matcalc.write.printers.latex import latex  # noqa: PLC0415

        known = {**self._derivation.variables, **self._ranges}
        for (
            node
        ) in tree.parts:  # sizes that were not declared may have other names in a declaration
            if node.op == "variable" and known[node.value].shape != node.shape:
                known[node.value] = Variable(node.value, free_kind(node.rank), node.shape)

        def read_back(formula: str) -> bool:
            return latex_says(formula, tree, known, self.language)

        short, long = latex(as_members(tree), named={}), latex(tree, named={})
        if not self._verify or (short != long and read_back(short)):
            return short
        confirm(read_back(long), "LaTeX", self.language)
        return long

    @public
    def graph(self, wrt: AskedVariables = None) -> LoopGraph:
        """The computational graph of one step of each loop, differentiated with respect to the
        same variables or to these; see docs/graph.md.
        """
        from matcalc.graph.picture import LoopGraph  # noqa: PLC0415 - few look at graphs

        return LoopGraph(self.program, wrt or self.wrt, self.language)

    @public
    def source(self, backend: str = "numpy") -> str:
        """Python source of a function with the loops in it, which needs NumPy; UnsupportedError for
        other frameworks.
        """
        require_choice("backend", backend, BACKENDS)
        if backend != BACKENDS[0]:
            raise UnsupportedError(
                f"code with a loop that ends at a name is only for NumPy, not {backend}",
                hint="write a number in its range, or take the code for NumPy",
            )
        # a plain answer does not need it
        from matcalc.stable import stable  # noqa: PLC0415
        from matcalc.write.printers.numpy_loops import LoopSource  # noqa: PLC0415

        variables = self._derivation.variables
        items = [*self._forward(), *self._derivation.backward]
        counted, starts = self._lengths()
        value = items[len(self.program.items)]
        assert isinstance(value, Assignment)

        def prepare(tree: Expr) -> Expr:
            return stable(tree, variables, self.language)

        known = variables | {value.name: Variable(value.name, "scalar")}
        made = LoopSource(
            items,
            known,
            self.program.inputs,
            self.program.counts,
            counted,
            starts,
            self.adjoints,
            value.name,
            prepare,
        )
        text = made.text(f"The value of {' '.join(self.program.source.split())} and its gradients.")
        if self._verify:
            # as above
            from matcalc.answers.derivatives.loop_code import loop_code_says  # noqa: PLC0415

            counts = dict.fromkeys(self.program.counts, _RUN)
            whole = self._write_out(counts)
            trees = self._read_adjoints(whole, counts)
            ranges = dict.fromkeys(made.given, _RUN)
            confirm(loop_code_says(text, ranges, whole, starts, trees), "code", self.language)
        return text

    @public
    def to_callable(self) -> Callable[..., Any]:
        """A NumPy function of all the variables by keyword, families as lists; it returns the value
        and a mapping from the variables to the derivatives. What no list tells of the names in
        the ranges is an argument as well.
        """
        # a plain answer does not need it
        from matcalc.write.printers.numpy_code import compile_numpy  # noqa: PLC0415

        return compile_numpy(self.source(), "f")

    def to_json(self) -> dict[str, Any]:
        """What JSON says of it."""
        return {
            "wrt": list(self.wrt),
            "variables": {name: str(kind) for name, kind in self.variables.items()},
            "adjoints": self.adjoints,
            "forward": self.forward,
            "backward": self.backward,
            "text": str(self),
            "latex": self.latex(),
            "numpy": self.source(),
        }

    def _lengths(self) -> tuple[dict[str, tuple[str, int]], dict[str, int]]:
        """From which family the name in a range follows, and how much longer it is; and where each
        family begins.
        """
        places: dict[str, list[tuple[int, int]]] = {}
        counts = (3, 4)
        for count in counts:
            values = dict.fromkeys(self.program.counts, count)
            whole = read(
                self.program.source, self._declare(), language=self.language, counts=values
            )
            for family, names in families(whole.variables).items():
                at = [places_of(name) for name in names]
                if any(len(each) != 1 for each in at):
                    raise UnsupportedError(
                        f"code takes families with one index, and {family} has more"
                    )
                first, last = (each[0].integer or 0 for each in (at[0], at[-1]))
                if last - first + 1 != len(names):
                    raise UnsupportedError(f"some members of {family} are not used")
                places.setdefault(family, []).append((first, last))
        starts = {family: each[0][0] for family, each in places.items()}
        if any(each[0] != starts[family] for family, ends in places.items() for each in ends):
            raise UnsupportedError("where a family begins depends on the range of a loop")
        counted: dict[str, tuple[str, int]] = {}
        if len(self.program.counts) == 1:
            for family, ends in places.items():
                long = [last - first + 1 for first, last in ends]
                if long[1] - long[0] == 1:
                    counted[self.program.counts[0]] = (family, counts[0] - long[0])
                    break
        return counted, starts

    def _forward(self) -> list[Item]:
        taken = {base(name) for name in self._derivation.variables}
        return [*self.program.items, output_of(self.program, taken)]

    def _text(self, tree: Expr) -> str:
        known = write_known_sizes(tree, {**self.program.variables, **self._ranges})
        choices = size_choices(known)
        zero = known.op == "fill"
        return text(known, choices[-1 if zero else min(self._place, len(choices) - 1)])

    def _prove(self) -> Verification:
        """Proves the text; with all sizes in it where it says too little without them."""
        problem: MatcalcError | None = None
        for self._place in range(3):
            try:
                return self._find_verdict()
            except VerificationError:
                raise
            except MatcalcError as found:
                problem = problem or found
        assert problem is not None
        raise VerificationError(
            f"{self.language.blame()}: the program that it found does not read back: {problem}"
        ) from problem

    def _find_verdict(self) -> Verification:
        found: list[Verification] = []
        for count in (*_VERIFIED, *_FURTHER):
            if len(found) == len(_VERIFIED) or (not self.program.counts and found):
                break
            counts = dict.fromkeys(self.program.counts, count)
            try:
                whole = self._write_out(counts)
            except MatcalcError:
                if count in _FURTHER:
                    raise
                continue
            found.append(verify_several(whole, self._read_adjoints(whole, counts), "declared"))
        return weakest(found)

    def _declare(self) -> dict[str, Variable]:
        """The inputs as they are for every range: for a short one they may be more general."""
        known = dict(self.program.declared)
        there = {family_of(name) for name in known}
        for name, variable in self.variables.items():
            family = family_of(name)
            if base(name) in self.program.stated:
                continue
            if family is None:
                known.setdefault(name, variable)
            elif family not in there and all(place.plain for place in places_of(name)):
                known[name] = variable
        return known

    def _write_out(self, counts: Mapping[str, int]) -> Program:
        """The program without loops."""
        declared = self._declare()
        return read(self.program.source, declared, language=self.language, counts=counts)

    def _read_adjoints(self, whole: Program, counts: Mapping[str, int]) -> dict[str, Expr]:
        """The derivatives as the text says them, without loops."""
        value = self._forward()[-1]
        assert isinstance(value, Assignment)
        again = read(
            f"{self}\n{value.name}", whole.variables, language=self.language, counts=counts
        )
        trees = {}
        for name in whole.variables:
            if base(name) in self.wrt:
                adjoint = self._derivation.adjoint(name)
                if adjoint not in again.definitions:
                    raise VerificationError(f"{self.language.blame()}: {adjoint} is not computed")
                trees[name] = again.definitions[adjoint]
                if trees[name].shape != whole.variables[name].shape:
                    # with more sizes in it the text may say what is meant
                    raise ShapeError(f"{adjoint} has another shape when it is parsed again")
        return trees


def derive_backwards(
    source: str,
    declarations: Mapping[str, str | Variable] | Iterable[str],
    wrt: Sequence[str] | None,
    language: BaseLanguage,
    *,
    data: Sequence[str],
    verify: bool,
) -> Backprop:
    """The forward equations and the backward recursion, verified."""
    program = read_looped(source, declarations, language)
    for name in (*(wrt or ()), *data):
        if name not in program.inputs:
            raise UnknownNameError(
                f"{name} is not a variable of this program",
                hint=f"its variables and families are {', '.join(program.inputs)}",
            )
    names = list(wrt) if wrt else [n for n in program.inputs if n not in data]
    if not names:
        raise ArgumentError("there is no variable to differentiate with respect to")
    return Backprop(program, names, language, verify=verify)


def graph_of_loops(
    source: str,
    declarations: Mapping[str, str | Variable] | Iterable[str],
    wrt: AskedVariables = None,
    language: BaseLanguage | None = None,
) -> LoopGraph:
    """The computational graph of one step of each loop of a program."""
    from matcalc.graph.picture import LoopGraph  # noqa: PLC0415 - few look at graphs

    spoken = language or default_language()
    return LoopGraph(read_looped(source, declarations, spoken), wrt, spoken)


def write_out_loops(source: str, declarations: Iterable[str], values: Mapping[str, Any]) -> Program:
    """The program with its loops written out, as far as the numbers say at which they end.

    ArgumentError where the end of a loop is not a natural number among the values.
    """
    import numpy as np  # noqa: PLC0415 - the values are its arrays

    counts = {}
    for name in read_looped(source, declarations, default_language()).counts:
        given = np.asarray(values.get(name))
        if given.ndim or given.dtype.kind not in "iu" or given < 1:
            raise ArgumentError(
                f"a loop ends at {name}, and the values have no integer for it",
                hint=f'add "{name}": 3 to the file, or write a number in the range',
            )
        counts[name] = int(given)
    return read(source, declarations, counts=counts)


@public
def backprop(
    program: str,
    wrt: str | Sequence[str] | None = None,
    *,
    data: Sequence[str] = (),
    variables: Mapping[str, str | Variable] | None = None,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Backprop:
    """The forward equations and the backward recursion of a program with loops, verified; see
    docs/backprop.md.

    The loops may end at names, and are not written out. ``wrt`` has variables and families, and is
    all that are not ``data`` where it is left out.

    Shapes: a derivative has the shape of its variable; a family has one derivative per member.
    Arguments: ``program`` is a text with loops; ``wrt`` and ``data`` are described above;
    ``variables`` declares names and families; ``verify=False`` leaves the proof for later;
    ``language`` has the functions and identities of files.
    Raises: ArgumentError for a program that is not a scalar, VerificationError for a recursion that
    is wrong.
    """
    if not isinstance(program, str):
        raise ArgumentError(f"the program must be a string, not {describe_value(program)}")
    names = [wrt] if isinstance(wrt, str) else list(wrt or ())
    spoken = language or default_language()
    return derive_backwards(program, variables or {}, names, spoken, data=list(data), verify=verify)
