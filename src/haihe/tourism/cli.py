from haihe.base.command import Command

COMMANDS = [
    Command(
        "tourism load",
        "FILE --stream NAME --organisation SLUG [--dry-run] [--json]",
        "check a file of figures and keep it as facts",
        "检查数据文件并存入数据流",
    ),
    Command("tourism streams", "", "list the streams and their columns", "列出数据流及其各列"),
    Command(
        "tourism check",
        "FILE --stream NAME [--json]",
        "check a file of figures line by line, keep nothing",
        "逐行检查数据文件，不存入",
        run="haihe.tourism.domain.loading.command:main",
    ),
    Command(
        "tourism forecast",
        "FILE --horizon H --seasonality M",
        "forecast every series of a CSV file, with intervals",
        "预测 CSV 文件中的每个序列，附预测区间",
        run="haihe.tourism.domain.forecast.command:main",
    ),
    Command(
        "tourism sums",
        "FILE --tree TREE --horizon H --seasonality M",
        "forecast series and their sums so that they add up",
        "预测各序列及其各级合计，使之相符",
        run="haihe.tourism.domain.forecast.sums_command:main",
    ),
    Command(
        "tourism alerts",
        "COUNTS --capacity FILE [--booked FILE] [--ledger FILE]",
        "say how likely places fill up in the next 72 hours, and who is told",
        "计算各景区未来 72 小时满载的可能，及应告知谁",
        run="haihe.tourism.domain.forecast.alerts_command:main",
    ),
    Command(
        "tourism nowcast",
        "--official FILE --streams FILE [--as-of DAY]",
        "tell this month's official figure from daily streams",
        "由每日数据即时估计本月官方指标",
        run="haihe.tourism.domain.forecast.now_command:tell_now",
    ),
    Command(
        "tourism drift",
        "FILE [--json]",
        "say which forecasts hold no longer, against what came",
        "对照实际值，查出不再可靠的预测",
        run="haihe.tourism.domain.forecast.now_command:tell_drift",
    ),
    Command(
        "tourism sketch",
        "FILE --key-file KEY --out SKETCH",
        "turn a list of persons into sketches that name nobody",
        "把人员名单变成不含个人信息的摘要",
        run="haihe.tourism.domain.counting.command:make",
    ),
    Command(
        "tourism count",
        "SKETCH SKETCH [--json]",
        "count the persons of two sources once",
        "合并两个来源，去重估计人数",
        run="haihe.tourism.domain.counting.command:count",
    ),
]
