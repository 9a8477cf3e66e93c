"""Small deliveries and what arrives of them, for the tests of arrival."""

from __future__ import annotations

from django.test import Client

from haihe.newsroom.domain.arrivals import settle_pending
from haihe.newsroom.domain.collecting import take_upload
from haihe.newsroom.models import Item, Source
from haihe.newsroom.tests.newsdesk import Newsdesk

TEXT = "天津博物馆今天上午举办海河文物特展，市民可以预约参观海河文物特展。"


def feed(text: str = TEXT, title: str = "海河文物特展开幕", extra: str = "", guid: str = "g1") -> bytes:
    return (
        "<rss version='2.0'><channel><title>津门</title><language>en-US</language><item>"
        f"<guid isPermaLink='false'>{guid}</guid><title>{title}</title>{extra}"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item></channel></rss>"
    ).encode()


def arrive(desk: Newsdesk, data: bytes, *, look: bool = True) -> Item:
    source, _ = Source.objects.get_or_create(organisation=desk.organisation, name="津门", transport="upload")
    row = take_upload(source, data, filename="feed.xml", by=None)
    assert row.problem == ""
    if look:
        settle_pending()
    return Item.objects.get(source=source)


def signed_in(desk: Newsdesk, role: str) -> Client:
    client = Client()
    client.force_login(desk.person(role))
    return client
