from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from lxml import etree, html

from haihe.base.outbound import Client as Outbound
from haihe.base.outbound import forget_shared_client
from haihe.base.outbound.testing import LOOPBACK, Site, serving
from haihe.portal.domain import embedding
from haihe.portal.tests import factory
from haihe.portal.tests.conftest import HOSTILE, SmallCity

HOST = "http://localhost:8000"


def asked(client: Client, url: str, **more: str) -> Any:
    return client.get("/oembed/", {"url": url, **more})


def test_page_leads_to_an_answer_that_the_endpoint_gives_too(small_city: SmallCity, client: Client) -> None:
    for story in (small_city.full, small_city.english):
        for prefix in ("", "/en"):
            page = html.fromstring(client.get(prefix + story.path).content)
            (address,) = page.xpath("//link[@type='application/json+oembed']/@href")
            found = client.get(address.removeprefix(HOST))
            assert found.headers["Content-Type"].startswith("application/json")
            assert json.loads(found.content) == json.loads(asked(client, HOST + prefix + story.path).content)


def test_answer_has_what_the_specification_asks_of_rich(small_city: SmallCity, client: Client) -> None:
    found = json.loads(asked(client, HOST + small_city.full.path).content)

    assert (found["version"], found["type"], found["title"]) == ("1.0", "rich", "三岔河口的清晨")
    assert (found["author_name"], found["provider_url"]) == ("李宁", f"{HOST}/")
    assert (found["thumbnail_url"], found["thumbnail_width"]) == (f"{HOST}{small_city.full.path}card.jpg", 1200)
    assert found["ai_label"] in found["html"]


def test_size_is_never_larger_than_asked(small_city: SmallCity, client: Client) -> None:
    own = f"{small_city.full.path}oembed.json"
    small = json.loads(client.get(own, {"maxwidth": "300", "maxheight": "150"}).content)
    tiny = json.loads(client.get(own, {"maxwidth": "20", "maxheight": "x"}).content)

    assert (small["type"], small["width"], small["height"]) == ("rich", 300, 150)
    assert "thumbnail_url" not in small
    assert (tiny["type"], {"html", "width", "thumbnail_url"} & set(tiny)) == ("link", set())


def test_xml_says_the_same_and_other_forms_are_refused(small_city: SmallCity, client: Client) -> None:
    url = HOST + small_city.hostile.path
    root = etree.fromstring(asked(client, url, format="xml").content)
    found = json.loads(asked(client, url).content)

    assert {one.tag: one.text for one in root} == {name: str(value) for name, value in found.items()}
    assert asked(client, url, format="yaml").status_code == 501


def test_hostile_words_stay_words(small_city: SmallCity, client: Client) -> None:
    tree = html.fragment_fromstring(json.loads(asked(client, HOST + small_city.hostile.path).content)["html"])

    assert tree.xpath("//a")[0].text == HOSTILE
    assert {one.tag for one in tree.iter()} == {"blockquote", "p", "a", "footer", "time"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://[",
        "https://elsewhere.example/story/20261123-abc/",
        f"{HOST}/",
        f"{HOST}/admin/",
        "javascript:1",
    ],
)
def test_what_is_not_ours_is_not_found(db: None, client: Client, url: str) -> None:
    assert asked(client, url).status_code == 404


def test_withdrawn_is_gone(small_city: SmallCity, client: Client) -> None:
    url, title = HOST + small_city.full.path, small_city.full.title
    factory.withdraw(small_city.full)
    for form in ("json", "xml"):
        response = asked(client, url, format=form)
        assert (response.status_code, title in response.content.decode()) == (410, False)
    assert client.get(f"{small_city.full.path}oembed.json").status_code == 410


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as started:
        yield started


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    client = Outbound(allow=[LOOPBACK])
    yield client
    client.close()


def offer(site: Site, **said: Any) -> str:
    """A page that leads to an oEmbed document; returns its address."""
    link = '<link rel="alternate" type="application/json+oembed" href="/oembed?x=1">'
    site.put("/page", f"<html><head>{link}</head><body>x</body></html>", Content_Type="text/html")
    site.put("/oembed?x=1", json.dumps({"version": "1.0", "type": "video", **said}), Content_Type="application/json")
    return site.url("/page")


def test_only_words_of_a_foreign_answer_are_kept(site: Site, outbound: Outbound) -> None:
    evil = "<script>alert(1)</script><iframe src='https://evil.example'></iframe>"
    url = offer(site, title=f"灯会\x00{evil}", author_name=["x"], provider_name="视频站" + "长" * 999, html=evil)
    found = embedding.look_up(url, hosts=["127.0.0.1"], client=outbound)
    tree = html.fragment_fromstring(found.html)

    assert {one.tag for one in tree.iter()} == {"blockquote", "p", "a", "footer"}
    assert tree.xpath("//a")[0].text == f"灯会{evil}"
    assert tree.xpath("//a/@href") == [url]
    assert max(map(len, (found.title, found.author, found.provider))) <= embedding.LONGEST


def test_hosts_the_operator_did_not_name_are_never_asked(site: Site, outbound: Outbound) -> None:
    url = offer(site, title="x")
    for hosts in ([], ["example.org"], ["0.0.1"], ["27.0.0.1"]):
        with pytest.raises(embedding.NotEmbeddable):
            embedding.look_up(url, hosts=hosts, client=outbound)
    assert site.asked == []


def test_a_named_host_leads_to_no_other(site: Site, outbound: Outbound) -> None:
    link = f'<link rel="alternate" type="application/json+oembed" href="{site.url("/oembed", host="localhost")}">'
    site.put("/page", f"<html><head>{link}</head></html>")
    site.put("/oembed", "{}")
    site.redirect("/away", site.url("/page", host="localhost"))
    for path in ("/page", "/away"):
        with pytest.raises(embedding.NotEmbeddable):
            embedding.look_up(site.url(path), hosts=["127.0.0.1"], client=outbound)
    assert "/oembed" not in [path for path, _headers in site.asked]


@pytest.mark.parametrize("body", ["", "[]", "{", '{"type": "widget"}', "null", "\x00"])
def test_answers_that_are_none_are_refused_with_words(site: Site, outbound: Outbound, body: str) -> None:
    url = offer(site)
    site.put("/oembed?x=1", body)
    with pytest.raises(embedding.NotEmbeddable):
        embedding.look_up(url, hosts=["127.0.0.1"], client=outbound)


def test_staff_embed_through_wagtail_and_see_why_not(site: Site, settings: Any, db: None, monkeypatch: Any) -> None:
    from wagtail.embeds.embeds import get_embed
    from wagtail.embeds.exceptions import EmbedException, EmbedUnsupportedProviderException

    url = offer(site, title="灯会", provider_name="视频站")
    with pytest.raises(EmbedUnsupportedProviderException):
        get_embed(url)
    settings.HAIHE = dataclasses.replace(settings.HAIHE, embed_hosts=("127.0.0.1",))
    forget_shared_client()
    with pytest.raises(EmbedException):
        get_embed(url)  # loopback stays closed, whatever the list of hosts says
    monkeypatch.setenv("HAIHE_ALLOW_ADDRESSES", LOOPBACK)
    forget_shared_client()
    try:
        assert get_embed(url).html.startswith('<blockquote class="embed"')
    finally:
        forget_shared_client()


def test_hosts_below_a_named_one_count_and_look_alikes_do_not() -> None:
    hosts = ["video.example"]
    allowed = ["https://video.example/1", "http://m.video.example/1", "https://VIDEO.example./1"]
    refused = [
        "https://evilvideo.example/1",
        "https://video.example.evil/1",
        "ftp://video.example/",
        "https://[",
        "//video.example",
    ]
    assert [embedding.may_ask(url, hosts) for url in (*allowed, *refused)] == [True] * 3 + [False] * 5
