"""Equirectangular panorama → cube tiles of many resolutions for Photo Sphere Viewer, Pannellum and Marzipano."""

RECIPE = "cube-1"  # another number whenever the tiles come out otherwise


def recipe_of(half: str = "") -> str:
    """Of the tiles of a whole picture, or of one half of a stereo picture."""
    return f"{RECIPE}-{half}" if half else RECIPE
