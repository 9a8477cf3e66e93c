from __future__ import annotations

import pytest

from haihe.newsroom.tests.delivered import CHINESE, HEAD, ITEM, TAIL, TRADITIONAL, of


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
@pytest.mark.parametrize("declared", ["", "gb2312", "utf-8", "iso-8859-1", "no-such-encoding"])
@pytest.mark.parametrize("http", ["", "utf-8", "iso-8859-1", "gbk", "utf-7"])
def test_encoding_is_decided_by_the_bytes(encoding: str, declared: str, http: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    feed = of((declaration + CHINESE).encode(encoding), charset=http)
    assert (feed.title, feed.entries[0].title) == ("津门新闻", "海河两岸灯光璀璨")


@pytest.mark.parametrize("declared", ["", "big5", "gb2312", "utf-8"])
@pytest.mark.parametrize("http", ["", "utf-8", "iso-8859-1", "big5"])
def test_big5_is_read_whatever_is_declared(declared: str, http: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    feed = of((declaration + TRADITIONAL).encode("big5"), charset=http)
    assert (feed.title, feed.entries[0].title) == ("津門新聞", "海河兩岸燈光璀璨")


def test_stretches_of_gbk_inside_utf8_are_read() -> None:
    data = CHINESE.replace("海河", "HH").encode().replace(b"HH", "海河".encode("gbk"))
    feed = of(data)
    assert feed.entries[0].title == "海河两岸灯光璀璨"
    assert feed.problems == ("2 characters in gb18030 inside utf-8",)


def test_few_characters_that_could_be_either_follow_the_declaration() -> None:
    text = '<?xml version="1.0" encoding="gb2312"?>' + HEAD.replace("T<", "联通<") + ITEM + TAIL
    assert of(text.encode("gbk")).title == "联通"


def test_western_and_other_encodings_stay_what_they_are() -> None:
    french = (
        '<?xml version="1.0" encoding="iso-8859-1"?>'
        + HEAD.replace("T<", "Été à Besançon, déjà vu “ok”<")
        + ITEM
        + TAIL
    )
    assert of(french.encode("cp1252")).title == "Été à Besançon, déjà vu “ok”"
    russian = HEAD.replace("T<", "Новости культуры и искусства<") + ITEM + TAIL
    assert of(russian.encode("koi8-r"), charset="koi8-r").title == "Новости культуры и искусства"


EVENING = "今天上午，记者从市文化和旅游局获悉，海河两岸夜游灯光将于今晚七点亮起，市民可以沿河观赏"
LIBRARY = "天津图书馆的工作人员介绍，本次展览共展出古籍善本一百余件，展期至下月底，免费向公众开放"


@pytest.mark.parametrize("declared", ["", "gb2312", "utf-8"])
@pytest.mark.parametrize("encodings", [("gb18030", "utf-8"), ("utf-8", "gb18030")])
@pytest.mark.parametrize("entries", [(1, 1), (1, 5), (5, 1), (200, 3), (3, 200)])
def test_source_that_changes_its_encoding_in_the_middle_is_read(
    declared: str, encodings: tuple[str, str], entries: tuple[int, int]
) -> None:
    items = [
        f"<item><title>{text}</title></item>\n" * many for text, many in zip((EVENING, LIBRARY), entries, strict=True)
    ]
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    parts = [(declaration + HEAD).encode(), *(text.encode(e) for text, e in zip(items, encodings, strict=True))]
    titles = [entry.title for entry in of(b"".join(parts) + TAIL.encode()).entries]
    assert titles == [EVENING] * entries[0] + [LIBRARY] * entries[1]


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "utf-8"])
def test_page_says_its_encoding_in_a_meta_element(encoding: str) -> None:
    page = f'<html><head><meta charset="{encoding}"><title>门</title></head><body><p>{EVENING}。</p></body></html>'
    assert of(page.encode(encoding)).entries[0].text == EVENING + "。"
