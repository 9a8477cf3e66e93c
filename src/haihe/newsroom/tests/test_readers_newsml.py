"""NewsML-G2 and NITF: what the published listings say, as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from haihe.newsroom.domain.readers import FeedUnreadable
from haihe.newsroom.domain.sanitising import as_text, for_display
from haihe.newsroom.tests.delivered import example, of, one

# listing: title, published, authors, credit, kind, beginning of the text
LISTINGS = {
    "1_": (
        'Fed to halt QE to avert "bubble"', "2018-10-21T21:25:32", ("Meredith Jameson",),
        "Example Enews LLP", "text", "",
    ),
    "2_": (
        'Fed to halt QE to avert "bubble"', "2018-11-21T21:25:32", ("Meredith Jameson",), "Associated Press", "text",
        "(New York, NY - October 21) Et, sent luptat luptat, commy Nim zzriureet",
    ),
    "3_": (
        "Variety Of Recessionary Forces Leave Las Vegas Economy Scarred", "2018-10-12T06:42:04", ("Spencer Platt",),
        "Getty Images", "picture", "A general view of part of downtown, including Las Vegas Boulevard,",
    ),
    "3A_": (
        "Variety Of Recessionary Forces Leave Las Vegas Economy Scarred", "2018-10-12T06:42:04", ("Spencer Platt",),
        "Getty Images", "picture", "A general view of part of downtown, including Las Vegas Boulevard,",
    ),
    "4_": ("", "2018-10-31T10:37:23", (), "AFP", "video", "- Amir Hussein Abdullahian, Iranian foreign ministry's"),
    "5_": (
        "Loriot retrospective", "2018-10-19T10:54:04", ("Zweites Deutsches Fernsehen", "Reuters Television Ltd"),
        "European Broadcasting Union - EVN", "video", "Yesterday evening (November 5) an exhibition opened in Berlin",
    ),
    "6_": (
        "UK", "2018-11-17T12:30:00", (),
        "AcmeNews", "composite", "Obama annonce son équipe: Le rachat il y a deux ans",
    ),
    "7_": (
        "Obama annonce son équipe", None, (),
        "", "", "Obama annonce son équipe\nBarack Obama arrive à Washington\n",
    ),
    "8_": ("Obama annonce son équipe", None, (), "", "", "Obama annonce son équipe\nClinton reprend son rôle"),
    "9_": (
        "Bank cuts interest rates to record low", None, (),
        "", "", "Bank cuts interest rates to record low: London",
    ),
    "10_": (
        "arts, culture and entertainment", "2018-11-07T11:35:21", (),
        "IPTC International Press Telecommunications Council, 20 Garrick Street, London WC2E 9BT, UK", "abstract",
        "Matters pertaining to the advancement and refinement of the human mind,",
    ),
    "11_": (
        "Mario Draghi", "2018-11-07T12:38:18", (),
        "IPTC - International Press Telecommunications Council, 20 Garrick Street, London WC2E 9BT, UK", "person",
        "Mario Draghi, born 3 September 1947, is an Italian banker",
    ),
    "12_": (
        "Easy access", "2018-11-08T00:00:00", (),
        "IPTC", "scheme", "Easy access\nUnrestricted access for vehicles",
    ),
    "13_": (
        "Application of Metadata Values", "2018-10-17T12:00:00", (), "International Press Telecommunications Council",
        "catalog", "",
    ),
    "14_": ("IPTC Autumn Meeting 2018", "2018-10-18T13:05:00", (), "IPTC", "event", "86, Edgeware Road, London W2 2EA"),
    "15_": (
        "IPTC Autumn Meeting 2018", "2018-10-18T13:05:00", (),
        "IPTC", "concept", "IPTC Autumn Meeting 2018\n86, Edge",
    ),
    "16_": ("IPTC Autumn Meeting 2018", "2018-10-18T12:44:00", (), "IPTC", "composite", "IPTC Autumn Meeting 2018"),
    "17_": ("", "2018-10-18T13:45:00", (), "IPTC", "newscoverage", "Text 250 words\nPicture scheduled 2018-11-06"),
    "18_": (
        "The 12 Days of Christmas", "2018-10-18T13:45:00", (), "IPTC", "newscoverage",
        "All Wrapped Up in Lapland: Text 250 words\nSanta’s Sleigh Ride: Text 250 words",
    ),
    "19_": (
        "Henry Robinson pictured today in New York", "2018-10-18T13:45:00", (), "IPTC", "newscoverage",
        "Text 250 words\n",
    ),
    "20_": (
        "Robinson: Must preserve bailout funds", "2018-10-18T13:45:00", (), "IPTC", "newscoverage",
        "Robinson: Must preserve bailout funds: Text 250 words",
    ),
    "21_": (
        "Troy Tulowitzki singled to third and advanced to second on Martin Prado's throwing error. "
        "Runner on second with one out and Carlos Gonzalez due up.",
        "2015-06-06T04:59:42", ("The Sports Network, Inc.",), "XML Team Solutions, Inc.", "text", "Miami Marlins",
    ),
    "22_": (
        "Preview: Arizona Diamondbacks (29-23) at Philadelphia Phillies (26-24), 7:05 p.m.", "2018-10-19T15:45:00",
        ("The Sports Network",), "The Sports Network", "text",
        "(Sports Network) - A pair of teams coming off big weekend sweeps will square off",
    ),
    "23_": (
        "Pitcher Preview: Arizona Diamondbacks (29-23) at Philadelphia Phillies (26-24), 7:05 p.m.",
        "2018-10-19T15:00:09",
        ("The Sports Network",), "The Sports Network", "composite", "Pitcher Preview: Arizona",
    ),
    "25_": (
        "Arizona Diamondbacks (29-23) at Philadelphia Phillies (26-24), 7:05p.m.", None, ("Sports Network",), "", "",
        "(Sports Network) - With the Philadelphia Phillies picking up momentum",
    ),
    "26_": (
        "A firefighter walks past the remains of a military jet that crashed into homes in the University City "
        "neighborhood of San Bernardino", "2018-10-19T02:20:00", ("John Smith",), "Acme/John Smith", "picture",
        "A firefighter in a flameproof suit walks past the remains of a military jet",
    ),
    "27_": (
        "Acme Widgets announces annual results", "2018-10-19T14:23:00", (), "http://www.acmenews.com", "text",
        "Acme Widgets (XTSE:AWG), a leader in the production of quality metal widgets",
    ),
    "28_": ("", "2016-02-09T06:17:00", ("Thomson Reuters",), "Thomson Reuters", "", ""),
    "29_": ("", "2018-10-19T20:15:00", (), "reuters", "text", ""),
}  # fmt: skip


def listing(data_folder: Path, number: str) -> bytes:
    return example(data_folder / "standards/newsml-g2/examples", f"LISTING_{number}")


@pytest.mark.parametrize("number", LISTINGS)
def test_published_listing_is_read_right(data_folder: Path, number: str) -> None:
    title, published, authors, credit, kind, beginning = LISTINGS[number]
    entry = one(listing(data_folder, number))
    moment = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    assert (entry.title, entry.published, entry.authors, entry.credit) == (title, moment, authors, credit)
    assert entry.kind == kind
    text = as_text(for_display(entry.content, entry.content_type))
    assert text.startswith(beginning)
    assert bool(text) == bool(beginning), "where the listing says nothing, nothing is made up"
    assert [
        line for line in lines_inside(listing(data_folder, number)) if line not in words_of(text + entry.summary)
    ] == []


def words_of(text: str) -> str:
    return "".join(text.split())


def lines_inside(data: bytes) -> list[str]:
    """Every paragraph of the texts that a listing carries (XHTML, NITF), else its descriptions, without spaces."""
    root = etree.fromstring(data, etree.XMLParser(encoding="utf-8"))  # whatever the listing declares
    found = root.xpath("//*[local-name()='inlineXML']//*[local-name()='body.content' or local-name()='body']"
                       "//*[local-name()='p' and not(ancestor::*[local-name()='body.head'])]")  # fmt: skip
    found = found or root.xpath(
        "/*/*[local-name()='contentMeta']/*[local-name()='description'][not(@xml:lang) or @xml:lang = 'en-GB']"
    )
    return [words_of("".join(one.itertext())) for one in found]


def test_every_published_listing_is_listed(data_folder: Path) -> None:
    files = list((data_folder / "standards/newsml-g2/examples").glob("*.xml"))
    assert len(files) == len(LISTINGS) + 1  # the message is read below


def test_message_gives_an_entry_for_each_item(data_folder: Path) -> None:
    feed = of(listing(data_folder, "24_"))
    assert [entry.id for entry in feed.entries[1:]] == ["N1", "N2", "N3", "N4"]
    assert feed.title == "thomsonreuters.com"
    assert {entry.published for entry in feed.entries} == {datetime(2018, 10, 19, 11, 17, tzinfo=UTC)}
    assert as_text(feed.entries[0].content).split() == ["N1", "N2", "N3", "N4"]


def test_details_of_listings(data_folder: Path) -> None:
    news = one(listing(data_folder, "1_"))
    assert news.embargoed == datetime(2018, 10, 23, 12, tzinfo=UTC)
    assert news.created == datetime(2016, 10, 18, 18, 12, 21, tzinfo=UTC)
    assert (news.place, news.language) == ("Berlin", "en-GB")
    assert news.categories == ("economy, business and finance", "labour market")
    assert news.rights == "Copyright 2017-18 Example Enews LLP, all rights reserved"
    photo = one(listing(data_folder, "3_"))
    assert (photo.pictures[0].url, photo.pictures[0].width) == ("./GYI0062134533.jpg", 1500)
    assert [file.length for file in photo.enclosures] == [346071, 28972, 6381]
    assert photo.categories[-1] == "gamble"
    event = one(listing(data_folder, "14_"))
    assert event.starts == datetime(2018, 10, 26, 9, tzinfo=UTC)
    assert one(listing(data_folder, "28_")).place == "MOSCOW, Monday (Reuters)"


XHTML = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1" xml:lang="zh-Hans"><itemMeta>'
    "<provider><name>津云</name></provider><versionCreated>2026-05-03T10:20:00+08:00</versionCreated></itemMeta>"
    '<contentMeta><headline xml:lang="en">River</headline><headline xml:lang="zh">海河</headline></contentMeta>'
    '<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head>'
    "<title>x</title><script>alert(1)</script></head><body><p>今晚<b>七点</b>亮灯。</p><script>alert(2)</script>"
    '<img src="a.jpg" onerror="alert(3)" alt="桥"/></body></html></inlineXML></contentSet></newsItem>'
)


def test_xhtml_inside_is_read_without_what_acts() -> None:
    entry = one(XHTML)
    assert (entry.title, entry.credit) == ("海河", "津云")
    assert entry.content == '<p>今晚<b>七点</b>亮灯。</p><img src="a.jpg" alt="桥">'
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)


NITF = """<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd">
<nitf xml:lang="zh"><head><title>t</title><docdata><doc-id id-string="n1"/><date.issue norm="20260503T102000+0800"/>
<doc.copyright holder="津云" year="2026"/></docdata></head><body><body.head><hedline><hl1>海河亮灯</hl1></hedline>
<byline>By 张三</byline><distributor>北方网</distributor><dateline><location>天津</location></dateline>
<abstract><p>摘要</p></abstract></body.head>
<body.content><p>正文 一。</p><media media-type="image"><media-reference
source="a.jpg" width="800" height="600"/><media-caption>夜景</media-caption>
<media-producer>李四</media-producer></media>
<table><tr><td>甲</td></tr></table><p onclick="x()">正文二 &lt;script&gt;。</p></body.content></body></nitf>"""


def test_nitf_by_itself_is_read() -> None:
    entry = one(NITF)
    assert (entry.id, entry.title, entry.author, entry.credit, entry.place) == (
        "n1",
        "海河亮灯",
        "张三",
        "北方网",
        "天津",
    )
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert entry.content == "<p>正文 一。</p><table><tr><td>甲</td></tr></table><p>正文二 &lt;script&gt;。</p>"
    assert [(p.url, p.caption, p.credit, p.width) for p in entry.pictures] == [("a.jpg", "夜景", "李四", 800)]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_listing_cut_off_is_read_as_far_as_it_goes(data_folder: Path, cut: float) -> None:
    data = listing(data_folder, "2_")
    feed = of(data[: int(len(data) * cut)])
    assert feed.entries[0].id == "urn:newsml:acmenews.com:20161121:US-FINANCE-FED"
    assert any("as far as it goes" in problem for problem in feed.problems)


@pytest.mark.parametrize(
    "text",
    [
        "<newsMessage/>" * 1,
        "<newsItem>" * 3000,
        '<!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/passwd">]><newsItem guid="a"><contentMeta><headline>&x;</headline>'
        "</contentMeta></newsItem>",
        "<contentSet><inlineXML>" + "<nitf>" * 400,
    ],
)
def test_hostile_items_do_no_harm(text: str) -> None:
    try:
        feed = of(text)
    except FeedUnreadable:
        return
    assert "root:" not in repr(feed)
