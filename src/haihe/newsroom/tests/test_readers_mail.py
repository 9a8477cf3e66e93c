from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.newsroom.domain.readers import Document, FeedUnreadable, read
from haihe.newsroom.domain.readers.mail import words
from haihe.newsroom.tests.delivered import of, one

SUBJECT = "海河两岸灯光璀璨（组图）"


def encoded(text: str, charset: str, name: str = "") -> str:
    return f"=?{name or charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    said = {
        "From": "通讯员 张三 <zhang@a.example>",
        "Subject": SUBJECT,
        "Date": "Sun, 03 May 2026 10:20:00 +0800",
        **headers,
    }
    for name, value in said.items():
        message[name.replace("_", "-")] = value
    message["Message-ID"] = "<1@a.example>"
    return message


def test_mail_is_read_whole() -> None:
    message = mail()
    message.set_content("正文。")
    message.add_alternative("<p>正文，<b>丰富</b>。</p>", subtype="html")
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 92, maintype="image", subtype="png", filename="灯光.png")
    entry = one(message.as_bytes())
    assert (entry.id, entry.title, entry.authors) == ("1@a.example", SUBJECT, ("通讯员 张三",))
    assert (entry.content.strip(), entry.content_type) == ("<p>正文，<b>丰富</b>。</p>", "text/html")
    assert entry.published == datetime(2026, 5, 3, 2, 20, tzinfo=UTC)
    assert [(e.url, e.name, e.media_type, e.length) for e in entry.enclosures] == [
        ("part:1.2", "灯光.png", "image/png", 100)
    ]
    assert (entry.language, entry.kind) == ("zh", "mail")


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030", "big5"])
def test_subject_and_text_in_chinese_encodings(charset: str) -> None:
    text = "海河兩岸燈光璀璨" if charset == "big5" else "海河两岸灯光璀璨"
    sender = encoded("張三" if charset == "big5" else "张三", charset)
    raw = (
        f"From: {sender} <a@a.example>\r\nSubject: {encoded(text, charset)}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes((text * 5).encode(charset)).decode()
    )
    entry = one(raw.encode("ascii"))
    assert (entry.title, entry.content) == (text, text * 5)


def test_wrongly_declared_and_undeclared_bytes_are_read_as_what_they_are() -> None:
    raw = b"From: \xd5\xc5\xc8\xfd <a@a.example>\r\nSubject: " + "海河灯光璀璨夺目".encode("gbk") + b"\r\n\r\n"
    entry = one(raw + "今天上午，记者从市文化和旅游局获悉。".encode("gbk"))
    assert (entry.title, entry.authors, entry.content) == (
        "海河灯光璀璨夺目",
        ("张三",),
        "今天上午，记者从市文化和旅游局获悉。",
    )
    raw = f"From: a@a.example\r\nSubject: {encoded('镕基先生的喆', 'gb18030', 'gb2312')}\r\n\r\nx"
    assert one(raw.encode()).title == "镕基先生的喆"


def test_character_cut_in_two_by_folding_is_whole_again() -> None:
    data = "海河两岸".encode()
    halves = [base64.b64encode(part).decode() for part in (data[:4], data[4:])]
    assert words(f"=?utf-8?B?{halves[0]}?=\r\n =?utf-8?B?{halves[1]}?=") == "海河两岸"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        (".htaccess", "htaccess"),
        ("/", "unnamed"),
        ("长" * 400, "长" * 200),
        (encoded("通知.doc", "gbk"), "通知.doc"),
    ],
)
def test_attachment_names_are_bare(name: str, safe: str) -> None:
    outer = MIMEMultipart()
    outer["From"], outer["Subject"] = "a@a.example", "x"
    part = MIMEBase("application", "octet-stream")
    part.set_payload("x")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    outer.attach(part)
    assert [file.name for file in one(outer.as_bytes()).enclosures] == [safe]


def test_forwarded_mail_is_an_attachment_and_alternatives_are_not_doubled() -> None:
    inner = mail(Subject="里面")
    inner.set_content("内文")
    outer = mail()
    outer.set_content("外文")
    outer.add_attachment(inner)
    entry = one(outer.as_bytes())
    assert entry.content.strip() == "外文"
    assert [(e.media_type, e.name) for e in entry.enclosures] == [("message/rfc822", "里面.eml")]


def test_several_texts_come_one_after_another() -> None:
    outer = MIMEMultipart()
    outer["From"], outer["Subject"] = "a@a.example", "x"
    for text, kind in (("甲 < 乙", "plain"), ("<p>丙</p>", "html")):
        outer.attach(MIMEText(text, kind, "utf-8"))
    assert one(outer.as_bytes()).content == "<p>甲 &lt; 乙</p>\n<p>丙</p>"


def nested(depth: int) -> bytes:
    message: MIMEText | MIMEMultipart = MIMEText("x")
    for level in range(depth):
        outer = MIMEMultipart(boundary=f"b{level}")
        outer.attach(message)
        message = outer
    return b"From: a@a.example\r\nSubject: x\r\n" + message.as_bytes()


@pytest.mark.parametrize(
    "data",
    [
        nested(80),
        b"From: a@a.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"\r\n--b\r\n\r\nx" * 50_000,
    ],
)
def test_divided_or_nested_beyond_reason_is_refused_at_once(data: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(FeedUnreadable, match="too many parts"):
        of(data)
    assert time.monotonic() - started < 5


def test_name_and_declared_type_do_not_matter() -> None:
    message = mail()
    message.set_content("正文。")
    document = Document(
        b"From MAILER Sun May 3\n" + message.as_bytes(), "http://a.example/x.html", "text/html", "utf-8"
    )
    assert read(document).format == "mail"


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_behind_headers_end_in_an_entry_or_a_refusal(data: bytes) -> None:
    try:
        feed = of(b"From: a@a.example\r\nSubject: " + data)
    except FeedUnreadable:
        return
    assert len(feed.entries) <= 1 or feed.format != "mail"
