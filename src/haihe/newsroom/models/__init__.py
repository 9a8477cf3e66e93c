from haihe.newsroom.models.arrival import Alias, ItemEdit, LeadPicture, Mention
from haihe.newsroom.models.desks import Filing, NewsDesk, Stage
from haihe.newsroom.models.errors import ErrorCount
from haihe.newsroom.models.families import Family, FamilyEdit, Placement
from haihe.newsroom.models.house import HouseRule, LinkVisit, ProofList
from haihe.newsroom.models.items import Item, ItemVersion
from haihe.newsroom.models.manuscripts import Manuscript, ManuscriptSource
from haihe.newsroom.models.payments import FeePayment, PaidEntry
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
    "FeePayment",
    "FeeRate",
    "Fetch",
    "FieldReport",
    "Filing",
    "HouseRule",
    "Item",
    "ItemEdit",
    "ItemVersion",
    "Lead",
    "LeadPicture",
    "LinkVisit",
    "LinkedPage",
    "Manuscript",
    "ManuscriptSource",
    "Mention",
    "NewsDesk",
    "Offer",
    "Office",
    "PaidEntry",
    "Pitch",
    "Placement",
    "Post",
    "ProofList",
    "PushKey",
    "Remark",
    "ReviewRule",
    "Share",
    "SharingRule",
    "Source",
    "Stage",
    "Subscription",
    "Writer",
]
