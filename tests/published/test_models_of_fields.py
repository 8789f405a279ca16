"""More models as their authors write them, from vision, graphs, control, finance and physics."""

import pytest
from printing import check_form, form_rows

# an expression, its variables, by which, as it is printed
FORMS = {
    "triplet loss": (
        "sum[i](max(norm2(A[i,:]-P[i,:])^2 - norm2(A[i,:]-N[i,:])^2 + m, 0))",
        {"A": "matrix(n, d)", "P": "matrix(n, d)", "N": "matrix(n, d)", "m": "scalar"},
        ["A", "P", "N"],
        "dA = M*(N - P)\ndP = M*(P - A)\ndN = M*(A - N)\nwhere M ="
        " 2*diag(step(((A - P).^2 - (A - N).^2)*vector(1) + m))",
    ),
    "dice loss": (
        "1 - (2*sum(P.*G) + e)/(sum(P) + sum(G) + e)",
        {"P": "matrix(n, m)", "G": "matrix(n, m)", "e": "positive"},
        "P",
        "((2*tr(G*P') + e)/(e + sum(G + P)) - 2*G)/(e + sum(G + P))",
    ),
    "soft intersection over union": (
        "1 - sum(P.*G)/(sum(P) + sum(G) - sum(P.*G))",
        {"P": "matrix(n, m)", "G": "matrix(n, m)"},
        "P",
        "(tr(G*P') - sum(G + P)*G)/(sum(G + P) - tr(G*P'))^2",
    ),
    "registration of points with weights": (
        "sum[i](w[i]*norm2(R*P[:,i] + t - Q[:,i])^2)",
        {
            "w": "vector(n)",
            "P": "matrix(3, n)",
            "Q": "matrix(3, n)",
            "R": "matrix(3, 3)",
            "t": "vector(3)",
        },
        ["R", "t"],
        "dR = 2*((R*P - Q)*diag(w) + t*w')*P'\ndt = 2*((R*P - Q)*w + sum(w)*t)",
    ),
    "graph convolution": (
        "-sum(Y.*logsoftmax(A*relu(A*X*W)*V,2))",
        {
            "A": "symmetric(n)",
            "X": "matrix(n, d)",
            "W": "matrix(d, h)",
            "V": "matrix(h, c)",
            "Y": "matrix(n, c)",
        },
        ["W", "V"],
        "dW = X'*A*(step(M).*(A*N*V'))\ndV = relu(M)'*A*N\nwhere M = A*X*W, N ="
        " diag(Y*vector(1))*softmax(A*relu(M)*V, 2) - Y",
    ),
    "graph embedding with negative samples": (
        "-sum[i,j](C[i,j]*log(sigmoid(U[i,:]*V[j,:]'))) -"
        " sum[i,j](N[i,j]*log(sigmoid(-U[i,:]*V[j,:]')))",
        {"C": "matrix(n, m)", "N": "matrix(n, m)", "U": "matrix(n, d)", "V": "matrix(m, d)"},
        ["U", "V"],
        "dU = G*V\ndV = G'*U\nwhere M = sigmoid(U*V'), G = N.*M - C.*(1 - M)",
    ),
    "translations of a knowledge graph": (
        "sum[i](max(0, g + norm2(h[i,:]+r[i,:]-t[i,:]) - norm2(h[i,:]+r[i,:]-s[i,:])))",
        {
            "h": "matrix(n, d)",
            "r": "matrix(n, d)",
            "t": "matrix(n, d)",
            "s": "matrix(n, d)",
            "g": "scalar",
        },
        ["h"],
        "dh = diag(u./norm2(M, 2))*M - diag(u./norm2(N, 2))*N\nwhere M = h + r -"
        " t, N = h + r - s, u = step(g + norm2(M, 2) - norm2(N, 2))",
    ),
    "DistMult": (
        "sum[i](log(1+exp(-y[i]*sum[k](E[i,k]*R[k]*F[i,k]))))",
        {"E": "matrix(n, d)", "F": "matrix(n, d)", "R": "vector(d)", "y": "vector(n)"},
        ["R", "E"],
        "dR = -(E.*F)'*u\ndE = -diag(u)*F*diag(R)\nwhere u = y.*sigmoid(-y.*((E.*F)*R))",
    ),
    "temporal differences": (
        "1/2*sum[t=1:n-1]((r[t] + g*v'*X[t+1,:]' - v'*X[t,:]')^2)",
        {"r": "vector(n)", "v": "vector(d)", "X": "matrix(n, d)", "g": "scalar"},
        "v",
        "M'*(M*v + r[1:n - 1]) where M = g*X[2:n, :] - X[1:n - 1, :]",
    ),
    "policy gradient": (
        "sum[t](R[t]*log(softmax(X[t,:]*W)*A[t,:]'))",
        {"X": "matrix(n, d)", "W": "matrix(d, k)", "R": "vector(n)", "A": "onehot(n, k)"},
        "W",
        "X'*diag(R)*(A - softmax(X*W, 2))",
    ),
    "policy gradient, by the place of the action": (
        "P = softmax(X*W,2); sum[t](R[t]*log(P[t,A[t]]))",
        {"X": "matrix(n, d)", "W": "matrix(d, k)", "R": "vector(n)", "A": "onehot(n, k)"},
        "W",
        "X'*diag(R)*(A - softmax(X*W, 2))",
    ),
    "one class that is chosen": (
        "-log(a'*softmax(W*x))",
        {"a": "onehot(k)", "W": "matrix(k, d)"},
        "W",
        "(softmax(W*x) - a)*x'",
    ),
    "preferences": (
        "-sum[i](log(sigmoid(b*((x[i]-u[i]) - (y[i]-v[i])))))",
        {"x": "vector(n)", "u": "vector(n)", "y": "vector(n)", "v": "vector(n)"},
        ["x", "y", "b"],
        "dx = -b*r\ndy = b*r\ndb = w'*r\nwhere w = u + y - v - x, r = sigmoid(b*w)",
    ),
    "maximum entropy": (
        "w'*m - log(sum(exp(F*w)))",
        {"F": "matrix(n, d)", "m": "vector(d)"},
        "w",
        "m - F'*softmax(F*w)",
    ),
    "control by linear feedback": (
        "tr(P*(Q + K'*R*K)) + tr(S*((A-B*K)'*P*(A-B*K)-P))",
        {
            "P": "symmetric(n)",
            "Q": "symmetric(n)",
            "R": "symmetric(m)",
            "K": "matrix(m, n)",
            "A": "matrix(n, n)",
            "B": "matrix(n, m)",
            "S": "symmetric(n)",
        },
        ["K", "P"],
        "dK = 2*(R*K*P - B'*P*M*S)\ndP = M*S*M' + K'*R*K + Q - S\nwhere M = A - B*K",
    ),
    "probit regression": (
        "sum(y.*log(normcdf(X*w)) + (1-y).*log(1-normcdf(X*w)))",
        {"X": "matrix(n, d)", "y": "vector(n)"},
        "w",
        "X'*(normpdf(X*w).*(y./normcdf(X*w) - 1)./normcdf(-X*w))",
    ),
    "counts with effects of groups": (
        "sum[i,t](y[i,t]*(a[i] + x[i,t]*b) - exp(a[i] + x[i,t]*b))",
        {"y": "matrix(n, m)", "a": "vector(n)", "x": "matrix(n, m)", "b": "scalar"},
        ["a", "b"],
        "da = M*vector(1)\ndb = tr(M*x')\nwhere M = y - exp(a*vector(1)' + b*x)",
    ),
    "moments with instruments": (
        "(Z'*(y-X*b)/n)'*W*(Z'*(y-X*b)/n)",
        {
            "Z": "matrix(n, q)",
            "X": "matrix(n, p)",
            "y": "vector(n)",
            "b": "vector(p)",
            "W": "symmetric(q)",
        },
        "b",
        "2*X'*Z*W*Z'*(X*b - y)/n^2",
    ),
    "risk parity": (
        "1/2*w'*S*w - sum(b.*log(w))",
        {"S": "symmetric(n)", "w": "positive(n)", "b": "vector(n)"},
        "w",
        "S*w - b./w",
    ),
    "conditional value at risk": (
        "a + sum(max(-R*w - a, 0))/(n*(1-b))",
        {"R": "matrix(n, k)", "w": "vector(k)", "a": "scalar", "b": "scalar"},
        ["w", "a"],
        "dw = -R'*u/c\nda = 1 - sum(u)/c\nwhere u = step(-(R*w + a)), c = n*(1 - b)",
    ),
    "growth of capital": (
        "mean(log(1 + R*w))",
        {"R": "matrix(n, k)", "w": "vector(k)"},
        "w",
        "R'*(1./(1 + R*w))/n",
    ),
    "pseudolikelihood of an Ising model": (
        "-sum[i](log(sigmoid(2*s[i]*(J[i,:]*s + h[i]))))",
        {"s": "vector(n)", "J": "matrix(n, n)", "h": "vector(n)"},
        ["J", "h"],
        "dJ = -u*s'\ndh = -u\nwhere u = 2*(s.*sigmoid(-2*(s.*(J*s + h))))",
    ),
    "energy of charges": (
        "sum[i<j](q[i]*q[j]/norm2(X[i,:]-X[j,:]))",
        {"X": "matrix(n, 3)", "q": "vector(n)"},
        "X",
        "D[i,k] = -q[i]*sum[j!=i](q[j]*(X[i,k] - X[j,k])/norm2(X[i,:] - X[j,:])^3)",
    ),
    "springs between points": (
        "1/2*sum[i<j](K[i,j]*(norm2(X[i,:]-X[j,:]) - L[i,j])^2)",
        {"X": "matrix(n, 3)", "K": "symmetric(n)", "L": "symmetric(n)"},
        "X",
        "D[i,k] = sum[j!=i](K[i,j]*(norm2(X[i,:] - X[j,:]) - L[i,j])*(X[i,k] -"
        " X[j,k])/norm2(X[i,:] - X[j,:]))",
    ),
    "orbitals that minimise a Rayleigh quotient": (
        "tr(C'*F*C)/tr(C'*S*C)",
        {"C": "matrix(n, k)", "F": "symmetric(n)", "S": "symmetric(n)"},
        "C",
        "2*(F - tr(C*C'*F)*S/a)*C/a where a = tr(C*C'*S)",
    ),
    "a path with landmarks": (
        "sum[i=2:n](norm2(X[i,:]-X[i-1,:]-U[i,:])^2) +"
        " sum[i,j](W[i,j]*norm2(X[i,:]-L[j,:]-Z[i,:])^2)",
        {
            "X": "matrix(n, 2)",
            "U": "matrix(n, 2)",
            "L": "matrix(m, 2)",
            "W": "matrix(n, m)",
            "Z": "matrix(n, 2)",
        },
        ["X", "L"],
        "dX = 2*([zeros; M] + diag(W*vector(1))*(X - Z) - W*L - [M; zeros])\ndL ="
        " 2*(diag(W'*vector(1))*L - W'*(X - Z))\nwhere M = X[2:n, :] - U[2:n, :]"
        " - X[1:n - 1, :]",
    ),
    "alignments summed in two steps": (
        "logsumexp[i](a[i] + logsumexp[j](B[i,j] + c[j]))",
        {"a": "vector(n)", "B": "matrix(n, m)", "c": "vector(m)"},
        ["a", "B", "c"],
        "da = u\ndB = diag(u)*softmax(M, 2)\ndc = softmax(M, 2)'*u\nwhere M = B +"
        " vector(1)*c', u = softmax(a + logsumexp(M, 2))",
    ),
    "spectrum behind a filter bank": (
        "sum((log(A*P + e) - Y).^2)",
        {"A": "matrix(m, f)", "P": "matrix(f, t)", "Y": "matrix(m, t)", "e": "positive"},
        "P",
        "2*A'*((log(A*P + e) - Y)./(A*P + e))",
    ),
    "ratio of signal to distortion": (
        "10*log(norm2((x'*y/norm2(y)^2)*y)^2/norm2((x'*y/norm2(y)^2)*y - x)^2)/log(10)",
        {"x": "vector(n)", "y": "vector(n)"},
        "x",
        "20*(u/norm2(u)^2 + y/a)/log(10) where a = x'*y, u = a*y/(y'*y) - x",
    ),
    "topics of documents": (
        "sum[d,w](N[d,w]*log(sum[k](T[d,k]*B[k,w])))",
        {"N": "matrix(n, v)", "T": "matrix(n, k)", "B": "matrix(k, v)"},
        ["T", "B"],
        "dT = (N./(T*B))*B'\ndB = T'*(N./(T*B))",
    ),
    "Wishart density": (
        "(v-p-1)/2*logdet(X) - tr(inv(V)*X)/2 - v/2*logdet(V)",
        {"X": "psd(n)", "V": "psd(n)", "v": "scalar", "p": "scalar"},
        ["X", "V"],
        "dX = ((v - 1 - p)*inv(X) - inv(V))/2\ndV = (inv(V)*X*inv(V) - v*inv(V))/2",
    ),
    "innovations of a Kalman filter": (
        "e=y-C*(A*x); S=C*(A*P*A'+Q)*C'+R; 1/2*logdet(S)+1/2*e'*inv(S)*e",
        {
            "y": "vector(m)",
            "C": "matrix(m, n)",
            "A": "matrix(n, n)",
            "P": "psd(n)",
            "Q": "psd(n)",
            "R": "psd(m)",
        },
        ["Q", "R", "x"],
        "dQ = C'*M*N*C/2\ndR = M*N/2\ndx = -A'*C'*M*e\nwhere M ="
        " inv(C*(A*P*A' + Q)*C' + R), e = y - C*A*x, N = eye - e*e'*M",
    ),
    "L-ensemble": (
        "logdet(L) - logdet(eye + L)",
        {"L": "psd(n)"},
        "L",
        "inv(L) - inv(L + eye)",
    ),
    "partial likelihood with sets at risk": (
        "sum[i](d[i]*(X[i,:]*b - log(sum[j](Y[i,j]*exp(X[j,:]*b)))))",
        {"d": "vector(n)", "X": "matrix(n, p)", "Y": "matrix(n, n)", "b": "vector(p)"},
        "b",
        "X'*(d - exp(X*b).*(Y'*(d./(Y*exp(X*b)))))",
    ),
    "vector autoregression": (
        "sum[t=2:n](norm2(Y[:,t] - A*Y[:,t-1] - B*U[:,t-1])^2)",
        {"Y": "matrix(k, n)", "A": "matrix(k, k)", "U": "matrix(m, n)", "B": "matrix(k, m)"},
        ["A", "B"],
        "dA = t3*t1'\ndB = t3*t2'\nwhere t1 = Y[:, 1:n - 1], t2 = U[:, 1:n - 1],"
        " t3 = 2*(A*t1 + B*t2 - Y[:, 2:n])",
    ),
    "total variation behind a design": (
        "sum[t=2:n]((A[t,:]*x-A[t-1,:]*x)^2)",
        {"A": "matrix(n, m)"},
        "x",
        "2*M'*M*x where M = A[2:n, :] - A[1:n - 1, :]",
    ),
    "trend of Hodrick and Prescott": (
        "norm2(y-x)^2 + l*sum[t=2:n-1]((x[t+1]-2*x[t]+x[t-1])^2)",
        {"x": "vector(n)", "y": "vector(n)", "l": "scalar"},
        "x",
        "2*(l*([u; zeros] + [zeros; u] - 2*[0; u; 0]) + x - y) where u = x[1:n -"
        " 2] + x[3:n] - 2*x[2:n - 1]",
    ),
    "attractions of t-SNE": (
        "-sum[i!=j](P[i,j]*log(1/(1+norm2(Y[i,:]-Y[j,:])^2)))",
        {"P": "symmetric(n)", "Y": "matrix(n, d)"},
        "Y",
        "4*(diag(N*vector(1)) - N)*Y where M[i,j] = norm2(Y[i,:] - Y[j,:])^2, N = P./(1 + M)",
    ),
    "normaliser of t-SNE": (
        "log(sum[i!=j](1/(1+norm2(Y[i,:]-Y[j,:])^2)))",
        {"Y": "matrix(n, d)"},
        "Y",
        "4*(M.^2 - diag(M.^2*vector(1)))*Y/(sum(M) - n) where M[i,j] ="
        " 1/(norm2(Y[i,:] - Y[j,:])^2 + 1)",
    ),
    "t-SNE with its own names": (
        "W[i,j] = 1/(1+norm2(Y[i,:]-Y[j,:])^2); Z = sum[i!=j](W[i,j]);"
        " -sum[i!=j](P[i,j]*log(W[i,j]/Z))",
        {"P": "symmetric(n)", "Y": "matrix(n, d)"},
        "Y",
        "4*(diag(M*vector(1)) - M)*Y where W[i,j] = 1/(norm2(Y[i,:] - Y[j,:])^2 +"
        " 1), M = W.*(P - tr((matrix(1) - eye)*P)*W/(sum(W) - n))",
    ),
    "norm of an outer product": (
        "norm2(x*y'*A)",
        {"x": "vector(n)", "y": "vector(m)", "A": "matrix(m, p)"},
        "x",
        "norm2(A'*y)*x/norm2(x)",
    ),
    "norm of an outer product, the other factor": (
        "norm2(A*x*y')",
        {"x": "vector(n)", "y": "vector(m)", "A": "matrix(p, n)"},
        "x",
        "norm2(y)*A'*A*x/norm2(A*x)",
    ),
    "root of an exponential": (
        "sqrt(exp(2*a)*b^2)",
        {},
        "a",
        "abs(b)*exp(a)",
    ),
    "root that has no value at i = j": (
        "sum[i,j, i != j]((norm2(Y[i,:] - Y[j,:])^2 - 1)^2.5)",
        {},
        "Y",
        "D[i,k] = 10*sum[j!=i]((norm2(Y[i,:] - Y[j,:])^2 - 1)^1.5*(Y[i,k] - Y[j,k]))",
    ),
    "root that has no value at i = j, with weights": (
        "sum[i,j, i != j](P[i,j]*(norm2(Y[i,:] - Y[j,:])^2 - c)^1.5)",
        {"c": "positive"},
        "Y",
        "D[i,k] = 3*sum[j!=i](sqrt(norm2(Y[i,:] - Y[j,:])^2 - c)*(Y[i,k] - Y[j,k])"
        "*(P[j,i] + P[i,j]))",
    ),
    "root of a Gaussian": (
        "sqrt(exp(-x'*x))",
        {},
        "x",
        "-exp(-x'*x/2)*x",
    ),
    "sum of a Toeplitz matrix": (
        "sum(T)*tr(T)",
        {"T": "toeplitz(n)"},
        "T",
        "sum(T)*eye(n) + tr(T)",
    ),
    "mean of a Hankel matrix": (
        "mean(H)",
        {"H": "hankel(n)"},
        "H",
        "ones(n, n)/n^2",
    ),
    "stochastic neighbours": (
        "p[i,j] = exp(-norm2(Y[i,:]-Y[j,:])^2)/sum[k!=i](exp(-norm2(Y[i,:]-Y[k,:])^2));"
        " -sum[i!=j](P[i,j]*log(p[i,j]))",
        {"P": "symmetric(n)", "Y": "matrix(n, d)"},
        "Y",
        "2*(diag(u - v - N*v) + diag(v)*N + N*diag(v) - 2*M)*Y where M = P.*(matrix(1) - eye),"
        " u = M*vector(1), N[i,j] = exp(-norm2(Y[i,:] - Y[j,:])^2), v = u./(N*vector(1) - 1)",
    ),
    "a kernel of Cauchy": (
        "K[i,j] = 1/(1+norm2(X[i,:]-X[j,:])^2/l^2); y'*inv(K)*y/2 + logdet(K)/2",
        {"X": "matrix(n, d)", "y": "vector(n)"},
        "X",
        "2*(t3 - diag(t3'*vector(1)))*X where t1[i,j] = norm2(X[i,:] - X[j,:])^2,"
        " t2 = inv(1./(1 + t1/l^2)), t3 = (t2*(eye - y*y'*t2))./(l + t1/l).^2",
    ),
    "position by distances": (
        "sum[i]((z[i] - norm2(x - L[i,:]'))^2)",
        {"z": "vector(n)", "x": "vector(d)", "L": "matrix(n, d)"},
        "x",
        "2*M'*(1 - z./norm2(M, 2)) where M = vector(1)*x' - L",
    ),
    "variance of each feature": (
        "sum[i](max(0, g - sqrt(sum[k]((Z[k,i]-mean[l](Z[l,i]))^2)/(n-1) + e)))",
        {"Z": "matrix(n, d)", "g": "scalar", "e": "positive"},
        "Z",
        "M*diag(step(g - u)./u)/(n - 1) where M = matrix(1)*Z/n - Z,"
        " u = sqrt((M.^2)'*vector(1)/(n - 1) + e)",
    ),
    "optimal transport with entropy": (
        "sum(a.*f) + sum(b.*g) - e*sum[i,j](exp((f[i]+g[j]-C[i,j])/e))",
        {
            "a": "vector(n)",
            "b": "vector(m)",
            "f": "vector(n)",
            "g": "vector(m)",
            "C": "matrix(n, m)",
            "e": "positive",
        },
        ["f", "g"],
        "df = a - M*vector(1)\ndg = b - M'*vector(1)\n"
        "where M = exp((f*vector(1)' + vector(1)*g' - C)/e)",
    ),
    "principal components with noise": (
        "n/2*(logdet(W*W'+s*eye) + tr(inv(W*W'+s*eye)*S))",
        {"W": "matrix(d, q)", "S": "symmetric(d)", "n": "scalar"},
        ["W", "s"],
        "dW = N*W\nds = tr(N)/2\nwhere M = inv(W*W' + s*eye), N = n*M*(eye - S*M)",
    ),
    "ratio of Sharpe": (
        "(m'*w - r)/sqrt(w'*S*w)",
        {"S": "psd(n)", "w": "vector(n)", "m": "vector(n)", "r": "scalar"},
        "w",
        "(m - (m'*w - r)*S*w/(w'*S*w))/sqrt(w'*S*w)",
    ),
    "shares of markets": (
        "sum[j](s[j]*log(exp(X[j,:]*b)/(1+sum[k](exp(X[k,:]*b)))))",
        {"s": "vector(n)", "X": "matrix(n, d)", "b": "vector(d)"},
        "b",
        "X'*(s - sum(s)*exp(X*b)/(1 + sum(exp(X*b))))",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 8))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)
