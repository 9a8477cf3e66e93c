"""HTTP interfaces that are described in a data file: a new one needs no code."""
