"""How alike two Han characters sound.

One reading of each character comes from anyascii's transliteration (toneless pinyin); further readings of characters
that have several are written here. Sounds that learners and southern speakers mix up (zh/z, ch/c, sh/s, n/l,
-ng/-n, ü/u) are near.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from anyascii import anyascii

# Second readings, by our own knowledge; neutral tones are no reading of their own.
_MORE = """
着 zhe zhao zhuo|著 zhu zhe|得 de dei|地 de di|的 de di|了 le liao|还 hai huan|行 xing hang|长 chang zhang|乐 le yue
都 dou du|觉 jue jiao|重 zhong chong|教 jiao|校 xiao jiao|和 he huo|会 hui|便 bian pian|差 cha chai ci
传 chuan zhuan|弹 dan tan|调 diao tiao|度 du duo|恶 e wu|给 gei ji|更 geng|冠 guan|还 hai huan|降 jiang xiang
角 jiao jue|结 jie|解 jie xie|尽 jin|卷 juan|卡 ka qia|壳 ke qiao|累 lei|量 liang|露 lu lou|率 lv shuai|绿 lv lu
女 nv|旅 lv|律 lv|虑 lv|略 lve|没 mei|模 mo mu|难 nan|宁 ning|强 qiang jiang|切 qie|亲 qin qing
曲 qu|塞 sai se|色 se shai|少 shao|舍 she|盛 sheng cheng|什 shen shi|省 sheng xing|石 shi dan|数 shu shuo
说 shuo shui|似 si shi|宿 su xiu|踏 ta|提 ti di|吐 tu|为 wei|系 xi ji|吓 xia he|相 xiang|巷 xiang hang|削 xiao xue
血 xue xie|咽 yan ye|要 yao|应 ying|与 yu|员 yuan yun|载 zai|藏 cang zang|曾 ceng zeng|择 ze zhai|占 zhan
折 zhe she|只 zhi|种 zhong|转 zhuan|钻 zuan|作 zuo|单 dan shan|大 da dai|车 che ju|称 cheng chen|单 dan shan
发 fa|否 fou pi|佛 fo fu|供 gong|观 guan|汗 han|好 hao|喝 he|荷 he|横 heng|划 hua|坏 huai|几 ji|济 ji|间 jian
见 jian xian|将 jiang|禁 jin|据 ju|看 kan|空 kong|落 luo la lao|脉 mai mo|埋 mai man|闷 men|泊 bo po|迫 po pai
铺 pu|奇 qi ji|圈 quan juan|散 san|丧 sang|扫 sao|沙 sha|厦 sha xia|识 shi zhi|属 shu zhu|术 shu zhu|帖 tie
通 tong|同 tong|拓 tuo ta|瓦 wa|委 wei|吁 xu yu|哪 na nei|那 na nei|呢 ne ni|吗 ma|嘛 ma|么 me mo|阿 a e|啊 a
哦 o e|谁 shei shui|这 zhe zhei|熟 shu shou|薄 bao bo|剥 bao bo|逮 dai|核 he hu|嚼 jiao jue|勒 le lei|绿 lv lu
蔓 man wan|秘 mi bi|翘 qiao|雀 que qiao|堡 bao pu|辟 pi bi|臂 bi bei|扁 bian pian|伯 bo bai|卜 bu bo|参 can shen cen
朝 chao zhao|澄 cheng deng|臭 chou xiu|畜 chu xu|创 chuang|答 da|待 dai|当 dang|倒 dao|斗 dou|娥 e|番 fan pan
分 fen|缝 feng|干 gan|杆 gan|葛 ge|个 ge|勾 gou|谷 gu yu|骨 gu|贾 jia gu|监 jian|槛 kan jian|劲 jin jing|龟 gui jun
咳 ke hai|粘 zhan nian|镇 zhen|正 zheng|中 zhong|轴 zhou|琢 zhuo zuo|姊 zi|仔 zai zi|综 zong|尿 niao|氓 mang meng
"""

_NEAR_START = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_STARTS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_NEAR_END = {"ang": "an", "eng": "en", "ing": "in", "uang": "uan", "v": "u", "ve": "ue", "uo": "o"}


@cache
def readings(character: str) -> tuple[str, ...]:
    """Toneless pinyin, `v` for ü; empty for what is no Han character."""
    written = _further().get(character)
    if written:
        return written
    if not "\u3400" <= character <= "\u9fff":
        return ()
    sound = anyascii(character).strip().lower()
    return (sound,) if sound.isalpha() else ()


@cache
def blurred(sound: str) -> str:
    """The sound without the distinctions that are commonly missed: zhang and zan are one."""
    start = next((one for one in _STARTS if sound.startswith(one)), "")
    end = sound[len(start) :]
    return _NEAR_START.get(start, start) + _NEAR_END.get(end, end)


@cache
def by_sound() -> dict[str, frozenset[str]]:
    """Common characters by reading."""
    return _gathered({character: readings(character) for character in common()})


@cache
def by_blurred_sound() -> dict[str, frozenset[str]]:
    """Common characters by blurred reading."""
    return _gathered({one: tuple(blurred(sound) for sound in readings(one)) for one in common()})


@cache
def common() -> tuple[str, ...]:
    """The 3,755 characters of GB/T 2312 level 1, the common ones."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(character for code in cells if (character := code.decode("gb2312", "ignore")))


def _gathered(sounds: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for character, ways in sounds.items():
        for way in ways:
            found[way].add(character)
    return {way: frozenset(characters) for way, characters in found.items()}


@cache
def _further() -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in _MORE.replace("\n", "|").split("|") if entry.strip())
    return {entry[0]: tuple(entry[1:]) for entry in entries}
