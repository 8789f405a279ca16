"""The manifolds: their formulas, in the language itself.

In each formula ``X`` is the point, ``G`` the gradient and ``H`` the product of the Hessian and the
direction ``V``, both of the entries. ``U``, ``W`` and ``Z`` are arrays of the shape of X.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifold:
    """A manifold of arrays with ``rank`` axes; its points are of the ``kind``, if the language has
    one for them.

    ``gradient`` is the Riemannian gradient, ``hessian`` the Riemannian Hessian along V,
    ``inner`` the inner product of U and V at X, ``tangent`` what is zero for a tangent Z, and
    ``project`` a tangent for any W. ``bend`` is the second derivative of the geodesic along V.
    ``point`` is a point for any W, where the kind does not say it. ``invariant`` is zero where the
    function is one on the manifold.
    """

    says: str
    rank: int
    kind: str = ""
    gradient: str
    hessian: str
    inner: str
    tangent: str = ""
    project: str
    bend: str
    point: str = ""
    invariant: str = ""
    source: str


_AMS = "Absil, Mahony & Sepulchre, Optimization Algorithms on Matrix Manifolds (2008)"
_EAS = "Edelman, Arias & Smith, The geometry of algorithms with orthogonality constraints (1998)"

MANIFOLDS = {
    "sphere": Manifold(
        says="the sphere, norm2({0}) = 1",
        rank=1,
        kind="sphere",
        gradient="G - (X'*G)*X",
        hessian="H - (X'*H)*X - (X'*G)*V",
        inner="U'*V",
        tangent="X'*Z",
        project="W - (X'*W)*X",
        bend="-(V'*V)*X",
        source=f"{_AMS}, sections 3.6.1 and 5.5",
    ),
    "stiefel": Manifold(
        says="the Stiefel manifold, {0}'*{0} = eye, with the inner product of the entries",
        rank=2,
        kind="orthonormal",
        gradient="G - X*(X'*G + G'*X)/2",
        hessian="H - V*(X'*G + G'*X)/2 - X*(X'*(H - V*(X'*G + G'*X)/2) + "
        "(H - V*(X'*G + G'*X)/2)'*X)/2",
        inner="tr(U'*V)",
        tangent="X'*Z + Z'*X",
        project="W - X*(X'*W + W'*X)/2",
        bend="-X*(V'*V)",
        source=f"{_AMS}, sections 3.6.1 and 5.5; geodesics: {_EAS}, section 2.2",
    ),
    "grassmann": Manifold(
        says="the Grassmann manifold of the spans of {0}, {0}'*{0} = eye",
        rank=2,
        kind="orthonormal",
        gradient="G - X*(X'*G)",
        hessian="H - X*(X'*H) - V*(X'*G)",
        inner="tr(U'*V)",
        tangent="X'*Z",
        project="W - X*(X'*W)",
        bend="-X*(V'*V)",
        invariant="X'*G - G'*X",
        source=f"{_AMS}, sections 3.6.2 and 5.5; {_EAS}, section 2.5",
    ),
    "spd": Manifold(
        says="the positive definite matrices with the affine-invariant inner product",
        rank=2,
        kind="psd",
        gradient="X*G*X",
        hessian="X*H*X + (V*G*X + X*G*V)/2",
        inner="tr(inv(X)*U*inv(X)*V)",
        tangent="Z - Z'",
        project="(W + W')/2",
        bend="V*inv(X)*V",
        source="Boumal, An Introduction to Optimization on Smooth Manifolds (2023), section 11.7",
    ),
    "spd-euclidean": Manifold(
        says="the positive definite matrices with the inner product of the entries",
        rank=2,
        kind="psd",
        gradient="G",
        hessian="H",
        inner="tr(U'*V)",
        tangent="Z - Z'",
        project="(W + W')/2",
        bend="0*W",
        source="Boumal, An Introduction to Optimization on Smooth Manifolds (2023), section 3.6: "
        "an open set of the symmetric matrices",
    ),
    "poincare": Manifold(
        says="the Poincare ball, norm2({0}) < 1",
        rank=1,
        gradient="((1 - X'*X)^2/4)*G",
        hessian="((1 - X'*X)^2/4)*H - ((1 - X'*X)/2)*((X'*V)*G + (G'*V)*X - (X'*G)*V)",
        inner="(4/(1 - X'*X)^2)*(U'*V)",
        project="W",
        bend="-(2/(1 - X'*X))*(2*(X'*V)*V - (V'*V)*X)",
        point="W/sqrt(1 + W'*W)",
        source="Nickel & Kiela, Poincare embeddings (2017), section 3; connection: "
        "Besse, Einstein Manifolds (1987), theorem 1.159",
    ),
}


def euclidean(rank: int) -> Manifold:
    """All arrays with so many axes, with the inner product of the entries."""
    return Manifold(
        says="all arrays",
        rank=rank,
        gradient="G",
        hessian="H",
        inner=("U*V", "U'*V", "tr(U'*V)")[rank],
        project="W",
        bend="0*W",
        source=f"{_AMS}, section 3.6",
    )
