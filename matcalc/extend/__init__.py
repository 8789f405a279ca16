"""What users add to the language, and the bridge to SymPy."""
