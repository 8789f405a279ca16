"""Numeric judgement of derivatives and identities, sharing no code with the engine that produces
them.
"""
