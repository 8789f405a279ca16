"""matcalc: symbolic matrix calculus, verified."""
