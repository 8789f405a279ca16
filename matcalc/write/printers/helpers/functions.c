// sign_of: -1, 0 or 1
static double sign_of(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x;
}

// max_of: the larger of two numbers; nan where one is
static double max_of(double x, double y)
{
    return x != x || x > y ? x : y;
}

// min_of: the smaller of two numbers; nan where one is
static double min_of(double x, double y)
{
    return x != x || x < y ? x : y;
}

// clipped: a whole number between 0 and n - 1; 0 for nan
static ptrdiff_t clipped(double place, ptrdiff_t n)
{
    return !(place >= 0.0) ? 0 : place > (double)(n - 1) ? n - 1 : (ptrdiff_t)place;
}

// whole_power: x^k
static double whole_power(double x, int k)
{
    double result = 1.0;
    for (unsigned left = k < 0 ? -k : k; left > 0; left /= 2) {
        result *= left % 2 ? x : 1.0;
        x *= x;
    }
    return k < 0 ? 1.0 / result : result;
}

// sec: 1/cos(x)
static double sec(double x)
{
    return 1.0 / cos(x);
}

// csc: 1/sin(x)
static double csc(double x)
{
    return 1.0 / sin(x);
}

// cot: 1/tan(x)
static double cot(double x)
{
    return 1.0 / tan(x);
}

// relu: max(x, 0)
static double relu(double x)
{
    return x < 0.0 ? 0.0 : x;
}

// step: 1 where x > 0, else 0
static double step(double x)
{
    return x > 0.0 ? 1.0 : 0.0;
}

// sigmoid: 1/(1 + exp(-x)), without overflow
static double sigmoid(double x)
{
    const double small = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : small) / (1.0 + small);
}

// sigmoid_slope: sigmoid(x)*sigmoid(-x)
static double sigmoid_slope(double x)
{
    const double small = exp(-fabs(x));
    return small / ((1.0 + small) * (1.0 + small));
}

// softplus: log(1 + exp(x)), without overflow
static double softplus(double x)
{
    return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
}

// silu: x*sigmoid(x)
static double silu(double x)
{
    return x * sigmoid(x);
}

// softsign: x/(1 + |x|)
static double softsign(double x)
{
    return x / (1.0 + fabs(x));
}

// normcdf: the distribution function of the standard normal distribution
static double normcdf(double x)
{
    return erfc(-x / sqrt(2.0)) / 2.0;
}

// lognormcdf: its logarithm, by a continued fraction where it is tiny
static double lognormcdf(double x)
{
    if (x > 0.0) {
        return log1p(-erfc(x / sqrt(2.0)) / 2.0);
    }
    if (x > -5.0) {
        return log(normcdf(x));
    }
    double below = -x;
    for (int k = 80; k > 0; --k) {
        below = -x + k / below;
    }
    return -x * x / 2.0 - log(2.0 * 3.14159265358979323846) / 2.0 - log(below);
}

// normpdf: the density of the standard normal distribution
static double normpdf(double x)
{
    return exp(-x * x / 2.0) / sqrt(2.0 * 3.14159265358979323846);
}

// gelu: x*normcdf(x)
static double gelu(double x)
{
    return x * normcdf(x);
}

// leakyrelu: x where x > 0, else a*x
static double leakyrelu(double x, double a)
{
    return x > 0.0 ? x : a * x;
}

// elu: x where x > 0, else a*(exp(x) - 1)
static double elu(double x, double a)
{
    return x > 0.0 ? x : a * expm1(x);
}

// huber: x^2/2 where |x| <= d, else d*(|x| - d/2)
static double huber(double x, double d)
{
    return fabs(x) <= d ? x * x / 2.0 : d * (fabs(x) - d / 2.0);
}

// logit: log(x/(1 - x)), near 1/2 as 2*atanh(2*x - 1)
static double logit(double x)
{
    if (fabs(x - 0.5) < 0.25) {
        return 2.0 * atanh(2.0 * x - 1.0);
    }
    return log(x) - log1p(-x);
}

// xlogy: x*log(y), and 0 where x = 0
static double xlogy(double x, double y)
{
    return x == 0.0 && y == y ? 0.0 : x * log(y);
}

// digamma: the derivative of the logarithm of the gamma function
static double digamma(double x)
{
    const double pi = 3.14159265358979323846;
    if (x <= 0.0) {
        return x == floor(x) ? NAN : digamma(1.0 - x) - pi / tan(pi * (x - floor(x + 0.5)));
    }
    double result = 0.0;
    for (; x < 10.0; x += 1.0) {
        result -= 1.0 / x;
    }
    const double y = 1.0 / (x * x);
    const double rest = 1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0
        - y * (1.0 / 132.0 - y * (691.0 / 32760.0 - y / 12.0)))));
    return result + log(x) - 0.5 / x - y * rest;
}

// hurwitz: the k-th derivative of digamma, of positive numbers: Hurwitz's zeta function by the
// formula of Euler and Maclaurin
static double hurwitz(double k, double x)
{
    static const double numbers[] = {1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0,
                                     5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0, -3617.0 / 510.0};
    double zeta = 0.0;
    for (; x < 20.0 + k; x += 1.0) {
        zeta += pow(x, -k - 1.0);
    }
    zeta += pow(x, -k) / k + pow(x, -k - 1.0) / 2.0;
    double term = (k + 1.0) * pow(x, -k - 2.0) / 2.0;
    for (int j = 0; j < 8; ++j) {
        zeta += numbers[j] * term;
        const double next = k + 2.0 * j + 2.0;
        term *= next * (next + 1.0) / ((2.0 * j + 3.0) * (2.0 * j + 4.0) * x * x);
    }
    return (fmod(k, 2.0) == 1.0 ? 1.0 : -1.0) * tgamma(k + 1.0) * zeta;
}

// polygamma: the k-th derivative of digamma, k up to 40; of negative numbers by reflection, with
// the derivatives of c = cot(y) from c' = -1 - c^2
static double polygamma(double k, double x)
{
    const double pi = 3.14159265358979323846;
    double slopes[41];
    if (k == 0.0) {
        return digamma(x);
    }
    if (x > 0.0 || x != x) {
        return hurwitz(k, x);
    }
    if (x == floor(x) || k > 40.0) {
        return NAN;
    }
    slopes[0] = 1.0 / tan(pi * (x - floor(x + 0.5)));
    for (int n = 0; n < (int)k; ++n) {
        double square = n == 0 ? 1.0 : 0.0, ways = 1.0;
        for (int j = 0; j <= n; ++j) {
            square += ways * slopes[j] * slopes[n - j];
            ways *= (double)(n - j) / (j + 1.0);
        }
        slopes[n + 1] = -square;
    }
    const double sign = fmod(k, 2.0) == 1.0 ? -1.0 : 1.0;
    return sign * hurwitz(k, 1.0 - x) - pow(pi, k + 1.0) * slopes[(int)k];
}

// mvlgamma: the logarithm of the multivariate gamma function
static double mvlgamma(double a, double p)
{
    double result = p * (p - 1.0) / 4.0 * log(3.14159265358979323846);
    for (double j = 0.0; j < p; j += 1.0) {
        result += lgamma(a - j / 2.0);
    }
    return result;
}

// scaled_norm2: the root of the sum of squares of n numbers, so far apart in memory; without
// overflow and underflow
static double scaled_norm2(ptrdiff_t n, const double *x, ptrdiff_t stride)
{
    double largest = 0.0, sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        sum += x[i * stride] * x[i * stride];
    }
    if (sum > 1e-280 && sum < 1e300) {
        return sqrt(sum);
    }
    for (ptrdiff_t i = 0; i < n; ++i) {
        largest = max_of(largest, fabs(x[i * stride]));
    }
    if (largest == 0.0 || largest == INFINITY) {
        return largest;
    }
    sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        sum += x[i * stride] / largest * (x[i * stride] / largest);
    }
    return largest * sqrt(sum);
}

// norm2: the root of the sum of squares of x[n]
static double norm2(ptrdiff_t n, const double *x)
{
    return scaled_norm2(n, x, 1);
}

// norm2_along: the same of each column (1) or of each row (2) of X[m,n]
static void norm2_along(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        result[line] = axis == 1 ? scaled_norm2(m, X + line, n) : scaled_norm2(n, X + line * n, 1);
    }
}

// normp: sum(abs(x).^p)^(1/p) of x[n], the largest absolute entry taken out
static double normp(ptrdiff_t n, const double *x, double p)
{
    double largest = 0.0, sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        largest = max_of(largest, fabs(x[i]));
    }
    if (largest == 0.0) {
        return 0.0;
    }
    for (ptrdiff_t i = 0; i < n; ++i) {
        sum += pow(fabs(x[i]) / largest, p);
    }
    return largest * pow(sum, 1.0 / p);
}

// logsumexp_along: log(sum(exp(x))) of each column (1) or of each row (2) of X[m,n]
static void logsumexp_along(
    ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const double *x = X + line * (axis == 1 ? 1 : n);
        double largest = -INFINITY, sum = 0.0;
        for (ptrdiff_t k = 0; k < size; ++k) {
            largest = max_of(largest, x[k * stride]);
        }
        const double shift = fabs(largest) == INFINITY ? 0.0 : largest;
        for (ptrdiff_t k = 0; k < size; ++k) {
            sum += exp(x[k * stride] - shift);
        }
        result[line] = shift + log(sum);
    }
}

// logsumexp: log(sum(exp(x))) of x[n]
static double logsumexp(ptrdiff_t n, const double *x)
{
    double result;
    logsumexp_along(n, 1, x, 1, &result);
    return result;
}

// logsoftmax: x - logsumexp(x) of each column (1) or of each row (2) of X[m,n]
static void logsoftmax(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const double *x = X + line * (axis == 1 ? 1 : n);
        double *y = result + line * (axis == 1 ? 1 : n);
        double largest = -INFINITY, sum = 0.0;
        for (ptrdiff_t k = 0; k < size; ++k) {
            largest = max_of(largest, x[k * stride]);
        }
        for (ptrdiff_t k = 0; k < size; ++k) {
            sum += exp(x[k * stride] - largest);
        }
        for (ptrdiff_t k = 0; k < size; ++k) {
            y[k * stride] = x[k * stride] - largest - log(sum);
        }
    }
}

// softmax: exp(x)/sum(exp(x)) of each column (1) or of each row (2) of X[m,n]
static void softmax(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const double *x = X + line * (axis == 1 ? 1 : n);
        double *y = result + line * (axis == 1 ? 1 : n);
        double largest = -INFINITY, sum = 0.0;
        for (ptrdiff_t k = 0; k < size; ++k) {
            largest = max_of(largest, x[k * stride]);
        }
        for (ptrdiff_t k = 0; k < size; ++k) {
            y[k * stride] = exp(x[k * stride] - largest);
            sum += y[k * stride];
        }
        for (ptrdiff_t k = 0; k < size; ++k) {
            y[k * stride] /= sum;
        }
    }
}

// prodothers: the product of the others in each column (1) or in each row (2) of X[m,n]
static void prodothers(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const double *x = X + line * (axis == 1 ? 1 : n);
        double *y = result + line * (axis == 1 ? 1 : n);
        double before = 1.0, behind = 1.0;
        for (ptrdiff_t k = 0; k < size; ++k) {
            y[k * stride] = before;
            before *= x[k * stride];
        }
        for (ptrdiff_t k = size - 1; k >= 0; --k) {
            y[k * stride] *= behind;
            behind *= x[k * stride];
        }
    }
}

// cumsum: the sums of the first entries of each column (1) or of each row (2) of X[m,n]
static void cumsum(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const ptrdiff_t start = line * (axis == 1 ? 1 : n);
        double sum = 0.0;
        for (ptrdiff_t k = 0; k < size; ++k) {
            sum += X[start + k * stride];
            result[start + k * stride] = sum;
        }
    }
}

// revcumsum: the sums of the last entries of each column (1) or of each row (2) of X[m,n]
static void revcumsum(ptrdiff_t m, ptrdiff_t n, const double *X, ptrdiff_t axis, double *result)
{
    const ptrdiff_t size = axis == 1 ? m : n, stride = axis == 1 ? n : 1;
    for (ptrdiff_t line = 0; line < (axis == 1 ? n : m); ++line) {
        const ptrdiff_t start = line * (axis == 1 ? 1 : n);
        double sum = 0.0;
        for (ptrdiff_t k = size - 1; k >= 0; --k) {
            sum += X[start + k * stride];
            result[start + k * stride] = sum;
        }
    }
}

// entropy: -sum(x.*log(x)) of x[n], 0 where an entry is 0
static double entropy(ptrdiff_t n, const double *x)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        sum -= xlogy(x[i], x[i]);
    }
    return sum;
}

// kl: sum(x.*log(x./y)) of x[n], y[n], 0 where an entry of x is 0
static double kl(ptrdiff_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        sum += xlogy(x[i], x[i]) - xlogy(x[i], y[i]);
    }
    return sum;
}

// skewmat: the matrix of the cross product with x[p]
static void skewmat(ptrdiff_t p, const double *x, double *result)
{
    const double entries[] = {0.0, -x[2], x[1], x[2], 0.0, -x[0], -x[1], x[0], 0.0};
    for (ptrdiff_t k = 0; k < p * p; ++k) {
        result[k] = entries[k];
    }
}

// cross: the cross product of x[p], y[p]
static void cross(ptrdiff_t p, const double *x, const double *y, double *result)
{
    for (ptrdiff_t k = 0; k < p; ++k) {
        result[k] = x[(k + 1) % 3] * y[(k + 2) % 3] - x[(k + 2) % 3] * y[(k + 1) % 3];
    }
}

// vee: the vector of which skewmat is the skew part of M[p,p]
static void vee(ptrdiff_t p, const double *M, double *result)
{
    for (ptrdiff_t k = 0; k < p; ++k) {
        const ptrdiff_t i = (k + 2) % 3, j = (k + 1) % 3;
        result[k] = (M[i * p + j] - M[j * p + i]) / 2.0;
    }
}

// commutation: the matrix K with K*vec(A) = vec(A')
static void commutation(ptrdiff_t m, ptrdiff_t n, double *result)
{
    for (ptrdiff_t k = 0; k < m * n * m * n; ++k) {
        result[k] = 0.0;
    }
    for (ptrdiff_t i = 0; i < m; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            result[(j + i * n) * m * n + i + j * m] = 1.0;
        }
    }
}

// vech: the lower half of A[n,n], column by column
static void vech(ptrdiff_t n, const double *A, double *result)
{
    for (ptrdiff_t j = 0; j < n; ++j) {
        for (ptrdiff_t i = j; i < n; ++i) {
            *result++ = A[i * n + j];
        }
    }
}

// elimination: the matrix L with L*vec(A) = vech(A)
static void elimination(ptrdiff_t n, double *result)
{
    for (ptrdiff_t j = 0; j < n; ++j) {
        for (ptrdiff_t i = j; i < n; ++i) {
            for (ptrdiff_t k = 0; k < n * n; ++k) {
                *result++ = k == i + j * n ? 1.0 : 0.0;
            }
        }
    }
}

// duplication: the matrix D with D*vech(S) = vec(S) for every symmetric matrix S
static void duplication(ptrdiff_t n, double *result)
{
    const ptrdiff_t count = n * (n + 1) / 2;
    ptrdiff_t place = 0;
    for (ptrdiff_t k = 0; k < n * n * count; ++k) {
        result[k] = 0.0;
    }
    for (ptrdiff_t j = 0; j < n; ++j) {
        for (ptrdiff_t i = j; i < n; ++i, ++place) {
            result[(i + j * n) * count + place] = 1.0;
            result[(j + i * n) * count + place] = 1.0;
        }
    }
}

// swapped: two rows in each other's place
static void swapped(ptrdiff_t size, double *x, double *y)
{
    for (ptrdiff_t k = 0; k < size && x != y; ++k) {
        const double kept = x[k];
        x[k] = y[k];
        y[k] = kept;
    }
}

// pivot: the row of the largest entry of a column, from its diagonal on
static ptrdiff_t pivot(ptrdiff_t n, const double *A, ptrdiff_t column)
{
    ptrdiff_t best = column;
    for (ptrdiff_t i = column + 1; i < n; ++i) {
        if (fabs(A[i * n + column]) > fabs(A[best * n + column])) {
            best = i;
        }
    }
    return best;
}

// eliminate: inv(A)*B in the place of B, and the upper factor of A in that of A
static void eliminate(ptrdiff_t n, ptrdiff_t k, double *A, double *B)
{
    for (ptrdiff_t c = 0; c < n; ++c) {
        const ptrdiff_t best = pivot(n, A, c);
        swapped(n, A + c * n, A + best * n);
        swapped(k, B + c * k, B + best * k);
        for (ptrdiff_t i = c + 1; i < n; ++i) {
            const double factor = A[i * n + c] / A[c * n + c];
            for (ptrdiff_t j = c; j < n; ++j) {
                A[i * n + j] -= factor * A[c * n + j];
            }
            for (ptrdiff_t j = 0; j < k; ++j) {
                B[i * k + j] -= factor * B[c * k + j];
            }
        }
    }
    for (ptrdiff_t i = n - 1; i >= 0; --i) {
        for (ptrdiff_t c = i + 1; c < n; ++c) {
            for (ptrdiff_t j = 0; j < k; ++j) {
                B[i * k + j] -= A[i * n + c] * B[c * k + j];
            }
        }
        for (ptrdiff_t j = 0; j < k; ++j) {
            B[i * k + j] /= A[i * n + i];
        }
    }
}

// solve: inv(A)*B for A[n,n], B[n,k], with work[n*n]
static void solve(
    ptrdiff_t n, ptrdiff_t k, const double *A, const double *B, double *work, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        work[i] = A[i];
    }
    for (ptrdiff_t i = 0; i < n * k; ++i) {
        result[i] = B[i];
    }
    eliminate(n, k, work, result);
}

// inverse: inv(A) for A[n,n], with work[n*n]
static void inverse(ptrdiff_t n, const double *A, double *work, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        work[i] = A[i];
        result[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    eliminate(n, n, work, result);
}

// triangle: the upper factor of A[n,n] in work[n*n]; the sign of the permutation of its rows
static double triangle(ptrdiff_t n, const double *A, double *work)
{
    double sign = 1.0;
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        work[i] = A[i];
    }
    for (ptrdiff_t c = 0; c < n; ++c) {
        const ptrdiff_t best = pivot(n, work, c);
        if (work[best * n + c] == 0.0) {
            continue;
        }
        sign = best == c ? sign : -sign;
        swapped(n, work + c * n, work + best * n);
        for (ptrdiff_t i = c + 1; i < n; ++i) {
            const double factor = work[i * n + c] / work[c * n + c];
            for (ptrdiff_t j = c; j < n; ++j) {
                work[i * n + j] -= factor * work[c * n + j];
            }
        }
    }
    return sign;
}

// determinant: det(A) for A[n,n], with work[n*n]
static double determinant(ptrdiff_t n, const double *A, double *work)
{
    double result = triangle(n, A, work);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result *= work[i * n + i];
    }
    return result;
}

// logabsdet: log|det(A)| for A[n,n], with work[n*n]
static double logabsdet(ptrdiff_t n, const double *A, double *work)
{
    double result = 0.0;
    triangle(n, A, work);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result += log(fabs(work[i * n + i]));
    }
    return result;
}

// detsign: the sign of det(A) for A[n,n], with work[n*n]
static double detsign(ptrdiff_t n, const double *A, double *work)
{
    double result = triangle(n, A, work);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result *= sign_of(work[i * n + i]);
    }
    return result;
}

// adjugate: adj(A) for A[n,n], with work[n*n + 3*n], also of a singular matrix: for P*A*Q = L*U by
// complete pivoting it is adj(U)*inv(L) with its rows and columns in their places again. z is first
// a column of inv(L), then of adj(U) times it. Entry i, j goes to i*down + j*across.
static void adjugate(ptrdiff_t n, const double *A, double *work, ptrdiff_t down, ptrdiff_t across,
                     double *result)
{
    double *U = work, *rows = work + n * n, *columns = rows + n, *z = columns + n;
    double scale = 1.0;
    ptrdiff_t rank = 0;
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        U[i] = A[i];
        result[i] = 0.0;
    }
    for (ptrdiff_t i = 0; i < n; ++i) {
        rows[i] = columns[i] = (double)i;
    }
    for (; rank < n; ++rank) {
        ptrdiff_t row = rank, column = rank;
        for (ptrdiff_t i = rank; i < n; ++i) {
            for (ptrdiff_t j = rank; j < n; ++j) {
                if (fabs(U[i * n + j]) > fabs(U[row * n + column])) {
                    row = i;
                    column = j;
                }
            }
        }
        if (U[row * n + column] == 0.0) {
            break;
        }
        scale *= (row == rank) == (column == rank) ? 1.0 : -1.0;
        swapped(n, U + rank * n, U + row * n);
        swapped(1, rows + rank, rows + row);
        swapped(1, columns + rank, columns + column);
        for (ptrdiff_t i = 0; i < n; ++i) {
            swapped(1, U + i * n + rank, U + i * n + column);
        }
        for (ptrdiff_t i = rank + 1; i < n; ++i) {
            const double factor = U[i * n + rank] /= U[rank * n + rank];
            for (ptrdiff_t j = rank + 1; j < n; ++j) {
                U[i * n + j] -= factor * U[rank * n + j];
            }
        }
    }
    if (rank < n - 1) {
        return;
    }
    const ptrdiff_t last = n - 1;
    for (ptrdiff_t i = 0; i < last; ++i) {
        scale *= U[i * n + i];
    }
    for (ptrdiff_t c = 0; c < n; ++c) {
        for (ptrdiff_t i = 0; i < n; ++i) {
            z[i] = i == c ? 1.0 : 0.0;
            for (ptrdiff_t j = 0; j < i; ++j) {
                z[i] -= U[i * n + j] * z[j];
            }
        }
        for (ptrdiff_t i = 0; i < last; ++i) {
            z[i] = U[n * n - 1] * z[i] - U[i * n + last] * z[last];
        }
        for (ptrdiff_t i = last - 1; i >= 0; --i) {
            for (ptrdiff_t j = i + 1; j < last; ++j) {
                z[i] -= U[i * n + j] * z[j];
            }
            z[i] /= U[i * n + i];
        }
        for (ptrdiff_t i = 0; i < n; ++i) {
            const ptrdiff_t row = (ptrdiff_t)columns[i], column = (ptrdiff_t)rows[c];
            result[row * down + column * across] = scale * z[i];
        }
    }
}

// adj: the adjugate of A[n,n], with work[n*n + 3*n]
static void adj(ptrdiff_t n, const double *A, double *work, double *result)
{
    adjugate(n, A, work, n, 1, result);
}

// cof: the cofactors of A[n,n], with work[n*n + 3*n]
static void cof(ptrdiff_t n, const double *A, double *work, double *result)
{
    adjugate(n, A, work, 1, n, result);
}

// psd_factors: the lower triangle L with L*L' = S for S[n,n]; nan where S is not positive definite
static void psd_factors(ptrdiff_t n, const double *S, double *result)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            double left = S[i * n + j];
            for (ptrdiff_t k = 0; k < j && j <= i; ++k) {
                left -= result[i * n + k] * result[j * n + k];
            }
            result[i * n + j] = j > i ? 0.0 : j == i ? sqrt(left) : left / result[j * n + j];
        }
    }
}

// triangles: inv(L*L')*B in the place of B
static void triangles(ptrdiff_t n, ptrdiff_t k, const double *L, double *B)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t c = 0; c < i; ++c) {
            for (ptrdiff_t j = 0; j < k; ++j) {
                B[i * k + j] -= L[i * n + c] * B[c * k + j];
            }
        }
        for (ptrdiff_t j = 0; j < k; ++j) {
            B[i * k + j] /= L[i * n + i];
        }
    }
    for (ptrdiff_t i = n - 1; i >= 0; --i) {
        for (ptrdiff_t j = 0; j < k; ++j) {
            B[i * k + j] /= L[i * n + i];
        }
        for (ptrdiff_t c = 0; c < i; ++c) {
            for (ptrdiff_t j = 0; j < k; ++j) {
                B[c * k + j] -= L[i * n + c] * B[i * k + j];
            }
        }
    }
}

// psd_solve: inv(L*L')*B for L[n,n], B[n,k]
static void psd_solve(ptrdiff_t n, ptrdiff_t k, const double *L, const double *B, double *result)
{
    for (ptrdiff_t i = 0; i < n * k; ++i) {
        result[i] = B[i];
    }
    triangles(n, k, L, result);
}

// psd_inverse: inv(L*L') for L[n,n]
static void psd_inverse(ptrdiff_t n, const double *L, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        result[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    triangles(n, n, L, result);
}

// psd_logdet: log(det(L*L')) for L[n,n]
static double psd_logdet(ptrdiff_t n, const double *L)
{
    double result = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        result += 2.0 * log(L[i * n + i]);
    }
    return result;
}

// squared_distances: |x - y|^2 for each row x of X[m,p] and each row y of Y[n,p]
static void squared_distances(
    ptrdiff_t m, ptrdiff_t p, ptrdiff_t n, const double *X, const double *Y, double *result)
{
    for (ptrdiff_t i = 0; i < m; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            double total = 0.0;
            for (ptrdiff_t k = 0; k < p; ++k) {
                const double apart = X[i * p + k] - Y[j * p + k];
                total += apart * apart;
            }
            result[i * n + j] = total;
        }
    }
}

// product: A*B of square matrices
static void product(ptrdiff_t n, const double *A, const double *B, double *result)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            result[i * n + j] = 0.0;
        }
        for (ptrdiff_t k = 0; k < n; ++k) {
            for (ptrdiff_t j = 0; j < n; ++j) {
                result[i * n + j] += A[i * n + k] * B[k * n + j];
            }
        }
    }
}

// matrix_power: A^p for A[n,n], with work[2*n*n]
static void matrix_power(ptrdiff_t n, const double *A, ptrdiff_t p, double *work, double *result)
{
    double *base = work, *next = work + n * n;
    if (p < 0) {
        inverse(n, A, next, base);
    }
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        base[i] = p < 0 ? base[i] : A[i];
        result[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    for (ptrdiff_t left = p < 0 ? -p : p; left > 0; left /= 2) {
        if (left % 2) {
            product(n, result, base, next);
            for (ptrdiff_t i = 0; i < n * n; ++i) {
                result[i] = next[i];
            }
        }
        product(n, base, base, next);
        for (ptrdiff_t i = 0; i < n * n; ++i) {
            base[i] = next[i];
        }
    }
}

// expm: exp(A) for A[n,n], with work[4*n*n]: a Pade approximant of A/2^s, squared s times
static void expm(ptrdiff_t n, const double *A, double *work, double *result)
{
    double *B = work, *X = B + n * n, *below = X + n * n, *next = below + n * n;
    double largest = 0.0, c = 1.0;
    int squarings = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        double sum = 0.0;
        for (ptrdiff_t j = 0; j < n; ++j) {
            sum += fabs(A[i * n + j]);
        }
        largest = max_of(largest, sum);
    }
    if (largest > 0.5 && largest < INFINITY) {
        squarings = (int)ceil(log2(largest)) + 1;
    }
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        B[i] = A[i] * pow(2.0, -squarings);
        X[i] = result[i] = below[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    for (int k = 1; k <= 7; ++k) {
        c *= (8.0 - k) / (k * (15.0 - k));
        product(n, B, X, next);
        for (ptrdiff_t i = 0; i < n * n; ++i) {
            X[i] = next[i];
            result[i] += c * X[i];
            below[i] += k % 2 ? -c * X[i] : c * X[i];
        }
    }
    eliminate(n, n, below, result);
    for (; squarings > 0; --squarings) {
        product(n, result, result, next);
        for (ptrdiff_t i = 0; i < n * n; ++i) {
            result[i] = next[i];
        }
    }
}

// frechet_expm: the derivative of exp along E, for X[n,n], E[n,n], with work[24*n*n]: the upper
// right block of exp([X, E; 0, X])
static void frechet_expm(
    ptrdiff_t n, const double *X, const double *E, double *work, double *result)
{
    double *blocks = work, *whole = work + 4 * n * n;
    for (ptrdiff_t i = 0; i < 2 * n; ++i) {
        for (ptrdiff_t j = 0; j < 2 * n; ++j) {
            const double *from = (i < n) == (j < n) ? X : E;
            blocks[i * 2 * n + j] = i >= n && j < n ? 0.0 : from[i % n * n + j % n];
        }
    }
    expm(2 * n, blocks, whole + 4 * n * n, whole);
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            result[i * n + j] = whole[i * 2 * n + n + j];
        }
    }
}

// sinhm: sinh(A) for A[n,n], with work[6*n*n]
static void sinhm(ptrdiff_t n, const double *A, double *work, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        work[i] = -A[i];
    }
    expm(n, A, work + 2 * n * n, result);
    expm(n, work, work + 2 * n * n, work + n * n);
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        result[i] = (result[i] - work[n * n + i]) / 2.0;
    }
}

// coshm: cosh(A) for A[n,n], with work[6*n*n]
static void coshm(ptrdiff_t n, const double *A, double *work, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        work[i] = -A[i];
    }
    expm(n, A, work + 2 * n * n, result);
    expm(n, work, work + 2 * n * n, work + n * n);
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        result[i] = (result[i] + work[n * n + i]) / 2.0;
    }
}

// tanhm: tanh(A) for A[n,n], with work[5*n*n]
static void tanhm(ptrdiff_t n, const double *A, double *work, double *result)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        result[i] = 2.0 * A[i];
    }
    expm(n, result, work + n * n, work);
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        const double one = i % (n + 1) == 0 ? 1.0 : 0.0;
        result[i] = work[i] - one;
        work[i] += one;
    }
    eliminate(n, n, work, result);
}

// directed: a column of V with the sign that makes its largest entry positive, and that of U too
static void directed(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, double *U, double *V, ptrdiff_t column)
{
    double largest = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const double entry = V[i * k + column];
        largest = fabs(entry) > fabs(largest) ? entry : largest;
    }
    for (ptrdiff_t i = 0; i < n && largest < 0.0; ++i) {
        V[i * k + column] = -V[i * k + column];
    }
    for (ptrdiff_t i = 0; i < m && largest < 0.0; ++i) {
        U[i * k + column] = -U[i * k + column];
    }
}

// turned: columns p and q of a matrix, and by the angle of cosine c and sine s
static void turned(
    ptrdiff_t m, ptrdiff_t n, double *A, ptrdiff_t p, ptrdiff_t q, double c, double s)
{
    for (ptrdiff_t k = 0; k < m; ++k) {
        const double x = A[k * n + p], y = A[k * n + q];
        A[k * n + p] = c * x - s * y;
        A[k * n + q] = s * x + c * y;
    }
}

// eigen: the eigenvalues of the symmetric part of A, ascending on the diagonal of S, and its unit
// eigenvectors as the columns of V; by the rotations of Jacobi
static void eigen(ptrdiff_t n, const double *A, double *S, double *V)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            S[i * n + j] = (A[i * n + j] + A[j * n + i]) / 2.0;
            V[i * n + j] = i == j ? 1.0 : 0.0;
        }
    }
    for (int sweep = 0; sweep < 60; ++sweep) {
        double off = 0.0, whole = 0.0;
        for (ptrdiff_t i = 0; i < n * n; ++i) {
            whole += S[i] * S[i];
            off += i % (n + 1) == 0 ? 0.0 : S[i] * S[i];
        }
        if (!(off > 1e-33 * whole)) {
            break;
        }
        for (ptrdiff_t p = 0; p < n; ++p) {
            for (ptrdiff_t q = p + 1; q < n; ++q) {
                const double a = S[p * n + q];
                if (a == 0.0) {
                    continue;
                }
                const double theta = (S[q * n + q] - S[p * n + p]) / (2.0 * a);
                const double t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + hypot(theta, 1.0));
                const double c = 1.0 / hypot(t, 1.0), s = t * c;
                turned(n, n, S, p, q, c, s);
                for (ptrdiff_t k = 0; k < n; ++k) {
                    const double x = S[p * n + k], y = S[q * n + k];
                    S[p * n + k] = c * x - s * y;
                    S[q * n + k] = s * x + c * y;
                }
                turned(n, n, V, p, q, c, s);
            }
        }
    }
    for (ptrdiff_t p = 0; p < n; ++p) {
        ptrdiff_t least = p;
        for (ptrdiff_t q = p + 1; q < n; ++q) {
            least = S[q * n + q] < S[least * n + least] ? q : least;
        }
        swapped(1, S + p * n + p, S + least * n + least);
        for (ptrdiff_t i = 0; i < n; ++i) {
            swapped(1, V + i * n + p, V + i * n + least);
        }
        directed(0, n, n, V, V, p);
    }
}

// eigvals: the eigenvalues of the symmetric matrix A[n,n], ascending, with work[2*n*n]
static void eigvals(ptrdiff_t n, const double *A, double *work, double *result)
{
    eigen(n, A, work, work + n * n);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result[i] = work[i * n + i];
    }
}

// eigvecs: the unit eigenvectors of the symmetric matrix A[n,n] as columns, with work[n*n]
static void eigvecs(ptrdiff_t n, const double *A, double *work, double *result)
{
    eigen(n, A, work, result);
}

// eigvec: that of the largest eigenvalue of A[n,n], with work[2*n*n]
static void eigvec(ptrdiff_t n, const double *A, double *work, double *result)
{
    eigen(n, A, work, work + n * n);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result[i] = work[n * n + i * n + n - 1];
    }
}

// lambda_max: the largest eigenvalue of the symmetric matrix A[n,n], with work[2*n*n]
static double lambda_max(ptrdiff_t n, const double *A, double *work)
{
    eigen(n, A, work, work + n * n);
    return work[n * n - 1];
}

// lambda_min: the smallest eigenvalue of the symmetric matrix A[n,n], with work[2*n*n]
static double lambda_min(ptrdiff_t n, const double *A, double *work)
{
    eigen(n, A, work, work + n * n);
    return work[0];
}

// invgap: 1/(x[j] - x[i]) off the diagonal, and 0 on it, for x[n]
static void invgap(ptrdiff_t n, const double *x, double *result)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            result[i * n + j] = i == j ? 0.0 : 1.0 / (x[j] - x[i]);
        }
    }
}

// rotated: the columns of W made orthogonal by rotations, which Q collects; sweeps of Jacobi
static void rotated(ptrdiff_t m, ptrdiff_t n, double *W, double *Q)
{
    for (ptrdiff_t i = 0; i < n * n; ++i) {
        Q[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    int found = 1;
    for (int sweep = 0; sweep < 60 && found; ++sweep) {
        found = 0;
        for (ptrdiff_t p = 0; p < n; ++p) {
            for (ptrdiff_t q = p + 1; q < n; ++q) {
                double a = 0.0, b = 0.0, both = 0.0;
                for (ptrdiff_t k = 0; k < m; ++k) {
                    a += W[k * n + p] * W[k * n + p];
                    b += W[k * n + q] * W[k * n + q];
                    both += W[k * n + p] * W[k * n + q];
                }
                if (!(fabs(both) > 1e-16 * sqrt(a) * sqrt(b))) {
                    continue;
                }
                const double theta = (b - a) / (2.0 * both);
                const double t = (theta < 0.0 ? -1.0 : 1.0) / (fabs(theta) + hypot(theta, 1.0));
                const double c = 1.0 / hypot(t, 1.0), s = t * c;
                turned(m, n, W, p, q, c, s);
                turned(n, n, Q, p, q, c, s);
                found = 1;
            }
        }
    }
}

// completed: column p of W[m,n] as a unit vector orthogonal to the columns before it
static void completed(ptrdiff_t m, ptrdiff_t n, double *W, ptrdiff_t p)
{
    ptrdiff_t best = 0;
    double least = 2.0;
    for (ptrdiff_t i = 0; i < m; ++i) {
        double sum = 0.0;
        for (ptrdiff_t q = 0; q < p; ++q) {
            sum += W[i * n + q] * W[i * n + q];
        }
        best = sum < least ? i : best;
        least = sum < least ? sum : least;
    }
    double norm = 0.0;
    for (ptrdiff_t i = 0; i < m; ++i) {
        double entry = i == best ? 1.0 : 0.0;
        for (ptrdiff_t q = 0; q < p; ++q) {
            entry -= W[best * n + q] * W[i * n + q];
        }
        W[i * n + p] = entry;
        norm += entry * entry;
    }
    for (ptrdiff_t i = 0; i < m; ++i) {
        W[i * n + p] /= sqrt(norm);
    }
}

// svd: the thin singular value decomposition U*diag(s)*V' of X, the values descending; the work is
// done in U and V
static void svd(ptrdiff_t m, ptrdiff_t n, const double *X, double *U, double *s, double *V)
{
    const ptrdiff_t k = m < n ? m : n, size = m < n ? n : m;
    double *W = m < n ? V : U;
    for (ptrdiff_t i = 0; i < m; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            W[m < n ? j * k + i : i * k + j] = X[i * n + j];
        }
    }
    rotated(size, k, W, m < n ? U : V);
    for (ptrdiff_t p = 0; p < k; ++p) {
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < size; ++i) {
            sum += W[i * k + p] * W[i * k + p];
        }
        s[p] = sqrt(sum);
        for (ptrdiff_t i = 0; i < size && s[p] > 0.0; ++i) {
            W[i * k + p] /= s[p];
        }
    }
    for (ptrdiff_t p = 0; p < k; ++p) {
        ptrdiff_t most = p;
        for (ptrdiff_t q = p + 1; q < k; ++q) {
            most = s[q] > s[most] ? q : most;
        }
        swapped(1, s + p, s + most);
        for (ptrdiff_t i = 0; i < m; ++i) {
            swapped(1, U + i * k + p, U + i * k + most);
        }
        for (ptrdiff_t i = 0; i < n; ++i) {
            swapped(1, V + i * k + p, V + i * k + most);
        }
        if (s[p] == 0.0) {
            completed(size, k, W, p);
        }
        directed(m, n, k, U, V, p);
    }
}

// thin_svdvals: the singular values of X[m,n], descending, with work[2*m*n + m]
static void thin_svdvals(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    svd(m, n, X, work, result, work + m * n);
}

// thin_leftvecs: their left vectors as columns, for X[m,n], with work[m*n + m]
static void thin_leftvecs(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    svd(m, n, X, result, work + m * n, work);
}

// thin_rightvecs: their right vectors as columns, for X[m,n], with work[m*n + m]
static void thin_rightvecs(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    svd(m, n, X, work, work + m * n, result);
}

// svdvals: the singular values of X[m,n] with m >= n, descending, with work[2*m*n + m]
static void svdvals(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    for (ptrdiff_t j = 0; j < n; ++j) {
        result[j] = NAN;
    }
    if (m >= n) {
        thin_svdvals(m, n, X, work, result);
    }
}

// leftvecs: their left vectors as columns, for X[m,n], with work[m*n + m]
static void leftvecs(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    for (ptrdiff_t k = 0; k < m * n; ++k) {
        result[k] = NAN;
    }
    if (m >= n) {
        thin_leftvecs(m, n, X, work, result);
    }
}

// rightvecs: their right vectors as columns, for X[m,n], with work[m*n + m]
static void rightvecs(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    for (ptrdiff_t k = 0; k < n * n; ++k) {
        result[k] = NAN;
    }
    if (m >= n) {
        thin_rightvecs(m, n, X, work, result);
    }
}

// leftvec: the left singular vector of the largest singular value of X[m,n], with work[3*m*n + m]
static void leftvec(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    for (ptrdiff_t i = 0; i < m; ++i) {
        result[i] = work[i * (m < n ? m : n)];
    }
}

// rightvec: the right singular vector of the largest singular value of X[m,n], with work[3*m*n + m]
static void rightvec(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    for (ptrdiff_t i = 0; i < n; ++i) {
        result[i] = work[m * n + i * (m < n ? m : n)];
    }
}

// specnorm: the largest singular value of X[m,n], with work[3*m*n + m]
static double specnorm(ptrdiff_t m, ptrdiff_t n, const double *X, double *work)
{
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    return work[2 * m * n];
}

// condnum: the largest singular value over the smallest, for X[m,n], with work[3*m*n + m]
static double condnum(ptrdiff_t m, ptrdiff_t n, const double *X, double *work)
{
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    return work[2 * m * n] / work[2 * m * n + (m < n ? m : n) - 1];
}

// nucnorm: the sum of the singular values of X[m,n], with work[3*m*n + m]
static double nucnorm(ptrdiff_t m, ptrdiff_t n, const double *X, double *work)
{
    double result = 0.0;
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    for (ptrdiff_t k = 0; k < (m < n ? m : n); ++k) {
        result += work[2 * m * n + k];
    }
    return result;
}

// schatten: the p-norm of the singular values of X[m,n], with work[3*m*n + m]
static double schatten(ptrdiff_t m, ptrdiff_t n, const double *X, double p, double *work)
{
    double result = 0.0;
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    for (ptrdiff_t k = 0; k < (m < n ? m : n); ++k) {
        result += pow(work[2 * m * n + k], p);
    }
    return pow(result, 1.0 / p);
}

// polar: the orthogonal polar factor of X[m,n] of full rank, with work[3*m*n + m]
static void polar(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    const ptrdiff_t k = m < n ? m : n;
    const double *U = work, *V = work + m * n;
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    for (ptrdiff_t i = 0; i < m; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            double sum = 0.0;
            for (ptrdiff_t p = 0; p < k; ++p) {
                sum += U[i * k + p] * V[j * k + p];
            }
            result[i * n + j] = sum;
        }
    }
}

// pinv: the pseudo-inverse of X[m,n], with work[3*m*n + m]
static void pinv(ptrdiff_t m, ptrdiff_t n, const double *X, double *work, double *result)
{
    const ptrdiff_t k = m < n ? m : n;
    const double *U = work, *V = work + m * n, *s = work + 2 * m * n;
    svd(m, n, X, work, work + 2 * m * n, work + m * n);
    const double least = 10.0 * (double)(m < n ? n : m) * 2.220446049250313e-16 * s[0];
    for (ptrdiff_t j = 0; j < n; ++j) {
        for (ptrdiff_t i = 0; i < m; ++i) {
            double sum = 0.0;
            for (ptrdiff_t p = 0; p < k; ++p) {
                sum += s[p] > least ? V[j * k + p] * U[i * k + p] / s[p] : 0.0;
            }
            result[j * m + i] = sum;
        }
    }
}

// chain_cuts: after which of up to 24 matrices the product of the matrices i to j is cut, so that it
// costs least; sizes has one number more than there are matrices
static void chain_cuts(ptrdiff_t count, const ptrdiff_t *sizes, ptrdiff_t *cuts)
{
    double costs[24 * 24] = {0.0};
    for (ptrdiff_t length = 1; length < count; ++length) {
        for (ptrdiff_t i = 0; i + length < count; ++i) {
            const ptrdiff_t j = i + length;
            costs[i * count + j] = INFINITY;
            for (ptrdiff_t k = i; k < j; ++k) {
                const double work = (double)sizes[i] * (double)sizes[k + 1] * (double)sizes[j + 1];
                const double cost = costs[i * count + k] + costs[(k + 1) * count + j] + work;
                if (cost < costs[i * count + j]) {
                    costs[i * count + j] = cost;
                    cuts[i * count + j] = k;
                }
            }
        }
    }
}

// chain_part: the product of the matrices i to j, where it is to be, or else in the next free memory
static const double *chain_part(
    ptrdiff_t i, ptrdiff_t j, ptrdiff_t count, const double *const *factors,
    const ptrdiff_t *sizes, const ptrdiff_t *cuts, double **free_memory, double *result)
{
    if (i == j) {
        return factors[i];
    }
    const ptrdiff_t cut = cuts[i * count + j], m = sizes[i], n = sizes[cut + 1], k = sizes[j + 1];
    const double *A = chain_part(i, cut, count, factors, sizes, cuts, free_memory, NULL);
    const double *B = chain_part(cut + 1, j, count, factors, sizes, cuts, free_memory, NULL);
    if (result == NULL) {
        result = *free_memory;
        *free_memory += m * k;
    }
    for (ptrdiff_t row = 0; row < m; ++row) {
        for (ptrdiff_t column = 0; column < k; ++column) {
            result[row * k + column] = 0.0;
        }
        for (ptrdiff_t inner = 0; inner < n; ++inner) {
            for (ptrdiff_t column = 0; column < k; ++column) {
                result[row * k + column] += A[row * n + inner] * B[inner * k + column];
            }
        }
    }
    return result;
}

// chain_room: how much memory a product of matrices takes for what comes in between
static ptrdiff_t chain_room(ptrdiff_t count, const ptrdiff_t *sizes)
{
    ptrdiff_t cuts[24 * 24] = {0}, first[24] = {0}, last[24] = {count - 1}, left = 1, room = 0;
    chain_cuts(count, sizes, cuts);
    while (left > 0) {
        --left;
        const ptrdiff_t i = first[left], j = last[left], cut = cuts[i * count + j];
        if (i == j) {
            continue;
        }
        room += i > 0 || j < count - 1 ? sizes[i] * sizes[j + 1] : 0;
        first[left] = i;
        last[left++] = cut;
        first[left] = cut + 1;
        last[left++] = j;
    }
    return room;
}

// chain: the product of matrices one behind the other, in the order that costs least
static void chain(
    ptrdiff_t count, const double *const *factors, const ptrdiff_t *sizes, double *work,
    double *result)
{
    ptrdiff_t cuts[24 * 24] = {0};
    chain_cuts(count, sizes, cuts);
    chain_part(0, count - 1, count, factors, sizes, cuts, &work, result);
}

// eliminated: L and U of A[n,n] = L*U, without exchanges of rows
static void eliminated(ptrdiff_t n, const double *A, double *L, double *U)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        for (ptrdiff_t j = 0; j < n; ++j) {
            U[i * n + j] = A[i * n + j];
            L[i * n + j] = i == j ? 1.0 : 0.0;
        }
    }
    for (ptrdiff_t k = 0; k < n; ++k) {
        for (ptrdiff_t i = k + 1; i < n; ++i) {
            const double factor = U[i * n + k] / U[k * n + k];
            L[i * n + k] = factor;
            U[i * n + k] = 0.0;
            for (ptrdiff_t j = k + 1; j < n; ++j) {
                U[i * n + j] -= factor * U[k * n + j];
            }
        }
    }
}

// lu_l: the unit lower triangular L of A[n,n] = L*U, without exchanges of rows, with work[n*n]
static void lu_l(ptrdiff_t n, const double *A, double *work, double *result)
{
    eliminated(n, A, result, work);
}

// lu_u: the upper triangular U of A[n,n] = L*U, without exchanges of rows, with work[n*n]
static void lu_u(ptrdiff_t n, const double *A, double *work, double *result)
{
    eliminated(n, A, work, result);
}

// orthonormalised: Q and R of A[m,n] = Q*R, a column at a time; not numbers where m < n
static void orthonormalised(ptrdiff_t m, ptrdiff_t n, const double *A, double *Q, double *R)
{
    for (ptrdiff_t k = 0; k < m * n; ++k) {
        Q[k] = m < n ? NAN : A[k];
    }
    for (ptrdiff_t k = 0; k < n * n; ++k) {
        R[k] = m < n ? NAN : 0.0;
    }
    for (ptrdiff_t k = 0; k < n && m >= n; ++k) {
        for (int turn = 0; turn < 2; ++turn) { // once more for what rounding leaves
            for (ptrdiff_t p = 0; p < k; ++p) {
                double along = 0.0;
                for (ptrdiff_t i = 0; i < m; ++i) {
                    along += Q[i * n + p] * Q[i * n + k];
                }
                R[p * n + k] += along;
                for (ptrdiff_t i = 0; i < m; ++i) {
                    Q[i * n + k] -= along * Q[i * n + p];
                }
            }
        }
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < m; ++i) {
            sum += Q[i * n + k] * Q[i * n + k];
        }
        R[k * n + k] = sqrt(sum);
        for (ptrdiff_t i = 0; i < m; ++i) {
            Q[i * n + k] /= R[k * n + k];
        }
    }
}

// qr_q: the Q with orthonormal columns of A[m,n] = Q*R with m >= n, with work[n*n]
static void qr_q(ptrdiff_t m, ptrdiff_t n, const double *A, double *work, double *result)
{
    orthonormalised(m, n, A, result, work);
}

// qr_r: the upper triangular R of A[m,n] = Q*R with a positive diagonal, with work[m*n]
static void qr_r(ptrdiff_t m, ptrdiff_t n, const double *A, double *work, double *result)
{
    orthonormalised(m, n, A, work, result);
}

// toeplitz: each entry of A[n,n] as the mean along its diagonal
static void toeplitz(ptrdiff_t n, const double *A, double *result)
{
    for (ptrdiff_t shift = 1 - n; shift < n; ++shift) {
        const ptrdiff_t first = shift < 0 ? -shift : 0, end = shift < 0 ? n : n - shift;
        double sum = 0.0;
        for (ptrdiff_t i = first; i < end; ++i) {
            sum += A[i * n + i + shift];
        }
        for (ptrdiff_t i = first; i < end; ++i) {
            result[i * n + i + shift] = sum / (double)(end - first);
        }
    }
}

// circulant: each entry of A[n,n] as the mean along its wrapped diagonal
static void circulant(ptrdiff_t n, const double *A, double *result)
{
    for (ptrdiff_t shift = 0; shift < n; ++shift) {
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < n; ++i) {
            sum += A[i * n + (i + shift) % n];
        }
        for (ptrdiff_t i = 0; i < n; ++i) {
            result[i * n + (i + shift) % n] = sum / (double)n;
        }
    }
}

// hankel: each entry of A[n,n] as the mean along its antidiagonal
static void hankel(ptrdiff_t n, const double *A, double *result)
{
    for (ptrdiff_t place = 0; place < 2 * n - 1; ++place) {
        const ptrdiff_t first = place < n ? 0 : place - n + 1, end = place < n ? place + 1 : n;
        double sum = 0.0;
        for (ptrdiff_t i = first; i < end; ++i) {
            sum += A[i * n + place - i];
        }
        for (ptrdiff_t i = first; i < end; ++i) {
            result[i * n + place - i] = sum / (double)(end - first);
        }
    }
}

// toeplitz_projector: the matrix P with P*vec(A) = vec(toeplitz(A))
static void toeplitz_projector(ptrdiff_t n, double *result)
{
    for (ptrdiff_t a = 0; a < n * n; ++a) {
        const ptrdiff_t i = a % n, j = a / n;
        const ptrdiff_t count = n - (i > j ? i - j : j - i);
        for (ptrdiff_t b = 0; b < n * n; ++b) {
            const ptrdiff_t k = b % n, l = b / n;
            result[a * n * n + b] = i - j == k - l ? 1.0 / (double)count : 0.0;
        }
    }
}

// circulant_projector: the matrix P with P*vec(A) = vec(circulant(A))
static void circulant_projector(ptrdiff_t n, double *result)
{
    for (ptrdiff_t a = 0; a < n * n; ++a) {
        const ptrdiff_t i = a % n, j = a / n;
        const ptrdiff_t count = n;
        for (ptrdiff_t b = 0; b < n * n; ++b) {
            const ptrdiff_t k = b % n, l = b / n;
            result[a * n * n + b] = (i - j + n) % n == (k - l + n) % n ? 1.0 / (double)count : 0.0;
        }
    }
}

// hankel_projector: the matrix P with P*vec(A) = vec(hankel(A))
static void hankel_projector(ptrdiff_t n, double *result)
{
    for (ptrdiff_t a = 0; a < n * n; ++a) {
        const ptrdiff_t i = a % n, j = a / n;
        const ptrdiff_t count = i + j < n ? i + j + 1 : 2 * n - 1 - i - j;
        for (ptrdiff_t b = 0; b < n * n; ++b) {
            const ptrdiff_t k = b % n, l = b / n;
            result[a * n * n + b] = i + j == k + l ? 1.0 / (double)count : 0.0;
        }
    }
}
