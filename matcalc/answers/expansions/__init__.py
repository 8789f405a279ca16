"""Taylor polynomials, series, and derivatives from the definition."""
