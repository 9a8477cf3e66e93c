from __future__ import annotations

import re

import pytest

from haihe.newsroom.domain.sanitising import as_text, for_display, safe_link

BASE = "https://news.example/2024/a.html"
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script case": "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "nested script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "handler": '<p onclick="alert(1)">x</p><img src="https://a.example/b.png" onerror=alert(1)>',
    "handler without space": "<img/src=https://a.example/b.png/onerror=alert(1)>",
    "javascript link": '<a href="javascript:alert(1)">x</a>',
    "javascript with entities": '<a href="&#106;avascript&colon;alert(1)">x</a>',
    "javascript with tabs": '<a href="jav&#9;asc\nript:alert(1)">x</a>',
    "vbscript": '<a href="vbscript:msgbox(1)">x</a>',
    "data link": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "data picture": '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "style": '<style>body{background:url(//evil.example)}</style><p style="position:fixed">x</p>',
    "import": '<style>@import "//evil.example/a.css";</style>',
    "iframe": '<iframe src="https://evil.example"></iframe><iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "object": '<object data="x.swf"><embed src="x.swf"><applet code="x"></applet></object>',
    "svg": "<svg onload=alert(1)><animate onbegin=alert(1)></animate><script>alert(1)</script></svg>",
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "form": '<form action="https://evil.example"><input name=p><button formaction="javascript:alert(1)">x</button></form>',  # noqa: E501
    "meta": '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example/">',
    "link": '<link rel="stylesheet" href="https://evil.example/a.css">',
    "comment": "<!--<img src=x onerror=alert(1)>--><![CDATA[<script>alert(1)</script>]]>",
    "conditional comment": "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "template": "<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x onerror=alert(1)>'>",  # noqa: E501
    "xmp": "<xmp><img src=x onerror=alert(1)></xmp><plaintext><script>alert(1)</script>",
    "audio": '<audio src="https://evil.example/a.mp3" autoplay></audio><video poster="javascript:alert(1)"></video>',
    "srcset": '<img src="https://a.example/b.png" srcset="javascript:alert(1) 2x">',
    "id that shadows": '<a id="csrfmiddlewaretoken" name="cookie">x</a><p class="button">x</p>',
    "unclosed": "<img src='https://a.example/\"><script>alert(1)</script>",
    "null byte": "<scr\x00ipt>alert(1)</scr\x00ipt><img src=x on\x00error=alert(1)>",
    "target": '<a href="https://a.example" target="_top" ping="https://evil.example">x</a>',
}
ALLOWED_TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
}
ALLOWED_ATTRIBUTES = {
    "href",
    "title",
    "hreflang",
    "rel",
    "cite",
    "span",
    "src",
    "alt",
    "width",
    "height",
    "loading",
    "referrerpolicy",
    "start",
    "type",
    "reversed",
    "colspan",
    "rowspan",
    "scope",
    "datetime",
    "lang",
    "dir",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_sanitising_disarms(kind: str) -> None:
    from lxml import html

    cleaned = for_display(f"<p>before</p>{HOSTILE[kind]}", base=BASE)
    assert "before" in cleaned
    for element in html.fragment_fromstring(cleaned, create_parent="main").iterdescendants():
        assert element.tag in ALLOWED_TAGS
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES
        for name in ("href", "src", "cite"):
            assert re.match(r"https?://|mailto:", element.get(name, "https://"))
    assert "evil.example" not in re.sub(r">[^<]*<", "><", cleaned)


def test_sanitising_keeps_what_stories_need() -> None:
    story = (
        '<h2>标题</h2><p lang="zh">正文<strong>重点</strong><br>第二行</p><ul><li>一</li></ul>'
        '<table><tbody><tr><th scope="col">甲</th><td colspan="2">乙</td></tr></tbody></table>'
        "<ruby>海<rt>hǎi</rt></ruby><blockquote>引文</blockquote>"
    )
    assert for_display(story) == story


def test_sanitising_resolves_links_and_marks_them() -> None:
    cleaned = for_display(
        '<a href="../b.html">x</a><img src="/p.jpg" alt="图"><img src="http://a.example/p.jpg">', base=BASE
    )
    assert 'href="https://news.example/b.html"' in cleaned
    assert 'rel="noopener noreferrer nofollow"' in cleaned
    assert 'src="https://news.example/p.jpg"' in cleaned
    assert "http://a.example" not in cleaned
    assert 'referrerpolicy="no-referrer"' in cleaned


@pytest.mark.parametrize("size", ['width="1" height="1"', 'width="0"', "height='1px' width='1'"])
def test_sanitising_drops_tracking_pixels(size: str) -> None:
    seen = for_display(
        f'<p>文</p><img src="https://count.example/p.gif" {size}><img src="https://a.example/b.jpg" width="100">'
    )
    assert "count.example" not in seen
    assert "https://a.example/b.jpg" in seen


def test_sanitising_of_plain_text_makes_paragraphs() -> None:
    assert for_display("一 <b>\n二\n\n三 & 四", "text/plain") == "<p>一 &lt;b&gt;<br>二</p>\n<p>三 &amp; 四</p>"
    assert for_display("AAAA", "application/octet-stream") == ""


def test_sanitising_flattens_what_is_too_deep() -> None:
    cleaned = for_display("<div>" * 5000 + "深处" + "</div>" * 5000)
    assert cleaned == "<p>深处</p>"
    assert for_display("<p>一<br>二</p>" * 2000).count("<p>") == 2000


def test_text_leaves_out_markup_and_readings() -> None:
    assert (
        as_text("<h2>标题</h2><p>正&amp;文<br>二</p><ruby>海<rp>(</rp><rt>hǎi</rt><rp>)</rp></ruby>河")
        == "标题\n正&文\n二\n海河"
    )


def test_link_is_web_or_nothing() -> None:
    assert safe_link("/a?b=1", BASE) == "https://news.example/a?b=1"
    assert safe_link("javascript:alert(1)", BASE) == ""
    assert safe_link("http://[broken", BASE) == ""
