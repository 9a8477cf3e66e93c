"""Digital venues: panoramas, tours and exhibitions. The engines of `domain/` need no Django."""
