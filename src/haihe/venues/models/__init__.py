"""Venues and scenic spots, the panoramas made for them, and the tours and exhibitions that are published."""

from haihe.venues.models.material import Ingredient, MediaFile, Panorama
from haihe.venues.models.places import Venue
from haihe.venues.models.visits import Annotation, Attention, Lesson
from haihe.venues.models.walks import Exhibition, Tour, Walk

__all__ = [
    "Annotation",
    "Attention",
    "Exhibition",
    "Ingredient",
    "Lesson",
    "MediaFile",
    "Panorama",
    "Tour",
    "Venue",
    "Walk",
]
