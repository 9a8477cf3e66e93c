"""Overlapping photos of one place → one equirectangular panorama, level and closed."""
