function y = sigmoid(x)
  % 1/(1 + exp(-x)), without overflow
  small = exp(-abs(x));
  y = choose(x >= 0, 1, small) ./ (1 + small);
end

function y = sigmoid_slope(x)
  % sigmoid(x)*sigmoid(-x)
  small = exp(-abs(x));
  y = small ./ (1 + small) .^ 2;
end

function y = softplus(x)
  % log(1 + exp(x)), without overflow
  y = max(x, 0) + log1p(exp(-abs(x)));
end

function y = silu(x)
  % x*sigmoid(x)
  y = x .* sigmoid(x);
end

function y = softsign(x)
  % x/(1 + |x|)
  y = x ./ (1 + abs(x));
end

function y = gelu(x)
  % x times the distribution function of the standard normal distribution
  y = x .* erfc(-x / sqrt(2)) / 2;
end

function y = leakyrelu(x, a)
  % x where x > 0, else a*x
  y = choose(x > 0, x, a .* x);
end

function y = elu(x, a)
  % x where x > 0, else a*(exp(x) - 1)
  y = choose(x > 0, x, a .* expm1(min(x, 0)));
end

function y = huber(x, d)
  % x^2/2 where |x| <= d, else d*(|x| - d/2)
  y = choose(abs(x) <= d, x .* x / 2, d .* (abs(x) - d / 2));
end

function y = logit(x)
  % log(x/(1 - x)), near 1/2 as 2*atanh(2*x - 1)
  near = abs(x - 0.5) < 0.25;
  y = choose(near, 2 * atanh(choose(near, 2 * x - 1, 0)), log(x) - log1p(-x));
end

function z = xlogy(x, y)
  % x*log(y), and 0 where x = 0
  z = x .* log(choose(x == 0 & y == y, 1, y));
end

function y = lognormcdf(x)
  % the logarithm of the distribution function of the standard normal distribution
  z = -x / sqrt(2);
  left = z > 2;
  right = z < 0;
  far = choose(left, z, 2);
  tail = -far .* far + log(erfcx(far) / 2);
  other = log1p(-erfc(choose(right, -z, 0)) / 2);
  middle = log(erfc(choose(left | right, 0, z)) / 2);
  y = choose(left, tail, choose(right, other, middle));
end

function r = choose(condition, a, b)
  % a where the condition holds, else b
  whole = zeros(size(condition)) + zeros(size(a)) + zeros(size(b));
  r = b + whole;
  a = a + whole;
  taken = (condition + whole) > 0;
  r(taken) = a(taken);
end

function r = norm2(x, axis)
  % the root of the sum of squares; of each column (1) or of each row (2)
  if nargin < 2
    r = norm(reshape(x, [], 1));
  else
    r = reshape(sqrt(sum(x .^ 2, axis)), [], 1);
  end
end

function r = normp(x, p)
  % sum(abs(x).^p)^(1/p), the largest absolute entry taken out
  x = abs(reshape(x, [], 1));
  largest = max(x);
  if largest == 0
    largest = 1;
  end
  r = largest * sum((x / largest) .^ p) ^ (1 / p);
end

function r = logsumexp_along(x, axis)
  % log(sum(exp(x))) along an axis, which stays
  largest = max(x, [], axis);
  r = largest + log(sum(exp(x - largest), axis));
end

function r = logsumexp(x, axis)
  % log(sum(exp(x))); of each column (1) or of each row (2)
  if nargin < 2
    r = logsumexp_along(reshape(x, [], 1), 1);
  else
    r = reshape(logsumexp_along(x, axis), [], 1);
  end
end

function r = softmax(x, axis)
  % exp(x)/sum(exp(x)); of each column (1) or of each row (2)
  if nargin < 2
    r = exp(x - max(reshape(x, [], 1)));
    r = r / sum(reshape(r, [], 1));
  else
    r = exp(x - max(x, [], axis));
    r = r ./ sum(r, axis);
  end
end

function r = prodothers(x, axis)
  % the product of the other entries, also where one is 0
  if nargin < 2
    axis = 1;
  end
  none = x == 0;
  safe = x + none;
  r = (prod(safe, axis) ./ safe) .* (sum(none, axis) == none);
end

function r = logsoftmax(x, axis)
  % log(softmax(x))
  if nargin < 2
    r = x - logsumexp(x);
  else
    r = x - logsumexp_along(x, axis);
  end
end

function r = entropy(x)
  % -sum(x.*log(x)), 0 where an entry is 0
  r = -sum(reshape(xlogy(x, x), [], 1));
end

function r = kl(x, y)
  % sum(x.*log(x./y)), 0 where an entry of x is 0
  r = sum(reshape(xlogy(x, x) - xlogy(x, y), [], 1));
end

function r = revcumsum(x, axis)
  % x(i) + ... + x(n)
  if nargin < 2
    axis = 1;
  end
  r = flip(cumsum(flip(x, axis), axis), axis);
end

function r = vec(x)
  % the entries, column by column
  r = reshape(x, [], 1);
end

function r = reshape_rows(x, rank, sizes)
  % another shape, the entries taken row by row
  if rank > 1
    x = permute(x, rank:-1:1);
  end
  count = numel(sizes);
  if count == 1
    r = reshape(x, sizes, 1);
  else
    r = permute(reshape(x, fliplr(sizes)), count:-1:1);
  end
end

function r = multiply(varargin)
  % a product of matrices in the order that takes fewest multiplications
  count = nargin;
  sizes = [size(varargin{1}, 1), cellfun(@(x) size(x, 2), varargin)];
  cost = zeros(count);
  best = cost;
  for width = 1:count - 1
    for i = 1:count - width
      j = i + width;
      k = i:j - 1;
      ways = cost(i, k) + cost(k + 1, j).' + sizes(i) * sizes(k + 1) * sizes(j + 1);
      [cost(i, j), place] = min(ways);
      best(i, j) = k(place);
    end
  end
  r = multiplied(varargin, best, 1, count);
end

function r = multiplied(matrices, best, i, j)
  % the product of matrices i to j
  if i == j
    r = matrices{i};
  else
    k = best(i, j);
    r = multiplied(matrices, best, i, k) * multiplied(matrices, best, k + 1, j);
  end
end

function r = logabsdet(A)
  % log|det(A)|
  [~, U, ~] = lu(A);
  r = sum(log(abs(diag(U))));
end

function r = detsign(A)
  % the sign of the determinant
  [~, U, P] = lu(A);
  r = det(P) * prod(sign(diag(U)));
end

function r = psd_solve(L, B)
  % inv(L*L')*B
  r = L.' \ (L \ B);
end

function r = take_at(x, places, axis, x_axes, axes)
  % the entries at places, counted from 0, along an axis; what is beyond its ends is never used
  sizes = arrayfun(@(k) size(x, k), 1:x_axes);
  own = arrayfun(@(k) size(places, k), 1:axes);
  index = repmat({':'}, 1, max(x_axes, 2));
  index{axis} = min(max(places(:), 0), sizes(axis) - 1) + 1;
  r = reshape(x(index{:}), [sizes(1:axis - 1), own, sizes(axis + 1:end), 1, 1]);
end

function r = weighted_gram(w, Z)
  % Z'*diag(w)*Z
  r = Z.' * (w .* Z);
end

function r = squared_distances(X, Y)
  % norm2(X(i,:) - Y(j,:))^2 for all i and j
  r = zeros(size(X, 1), size(Y, 1));
  for k = 1:size(X, 2)
    r = r + (X(:, k) - Y(:, k).').^2;
  end
end

function r = psd_inverse(L)
  % inv(L*L')
  half = L \ eye(size(L, 1));
  r = half.' * half;
end

function r = psd_logdet(L)
  % log(det(L*L'))
  r = 2 * sum(log(diag(L)));
end

function C = cof(A)
  % the cofactor matrix, by singular values: also of a singular matrix
  [U, S, V] = svd(A);
  s = diag(S);
  others = zeros(size(s));
  for k = 1:numel(s)
    others(k) = prod(s([1:k - 1, k + 1:end]));
  end
  C = det(U) * det(V) * (U * diag(others) * V.');
end

function C = adj(A)
  % the adjugate
  C = cof(A).';
end

function r = sinhm(A)
  % sinh(A)
  r = (expm(A) - expm(-A)) / 2;
end

function r = coshm(A)
  % cosh(A)
  r = (expm(A) + expm(-A)) / 2;
end

function r = tanhm(A)
  % tanh(A)
  square = expm(2 * A);
  unit = eye(size(A, 1));
  r = (square + unit) \ (square - unit);
end

function [cosine, sine] = turned(A)
  % cos(A) and sin(A), the blocks of exp([0, -A; A, 0])
  n = size(A, 1);
  whole = expm([zeros(n), -A; A, zeros(n)]);
  cosine = whole(1:n, 1:n);
  sine = whole(n + 1:end, 1:n);
end

function r = cosm(A)
  % cos(A)
  [r, ~] = turned(A);
end

function r = sinm(A)
  % sin(A)
  [~, r] = turned(A);
end

function r = tanm(A)
  % inv(cos(A))*sin(A)
  [cosine, sine] = turned(A);
  r = cosine \ sine;
end

function r = frechet(f, X, directions)
  % the upper right block of f([Y, E; 0, Y]), one doubling for each direction
  n = size(X, 1);
  Y = X;
  for k = 1:numel(directions)
    block = kron(eye(size(Y, 1) / n), directions{k});
    Y = [Y, block; zeros(size(Y)), Y];
  end
  whole = f(Y);
  r = whole(1:n, end - n + 1:end);
end

function r = open_directions(f, slots, X, varargin)
  % f(X, ..., E) for all basis matrices E in the last places, whose axes are the last ones
  n = size(X, 1);
  units = cell(1, slots);
  r = zeros(n, n, n^(2 * slots));
  for k = 1:n^(2 * slots)
    left = k - 1;
    for s = 1:slots
      units{s} = zeros(n);
      units{s}(mod(left, n^2) + 1) = 1;
      left = floor(left / n^2);
    end
    r(:, :, k) = f(X, varargin{:}, units{:});
  end
  r = reshape(r, n * ones(1, 2 * slots + 2));
end

function r = frechet_expm(X, varargin)
  % the derivative of expm along directions
  r = frechet(@expm, X, varargin);
end

function r = frechet_logm(X, varargin)
  % the derivative of logm along directions
  r = frechet(@logm, X, varargin);
end

function r = frechet_sqrtm(X, varargin)
  % the derivative of sqrtm along directions
  r = frechet(@sqrtm, X, varargin);
end

function r = frechet_sinm(X, varargin)
  % the derivative of sinm along directions
  r = frechet(@sinm, X, varargin);
end

function r = frechet_cosm(X, varargin)
  % the derivative of cosm along directions
  r = frechet(@cosm, X, varargin);
end

function r = frechet_tanm(X, varargin)
  % the derivative of tanm along directions
  r = frechet(@tanm, X, varargin);
end

function r = frechet_sinhm(X, varargin)
  % the derivative of sinhm along directions
  r = frechet(@sinhm, X, varargin);
end

function r = frechet_coshm(X, varargin)
  % the derivative of coshm along directions
  r = frechet(@coshm, X, varargin);
end

function r = frechet_tanhm(X, varargin)
  % the derivative of tanhm along directions
  r = frechet(@tanhm, X, varargin);
end

function s = directed(V)
  % the sign of the entry with the largest absolute value in each column
  [~, place] = max(abs(V), [], 1);
  s = sign(V(sub2ind(size(V), place, 1:size(V, 2))));
end

function [V, w] = symmetric_eigen(A)
  % unit eigenvectors as columns, and eigenvalues, ascending
  [V, D] = eig((A + A.') / 2);
  [w, order] = sort(diag(D));
  V = V(:, order);
  V = V .* directed(V);
end

function w = eigvals(A)
  % the eigenvalues of a symmetric matrix, ascending
  w = sort(eig((A + A.') / 2));
end

function V = eigvecs(A)
  % the unit eigenvectors of a symmetric matrix as columns
  [V, ~] = symmetric_eigen(A);
end

function v = eigvec(A)
  % the unit eigenvector of the largest eigenvalue
  V = eigvecs(A);
  v = V(:, end);
end

function r = lambda_max(A)
  % the largest eigenvalue of a symmetric matrix
  r = max(eig((A + A.') / 2));
end

function r = lambda_min(A)
  % the smallest eigenvalue of a symmetric matrix
  r = min(eig((A + A.') / 2));
end

function r = invgap(x)
  % 1/(x(j) - x(i)) off the diagonal, and 0 on it
  unit = eye(numel(x));
  r = (1 - unit) ./ (x.' - x + unit);
end

function [U, s, V] = decomposed(X)
  % the thin singular value decomposition
  [U, S, V] = svd(X, 'econ');
  s = diag(S);
  signs = directed(V);
  U = U .* signs;
  V = V .* signs;
end

function tall(X)
  % an error where a matrix has more columns than rows
  if size(X, 1) < size(X, 2)
    error('matcalc:shapes', 'expected a matrix with at least as many rows as columns');
  end
end

function s = thin_svdvals(X)
  % the singular values of a matrix of any shape
  s = svd(X);
end

function U = thin_leftvecs(X)
  % their left vectors as columns
  [U, ~, ~] = decomposed(X);
end

function V = thin_rightvecs(X)
  % their right vectors as columns
  [~, ~, V] = decomposed(X);
end

function s = svdvals(X)
  % the singular values, descending, one for each column
  tall(X);
  s = svd(X);
end

function U = leftvecs(X)
  % the left singular vectors as columns
  tall(X);
  [U, ~, ~] = decomposed(X);
end

function V = rightvecs(X)
  % the right singular vectors as columns
  tall(X);
  [~, ~, V] = decomposed(X);
end

function u = leftvec(X)
  % the left singular vector of the largest singular value
  [U, ~, ~] = decomposed(X);
  u = U(:, 1);
end

function v = rightvec(X)
  % the right singular vector of the largest singular value
  [~, ~, V] = decomposed(X);
  v = V(:, 1);
end

function r = polar(X)
  % the orthogonal polar factor of a matrix of full rank
  [U, ~, V] = svd(X, 'econ');
  r = U * V.';
end

function r = nucnorm(X)
  % the sum of the singular values
  r = sum(svd(X));
end

function r = schatten(X, p)
  % the p-norm of the singular values
  r = sum(svd(X) .^ p) ^ (1 / p);
end

function r = khatrirao(A, B)
  % the Kronecker products of the columns
  r = reshape(permute(A, [3 1 2]) .* permute(B, [1 3 2]), [], size(A, 2));
end

function r = skewmat(x)
  % the matrix of the cross product with x
  r = [0, -x(3), x(2); x(3), 0, -x(1); -x(2), x(1), 0];
end

function r = vee(M)
  % the vector of which skewmat is the skew part of M
  r = [M(3, 2) - M(2, 3); M(1, 3) - M(3, 1); M(2, 1) - M(1, 2)] / 2;
end

function r = signs()
  % the sign of the permutation i, j, k of three
  r = zeros(3, 3, 3);
  unit = eye(3);
  for k = 1:3
    r(k, :, :) = -skewmat(unit(:, k));
  end
end

function [Q, R] = orthogonalised(A)
  % A = Q*R with orthonormal columns of Q and a positive diagonal of R
  if size(A, 1) < size(A, 2)
    error('matcalc:domain', 'QR of a matrix with at least as many rows as columns');
  end
  [Q, R] = qr(A, 0);
  s = sign(diag(R)).';
  s(s == 0) = 1;
  Q = Q .* s;
  R = s.' .* R;
end

function Q = qr_q(A)
  % the Q with orthonormal columns of A = Q*R
  [Q, ~] = orthogonalised(A);
end

function R = qr_r(A)
  % the upper triangular R of A = Q*R with a positive diagonal
  [~, R] = orthogonalised(A);
end

function [L, U] = eliminated(A)
  % A = L*U, without exchanges of rows
  n = size(A, 1);
  L = eye(n, class(A));
  U = A;
  for k = 1:n - 1
    L(k + 1:n, k) = U(k + 1:n, k) / U(k, k);
    U(k + 1:n, k:n) = U(k + 1:n, k:n) - L(k + 1:n, k) * U(k, k:n);
    U(k + 1:n, k) = 0;
  end
end

function L = lu_l(A)
  % the unit lower triangular L of A = L*U
  [L, ~] = eliminated(A);
end

function U = lu_u(A)
  % the upper triangular U of A = L*U
  [~, U] = eliminated(A);
end

function R = sylvester_inverse(A, B)
  % R with X(i,j) = sum_kl R(i,j,k,l)*C(k,l) for the X with A*X + X*B = C
  m = size(A, 1);
  n = size(B, 1);
  R = reshape_rows(inv(kron(A, eye(n)) + kron(eye(m), B.')), 2, [m, n, m, n]);
end

function [value, v, u] = real_eigen(A, k)
  % the k-th largest of the real eigenvalues, its unit right vector v and its left vector u with
  % u'*v = 1; NaN where there are fewer
  [V, D] = eig(A);
  values = diag(D);
  places = find(imag(values) == 0);
  value = NaN;
  v = NaN(size(A, 1), 1);
  u = v;
  if numel(places) >= k
    [~, order] = sort(real(values(places)), 'descend');
    place = places(order(k));
    value = real(values(place));
    W = inv(V);
    v = real(V(:, place));
    scale = directed(v) * norm(v);
    v = v / scale;
    u = real(W(place, :)).' * scale;
  end
end

function value = eigval(A, k)
  % the k-th largest of the real eigenvalues of a square matrix
  if nargin < 2
    k = 1;
  end
  [value, ~, ~] = real_eigen(A, k);
end

function v = eigright(A, k)
  % the unit right eigenvector of eigval(A, k)
  if nargin < 2
    k = 1;
  end
  [~, v, ~] = real_eigen(A, k);
end

function u = eigleft(A, k)
  % the left eigenvector u of eigval(A, k), with u'*eigright(A, k) = 1
  if nargin < 2
    k = 1;
  end
  [~, ~, u] = real_eigen(A, k);
end

function B = means(A, places)
  % at each entry the mean of those with the same place
  sums = accumarray(places(:), A(:));
  counts = accumarray(places(:), 1);
  B = reshape(sums(places) ./ counts(places), size(A));
end

function B = toeplitz_part(A)
  % each entry the mean along its diagonal
  n = size(A, 1);
  B = means(A, (1:n).' - (1:n) + n);
end

function B = circulant_part(A)
  % each entry the mean along its wrapped diagonal
  n = size(A, 1);
  B = means(A, mod((1:n).' - (1:n), n) + 1);
end

function B = hankel_part(A)
  % each entry the mean along its antidiagonal
  n = size(A, 1);
  B = means(A, (1:n).' + (1:n) - 1);
end

function P = projector(part, n)
  % the matrix P with P*vec(A) = vec(part(A)) for every n x n matrix A
  P = zeros(n * n);
  for k = 1:n * n
    unit = zeros(n);
    unit(k) = 1;
    P(:, k) = reshape(part(unit), [], 1);
  end
end

function P = toeplitz_projector(n)
  % the matrix P with P*vec(A) = vec(toeplitz(A))
  P = projector(@toeplitz_part, n);
end

function P = circulant_projector(n)
  % the matrix P with P*vec(A) = vec(circulant(A))
  P = projector(@circulant_part, n);
end

function P = hankel_projector(n)
  % the matrix P with P*vec(A) = vec(hankel(A))
  P = projector(@hankel_part, n);
end

function K = commutation(m, n)
  % the matrix K with K*vec(A) = vec(A') for every m x n matrix A
  places = reshape(1:m * n, m, n).';
  unit = eye(m * n);
  K = unit(reshape(places, [], 1), :);
end

function v = vech(A)
  % the lower half, column by column
  v = A(tril(true(size(A))));
end

function L = elimination(n)
  % the matrix L with L*vec(A) = vech(A)
  unit = eye(n * n);
  L = unit(reshape(tril(true(n)), [], 1), :);
end

function D = duplication(n)
  % the matrix D with D*vech(S) = vec(S) for every symmetric matrix S
  places = zeros(n);
  places(tril(true(n))) = 1:n * (n + 1) / 2;
  places = places + tril(places, -1).';
  unit = eye(n * (n + 1) / 2);
  D = unit(reshape(places, [], 1), :);
end

function y = sec(x)
  % 1/cos(x)
  y = 1 ./ cos(x);
end

function y = csc(x)
  % 1/sin(x)
  y = 1 ./ sin(x);
end

function y = cot(x)
  % 1/tan(x)
  y = 1 ./ tan(x);
end

function y = normpdf(x)
  % exp(-x^2/2)/sqrt(2*pi)
  y = exp(-x .^ 2 / 2) / sqrt(2 * pi);
end

function y = normcdf(x)
  % the distribution function of the standard normal distribution
  y = erfc(-x / sqrt(2)) / 2;
end

function y = mvlgamma(a, p)
  % the logarithm of the multivariate gamma function
  y = p * (p - 1) / 4 * log(pi);
  for j = 0:p - 1
    y = y + gammaln(a - j / 2);
  end
end

function places = places_of(s, count)
  % the places of the ones in the rows of a one-hot matrix with so many columns, counted from 1;
  % a list of places is what it is
  right = true;
  places = s;
  if size(s, 2) == count && ~iscolumn(s)
    right = all(sum(s ~= 0, 2) == 1 & sum(s == 1, 2) == 1);
    [~, places] = max(s, [], 2);
  end
  if ~right || ~iscolumn(places) || any(places < 1 | places > count | places ~= fix(places))
    error('matcalc:places', 'expected a single 1 in each row, or places from 1 to %d', count);
  end
end

function A = one_hot(places, count)
  % the matrix of so many columns with a 1 in each row, at its place
  A = double(places == 1:count);
end

function x = pick(A, places)
  % the entry of each row that stands at its place
  x = A(sub2ind(size(A), (1:size(A, 1)).', places));
end

function total = sum_at(values, places, count)
  % numbers or rows that are added up at their places
  columns = size(values, 2);
  where = [repmat(places, columns, 1), kron((1:columns).', ones(numel(places), 1))];
  total = accumarray(where, values(:), [count, columns]);
end
