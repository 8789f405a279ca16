"""The computational graph of an expression: its operations, their local derivatives, and values."""
