"""Texts for bench_families.py: articles of the data folder, what reprints do to them, and what only looks like one.

Everything is made by a seeded generator from the articles; templates and credits are our own words. Articles are split
in two by a hash of their beginning: thresholds were chosen on the half "chosen on", figures are taken on the half "held
out".
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import trafilatura
from lxml import html
from opencc import OpenCC

SHORTEST = 200  # characters of an article that is taken
_SENTENCE = re.compile(r"[^。\uff01\uff1f!?\n]*[。\uff01\uff1f!?]+[\"\u201d\u2019]?|[^。\uff01\uff1f!?\n]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WIDE = str.maketrans("\uff0c\uff1a\uff1b\uff01\uff1f\uff08\uff09。\u201c\u201d\u2018\u2019", ",:;!?().\"\"''")
_NARROW = str.maketrans(",:;!?()", "\uff0c\uff1a\uff1b\uff01\uff1f\uff08\uff09")


@dataclass(frozen=True)
class Item:
    """One text and the family it truly belongs to."""

    text: str
    family: str
    made_by: str


def articles(place: Path) -> dict[str, str]:
    """Name and text of every readable article of the data folder, each text once."""
    found: dict[str, str] = {}
    for name, text in _pages(place / "articles"):
        text = text.strip()
        if len(text) >= SHORTEST and text not in found.values():
            found[name] = text
    return found


def apart(texts: dict[str, str]) -> dict[str, str]:
    """Without the articles that share more than a tenth of their runs of 8 characters with an earlier one (the folder
    holds some pages twice), so that the truth is true."""
    kept: dict[str, str] = {}
    runs: list[set[str]] = []
    for name, text in texts.items():
        bare = "".join(filter(str.isalnum, text.lower()))
        mine = {bare[at : at + 8] for at in range(len(bare) - 7)}
        if all(len(mine & other) * 10 <= min(len(mine), len(other)) for other in runs):
            kept[name] = text
            runs.append(mine)
    return kept


def half(text: str) -> str:
    """ "chosen on" or "held out"."""
    return ("chosen on", "held out")[hashlib.sha256(text[:80].encode()).digest()[0] % 2]


def is_chinese(text: str) -> bool:
    return len(_HAN.findall(text)) * 5 > len(text)


def _pages(place: Path) -> Iterator[tuple[str, str]]:
    gold = json.loads((place / "scrapinghub" / "ground-truth.json").read_text(encoding="utf-8"))
    for name, row in gold.items():
        yield f"scrapinghub/{name}", row["articleBody"]
    for file in sorted((place / "readability").glob("*/expected.html")):
        yield f"readability/{file.parent.name}", _plain(file.read_text(encoding="utf-8"))
    for file in sorted([*(place / "gne-chinese").rglob("*.html.gz"), *(place / "trafilatura").rglob("*.gz")]):
        text = trafilatura.extract(gzip.decompress(file.read_bytes()), include_comments=False)
        if text:
            yield f"{file.parent.name}/{file.name}", text
    yield "newspaper/chinese", (place / "newspaper" / "chinese.txt").read_text(encoding="utf-8")


def _plain(page: str) -> str:
    tree = html.fromstring(page)
    parts = [" ".join(part.text_content().split()) for part in tree.iter("p", "h2", "h3", "li", "blockquote")]
    return "\n".join(part for part in parts if part)


# --- what reprints do -----------------------------------------------------------------------------------------------

Edit = Callable[[str, random.Random, list[str]], str]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; the sentences of one that has fewer than three."""
    parts = [part.strip() for part in text.split("\n") if part.strip()]
    return parts if len(parts) > 2 else [part.strip() for part in _SENTENCE.findall(text) if part.strip()]


def edited_lead(text: str, dice: random.Random, others: list[str]) -> str:
    """The first 8 to 22% of the text give way to another wording: shuffled and thinned clauses, or new sentences."""
    cut = _boundary(text, int(len(text) * dice.uniform(0.08, 0.22)))
    if dice.random() < 0.5:
        other = dice.choice(others)
        return other[: int(cut * dice.uniform(0.5, 1.3))] + "\n" + text[cut:]
    clauses = [part for part in re.split(r"(?<=[,\uff0c。.;\uff1b ])", text[:cut]) if part and dice.random() < 0.7]
    dice.shuffle(clauses)
    return "".join(clauses) + "\n" + text[cut:]


def trimmed_tail(text: str, dice: random.Random, _others: list[str]) -> str:
    """40 to 85% of the text are left."""
    return text[: _boundary(text, int(len(text) * dice.uniform(0.40, 0.85)))]


def other_punctuation(text: str, dice: random.Random, _others: list[str]) -> str:
    """Half width for full width or the reverse, quotation marks gone, spaces added or gone, commas dropped."""
    text = text.translate(_WIDE if dice.random() < 0.5 else _NARROW)
    if dice.random() < 0.5:
        text = re.sub(r"[\"'\u201c\u201d\u300a\u300b]", "", text)
    if dice.random() < 0.5:
        text = "".join("" if sign in ",\uff0c、" and dice.random() < 0.4 else sign for sign in text)
    return re.sub(r"\n+", "\n\n\u3000\u3000" if dice.random() < 0.5 else "\n", text)


def other_script(text: str, dice: random.Random, _others: list[str]) -> str:
    """Simplified to traditional (plain, Taiwan, its words, Hong Kong) or back; other texts: width, case, accents."""
    if is_chinese(text):
        turned = OpenCC("t2s").convert(text)
        return turned if sum(map(str.__ne__, turned, text)) * 20 > len(text) else _to(dice).convert(text)
    kind = dice.randrange(3)
    if kind == 0:
        return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
    return text.upper() if kind == 1 else unicodedata.normalize("NFD", text)


def _to(dice: random.Random) -> OpenCC:
    return OpenCC(dice.choice(["s2t", "s2tw", "s2twp", "s2hk"]))


def reframed(text: str, dice: random.Random, _others: list[str]) -> str:
    """Paragraphs in another order, source lines and credits around them."""
    parts = paragraphs(text)
    cut = dice.randrange(1, len(parts)) if len(parts) > 1 else 0
    parts = parts[cut:] + parts[:cut] if dice.random() < 0.5 else dice.sample(parts, len(parts))
    name = dice.choice(_NAMES)
    date = (
        f"2024-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d} {dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}"
    )
    if is_chinese(text):
        head = f"{date} 来源\uff1a{name}\u3000作者\uff1a{dice.choice(_PEOPLE)}\u3000编辑\uff1a{dice.choice(_PEOPLE)}"
        tail = (
            f"本文转载自{name}\uff0c版权归原作者所有\uff0c如有异议请与本站联系。(责任编辑\uff1a{dice.choice(_PEOPLE)})"
        )
    else:
        head = f"{date} | Source: {name} | By {dice.choice(_PEOPLE_EN)}"
        tail = f"This story first appeared in {name}. Follow us for more. Editing by {dice.choice(_PEOPLE_EN)}."
    return "\n".join([head, *parts, tail])


EDITS: dict[str, Edit] = {
    "edited lead": edited_lead,
    "trimmed tail": trimmed_tail,
    "punctuation": other_punctuation,
    "script": other_script,
    "order and credits": reframed,
}


def other_words(text: str, dice: random.Random, _others: list[str]) -> str:
    """Every tenth to twentieth word replaced by another of the same text."""
    pieces = re.findall(r"[\u3400-\u9fff]{1,2}|[A-Za-z]+|[^A-Za-z\u3400-\u9fff]+", text)
    words = [piece for piece in pieces if piece[0].isalpha()]
    share = dice.uniform(0.04, 0.09)
    return "".join(dice.choice(words) if p[0].isalpha() and dice.random() < share else p for p in pieces)


def fewer_sentences(text: str, dice: random.Random, _others: list[str]) -> str:
    """A fifth to a third of the sentences left out, anywhere."""
    share = dice.uniform(0.2, 0.35)
    return "".join(part for part in _SENTENCE.findall(text) if dice.random() > share) or text


def two_edits(text: str, dice: random.Random, others: list[str]) -> str:
    for name in dice.sample(list(EDITS), 2):
        text = EDITS[name](text, dice, others)
    return text


def three_edits(text: str, dice: random.Random, others: list[str]) -> str:
    for name in dice.sample(list(EDITS), 3):
        text = EDITS[name](text, dice, others)
    return text


HEAVIER: dict[str, Edit] = {
    "two edits": two_edits,
    "three edits": three_edits,
    "other words": other_words,
    "fewer sentences": fewer_sentences,
}


def reposts(texts: dict[str, str], edits: dict[str, Edit], *, each: int, seed: int) -> Iterator[Item]:
    """Every article, and `each` copies of it by every kind of edit."""
    dice = random.Random(seed)
    pool = list(texts.values())
    for name, text in texts.items():
        yield Item(text, name, "original")
        others = [other for other in dice.sample(pool, min(8, len(pool))) if other is not text] or pool
        for kind, edit in edits.items():
            for _copy in range(each):
                yield Item(edit(text, dice, others), name, kind)


# --- what only looks like a reprint ---------------------------------------------------------------------------------


def other_figures(texts: dict[str, str], *, seed: int) -> Iterator[Item]:
    """Articles with at least 6 figures, every figure of which is another: two of each."""
    dice = random.Random(seed)

    def change(found: re.Match[str]) -> str:
        digits = found.group()
        made = digits
        while made == digits:
            made = "".join(str(dice.randint(1, 9)) for _digit in digits)
        return made

    for name, text in texts.items():
        if len(re.findall(r"\d+", text)) >= 6:
            for copy in range(2):
                yield Item(re.sub(r"\d+", change, text), f"{name} with figures {copy}", "other figures")


def boilerplate(texts: dict[str, str], *, seed: int) -> Iterator[Item]:
    """Short articles of one outlet: 200 to 500 characters of their own, and the same notice below each."""
    dice = random.Random(seed)
    for name, text in texts.items():
        begin = dice.randrange(max(1, len(text) // 3))
        own = text[begin : begin + dice.randint(200, 500)]
        notice = _NOTICE if is_chinese(text) else _NOTICE_EN
        yield Item(f"{own}\n{notice}", f"{name} from {begin}", "boilerplate")


def digests(texts: dict[str, str], *, seed: int) -> Iterator[Item]:
    """Round-ups: the beginnings of four articles, a quarter each."""
    dice = random.Random(seed)
    names = sorted(texts)
    for number in range(len(names) // 4):
        parts = [texts[name][:300] for name in dice.sample(names, 4)]
        yield Item("\n".join(parts), f"digest {number}", "digest")


def quoting(texts: dict[str, str], *, seed: int) -> Iterator[Item]:
    """Own reports that quote a fifth of another article."""
    dice = random.Random(seed)
    names = sorted(texts)
    for number in range(len(names) // 3):
        one, two = dice.sample(names, 2)
        own, quoted = texts[one][::-1][:900], texts[two]
        begin = dice.randrange(max(1, len(quoted) - len(own) // 4))
        middle = len(own) // 2
        passage = quoted[begin : begin + len(own) // 4]
        yield Item(f"{own[:middle]}\n{passage}\n{own[middle:]}", f"quoting {number}", "quoting")


def series(*, count: int, seed: int, names_only: bool = False) -> Iterator[Item]:
    """Issues of series, each a family of its own, and every third is reprinted once with credits. Issues differ in
    dates, figures and some words; with `names_only` in names alone."""
    dice = random.Random(seed)
    for kind, template in (_NAMES_ONLY if names_only else _SERIES).items():
        for number in range(count):
            text = template.format_map(_Slots(dice))
            yield Item(text, f"{kind} {number}", "series")
            if number % 3 == 0:
                yield Item(reframed_in_order(text, dice), f"{kind} {number}", "series reprinted")


def reframed_in_order(text: str, dice: random.Random) -> str:
    name = dice.choice(_NAMES)
    return f"转自{name}\n{text}\n(编辑\uff1a{dice.choice(_PEOPLE)})"


class _Slots(dict[str, str]):
    """What a template asks for, thrown anew each time."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice

    def __missing__(self, slot: str) -> str:
        kind, _, limit = slot.partition("_")
        if kind == "n":
            return str(self.dice.randint(1, int(limit)))
        return self.dice.choice(_CHOICES[kind])


def _boundary(text: str, near: int) -> int:
    """The first end of a sentence within 5% of the text after `near`; `near` itself where there is none."""
    found = re.search(r"[。\uff01\uff1f!?\n.]", text[near : near + len(text) // 20])
    return near + found.end() if found else near


_NAMES = ["北辰晚报", "海河快讯", "津门在线", "渤海新闻网", "Harbour Post", "运河日报", "滨江时报"]
_PEOPLE = ["李云", "王小川", "赵可", "陈一鸣", "周海", "孙田", "钱立"]
_PEOPLE_EN = ["A. Reed", "Mina Kerr", "J. Colt", "Owen Hale"]
_CHOICES = {
    "sky": ["晴", "多云", "阴", "小雨", "阵雨", "晴转多云", "多云转阴", "雷阵雨"],
    "wind": ["东北风", "西南风", "偏北风", "东南风", "西北风", "偏东风"],
    "place": ["和平路", "南京路", "解放桥", "鼓楼", "水上公园", "古文化街", "民园广场", "梅江", "北安桥", "西沽公园"],
    "office": ["教育局", "水务局", "文化馆", "档案馆", "民政局", "园林局", "审计局", "卫生监督所"],
    "district": ["河东区", "河西区", "南开区", "河北区", "红桥区", "北辰区", "津南区", "武清区"],
    "trend": ["上涨", "下跌", "回落", "走高"],
    "person": _PEOPLE,
    "town": ["Ashby", "Norwell", "Kirkton", "Penmark", "Dunford"],
    "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
}
_SERIES = {
    "weather": (
        "市气象台{n_12}月{n_28}日{n_12}时发布天气预报\uff1a今天白天到夜间{sky}\uff0c{wind}{n_5}到{n_7"
        "}级\uff0c最高气温{n_38}度\uff0c最低气温{n_20}度。明天{sky}\uff0c{wind}{n_4}级\uff0c最高气温{"
        "n_38}度。请市民出行注意查看最新预报\uff0c合理安排户外活动\uff0c驾车保持车距\uff0c老人和儿童"
        "注意增减衣物。气象部门将密切监视天气变化\uff0c及时发布预警信息\uff0c服务热线全天开通。"
    ),
    "power": (
        "停电公告\uff1a因线路检修需要\uff0c计划于{n_12}月{n_28}日{n_9}时至{n_20}时对{district}{place}"
        "一带停电施工\uff0c请有关单位和居民提前做好准备\uff0c妥善保存食品\uff0c关闭电器电源。施工期间"
        "如遇雨雪等恶劣天气则顺延\uff0c另行公告。提前完工将提前送电\uff0c恕不另行通知。由此带来的不便"
        "敬请谅解\uff0c如有疑问请拨打当地供电服务电话咨询。"
    ),
    "market": (
        "今日收盘\uff0c沪指报{n_4000}.{n_99}点\uff0c{trend}{n_3}.{n_99}%\uff1b深成指报{n_15000}.{n_99"
        "}点\uff0c{trend}{n_3}.{n_99}%\uff1b创业板指报{n_3000}.{n_99}点\uff0c{trend}{n_3}.{n_99}%。两"
        "市成交额合计{n_9999}亿元\uff0c个股涨多跌少的为{n_3000}家。以上信息由系统自动整理\uff0c不构成"
        "投资建议\uff0c股市有风险\uff0c入市需谨慎。"
    ),
    "lottery": (
        "体育彩票第{n_24000}期开奖公告\uff1a本期中奖号码为{n_35}、{n_35}、{n_35}、{n_35}、{n_35}"
        "\uff0c特别号码{n_12}。本期全国销售总额{n_99999}万元\uff0c一等奖{n_9}注\uff0c每注奖金{n_999}"
        "万元\uff0c二等奖{n_99}注。请中奖者自开奖之日起六十个自然日内兑奖\uff0c逾期视为弃奖\uff0c奖金"
        "纳入公益金。开奖过程由公证人员现场公证。"
    ),
    "road": (
        "交管部门提示\uff1a{district}{place}自{n_12}月{n_28}日起封闭施工\uff0c工期{n_90}天\uff0c过往"
        "车辆请绕行{place}或{place}。公交{n_900}路、{n_900}路临时改线\uff0c站点有所调整。请驾驶人按照"
        "现场标志和民警指挥通行\uff0c提前规划路线\uff0c避免在高峰时段前往。"
    ),
    "council": (
        "{town} council met on {weekday} and heard {n_40} planning applications, of which {n_20} were"
        " approved and {n_9} deferred. The chair thanked residents for attending. Minutes will be pub"
        "lished on the council website within ten working days, and comments can be sent to the clerk"
        " by post or by e-mail. The next meeting is open to the public and starts at {n_9} pm."
    ),
}
_NAMES_ONLY = {
    "posts": (
        "{district}人民政府任免通知\uff1a经研究决定\uff0c任命{person}为{district}{office}局长\uff0c任"
        "命{person}为{office}副局长\uff08试用期一年\uff09\uff0c免去{person}的{office}副局长职务。上述"
        "同志任职时间自通知之日起计算\uff0c有关单位应当按照规定办理交接手续\uff0c做好思想工作\uff0c确"
        "保各项工作平稳衔接。任免情况向社会公布\uff0c接受群众监督\uff0c特此通知。"
    ),
}
_NOTICE = (
    "版权声明\uff1a凡注明本网原创的作品\uff0c版权均属于本网\uff0c未经授权不得转载、摘编或以其他方"
    "式使用。已经获得授权的\uff0c应在授权范围内使用并注明出处。本网转载其他媒体稿件是为了传播更多"
    "信息\uff0c并不代表本网赞同其观点或对其真实性负责。如作品内容、版权和其他问题需要同本网联系的"
    "\uff0c请在三十日内进行\uff0c编辑部将在核实后及时处理。欢迎广大读者提供新闻线索\uff0c一经采用"
    "即付稿酬\uff0c投稿邮箱和热线电话请见网站首页底部。"
)
_NOTICE_EN = (
    "All rights reserved. No part of this service may be copied, stored or passed on without writ"
    "ten permission of the publisher. We send a letter every morning with the stories that matter"
    " in your town; you can leave the list at any time. If you see an error, tell our desk and we"
    " will look into it within a day. Opinions are those of their authors and not of the newsroom"
    "."
)
