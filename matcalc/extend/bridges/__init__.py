"""Exchange of expressions with other systems; each module loads the other system when it is used,
not before.
"""
