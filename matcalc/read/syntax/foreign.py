"""Functions of NumPy, MATLAB, Julia, R, Stan, SymPy, Mathematica and Maple that the language has
not, and what to write in their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from matcalc.read.syntax.names import DERIVED

_WHOLE = re.compile(r"[\w.]+|[\w.]+\([^()]*\)")  # what comes before ' and .^ without brackets
_MATRIX = re.compile(r"[A-Z]\w*")
_PLACE = re.compile(r"\((\d)\)|\{(\d)\}")
_OF_R = frozenset({"colsums", "rowsums", "colmeans", "rowmeans"})  # where X*Y and X^2 go by entries
_ENTRYWISE = re.compile(r"(?<![.%*])([*^/])(?![%*])")
_COMPLEX = "matcalc diff knows complex ones, declared as in z: complex vector(n)"
# name and number of arguments -> what to write, {0} for the first argument and (0) for it where an
# operator follows
WITH_ARGUMENTS: Mapping[tuple[str, int], str] = {
    ("diff", 1): "write (0)[2:end] - (0)[1:end - 1] for the differences of neighbours",
    **dict.fromkeys((("diff", 2), ("D", 2), ("Derivative", 2)), DERIVED),
    ("sinc", 1): "write sin(pi*(0))./(pi*(0)), or sin({0})./(0) for the one without pi",
    ("abs2", 1): "write (0).^2",
    ("opnorm", 1): "write specnorm({0})",
    ("square", 1): "write (0).^2",
    ("rms", 1): "write sqrt(mean((0).^2))",
    ("inner", 2): "write (0)'*(1)",
    ("mldivide", 2): "write (0)\\(1)",
    ("logdeterminant", 1): "write logdet({0})",
    ("logdet", 1): "write logdet({0})",
    **dict.fromkeys([("logsumexp", 1), ("lse", 1)], "write logsumexp({0})"),
    ("sumsq", 1): "write norm2({0})^2",
    ("colsums", 1): "write sum({0}, 1)",
    ("rowsums", 1): "write sum({0}, 2)",
    ("colmeans", 1): "write mean({0}, 1)",
    ("rowmeans", 1): "write mean({0}, 2)",
    ("diagm", 1): "write diag({0})",
    ("matrixinverse", 1): "write inv({0})",
    ("hadamardproduct", 2): "write (0).*(1)",
    ("factorial", 1): "write gamma({0} + 1)",
    **dict.fromkeys(
        [("nchoosek", 2), ("binomial", 2), ("binom", 2), ("choose", 2), ("comb", 2)],
        "write gamma({0} + 1)./(gamma({1} + 1).*gamma({0} - (1) + 1))",
    ),
    **dict.fromkeys(
        [(name, 3) for name in ("if", "ifelse", "cond", "piecewise", "iif")],
        "write where({0}, {1}, {2})",
    ),
    **dict.fromkeys(
        [(name, 2) for name in ("matmul", "mul", "mtimes", "mm", "mv")], "write (0)*(1)"
    ),
    **dict.fromkeys(
        [(name, 2) for name in ("multiply", "hadamard", "times", "elementwisemultiply", "emul")],
        "write (0).*(1)",
    ),
    **dict.fromkeys([(name, 2) for name in ("divide", "rdivide")], "write (0)./(1)"),
    **dict.fromkeys([(name, 2) for name in ("power", "pow")], "write (0).^(1)"),
    ("mpower", 2): "write (0)^(1)",
    ("matrixpower", 2): "write (0)^(1)",
    ("plus", 2): "write (0) + (1)",
    ("add", 2): "write (0) + (1)",
    ("minus", 2): "write (0) - (1)",
    ("subtract", 2): "write (0) - (1)",
    **dict.fromkeys([("clip", 3), ("clamp", 3)], "write min(max({0}, {1}), {2})"),
    ("cond", 1): "write specnorm({0})*specnorm(inv({0})), for the 2-norm",
    ("adjoint", 1): "write (0)' for the transpose, adj({0}) for the adjugate",
    ("crossprod", 1): "write (0)'*(0)",
    ("crossprod", 2): "write (0)'*(1)",
    ("tcrossprod", 1): "write (0)*(0)'",
    ("tcrossprod", 2): "write (0)*(1)'",
    ("solve", 2): "write (0)\\(1)",
    ("total", 1): "write sum({0})",
    ("logsigmoid", 1): "write log(sigmoid({0}))",
    ("normalize", 1): "write (0)/norm2({0})",
    ("logaddexp", 2): "write log(exp({0}) + exp({1}))",
    **dict.fromkeys(
        [(name, 2) for name in ("mse", "mseloss", "meansquarederror")], "write mean(({0} - (1)).^2)"
    ),
    ("rmse", 2): "write sqrt(mean(({0} - (1)).^2))",
    **dict.fromkeys(
        [(name, 2) for name in ("mae", "l1loss", "meanabsoluteerror")],
        "write mean(abs({0} - (1)))",
    ),
    ("layernorm", 1): "write ((0) - mean({0}))/std({0})",
    **dict.fromkeys([("cofactor", 1), ("cofactors", 1)], "write adj({0})'"),
    **dict.fromkeys(
        [("corr", 2), ("corrcoef", 2), ("cor", 2)],
        "write mean(((0) - mean({0})).*((1) - mean({1})))/(std({0})*std({1}))",
    ),
    **dict.fromkeys(
        [("cossim", 2), ("cosinesimilarity", 2), ("cosine", 2)],
        "write dot({0}, {1})/(norm2({0})*norm2({1}))",
    ),
    ("dist", 2): "write norm2({0} - (1))",
    ("beta", 2): "write gamma({0}).*gamma({1})./gamma({0} + (1))",
    **dict.fromkeys(
        [("lbeta", 2), ("betaln", 2), ("logbeta", 2)],
        "write gammaln({0}) + gammaln({1}) - gammaln({0} + (1))",
    ),
    # CVXPY's
    ("sumsquares", 1): "write norm2({0})^2",
    ("quadform", 2): "write (0)'*(1)*(0)",
    ("matrixfrac", 2): "write (0)'*inv({1})*(0)",
    ("quadoverlin", 2): "write norm2({0})^2/(1)",
    ("pos", 1): "write max({0}, 0)",
    ("neg", 1): "write max(-(0), 0)",
    ("invpos", 1): "write 1./(0)",
    ("entr", 1): "write -(0).*log({0})",
    ("relentr", 2): "write (0).*log((0)./(1))",
    ("kldiv", 2): "write (0).*log((0)./(1)) - (0) + (1), or without what follows the product",
    ("tv", 1): "write norm1((0)[2:end] - (0)[1:end - 1])",
    # Stan's
    ("dotself", 1): "write norm2({0})^2",
    ("dotproduct", 2): "write dot({0}, {1})",
    ("distance", 2): "write norm2({0} - (1))",
    ("squareddistance", 2): "write norm2({0} - (1))^2",
    ("tracequadform", 2): "write tr((1)'*(0)*(1))",
    ("invlogit", 1): "write sigmoid({0})",
    ("loginvlogit", 1): "write log(sigmoid({0}))",
    ("log1mexp", 1): "write log(1 - exp({0}))",
    ("logcosh", 1): "write log(cosh({0}))",
    ("log1pexp", 1): "write softplus({0})",
    ("log1m", 1): "write log(1 - (0))",
    ("mdivideleft", 2): "write (0)\\(1)",
    ("sd", 1): "write std({0}): matcalc divides by n; times sqrt(n/(n - 1)) for R's",
    # more arguments than the function has here
    ("max", 3): "write max(max({0}, {1}), {2})",
    ("min", 3): "write min(min({0}, {1}), {2})",
    **dict.fromkeys([("sum", 4), ("symsum", 4)], "write sum[{1}={2}:{3}]({0})"),
    ("kron", 3): "write kron(kron({0}, {1}), {2})",
    ("dot", 3): "write (0)'*(1)*(2)",
    ("cos", 2): "write dot({0}, {1})/(norm2({0})*norm2({1})) for the cosine of the angle",
    ("log", 2): "write log({0})/log({1}) for the logarithm to the base {1}",
    ("symmetric", 1): "write {0}, and declare it: {0}: symmetric",
    ("sigma", 1): "write sigmoid({0}) for the logistic function, sigma*(0) for the product",
    ("E", 1): "expectations are not supported: write them out, over samples as a sum for instance; "
    "write E*(0) for the product",
    ("P", 1): "probabilities are not supported: write them out; write P*(0) for the product",
    ("matrixsymbol", 3): "write only the name, and declare it: A: matrix({1}, {2})",
    ("matrixsymbol", 2): "write only the name, and declare it: x: vector({1})",
    ("multidot", 1): "write the product: A*B*C",
}
_LINEAR = "it is linear: write F*x, with a matrix F of constants"
_CONSTANTS = "constants are variables: declare one, as in z: vector(n)"
# what is called by another name here
OTHER_NAMES = {
    "inverse": "inv",
    "sgn": "sign",
    "determinant": "det",
    "trans": "transpose",
    "maximum": "max",
    "minimum": "min",
    "average": "mean",
    "heaviside": "step",
    "expit": "sigmoid",
    "hadamard": ".*",
    "matmul": "*",
    "multiply": ".*",
    "divide": "./",
    "power": ".^",
    "pow": ".^",
    "mul": "*",
    "Σ": "∑",
    "Π": "prod",
    "hess": "hessian",
    "laplacian": "lap",
    "divergence": "div",
    "jac": "jacobian",
    "gradient": "grad",
    "frobenius": "norm2",
    "nuclear": "nucnorm",
    "relu6": "min(max(x, 0), 6)",
    "identity": "eye",
    "diagonal": "diag",
    "σ": "sigmoid",
    "cholesky": "chol",
    **dict.fromkeys(("Phi", "Φ", "pnorm"), "normcdf"),
    **dict.fromkeys(("φ", "dnorm"), "normpdf"),
    **dict.fromkeys(("eigmax", "maxeig", "eigvalmax", "spectralradius"), "lambda_max"),
    **dict.fromkeys(("eigmin", "mineig", "eigvalmin"), "lambda_min"),
    **dict.fromkeys(("singularvalues", "sigmas"), "svdvals"),
    **dict.fromkeys(("spectralnorm", "opnorm"), "specnorm"),
}
# what to say of a name with any number of arguments
ANYWAY: Mapping[str, str] = {
    **dict.fromkeys(
        ("median", "quantile", "percentile", "mode"),
        "of the sorted entries, only the largest and the smallest are supported: amax(x), amin(x)",
    ),
    **dict.fromkeys(
        ("lu", "qr"), "write qr_q(A) and qr_r(A) for the factors of A = Q*R, chol(A) for Cholesky's"
    ),
    "repmat": "write x*ones(n)' for the column x beside itself, ones(n)*x' for the row x'",
    **dict.fromkeys(("fft", "ifft", "dct", "circshift", "fliplr", "flipud", "rot90"), _LINEAR),
    **dict.fromkeys(("rand", "randn", "linspace", "arange"), _CONSTANTS),
    "conv": "write it out as a sum: sum[j=1:m](h[j]*x[k + m - j]) is entry k of it",
    **dict.fromkeys(
        ("argmax", "argmin", "argsort"),
        "it gives a position and has no derivative; the largest and smallest entries are "
        "amax(x), amin(x)",
    ),
    **dict.fromkeys(
        ("re", "real", "conj"),
        f"all numbers are real here: leave it out; {_COMPLEX}",
    ),
    **dict.fromkeys(
        ("im", "imag"),
        f"all numbers are real here: it is 0; {_COMPLEX}",
    ),
    **dict.fromkeys(
        ("ctranspose", "hermitian"),
        f"all numbers are real here: write '; {_COMPLEX}",
    ),
    **dict.fromkeys(("print", "println", "disp", "display"), "enter only the expression"),
    **dict.fromkeys(
        ("sort", "topk"),
        "sums, norms and maxima of all entries do not depend on their order; otherwise declare P: "
        "matrix(n, n), the permutation, which does not change where no entries are equal, and "
        "write P*x",
    ),
    "lg": "write log2(x) or log10(x)",
    "t": "write A' for the transpose, or t*(...) for a product",
    **dict.fromkeys(
        ("length", "numel", "nrow", "ncol", "size", "len"),
        "a size has a name: declare x: vector(n), and write n",
    ),
    "solve": "write A\\b, or inv(A) for the inverse",
    "eig": "write eigvals(A), of a symmetric A",
    "svd": "write svdvals(A) for the singular values",
    **dict.fromkeys(
        ("if", "ifelse", "piecewise"), "write where(c, a, b): a where c holds, b otherwise"
    ),
    **dict.fromkeys(("clip", "clamp"), "write min(max(x, a), b) for x between a and b"),
    "cumprod": "write exp(cumsum(log(x))) where all entries are positive",
    "crossentropy": "write it out: -dot(y, log(softmax(z))) of labels y and scores z",
    **dict.fromkeys(
        ("bce", "bceloss", "binarycrossentropy"),
        "write it out: -mean(y.*log(p) + (1 - y).*log(1 - p)) of labels y and probabilities p",
    ),
    "cov": "write it out, with rows that have the mean 0: X'*X/n",
    **dict.fromkeys(
        ("round", "floor", "ceil", "mod", "rank"),
        "it is constant between its jumps; declare it as a function if that is meant",
    ),
    **dict.fromkeys(
        ("Var", "Cov", "Pr", "Prob", "expectation"),
        "expectations and probabilities are not supported: write them out; mean(x) and var(x) are "
        "those of the entries of x",
    ),
    **dict.fromkeys(("vstack", "rowstack"), "write [A; B]"),
    "hstack": "write [A, B]",
    "block": "write [A, B; C, D]",
    **dict.fromkeys(("oneslike", "zeroslike"), "write ones(n) or zeros(n), as long as x is"),
}


def find_advice(name: str, texts: Sequence[str]) -> str | None:
    """What to write for a call of a name that is not a function; ``texts`` are its arguments."""
    spelt = name.lower().replace("_", "")
    template = WITH_ARGUMENTS.get((name, len(texts)), WITH_ARGUMENTS.get((spelt, len(texts))))
    if spelt in _OF_R:
        texts = [_ENTRYWISE.sub(r".\1", text) for text in texts]
    if spelt == "quadform" and texts and _MATRIX.fullmatch(texts[0]):  # Stan's begins with it
        texts = texts[::-1]
    return None if template is None else fill(template, texts)


def find_general_advice(name: str) -> str | None:
    """The same of a name with any number of arguments."""
    spelt = name.lower().replace("_", "")
    other = OTHER_NAMES.get(name) or OTHER_NAMES.get(spelt)
    if other:
        return f"did you mean {other}?"
    return ANYWAY.get(name) or ANYWAY.get(spelt)


def fill(template: str, texts: Sequence[str]) -> str:
    """The template with the arguments in their places."""

    # in one pass: an argument such as gamma(1) has the sign of a place in it
    def put(place: re.Match[str]) -> str:
        closed, plain = place.groups()
        text = texts[int(closed or plain)]
        inner = text[1:-1] if text.startswith("(") and text.find(")") == len(text) - 1 else text
        if plain:
            return inner
        return text if _WHOLE.fullmatch(text) else f"({inner})"

    return _PLACE.sub(put, template)
