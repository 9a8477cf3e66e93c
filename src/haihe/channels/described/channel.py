"""Posting by a described interface."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from haihe.channels import http
from haihe.channels.described.description import Api, apis, at, filled
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, NotNow, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way


class Described(PlainChannel):
    """Where the interface knows no key, what is in doubt is decided by staff."""

    name: ClassVar[str] = "api"
    label: ClassVar[Any] = _("Described interface")
    explains: ClassVar[Any] = _(
        "Posts over HTTP to whatever a data file describes: Weibo, Mastodon, WordPress, or one of your own in apis/."
    )
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.NEVER
    at_once: ClassVar[int] = 1
    fields: ClassVar[tuple[Field, ...]] = (
        Field("api", _("interface"), help=_("Name of its data file: weibo, mastodon, wordpress, or your own.")),
        Field("base", _("address"), "url", help=_("Of the server, such as https://social.example.org")),
        Field("token", _("token"), "secret", help=_("As the network gave it to your account.")),
    )

    def usual(self, settings: Mapping[str, Any]) -> Sequence[str]:
        api = apis().get(str(settings.get("api", "")))
        return [api.product] if api else []

    def once_with(self, settings: Mapping[str, Any]) -> Once:
        api = apis().get(str(settings.get("api", "")))
        return Once.KEY if api and api.knows_keys else Once.NEVER

    def prepare(self, parcel: Parcel, account: Account) -> Any:
        return _api(account)

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        api: Api = parcel.more
        way = {Way.PUT: "put", Way.REPLACE: "replace", Way.DELETE: "delete"}[parcel.way]
        call = api.calls.get(way)
        if call is None or (parcel.way is not Way.PUT and not parcel.previous):
            raise NotAccepted(str(_("The interface does not describe this; do it there.")), thing=way)
        url, body, headers = filled(call, _words(parcel, account))
        answer = http.exchange(url, body, headers, method=call.method)
        try:
            said = json.loads(answer.body or b"{}")
        except ValueError:
            said = {}
        code = at(said, api.error) if api.error else ""
        if code and code not in (*api.fine, *api.done):
            kind = NotNow if code in api.again else NotAccepted
            raise kind(thing=code, status=answer.status, answer=http.words(answer))
        if code not in api.done:
            http.raise_for(answer)
        found = {name: at(said, where) for name, where in call.read.items()}
        return http.receipt(answer, remote_id=found.get("id") or parcel.previous, remote_url=found.get("url", ""))

    def check(self, account: Account) -> None:
        _api(account)


def _api(account: Account) -> Api:
    api = apis().get(str(account.settings.get("api", "")))
    if api is None:
        known = ", ".join(apis())
        raise WrongSettings(str(_("There is no such interface; there are: %(names)s") % {"names": known}))
    return api


def _words(parcel: Parcel, account: Account) -> dict[str, str]:
    """What the braces of a description may name."""
    content = parcel.content
    return {
        "base": str(account.settings.get("base", "")),
        "token": account.secrets.get("token", ""),
        "key": parcel.key,
        "remote_id": parcel.previous,
        "title": parcel.title,
        "summary": str(content.get("summary", "")),
        "url": parcel.url,
        "language": parcel.language,
        "published": parcel.first_published_at,
        "note": parcel.note,
        "body": parcel.rendered.body.decode("utf-8", "replace") if parcel.rendered else "",
    }
