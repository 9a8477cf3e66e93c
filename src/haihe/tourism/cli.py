from haihe.base.command import Command

COMMANDS = [
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
]
