"""From text or LaTeX to a typed tree."""
