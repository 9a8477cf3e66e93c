"""What stands around a text and is none of it: the title again, source and tool lines, further reading, notices."""

from __future__ import annotations

import re
from collections.abc import Sequence

Block = tuple[str, str]
_C = "[:\uff1a]"
_EDGE = 8  # blocks from either end in which such lines are looked for
# Lines that are nothing but such a notice, at either end of a text.
_NOTICE = re.compile(
    rf"""^[\s\[\uff08(\u3010\u25a0\u25cf>*-]*(?:
      (?:责任编辑|责编|本文责编|编辑|校对|审核|监制|网络编辑|值班编辑|实习编辑
      )\s*(?:{_C}|\u300d|\u3011|/)
     |(?:文章|信息|稿件|新闻|本文|资料)?(?:来源|来自|出处)\s*{_C}
     |(?:发布|发表|更新|最后更新)(?:时间|日期|于)?\s*{_C}
     |(?:浏览|阅读|点击)(?:次数|量|数)?\s*{_C}\s*\d*
     |(?:字号|字体|字体大小)\s*{_C}?
     |(?:分享到?|打印|关闭窗口|收藏|投诉|举报|点赞|我要评论|返回顶部|扫一扫|评论)[\s|/\d()\uff08\uff09]{0, 6}.{0, 4}$
     |扫一扫|扫描二维码|长按二维码|识别二维码
     |\uff08?原标题|原题\s*{_C}
     |上一篇|下一篇|上一条|下一条
     |版权所有|免责声明|版权声明|特别声明|声明\s*{_C}
     |举报邮箱|违法和不良信息|主办单位|Copyright\b|\u00a9|All\ Rights\ Reserved|[A-Z]{{1,3}}ICP
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# A heading that begins the further reading: it and all behind it go, where that is the smaller part.
_FURTHER = re.compile(
    r"""^[\s\[\u3010\u25a0\u25cf>*-]*(?:
      (?:相关|推荐|延伸|更多|热门|精彩|猜你喜欢)(?:阅读|新闻|报道|推荐|文章|链接|资讯|稿件|内容|专题|往期)?
     |热点新闻|今日推荐|热门评论|网友评论|新闻排行|点击排行|阅读排行
     |(?:related|recommended|more)\s+(?:articles?|stories|news|posts|reading|coverage|content|topics)
     |you\ (?:may|might)\ also\ like
     |read\ (?:next|more)|see\ also|most\ (?:read|popular)
    )[\s:\uff1a\u3011\].>\u2026]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_STAMP = re.compile(
    r"^\D{0,30}\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?.{0,40}$"
)
_WORDS = re.compile(r"[\W_]+")
_LONGEST_NOTICE = 90


def trimmed(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks without what is none of the text; never less than nothing, never a block from its middle."""
    kept = _without_title([block for block in blocks if block[1].strip()], title)
    kept = _without_further(kept)
    edges = [*range(min(_EDGE, len(kept))), *range(max(0, len(kept) - _EDGE), len(kept))]
    away = {at for at in edges if _is_notice(kept, at)}
    return [block for at, block in enumerate(kept) if at not in away] if len(away) < len(kept) else kept


def _without_title(blocks: list[Block], title: str) -> list[Block]:
    wanted = _WORDS.sub("", title).lower()
    if len(wanted) < 4:
        return blocks
    for at, (tag, text) in enumerate(blocks[:3]):
        said = _WORDS.sub("", text).lower()
        same = said == wanted or (tag.startswith("h") and len(said) > 5 and (said in wanted or wanted in said))
        if same and len(blocks) > at + 1:
            return blocks[:at] + blocks[at + 1 :]
    return blocks


def _without_further(blocks: list[Block]) -> list[Block]:
    total = sum(len(text) for _, text in blocks)
    before = 0
    for at, (_, text) in enumerate(blocks):
        if len(text) < 40 and _FURTHER.match(text) and before > 0.6 * total:
            return blocks[:at]
        before += len(text)
    return blocks


def _is_notice(blocks: Sequence[Block], at: int) -> bool:
    tag, text = blocks[at]
    if tag in ("pre", "tr") or len(text) > _LONGEST_NOTICE:
        return False
    if _NOTICE.match(text):
        return True
    return at < _EDGE // 2 and len(text) < 60 and not text.endswith("\u3002") and bool(_STAMP.match(text))
