"""What a text says about itself at arrival: key terms, names of the city's directory, quality, its pictures.

Pure: knows no Django, no clock, no network, and gives the same for the same text. `newsroom.domain.arriving` calls it
for every entry on the way in; docs/arrival.md says what each measure means.
"""

from haihe.newsroom.domain.arrival.illustrations import Illustration, illustrations
from haihe.newsroom.domain.arrival.names import Named, Names
from haihe.newsroom.domain.arrival.quality import Quality, quality_of
from haihe.newsroom.domain.arrival.terms import key_terms

__all__ = ["Illustration", "Named", "Names", "Quality", "illustrations", "key_terms", "quality_of"]
