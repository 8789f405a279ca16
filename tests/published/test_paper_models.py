"""Models of well-known papers, typed as their authors write them: what is printed, and proved."""

import pytest
from printing import check_form, form_rows

# an expression, its variables, by which, as it is printed
FORMS = {
    "unfolded CP decomposition": (
        "norm2(X1 - A*khatrirao(C,B)')^2",
        {"X1": "matrix(n, m*p)", "A": "matrix(n, R)", "B": "matrix(m, R)", "C": "matrix(p, R)"},
        "B",
        "-2*einsum(\"ijk,jk->ik\", reshape((X1' - khatrirao(C, B)*A')*A, m, p, R), C)",
    ),
    "Gaussian process with a distance matrix": (
        "K = s^2*exp(-D/(2*l^2)) + v*eye; 1/2*y'*inv(K)*y + 1/2*logdet(K)",
        {"s": "scalar", "l": "scalar", "v": "scalar", "D": "symmetric(n)", "y": "vector(n)"},
        ["s", "l", "v"],
        "ds = s*sum(t1.*t3)\n"
        "dl = s^2*sum(D.*t1.*t3)/(2*l^3)\n"
        "dv = tr(t3)/2\n"
        "where t1 = exp(-D/(2*l^2)), t2 = inv(s^2*t1 + v*eye), t3 = t2*(eye - y*y'*t2)",
    ),
    "variational autoencoder with a linear decoder": (
        "sum[i](mu[i]^2 + exp(l[i]) - l[i] - 1)/2 + norm2(x - W*(mu + exp(l/2).*e))^2/(2*c)",
        {
            "mu": "vector(k)",
            "l": "vector(k)",
            "e": "vector(k)",
            "W": "matrix(d, k)",
            "x": "vector(d)",
            "c": "scalar",
        },
        ["mu", "l", "W"],
        "dmu = mu - W'*v/c\n"
        "dl = (exp(l) - (u.*(W'*v))/c - 1)/2\n"
        "dW = -v*(u + mu)'/c\n"
        "where u = e.*exp(l/2), v = x - W*(u + mu)",
    ),
    "noise-contrastive estimation": (
        "-sum[i](log(sigmoid(X[i,:]*w - b[i]))) - sum[j](log(1 - sigmoid(Y[j,:]*w - c[j])))",
        {"X": "matrix(n, d)", "Y": "matrix(m, d)", "b": "vector(n)", "c": "vector(m)"},
        "w",
        "Y'*sigmoid(Y*w - c) - X'*sigmoid(b - X*w)",
    ),
    "InfoNCE": (
        "-sum[i](Z[i,:]*Y[i,:]'/t - log(sum[j](exp(Z[i,:]*Y[j,:]'/t))))",
        {"Z": "matrix(n, d)", "Y": "matrix(n, d)", "t": "scalar"},
        ["Z", "Y"],
        "dZ = (M*Y - Y)/t\ndY = (M'*Z - Z)/t\nwhere M = softmax(Z*Y'/t, 2)",
    ),
    "InfoNCE: the temperature": (
        "-sum[i](Z[i,:]*Y[i,:]'/t - log(sum[j](exp(Z[i,:]*Y[j,:]'/t))))",
        {"Z": "matrix(n, d)", "Y": "matrix(n, d)", "t": "scalar"},
        "t",
        "tr(Y*Z'*(eye - softmax(Z*Y'/t, 2)))/t^2",
    ),
    "weighted stress": (
        "sum[i<j](W[i,j]*(D[i,j] - norm2(X[i,:]-X[j,:]))^2)",
        {"W": "symmetric(n)", "D": "symmetric(n)", "X": "matrix(n, d)"},
        "X",
        "G[i,k] = -2*sum[j!=i](W[i,j]*(D[i,j] - norm2(X[i,:] - X[j,:]))*(X[i,k] -"
        " X[j,k])/norm2(X[i,:] - X[j,:]))",
    ),
    "Laplacian eigenmaps": (
        "tr(Y'*(diag(W*vector(1)) - W)*Y)",
        {"W": "symmetric(n)"},
        "Y",
        "2*(diag(W*vector(1)) - W)*Y",
    ),
    "NMF with the divergence": (
        "sum[i,j](X[i,j]*log(X[i,j]/(W[i,:]*H[:,j])) - X[i,j] + W[i,:]*H[:,j])",
        {"X": "matrix(n, m)", "W": "matrix(n, k)", "H": "matrix(k, m)"},
        ["W", "H"],
        "dW = M*H'\ndH = W'*M\nwhere M = 1 - X./(W*H)",
    ),
    "NMF with the distance of Itakura and Saito": (
        "sum[i,j](X[i,j]/(W[i,:]*H[:,j]) - log(X[i,j]/(W[i,:]*H[:,j])) - 1)",
        {"X": "matrix(n, m)", "W": "matrix(n, k)", "H": "matrix(k, m)"},
        "W",
        "(1./(W*H) - X./(W*H).^2)*H'",
    ),
    "Poisson factorisation": (
        "sum[i,j](exp(U[i,:]*V[j,:]') - X[i,j]*U[i,:]*V[j,:]')",
        {"U": "matrix(n, k)", "V": "matrix(m, k)", "X": "matrix(n, m)"},
        ["U", "V"],
        "dU = (exp(U*V') - X)*V\ndV = (exp(U*V') - X)'*U",
    ),
    "BPR of one triple": (
        "-log(sigmoid(p'*(q - r))) + l/2*(norm2(p)^2 + norm2(q)^2 + norm2(r)^2)",
        {"p": "vector(k)", "q": "vector(k)", "r": "vector(k)", "l": "scalar"},
        ["p", "q", "r"],
        "dp = l*p + a*(r - q)\ndq = l*q - a*p\ndr = l*r + a*p\nwhere a = sigmoid((r - q)'*p)",
    ),
    "LambdaRank": (
        "sum[i,j](Z[i,j]*log(1 + exp(-sigma*(s[i] - s[j]))))",
        {"s": "vector(n)", "Z": "matrix(n, n)", "sigma": "scalar"},
        "s",
        "sigma*(diag(M*Z) - diag(Z*M)) where M = sigmoid(sigma*(s*vector(1)' - vector(1)*s'))",
    ),
    "ListNet": (
        "-sum[i](softmax[i](y[i])*log(softmax[i](X[i,:]*w)))",
        {"X": "matrix(n, d)", "y": "vector(n)"},
        "w",
        "X'*(softmax(X*w) - softmax(y))",
    ),
    "ListMLE": (
        "-sum[i](X[i,:]*w - log(sum[j=i:n](exp(X[j,:]*w))))",
        {"X": "matrix(n, d)"},
        "w",
        "X'*(exp(X*w).*cumsum(1./revcumsum(exp(X*w))) - 1)",
    ),
    "mixture of experts": (
        "g = softmax(G*x); y = sum[k](g[k]*(W[k,:,:]*x)); norm2(y - t)^2",
        {"G": "matrix(K, d)", "W": "tensor(K, m, d)", "x": "vector(d)", "t": "vector(m)"},
        ["G", "W"],
        'dG = 2*(einsum("i,ijk,k,j->i", g, W, x, u) - einsum("i,j,jki,k->", x, g, W,'
        " u)*g)*x'\n"
        'dW = 2*einsum("i,j,k->ijk", g, u, x)\n'
        'where g = softmax(G*x), u = einsum("i,j,jki->k", x, g, W) - t',
    ),
    "EM of a Gaussian mixture with one covariance": (
        "sum[i,k](R[i,k]*(log(a[k]) - 1/2*logdet(S) - 1/2*(X[i,:]' -"
        " M[k,:]')'*inv(S)*(X[i,:]' - M[k,:]')))",
        {
            "R": "matrix(n, K)",
            "a": "vector(K)",
            "S": "psd(d)",
            "X": "matrix(n, d)",
            "M": "matrix(K, d)",
        },
        ["a", "M", "S"],
        "da = u./a\n"
        "dM = N*G\n"
        "dS = (G*(X'*(diag(R*vector(1))*X - R*M) - M'*N)*G - sum(R)*G)/2\n"
        "where u = R'*vector(1), N = R'*X - diag(u)*M, G = inv(S)",
    ),
    "two graph convolutions": (
        "-sum(Y.*logsoftmax(A*relu(A*X*W1)*W2, 2))",
        {
            "A": "symmetric(n)",
            "X": "matrix(n, d)",
            "W1": "matrix(d, h)",
            "W2": "matrix(h, k)",
            "Y": "matrix(n, k)",
        },
        ["W1", "W2"],
        "dW1 = X'*A*(step(M).*(A*N*W2'))\n"
        "dW2 = relu(M)'*A*N\n"
        "where M = A*X*W1, N = diag(Y*vector(1))*softmax(A*relu(M)*W2, 2) - Y",
    ),
    "dual of the support vector machine": (
        "sum[i](a[i]) - 1/2*sum[i,j](a[i]*a[j]*y[i]*y[j]*X[i,:]*X[j,:]')",
        {"a": "vector(n)", "y": "vector(n)", "X": "matrix(n, d)"},
        "a",
        "1 - y.*(X*X'*(a.*y))",
    ),
    "dual of entropic transport": (
        "f'*a + g'*b - e*sum[i,j](exp((f[i] + g[j] - C[i,j])/e))",
        {
            "f": "vector(n)",
            "a": "vector(n)",
            "g": "vector(m)",
            "b": "vector(m)",
            "e": "scalar",
            "C": "matrix(n, m)",
        },
        ["f", "g"],
        "df = a - M*vector(1)\n"
        "dg = b - M'*vector(1)\n"
        "where M = exp((f*vector(1)' + vector(1)*g' - C)/e)",
    ),
    "center loss": (
        "1/2*sum[i,k](Y[i,k]*norm2(X[i,:] - C[k,:])^2)",
        {"Y": "matrix(n, K)", "X": "matrix(n, d)", "C": "matrix(K, d)"},
        ["X", "C"],
        "dX = diag(Y*vector(1))*X - Y*C\ndC = diag(Y'*vector(1))*C - Y'*X",
    ),
    "dice loss": (
        "1 - (2*sum(p.*q) + e)/(sum(p) + sum(q) + e)",
        {"p": "vector(n)", "q": "vector(n)", "e": "scalar"},
        "p",
        "((2*p'*q + e)/(e + sum(p + q)) - 2*q)/(e + sum(p + q))",
    ),
    "Tversky loss": (
        "1 - sum(p.*q)/(sum(p.*q) + a*sum(p.*(1-q)) + b*sum((1-p).*q))",
        {"p": "vector(n)", "q": "vector(n)", "a": "scalar", "b": "scalar"},
        "p",
        "(t1*(a*(1 - q) - b*q) - t2*q)/(t2 + t1)^2 where t1 = p'*q, t2 = a*(1 -"
        " q)'*p + b*(1 - p)'*q",
    ),
    "pseudo-likelihood of spins": (
        "sum[i](s[i]*(h[i] + sum[j!=i](J[i,j]*s[j])) - log(2*cosh(h[i] + sum[j!=i](J[i,j]*s[j]))))",
        {"s": "vector(n)", "h": "vector(n)", "J": "matrix(n, n)"},
        ["h", "J"],
        "dh = u\ndJ = diag(u)*M*diag(s)\nwhere M = matrix(1) - eye, u = s - tanh((J.*M)*s + h)",
    ),
    "partial likelihood with a risk matrix": (
        "-sum[i](d[i]*(X[i,:]*b - log(sum[j](R[i,j]*exp(X[j,:]*b)))))",
        {"d": "vector(n)", "X": "matrix(n, p)", "b": "vector(p)", "R": "matrix(n, n)"},
        "b",
        "X'*(exp(X*b).*(R'*(d./(R*exp(X*b)))) - d)",
    ),
    "autoregression of order 2": (
        "sum[t=3:n]((y[t] - a*y[t-1] - b*y[t-2])^2)",
        {"y": "vector(n)", "a": "scalar", "b": "scalar"},
        ["a", "b"],
        "da = 2*t3'*t1\n"
        "db = 2*t3'*t2\n"
        "where t1 = y[2:n - 1], t2 = y[1:n - 2], t3 = a*t1 + b*t2 - y[3:n]",
    ),
    "Hawkes process": (
        "sum[i](log(mu + a*sum[j<i](exp(-b*(t[i]-t[j]))))) - mu*T - a/b*sum[i](1 -"
        " exp(-b*(T - t[i])))",
        {"mu": "scalar", "a": "scalar", "b": "scalar", "T": "scalar", "t": "vector(n)"},
        ["mu", "a", "b"],
        "dmu = sum(u) - T\n"
        "da = sum(triu(N, 1)*u) - c\n"
        "db = a*((c + (t - T)'*v)/b + sum(triu(M.*N, 1)*u))\n"
        "where M = t*vector(1)' - vector(1)*t', N = exp(b*M), u = 1./(a*triu(N,"
        " 1)'*vector(1) + mu), v = exp(b*(t - T)), c = (n - sum(v))/b",
    ),
    "attention with a mask": (
        "norm2(softmax(Q*K'/sqrt(d) + M, 2)*V - Y)^2",
        {
            "Q": "matrix(n, d)",
            "K": "matrix(m, d)",
            "V": "matrix(m, r)",
            "M": "matrix(n, m)",
            "Y": "matrix(n, r)",
        },
        ["Q", "K", "V"],
        "dQ = 2*t4*K/sqrt(d)\n"
        "dK = 2*t4'*Q/sqrt(d)\n"
        "dV = 2*t1'*t2\n"
        "where t1 = softmax(M + Q*K'/sqrt(d), 2), t2 = t1*V - Y, t3 = t1.*(t2*V'), "
        "t4 = t3 - diag(t3*vector(1))*t1",
    ),
    "bilinear regression of low rank": (
        "sum[i]((y[i] - X[i,:]*U*V'*Z[i,:]')^2)",
        {
            "y": "vector(n)",
            "X": "matrix(n, p)",
            "Z": "matrix(n, q)",
            "U": "matrix(p, r)",
            "V": "matrix(q, r)",
        },
        ["U", "V"],
        "dU = 2*X'*M*Z*V\ndV = 2*Z'*M*X*U\nwhere M = diag(diag(X*U*V'*Z') - y)",
    ),
    "quadratic regression": (
        "sum[i]((y[i] - a - X[i,:]*b - X[i,:]*C*X[i,:]')^2)",
        {
            "y": "vector(n)",
            "a": "scalar",
            "X": "matrix(n, p)",
            "b": "vector(p)",
            "C": "symmetric(p)",
        },
        ["a", "b", "C"],
        "da = 2*(a*n + sum(u) + tr(C*X'*X))\n"
        "db = 2*X'*v\n"
        "dC = 2*X'*diag(v)*X\n"
        "where u = X*b - y, v = u + a + diag(X*C*X')",
    ),
    "structural equations": (
        "logdet(S) + tr(inv(S)*R) where S = inv(eye - B)*P*inv(eye - B)'",
        {"R": "psd(n)", "B": "matrix(n, n)", "P": "psd(n)"},
        "B",
        "2*(inv(eye - B)' - inv(P)*(eye - B)*R)",
    ),
    "NOTEARS": (
        "1/(2*n)*norm2(X - X*W)^2 + a*(tr(expm(W.*W)) - d)",
        {"X": "matrix(n, d)", "W": "matrix(d, d)", "a": "scalar"},
        "W",
        "2*a*(W.*expm(W.^2)') + X'*(X*W - X)/n",
    ),
    "reconstruction by principal components": (
        "norm2(X - X*W*W')^2",
        {"X": "matrix(n, d)", "W": "matrix(d, k)"},
        "W",
        "2*(M'*X + X'*M)*W where M = X*W*W' - X",
    ),
    "probabilistic principal components": (
        "n/2*(logdet(C) + tr(inv(C)*S)) where C = W*W' + s*eye",
        {"W": "matrix(d, k)", "s": "scalar", "S": "psd(d)"},
        ["W", "s"],
        "dW = N*W\nds = tr(N)/2\nwhere M = inv(W*W' + s*eye), N = n*M*(eye - S*M)",
    ),
    "factor analysis": (
        "logdet(C) + tr(inv(C)*S) where C = L*L' + diag(p)",
        {"L": "matrix(d, k)", "p": "vector(d)", "S": "psd(d)"},
        ["L", "p"],
        "dL = 2*M*N*L\ndp = diag(M*N)\nwhere M = inv(L*L' + diag(p)), N = eye - S*M",
    ),
    "independent components": (
        "sum[i,k](log(cosh(W[k,:]*X[i,:]'))) - n*logdet(W)",
        {"W": "matrix(d, d)", "X": "matrix(n, d)"},
        "W",
        "tanh(W*X')*X - n*inv(W)'",
    ),
    "canonical correlation": (
        "(a'*C*b)/sqrt((a'*A*a)*(b'*B*b))",
        {"A": "psd(p)", "B": "psd(q)", "C": "matrix(p, q)", "a": "vector(p)", "b": "vector(q)"},
        ["a", "b"],
        "da = (C*b - t1*A*a/t2)/t4\n"
        "db = (C'*a - t1*B*b/t3)/t4\n"
        "where t1 = a'*C*b, t2 = a'*A*a, t3 = b'*B*b, t4 = sqrt(t2*t3)",
    ),
    "trace ratio of discriminants": (
        "tr(inv(V'*W*V)*(V'*B*V))",
        {"B": "symmetric(n)", "W": "psd(n)", "V": "matrix(n, k)"},
        "V",
        "2*(eye - W*V*M*V')*B*V*M where M = inv(V'*W*V)",
    ),
    "Mahalanobis metric": (
        "sum[i,j](Y[i,j]*(X[i,:]-X[j,:])*M*(X[i,:]-X[j,:])')",
        {"Y": "symmetric(n)", "X": "matrix(n, d)", "M": "psd(d)"},
        "M",
        "2*X'*(diag(Y*vector(1)) - Y)*X",
    ),
    "item response with discrimination": (
        "sum[i,j](Y[i,j]*log(sigmoid(a[j]*(t[i]-b[j]))) +"
        " (1-Y[i,j])*log(1-sigmoid(a[j]*(t[i]-b[j]))))",
        {"Y": "matrix(n, m)", "a": "vector(m)", "b": "vector(m)", "t": "vector(n)"},
        ["t", "a", "b"],
        "dt = M*a\n"
        "da = M'*t - b.*u\n"
        "db = -a.*u\n"
        "where M = Y - sigmoid(diag(a)*(vector(1)*t' - b*vector(1)'))', u = M'*vector(1)",
    ),
    "Rasch model": (
        "sum[i,j](Y[i,j]*(t[i]-b[j]) - log(1+exp(t[i]-b[j])))",
        {"Y": "matrix(n, m)", "b": "vector(m)", "t": "vector(n)"},
        ["t", "b"],
        "dt = M*vector(1)\ndb = -M'*vector(1)\nwhere M = Y - sigmoid(t*vector(1)' - vector(1)*b')",
    ),
    "DistMult": (
        "sum[i](log(1+exp(-y[i]*sum[k](H[i,k]*R[i,k]*T[i,k]))))",
        {"H": "matrix(n, d)", "R": "matrix(n, d)", "T": "matrix(n, d)", "y": "vector(n)"},
        "R",
        "-diag(y.*sigmoid(-y.*((H.*R.*T)*vector(1))))*(H.*T)",
    ),
    "modularity": (
        "1/(2*m)*sum[i,j]((A[i,j] - k[i]*k[j]/(2*m))*S[i,:]*S[j,:]')",
        {"A": "symmetric(n)", "k": "vector(n)", "m": "scalar", "S": "matrix(n, c)"},
        "S",
        "(A - k*k'/(2*m))*S/m",
    ),
    "probabilistic latent semantics": (
        "sum[d,w](N[d,w]*log(sum[z](T[d,z]*P[z,w])))",
        {"N": "matrix(D, W)", "T": "matrix(D, Z)", "P": "matrix(Z, W)"},
        ["T", "P"],
        "dT = (N./(T*P))*P'\ndP = T'*(N./(T*P))",
    ),
    "Dirichlet and multinomial": (
        "sum[i](gammaln(sum(a)) - gammaln(sum(a) + sum[k](X[i,k])) +"
        " sum[k](gammaln(a[k]+X[i,k]) - gammaln(a[k])))",
        {"a": "vector(K)", "X": "matrix(n, K)"},
        "a",
        "digamma(X' + a*vector(1)')*vector(1) + n*(digamma(sum(a)) - digamma(a)) -"
        " sum(digamma(X*vector(1) + sum(a)))",
    ),
    "probit regression": (
        "sum[i](log(normcdf(y[i]*X[i,:]*w)))",
        {"y": "vector(n)", "X": "matrix(n, d)"},
        "w",
        "X'*(y.*normpdf(y.*(X*w))./normcdf(y.*(X*w)))",
    ),
    "Weibull survival": (
        "sum[i](d[i]*(log(k) - k*X[i,:]*b + (k-1)*log(t[i])) - (t[i]*exp(-X[i,:]*b))^k)",
        {"d": "vector(n)", "k": "scalar", "X": "matrix(n, p)", "b": "vector(p)", "t": "vector(n)"},
        ["b", "k"],
        "db = k*X'*(u.^k - d)\n"
        "dk = (log(t) - X*b)'*d + sum(d)/k - (u.^k)'*log(u)\n"
        "where u = t.*exp(-X*b)",
    ),
    "regression with Student's errors": (
        "sum[i](log(1 + (y[i]-X[i,:]*w)^2/(nu*s^2)))",
        {"y": "vector(n)", "X": "matrix(n, d)", "nu": "scalar", "s": "scalar"},
        "w",
        "2*X'*((X*w - y)./((X*w - y).^2 + nu*s^2))",
    ),
    "deep sets": (
        "r'*tanh(V*sum[i](relu(U*X[i,:]' + b)) + c)",
        {
            "r": "vector(k)",
            "V": "matrix(k, m)",
            "U": "matrix(m, d)",
            "X": "matrix(n, d)",
            "b": "vector(m)",
            "c": "vector(k)",
        },
        ["U", "V"],
        "dU = diag(V'*u)*step(M)'*X\n"
        "dV = u*vector(1)'*relu(M)\n"
        "where M = X*U' + vector(1)*b', u = r.*(1 - tanh(V*relu(M)'*vector(1) +"
        " c).^2)",
    ),
    "style loss": (
        "sum[i,j]((F[i,:]*F[j,:]' - G[i,j])^2)",
        {"F": "matrix(c, n)", "G": "symmetric(c)"},
        "F",
        "4*(F*F' - G)*F",
    ),
    "low-rank adaptation": (
        "norm2((W + a*B*A)*X - Y)^2",
        {
            "W": "matrix(m, n)",
            "B": "matrix(m, r)",
            "A": "matrix(r, n)",
            "X": "matrix(n, N)",
            "Y": "matrix(m, N)",
            "a": "scalar",
        },
        ["A", "B"],
        "dA = 2*a*B'*M*X'\ndB = 2*a*M*X'*A'\nwhere M = (W + a*B*A)*X - Y",
    ),
    "modern Hopfield energy": (
        "-1/b*log(sum[i](exp(b*X[i,:]*q))) + 1/2*q'*q",
        {"b": "scalar", "X": "matrix(n, d)", "q": "vector(d)"},
        "q",
        "q - X'*softmax(b*X*q)",
    ),
    "determinantal point process": (
        "logdet(V*diag(exp(q))*V' + eye(n)) - sum(q)",
        {"V": "matrix(n, k)", "q": "vector(k)"},
        "q",
        "-diag(inv(diag(exp(q))*V'*V + eye))",
    ),
    "Cauchy's loss with its scale": (
        "sum(log(1 + (y - X*w).^2/c^2))",
        {"X": "matrix(n, d)", "c": "scalar"},
        ["w", "c"],
        "dw = 2*X'*(u./v)\ndc = -2*sum(u.^2./v)/c\nwhere u = X*w - y, v = u.^2 + c^2",
    ),
    "Geman and McClure's loss": (
        "sum((y - X*w).^2./(1 + (y - X*w).^2/c^2))",
        {"X": "matrix(n, d)", "c": "scalar"},
        "w",
        "2*X'*((X*w - y)./(((X*w - y)/c).^2 + 1).^2)",
    ),
    "logarithm of the hyperbolic cosine": (
        "sum(log(cosh(y - X*w))) + l*w'*w",
        {"X": "matrix(n, d)", "l": "scalar"},
        "w",
        "2*l*w + X'*tanh(X*w - y)",
    ),
    "exchangeable pairs": (
        "sum[i,j!=i](x[i]*x[j])/2 - h'*x",
        {"x": "vector(n)", "h": "vector(n)"},
        "x",
        "sum(x) - h - x",
    ),
    "Poisson's equation on a grid": (
        "norm2(U[1:n-2,2:m-1] + U[3:n,2:m-1] + U[2:n-1,1:m-2] + U[2:n-1,3:m] - 4*U[2:n-1,2:m-1]"
        " - F)^2",
        {"U": "matrix(n, m)", "F": "matrix(n-2, m-2)"},
        "U",
        "2*([N; zeros(2, m)] + [zeros(1, m); M, zeros(n - 2, 2); zeros(1, m)] + [zeros(2, m); N] +"
        " [zeros(1, m); zeros(n - 2, 2), M; zeros(1, m)] - 4*blkdiag(zeros(1, 1), M, zeros(1, 1)))"
        " where M = U[1:n - 2, 2:m - 1] + U[2:n - 1, 1:m - 2] + U[2:n - 1, 3:m] +"
        " U[3:n, 2:m - 1] - 4*U[2:n - 1, 2:m - 1] - F,"
        " N = [zeros(n - 2, 1), M, zeros(n - 2, 1)]",
    ),
    "spatial autoregression": (
        "-logdet(eye - r*W) + log(norm2(y - r*W*y - X*b))",
        {"r": "scalar", "W": "matrix(n, n)", "X": "matrix(n, k)", "b": "vector(k)"},
        ["r", "b"],
        "dr = tr(W*inv(eye - r*W)) - u'*W*y/a\n"
        "db = -X'*u/a\n"
        "where u = y - X*b - r*W*y, a = norm2(u)^2",
    ),
    "least squares by all that is in it": (
        "norm2(A*x - b)^2/2",
        {"A": "matrix(m, n)", "b": "vector(m)"},
        ["A", "x", "b"],
        "dA = u*x'\ndx = A'*u\ndb = -u\nwhere u = A*x - b",
    ),
    "flow matching by the time": (
        "norm2(W*((1 - t)*x + t*y) - (y - x))^2",
        {"W": "matrix(d, d)", "t": "scalar"},
        "t",
        "2*(W*((1 - t)*x + t*y) + x - y)'*W*(y - x)",
    ),
    "bound of the horseshoe prior": (
        "-sum(log(log(1 + 2*s^2./w.^2)))",
        {"w": "vector(n)", "s": "scalar"},
        "w",
        "4*s^2./(w.*(2*s^2 + w.^2).*log(1 + 2*(s./w).^2))",
    ),
    "the largest square of a grid": (
        "norm2(U[2:n-1,3:m])^2",
        {"U": "matrix(n, m)"},
        "U",
        "2*[zeros(1, m); zeros(n - 2, 2), U[2:n - 1, 3:m]; zeros(1, m)]",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 8))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)
