# relu: max(x, 0)
relu(x) = max(x, zero(x))

# step: 1 where x > 0, else 0
step(x) = x > 0 ? one(x) : zero(x)

# sigmoid: 1/(1 + exp(-x)), without overflow
function sigmoid(x)
    small = exp(-abs(x))
    return (x >= 0 ? one(small) : small) / (1 + small)
end

# sigmoid_slope: sigmoid(x)*sigmoid(-x)
function sigmoid_slope(x)
    small = exp(-abs(x))
    return small / (1 + small)^2
end

# softplus: log(1 + exp(x)), without overflow
softplus(x) = max(x, zero(x)) + log1p(exp(-abs(x)))

# silu: x*sigmoid(x)
silu(x) = x * sigmoid(x)

# softsign: x/(1 + |x|)
softsign(x) = x / (1 + abs(x))

# normpdf: exp(-x^2/2)/sqrt(2*pi)
normpdf(x) = exp(-x^2 / 2) / sqrt(2 * oftype(float(x), pi))

# normcdf: the distribution function of the standard normal distribution
normcdf(x) = erfc(-x / sqrt(oftype(float(x), 2))) / 2

# lognormcdf: its logarithm, also where it is tiny
function lognormcdf(x)
    z = -x / sqrt(oftype(float(x), 2))
    if z > 2
        return log(erfcx(z) / 2) - z * z
    end
    return z < 0 ? log1p(-erfc(-z) / 2) : log(erfc(z) / 2)
end

# gelu: x*normcdf(x)
gelu(x) = x * normcdf(x)

# gammaln: the logarithm of the absolute value of the gamma function
gammaln(x) = first(logabsgamma(x))

# mvlgamma: the logarithm of the multivariate gamma function
function mvlgamma(a, p)
    parts = sum(gammaln(a + oftype(float(a), (1 - k) / 2)) for k in 1:p)
    return parts + oftype(float(a), p * (p - 1) / 4 * log(pi))
end

# leakyrelu: x where x > 0, else a*x
leakyrelu(x, a) = x > 0 ? x : a * x

# elu: x where x > 0, else a*(exp(x) - 1)
elu(x, a) = x > 0 ? x : a * expm1(x)

# huber: x^2/2 where |x| <= d, else d*(|x| - d/2)
huber(x, d) = abs(x) <= d ? x^2 / 2 : d * (abs(x) - d / 2)

# logit: log(x/(1 - x)), near 1/2 as 2*atanh(2*x - 1)
logit(x) = 4 * abs(x - 1 / 2) < 1 ? 2 * atanh(2 * x - 1) : log(x) - log1p(-x)

# xlogy: x*log(y), and 0 where x = 0
xlogy(x, y) = iszero(x) && !isnan(y) ? zero(x * y) : x * log(y)

# rearranged: the axes of an array in another order, and for 0 one of length 1
function rearranged(x, places)
    kept = filter(!iszero, places)
    turned = permutedims(x, kept)
    sizes = map(place -> iszero(place) ? 1 : size(x, place), places)
    return reshape(turned, sizes)
end

# reshape_rows: another shape, the entries taken row by row
function reshape_rows(x, sizes...)
    turned = permutedims(x, ndims(x):-1:1)
    wide = reshape(turned, reverse(sizes))
    return permutedims(wide, length(sizes):-1:1)
end

# mean_of: the sum over the number of entries; of all, or along an axis
mean_of(x; dims = :) =
    sum(x; dims = dims) / (dims == (:) ? length(x) : prod(size(x, axis) for axis in dims))

# variance: the mean of the squared deviations from the mean
variance(x; dims = :) = mean_of((x .- mean_of(x; dims = dims)) .^ 2; dims = dims)

# deviation: the root of the variance
deviation(x; dims = :) = sqrt.(variance(x; dims = dims))

# norm_along: the root of the sum of squares, of which the axes stay
norm_along(x; dims) = sqrt.(sum(abs2, x; dims = dims))

# logsumexp_along: log(sum(exp(x))) along an axis, which stays
function logsumexp_along(x; dims)
    largest = maximum(x; dims = dims)
    return largest .+ log.(sum(exp.(x .- largest); dims = dims))
end

# norm2: the root of the sum of squares; of each column (1) or of each row (2)
norm2(x) = norm(x)
norm2(x, axis) = vec(norm_along(x; dims = axis))

# normp: sum(abs(x).^p)^(1/p), the largest absolute entry taken out
normp(x, p) = norm(x, p)

# logsumexp: log(sum(exp(x))); of each column (1) or of each row (2)
function logsumexp(x)
    largest = maximum(x)
    return largest + log(sum(exp.(x .- largest)))
end
logsumexp(x, axis) = vec(logsumexp_along(x; dims = axis))

# softmax: exp(x)/sum(exp(x)); of each column (1) or of each row (2)
function softmax(x)
    weights = exp.(x .- maximum(x))
    return weights / sum(weights)
end
function softmax(x, axis)
    weights = exp.(x .- maximum(x; dims = axis))
    return weights ./ sum(weights; dims = axis)
end

# prodothers: the product of the other entries, also where one is 0
function prodothers(x, axis = 1)
    none = x .== 0
    safe = x .+ none
    return (prod(safe; dims = axis) ./ safe) .* (sum(none; dims = axis) .== none)
end

# logsoftmax: log(softmax(x))
logsoftmax(x) = x .- logsumexp(x)
logsoftmax(x, axis) = x .- logsumexp_along(x; dims = axis)

# entropy: -sum(x.*log(x)), 0 where an entry is 0
entropy(x) = -sum(xlogy.(x, x))

# kl: sum(x.*log(x./y)), 0 where an entry of x is 0
kl(x, y) = sum(xlogy.(x, x) .- xlogy.(x, y))

# revcumsum: x[i] + ... + x[n]
revcumsum(x, axis = 1) = reverse(cumsum(reverse(x; dims = axis); dims = axis); dims = axis)

# take_at: the entries at places, counted from 0, along an axis; what is beyond its ends is never used
function take_at(x, places, axis)
    inside = clamp.(round.(Int, places), 0, size(x, axis) - 1) .+ 1
    return x[ntuple(k -> k == axis ? inside : Colon(), ndims(x))...]
end

# weighted_gram: Z'*diag(w)*Z
weighted_gram(w, Z) = Z' * (w .* Z)

# squared_distances: |x - y|^2 for each row x of X and each row y of Y
squared_distances(X, Y) = [sum(abs2, x - y) for x in eachrow(X), y in eachrow(Y)]

# psd_factors: the factorisation of a positive definite matrix
psd_factors(S) = cholesky(Symmetric(S))

# psd_solve: inv(S)*B
psd_solve(factors, B) = factors \ B

# psd_inverse: inv(S)
psd_inverse(factors) = inv(factors)

# psd_logdet: log(det(S))
psd_logdet(factors) = logdet(factors)

# lower_factor: the lower triangle L with L*L' = S
lower_factor(S) = Matrix(cholesky(Symmetric(S)).L)

# directed: the sign of the entry with the largest absolute value in each column, as a row
directed(V) = [sign(column[argmax(abs.(column))]) for column in eachcol(V)]'

# symmetric_part: (A + A')/2
symmetric_part(A) = Symmetric((A + A') / 2)

# eigenvalues: those of a symmetric matrix, ascending
eigenvalues(A) = eigvals(symmetric_part(A))

# eigenvectors: those of a symmetric matrix as columns
function eigenvectors(A)
    V = eigvecs(symmetric_part(A))
    return V .* directed(V)
end

# eigvec: the unit eigenvector of the largest eigenvalue
eigvec(A) = eigenvectors(A)[:, end]

# lambda_max: the largest eigenvalue of a symmetric matrix
lambda_max(A) = maximum(eigenvalues(A))

# lambda_min: the smallest eigenvalue of a symmetric matrix
lambda_min(A) = minimum(eigenvalues(A))

# real_eigen: the k-th largest of the real eigenvalues, its unit right vector v and its left vector
# u with u'*v = 1; nan where there are fewer
function real_eigen(A, k)
    found = eigen(A)
    real_ones = filter(place -> iszero(imag(found.values[place])), axes(A, 1))
    if length(real_ones) < k
        nothing_there = fill(oftype(float(A[1, 1]), NaN), size(A, 1))
        return nothing_there[1], nothing_there, nothing_there
    end
    place = sort(real_ones; by = place -> real(found.values[place]), rev = true)[k]
    v, u = real(found.vectors[:, place]), real(inv(found.vectors)[place, :])
    scale = norm(v) * sign(v[argmax(abs.(v))])
    return real(found.values[place]), v / scale, u * scale
end

# eigval: the k-th largest of the real eigenvalues of a square matrix
eigval(A, k = 1) = real_eigen(A, k)[1]

# eigright: the unit right eigenvector of eigval(A, k)
eigright(A, k = 1) = real_eigen(A, k)[2]

# eigleft: the left eigenvector u of eigval(A, k), with u'*eigright(A, k) = 1
eigleft(A, k = 1) = real_eigen(A, k)[3]

# invgap: 1/(x[j] - x[i]) off the diagonal, and 0 on it
invgap(x) = [i == j ? zero(x[1]) : 1 / (x[j] - x[i]) for i in eachindex(x), j in eachindex(x)]

# decomposed: the thin singular value decomposition
function decomposed(X)
    found = svd(X)
    V = Matrix(found.V)
    signs = directed(V)
    return found.U .* signs, found.S, V .* signs
end

# tall: an error where a matrix has more columns than rows
function tall(X)
    size(X, 1) >= size(X, 2) ||
        throw(DimensionMismatch("expected a matrix with at least as many rows as columns"))
    return X
end

# thin_svdvals: the singular values of a matrix of any shape
thin_svdvals(X) = svdvals(X)

# thin_leftvecs: their left vectors as columns
thin_leftvecs(X) = decomposed(X)[1]

# thin_rightvecs: their right vectors as columns
thin_rightvecs(X) = decomposed(X)[3]

# tall_svdvals: the singular values, descending, one for each column
tall_svdvals(X) = svdvals(tall(X))

# leftvecs: the left singular vectors as columns
leftvecs(X) = decomposed(tall(X))[1]

# rightvecs: the right singular vectors as columns
rightvecs(X) = decomposed(tall(X))[3]

# leftvec: the left singular vector of the largest singular value
leftvec(X) = decomposed(X)[1][:, 1]

# rightvec: the right singular vector of the largest singular value
rightvec(X) = decomposed(X)[3][:, 1]

# polar: the orthogonal polar factor of a matrix of full rank
function polar(X)
    found = svd(X)
    return found.U * found.Vt
end

# nucnorm: the sum of the singular values
nucnorm(X) = sum(svdvals(X))

# schatten: the p-norm of the singular values
schatten(X, p) = norm(svdvals(X), p)

# cof: the cofactor matrix, by singular values: also of a singular matrix
function cof(A)
    found = svd(A)
    s = found.S
    others = [prod(s[1:k-1]) * prod(s[k+1:end]) for k in eachindex(s)]
    return det(found.U) * det(found.Vt) * (found.U * Diagonal(others) * found.Vt)
end

# adj: the adjugate
adj(A) = Matrix(cof(A)')

# khatrirao: the Kronecker products of the columns
khatrirao(A, B) = reduce(hcat, [kron(a, b) for (a, b) in zip(eachcol(A), eachcol(B))])

# skewmat: the matrix of the cross product with x
skewmat(x) = [zero(x[1]) -x[3] x[2]; x[3] zero(x[1]) -x[1]; -x[2] x[1] zero(x[1])]

# vee: the vector of which skewmat is the skew part of M
vee(M) = [M[3, 2] - M[2, 3], M[1, 3] - M[3, 1], M[2, 1] - M[1, 2]] / 2

# signs: the sign of the permutation i, j, k of three
signs() = [(i - j) * (j - k) * (k - i) / 2 for i in 1:3, j in 1:3, k in 1:3]

# commutation: the matrix K with K*vec(A) = vec(A') for every m x n matrix A
commutation(m, n) = Matrix(1.0I, m * n, m * n)[vec(permutedims(reshape(1:m*n, m, n))), :]

# vech: the lower half, column by column
vech(A) = [A[i, j] for j in axes(A, 2) for i in j:size(A, 1)]

# elimination: the matrix L with L*vec(A) = vech(A)
elimination(n) = Matrix(1.0I, n * n, n * n)[[i + (j - 1) * n for j in 1:n for i in j:n], :]

# duplication: the matrix D with D*vech(S) = vec(S) for every symmetric matrix S
duplication(n) = elimination(n)' .+ commutation(n, n) * elimination(n)' .* below(n)'

# below: 1 for the entries of vech that are not on the diagonal
below(n) = [i == j ? 0.0 : 1.0 for j in 1:n for i in j:n]

# frechet: the upper right block of f([Y E; 0 Y]), one doubling for each direction
function frechet(f, X, directions)
    n = size(X, 1)
    Y = X
    for E in directions
        block = kron(Matrix(I, size(Y, 1) ÷ n, size(Y, 1) ÷ n), E)
        Y = [Y block; zero(Y) Y]
    end
    return f(Y)[1:n, end-n+1:end]
end

# open_directions: f(X, ..., E) for all basis matrices E in the last places, whose axes are the last
function open_directions(f, slots, X, directions...)
    n = size(X, 1)
    units = [one(eltype(X)) .* reshape(1:n*n .== k, n, n) for k in 1:n*n]
    every = Iterators.product(ntuple(slot -> units, slots)...)
    values = vec([f(X, directions..., E...) for E in every])
    return reshape(reduce(hcat, values), ntuple(axis -> n, 2 * slots + 2))
end

# frechet_expm: the derivative of exp along directions
frechet_expm(X, directions...) = frechet(exp, X, directions)

# frechet_logm: the derivative of log along directions
frechet_logm(X, directions...) = frechet(log, X, directions)

# frechet_sqrtm: the derivative of sqrt along directions
frechet_sqrtm(X, directions...) = frechet(sqrt, X, directions)

# frechet_sinm: the derivative of sin along directions
frechet_sinm(X, directions...) = frechet(sin, X, directions)

# frechet_cosm: the derivative of cos along directions
frechet_cosm(X, directions...) = frechet(cos, X, directions)

# frechet_tanm: the derivative of tan along directions
frechet_tanm(X, directions...) = frechet(tan, X, directions)

# frechet_sinhm: the derivative of sinh along directions
frechet_sinhm(X, directions...) = frechet(sinh, X, directions)

# frechet_coshm: the derivative of cosh along directions
frechet_coshm(X, directions...) = frechet(cosh, X, directions)

# frechet_tanhm: the derivative of tanh along directions
frechet_tanhm(X, directions...) = frechet(tanh, X, directions)

# eliminated: L and U of A = L*U, without exchanges of rows
function eliminated(A)
    U = copy(float(A))
    L = Matrix{eltype(U)}(I, size(U)...)
    n = size(U, 1)
    for k in 1:n, i in k+1:n
        L[i, k] = U[i, k] / U[k, k]
        U[i, :] -= L[i, k] * U[k, :]
        U[i, k] = 0
    end
    return L, U
end

# lu_l: the unit lower triangular L of A = L*U
lu_l(A) = eliminated(A)[1]

# lu_u: the upper triangular U of A = L*U
lu_u(A) = eliminated(A)[2]

# orthonormalised: Q and R of A = Q*R, R with a positive diagonal
function orthonormalised(A)
    found = qr(tall(A))
    signs = [each < 0 ? -one(each) : one(each) for each in diag(found.R)]
    return Matrix(found.Q) .* signs', signs .* found.R
end

# qr_q: the Q with orthonormal columns of A = Q*R
qr_q(A) = orthonormalised(A)[1]

# qr_r: the upper triangular R of A = Q*R with a positive diagonal
qr_r(A) = orthonormalised(A)[2]

# means: at each entry the mean of those with the same place
function means(A, place)
    n = size(A, 1)
    sums, counts = zeros(float(eltype(A)), 2n), zeros(Int, 2n)
    for j in 1:n, i in 1:n
        sums[place(i, j)] += A[i, j]
        counts[place(i, j)] += 1
    end
    return [sums[place(i, j)] / counts[place(i, j)] for i in 1:n, j in 1:n]
end

# toeplitz: each entry the mean along its diagonal
toeplitz(A) = means(A, (i, j) -> i - j + size(A, 1))

# circulant: each entry the mean along its wrapped diagonal
circulant(A) = means(A, (i, j) -> mod(i - j, size(A, 1)) + 1)

# hankel: each entry the mean along its antidiagonal
hankel(A) = means(A, (i, j) -> i + j - 1)

# places_of: the places of the ones in the rows of a one-hot matrix with so many columns
function places_of(s::AbstractMatrix, count)
    if size(s, 2) != count || any(row -> sum(row .!= 0) != 1 || sum(row .== 1) != 1, eachrow(s))
        throw(ArgumentError("expected a single 1 in each row, or places from 1 to $count"))
    end
    return [argmax(row) for row in eachrow(s)]
end

# places_of: a list of places, counted from 1
function places_of(s::AbstractVector{<:Integer}, count)
    if any(place -> place < 1 || place > count, s)
        throw(ArgumentError("expected a single 1 in each row, or places from 1 to $count"))
    end
    return s
end

# one_hot: the matrix of so many columns with a 1 in each row, at its place
one_hot(T, places, count) = T.(places .== (1:count)')

# pick: the entry of each row that stands at its place
pick(A, places) = [A[row, places[row]] for row in axes(A, 1)]

# sum_at: numbers that are added up at their places
function sum_at(values::AbstractVector, places, count)
    total = zeros(eltype(values), count)
    for row in eachindex(places)
        total[places[row]] += values[row]
    end
    return total
end

# sum_at: rows that are added up at their places
function sum_at(values::AbstractMatrix, places, count)
    total = zeros(eltype(values), count, size(values, 2))
    for row in eachindex(places)
        total[places[row], :] .+= values[row, :]
    end
    return total
end

# sylvester_inverse: R with X[i,j] = sum_kl R[i,j,k,l]*C[k,l] for the X with A*X + X*B = C
function sylvester_inverse(A, B)
    m, n = size(A, 1), size(B, 1)
    system = kron(A, Matrix(I, n, n)) + kron(Matrix(I, m, m), transpose(B))
    return reshape_rows(inv(system), m, n, m, n)
end

# same_place: the matrix that takes the mean of the entries with the same place, column by column
function same_place(place, n)
    places = vec([place(i, j) for i in 1:n, j in 1:n])
    same = float.(places .== permutedims(places))
    return same ./ sum(same; dims = 2)
end

# toeplitz_projector: the matrix P with P*vec(A) = vec(toeplitz(A))
toeplitz_projector(n) = same_place((i, j) -> i - j, n)

# circulant_projector: the matrix P with P*vec(A) = vec(circulant(A))
circulant_projector(n) = same_place((i, j) -> mod(i - j, n), n)

# hankel_projector: the matrix P with P*vec(A) = vec(hankel(A))
hankel_projector(n) = same_place((i, j) -> i + j, n)
