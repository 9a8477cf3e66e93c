"""Equirectangular panorama → cube tiles of many resolutions for Photo Sphere Viewer, Pannellum and Marzipano."""
