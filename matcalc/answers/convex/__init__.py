"""Whether an expression is convex."""
