// sign_of: -1, 0 or 1
template <typename T>
T sign_of(T x)
{
    return T(x > T(0)) - T(x < T(0));
}

// max_of: the larger of two numbers
template <typename T>
T max_of(T x, T y)
{
    return x < y ? y : x;
}

// min_of: the smaller of two numbers
template <typename T>
T min_of(T x, T y)
{
    return y < x ? y : x;
}

// sec: 1/cos(x)
template <typename T>
T sec(T x)
{
    return T(1) / std::cos(x);
}

// csc: 1/sin(x)
template <typename T>
T csc(T x)
{
    return T(1) / std::sin(x);
}

// cot: 1/tan(x)
template <typename T>
T cot(T x)
{
    return T(1) / std::tan(x);
}

// relu: max(x, 0)
template <typename T>
T relu(T x)
{
    return x > T(0) ? x : T(0);
}

// step: 1 where x > 0, else 0
template <typename T>
T step(T x)
{
    return T(x > T(0));
}

// sigmoid: 1/(1 + exp(-x)), without overflow
template <typename T>
T sigmoid(T x)
{
    const T small = std::exp(-std::abs(x));
    return (x >= T(0) ? T(1) : small) / (T(1) + small);
}

// sigmoid_slope: sigmoid(x)*sigmoid(-x)
template <typename T>
T sigmoid_slope(T x)
{
    const T small = std::exp(-std::abs(x));
    return small / ((T(1) + small) * (T(1) + small));
}

// softplus: log(1 + exp(x)), without overflow
template <typename T>
T softplus(T x)
{
    return (x > T(0) ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
}

// silu: x*sigmoid(x)
template <typename T>
T silu(T x)
{
    return x * sigmoid(x);
}

// softsign: x/(1 + |x|)
template <typename T>
T softsign(T x)
{
    return x / (T(1) + std::abs(x));
}

// normcdf: the distribution function of the standard normal distribution
template <typename T>
T normcdf(T x)
{
    return std::erfc(-x / std::sqrt(T(2))) / T(2);
}

// lognormcdf: its logarithm, by a continued fraction where it is tiny
template <typename T>
T lognormcdf(T x)
{
    if (x > T(0)) {
        return std::log1p(-std::erfc(x / std::sqrt(T(2))) / T(2));
    }
    if (x > T(-5)) {
        return std::log(normcdf(x));
    }
    T below = -x;
    for (int k = 80; k > 0; --k) {
        below = -x + T(k) / below;
    }
    return -x * x / T(2) - std::log(T(2) * T(3.141592653589793238462643383279502884L)) / T(2)
        - std::log(below);
}

// normpdf: the density of the standard normal distribution
template <typename T>
T normpdf(T x)
{
    return std::exp(-x * x / T(2)) / std::sqrt(T(2) * T(3.141592653589793238462643383279502884L));
}

// gelu: x*normcdf(x)
template <typename T>
T gelu(T x)
{
    return x * normcdf(x);
}

// leakyrelu: x where x > 0, else a*x
template <typename T>
T leakyrelu(T x, T a)
{
    return x > T(0) ? x : a * x;
}

// elu: x where x > 0, else a*(exp(x) - 1)
template <typename T>
T elu(T x, T a)
{
    return x > T(0) ? x : a * std::expm1(x);
}

// huber: x^2/2 where |x| <= d, else d*(|x| - d/2)
template <typename T>
T huber(T x, T d)
{
    return std::abs(x) <= d ? x * x / T(2) : d * (std::abs(x) - d / T(2));
}

// logit: log(x/(1 - x)), near 1/2 as 2*atanh(2*x - 1)
template <typename T>
T logit(T x)
{
    if (std::abs(x - T(0.5)) < T(0.25)) {
        return T(2) * std::atanh(T(2) * x - T(1));
    }
    return std::log(x) - std::log1p(-x);
}

// xlogy: x*log(y), and 0 where x = 0
template <typename T>
T xlogy(T x, T y)
{
    return x == T(0) && y == y ? T(0) : x * std::log(y);
}

// digamma: the derivative of the logarithm of the gamma function
template <typename T>
T digamma(T x)
{
    return Eigen::numext::digamma(x);
}

// polygamma: the derivatives of digamma, of positive numbers
template <typename T>
T polygamma(T k, T x)
{
    return k == T(0) ? Eigen::numext::digamma(x) : Eigen::numext::polygamma(k, x);
}

// mvlgamma: the logarithm of the multivariate gamma function
template <typename T>
T mvlgamma(T a, T p)
{
    T total = p * (p - T(1)) / T(4) * std::log(T(3.141592653589793238462643383279502884L));
    for (int j = 0; j < static_cast<int>(p); ++j) {
        total += std::lgamma(a - T(j) / T(2));
    }
    return total;
}

// View: the entries of an array, the first axis fastest
template <typename T>
struct View {
    const T* entries;
    std::vector<Index> sizes;
};

// ArrayOf: the type of arrays with so many axes
template <typename T, int R>
struct ArrayOf;
template <typename T>
struct ArrayOf<T, 0> {
    using type = T;
    static T made(const std::vector<Index>&) { return T(0); }
};
template <typename T>
struct ArrayOf<T, 1> {
    using type = Vector<T>;
    static type made(const std::vector<Index>& sizes) { return type::Zero(sizes[0]); }
};
template <typename T>
struct ArrayOf<T, 2> {
    using type = Matrix<T>;
    static type made(const std::vector<Index>& sizes) { return type::Zero(sizes[0], sizes[1]); }
};

// view: the entries of a number, a vector or a matrix
inline View<float> view(const float& x) { return {&x, {}}; }
inline View<double> view(const double& x) { return {&x, {}}; }
template <typename T>
View<T> view(const Vector<T>& x)
{
    return {x.data(), {x.size()}};
}
template <typename T>
View<T> view(const Matrix<T>& x)
{
    return {x.data(), {x.rows(), x.cols()}};
}

// entries: where the entries of an array of our own are
inline float* entries(float& x) { return &x; }
inline double* entries(double& x) { return &x; }
template <typename A>
auto entries(A& x)
{
    return x.data();
}

// RankOf: how many axes an array has, and the type of its numbers
template <typename A>
struct RankOf {
    static constexpr int value = 0;
    using number = A;
};
template <typename T>
struct RankOf<Vector<T>> {
    static constexpr int value = 1;
    using number = T;
};
template <typename T>
struct RankOf<Matrix<T>> {
    static constexpr int value = 2;
    using number = T;
};

// tensors: the same for arrays with three axes or more
template <typename T, int R>
struct ArrayOf {
    using type = Eigen::Tensor<T, R>;
    static type made(const std::vector<Index>& sizes)
    {
        std::array<Index, R> given;
        std::copy(sizes.begin(), sizes.end(), given.begin());
        type result(given);
        result.setZero();
        return result;
    }
};
template <typename T, int R>
View<T> view(const Eigen::Tensor<T, R>& x)
{
    View<T> result{x.data(), {}};
    for (int k = 0; k < R; ++k) {
        result.sizes.push_back(x.dimension(k));
    }
    return result;
}
template <typename T, int R>
struct RankOf<Eigen::Tensor<T, R>> {
    static constexpr int value = R;
    using number = T;
};

// strides: how far the entries along each axis are apart
inline std::vector<Index> strides(const std::vector<Index>& sizes)
{
    std::vector<Index> result;
    Index distance = 1;
    for (const Index size : sizes) {
        result.push_back(distance);
        distance *= size;
    }
    return result;
}

// walk: a function of the places of each entry in several arrays, the first axis fastest
template <typename F>
void walk(const std::vector<Index>& sizes, const std::vector<std::vector<Index>>& steps, F f)
{
    std::vector<Index> index(sizes.size(), 0), places(steps.size(), 0);
    Index count = 1;
    for (const Index size : sizes) {
        count *= size;
    }
    for (Index done = 0; done < count; ++done) {
        f(places);
        for (std::size_t k = 0; k < sizes.size(); ++k) {
            const Index back = ++index[k] < sizes[k] ? 0 : sizes[k];
            for (std::size_t a = 0; a < steps.size(); ++a) {
                places[a] += steps[a][k] * (1 - back);
            }
            if (back == 0) {
                break;
            }
            index[k] = 0;
        }
    }
}

// called_at: a function of the entries of several arrays at their places
template <typename F, typename V, std::size_t... K>
auto called_at(F f, const V& views, const std::vector<Index>& places, std::index_sequence<K...>)
{
    return f(views[K].entries[places[K]]...);
}

// each: a function of each entry of arrays, of which axes of length 1 fit any length
template <typename F, typename... A>
auto each(F f, const A&... given)
{
    using T = typename std::common_type<typename RankOf<A>::number...>::type;
    constexpr int rank = std::max({RankOf<A>::value...});
    const std::array<View<T>, sizeof...(A)> views{view(given)...};
    std::vector<Index> sizes(rank, 1);
    for (const auto& one : views) {
        for (std::size_t k = 0; k < one.sizes.size(); ++k) {
            sizes[k] = one.sizes[k] != 1 ? one.sizes[k] : sizes[k];
        }
    }
    std::vector<std::vector<Index>> steps{strides(sizes)};
    for (const auto& one : views) {
        std::vector<Index> own = strides(one.sizes);
        own.resize(rank, 0);
        for (std::size_t k = 0; k < one.sizes.size(); ++k) {
            own[k] = one.sizes[k] == 1 ? 0 : own[k];
        }
        steps.push_back(own);
    }
    auto result = ArrayOf<T, rank>::made(sizes);
    T* out = entries(result);
    walk(sizes, steps, [&](const std::vector<Index>& places) {
        const std::vector<Index> taken(places.begin() + 1, places.end());
        out[places[0]] = called_at(f, views, taken, std::index_sequence_for<A...>{});
    });
    return result;
}

// axes: the axes of an array in another order, and for -1 one of length 1
template <int R, typename A>
auto axes(const A& x, const std::array<int, R>& places)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    const std::vector<Index> own = strides(given.sizes);
    std::vector<Index> sizes, steps;
    for (const int place : places) {
        sizes.push_back(place < 0 ? 1 : given.sizes[place]);
        steps.push_back(place < 0 ? 0 : own[place]);
    }
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    walk(sizes, {strides(sizes), steps},
         [&](const std::vector<Index>& at) { out[at[0]] = given.entries[at[1]]; });
    return result;
}

// folded: the entries along some axes put together
template <int R, typename F, typename A>
auto folded(F f, const A& x, const std::vector<int>& gone)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    std::vector<Index> sizes;
    for (int k = 0; k < static_cast<int>(given.sizes.size()); ++k) {
        if (std::find(gone.begin(), gone.end(), k) == gone.end()) {
            sizes.push_back(given.sizes[k]);
        }
    }
    std::vector<Index> steps(given.sizes.size(), 0);
    const std::vector<Index> own = strides(sizes);
    for (int k = 0, kept = 0; k < static_cast<int>(given.sizes.size()); ++k) {
        if (std::find(gone.begin(), gone.end(), k) == gone.end()) {
            steps[k] = own[kept++];
        }
    }
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    std::vector<bool> begun(std::max<Index>(1, R ? strides(sizes).back() * sizes.back() : 1));
    walk(given.sizes, {strides(given.sizes), steps}, [&](const std::vector<Index>& at) {
        out[at[1]] = begun[at[1]] ? f(out[at[1]], given.entries[at[0]]) : given.entries[at[0]];
        begun[at[1]] = true;
    });
    return result;
}

// of_parts: a function of the vector of the entries along some axes
template <int R, typename F, typename A>
auto of_parts(F f, const A& x, const std::vector<int>& gone)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    const std::vector<Index> own = strides(given.sizes);
    std::vector<Index> sizes, steps, inner, along;
    Index count = 1;
    for (int k = 0; k < static_cast<int>(given.sizes.size()); ++k) {
        const bool stays = std::find(gone.begin(), gone.end(), k) == gone.end();
        (stays ? sizes : inner).push_back(given.sizes[k]);
        (stays ? steps : along).push_back(own[k]);
        count *= stays ? 1 : given.sizes[k];
    }
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    Vector<T> part(count);
    walk(sizes, {strides(sizes), steps}, [&](const std::vector<Index>& at) {
        walk(inner, {strides(inner), along}, [&](const std::vector<Index>& place) {
            part(place[0]) = given.entries[at[1] + place[1]];
        });
        out[at[0]] = f(part);
    });
    return result;
}

// reshape: another shape, the entries taken column by column
template <int R, typename A>
auto reshape(const A& x, const std::vector<Index>& sizes)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    auto result = ArrayOf<T, R>::made(sizes);
    std::copy_n(given.entries, result.size(), entries(result));
    return result;
}

// reshape_rows: another shape, the entries taken row by row
template <int R, typename A>
auto reshape_rows(const A& x, const std::vector<Index>& sizes)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    const auto turned = [](std::vector<Index> list) {
        std::reverse(list.begin(), list.end());
        return list;
    };
    std::vector<T> rows;
    walk(turned(given.sizes), {turned(strides(given.sizes))},
         [&](const std::vector<Index>& at) { rows.push_back(given.entries[at[0]]); });
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    std::size_t next = 0;
    walk(turned(sizes), {turned(strides(sizes))},
         [&](const std::vector<Index>& at) { out[at[0]] = rows[next++]; });
    return result;
}

// sliced: so many entries along each axis, and for -1 one without its axis
template <int R, typename A>
auto sliced(const A& x, const std::vector<Index>& starts, const std::vector<Index>& counts)
{
    using T = typename RankOf<A>::number;
    const View<T> given = view(x);
    const std::vector<Index> own = strides(given.sizes);
    std::vector<Index> sizes, steps;
    Index first = 0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
        first += starts[k] * own[k];
        if (counts[k] >= 0) {
            sizes.push_back(counts[k]);
            steps.push_back(own[k]);
        }
    }
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    walk(sizes, {strides(sizes), steps},
         [&](const std::vector<Index>& at) { out[at[0]] = given.entries[first + at[1]]; });
    return result;
}

// constant: an array of one number
template <int R, typename T>
auto constant(T value, const std::vector<Index>& sizes)
{
    auto result = ArrayOf<T, R>::made(sizes);
    std::fill_n(entries(result), result.size(), value);
    return result;
}

// vec: the entries, column by column
template <typename A>
auto vec(const A& x)
{
    using T = typename RankOf<A>::number;
    Vector<T> result(x.size());
    std::copy_n(x.data(), x.size(), result.data());
    return result;
}

// variance: the mean of the squared deviations from the mean
template <typename M>
auto variance(const M& x)
{
    return (x.array() - x.mean()).square().mean();
}

// variances: the variance of each row
template <typename T>
Vector<T> variances(const Matrix<T>& x)
{
    const Vector<T> means = x.rowwise().mean();
    return (x.colwise() - means).array().square().rowwise().mean().matrix();
}

// norm2: the root of the sum of squares; of each column (1) or of each row (2)
template <typename M>
typename M::Scalar norm2(const M& x)
{
    return x.stableNorm();
}
template <typename T>
Vector<T> norm2(const Matrix<T>& x, int axis)
{
    if (axis == 1) {
        return x.colwise().norm().transpose();
    }
    return x.rowwise().norm();
}

// normp: sum(abs(x).^p)^(1/p), the largest absolute entry taken out
template <typename M>
typename M::Scalar normp(const M& x, typename M::Scalar p)
{
    using T = typename M::Scalar;
    const T most = x.cwiseAbs().maxCoeff();
    const T largest = most == T(0) ? T(1) : most;
    return largest * std::pow((x.array().abs() / largest).pow(p).sum(), T(1) / p);
}

// logsumexp: log(sum(exp(x))); of each column (1) or of each row (2)
template <typename M>
typename M::Scalar logsumexp(const M& x)
{
    const typename M::Scalar largest = x.maxCoeff();
    return largest + std::log((x.array() - largest).exp().sum());
}
template <typename T>
Vector<T> logsumexp(const Matrix<T>& x, int axis)
{
    if (axis == 1) {
        return logsumexp(Matrix<T>(x.transpose()), 2);
    }
    const Vector<T> largest = x.rowwise().maxCoeff();
    const Vector<T> sums = (x.colwise() - largest).array().exp().rowwise().sum();
    return largest + sums.array().log().matrix();
}

// softmax: exp(x)/sum(exp(x)); of each column (1) or of each row (2)
template <typename M>
M softmax(const M& x)
{
    const M weights = (x.array() - x.maxCoeff()).exp().matrix();
    return weights / weights.sum();
}
template <typename T>
Matrix<T> softmax(const Matrix<T>& x, int axis)
{
    if (axis == 1) {
        return softmax(Matrix<T>(x.transpose()), 2).transpose();
    }
    const Vector<T> largest = x.rowwise().maxCoeff();
    const Matrix<T> weights = (x.colwise() - largest).array().exp().matrix();
    const Vector<T> sums = weights.rowwise().sum();
    return sums.cwiseInverse().asDiagonal() * weights;
}

// prodothers: the product of the other entries, also where one is 0
template <typename M>
M prodothers(const M& x, int axis = 1)
{
    using T = typename M::Scalar;
    M result = M::Ones(x.rows(), x.cols());
    const Index lines = axis == 1 ? x.cols() : x.rows();
    const Index size = axis == 1 ? x.rows() : x.cols();
    for (Index line = 0; line < lines; ++line) {
        T before = T(1), behind = T(1);
        for (Index k = 0; k < size; ++k) {
            const Index other = size - 1 - k;
            result(axis == 1 ? k : line, axis == 1 ? line : k) *= before;
            result(axis == 1 ? other : line, axis == 1 ? line : other) *= behind;
            before *= x(axis == 1 ? k : line, axis == 1 ? line : k);
            behind *= x(axis == 1 ? other : line, axis == 1 ? line : other);
        }
    }
    return result;
}

// logsoftmax: log(softmax(x))
template <typename M>
M logsoftmax(const M& x)
{
    return (x.array() - logsumexp(x)).matrix();
}
template <typename T>
Matrix<T> logsoftmax(const Matrix<T>& x, int axis)
{
    if (axis == 1) {
        return logsoftmax(Matrix<T>(x.transpose()), 2).transpose();
    }
    return x.colwise() - logsumexp(x, 2);
}

// entropy: -sum(x.*log(x)), 0 where an entry is 0
template <typename M>
typename M::Scalar entropy(const M& x)
{
    using T = typename M::Scalar;
    return -x.unaryExpr([](T a) { return xlogy(a, a); }).sum();
}

// kl: sum(x.*log(x./y)), 0 where an entry of x is 0
template <typename M>
typename M::Scalar kl(const M& x, const M& y)
{
    using T = typename M::Scalar;
    return x.binaryExpr(y, [](T a, T b) { return xlogy(a, a) - xlogy(a, b); }).sum();
}

// cumsum: the sums of the first entries, down each column (1) or along each row (2)
template <typename M>
M cumsum(const M& x, int axis)
{
    M result = x;
    if (axis == 1) {
        for (Index i = 1; i < x.rows(); ++i) {
            result.row(i) += result.row(i - 1);
        }
    } else {
        for (Index j = 1; j < x.cols(); ++j) {
            result.col(j) += result.col(j - 1);
        }
    }
    return result;
}

// revcumsum: the sums of the last entries
template <typename M>
M revcumsum(const M& x, int axis = 1)
{
    M result = x;
    if (axis == 1) {
        for (Index i = x.rows() - 1; i-- > 0;) {
            result.row(i) += result.row(i + 1);
        }
    } else {
        for (Index j = x.cols() - 1; j-- > 0;) {
            result.col(j) += result.col(j + 1);
        }
    }
    return result;
}

// tril: what is not above the k-th diagonal
template <typename T>
Matrix<T> tril(const Matrix<T>& x, Index k = 0)
{
    Matrix<T> result = x;
    for (Index j = 0; j < x.cols(); ++j) {
        for (Index i = 0; i < std::min(x.rows(), j - k); ++i) {
            result(i, j) = T(0);
        }
    }
    return result;
}

// triu: what is not below the k-th diagonal
template <typename T>
Matrix<T> triu(const Matrix<T>& x, Index k = 0)
{
    Matrix<T> result = x;
    for (Index j = 0; j < x.cols(); ++j) {
        for (Index i = std::max<Index>(0, j - k + 1); i < x.rows(); ++i) {
            result(i, j) = T(0);
        }
    }
    return result;
}

// kron: the blocks A(i, j)*B
template <typename M>
M kron(const M& A, const M& B)
{
    M result(A.rows() * B.rows(), A.cols() * B.cols());
    for (Index j = 0; j < A.cols(); ++j) {
        for (Index i = 0; i < A.rows(); ++i) {
            result.block(i * B.rows(), j * B.cols(), B.rows(), B.cols()) = A(i, j) * B;
        }
    }
    return result;
}

// khatrirao: the Kronecker products of the columns
template <typename T>
Matrix<T> khatrirao(const Matrix<T>& A, const Matrix<T>& B)
{
    Matrix<T> result(A.rows() * B.rows(), A.cols());
    for (Index i = 0; i < A.rows(); ++i) {
        result.middleRows(i * B.rows(), B.rows()) = B * A.row(i).asDiagonal();
    }
    return result;
}

// skewmat: the matrix of the cross product with x
template <typename T>
Matrix<T> skewmat(const Vector<T>& x)
{
    Matrix<T> result(3, 3);
    result << T(0), -x(2), x(1), x(2), T(0), -x(0), -x(1), x(0), T(0);
    return result;
}

// cross: the cross product
template <typename T>
Vector<T> cross(const Vector<T>& x, const Vector<T>& y)
{
    return skewmat(x) * y;
}

// vee: the vector of which skewmat is the skew part of M
template <typename T>
Vector<T> vee(const Matrix<T>& M)
{
    Vector<T> result(3);
    result << M(2, 1) - M(1, 2), M(0, 2) - M(2, 0), M(1, 0) - M(0, 1);
    return result / T(2);
}

// lu_u: the upper triangular U of A = L*U, without exchanges of rows
template <typename T>
Matrix<T> lu_u(const Matrix<T>& A)
{
    Matrix<T> U = A;
    for (Index k = 0; k < U.rows(); ++k) {
        for (Index i = k + 1; i < U.rows(); ++i) {
            const T factor = U(i, k) / U(k, k);
            U.row(i) -= factor * U.row(k);
            U(i, k) = T(0);
        }
    }
    return U;
}

// lu_l: the unit lower triangular L of A = L*U
template <typename T>
Matrix<T> lu_l(const Matrix<T>& A)
{
    Matrix<T> U = A, L = Matrix<T>::Identity(A.rows(), A.cols());
    for (Index k = 0; k < U.rows(); ++k) {
        for (Index i = k + 1; i < U.rows(); ++i) {
            L(i, k) = U(i, k) / U(k, k);
            U.row(i) -= L(i, k) * U.row(k);
        }
    }
    return L;
}

// means: at each entry the mean of those with the same place
template <typename T, typename Place>
Matrix<T> means(const Matrix<T>& A, Place place)
{
    const Index n = A.rows();
    Vector<T> sums = Vector<T>::Zero(2 * n), counts = Vector<T>::Zero(2 * n);
    for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < n; ++i) {
            sums(place(i, j)) += A(i, j);
            counts(place(i, j)) += T(1);
        }
    }
    Matrix<T> result(n, n);
    for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < n; ++i) {
            result(i, j) = sums(place(i, j)) / counts(place(i, j));
        }
    }
    return result;
}

// toeplitz: each entry the mean along its diagonal
template <typename T>
Matrix<T> toeplitz(const Matrix<T>& A)
{
    const Index n = A.rows();
    return means(A, [n](Index i, Index j) { return i - j + n - 1; });
}

// circulant: each entry the mean along its wrapped diagonal
template <typename T>
Matrix<T> circulant(const Matrix<T>& A)
{
    const Index n = A.rows();
    return means(A, [n](Index i, Index j) { return (i - j + n) % n; });
}

// hankel: each entry the mean along its antidiagonal
template <typename T>
Matrix<T> hankel(const Matrix<T>& A)
{
    return means(A, [](Index i, Index j) { return i + j; });
}

// projector: the matrix P with P*vec(A) = vec(part(A)) for every n x n matrix A
template <typename T, typename Part>
Matrix<T> projector(Index n, Part part)
{
    Matrix<T> result(n * n, n * n);
    for (Index k = 0; k < n * n; ++k) {
        Matrix<T> unit = Matrix<T>::Zero(n, n);
        unit(k % n, k / n) = T(1);
        const Matrix<T> image = part(unit);
        for (Index i = 0; i < n * n; ++i) {
            result(i, k) = image(i % n, i / n);
        }
    }
    return result;
}

// toeplitz_projector: the matrix P with P*vec(A) = vec(toeplitz(A))
template <typename T>
Matrix<T> toeplitz_projector(Index n)
{
    return projector<T>(n, [](const Matrix<T>& A) { return toeplitz(A); });
}

// circulant_projector: the matrix P with P*vec(A) = vec(circulant(A))
template <typename T>
Matrix<T> circulant_projector(Index n)
{
    return projector<T>(n, [](const Matrix<T>& A) { return circulant(A); });
}

// hankel_projector: the matrix P with P*vec(A) = vec(hankel(A))
template <typename T>
Matrix<T> hankel_projector(Index n)
{
    return projector<T>(n, [](const Matrix<T>& A) { return hankel(A); });
}

// commutation: the matrix K with K*vec(A) = vec(A')
template <typename T>
Matrix<T> commutation(Index m, Index n)
{
    Matrix<T> result = Matrix<T>::Zero(m * n, m * n);
    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            result(j + i * n, i + j * m) = T(1);
        }
    }
    return result;
}

// vech: the lower half, column by column
template <typename T>
Vector<T> vech(const Matrix<T>& A)
{
    Vector<T> result(A.rows() * (A.rows() + 1) / 2);
    Index place = 0;
    for (Index j = 0; j < A.cols(); ++j) {
        for (Index i = j; i < A.rows(); ++i) {
            result(place++) = A(i, j);
        }
    }
    return result;
}

// elimination: the matrix L with L*vec(A) = vech(A)
template <typename T>
Matrix<T> elimination(Index n)
{
    Matrix<T> result = Matrix<T>::Zero(n * (n + 1) / 2, n * n);
    Index place = 0;
    for (Index j = 0; j < n; ++j) {
        for (Index i = j; i < n; ++i) {
            result(place++, i + j * n) = T(1);
        }
    }
    return result;
}

// duplication: the matrix D with D*vech(S) = vec(S) for every symmetric matrix S
template <typename T>
Matrix<T> duplication(Index n)
{
    Matrix<T> result = Matrix<T>::Zero(n * n, n * (n + 1) / 2);
    Index place = 0;
    for (Index j = 0; j < n; ++j) {
        for (Index i = j; i < n; ++i, ++place) {
            result(i + j * n, place) = result(j + i * n, place) = T(1);
        }
    }
    return result;
}

// multiply: a product of matrices in the order that takes fewest multiplications
template <typename T>
Matrix<T> multiply(const std::vector<Matrix<T>>& matrices)
{
    const int count = static_cast<int>(matrices.size());
    std::vector<std::vector<Index>> cost(count, std::vector<Index>(count, 0)), best = cost;
    std::vector<std::vector<Matrix<T>>> made(count, std::vector<Matrix<T>>(count));
    for (int width = 1; width < count; ++width) {
        for (int i = 0; i + width < count; ++i) {
            const int j = i + width;
            cost[i][j] = -1;
            for (int k = i; k < j; ++k) {
                const Index own = matrices[i].rows() * matrices[k].cols() * matrices[j].cols();
                const Index total = cost[i][k] + cost[k + 1][j] + own;
                if (cost[i][j] < 0 || total < cost[i][j]) {
                    cost[i][j] = total;
                    best[i][j] = k;
                }
            }
        }
    }
    const auto product = [&](const auto& self, int i, int j) -> Matrix<T> {
        if (i == j) {
            return matrices[i];
        }
        const int k = static_cast<int>(best[i][j]);
        return self(self, i, k) * self(self, k + 1, j);
    };
    return product(product, 0, count - 1);
}

// solve: inv(A)*B
template <typename T, typename B>
B solve(const Matrix<T>& A, const B& right)
{
    return A.partialPivLu().solve(right);
}

// inverse: inv(A)
template <typename T>
Matrix<T> inverse(const Matrix<T>& A)
{
    return A.partialPivLu().inverse();
}

// logabsdet: log|det(A)|
template <typename T>
T logabsdet(const Matrix<T>& A)
{
    return A.partialPivLu().matrixLU().diagonal().array().abs().log().sum();
}

// detsign: the sign of the determinant
template <typename T>
T detsign(const Matrix<T>& A)
{
    const Eigen::PartialPivLU<Matrix<T>> lu(A);
    return T(lu.permutationP().determinant()) * lu.matrixLU().diagonal().array().sign().prod();
}

// cholesky: the lower triangle L with L*L' = S
template <typename T>
Matrix<T> cholesky(const Matrix<T>& S)
{
    const Eigen::LLT<Matrix<T>> factors(S);
    if (factors.info() != Eigen::Success) {
        throw std::domain_error("expected a positive definite matrix");
    }
    return factors.matrixL();
}

// take_at: the entries at places along an axis; what is beyond its ends is never used
template <int R, typename A, typename P>
auto take_at(const A& x, const P& places, int axis)
{
    using T = typename RankOf<A>::number;
    const auto from = view(x);
    const auto at = view(places);
    std::vector<Index> sizes = from.sizes;
    const Index size = sizes[axis];
    Index before = 1, behind = 1, count = 1;
    for (int k = 0; k < static_cast<int>(sizes.size()); ++k) {
        before *= k < axis ? sizes[k] : 1;
        behind *= k > axis ? sizes[k] : 1;
    }
    for (const Index own : at.sizes) {
        count *= own;
    }
    sizes.erase(sizes.begin() + axis);
    sizes.insert(sizes.begin() + axis, at.sizes.begin(), at.sizes.end());
    auto result = ArrayOf<T, R>::made(sizes);
    T* out = entries(result);
    for (Index k = 0; k < behind; ++k) {
        for (Index j = 0; j < count; ++j) {
            const Index place = std::min(std::max(Index(at.entries[j]), Index(0)), size - 1);
            for (Index i = 0; i < before; ++i) {
                out[i + before * (j + count * k)] = from.entries[i + before * (place + size * k)];
            }
        }
    }
    return result;
}

// weighted_gram: Z'*diag(w)*Z
template <typename T>
Matrix<T> weighted_gram(const Vector<T>& w, const Matrix<T>& Z)
{
    return Z.transpose() * w.asDiagonal() * Z;
}

// squared_distances: |x - y|^2 for each row x of X and each row y of Y
template <typename T>
Matrix<T> squared_distances(const Matrix<T>& X, const Matrix<T>& Y)
{
    Matrix<T> result(X.rows(), Y.rows());
    for (Index j = 0; j < Y.rows(); ++j) {
        result.col(j) = (X.rowwise() - Y.row(j)).rowwise().squaredNorm();
    }
    return result;
}

// psd_factors: the factorisation of a positive definite matrix
template <typename T>
Eigen::LLT<Matrix<T>> psd_factors(const Matrix<T>& S)
{
    Eigen::LLT<Matrix<T>> factors(S);
    if (factors.info() != Eigen::Success) {
        throw std::domain_error("expected a positive definite matrix");
    }
    return factors;
}

// psd_solve: inv(S)*B
template <typename F, typename B>
B psd_solve(const F& factors, const B& right)
{
    return factors.solve(right);
}

// psd_inverse: inv(S)
template <typename T>
Matrix<T> psd_inverse(const Eigen::LLT<Matrix<T>>& factors)
{
    return factors.solve(Matrix<T>::Identity(factors.rows(), factors.rows()));
}

// psd_logdet: log(det(S))
template <typename T>
T psd_logdet(const Eigen::LLT<Matrix<T>>& factors)
{
    return T(2) * factors.matrixLLT().diagonal().array().log().sum();
}

// pinv: the pseudo-inverse
template <typename T>
Matrix<T> pinv(const Matrix<T>& A)
{
    return A.completeOrthogonalDecomposition().pseudoInverse();
}

// cof: the cofactor matrix, by singular values: also of a singular matrix
template <typename T>
Matrix<T> cof(const Matrix<T>& A)
{
    const Eigen::JacobiSVD<Matrix<T>> svd(A, Eigen::ComputeFullU | Eigen::ComputeFullV);
    const Vector<T> s = svd.singularValues();
    Vector<T> others = Vector<T>::Ones(s.size());
    for (Index i = 0; i < s.size(); ++i) {
        for (Index j = 0; j < s.size(); ++j) {
            others(i) *= i == j ? T(1) : s(j);
        }
    }
    const T sign = svd.matrixU().determinant() * svd.matrixV().determinant();
    return sign * (svd.matrixU() * others.asDiagonal() * svd.matrixV().transpose());
}

// adj: the adjugate
template <typename T>
Matrix<T> adj(const Matrix<T>& A)
{
    return cof(A).transpose();
}

// matrix_power: A^p
template <typename T, typename P>
Matrix<T> matrix_power(const Matrix<T>& A, P exponent)
{
    const T p = T(exponent);
    if (p != std::floor(p)) {
        return A.pow(p);
    }
    Matrix<T> base = p < T(0) ? Matrix<T>(A.inverse()) : A;
    Matrix<T> result = Matrix<T>::Identity(A.rows(), A.cols());
    for (auto left = static_cast<long long>(std::abs(p)); left > 0; left /= 2) {
        if (left % 2) {
            result = result * base;
        }
        base = base * base;
    }
    return result;
}

// expm: exp(A)
template <typename T>
Matrix<T> expm(const Matrix<T>& A)
{
    return A.exp();
}

// logm: log(A)
template <typename T>
Matrix<T> logm(const Matrix<T>& A)
{
    return A.log();
}

// sqrtm: the root of A
template <typename T>
Matrix<T> sqrtm(const Matrix<T>& A)
{
    return A.sqrt();
}

// sinhm: sinh(A)
template <typename T>
Matrix<T> sinhm(const Matrix<T>& A)
{
    return (expm(A) - expm(Matrix<T>(-A))) / T(2);
}

// coshm: cosh(A)
template <typename T>
Matrix<T> coshm(const Matrix<T>& A)
{
    return (expm(A) + expm(Matrix<T>(-A))) / T(2);
}

// tanhm: tanh(A)
template <typename T>
Matrix<T> tanhm(const Matrix<T>& A)
{
    const Matrix<T> square = expm(Matrix<T>(T(2) * A));
    const Matrix<T> unit = Matrix<T>::Identity(A.rows(), A.cols());
    return (square + unit).partialPivLu().solve(square - unit);
}

// turned: cos(A) above sin(A), the blocks of exp([0, -A; A, 0])
template <typename T>
Matrix<T> turned(const Matrix<T>& A)
{
    const Index n = A.rows();
    Matrix<T> whole = Matrix<T>::Zero(2 * n, 2 * n);
    whole.topRightCorner(n, n) = -A;
    whole.bottomLeftCorner(n, n) = A;
    return expm(whole).leftCols(n);
}

// cosm: cos(A)
template <typename T>
Matrix<T> cosm(const Matrix<T>& A)
{
    return turned(A).topRows(A.rows());
}

// sinm: sin(A)
template <typename T>
Matrix<T> sinm(const Matrix<T>& A)
{
    return turned(A).bottomRows(A.rows());
}

// tanm: inv(cos(A))*sin(A)
template <typename T>
Matrix<T> tanm(const Matrix<T>& A)
{
    return cosm(A).partialPivLu().solve(sinm(A));
}

// frechet: the upper right block of f([Y, E; 0, Y]), one doubling for each direction
template <typename T, typename F>
Matrix<T> frechet(F f, const Matrix<T>& X, const std::vector<Matrix<T>>& directions)
{
    const Index n = X.rows();
    Matrix<T> Y = X;
    for (const Matrix<T>& E : directions) {
        const Index size = Y.rows();
        Matrix<T> next = Matrix<T>::Zero(2 * size, 2 * size);
        next.topLeftCorner(size, size) = next.bottomRightCorner(size, size) = Y;
        for (Index k = 0; k < size; k += n) {
            next.block(k, size + k, n, n) = E;
        }
        Y = next;
    }
    return f(Y).topRightCorner(n, n);
}

// open_directions: the same for all basis matrices as the last directions, whose axes are the last
template <int R, typename T, typename F>
Tensor<T, R> open_directions(F f, const Matrix<T>& X, std::vector<Matrix<T>> directions)
{
    constexpr int slots = R / 2 - 1;
    const Index n = X.rows(), units = n * n;
    std::array<Index, R> sizes;
    sizes.fill(n);
    Tensor<T, R> result(sizes);
    const std::size_t given = directions.size();
    directions.resize(given + slots);
    for (Index k = 0; k * units < result.size(); ++k) {
        Index left = k;
        for (int slot = 0; slot < slots; ++slot, left /= units) {
            directions[given + slot] = Matrix<T>::Zero(n, n);
            directions[given + slot].data()[left % units] = T(1);
        }
        const Matrix<T> value = frechet<T>(f, X, directions);
        std::copy(value.data(), value.data() + units, result.data() + k * units);
    }
    return result;
}

// frechet_expm: the derivative of expm along directions
template <typename T, typename... D>
Matrix<T> frechet_expm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return expm(Y); }, X, {E...});
}

// frechet_logm: the derivative of logm along directions
template <typename T, typename... D>
Matrix<T> frechet_logm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return logm(Y); }, X, {E...});
}

// frechet_sqrtm: the derivative of sqrtm along directions
template <typename T, typename... D>
Matrix<T> frechet_sqrtm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return sqrtm(Y); }, X, {E...});
}

// frechet_sinm: the derivative of sinm along directions
template <typename T, typename... D>
Matrix<T> frechet_sinm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return sinm(Y); }, X, {E...});
}

// frechet_cosm: the derivative of cosm along directions
template <typename T, typename... D>
Matrix<T> frechet_cosm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return cosm(Y); }, X, {E...});
}

// frechet_tanm: the derivative of tanm along directions
template <typename T, typename... D>
Matrix<T> frechet_tanm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return tanm(Y); }, X, {E...});
}

// frechet_sinhm: the derivative of sinhm along directions
template <typename T, typename... D>
Matrix<T> frechet_sinhm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return sinhm(Y); }, X, {E...});
}

// frechet_coshm: the derivative of coshm along directions
template <typename T, typename... D>
Matrix<T> frechet_coshm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return coshm(Y); }, X, {E...});
}

// frechet_tanhm: the derivative of tanhm along directions
template <typename T, typename... D>
Matrix<T> frechet_tanhm(const Matrix<T>& X, const D&... E)
{
    return frechet<T>([](const Matrix<T>& Y) { return tanhm(Y); }, X, {E...});
}

// directed: the columns with the sign that makes the largest entry of the second matrix positive
template <typename T>
Matrix<T> directed(const Matrix<T>& U, const Matrix<T>& V)
{
    Matrix<T> result = U;
    for (Index j = 0; j < V.cols(); ++j) {
        Index place = 0;
        V.col(j).cwiseAbs().maxCoeff(&place);
        result.col(j) *= V(place, j) < T(0) ? T(-1) : T(1);
    }
    return result;
}

// sylvester: the X with A*X + X*B = C, by Schur forms of A and B
template <typename T>
Matrix<T> sylvester(const Matrix<T>& A, const Matrix<T>& B, const Matrix<T>& C)
{
    using Complex = Eigen::MatrixX<std::complex<T>>;
    const Eigen::ComplexSchur<Matrix<T>> left(A), right(B);
    const Complex R = left.matrixT(), S = right.matrixT();
    Complex Y = left.matrixU().adjoint() * C.template cast<std::complex<T>>() * right.matrixU();
    const Complex I = Complex::Identity(A.rows(), A.rows());
    for (Index k = 0; k < Y.cols(); ++k) {
        Y.col(k) -= Y.leftCols(k) * S.col(k).head(k);
        const Complex shifted = R + S(k, k) * I;
        Y.col(k) = shifted.template triangularView<Eigen::Upper>().solve(Y.col(k)).eval();
    }
    return (left.matrixU() * Y * right.matrixU().adjoint()).real();
}

// lyapunov: the X with A*X + X*A' = Q
template <typename T>
Matrix<T> lyapunov(const Matrix<T>& A, const Matrix<T>& Q)
{
    return sylvester(A, Matrix<T>(A.transpose()), Q);
}

// sylvester_inverse: R with X(i,j) = sum_kl R(i,j,k,l)*C(k,l) for the X of sylvester
template <typename T>
Eigen::Tensor<T, 4> sylvester_inverse(const Matrix<T>& A, const Matrix<T>& B)
{
    const Index m = A.rows(), n = B.rows();
    const Matrix<T> one = Matrix<T>::Identity(m, m), other = Matrix<T>::Identity(n, n);
    const Matrix<T> system = kron(A, other) + kron(one, Matrix<T>(B.transpose()));
    return reshape_rows<4>(Matrix<T>(system.inverse()), {m, n, m, n});
}

// real_eigen: the k-th largest of the real eigenvalues, its unit right vector v and its left vector
// u with u'*v = 1 as the columns of a matrix, below the value; nan where there are fewer
template <typename T>
Matrix<T> real_eigen(const Matrix<T>& A, int k)
{
    const Index n = A.rows();
    const Eigen::EigenSolver<Matrix<T>> found(A);
    std::vector<Index> places;
    for (Index i = 0; i < n; ++i) {
        if (found.eigenvalues()(i).imag() == T(0)) {
            places.push_back(i);
        }
    }
    std::stable_sort(places.begin(), places.end(), [&](Index i, Index j) {
        return found.eigenvalues()(i).real() > found.eigenvalues()(j).real();
    });
    if (static_cast<int>(places.size()) < k) {
        return Matrix<T>::Constant(n + 1, 2, std::numeric_limits<T>::quiet_NaN());
    }
    const Index place = places[k - 1];
    const Matrix<T> unit = found.eigenvectors().col(place).real().normalized();
    const Vector<T> v = directed(unit, unit);
    const Vector<T> u = found.eigenvectors().inverse().row(place).real().transpose();
    Matrix<T> result(n + 1, 2);
    result.row(0).setConstant(found.eigenvalues()(place).real());
    result.col(0).tail(n) = v;
    result.col(1).tail(n) = u / u.dot(v);
    return result;
}

// eigval: the k-th largest of the real eigenvalues of a square matrix
template <typename T>
T eigval(const Matrix<T>& A, int k = 1)
{
    return real_eigen(A, k)(0, 0);
}

// eigright: the unit right eigenvector of eigval(A, k)
template <typename T>
Vector<T> eigright(const Matrix<T>& A, int k = 1)
{
    return real_eigen(A, k).col(0).tail(A.rows());
}

// eigleft: the left eigenvector u of eigval(A, k), with u'*eigright(A, k) = 1
template <typename T>
Vector<T> eigleft(const Matrix<T>& A, int k = 1)
{
    return real_eigen(A, k).col(1).tail(A.rows());
}

// symmetric_part: (A + A')/2
template <typename T>
Matrix<T> symmetric_part(const Matrix<T>& A)
{
    return (A + A.transpose()) / T(2);
}

// eigvals: the eigenvalues of a symmetric matrix, ascending
template <typename T>
Vector<T> eigvals(const Matrix<T>& A)
{
    const Eigen::SelfAdjointEigenSolver<Matrix<T>> found(symmetric_part(A));
    return found.eigenvalues();
}

// eigvecs: the unit eigenvectors of a symmetric matrix as columns
template <typename T>
Matrix<T> eigvecs(const Matrix<T>& A)
{
    const Eigen::SelfAdjointEigenSolver<Matrix<T>> found(symmetric_part(A));
    return directed(Matrix<T>(found.eigenvectors()), Matrix<T>(found.eigenvectors()));
}

// eigvec: the unit eigenvector of the largest eigenvalue
template <typename T>
Vector<T> eigvec(const Matrix<T>& A)
{
    return eigvecs(A).rightCols(1);
}

// lambda_max: the largest eigenvalue of a symmetric matrix
template <typename T>
T lambda_max(const Matrix<T>& A)
{
    return eigvals(A).maxCoeff();
}

// lambda_min: the smallest eigenvalue of a symmetric matrix
template <typename T>
T lambda_min(const Matrix<T>& A)
{
    return eigvals(A).minCoeff();
}

// invgap: 1/(x(j) - x(i)) off the diagonal, and 0 on it
template <typename T>
Matrix<T> invgap(const Vector<T>& x)
{
    Matrix<T> result = Matrix<T>::Zero(x.size(), x.size());
    for (Index j = 0; j < x.size(); ++j) {
        for (Index i = 0; i < x.size(); ++i) {
            result(i, j) = i == j ? T(0) : T(1) / (x(j) - x(i));
        }
    }
    return result;
}

// thin_svd: the thin singular value decomposition
template <typename T>
Eigen::JacobiSVD<Matrix<T>> thin_svd(const Matrix<T>& X)
{
    return Eigen::JacobiSVD<Matrix<T>>(X, Eigen::ComputeThinU | Eigen::ComputeThinV);
}

// tall: an error where a matrix has more columns than rows
template <typename T>
const Matrix<T>& tall(const Matrix<T>& X)
{
    if (X.rows() < X.cols()) {
        throw std::invalid_argument("expected a matrix with at least as many rows as columns");
    }
    return X;
}

// thin_svdvals: the singular values of a matrix of any shape
template <typename T>
Vector<T> thin_svdvals(const Matrix<T>& X)
{
    return thin_svd(X).singularValues();
}

// thin_leftvecs: their left vectors as columns
template <typename T>
Matrix<T> thin_leftvecs(const Matrix<T>& X)
{
    const auto svd = thin_svd(X);
    return directed(Matrix<T>(svd.matrixU()), Matrix<T>(svd.matrixV()));
}

// thin_rightvecs: their right vectors as columns
template <typename T>
Matrix<T> thin_rightvecs(const Matrix<T>& X)
{
    const auto svd = thin_svd(X);
    return directed(Matrix<T>(svd.matrixV()), Matrix<T>(svd.matrixV()));
}

// qr_r: the upper triangular R of A = Q*R with a positive diagonal
template <typename T>
Matrix<T> qr_r(const Matrix<T>& A)
{
    const Eigen::HouseholderQR<Matrix<T>> found(tall(A));
    Matrix<T> R = found.matrixQR().topRows(A.cols()).template triangularView<Eigen::Upper>();
    for (Index k = 0; k < R.rows(); ++k) {
        R.row(k) *= R(k, k) < T(0) ? T(-1) : T(1);
    }
    return R;
}

// qr_q: the Q with orthonormal columns of A = Q*R
template <typename T>
Matrix<T> qr_q(const Matrix<T>& A)
{
    const Eigen::HouseholderQR<Matrix<T>> found(tall(A));
    Matrix<T> Q = found.householderQ() * Matrix<T>::Identity(A.rows(), A.cols());
    for (Index k = 0; k < A.cols(); ++k) {
        Q.col(k) *= found.matrixQR()(k, k) < T(0) ? T(-1) : T(1);
    }
    return Q;
}

// svdvals: the singular values, descending, one for each column
template <typename T>
Vector<T> svdvals(const Matrix<T>& X)
{
    return thin_svdvals(tall(X));
}

// leftvecs: the left singular vectors as columns
template <typename T>
Matrix<T> leftvecs(const Matrix<T>& X)
{
    return thin_leftvecs(tall(X));
}

// rightvecs: the right singular vectors as columns
template <typename T>
Matrix<T> rightvecs(const Matrix<T>& X)
{
    return thin_rightvecs(tall(X));
}

// leftvec: the left singular vector of the largest singular value
template <typename T>
Vector<T> leftvec(const Matrix<T>& X)
{
    return thin_leftvecs(X).col(0);
}

// rightvec: the right singular vector of the largest singular value
template <typename T>
Vector<T> rightvec(const Matrix<T>& X)
{
    return thin_rightvecs(X).col(0);
}

// specnorm: the largest singular value
template <typename T>
T specnorm(const Matrix<T>& X)
{
    return thin_svdvals(X)(0);
}

// condnum: the largest singular value over the smallest
template <typename T>
T condnum(const Matrix<T>& A)
{
    const Vector<T> s = thin_svdvals(A);
    return s(0) / s(s.size() - 1);
}

// polar: the orthogonal polar factor of a matrix of full rank
template <typename T>
Matrix<T> polar(const Matrix<T>& X)
{
    const auto svd = thin_svd(X);
    return svd.matrixU() * svd.matrixV().transpose();
}

// nucnorm: the sum of the singular values
template <typename T>
T nucnorm(const Matrix<T>& X)
{
    return thin_svdvals(X).sum();
}

// schatten: the p-norm of the singular values
template <typename T>
T schatten(const Matrix<T>& X, typename Matrix<T>::Scalar p)
{
    return std::pow(thin_svdvals(X).array().pow(p).sum(), T(1) / p);
}

// shape_of: the sizes of an array, for a message
template <typename A>
std::string shape_of(const A& x)
{
    if constexpr (A::ColsAtCompileTime == 1) {
        return "(" + std::to_string(x.size()) + ",)";
    } else {
        return "(" + std::to_string(x.rows()) + ", " + std::to_string(x.cols()) + ")";
    }
}

// places_of: the places of the ones in the rows of a one-hot matrix with so many columns
template <typename T>
Places places_of(const Matrix<T>& A, Index count)
{
    Places places(A.rows());
    bool right = A.cols() == count;
    for (Index i = 0; right && i < A.rows(); ++i) {
        right = A.row(i).maxCoeff(&places(i)) == T(1) && (A.row(i).array() != T(0)).count() == 1;
    }
    if (!right) {
        throw std::invalid_argument("expected a matrix with a single 1 in each row, and "
            + std::to_string(count) + " columns");
    }
    return places;
}

// places_of: a list of places, counted from 0
template <typename S>
Places places_of(const S& s, Index count)
{
    static_assert(std::is_integral_v<std::decay_t<decltype(s[0])>>, "places are integers");
    Places places(Index(s.size()));
    for (Index i = 0; i < places.size(); ++i) {
        places(i) = Index(s[i]);
        if (places(i) < 0 || places(i) >= count) {
            throw std::invalid_argument("expected places from 0 to " + std::to_string(count - 1));
        }
    }
    return places;
}

// one_hot: the matrix of so many columns with a 1 in each row, at its place
template <typename T>
Matrix<T> one_hot(const Places& places, Index count)
{
    Matrix<T> A = Matrix<T>::Zero(places.size(), count);
    for (Index i = 0; i < places.size(); ++i) {
        A(i, places(i)) = T(1);
    }
    return A;
}

// pick: the entry of each row that stands at its place
template <typename T>
Vector<T> pick(const Matrix<T>& A, const Places& places)
{
    Vector<T> x(places.size());
    for (Index i = 0; i < places.size(); ++i) {
        x(i) = A(i, places(i));
    }
    return x;
}

// sum_at: numbers or rows that are added up at their places
template <typename T, int C>
Eigen::Matrix<T, Eigen::Dynamic, C> sum_at(
    const Eigen::Matrix<T, Eigen::Dynamic, C>& values, const Places& places, Index count)
{
    Eigen::Matrix<T, Eigen::Dynamic, C> total
        = Eigen::Matrix<T, Eigen::Dynamic, C>::Zero(count, values.cols());
    for (Index i = 0; i < places.size(); ++i) {
        total.row(places(i)) += values.row(i);
    }
    return total;
}
