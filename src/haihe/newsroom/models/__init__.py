from haihe.newsroom.models.arrival import Alias, ItemEdit, LeadPicture, Mention
from haihe.newsroom.models.errors import ErrorCount
from haihe.newsroom.models.families import Family, FamilyEdit, Placement
from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.planning import (
    Assignment,
    CalendarKey,
    Equipment,
    FieldReport,
    Lead,
    Pitch,
    Remark,
)
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
    "Assignment",
    "CalendarKey",
    "Correspondent",
    "Delegation",
    "DraftHash",
    "DutyState",
    "DutyTask",
    "Equipment",
    "ErrorCount",
    "Family",
    "FamilyEdit",
    "FeeEntry",
    "FeeRate",
    "Fetch",
    "FieldReport",
    "Item",
    "ItemEdit",
    "ItemVersion",
    "Lead",
    "LeadPicture",
    "LinkedPage",
    "Manuscript",
    "ManuscriptSource",
    "Mention",
    "Offer",
    "Office",
    "Pitch",
    "Placement",
    "Post",
    "PushKey",
    "Remark",
    "ReviewRule",
    "Share",
    "SharingRule",
    "Source",
    "Subscription",
    "Writer",
]
