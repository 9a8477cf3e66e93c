"""A newsletter by mail: asked for twice, left with one click."""
