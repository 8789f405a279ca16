"""Published derivatives that the engine prints with more tokens than their source, each with the reason."""

LONGER: dict[str, str] = {
    # Boyd & Vandenberghe
    "boyd-log-normal-cdf": "2/(sqrt(2)*sqrt(pi)) is not 2/sqrt(2*pi)",
    "boyd-problem-r10000-hessian": "no common denominator is taken",
    # Wikipedia
    "wikipedia-scalar-matrix-det": "det(X)*inv(X)' says more than cof(X), and holds as well",
    "wikipedia-scalar-scalar-det-second-square": "4*x^2 is not taken into the square of a trace",
    "wikipedia-scalar-vector-axxb": "x is not factored out of (a'*x)*b + (b'*x)*a",
}
