"""Examples for the help of each command; tests run them all."""

from __future__ import annotations

from functools import cache

EXAMPLES = """\
  matcalc diff "x'*A*x" --wrt x
  matcalc diff "x'*A*x" --wrt x --var "A: symmetric(n)"
  matcalc diff "norm2(A*x - b)^2" -w x -v "b: vector(m)" --check
  matcalc diff "logsumexp(x)" --wrt x --order 2 --format latex
  matcalc diff "log(det(A + X*X'))" --wrt X --steps
  echo "r = A*x - y; r'*r/2" | matcalc diff - --wrt x --format numpy
  matcalc diff "norm2(W*x + b - y)^2" --wrt W,b --var "b: vector(m)"
  matcalc diff "norm2(W*x + b - y)^2" --wrt all --data x,y --var "b: vector(m)"
  matcalc diff "sum(mish(A*x))" --wrt x --identities mine.toml
  matcalc diff --file losses.matcalc --wrt x
  matcalc jvp "inv(X)" --direction X=D
  matcalc jvp "x'*A*y" --direction x=u,y=v
  matcalc vjp "A*X*B" --wrt X --cotangent U
  matcalc hvp "norm2(x)^3" --wrt x --direction v
  matcalc backprop "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; norm2(f[K])^2" --wrt A
  matcalc hessian "x'*A*y" --wrt x,y
  matcalc taylor "sin(x)" --at 0 --order 5 --var "x: scalar"
  matcalc taylor "inv(X)" --wrt X --order 2
  matcalc taylor "log(1 + x)" --at 0 --order 3 --series --var "x: scalar"
  matcalc linearize "softmax(x)" --at 0
  matcalc stationary "norm2(X*w - y)^2 + c*w'*w" --wrt w --var "y: vector(n)" --var "c: positive"
  matcalc convex "logsumexp(A*x)" --wrt x
  matcalc implicit "A*x - b" --of x --wrt b --var "b: vector(n)"
  matcalc implicit "A*x - b" --of x --wrt A --objective "x'*x" --var "b: vector(n)"
  matcalc newton "logsumexp(A*x) - b'*x" --wrt x --var "b: vector(n)"
  matcalc gauss-newton "tanh(A*x) - y" --wrt x --var "y: vector(m)"
  matcalc check "x'*A*x" --wrt x --claim "(A + A')*x"
  matcalc check --latex "\\nabla_x x^\\top x = 2x"
  matcalc check claims.toml
  matcalc check "logsumexp(x)" --wrt x --claim "softmax(x)" --plot errors.svg
  matcalc simplify "inv(A*B)*A" --var "A: invertible(n)"
  matcalc equal "tr(A*B)" "tr(B*A)"
  matcalc graph "norm2(W*tanh(V*x) - y)^2" --wrt V --var "y: vector(m)" --format mermaid
  matcalc graph "tr(A*X'*B*X*C)" --wrt X --network
  matcalc graph "norm2(W*tanh(V*x) - y)^2" --wrt V --var "y: vector(m)" --sizes m=5,n=20,p=10
  matcalc graph "f[0] = x; for k = 1:K; f[k] = tanh(A*f[k-1]); end; norm2(f[K])^2" --wrt A
  matcalc identities logdet
  matcalc functions softmax
  matcalc web --port 8000
  matcalc completion bash > ~/.local/share/bash-completion/completions/matcalc
  matcalc completion zsh > ~/.zfunc/_matcalc
  matcalc completion fish > ~/.config/fish/completions/matcalc.fish
  matcalc manual | man -l -
  matcalc mcp
  matcalc lsp
"""


def all_examples() -> str:
    """The first two of each command, for the help of them all."""
    first = {line for lines in _by_command().values() for line in lines[:2]}
    return "\n".join(["examples:", *[line for line in EXAMPLES.splitlines() if line in first], ""])


def examples_of(command: str) -> str:
    """Those of one command."""
    return "\n".join(["examples:", *_by_command().get(command, []), ""])


@cache
def _by_command() -> dict[str, list[str]]:
    """The lines by what follows ``matcalc`` in them."""
    found: dict[str, list[str]] = {}
    for line in EXAMPLES.splitlines():
        name = line.partition("matcalc ")[2].partition(" ")[0]
        found.setdefault(name, []).append(line)
    return found
