from haihe.base.command import Command

COMMANDS = [
    Command(
        "read",
        "FILE|URL",
        "read a feed and print it as one JSON object",
        "读取订阅源，输出一个 JSON 对象",
        run="haihe.newsroom.domain.reading:main",
    ),
    Command(
        "collect",
        "[--source ID|NAME] [--replay FETCH]",
        "visit every source that is due, or read a fetch again",
        "立即采集所有到期的来源，或重新读取某次采集的原始数据",
    ),
    Command(
        "newsroom families",
        "FILE.jsonl [--spread]",
        "group texts that are one text, reprinted or edited",
        "把转载、改写开头、截尾等近似重复的稿件归为一族",
        run="haihe.newsroom.domain.families.command:main",
    ),
    Command(
        "newsroom proofread",
        "FILE [--words LIST]",
        "proofread a Chinese text: position, suggestion, reason",
        "校对中文稿件：错误的位置、建议与理由",
        run="haihe.newsroom.domain.proofreading.command:main",
    ),
    Command(
        "newsroom decisions",
        "",
        "public keys of who decided in three reviews",
        "输出三审三校审签人的公钥，供 verify_decisions.py 核验",
    ),
    Command("apitoken", "PERSON", "a token that lets a program act as PERSON for 90 days", "签发 90 天有效的 API 令牌"),
]
