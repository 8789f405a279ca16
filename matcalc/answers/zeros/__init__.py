"""Where an expression is zero: equations and systems of equations, solved in closed form."""
