"""A release becomes a draft, which people send out there; a correction changes it, a withdrawal deletes it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels.domain.pictures import jpeg
from haihe.channels.domain.story import label_of, picture_of
from haihe.channels.shape import PlainChannel
from haihe.channels.wechat.platform import Platform
from haihe.releases.content import pictures
from haihe.releases.delivery.errors import NotAccepted
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way

FIELDS = ("title", "author", "digest", "content", "content_source_url")
COVER, COVER_WIDTH = 2.35, 900  # width by height, as the platform shows a cover, and pixels


class WeChat(PlainChannel):
    name: ClassVar[str] = "wechat"
    label: ClassVar[Any] = _("WeChat Official Account")
    explains: ClassVar[Any] = _("Each release becomes a draft in the account; a person sends it out there.")
    takes: ClassVar[tuple[str, ...]] = ("wechat",)
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.LOOK
    at_once: ClassVar[int] = 1
    fields: ClassVar[tuple[Field, ...]] = (
        Field("app_id", _("AppID")),
        Field("secret", _("AppSecret"), "secret"),
        Field("cover", _("cover (media_id)"), required=False, help=_("A permanent picture for stories without one.")),
        Field("base", _("address"), "url", initial="https://api.weixin.qq.com", help=_("Of the platform.")),
    )

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        """Files of the pictures by their address."""
        found: dict[str, bytes] = {}
        label = label_of(parcel.content) if parcel.rendered else None
        for each in pictures(dict(parcel.content)) if parcel.rendered else ():
            picture = picture_of(each)
            if picture and picture.address not in found and (file := jpeg(picture, label, width=1080)):
                found[picture.address] = file[0]
        lead = picture_of(parcel.content.get("lead_picture")) if parcel.rendered else None
        if lead and (cover := jpeg(lead, label, width=COVER_WIDTH, shape=COVER)):
            found[f"cover {lead.address}"] = cover[0]
        return found

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        held = account.settings
        platform = Platform(str(held["base"]), str(held["app_id"]), account.secrets.get("secret", ""))
        there = parcel.previous or (platform.find(parcel.url) if parcel.doubtful else "")
        if parcel.way is Way.DELETE:
            if there:
                platform.delete(there)
            return Receipt(remote_id=there, answer="deleted")
        assert parcel.rendered is not None
        draft = json.loads(parcel.rendered.body)
        article = {name: draft[name] for name in FIELDS} | {"need_open_comment": 0}
        article["content"] = _with_their_pictures(draft, parcel.more, platform)
        article["thumb_media_id"] = _cover(draft, parcel, account, platform)
        if there:
            platform.update(there, article)
            return Receipt(remote_id=there, status=200, answer="updated")
        return Receipt(remote_id=platform.add(article), status=200, answer="added")


def _with_their_pictures(draft: dict[str, Any], files: dict[str, bytes], platform: Platform) -> str:
    """The text with every picture at the platform's own address; pictures from elsewhere are filtered there."""
    content: str = draft["content"]
    for address in draft["pictures"]:
        if address in files:
            content = content.replace(f'src="{address}"', f'src="{platform.upload_picture(files[address])}"')
    return content


def _cover(draft: dict[str, Any], parcel: Parcel, account: Account, platform: Platform) -> str:
    """Raises NotAccepted where there is neither a picture nor a standing cover: the platform takes no draft without."""
    for address in filter(None, [draft["cover"], *draft["pictures"]]):
        if address in parcel.more:
            return platform.upload_cover(parcel.more.get(f"cover {address}", parcel.more[address]))
    if cover := str(account.settings.get("cover") or ""):
        return cover
    raise NotAccepted(str(_("A draft needs a picture: give the story one, or the channel a standing cover.")))
