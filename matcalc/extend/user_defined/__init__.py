"""Identities and functions that users bring: read, judged and taken in, or refused."""
