from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.sources import Fetch, Source

__all__ = ["Fetch", "Item", "ItemVersion", "Manuscript", "ManuscriptSource", "Source"]
