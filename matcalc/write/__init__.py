"""From a typed tree to text, LaTeX and code."""
