"""Networks back to matrix notation."""
