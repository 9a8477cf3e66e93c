"""Equirectangular panorama → cube tiles of many resolutions for Photo Sphere Viewer, Pannellum and Marzipano."""

RECIPE = "cube-1"  # another number whenever the tiles come out otherwise
