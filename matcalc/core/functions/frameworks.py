"""What each function of generated code is called in every framework: a row for each function, by
the name that NumPy code has for it, and a column for each of JAX, PyTorch and the array API.

A cell is a name; ``=``, a function of ours of the same name (``=name`` of that name, with ``*`` for
one that makes an array out of nothing), whose text comes with the code; or ``-``: the framework has
none, and neither have we.
"""

from __future__ import annotations

from matcalc.core.functions.cells import rows_of

FRAMEWORKS = ("jax", "torch", "array-api")

_ROWS = """
np.exp              | exp                    | exp                    | exp
np.log              | log                    | log                    | log
np.log2             | log2                   | log2                   | log2
np.log10            | log10                  | log10                  | log10
np.log1p            | log1p                  | log1p                  | log1p
np.expm1            | expm1                  | expm1                  | expm1
np.sin              | sin                    | sin                    | sin
np.cos              | cos                    | cos                    | cos
np.tan              | tan                    | tan                    | tan
np.sinh             | sinh                   | sinh                   | sinh
np.cosh             | cosh                   | cosh                   | cosh
np.tanh             | tanh                   | tanh                   | tanh
np.arcsin           | arcsin                 | asin                   | asin
np.arccos           | arccos                 | acos                   | acos
np.arctan           | arctan                 | atan                   | atan
np.arcsinh          | arcsinh                | asinh                  | asinh
np.arccosh          | arccosh                | acosh                  | acosh
np.arctanh          | arctanh                | atanh                  | atanh
np.sqrt             | sqrt                   | sqrt                   | sqrt
np.cbrt             | cbrt                   | =cbrt                  | =cbrt
np.abs              | abs                    | abs                    | abs
np.sign             | sign                   | sign                   | sign
np.maximum          | maximum                | maximum                | maximum
np.minimum          | minimum                | minimum                | minimum
np.divide           | divide                 | divide                 | divide
np.float_power      | power                  | pow                    | pow
sec                 | =                      | =                      | =
csc                 | =                      | =                      | =
cot                 | =                      | =                      | =
relu                | =                      | relu                   | =
step                | =                      | =                      | =
sigmoid             | jax.nn.sigmoid         | sigmoid                | =
sigmoid_slope       | =                      | =                      | =
softplus            | =                      | =                      | =
silu                | =                      | =                      | =
softsign            | =                      | =                      | =
gelu                | =                      | =                      | -
leakyrelu           | =                      | =                      | =
elu                 | =                      | =                      | =
huber               | =                      | =                      | =
logit               | =                      | =                      | =
xlogy               | jax.scipy.special.xlogy | xlogy                  | =
erf                 | jax.scipy.special.erf  | erf                    | -
erfc                | jax.scipy.special.erfc | erfc                   | -
erfinv              | jax.scipy.special.erfinv | erfinv                 | -
normcdf             | jax.scipy.special.ndtr | special.ndtr           | -
lognormcdf          | jax.scipy.special.log_ndtr | special.log_ndtr       | -
hypot               | hypot                  | hypot                  | hypot
atan2               | arctan2                | atan2                  | atan2
normpdf             | =                      | =                      | =
gamma               | jax.scipy.special.gamma | =signed_gamma          | -
gammaln             | jax.scipy.special.gammaln | lgamma                 | -
digamma             | jax.scipy.special.digamma | digamma                | -
polygamma           | jax.scipy.special.polygamma | polygamma              | -
mvlgamma            | jax.scipy.special.multigammaln | mvlgamma               | -
besselj             | -                      | -                      | -
np.where            | where                  | where                  | where
np.sum              | sum                    | sum                    | sum
np.mean             | mean                   | mean                   | mean
np.prod             | prod                   | prod                   | prod
np.max              | max                    | amax                   | max
np.min              | min                    | amin                   | min
np.var              | var                    | var                    | var
np.std              | std                    | std                    | std
np.cumsum           | cumsum                 | cumsum                 | cumulative_sum
revcumsum           | =                      | =                      | =
norm2               | =                      | =                      | =
normp               | =                      | =                      | =
logsumexp           | =                      | =                      | =
softmax             | =                      | =                      | =
prodothers          | =                      | =                      | =
logsoftmax          | =                      | =                      | =
entropy             | =                      | =                      | =
kl                  | =                      | =                      | =
np.linalg.norm      | linalg.vector_norm     | linalg.vector_norm     | linalg.vector_norm
np.logaddexp.reduce | =logaddexp_reduce      | =logaddexp_reduce      | =logaddexp_reduce
np.arange           | arange                 | arange                 | arange
np.transpose        | transpose              | permute                | permute_dims
np.swapaxes         | swapaxes               | swapaxes               | matrix_transpose
np.trace            | trace                  | trace                  | linalg.trace
np.diagonal         | diagonal               | diagonal               | linalg.diagonal
np.diag             | diag                   | diag                   | =diag
one_hot             | =*                     | =*                     | =*
pick                | =                      | =                      | =
np.take             | take                   | =index_select          | =take_at
sum_at              | jax.ops.segment_sum    | =index_add             | =
np.kron             | kron                   | =                      | =
np.tril             | tril                   | tril                   | tril
np.triu             | triu                   | triu                   | triu
vec                 | =                      | =                      | =
np.linalg.inv       | linalg.inv             | linalg.inv             | linalg.inv
np.linalg.solve     | linalg.solve           | linalg.solve           | linalg.solve
np.linalg.det       | linalg.det             | linalg.det             | linalg.det
np.linalg.slogdet   | linalg.slogdet         | linalg.slogdet         | linalg.slogdet
np.linalg.cholesky  | linalg.cholesky        | linalg.cholesky        | linalg.cholesky
np.linalg.eigvalsh  | linalg.eigvalsh        | linalg.eigvalsh        | linalg.eigvalsh
np.linalg.multi_dot | linalg.multi_dot       | linalg.multi_dot       | @
psd_factors         | linalg.cholesky        | linalg.cholesky        | linalg.cholesky
psd_solve           | =cho_solve             | =cholesky_solve        | =
psd_inverse         | =                      | cholesky_inverse       | =
psd_logdet          | =                      | =                      | =
weighted_gram       | =                      | =                      | =
squared_distances   | =                      | =                      | =
pinv                | linalg.pinv            | linalg.pinv            | linalg.pinv
sylvester           | =                      | =                      | =
sylvester_inverse   | =                      | =                      | =
lyapunov            | =                      | =                      | =
cof                 | =                      | =                      | =
adj                 | =                      | =                      | =
expm                | jax.scipy.linalg.expm  | linalg.matrix_exp      | -
sinhm               | =                      | =                      | -
coshm               | =                      | =                      | -
tanhm               | =                      | =                      | -
sinm                | =                      | =                      | -
cosm                | =                      | =                      | -
tanm                | =                      | =                      | -
logm                | =                      | =                      | =
sqrtm               | =                      | =                      | =
matrix_power        | linalg.matrix_power    | linalg.matrix_power    | -
frechet_expm        | =                      | =                      | -
frechet_logm        | =                      | =                      | =
frechet_sqrtm       | =                      | =                      | =
frechet_sinm        | =                      | =                      | -
frechet_cosm        | =                      | =                      | -
frechet_tanm        | =                      | =                      | -
frechet_sinhm       | =                      | =                      | -
frechet_coshm       | =                      | =                      | -
frechet_tanhm       | =                      | =                      | -
eigvecs             | =                      | =                      | =
eigvec              | =                      | =                      | =
lambda_max          | =                      | =                      | =
lambda_min          | =                      | =                      | =
eigval              | =                      | =                      | -
eigright            | =                      | =                      | -
eigleft             | =                      | =                      | -
qr_q                | =                      | =                      | =
qr_r                | =                      | =                      | =
lu_l                | =                      | =                      | =
lu_u                | =                      | =                      | =
invgap              | =                      | =                      | =
svdvals             | =                      | =                      | =
leftvecs            | =                      | =                      | =
rightvecs           | =                      | =                      | =
thin_svdvals        | =                      | =                      | =
thin_leftvecs       | =                      | =                      | =
thin_rightvecs      | =                      | =                      | =
specnorm            | =                      | =                      | =
leftvec             | =                      | =                      | =
rightvec            | =                      | =                      | =
condnum             | =                      | =                      | =
polar               | =                      | =                      | =
nucnorm             | =                      | =                      | =
schatten            | =                      | =                      | =
khatrirao           | =                      | =                      | =
skewmat             | =                      | =                      | =
cross               | =                      | =                      | =
vee                 | =                      | =                      | =
reshape             | =                      | =                      | =
commutation         | =*                     | =*                     | =*
toeplitz            | =                      | =                      | =
circulant           | =                      | =                      | =
hankel              | =                      | =                      | =
vech                | =                      | =                      | =
elimination         | =*                     | =*                     | =*
duplication         | =*                     | =*                     | =*
toeplitz_projector  | =*                     | =*                     | =*
circulant_projector | =*                     | =*                     | =*
hankel_projector    | =*                     | =*                     | =*
signs               | =*                     | =*                     | =*
"""


FRAMEWORK_CALLS = rows_of(_ROWS, FRAMEWORKS)
