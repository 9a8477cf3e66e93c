from haihe.newsroom.models.arrival import Alias, ItemEdit, LeadPicture, Mention
from haihe.newsroom.models.families import Family, FamilyEdit, Placement
from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.reviews import (
    Delegation,
    DraftHash,
    DutyState,
    DutyTask,
    Office,
    Post,
    ReviewRule,
    Writer,
)
from haihe.newsroom.models.sharing import Correspondent, FeeEntry, FeeRate, Offer, Share, SharingRule
from haihe.newsroom.models.sources import Fetch, LinkedPage, PushKey, Source, Subscription

__all__ = [
    "Alias",
    "Correspondent",
    "Delegation",
    "DraftHash",
    "DutyState",
    "DutyTask",
    "Family",
    "FamilyEdit",
    "FeeEntry",
    "FeeRate",
    "Fetch",
    "Item",
    "ItemEdit",
    "ItemVersion",
    "LeadPicture",
    "LinkedPage",
    "Manuscript",
    "ManuscriptSource",
    "Mention",
    "Offer",
    "Office",
    "Placement",
    "Post",
    "PushKey",
    "ReviewRule",
    "Share",
    "SharingRule",
    "Source",
    "Subscription",
    "Writer",
]
