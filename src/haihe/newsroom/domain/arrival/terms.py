"""Key terms of a text: the nouns it comes back to, whole compounds first.

Chinese: words of jieba's dictionary that are nouns or names; two that stand side by side twice or more
are one term 灯光秀 (as in RAKE, Rose et al. 2010, there by stop words). Other languages that are written with spaces:
words of four letters and more that are no function words. A term weighs its occurrences, one in the title as three,
times the square root of its length, so that a compound goes before the words it is made of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import sqrt

from haihe.newsroom.domain.languages import FUNCTION_WORDS

MOST = 8
_READ = 800  # characters of a text that are looked at: news says first what it is about
_IN_TITLE = 3
_LEAST_CHINESE, _LONGEST_CHINESE, _LEAST_LETTERS = 2, 12, 4
_MOST_KNOWN = 200_000  # words remembered
_TOGETHER = 2  # times that two words stand side by side before they are one term
_NOUNS = ("n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "l", "i", "eng", "j")
_HAN = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*[^\W\d_]")
_GENERAL_WORDS = """
记者 工作 方面 问题 情况 时间 活动 今天 昨天 明天 今年 去年 目前 此次 本次 其中 同时 通过 进行
相关 有关 部门 单位 地区 人员 发展 建设 推进 推动 提升 提高 加强 实现 要求 意见 内容 方式 过程
结果 作用 水平 能力 条件 基础 重点 重要 主要 一步 消息 报道 来源 编辑 责任 图片 摄影 通讯员
本报 本台 日电 电话 网站 全国 全市 全省 我国 我市 我省 各地 当地 现场 期间 时候 地方 东西 事情
人们 大家 自己 公司 项目 服务 管理 方案 措施 作出 需要 可能 以来 以上 以下 左右 之后 之前 先生
女士 代表 负责人 工作人员 原标题 稿件 点击 关注 更多 版权 转载 声明 微信 二维码 公众 平台 新闻
文章 作者 主题 系列 环节 领域
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())


def key_terms(title: str, text: str, language: str) -> tuple[str, ...]:
    """At most `MOST` terms, the heaviest first; none for a language without spaces that is not Chinese."""
    spoken = language[:2].lower()
    if spoken in ("ja", "ko", "th"):
        return ()
    if spoken == "zh" or (not spoken and _HAN.search(title + text[:200])):
        return _heaviest(_chinese(title), _chinese(text[:_READ]), lambda words: "".join(words), _LONGEST_CHINESE)
    return _heaviest(_spaced(title), _spaced(text[:_READ]), lambda words: " ".join(words), 60)


Runs = list[list[str]]  # words that may be terms, in runs of those that touch


def _chinese(text: str) -> Runs:
    import rjieba

    runs: Runs = []
    run: list[str] = []
    for word in rjieba.cut(text):
        if len(word) >= _LEAST_CHINESE and _nouns[word]:
            run.append(word)
        elif run:
            runs.append(run)
            run = []
    return [*runs, run] if run else runs


class _Nouns(dict[str, bool]):
    """Whether a word is a noun, by the dictionary, asked once a word: its tagger takes three times as long as its
    segmentation."""

    def __missing__(self, word: str) -> bool:
        import rjieba

        if len(self) > _MOST_KNOWN:
            self.clear()
        said = word not in _GENERAL and (_HAN.fullmatch(word) or (word.isalnum() and not word.isdigit()))
        tagged = rjieba.tag(word) if said else []
        self[word] = found = len(tagged) == 1 and tagged[0][1] in _NOUNS
        return found


_nouns = _Nouns()


def _spaced(text: str) -> Runs:
    runs: Runs = [[]]
    end = 0
    for match in _WORD.finditer(text):
        if text[end : match.start()] != " " and runs[-1]:
            runs.append([])
        end = match.end()
        word = match.group()
        if len(word) >= _LEAST_LETTERS and word.lower() not in FUNCTION_WORDS:
            runs[-1].append(word if word.isupper() else word.lower())
        elif runs[-1]:
            runs.append([])
    return runs


def _heaviest(title: Runs, text: Runs, joined: Callable[[Sequence[str]], str], longest: int) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for runs, times in ((title, _IN_TITLE), (text, 1)):
        for run in runs:
            for word in run:
                counts[word] += times
            pairs.update(pairwise(run))
    for (one, two), times in pairs.items():
        if times < _TOGETHER or one == two:
            continue
        compound = joined((one, two))
        if len(compound) <= longest:
            counts[compound] += times
            # What mostly stands inside the compound is told by it.
            counts[one] -= times
            counts[two] -= times
    weighed = sorted((-n * sqrt(len(term)), at, term) for at, (term, n) in enumerate(counts.items()) if n > 1)
    return tuple(_apart(term for _weight, _at, term in weighed))[:MOST]


def _apart(terms: Iterable[str]) -> list[str]:
    """Without what stands inside a heavier one."""
    kept: list[str] = []
    for term in terms:
        if len(kept) >= MOST:
            break
        if not any(term in other for other in kept):
            kept.append(term)
    return kept
