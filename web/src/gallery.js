// Examples of what people ask, each with what it needs.
export const GALLERY = [
  { name: "Least squares", expression: "norm2(A*x - b)^2", wrt: "x", variables: { b: "vector(m)" } },
  { name: "Trace", expression: "tr(A*X'*B*X*C)", wrt: "X" },
  { name: "Quadratic form, symmetric", expression: "x'*A*x", wrt: "x", variables: { A: "symmetric(n)" } },
  { name: "Log-determinant", expression: "logdet(X)", wrt: "X" },
  { name: "Logistic loss", expression: "sum(log(1 + exp(-y.*(X*w))))", wrt: "w" },
  { name: "Softmax cross-entropy", expression: "-sum(y.*logsoftmax(z))", wrt: "z", variables: { y: "onehot(n)" } },
  { name: "Two layers", expression: "norm2(W2*tanh(W1*x + b1) - y)^2", wrt: "W1", variables: { b1: "vector(k)" } },
  { name: "Gaussian log-likelihood", expression: "-1/2*logdet(S) - 1/2*(x - mu)'*inv(S)*(x - mu)", wrt: "S", variables: { S: "psd(n)", mu: "vector(n)" } },
  { name: "Matrix factorisation", expression: "norm2(T - U*V')^2", wrt: "U" },
  { name: "Jacobian as a Kronecker product", expression: "A*X*B", wrt: "X" },
  { name: "Hessian of log-sum-exp", expression: "logsumexp(A*x)", wrt: "x", order: 2 },
  { name: "A formula in LaTeX", expression: "\\lVert Ax - b \\rVert_2^2", wrt: "x", latex: true },
];
