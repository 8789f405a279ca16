"""Text to syntax tree: the lexer, the table-driven LALR parser, declarations and the naming
rule.
"""
