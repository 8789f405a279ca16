"""Answers of which code can be generated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matcalc.core.boundary import public
from matcalc.core.kinds import Variable
from matcalc.core.options import require_code
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.requirements import require_symmetric


class WithCode:
    """A typed tree over variables, whose value generated code computes."""

    _tree: Expr
    _program: Program
    _verify: bool

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The variables that the code takes."""
        raise NotImplementedError

    @public
    def source(
        self,
        backend: str = "numpy",
        *,
        name: str = "f",
        runtime: str = "inline",
        check: bool = True,
    ) -> str:
        """Source of a function of all the variables by keyword; see docs/code.md."""
        require_code(backend, runtime, name)
        return self._write_code(name, runtime, backend, check)[0]

    def _write_code(self, name: str, runtime: str, backend: str, check: bool) -> tuple[str, Any]:
        """The source, and those of its arguments that are functions."""
        from matcalc.coded import Request, write_code  # noqa: PLC0415 - plain answers need it not

        asked = Request(backend, runtime, name, self._title(), check, self._verify)
        program = self._program._replace(variables=dict(self.variables))
        require_symmetric(program)
        return write_code(self._tree, program, asked)

    def _title(self) -> str:
        return str(self)

    @public
    def to_callable(self, backend: str = "numpy", *, check: bool = True) -> Callable[..., Any]:
        """A function of all the variables by keyword, of arrays of NumPy or of another backend,
        which validates shapes unless ``check`` is False, for floats alone; ``.source`` is its code.
        """
        from matcalc.write.printers.backends import function_of  # noqa: PLC0415 - as above

        require_code(backend, "matcalc", "f")
        source, functions = self._write_code("f", "called", backend, check)
        users = self._program.language.functions.values()
        brought = {each.name: each.function for each in users if each.function is not None}
        return function_of(backend, source, functions, brought)
