"""Published models by kind: each is printed as short as here, and proved."""

import pytest
from printing import check_form, form_rows

import matcalc
from matcalc.core.errors import UnsupportedError

POINTS = {"X": "matrix(n, p)", "M": "matrix(m, p)"}
PROCESS = {"X": "matrix(n, p)", "l": "scalar", "v": "scalar", "y": "vector(n)"}
KERNEL = "K[i,j] = exp(-norm2(X[i,:] - X[j,:])^2/(2*l^2))"
EVIDENCE = f"{KERNEL}; y'*inv(K + v*eye)*y + logdet(K + v*eye)"
PAIRS = "norm2(X[i,:] - X[j,:])"

# expression, variables, by which, as it is printed
MIXTURE = "-sum[i](log(sum[k](w[k]*exp(-1/2*(X[i,:]-m[k,:])*P[k,:,:]*(X[i,:]-m[k,:])'))))"
MIXED = {"X": "matrix(n, d)", "m": "matrix(r, d)", "w": "vector(r)", "P": "tensor(r, d, d)"}
FORMS = {
    "linear model with an intercept: a row of blocks for each sample": (
        "sum[i](([1, X[i,:]]*w - y[i])^2)",
        {"X": "matrix(n, p)", "y": "vector(n)"},
        "w",
        "2*[vector(1), X]'*([vector(1), X]*w - y)",
    ),
    "differences of numbers, pairs i < j: the Laplacian": (
        "sum[i<j](K[i,j]*(x[i] - x[j])^2)",
        {"x": "vector(n)", "K": "symmetric(n)"},
        "x",
        "2*(diag(K*vector(1)) - K)*x",
    ),
    "differences of numbers, pairs i < j of any matrix": (
        "sum[i<j](K[i,j]*(x[i] - x[j])^2)",
        {"x": "vector(n)", "K": "matrix(n, n)"},
        "x",
        "2*(diag(M*vector(1)) - M)*x where M = triu(K, 1) + triu(K, 1)'",
    ),
    "differences of numbers, pairs i != j": (
        "sum[i!=j](K[i,j]*(x[i] - x[j])^2)",
        {"x": "vector(n)", "K": "matrix(n, n)"},
        "x",
        "2*(diag((K + K')*vector(1)) - K - K')*x",
    ),
    "differences of points, pairs i != j": (
        "sum[i!=j](K[i,j]*norm2(X[i,:] - X[j,:])^2)",
        {"X": "matrix(n, d)", "K": "matrix(n, n)"},
        "X",
        "2*(diag((K + K')*vector(1)) - K - K')*X",
    ),
    "a signal that is smooth on a graph": (
        "norm2(x - y)^2 + l*sum[i,j](K[i,j]*(x[i] - x[j])^2)",
        {"x": "vector(n)", "K": "symmetric(n)", "l": "scalar"},
        "x",
        "2*(2*l*(diag(K*vector(1)) - K)*x + x - y)",
    ),
    "the same with numbers": (
        "norm2(x - y)^2 + sum[i,j](K[i,j]*(x[i] - x[j])^2)",
        {"x": "vector(n)", "K": "symmetric(n)"},
        "x",
        "2*(2*(diag(K*vector(1)) - K)*x + x - y)",
    ),
    "labels by a function on a graph": (
        "y = exp(x); sum[i,j](K[i,j]*(y[i] - y[j])^2)",
        {"x": "vector(n)", "K": "symmetric(n)"},
        "x",
        "4*(exp(x).*((diag(K*vector(1)) - K)*exp(x)))",
    ),
    "one share of a softmax": (
        "exp(x'*W[k,:]')/sum[j](exp(x'*W[j,:]'))",
        {"x": "vector(d)", "W": "matrix(n, d)"},
        "x",
        "softmax(W*x)[k]*W'*(unit(k, n) - softmax(W*x))",
    ),
    "total variation on a graph": (
        "sum(W.*abs(f*vector(1)' - vector(1)*f'))",
        {"W": "matrix(n, n)", "f": "vector(n)"},
        "f",
        "diag(sign(f*vector(1)' - vector(1)*f')*(W + W'))",
    ),
    "items of a test: how well they discriminate": (
        "M = (t*vector(1)' - vector(1)*b')*diag(a); sum(y.*log(sigmoid(M)) + (1 - y).*log(1 -"
        " sigmoid(M)))",
        {"y": "matrix(n, m)", "a": "vector(m)", "b": "vector(m)", "t": "vector(n)"},
        "a",
        "diag(N'*(y - sigmoid(N*diag(a)))) where N = t*vector(1)' - vector(1)*b'",
    ),
    "paired comparisons": (
        "sum[i,j](w[i,j]*(b[i] - log(exp(b[i]) + exp(b[j]))))",
        {"w": "matrix(n, n)", "b": "vector(n)"},
        "b",
        "w*vector(1) - exp(b).*diag((1./(exp(b)*vector(1)' + vector(1)*exp(b)'))*(w + w'))",
    ),
    "mixture of two: its weight": (
        "sum(log(p*A + (1 - p)*B))",
        {"p": "scalar", "A": "matrix(n, m)", "B": "matrix(n, m)"},
        "p",
        "sum((A - B)./((1 - p)*B + p*A))",
    ),
    "zeros beside a Poisson: their weight": (
        "sum(log(p + (1 - p)*exp(-x)))",
        {"p": "scalar", "x": "vector(n)"},
        "p",
        "sum((1 - exp(-x))./((1 - p)*exp(-x) + p))",
    ),
    "penalty of a critic's gradient": (
        "l*(norm2(W'*(s.*u)) - 1)^2",
        {"l": "scalar", "W": "matrix(m, n)", "s": "vector(m)", "u": "vector(m)"},
        "s",
        "2*l*(1 - 1/norm2(W'*(s.*u)))*(u.*(W*W'*(s.*u)))",
    ),
    "value of payments": (
        "sum(c./(1 + r).^x)",
        {"c": "vector(n)", "x": "vector(n)", "r": "scalar"},
        "r",
        "-(x./(1 + r).^x)'*c/(1 + r)",
    ),
    "direction of a product that has a name": (
        "u = A*x; u/norm2(u)",
        {"A": "matrix(m, n)", "x": "vector(n)"},
        "x",
        "(A - u*u'*A/norm2(u)^2)/norm2(u) where u = A*x",
    ),
    "growth: a time and a rate": (
        "sum((y - K./(1 + exp(-r*(t - m)))).^2)",
        {"y": "vector(n)", "t": "vector(n)", "K": "scalar", "r": "scalar", "m": "scalar"},
        "K",
        "2*(K*sigmoid(r*(t - m)) - y)'*sigmoid(r*(t - m))",
    ),
    "shares with an outside option": (
        "s = exp(v)/(1 + sum(exp(v))); s",
        {"v": "vector(n)"},
        "v",
        "diag(s) - s*s' where s = exp(v)/(1 + sum(exp(v)))",
    ),
    "distance of shares with an outside option": (
        "s = exp(v)/(1 + sum(exp(v))); norm2(s - q)^2",
        {"v": "vector(n)", "q": "vector(n)"},
        "v",
        "2*(s.*(s - (s - q)'*s - q)) where s = exp(v)/(1 + sum(exp(v)))",
    ),
    "profit of firms that set prices": (
        "s = exp(d - a*p)/(1 + sum(exp(d - a*p))); (p - c)'*s",
        {"d": "vector(n)", "a": "scalar", "p": "vector(n)", "c": "vector(n)"},
        "p",
        "s.*(1 + a*((p - c)'*s + c - p)) where u = exp(d - a*p), s = u/(1 + sum(u))",
    ),
    "shares over consumers": (
        "s[j] = mean[i](exp(d[j] + m[i,j])/(1 + sum[k](exp(d[k] + m[i,k])))); s",
        {"d": "vector(J)", "m": "matrix(N, J)"},
        "d",
        "(diag(G'*vector(1)) - G'*G)/N where M = exp(d*vector(1)' + m')',"
        " G = diag(1./(1 + M*vector(1)))*M",
    ),
    "mixture with weights: responsibilities": (
        "-sum[i](log(sum[k](p[k]*exp(-norm2(X[i,:] - M[k,:])^2/(2*c)))))",
        {"X": "matrix(n, d)", "M": "matrix(K, d)", "p": "vector(K)", "c": "scalar"},
        "M",
        "(diag(G*vector(1))*M - G*X)/c where N[i,k] = exp(-norm2(X[i,:] - M[k,:])^2/(2*c)),"
        " G = diag(p)*N'*diag(1./(N*p))",
    ),
    "regression with a kernel": (
        "sum[i]((y[i] - sum[j](K[i,j]*y[j])/sum[j](K[i,j]))^2)",
        {"K": "matrix(n, n)", "y": "vector(n)"},
        "y",
        "2*(eye - M')*(y - M*y) where M = diag(1./(K*vector(1)))*K",
    ),
    "rotations of points, each by its own angle": (
        "sum[i]([cos(t[i]), -sin(t[i]); sin(t[i]), cos(t[i])]*X[i,:]')",
        {"X": "matrix(n, 2)", "t": "vector(n)"},
        "t",
        "[-X[:, 2]'; X[:, 1]']*diag(cos(t)) - X'*diag(sin(t))",
    ),
    "attention with several heads, each a slice of an array": (
        "sum[g](norm2(softmax(X*Q[g,:,:]*K[g,:,:]'*X', 2)*X*V[g,:,:])^2)",
        dict.fromkeys("QKV", "tensor(h, d, k)") | {"X": "matrix(n, d)"},
        "V",
        '2*einsum("ijk,ilm,iln,mp,nj->ipk", V, T, T, X, X)'
        ' where T = softmax(einsum("ijk,ilk,mj,nl->imn", Q, K, X, X), 3)',
    ),
    "batched attention, its shares by an index": (
        "S[b,i,j] = softmax[j](Q[b,i,:]*K[b,j,:]'); sum(S.*C)",
        {"Q": "tensor(b, n, d)", "K": "tensor(b, m, d)", "C": "tensor(b, n, m)"},
        "Q",
        'einsum("ijk,ikl->ijl", C.*S, K) - einsum("ij,ijk,ikl->ijl", sum(C.*S, 3), S, K)'
        ' where S = softmax(einsum("ijk,ilk->ijl", Q, K), 3)',
    ),
    "log-sum-exp over one of three indices": (
        "sum[b,i](logsumexp[j](Q[b,i,:]*K[b,j,:]'))",
        {"Q": "tensor(b, n, d)", "K": "tensor(b, m, d)"},
        "Q",
        'einsum("ijk,ikl->ijl", softmax(einsum("ijk,ilk->ijl", Q, K), 3), K)',
    ),
    "market shares with an outside good, over consumers": (
        "s[j] = mean[i](exp(d[j] + M[i,j])/(1 + sum[k](exp(d[k] + M[i,k])))); norm2(s - S)^2",
        {"d": "vector(n)", "S": "vector(n)", "M": "matrix(m, n)"},
        "d",
        "2*(t3.*t4 - t1*((t1'*t4)./t2.^2))/m where t1 = exp(M' + d*vector(1)'), "
        "t2 = 1 + t1'*vector(1), t3 = t1*(1./t2), t4 = t3/m - S",
    ),
    "a maximum for each of several indices: an entry is compared with it": (
        "sum[i,j](C[i,j]*max[k](X[i,:]*W[k,:]' + b[j,k]))",
        {"C": "matrix(n, m)", "b": "matrix(m, q)"},
        "W",
        "D[k,l] = sum[i, j](C[i,j]*X[i,l]*"
        "(X[i,:]*W[k,:]' + b[j,k] == max[r](X[i,:]*W[r,:]' + b[j,r])))",
    ),
    "a product for each of several indices": (
        "sum[i,j](prod[k](A[i,k] + B[j,k]))",
        {"A": "matrix(n, m)", "B": "matrix(n, m)"},
        "A",
        "D[i,k] = sum[j](prod[l](A[i,l] + B[j,l])/(A[i,k] + B[j,k]))",
    ),
    "Bradley and Terry with weights: nothing is transposed twice": (
        "sum[i<j](log(1 + exp(-s[i,j]*(u[i] - u[j]))))",
        {"s": "matrix(n, n)", "u": "vector(n)"},
        "u",
        "(M' - M)*vector(1) where M = triu(s.*sigmoid(s*diag(u) - diag(u)*s), 1)",
    ),
    "log-sum-exp of each column": (
        "logsumexp(A + a*ones(n)', 1)*y",
        {"A": "matrix(n, n)", "a": "vector(n)", "y": "vector(n)"},
        "a",
        "softmax(A + a*vector(1)', 1)*y",
    ),
    "pairs with different labels": (
        "sum[i,j]((y[i] != y[j])*norm2(X[i,:] - X[j,:])^2)",
        {"X": "matrix(n, d)", "y": "vector(n)"},
        "X",
        "4*(diag(M*vector(1)) - M)*X where M = y*vector(1)' != vector(1)*y'",
    ),
    "layer normalisation: deviations from the mean stay as they are": (
        "m = mean(x); s = sqrt(var(x) + e); v'*(g.*(x - m)/s)",
        {"x": "vector(n)", "v": "vector(n)", "g": "vector(n)", "e": "scalar"},
        "x",
        "(g.*v - (((v.*u)'*g)*u/a + g'*v)/n)/sqrt(a) where u = x - mean(x), a = e + norm2(u)^2/n",
    ),
    "Student's similarities: a Laplacian, its rows summed": (
        "sum[i,j](W[i,j]*log(1 + norm2(X[i,:] - X[j,:])^2))",
        {"X": "matrix(n, p)", "W": "symmetric(n)"},
        "X",
        f"4*(diag(N*vector(1)) - N)*X where M[i,j] = {PAIRS}^2, N = W./(1 + M)",
    ),
    "GloVe: the rows and columns of one matrix are summed": (
        "sum[i,j](f[i,j]*(W[i,:]*V[j,:]' + b[i] + c[j] - log(X[i,j]))^2)",
        {
            "f": "matrix(n, m)",
            "X": "positive(n, m)",
            "W": "matrix(n, p)",
            "V": "matrix(m, p)",
            "b": "vector(n)",
            "c": "vector(m)",
        },
        ["W", "b", "c"],
        "dW = 2*M*V\ndb = 2*M*vector(1)\ndc = 2*M'*vector(1)\n"
        "where M = f.*(W*V' + b*vector(1)' + vector(1)*c' - log(X))",
    ),
    "attention: the names of the program inside of products": (
        "Q = X*A; K = X*B; V = X*C; S = softmax(Q*K'/sqrt(d), 2); norm2(S*V*O - Y)^2",
        {
            "X": "matrix(n, m)",
            "Y": "matrix(n, m)",
            "A": "matrix(m, d)",
            "B": "matrix(m, d)",
            "C": "matrix(m, d)",
            "O": "matrix(d, m)",
        },
        ["A", "B", "C", "O"],
        "dA = 2*X'*t3*K/sqrt(d)\n"
        "dB = 2*X'*t3'*Q/sqrt(d)\n"
        "dC = 2*X'*S'*t1*O'\n"
        "dO = 2*V'*S'*t1\n"
        "where Q = X*A, K = X*B, S = softmax(Q*K'/sqrt(d), 2), V = X*C, t1 = S*V*O - Y,"
        " t2 = S.*(t1*O'*V'), t3 = t2 - diag(t2*vector(1))*S",
    ),
    "graph attention: the names of definitions by entries": (
        "H = X*W; E[i,j] = tanh(H[i,:]*a + H[j,:]*c); P[i,j] = softmax[j](E[i,j]); sum(C.*(P*H))",
        {
            "X": "matrix(n, p)",
            "W": "matrix(p, k)",
            "a": "vector(k)",
            "c": "vector(k)",
            "C": "matrix(n, k)",
        },
        ["W", "a"],
        "dW = X'*(diag(t2'*t3)*c' + t4*a' + P'*C)\n"
        "da = H'*t4\n"
        "where H = X*W, E = tanh(H*a*vector(1)' + vector(1)*c'*H'), P = softmax(E, 2),"
        " t1 = (C*H').*P, t2 = t1 - diag(t1*vector(1))*P, t3 = 1 - E.^2, t4 = diag(t2*t3')",
    ),
    "a residual that one result alone would multiply out": (
        "sum[i](norm2(V*relu(U*X[i,:]' + b) + c - Y[i,:]')^2)/n",
        {
            "X": "matrix(n, p)",
            "Y": "matrix(n, q)",
            "U": "matrix(h, p)",
            "V": "matrix(q, h)",
            "b": "vector(h)",
            "c": "vector(q)",
        },
        ["U", "b", "V", "c"],
        "dU = 2*t3*X/n\n"
        "db = 2*t3*vector(1)/n\n"
        "dV = 2*t2'*relu(t1)/n\n"
        "dc = 2*t2'*vector(1)/n\n"
        "where t1 = X*U' + vector(1)*b', t2 = relu(t1)*V' + vector(1)*c' - Y,"
        " t3 = (step(t1).*(t2*V))'",
    ),
    "an intercept: the sum of the residual": (
        "norm2(y - X*w - b)^2/(2*s^2) + n*log(s)",
        {"X": "matrix(n, p)", "y": "vector(n)", "b": "scalar", "s": "scalar"},
        ["w", "b", "s"],
        "dw = X'*u/s^2\ndb = sum(u)/s^2\nds = (n - norm2(u)^2/s^2)/s\nwhere u = X*w + b - y",
    ),
    "a mixture: one array of distances for all gradients": (
        "sum[i](logsumexp[k](log(p[k]) - norm2(X[i,:] - M[k,:])^2/(2*s^2)))",
        {"X": "matrix(n, d)", "M": "matrix(K, d)", "p": "positive(K)", "s": "scalar"},
        ["M", "p", "s"],
        "dM = (G'*X - diag(u)*M)/s^2\n"
        "dp = u./p\n"
        "ds = tr(N'*G)/s^3\n"
        "where N[i,k] = norm2(X[i,:] - M[k,:])^2,"
        " G = softmax(vector(1)*log(p)' - N/(2*s^2), 2), u = G'*vector(1)",
    ),
    "a masked residual, its sum, and its sums along both axes": (
        "sum[i,j](M[i,j]*(R[i,j] - a - b[i] - c[j] - P[i,:]*Q[j,:]')^2)",
        {
            "M": "matrix(m, n)",
            "R": "matrix(m, n)",
            "a": "scalar",
            "b": "vector(m)",
            "c": "vector(n)",
            "P": "matrix(m, k)",
            "Q": "matrix(n, k)",
        },
        ["a", "b", "c", "P"],
        "da = 2*sum(N)\n"
        "db = 2*N*vector(1)\n"
        "dc = 2*N'*vector(1)\n"
        "dP = 2*N*Q\n"
        "where N = M.*(P*Q' + a + b*vector(1)' + vector(1)*c' - R)",
    ),
    "squared distances: one name for a sum that stands in another": (
        "sum[i<j]((D[i,j] - norm2(X[i,:] - X[j,:])^2)^2)",
        {"X": "matrix(n, p)", "D": "symmetric(n)"},
        "X",
        "4*(M - diag(M*vector(1)))*X where M = 2*X*X' + D - X.^2*matrix(1) - matrix(1)*(X.^2)'",
    ),
    "cumulative sums of rows": (
        "sum[i](norm2(cumsum(X[i,:]') - w)^2)",
        {"X": "matrix(n, p)", "w": "vector(p)"},
        "X",
        "2*revcumsum(cumsum(X, 2) - vector(1)*w', 2)",
    ),
    "contrastive loss: softmax by rows from a quotient": (
        "-sum[i](log(exp(X[i,:]*Y[i,:]'/t)/sum[j](exp(X[i,:]*Y[j,:]'/t))))",
        {"X": "matrix(n, p)", "Y": "matrix(n, p)", "t": "scalar"},
        "X",
        "(softmax(X*Y'/t, 2)*Y - Y)/t",
    ),
    "squared hinge: the step is in the maximum": (
        "norm2(w)^2/2 + c*sum[i](max(0, 1 - y[i]*(X[i,:]*w))^2)",
        {"X": "matrix(n, p)", "y": "vector(n)", "w": "vector(p)", "c": "scalar"},
        "w",
        "w - 2*c*X'*(y.*max(1 - y.*(X*w), 0))",
    ),
    "Huber regression, entry by entry": (
        "sum[i](huber(y[i] - X[i,:]*w, d))",
        {"X": "matrix(n, p)", "y": "vector(n)", "w": "vector(p)", "d": "scalar"},
        "w",
        "-X'*max(min(y - X*w, d), -d)",
    ),
    "UMAP: 1 - 1/(1 + u) beside 1 + u": (
        f"-sum[i!=j](V[i,j]*log(1/(1 + a*{PAIRS}^(2*b)))"
        f" + (1 - V[i,j])*log(1 - 1/(1 + a*{PAIRS}^(2*b))))",
        {"V": "symmetric(n)", "a": "scalar", "b": "scalar", "X": "matrix(n, p)"},
        "X",
        f"D[i,k] = 4*b*sum[j!=i]((X[i,k] - X[j,k])*(a*V[i,j]*{PAIRS}^(2*(b - 1))"
        f" - (1 - V[i,j])/{PAIRS}^2)/(a*{PAIRS}^(2*b) + 1))",
    ),
    "Gaussian process: the noise": (
        EVIDENCE,
        PROCESS,
        "v",
        f"tr(M) - norm2(M*y)^2 where {KERNEL}, M = inv(K + v*eye)",
    ),
    "Gaussian process: the length scale": (
        EVIDENCE,
        PROCESS,
        "l",
        f"sum(t1.*t2.*(t3*(eye - y*y'*t3)))/l^3 where t1[i,j] = {PAIRS}^2, t2 = exp(-t1/(2*l^2)),"
        " t3 = inv(t2 + v*eye)",
    ),
    "Gaussian mixture: responsibilities": (
        "-sum[i](logsumexp[k](log(a[k]) - 1/2*norm2(X[i,:] - M[k,:])^2))",
        POINTS | {"a": "vector(m)"},
        "M",
        "diag(G*vector(1))*M - G*X where N[i,k] = norm2(X[i,:] - M[k,:])^2,"
        " G = softmax(vector(1)*log(a)' - N/2, 2)'",
    ),
    "radial basis functions: the weights": (
        "sum[i]((y[i] - sum[k](w[k]*exp(-norm2(X[i,:] - M[k,:])^2)))^2)",
        POINTS | {"y": "vector(n)", "w": "vector(m)"},
        "w",
        "2*N'*(N*w - y) where N[i,k] = exp(-norm2(X[i,:] - M[k,:])^2)",
    ),
    "factorisation machine: two triangles of one matrix": (
        "sum[i<j](V[i,:]*V[j,:]'*x[i]*x[j])",
        {"x": "vector(p)", "V": "matrix(p, k)"},
        "V",
        "(x*x' - diag(x.^2))*V",
    ),
    "core of a Tucker decomposition": (
        "sum[i,j,k]((X[i,j,k] - sum[p,q,r](G[p,q,r]*A[i,p]*B[j,q]*C[k,r]))^2)",
        {
            "X": "tensor(n, m, l)",
            "G": "tensor(p, q, r)",
            "A": "matrix(n, p)",
            "B": "matrix(m, q)",
            "C": "matrix(l, r)",
        },
        "G",
        "2*(einsum(\"ij,kl,mn,jln->ikm\", A'*A, B'*B, C'*C, G)"
        ' - einsum("ij,ikl,km,ln->jmn", A, X, B, C))',
    ),
    "carriage of a tensor train": (
        "sum[i,j,k]((X[i,j,k] - F[i,:]*G[:,j,:]*H[:,k])^2)",
        {"X": "tensor(n, m, l)", "F": "matrix(n, r)", "G": "tensor(r, m, q)", "H": "matrix(q, l)"},
        "G",
        '2*(einsum("ij,kl,jml->imk", F\'*F, H*H\', G) - einsum("ij,kl,kmj->lmi", H, F, X))',
    ),
    "batched attention: one name for the weights": (
        "sum[b](norm2(softmax(Q[b,:,:]*K[b,:,:]', 2)*V[b,:,:] - Y[b,:,:])^2)",
        dict.fromkeys("QKVY", "tensor(h, n, d)"),
        "V",
        '2*(einsum("ijk,ilm,ilj->imk", V, T, T) - einsum("ijk,ijl->ikl", T, Y))'
        ' where T = softmax(einsum("ijk,ilk->ijl", Q, K), 3)',
    ),
    "Bradley and Terry, with exponentials": (
        "sum[i!=j](N[i,j]*log(exp(b[i])/(exp(b[i]) + exp(b[j]))))",
        {"N": "matrix(n, n)", "b": "vector(n)"},
        "b",
        "D[i] = sum[j!=i](N[i,j]*sigmoid(b[j] - b[i]) - N[j,i]*sigmoid(b[i] - b[j]))",
    ),
    "odds that are no logarithm": (
        "sum[i!=j](N[i,j]*exp(b[i])/(exp(b[i]) + exp(b[j])))",
        {"N": "matrix(n, n)", "b": "vector(n)"},
        "b",
        "D[i] = sum[j!=i](sigmoid(b[i] - b[j])*sigmoid(b[j] - b[i])*(N[i,j] - N[j,i]))",
    ),
    "spins: the couplings of pairs, symmetric": (
        "-sum[i<j](J[i,j]*S[i,:]*S[j,:]')",
        {"J": "symmetric(n)", "S": "matrix(n, 3)"},
        "S",
        "(diag(diag(J)) - J)*S",
    ),
    "Kuramoto: a skew matrix has no diagonal": (
        "-sum[i<j](cos(t[i] - t[j]))",
        {"t": "vector(n)"},
        "t",
        "D[i] = sum[j](sin(t[i] - t[j]))",
    ),
    "triangles and the diagonal": (
        "(tril(A) + triu(A))*x",
        {"A": "matrix(n, n)", "x": "vector(n)"},
        "x",
        "A + diag(diag(A))",
    ),
    "RankNet with a linear score": (
        "sum[i,j](P[i,j]*log(1 + exp(-(X[i,:]*w - X[j,:]*w))))",
        {"P": "matrix(n, n)", "X": "matrix(n, p)", "w": "vector(p)"},
        "w",
        "X'*(diag(M*P) - diag(P*M)) where M = sigmoid(X*w*vector(1)' - vector(1)*w'*X')",
    ),
    "Bayesian personalised ranking: differences of rows": (
        "-sum[u,i,j](S[u,i,j]*log(sigmoid(P[u,:]*Q[i,:]' - P[u,:]*Q[j,:]')))",
        {"S": "tensor(n, m, m)", "P": "matrix(n, r)", "Q": "matrix(m, r)"},
        "P",
        "D[u,k] = sum[i, j](S[u,i,j]*(sigmoid(P[u,:]*(Q[i,:] - Q[j,:])') - 1)*(Q[i,k] - Q[j,k]))",
    ),
    "factors of a tensor: the part of a Khatri-Rao product": (
        "sum(M.*khatrirao(C, B))",
        {"M": "matrix(m*p, q)", "B": "matrix(m, q)", "C": "matrix(p, q)"},
        "C",
        'einsum("ijk,ik->jk", reshape(M, m, p, q), B)',
    ),
    "multinomial regression with its softmax in the sum": (
        "-sum[i,k](Y[i,k]*log(softmax[k](X[i,:]*W[:,k])))",
        {"X": "matrix(n, p)", "Y": "matrix(n, m)", "W": "matrix(p, m)"},
        "W",
        "X'*(diag(Y*vector(1))*softmax(X*W, 2) - Y)",
    ),
    "total variation": (
        "sum[i=1:n-1](sqrt((x[i+1] - x[i])^2 + e))",
        {"x": "vector(n)", "e": "scalar"},
        "x",
        "[0; v] - [v; 0] where u = x[2:n] - x[1:n - 1], v = u./sqrt(u.^2 + e)",
    ),
    "Gaussian mixture with precisions: by these": (
        MIXTURE,
        MIXED,
        "P",
        "D[k,j,l] = w[k]*sum[i](M[i,k]*(X[i,j] - m[k,j])*(X[i,l] - m[k,l])/(M[i,:]*w))/2 "
        "where M[i,k] = exp(-sum[j, l](P[k,j,l]*(X[i,j] - m[k,j])*(X[i,l] - m[k,l]))/2)",
    ),
    "Gaussian mixture with precisions: by the means, with responsibilities": (
        MIXTURE,
        MIXED,
        "m",
        "D[k,j] = -sum[i](N[i,k]*sum[l]((X[i,l] - m[k,l])*(P[k,j,l] + P[k,l,j])))/2 "
        "where M[i,k] = exp(-sum[j, l](P[k,j,l]*(X[i,j] - m[k,j])*(X[i,l] - m[k,l]))/2), "
        "N[i,k] = w[k]*M[i,k]/(M[i,:]*w)",
    ),
    "the same with the logarithms of weights": (
        "-sum[i](logsumexp[k](a[k] - 1/2*(X[i,:]-m[k,:])*P[k,:,:]*(X[i,:]-m[k,:])'))",
        {"a": "vector(r)", **MIXED},
        "m",
        "D[k,j] = -sum[i](softmax(vector(1)*a' - M/2, 2)[i,k]"
        "*sum[l]((X[i,l] - m[k,l])*(P[k,j,l] + P[k,l,j])))/2 "
        "where M[i,k] = sum[j, l](P[k,j,l]*(X[i,j] - m[k,j])*(X[i,l] - m[k,l]))",
    ),
    # places are numbers in index notation, and cumulative sums of ones in matrix notation
    "present value of payments": (
        "sum[t](c[t]/(1 + r)^t)",
        {"c": "vector(n)", "r": "scalar"},
        "r",
        "-sum[t](t*c[t]/(1 + r)^t)/(1 + r)",
    ),
    "a power series": (
        "sum[t](t*c[t]*b^t)",
        {"c": "vector(n)", "b": "scalar"},
        "b",
        "sum[t](t^2*c[t]*b^(t - 1))",
    ),
    "a trend": (
        "sum[t]((y[t] - a - b*t)^2)",
        {"y": "vector(n)", "a": "scalar", "b": "scalar"},
        "b",
        "-2*sum[t](t*(y[t] - a - b*t))",
    ),
    "a trend, by its level": (
        "sum[t]((y[t] - a - b*t)^2)",
        {"y": "vector(n)", "a": "scalar", "b": "scalar"},
        "a",
        "2*(a*n + b*sum[t=1:n](t) - sum[t](y[t]))",
    ),
    "weights by place": ("sum[i](i^2*x[i]^2)", {"x": "vector(n)"}, "x", "D[i] = 2*i^2*x[i]"),
    "a Hilbert matrix": (
        "sum[i,j](x[i]*x[j]/(i + j - 1))",
        {"x": "vector(n)"},
        "x",
        "D[i=1:n] = 2*sum[j](x[j]/(i + j - 1))",
    ),
    # vectors that stand as matrices
    "spatial covariance of one component": (
        "y'*kron(t*t', eye(n))*y",
        {"y": "vector(m*n)", "t": "vector(m)"},
        "t",
        "2*reshape(y, n, m)'*reshape(y, n, m)*t",
    ),
    "the same with the factors exchanged": (
        "y'*kron(eye(n), t*t')*y",
        {"y": "vector(m*n)", "t": "vector(m)"},
        "t",
        "2*reshape(y, m, n)*reshape(y, m, n)'*t",
    ),
    "separable covariance of one component": (
        "y'*kron(t*t', B)*y",
        {"y": "vector(m*n)", "t": "vector(m)", "B": "symmetric(n)"},
        "t",
        "2*reshape(y, n, m)'*B*reshape(y, n, m)*t",
    ),
    "variances of components": (
        "y'*kron(diag(t), B)*y",
        {"y": "vector(m*n)", "t": "vector(m)", "B": "symmetric(n)"},
        "t",
        "diag(reshape(y, n, m)'*B*reshape(y, n, m))",
    ),
    "partial traces with a name": (
        "tr(A*kron(t*t', eye(n)))",
        {"A": "matrix(m*n, m*n)", "t": "vector(m)"},
        "t",
        '(M + M\')*t where M = einsum("ijik->jk", reshape(A, n, m, n, m))',
    ),
    # quotients of Rayleigh with Laplacians
    "smooth labels": (
        "f'*(diag(W*vector(1)) - W)*f/(f'*f)",
        {"f": "vector(n)", "W": "symmetric(n)"},
        "f",
        "2*(M*f - (f'*M*f)*f/a)/a where M = diag(W*vector(1)) - W, a = f'*f",
    ),
    "normalised cut": (
        "d = W*vector(1); L = diag(d) - W; f'*L*f/(f'*diag(d)*f)",
        {"f": "vector(n)", "W": "symmetric(n)"},
        "f",
        "2*(L*f - (f'*L*f)*(f.*d)/a)/a where d = W*vector(1), L = diag(d) - W, a = sum(W*f.^2)",
    ),
    "smooth labels by pairs": (
        "sum[i,j](W[i,j]*(f[i] - f[j])^2)/sum(f.^2)",
        {"f": "vector(n)", "W": "symmetric(n)"},
        "f",
        "2*(2*M*f - 2*(f'*M*f)*f/a)/a where M = diag(W*vector(1)) - W, a = f'*f",
    ),
    # a residual keeps its name in long answers
    "innovations of a Kalman filter, by what is observed": (
        "logdet(H*P*H' + R) + (y - H*x)'*inv(H*P*H' + R)*(y - H*x)",
        {"H": "matrix(m,n)", "P": "psd(n)", "R": "psd(m)", "y": "vector(m)", "x": "vector(n)"},
        "H",
        "2*(M*u*x' + M*(eye - u*u'*M)*H*P) where M = inv(H*P*H' + R), u = H*x - y",
    ),
    # densities and production functions: the lowest of several powers is a factor
    "production less its costs, by capital": (
        "A*K^a*L^(1 - a)*exp(-s*K)",
        dict.fromkeys("AKLas", "scalar"),
        "K",
        "A*K^(a - 1)*L^(1 - a)*(a - K*s)*exp(-K*s)",
    ),
    "constant elasticity of substitution": (
        "A*(a*K^(-r) + (1 - a)*L^(-r))^(-1/r)",
        dict.fromkeys("AKLar", "scalar"),
        "r",
        "A*c^-(1 + 1/r)*(c*log(c)/r + a*log(K)*K^b + log(L)*(1 - a)*L^b)/r "
        "where b = -r, c = (1 - a)*L^b + a*K^b",
    ),
    "gamma densities": (
        "sum(x.^g.*exp(-x))",
        {"x": "vector(n)", "g": "scalar"},
        "x",
        "x.^(g - 1).*exp(-x).*(g - x)",
    ),
    "beta densities": (
        "sum(x.^g.*(1 - x).^k)",
        {"x": "vector(n)", "g": "scalar", "k": "scalar"},
        "x",
        "(1 - x).^(k - 1).*x.^(g - 1).*(g*(1 - x) - k*x)",
    ),
    "focal loss": (
        "-sum((1 - sigmoid(X*w)).^g.*log(sigmoid(X*w)).*y)",
        {"X": "matrix(n,p)", "w": "vector(p)", "y": "vector(n)", "g": "scalar"},
        "w",
        "X'*((1 - u).^g.*y.*(g*(u.*log(u)) - (1 - u))) where u = sigmoid(X*w)",
    ),
    # squares of sines and cosines meet in what explicit arrays are made of
    "a turn of the plane": (
        "norm2([cos(t), -sin(t); sin(t), cos(t)]*p - q)^2",
        {"t": "scalar", "p": "vector(2)", "q": "vector(2)"},
        "t",
        "2*(q[1]*(cos(t)*p[2] + sin(t)*p[1]) + q[2]*(sin(t)*p[2] - cos(t)*p[1]))",
    ),
    "a turn about an axis": (
        "norm2([cos(a), -sin(a), 0; sin(a), cos(a), 0; 0, 0, 1]*p - q)^2",
        {"a": "scalar", "p": "vector(3)", "q": "vector(3)"},
        "a",
        "2*(q[1]*(cos(a)*p[2] + sin(a)*p[1]) + q[2]*(sin(a)*p[2] - cos(a)*p[1]))",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 3))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)


def test_functions_of_slices_are_those_of_a_family():
    with pytest.raises(UnsupportedError, match="logdet of what depends") as problem:
        matcalc.diff("sum[i](logdet(T[i,:,:]))", "T", variables={"T": "tensor(k, n, n)"})
    assert "A[k]: matrix(n, n)" in str(problem.value)
    family = matcalc.diff("sum[k=1:K](logdet(A[k]))", "A", variables={"A[k]": "matrix(n, n)"})
    assert "dA[k] = inv(A[k])'" in str(family)
