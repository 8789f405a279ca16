"""Signs, fractions and transposes as one writes them by hand."""

import re

import pytest

import matcalc

KINDS = {"s": "scalar", "a": "scalar", "x": "vector(n)", "y": "vector(m)", "P": "psd(n)"}
KINDS |= {"v": "vector(n)", "q": "positive(n)", "p": "simplex(n)"}
KINDS |= {"S": "psd(n)", "V": "psd(m)", "b": "vector(p)"}
CASES = [
    # sums of what is centred are zero, also inside of longer sums
    (
        "m[j] = mean[i](X[i,j]); r[j] = sqrt(mean[i]((X[i,j] - m[j])^2) + a); "
        "sum[i,j](G[i,j]*(X[i,j] - m[j])/r[j])",
        "X",
        "G*diag(1./r) - (M*diag(diag(M'*G)./u.^1.5) + vector(1)*((G'*vector(1))./r)')/n "
        "where M = X - matrix(1)*X/n, u = (M.^2)'*vector(1)/n + a, r = sqrt(u)",
    ),
    (
        "C = X - mean(X, 2)*vector(1)'; r = sqrt(mean(C.^2, 2) + a); sum(G.*C./(r*vector(1)'))",
        "X",
        "diag(1./r)*G - (((G*vector(1))./r)*vector(1)' + diag(diag(C*G')./u.^1.5)*C)/m "
        "where C = X - X*matrix(1)/m, u = C.^2*vector(1)/m + a, r = sqrt(u)",
    ),
    # a square keeps its sign, and 1 - t.^2 is not turned round where something else can be
    ("(y - X*b)'*inv(V)*(y - X*b)", "V", "-inv(V)*(y - X*b)*(y - X*b)'*inv(V)"),
    ("norm2(y - W*tanh(x))^2", "x", "2*((1 - tanh(x).^2).*(W'*(W*tanh(x) - y)))"),
    # sigmoid(-z) is 1 - sigmoid(z) where that merges terms
    ("sum(y.*log(sigmoid(W*x)) + (1 - y).*log(sigmoid(-W*x)))", "x", "W'*(y - sigmoid(W*x))"),
    ("sum(y.*softplus(-W*x) + (1 - y).*softplus(W*x))", "x", "W'*(sigmoid(W*x) - y)"),
    ("sum(A.*log(sigmoid(W*X)) + (1 - A).*log(sigmoid(-W*X)))", "X", "W'*(A - sigmoid(W*X))"),
    # who compares reads comparisons, with the sides as they were typed
    ("sum((x >= v).*x.^2)", "x", "2*(x.*(x >= v))"),
    ("sum((v <= x).*x.^2)", "x", "2*(x.*(v <= x))"),
    ("sum((W*x <= y).*(W*x - y).^2)", "x", "2*W'*((W*x - y).*(W*x <= y))"),
    ("sum((x > 0).*(x < 2*v).*x.^2)", "x", "2*(relu(x).*(x < 2*v))"),
    ("sum((x >= v).*x.^2 + relu(x - 1))", "x", "2*(x.*(x >= v)) + (x > 1)"),
    ("sum(where(x >= v, x.^2, x))", "x", "where(x >= v, 2*x, 1)"),
    ("sum[i]((x[i] <= v[i])*x[i]^2)", "x", "2*(x.*(x <= v))"),
    # a difference has one sign throughout a long answer, and the one that it was named with
    (
        "u = W*x - y; norm2(sigmoid(u).*u)^2",
        "x",
        "2*W'*(u.*sigmoid(u).^2.*(u.*sigmoid(-u) + 1)) where u = W*x - y",
    ),
    (
        "u = W*x - y; norm2(sigmoid(u).*u)^2",
        "y",
        "-2*(u.*sigmoid(u).^2.*(u.*sigmoid(-u) + 1)) where u = W*x - y",
    ),
    # projectors are symmetric, and not transposed
    ("norm2((eye - W*pinv(W))*y)^2", "y", "2*(y - W*pinv(W)*y)"),
    ("norm2((eye - W*pinv(W))*y)^2", "W", "2*(W*pinv(W) - eye)*y*y'*pinv(W)'"),
    ("norm2((eye - pinv(W)*W)*x)^2", "x", "2*(x - pinv(W)*W*x)"),
    ("tr(C'*A*B*pinv(A*B)) + tr(A*B*pinv(A*B)*C)", "C", "2*A*B*pinv(A*B)"),
    # the derivative of a power keeps its pattern
    ("tr(A*X^3)", "X", "(A*X^2 + X*A*X + X^2*A)'"),
    ("tr(A*X^4)", "X", "(A*X^3 + X*A*X^2 + X^2*A*X + X^3*A)'"),
    ("x'*A^3*x", "A", "A'*x*x'*A' + A'^2*x*x' + x*x'*A'^2"),
    ("tr(X'*P*X*V*X'*S*X)", "X", "P*X*(V*X'*S*X + X'*S*X*V) + S*X*(V*X'*P*X + X'*P*X*V)"),
    # a residual is turned round, unless it stands elsewhere as it is; it is the same everywhere
    ("norm2(y - W*x)^2 + a*norm2(x)^2", "x", "2*(W'*(W*x - y) + a*x)"),
    ("norm2(y - W*x)^2 - a*norm2(x)^2", "x", "2*(W'*(W*x - y) - a*x)"),
    ("norm2(X - U*Z')^2/2 - tr(U'*G)", "U", "(U*Z' - X)*Z - G"),
    ("tr(G'*(X - U*Z'))^2", "U", "2*tr((U*Z' - X)*G')*G*Z"),
    ("norm2(D - X*B)^2 + norm2(B - C)^2", "B", "2*(B + X'*(X*B - D) - C)"),
    ("norm2(y - W*x) + a*norm2(x)^2", "x", "2*a*x + W'*(W*x - y)/norm2(W*x - y)"),
    ("sum(log(1 + (y - W*x).^2))", "x", "2*W'*((W*x - y)./((W*x - y).^2 + 1))"),
    ("norm2(A - B*X)^2 - norm2(C - D*X)^2", "X", "2*(D'*(C - D*X) - B'*(A - B*X))"),
    ("(x - v)'*P*(x - v) - (x - q)'*S*(x - q)", "x", "2*(P*(x - v) - S*(x - q))"),
    ("exp(-(x - v)'*inv(P)*(x - v)/2)", "x", "exp(-(x - v)'*inv(P)*(x - v)/2)*inv(P)*(v - x)"),
    ("exp(-norm2(x - v)^2)", "x", "2*exp(-norm2(x - v)^2)*(v - x)"),
    ("sum(y.*log(W*x)) - sum(W*x)", "x", "W'*(y./(W*x) - 1)"),
    # products of inner products keep them, instead of an outer product times a vector
    ("(v'*x)*(q'*x)*(p'*x)", "x", "(p'*x)*(q'*x)*v + (p'*x)*(v'*x)*q + (q'*x)*(v'*x)*p"),
    ("norm2(x)^4 - (v'*x)^2", "x", "2*(2*(x'*x)*x - (v'*x)*v)"),
    ("norm2(x)^2*(v'*x) + (q'*x)^3", "x", "(x'*x)*v + 2*(v'*x)*x + 3*(q'*x)^2*q"),
    ("(v'*x)*norm2(x)^2*(q'*x)", "x", "(q'*x)*(x'*x)*v + (v'*x)*(x'*x)*q + 2*(q'*x)*(v'*x)*x"),
    # scalars go into what has them as denominators
    ("logdet(eye(n) + X*X'/s)", "X", "2*inv(X*X' + s*eye)*X"),
    ("logdet(eye(n) + P/s^2)", "s", "-2*tr(P*inv(P + s^2*eye))/s"),
    ("x'*inv(P/s + S)*x", "s", "x'*inv(P + s*S)*P*inv(P + s*S)*x"),
    ("sum(log(1 + x.^2/s^2))", "s", "-2*sum(x.^2./(s^2 + x.^2))/s"),
    ("sum(log(1 + x.^2/s^2))", "x", "2*(x./(s^2 + x.^2))"),
    # a sum over another one
    ("(1 + a/s)*norm2(x)^2/(a + s)", "x", "2*x/s"),
    # numbers beside a size that has no number
    ("norm2(S - tr(S)*eye/3)^2", "S", "2*(9*S + tr(S)*(n - 6)*eye)/9"),
    ("norm2(S - tr(S)*eye/4)^2", "S", "2*S + tr(S)*(n/8 - 1)*eye"),
    ("tr(S - tr(S)*eye/3)^2", "S", "2*tr(S)*(9 + n*(n - 6))*eye(n)/9"),
    # sums of quotients; and one half of a gradient that is symmetric anyway
    ("a*sum(x./exp(x))", "a", "sum(x./exp(x))"),
    ("logdet(eye(n) + P*S)", "P", "S*inv(P*S + eye)"),
    # what is left of a sum may be the square of its own denominator
    ("a*sqrt(1 - a^2) + asin(a)", "a", "2*sqrt(1 - a^2)"),
    # a sum over one of its denominators may be another
    ("log(a + sqrt(a^2 + 1))", "a", "1/sqrt(1 + a^2)"),
    ("log(a + sqrt(a^2 - 1))", "a", "1/sqrt(a^2 - 1)"),
    ("sum(log(x + sqrt(x.^2 + 1)))", "x", "1./sqrt(1 + x.^2)"),
    # scalars stand around the whole product, whatever part of it they come from
    (
        "4*a*((s/norm2(x - v))^12 - (s/norm2(x - v))^6)",
        "x",
        "24*a*s^6*(1 - 2*(s/norm2(x - v))^6)*(x - v)/norm2(x - v)^8",
    ),
    # fractions inside of denominators, entry by entry
    ("sum(atan(v./x))", "x", "-v./(v.^2 + x.^2)"),
    ("sum(log(1 + v./x))", "x", "-v./(x.*(v + x))"),
    ("sum(1./(1 + 1./x))", "x", "(1 + x).^-2"),
    # of what stands before a denominator only as much goes in as there are fractions
    ("sum(1./(x.*(1 + 1./x)))", "x", "-(1 + x).^-2"),
    ("sum((x + v)./(x.*(1 + v./x)))", "x", "zeros(n)"),
    ("1/(a^2*(1 + s/a))", "a", "-(2*a + s)/(a*(a + s))^2"),
    # the entries of softmax(x), and of a simplex, add up to 1
    (
        "softmax(x)'*log(softmax(x))",
        "x",
        "softmax(x).*(log(softmax(x)) - log(softmax(x))'*softmax(x))",
    ),
    ("(1 + x)'*softmax(x)", "x", "softmax(x).*(1 + x - softmax(x)'*x)"),
    ("(log(q) + 1)'*p", "q", "p./q"),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), CASES, ids=[case[0] for case in CASES])
def test_form(text: str, wrt: str, expected: str) -> None:
    names = {name: KINDS[name] for name in re.findall(r"\b\w\b", text) if name in KINDS}
    found = matcalc.diff(text, wrt, variables=names)
    assert str(found) == expected


# what belongs in brackets anyway gives its ends away, and scalars stand around the whole product
HESSIANS = [
    ("sum(huber(A*x - b, s))", "A'*diag(step(s - abs(A*x - b)))*A"),
    ("sum(huber(b - A*x, 2))", "A'*diag(step(2 - abs(b - A*x)))*A"),
    ("norm2(A*x - b)", "A'*(eye - u*u'/norm2(u)^2)*A/norm2(u) where u = A*x - b"),
    ("norm2(A*x - b)^4", "4*A'*(2*u*u' + norm2(u)^2*eye)*A where u = A*x - b"),
    ("1/norm2(A*x - b)", "A'*(3*u*u'/norm2(u)^2 - eye)*A/norm2(u)^3 where u = A*x - b"),
    (
        "sqrt(1 + norm2(A*x - b)^2)",
        "A'*(eye - u*u'/a)*A/sqrt(a) where u = A*x - b, a = 1 + norm2(u)^2",
    ),
    (
        "log(1 + norm2(A*x - b)^2)",
        "2*A'*(eye - 2*u*u'/a)*A/a where u = A*x - b, a = 1 + norm2(u)^2",
    ),
    (
        "exp(-norm2(A*x - b)^2/2)",
        "exp(-norm2(u)^2/2)*A'*(u*u' - eye)*A where u = A*x - b",
    ),
    (
        "sqrt((A*x - b)'*V*(A*x - b))",
        "A'*V*(eye - u*u'*V/a)*A/sqrt(a) where u = A*x - b, a = u'*V*u",
    ),
]


@pytest.mark.parametrize(("text", "expected"), HESSIANS, ids=[case[0] for case in HESSIANS])
def test_hessian(text: str, expected: str) -> None:
    names = {"A": "matrix(m, n)", "b": "vector(m)", "V": "psd(m)"}
    used = {name: kind for name, kind in names.items() if name in text}
    assert str(matcalc.diff(text, "x", variables=used, order=2)) == expected
