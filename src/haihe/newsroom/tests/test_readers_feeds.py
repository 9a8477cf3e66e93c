from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime

import pytest

from haihe.newsroom.domain.readers import FeedUnreadable, WebPage, readers
from haihe.newsroom.tests.delivered import HEAD, ITEM, TAIL, of


def test_readers_are_registered_by_their_files() -> None:
    families = [
        "article",
        "atom",
        "docx",
        "jsonfeed",
        "mail",
        "newsml",
        "ninjs",
        "nitf",
        "opml",
        "picture",
        "rss",
        "sitemap",
    ]
    assert sorted(readers()) == families


def test_rss_entry_is_read_whole() -> None:
    feed = of(
        '<rss version="2.0"><channel><title>站</title><link>https://a.example/</link><language>zh-cn</language>'
        "<item><title>甲 &amp; 乙</title><link>https://a.example/1</link><guid isPermaLink='false'>g1</guid>"
        "<author>张三</author><category>文化</category><pubDate>Mon, 01 May 2023 12:00:00 +0800</pubDate>"
        "<description>摘要</description><content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        "&lt;p&gt;全文&lt;/p&gt;</content:encoded><enclosure url='https://a.example/1.mp3' type='audio/mpeg' length='9'/>"  # noqa: E501
        "</item></channel></rss>"
    )
    entry = feed.entries[0]
    assert (feed.title, feed.link, feed.language, feed.format) == ("站", "https://a.example/", "zh-cn", "rss 2.0")
    assert (entry.id, entry.title, entry.link, entry.author) == ("g1", "甲 & 乙", "https://a.example/1", "张三")
    assert (entry.summary, entry.content, entry.content_type) == ("摘要", "<p>全文</p>", "text/html")
    assert entry.published == datetime(2023, 5, 1, 4, tzinfo=UTC)
    assert (entry.categories, entry.locator) == (("文化",), "entry[1]")
    assert [(e.url, e.media_type, e.length) for e in entry.enclosures] == [("https://a.example/1.mp3", "audio/mpeg", 9)]


RDF = """<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel rdf:about="https://a.example/feed.rdf"><title>站</title>
<link>https://a.example/</link><dc:language>zh-cn</dc:language><items><rdf:Seq><rdf:li rdf:resource="https://a.example/1"/>
</rdf:Seq></items></channel><item rdf:about="https://a.example/1"><title>甲</title><link>https://a.example/1</link>
<description>摘要</description><dc:creator>张三</dc:creator><dc:date>2026-05-03T10:20:00+08:00</dc:date>
<dc:subject>文化</dc:subject><content:encoded>&lt;p&gt;全文&lt;/p&gt;</content:encoded></item>
<item rdf:about="urn:2"><title>乙</title><dc:date>2026-05-03</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize("media_type", ["", "application/rdf+xml", "text/html", "application/json"])
def test_rss_1_in_rdf_is_read_whole(media_type: str) -> None:
    feed = of(RDF, media_type=media_type)
    first, second = feed.entries
    assert (feed.title, feed.link, feed.language, feed.format) == ("站", "https://a.example/", "zh-cn", "rss 1.0")
    assert (first.id, first.title, first.link, first.author) == (
        "https://a.example/1", "甲", "https://a.example/1", "张三",
    )  # fmt: skip
    assert (first.summary, first.content, first.categories) == ("摘要", "<p>全文</p>", ("文化",))
    assert first.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert (second.id, second.title, second.published) == ("urn:2", "乙", datetime(2026, 5, 2, 16, tzinfo=UTC))


def test_json_feed_entry_is_read_whole() -> None:
    feed = of(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "站",
                "home_page_url": "https://a.example/",
                "language": "zh",
                "items": [
                    {
                        "id": 7,
                        "url": "/7",
                        "title": "甲",
                        "content_html": "<p>全文</p>",
                        "date_published": "2023-05-01T12:00:00+08:00",
                        "authors": [{"name": "张三"}, {"name": "李四"}],
                        "tags": ["文化"],
                        "attachments": [{"url": "a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}],
                    },
                    {"content_text": "只有文字"},
                    "no object",
                ],
            }
        ),
        address="https://a.example/feed.json",
    )
    first, second = feed.entries
    assert (feed.title, feed.format, feed.problems) == ("站", "json feed 1.1", ("1 items are no objects",))
    assert (first.id, first.link, first.author, first.content) == (
        "7",
        "https://a.example/7",
        "张三, 李四",
        "<p>全文</p>",
    )
    assert first.published == datetime(2023, 5, 1, 4, tzinfo=UTC)
    assert first.enclosures[0].url == "https://a.example/a.mp3"
    assert (second.content, second.content_type) == ("只有文字", "text/plain")
    assert second.id.startswith("sha256:")


def test_id_is_derived_and_stable_where_none_is_given() -> None:
    bare = HEAD + "<item><title>甲</title><description>x</description></item>" + TAIL
    edited = bare.replace(">x<", ">y<")
    assert of(bare).entries[0].id.startswith("sha256:")
    assert of(bare).entries[0].id == of(edited).entries[0].id
    assert of(HEAD + "<item><link>https://a.example/1</link></item>" + TAIL).entries[0].id == "https://a.example/1"


@pytest.mark.parametrize(
    "cut", ["", "<item><title>cut he", "<item><title>x</tit", "<item><title>x</title><description><![CDATA[y<b"]
)
def test_truncated_feed_is_read_as_far_as_it_goes(cut: str) -> None:
    feed = of(HEAD + ITEM + ITEM.replace("one", "two").replace(">1<", ">2<") + cut)
    assert [entry.title for entry in feed.entries[:2]] == ["one", "two"]
    assert any("as far as it goes" in problem for problem in feed.problems)


def test_truncated_json_feed_is_read_as_far_as_it_goes() -> None:
    text = (
        '{"version":"https://jsonfeed.org/version/1.1","title":"标题","items":[{"id":"1","title":"甲"},{"id":"2","tit'
    )
    feed = of(text)
    assert (feed.title, [entry.title for entry in feed.entries]) == ("标题", ["甲"])
    assert feed.problems == ("the document breaks off; read as far as it goes",)


ENTITY_TRICKS = {
    "billion laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">'  # noqa: E501
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;"><!ENTITY x "&d;&d;&d;&d;&d;&d;">]>',
    "quadratic": '<!DOCTYPE r [<!ENTITY x "' + "A" * 100_000 + '">]>',
    "external file": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external public": '<!DOCTYPE r [<!ENTITY x PUBLIC "-//x" "http://127.0.0.1:9/x">]>',
    "parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY x "%p;">]>',
    "external subset": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "quoted bracket": '<!DOCTYPE r [<!ENTITY y "]>"><!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "in a comment": "<!DOCTYPE r [<!-- ' ]> --><!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
}


@pytest.mark.parametrize("trick", ENTITY_TRICKS)
def test_entity_tricks_are_harmless(trick: str) -> None:
    started = time.monotonic()
    body = HEAD + "<item><title>before &x; after</title><guid>0</guid></item>" + ITEM + TAIL
    feed = of(ENTITY_TRICKS[trick] + body.replace("&x;", "&x;" * (2000 if trick == "quadratic" else 1)))
    assert len(feed.entries) == 2
    assert "root:" not in repr(feed)
    assert sum(len(entry.title) for entry in feed.entries) < 10_000
    assert feed.entries[1].title == "one"
    assert time.monotonic() - started < 30


def test_small_entities_are_kept() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY city "天津"><!ENTITY eacute "&#233;">]>'
    assert of(doctype + HEAD + "<item><title>&city; caf&eacute;</title></item>" + TAIL).entries[0].title == "天津 café"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t\x00", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "a picture"),
        (b"%PDF-1.7 ...", "a PDF"),
        (bytes(range(256)) * 8, "neither XML nor JSON"),
        (b"hello", "neither XML nor JSON"),
        (b"<opml><body/></opml>", "OPML"),
        (b"<catalog><book/></catalog>", "<catalog>"),
        (b'{"a": 1}', "no JSON Feed"),
        (b'{"version": "x", ', "broken"),
        (b'{"items":' + b"[" * 100_000, "too deeply"),
        (b"<" * 200_000, "neither"),
        (b"<!--" * 200_000, "neither"),
        (b"<rss " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>", "hundred attributes"),
        (gzip.compress(b"\0" * (40 << 20)), "unpacks to too much"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, says: str) -> None:
    with pytest.raises(FeedUnreadable, match=says):
        of(data)


def test_web_page_names_its_feeds() -> None:
    page = (
        "<!-- x --><!DOCTYPE html><html><head><link rel='alternate' type='application/rss+xml' href='/f.xml?a=1&amp;b=2'>"  # noqa: E501
        "</head><body>x</body></html>"
    )
    with pytest.raises(WebPage, match="web page") as caught:
        of(page, address="https://a.example/news/")
    assert caught.value.feeds == ("https://a.example/f.xml?a=1&b=2",)


def test_control_characters_and_wrong_references_do_not_stop_reading() -> None:
    feed = of(HEAD + "<item><title>a\x0bb&#8;c&#xD800;&#99999999999;</title></item>" + ITEM + TAIL)
    assert [entry.title for entry in feed.entries] == ["abc", "one"]
