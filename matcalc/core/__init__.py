"""The vocabulary that every stage shares; imports nothing of ours from outside this package."""
