"""Derivatives by complex variables: by z and by its conjugate (Wirtinger)."""
