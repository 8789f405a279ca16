"""The page in the browser: what it asks the engine, and the local server behind it."""
