"""From a typed tree to its derivative: networks, rewrites, calculus, recovery."""
