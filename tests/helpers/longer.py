"""Published derivatives that the engine prints with more tokens than their source, each with the
reason.
"""

NAMED = "the published form names a part that occurs several times"

LONGER: dict[str, str] = {
    # Wikipedia
    "wikipedia-scalar-matrix-det": "det(X)*inv(X)' says more than cof(X), and holds as well",
    # giles
    "giles-solve-reverse-matrix": "(inv(A)*B)' is written without its bracket, B'*inv(A)'",
    # gaussian
    "gaussian-factor-noise": NAMED,
    # densities
    "student-score-scale": NAMED,
    # processes
    "gp-likelihood-parameter": NAMED,
    "gp-likelihood-noise": NAMED,
    # factorisations
    "autoencoder-sigmoid-encoder": NAMED,
    "autoencoder-contractive": NAMED,
    # networks
    "network-sigmoid-bias": NAMED,
    "network-sigmoid-weights": NAMED,
    "network-tanh-weights": NAMED,
    "network-jacobian-sigmoid": NAMED,
    "network-two-layers-inner": NAMED,
    "network-two-layers-inner-bias": NAMED,
    "network-two-layers-softmax-inner": NAMED,
    "network-batch-sigmoid-single": NAMED,
    # control
    "riccati-directional": NAMED,
    "system-feedback-inverse": NAMED,
    # statistics
    "pca-reconstruction-vector": NAMED,
    # portfolios
    "design-i-optimal": NAMED,
}
