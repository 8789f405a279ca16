"""What several kinds of answers share: names, points, equations, and several formulas."""
