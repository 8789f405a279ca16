"""Two judges, each independent of the engine, and what is printed read back."""
