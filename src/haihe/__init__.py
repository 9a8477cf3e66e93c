"""Haihe 海河: a city's culture online, from collection to experience."""

__version__ = "0.1.0"
