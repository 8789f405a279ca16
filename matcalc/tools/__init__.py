"""Where people work: what terminal, notebook, editor and assistant share, and each of them."""
