"""Lays the ground: from a fresh checkout to a running city and to a tested one, with nothing but Python itself."""
