from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.reviews import Delegation, DutyState, DutyTask, Office, Post, ReviewRule
from haihe.newsroom.models.sources import Fetch, LinkedPage, PushKey, Source, Subscription

__all__ = [
    "Delegation",
    "DutyState",
    "DutyTask",
    "Fetch",
    "Item",
    "ItemVersion",
    "LinkedPage",
    "Manuscript",
    "ManuscriptSource",
    "Office",
    "Post",
    "PushKey",
    "ReviewRule",
    "Source",
    "Subscription",
]
