"""Families of news texts that are one text: reprints 转载 with other leads, tails, punctuation or script.

Pure: knows no Django, no clock, no network. The room adds items one by one to a `FamilyIndex`, and
`haihe newsroom families` runs the same code on a file.
"""

from haihe.newsroom.domain.families.index import FamilyIndex, Item
from haihe.newsroom.domain.families.spread import Spread

__all__ = ["FamilyIndex", "Item", "Spread"]
