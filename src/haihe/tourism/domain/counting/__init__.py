"""Counting people once across overlapping sources, without persons leaving any of them. Knows no Django."""
