"""The short way through plain RSS gives what feedparser gives, and leaves alone what is not plain."""

from __future__ import annotations

from pathlib import Path

import pytest

from haihe.newsroom.domain.readers import Document, FeedUnreadable
from haihe.newsroom.domain.readers.plainrss import read_plain_rss
from haihe.newsroom.domain.readers.xmlfeeds import RssReader
from haihe.newsroom.tests.delivered import CHINESE
from haihe.newsroom.tests.test_readers_feed_cases import documents, packed

PLAIN = CHINESE.replace("<guid>", '<guid isPermaLink="false">')
RICH = """<?xml version="1.0" encoding="gb2312"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>津门
 新闻</title><link>http://news.example/a-b_c/?x=1&amp;y=2</link><atom:link href="http://news.example/f" rel="self"/>
<description>d</description><sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>
<cloud domain="news.example"/><language>zh-CN</language><image><title>图</title><url>http://news.example/i.png</url>
<link>http://else.example/</link></image>
<item><title>Q&amp;A：　海河　两岸 </title><link>https://news.example/2026/1.html</link>
<guid isPermaLink="false">tag:1</guid><dc:creator>张三</dc:creator><pubDate>Mon, 01 May 2023 12:00:00 +0800</pubDate>
<category domain="x">文化</category><category>文化</category><category> 旅游 </category>
<description>&lt;p&gt;摘要 &amp;amp; 其他&lt;/p&gt;</description>
<content:encoded><![CDATA[ <p>正文<b>全文</b></p> ]]></content:encoded><slash:comments>3</slash:comments>
<enclosure url="https://news.example/a.MP3" type="Audio/MPEG" length="12"/></item>
<item><title/><guid>https://news.example/2</guid><author>a@b.example (李四)</author></item>
<item><guid isPermaLink="false">only an id</guid><content:encoded>一</content:encoded>
<pubDate>2023年5月1日</pubDate></item>
<item><description>no id at all</description></item></channel></rss>"""


def read_both(data: bytes, address: str = "http://news.example/feed") -> bool:
    """Whether it is plain; where it is, both ways have given the same."""
    document = Document(data, address=address)
    try:
        plain = read_plain_rss(document)
        if plain is not None:
            assert plain == RssReader().read_by_feedparser(document)
    except FeedUnreadable:
        return False
    return plain is not None


def test_plain_rss_is_read_as_feedparser_reads_it(data_folder: Path) -> None:
    plain = [name for name, data in documents(data_folder / "feeds/real") if read_both(data)]
    plain += [name for name, data in documents(data_folder / "feeds/chinese") if read_both(data, "")]
    for archive in ("feedparser-fixtures", "w3c-feedvalidator-testcases", "gofeed-fixtures"):
        plain += [name for name, data in packed(data_folder / f"feeds/{archive}.tar.gz") if read_both(data)]
    assert len(plain) >= 100


def test_plain_rss_with_everything_in_it() -> None:
    assert read_both(PLAIN.encode())
    assert read_both(RICH.encode("gb2312"))
    assert read_both(RICH.replace("gb2312", "utf-8").encode())


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ('<rss version="2.0"', '<!DOCTYPE rss [<!ENTITY e "x">]><rss version="2.0"'),
        ('<rss version="2.0"', '<rss version="2.0" xml:base="http://other.example/"'),
        ("</guid>", "</guid><guid>g2</guid>"),
        ("</guid>", "</guid><link>../relative</link>"),
        ("g1</guid>", "g1</guid><link>http://news.example/a/../b</link>"),
        ("</guid>", "</guid><source url='http://else.example/'>别处</source>"),
        (' isPermaLink="false"', ""),
        ("海河两岸灯光璀璨", "海河&lt;b&gt;两岸&lt;/b&gt;灯光璀璨"),
        ("海河两岸灯光璀璨", "<b>海河</b>两岸"),
        ("海河两岸灯光璀璨", "cafÃ©"),
        ("海河两岸灯光璀璨", "海河\x85两岸"),
        ("海河两岸灯光璀璨", "海河<!-- -->两岸"),
        ("</channel>", "<xhtml:meta xmlns:xhtml='http://www.w3.org/1999/xhtml'/></channel>"),
        ("</item>", ""),
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(what: str, instead: str) -> None:
    assert what in PLAIN
    assert not read_both(PLAIN.replace(what, instead).encode())
