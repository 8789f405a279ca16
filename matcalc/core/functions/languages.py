"""What each function of generated code is called in languages other than Python: a row for each
function, by the name that NumPy code has for it, and a column for each of MATLAB, C++, Julia and C.

A cell is a name; a form such as ``{0} \\ {1}``; ``=``, a function of ours of the same name
(``=name`` of that name), whose text comes with the code; or ``-``: the language has none, and
neither have we.
Functions of the first table act on every entry of an array; what is there is said about a number.
C++ has methods of arrays for those that are named there without ``std::``.
"""

from __future__ import annotations

from matcalc.core.functions.cells import rows_of

LANGUAGES = ("matlab", "cpp", "julia", "c")

_ENTRYWISE = r"""
np.exp              | exp                    | exp          | exp           | exp
np.log              | log                    | log          | log           | log
np.log2             | log2                   | std::log2    | log2          | log2
np.log10            | log10                  | log10        | log10         | log10
np.log1p            | log1p                  | log1p        | log1p         | log1p
np.expm1            | expm1                  | expm1        | expm1         | expm1
np.sin              | sin                    | sin          | sin           | sin
np.cos              | cos                    | cos          | cos           | cos
np.tan              | tan                    | tan          | tan           | tan
np.sinh             | sinh                   | sinh         | sinh          | sinh
np.cosh             | cosh                   | cosh         | cosh          | cosh
np.tanh             | tanh                   | tanh         | tanh          | tanh
np.arcsin           | asin                   | asin         | asin          | asin
np.arccos           | acos                   | acos         | acos          | acos
np.arctan           | atan                   | atan         | atan          | atan
np.arcsinh          | asinh                  | asinh        | asinh         | asinh
np.arccosh          | acosh                  | acosh        | acosh         | acosh
np.arctanh          | atanh                  | atanh        | atanh         | atanh
np.sqrt             | sqrt                   | sqrt         | sqrt          | sqrt
np.cbrt             | nthroot({0}, 3)        | std::cbrt    | cbrt          | cbrt
np.abs              | abs                    | abs          | abs           | fabs
np.sign             | sign                   | =sign_of     | sign          | =sign_of
np.maximum          | max                    | =max_of      | max           | =max_of
np.minimum          | min                    | =min_of      | min           | =min_of
np.divide           | /                      | /            | /             | /
np.float_power      | ^                      | pow          | ^             | pow
sec                 | =                      | =            | sec           | =
csc                 | =                      | =            | csc           | =
cot                 | =                      | =            | cot           | =
relu                | max({0}, 0)            | =            | =             | =
step                | double({0} > 0)        | =            | =             | =
sigmoid             | =                      | =            | =             | =
sigmoid_slope       | =                      | =            | =             | =
softplus            | =                      | =            | =             | =
silu                | =                      | =            | =             | =
softsign            | =                      | =            | =             | =
gelu                | =                      | =            | =             | =
leakyrelu           | =                      | =            | =             | =
elu                 | =                      | =            | =             | =
huber               | =                      | =            | =             | =
logit               | =                      | =            | =             | =
xlogy               | =                      | =            | =             | =
erf                 | erf                    | std::erf     | erf           | erf
erfc                | erfc                   | std::erfc    | erfc          | erfc
erfinv              | erfinv                 | -            | erfinv        | -
normcdf             | =                      | =            | =             | =
lognormcdf          | =                      | =            | =             | =
hypot               | hypot                  | std::hypot   | hypot         | hypot
atan2               | atan2                  | std::atan2   | atan          | atan2
normpdf             | =                      | =            | =             | =
gamma               | gamma                  | std::tgamma  | gamma         | tgamma
gammaln             | gammaln                | std::lgamma  | =             | lgamma
digamma             | psi(0, {0})            | =            | digamma       | =
polygamma           | psi                    | =            | polygamma     | =
mvlgamma            | =                      | =            | =             | =
besselj             | besselj                | -            | besselj       | -
"""

_WHOLE = r"""
np.sum              | sum                    | sum          | sum           | sum
np.mean             | mean                   | mean         | =mean_of      | mean
np.prod             | prod                   | prod         | prod          | prod
np.max              | max                    | maxCoeff     | maximum       | max
np.min              | min                    | minCoeff     | minimum       | min
np.var              | var                    | =variance    | =variance     | var
np.std              | std                    | =variance    | =deviation    | std
np.cumsum           | cumsum                 | =            | cumsum        | =
revcumsum           | =                      | =            | =             | =
norm2               | =                      | =            | =             | =
normp               | =                      | =            | =             | =
logsumexp           | =                      | =            | =             | =
softmax             | =                      | =            | =             | =
prodothers          | =                      | =            | =             | =
logsoftmax          | =                      | =            | =             | =
entropy             | =                      | =            | =             | =
kl                  | =                      | =            | =             | =
np.linalg.norm      | norm                   | norm         | =norm_along   | norm
np.logaddexp.reduce | =logsumexp_along       | =logsumexp   | =logsumexp_along | logaddexp
np.arange           | :                      | LinSpaced    | :             | arange
np.transpose        | permute                | transpose    | permutedims   | transpose
np.swapaxes         | permute                | transpose    | permutedims   | transpose
np.trace            | trace                  | trace        | tr            | trace
np.diagonal         | diag                   | diagonal     | diag          | diagonal
np.diag             | diag                   | asDiagonal   | diagm         | diag
one_hot             | =                      | =            | =             | one_hot
pick                | =                      | =            | =             | pick
np.take             | =take_at               | =take_at     | =take_at      | take
sum_at              | =                      | =            | =             | sum_at
np.kron             | kron                   | =            | kron          | kron
np.tril             | tril                   | =            | tril          | tril
np.triu             | triu                   | =            | triu          | triu
vec                 | =                      | =            | vec           | vec
np.linalg.inv       | inv                    | =inverse     | inv           | =inverse
np.linalg.solve     | {0} \ {1}              | =solve       | {0} \ {1}     | =solve
np.linalg.det       | det                    | determinant  | det           | =determinant
np.linalg.slogdet   | =logabsdet             | =logabsdet   | logabsdet     | =logabsdet
np.linalg.cholesky  | chol({0}, 'lower')     | =cholesky    | =lower_factor | =psd_factors
np.linalg.eigvalsh  | =eigvals               | =eigvals     | =eigenvalues  | =eigvals
np.linalg.multi_dot | =multiply              | =multiply    | *             | multiply
psd_factors         | chol({0}, 'lower')     | =            | =             | =
psd_solve           | =                      | =            | =             | =
psd_inverse         | =                      | =            | =             | =
psd_logdet          | =                      | =            | =             | =
weighted_gram       | =                      | =            | =             | gram
squared_distances   | =                      | =            | =             | =
pinv                | pinv                   | =pinv        | pinv          | =
sylvester           | sylvester              | =            | sylvester({0}, {1}, -({2})) | -
sylvester_inverse   | =                      | =            | =             | -
lyapunov            | sylvester({0}, ({0})', {1}) | =        | lyap({0}, -({1})) | -
cof                 | =                      | =            | =             | =
adj                 | =                      | =            | =             | =
expm                | expm                   | =            | exp           | =
sinhm               | =                      | =            | sinh          | =
coshm               | =                      | =            | cosh          | =
tanhm               | =                      | =            | tanh          | =
sinm                | =                      | =            | sin           | -
cosm                | =                      | =            | cos           | -
tanm                | =                      | =            | tan           | -
logm                | logm                   | =            | log           | -
sqrtm               | sqrtm                  | =            | sqrt          | -
matrix_power        | {0} ^ {1}              | =            | ^             | =
frechet_expm        | =                      | =            | =             | =
frechet_logm        | =                      | =            | =             | -
frechet_sqrtm       | =                      | =            | =             | -
frechet_sinm        | =                      | =            | =             | -
frechet_cosm        | =                      | =            | =             | -
frechet_tanm        | =                      | =            | =             | -
frechet_sinhm       | =                      | =            | =             | -
frechet_coshm       | =                      | =            | =             | -
frechet_tanhm       | =                      | =            | =             | -
eigvecs             | =                      | =            | =eigenvectors | =
eigvec              | =                      | =            | =             | =
lambda_max          | =                      | =            | =             | =
lambda_min          | =                      | =            | =             | =
eigval              | =                      | =            | =             | -
eigright            | =                      | =            | =             | -
eigleft             | =                      | =            | =             | -
qr_q                | =                      | =            | =             | =
qr_r                | =                      | =            | =             | =
lu_l                | =                      | =            | =             | =
lu_u                | =                      | =            | =             | =
invgap              | =                      | =            | =             | =
svdvals             | =                      | =            | =tall_svdvals | =
leftvecs            | =                      | =            | =             | =
rightvecs           | =                      | =            | =             | =
thin_svdvals        | =                      | =            | svdvals       | =
thin_leftvecs       | =                      | =            | =             | =
thin_rightvecs      | =                      | =            | =             | =
specnorm            | norm                   | =            | opnorm        | =
leftvec             | =                      | =            | =             | =
rightvec            | =                      | =            | =             | =
condnum             | cond                   | =            | cond          | =
polar               | =                      | =            | =             | =
nucnorm             | =                      | =            | =             | =
schatten            | =                      | =            | =             | =
khatrirao           | =                      | =            | =             | khatrirao
skewmat             | =                      | =            | =             | =
cross               | cross                  | =            | cross         | =
vee                 | =                      | =            | =             | =
reshape             | reshape                | =            | reshape       | reshape
commutation         | =                      | =            | =             | =
elimination         | =                      | =            | =             | =
duplication         | =                      | =            | =             | =
vech                | =                      | =            | =             | =
toeplitz            | =toeplitz_part         | =            | =             | =
circulant           | =circulant_part        | =            | =             | =
hankel              | =hankel_part           | =            | =             | =
toeplitz_projector  | =                      | =            | =             | =
circulant_projector | =                      | =            | =             | =
hankel_projector    | =                      | =            | =             | =
signs               | =                      | -            | =             | -
np.where            | =choose                | select       | ifelse        | ?:
"""


_OF_ENTRIES = rows_of(_ENTRYWISE, LANGUAGES)
LANGUAGE_CALLS = _OF_ENTRIES | rows_of(_WHOLE, LANGUAGES)
ENTRY_CALLS = frozenset(_OF_ENTRIES)  # those that act on every entry
