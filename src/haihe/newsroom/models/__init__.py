from haihe.newsroom.models.arrival import Alias, ItemEdit, LeadPicture, Mention
from haihe.newsroom.models.families import Family, FamilyEdit, Placement
from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.reviews import Delegation, DutyState, DutyTask, Office, Post, ReviewRule
from haihe.newsroom.models.sources import Fetch, LinkedPage, PushKey, Source, Subscription

__all__ = [
    "Alias",
    "Delegation",
    "DutyState",
    "DutyTask",
    "Family",
    "FamilyEdit",
    "Fetch",
    "Item",
    "ItemEdit",
    "ItemVersion",
    "LeadPicture",
    "LinkedPage",
    "Manuscript",
    "ManuscriptSource",
    "Mention",
    "Office",
    "Placement",
    "Post",
    "PushKey",
    "ReviewRule",
    "Source",
    "Subscription",
]
