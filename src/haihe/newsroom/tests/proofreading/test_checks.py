"""Golden cases of every check: what it must find, and what it must leave alone."""

from __future__ import annotations

import json

import pytest

from haihe.newsroom.domain.proofreading.directory import Directory, Person
from haihe.newsroom.domain.proofreading.document import from_json, markdown
from haihe.newsroom.domain.proofreading.engine import proofread
from haihe.newsroom.domain.proofreading.findings import Finding, Severity
from haihe.newsroom.domain.proofreading.settings import Settings
from haihe.newsroom.domain.proofreading.wordlists import Term, WordList

STAFF = Directory(
    [
        Person("李长河", ("市长", "市委副书记"), 2),
        Person("王海涛", ("市委书记",), 1),
        Person("赵敏", ("副市长",), 5),
        Person("陈立新", ("文化和旅游局局长",), 9),
    ]
)


def found(text: str, check: str, settings: Settings | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.kind, one.found, one.suggestions) for one in _of(text, check, settings)]


def _of(text: str, check: str, settings: Settings | None) -> list[Finding]:
    return [one for one in proofread(text, settings).findings if one.check == check]


@pytest.mark.parametrize(
    ("text", "kind", "words", "suggestion"),
    [
        ("会议对下一步工作作了布署。", "misspellings", "布署", "部署"),
        ("我们因该早点出发。", "confusions", "因该", "应该"),
        ("他以经回家了。", "confusions", "以经", "已经"),
        ("我门明天去学校。", "confusions", "门", "们"),
        ("对不气，我来晚了。", "confusions", "对不气", "对不起"),
        ("希望您能在说一次，明天在见。", "confusions", "在见", "再见"),
        ("他每天做公车去上班。", "confusions", "做", "坐"),
        ("天气变的越来越冷。", "particles", "的", "得"),
        ("这里真得很美。", "particles", "真得", "真的"),
        ("垃圾要尽快请理，因该做到。", "words", "请", "清"),
        ("大家要注意安权。", "phrases", "权", "全"),
    ],
)
def test_a_misspelling_is_found(text: str, kind: str, words: str, suggestion: str) -> None:
    assert (kind, words, (suggestion,)) in found(text, "spelling")


@pytest.mark.parametrize(
    "text",
    [
        "原因该如何查明，尚无定论。",
        "建筑面积应为两万平方米。",
        "他门前有一棵树，我门票已经买好。",
        "妈妈常常看看星星。",
        "代表团一行在沿海三地考察，随后再次赴京。",
        "记者从市文化和旅游局获悉，海河游船将于四月恢复通航。",
        "周琦、姚明和林书豪都到了现场。",
        "天气预报说明天有雨，请做好准备。",
        "这座桥座落何处，史料未载，只知桥上行人如织。",
        "",
    ],
)
def test_sound_text_raises_nothing(text: str) -> None:
    assert proofread(text).findings == ()


def test_names_of_the_directory_are_no_misspellings() -> None:
    people = Directory([Person("因该", ("市长",))])
    assert found("市长因该出席了会议。", "spelling")
    assert found("市长因该出席了会议。", "spelling", Settings(directory=people)) == []


@pytest.mark.parametrize(
    ("text", "kind", "words", "suggestions"),
    [
        ("市委书记李长河出席会议。", "wrong_title", "市委书记", ("市委副书记", "市长")),
        ("赵敏市长讲话。", "wrong_title", "市长", ("副市长",)),
        ("市长李常河讲话。", "misspelt_name", "李常河", ("李长河",)),
        ("文化和旅游局局长 陈新立介绍了情况。", "misspelt_name", "陈新立", ("陈立新",)),
        ("赵敏、王海涛等出席。", "order_of_ranks", "王海涛", ()),
    ],
)
def test_names_and_titles(text: str, kind: str, words: str, suggestions: tuple[str, ...]) -> None:
    assert found(text, "names", Settings(directory=STAFF)) == [(kind, words, suggestions)]


@pytest.mark.parametrize(
    "text",
    [
        "市委副书记、市长李长河主持会议，市委书记王海涛讲话。",
        "王海涛、李长河、赵敏出席。",
        "副市长赵敏陪同。",
        "原市委书记李长河的经历与此不同。",
        "市长李明远说。",
    ],
)
def test_right_names_and_titles_are_left_alone(text: str) -> None:
    assert found(text, "names", Settings(directory=STAFF)) == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("活动定于2月30日举行。", "impossible_date", "2月30日"),
        ("截至2023年2月29日。", "impossible_date", "2023年2月29日"),
        ("六月三十一日开幕。", "impossible_date", "六月三十一日"),
        ("见2024-13-05的通知。", "impossible_date", "2024-13-05"),
        ("展览于2024年13月开幕。", "impossible_date", "2024年13月"),
        ("2024年5月1日（星期四）开幕。", "wrong_weekday", "四"),
        ("展期为5月10日至5月8日。", "end_before_start", "5月10日至5月8日"),
        ("展期为5月10日至8日。", "end_before_start", "5月10日至8日"),
        ("2024年5月10日至2023年5月12日", "end_before_start", "2024年5月10日至2023年5月12日"),
        ("开放时间为上午9:75。", "impossible_time", "9:75"),
        ("下午15:30—14:00开放。", "end_before_start", "15:30—14:00"),
    ],
)
def test_dates_that_cannot_be(text: str, kind: str, words: str) -> None:
    listed = [(one.kind, one.found) for one in _of(text, "dates", None)]
    if kind == "impossible_time":  # a time needs words that make it one
        assert listed == [] or listed == [(kind, words)]
    else:
        assert listed == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "2024年2月29日是星期四。",
        "2024年5月1日（星期三）至5日。",
        "12月28日至1月3日放假。",
        "农历二月三十日。",
        "夜场为22:00至2:00。",
        "中国队25:18胜。",
        "荣威RX57月6日上市。",
        "版本2024.1.2已发布，3.15晚会如期举行。",
    ],
)
def test_dates_that_can_be_are_left_alone(text: str) -> None:
    assert found(text, "dates") == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("全团共50人，其中男30人，女25人。", "55人"),
        ("参加活动的共有100人，其中男45人、女50人。", "95人"),
        ("京剧12场、评剧8场、相声5场，共计26场。", "25场"),
        ("总投资10亿元，其中市级4亿元、区级3亿元，其余2亿元自筹。", "9亿元"),
    ],
)
def test_parts_that_do_not_add_up(text: str, right: str) -> None:
    assert [(one[0], one[2]) for one in found(text, "sums")] == [("parts_and_total", (right,))]


@pytest.mark.parametrize(
    "text",
    [
        "全团共50人，其中男30人，女20人。",
        "共收到稿件300件，其中摄影50件、书法40件。",
        "京剧12场、评剧8场，共计20场。",
        "全年接待约100万人，其中境内60万人、境外30万人。",
        "去年办展10场，今年办展15场，两年共办25场。",
    ],
)
def test_parts_that_add_up_or_need_not_are_left_alone(text: str) -> None:
    assert found(text, "sums") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("外地游客占120%。", "share_above_all"),
        ("合格率达到101%。", "share_above_all"),
        ("男、女、儿童分别占50%、40%和20%。", "shares_above_all"),
        ("其中，老年人占45%，中年人占40%，青年人占30%。", "shares_above_all"),
        ("成本下降了2倍。", "decrease_by_times"),
        ("客流减少130%。", "decrease_above_all"),
    ],
)
def test_percentages_that_cannot_be(text: str, kind: str) -> None:
    assert [one[0] for one in found(text, "percentages")] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "收入增长120%。",
        "外地游客占80%。",
        "拨备覆盖率超过200%。",
        "分别占50%、30%和20%。",
        "完成率为120%。",
        "党员占60%，女性占45%。",
    ],
)
def test_percentages_that_can_be_are_left_alone(text: str) -> None:
    assert found(text, "percentages") == []


def test_the_same_quantity_with_another_number() -> None:
    text = "海河剧院总投资5亿元。\n据介绍，海河剧院总投资6亿元，建筑面积3万平方米。"
    assert found(text, "quantities") == [("different_numbers", "6亿", ("5亿",))]
    assert found("海河剧院总投资5亿元，津湾剧院总投资6亿元。海河剧院总投资50000万元。", "quantities") == []


@pytest.mark.parametrize(
    ("text", "kind", "suggestion"),
    [
        ("你好,我们走吧。", "half_width", "，"),
        ("今天(星期三)开会。", "half_width_brackets", "（星期三）"),
        ("他来了，，我走了。", "doubled", "，"),
        ("他来了。。我走了。", "doubled", "。"),
        ("他来了，。我走了。", "clashing", "。"),
        ("太好了！！！！", "too_many", "！！！"),
        ("他想了很久...", "ellipsis", "……"),
        ("他想了很久。。。", "ellipsis", "……"),
        ("苹果、梨、桃……等等。", "ellipsis_and_so_on", "……"),
        ("这就是海河--天津的母亲河。", "dash", "——"),
        ("《雷雨》、《日出》上演。", "between_titles", ""),
        ("苹果、梨、等。", "comma_before_and_so_on", ""),
        ("苹果、梨、等水果。", "comma_before_and_so_on", ""),
        ("3月5日-8日", "range", "—"),
        ("他来了，、我走了。", "clashing", "、"),
    ],
)
def test_punctuation(text: str, kind: str, suggestion: str) -> None:
    assert [(one[0], one[2]) for one in found(text, "punctuation")] == [(kind, (suggestion,))]


@pytest.mark.parametrize(
    "text",
    [
        "版本为v1.2，网址是https://example.org/a,b?c=d！",
        "比分为3:2，时间为14:30。",
        "收入为1,234.5万元（含税）。",
        "他说：“你好……再见！”",
        "Hello, world! It is fine (really).",
        "《雷雨》《日出》上演——座无虚席。",
        "你来吗？！",
    ],
)
def test_sound_punctuation_is_left_alone(text: str) -> None:
    assert found(text, "punctuation") == []


@pytest.mark.parametrize(
    ("text", "kind", "mark"),
    [
        ("他说：“你好。", "unclosed", "“"),
        ("他说你好。”", "unopened", "”"),
        ('他说：“你好。"', "mixed", '"'),
        ("《雷雨上演。", "unclosed", "《"),
        ("（含税。", "unclosed", "（"),
    ],
)
def test_marks_without_their_partner(text: str, kind: str, mark: str) -> None:
    assert [(one[0], one[1]) for one in found(text, "pairs")] == [(kind, mark)]


def test_a_quotation_of_several_paragraphs_and_numbered_lists_are_paired() -> None:
    assert found("他说：“第一段。\n“第二段。”", "pairs") == []
    assert found("1）报名；2）参赛。", "pairs") == []


@pytest.mark.parametrize(
    ("text", "kind", "suggestion"),
    [
        ("二0二四年一月", "mixed_year", "2024年"),
        ("二零二四年一月", "zero_in_year", "二〇二四年"),
        ("约有300人左右。", "about_and_or_so", "约有300人"),
        ("来了5、6个人。", "rough_number", "五六个"),
        ("共3万5千人。", "mixed_scale", "3.5万"),
        ("定于星期5举行。", "weekday", "星期五"),
        ("正月15闹元宵。", "lunar", "正月十五"),
        ("增长5~8%。", "range_of_percents", "5%~8%"),
        ("大约300人左右。", "about_and_or_so", "大约300人"),
        ("10几个人", "mixed_rough", "十几"),
    ],
)
def test_numerals(text: str, kind: str, suggestion: str) -> None:
    assert [(one[0], one[2]) for one in found(text, "numerals")] == [(kind, (suggestion,))]


@pytest.mark.parametrize(
    "text", ["二〇二四年", "2024年", "第5、6版", "5、7个", "星期五", "正月十五", "3.5万人", "约300人", "增长5%~8%"]
)
def test_sound_numerals_are_left_alone(text: str) -> None:
    assert found(text, "numerals") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("这是我的的书。", "的的"),
        ("他在在家里看书。", "在在"),
        ("我们我们去吧。", "我们我们"),
        ("但是但是他没来。", "但是但是"),
        ("对此进行进行整改。", "进行进行"),
        ("我们要要努力。", "要要"),
    ],
)
def test_doubled_words(text: str, words: str) -> None:
    assert [one[1] for one in found(text, "doubled")] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "妈妈常常去看爷爷。",
        "这的的确确是真的，目的的确达到了。",
        "大家研究研究，讨论讨论。",
        "哈哈哈哈，他笑了。",
        "此事不了了之。",
        "是是非非说不清。",
        "一个一个来，一步一步走。",
        "天津大学学生会会长来了。",
        "打的的人很多。",
        "达到了要求，需要要求对方配合。",
        "他就就业问题发言。",
    ],
)
def test_reduplication_is_left_alone(text: str) -> None:
    assert found(text, "doubled") == []


def test_word_lists_have_levels_and_exceptions() -> None:
    words = WordList(
        [
            Term("蓝海", "error", "碧海", "本报规范", ("蓝海战略",)),
            Term("VIP", "block"),
            Term("海"),
        ],
        "house",
    )
    made = _of("蓝海很美，蓝海战略不变，vip请进。", "wordlists", Settings(words=(words,)))
    assert [(one.start, one.found, one.level, one.severity, one.suggestions) for one in made] == [
        (0, "蓝海", "error", Severity.ERROR, ("碧海",)),
        (12, "vip", "block", Severity.WARNING, ()),
    ]
    assert made[0].reason_zh == "本报规范"


def test_pictures_links_and_reprints_of_a_document() -> None:
    document = from_json(
        json.dumps(
            {
                "title": "海河之夜",
                "blocks": [
                    {"type": "text", "html": "<p>正文&amp;图</p>"},
                    {"type": "picture", "alt": "", "credit": ""},
                    {"type": "picture", "alt": "IMG_1234.jpg", "caption": "夜景（张三摄）"},
                    {"type": "gallery", "pictures": [{"alt": "海河两岸灯火", "credit": "李四"}]},
                    {"type": "link", "url": "https://example.org/", "status": 404},
                    {"type": "link", "url": "https://example.org/", "status": 200},
                    {"type": "link", "url": "javascript:alert(1)"},
                ],
                "sources": [
                    {"name": "甲报", "permission": False},
                    {"name": "乙报", "licence": "CC BY 4.0"},
                    {"name": "丙报"},
                ],
            }
        )
    )
    made = {(one.check, one.kind, one.block) for one in proofread(document).findings}
    assert made == {
        ("pictures", "no_credit", 2),
        ("pictures", "no_alternative", 2),
        ("pictures", "poor_alternative", 3),
        ("links", "dead", 5),
        ("links", "no_address", 7),
        ("reprints", "no_permission", 0),
        ("reprints", "permission_unknown", 0),
    }


def test_markdown_keeps_the_offsets_of_the_file() -> None:
    text = "# 标题\n\n`因该` 和 ![图](a.png) 与 [我们因该](https://example.org/) 走。\n```\n因该\n```\n"
    report = proofread(markdown(text))
    spelling = [one for one in report.findings if one.check == "spelling"]
    assert [(one.start, one.line, one.column) for one in spelling] == [(text.index("我们因该") + 2, 3, 25)]
    assert text[spelling[0].start : spelling[0].end] == "因该"
    assert {one.kind for one in report.findings if one.check == "pictures"} == {"no_credit", "poor_alternative"}
