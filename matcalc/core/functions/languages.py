"""What each function of generated code is called in languages other than Python: a row for each
function, by the name that NumPy code has for it, and a column for each of MATLAB, C++ and Julia.

A cell is a name; a form such as ``{0} \\ {1}``; ``=``, a function of ours of the same name
(``=name`` of that name), whose text comes with the code; or ``-``: the language has none, and
neither have we.
Functions of the first table act on every entry of an array; what stands there is said of a number.
C++ has methods of arrays for those that are named there without ``std::``.
"""

from __future__ import annotations

from matcalc.core.functions.cells import rows_of

LANGUAGES = ("matlab", "cpp", "julia")

_ENTRYWISE = r"""
np.exp              | exp                    | exp          | exp
np.log              | log                    | log          | log
np.log2             | log2                   | std::log2    | log2
np.log10            | log10                  | log10        | log10
np.log1p            | log1p                  | log1p        | log1p
np.expm1            | expm1                  | expm1        | expm1
np.sin              | sin                    | sin          | sin
np.cos              | cos                    | cos          | cos
np.tan              | tan                    | tan          | tan
np.sinh             | sinh                   | sinh         | sinh
np.cosh             | cosh                   | cosh         | cosh
np.tanh             | tanh                   | tanh         | tanh
np.arcsin           | asin                   | asin         | asin
np.arccos           | acos                   | acos         | acos
np.arctan           | atan                   | atan         | atan
np.arcsinh          | asinh                  | asinh        | asinh
np.arccosh          | acosh                  | acosh        | acosh
np.arctanh          | atanh                  | atanh        | atanh
np.sqrt             | sqrt                   | sqrt         | sqrt
np.cbrt             | nthroot({0}, 3)        | std::cbrt    | cbrt
np.abs              | abs                    | abs          | abs
np.sign             | sign                   | =sign_of     | sign
np.maximum          | max                    | =max_of      | max
np.minimum          | min                    | =min_of      | min
np.divide           | /                      | /            | /
np.float_power      | ^                      | pow          | ^
sec                 | =                      | =            | sec
csc                 | =                      | =            | csc
cot                 | =                      | =            | cot
relu                | max({0}, 0)            | =            | =
step                | double({0} > 0)        | =            | =
sigmoid             | =                      | =            | =
sigmoid_slope       | =                      | =            | =
softplus            | =                      | =            | =
silu                | =                      | =            | =
softsign            | =                      | =            | =
gelu                | =                      | =            | -
leakyrelu           | =                      | =            | =
elu                 | =                      | =            | =
huber               | =                      | =            | =
logit               | =                      | =            | =
xlogy               | =                      | =            | =
erf                 | erf                    | std::erf     | -
erfc                | erfc                   | std::erfc    | -
erfinv              | erfinv                 | -            | -
normcdf             | =                      | =            | -
lognormcdf          | =                      | -            | -
hypot               | hypot                  | std::hypot   | hypot
atan2               | atan2                  | std::atan2   | atan
normpdf             | =                      | =            | =
gamma               | gamma                  | std::tgamma  | -
gammaln             | gammaln                | std::lgamma  | -
digamma             | psi(0, {0})            | =            | -
polygamma           | psi                    | =            | -
mvlgamma            | =                      | =            | -
besselj             | besselj                | -            | -
"""

_WHOLE = r"""
np.sum              | sum                    | sum          | sum
np.mean             | mean                   | mean         | =mean_of
np.prod             | prod                   | prod         | prod
np.max              | max                    | maxCoeff     | maximum
np.min              | min                    | minCoeff     | minimum
np.var              | var                    | =variance    | =variance
np.std              | std                    | =variance    | =deviation
np.cumsum           | cumsum                 | =            | cumsum
revcumsum           | =                      | =            | =
norm2               | =                      | =            | =
normp               | =                      | =            | =
logsumexp           | =                      | =            | =
softmax             | =                      | =            | =
prodothers          | =                      | =            | =
logsoftmax          | =                      | =            | =
entropy             | =                      | =            | =
kl                  | =                      | =            | =
np.linalg.norm      | norm                   | norm         | =norm_along
np.logaddexp.reduce | =logsumexp_along       | =logsumexp   | =logsumexp_along
np.arange           | :                      | LinSpaced    | :
np.transpose        | permute                | transpose    | permutedims
np.swapaxes         | permute                | transpose    | permutedims
np.trace            | trace                  | trace        | tr
np.diagonal         | diag                   | diagonal     | diag
np.diag             | diag                   | asDiagonal   | diagm
np.kron             | kron                   | =            | kron
np.tril             | tril                   | =            | tril
np.triu             | triu                   | =            | triu
vec                 | =                      | =            | vec
np.linalg.inv       | inv                    | =inverse     | inv
np.linalg.solve     | {0} \ {1}              | =solve       | {0} \ {1}
np.linalg.det       | det                    | determinant  | det
np.linalg.slogdet   | =logabsdet             | =logabsdet   | logabsdet
np.linalg.cholesky  | chol({0}, 'lower')     | =cholesky    | =lower_factor
np.linalg.eigvalsh  | =eigvals               | =eigvals     | =eigenvalues
np.linalg.multi_dot | =multiply              | =multiply    | *
psd_factors         | chol({0}, 'lower')     | =            | =
psd_solve           | =                      | =            | =
psd_inverse         | =                      | =            | =
psd_logdet          | =                      | =            | =
weighted_gram       | =                      | =            | =
pinv                | pinv                   | =pinv        | pinv
sylvester           | sylvester              | -            | sylvester({0}, {1}, -({2}))
sylvester_inverse   | -                      | -            | -
lyapunov            | sylvester({0}, ({0})', {1}) | -        | lyap({0}, -({1}))
cof                 | =                      | =            | =
adj                 | =                      | =            | =
expm                | expm                   | =            | exp
sinhm               | =                      | =            | sinh
coshm               | =                      | =            | cosh
tanhm               | =                      | =            | tanh
sinm                | =                      | =            | sin
cosm                | =                      | =            | cos
tanm                | =                      | =            | tan
logm                | logm                   | =            | log
sqrtm               | sqrtm                  | =            | sqrt
matrix_power        | {0} ^ {1}              | =            | ^
frechet_expm        | =                      | =            | =
frechet_logm        | =                      | =            | =
frechet_sqrtm       | =                      | =            | =
frechet_sinm        | =                      | =            | =
frechet_cosm        | =                      | =            | =
frechet_tanm        | =                      | =            | =
frechet_sinhm       | =                      | =            | =
frechet_coshm       | =                      | =            | =
frechet_tanhm       | =                      | =            | =
eigvecs             | =                      | =            | =eigenvectors
eigvec              | =                      | =            | =
lambda_max          | =                      | =            | =
lambda_min          | =                      | =            | =
eigval              | -                      | -            | -
eigright            | -                      | -            | -
eigleft             | -                      | -            | -
qr_q                | -                      | -            | -
qr_r                | -                      | -            | -
lu_l                | -                      | -            | -
lu_u                | -                      | -            | -
invgap              | =                      | =            | =
svdvals             | =                      | =            | =tall_svdvals
leftvecs            | =                      | =            | =
rightvecs           | =                      | =            | =
thin_svdvals        | =                      | =            | svdvals
thin_leftvecs       | =                      | =            | =
thin_rightvecs      | =                      | =            | =
specnorm            | norm                   | =            | opnorm
leftvec             | =                      | =            | =
rightvec            | =                      | =            | =
condnum             | cond                   | =            | cond
polar               | =                      | =            | =
nucnorm             | =                      | =            | =
schatten            | =                      | =            | =
khatrirao           | =                      | =            | =
skewmat             | =                      | =            | =
cross               | cross                  | =            | cross
vee                 | =                      | =            | =
reshape             | reshape                | =            | reshape
commutation         | =                      | =            | =
elimination         | =                      | =            | =
duplication         | =                      | =            | =
vech                | =                      | =            | =
signs               | =                      | -            | =
np.where            | =choose                | select       | ifelse
"""


_OF_ENTRIES = rows_of(_ENTRYWISE, LANGUAGES)
LANGUAGE_CALLS = _OF_ENTRIES | rows_of(_WHOLE, LANGUAGES)
ENTRY_CALLS = frozenset(_OF_ENTRIES)  # those that act on every entry
