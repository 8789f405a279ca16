"""identities/ as data: read, checked, compiled when used."""
