"""Published derivatives that the engine prints with more tokens than their source, each with the reason."""

SPLIT = "the determinant of a product of square matrices is split into determinants"
SHORT_PINV = "the pseudo-inverse is not recognised in X*inv(X'*X)"
PENROSE = "Z*pinv(Z) and pinv(Z)*Z are not known to be symmetric"
DET_POWER = "det(X)*det(X)^(k - 1) is not one power"

LONGER: dict[str, str] = {
    # The Matrix Cookbook
    "cookbook-51": SPLIT,
    "cookbook-55": SHORT_PINV,
    "cookbook-56": PENROSE,
    "cookbook-58": DET_POWER,
    "cookbook-122": "frechet_power of transposes is not the transpose of frechet_power",
    "cookbook-131-b": "x'*x is not known to be positive",
    # Wikipedia
    "wikipedia-scalar-matrix-tr-g": "a sum of transposes is not the transpose of a sum",
    "wikipedia-scalar-matrix-det": "det(X)*inv(X)' says more than cof(X), and holds as well",
    "wikipedia-scalar-matrix-det-axb": SPLIT,
    "wikipedia-scalar-matrix-det-power": DET_POWER,
    "wikipedia-scalar-matrix-logdet-xtx": SHORT_PINV,
    "wikipedia-scalar-matrix-logdet-pinv": PENROSE,
    "wikipedia-scalar-vector-axxb": "x is not factored out of (a'*x)*b + (b'*x)*a",
}
