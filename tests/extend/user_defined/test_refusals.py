"""What is malformed or false is refused: where, and why."""

import pytest

from matcalc.core.errors import ArgumentError, CatalogueError
from matcalc.extend.user_defined.load import load_identities


def function(**keys):
    """A [[function]] with these keys, one in a line; given is that of a scalar x unless it is
    stated.
    """
    keys = {"name": "foo", "given": '{ x = "scalar" }', **keys}
    return "[[function]]\n" + "".join(
        f"{key} = {_written(value)}\n" for key, value in keys.items() if value is not None
    )


def identity(**keys):
    keys = {"name": "mine", "given": '{ x = "scalar" }', **keys}
    return "[[identity]]\n" + "".join(
        f"{key} = {_written(value)}\n" for key, value in keys.items() if value is not None
    )


def _written(value):
    return (
        value
        if value.startswith("{") or value in ("true", "false", "3")
        else f"'{value}'"
        if "'" not in value
        else f'"{value}"'
    )


MATRIX = '{ X = "matrix(n, n)" }'
PAIR = '{ A = "matrix(n, n)", B = "matrix(n, n)" }'

FALSE = [
    (
        "factor",
        function(**{"is": "x^3", "diff": "2*x^2*dx"}),
        5,
        "at x=1, dx=1 d foo(x) is 3, not 2",
    ),
    (
        "sign",
        function(**{"is": "exp(-x)", "diff": "Y*dx"}),
        5,
        "at x=0, dx=1 d foo(x) is -1, not 1",
    ),
    (
        "order of factors",
        function(given=MATRIX, **{"is": "X*X", "diff": "2*X*dX"}),
        5,
        "entry [1, 0] of d foo(X) is 1, not 2",
    ),
    (
        "transposed",
        function(given=MATRIX, **{"is": "det(X)", "diff": "Y*tr(inv(X)'*dX)"}),
        5,
        "d foo(X) is -1, not 1",
    ),
    (
        "for positive only",
        function(**{"is": "abs(x)", "diff": "dx", "domain": '{ x = "positive" }'}),
        5,
        "d foo(x) is",
    ),
    ("numpy", function(numpy="numpy:sinc", diff="Y/x*dx"), 5, "the differential is false: at x="),
    (
        "no value",
        function(**{"is": "x^2", "diff": "2*x*log(-1 - x^2)*dx"}),
        5,
        "has no value where the function has a derivative",
    ),
    (
        "range",
        function(**{"is": "x^3", "diff": "3*x^2*dx", "range": "positive"}),
        6,
        "foo(x) is not positive: at x=-",
    ),
    (
        "transpose",
        function(
            given=MATRIX,
            **{"is": "X*X*X'", "diff": "dX*X*X' + X*dX*X' + X*X*dX'", "transpose": "equivariant"},
        ),
        6,
        "foo(X') = foo(X)' is false: at X=",
    ),
    (
        "odd",
        function(
            given=MATRIX,
            **{"is": "X*X", "diff": "dX*X + X*dX", "transpose": "equivariant", "odd": "true"},
        ),
        7,
        "foo(-X) = -foo(X) is false: at X=[[1]]",
    ),
    ("rewrite", identity(given=PAIR, expr="A*B", to="B*A"), 5, "A*B = B*A is false: at A="),
    (
        "rewrite in the domain",
        identity(domain='{ x = "positive" }', expr="sqrt(x^2)", to="x"),
        6,
        "at x=-1 sqrt(x^2) is 1, not -1",
    ),
    (
        "derivative",
        identity(
            given='{ A = "matrix(n, n)", x = "vector(n)" }',
            expr="x'*A*x",
            wrt="x",
            derivative="2*A*x",
        ),
        6,
        "the derivative is false: correct: (A + A')*x; smallest: n=2",
    ),
    (
        "differential",
        identity(expr="sin(x)", diff="sin(x)*dx"),
        5,
        "the differential is false: at x=0, dx=1 d sin(x) is 1, not 0",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "message"), [pytest.param(*row[1:], id=row[0]) for row in FALSE]
)
def test_false_statements(text, line, message, bring):
    with pytest.raises(CatalogueError) as caught:
        bring(text)
    assert f"mine.toml, line {line}, " in str(caught.value)
    assert message in str(caught.value)
    assert str(caught.value).splitlines()[1] == "  " + text.splitlines()[line - 1]


MALFORMED = [
    ("empty", "", "the file is empty"),
    ("no TOML", "[[function]]\nname = foo\n", "at line 2"),
    (
        "backslash",
        '[[function]]\nname = "f"\nlatex = "\\operatorname{f}"\n',
        "needs two backslashes",
    ),
    ("another table", "[[rule]]\nname = 'foo'\n", "rule is unknown here"),
    ("one table", "[function]\nname = 'foo'\n", "function is unknown here"),
    (
        "no name",
        function(name=None, **{"is": "x"}),
        "a [[function]] without a name: a function needs a name",
    ),
    ("odd name", function(name="a b", **{"is": "x"}), "a function needs a name"),
    ("built-in", function(name="tanh", **{"is": "x"}), "the name tanh is taken"),
    ("alias", function(name="lgamma", **{"is": "x"}), "the name lgamma is taken"),
    ("constant", function(name="eye", **{"is": "x"}), "the name eye is taken"),
    ("operator of the tree", function(name="fuse", **{"is": "x"}), "the name fuse is taken"),
    ("key", function(**{"is": "x", "diffs": "dx"}), "line 5, foo: unknown key diffs"),
    ("text", function(**{"is": "3"}), "is must be a string"),
    ("choice", function(**{"is": "x", "diff": "dx", "range": "negative"}), "range is positive"),
    ("odd is", function(**{"is": "x", "diff": "dx", "odd": "false"}), "odd is true"),
    ("given is a text", function(given="x", **{"is": "x"}), "given is a table of declarations"),
    ("no given", function(given=None, **{"is": "x"}), "given is missing"),
    ("kind", function(given='{ x = "number" }', **{"is": "x"}), "number is not a kind"),
    ("Y", function(given='{ Y = "scalar" }', **{"is": "Y"}), "Y means something else in diff"),
    (
        "dx beside x",
        function(given='{ x = "scalar", dx = "scalar" }', **{"is": "x*dx"}),
        "dx means something else in diff",
    ),
    (
        "size",
        function(given='{ x = "vector(2*n)" }', **{"is": "x"}),
        "the sizes of x are names or numbers",
    ),
    ("not computed", function(diff="dx"), "nothing says how foo is computed"),
    (
        "computed twice",
        function(**{"is": "x", "numpy": "numpy:sinc", "diff": "dx"}),
        "is and numpy: one way",
    ),
    ("no diff", function(numpy="numpy:sinc"), "diff is missing"),
    ("no value", function(given=MATRIX, numpy="numpy:trace", diff="tr(dX)"), "value is missing"),
    (
        "unknown size",
        function(given=MATRIX, numpy="numpy:trace", value="vector(m)", diff="tr(dX)"),
        "the size m is not that of",
    ),
    (
        "another value",
        function(given=MATRIX, value="vector(n)", **{"is": "tr(X)"}),
        "is has another shape than value says",
    ),
    ("no module", function(numpy="sinc", diff="dx"), "numpy is module:function"),
    (
        "unknown module",
        function(numpy="no_such_module:f", diff="dx"),
        "No module named 'no_such_module'",
    ),
    ("unknown function", function(numpy="numpy:no_such_function", diff="dx"), "no_such_function"),
    ("no function", function(numpy="numpy:pi", diff="dx"), "3.141592653589793 is not a function"),
    (
        "of numbers",
        function(numpy="math:lgamma", diff="digamma(x)*dx"),
        "acts entry by entry on arrays, but",
    ),
    (
        "complex",
        function(numpy="numpy:complex128", diff="dx"),
        "foo returned complex128, not real numbers",
    ),
    (
        "raises",
        function(given=MATRIX, numpy="math:gcd", value="scalar", diff="tr(dX)"),
        "foo raised TypeError",
    ),
    (
        "shape of the value",
        function(given=MATRIX, numpy="numpy:diag", value="scalar", diff="tr(dX)"),
        "returned an array of shape (3,)",
    ),
    ("syntax", function(**{"is": "x*(x"}), "the ( in column 3 is not closed"),
    ("shape", function(given=MATRIX, **{"is": "X*X + diag(X)"}), "line 4, foo"),
    ("name not given", function(**{"is": "x*z"}), "z is not given"),
    ("name not given in diff", function(**{"is": "x*x", "diff": "2*y*dx"}), "y is not given"),
    (
        "not entry by entry",
        function(**{"is": "sum(x*ones(3))"}),
        "a function of scalars acts entry by entry",
    ),
    (
        "open size",
        function(given='{ x = "vector(n)" }', **{"is": "sum(x)*sum(ones)"}),
        "a size in it does not follow",
    ),
    (
        "shape of the differential",
        function(given=MATRIX, **{"is": "X*X", "diff": "tr(dX)"}),
        "the differential has the shape ()",
    ),
    (
        "not linear",
        function(given=MATRIX, **{"is": "tr(X)", "diff": "tr(dX*inv(dX)*dX)"}),
        "not linear in dX",
    ),
    (
        "trait of a definition",
        function(**{"is": "exp(x)", "range": "positive"}),
        "it belongs to a function with diff",
    ),
    (
        "transpose of a scalar",
        function(**{"is": "x", "diff": "dx", "transpose": "invariant"}),
        "transpose needs a matrix",
    ),
    (
        "odd alone",
        function(given=MATRIX, **{"is": "X", "diff": "dX", "odd": "true"}),
        "odd is for functions of one matrix",
    ),
    (
        "domain of others",
        function(domain='{ y = "positive" }', **{"is": "x"}),
        "domain narrows the kinds",
    ),
    (
        "latex without the argument",
        function(latex=r"\operatorname{foo}(x)", **{"is": "x"}),
        "the place of x is missing: {x}",
    ),
    (
        "latex with a loose brace",
        function(latex=r"\operatorname{foo({x})", **{"is": "x"}),
        "the braces do not match",
    ),
    (
        "nowhere",
        function(**{"is": "log(-1 - x^2)"}),
        "foo cannot be evaluated: no point inside the domain",
    ),
    (
        "identity without a form",
        identity(expr="x"),
        "exactly one of diff, to, is, derivative is needed",
    ),
    ("identity with is", identity(expr="foo(x)", **{"is": "x"}), "is defines a function"),
    (
        "reserved name",
        identity(name="d-exp", expr="exp(x)", diff="Y*dx"),
        "those of statements about functions",
    ),
    (
        "taken name",
        identity(name="exp-log", expr="exp(log(x))", to="x"),
        "the name exp-log is taken in rewrites/elementwise.toml",
    ),
    (
        "twice",
        identity(expr="sin(x)/cos(x)", to="tan(x)") * 2,
        "the name mine is taken in this file",
    ),
    ("shapes of the sides", identity(given=MATRIX, expr="X*X", to="tr(X)"), "line 5, mine"),
    ("not given", identity(expr="sin(x) + 0*c", to="sin(x)"), "c is not given"),
    (
        "bare",
        identity(expr="x", to="x + 0"),
        "the left side of a rewrite has a function or an operator in it",
    ),
    (
        "unbound",
        identity(given='{ x = "scalar", y = "scalar" }', expr="sin(x) + 0*y", to="sin(x) + y - y"),
        "y is not found",
    ),
    ("two functions of one name", function(**{"is": "x"}) * 2, "the name foo is taken"),
    (
        "used before it is there",
        function(**{"is": "bar(x)"}) + function(name="bar", **{"is": "x"}),
        "unknown function bar",
    ),
]


@pytest.mark.parametrize(
    ("text", "message"), [pytest.param(*row[1:], id=row[0]) for row in MALFORMED]
)
def test_malformed(text, message, bring):
    with pytest.raises(CatalogueError) as caught:
        bring(text)
    assert "mine.toml" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.slow
def test_rewriting_without_end(bring):
    with pytest.raises(CatalogueError, match="line 5, mine: the rewrites do not terminate"):
        bring(identity(expr="exp(x)", to="exp(x/2)^2"))


def test_a_file_is_refused_as_a_whole(bring):
    with pytest.raises(CatalogueError):
        bring(
            function(**{"is": "x^2", "diff": "2*x*dx"})
            + function(name="bar", **{"is": "x^2", "diff": "x*dx"})
        )


def test_no_file(tmp_path):
    with pytest.raises(ArgumentError, match="cannot read"):
        load_identities(tmp_path / "none.toml")


def test_no_text(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueError, match="not UTF-8"):
        load_identities(tmp_path / "mine.toml")


def test_functions_of_which_nothing_is_said(bring):
    with pytest.raises(CatalogueError, match="functions has bar, which the file does not declare"):
        bring(function(**{"is": "x"}), {"bar": abs})


def test_two_files_with_one_name(bring):
    bring(function(**{"is": "x^2"}), file="first.toml")
    with pytest.raises(CatalogueError, match="the name foo is taken"):
        bring(function(**{"is": "x^2"}), file="second.toml")
