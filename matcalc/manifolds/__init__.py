"""Gradients and Hessians on manifolds, and in other inner products than that of the entries."""
